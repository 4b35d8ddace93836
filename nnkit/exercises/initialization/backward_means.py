"""Unit 3: how means, and the way back itself, go wrong in the size of a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization.backward_slopes import gradients, mean_squares
from nnkit.exercises.initialization.passes import activation, forward, slope
from nnkit.exercises.spec import slip

Weights = list[Array]


def right_gradients(Ws: Weights, X: Array, phi: str, G: Array) -> list[Array]:
    """Return the right gradients at all z, first layer first."""
    return gradients(Ws, forward(Ws, X, phi)[0], phi, G)[1]


@slip(
    "Your numbers grow with the number of rows. Over what was the mean to be taken, "
    "and over what do you only add up?",
    also=[
        lambda Ws, X, phi, G: mean_squares(
            [g.sum(axis=0) for g in right_gradients(Ws, X, phi, G)]
        )
    ],
)
def rows_added_up(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    at_z = right_gradients(Ws, X, phi, G)
    return np.array([(g**2).sum(axis=0).mean() for g in at_z])


def variances_of(axis: int) -> Callable[..., Any]:
    """Make the answer with a variance for each unit, or for each row, averaged."""

    def backward_stats(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
        at_z = right_gradients(Ws, X, phi, G)
        return np.array([g.var(axis=axis).mean() for g in at_z])

    return backward_stats


def divided_in_each_layer(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    stats = mean_squares(right_gradients(Ws, X, phi, G))
    return stats / len(X) ** (2.0 * np.arange(len(Ws), 0, -1))


@slip(
    "You multiply G by the number of rows. Where the loss is a mean, its division is "
    "in G already: who asked for it to be undone?"
)
def division_undone(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return mean_squares(right_gradients(Ws, X, phi, G * len(X)))


@slip(
    "You return the length of each gradient: the root of a sum of squares, which "
    "`np.linalg.norm` gives. What was asked for has no root, and is no sum."
)
def length_for_mean_square(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return np.array([np.linalg.norm(g) for g in right_gradients(Ws, X, phi, G)])


def left_out(place: int) -> Callable[..., Any]:
    """Make the answer that never fills the entry of one layer."""

    def backward_stats(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
        stats = mean_squares(right_gradients(Ws, X, phi, G))
        stats[place] = 0
        return stats

    return backward_stats


@slip(
    "The entry of one layer is still 0. Print the indices that your loop runs through "
    "on the way back: which is the first, and which the last?",
    also=[left_out(-1)],
)
def layer_left_out(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return left_out(0)(Ws, X, phi, G)


@slip(
    "ReLU opens and closes by the sign of what went into it on the way forward, and by "
    "nothing else. The sign of which array do you look at?",
    also=[lambda Ws, X, phi, G: bent_back(Ws, X, phi, G, opened_by_both)],
)
def relu_of_the_upstream(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    if phi != "relu":
        return mean_squares(right_gradients(Ws, X, phi, G))
    at_z = [np.maximum(G, 0)]
    for W in Ws[:0:-1]:
        at_z.insert(0, np.maximum(at_z[0] @ W.T, 0))
    return mean_squares(at_z)


def bent_back(
    Ws: Weights, X: Array, phi: str, G: Array, bend: Callable[[Array, Array, str], Any]
) -> Array:
    """Return the mean squares if a gradient g is made `bend(g, z, phi)` at each z."""
    at_z: list[Array] = []
    for W, z in zip(Ws[::-1], forward(Ws, X, phi)[0][::-1], strict=True):
        at_z.insert(0, np.asarray(bend(G, z, phi)))
        G = at_z[0] @ W.T
    return mean_squares(at_z)


def opened_by_both(g: Array, z: Array, phi: str) -> Array:
    return g * slope(z, phi) * ((g > 0) if phi == "relu" else 1)


@slip(
    "You put the gradient itself through φ, or take the slope at it. On the way back φ "
    "only tells by how much to multiply: its slope at which array?",
    also=[
        lambda Ws, X, phi, G: bent_back(Ws, X, phi, G, lambda g, z, phi: slope(g, phi)),
        lambda Ws, X, phi, G: bent_back(
            Ws, X, phi, G, lambda g, z, phi: g * slope(g, phi)
        ),
    ],
)
def gradient_bent(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return bent_back(Ws, X, phi, G, lambda g, z, phi: activation(g, phi))


@slip(
    "The slope at the last layer's z is in your answer twice, as if G had to be made "
    "ready for a loop that begins with it anyway. How often does the signal pass φ "
    "there?"
)
def last_slope_twice(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    zs = forward(Ws, X, phi)[0]
    return mean_squares(gradients(Ws, zs, phi, G * slope(zs[-1], phi))[1])


@slip(
    "Your ReLU lets pass what went in below 0, and stops what went in above. On which "
    "side is it flat?"
)
def relu_on_the_other_side(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    def turned(z: Array, phi: str) -> Array:
        return slope(-z if phi == "relu" else z, phi)

    return mean_squares(gradients(Ws, forward(Ws, X, phi)[0], phi, G, turned)[1])


@slip(
    "You treat tanh as a straight line of slope 1. What does a unit let through on the "
    "way back that sits at one of its ends?"
)
def slope_of_tanh_omitted(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    def steep(z: Array, phi: str) -> Array:
        return slope(z, "linear" if phi == "tanh" else phi)

    return mean_squares(gradients(Ws, forward(Ws, X, phi)[0], phi, G, steep)[1])


@slip(
    "You bring W into another shape with `reshape`, which keeps the numbers in their "
    "order and only draws the rows anew. Which entry stands at [0, 1] then, and which "
    "one should?"
)
def reshaped_for_turned(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    anew = [W.reshape(W.T.shape).T for W in Ws]
    return mean_squares(gradients(anew, forward(Ws, X, phi)[0], phi, G)[1])


@slip(
    "You multiply mean squares, as the formula for χ does. That foresees the size for "
    "wide layers whose weights are yet to be drawn; yours are here. Which array comes "
    "back through them, entry by entry, and when is its mean taken?",
    also=[
        lambda Ws, X, phi, G: foreseen(Ws, X, phi, G, np.var),
        lambda Ws, X, phi, G: foreseen(
            Ws, X, phi, G, lambda W: len(W) / W.shape[1] * np.mean(W**2)
        ),
    ],
)
def means_multiplied(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return foreseen(Ws, X, phi, G, lambda W: np.mean(W**2))


def foreseen(
    Ws: Weights, X: Array, phi: str, G: Array, variance: Callable[[Array], Any]
) -> Array:
    """Return what χ makes of the mean square of G, with a variance for each W."""
    size, found = np.mean(G**2), []
    for W, z in zip(reversed(Ws), reversed(forward(Ws, X, phi)[0]), strict=True):
        size = size * np.mean(slope(z, phi) ** 2)
        found.append(size)
        size = size * W.shape[1] * variance(W)
    return np.array(found[::-1])


@slip(
    "On its way back your gradient goes through a layer's weights first, and then "
    "through a curve. On the way there, which of the two came last, and whose curve "
    "was it?"
)
def weights_before_curves(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    activations = forward(Ws, X, phi)[1]
    inputs, upstream, at_inputs = [X, *activations[:-1]], G, []
    for W, a in zip(reversed(Ws), reversed(inputs), strict=True):
        bent = 1 - a**2 if phi == "tanh" else slope(a, phi)
        upstream = (upstream @ W.T) * bent
        at_inputs.append(upstream)
    return mean_squares(at_inputs[::-1])


SLIPS = (
    rows_added_up,
    division_undone,
    length_for_mean_square,
    layer_left_out,
    relu_of_the_upstream,
    gradient_bent,
    last_slope_twice,
    relu_on_the_other_side,
    slope_of_tanh_omitted,
    reshaped_for_turned,
    means_multiplied,
    weights_before_curves,
)


def at_the_weights(Ws: Weights, X: Array, phi: str, G: Array) -> Array:
    zs, activations = forward(Ws, X, phi)
    at_z = gradients(Ws, zs, phi, G)[1]
    inputs = [X, *activations[:-1]]
    return mean_squares([a.T @ g for a, g in zip(inputs, at_z, strict=True)])


@slip(
    "These are the gradients of the weights, one step aside. The way back goes on from "
    "the gradients at z.",
    also=[lambda Ws, X, phi, G: at_the_weights(Ws, X, phi, G / len(X))],
)
def of_the_weights(Ws: Weights, X: Array, phi: str, G: Array) -> Any:
    return at_the_weights(Ws, X, phi, G)
