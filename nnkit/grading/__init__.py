"""The instructor's side: what was handed in becomes grades. The pipeline in one screen.

    submitted/ ──submission──> cells ──markers, in sandboxes──> answers
        ──markers, judge──> records ──journal──> gradebook.db, autograded/

Whatever happens, a finished verdict is in the journal before anything else is done
with it; the gradebook is written from the journal alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from nnkit.grading.asked import find_release, hiding, remarks_on_own
from nnkit.grading.attempts import attempts_of
from nnkit.grading.autograded import write_autograded, write_unreadable
from nnkit.grading.beside import others_beside
from nnkit.grading.bugs import bug
from nnkit.grading.examiner import Examiner
from nnkit.grading.extensions import EXTENSIONS, remarks_on_extensions
from nnkit.grading.gradebook import Summary, write_gradebook
from nnkit.grading.journal import Journal
from nnkit.grading.late import Late, LateRules
from nnkit.grading.markers import Marked, Markers
from nnkit.grading.points import release_of, remarks_on_points
from nnkit.grading.pool import Settings
from nnkit.grading.record import shown_outputs, summary_of
from nnkit.grading.release import Release
from nnkit.grading.sandboxes import SandboxError
from nnkit.grading.scales import by_other_points
from nnkit.grading.several import Cost, Several
from nnkit.grading.submission import (
    Handin,
    Submission,
    SubmissionError,
    find_submissions,
    read_submission,
    selected,
)
from nnkit.grading.workspace import (
    COURSE_ID,
    Workspace,
    remarks_on,
    remarks_on_gone,
    state_of,
)

Record = Mapping[str, Any]
Marking = Callable[[Iterator[Submission]], Iterator[tuple[Submission, Marked]]]
log = logging.getLogger(__name__)
# Else Python prints the warnings of a log that nobody has asked for.
logging.getLogger("nnkit").addHandler(logging.NullHandler())


class IsolationError(RuntimeError):
    """A property of the sandbox is missing, and the instructor requires it."""


@dataclass
class Listener:
    """What a caller wants to hear of a run while it lasts; each may be replaced."""

    found: Callable[[int], None] = lambda total: None
    missing: Callable[[Mapping[str, str]], None] = lambda missing: None
    finished: Callable[[Record, bool], None] = lambda record, anew: None
    failed: Callable[[str, str], None] = lambda student, problem: None
    writing: Callable[[int], None] = lambda count: None


@dataclass
class Run:
    """What a run has done.

    Attributes:
        graded: students whose notebooks were graded in this run.
        kept: students whose grades stand from an earlier run.
        failed: student → why no verdict could be reached; not in the gradebook.
        records: every student's last record, those of earlier runs included, without
            outputs and answers.
        missing: properties of the sandbox that did not hold, and what got through.
        homeless: what the gradebook has no place for, see `gradebook.Summary`.
        late: who handed in late, how late, and what that costs.
        waiting: how many students wait for a person's score, see `gradebook.Summary`.
        by_hand: how many scores a person gave, see `gradebook.Summary`.
        remarks: what is odd about the folder or the course, a line each.
        unshown: student → why the graded notebook could not be written; the grade
            itself is in the gradebook.
        repaired: what was cut off a journal that a crash had torn; "" if nothing.
        seconds: how long the run took.
    """

    release: Release
    graded: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    homeless: Collection[str] = ()
    late: Mapping[str, Late] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    by_hand: int = 0
    remarks: list[str] = field(default_factory=list)
    unshown: dict[str, str] = field(default_factory=dict)
    repaired: str = ""
    seconds: float = 0.0


def grade(
    workspace: Workspace,
    assignment: str,
    settings: Settings | None = None,
    *,
    db_url: str | None = None,
    require_isolation: bool = False,
    force: bool = False,
    students: Collection[str] = (),
    counts: str = "",
    seed: int | None = None,
    listener: Listener | None = None,
) -> Run:
    """Grade all that was handed in for a unit.

    Args:
        workspace: the instructor's folder.
        assignment: the unit, such as "01-neuron".
        settings: how submissions are run.
        db_url: the gradebook's database; the workspace's own if None.
        require_isolation: refuse to run anything where a property is missing.
        force: grade again what has been graded and has not changed.
        students: grade these alone; empty for all.
        counts: which of a student's files counts, "last" or "best"; "" for what the
            run before was told, and the last in a new journal.
        seed: of the cases; None for the secret one that the journal has, or a new one,
            also once feedback has shown what was asked. What was graded with another
            one than is given is graded again.
        listener: hears how far the run is.

    Raises:
        ReleaseError: there is no such unit.
        WorkspaceError: the folder of submissions cannot be listed, or one of
            `students` has not handed in.
        JournalError: another grader is at work, or the journal is damaged.
        GradebookError: the database cannot be written; the journal has everything.
        IsolationError: see `require_isolation`.
        SandboxError: not even one sandbox starts.
    """
    start = time.monotonic()
    settings, listener = settings or Settings(), listener or Listener()
    folders = workspace.folders
    run = Run(release_of(workspace, find_release(assignment, folders)))
    rules = LateRules(workspace.root, assignment)
    with Journal.open(workspace.journal(assignment)) as journal:
        fed_back = state_of(workspace.feedback, assignment)
        examiner = Examiner(run.release, journal, seed, fed_back)
        handins = selected(find_submissions(workspace, assignment), students)
        run.remarks = [
            *remarks_on(workspace, assignment, handins),
            *remarks_on_own(folders),
            *remarks_on_points(workspace, assignment),
            *remarks_on_extensions(workspace.root / EXTENSIONS, assignment, folders),
            *examiner.gaps,
        ]
        if others := others_beside(item.path for item in handins if item.path):
            run.remarks.append(others)
        told = journal.header.get("counts", "last")
        if counts not in ("", told):
            journal.begin({**journal.header, "counts": counts})
        counts = counts or told
        grader = Grader(workspace, run, examiner, listener, force, counts == "best")
        jobs = grader.jobs(handins)
        first = next(jobs, None)
        if first is not None:
            settings = hiding(settings)
            with _marking(settings, examiner, require_isolation) as (missing, mark):
                run.missing = missing
                listener.missing(missing)
                if missing and require_isolation:
                    raise IsolationError(", ".join(missing))
                for submission, marked in mark(chain([first], jobs)):
                    grader.finish(submission, marked)
        url = db_url or workspace.db_url
        grader.choose(rules.costs(url))
        everybody = records = journal.latest(assignment)
        if students:
            records = {name: records[name] for name in students if name in records}
        gone = records.keys() - {handin.student for handin in handins}
        listener.writing(len(records))
        # A unit that nobody handed in, such as a misspelt one, would be exported with a
        # score of 0 for everybody.
        summary = Summary()
        if records:
            summary = write_gradebook(
                url,
                run.release,
                records.values(),
                course_id=folders.course_id or COURSE_ID,
                rules=rules,
                gone=gone,
            )
            run.remarks += remarks_on_gone(gone, summary.left_out)
        run.homeless, run.late = summary.homeless, summary.late
        run.waiting, run.by_hand = summary.waiting, summary.by_hand
        run.remarks += rules.remarks
        run.records = {
            name: summary_of(records[name])
            for name in records
            if name not in summary.left_out
        }
        # Points beside another maximum are everybody's, also where one was graded.
        known = run.records
        if students:
            known = {name: summary_of(record) for name, record in everybody.items()}
        if other := by_other_points(known, run.release):
            run.remarks.append(other)
        run.repaired = journal.repaired
    run.seconds = time.monotonic() - start
    return run


@contextmanager
def _marking(
    settings: Settings, examiner: Examiner, required: bool
) -> Iterator[tuple[Mapping[str, str], Marking]]:
    """Start what judges, and what runs submissions: the same processes, or a cluster.

    Return what does not hold of the sandbox, and what makes records of submissions.
    """
    with ExitStack() as stack:
        here = Markers(settings, examiner, judging=bool(settings.dask))
        stack.enter_context(here)
        if not settings.dask:
            yield here.missing, lambda jobs: here.run((job, None) for job in jobs)
            return
        from nnkit.grading.cluster import Cluster

        cluster = Cluster(settings, examiner.calls, examiner.warm_up, required)
        stack.enter_context(cluster)
        yield cluster.missing, lambda jobs: here.run(cluster.run(jobs))


class Grader:
    """Takes submissions in and puts verdicts down, one at a time."""

    def __init__(
        self,
        workspace: Workspace,
        run: Run,
        examiner: Examiner,
        listener: Listener,
        force: bool,
        best: bool,
    ) -> None:
        self.several = Several(examiner, force) if best else None
        self.workspace = workspace
        self.run = run
        self.examiner = examiner
        self.listener = listener
        self.force = force

    def jobs(self, handins: Sequence[Handin]) -> Iterator[Submission]:
        """Yield what is to be graded; put down what cannot be read."""
        self.listener.found(len(handins))
        unread = 0
        for handin in handins:
            if not handin.student:
                self._fail("", handin.problem)
                continue
            earlier = self._earlier(handin)
            unread += bool(earlier) and self.several is None
            try:
                if handin.path is None:
                    raise SubmissionError(handin.problem, refused=handin.refused)
                if self.several and earlier:
                    files = [*earlier, handin.path]
                    yield from self.several.jobs(handin.student, files)
                    continue
                submission = read_submission(
                    handin.student, handin.path, self.run.release
                )
            except SubmissionError as error:
                if error.refused:
                    self._fail(handin.student, str(error))
                else:
                    self._unreadable(handin.student, error)
                continue
            except Exception as error:
                self._fail(handin.student, bug(error))
                continue
            record = self._standing(
                handin.student, submission.sha256, submission.timestamp
            )
            if record is None:
                yield submission
            else:
                # A crash may have lost the notebook that goes with the verdict.
                self._done(submission, record, self.run.kept)
        if unread:
            self.run.remarks.append(
                f"attempts/ has earlier files of {unread} of them: the last file "
                "counts; --counts best grades them all"
            )

    def _earlier(self, handin: Handin) -> list[Path]:
        unit = self.run.release.assignment
        return [item.path for item in attempts_of(self.workspace, handin.student, unit)]

    def finish(self, submission: Submission, marked: Marked) -> None:
        """Put a submission's verdict down, then the notebook."""
        if isinstance(marked, SandboxError):
            self._fail(submission.student, str(marked))
            return
        self.examiner.journal.append(marked)
        if submission.assignment == self.run.release.assignment:
            self._done(submission, marked, self.run.graded)

    def choose(self, cost: Cost) -> None:
        """Say which file counts of those who handed in several, and show it."""
        for chosen in self.several.choose(cost) if self.several else ():
            group = self.run.graded if chosen.new else self.run.kept
            if isinstance(chosen.taken, Submission):
                self._done(chosen.taken, chosen.record, group)
            else:
                self._show_unreadable(chosen.record, group)

    def _standing(self, *handed_in: Any) -> Record | None:
        return None if self.force else self.examiner.standing(*handed_in)

    def _done(self, submission: Submission, record: Record, group: list[str]) -> None:
        with self._showing(submission.student):
            outputs = shown_outputs(submission, record)
            write_autograded(self.workspace, self.run.release, submission, outputs)
        group.append(submission.student)
        self.listener.finished(record, group is self.run.graded)

    def _unreadable(self, student: str, error: SubmissionError) -> None:
        record = self._standing(student, error.sha256, error.timestamp)
        group = self.run.graded if record is None else self.run.kept
        record = record or self.examiner.unreadable(student, error)
        self._show_unreadable(record, group)

    def _show_unreadable(self, record: Record, group: list[str]) -> None:
        student, problem = record["student"], record["problem"]
        with self._showing(student):
            write_unreadable(
                self.workspace, self.run.release, student, problem, record["timestamp"]
            )
        group.append(student)
        log.warning("%s: not readable: %s", student, problem)
        self.listener.finished(record, group is self.run.graded)

    @contextmanager
    def _showing(self, student: str) -> Iterator[None]:
        """Let the grade stand where the notebook that shows it cannot be written."""
        try:
            yield
        except OSError as error:
            where = error.filename or self.workspace.autograded
            self.run.unshown[student] = f"{where}: {error.strerror or error}"
        except Exception as error:
            # Ours to mend; and until then one page must not end everybody's run.
            self.run.unshown[student] = bug(error)

    def _fail(self, student: str, problem: str) -> None:
        self.run.failed[student or problem] = problem
        log.error("%s: not graded: %s", student or "nobody", problem)
        self.listener.failed(student, problem)
