"""Exercises of the unit NN-topic. This file stands beside the unit's notebook.

To try it: nnkit test-exercises NN-topic
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import signed
from nnkit.exercises.spec import Case, Exercise, backprop_of, slip

Array = np.ndarray[Any, np.dtype[Any]]


def loss(X: Any, y: Any, w: Any, penalty: Any) -> Any:
    """Return L = mean over rows of (Xw − y)² + penalty · Σ w²."""
    residual = X @ w - y
    return (residual * residual).mean() + penalty * (w * w).sum()


def batches(rng: np.random.Generator) -> Sequence[Case]:
    """Draw the calls: sizes that differ, a square, one row, the same sizes again."""

    def draw(m: int, n: int) -> tuple[Any, ...]:
        X, y = rng.normal(size=(m, n)), rng.uniform(-2, 2, m)
        return X, y, signed(rng, n), float(rng.uniform(0.5, 1.5))

    return (
        Case("five rows of three inputs", draw(5, 3)),
        Case("a single row", draw(1, 3)),
        Case("as many rows as inputs", draw(4, 4)),
        Case("five rows of three inputs, other numbers", draw(5, 3)),
    )


@slip("The gradient points uphill. Which way does yours point?")
def sign_flipped(X: Array, y: Array, w: Array, penalty: float) -> Any:
    return -(2 * X.T @ (X @ w - y) / len(y) + 2 * penalty * w)


@slip("Your answer grows with the number of rows. Is this a sum over them, or a mean?")
def sum_for_mean(X: Array, y: Array, w: Array, penalty: float) -> Any:
    return 2 * X.T @ (X @ w - y) + 2 * penalty * w


@slip("Let the residuals be 0: does the loss still change with w? Yours says no.")
def penalty_forgotten(X: Array, y: Array, w: Array, penalty: float) -> Any:
    return 2 * X.T @ (X @ w - y) / len(y)


@slip("The penalty is a sum over the weights. Which of your terms divides it by rows?")
def penalty_averaged(X: Array, y: Array, w: Array, penalty: float) -> Any:
    return 2 * (X.T @ (X @ w - y) + penalty * w) / len(y)


ridge_grad = Exercise(
    "ridge_grad",
    unit="NN-topic",
    points=2,
    params=("X", "y", "w", "penalty"),
    parts=("dw",),
    cases=batches,
    reference=backprop_of(loss, wrt=("w",)),
    slips=(sign_flipped, sum_for_mean, penalty_forgotten, penalty_averaged),
)

EXERCISES = (ridge_grad,)
