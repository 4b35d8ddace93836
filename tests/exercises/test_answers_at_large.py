"""Answers as they come in, written without a look at the slips: units 0 to 3.

Right ones in styles that the units' own tests do not have; wrong ones with the hints
that they must get, and no others.
"""

import functools
import itertools
import math
import statistics
from fractions import Fraction

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import PUBLIC_SEED
from nnkit.judging.judge import answer_key, ask, judge

SEEDS = (PUBLIC_SEED, 0, 1)


def verdicts(name, function):
    exercise = EXERCISES[name]
    for seed in SEEDS:
        cases = answer_key(exercise, seed).cases
        yield judge(exercise, [ask(function, exercise.adapter, c) for c in cases], seed)


def phi(z, kind):
    curves = {
        "tanh": np.tanh,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "relu": lambda z: np.maximum(z, 0),
        "linear": lambda z: z,
    }
    return curves[kind](z)


# ----------------------------------------------------------------------------- right


def center_by_fractions(x):
    mean = float(sum(Fraction(float(value)) for value in x) / len(x))
    return mean, np.fromiter((value - mean for value in x), float)


def neuron_by_reduce(x, w, b):
    return math.tanh(
        functools.reduce(
            lambda z, pair: z + pair[0] * pair[1], zip(x, w, strict=True), b
        )
    )


class Layer:
    def __init__(self, W, b, kind):
        self.W, self.b, self.bend = W, b, functools.partial(phi, kind=kind)

    def __call__(self, X):
        Z = np.asfortranarray(np.tensordot(X, self.W, axes=1) + self.b)
        return Z, self.bend(Z)


def act_by_recursion(z, kind):
    if np.ndim(z) == 0:
        a = float(phi(np.float64(z), kind))
        return a, {"tanh": 1 - a * a, "sigmoid": a * (1 - a), "relu": int(z > 0)}[kind]
    pairs = [act_by_recursion(part, kind) for part in z]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def grads_by_matrices(X, y, w, b):
    a = np.tanh(X @ w + b)
    slopes = np.diag(1 - a**2)
    pull = 2 / len(y) * slopes @ (a - y)
    return X.T @ pull, np.ones(len(y)) @ pull


def collapse_by_blocks(W1, b1, W2, b2):
    one = np.block([[W1, np.zeros((len(W1), 1))], [b1[None, :], np.ones((1, 1))]])
    both = one @ np.vstack([W2, b2])
    return both[:-1], both[-1]


def collapse_by_least_squares(W1, b1, W2, b2):
    X = np.random.default_rng(0).normal(size=(5 * len(W1) + 5, len(W1)))
    Y = (X @ W1 + b1) @ W2 + b2
    found = np.linalg.lstsq(np.c_[X, np.ones(len(X))], Y, rcond=None)[0]
    return found[:-1], found[-1]


def run_by_accumulate(grad, w0, lr, T):
    start = np.asarray(w0, dtype=float)
    return list(
        itertools.accumulate(range(T), lambda w, _: w - lr * grad(w), initial=start)
    )


def wall_by_squaring(A):
    B = np.array(A, dtype=float)
    for _ in range(60):
        B = B @ B
        B /= np.trace(B)
    v = B[:, np.argmax(np.diag(B))]
    return 2 * (v @ v) / (v @ A @ v)


def steps_by_bisection(lam, lr, tol):
    worst = np.max(np.abs(1 - lr * lam))
    if tol >= 1:
        return 0
    if worst >= 1:
        return float("inf")
    low, high = 0, 1
    while worst**high > tol:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if worst**middle <= tol else (middle + 1, high)
    return np.int64(low)


def cosine_by_squares(t, T, lr0, warm):
    return [
        lr0 * np.cos(np.pi / 2 * (t - warm) / (T - warm)) ** 2,
        lr0 * t / (warm or 1),
    ][t < warm]


def glorot_by_box_muller(shape, rng, dist):
    std = (2 / sum(shape)) ** 0.5
    if dist == "uniform":
        return (2 * rng.random(shape[::-1]) - 1).T * math.sqrt(3) * std
    n = math.prod(shape)
    r = np.sqrt(-2 * np.log(1 - rng.random(n)))
    return (std * r * np.cos(2 * np.pi * rng.random(n))).reshape(shape, order="F")


def forward_by_norms(Ws, X, phi_name):
    A, means, squares = X.T, [], []
    for W in Ws:
        A = phi(W.T @ A, phi_name)
        means.append(float(np.mean(A)))
        squares.append(float(np.linalg.norm(A) ** 2 / A.size))
    return np.column_stack([means, squares])


