"""Unit 5: numerical gradients for which entries are moved, and not put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnkit.exercises.chain_rule.numgrad_steps import Field, measured
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip


@slip(
    "An entry is still moved when you measure the next one. Where should the others "
    "be, while you ask for one of them?",
    also=(lambda f, x, eps: moved_forward_for_good(f, x.copy(), eps),),
)
def not_put_back(f: Field, x: Array, eps: float) -> Any:
    x = x.copy()

    def slope(i: tuple[int, ...]) -> float:
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        return (above - f(x)) / (2 * eps)

    return measured(x, slope)


def moved_forward_for_good(f: Field, x: Array, eps: float) -> Any:
    """Measure from the start, with every entry moved on and never put back."""
    start = f(x)

    def slope(i: tuple[int, ...]) -> float:
        x[i] += eps
        return float((f(x) - start) / eps)

    return measured(x, slope)


@slip(
    "After the call the caller's x lies elsewhere. Compare its entries before and "
    "after: what did you move, and when do you put it back?",
    also=(lambda f, x, eps: moved_forward_for_good(f, x, eps),),
)
def callers_x_moved(f: Field, x: Array, eps: float) -> Any:
    def slope(i: tuple[int, ...]) -> float:
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        return (above - f(x)) / (2 * eps)

    return measured(x, slope)


def undone(f: Field, x: Array, eps: float, between: Sequence[int] = (-2,)) -> Any:
    """Measure with each entry moved by eps, on by others, and back as it began.

    Args:
        f: what is measured.
        x: the caller's array, which is written into.
        eps: the step; with a minus the measuring begins below.
        between: in steps, the moves from the first point to the second; none where
            that is reckoned from the entry itself.
    """

    def slope(i: tuple[int, ...]) -> float:
        entry = x[i]
        x[i] += eps
        first = f(x)
        for steps in between:
            x[i] += steps * eps
        if not between:
            x[i] = entry - eps
        second = f(x)
        x[i] += eps
        return (first - second) / (2 * eps)

    return measured(x, slope)


@slip(
    "You undo your moves by arithmetic, and the caller's x is still not what it was, "
    "by a hair: x + eps was rounded. How can you put back exactly what was there?",
    # Which entries come back depends on what was rounded on the way.
    also=(
        lambda f, x, eps: undone(f, x, eps, (-1, -1)),
        lambda f, x, eps: undone(f, x, eps, ()),
        lambda f, x, eps: undone(f, x, -eps),
        lambda f, x, eps: undone(f, x, -eps, (-1, -1)),
        lambda f, x, eps: undone(f, x, -eps, ()),
    ),
)
def put_back_by_arithmetic(f: Field, x: Array, eps: float) -> Any:
    return undone(f, x, eps)


@slip(
    "`up = x` and `down = x` give one array two more names. What you add to the one "
    "you take away again with the other: where is f evaluated?"
)
def one_array_with_two_names(f: Field, x: Array, eps: float) -> Any:
    def slope(i: tuple[int, ...]) -> float:
        up, down = x, x
        up[i] += eps
        down[i] -= eps
        return (f(up) - f(down)) / (2 * eps)

    return measured(x, slope)


MOVES = (
    not_put_back,
    callers_x_moved,
    put_back_by_arithmetic,
    one_array_with_two_names,
)
