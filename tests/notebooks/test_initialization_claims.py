"""Unit 3: what its prose says in numbers that no cell of it prints."""

import math
from itertools import pairwise

import numpy as np
import pytest

from nnkit import datasets, init
from nnkit.exercises import EXERCISES

NODES = np.linspace(-10, 10, 4001)
DENSITY = np.exp(-(NODES**2) / 2) / math.sqrt(2 * math.pi)


def average(values):
    return float((values * DENSITY).sum() * (NODES[1] - NODES[0]))


def at_rest(scale):
    """Return the q that tanh's map settles at."""
    q = scale**2
    for _ in range(3000):
        q = EXERCISES["q_map"].reference(np.tanh, scale**2, q)
    return q


def test_factors_raised_to_the_depth():
    assert 1.5**20 > 3000
    assert 0.5**20 < 1e-6
    assert 1.1**50 > 100
    assert 0.000975 < 2.0**-10 < 0.000985
    assert 0.0055 < 0.774**20 < 0.0065


def test_fans_of_the_convolution():
    assert init.fans((3, 3, 16, 32)) == (144, 288)


def test_widths_of_boxes_and_bells():
    assert math.sqrt(3) == pytest.approx(1.73, abs=0.005)
    assert math.erf(math.sqrt(2)) == pytest.approx(0.954, abs=5e-4)
    cut = 1 - 4 / math.erf(math.sqrt(2)) * math.exp(-2) / math.sqrt(2 * math.pi)
    assert cut == pytest.approx(0.774, abs=5e-4)
    assert math.sqrt(cut) == pytest.approx(0.88, abs=5e-4)


def test_what_relu_lets_through():
    relu = np.maximum(NODES, 0)
    assert average(relu**2) == pytest.approx(1 / 2, abs=1e-9)
    assert average(relu) == pytest.approx(1 / math.sqrt(2 * math.pi), abs=1e-6)
    ratio = average(relu) / math.sqrt(average(relu**2))
    assert ratio == pytest.approx(0.56, abs=0.005)
    assert average((2 * relu**2) ** 2) - average(2 * relu**2) ** 2 == pytest.approx(5)
    leaky = np.where(NODES > 0, NODES, 0.5 * NODES)
    assert 1 / average(leaky**2) == pytest.approx(1.6)


def test_the_fading_of_tanh():
    q = 1.0
    for _ in range(50):
        q = EXERCISES["q_map"].reference(np.tanh, 1.0, q)
    assert math.sqrt(q) == pytest.approx(1 / math.sqrt(100), rel=0.05)


@pytest.mark.parametrize("scale", [1.05, 1.2, 5 / 3, 3.0])
def test_where_the_signal_of_tanh_rests_its_gradient_grows(scale):
    q = at_rest(scale)
    slope = 1 - np.tanh(math.sqrt(q) * NODES) ** 2
    chi = scale**2 * average(slope**2)
    assert q > 0.01
    assert chi > 1
    if scale == 5 / 3:
        assert math.sqrt(q) / scale == pytest.approx(0.65, abs=0.005)
        assert chi == pytest.approx(1.21, abs=0.005)
    if scale == 3.0:
        assert math.sqrt(q) / scale == pytest.approx(0.84, abs=0.005)


@pytest.mark.parametrize(("scale", "low", "high"), [(3.0, 0.35, 0.45), (4.0, 0.5, 0.6)])
def test_how_much_of_tanh_is_saturated_where_it_rests(scale, low, high):
    """By unit 1's definition: outputs beyond 0.97 in size."""
    q = at_rest(scale)
    assert low < math.erfc(math.atanh(0.97) / math.sqrt(2 * q)) < high
    if scale == 3.0:
        slope = 1 - np.tanh(math.sqrt(q) * NODES) ** 2
        assert scale**2 * average(slope**2) == pytest.approx(1.9, abs=0.05)
    if scale == 4.0:
        assert math.sqrt(q) / scale == pytest.approx(0.88, abs=0.005)
        assert math.sqrt(q) == pytest.approx(3.5, abs=0.05)
        assert math.atanh(0.97) / math.sqrt(q) == pytest.approx(0.59, abs=0.005)
        assert math.erfc(0.59 / math.sqrt(2)) == pytest.approx(0.55, abs=0.0055)


