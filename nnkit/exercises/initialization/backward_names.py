"""Unit 3: a gradient on its way back, where a name has led into another's branch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization.backward_slopes import (
    gradients,
    mean_squares,
    of_slope,
)
from nnkit.exercises.initialization.passes import forward
from nnkit.exercises.spec import slip

Weights = list[Array]


def taken_for(other: str, name: str = "", back: bool = True) -> Callable[..., Any]:
    """Make the answer that takes one name, or any, for another.

    Args:
        other: what it is taken for.
        name: which one is; "" for all of them.
        back: on the way back, too, and not on the way forward alone.
    """

    def backward_stats(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
        taken = other if name in ("", phi) else phi
        zs, _ = forward(Ws, X, taken)
        return mean_squares(gradients(Ws, zs, taken if back else phi, G)[1])

    return backward_stats


line = of_slope(
    "linear",
    "wrong-slope-of-a-line",
    "What is the slope of a straight line, φ(z) = z, at every z? And which of your "
    'branches do layers go through that are called "linear"?',
    np.zeros_like,
    lambda z: z,
    lambda z: 1 - np.tanh(z) ** 2,
    lambda z: 1 - z**2,
    lambda z: z > 0,
)
bent = (taken_for("relu", "linear"), taken_for("tanh", "linear"))
wrong_slope_of_a_line = replace(line, also=(*line.also, *bent))


@slip(
    "On the way forward, layers of ReLU, or of tanh, are straight in yours. Does each "
    "hand on a, and not z, and do the names in your conditions agree with those in the "
    "text, letter by letter?",
    also=[taken_for("linear", "tanh", back=False)],
)
def name_not_recognized(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return taken_for("linear", "relu", back=False)(Ws, X, phi, G)


SLIPS = (wrong_slope_of_a_line, name_not_recognized)
