"""Unit 2: gradient descent from start to end, with every point on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Named
from nnkit.exercises.draw import signed
from nnkit.exercises.learning_rate import (
    run_pairs,
    run_rates,
    run_rules,
    run_slips,
)
from nnkit.exercises.learning_rate.run_slips import path
from nnkit.exercises.learning_rate.shared import spread, valley
from nnkit.exercises.spec import Case, Exercise


def descents(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `gd_run`: a gradient, a start (d,), a rate, a number of steps."""

    def slope(d: int) -> Named:
        A = valley(rng, spread(rng, d))
        return Named("quadratic_gradient", {"A": A})

    def draw(d: int, steps: int) -> tuple[Any, ...]:
        return slope(d), signed(rng, d), float(rng.uniform(0.05, 0.25)), steps

    def near(args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args[0], args[1] / 10, *args[2:]

    def next_to(args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args[0], args[1] / 1e9, *args[2:]

    wells = Named("double_well_gradient", {"tilt": float(rng.uniform(0.2, 0.6))})
    ditch = Named("quadratic_gradient", {"A": np.diag([rng.uniform(1, 3), 0.0])})
    level = np.array([0.0, float(rng.uniform(1, 2))])
    return (
        Case("three weights, five steps", draw(3, 5)),
        # On a quadratic the gradient of a multiple is a multiple of the gradient.
        Case("a gradient that is not linear", (wells, signed(rng, 2), 0.04, 4)),
        # So gentle a slope is shorter than 1: who cuts off longer ones leaves it alone.
        Case("a single weight", near(draw(1, 4))),
        Case("as many points as weights", draw(4, 3)),
        # Who leaves out steps as too short to matter has a bound in mind, in numbers.
        Case("a start next to the minimum", next_to(draw(2, 5))),
        Case("no step at all", draw(3, 0)),
        Case("a start on level ground", (ditch, level, 0.1, 4)),
        Case("a whole-number start", (slope(2), rng.integers(1, 9, 2), 0.07, 6)),
        Case("a rate that diverges", (slope(3), signed(rng, 3), 0.9, 5)),
        Case("three weights, five steps, other numbers", draw(3, 5)),
    )


gd_run = Exercise(
    "gd_run",
    unit="02-learning-rate",
    points=2,
    params=("grad", "w0", "lr", "T"),
    parts=("path",),
    cases=descents,
    reference=path,
    slips=(
        *run_slips.SLIPS,
        *run_rules.SLIPS,
        *run_rates.SLIPS,
        *run_pairs.PAIRS,
    ),
)
