"""Unit 1: the gradient of one neuron, built with another curve or another divisor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.gradient_slips import backward
from nnkit.exercises.neuron.other_curves import FOR_TANH, ways
from nnkit.exercises.spec import slip

HALF_AS_STEEP = (lambda z: np.tanh(z / 2), lambda z: (1 - np.tanh(z / 2) ** 2) / 2)


def bent_by(way: Callable[[Array, Array, Array], tuple[Array, Array]]) -> Any:
    """Make the gradient of who takes these outputs, and slopes, for those of tanh."""

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        z = X @ w + b
        a = np.tanh(z)
        out, slope = way(z, a, 1 - a**2)
        dz = 2 * (out - y) * slope / len(y)
        return X.T @ dz, dz.sum()

    return neuron_grads


@slip(
    "The outputs in your gradient are those of another curve than tanh. Draw both from "
    "z = −3 to z = 3: what is the range of each, how steep are they at 0, and where do "
    "they level off?",
    also=[
        bent_by(way)
        for way in ways((HALF_AS_STEEP, *FOR_TANH), formula=lambda a: 1 - a**2)
    ],
)
def another_curve(X: Array, y: Array, w: Array, b: float) -> Any:
    return bent_by(lambda z, a, slope: (np.tanh(z / 2), slope))(X, y, w, b)


@slip(
    "The slope that you use is 1 where the neuron's output is above 0, and 0 where it "
    "is below. Which curve is as steep as that, and which one is in this loss?"
)
def slope_of_relu(X: Array, y: Array, w: Array, b: float) -> Any:
    return bent_by(lambda z, a, slope: (a, z > 0))(X, y, w, b)


def divided_by(divisor: Callable[[int], float]) -> Any:
    """Make the answer that is right, but for what it divides by."""

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        dw, db = backward(X, np.tanh(X @ w + b), y)
        share = len(y) / np.float64(divisor(len(y)))
        return dw * share, db * share

    return neuron_grads


def stopped_by_a_single_row(X: Array, y: Array, w: Array, b: float) -> Any:
    return divided_by(lambda m: 1 / (1 / (m - 1)))(X, y, w, b)


@slip(
    "You divide by one less than the number of rows, as the variance of a sample does. "
    "By what does the mean in this loss divide, and what comes of yours with a single "
    "row?",
    also=[divided_by(lambda m: max(m - 1, 1)), stopped_by_a_single_row],
)
def divided_by_one_less(X: Array, y: Array, w: Array, b: float) -> Any:
    return divided_by(lambda m: m - 1)(X, y, w, b)


def bent_inputs(late: bool) -> Any:
    """Make the gradient of who sends the inputs through tanh, and what comes of them.

    Args:
        late: whether the weighted sum is bent, too.
    """

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        H = np.tanh(X)
        if late:
            return backward(H, np.tanh(H @ w + b), y)
        dz = 2 * (H @ w + b - y) / len(y)
        return H.T @ dz, dz.sum()

    return neuron_grads


def bent_and_derived_from_z(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, np.tanh(X) @ w + b, y)


def bent_and_taken_for_straight(X: Array, y: Array, w: Array, b: float) -> Any:
    dz = 2 * (np.tanh(X) @ w + b - y) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "You send the inputs through tanh, one by one. A neuron adds up first: which "
    "single number of each row should bend?",
    also=[
        bent_inputs(late=True),
        bent_and_derived_from_z,
        bent_and_taken_for_straight,
    ],
)
def inputs_bent(X: Array, y: Array, w: Array, b: float) -> Any:
    return bent_inputs(late=False)(X, y, w, b)


SLIPS = (another_curve, slope_of_relu, divided_by_one_less, inputs_bent)
