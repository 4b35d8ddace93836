"""Unit 5: how the two factors go wrong that meet on the way back through a curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnkit.exercises.chain_rule.act_back_slips import KINDS, Cache, only_for, slope
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip


def instead_for(
    one: str, way: Callable[[Array, Array, Array], Array]
) -> Callable[..., Any]:
    """Make the answer that returns way(dA, z, a) for one kind; others are right."""

    def mutant(dA: Array, cache: Cache, kind: str) -> Any:
        return way(dA, *cache) if kind == one else dA * slope(kind, *cache)

    return mutant


@slip(
    "Something of yours is added or subtracted where only factors meet. Python "
    "multiplies before it subtracts: what does `u * 1 - v` come to?",
    also=(
        instead_for("sigmoid", lambda dA, z, a: dA * a * 1 - a),
        instead_for("sigmoid", lambda dA, z, a: dA * a - a**2),
        lambda dA, cache, kind: dA + slope(kind, *cache),
    ),
)
def parentheses_missing(dA: Array, cache: Cache, kind: str) -> Any:
    return instead_for("tanh", lambda dA, z, a: dA * 1 - a**2)(dA, cache, kind)


@slip(
    "You make the slope out of dA. That is what arrives from downstream; how steep the "
    "curve is depends on where z lies. Which stored array knows that?",
    also=(
        instead_for("sigmoid", lambda dA, z, a: dA * (1 - dA)),
        instead_for("sigmoid", lambda dA, z, a: dA * dA * (1 - dA)),
        instead_for("tanh", lambda dA, z, a: 1 - dA**2),
    ),
)
def slope_of_the_upstream(dA: Array, cache: Cache, kind: str) -> Any:
    return instead_for("tanh", lambda dA, z, a: dA * (1 - dA**2))(dA, cache, kind)


def squared_for(one: str) -> Callable[..., Any]:
    """Make the answer with the square of the slope for one kind; others are right."""
    return only_for(one, lambda z, a: slope(one, z, a) ** 2)


@slip(
    "The slope is a factor of your answer more than once. On the way from z to a, how "
    "many curves are there?",
    also=[squared_for(kind) for kind in KINDS if kind != "relu"],
)
def slope_twice(dA: Array, cache: Cache, kind: str) -> Any:
    return dA * slope(kind, *cache) ** 2


def else_of_the_last(last: Callable[[Array, Array], Any]) -> Callable[..., Any]:
    """Make the answer of three `if`s and an `else`, which belongs to the third alone.

    Args:
        last: slope in the `else`, for whatever kind the third `if` is not about.
    """

    def mutant(dA: Array, cache: Cache, kind: str) -> Any:
        right = kind == "relu" or (kind == "exp" and last(*cache).dtype == bool)
        return dA * (slope(kind, *cache) if right else last(*cache))

    return mutant


@slip(
    "For one kind you use the slope of another: print which branches a call goes "
    "through. Does your `else` belong to all of the `if`s before it, or to the last?",
    also=(
        only_for("tanh", lambda z, a: a),
        only_for("tanh", lambda z, a: z > 0),
        only_for("sigmoid", lambda z, a: z > 0),
        only_for("relu", lambda z, a: a * (1 - a)),
        only_for("relu", lambda z, a: 1 - a**2),
        only_for("exp", lambda z, a: a * (1 - a)),
        only_for("exp", lambda z, a: 1 - a**2),
        else_of_the_last(lambda z, a: a),
        else_of_the_last(lambda z, a: z > 0),
    ),
)
def another_kind(dA: Array, cache: Cache, kind: str) -> Any:
    return only_for("exp", lambda z, a: z > 0)(dA, cache, kind)


@slip(
    "Somewhere you divide by a count, of rows, columns or entries. The mean belongs to "
    "the loss, and is in dA by now. What does the curve at one entry know of how many "
    "others there are?",
    also=(
        lambda dA, cache, kind: dA * slope(kind, *cache) / dA.size,
        lambda dA, cache, kind: dA * slope(kind, *cache) / dA.shape[-1],
    ),
)
def averaged_here(dA: Array, cache: Cache, kind: str) -> Any:
    return dA * slope(kind, *cache) / len(dA)


@slip(
    "For one kind you return what the layer gave on the way there. On the way back a "
    "slope is asked for, times what arrives: where do dA and the slope come in?",
    also=(
        instead_for("tanh", lambda dA, z, a: a),
        instead_for("sigmoid", lambda dA, z, a: a),
    ),
)
def forward_once_more(dA: Array, cache: Cache, kind: str) -> Any:
    return instead_for("relu", lambda dA, z, a: a)(dA, cache, kind)


SLIPS = (
    parentheses_missing,
    slope_of_the_upstream,
    slope_twice,
    another_kind,
    averaged_here,
    forward_once_more,
)
