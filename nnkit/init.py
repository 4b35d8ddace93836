"""Initial weights: what a network starts from decides whether it can start at all.

Every initializer is called alike, `glorot_normal(shape, rng=rng)`, and returns a
float64 array. Chance is an argument: the same generator state gives the same weights.

A dense weight has shape (fan_in, fan_out): `fan_in` inputs feed each unit, and each
input feeds `fan_out` units. A sum of fan_in independent terms has fan_in times the
variance of one term, which is why most rules here divide by a fan.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING

import numpy as np

from nnkit.ops import Array

if TYPE_CHECKING:  # numpy.random takes longer to import than all of this
    from numpy.random import Generator

Shape = tuple[int, ...]


def fans(shape: Shape, layout: str = "io") -> tuple[int, int]:
    """How many inputs feed an output, and how many outputs an input feeds.

    Args:
        shape: Shape of a weight, dense or convolutional.
        layout: Order of its axes: "io" for (*kernel, in, out), "oi" for
            (out, in, *kernel). The area of the kernel multiplies both fans.

    Raises:
        ValueError: If the shape has fewer than two axes or no entries, or the layout is
            another.
        TypeError: If it is no tuple of whole numbers.
    """
    try:
        shape = tuple(map(operator.index, shape))
    except TypeError:
        raise TypeError(
            f"a shape is a tuple of whole numbers, such as (3, 2); got {shape!r}"
        ) from None
    if len(shape) < 2 or min(shape) < 1:
        raise ValueError(
            f"a weight has entries, and at least the axes in and out, got shape {shape}"
        )
    if layout == "io":
        *kernel, n_in, n_out = shape
    elif layout == "oi":
        n_out, n_in, *kernel = shape
    else:
        raise ValueError(f"layout is 'io' or 'oi', got {layout!r}")
    return math.prod(kernel) * n_in, math.prod(kernel) * n_out


def generator(rng: Generator) -> Generator:
    """Return a random generator as it is.

    Raises:
        TypeError: If it is none, but the seed of one.
    """
    if not hasattr(rng, "normal"):
        raise TypeError(
            "rng is a random generator, made once and then passed on, as in "
            f"rng = np.random.default_rng(0); got {rng!r}"
        )
    return rng


# -- without regard to the shape -----------------------------------------------------


def zeros(shape: Shape, *, rng: Generator | None = None) -> Array:
    """Zeros: right for biases; as weights they keep all units of a layer alike."""
    return np.zeros(shape)


def constant(shape: Shape, value: float, *, rng: Generator | None = None) -> Array:
    """One value everywhere."""
    return np.full(shape, float(value))


def normal(shape: Shape, std: float = 1.0, *, rng: Generator) -> Array:
    """Normal distribution with mean 0 and standard deviation `std`."""
    return generator(rng).normal(0.0, std, shape)


def uniform(shape: Shape, bound: float = 1.0, *, rng: Generator) -> Array:
    """Uniform on ±`bound`. Its standard deviation is bound / √3."""
    return generator(rng).uniform(-bound, bound, shape)


def truncated_normal(
    shape: Shape,
    std: float = 1.0,
    *,
    rng: Generator,
    cut: float = 2.0,
    corrected: bool = True,
) -> Array:
    """Normal distribution without its tails: draws beyond `cut` widths are drawn again.

    Args:
        shape: Shape of the weight.
        std: Standard deviation of the result if `corrected`, else of the normal
            distribution before it is cut.
        rng: Source of chance.
        cut: Where to cut, in standard deviations of the normal distribution.
        corrected: Whether to widen the normal distribution so that what is left has
            `std`. Cutting at 2 alone leaves .880 of the standard deviation.

    Raises:
        ValueError: If `cut` is not positive.

    Source: variance of the truncated normal, 1 - 2c φ(c) / (2Φ(c) - 1).
    """
    if not cut > 0:
        raise ValueError(f"nothing is left of a normal distribution cut at ±{cut}")
    c = min(cut, 40.0)  # nothing is cut off from there on, and inf times 0 is nan
    density = math.exp(-(c**2) / 2) / math.sqrt(2 * math.pi)
    kept = math.erf(c / math.sqrt(2))
    width = std / math.sqrt(1 - 2 * c * density / kept) if corrected else std
    w = np.asarray(generator(rng).normal(size=shape))
    while (outside := np.abs(w) > cut).any():
        w[outside] = rng.normal(size=np.count_nonzero(outside))
    return width * w


# -- by the fans -----------------------------------------------------------------------


def glorot_normal(
    shape: Shape, *, rng: Generator, gain: float = 1.0, layout: str = "io"
) -> Array:
    """Xavier initialization: variance gain² · 2 / (fan_in + fan_out).

    A compromise: 1 / fan_in would keep the variance of signals going forward through
    linear units, 1 / fan_out that of gradients going back. A gain of 5/3 is a common
    choice for tanh. Source: Glorot and Bengio (2010), equation 12.
    """
    return normal(shape, gain * math.sqrt(2 / sum(fans(shape, layout))), rng=rng)


def glorot_uniform(
    shape: Shape, *, rng: Generator, gain: float = 1.0, layout: str = "io"
) -> Array:
    """Xavier initialization, uniform on ±gain · √(6 / (fan_in + fan_out)).

    Source: Glorot and Bengio (2010), equation 16.
    """
    return uniform(shape, gain * math.sqrt(6 / sum(fans(shape, layout))), rng=rng)


def he_normal(shape: Shape, *, rng: Generator, layout: str = "io") -> Array:
    """Variance 2 / fan_in: the 2 makes up for the half that ReLU sets to 0.

    Source: He, Zhang, Ren and Sun (2015), equation 10.
    """
    return normal(shape, math.sqrt(2 / fans(shape, layout)[0]), rng=rng)


def he_uniform(shape: Shape, *, rng: Generator, layout: str = "io") -> Array:
    """The variance of `he_normal`, uniform on ±√(6 / fan_in)."""
    return uniform(shape, math.sqrt(6 / fans(shape, layout)[0]), rng=rng)


def lecun_normal(shape: Shape, *, rng: Generator, layout: str = "io") -> Array:
    """Variance 1 / fan_in: weighted sums as wide as the inputs.

    Source: LeCun, Bottou, Orr and Müller (1998), "Efficient BackProp", section 4.6.
    """
    return normal(shape, math.sqrt(1 / fans(shape, layout)[0]), rng=rng)


def orthogonal(
    shape: Shape, *, rng: Generator, gain: float = 1.0, layout: str = "io"
) -> Array:
    """Random rotation times `gain`: all singular values are `gain`, not their mean.

    The weight is seen as a matrix of (kernel · in) by out; where it is not square, its
    shorter side is orthonormal. Source: Saxe, McClelland and Ganguli (2014).
    """
    fans(shape, layout)  # complains about shapes that are not weights
    n_out = shape[-1] if layout == "io" else shape[0]
    rows = math.prod(shape) // n_out
    tall = generator(rng).normal(size=(max(rows, n_out), min(rows, n_out)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diag(r))  # else not uniform over rotations: Mezzadri (2007)
    q = gain * (q if rows >= n_out else q.T)
    return q.reshape(shape) if layout == "io" else q.T.reshape(shape)
