"""The bytes of a notebook file, read so that nothing in them can do harm.

A submission is read once, by `read_bytes`, and everything after works on those bytes:
what is hashed is what is graded. `parse` takes them apart by hand, field by field,
because nbformat's own reader answers a damaged file with a traceback.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nnkit.grading.attachments import Picture

Kind = Literal["code", "markdown", "raw"]
Role = Literal["check", "answer", "demonstration", "locked", "plain"]

# Parsed JSON takes up to 25 times the bytes of its text: 20 MB is what the process
# that grades everybody can afford for one file. Thirty figures are about 5 MB.
MAX_BYTES = 20_000_000
MAX_CELLS = 5_000
# An empty list takes 3 bytes of text and 64 of memory, so brackets have a cap of their
# own. A notebook with large interactive plots has some ten thousand.
MAX_BRACKETS = 1_000_000


class NotebookError(ValueError):
    """A file is not a notebook that can be read; the message is one line, no path.

    `refused` says that this machine would not let it be read, whatever is in it.
    """

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, as it is graded and shown.

    `grade_id` is set for the cells that nbgrader knows, and for no others. `points`
    is the maximum of a graded cell, and 0 elsewhere. `pictures` go with text.
    """

    kind: Kind
    source: str
    grade_id: str | None = None
    role: Role = "plain"
    points: float = 0.0
    pictures: tuple[Picture, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell as the file has it, with only the metadata that is ever looked at."""

    kind: Kind
    source: str
    nbgrader: Mapping[str, Any]
    tags: frozenset[str]
    attachments: object = field(default=None, repr=False)

    @property
    def grade_id(self) -> str | None:
        """The id that this cell claims; nothing vouches for it yet."""
        grade_id = self.nbgrader.get("grade_id")
        return grade_id if isinstance(grade_id, str) else None


def read_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a regular file whole, once.

    The file is opened without following a link and without waiting: a link may point
    at somebody else's file, and opening a pipe would wait for ever.

    Raises:
        NotebookError: It is missing, a link, no regular file, too big or unreadable.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)  # not every platform has every one of them
    try:
        mode = os.lstat(path).st_mode
        # Looked at before it is opened: that alone may start what a device does.
        if stat.S_ISLNK(mode):
            raise NotebookError("is a link, not a file: hand in the file")
        if not stat.S_ISREG(mode):
            raise NotebookError("is not a regular file")
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        # It was listed: whoever took it away since is no student.
        raise NotebookError("is not there", refused=True) from None
    except NotebookError:
        raise
    except (OSError, ValueError) as error:
        said = f"cannot be opened: {_reason(error)}"
        raise NotebookError(said, refused=True) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotebookError("is not a regular file")
        chunks, size = [], 0
        # One byte more than allowed: a file may grow between fstat and read.
        while size <= max_bytes and (
            chunk := os.read(descriptor, min(1 << 20, max_bytes + 1 - size))
        ):
            chunks.append(chunk)
            size += len(chunk)
        size = max(size, status.st_size)
    except OSError as error:
        said = f"cannot be read: {_reason(error)}"
        raise NotebookError(said, refused=True) from None
    finally:
        os.close(descriptor)
    if size > max_bytes:
        raise NotebookError(
            f"is too big: {size / 1e6:.1f} MB, at most {max_bytes / 1e6:g} are read; "
            "clear the outputs, save, and hand in again"
        )
    return b"".join(chunks)


def parse(data: bytes) -> tuple[list[RawCell], list[str]]:
    """Take a notebook file apart: its cells, and notes on what was odd in them.

    Raises:
        NotebookError: These bytes are no notebook in Python that could be graded.
    """
    text, notes = _text(data)
    notebook = _json(text)
    version = notebook.get("nbformat")
    if version in (2, 3):
        notebook = _upgraded(notebook)
    elif version != 4:
        raise NotebookError(
            f"is in notebook format {brief(version)}, expected 4: "
            "open it in JupyterLab, save, and hand in again"
        )
    _check_language(notebook)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise NotebookError(f"is damaged: `cells` is {_type(cells)}, expected a list")
    if len(cells) > MAX_CELLS:
        raise NotebookError(f"has {len(cells)} cells, at most {MAX_CELLS} are read")
    found: list[RawCell] = []
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict):
            found.append(_raw_cell(cell, f"cell {number}", notes))
        else:
            notes.append(f"cell {number} is {_type(cell)}, not a cell: left out")
    return found, notes


def _text(data: bytes) -> tuple[str, list[str]]:
    """The text of a file, and notes on what had to be put right in it."""
    if not data.strip(b"\0 \t\r\n"):
        raise NotebookError(f"is empty ({len(data)} bytes)")
    if data.startswith(b"PK\3\4"):
        raise NotebookError("is a zip archive: expected the notebook that is in it")
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS:
        raise NotebookError(
            f"has more than {MAX_BRACKETS:,} lists in it; "
            "clear the outputs, save, and hand in again"
        )
    encoding = json.detect_encoding(data)
    notes = [] if "utf-8" in encoding else [f"the file is in {encoding}: read as such"]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "replace")
        name = "UTF-8" if "utf-8" in encoding else encoding
        seen = f"byte {error.start} is 0x{data[error.start]:02x}"
        if not text.lstrip().startswith("{"):
            raise NotebookError(f"is not {name} text: {seen}") from None
        notes = [
            f"the file is not {name} text, {seen}: what cannot be read is left out"
        ]
    # A file system that was cut off leaves such an end.
    return text.rstrip("\0"), notes


def _json(text: str) -> dict[str, Any]:
    try:
        # NaN is no JSON, but it is found in the outputs of honest notebooks, and
        # outputs are not looked at.
        notebook = json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        if not (start := text.lstrip()).startswith(("{", "[")):
            raise NotebookError(
                f"is not a notebook: it begins with {brief(start[:20])}, expected "
                "'{'. Look whether another file was saved under this name"
            ) from None
        if not text[error.pos :].strip() or error.msg.startswith("Unterminated string"):
            raise NotebookError(
                f"is damaged: it breaks off in line {error.lineno}, after "
                f"{len(text)} characters. Was it saved, or sent, to the end?"
            ) from None
        said = error.msg.lower().removesuffix(" at")
        raise NotebookError(
            f"is damaged: {said} at line {error.lineno}, column {error.colno} of it"
        ) from None
    except RecursionError:
        raise NotebookError("is damaged: it is nested too deeply") from None
    except ValueError:  # an integer with more digits than Python reads
        raise NotebookError("is damaged: a number in it is too long") from None
    if not isinstance(notebook, dict):
        raise NotebookError(f"is not a notebook: {_type(notebook)}, expected an object")
    return notebook


def _upgraded(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook of format 2 or 3 as one of 4, as far as it is looked at.

    By hand: nbformat checks every cell by its schema, which takes minutes where there
    are many, and prints what it finds on the screen.
    """
    sheets = notebook.get("worksheets")
    if not isinstance(sheets, list):
        raise NotebookError(
            f"is in notebook format {notebook['nbformat']} and cannot be upgraded, its "
            f"`worksheets` are {_type(sheets)}: open it in JupyterLab, save, and hand "
            "in again"
        )
    found = [_mapping(sheet).get("cells") for sheet in sheets]
    cells = [cell for part in found if isinstance(part, list) for cell in part]
    return {**notebook, "cells": [_upgraded_cell(cell) for cell in cells]}


def _upgraded_cell(cell: Any) -> Any:
    match cell:
        case {"cell_type": "code"}:
            return {**cell, "source": cell.get("input")}
        case {"cell_type": "html"}:
            return {**cell, "cell_type": "markdown"}
        case {"cell_type": "heading", "source": source}:
            level = cell.get("level")
            marks = "#" * (level if level in (1, 2, 3, 4, 5, 6) else 1)
            lines = source if isinstance(source, list) else [source]
            return {**cell, "cell_type": "markdown", "source": [f"{marks} ", *lines]}
    return cell


def _check_language(notebook: Mapping[str, Any]) -> None:
    """Refuse a notebook only if all that it says about its language is: not Python."""
    metadata = _mapping(notebook.get("metadata"))
    said = [
        _mapping(metadata.get("language_info")).get("name"),
        _mapping(metadata.get("kernelspec")).get("language"),
    ]
    languages = [name for name in said if isinstance(name, str) and name]
    if languages and not any("python" in name.lower() for name in languages):
        raise NotebookError(
            f"is a notebook in {brief(languages[0])}, expected Python: "
            "choose a Python kernel"
        )


def _raw_cell(cell: Mapping[str, Any], where: str, notes: list[str]) -> RawCell:
    kind: Kind = "raw"
    match cell.get("cell_type"):
        case "code" | "markdown" | "raw" as known:
            kind = known
        case other:
            notes.append(f"{where} has the type {brief(other)}: kept as raw text")
    metadata = _mapping(cell.get("metadata"))
    tags = metadata.get("tags")
    return RawCell(
        kind=kind,
        source=_source(cell.get("source"), where, notes),
        nbgrader=_mapping(metadata.get("nbgrader")),
        tags=frozenset(tag for tag in tags if isinstance(tag, str))
        if isinstance(tags, list)
        else frozenset(),
        attachments=cell.get("attachments") if kind == "markdown" else None,
    )


def _source(source: object, where: str, notes: list[str]) -> str:
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    # To Python any end of a line is one; to a comparison with the release it is not.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not all(isinstance(line, str) for line in lines):
        notes.append(f"{where} has source that is not text: left out")
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair: no file and no pipe can carry it.
        notes.append(f"{where} has characters that no text can hold: replaced by ?")
        text = text.encode("utf-8", "replace").decode()
    return text


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _type(value: object) -> str:
    """What JSON calls this value."""
    names = {dict: "an object", list: "a list", str: "text", type(None): "missing"}
    return names.get(type(value), "a number" if value is not None else "missing")


def brief(value: object, limit: int = 40) -> str:
    """A value from a stranger's file, fit for one line of a message."""
    if value is None:
        return "(none)"
    if isinstance(value, dict | list):
        return _type(value)
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
