"""Unit 5: how the gradients of a network go wrong, for the exercise `mlp_grads`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.chain_rule import labels, mlp_back, mlp_losses, mlp_shares
from nnkit.exercises.chain_rule.mlp_network import (
    NAMES,
    Params,
    backward,
    forward,
    right_answer,
    right_loss,
    scores_and_back,
    scores_of,
)
from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import log_shares
from nnkit.exercises.spec import slip


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


WRONG_SLOPES: tuple[Callable[[Array], Array], ...] = (
    lambda A: A * (1 - A),
    lambda A: (A > 0) * 1.0,
    lambda A: A,
    lambda A: 1 + A**2,
    lambda A: (1 - A) ** 2,
    lambda A: 1 - A * 2,
)
"""What is taken for the slope of tanh, from its output."""


def with_slope(slope: Callable[[Array], Array]) -> Callable[..., Any]:
    """Make the answer with another slope of layer 1, written with its activation."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        A, P, Y = forward(params, X, y)
        dZ2 = (P - Y) / len(y)
        return right_loss(params, X, y), backward(params, X, A, dZ2, slope(A))

    return mutant


@slip(
    "The slope that you use between the layers is that of another curve. At the "
    "activation 0 tanh has the slope 1, and at 1 and −1 it is flat: what is yours?",
    also=[with_slope(slope) for slope in WRONG_SLOPES],
)
def slope_of_another_curve(params: Params, X: Array, y: Array) -> Any:
    return with_slope(lambda A: 1 - A)(params, X, y)


@slip(
    "The slope of tanh is on your way back twice. At the activations 0, 1 and −1 that "
    "makes no difference; between them it does. How often is the sum bent?"
)
def slope_twice(params: Params, X: Array, y: Array) -> Any:
    return with_slope(lambda A: (1 - A**2) ** 2)(params, X, y)


@slip(
    "On the way there, nothing is bent: your hidden layer gives its sum away as it is. "
    "Where is its tanh?",
    also=(lambda params, X, y: without_curve(params, X, y, lambda A: 1 - A**2),),
)
def curve_left_out(params: Params, X: Array, y: Array) -> Any:
    return without_curve(params, X, y, np.ones_like)


def without_curve(
    params: Params, X: Array, y: Array, slope: Callable[[Array], Array]
) -> Any:
    """Return what follows from a straight hidden layer, and some slope on the way."""
    A = X @ params["W1"] + params["b1"]
    log_P = log_shares(A @ params["W2"] + params["b2"])
    dZ2 = (np.exp(log_P) - np.eye(log_P.shape[1])[y]) / len(y)
    loss = -log_P[np.arange(len(y)), y].mean()
    return loss, backward(params, X, A, dZ2, slope(A))


@slip(
    "On the way there, a bias is missing. What are b1 and b2 for, if the scores do not "
    "depend on them?",
    also=(
        lambda params, X, y: right_answer({**params, "b1": 0 * params["b1"]}, X, y),
        lambda params, X, y: right_answer({**params, "b2": 0 * params["b2"]}, X, y),
    ),
)
def biases_left_out(params: Params, X: Array, y: Array) -> Any:
    plain = dict(params) | {name: 0 * params[name] for name in ("b1", "b2")}
    return right_answer(plain, X, y)


@slip(
    "Your scores are bent before they meet the softmax: none of them gets beyond 1. "
    "Which layers of this network have a tanh?",
    also=(lambda params, X, y: with_bent_scores(params, X, y, lambda bent: 1.0),),
)
def scores_bent(params: Params, X: Array, y: Array) -> Any:
    return with_bent_scores(params, X, y, lambda bent: 1 - bent**2)


def with_bent_scores(
    params: Params, X: Array, y: Array, slope: Callable[[Array], Any]
) -> Any:
    """Return what follows from tanh of the scores, with some slope on the way back."""
    A, _, Y = forward(params, X, y)
    bent = np.tanh(A @ params["W2"] + params["b2"])
    log_P = log_shares(bent)
    dZ2 = (np.exp(log_P) - Y) / len(y) * slope(bent)
    loss = -log_P[np.arange(len(y)), y].mean()
    return loss, backward(params, X, A, dZ2, 1 - A**2)


