"""Unit 1: answers that are right though written differently, and the fairness notes."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from asking import verdicts
from autograd import grad as hips_grad

from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key

GRADS = EXERCISES["neuron_grads"]
NEURON = EXERCISES["neuron"]


# ------------------------------------------------------------ right, differently


def textbook(X, y, w, b):
    m = X.shape[0]
    z = np.dot(X, w) + b
    a = np.tanh(z)
    da = 2.0 * (a - y) / m
    dz = da * (1.0 - np.power(a, 2))
    return np.dot(X.T, dz), np.sum(dz)


def loops(X, y, w, b):
    m, n = X.shape
    dw, db = np.zeros(n), 0.0
    for i in range(m):
        z = b
        for j in range(n):
            z += X[i, j] * w[j]
        a = math.tanh(z)
        for j in range(n):
            dw[j] += 2 / m * (a - y[i]) * (1 - a * a) * X[i, j]
        db += 2 / m * (a - y[i]) * (1 - a * a)
    return dw, db


def einsum(X, y, w, b):
    a = np.tanh(np.einsum("ij,j->i", X, w) + b)
    dz = 2 * (a - y) * (1 - a) * (1 + a)
    return np.einsum("ij,i->j", X, dz) / y.size, np.einsum("i->", dz) / y.size


def mean_of_rows(X, y, w, b):
    def one_row(x, label):
        a = np.tanh(x @ w + b)
        pull = 2 * (a - label) * (1 - a**2)
        return np.append(pull * x, pull)

    both = np.mean([one_row(x, label) for x, label in zip(X, y, strict=True)], axis=0)
    return [both[:-1].tolist(), float(both[-1])]


def bias_as_a_weight(X, y, w, b):
    X1 = np.c_[X, np.ones(len(X))]
    a = np.tanh(X1 @ np.append(w, b))
    both = X1.T @ ((a - y) * (1 - a**2)) * 2 / len(y)
    return both[:-1], both[-1]


def one_over_cosh(X, y, w, b):
    z = X @ w + b
    with np.errstate(over="ignore"):
        slope = 1 / np.cosh(z) ** 2
    dz = 2 * (np.tanh(z) - y) * slope / len(y)
    return (X * dz[:, None]).sum(axis=0), dz.sum()


def columns(X, y, w, b):
    W, Y = w.reshape(-1, 1), y.reshape(-1, 1)
    A = np.tanh(X @ W + b)
    dZ = 2 * (A - Y) * (1 - A**2) / Y.shape[0]
    return (X.T @ dZ).ravel(), np.asarray(dZ.sum())


@pytest.mark.parametrize(
    "answer",
    [
        textbook,
        loops,
        einsum,
        mean_of_rows,
        bias_as_a_weight,
        one_over_cosh,
        columns,
    ],
)
def test_right_gradients_pass_however_they_are_written(answer):
    for verdict in verdicts(GRADS, answer):
        assert verdict.points == 3, verdict
        assert not verdict.flags


def stable_exp(x, w, b):
    z = float(np.dot(x, w)) + b
    small = math.exp(-2 * abs(z))
    return math.copysign((1 - small) / (1 + small), z)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, w, b: np.tanh(np.dot(w, x) + b),
        lambda x, w, b: math.tanh(sum(p * q for p, q in zip(x, w, strict=True)) + b),
        lambda x, w, b: float(np.tanh(np.inner(x, w) + b)),
        lambda x, w, b: np.asarray(np.tanh((x * w).sum() + b)),
        lambda x, w, b: 2 / (1 + np.exp(-2 * (x @ w + b))) - 1,
        stable_exp,
    ],
)
def test_right_neurons_pass_however_they_are_written(answer):
    for verdict in verdicts(NEURON, answer):
        assert verdict.status == "right", verdict


def test_printing_and_warning_cost_nothing(capfd):
    def chatty(X, y, w, b):
        print("debugging", X.shape)
        np.log(np.zeros(1))
        return textbook(X, y, w, b)

    assert all(verdict.points == 3 for verdict in verdicts(GRADS, chatty, range(3)))


# ------------------------------------------------------- wrong, and not fooled


def test_an_answer_that_remembers_shapes_is_caught_by_the_second_draw():
    memory = {}

    def remembers(X, y, w, b):
        if X.shape not in memory:
            memory[X.shape] = textbook(X, y, w, b)
        return memory[X.shape]

    [verdict] = verdicts(GRADS, remembers, [1])
    assert verdict.points == 0


def test_an_answer_that_is_right_on_square_batches_alone_is_caught():
    def guesses_the_transpose(X, y, w, b):
        dz = 2 * (np.tanh(X @ w + b) - y) * (1 - np.tanh(X @ w + b) ** 2) / len(y)
        try:
            return X @ dz, dz.sum()
        except ValueError:
            return X.T @ dz, dz.sum()

    for verdict in verdicts(GRADS, guesses_the_transpose):
        assert verdict.points == 1.5


# ------------------------------------------------------------------ the reference


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_agrees_with_an_independent_autodiff(seed):
    def loss(w, b, X, y):
        return anp.mean((anp.tanh(anp.dot(X, w) + b) - y) ** 2)

    key = answer_key(GRADS, seed)
    for case, (dw, db) in zip(key.cases, key.right, strict=True):
        X, y, w, b = case.args
        size = np.abs(X).max() + 1
        with np.errstate(over="ignore"):  # HIPS writes the slope as 1 / cosh²
            hips_dw, hips_db = hips_grad(loss, (0, 1))(w, b, X, y)
        np.testing.assert_allclose(dw, hips_dw, rtol=1e-9, atol=1e-12 * size)
        np.testing.assert_allclose(db, hips_db, rtol=1e-9, atol=1e-12)
