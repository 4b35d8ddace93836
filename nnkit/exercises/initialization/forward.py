"""Unit 3: the size of a signal on its way forward, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization import forward_curves, forward_tables
from nnkit.exercises.initialization.passes import activation, forward, rows_of, stack
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.exercises.values import need_shape, numbers

Weights = list[Array]


def forward_cases(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `forward_stats`: a list of weights, rows X, a name."""

    def draw(m: int, widths: tuple[int, ...], phi: str) -> tuple[Any, ...]:
        return (*stack(rng, m, widths, phi), phi)

    Ws, X, _ = draw(5, (3, 4, 6, 2), "tanh")
    return (
        Case("three layers of tanh", draw(5, (3, 4, 6, 2), "tanh")),
        Case("four layers of ReLU", draw(4, (5, 3, 6, 2, 7), "relu")),
        Case("three linear layers", draw(5, (4, 2, 6, 3), "linear")),
        Case("a single layer", draw(5, (3, 4), "tanh")),
        Case("a single row", draw(1, (3, 5, 4), "relu")),
        Case("as many rows as units", draw(4, (4, 4, 4), "tanh")),
        # No overflow in whatever form tanh is written: that was unit 1.
        Case("large inputs", (Ws, 50 * X, "tanh")),
        Case("whole numbers", (*whole(rng), "linear")),
        Case("three layers of tanh, other numbers", draw(5, (3, 4, 6, 2), "tanh")),
    )


def whole(rng: np.random.Generator) -> tuple[Weights, Array]:
    """Draw weights and rows of whole numbers, whose statistics are none."""
    while True:
        X, *Ws = (rng.integers(-4, 5, size) for size in ((5, 3), (3, 4), (4, 2)))
        if (np.array(statistics(Ws, X, "linear")) % 1 > 0).all():
            return Ws, X


def statistics(Ws: Weights, X: Array, phi: str) -> tuple[Array, Array]:
    """Return mean and mean square of each layer's activations."""
    _, activations = forward(Ws, X, phi)
    means = [a.mean() for a in activations]
    return np.array(means), np.array([(a**2).mean() for a in activations])


def columns(value: Any, Ws: Weights, X: Array, phi: str) -> list[Array]:
    """Take (L, 2) apart into its columns.

    Raises:
        Misfit: it has another shape.
    """
    table = numbers(value)
    need_shape(table, (len(Ws), 2), "What you return")
    return [table[:, 0], table[:, 1]]


def terms(Ws: Weights, X: Array, phi: str) -> tuple[float, float]:
    """Return the size of the terms that cancel in a mean; in a mean square none do."""
    _, activations = forward(Ws, X, phi)
    return max(float(np.abs(a).mean()) for a in activations), 0.0


@slip(
    "Is the mean of these activations zero? A variance measures from the mean, and "
    "a mean square from zero: which one was asked for, and which one does the next "
    "layer's weighted sum depend on?",
    also=[
        lambda Ws, X, phi: spread_of(Ws, X, phi, lambda a: a.var(ddof=1)),
        lambda Ws, X, phi: spread_of(Ws, X, phi, lambda a: a.var(axis=0).mean()),
        lambda Ws, X, phi: spread_of(Ws, X, phi, lambda a: a.var(axis=1).mean()),
    ],
)
def variance_for_mean_square(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[a.mean(), a.var()] for a in activations])


@slip(
    "Your second column is a root mean square. Nothing is wrong with that as a size, "
    "but the text asks for the mean square itself."
)
def root_mean_square(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[a.mean(), np.sqrt((a**2).mean())] for a in activations])


@slip(
    "Your second column is a standard deviation: it measures from the mean, and a root "
    "is taken. What measures from zero, and which of the two does a weighted sum pass "
    "on?",
    also=[lambda Ws, X, phi: spread_of(Ws, X, phi, lambda a: a.std(ddof=1))],
)
def standard_deviation(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[a.mean(), a.std()] for a in activations])


