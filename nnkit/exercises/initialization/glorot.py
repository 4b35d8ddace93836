"""Unit 3: Glorot's (Xavier's) initialization, normal and uniform."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization.chance import (
    FIXED,
    STANDARD_ERRORS,
    Shape,
    chance_slips,
    initializer_cases,
    margins_of_mean_and_variance,
    mean_and_variance,
    of_a_size_to_square,
    weights_of,
)
from nnkit.exercises.initialization.spread import (
    BOX,
    CLIPPED_BOX,
    NORMAL,
    POSITIVE,
    POSITIVE_BOX,
    ROOT_3,
    Law,
    Variance,
    always,
    clipped,
    emptied,
    truncated,
)
from nnkit.exercises.spec import Case, Exercise, Foreseen, Slip

Generator = np.random.Generator

# How many of the weights are no larger than their root mean square.
WITHIN_ONE = {"normal": NORMAL.within, "uniform": BOX.within}
DISTS = tuple(WITHIN_ONE)
# A normal distribution without its tails is fine if its variance is right.
WITHIN_ONE_OF_TRUNCATED = truncated(2).within


def right_variance(shape: Shape) -> float:
    """Return the variance of Glorot's rule."""
    return 2 / sum(shape)


def std_of(shape: Shape) -> float:
    """Return Glorot's standard deviation."""
    return math.sqrt(right_variance(shape))


def part_of(dist: str) -> str:
    """Name the part that is graded for a distribution."""
    return f"{dist} W"


def glorot_cases(rng: Generator) -> Sequence[Case]:
    """Draw cases for `glorot`: each shape with each distribution."""
    return tuple(
        replace(case, asks=(part_of(dist),))
        for dist in DISTS
        for case in initializer_cases(rng, dist)
    )


def once_a_part(statistics: Array) -> tuple[Array, ...]:
    """Return them for either part; a case asks for one, its distribution's."""
    return (statistics,) * len(DISTS)


def right_statistics(shape: Shape, rng: Any, dist: str) -> tuple[Array, ...]:
    """Return what `statistics` should come to."""
    within = WITHIN_ONE[dist]
    if dist == "normal":
        within = (within + WITHIN_ONE_OF_TRUNCATED) / 2
    return once_a_part(np.array([0.0, math.log(right_variance(shape)), within]))


def statistics(value: Any, shape: Shape, rng: Any, dist: str) -> Sequence[Array]:
    """Return mean, ln of the variance, and the share within one root mean square."""
    weights = weights_of(value, shape)
    sizes = np.abs(of_a_size_to_square(weights)[0])
    with np.errstate(all="ignore"):
        size = np.sqrt((sizes**2).mean())
        within = (sizes <= size).mean()
    within = within if np.isfinite(size) else np.nan
    return once_a_part(np.array([*mean_and_variance(weights), within]))


def margins(shape: Shape, rng: Any, dist: str) -> Sequence[Array]:
    """Return six standard errors of each statistic."""
    count = 2 * math.prod(shape)
    within = STANDARD_ERRORS / math.sqrt(4 * count)  # a share's error is at most ½/√N
    if dist == "normal":
        within += (WITHIN_ONE["normal"] - WITHIN_ONE_OF_TRUNCATED) / 2
    return once_a_part(np.array([*margins_of_mean_and_variance(shape), within]))


def drawn(
    normal: Variance = right_variance,
    uniform: Variance = right_variance,
    laws: tuple[Law, Law] = (NORMAL, BOX),
) -> Foreseen:
    """Make the answer that draws from two laws, times the root of a variance each."""
    ways = {"normal": (normal, laws[0]), "uniform": (uniform, laws[1])}

    def glorot(shape: Shape, rng: Generator, dist: str) -> Any:
        variance, law = ways[dist]
        return math.sqrt(variance(shape)) * law.draw(rng, shape)

    def parts(shape: Shape, rng: Any, dist: str) -> Sequence[Array]:
        variance, law = ways[dist]
        return once_a_part(np.array([*law.moments(variance(shape)), law.within]))

    return Foreseen(glorot, parts)


def in_either(normal: Variance, uniform: Variance | None = None) -> Sequence[Foreseen]:
    """Make the answers with these variances in both distributions, or in one alone."""
    uniform = uniform or normal
    return drawn(normal, uniform), drawn(normal), drawn(uniform=uniform)


def of_draws(name: str, hint: str, *ways: Foreseen) -> Slip:
    """Declare a slip by the ways in which it draws."""
    return Slip(name, ways[0], hint, ways[1:])


