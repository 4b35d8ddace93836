"""The instructor's folder: what students handed in, and what became of it.

submitted/<student>/<unit>/<unit>.ipynb     the instructor puts it here
journal/<unit>.jsonl                        every verdict, with the secret seed
gradebook.db  autograded/  feedback/        nbgrader's own
nbgrader_config.py                          so that nbgrader's commands work here
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from nnkit.course import CONFIG, CourseError, Folders, course_directory, folders_of

COURSE_ID = "nnkit"
MARK = "# A grading folder, made by nnkit. nbgrader's commands work from here."
EXPORTER = "nnkit.grading.nbgrader.Exporter"
"""Puts our sandbox and judge into `nbgrader autograde`; a name, as a config has it."""

RELEASER = "nnkit.grading.releasing.Exporter"
"""Keeps `nbgrader generate_assignment` from emptying the course's answer cells."""

FOLDERS = ("submitted", "autograded", "feedback", "journal")


class WorkspaceError(Exception):
    """The instructor's folder cannot be used; the message says why in one line."""


@dataclass(frozen=True)
class Workspace:
    """Where everything lies in an instructor's folder, nnkit's or nbgrader's own."""

    root: Path

    @classmethod
    def open(cls, path: Path | str) -> Workspace:
        """Use a folder that has a `submitted` folder in it.

        Raises:
            WorkspaceError: There is none, or nbgrader's configuration has other places.
        """
        root = Path(path).absolute()
        _refuse_the_course(root)
        workspace = cls(root)
        if moved := workspace.folders.moved:
            raise WorkspaceError(
                f"nbgrader's configuration of {root} has {', '.join(moved)}, and nnkit "
                f"grade knows nbgrader's own places alone. nbgrader autograde grades "
                f"there all the same, with c.Autograde.exporter_class = {EXPORTER!r}"
            )
        if not (root / "submitted").is_dir():
            seen = f"{root} has no folder submitted/"
            if not root.is_dir():
                seen = f"{root} is {'no folder' if root.exists() else 'not there'}"
            raise WorkspaceError(
                f"{seen}; expected submitted/<student>/<unit>/<unit>.ipynb in it. "
                "--dir names the grading folder, and nnkit new FOLDER makes one"
            )
        return workspace

    @cached_property
    def folders(self) -> Folders:
        """Where the course's assignments are.

        Raises:
            WorkspaceError: nbgrader's configuration cannot be read.
        """
        try:
            return folders_of(self.root)
        except CourseError as error:
            raise WorkspaceError(str(error)) from None

    @property
    def submitted(self) -> Path:
        """What students handed in."""
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        """Notebooks as graded, for formgrader and feedback."""
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        """What nbgrader's generate_feedback writes."""
        return self.root / "feedback"

    @property
    def db_url(self) -> str:
        """The database, where nbgrader looks for it."""
        return self.folders.db_url

    def journal(self, assignment: str) -> Path:
        """The journal of a unit."""
        return self.root / "journal" / f"{assignment}.jsonl"


def state_of(folder: Path, assignment: str, places: str = "") -> str:
    """Return what changes with a unit's pages in a folder of nbgrader's; "" for none.

    No time is compared: a page can be copied with its own, or a clock be wrong.

    Args:
        folder: such as the course's `feedback`.
        assignment: the unit's name.
        places: a pattern for the folders with its pages, where they lie otherwise than
            nbgrader puts them by default.
    """
    places = places or f"{glob.escape(str(folder))}/*/{glob.escape(assignment)}"
    seen = []
    for page in glob.iglob(f"{places}/*.html", include_hidden=True):
        with contextlib.suppress(OSError):  # a link to nothing
            written = os.stat(page).st_mtime_ns
            seen.append(f"{os.path.relpath(page, folder)} {written}")
    text = "\n".join(sorted(seen)).encode(errors="surrogateescape")
    return hashlib.sha256(text).hexdigest()[:16] if seen else ""


def make_workspace(
    path: Path | str, solutions_dir: Path | None, course_dir: Path
) -> Workspace:
    """Make an instructor's folder, or open one that was made before.

    Without solutions (the installed package has none) the released notebooks stand in
    as nbgrader's source folder: formgrader lists only what it finds there.

    Raises:
        WorkspaceError: Something else is there, or the folder cannot be made.
    """
    root = Path(path).absolute()
    _refuse_the_course(root)
    config = root / CONFIG
    try:
        if not _is_ours(config):
            if root.is_dir() and any(root.iterdir()):
                raise WorkspaceError(
                    f"{root} is not empty and was not made by nnkit; nothing was "
                    "changed. Give the name of a new folder"
                )
            root.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            # The journal has the secret seed.
            (root / name).mkdir(
                mode=0o700 if name == "journal" else 0o777, exist_ok=True
            )
        if not config.exists():
            release = course_dir if solutions_dir else root / "release"
            source = solutions_dir or course_dir
            write_atomically(config, _config(root, source, release).encode())
    except OSError as error:
        raise WorkspaceError(
            f"{root} cannot be made: {error.strerror or error}"
        ) from None
    return Workspace(root)


def new_workspace(path: Path | str) -> Workspace:
    """Make an instructor's folder for the course as it is installed here.

    Raises:
        WorkspaceError: see `make_workspace`.
    """
    source, course = _places_of_the_course()
    return make_workspace(path, source if source != course else None, course)


MAX_NAMED = 12


