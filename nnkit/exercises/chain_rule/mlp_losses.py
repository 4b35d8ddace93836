"""Unit 5: how the loss goes wrong, and the signal at the scores, in `mlp_grads`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.chain_rule.mlp_network import (
    Params,
    backward,
    by_shares,
    forward,
    from_scores,
    right_answer,
    scores_of,
)
from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import OTHER_LOGARITHM, floors, log_shares
from nnkit.exercises.spec import slip


def one_maximum_for_all_rows(scores: Array) -> Array:
    """Return the softmax of each row, but 0 / 0 for rows that lie far below another."""
    E = np.exp(scores - scores.max())
    return np.asarray(E / E.sum(axis=1, keepdims=True))


@slip(
    "What you return grows with the number of rows. Is this loss a sum over the rows, "
    "or a mean?"
)
def sum_for_mean(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    loss, gradients = from_scores(params, X, y, P - Y)
    return loss * len(y), gradients


@slip(
    "Your gradients belong to a sum over the rows. The loss that is asked for is a "
    "mean: where does its 1/m enter on the way back?"
)
def gradients_of_the_sum(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, P - Y)


@slip(
    "A loss says how wrong the predictions are, so it is never negative. What is the "
    "sign of log p when p < 1?"
)
def minus_lost(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = right_answer(params, X, y)
    return -loss, gradients


@slip(
    OTHER_LOGARITHM,
    also=(
        lambda params, X, y: other_base(10, params, X, y),
        lambda params, X, y: other_base_of_the_sum(np.log2, params, X, y),
        lambda params, X, y: other_base_of_the_sum(np.log10, params, X, y),
    ),
)
def other_logarithm(params: Params, X: Array, y: Array) -> Any:
    return other_base(2, params, X, y)


def other_base(base: int, params: Params, X: Array, y: Array) -> Any:
    """Return what is right, with a logarithm of another base in the loss."""
    loss, gradients = right_answer(params, X, y)
    return loss / np.log(base), gradients


def other_base_of_the_sum(
    log: Callable[[Array], Array], params: Params, X: Array, y: Array
) -> Any:
    """Return what follows where the log of the sum alone has another base."""
    off = shifted(scores_of(params, X))
    log_P = off - log(np.exp(off).sum(axis=1, keepdims=True))
    signal = (np.exp(log_P) - forward(params, X, y)[2]) / len(y)
    loss = -log_P[np.arange(len(y)), y].mean()
    return loss, from_scores(params, X, y, signal)[1]


@slip("The gradient of the scores has its 1/m already. Who divides by m a second time?")
def averaged_twice(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, (P - Y) / len(y) ** 2)


@slip(
    "You average over all entries of the table of scores. How many of the entries of "
    "a row are terms of the loss?"
)
def mean_over_entries(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    loss, gradients = from_scores(params, X, y, (P - Y) / P.size)
    return loss / P.shape[1], gradients


@slip(
    "Take a small step along your gradient: the loss should rise. Which way round is "
    "the difference at the scores, and does a sign turn on the way from there?"
)
def sign_flipped(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, (Y - P) / len(y))


@slip(
    "Your gradients do not look at y. If the network puts all probability on the "
    "right class, what should they be?"
)
def labels_omitted(params: Params, X: Array, y: Array) -> Any:
    _, P, _ = forward(params, X, y)
    return from_scores(params, X, y, P / len(y))


@slip(
    "Against the shares, the labels count twice in your difference. Where "
    "`P[..., y] -= 1` has been at work, what is left for a table of labels to do?"
)
def labels_subtracted_twice(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, (P - 2 * Y) / len(y))


@slip(
    "One of the two terms of your difference is divided by the number of rows, and the "
    "other is not. Which brackets does the mean of the loss ask for?",
    also=[lambda params, X, y: one_term_divided(params, X, y, labels=True)],
)
def labels_not_divided(params: Params, X: Array, y: Array) -> Any:
    return one_term_divided(params, X, y, labels=False)


def one_term_divided(params: Params, X: Array, y: Array, labels: bool) -> Any:
    """Return what follows if 1/m stands at the labels alone, or at the shares alone."""
    _, P, Y = forward(params, X, y)
    dZ2 = P - Y / len(y) if labels else P / len(y) - Y
    return from_scores(params, X, y, dZ2)


def from_columns(params: Params, X: Array, y: Array) -> Any:
    """Return what comes of subtracting 1 in the whole column of every label."""
    _, P, _ = forward(params, X, y)
    P[:, y] -= 1
    return from_scores(params, X, y, P / len(y))


@slip(
    "`[:, y]` picks whole columns, one after the other. How many numbers are there to "
    "pick, and in which rows?",
    also=(
        lambda params, X, y: (
            -log_shares(scores_of(params, X))[:, y].mean(),
            from_columns(params, X, y)[1],
        ),
    ),
)
def columns_for_entries(params: Params, X: Array, y: Array) -> Any:
    return from_columns(params, X, y)


@slip(
    "Cross-entropy and softmax together leave a plain difference at the scores. You "
    "have put a slope of the softmax on top: through how many softmaxes do the scores "
    "go?",
    also=(lambda params, X, y: through_the_softmax_again(params, X, y),),
)
def softmax_slope_again(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, (P - Y) * P * (1 - P) / len(y))


def through_the_softmax_again(params: Params, X: Array, y: Array) -> Any:
    """Take the finished signal back through the whole Jacobian once more."""
    _, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    again = P * (dZ2 - (P * dZ2).sum(axis=1, keepdims=True))
    return from_scores(params, X, y, again)


@slip(
    "You start from the slope of the loss by the shares. Between the shares and the "
    "scores lies the softmax: what does going back through it add?"
)
def softmax_passed_over(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, -Y / P / len(y))


@slip(
    "Your loss is a squared error. What does the task ask for, and which of the two "
    "does your signal P − Y belong to?",
    also=(
        lambda params, X, y: by_squares(params, X, y, 1 / 2),
        lambda params, X, y: by_squares(params, X, y, len(y)),
        lambda params, X, y: by_squares(params, X, y, 1 / params["b2"].size),
    ),
)
def squared_error(params: Params, X: Array, y: Array) -> Any:
    return by_squares(params, X, y, 1)


def by_squares(params: Params, X: Array, y: Array, times: float) -> Any:
    """Return the right gradients beside a squared error, times some number."""
    _, P, Y = forward(params, X, y)
    loss = times * ((P - Y) ** 2).sum(axis=1).mean()
    return loss, right_answer(params, X, y)[1]


@slip(
    "What is exp of a score near 1000, and the log of a probability "
    "that was rounded to 0?"
)
def loss_by_log_of_softmax(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    loss = -np.mean(np.log(P[np.arange(len(y)), y]))
    return loss, backward(params, X, A, (P - Y) / len(y), 1 - A**2)


def kept_off_zero(keep: Callable[[Array], Array]) -> Callable[..., Any]:
    """Make the answer that keeps the label's share off 0 in this way."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        _, P, _ = forward(params, X, y)
        loss = -np.log(keep(P[np.arange(len(y)), y])).mean()
        return loss, right_answer(params, X, y)[1]

    return mutant


