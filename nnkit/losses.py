"""Losses: how wrong predictions are, as one number, with its derivative beside it.

Each averages over what it compares, so a loss does not grow with the batch, and neither
does its gradient. Targets are data: nothing is differentiated with respect to them.
They may be arrays or lists, but must have the shape of the prediction; (m,) against
(m, 1) would broadcast to m² residuals without a word.

Words are those of `nnkit.ops`: x is the prediction, y the target, m the number of
entries or rows averaged over. Where a classifier's loss takes *logits*, it is given the
scores before the sigmoid or softmax. Computed from them, a loss stays finite, and its
gradient does not vanish where the prediction is most wrong.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nnkit.instead import JOINED
from nnkit.ops import Array, BadValue, Made, op
from nnkit.sums import average, mean_square, total
from nnkit.tensor import Tensor, recorded
from nnkit.unfit import check_no_mask

ROUNDED = 1e-3  # how far off shares may be that somebody has written down


def plain(x: ArrayLike) -> Array:
    """Numbers as an array.

    Raises:
        TypeError: If there are Tensors among them. They would become constants, and
            what they were computed from would seem to have no influence on the loss.
            And if they are complex: of these, only the real parts would be compared; or
            masked, as the masked ones would be compared, too.
    """
    check_no_mask(x)
    x = np.asarray(x)
    if x.dtype.kind == "c":
        raise TypeError(f"a loss compares real numbers, got {x.dtype}: take x.real")
    if x.dtype.kind == "O" and any(isinstance(entry, Tensor) for entry in x.flat):
        raise TypeError(
            "a loss compares two arrays or Tensors, and got a list of Tensors, through "
            "which no gradient is carried: compute the predictions as one Tensor, or "
            f"{JOINED}. Targets are constants: pass .data"
        )
    return x


def floats(x: ArrayLike) -> Array:
    """Predictions as they are if they are floats, else as float64.

    In the type of whole predictions, targets would lose what is behind their point.
    """
    x = plain(x)
    return x if x.dtype.kind == "f" else x.astype(float)


def matched(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Predictions and targets as floats, once they are known to have one shape.

    Raises:
        ValueError: If they have not.
    """
    x = floats(x)
    y = plain(y).astype(x.dtype, copy=False)
    if y.shape != x.shape:
        raise ValueError(
            f"predictions have shape {x.shape} but targets {y.shape}, which would "
            "compare each with several others; try y.reshape(prediction.shape)"
        )
    return x, y


def share(x: Array) -> float:
    """What one entry counts for in a mean over all of them.

    A factor, as float16 cannot be divided by more entries than 65504.
    """
    return 1 / (x.size or 1)


def check_shares(y: Array) -> None:
    """Make sure that targets are shares: 1 for the class that is right, or in between.

    Raises:
        BadValue: If they are not: labels of -1 and 1 would reward a loss below 0.
    """
    if y.size and not -ROUNDED <= y.min() <= y.max() <= 1 + ROUNDED:
        raise BadValue(
            f"targets are shares, from 0 to 1; got {y.min():g} to {y.max():g}. Labels "
            "-1 and 1 become 0 and 1 as (y + 1) / 2"
        )


# -- regression --------------------------------------------------------------------


@recorded
@op
def squared_error(x: Array, y: Array, *, half: bool = False) -> Made:
    """Mean squared error, 1/m Σ (x - y)²; with `half`, 1/2m Σ (x - y)².

    The half cancels the 2 of the derivative. Both have the same minimum, but the
    gradient with it is half as long, so the learning rate may be twice as large.

    Raises:
        ValueError: If the shapes differ.
    """
    x, y = matched(x, y)
    off = x - y
    scale = 1 if half else 2
    loss = mean_square(off)
    return loss * (scale / 2), lambda g: off * (g * (scale * share(off)))


@recorded
@op
def absolute_error(x: Array, y: Array) -> Made:
    """Mean absolute error, 1/m Σ |x - y|: a miss pulls equally hard, near or far.

    Raises:
        ValueError: If the shapes differ.
    """
    x, y = matched(x, y)
    off = x - y
    return average(np.abs(off)), lambda g: np.sign(off) * (g * share(off))


@recorded
@op
def huber(x: Array, y: Array, *, delta: float = 1.0) -> Made:
    """Mean of ½ e² for misses |e| up to `delta`, of delta (|e| - delta/2) beyond.

    Quadratic near the target, linear for outliers, without a corner between.
    Source: Huber (1964), "Robust estimation of a location parameter".

    Raises:
        ValueError: If `delta` is not positive, or the shapes differ.
    """
    if not delta > 0:
        raise BadValue(f"delta is a distance and positive, got {delta}")
    x, y = matched(x, y)
    off = x - y
    slope = np.clip(off, -delta, delta)
    # For both branches the value is slope (e - slope/2).
    return average(slope * (off - slope / 2)), lambda g: slope * (g * share(off))


