"""Unit 1: how activation functions and their slopes go wrong, whatever the kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron import activation_curves
from nnkit.exercises.neuron.activation_curves import of_kind, right
from nnkit.exercises.neuron.curves import BY_EXP, BY_EXP_HINT, Curve
from nnkit.exercises.neuron.other_curves import (
    ANOTHER_SIGMOID,
    ANOTHER_TANH,
    FOR_SIGMOID,
    FOR_TANH,
    ways,
)
from nnkit.exercises.spec import Slip, slip


@slip(
    "You send z through one and the same curve for several kinds. At which line of "
    "your function does `kind` decide?",
    also=[
        lambda z, kind: right(z, "sigmoid"),
        lambda z, kind: right(z, "relu"),
    ],
)
def kind_ignored(z: Array, kind: str) -> Any:
    return right(z, "tanh")


def taken_for(one: str, other: str) -> Callable[[Array, str], Any]:
    """Make the answer that gives one kind the curve of another."""
    return lambda z, kind: right(z, other if kind == one else kind)


@slip(
    "For one kind you return the curve of another: print which branches a call goes "
    "through. Does your `else` belong to all of the `if`s before it, or to the last?",
    also=[
        taken_for("sigmoid", "relu"),
        taken_for("relu", "sigmoid"),
        taken_for("relu", "tanh"),
    ],
)
def another_kind(z: Array, kind: str) -> Any:
    return taken_for("tanh", "relu")(z, kind)


def whole_heights_of_relu(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return a.astype(int) if kind == "relu" else a, slope


@slip(
    "With fractions in z you go on with whole numbers. Which of your lines makes them: "
    "`int(...)`, `astype(int)` or `dtype=int`? A curve needs what comes after the "
    "point.",
    also=[whole_heights_of_relu],
)
def fractions_cut_off(z: Array, kind: str) -> Any:
    return right(z.astype(int), kind)


@slip(
    "Everywhere you return the slope 1, as if each of these curves were a straight "
    "line. Where is tanh steep, and where is it flat?"
)
def slope_one_everywhere(z: Array, kind: str) -> Any:
    a, _ = right(z, kind)
    return a, np.ones_like(a)


@slip(
    "With whole numbers something swallows the fraction. What dtype does the array "
    "have that you store your results in?",
    also=[
        lambda z, kind: heights_stored(z, kind, False),
        lambda z, kind: heights_stored(z, kind, True),
        lambda z, kind: truncated_for("tanh", z, kind),
        lambda z, kind: truncated_for("sigmoid", z, kind),
        lambda z, kind: slopes_stored(z, kind),
    ],
)
def truncated(z: Array, kind: str) -> Any:
    a, slope = np.zeros_like(z), np.zeros_like(z)
    a[...], slope[...] = right(z, kind)
    return a, slope


def all_by_exp(tanh: Curve, sigmoid: Curve) -> Callable[[Array, str], Any]:
    """Return who lets exp overflow in both of the curves that are made of it."""

    def act(z: Array, kind: str) -> Any:
        if kind == "relu":
            return right(z, kind)
        a = tanh(z) if kind == "tanh" else sigmoid(z)
        return a, 1 - a**2 if kind == "tanh" else a * (1 - a)

    return act


curves_by_exp = Slip(
    "curves-by-exp",
    all_by_exp(*BY_EXP[0]),
    BY_EXP_HINT,
    tuple(all_by_exp(*both) for both in BY_EXP[1:]),
)


def truncated_for(spoiled: str, z: Array, kind: str) -> Any:
    """Store both results like z in one branch, the slope by the heights stored."""
    a, slope = right(z, kind)
    return heights_stored(z, kind, True) if kind == spoiled else (a, slope)


def slopes_stored(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return a, slope.astype(z.dtype)


def heights_stored(z: Array, kind: str, used: bool) -> Any:
    right_a, slope = right(z, kind)
    a = np.zeros_like(z)
    a[...] = right_a
    slopes = {"tanh": 1 - a**2, "sigmoid": a * (1 - a), "relu": slope}
    return a, slopes[kind] if used else slope


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
    "As the slope you return the height. Where a curve is flat its height need not be "
    "0: how much does a change there when z does, and which of your arrays says so?"
)
def height_for_slope(z: Array, kind: str) -> Any:
    a, _ = right(z, kind)
    return a, a


@slip(
    "As the height you return the slope. Far out on the right a sigmoid is flat: how "
    "high is it there, and which of your arrays says so?"
)
def slope_for_height(z: Array, kind: str) -> Any:
    _, slope = right(z, kind)
    return slope, slope


def slope_of_one(z: Array, kind: str, taken: str) -> Any:
    return right(z, kind)[0], right(z, taken)[1]


@slip(
    "As a you return z as it came, for one kind as for the others. What has to happen "
    "to every entry before it is an output?"
)
def no_activation(z: Array, kind: str) -> Any:
    return z.copy(), right(z, kind)[1]


@slip(
    "You use the same formula for the slopes of several curves. Draw them: are they "
    "steep at the same places?",
    also=[
        lambda z, kind: (a := right(z, kind)[0], a * (1 - a)),
        *(partial(slope_of_one, taken=kind) for kind in ("tanh", "sigmoid", "relu")),
    ],
)
def one_slope_for_all(z: Array, kind: str) -> Any:
    a, _ = right(z, kind)
    return a, 1 - a**2


@slip(
    "Both arrays are there, in the other order. The text asks for the activation "
    "first, then its slope.",
    whole=True,
)
def parts_swapped(z: Array, kind: str) -> Any:
    a, slope = right(z, kind)
    return slope, a


# Whole, because a slope beside the right height says nothing of the curve.
another_tanh = of_kind(
    "tanh",
    "another-curve-for-tanh",
    ANOTHER_TANH,
    *ways(FOR_TANH, lambda b: 1 - b**2),
    whole=True,
)
another_sigmoid = of_kind(
    "sigmoid",
    "another-curve-for-sigmoid",
    ANOTHER_SIGMOID,
    *ways(FOR_SIGMOID, lambda b: b * (1 - b)),
    whole=True,
)

SLIPS = (
    curves_by_exp,
    *activation_curves.SLIPS,
    another_tanh,
    another_sigmoid,
    kind_ignored,
    another_kind,
    fractions_cut_off,
    slope_one_everywhere,
    truncated,
    z_overwritten,
    height_for_slope,
    slope_for_height,
    no_activation,
    one_slope_for_all,
    parts_swapped,
)
