"""Unit 4: `mse` with a table or one number where a row belongs, or the reverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.squared_halves import right
from nnkit.exercises.spec import slip


@slip(
    "Each prediction of yours meets the labels of all examples, or their mean, and not "
    "its own alone. Is your residual a table? (A column (m, 1) minus a vector (m,) is "
    "m × m differences: print its shape.)",
    also=(
        lambda p, y, half: table_by_rows(p, y, half),
        lambda p, y, half: put_together(p.reshape(-1, 1) - y, half, 1),
        lambda p, y, half: put_together(p - y.reshape(-1, 1), half, 1),
        lambda p, y, half: put_together(p.reshape(-1, 1) - y, half, len(p)),
        lambda p, y, half: put_together(p - y.reshape(-1, 1), half, len(p)),
        lambda p, y, half: right(p, np.full(len(y), y.mean()), half),
    ),
)
def column_meets_row(p: Array, y: Array, half: bool) -> Any:
    r = p.reshape(-1, 1) - y
    factor = 1 if half else 2
    return factor / 2 * np.mean(r**2), factor * r / r.size


def table_by_rows(p: Array, y: Array, half: bool) -> Any:
    r = p.reshape(-1, 1) - y
    factor = 1 if half else 2
    return factor / 2 * np.sum(r**2) / len(r), factor * r / len(r)


def put_together(table: Array, half: bool, over: int) -> Any:
    """Return the loss of a table, and as slopes the means of its rows over a number."""
    factor = 1 if half else 2
    dp = factor * table.mean(axis=1) / over
    return factor / 2 * np.sum(table**2) / len(table) / over, dp


@slip(
    "The loss is one number for the whole batch; yours has an entry per example. What "
    "is done with the squares after the squaring?"
)
def loss_per_example(p: Array, y: Array, half: bool) -> Any:
    r, (_, dp) = p - y, right(p, y, half)
    return (r**2 / 2 if half else r**2), dp


@slip(
    "Each prediction can be moved on its own, so each has a slope of its own. A "
    "gradient has the shape of what it is the gradient of."
)
def slopes_averaged(p: Array, y: Array, half: bool) -> Any:
    loss, dp = right(p, y, half)
    return loss, dp.sum()
