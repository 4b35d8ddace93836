"""What all the numbers of an answer have in common, from case to case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nnkit.judging.key import AnswerKey, Row

MOST_DECIMALS = 8
"""Who keeps more of them loses no more than one who computes in single precision."""

FEWEST = 3
"""Of fewer cases it is no wonder that they give the same number."""

LARGEST = 1e6
"""Where the right numbers are smaller, larger ones have run off, and lost their digits
on the way: floats have no decimals left at 1e14, and nobody has rounded them.
"""


def holds_whole_numbers(key: AnswerKey, rows: Sequence[Row], part: int) -> bool:
    """Say whether an answer has no fractions, not all 0, where right ones have some."""
    given = _given_not_all_zero(key, rows, part)
    return _are_rounded(given, 0) and not _are_rounded(_right(key, part), 0)


def decimals(key: AnswerKey, rows: Sequence[Row], part: int) -> int | None:
    """Return how many decimals an answer keeps, not all 0, where right ones have more.

    None if it keeps more than a few.
    """
    given = _given_not_all_zero(key, rows, part)
    if not _are_rounded(given, MOST_DECIMALS):
        return None
    kept = next(k for k in range(MOST_DECIMALS + 1) if _are_rounded(given, k))
    if len(np.unique(np.concatenate(list(map(np.ravel, given))))) < 3:
        return None  # 0 and 1, or 0.01, come from a choice, not from rounding
    return None if _are_rounded(_right(key, part), kept) else kept


def same_number(key: AnswerKey, rows: Sequence[Row], part: int) -> float | None:
    """Return what all entries are in all cases, where it is one number and not 0."""
    if key.exercise.margins is not None or len(key.asking(part)) < FEWEST:
        return None
    given = _given(key, rows, part)
    if given is None or not given[0].size:
        return None
    number = float(given[0].flat[0])
    if not number or not all((array == number).all() for array in given):
        return None
    right = (key.right[case][part] for case in key.asking(part))
    return None if all((array == number).all() for array in right) else number


def _given(key: AnswerKey, rows: Sequence[Row], part: int) -> list[np.ndarray] | None:
    """Return what came back in all cases; None if in some there were no numbers."""
    arrays = [rows[case][part].array for case in key.asking(part)]
    given = [array for array in arrays if array is not None]
    return given if len(given) == len(arrays) else None


def _given_not_all_zero(
    key: AnswerKey, rows: Sequence[Row], part: int
) -> list[np.ndarray]:
    """Return what came back in all cases; none where that says nothing of digits."""
    if key.exercise.margins is not None:
        return []
    given = _given(key, rows, part) or []
    pairs = zip(given, _right(key, part), strict=bool(given))
    if any(_largest(array) > LARGEST > _largest(right) for array, right in pairs):
        return []
    return given if any(array.any() for array in given) else []


def _largest(array: np.ndarray) -> float:
    finite = np.isfinite(array)
    return float(np.abs(array).max(initial=0, where=finite))


def _right(key: AnswerKey, part: int) -> list[np.ndarray]:
    return [key.right[case][part] for case in key.asking(part)]


def _are_rounded(arrays: Sequence[np.ndarray], count: int) -> bool:
    """Say whether there are numbers, and all have so many decimals at most."""
    return bool(arrays) and all(_is_rounded(array, count) for array in arrays)


def _is_rounded(array: np.ndarray, count: int) -> bool:
    """Say whether numbers have so many decimals at most; ∞ has none."""
    if count == 0 or array.dtype.kind != "f":
        return bool((np.trunc(array) == array).all())
    return bool((np.round(array, count) == array).all())


def is_zero(
    key: AnswerKey, rows: Sequence[Row], part: int, but_for: float = 1e-12
) -> bool:
    """Say whether a part is 0 in all cases, but for what rounding leaves of it."""
    arrays = {case: rows[case][part].array for case in key.asking(part)}
    return all(
        array is not None
        and np.abs(array).max(initial=0) <= but_for * np.max(key.sizes[case][part])
        for case, array in arrays.items()
    )


def constant_factor(key: AnswerKey, rows: Sequence[Row], part: int) -> float | None:
    """Return c if the part is c times the right one in every case, else None."""
    return constant(key, factors(key, rows, part))


def factors(
    key: AnswerKey, rows: Sequence[Row], part: int, finite: bool = False
) -> dict[int, float] | None:
    """Return c for each case in which the part is c times the right one.

    None if in some case it is no multiple. Cases in which there is nothing but rounding
    to compare are left out.

    Args:
        key: the answer key.
        rows: all outcomes.
        part: position of the part.
        finite: leave out the cases that gave no finite numbers of the right shape.
    """
    found = {}
    same = max(1e-6, key.exercise.tolerance)
    for case in key.asking(part):
        got, want, size = (
            rows[case][part].array,
            key.right[case][part],
            key.sizes[case][part],
        )
        if got is None or got.shape != want.shape or not np.isfinite(got).all():
            if finite:
                continue
            return None
        if not np.isfinite(want).all():
            return None
        if (np.abs(want) < 1e-6 * size).all():
            if (np.abs(got) > 1e-3 * size).any():
                return None  # no multiple of nothing
            continue
        factor = float((got * want).sum() / (want * want).sum())
        near = same * size * max(abs(factor), 1e-9)
        if (np.abs(got - factor * want) > near).any():
            return None
        found[case] = factor
    return found


def constant(key: AnswerKey, found: Mapping[int, float] | None) -> float | None:
    """Return the one c that holds in all cases, else None."""
    values = list(found.values()) if found else []
    same = max(1e-6, key.exercise.tolerance)
    if len(values) < 2 or np.ptp(values) > same * abs(values[0]):
        return None
    return values[0]
