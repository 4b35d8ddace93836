"""Unit 4: the hinge loss of several classes, which is taken for cross-entropy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnkit.exercises.draw import Array

Hinge = Callable[[Array, Array], tuple[float, Array]]
"""A loss and its slopes, of scores and labels."""

HINGE = (
    "You take a loss that asks by how much the label's score is ahead of the others: "
    "beyond a lead of 1, more of it earns nothing. That is a hinge. Whose logarithm "
    "does the task ask for, and which scores of a row are in it?"
)


def _leads(Z: Array, y: Array) -> Array:
    """Return by how much each class comes nearer to the label's than 1; at it, 0."""
    each = np.arange(len(y))
    short: Array = np.maximum(0, Z - Z[each, y][:, None] + 1)
    short[each, y] = 0
    return short


def _of_all(Z: Array, y: Array) -> tuple[float, Array]:
    short = _leads(Z, y)
    dZ = (short > 0).astype(float)
    dZ[np.arange(len(y)), y] = -dZ.sum(axis=1)
    return short.sum() / len(y), dZ / len(y)


def _of_the_nearest(Z: Array, y: Array) -> tuple[float, Array]:
    short, each = _leads(Z, y), np.arange(len(y))
    nearest = short.argmax(axis=1)
    counts = (short[each, nearest] > 0) / len(y)
    dZ = np.zeros(Z.shape)
    dZ[each, nearest] += counts
    dZ[each, y] -= counts
    return short[each, nearest].mean(), dZ


def _with_the_label(Z: Array, y: Array) -> tuple[float, Array]:
    loss, dZ = _of_all(Z, y)
    return loss + 1, dZ


HINGES: tuple[Hinge, ...] = (_of_all, _of_the_nearest, _with_the_label)
"""Over all other classes, over the nearest alone, and with the label's own term."""
