"""Unit 1: three activation functions, each with its slope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit import gradients
from nnkit.exercises.draw import Array, signed
from nnkit.exercises.neuron.activation_slips import SLIPS
from nnkit.exercises.neuron.curves import forward
from nnkit.exercises.spec import Case, Exercise
from nnkit.exercises.values import MAX_DIMS, split


def value_and_slope(z: Any, kind: str) -> tuple[Any, Any]:
    """Return a = φ(z), and by backprop its slope at every entry of z."""
    slope = gradients.grad(lambda z: forward(z, kind).sum())
    return forward(z, kind), slope(z.astype(float))


def arrays(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `act`: z of any shape, kind; ReLU is never asked at 0."""

    def draw(kind: str, *shape: int) -> tuple[Any, ...]:
        return 2 * signed(rng, *shape), kind

    def near(kind: str, *shape: int) -> tuple[Any, ...]:
        return 0.4 * signed(rng, *shape), kind

    def far(kind: str) -> tuple[Any, ...]:
        # At ±8 a curve that is taken for flat too early is not flat yet.
        return rng.permutation(
            [1000.0, -1000.0, 40.0, -40.0, 8.0, -8.0, 1.5, -0.5]
        ), kind

    def whole(kind: str) -> tuple[Any, ...]:
        # Their mean is 1.5, and their median, too: a bend belongs at 0.
        return rng.permutation([-3, -2, 1, 2, 4, 7]), kind

    return (
        Case("tanh of a matrix", draw("tanh", 4, 3)),
        Case("sigmoid of a matrix", draw("sigmoid", 4, 3)),
        Case("relu of a matrix", draw("relu", 4, 3)),
        Case("tanh of a vector", draw("tanh", 5)),
        Case("sigmoid of a single row", draw("sigmoid", 1, 4)),
        # A negative entry comes first: np.vectorize takes its type from that one.
        Case("relu of an array with three axes", (-2 * signed(rng, 3, 2, 4), "relu")),
        Case("tanh at z = ±1000", far("tanh"), extreme=True),
        Case("sigmoid at z = ±1000", far("sigmoid"), extreme=True),
        Case("relu at z = ±1000", far("relu"), extreme=True),
        Case("tanh of whole numbers", whole("tanh")),
        Case("sigmoid of whole numbers", whole("sigmoid")),
        Case("relu of whole numbers", whole("relu")),
        Case("tanh of a matrix, other numbers", draw("tanh", 4, 3)),
        Case("sigmoid of a matrix, other numbers", draw("sigmoid", 4, 3)),
        # All else is 1 or more in size, where a ramp from 0 to 1 is as good as a step.
        Case("relu of a matrix, other numbers", near("relu", 4, 3)),
    )


def sizes(z: Array, kind: str) -> tuple[float, float]:
    """Return 1 for both parts.

    Far out on a curve a slope is what two nearly equal numbers leave: 1 − a², say. Its
    rounding is that of 1, and the taught formula is right.
    """
    return 1.0, 1.0


def parts_of(value: Any, z: Array, kind: str) -> list[Any]:
    """Return a and its slope; True and False count as the slopes 1 and 0.

    A slope of `z > 0` multiplies as it should wherever it is used.
    """
    return [_numbers_for_bools(part) for part in split(value, ("a", "slope"))]


def _numbers_for_bools(part: Any, depth: int = 0) -> Any:
    """Return an array, or a list of such in lists, with 1 for True and 0 for False."""
    if type(part) in (list, tuple) and depth < MAX_DIMS:
        return [_numbers_for_bools(item, depth + 1) for item in part]
    is_bool = isinstance(part, np.ndarray) and part.dtype.kind == "b"
    return part * 1 if is_bool or (depth and type(part) is bool) else part


act = Exercise(
    "act",
    unit="01-neuron",
    points=3,
    params=("z", "kind"),
    parts=("a", "slope"),
    values=("a",),
    cases=arrays,
    reference=value_and_slope,
    scale=sizes,
    unpack=parts_of,
    slips=SLIPS,
)
