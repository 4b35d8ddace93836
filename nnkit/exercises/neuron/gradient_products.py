"""Unit 1: how factors, means and biases in the gradient of one neuron go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.neuron.curves import curve
from nnkit.exercises.neuron.gradient_slips import backward, gradient
from nnkit.exercises.spec import slip


def errors_and_slopes_apart(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual.mean() * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


def slopes_averaged(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * (1 - a**2).mean() / len(y)
    return X.T @ dz, dz.sum()


def all_three_apart(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual.mean() * (1 - a**2).mean()
    return dz * X.mean(axis=0), dz


def sums_multiplied(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.sum(axis=0) * dz.sum(), dz.sum()


@slip(
    "The average of products is not the product of averages. In which order do you "
    "multiply a row's inputs with its error, and add up over the rows?",
    also=[errors_and_slopes_apart, slopes_averaged, all_three_apart, sums_multiplied],
)
def averages_multiplied(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.mean(axis=0) * dz.sum(), dz.sum()


@slip(
    "tanh is steepest at 0 and flattens out; the slope that you use grows. Derive it "
    "once more: which sign has the square?"
)
def slope_plus(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * (1 + a**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "The slope that you use is right at 0 and too steep elsewhere, as its square root "
    "would be. What has to be squared in it?"
)
def slope_unsquared(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * np.sqrt(1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "tanh's slope is a factor of your gradient more than once. On the way from the "
    "loss to a weight, how many curves are there?"
)
def slope_twice(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * (1 - a**2) ** 2 / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "You square in the wrong place: at a = −1 tanh is flat, and your slope is steepest "
    "there. Derive it once more: what is squared in it, and what is not?"
)
def difference_squared(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * (1 - a) ** 2 / len(y)
    return X.T @ dz, dz.sum()


def doubled_for_squared(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * (1 - 2 * a) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "At a = −1 tanh is flat, and at a = 0 its slope is 1. Does the slope that "
    "you use do both?",
    also=[doubled_for_squared],
)
def slope_not_squared(X: Array, y: Array, w: Array, b: float) -> Any:
    a, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * (1 - a) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "That is the gradient of a ReLU neuron. Which activation function is in this loss, "
    "for the output as for the slope?"
)
def relu_neuron(X: Array, y: Array, w: Array, b: float) -> Any:
    z = X @ w + b
    dz = 2 * (np.maximum(z, 0) - y) * (z > 0) / len(y)
    return X.T @ dz, dz.sum()


@slip(
    "That is the gradient of a sigmoid neuron whose loss is the cross-entropy, and a "
    "formula that is met more often. Which curve and which loss are printed here?"
)
def logistic_regression(X: Array, y: Array, w: Array, b: float) -> Any:
    dz = (curve(X @ w + b, "sigmoid") - y) / len(y)
    return X.T @ dz, dz.sum()


def bias_subtracted_twice(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X, np.tanh(X @ w - b), y)
    return dw, -db


@slip(
    "In the neuron whose gradient you return the bias is taken away from the weighted "
    "sum. Compare your z with that of the text.",
    also=[bias_subtracted_twice],
)
def bias_subtracted(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, np.tanh(X @ w - b), y)


def biases_counted(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X, np.tanh((X * w + b).sum(axis=1)), y)
    return dw, db * X.shape[1]


@slip(
    "Your z holds the bias once for every input. A neuron has one bias: inside of "
    "which sum do you add it?",
    also=[biases_counted],
)
def bias_per_input(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, np.tanh((X * w + b).sum(axis=1)), y)


def divided_by_all_entries(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X, np.tanh(X @ w + b), y)
    return dw / X.shape[1], db / X.shape[1]


@slip(
    "The number of inputs is in what you divide by. Over what does the loss take its "
    "mean, and which axis of X counts that?",
    also=[divided_by_all_entries],
)
def divided_by_the_inputs(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X, np.tanh(X @ w + b), y)
    return dw * len(X) / X.shape[1], db * len(X) / X.shape[1]


@slip(
    "In your dw a weight stands where the derivative of z by that weight belongs. Move "
    "it a little and hold all else: what decides how far z moves?"
)
def weights_for_inputs(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return w * dz.sum(), dz.sum()


def guarded(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X, np.tanh(X @ w + b), y)
    length = np.hypot(np.linalg.norm(dw), db) + 1e-12
    return dw / length, db / length


def part_by_part(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X, np.tanh(X @ w + b), y)
    return dw / np.linalg.norm(dw), db / np.abs(db)


def signs(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X, np.tanh(X @ w + b), y)
    return np.sign(dw), np.sign(db)


@slip(
    "You keep the direction of the gradient and throw away its length. If every "
    "residual were ten times as large, should your answer stay what it is?",
    also=[guarded, part_by_part, signs],
)
def direction_alone(X: Array, y: Array, w: Array, b: float) -> Any:
    dw, db = backward(X, np.tanh(X @ w + b), y)
    length = np.hypot(np.linalg.norm(dw), db)
    return dw / length, db / length


@slip(
    "For the slope of tanh you take the residual. How steep the curve is depends on "
    "where z lies; have the labels any say in that?"
)
def slope_of_the_residual(X: Array, y: Array, w: Array, b: float) -> Any:
    _, residual, _ = gradient(X, y, w, b)
    dz = 2 * residual * (1 - residual**2) / len(y)
    return X.T @ dz, dz.sum()


def late_bias(slope_of: Any, bias_slope: Any) -> Any:
    """Make a gradient with the bias behind the curve.

    Args:
        slope_of: the slope at z, of tanh and of what comes out.
        bias_slope: the slope by the bias, from the same two.
    """

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        bent = np.tanh(X @ w)
        da = 2 * (bent + b - y) / len(y)
        return X.T @ (da * slope_of(bent, b)), (da * bias_slope(bent, b)).sum()

    return neuron_grads


@slip(
    "In your neuron the bias comes too late. It shifts where the curve bends: does "
    "tanh see it in your first lines?",
    also=[
        late_bias(lambda t, b: 1 - t**2, lambda t, b: 1 - t**2),
        late_bias(lambda t, b: 1 - (t + b) ** 2, lambda t, b: 1 - (t + b) ** 2),
        late_bias(lambda t, b: 1 - (t + b) ** 2, lambda t, b: np.ones_like(t)),
    ],
)
def bias_behind_the_curve(X: Array, y: Array, w: Array, b: float) -> Any:
    in_order = late_bias(lambda t, b: 1 - t**2, lambda t, b: np.ones_like(t))
    return in_order(X, y, w, b)


@slip(
    "In your db the bias itself is a factor. Move b a little and hold all else: how "
    "far does z move, and does that depend on how large b is?"
)
def bias_as_a_factor(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.T @ dz, dz.sum() * b


@slip("Your db grows with the number of inputs. Inside of which loop do you add to it?")
def bias_pushed_by_each_input(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.T @ dz, dz.sum() * X.shape[1]


@slip(
    "You bring X into another shape with `reshape`, which keeps the numbers in their "
    "order and only draws the rows anew. Which entry stands at [0, 1] then, and which "
    "one should?"
)
def reshaped_for_turned(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    return X.reshape(X.T.shape) @ dz, dz.sum()


@slip(
    "z stands where the neuron's output belongs, in the residual as in the slope. On "
    "which of your lines should it bend?"
)
def never_bent(X: Array, y: Array, w: Array, b: float) -> Any:
    return backward(X, X @ w + b, y)


@slip(
    "The first rows hardly count in your gradient: you divide again and again. Does "
    "the division by the number of rows stand inside of your loop, or behind it?"
)
def divided_in_the_loop(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    dz = dz / float(len(y)) ** np.arange(len(y))[::-1]
    return X.T @ dz, dz.sum()


def rows_of_a_loop(X: Array, y: Array, w: Array, b: float) -> tuple[Array, Array]:
    some = np.arange(len(w))
    return X[some], y[some]  # which stops if there are fewer


def as_many_as_there_are(X: Array, y: Array, w: Array, b: float) -> Any:
    _, _, dz = gradient(X, y, w, b)
    dz = dz[: len(w)]
    return X[: len(w)].T @ dz, dz.sum()


def mean_over_as_many(X: Array, y: Array, w: Array, b: float) -> Any:
    X, y = rows_of_a_loop(X, y, w, b)
    return backward(X, np.tanh(X @ w + b), y)


@slip(
    "You go through as many rows as there are weights. Which of the two axes of X "
    "counts the rows, and which one the weights?",
    also=[as_many_as_there_are, mean_over_as_many],
)
def rows_counted_by_weights(X: Array, y: Array, w: Array, b: float) -> Any:
    share = len(w) / len(y)
    dw, db = mean_over_as_many(X, y, w, b)
    return share * dw, share * db


def unbracketed(dz_of: Callable[[Array, Array, int], Array]) -> Callable[..., Any]:
    """Make the answer that has this upstream gradient, of a, y and m."""

    def neuron_grads(X: Array, y: Array, w: Array, b: float) -> Any:
        dz = dz_of(np.tanh(X @ w + b), y, len(y))
        return X.T @ dz, dz.sum()

    return neuron_grads


@slip(
    "In what each row contributes you subtract where factors should meet. Python "
    "multiplies before it subtracts: what does `u * 1 - v` come to?",
    also=[
        unbracketed(dz_of)
        for dz_of in (
            lambda a, y, m: (2 * (a - y) * 1 - a**2) / m,
            lambda a, y, m: 2 * ((a - y) * 1 - a**2) / m,
            lambda a, y, m: 2 / m * (a - y) * 1 - a**2,
            lambda a, y, m: (2 * a - y * (1 - a**2)) / m,
            lambda a, y, m: 2 * a - y * (1 - a**2) / m,
            lambda a, y, m: 2 * (a - y * (1 - a**2)) / m,
            lambda a, y, m: 2 / m * a - y * (1 - a**2),
        )
    ],
)
def parentheses_missing(X: Array, y: Array, w: Array, b: float) -> Any:
    return unbracketed(lambda a, y, m: 2 * (a - y) * 1 - a**2 / m)(X, y, w, b)


SLIPS = (
    averages_multiplied,
    parentheses_missing,
    slope_not_squared,
    rows_counted_by_weights,
    never_bent,
    divided_in_the_loop,
    slope_plus,
    slope_unsquared,
    slope_twice,
    difference_squared,
    relu_neuron,
    logistic_regression,
    bias_subtracted,
    bias_per_input,
    divided_by_the_inputs,
    weights_for_inputs,
    direction_alone,
    slope_of_the_residual,
    bias_behind_the_curve,
    bias_as_a_factor,
    bias_pushed_by_each_input,
    reshaped_for_turned,
)
