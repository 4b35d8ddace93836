"""Unit 1: how one activation function, or its slope, goes wrong.

Each of these mistakes spoils one kind, so that whoever makes two gets both hints.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.curves import (
    SIGMOID_BY_MATH,
    TANH_BY_MATH,
    by_exp_hint,
    curve,
)
from nnkit.exercises.neuron.other_curves import GELU, ways
from nnkit.exercises.spec import Slip


def right(z: Array, kind: str) -> tuple[Array, Array]:
    """Return a and its slope as they are taught."""
    a = curve(z, kind)
    slopes = {"tanh": 1 - a**2, "sigmoid": a * (1 - a), "relu": 1.0 * (z > 0)}
    return a, slopes[kind]


def of_kind(
    spoiled: str,
    name: str,
    hint: str,
    *ways: Callable[[Array, Array, Array], Any],
    whole: bool = False,
) -> Slip:
    """Declare a slip for one kind by what it makes of z, and of the right a and slope.

    Args:
        spoiled: the kind.
        name: the slip's id.
        hint: see `Slip`.
        ways: functions of z, a and slope that return the wrong pair.
        whole: see `Slip`.
    """

    def mutant(way: Callable[[Array, Array, Array], Any]) -> Callable[..., Any]:
        def act(z: Array, kind: str) -> Any:
            a, slope = right(z, kind)
            return way(z, a, slope) if kind == spoiled else (a, slope)

        return act

    first, *others = map(mutant, ways)
    return Slip(name, first, hint, tuple(others), whole)


def softmax(z: Array, axis: int | None) -> Array:
    """Return the shares of exp(z) along an axis, or among all entries."""
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    shares: Array = powers / powers.sum(axis=axis, keepdims=True)
    return shares


def sigmoid(z: Array) -> Array:
    """Return the sigmoid of z."""
    return curve(z, "sigmoid")


OF_TANH = (
    of_kind(
        "tanh",
        "tanh-slope-of-the-output",
        "Your tanh has the slope of a tanh taken twice. A slope can be written with z, "
        "or with a; look at which of the two you put in.",
        lambda z, a, slope: (a, 1 - np.tanh(a) ** 2),
    ),
    of_kind(
        "tanh",
        "tanh-slope-from-z",
        "The short form of tanh's slope is written with the activation. Which value "
        "did you put in its place? A slope of tanh lies between 0 and 1.",
        lambda z, a, slope: (a, 1 - z**2),
        lambda z, a, slope: (a, 1 - a * z),
    ),
    of_kind(
        "tanh",
        "tanh-slope-not-squared",
        "At a = −1 tanh is flat, and at a = 0 its slope is 1. Does the slope that you "
        "use for tanh do both?",
        lambda z, a, slope: (a, 1 - a),
        lambda z, a, slope: (a, (1 - a) ** 2),
        lambda z, a, slope: (a, 1 - 2 * a),
        lambda z, a, slope: (a, a**2),
    ),
    of_kind(
        "tanh",
        "sigmoid-slope-for-tanh",
        "You gave tanh the slope of another curve. Whose slope is a·(1 − a), and what "
        "does it say at z = 0, where tanh is steepest?",
        lambda z, a, slope: (a, a * (1 - a)),
        lambda z, a, slope: (a, right(z, "sigmoid")[1]),
    ),
    of_kind(
        "tanh",
        "tanh-slope-negative",
        "Your tanh rises, but its slope is negative. Which sign has 1 − a² where a is "
        "small?",
        lambda z, a, slope: (a, -slope),
    ),
    of_kind(
        "tanh",
        "tanh-slope-unsquared",
        "The slope that you use for tanh is right at 0 and too steep elsewhere, as its "
        "square root would be. What has to be squared in it?",
        lambda z, a, slope: (a, 1 / np.cosh(z)),
        lambda z, a, slope: (a, np.sqrt(slope)),
    ),
    of_kind(
        "tanh",
        "tanh-slope-halved",
        "The slope that you use for tanh is half of what it should be, everywhere. At "
        "0 the curve runs along a = z: how steep is it there? Is an inner derivative, "
        "or a factor, missing?",
        lambda z, a, slope: (a, slope / 2),
    ),
    of_kind(
        "tanh",
        "tanh-slope-plus",
        "tanh is steepest at 0 and flattens out; the slope that you use for it grows. "
        "Derive it once more: which sign has the square?",
        lambda z, a, slope: (a, 1 + a**2),
    ),
    of_kind(
        "tanh",
        "slope-of-a-tangent",
        "That is the slope of a function whose name is nearly the same: the tangent of "
        "an angle, or its inverse. What does the h at the end of tanh stand for?",
        lambda z, a, slope: (a, 1 / np.cos(z) ** 2),
        lambda z, a, slope: (a, 1 / (1 + z**2)),
    ),
    of_kind(
        "tanh",
        "tanh-half-as-steep",
        "Your tanh has the right range and is only half as steep at 0 as it should be. "
        "By how much is z stretched between the sigmoid and tanh?",
        lambda z, a, slope: (b := 2 * sigmoid(z) - 1, 1 - b**2),
        lambda z, a, slope: (2 * sigmoid(z) - 1, slope),
        lambda z, a, slope: (b := 2 * sigmoid(z) - 1, (1 - b**2) / 2),
        whole=True,  # the slope alone is not that of this curve
    ),
    of_kind(
        "tanh",
        "sigmoid-for-tanh",
        "Your tanh is never negative. Which activation function has that range? Look "
        'at what your function does for `kind` "tanh".',
        lambda z, a, slope: right(z, "sigmoid"),
        lambda z, a, slope: (b := sigmoid(z), 1 - b**2),
    ),
    of_kind(
        "tanh",
        "tanh-by-exp",
        by_exp_hint("tanh"),
        lambda z, a, slope: (
            b := (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
            1 - b**2,
        ),
        lambda z, a, slope: (
            b := (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1),
            1 - b**2,
        ),
        lambda z, a, slope: (b := TANH_BY_MATH(z), 1 - b**2),
    ),
)

OF_SIGMOID = (
    of_kind(
        "sigmoid",
        "sigmoid-of-the-size",
        "Your sigmoid says the same of z and of −z. Which of its two forms is made for "
        "z below 0, and does every entry get the form that is made for it?",
        lambda z, a, slope: (np.maximum(a, 1 - a), slope),
        lambda z, a, slope: (np.minimum(a, 1 - a), slope),
    ),
    of_kind(
        "sigmoid",
        "tanh-slope-for-sigmoid",
        "You gave the sigmoid the slope of another curve. Whose slope is 1 − a², and "
        "how steep would the sigmoid have to be at z = 0?",
        lambda z, a, slope: (a, 1 - a**2),
        lambda z, a, slope: (a, right(z, "tanh")[1]),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-slope-of-the-output",
        "You went through the sigmoid once more for its slope. The slope can be "
        "written with z, or with a; look at which of the two you put in.",
        lambda z, a, slope: (a, sigmoid(a) * (1 - sigmoid(a))),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-slope-from-z",
        "The short form of the sigmoid's slope is written with the activation. Which "
        "value did you put in its place? This slope is never negative.",
        lambda z, a, slope: (a, z * (1 - z)),
        lambda z, a, slope: (a, a * (1 - z)),
        lambda z, a, slope: (a, z * (1 - a)),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-slope-negative",
        "Your sigmoid rises, but its slope is negative. Which inner derivative gives "
        "the second minus sign?",
        lambda z, a, slope: (a, -slope),
        lambda z, a, slope: (a, -(a**2)),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-slope-incomplete",
        "The sigmoid is flat at both ends: at a = 0 and at a = 1 its slope is 0. Does "
        "the slope that you use do both?",
        lambda z, a, slope: (a, a),
        lambda z, a, slope: (a, 1 - a),
        lambda z, a, slope: (a, a**2),
        lambda z, a, slope: (a, a * (1 + a)),
        lambda z, a, slope: (a, (1 - a) ** 2),
        lambda z, a, slope: (a, np.exp(z) / (1 + np.exp(-z)) ** 2),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-mirrored",
        "Ask your function for the sigmoid of a large positive z. It should come close "
        "to 1; does yours rise or fall?",
        lambda z, a, slope: (1 - a, slope),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-in-another-unit",
        "Your sigmoid has the right range and the wrong steepness. By its definition, "
        "what is it at z = 1?",
        lambda z, a, slope: (b := sigmoid(2 * z), b * (1 - b)),
        lambda z, a, slope: (b := sigmoid(np.log(10) * z), b * (1 - b)),
        lambda z, a, slope: (b := sigmoid(np.log(2) * z), b * (1 - b)),
    ),
    of_kind(
        "sigmoid",
        "parentheses-missing",
        "Your sigmoid leaves the range from 0 to 1. Python divides before it adds: "
        "what is the denominator in your formula?",
        lambda z, a, slope: (b := 1 / 1 + np.exp(-z), b * (1 - b)),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-out-of-range",
        "Your sigmoid leaves the range from 0 to 1. Print it at z = −1, 0 and 1, and "
        "compare signs and constants with the formula in the text.",
        lambda z, a, slope: (b := 1 / (1 - np.exp(-z)), b * (1 - b)),
        lambda z, a, slope: (b := np.tanh(z / 2), b * (1 - b)),
        lambda z, a, slope: (b := 1 + np.tanh(z / 2), b * (1 - b)),
        lambda z, a, slope: (b := np.tanh(z / 2) / 2, b * (1 - b)),
        lambda z, a, slope: (b := 1 + np.tanh(z / 2) / 2, b * (1 - b)),
        lambda z, a, slope: (b := np.exp(z), b * (1 - b)),
    ),
    of_kind(
        "sigmoid",
        "tanh-for-sigmoid",
        "Your sigmoid can be negative. Which activation function has that range? Look "
        'at what your function does for `kind` "sigmoid".',
        lambda z, a, slope: right(z, "tanh"),
        lambda z, a, slope: (b := np.tanh(z), b * (1 - b)),
    ),
    of_kind(
        "sigmoid",
        "softmax-for-sigmoid",
        "Your sigmoids share 1 among several entries. Each of them looks at its own z "
        "alone: what do its neighbours have to do with it?",
        lambda z, a, slope: (s := softmax(z, None), s * (1 - s)),
        lambda z, a, slope: (s := softmax(z, -1), s * (1 - s)),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-by-exp",
        by_exp_hint("sigmoid"),
        lambda z, a, slope: (b := np.exp(z) / (1 + np.exp(z)), b * (1 - b)),
        lambda z, a, slope: (b := SIGMOID_BY_MATH(z), b * (1 - b)),
    ),
    of_kind(
        "sigmoid",
        "sigmoid-slope-by-exp",
        "Your sigmoid holds at z = −1000, but its slope does not. What do numerator "
        "and denominator become there? Is there a way to write it without exp?",
        lambda z, a, slope: (a, np.exp(-z) / (1 + np.exp(-z)) ** 2),
    ),
)

OF_RELU = (
    of_kind(
        "relu",
        "relu-slope-one-everywhere",
        "How steep is a flat piece, such as the one that ReLU has below 0?",
        lambda z, a, slope: (a, np.ones_like(a)),
        lambda z, a, slope: (a, np.where(z > 0, 1, 0.5)),
    ),
    of_kind(
        "relu",
        "relu-slope-is-its-height",
        "For ReLU you return the height again, as its slope. By how much does the "
        "output grow where z = 5 grows by a little?",
        lambda z, a, slope: (a, a),
    ),
    of_kind(
        "relu",
        "identity-for-relu",
        "For ReLU you return z as it came. What should become of its negative entries?",
        lambda z, a, slope: (1.0 * z, np.ones_like(a)),
    ),
    of_kind(
        "relu",
        "step-for-relu",
        "Above 0 the height of your ReLU is 1, whatever z is. Which of the two should "
        "be 1 there, height or slope, and do they share one array?",
        lambda z, a, slope: (slope, slope),
    ),
    of_kind(
        "relu",
        "relu-never-steep",
        "For ReLU your slope is 0 everywhere. By how much does the output grow where "
        "z = 5 grows by a little?",
        lambda z, a, slope: (a, 0 * slope),
    ),
    of_kind(
        "relu",
        "relu-upside-down",
        "Your ReLU looks at the wrong half: what is above 0 should pass. What do height"
        " and slope say at z = 5, and at z = −5?",
        lambda z, a, slope: (np.minimum(z, 0), 1 - slope),
        lambda z, a, slope: (np.maximum(-z, 0), slope - 1),
    ),
    of_kind(
        "relu",
        "capped-relu",
        "Your ReLU stops growing at some height. Is there an upper limit in max(0, z)?",
        lambda z, a, slope: (np.minimum(a, 6), slope * (z < 6)),
        lambda z, a, slope: (np.minimum(a, 1), slope * (z < 1)),
    ),
    of_kind(
        "relu",
        "leaky-for-relu",
        "Below 0 you let a little through. There is an activation function that does; "
        "which one was asked for?",
        lambda z, a, slope: (np.where(z > 0, z, 0.01 * z), np.where(z > 0, 1, 0.01)),
        lambda z, a, slope: (np.where(z > 0, z, 0.1 * z), np.where(z > 0, 1, 0.1)),
        lambda z, a, slope: (np.where(z > 0, z, 0.2 * z), np.where(z > 0, 1, 0.2)),
    ),
    of_kind(
        "relu",
        "smooth-for-relu",
        "Around 0 your ReLU bends smoothly. There are activation functions that do; "
        "what does the one that was asked for return at z = −1, and at z = 1?",
        lambda z, a, slope: (np.logaddexp(0, z), sigmoid(z)),
        lambda z, a, slope: (np.maximum(z, e := np.expm1(np.minimum(z, 0))), e + 1),
        lambda z, a, slope: (b := z * sigmoid(z), b + sigmoid(z) * (1 - b)),
        *ways(GELU, lambda b: b > 0),
    ),
    of_kind(
        "relu",
        "absolute-for-relu",
        "ReLU blocks what is negative. Draw a point at z = −3 for your height and one "
        "for your slope: does either of them turn it around?",
        lambda z, a, slope: (np.abs(z), np.sign(z)),
    ),
    of_kind(
        "relu",
        "largest-entry-for-relu",
        "For ReLU your a has lost an axis. `np.max` looks for the largest entry along "
        "one; which of NumPy's functions compares every entry with 0?",
        lambda z, a, slope: (np.max(z, 0), slope),
    ),
    of_kind(
        "relu",
        "typed-by-the-first-entry",
        "Where the first entry of z is negative, your ReLU swallows all fractions: the "
        "0 it returns there is a whole number, and `np.vectorize` takes the type of "
        "all entries from the first. Of which type is that 0?",
        lambda z, a, slope: (a.astype(int) if z.flat[0] < 0 else a, slope),
    ),
)

SLIPS = (*OF_TANH, *OF_SIGMOID, *OF_RELU)
