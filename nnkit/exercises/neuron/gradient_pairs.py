"""Unit 1: two mistakes in one gradient of a neuron, where numbers show neither alone.

A lost sign or another factor beside a slip needs no entry here: see `judging.twofold`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron import gradient_products, gradient_slips
from nnkit.exercises.spec import both

Slope = Callable[[Array, Array], Any]
"""What is taken for the slope of tanh, of z and a."""

SUMS = {
    gradient_slips.bias_forgotten: lambda X, w, b: X @ w,
    gradient_products.bias_subtracted: lambda X, w, b: X @ w - b,
}

RESIDUALS = {
    gradient_slips.label_omitted: lambda a, y: a,
    gradient_slips.residual_without_sign: lambda a, y: np.abs(a - y),
}

SLOPES: dict[Any, Slope] = {
    gradient_slips.slope_omitted: lambda z, a: 1,
    gradient_slips.slope_from_z: lambda z, a: 1 - z**2,
    gradient_slips.slope_of_sigmoid: lambda z, a: a * (1 - a),
    gradient_products.slope_not_squared: lambda z, a: 1 - a,
    gradient_products.slope_plus: lambda z, a: 1 + a**2,
}


def made_of(
    total: Callable[[Array, Array, float], Array] = lambda X, w, b: X @ w + b,
    residual: Callable[[Array, Array], Array] = lambda a, y: a - y,
    slope: Slope = lambda z, a: 1 - a**2,
) -> Callable[..., Any]:
    """Return a gradient with these in the places of the right factors."""

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        z = total(X, w, b)
        a = np.tanh(z)
        dz = 2 * residual(a, y) * slope(z, a) / len(y)
        return X.T @ dz, dz.sum()

    return neuron_grads


PAIRS = (
    *(both(s, t, made_of(SUMS[s], slope=SLOPES[t])) for s, t in product(SUMS, SLOPES)),
    *(
        both(r, t, made_of(residual=RESIDUALS[r], slope=SLOPES[t]))
        for r, t in product(RESIDUALS, SLOPES)
    ),
    *(both(s, r, made_of(SUMS[s], RESIDUALS[r])) for s, r in product(SUMS, RESIDUALS)),
)
