"""Unit 1: two layers without a bend are one; which one?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array, signed
from nnkit.exercises.spec import Case, Exercise, slip


def one_layer_for_two(W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Any, Any]:
    """Return (W, b) with (XW₁ + b₁)W₂ + b₂ = XW + b for every X.

    Asks the two layers themselves: an input of zeros gives b, and each unit vector
    one row of W more than that.
    """

    def both(X: Array) -> Array:
        out: Array = (X @ W1 + b1) @ W2 + b2
        return out

    b = both(np.zeros((1, len(W1))))
    return both(np.eye(len(W1))) - b, b[0]


def pairs_of_layers(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `collapse`: W1 (n, h), b1 (h,), W2 (h, k), b2 (k,)."""

    def draw(n: int, h: int, k: int) -> tuple[Any, ...]:
        return signed(rng, n, h), signed(rng, h), signed(rng, h, k), signed(rng, k)

    whole = (rng.integers(1, 4, (3, 4)), rng.integers(1, 4, 4))
    second = (rng.integers(1, 4, (4, 2)), rng.integers(1, 4, 2))
    return (
        Case("three inputs, four hidden, two outputs", draw(3, 4, 2)),
        Case("as many hidden as outputs", draw(2, 3, 3)),
        Case("as many inputs as outputs", draw(3, 4, 3)),
        Case("as many of everything", draw(3, 3, 3)),
        Case("a single output", draw(3, 5, 1)),
        Case("a single input", draw(1, 4, 3)),
        Case("a single hidden neuron", draw(4, 1, 2)),
        Case("a first layer of whole numbers", (*whole, *draw(3, 4, 2)[2:])),
        Case("a second layer of whole numbers", (*draw(3, 4, 2)[:2], *second)),
        Case("three inputs, four hidden, other numbers", draw(3, 4, 2)),
    )


