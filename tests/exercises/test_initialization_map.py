"""Unit 3, what a layer makes of a mean square: right however it is integrated."""

import math

import numpy as np
import pytest
from asking import SEEDS, assert_right, verdicts

from nnkit.adapters import materialize
from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key

Q_MAP = EXERCISES["q_map"]


def by_grid(phi, var_w, q):
    z = np.linspace(-8, 8, 10001)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return var_w * np.sum(phi(np.sqrt(q) * z) ** 2 * density) * (z[1] - z[0])


def by_narrow_grid(phi, var_w, q):
    z = np.linspace(-5, 5, 1001)
    weights = np.exp(-(z**2) / 2)
    return var_w * np.average(phi(np.sqrt(q) * z) ** 2, weights=weights)


def by_hermite(phi, var_w, q):
    z, w = np.polynomial.hermite_e.hermegauss(50)
    return var_w * (w / w.sum()) @ phi(math.sqrt(q) * z) ** 2


def by_physicists_hermite(phi, var_w, q):
    x, w = np.polynomial.hermite.hermgauss(80)
    return var_w * np.dot(w, phi(np.sqrt(2 * q) * x) ** 2) / np.sqrt(np.pi)


def by_density_of_z(phi, var_w, q):
    z = np.linspace(-9 * q**0.5, 9 * q**0.5, 4001)
    p = np.exp(-(z**2) / (2 * q)) / np.sqrt(2 * np.pi * q)
    return float(var_w * ((phi(z) ** 2 * p)[1:] * np.diff(z)).sum())


def by_scalar_calls(phi, var_w, q):
    total, step = 0.0, 0.01
    for k in range(-800, 801):
        z = k * step
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        total += float(phi(math.sqrt(q) * z)) ** 2 * density * step
    return np.array(var_w * total)


def by_quantiles(phi, var_w, q):
    """Equal shares of the population, their middles found from the error function."""
    edges = np.linspace(-8, 8, 40001)
    below = np.array([0.5 * math.erfc(-e / math.sqrt(2)) for e in edges])
    middle = (edges[1:] + edges[:-1]) / 2
    return var_w * (phi(np.sqrt(q) * middle) ** 2 * np.diff(below)).sum()


@pytest.mark.parametrize(
    "answer",
    [
        by_grid,
        by_narrow_grid,
        by_hermite,
        by_physicists_hermite,
        by_density_of_z,
        by_scalar_calls,
        by_quantiles,
    ],
)
def test_right_maps_pass_however_they_are_integrated(answer):
    assert_right(Q_MAP, answer, range(5) if answer is by_quantiles else SEEDS)


@pytest.mark.parametrize("scale", [2, 0.5])
def test_a_wrong_map_is_recognized_whatever_the_rule(scale):
    for verdict in verdicts(Q_MAP, lambda f, v, q: scale * by_hermite(f, v, q)):
        assert [item.slip for item in verdict.diagnoses] == ["weights-not-normalized"]


def test_a_slip_is_recognized_with_other_nodes():
    def no_weights(phi, var_w, q):
        return by_hermite(phi, 1.0, q)

    for verdict in verdicts(Q_MAP, no_weights):
        assert [item.slip for item in verdict.diagnoses] == [
            "weight-variance-forgotten"
        ]


def test_sampling_is_too_coarse():
    def sampled(phi, var_w, q):
        z = np.random.default_rng(0).normal(size=100_000)
        return var_w * np.mean(phi(np.sqrt(q) * z) ** 2)

    for verdict in verdicts(Q_MAP, sampled, range(10)):
        [item] = verdict.diagnoses
        assert "a mean of random numbers" in item.text
        assert verdict.points == 0


def test_an_error_of_one_in_a_thousand_is_wrong():
    def nearly(phi, var_w, q):
        return 1.001 * by_grid(phi, var_w, q)

    assert all(verdict.points == 0 for verdict in verdicts(Q_MAP, nearly))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_map_agrees_with_closed_forms_and_with_gauss_and_hermite(seed):
    z, w = np.polynomial.hermite_e.hermegauss(200)
    w /= w.sum()
    for case in answer_key(Q_MAP, seed).cases:
        named, var_w, q = case.args
        right = Q_MAP.reference(named, var_w, q)
        phi = materialize(named)
        nodes = var_w * w @ phi(np.sqrt(q) * z) ** 2
        assert right == pytest.approx(nodes, rel=1e-9)
        share = {
            "relu": 1 / 2,
            "leaky_relu": (1 + named.params.get("leak", 0) ** 2) / 2,
            "linear": named.params.get("height", 1) ** 2,
        }
        if named.params["kind"] in share:
            closed = share[named.params["kind"]] * var_w * q
            assert right == pytest.approx(closed, rel=1e-9)


def test_the_map_is_what_a_wide_layer_does():
    rng = np.random.default_rng(1)
    n, var_w, q = 2000, 1.7, 0.8
    z = rng.normal(0, math.sqrt(q), (100, n))
    W = rng.normal(0, math.sqrt(var_w / n), (n, n))
    measured = ((np.tanh(z) @ W) ** 2).mean()
    assert measured == pytest.approx(Q_MAP.reference(np.tanh, var_w, q), rel=0.02)
