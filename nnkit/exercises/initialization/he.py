"""Unit 3: He's initialization."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization.chance import (
    Shape,
    chance_slips,
    glimpse,
    initializer_cases,
    margins_of_mean_and_variance,
    mean_and_variance,
    truncated,
    weights_of,
)
from nnkit.exercises.spec import Case, Exercise, slip

Generator = np.random.Generator


def std_of(shape: Shape) -> float:
    """Return He's standard deviation."""
    return math.sqrt(2 / shape[0])


def he_cases(rng: Generator) -> Sequence[Case]:
    """Draw cases for `he`."""
    return initializer_cases(rng)


def right_statistics(shape: Shape, rng: Any) -> Array:
    """Return what `statistics` should come to."""
    return np.array([0.0, math.log(2 / shape[0])])


def statistics(value: Any, shape: Shape, rng: Any) -> Sequence[Array]:
    """Return mean and ln of the variance; any distribution with these is right."""
    return (np.array(mean_and_variance(weights_of(value, shape))),)


def margins(shape: Shape, rng: Any) -> Sequence[Array]:
    """Return six standard errors of each statistic."""
    return (np.array(margins_of_mean_and_variance(shape)),)


@slip(
    "Measure the spread of your weights and square it: is that the variance in the "
    "formula? NumPy's normal asks for a standard deviation."
)
def variance_for_std(shape: Shape, rng: Generator) -> Any:
    return rng.normal(0, 2 / shape[0], shape)


@slip(
    "This keeps the size of a signal through a linear layer. What share of its mean "
    "square survives ReLU, and who makes up for the rest?"
)
def two_missing(shape: Shape, rng: Generator) -> Any:
    return rng.normal(0, math.sqrt(1 / shape[0]), shape)


@slip(
    "ReLU makes the signal smaller. Do your weights make up for that, or do they add "
    "to it? Look at which side of the fraction the 2 is on."
)
def two_below(shape: Shape, rng: Generator) -> Any:
    return rng.normal(0, math.sqrt(1 / (2 * shape[0])), shape)


@slip(
    "Count the terms in the weighted sum of one unit. With the shape (fan_in, "
    "fan_out), which end of the weight feeds that sum?"
)
def fan_out_instead(shape: Shape, rng: Generator) -> Any:
    return rng.normal(0, math.sqrt(2 / shape[1]), shape)


@slip(
    "This is Glorot's variance. Which fan does the forward condition ask for, and what "
    "does ReLU add?"
)
def glorot_instead(shape: Shape, rng: Generator) -> Any:
    return rng.normal(0, math.sqrt(2 / sum(shape)), shape)


@slip(
    "Right for square layers only: you divide by the mean of both fans. Which of them "
    "counts the terms of the weighted sum?"
)
def mean_of_the_fans(shape: Shape, rng: Generator) -> Any:
    return rng.normal(0, math.sqrt(4 / sum(shape)), shape)


@slip(
    "How wide must a box be to have the spread σ? Measure the spread of numbers "
    "between −σ and σ: it is smaller than σ."
)
def std_for_half_width(shape: Shape, rng: Generator) -> Any:
    return rng.uniform(-std_of(shape), std_of(shape), shape)


@slip(
    "All of your weights have one sign: `rng.random` draws between 0 and 1. What is "
    "their mean, and what should it be?"
)
def one_sided(shape: Shape, rng: Generator) -> Any:
    return rng.random(shape) * std_of(shape)


@slip(
    "A root covers the whole fraction in the formula, and not its numerator alone. "
    "Check a bracket."
)
def root_of_the_numerator(shape: Shape, rng: Generator) -> Any:
    return rng.normal(0, math.sqrt(2) / shape[0], shape)


@slip(
    "Drawing the tails again makes the rest narrower than σ. What is the standard "
    "deviation of what is left, and what would make up for it?"
)
def truncated_uncorrected(shape: Shape, rng: Generator) -> Any:
    return std_of(shape) * truncated(rng, shape)


@slip(
    "Clipping moves the tails to the two ends, and the spread shrinks. Compare the "
    "variance before and after."
)
def clipped(shape: Shape, rng: Generator) -> Any:
    std = std_of(shape)
    return np.clip(rng.normal(0, std, shape), -2 * std, 2 * std)


@slip(
    "Your weights have the spread 1, whatever the shape. What happens to a sum of 1000 "
    "terms, compared with one of 10?"
)
def spread_of_one(shape: Shape, rng: Generator) -> Any:
    return rng.normal(size=shape)


@slip(
    "A spread of 0.01 is an old habit, and right for one width only. What should it "
    "depend on?"
)
def one_hundredth(shape: Shape, rng: Generator) -> Any:
    return 0.01 * rng.normal(size=shape)


he = Exercise(
    "he",
    unit="03-initialization",
    points=2,
    params=("shape", "rng"),
    parts=("W",),
    entries=("mean", "variance"),
    cases=he_cases,
    reference=right_statistics,
    margins=margins,
    unpack=statistics,
    glimpse=glimpse(lambda weights: np.array(mean_and_variance(weights))),
    adapter="draw",
    slips=(
        variance_for_std,
        two_missing,
        two_below,
        fan_out_instead,
        glorot_instead,
        mean_of_the_fans,
        std_for_half_width,
        one_sided,
        root_of_the_numerator,
        truncated_uncorrected,
        clipped,
        spread_of_one,
        one_hundredth,
        *chance_slips(std_of),
    ),
)
