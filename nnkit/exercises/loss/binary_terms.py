"""Unit 4: binary cross-entropy whose two terms are put together in another way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import binary_right
from nnkit.exercises.spec import slip


def softplus(z: Array) -> Array:
    """Return log(1 + exp(z)): minus log(1 − p), and at −z, minus log p."""
    return np.asarray(np.logaddexp(0.0, z))


def of_losses(loss: Callable[[Array, Array], Array]) -> Callable[..., Any]:
    """Make the answer with these losses of the examples, and the right gradient."""
    return lambda z, y: (loss(z, y).mean(), binary_right(z, y)[2])


@slip(
    "For a label of 0 your loss is not −log(1 − p): put p = ½ in, and compare with "
    "−log ½. A logarithm goes through no difference; can 1 − p itself be written as a "
    "sigmoid?",
    also=(of_losses(lambda z, y: (2 * y - 1) * softplus(-z)),),
)
def log_of_a_difference(z: Array, y: Array) -> Any:
    yes = -softplus(-z)
    return -(y * yes + (1 - y) * (1 - yes)).mean(), binary_right(z, y)[2]


@slip(
    "One of your two terms makes the loss smaller. The logarithms of p and of 1 − p "
    "are both negative: which sign must stand between the two?",
    also=(of_losses(lambda z, y: (1 - y) * softplus(z) - y * softplus(-z)),),
)
def terms_subtracted(z: Array, y: Array) -> Any:
    return (y * softplus(-z) - (1 - y) * softplus(z)).mean(), binary_right(z, y)[2]


@slip(
    "Put in a label of 0: what is left of your loss is softplus(z), with a minus. A "
    "cost below 0 is a reward. Which sign does softplus have in the loss, and which "
    "the term with the label?"
)
def softplus_subtracted(z: Array, y: Array) -> Any:
    return -(softplus(z) + y * z).mean(), binary_right(z, y)[2]


@slip(
    "What does Python do first in `1 - y * a`, the difference or the product? Check "
    "where the brackets are."
)
def bracket_missing(z: Array, y: Array) -> Any:
    loss = -np.mean(-y * softplus(-z) + 1 + y * softplus(z))
    return loss, binary_right(z, y)[2]


@slip(
    "log(1 + exp(−z)) is the loss of a label of 1 already. What does your term with "
    "the label add to it there, and what is missing for a label of 0?"
)
def softplus_of_minus_z(z: Array, y: Array) -> Any:
    return (softplus(-z) - y * z).mean(), binary_right(z, y)[2]


@slip(
    "Your loss does not look at the labels: every example pays −log p, as if all "
    "answers were yes. What should one pay whose label is 0, and p is near 0?"
)
def all_labels_one(z: Array, y: Array) -> Any:
    return softplus(-z).mean(), binary_right(z, y)[2]


@slip(
    "The label switches on one of the two logarithms, and in yours one of them is "
    "always on. Put in y = 1, then y = 0: which term is left over where?",
    also=(of_losses(lambda z, y: softplus(-z) + (1 - y) * softplus(z)),),
)
def term_not_switched(z: Array, y: Array) -> Any:
    return (y * softplus(-z) + softplus(z)).mean(), binary_right(z, y)[2]


@slip(
    "That is the slope of the sigmoid, and nothing of a loss is in it: it does not "
    "change with the label. How does the loss respond to p, and where does y come in?"
)
def sigmoid_slope_alone(z: Array, y: Array) -> Any:
    p, loss, _ = binary_right(z, y)
    return loss, p * (1 - p) / len(z)


def divided_once(labels: bool) -> Callable[..., Any]:
    """Make the answer with 1/m at the labels alone, or at the probabilities alone."""

    def mutant(z: Array, y: Array) -> Any:
        p, loss, _ = binary_right(z, y)
        return loss, p - y / len(z) if labels else p / len(z) - y

    return mutant


@slip(
    "One of the two terms of your difference is divided by the number of examples, and "
    "the other is not. Which brackets does the mean of the loss ask for?",
    also=(divided_once(labels=True),),
)
def labels_not_divided(z: Array, y: Array) -> Any:
    return divided_once(labels=False)(z, y)


def less_labels(curve: Callable[[Array], Array]) -> Callable[..., Any]:
    """Make the answer whose gradient takes this curve for the sigmoid."""
    return lambda z, y: (binary_right(z, y)[1], (curve(z) - y) / len(z))


@slip(
    "What you subtract the labels from is not the sigmoid of the logits. Draw it from "
    "z = −5 to z = 5, and σ(z) beside it: what is the range of each, and how steep are "
    "they at 0?",
    also=(
        less_labels(lambda z: np.exp(-softplus(-2 * z))),
        less_labels(lambda z: np.exp(-softplus(-z / 2))),
    ),
)
def another_curve(z: Array, y: Array) -> Any:
    return less_labels(np.tanh)(z, y)


SLIPS = (
    log_of_a_difference,
    terms_subtracted,
    softplus_subtracted,
    bracket_missing,
    softplus_of_minus_z,
    all_labels_one,
    term_not_switched,
    sigmoid_slope_alone,
    labels_not_divided,
    another_curve,
)
