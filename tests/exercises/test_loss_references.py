"""Unit 4: the references, against formulas by hand, HIPS autograd and differences."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad as hips_grad

from nnkit.exercises import EXERCISES
from nnkit.gradcheck import numerical_gradient
from nnkit.judging.judge import answer_key

MSE = EXERCISES["mse"]
BCE = EXERCISES["bce_logits"]
LOG = EXERCISES["log_softmax"]
VJP = EXERCISES["softmax_vjp"]
CE = EXERCISES["softmax_ce"]

# -------------------------------------------------------------- squares, yes or no


@pytest.mark.parametrize("seed", range(20))
def test_the_squared_error_agrees_with_hips_and_with_central_differences(seed):
    def loss(p, y, half):
        return anp.mean((p - y) ** 2) * (0.5 if half else 1.0)

    key = answer_key(MSE, seed)
    for case, (value, dp) in zip(key.cases, key.right, strict=True):
        p, y, half = case.args
        p = p.astype(float)
        np.testing.assert_allclose(value, loss(p, y, half), rtol=1e-12)
        hips = hips_grad(loss)(p, y, half)
        np.testing.assert_allclose(dp, hips, rtol=1e-9, atol=1e-12)
        if np.abs(p).max() < 1e3:  # beyond, a difference of 1e-5 is lost in rounding
            moved = numerical_gradient(lambda q, y=y, h=half: loss(q, y, h), p)
            np.testing.assert_allclose(dp, moved, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_the_cross_entropy_agrees_with_hips_and_with_central_differences(seed):
    def loss(z, y):
        return anp.mean(anp.logaddexp(0, z) - y * z)

    key = answer_key(BCE, seed)
    for case, (value, dz) in zip(key.cases, key.right, strict=True):
        z, y = case.args
        np.testing.assert_allclose(value, loss(z, y), rtol=1e-12, atol=1e-14)
        hips = hips_grad(loss)(z, y.astype(float))
        np.testing.assert_allclose(dz, hips, rtol=1e-9, atol=1e-14)
        if np.abs(z).max() < 20:
            moved = numerical_gradient(lambda v, y=y: loss(v, y), z)
            np.testing.assert_allclose(dz, moved, rtol=1e-6, atol=1e-9)


def test_the_cross_entropy_is_the_printed_formula_and_symmetric():
    for case in answer_key(BCE, 5).cases[:4]:
        z, y = case.args
        p = 1 / (1 + np.exp(-z))
        printed = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        value, dz = BCE.reference(z, y)
        assert value == pytest.approx(printed, rel=1e-12)
        mirrored, mirrored_dz = BCE.reference(-z, 1 - y)
        assert value == pytest.approx(mirrored, rel=1e-12)
        np.testing.assert_allclose(dz, -mirrored_dz, rtol=1e-12)


def test_moving_predictions_and_labels_together_changes_no_squared_error():
    p, y = np.array([0.25, -1.5, 2.0]), np.array([1.0, 0.5, -0.25])
    for half in (False, True):
        here, there = MSE.reference(p, y, half), MSE.reference(p + 64, y + 64, half)
        assert here[0] == there[0]
        assert np.array_equal(here[1], there[1])
    assert MSE.reference(p, y, False)[0] == 2 * MSE.reference(p, y, True)[0]


# ------------------------------------------------------------------- many classes


def hips_log_softmax(Z):
    # HIPS sends back through max as well; the two ways of a shift cancel.
    top = anp.max(Z, axis=1, keepdims=True)
    total = anp.log(anp.sum(anp.exp(Z - top), axis=1, keepdims=True))
    return Z - top - total


@pytest.mark.parametrize("seed", range(20))
def test_log_softmax_has_rows_of_shares_and_ignores_a_shift(seed):
    key = answer_key(LOG, seed)
    for case, (log_p,) in zip(key.cases, key.right, strict=True):
        (Z,) = case.args
        np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1, rtol=1e-12)
        np.testing.assert_allclose(log_p, hips_log_softmax(Z), rtol=1e-12)
        moved = LOG.reference(Z + np.arange(len(Z))[:, None])
        np.testing.assert_allclose(log_p, moved, rtol=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_softmax_vjp_agrees_with_hips_and_with_central_differences(seed):
    def weighed(Z, G):
        return anp.sum(anp.exp(hips_log_softmax(Z)) * G)

    key = answer_key(VJP, seed)
    for case, (dZ,) in zip(key.cases, key.right, strict=True):
        P, G = case.args
        by_hand = P * (G - (P * G).sum(axis=1, keepdims=True))
        np.testing.assert_allclose(dZ, by_hand, rtol=1e-9, atol=1e-14)
        hips = hips_grad(weighed)(np.log(P), G)
        np.testing.assert_allclose(dZ, hips, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(dZ.sum(axis=1), 0, atol=1e-14)
        moved = numerical_gradient(lambda Z, G=G: weighed(Z, G), np.log(P))
        np.testing.assert_allclose(dZ, moved, rtol=1e-6, atol=1e-9)


def test_the_same_slope_for_every_share_moves_nothing():
    key = answer_key(VJP, 3)
    position = next(i for i, c in enumerate(key.cases) if "same slope" in c.name)
    np.testing.assert_allclose(key.right[position][0], 0, atol=1e-15)


@pytest.mark.parametrize("seed", range(20))
def test_softmax_ce_agrees_with_hips_and_with_central_differences(seed):
    def loss(Z, y):
        return -anp.mean(hips_log_softmax(Z)[np.arange(len(y)), y])

    key = answer_key(CE, seed)
    for case, (value, dZ) in zip(key.cases, key.right, strict=True):
        Z, y = case.args
        np.testing.assert_allclose(value, loss(Z, y), rtol=1e-12, atol=1e-14)
        by_hand = (np.exp(hips_log_softmax(Z)) - np.eye(Z.shape[1])[y]) / len(y)
        np.testing.assert_allclose(dZ, by_hand, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(dZ.sum(axis=1), 0, atol=1e-14)
        hips = hips_grad(loss)(Z, y)
        np.testing.assert_allclose(dZ, hips, rtol=1e-9, atol=1e-14)
        if np.abs(Z).max() < 20:
            moved = numerical_gradient(lambda V, y=y: loss(V, y), Z)
            np.testing.assert_allclose(dZ, moved, rtol=1e-6, atol=1e-9)


def test_nothing_learned_costs_the_logarithm_of_the_number_of_classes():
    key = answer_key(CE, 4)
    position = next(i for i, c in enumerate(key.cases) if c.name == "all scores zero")
    classes = key.cases[position].args[0].shape[1]
    assert float(key.right[position][0]) == pytest.approx(math.log(classes), rel=1e-14)


def test_two_classes_are_the_binary_loss_of_the_difference_of_scores():
    rng = np.random.default_rng(0)
    Z, y = rng.normal(0, 3, (6, 2)), rng.integers(0, 2, 6)
    loss, dZ = CE.reference(Z, y)
    binary, dz = EXERCISES["bce_logits"].reference(Z[:, 1] - Z[:, 0], y)
    assert loss == pytest.approx(binary, rel=1e-13)
    np.testing.assert_allclose(dZ[:, 1], dz, rtol=1e-12)


# --------------------------------------------------------- numbers of the unit's text


def test_numbers_that_the_text_mentions():
    assert math.log(5) == pytest.approx(1.609, abs=5e-4)
    far = np.array([[0.0, 0.0, -1000.0]])
    assert LOG.reference(far)[0, 2] == pytest.approx(-1000.693, abs=5e-4)
    assert -math.log(1e-12) == pytest.approx(28, abs=0.5)  # where the clip begins


def test_the_slope_of_the_squared_error_is_steepest_where_the_figure_says():
    z = np.linspace(-10, 10, 20_001)
    p = 1 / (1 + np.exp(-z))
    slope = 2 * (p - 1) * p * (1 - p)
    assert z[slope.argmin()] == pytest.approx(math.log(1 / 2), abs=1e-3)
    assert slope.min() == pytest.approx(-8 / 27, abs=1e-6)


def test_the_first_unit_of_the_way_back_takes_over_half_of_the_steps():
    counts, z = [0, 0], -10.0
    while z < 0:
        p = 1 / (1 + math.exp(-z))
        counts[z >= -9] += 1
        z -= 2 * (p - 1) * p * (1 - p)
    assert counts[0] > 0.6 * sum(counts)
    assert sum(counts) == pytest.approx(11029, rel=1e-3)
