"""Unit 5: how the gradients of a network go wrong, for the exercise `mlp_grads`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip

Params = Mapping[str, Array]

NAMES = ("W1", "b1", "W2", "b2")


def forward(params: Params, X: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return the hidden activations, the probabilities, and the labels as rows."""
    A = np.tanh(X @ params["W1"] + params["b1"])
    scores = A @ params["W2"] + params["b2"]
    E = np.exp(scores - scores.max(axis=1, keepdims=True))
    return A, E / E.sum(axis=1, keepdims=True), np.eye(scores.shape[1])[y]


def right_loss(params: Params, X: Array, y: Array) -> Any:
    """Return the mean cross-entropy; most slips below have it right."""
    A = np.tanh(X @ params["W1"] + params["b1"])
    scores = A @ params["W2"] + params["b2"]
    off = scores - scores.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(off).sum(axis=1)) - off[np.arange(len(y)), y])


def backward(
    params: Params, X: Array, A: Array, dZ2: Array, slope: Array
) -> dict[str, Array]:
    """Return the gradients, given that of the scores and the slope of each tanh."""
    dZ1 = (dZ2 @ params["W2"].T) * slope
    return {
        "W1": X.T @ dZ1,
        "b1": dZ1.sum(axis=0),
        "W2": A.T @ dZ2,
        "b2": dZ2.sum(axis=0),
    }


def from_scores(params: Params, X: Array, y: Array, dZ2: Array) -> Any:
    """Return (loss, gradients) that are right but for the gradient of the scores."""
    A, _, _ = forward(params, X, y)
    return right_loss(params, X, y), backward(params, X, A, dZ2, 1 - A**2)


def right_answer(params: Params, X: Array, y: Array) -> tuple[Any, dict[str, Array]]:
    """Return what is right; the slips above spoil it afterwards."""
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    return right_loss(params, X, y), backward(params, X, A, dZ2, 1 - A**2)


@slip(
    "Loss and gradients grow with the number of rows. Is this loss a sum over the "
    "rows, or a mean?"
)
def sum_for_mean(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    loss, gradients = from_scores(params, X, y, P - Y)
    return loss * len(y), gradients


@slip(
    "Your loss is a mean and your gradients belong to a sum. Where does the 1/m enter "
    "on the way back?"
)
def gradients_of_the_sum(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, P - Y)


@slip("The gradient of the scores has its 1/m already. Who divides by m a second time?")
def averaged_twice(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, (P - Y) / len(y) ** 2)


@slip(
    "You average over all entries of the table of scores. How many of the entries of "
    "a row are terms of the loss?"
)
def mean_over_entries(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, (P - Y) / P.size)


@slip(
    "Take a small step along your gradient: the loss should rise. Which way round is "
    "the difference at the scores?"
)
def sign_flipped(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, (Y - P) / len(y))


@slip(
    "Your gradients do not look at y. If the network puts all probability on the "
    "right class, what should they be?"
)
def labels_omitted(params: Params, X: Array, y: Array) -> Any:
    _, P, _ = forward(params, X, y)
    return from_scores(params, X, y, P / len(y))


@slip(
    "P[:, y] picks whole columns, one after the other. How many numbers are there to "
    "pick, and in which rows?"
)
def columns_for_entries(params: Params, X: Array, y: Array) -> Any:
    _, P, _ = forward(params, X, y)
    P[:, y] -= 1
    return from_scores(params, X, y, P / len(y))


@slip(
    "Cross-entropy and softmax together leave a plain difference at the scores. You "
    "have put a slope of the softmax on top: whose slope is P(1 − P)?"
)
def softmax_slope_again(params: Params, X: Array, y: Array) -> Any:
    _, P, Y = forward(params, X, y)
    return from_scores(params, X, y, (P - Y) * P * (1 - P) / len(y))


@slip(
    "Right on paper. What is exp of a score near 1000, and the log of a probability "
    "that was rounded to 0?"
)
def loss_by_log_of_softmax(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    loss = -np.mean(np.log(P[np.arange(len(y)), y]))
    return loss, backward(params, X, A, (P - Y) / len(y), 1 - A**2)


@slip(
    "exp overflows for scores near 1000, and inf / inf is no number. Only differences "
    "between the scores of a row count: what could you subtract first?"
)
def softmax_overflows(params: Params, X: Array, y: Array) -> Any:
    A = np.tanh(X @ params["W1"] + params["b1"])
    E = np.exp(A @ params["W2"] + params["b2"])
    P = E / E.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[np.arange(len(y)), y]))
    dZ2 = (P - np.eye(P.shape[1])[y]) / len(y)
    return loss, backward(params, X, A, dZ2, 1 - A**2)


