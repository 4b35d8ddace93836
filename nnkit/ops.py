"""Every op, its derivative beside its value, on plain arrays.

An op is a *rule*: a function that returns its value and, for each input, the
function that carries a gradient back through it:

    out, back_x, back_y = mul(x, y)

In every rule three words mean the same thing:

    x     what goes in (a second input is y; a layer has weights w and biases b)
    out   what comes out
    g     the upstream gradient, d loss / d out, of the shape of out

so `back_x(g)` is d loss / d x: the upstream gradient times the op's own slope. That
is the chain rule, one link of it. `nnkit.tensor` joins the links.

Rules ignore broadcasting. Where NumPy stretched an input, as it does a bias added to
each row, `back` returns a gradient of the stretched shape, and `nnkit.sums.fit` sums it
over the copies: whoever was used five times hears from five users.

`OPS` lists every rule by name, those of `nnkit.losses` too. The tests read that table:
an op is tested by being in it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from types import EllipsisType
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnkit.sums import Axis, average, over_rows, real, spread, total, variance

Array: TypeAlias = NDArray[Any]
Back: TypeAlias = Callable[[Array], Array]
Made: TypeAlias = tuple[Array, *tuple[Back, ...]]
Rule: TypeAlias = Callable[..., Made]

OPS: dict[str, Rule] = {}


class BadValue(ValueError):
    """A rule was given a number that it has no meaning for; its shapes may be right."""


R = TypeVar("R", bound=Rule)


def op(rule: R) -> R:
    """List `rule` in `OPS` under its own name."""
    OPS[rule.__name__] = rule
    return rule


# -- arithmetic ------------------------------------------------------------------


@op
def add(x: Array, y: Array) -> Made:
    """Sum `x + y`, entry by entry. A sum hands its gradient on unchanged."""
    return x + y, lambda g: g, lambda g: g


@op
def sub(x: Array, y: Array) -> Made:
    """Difference `x - y`, entry by entry."""
    return x - y, lambda g: g, lambda g: -g


@op
def mul(x: Array, y: Array) -> Made:
    """Product `x * y`, entry by entry. Each factor's slope is the other factor."""
    # Not `x * y`: a number out of a reduction times a list would try to repeat it.
    return np.multiply(x, y), lambda g: g * y, lambda g: g * x


@op
def div(x: Array, y: Array) -> Made:
    """Quotient `x / y`, entry by entry."""
    out = x / y
    return out, lambda g: g / y, lambda g: -g * out / y


@op
def neg(x: Array) -> Made:
    """Negation `-x`."""
    return -x, lambda g: -g


@op
def pow(x: Array, y: Array) -> Made:
    """Power `x ** y`, entry by entry; differentiable in `y` where x ≥ 0.

    At 0 ** 0 both slopes are taken to be 0.
    """
    out = x**y

    # At y = 0 the slope in x is 0, also where x ** -1 would divide by zero; and where
    # x = 0 the power stays 0 for y > 0, so the slope in y is 0, although log(0) is not.
    def back_x(g: Array) -> Array:
        less = np.subtract(y, np.not_equal(y, 0), dtype=out.dtype)
        dx: Array = g * y * x**less
        return dx

    def back_y(g: Array) -> Array:
        stays = np.equal(x, 0) & np.greater_equal(y, 0)
        dy: Array = g * out * np.log(np.where(stays, 1, x), dtype=out.dtype)
        return dy

    return out, back_x, back_y


# -- linear maps -----------------------------------------------------------------


@op
def matmul(x: Array, y: Array) -> Made:
    """Matrix product `x @ y`, of matrices, stacks of matrices and vectors.

    With rows as examples, x (m, n) times y (n, k) is (m, k), and shapes leave only one
    way to write each gradient: (m, n) from g (m, k) and y; (n, k) from x and g.
    """
    x, y = np.asarray(x), np.asarray(y)
    out = x @ y
    # A vector takes part as a matrix of one row (on the left) or one column (right).
    rows = x if x.ndim > 1 else x[None, :]
    columns = y if y.ndim > 1 else y[:, None]

    def full(g: Array) -> Array:
        if y.ndim == 1:
            g = g[..., None]
        return g if x.ndim > 1 else g[..., None, :]

    def back_x(g: Array) -> Array:
        dx: Array = full(g) @ columns.swapaxes(-1, -2)
        return dx if x.ndim > 1 else dx[..., 0, :]

    def back_y(g: Array) -> Array:
        dy: Array = rows.swapaxes(-1, -2) @ full(g)
        return dy if y.ndim > 1 else dy[..., 0]

    return out, back_x, back_y


