"""Unit 4: what its prose says in numbers that no cell of it prints."""

import math

import numpy as np
import pytest

from nnkit.datasets import blobs
from nnkit.losses import cross_entropy, squared_error

GRID = np.linspace(-12, 12, 240_001)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softplus(z):
    return np.log1p(np.exp(z))


def test_the_broadcast_residual_pulls_each_prediction_to_the_mean_of_all_labels():
    p, y, h = np.array([0.3, -1.0, 2.0]), np.array([5.0, 1.0, -2.0]), 1e-6
    for i in range(3):
        ahead, behind = p.copy(), p.copy()
        ahead[i] += h
        behind[i] -= h
        losses = [np.mean((q[:, None] - y) ** 2) for q in (ahead, behind)]
        slope = (losses[0] - losses[1]) / (2 * h)
        assert slope == pytest.approx(2 / 3 * (p[i] - y.mean()), rel=1e-6)
    with pytest.raises(ValueError, match="would compare each with several"):
        squared_error(p[:, None], y)


def test_the_slope_of_softplus_is_the_sigmoid():
    slopes = np.gradient(softplus(GRID), GRID)
    assert np.abs(slopes - sigmoid(GRID))[1:-1].max() < 1e-8


def test_where_the_slope_of_squared_error_is_steepest():
    p = sigmoid(GRID)
    slopes = 2 * (p - 1) * p * (1 - p)
    assert slopes.min() == pytest.approx(-0.3, abs=0.005)
    assert GRID[slopes.argmin()] == pytest.approx(-0.7, abs=0.01)


def test_the_first_unit_of_the_way_takes_well_over_half_of_the_steps():
    def steps(start, end):
        """The integral of ½ (e^-z + 3 + 3 e^z + e^2z) from start to end."""
        z = np.array([start, end])
        whole = -np.exp(-z) + 3 * z + 3 * np.exp(z) + np.exp(2 * z) / 2
        return (whole[1] - whole[0]) / 2

    assert steps(-10, 0) == pytest.approx(11_029, abs=0.5)
    assert 0.6 < steps(-10, -9) / steps(-10, 0) < 0.65


def test_a_rate_that_frees_one_confident_mistake_throws_off_an_example_at_zero():
    def slope(z):
        p = 1 / (1 + math.exp(-z))
        return 2 * (p - 1) * p * (1 - p)

    z, steps = -10.0, 0
    while z < 0:
        z, steps = z - 10_000 * slope(z), steps + 1
    assert steps == 3
    assert abs(10_000 * slope(0.0)) == pytest.approx(2500)


def test_clipping_flattens_the_loss_beyond_a_logit_of_28():
    assert -math.log(1e-12) == pytest.approx(28, abs=0.5)


def test_the_logarithm_of_the_smallest_share():
    assert -1000 - math.log(2) == pytest.approx(-1000.693, abs=5e-4)


def test_saying_the_frequencies_is_cheapest():
    q = np.array([0.1, 0.9])
    shares = np.linspace(0.001, 0.999, 999)
    prices = -(q[0] * np.log(shares) + q[1] * np.log(1 - shares))
    assert shares[prices.argmin()] == pytest.approx(0.1)
    assert prices.min() == pytest.approx(-np.sum(q * np.log(q)))


@pytest.mark.parametrize(("classes", "stated"), [(3, 1.099), (5, 1.609), (10, 2.30)])
def test_the_loss_at_chance_level(classes, stated):
    level = float(cross_entropy(np.zeros((4, classes)), np.arange(4) % classes))
    assert level == pytest.approx(stated, abs=5e-3 if classes == 10 else 5e-4)


def test_three_lines_can_tell_the_points_of_figure_5_apart():
    """These weights were found by linear programming, not by training."""
    X, y = blobs(150, classes=3, spread=0.45, rng=np.random.default_rng(7))
    W = np.array([[129.8, -201.41, 0.0], [0.0, 376.86, -59.47]])
    scores = X @ W + np.array([0.0, -130.61, -34.54])
    assert (scores.argmax(axis=1) == y).all()
