"""Right answers with one change: those that were taken for right, or misread."""

import math

import numpy as np
import pytest
from asking import SEEDS, diagnosed, verdicts

from nnkit.exercises import EXERCISES
from nnkit.judging import show


def said(name, function):
    [verdict] = verdicts(EXERCISES[name], function, [3])
    return show.text(verdict)


def neuron_by_a_falling_exp(exp):
    def neuron(x, w, b):
        down = exp(-2 * (w @ x + b))
        return (1 - down) / (1 + down)

    return neuron


def ramp_of_one_step_for_none(t, T, lr0, warm):
    if warm > 1 and t < warm:
        return lr0 / warm * t
    return lr0 * (1 + math.cos(math.pi * (t - warm) / (T - warm))) / 2


def infinity_left_to_numpy(loss_grad, w0, lrs, steps=1):
    found = []
    for lr in lrs:
        w = w0
        for _ in range(steps):
            w = w - lr * loss_grad(w)[1]
        found.append(loss_grad(w)[0])
    return np.nan_to_num(found, nan=np.inf, neginf=np.inf)


def gradient_by_a_falling_exp(X, y, w, b):
    down = np.exp(-2 * (X @ w + b))
    a = (1 - down) / (1 + down)
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


WRONG = [
    ("range_test", infinity_left_to_numpy, ["value-of-ones-own"]),
    ("neuron_grads", gradient_by_a_falling_exp, ["grads-by-exp"]),
    ("neuron", neuron_by_a_falling_exp(np.exp), ["tanh-by-exp"]),
    ("neuron", neuron_by_a_falling_exp(math.exp), ["tanh-by-exp"]),
    ("cosine", ramp_of_one_step_for_none, [""]),
]


@pytest.mark.parametrize(("name", "function", "hints"), WRONG)
def test_what_is_wrong_at_a_single_place_is_asked_there(name, function, hints):
    exercise = EXERCISES[name]
    with np.errstate(all="ignore"):
        assert all(v.status == "wrong" for v in verdicts(exercise, function, SEEDS))
        assert diagnosed(exercise, function) == hints


def last_of_several(params, grads, lr):
    new = {}
    for name in grads:
        new = params.copy()
        new[name] = params[name] - lr * grads[name]
    return new


def test_a_step_that_moves_one_array_of_several_is_told_so():
    assert diagnosed(EXERCISES["gd_step"], last_of_several) == ["one-array-alone"]


def test_a_number_that_comes_back_as_it_came_is_called_a_number():
    assert "got a single number" in said("gd_step", lambda params, grads, lr: lr)
    old = said("gd_step", lambda params, grads, lr: grads)
    assert "got one that your function was given, and no new one" in old


def test_of_a_row_of_numbers_a_factor_changes_with_its_entries():
    text = said("center", lambda x: (x.sum() * len(x), x - x.mean()))
    assert "a factor is off that changes with the number of entries" in text


def test_a_neuron_that_hears_no_input_is_told_so():
    found = diagnosed(EXERCISES["neuron"], lambda x, w, b: np.tanh(b))
    assert found == ["inputs-without-effect"]


def sum_that_goes_on(X, y, w, b):
    dw, db, z = np.zeros(len(w)), 0, b
    for row, label in zip(X, y, strict=True):
        for x, weight in zip(row, w, strict=True):
            z = z + x * weight
        a = np.tanh(z)
        d = 2 * (a - label) * (1 - a**2) / len(y)
        dw, db = dw + d * row, db + d
    return dw, db


def brackets_lost(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = (2 * a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


def layer_of(change):
    curves = {"tanh": np.tanh, "sigmoid": lambda z: 0.5 + np.tanh(z / 2) / 2}

    def layer(X, W, b, kind):
        Z = change(X @ W + b)
        return Z, curves[kind](Z) if kind in curves else np.maximum(Z, 0)

    return layer


def stored_at_j_i(W1, b1, W2, b2):
    W = np.zeros((len(W1), W2.shape[1]))
    for i, j in np.ndindex(W.shape):
        W[j, i] = W1[i] @ W2[:, j]
    return W, b1 @ W2 + b2


def filled_in_columns(Ws, X, phi):
    curves = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "linear": np.copy}
    table, a = np.zeros((len(Ws), 2)), X
    for d, W in enumerate(Ws):
        a = curves[phi](a @ W)
        table[0, d], table[1, d] = a.mean(), (a**2).mean()
    return table


def counted_by(factor):
    def steps_to(lam, lr, tol):
        worst = np.abs(factor(lam, lr)).max()
        if tol >= 1:
            return 0
        if worst == 0:
            return 1
        return math.inf if worst >= 1 else math.ceil(math.log(tol) / math.log(worst))

    return steps_to


def start_overwritten_by_the_end(grad, w0, lr, T):
    path = np.zeros((T + 1, len(w0)))
    w = w0.astype(float)
    for t in range(1, T + 1):
        w = w - lr * grad(w)
        path[t] = w
    path[0] = w
    return path


@pytest.mark.parametrize(
    ("name", "function", "hint"),
    [
        ("neuron_grads", sum_that_goes_on, "z-carried-over"),
        ("neuron_grads", brackets_lost, "residual-half-doubled"),
        # Not the curve's fault, nor that of "a ReLU which turns around".
        ("layer", layer_of(lambda Z: 2 * Z), "z-changed-once-more"),
        ("layer", layer_of(lambda Z: Z / 2), "z-changed-once-more"),
        ("layer", layer_of(np.abs), "z-changed-once-more"),
        # Nobody has called `reshape` here.
        ("collapse", stored_at_j_i, "columns-returned"),
        ("forward_stats", filled_in_columns, "on-its-side"),
        ("steps_to", counted_by(lambda lam, lr: 1 - lam), "another-factor"),
        ("steps_to", counted_by(lambda lam, lr: lr * lam), "another-factor"),
        ("he", lambda shape, rng: rng.normal(0, 2**0.5, shape), "one-spread-for-all"),
        ("gd_run", start_overwritten_by_the_end, "view-of-the-first-row"),
    ],
)
def test_a_hint_is_true_of_who_gets_it(name, function, hint):
    with np.errstate(all="ignore"):
        found = diagnosed(EXERCISES[name], function)
    assert found == [hint]
