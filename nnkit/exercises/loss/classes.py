"""Unit 4: softmax and cross-entropy in one, from scores and class numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit import tensor
from nnkit.exercises.draw import Array
from nnkit.exercises.loss import (
    classes_axes,
    classes_formula,
    classes_numbers,
    classes_scores,
)
from nnkit.exercises.loss.shared import (
    classes_right,
    divided_by_one_less,
    log_shares,
    loss_and_backprop,
    softmax,
    with_labels,
)
from nnkit.exercises.spec import Case, Exercise, slip


def cross_entropy(Z: Any, y: Any) -> Any:
    """Return the mean over rows of −log softmax(Z) at the label."""
    return -tensor.log_softmax(Z)[np.arange(len(y)), y].mean()


def labeled_scores(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `softmax_ce`: Z (m, K), y (m,) whole numbers from 0 to K − 1."""

    def draw(m: int, K: int) -> tuple[Array, Array]:
        y = rng.integers(0, K, m)
        y[0], y[-1] = 0, K - 1
        return rng.normal(0, 2, (m, K)), y

    Z, y = draw(5, 3)
    apart = Z + np.array([[1000], [0], [-1000], [300], [-300]])
    far, worst = draw(4, 5)
    far[[0, 2], worst[[0, 2]]] -= 1000  # no overflow, but these labels' share is 0
    ahead, y_ahead = draw(4, 6)
    ahead[[0, 1], [y_ahead[0], y_ahead[1] - 1]] += 1000  # so far above their row's mean
    ahead[1] += 1000  # and a row that lies as far above the others
    square, few = draw(4, 4)
    few[few == 3] = 2  # so that there are more classes than the labels let see
    top, best = draw(3, 4)
    top[np.arange(3), best] += 60
    return (
        Case("five rows of three classes", draw(5, 3)),
        Case("a single row", draw(1, 4)),
        Case("as many rows as classes, the last without a label", (square, few)),
        Case("all scores zero", (np.zeros((6, 7)), draw(6, 7)[1])),
        Case("rows that are 1000 apart", (apart, y), extreme=True),
        Case("the label 1000 below the others", (far, worst), extreme=True),
        Case("one class 1000 above the others", (ahead, y_ahead), extreme=True),
        Case("confident and right", (top, best), extreme=True),
        Case("five rows of three classes, other numbers", draw(5, 3)),
    )


def cancelling_terms(Z: Array, y: Array) -> tuple[float, float]:
    """Return the size of the scores that are subtracted, and of a share over m."""
    return 1 + float(np.abs(Z).max()), 1 / len(Z)


@slip(
    "A loss says how wrong the predictions are, so perfect ones cost 0 and all others "
    "more. Yours is negative: what is the sign of log p when p < 1?"
)
def minus_lost(Z: Array, y: Array) -> Any:
    _, _, loss, dZ = classes_right(Z, y)
    return -loss, dZ


@slip(
    "To lower the loss, should the score of the right class go up or down? Training "
    "steps against the gradient: which sign must its entry have?"
)
def sign_flipped(Z: Array, y: Array) -> Any:
    _, _, loss, dZ = classes_right(Z, y)
    return loss, -dZ


@slip(
    "Your answer grows with the number of rows. Is this loss a sum over the examples, "
    "or a mean?"
)
def sum_for_mean(Z: Array, y: Array) -> Any:
    _, _, loss, dZ = classes_right(Z, y)
    return loss * len(Z), dZ * len(Z)


@slip(
    "The division by m happens once, where the loss takes its mean. What you return "
    "has been divided by it twice.",
    also=(lambda Z, y: twice_in_both(Z, y),),
)
def averaged_twice(Z: Array, y: Array) -> Any:
    _, _, loss, dZ = classes_right(Z, y)
    return loss, dZ / len(Z)


def twice_in_both(Z: Array, y: Array) -> Any:
    """Return loss and gradient, each divided by m once more than it should be."""
    _, _, loss, dZ = classes_right(Z, y)
    return loss / len(Z), dZ / len(Z)


