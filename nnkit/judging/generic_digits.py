"""What can be said of numbers that are right but for digits: cut short, or lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnkit.exercises.spec import Outcome
from nnkit.judging import traits

if TYPE_CHECKING:
    from nnkit.judging.key import AnswerKey, Row

SINGLE_PRECISION = 1e-4
"""No float32 answer to a well-conditioned formula is farther off than this."""

HALF_PRECISION = 2e-3
"""Nor a float16 answer than this: it keeps three digits."""

NEARLY_RIGHT = 1e-4
"""What is no farther off has the formula right, and loses digits on the way."""

LOSES_DIGITS = (
    "Do you round, use float32 or float16 somewhere, add a tiny number, measure a "
    "slope with a small step, or stop an iteration early?"
)
IS_COARSE = (
    "Which step is too coarse: a grid of few points, or with ends too near; a mean of "
    "random numbers; a loop that stops early?"
)


def about_precision(name: str, found: Sequence[Outcome], usual: float) -> str:
    """Say that a part is held in too few digits, by its dtype; "" where it is not.

    Args:
        name: of the part.
        found: its outcomes that are wrong.
        usual: how far off it is on ordinary inputs.
    """
    dtypes = {outcome.array.dtype for outcome in found if outcome.array is not None}
    for dtype, precision, limit in (
        ("float16", "half", HALF_PRECISION),
        ("float32", "single", SINGLE_PRECISION),
    ):
        if usual < limit and np.dtype(dtype) in dtypes:
            return (
                f"{name} is right to {precision} precision only ({usual:.0e} off). "
                f"Where does float64 turn into {dtype} in your code?"
            )
    return ""


def nearly_right(key: AnswerKey, name: str, worst: float) -> str:
    """Say how near a part is, and ask where its digits are lost."""
    coarse = key.tolerance >= NEARLY_RIGHT
    return (
        f"{name} is nearly right, off by {worst:.2g} of its size; up to "
        f"{key.tolerance:.0e} would count as right. "
        f"{IS_COARSE if coarse else LOSES_DIGITS}"
    )


def about_digits(key: AnswerKey, rows: Sequence[Row], part: int) -> str:
    """Say that numbers are all the same, or cut short; "" where they are neither."""
    name = key.exercise.parts[part]
    if (number := traits.same_number(key, rows, part)) is not None:
        several = any(key.right[case][part].ndim for case in key.asking(part))
        what = f"Every entry of {name}" if several else name
        return (
            f"{what} is {number:.6g}, whatever comes in. Which of "
            "the arguments should it depend on, and where do they enter?"
        )
    kept = traits.decimals(key, rows, part)
    if kept == 0:
        return (
            f"{name} holds whole numbers in every case. Which step of yours swallows "
            "the fraction?"
        )
    if kept:
        plural = "" if kept == 1 else "s"
        return (
            f"{name} is given to {kept} decimal{plural} in every case. Which line of "
            "yours rounds, or cuts off the rest?"
        )
    return ""
