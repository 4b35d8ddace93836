"""Unit 4: binary cross-entropy, computed from logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import loss_and_backprop, sigmoid
from nnkit.exercises.spec import Case, Exercise, Slip, slip
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
    # Beyond 37 a probability rounds to 1; not before 709 does exp overflow.
    sure = rng.uniform(60, 80, 4) * rng.permutation([1, 1, -1, -1])
    huge = rng.uniform(800, 1200, 4) * [1, -1, 1, -1]
    return (
        Case("five examples", draw(5)),
        Case("a single example", draw(1)),
        Case("soft labels", (rng.normal(0, 2, 6), soft)),
        Case("whole-number labels", (rng.normal(0, 2, 7), labels(7))),
        Case("confident and wrong", (sure, (sure < 0).astype(float))),
        Case("logits near 1000 and -1000", (huge, np.array([1.0, 0.0, 0.0, 1.0]))),
        Case("confident and right", (rng.uniform(60, 80, 1), np.array([1.0]))),
        Case("five examples, other numbers", draw(5)),
    )


def cancelling_terms(z: Array, y: Array) -> tuple[float, float]:
    """Return the size of the terms: of y z against softplus(z), and of σ against y.

    A confident right example costs 4e-18 by one right formula and 0 by another.
    """
    return 1 + float(np.abs(z).mean()), 1 / len(z)


def right(z: Array, y: Array) -> tuple[Array, Any, Array]:
    """Return the probability, and the right loss and gradient.

    The slips below start from it and go wrong in one place each.
    """
    p = sigmoid(z)
    loss = np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))
    return p, loss, (p - y) / len(z)


def by_formula(p: Array, y: Array) -> Any:
    """Return the loss of probabilities, exactly as it is printed."""
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@slip(
    "A loss says how wrong the predictions are, so perfect ones cost 0 and all others "
    "more. Yours is negative: what is the sign of log p when p < 1?"
)
def minus_lost(z: Array, y: Array) -> Any:
    _, loss, dz = right(z, y)
    return -loss, dz


@slip(
    "If the label is 1 and p is only ½, should z go up or down to lower the loss? "
    "Training steps against the gradient: which sign must dz have there?"
)
def sign_flipped(z: Array, y: Array) -> Any:
    _, loss, dz = right(z, y)
    return loss, -dz


@slip(
    "Your answer grows with the number of examples. Is this loss a sum over the "
    "examples, or a mean?"
)
def sum_for_mean(z: Array, y: Array) -> Any:
    _, loss, dz = right(z, y)
    return loss * len(z), dz * len(z)


@slip(
    "The division by m happens once, where the loss takes its mean. Your gradient "
    "has been divided by it twice."
)
def averaged_twice(z: Array, y: Array) -> Any:
    _, loss, dz = right(z, y)
    return loss, dz / len(z)


@slip(
    "The loss is one number for the whole batch; yours has an entry per example. What "
    "is still to be done with them?"
)
def loss_per_example(z: Array, y: Array) -> Any:
    _, _, dz = right(z, y)
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))), dz


@slip(
    "Try one example with y = 1 and p near 1. It is predicted well, and your loss is "
    "large: which of the two logarithms does y switch on?"
)
def labels_swapped(z: Array, y: Array) -> Any:
    return right(z, 1 - y)[1:]


@slip(
    "An example with y = 0 costs nothing in your loss, however sure the model is of "
    "the opposite. What does a wrong “yes” cost?"
)
def positives_only(z: Array, y: Array) -> Any:
    p = sigmoid(z)
    return np.mean(y * np.logaddexp(0, -z)), -y * (1 - p) / len(z)


@slip(
    "The numbers look as if they had been through the sigmoid twice. Which of your "
    "variables are logits, and which are probabilities already?"
)
def sigmoid_twice(z: Array, y: Array) -> Any:
    p = sigmoid(sigmoid(z))
    return by_formula(p, y), (p - y) / len(z)


@slip(
    "z is a logit: any real number, a negative one too. You treat it as a "
    "probability. What turns one into the other?"
)
def logits_for_probabilities(z: Array, y: Array) -> Any:
    return by_formula(z, y), (z - y) / len(z)


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
    p, loss, dz = right(z, y)
    return loss, dz * p * (1 - p)


@slip(
    "You stopped one link too early: this is the slope by the probability p. The "
    "caller can move z. How fast does p move with it?"
)
def slope_by_the_probability(z: Array, y: Array) -> Any:
    p, loss, dz = right(z, y)
    return loss, dz / (p * (1 - p))


@slip(
    "Right on paper. At a logit of 60 your chain rule divides by a probability, or "
    "by one minus it, that has been rounded to 0. What cancels if you multiply the "
    "two slopes before putting numbers in?"
)
def slopes_multiplied_in_numbers(z: Array, y: Array) -> Any:
    p, loss, _ = right(z, y)
    return loss, ((1 - y) / (1 - p) - y / p) * p * (1 - p) / len(z)


@slip(
    "Right on paper. Print 1 − p for a logit of 60, and then its logarithm. The "
    "probability has lost what the logit still knows: can you do without p in the "
    "loss?"
)
def log_of_a_rounded_probability(z: Array, y: Array) -> Any:
    _, _, dz = right(z, y)
    return by_formula(sigmoid(z), y), dz


@slip(
    "Right on paper. Evaluate log(1 + exp(z)) at z = 1000: which intermediate result "
    "is too large for a floating-point number, although the answer is not?"
)
def softplus_overflows(z: Array, y: Array) -> Any:
    _, _, dz = right(z, y)
    return np.mean(np.log(1 + np.exp(z)) - y * z), dz


@slip(
    "Your loss does not look at the labels. softplus(z) alone is what an example costs "
    "whose label is 0: what does a label of 1 change?"
)
def label_term_forgotten(z: Array, y: Array) -> Any:
    _, _, dz = right(z, y)
    return np.mean(np.logaddexp(0, z)), dz


@slip(
    "log(1 + exp(z)) is z plus something small only where z is positive. What is it at "
    "z = −5, and what does your formula give there?"
)
def softplus_of_one_sign(z: Array, y: Array) -> Any:
    _, _, dz = right(z, y)
    return np.mean(z - y * z + np.log1p(np.exp(-np.abs(z)))), dz


@slip(
    "Right on paper. Evaluate your sigmoid at z = 1000: what does exp give there, and "
    "what happens when two such numbers are divided?"
)
def exp_over_exp(z: Array, y: Array) -> Any:
    p = np.exp(z) / (1 + np.exp(z))
    return by_formula(p, y), (p - y) / len(z)


def clipped_at(eps: float) -> Slip:
    """Declare the slip of clipping probabilities to [eps, 1 − eps]."""

    @slip(
        f"Your loss has a ceiling: no prediction, however wrong, costs more than "
        f"−log({eps:g}). Clipping hides an overflow, it does not compute the loss. "
        "What does a logit of 1000 with the wrong label cost?"
    )
    def clipped(z: Array, y: Array) -> Any:
        p = np.clip(sigmoid(z), eps, 1 - eps)
        return by_formula(p, y), (p - y) / len(z)

    return Slip(f"clipped-at-{eps:g}", clipped.mutant, clipped.hint)


def padded_by(eps: float) -> Slip:
    """Declare the slip of adding eps inside of the logarithms."""

    @slip(
        f"You add {eps:g} inside of the logarithm. That gives the loss a ceiling of "
        f"−log({eps:g}), and makes every other loss a little wrong. What would let you "
        "do without it?"
    )
    def padded(z: Array, y: Array) -> Any:
        p, _, dz = right(z, y)
        return -np.mean(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps)), dz

    return Slip(f"padded-by-{eps:g}", padded.mutant, padded.hint)


@slip(
    "For your worst predictions the gradient is exactly 0: they never get better. "
    "What is the slope of a clipped value?"
)
def clipping_kills_the_gradient(z: Array, y: Array) -> Any:
    p = sigmoid(z)
    kept = np.clip(p, 1e-12, 1 - 1e-12)
    dz = np.where(p == kept, (p - y) / len(z), 0.0)
    return by_formula(kept, y), dz


@slip(
    "A label of 0.3 is treated as 0 in your code. Labels may lie between 0 and 1: "
    "what does the printed formula do with one that is not 1?"
)
def labels_compared_with_one(z: Array, y: Array) -> Any:
    return right(z, np.where(y == 1, 1.0, 0.0))[1:]


@slip(
    "Your code rounds the labels to 0 or 1. Labels may lie between: what does the "
    "printed formula do with a label of 0.7?"
)
def labels_rounded(z: Array, y: Array) -> Any:
    return right(z, np.where(y > 0.5, 1.0, 0.0))[1:]


@slip("Both parts are there, in the other order. The text asks for (loss, dz).")
def parts_swapped(z: Array, y: Array) -> Any:
    _, loss, dz = right(z, y)
    return dz, loss


@slip(
    "After the call the caller's array is not what it was. Which of your lines writes "
    "into an argument? `-=`, `out=` and `z[...] =` do."
)
def logits_overwritten(z: Array, y: Array) -> Any:
    _, loss, _ = right(z, y)
    z[:] = sigmoid(z)
    return loss, (z - y) / len(z)


@slip(
    "With whole-number labels something swallows the fraction. What dtype does the "
    "array have that you store the slopes in?"
)
def truncated_slopes(z: Array, y: Array) -> Any:
    _, loss, slopes = right(z, y)
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
    cases=yes_or_no,
    reference=loss_and_backprop(cross_entropy),
    scale=cancelling_terms,
    slips=(
        minus_lost,
        sign_flipped,
        sum_for_mean,
        averaged_twice,
        loss_per_example,
        labels_swapped,
        positives_only,
        sigmoid_twice,
        logits_for_probabilities,
        squared_for_entropy,
        sigmoid_slope_kept,
        slope_by_the_probability,
        slopes_multiplied_in_numbers,
        log_of_a_rounded_probability,
        softplus_overflows,
        exp_over_exp,
        label_term_forgotten,
        softplus_of_one_sign,
        padded_by(1e-7),
        padded_by(1e-8),
        clipped_at(1e-7),
        clipped_at(1e-8),
        clipped_at(1e-12),
        clipped_at(1e-15),
        clipping_kills_the_gradient,
        labels_compared_with_one,
        labels_rounded,
        parts_swapped,
        logits_overwritten,
        truncated_slopes,
    ),
)
