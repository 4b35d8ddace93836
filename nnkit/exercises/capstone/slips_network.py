"""The capstone's gradients: another network, another loss than was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.capstone.network import (
    Params,
    backward,
    forward,
    loss_and_gradients,
    mean_loss,
    probabilities,
    scores_and_back,
)
from nnkit.exercises.draw import Array
from nnkit.exercises.loss.margins import hinge_slip
from nnkit.exercises.spec import Slip, slip

Mutant = Callable[[Params, Array, Array], Any]


def without(*names: str) -> Mutant:
    """Make the answer to whose network these biases are not added."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        plain = {**params, **{name: 0 * params[name] for name in names}}
        return loss_and_gradients(plain, X, y)

    return mutant


@slip(
    "On the way there, a bias is missing. What are b1, b2 and b3 for, if the scores do "
    "not depend on them?",
    also=[without(name) for name in ("b1", "b2", "b3")],
)
def biases_left_out(params: Params, X: Array, y: Array) -> Any:
    return without("b1", "b2", "b3")(params, X, y)


@slip(
    "Your scores are bent before they meet the softmax: none of them gets beyond 1. "
    "Which layers of this network have a tanh?",
    also=[lambda params, X, y: with_bent_scores(params, X, y, lambda bent: 1.0)],
)
def scores_bent(params: Params, X: Array, y: Array) -> Any:
    return with_bent_scores(params, X, y, lambda bent: 1 - bent**2)


def with_bent_scores(
    params: Params, X: Array, y: Array, slope: Callable[[Array], Any]
) -> Any:
    """Return what follows from tanh of the scores, with some slope on the way back."""
    A1, A2, scores = forward(params, X)
    bent = np.tanh(scores)
    P = probabilities(bent)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y) * slope(bent)
    return mean_loss(bent, y), backward(params, X, (A1, A2), dZ3)


@slip(
    "One row of the batch speaks for all. What becomes of what the other rows have "
    "brought?",
    also=[
        lambda params, X, y: loss_and_gradients(params, X[-1:], y[-1:]),
        lambda params, X, y: share_of_a_row(0, params, X, y),
        lambda params, X, y: share_of_a_row(-1, params, X, y),
    ],
)
def one_row_alone(params: Params, X: Array, y: Array) -> Any:
    return loss_and_gradients(params, X[:1], y[:1])


def share_of_a_row(row: int, params: Params, X: Array, y: Array) -> Any:
    """Return what one row brings to the mean over all of them."""
    loss, gradients = loss_and_gradients(params, X[[row]], y[[row]])
    return loss / len(y), {name: g / len(y) for name, g in gradients.items()}


@slip(
    "At the top you start with scores. Softmax and cross-entropy give a difference: of "
    "the labels and of what?",
    also=[lambda params, X, y: less_labels(params, X, y, below_the_largest=True)],
)
def scores_for_shares(params: Params, X: Array, y: Array) -> Any:
    return less_labels(params, X, y, below_the_largest=False)


def less_labels(params: Params, X: Array, y: Array, below_the_largest: bool) -> Any:
    """Return the right loss beside what follows from scores less labels."""
    A1, A2, scores = forward(params, X)
    if below_the_largest:
        scores = scores - scores.max(axis=1, keepdims=True)
    dZ3 = (scores - np.eye(scores.shape[1])[y]) / len(y)
    return mean_loss(scores, y), backward(params, X, (A1, A2), dZ3)


@slip(
    "Your loss leaves the log of the sum out. Which of `scores`, `gaps` and `log_P` "
    "holds the logarithm of a share?",
    also=[
        lambda params, X, y: with_loss(
            params, X, y, -np.mean(forward(params, X)[2][np.arange(len(y)), y])
        )
    ],
)
def loss_of_other_numbers(params: Params, X: Array, y: Array) -> Any:
    scores = forward(params, X)[2]
    gaps = scores - scores.max(axis=1, keepdims=True)
    return with_loss(params, X, y, -np.mean(gaps[np.arange(len(y)), y]))


def with_loss(params: Params, X: Array, y: Array, loss: Any) -> Any:
    return loss, loss_and_gradients(params, X, y)[1]