@slip(
    "You take a mean over all m × K entries of the table. How many of them did the "
    "labels pick, and how many examples are there?"
)
def mean_over_the_table(Z: Array, y: Array) -> Any:
    _, _, loss, dZ = classes_right(Z, y)
    return loss / Z.shape[1], dZ / Z.shape[1]


@slip(
    "You reach every row at every label, as `[:, y]` does: print the shape of what "
    "`P[:, y]` picks. How many numbers did you want, and how do you say “row i at its "
    "own label”?",
    also=(lambda Z, y: with_labels(Z, every_label_in_every_row(Z, y)),),
)
def every_row_at_every_label(Z: Array, y: Array) -> Any:
    P, _, _, _ = classes_right(Z, y)
    dZ = P.copy()
    dZ[:, y] -= 1
    return -log_shares(Z)[:, y].mean(), dZ / len(Z)


def every_label_in_every_row(Z: Array, y: Array) -> Array:
    """Return the table that holds 1 in each column that is some row's label."""
    Y = np.zeros(Z.shape)
    Y[:, y] = 1
    return Y


@slip(
    "`P[y] -= 1` takes the labels for numbers of rows: some rows lose 1 in every entry "
    "and others nothing, and a label may point below the last row. Which two numbers "
    "name one entry of a table?",
    also=[lambda Z, y: rows_picked(Z, y, y % len(y))],
)
def labels_pick_rows(Z: Array, y: Array) -> Any:
    return rows_picked(Z, y, y)


def rows_picked(Z: Array, y: Array, rows: Array) -> Any:
    P, _, loss, _ = classes_right(Z, y)
    P[rows] -= 1
    return loss, P / len(Z)


@slip(
    "You average the log shares of all classes, whatever the label is. Which one of "
    "each row tells how well the truth was predicted?"
)
def mean_of_all_log_shares(Z: Array, y: Array) -> Any:
    _, _, _, dZ = classes_right(Z, y)
    return -log_shares(Z).mean(), dZ


@slip(
    "One minus the probability is not minus its logarithm. What would yours charge for "
    "a share of 0.01, what for one of 0.0001, and what does the formula charge?"
)
def one_minus_the_share(Z: Array, y: Array) -> Any:
    P, _, _, dZ = classes_right(Z, y)
    return 1 - P[np.arange(len(y)), y].mean(), dZ


@slip(
    "nan is the logarithm of a number below 0: print what you take it of. Has 1 been "
    "subtracted there already, for a gradient that shares the array? Or is the exp "
    "missing?"
)
def subtracted_before_the_loss(Z: Array, y: Array) -> Any:
    P, _, _, dZ = classes_right(Z, y)
    P[np.arange(len(y)), y] -= 1
    return -np.log(P[np.arange(len(y)), y]).mean(), dZ


@slip(
    "You ask every class for a share near 1; at most one of them can have it. Which "
    "class of a row does the label name, and where do you use it?"
)
def every_class_asked(Z: Array, y: Array) -> Any:
    P, _, _, _ = classes_right(Z, y)
    return -log_shares(Z).sum(axis=1).mean(), (P - 1) / len(Z)


@slip(
    "A label is the number of a class, not a quantity: class 2 is not twice class 1. "
    "What has a 1 at the label's place and 0 everywhere else?",
    also=(
        lambda Z, y: (
            -(y[:, None] * log_shares(Z)).sum() / len(Z),
            classes_right(Z, y)[3],
        ),
        lambda Z, y: (-(y[:, None] * log_shares(Z)).mean(), classes_right(Z, y)[3]),
    ),
)
def label_taken_for_a_quantity(Z: Array, y: Array) -> Any:
    P, _, loss, _ = classes_right(Z, y)
    return loss, (P - y[:, None]) / len(Z)


@slip(
    "Your gradient pushes down every score, that of the right class too. Where does "
    "the label come in?"
)
def label_not_subtracted(Z: Array, y: Array) -> Any:
    P, _, loss, _ = classes_right(Z, y)
    return loss, P / len(Z)


