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
    "log(1 + exp(0)), and what is yours?"
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
    other_logarithm,
)
