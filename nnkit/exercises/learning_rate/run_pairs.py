"""Unit 2: two mistakes in one step, where numbers show neither alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate.run_rules import Gradient, follow
from nnkit.exercises.learning_rate.run_slips import (
    always_from_the_start,
    rate_forgotten,
    slope_of_the_start,
    uphill,
)
from nnkit.exercises.spec import both

Step = Callable[[Array, Array, Gradient, float], Array]
"""From w0 and w, the gradient and the rate, to the next point."""


def by(step: Step) -> Callable[..., Any]:
    """Return a descent by such steps."""
    return lambda grad, w0, lr, T: follow(grad, w0, T, lambda w: step(w0, w, grad, lr))


PAIRS = (
    both(uphill, rate_forgotten, by(lambda w0, w, grad, lr: w + grad(w))),
    both(uphill, slope_of_the_start, by(lambda w0, w, grad, lr: w + lr * grad(w0))),
    both(uphill, always_from_the_start, by(lambda w0, w, grad, lr: w0 + lr * grad(w))),
    both(rate_forgotten, slope_of_the_start, by(lambda w0, w, grad, lr: w - grad(w0))),
    both(
        rate_forgotten, always_from_the_start, by(lambda w0, w, grad, lr: w0 - grad(w))
    ),
)
