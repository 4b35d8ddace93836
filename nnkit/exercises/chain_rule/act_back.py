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
from nnkit.exercises.values import Misfit, kind_of, numbers
from nnkit.tensor import Tensor

CURVES: dict[str, Callable[[Any], Any]] = {
    "tanh": tensor.tanh,
    "sigmoid": tensor.sigmoid,
    "relu": tensor.relu,
    "exp": tensor.exp,
}


def part_of(kind: str) -> str:
    """Name the part that is graded for a kind."""
    return f"{kind}'s dZ"


def back_through_curve(dA: Any, cache: Any, kind: str) -> Any:
    """Return dZ for the upstream gradient dA, by nnkit's backprop, once a part.

    Of these the case asks for one: its kind's.
    """
    z = Tensor(cache[0])
    CURVES[kind](z).backward(dA)
    return (z.grad,) * len(CURVES)


def dZ_alone(value: Any, dA: Array, cache: Cache, kind: str) -> Sequence[Any]:
    """Take what was returned for the part of any kind."""
    if value is None:
        raise Misfit("None", "Expected dZ, got None. Is there a `return`?")
    if seen := _other_than_numbers(value, dA.shape):
        # Said here, and not of each part: in the same words for every kind.
        raise Misfit(seen, f"Expected dZ alone, as numbers; got {seen}.")
    return (value,) * len(CURVES)


def _other_than_numbers(value: Any, shape: tuple[int, ...]) -> str:
    """Say what was returned in place of dZ; "" if it is numbers, in whatever shape."""
    try:
        fits = numbers(value).shape == shape
    except Misfit as misfit:
        ragged = "rows of different lengths" in misfit.seen
        return kind_of(value) if ragged and type(value) is tuple else misfit.seen
    return kind_of(value) if type(value) is tuple and not fits else ""


def curves(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `act_back`: dA, (z, a) of one shape, and a kind."""

    def draw(kind: str, what: str, z: Array, extreme: bool = False) -> Case:
        args = rng.normal(size=z.shape), (z, np.asarray(CURVES[kind](z))), kind
        return Case(f"{kind}, {what}", args, extreme=extreme, asks=(part_of(kind),))

    # All vectors have one length: what is wrong with them is told in one sentence.
    # Of both signs, and off 0, where ReLU may have any slope between its two.
    far = np.array([[-1000.0, 40.0, -20.0], [20.0, 1000.0, -40.0]])
    low = np.array([-1000.0, -30.0, 2.0, -50.0, 1.0, -2.0])
    return (
        draw("tanh", "four rows of three", signed(rng, 4, 3)),
        draw("sigmoid", "four rows of three", signed(rng, 4, 3)),
        draw("relu", "four rows of three", signed(rng, 4, 3)),
        draw("exp", "four rows of three", signed(rng, 4, 3)),
        draw("tanh", "as many rows as columns", signed(rng, 3, 3)),
        draw("tanh", "a vector", signed(rng, 6)),
        draw("tanh", "far out", far, extreme=True),
        draw("sigmoid", "a vector, far out", far.ravel(), extreme=True),
        draw("relu", "a vector, far out", far.ravel(), extreme=True),
        draw("exp", "a vector, far out", low, extreme=True),
        draw("tanh", "other numbers", signed(rng, 4, 3)),
        draw("sigmoid", "other numbers", signed(rng, 4, 3)),
        # Close to 0: there is the kink, and not at ½, where a sigmoid says yes.
        draw("relu", "other numbers", signed(rng, 4, 3) / 10),
        draw("exp", "other numbers", signed(rng, 4, 3)),
    )


def upstream_size(dA: Array, cache: Cache, kind: str) -> Sequence[float]:
    """Return the size that dZ would have at the slope 1.

    Where a curve saturates, 1 − a² and 1 − a are what two nearly equal numbers leave.
    """
    return (float(np.abs(dA).max()),) * len(CURVES)


act_back = Exercise(
    "act_back",
    unit="05-chain-rule",
    points=2,
    params=("dA", "cache", "kind"),
    parts=tuple(map(part_of, CURVES)),
    cases=curves,
    reference=back_through_curve,
    unpack=dZ_alone,
    scale=upstream_size,
    slips=(*act_back_slips.SLIPS, *act_back_factors.SLIPS),
)
