"""Unit 5, paths and layers: right answers of many kinds, and the fairness notes."""

import math

import numpy as np
import pytest
from asking import SEEDS, assert_right, central, verdicts

from nnkit.adapters import FUNCTIONS, materialize
from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key

PATHS = EXERCISES["two_paths"]
AFFINE = EXERCISES["affine_back"]


# ----------------------------------------------------------------------- two_paths


def by_the_formula(f, g, h, t):
    x, dx = f(t)
    y, dy = g(t)
    _, zx, zy = h(x, y)
    return zx * dx + zy * dy


def by_the_dot_product(f, g, h, t):
    values, rates = zip(f(t), g(t), strict=True)
    return np.dot(h(*values)[1:], rates)


def by_a_loop(f, g, h, t):
    pairs = [path(t) for path in (f, g)]
    partials = h(*(value for value, _ in pairs))[1:]
    total = 0.0
    for partial, (_, rate) in zip(partials, pairs, strict=True):
        total += partial * rate
    return np.asarray(total)


def by_matrices(f, g, h, t):
    (x, dx), (y, dy) = f(t), g(t)
    outer = np.array([h(x, y)[1:]])  # (1, 2)
    inner = np.array([[dx], [dy]])  # (2, 1)
    return (outer @ inner)[0, 0]


def by_moving_one_at_a_time(f, g, h, t):
    def through_x():
        return h(f(t)[0], g(t)[0])[1] * f(t)[1]

    def through_y():
        return h(f(t)[0], g(t)[0])[2] * g(t)[1]

    return math.fsum([through_x(), through_y()])


@pytest.mark.parametrize(
    "answer",
    [
        by_the_formula,
        by_the_dot_product,
        by_a_loop,
        by_matrices,
        by_moving_one_at_a_time,
        lambda f, g, h, t: float(by_the_formula(f, g, h, t)),
    ],
)
def test_right_sums_over_paths_pass(answer):
    assert_right(PATHS, answer)


def test_a_difference_in_place_of_the_rule_passes_and_is_flagged():
    def measured(f, g, h, t):
        def z(t):
            return h(f(t)[0], g(t)[0])[0]

        e = 1e-3  # five points, so that the error is mostly rounding
        near, far = (z(t + e) - z(t - e)) / (2 * e), (z(t + 2 * e) - z(t - 2 * e)) / 4
        return (4 * near - far / e) / 3

    for verdict in verdicts(PATHS, measured):
        assert verdict.status == "right"
        assert verdict.flags == ("looks like a numerical derivative",)


@pytest.mark.parametrize("seed", range(20))
def test_the_named_functions_return_their_own_derivatives(seed):
    p, q, a, b, c, t, x, y = np.random.default_rng(seed).normal(size=8)
    path, meeting = FUNCTIONS["path"](p, q), FUNCTIONS["meeting"](a, b, c)
    along = float(central(lambda t: path(float(t))[0], t, 1e-5))
    by_x = float(central(lambda x: meeting(float(x), y)[0], x, 1e-5))
    by_y = float(central(lambda y: meeting(x, float(y))[0], y, 1e-5))
    assert path(t)[1] == pytest.approx(along)
    assert meeting(x, y)[1:] == pytest.approx((by_x, by_y))


def test_partials_of_the_meeting_are_unequal_and_not_those_of_a_product():
    _, zx, zy = FUNCTIONS["meeting"](1.0, -1.0, 0.7)(0.8, 1.3)
    assert abs(zx - zy) > 0.1
    assert FUNCTIONS["meeting"](1.0, -1.0, 0.7)(1.3, 0.8)[1:] != (zy, zx)


def test_the_example_of_the_text():
    square, sine = FUNCTIONS["path"](1.0, 0.0), FUNCTIONS["path"](0.0, 1.0)
    product = FUNCTIONS["meeting"](1.0, 0.0, 0.0)
    value = by_the_formula(square, sine, product, 1.0)
    assert value == pytest.approx(2 * math.sin(1) + math.cos(1))
    assert PATHS.reference(square, sine, product, 1.0) == pytest.approx(value)