def backward_by_jacobians(Ws, X, phi_name, G):
    def slope(z):
        slopes = {
            "tanh": 1 - np.tanh(z) ** 2,
            "relu": 1.0 * (z > 0),
            "linear": 1 + 0 * z,
        }
        return np.diag(slopes[phi_name])

    zs, A = [], X
    for W in Ws:
        zs.append(A @ W)
        A = phi(zs[-1], phi_name)
    found = []
    for d in range(len(Ws)):
        rows = []
        for i in range(len(X)):
            J = slope(zs[d][i])
            for later in range(d + 1, len(Ws)):
                J = J @ Ws[later] @ slope(zs[later][i])
            rows.append(J @ G[i])
        found.append(np.mean(np.square(rows)))
    return found


def q_map_by_quantiles(curve, var_w, q):
    normal, n = statistics.NormalDist(), 20_000
    z = np.array([normal.inv_cdf((i + 0.5) / n) for i in range(n)])
    return var_w * np.mean(curve(np.sqrt(q) * z) ** 2)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("center", center_by_fractions),
        ("neuron", neuron_by_reduce),
        ("layer", lambda X, W, b, kind: Layer(W, b, kind)(X)),
        (
            "layer",
            lambda X, W, b, kind: (Z := (X[:, :, None] * W).sum(1) + b, phi(Z, kind)),
        ),
        ("act", act_by_recursion),
        ("neuron_grads", grads_by_matrices),
        ("collapse", collapse_by_blocks),
        ("collapse", collapse_by_least_squares),
        ("gd_run", run_by_accumulate),
        ("max_lr", wall_by_squaring),
        ("steps_to", steps_by_bisection),
        ("cosine", cosine_by_squares),
        ("glorot", glorot_by_box_muller),
        (
            "he",
            lambda shape, rng: rng.normal(0, (2 / shape[0]) ** 0.5, shape).astype("f4"),
        ),
        ("forward_stats", forward_by_norms),
        ("backward_stats", backward_by_jacobians),
        ("q_map", q_map_by_quantiles),
    ],
)
def test_right_however_it_is_written(name, answer):
    for verdict in verdicts(name, answer):
        assert verdict.status == "right", verdict.diagnoses
        assert not verdict.flags


# ----------------------------------------------------------------------------- wrong


def center_in_a_copy_of_integers(x):
    rest = np.empty_like(x)
    for i, value in enumerate(x):
        rest[i] = value - np.mean(x)
    return np.mean(x), rest


def layer_with(Z=lambda X, W, b: X @ W + b, **spoiled):
    def layer(X, W, b, kind):
        z = Z(X, W, b)
        return z, spoiled[kind](z) if kind in spoiled else phi(z, kind)

    return layer


def layer_row_by_row_in_integers(X, W, b, kind):
    Z = np.empty_like(X, shape=(len(X), len(b)))
    for i, x in enumerate(X):
        Z[i] = x @ W + b
    return Z, phi(Z, kind)


def act_with_vectorize(z, kind):
    if kind == "relu":
        a = np.vectorize(lambda t: 0 if t < 0 else t)(z)
        return a, np.vectorize(lambda t: 1 if t > 0 else 0)(z)
    a = phi(z, kind)
    return a, 1 - a**2 if kind == "tanh" else a * (1 - a)


def act_in_one_array(z, kind):
    a = phi(1.0 * z, kind)
    if kind == "relu":
        slope = a
        slope[slope > 0] = 1
        return a, slope
    return a, 1 - a**2 if kind == "tanh" else a * (1 - a)


def grads(
    residual=lambda a, z, y: a - y, slope=lambda a, z: 1 - a**2, c=lambda m: 2 / m
):
    def neuron_grads(X, y, w, b):
        z = X @ w + b
        a = np.tanh(z)
        d = c(len(y)) * residual(a, z, y) * slope(a, z)
        return X.T @ d, d.sum()

    return neuron_grads


def grads_back_in_the_loop(X, y, w, b):
    dw, db = np.zeros(len(w)), 0.0
    for x, label in zip(X, y, strict=True):
        a = np.tanh(x @ w + b)
        d = 2 * (a - label) * (1 - a**2) / len(y)
        dw += d * x
        db += d
        return dw, db
    return None


def grads_overwritten(X, y, w, b):
    for x, label in zip(X, y, strict=True):
        a = np.tanh(x @ w + b)
        db = 2 * (a - label) * (1 - a**2) / len(y)
        dw = db * x
    return dw, db


def grads_of_a_column(X, y, w, b):
    a = np.tanh(X @ w.reshape(-1, 1) + b)
    d = 2 * (a - y) * (1 - a**2) / len(y)
    return (X.T @ d).sum(axis=1), d.sum()


def collapse_by_questions(W1, b1, W2, b2):
    def both(X):
        return (X @ W1 + b1) @ W2 + b2

    return both(np.eye(len(W1))), both(np.zeros((1, len(W1))))[0]


def run_from_one(grad, w0, lr, T):
    points, w = [], np.asarray(w0, dtype=float)
    for _ in range(T):
        w = w - lr * grad(w)
        points.append(w)
    return np.array(points)


