"""The capstone's gradients: three layers, two of them hidden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.capstone import slips, slips_back, slips_network
from nnkit.exercises.capstone.network import (
    NAMES,
    Params,
    backward,
    draw_params,
    forward,
    probabilities,
    scores_and_back,
)
from nnkit.exercises.chain_rule import labels
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Case, Exercise
from nnkit.exercises.values import loss_and_dict
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
        # Asked where the softmax comes in, as in unit 5.
        Case("scores far apart", (params, X, y), extreme=True, asks=("loss", "b3")),
        Case("seven rows, other numbers", draw(7, 2, 4, 3, 5)),
        # Shapes with a 1 in them, which squeeze takes away.
        Case("one input, and one neuron in each hidden layer", draw(5, 1, 1, 1, 3)),
    )


def parts_of(value: Any, *args: Any) -> Sequence[Any]:
    """Take (loss, dict of gradients) apart."""
    return loss_and_dict(value, NAMES)


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


capstone_grads = Exercise(
    "capstone_grads",
    unit="06-capstone",
    points=3.5,
    params=("params", "X", "y"),
    parts=("loss", *NAMES),
    values=("loss",),
    cases=batches,
    reference=by_backprop,
    unpack=parts_of,
    scale=cancelling_terms,
    slips=(
        *slips.SLIPS,
        *slips_back.SLIPS,
        *slips_network.SLIPS,
        *labels.slips_of(scores_and_back),
    ),
)
