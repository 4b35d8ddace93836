"""Unit 3: the size of a gradient on its way back, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization import (
    backward_means,
    backward_names,
    backward_slopes,
)
from nnkit.exercises.initialization.backward_means import right_gradients
from nnkit.exercises.initialization.backward_slopes import gradients, mean_squares
from nnkit.exercises.initialization.passes import activation, forward, slope, stack
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.tensor import Tensor

Weights = list[Array]


def backward_cases(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `backward_stats`: weights, rows, a name, and G at the end."""

    def draw(m: int, widths: tuple[int, ...], phi: str) -> tuple[Any, ...]:
        Ws, X = stack(rng, m, widths, phi)
        return Ws, X, phi, rng.normal(size=(m, widths[-1]))

    return (
        Case("three layers of tanh", draw(5, (3, 4, 6, 2), "tanh")),
        Case("four layers of ReLU", draw(4, (5, 3, 6, 4, 7), "relu")),
        Case("three linear layers", draw(5, (4, 2, 6, 3), "linear")),
        Case("a single layer", draw(5, (3, 4), "tanh")),
        Case("a single row", draw(1, (3, 5, 4), "tanh")),
        Case("as many rows as units", draw(4, (4, 4, 4), "tanh")),
        Case("three layers of tanh, other numbers", draw(5, (3, 4, 6, 2), "tanh")),
    )


def statistics(Ws: Weights, X: Array, phi: str, G: Array) -> Array:
    """Return the mean square of the gradient at each layer's z, by backprop.

    To each z a zero is added that backprop knows: the gradient at the zero is the
    gradient at z.
    """
    zeros = [Tensor(np.zeros((len(X), W.shape[1]))) for W in Ws]
    a: Any = X
    for W, zero in zip(Ws, zeros, strict=True):
        a = activation(a @ W + zero, phi)
    (a * G).sum().backward()
    return np.array([np.mean(np.asarray(zero.grad) ** 2) for zero in zeros])


