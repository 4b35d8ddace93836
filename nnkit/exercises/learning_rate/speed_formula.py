"""Unit 2: the formula for the number of steps, as it is, without any condition."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array


def bare(
    log: Callable[[Any], Any], whole: Callable[[Any], Any]
) -> Callable[[Array, float, float], Any]:
    """Make the answer that divides two logarithms, whatever the factor is.

    Args:
        log: that of `math` stops at 0, where that of NumPy says −inf.
        whole: what is done with the fraction.
    """

    def steps_to(lam: Array, lr: float, tol: float) -> Any:
        factor = np.abs(1 - lr * lam).max()
        return whole(log(tol) / log(factor))

    return steps_to


def unless_it_diverges(
    formula: Callable[[Array, float, float], Any],
) -> Callable[[Array, float, float], Any]:
    """Make the answer that asks of one condition before it takes the formula."""

    def steps_to(lam: Array, lr: float, tol: float) -> Any:
        diverges = np.abs(1 - lr * lam).max() >= 1
        return math.inf if diverges else formula(lam, lr, tol)

    return steps_to


_BY_NUMPY = bare(np.log, lambda part: part)
_BY_MATH = bare(math.log, lambda part: part)
FRACTIONS = (
    _BY_NUMPY,
    _BY_MATH,
    unless_it_diverges(_BY_NUMPY),
    unless_it_diverges(_BY_MATH),
)
ROUNDED_UP_BY_NUMPY = bare(np.log, np.ceil)
ROUNDED_UP_BY_MATH = bare(math.log, math.ceil)
WHOLE_BY_NUMPY = bare(np.log, lambda part: int(np.ceil(part)))
