"""Optimizers: how gradients move parameters, and how fast.

    optimizer = SGD(net.parameters(), lr=0.1)
    for X, y in batches:
        loss = squared_error(net(X), y)
        loss.backward()
        optimizer.step()

`lr` is a number or a schedule, a function from the number of steps taken so far to the
learning rate of the next one. Gradients are in units of loss per unit of parameter, so
the learning rate of SGD is in units of parameter² per loss; Adam divides by the size of
the gradient itself, so its rate is in units of the parameter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from nnkit.ops import Array
from nnkit.tensor import Tensor

Schedule = Callable[[int], float]


class Optimizer:
    """What all optimizers share.

    Attributes:
        parameters: Tensors to move, each once.
        lr: Learning rate or schedule.
        steps: Steps taken so far.

    Raises:
        TypeError: If a parameter is no Tensor made by hand, or `lr` neither a number
            nor a schedule.
        ValueError: If there are no parameters.
    """

    def __init__(
        self, parameters: Iterable[Tensor] | Tensor, lr: float | Schedule
    ) -> None:
        # A Tensor by itself would come apart into its rows.
        # Nor is the network itself a list of its parameters.
        alone = isinstance(parameters, Tensor) or not hasattr(parameters, "__iter__")
        given: Any = [parameters] if alone else parameters
        self.parameters: list[Tensor] = list(given)
        for p in self.parameters:
            if not isinstance(p, Tensor) or p.inputs:
                raise TypeError(
                    f"an optimizer moves Tensors made by hand, such as those of "
                    f"net.parameters() or [w, b]; got {p!r}"
                )
        if not self.parameters:
            raise ValueError(
                "an optimizer without parameters moves nothing: pass a list, such as "
                "net.parameters(). What `(p for p in ...)` makes can be read only once"
            )
        if not (callable(lr) or is_number(lr)):
            raise TypeError(
                "lr is a number or a schedule, such as 0.1 or optim.cosine(0.1, 100); "
                f"got {lr!r}"
            )
        # One that is used twice has one gradient, the sum over its uses: one step.
        self.parameters = list(dict.fromkeys(self.parameters))
        self.lr = lr
        self.steps = 0

    def step(self) -> None:
        """Move every parameter once, by its gradient from the last `backward`.

        This uses the gradients up: they belong to the point just left, and `.grad` is
        None again. To look at one, do so before; one that you keep stays as it is.

        Raises:
            ValueError: If a parameter has no gradient, or one of another shape.
            TypeError: If a schedule gives no number.
        """
        for i, p in enumerate(self.parameters):
            if p.grad is None:
                raise ValueError(
                    f"parameter {i}, {p!r}, has no gradient, so none was moved: call "
                    "loss.backward() before each step, and check that the loss depends "
                    "on this parameter."
                )
            if getattr(p.grad, "shape", None) != p.shape:
                if np.shape(p.grad) != p.shape:
                    raise ValueError(
                        f"parameter {i}, {p!r}, has a gradient of shape "
                        f"{np.shape(p.grad)}, so none was moved: a gradient looks like "
                        "what it belongs to."
                    )
                p.grad = np.array(p.grad, dtype=float)  # set by hand: a list, or 2.0
        lr = self.lr(self.steps) if callable(self.lr) else self.lr
        if callable(self.lr) and not is_number(lr):
            raise TypeError(
                f"the schedule gave {lr!r} for step {self.steps}, and a learning rate "
                "is a number, so no parameter was moved."
                + (" Does it say `return`?" if lr is None else "")
            )
        for i, p in enumerate(self.parameters):
            g: Any = p.grad
            p.move(self.change(i, g, lr))
            p.grad = None
        self.steps += 1

    def change(self, i: int, g: Array, lr: float) -> Array:
        """What to add to parameter number `i`, whose gradient `g` stays as it is."""
        raise NotImplementedError


def is_number(x: Any) -> bool:
    """Whether it is one number, of Python's or NumPy's; nan is "not a number"."""
    return np.ndim(x) == 0 and np.asarray(x).dtype.kind in "iuf" and bool(x == x)


def survives(share: Any) -> bool:
    """Whether it is a share of the past that can survive a step."""
    return is_number(share) and 0 <= share < 1


class SGD(Optimizer):
    """Gradient descent, on a batch of whatever size, with or without momentum.

        plain       w ← w - lr g
        momentum    v ← momentum v + g,    w ← w - lr v
        Nesterov    v ← momentum v + g,    w ← w - lr (g + momentum v)

    Args:
        parameters: Tensors to move.
        lr: Learning rate or schedule.
        momentum: Share of the velocity that survives a step, from 0 to below 1. A
            constant gradient is in the end followed 1 / (1 - momentum) times as fast.
        nesterov: Whether to look ahead along the velocity.

    Raises:
        ValueError: If `momentum` is none.

    Source: Polyak (1964); Nesterov (1983), in the form of Sutskever et al. (2013)
    rewritten for the point where the gradient is taken, with v in units of g.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float | Schedule,
        momentum: float = 0.0,
        *,
        nesterov: bool = False,
    ) -> None:
        super().__init__(parameters, lr)
        if not survives(momentum):
            raise ValueError(f"momentum is from 0 to below 1, got {momentum!r}")
        self.momentum = momentum
        self.nesterov = nesterov
        self.velocities = [np.zeros(p.shape) for p in self.parameters]
        self.room = [np.empty(p.shape) for p in self.parameters]

    def change(self, i: int, g: Array, lr: float) -> Array:
        """-lr times gradient or velocity."""
        if not self.momentum:
            # Somebody may keep the gradient; and new memory for each step takes longer.
            return np.multiply(g, -lr, out=self.room[i])
        v = self.velocities[i] = self.momentum * self.velocities[i] + g
        return -lr * (g + self.momentum * v if self.nesterov else v)