@slip(
    "You start from ones, and the gradient that arrives is G. What if the loss does "
    "not care about some of the outputs at all?"
)
def upstream_ignored(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return mean_squares(gradients(Ws, zs, phi, np.ones_like(G))[1])


@slip(
    "You treat every activation as a straight line of slope 1. What does a saturated "
    "unit let through on the way back?"
)
def slopes_omitted(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return mean_squares(gradients(Ws, zs, "linear", G)[1])


def last_slope_alone(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    at_last = G * slope(zs[-1], phi)
    before = gradients(Ws, zs, "linear", at_last)[1]
    return mean_squares([*before[:-1], at_last])


@slip(
    "What you hand to the layer before has not been through every slope on its way. "
    "Which array do you multiply by W, and has a saturated unit stopped its share?",
    also=[last_slope_alone],
)
def slopes_not_handed_on(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    arriving = gradients(Ws, zs, "linear", G)[1]
    return mean_squares([g * slope(z, phi) for g, z in zip(arriving, zs, strict=True)])


@slip(
    "G is the gradient at the last *activations*. What lies between them and the last "
    "layer's z?"
)
def last_slope_omitted(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    at_z = [G]
    for W, z in zip(Ws[:0:-1], zs[-2::-1], strict=True):
        at_z.insert(0, (at_z[0] @ W.T) * slope(z, phi))
    return mean_squares(at_z)


def at_the_inputs(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    at_z = gradients(Ws, zs, phi, G)[1]
    return mean_squares([g @ W.T for g, W in zip(at_z, Ws, strict=True)])


@slip(
    "You measure the gradients at activations, and not at z. Which of the two comes "
    "first on the way back, and which was asked for?",
    also=[at_the_inputs],
)
def at_the_activations(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return mean_squares(gradients(Ws, zs, phi, G)[0])


@slip(
    "Your numbers are one layer early: the gradient at the inputs is among them, and "
    "the last layer's is missing."
)
def one_layer_early(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    at_z = gradients(Ws, zs, phi, G)[1]
    return mean_squares([at_z[0] @ Ws[0].T, *at_z[:-1]])


@slip(
    "One entry too many: one a layer was asked for, at its z. Which of yours belongs "
    "to no layer's z?"
)
def inputs_included(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    at_z = gradients(Ws, zs, phi, G)[1]
    return mean_squares([at_z[0] @ Ws[0].T, *at_z])


@slip(
    "The numbers are there, in the order in which the way back meets them. In which "
    "order does the text want them?"
)
def last_layer_first(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return mean_squares(gradients(Ws, zs, phi, G)[1])[::-1]


def transposed_where_it_must(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    square = [W.T if W.shape[0] == W.shape[1] else W for W in Ws]
    zs, _ = forward(Ws, X, phi)
    return mean_squares(gradients(square, zs, phi, G)[1])


@slip(
    "Write down the shape of each factor on the way back. Forward, W takes (m, fan_in) "
    "to (m, fan_out); what takes you from (m, fan_out) to (m, fan_in)?",
    also=[transposed_where_it_must],
)
def weights_not_transposed(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    at_z = [G * slope(zs[-1], phi)]
    for W, z in zip(Ws[:0:-1], zs[-2::-1], strict=True):
        at_z.insert(0, (at_z[0] @ W) * slope(z, phi))
    return mean_squares(at_z)


@slip(
    "Each slope belongs to the z that it bends. When you have come back through W, "
    "which layer are you in, and whose slope do you multiply by?"
)
def slope_of_the_next_layer(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    at_z = [G * slope(zs[-1], phi)]
    for W, z in zip(Ws[:0:-1], zs[:0:-1], strict=True):
        at_z.insert(0, (at_z[0] @ W.T) * slope(z, phi))
    return mean_squares(at_z)


@slip(
    "You multiply by the slope at the activations that come *into* the layer. Which "
    "activations did its own z make?"
)
def slope_of_the_layer_before(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    _, activations = forward(Ws, X, phi)
    inputs = [X, *activations[:-1]]

    def bent(a: Array) -> Array:
        return 1 - a**2 if phi == "tanh" else slope(a, phi)

    at_z = [G * bent(inputs[-1])]
    for W, a in zip(Ws[:0:-1], inputs[-2::-1], strict=True):
        at_z.insert(0, (at_z[0] @ W.T) * bent(a))
    return mean_squares(at_z)


@slip(
    "You use the slope of tanh for other names, too. How steep are those two, where "
    "z is positive and where it is negative?",
    also=[backward_names.taken_for("tanh")],
)
def always_the_slope_of_tanh(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return mean_squares(gradients(Ws, zs, "tanh", G)[1])


@slip(
    "You use the slope of ReLU for other names, too. How steep are those two, where "
    "z is positive and where it is negative?",
    also=[backward_names.taken_for("relu")],
)
def always_the_slope_of_relu(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return mean_squares(gradients(Ws, zs, "relu", G)[1])


@slip(
    "The short form of tanh's slope is written with the activation a. Which stored "
    "array did you put in its place?"
)
def slope_from_z(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)

    def bent(z: Array) -> Array:
        return 1 - z**2 if phi == "tanh" else slope(z, phi)

    at_z = [G * bent(zs[-1])]
    for W, z in zip(Ws[:0:-1], zs[-2::-1], strict=True):
        at_z.insert(0, (at_z[0] @ W.T) * bent(z))
    return mean_squares(at_z)


@slip(
    "You went through tanh once more than the network does. The slope can be written "
    "with z, or with a; look at which of the two you put in."
)
def slope_of_the_output(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    _, activations = forward(Ws, X, phi)
    return mean_squares(gradients(Ws, activations, phi, G)[1])


@slip(
    "Is the mean of these gradients zero? A variance measures from the mean, and a "
    "mean square from zero.",
    also=[backward_means.variances_of(0), backward_means.variances_of(1)],
)
def variance_for_mean_square(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return np.array([g.var() for g in gradients(Ws, zs, phi, G)[1]])


@slip(
    "This is a root mean square, or a standard deviation. The text asks for the mean "
    "square itself.",
    also=[
        lambda Ws, X, phi, G: np.array(
            [g.std() for g in gradients(Ws, forward(Ws, X, phi)[0], phi, G)[1]]
        )
    ],
)
def root_mean_square(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return np.sqrt(mean_squares(gradients(Ws, zs, phi, G)[1]))


def mean_squared(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return mean_alone(Ws, X, phi, G) ** 2


def mean_alone(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return np.array([g.mean() for g in gradients(Ws, zs, phi, G)[1]])


@slip(
    "In a mean, plus and minus cancel. What is done to each entry before the mean is "
    "taken, so that they cannot?",
    also=[
        mean_squared,
        lambda Ws, X, phi, G: mean_squares(
            [g.mean(axis=0) for g in right_gradients(Ws, X, phi, G)]
        ),
        lambda Ws, X, phi, G: mean_squares(
            [g.mean(axis=1) for g in right_gradients(Ws, X, phi, G)]
        ),
    ],
)
def signs_cancel(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return mean_alone(Ws, X, phi, G)


@slip(
    "Your slopes are taken at the z of a network without activations. On the way "
    "forward, does a layer hand on z, or a?"
)
def forward_without_phi(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, "linear")
    return mean_squares(gradients(Ws, zs, phi, G)[1])


@slip(
    "A mean size |δ| is not a mean square. Double the gradient: what happens to each?"
)
def absolute_for_square(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return np.array([np.abs(g).mean() for g in gradients(Ws, zs, phi, G)[1]])


@slip(
    "Your numbers grow with the size of the layer. A mean divides by the number of "
    "entries: how many does a gradient of shape (m, k) have?",
    also=[
        lambda Ws, X, phi, G: np.array(
            [(g**2).sum(axis=1).mean() for g in right_gradients(Ws, X, phi, G)]
        )
    ],
)
def sums_for_means(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return np.array([(g**2).sum() for g in gradients(Ws, zs, phi, G)[1]])


@slip(
    "G is what the loss hands back, with any division by the number of rows already in "
    "it. Who divides here?",
    also=[backward_means.divided_in_each_layer],
)
def averaged_again(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    return mean_squares(gradients(Ws, zs, phi, G / len(X))[1])


@slip(
    "The caller's G is not what it was. `*=` on an array writes into the array that "
    "you were given."
)
def upstream_overwritten(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs, _ = forward(Ws, X, phi)
    dz = G
    dz *= slope(zs[-1], phi)
    at_z = [dz]
    for W, z in zip(Ws[:0:-1], zs[-2::-1], strict=True):
        at_z.insert(0, (at_z[0] @ W.T) * slope(z, phi))
    return mean_squares(at_z)


backward_stats = Exercise(
    "backward_stats",
    unit="03-initialization",
    points=3,
    params=("Ws", "X", "phi", "G"),
    parts=("mean square",),
    cases=backward_cases,
    reference=statistics,
    slips=(
        upstream_ignored,
        slopes_omitted,
        slopes_not_handed_on,
        last_slope_omitted,
        at_the_activations,
        one_layer_early,
        inputs_included,
        last_layer_first,
        weights_not_transposed,
        slope_of_the_next_layer,
        slope_of_the_layer_before,
        always_the_slope_of_tanh,
        always_the_slope_of_relu,
        slope_from_z,
        slope_of_the_output,
        *backward_slopes.SLIPS,
        *backward_means.SLIPS,
        *backward_names.SLIPS,
        variance_for_mean_square,
        root_mean_square,
        absolute_for_square,
        signs_cancel,
        forward_without_phi,
        sums_for_means,
        backward_means.of_the_weights,
        averaged_again,
        upstream_overwritten,
    ),
)
