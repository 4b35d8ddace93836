"""Unit 2: what its exercises have in common."""

from __future__ import annotations

import numpy as np

from nnkit.exercises.draw import Array


def valley(rng: np.random.Generator, curvatures: Array) -> Array:
    """Draw a symmetric matrix with these eigenvalues, its directions turned at random.

    Args:
        rng: source of chance.
        curvatures: the eigenvalues (d,).
    """
    axes = np.linalg.qr(rng.normal(size=(len(curvatures),) * 2))[0]
    A = (axes * curvatures) @ axes.T
    symmetric: Array = (A + A.T) / 2
    return symmetric


def spread(rng: np.random.Generator, d: int) -> Array:
    """Draw d positive curvatures in no order, the largest well above the others.

    So power iteration, which is one right way to find it, needs few rounds.
    """
    top = rng.uniform(3, 6)
    return rng.permutation(np.append(top, top * rng.uniform(0.1, 0.6, d - 1)))
