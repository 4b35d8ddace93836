"""Unit 5: shares that are none, and losses of another kind, in `mlp_grads`."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnkit.exercises.chain_rule.mlp_network import (
    Params,
    forward,
    from_scores,
    right_answer,
    scores_and_back,
    scores_of,
)
from nnkit.exercises.draw import Array
from nnkit.exercises.loss.margins import hinge_slip
from nnkit.exercises.loss.shared import log_shares, of_logs
from nnkit.exercises.spec import slip


def by_logs(params: Params, X: Array, y: Array, log_p: Array) -> Any:
    """Return what follows from these logarithms of shares, right or wrong."""
    _, back = scores_and_back(params, X)
    loss, dZ2 = of_logs(log_p, y)
    return loss, back(dZ2)


@slip(
    "From each score you subtract the largest one of its column. What may be "
    "subtracted without changing the shares is one number for a whole row.",
    also=(lambda params, X, y: below_columns(params, X, y),),
)
def maxima_of_columns(params: Params, X: Array, y: Array) -> Any:
    Z = scores_of(params, X)
    return by_logs(params, X, y, log_shares(Z - Z.max(axis=0)))


def below_columns(params: Params, X: Array, y: Array) -> Any:
    """Return the same, of powers that are all 0 in a row far below another."""
    Z = scores_of(params, X)
    off = Z - Z.max(axis=0)
    E = np.exp(off)
    sums = E.sum(axis=1, keepdims=True)
    loss = -(off - np.log(sums))[np.arange(len(y)), y].mean()
    return loss, from_scores(params, X, y, (E / sums - np.eye(E.shape[1])[y]) / len(y))[
        1
    ]


@slip(
    "The shares of your whole table add up to 1. Each row is an example, with a "
    "contest of its own: which axis does the sum run along?",
    also=(lambda params, X, y: one_contest(params, X, y, axis=None),),
)
def one_sum_for_all_rows(params: Params, X: Array, y: Array) -> Any:
    return one_contest(params, X, y, axis=1)


def one_contest(params: Params, X: Array, y: Array, axis: int | None) -> Any:
    """Return what follows from one sum, below the largest of a row or of all."""
    Z = scores_of(params, X)
    off = Z - Z.max(axis=axis, keepdims=True)
    return by_logs(params, X, y, off - np.log(np.exp(off).sum()))


@slip(
    "At the top you start with scores. Softmax and cross-entropy give a difference: of "
    "the labels and of what?",
    also=(lambda params, X, y: less_labels(params, X, y, below_the_largest=True),),
)
def scores_for_shares(params: Params, X: Array, y: Array) -> Any:
    return less_labels(params, X, y, below_the_largest=False)


def less_labels(params: Params, X: Array, y: Array, below_the_largest: bool) -> Any:
    """Return the right loss beside what follows from scores less labels."""
    Z = scores_of(params, X)
    if below_the_largest:
        Z = Z - Z.max(axis=1, keepdims=True)
    return from_scores(params, X, y, (Z - np.eye(Z.shape[1])[y]) / len(y))


@slip(
    "Your signal at the scores is made of logarithms, and the difference there is one "
    "of shares and labels. What undoes a logarithm?"
)
def logs_for_shares(params: Params, X: Array, y: Array) -> Any:
    logs = log_shares(scores_of(params, X))
    return from_scores(params, X, y, (logs - np.eye(logs.shape[1])[y]) / len(y))


@slip(
    "Your loss is made of the score at the label alone. The logarithm of its share has "
    "another term, in which the other scores of the row come in: which one?",
    also=(lambda params, X, y: by_one_score(params, X, y, below_the_largest=True),),
)
def log_of_the_sum_left_out(params: Params, X: Array, y: Array) -> Any:
    return by_one_score(params, X, y, below_the_largest=False)


def by_one_score(params: Params, X: Array, y: Array, below_the_largest: bool) -> Any:
    """Return the right gradients beside a loss without the log of the sum."""
    Z = scores_of(params, X)
    if below_the_largest:
        Z = Z - Z.max(axis=1, keepdims=True)
    return -Z[np.arange(len(y)), y].mean(), right_answer(params, X, y)[1]


@slip(
    "Your loss asks every class for a yes or a no, as where there are but two. With "
    "shares that add up to 1, which single term of a row is there in cross-entropy?",
    also=(lambda params, X, y: by_yes_and_no(params, X, y, params["b2"].size),),
)
def loss_of_two_classes(params: Params, X: Array, y: Array) -> Any:
    return by_yes_and_no(params, X, y, 1)


def by_yes_and_no(params: Params, X: Array, y: Array, count: int) -> Any:
    """Return the right gradients beside the loss of two classes, a sum or a mean."""
    _, P, Y = forward(params, X, y)
    terms = Y * np.log(P) + (1 - Y) * np.log(1 - P)
    return -terms.sum(axis=1).mean() / count, right_answer(params, X, y)[1]


hinge_for_entropy = hinge_slip(scores_and_back, right_answer)


SLIPS = (
    maxima_of_columns,
    one_sum_for_all_rows,
    scores_for_shares,
    logs_for_shares,
    log_of_the_sum_left_out,
    loss_of_two_classes,
    hinge_for_entropy,
)
