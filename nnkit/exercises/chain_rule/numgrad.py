"""Unit 5: a gradient measured by central differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Named, materialize
from nnkit.exercises.chain_rule.numgrad_moves import MOVES
from nnkit.exercises.chain_rule.numgrad_steps import (
    STEPS,
    Field,
    central,
    first_axis,
    in_memory,
    measured,
    moved,
    number_apart,
    row_kept,
    rows_moved,
)
from nnkit.exercises.draw import Array, signed
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.gradcheck import numerical_gradient


def central_differences(f: Any, x: Any, eps: float) -> Array:
    """Return (f(x + eps eᵢ) − f(x − eps eᵢ)) / 2 eps for every entry i."""
    f, x = materialize((f, x))
    return numerical_gradient(f, x, eps)


def fields(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `numgrad`: f of an array, the array x, and a step eps.

    The steps are large. So the difference is not the derivative: whoever takes another
    step than asked for is found out by more than rounding.
    """

    def field(*shape: int, curved: float = 1.0) -> Named:
        C, D = curved * signed(rng, *shape), signed(rng, *shape)
        return Named("cubic_field", {"C": C, "D": D})

    def draw(*shape: int, eps: float) -> tuple[Any, ...]:
        # An array also where it holds a single number: one can write into it.
        return field(*shape), np.array(signed(rng, *shape)), eps

    # Here x + eps and x − eps are exact: adding and taking away leaves no trace.
    quarters = np.array([0.75, -1.25, 0.5, -0.25])
    view = Named("transposed", {"of": signed(rng, 3, 2)})
    return (
        Case("a matrix of two rows and three columns", draw(2, 3, eps=0.3)),
        Case("a vector of one entry", draw(1, eps=0.2)),
        # Below eps an entry keeps few of its digits when eps is added and taken away.
        Case("a vector close to 0", (field(5), signed(rng, 5) / 100, 0.1)),
        Case(
            "a single number, of shape ()",
            draw(eps=0.3),
            alone="Right but for a single number of shape (), which has no axis to go "
            "along. Its only index is the empty tuple: does your loop come by it, and "
            "what does your function return then?",
        ),
        Case("a square matrix", draw(3, 3, eps=0.05)),
        Case("a quadratic function", (field(4, curved=0.0), signed(rng, 4), 0.3)),
        Case("entries and eps in whole quarters", (field(4), quarters, 0.25)),
        Case("a transposed view", (field(2, 3), view, 0.3)),
        Case("a stack of matrices", draw(2, 2, 2, eps=0.15)),
        Case("a small eps", draw(3, eps=1e-3)),
        Case("a matrix, other numbers", draw(2, 3, eps=0.3)),
    )


@slip(
    "You look to one side only. Halve eps: does the error of a one-sided difference "
    "halve, or does it fall to a quarter?"
)
def one_sided(f: Field, x: Array, eps: float) -> Any:
    return measured(x, lambda i: (f(moved(x, i, eps)) - f(x)) / eps)


@slip(
    "A difference that looks back is as lopsided as one that looks ahead. What would "
    "be symmetric?"
)
def looks_back(f: Field, x: Array, eps: float) -> Any:
    return measured(x, lambda i: (f(x) - f(moved(x, i, -eps))) / eps)


@slip("How far apart are the two points at which you evaluate f? Divide by that.")
def divided_by_eps(f: Field, x: Array, eps: float) -> Any:
    return measured(x, lambda i: (f(moved(x, i, eps)) - f(moved(x, i, -eps))) / eps)


@slip(
    "None of your slopes is negative. Where f falls as the entry grows, which sign has "
    "the slope?"
)
def sizes_of_slopes(f: Field, x: Array, eps: float) -> Any:
    return np.abs(central(f, x, eps))


@slip(
    "Each of your entries contains the ones before it. Does a line add where it should "
    "store, or does an entry stay moved while the next is measured?"
)
def running_total(f: Field, x: Array, eps: float) -> Any:
    return np.cumsum(central(f, x, eps)).reshape(x.shape)


@slip(
    "Your first entry is right and all others are 0. How often does your loop go "
    "round, and where does `return` stand?"
)
def returned_too_early(f: Field, x: Array, eps: float) -> Any:
    slopes = central(f, x, eps)
    kept = np.zeros(x.shape)
    kept[(0,) * x.ndim] = slopes[(0,) * x.ndim]
    return kept


@slip("Your last entry is 0, as if nobody had been there. Where does your loop end?")
def last_entry_left_out(f: Field, x: Array, eps: float) -> Any:
    slopes = central(f, x, eps)
    slopes[tuple(length - 1 for length in x.shape)] = 0
    return slopes


@slip(
    "A smaller eps makes all of your slopes smaller: it multiplies the difference. If "
    "you wrote a / 2 * eps, Python reads that from left to right: what is divided "
    "there, and what is multiplied?",
    also=(
        lambda f, x, eps: measured(
            x, lambda i: (f(moved(x, i, eps)) - f(moved(x, i, -eps))) * 2 * eps
        ),
        lambda f, x, eps: rows_moved(f, x, eps) * eps**2,
        lambda f, x, eps: rows_moved(f, x, eps, first_axis) * eps**2,
    ),
)
def precedence(f: Field, x: Array, eps: float) -> Any:
    return measured(x, lambda i: (f(moved(x, i, eps)) - f(moved(x, i, -eps))) / 2 * eps)


