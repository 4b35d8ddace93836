"""Sums that keep their digits: NumPy adds rows one after the other, in their own type.

After a million rows of 0.1 a float32 is off by 1 %, and a float16 is stuck at 256: the
next term is less than half of its last bit. So floats narrower than float64 are added
in float64, and the sum is rounded once. A matrix product adds in its own type, as the
processor does; it does so in pieces, and loses less.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Axis: TypeAlias = int | tuple[int, ...] | None

FLOAT64 = np.dtype(float)


def narrow(x: Array) -> bool:
    """Whether the entries are floats of fewer digits than float64."""
    # Almost all are float64, and of that there is one: to compare it costs least.
    return x.dtype is not FLOAT64 and x.dtype.kind == "f" and x.dtype.itemsize < 8


def widened(reduce: Callable[..., Any]) -> Callable[..., Any]:
    """Make a reduction of NumPy's add narrow floats in float64; the result is narrow.

    Args:
        reduce: function of an array that takes `axis`, `keepdims` and `dtype`.
    """

    def reduction(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
        if narrow(x):
            wide = reduce(x, axis=axis, keepdims=keepdims, dtype=float)
            return wide.astype(x.dtype)
        return reduce(x, axis=axis, keepdims=keepdims)

    return reduction


total = widened(np.add.reduce)
variance = widened(np.var)
_mean = widened(np.mean)


def average(x: Array, axis: Axis = None, keepdims: bool = False) -> Any:
    """Mean over `axis`, or over everything."""
    if axis is not None or narrow(x):
        return _mean(x, axis, keepdims)
    return total(x, keepdims=keepdims) / x.size  # as a loss is: faster


def mean_square(x: Array) -> Any:
    """Mean of the squares of all entries."""
    if narrow(x):
        return np.mean(np.square(x, dtype=float)).astype(x.dtype)
    return np.vdot(x, x) / x.size


@lru_cache(maxsize=64)
def ones(n: int, dtype: np.dtype[Any]) -> Array:
    """Vector of n ones, made once: batches of one size come again and again."""
    return np.ones(n, dtype)


def over_rows(g: Array) -> Array:
    """Sum of the rows of a matrix."""
    if narrow(g):
        return total(g, axis=0)  # type: ignore[no-any-return] # an array: g has 2 axes
    sums: Array = ones(len(g), g.dtype) @ g  # a product with ones is the fastest sum
    return sums


def fit(g: Array, shape: tuple[int, ...]) -> Array:
    """Sum `g` over the axes along which broadcasting stretched `shape`.

    Args:
        g: Gradient of the stretched input.
        shape: Shape of the input itself.

    Returns:
        Gradient of that shape.
    """
    if g.ndim > len(shape):
        g = total(g, axis=tuple(range(g.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 != g.shape[i])
    return total(g, axis=stretched, keepdims=True) if stretched else g


def spread(g: Array, x: Array, axis: Axis, keepdims: bool) -> Array:
    """Copy `g`, one number a reduction, to all the entries of `x` it was made from."""
    if x.ndim and axis is not None and not keepdims:  # of a number, axis 0 is no axis
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, x.shape)


def real(x: Array) -> Array:
    """Floats as they are, whole numbers in float64.

    Of small ones NumPy's curves make float16: three digits, and exp(12) is infinite.
    """
    x = np.asarray(x)
    return x.astype(float) if x.dtype.kind in "biu" else x
