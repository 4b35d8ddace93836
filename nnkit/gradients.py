"""Gradients of functions: what goes in and comes out is plain numbers and arrays.

    grad(lambda x: x * x + x)(3.0)      7.0

Inside, the arguments are Tensors, and the result's `backward` is called.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from nnkit.tensor import Tensor


def value_and_grad(
    f: Callable[..., Any], wrt: int | tuple[int, ...] = 0
) -> Callable[..., tuple[float, Any]]:
    """Make a function that returns the value of `f` together with its gradient.

    Args:
        f: Function of arrays, built from ops, that ends in a single number.
        wrt: With respect to which positional arguments, counted from 0.

    Returns:
        Function of the same arguments, giving (value, gradient): the value a float, the
        gradient an array of the shape of its argument, or a tuple of them if `wrt` is
        a tuple. An argument that the value does not depend on has gradient 0.

    Raises:
        TypeError: When called with an argument in `wrt` that is not floating-point, not
            given by position, or a Tensor: slopes of slopes are not recorded.
        ValueError: When the result is not a single number.
        AutodiffRefused: When called inside `refused(...)`.
    """
    positions = (wrt,) if isinstance(wrt, int) else tuple(wrt)

    @wraps(f)
    def with_gradient(*args: Any, **options: Any) -> tuple[float, Any]:
        inputs = list(args)
        for i in positions:
            if not -len(args) <= i < len(args):
                raise TypeError(
                    f"the gradient is for argument {i}, counted from 0, and "
                    f"{len(args)} were given by position"
                )
            if isinstance(args[i], Tensor):
                raise TypeError(
                    f"argument {i} is {args[i]!r}, expected an array or a number: a "
                    "gradient is computed, not recorded, so it has no gradient itself"
                )
            inputs[i] = Tensor(args[i])
        out = f(*inputs, **options)
        if not isinstance(out, Tensor):  # does not depend on the arguments in `wrt`
            out = Tensor(float(out.item() if isinstance(out, np.ndarray) else out))
        out.backward()
        grads = tuple(
            np.zeros_like(x.data) if x.grad is None else np.asarray(x.grad)
            for x in (inputs[i] for i in positions)
        )
        return float(out), grads[0] if isinstance(wrt, int) else grads

    return with_gradient


def grad(f: Callable[..., Any], wrt: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Make the function that returns the gradient of `f`; see `value_and_grad`."""
    both = value_and_grad(f, wrt)

    @wraps(f)
    def gradient(*args: Any, **options: Any) -> Any:
        return both(*args, **options)[1]

    return gradient
