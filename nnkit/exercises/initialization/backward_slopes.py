"""Unit 3: a gradient on its way back, and the wrong slopes that it may be given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization.passes import forward, slope
from nnkit.exercises.spec import Slip

Weights = list[Array]


def gradients(
    Ws: Weights,
    zs: Sequence[Array],
    phi: str,
    G: Array,
    slope: Callable[[Array, str], Array] = slope,
) -> tuple[list[Array], list[Array]]:
    """Return the gradients at all activations and at all z, first layer first.

    Slips start from it and go wrong in one place each.
    """
    at_a, at_z = [G], [G * slope(zs[-1], phi)]
    for W, z in zip(Ws[:0:-1], zs[-2::-1], strict=True):
        at_a.insert(0, at_z[0] @ W.T)
        at_z.insert(0, at_a[0] * slope(z, phi))
    return at_a, at_z


def mean_squares(arrays: Sequence[Array]) -> Array:
    """Return the mean square of each array."""
    return np.array([(array**2).mean() for array in arrays])


def of_slope(
    spoiled: str, name: str, hint: str, *ways: Callable[[Array], Array]
) -> Slip:
    """Declare a slip by a wrong slope at z for one activation, or by several."""

    def mutant(way: Callable[[Array], Array]) -> Callable[..., Any]:
        def wrong(z: Array, phi: str) -> Array:
            return way(z) if phi == spoiled else slope(z, phi)

        def backward_stats(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
            zs, _ = forward(Ws, X, phi)
            return mean_squares(gradients(Ws, zs, phi, G, wrong)[1])

        return backward_stats

    first, *others = map(mutant, ways)
    return Slip(name, first, hint, tuple(others))


SLIPS = (
    of_slope(
        "relu",
        "relu-slope-one-everywhere",
        "How steep is a flat piece, such as the one that ReLU has below 0? No gradient "
        "passes there.",
        np.ones_like,
        np.sign,
    ),
    of_slope(
        "relu",
        "leaky-for-relu",
        "Below 0 you let a little of the gradient through. There is an activation "
        "function that does; which one was asked for?",
        lambda z: np.where(z > 0, 1, 0.01),
    ),
    of_slope(
        "relu",
        "relu-slope-is-its-height",
        "For ReLU you multiply with the height, not with the slope. By how much does "
        "the output grow where z = 5 grows by a little?",
        lambda z: np.maximum(z, 0),
    ),
    of_slope(
        "relu",
        "tanh-slope-for-relu",
        "For ReLU you use the slope of tanh. How steep is ReLU above 0?",
        lambda z: 1 - np.maximum(z, 0) ** 2,
        lambda z: 1 - np.tanh(z) ** 2,
    ),
    of_slope(
        "tanh",
        "tanh-slope-not-squared",
        "At a = −1 tanh is flat, and at a = 0 its slope is 1. Does the slope that you "
        "use for tanh do both?",
        lambda z: 1 - np.tanh(z),
    ),
    of_slope(
        "tanh",
        "sigmoid-slope-for-tanh",
        "You gave tanh the slope of another curve. Whose slope is a·(1 − a)?",
        lambda z: np.tanh(z) * (1 - np.tanh(z)),
        lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ),
    of_slope(
        "tanh",
        "tanh-slope-is-its-height",
        "For tanh you multiply with the height, not with the slope. How steep is it at "
        "z = 0, where its height is 0?",
        np.tanh,
    ),
    of_slope(
        "tanh",
        "slope-twice",
        "The slope of tanh is a factor of your gradient more than once a layer. "
        "Through how many curves does a signal go in one layer?",
        lambda z: (1 - np.tanh(z) ** 2) ** 2,
    ),
)