# -- classification ----------------------------------------------------------------


@recorded
@op
def binary_cross_entropy(x: Array, y: Array) -> Made:
    """Mean of -y log x - (1 - y) log(1 - x), from probabilities x in (0, 1).

    Infinite where x is 0 or 1 and wrong. A probability that comes out of a sigmoid
    rounds to 1 from a logit of 37 on; use `binary_cross_entropy_from_logits` there.

    Raises:
        ValueError: If a prediction or a target is not from 0 to 1, or the shapes
            differ.
    """
    x, y = matched(x, y)
    check_shares(y)
    # What is nan has gone wrong before, and is passed on, as by any loss.
    if x.size and (x.min() < 0 or x.max() > 1):
        raise BadValue(
            "predictions are probabilities, from 0 to 1; got "
            f"{x.min():.9g} to {x.max():.9g}. Scores that have not been through a "
            "sigmoid are logits: binary_cross_entropy_from_logits takes those"
        )

    def ratio(top: Array, bottom: Array) -> Array:
        # 0 / 0 counts as 0: what has no weight has no slope.
        return np.divide(top, bottom, out=np.zeros_like(x), where=top != 0)

    def log(p: Array, weight: Array) -> Array:
        return np.log(p, out=np.zeros_like(x), where=weight != 0)

    loss = 0 - average(y * log(x, y) + (1 - y) * log(1 - x, 1 - y))
    return loss, lambda g: (ratio(1 - y, 1 - x) - ratio(y, x)) * (g * share(x))


@recorded
@op
def binary_cross_entropy_from_logits(x: Array, y: Array) -> Made:
    """Mean of softplus(x) - x y, from logits x: -y log σ(x) - (1 - y) log(1 - σ(x)).

    Certain and right costs nothing: x may be infinite. The slope is (σ(x) - y) / m:
    prediction minus target, without a factor that dies when the sigmoid saturates.
    Targets may be soft, anything from 0 to 1.

    Raises:
        ValueError: If a target is not from 0 to 1, or the shapes differ.
    """
    x, y = matched(x, y)
    check_shares(y)
    e = np.exp(-np.abs(x))  # never overflows
    wrong = np.where(x < 0, y, 1 - y)  # what has no weight costs nothing: not inf - inf
    miss = np.multiply(np.abs(x), wrong, out=np.zeros_like(x), where=wrong != 0)
    loss = average(miss + np.log1p(e))
    return loss, lambda g: (np.where(x < 0, e, 1) / (1 + e) - y) * (g * share(x))


@recorded
@op
def cross_entropy(x: Array, y: Array) -> Made:
    """Mean over rows of -log softmax(x) at the target class, from logits x (m, K).

    Targets are class numbers (m,) from 0 to K-1, or rows of probabilities (m, K), such
    as one-hot rows. The slope is (softmax(x) - one-hot) / m. With nothing learned, all
    logits equal, the loss is log K.

    Raises:
        ValueError: If the shapes are others, a class number is out of range, or a row
            of probabilities does not add up to 1 or has one below 0.
    """
    x, y = floats(x), plain(y)
    if x.ndim != 2:
        raise ValueError(
            f"logits are rows of one score for each class, (m, K); got shape {x.shape}"
        )
    if y.shape != x.shape and (y.shape != x.shape[:1] or y.dtype.kind not in "iu"):
        raise ValueError(
            f"logits have shape {x.shape}, so targets are {x.shape[:1]} integers or "
            f"{x.shape} probabilities; got {y.shape} of {y.dtype}"
        )
    if y.ndim == 1 and y.size and not 0 <= y.min() <= y.max() < x.shape[1]:
        raise BadValue(
            f"{x.shape[1]} classes have the numbers 0 to {x.shape[1] - 1}; got labels "
            f"from {y.min()} to {y.max()}"
        )
    if (
        y.ndim == 2
        and not (whole := np.abs(y.sum(axis=1, dtype=float) - 1) < ROUNDED).all()
    ):
        i = int(np.argmin(whole))
        raise BadValue(
            f"each row of target probabilities adds up to 1; row {i} to {y[i].sum():g}"
        )
    if y.ndim == 2:
        check_shares(y)
    picked = (np.arange(len(y)), y) if y.ndim == 1 else None
    off = x - np.maximum.reduce(x, axis=1, keepdims=True)
    e = np.exp(off)
    sums = total(e, axis=1, keepdims=True)
    if picked:
        score = off[picked]
    else:  # 0 times an infinite score counts as 0: what has no weight costs nothing
        y = y.astype(x.dtype)
        weighed = np.multiply(off, y, out=np.zeros_like(off), where=y != 0)
        score = total(weighed, axis=1)
    loss = average(np.log(sums)[:, 0] - score)

    def back_x(g: Array) -> Array:
        dx: Array = e / sums
        if picked:
            dx[picked] -= 1
        else:
            dx -= y
        dx *= g * share(score)
        return dx

    return loss, back_x