def spread_of(Ws: Weights, X: Array, phi: str, spread: Callable[[Array], Any]) -> Array:
    """Return the right means, with another measure of size beside them."""
    _, activations = forward(Ws, X, phi)
    return np.array([[a.mean(), spread(a)] for a in activations])


@slip("A mean size |a| is not a mean square. Double the signal: what happens to each?")
def absolute_for_square(Ws: Weights, X: Array, phi: str) -> Any:
    return spread_of(Ws, X, phi, lambda a: np.abs(a).mean())


def size_of_the_mean(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[abs(a.mean()), (a**2).mean()] for a in activations])


@slip(
    "Your mean has no sign: you average |a|, or take the size of the mean. What should "
    "come out for a signal that is as often −1 as 1? And for one that is always −1?",
    also=[size_of_the_mean],
)
def mean_without_signs(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[np.abs(a).mean(), (a**2).mean()] for a in activations])


@slip(
    "The square of a mean is not the mean of the squares. Try it with the two numbers "
    "−1 and 1.",
    also=[
        lambda Ws, X, phi: spread_of(Ws, X, phi, lambda a: (a.mean(0) ** 2).mean()),
        lambda Ws, X, phi: spread_of(Ws, X, phi, lambda a: (a.mean(1) ** 2).mean()),
    ],
)
def square_of_the_mean(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[a.mean(), a.mean() ** 2] for a in activations])


@slip(
    "Your numbers grow with the size of the layer. A mean divides by the number of "
    "entries: how many does a layer have, over all rows?"
)
def sums_for_means(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[a.sum(), (a**2).sum()] for a in activations])


@slip(
    "You averaged over the rows, and added up over the units. A layer's activations "
    "are all the entries, rows times units."
)
def divided_by_rows(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[a.sum(), (a**2).sum()] for a in activations]) / len(X)


@slip(
    "You averaged over the units, and added up over the rows. A layer's activations "
    "are all the entries, rows times units."
)
def divided_by_units(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return np.array([[a.mean(1).sum(), (a**2).mean(1).sum()] for a in activations])


def rows_summed(Ws: Weights, X: Array, phi: str) -> Any:
    return np.cumsum(rows_of(forward(Ws, X, phi)[1]), axis=0)


def rows_averaged(Ws: Weights, X: Array, phi: str) -> Any:
    count = np.arange(1, len(Ws) + 1)[:, None]
    return rows_summed(Ws, X, phi) / count


@slip(
    "From the second row on, your numbers mix layers: each row is about one layer "
    "alone. What do you collect, and when do you start afresh?",
    also=[rows_summed, rows_averaged],
)
def layers_pooled(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    pools = [
        np.concatenate([a.ravel() for a in activations[: layer + 1]])
        for layer in range(len(Ws))
    ]
    return rows_of(pools)


@slip(
    "Your rows are about all layers taken together. How many layers are there, and "
    "which of them is each row about?"
)
def one_row_for_all(Ws: Weights, X: Array, phi: str) -> Any:
    rows = rows_of(forward(Ws, X, phi)[1])
    return np.tile(rows.mean(axis=0), (len(rows), 1))


@slip(
    "These are the statistics of z, before the activation. Which array does a layer "
    "hand on?"
)
def before_the_activation(Ws: Weights, X: Array, phi: str) -> Any:
    zs, _ = forward(Ws, X, phi)
    return rows_of(zs)


@slip(
    "Without an activation between them these layers are one linear map. Where in "
    "your loop does φ act?"
)
def activation_forgotten(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, "linear")
    return rows_of(activations)


@slip(
    "Your last layer has no activation: the text puts φ on every layer, the last one "
    "included."
)
def last_layer_linear(Ws: Weights, X: Array, phi: str) -> Any:
    zs, activations = forward(Ws, X, phi)
    return rows_of([*activations[:-1], zs[-1]])


@slip(
    "You measure the activations, but hand on the pre-activations. Which of the two "
    "does the next layer see?"
)
def pre_activation_handed_on(Ws: Weights, X: Array, phi: str) -> Any:
    zs, _ = forward(Ws, X, "linear")
    return rows_of([activation(z, phi) for z in zs])


def inputs_bent_too(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, np.asarray(activation(X, phi)), phi)[1])


@slip(
    "You bend X before the first weighted sum has seen it. In which order do W and φ "
    "act, and is X an activation?",
    also=[inputs_bent_too],
)
def inputs_bent(Ws: Weights, X: Array, phi: str) -> Any:
    found = []
    for W in Ws:
        X = activation(X, phi) @ W
        found.append(X)
    return rows_of(found)


@slip(
    "Your last row was never written. How often does your loop run, and with which "
    "indices?"
)
def last_row_empty(Ws: Weights, X: Array, phi: str) -> Any:
    rows = rows_of(forward(Ws, X, phi)[1])
    rows[-1] = 0
    return rows


@slip(
    "Your statistics are about one row of X alone, the first or the last. A layer's "
    "activations are all of its entries, over all rows.",
    also=[lambda Ws, X, phi: rows_of(forward(Ws, X[-1:], phi)[1])],
)
def first_row_only(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, X[:1], phi)[1])


