"""Unit 1: the activation functions that its exercises ask for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit import tensor
from nnkit.exercises.draw import Array

CURVES: dict[str, Callable[[Any], Any]] = {
    "tanh": tensor.tanh,
    "sigmoid": tensor.sigmoid,
    "relu": tensor.relu,
}


Curve = Callable[[Array], Any]


def _of_exps(z: Array) -> Any:
    up, down = np.exp(z), np.exp(-z)
    return (up - down) / (up + down)


def _of_exp(z: Array) -> Any:
    up = np.exp(2 * z)
    return (up - 1) / (up + 1)


def _share(z: Array) -> Any:
    return np.exp(z) / (1 + np.exp(z))


def _where_math_stops(formula: Callable[[float], float]) -> Curve:
    """Take the exp of `math`, which stops where that of NumPy goes on with inf."""
    return np.vectorize(formula, otypes=[float])


TANH_BY_MATH = _where_math_stops(lambda z: math.sinh(z) / math.cosh(z))
SIGMOID_BY_MATH = _where_math_stops(lambda z: 1 / (1 + math.exp(-z)))

BY_EXP: tuple[tuple[Curve, Curve], ...] = (
    (_of_exps, _share),
    (_of_exp, _share),
    (TANH_BY_MATH, SIGMOID_BY_MATH),
)
"""Ways to write tanh and the sigmoid that overflow, as they come together."""


def by_exp_hint(curves: str) -> str:
    """Return the hint for curves that overflow: at which end depends on the formula."""
    return (
        f"Evaluate your {curves} at z = 1000 and at −1000: what does exp give there, "
        "and what can be done with a number that is too large?"
    )


BY_EXP_HINT = by_exp_hint("tanh and your sigmoid")


def forward(z: Any, kind: str) -> Any:
    """Return φ(z) for the activation function that `kind` names."""
    return CURVES[kind](z)


def curve(z: Any, kind: str) -> Array:
    """Return φ(z) as an array: what slips use that go wrong elsewhere."""
    a: Array = forward(np.asarray(z, dtype=float), kind)
    return a