def turned_where_it_must(*names: str) -> Mutant:
    """Make the answer that takes square ones of these as they are on the way back."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        square = {
            name: params[name].T
            for name in names
            if params[name].shape[0] == params[name].shape[1]
        }
        A1, A2, scores = forward(params, X)
        P = probabilities(scores)
        dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
        return mean_loss(scores, y), backward({**params, **square}, X, (A1, A2), dZ3)

    return mutant


@slip(
    "Where a layer is square you come back through W as it is: it fits, and it is not "
    "what came in. Which way round does W stand wherever it is *not* square?",
    also=[turned_where_it_must("W2"), turned_where_it_must("W3")],
)
def turned_where_shapes_force_it(params: Params, X: Array, y: Array) -> Any:
    return turned_where_it_must("W2", "W3")(params, X, y)


def reshaped(*names: str) -> Mutant:
    """Make the answer that comes back through reshaped matrices, not turned ones."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        anew = {n: params[n].reshape(params[n].T.shape).T for n in names}
        A1, A2, scores = forward(params, X)
        P = probabilities(scores)
        dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
        return mean_loss(scores, y), backward({**params, **anew}, X, (A1, A2), dZ3)

    return mutant


@slip(
    "You bring a matrix into another shape with `reshape`, which keeps the numbers in "
    "their order and only draws the rows anew. Which entry stands at [0, 1] then, and "
    "which one should?",
    also=[reshaped("W2"), reshaped("W3")],
)
def layers_reshaped(params: Params, X: Array, y: Array) -> Any:
    return reshaped("W2", "W3")(params, X, y)


def shared_out(axis: int | None, of_gaps: bool, in_the_loss: bool) -> Mutant:
    """Make the answer whose softmax adds up along another axis.

    Args:
        axis: the axis, or None for all entries.
        of_gaps: to the largest score of each row, as the notebook computes them.
        in_the_loss: not only on the way back.
    """

    def mutant(params: Params, X: Array, y: Array) -> Any:
        A1, A2, scores = forward(params, X)
        gaps = scores - scores.max(axis=1 if of_gaps else axis, keepdims=True)
        logs = gaps - np.log(np.exp(gaps).sum(axis=axis, keepdims=True))
        dZ3 = (np.exp(logs) - np.eye(scores.shape[1])[y]) / len(y)
        loss = -logs[np.arange(len(y)), y].mean()
        right = mean_loss(scores, y)
        return loss if in_the_loss else right, backward(params, X, (A1, A2), dZ3)

    return mutant


WAYS = ((False, True), (True, False), (True, True))

columns_for_rows = Slip(
    "columns-for-rows",
    shared_out(0, False, False),
    "The shares should add up to 1 along each row; yours do so along each column. "
    "Which axis holds the classes of one example?",
    tuple(shared_out(0, *way) for way in WAYS),
)
one_sum_for_all_rows = Slip(
    "one-sum-for-all-rows",
    shared_out(None, False, False),
    "The shares of your whole table add up to 1. Each row is an example, with a "
    "contest of its own: which axis does the sum run along?",
    tuple(shared_out(None, *way) for way in WAYS),
)


hinge_for_entropy = hinge_slip(scores_and_back, loss_and_gradients)


def by_squares(times: Callable[[int, int], float]) -> Mutant:
    """Make the answer with right gradients beside a squared error of the shares."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        P = probabilities(forward(params, X)[2])
        loss = ((P - np.eye(P.shape[1])[y]) ** 2).sum(axis=1).mean()
        gradients = loss_and_gradients(params, X, y)[1]
        return times(*P.shape) * loss, gradients

    return mutant


@slip(
    "Your loss is a squared error. What does the task ask for, and which of the two "
    "does your signal P − Y belong to?",
    also=(
        by_squares(lambda m, K: 1 / 2),
        by_squares(lambda m, K: m),
        by_squares(lambda m, K: 1 / K),
    ),
)
def squared_error(params: Params, X: Array, y: Array) -> Any:
    return by_squares(lambda m, K: 1)(params, X, y)


SLIPS = (
    columns_for_rows,
    one_sum_for_all_rows,
    biases_left_out,
    scores_bent,
    one_row_alone,
    scores_for_shares,
    loss_of_other_numbers,
    turned_where_shapes_force_it,
    layers_reshaped,
    hinge_for_entropy,
    squared_error,
)
