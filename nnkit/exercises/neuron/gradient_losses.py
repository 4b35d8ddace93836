"""Unit 1: gradients of another loss than the one that is printed, or cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.gradient_curves import divided_by
from nnkit.exercises.neuron.gradient_slips import backward, gradient
from nnkit.exercises.spec import slip


@slip(
    "This is the gradient of a root of the mean. Is there a root in the loss as it is "
    "printed? (It has the same minimum, and another slope.)"
)
def root_of_the_loss(X: Array, y: Array, w: Array, b: float) -> Any:
    _, residual, dz = gradient(X, y, w, b)
    dz = dz / (2 * np.sqrt(np.mean(residual**2)))
    return X.T @ dz, dz.sum()


@slip(
    "You add the label to the output. What should your gradient be where the neuron "
    "says exactly what the label says?"
)
def label_added(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, np.tanh(X @ w + b), -y)


def with_slope(slope: Callable[[Array, Array, Array], Array]) -> Callable[..., Any]:
    """Make the answer with another slope: of the label, Xw, and the output."""

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        a = np.tanh(X @ w + b)
        dz = 2 * (a - y) * slope(y, X @ w, a) / len(y)
        return X.T @ dz, dz.sum()

    return neuron_grads


@slip(
    "Your slope is made of the labels. How steep tanh is depends on where the neuron "
    "is on its curve: which of your arrays says that?"
)
def slope_from_the_label(X: Array, y: Array, w: Array, b: float) -> Any:
    return with_slope(lambda y, s, a: 1 - y**2)(X, y, w, b)


@slip(
    "Your slope of tanh is that of another place on the curve: b is missing there. "
    "Where is the neuron when it bends?"
)
def slope_without_the_bias(X: Array, y: Array, w: Array, b: float) -> Any:
    return with_slope(lambda y, s, a: 1 - np.tanh(s) ** 2)(X, y, w, b)


def clipped(cut: Callable[[Array], Array]) -> Callable[..., Any]:
    """Make the answer whose gradients are cut off."""

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        dw, db = backward(X, np.tanh(X @ w + b), y)
        return cut(dw), cut(db)

    return neuron_grads


@slip(
    "Where the gradient is large, yours ends at a bound. Clipping is something that an "
    "optimizer may do later: is there a bound in the loss, or in its slope?",
    also=[clipped(lambda g: g / max(1.0, float(np.linalg.norm(g))))],
)
def gradient_clipped(X: Array, y: Array, w: Array, b: float) -> Any:
    return clipped(lambda g: np.clip(g, -1, 1))(X, y, w, b)


@slip(
    "You divide by one more than the number of rows. By what does the mean in this "
    "loss divide, and what comes of yours with a single row?"
)
def divided_by_one_more(X: Array, y: Array, w: Array, b: float) -> Any:
    return divided_by(lambda m: m + 1)(X, y, w, b)


def decayed(share: float) -> Callable[..., Any]:
    """Make the answer that adds a share of the weights."""

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        dw, db = backward(X, np.tanh(X @ w + b), y)
        return dw + share * w, db

    return neuron_grads


@slip(
    "Something is added to dw that grows with w itself. A penalty on large weights is "
    "a loss of its own: is it in the one that is printed?",
    also=[*map(decayed, (0.001, 0.01, 0.1))],
)
def weights_penalized(X: Array, y: Array, w: Array, b: float) -> Any:
    return decayed(1.0)(X, y, w, b)


SLIPS = (
    root_of_the_loss,
    label_added,
    slope_from_the_label,
    slope_without_the_bias,
    gradient_clipped,
    divided_by_one_more,
    weights_penalized,
)
