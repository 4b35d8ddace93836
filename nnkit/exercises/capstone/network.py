"""The capstone's network, 2 or more inputs, two tanh layers, scores for K classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array, signed

Params = Mapping[str, Array]

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


def shapes(n: int, h1: int, h2: int, k: int) -> dict[str, tuple[int, ...]]:
    """Return the shape of each parameter, by its name."""
    return {
        "W1": (n, h1),
        "b1": (h1,),
        "W2": (h1, h2),
        "b2": (h2,),
        "W3": (h2, k),
        "b3": (k,),
    }


def draw_params(
    rng: np.random.Generator, sizes: Sequence[int], order: Sequence[str] = NAMES
) -> dict[str, Array]:
    """Draw parameters around 1 in size, of both signs."""
    drawn = {name: signed(rng, *shape) for name, shape in shapes(*sizes).items()}
    return {name: drawn[name] for name in order}


def forward(params: Params, X: Any) -> tuple[Array, Array, Array]:
    """Return the activations of both hidden layers, and the scores."""
    A1 = np.tanh(X @ params["W1"] + params["b1"])
    A2 = np.tanh(A1 @ params["W2"] + params["b2"])
    return A1, A2, A2 @ params["W3"] + params["b3"]


def mean_loss(scores: Array, y: Array) -> Any:
    """Return the mean cross-entropy of scores (m, K) and classes y (m,)."""
    off = scores - scores.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(off).sum(axis=1)) - off[np.arange(len(y)), y])


def probabilities(scores: Array) -> Array:
    """Return the softmax of each row."""
    E = np.exp(scores - scores.max(axis=1, keepdims=True))
    P: Array = E / E.sum(axis=1, keepdims=True)
    return P


def backward(
    params: Params,
    X: Array,
    hidden: tuple[Array, Array],
    dZ3: Array,
    slopes: tuple[Any, Any] | None = None,
) -> dict[str, Array]:
    """Return the gradients, given that of the scores.

    Args:
        params: the parameters.
        X: the inputs.
        hidden: the activations of both hidden layers.
        dZ3: gradient of the loss at the scores.
        slopes: of the two hidden layers; those of tanh if not given.
    """
    A1, A2 = hidden
    slope1, slope2 = slopes if slopes is not None else (1 - A1**2, 1 - A2**2)
    dZ2 = (dZ3 @ params["W3"].T) * slope2
    dZ1 = (dZ2 @ params["W2"].T) * slope1
    return {
        "W1": X.T @ dZ1,
        "b1": dZ1.sum(axis=0),
        "W2": A1.T @ dZ2,
        "b2": dZ2.sum(axis=0),
        "W3": A2.T @ dZ3,
        "b3": dZ3.sum(axis=0),
    }


def scores_and_back(
    params: Params, X: Array
) -> tuple[Array, Callable[[Array], dict[str, Array]]]:
    """Return the scores, and the way from their gradient to all others."""
    A1, A2, scores = forward(params, X)
    return scores, lambda dZ3: backward(params, X, (A1, A2), dZ3)


def loss_and_gradients(params: Params, X: Array, y: Array) -> Any:
    """Return (loss, gradients), worked out by hand; the slips spoil it."""
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    return mean_loss(scores, y), backward(params, X, (A1, A2), dZ3)
