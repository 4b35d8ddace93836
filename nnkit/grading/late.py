"""Late submissions, by nbgrader's own means: due date, extension, penalty.

    gradebook.db: due date ──┐
    extensions.csv ──────────┼──> seconds late ──nbgrader_config.py's plugin──> penalty
    timestamp.txt ───────────┘

Inside `nbgrader autograde` its AssignLatePenalties does the same once more; `nnkit
grade` asks the same plugin, so that both write the same penalties.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

# nbgrader ships no types; what comes from it is Any.
from nbgrader import api  # type: ignore[import-untyped]  # ships no types
from nbgrader.utils import parse_utc  # type: ignore[import-untyped]  # the same
from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    update,
)

from nnkit.grading.extensions import EXTENSIONS, read_extensions
from nnkit.grading.gradebook_cells import address, engine_for, explained
from nnkit.grading.gradebook_rows import EXTENDED
from nnkit.grading.penalties import misspelt, penalty_plugin
from nnkit.grading.submission import is_student_id
from nnkit.grading.timestamps import TIMESTAMP_FILE, read_timestamp
from nnkit.grading.workspace import Workspace, WorkspaceError

FEW = 100
"""Students whose rows are looked up by name; for more the whole table is read."""
FEW_NAMED = 10


@dataclass(frozen=True)
class Late:
    """How late a submission is, and what that costs."""

    seconds: float
    penalty: float

    def __str__(self) -> str:
        """Say it in a line."""
        cost = f": {-self.penalty:g} points" if self.penalty else ", no penalty"
        return f"late by {span(self.seconds)}{cost}"


def span(seconds: float) -> str:
    """Say how long that is, to the minute that has begun."""
    minutes = math.ceil(seconds / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    sizes = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{size} {unit}" for size, unit in sizes if size)


@dataclass
class LateRules:
    """What a grading folder says about lateness in one unit.

    Attributes:
        root: the grading folder.
        unit: such as "01-neuron".
        remarks: what has no effect and why, a line each, once `write` has run.
    """

    root: Path
    unit: str
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.extensions = read_extensions(self.root / EXTENSIONS, self.unit)
        self._plugin: Any = None

    def write(
        self, connection: Connection, notebook_id: str, students: Collection[str]
    ) -> dict[str, Late]:
        """Bring extensions and penalties of these students up to date.

        Returns:
            student → how late, for who is.

        Raises:
            WorkspaceError: the penalty plugin of the configuration cannot be used.
        """
        assignment = connection.execute(
            select(api.Assignment.__table__.c["id", "duedate"])
            .join(api.Notebook.__table__)
            .where(api.Notebook.__table__.c.id == notebook_id)
        ).one()
        rows = [
            row
            for row in self._submissions(connection, assignment.id, students)
            if row.student_id in students
        ]
        due = assignment.duedate
        extensions = self._extend(connection, rows, due)
        self._note(rows, due, students)
        late: dict[str, Late] = {}
        if due is not None:
            for row in rows:
                extension = extensions.get(row.student_id)
                found = self._late(
                    row.student_id, row.timestamp, due, extension, row.score
                )
                if found is not None:
                    late[row.student_id] = found
        books = api.SubmittedNotebook.__table__
        changed = [
            {"key": row.id, "penalty": penalty}
            for row in rows
            if row.late_submission_penalty != (penalty := _cost(late, row.student_id))
        ]
        if changed:
            here = books.c.id == bindparam("key")
            table = update(books).where(here)
            connection.execute(
                table.values(late_submission_penalty=bindparam("penalty")), changed
            )
        return late

    def _late(
        self,
        student: str,
        when: datetime | None,
        due: datetime | None,
        extension: timedelta | None,
        score: float,
    ) -> Late | None:
        if when is None or due is None:
            return None
        seconds = (when - due - (extension or timedelta())).total_seconds()
        if seconds <= 0:
            return None
        return Late(seconds, self._penalty(student, score, seconds) or 0.0)

    def costs(self, db_url: str) -> Callable[[str, str | None, float], float]:
        """Return what would be taken: (student, time of handing in, points) → points.

        By the gradebook as it is before this run is written to it.
        """
        due, granted = None, dict[str, timedelta | None]()
        url = address(db_url)
        sqlite = url.get_backend_name() == "sqlite"
        if not sqlite or Path(url.database or "").is_file():
            with engine_for(db_url, patience=5.0) as engine, explained(db_url):
                due, granted = self._granted(engine)

        def cost(student: str, timestamp: str | None, points: float) -> float:
            until = self.extensions.get(student)
            extension = _span(until, due) if until and due else granted.get(student)
            late = self._late(student, parse_utc(timestamp), due, extension, points)
            return late.penalty if late else 0.0

        return cost

    def _granted(
        self, engine: Engine
    ) -> tuple[datetime | None, dict[str, timedelta | None]]:
        """Read the due date, and the extensions that the gradebook has."""
        units, submitted = (
            model.__table__ for model in (api.Assignment, api.SubmittedAssignment)
        )
        if not inspect(engine).has_table(units.name):
            return None, {}
        with engine.connect() as connection:
            here = units.c.name == self.unit
            due = connection.scalar(select(units.c.duedate).where(here))
            columns = [*submitted.c["student_id", "extension"]]
            found = select(*columns, literal(None).label("by_file"))
            if inspect(connection).has_table(EXTENDED.name):
                found = select(*columns, EXTENDED.c.seconds.label("by_file")).outerjoin(
                    EXTENDED, EXTENDED.c.submission_id == submitted.c.id
                )
            rows = connection.execute(found.join(units).where(here))
            return due, {
                row.student_id: None if _granted_by_file(row) else row.extension
                for row in rows
            }

    def _submissions(
        self, connection: Connection, assignment: str, students: Collection[str]
    ) -> list[Any]:
        submitted = api.SubmittedAssignment.__table__
        books = api.SubmittedNotebook.__table__
        notebook = api.Grade.notebook_id
        few: list[Any] = [submitted.c.assignment_id == assignment]
        if len(students) <= FEW:  # nbgrader autograde writes them one by one
            few.append(submitted.c.student_id.in_(students))
        theirs = select(books.c.id).join(submitted).where(*few)
        scores = select(notebook, func.sum(api.Grade.score).label("score"))
        scored = scores.where(notebook.in_(theirs)).group_by(notebook).subquery()
        return list(
            connection.execute(
                select(
                    submitted.c["student_id", "timestamp", "extension"],
                    submitted.c.id.label("submission"),
                    EXTENDED.c.seconds.label("by_file"),
                    books.c["id", "late_submission_penalty"],
                    func.coalesce(scored.c.score, 0.0).label("score"),
                )
                .join(books, books.c.assignment_id == submitted.c.id)
                .outerjoin(scored, scored.c.notebook_id == books.c.id)
                .outerjoin(EXTENDED, EXTENDED.c.submission_id == submitted.c.id)
                .where(*few)
            )
        )

    def _extend(
        self, connection: Connection, rows: list[Any], due: datetime | None
    ) -> dict[str, timedelta | None]:
        """Write down the extensions of the file, and take back what it no longer says.

        All others are left as they are.
        """
        granted, changed = dict[str, timedelta | None](), []
        for row in rows:
            until = self.extensions.get(row.student_id)
            ours = _granted_by_file(row)
            extension = None if ours else row.extension
            if until is not None and due is not None:
                extension = _span(until, due)
            granted[row.student_id] = extension
            by_file = until is not None and due is not None
            if extension != row.extension or by_file != ours:
                seconds = extension.total_seconds() if by_file and extension else 0.0
                changed.append(
                    {
                        "key": row.submission,
                        "extension": extension,
                        "seconds": seconds,
                        "by_file": by_file,
                    }
                )
        if changed:
            table = api.SubmittedAssignment.__table__
            here = table.c.id == bindparam("key")
            connection.execute(
                update(table).where(here).values(extension=bindparam("extension")),
                changed,
            )
            known = EXTENDED.c.submission_id == bindparam("key")
            keys = [{"key": row["key"]} for row in changed]
            connection.execute(delete(EXTENDED).where(known), keys)
            if said := [row for row in changed if row["by_file"]]:
                connection.execute(
                    insert(EXTENDED),
                    [
                        {"submission_id": row["key"], "seconds": row["seconds"]}
                        for row in said
                    ],
                )
        return granted

    def _note(
        self, rows: list[Any], due: datetime | None, students: Collection[str]
    ) -> None:
        unknown = sorted(
            name
            for name in self.extensions.keys() - {row.student_id for row in rows}
            # Of a run over some students, the others are known by their folders alone.
            if not self._has_handed_in(name)
        )
        if unknown and len(rows) == len(students):
            # No likeness is asked about: numbers of students are all alike.
            same = {_plain(row.student_id): row.student_id for row in rows}
            named = [
                f"{name} (is {same[_plain(name)]} meant?)"
                if _plain(name) in same
                else name
                for name in unknown
            ]
            self.remarks.append(
                f"{EXTENSIONS} names {', '.join(named)}: nobody of that name has "
                f"handed in {self.unit} so far"
            )
        if due is None and self.extensions:
            self.remarks.append(
                f"{EXTENSIONS} has no effect yet: {self.unit} has no due date. Try: "
                f'nbgrader db assignment add {self.unit} --duedate="2026-03-01 12:00 '
                'UTC"'
            )
        timeless = {row.student_id for row in rows if row.timestamp is None}
        mistyped = {name for name in timeless if self._has_mistyped(name)}
        for names, found, hint in (
            (
                timeless - mistyped,
                "no timestamp.txt",
                "nnkit collect takes times from the column timestamp of a --roster",
            ),
            (
                mistyped,
                "a timestamp.txt that cannot be read",
                "A time is such as 2026-03-01 12:00:00 UTC; run this again when it is "
                "mended",
            ),
        ):
            if due is not None and names:
                said = f"{', '.join(sorted(names)[:FEW_NAMED])}"
                self.remarks.append(
                    f"{len(names)} of {len(rows)} submissions "
                    f"{'have' if len(names) > 1 else 'has'} {found}, and "
                    f"count{'s' * (len(names) == 1)} as in time: {said}"
                    f"{' …' * (len(names) > FEW_NAMED)}. {hint}"
                )

    def _has_mistyped(self, name: str) -> bool:
        place = Workspace(self.root).submitted / name / self.unit / TIMESTAMP_FILE
        return is_student_id(name) and bool(read_timestamp(place)[1])

    def _has_handed_in(self, name: str) -> bool:
        folder = Workspace(self.root).submitted
        # What stands in the file may be anything, such as a path.
        return is_student_id(name) and (folder / name / self.unit).is_dir()

    def _penalty(self, student: str, score: float, seconds: float) -> float | None:
        if self._plugin is None:
            self._plugin = penalty_plugin(self.root)
            self.remarks += misspelt(self._plugin)
        try:
            penalty = self._plugin.late_submission_penalty(student, score, seconds)
        except Exception as error:  # the instructor's own plugin can raise anything
            raise WorkspaceError(
                f"the late penalty of {student} cannot be worked out: "
                f"{type(self._plugin).__name__} stopped with "
                f"{type(error).__name__}: {error}"
            ) from error
        # As nbgrader bounds it: nobody owes points.
        return None if penalty is None else min(max(penalty, 0.0), max(score, 0.0))


def _span(until: datetime | timedelta, due: datetime) -> timedelta:
    return until if isinstance(until, timedelta) else max(until - due, timedelta())


def _granted_by_file(row: Any) -> bool:
    """Say whether an extension in the gradebook is still what a file once said."""
    if row.by_file is None or row.extension is None:
        return False
    return bool(abs(row.extension.total_seconds() - row.by_file) < 1)


def _cost(late: Mapping[str, Late], student: str) -> float | None:
    return (late[student].penalty or None) if student in late else None


def _plain(student: str) -> str:
    """A name without what people write now so, now otherwise: capitals, an address."""
    return student.partition("@")[0].casefold()
