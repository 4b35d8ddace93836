"""Unit 5: the gradient of a whole network, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.chain_rule.mlp_network import NAMES, Params, forward
from nnkit.exercises.chain_rule.mlp_slips import SLIPS
from nnkit.exercises.draw import Array, signed
from nnkit.exercises.spec import Case, Exercise
from nnkit.exercises.values import loss_and_dict
from nnkit.losses import cross_entropy
from nnkit.tensor import Tensor, affine, tanh


def loss_and_gradients(params: Any, X: Any, y: Any) -> Any:
    """Return (loss, dW1, db1, dW2, db2) by nnkit's backprop."""
    W1, b1, W2, b2 = leaves = [Tensor(params[name]) for name in NAMES]
    loss = cross_entropy(affine(tanh(affine(X, W1, b1)), W2, b2), y)
    loss.backward()
    return loss.data, *(leaf.grad for leaf in leaves)


def networks(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `mlp_grads`: a dict of parameters, X (m, n), y (m,) classes."""

    def draw(m: int, n: int, h: int, k: int, order: Sequence[str] = NAMES) -> Any:
        shapes = {"W1": (n, h), "b1": (h,), "W2": (h, k), "b2": (k,)}
        drawn = {name: signed(rng, *shape) for name, shape in shapes.items()}
        y = rng.permutation(np.arange(m) % k)
        return {name: drawn[name] for name in order}, rng.normal(size=(m, n)), y

    params, X, y = draw(6, 3, 4, 5)
    params["W2"] *= 3000
    scores = np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    y[0] = scores[0].argmin()  # the label's probability is below the smallest float
    # Gradients above 1, where clipping shows, from scores like those of the others.
    again, wide, labels = draw(7, 3, 4, 5)
    again["W1"] /= 8
    return (
        Case("seven rows", draw(7, 3, 4, 5)),
        Case("a single row", draw(1, 3, 4, 2)),
        Case("all sizes alike", draw(4, 4, 4, 4)),
        Case("parameters in another order", draw(5, 2, 3, 4, ("b2", "W1", "W2", "b1"))),
        Case("a single hidden neuron", draw(5, 3, 1, 2)),
        # Asked where the softmax comes in: what is passed on from there is another
        # skill, which the cases above have seen.
        Case("scores far apart", (params, X, y), extreme=True, asks=("loss", "db2")),
        Case("seven rows, other numbers", (again, 8 * wide, labels)),
    )


def parts_of(value: Any, *args: Any) -> Sequence[Any]:
    """Take (loss, dict of gradients) apart."""
    return loss_and_dict(value, NAMES)


def cancelling_terms(params: Params, X: Array, y: Array) -> Sequence[float]:
    """Return the size of each part if nothing in it cancelled.

    That is P + Y in place of P − Y at the scores, and the slope 1 of every tanh.
    """
    A, P, Y = forward(params, X, y)
    dZ2 = (P + Y) / len(y)
    dA = dZ2 @ np.abs(params["W2"]).T
    spread = np.abs(A @ params["W2"] + params["b2"]).max()
    return (
        float(spread),
        float((np.abs(X).T @ dA).max()),
        float(dA.sum(axis=0).max()),
        float((np.abs(A).T @ dZ2).max()),
        float(dZ2.sum(axis=0).max()),
    )


mlp_grads = Exercise(
    "mlp_grads",
    unit="05-chain-rule",
    points=3,
    params=("params", "X", "y"),
    parts=("loss", "dW1", "db1", "dW2", "db2"),
    values=("loss",),
    cases=networks,
    reference=loss_and_gradients,
    unpack=parts_of,
    scale=cancelling_terms,
    slips=SLIPS,
)
