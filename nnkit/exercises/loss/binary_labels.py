"""Unit 4: binary cross-entropy for which a label is yes or no, and nothing between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import binary_right, sigmoid
from nnkit.exercises.spec import slip


def hard_labels_alone(z: Array, y: Array) -> tuple[Any, Any]:
    """Return loss and gradient of the rows whose label is 0 or 1, divided by m."""
    hard, m = (y == 0) | (y == 1), len(z)
    _, loss, dz = binary_right(z[hard], y[hard])
    slopes = np.zeros(m)
    slopes[hard] = dz * hard.sum() / m
    return loss * hard.sum() / m, slopes


@slip(
    "A label of 0.3 is treated as 0 in your code. Labels may lie between 0 and 1: "
    "what does the printed formula do with one that is not 1?"
)
def labels_compared_with_one(z: Array, y: Array) -> Any:
    return binary_right(z, np.where(y == 1, 1.0, 0.0))[1:]


@slip(
    "An example whose label is neither 0 nor 1 has no part in your answer. What does "
    "the printed formula do with a label of 0.7?",
    also=(lambda z, y: (binary_right(z, y)[1], hard_labels_alone(z, y)[1]),),
)
def soft_labels_left_out(z: Array, y: Array) -> Any:
    return hard_labels_alone(z, y)


@slip(
    "Your code rounds the labels to 0 or 1. Labels may lie between: what does the "
    "printed formula do with a label of 0.7?",
    also=(lambda z, y: binary_right(z, np.where(y > 0, 1.0, 0.0))[1:],),
)
def labels_rounded(z: Array, y: Array) -> Any:
    return binary_right(z, np.where(y > 0.5, 1.0, 0.0))[1:]


def smoothed(eps: float, both: bool = True) -> Callable[..., Any]:
    """Make the answer that moves the labels towards ½."""

    def mutant(z: Array, y: Array) -> Any:
        _, loss, dz = binary_right(z, (1 - eps) * y + eps / 2)
        return loss, dz if both else binary_right(z, y)[2]

    return mutant


@slip(
    "You move the labels towards ½ before the loss sees them. That is label smoothing, "
    "and it is another loss: what does the printed formula charge for a label of 1?",
    also=(
        *map(smoothed, (0.2, 0.05, 0.02, 0.01)),
        *(smoothed(eps, both=False) for eps in (0.1, 0.2, 0.05)),
    ),
)
def labels_smoothed(z: Array, y: Array) -> Any:
    return smoothed(0.1)(z, y)


@slip(
    "Every logit meets every label here, and not its own alone. A column (m, 1) with a "
    "vector (m,) does that, a table of m × m numbers, and so does a mean times another "
    "mean. Where do you combine the two, and in which shapes?",
    also=(
        lambda z, y: (table_of_pairs(z, y)[0], binary_right(z, y)[2]),
        lambda z, y: (binary_right(z, y)[1], table_of_pairs(z, y)[1]),
    ),
)
def column_meets_row(z: Array, y: Array) -> Any:
    return table_of_pairs(z, y)


def table_of_pairs(z: Array, y: Array) -> tuple[Any, Array]:
    """Return loss and gradient with the labels in a column, and the logits not."""
    column = y.reshape(-1, 1)
    loss = np.mean(np.logaddexp(0, z) - z * column)
    return loss, (sigmoid(z) - column) / len(z)


@slip(
    "log(1 + exp(−y z)) is the same loss for labels that are −1 and 1. Which labels "
    "come here, and what does yours charge for a confident mistake with y = 0?"
)
def labels_of_both_signs(z: Array, y: Array) -> Any:
    return of_signs(z, y)


def of_signs(z: Array, y: Array) -> tuple[Any, Array]:
    """Return loss and gradient for labels that are −1 and 1."""
    return np.mean(np.logaddexp(0, -y * z)), -y * sigmoid(-y * z) / len(z)


@slip(
    "You make a sign of the label, and 2y − 1 is one only where y is 0 or 1. What "
    "becomes of it at a label of ½, and what does the printed formula charge there?",
    also=(lambda z, y: (of_signs(z, 2 * y - 1)[0], binary_right(z, y)[2]),),
)
def labels_made_signs(z: Array, y: Array) -> Any:
    return of_signs(z, 2 * y - 1)


@slip(
    "Your slopes never have a minus. A prediction that is too low should rise: what in "
    "your gradient knows on which side it lies?",
    also=(lambda z, y: (binary_right(z, y)[1], np.abs(sigmoid(z) - y) / len(z)),),
)
def side_lost(z: Array, y: Array) -> Any:
    p, loss, _ = binary_right(z, y)
    return loss, (y * (1 - p) + (1 - y) * p) / len(z)


@slip(
    "You multiply by z. A miss times an input is the slope by a *weight*: by what was "
    "the slope asked for here?"
)
def multiplied_by_the_logit(z: Array, y: Array) -> Any:
    _, loss, dz = binary_right(z, y)
    return loss, dz * z


SLIPS = (
    side_lost,
    multiplied_by_the_logit,
    labels_of_both_signs,
    labels_made_signs,
    labels_compared_with_one,
    soft_labels_left_out,
    labels_rounded,
    labels_smoothed,
    column_meets_row,
)
