"""Unit 5: what its prose says in numbers that no cell of it prints."""

import math

import numpy as np
import pytest

from nnkit import numerical_gradient


def test_two_contributions_and_the_climbs_of_figure_1():
    assert math.sin(1) * 2 == pytest.approx(1.683, abs=5e-4)
    assert math.cos(1) == pytest.approx(0.540, abs=5e-4)
    first = (1.4**2 - 1) * math.sin(1)
    second = 1.4**2 * (math.sin(1.4) - math.sin(1))
    assert (first / 0.4, second / 0.4) == pytest.approx((2.02, 0.71), abs=0.005)
    other_way = math.sin(1.4) * (1.4**2 - 1) + 1 * (math.sin(1.4) - math.sin(1))
    assert first + second == pytest.approx(other_way)


def second_call(cleared):
    """Return a's gradient in p = a·a, z = p + a at a = 3 after two calls."""
    grad = {"a": 0.0, "p": 0.0}
    for _ in range(2):
        for name in cleared:
            grad[name] = 0.0
        grad["p"] += 1
        grad["a"] += 1
        grad["a"] += 3 * grad["p"]
        grad["a"] += 3 * grad["p"]
    return grad["a"]


def test_what_a_second_call_gives_under_three_rules():
    assert second_call("ap") == 7
    assert second_call("p") == 14
    assert second_call("") == 20


@pytest.mark.parametrize("row", [[0.3, -1.2, 2.0]])
def test_the_jacobian_of_a_layer_is_the_transpose_of_its_weights(row):
    W = np.random.default_rng(0).normal(size=(3, 2))
    rows = [
        numerical_gradient(lambda v, c=c: (v @ W)[c], np.array(row)) for c in (0, 1)
    ]
    np.testing.assert_allclose(rows, W.T, atol=1e-8)


def test_on_a_quadratic_function_a_central_difference_is_exact():
    at, step = 0.75, 0.5  # powers of two: nothing is rounded
    up, down = (3 * x**2 - x for x in (at + step, at - step))
    assert (up - down) / (2 * step) == 6 * at - 1


def test_where_right_and_wrong_formulas_give_the_same_zeros():
    X = np.random.default_rng(0).normal(size=(7, 3))
    W2 = np.zeros((4, 2))
    dZ2 = np.random.default_rng(1).normal(size=(7, 2))
    A1 = np.tanh(X @ np.zeros((3, 4)))
    right, wrong = (dZ2 @ W2.T) * (1 - A1**2), dZ2 @ W2.T
    np.testing.assert_array_equal(X.T @ right, X.T @ wrong)
