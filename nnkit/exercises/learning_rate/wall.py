"""Unit 2: the largest learning rate that a quadratic loss allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate.shared import spread, valley
from nnkit.exercises.spec import Case, Exercise, slip


def curvature_matrices(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `max_lr`: A (d, d), symmetric, no eigenvalue below 0."""

    def draw(d: int) -> tuple[Array]:
        return (valley(rng, spread(rng, d)),)

    # Along its own axes, so that every routine finds the 0 as exactly 0.
    flat = np.diag([rng.uniform(1, 2), 0.0, rng.uniform(3, 4)])
    # Neither the first entry is the largest, nor the last, as after sorting.
    low, top, middle, lower = np.sort(rng.uniform(0.5, 2, 4))[[0, 3, 2, 1]]
    own_axes = np.diag([middle, 2 * top, low, lower])
    # A start of ones lies in the flatter direction, and power iteration stays there:
    # with powers of two no rounding leads it out.
    own = rng.choice([2.0, 4.0])
    shared = own * rng.choice([0.25, 0.5])
    alike = np.array([[own, -shared], [-shared, own]])
    narrow = np.array([rng.uniform(20, 50), *rng.uniform(0.002, 0.02, 4)])
    return (
        Case("three weights", draw(3)),
        Case("two weights that are as steep as each other", (alike,)),
        Case("a single weight", draw(1)),
        Case("a flat direction", (flat,)),
        Case("a diagonal matrix", (own_axes,)),
        Case("a narrow valley", (valley(rng, narrow),)),
        Case("three weights, other numbers", draw(3)),
    )


def wall(A: Array) -> Any:
    """Return 2 / λmax, beyond which gradient descent on ½ wᵀAw diverges."""
    return 2 / np.linalg.eigvalsh(A)[-1]


@slip(
    "At your rate the steepest direction arrives in a single step, and that is not yet "
    "divergence. How far beyond may a step land, and still end up nearer than it began?"
)
def half_of_it(A: Array) -> Any:
    return 1 / np.linalg.eigvalsh(A)[-1]


def smallest_but_zero(A: Array) -> Any:
    return 2 / min(c for c in np.linalg.eigvalsh(A) if c > 1e-9)


def smallest_of_eigvals(A: Array) -> Any:
    # Complex from NumPy 2.5 on, where the rate for a curvature of 0 is no infinite one.
    return 2 / np.linalg.eigvalsh(A).astype(complex)[0]


@slip(
    "You let the flattest direction decide. Raise the rate slowly from 0: which "
    "direction is the first to bounce outward?",
    also=[smallest_but_zero, smallest_of_eigvals],
)
def smallest_curvature(A: Array) -> Any:
    return 2 / np.linalg.eigvalsh(A)[0]


@slip(
    "The trace adds up the curvatures of all directions. Do they fail together, or is "
    "there one that fails first?"
)
def trace(A: Array) -> Any:
    return 2 / np.trace(A)


@slip(
    "The Frobenius norm mixes the curvatures of all directions: `np.linalg.norm` of a "
    "matrix gives it unless you ask for another. Which single curvature decides?"
)
def frobenius(A: Array) -> Any:
    return 2 / np.linalg.norm(A)


@slip(
    "You divide by the square of a curvature; the eigenvalues of a product of A with "
    "itself are such squares. If every entry of A were twice as large, by which factor "
    "would the steps have to be shorter?"
)
def squared(A: Array) -> Any:
    return 2 / np.linalg.eigvalsh(A.T @ A)[-1]


@slip(
    "What you take for the curvature stands on the diagonal: that is how steep it gets "
    "along the axes of the weights. Must the steepest direction lie along one of them?",
    also=[lambda A: 2 / A[0, 0], lambda A: 2 / A[-1, -1]],
)
def diagonal(A: Array) -> Any:
    return 2 / np.diag(A).max()


@slip(
    "The sums of a matrix's rows give a bound on its eigenvalues, and no more than "
    "that. How steep is the steepest direction, exactly?"
)
def row_sums(A: Array) -> Any:
    return 2 / np.linalg.norm(A, np.inf)


@slip(
    "You take the largest sum over a row of A for the steepest curvature. Such a sum "
    "is an entry of A times a vector of ones: what has the steepest direction to do "
    "with that vector?"
)
def row_sums_with_signs(A: Array) -> Any:
    return 2 / A.sum(axis=1).max()


@slip(
    "That is the rate at which the slowest direction is quickest. The question is "
    "another one: up to which rate does no direction diverge?"
)
def quickest_rate(A: Array) -> Any:
    curvatures = np.linalg.eigvalsh(A)
    return 2 / (curvatures[0] + curvatures[-1])


