"""Unit 1: what is taken for tanh, sigmoid or ReLU and looks much like it.

Each curve stands beside its own slope, which whoever uses it may return as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.curves import Curve

WithSlope = tuple[Curve, Curve]

_share_below = np.vectorize(
    lambda z: 0.5 * math.erfc(-z / math.sqrt(2)), otypes=[float]
)


def _bell(z: Array) -> Array:
    """Return the density of the normal distribution."""
    density: Array = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return density


def _straight(steepness: float) -> WithSlope:
    """Return the straight line through ½ that is cut off at 0 and at 1."""

    def slope(z: Array) -> Array:
        return np.where(np.abs(steepness * z) < 0.5, steepness, 0.0)

    return lambda z: np.clip(steepness * z + 0.5, 0, 1), slope


def _gelu_by_tanh(z: Array) -> Array:
    a: Array = z / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
    return a


def _slope_of_gelu_by_tanh(z: Array) -> Array:
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (z + 0.044715 * z**3))
    slope: Array = (1 + t) / 2 + z / 2 * (1 - t**2) * c * (1 + 3 * 0.044715 * z**2)
    return slope


FOR_TANH: tuple[WithSlope, ...] = (
    (lambda z: np.clip(z, -1, 1), lambda z: 1.0 * (np.abs(z) < 1)),
    (np.arctan, lambda z: 1 / (1 + z**2)),
    (np.sin, np.cos),
    (lambda z: z / (1 + np.abs(z)), lambda z: 1 / (1 + np.abs(z)) ** 2),
    (
        lambda z: 1.7159 * np.tanh(2 / 3 * z),
        lambda z: 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * z) ** 2),
    ),
)

FOR_SIGMOID: tuple[WithSlope, ...] = (
    _straight(0.2),
    _straight(1 / 6),
    _straight(0.25),
    (_share_below, _bell),
    (lambda z: 0.5 + np.arctan(z) / np.pi, lambda z: 1 / (np.pi * (1 + z**2))),
    (
        lambda z: 0.5 + z / (1 + np.abs(z)) / 2,
        lambda z: 0.5 / (1 + np.abs(z)) ** 2,
    ),
)

GELU: tuple[WithSlope, ...] = (
    (lambda z: z * _share_below(z), lambda z: _share_below(z) + z * _bell(z)),
    (_gelu_by_tanh, _slope_of_gelu_by_tanh),
)

ANOTHER_TANH = (
    "Your tanh is another curve. Draw both from z = −3 to z = 3: what is the range of "
    "each, how steep are they at 0, and where do they level off?"
)
ANOTHER_SIGMOID = (
    "Your sigmoid is another curve. Draw both from z = −5 to z = 5: how steep are they "
    "at 0, and where do they level off?"
)


def ways(
    curves: tuple[WithSlope, ...], formula: Curve
) -> tuple[Callable[[Array, Array, Array], tuple[Array, Array]], ...]:
    """Return who takes these curves: with their slope, the taught one, the right one.

    Args:
        curves: each with its slope.
        formula: the slope that is taught, of the activation.
    """

    def way(
        phi: Curve, slope_of: Callable[[Array, Array, Array], Array]
    ) -> Callable[[Array, Array, Array], tuple[Array, Array]]:
        return lambda z, a, slope: (phi(z), slope_of(z, phi(z), slope))

    def own(slope_of: Curve) -> Callable[[Array, Array, Array], Array]:
        return lambda z, b, slope: slope_of(z)

    return tuple(
        way(phi, slope_of)
        for phi, own_slope in curves
        for slope_of in (
            own(own_slope),
            lambda z, b, slope: formula(b),
            lambda z, b, slope: slope,
        )
    )
