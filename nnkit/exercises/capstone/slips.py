"""The capstone's gradients: how they go wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from nnkit.exercises.chain_rule.mlp_slips import WRONG_SLOPES
from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import OTHER_LOGARITHM, floors, log_shares
from nnkit.exercises.spec import slip


def from_scores(params: Params, X: Array, y: Array, change: Any) -> Any:
    """Return (loss, gradients), right but for what `change` makes of P, Y and m."""
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = change(P, np.eye(P.shape[1])[y], len(y))
    return mean_loss(scores, y), backward(params, X, (A1, A2), dZ3)


def with_slopes(params: Params, X: Array, y: Array, slopes: Any) -> Any:
    """Return (loss, gradients), right but for the slopes of the hidden layers."""
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    return mean_loss(scores, y), backward(params, X, (A1, A2), dZ3, slopes(A1, A2))


@slip(
    "What you return grows with the number of rows. Is this loss a sum over the rows, "
    "or a mean?"
)
def sum_for_mean(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = from_scores(params, X, y, lambda P, Y, m: P - Y)
    return loss * len(y), gradients


@slip(
    "Your gradients belong to a sum over the rows. The loss that is asked for is a "
    "mean: where does its 1/m enter on the way back?"
)
def gradients_of_the_sum(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: P - Y)


@slip(
    "A loss says how wrong the predictions are, so it is never negative. What is the "
    "sign of log p when p < 1?"
)
def minus_lost(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = loss_and_gradients(params, X, y)
    return -loss, gradients


@slip(OTHER_LOGARITHM, also=(lambda params, X, y: other_base(10, params, X, y),))
def other_logarithm(params: Params, X: Array, y: Array) -> Any:
    return other_base(2, params, X, y)


def other_base(base: int, params: Params, X: Array, y: Array) -> Any:
    """Return what is right, with a logarithm of another base in the loss."""
    loss, gradients = loss_and_gradients(params, X, y)
    return loss / np.log(base), gradients


@slip(
    "You average over all entries of the table of scores. How many of the entries of "
    "a row are terms of the loss?"
)
def mean_over_entries(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = from_scores(params, X, y, lambda P, Y, m: (P - Y) / P.size)
    return loss / params["b3"].size, gradients


def from_columns(params: Params, X: Array, y: Array) -> Any:
    """Return what comes of subtracting 1 in the whole column of every label."""

    def change(P: Array, Y: Array, m: int) -> Array:
        P[:, y] -= 1
        return P / m

    return from_scores(params, X, y, change)


@slip(
    "`[:, y]` picks whole columns, one after the other. How many numbers are there to "
    "pick, and in which rows?",
    also=(
        lambda params, X, y: (
            -log_shares(forward(params, X)[2])[:, y].mean(),
            from_columns(params, X, y)[1],
        ),
    ),
)
def columns_for_entries(params: Params, X: Array, y: Array) -> Any:
    return from_columns(params, X, y)


@slip(
    "Your signal at the scores is made of logarithms. It is the share minus the label: "
    "what undoes the log in log_P?"
)
def logs_for_shares(params: Params, X: Array, y: Array) -> Any:
    log_P = log_shares(forward(params, X)[2])
    return from_scores(params, X, y, lambda P, Y, m: (log_P - Y) / m)


def kept_off_zero(keep: Callable[[Array], Array]) -> Callable[..., Any]:
    """Make the answer that keeps the label's share off 0 in this way."""

    def mutant(params: Params, X: Array, y: Array) -> Any:
        P = probabilities(forward(params, X)[2])
        loss = -np.log(keep(P[np.arange(len(y)), y])).mean()
        return loss, loss_and_gradients(params, X, y)[1]

    return mutant


@slip(
    "Your loss has a ceiling: from some point on, a worse prediction costs no more. A "
    "small number inside of the logarithm, or clipping, hides an overflow; it does not "
    "compute the loss. What did unit 4 do with the scores?",
    also=(*floors(kept_off_zero),),
)
def loss_with_a_ceiling(params: Params, X: Array, y: Array) -> Any:
    P = probabilities(forward(params, X)[2])
    share = np.clip(P[np.arange(len(y)), y], 1e-12, 1 - 1e-12)
    return -np.log(share).mean(), loss_and_gradients(params, X, y)[1]


