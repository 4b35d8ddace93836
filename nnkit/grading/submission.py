"""What students handed in: found, and read once.

submitted/<student>/<unit>/ --find--> a file --read--> bytes --parse--> cells
                                                         |                |
                                                      sha256    release --rebuild
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nnkit.course import course_directory
from nnkit.grading.cells import MAX_BYTES, Cell, NotebookError, parse, read_bytes
from nnkit.grading.points import same_but_points
from nnkit.grading.rebuild import rebuild
from nnkit.grading.release import Release
from nnkit.grading.timestamps import TIMESTAMP_FILE, read_timestamp
from nnkit.grading.workspace import Workspace, WorkspaceError, shown

__all__ = [
    "Cell",
    "Handin",
    "Submission",
    "SubmissionError",
    "find_submissions",
    "is_student_id",
    "read_submission",
    "selected",
    "unknown_student",
]

MAX_NOTES = 20
NAMED_OTHERWISE = "the notebook is called"

# nbgrader makes paths, SQL text and unquoted CSV of a student's id, and a spreadsheet
# reads a leading sign as a formula.
STUDENT_ID = re.compile(r"\w(?:[\w.@+\- ]{0,126}[\w.@+\-])?")
APART = (
    "cannot be a student's id: its accents are characters of their own (decomposed "
    "Unicode, as macOS writes names); rename the folder, typing the name anew"
)
EDGE = (
    "cannot be a student's id: it begins or ends with a space, which nobody sees; "
    "rename the folder"
)
MAX_ID_BYTES = 255  # of any file's name
NO_ID = (
    "cannot be a student's id: rename the folder; up to 128 letters, digits, spaces "
    "and . _ - @ +, a letter or digit first"
)


def is_student_id(name: str) -> bool:
    """Say whether a name can be a student's id, and a folder's."""
    fits = len(name.encode(errors="replace")) <= MAX_ID_BYTES
    return fits and STUDENT_ID.fullmatch(name) is not None


class SubmissionError(Exception):
    """A submission cannot be graded; the message is one line for the instructor.

    `sha256` is that of the bytes, or "" if they could not be read; `timestamp` is as in
    a `Submission`. `refused` says that this machine would not let the file be read: no
    student's fault, and no reason to touch a grade.
    """

    def __init__(
        self,
        message: str,
        sha256: str = "",
        timestamp: str | None = None,
        refused: bool = False,
    ) -> None:
        super().__init__(message)
        self.refused = refused
        self.sha256 = sha256
        self.timestamp = timestamp


@dataclass(frozen=True)
class Submission:
    """What a student handed in, ready to be graded.

    `sha256` is that of the bytes graded. `notes` say what was odd, `review` what of it
    a person should look at. `timestamp` is the text of nbgrader's timestamp.txt, or
    None where there is none: nbgrader knows no other time of handing in, and its
    formgrader takes a submission for ungraded if the gradebook does.
    """

    student: str
    assignment: str
    path: Path
    sha256: str
    timestamp: str | None
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    review: tuple[str, ...] = ()

    def unanswered(self, release: Release) -> tuple[str, ...]:
        """The answers for a person to grade that are still as released, by grade_id.

        Where anything was odd, words may stand in another place: then there are none.
        """
        if self.notes or self.review:
            return ()
        handed_in = {cell.grade_id: cell for cell in self.cells}
        return tuple(
            name
            for name in release.by_hand
            if same_but_points(
                (cell := handed_in[name]).source.strip(),
                release.graded[name].source.strip(),
            )
            and not cell.pictures
        )


@dataclass(frozen=True)
class Handin:
    """What one student handed in for a unit: a notebook, or why there is none.

    `problem` is one line. `student` is "" where the folder's name cannot be an id; then
    no gradebook can hold a grade for it, and the instructor must rename it. `refused`
    is as in a `SubmissionError`.
    """

    student: str
    path: Path | None
    problem: str = ""
    refused: bool = False


def find_submissions(workspace: Workspace, assignment: str) -> list[Handin]:
    """List what was handed in for a unit, by student.

    A student without a folder for the unit handed nothing in and is not listed. Links
    are not followed: they may lead to another student's work.

    Raises:
        WorkspaceError: The folder of submissions cannot be listed.
    """
    try:
        return list(_handins(workspace, assignment))
    except OSError as error:
        raise WorkspaceError(
            f"{error.filename} cannot be listed: {error.strerror or error}"
        ) from None


def selected(handins: Sequence[Handin], students: Collection[str]) -> list[Handin]:
    """Return what these students handed in; everything if none is named.

    Raises:
        WorkspaceError: One of them handed nothing in; the message has near names.
    """
    known = {handin.student for handin in handins if handin.student}
    for student in students:
        if student not in known:
            raise WorkspaceError(unknown_student(student, known))
    return [h for h in handins if not students or h.student in students]


def unknown_student(
    student: str, known: Collection[str], what: str = "handed in"
) -> str:
    """Say that nobody of that name has done something, and who may be meant."""
    folded = {name.casefold(): name for name in known}
    asked = student.casefold()
    near = difflib.get_close_matches(asked, folded, n=3, cutoff=0.6)
    # Of an address or a full name, people write the beginning.
    near = near or [name for name in sorted(folded) if asked and asked in name][:3]
    meant = " or ".join(repr(folded[name]) for name in near)
    hint = f"did you mean {meant}?" if near else f"{len(known)} others have"
    return f"nobody called {student!r} has {what}; {hint}"


def read_submission(
    student: str, path: Path, release: Release, max_bytes: int = MAX_BYTES
) -> Submission:
    """Read a student's notebook and rebuild it from the release.

    Raises:
        SubmissionError: The file cannot be read, or is no notebook that can be graded.
    """
    timestamp, notes = read_timestamp(path.parent / TIMESTAMP_FILE)
    if path.name != f"{release.assignment}.ipynb":
        notes.append(
            f"{NAMED_OTHERWISE} {path.name!r}, "
            f"expected {release.assignment}.ipynb: graded all the same"
        )
    try:
        data = read_bytes(path, max_bytes)
    except NotebookError as error:
        said = f"{shown(path)} {error}"
        raise SubmissionError(said, "", timestamp, error.refused) from None
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        raw, odd = parse(data)
    except NotebookError as error:
        raise SubmissionError(f"{shown(path)} {error}", sha256, timestamp) from None
    rebuilt = rebuild(raw, release)
    notes += [*odd, *rebuilt.notes]
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"and {len(notes) - MAX_NOTES} more of the kind"]
    return Submission(
        student=student,
        assignment=release.assignment,
        path=path,
        sha256=sha256,
        timestamp=timestamp,
        cells=tuple(rebuilt.cells),
        notes=tuple(notes),
        review=tuple(rebuilt.review),
    )


def _handins(workspace: Workspace, assignment: str) -> Iterator[Handin]:
    others = asked_elsewhere(workspace)
    for entry in sorted(os.scandir(workspace.submitted), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue  # .DS_Store, .ipynb_checkpoints
        name = shown(Path(entry.name))
        if not entry.is_dir(follow_symlinks=False):
            student = entry.name if STUDENT_ID.fullmatch(entry.name) else ""
            if entry.is_symlink() and _may_lead_to(Path(entry.path), assignment):
                yield Handin(
                    student, None, f"submitted/{name} is a link: links are not followed"
                )
            elif entry.name.endswith(".ipynb"):
                yield Handin(
                    "",
                    None,
                    f"submitted/{name} is not in a student's folder; expected "
                    f"submitted/<student>/{assignment}/{assignment}.ipynb",
                )
            continue
        folder = Path(entry.path) / assignment
        try:
            os.lstat(folder)
        except FileNotFoundError:
            yield from _misplaced(Path(entry.path), assignment, others)
            continue
        except OSError:
            pass  # there may be something in it: _handin says what is wrong
        if not STUDENT_ID.fullmatch(entry.name):
            whole = unicodedata.normalize("NFC", entry.name)
            why = APART if STUDENT_ID.fullmatch(whole) else NO_ID
            if STUDENT_ID.fullmatch(entry.name.strip()):
                why = EDGE
            yield Handin("", None, f"submitted/{name} {why}")
            continue
        yield _handin(entry.name, folder)


def _may_lead_to(link: Path, assignment: str) -> bool:
    """Whether the unit may lie behind a link; one that leads nowhere may hide it."""
    try:
        if not stat.S_ISDIR(os.stat(link).st_mode):
            return False
        os.lstat(link / assignment)
    except FileNotFoundError:
        return not os.path.exists(link)
    except OSError:
        return True
    return True


def asked_elsewhere(workspace: Workspace) -> set[str]:
    """Return the names of all units and assignments: none of them is misspelled."""
    units = {path.parent.name for path in course_directory().glob("*/*.ipynb")}
    return units | workspace.folders.assignments()


def _misplaced(
    student: Path, assignment: str, asked: Collection[str]
) -> Iterator[Handin]:
    """Name what looks like the unit in a student's folder, and is not where it counts.

    It is not graded: only a person can say what it is.
    """
    try:
        names = sorted(os.listdir(student))
    except OSError as error:
        yield Handin(
            "", None, f"{shown(student)} cannot be read: {error.strerror or error}"
        )
        return
    if student.name == assignment:
        yield Handin(
            "",
            None,
            f"submitted/{assignment} is the unit's name where a student's belongs; "
            f"expected submitted/<student>/{assignment}/{assignment}.ipynb",
        )
        return
    expected = f"submitted/{shown(student / assignment / assignment)}.ipynb"
    others = [name for name in names if name not in asked]
    for name in difflib.get_close_matches(assignment, others, n=1, cutoff=0.7):
        seen = shown(student / name)
        yield Handin("", None, f"{seen} is not where it counts: expected {expected}")


def _handin(student: str, folder: Path) -> Handin:
    where = f"submitted/{student}/{folder.name}"
    if os.path.islink(folder):
        return Handin(student, None, f"{where} is a link: links are not followed")
    exact = folder / f"{folder.name}.ipynb"
    try:
        if os.path.lexists(exact):
            return Handin(student, exact)
        notebooks = sorted(
            entry.path
            for entry in os.scandir(folder)
            if entry.name.lower().endswith(".ipynb") and not entry.name.startswith(".")
        )
    except OSError as error:
        said = f"{where} cannot be read: {error.strerror or error}"
        return Handin(student, None, said, refused=True)
    if len(notebooks) == 1:
        return Handin(student, Path(notebooks[0]))
    found = f"{len(notebooks)} notebooks, none" if notebooks else "no notebook"
    return Handin(
        student,
        None,
        f"{where} has {found} called {exact.name}: which one counts?"
        if notebooks
        else f"{where} has no notebook in it{_deeper(folder)}",
    )


def _deeper(folder: Path) -> str:
    """Say where a notebook is that was unpacked too deep, else what is there, or ""."""
    seen = []
    with contextlib.suppress(OSError):
        for entry in islice(folder.iterdir(), MAX_NOTES):
            if entry.is_file() and not entry.name.startswith("."):
                seen.append(entry.name)
            hidden = entry.name.startswith((".", "__MACOSX"))
            if hidden or entry.is_symlink() or not entry.is_dir():
                continue
            for path in sorted(entry.glob("*.ipynb")):
                return f": {shown(path.relative_to(folder))} lies one folder too deep"
    there = sorted({*seen} - {TIMESTAMP_FILE})[:3]
    return f", but {shown(Path(', '.join(there)))}" * bool(there)
