"""Unit 1: a layer that bends too often, or too early; and what becomes of its bias."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.curves import curve
from nnkit.exercises.spec import Slip, slip

Mutant = Callable[[Array, Array, Array, str], Any]


def twice_for(*kinds: str) -> Mutant:
    """Return who bends twice in some branches alone."""

    def layer(X: Array, W: Array, b: Array, kind: str) -> Any:
        Z = X @ W + b
        A = curve(Z, kind)
        return Z, curve(A, kind) if kind in kinds else A

    return layer


def tanh_after_all(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b
    return Z, np.tanh(curve(Z, kind))


def twice_without_bias(X: Array, W: Array, b: Array, kind: str) -> Any:
    # Z is right here: that it lacks the bias, too, another slip says.
    return X @ W + b, curve(curve(X @ W, kind), kind)


bent_twice = Slip(
    "bent-twice",
    twice_for("tanh", "sigmoid", "relu"),
    "One neuron bends once. Your A has been through the curve more often.",
    (twice_for("tanh"), twice_for("sigmoid"), tanh_after_all, twice_without_bias),
)


def per_term(bias_bent: bool, each: bool, Z_bent: bool, again: bool) -> Mutant:
    """Return who sends each product through the curve.

    Args:
        bias_bent: and the bias by itself.
        each: and with each product the bias.
        Z_bent: calls the sum of all that Z.
        again: bends the sum once more.
    """

    def layer(X: Array, W: Array, b: Array, kind: str) -> Any:
        terms = X[:, :, None] * W[None, :, :]
        bias = curve(b, kind) if bias_bent else b
        total = curve(terms + b if each else terms, kind).sum(axis=1)
        total = total if each else total + bias
        Z = total if Z_bent else X @ W + b
        return Z, curve(total, kind) if again else total

    return layer


BOTH = (False, True)

bent_per_term = Slip(
    "bent-per-term",
    per_term(False, False, False, False),
    "One neuron bends once: after everything has been added up, or before? You send "
    "each product through the curve by itself.",
    tuple(
        per_term(bias_bent, each, Z_bent, again)
        for bias_bent, each in ((False, False), (True, False), (False, True))
        for Z_bent in BOTH
        for again in BOTH
    )[1:],
)


@slip(
    "Your curves are asked at a Z that is not what the text calls so: something more "
    "is done to the weighted sums with their biases, by a factor or an absolute value. "
    "Which of your lines does it?",
    also=[
        lambda X, W, b, kind: _with_curve((X @ W + b) / 2, kind),
        lambda X, W, b, kind: _with_curve(abs(X @ W + b), kind),
        lambda X, W, b, kind: _with_curve((X @ W + b) / len(W), kind),
    ],
)
def z_changed_once_more(X: Array, W: Array, b: Array, kind: str) -> Any:
    return _with_curve(2 * (X @ W + b), kind)


@slip(
    # Half of the sums beside the whole bias is the same answer, and a factor.
    "The weighted sum and the bias are added up as they are. What do you multiply one "
    "of the two with before that? Feed zeros: then only the bias is left.",
    also=[lambda X, W, b, kind: _with_curve(X @ W + b / 2, kind)],
)
def bias_scaled(X: Array, W: Array, b: Array, kind: str) -> Any:
    return _with_curve(X @ W + 2 * b, kind)


@slip(
    "Raise an input whose weight is positive, and your Z falls. Which sign does the "
    "weighted sum have in it?",
    also=[lambda X, W, b, kind: _with_curve(-(X @ W + b), kind)],
)
def sums_subtracted(X: Array, W: Array, b: Array, kind: str) -> Any:
    return _with_curve(b - X @ W, kind)


@slip(
    "Your biases are multiplied before they are added: print what goes into the "
    "product. Is there a bracket that closes too late?"
)
def biases_in_the_product(X: Array, W: Array, b: Array, kind: str) -> Any:
    return _with_curve(X @ (W + b), kind)


def _with_curve(Z: Array, kind: str) -> tuple[Array, Any]:
    return Z, curve(Z, kind)


SLIPS = (
    bent_twice,
    bent_per_term,
    bias_scaled,
    z_changed_once_more,
    sums_subtracted,
    biases_in_the_product,
)
