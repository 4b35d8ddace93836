"""Files put into submitted/ and attempts/: what is there is moved, never lost."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc  # type: ignore[import-untyped]  # ships no types

from nnkit.grading.attempts import attempts_folder, attempts_of
from nnkit.grading.cells import MAX_BYTES, NotebookError, read_bytes
from nnkit.grading.collect.archives import ArchiveError
from nnkit.grading.collect.choose import Candidate, fit, rank
from nnkit.grading.release import Release
from nnkit.grading.timestamps import NO_TIME
from nnkit.grading.workspace import Workspace, write_atomically

STAMP = "timestamp.txt"
UPLOAD = "upload.txt"
"""Beside a student's earlier files: Canvas's number of the one that counts."""


@dataclass(frozen=True)
class Placed:
    """What became of one student's files.

    Attributes:
        student: the id.
        name: the file that was taken last, in its archive.
        what: "new", "newer", "unchanged" or "earlier"; "kept" where what is there is a
            notebook of the unit and what comes is none.
        when: the time of handing in that is put down; None if nobody knows it.
        earlier: how many earlier files there are now.
        several: it was chosen among several without any time to tell.
        doubt: why it may be no notebook of the unit; "" if it is one.
    """

    student: str
    name: str
    what: str
    when: datetime | None
    earlier: int
    several: bool = False
    doubt: str = ""


def put_in_place(
    workspace: Workspace,
    release: Release,
    student: str,
    candidates: Sequence[Candidate],
    mistaken: datetime | None = None,
) -> Placed:
    """Put a student's notebooks where they belong.

    Args:
        workspace: the instructor's folder.
        release: the unit's.
        student: the id.
        candidates: notebooks, the last one last.
        mistaken: a time that a collection without --timezone may have put down; the
            last one's own replaces it.

    Raises:
        ArchiveError: One cannot be read after all, or a link stands in the way.
        OSError: Something cannot be written.
    """
    unit = release.assignment
    folder = workspace.submitted / student / unit
    path = folder / f"{unit}.ipynb"
    if any(p.is_symlink() for p in (folder.parent, folder, path)):
        raise ArchiveError(f"submitted/{student}/{unit} is or holds a link")
    earlier = {_sha256(item.path) for item in attempts_of(workspace, student, unit)}
    there = _sha256(path) if path.exists() else ""
    new = [c for c in candidates if c.sha256 not in {*earlier, there}]
    last = candidates[-1]
    when = last.when
    counter = attempts_folder(workspace, student, unit) / UPLOAD
    if not new and there != last.sha256:
        old = _old_time(folder / STAMP)
        if _once_more(last, old, counter):  # an earlier file
            new = [last]
        else:
            when = old
    what = "unchanged"
    better = _better(path, release, last) if new and there else 0
    if better < 0:
        what = "kept"
    elif new:
        # What is no notebook of the unit was taken for want of another.
        old = _old_time(folder / STAMP) if there and not better else None
        came = new[-1].when
        if old is not None and came is not None and came < old:
            what = "earlier"
            before, counting = new, None
        else:
            # A file that was there before comes again: it counts, as the last one.
            before, counting = new[:-1], new[-1]
            what = "newer" if there else "new"
            if there:
                _keep(workspace, student, unit, path)
        for candidate in before:
            target = _next(workspace, student, unit)
            _write(target, candidate)
        if counting is not None:
            _write(path, counting)
            if counter.parent.is_dir():
                write_atomically(counter, f"{counting.named.upload}\n".encode())
            last = counting
            when = last.when
    elif there == last.sha256:
        old = _old_time(folder / STAMP)
        if last.when and (old == mistaken or not (folder / STAMP).exists()):
            write_atomically(folder / STAMP, _text(last.when).encode())
        else:
            when = old
    return Placed(
        student,
        last.item.name,
        what,
        when,
        len(attempts_of(workspace, student, unit)),
        several=what != "unchanged" and [c.when for c in new].count(last.when) > 1,
        doubt=last.doubt,
    )


def _better(path: Path, release: Release, new: Candidate) -> int:
    """Say whether a new file may count before the one in place: 1, 0 or -1 for no."""
    try:
        fits, _ = fit(read_bytes(path), release)
    except NotebookError:
        fits = -1
    return (rank(new.fits) > rank(fits)) - (rank(new.fits) < rank(fits))


def _once_more(last: Candidate, old: datetime | None, counter: Path) -> bool:
    """Say whether a file that was here before was handed in after what is in place.

    By their times, or by Canvas's numbers where there are none, or the same ones.
    """
    if old and last.when and old != last.when:
        return last.when > old
    try:
        return 0 < int(counter.read_text()) < last.named.upload
    except (OSError, ValueError):  # none was put down
        return False


def _write(path: Path, candidate: Candidate) -> None:
    data = candidate.item.read(MAX_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = path.parent / STAMP
    if candidate.when is None:
        stamp.unlink(missing_ok=True)
    else:
        write_atomically(stamp, _text(candidate.when).encode())
    write_atomically(path, data)


def _keep(workspace: Workspace, student: str, unit: str, path: Path) -> None:
    """Move what counted so far to the earlier ones, its time with it."""
    target = _next(workspace, student, unit)
    target.parent.mkdir(parents=True, exist_ok=True)
    stamp = path.parent / STAMP
    if stamp.exists():
        os.replace(stamp, target.parent / STAMP)
    os.replace(path, target)


def _next(workspace: Workspace, student: str, unit: str) -> Path:
    there = attempts_of(workspace, student, unit)
    number = there[-1].number + 1 if there else 1
    return attempts_folder(workspace, student, unit) / str(number) / f"{unit}.ipynb"


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except NotebookError:
        return "?"


def _old_time(path: Path) -> datetime | None:
    try:
        when: datetime = parse_utc(path.read_text().strip())
    except NO_TIME:
        return None
    return when.replace(tzinfo=UTC)


def _text(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"
