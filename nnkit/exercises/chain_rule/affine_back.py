"""Unit 5: a gradient carried back through Z = XW + b."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array, signed
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.tensor import Tensor, affine


def back_through_affine(dZ: Any, X: Any, W: Any) -> Any:
    """Return (dX, dW, db) for the upstream gradient dZ, by nnkit's backprop."""
    x, w, b = Tensor(X), Tensor(W), Tensor(np.zeros(W.shape[1]))
    affine(x, w, b).backward(dZ)
    return x.grad, w.grad, b.grad


def layers(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `affine_back`: dZ (m, k), X (m, n), W (n, k)."""

    def draw(m: int, n: int, k: int) -> tuple[Any, ...]:
        return rng.normal(size=(m, k)), rng.normal(size=(m, n)), signed(rng, n, k)

    return (
        Case("five rows, three inputs, two outputs", draw(5, 3, 2)),
        Case("a single row", draw(1, 3, 4)),
        Case("rows, inputs and outputs alike", draw(3, 3, 3)),
        Case("a single output", draw(4, 3, 1)),
        Case("a single input", draw(4, 1, 3)),
        Case("five rows, three inputs, two outputs, other numbers", draw(5, 3, 2)),
    )


def cancelling_terms(dZ: Array, X: Array, W: Array) -> Sequence[float]:
    """Return the largest sum of sizes in each part, where terms may cancel."""
    size = np.abs(dZ)
    return (
        float((size @ np.abs(W).T).max()),
        float((np.abs(X).T @ size).max()),
        float(size.sum(axis=0).max()),
    )


def back_by_hand(dZ: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
    """Return what is right; slips spoil it."""
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@slip(
    "dZ already carries the 1/m of the loss. Who had averaged before you, and what "
    "does a second division do?",
    also=(lambda dZ, X, W: back_by_hand(dZ / len(X), X, W),),
)
def averaged_again(dZ: Array, X: Array, W: Array) -> Any:
    m = len(X)
    return dZ @ W.T, X.T @ dZ / m, dZ.sum(axis=0) / m


@slip(
    "As a matrix product it can be computed, but is it the right one? Write the shape "
    "of dW's two factors, and which index is summed over.",
    also=(lambda dZ, X, W: (dZ @ W.T, dZ.T @ X / len(X), dZ.sum(axis=0)),),
)
def weights_transposed(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, dZ.T @ X, dZ.sum(axis=0)


@slip(
    "Your dX lies on its side: rows for columns. Write the shapes of its two factors, "
    "and which of their indices is left on either side.",
)
def slopes_of_inputs_transposed(dZ: Array, X: Array, W: Array) -> Any:
    return W @ dZ.T, X.T @ dZ, dZ.sum(axis=0)


@slip(
    "W led from n inputs to k outputs. To lead back from k to n, in which position "
    "must its axes stand? Square matrices hide this."
)
def weights_not_turned_round(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W, X.T @ dZ, dZ.sum(axis=0)


@slip(
    "In X @ dZ you add up over the inputs of X, but over the rows of dZ. Which index "
    "do the two share, and where must it stand in each? Square matrices hide this."
)
def inputs_not_turned_round(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X @ dZ, dZ.sum(axis=0)


@slip(
    "In X @ dZ.T you add up over the inputs of X, but over the outputs of dZ. dW is "
    "summed over what the weights were shared by: which index is that?"
)
def upstream_turned_round(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X @ dZ.T, dZ.sum(axis=0)


@slip(
    "You read the numbers of an array on in their order, with new rows, as reshape "
    "does. What you need changes places of rows and columns.",
    also=(
        lambda dZ, X, W: (
            dZ @ W.reshape(W.T.shape),
            X.reshape(X.T.shape) @ dZ,
            dZ.sum(axis=0),
        ),
        lambda dZ, X, W: ((W @ dZ.T).reshape(X.shape), X.T @ dZ, dZ.sum(axis=0)),
    ),
)
def reshaped_and_not_turned(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, (dZ.T @ X).reshape(W.shape), dZ.sum(axis=0)


@slip(
    "Nonsense that fits: where all sizes are equal, your product has a shape it "
    "should not be trusted for. Decide by the indices, not by what raises no error.",
    also=(
        lambda dZ, X, W: (
            dZ @ W.T,
            (X if X.shape[1] == dZ.shape[0] else X.T) @ dZ,
            dZ.sum(axis=0),
        ),
        lambda dZ, X, W: (
            dZ @ W.T,
            dZ.T @ X if X.shape[1] == dZ.shape[1] else X.T @ dZ,
            dZ.sum(axis=0),
        ),
    ),
)
def transposed_if_it_fits(dZ: Array, X: Array, W: Array) -> Any:
    try:
        dX = dZ @ W
    except ValueError:
        dX = dZ @ W.T
    return dX, X.T @ dZ, dZ.sum(axis=0)


@slip(
    "Your answer does not look at dZ. You assumed that everything downstream has the "
    "slope 1; what does the loss say about each entry of Z?"
)
def upstream_ignored(dZ: Array, X: Array, W: Array) -> Any:
    ones = np.ones_like(dZ)
    return ones @ W.T, X.T @ ones, ones.sum(axis=0)


@slip(
    "You hand out a local slope, as W, X and 1 are. What does such a slope still have "
    "to be multiplied with, to become one of the loss?"
)
def local_slopes(dZ: Array, X: Array, W: Array) -> Any:
    return W.T, X.T, np.ones(W.shape[1])


@slip(
    "Each output has a bias of its own, which every row uses. Along which axis of dZ "
    "do the rows lie?"
)
def bias_summed_over_outputs(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=1)


@slip(
    "Your db is 0 throughout. b is added to every row: if an entry of b grows by 1, by "
    "how much does Z grow in that column?"
)
def bias_without_slope(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X.T @ dZ, np.zeros(W.shape[1])


@slip(
    "The rows share one bias, and all of them push on it. Do you add pushes up, or "
    "average them?"
)
def bias_averaged(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0)


@slip(
    "This db has one entry for each row and output, but b was used by all the rows. "
    "What happens where one number is used several times?"
)
def bias_unsummed(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X.T @ dZ, dZ.copy()


@slip(
    "One number for the whole layer: but there are k biases. Which sum goes over the "
    "rows and leaves the outputs apart?"
)
def bias_summed_over_everything(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X.T @ dZ, dZ.sum()


@slip(
    "db is (1, k) and b is (k,). Gradients look like what they belong to: which "
    "option of sum keeps the extra axis?",
    also=(lambda dZ, X, W: (dZ @ W.T, X.T @ dZ, dZ.mean(axis=0, keepdims=True)),),
)
def bias_kept_a_dimension(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0, keepdims=True)


@slip(
    "The pieces are there, in another order. The text asks for (dX, dW, db).",
    also=(
        lambda dZ, X, W: (X.T @ dZ, dZ.sum(axis=0), dZ @ W.T),
        lambda dZ, X, W: (dZ @ W.T, dZ.sum(axis=0), X.T @ dZ),
        lambda dZ, X, W: (dZ.sum(axis=0), X.T @ dZ, dZ @ W.T),
        lambda dZ, X, W: (dZ.sum(axis=0), dZ @ W.T, X.T @ dZ),
    ),
    whole=True,
)
def weights_first(dZ: Array, X: Array, W: Array) -> Any:
    return X.T @ dZ, dZ @ W.T, dZ.sum(axis=0)


@slip(
    "dW holds one table for each row. The rows shared the same weights: what happens "
    "to their contributions?"
)
def weights_row_by_row(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X[:, :, None] * dZ[:, None, :], dZ.sum(axis=0)


@slip(
    "Right for one row. Which of the other rows' contributions arrive in what you "
    "return?",
    also=(lambda dZ, X, W: (dZ @ W.T, np.outer(X[-1], dZ[-1]), dZ[-1].copy()),),
)
def first_row_alone(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, np.outer(X[0], dZ[0]), dZ[0].copy()


@slip(
    "After the call the caller's dZ is not what it was. Which of your lines writes "
    "into it? `/=` on an array does."
)
def upstream_overwritten(dZ: Array, X: Array, W: Array) -> Any:
    dZ /= len(X)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@slip(
    "What takes you from X to Z is W, and you come back by its inverse. A slope does "
    "not undo the step: by how much does each Z grow when one entry of X grows by 1?"
)
def inverse_for_transpose(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ np.linalg.pinv(W), X.T @ dZ, dZ.sum(axis=0)


@slip(
    "Part of your dX is closed off, or damped, as if a curve lay in front of this "
    "layer. That step has its own way back: between X and Z stands Z = XW + b, and "
    "what else?",
    also=(
        lambda dZ, X, W: (dZ @ W.T * (1 - X**2), X.T @ dZ, dZ.sum(axis=0)),
        lambda dZ, X, W: (dZ @ W.T * (X * (1 - X)), X.T @ dZ, dZ.sum(axis=0)),
    ),
)
def curve_in_front(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T * (X > 0), X.T @ dZ, dZ.sum(axis=0)


@slip(
    "The sum of products is not the product of sums. Which row of dZ belongs to which "
    "row of X, and when do you add up?",
    also=(
        lambda dZ, X, W: (
            dZ @ W.T,
            np.outer(X.mean(axis=0), dZ.sum(axis=0)),
            dZ.sum(axis=0),
        ),
    ),
)
def sums_multiplied(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, np.outer(X.sum(axis=0), dZ.sum(axis=0)), dZ.sum(axis=0)


@slip(
    "A row is left out, at one end of the batch. Print the indices that your loop over "
    "the rows runs through: which is the first, and which the last?",
    also=(
        lambda dZ, X, W: (dZ @ W.T, X[1:].T @ dZ[1:], dZ[1:].sum(axis=0)),
        # Python's sum of no rows at all is the number 0.
        lambda dZ, X, W: (dZ @ W.T, X[1:].T @ dZ[1:], sum(dZ[1:])),
        lambda dZ, X, W: (dZ @ W.T, X[:-1].T @ dZ[:-1], sum(dZ[:-1])),
    ),
)
def last_row_left_out(dZ: Array, X: Array, W: Array) -> Any:
    return dZ @ W.T, X[:-1].T @ dZ[:-1], dZ[:-1].sum(axis=0)


affine_back = Exercise(
    "affine_back",
    unit="05-chain-rule",
    points=2,
    params=("dZ", "X", "W"),
    parts=("dX", "dW", "db"),
    cases=layers,
    reference=back_through_affine,
    scale=cancelling_terms,
    slips=(
        averaged_again,
        weights_transposed,
        slopes_of_inputs_transposed,
        weights_not_turned_round,
        inputs_not_turned_round,
        upstream_turned_round,
        reshaped_and_not_turned,
        transposed_if_it_fits,
        upstream_ignored,
        local_slopes,
        bias_summed_over_outputs,
        bias_averaged,
        bias_without_slope,
        bias_unsummed,
        bias_summed_over_everything,
        bias_kept_a_dimension,
        weights_first,
        weights_row_by_row,
        first_row_alone,
        inverse_for_transpose,
        curve_in_front,
        sums_multiplied,
        last_row_left_out,
        upstream_overwritten,
    ),
)