def bent_by(
    slope: Callable[[Array], Array], layers: Sequence[int] = (1, 2)
) -> Callable[..., Any]:
    """Make the answer with another slope in some layers, written with activations."""
    first, second = (
        slope if layer in layers else lambda A: 1 - A**2 for layer in (1, 2)
    )
    return lambda params, X, y: with_slopes(
        params, X, y, lambda A1, A2: (first(A1), second(A2))
    )


@slip(
    "The slopes that you use between the layers are those of another curve. At the "
    "activation 0 tanh has the slope 1, and at 1 and −1 it is flat: what are yours?",
    also=[
        bent_by(slope, layers)
        for slope in (lambda A: 1 - A, *WRONG_SLOPES)
        for layers in ((1, 2), (1,), (2,))
    ][1:],
)
def slopes_of_another_curve(params: Params, X: Array, y: Array) -> Any:
    return bent_by(lambda A: 1 - A)(params, X, y)


@slip(
    "A weight gradient of yours is built with what comes *out* of its layer. Each "
    "weight is multiplied with what goes in: which array is that for W1, and for W2?"
)
def inputs_of_the_next_layer(params: Params, X: Array, y: Array) -> Any:
    A1, A2, scores = forward(params, X)
    dZ3 = (probabilities(scores) - np.eye(scores.shape[1])[y]) / len(y)
    dZ2 = (dZ3 @ params["W3"].T) * (1 - A2**2)
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A1**2)
    loss, gradients = loss_and_gradients(params, X, y)
    return loss, gradients | {"W1": A1.T @ dZ1, "W2": A2.T @ dZ2}


@slip("The gradient of the scores has its 1/m already. Who divides by m a second time?")
def averaged_twice(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: (P - Y) / m**2)


@slip(
    "Take a small step along your gradient: the loss should rise. Which way round is "
    "the difference at the scores, and does a sign turn on the way from there?"
)
def sign_flipped(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: (Y - P) / m)


@slip(
    "Your gradients do not look at y. If the network puts all probability on the "
    "right class, what should they be?"
)
def labels_left_out(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: P / m)


@slip(
    "Cross-entropy and softmax together leave a plain difference at the scores. You "
    "have put a slope of the softmax on top: through how many softmaxes do the scores "
    "go?",
    also=(
        lambda params, X, y: from_scores(
            params,
            X,
            y,
            lambda P, Y, m: P * (P - Y - (P * (P - Y)).sum(axis=1, keepdims=True)) / m,
        ),
    ),
)
def softmax_slope_again(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: (P - Y) * P * (1 - P) / m)


@slip(
    "Scores may lie thousands above or below 0 and each other. What is exp of a score "
    "near 1000, and the log of a share that was rounded to 0?"
)
def loss_by_log_of_softmax(params: Params, X: Array, y: Array) -> Any:
    _, gradients = loss_and_gradients(params, X, y)
    P = probabilities(forward(params, X)[2])
    return -np.mean(np.log(P[np.arange(len(y)), y])), gradients


@slip(
    "Between the layers there are curves, and you treated them as lines. Which factors "
    "are missing on the way back?"
)
def slopes_left_out(params: Params, X: Array, y: Array) -> Any:
    return with_slopes(params, X, y, lambda A1, A2: (1.0, 1.0))


@slip(
    "Layer 1 hears too much. Through how many curves does its signal pass on the way "
    "back?"
)
def first_slope_left_out(params: Params, X: Array, y: Array) -> Any:
    return with_slopes(params, X, y, lambda A1, A2: (1.0, 1 - A2**2))


@slip(
    "Layer 2 hears too much, and so does what lies behind it. What is there between "
    "the scores' layer and the pre-activations of layer 2?"
)
def second_slope_left_out(params: Params, X: Array, y: Array) -> Any:
    return with_slopes(params, X, y, lambda A1, A2: (1 - A1**2, 1.0))


@slip(
    "Layer 1 starts from the signal at layer 2's *activation*. It should start from "
    "the one at its pre-activation: what lies between the two?"
)
def signal_taken_before_the_slope(params: Params, X: Array, y: Array) -> Any:
    A1, _, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    loss, gradients = loss_and_gradients(params, X, y)
    dZ1 = (dZ3 @ params["W3"].T @ params["W2"].T) * (1 - A1**2)
    return loss, gradients | {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0)}