@slip(
    "Between the two layers there is a curve, and you treated it as a line. Which "
    "factor is missing on the way to layer 1?"
)
def slope_omitted(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    return right_loss(params, X, y), backward(params, X, A, dZ2, np.ones_like(A))


@slip(
    "The short form of tanh's slope takes the activation. Which stored value of layer "
    "1 did you put in?"
)
def slope_from_pre_activation(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    Z1 = X @ params["W1"] + params["b1"]
    dZ2 = (P - Y) / len(y)
    return right_loss(params, X, y), backward(params, X, A, dZ2, 1 - Z1**2)


@slip(
    "You took tanh of something that had been through it already. Is A a "
    "pre-activation or an activation?"
)
def slope_of_the_output(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    return right_loss(params, X, y), backward(params, X, A, dZ2, 1 - np.tanh(A) ** 2)


@slip(
    "dW2 is built with something of layer 1 that has not been through its curve. "
    "What goes *into* layer 2?"
)
def pre_activation_into_layer_2(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    Z1 = X @ params["W1"] + params["b1"]
    dZ2 = (P - Y) / len(y)
    gradients = backward(params, X, A, dZ2, 1 - A**2)
    return right_loss(params, X, y), gradients | {"W2": Z1.T @ dZ2}


@slip(
    "For layer 1 you multiply by its activation. What goes *into* layer 1, that each "
    "of its weights is multiplied with?"
)
def activation_for_input(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    gradients = backward(params, X, A, dZ2, 1 - A**2)
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A**2)
    return right_loss(params, X, y), gradients | {"W1": A.T @ dZ1}


@slip(
    "Your weight gradients lie on their side: right numbers, rows for columns. Which "
    "shapes do W1 and W2 have?"
)
def weights_transposed(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = right_answer(params, X, y)
    return loss, gradients | {"W1": gradients["W1"].T, "W2": gradients["W2"].T}


@slip(
    "On the way back through layer 2, W2 has to be turned round. Which of its axes "
    "belongs to the classes? Where all sizes are alike nothing complains."
)
def layer_2_not_turned_round(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    turned = dict(params) | {"W2": params["W2"].T}
    dZ2 = (P - Y) / len(y)
    return right_loss(params, X, y), backward(turned, X, A, dZ2, 1 - A**2)


@slip(
    "A bias is shared by the rows, and each neuron has its own. Along which axis did "
    "you sum?"
)
def biases_summed_across(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A**2)
    loss, gradients = right_answer(params, X, y)
    return loss, gradients | {"b1": dZ1.sum(axis=1), "b2": dZ2.sum(axis=1)}


@slip(
    "The rows' pushes on a bias add up. The mean is already in the loss; where is it "
    "taken again?"
)
def biases_averaged(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = right_answer(params, X, y)
    m = len(y)
    return loss, gradients | {"b1": gradients["b1"] / m, "b2": gradients["b2"] / m}


@slip(
    "Your bias gradients have a first axis of length 1, which b1 and b2 have not. "
    "Gradients look like their parameters."
)
def biases_kept_a_dimension(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = right_answer(params, X, y)
    wide = {name: gradients[name][None, :] for name in ("b1", "b2")}
    return loss, gradients | wide


@slip("Both are there, in the other order. The text asks for (loss, gradients).")
def gradients_first(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = right_answer(params, X, y)
    return gradients, loss


@slip(
    "After the call the caller's parameters have moved. A gradient only measures; and "
    "if W2 moves before you go back through it, whose W2 does layer 1 hear of?"
)
def layer_2_updated_before_use(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    W2 = params["W2"]
    W2 -= 0.1 * A.T @ dZ2
    return right_loss(params, X, y), backward(params, X, A, dZ2, 1 - A**2)


@slip(
    "dW1 and db1 come from a W2 that has moved on since the forward pass. Whose values "
    "did this loss use?"
)
def stale_layer_2(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    later = dict(params) | {"W2": params["W2"] - 0.1 * A.T @ dZ2}
    return right_loss(params, X, y), backward(later, X, A, dZ2, 1 - A**2)


SLIPS = (
    sum_for_mean,
    gradients_of_the_sum,
    averaged_twice,
    mean_over_entries,
    sign_flipped,
    labels_omitted,
    columns_for_entries,
    softmax_slope_again,
    loss_by_log_of_softmax,
    softmax_overflows,
    slope_omitted,
    slope_from_pre_activation,
    slope_of_the_output,
    pre_activation_into_layer_2,
    activation_for_input,
    weights_transposed,
    layer_2_not_turned_round,
    biases_summed_across,
    biases_averaged,
    biases_kept_a_dimension,
    gradients_first,
    layer_2_updated_before_use,
    stale_layer_2,
)
