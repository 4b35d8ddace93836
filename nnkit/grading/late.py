"""Late submissions, by nbgrader's own means: due date, extension, penalty.

    gradebook.db: due date ──┐
    extensions.csv ──────────┼──> seconds late ──nbgrader_config.py's plugin──> penalty
    timestamp.txt ───────────┘

Inside `nbgrader autograde` its AssignLatePenalties does the same once more; `nnkit
grade` asks the same plugin, so that both write the same penalties.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path

# nbgrader ships no types; what comes from it is Any.
from nbgrader import api  # type: ignore[import-untyped]  # ships no types
from nbgrader.plugins import LateSubmissionPlugin  # type: ignore[import-untyped]
from nbgrader.preprocessors import (  # type: ignore[import-untyped]  # the same
    AssignLatePenalties,
)
from sqlalchemy import Connection, bindparam, func, select, update
from traitlets import Float
from traitlets.config import Application

from nnkit.grading.extensions import EXTENSIONS, read_extensions
from nnkit.grading.workspace import CONFIG, WorkspaceError

DAY = 86_400.0


class PerDay(LateSubmissionPlugin):  # type: ignore[misc]  # its base is untyped
    """Takes a share of the score for every day that has begun.

    nbgrader itself offers none or all. In nbgrader_config.py:

        c.AssignLatePenalties.plugin_class = "nnkit.grading.late.PerDay"
        c.PerDay.percent = 10
    """

    percent = Float(10.0, min=0.0, max=100.0, help="Of the score, a day.").tag(
        config=True
    )
    at_most = Float(100.0, min=0.0, max=100.0, help="Percent, in all.").tag(config=True)
    grace_minutes = Float(0.0, min=0.0, help="Lateness that costs nothing.").tag(
        config=True
    )

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return what to take off the score; None for nothing."""
        if total_seconds_late <= 60 * self.grace_minutes:
            return None
        days = math.ceil(total_seconds_late / DAY)
        return float(score * min(days * self.percent, self.at_most) / 100)


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
            for row in self._submissions(connection, assignment.id)
            if row.student_id in students
        ]
        due = assignment.duedate
        extensions = self._extend(connection, rows, due)
        self._note(rows, due, students)
        late: dict[str, Late] = {}
        if due is not None:
            for row in rows:
                extension = extensions.get(row.student_id) or timedelta()
                seconds = 0.0
                if row.timestamp is not None:
                    seconds = (row.timestamp - due - extension).total_seconds()
                if seconds > 0:
                    penalty = self._penalty(row.student_id, row.score, seconds)
                    late[row.student_id] = Late(seconds, penalty or 0.0)
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

    def _submissions(self, connection: Connection, assignment: str) -> list[Any]:
        submitted = api.SubmittedAssignment.__table__
        books = api.SubmittedNotebook.__table__
        notebook = api.Grade.notebook_id
        scores = select(notebook, func.sum(api.Grade.score).label("score"))
        scored = scores.group_by(notebook).subquery()
        return list(
            connection.execute(
                select(
                    submitted.c["student_id", "timestamp", "extension"],
                    submitted.c.id.label("submission"),
                    books.c["id", "late_submission_penalty"],
                    func.coalesce(scored.c.score, 0.0).label("score"),
                )
                .join(books, books.c.assignment_id == submitted.c.id)
                .outerjoin(scored, scored.c.notebook_id == books.c.id)
                .where(submitted.c.assignment_id == assignment)
            )
        )

    def _extend(
        self, connection: Connection, rows: list[Any], due: datetime | None
    ) -> dict[str, timedelta | None]:
        """Write down the extensions of the file; leave all others as they are."""
        granted = {row.student_id: row.extension for row in rows}
        changed = []
        for row in rows:
            until = self.extensions.get(row.student_id)
            if until is None or due is None:
                continue
            extension = until if isinstance(until, timedelta) else until - due
            if granted[row.student_id] != extension:
                granted[row.student_id] = extension
                changed.append({"key": row.submission, "extension": extension})
        if changed:
            table = api.SubmittedAssignment.__table__
            here = table.c.id == bindparam("key")
            connection.execute(update(table).where(here), changed)
        return granted

    def _note(
        self, rows: list[Any], due: datetime | None, students: Collection[str]
    ) -> None:
        unknown = sorted(self.extensions.keys() - {row.student_id for row in rows})
        if unknown and len(rows) == len(students):
            self.remarks.append(
                f"{EXTENSIONS} names {', '.join(unknown)}: nobody of that name has "
                f"handed in {self.unit} so far"
            )
        if due is None and self.extensions:
            self.remarks.append(
                f"{EXTENSIONS} has no effect yet: {self.unit} has no due date. Try: "
                f'nbgrader db assignment add {self.unit} --duedate="2026-03-01 12:00 '
                'UTC"'
            )
        timeless = [row.student_id for row in rows if row.timestamp is None]
        if due is not None and timeless:
            self.remarks.append(
                f"{len(timeless)} of {len(rows)} submissions have no timestamp.txt, so "
                "nobody can say whether they are late: "
                f"{', '.join(sorted(timeless)[:5])}{' …' * (len(timeless) > 5)}"
            )

    def _penalty(self, student: str, score: float, seconds: float) -> float | None:
        if self._plugin is None:
            self._plugin = penalty_plugin(self.root)
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


def _cost(late: Mapping[str, Late], student: str) -> float | None:
    return (late[student].penalty or None) if student in late else None


def penalty_plugin(root: Path) -> Any:
    """Return the plugin that nbgrader's configuration names for this folder.

    Raises:
        WorkspaceError: the configuration or the plugin cannot be loaded.
    """
    app = Application(raise_config_file_errors=True)
    if str(root) not in sys.path:
        sys.path.append(str(root))  # where nbgrader would find a plugin of one's own
    try:
        app.load_config_file(
            CONFIG.removesuffix(".py"), path=[str(root), *jupyter_config_path()]
        )
        assign = AssignLatePenalties(config=app.config)
        assign.init_plugin()
    except Exception as error:  # a configuration is a program: it can raise anything
        raise WorkspaceError(
            f"{root / CONFIG} cannot be loaded, and it says what being late costs: "
            f"{type(error).__name__}: {error}"
        ) from error
    return assign.plugin_inst
