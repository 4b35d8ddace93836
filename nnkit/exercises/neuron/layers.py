"""Unit 1: a layer, which is many neurons on many examples at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit import gradients
from nnkit.exercises.draw import Array, signed
from nnkit.exercises.neuron import layer_bends, layer_curves, layer_loops
from nnkit.exercises.neuron.curves import curve, forward
from nnkit.exercises.spec import Case, Exercise, Slip, slip


def one_layer(X: Any, W: Any, b: Any, kind: str) -> tuple[Any, Any]:
    """Return Z = XW + b and A = φ(Z), each (m, k)."""
    Z = X @ W + b
    return Z, forward(Z, kind)


def batches(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `layer`: X (m, n), W (n, k), b (k,), kind."""

    def draw(m: int, n: int, k: int, kind: str) -> tuple[Any, ...]:
        return rng.normal(size=(m, n)), signed(rng, n, k), signed(rng, k), kind

    def far(kind: str) -> tuple[Any, ...]:
        X, W, b, _ = draw(5, 4, 2, kind)
        # Along the weights no terms cancel: z is beyond the reach of exp, both ways.
        X[0], X[1] = -2000 * W[:, 0], 2000 * W[:, 0]
        return X, W, b, kind

    whole = rng.integers(-3, 4, (4, 3))
    return (
        Case("five examples, three inputs, two neurons", draw(5, 3, 2, "tanh")),
        Case("a layer of sigmoid neurons", draw(5, 3, 2, "sigmoid")),
        Case("a layer of ReLU neurons", draw(6, 4, 5, "relu")),
        Case("a single example", draw(1, 3, 2, "sigmoid")),
        Case("a single neuron", draw(4, 3, 1, "tanh")),
        Case("a single input", draw(4, 1, 3, "relu")),
        Case("as many examples as neurons", draw(3, 4, 3, "tanh")),
        Case("as many of everything", draw(3, 3, 3, "sigmoid")),
        Case("whole-number inputs", (whole, *draw(4, 3, 2, "tanh")[1:])),
        Case("very large inputs, sigmoid", far("sigmoid")),
        Case("very large inputs, tanh", far("tanh")),
        Case("very large inputs, ReLU", far("relu")),
        Case("five examples, other numbers", draw(5, 3, 2, "tanh")),
        # The other two curves have met one row, or one column, above.
        Case("a single example and neuron", draw(1, 3, 1, "relu")),
    )


def sizes(X: Array, W: Array, b: Array, kind: str) -> tuple[float, Array]:
    """Return the size of the terms in Z, and how much of it a curve's slope lets on."""
    terms = np.abs(X) @ np.abs(W) + np.abs(b)
    slope = gradients.grad(lambda Z: forward(Z, kind).sum())(X @ W + b)
    return float(terms.max()), slope * terms


