"""Where notebooks are: the course's in a clone or an installed copy; an instructor's.

An instructor's are in nbgrader's folders, as its configuration names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nnkit

CONFIG = "nbgrader_config.py"


class CourseError(Exception):
    """A course's folder cannot be used; the message is one line that says why."""


def course_directory() -> Path:
    """Where the units are: beside the package in a checkout, inside it in a wheel."""
    package = Path(nnkit.__file__).resolve().parent
    installed = package / "_course"
    return installed if installed.is_dir() else package.parent / "course"


@dataclass(frozen=True)
class Folders:
    """A course's folders; an instructor's are what nbgrader's configuration says.

    Attributes:
        root: the folder of it all.
        source: with the text of every unit, and a folder for each.
        release: what students get, a folder for each unit.
        course_id: as nbgrader's gradebook knows the course; "" without one.
        ignore: patterns of files that are not handed to students.
    """

    root: Path
    source: Path
    release: Path
    course_id: str = ""
    ignore: tuple[str, ...] = ()

    def assignments(self) -> set[str]:
        """Return the names of all that the course asks for."""
        places = (self.source, self.release)
        found = (path for place in places if place.is_dir() for path in place.iterdir())
        return {path.name for path in found if path.is_dir()}

    def shown(self, path: Path) -> Path:
        """Return a path as somebody in the root would write it."""
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path


def folders_of(root: Path) -> Folders:
    """Read where a course's assignments are, as nbgrader would.

    Args:
        root: the folder with nbgrader_config.py in it; without one it has the folders
            that nbgrader has by default.

    Raises:
        CourseError: the configuration cannot be read.
    """
    # Neither ships type information.
    from nbgrader.coursedir import (  # type: ignore[import-untyped]
        CourseDirectory,
    )
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config, path = Config(), root / CONFIG
    try:
        if path.is_file():
            loader = PyFileConfigLoader(path.name, str(path.parent.absolute()))
            config = loader.load_config()
        config.CourseDirectory.root = str(root.absolute())
        return folders_in(CourseDirectory(config=config))
    except Exception as error:  # the file is a program: whatever that raises
        said = " ".join(str(error).split())
        raise CourseError(f"{path}: {type(error).__name__}: {said}") from None


def folders_in(course: Any) -> Folders:
    """Return the folders of nbgrader's own view of a course."""
    root = Path(course.root)
    source, release = root / course.source_directory, root / course.release_directory
    return Folders(root, source, release, course.course_id, tuple(course.ignore))
