"""Unit 1: how the gradient of one neuron goes wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.curves import curve
from nnkit.exercises.spec import slip


def gradient(X: Array, y: Array, w: Array, b: float) -> tuple[Array, Array, Array]:
    """Return a, the residual, and the upstream gradient at z of the right answer.

    The slips below start from it and go wrong in one place each.
    """
    a = np.tanh(X @ w + b)
    residual = a - y
    return a, residual, 2 * residual * (1 - a**2) / len(y)


def backward(X: Array, a: Array, y: Array) -> tuple[Array, Array]:
    """Return dw and db of a tanh neuron with the outputs a."""
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


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


def column_meets_row_averaged_by_rows(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w.reshape(-1, 1) + b)
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return (X.T @ dz).sum(axis=1), dz.sum()


def row_meets_column(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y[:, None]) * (1 - a**2) / len(y)
    return (X.T @ dz).sum(axis=1), dz.sum()


def table_returned(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w.reshape(-1, 1) + b)
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum(axis=0)


@slip(
    "A column (m, 1) minus a vector (m,) is a table of m × m differences. "
    "Print the shape of your residual: one entry per row is what you want.",
    also=[column_meets_row_averaged_by_rows, row_meets_column, table_returned],
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


def slope_of_sigmoid_at_z(X: Array, y: Array, w: Array, b: float) -> Any:
    z = X @ w + b
    s = curve(z, "sigmoid")
    dz = 2 * (np.tanh(z) - y) * s * (1 - s) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "That slope belongs to another activation. Whose output a has the slope "
    "a·(1 − a), and what is the activation here?",
    also=[slope_of_sigmoid_at_z],
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
    "In the loss the label is compared with what comes out of the curve. Which stored "
    "value did you subtract the label from, z or a?"
)
def residual_of_z(X: Array, y: Array, w: Array, b: float) -> Any:
    z = X @ w + b
    dz = 2 * (z - y) * (1 - np.tanh(z) ** 2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "The labels are missing: you push as if each of them were 0. What does the square "
    "in the loss measure the distance to?"
)
def label_omitted(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * a * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


def residual_squared(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) ** 2 * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


def square_itself(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = (a - y) ** 2 * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "Where the neuron says too little, your gradient pushes the same way as where it "
    "says too much. What is the derivative of a square, and can it be negative?",
    also=[residual_squared, square_itself],
)
def residual_without_sign(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = 2 * np.abs(a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


def sign_in_its_place(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = sign_for_residual.mutant(X, y, w, b)
    return 2 * dw, 2 * db


@slip(
    "A row that is far off pushes no harder than one that is nearly right: that is the "
    "derivative of the absolute error. Which loss is printed here?",
    also=[sign_in_its_place],
)
def sign_for_residual(X: Array, y: Array, w: Array, b: float) -> Any:
    a = np.tanh(X @ w + b)
    dz = np.sign(a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "Your gradient knows of a neuron without a bias. What is z, and is all of it in "
    "the numbers that you compute first?"
)
def bias_forgotten(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, np.tanh(X @ w), y)


@slip(
    "That is the gradient of a sigmoid neuron. Which activation function is in this "
    "loss, for the output as for the slope?"
)
def sigmoid_neuron(X: Array, y: Array, w: Array, b: float) -> Any:
    a = curve(X @ w + b, "sigmoid")
    dz = 2 * (a - y) * a * (1 - a) / len(y)
    return X.T @ dz, dz.sum()


def first_row_by_all(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X[:1], np.tanh(X[:1] @ w + b), y[:1])
    return dw / len(y), db / len(y)


@slip(
    "Only the first row has a say in your gradient. Is there a `return` inside of your "
    "loop, or an index [0] that should not be there?",
    also=[first_row_by_all],
)
def first_row_only(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X[:1], np.tanh(X[:1] @ w + b), y[:1])


def last_row_alone(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X[-1:], np.tanh(X[-1:] @ w + b), y[-1:])


@slip(
    "Only the last row has a say in your gradient: each row replaces what the ones "
    "before have left. What should a loop over rows do with their contributions?",
    also=[last_row_alone],
)
def overwritten(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = last_row_alone(X, y, w, b)
    return dw / len(y), db / len(y)


def first_row_left_out(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X[1:].T @ dz[1:], dz[1:].sum()


@slip(
    "One row is left out of your gradient. Print the indices that your loop runs "
    "through: which is the first, and which the last?",
    also=[first_row_left_out],
)
def last_row_left_out(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X[:-1].T @ dz[:-1], dz[:-1].sum()


@slip(
    "Every weight of yours gets the same derivative. A weight that sits on a larger "
    "input moves z more: where does the input enter?"
)
def inputs_omitted(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return np.full(X.shape[1], dz.sum()), dz.sum()


@slip(
    "dw has one entry for each row and weight: you have stopped before the rows are "
    "added up. How many rows push on one and the same weight?"
)
def weights_unsummed(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X * dz[:, None], dz.sum()


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


@slip(
    "Both parts are there, in the other order. The text asks for (dw, db).", whole=True
)
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
    "With very large inputs your gradient is no number any more. Print your tanh, its "
    "slope, and what you divide by at z = 1000: does exp overflow, or is it 0 by 0?"
)
def grads_by_exp(X: Array, y: Array, w: Array, b: float) -> Any:
    z = X @ w + b
    a = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


SLIPS = (
    sign_flipped,
    sum_for_mean,
    averaged_twice,
    factor_two_lost,
    column_meets_row,
    slope_of_the_output,
    slope_from_z,
    slope_of_sigmoid,
    slope_omitted,
    residual_omitted,
    linear_neuron,
    residual_of_z,
    label_omitted,
    residual_without_sign,
    sign_for_residual,
    bias_forgotten,
    sigmoid_neuron,
    first_row_only,
    overwritten,
    last_row_left_out,
    inputs_omitted,
    weights_unsummed,
    bias_unsummed,
    bias_averaged,
    parts_swapped,
    column_for_vector,
    labels_overwritten,
    grads_by_exp,
)
