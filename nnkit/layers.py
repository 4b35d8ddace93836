"""Layers: functions with parameters of their own.

A layer is called with a batch, rows as examples, and lists what it can learn:

    net = MLP((2, 16, 16, 1), tanh, rng=rng)
    prediction = net(X)              X (m, 2), prediction (m, 1)
    loss = squared_error(prediction, y)
    loss.backward()
    [p.grad for p in net.parameters()]

`loss` remembers `prediction`, which remembers the last layer's activation, and so on
down to the first weights. `backward` goes the same way in reverse: each layer turns the
gradient of its output into gradients of its weights, biases and input, and the last of
these is the gradient of the output of the layer before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nnkit import init
from nnkit.ops import Array
from nnkit.tensor import Tensor, affine

if TYPE_CHECKING:  # numpy.random takes longer to import than all of this
    from numpy.random import Generator

Activation = Callable[[Any], Any]


class Initializer(Protocol):
    """What makes initial weights, such as `nnkit.init.he_normal`."""

    def __call__(self, shape: tuple[int, ...], *, rng: Generator) -> Array:
        """Draw an array of `shape`; another shape is a ValueError."""


class Layer(Protocol):
    """What `Sequential` can put in a row."""

    def __call__(self, x: Any) -> Any:
        """Output for a batch."""

    def parameters(self) -> list[Tensor]:
        """What can be learned."""


def _sizes(shape: tuple[int, ...], activation: Activation | None) -> str:
    bend = getattr(activation, "__name__", activation)
    return ", ".join(map(str, shape if bend is None else (*shape, bend)))


def _function(what: str, given: Any, such_as: str) -> Any:
    """Return a function as it is; a name of one, or none at all, is a TypeError."""
    if not callable(given):
        raise TypeError(f"{what} a function, such as {such_as}; got {given!r}")
    return given


def _bend(activation: Any) -> Activation | None:
    if activation is None:
        return None
    bend: Activation = _function("an activation is None or", activation, "nnkit.tanh")
    return bend


def _drawn(weights: Any, shape: tuple[int, int], rng: Generator) -> Array:
    draw = _function("weights is", weights, "nnkit.init.he_normal")
    drawn = draw(shape, rng=rng)
    if np.shape(drawn) != shape:
        got = "None: does it say `return`?" if drawn is None else np.shape(drawn)
        raise ValueError(
            f"weights was asked for shape {shape}, inputs first, and returned {got}"
        )
    return np.asarray(drawn)


class Neuron:
    """One unit: a weighted sum of its inputs plus a bias, bent by an activation.

    Args:
        n_inputs: How many inputs it has.
        activation: The bend; None leaves the sum as it is.
        rng: Draws the initial weights.
        weights: Initializer, given the shape (n_inputs, 1).

    Attributes:
        w: Weights (n_inputs,).
        b: Bias, a single number, 0 at first.
    """

    def __init__(
        self,
        n_inputs: int,
        activation: Activation | None = None,
        *,
        rng: Generator,
        weights: Initializer = init.glorot_normal,
    ) -> None:
        self.activation = _bend(activation)
        self.w = Tensor(_drawn(weights, (n_inputs, 1), rng)[:, 0], "w")
        self.b = Tensor(0.0, "b")

    def __call__(self, x: Any) -> Any:
        """Activations (m,) for a batch (m, n_inputs); a number for one example."""
        z = x @ self.w + self.b
        return z if self.activation is None else self.activation(z)

    def __repr__(self) -> str:
        return f"Neuron({_sizes(self.w.shape, self.activation)})"

    def parameters(self) -> list[Tensor]:
        """Weights and bias."""
        return [self.w, self.b]


class Dense:
    """A layer of units that all see the same inputs.

    Args:
        n_inputs: Width of the input, fan-in.
        n_outputs: Number of units, fan-out.
        activation: Applied to every unit; None leaves the layer linear.
        rng: Draws the initial weights.
        weights: Initializer, given the shape (n_inputs, n_outputs).

    Attributes:
        w: Weights (n_inputs, n_outputs), a column for each unit.
        b: Biases (n_outputs,), 0 at first.
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        activation: Activation | None = None,
        *,
        rng: Generator,
        weights: Initializer = init.glorot_normal,
    ) -> None:
        self.activation = _bend(activation)
        self.w = Tensor(_drawn(weights, (n_inputs, n_outputs), rng), "w")
        self.b = Tensor(np.zeros(n_outputs), "b")

    def __call__(self, x: Any) -> Any:
        """Activations (m, n_outputs) for a batch (m, n_inputs)."""
        z = affine(x, self.w, self.b)
        return z if self.activation is None else self.activation(z)

    def __repr__(self) -> str:
        return f"Dense({_sizes(self.w.shape, self.activation)})"

    def parameters(self) -> list[Tensor]:
        """Weights and biases."""
        return [self.w, self.b]


class Sequential:
    """Layers in a row: the output of one is the input of the next.

    Raises:
        TypeError: If one is no layer, but a list of them or an activation.
    """

    def __init__(self, *layers: Layer) -> None:
        for layer in layers:
            if not hasattr(layer, "parameters"):
                raise TypeError(
                    "Sequential takes layers one by one, each with its activation, as "
                    "in Sequential(Dense(2, 3, tanh, rng=rng), Dense(3, 1, rng=rng)); "
                    f"got {getattr(layer, '__name__', layer)!r}"
                )
        self.layers = layers

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.layers))})"

    def __call__(self, x: Any) -> Any:
        """Output of the last layer for a batch."""
        for layer in self.layers:
            x = layer(x)
        return x

    def activations(self, x: Any) -> list[Any]:
        """Output of every layer for a batch, the first layer's first."""
        outputs = []
        for layer in self.layers:
            x = layer(x)
            outputs.append(x)
        return outputs

    def parameters(self) -> list[Tensor]:
        """Parameters of all layers, the first layer's first; of shared ones, once."""
        return list(
            dict.fromkeys(p for layer in self.layers for p in layer.parameters())
        )


class MLP(Sequential):
    """Multilayer perceptron: dense layers, all but the last with the activation.

    Args:
        widths: Width of the input, of each hidden layer, and of the output.
        activation: Of the hidden layers.
        rng: Draws the initial weights, layer after layer.
        weights: Initializer of every layer.
        output: Activation of the last layer. None leaves logits for the loss, or
            numbers of any size for a regression.

    Raises:
        TypeError: If the widths are no sequence of numbers.
        ValueError: If there are fewer than two widths.
    """

    def __init__(
        self,
        widths: Sequence[int],
        activation: Activation,
        *,
        rng: Generator,
        weights: Initializer = init.glorot_normal,
        output: Activation | None = None,
    ) -> None:
        if not hasattr(widths, "__len__"):
            raise TypeError(
                f"widths are numbers in a tuple, such as (2, 16, 1); got {widths!r}"
            )
        if len(widths) < 2:
            raise ValueError(
                f"an MLP has at least an input and an output width, got {widths}"
            )
        bends = [activation] * (len(widths) - 2) + [output]
        super().__init__(
            *(
                Dense(n_in, n_out, bend, rng=rng, weights=weights)
                for n_in, n_out, bend in zip(widths, widths[1:], bends, strict=False)
            )
        )
