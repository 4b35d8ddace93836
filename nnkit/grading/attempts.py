"""Earlier files of a student, kept beside the last one.

    submitted/<student>/<unit>/<unit>.ipynb         the last one
    attempts/<student>/<unit>/<n>/<unit>.ipynb      those before it, n = 1, 2, …

`nnkit collect` fills it; an instructor may. Each has its own timestamp.txt.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from nnkit.grading.workspace import Workspace

ATTEMPTS = "attempts"


@dataclass(frozen=True)
class Attempt:
    """One earlier file: its number, and where it is."""

    number: int
    path: Path


def attempts_folder(workspace: Workspace, student: str, unit: str) -> Path:
    """Return where a student's earlier files for a unit are."""
    return workspace.root / ATTEMPTS / student / unit


def attempts_of(workspace: Workspace, student: str, unit: str) -> list[Attempt]:
    """List a student's earlier files for a unit, the first one first."""
    folder = attempts_folder(workspace, student, unit)
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = []
    for number in sorted(int(name) for name in names if name.isdecimal()):
        path = folder / str(number) / f"{unit}.ipynb"
        if path.is_file():
            found.append(Attempt(number, path))
    return found