SCALES = (
    of_draws(
        "variance-for-std",
        "Measure the spread of your normal weights and square it: is that the variance "
        "in the formula? NumPy's normal asks for a standard deviation.",
        drawn(lambda s: (2 / sum(s)) ** 2),
    ),
    of_draws(
        "variance-for-std-in-both",
        "What you call the standard deviation is the variance, and the half-width "
        "inherits it. In which units is each of the two measured, those of w or those "
        "of w²?",
        drawn(lambda s: (2 / sum(s)) ** 2, lambda s: (2 / sum(s)) ** 2),
        drawn(lambda s: (2 / sum(s)) ** 2, lambda s: (2 / sum(s)) ** 2 / 3),
    ),
    of_draws(
        "box-without-root",
        "The half-width of a box is a length, in the units of a weight. Is what you "
        "found the square of one?",
        drawn(uniform=lambda s: 12 / sum(s) ** 2),
        drawn(uniform=lambda s: (2 / sum(s)) ** 2),
        drawn(uniform=lambda s: (2 / sum(s)) ** 2 / 3),
    ),
    of_draws(
        "half-width-for-std",
        "You gave the normal weights the number that is the half-width of the box. "
        "Which of the two is larger, the spread of a box or half of its width?",
        drawn(lambda s: 6 / sum(s)),
    ),
    of_draws(
        "full-width-for-half",
        "Your box is twice as wide as it should be. Does the formula that you used "
        "speak of the whole width of a box, or of half of it?",
        drawn(uniform=lambda s: 8 / sum(s)),
    ),
    of_draws(
        "half-of-the-half",
        "Your box has half of the width that it should have. Is what your formula "
        "gives the whole width of a box, so that it may be halved once more?",
        drawn(uniform=lambda s: 0.5 / sum(s)),
    ),
    of_draws(
        "fans-summed",
        "Half the variance that it should have. Glorot divides by a mean of the two "
        "fans: in a square layer, where both are n, what should the variance be?",
        *in_either(lambda s: 1 / sum(s)),
    ),
    of_draws(
        "fan-in-alone",
        "Your variance knows the inputs of a unit and not its outputs. Which of the "
        "two conditions, forward or backward, has been left out of the compromise?",
        *in_either(lambda s: 1 / s[0]),
    ),
    of_draws(
        "fan-out-alone",
        "Your variance knows the outputs and not the inputs. Which of the two "
        "conditions, forward or backward, has been left out of the compromise?",
        *in_either(lambda s: 1 / s[1]),
    ),
    of_draws(
        "he-instead",
        "This is an initialization for ReLU, which loses half of the signal. What "
        "loses half of it here?",
        *in_either(lambda s: 2 / s[0]),
        *in_either(lambda s: 2 / s[1]),
    ),
    of_draws(
        "gain-taken-for-relu",
        "The variance is twice what was asked for. Is there a gain in your formula "
        "(the text has gain 1), or does the 2 stand outside of the root?",
        *in_either(lambda s: 4 / sum(s)),
    ),
    of_draws(
        "gain-taken",
        "Your spread is the right one times a gain, such as some libraries give to an "
        "activation function. Which gain does the text ask for?",
        *in_either(lambda s: 25 / 9 * 2 / sum(s)),
        *in_either(lambda s: 16 * 2 / sum(s)),
    ),
    of_draws(
        "root-of-the-denominator",
        "A root covers the whole fraction in the formula, and not its denominator "
        "alone. Check a bracket.",
        drawn(lambda s: 4 / sum(s), lambda s: 12 / sum(s)),
        drawn(uniform=lambda s: 12 / sum(s)),
    ),
    of_draws(
        "root-of-the-numerator",
        "A root covers the whole fraction in the formula, and not its numerator alone. "
        "Check a bracket.",
        *in_either(lambda s: 2 / sum(s) ** 2),
    ),
    of_draws(
        "bracket-missing",
        "What does Python divide first in `2 / a + b`? Check where the brackets are.",
        *in_either(lambda s: 2 / s[0] + s[1], lambda s: (6 / s[0] + s[1]) / 3),
    ),
    of_draws(
        "half-after-the-power",
        "There is no root left in your spread: it falls as fast as you divide. (And in "
        "`x ** 1 / 2`, what does Python do first, the power or the division?)",
        *in_either(lambda s: 1 / sum(s) ** 2, lambda s: 3 / sum(s) ** 2),
        drawn(lambda s: 1 / sum(s) ** 2, lambda s: 1 / sum(s) ** 2),
    ),
    of_draws(
        "fans-multiplied",
        "Your variance falls with the product of the two fans: doubling the layer both "
        "ways makes it four times smaller. What should it do to Glorot's?",
        *in_either(lambda s: 2 / (s[0] * s[1])),
    ),
    of_draws(
        "other-mean-of-the-fans",
        "Right for square layers only: you balance the two fans by another mean than "
        "the rule does. Of which numbers is it the mean, and which kind of mean?",
        *in_either(lambda s: 1 / math.sqrt(s[0] * s[1])),
        *in_either(lambda s: (1 / s[0] + 1 / s[1]) / 2),
    ),
    of_draws(
        "one-fan-picked",
        "You pick one of the two fans by its size, as `max` and `min` do. Where both "
        "have a condition, what does the rule do with them instead of picking?",
        *in_either(lambda s: 1 / max(s)),
        *in_either(lambda s: 1 / min(s)),
        *in_either(lambda s: 2 / max(s)),
        *in_either(lambda s: 2 / min(s)),
    ),
    of_draws(
        "upside-down",
        "Your weights become larger the more inputs and outputs a layer has. What do "
        "they have to do so that a sum of more terms keeps its size?",
        *in_either(lambda s: sum(s) / 2),
        drawn(lambda s: sum(s) / 2, lambda s: sum(s) / 18),
    ),
    of_draws(
        "std-for-half-width",
        "Your box reaches to σ, or less far. Measure the spread of numbers in it: it "
        "is smaller than σ. How wide must a box be to have the spread σ?",
        drawn(uniform=lambda s: 2 / sum(s) / 3),
        drawn(uniform=lambda s: 2 / sum(s) / 9),
    ),
    of_draws(
        "box-of-three",
        "Your box has three times the variance that it should have. The variance of "
        "numbers between −c and c follows from c²: which c makes it σ²?",
        drawn(uniform=lambda s: 6 / sum(s)),
    ),
    of_draws(
        "box-one-std-wide",
        "Your box is as wide as one standard deviation, from −σ/2 to σ/2. Measure the "
        "spread of numbers in it: how wide must a box be to have the spread σ?",
        drawn(uniform=lambda s: 2 / sum(s) / 12),
    ),
    of_draws(
        "box-of-old-habit",
        "A box from −1/√fan_in to 1/√fan_in is an old habit of libraries, from before "
        "this rule. Measure the variance of numbers in it: where is fan_out?",
        drawn(uniform=lambda s: 1 / (3 * s[0])),
    ),
    of_draws(
        "one-spread-for-all",
        "Your weights have the same spread whatever the shape. What happens to a sum "
        "of 1000 terms, compared with one of 10?",
        # In either alone: who has it in both is told once.
        *(drawn(always(std)) for std in FIXED),
        *(drawn(uniform=always(std)) for std in FIXED),
        *(drawn(uniform=always(half / ROOT_3)) for half in FIXED),
    ),
)
TAILS = (
    of_draws(
        "one-sided",
        "Weights of yours all have one sign. What is their mean, and what should it "
        "be?",
        drawn(laws=(NORMAL, POSITIVE_BOX)),
        drawn(laws=(POSITIVE, POSITIVE_BOX)),
        drawn(laws=(POSITIVE, BOX)),
        drawn(uniform=lambda s: 8 / sum(s), laws=(NORMAL, POSITIVE_BOX)),
    ),
    of_draws(
        "truncated-uncorrected",
        "Without its tails a normal distribution is narrower than σ. What is the "
        "standard deviation of what is left, and what would make up for it?",
        drawn(laws=(truncated(2), BOX)),
        drawn(laws=(emptied(2), BOX)),
        drawn(laws=(truncated(1), BOX)),
        drawn(laws=(truncated(1.5), BOX)),
    ),
    of_draws(
        "clipped",
        "Clipping moves the tails to the two ends, and the spread shrinks. Compare the "
        "variance before and after.",
        drawn(laws=(clipped(2), BOX)),
        drawn(laws=(clipped(1), BOX)),
        drawn(laws=(clipped(1), CLIPPED_BOX)),
    ),
    of_draws(
        "kinds-exchanged",
        "Your weights are normal where `dist` asks for a box, and the other way round. "
        'Which of your lines does a call with "normal" go through?',
        drawn(laws=(BOX, NORMAL)),
    ),
    of_draws(
        "always-normal",
        'Where `dist` says "uniform" your weights follow a normal distribution. What '
        "should their histogram look like, and which of your lines looks at `dist`?",
        drawn(laws=(NORMAL, NORMAL)),
    ),
    of_draws(
        "always-uniform",
        'Where `dist` says "normal" your weights follow a uniform distribution, or a '
        "normal one that is cut off so early that it is nearly flat. What should their "
        "histogram look like, and which of your lines looks at `dist`?",
        drawn(laws=(BOX, BOX)),
    ),
)


glorot = Exercise(
    "glorot",
    unit="03-initialization",
    points=2,
    params=("shape", "rng", "dist"),
    parts=tuple(map(part_of, DISTS)),
    entries=("mean", "variance", "share within ±1 standard deviation"),
    cases=glorot_cases,
    reference=right_statistics,
    margins=margins,
    unpack=statistics,
    adapter="draw",
    slips=(*SCALES, *TAILS, *chance_slips(std_of)),
)
