"""Unit 1: three activation functions, each with its slope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit import tensor
from nnkit.exercises.draw import Array, signed
from nnkit.exercises.neuron.curves import curve, forward
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.exercises.values import split


def value_and_slope(z: Any, kind: str) -> tuple[Any, Any]:
    """Return a = φ(z), and by backprop its slope at every entry of z."""
    slope = tensor.grad(lambda z: forward(z, kind).sum())
    return forward(z, kind), slope(z.astype(float))


def arrays(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `act`: z of any shape, kind; ReLU is never asked at 0."""

    def draw(kind: str, *shape: int) -> tuple[Any, ...]:
        return 2 * signed(rng, *shape), kind

    def far(kind: str) -> tuple[Any, ...]:
        return rng.permutation([1000.0, -1000.0, 40.0, -40.0, 1.5, -0.5]), kind

    def whole(kind: str) -> tuple[Any, ...]:
        return rng.permutation([-3, -2, -1, 1, 2, 3]), kind

    return (
        Case("tanh of a matrix", draw("tanh", 4, 3)),
        Case("sigmoid of a matrix", draw("sigmoid", 4, 3)),
        Case("relu of a matrix", draw("relu", 4, 3)),
        Case("tanh of a vector", draw("tanh", 5)),
        Case("sigmoid of a single row", draw("sigmoid", 1, 4)),
        Case("relu of an array with three axes", draw("relu", 3, 2, 4)),
        Case("tanh at z = ±1000", far("tanh")),
        Case("sigmoid at z = ±1000", far("sigmoid")),
        Case("relu at z = ±1000", far("relu")),
        Case("tanh of whole numbers", whole("tanh")),
        Case("sigmoid of whole numbers", whole("sigmoid")),
        Case("relu of whole numbers", whole("relu")),
        Case("tanh of a matrix, other numbers", draw("tanh", 4, 3)),
        Case("sigmoid of a matrix, other numbers", draw("sigmoid", 4, 3)),
        Case("relu of a matrix, other numbers", draw("relu", 4, 3)),
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
    return [part * 1 if _is_bool(part) else part for part in split(value, 2)]


def _is_bool(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype.kind == "b"


def right(z: Array, kind: str) -> tuple[Array, Array]:
    """Return a and its slope as they are taught; the slips below spoil one kind each.

    That way a student who makes two of these mistakes gets both hints.
    """
    a = curve(z, kind)
    slopes = {"tanh": 1 - a**2, "sigmoid": a * (1 - a), "relu": 1.0 * (z > 0)}
    return a, slopes[kind]


@slip(
    "Your tanh has the slope of a tanh taken twice. A slope can be written with z, or "
    "with a; look at which of the two you put in."
)
def tanh_slope_of_the_output(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, 1 - np.tanh(a) ** 2) if kind == "tanh" else (a, slope)


@slip(
    "The short form of tanh's slope is written with the activation. Which value did "
    "you put in its place? A slope of tanh lies between 0 and 1."
)
def tanh_slope_from_z(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, 1 - z**2) if kind == "tanh" else (a, slope)


@slip(
    "At a = −1 tanh is flat, and at a = 0 its slope is 1. Does the slope that you use "
    "for tanh do both?"
)
def tanh_slope_not_squared(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, 1 - a) if kind == "tanh" else (a, slope)


@slip(
    "You gave tanh the slope of another curve. Whose slope is a·(1 − a), and what does "
    "it say at z = 0, where tanh is steepest?"
)
def sigmoid_slope_for_tanh(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, a * (1 - a)) if kind == "tanh" else (a, slope)


@slip(
    "You gave the sigmoid the slope of another curve. Whose slope is 1 − a², and how "
    "steep would the sigmoid have to be at z = 0?"
)
def tanh_slope_for_sigmoid(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, 1 - a**2) if kind == "sigmoid" else (a, slope)


@slip(
    "You went through the sigmoid once more for its slope. The slope can be written "
    "with z, or with a; look at which of the two you put in."
)
def sigmoid_slope_of_the_output(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    if kind == "sigmoid":
        slope = curve(a, kind) * (1 - curve(a, kind))
    return a, slope


@slip(
    "The short form of the sigmoid's slope is written with the activation. Which value "
    "did you put in its place? This slope is never negative."
)
def sigmoid_slope_from_z(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, z * (1 - z)) if kind == "sigmoid" else (a, slope)


@slip(
    "Your sigmoid rises, but its slope is negative. Which inner derivative gives the "
    "second minus sign?"
)
def sigmoid_slope_negative(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, -slope) if kind == "sigmoid" else (a, slope)


@slip(
    "Ask your function for the sigmoid of a large positive z. It should come close to "
    "1; does yours rise or fall?"
)
def sigmoid_mirrored(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (curve(-z, kind), slope) if kind == "sigmoid" else (a, slope)


@slip(
    "Your tanh is never negative. Which activation function has that range? Look at "
    'what your function does for `kind` "tanh".'
)
def sigmoid_for_tanh(z: Array, kind: str) -> Any:
    return right(z, "sigmoid" if kind == "tanh" else kind)


@slip(
    "Your sigmoid can be negative. Which activation function has that range? Look at "
    'what your function does for `kind` "sigmoid".'
)
def tanh_for_sigmoid(z: Array, kind: str) -> Any:
    return right(z, "tanh" if kind == "sigmoid" else kind)


@slip("How steep is a flat piece? Below 0, ReLU is one.")
def relu_slope_one_everywhere(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, np.ones_like(a)) if kind == "relu" else (a, slope)


@slip(
    "For ReLU you return the height again, as its slope. By how much does the output "
    "grow where z = 5 grows by a little?"
)
def relu_slope_is_its_height(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (a, a) if kind == "relu" else (a, slope)


@slip(
    "Below 0 you let a little through. There is an activation function that does; "
    "which one was asked for?"
)
def leaky_for_relu(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    if kind == "relu":
        a, slope = np.where(z > 0, z, 0.01 * z), np.where(z > 0, 1, 0.01)
    return a, slope


@slip(
    "For ReLU your a has lost an axis. `np.max` looks for the largest entry along one; "
    "which of NumPy's functions compares every entry with 0?"
)
def largest_entry_for_relu(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (np.max(z, 0), slope) if kind == "relu" else (a, slope)


@slip(
    "ReLU blocks what is negative. Draw a point at z = −3 for your height and one for "
    "your slope: does either of them turn it around?"
)
def absolute_for_relu(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return (np.abs(z), np.sign(z)) if kind == "relu" else (a, slope)


@slip(
    "Right on paper. Now evaluate your tanh at z = 1000: what does exp give there, and "
    "what happens when two such numbers are divided?"
)
def tanh_by_exp(z: Array, kind: str) -> Any:
    if kind != "tanh":
        return right(z, kind)
    a = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return a, 1 - a**2


@slip(
    "Right on paper. Now evaluate your sigmoid at z = 1000: what does exp give there, "
    "and what happens when two such numbers are divided?"
)
def sigmoid_by_exp(z: Array, kind: str) -> Any:
    if kind != "sigmoid":
        return right(z, kind)
    a = np.exp(z) / (1 + np.exp(z))
    return a, a * (1 - a)


@slip(
    "Your sigmoid holds at z = −1000, but its slope does not. What do numerator and "
    "denominator become there? Is there a way to write it without exp?"
)
def sigmoid_slope_by_exp(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    if kind == "sigmoid":
        slope = np.exp(-z) / (1 + np.exp(-z)) ** 2
    return a, slope


@slip(
    "With whole numbers something swallows the fraction. What dtype does the array "
    "have that you store your results in?"
)
def truncated(z: Array, kind: str) -> Any:
    a, slope = np.zeros_like(z), np.zeros_like(z)
    a[...], slope[...] = right(z, kind)
    return a, slope


@slip(
    "After the call the caller's z is not what it was. Which of your lines writes into "
    "it? `z[z < 0] = 0` does."
)
def z_overwritten(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    if kind == "relu":
        z[z < 0] = 0
        a = z
    return a, slope


@slip(
    "Both arrays are there, in the other order. The text asks for the activation "
    "first, then its slope."
)
def parts_swapped(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return slope, a


act = Exercise(
    "act",
    unit="01-neuron",
    points=3,
    params=("z", "kind"),
    parts=("a", "slope"),
    cases=arrays,
    reference=value_and_slope,
    scale=sizes,
    unpack=parts_of,
    slips=(
        tanh_slope_of_the_output,
        tanh_slope_from_z,
        tanh_slope_not_squared,
        sigmoid_slope_for_tanh,
        tanh_slope_for_sigmoid,
        sigmoid_slope_of_the_output,
        sigmoid_slope_from_z,
        sigmoid_slope_negative,
        sigmoid_mirrored,
        sigmoid_for_tanh,
        tanh_for_sigmoid,
        relu_slope_one_everywhere,
        relu_slope_is_its_height,
        leaky_for_relu,
        absolute_for_relu,
        largest_entry_for_relu,
        tanh_by_exp,
        sigmoid_by_exp,
        sigmoid_slope_by_exp,
        truncated,
        z_overwritten,
        parts_swapped,
    ),
)
