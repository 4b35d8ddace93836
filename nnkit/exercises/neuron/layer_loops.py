"""Unit 1: how loops over examples and neurons go wrong in a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.curves import curve
from nnkit.exercises.spec import slip

Mutant = Callable[[Array, Array, Array, str], Any]


def filled(where: Any, bent_later: bool = False) -> Mutant:
    """Make the answer that fills a part of Z and A, which were zeros.

    Args:
        where: the entries that it comes to.
        bent_later: A is made of all of Z when the loop is over.
    """

    def layer(X: Array, W: Array, b: Array, kind: str) -> Any:
        right = X @ W + b
        Z, A = np.zeros(right.shape), np.zeros(right.shape)
        Z[where] = right[where]
        A[where] = curve(Z[where], kind)
        return Z, curve(Z, kind) if bent_later else A

    return layer


FIRST_ROW, FIRST_NEURON, FIRST_ENTRY = np.s_[:1], np.s_[:, :1], np.s_[:1, :1]


@slip(
    "Only the first row, column or entry of your result is filled; the rest is as you "
    "made it. Does `return` stand behind your loops, or inside of one?",
    also=[
        filled(FIRST_NEURON),
        filled(FIRST_ENTRY),
        filled(FIRST_ROW, bent_later=True),
        filled(FIRST_NEURON, bent_later=True),
        filled(FIRST_ENTRY, bent_later=True),
    ],
)
def returned_too_early(X: Array, W: Array, b: Array, kind: str) -> Any:
    return filled(FIRST_ROW)(X, W, b, kind)


ALL_BUT_ONE = np.s_[:-1], np.s_[1:], np.s_[:, :-1], np.s_[:, 1:]


@slip(
    "A row or a column of your result was never filled. Print the indices that your "
    "loops run through: which are the first, and which the last?",
    also=[
        filled(where, bent_later)
        for where in ALL_BUT_ONE
        for bent_later in (True, False)
    ][1:],
)
def last_row_empty(X: Array, W: Array, b: Array, kind: str) -> Any:
    return filled(ALL_BUT_ONE[0], bent_later=True)(X, W, b, kind)


def sums_go_on(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = np.cumsum(X @ W, axis=1) + b
    return Z, curve(Z, kind)


@slip(
    "The sum of a neuron goes on where that of its neighbour has ended. Inside of "
    "which loop does your sum have to start afresh?",
    also=[sums_go_on],
)
def sum_not_reset(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = np.cumsum(X @ W + b, axis=1)
    return Z, curve(Z, kind)


def mean_of_biases(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b.mean()
    return Z, curve(Z, kind)


@slip(
    "You make one number of all biases, and every neuron gets it. How many entries has "
    "b, and whose are they?",
    also=[mean_of_biases],
)
def biases_pooled(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b.sum()
    return Z, curve(Z, kind)


SLIPS = (returned_too_early, last_row_empty, sum_not_reset, biases_pooled)
