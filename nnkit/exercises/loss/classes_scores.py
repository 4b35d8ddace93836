"""Unit 4: cross-entropy of scores that have been scaled, and what is made of a loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import classes_right
from nnkit.exercises.spec import slip


def scaled(scale: Callable[[int], float], through: bool = False) -> Callable[..., Any]:
    """Make the answer that multiplies the scores with a number first.

    Args:
        scale: gives it for a number of classes.
        through: whether the gradient knows of it.
    """

    def softmax_ce(Z: Array, y: Array) -> Any:
        factor = scale(Z.shape[1])
        *_, loss, dZ = classes_right(Z * factor, y)
        return loss, dZ * factor if through else dZ

    return softmax_ce


def always(factor: float) -> Callable[[int], float]:
    return lambda classes: factor


def root(classes: int) -> float:
    return 1 / float(np.sqrt(classes))


@slip(
    "Your shares are more alike than the scores say, or less: twice the scores are not "
    "the same contest. By what do you multiply or divide them before softmax?",
    also=[
        scaled(root, through=True),
        scaled(always(0.5)),
        scaled(always(0.5), through=True),
        scaled(always(2.0)),
    ],
)
def scores_scaled(Z: Array, y: Array) -> Any:
    return scaled(root)(Z, y)


@slip(
    "Your loss is e to the power of what was asked for. That is called the perplexity: "
    "of a certain and right answer it is 1. What should the loss be there?"
)
def perplexity(Z: Array, y: Array) -> Any:
    *_, loss, dZ = classes_right(Z, y)
    return np.exp(loss), dZ


SLIPS = (scores_scaled, perplexity)
