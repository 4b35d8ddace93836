"""The same sandbox and judge inside `nbgrader autograde`.

    nbgrader                          this module
    ────────                          ───────────
    start                        ──>  Exporter       opens the unit's journal
    submitted/ ─sanitize─ read   ──>  Exporter       rebuilds it from the release
    autograded/ ─autograde─ Execute         becomes  Sandbox      runs and judges
                            SaveAutoGrades  becomes  SaveVerdicts writes the rows
    end                          ──>  Bench.close    lets the journal and sandbox go

One line of nbgrader_config.py does it: `c.Autograde.exporter_class` names `Exporter`,
which nbgrader makes once a run and which puts the other two in place. nbgrader makes
its preprocessors anew for every notebook, so what is dear is kept by the exporter.
"""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import nbformat

# nbgrader and nbconvert ship no types: what comes from them is Any.
from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException  # type: ignore[import-untyped]  # ships no types
from nbgrader.preprocessors import (  # type: ignore[import-untyped]  # the same
    Execute,
    NbGraderPreprocessor,
    SaveAutoGrades,
)

from nnkit.course import folders_in
from nnkit.grading.asked import find_release, hiding, is_ours, remarks_on_own
from nnkit.grading.autograded import as_text, graded_notebook, unreadable_notebook
from nnkit.grading.examiner import Examiner, Record
from nnkit.grading.gradebook import GradebookError, write_gradebook
from nnkit.grading.journal import Journal, JournalError
from nnkit.grading.late import LateRules
from nnkit.grading.points import release_of
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.record import shown_outputs
from nnkit.grading.release import ReleaseError
from nnkit.grading.sandboxes import SandboxError
from nnkit.grading.submission import (
    NO_ID,
    STUDENT_ID,
    Submission,
    SubmissionError,
    read_submission,
)
from nnkit.grading.timestamps import TIMESTAMP_FILE
from nnkit.grading.workspace import Workspace, WorkspaceError, state_of
from nnkit.judging.plain import plain

NOT_OURS = (
    "%s has no exercises of nnkit's: graded by nbgrader itself, which runs each "
    "submission without a sandbox, with your rights, and its tests inside of it"
)

Problem = (GradebookError, JournalError, ReleaseError, SandboxError, WorkspaceError)


@dataclass
class _Desk:
    """The notebook that is being graded, from `Exporter` through to `SaveVerdicts`."""

    student: str
    submission: Submission | SubmissionError
    record: Record | None = None


