"""Where the course's notebooks are, in a clone and in an installed copy."""

from __future__ import annotations

from pathlib import Path

import nnkit


def course_directory() -> Path:
    """Where the units are: beside the package in a checkout, inside it in a wheel."""
    package = Path(nnkit.__file__).resolve().parent
    installed = package / "_course"
    return installed if installed.is_dir() else package.parent / "course"
