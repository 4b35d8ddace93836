"""Unit 5: what comes back to layer 1 and to the biases in `mlp_grads`, and is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.chain_rule.mlp_network import (
    Params,
    backward,
    forward,
    right_answer,
    right_loss,
)
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip


@slip(
    "You take the slope between the layers from what comes *back*. A curve has its "
    "slope where the signal went through it: which array remembers that?"
)
def slope_from_the_signal(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    slope = 1 - (dZ2 @ params["W2"].T) ** 2
    return right_loss(params, X, y), backward(params, X, A, dZ2, slope)


@slip(
    "Layer 1 gets the slope of its own curve and nothing else. What comes back to it "
    "from layer 2, and what do two slopes on one path do?"
)
def nothing_comes_back(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    gradients = backward(params, X, A, (P - Y) / len(y), 1 - A**2)
    dZ1 = 1 - A**2
    first = {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0)}
    return right_loss(params, X, y), gradients | first


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
    "Where W2 is square you come back through it as it is: it fits, and it is not what "
    "came in. Which way round does W2 stand wherever it is *not* square?"
)
def turned_where_shapes_force_it(params: Params, X: Array, y: Array) -> Any:
    h, K = params["W2"].shape
    return (layer_2_not_turned_round.mutant if h == K else right_answer)(params, X, y)


@slip(
    "Something is added or subtracted between the layers, where only factors meet. "
    "Python multiplies before it subtracts: what does `u * 1 - v` come to?"
)
def parentheses_missing(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ1 = ((P - Y) / len(y)) @ params["W2"].T * 1 - A**2
    loss, gradients = right_answer(params, X, y)
    return loss, gradients | {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0)}


@slip(
    "You bring W2 into another shape with `reshape`, which keeps the numbers in their "
    "order and only draws the rows anew. Which entry stands at [0, 1] then, and which "
    "one should?"
)
def layer_2_reshaped(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    W2 = params["W2"]
    anew = dict(params) | {"W2": W2.reshape(W2.T.shape).T}
    dZ2 = (P - Y) / len(y)
    return right_loss(params, X, y), backward(anew, X, A, dZ2, 1 - A**2)


@slip(
    "A bias is shared by the rows, and each neuron has its own. Along which axis did "
    "you sum?",
    also=(
        lambda params, X, y: biases_made_of(params, X, y, lambda dZ: dZ.sum()),
        lambda params, X, y: biases_made_of(
            params, X, y, lambda dZ: np.full(dZ.shape[1], dZ.sum())
        ),
    ),
)
def biases_summed_across(params: Params, X: Array, y: Array) -> Any:
    return biases_made_of(params, X, y, lambda dZ: dZ.sum(axis=1))


def biases_made_of(
    params: Params, X: Array, y: Array, made: Callable[[Array], Any]
) -> Any:
    """Return (loss, gradients), with another way from each dZ to its bias."""
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A**2)
    loss, gradients = right_answer(params, X, y)
    return loss, gradients | {"b1": made(dZ1), "b2": made(dZ2)}


@slip(
    "A bias gradient of yours has an entry for each row, and the bias has none: all "
    "rows use the same. What happens where one number is used several times?"
)
def biases_unsummed(params: Params, X: Array, y: Array) -> Any:
    return biases_made_of(params, X, y, lambda dZ: dZ)


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


def step_in_place(*names: str) -> Callable[..., Any]:
    """Make the answer that moves these parameters, which are the caller's."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        loss, gradients = right_answer(params, X, y)
        for name in names:
            params[name] -= 0.1 * gradients[name]
        return loss, gradients

    return mutant


@slip(
    "After the call the caller's W2 has moved. A gradient only measures; and if W2 "
    "moves before you go back through it, whose W2 does layer 1 hear of?",
    also=[
        step_in_place("W2", "b2"),
        step_in_place("W2", "W1"),
    ],
)
def layer_2_updated_before_use(params: Params, X: Array, y: Array) -> Any:
    return step_in_place("W2")(params, X, y)


