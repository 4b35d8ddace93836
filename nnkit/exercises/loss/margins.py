"""Units 4 to 6: the hinge loss of several classes, taken for cross-entropy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Slip

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


def hinge_slip(
    scores_and_back: Callable[[Mapping[str, Array], Array], tuple[Array, Any]],
    right: Callable[..., tuple[Any, Any]],
) -> Slip:
    """Make the slip of who gives a network a hinge for its loss.

    Args:
        scores_and_back: gives scores, and the way from their slopes to all gradients.
        right: the right loss and gradients.
    """

    def by(hinge: Hinge, gradients: bool) -> Callable[..., Any]:
        def mutant(params: Mapping[str, Array], X: Array, y: Array) -> Any:
            scores, back = scores_and_back(params, X)
            loss, dZ = hinge(scores, y)
            return loss, back(dZ) if gradients else right(params, X, y)[1]

        return mutant

    first, *others = (
        by(each, gradients) for gradients in (True, False) for each in HINGES
    )
    return Slip("hinge-for-entropy", first, HINGE, tuple(others))