def reached_from(start: Array, A: Array) -> Any:
    """Return what power iteration makes of the curvature if no rounding helps it."""
    curvatures, axes = np.linalg.eigh(A)
    return 2 / curvatures[np.abs(axes.T @ start) > 1e-12][-1]


@slip(
    "`eig` and `eigvals` promise no order, and an iteration that starts along the "
    "first axis may stay there: the first may be any of them. Which one do you need, "
    "and how do you make sure of it?",
    also=[lambda A: reached_from(np.eye(len(A))[0], A)],
)
def first_in_no_order(A: Array) -> Any:
    return 2 / np.linalg.eigvals(A)[0]


@slip(
    "`eig` and `eigvals` promise no order: the last may be any of them. Which one do "
    "you need, and how do you make sure of it?"
)
def last_in_no_order(A: Array) -> Any:
    return 2 / np.linalg.eigvals(A)[-1]


def second_or_only(A: Array) -> Any:
    curvatures = np.linalg.eigvalsh(A)
    return 2 / curvatures[max(len(A) - 2, 0)]


@slip(
    "You took the second largest curvature: one direction is steeper still. In which "
    "order does `eigvalsh` return them, and at which index is the last?",
    also=[second_or_only],
)
def second_largest(A: Array) -> Any:
    return 2 / np.linalg.eigvalsh(A)[-2]


@slip(
    "You average over the directions. Do they fail together, on average, or is there "
    "one that fails first?"
)
def mean_curvature(A: Array) -> Any:
    return 2 / np.linalg.eigvalsh(A).mean()


def slowest_share(A: Array) -> Any:
    curvatures = np.linalg.eigvalsh(A)
    return 2 * curvatures[0] / curvatures[-1]


@slip(
    "You return a ratio of two curvatures: it says how much the directions differ. "
    "If all of them were twice as steep, your rate would stay the same. Should it?",
    also=[slowest_share, np.linalg.cond],
)
def ratio_of_curvatures(A: Array) -> Any:
    curvatures = np.linalg.eigvalsh(A)
    return curvatures[-1] / curvatures[0]


@slip(
    "The determinant multiplies the curvatures of all directions. Does a flat one help "
    "where another is steep, or is there one that fails first?"
)
def determinant(A: Array) -> Any:
    return 2 / np.linalg.det(A)


@slip(
    "You take the root of a curvature. If every entry of A were four times as large, "
    "how much shorter would the steps have to be?"
)
def root_of_the_curvature(A: Array) -> Any:
    return 2 / np.sqrt(np.linalg.eigvalsh(A)[-1])


def vectors_as_a_table(A: Array) -> Any:
    return 2 / np.linalg.eigh(A)[-1]


@slip(
    "`eigh` returns two things, the curvatures and the directions. Which of the two do "
    "you go on with?",
    also=[vectors_as_a_table],
)
def directions_for_curvatures(A: Array) -> Any:
    return 2 / np.linalg.eigh(A)[1].max()


def half_the_curvature(A: Array) -> Any:
    return np.linalg.eigvalsh(A)[-1] / 2


@slip(
    "Your rate grows with the curvature. If the surface were twice as steep, would you "
    "allow longer steps or shorter ones?",
    also=[half_the_curvature],
)
def curvature_itself(A: Array) -> Any:
    return np.linalg.eigvalsh(A)[-1]


@slip(
    "Multiplying by A stretches what is in your first vector, and adds nothing that is "
    "missing there. Has it a part along the steepest direction, whatever A may be?"
)
def start_at_a_right_angle(A: Array) -> Any:
    return reached_from(np.ones(len(A)), A)


@slip(
    "You return a limit for each direction. There is one learning rate for all of "
    "them: which of your limits is the one that binds?"
)
def one_per_direction(A: Array) -> Any:
    return 2 / np.linalg.eigvalsh(A)


max_lr = Exercise(
    "max_lr",
    unit="02-learning-rate",
    points=2,
    params=("A",),
    parts=("lr",),
    cases=curvature_matrices,
    reference=wall,
    slips=(
        half_of_it,
        smallest_curvature,
        trace,
        frobenius,
        squared,
        diagonal,
        row_sums,
        row_sums_with_signs,
        quickest_rate,
        first_in_no_order,
        last_in_no_order,
        second_largest,
        mean_curvature,
        ratio_of_curvatures,
        determinant,
        root_of_the_curvature,
        directions_for_curvatures,
        curvature_itself,
        start_at_a_right_angle,
        one_per_direction,
    ),
)
