"""Unit 2: descents with another rate than the one that was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate.run_rules import Gradient, fading, follow
from nnkit.exercises.learning_rate.run_slips import path
from nnkit.exercises.spec import slip


def at_rate(rate: Callable[[float, int, int], float]) -> Callable[..., Any]:
    """Return a descent whose rate is made of `lr`, the number of weights, and T."""
    return lambda grad, w0, lr, T: path(
        grad, np.asarray(w0, dtype=float), rate(lr, len(w0), max(T, 1)), T
    )


@slip(
    "Your steps are those of another rate: right in their direction, and each of them "
    "too long or too short in the same way. What happens to `lr` in your code before "
    "the slope is multiplied with it?",
    also=[
        at_rate(lambda lr, d, T: lr / 2),
        at_rate(lambda lr, d, T: 2 * lr),
        at_rate(lambda lr, d, T: lr / d),
        at_rate(lambda lr, d, T: lr / T),
        at_rate(lambda lr, d, T: lr**0.5),
    ],
)
def rate_changed(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return at_rate(lambda lr, d, T: lr**2)(grad, w0, lr, T)


def falling_at_once(keep: float) -> Callable[..., Any]:
    return fading(lambda t, T: float(keep ** (t + 1)))


def power_of_the_rate(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return fading(lambda t, T: lr**t)(grad, w0, lr, T)


@slip(
    "Your rate is another one from step to step. The text gives one number for all of "
    "them: which of your lines counts steps, and what does it do to `lr`?",
    also=[
        power_of_the_rate,
        fading(lambda t, T: t + 1),
        fading(lambda t, T: t),
        fading(lambda t, T: 1 / np.sqrt(t + 2)),
        *map(falling_at_once, (0.5, 0.9, 0.95, 0.99)),
    ],
)
def rate_counts_steps(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return fading(lambda t, T: 1 / (t + 2))(grad, w0, lr, T)


def decayed(share: float) -> Callable[..., Any]:
    """Return a descent that adds a share of the point to its slope."""
    return lambda grad, w0, lr, T: follow(
        grad, w0, T, lambda w: w - lr * (grad(w) + share * w)
    )


def shrunk(keep: float) -> Callable[..., Any]:
    """Return a descent whose point shrinks in every step."""
    return lambda grad, w0, lr, T: follow(
        grad, w0, T, lambda w: keep * w - lr * grad(w)
    )


@slip(
    "Your point is drawn towards 0, even where the slope is 0: that is weight decay, "
    "which belongs to another loss. What stands in your step besides the point, the "
    "rate and the slope?",
    also=[
        *map(decayed, (0.001, 0.1, 0.5, 1e-4)),
        *map(shrunk, (0.999, 0.99, 0.9)),
    ],
)
def weight_decay(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return decayed(0.01)(grad, w0, lr, T)


@slip(
    "With you no weight ever grows, whichever way the surface falls: you take the size "
    "of each slope. What does the sign of a slope say?"
)
def slopes_without_sign(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w - lr * np.abs(grad(w)))


@slip(
    "You square the slope. Where it is half as steep, how long is a step of yours, and "
    "how long should it be?",
    also=[
        lambda grad, w0, lr, T: follow(
            grad, w0, T, lambda w: w - lr * grad(w) * np.abs(grad(w))
        ),
    ],
)
def slopes_squared(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w - lr * grad(w) ** 2)


def ahead(share: float) -> Callable[..., Any]:
    """Return a descent by the slope a share of a step farther on."""
    return lambda grad, w0, lr, T: follow(
        grad, w0, T, lambda w: w - lr * grad(w - share * lr * grad(w))
    )


def mean_of_both_ends(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(
        grad, w0, T, lambda w: w - lr * (grad(w) + grad(w - lr * grad(w))) / 2
    )


@slip(
    "You measure slopes farther on, too, and not only at the point that a step sets "
    "out from. How often does plain gradient descent measure in a step, and where?",
    also=[ahead(1.0), mean_of_both_ends],
)
def slope_farther_on(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return ahead(0.5)(grad, w0, lr, T)


SLIPS = (
    rate_changed,
    rate_counts_steps,
    weight_decay,
    slopes_without_sign,
    slopes_squared,
    slope_farther_on,
)