class Bench:
    """What lasts a run: the journal, one sandbox, and the notebook at hand."""

    def __init__(self, converter: Any) -> None:
        course = converter.coursedir
        self.force: bool = converter.force
        self.log = converter.log
        self.db_url: str = course.db_url
        self.course_id: str = course.course_id
        workspace = Workspace(Path(course.root))
        self.folders = folders_in(course)
        found = find_release(course.assignment_id, self.folders)
        self.release = release_of(workspace, found)
        _check_writable(Path(course.root) / course.autograded_directory)
        path = workspace.journal(self.release.assignment)
        self._rules = LateRules(workspace.root, self.release.assignment)
        self.desk: _Desk | None = None
        self._pool: Pool | None = None
        self._journal = Journal.open(path)
        try:
            feedback = Path(course.root) / course.feedback_directory
            fed_back = state_of(feedback, self.release.assignment, pages_in(course))
            self.examiner = Examiner(self.release, self._journal, fed_back=fed_back)
            # nbgrader refuses a unit that its database does not know.
            self._write([])
        except BaseException:
            self.close()
            raise
        for remark in (*self.examiner.gaps, *remarks_on_own(self.folders)):
            self.log.warning(remark)
        if self._journal.header.get("counts") == "best":
            self.log.warning(
                "Here the last file counts, also of those who handed in several: "
                "nnkit grade has kept the best, and will again when it is run"
            )

    def take(self, student: str, path: Path) -> dict[str, Any]:
        """Read what a student handed in; return it rebuilt, without outputs."""
        try:
            submission = read_submission(student, path, self.release)
        except SubmissionError as error:
            if error.refused:
                raise
            self.log.warning(
                "Not readable, and so marked for grading by hand: %s", plain(str(error))
            )
            self.desk = _Desk(student, error)
            return unreadable_notebook(self.release, str(error))
        for note in submission.notes:
            self.log.warning("%s: %s", student, plain(note))
        self.desk = _Desk(student, submission)
        return graded_notebook(self.release, submission, {})

    def grade(self, student: str) -> dict[str, Any]:
        """Run and judge what was taken; return it with its outputs and verdicts."""
        desk = self._desk_of(student)
        taken = desk.submission
        if not self.force:
            desk.record = self.examiner.standing(student, taken.sha256, taken.timestamp)
        if isinstance(taken, SubmissionError):
            desk.record = desk.record or self.examiner.unreadable(student, taken)
            return unreadable_notebook(self.release, str(taken))
        if desk.record is None:
            answers = self._sandbox().answers_to(taken.cells)
            if isinstance(answers, SandboxError):
                raise answers
            desk.record = self.examiner.judged(taken, answers)
        outputs = shown_outputs(taken, desk.record)
        return graded_notebook(self.release, taken, outputs)

    def save(self, student: str) -> None:
        """Write the rows of what was graded, whatever cells the notebook has."""
        desk = self._desk_of(student)
        if desk.record is None:
            raise SandboxError(
                f"{student}'s notebook was not run: is Sandbox disabled?"
            )
        self._write([desk.record])

    def close(self) -> None:
        """Let go of the journal and of the sandbox."""
        if self._pool is not None:
            self._pool.__exit__(None, None, None)
            self._pool = None
        self._journal.close()

    def _desk_of(self, student: str) -> _Desk:
        if self.desk is None or self.desk.student != student:
            raise SandboxError(f"{student}'s notebook was not taken by {Exporter}")
        return self.desk

    def _sandbox(self) -> Pool:
        if self._pool is None:
            examiner = self.examiner
            settings = hiding(Settings())
            pool = Pool(settings, examiner.calls, examiner.warm_up)
            self._pool = pool.__enter__()
            for name, what in pool.missing.items():
                self.log.warning(
                    "The sandbox does not hold here for %s: %s", name, what
                )
        return self._pool

    def _write(self, records: list[Record]) -> None:
        write_gradebook(
            self.db_url,
            self.release,
            records,
            course_id=self.course_id,
            rules=self._rules,
        )


class Exporter(NotebookExporter):
    """Reads submissions in nbgrader's place, and puts sandbox and judge in place.

    nbgrader's own reading stumbles over what a stranger may hand in: a copied check
    cell stops the whole run, and everyone sorted later is not graded.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]  # untyped
        converter: Any = self.parent
        self.bench: Bench | None = None
        try:
            unit = converter.coursedir.assignment_id
            if not is_ours(unit, folders_in(converter.coursedir)):
                converter.log.warning(NOT_OURS, unit)
                return
            self.bench = Bench(converter)
        except Problem as error:
            converter.log.error(str(error))
            raise NbGraderException(str(error)) from None
        ours = {_name(Execute): Sandbox, _name(SaveAutoGrades): SaveVerdicts}
        converter.autograde_preprocessors = [
            ours.get(_name(item), item) for item in converter.autograde_preprocessors
        ]
        # nbgrader tells nobody when a run ends, and in formgrader its process lives on.
        converter.convert_notebooks = self._whole(
            converter, self.bench, converter.convert_notebooks
        )

    def _whole(
        self, converter: Any, bench: Bench, convert: Callable[[], None]
    ) -> Callable[[], None]:
        """Return a whole run: what nbgrader cannot take is named, the rest graded."""

        @wraps(convert)
        def run() -> None:
            try:
                found = self._skipped(converter, bench.release.assignment)
                skipped = [plain(line) for line in found]
                for line in skipped:
                    converter.log.error(line)
                take = converter.init_assignment
                converter.init_assignment = _without_links(converter, take)
                convert()
            finally:
                bench.close()
            if skipped:
                raise NbGraderException(skipped[0])

        return run

    def _skipped(self, converter: Any, assignment: str) -> Iterator[str]:
        """Take out whose notebook has another name: nbgrader ends in a traceback.

        And who cannot have that id, which would stand in tables as a formula.
        """
        expected = f"{assignment}.ipynb"
        for folder, paths in sorted(converter.assignments.items()):
            if not STUDENT_ID.fullmatch(Path(folder).parent.name):
                del converter.assignments[folder]
                yield f"{Path(folder).parent.name!r} {NO_ID}: not graded"
                continue
            names = [Path(path).name for path in paths]
            if expected not in names:
                del converter.assignments[folder]
                yield (
                    f"{folder} has {', '.join(map(repr, names))} and no {expected}: "
                    "not graded. Rename it, or use nnkit grade, which takes it"
                )

    def from_filename(
        self, filename: str, resources: Any = None, **options: Any
    ) -> tuple[Any, Any]:
        """Read a submission by our own means, and everything else by nbconvert's."""
        converter: Any = self.parent
        if self.bench is None or not converter._sanitizing:
            return super().from_filename(filename, resources, **options)
        student = resources["nbgrader"]["student"]
        resources["metadata"] = {"name": Path(filename).stem, "path": ""}
        node = _node(self.bench.take(student, Path(filename)))
        done: tuple[Any, Any] = self.from_notebook_node(node, resources, **options)  # type: ignore[no-untyped-call]  # untyped
        return done


