"""Who is who: an LMS's numbers and names → the ids under which work is graded.

Reads what there is to download: Moodle's grading worksheet (which also has the times of
handing in) and list of participants, Canvas's gradebook, nbgrader's list of students.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from dateutil import parser, tz  # type: ignore[import-untyped]  # ships no types

from nnkit.grading.collect.names import Named
from nnkit.grading.submission import is_student_id
from nnkit.grading.timestamps import NO_TIME, YEAR, YEAR_LAST
from nnkit.grading.workspace import WorkspaceError, table_text

ID_COLUMNS = ("username", "id number", "sis login id", "sis user id", "email address")
"""Columns that name a student, the best first."""

ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long number, and of others that begin alike."""

SEPARATOR = re.compile("sep=([,;\t])\r?\n")
"""A first line by which Excel is told how to read those below it."""

MAX_NAMELESS = 12
TIMES = ("timestamp", "last modified (submission)")


@dataclass
class Roster:
    """A class list.

    Attributes:
        ids: number in the LMS → id.
        names: full name, folded → ids of all who have it.
        times: id → time of handing in.
        remarks: what in it could not be used, a line each.
        as_utc: id → that time read as UTC, where it does not say in which zone it is.
        column: which of the list's columns the ids are from.
        asked: whoever gives the list has named that column.
        others: id → column → what else the same line could be called by.
    """

    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    as_utc: dict[str, datetime] = field(default_factory=dict)
    column: str = ""
    asked: bool = False
    others: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def students(self) -> set[str]:
        """All ids."""
        return {*self.ids.values(), *(i for ids in self.names.values() for i in ids)}

    def find(self, named: Named) -> str:
        """Return a student's id.

        Raises:
            LookupError: The list has nobody of that number and name, or several.
        """
        if named.number in self.ids:
            return self.ids[named.number]
        found = self.names.get(fold(named.name), set()) if named.name else set()
        if len(found) == 1:
            return next(iter(found))
        many = f"{len(found)} people" if found else "nobody"
        raise LookupError(f"the roster has {many} called {named.who}")


def id_without_roster(named: Named, lms: str) -> str:
    """Make an id of what the LMS gives; Canvas's numbers stay the same all the term.

    Raises:
        LookupError: That cannot be an id.
    """
    name = unicodedata.normalize("NFC", named.name)
    parts = [name, named.number] if lms == "canvas" or name == "Participant" else [name]
    made = "-".join(part for part in parts if part)
    # nbgrader makes paths and unquoted CSV of it.
    made = re.sub(r"[^\w.@+\- ]+", "-", made).strip(" .-+@")
    if not is_student_id(made):
        raise LookupError(f"no id can be made of {named.who!r}; give a --roster")
    return made


def read_roster(path: Path, id_column: str, zone: tzinfo) -> Roster:
    """Read a class list.

    Args:
        path: a CSV file; comma, semicolon or tab.
        id_column: the column that has the ids; "" to look for one.
        zone: where the times in it were told.

    Raises:
        WorkspaceError: It cannot be read, or has no column that says who is who.
    """
    rows = list(_rows(path))
    if not rows and table_text(path).strip():
        raise WorkspaceError(f"{path} has its headings, and nobody below them")
    columns = set().union(*rows) if rows else set()
    keys = _key_columns(columns)
    column = id_column.strip().casefold() or _id_column(columns, rows)
    if rows and id_column.strip() and column not in columns:
        raise WorkspaceError(
            f"{path} has no column {id_column.strip()!r}, which --id-column names; its "
            f"columns are {', '.join(sorted(columns))}"
        )
    if not rows or column not in columns or not (keys or _named(columns)):
        shown = ", ".join(sorted(columns)) or "none"
        hint = "; --id-column names the one with the ids"
        if column in columns:
            hint = f": {column!r} has ids, and no column an LMS's numbers or full names"
        elif "identifier" in columns:
            hint = (
                "; of a worksheet without names --id-column Identifier takes the "
                "numbers, which are others in every assignment"
            )
        raise WorkspaceError(
            f"{path} does not say who is who: its columns are {shown}. Expected "
            "Moodle's grading worksheet or Canvas's gradebook with their English "
            "headings (choose English there, and download it again), or the columns "
            f"id, lms_user_id{hint}"
        )
    roster = Roster(column=column, asked=bool(id_column.strip()))
    nameless = []
    for row in rows:
        if row.get(column):
            _take(roster, row, keys, column, zone)
        # Canvas's second line says what each column is worth, and is nobody's.
        elif any(row.get(key) for key in keys):
            nameless.append(_full_name(row) or row[keys[0]])
    if nameless:
        more = f" and {len(nameless) - MAX_NAMELESS} more"
        roster.remarks.append(
            f"the roster's column {column!r} is empty for "
            f"{', '.join(nameless[:MAX_NAMELESS])}"
            f"{more * (len(nameless) > MAX_NAMELESS)}: left out; fill it in, or choose "
            "another by --id-column"
        )
    return roster