@slip(
    "Your loss has a ceiling: from some point on, a worse prediction costs no more. A "
    "small number inside of the logarithm, or clipping, hides an overflow; it does not "
    "compute the loss. What did unit 4 do with the scores?",
    also=(*floors(kept_off_zero),),
)
def loss_with_a_ceiling(params: Params, X: Array, y: Array) -> Any:
    _, P, _ = forward(params, X, y)
    share = np.clip(P[np.arange(len(y)), y], 1e-12, 1 - 1e-12)
    return -np.log(share).mean(), right_answer(params, X, y)[1]


@slip(
    "nan is the logarithm of a number below 0: print what you take it of. Has 1 been "
    "subtracted there already, for a gradient that shares the array? Or is the exp "
    "missing?"
)
def subtracted_before_the_loss(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    loss = -np.log((P - Y)[np.arange(len(y)), y]).mean()
    return loss, right_answer(params, X, y)[1]


@slip(
    "The shares should add up to 1 along each row; yours do so along each column. "
    "Which axis holds the classes of one example?",
    also=(
        lambda params, X, y: logs_of_columns(params, X, y),
        lambda params, X, y: by_shares(
            params, X, y, in_columns(np.exp(shifted(scores_of(params, X))))
        ),
    ),
)
def columns_for_rows(params: Params, X: Array, y: Array) -> Any:
    return by_shares(params, X, y, np.exp(log_shares(scores_of(params, X).T).T))


@slip(
    "You add the logarithm of the sum to the scores. Which sign does the logarithm of "
    "a quotient give to its denominator?",
    also=[lambda params, X, y: denominator_beside_the_score(params, X, y)],
)
def denominator_added(params: Params, X: Array, y: Array) -> Any:
    scores = scores_of(params, X)
    return by_shares(params, X, y, np.exp(2 * shifted(scores) - log_shares(scores)))


def denominator_beside_the_score(params: Params, X: Array, y: Array) -> Any:
    scores = scores_of(params, X)
    terms = (2 * shifted(scores) - log_shares(scores))[np.arange(len(y)), y]
    return terms.mean(), right_answer(params, X, y)[1]


def shifted(scores: Array) -> Array:
    """Return the scores less the largest one of their row."""
    return np.asarray(scores - scores.max(axis=1, keepdims=True))


def in_columns(powers: Array) -> Array:
    """Return shares that add up to 1 along each column."""
    return np.asarray(powers / powers.sum(axis=0))


def logs_of_columns(params: Params, X: Array, y: Array) -> Any:
    """Return what follows from shares of each column, with a loss that is stable."""
    logs = log_shares(scores_of(params, X).T).T
    loss = -logs[np.arange(len(y)), y].mean()
    return loss, by_shares(params, X, y, np.exp(logs))[1]


@slip(
    "exp of scores in the thousands overflows, or is 0 for all classes of a row, and "
    "neither inf / inf nor 0 / 0 is a number. Only differences within a row count: "
    "what could you subtract from each row first?",
    also=(
        lambda params, X, y: by_shares(
            params, X, y, one_maximum_for_all_rows(scores_of(params, X))
        ),
        lambda params, X, y: logs_unshifted(params, X, y),
    ),
)
def softmax_overflows(params: Params, X: Array, y: Array) -> Any:
    A = np.tanh(X @ params["W1"] + params["b1"])
    E = np.exp(A @ params["W2"] + params["b2"])
    P = E / E.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[np.arange(len(y)), y]))
    dZ2 = (P - np.eye(P.shape[1])[y]) / len(y)
    return loss, backward(params, X, A, dZ2, 1 - A**2)


