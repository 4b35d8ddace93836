"""What is remembered of a student's work: checks and predictions, from day to day.

    check, predict ──remember──> this session ──append──> .nnkit/progress.jsonl
    progress, reveal <──recall── the file, or without one the session

Kept in a file only in a working folder that `nnkit lab` made; its marker says so. The
file is only ever appended to, one line an event, and read back as a whole: two
notebooks that are open at once cannot overwrite each other, a line that a crash cut
short costs nothing but itself, and a newer course finds what an older one wrote.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MARKER = Path(".nnkit", "folder.json")
"""Relative to a working folder: the file by which it is known."""

PROGRESS = Path(".nnkit", "progress.jsonl")

Event = Mapping[str, Any]

_session: list[Event] = []


def working_folder(start: Path | None = None) -> Path | None:
    """Return the working folder that `start` (the working directory) lies in."""
    try:
        here = (start or Path.cwd()).absolute()
    except OSError:  # the directory is gone
        return None
    for folder in (here, *here.parents):
        if os.path.isfile(folder / MARKER):  # what may not be looked into is none
            return folder
    return None


def remember(event: Event) -> None:
    """Note an event, in the working folder's file if there is one.

    A folder that cannot be written to costs the student the memory, not the answer.

    Args:
        event: plain data with "what" happened, and to which "name".
    """
    if event in _latest(recall()):
        return
    _session.append(dict(event))
    folder = working_folder()
    if folder is not None:
        with contextlib.suppress(OSError):
            _append(folder / PROGRESS, json.dumps(event))


def recall() -> list[Event]:
    """Return all events, oldest first; what cannot be read is left out."""
    folder = working_folder()
    kept = _read(folder / PROGRESS) if folder is not None else []
    # Where the file cannot be written, this session's events are not in it.
    return kept + [event for event in _session if event not in kept]


def is_kept() -> bool:
    """Say whether what is remembered outlives this session."""
    folder = working_folder()
    if folder is None:
        return False
    kept = _read(folder / PROGRESS)
    written = all(event in kept for event in _session)
    return written and os.access(folder / MARKER.parent, os.W_OK)


def forget_session() -> None:
    """Forget what is in memory; files stay. For tests."""
    _session.clear()


def _latest(events: list[Event]) -> list[Event]:
    """Return the last event of each name."""
    last = {(event["what"], event["name"]): event for event in events}
    return list(last.values())


def _append(path: Path, line: str) -> None:
    """Append a line, and look whether it is there.

    A system without appending writes may let two processes write to the same place.
    The line break in front keeps apart what a torn line before would run into.
    """
    for _ in range(3):
        with path.open("ab") as file:
            file.write(f"\n{line}\n".encode())
        if line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            return


def _read(path: Path) -> list[Event]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []
    events: list[Event] = []
    for line in filter(None, lines):
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if (
                type(event) is dict
                and type(event.get("what")) is str
                and type(event.get("name")) is str
            ):
                events.append(event)
    return events