def sizes(W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[float, float]:
    """Return the size of the terms that are added up, in W and in b."""
    weights = np.abs(W1) @ np.abs(W2)
    biases = np.abs(b1) @ np.abs(W2) + np.abs(b2)
    return float((weights + biases).max()), float(biases.max())


def right(W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, Array]:
    """Return W and b by the formula; the slips below go wrong in one place each."""
    return W1 @ W2, b1 @ W2 + b2


def weights_swapped_alone(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W2 @ W1, b1 @ W2 + b2


@slip(
    "Which layer meets the inputs first? Write the shapes of both weight matrices in "
    "the order in which you multiply them: the inner sizes have to agree.",
    also=[weights_swapped_alone],
)
def operands_swapped(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W2 @ W1, W2 @ b1 + b2


def stored_turned_around(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    W, b = right(W1, b1, W2, b2)
    turned = np.zeros(W.shape)
    for i, j in np.ndindex(W.shape):
        turned[j, i] = W[i, j]
    return turned, b


@slip(
    "The numbers are right, and turned around. Rows are examples, so W has a row for "
    "each input and a column for each output.",
    also=[stored_turned_around],
)
def columns_returned(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    W, b = right(W1, b1, W2, b2)
    return W.T, b


@slip(
    "Feed zeros into the first layer: what comes out of it, and where does that go? "
    "Your b knows of the second layer alone."
)
def first_bias_lost(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b2


@slip(
    "Feed zeros: what should come out at the end? The second layer adds something of "
    "its own that your b does not have."
)
def second_bias_lost(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b1 @ W2


def biases_added_where_they_fit(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    W, b = right(W1, b1, W2, b2)
    return W, b1 + b2 if b1.shape == b2.shape else b


@slip(
    "The two biases stand at different places: one has one entry for each hidden "
    "neuron, the other one for each output. What does the first one pass through?",
    also=[biases_added_where_they_fit],
)
def biases_added(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b1 + b2


@slip(
    "In your b, the second layer sees b1 as it sees any row of hidden "
    "values: on which side of its weights do rows stand?"
)
def bias_on_the_wrong_side(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, W2 @ b1 + b2


@slip(
    "You add the layers up. The second does not stand beside the first: it takes in "
    "what the first gives out. What do two factors, one after the other, do?"
)
def layers_added(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 + W2, b1 + b2


@slip(
    "`*` multiplies entry by entry. Along how many routes does one input reach one "
    "output, and which product adds them all up?"
)
def entry_by_entry(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 * W2, b1 @ W2 + b2


def first_bias_in_the_weights(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return (W1 + b1) @ W2, b1 @ W2 + b2


def second_bias_in_the_weights(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2 + b2, b1 @ W2 + b2


@slip(
    "There is a bias in every entry of your W. What two layers make of a unit vector"
    " is a row of W and something else: how do you get the row alone?",
    also=[first_bias_in_the_weights, second_bias_in_the_weights],
)
def bias_in_the_weights(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return (W1 + b1) @ W2 + b2, b1 @ W2 + b2


@slip(
    "You make one number of your first bias, as if all hidden neurons had the same "
    "weight. Through which weights does each of its entries go?",
    also=[lambda W1, b1, W2, b2: (W1 @ W2, b1.mean() + b2)],
)
def first_bias_summed(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b1.sum() + b2


@slip(
    "With zeros for inputs two layers still give something. Where do their biases go?"
)
def no_bias(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, np.zeros(W2.shape[1])


def second_bias_negative(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b1 @ W2 - b2


@slip(
    "One of the two biases enters your b with the wrong sign. Feed zeros, and follow "
    "what is added on the way.",
    also=[second_bias_negative],
)
def bias_negative(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b2 - b1 @ W2


@slip(
    "Your b is what comes out for an input of ones. For which input does X W vanish, "
    "so that b alone is left?"
)
def bias_from_ones(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, (W1.sum(axis=0) + b1) @ W2 + b2


def unsummed(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b1[:, None] * W2 + b2


@slip(
    "Your b is a table. Each output has one bias: over what does `b1` meet the rows of "
    "W2, and is it added up?",
    also=[unsummed],
)
def bias_as_a_table(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, np.outer(b1, b2)


def truncated_like_the_second(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    W, b = right(W1, b1, W2, b2)
    return W.astype(W2.dtype), b.astype(b2.dtype)


@slip(
    "With whole numbers in one of the layers something swallows the fraction. What "
    "dtype do the arrays have that you fill?",
    also=[truncated_like_the_second],
)
def truncated(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    W, b = right(W1, b1, W2, b2)
    return W.astype(W1.dtype), b.astype(b1.dtype)


@slip(
    "The shape is right and the numbers stand in other places: `reshape` reads them in "
    "the order in which they lie. Is that what turning a matrix around does?"
)
def reshaped(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    W, b = right(W1, b1, W2, b2)
    return W.T.reshape(W.shape), b


@slip(
    "You average over the hidden neurons. What does the second layer do with what they "
    "hand on: take the mean, or add up?"
)
def averaged(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2 / len(W2), b1 @ W2 / len(W2) + b2


def first_hidden_only(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return right(W1[:, :1], b1[:1], W2[:1], b2)


def stored_over_the_bias(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return right(W1[:, -1:], b1[-1:], W2[-1:], 0 * b2)


@slip(
    "A single hidden neuron has a say in your result. What should a loop over them do "
    "with what each contributes: keep one, or add up?",
    also=[first_hidden_only, stored_over_the_bias],
)
def one_hidden_only(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return right(W1[:, -1:], b1[-1:], W2[-1:], b2)


@slip(
    "Your second bias is there once for each hidden neuron. Inside of which loop, or "
    "of which sum, do you add it?",
    also=[lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2 + (len(b1) + 1) * b2)],
)
def second_bias_again_and_again(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b1 @ W2 + len(b1) * b2


@slip(
    "One hidden neuron is left out. Print the indices that your inner loop runs "
    "through: which is the first, and which the last?",
    also=[lambda W1, b1, W2, b2: right(W1[:, 1:], b1[1:], W2[1:], b2)],
)
def hidden_left_out(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1[:, :-1] @ W2[:-1], b1[:-1] @ W2[:-1] + b2


def relu_between(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return np.maximum(W1, 0) @ W2, np.maximum(b1, 0) @ W2 + b2


def asked_a_bent_network(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    b = np.tanh(b1) @ W2 + b2
    return np.tanh(W1 + b1) @ W2 + b2 - b, b


def bent_at_the_end(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    W, b = right(W1, b1, W2, b2)
    return np.tanh(W), np.tanh(b)


@slip(
    "There is a curve in your formula, and none between these two layers. What is left "
    "of two layers if nothing bends?",
    also=[relu_between, asked_a_bent_network, bent_at_the_end],
)
def bent_between(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return np.tanh(W1) @ W2, np.tanh(b1) @ W2 + b2


@slip(
    "The numbers are right, but your b is a matrix of one row. A bias has one axis; "
    "compare with the shape of b2."
)
def bias_kept_as_a_row(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b1.reshape(1, -1) @ W2 + b2


@slip("Both parts are there, in the other order. The text asks for (W, b).", whole=True)
def parts_swapped(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    W, b = right(W1, b1, W2, b2)
    return b, W


@slip(
    "After the call the caller's layers are not what they were. Which of your lines "
    "writes into an argument? `+=` on an array does."
)
def second_bias_overwritten(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    b2 += b1 @ W2
    return W1 @ W2, b2


@slip(
    "Your second bias is multiplied before it is added: print what goes into the "
    "product. Is there a bracket that closes too late?"
)
def second_bias_in_the_product(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    return W1 @ W2, b1 @ (W2 + b2)


collapse = Exercise(
    "collapse",
    unit="01-neuron",
    points=2,
    params=("W1", "b1", "W2", "b2"),
    parts=("W", "b"),
    cases=pairs_of_layers,
    reference=one_layer_for_two,
    scale=sizes,
    slips=(
        operands_swapped,
        second_bias_in_the_product,
        columns_returned,
        first_bias_lost,
        second_bias_lost,
        no_bias,
        bias_negative,
        first_bias_summed,
        bias_from_ones,
        bias_in_the_weights,
        bias_as_a_table,
        hidden_left_out,
        one_hidden_only,
        second_bias_again_and_again,
        averaged,
        truncated,
        reshaped,
        biases_added,
        bias_on_the_wrong_side,
        layers_added,
        entry_by_entry,
        bent_between,
        bias_kept_as_a_row,
        parts_swapped,
        second_bias_overwritten,
    ),
)
