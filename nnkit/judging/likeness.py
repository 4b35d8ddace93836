"""What wrong numbers have to do with right ones, from case to case.

Each function looks at one part in the cases where it is wrong, and says nothing of a
single case: what shows in two of them is hardly chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnkit.adapters import LEFT_BEHIND
from nnkit.exercises.spec import Kind

if TYPE_CHECKING:
    from nnkit.judging.key import AnswerKey, Row

    Array = np.ndarray

TWICE = 2
"""In so many cases it has to show."""

SEVERAL = 3
"""Of fewer entries some order, or some sign, is soon that of right ones."""


def only_the_first(key: AnswerKey, rows: Sequence[Row], part: int) -> bool:
    """Say whether a part is right in the first case and in no other.

    Of a single number that may be chance: a formula may fail everywhere but near 0. And
    of a call that did not end, or was not answered, nothing is known.
    """
    first, *others = key.asking(part)
    unknown = (Kind.RIGHT, Kind.NOT_ATTEMPTED, Kind.TIMED_OUT, Kind.CRASHED)
    return (
        key.exercise.margins is None
        and len(others) > TWICE
        and max(right.size for right in key.right[first]) > 1
        and rows[first][part].kind is Kind.RIGHT
        and all(rows[case][part].kind not in unknown for case in others)
    )


def is_finite_for_infinite(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Sequence[int]
) -> bool:
    """Say whether all that is wrong are numbers where ∞ is right."""
    pairs = list(_pairs(key, rows, part, cases))
    return bool(pairs) and all(
        bool((np.isinf(want) & np.isfinite(got))[wrong].all())
        for got, want, wrong in pairs
    )


def is_uniform(key: AnswerKey, rows: Sequence[Row], part: int) -> bool:
    """Say whether within a case all entries are the same, where right ones differ."""
    told = 0
    for case in key.asking(part):
        got, want = rows[case][part].array, key.right[case][part]
        if want.size < TWICE:
            continue
        if got is None or got.shape != want.shape or not _is_one_number(got):
            return False
        told += not _is_one_number(want)
    return told >= TWICE


def repeats(key: AnswerKey, rows: Sequence[Row], part: int) -> str:
    """Say whether every table is one "row" again and again, or one "column"; "" if not.

    Right ones are not.
    """
    cases = [case for case in key.asking(part) if key.right[case][part].ndim == 2]
    for axis, line in enumerate(("row", "column")):
        told = [
            got is not None and got.shape == want.shape and _is_repeated(got, axis)
            for case in cases
            if not _is_repeated(want := key.right[case][part], axis)
            for got in [rows[case][part].array]
        ]
        if len(told) >= TWICE and all(told):
            return line
    return ""


def is_written_over(key: AnswerKey, rows: Sequence[Row], part: int) -> bool:
    """Say whether each row holds what is right for the last, or all rows added up."""
    for case in key.asking(part):
        got, want = rows[case][part].array, key.right[case][part]
        if got is None or want.ndim != TWICE or not len(want):
            continue
        reach = 1e-9 * np.max(key.sizes[case][part]) * len(want)
        sums = (want[-1], want.sum(axis=0))
        if not any((np.abs(got - row) <= reach).all() for row in sums):
            return False
    return True


def is_cut_off(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Sequence[int]
) -> bool:
    """Say whether all that is wrong is 0 for less than 0, and no entry is less.

    In one case alone, entries that are left at 0 may all be due to be below it.
    """
    pairs = list(_pairs(key, rows, part, cases))
    count = sum(int(np.count_nonzero(wrong)) for _, _, wrong in pairs)
    return (
        len(pairs) >= TWICE
        and count >= SEVERAL
        and all(
            bool((want[wrong] < 0).all() and not got[wrong].any() and got.min() >= 0)
            for got, want, wrong in pairs
        )
    )


def is_unfilled(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Sequence[int]
) -> bool:
    """Say whether all that is wrong is 0, beside entries that are right and not 0."""
    told = 0
    pairs = list(_pairs(key, rows, part, cases))
    for got, _, wrong in pairs:
        if got[wrong].any():
            return False
        told += bool(got.any())
    return told >= TWICE


def is_truncated(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Sequence[int]
) -> bool:
    """Say whether all that is wrong is right but for its fractions, in whole numbers.

    One array whose dtype has no fractions is no matter of chance.
    """
    return all(
        got is not None
        and got.dtype.kind in "iu"
        and got.shape == key.right[case][part].shape
        and bool((got == np.trunc(key.right[case][part])).all())
        for case in cases
        for got in [rows[case][part].array]
    )


def is_out_of_order(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Sequence[int]
) -> bool:
    """Say whether wrong arrays hold the right numbers, at other places."""
    told = 0
    for got, want, _ in _pairs(key, rows, part, cases):
        far = np.abs(np.sort(got, axis=None) - np.sort(want, axis=None))
        if not (far <= 1e-9 * np.abs(want).max(initial=0.0)).all():
            return False
        told += len(np.unique(want[want != 0])) >= SEVERAL
    return told >= TWICE


def _pairs(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Sequence[int]
) -> Iterator[tuple[Array, Array, Array]]:
    """Yield what came back, what is right, and where the one is not the other."""
    for case in cases:
        got, want = rows[case][part].array, key.right[case][part]
        if got is None or rows[case][part].kind is not Kind.WRONG:
            continue
        with np.errstate(all="ignore"):
            far = np.abs(got - want) > key.tolerance * np.asarray(key.sizes[case][part])
        yield got, want, (got != want) & (far | ~np.isfinite(got - want))


def _is_repeated(array: Array, axis: int) -> bool:
    lines = np.moveaxis(array, axis, 0)
    return bool((lines == lines[:1]).all())


def _is_one_number(array: Array) -> bool:
    return bool((array == array.flat[0]).all())


def is_left_behind(key: AnswerKey, rows: Sequence[Row], part: int, case: int) -> bool:
    """Say whether entries hold what stood in memory, or that and the right number."""
    outcome, right = rows[case][part], key.right[case][part]
    if outcome.kind is not Kind.WRONG or outcome.array is None:
        return False
    rest = outcome.array.astype(np.float64) - LEFT_BEHIND
    return bool((np.minimum(np.abs(rest), np.abs(rest - right)) < 1e-6).any())
