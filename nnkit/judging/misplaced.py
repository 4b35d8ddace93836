"""Right numbers in another place: a part that holds what is right for another part."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from nnkit.exercises.spec import Kind
from nnkit.judging.key import AnswerKey, Cell, Row
from nnkit.judging.verdict import Diagnosis

EVIDENCE = 2
"""In so many cases a part holds what is right for another, or it may be chance."""


def in_other_places(
    key: AnswerKey, rows: Sequence[Row], left: Collection[Cell]
) -> tuple[Diagnosis | None, set[Cell]]:
    """Say which parts hold what is right for others, with the outcomes that explains.

    Args:
        key: the answer key.
        rows: all outcomes.
        left: the outcomes that no slip explains.
    """
    if key.exercise.margins:
        return None, set()
    cells: dict[Cell, int] = {}
    for part in range(len(key.exercise.parts)):
        open_here = [cell for cell in sorted(left) if cell[1] == part]
        found = {
            (case, part): other
            for case, _ in open_here
            if (other := _whose(key, rows, case, part)) is not None
        }
        missed = [c for c, _ in open_here if (c, part) not in found]
        if len(found) >= EVIDENCE and all(key.cases[c].extreme for c in missed):
            cells |= found
    if not cells:
        return None, set()
    first = min(case for case, _ in cells)
    names = key.exercise.parts
    told = {part: other for (case, part), other in cells.items() if case == first}
    (part, other), *more = told.items()
    places = f"{names[part]} holds what is right for {names[other]}"
    places += "".join(f", {names[p]} for {names[q]}" for p, q in more)
    twice = rows[first][other].kind is Kind.RIGHT and not more
    alias = (
        f" Is it computed from what belongs to {names[other]}, or do two names of "
        "yours stand for one array that is written into?" * twice
    )
    kinds = {rows[case][part].kind for case, part in cells}
    said = Diagnosis(
        kind=str(Kind.WRONG if Kind.WRONG in kinds else Kind.SHAPE),
        slip="",
        text=f"Right numbers in another place: {places}. Print each with its shape, "
        f"beside the place or the name that you give it.{alias}",
        parts=tuple(names[part] for part in sorted({part for _, part in cells})),
        case=key.cases[first].name,
    )
    return said, set(cells)


def in_each_others_shape(
    key: AnswerKey, rows: Sequence[Row], left: Collection[Cell]
) -> tuple[Diagnosis | None, set[Cell]]:
    """Say which parts have each other's shapes, with the outcomes that explains.

    So have those that are returned in another order, and are wrong besides.

    Args:
        key: the answer key.
        rows: all outcomes.
        left: the outcomes that nothing explains so far.
    """
    parts = sorted({p for c, p in left if rows[c][p].kind is Kind.SHAPE})
    of = {p: q for p in parts for q in parts if p != q and _is_shaped(key, rows, p, q)}
    if not of or sorted(of) != sorted(of.values()):
        return None, set()
    cells = {(case, part) for case, part in left if part in of}
    names = key.exercise.parts
    (part, other), *more = of.items()
    shapes = f"{names[part]} has the shape that {names[other]} should have"
    shapes += "".join(f", {names[p]} that of {names[q]}" for p, q in more)
    said = Diagnosis(
        kind=str(Kind.SHAPE),
        slip="",
        text=f"{shapes}. In which order, or by which names, are they asked for? "
        "(In each other's place their numbers would not all be right, either.)",
        parts=tuple(names[part] for part in of),
        case=key.cases[min(case for case, _ in cells)].name,
    )
    return said, cells


def _is_shaped(key: AnswerKey, rows: Sequence[Row], part: int, other: int) -> bool:
    """Say whether a part has another's shape in all cases, and not its own."""
    told = 0
    for case in key.asking(part):
        got, want = rows[case][part].array, key.right[case][other].shape
        if got is None:
            continue  # it stopped there
        if got.shape != want:
            return False
        told += want != key.right[case][part].shape
    return told >= EVIDENCE


def _whose(key: AnswerKey, rows: Sequence[Row], case: int, part: int) -> int | None:
    """Return the part that an outcome's numbers are right for; None without one."""
    array = rows[case][part].array
    if rows[case][part].kind not in (Kind.WRONG, Kind.SHAPE) or array is None:
        return None
    for other, want in enumerate(key.right[case]):
        if other == part or array.shape != want.shape or not want.any():
            continue
        reach = key.tolerance * np.max(key.sizes[case][other], initial=0.0)
        if (np.abs(array.astype(np.float64) - want) <= reach).all():
            return other
    return None
