"""The capstone's gradients: what comes back to the layers, and to their biases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from nnkit.exercises.capstone.network import (
    NAMES,
    Params,
    backward,
    forward,
    loss_and_gradients,
    mean_loss,
    probabilities,
)
from nnkit.exercises.capstone.slips import from_scores, with_slopes
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip


def biases_made_of(
    params: Params, X: Array, y: Array, made: Callable[[Array], Any]
) -> Any:
    """Return (loss, gradients), with another way from each dZ to its bias."""
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    dZ2 = (dZ3 @ params["W3"].T) * (1 - A2**2)
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A1**2)
    loss, gradients = loss_and_gradients(params, X, y)
    made_so = {f"b{i}": made(dZ) for i, dZ in enumerate((dZ1, dZ2, dZ3), 1)}
    return loss, gradients | made_so


@slip(
    "Your bias gradients have a first axis of length 1, which b1, b2 and b3 have not. "
    "Gradients look like their parameters."
)
def biases_kept_a_dimension(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = loss_and_gradients(params, X, y)
    wide = {name: gradients[name][None, :] for name in ("b1", "b2", "b3")}
    return loss, gradients | wide


@slip(
    "The rows' pushes on a bias add up. The mean is already in the loss; where is it "
    "taken again?"
)
def biases_averaged(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = loss_and_gradients(params, X, y)
    fewer = {name: gradients[name] / len(y) for name in ("b1", "b2", "b3")}
    return loss, gradients | fewer


@slip(
    "A bias is shared by the rows, and each neuron has its own. Along which axis did "
    "you sum?",
    also=[
        lambda params, X, y: biases_made_of(params, X, y, lambda dZ: dZ.sum()),
        lambda params, X, y: biases_made_of(
            params, X, y, lambda dZ: np.full(dZ.shape[1], dZ.sum())
        ),
    ],
)
def biases_summed_across(params: Params, X: Array, y: Array) -> Any:
    return biases_made_of(params, X, y, lambda dZ: dZ.sum(axis=1))


@slip(
    "A bias gradient of yours has an entry for each row, and the bias has none: all "
    "rows use the same. What happens where one number is used several times?"
)
def biases_unsummed(params: Params, X: Array, y: Array) -> Any:
    return biases_made_of(params, X, y, lambda dZ: dZ)


@slip(
    "At the label, 1 is taken away twice. Where `P[..., y] -= 1` has been at work, "
    "what is left for a table of labels to do?"
)
def labels_subtracted_twice(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: (P - 2 * Y) / m)


@slip(
    "One of the two terms of your difference is divided by the number of rows, and the "
    "other is not. Which brackets does the mean of the loss ask for?",
    also=[lambda params, X, y: from_scores(params, X, y, lambda P, Y, m: P - Y / m)],
)
def labels_not_divided(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: P / m - Y)


@slip(
    "You start from the slope of the loss by the shares. Between the shares and the "
    "scores lies the softmax: what does going back through it add?"
)
def softmax_passed_over(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: -Y / P / m)


@slip(
    "On the way back you go through a curve that nobody passed on the way there: the "
    "scores of this network are not bent. Which layers have a tanh?",
    also=[
        lambda params, X, y: signal_times(params, X, y, lambda S: 1 - S**2),
        lambda params, X, y: signal_times(
            params, X, y, lambda S: 1 - probabilities(S) ** 2
        ),
    ],
)
def scores_bent_on_the_way_back(params: Params, X: Array, y: Array) -> Any:
    return signal_times(params, X, y, lambda S: 1 - np.tanh(S) ** 2)


def signal_times(
    params: Params, X: Array, y: Array, slope: Callable[[Array], Array]
) -> Any:
    """Return what follows if the signal at the scores is multiplied by a slope."""
    scores = forward(params, X)[2]
    return from_scores(params, X, y, lambda P, Y, m: (P - Y) / m * slope(scores))


@slip(
    "A hidden layer of yours gets the slope of its own curve and nothing else. What "
    "comes back to it from the layer above, and what do slopes on one path do?",
    also=[lambda params, X, y: with_own_slope_alone(params, X, y, both=False)],
)
def nothing_comes_back(params: Params, X: Array, y: Array) -> Any:
    return with_own_slope_alone(params, X, y, both=True)


def with_own_slope_alone(params: Params, X: Array, y: Array, both: bool) -> Any:
    """Return what follows if layer 1, or layer 2 as well, hears its own slope only."""
    A1, A2, _ = forward(params, X)
    loss, gradients = loss_and_gradients(params, X, y)
    dZ1, dZ2 = 1 - A1**2, 1 - A2**2
    found = {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0)}
    if both:
        found |= {"W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}
    return loss, gradients | found


def slope_twice_in(*layers: int) -> Callable[..., Any]:
    """Make the answer in which some layers get the slope of tanh twice."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        return with_slopes(
            params,
            X,
            y,
            lambda A1, A2: (
                (1 - A1**2) ** (2 if 1 in layers else 1),
                (1 - A2**2) ** (2 if 2 in layers else 1),
            ),
        )

    return mutant


