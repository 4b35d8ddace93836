"""The journal, written into nbgrader's own database.

    release --SaveCells, nbgrader's own--> assignment, notebook, cells
    records --bulk, one transaction------> submissions, grades, comments

nbgrader's API takes 17 ms a submission, with a commit for each row; this takes a
fraction of one, and a crash leaves all of a write or nothing. Ids that nbgrader draws
at random are derived from names, so that a run that was killed and finished ends with
the same rows as one that never was.

Scores, extra credit and comments that a person gave in formgrader are never touched.
Where the notebook, or the score that nnkit gives, is no longer what that person saw,
their score stands and the cell is marked, so that formgrader asks them again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from nbgrader import api  # type: ignore[import-untyped]  # ships no types
from nbgrader.utils import parse_utc  # type: ignore[import-untyped]  # the same
from sqlalchemy import Connection, delete, insert, select

from nnkit.grading.gradebook_cells import (
    GradebookError,
    engine_for,
    explained,
    save_release,
    stable_id,
)
from nnkit.grading.gradebook_rows import GRADED, KNOWN, Rows, clean, score_of
from nnkit.grading.late import Late, LateRules
from nnkit.grading.markup import as_comment
from nnkit.grading.release import Release
from nnkit.grading.workspace import COURSE_ID
from nnkit.judging.plain import plain

__all__ = ["GradebookError", "Summary", "write_gradebook"]

CHUNK = 1000


@dataclass
class Summary:
    """What a write did.

    `left_out` names who is gone, see `write_gradebook`; `by_hand` counts the scores
    given by hand that were left as they are; `homeless` names verdicts for which the
    gradebook has no cell; `late` has who is late; `waiting` counts, for every cell that
    formgrader asks a person about, the students, and under "" those whose notebook
    could not be read.
    """

    written: int = 0
    new_students: int = 0
    new_submissions: int = 0
    left_out: set[str] = field(default_factory=set)
    by_hand: int = 0
    homeless: set[str] = field(default_factory=set)
    late: dict[str, Late] = field(default_factory=dict)
    waiting: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def write_gradebook(
    db_url: str,
    release: Release,
    records: Iterable[Mapping[str, Any]],
    progress: Callable[[int], None] | None = None,
    *,
    course_id: str = COURSE_ID,
    patience: float = 30.0,
    rules: LateRules | None = None,
    gone: Collection[str] = (),
) -> Summary:
    """Write verdicts into nbgrader's database, all of them or none.

    A submission that could not be read scores 0 and is marked for grading by hand: a
    damaged upload need not be the student's fault, and formgrader lists what is marked.

    Args:
        db_url: What nbgrader accepts, such as sqlite:////course/gradebook.db.
        release: The unit's released notebook.
        records: One record a student, as in the journal.
        progress: Called with the number of records written so far.
        course_id: The course that a new assignment belongs to.
        patience: Seconds to wait for another program that is writing.
        rules: What being late costs; None leaves extensions and penalties alone.
        gone: Whose work is no longer there. Whom somebody has removed from this
            gradebook does not come back for that.

    Raises:
        GradebookError: The database cannot be written. It is then as it was before.
    """
    start = time.perf_counter()
    with engine_for(db_url, patience) as engine, explained(db_url):
        notebook_id = save_release(engine, db_url, release, course_id)
        with engine.begin() as connection:
            writer = _Writer(connection, release, notebook_id)
            writer.leave_out(gone)
            rest = iter(records)
            while chunk := list(islice(rest, CHUNK)):
                writer.write(chunk)
                if progress:
                    progress(writer.summary.written)
            writer.remember()
            if rules is not None and writer.summary.written:
                writer.summary.late = rules.write(
                    connection, notebook_id, writer.written
                )
    writer.summary.seconds = time.perf_counter() - start
    return writer.summary


class _Writer:
    """What the database has for one unit, and the rows that bring it up to date."""

    def __init__(
        self,
        connection: Connection,
        release: Release,
        notebook_id: str,
    ) -> None:
        self.summary = Summary()
        self._known: set[str] = set()
        self._gone: set[str] = set()
        self._connection = connection
        self._notebook_id = notebook_id
        self._comment_of: dict[str, str] = {}  # exercise -> its answer cell
        for check in release.checks:
            if answer := release.answer_of(check):
                self._comment_of[check] = answer
        self._load()

    def _load(self) -> None:
        """Read what is there, in a few queries for the whole unit."""
        self.written: set[str] = set()
        run = self._connection.execute
        base, notebooks = api.BaseCell.__table__, api.Notebook.__table__
        cells = run(
            select(base.c.name, base.c.id, base.c.type).where(
                base.c.notebook_id == self._notebook_id
            )
        ).all()
        graded, commented = {"GradeCell", "TaskCell"}, {"SolutionCell", "TaskCell"}
        self._grade_cells = {c.name: c.id for c in cells if c.type in graded}
        self._comment_cells = {c.name: c.id for c in cells if c.type in commented}
        self._unit: str = run(
            select(notebooks.c.assignment_id).where(notebooks.c.id == self._notebook_id)
        ).scalar_one()
        self._students = set(run(select(api.Student.__table__.c.id)).scalars())
        submitted = api.SubmittedAssignment.__table__
        self._submitted: dict[str, Any] = {
            row.student_id: row
            for row in run(
                select(submitted.c.student_id, submitted.c.id, submitted.c.timestamp)
                .where(submitted.c.assignment_id == self._unit)
            )
        }  # fmt: skip
        books = api.SubmittedNotebook.__table__
        ours = books.c.notebook_id == self._notebook_id
        self._books = {
            row.assignment_id: row
            for row in run(
                select(books.c.assignment_id, books.c.id, books.c.flagged).where(ours)
            )
        }
        # nbgrader removes submissions, and does not know of this table.
        run(delete(GRADED).where(GRADED.c.notebook_id.not_in(select(books.c.id))))
        seen = select(GRADED).join(books, books.c.id == GRADED.c.notebook_id)
        self._graded: dict[str, str] = {
            row.notebook_id: row.sha256 for row in run(seen.where(ours))
        }
        grades, comments = api.Grade.__table__, api.Comment.__table__
        self._grades = {
            (row.notebook_id, row.cell_id): row
            for row in run(select(grades).join(books).where(ours))
        }
        self._comments = {
            (row.notebook_id, row.cell_id): row
            for row in run(select(comments).join(books).where(ours))
        }

    def leave_out(self, gone: Collection[str]) -> None:
        """Skip these, where they were here and no longer are."""
        query = select(KNOWN.c.student_id)
        self._known = set(self._connection.execute(query).scalars())
        self._gone = {*gone} & self._known - self._students

    def remember(self) -> None:
        """Put down whom the gradebook has."""
        if new := self._students - self._known:
            rows = [{"student_id": student} for student in sorted(new)]
            self._connection.execute(insert(KNOWN), rows)

    def write(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Bring the rows of these students up to date; of two records the last one."""
        rows = Rows()
        # By name: nbgrader exports students in the order in which they came.
        for record in sorted(records, key=lambda record: str(record["student"])):
            if record["student"] in self._gone:
                self.summary.left_out.add(record["student"])
                continue
            if record["student"] in self.written:
                rows.execute(self._connection)
                rows = Rows()
                self._load()
            self.written.add(record["student"])
            self._one(record, rows)
        rows.execute(self._connection)

    def _one(self, record: Mapping[str, Any], rows: Rows) -> None:
        student = str(record["student"])
        self.summary.written += 1
        if student not in self._students:
            self._students.add(student)
            self.summary.new_students += 1
            rows.insert(api.Student, id=student)
        when = parse_utc(record.get("timestamp") or None)
        was = self._submitted.get(student)
        if was is None:
            self.summary.new_submissions += 1
            submitted = stable_id("submission", self._unit, student)
            rows.insert(
                api.SubmittedAssignment,
                id=submitted,
                assignment_id=self._unit,
                student_id=student,
                timestamp=when,
            )
        else:
            submitted = was.id
            if was.timestamp != when:
                rows.update(api.SubmittedAssignment, submitted, timestamp=when)
        graded = str(record.get("sha256", ""))
        book = self._books.get(submitted)
        if book is None:
            book_id = stable_id("notebook", self._unit, self._notebook_id, student)
            rows.insert(
                api.SubmittedNotebook,
                id=book_id,
                assignment_id=submitted,
                notebook_id=self._notebook_id,
                flagged=bool(record.get("flags")),
            )
        else:
            book_id = book.id
        before = self._graded.get(book_id)
        if before is None:
            rows.insert(GRADED, notebook_id=book_id, sha256=graded)
            anew = was is not None and was.timestamp != when
        elif anew := before != graded:
            rows.update(GRADED, book_id, sha256=graded)
        if anew and book is not None and record.get("flags") and not book.flagged:
            rows.update(api.SubmittedNotebook, book_id, flagged=True)
        seen = before == graded
        self._grade(record, book_id, seen, anew, rows)
        self._comment(record, book_id, rows)

    def _grade(
        self,
        record: Mapping[str, Any],
        book: str,
        seen: bool,
        anew: bool,
        rows: Rows,
    ) -> None:
        """Write the scores.

        Args:
            record: what the journal has.
            book: the id of the submitted notebook.
            seen: these very bytes were in the gradebook before.
            anew: others were.
            rows: where the rows go.
        """
        scores = {str(v["exercise"]): v.get("points") for v in record["verdicts"]}
        self.summary.homeless |= scores.keys() - self._grade_cells.keys()
        unreadable = record.get("status") != "graded"
        # As nbgrader has it: nobody need read what was not written.
        scores = dict.fromkeys(record.get("unanswered", ()), 0.0) | scores
        waiting: Counter[str] = Counter()
        for name, cell in self._grade_cells.items():
            score = 0.0 if unreadable else score_of(scores.get(name))
            asked = unreadable or score is None
            was = self._grades.get((book, cell))
            if was is None:
                rows.insert(
                    api.Grade,
                    id=stable_id("grade", book, cell),
                    notebook_id=book,
                    cell_id=cell,
                    auto_score=score,
                    needs_manual_grade=asked,
                )
                waiting[name] += asked
                continue
            shifted = anew or was.auto_score != score
            if was.manual_score is not None or was.extra_credit:
                # A person has decided. Ask again only where the ground has shifted.
                self.summary.by_hand += 1
                asked = shifted or was.needs_manual_grade
            elif seen and not shifted:
                asked = was.needs_manual_grade  # a person may have answered
            if (was.auto_score, was.needs_manual_grade) != (score, asked):
                rows.update(
                    api.Grade, was.id, auto_score=score, needs_manual_grade=asked
                )
            waiting[name] += asked
        if unreadable:
            waiting = Counter({"": int(waiting.total() > 0)})
        self.summary.waiting += waiting

    def _comment(self, record: Mapping[str, Any], book: str, rows: Rows) -> None:
        said: dict[str, list[str]] = {}
        for verdict in record["verdicts"]:
            if answer := self._comment_of.get(str(verdict["exercise"])):
                found = verdict.get("diagnoses", ())
                texts = [plain(str(diagnosis["text"])) for diagnosis in found]
                said.setdefault(answer, []).extend(dict.fromkeys(texts))
        problem = record.get("problem") if record.get("status") != "graded" else None
        for name, cell in self._comment_cells.items():
            lines = [str(problem)] if problem else said.get(name, [])
            comment = as_comment(clean("\n".join(lines))) or None
            was = self._comments.get((book, cell))
            if was is None:
                rows.insert(
                    api.Comment,
                    id=stable_id("comment", book, cell),
                    notebook_id=book,
                    cell_id=cell,
                    auto_comment=comment,
                )
            elif was.auto_comment != comment:
                rows.update(api.Comment, was.id, auto_comment=comment)
