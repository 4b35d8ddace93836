"""Unit 2: numbers of steps from another factor, or another tolerance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate.speed_rules import by_factors
from nnkit.exercises.learning_rate.speed_slips import count, steps
from nnkit.exercises.spec import slip


@slip(
    "Your factors are all above 1, so that nothing ever arrives. A step goes against "
    "the slope: does it add to the distance, or take away from it?"
)
def step_added(lam: Array, lr: float, tol: float) -> Any:
    return by_factors(lambda lam, lr: 1 + lr * lam)(lam, lr, tol)


@slip(
    "Rate and curvature are in your factors, and not as the product of the two: one of "
    "them is squared, or divides the other. What does a curvature of twice the size do "
    "to a step?",
    also=[
        by_factors(lambda lam, lr: 1 - lr * lam**2),
        by_factors(lambda lam, lr: 1 - lr / np.where(lam > 0, lam, math.inf)),
        by_factors(lambda lam, lr: 1 - lr / lam),
        by_factors(lambda lam, lr: 1 - lam / lr),
    ],
)
def another_product(lam: Array, lr: float, tol: float) -> Any:
    return by_factors(lambda lam, lr: 1 - lr**2 * lam)(lam, lr, tol)


def at_tolerance(change: Any) -> Any:
    """Return who counts right, down to a tolerance of their own."""

    def answer(lam: Array, lr: float, tol: float) -> Any:
        return steps(lam, lr, change(tol)) if tol < 1 else 0

    return answer


@slip(
    "Your count is that for another distance than `tol`, such as its square or half of "
    "it. Which of your lines changes the tolerance, or what is compared with it?",
    also=[at_tolerance(lambda tol: tol / 2), at_tolerance(lambda tol: 2 * tol)],
)
def another_tolerance(lam: Array, lr: float, tol: float) -> Any:
    return at_tolerance(lambda tol: tol**2)(lam, lr, tol)


def mixed(upper: Any, lower: Any) -> Any:
    """Return who divides logarithms to different bases."""

    def answer(lam: Array, lr: float, tol: float) -> Any:
        factor = float(np.abs(1 - lr * lam).max())
        ratio = upper(2.0) * math.log(2) / (lower(2.0) * math.log(2))
        return count(factor, tol, lambda part: math.ceil(part * ratio))

    return answer


@slip(
    "You divide two logarithms of different kinds. Which base has each of them, and in "
    "which does their quotient say how many factors it takes?",
    also=[mixed(math.log, math.log10), mixed(math.log2, math.log)],
)
def two_bases(lam: Array, lr: float, tol: float) -> Any:
    return mixed(math.log10, math.log)(lam, lr, tol)


def by_condition(lam: Array) -> float:
    """Return the factor at the best rate, from the largest and the smallest."""
    top, bottom = float(lam.max()), float(lam.min())
    return (top - bottom) / (top + bottom)


@slip(
    "Your factor is made of the curvatures alone, as at a rate that somebody has "
    "chosen for them. Which rate were you given, and where is it in your formula?",
    also=[by_factors(lambda lam, lr: np.array([1 - lam.min() / lam.max()]))],
)
def rate_without_effect(lam: Array, lr: float, tol: float) -> Any:
    return by_factors(lambda lam, lr: np.array([by_condition(lam)]))(lam, lr, tol)


SLIPS = (step_added, another_product, another_tolerance, two_bases, rate_without_effect)
