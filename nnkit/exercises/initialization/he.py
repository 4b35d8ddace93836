"""Unit 3: He's initialization."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Rng
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
    NORMAL,
    POSITIVE,
    POSITIVE_BOX,
    ROOT_3,
    Law,
    Variance,
    always,
    clipped,
    emptied,
    marks_of_tails,
    truncated,
)
from nnkit.exercises.spec import Case, Exercise, Foreseen, Slip
from nnkit.exercises.values import Misfit

Generator = np.random.Generator


def right_variance(shape: Shape) -> float:
    """Return the variance of He's rule."""
    return 2 / shape[0]


def std_of(shape: Shape) -> float:
    """Return He's standard deviation."""
    return math.sqrt(right_variance(shape))


def he_cases(rng: Generator) -> Sequence[Case]:
    """Draw cases for `he`; with so few inputs, one more or less is seen."""
    usual, few = initializer_cases(rng), (5, int(rng.integers(6600, 7000)))
    return [*usual, Case("five inputs", (few, Rng(int(rng.integers(2**31)))))]


def right_statistics(shape: Shape, rng: Any) -> Array:
    """Return what `statistics` should come to."""
    return np.array([0.0, math.log(right_variance(shape)), 0.0, 0.0, 0.0])


def statistics(value: Any, shape: Shape, rng: Any) -> Sequence[Array]:
    """Return mean and ln of the variance; any symmetric law with these is right.

    Three marks of the tails follow, to tell wrong answers from each other.
    """
    weights = weights_of(value, shape)
    found = np.array(mean_and_variance(weights))
    off = np.abs(found - [0.0, math.log(right_variance(shape))])
    lopsided = abs(np.sign(weights).sum()) > STANDARD_ERRORS * math.sqrt(weights.size)
    if lopsided and (off <= margins_of_mean_and_variance(shape)).all():
        raise Misfit(
            "lopsided",
            "Mean and variance are right, but many more of your weights lie on one "
            "side of 0 than on the other. Which distributions look the same there?",
        )
    return (np.array([*found, *marks_of_tails(of_a_size_to_square(weights)[0])]),)


def margins(shape: Shape, rng: Any) -> Sequence[Array]:
    """Return six standard errors of each statistic; a mark is measured in margins."""
    return (np.array([*margins_of_mean_and_variance(shape), 1.0, 1.0, 1.0]),)


def drawn(variance: Variance = right_variance, law: Law = NORMAL) -> Foreseen:
    """Make the answer that draws from a law, times the root of a variance."""

    def he(shape: Shape, rng: Generator) -> Any:
        return math.sqrt(variance(shape)) * law.draw(rng, shape)

    def parts(shape: Shape, rng: Any) -> Sequence[Array]:
        return (np.array([*law.moments(variance(shape)), *law.marks()]),)

    return Foreseen(he, parts)


def spread(variance: Variance) -> Foreseen:
    """Make the answer with this variance, from a box or from a normal distribution."""
    heaped, cut, _ = NORMAL.marks()

    def parts(shape: Shape, rng: Any) -> Sequence[Array]:
        either = 0.0  # a mark that agrees with both
        return (np.array([*NORMAL.moments(variance(shape)), heaped, cut, either]),)

    return Foreseen(drawn(variance).mutant, parts)


def of_draws(name: str, hint: str, *ways: Foreseen) -> Slip:
    """Declare a slip by the ways in which it draws."""
    return Slip(name, ways[0], hint, ways[1:])


def off_center(center: float) -> Sequence[Array]:
    """Return what the statistics of normal weights around a number come to."""
    size = math.sqrt(1 + center**2)
    return (np.array([center / size, 0.0, *NORMAL.marks()]),)


