"""Is a gradient right? Ask the function itself, at points nearby.

A derivative can be measured without knowing how to derive: move the input a little both
ways and divide the change of the value by the change of the input.

    slope along v  ≈  (f(x + h v) - f(x - h v)) / 2h         error: about h² + 1e-16 / h

`numerical_gradient` does so for one entry after the other: two evaluations an entry, so
it is for small inputs and for seeing what happens. `gradcheck` compares along a few
random directions: two evaluations a direction, whatever the size of the input. A wrong
gradient agrees with the right one along a random direction with probability 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.ops import Array
from nnkit.tensor import check_not_refused


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
        AutodiffRefused: Inside `nnkit.tensor.refused(...)`.
    """
    check_not_refused()
    x = np.array(x, dtype=float)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + eps
        above = float(f(x))
        x[i] = here - eps
        below = float(f(x))
        x[i] = here
        gradient[i] = (above - below) / (2 * eps)
    return gradient


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
        return (float(above) - float(below)) / (2 * h)

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
        f: Function of arrays that returns a single number.
        xs: Its arguments, floats of any shapes. Keep them 2h away from bends, as that
            of ReLU at 0, where the slopes left and right differ.
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
    """
    check_not_refused()
    for i, (x, gradient) in enumerate(zip(xs, gradients, strict=True)):
        if np.shape(x) != np.shape(gradient):
            raise GradcheckError(
                f"the gradient for argument {i} has shape {np.shape(gradient)}, the "
                f"argument has {np.shape(x)}: a gradient looks like what it belongs to."
            )
    # What rounding makes of a slope: values are right to a few of their last bits.
    rounding = 4 * np.finfo(float).eps * abs(float(f(*xs))) / h
    worst = 0.0
    for _ in range(directions):
        vs = tuple(rng.normal(size=np.shape(x)) for x in xs)
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
