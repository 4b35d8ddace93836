"""Unit 2: the range test, which tries many rates from one and the same start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Named
from nnkit.exercises.draw import Array, signed
from nnkit.exercises.learning_rate import range_infinite, range_slips
from nnkit.exercises.learning_rate.range_infinite import losses
from nnkit.exercises.learning_rate.shared import spread, valley
from nnkit.exercises.spec import Case, Exercise


def searches(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `range_test`: loss and gradient, a start (d,), rates (r,).

    Rates come in no order, and none makes a loss both finite and so large that the
    others would be lost beside it.
    """

    def bowl(d: int) -> Named:
        A = valley(rng, spread(rng, d))
        return Named("quadratic_loss", {"A": A})

    def rates(r: int) -> Array:
        lrs = np.geomspace(0.01, 0.5, r) * rng.uniform(0.8, 1.2, r)
        lrs = rng.permutation(lrs)
        lrs[:2] = np.sort(lrs[:2])[::-1]  # for a start, not ascending
        return lrs

    def draw(d: int, r: int) -> tuple[Any, ...]:
        return bowl(d), signed(rng, d), rates(r)

    wells = Named("double_well_loss", {"tilt": float(rng.uniform(0.2, 0.6))})
    far = np.array([0.05, 1e120, 0.02, 1e90, 0.08]) * rng.uniform(0.8, 1.2, 5)
    # Downhill without end: along the second weight this surface has no bottom.
    ridge = Named("quadratic_loss", {"A": np.diag([rng.uniform(1, 3), -1.0])})
    ledge = np.array([0.0, float(rng.uniform(1, 2))])
    abyss = np.array([0.3, 1e200, 0.1]) * rng.uniform(0.8, 1.2, 3)
    # The second rate is beyond the wall of a direction in which w0 lies close to the
    # minimum: the first step lowers the loss, the third ends above the start.
    bend = Named("quadratic_loss", {"A": np.diag([1.0, rng.uniform(3.8, 4.2)])})
    turn = np.array([1.0, -0.1]) * rng.uniform(0.9, 1.1, 2)
    returning = (bend, turn, np.array([0.2, 0.8, 0.1]) * rng.uniform(0.95, 1.05))
    return (
        Case("five rates, one step", draw(3, 5)),
        Case("four rates, three steps", draw(2, 4), {"steps": 3}),
        Case("falls, then rises", returning, {"steps": 3}),
        Case(
            "a double well, six steps", (wells, signed(rng, 2), far[::2]), {"steps": 6}
        ),
        Case("rates that diverge", (wells, signed(rng, 2), far), {"steps": 2}),
        Case("a loss that falls without end", (ridge, ledge, abyss)),
        Case("a loss beyond all numbers", (bend, turn, abyss)),
        # One step ends so far out that the next is infinite; its own loss is not.
        Case(
            "a step beyond all numbers",
            (bend, turn / 1e20, abyss / [1, 1e30, 1]),
            {"steps": 2},
        ),
        Case("a single rate", (bowl(2), signed(rng, 2), rng.uniform(0.1, 0.2, 1))),
        Case("a loss that is large", (bend, turn, np.array([1.5])), {"steps": 99}),
        Case("as many rates as weights", draw(4, 4)),
        Case("a whole-number start", (bowl(3), rng.integers(1, 9, 3), rates(4))),
        Case("five rates, one step, other numbers", draw(3, 5)),
    )


range_test = Exercise(
    "range_test",
    unit="02-learning-rate",
    points=3,
    params=("loss_grad", "w0", "lrs"),
    parts=("losses",),
    cases=searches,
    reference=losses,
    slips=(*range_slips.SLIPS, *range_infinite.SLIPS),
)
