"""Unit 4: the logarithm of the softmax, finite for whatever scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit import tensor
from nnkit.exercises.draw import Array
from nnkit.exercises.loss import shares_numbers
from nnkit.exercises.loss.shared import (
    OTHER_LOGARITHM,
    log_shares,
    softmax,
)
from nnkit.exercises.spec import Case, Exercise, slip


def log_of_shares(Z: Array) -> Any:
    """Return log softmax(Z) row by row."""
    return tensor.log_softmax(np.asarray(Z, dtype=np.float64))


def score_tables(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `log_softmax`: Z (m, K)."""

    def draw(m: int, K: int) -> Array:
        return rng.normal(0, 2, (m, K))

    apart = draw(5, 3) + np.array([[1000], [0], [-1000], [300], [-300]])
    # One entry far above four others, which no shift tames but one by the maximum, nor
    # one by the first or the last; and one far below, whose share rounds to 0 without
    # any overflow.
    gap = draw(3, 5)
    gap[0, rng.integers(1, 4)] += 3000
    gap[1, rng.integers(5)] -= 3000
    whole = rng.integers(-2, 3, (2, 6))
    whole[0, [1, 4]] = 3  # a tie at the top, on every seed
    return (
        Case("five rows of three classes", (draw(5, 3),)),
        Case("a single row", (draw(1, 4),)),
        Case("as many rows as classes", (draw(4, 4),)),
        Case("whole-number scores", (whole,)),
        Case("rows that are 1000 apart", (apart,), extreme=True),
        Case("a gap of 3000 within a row", (gap,), extreme=True),
        Case("five rows of three classes, other numbers", (draw(5, 3),)),
    )


@slip(
    "From each score you subtract the largest one of its column. What may be "
    "subtracted without changing the shares is one number for a whole row.",
    also=(lambda Z: shares_numbers.shifted_by(Z.max(axis=0), Z),),
)
def maxima_of_columns(Z: Array) -> Any:
    return log_shares(Z - Z.max(axis=0))


@slip(
    "The shares should add up to 1 along each row; yours do so along each column. "
    "Which axis holds the classes of one example?",
    also=(
        lambda Z: log_shares((Z - Z.max(axis=1, keepdims=True)).T).T,
        lambda Z: np.log(np.exp(Z) / np.exp(Z).sum(axis=0)),
        lambda Z: Z - np.log(np.exp(Z).sum(axis=0)),
    ),
)
def columns_for_rows(Z: Array) -> Any:
    return log_shares(Z.T).T


@slip(
    "The shares of your whole table add up to 1. Each row is an example, with a "
    "contest of its own: which axis does the sum run along?",
    also=(lambda Z: Z - Z.max() - np.log(np.exp(Z - Z.max()).sum()),),
)
def one_sum_for_all_rows(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum())


@slip(
    "A number per row has the shape (m,), and NumPy lines that up with the last axis, "
    "the classes. Print the shape of what you subtract from Z: which one would line "
    "up with the rows?"
)
def row_numbers_lie_across(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1)
    return shifted - np.log(np.exp(shifted).sum(axis=1))


@slip(
    "The largest entry of each row: what is the shape of your array of them? One of "
    "shape (m,) lines up with the classes, not with the rows."
)
def maxima_lie_across(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@slip(
    "The sum over each row: what is the shape of your array of them? One of shape (m,) "
    "lines up with the classes, not with the rows."
)
def sums_lie_across(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1))


@slip(
    "You subtract the maximum in front, where the scores stand, and not under the sum, "
    "where the powers are. Is it the same number that leaves both places?"
)
def shift_not_under_the_sum(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(Z).sum(axis=1, keepdims=True))


@slip(
    "From each score you subtract the sum of the powers itself. Take the logarithm of "
    "the quotient once more, slowly: what becomes of the denominator?"
)
def log_forgotten(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.exp(shifted).sum(axis=1, keepdims=True)


@slip(
    "You subtracted a maximum inside of the logarithm and not outside of it. Write "
    "down what log Σ exp(z − c) is in terms of log Σ exp(z)."
)
def shift_not_undone(Z: Array) -> Any:
    top = Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z - top).sum(axis=1, keepdims=True))


@slip(
    "Take exp of one of your rows and add up: it should give 1. A number that is "
    "subtracted from a whole row changes no share, so nothing of the maximum may be "
    "left over in the end.",
    also=(lambda Z: log_shares(Z) + 2 * Z.max(axis=1, keepdims=True),),
)
def shift_left_over(Z: Array) -> Any:
    return log_shares(Z) - Z.max(axis=1, keepdims=True)


@slip(
    "Take exp of one of your rows and add up: it should give 1. Does the denominator "
    "of the softmax hold a sum, or a mean?"
)
def mean_for_sum(Z: Array) -> Any:
    return log_shares(Z) + np.log(Z.shape[1])