def remarks_on(
    workspace: Workspace, assignment: str, handins: Sequence[object]
) -> list[str]:
    """Say what is odd about a grading folder, a line each; none of it stops a run."""
    remarks = []
    if not handins:
        remarks.append(
            f"nobody handed in {assignment}: there is no "
            f"{workspace.submitted}/<student>/{assignment}"
        )
    config = workspace.root / CONFIG
    if config.is_file() and workspace.folders.exporter != EXPORTER:
        remarks.append(
            f"with {config} as it is, nbgrader autograde would run submissions without "
            f"a sandbox and score them otherwise: add the line "
            f"c.Autograde.exporter_class = {EXPORTER!r}"
        )
    source = workspace.folders.source
    if not (source.is_relative_to(workspace.root) or source.is_dir()):
        remarks.append(
            f"{config} has {source} as its source_directory, which is not there "
            "(another Python, or a clone that has moved?): nbgrader's commands find no "
            "unit. Put "
            f"{str(_places_of_the_course()[0])!r} in its place"
        )
    return [*remarks, *remarks_on_place(workspace)]


def remarks_on_place(workspace: Workspace) -> Iterator[str]:
    """Say that a folder lies where its grades may be published, or nothing be found."""
    root = str(workspace.root)
    if {glob.escape(root), unquote(root), os.path.expandvars(root)} != {root}:
        yield (
            f"nbgrader takes a part of {root} for something else (%20 for a space, "
            "[ab] for one of two letters): some of its commands will find nothing. "
            "Rename the folder"
        )
    checkout = course_directory().parent
    if (checkout / ".git").exists() and workspace.root.is_relative_to(checkout):
        ignored: list[str] = []
        with contextlib.suppress(FileNotFoundError):
            listed = checkout / ".gitignore"
            ignored = listed.read_text("utf-8", "replace").splitlines()
        if f"/{workspace.root.relative_to(checkout).as_posix()}/" not in ignored:
            yield (
                f"{workspace.root} lies in the course's own checkout, where git may "
                "publish grades and submissions: move it out"
            )


def remarks_on_gone(gone: Set[str], left_out: Set[str]) -> Iterator[str]:
    """Say what became of those whose work is in the journal, and no longer there.

    Args:
        gone: all of them.
        left_out: who is not in the gradebook either.
    """
    if standing := gone - left_out:
        yield (
            f"no longer in submitted/: {_some(standing)}. The grade stands. Who has "
            "left the course is taken out by nbgrader db student remove NAME --force"
        )
    if left_out:
        yield (
            f"neither in submitted/ nor in the gradebook any more: {_some(left_out)}. "
            "Left out; to have them back, put their folders back"
        )


def _some(names: Set[str]) -> str:
    more = len(names) - MAX_NAMED
    return ", ".join(sorted(names)[:MAX_NAMED]) + f" and {more} more" * (more > 0)


def _places_of_the_course() -> tuple[Path, Path]:
    """Where the course's own units come from, and where what students get is."""
    course = course_directory()
    solutions = course.parent / "solutions"
    return solutions if solutions.is_dir() else course, course


def _refuse_the_course(root: Path) -> None:
    """Refuse a folder whose files nbgrader would hand to students."""
    course = course_directory()
    for folder in (course, course.parent / "solutions"):
        if root.resolve().is_relative_to(folder):
            raise WorkspaceError(
                f"{root} lies in {folder}, and nbgrader gives students what is in "
                "there: choose a folder outside of the course"
            )


def table_text(path: Path) -> str:
    """Return what stands in a CSV file that a person or a spreadsheet has saved.

    Raises:
        WorkspaceError: it cannot be read, or is no UTF-8.
    """
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise WorkspaceError(
            f"{path} is no UTF-8 text (line {line}): in a spreadsheet, save it again "
            'as "CSV UTF-8"'
        ) from None
    except OSError as error:
        raise WorkspaceError(
            f"{path} cannot be read: {error.strerror or error}"
        ) from None


def shown(path: Path) -> str:
    """Return the end of a path, by which the instructor knows it, on one line."""
    return repr("/".join(path.parts[-3:]))[1:-1]


def write_atomically(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part.

    What a killed process leaves of it is taken away by the next one that writes it.

    Args:
        path: of the file.
        data: all of it.
        mode: who may read it, as far as the umask lets them.

    Raises:
        OSError: it cannot be written. An older one is then still whole.
    """
    part = _part_of(path)
    part.unlink(missing_ok=True)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        with os.fdopen(os.open(part, flags, mode), "wb") as file:
            file.write(data)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _is_ours(config: Path) -> bool:
    try:
        return config.read_text(encoding="utf-8").startswith(MARK)
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return False


def _config(root: Path, source: Path, release: Path) -> str:
    course = "c.CourseDirectory"
    # A copy of the folder, for the next term, has its own places, not the old one's.
    places = [
        str(path.relative_to(root) if path.is_relative_to(root) else path)
        for path in (source.absolute(), release.absolute())
    ]
    return (
        f"{MARK}\n"
        "c = get_config()  # noqa: F821\n"
        f"{course}.course_id = {COURSE_ID!r}\n"
        f"{course}.source_directory = {places[0]!r}\n"
        f"{course}.release_directory = {places[1]!r}\n"
        f"c.Autograde.exporter_class = {EXPORTER!r}\n"
        f"c.GenerateAssignment.exporter_class = {RELEASER!r}\n"
    )
