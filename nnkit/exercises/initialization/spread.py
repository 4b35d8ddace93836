"""Distributions of weights, right and wrong, and what is known of each without a draw.

Law ── times a standard deviation ──> a mutant that draws
└── mean, variance, … ─────────────> what its statistics come to, exactly
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnkit.exercises.draw import Array

Shape = tuple[int, int]
Variance = Callable[[Shape], float]


def always(std: float) -> Variance:
    """Return the variance that knows no shape."""
    return lambda shape: std**2


@dataclass(frozen=True, eq=False)
class Law:
    """A distribution, whose spread is near 1, as a mistake makes it or as is right.

    Attributes:
        draw: draws an array of a shape.
        mean: its mean, relative to the root mean square.
        variance: measured from the mean.
        within: the share that is no larger than the root mean square.
        heaped: many numbers lie at its two ends.
        reach: its largest number, relative to the root mean square.
    """

    draw: Callable[[np.random.Generator, Shape], Array]
    mean: float = 0.0
    variance: float = 1.0
    within: float = math.erf(1 / math.sqrt(2))
    heaped: bool = False
    reach: float = math.inf

    def moments(self, scale: float) -> tuple[float, float]:
        """Return the mean and ln of the variance, of numbers times a root of `scale`.

        `chance.mean_and_variance` measures the same of weights.
        """
        return self.mean, math.log(scale * self.variance)

    def marks(self) -> tuple[float, float, float]:
        """Return the marks of its tails; `marks_of_tails` sees the same in weights."""
        return _marks(self.heaped, self.reach)


MARK = 0.8
"""In margins. Nothing is wrong with a statistic at −0.8 or at 0.8; but of two answers
that differ so, neither can have the other's mistake: they are more than 1.5 apart."""


def marks_of_tails(weights: Array) -> tuple[float, float, float]:
    """Say by marks whether tails are heaped up, whether cut off, and whether a box's.

    So the variance of normal weights clipped at ±σ, which is nearly half, is told from
    a forgotten 2; the one of tails drawn again from any other that is too small; and a
    box of the wrong width from a wrong standard deviation.
    """
    sizes = np.abs(weights)
    with np.errstate(all="ignore"):
        reach = sizes.max() / np.sqrt((weights**2).mean())
        heaped = (sizes > 0.999 * sizes.max()).mean() > 0.01
    return _marks(bool(heaped), float(reach))


def mark(there: bool) -> float:
    """Return the mark of what is there, or is not."""
    return MARK if there else -MARK


def _marks(heaped: bool, reach: float) -> tuple[float, float, float]:
    # Cut at σ it is 1.85, and at 2σ 2.27; of a box 1.73, of ten thousand normal 3.5.
    cut = 1.78 < reach < 2.6
    box = 1.68 < reach < 1.78 and not heaped
    return mark(heaped), mark(cut), mark(box)


def share_within(at: float) -> float:
    """Return the share of a standard normal distribution between −at and at."""
    return math.erf(at / math.sqrt(2))


def squares_within(at: float) -> float:
    """Return the mean square of a standard normal distribution, from −at to at alone.

    What lies outside counts as 0.
    """
    density = math.exp(-(at**2) / 2) / math.sqrt(2 * math.pi)
    return share_within(at) - 2 * at * density


def truncated(at: float) -> Law:
    """Return the normal law whose tails are drawn again until within ±at."""

    def draw(rng: np.random.Generator, shape: Shape) -> Array:
        w = rng.normal(size=shape)
        while (outside := np.abs(w) > at).any():
            w[outside] = rng.normal(size=np.count_nonzero(outside))
        return w

    variance = squares_within(at) / share_within(at)
    size = math.sqrt(variance)
    within = share_within(size) / share_within(at)
    return Law(draw, variance=variance, within=within, reach=at / size)


def emptied(at: float) -> Law:
    """Return the normal law whose tails are put to 0."""

    def draw(rng: np.random.Generator, shape: Shape) -> Array:
        w = rng.normal(size=shape)
        return np.where(np.abs(w) > at, 0.0, w)

    variance = squares_within(at)
    size = math.sqrt(variance)
    within = share_within(size) + 1 - share_within(at)
    return Law(draw, variance=variance, within=within, reach=at / size)


def clipped(at: float) -> Law:
    """Return the normal law whose tails are moved to ±at."""
    variance = squares_within(at) + at**2 * (1 - share_within(at))
    size = math.sqrt(variance)
    return Law(
        lambda rng, shape: np.clip(rng.normal(size=shape), -at, at),
        variance=variance,
        within=share_within(size),
        heaped=True,
        reach=at / size,
    )


ROOT_3 = math.sqrt(3)
NORMAL = Law(lambda rng, shape: rng.normal(size=shape))
BOX = Law(
    lambda rng, shape: rng.uniform(-ROOT_3, ROOT_3, shape),
    within=1 / ROOT_3,
    reach=ROOT_3,
)
CLIPPED_BOX = Law(
    lambda rng, shape: np.clip(rng.uniform(-ROOT_3, ROOT_3, shape), -1, 1),
    variance=1 - 2 / (3 * ROOT_3),
    within=math.sqrt(1 - 2 / (3 * ROOT_3)) / ROOT_3,
    heaped=True,
    reach=1 / math.sqrt(1 - 2 / (3 * ROOT_3)),
)
POSITIVE = Law(
    lambda rng, shape: np.abs(rng.normal(size=shape)),
    mean=math.sqrt(2 / math.pi),
    variance=1 - 2 / math.pi,
)
POSITIVE_BOX = Law(
    lambda rng, shape: rng.uniform(0, ROOT_3, shape),
    mean=ROOT_3 / 2,
    variance=1 / 4,
    within=1 / ROOT_3,
    reach=ROOT_3,
)
