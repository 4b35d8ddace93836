"""Unit 1: what goes wrong on the way from a row to its share of the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.curves import curve
from nnkit.exercises.neuron.gradient_slips import backward
from nnkit.exercises.spec import slip


def with_every_bias(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, np.tanh(np.cumsum(X @ w + b)), y)


@slip(
    "Your first row is right, and the second begins with what the first has left in z. "
    "In which of your loops should z start anew?",
    also=[with_every_bias],
)
def z_carried_over(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, np.tanh(np.cumsum(X @ w) + b), y)


@slip(
    "Of output and label one is doubled, the other is not. Python multiplies before it "
    "subtracts: what does `2 * u - v` come to?"
)
def residual_half_doubled(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = (2 * a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "Your gradient is built with outputs of another curve. tanh takes a z below 0 to "
    "an output between −1 and 0: print your z and your outputs, what do they come to "
    "there?",
    also=[lambda X, y, w, b: backward(X, np.maximum(X @ w + b, 0), y)],
)
def outputs_of_another_curve(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, curve(X @ w + b, "sigmoid"), y)


def stepped(lr: float) -> Callable[..., Any]:
    def step(X: Array, y: Array, w: Array, b: float) -> Any:
        dw, db = backward(X, np.tanh(X @ w + b), y)
        return w - lr * dw, b - lr * db

    return step


@slip(
    "You return what the weights and the bias are after a step. The text asks for the "
    "slopes where they are now: at which line of yours do you have them?",
    also=[stepped(lr) for lr in (0.01, 0.05, 0.5, 1.0)],
)
def parameters_after_a_step(X: Array, y: Array, w: Array, b: float) -> Any:
    return stepped(0.1)(X, y, w, b)


SLIPS = (
    z_carried_over,
    residual_half_doubled,
    outputs_of_another_curve,
    parameters_after_a_step,
)
