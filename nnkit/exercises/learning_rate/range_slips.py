"""Unit 2: how the trials of a range test go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate.range_infinite import (
    LossAndGradient,
    losses,
    tidy,
    trial,
)
from nnkit.exercises.spec import slip


def goes_on_unchecked(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    w = np.array(w0, dtype=float)
    found = []
    for lr in lrs:
        for _ in range(steps):
            w = w - lr * loss_grad(w)[1]
        found.append(loss_grad(w)[0])
    return np.array(found)


def a_step_of_each(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return tidy(goes_on_unchecked(loss_grad, w0, lrs))


def a_loss_before_each(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return tidy([loss_grad(w0)[0], *goes_on_unchecked(loss_grad, w0, lrs[:-1])])


@slip(
    "Each of your trials goes on where the one before ended, so a rate is blamed for "
    "what another has done. From which point should every candidate start?",
    also=[goes_on_unchecked, a_step_of_each, a_loss_before_each],
)
def goes_on(loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1) -> Any:
    return tidy(goes_on_unchecked(loss_grad, w0, lrs, steps))


@slip(
    "After the call the caller's w0 has moved, and after your first trial it is no "
    "longer the start. `w = w0` gives the same array a second name."
)
def start_overwritten(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = []
    for lr in lrs:
        w = w0
        for _ in range(steps):
            w -= lr * loss_grad(w)[1]
        found.append(loss_grad(w)[0])
    return tidy(found)


@slip(
    "A start of whole numbers stops you: NumPy does not write a fraction into an "
    "array of integers. What dtype has your copy of w0?"
)
def integers_refuse(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = []
    for lr in lrs:
        w = w0.copy()
        for _ in range(steps):
            w -= lr * loss_grad(w)[1]
        found.append(loss_grad(w)[0])
    return tidy(found)


@slip(
    "Your loss is the one from before the last step. Where do you stand when all steps "
    "are done, and which call of `loss_grad` tells what the loss is there?"
)
def before_the_last_step(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return tidy([trial(loss_grad, w0, lr, steps - 1) for lr in lrs])


@slip("Count your steps: there is one more of them than you were asked for.")
def one_step_more(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return tidy([trial(loss_grad, w0, lr, steps + 1) for lr in lrs])


@slip("Every trial of yours takes a single step. What is the argument `steps` for?")
def steps_ignored(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return tidy([trial(loss_grad, w0, lr, 1) for lr in lrs])


def lowest_with_the_start(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    ways = [
        [trial(loss_grad, w0, lr, taken) for taken in range(steps + 1)] for lr in lrs
    ]
    return tidy([np.nanmin(way) for way in ways])


@slip(
    "You keep the lowest loss that a trial has met on its way. A rate that falls at "
    "first and then flies off would look good: of which point is the loss asked for?",
    also=[lowest_with_the_start],
)
def lowest_on_the_way(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    ways = [
        [trial(loss_grad, w0, lr, taken + 1) for taken in range(steps)] for lr in lrs
    ]
    return np.array([tidy(way).min() for way in ways])


@slip(
    "Within a trial you measure the slope once and walk along it for all steps. Where "
    "is the next slope to be measured?"
)
def slope_of_the_start(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    g = loss_grad(w0)[1]
    return tidy([loss_grad(w0 - steps * lr * g)[0] for lr in lrs])


@slip(
    "With the smallest rates your loss rises. A gradient points uphill: which way do "
    "your steps go?"
)
def uphill(loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1) -> Any:
    return tidy([trial(loss_grad, w0, -lr, steps) for lr in lrs])


def at_one_rate(which: Callable[[Array], float]) -> Callable[..., Any]:
    """Make the answer whose steps all have this rate, whichever is tried."""

    def mutant(
        loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
    ) -> Any:
        return tidy([trial(loss_grad, w0, which(lrs), steps) for _ in lrs])

    return mutant


@slip(
    "Every rate gets the same loss from you. In which of your steps is `lr` used?",
    also=[at_one_rate(lambda lrs: lrs[0]), at_one_rate(lambda lrs: lrs[-1])],
)
def rate_forgotten(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return at_one_rate(lambda lrs: 1.0)(loss_grad, w0, lrs, steps)


@slip(
    "Your steps are as long as if the rates were 0, 1, 2 and so on. `range(len(...))` "
    "and the first of the two values that `enumerate` gives count places: what stands "
    "at each place of lrs?"
)
def place_for_rate(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return tidy([trial(loss_grad, w0, place, steps) for place in range(len(lrs))])


@slip(
    "Your steps move all weights by the same amount: a loss stands where the gradient "
    "belongs. In which order does `loss_grad` return its two values?"
)
def loss_for_gradient(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    def loss_twice(w: Array) -> tuple[float, Any]:
        loss, _ = loss_grad(w)
        return loss, loss

    return tidy([trial(loss_twice, w0, lr, steps) for lr in lrs])


def signs_alone(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    def signs(w: Array) -> tuple[float, Array]:
        loss, g = loss_grad(w)
        return loss, np.sign(g)

    return tidy([trial(signs, w0, lr, steps) for lr in lrs])


@slip(
    "You keep the gradient's direction and throw away its length. Where the surface "
    "is nearly flat, how long should a step be in this rule, and how long is yours?",
    also=[signs_alone],
)
def direction_alone(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    def unit(w: Array) -> tuple[float, Array]:
        loss, g = loss_grad(w)
        return loss, g / np.linalg.norm(g)

    return tidy([trial(unit, w0, lr, steps) for lr in lrs])


@slip(
    "From a start of whole numbers your trials stay on whole numbers. What dtype does "
    "the array have that you store each new point in?"
)
def truncated(loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1) -> Any:
    found = []
    for lr in lrs:
        w = w0.copy()
        for _ in range(steps):
            w[:] = w - lr * loss_grad(w)[1]
        found.append(loss_grad(w)[0])
    return tidy(found)


@slip(
    "Within a trial every step sets out from w0 again. From which point should the "
    "second step set out?"
)
def always_from_the_start(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = []
    for lr in lrs:
        w = np.array(w0, dtype=float)
        for _ in range(steps):
            w = w0 - lr * loss_grad(w)[1]
        found.append(loss_grad(w)[0])
    return tidy(found)


@slip(
    "You return the loss of the start, for every rate. Where do your steps lead, and "
    "what is the loss there?"
)
def loss_of_the_start(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return np.full(len(lrs), loss_grad(w0)[0])


@slip("You come back after the first rate. Is there a `return` inside of your loop?")
def back_after_one_rate(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return losses(loss_grad, w0, lrs[:1], steps)


@slip(
    "After the call the caller's lrs is another, and your losses stand beside other "
    "rates. Which of your lines writes into lrs, or sorts it where it is?"
)
def rates_overwritten(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    lrs.sort()
    return losses(loss_grad, w0, lrs, steps)


@slip(
    "You move one weight, then measure the slope of the next one from where that has "
    "led. All slopes of a step belong to one and the same point."
)
def one_weight_at_a_time(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    found = []
    for lr in lrs:
        w = w0.astype(float)
        for j in list(range(len(w))) * steps:
            w[j] -= lr * loss_grad(w)[1][j]
        found.append(loss_grad(w)[0])
    return tidy(found)


@slip(
    "You sort the rates, but the caller will read the losses beside the rates as they "
    "were given. Which loss belongs to lrs[0]?"
)
def rates_sorted(
    loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1
) -> Any:
    return tidy([trial(loss_grad, w0, lr, steps) for lr in sorted(lrs)])


@slip(
    "You choose a rate; the question was only for the loss of each, in order. Choosing "
    "is left to whoever looks at the curve."
)
def best_rate(loss_grad: LossAndGradient, w0: Array, lrs: Array, steps: int = 1) -> Any:
    return lrs[losses(loss_grad, w0, lrs, steps).argmin()]


SLIPS = (
    goes_on,
    start_overwritten,
    integers_refuse,
    before_the_last_step,
    one_step_more,
    steps_ignored,
    lowest_on_the_way,
    slope_of_the_start,
    truncated,
    always_from_the_start,
    loss_of_the_start,
    back_after_one_rate,
    uphill,
    rate_forgotten,
    place_for_rate,
    loss_for_gradient,
    direction_alone,
    rates_overwritten,
    rates_sorted,
    best_rate,
    one_weight_at_a_time,
)