def test_under_relu_all_weights_starve_or_explode_alike_and_under_the_sigmoid_not():
    """In NumPy alone: the gradient of the first layer's weights, by the last one's."""
    curves = {
        "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
        "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
    }
    dice, ratios = np.random.default_rng(0), {}
    for name, (bend, slope) in curves.items():
        for scale in (0.5, 4.0):
            Ws = dice.normal(0, scale / math.sqrt(128), (20, 128, 128))
            signals, sizes = [dice.normal(size=(16, 128))], []
            for W in Ws:
                signals.append(bend(signals[-1] @ W))
            gradient = dice.normal(size=(16, 128))
            for d in reversed(range(20)):
                delta = gradient * slope(signals[d + 1])
                sizes.append(np.linalg.norm(signals[d].T @ delta))
                gradient = delta @ Ws[d].T
            ratios[name, scale] = sizes[-1] / sizes[0]
            if name == "relu":
                assert max(sizes) < 3 * min(sizes)
    assert ratios["relu", 0.5] == pytest.approx(1, rel=0.5)
    assert ratios["relu", 4.0] == pytest.approx(1, rel=0.5)
    assert max(ratios["sigmoid", 0.5], ratios["sigmoid", 4.0]) < 1e-3


def test_half_of_the_sigmoids_units_are_where_the_slope_is_below_a_seventh():
    q = 16.0
    for _ in range(50):
        q = 16 * average((1 / (1 + np.exp(-math.sqrt(q) * NODES))) ** 2)
    median = 0.6745 * math.sqrt(q)  # half of a normal distribution lies beyond
    p = 1 / (1 + math.exp(-median))
    assert 0.13 < p * (1 - p) < 0.14


def test_a_box_between_plus_and_minus_sigma_after_ten_layers():
    assert round(3**10, -3) == 59_000


def test_the_middle_direction_loses_half_of_its_square_in_every_gaussian_layer():
    medians = []
    for seed in range(8):
        dice, product = np.random.default_rng(seed), np.eye(64)
        for _ in range(20):
            product = product @ dice.normal(0, 1 / 8, (64, 64))
        medians.append(np.median(np.linalg.svd(product, compute_uv=False)))
    assert np.exp(np.mean(np.log(medians))) == pytest.approx(2.0**-10, rel=0.25)


def test_a_large_start_at_a_tiny_rate_first_gets_worse_and_then_holds():
    """Twenty ReLU layers of scale 2 at the rate 1e-7, as in unit 3, in NumPy alone."""
    moons, sides = datasets.moons(64, 0.1, rng=np.random.default_rng(2))
    rows, hoped = np.c_[moons, np.ones(64)], 2.0 * sides[:, None] - 1
    dice = np.random.default_rng(4)
    Ws = [
        dice.normal(0, 2 / math.sqrt(n), (n, k))
        for n, k in pairwise([3, *[32] * 20, 1])
    ]
    losses = []
    for _ in range(101):
        signals = [rows]
        for W in Ws[:-1]:
            signals.append(np.maximum(signals[-1] @ W, 0))
        miss = signals[-1] @ Ws[-1] - hoped
        losses.append(np.mean(miss**2))
        delta, moved = 2 * miss / 64, []
        for signal, W in zip(reversed(signals), reversed(Ws), strict=True):
            moved.append(W - 1e-7 * signal.T @ delta)
            delta = (delta @ W.T) * (signal > 0)
        Ws = moved[::-1]
    assert losses[0] > 100_000
    assert max(losses) == losses[2] == pytest.approx(10 * losses[0], rel=0.1)
    assert losses[3] < losses[0]
    assert losses[100] > 10


def test_weights_gradients_of_the_first_layer_and_the_last_are_near_each_other():
    ratios = []
    for seed in range(30):
        dice = np.random.default_rng(seed)
        Ws = dice.normal(0, math.sqrt(2 / 128), (20, 128, 128))
        signals = [dice.normal(size=(16, 128))]
        for W in Ws:
            signals.append(np.maximum(signals[-1] @ W, 0))
        delta = dice.normal(size=(16, 128)) * (signals[-1] > 0)
        last = signals[-2].T @ delta
        for W, signal in zip(Ws[:0:-1], signals[-2:0:-1], strict=True):
            delta = (delta @ W.T) * (signal > 0)
        first = signals[0].T @ delta
        ratios.append(np.linalg.norm(first) / np.linalg.norm(last))
    assert min(ratios) == pytest.approx(0.6, abs=0.1)
    assert max(ratios) < 2
    assert np.mean(np.array(ratios) > 1.45) >= 0.1
