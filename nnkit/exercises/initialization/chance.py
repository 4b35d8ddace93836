"""Judging weights that are drawn at random: by statistics, and by where chance is from.

    adapter "draw" ──> first, second, again ──weights_of──> sample ──> statistics
                                                  └── Misfit: chance came from elsewhere

What is compared are a few statistics of some 10⁵ weights, each with a margin of six
standard errors. So the order of the calls on the generator does not matter, nor whether
the weights are drawn one by one, transposed, or by a child of the generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Rng
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Case, Foreseen, Slip
from nnkit.exercises.values import Misfit, need_dict, need_shape, numbers

Shape = tuple[int, int]

STANDARD_ERRORS = 6.0

FIXED = (1.0, 0.01, 0.02, 0.05, 0.1, math.sqrt(2))
"""Spreads, and half-widths of a box, that people write down as a number: √2 is what
is left of √(2 / n) where nobody divides."""

TOO_ALIKE = 0.8
"""The correlation of two rows. With 90 weights each, chance leads to so much in one of
10²⁰ pairs, and a layer has some 10⁵."""

MANY = 90
"""Numbers that a row has, if it is to be compared with others, as the next is."""

TOO_EVEN = 0.25
"""Of the variance that independent weights give to the sums of columns."""

EVEN_BY_NATURE = 1e-6
"""A variance of the terms, by the square of the largest, that is next to none."""

ALIKE = "all units alike"
TWICE = "the same weights twice"
GLOBAL = "chance from a global generator"
ELSEWHERE = "chance from elsewhere"


def shapes(rng: np.random.Generator) -> list[tuple[str, Shape]]:
    """Draw shapes of weights: either fan much the larger, and a square.

    Each holds so many weights that the mistakes worth a hint are margins apart, and no
    more: a check draws all of them three times. In the first all mistakes show.
    """
    few, many = int(rng.integers(90, 100)), int(rng.integers(330, 360))
    n, k = int(rng.integers(370, 400)), int(rng.integers(101, 111))
    side = int(rng.integers(185, 196))
    return [
        ("few inputs, many outputs", (few, many)),
        ("many inputs, few outputs", (n, k)),
        ("as many inputs as outputs", (side, side)),
    ]


def initializer_cases(rng: np.random.Generator, *rest: str) -> list[Case]:
    """Draw a case for each shape: the shape, a generator, and what is in `rest`."""
    said = f", {rest[0]}" if rest else ""
    return [
        Case(f"{name}{said}", (shape, Rng(int(rng.integers(2**31))), *rest))
        for name, shape in shapes(rng)
    ]


def weights_of(value: Any, shape: Shape) -> Array:
    """Return the weights of two calls, or say why chance did not come from `rng`.

    Args:
        value: what the adapter "draw" gives, decoded.
        shape: of the weights of one call.

    Raises:
        Misfit: they are no weights of that shape, or not drawn as asked for.
    """
    keys = ("first", "second", "again", "others_untouched")
    *drawn, others_untouched = need_dict(value, keys)
    arrays = [numbers(item).astype(np.float64, copy=False) for item in drawn]
    for array in arrays:
        need_shape(array, shape, "W")
    first, second, again = arrays
    if not all(np.isfinite(array).all() for array in arrays):
        return np.stack(arrays)
    if _is_one_column(first) or _is_one_column(first.T):
        raise Misfit(
            ALIKE,
            "All units of the layer, or all inputs, start with the same weights.",
        )
    long = [turned for turned in (first, first.T) if turned.shape[1] >= MANY]
    if any(map(_has_a_constant, long)):
        raise Misfit(
            "a unit left out",
            "A unit of the layer, or an input, has one and the same number for all of "
            "its weights. Does what you draw reach every row and every column?",
        )
    if any(map(_go_together, long)):
        raise Misfit(
            "weights that go together",
            "Two units of the layer, or two inputs, have weights that rise and fall "
            "together. Are all of them drawn, and each by itself?",
        )
    if np.array_equal(first, second):
        raise Misfit(
            TWICE,
            "Two calls with one generator return the same weights.",
        )
    if others_untouched is not True:
        raise Misfit(
            GLOBAL,
            "The weights come from a generator that the whole program shares.",
        )
    if not np.array_equal(first, again):
        raise Misfit(
            ELSEWHERE,
            "Two generators in the same state lead to different weights.",
        )
    weights = np.stack([first, second])
    turned = weights.swapaxes(1, 2)
    if any(_evened_out(each) for each in (weights, turned) if each.shape[2] >= MANY):
        raise Misfit(
            "weights that make up for each other",
            "The weights of each unit of the layer, or of each input, add up to the "
            "same number, or their squares do: by chance these sums would differ far "
            "more. Is something subtracted or divided, column by column or row by "
            "row, after the weights are drawn? Then they are not independent.",
        )
    return weights


def _is_one_column(weights: Array) -> bool:
    """Say whether all columns are the same; mostly, one row shows that they are not."""
    row, column = weights[0], weights[:, :1]
    return bool((row == row[0]).all() and (weights == column).all())


def _has_a_constant(weights: Array) -> bool:
    """Say whether a row holds one number alone: of weights it has 90 or more."""
    rows = weights[weights[:, 0] == weights[:, 1]]
    return bool((rows == rows[:, :1]).all(axis=1).any())


def _go_together(weights: Array) -> bool:
    """Say whether two rows are more alike than chance lets two of 10⁵ pairs be."""
    rows = weights - weights.mean()
    with np.errstate(all="ignore"):
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        rows = rows.astype(np.float32)  # half the time, and six digits are plenty
    table = rows @ rows.T
    np.fill_diagonal(table, 0)
    return bool(max(table.max(), -table.min()) > TOO_ALIKE)


def _evened_out(weights: Array) -> bool:
    """Say whether the columns' sums, or those of their squares, differ too little.

    Of n independent weights with mean 0 the sum has a variance of n times the mean
    square; of their squares, n times the variance of a square. Both are measured here
    on at least 180 columns, and by chance come out at a quarter once in 10²⁰ layers.
    """
    centred = weights - weights.mean()
    for terms in (centred, centred**2):
        spread = float(terms.var())
        # ±1 has squares that are all alike: what their sums do says nothing.
        if np.isfinite(spread) and spread > EVEN_BY_NATURE * float(terms.max()) ** 2:
            sums = terms.sum(axis=1)
            if float(sums.var()) < TOO_EVEN * terms.shape[1] * spread:
                return True
    return False


def mean_and_variance(weights: Array) -> tuple[float, float]:
    """Return the mean, relative to the root mean square, and ln of the variance.

    Both have a standard error that does not depend on the scale of the weights, so
    that a wrong scale is told from another wrong scale as sharply as from the right.
    """
    weights, scale = of_a_size_to_square(weights)
    with np.errstate(all="ignore"):
        mean, flat = weights.mean(), weights.ravel()
        square = flat @ flat / flat.size
        variance = max(square - mean * mean, 0.0) if np.isfinite(square) else square
        return float(mean / np.sqrt(square)), float(np.log(variance)) + 2 * scale


def of_a_size_to_square(weights: Array) -> tuple[Array, float]:
    """Return the weights, and 0; or multiples of them that can be squared, and the ln.

    1e-200 squared is 0, and 1e200 squared is infinite, though a mean and a variance
    they have. Times a power of 2 they are the same numbers to the last digit.
    """
    largest = float(np.abs(weights).max())
    if not np.isfinite(largest) or largest == 0 or 1e-100 < largest < 1e100:
        return weights, 0.0
    power = math.frexp(largest)[1]
    return np.ldexp(weights, -power), power * math.log(2)


def margins_of_mean_and_variance(shape: Shape) -> tuple[float, float]:
    """Return six standard errors of each, for the weights of two calls.

    The variance of N normal weights has a relative standard error of √(2/N); that of
    lighter tails is smaller.
    """
    count = 2 * math.prod(shape)
    error = STANDARD_ERRORS / math.sqrt(count)
    return error, error * math.sqrt(2)


def ending_in(seen: str, mutant: Callable[..., Any]) -> Foreseen:
    """Make a mutant whose weights are not drawn as asked for: what is seen of them."""

    def parts(*_: Any) -> Sequence[Any]:
        raise Misfit(seen)

    return Foreseen(mutant, parts)


def chance_slips(std: Any) -> Sequence[Slip]:
    """Return the slips about where chance comes from, which initializers share.

    Args:
        std: the right standard deviation of a weight, by its shape.
    """

    def same_seed_each_time(shape: Shape, *_: Any) -> Any:
        return np.random.default_rng(0).normal(0, std(shape), shape)

    def global_generator(shape: Shape, *_: Any) -> Any:
        return np.random.normal(0, std(shape), shape)  # noqa: NPY002  the slip itself

    def fresh_generator(shape: Shape, *_: Any) -> Any:
        return np.random.default_rng().normal(0, std(shape), shape)

    def units_alike(shape: Shape, rng: np.random.Generator, *_: Any) -> Any:
        return np.full(shape, rng.normal(0, std(shape)))

    return (
        Slip(
            "same-seed-each-time",
            ending_in(TWICE, same_seed_each_time),
            "Call your function twice, for two layers of one shape, and compare. Who "
            "made the generator that you draw from, and in which state is it each "
            "time?",
        ),
        Slip(
            "global-generator",
            ending_in(GLOBAL, global_generator),
            "np.random.normal and its kin draw from one generator that the whole "
            "program shares: any other call moves it, and `rng` goes unused. Where "
            "should your numbers come from?",
        ),
        Slip(
            "fresh-generator",
            ending_in(ELSEWHERE, fresh_generator),
            "With the same `rng`, in the same state, your weights come out differently "
            "each time, so that nobody can repeat the run. Which generator do you use?",
        ),
        Slip(
            "units-alike",
            ending_in(ALIKE, units_alike),
            "Each column of W belongs to one unit. Compare two of your columns, or two "
            "of your rows: what will keep these units from learning the same thing "
            "forever?",
        ),
    )