@slip(
    "Division goes before subtraction: in a − b / c the a is not divided. Which part "
    "of your difference is?",
    also=(
        lambda f, x, eps: measured(
            x, lambda i: f(moved(x, i, eps)) - f(moved(x, i, -eps)) / 2 * eps
        ),
    ),
)
def half_divided(f: Field, x: Array, eps: float) -> Any:
    return measured(x, lambda i: f(moved(x, i, eps)) - f(moved(x, i, -eps)) / (2 * eps))


@slip(
    "A slope is a change divided by the distance over which it happens. You return "
    "the change."
)
def not_divided(f: Field, x: Array, eps: float) -> Any:
    return measured(x, lambda i: f(moved(x, i, eps)) - f(moved(x, i, -eps)))


@slip("The sign is flipped. Does f rise when the entry does? Which value comes first?")
def downhill(f: Field, x: Array, eps: float) -> Any:
    return measured(
        x, lambda i: (f(moved(x, i, -eps)) - f(moved(x, i, eps))) / (2 * eps)
    )


@slip(
    "You return one slope for all entries together. Do they all move at once, or do "
    "you add into a whole array? How would you find out about a single one?",
    also=(lambda f, x, eps: (f(x + eps) - f(x - eps)) / (2 * eps),),
)
def all_at_once(f: Field, x: Array, eps: float) -> Any:
    return np.full(x.shape, (f(x + eps) - f(x - eps)) / (2 * eps))


@slip(
    "x[i] of a matrix is a whole row, and you move all of it. Which kind of index "
    "reaches a single entry, in an array of any shape?",
    also=(
        lambda f, x, eps: rows_moved(f, x, eps, first_axis),
        number_apart(rows_moved),
    ),
)
def row_by_row(f: Field, x: Array, eps: float) -> Any:
    return rows_moved(f, x, eps)


@slip(
    "x[i] of a matrix is a whole row, and you move all of it. To write `old = x[i]` "
    "copies nothing there: it is one more name for the row, and moves along with it. "
    "Which kind of index reaches a single entry?",
    also=(
        lambda f, x, eps: row_kept(f, x, eps, by_steps=True),
        lambda f, x, eps: row_kept(f, x, eps, count=first_axis),
        lambda f, x, eps: row_kept(f, x, eps, by_steps=True, count=first_axis),
        number_apart(row_kept),
        lambda f, x, eps: row_kept(f, x, eps) * eps**2,
        lambda f, x, eps: row_kept(f, x, eps, by_steps=True) * eps**2,
    ),
)
def row_put_back_from_a_view(f: Field, x: Array, eps: float) -> Any:
    return row_kept(f, x, eps)


@slip(
    "The numbers are there, in one long row. A gradient has the shape of what it "
    "belongs to."
)
def flattened(f: Field, x: Array, eps: float) -> Any:
    return measured(
        x, lambda i: (f(moved(x, i, eps)) - f(moved(x, i, -eps))) / (2 * eps)
    ).reshape(-1)


@slip(
    "Right slopes in wrong places: you walk through the entries in one order and put "
    "the slopes down in another. Does each of the two go along rows, or down columns?",
    also=(
        lambda f, x, eps: central(f, x, eps).ravel(order="F").reshape(x.shape),
        # As they lie in memory, which is how np.nditer goes unless it is told.
        lambda f, x, eps: in_memory(central(f, x, eps), x).reshape(x.shape),
    ),
)
def other_order(f: Field, x: Array, eps: float) -> Any:
    return central(f, x, eps).ravel().reshape(x.shape, order="F")


@slip(
    "For a transposed x you get 0 everywhere. reshape and ravel give a view where "
    "they can, else a copy: does f see the entries that you move?"
)
def moves_a_copy(f: Field, x: Array, eps: float) -> Any:
    flat = x.reshape(-1)
    gradient = np.zeros(flat.shape)
    for i in range(flat.size):
        here = flat[i]
        flat[i] = here + eps
        above = f(x)
        flat[i] = here - eps
        below = f(x)
        flat[i] = here
        gradient[i] = (above - below) / (2 * eps)
    return gradient.reshape(x.shape)


@slip(
    "Every slope of yours is 0, or next to nothing. Print the two values of f: if they "
    "are alike, does f see what you move (`flatten` and `copy` make another array), "
    "and is it moved both ways? If they differ, what becomes of their difference on "
    "its way into your answer?"
)
def lost_in_a_copy(f: Field, x: Array, eps: float) -> Any:
    return measured(x, lambda i: (f(x) - f(x)) / (2 * eps))


numgrad = Exercise(
    "numgrad",
    unit="05-chain-rule",
    points=2,
    params=("f", "x", "eps"),
    parts=("gradient",),
    cases=fields,
    reference=central_differences,
    # A central difference is rounded to |f| / eps times 1e-16, and that is no slip.
    tolerance=1e-8,
    slips=(
        one_sided,
        looks_back,
        divided_by_eps,
        sizes_of_slopes,
        running_total,
        returned_too_early,
        last_entry_left_out,
        precedence,
        half_divided,
        not_divided,
        downhill,
        *STEPS,
        *MOVES,
        all_at_once,
        row_by_row,
        row_put_back_from_a_view,
        flattened,
        other_order,
        moves_a_copy,
        lost_in_a_copy,
    ),
)
