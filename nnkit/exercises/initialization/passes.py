"""Deep stacks of layers without biases, and how they are drawn for a case."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from nnkit import tensor
from nnkit.exercises.draw import Array, signed

KINDS = ("tanh", "relu", "linear")
FAR = 0.03
"""ReLU inputs are kept this far from 0, where the slope may be anything."""


def activation(z: Any, phi: str) -> Any:
    """Apply an activation by its name, to an array or a Tensor."""
    if phi == "tanh":
        return tensor.tanh(z)
    return tensor.relu(z) if phi == "relu" else z


def forward(Ws: list[Array], X: Array, phi: str) -> tuple[list[Array], list[Array]]:
    """Return the pre-activations and the activations of all layers."""
    zs, activations = [], []
    a = X
    for W in Ws:
        zs.append(a @ W)
        a = activation(zs[-1], phi)
        activations.append(a)
    return zs, activations


def rows_of(activations: Sequence[Array]) -> Array:
    """Return the right row for each array. Slips choose other arrays."""
    return np.array([[a.mean(), (a**2).mean()] for a in activations])


def slope(z: Array, phi: str) -> Array:
    """Return the derivative of an activation by its name."""
    if phi == "tanh":
        return np.asarray(1 - np.tanh(z) ** 2)
    return (z > 0) * 1.0 if phi == "relu" else np.ones_like(z)


def stack(
    rng: np.random.Generator, m: int, widths: tuple[int, ...], phi: str
) -> tuple[list[Array], Array]:
    """Draw weights (widths[l], widths[l+1]) and rows X (m, widths[0]).

    Signals neither die out nor grow beyond a few times their size on the way, so that
    every layer counts in what is compared; with ReLU some of each layer's inputs are
    let through and some are not, and all are clear of 0.
    """
    while True:
        X = rng.normal(size=(m, widths[0]))
        Ws = []
        a = X
        for n, k in pairwise(widths):
            W = signed(rng, n, k)
            size = np.sqrt(np.mean((a @ W) ** 2))
            Ws.append(W * float(rng.uniform(1.0, 1.6)) / size)
            z = a @ Ws[-1]
            a = np.asarray(activation(z, phi))
            if phi != "relu":
                continue
            if np.abs(z).min() < FAR or not (z > 0).any() or (z > 0).all():
                break
        else:
            return Ws, X
