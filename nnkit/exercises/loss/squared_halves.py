"""Unit 4: `mse` with a mistake that shows for one value of `half` alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Slip, slip


def right(p: Array, y: Array, half: bool) -> tuple[Any, Array]:
    """Return the right loss and gradient."""
    r = p - y
    return np.mean(r**2) / (2 if half else 1), (1 if half else 2) * r / len(r)


def in_either_branch(known: Slip) -> Slip:
    """Return a slip that is also known where it is made for one value of `half` alone.

    Who writes the two formulas out, each with its `return`, may err in one of them.
    The first way to write it has to do: a check that finds none of them tries all.
    """
    alone = [only_for(half, known.mutant) for half in (False, True)]
    return replace(known, also=(*known.also, *alone))


def only_for(wrong: bool, mutant: Callable[..., Any]) -> Callable[..., Any]:
    """Make the answer that is wrong for one value of `half`."""
    return lambda p, y, half: (mutant if half is wrong else right)(p, y, half)


@slip(
    "Your loss has a factor of 2 too many. The 2 that the square brings down belongs "
    "to the slope: does one stand in the formula of the loss?",
    also=(
        lambda p, y, half: (2 * np.mean((p - y) ** 2), right(p, y, half)[1]),
        only_for(
            False, lambda p, y, half: (2 * right(p, y, half)[0], right(p, y, half)[1])
        ),
    ),
)
def two_in_the_loss(p: Array, y: Array, half: bool) -> Any:
    loss, dp = right(p, y, half)
    return 2 * loss, dp


@slip(
    "Python works out `a / 2 * m` from left to right. What is divided there, and what "
    "is multiplied?",
    also=(
        lambda p, y, half: (
            right(p, y, half)[0],
            (p - y) / 2 * len(p) * 2 if half else right(p, y, half)[1],
        ),
    ),
)
def bracket_missing(p: Array, y: Array, half: bool) -> Any:
    loss, dp = right(p, y, half)
    return np.sum((p - y) ** 2) / 2 * len(p) if half else loss, dp