@slip(
    "After the call all of the caller's parameters are others. Do you take a step with "
    "them, or put your gradients into the dict that you were given? (`grads = params` "
    "is a second name for it, and copies nothing.)",
    also=[step_in_place("W1", "b1", "W2", "b2")],
)
def parameters_overwritten(params: dict[str, Array], X: Array, y: Array) -> Any:
    loss, gradients = right_answer(params, X, y)
    params.update(gradients)
    return loss, params


@slip(
    "You hand out the gradients by position, and the entries of params may come in any "
    "order. In the case where another comes first: which gradient does its name get?"
)
def gradients_by_position(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = right_answer(params, X, y)
    names = ("W1", "b1", "W2", "b2")
    return loss, dict(zip(params, (gradients[name] for name in names), strict=True))


@slip(
    "dW1 and db1 come from a W2 that has moved on since the forward pass. Whose values "
    "did this loss use?",
    also=[
        lambda params, X, y: moved_on(0.01, params, X, y),
        lambda params, X, y: moved_on(0.5, params, X, y),
        lambda params, X, y: moved_on(1.0, params, X, y),
    ],
)
def stale_layer_2(params: Params, X: Array, y: Array) -> Any:
    return moved_on(0.1, params, X, y)


def moved_on(rate: float, params: Params, X: Array, y: Array) -> Any:
    """Return what a W2 gives to layer 1 that has taken its step already."""
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    later = dict(params) | {"W2": params["W2"] - rate * A.T @ dZ2}
    return right_loss(params, X, y), backward(later, X, A, dZ2, 1 - A**2)


@slip(
    "dW1 and db1 come back through dW2. What does a step of an activation do to the "
    "scores: is it the matrix that says so, or the matrix's gradient?"
)
def through_the_gradient(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    other = {**params, "W2": A.T @ dZ2}
    return right_loss(params, X, y), backward(other, X, A, dZ2, 1 - A**2)


@slip(
    "You bring what goes into a layer into another shape with `reshape`, which keeps "
    "the numbers in their order and only draws the rows anew. Which rows of it belong "
    "to an example then?"
)
def inputs_reshaped(params: Params, X: Array, y: Array) -> Any:
    A, P, Y = forward(params, X, y)
    dZ2 = (P - Y) / len(y)
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A**2)
    loss, gradients = right_answer(params, X, y)
    return loss, gradients | {
        "W1": X.reshape(X.T.shape) @ dZ1,
        "W2": A.reshape(A.T.shape) @ dZ2,
    }


def averaged(name: str) -> Callable[..., Any]:
    """Make the answer that divides by the hidden neurons: W2's slope, or layer 1's."""

    def mlp_grads(params: Params, X: Array, y: Array) -> Any:
        loss, gradients = right_answer(params, X, y)
        h = len(params["W2"])
        spoilt = ("W1", "b1") if name == "W1" else (name,)
        return loss, gradients | {name: gradients[name] / h for name in spoilt}

    return mlp_grads


@slip(
    "You divide by the number of hidden neurons. A mean over the rows is in the loss, "
    "and divides once: is there a mean over neurons anywhere in this network?",
    also=[averaged("W2")],
)
def averaged_over_hidden_neurons(params: Params, X: Array, y: Array) -> Any:
    return averaged("W1")(params, X, y)


SLIPS = (
    averaged_over_hidden_neurons,
    through_the_gradient,
    inputs_reshaped,
    slope_from_the_signal,
    nothing_comes_back,
    layer_2_not_turned_round,
    turned_where_shapes_force_it,
    parentheses_missing,
    layer_2_reshaped,
    biases_summed_across,
    biases_unsummed,
    biases_averaged,
    biases_kept_a_dimension,
    layer_2_updated_before_use,
    parameters_overwritten,
    gradients_by_position,
    stale_layer_2,
)
