"""Unit 2: how counting the steps goes wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate import speed_formula
from nnkit.exercises.spec import slip


def steps(lam: Array, lr: float, tol: float) -> float:
    """Return the smallest t with max |1 − ηλ|ᵗ ≤ tol; inf if there is none."""
    return count(float(np.abs(1 - lr * lam).max()), tol, math.ceil)


def count(factor: float, tol: float, whole: Callable[[float], float]) -> float:
    """Return the steps until factor^t ≤ tol, rounded by `whole`.

    The slips below go through it with a wrong factor, or round wrongly.
    """
    if tol >= 1:
        return 0
    if factor >= 1:
        return math.inf
    if factor == 0:
        return 1
    return whole(math.log(tol) / math.log(factor)) if factor > 0 else math.nan


def sign_kept_and_near(lam: Array, lr: float, tol: float) -> Any:
    return count(max(float(np.max(1 - lr * lam)), 0.0), tol, math.ceil)


def sign_kept_and_stopped(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.max(1 - lr * lam))
    if factor < 0 < 1 > tol:
        return math.log(factor)  # which stops, where that of NumPy gives nan
    return count(factor, tol, math.ceil)


def sign_kept_if_none_diverges(lam: Array, lr: float, tol: float) -> Any:
    found = steps(lam, lr, tol)
    return found if found == math.inf else sign_kept_and_stopped(lam, lr, tol)


@slip(
    "A direction that overshoots has a negative factor, and your computation loses it: "
    "as a maximum it never counts, and it has no logarithm. Does a distance shrink "
    "more slowly with the factor −0.9 or with 0.5?",
    also=[sign_kept_and_near, sign_kept_and_stopped, sign_kept_if_none_diverges],
)
def sign_kept(lam: Array, lr: float, tol: float) -> Any:
    return count(float(np.max(1 - lr * lam)), tol, math.ceil)


def never(lam: Array, lr: float, tol: float) -> float:
    """Return inf if some direction never arrives, else 0."""
    return math.inf if np.abs(1 - lr * lam).max() >= 1 > tol else 0


def never_looks_at_the_size(lam: Array, lr: float, tol: float) -> Any:
    signed = (1 - lr * lam).max()
    return math.inf if signed >= 1 > tol else signed_loop(lam, lr, tol)


@slip(
    "Your loop takes a negative number for a small distance, and stops while an "
    "overshooting direction is still far out, on the other side.",
    also=[never_looks_at_the_size],
)
def other_side_counts_as_near(lam: Array, lr: float, tol: float) -> Any:
    return never(lam, lr, tol) or signed_loop(lam, lr, tol)


def signed_loop(lam: Array, lr: float, tol: float) -> int:
    t, off = 0, np.ones(len(lam))
    while off.max() > tol:
        off *= 1 - lr * lam
        t += 1
    return t


def decays_if_at_all(lam: Array, lr: float, tol: float) -> Any:
    found = steps(lam, lr, tol)
    return found if found == math.inf else decays(lam, lr, tol)


def decays(lam: Array, lr: float, tol: float) -> Any:
    return count(float(np.exp(-lr * lam.min())), tol, math.ceil)


@slip(
    "e^(−ηλ) belongs to steps that are infinitely small. What does *one* step of size "
    "η make of a distance of 1?",
    also=[decays_if_at_all],
)
def decays_without_steps(lam: Array, lr: float, tol: float) -> Any:
    return decays(lam, lr, tol)


@slip(
    "With a factor near 1, should the number of steps be large or small? Yours is 1. "
    "Do you divide the two logarithms the other way round, or leave a loop in its "
    "first round?"
)
def ratio_upside_down(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.abs(1 - lr * lam).max())
    if 0 < factor < 1 and tol < 1:
        return math.ceil(math.log(factor) / math.log(tol))
    return steps(lam, lr, tol)


def fastest_if_none_diverges(lam: Array, lr: float, tol: float) -> Any:
    found = steps(lam, lr, tol)
    return found if found == math.inf else fastest(lam, lr, tol)


def fastest(lam: Array, lr: float, tol: float) -> Any:
    return count(float(np.abs(1 - lr * lam).min()), tol, math.ceil)


@slip(
    "You wait for the first direction to arrive. All of them have to be within the "
    "tolerance: who arrives last?",
    also=[fastest_if_none_diverges],
)
def fastest_direction(lam: Array, lr: float, tol: float) -> Any:
    return fastest(lam, lr, tol)


@slip(
    "You look at the steepest direction alone. With a small rate it is the quickest of "
    "all: which direction still has far to go?"
)
def steepest_direction(lam: Array, lr: float, tol: float) -> Any:
    return count(abs(1 - lr * float(lam.max())), tol, math.ceil)


@slip(
    "You look at the flattest direction alone. With a large rate another one may be "
    "slower, or never arrive: what does the steepest one do then?"
)
def flattest_direction(lam: Array, lr: float, tol: float) -> Any:
    return count(abs(1 - lr * float(lam.min())), tol, math.ceil)


def first_below(
    lam: Array, lr: float, tol: float, measure: Callable[[Array], float]
) -> float:
    """Return after how many steps `measure` of all distances is within the tolerance.

    It falls from step to step, so it is enough to halve the range again and again.
    """
    factors = np.abs(1 - lr * lam)
    if tol >= 1 or factors.max() >= 1 or factors.max() == 0:
        return steps(lam, lr, tol)
    low, high = -1, 2 * int(steps(lam, lr, tol)) + 100
    while high - low > 1:
        t = (low + high) // 2
        low, high = (low, t) if measure(factors**t) <= tol else (t, high)
    return high


@slip(
    "You measure one distance in all directions together, which is longer than each of "
    "them. What does the text ask to be within the tolerance?",
    also=[lambda lam, lr, tol: first_below(lam, lr, tol, lambda off: float(off.sum()))],
)
def together(lam: Array, lr: float, tol: float) -> Any:
    return first_below(lam, lr, tol, lambda off: float(np.linalg.norm(off)))


@slip(
    "You add up the steps of all directions. Do they wait for each other, or move at "
    "the same time?"
)
def one_after_the_other(lam: Array, lr: float, tol: float) -> Any:
    return sum(steps(np.array([each]), lr, tol) for each in lam)


@slip(
    "You look at the first direction of the list alone, and the list is in no order. "
    "Which of them arrives last?",
    also=[lambda lam, lr, tol: max(steps(lam[:1], lr, tol), never(lam, lr, tol))],
)
def first_in_the_list(lam: Array, lr: float, tol: float) -> Any:
    return steps(lam[:1], lr, tol)


def loss_rounded_down(lam: Array, lr: float, tol: float) -> Any:
    return count(float(np.abs(1 - lr * lam).max()) ** 2, tol, math.floor)


def loss_itself(lam: Array, lr: float, tol: float) -> Any:
    return first_below(lam, lr, tol, lambda off: float((lam * off**2).sum() / 2))


@slip(
    "You wait until the loss is small enough. It shrinks with the square of the "
    "factor, the distance does not: which of them is the tolerance for?",
    also=[
        loss_rounded_down,
        lambda lam, lr, tol: count(
            float(np.abs(1 - lr * lam).max()) ** 2, tol, lambda part: int(part) + 1
        ),
        loss_itself,
        lambda lam, lr, tol: first_below(lam, lr, tol, lambda off: off.max() ** 2 / 2),
        lambda lam, lr, tol: first_below(lam, lr, tol, lambda off: (off**2).sum()),
    ],
)
def loss_for_distance(lam: Array, lr: float, tol: float) -> Any:
    return count(float(np.abs(1 - lr * lam).max()) ** 2, tol, math.ceil)


@slip(
    "One step too few: after that many, the distance is still above the tolerance. "
    "What happens to a fraction of a step in your code?"
)
def rounded_down(lam: Array, lr: float, tol: float) -> Any:
    return count(float(np.abs(1 - lr * lam).max()), tol, math.floor)


@slip(
    "You round to the nearest whole number, which is sometimes one step too few. After "
    "12.3 steps' worth of waiting, are 12 steps enough?"
)
def rounded_to_the_nearest(lam: Array, lr: float, tol: float) -> Any:
    return count(float(np.abs(1 - lr * lam).max()), tol, round)


@slip(
    "Nobody takes a fraction of a step. Your number says when a smooth curve would "
    "cross the tolerance; after how many whole steps is the distance below it?",
    also=[*speed_formula.FRACTIONS],
)
def fraction_of_a_step(lam: Array, lr: float, tol: float) -> Any:
    return count(float(np.abs(1 - lr * lam).max()), tol, float)


def one_too_many_if_any(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.abs(1 - lr * lam).max())
    return count(factor, tol, lambda part: math.ceil(part) + 1)


def two_more_than_whole(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.abs(1 - lr * lam).max())
    return count(factor, tol, lambda part: int(part) + 2)


def counted_from_one(lam: Array, lr: float, tol: float) -> Any:
    return 0 if tol >= 1 else 1 + steps(lam, lr, tol)


@slip(
    "One step too many: a step earlier, the distance is within the tolerance already. "
    "Print it for both.",
    also=[
        one_too_many_if_any,
        counted_from_one,
        two_more_than_whole,
        lambda lam, lr, tol: (
            two_more_than_whole(lam, lr, tol) + (tol < 1 and not (1 - lr * lam).any())
        ),
    ],
)
def one_too_many(lam: Array, lr: float, tol: float) -> Any:
    return 1 + count(float(np.abs(1 - lr * lam).max()), tol, math.ceil)


@slip(
    "Where a factor is 1 or more, your formula still gives a number. Multiply by 1.3 "
    "again and again: after how many steps are you close?",
    also=[speed_formula.ROUNDED_UP_BY_NUMPY],
)
def divergence_overlooked(lam: Array, lr: float, tol: float) -> Any:
    factor = np.abs(1 - lr * lam).max()
    if tol >= 1:
        return 0
    return 1 if factor == 0 else np.ceil(np.log(tol) / np.log(factor))


@slip(
    "Your formula knows nothing of directions that never arrive: it gives fewer than "
    "no steps for a factor above 1, and stops at a factor of 1. What do you divide by "
    "there? Which answer does the text ask for in both?",
    also=[speed_formula.ROUNDED_UP_BY_MATH, speed_formula.WHOLE_BY_NUMPY],
)
def division_by_zero(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.abs(1 - lr * lam).max())
    if tol >= 1:
        return 0
    return 1 if factor == 0 else math.ceil(math.log(tol) / math.log(factor))


def stopped_by_standing_still(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.abs(1 - lr * lam).max())
    if factor == 1 and tol < 1:
        return math.log(tol) / math.log(factor)
    return steps(lam, lr, tol)


def wall_alone(lam: Array, lr: float, tol: float) -> Any:
    if lr < 2 / lam.max() or tol >= 1:
        return stopped_by_standing_still(lam, lr, tol)
    return math.inf


@slip(
    "A factor of exactly 1 does not diverge. Does it ever arrive? Look at what your "
    "formula divides by there.",
    also=[stopped_by_standing_still, wall_alone],
)
def standing_still_overlooked(lam: Array, lr: float, tol: float) -> Any:
    factor = np.abs(1 - lr * lam).max()
    if tol >= 1:
        return 0
    if factor > 1:
        return math.inf
    return 1 if factor == 0 else np.ceil(np.log(tol) / np.log(factor))


@slip(
    "With a tolerance above 1 you need fewer than no steps. Every direction starts at "
    "the distance 1: how many steps does it take to get there?"
)
def fewer_than_none(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.abs(1 - lr * lam).max())
    if factor >= 1:
        return math.inf
    return 1 if factor == 0 else math.ceil(math.log(tol) / math.log(factor))


@slip(
    "You ask whether a direction diverges before you ask how close the start is. If "
    "the tolerance is met before the first step, does it matter what comes later?"
)
def divergence_before_tolerance(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.abs(1 - lr * lam).max())
    return math.inf if factor >= 1 else steps(lam, lr, tol)


@slip(
    "With a tolerance of exactly 1, and a rate that diverges, you say that it never "
    "happens. How far away is the start: does the definition ask for less than the "
    "tolerance?"
)
def tolerance_of_one(lam: Array, lr: float, tol: float) -> Any:
    return divergence_before_tolerance.mutant(lam, lr, tol) if tol <= 1 else 0


@slip(
    "You take a step before you look. What if the start is close enough already, as it "
    "is with a tolerance above 1?",
    also=[
        lambda lam, lr, tol: max(1, divergence_before_tolerance.mutant(lam, lr, tol))
    ],
)
def always_a_step(lam: Array, lr: float, tol: float) -> Any:
    return max(1, steps(lam, lr, tol))


SLIPS = (
    sign_kept,
    other_side_counts_as_near,
    decays_without_steps,
    ratio_upside_down,
    fastest_direction,
    steepest_direction,
    flattest_direction,
    together,
    one_after_the_other,
    first_in_the_list,
    loss_for_distance,
    rounded_down,
    rounded_to_the_nearest,
    fraction_of_a_step,
    one_too_many,
    divergence_overlooked,
    division_by_zero,
    standing_still_overlooked,
    fewer_than_none,
    divergence_before_tolerance,
    tolerance_of_one,
    always_a_step,
)
