"""What is drawn, as numbers of the right shape: checked before Matplotlib sees it.

Points whose class is -1 would not be drawn, and a path without a name, or a layer that
returned nothing, would stop inside of Matplotlib.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnkit.ops import Array
from nnkit.tensor import Tensor
from nnkit.unfit import short


def numbers(given: Any, what: str) -> Array:
    """An array or a Tensor as floats.

    Raises:
        TypeError: If it is neither.
    """
    array = np.asarray(given.data if isinstance(given, Tensor) else given)
    if array.dtype.kind not in "biuf":
        alone = array.dtype == object and not array.ndim
        said = short(given) if alone else array.dtype
        raise TypeError(f"{what} is an array of numbers, or a Tensor; got {said}")
    floats: Array = array.astype(float)
    return floats


def paths_of(paths: Mapping[str, Array] | None) -> dict[str, Array]:
    """Name to points (T+1, 2), of every path."""
    if paths is not None and not isinstance(paths, Mapping):
        raise TypeError(
            "paths have names, as in {'small steps': points}; got "
            f"{type(paths).__name__}"
        )
    found = {name: numbers(path, "a path") for name, path in (paths or {}).items()}
    for name, path in found.items():
        if path.ndim != 2 or path.shape[1] != 2 or not len(path):
            raise ValueError(
                "a path has a row of two weights for each step, (T+1, 2); "
                f"{name!r} has shape {path.shape}"
            )
    return found


def points_of(X: Any, y: Any) -> tuple[Array, Array]:
    """Points (m, 2) and their classes (m,), whole numbers from 0."""
    X, y = numbers(X, "X"), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or not len(X):
        raise ValueError(
            f"the plane has two features, so points are (m, 2); got {X.shape}"
        )
    if astray := np.count_nonzero(~np.isfinite(X).all(axis=1)):
        raise ValueError(f"points are finite, and {astray} of {len(X)} are not")
    if y.shape != X.shape[:1]:
        raise ValueError(
            f"points {X.shape} have a class each, {X.shape[:1]}; y is {y.shape}"
        )
    y = numbers(y, "y")
    if not (y.min() >= 0 and (y == np.round(y)).all()):
        raise ValueError(
            f"classes are whole numbers from 0; y goes from {y.min():g} to "
            f"{y.max():g}. Labels -1 and 1 become 0 and 1 as (y + 1) // 2"
        )
    return X, y.astype(int)


def scores_of(model: Any, points: Array, classes: int = 0) -> Array:
    """A model's scores (m, K) for points (m, 2); of one logit, minus it for class 0.

    It is to tell so many `classes`, or more, apart.
    """
    scores = numbers(model(points), "what the model returns")
    if scores.shape[:1] != points.shape[:1] or scores.ndim > 2 or not scores.size:
        raise ValueError(
            f"for points {points.shape} a model returns scores ({len(points)}, K), or "
            f"one logit each, ({len(points)},); got {scores.shape}"
        )
    if np.isnan(scores).any():  # the first of them would count as the largest
        some = np.isnan(scores.reshape(len(scores), -1)).any(axis=1).mean()
        raise ValueError(
            f"scores are numbers, and at {some:.0%} of the places the model returns "
            "nan: has its training diverged?"
        )
    told = scores.shape[1] if scores.ndim == 2 and scores.shape[1] > 1 else 2
    if told < classes:
        raise ValueError(
            f"y has classes 0 to {classes - 1}, and from scores {scores.shape} only 0 "
            f"to {told - 1} can be told: a model returns a score for each class, not "
            "the number of one"
        )
    if scores.ndim == 1 or scores.shape[1] == 1:
        if scores.min() >= 0 and scores.max() <= 1 and (scores % 1).any():
            warnings.warn(
                "all scores lie from 0 to 1, so the answer is class 1 everywhere: a "
                "logit is negative for class 0. Of probabilities, take 0.5 away",
                stacklevel=3,
            )
        scores = np.c_[-scores.ravel(), scores.ravel()]
    return scores


def roomy(plane: Array, answers: Array, X: Array) -> Iterator[tuple[int, Array]]:
    """Yield each answered class, and a place for its name, far from all that is not it.

    `plane` (r, c, 2) are places, `answers` (r, c) their classes, `X` (m, 2) points.
    """
    coarse = (slice(5, -5, 10), slice(5, -5, 10))
    places, here = plane[coarse].reshape(-1, 2), answers[coarse].ravel()
    low, high = plane[0, 0], plane[-1, -1]
    scale = high - low
    rim = np.minimum(places - low, high - places) / scale
    for k in np.unique(here):
        own = here == k
        apart = np.concatenate([X, places[~own]])[:, None] - places[own]
        room = np.linalg.norm(apart / scale, axis=2).min(axis=0)
        yield int(k), places[own][np.minimum(room, rim[own].min(axis=1)).argmax()]


def entries(layer: Any) -> Array:
    """All entries of a layer's array or Tensor, in a row."""
    return numbers(layer, "a layer").ravel()


def check_layers(values: Sequence[Array], gradients: Sequence[Any]) -> None:
    """Raise ValueError unless there are layers, and a gradient for each or None."""
    if not values or len(values) != len(gradients):
        raise ValueError(
            "there is a histogram for each layer, and for its gradient; got "
            f"{len(values)} layers and {len(gradients)} gradients"
        )


def width(values: Array) -> str:
    """Standard deviation of those that are finite, and how many are not."""
    finite = values[np.isfinite(values)]
    # Of gradients that vanish, the squares vanish sooner: 1e-170 is no 0.
    reach = float(np.abs(finite).max(initial=0))
    scale = reach if 0 < reach < 1e-100 else 1.0
    width = f"{scale * (finite / scale).std():.2g}" if finite.size else "unknown"
    rest = values.size - finite.size
    return f"{width} ({rest} not finite)" if rest else width


def curves_of(lrs: Any, losses: Any) -> tuple[Array, dict[str, Array]]:
    """Rates (r,), the smallest first, and name to losses (r,)."""
    curves = losses if isinstance(losses, Mapping) else {"loss": losses}
    lrs = numbers(lrs, "lrs")
    found = {name: numbers(curve, f"{name!r}") for name, curve in curves.items()}
    for name, curve in found.items():
        if lrs.ndim != 1 or not lrs.size or curve.shape != lrs.shape:
            raise ValueError(
                f"each rate has a loss: rates have shape {lrs.shape}, {name!r} has "
                f"{curve.shape}"
            )
    if not found:
        raise ValueError("there are no losses to draw")
    if not (lrs > 0).all():
        raise ValueError(
            f"a rate of {lrs[~(lrs > 0)][0]:g} has no place on a logarithmic axis: "
            "rates are above 0"
        )
    order = np.argsort(lrs)
    return lrs[order], {name: curve[order] for name, curve in found.items()}
