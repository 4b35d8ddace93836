"""Units 5 and 6: how a network's loss, and the signal at its scores, miss the labels.

The same mistakes are made with one hidden layer and with two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import (
    CLIPS,
    ONE_LESS,
    SCORES_CUT_OFF,
    cut_off,
    log_shares,
    one_hot,
    softmax,
)
from nnkit.exercises.spec import Slip, slip

Back = Callable[[Array], Mapping[str, Array]]
"""Gives all gradients, from that of the scores."""

Start = Callable[[Mapping[str, Array], Array], tuple[Array, Back]]
"""Gives a network's scores, and the way back."""


def slips_of(start: Start) -> tuple[Slip, ...]:
    """Make the slips of a network.

    Args:
        start: gives the scores of parameters and inputs, and the way back.
    """

    def by(
        loss: Callable[[Array, Array], Any], signal: Callable[[Array, Array], Array]
    ) -> Callable[..., Any]:
        """Make an answer with this loss, and this gradient of a sum by the scores."""

        def mutant(params: Mapping[str, Array], X: Array, y: Array) -> Any:
            scores, back = start(params, X)
            return loss(scores, y), back(signal(scores, y) / len(y))

        return mutant

    @slip(
        "A label is the number of a class, not a quantity: class 2 is not twice class "
        "1. What has a 1 at the label's place and 0 everywhere else?"
    )
    def label_taken_for_a_quantity(*args: Any) -> Any:
        return by(mean_loss, lambda S, y: softmax(S) - y[:, None])(*args)

    @slip(
        "In your signal at the scores only the right class moves. The loss takes its "
        "log share, and that contains the scores of all the others: in which place?"
    )
    def only_the_label_moves(*args: Any) -> Any:
        return by(mean_loss, lambda S, y: right_signal(S, y) * hot(S, y))(*args)

    @slip(
        "You subtracted a maximum inside of the logarithm and not from the score at "
        "the label. Is it the same number that leaves both places?"
    )
    def shift_not_undone(*args: Any) -> Any:
        return by(shifted_in_one_place, right_signal)(*args)

    @slip(
        "In your signal at the scores the label adds to its share. Training steps "
        "against the gradient: where does it then push the score of the right class?"
    )
    def label_added(*args: Any) -> Any:
        return by(mean_loss, lambda S, y: softmax(S) + hot(S, y))(*args)

    @slip(
        "No entry of your signal at the scores is above 0, so that training raises "
        "every score, those of the wrong classes too. Which sign does a share have?"
    )
    def shares_subtracted(*args: Any) -> Any:
        return by(mean_loss, lambda S, y: -softmax(S) - hot(S, y))(*args)

    @slip(
        "`[y] -= 1` takes the labels for numbers of rows: some rows lose 1 in every "
        "entry and others nothing, and a label may point below the last row. Which two "
        "numbers name one entry of a table?",
        also=[by(mean_loss, rows_picked_in_turn)],
    )
    def labels_pick_rows(*args: Any) -> Any:
        return by(mean_loss, rows_picked)(*args)

    @slip(
        "You ask every class for a share near 1; at most one of them can have it. "
        "Which class of a row does the label name, and where do you use it?",
        also=[
            by(mean_loss, ones_taken),
            by(lambda S, y: -log_shares(S).mean(), right_signal),
            by(mean_loss, lambda S, y: softmax(S) * S.shape[1] - 1),
        ],
    )
    def every_class_asked(*args: Any) -> Any:
        return by(lambda S, y: -log_shares(S).sum(axis=1).mean(), ones_taken)(*args)

    @slip(
        "You charge as if the class with the largest score were the right one. That is "
        "what the network says; what is true is in y: where does it come in?"
    )
    def answer_for_label(*args: Any) -> Any:
        return by(
            lambda S, y: mean_loss(S, S.argmax(axis=1)),
            lambda S, y: right_signal(S, S.argmax(axis=1)),
        )(*args)

    @slip(
        "Your labels are off by one. The first class has the number 0, and y can be "
        "used as it is.",
        also=[
            by(
                lambda S, y: mean_loss(S, (y + 1) % S.shape[1]),
                lambda S, y: right_signal(S, (y + 1) % S.shape[1]),
            )
        ],
    )
    def labels_off_by_one(*args: Any) -> Any:
        return by(
            lambda S, y: mean_loss(S, y - 1), lambda S, y: right_signal(S, y - 1)
        )(*args)

    @slip(
        "What you take for shares does not add up to 1 in a row. exp of the gaps gives "
        "the powers: what makes shares of them?"
    )
    def powers_for_shares(*args: Any) -> Any:
        return by(
            mean_loss,
            lambda S, y: np.exp(S - S.max(axis=1, keepdims=True)) - hot(S, y),
        )(*args)

    def with_cut(cut: Callable[[Array], Array]) -> Callable[..., Any]:
        return by(
            lambda S, y: mean_loss(cut(S), y), lambda S, y: right_signal(cut(S), y)
        )

    @slip(SCORES_CUT_OFF, also=cut_off(with_cut)[1:])
    def scores_cut_off(*args: Any) -> Any:
        return with_cut(lambda S: np.clip(S, -CLIPS[0], CLIPS[0]))(*args)

    @slip(
        "Your loss has been divided by the number of rows twice. Who had taken the "
        "mean before you?"
    )
    def loss_averaged_twice(*args: Any) -> Any:
        return by(lambda S, y: mean_loss(S, y) / len(y), right_signal)(*args)

    def counted_by(
        count: Callable[[Array, Array], int],
    ) -> Callable[..., Any]:
        """Make the answer that takes a mean, over another number than that of rows."""

        def mutant(params: Mapping[str, Array], X: Array, y: Array) -> Any:
            scores, back = start(params, X)
            m = count(X, scores)
            loss = mean_loss(scores, y) * len(y) / m
            return loss, back(right_signal(scores, y) / m)

        return mutant

    @slip(
        "You divide by a count, and not by that of the examples. Print it beside the "
        "shapes of X and of the scores: along which axis does one example follow the "
        "other?",
        also=[counted_by(lambda X, S: S.shape[1])],
    )
    def another_count(*args: Any) -> Any:
        return counted_by(lambda X, S: X.shape[1])(*args)

    # What a single row gives: nothing finite, or what is right.
    @slip(ONE_LESS, also=[counted_by(lambda X, S: max(len(X) - 1, 1))])
    def divided_by_one_less(*args: Any) -> Any:
        return counted_by(lambda X, S: len(X) - 1)(*args)

    def with_table(table: Callable[[Array], Array]) -> Callable[..., Any]:
        """Make the answer whose table of labels does not know the scores."""
        return by(
            lambda S, y: -(table(y) * log_shares(S)).sum() / len(y),
            lambda S, y: softmax(S) - table(y),
        )

    @slip(
        "How many classes there are, the labels of a batch need not show: some may not "
        "occur in it, or all rows may be of one. Which array has a place for each?",
        also=[
            with_table(lambda y: one_hot(y, len(np.unique(y)))),
            with_table(lambda y: 1.0 * (np.unique(y) == y[:, None])),
        ],
    )
    def classes_counted_in_the_batch(*args: Any) -> Any:
        return with_table(lambda y: one_hot(y, y.max() + 1))(*args)

    @slip(
        "Where scores lie thousands apart your gradient is nan. Does the way to it "
        "take exp of the scores as they are, or divide by a share that was rounded to "
        "0? What the slopes of log and softmax leave, multiplied out on paper, does "
        "neither.",
        also=[by(mean_loss, lambda S, y: unshifted_shares(S) - hot(S, y))],
    )
    def signal_beyond_numbers(*args: Any) -> Any:
        return by(mean_loss, through_the_share)(*args)

    return (
        another_count,
        divided_by_one_less,
        classes_counted_in_the_batch,
        signal_beyond_numbers,
        label_taken_for_a_quantity,
        only_the_label_moves,
        label_added,
        shares_subtracted,
        labels_pick_rows,
        shift_not_undone,
        every_class_asked,
        answer_for_label,
        labels_off_by_one,
        powers_for_shares,
        scores_cut_off,
        loss_averaged_twice,
    )


