"""How the numbers of a case are drawn, so that no mistake hides in them."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def signed(rng: np.random.Generator, *shape: int) -> Array:
    """Draw weights between ½ and 1½ in size, of both signs.

    Small weights would leave tanh on its straight middle, where a wrong slope is
    nearly right. The first entry is positive and the last negative, so that both
    signs occur in every draw with two entries or more.
    """
    size = rng.uniform(0.5, 1.5, shape)
    sign = rng.choice([-1.0, 1.0], shape)
    if sign.size > 1:
        sign.flat[0], sign.flat[-1] = 1.0, -1.0
    weights: Array = size * sign
    return weights