@op
def affine(x: Array, w: Array, b: Array) -> Made:
    """Weighted sums plus biases, `x @ w + b`: what a layer computes before it bends.

    Shapes: x (m, n), w (n, k), b (k,), out (m, k).
    """
    x, w, b = np.asarray(x), np.asarray(w), np.asarray(b)
    if x.ndim != 2 or b.ndim != 1 or w.shape != x.shape[1:] + b.shape:
        raise ValueError("x is (m, n), w (n, k) and b (k,)")
    out = x @ w
    out = np.add(out, b, out=out if out.dtype == b.dtype else None)

    def back_b(g: Array) -> Array:
        return over_rows(g)  # each bias was added to all of them

    return out, lambda g: g @ w.T, lambda g: x.T @ g, back_b


# -- curves ----------------------------------------------------------------------


@op
def exp(x: Array) -> Made:
    """Exponential: its own slope."""
    out = np.exp(real(x))
    return out, lambda g: g * out


@op
def log(x: Array) -> Made:
    """Natural logarithm, for x > 0."""
    return np.log(real(x)), lambda g: g / x


@op
def log1p(x: Array) -> Made:
    """Logarithm of 1 + x, exact for tiny x, where 1 + x would round x away."""
    return np.log1p(real(x)), lambda g: g / (1 + x)


@op
def sqrt(x: Array) -> Made:
    """Square root, for x > 0. At 0 its slope is infinite."""
    out = np.sqrt(real(x))
    return out, lambda g: g / (2 * out)


@op
def tanh(x: Array) -> Made:
    """Hyperbolic tangent, an S from -1 to 1. Its slope, 1 - out², needs only `out`."""
    out = np.tanh(real(x))
    return out, lambda g: g * (1 - out * out)


@op
def sigmoid(x: Array) -> Made:
    """Logistic function 1 / (1 + exp(-x)), an S from 0 to 1."""
    # The exponent is never positive, so nothing overflows; and neither tail is
    # computed as 1 minus almost 1, which would lose its digits.
    e = np.exp(-1.0 * np.abs(x))  # -abs(x) of an unsigned integer would be large
    out = np.where(np.less(x, 0), e, 1) / (1 + e)
    return out, lambda g: g * e / (1 + e) ** 2


@op
def softplus(x: Array) -> Made:
    """Smooth ramp log(1 + exp(x)), without overflow. Its slope is the sigmoid."""
    e = np.exp(-1.0 * np.abs(x))
    out = np.maximum(x, 0) + np.log1p(e)
    return out, lambda g: g * np.where(x < 0, e, 1) / (1 + e)


# -- bends: at the bend itself any slope between the two sides is right -------------


def only(passed: Array, g: Array) -> Array:
    """Gradient `g` where `passed`, else 0: of what is blocked nothing can be felt."""
    # A product makes nan of an infinite g. Where the squares of g add up, there is none
    # in it, and a product takes a third of the time.
    return g * passed if isfinite(np.vdot(g, g)) else np.where(passed, g, 0)


@op
def relu(x: Array) -> Made:
    """Rectifier max(x, 0): slope 1 where it lets pass, 0 where it blocks and at 0.

    At nan, which is not above 0, the slope is 0 as well; the value is nan.
    """
    out = np.maximum(x, 0)
    return out, lambda g: only(out > 0, g)


@op
def leaky_relu(x: Array, *, leak: float = 0.01) -> Made:
    """Rectifier that passes `leak` times x where x is negative; slope `leak` at 0."""
    out = np.where(np.greater(x, 0), x, np.multiply(leak, x))
    return out, lambda g: np.where(x > 0, g, leak * g)


@op
def abs(x: Array) -> Made:
    """Absolute value; slope 0 at 0."""
    return np.abs(x), lambda g: g * np.sign(x)


@op
def maximum(x: Array, y: Array) -> Made:
    """Larger of `x` and `y`, entry by entry; where they tie, each gets half of g."""
    out = np.maximum(x, y)
    won = np.add(np.greater(x, y), np.greater_equal(x, y), dtype=out.dtype) / 2
    return out, lambda g: only(won > 0, g) * won, lambda g: only(won < 1, g) * (1 - won)


@op
def clip(x: Array, *, low: float, high: float) -> Made:
    """`x` cut off at `low` and `high`: slope 1 where nothing was cut, else 0.

    At `low` and `high` themselves nothing is cut. At nan, which equals nothing, the
    slope is 0; the value is nan. A `low` above `high`, or nan, is a ValueError.
    """
    ends = (-np.inf if low is None else low), (np.inf if high is None else high)
    if not np.less_equal(*ends).all():
        raise BadValue(f"nothing is between low={low} and high={high}")
    out = np.clip(x, low, high)
    return out, lambda g: only(out == x, g)


# -- reductions --------------------------------------------------------------------


@op
def sum(x: Array, axis: Axis = None, keepdims: bool = False) -> Made:
    """Sum over `axis`, or over everything."""
    out = total(x, axis=axis, keepdims=keepdims)
    return out, lambda g: spread(g, x, axis, keepdims)


