"""Who may hand a unit in later: a small table in the grading folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.utils import parse_utc  # type: ignore[import-untyped]  # ships no types

from nnkit.course import Folders
from nnkit.grading.timestamps import NO_TIME, YEAR, YEAR_LAST
from nnkit.grading.workspace import WorkspaceError, table_text

EXTENSIONS = "extensions.csv"
COLUMNS = ("student", "unit", "until")
MAX_BAD = 10
"""Of lines that cannot be understood, how many are told at once."""
SPANS = {"hour": "hours", "hours": "hours", "day": "days", "days": "days"}


def read_extensions(path: Path, unit: str) -> dict[str, datetime | timedelta]:
    """Read who may hand a unit in later: columns student, unit, until.

    `until` is a time, such as 2026-03-08 12:00 UTC, or a span after the due date, such
    as 3 days or 36 hours. Without a unit, a row is for every unit that has
    none of its own.

    Raises:
        WorkspaceError: rows cannot be understood; the message says which.
    """
    if not path.exists():
        return {}
    # What is for every unit stands back behind what is for this one.
    found: dict[str, dict[str, datetime | timedelta]] = {"": {}, unit: {}}
    bad = []
    for where, row in _rows(path):
        student, of, until = ((row.get(column) or "").strip() for column in COLUMNS)
        if not student and not until:
            continue
        meant = _until(until)
        if not student or meant is None:
            bad.append(f"{where}: got {student!r}, {until!r}")
        elif of in found and found[of].setdefault(student, meant) != meant:
            bad.append(f"{where}: names {student!r} once more, with another time")
    if bad:
        more = len(bad) - MAX_BAD
        raise WorkspaceError(
            f"{path}: expected a student once, and until when, such as "
            f"ada,{unit},2026-03-08 12:00 UTC or ada,{unit},3 days; "
            f"{'; '.join(bad[:MAX_BAD])}{f'; and {more} more' * (more > 0)}"
        )
    return {**found[""], **found[unit]}


def remarks_on_extensions(path: Path, unit: str, folders: Folders) -> Iterator[str]:
    """Say which rows are for a unit that there is not: misspelt, they would be lost.

    Args:
        path: of the table.
        unit: the one that is graded.
        folders: the course's.

    Raises:
        WorkspaceError: the file cannot be read.
    """
    if not path.exists():
        return
    named = {(row.get("unit") or "").strip() for _, row in _rows(path)}
    yield from folders.remarks_on_units(path.name, named - {"", unit}, unit)


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    text = io.StringIO(table_text(path), newline="")
    reader = csv.DictReader(text, skipinitialspace=True)
    try:
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
        if missing:
            seen = ",".join(reader.fieldnames or ())[:80]
            raise WorkspaceError(
                f"{path}: its first line has to be {','.join(COLUMNS)}, with "
                f"commas; it is {seen!r}"
            )
        for row in reader:
            yield f"line {reader.line_num}", row
    except csv.Error as error:
        raise WorkspaceError(f"{path} cannot be read: {error}") from None


def _until(text: str) -> datetime | timedelta | None:
    count, _, unit = text.removeprefix("+").partition(" ")
    try:
        if unit in SPANS:
            span = timedelta(**{SPANS[unit]: float(count)})
            return span if span >= timedelta() else None  # nobody is to hand in sooner
        if YEAR_LAST.search(text) or not YEAR.search(text):  # a 3 is no 3 days
            return None
        when: datetime = parse_utc(text)
    except NO_TIME:
        return None
    return when
