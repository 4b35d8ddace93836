"""Unit 0: one exercise without points, to learn answering, checking and hints on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array, signed
from nnkit.exercises.spec import Case, Exercise, slip


def mean_and_rest(x: Array) -> tuple[Any, Array]:
    """Return the mean of x, and what is left of x without it."""
    mean = x.mean()
    return mean, x - mean


def rows_of_numbers(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `center`: x (n,)."""
    few, twice = rng.integers(3, 9, 2)
    # A number may come twice, and a 0 counts like any other.
    whole = np.array([1, 0, few, twice, twice, 9])
    whole[2] += whole.sum() % 6 == 0  # the mean is no whole number
    # Around 4, so that a mean is never nearly 0, where many mistakes would be small.
    return (
        Case("five numbers", (4 + signed(rng, 5),)),
        Case("two numbers", (4 + signed(rng, 2),)),
        Case("a single number", (4 + signed(rng, 1),)),
        Case("six whole numbers", (whole,)),
        Case("five other numbers", (signed(rng, 5) - 4,)),
    )


def largest(x: Array) -> tuple[float, float]:
    """Return the size of the terms that cancel when the mean is subtracted."""
    return float(np.abs(x).max()), float(np.abs(x).max())


@slip(
    "What you take for the mean grows with every number that is added to the row. What "
    "is a sum still divided by to become a mean?"
)
def sum_for_mean(x: Array) -> Any:
    return x.sum(), x - x.sum()


@slip(
    "Right for five numbers, and wrong for any other count: your divisor is written "
    "down instead of counted. Which expression gives the number of entries of x?"
)
def always_five(x: Array) -> Any:
    mean = x.sum() / 5
    return mean, x - mean


@slip(
    "You divide by one less than the count. That belongs to another statistic; how "
    "many numbers does a mean share its sum among?",
    also=[lambda x: mean_of(x, x.sum() / max(len(x) - 1, 1))],
)
def one_too_few(x: Array) -> Any:
    mean = x.sum() / (len(x) - np.float64(1))
    return mean, x - mean


def mean_of(x: Array, mean: Any) -> Any:
    """Return the answer that takes this for the mean."""
    return mean, x - mean


@slip(
    "Of all the numbers one has got into your sum. Does your loop add, or does it "
    "store; and where does `return` stand?",
    also=[
        lambda x: mean_of(x, x[-1] / len(x)),
        lambda x: mean_of(x, x[0]),
        lambda x: mean_of(x, x[-1]),
    ],
    whole=True,
)
def one_number_alone(x: Array) -> Any:
    return mean_of(x, x[0] / len(x))


@slip(
    "One number is missing from your sum, the first or the last. Which indices does "
    "your loop run through?",
    also=[lambda x: mean_of(x, x[1:].sum() / len(x))],
)
def one_left_out(x: Array) -> Any:
    return mean_of(x, x[:-1].sum() / len(x))


@slip(
    "One number is in your sum twice, the first or the last. From what does your sum "
    "start, and where does the loop begin?",
    also=[lambda x: mean_of(x, (x.sum() + x[-1]) / len(x))],
)
def one_counted_twice(x: Array) -> Any:
    return mean_of(x, (x.sum() + x[0]) / len(x))


@slip(
    "Of five numbers you take the one in the middle, when they are sorted. That is the "
    "median, and it does not notice how far away the others lie."
)
def median_for_mean(x: Array) -> Any:
    return mean_of(x, np.median(x))


@slip(
    "What you call the mean is 0, whatever the numbers are: it is that of the rest. "
    "In which order do the two things happen in your function?"
)
def mean_of_the_rest(x: Array) -> Any:
    rest = x - x.mean()
    return rest.mean(), rest


@slip(
    "You square what remains. Squares belong to the variance: what becomes of the "
    "side on which a number lies, above the mean or below?"
)
def squares_of_the_rest(x: Array) -> Any:
    return x.mean(), (x - x.mean()) ** 2


@slip(
    "What remains of your numbers has been divided by something as well, by how far "
    "they lie apart, it seems. What was to be done to each number, and nothing else?",
    also=[lambda x: (x.mean(), (x - x.mean()) / (x.std() or 1))],
)
def scaled_as_well(x: Array) -> Any:
    return x.mean(), (x - x.mean()) / x.std()


@slip(
    "The size of a difference is not the difference: which sign should be left "
    "of a number below the mean?"
)
def sizes_alone(x: Array) -> Any:
    return x.mean(), np.abs(x - x.mean())


@slip(
    "After your call the caller's x is another one, and whoever called you may still "
    "need it. `-=` and `x[...] =` write into the array that you were given: which "
    "spelling of the subtraction makes a new one?"
)
def written_in_place(x: Array) -> Any:
    mean = x.mean()
    if x.dtype == float:
        x -= mean
        return mean, x
    return mean, x - mean


def filled_in(x: Array) -> Any:
    rest = np.zeros_like(x)
    for i in range(len(x)):
        rest[i] = x[i] - x.mean()
    return x.mean(), rest


@slip(
    "From whole numbers you return whole numbers: something swallows the "
    "fractions. What dtype does the array have that you store them in?",
    also=[filled_in],
)
def truncated(x: Array) -> Any:
    rest = x.copy()
    rest[...] = x - x.mean()
    return x.mean(), rest


@slip(
    "A number above the mean should come out positive, and yours comes out negative. "
    "Which of the two is subtracted from which?"
)
def turned_round(x: Array) -> Any:
    return x.mean(), x.mean() - x


@slip(
    "The second thing you return is x as it came. What do you subtract from it, and is "
    "that perhaps 0?"
)
def rest_untouched(x: Array) -> Any:
    return x.mean(), x.copy()


@slip(
    "You return two things, as you should, but in which order were they asked for?",
    whole=True,
)
def swapped(x: Array) -> Any:
    return x - x.mean(), x.mean()


@slip(
    "Your mean is always a whole number. Which of Python's two divisions drops what "
    "comes after the point?"
)
def whole_mean(x: Array) -> Any:
    mean = x.sum() // len(x)
    return mean, x - mean


center = Exercise(
    "center",
    unit="00-start",
    points=0,
    practice=True,
    params=("x",),
    parts=("mean", "rest"),
    cases=rows_of_numbers,
    reference=mean_and_rest,
    scale=largest,
    slips=(
        sum_for_mean,
        always_five,
        one_too_few,
        one_number_alone,
        one_left_out,
        one_counted_twice,
        median_for_mean,
        mean_of_the_rest,
        squares_of_the_rest,
        scaled_as_well,
        sizes_alone,
        written_in_place,
        truncated,
        turned_round,
        rest_untouched,
        swapped,
        whole_mean,
    ),
)

EXERCISES = (center,)
