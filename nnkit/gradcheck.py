"""Is a gradient right? Ask the function itself, at points nearby.

A derivative can be measured without knowing how to derive: move the input a little both
ways and divide the change of the value by the change of the input.

    slope along v  ≈  (f(x + h v) - f(x - h v)) / 2h         error: about h² + 1e-16 / h

`numerical_gradient` does so for one entry after the other: two evaluations an entry, so
it is for small inputs and for seeing what happens. `gradcheck` compares along a few
random directions: four evaluations a direction, at h and at 2h, whatever the size of
the input. A wrong gradient agrees with the right one along a random direction with
probability 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.init import generator
from nnkit.ops import Array
from nnkit.tensor import check_not_refused
from nnkit.unfit import short


class GradcheckError(AssertionError):
    """A gradient that the function itself contradicts."""


def numerical_gradient(
    f: Callable[[Array], float], x: Array, eps: float = 1e-5
) -> Array:
    """Gradient of `f` at `x` by central differences, one entry at a time.

    Args:
        f: Function of one array that returns a single number.
        x: Where to measure: floats of any shape, left as they are.
        eps: Half the distance between the two points of a difference. Smaller is not
            better: f(x ± eps) agree in ever more digits, and what is left is rounding.

    Returns:
        Array of the shape of `x`.

    Raises:
        TypeError: If `x` holds no real numbers, or `f` returns no single one.
        ValueError: If `eps` is not positive; if `x` is so large, or `eps` so small,
            that nothing moves.
        AutodiffRefused: Inside `nnkit.tensor.refused(...)`.
    """
    check_not_refused()
    if not real(x):
        raise TypeError(f"x is a number or an array of real numbers, got {short(x)}")
    x = np.array(x, dtype=float)
    check_moves("eps", eps, x)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + eps
        above = number(f(x.copy()))  # f may change what it is given
        x[i] = here - eps
        below = number(f(x.copy()))
        x[i] = here
        gradient[i] = (above - below) / (2 * eps)
    return gradient


def real(x: Any) -> bool:
    """Whether it is a real number, or an array of such."""
    try:
        return np.asarray(x).dtype.kind in "biuf"
    except ValueError:  # rows that differ in length
        return False


def check_moves(name: str, step: float, x: Any) -> None:
    """Make sure that a step leads elsewhere: else each slope is measured as 0.

    Raises:
        ValueError: If it does not, or is no distance.
    """
    if not 0 < step < np.inf:
        raise ValueError(f"{name} is a distance and positive, got {step!r}")
    x = np.asarray(x, dtype=float)
    still = x[np.isfinite(x) & (x + step == x - step)]
    if still.size:
        raise ValueError(
            f"{name}={step!r} is lost in {still[0]:g}, which it leaves as it is, so no "
            "slope can be measured: take a larger one"
        )


def number(out: Any) -> float:
    """A function's value as a float.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is several.
    """
    try:
        return float(out.item() if isinstance(out, np.ndarray) else out)
    except (TypeError, ValueError) as error:
        what = f"an array of shape {out.shape}" if isinstance(out, np.ndarray) else out
        raise type(error)(
            f"a gradient is that of a single number, and the function returned {what}"
            + (". Does it say `return`?" if out is None else "")
        ) from error


def slope_along(
    f: Callable[..., float], xs: tuple[Any, ...], vs: tuple[Any, ...], h: float
) -> float:
    """Slope of `f` at the inputs `xs` along the directions `vs`, one for each input.

    Two central differences, at h and 2h, combined so that their h² errors cancel
    (Richardson extrapolation); what remains is of order h⁴.
    """

    def central(h: float) -> float:
        above = f(*(x + h * v for x, v in zip(xs, vs, strict=True)))
        below = f(*(x - h * v for x, v in zip(xs, vs, strict=True)))
        return (number(above) - number(below)) / (2 * h)

    return (4 * central(h) - central(2 * h)) / 3


def gradcheck(
    f: Callable[..., float],
    xs: tuple[Any, ...],
    gradients: tuple[Any, ...],
    *,
    rng: np.random.Generator,
    tol: float = 1e-7,
    directions: int = 3,
    h: float = 1e-3,
) -> float:
    """Raise unless a claimed gradient agrees with slopes along random directions.

    Args:
        f: Function of arrays that returns a single number, computed in float64: what
            float32 rounds away is more than `tol`.
        xs: Its arguments, floats of any shapes. Keep them 12h away from bends, as that
            of ReLU at 0, where the slopes left and right differ: a difference reaches
            2h times a normally distributed number to either side.
        gradients: The claim: for each argument an array of its shape.
        rng: Draws the directions.
        tol: Largest error that counts as right, relative to the size of the slope. One
            that rounding explains does as well: a slope of 0 may be measured as 1e-13.
        directions: How many to try.
        h: Step of the difference, for arguments of size around 1.

    Returns:
        The largest relative error found.

    Raises:
        GradcheckError: If the error is larger than `tol`, or not a number, or if a
            gradient has another shape than its argument.
        TypeError: If arguments and gradients are no tuples of real numbers.
        ValueError: If they are not as many, no direction is to be tried, or `h` is not
            positive or so small that nothing moves.
    """
    check_not_refused()
    for given in (xs, gradients):
        if not isinstance(given, tuple | list):
            raise TypeError(
                "arguments and gradients come in tuples, (x,) and (dx,) if there is "
                f"one; got {short(given)}"
            )
    if len(xs) != len(gradients):
        raise ValueError(
            f"each argument has a gradient; got {len(xs)} and {len(gradients)}"
        )
    if directions < 1:
        raise ValueError(f"{directions} directions would let any gradient pass")
    for i, (x, gradient) in enumerate(zip(xs, gradients, strict=True)):
        for what, given in (("argument", x), ("the gradient for argument", gradient)):
            if not real(given):
                raise TypeError(
                    f"{what} {i} is a number or an array of real numbers, got "
                    f"{short(given)}"
                )
        check_moves("h", h, x)
        if np.shape(x) != np.shape(gradient):
            raise GradcheckError(
                f"the gradient for argument {i} has shape {np.shape(gradient)}, the "
                f"argument has {np.shape(x)}: a gradient looks like what it belongs to."
            )
    # What rounding makes of a slope: values are right to a few of their last bits.
    rounding = 4 * np.finfo(float).eps * abs(number(f(*map(np.copy, xs)))) / h
    worst, dice = 0.0, generator(rng)
    for _ in range(directions):
        vs = tuple(dice.normal(size=np.shape(x)) for x in xs)
        measured = slope_along(f, xs, vs, h)
        terms = [np.multiply(g, v) for g, v in zip(gradients, vs, strict=True)]
        claimed = float(sum(np.sum(t) for t in terms))
        # Relative to the terms: their sum may happen to cancel down to rounding.
        size = max(abs(measured), float(np.sqrt(sum(np.sum(t**2) for t in terms))))
        off = abs(claimed - measured)
        error = 0.0 if off <= rounding < np.inf else off / size
        if not error <= tol:  # and so for nan, which no comparison passes
            raise GradcheckError(
                f"along a random direction the gradient promises a slope of "
                f"{claimed:.9g}, the function has {measured:.9g}: relative error "
                f"{error:.1e}, allowed {tol:.0e}. Compare with numerical_gradient, "
                "entry by entry, to see where they differ."
            )
        worst = max(worst, error)
    return worst
