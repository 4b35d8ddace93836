"""Make both notebooks of a unit from the text that its author writes.

    solutions/NN-topic.py                 a course of one's own: source/, release/
        │ parse             source.py: ids and points come from the exercises
        ▼
      notebook ── prove      prove.py: graded with and without its demonstrations
        │─────── execute ──> solutions/NN-topic/NN-topic.ipynb    nbgrader's source
        │                     execute.py: outputs without what changes by the run
        └── release ────────> course/NN-topic/NN-topic.ipynb       what a student gets

`check=True` writes nothing and compares instead (compare.py). Everything heavy is
imported where it is used: a student who imports nnkit pays nothing for this package.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

from nnkit.build.around import surround
from nnkit.build.compare import differences, orphans, strangers, to_text
from nnkit.build.execute import execute
from nnkit.build.given import give
from nnkit.build.prove import prove_skippable
from nnkit.build.source import BuildError, meant, parse
from nnkit.course import (
    CONFIG,
    CourseError,
    Folders,
    course_directory,
    folders_of,
    is_clone,
)
from nnkit.exercises import own

if TYPE_CHECKING:
    from nbformat import NotebookNode

RIGHT = "✓"
"""How the text of a verdict begins when all of it is right."""

UNJUDGED = "cannot be judged"
"""What `check` says where the exercise stops and not the answer."""

__all__ = ["BuildError", "build", "execute", "find_course", "parse", "release"]


def build(
    names: Sequence[str] = (), check: bool = False, root: Path | None = None
) -> list[Path]:
    """Build units, or check that their notebooks are up to date.

    Args:
        names: units such as "01-neuron"; none means all.
        check: write nothing; compare sources, metadata and release notebooks with
            what is there. Outputs are nbval's business: they are run, not compared.
        root: the checkout, or an instructor's course folder; found from the working
            directory if not given.

    Returns:
        The notebooks that were written (or, with `check`, compared).

    Raises:
        BuildError: a unit is unknown, its source has a mistake, or `check` found
            drift. The message says where, and what to do.
    """
    course = find_course(root)
    handled: list[Path] = []
    problems: list[str] = []
    with _progress() as report:
        for source in _sources(course, names):
            unit = source.stem
            exercises = use_own(course, unit)
            notebook = parse(source)
            released = release(notebook)
            instructors = course.source / unit / f"{unit}.ipynb"
            students = course.release / unit / f"{unit}.ipynb"
            given = released
            if exercises:
                given = surround(course, _as_worth(course, students, released))
            if check:
                problems += differences(course, instructors, notebook, executed=True)
                problems += differences(course, students, given, executed=False)
            else:
                executed = execute(notebook, instructors.name, report, exercises)
                if exercises:
                    _insist_right(executed, unit)
                if hasattr(os, "fork"):  # elsewhere there is no sandbox to grade in
                    prove_skippable(notebook, released, unit)
                _write(instructors, executed)
                _write(students, given)
            if exercises:
                problems += give(course, unit, check)
            handled += [instructors, students]
    if is_clone(course.root):
        problems += strangers(course, handled)
        if not names:
            problems += orphans(course)
    if problems:
        raise BuildError("\n".join(problems))
    return handled


def release(notebook: NotebookNode) -> NotebookNode:
    """Return the student's version, made by the passes of nbgrader's own command."""
    from copy import deepcopy

    # Neither ships type information.
    from nbgrader.converters import (  # type: ignore[import-untyped]
        GenerateAssignment,
    )
    from nbgrader.preprocessors import SaveCells  # type: ignore[import-untyped]

    result = deepcopy(notebook)
    resources: dict[str, object] = {"nbgrader": {}}
    for make in GenerateAssignment().preprocessors:
        if make is not SaveCells:  # which writes to a gradebook
            result, resources = make()(result, resources)
    return result


def find_course(root: Path | None = None) -> Folders:
    """Return the folders of the course that `root` (the working directory) lies in.

    Raises:
        BuildError: it lies in none, or the configuration cannot be used.
    """
    here = (root or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if is_clone(folder):
            return Folders(folder, folder / "solutions", folder / "course")
        if (folder / CONFIG).is_file():
            try:
                return folders_of(folder)
            except CourseError as error:
                raise BuildError(str(error)) from None
    raise BuildError(
        f"{here} is not inside a course: no folder above it has {CONFIG}, or "
        "solutions/ and pyproject.toml. Name the course's folder with --dir."
    )


def use_own(course: Folders, unit: str) -> Path | None:
    """Make known the exercises that a unit of a course asks; return their file.

    Returns:
        None for a unit of nnkit's own course.

    Raises:
        BuildError: they cannot be used, or are not there.
    """
    if is_clone(course.root):
        own.use(None)
        return None
    path = course.source / unit / own.FILE
    if (course_directory() / unit).is_dir() and not path.exists():
        raise BuildError(
            f"{unit} is a unit of nnkit's own course, which is built in a clone of it, "
            f"and not in {course.root}; nnkit new-unit NAME begins one of yours"
        )
    try:
        own.use(path, unit)
    except own.OwnError as error:
        raise BuildError(str(error)) from None
    return path


def _sources(course: Folders, names: Sequence[str]) -> list[Path]:
    known = {path.stem: path for path in sorted(course.source.glob("*.py"))}
    for name in names:
        if (course.source / name / own.FILE).is_file() and name not in known:
            raise BuildError(
                f"{name} has no text {course.shown(course.source / name)}.py, so its "
                f"notebook is your own: nbgrader generate_assignment {name} makes its "
                "release"
            )
        if name not in known:
            where = course.shown(course.source)
            raise BuildError(
                f"unknown unit {meant(name, list(known))} "
                f"The source of a unit NAME is {where}/NAME.py"
            )
    if not known and not is_clone(course.root):
        raise BuildError(
            f"there is no unit's text in {course.source}: expected one called NAME.py "
            f"beside the folder NAME"
        )
    return [known[name] for name in names] if names else list(known.values())


def _as_worth(course: Folders, path: Path, released: NotebookNode) -> NotebookNode:
    """Return a unit's release with the points that `nnkit points` has set.

    Raises:
        BuildError: they are of an exercise that the unit does not have.
    """
    import nbformat

    from nnkit.grading.points import release_of
    from nnkit.grading.release import Release, ReleaseError
    from nnkit.grading.workspace import Workspace, WorkspaceError

    try:
        plain = Release.of(path, to_text(released).encode())
        given = release_of(Workspace(course.root), plain)
    except ReleaseError:  # nothing in it is graded, so it is worth nothing
        return released
    except WorkspaceError as error:
        raise BuildError(str(error)) from None
    if given is plain:
        return released
    # nbformat's functions carry no types.
    notebook: NotebookNode = nbformat.reads(  # type: ignore[no-untyped-call]
        given.data.decode(), as_version=4
    )
    return notebook


def _insist_right(notebook: NotebookNode, unit: str) -> None:
    """Refuse an instructor's solution that its own check does not find right."""
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if not (marks.get("grade") and marks.get("locked")):
            continue
        said = [out.data.get("text/plain", "") for out in cell.outputs if "data" in out]
        if not any(text.startswith(RIGHT) for text in said):
            problem = " ".join(" ".join(said).split())
            if UNJUDGED in problem:
                raise BuildError(
                    f"{unit}: {problem.partition('. ')[0]}. Why: nnkit test-exercises "
                    f"{unit}"
                )
            problem = shorten(problem, 400, placeholder=" …")
            raise BuildError(
                f"{unit}: the solution of {cell.id} is not right by its own check: "
                f"{problem or 'it shows nothing'}"
            )


def _write(path: Path, notebook: NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_text(notebook), encoding="utf-8", newline="\n")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show on a terminal which cell is running; elsewhere nothing."""
    from rich.console import Console

    with Console(stderr=True).status("Reading the units") as status:
        yield lambda name, cell, cells: status.update(f"{name}: cell {cell} of {cells}")