@slip(
    "Feed zeros: what should still come out? Your layer answers as if every bias "
    "were 0.",
    # In Z alone, whatever else is wrong with A: no bias comes too late there.
    also=[lambda X, W, b, kind: (X @ W, curve(X @ W + b, kind))],
)
def bias_forgotten(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W
    return Z, curve(Z, kind)


@slip(
    "One input is left out of your weighted sums. Print the indices that your inner "
    "loop runs through: which is the first, and which the last?",
    also=[lambda X, W, b, kind: _with_curve(X[:, 1:] @ W[1:] + b, kind)],
)
def input_left_out(X: Array, W: Array, b: Array, kind: str) -> Any:
    return _with_curve(X[:, :-1] @ W[:-1] + b, kind)


@slip(
    "Only the last input has a say in your Z: in the loop over inputs each product "
    "takes the place of what was there. What should become of the products before it?"
)
def last_input_only(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = np.zeros((len(X), len(b)))
    for j in range(len(W)):
        Z[:] = X[:, j : j + 1] * W[j] + b
    return Z, curve(Z, kind)


def _with_curve(Z: Array, kind: str) -> tuple[Array, Any]:
    return Z, curve(Z, kind)


@slip(
    "You divide by the number of inputs. A weighted sum is no mean: what does a neuron "
    "with many inputs do with all that they bring?"
)
def mean_of_the_inputs(X: Array, W: Array, b: Array, kind: str) -> Any:
    return _with_curve(X @ W / X.shape[1] + b, kind)


@slip(
    "Feed zeros: what comes out has the other sign. Is a bias added to the weighted "
    "sum, or taken away from it?"
)
def bias_subtracted(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W - b
    return Z, curve(Z, kind)


@slip(
    "The biases come too late. They shift where each curve bends, so they belong into "
    "Z: does any activation function here see yours?"
)
def bias_after_activation(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W
    return Z, curve(Z, kind) + b


@slip(
    "A neuron has one bias, however many inputs it has. Inside of which loop, or of "
    "which sum, do you add it?"
)
def bias_per_input(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b * X.shape[1]
    return Z, curve(Z, kind)


@slip(
    "You stood b upright, as a column. Which axis of Z counts the neurons, and which "
    "the examples? Every neuron has its own bias."
)
def bias_down_the_rows(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b[:, None]
    return Z, curve(Z, kind)


@slip(
    "All of your neurons share the first one's bias. How many entries has b, and whose "
    "are they?"
)
def first_bias_for_all(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b[0]
    return Z, curve(Z, kind)


@slip(
    "What you return as Z has been through the curve. Which letter stands for what "
    "goes in, and which for what comes out?",
    also=[lambda X, W, b, kind: _with_curve(np.tanh(X @ W + b), kind)],
)
def activation_for_z(X: Array, W: Array, b: Array, kind: str) -> Any:
    A = curve(X @ W + b, kind)
    return A, A


@slip(
    "The activation acts on Z, after the weighted sum. What do you send through the "
    "curve, what goes in or what has been added up?",
    also=[
        lambda X, W, b, kind: _with_curve(curve(X, kind) @ W + b, kind),
        lambda X, W, b, kind: (curve(X, kind) @ W + b,) * 2,
    ],
)
def inputs_bent(X: Array, W: Array, b: Array, kind: str) -> Any:
    return X @ W + b, curve(X, kind) @ W + b


@slip(
    "In the place of A you return Z itself. Has it been through a curve, and do the "
    "two come back in the order (Z, A)?"
)
def no_activation(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b
    return Z, Z


@slip(
    "You send Z through one and the same curve for several kinds. At which line of "
    "your function does `kind` decide?",
    also=[
        lambda X, W, b, kind: _with_curve(X @ W + b, "sigmoid"),
        lambda X, W, b, kind: _with_curve(X @ W + b, "relu"),
    ],
)
def kind_ignored(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W + b
    return Z, np.tanh(Z)


@slip(
    "All numbers are there, but each example stands in a column of your result. Rows "
    "are examples here, in what comes in and in what goes out."
)
def columns_returned(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = W.T @ X.T + b[:, None]
    return Z, curve(Z, kind)


def transposed_where_it_fits(X: Array, W: Array, b: Array, kind: str) -> Any:
    turned = W.T if W.shape[0] == W.shape[1] else W
    return _with_curve(X @ turned + b, kind)


@slip(
    "You turned W around. Write the shapes of both factors below each other: which of "
    "their axes has to meet, and does it already?",
    also=[
        transposed_where_it_fits,
        lambda X, W, b, kind: _with_curve(np.einsum("ij,kj->ik", X, W) + b, kind),
    ],
)
def weights_transposed(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X @ W.T + b
    return Z, curve(Z, kind)


@slip(
    "A matrix product depends on its order. Which factor has the examples in its rows, "
    "and where must the rows of Z come from?"
)
def operands_swapped(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = W @ X + b
    return Z, curve(Z, kind)


@slip(
    "`*` multiplies entry by entry. A neuron adds up over its inputs: which product of "
    "two matrices does that?"
)
def entry_by_entry(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X * W + b
    return Z, curve(Z, kind)


@slip(
    "That product is written for examples that stand in columns. Yours stand in rows: "
    "write down each factor's shape, and see what meets what."
)
def formula_for_columns(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = W.T @ X + b
    return Z, curve(Z, kind)


def first_row_as_matrix(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = X[:1] @ W + b
    return Z, curve(Z, kind)


@slip(
    "Your function comes back after one row. Send five: how many rows should return?",
    also=[first_row_as_matrix],
)
def first_row_only(X: Array, W: Array, b: Array, kind: str) -> Any:
    for x in X:
        z = x @ W + b
        return z, curve(z, kind)
    return None


def swapped_for(*kinds: str) -> Callable[..., Any]:
    """Return who swaps in some branches alone; that of tanh is given."""

    def layer(X: Array, W: Array, b: Array, kind: str) -> Any:
        Z, A = _with_curve(X @ W + b, kind)
        return (A, Z) if kind in kinds else (Z, A)

    return layer


parts_swapped = Slip(
    "parts-swapped",
    swapped_for("tanh", "sigmoid", "relu"),
    "Both matrices are there, in the other order. The text asks for (Z, A).",
    (swapped_for("sigmoid", "relu"), swapped_for("sigmoid"), swapped_for("relu")),
    whole=True,
)


@slip(
    "Z and A have a row for each example and a column for each neuron. Yours are one "
    "long row: which of your lines takes the table apart?"
)
def flat(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = (X @ W + b).ravel()
    return Z, curve(Z, kind)


@slip(
    "With whole-number inputs something swallows the fraction. What dtype does the "
    "array have that you store your results in?",
    also=[lambda X, W, b, kind: (Z := X @ W + b, curve(Z, kind).astype(X.dtype))],
)
def truncated(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = (X @ W + b).astype(X.dtype)
    return Z, curve(Z, kind)


@slip(
    "You go on with whole numbers. Which of your lines makes them: `int(...)`, "
    "`astype(int)` or `dtype=int`? A weighted sum needs what comes after the point.",
    also=[
        lambda X, W, b, kind: _whole(X @ W + b, curve((X @ W + b).astype(int), kind)),
        lambda X, W, b, kind: _whole(X @ W + b, curve(X @ W + b, kind)),
        lambda X, W, b, kind: _with_curve(X.astype(int) @ W + b, kind),
    ],
)
def fractions_cut_off(X: Array, W: Array, b: Array, kind: str) -> Any:
    return _with_curve((X @ W + b).astype(int), kind)


def _whole(Z: Array, A: Array) -> Any:
    return Z.astype(int), A.astype(int)


@slip(
    "For one neuron or one example you drop an axis. Whoever called you with a matrix "
    "of one column expects a matrix of one column."
)
def squeezed(X: Array, W: Array, b: Array, kind: str) -> Any:
    Z = np.squeeze(X @ W + b)
    return Z, curve(Z, kind)


layer = Exercise(
    "layer",
    unit="01-neuron",
    points=2,
    params=("X", "W", "b", "kind"),
    parts=("Z", "A"),
    values=("Z", "A"),
    cases=batches,
    reference=one_layer,
    scale=sizes,
    slips=(
        bias_forgotten,
        input_left_out,
        last_input_only,
        mean_of_the_inputs,
        bias_subtracted,
        bias_after_activation,
        bias_per_input,
        bias_down_the_rows,
        first_bias_for_all,
        inputs_bent,
        activation_for_z,
        no_activation,
        kind_ignored,
        columns_returned,
        weights_transposed,
        operands_swapped,
        entry_by_entry,
        formula_for_columns,
        first_row_only,
        parts_swapped,
        truncated,
        fractions_cut_off,
        squeezed,
        flat,
        *layer_curves.SLIPS,
        *layer_loops.SLIPS,
        *layer_bends.SLIPS,
    ),
)
