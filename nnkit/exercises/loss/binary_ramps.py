"""Unit 4: binary cross-entropy whose softplus is another curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import OTHER_LOGARITHM, binary_right
from nnkit.exercises.spec import slip


@slip(
    "Is your softplus a ramp? Far to the right, log(1 + exp(z)) is nearly z; yours "
    "stays near 0 there.",
    also=(
        lambda z, y: (
            np.mean(np.minimum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))),
            binary_right(z, y)[2],
        ),
    ),
)
def ramp_forgotten(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return np.mean(np.log1p(np.exp(-np.abs(z))) - y * z), dz


@slip(
    "max(z, 0) is softplus far out, on either side. Near 0 softplus is smooth: what is "
    "log(1 + exp(0)), and what is yours?",
    also=(
        lambda z, y: with_softplus(np.maximum(z, 0) + np.exp(-np.abs(z)), z, y),
        lambda z, y: with_softplus(
            np.maximum(z, 0) + np.log1p(1 + np.exp(-np.abs(z))), z, y
        ),
        lambda z, y: with_softplus(np.maximum(z, 0) - ramp_rest(z), z, y),
    ),
)
def corner_for_softplus(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return np.mean(np.maximum(z, 0) - y * z), dz


@slip(
    "log(1 + exp(z)) is z plus something small only where z is positive. What is it at "
    "z = −5, and what does your formula give there?",
    also=(
        lambda z, y: (
            np.mean(np.abs(z) - y * z + np.log1p(np.exp(-np.abs(z)))),
            binary_right(z, y)[2],
        ),
        lambda z, y: (
            np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-z))),
            binary_right(z, y)[2],
        ),
    ),
)
def softplus_of_one_sign(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return np.mean(z - y * z + np.log1p(np.exp(-np.abs(z)))), dz


@slip(
    "What is log(1 + exp(z)) at z = 5, all by itself, and what do you add to it there? "
    "The part for large logits may be in your loss once, and is in it twice.",
    also=(
        lambda z, y: (
            np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(np.abs(z)))),
            binary_right(z, y)[2],
        ),
    ),
)
def ramp_twice(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(z))), dz


@slip(
    "softplus is nearly its ramp far out, and nearly is not all: by how much does it "
    "lie above z at z = 11? From which z on do 16 digits have no room for that?",
    also=(lambda z, y: with_softplus(straight_from(5, z), z, y),),
)
def ramp_too_early(z: Array, y: Array) -> Any:
    return with_softplus(straight_from(10, z), z, y)


def straight_from(limit: float, z: Array) -> Array:
    """Return softplus, but for max(z, 0) beyond a limit."""
    return np.where(np.abs(z) > limit, np.maximum(z, 0), np.logaddexp(0, z))


@slip(
    "A logit of exactly 0 is neither > 0 nor < 0. Which of your lines takes care of "
    "it, and what do its loss and its slope come to?",
    also=(
        lambda z, y: (zero_left_out(z, y)[0], -y * (z == 0) / len(z) + at_others(z, y)),
        lambda z, y: (binary_right(z, y)[1], -y * (z == 0) / len(z) + at_others(z, y)),
    ),
)
def zero_on_neither_side(z: Array, y: Array) -> Any:
    return zero_left_out(z, y)


def zero_left_out(z: Array, y: Array) -> tuple[Any, Array]:
    """Return what comes of two masks, z > 0 and z < 0, and of zeros elsewhere."""
    losses = np.logaddexp(0, z) - y * z
    return np.where(z == 0, 0, losses).mean(), at_others(z, y)


def at_others(z: Array, y: Array) -> Array:
    """Return the right slopes, and 0 where the logit is 0."""
    return np.where(z == 0, 0, binary_right(z, y)[2])


@slip(
    "`max` picks the largest of all logits, and the 0 in `np.max(z, 0)` is an axis. "
    "The ramp belongs to each logit by itself: which function compares entry by entry?",
    also=(lambda z, y: with_softplus(max(z.max(), 0) + ramp_rest(z), z, y),),
)
def one_ramp_for_all(z: Array, y: Array) -> Any:
    return with_softplus(z.max() + ramp_rest(z), z, y)


def ramp_rest(z: Array) -> Array:
    """Return what softplus has besides its ramp."""
    return np.log1p(np.exp(-np.abs(z)))


def with_softplus(softplus: Array, z: Array, y: Array) -> Any:
    """Return the loss with this in the place of softplus, and the right gradient."""
    return np.mean(softplus - y * z), binary_right(z, y)[2]


@slip(
    "Of your two terms one is a mean over the examples, and the other a sum. Which "
    "brackets does the mean of the loss ask for?",
    also=(
        lambda z, y: (
            np.sum(np.logaddexp(0, z)) - np.mean(y * z),
            binary_right(z, y)[2],
        ),
    ),
)
def one_term_averaged(z: Array, y: Array) -> Any:
    return np.mean(np.logaddexp(0, z)) - y @ z, binary_right(z, y)[2]


@slip(
    "The label's term takes off a probability, at most 1. How much should a label of 1 "
    "take off the cost of a logit of 1000: can a number between 0 and 1 do that?"
)
def probability_in_the_label_term(z: Array, y: Array) -> Any:
    p, _, dz = binary_right(z, y)
    return np.mean(np.logaddexp(0, z) - y * p), dz


def ramp_in_base(base: float) -> Callable[..., Any]:
    """Make the answer in whose softplus the logarithm has another base."""

    def mutant(z: Array, y: Array) -> Any:
        _, loss, dz = binary_right(z, y)
        straight = np.mean(np.maximum(z, 0) - y * z)
        return straight + (loss - straight) / np.log(base), dz

    return mutant


@slip(
    OTHER_LOGARITHM,
    also=(
        lambda z, y: (binary_right(z, y)[1] / np.log(10), binary_right(z, y)[2]),
        ramp_in_base(2),
        ramp_in_base(10),
    ),
)
def other_logarithm(z: Array, y: Array) -> Any:
    _, loss, dz = binary_right(z, y)
    return loss / np.log(2), dz


SLIPS = (
    softplus_of_one_sign,
    ramp_forgotten,
    ramp_twice,
    corner_for_softplus,
    ramp_too_early,
    zero_on_neither_side,
    one_ramp_for_all,
    one_term_averaged,
    probability_in_the_label_term,
    other_logarithm,
)
