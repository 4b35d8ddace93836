"""An instructor's own units: made from a template, and held to the course's rules."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import nbformat

from nnkit.build import release
from nnkit.build.prove import wrong_answers
from nnkit.build.source import BuildError, parse
from nnkit.course import (
    CONFIG,
    CourseError,
    Folders,
    course_directory,
    folders_of,
    is_clone,
)
from nnkit.exercises import exercises_of, own
from nnkit.exercises.spec import Exercise
from nnkit.grading.asked import own_units
from nnkit.grading.release import ReleaseError
from nnkit.grading.sandboxes import SandboxError
from nnkit.grading.submission import SubmissionError
from nnkit.grading.workspace import (
    EXPORTER,
    WorkspaceError,
    make_workspace,
    write_atomically,
)
from nnkit.judging import rules
from nnkit.judging.rules_slips import SEEDS
from nnkit.template import source_of

TEXT_SEEDS = 5
"""On so many of the seeds the text's own answers are run."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class UnitError(Exception):
    """A unit cannot be made or tried; the message is one line that says why."""


@dataclass(frozen=True)
class Line:
    """What was found, and whether it is as it should be."""

    text: str
    sound: bool = True


def new_unit(folder: Path, name: str) -> tuple[list[Path], list[str]]:
    """Make a unit to start from in a course's folder.

    Args:
        folder: an nbgrader course's, or a new one.
        name: the unit's.

    Returns:
        The files made, and what else there is to do, a line each.

    Raises:
        UnitError: there is such a unit already, or it cannot be made there.
    """
    if not NAME.fullmatch(name):
        raise UnitError(
            f"{name!r} cannot be a unit's name: use letters, digits, - and _, as in "
            "07-ridge"
        )
    if (course_directory() / name).is_dir():
        raise UnitError(
            f"{name!r} is a unit of the course itself: call yours otherwise"
        )
    folder = folder.absolute()
    if is_clone(folder):
        raise UnitError(
            f"{folder} is a clone of nnkit, whose exercises are declared in nnkit/: "
            "CONTRIBUTING.md says how. For a unit of your own name a folder outside of "
            f"it: nnkit new-unit {name} --dir FOLDER"
        )
    try:
        # An nbgrader course can have its configuration elsewhere.
        if not (folder / CONFIG).exists() and not (folder / "source").is_dir():
            make_workspace(folder, folder / "source", folder / "release")
        course = folders_of(folder)
    except (CourseError, WorkspaceError) as error:
        raise UnitError(str(error)) from None
    if not course.source.is_relative_to(folder):
        raise UnitError(
            f"{folder / CONFIG} has {course.source} as its source_directory, which is "
            "not yours: take out its source_directory and release_directory, and units "
            "of your own go into source/ and release/ here"
        )
    made = {
        course.source / f"{name}.py": "unit.txt",
        course.source / name / own.FILE: own.FILE,
    }
    for path in (*made, course.source / name / f"{name}.ipynb"):
        if path.exists():
            raise UnitError(f"{path} is there already: nothing was changed")
    try:
        for path, template in made.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, source_of(template, name).encode())
    except OSError as error:
        raise UnitError(f"{error.filename}: {error.strerror or error}") from None
    return list(made), list(_remarks(course))


def _remarks(course: Folders) -> Iterator[str]:
    if course.exporter != EXPORTER:
        yield (
            "For nbgrader autograde to use the sandbox, add to "
            f"{course.root / CONFIG}:\n"
            f"  c.Autograde.exporter_class = {EXPORTER!r}"
        )


def tried(folder: Path, units: Sequence[str], seeds: int) -> Iterator[Line]:
    """Yield what came of holding the exercises of some units to the rules.

    Raises:
        UnitError: there is no such unit, or no course.
    """
    try:
        course = folders_of(folder)
    except CourseError as error:
        raise UnitError(str(error)) from None
    there = own_units(course)
    for unit in units:
        if unit not in there:
            raise UnitError(f"{course.source / unit / own.FILE} is not there")
    if not there:
        raise UnitError(
            f"no unit in {course.source} has exercises of its own: expected "
            f"{course.source}/<unit>/{own.FILE}"
        )
    for unit in units or there:
        yield from _unit(course, unit, [*islice(_seeds(), seeds)])


def _seeds() -> Iterator[int]:
    yield from SEEDS
    yield from range(len(SEEDS), 10**9)


def _unit(course: Folders, unit: str, seeds: Sequence[int]) -> Iterator[Line]:
    try:
        own.use(course.source / unit / own.FILE, unit)
    except own.OwnError as error:
        yield Line(f"✗ {error}", sound=False)
        return
    broken = False
    for exercise in exercises_of(unit):
        for line in _exercise(exercise, unit, seeds):
            broken = broken or not line.sound
            yield line
    # What is broken judges no answer.
    yield from _text(course, unit, [] if broken else seeds[:TEXT_SEEDS])


def _exercise(exercise: Exercise, unit: str, seeds: Sequence[int]) -> Iterator[Line]:
    problems = list(rules.broken(exercise, seeds))
    for problem in problems:
        yield Line(f"✗ {unit}: {exercise.id}: {problem}", sound=False)
    if not problems:
        tried = f"on {len(seeds)} seed{'s' * (len(seeds) != 1)}"
        slips = {0: "it has no slips", 1: "its slip gets its own hint"}.get(
            count := len(exercise.slips), f"each of {count} slips gets its own hint"
        )
        yield Line(f"✓ {unit}: {exercise.id}: the reference is sound, {slips}, {tried}")


def _text(course: Folders, unit: str, seeds: Sequence[int]) -> Iterator[Line]:
    """Say whether the unit's text asks for its exercises, and answers them right."""
    text = course.source / f"{unit}.py"
    path = course.source / unit / f"{unit}.ipynb"
    try:
        if text.is_file():
            path, notebook = text, parse(text)
        elif path.is_file():
            # nbformat's functions carry no types.
            notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        else:
            return
        given = release(notebook)
    except BuildError as error:
        yield Line(f"✗ {error}", sound=False)
        return
    except Exception as error:  # nbgrader's passes stop with anything
        said = own.in_a_line(error)
        yield Line(f"✗ {path.name}: no release can be made of it: {said}", sound=False)
        return
    if not seeds or not hasattr(os, "fork"):  # elsewhere there is no sandbox
        return
    try:
        wrong = list(wrong_answers(notebook, given, unit, seeds))
    except (ReleaseError, SandboxError, SubmissionError) as error:
        wrong = [f"its answers cannot be graded: {error}"]
    for problem in wrong:
        yield Line(f"✗ {path.name}: {problem}", sound=False)
    if not wrong:
        yield Line(f"✓ {path.name}: its own answers are right, on {len(seeds)} seeds")
