"""Unit 4: cross-entropy of scores that is right on paper, and not in a computer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import (
    CLIPS,
    SCORES_CUT_OFF,
    SMALL,
    classes_right,
    cut_off,
    floors,
    log_shares,
    middle_of_row,
    of_logs,
    one_hot,
)
from nnkit.exercises.spec import slip


@slip(
    "On its way back your gradient divides by the share of the label, "
    "which may have been rounded to 0. What cancels if you multiply the two slopes "
    "before putting numbers in?",
    also=[lambda Z, y: back_through_label_share(Z, y)],
)
def slopes_multiplied_in_numbers(Z: Array, y: Array) -> Any:
    P, Y, loss, _ = classes_right(Z, y)
    G = -Y / P / len(Z)
    return loss, P * (G - (P * G).sum(axis=1, keepdims=True))


def back_through_label_share(Z: Array, y: Array) -> Any:
    """Return the answer that divides at the labels alone, where no 0 is over 0."""
    P, Y, loss, _ = classes_right(Z, y)
    G = np.where(Y == 1, -1 / P / len(Z), 0)
    return loss, P * (G - (P * G).sum(axis=1, keepdims=True))


@slip(
    "You subtract one maximum from the whole table. When the rows lie 1000 apart, "
    "what is left of the lower ones? Each row is a contest of its own.",
    also=[lambda Z, y: in_logs(Z - Z.max(), y)],
)
def one_maximum_for_all_rows(Z: Array, y: Array) -> Any:
    powers = np.exp(Z - Z.max())
    return of_shares(powers / powers.sum(axis=1, keepdims=True), y)


def of_shares(P: Array, y: Array) -> Any:
    """Return loss and gradient of shares, as the formula is printed."""
    loss = -np.log(P[np.arange(len(y)), y]).mean()
    return loss, (P - one_hot(y, P.shape[1])) / len(P)


def in_logs(gaps: Array, y: Array) -> Any:
    """Return loss and gradient of shifted scores, by the log of a sum of powers."""
    return of_logs(gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True)), y)


@slip(
    "exp overflows at 1000, and at −1000 it rounds to 0, which is no power to divide "
    "by. Which number may you subtract from a whole row without changing its softmax?",
    also=[in_logs],
)
def exp_overflows(Z: Array, y: Array) -> Any:
    powers = np.exp(Z)
    return of_shares(powers / powers.sum(axis=1, keepdims=True), y)


def shifted_by(
    column: Callable[[Array], Array], logs: bool = False
) -> Callable[..., Any]:
    """Make the answer that subtracts a column of numbers, one from each row."""

    def mutant(Z: Array, y: Array) -> Any:
        gaps = Z - column(Z)
        if logs:
            return in_logs(gaps, y)
        powers = np.exp(gaps)
        return of_shares(powers / powers.sum(axis=1, keepdims=True), y)

    return mutant


def mean_of_row(Z: Array) -> Array:
    return np.asarray(Z.mean(axis=1, keepdims=True))


OTHER_COLUMNS = (
    lambda Z: Z.min(axis=1, keepdims=True),
    middle_of_row,
    lambda Z: Z[:, :1],
    lambda Z: Z[:, -1:],
)


@slip(
    "What you subtract from a row, if anything, is not enough everywhere. With one "
    "class 1000 above five others, how large is what is left, and what does exp make "
    "of it? Which number of the row would do?",
    also=[
        shifted_by(mean_of_row, logs=True),
        *(shifted_by(c, logs) for c in OTHER_COLUMNS for logs in (False, True)),
    ],
)
def shift_too_small(Z: Array, y: Array) -> Any:
    return shifted_by(mean_of_row)(Z, y)


@slip(
    "Your softmax survives large scores, but where the label is far behind its share "
    "is 0, and log 0 is −∞. Where did you meet a logarithm that does not need the "
    "share?"
)
def log_of_a_rounded_share(Z: Array, y: Array) -> Any:
    P, _, _, dZ = classes_right(Z, y)
    return -np.log(P[np.arange(len(y)), y]).mean(), dZ


def kept_off_zero(keep: Callable[[Array], Array]) -> Callable[..., Any]:
    """Make the answer that keeps the label's share off 0 in this way."""

    def mutant(Z: Array, y: Array) -> Any:
        P, _, _, dZ = classes_right(Z, y)
        return -np.log(keep(P[np.arange(len(y)), y])).mean(), dZ

    return mutant


def clipped_at(eps: float) -> Callable[..., Any]:
    """Make the answer that clips all shares to [eps, 1 − eps], and goes on."""

    def mutant(Z: Array, y: Array) -> Any:
        P, Y, _, _ = classes_right(Z, y)
        kept = np.clip(P, eps, 1 - eps)
        return -np.log(kept[np.arange(len(y)), y]).mean(), (kept - Y) / len(Z)

    return mutant


def infinity_replaced(Z: Array, y: Array) -> Any:
    """Return the largest finite number where a logarithm is infinite."""
    P, _, _, dZ = classes_right(Z, y)
    return -np.nan_to_num(np.log(P[np.arange(len(y)), y])).mean(), dZ


def capped(Z: Array, y: Array) -> Any:
    _, _, _, dZ = classes_right(Z, y)
    return np.minimum(-log_shares(Z)[np.arange(len(y)), y], 100).mean(), dZ


@slip(
    "Your loss has a ceiling: from some point on, a worse prediction costs no more. "
    "Clipping, or a small number inside of the logarithm, hides an overflow; it does "
    "not compute the loss. What should it cost when the right class lies 1000 below "
    "the others?",
    also=(
        *map(clipped_at, SMALL),
        *floors(kept_off_zero),
        capped,
        infinity_replaced,
    ),
)
def loss_with_a_ceiling(Z: Array, y: Array) -> Any:
    P, _, _, dZ = classes_right(Z, y)
    share = P[np.arange(len(y)), y]
    return -np.log(np.clip(share, 1e-12, 1 - 1e-12)).mean(), dZ


@slip(
    "For your worst predictions the gradient is exactly 0: they never get better. "
    "What is the slope of a clipped value?"
)
def clipping_kills_the_gradient(Z: Array, y: Array) -> Any:
    P, _, _, dZ = classes_right(Z, y)
    share = P[np.arange(len(y)), y]
    loss = -np.log(np.maximum(share, 1e-12)).mean()
    return loss, np.where(share[:, None] > 1e-12, dZ, 0.0)


@slip(
    SCORES_CUT_OFF,
    also=cut_off(lambda cut: lambda Z, y: classes_right(cut(Z), y)[2:])[1:],
)
def scores_cut_off(Z: Array, y: Array) -> Any:
    return classes_right(np.clip(Z, -CLIPS[0], CLIPS[0]), y)[2:]


SLIPS = (
    slopes_multiplied_in_numbers,
    exp_overflows,
    one_maximum_for_all_rows,
    shift_too_small,
    log_of_a_rounded_share,
    loss_with_a_ceiling,
    scores_cut_off,
    clipping_kills_the_gradient,
)
