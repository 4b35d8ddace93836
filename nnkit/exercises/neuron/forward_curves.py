"""Unit 1: the curve that a neuron bends by, and what is taken for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip


@slip(
    "This is the pre-activation z. What still has to happen to it before "
    "the neuron has an output?"
)
def no_activation(x: Array, w: Array, b: float) -> Any:
    return w @ x + b


@slip(
    "Your output is never negative. Which activation has that range, and "
    "which one was asked for?"
)
def sigmoid_for_tanh(x: Array, w: Array, b: float) -> Any:
    z = w @ x + b
    return 1 / (1 + np.exp(-z))


@slip(
    "Below 0 your output stays at 0. Which activation does that, and which one was "
    "asked for?"
)
def relu_for_tanh(x: Array, w: Array, b: float) -> Any:
    return np.maximum(w @ x + b, 0)


@slip(
    "Your neuron says on which side of its boundary x lies, and nothing else. tanh has "
    "values between its two ends: what is it at z = 0.1?",
    also=[lambda x, w, b: 1 if w @ x + b > 0 else 0],
)
def step_for_tanh(x: Array, w: Array, b: float) -> Any:
    return np.sign(w @ x + b)


@slip(
    "Another curve than tanh bends your neuron. Draw both from z = −3 to z = 3: what "
    "is the range of each, how steep are they at 0, and where do they level off?",
    also=[
        lambda x, w, b: np.arctan(w @ x + b),
        lambda x, w, b: np.clip(w @ x + b, -1, 1),
        lambda x, w, b: (w @ x + b) / (1 + abs(w @ x + b)),
        lambda x, w, b: 1 - np.tanh(w @ x + b) ** 2,
        lambda x, w, b: max(w @ x + b, 0.01 * (w @ x + b)),
        lambda x, w, b: max(w @ x + b, 0.1 * (w @ x + b)),
    ],
)
def another_curve(x: Array, w: Array, b: float) -> Any:
    return np.sin(w @ x + b)


@slip(
    "Your output has the right range and is only half as steep at z = 0 as it should "
    "be. By how much is z stretched between the sigmoid and tanh?"
)
def half_as_steep(x: Array, w: Array, b: float) -> Any:
    return np.tanh((w @ x + b) / 2)


def tanh_by_math(x: Array, w: Array, b: float) -> Any:
    """Stop where NumPy's exp would go on with inf."""
    z = w @ x + b
    up, down = math.exp(z), math.exp(-z)
    return (up - down) / (up + down)


def of_a_falling_exp(exp: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a formula that holds where z is large, and not far below 0."""

    def neuron(x: Array, w: Array, b: float) -> Any:
        down = exp(-2 * (w @ x + b))
        return (1 - down) / (1 + down)

    return neuron


def of_a_rising_exp(x: Array, w: Array, b: float) -> Any:
    up = np.exp(2 * (w @ x + b))
    return (up - 1) / (up + 1)


@slip(
    "Evaluate your formula at z = 1000 and at −1000: what does exp give there, and "
    "what can be done with a number that is too large?",
    also=[
        tanh_by_math,
        of_a_rising_exp,
        of_a_falling_exp(np.exp),
        of_a_falling_exp(math.exp),
    ],
)
def tanh_by_exp(x: Array, w: Array, b: float) -> Any:
    z = w @ x + b
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@slip(
    "Your output leaves the range from −1 to 1. `tan` is the tangent of an angle: what "
    "does the h in the name of the other function stand for?"
)
def tangent_of_an_angle(x: Array, w: Array, b: float) -> Any:
    return np.tan(w @ x + b)


CURVES = (
    no_activation,
    sigmoid_for_tanh,
    relu_for_tanh,
    step_for_tanh,
    another_curve,
    half_as_steep,
    tanh_by_exp,
    tangent_of_an_angle,
)
