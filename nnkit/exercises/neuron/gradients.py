"""Unit 1: the gradient of one neuron's mean squared error, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array, signed
from nnkit.exercises.neuron import (
    gradient_curves,
    gradient_losses,
    gradient_pairs,
    gradient_products,
    gradient_rows,
    gradient_slips,
)
from nnkit.exercises.spec import Case, Exercise, backprop_of
from nnkit.tensor import tanh


def mse_of_neuron(X: Any, y: Any, w: Any, b: Any) -> Any:
    """Return L = mean over rows of (tanh(Xw + b) − y)²; divisor m, no ½."""
    residual = tanh(X @ w + b) - y
    return (residual * residual).mean()


def regression_batches(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `neuron_grads`: X (m, n), y (m,), w (n,), b a number."""

    def draw(m: int, n: int) -> tuple[Any, ...]:
        X = rng.normal(size=(m, n))
        return X, rng.uniform(-2, 2, m), signed(rng, n), float(signed(rng))

    X, y, w, b = draw(6, 4)
    X *= 1000
    # No terms cancel in these rows: z is beyond the reach of exp, at either end.
    X[0], X[1] = 2000 * w, -3000 * w

    def far_labels(X: Array, y: Array, w: Array, b: float) -> tuple[Any, ...]:
        return X, 30 + 5 * y, w, b

    return (
        Case("five rows of three inputs", draw(5, 3)),
        Case("a single row", draw(1, 3)),
        Case("as many rows as inputs", draw(4, 4)),
        # A gradient beyond 1, so that nobody gets away with clipping it.
        Case("a single input", far_labels(*draw(6, 1))),
        Case("very large inputs", (X, y, w, b), extreme=True),
        Case("five rows of three inputs, other numbers", draw(5, 3)),
    )


def cancelling_terms(X: Array, y: Array, w: Array, b: float) -> tuple[float, float]:
    """Return the size that dw and db would have if the slope of tanh were 1.

    Where tanh saturates, 1 − a² is what two nearly equal numbers leave: its rounding
    is that of 1, not that of the tiny difference.
    """
    size = np.abs(np.tanh(X @ w + b) - y)
    return float((2 / len(y) * np.abs(X).T @ size).max()), float(2 * size.mean())


neuron_grads = Exercise(
    "neuron_grads",
    unit="01-neuron",
    points=3,
    params=("X", "y", "w", "b"),
    parts=("dw", "db"),
    cases=regression_batches,
    reference=backprop_of(mse_of_neuron, wrt=("w", "b")),
    scale=cancelling_terms,
    slips=(
        *gradient_slips.SLIPS,
        *gradient_products.SLIPS,
        *gradient_rows.SLIPS,
        *gradient_curves.SLIPS,
        *gradient_losses.SLIPS,
        *gradient_pairs.PAIRS,
    ),
)
