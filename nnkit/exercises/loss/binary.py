"""Unit 4: binary cross-entropy, computed from logits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss import (
    binary_labels,
    binary_numbers,
    binary_ramps,
    binary_terms,
)
from nnkit.exercises.loss.shared import (
    binary_by_formula,
    binary_right,
    divided_by_one_less,
    loss_and_backprop,
    sigmoid,
)
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.tensor import softplus


def cross_entropy(z: Any, y: Any) -> Any:
    """Return the mean of −y log σ(z) − (1 − y) log(1 − σ(z)).

    Both logarithms are softplus of ±z, so that neither is of a rounded probability.
    """
    return (y * softplus(-z) + (1 - y) * softplus(z)).mean()


def yes_or_no(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `bce_logits`: z (m,), y (m,) from 0 to 1."""

    def labels(m: int) -> Array:
        y = rng.integers(0, 2, m)
        y[0], y[-1] = 0, 1
        return y

    def draw(m: int) -> tuple[Any, ...]:
        return rng.normal(0, 2, m), labels(m).astype(float)

    soft = rng.uniform(0.05, 0.45, 6)
    soft[::2] = 1 - soft[::2]
    soft[1], soft[4] = 0, 1  # so that this case is not all about labels in between
    # A logit of exactly 0, on neither side, as all of them are before the first step of
    # many a network; and one at which softplus is not yet its ramp in every digit.
    edges = (0.0, 11.0)
    # Beyond 37 a probability rounds to 1; not before 709 does exp overflow.
    sure = rng.uniform(60, 80, 4) * rng.permutation([1, 1, -1, -1])
    huge = rng.uniform(800, 1200, 4) * [1, -1, 1, -1]
    return (
        Case("five examples", draw(5)),
        Case("a single example", draw(1)),
        Case("soft labels", (rng.normal(0, 2, 6), soft)),
        Case("whole-number labels", (np.append(rng.normal(0, 2, 5), edges), labels(7))),
        Case("confident and wrong", (sure, (sure < 0).astype(float)), extreme=True),
        Case(
            "logits near 1000 and -1000",
            (huge, np.array([1.0, 0.0, 0.0, 1.0])),
            extreme=True,
        ),
        Case(
            "confident and right",
            (rng.uniform(60, 80, 1), np.array([1.0])),
            extreme=True,
        ),
        Case("five examples, other numbers", draw(5)),
    )


def cancelling_terms(z: Array, y: Array) -> tuple[float, float]:
    """Return the size of the terms: of y z against softplus(z), and of σ against y.

    A confident right example costs 4e-18 by one right formula and 0 by another.
    """
    return 1 + float(np.abs(z).mean()), 1 / len(z)


@slip(
    "A loss says how wrong the predictions are, so perfect ones cost 0 and all others "
    "more. Yours is negative: what is the sign of log p when p < 1?"
)
def minus_lost(z: Array, y: Array) -> Any:
    _, loss, dz = binary_right(z, y)
    return -loss, dz


@slip(
    "If the label is 1 and p is only ½, should z go up or down to lower the loss? "
    "Training steps against the gradient: which sign must dz have there?"
)
def sign_flipped(z: Array, y: Array) -> Any:
    _, loss, dz = binary_right(z, y)
    return loss, -dz


@slip(
    "Your answer grows with the number of examples. Is this loss a sum over the "
    "examples, or a mean?"
)
def sum_for_mean(z: Array, y: Array) -> Any:
    _, loss, dz = binary_right(z, y)
    return loss * len(z), dz * len(z)


@slip(
    "The division by m happens once, where the loss takes its mean. What you return "
    "has been divided by it twice."
)
def averaged_twice(z: Array, y: Array) -> Any:
    _, loss, dz = binary_right(z, y)
    return loss / len(z), dz / len(z)


def example_alone(which: int, share: bool, both: bool) -> Callable[..., Any]:
    """Make the answer that keeps of a loop over the examples what one has brought."""

    def mutant(z: Array, y: Array) -> Any:
        m = len(z)
        _, loss, dz = binary_right(z[which][None], y[which][None])
        slopes = binary_right(z, y)[2]
        if both:
            slopes = np.zeros(m)
            slopes[which] = dz[0] / m
        return loss / (m if share else 1), slopes

    return mutant


@slip(
    "One example of the batch speaks for all. A loop over the examples collects: what "
    "becomes of what the others cost?",
    also=[
        example_alone(which, share, both)
        for which in (-1, 0)
        for share in (True, False)
        for both in (False, True)
    ][1:],
)
def one_example_alone(z: Array, y: Array) -> Any:
    return example_alone(-1, share=True, both=False)(z, y)


@slip(
    "The loss is one number for the whole batch; yours has an entry per example. What "
    "is still to be done with them?"
)
def loss_per_example(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))), dz


@slip(
    "Try one example with y = 1 and p near 1. It is predicted well, and you charge for "
    "it as if it were wrong: where does y stand in the formula, and where 1 − y?"
)
def labels_swapped(z: Array, y: Array) -> Any:
    return binary_right(z, 1 - y)[1:]


@slip(
    "An example with y = 0 counts for nothing in your formula, however sure the model "
    "is of the opposite. What does a wrong “yes” cost?"
)
def positives_only(z: Array, y: Array) -> Any:
    p = sigmoid(z)
    return np.mean(y * np.logaddexp(0, -z)), -y * (1 - p) / len(z)


@slip(
    "An example with y = 1 counts for nothing in your formula, however sure the model "
    "is of the opposite. What does a wrong “no” cost?"
)
def negatives_only(z: Array, y: Array) -> Any:
    return np.mean((1 - y) * np.logaddexp(0, z)), (1 - y) * sigmoid(z) / len(z)


