"""Unit 5: the network of `mlp_grads` by hand, which its slips spoil."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array

Params = Mapping[str, Array]

NAMES = ("W1", "b1", "W2", "b2")


def forward(params: Params, X: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return the hidden activations, the probabilities, and the labels as rows."""
    A = np.tanh(X @ params["W1"] + params["b1"])
    scores = A @ params["W2"] + params["b2"]
    E = np.exp(scores - scores.max(axis=1, keepdims=True))
    return A, E / E.sum(axis=1, keepdims=True), np.eye(scores.shape[1])[y]


def scores_of(params: Params, X: Array) -> Array:
    """Return the scores."""
    A = np.tanh(X @ params["W1"] + params["b1"])
    return np.asarray(A @ params["W2"] + params["b2"])


def scores_and_back(
    params: Params, X: Array
) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
    """Return the scores, and the way from their gradient to all others."""
    A = np.tanh(X @ params["W1"] + params["b1"])
    scores = np.asarray(A @ params["W2"] + params["b2"])
    return scores, lambda dZ2: backward(params, X, A, dZ2, 1 - A**2)


def right_loss(params: Params, X: Array, y: Array) -> Any:
    """Return the mean cross-entropy; most slips below have it right."""
    A = np.tanh(X @ params["W1"] + params["b1"])
    scores = A @ params["W2"] + params["b2"]
    off = scores - scores.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(off).sum(axis=1)) - off[np.arange(len(y)), y])


def backward(
    params: Params, X: Array, A: Array, dZ2: Array, slope: Array
) -> dict[str, Array]:
    """Return the gradients, given that of the scores and the slope of each tanh."""
    dZ1 = (dZ2 @ params["W2"].T) * slope
    return {
        "W1": X.T @ dZ1,
        "b1": dZ1.sum(axis=0),
        "W2": A.T @ dZ2,
        "b2": dZ2.sum(axis=0),
    }


def from_scores(params: Params, X: Array, y: Array, dZ2: Array) -> Any:
    """Return (loss, gradients) that are right but for the gradient of the scores."""
    A, _, _ = forward(params, X, y)
    return right_loss(params, X, y), backward(params, X, A, dZ2, 1 - A**2)


def right_answer(params: Params, X: Array, y: Array) -> tuple[Any, dict[str, Array]]:
    """Return what is right; the slips above spoil it afterwards."""
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    return right_loss(params, X, y), backward(params, X, A, dZ2, 1 - A**2)


def by_shares(params: Params, X: Array, y: Array, P: Array) -> Any:
    """Return what follows from these shares, right or wrong, by their logarithm."""
    A, _, Y = forward(params, X, y)
    loss = -np.log(P[np.arange(len(y)), y]).mean()
    return loss, backward(params, X, A, (P - Y) / len(y), 1 - A**2)
