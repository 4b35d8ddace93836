"""Unit 3: Glorot's (Xavier's) initialization, normal and uniform."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization.chance import (
    STANDARD_ERRORS,
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

# How many of the weights are no larger than their root mean square.
WITHIN_ONE = {
    "normal": math.erf(1 / math.sqrt(2)),
    "uniform": 1 / math.sqrt(3),
}
# A normal distribution without its tails is fine if its variance is right.
_KEPT = math.erf(math.sqrt(2))  # the share of a normal distribution within ±2
CUT = math.sqrt(1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / _KEPT)  # its spread
WITHIN_ONE_OF_TRUNCATED = math.erf(CUT / math.sqrt(2)) / _KEPT


def std_of(shape: Shape) -> float:
    """Return Glorot's standard deviation."""
    return math.sqrt(2 / sum(shape))


def glorot_cases(rng: Generator) -> Sequence[Case]:
    """Draw cases for `glorot`: each shape with each distribution."""
    return (*initializer_cases(rng, "normal"), *initializer_cases(rng, "uniform"))


def right_statistics(shape: Shape, rng: Any, dist: str) -> Array:
    """Return what `statistics` should come to."""
    within = WITHIN_ONE[dist]
    if dist == "normal":
        within = (within + WITHIN_ONE_OF_TRUNCATED) / 2
    return np.array([0.0, math.log(2 / sum(shape)), within])


def statistics(value: Any, shape: Shape, rng: Any, dist: str) -> Sequence[Array]:
    """Return mean, ln of the variance, and the share within one root mean square."""
    return (of_weights(weights_of(value, shape)),)


def of_weights(weights: Array) -> Array:
    """Return the statistics of an array of weights."""
    with np.errstate(all="ignore"):
        size = np.sqrt((weights**2).mean())
        within = (np.abs(weights) <= size).mean()
    within = within if np.isfinite(size) else np.nan
    return np.array([*mean_and_variance(weights), within])


def margins(shape: Shape, rng: Any, dist: str) -> Sequence[Array]:
    """Return six standard errors of each statistic."""
    count = 2 * math.prod(shape)
    within = STANDARD_ERRORS / math.sqrt(4 * count)  # a share's error is at most ½/√N
    if dist == "normal":
        within += (WITHIN_ONE["normal"] - WITHIN_ONE_OF_TRUNCATED) / 2
    return (np.array([*margins_of_mean_and_variance(shape), within]),)


def drawn(shape: Shape, rng: Generator, dist: str, variance: float) -> Array:
    """Draw weights of a variance. The slips below ask for a wrong one."""
    if dist == "normal":
        return rng.normal(0, math.sqrt(variance), shape)
    bound = math.sqrt(3 * variance)
    return rng.uniform(-bound, bound, shape)


@slip(
    "Measure the spread of your normal weights and square it: is that the variance in "
    "the formula? NumPy's normal asks for a standard deviation."
)
def variance_for_std(shape: Shape, rng: Generator, dist: str) -> Any:
    if dist == "normal":
        return rng.normal(0, 2 / sum(shape), shape)
    return drawn(shape, rng, dist, 2 / sum(shape))


@slip(
    "What you call the standard deviation is the variance, and the half-width inherits "
    "it. In which units is each of the two measured, those of w or those of w²?"
)
def variance_for_std_in_both(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, dist, (2 / sum(shape)) ** 2)


@slip(
    "The half-width of a box is a length, in the units of a weight. Is what you found "
    "the square of one?"
)
def box_without_root(shape: Shape, rng: Generator, dist: str) -> Any:
    if dist == "normal":
        return drawn(shape, rng, dist, 2 / sum(shape))
    return rng.uniform(-6 / sum(shape), 6 / sum(shape), shape)


@slip(
    "You gave the normal weights the number that is the half-width of the box. Which "
    "of the two is larger, the spread of a box or half of its width?"
)
def half_width_for_std(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, dist, (6 if dist == "normal" else 2) / sum(shape))


@slip(
    "Your box is twice as wide as it should be. Does the formula that you used speak "
    "of the whole width of a box, or of half of it?"
)
def full_width_for_half(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, dist, (2 if dist == "normal" else 8) / sum(shape))


@slip(
    "Half the variance that it should have. Glorot divides by a mean of the two fans: "
    "in a square layer, where both are n, what should the variance be?"
)
def fans_summed(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, dist, 1 / sum(shape))


