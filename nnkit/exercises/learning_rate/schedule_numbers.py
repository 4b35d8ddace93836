"""Unit 2: how the numbers of a schedule are put together, and how that goes wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nnkit.exercises.spec import slip


def wave(angle: float, lr0: float) -> float:
    """Return ½ lr0 (1 + cos angle). Slips bring a wrong angle."""
    return lr0 / 2 * (1 + math.cos(angle))


def way_down(rate: Callable[[int, int, float, int], float]) -> Callable[..., Any]:
    """Return a schedule with the right ramp, and this rate from the peak on."""

    def cosine(t: int, T: int, lr0: float, warm: int) -> Any:
        return lr0 * t / warm if t < warm else rate(t, T, lr0, warm)

    return cosine


def turned(t: int, T: int, warm: int) -> float:
    """Return the angle through which the cosine has turned."""
    return math.pi * (t - warm) / (T - warm)


bracketless = (
    way_down(lambda t, T, lr0, warm: lr0 + math.cos(turned(t, T, warm)) / 2),
    way_down(lambda t, T, lr0, warm: lr0 / 2 * 1 + math.cos(turned(t, T, warm))),
    way_down(lambda t, T, lr0, warm: lr0 / 2 + lr0 * math.cos(turned(t, T, warm))),
    way_down(lambda t, T, lr0, warm: lr0 * (1 + math.cos(turned(t, T, warm)) / 2)),
    way_down(lambda t, T, lr0, warm: wave(math.pi * (t - warm / T - warm), lr0)),
    way_down(lambda t, T, lr0, warm: wave(math.pi * (t - warm) / T - warm, lr0)),
    way_down(lambda t, T, lr0, warm: wave(math.pi * t - warm / T - warm, lr0)),
    way_down(lambda t, T, lr0, warm: wave(math.pi * (t - warm / (T - warm)), lr0)),
    way_down(lambda t, T, lr0, warm: wave((math.pi * t - warm) / (T - warm), lr0)),
)


@slip(
    "Python multiplies and divides before it adds and subtracts. Which of the sums and "
    "differences in your cosine belong together, and do parentheses say so?",
    also=bracketless,
)
def parentheses_missing(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(math.pi * t - warm / (T - warm), lr0)


def peak_of_one(t: int, T: int, lr0: float, warm: int) -> Any:
    return t / warm if t < warm else wave(turned(t, T, warm), 1)


def ramp_to_one(t: int, T: int, lr0: float, warm: int) -> Any:
    return t / warm if t < warm else wave(turned(t, T, warm), lr0)


@slip(
    "Make the peak rate twice as high: does your rate double, on the ramp as on the "
    "way down?",
    also=[
        ramp_to_one,
        way_down(lambda t, T, lr0, warm: wave(turned(t, T, warm), 1)),
        way_down(lambda t, T, lr0, warm: (lr0 + math.cos(turned(t, T, warm))) / 2),
        way_down(lambda t, T, lr0, warm: (1 + lr0 * math.cos(turned(t, T, warm))) / 2),
    ],
)
def peak_rate_forgotten(t: int, T: int, lr0: float, warm: int) -> Any:
    return peak_of_one(t, T, lr0, warm)


def one_step_of_warm_up(t: int, T: int, lr0: float, warm: int) -> Any:
    warm = max(warm, 1)
    return lr0 * t / warm if t < warm else wave(turned(t, T, warm), lr0)


@slip(
    "You take the smaller of ramp and cosine. To the left of the peak a cosine falls, "
    "too. With a long warm-up and a short way down, is the ramp the smaller of the two "
    "all the time, and which one should count?"
)
def smaller_of_both(t: int, T: int, lr0: float, warm: int) -> Any:
    return min(lr0 * t / warm if warm else lr0, wave(turned(t, T, warm), lr0))


@slip(
    "Without a warm-up your rate is 0 at the start all the same. Ask your conditions "
    "for t = 0 and warm = 0: which formula is it that they choose?",
    also=[one_step_of_warm_up],
)
def always_zero_at_first(t: int, T: int, lr0: float, warm: int) -> Any:
    if t == 0:
        return 0.0
    return lr0 * t / warm if t < warm else wave(turned(t, T, warm), lr0)


def ramp_along_a_sine(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * math.sin(math.pi / 2 * t / warm)
    return wave(turned(t, T, warm), lr0)


@slip(
    "Your ramp starts at 0, ends at the peak, and is no straight line. How large "
    "should the rate be in the middle of the warm-up?",
    also=[ramp_along_a_sine],
)
def bent_ramp(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * (t / warm) ** 2
    return wave(turned(t, T, warm), lr0)


def ramp_after_the_peak(t: int, T: int, lr0: float, warm: int) -> Any:
    return lr0 * t / warm if t > warm else wave(turned(t, T, warm), lr0)


@slip(
    "Ramp and cosine have changed places: your rate climbs when the warm-up is over. "
    "Which way round do you compare t with warm?",
    also=[ramp_after_the_peak],
)
def branches_swapped(t: int, T: int, lr0: float, warm: int) -> Any:
    return lr0 * t / warm if t >= warm else wave(turned(t, T, warm), lr0)


@slip(
    "After the warm-up your rate stays at its peak. Noise asks for a small rate in the "
    "end: where in your function does it fall?"
)
def never_falls(t: int, T: int, lr0: float, warm: int) -> Any:
    return lr0 * t / warm if t < warm else lr0


@slip(
    "Without a warm-up your rate stays at its peak. The text says what it is at t = 0 "
    "then: which of your lines answers for the steps after that?"
)
def never_falls_without_a_ramp(t: int, T: int, lr0: float, warm: int) -> Any:
    if warm == 0:
        return lr0
    return lr0 * t / warm if t < warm else wave(turned(t, T, warm), lr0)


@slip(
    "On the way down your rate has four values only: `//` leaves of the angle, which "
    "goes from 0 to π, what is whole. Which division keeps the rest?"
)
def angle_truncated(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(math.pi * (t - warm) // (T - warm), lr0)


@slip(
    "After the warm-up your rate is 0. Where does `t` come in there, and does a "
    "number between 0 and 1 meet `//` or `int(...)`, which drop what comes after the "
    "point?"
)
def way_down_is_zero(t: int, T: int, lr0: float, warm: int) -> Any:
    return way_down(lambda *_: 0.0)(t, T, lr0, warm)


def half_a_turn_of(pi: float) -> Callable[..., Any]:
    """Return the right schedule, but for the number that stands for π."""

    def angle(t: int, T: int, lr0: float, warm: int) -> float:
        return wave(pi * (t - warm) / (T - warm), lr0)

    return way_down(angle)


@slip(
    "Your π has a few decimals only, or is a fraction that comes near it. Python knows "
    "it to 16 digits: which module has it?",
    also=[*map(half_a_turn_of, (3.1415, 3.1416, 3.14159, 22 / 7))],
)
def rounded_pi(t: int, T: int, lr0: float, warm: int) -> Any:
    return half_a_turn_of(3.14)(t, T, lr0, warm)


@slip(
    "At t = warm your rate is half of its peak. Between which two values does your "
    "cosine run, once it is lifted, and what has it to be multiplied by?"
)
def halved_once_more(t: int, T: int, lr0: float, warm: int) -> Any:
    return way_down(lambda t, T, lr0, warm: wave(turned(t, T, warm), lr0 / 2))(
        t, T, lr0, warm
    )


@slip(
    "You square the wave: peak and end are right, and half-way down a quarter of the "
    "peak is left. How much should it be there?"
)
def squared(t: int, T: int, lr0: float, warm: int) -> Any:
    return way_down(lambda t, T, lr0, warm: wave(turned(t, T, warm), 1) ** 2 * lr0)(
        t, T, lr0, warm
    )


SLIPS = (
    squared,
    parentheses_missing,
    peak_rate_forgotten,
    smaller_of_both,
    always_zero_at_first,
    bent_ramp,
    branches_swapped,
    never_falls,
    never_falls_without_a_ramp,
    angle_truncated,
    way_down_is_zero,
    rounded_pi,
    halved_once_more,
)