WRONG_DRAWS = (
    of_draws(
        "variance-for-std",
        "Measure the spread of your weights and square it: is that the variance in the "
        "formula? NumPy's normal asks for a standard deviation.",
        drawn(lambda s: (2 / s[0]) ** 2),
    ),
    of_draws(
        "root-twice",
        "Your variance is the root of the one in the formula. On the way to the number "
        "that NumPy's normal asks for, how often do you take a root?",
        drawn(lambda s: math.sqrt(2 / s[0])),
    ),
    of_draws(
        "two-missing",
        "This keeps the size of a signal through a linear layer. What share of its "
        "mean square survives ReLU, and who makes up for the rest?",
        spread(lambda s: 1 / s[0]),
    ),
    of_draws(
        "two-below",
        "ReLU makes the signal smaller. Do your weights make up for that, or do they "
        "add to it? Look at which side of the fraction the 2 is on.",
        drawn(lambda s: 1 / (2 * s[0])),
    ),
    of_draws(
        "two-twice",
        "Your variance is twice what was asked for. Is the 2 that makes up for ReLU in "
        "it more than once, or does it stand outside of the root?",
        spread(lambda s: 4 / s[0]),
    ),
    of_draws(
        "upside-down",
        "Your weights become larger the more inputs a unit has. What do they have to "
        "do so that a sum of more terms keeps its size?",
        spread(lambda s: s[0] / 2),
        spread(lambda s: s[0]),
    ),
    of_draws(
        "fan-out-instead",
        "Count the terms in the weighted sum of one unit. With the shape (fan_in, "
        "fan_out), which end of the weight feeds that sum?",
        spread(lambda s: 2 / s[1]),
        spread(lambda s: 1 / s[1]),
    ),
    of_draws(
        "glorot-instead",
        "This is Glorot's variance. Which fan does the forward condition ask for, and "
        "what does ReLU add?",
        spread(lambda s: 2 / sum(s)),
    ),
    of_draws(
        "mean-of-the-fans",
        "Right for square layers only: you divide by the mean of both fans. Which of "
        "them counts the terms of the weighted sum?",
        spread(lambda s: 4 / sum(s)),
    ),
    of_draws(
        "one-fan-picked",
        "You pick one of the two fans by its size, as `max` and `min` do. Which of "
        "them counts the terms of the weighted sum, whichever is the larger?",
        spread(lambda s: 2 / max(s)),
        spread(lambda s: 2 / min(s)),
    ),
    of_draws(
        "one-input-more-or-less",
        "You divide by one more or one less than there are inputs, which shows where "
        "they are few. How many terms has the sum of a unit with five inputs? (A "
        "bias starts at 0, and a known mean of 0 costs nothing.)",
        spread(lambda s: 2 / (s[0] - 1)),
        spread(lambda s: 2 / (s[0] + 1)),
    ),
    of_draws(
        "std-for-half-width",
        "How wide must a box be to have the spread σ? Measure the spread of numbers "
        "between −σ and σ: it is smaller than σ.",
        drawn(lambda s: 2 / s[0] / 3, BOX),
    ),
    of_draws(
        "half-width-for-std",
        "The variance is three times what was asked for. A root with a 6 in it is half "
        "the width of a box: which number does NumPy's normal ask for?",
        drawn(lambda s: 6 / s[0]),
    ),
    of_draws(
        "full-width-for-half",
        "Your box is twice as wide as it should be. Does the formula that you used "
        "speak of the whole width of a box, or of half of it?",
        drawn(lambda s: 8 / s[0], BOX),
    ),
    of_draws(
        "half-of-the-half",
        "Your box has half of the width that it should have. Is what your formula "
        "gives the whole width of a box, so that it may be halved once more?",
        drawn(lambda s: 1 / (2 * s[0]), BOX),
    ),
    of_draws(
        "box-without-root",
        "The half-width of a box is a length, in the units of a weight. Is what you "
        "found the square of one?",
        drawn(lambda s: 12 / s[0] ** 2, BOX),
        drawn(lambda s: (2 / s[0]) ** 2, BOX),
        drawn(lambda s: (2 / s[0]) ** 2 / 3, BOX),
    ),
    of_draws(
        "box-of-old-habit",
        "A box from −1/√fan_in to 1/√fan_in is an old habit of libraries. Measure the "
        "variance of numbers in it: is it the one in the formula?",
        drawn(lambda s: 1 / (3 * s[0]), BOX),
    ),
    of_draws(
        "box-of-width-one",
        "Your box is as wide as its spread should be. (Numbers from `rng.random`, less "
        "½, lie in a box of width 1.) Measure the spread in a box of width 1: is it 1?",
        drawn(lambda s: 2 / s[0] / 12, BOX),
    ),
    of_draws(
        "all-weights-counted",
        "You divide by the number of all weights. How many of them meet in the sum of "
        "one unit?",
        spread(lambda s: 2 / (s[0] * s[1])),
    ),
    Slip(
        "spread-as-center",
        Foreseen(
            lambda shape, rng: rng.normal(std_of(shape), size=shape),
            lambda shape, rng: off_center(std_of(shape)),
        ),
        "Your weights lie around a number that is not 0, and their spread is 1. Of the "
        "two numbers that NumPy's normal takes before the size, which one comes first?",
    ),
    of_draws(
        "one-sided",
        "All of your weights have one sign. What is their mean, and what should it be? "
        "(`rng.random` draws between 0 and 1.)",
        drawn(lambda s: 2 / s[0] / 3, POSITIVE_BOX),
        drawn(law=POSITIVE_BOX),
        drawn(law=POSITIVE),
    ),
    of_draws(
        "root-of-the-numerator",
        "A root covers the whole fraction in the formula, and not its numerator alone. "
        "Check a bracket.",
        spread(lambda s: 2 / s[0] ** 2),
    ),
    of_draws(
        "half-after-the-power",
        "There is no root left in your spread: it falls as fast as you divide. (And in "
        "`x ** 1 / 2`, what does Python do first, the power or the division?)",
        drawn(lambda s: 1 / s[0] ** 2),
        drawn(lambda s: 3 / s[0] ** 2, BOX),
    ),
    of_draws(
        "truncated-uncorrected",
        "Without its tails a normal distribution is narrower than σ. What is the "
        "standard deviation of what is left, and what would make up for it?",
        drawn(law=truncated(2)),
        drawn(law=emptied(2)),
        drawn(law=truncated(1)),
        drawn(law=truncated(1.5)),
        # A correction by its square, or by its root, or to the wrong side.
        drawn(lambda s: 2 / s[0] * truncated(2).variance, truncated(2)),
        drawn(lambda s: 2 / s[0] / truncated(2).variance ** 0.5, truncated(2)),
    ),
    of_draws(
        "clipped",
        "Clipping moves the tails to the two ends, and the spread shrinks. Compare the "
        "variance before and after.",
        drawn(law=clipped(2)),
        drawn(law=clipped(1)),
        drawn(law=clipped(1.5)),
    ),
    of_draws(
        "one-spread-for-all",
        "Your weights have the same spread whatever the shape. What happens to a sum "
        "of 1000 terms, compared with one of 10?",
        # With 190 inputs 0.1 is nearly right, so that chance would decide there.
        *(spread(always(std)) for std in FIXED if std != 0.1),
        *(drawn(always(half / ROOT_3), BOX) for half in FIXED),
    ),
)


he = Exercise(
    "he",
    unit="03-initialization",
    points=2,
    params=("shape", "rng"),
    parts=("W",),
    entries=("mean", "variance", "a heap", "a cut", "a box"),
    cases=he_cases,
    reference=right_statistics,
    margins=margins,
    unpack=statistics,
    adapter="draw",
    slips=(*WRONG_DRAWS, *chance_slips(std_of)),
)
