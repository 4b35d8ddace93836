"""Unit 4: logarithms of shares, right on paper, and not in a computer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import (
    CLIPS,
    SCORES_CUT_OFF,
    cut_off,
    floors,
    log_shares,
    middle_of_row,
    softmax,
)
from nnkit.exercises.spec import slip


@slip(
    "At scores near 1000 exp overflows. Which number may you subtract "
    "from a whole row without changing its softmax?",
    also=(lambda Z: sum_of_exp_by_math(Z),),
)
def sum_of_exp_overflows(Z: Array) -> Any:
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


def sum_of_exp_by_math(Z: Array) -> Any:
    """Return the logarithms by `math.exp`, which stops where NumPy gives ∞."""
    return np.array(
        [[z - math.log(sum(map(math.exp, row))) for z in row] for row in Z.tolist()]
    )


@slip(
    "You take the logarithm of a quotient whose parts overflow, or "
    "round to 0. What is the log of a quotient, and what is the log of an exp?"
)
def log_of_a_naive_softmax(Z: Array) -> Any:
    powers = np.exp(Z)
    return np.log(powers / powers.sum(axis=1, keepdims=True))


@slip(
    "Large scores are survived, but what belongs to a class far behind is rounded to "
    "0, and log 0 is −∞. Simplify the logarithm on paper, before anything is rounded."
)
def log_of_a_rounded_share(Z: Array) -> Any:
    return np.log(softmax(Z))


@slip(
    "No entry of yours goes below some floor, however far behind its class is. "
    "Clipping a share, or adding a small number to it, hides the −∞; it does not "
    "compute the logarithm. Can you do without the share itself?",
    also=(
        *floors(lambda keep: lambda Z: np.log(keep(softmax(Z)))),
        lambda Z: np.log(np.maximum(softmax(Z), np.finfo(np.float64).tiny)),
        *(lambda Z, c=c: np.maximum(log_shares(Z), -c) for c in CLIPS),
        lambda Z: np.nan_to_num(np.log(softmax(Z))),
    ),
)
def logs_with_a_floor(Z: Array) -> Any:
    return np.log(np.clip(softmax(Z), 1e-12, 1 - 1e-12))


@slip(SCORES_CUT_OFF, also=cut_off(lambda cut: lambda Z: log_shares(cut(Z)))[1:])
def scores_cut_off(Z: Array) -> Any:
    return log_shares(np.clip(Z, -CLIPS[0], CLIPS[0]))


@slip(
    "You subtract one number from the whole table. When the rows lie 1000 apart, "
    "what is left of the lower ones? Each row is a contest of its own.",
    also=(
        lambda Z: np.log(
            np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=1, keepdims=True)
        ),
    ),
)
def one_maximum_for_all_rows(Z: Array) -> Any:
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@slip(
    "You subtract one number from each row, which changes no share, and it is not "
    "enough: try the row 0, 3000, 0, 0, 0. How large is the largest entry afterwards, "
    "and how large may it be for exp?",
    also=(
        lambda Z: shifted_by(Z.min(axis=1, keepdims=True), Z),
        lambda Z: shifted_by(middle_of_row(Z), Z),
        lambda Z: shifted_by(Z[:, :1], Z),
        lambda Z: shifted_by(Z[:, -1:], Z),
    ),
)
def shift_too_small(Z: Array) -> Any:
    return shifted_by(Z.mean(axis=1, keepdims=True), Z)


def shifted_by(column: Array, Z: Array) -> Any:
    """Return the logarithms of shares, by the powers of shifted scores."""
    shifted = Z - column
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def of_row(sums: Callable[[Array], Any], Z: Array) -> Any:
    """Return the logarithms of shares, by sums(row) for the sum of its powers."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log([[sums(row)] for row in shifted])


@slip(
    "Right where all scores of a row differ. Where some are equal, each of them has a "
    "share of its own: how many powers does your sum hold then?",
    also=(lambda Z: of_row(lambda row: np.exp(np.unique(row)).sum(), Z),),
)
def equal_scores_counted_once(Z: Array) -> Any:
    return of_row(lambda row: 1 + np.exp(row[row < 0]).sum(), Z)


SLIPS = (
    sum_of_exp_overflows,
    log_of_a_naive_softmax,
    log_of_a_rounded_share,
    logs_with_a_floor,
    scores_cut_off,
    one_maximum_for_all_rows,
    shift_too_small,
    equal_scores_counted_once,
)