@slip(
    "The slope of tanh is on your way back through a layer twice. At the activations "
    "0, 1 and −1 that makes no difference; between them it does. How often is its sum "
    "bent?",
    also=[slope_twice_in(1), slope_twice_in(2)],
)
def slopes_twice(params: Params, X: Array, y: Array) -> Any:
    return slope_twice_in(1, 2)(params, X, y)


@slip(
    "You take the slopes between the layers from what comes *back*. A curve has its "
    "slope where the signal went through it: which arrays remember that?"
)
def slopes_from_the_signal(params: Params, X: Array, y: Array) -> Any:
    _, _, scores = forward(params, X)
    P = probabilities(scores)
    dA2 = (P - np.eye(P.shape[1])[y]) / len(y) @ params["W3"].T
    slope_2 = 1 - dA2**2
    slope_1 = 1 - (dA2 * slope_2 @ params["W2"].T) ** 2
    return with_slopes(params, X, y, lambda A1, A2: (slope_1, slope_2))


def moved_on(
    rate: float, moved: tuple[int, int], params: Params, X: Array, y: Array
) -> Any:
    """Return what comes back through W3 and W2 once one or both took their step."""
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    W3 = params["W3"] - moved[0] * rate * A2.T @ dZ3
    dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
    W2 = params["W2"] - moved[1] * rate * A1.T @ dZ2
    later = {**params, "W3": W3, "W2": W2}
    return mean_loss(scores, y), backward(later, X, (A1, A2), dZ3)


STALE = list(product((0.1, 0.01, 0.5, 1.0), ((1, 1), (1, 0), (0, 1))))
"""The rates of a step, and which of W3 and W2 have taken it."""


def through_gradients(
    names: tuple[str, ...], params: Params, X: Array, y: Array
) -> Any:
    """Return what follows if dW stands for some of the W on the way back."""
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    W3 = A2.T @ dZ3 if "W3" in names else params["W3"]
    dZ2 = (dZ3 @ W3.T) * (1 - A2**2)
    W2 = A1.T @ dZ2 if "W2" in names else params["W2"]
    others = {**params, "W3": W3, "W2": W2}
    return mean_loss(scores, y), backward(others, X, (A1, A2), dZ3)


@slip(
    "What comes back to the lower layers has passed a matrix that had moved on since "
    "the way there. Whose values did this loss use?",
    also=[partial(moved_on, rate, moved) for rate, moved in STALE[1:]],
)
def stale_layers(params: Params, X: Array, y: Array) -> Any:
    return moved_on(*STALE[0], params, X, y)


@slip(
    "A signal comes back through a matrix's gradient. What does a step of an "
    "activation do to what lies above: is it the matrix that says so, or the matrix's "
    "gradient?",
    also=[partial(through_gradients, ("W3",)), partial(through_gradients, ("W2",))],
)
def through_the_gradients(params: Params, X: Array, y: Array) -> Any:
    return through_gradients(("W3", "W2"), params, X, y)


