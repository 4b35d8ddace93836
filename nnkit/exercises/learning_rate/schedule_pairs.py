"""Unit 2: two mistakes on one way down, where numbers show neither alone."""

from __future__ import annotations

import math

from nnkit.exercises.learning_rate.schedule_numbers import way_down
from nnkit.exercises.learning_rate.schedule_slips import (
    bare_cosine,
    half_missing,
    half_turn_missing,
    quarter_wave,
    sine_for_cosine,
    start_of_the_way_down,
    warm_up_not_subtracted,
    way_down_too_long,
    whole_wave,
)
from nnkit.exercises.spec import Slip, both

SHARES = {
    warm_up_not_subtracted: lambda t, T, warm: t / T,
    way_down_too_long: lambda t, T, warm: (t - warm) / T,
    start_of_the_way_down: lambda t, T, warm: t / (T - warm),
}
"""How much of the way down is behind step t."""

SHAPES = {
    whole_wave: lambda u: 0.5 + math.cos(2 * math.pi * u) / 2,
    quarter_wave: lambda u: 0.5 + math.cos(math.pi / 2 * u) / 2,
    half_turn_missing: lambda u: 0.5 + math.cos(u) / 2,
    half_missing: lambda u: 1 + math.cos(math.pi * u),
    bare_cosine: lambda u: math.cos(math.pi * u),
    sine_for_cosine: lambda u: 0.5 + math.sin(math.pi * u) / 2,
}

# Three hints tell of the end, which of these shares only t / T brings right.
TRUE_OF_BOTH = {
    warm_up_not_subtracted: tuple(SHAPES),
    way_down_too_long: (half_missing, bare_cosine, sine_for_cosine),
    start_of_the_way_down: (half_missing, bare_cosine, sine_for_cosine),
}


def two_at_once(one: Slip, other: Slip) -> Slip:
    """Declare a share and a shape that are both wrong."""

    def rate(t: int, T: int, lr0: float, warm: int) -> float:
        return lr0 * SHAPES[other](SHARES[one](t, T, warm))

    return both(one, other, way_down(rate))


PAIRS = tuple(
    two_at_once(one, other) for one, others in TRUE_OF_BOTH.items() for other in others
)
