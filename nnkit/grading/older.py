"""Notebooks of another release: what their student could not know.

A release puts a checksum beside every cell that nbgrader knows. A locked cell that says
something else than today's, and still fits its own checksum, was not edited by the
student: another release said so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from nbformat import from_dict
from nbgrader.utils import (  # type: ignore[import-untyped]  # ships no types
    compute_checksum,
)

from nnkit.exercises import known
from nnkit.grading.cells import RawCell, brief
from nnkit.grading.points import CHECK, TASK_SUFFIX, same_but_points
from nnkit.grading.reach import definitions, parsed
from nnkit.grading.release import ANSWER_SUFFIX, Release, ReleaseError

FEW = 10
MARKS = ("grade", "solution", "locked", "task")


def untouched(cell: RawCell) -> bool:
    """Whether a cell is as some release gave it out."""
    if not cell.grade_id or not isinstance(cell.nbgrader.get("checksum"), str):
        return False
    marks = {name: cell.nbgrader.get(name) is True for name in MARKS}
    points = cell.nbgrader.get("points", 0)
    if isinstance(points, bool) or not isinstance(points, int | float):
        return False
    nbgrader = {**marks, "grade_id": cell.grade_id, "points": points}
    plain = {
        "cell_type": cell.kind,
        "source": cell.source,
        "metadata": {"nbgrader": nbgrader},
    }
    node = from_dict(plain)  # type: ignore[no-untyped-call]  # untyped
    try:
        return bool(compute_checksum(node) == cell.nbgrader["checksum"])
    # Points that no float can hold; an id with half a character in it.
    except (OverflowError, UnicodeEncodeError):
        return False


def otherwise_said(raw: Sequence[RawCell], release: Release) -> list[str]:
    """Return which locked cells another release had otherwise, by grade_id."""
    found: list[str] = []
    for cell in raw:
        true = release.graded.get(cell.grade_id or "")
        if true is None or true.role == "answer" or cell.source == true.source:
            continue
        if same_but_points(cell.source, true.source):
            continue
        if untouched(cell) and true.grade_id:
            found.append(true.grade_id)
    return list(dict.fromkeys(found))


def no_longer_asked(raw: Sequence[RawCell], release: Release) -> list[str]:
    """Return the exercises that the notebook asks and this release does not."""
    ids = {cell.grade_id for cell in raw if cell.grade_id}
    found = []
    for cell in raw:
        name = cell.grade_id or ""
        checked = cell.nbgrader.get("grade") is True and untouched(cell)
        if checked and name not in release.graded and name + ANSWER_SUFFIX in ids:
            found.append(name)
    return list(dict.fromkeys(found))


def notes_on(
    raw: Sequence[RawCell], release: Release, gone: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Say what the student of another release could not know.

    Args:
        raw: the notebook's cells.
        release: today's.
        gone: exercises of today's that are not in the notebook at all.

    Returns:
        Notes, a line each, and what of it a person should look at.
    """
    said, unasked = otherwise_said(raw, release), no_longer_asked(raw, release)
    notes: list[str] = []
    review: list[str] = []
    unit, units = release.assignment, _units_of_all(release)
    others = [name for name in unasked if units.get(name, "") not in ("", unit)]
    old = [name for name in unasked if name not in others]
    if said:
        notes.append(
            f"from another release: {', '.join(said)} said something else there, and "
            "today's text is restored; the student answered the other one"
        )
        review.append(f"was given another text of {', '.join(said)}")
    if old:
        names = _some(old)
        notes.append(
            f"from another release: {names} was asked there and is not today; not "
            "graded, and the answer is kept for you to read"
        )
        review.append(f"answers {names}, which today's release does not ask")
    if others:
        names, where = _some(others), _some(sorted({units[name] for name in others}))
        notes.append(
            f"{names}: asked in {where}, and not graded in {unit}; the answer is kept "
            "for you to read"
        )
        review.append(f"answers {names}, which {unit} does not ask")
    if gone:
        points = sum(release.points[name] for name in gone)
        how = "is" if said or old else "may be"
        notes.append(
            f"{', '.join(gone)}: not in this notebook, which {how} from another "
            "release; counted as open where no other cell answers, so up to "
            f"{points:g} points were out of reach"
        )
        if said or old:
            review.append(f"was not given {', '.join(gone)} ({points:g} points)")
    return notes, review


def _some(names: Sequence[str]) -> str:
    found = ", ".join(brief(name)[1:-1] for name in names[:FEW])
    return found + (f" and {len(names) - FEW} more" if len(names) > FEW else "")


def foreign(raw: Sequence[RawCell], release: Release) -> tuple[str, list[str]]:
    """Say of a notebook without any of the unit's cells what it may be instead.

    Returns:
        A note, and what of it a person should look at.
    """
    unit = release.assignment
    said = f"no cell of {unit} is in this notebook"
    if other := _unit_of((exercise_of(cell.grade_id or "") for cell in raw), release):
        return f"{said}: is it {other}?", []
    code = [cell.source for cell in raw if cell.kind == "code"]
    there = definitions(parsed(code))
    defined = [name for name in release.checks if name in there]
    if defined:
        note = (
            f"no cell of this notebook is marked as one of {unit}, as if its answers "
            f"had been copied into another; {', '.join(defined)} "
            f"{'is' if len(defined) == 1 else 'are'} defined in it, and graded by name"
        )
        if not release.by_hand:
            return note, []
        words = ", ".join(release.by_hand)
        return note, [f"answers in words ({words}) are anywhere in it: look for them"]
    asked = (found[1] for text in code if (found := CHECK.fullmatch(text.strip())))
    other = _unit_of(asked, release)
    return f"{said}: is it {other or 'another one'}?", []


def exercise_of(grade_id: str) -> str:
    """Return the exercise that a cell belongs to, by its id."""
    return grade_id.removesuffix(ANSWER_SUFFIX).removesuffix(TASK_SUFFIX)


def _unit_of(names: Iterable[str], release: Release) -> str:
    """Return the unit that most of these exercises are of; "" for none or ours."""
    units = _units_of_all(release)
    counts = Counter(units[name] for name in names if name in units)
    counts.pop(release.assignment, None)
    return min(counts, key=lambda unit: (-counts[unit], unit), default="")


def _units_of_all(release: Release) -> Mapping[str, str]:
    """Return exercise → unit for all that are asked today."""
    units = {name: item.unit for name, item in known().items()}
    # Of an instructor's own, only those of the unit at hand are known.
    return {**units, **_asked_beside(release.path.parents[1])}


@lru_cache(maxsize=4)  # the same for every notebook of a class
def _asked_beside(folder: Path) -> Mapping[str, str]:
    """Return exercise → unit for all notebooks that are released in a folder."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*/*.ipynb")):
        with suppress(ReleaseError):
            found |= dict.fromkeys(Release.load(path).checks, path.stem)
    return found
