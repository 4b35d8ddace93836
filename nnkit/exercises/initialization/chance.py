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

from nnkit.adapters import Rng, materialize
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Case, Slip, slip
from nnkit.exercises.values import Misfit, need_dict, need_shape, numbers

Shape = tuple[int, int]

STANDARD_ERRORS = 6.0

TOO_ALIKE = 0.8
"""The correlation of two rows. With 80 weights each, chance leads to so much in one of
10¹⁷ pairs, and a layer has some 10⁵."""


def shapes(rng: np.random.Generator) -> list[tuple[str, Shape]]:
    """Draw shapes of weights: either fan much the larger, and a square.

    Each holds so many weights that the mistakes worth a hint are margins apart. The
    smallest of them, in which all mistakes show, comes first: most slips are ruled out
    by the first case.
    """
    n, k = int(rng.integers(700, 850)), int(rng.integers(80, 120))
    few, side = int(rng.integers(100, 120)), int(rng.integers(205, 225))
    return [
        ("few inputs, many outputs", (few, n // 2)),
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
            "all units alike",
            "All units of the layer, or all inputs, start with the same weights.",
        )
    if _go_together(first) or _go_together(first.T):
        raise Misfit(
            "weights that go together",
            "Two units of the layer, or two inputs, have weights that rise and fall "
            "together. Are all of them drawn, and each by itself?",
        )
    if np.array_equal(first, second):
        raise Misfit(
            "the same weights twice",
            "Two calls with one generator return the same weights.",
        )
    if others_untouched is not True:
        raise Misfit(
            "chance from a global generator",
            "The weights come from a generator that the whole program shares.",
        )
    if not np.array_equal(first, again):
        raise Misfit(
            "chance from elsewhere",
            "Two generators in the same state lead to different weights.",
        )
    return np.stack([first, second])


def _is_one_column(weights: Array) -> bool:
    """Say whether all columns are the same; mostly, one row shows that they are not."""
    row, column = weights[0], weights[:, :1]
    return bool((row == row[0]).all() and (weights == column).all())


def _go_together(weights: Array) -> bool:
    """Say whether two rows are more alike than chance lets two of 10⁵ pairs be."""
    rows = weights - weights.mean()
    with np.errstate(all="ignore"):
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    table = np.abs(rows @ rows.T)
    np.fill_diagonal(table, 0)
    return bool(table.max() > TOO_ALIKE)


def mean_and_variance(weights: Array) -> tuple[float, float]:
    """Return the mean, relative to the root mean square, and ln of the variance.

    Both have a standard error that does not depend on the scale of the weights, so
    that a wrong scale is told from another wrong scale as sharply as from the right.
    """
    with np.errstate(all="ignore"):
        mean, flat = weights.mean(), weights.ravel()
        square = flat @ flat / flat.size
        variance = max(square - mean * mean, 0.0) if np.isfinite(square) else square
        return float(mean / np.sqrt(square)), float(np.log(variance))


def glimpse(statistics: Callable[[Array], Any]) -> Callable[..., Any]:
    """Return the statistics of one call of an initializer, where a verdict takes three.

    Args:
        statistics: of an array of weights.
    """

    def of_one_call(initializer: Any, *args: Any) -> Any:
        shared = np.random.get_state()  # noqa: NPY002  a slip may draw from it
        try:
            return statistics(np.asarray(initializer(*materialize(args))))
        finally:
            np.random.set_state(shared)  # noqa: NPY002

    return of_one_call


def margins_of_mean_and_variance(shape: Shape) -> tuple[float, float]:
    """Return six standard errors of each, for the weights of two calls.

    The variance of N normal weights has a relative standard error of √(2/N); that of
    lighter tails is smaller.
    """
    count = 2 * math.prod(shape)
    error = STANDARD_ERRORS / math.sqrt(count)
    return error, error * math.sqrt(2)


def truncated(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw from the standard normal distribution again and again until within ±2."""
    w = rng.normal(size=shape)
    while (outside := np.abs(w) > 2).any():
        w[outside] = rng.normal(size=np.count_nonzero(outside))
    return w


def chance_slips(std: Any) -> Sequence[Slip]:
    """Return the slips about where chance comes from, which initializers share.

    Args:
        std: the right standard deviation of a weight, by its shape.
    """

    @slip(
        "Call your function twice, for two layers of one shape, and compare. Who "
        "made the generator that you draw from, and in which state is it each time?"
    )
    def same_seed_each_time(shape: Shape, *_: Any) -> Any:
        return np.random.default_rng(0).normal(0, std(shape), shape)

    @slip(
        "np.random.normal and its kin draw from one generator that the whole program "
        "shares: any other call moves it, and `rng` goes unused. Where should your "
        "numbers come from?"
    )
    def global_generator(shape: Shape, *_: Any) -> Any:
        return np.random.normal(0, std(shape), shape)  # noqa: NPY002  the slip itself

    @slip(
        "With the same `rng`, in the same state, your weights come out differently "
        "each time, so that nobody can repeat the run. Which generator do you use?"
    )
    def fresh_generator(shape: Shape, *_: Any) -> Any:
        return np.random.default_rng().normal(0, std(shape), shape)

    @slip(
        "Each column of W belongs to one unit. Compare two of your columns, or two of "
        "your rows: what will keep these units from learning the same thing forever?"
    )
    def units_alike(shape: Shape, rng: np.random.Generator, *_: Any) -> Any:
        return np.full(shape, rng.normal(0, std(shape)))

    return same_seed_each_time, global_generator, fresh_generator, units_alike
