"""Unit 5: a gradient carried back through an activation function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit import tensor
from nnkit.exercises.chain_rule import act_back_factors, act_back_slips
from nnkit.exercises.chain_rule.act_back_slips import Cache
from nnkit.exercises.draw import Array, signed
from nnkit.exercises.spec import Case, Exercise
from nnkit.tensor import Tensor

CURVES: dict[str, Callable[[Any], Any]] = {
    "tanh": tensor.tanh,
    "sigmoid": tensor.sigmoid,
    "relu": tensor.relu,
    "exp": tensor.exp,
}


def back_through_curve(dA: Any, cache: Any, kind: str) -> Any:
    """Return dZ for the upstream gradient dA, by nnkit's backprop."""
    z = Tensor(cache[0])
    CURVES[kind](z).backward(dA)
    return z.grad


def curves(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `act_back`: dA, (z, a) of one shape, and a kind."""

    def draw(kind: str, z: Array) -> tuple[Any, ...]:
        return rng.normal(size=z.shape), (z, np.asarray(CURVES[kind](z))), kind

    # Of both signs, and off 0, where ReLU may have any slope between its two.
    far = np.array([[-1000.0, 40.0, -20.0], [20.0, 1000.0, -40.0]])
    low = np.array([-1000.0, -30.0, 2.0])
    return (
        Case("tanh, four rows of three", draw("tanh", signed(rng, 4, 3))),
        Case("sigmoid, four rows of three", draw("sigmoid", signed(rng, 4, 3))),
        Case("relu, four rows of three", draw("relu", signed(rng, 4, 3))),
        Case("exp, four rows of three", draw("exp", signed(rng, 4, 3))),
        Case("tanh, as many rows as columns", draw("tanh", signed(rng, 3, 3))),
        Case("tanh, a vector", draw("tanh", signed(rng, 5))),
        Case("tanh, far out", draw("tanh", far), extreme=True),
        Case("sigmoid, far out", draw("sigmoid", far), extreme=True),
        Case("relu, far out", draw("relu", far), extreme=True),
        Case("exp, far out", draw("exp", low), extreme=True),
        Case("tanh, other numbers", draw("tanh", signed(rng, 4, 3))),
        Case("sigmoid, other numbers", draw("sigmoid", signed(rng, 4, 3))),
        Case("relu, other numbers", draw("relu", signed(rng, 4, 3))),
        Case("exp, other numbers", draw("exp", signed(rng, 4, 3))),
    )


def upstream_size(dA: Array, cache: Cache, kind: str) -> tuple[float]:
    """Return the size that dZ would have at the slope 1.

    Where a curve saturates, 1 − a² and 1 − a are what two nearly equal numbers leave.
    """
    return (float(np.abs(dA).max()),)


act_back = Exercise(
    "act_back",
    unit="05-chain-rule",
    points=2,
    params=("dA", "cache", "kind"),
    parts=("dZ",),
    cases=curves,
    reference=back_through_curve,
    scale=upstream_size,
    slips=(*act_back_slips.SLIPS, *act_back_factors.SLIPS),
)
