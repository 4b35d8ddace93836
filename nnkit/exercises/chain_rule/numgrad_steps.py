"""Unit 5: numerical gradients by steps that were not asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip

Field = Callable[[Any], float]


def measured(x: Array, entry: Callable[[tuple[int, ...]], float]) -> Array:
    """Fill an array like x, entry by entry; most slips below go this way."""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        gradient[i] = entry(i)
    return gradient


def moved(x: Array, i: tuple[int, ...], step: float) -> Array:
    """Return a copy of x with one entry moved."""
    there = x.copy()
    there[i] += step
    return there


def first_axis(x: Array) -> int:
    """Count rows; a single number has none, and stops otherwise than len() does."""
    return int(x.shape[0])


def rows_moved(
    f: Field, x: Array, eps: float, count: Callable[[Array], int] = len
) -> Array:
    """Measure with whole rows moved, of copies of x."""
    gradient = np.zeros(x.shape)
    for i in range(count(x)):
        there, back = x.copy(), x.copy()
        there[i] += eps
        back[i] -= eps
        gradient[i] = (f(there) - f(back)) / (2 * eps)
    return gradient


def row_kept(
    f: Field,
    x: Array,
    eps: float,
    by_steps: bool = False,
    count: Callable[[Array], int] = len,
) -> Array:
    """Measure with whole rows moved, and put back from a view that has moved along."""
    gradient = np.zeros(x.shape)
    for i in range(count(x)):
        old = x[i]
        x[i] = old + eps
        above = f(x)
        x[i] = x[i] - 2 * eps if by_steps else old - eps
        below = f(x)
        x[i] = old
        gradient[i] = (above - below) / (2 * eps)
    return gradient


def number_apart(rows: Callable[..., Array]) -> Callable[..., Any]:
    """Make the answer that goes along rows, and is right for a single number."""

    def mutant(f: Field, x: Array, eps: float) -> Any:
        if x.ndim:
            return rows(f, x, eps)
        return central_at(f, x, (), eps)

    return mutant


def central_at(f: Field, x: Array, i: tuple[int, ...], step: float) -> float:
    """Return the central difference of one entry."""
    return (f(moved(x, i, step)) - f(moved(x, i, -step))) / (2 * step)


def central(f: Field, x: Array, eps: float) -> Array:
    """Return the right answer for another step than the one that was asked for."""
    return measured(x, lambda i: central_at(f, x, i, eps))


def in_memory(gradient: Array, x: Array) -> Array:
    """Return the entries in the order in which those of x lie in memory."""
    return gradient.ravel(order="F" if x.flags.fnc else "C")


def always(step: float) -> Callable[..., Array]:
    """Make the answer that takes this step, whatever eps is."""
    return lambda f, x, eps: central(f, x, step)


def ahead(f: Field, x: Array, step: float) -> Array:
    """Return one-sided differences with some step."""
    return measured(x, lambda i: (f(moved(x, i, step)) - f(x)) / step)


@slip(
    "The points of your difference are half as far out as asked for. How far from x "
    "are x + eps and x − eps?"
)
def half_the_step(f: Field, x: Array, eps: float) -> Any:
    return measured(
        x, lambda i: (f(moved(x, i, eps / 2)) - f(moved(x, i, -eps / 2))) / eps
    )


@slip(
    "The two points at which you evaluate f lie eps apart, and you divide by 2 eps. "
    "Where do the two points of the formula lie?",
    also=(
        lambda f, x, eps: ahead(f, x, -eps) / 2,
        lambda f, x, eps: central(f, x, eps / 2) / 2,
    ),
)
def one_eps_apart(f: Field, x: Array, eps: float) -> Any:
    return ahead(f, x, eps) / 2


@slip(
    "The points of your difference are twice as far out as asked for. How far from x "
    "are x + eps and x − eps?",
    also=(lambda f, x, eps: 2 * central(f, x, 2 * eps),),
)
def double_the_step(f: Field, x: Array, eps: float) -> Any:
    return central(f, x, 2 * eps)


@slip(
    "That is very nearly the true slope, whatever eps is. Asked for is what the "
    "formula gives with the step that the caller has chosen, even a large one: where "
    "does yours come from?",
    also=(
        lambda f, x, eps: central(f, x, 1e-6),
        lambda f, x, eps: central(f, x, 1e-4),
        lambda f, x, eps: central(f, x, 1e-7),
        lambda f, x, eps: central(f, x, 1e-8),
        lambda f, x, eps: central(f, x, 1e-9),
        lambda f, x, eps: central(f, x, 1e-10),
        lambda f, x, eps: ahead(f, x, 1e-4),
        lambda f, x, eps: ahead(f, x, 1e-5),
        lambda f, x, eps: ahead(f, x, 1e-6),
        lambda f, x, eps: ahead(f, x, 1e-8),
        lambda f, x, eps: (4 * central(f, x, eps) - central(f, x, 2 * eps)) / 3,
    ),
)
def step_of_its_own(f: Field, x: Array, eps: float) -> Any:
    return central(f, x, 1e-5)


@slip(
    "Your step is so small that f has few digits left in which to answer. Plot the "
    "error against the step, and take the eps that is given.",
    also=[always(step) for step in (1e-12, 1e-13, 1e-14, 1e-15)],
)
def step_of_rounding(f: Field, x: Array, eps: float) -> Any:
    return central(f, x, float(np.finfo(float).eps))


@slip(
    "Your step grows with the entry that it moves. Here eps itself is how far to go, "
    "for entries of any size.",
    also=(
        lambda f, x, eps: measured(
            x, lambda i: float(central_at(f, x, i, eps * max(1.0, abs(x[i]))))
        ),
        lambda f, x, eps: measured(
            x, lambda i: float(central_at(f, x, i, eps * (1 + abs(x[i]))))
        ),
        # Two eps are what it divides by, all the same.
        lambda f, x, eps: measured(
            x, lambda i: float(x[i] * central_at(f, x, i, float(eps * x[i])))
        ),
    ),
)
def step_in_proportion(f: Field, x: Array, eps: float) -> Any:
    def slope(i: tuple[int, ...]) -> float:
        return central_at(f, x, i, float(eps * abs(x[i])))

    return measured(x, slope)


@slip(
    "Single precision keeps seven digits, and a difference of two nearly equal "
    "numbers loses most of them. Where do your float64 numbers become float32?",
    also=(lambda f, x, eps: central(f, x.astype(np.float32), float(np.float32(eps))),),
)
def single_precision(f: Field, x: Array, eps: float) -> Any:
    x = x.astype(np.float32)
    return measured(x, lambda i: (f(moved(x, i, eps)) - f(moved(x, i, -eps))) / 2 / eps)


@slip(
    "You move the entry by 1, or divide by 1. The caller has chosen a step: in which "
    "places of the formula does eps stand?",
    also=(
        lambda f, x, eps: central(f, x, 1.0) / eps,
        lambda f, x, eps: ahead(f, x, 1.0),
        lambda f, x, eps: ahead(f, x, 1.0) / eps,
    ),
)
def step_of_one(f: Field, x: Array, eps: float) -> Any:
    return central(f, x, 1.0)


def values_at(f: Field, x: Array, i: tuple[int, ...], eps: float) -> tuple[float, ...]:
    """Return f one step back, here, and one step ahead."""
    return f(moved(x, i, -eps)), f(x), f(moved(x, i, eps))


@slip(
    "You add the two values. If f is the same everywhere its slope is 0: what does "
    "your formula give?",
    also=(
        lambda f, x, eps: 2 * added(f, x, eps),
        lambda f, x, eps: eps * added(f, x, eps),
    ),
)
def values_added(f: Field, x: Array, eps: float) -> Any:
    return added(f, x, eps)


def added(f: Field, x: Array, eps: float) -> Array:
    """Return the sum of both values, in the place of their difference."""

    def slope(i: tuple[int, ...]) -> float:
        back, _, there = values_at(f, x, i, eps)
        return (there + back) / (2 * eps)

    return measured(x, slope)


@slip(
    "What you compute says how fast the *slope* changes: of a straight line it is 0. "
    "Which two values does a slope need?"
)
def second_difference(f: Field, x: Array, eps: float) -> Any:
    def bend(i: tuple[int, ...]) -> float:
        back, here, there = values_at(f, x, i, eps)
        return (there - 2 * here + back) / eps**2

    return measured(x, bend)


STEPS = (
    step_of_one,
    values_added,
    second_difference,
    half_the_step,
    one_eps_apart,
    double_the_step,
    step_of_its_own,
    step_of_rounding,
    step_in_proportion,
    single_precision,
)