class Sandbox(NbGraderPreprocessor):  # type: ignore[misc]  # its base is untyped
    """Runs a submission in the sandbox and judges it; in place of `Execute`."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook with its outputs, a verdict under every check."""
        graded = self.parent.bench.grade(resources["nbgrader"]["student"])
        return _node(graded), resources


class SaveVerdicts(NbGraderPreprocessor):  # type: ignore[misc]  # its base is untyped
    """Writes a submission's scores and comments; in place of `SaveAutoGrades`."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Write every row that the gradebook has for the unit; change nothing."""
        self.parent.bench.save(resources["nbgrader"]["student"])
        return nb, resources


def _without_links(
    converter: Any, take: Callable[[str, str], None]
) -> Callable[[str, str], None]:
    """Return nbgrader's taking of a submission, which follows no links beside it.

    It would copy whatever a student's link leads to, read with the instructor's rights,
    into autograded/ and, with the feedback, into feedback/.
    """

    @wraps(take)
    def init_assignment(assignment: str, student: str) -> None:
        course = converter.coursedir
        source = converter._format_source(assignment, student)
        links = sorted(set(_links_in(source)))
        if links:
            names = ", ".join(map(repr, links))
            converter.log.warning("%s: links are not followed: %s", source, names)
        ignored = course.ignore
        course.ignore = [*ignored, *map(glob.escape, links)]
        try:
            take(assignment, student)
        finally:
            course.ignore = ignored

    return init_assignment


def _links_in(source: str) -> Iterator[str]:
    for folder, _, names in os.walk(source):
        for name in names:
            # The time is read as well as copied: of a link to a pipe for ever.
            if name != TIMESTAMP_FILE and os.path.islink(os.path.join(folder, name)):
                yield name


def _check_writable(folder: Path) -> None:
    """Find out before the first student what would fail for every one of them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise WorkspaceError(
            f"{folder} cannot be written to: {error.strerror}; nothing was graded"
        ) from None


def pages_in(course: Any) -> str:
    """Return a pattern for the folders with a unit's feedback, everybody's."""
    inside = glob.escape(course.directory_structure).format(
        nbgrader_step=glob.escape(course.feedback_directory),
        student_id="*",
        assignment_id=glob.escape(course.assignment_id),
    )
    return os.path.join(glob.escape(str(course.root)), inside)


def _node(notebook: dict[str, Any]) -> Any:
    return nbformat.reads(as_text(notebook), as_version=4)  # type: ignore[no-untyped-call]  # untyped


def _name(preprocessor: Any) -> str:
    """Return what a preprocessor is called, given as a class or by its name."""
    if isinstance(preprocessor, str):
        return preprocessor.rpartition(".")[2]
    return str(getattr(preprocessor, "__name__", ""))
