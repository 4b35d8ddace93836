"""Gradients of functions: what goes in and comes out is plain numbers and arrays.

    grad(lambda x: x * x + x)(3.0)      7.0

Inside, the arguments are Tensors, and the result's `backward` is called.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from operator import index
from typing import Any

import numpy as np

from nnkit.gradcheck import number
from nnkit.instead import made_plain
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
        TypeError: If `f` is no function, or `wrt` no number. When called with an
            argument in `wrt` that is not floating-point, not given by position, or a
            Tensor: slopes of slopes are not recorded. And if all that came of it was
            made plain numbers on the way, as by `math.exp` or `.data`. Where a part of
            it was, that part is missing: it may as well have been printed. And within
            another function whose gradient is being taken, where it depends on an
            argument of that one: what comes of it would count as a constant there.
        ValueError: When the result is several numbers; TypeError where it is none.
        AutodiffRefused: When called inside `refused(...)`.
    """
    if not callable(f):
        raise TypeError(f"the gradient is that of a function, as grad(f)(x); got {f!r}")
    alone = isinstance(wrt, int | np.integer)
    several: Any = (wrt,) if alone else wrt
    try:
        positions = tuple(map(index, several))
    except TypeError:
        raise TypeError(
            "wrt is the number of an argument, counted from 0, or a tuple of such; "
            f"got {wrt!r}"
        ) from None

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
        numbers: list[Tensor] = []
        asked = {id(inputs[i]) for i in positions}
        made_plain.append(numbers.append)
        _under_way.append(asked)
        try:
            out = f(*inputs, **options)
        finally:  # not pop(): another thread may have added its own
            made_plain.remove(numbers.append)
            _under_way.remove(asked)
        if not isinstance(out, Tensor):  # does not depend on the arguments in `wrt`
            out = Tensor(number(out))
        _check_outermost(out)
        for i in positions:
            inputs[i].grad = None  # of a backward() on the way
        out.backward()
        for i in positions:
            _check_kept(i, inputs[i], numbers)
        grads = tuple(
            np.zeros_like(x.data) if x.grad is None else np.asarray(x.grad)
            for x in (inputs[i] for i in positions)
        )
        return float(out), grads[0] if alone else grads

    return with_gradient


_under_way: list[set[int]] = []
"""The arguments of each function whose gradient is being taken, in whatever thread."""


def _check_outermost(out: Tensor) -> None:
    """Refuse the gradient of what depends on an argument of a gradient around it."""
    outer = set().union(*_under_way)
    for x in out.ancestry() if outer else ():
        if id(x) in outer:
            raise TypeError(
                "a gradient is taken inside of a function whose own gradient is being "
                f"taken, and depends on its argument {x!r}: slopes of slopes are not "
                "recorded, so the outer gradient would lack a part. If a constant is "
                "meant, pass the argument's .data."
            )


def _check_kept(i: int, x: Tensor, numbers: list[Tensor]) -> None:
    """Refuse a gradient of 0 that only says that nothing was recorded."""
    if x.grad is None and (lost := [t for t in numbers if x in set(t.ancestry())]):
        raise TypeError(
            f"no gradient comes back to argument {i}: {lost[0]!r}, which is or was "
            "computed from it, became a plain number, as by x.data, float(x), "
            "math.exp(x) or z[0] = x with an array z. Use nnkit.exp(x) for "
            "math.exp(x), and an op on whole arrays for one entry after the other. If "
            f"the value is not meant to depend on argument {i}, leave it out of `wrt`."
        )


def grad(f: Callable[..., Any], wrt: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Make the function that returns the gradient of `f`; see `value_and_grad`."""
    both = value_and_grad(f, wrt)

    @wraps(f)
    def gradient(*args: Any, **options: Any) -> Any:
        return both(*args, **options)[1]

    return gradient
