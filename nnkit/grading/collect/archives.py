"""What lies in an archive, read as a stranger's: by size, by kind, never unpacked.

Nothing is ever written under a name that an archive gives. A member is read into
memory, up to a limit that holds whatever its header says, or it is left with a reason.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from nnkit.grading.cells import MAX_BYTES, NotebookError, read_bytes

MAX_NESTED = 50_000_000
"""Bytes of a zip in the archive: a student's whole folder, zipped."""

MAX_DEPTH = 2
"""Zips within zips that are looked into."""

# Each entry takes a kilobyte once it is read, and 46 bytes in the list of a zip.
LISTS = (64_000_000, 1_000_000)
"""Largest list of contents, in bytes: of an archive, and of a zip within it."""

MAX_ZIPS, MAX_NOTEBOOKS, MAX_TOLD = 20, 100, 20
"""Of one student: zips that are looked into, notebooks that are taken out of them, and
files in each of them that are named because they are left."""

MANY = f"more than {MAX_NOTEBOOKS} notebooks in the zips of one student: not looked at"

NOISE = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|\.ipynb_checkpoints/|Thumbs\.db$)")
"""What systems put into archives by themselves; left without a word."""


NOTEBOOK = (".ipynb", ".ipynb.txt", ".ipynb.json")
"""How a notebook's name ends, and what browsers put behind it when they save one."""

NO_ZIP = "is no zip archive, or a damaged one"

UNREAD = (".rar", ".7z", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")


class ArchiveError(Exception):
    """An archive, or a member of one, is left; the message says why in one line."""


@dataclass(frozen=True)
class Item:
    """One file in an archive or a folder.

    Attributes:
        name: its path in there, as text.
        read: returns its bytes, at most as many as it is given.
    """

    name: str
    read: Callable[[int], bytes]


@dataclass(frozen=True)
class Left:
    """A file that was not taken, and why."""

    where: str
    why: str


@dataclass
class Room:
    """What is still looked into of what one student has zipped.

    A small zip may list thousands of others, and each is unpacked as often as a file
    in it is read.
    """

    zips: int = MAX_ZIPS
    notebooks: int = MAX_NOTEBOOKS


def is_notebook(name: str) -> bool:
    """Say whether a file is a notebook by its name."""
    return name.lower().endswith(NOTEBOOK)


def no_notebook(name: str) -> str:
    """Say why a file is left that is none."""
    if name.lower().endswith(UNREAD):
        return "an archive of a kind that is not looked into; expected .ipynb or .zip"
    return "no notebook"


def items_in(source: Path) -> Iterator[Item | Left]:
    """Yield every file in a zip archive or in a folder.

    Raises:
        ArchiveError: It cannot be read at all.
    """
    if source.is_dir():
        yield from _in_folder(source)
        return
    try:
        with source.open("rb") as file:
            _check_list(file, LISTS[0])
        # Opened once: to read the list of ten thousand students' files takes as long as
        # to read some of them. It closes with the last item that is of it.
        archive = _archive(source)
        for info, name in _entries(archive):
            yield _item(name, info, lambda: archive)
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror or error}") from None
    except ArchiveError as error:
        # Advice for who has the archive; a student's zip within it cannot be given so.
        hint = "; unpack it, and give the folder" if str(error) == NO_ZIP else ""
        raise ArchiveError(f"{error}{hint}") from None


def items_within(item: Item, room: Room, depth: int = 1) -> Iterator[Item | Left]:
    """Yield the notebooks of a zip that is itself a file in an archive.

    Args:
        item: the zip.
        room: what is still looked into of this student's; is taken up.
        depth: in how many zips it is, itself included.

    Raises:
        ArchiveError: It cannot be read.
    """
    left = 0
    for found in _found_within(item, room, depth):
        left += isinstance(found, Left)
        if isinstance(found, Item) or left <= MAX_TOLD:
            yield found
    if left > MAX_TOLD:
        yield Left(item.name, f"{left - MAX_TOLD} more files in it are left as well")


def _found_within(item: Item, room: Room, depth: int) -> Iterator[Item | Left]:
    if not room.zips:
        raise ArchiveError(f"more than {MAX_ZIPS} zips of one student: not looked into")
    room.zips -= 1
    for info, name in _entries(_unpacked(item)):
        found = _item(name, info, lambda: _unpacked(item))
        if isinstance(found, Left):
            yield Left(f"{item.name}: {found.where}", found.why)
            continue
        inner = Item(f"{item.name}: {found.name}", found.read)
        if is_notebook(found.name):
            yield inner if room.notebooks else Left(inner.name, MANY)
            room.notebooks = max(0, room.notebooks - 1)
        elif not found.name.lower().endswith(".zip"):
            yield Left(inner.name, no_notebook(inner.name))
        elif depth < MAX_DEPTH:
            try:
                yield from items_within(inner, room, depth + 1)
            except ArchiveError as error:  # what stands beside it may be a notebook
                yield Left(inner.name, str(error))
        else:
            yield Left(inner.name, f"a zip within {MAX_DEPTH} others")


