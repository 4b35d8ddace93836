"""Unit 1: what its prose says in numbers that no cell of it prints."""

import math

import numpy as np
import pytest

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
WANTED = np.array([-1.0, 1.0, 1.0, -1.0])


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def beyond(edge, spread):
    return math.erfc(edge / (spread * math.sqrt(2)))


def test_saturation():
    edge = math.atanh(0.97)
    assert edge == pytest.approx(2.09, abs=0.005)
    assert 0.059 < 1 - 0.97**2 < 0.06
    assert edge > 2
    assert edge / 3 == pytest.approx(0.7, abs=0.005)
    assert beyond(edge, 1) < 0.04
    assert 0.45 < beyond(edge, 3) < 0.5
    assert 1 - beyond(1, 1) == pytest.approx(2 / 3, abs=0.02)


def test_the_sigmoid_is_tanh_in_other_units():
    for z in np.linspace(-5, 5, 11):
        assert math.tanh(z) == pytest.approx(2 * sigmoid(2 * z) - 1, abs=1e-12)
        assert sigmoid(z) == pytest.approx((1 + math.tanh(z / 2)) / 2, abs=1e-12)
    assert sigmoid(0) * (1 - sigmoid(0)) == 0.25


def test_tanh_of_a_large_number_is_rounded_to_one_and_exp_of_it_to_infinity():
    assert np.tanh(40.0) == 1
    with np.errstate(over="ignore"):
        assert np.exp(1000.0) == np.inf
    assert 1 / np.inf == 0


def test_the_answers_of_the_quiz():
    a = 0.9
    assert a * (1 - a) == pytest.approx(0.09)
    assert 1 - a**2 == pytest.approx(0.19)
    assert sigmoid(0.9) * (1 - sigmoid(0.9)) == pytest.approx(0.21, abs=0.005)
    rng = np.random.default_rng(0)
    through_one = rng.normal(size=(4, 1)) @ rng.normal(size=(1, 3))
    assert np.linalg.matrix_rank(through_one @ rng.normal(size=(3, 4))) == 1


def test_no_neuron_gets_xor_and_some_get_three_quarters():
    grid = np.linspace(-2, 2, 41)
    w1, w2, b = (axis.ravel() for axis in np.meshgrid(grid, grid, grid))
    outputs = np.tanh(CORNERS @ np.stack([w1, w2]) + b)
    right = (outputs * WANTED[:, None] > 0).sum(axis=0)
    assert right.max() == 3


def test_only_a_curve_that_rises_and_falls_again_gets_xor_from_one_neuron():
    z = CORNERS @ [1.0, 1.0] - 1
    assert ((0.5 - np.abs(z)) * WANTED > 0).all()


def test_a_hidden_layer_brings_the_positive_examples_to_one_spot():
    hidden = np.tanh(CORNERS @ np.full((2, 2), 4.0) + [-2.0, -6.0])
    np.testing.assert_array_equal(hidden[1], hidden[2])
    assert ((hidden @ [1.0, -1.0] - 1) * WANTED > 0).all()


def test_nearly_half_of_the_rows_hardly_push_any_more():
    """After the 200 steps of the text, on its 60 points."""
    rng = np.random.default_rng(1)
    y = np.repeat([1.0, -1.0], 30)
    X = rng.normal(size=(60, 2)) + np.outer(y, [1.2, 0.8])
    w, b = np.array([-0.5, 0.5]), 0.0
    for _ in range(200):
        a = np.tanh(X @ w + b)
        dz = 2 * (a - y) * (1 - a**2) / 60
        w, b = w - 0.2 * X.T @ dz, b - 0.2 * dz.sum()
    a = np.tanh(X @ w + b)
    missed, slope = np.abs(a - y), 1 - a**2
    both = (missed < np.median(missed)) & (slope < np.median(slope))
    assert 0.45 < both.mean() < 0.5
