"""Points of one's own: what an exercise is worth in this course, without editing it.

points.csv in the grading folder has them. They go into the released notebook, and from
there everywhere: to the student by `check(f, points=5)`, to the judge, into the
gradebook.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import from_dict, writes
from nbgrader.utils import (  # type: ignore[import-untyped]  # ships no types
    compute_checksum,
)

from nnkit.exercises.spec import Exercise
from nnkit.grading.release import Release
from nnkit.grading.workspace import (
    Workspace,
    WorkspaceError,
    table_text,
    write_atomically,
)

POINTS = "points.csv"
COLUMNS = ["unit", "exercise", "points"]
TASK_SUFFIX = "-task"  # the locked text that says what an exercise asks
WORTH = re.compile(r"\([\d.e+]+ points?\b")
CHECK = re.compile(r"check\((\w+)(?:, points=[\d.e+]+)?\)")


def release_of(workspace: Workspace, release: Release) -> Release:
    """Return a unit's release with this folder's own points in it.

    Raises:
        WorkspaceError: points.csv cannot be understood.
    """
    table = _read(workspace.root / POINTS)
    points = table.get(release.assignment, {})
    return with_points(release, points) if points else release


def remarks_on_points(workspace: Workspace, unit: str) -> Iterator[str]:
    """Say which lines of points.csv are for a unit that there is not.

    Raises:
        WorkspaceError: points.csv cannot be understood.
    """
    named = _read(workspace.root / POINTS).keys() - {unit}
    yield from workspace.folders.remarks_on_units(POINTS, named, unit)


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
    with_points(release, points, "")
    changed = with_points(release, table[unit])
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for name, worths in sorted(table.items()):
        rows.writerows([name, item, f"{worth:g}"] for item, worth in worths.items())
    made = workspace.root / "release" / unit / f"{unit}.ipynb"
    made.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(made, changed.data)
    write_atomically(path, text.getvalue().encode())
    return changed, made


def with_points(
    release: Release, points: Mapping[str, float], where: str = f"{POINTS}: "
) -> Release:
    """Return a release in which cells are worth what is given.

    Args:
        release: left as it is.
        points: by exercise.
        where: they were given, as a message begins.

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
                f"{where}{release.assignment} has no exercise {name!r}; {hint}"
            )
        if not math.isfinite(value) or value < 0:
            raise WorkspaceError(f"{where}{name} cannot be worth {value:g} points")
        if value and not worth[name] and release.answer_of(name) != f"{name}-answer":
            raise WorkspaceError(
                f"{where}{name} is a worked example, its answer is shown: it can "
                "have no points"
            )
    notebook = json.loads(release.data)
    in_all = [sum(values.values()) for values in (worth, {**worth, **points})]
    for cell in notebook["cells"]:
        marks: dict[str, Any] = cell["metadata"].get("nbgrader", {})
        source = "".join(cell["source"])
        if not marks and cell["cell_type"] == "markdown":
            cell["source"] = _in_all(source, *in_all)
        grade_id = str(marks.get("grade_id"))
        name = grade_id.removesuffix(TASK_SUFFIX)
        if name not in points or points[name] == worth[name]:
            continue
        if name == grade_id:
            marks["points"] = points[name]
        cell["source"] = _heading(source, worth[name], points[name])
        if CHECK.fullmatch(source.strip()):
            cell["source"] = f"check({name}, points={points[name]:g})"
        node = from_dict(cell)  # type: ignore[no-untyped-call]  # untyped
        marks["checksum"] = compute_checksum(node)
    # Laid out as the build does it, which compares.
    text = writes(from_dict(notebook)) + "\n"  # type: ignore[no-untyped-call]  # untyped
    return Release.of(release.path, text.encode())


def _heading(text: str, old: float, new: float) -> str:
    """Return a text whose "(2 points" says what it is worth now."""
    plural = "" if new == 1 else "s"
    said = rf"\({re.escape(f'{old:g}')} points?\b"
    return re.sub(said, f"({new:g} point{plural}", text, count=1)


def _in_all(text: str, old: float, new: float) -> str:
    """Return a text whose "worth 10 points in all" says the new sum."""
    was = re.escape(f"{old:g}")
    return re.sub(
        rf"\bworth\s{was}\spoints\b|\b{was}\spoints\sin\sall\b",
        lambda found: found[0].replace(f"{old:g}", f"{new:g}"),
        text,
    )


def worth(exercise: Exercise, release: Release) -> Exercise:
    """Return an exercise with the points that its release gives."""
    points = release.points[exercise.id]
    if points == exercise.points:
        return exercise
    return replace(exercise, points=points, practice=not points)


def same_but_points(one: str, other: str) -> bool:
    """Whether two locked cells say the same, whatever it is worth."""
    first, second = CHECK.fullmatch(one.strip()), CHECK.fullmatch(other.strip())
    if first and second:
        return first[1] == second[1]
    return WORTH.sub("(", one, count=1) == WORTH.sub("(", other, count=1)


def _read(path: Path) -> dict[str, dict[str, float]]:
    """Read unit → exercise → points; {} without a file."""
    found: dict[str, dict[str, float]] = {}
    if not path.exists():
        return found
    reader = csv.DictReader(
        io.StringIO(table_text(path), newline=""), skipinitialspace=True
    )
    try:
        seen = reader.fieldnames or ()
        # Read past, it would have no effect, and be lost when it is rewritten.
        if seen and not {*COLUMNS} <= {*seen}:
            raise WorkspaceError(
                f"{path}: its first line has to be {','.join(COLUMNS)}, with "
                f"commas; it is {','.join(seen)[:80]!r}"
            )
        for row in reader:
            said = [(row.get(column) or "").strip() for column in COLUMNS]
            if any(said):
                _take(found, said, f"{path.name}, line {reader.line_num}")
    except csv.Error as error:
        raise WorkspaceError(f"{path} cannot be read: {error}") from None
    return found


def _take(found: dict[str, dict[str, float]], said: list[str], where: str) -> None:
    unit, exercise, worth = said
    try:
        if not unit:
            raise ValueError(said)
        points = float(worth)
    except ValueError:
        raise WorkspaceError(
            f"{where}: expected {','.join(COLUMNS)}, such as 01-neuron,layer,5; got "
            f"{','.join(said)!r}"
        ) from None
    there = found.setdefault(unit, {})
    if there.setdefault(exercise, points) != points:
        raise WorkspaceError(
            f"{where}: {unit},{exercise} is given {there[exercise]:g} points above and "
            f"{worth} here: which are meant?"
        )
