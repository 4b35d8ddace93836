"""Unit 2: rules of one's own for when to count steps, and for when to give up."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate.speed_slips import first_below, steps
from nnkit.exercises.spec import slip


@slip(
    "Where every factor is 0 you say that no step is needed. What is log(0), and what "
    "is left when you divide by it? Before the first step, how far away is the minimum?"
)
def logarithm_of_zero(lam: Array, lr: float, tol: float) -> Any:
    factor = np.abs(1 - lr * lam).max()
    return 0 if factor == 0 else steps(lam, lr, tol)


@slip(
    "Your function stops where every factor is 0: there is no logarithm of 0. After "
    "one step with that factor, how far away is the minimum?"
)
def no_logarithm_of_zero(lam: Array, lr: float, tol: float) -> Any:
    factor = float(np.abs(1 - lr * lam).max())
    if tol >= 1:
        return 0
    return math.inf if factor >= 1 else math.ceil(math.log(tol) / math.log(factor))


@slip(
    "Where ηλ is above 1 you say that it never happens. Such a direction overshoots; "
    "is that the same as diverging? Follow the distance over three steps with the "
    "factor −0.5."
)
def overshoot_taken_for_divergence(lam: Array, lr: float, tol: float) -> Any:
    never = tol < 1 and float(np.max(lr * lam)) > 1
    return math.inf if never else steps(lam, lr, tol)


@slip(
    "With a rate of 1 or more you say that it never happens, whatever the curvatures "
    "are. Is a rate large or small as such? Which product decides?"
)
def rate_above_one(lam: Array, lr: float, tol: float) -> Any:
    return math.inf if tol < 1 <= lr else steps(lam, lr, tol)


def capped(most: int) -> Callable[..., Any]:
    """Return an answer that returns its count when it gives up."""

    def answer(lam: Array, lr: float, tol: float) -> Any:
        found = steps(lam, lr, tol)
        return most if most < found < math.inf else found

    return answer


def bounded(most: int) -> Callable[..., Any]:
    """Return an answer whose loop has a bound, and no other end."""
    return lambda lam, lr, tol: min(most, steps(lam, lr, tol))


@slip(
    "You give up before the slowest direction has arrived. The text says how many "
    "steps it can take; what ends your loop?",
    also=[capped(1000), capped(100), bounded(1000), bounded(100)],
)
def impatient(lam: Array, lr: float, tol: float) -> Any:
    found = steps(lam, lr, tol)
    return math.inf if found > 1000 else found


def word_for_never(word: Any) -> Callable[..., Any]:
    """Return an answer that says `word` where it should be inf."""

    def answer(lam: Array, lr: float, tol: float) -> Any:
        found = steps(lam, lr, tol)
        return word if found == math.inf else found

    return answer


def word_before_tolerance(word: Any) -> Callable[..., Any]:
    """Return an answer that says so also where no step is needed."""

    def answer(lam: Array, lr: float, tol: float) -> Any:
        diverges = np.abs(1 - lr * lam).max() >= 1
        return word if diverges else steps(lam, lr, tol)

    return answer


@slip(
    "Where it never happens you return a mark of your own, or what a search gives that "
    "has found nothing. Which value does the text ask for?",
    also=[
        *(word_for_never(word) for word in (None, math.nan, 0, -math.inf, "inf")),
        *(word_before_tolerance(word) for word in (-1, None, math.nan, "inf")),
    ],
)
def own_word_for_never(lam: Array, lr: float, tol: float) -> Any:
    return word_for_never(-1)(lam, lr, tol)


@slip(
    "Where the distance comes out at exactly the tolerance you take one more step. "
    "What does the definition say of that one? (And where a formula gives a whole "
    "number, how many steps do you make of it?)"
)
def strictly_below(lam: Array, lr: float, tol: float) -> Any:
    found = steps(lam, lr, tol)
    met = 0 < found < math.inf and np.abs(1 - lr * lam).max() ** found == tol
    return found + 1 if met else found


def strictly_everywhere(lam: Array, lr: float, tol: float) -> Any:
    mutant = strictly_within if tol == 1 else strictly_below
    return mutant.mutant(lam, lr, tol)


@slip(
    "With a tolerance of exactly 1 the start is within it already. Do you compare the "
    "two before the first step, and with which comparison?",
    also=[lambda lam, lr, tol: strictly_everywhere(lam, lr, tol)],
)
def strictly_within(lam: Array, lr: float, tol: float) -> Any:
    if tol != 1:
        return steps(lam, lr, tol)
    return math.inf if np.abs(1 - lr * lam).max() >= 1 else 1


@slip(
    "One step too few: after that many, the distance is still above the tolerance. "
    "When do you look at the distance, and when do you count: before a step, or after?",
    also=[lambda lam, lr, tol: steps(lam, lr, tol) - 1],
)
def counted_too_late(lam: Array, lr: float, tol: float) -> Any:
    return max(0, steps(lam, lr, tol) - 1)


@slip(
    "You look at the first and the last direction of the list, as if it were sorted. "
    "In which order do the curvatures come?"
)
def ends_of_the_list(lam: Array, lr: float, tol: float) -> Any:
    return steps(lam[[0, -1]], lr, tol)


@slip(
    "Only the last direction of the list has a say: in your loop each takes the place "
    "of those before. Which of them arrives last?"
)
def last_in_the_list(lam: Array, lr: float, tol: float) -> Any:
    return steps(lam[-1:], lr, tol)


@slip(
    "You leave out a direction without curvature. Nothing pulls in it: does it ever "
    "come within the tolerance?"
)
def flat_direction_left_out(lam: Array, lr: float, tol: float) -> Any:
    return steps(lam[lam > 0], lr, tol)


@slip(
    "You measure a mean over the directions. It can be within the tolerance while one "
    "of them is still outside: how many of them may be late?",
    also=[
        lambda lam, lr, tol: first_below(
            lam, lr, tol, lambda off: float(np.sqrt((off**2).mean()))
        )
    ],
)
def mean_over_directions(lam: Array, lr: float, tol: float) -> Any:
    return first_below(lam, lr, tol, lambda off: float(off.mean()))


@slip(
    "Your factors are those of another rate: they hold a 2 too many, or one too few. "
    "By how much does one step change w where the slope is λw?",
    also=[lambda lam, lr, tol: steps(lam, lr / 2, tol)],
)
def rate_with_a_factor(lam: Array, lr: float, tol: float) -> Any:
    return steps(lam, 2 * lr, tol)


def by_factors(factors: Callable[[Array, float], Array]) -> Callable[..., Any]:
    """Return who counts right, by factors of their own."""

    def answer(lam: Array, lr: float, tol: float) -> Any:
        worst = float(np.abs(factors(lam, lr)).max())
        return steps(np.array([1 - worst]), 1.0, tol)

    return answer


@slip(
    "With a rate of 0 nothing moves, so that every distance stays what it is: by which "
    "factor is it multiplied then? Put a rate of 0 into yours.",
    also=[
        by_factors(lambda lam, lr: 1 - lam),
        by_factors(lambda lam, lr: (1 - lr) * lam),
    ],
)
def another_factor(lam: Array, lr: float, tol: float) -> Any:
    return by_factors(lambda lam, lr: lr * lam)(lam, lr, tol)


@slip(
    "You make one direction of all of them, and count the steps of that one. Each has "
    "a curvature and a factor of its own: which of them is the last to arrive?",
    also=[
        lambda lam, lr, tol: steps(np.array([lam.sum()]), lr, tol),
        # By the mean of the factors: such a direction has this curvature.
        lambda lam, lr, tol: steps(
            np.array([(1 - np.abs(1 - lr * lam).mean()) / lr]), lr, tol
        ),
    ],
)
def directions_pooled(lam: Array, lr: float, tol: float) -> Any:
    return steps(np.array([lam.mean()]), lr, tol)


SLIPS = (
    logarithm_of_zero,
    no_logarithm_of_zero,
    another_factor,
    directions_pooled,
    overshoot_taken_for_divergence,
    rate_above_one,
    own_word_for_never,
    impatient,
    strictly_below,
    strictly_within,
    counted_too_late,
    ends_of_the_list,
    last_in_the_list,
    flat_direction_left_out,
    mean_over_directions,
    rate_with_a_factor,
)
