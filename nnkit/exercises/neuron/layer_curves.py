"""Unit 1: mistakes in a layer's activation functions; its Z is right in all of them.

Each spoils one kind, so that whoever makes two of these mistakes gets both hints.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.curves import (
    BY_EXP,
    BY_EXP_HINT,
    SIGMOID_BY_MATH,
    TANH_BY_MATH,
    Curve,
    by_exp_hint,
    curve,
)
from nnkit.exercises.neuron.other_curves import (
    ANOTHER_SIGMOID,
    ANOTHER_TANH,
    FOR_SIGMOID,
    FOR_TANH,
    GELU,
)
from nnkit.exercises.spec import Slip, slip

Mutant = Callable[[Array, Array, Array, str], Any]


def with_curve(spoiled: str, phi: Callable[[Array], Any]) -> Mutant:
    """Return a layer that uses `phi` for the kind `spoiled`."""

    def layer(X: Array, W: Array, b: Array, kind: str) -> Any:
        Z = X @ W + b
        return Z, phi(Z) if kind == spoiled else curve(Z, kind)

    return layer


def of_curve(name: str, spoiled: str, hint: str, *ways: Callable[[Array], Any]) -> Slip:
    """Declare a slip by the wrong curve, or by several ways of writing it."""
    first, *others = (with_curve(spoiled, phi) for phi in ways)
    return Slip(name, first, hint, tuple(others))


@slip(
    "With ReLU your Z has lost its negative entries. Is what you return as Z still "
    "what went into the curve? (And how many arrays are there after `A = Z`?)"
)
def relu_in_place(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b
    if kind == "relu":
        Z[Z < 0] = 0
        return Z, Z
    return Z, curve(Z, kind)


def curve_of_rows(Z: Array) -> Any:
    """Return the softmax of each row."""
    powers = np.exp(Z - Z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@slip(
    "Your A says how steep each curve is, and not how high. Which of the two does a "
    "neuron hand on?"
)
def slope_for_activation(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b
    A = curve(Z, kind)
    slopes = {"tanh": 1 - A**2, "sigmoid": A * (1 - A), "relu": 1.0 * (Z > 0)}
    return Z, slopes[kind]


@slip(
    "For one kind you return the curve of another: print which branches a call goes "
    "through. Does your `else` belong to all of the `if`s before it, or to the last?",
    also=[
        with_curve("sigmoid", lambda Z: np.maximum(Z, 0)),
        with_curve("relu", lambda Z: curve(Z, "sigmoid")),
        with_curve("relu", np.tanh),
    ],
)
def another_kind(X: Array, W: Array, b: Array, kind: str) -> Any:
    return with_curve("tanh", lambda Z: np.maximum(Z, 0))(X, W, b, kind)


def all_by_exp(tanh: Curve, sigmoid: Curve) -> Mutant:
    """Return who lets exp overflow in both of the curves that are made of it."""

    def layer(X: Array, W: Array, b: Array, kind: str) -> Any:
        Z = X @ W + b
        curves = {"tanh": tanh, "sigmoid": sigmoid}
        return Z, curves[kind](Z) if kind in curves else curve(Z, kind)

    return layer


curves_by_exp = Slip(
    "curves-by-exp",
    all_by_exp(*BY_EXP[0]),
    BY_EXP_HINT,
    tuple(all_by_exp(*both) for both in BY_EXP[1:]),
)


def in_whole_numbers(Z: Array) -> Any:
    return np.maximum(Z, 0).astype(int)


SLIPS = (
    curves_by_exp,
    relu_in_place,
    another_kind,
    of_curve(
        "sigmoid-of-the-size",
        "sigmoid",
        "Your sigmoid says the same of z and of −z. Which of its two forms is made for "
        "z below 0, and does every entry get the form that is made for it?",
        lambda Z: curve(np.abs(Z), "sigmoid"),
        lambda Z: curve(-np.abs(Z), "sigmoid"),
    ),
    of_curve(
        "another-curve-for-tanh",
        "tanh",
        ANOTHER_TANH,
        *(phi for phi, _ in FOR_TANH),
    ),
    of_curve(
        "another-curve-for-sigmoid",
        "sigmoid",
        ANOTHER_SIGMOID,
        *(phi for phi, _ in FOR_SIGMOID),
    ),
    of_curve(
        "largest-entry-for-relu",
        "relu",
        "For ReLU your A has lost an axis. `np.max` looks for the largest entry along "
        "one; which of NumPy's functions compares every entry with 0?",
        lambda Z: np.max(Z, 0),
    ),
    of_curve(
        "smooth-for-relu",
        "relu",
        "Around 0 your ReLU bends smoothly. There are activation functions that do; "
        "what does the one that was asked for return at z = −1, and at z = 1?",
        lambda Z: np.logaddexp(0, Z),
        lambda Z: np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0))),
        lambda Z: Z / (1 + np.exp(-Z)),
        *(phi for phi, _ in GELU),
    ),
    of_curve(
        "absolute-for-relu",
        "relu",
        "ReLU blocks what is negative; yours turns it around. Draw your curve at "
        "z = −3: what should come out there?",
        np.abs,
    ),
    of_curve(
        "leaky-for-relu",
        "relu",
        "Below 0 your ReLU lets a little through. There is an activation function that "
        "does; which one was asked for?",
        lambda Z: np.where(Z > 0, Z, 0.01 * Z),
        lambda Z: np.where(Z > 0, Z, 0.1 * Z),
        lambda Z: np.where(Z > 0, Z, 0.2 * Z),
    ),
    of_curve(
        "step-for-relu",
        "relu",
        "Above 0 your ReLU says 1 whatever z is. It should let z through: how large is "
        "a for z = 5?",
        lambda Z: np.where(Z > 0, 1.0, 0.0),
        lambda Z: Z > 0,
    ),
    of_curve(
        "relu-upside-down",
        "relu",
        "Your ReLU keeps the wrong half: what is positive is lost. What should it do "
        "at z = 5, and what at z = −5?",
        lambda Z: np.minimum(Z, 0),
        lambda Z: np.maximum(-Z, 0),
    ),
    of_curve(
        "identity-for-relu",
        "relu",
        "For ReLU your A is still Z. What has to happen to its negative entries?",
        lambda Z: Z,
    ),
    of_curve(
        "capped-relu",
        "relu",
        "Your ReLU stops growing at some height. Is there an upper limit in max(0, z)?",
        lambda Z: np.clip(Z, 0, 1),
        lambda Z: np.clip(Z, 0, 6),
    ),
    of_curve(
        "whole-number-relu",
        "relu",
        "Your ReLU swallows the fraction. Do you turn it into whole numbers? Or is "
        "the 0 that you return one, from which `np.vectorize` takes the type of all "
        "others?",
        in_whole_numbers,
        # By the first entry: whole numbers in some of the cases, fractions in others.
        np.vectorize(lambda z: z if z > 0 else 0),
    ),
    of_curve(
        "tanh-for-sigmoid",
        "sigmoid",
        "Your sigmoid can be negative. Which activation function has that range? Look "
        'at what your function does for `kind` "sigmoid".',
        np.tanh,
    ),
    of_curve(
        "sigmoid-for-tanh",
        "tanh",
        "Your tanh is never negative. Which activation function has that range? Look "
        'at what your function does for `kind` "tanh".',
        lambda Z: curve(Z, "sigmoid"),
    ),
    of_curve(
        "sigmoid-mirrored",
        "sigmoid",
        "Your sigmoid falls where it should rise. What is it for a large positive z, "
        "and what should it be?",
        lambda Z: curve(-Z, "sigmoid"),
        lambda Z: np.exp(-Z) / (1 + np.exp(-Z)),
    ),
    of_curve(
        "sigmoid-in-another-unit",
        "sigmoid",
        "Your sigmoid has the right range and the wrong steepness. By its definition, "
        "what is it at z = 1?",
        lambda Z: (np.tanh(Z) + 1) / 2,
        lambda Z: 1 / (1 + 10.0**-Z),
        lambda Z: (np.tanh(2 * Z) + 1) / 2,
    ),
    slope_for_activation,
    of_curve(
        "slope-for-sigmoid",
        "sigmoid",
        "For the sigmoid you return its slope. Which of the two is asked for here?",
        lambda Z: curve(Z, "sigmoid") * (1 - curve(Z, "sigmoid")),
    ),
    of_curve(
        "parentheses-missing",
        "sigmoid",
        "Your sigmoid leaves the range from 0 to 1. Python divides before it adds: "
        "what is the denominator in your formula?",
        lambda Z: 1 / 1 + np.exp(-Z),
    ),
    of_curve(
        "sigmoid-out-of-range",
        "sigmoid",
        "Your sigmoid leaves the range from 0 to 1. Print it at z = −1, 0 and 1, and "
        "compare signs and constants with the formula in the text.",
        lambda Z: 1 / (1 - np.exp(-Z)),
        lambda Z: np.tanh(Z / 2),
        lambda Z: 1 + np.tanh(Z / 2),
        lambda Z: np.tanh(Z / 2) / 2,
        lambda Z: 1 + np.tanh(Z / 2) / 2,
        np.exp,
    ),
    of_curve(
        "softmax-for-sigmoid",
        "sigmoid",
        "Your sigmoids share 1 among the neurons of a row. Each of them looks at its "
        "own z alone: what do its neighbours have to do with it?",
        curve_of_rows,
    ),
    of_curve(
        "sigmoid-by-exp",
        "sigmoid",
        by_exp_hint("sigmoid"),
        lambda Z: np.exp(Z) / (1 + np.exp(Z)),
        SIGMOID_BY_MATH,
    ),
    of_curve(
        "tanh-half-as-steep",
        "tanh",
        "Your tanh has the right range and is only half as steep at 0 as it should be. "
        "By how much is z stretched between the sigmoid and tanh?",
        lambda Z: np.tanh(Z / 2),
    ),
    of_curve(
        "tanh-by-exp",
        "tanh",
        by_exp_hint("tanh"),
        lambda Z: (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z)),
        lambda Z: (np.exp(2 * Z) - 1) / (np.exp(2 * Z) + 1),
        TANH_BY_MATH,
    ),
)