class Adam(Optimizer):
    """Steps of about `lr` in each entry, whatever the size of its gradient.

        m ← β₁ m + (1 - β₁) g        running mean of gradients
        s ← β₂ s + (1 - β₂) g²       running mean of their squares
        w ← w - lr m' / (√s' + eps)  m' = m / (1 - β₁ᵗ), s' = s / (1 - β₂ᵗ)

    The primes undo the start from 0, which counts as if earlier gradients had been 0.

    Args:
        parameters: Tensors to move.
        lr: Learning rate or schedule.
        betas: β₁ and β₂, how much of the past survives a step.
        eps: Keeps entries whose gradients are all but 0 from moving at full speed.

    Raises:
        ValueError: If `betas` or `eps` are none.

    Source: Kingma and Ba (2015), algorithm 1.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float | Schedule = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        pair = isinstance(betas, tuple | list) and len(betas) == 2
        if not pair or not all(map(survives, betas)):
            raise ValueError(
                "betas are two numbers from 0 to below 1, such as (0.9, 0.999); got "
                f"{betas!r}"
            )
        if not (is_number(eps) and eps >= 0):
            raise ValueError(f"eps is a small number, 0 or above, got {eps!r}")
        self.betas = betas
        self.eps = eps
        self.means = [np.zeros(p.shape) for p in self.parameters]
        self.squares = [np.zeros(p.shape) for p in self.parameters]

    def change(self, i: int, g: Array, lr: float) -> Array:
        """-lr times mean over root mean square, both corrected for their start."""
        beta1, beta2 = self.betas
        t = self.steps + 1
        m = self.means[i] = beta1 * self.means[i] + (1 - beta1) * g
        s = self.squares[i] = beta2 * self.squares[i] + (1 - beta2) * np.square(
            g, dtype=float
        )
        root = np.sqrt(s / (1 - beta2**t))
        return -lr / (1 - beta1**t) * m / (root + self.eps)


# -- schedules ---------------------------------------------------------------------


def constant(lr: float) -> Schedule:
    """The same rate at every step."""
    return lambda t: lr


def stepwise(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """Rate multiplied by `factor` after each `every` steps.

    Raises:
        ValueError: If `every` is less than 1.
    """
    if every < 1:
        raise ValueError(
            f"every={every!r} is no number of steps after which the rate could change: "
            "give 1 or more, or optim.constant(lr) for a rate that stays."
        )
    return lambda t: lr * factor ** (t // every)


def exponential(lr: float, decay: float) -> Schedule:
    """Rate multiplied by `decay` after each step."""
    return lambda t: lr * decay**t


def cosine(lr: float, total: int, warmup: int = 0) -> Schedule:
    """Rate that rises in a line to `lr` in `warmup` steps, then falls along a cosine.

    It is 0 at step 0 if there is a warm-up, `lr` at step `warmup`, and 0 from `total`
    on.

    Raises:
        ValueError: If the warm-up does not end before `total`.

    Source: Loshchilov and Hutter (2017), "SGDR", without restarts.
    """
    if not 0 <= warmup < total:
        raise ValueError(f"a warm-up of {warmup} steps does not fit into {total} steps")

    def rate(t: int) -> float:
        if t < warmup:
            return lr * t / warmup
        done = min((t - warmup) / (total - warmup), 1)
        return lr / 2 * (1 + math.cos(math.pi * done))

    return rate


def range_test(
    loss: Callable[[], Tensor],
    parameters: Iterable[Tensor],
    lrs: Sequence[float],
    steps: int = 1,
) -> Array:
    """Loss after a few steps of gradient descent, for each of several learning rates.

    Every rate starts from the parameters as they are now, and they are as they were
    when the test is over.

    Args:
        loss: Computes the loss from the parameters, as `lambda: f(net(X), y)`.
        parameters: Tensors to move.
        lrs: Learning rates to try, in any order.
        steps: Steps for each rate.

    Returns:
        A loss for each rate; inf where it is not a finite number.

    Raises:
        TypeError: If `loss` is a loss, and no function, or returns no Tensor, or if
            `steps` is no whole number.
        ValueError: If `steps` is negative.
    """
    if not callable(loss):
        raise TypeError(
            "loss is a function, called anew at every step, as in "
            f"range_test(lambda: f(net(X), y), ...); got {loss!r}"
        )
    if not isinstance(steps, int | np.integer):
        raise TypeError(f"steps={steps!r}: steps are counted in whole numbers")
    if steps < 0:
        raise ValueError(f"steps={steps!r} is no number of steps: give 1 or more")
    parameters = SGD(parameters, 0.0).parameters
    start = [p.data.copy() for p in parameters]
    losses = []
    for lr in lrs:
        optimizer = SGD(parameters, lr)
        try:
            # Rates too large overflow: that is the finding.
            with np.errstate(all="ignore"):
                for _ in range(steps):
                    value = loss()
                    if not isinstance(value, Tensor):
                        raise TypeError(
                            "loss returns a Tensor that was computed from the "
                            f"parameters; got {value!r}"
                        )
                    value.backward()
                    optimizer.step()
                losses.append(float(loss()))
        finally:
            for p, w in zip(parameters, start, strict=True):
                p.data = w
    return np.where(np.isfinite(losses), losses, np.inf)