def step_in_place(*names: str) -> Callable[..., Any]:
    """Make the answer that moves these parameters, which are the caller's."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        loss, gradients = loss_and_gradients(params, X, y)
        for name in names:
            params[name] -= 0.1 * gradients[name]
        return loss, gradients

    return mutant


@slip(
    "After the call the caller's W3 has moved. A gradient only measures; and if W3 "
    "moves before you go back through it, whose W3 do the lower layers hear of?",
    also=[
        step_in_place("W3", "W2"),
        step_in_place("W3", "W2", "W1"),
        step_in_place("W3", "b3"),
        step_in_place("W3", "b3", "W2", "b2"),
    ],
)
def layer_3_updated_before_use(params: Params, X: Array, y: Array) -> Any:
    return step_in_place("W3")(params, X, y)


@slip(
    "After the call all of the caller's parameters are others. Do you take a step with "
    "them, or put your gradients into the dict that you were given? (`grads = params` "
    "is a second name for it, and copies nothing.)",
    also=[step_in_place(*NAMES)],
)
def parameters_overwritten(params: dict[str, Array], X: Array, y: Array) -> Any:
    loss, gradients = loss_and_gradients(params, X, y)
    params.update(gradients)
    return loss, params


def after_a_step(rate: float) -> Callable[..., Any]:
    """Make the answer that returns parameters which have taken a step."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        loss, gradients = loss_and_gradients(params, X, y)
        return loss, {k: params[k] - rate * gradients[k] for k in params}

    return mutant


@slip(
    "You return parameters that have taken a step. Asked for is what the step is made "
    "of: the gradients themselves.",
    also=[after_a_step(rate) for rate in (0.01, 0.5, 1.0)],
)
def parameters_for_gradients(params: Params, X: Array, y: Array) -> Any:
    return after_a_step(0.1)(params, X, y)


@slip(
    "You hand out the gradients by position, and the entries of params may come in any "
    "order: in one of the cases b3 is the first. Which gradient does its name get then?"
)
def gradients_by_position(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = loss_and_gradients(params, X, y)
    return loss, dict(zip(params, (gradients[name] for name in NAMES), strict=True))


def parentheses_lost(*layers: int) -> Callable[..., Any]:
    """Make the answer that writes `u * 1 - v` for the slope of these layers."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        A1, A2, scores = forward(params, X)
        P = probabilities(scores)
        dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
        dA2 = dZ3 @ params["W3"].T
        dZ2 = dA2 * 1 - A2**2 if 2 in layers else dA2 * (1 - A2**2)
        dA1 = dZ2 @ params["W2"].T
        dZ1 = dA1 * 1 - A1**2 if 1 in layers else dA1 * (1 - A1**2)
        loss, gradients = loss_and_gradients(params, X, y)
        return loss, gradients | {
            "W1": X.T @ dZ1,
            "b1": dZ1.sum(axis=0),
            "W2": A1.T @ dZ2,
            "b2": dZ2.sum(axis=0),
        }

    return mutant


@slip(
    "Something is added or subtracted between the layers, where only factors meet. "
    "Python multiplies before it subtracts: what does `u * 1 - v` come to?",
    also=(parentheses_lost(1), parentheses_lost(2)),
)
def parentheses_missing(params: Params, X: Array, y: Array) -> Any:
    return parentheses_lost(1, 2)(params, X, y)


@slip(
    "A dict is read by name. In one of the cases its entries come in another order, "
    "and you take them by position: which W is your W1 then?"
)
def parameters_by_position(params: Params, X: Array, y: Array) -> Any:
    return loss_and_gradients(dict(zip(NAMES, params.values(), strict=True)), X, y)


SLIPS = (
    biases_averaged,
    biases_summed_across,
    biases_unsummed,
    biases_kept_a_dimension,
    labels_subtracted_twice,
    labels_not_divided,
    softmax_passed_over,
    scores_bent_on_the_way_back,
    nothing_comes_back,
    slopes_twice,
    slopes_from_the_signal,
    stale_layers,
    through_the_gradients,
    layer_3_updated_before_use,
    parameters_overwritten,
    gradients_by_position,
    parentheses_missing,
    parameters_by_position,
    parameters_for_gradients,
)
