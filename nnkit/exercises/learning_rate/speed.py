"""Unit 2: how many steps a quadratic loss takes, or whether it ever arrives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate import (
    speed_products,
    speed_rules,
    speed_slips,
)
from nnkit.exercises.learning_rate.shared import spread
from nnkit.exercises.learning_rate.speed_slips import steps
from nnkit.exercises.spec import Case, Exercise


def questions(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `steps_to`: curvatures (d,), a rate, a tolerance.

    The answer never sits where rounding decides between two whole numbers: the steps
    before they are rounded up are `part` short of the answer.
    """

    def draw(curvatures: Array, lr: float, steps: int, part: float) -> tuple[Any, ...]:
        factor = np.abs(1 - lr * curvatures).max()
        return curvatures, lr, float(factor ** (steps - part))

    def crawl(part: float, inmost: Callable[[Array], Any]) -> tuple[Any, ...]:
        """Put a direction between the others: it is neither the first nor the last."""
        curvatures = spread(rng, 3)
        at = int(inmost(curvatures))
        curvatures[[at, 1]] = curvatures[[1, at]]
        # Of the ends the last is the slower one: the first alone is not both of them.
        curvatures[[0, 2]] = curvatures[[0, 2]][np.argsort(-curvatures[[0, 2]])]
        lr = float(rng.uniform(0.4, 0.8) / curvatures.max())
        return draw(curvatures, lr, int(rng.integers(8, 20)), part)

    # The steepest stands at neither end, and of the ends the first is the slower one.
    steep = rng.uniform([0.3, 1, 3, 1.6], [0.6, 2, 4, 1.9])
    bouncing = float(rng.uniform(1.9, 1.95) / steep.max())
    # So flat that it takes a rate above 1 to bounce: no rate is large as such. Not
    # above 2, where one who forgets the curvature would see it diverge, too.
    lone = rng.uniform(0.86, 0.95, 1)
    wild = spread(rng, 3)
    level = np.append(spread(rng, 3), 0.0)
    tidy = float(2.0 ** rng.integers(-2, 4))  # a power of two: 1 − ηλ is exact
    # Two alike: their common distance needs longer than each of them alone.
    patient = np.repeat(spread(rng, 2), 2)
    near = spread(rng, 3)
    return (
        Case("three directions", crawl(rng.uniform(0.6, 0.8), np.argmax)),
        Case(
            "the steepest direction bounces",
            draw(steep, bouncing, int(rng.integers(20, 40)), rng.uniform(0.2, 0.4)),
        ),
        Case(
            "a single direction that bounces",
            draw(
                lone, float(rng.uniform(1.6, 1.7) / lone[0]), 7, rng.uniform(0.6, 0.8)
            ),
        ),
        Case("a rate that diverges", (wild, float(2.3 / wild.max()), 0.01)),
        Case("a flat direction", (level, float(0.5 / level.max()), 0.01)),
        Case(
            "a direction that bounces for ever",
            (np.array([tidy / 4, tidy]), 2 / tidy, 0.01),
        ),
        Case("arrives in one step", (np.array([tidy, tidy]), 1 / tidy, 0.01)),
        Case(
            "one direction arrives in one step",
            (np.array([tidy, tidy / 4]), 1 / tidy, 0.02),
        ),
        # Halved, and all of it powers of two: nothing is rounded, whoever counts.
        Case(
            "a distance that meets the tolerance exactly",
            (np.array([tidy]), 0.5 / tidy, 0.25),
        ),
        # Had they come from farther out, it would have been two steps and a half ago.
        Case(
            "close enough from the start", draw(near, 0.5 / float(near.max()), -2, 0.5)
        ),
        Case(
            "close enough, and diverging later",
            (wild, float(2.3 / wild.max()), float(1 + wild.min())),
        ),
        # No rounding here: the power 0 of any factor is 1, and the logarithm of 1 is 0.
        Case("a tolerance of exactly 1", (near, 0.5 / float(near.max()), 1.0)),
        Case(
            "a tolerance of exactly 1, and diverging later",
            (wild, float(2.3 / wild.max()), 1.0),
        ),
        Case(
            "thousands of steps",
            draw(
                patient,
                float(0.002 / patient.max()),
                int(rng.integers(3000, 5000)),
                rng.uniform(0.3, 0.4),
            ),
        ),
        Case(
            "three directions, other numbers", crawl(rng.uniform(0.2, 0.4), np.argmin)
        ),
    )


steps_to = Exercise(
    "steps_to",
    unit="02-learning-rate",
    points=3,
    params=("lam", "lr", "tol"),
    parts=("steps",),
    cases=questions,
    reference=steps,
    slips=(*speed_slips.SLIPS, *speed_rules.SLIPS, *speed_products.SLIPS),
)