@slip(
    "On the way back you go through a curve that nobody passed on the way there: the "
    "scores of this network are not bent. Which layers have a tanh?",
    also=(
        lambda params, X, y: signal_times(params, X, y, 1 - scores_of(params, X) ** 2),
        lambda params, X, y: signal_times(
            params, X, y, 1 - forward(params, X, y)[1] ** 2
        ),
    ),
)
def scores_bent_on_the_way_back(params: Params, X: Array, y: Array) -> Any:
    return signal_times(params, X, y, 1 - np.tanh(scores_of(params, X)) ** 2)


def signal_times(params: Params, X: Array, y: Array, slope: Array) -> Any:
    """Return what follows if the signal at the scores is multiplied by a slope."""
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y) * slope
    return right_loss(params, X, y), backward(params, X, A, dZ2, 1 - A**2)


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z))."""
    return np.asarray(1 / (1 + np.exp(-z)))


def bent_by(
    curve: Callable[[Array], Array], slope: Callable[[Array], Any]
) -> Callable[..., Any]:
    """Make the answer whose hidden layer has another curve."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        A = curve(X @ params["W1"] + params["b1"])
        log_P = log_shares(A @ params["W2"] + params["b2"])
        dZ2 = (np.exp(log_P) - np.eye(log_P.shape[1])[y]) / len(y)
        loss = -log_P[np.arange(len(y)), y].mean()
        return loss, backward(params, X, A, dZ2, slope(A))

    return mutant


@slip(
    "Your loss is that of another network: its hidden layer is bent, and not by tanh. "
    "Which curve does the task name, and which have you put in?",
    also=(
        bent_by(sigmoid, lambda A: 1 - A**2),
        bent_by(lambda Z: np.maximum(Z, 0), lambda A: A > 0),
        bent_by(lambda Z: np.maximum(Z, 0), lambda A: 1 - A**2),
    ),
)
def another_curve(params: Params, X: Array, y: Array) -> Any:
    return bent_by(sigmoid, lambda A: A * (1 - A))(params, X, y)


@slip(
    "Your scores go through the softmax twice. Once is enough: what goes in the second "
    "time are no longer scores."
)
def softmax_twice(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    log_Q = log_shares(P)
    loss = -log_Q[np.arange(len(y)), y].mean()
    return loss, backward(params, X, A, (np.exp(log_Q) - Y) / len(y), 1 - A**2)


@slip(
    "One row of the batch speaks for all. A loop over the rows collects: what becomes "
    "of what the other rows have brought?",
    also=(
        lambda params, X, y: right_answer(params, X[:1], y[:1]),
        lambda params, X, y: share_of_a_row(0, params, X, y),
        lambda params, X, y: share_of_a_row(-1, params, X, y),
    ),
)
def one_row_alone(params: Params, X: Array, y: Array) -> Any:
    return right_answer(params, X[-1:], y[-1:])


def share_of_a_row(row: int, params: Params, X: Array, y: Array) -> Any:
    """Return what one row brings to the mean over all of them."""
    loss, gradients = right_answer(params, X[[row]], y[[row]])
    return loss / len(y), {name: g / len(y) for name, g in gradients.items()}


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


@slip("Both are there, in the other order. The text asks for (loss, gradients).")
def gradients_first(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = right_answer(params, X, y)
    return gradients, loss


@slip(
    "A dict is read by name. In one of the cases its entries come in another order, "
    "and you take them by position: which W is your W1 then?"
)
def parameters_by_position(params: Params, X: Array, y: Array) -> Any:
    return right_answer(dict(zip(NAMES, params.values(), strict=True)), X, y)


SLIPS = (
    *mlp_losses.SLIPS,
    *mlp_shares.SLIPS,
    *labels.slips_of(scores_and_back),
    slope_of_another_curve,
    slope_twice,
    curve_left_out,
    biases_left_out,
    scores_bent,
    scores_bent_on_the_way_back,
    another_curve,
    softmax_twice,
    one_row_alone,
    slope_omitted,
    slope_from_pre_activation,
    slope_of_the_output,
    pre_activation_into_layer_2,
    activation_for_input,
    weights_transposed,
    *mlp_back.SLIPS,
    gradients_first,
    parameters_by_position,
)
