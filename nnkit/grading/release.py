"""What a unit's released notebook asks for: the truth about locked and graded cells."""

from __future__ import annotations

import difflib
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

# Callers of this module look for the course here.
from nnkit.course import course_directory as course_directory
from nnkit.grading.attachments import Picture, owned
from nnkit.grading.cells import Cell, NotebookError, RawCell, Role, parse, read_bytes

DEMONSTRATION_TAG = "demonstration"  # defines nothing that an exercise needs
ANSWER_SUFFIX = "-answer"


class ReleaseError(Exception):
    """A unit's own notebook is missing or wrong: never a student's fault."""


@dataclass(frozen=True)
class Release:
    """A unit's released notebook.

    `nbgrader` holds, for each grade_id, the cell's nbgrader metadata as released.
    `digest` covers what is graded against: it changes when a cell does, not when the
    file is written anew.
    """

    assignment: str
    path: Path
    cells: tuple[Cell, ...]
    checks: tuple[str, ...]
    digest: str
    nbgrader: Mapping[str, Mapping[str, Any]] = field(repr=False)
    data: bytes = field(repr=False)

    @classmethod
    def load(cls, path: Path | str) -> Release:
        """Read a released notebook.

        Raises:
            ReleaseError: The file cannot be read, or cannot be graded against.
        """
        path = Path(path)
        try:
            data = read_bytes(path)
        except NotebookError as error:
            raise ReleaseError(f"{path} {error}") from None
        return cls.of(path, data)

    @classmethod
    def of(cls, path: Path, data: bytes) -> Release:
        """Take these bytes for the released notebook at a path.

        Raises:
            ReleaseError: They cannot be graded against.
        """
        try:
            raw, notes = parse(data)
        except NotebookError as error:
            raise ReleaseError(f"{path} {error}") from None
        if notes:
            raise ReleaseError(f"{path}: {notes[0]}; build it again with nnkit build")
        cells = tuple(_cell(cell, path) for cell in raw)
        named = [cell.grade_id for cell in cells if cell.grade_id is not None]
        for grade_id in named:
            if named.count(grade_id) > 1:
                raise ReleaseError(
                    f"{path}: two cells have the grade_id {grade_id!r}, expected one"
                )
        checks = tuple(
            cell.grade_id for cell in cells if cell.role == "check" and cell.grade_id
        )
        if not checks:
            raise ReleaseError(
                f"{path} has no locked check cell: nothing in it can be graded"
            )
        return cls(
            assignment=path.stem,
            path=path.absolute(),
            cells=cells,
            checks=checks,
            digest=_digest(cells),
            nbgrader={c.grade_id: dict(c.nbgrader) for c in raw if c.grade_id},
            data=data,
        )

    @classmethod
    def find(
        cls, assignment: str, course: Path | None = None, others: Sequence[str] = ()
    ) -> Release:
        """Read the released notebook of a unit by its name, such as "01-neuron".

        Args:
            assignment: the unit.
            course: the folder that it is in; the course's own if None.
            others: units that may have been meant instead.

        Raises:
            ReleaseError: There is no such unit; the message has the nearest name.
        """
        course = course_directory() if course is None else course
        units = sorted(p.parent.name for p in course.glob("*/*.ipynb"))
        if assignment not in units:
            units += others
            near = difflib.get_close_matches(assignment, units, n=1, cutoff=0.4)
            hint = (
                f"did you mean {near[0]!r}?" if near else f"units: {', '.join(units)}"
            )
            raise ReleaseError(f"there is no unit {assignment!r} in {course}; {hint}")
        return cls.load(course / assignment / f"{assignment}.ipynb")

    @cached_property
    def graded(self) -> Mapping[str, Cell]:
        """The cells that nbgrader knows, by grade_id, in the notebook's order."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id is not None}

    @cached_property
    def pictures(self) -> Mapping[str, tuple[Picture, ...]]:
        """The pictures that go with the release's own text, by that text."""
        text = [cell for cell in self.cells if cell.kind == "markdown"]
        return {cell.source: cell.pictures for cell in text}

    @cached_property
    def points(self) -> Mapping[str, float]:
        """The maximum of every check, by grade_id."""
        return {check: self.graded[check].points for check in self.checks}

    @cached_property
    def by_hand(self) -> Mapping[str, float]:
        """The maximum of every answer that a person grades, by grade_id."""
        answers = [cell for cell in self.graded.values() if cell.role == "answer"]
        return {c.grade_id: c.points for c in answers if c.grade_id and c.points}

    def answer_of(self, check: str) -> str | None:
        """The grade_id of the answer cell that a check cell belongs to."""
        if check + ANSWER_SUFFIX in self.graded:
            return check + ANSWER_SUFFIX
        answer = None
        for grade_id, cell in self.graded.items():
            if grade_id == check:
                break
            if cell.role == "answer":
                answer = grade_id
        return answer


def _cell(raw: RawCell, path: Path) -> Cell:
    marks, pictures = raw.nbgrader, owned(raw.attachments)
    if not any(marks.get(key) for key in ("grade", "solution", "locked", "task")):
        role: Role = "demonstration" if DEMONSTRATION_TAG in raw.tags else "plain"
        return Cell(raw.kind, raw.source, role=role, pictures=pictures)
    if not raw.grade_id:
        raise ReleaseError(f"{path}: a cell that nbgrader marks has no grade_id")
    if marks.get("solution"):
        role = "answer"
    elif marks.get("grade"):
        role = "check"
    else:
        role = "locked"
    points = (
        marks.get("points", 0.0) if marks.get("grade") or marks.get("task") else 0.0
    )
    sound = isinstance(points, int | float) and not isinstance(points, bool)
    if not sound or not math.isfinite(points) or points < 0:
        raise ReleaseError(
            f"{path}: {raw.grade_id!r} has points {points!r}, expected a number from 0"
        )
    return Cell(raw.kind, raw.source, raw.grade_id, role, float(points), pictures)


def _digest(cells: tuple[Cell, ...]) -> str:
    content = [[c.kind, c.source, c.grade_id, c.role, c.points] for c in cells]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