@slip(
    "The numbers look as if they had been through the sigmoid twice. Which of your "
    "variables are logits, and which are probabilities already?"
)
def sigmoid_twice(z: Array, y: Array) -> Any:
    p = sigmoid(sigmoid(z))
    return binary_by_formula(p, y), (p - y) / len(z)


@slip(
    "z is a logit: any real number, a negative one too. You treat it as a "
    "probability. What turns one into the other?"
)
def logits_for_probabilities(z: Array, y: Array) -> Any:
    return binary_by_formula(z, y), (z - y) / len(z)


@slip(
    "This is the squared error of the probabilities. Compare a confident mistake, p "
    "near 1 and y = 0: what does each of the two losses charge for it?"
)
def squared_for_entropy(z: Array, y: Array) -> Any:
    p = sigmoid(z)
    return np.mean((p - y) ** 2), 2 * (p - y) * p * (1 - p) / len(z)


@slip(
    "Your slope vanishes where the prediction is most wrong. The sigmoid's slope "
    "p(1 − p) was in the chain; what does the loss's own slope by p do to it?"
)
def sigmoid_slope_kept(z: Array, y: Array) -> Any:
    p, loss, dz = binary_right(z, y)
    return loss, dz * p * (1 - p)


@slip(
    "You stopped one link too early: this is the slope by the probability p. The "
    "caller can move z. How fast does p move with it?"
)
def slope_by_the_probability(z: Array, y: Array) -> Any:
    p, loss, dz = binary_right(z, y)
    return loss, dz / (p * (1 - p))


@slip(
    "Your loss does not look at the labels. softplus(z) alone is what an example costs "
    "whose label is 0: what does a label of 1 change?"
)
def label_term_forgotten(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return np.mean(np.logaddexp(0, z)), dz


@slip(
    "The label's term has the wrong sign. For a label of 1, should a larger logit cost "
    "more, or less?"
)
def label_term_added(z: Array, y: Array) -> Any:
    _, _, dz = binary_right(z, y)
    return np.mean(np.logaddexp(0, z) + y * z), dz


@slip(
    "Your p falls where the logit grows: it is the probability of no. Which sign does "
    "the exponent of the sigmoid have?"
)
def probability_of_no(z: Array, y: Array) -> Any:
    q = sigmoid(-z)
    return binary_by_formula(q, y), (q - y) / len(z)


@slip(
    "Your p is on the same side of ½ whatever sign the logit has. exp(−|z|) does not "
    "know the sign any more: what brings it back?",
    also=(
        lambda z, y: (
            binary_by_formula(1 - sigmoid(np.abs(z)), y),
            (1 - sigmoid(np.abs(z)) - y) / len(z),
        ),
        lambda z, y: (
            binary_right(z, y)[1],
            (np.exp(-np.abs(z)) - y) / len(z),
        ),
        lambda z, y: (binary_right(z, y)[1], (sigmoid(np.abs(z)) - y) / len(z)),
        lambda z, y: (binary_right(z, y)[1], (sigmoid(-np.abs(z)) - y) / len(z)),
    ),
    # Of the loss alone: with a positive logit and the label 1 other slips give this.
    whole=True,
)
def sign_of_the_logit_lost(z: Array, y: Array) -> Any:
    p = sigmoid(np.abs(z))
    return binary_by_formula(p, y), (p - y) / len(z)


@slip(
    "Your gradient uses a decision, 0 or 1, where it should use the probability. A "
    "prediction of 0.51 is no certainty: what slope does it leave?",
    also=(lambda z, y: (binary_right(z, y)[1], ((z >= 0) - y) / len(z)),),
)
def decision_for_probability(z: Array, y: Array) -> Any:
    _, loss, _ = binary_right(z, y)
    return loss, ((z > 0) - y) / len(z)


@slip(
    "Both parts are there, in the other order. The text asks for (loss, dz).",
    whole=True,
)
def parts_swapped(z: Array, y: Array) -> Any:
    _, loss, dz = binary_right(z, y)
    return dz, loss


@slip(
    "After the call the caller's array is not what it was. Which of your lines writes "
    "into an argument? `-=`, `out=` and `z[...] =` do."
)
def logits_overwritten(z: Array, y: Array) -> Any:
    _, loss, _ = binary_right(z, y)
    z[:] = sigmoid(z)
    return loss, (z - y) / len(z)


@slip(
    "With whole-number labels something swallows the fraction. What dtype does the "
    "array have that you store the slopes in?"
)
def truncated_slopes(z: Array, y: Array) -> Any:
    _, loss, slopes = binary_right(z, y)
    dz = np.zeros_like(y)
    for i in range(len(y)):
        dz[i] = slopes[i]
    return loss, dz


bce_logits = Exercise(
    "bce_logits",
    unit="04-loss",
    points=2,
    params=("z", "y"),
    parts=("loss", "dz"),
    values=("loss",),
    cases=yes_or_no,
    reference=loss_and_backprop(cross_entropy),
    scale=cancelling_terms,
    slips=(
        minus_lost,
        sign_flipped,
        sum_for_mean,
        averaged_twice,
        divided_by_one_less(lambda z, y: binary_right(z, y)[1:]),
        loss_per_example,
        one_example_alone,
        labels_swapped,
        positives_only,
        negatives_only,
        sigmoid_twice,
        logits_for_probabilities,
        squared_for_entropy,
        sigmoid_slope_kept,
        slope_by_the_probability,
        label_term_forgotten,
        label_term_added,
        probability_of_no,
        sign_of_the_logit_lost,
        decision_for_probability,
        *binary_ramps.SLIPS,
        *binary_numbers.SLIPS,
        *binary_labels.SLIPS,
        *binary_terms.SLIPS,
        parts_swapped,
        logits_overwritten,
        truncated_slopes,
    ),
)