@slip(
    "The short form of tanh's slope takes the activation. Which stored values did you "
    "put in?",
    also=[
        lambda params, X, y: with_slopes_of_sums({1}, params, X, y),
        lambda params, X, y: with_slopes_of_sums({2}, params, X, y),
    ],
)
def slopes_from_pre_activations(params: Params, X: Array, y: Array) -> Any:
    return with_slopes_of_sums({1, 2}, params, X, y)


def with_slopes_of_sums(layers: set[int], params: Params, X: Array, y: Array) -> Any:
    """Return what follows if some layers take the slope of tanh from their sums."""
    Z1 = X @ params["W1"] + params["b1"]
    Z2 = np.tanh(Z1) @ params["W2"] + params["b2"]

    def slopes(A1: Array, A2: Array) -> tuple[Array, Array]:
        return (
            1 - (Z1 if 1 in layers else A1) ** 2,
            1 - (Z2 if 2 in layers else A2) ** 2,
        )

    return with_slopes(params, X, y, slopes)


@slip(
    "You took tanh of something that had been through it already. Are A1 and A2 "
    "pre-activations or activations?"
)
def slopes_of_the_outputs(params: Params, X: Array, y: Array) -> Any:
    return with_slopes(
        params, X, y, lambda A1, A2: (1 - np.tanh(A1) ** 2, 1 - np.tanh(A2) ** 2)
    )


@slip(
    "Layer 1 is bent by the slopes of layer 2. Which layer do the numbers in your "
    "last product belong to? Where both layers are equally wide nothing complains."
)
def slopes_of_the_other_layer(params: Params, X: Array, y: Array) -> Any:
    return with_slopes(params, X, y, lambda A1, A2: (1 - A2**2, 1 - A2**2))


@slip(
    "On the way back through a layer, its matrix has to be turned round. Write down "
    "the shapes; where all sizes are alike nothing complains.",
    also=[
        lambda params, X, y: with_layers_as_they_are(["W3"], params, X, y),
        lambda params, X, y: with_layers_as_they_are(["W2", "W3"], params, X, y),
    ],
)
def layer_not_turned_round(params: Params, X: Array, y: Array) -> Any:
    return with_layers_as_they_are(["W2"], params, X, y)


def with_layers_as_they_are(
    names: Sequence[str], params: Params, X: Array, y: Array
) -> Any:
    """Return what follows if these matrices are not turned round on the way back."""
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    turned = dict(params) | {name: params[name].T for name in names}
    return mean_loss(scores, y), backward(turned, X, (A1, A2), dZ3)


@slip(
    "A weight gradient of yours is built with something that has not been through its "
    "curve. What goes *into* a layer?"
)
def pre_activations_into_the_layers(params: Params, X: Array, y: Array) -> Any:
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    dZ2 = (dZ3 @ params["W3"].T) * (1 - A2**2)
    Z1 = X @ params["W1"] + params["b1"]
    Z2 = A1 @ params["W2"] + params["b2"]
    loss, gradients = loss_and_gradients(params, X, y)
    return loss, gradients | {"W2": Z1.T @ dZ2, "W3": Z2.T @ dZ3}


@slip(
    "Your weight gradients lie on their side: right numbers, rows for columns. Which "
    "shapes do W1, W2 and W3 have?"
)
def weights_transposed(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = loss_and_gradients(params, X, y)
    return loss, {name: gradients[name].T for name in NAMES}


@slip("Both are there, in the other order. The text asks for (loss, gradients).")
def gradients_first(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = loss_and_gradients(params, X, y)
    return gradients, loss


SLIPS = (
    sum_for_mean,
    gradients_of_the_sum,
    minus_lost,
    other_logarithm,
    mean_over_entries,
    averaged_twice,
    sign_flipped,
    labels_left_out,
    columns_for_entries,
    logs_for_shares,
    softmax_slope_again,
    loss_by_log_of_softmax,
    loss_with_a_ceiling,
    slopes_left_out,
    first_slope_left_out,
    second_slope_left_out,
    signal_taken_before_the_slope,
    slopes_from_pre_activations,
    slopes_of_the_outputs,
    slopes_of_another_curve,
    slopes_of_the_other_layer,
    layer_not_turned_round,
    inputs_of_the_next_layer,
    pre_activations_into_the_layers,
    weights_transposed,
    gradients_first,
)
