"""Where notebooks are: the course's in a clone or an installed copy; an instructor's.

An instructor's are in nbgrader's folders, as its configuration names them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nnkit

CONFIG = "nbgrader_config.py"
FIXED = (
    "submitted_directory",
    "autograded_directory",
    "feedback_directory",
    "directory_structure",
)
"""What nnkit grade expects to be as nbgrader has it by default."""


class CourseError(Exception):
    """A course's folder cannot be used; the message is one line that says why."""


def course_directory() -> Path:
    """Where the units are: beside the package in a checkout, inside it in a wheel."""
    package = Path(nnkit.__file__).resolve().parent
    installed = package / "_course"
    return installed if installed.is_dir() else package.parent / "course"


def is_clone(folder: Path) -> bool:
    """Say whether a folder is a checkout of nnkit, with the course in it."""
    return (folder / "solutions").is_dir() and (folder / "pyproject.toml").is_file()


@dataclass(frozen=True)
class Folders:
    """A course's folders; an instructor's are what nbgrader's configuration says.

    Attributes:
        root: the folder of it all.
        source: with the text of every unit, and a folder for each.
        release: what students get, a folder for each unit.
        course_id: as nbgrader's gradebook knows the course; "" without one.
        ignore: patterns of files that are not handed to students.
        db_url: of the gradebook.
        exporter: what `nbgrader autograde` makes its notebooks with; "" for its own.
        header: a notebook whose cells nbgrader puts before all that it hands out, in
            the root; "" without one.
        footer: one for behind it.
        moved: settings of other places than nbgrader's own, which nnkit grade has not.
    """

    root: Path
    source: Path
    release: Path
    course_id: str = ""
    ignore: tuple[str, ...] = ()
    db_url: str = ""
    exporter: str = ""
    moved: tuple[str, ...] = ()
    header: str = ""
    footer: str = ""

    def assignments(self) -> set[str]:
        """Return the names of all that the course asks for."""
        places = (self.source, self.release)
        found = (path for place in places if place.is_dir() for path in place.iterdir())
        return {path.name for path in found if path.is_dir()}

    def remarks_on_units(self, table: str, named: Set[str], unit: str) -> Iterator[str]:
        """Say which units of an instructor's table there are not: misspelt, mostly.

        Args:
            table: name of its file.
            named: the units in it.
            unit: the one that is graded.
        """
        course = course_directory().iterdir() if course_directory().is_dir() else ()
        known = self.assignments() | {path.name for path in course if path.is_dir()}
        strange = sorted(named - known)
        if strange:
            near = (difflib.get_close_matches(name, known, n=1) for name in strange)
            # What is like none of them may be a short name of the one that is graded.
            meant = sorted({found[0] if found else unit for found in near})
            yield (
                f"{table} names {', '.join(strange)}, and there is no such unit: those "
                f"lines have no effect. {'Is' if len(meant) == 1 else 'Are'} "
                f"{', '.join(meant)} meant?"
            )

    def shown(self, path: Path) -> Path:
        """Return a path as somebody in the root would write it."""
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path


def folders_of(root: Path) -> Folders:
    """Read where a course's assignments are, as nbgrader would.

    Args:
        root: the folder with nbgrader_config.py in it, which goes before those that
            Jupyter looks for elsewhere; without any, it has the folders that nbgrader
            has by default.

    Raises:
        CourseError: the configuration cannot be read.
    """
    # It ships no type information.
    from nbgrader.coursedir import (  # type: ignore[import-untyped]
        CourseDirectory,
    )

    try:
        config = config_of(root)
        config.CourseDirectory.root = str(root.absolute())
        return folders_in(CourseDirectory(config=config), config)
    except Exception as error:  # the file is a program: whatever that raises
        said = " ".join(str(error).split())
        raise CourseError(f"{root / CONFIG}: {type(error).__name__}: {said}") from None


def config_of(root: Path) -> Any:
    """Return the configuration that nbgrader's commands would have in a folder.

    Raises:
        Exception: the files are programs, and can raise anything.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Application

    app = Application(raise_config_file_errors=True)
    places = [str(root.absolute()), *jupyter_config_path()]
    app.load_config_file(CONFIG.removesuffix(".py"), path=places)
    return app.config


def folders_in(course: Any, config: Any = None) -> Folders:
    """Return the folders of nbgrader's own view of a course.

    Args:
        course: nbgrader's CourseDirectory.
        config: what it was made with, where that is of interest.
    """
    root = Path(course.root)
    exporter = config.Autograde.get("exporter_class", "") if config else ""
    around = config.IncludeHeaderFooter if config else {}
    if isinstance(exporter, type):
        exporter = f"{exporter.__module__}.{exporter.__qualname__}"
    moved = [
        f"{name} = {getattr(course, name)!r}"
        for name in FIXED
        if getattr(course, name) != course.traits()[name].default()
    ]
    return Folders(
        root,
        root / course.source_directory,
        root / course.release_directory,
        course.course_id,
        tuple(course.ignore),
        course.db_url,
        str(exporter),
        tuple(moved),
        str(around.get("header", "")),
        str(around.get("footer", "")),
    )
