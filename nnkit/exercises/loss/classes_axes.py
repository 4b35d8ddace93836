"""Unit 4: cross-entropy along another axis or of other classes, or another loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.margins import HINGE, HINGES
from nnkit.exercises.loss.shared import classes_right, log_shares, of_logs
from nnkit.exercises.spec import slip


@slip(
    "The shares should add up to 1 along each row; yours do so along each column. "
    "Which axis holds the classes of one example?",
    also=(
        lambda Z, y: of_logs(log_shares((Z - Z.max(axis=1, keepdims=True)).T).T, y),
        lambda Z, y: of_logs(Z - np.log(np.exp(Z).sum(axis=0)), y),
    ),
)
def columns_for_rows(Z: Array, y: Array) -> Any:
    return of_logs(log_shares(Z.T).T, y)


@slip(
    "From each score you subtract the largest one of its column. What may be "
    "subtracted without changing the shares is one number for a whole row."
)
def maxima_of_columns(Z: Array, y: Array) -> Any:
    return of_logs(log_shares(Z - Z.max(axis=0)), y)


@slip(
    "The shares of your whole table add up to 1. Each row is an example, with a "
    "contest of its own: which axis does the sum run along?",
    also=(lambda Z, y: of_logs(Z - Z.max() - np.log(np.exp(Z - Z.max()).sum()), y),),
)
def one_sum_for_all_rows(Z: Array, y: Array) -> Any:
    shifted = Z - Z.max(axis=1, keepdims=True)
    return of_logs(shifted - np.log(np.exp(shifted).sum()), y)


@slip(
    "You count the classes by the labels that occur. A class that nobody in the batch "
    "belongs to is one, too: which axis of Z counts them?",
    also=(lambda Z, y: by_distinct_labels(Z, y),),
)
def classes_counted_by_labels(Z: Array, y: Array) -> Any:
    P, _, loss, _ = classes_right(Z, y)
    return loss, (P - np.eye(y.max() + 1)[y]) / len(Z)


def by_distinct_labels(Z: Array, y: Array) -> Any:
    """Return the answer with a column for each label that occurs."""
    P, _, loss, _ = classes_right(Z, y)
    return loss, (P - (y[:, None] == np.unique(y))) / len(Z)


@slip(
    HINGE,
    also=(
        *HINGES,
        *(
            lambda Z, y, hinge=hinge: (hinge(Z, y)[0], classes_right(Z, y)[3])
            for hinge in HINGES
        ),
    ),
)
def hinge_for_entropy(Z: Array, y: Array) -> Any:
    return HINGES[0](Z, y)


SLIPS = (
    columns_for_rows,
    maxima_of_columns,
    one_sum_for_all_rows,
    classes_counted_by_labels,
    hinge_for_entropy,
)
