"""The capstone's gradients: three layers, two of them hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.capstone.network import (
    NAMES,
    Params,
    backward,
    draw_params,
    forward,
    loss_and_gradients,
    mean_loss,
    probabilities,
)
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.exercises.values import Misfit, kind_of, need_dict
from nnkit.losses import cross_entropy
from nnkit.tensor import Tensor, affine, tanh


def by_backprop(params: Any, X: Any, y: Any) -> Any:
    """Return (loss, dW1, db1, …, db3) by nnkit's backprop."""
    W1, b1, W2, b2, W3, b3 = leaves = [Tensor(params[name]) for name in NAMES]
    hidden = tanh(affine(tanh(affine(Tensor(X), W1, b1)), W2, b2))
    loss = cross_entropy(affine(hidden, W3, b3), y)
    loss.backward()
    return loss.data, *(leaf.grad for leaf in leaves)


def batches(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `capstone_grads`: parameters, X (m, n), classes y (m,)."""

    def draw(m: int, *sizes: int, order: Sequence[str] = NAMES) -> Any:
        y = rng.permutation(np.arange(m) % sizes[-1])
        return draw_params(rng, sizes, order), rng.normal(size=(m, sizes[0])), y

    params, X, y = draw(5, 2, 4, 3, 6)
    params["W3"] *= 3000
    y[0] = forward(params, X)[2][0].argmin()  # its probability rounds to 0
    return (
        Case("seven rows", draw(7, 2, 4, 3, 5)),
        Case("a single row", draw(1, 3, 4, 2, 5)),
        Case("all sizes alike", draw(4, 4, 4, 4, 4)),
        Case("parameters in another order", draw(6, 2, 3, 5, 4, order=NAMES[::-1])),
        Case("scores far apart", (params, X, y)),
        Case("seven rows, other numbers", draw(7, 2, 4, 3, 5)),
    )


def parts_of(value: Any, *args: Any) -> Sequence[Any]:
    """Take (loss, dict of gradients) apart.

    Raises:
        Misfit: it is something else.
    """
    if type(value) not in (tuple, list) or len(value) != 2:
        raise Misfit(
            kind_of(value),
            "Expected the pair (loss, gradients), with the gradients in a dict; got "
            f"{kind_of(value)}.",
        )
    loss, gradients = value
    if type(gradients) is not dict and type(loss) is dict:
        raise Misfit("gradients first", "Expected (loss, gradients), in this order.")
    return loss, *need_dict(gradients, NAMES)


def cancelling_terms(params: Params, X: Array, y: Array) -> Sequence[float]:
    """Return the size of each part if nothing in it cancelled.

    That is P + Y in place of P − Y at the scores, and the slope 1 of every tanh.
    """
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    sizes = {name: np.abs(params[name]) for name in NAMES}
    terms = (P + np.eye(P.shape[1])[y]) / len(y)
    hidden = (np.abs(A1), np.abs(A2))
    found = backward(sizes, np.abs(X), hidden, terms, slopes=(1.0, 1.0))
    return float(np.abs(scores).max()), *(float(found[n].max()) for n in NAMES)


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
    "Loss and gradients grow with the number of rows. Is this loss a sum over the "
    "rows, or a mean?"
)
def sum_for_mean(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = from_scores(params, X, y, lambda P, Y, m: P - Y)
    return loss * len(y), gradients


@slip(
    "Your loss is a mean and your gradients belong to a sum. Where does the 1/m enter "
    "on the way back?"
)
def gradients_of_the_sum(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: P - Y)


@slip("The gradient of the scores has its 1/m already. Who divides by m a second time?")
def averaged_twice(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: (P - Y) / m**2)


@slip(
    "Take a small step along your gradient: the loss should rise. Which way round is "
    "the difference at the scores?"
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
    "have put a slope of the softmax on top: whose slope is P(1 − P)?"
)
def softmax_slope_again(params: Params, X: Array, y: Array) -> Any:
    return from_scores(params, X, y, lambda P, Y, m: (P - Y) * P * (1 - P) / m)


@slip(
    "The scores of a row may lie thousands apart. What does your loss make of a share "
    "that is not 0 on paper and was rounded to 0?"
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
    "From the scores to layer 2 all is right, and layer 1 hears too much. Through how "
    "many curves does its signal pass on the way back?"
)
def first_slope_left_out(params: Params, X: Array, y: Array) -> Any:
    return with_slopes(params, X, y, lambda A1, A2: (1.0, 1 - A2**2))


@slip(
    "Layer 3 is right, and from layer 2 on all is too large. What lies between the "
    "scores' layer and the pre-activations of layer 2?"
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
    "put in?"
)
def slopes_from_pre_activations(params: Params, X: Array, y: Array) -> Any:
    Z1 = X @ params["W1"] + params["b1"]
    Z2 = np.tanh(Z1) @ params["W2"] + params["b2"]
    return with_slopes(params, X, y, lambda A1, A2: (1 - Z1**2, 1 - Z2**2))


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
    "On the way back through layer 2, its matrix has to be turned round. Write down "
    "the shapes; where all sizes are alike nothing complains."
)
def layer_2_not_turned_round(params: Params, X: Array, y: Array) -> Any:
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    turned = dict(params) | {"W2": params["W2"].T}
    return mean_loss(scores, y), backward(turned, X, (A1, A2), dZ3)


@slip(
    "dW2 and dW3 are built with something that has not been through its curve. What "
    "goes *into* a layer?"
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
    "you sum?"
)
def biases_summed_across(params: Params, X: Array, y: Array) -> Any:
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    dZ2 = (dZ3 @ params["W3"].T) * (1 - A2**2)
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A1**2)
    loss, gradients = loss_and_gradients(params, X, y)
    across = {f"b{i}": d.sum(axis=1) for i, d in enumerate((dZ1, dZ2, dZ3), 1)}
    return loss, gradients | across


@slip("Both are there, in the other order. The text asks for (loss, gradients).")
def gradients_first(params: Params, X: Array, y: Array) -> Any:
    loss, gradients = loss_and_gradients(params, X, y)
    return gradients, loss


@slip(
    "After the call the caller's W3 has moved. A gradient only measures; and if W3 "
    "moves before you go back through it, whose W3 do the lower layers hear of?"
)
def layer_3_updated_before_use(params: Params, X: Array, y: Array) -> Any:
    A1, A2, scores = forward(params, X)
    P = probabilities(scores)
    dZ3 = (P - np.eye(P.shape[1])[y]) / len(y)
    W3 = params["W3"]
    W3 -= 0.1 * A2.T @ dZ3
    return mean_loss(scores, y), backward(params, X, (A1, A2), dZ3)


capstone_grads = Exercise(
    "capstone_grads",
    unit="06-capstone",
    points=3.5,
    params=("params", "X", "y"),
    parts=("loss", *NAMES),
    cases=batches,
    reference=by_backprop,
    unpack=parts_of,
    scale=cancelling_terms,
    slips=(
        sum_for_mean,
        gradients_of_the_sum,
        averaged_twice,
        sign_flipped,
        labels_left_out,
        softmax_slope_again,
        loss_by_log_of_softmax,
        slopes_left_out,
        first_slope_left_out,
        second_slope_left_out,
        signal_taken_before_the_slope,
        slopes_from_pre_activations,
        slopes_of_the_outputs,
        slopes_of_the_other_layer,
        layer_2_not_turned_round,
        pre_activations_into_the_layers,
        weights_transposed,
        biases_averaged,
        biases_summed_across,
        gradients_first,
        layer_3_updated_before_use,
    ),
)
