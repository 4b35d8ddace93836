"""Wrong answers that look, here and there, like a mistake that they do not make."""

import numpy as np
import pytest
from asking import verdicts

from nnkit.exercises import EXERCISES
from nnkit.judging import show

SEEDS = (2024, 0, 7, 77)


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


def nan_after_one_step(loss_grad, w0, lrs, steps=1):
    found = np.array([loss_grad(w0 - lr * loss_grad(w0)[1])[0] for lr in lrs])
    return np.where(np.isfinite(found), found, np.nan)


def mean_factor(lam, lr, tol):
    factor, t = np.abs(1 - lr * np.array(lam)).mean(), 0
    if tol < 1 <= factor:
        return np.inf
    while factor**t > tol:
        t += 1
    return t


def relu_of_whole_numbers(z, kind):
    if kind == "relu":
        return np.maximum(z, 0).astype(int), 1 * (z > 0)
    a = np.tanh(z) if kind == "tanh" else 0.5 + np.tanh(z / 2) / 2
    return a, 1 - a**2 if kind == "tanh" else a * (1 - a)


def height_twice(z, kind):
    curves = {"tanh": np.tanh(z), "sigmoid": 0.5 + np.tanh(z / 2) / 2}
    a = curves.get(kind, np.maximum(z, 0))
    return a, a


def slope_twice(z, kind):
    a, _ = height_twice(z, kind)
    slopes = {"tanh": 1 - a**2, "sigmoid": a * (1 - a), "relu": 1.0 * (z > 0)}
    return slopes[kind], slopes[kind]


def bias_twice(W1, b1, W2, b2):
    return b1 @ W2 + b2, b1 @ W2 + b2


def of_length_one(X, y, w, b):
    a = np.tanh(X @ w + b)
    d = 2 * (a - y) * (1 - a**2) / len(y)
    g = np.append(X.T @ d, d.sum())
    return g[:-1] / np.linalg.norm(g), g[-1] / np.linalg.norm(g)


def shared_among_directions(A):
    return 2 / (len(A) * np.linalg.eigvalsh(A)[-1])


def second_curvature(A):
    curvatures = np.linalg.eigvalsh(A)
    return 2 / curvatures[max(len(A) - 2, 0)]


def always_there(grad, w0, lr, T):
    path = np.zeros((T + 1, len(w0)))
    path[0] = w0
    return path


def steps_listed(grad, w0, lr, T):
    w, listed = w0, [w0]
    for _ in range(T):
        step = lr * grad(w)
        w = w - step
        listed.append(step)
    return np.array(listed)


def one_for_the_bias(X, y, w, b):
    a = np.tanh(X @ w + b)
    return X.T @ (2 * (a - y) * (1 - a**2) / len(y)), 1


def count_of(factor):
    """Return who counts with another factor."""

    def steps_to(lam, lr, tol):
        if tol >= 1:
            return 0
        r = factor(lam, lr)
        if r >= 1:
            return np.inf
        return 1 if r <= 0 else int(np.ceil(np.log(tol) / np.log(r)))

    return steps_to


def too_few(lam, lr, tol):
    return max(0, largest(lam, lr, tol) - 1)


largest = count_of(lambda lam, lr: np.abs(1 - lr * lam).max())
signed = count_of(lambda lam, lr: np.max(1 - lr * lam))
last = count_of(lambda lam, lr: abs(1 - lr * lam[-1]))
in_shares = count_of(lambda lam, lr: np.abs(1 - lr * lam / lam.max()).max())


def ramp_alone(t, T, lr0, warm):
    return lr0 * t / warm if t < warm else lr0


@pytest.mark.parametrize(
    ("name", "function", "false"),
    [
        ("act", relu_of_whole_numbers, "typed-by-the-first-entry"),
        ("act", height_twice, "parts-swapped"),
        ("act", slope_twice, "parts-swapped"),
        ("collapse", bias_twice, "parts-swapped"),
        ("neuron_grads", of_length_one, "grads-by-exp"),
        ("max_lr", shared_among_directions, "half-of-it"),
        ("max_lr", second_curvature, "first-in-no-order"),
        ("gd_run", always_there, "stops-on-level-ground"),
        ("gd_run", steps_listed, "stops-on-level-ground"),
        ("neuron_grads", one_for_the_bias, "direction-alone"),
        ("steps_to", too_few, "rounded-down"),
        ("steps_to", signed, "flattest-direction"),
        ("steps_to", last, "ends-of-the-list"),
        ("steps_to", in_shares, "rate-above-one"),
        ("cosine", ramp_alone, "way-down-truncated"),
        ("neuron", grows, "tanh-by-exp"),
        ("bce_logits", log_for_log1p, "softplus-overflows"),
        ("mse", mse_in_single, "sum-for-mean"),
        ("log_softmax", shares_in_single, "logs-with-a-floor"),
        ("layer", whole_layer, "whole-number-relu"),
        ("range_test", writes_into_the_rates, "rates-sorted"),
        ("range_test", nan_after_one_step, "minus-infinity-wins"),
        ("steps_to", mean_factor, "flat-direction-left-out"),
    ],
)
def test_what_fits_in_one_place_alone_is_not_claimed(name, function, false):
    with np.errstate(all="ignore"):
        found = list(verdicts(EXERCISES[name], function, SEEDS))
    assert all(verdict.status != "right" for verdict in found)
    assert false not in {item.slip for v in found for item in v.diagnoses}


def test_what_is_rounded_early_is_called_that_whatever_cancels_later():
    [verdict] = verdicts(EXERCISES["mse"], mse_in_single, SEEDS[:1])
    assert "right to single precision only" in show.text(verdict)


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
