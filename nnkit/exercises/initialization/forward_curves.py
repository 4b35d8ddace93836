"""Unit 3: a signal on its way forward, bent by another curve than was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.initialization.passes import activation, forward, rows_of
from nnkit.exercises.spec import slip

Weights = list[Array]


def through(Ws: Weights, X: Array, act: Callable[[Array], Array]) -> Array:
    """Return the rows of a stack whose activation is `act`."""
    found = []
    for W in Ws:
        X = act(X @ W)
        found.append(X)
    return rows_of(found)


@slip(
    "ReLU blocks what is negative; yours turns it around. What should come out at "
    "z = −3?"
)
def absolute_for_relu(Ws: Weights, X: Array, phi: str) -> Any:
    return through(Ws, X, np.abs) if phi == "relu" else rows_of(forward(Ws, X, phi)[1])


@slip(
    "Your ReLU lets pass what is below 0, and stops what is above. What should come "
    "out at z = 3?"
)
def relu_on_the_other_side(Ws: Weights, X: Array, phi: str) -> Any:
    if phi != "relu":
        return rows_of(forward(Ws, X, phi)[1])
    return through(Ws, X, lambda z: np.minimum(z, 0))


@slip(
    "Below 0 your ReLU lets a little through. There is an activation function that "
    "does; which one was asked for?"
)
def leaky_for_relu(Ws: Weights, X: Array, phi: str) -> Any:
    if phi != "relu":
        return rows_of(forward(Ws, X, phi)[1])
    return through(Ws, X, lambda z: np.where(z > 0, z, 0.01 * z))


@slip(
    "Above 0 your ReLU says 1 whatever z is. It should let z through: how large is a "
    "for z = 5?"
)
def step_for_relu(Ws: Weights, X: Array, phi: str) -> Any:
    if phi != "relu":
        return rows_of(forward(Ws, X, phi)[1])
    return through(Ws, X, lambda z: 1.0 * (z > 0))


@slip(
    "A unit bends once. Your activations have been through φ twice.",
    also=[lambda Ws, X, phi: stats_of_bent(Ws, X, phi)],
)
def activation_twice(Ws: Weights, X: Array, phi: str) -> Any:
    rows, a = [], X
    for W in Ws:
        a = np.asarray(activation(activation(a @ W, phi), phi))
        rows.append([a.mean(), (a**2).mean()])
    return np.array(rows)


@slip(
    "You apply tanh where `phi` says otherwise. Which names may come, and what does "
    "each of them do?"
)
def always_tanh(Ws: Weights, X: Array, phi: str) -> Any:
    _, activations = forward(Ws, X, "tanh")
    return rows_of(activations)


@slip(
    "You apply ReLU where `phi` says otherwise. Which names may come, and what does "
    "each of them do?"
)
def always_relu(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, X, "relu")[1])


@slip('What does "linear" do with z = −3? In yours, nothing of it is left.')
def relu_for_linear(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, X, "relu" if phi == "linear" else phi)[1])


@slip(
    'What does "linear" do with z = 10? In yours, nothing comes out beyond 1.',
)
def tanh_for_linear(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, X, "tanh" if phi == "linear" else phi)[1])


@slip(
    "One of the names leaves everything as it is where it should bend: layers of ReLU, "
    "or of tanh, are straight in yours. Compare the names in your conditions with "
    "those in the text, letter by letter.",
    also=[lambda Ws, X, phi: taken_for("linear", "tanh", Ws, X, phi)],
)
def name_not_recognized(Ws: Weights, X: Array, phi: str) -> Any:
    return taken_for("linear", "relu", Ws, X, phi)


@slip(
    "With one of the names you apply another one's curve. Which of your branches does "
    "each of the three names go through?",
    also=[lambda Ws, X, phi: taken_for("relu", "tanh", Ws, X, phi)],
)
def one_name_for_another(Ws: Weights, X: Array, phi: str) -> Any:
    return taken_for("tanh", "relu", Ws, X, phi)


def taken_for(other: str, name: str, Ws: Weights, X: Array, phi: str) -> Array:
    """Return the rows of a stack that takes this name for another."""
    return rows_of(forward(Ws, X, other if phi == name else phi)[1])


@slip("tanh(0) is 0, and your tanh is ½ there. Whose curve lies between 0 and 1?")
def sigmoid_for_tanh(Ws: Weights, X: Array, phi: str) -> Any:
    if phi != "tanh":
        return rows_of(forward(Ws, X, phi)[1])
    return through(Ws, X, lambda z: 1 / (1 + np.exp(-z)))


def stats_of_bent(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of([activation(a, phi) for a in forward(Ws, X, phi)[1]])


@slip(
    "One unit bends once: after everything has been added up, or before? You send each "
    "product through the curve by itself.",
    also=[lambda Ws, X, phi: bent_terms(Ws, X, phi, again=True)],
)
def bent_per_term(Ws: Weights, X: Array, phi: str) -> Any:
    return bent_terms(Ws, X, phi, again=False)


def bent_terms(Ws: Weights, X: Array, phi: str, again: bool) -> Array:
    a, activations = X, []
    for W in Ws:
        a = activation(a[:, :, None] * W, phi).sum(axis=1)
        a = activation(a, phi) if again else a
        activations.append(a)
    return rows_of(activations)


def minus_at_each_layer(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward([-W for W in Ws], X, phi)[1])


@slip(
    "A minus turns your signal round, at X or at each layer. What is z for a single "
    "row that is 1 at one place and 0 elsewhere, and what is it in yours?",
    also=[minus_at_each_layer],
)
def signal_turned_round(Ws: Weights, X: Array, phi: str) -> Any:
    return rows_of(forward(Ws, -X, phi)[1])


SLIPS = (
    signal_turned_round,
    absolute_for_relu,
    relu_on_the_other_side,
    leaky_for_relu,
    step_for_relu,
    activation_twice,
    bent_per_term,
    always_tanh,
    always_relu,
    relu_for_linear,
    tanh_for_linear,
    name_not_recognized,
    one_name_for_another,
    sigmoid_for_tanh,
)