@lru_cache(maxsize=MAX_DEPTH)  # what is in a zip is read file by file
def _unpacked(item: Item) -> zipfile.ZipFile:
    file = io.BytesIO(item.read(MAX_NESTED))
    _check_list(file, LISTS[1])
    return _archive(file)


def _in_folder(folder: Path) -> Iterator[Item | Left]:
    """Yield what lies in a folder, in the order of its paths.

    A student's folders may be nested deeper than functions may call each other, and
    their path be too long to be asked for.
    """
    found: dict[str, Item | Left] = {}
    todo = [""]
    while todo:
        inner = todo.pop()
        try:
            with os.scandir(folder / inner) as listed:
                entries = list(listed)
        except OSError as error:
            said = error.strerror or str(error)
            if not inner:
                raise ArchiveError(f"cannot be read: {said}") from None
            found[inner] = Left(inner, f"cannot be listed: {said}")
            continue
        for entry in entries:
            name = f"{inner}/{entry.name}" if inner else entry.name
            if entry.is_symlink():
                found[name] = Left(name, "a link: links are not followed")
            elif entry.is_dir(follow_symlinks=False):
                todo.append(name)
            elif entry.is_file() and not NOISE.search(name):
                found[name] = Item(name, _from_folder(folder / name))
    for name in sorted(found, key=lambda name: name.split("/")):
        yield found[name]


def _from_folder(path: Path) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        try:
            return read_bytes(path, limit)
        except NotebookError as error:
            raise ArchiveError(str(error)) from None

    return read


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Yield a zip's entries with their names."""
    for info in archive.infolist():
        name = _name(info)
        if not info.is_dir() and not NOISE.search(name):
            yield info, name


def _archive(file: IO[bytes] | Path) -> zipfile.ZipFile:
    """Open a zip, once its list is known to be small."""
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise ArchiveError(f"is no zip archive that can be read: {error}") from None


def _check_list(file: IO[bytes], most: int) -> None:
    """Refuse a zip whose list of contents alone would fill the memory."""
    size = file.seek(0, os.SEEK_END)
    # Where zipfile looks for it: at the very end, or before a comment of 64 KB.
    tail_size = min(size, 22 + 65_535)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    at = len(tail) - 22
    if at < 0 or tail[at : at + 4] != b"PK\5\6" or tail[-2:] != b"\0\0":
        at = tail.rfind(b"PK\5\6")
    if at < 0:
        raise ArchiveError(NO_ZIP)
    listed = int.from_bytes(tail[at + 12 : at + 16], "little")
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\6\7":  # of the large format
        listed = _large_list(file, size - tail_size + at - 20, tail[at - 20 : at], size)
    if listed > most:
        raise ArchiveError(f"lists more files than are read ({listed:,} bytes of list)")


def _large_list(file: IO[bytes], at: int, locator: bytes, size: int) -> int:
    """Return how long the list is by the large format's own record."""
    said = int.from_bytes(locator[8:16], "little")
    sizes = []
    for place in {at - 56, said}:  # zipfile looks at the one or the other
        if 0 <= place < size:
            file.seek(place)
            record = file.read(56)
            if record[:4] == b"PK\6\6":
                sizes.append(int.from_bytes(record[40:48], "little"))
    return max(sizes, default=size)


def _item(
    name: str, info: zipfile.ZipInfo, opened: Callable[[], zipfile.ZipFile]
) -> Item | Left:
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return Left(name, "a link: links are not followed")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return Left(name, "no regular file")
    if info.flag_bits & 1:
        return Left(name, "encrypted")
    # Others unpack without a limit on what comes out.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Left(name, "packed by an unusual method")
    path = name.replace("\\", "/")
    if path.startswith("/") or ".." in path.split("/") or re.match(r"[A-Za-z]:", path):
        return Left(name, "its path leads out of the archive")
    return Item(name, lambda limit: _member(info, opened, limit))


def _member(
    info: zipfile.ZipInfo, opened: Callable[[], zipfile.ZipFile], limit: int
) -> bytes:
    try:
        with opened().open(info) as member:
            data = member.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ArchiveError(f"damaged: {error}") from None
    except (NotImplementedError, RuntimeError) as error:
        raise ArchiveError(f"cannot be unpacked: {error}") from None
    if len(data) > limit:
        raise ArchiveError(f"too big: more than {limit / 1e6:g} MB when unpacked")
    return data


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; without the UTF-8 mark it often is UTF-8 all the same."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name


__all__ = ["MAX_BYTES", "ArchiveError", "Item", "Left", "items_in", "items_within"]
