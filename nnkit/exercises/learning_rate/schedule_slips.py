"""Unit 2: how a ramp, and the cosine after it, go wrong."""

from __future__ import annotations

import math
from typing import Any

from nnkit.exercises.learning_rate.schedule_numbers import wave
from nnkit.exercises.spec import slip


@slip(
    "At the end your rate is back at its peak. How much of a cosine's wave leads from "
    "the top to the bottom?"
)
def whole_wave(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(2 * math.pi * (t - warm) / (T - warm), lr0)


@slip(
    "At the end half of the rate is left. Through which angle does the cosine have to "
    "turn to fall from 1 to −1?"
)
def quarter_wave(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(math.pi / 2 * (t - warm) / (T - warm), lr0)


def not_subtracted_past_the_peak(t: int, T: int, lr0: float, warm: int) -> Any:
    return lr0 * t / warm if warm and t <= warm else wave(math.pi * t / T, lr0)


@slip(
    "Where the warm-up ends, your wave has turned by some angle already, and should be "
    "at the start of its way down. From which step on does it count?",
    also=[not_subtracted_past_the_peak],
)
def warm_up_not_subtracted(t: int, T: int, lr0: float, warm: int) -> Any:
    return lr0 * t / warm if t < warm else wave(math.pi * t / T, lr0)


@slip(
    "Print the rate at the end: it is not 0. Once the warm-up is over, how many steps "
    "are left for the way down?"
)
def way_down_too_long(t: int, T: int, lr0: float, warm: int) -> Any:
    return lr0 * t / warm if t < warm else wave(math.pi * (t - warm) / T, lr0)


def cosine_to_the_left(t: int, T: int, lr0: float, warm: int) -> Any:
    return wave(math.pi * (t - warm) / (T - warm), lr0)


def full_rate_at_once(t: int, T: int, lr0: float, warm: int) -> Any:
    return wave(math.pi * max(t - warm, 0) / (T - warm), lr0)


@slip(
    "With a warm-up the rate at t = 0 is 0, and yours is not. What is `warm` for?",
    also=[cosine_to_the_left, full_rate_at_once],
)
def no_warm_up(t: int, T: int, lr0: float, warm: int) -> Any:
    return wave(math.pi * t / T, lr0)


@slip(
    "Your way down is as short as it should be, but at t = warm your angle is not 0. "
    "From which step on does it count?"
)
def start_of_the_way_down(t: int, T: int, lr0: float, warm: int) -> Any:
    return lr0 * t / warm if t < warm else wave(math.pi * t / (T - warm), lr0)


@slip(
    "Peak and end are right, but half-way down your rate is more than half of the "
    "peak. Through which part of a wave does it fall: to the middle, or the bottom?"
)
def top_of_a_cosine(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return lr0 * math.cos(math.pi / 2 * (t - warm) / (T - warm))


@slip(
    "Your rate falls in a straight line. Along which curve was it to fall, flat at "
    "both ends?"
)
def straight_down(t: int, T: int, lr0: float, warm: int) -> Any:
    return lr0 * t / warm if t < warm else lr0 * (T - t) / (T - warm)


def ramp_too_long(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / (warm + 1)
    return wave(math.pi * (t - warm) / (T - warm), lr0)


def ramp_over_the_whole_run(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / T
    return wave(math.pi * (t - warm) / (T - warm), lr0)


def ramp_to_the_half(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 / 2 * t / warm
    return wave(math.pi * (t - warm) / (T - warm), lr0)


@slip(
    "Your ramp is straight, but it does not end where the cosine begins. In which step "
    "should it reach the peak?",
    also=[ramp_too_long, ramp_over_the_whole_run, ramp_to_the_half],
)
def ramp_too_short(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / (warm - 1)
    return wave(math.pi * (t - warm) / (T - warm), lr0)


@slip("At the end your cosine has turned by an angle of 1. How large is half a turn?")
def half_turn_missing(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave((t - warm) / (T - warm), lr0)


def both_around_the_peak(t: int, T: int, lr0: float, warm: int) -> Any:
    ramp = t / warm if t < warm else 1
    return ramp * wave(math.pi * (t - warm) / (T - warm), lr0)


@slip(
    "During the warm-up you multiply the ramp with the cosine. They come one after the "
    "other: which of them rules before the peak?",
    also=[both_around_the_peak],
)
def both_at_once(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return t / warm * wave(math.pi * t / T, lr0)
    return wave(math.pi * (t - warm) / (T - warm), lr0)


def ramp_between_its_ends(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * (t + 1) / (warm + 1)
    return wave(math.pi * (t - warm) / (T - warm), lr0)


@slip(
    "Print the rate at t = 0 and at t = 1. Such ramps are in use, but the one asked "
    "for starts elsewhere.",
    also=[ramp_between_its_ends],
)
def ramp_starts_at_one(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * (t + 1) / warm
    return wave(math.pi * (t - warm) / (T - warm), lr0)


def arrives_a_step_late(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(math.pi * (t - warm) / (T + 1 - warm), lr0)


def one_step_ahead(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(math.pi * (t + 1 - warm) / (T - warm), lr0)


@slip(
    "Your rate reaches 0 before the end, or is not 0 there. Print it at t = T − 1 and "
    "at t = T: where should the cosine arrive?",
    also=[arrives_a_step_late, one_step_ahead],
)
def arrives_a_step_early(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(math.pi * (t - warm) / (T - 1 - warm), lr0)


@slip(
    "Your wave is twice as high as it should be. Between which two values does "
    "1 + cos run?"
)
def half_missing(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return 2 * wave(math.pi * (t - warm) / (T - warm), lr0)


def bare_and_halved(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return lr0 / 2 * math.cos(math.pi * (t - warm) / (T - warm))


@slip(
    "Some of your rates are negative: the weights would move uphill. What lifts a "
    "cosine so that it never leaves the range from 0 to 1?",
    also=[bare_and_halved],
)
def bare_cosine(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return lr0 * math.cos(math.pi * (t - warm) / (T - warm))


@slip(
    "After the warm-up your rate starts at 0 and rises. What is the cosine of 0, and "
    "what should the rate be there?"
)
def upside_down(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return lr0 - wave(math.pi * (t - warm) / (T - warm), lr0)


@slip(
    "Through the whole warm-up your rate is 0. Does your ramp rise at all, or do `//` "
    "or `int` cut off what comes after the point?"
)
def ramp_truncated(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * (t // warm)
    return wave(math.pi * (t - warm) / (T - warm), lr0)


@slip(
    "The angle of math.cos and np.cos is not measured in degrees. What is half a turn?"
)
def in_degrees(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(180 * (t - warm) / (T - warm), lr0)


@slip(
    "Without a warm-up you divide by its length, which is 0. Does the ramp's formula "
    "have to cover the step t = warm?"
)
def ramp_covers_the_peak(t: int, T: int, lr0: float, warm: int) -> Any:
    if t <= warm:
        return lr0 * t / warm
    return wave(math.pi * (t - warm) / (T - warm), lr0)


@slip(
    "Half a wave of a sine is as high at its start as at its end. Which of the two "
    "functions has its top at the angle 0?"
)
def sine_for_cosine(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return lr0 / 2 * (1 + math.sin(math.pi * (t - warm) / (T - warm)))


@slip(
    "Your rate rises along a cosine. The text asks for a straight line during the "
    "warm-up: how large is the rate halfway, and how large after a quarter of it?"
)
def ramp_along_a_cosine(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 / 2 * (1 - math.cos(math.pi * t / warm))
    return wave(math.pi * (t - warm) / (T - warm), lr0)


@slip(
    "On the way down your rate stays at its peak and then jumps. Which of Python's two "
    "divisions drops what comes after the point?"
)
def way_down_truncated(t: int, T: int, lr0: float, warm: int) -> Any:
    if t < warm:
        return lr0 * t / warm
    return wave(math.pi * ((t - warm) // (T - warm)), lr0)


SLIPS = (
    whole_wave,
    quarter_wave,
    warm_up_not_subtracted,
    way_down_too_long,
    no_warm_up,
    start_of_the_way_down,
    top_of_a_cosine,
    straight_down,
    ramp_too_short,
    half_turn_missing,
    both_at_once,
    ramp_starts_at_one,
    arrives_a_step_early,
    half_missing,
    bare_cosine,
    upside_down,
    ramp_truncated,
    in_degrees,
    ramp_covers_the_peak,
    sine_for_cosine,
    ramp_along_a_cosine,
    way_down_truncated,
)
