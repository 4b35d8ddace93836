"""Unit 2: a learning rate that warms up, then falls along a cosine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.learning_rate import (
    schedule_numbers,
    schedule_pairs,
    schedule_slips,
)
from nnkit.exercises.spec import Case, Exercise
from nnkit.optim import cosine as schedule


def moments(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `cosine`: step, steps in all, peak rate, steps of warm-up."""

    def draw(share: float, warm: int) -> tuple[Any, ...]:
        """Take a step so far between the end of the warm-up and that of the run."""
        T = warm + int(rng.integers(30, 60))
        return warm + int(share * (T - warm)), T, float(rng.uniform(0.1, 1)), warm

    def ramp() -> int:
        return int(rng.integers(8, 14))

    def long(warm: int, rest: int) -> tuple[Any, ...]:
        """Take a step where a cosine that goes on to the left is near its bottom."""
        return warm - rest + 1, warm + rest, float(rng.uniform(0.1, 1)), warm

    def beside_the_ends(warm: int, by: int) -> tuple[Any, ...]:
        """Take the step after the peak, or the one before the end."""
        t, T, *rest = draw(0 if by > 0 else 1, warm)
        return t + by, T, *rest

    warm = ramp()
    climbing = int(rng.integers(2, warm - 2))
    return (
        Case("on the way down", draw(rng.uniform(0.15, 0.4), ramp())),
        Case("during the warm-up", (climbing, *draw(1, warm)[1:])),
        Case("the very start", (0, *draw(1, ramp())[1:])),
        Case("the last step of the warm-up", (warm - 1, *draw(1, warm)[1:])),
        Case("the peak", draw(0, ramp())),
        Case("the end", draw(1, ramp())),
        Case("no warm-up, the start", draw(0, 0)),
        Case("no warm-up, on the way down", draw(rng.uniform(0.15, 0.4), 0)),
        Case("no warm-up, the end", draw(1, 0)),
        Case("late on the way down", draw(rng.uniform(0.6, 0.85), ramp())),
        Case(
            "a warm-up longer than the way down",
            long(ramp(), int(rng.integers(4, 6))),
        ),
        # Who takes a ramp of one step for none begins at the peak.
        Case("a warm-up of one step, the start", (0, *draw(1, 1)[1:])),
        Case("on the way down, other numbers", draw(rng.uniform(0.15, 0.4), ramp())),
        # Who is off by one step at the seam, or at the end, may be right elsewhere.
        Case("the first step on the way down", beside_the_ends(ramp(), 1)),
        Case("the last step but one", beside_the_ends(ramp(), -1)),
    )


def rate(t: int, T: int, lr0: float, warm: int) -> float:
    """Return the learning rate of step t."""
    return schedule(lr0, T, warm)(t)


def peak(t: int, T: int, lr0: float, warm: int) -> tuple[float]:
    """Return what cancels where the rate is 0: the peak rate."""
    return (lr0,)


cosine = Exercise(
    "cosine",
    unit="02-learning-rate",
    points=2,
    params=("t", "T", "lr0", "warm"),
    parts=("lr",),
    cases=moments,
    reference=rate,
    scale=peak,
    slips=(
        *schedule_slips.SLIPS,
        *schedule_numbers.SLIPS,
        *schedule_pairs.PAIRS,
    ),
)
