"""Unit 4: another loss than the one that was asked for, from scores and labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import (
    OTHER_LOGARITHM,
    classes_right,
    log_shares,
    of_logs,
    with_labels,
)
from nnkit.exercises.spec import slip


def sum_in_base(base: float) -> Callable[..., Any]:
    """Make the answer whose logarithm of the sum has another base."""

    def mutant(Z: Array, y: Array) -> Any:
        shifted = Z - Z.max(axis=1, keepdims=True)
        sums = np.exp(shifted).sum(axis=1, keepdims=True)
        return of_logs(shifted - np.log(sums) / np.log(base), y)

    return mutant


@slip(
    OTHER_LOGARITHM,
    also=(
        lambda Z, y: (classes_right(Z, y)[2] / np.log(10), classes_right(Z, y)[3]),
        sum_in_base(2),
        sum_in_base(10),
    ),
)
def other_logarithm(Z: Array, y: Array) -> Any:
    _, _, loss, dZ = classes_right(Z, y)
    return loss / np.log(2), dZ


@slip(
    "You charge as if the class with the largest score were the right one. That is "
    "what the network says; what is true is in y: where does it come in?"
)
def answer_for_label(Z: Array, y: Array) -> Any:
    return classes_right(Z, Z.argmax(axis=1))[2:]


@slip(
    "Your labels are off by one. The first class has the number 0, and y can be used "
    "as it is.",
    also=(
        lambda Z, y: classes_right(Z, (y + 1) % Z.shape[1])[2:],
        # With a 1 nowhere in the row whose label is the first class, or the last.
        *(
            lambda Z, y, by=by, both=both: (
                with_labels(Z, moved_labels(Z, y, by))[0]
                if both
                else classes_right(Z, y)[2],
                with_labels(Z, moved_labels(Z, y, by))[1],
            )
            for by in (-1, 1)
            for both in (True, False)
        ),
    ),
)
def labels_off_by_one(Z: Array, y: Array) -> Any:
    return classes_right(Z, y - 1)[2:]


def moved_labels(Z: Array, y: Array, by: int) -> Array:
    """Return a 1 for each label, in a column beside its own."""
    return np.asarray(np.arange(Z.shape[1]) == y[:, None] + by, float)


def smoothed(eps: float, itself_too: bool) -> Callable[..., Any]:
    """Make the answer that gives a share of each label to the classes."""

    def mutant(Z: Array, y: Array) -> Any:
        _, Y, _, _ = classes_right(Z, y)
        K = Z.shape[1]
        to_each = eps / K if itself_too else eps / (K - 1)
        kept = 1 - eps if itself_too else 1 - eps - to_each
        return with_labels(Z, kept * Y + to_each)

    return mutant


@slip(
    "You hand a part of each label to the other classes. That is label smoothing, and "
    "it is another loss: how many shares does the printed formula look at in a row?",
    also=(
        *(smoothed(eps, True) for eps in (0.2, 0.05, 0.01)),
        *(smoothed(eps, False) for eps in (0.1, 0.2, 0.05, 0.01)),
    ),
)
def labels_smoothed(Z: Array, y: Array) -> Any:
    return smoothed(0.1, True)(Z, y)


@slip(
    "This is the squared error of the shares. Compare what it charges for the right "
    "class at a share of 0.01 and at 0.0001 with what the formula charges.",
    also=(
        lambda Z, y: (
            ((classes_right(Z, y)[0] - classes_right(Z, y)[1]) ** 2).sum() / len(Z),
            classes_right(Z, y)[3],  # twice it would be no more than a constant
        ),
    ),
)
def squared_for_entropy(Z: Array, y: Array) -> Any:
    P, Y, _, _ = classes_right(Z, y)
    return ((P - Y) ** 2).mean(), 2 * (P - Y) / P.size


@slip(
    "You ask of each class by itself: yes or no? The formula looks at the share of one "
    "class in each row, the one at the label.",
    also=(
        lambda Z, y: (
            np.logaddexp(0, (1 - 2 * classes_right(Z, y)[1]) * Z).sum() / len(Z),
            (1 / (1 + np.exp(-Z)) - classes_right(Z, y)[1]) / len(Z),
        ),
        lambda Z, y: (
            np.logaddexp(0, (1 - 2 * classes_right(Z, y)[1]) * Z).mean(),
            (1 / (1 + np.exp(-Z)) - classes_right(Z, y)[1]) / Z.size,
        ),
    ),
)
def yes_or_no_for_each_class(Z: Array, y: Array) -> Any:
    P, Y, _, dZ = classes_right(Z, y)
    return -(Y * np.log(P) + (1 - Y) * np.log(1 - P)).sum() / len(Z), dZ


@slip(
    "Where is the logarithm? Without it a share of 0.01 costs hardly more than one of "
    "0.02."
)
def log_forgotten(Z: Array, y: Array) -> Any:
    P, _, _, dZ = classes_right(Z, y)
    return -P[np.arange(len(y)), y].mean(), dZ


@slip(
    "Your slope is that of the share itself, and not of its logarithm: where the label "
    "has next to no share, hardly a score moves. What is the slope of log p by p?"
)
def slope_without_log(Z: Array, y: Array) -> Any:
    P, Y, loss, dZ = classes_right(Z, y)
    return loss, dZ * (P * Y).sum(axis=1, keepdims=True)


@slip(
    "You take the logarithm of a mean. The formula has the mean of logarithms: which "
    "comes first?"
)
def log_of_the_mean(Z: Array, y: Array) -> Any:
    P, _, _, dZ = classes_right(Z, y)
    return -np.log(P[np.arange(len(y)), y].mean()), dZ


@slip(
    "Your gradient subtracts the label from the scores. What has to be done to the "
    "scores of a row before they can be compared with a row of 0 and 1?",
    also=[lambda Z, y: less_labels(Z - Z.max(axis=1, keepdims=True), Z, y)],
)
def scores_for_shares(Z: Array, y: Array) -> Any:
    return less_labels(Z, Z, y)


@slip(
    "Against the shares, the labels count twice in your difference. Where "
    "`P[..., y] -= 1` has been at work, what is left for a table of labels to do?"
)
def labels_subtracted_twice(Z: Array, y: Array) -> Any:
    P, Y, loss, _ = classes_right(Z, y)
    return loss, (P - 2 * Y) / len(Z)


@slip(
    "One of the two terms of your difference is divided by the number of rows, and the "
    "other is not. Which brackets does the mean of the loss ask for?",
    also=[lambda Z, y: one_term_divided(Z, y, labels=True)],
)
def labels_not_divided(Z: Array, y: Array) -> Any:
    return one_term_divided(Z, y, labels=False)


def one_term_divided(Z: Array, y: Array, labels: bool) -> Any:
    """Return what follows if 1/m stands at the labels alone, or at the shares alone."""
    P, Y, loss, _ = classes_right(Z, y)
    return loss, P - Y / len(Z) if labels else P / len(Z) - Y


@slip(
    "You subtracted a maximum inside of the logarithm and not from the score at the "
    "label. Is it the same number that leaves both places?"
)
def shift_not_undone(Z: Array, y: Array) -> Any:
    return of_logs(log_shares(Z) + Z.max(axis=1, keepdims=True), y)


@slip(
    "What you take for the logarithm of the share is the score alone. By what are the "
    "powers divided before they are shares, and what does the logarithm make of it?",
    also=(of_logs,),
)
def denominator_forgotten(Z: Array, y: Array) -> Any:
    return of_logs(Z - Z.max(axis=1, keepdims=True), y)


@slip(
    "In your loss the score at the label and the logarithm of the sum have one sign. "
    "Which sign does the logarithm of a quotient give to its denominator?",
    also=(
        lambda Z, y: of_logs(2 * Z - log_shares(Z), y),
        lambda Z, y: of_logs(log_shares(Z) - 2 * Z, y),
        lambda Z, y: of_logs(log_shares(Z) - 2 * gaps_of(Z), y),
    ),
)
def denominator_added(Z: Array, y: Array) -> Any:
    return of_logs(2 * gaps_of(Z) - log_shares(Z), y)


def gaps_of(Z: Array) -> Array:
    """Return the scores less the largest one of their row."""
    return np.asarray(Z - Z.max(axis=1, keepdims=True))


@slip(
    "From each score you subtract the sum of the powers itself. Take the logarithm of "
    "a quotient once more, slowly: what becomes of the denominator?"
)
def sum_without_its_log(Z: Array, y: Array) -> Any:
    gaps = Z - Z.max(axis=1, keepdims=True)
    return of_logs(gaps - np.exp(gaps).sum(axis=1, keepdims=True), y)


@slip(
    "Take exp of what you take for the logarithms of a row's shares, and add up: it "
    "should give 1. Does the denominator of a share hold a sum, or a mean?"
)
def mean_for_sum(Z: Array, y: Array) -> Any:
    return of_logs(log_shares(Z) + np.log(Z.shape[1]), y)


@slip(
    "Take exp of what you take for the logarithms of a row's shares, and add up: it "
    "should give 1. What is in your denominator besides the powers of the row?"
)
def one_added_to_the_sum(Z: Array, y: Array) -> Any:
    gaps = Z - Z.max(axis=1, keepdims=True)
    return of_logs(gaps - np.log1p(np.exp(gaps).sum(axis=1, keepdims=True)), y)


@slip(
    "You divide by the number of classes. The mean is over examples: which axis of Z "
    "counts those?"
)
def mean_over_classes(Z: Array, y: Array) -> Any:
    _, _, loss, dZ = classes_right(Z, y)
    return loss * len(Z) / Z.shape[1], dZ * len(Z) / Z.shape[1]


@slip(
    "In your gradient the label adds to its share. Training steps against the "
    "gradient: where does it then push the score of the right class?"
)
def label_added(Z: Array, y: Array) -> Any:
    P, Y, loss, _ = classes_right(Z, y)
    return loss, (P + Y) / len(Z)


@slip(
    "No entry of your gradient is above 0, so that training raises every score, those "
    "of the wrong classes too. Which sign does a share have in it?"
)
def shares_subtracted(Z: Array, y: Array) -> Any:
    P, Y, loss, _ = classes_right(Z, y)
    return loss, -(P + Y) / len(Z)


@slip(
    "The slope has shares in it, and yours has their logarithms. Which of the two lies "
    "between 0 and 1?"
)
def log_shares_for_shares(Z: Array, y: Array) -> Any:
    _, Y, loss, _ = classes_right(Z, y)
    return loss, (log_shares(Z) - Y) / len(Z)


@slip(
    "What you take for shares does not add up to 1 in a row. What are the powers still "
    "to be divided by?",
    also=[lambda Z, y: less_labels(np.exp(Z), Z, y)],
)
def powers_for_shares(Z: Array, y: Array) -> Any:
    return less_labels(np.exp(Z - Z.max(axis=1, keepdims=True)), Z, y)


def less_labels(table: Array, Z: Array, y: Array) -> Any:
    """Return the right loss beside a gradient of another table than the shares."""
    _, Y, loss, _ = classes_right(Z, y)
    return loss, (table - Y) / len(Z)


@slip(
    "Your loss does not change with the labels: it is the entropy of the shares, and "
    "small wherever the network is sure, be it right or wrong. Where does y come in?"
)
def entropy_of_the_shares(Z: Array, y: Array) -> Any:
    P, _, _, dZ = classes_right(Z, y)
    return -(P * log_shares(Z)).sum() / len(Z), dZ


@slip(
    "You look up every label in the first row. Without an axis, `np.take` and `.flat` "
    "count through the whole table: which two numbers name one entry of it?"
)
def labels_in_the_first_row(Z: Array, y: Array) -> Any:
    return -np.take(log_shares(Z), y).mean(), classes_right(Z, y)[3]


def row_alone(which: int, share: bool, both: bool) -> Callable[..., Any]:
    """Make the answer that keeps of a loop over the rows what one has brought."""

    def mutant(Z: Array, y: Array) -> Any:
        m = len(Z)
        _, _, loss, slopes = classes_right(Z[which][None], y[which][None])
        dZ = classes_right(Z, y)[3]
        if both:
            dZ = np.zeros(Z.shape)
            dZ[which] = slopes[0] / m
        return loss / (m if share else 1), dZ

    return mutant


@slip(
    "One row of the batch speaks for all. A loop over the rows collects: what becomes "
    "of what the other rows have brought?",
    also=[
        row_alone(which, share, both)
        for which in (-1, 0)
        for share in (True, False)
        for both in (False, True)
    ][1:],
)
def one_row_alone(Z: Array, y: Array) -> Any:
    return row_alone(-1, share=True, both=False)(Z, y)


SLIPS = (
    entropy_of_the_shares,
    labels_in_the_first_row,
    one_row_alone,
    sum_without_its_log,
    mean_for_sum,
    one_added_to_the_sum,
    label_added,
    shares_subtracted,
    log_shares_for_shares,
    powers_for_shares,
    other_logarithm,
    answer_for_label,
    labels_off_by_one,
    labels_smoothed,
    squared_for_entropy,
    yes_or_no_for_each_class,
    log_forgotten,
    slope_without_log,
    log_of_the_mean,
    scores_for_shares,
    labels_subtracted_twice,
    labels_not_divided,
    shift_not_undone,
    denominator_forgotten,
    denominator_added,
    mean_over_classes,
)