def search_up_to_infinity(loss_grad, w0, lrs, steps=1):
    found = []
    for lr in lrs:
        w = w0.astype(float)
        for _ in range(steps):
            w = w - lr * loss_grad(w)[1]
        if not np.isfinite(loss_grad(w)[0]):
            break
        found.append(loss_grad(w)[0])
    return np.array(found)


def forward_with_absolute(Ws, X, phi_name):
    found = []
    for W in Ws:
        X = np.abs(X @ W) if phi_name == "relu" else phi(X @ W, phi_name)
        found.append((X.mean(), (X**2).mean()))
    return np.array(found)


def eigenvalues(A):
    return np.linalg.eigvalsh(A)


@pytest.mark.parametrize(
    ("name", "answer", "hints"),
    [
        ("center", center_in_a_copy_of_integers, {"truncated"}),
        ("neuron", lambda x, w, b: np.tanh(x * w + b).sum(), {"tanh-per-term"}),
        ("neuron", lambda x, w, b: np.tanh(x @ w - b), {"bias-subtracted"}),
        ("layer", layer_with(relu=np.abs), {"absolute-for-relu"}),
        (
            "layer",
            layer_with(relu=np.abs, sigmoid=lambda z: phi(-z, "sigmoid")),
            {"absolute-for-relu", "sigmoid-mirrored"},
        ),
        ("layer", layer_with(relu=lambda z: np.clip(z, 0, 6)), {"capped-relu"}),
        (
            "layer",
            layer_with(sigmoid=lambda z: 1 / 1 + np.exp(-z)),
            {"parentheses-missing"},
        ),
        ("layer", layer_with(Z=lambda X, W, b: X @ W - b), {"bias-subtracted"}),
        ("layer", layer_with(Z=lambda X, W, b: (X @ W + b).ravel()), {"flat"}),
        ("layer", layer_row_by_row_in_integers, {"truncated"}),
        ("act", act_with_vectorize, {"typed-by-the-first-entry"}),
        ("act", act_in_one_array, {"step-for-relu"}),
        ("neuron_grads", grads(residual=lambda a, z, y: z - y), {"residual-of-z"}),
        ("neuron_grads", grads(residual=lambda a, z, y: a), {"label-omitted"}),
        ("neuron_grads", grads(slope=lambda a, z: -1), {"slope-omitted"}),
        ("neuron_grads", grads(slope=lambda a, z: 1, c=lambda m: 1), {"slope-omitted"}),
        ("neuron_grads", grads(c=lambda m: -2), {"sign-flipped"}),
        ("neuron_grads", grads(c=lambda m: -1 / m), set()),
        ("neuron_grads", grads_back_in_the_loop, {"first-row-only"}),
        ("neuron_grads", grads_overwritten, {"overwritten"}),
        ("neuron_grads", grads_of_a_column, {"column-meets-row"}),
        ("collapse", collapse_by_questions, {"bias-in-the-weights"}),
        ("collapse", lambda W, b, V, c: (W @ V, b.sum() + c), {"first-bias-summed"}),
        ("collapse", lambda W, b, V, c: (W @ V, np.zeros(len(c))), {"no-bias"}),
        ("collapse", lambda W, b, V, c: (V @ W, b @ V + c), {"operands-swapped"}),
        # Each of these stops somewhere: that alone accuses nobody of another mistake.
        ("collapse", lambda W, b, V, c: (W @ V, b * V + c), set()),
        ("gd_run", run_from_one, {"start-left-out"}),
        ("max_lr", lambda A: eigenvalues(A)[-1] / 2, {"curvature-itself"}),
        ("max_lr", lambda A: 1 / np.trace(A), {"trace"}),
        ("max_lr", lambda A: 4 / eigenvalues(A)[-1], set()),
        ("range_test", search_up_to_infinity, {"ends-at-the-first-infinity"}),
        ("forward_stats", forward_with_absolute, {"absolute-for-relu"}),
        ("q_map", lambda curve, var_w, q: var_w * q / 2, {"relu-assumed"}),
    ],
)
def test_the_hint_is_that_of_the_mistake_and_no_other(name, answer, hints):
    for verdict in verdicts(name, answer):
        assert verdict.status in ("wrong", "partly right")
        assert {item.slip for item in verdict.diagnoses if item.slip} == hints


def test_an_activation_that_cannot_grow_is_caught_on_every_seed():
    for seed in range(100):
        key = answer_key(EXERCISES["layer"], seed)
        assert max(np.max(A) for _, A in key.right) > 1000


def test_whole_numbers_never_have_a_whole_mean():
    for seed in range(300):
        for case, (mean, _) in zip(
            answer_key(EXERCISES["center"], seed).cases,
            answer_key(EXERCISES["center"], seed).right,
            strict=True,
        ):
            assert case.args[0].dtype == float or mean % 1
