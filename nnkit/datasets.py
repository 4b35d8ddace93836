"""Small data sets to learn on: made here, so nothing is downloaded.

Rows are examples. Those for classification return (X, y), X (m, 2) and y (m,) integers
from 0; chance is an argument, and the order of the rows is shuffled. A count that is no
whole number and a noise below 0 raise ValueError, and a seed in place of a generator
TypeError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnkit.init import generator
from nnkit.ops import Array

if TYPE_CHECKING:  # numpy.random takes longer to import than all of this
    from numpy.random import Generator


def _shuffled(X: Array, y: Array, noise: float, rng: Generator) -> tuple[Array, Array]:
    order = generator(rng).permutation(len(y))
    return (X + _noise(noise, X.shape, rng))[order], y[order]


def _noise(std: float, shape: tuple[int, ...], rng: Generator) -> Array:
    """Normal noise, once its standard deviation is known to be one."""
    if not std >= 0:
        raise ValueError(f"noise has a standard deviation, from 0 on; got {std!r}")
    return rng.normal(0, std, shape)


def _counted(m: int, classes: int = 1) -> Array:
    """Numbers of the points, if there can be so many, in so many classes."""
    for name, count, least in (("m", m, 0), ("classes", classes, 1)):
        if not isinstance(count, int | np.integer) or count < least:
            raise ValueError(
                f"{name} counts {'points' if name == 'm' else name}: got {name}="
                f"{count!r}, and a whole number from {least} on was expected"
            )
    return np.arange(m)


def moons(m: int, noise: float = 0.1, *, rng: Generator) -> tuple[Array, Array]:
    """Two half circles of radius 1 that reach into each other; no line separates them.

    Args:
        m: Number of points, half in each class; an odd one goes to class 1.
        noise: Standard deviation of the noise added to each coordinate.
        rng: Source of chance.
    """
    y = _counted(m) >= m // 2
    t = generator(rng).uniform(0, np.pi, m)
    upper = np.stack([np.cos(t), np.sin(t)], axis=1)
    lower = np.stack([1 - np.cos(t), 0.5 - np.sin(t)], axis=1)
    return _shuffled(np.where(y[:, None], lower, upper), y.astype(int), noise, rng)


def circles(
    m: int, noise: float = 0.1, ratio: float = 0.5, *, rng: Generator
) -> tuple[Array, Array]:
    """A circle of radius 1, class 0, around one of radius `ratio`, class 1.

    Args:
        m: Number of points, half in each class; an odd one goes to class 1.
        noise: Standard deviation of the noise added to each coordinate.
        ratio: Radius of the inner circle.
        rng: Source of chance.
    """
    y = _counted(m) >= m // 2
    t = generator(rng).uniform(0, 2 * np.pi, m)
    ring = np.stack([np.cos(t), np.sin(t)], axis=1)
    return _shuffled(np.where(y, ratio, 1.0)[:, None] * ring, y.astype(int), noise, rng)


def spirals(
    m: int, classes: int = 2, noise: float = 0.02, turns: float = 1.0, *, rng: Generator
) -> tuple[Array, Array]:
    """Arms that wind around the origin, one a class, from radius 0.1 out to 1.

    Args:
        m: Number of points, as many in each class as in any other, or one more.
        classes: Number of arms.
        noise: Standard deviation of the noise added to each coordinate.
        turns: How often an arm goes around while its radius grows by 1.
        rng: Source of chance.
    """
    y = _counted(m, classes) % classes
    r = generator(rng).uniform(0.1, 1, m)
    t = 2 * np.pi * (turns * r + y / classes)
    return _shuffled(np.stack([r * np.cos(t), r * np.sin(t)], axis=1), y, noise, rng)


def xor(m: int, noise: float = 0.2, *, rng: Generator) -> tuple[Array, Array]:
    """Clusters at (±1, ±1); class 1 where the signs differ. One neuron gets 3 of 4.

    With `noise` 0 and m = 4 these are the four rows of the truth table.

    Args:
        m: Number of points, as many in each cluster as in any other, or one more.
        noise: Standard deviation of the noise added to each coordinate.
        rng: Source of chance.
    """
    corner = _counted(m) % 4
    signs = np.stack([corner % 2, corner // 2], axis=1) * 2.0 - 1
    return _shuffled(signs, (signs[:, 0] != signs[:, 1]).astype(int), noise, rng)


def blobs(
    m: int, classes: int = 3, spread: float = 0.3, *, rng: Generator
) -> tuple[Array, Array]:
    """Round clusters, one a class, around evenly spaced points of the unit circle.

    Args:
        m: Number of points, as many in each class as in any other, or one more.
        classes: Number of clusters.
        spread: Standard deviation of a cluster along each coordinate.
        rng: Source of chance.
    """
    y = _counted(m, classes) % classes
    t = 2 * np.pi * y / classes
    return _shuffled(np.stack([np.cos(t), np.sin(t)], axis=1), y, spread, rng)


def linear_regression(
    m: int, w: Array, b: float = 0.0, noise: float = 0.1, *, rng: Generator
) -> tuple[Array, Array]:
    """Standard normal features X (m, n), and targets X @ w + b with noise.

    Args:
        m: Number of examples.
        w: True weights (n,), for targets (m,), or (n, k) for (m, k).
        b: True bias.
        noise: Standard deviation of the noise added to each target.
        rng: Source of chance.

    Raises:
        ValueError: If `w` has another number of axes.
    """
    w = np.asarray(w, dtype=float)
    if w.ndim not in (1, 2):
        raise ValueError(
            f"w has a weight for each feature, (n,) or (n, k); got shape {w.shape}. "
            "For a single feature write [2.0]"
        )
    X = generator(rng).normal(size=(len(_counted(m)), len(w)))
    y = X @ w + b
    return X, y + _noise(noise, y.shape, rng)
