"""Unit 2: a rate's trial, and what becomes of it where the loss is not finite."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.adapters import materialize
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip

LossAndGradient = Callable[[Array], tuple[float, Array]]


def losses(loss_grad: Any, w0: Array, lrs: Array, steps: int = 1) -> Array:
    """Return the loss after `steps` steps from w0, for each rate; inf if not finite."""
    function: LossAndGradient = materialize(loss_grad)
    with np.errstate(all="ignore"):  # a rate that diverges is a finding, not a mishap
        return tidy([trial(function, w0, lr, steps) for lr in lrs])


def trial(loss_grad: LossAndGradient, w0: Array, lr: float, steps: int) -> float:
    """Return the loss after some steps of one rate, whatever it is."""
    w = np.asarray(w0, dtype=float)
    for _ in range(steps):
        w = w - lr * loss_grad(w)[1]
    return loss_grad(w)[0]


def tidy(found: Sequence[float]) -> Array:
    """Return losses with inf in place of what is not finite."""
    return np.where(np.isfinite(found), found, np.inf)


def infinity_alone(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = [trial(loss_grad, w0, lr, steps) for lr in lrs]
    return np.array([math.inf if math.isinf(loss) else loss for loss in found])


@slip(
    "nan slips through: it is neither larger nor smaller than anything, so a "
    "comparison does not catch it. How do you ask whether a number is finite?",
    also=[infinity_alone],
)
def nan_slips_through(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = [trial(loss_grad, w0, lr, steps) for lr in lrs]
    return np.array([math.inf if loss > 1e300 else loss for loss in found])


@slip(
    "A loss of −inf would win every comparison, and a training that ends there has "
    "gone astray as well. What does the text ask for where a loss is not finite?"
)
def minus_infinity_wins(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = [trial(loss_grad, w0, lr, steps) for lr in lrs]
    return np.array([math.inf if math.isnan(loss) else loss for loss in found])


def infinite_from_there(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = losses(loss_grad, w0, lrs, steps)
    return np.where(np.logical_and.accumulate(np.isfinite(found)), found, np.inf)


@slip(
    "At the first rate that diverges you give up, and those behind it get no trial. Do "
    "the rates come in ascending order?",
    also=[infinite_from_there],
)
def ends_at_the_first_infinity(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = losses(loss_grad, w0, lrs, steps)
    finite = np.isfinite(found)
    return found if finite.all() else found[: finite.argmin()]


@slip(
    "Rates that diverge are missing from what you return. Which loss belongs to which "
    "rate, if some are left out?"
)
def infinite_left_out(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = losses(loss_grad, w0, lrs, steps)
    return found[np.isfinite(found)]


def worse_than_the_start(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = losses(loss_grad, w0, lrs, steps)
    return np.where(found <= loss_grad(w0)[0], found, np.inf)


@slip(
    "A large loss is a loss: yours is inf although it can be written down. Which "
    "question do you ask of a loss, and which one does the text want asked?",
    also=[worse_than_the_start],
)
def large_taken_for_infinite(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = losses(loss_grad, w0, lrs, steps)
    return np.where(found < 1e6, found, np.inf)


def number_for_infinite(number: float) -> Callable[..., Any]:
    """Return an answer that puts a number where the loss is not finite."""

    def answer(
        loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
    ) -> Any:
        found = losses(loss_grad, w0, lrs, steps)
        return np.where(np.isfinite(found), found, number)

    return answer


def tidied_by_default(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return np.nan_to_num([trial(loss_grad, w0, lr, steps) for lr in lrs])


def tidied_but_for_nan(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = [trial(loss_grad, w0, lr, steps) for lr in lrs]
    return np.nan_to_num(found, nan=math.inf)


def tidied_but_for_the_largest(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = [trial(loss_grad, w0, lr, steps) for lr in lrs]
    return np.nan_to_num(found, nan=math.inf, neginf=math.inf)


@slip(
    "Where the loss is not finite you put a value of your own, and whoever looks for "
    "the smallest loss may stumble over it. What does the text ask for, and what does "
    "`np.nan_to_num` put in unless you tell it?",
    also=[
        tidied_by_default,
        tidied_but_for_nan,
        tidied_but_for_the_largest,
        *map(number_for_infinite, (-1, 1e10, 1e308, math.nan)),
    ],
)
def value_of_ones_own(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return number_for_infinite(0)(loss_grad, w0, lrs, steps)


def halted(sound: Callable[[LossAndGradient, Array], Any]) -> Callable[..., Any]:
    """Return an answer that takes no step which leads to a point that is not sound."""

    def answer(
        loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
    ) -> Any:
        found = []
        for lr in lrs:
            w = np.asarray(w0, dtype=float)
            for _ in range(steps):
                further = w - lr * loss_grad(w)[1]
                if not np.all(sound(loss_grad, further)):
                    break
                w = further
            found.append(loss_grad(w)[0])
        return tidy(found)

    return answer


@slip(
    "A trial that flies off ends for you at the last point before that, and its rate "
    "looks no worse than others. Where would the step have led that you did not take, "
    "and what does the text ask for there?",
    also=[halted(lambda loss_grad, w: np.isfinite(w))],
)
def ends_before_it_flies_off(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return halted(lambda loss_grad, w: np.isfinite(loss_grad(w)[0]))(
        loss_grad, w0, lrs, steps
    )


SLIPS = (
    ends_before_it_flies_off,
    nan_slips_through,
    minus_infinity_wins,
    ends_at_the_first_infinity,
    infinite_left_out,
    large_taken_for_infinite,
    value_of_ones_own,
)
