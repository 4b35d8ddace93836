"""The capstone's worked exercise: the forward pass of a network with three layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.exercises.capstone.network import NAMES, Params, draw_params
from nnkit.exercises.capstone.network import forward as layers_of
from nnkit.exercises.capstone.network import probabilities as softmax
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.tensor import Tensor, affine, tanh


def right_scores(params: Any, X: Any) -> Any:
    """Return the scores, computed with nnkit's tensors."""
    W1, b1, W2, b2, W3, b3 = (Tensor(params[name]) for name in NAMES)
    hidden = tanh(affine(tanh(affine(Tensor(X), W1, b1)), W2, b2))
    return affine(hidden, W3, b3).data


def networks(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `predict_scores`: parameters and X (m, n)."""

    def draw(m: int, *sizes: int, order: Sequence[str] = NAMES) -> Any:
        return draw_params(rng, sizes, order), rng.normal(size=(m, sizes[0]))

    return (
        Case("five rows", draw(5, 2, 4, 3, 6)),
        Case("a single row", draw(1, 3, 4, 2, 5)),
        Case("all sizes alike", draw(4, 4, 4, 4, 4)),
        Case("parameters in another order", draw(6, 2, 3, 5, 4, order=NAMES[::-1])),
        Case("five rows, other numbers", draw(5, 2, 4, 3, 6)),
    )


def without(*names: str) -> Callable[[Params, Array], Any]:
    """Make the answer that does not add some of the biases."""
    return lambda params, X: layers_of(
        {**params, **{name: 0 * params[name] for name in names}}, X
    )[2]


@slip(
    "Feed zeros: only the biases should speak. Which of them does your sum leave out?",
    also=[without(name) for name in ("b1", "b2", "b3")],
)
def biases_left_out(params: Params, X: Array) -> Any:
    return without("b1", "b2", "b3")(params, X)


@slip(
    "Your scores stay between −1 and 1. Which of the layers has a curve, and which "
    "gives its sum as it is?"
)
def curve_on_the_scores(params: Params, X: Array) -> Any:
    return np.tanh(layers_of(params, X)[2])


@slip(
    "Your network is one straight layer in three coats of paint. What stands between "
    "two layers?"
)
def no_curves(params: Params, X: Array) -> Any:
    Z1 = X @ params["W1"] + params["b1"]
    return (Z1 @ params["W2"] + params["b2"]) @ params["W3"] + params["b3"]


@slip(
    "One of the two hidden layers gives its sum away unbent. Count the curves from X "
    "to the scores.",
    also=[lambda params, X: bent_by(lambda Z: Z, np.tanh, params, X)],
)
def one_curve_missing(params: Params, X: Array) -> Any:
    return bent_by(np.tanh, lambda Z: Z, params, X)


Curve = Callable[[Array], Array]


def bent_by(first: Curve, second: Curve, params: Params, X: Array) -> Array:
    """Return the scores of a network with some curves."""
    A1 = first(X @ params["W1"] + params["b1"])
    A2 = second(A1 @ params["W2"] + params["b2"])
    return A2 @ params["W3"] + params["b3"]


def rectified(Z: Array) -> Array:
    """Return ReLU."""
    return np.maximum(Z, 0)


def squashed(Z: Array) -> Array:
    """Return the sigmoid."""
    return np.asarray(1 / (1 + np.exp(-Z)))


@slip(
    "Your hidden layers are bent, and not by tanh. Which curve does the task name?",
    also=[lambda params, X: bent_by(squashed, squashed, params, X)],
)
def another_curve(params: Params, X: Array) -> Any:
    return bent_by(rectified, rectified, params, X)


@slip(
    "Your rows add up to 1: these are probabilities. Scores, or logits, are what goes "
    "into the softmax."
)
def probabilities_for_scores(params: Params, X: Array) -> Any:
    return softmax(layers_of(params, X)[2])


@slip(
    "You return one number a row. Which class has the largest score is a question "
    "for later; here all the scores are wanted."
)
def classes_for_scores(params: Params, X: Array) -> Any:
    return layers_of(params, X)[2].argmax(axis=1)


@slip(
    "Within each row the differences are right, and something common to the row has "
    "been subtracted. What goes into a softmax need not be in its range: which line "
    "does that?",
    also=[lambda params, X: np.log(softmax(layers_of(params, X)[2]))],
)
def scores_shifted(params: Params, X: Array) -> Any:
    scores = layers_of(params, X)[2]
    return scores - scores.max(axis=1, keepdims=True)


@slip(
    "All of your scores lie above 0. Is there a curve behind the last sum, which may "
    "come out negative?",
    also=[
        lambda params, X: rectified(layers_of(params, X)[2]),
        lambda params, X: np.exp(layers_of(params, X)[2]),
    ],
)
def scores_above_zero(params: Params, X: Array) -> Any:
    return squashed(layers_of(params, X)[2])


def biases_behind(*late: int) -> Callable[[Params, Array], Any]:
    """Make the answer whose biases come behind the curve, in some hidden layers."""

    def predict_scores(params: Params, X: Array) -> Any:
        A = X
        for layer in (1, 2):
            Z, b = A @ params[f"W{layer}"], params[f"b{layer}"]
            A = np.tanh(Z) + b if layer in late else np.tanh(Z + b)
        return A @ params["W3"] + params["b3"]

    return predict_scores


@slip(
    "A bias comes too late. It shifts where the curve of its layer bends: does tanh "
    "see it in yours?",
    also=[biases_behind(1), biases_behind(2)],
)
def bias_behind_the_curve(params: Params, X: Array) -> Any:
    return biases_behind(1, 2)(params, X)


@slip(
    "A neuron has one bias, however many inputs it has. Inside of which sum do you add "
    "it?"
)
def bias_per_input(params: Params, X: Array) -> Any:
    more = {f"b{i}": params[f"b{i}"] * len(params[f"W{i}"]) for i in (1, 2, 3)}
    return layers_of({**params, **more}, X)[2]


@slip(
    "tanh stands in front of your layers and not behind them: X itself is bent. What "
    "is a hidden layer made of, and in which order?"
)
def bent_before(params: Params, X: Array) -> Any:
    return layers_of(params, np.tanh(X))[2]


@slip(
    "You take the parameters by their position in the dict. They may stand in another "
    "order: by what else can you ask for them?"
)
def by_position(params: Params, X: Array) -> Any:
    W1, b1, W2, b2, W3, b3 = params.values()
    return np.tanh(np.tanh(X @ W1 + b1) @ W2 + b2) @ W3 + b3


predict_scores = Exercise(
    "predict_scores",
    unit="06-capstone",
    points=0,
    params=("params", "X"),
    parts=("scores",),
    cases=networks,
    reference=right_scores,
    slips=(
        biases_left_out,
        curve_on_the_scores,
        no_curves,
        one_curve_missing,
        another_curve,
        probabilities_for_scores,
        classes_for_scores,
        scores_shifted,
        scores_above_zero,
        bias_behind_the_curve,
        bias_per_input,
        bent_before,
        by_position,
    ),
)