@op
def mean(x: Array, axis: Axis = None, keepdims: bool = False) -> Made:
    """Mean over `axis`, or over everything."""
    out = average(x, axis=axis, keepdims=keepdims)
    # Not g * out.size / x.size: in float16 the largest number is 65504.
    part = out.size / (x.size or 1)
    return out, lambda g: spread(g * part, x, axis, keepdims)


@op
def var(x: Array, axis: Axis = None, keepdims: bool = False) -> Made:
    """Variance over `axis`: the mean squared distance from the mean (divisor n)."""
    out = variance(x, axis=axis, keepdims=keepdims)
    off = x - average(x, axis=axis, keepdims=True)
    part = out.size / (x.size or 1)
    return out, lambda g: spread(g * (2 * part), x, axis, keepdims) * off


@op
def max(x: Array, axis: Axis = None, keepdims: bool = False) -> Made:
    """Largest entry along `axis`; entries that tie share the gradient equally."""
    top = np.max(x, axis=axis, keepdims=True)
    won = x == top
    ties = np.sum(won, axis=axis, keepdims=True)
    share = np.divide(won, ties, dtype=x.dtype)
    out = top if keepdims else np.max(x, axis=axis)
    return out, lambda g: only(won, spread(g, x, axis, keepdims)) * share


# -- from scores to probabilities ----------------------------------------------------


@op
def logsumexp(x: Array, axis: int = -1, keepdims: bool = False) -> Made:
    """Logarithm of the sum of exp(x) along `axis`. Its slope is the softmax."""
    # Subtracting the largest entry changes nothing but keeps exp below overflow.
    top = np.nan_to_num(1.0 * np.max(x, axis=axis, keepdims=True))  # no inf - inf
    e = np.exp(x - top)
    sums = total(e, axis=axis, keepdims=True)
    out = top + np.log(sums)
    out = out if keepdims else np.squeeze(out, axis)
    return out, lambda g: spread(g, x, axis, keepdims) * (e / sums)


@op
def softmax(x: Array, axis: int = -1) -> Made:
    """Positive shares that add up to 1 along `axis`, in proportion to exp(x)."""
    # What is off the largest has a sign, which an unsigned integer has not.
    e = np.exp(x - 1.0 * np.max(x, axis=axis, keepdims=True))
    out = e / total(e, axis=axis, keepdims=True)

    # Raising one share lowers the others: what counts is g less its weighted mean.
    return out, lambda g: out * (g - total(g * out, axis=axis, keepdims=True))


@op
def log_softmax(x: Array, axis: int = -1) -> Made:
    """Logarithm of the softmax, finite also where the softmax rounds to 0."""
    off = x - 1.0 * np.max(x, axis=axis, keepdims=True)
    out = off - np.log(total(np.exp(off), axis=axis, keepdims=True))
    return out, lambda g: g - np.exp(out) * total(g, axis=axis, keepdims=True)


# -- moving entries around: gradients go back the way the values came ----------------


@op
def reshape(x: Array, *shape: Any) -> Made:
    """The same entries in another shape, `reshape(2, -1)` or `reshape((2, -1))`."""
    return x.reshape(*shape), lambda g: g.reshape(x.shape)


@op
def transpose(x: Array, *axes: Any) -> Made:
    """Axes in another order; reversed, if no order is given."""
    given = axes and axes[0] is not None
    back = np.argsort(np.mod(np.ravel(axes), x.ndim)) if given else None
    return x.transpose(*axes), lambda g: np.transpose(g, back)


@op
def getitem(x: Array, index: Any) -> Made:
    """Entries `x[index]`. An entry picked twice collects both gradients."""
    parts = index if isinstance(index, tuple) else (index,)
    once = all(i is None or isinstance(i, int | slice | EllipsisType) for i in parts)

    def back_x(g: Array) -> Array:
        if once:  # twenty times as fast
            dx = np.zeros_like(x)
            dx[index] = g
            return dx
        dx = np.zeros(x.shape, np.result_type(x, float))  # for the reason of `sums`
        np.add.at(dx, index, g)
        return dx.astype(x.dtype, copy=False)

    return x[index], back_x


@op
def concatenate(*xs: Array, axis: int = 0) -> Made:
    """Arrays joined along `axis`; each gets its own piece of the gradient back."""
    if any(isinstance(x, list | tuple) for x in xs):
        raise TypeError("concatenate(x, y) takes arrays one by one, not in a list")
    out = np.concatenate(xs, axis)
    ends = np.cumsum([np.shape(x)[axis] for x in xs])

    def piece(i: int) -> Back:
        return lambda g: np.split(g, ends[:-1], axis)[i]

    return out, *(piece(i) for i in range(len(xs)))