@pytest.mark.parametrize("seed", range(20))
def test_the_paths_reference_agrees_with_differences_of_the_whole(seed):
    key = answer_key(PATHS, seed)
    for case, [right] in zip(key.cases, key.right, strict=True):
        f, g, h, t = materialize(case.args)
        e = 1e-5
        above, below = (h(f(u)[0], g(u)[0])[0] for u in (t + e, t - e))
        assert right == pytest.approx((above - below) / (2 * e), rel=1e-6, abs=1e-7)


# --------------------------------------------------------------------- affine_back


def textbook(dZ, X, W):
    return np.dot(dZ, W.T), np.dot(X.T, dZ), np.sum(dZ, axis=0)


def einsum(dZ, X, W):
    dX, dW = np.einsum("ik,jk->ij", dZ, W), np.einsum("ij,ik->jk", X, dZ)
    return [dX, dW, np.einsum("ik->k", dZ)]


def loops(dZ, X, W):
    (m, n), k = X.shape, W.shape[1]
    dX, dW, db = np.zeros((m, n)), np.zeros((n, k)), np.zeros(k)
    for i in range(m):
        for c in range(k):
            db[c] += dZ[i, c]
            for j in range(n):
                dX[i, j] += dZ[i, c] * W[j, c]
                dW[j, c] += X[i, j] * dZ[i, c]
    return dX.tolist(), dW.tolist(), db.tolist()


def outer_products(dZ, X, W):
    dW = sum(np.outer(x, g) for x, g in zip(X, dZ, strict=True))
    return np.array([W @ g for g in dZ]), dW, sum(dZ)


def transposed_throughout(dZ, X, W):
    return (W @ dZ.T).T, (dZ.T @ X).T, dZ.T.sum(axis=1)


def ones_in_front(dZ, X, W):
    both = np.c_[X, np.ones(len(X))].T @ dZ
    return dZ @ W.T, both[:-1], both[-1]


def broadcasting(dZ, X, W):
    dX = (dZ[:, None, :] * W[None]).sum(axis=2)
    dW = (X[:, :, None] * dZ[:, None, :]).sum(axis=0)
    return dX, dW, np.ones(len(dZ)) @ dZ


@pytest.mark.parametrize(
    "answer",
    [
        textbook,
        einsum,
        loops,
        outer_products,
        transposed_throughout,
        ones_in_front,
        broadcasting,
    ],
)
def test_right_affine_gradients_pass(answer):
    assert_right(AFFINE, answer)


def test_parts_of_affine_back_are_graded_by_themselves():
    def without_bias(dZ, X, W):
        return dZ @ W.T, X.T @ dZ, np.zeros(W.shape[1])

    for verdict in verdicts(AFFINE, without_bias):
        assert verdict.points == pytest.approx(AFFINE.points * 2 / 3)


def test_a_memory_for_shapes_is_caught():
    memory = {}

    def remembers(dZ, X, W):
        return memory.setdefault((X.shape, W.shape), textbook(dZ, X, W))

    [verdict] = verdicts(AFFINE, remembers, [1])
    assert verdict.points == 0


def test_random_upstream_gradients_show_what_ones_would_hide():
    for seed in SEEDS:
        for case in answer_key(AFFINE, seed).cases:
            assert np.ptp(case.args[0]) > 0.1


@pytest.mark.parametrize("seed", range(10))
def test_the_affine_reference_agrees_with_differences(seed):
    key = answer_key(AFFINE, seed)
    for case, (dX, dW, db) in zip(key.cases, key.right, strict=True):
        dZ, X, W = case.args

        def loss(X, W, b, dZ=dZ):
            return np.sum(dZ * (X @ W + b))

        inputs = [X, W, np.zeros(W.shape[1])]
        for i, got in enumerate((dX, dW, db)):

            def alone(x, i=i, inputs=inputs, loss=loss):
                return loss(*inputs[:i], x, *inputs[i + 1 :])

            measured = central(alone, inputs[i], 1e-5)
            np.testing.assert_allclose(got, measured, rtol=1e-6, atol=1e-7)
