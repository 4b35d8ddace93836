"""Unit 4: what its exercises have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Slip
from nnkit.gradients import value_and_grad


def loss_and_backprop(loss: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """Turn a loss into (loss, gradient by its first argument), by nnkit's backprop.

    Args:
        loss: returns a scalar Tensor.
    """
    both = value_and_grad(loss)

    def reference(prediction: Array, *rest: Any) -> tuple[Any, Any]:
        # An answer may be given whole numbers; backprop needs numbers that can move.
        return both(np.asarray(prediction, dtype=np.float64), *rest)

    return reference


# What the slips are made of: right, so that each goes wrong in one place only.


def sigmoid(z: Array) -> Array:
    """Return σ(z) without overflow."""
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z < 0, small, 1) / (1 + small))


def softmax(Z: Array) -> Array:
    """Return the softmax of each row."""
    powers = np.exp(Z - Z.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def log_shares(Z: Array) -> Array:
    """Return the logarithm of each row's softmax."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def one_hot(y: Array, classes: int) -> Array:
    """Return a row for each label, 1 at the label and 0 elsewhere."""
    return np.eye(classes)[y]


def binary_right(z: Array, y: Array) -> tuple[Array, Any, Array]:
    """Return the probability, and the right loss and gradient, of logits."""
    p = sigmoid(z)
    loss = np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))
    return p, loss, (p - y) / len(z)


def binary_by_formula(p: Array, y: Array) -> Any:
    """Return the binary cross-entropy of probabilities, exactly as it is printed."""
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def classes_right(Z: Array, y: Array) -> tuple[Array, Array, Any, Array]:
    """Return shares, one-hot labels, and the right loss and gradient, of scores."""
    P, Y = softmax(Z), one_hot(y, Z.shape[1])
    return P, Y, -log_shares(Z)[np.arange(len(y)), y].mean(), (P - Y) / len(Z)


def with_labels(Z: Array, Y: Array) -> tuple[Any, Array]:
    """Return loss and gradient of scores, with this table for the one-hot labels."""
    return -(Y * log_shares(Z)).sum() / len(Z), (softmax(Z) - Y) / len(Z)


def of_logs(log_p: Array, y: Array) -> tuple[Any, Array]:
    """Return loss and gradient, from what is taken for the logarithms of shares."""
    dZ = (np.exp(log_p) - one_hot(y, log_p.shape[1])) / len(y)
    return -log_p[np.arange(len(y)), y].mean(), dZ


ONE_LESS = (
    "You divide by m − 1. That is for a variance, which is measured from the mean of "
    "its own numbers; a mean divides by how many there are. What does yours come to "
    "for a single example?"
)


def divided_by_one_less(right: Callable[..., tuple[Any, Any]]) -> Slip:
    """Declare the slip of who divides by m − 1, in loss and gradient or in one alone.

    Args:
        right: returns the right loss and gradient; its first argument has m rows.
    """

    def by(least: int, loss_too: bool, slopes_too: bool) -> Callable[..., Any]:
        def mutant(given: Array, *rest: Any) -> Any:
            loss, slopes = right(given, *rest)
            factor = np.float64(len(given)) / max(len(given) - 1, least)
            return loss * factor**loss_too, slopes * factor**slopes_too

        return mutant

    first, *others = (
        by(least, *where)
        for least in (0, 1)  # what a single row gives: nothing finite, or what is right
        for where in ((True, True), (True, False), (False, True))
    )
    return Slip(
        "divided-by-one-less",
        first,
        ONE_LESS,
        tuple(others),
    )


def middle_of_row(Z: Array) -> Array:
    """Return the median of each row, as a column.

    `np.median` costs 40 ms when it is first called: it imports `numpy.ma`.
    """
    K = Z.shape[1]
    ordered = np.sort(Z, axis=1)
    return np.asarray(ordered[:, [(K - 1) // 2, K // 2]].mean(axis=1, keepdims=True))


OTHER_LOGARITHM = (
    "The logarithm here is the natural one, with the base e. Which base has yours?"
)

SMALL = tuple(10.0**-n for n in range(5, 16))
"""What people add to a share, or clip it at, so that its logarithm is finite."""

TINY = (float(np.finfo(np.float64).eps), 1e-16, 1e-20, 1e-30, 1e-100, 1e-300)
"""The like, and so small that 1 less it is 1."""


CLIPS = (20, 30, 50, 88, 100, 200, 300, 500, 700)
"""Where people cut scores off, so that exp neither overflows nor gives 0."""

SCORES_CUT_OFF = (
    "Something of yours is cut off at a limit, beyond which scores that differ come "
    "out alike. That hides an overflow; it does not compute the logarithm. What may be "
    "done to the scores of a row that changes none of its shares?"
)


def cut_off(make: Callable[[Callable[[Array], Array]], Any]) -> tuple[Any, ...]:
    """Make a mutant for each way to cut scores off before they meet exp.

    Args:
        make: takes the way, a function of the table of scores, and returns the mutant.
    """
    plain = [lambda Z, c=c: np.clip(Z, -c, c) for c in CLIPS]
    gaps = [
        lambda Z, c=c: np.maximum(Z - Z.max(axis=1, keepdims=True), -c) for c in CLIPS
    ]
    return tuple(map(make, plain + gaps))


def floors(make: Callable[[Callable[[Array], Array]], Any]) -> tuple[Any, ...]:
    """Make a mutant for each way to keep what is inside of a logarithm off 0.

    Args:
        make: takes the way, a function of the array, and returns the mutant.
    """
    added = [lambda share, eps=eps: share + eps for eps in (*SMALL, *TINY)]
    clipped = [lambda share, eps=eps: np.maximum(share, eps) for eps in (*SMALL, *TINY)]
    return tuple(map(make, added + clipped))