@slip(
    "In your gradient only the right class moves. The loss takes its log share, and "
    "that contains the scores of all the others: in which place?",
    also=(
        lambda Z, y: at_the_label(Z, y, lambda P: -np.ones_like(P)),
        lambda Z, y: at_the_label(Z, y, lambda P: P),
    ),
)
def only_the_label_moves(Z: Array, y: Array) -> Any:
    return at_the_label(Z, y, lambda P: P - 1)


def at_the_label(Z: Array, y: Array, slope: Callable[[Array], Array]) -> Any:
    P, Y, loss, _ = classes_right(Z, y)
    return loss, slope(P) * Y / len(Z)


@slip(
    "Your slope vanishes where the prediction is most wrong. You multiplied by the "
    "softmax's slope once more than there is a softmax in the chain.",
    also=(lambda Z, y: through_the_softmax_again(Z, y),),
)
def softmax_slope_twice(Z: Array, y: Array) -> Any:
    P, _, loss, dZ = classes_right(Z, y)
    return loss, dZ * P * (1 - P)


def through_the_softmax_again(Z: Array, y: Array) -> Any:
    """Take the finished gradient back through the whole Jacobian once more."""
    P, _, loss, dZ = classes_right(Z, y)
    return loss, P * (dZ - (P * dZ).sum(axis=1, keepdims=True))


@slip(
    "You stopped one link too early: this is the slope by the shares. The caller can "
    "move the scores, and each score moves all shares of its row."
)
def slope_by_the_shares(Z: Array, y: Array) -> Any:
    P, Y, loss, _ = classes_right(Z, y)
    return loss, -Y / P / len(Z)


@slip(
    "You went through the softmax twice: once would have been enough, and what went "
    "in the second time were no longer scores."
)
def softmax_twice(Z: Array, y: Array) -> Any:
    return classes_right(softmax(Z), y)[2:]


@slip(
    "The loss is one number for the whole batch; yours has an entry per example. What "
    "is still to be done with them?"
)
def loss_per_example(Z: Array, y: Array) -> Any:
    _, _, _, dZ = classes_right(Z, y)
    return -log_shares(Z)[np.arange(len(y)), y], dZ


@slip(
    "Both parts are there, in the other order. The text asks for (loss, dZ).",
    whole=True,
)
def parts_swapped(Z: Array, y: Array) -> Any:
    _, _, loss, dZ = classes_right(Z, y)
    return dZ, loss


@slip(
    "After the call the caller's table is not what it was. Which of your lines writes "
    "into the argument? `-=` on an array does."
)
def scores_overwritten(Z: Array, y: Array) -> Any:
    Z -= Z.max(axis=1, keepdims=True)
    return classes_right(Z, y)[2:]


softmax_ce = Exercise(
    "softmax_ce",
    unit="04-loss",
    points=4,
    params=("Z", "y"),
    parts=("loss", "dZ"),
    values=("loss",),
    cases=labeled_scores,
    reference=loss_and_backprop(cross_entropy),
    scale=cancelling_terms,
    slips=(
        minus_lost,
        sign_flipped,
        sum_for_mean,
        averaged_twice,
        divided_by_one_less(lambda Z, y: classes_right(Z, y)[2:]),
        mean_over_the_table,
        every_row_at_every_label,
        labels_pick_rows,
        mean_of_all_log_shares,
        one_minus_the_share,
        subtracted_before_the_loss,
        every_class_asked,
        label_taken_for_a_quantity,
        label_not_subtracted,
        only_the_label_moves,
        softmax_slope_twice,
        slope_by_the_shares,
        *classes_numbers.SLIPS,
        *classes_axes.SLIPS,
        *classes_formula.SLIPS,
        *classes_scores.SLIPS,
        softmax_twice,
        loss_per_example,
        parts_swapped,
        scores_overwritten,
    ),
)
