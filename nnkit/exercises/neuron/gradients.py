"""Unit 1: the gradient of one neuron's mean squared error, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array, signed
from nnkit.exercises.spec import Case, Exercise, backprop_of, slip
from nnkit.tensor import tanh


def mse_of_neuron(X: Any, y: Any, w: Any, b: Any) -> Any:
    """Return L = mean over rows of (tanh(Xw + b) − y)²; divisor m, no ½."""
    residual = tanh(X @ w + b) - y
    return (residual * residual).mean()


def regression_batches(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `neuron_grads`: X (m, n), y (m,), w (n,), b a number."""

    def draw(m: int, n: int) -> tuple[Any, ...]:
        X = rng.normal(size=(m, n))
        return X, rng.uniform(-2, 2, m), signed(rng, n), float(signed(rng))

    X, y, w, b = draw(6, 4)
    X *= 1000
    X[0] = 2000 * w  # no terms cancel in this row: z is beyond the reach of exp
    return (
        Case("five rows of three inputs", draw(5, 3)),
        Case("a single row", draw(1, 3)),
        Case("as many rows as inputs", draw(4, 4)),
        Case("a single input", draw(6, 1)),
        Case("very large inputs", (X, y, w, b)),
        Case("five rows of three inputs, other numbers", draw(5, 3)),
    )


def cancelling_terms(X: Array, y: Array, w: Array, b: float) -> tuple[float, float]:
    """Return the size that dw and db would have if the slope of tanh were 1.

    Where tanh saturates, 1 − a² is what two nearly equal numbers leave: its rounding
    is that of 1, not that of the tiny difference.
    """
    size = np.abs(np.tanh(X @ w + b) - y)
    return float((2 / len(y) * np.abs(X).T @ size).max()), float(2 * size.mean())


def gradient(X: Array, y: Array, w: Array, b: float) -> tuple[Array, Array, Array]:
    """Return a, the residual, and the upstream gradient at z of the right answer.

    The slips below start from it and go wrong in one place each.
    """
    a = np.tanh(X @ w + b)
    residual = a - y
    return a, residual, 2 * residual * (1 - a**2) / len(y)


@slip(
    "Take a small step along your gradient: does the loss rise or fall? A "
    "gradient points uphill."
)
def sign_flipped(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return -(X.T @ dz), -dz.sum()


@slip(
    "Your answer grows with the number of rows. Is this loss a sum over the "
    "rows, or a mean?"
)
def sum_for_mean(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) * (1 - a**2)
    return X.T @ dz, dz.sum()


@slip(
    "The division by the number of rows happens once, where the loss takes "
    "its mean. Who had already averaged?"
)
def averaged_twice(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.T @ dz / len(y), dz.mean()


@slip(
    "Differentiate the loss as it is printed: there is no ½ in it that could "
    "cancel what the square brings down."
)
def factor_two_lost(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "A column (m, 1) minus a vector (m,) is a table of m × m differences. "
    "Print the shape of your residual: one entry per row is what you want."
)
def column_meets_row(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w.reshape(-1, 1) + b)
    residual = a - y
    dz = 2 * residual * (1 - a**2) / residual.size
    return (X.T @ dz).sum(axis=1), dz.sum()


@slip(
    "You went through tanh once more than the neuron does. The slope can be "
    "written with z, or with a; look at which of the two you put in."
)
def slope_of_the_output(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * (1 - np.tanh(a) ** 2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "The short form of tanh's slope is written with the activation. Which "
    "stored value did you put in its place?"
)
def slope_from_z(X: Array, y: Array, w: Array, b: float) -> Any:
    z = X @ w + b
    dz = 2 * (np.tanh(z) - y) * (1 - z**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "That slope belongs to another activation. Whose output a has the slope "
    "a·(1 − a), and what is the activation here?"
)
def slope_of_sigmoid(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) * a * (1 - a) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "Between z and the loss there is a curve, and you treated it as a "
    "straight line of slope 1. Which factor of the chain is missing?"
)
def slope_omitted(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "At a = −1 tanh is flat, and at a = 0 its slope is 1. Does the slope that "
    "you use do both?"
)
def slope_not_squared(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) * (1 - a) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "Suppose the neuron already predicts every label exactly: what must the "
    "gradient be then? Yours does not look at the labels."
)
def residual_omitted(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "This is the gradient of a neuron without an activation. What does tanh "
    "change about the prediction, and about its slope?"
)
def linear_neuron(X: Array, y: Array, w: Array, b: float) -> Any:
    dz = 2 * (X @ w + b - y) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "b is one number, and so is its gradient. How many rows used that same "
    "bias, and what happens to their contributions?"
)
def bias_unsummed(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.T @ dz, dz


@slip(
    "Every row pushes on the same bias. Once the loss has been averaged, are "
    "those pushes added up or averaged again?"
)
def bias_averaged(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.T @ dz, dz.mean()


@slip("Both parts are there, in the other order. The text asks for (dw, db).")
def parts_swapped(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return dz.sum(), X.T @ dz


@slip(
    "A gradient has the shape of its parameter: w is (n,) and b a number. "
    "Compare with the shapes of what you return."
)
def column_for_vector(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.T @ dz.reshape(-1, 1), dz.sum(keepdims=True)


@slip(
    "After the call the caller's array is not what it was. Which of your "
    "lines writes into an argument? `-=` on an array does."
)
def labels_overwritten(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    y -= a
    dz = -2 * y * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "Right on paper. Now evaluate your tanh at z = 1000: what does exp give "
    "there, and what happens when two such numbers are divided?"
)
def grads_by_exp(X: Array, y: Array, w: Array, b: float) -> Any:
    z = X @ w + b
    a = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


neuron_grads = Exercise(
    "neuron_grads",
    unit="01-neuron",
    points=3,
    params=("X", "y", "w", "b"),
    parts=("dw", "db"),
    cases=regression_batches,
    reference=backprop_of(mse_of_neuron, wrt=("w", "b")),
    scale=cancelling_terms,
    slips=(
        sign_flipped,
        sum_for_mean,
        averaged_twice,
        factor_two_lost,
        column_meets_row,
        slope_of_the_output,
        slope_from_z,
        slope_of_sigmoid,
        slope_omitted,
        slope_not_squared,
        residual_omitted,
        linear_neuron,
        bias_unsummed,
        bias_averaged,
        parts_swapped,
        column_for_vector,
        labels_overwritten,
        grads_by_exp,
    ),
)