def _take(
    roster: Roster,
    row: Mapping[str, str],
    keys: Sequence[str],
    column: str,
    zone: tzinfo,
) -> None:
    student = row[column]
    if ROUNDED.fullmatch(student):
        roster.remarks.append(
            f"the roster's {student!r} is a number that a spreadsheet has rounded: "
            "left out; give the list as it was downloaded"
        )
        return
    if not is_student_id(student):
        roster.remarks.append(f"the roster's {student!r} cannot be an id: left out")
        return
    roster.others[student] = {
        other: row[other] for other in ID_COLUMNS if row.get(other, student) != student
    }
    for key in keys:
        number = re.sub(r"^\D+", "", row.get(key, ""))
        if number and roster.ids.setdefault(number, student) != student:
            roster.remarks.append(f"the roster has {number} twice: the first counts")
    if name := _full_name(row):
        roster.names.setdefault(fold(name), set()).add(student)
    said = next((row[time] for time in TIMES if row.get(time, "-") != "-"), "")
    if said:
        try:
            when, as_utc = read_time(said, zone)
        except NO_TIME:
            roster.remarks.append(
                f"the roster's time for {student}, {said!r}, cannot be read: write it "
                "as 2026-03-01 14:05"
            )
        else:
            roster.times[student] = when
            if as_utc is not None:
                roster.as_utc[student] = as_utc


def read_time(text: str, zone: tzinfo) -> tuple[datetime, datetime | None]:
    """Read a time that a person or a spreadsheet has written.

    Args:
        text: with its day and year, such as 2026-03-01 14:05 CET.
        zone: where it was told, if it does not say so.

    Returns:
        The time in UTC; and what it would be if it had been told in UTC, or None where
        it says in which zone it was.

    Raises:
        ValueError, ArithmeticError, OSError: it is none, see `NO_TIME`.
    """
    if YEAR_LAST.search(text) or not YEAR.search(text):  # spreadsheets write the former
        raise ValueError(text)
    when: datetime = parser.parse(text, tzinfos=_zone_called)
    if when.tzinfo is not None:
        return when.astimezone(UTC), None
    return when.replace(tzinfo=zone).astimezone(UTC), when.replace(tzinfo=UTC)


def _zone_called(name: str | None, offset: int | None) -> tzinfo | None:
    """Return a zone by its name, such as CET, of which dateutil would only warn."""
    if offset is not None:
        return tz.tzoffset(name, offset)  # type: ignore[no-any-return]  # untyped
    found: tzinfo | None = tz.gettz(name) if name else None
    if name and found is None:
        raise ValueError(f"there is no zone {name}")
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    text = table_text(path)
    if told := SEPARATOR.match(text):
        text = text[told.end() :]
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield {
                key.strip().casefold(): (value or "").strip()
                for key, value in row.items()
                if isinstance(key, str) and not isinstance(value, list)
            }
    except csv.Error as error:
        raise WorkspaceError(f"the roster {path} cannot be read: {error}") from None


def _key_columns(columns: set[str]) -> list[str]:
    """Return the columns with an LMS's number: Moodle's, nbgrader's or Canvas's."""
    known = ("identifier", "lms_user_id")
    keys: list[str] = [name for name in known if name in columns]
    if not keys and "student" in columns and "id" in columns:
        keys = ["id"]
    return keys


def _named(columns: set[str]) -> bool:
    first = columns & {"first name", "first_name"}
    last = columns & {"last name", "surname", "last_name"}
    return bool((first and last) or columns & {"full name", "student"})


def _id_column(columns: set[str], rows: list[dict[str, str]]) -> str:
    if "lms_user_id" in columns or ("first_name" in columns and "id" in columns):
        return "id"  # nbgrader's own list
    filled = (c for c in ID_COLUMNS if any(row.get(c) for row in rows))
    return next(filled, "")


def _full_name(row: Mapping[str, str]) -> str:
    if name := row.get("full name"):
        return name
    if name := row.get("student"):  # Canvas: Lovelace, Ada
        return " ".join(reversed([part.strip() for part in name.split(",", 1)]))
    first = row.get("first name") or row.get("first_name") or ""
    last = row.get("last name") or row.get("surname") or row.get("last_name") or ""
    return f"{first} {last}".strip()


def fold(name: str) -> str:
    """Return a name in the form in which two spellings of it are the same."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"[&<>\"`|':\\/]", "", text)  # what Moodle takes out of file names
    return " ".join(re.sub(r"[^\w]+", " ", text.replace("_", " ")).split())
