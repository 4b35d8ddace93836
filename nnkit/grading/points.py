"""Points of one's own: what an exercise is worth in this course, without editing it.

points.csv in the grading folder has them. They go into the released notebook, and from
there everywhere: to the student by `check(f, points=5)`, to the judge, into the
gradebook.
"""

from __future__ import annotations

import csv
import difflib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import from_dict, writes
from nbgrader.utils import (  # type: ignore[import-untyped]  # ships no types
    compute_checksum,
)

from nnkit.exercises.spec import Exercise
from nnkit.grading.release import Release
from nnkit.grading.workspace import Workspace, WorkspaceError, write_atomically

POINTS = "points.csv"
COLUMNS = ["unit", "exercise", "points"]
CHECK = re.compile(r"check\((\w+)(?:, points=[\d.e+]+)?\)")


def release_of(workspace: Workspace, release: Release) -> Release:
    """Return a unit's release with this folder's own points in it.

    Raises:
        WorkspaceError: points.csv cannot be understood.
    """
    table = _read(workspace.root / POINTS)
    points = table.get(release.assignment, {})
    return with_points(release, points) if points else release


def set_points(
    workspace: Workspace, release: Release, points: Mapping[str, float]
) -> tuple[Release, Path]:
    """Put points into points.csv, and the notebook to hand out into release/.

    Raises:
        WorkspaceError: an exercise is unknown, or points are none.
        OSError: a file cannot be written.
    """
    path = workspace.root / POINTS
    table = _read(path)
    unit = release.assignment
    table[unit] = {**table.get(unit, {}), **points}
    changed = with_points(release, table[unit])
    rows = [
        f"{name},{exercise},{worth:g}\n"
        for name, worths in sorted(table.items())
        for exercise, worth in worths.items()
    ]
    made = workspace.root / "release" / unit / f"{unit}.ipynb"
    made.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(made, changed.data)
    write_atomically(path, (",".join(COLUMNS) + "\n" + "".join(rows)).encode())
    return changed, made


def with_points(release: Release, points: Mapping[str, float]) -> Release:
    """Return a release in which cells are worth what is given.

    Raises:
        WorkspaceError: there is no such exercise, or it cannot have points.
    """
    worth = {**release.points, **release.by_hand}
    for name, value in points.items():
        if name not in worth:
            near = difflib.get_close_matches(name, worth, n=1)
            hint = (
                f"did you mean {near[0]!r}?" if near else f"it has {', '.join(worth)}"
            )
            raise WorkspaceError(
                f"{POINTS}: {release.assignment} has no exercise {name!r}; {hint}"
            )
        if not math.isfinite(value) or value < 0:
            raise WorkspaceError(f"{POINTS}: {name} cannot be worth {value:g} points")
        if value and not worth[name] and release.answer_of(name) != f"{name}-answer":
            raise WorkspaceError(
                f"{POINTS}: {name} is a worked example, its answer is shown: it can "
                "have no points"
            )
    notebook = json.loads(release.data)
    for cell in notebook["cells"]:
        marks: dict[str, Any] = cell["metadata"].get("nbgrader", {})
        name = str(marks.get("grade_id"))
        if name in points and points[name] != worth[name]:
            marks["points"] = points[name]
            if CHECK.fullmatch("".join(cell["source"]).strip()):
                cell["source"] = f"check({name}, points={points[name]:g})"
            cell["source"] = "".join(cell["source"])
            node = from_dict(cell)  # type: ignore[no-untyped-call]  # untyped
            marks["checksum"] = compute_checksum(node)
    # Laid out as the build does it, which compares.
    text = writes(from_dict(notebook)) + "\n"  # type: ignore[no-untyped-call]  # untyped
    return Release.of(release.path, text.encode())


def worth(exercise: Exercise, release: Release) -> Exercise:
    """Return an exercise with the points that its release gives."""
    points = release.points[exercise.id]
    if points == exercise.points:
        return exercise
    return replace(exercise, points=points, practice=not points)


def same_check(one: str, other: str) -> bool:
    """Whether two check cells check the same, whatever it is worth."""
    first, second = CHECK.fullmatch(one.strip()), CHECK.fullmatch(other.strip())
    return bool(first and second and first[1] == second[1])


def _read(path: Path) -> dict[str, dict[str, float]]:
    """Read unit → exercise → points; {} without a file."""
    found: dict[str, dict[str, float]] = {}
    if not path.exists():
        return found
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, skipinitialspace=True)
            for row in reader:
                said = [(row.get(column) or "").strip() for column in COLUMNS]
                if not any(said):
                    continue
                try:
                    found.setdefault(said[0], {})[said[1]] = float(said[2])
                except ValueError:
                    raise WorkspaceError(
                        f"{path.name}, line {reader.line_num}: expected "
                        f"{','.join(COLUMNS)}, such as 01-neuron,layer,5; got "
                        f"{','.join(said)!r}"
                    ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WorkspaceError(f"{path} cannot be read: {error}") from None
    return found
