"""Unit 4: binary cross-entropy that is right on paper, and not in a computer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import (
    SMALL,
    binary_by_formula,
    binary_right,
    floors,
    sigmoid,
)
from nnkit.exercises.spec import slip


@slip(
    "At a logit of 60 your chain rule divides by a probability, or "
    "by one minus it, that has been rounded to 0. What cancels if you multiply the "
    "two slopes before putting numbers in?"
)
def slopes_multiplied_in_numbers(z: Array, y: Array) -> Any:
    p, loss, _ = binary_right(z, y)
    return loss, ((1 - y) / (1 - p) - y / p) * p * (1 - p) / len(z)


@slip(
    "Print 1 − p for a logit of 60, and then its logarithm. The "
    "probability has lost what the logit still knows: can you do without p in the "
    "loss?",
    also=(lambda z, y: by_the_labels(z, y),),
)
def log_of_a_rounded_probability(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return binary_by_formula(sigmoid(z), y), dz


def by_the_labels(z: Array, y: Array) -> Any:
    """Answer so that only logarithms are taken which the label asks for."""
    p, _, dz = binary_right(z, y)
    yes = np.where(y > 0, y * np.log(p), 0.0)
    return -(yes + np.where(y < 1, (1 - y) * np.log(1 - p), 0.0)).mean(), dz


@slip(
    "Evaluate your loss at z = 1000 and at −1000, step by step: which intermediate "
    "result is too large for a floating-point number, or rounds to 0 just before its "
    "logarithm is taken, although the answer is neither?"
)
def softplus_overflows(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return np.mean(np.log(1 + np.exp(z)) - y * z), dz


def quotient(z: Array) -> Array:
    """Return the sigmoid as a quotient of two powers, which may both overflow."""
    return np.asarray(np.exp(z) / (1 + np.exp(z)))


def quotient_clipped_at(eps: float) -> Callable[..., Any]:
    """Make the answer that does so, and clips the probability."""

    def mutant(z: Array, y: Array) -> Any:
        p = np.clip(quotient(z), eps, 1 - eps)
        return binary_by_formula(p, y), (p - y) / len(z)

    return mutant


def quotient_and_floor(keep: Callable[[Array], Array]) -> Callable[..., Any]:
    """Make the answer that does so, and keeps what goes into the logarithms off 0."""

    def mutant(z: Array, y: Array) -> Any:
        p = quotient(z)
        loss = -np.mean(y * np.log(keep(p)) + (1 - y) * np.log(keep(1 - p)))
        return loss, (p - y) / len(z)

    return mutant


@slip(
    "Evaluate your sigmoid at z = 1000: what does exp give there, and "
    "what happens when two such numbers are divided?",
    also=(
        *floors(quotient_and_floor),
        *(quotient_clipped_at(eps) for eps in SMALL),
        lambda z, y: (binary_right(z, y)[1], (quotient(z) - y) / len(z)),
    ),
)
def exp_over_exp(z: Array, y: Array) -> Any:
    p = quotient(z)
    return binary_by_formula(p, y), (p - y) / len(z)


def kept_off_zero(keep: Callable[[Array], Array]) -> Callable[..., Any]:
    """Make the answer that keeps both probabilities off 0 in this way."""

    def mutant(z: Array, y: Array) -> Any:
        p, _, dz = binary_right(z, y)
        return -np.mean(y * np.log(keep(p)) + (1 - y) * np.log(keep(1 - p))), dz

    return mutant


def clipped_at(eps: float) -> Callable[..., Any]:
    """Make the answer that clips the probability to [eps, 1 − eps], and goes on."""

    def mutant(z: Array, y: Array) -> Any:
        p = np.clip(sigmoid(z), eps, 1 - eps)
        return binary_by_formula(p, y), (p - y) / len(z)

    return mutant


FINE = (15, 16, 20, 25, 30, 35, 36)
BOUNDS = (*FINE, 40, 50, 88, 100, 200, 250, 300, 500, 700, 709, 710)


def logits_clipped_at(bound: float) -> Callable[..., Any]:
    """Make the answer that clips the logits to ±bound, and goes on."""
    return lambda z, y: binary_right(np.clip(z, -bound, bound), y)[1:]


def logits_clipped_and_rounded(bound: float) -> Callable[..., Any]:
    """Make the answer that does so, and then takes the logarithm of 1 − p."""

    def mutant(z: Array, y: Array) -> Any:
        p = sigmoid(np.clip(z, -bound, bound))
        return binary_by_formula(p, y), (p - y) / len(z)

    return mutant


@slip(
    "Your loss has a ceiling: from some point on, a worse prediction costs no more. "
    "Clipping, or a small number inside of the logarithm, hides an overflow; it does "
    "not compute the loss. What does a logit of 1000 with the wrong label cost?",
    also=(
        *map(clipped_at, SMALL),
        *floors(kept_off_zero),
        *map(logits_clipped_at, BOUNDS),
        *map(logits_clipped_and_rounded, FINE),
    ),
)
def loss_with_a_ceiling(z: Array, y: Array) -> Any:
    p, _, dz = binary_right(z, y)
    return binary_by_formula(np.clip(p, 1e-12, 1 - 1e-12), y), dz


@slip(
    "For your worst predictions the gradient is exactly 0: they never get better. "
    "What is the slope of a clipped value?"
)
def clipping_kills_the_gradient(z: Array, y: Array) -> Any:
    p = sigmoid(z)
    kept = np.clip(p, 1e-12, 1 - 1e-12)
    dz = np.where(p == kept, (p - y) / len(z), 0.0)
    return binary_by_formula(kept, y), dz


@slip(
    "Where the logarithm is infinite, you put 0 in its place, so your worst "
    "predictions cost nothing. What do they cost?"
)
def infinity_thrown_away(z: Array, y: Array) -> Any:
    p, _, dz = binary_right(z, y)
    each = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    return np.where(np.isfinite(each), each, 0.0).mean(), dz


SLIPS = (
    slopes_multiplied_in_numbers,
    log_of_a_rounded_probability,
    softplus_overflows,
    exp_over_exp,
    loss_with_a_ceiling,
    clipping_kills_the_gradient,
    infinity_thrown_away,
)