def hot(scores: Array, y: Array) -> Array:
    return one_hot(y, scores.shape[1])


def mean_loss(scores: Array, y: Array) -> Any:
    return -log_shares(scores)[np.arange(len(y)), y].mean()


def shifted_in_one_place(scores: Array, y: Array) -> Any:
    gaps = scores - scores.max(axis=1, keepdims=True)
    sums = np.log(np.exp(gaps).sum(axis=1))
    return (sums - scores[np.arange(len(y)), y]).mean()


def right_signal(scores: Array, y: Array) -> Array:
    return softmax(scores) - hot(scores, y)


def unshifted_shares(scores: Array) -> Array:
    """Return the softmax of each row, of scores as they are."""
    powers = np.exp(scores)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def through_the_share(scores: Array, y: Array) -> Array:
    """Return the signal of a sum, by the slope of the log times that of the softmax."""
    P = softmax(scores)
    slope = -hot(scores, y) / P
    return np.asarray(P * (slope - (P * slope).sum(axis=1, keepdims=True)))


def rows_picked(scores: Array, y: Array) -> Array:
    signal = softmax(scores)
    signal[y] -= 1
    return signal


def rows_picked_in_turn(scores: Array, y: Array) -> Array:
    """Return what `rows_picked` does where no label points below the last row."""
    return rows_picked(scores, y % len(y))


def ones_taken(scores: Array, y: Array) -> Array:
    return softmax(scores) - 1
