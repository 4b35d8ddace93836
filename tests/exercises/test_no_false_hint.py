"""Wrong answers that look, here and there, like a mistake that they do not make."""

import numpy as np
import pytest
from asking import verdicts

from nnkit.exercises import EXERCISES
from nnkit.judging import show

SEEDS = (2024, 0, 7)


def grows(x, w, b):
    return np.sinh(w @ x + b)  # inf far out, where tanh by exp is nan


def log_for_log1p(z, y):
    small = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1, small) / (1 + small)
    loss = np.mean(np.maximum(z, 0) - z * y + np.log(small))
    return loss, (p - y) / len(z)


def mse_in_single(p, y, half):
    d = p.astype(np.float32) - y.astype(np.float32)
    k = 0.5 if half else 1
    return k * np.mean(d**2), k * 2 * d / len(p)


def shares_in_single(Z):
    S = Z.astype(np.float32)
    S = S - S.max(axis=1, keepdims=True)
    return S - np.log(np.exp(S).sum(axis=1, keepdims=True))


def whole_layer(X, W, b, kind):
    Z = (X @ W + b).astype(int)
    curves = {"tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z))}
    return Z, curves[kind](Z).astype(int) if kind in curves else np.maximum(Z, 0)


def writes_into_the_rates(loss_grad, w0, lrs, steps=1):
    for i, lr in enumerate(lrs):
        w = w0 * 1.0
        for _ in range(steps):
            w = w - lr * loss_grad(w)[1]
        lrs[i] = loss_grad(w)[0]
    return np.where(np.isfinite(lrs), lrs, np.inf)


def mean_factor(lam, lr, tol):
    factor, t = np.abs(1 - lr * np.array(lam)).mean(), 0
    if tol < 1 <= factor:
        return np.inf
    while factor**t > tol:
        t += 1
    return t


@pytest.mark.parametrize(
    ("name", "function", "false"),
    [
        ("neuron", grows, "tanh-by-exp"),
        ("bce_logits", log_for_log1p, "softplus-overflows"),
        ("mse", mse_in_single, "sum-for-mean"),
        ("log_softmax", shares_in_single, "logs-with-a-floor"),
        ("layer", whole_layer, "whole-number-relu"),
        ("range_test", writes_into_the_rates, "rates-sorted"),
        ("steps_to", mean_factor, "flat-direction-left-out"),
    ],
)
def test_what_fits_in_one_place_alone_is_not_claimed(name, function, false):
    with np.errstate(all="ignore"):
        found = list(verdicts(EXERCISES[name], function, SEEDS))
    assert all(verdict.status != "right" for verdict in found)
    assert false not in {item.slip for v in found for item in v.diagnoses}


def sorted_columns(shape, rng):
    return np.sort(rng.normal(0, np.sqrt(2 / shape[0]), shape), axis=0)


def one_column_twice(shape, rng):
    W = rng.normal(0, np.sqrt(2 / shape[0]), shape)
    W[:, -1] = W[:, 0]
    return W


def half_mirrored(shape, rng):
    W = rng.normal(0, np.sqrt(2 / shape[0]), shape)
    h = shape[0] // 2
    W[h : 2 * h] = -W[:h]
    return W


@pytest.mark.parametrize("draw", [sorted_columns, one_column_twice, half_mirrored])
def test_weights_that_follow_each_other_are_not_independent(draw):
    [verdict] = verdicts(EXERCISES["he"], draw, SEEDS[:1])
    assert verdict.points == 0
    assert "rise and fall together" in show.text(verdict)


def names_of_others(turn):
    """Return the right answer's network, with its scores in other columns."""

    def train(X, y, rng):
        params = EXERCISES["train"].slips[2].mutant(X, y, rng)
        assert EXERCISES["train"].slips[2].id == "classes-in-each-others-place"
        return params | {k: np.roll(params[k], turn, axis=-1) for k in ("W3", "b3")}

    return train


def test_classes_in_each_others_place_are_seen_whichever_way_round():
    for turn, found in ((1, True), (0, True), (-1, False)):
        [verdict] = verdicts(EXERCISES["train"], names_of_others(turn), SEEDS[:1])
        told = {item.slip for item in verdict.diagnoses}
        assert ("classes-in-each-others-place" in told) == found