@slip(
    "Take exp of one of your rows and add up: it should give 1. What is in your "
    "denominator besides the powers of the row?"
)
def one_added_to_the_sum(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log1p(np.exp(shifted).sum(axis=1, keepdims=True))


@slip(
    "Take exp of one of your rows and add up: it should give 1. What sign does the "
    "logarithm of a quotient give to its denominator?"
)
def denominator_added(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted + np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@slip(
    "In each of your rows the class with the lowest score comes out highest. With "
    "which sign does the score of a class stand in the logarithm of its share?"
)
def score_subtracted(Z: Array) -> Any:
    gaps = Z.max(axis=1, keepdims=True) - Z
    return gaps - np.log(np.exp(-gaps).sum(axis=1, keepdims=True))


@slip(
    "You take a score, and subtract the logarithm of exp of the same score: nothing is "
    "left. Which numbers does the denominator of a share hold?",
    also=(lambda Z: Z - np.log(np.exp(Z)),),
)
def power_for_sum(Z: Array) -> Any:
    gaps = Z - Z.max(axis=1, keepdims=True)
    return gaps - np.log(np.exp(gaps))


def divided(by: Array, Z: Array) -> Any:
    with np.errstate(all="ignore"):
        return log_shares(Z / by)


@slip(
    "You divide the scores, and that changes the shares: twice the scores are not the "
    "same contest. What else may be done to a row, so that its largest score is small?",
    also=(
        lambda Z: divided(Z.max(axis=1, keepdims=True), Z),
        lambda Z: divided(Z.max(), Z),
        lambda Z: divided(Z.std(axis=1, keepdims=True), Z),
    ),
)
def scores_divided(Z: Array) -> Any:
    return divided(np.abs(Z).max(axis=1, keepdims=True), Z)


@slip(
    "You add up logarithms. The log of a sum is not the sum of the logs: in which "
    "order does the formula do the two?"
)
def logs_added_up(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - shifted.sum(axis=1, keepdims=True)


@slip(
    "You divide by the logarithm of the sum. What is the logarithm of a quotient: a "
    "quotient of logarithms, or something else?",
    also=(lambda Z: Z / np.log(np.exp(Z).sum(axis=1, keepdims=True)),),
)
def quotient_of_logs(Z: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted / np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@slip(
    "That is the sigmoid of each score by itself. In a softmax the classes of a row "
    "share one whole: where do the other scores come in?"
)
def sigmoid_for_softmax(Z: Array) -> Any:
    return -np.logaddexp(0, -Z)


def carried_on(gaps: Array) -> Any:
    return gaps - np.log(np.exp(gaps).sum(axis=1).cumsum())[:, None]


@slip(
    "The sum of one row goes on into the next. Where does your loop begin a new sum?",
    also=(carried_on, lambda Z: carried_on(Z - Z.max())),
)
def sums_carried_on(Z: Array) -> Any:
    return carried_on(Z - Z.max(axis=1, keepdims=True))


def sum_in_base(base: float) -> Callable[[Array], Any]:
    """Make the answer whose logarithm of the sum has another base."""

    def mutant(Z: Array) -> Any:
        top = Z.max(axis=1, keepdims=True)
        return Z - top - (Z - top - log_shares(Z)) / np.log(base)

    return mutant


@slip(
    OTHER_LOGARITHM,
    also=(
        lambda Z: log_shares(Z) / np.log(10),
        sum_in_base(2),
        sum_in_base(10),
    ),
)
def other_logarithm(Z: Array) -> Any:
    return log_shares(Z) / np.log(2)


@slip(
    "These are the scores, measured from the largest in the row. Take exp of one of "
    "your rows and add up: it should give 1. What is still to be subtracted?"
)
def only_shifted(Z: Array) -> Any:
    return Z - Z.max(axis=1, keepdims=True)


@slip("These are the shares. What was asked for is their logarithm.")
def softmax_without_log(Z: Array) -> Any:
    return softmax(Z)


@slip(
    "These are the shares, where the powers do not overflow, and what was asked for is "
    "their logarithm. Write that down on paper first: it is simpler than the shares."
)
def naive_softmax_without_log(Z: Array) -> Any:
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


@slip(
    "You went through the softmax twice: once would have been enough, and what went "
    "in the second time were no longer scores."
)
def softmax_twice(Z: Array) -> Any:
    return log_shares(softmax(Z))


@slip(
    "A share is below 1; which sign does its logarithm have? The minus belongs to the "
    "loss, and there is no loss yet."
)
def sign_flipped(Z: Array) -> Any:
    return -log_shares(Z)


@slip(
    "After the call the caller's table is not what it was. Which of your lines writes "
    "into the argument? `-=` on an array does.",
    also=(lambda Z: overwritten_throughout(Z),),
)
def scores_overwritten(Z: Array) -> Any:
    Z -= Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


def overwritten_throughout(Z: Array) -> Any:
    Z -= Z.max(axis=1, keepdims=True)
    Z -= np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return Z


@slip(
    "With whole-number scores something swallows the fraction. What dtype does the "
    "array have that you store the results in?"
)
def truncated_results(Z: Array) -> Any:
    results = np.zeros_like(Z)
    for i, row in enumerate(log_shares(Z)):
        results[i] = row
    return results


@slip(
    "You shift a row by the largest size in it, and not by the largest score. Try a "
    "row of scores that are all far below 0: what is left for exp?"
)
def size_for_score(Z: Array) -> Any:
    gaps = Z - np.abs(Z).max(axis=1, keepdims=True)
    return gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True))


log_softmax = Exercise(
    "log_softmax",
    unit="04-loss",
    points=2,
    params=("Z",),
    parts=("log_p",),
    values=("log_p",),
    cases=score_tables,
    reference=log_of_shares,
    slips=(
        *shares_numbers.SLIPS,
        maxima_of_columns,
        size_for_score,
        columns_for_rows,
        one_sum_for_all_rows,
        row_numbers_lie_across,
        maxima_lie_across,
        sums_lie_across,
        shift_not_under_the_sum,
        log_forgotten,
        shift_not_undone,
        only_shifted,
        shift_left_over,
        mean_for_sum,
        sums_carried_on,
        one_added_to_the_sum,
        denominator_added,
        score_subtracted,
        power_for_sum,
        scores_divided,
        logs_added_up,
        quotient_of_logs,
        sigmoid_for_softmax,
        other_logarithm,
        softmax_without_log,
        naive_softmax_without_log,
        softmax_twice,
        sign_flipped,
        scores_overwritten,
        truncated_results,
    ),
)