@slip(
    "Something swallows the fractions of your statistics. What dtype does the array "
    "have that you store them in?",
    # Alone, a column of zeros is one that was never filled, or centered.
    whole=True,
    also=[
        lambda Ws, X, phi: rows_of(forward(Ws, X, phi)[1]).astype(X.dtype),
    ],
)
def truncated(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, X, phi)[1]).astype(int)


@slip(
    "Your rows are one layer late: the first is about X, and the last layer is "
    "missing. In your loop, do you measure before or after the layer acts?"
)
def one_layer_late(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return rows_of([X, *activations[:-1]])


@slip(
    "One row too many: X is what goes into the first layer, and no layer's activation."
)
def inputs_included(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, phi)
    return rows_of([X, *activations])


@slip("Each layer of yours starts from X again. What is the input of the second layer?")
def every_layer_from_the_inputs(Ws: Weights, X: Array, phi: str) -> Any:
    rows = []
    for W in Ws:
        a = np.asarray(activation(X @ W, phi))
        rows.append([a.mean(), (a**2).mean()])
    return np.array(rows)


@slip(
    "Write down the shape of each factor: rows are examples, and W is (fan_in, "
    "fan_out). Which product adds up over the inputs of a unit?",
    also=[lambda Ws, X, phi: rows_of(forward(square_transposed(Ws), X, phi)[1])],
)
def weights_transposed(Ws: Weights, X: Array, phi: str) -> Any:
    rows, a = [], X
    for W in Ws:
        a = np.asarray(activation(a @ W.T, phi))
        rows.append([a.mean(), (a**2).mean()])
    return np.array(rows)


def square_transposed(Ws: Weights) -> Weights:
    """Return the weights, transposed where that changes no shape."""
    return [W.T if W.shape[0] == W.shape[1] else W for W in Ws]


forward_stats = Exercise(
    "forward_stats",
    unit="03-initialization",
    points=2,
    params=("Ws", "X", "phi"),
    parts=("mean", "mean square"),
    values=("mean", "mean square"),
    cases=forward_cases,
    reference=statistics,
    unpack=columns,
    scale=terms,
    slips=(
        variance_for_mean_square,
        root_mean_square,
        standard_deviation,
        mean_without_signs,
        absolute_for_square,
        square_of_the_mean,
        sums_for_means,
        divided_by_rows,
        divided_by_units,
        layers_pooled,
        one_row_for_all,
        before_the_activation,
        activation_forgotten,
        last_layer_linear,
        *forward_curves.SLIPS,
        pre_activation_handed_on,
        inputs_bent,
        last_row_empty,
        first_row_only,
        truncated,
        one_layer_late,
        inputs_included,
        every_layer_from_the_inputs,
        *forward_tables.SLIPS,
        weights_transposed,
    ),
)
