"""What a cell prints and displays, kept up to a length; the rest is counted."""

from __future__ import annotations

from collections.abc import Mapping
from io import TextIOBase
from textwrap import fill
from typing import Any

from nnkit.sandbox import figures

MAX_STREAM = 10_000
"""Characters of printed output kept a cell; the rest is counted and dropped."""

WIDTH = 90  # characters of a line of words
MAX_DISPLAYS = 12
"""Displays of a cell, beyond which it gets no more pictures."""


class CappedText(TextIOBase):
    """A text stream that keeps its first MAX_STREAM characters."""

    encoding = "utf-8"

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.kept = 0
        self.dropped = 0

    def write(self, text: str) -> int:
        """Keep what still fits of the text."""
        room = MAX_STREAM - self.kept
        if room > 0:
            self.pieces.append(str(text[:room]))
        self.kept += min(room, len(text))
        self.dropped += max(0, len(text) - room)
        return len(text)

    def flush(self) -> None:
        """Do nothing: there is nothing behind the stream."""

    def writable(self) -> bool:
        """Say that it takes text."""
        return True

    def fileno(self) -> int:
        """Name the descriptor of standard output, as a notebook's stream does."""
        return 1

    def text(self) -> str:
        """Return what was kept, and say how much was not."""
        rest = f"\n[{self.dropped} more characters were printed]\n"
        return "".join(self.pieces) + (rest if self.dropped else "")


class CappedDisplays:
    """What a cell displays, as plain text, up to MAX_STREAM characters; and pictures.

    `items` has one entry for each: what becomes an output.
    """

    def __init__(self, pictures: bool) -> None:
        self.items: list[dict[str, Any]] = []
        self.room = MAX_STREAM
        self.pictures = pictures

    def publish(self, data: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        """Keep the plain-text form of a displayed object, and its picture if wanted."""
        text = str(data.get("text/plain", ""))
        if text.endswith(" object>") and "text/markdown" in data:
            # The former says nothing; and pages do not break the lines of an output.
            lines = str(data["text/markdown"])[: max(self.room, 0)].split("\n")
            text = "\n".join(fill(x, WIDTH) if len(x) > WIDTH else x for x in lines)
        text = text[: max(self.room, 0)]
        self.room -= len(text)
        picture = figures.crossing(data.get("image/png")) if self.pictures else None
        if picture is not None:
            self.draw(picture, text)
        elif text:
            self.items.append({"kind": "display", "text": text})

    def draw(self, picture: Any, text: str = "a figure") -> None:
        """Keep a picture, if there is room for one more."""
        if len(self.items) < MAX_DISPLAYS:
            self.items.append({"kind": "picture", "text": text, "png": picture})
