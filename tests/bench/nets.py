"""The five nets of the benchmark, written by hand and with each library.

One step is forward, backward and a step of gradient descent, in float64. All start from
the same weights and see the same batch. `by_hand` is what one writes who needs no
library: explicit backprop, in place wherever that saves an array, sums over rows as
products with a vector of ones, which NumPy does fastest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Step = Callable[[], Any]


@dataclass(frozen=True)
class Net:
    """What is timed: widths of the layers, their bend, the loss, and the batch."""

    name: str
    widths: tuple[int, ...]
    batch: int
    bend: str
    loss: str
    bend_output: bool = False
    lr: float = 0.01

    def bends(self) -> list[str]:
        n = len(self.widths) - 1
        return [
            self.bend if i < n - 1 or self.bend_output else "none" for i in range(n)
        ]

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(1)
        X = rng.normal(size=(self.batch, self.widths[0]))
        if self.loss == "mse":
            return X, rng.normal(size=(self.batch, self.widths[-1]))
        return X, rng.integers(0, self.widths[-1], self.batch)

    def weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng(2)
        return [
            (rng.normal(size=(n, k)) / np.sqrt(n), np.zeros(k))
            for n, k in zip(self.widths, self.widths[1:], strict=False)
        ]


NETS = [
    Net("tanh neuron, 2 inputs, batch 100", (2, 1), 100, "tanh", "mse", True),
    Net("MLP 2-16-16-1 tanh, batch 100", (2, 16, 16, 1), 100, "tanh", "mse"),
    Net("MLP 64-64-64-10 tanh, batch 128", (64, 64, 64, 10), 128, "tanh", "ce"),
    Net("MLP 784-256-128-10 ReLU, batch 128", (784, 256, 128, 10), 128, "relu", "ce"),
    Net("20 tanh layers of 100, batch 256", (100,) * 21, 256, "tanh", "mse", True),
]


def by_hand(net: Net) -> Step:
    X, y = net.data()
    layers, bends, lr, m = net.weights(), net.bends(), net.lr, net.batch
    ones = np.ones(m)
    rows = np.arange(m)

    def step() -> Any:
        inputs, h = [], X
        for (W, b), bend in zip(layers, bends, strict=True):
            inputs.append(h)
            h = h @ W
            h += b
            if bend == "tanh":
                np.tanh(h, out=h)
            elif bend == "relu":
                np.maximum(h, 0, out=h)

        if net.loss == "mse":
            d = h - y
            flat = d.ravel()
            loss = flat @ flat / d.size
            d *= 2 / d.size
        else:
            d = h - h.max(axis=1, keepdims=True)
            picked = d[rows, y]
            np.exp(d, out=d)
            total = d.sum(axis=1, keepdims=True)
            loss = (np.log(total).sum() - picked.sum()) / m
            total *= m
            d /= total
            d[rows, y] -= 1 / m

        for i in range(len(layers) - 1, -1, -1):
            (W, b), a = layers[i], inputs[i]
            if bends[i] == "tanh":
                h *= h  # the activation has been used by now: its memory holds 1 - a²
                np.subtract(1, h, out=h)
                d *= h
            elif bends[i] == "relu":
                d *= h > 0
            dW, db = a.T @ d, ones @ d
            if i:
                d = d @ W.T
            dW *= lr
            W -= dW
            db *= lr
            b -= db
            h = a
        return loss

    return step


def with_nnkit(net: Net) -> Step:
    from nnkit.layers import Dense, Sequential
    from nnkit.losses import cross_entropy, squared_error
    from nnkit.optim import SGD
    from nnkit.tensor import relu, tanh

    X, y = net.data()
    bends = {"tanh": tanh, "relu": relu, "none": None}
    model = Sequential(
        *(
            Dense(n, k, bends[bend], rng=np.random.default_rng(0))
            for n, k, bend in zip(net.widths, net.widths[1:], net.bends(), strict=False)
        )
    )
    start = [p for pair in net.weights() for p in pair]
    for p, w in zip(model.parameters(), start, strict=True):
        p.data = w
    loss_of = squared_error if net.loss == "mse" else cross_entropy
    optimizer = SGD(model.parameters(), net.lr)

    def step() -> Any:
        loss = loss_of(model(X), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def with_autograd(net: Net) -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad

    X, y = net.data()
    bends = net.bends()
    rows = np.arange(net.batch)

    def loss_of(parameters: Any) -> Any:
        h = X
        for (W, b), bend in zip(parameters, bends, strict=True):
            h = anp.dot(h, W) + b
            if bend == "tanh":
                h = anp.tanh(h)
            elif bend == "relu":
                h = anp.maximum(h, 0)
        if net.loss == "mse":
            return anp.mean((h - y) ** 2)
        off = h - anp.max(h, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(off), axis=1)) - off[rows, y])

    parameters = net.weights()
    gradient = value_and_grad(loss_of)

    def step() -> Any:
        loss, grads = gradient(parameters)
        for (W, b), (dW, db) in zip(parameters, grads, strict=True):
            W -= net.lr * dW
            b -= net.lr * db
        return loss

    return step


def with_torch(net: Net) -> Step:
    import torch

    torch.set_num_threads(1)
    X, y = (torch.from_numpy(a) for a in net.data())
    bends = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    modules: list[Any] = []
    for (W, b), bend in zip(net.weights(), net.bends(), strict=True):
        linear = torch.nn.Linear(*W.shape, dtype=torch.float64)
        linear.weight.data = torch.from_numpy(W.T.copy())
        linear.bias.data = torch.from_numpy(b)
        modules.append(linear)
        if bend in bends:
            modules.append(bends[bend]())
    model = torch.nn.Sequential(*modules)
    loss_of = torch.nn.MSELoss() if net.loss == "mse" else torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=net.lr)

    def step() -> Any:
        optimizer.zero_grad()
        loss = loss_of(model(X), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def with_jax(net: Net) -> Step:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, y = (jnp.asarray(a) for a in net.data())
    bends = {"tanh": jnp.tanh, "relu": jax.nn.relu, "none": lambda h: h}
    rows = jnp.arange(net.batch)

    def loss_of(parameters: Any) -> Any:
        h = X
        for (W, b), bend in zip(parameters, net.bends(), strict=True):
            h = bends[bend](h @ W + b)
        if net.loss == "mse":
            return jnp.mean((h - y) ** 2)
        return jnp.mean(jax.nn.logsumexp(h, axis=1) - h[rows, y])

    @jax.jit
    def update(parameters: Any) -> Any:
        loss, grads = jax.value_and_grad(loss_of)(parameters)
        return loss, jax.tree.map(lambda p, g: p - net.lr * g, parameters, grads)

    state = [[tuple(map(jnp.asarray, pair)) for pair in net.weights()]]

    def step() -> Any:
        loss, state[0] = update(state[0])
        return loss.block_until_ready()

    return step


CONTENDERS: dict[str, Callable[[Net], Step]] = {
    "nnkit": with_nnkit,
    "autograd": with_autograd,
    "PyTorch": with_torch,
    "JAX (compiled)": with_jax,
}
