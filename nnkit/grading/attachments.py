"""Pictures that were pasted into text: taken from a stranger if they are what they say.

    "attachments" of a cell ──owned──> pictures     the release's own, whatever they are
                            └─Album──> pictures     a student's: PNG, JPEG, GIF or WebP

SVG is a document with script in it, and whatever else there is may be anything.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

MAX_BYTES = 8 << 20
"""Of all pictures of a notebook; a photograph of a page by hand has about four."""
MAX_PIXELS = 150_000_000
"""The same: a browser unpacks each of them to four bytes a pixel."""
MAX_NAME = 200

Picture = tuple[str, str, str]
"""Its name, its type, its bytes in base64."""

_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_MARKER = re.compile(
    rb"\xff+([^\xff])"
)  # any number of bytes may fill the space before
MAX_SEGMENTS = 1000
"""Before a picture's size; a profile of its colours comes in segments of 64 KB."""


def owned(attachments: object) -> tuple[Picture, ...]:
    """Return the attachments of a cell that an instructor wrote."""
    return tuple(
        (name, kind, _text(content))
        for name, bundle in _items(attachments)
        for kind, content in _items(bundle)
    )


class Album:
    """Takes the pictures of one student's notebook while there is room."""

    def __init__(self) -> None:
        self._bytes = MAX_BYTES
        self._pixels = MAX_PIXELS

    def take(
        self, attachments: object, where: str, notes: list[str]
    ) -> tuple[Picture, ...]:
        """Return the pictures of a cell; note of each of the others why it is none."""
        taken = []
        for name, bundle in _items(attachments):
            kinds = dict(_items(bundle))
            kind = next((kind for kind in SIZES if kind in kinds), "")
            picture = _decoded(kinds.get(kind))
            if why := self._refused(name, kind, picture):
                shown = repr(name[:MAX_NAME])
                notes.append(f"{where}: the picture {shown} is left out: {why}")
                continue
            taken.append((name, kind, base64.b64encode(picture).decode()))
        return tuple(taken)

    def _refused(self, name: str, kind: str, picture: bytes) -> str:
        """Say why a picture is not taken; "" if it is, and takes up its room."""
        if len(name) > MAX_NAME:
            return "its name is too long"
        if not kind:
            return "it is none of PNG, JPEG, GIF and WebP"
        size = size_of(kind, picture)
        if size is None:
            return f"it says {kind}, and its bytes are no such picture"
        pixels = size[0] * size[1]
        if len(picture) > self._bytes or pixels > self._pixels:
            return (
                f"too big: at most {MAX_BYTES >> 20} MB and {MAX_PIXELS // 10**6} "
                "million pixels of a notebook's are shown"
            )
        self._bytes -= len(picture)
        self._pixels -= pixels
        return ""


def size_of(kind: str, picture: bytes) -> tuple[int, int] | None:
    """Return width and height by a picture's first bytes; None if it is no such."""
    size = SIZES[kind](picture)
    return size if size and all(size) else None


def _png(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _gif(data: bytes) -> tuple[int, int] | None:
    if not data.startswith((b"GIF87a", b"GIF89a")):
        return None
    return _little(data[6:8]), _little(data[8:10])


def _webp(data: bytes) -> tuple[int, int] | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8 ":
            return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
        case b"VP8L":
            bits = _little(data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    for _ in range(MAX_SEGMENTS):
        if not (found := _MARKER.match(data, at)):
            break
        at = found.end()
        if found[1][0] in _START_OF_FRAME:
            height, width = data[at + 3 : at + 5], data[at + 5 : at + 7]
            return int.from_bytes(width), int.from_bytes(height)
        at += max(int.from_bytes(data[at : at + 2]), 2)
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


SIZES = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}


def _items(value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((name, item) for name, item in value.items() if type(name) is str)


def _text(content: object) -> str:
    lines = content if isinstance(content, list) else [content]
    return "".join(line for line in lines if isinstance(line, str))


def _decoded(content: object) -> bytes:
    try:
        return base64.b64decode("".join(_text(content).split()), validate=True)
    except (binascii.Error, ValueError):  # the latter for what is not ASCII
        return b""
