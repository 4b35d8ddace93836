"""Unit 3: the right statistics of a signal, in another place of the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization.passes import forward, rows_of
from nnkit.exercises.spec import slip

Weights = list[Array]


@slip(
    "The other way round: the first column is the mean, the second the mean square.",
    whole=True,
)
def columns_swapped(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return rows_of(activations)[:, ::-1]


@slip("Your rows are there, in the other order. Which layer does the text want first?")
def last_layer_first(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, X, phi)[1])[::-1]


def filled_along_the_rows(Ws: Weights, X: Array, phi: str) -> Any:
    table = np.zeros((len(Ws), 2))
    for d, row in enumerate(rows_of(forward(Ws, X, phi)[1])):
        table[0, d], table[1, d] = row
    return table


@slip(
    "A row for each layer was asked for, with two columns. Print the .shape of what "
    "you return, or that you fill: it lies on its side.",
    also=[filled_along_the_rows],
)
def on_its_side(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return rows_of(activations).T


@slip(
    "`reshape` does not turn a table on its side: it reads the numbers row by row, and "
    "fills another form with them. Print your table before and after: which numbers "
    "are in the first row?"
)
def reshaped_for_turned(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, X, phi)[1]).T.reshape(-1, 2)


SLIPS = (columns_swapped, last_layer_first, on_its_side, reshaped_for_turned)