def logs_unshifted(params: Params, X: Array, y: Array) -> Any:
    """Return what follows from scores less the log of their sum of powers, as it is."""
    scores = scores_of(params, X)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    loss = -logs[np.arange(len(y)), y].mean()
    return loss, by_shares(params, X, y, np.exp(logs))[1]


def after_a_step(rate: float) -> Callable[..., Any]:
    """Make the answer that returns parameters which have taken a step."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        loss, gradients = right_answer(params, X, y)
        return loss, {k: params[k] - rate * gradients[k] for k in params}

    return mutant


@slip(
    "You return parameters that have taken a step. Asked for is what the step is made "
    "of: the gradients themselves.",
    also=[after_a_step(rate) for rate in (0.01, 0.5, 1.0)],
)
def parameters_for_gradients(params: Params, X: Array, y: Array) -> Any:
    return after_a_step(0.1)(params, X, y)


SLIPS = (
    sum_for_mean,
    gradients_of_the_sum,
    minus_lost,
    other_logarithm,
    averaged_twice,
    mean_over_entries,
    sign_flipped,
    labels_omitted,
    labels_subtracted_twice,
    labels_not_divided,
    columns_for_entries,
    softmax_slope_again,
    softmax_passed_over,
    squared_error,
    loss_by_log_of_softmax,
    loss_with_a_ceiling,
    subtracted_before_the_loss,
    columns_for_rows,
    denominator_added,
    softmax_overflows,
    parameters_for_gradients,
)