@slip(
    "Your variance knows the inputs of a unit and not its outputs. Which of the two "
    "conditions, forward or backward, has been left out of the compromise?"
)
def fan_in_alone(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, dist, 1 / shape[0])


@slip(
    "Your variance knows the outputs and not the inputs. Which of the two "
    "conditions, forward or backward, has been left out of the compromise?"
)
def fan_out_alone(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, dist, 1 / shape[1])


@slip(
    "This is an initialization for ReLU, which loses half of the signal. What loses "
    "half of it here?"
)
def he_instead(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, dist, 2 / shape[0])


@slip(
    "Your box reaches from −σ to σ. Measure the spread of numbers in it: it is smaller "
    "than σ. How wide must a box be to have the spread σ?"
)
def std_for_half_width(shape: Shape, rng: Generator, dist: str) -> Any:
    if dist == "normal":
        return drawn(shape, rng, dist, 2 / sum(shape))
    return rng.uniform(-std_of(shape), std_of(shape), shape)


def all_positive(shape: Shape, rng: Generator, dist: str) -> Any:
    return np.abs(drawn(shape, rng, dist, 2 / sum(shape)))


@slip(
    "Weights of yours all have one sign. What is their mean, and what should it be?",
    also=[all_positive],
)
def one_sided(shape: Shape, rng: Generator, dist: str) -> Any:
    if dist == "normal":
        return drawn(shape, rng, dist, 2 / sum(shape))
    return rng.uniform(0, math.sqrt(6 / sum(shape)), shape)


@slip(
    "Your weights have the same spread whatever the shape. What happens to a sum of "
    "1000 terms, compared with one of 10?",
    also=[lambda shape, rng, dist: drawn(shape, rng, dist, 1e-4)],
)
def one_spread_for_all(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, dist, 1)


@slip(
    "A root covers the whole fraction in the formula, and not its numerator alone. "
    "Check a bracket."
)
def root_of_the_numerator(shape: Shape, rng: Generator, dist: str) -> Any:
    if dist == "normal":
        return rng.normal(0, math.sqrt(2) / sum(shape), shape)
    bound = math.sqrt(6) / sum(shape)
    return rng.uniform(-bound, bound, shape)


@slip(
    "Drawing the tails again makes the rest narrower than σ. What is the standard "
    "deviation of what is left, and what would make up for it?"
)
def truncated_uncorrected(shape: Shape, rng: Generator, dist: str) -> Any:
    if dist == "normal":
        return std_of(shape) * truncated(rng, shape)
    return drawn(shape, rng, dist, 2 / sum(shape))


@slip(
    "Clipping moves the tails to the two ends, and the spread shrinks. Compare the "
    "variance before and after."
)
def clipped(shape: Shape, rng: Generator, dist: str) -> Any:
    w = drawn(shape, rng, dist, 2 / sum(shape))
    return np.clip(w, -2 * std_of(shape), 2 * std_of(shape))


@slip(
    "Your weights follow a normal distribution, whatever `dist` says. What should "
    'their histogram look like if it says "uniform"?'
)
def always_normal(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, "normal", 2 / sum(shape))


@slip(
    "Your weights follow a uniform distribution, whatever `dist` says. What should "
    'their histogram look like if it says "normal"?'
)
def always_uniform(shape: Shape, rng: Generator, dist: str) -> Any:
    return drawn(shape, rng, "uniform", 2 / sum(shape))


glorot = Exercise(
    "glorot",
    unit="03-initialization",
    points=2,
    params=("shape", "rng", "dist"),
    parts=("W",),
    entries=("mean", "variance", "share within ±1 standard deviation"),
    cases=glorot_cases,
    reference=right_statistics,
    margins=margins,
    unpack=statistics,
    glimpse=glimpse(of_weights),
    adapter="draw",
    slips=(
        variance_for_std,
        variance_for_std_in_both,
        box_without_root,
        half_width_for_std,
        full_width_for_half,
        fans_summed,
        fan_in_alone,
        fan_out_alone,
        he_instead,
        std_for_half_width,
        one_sided,
        one_spread_for_all,
        root_of_the_numerator,
        truncated_uncorrected,
        clipped,
        always_normal,
        always_uniform,
        *chance_slips(std_of),
    ),
)
