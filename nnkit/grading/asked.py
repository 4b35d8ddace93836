"""What a unit asks for: its released notebook, and the exercises that judge it.

    source/07-ridge/nnkit_exercises.py ──┐ an instructor's own, or else
    nnkit.exercises ─────────────────────┴──> known ──> Examiner
    release/07-ridge/07-ridge.ipynb ────────> Release ──> Examiner

The sandbox never gets to see the file: it lies outside of what may be read there, and
is named among what is hidden, so that every run tries to read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nnkit.course import Folders, course_directory
from nnkit.exercises import OWN, own
from nnkit.grading.points import CHECK
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, ReleaseError


def find_release(assignment: str, folders: Folders) -> Release:
    """Find a unit by its name, and make its exercises known, if it has its own.

    Raises:
        ReleaseError: there is no such unit, it has not been built, or its exercises
            cannot be used.
    """
    if Path(assignment).name != assignment:
        near = Path(assignment).name
        hint = f"did you mean {near!r}?" if near else "expected one such as 01-neuron"
        raise ReleaseError(f"{assignment!r} is no name of a unit; {hint}")
    declared = folders.source / assignment / own.FILE
    own.use(None)
    if not declared.is_file():
        if not is_ours(assignment, folders):
            raise ReleaseError(
                f"{assignment} has no exercises of nnkit's: "
                f"nbgrader autograde {assignment} grades it"
            )
        return Release.find(assignment, others=own_units(folders))
    try:
        own.use(declared, assignment)
    except own.OwnError as error:
        raise ReleaseError(str(error)) from None
    path = folders.release / assignment / f"{assignment}.ipynb"
    if not path.is_file():
        raise ReleaseError(
            f"{path} is not there: make it with nnkit build {assignment}, or with "
            f"nbgrader generate_assignment {assignment}"
        )
    return Release.load(path)


def own_units(folders: Folders) -> list[str]:
    """List the units of a course that have exercises of their own."""
    return sorted(path.parent.name for path in folders.source.glob(f"*/{own.FILE}"))


def remarks_on_own(folders: Folders) -> list[str]:
    """Say what is odd about the exercises in use; none of it stops a run."""
    declared = own.file_in_use()
    if declared is None:
        return []
    given = folders.release / declared.parent.name / own.FILE
    if given.is_file() and given.read_bytes() != declared.read_bytes():
        return [
            f"{given} is not what {declared} is now: students practise with the older "
            f"one. Make it anew with nnkit build {declared.parent.name}"
        ]
    return []


def hiding(settings: Settings) -> Settings:
    """Return settings whose sandbox is tested on the exercises in use."""
    declared = own.file_in_use()
    if declared is None or not OWN:
        return settings
    policy = dict(settings.policy or {})
    policy["hidden"] = [*policy.get("hidden", ()), str(declared)]
    return replace(settings, policy=policy)


def is_ours(assignment: str, folders: Folders) -> bool:
    """Say whether nnkit grades an assignment; what else a course has is nbgrader's.

    Raises:
        ReleaseError: it asks for nnkit's check, and the exercises are gone.
    """
    if (folders.source / assignment / own.FILE).exists():
        return True
    if (course_directory() / assignment / f"{assignment}.ipynb").is_file():
        return True
    for name in _checks(folders, assignment):
        raise ReleaseError(
            f"{assignment} asks for check({name}), and its exercises are gone: "
            f"expected them in {folders.source / assignment / own.FILE}"
        )
    # A name that nothing goes by is a typing error of nnkit's, or of nbgrader's.
    return assignment not in folders.assignments()


def _checks(folders: Folders, assignment: str) -> Iterator[str]:
    """Yield the exercises that an assignment's own notebooks have a check of."""
    for place in (folders.source, folders.release):
        for path in sorted((place / assignment).glob("*.ipynb")):
            try:
                cells = json.loads(path.read_bytes())["cells"]
                for cell in cells:
                    found = CHECK.fullmatch("".join(cell["source"]).strip())
                    marks = cell["metadata"].get("nbgrader", {})
                    if found and marks.get("grade_id") == found[1]:
                        yield found[1]
            except (OSError, ValueError, LookupError, TypeError, AttributeError):
                continue  # nbgrader says what is wrong with it
