"""Unit 2: numbers that its text states and no cell of it prints."""

import math
from pathlib import Path

import numpy as np
import pytest

SOURCE = Path(__file__).parents[2] / "solutions" / "02-learning-rate.py"
WORDS = " ".join(
    line.removeprefix("#").removeprefix(" > ").strip()
    for line in SOURCE.read_text(encoding="utf-8").splitlines()
)
START_SLOPE = 4 * 1.5**3 - 4 * 1.5 + 0.3


@pytest.mark.parametrize(
    ("words", "value", "stated"),
    [
        ("of them 6 % of the distance is left", 100 * 0.7**8, "6"),
        ("$0.7^8 = 0.06$", 0.7**8, "0.06"),
        ("\\eta > (1.5 - 0.075)/7.8 = 0.183$", (1.5 - 0.075) / 7.8, "0.183"),
        ("$0.99^{400} = 0.018$", 0.99**400, "0.018"),
        ("$1.01^{400} = 53.5$", 1.01**400, "53.5"),
        ("some 2300 steps until", math.log(0.01) / math.log(999 / 1001), "2303"),
        ("$f'(1.5) = 7.8$", START_SLOPE, "7.8"),
        ("$12 \\cdot 1.5^2 - 4 = 23$", 12 * 1.5**2 - 4, "23"),
        ("$2/23 = 0.087$", 2 / 23, "0.087"),
        ("$2 / 8.87 = 0.226$", 2 / 8.869, "0.226"),
        ("$\\exp 2 \\approx 7.4$", math.exp(2), "7.4"),
        (
            "$\\log(1000)/\\log(1.01) \\approx 700$",
            math.log(1e3) / math.log(1.01),
            "694",
        ),
        ("$0.2/(2 - 0.2)/2 = 0.056$", 0.2 / (2 - 0.2) / 2, "0.056"),
        ("$0.02/(2 - 0.02)/2 = 0.005$", 0.02 / (2 - 0.02) / 2, "0.005"),
        ("uncertain by 1 % ($\\sqrt{2/20000}$)", 100 * math.sqrt(2 / 20000), "1"),
        ("log(0.01) / log(0.99) is about 458", math.log(0.01) / math.log(0.99), "458"),
        ("B. 44", math.log(0.01) / math.log(0.9), "44"),
        ("337 parameters in all", 2 * 16 + 16 + 16 * 16 + 16 + 16 + 1, "337"),
    ],
)
def test_a_number_in_the_text_is_right(words, value, stated):
    assert words in WORDS
    decimals = len(stated.partition(".")[2])
    assert f"{value:.{decimals}f}" == stated


def test_noise_floors_are_measured_within_two_percent_of_the_theory():
    noise = np.random.default_rng(2)
    for eta in (0.2, 0.1, 0.05):
        swarm = np.zeros(20_000)
        for _ in range(400):
            swarm = swarm - eta * (swarm + noise.normal(size=swarm.size))
        assert swarm.var() == pytest.approx(eta / (2 - eta), rel=0.02)


def test_the_length_of_the_weights_grows_by_about_as_much_in_each_decade():
    X = np.array([[1.0, 1.0], [2.0, 1.0], [-1.0, -1.0], [-2.0, -1.5]])
    y, w, lengths = np.array([1.0, 1.0, -1.0, -1.0]), np.zeros(2), []
    for count in range(1, 10_001):
        w = w + ((y / (1 + np.exp(y * (X @ w)))) @ X) / 4
        if count in (100, 1000, 10_000):
            lengths.append(np.linalg.norm(w))
    np.testing.assert_allclose(np.diff(lengths), 1.55, atol=0.1)


def test_twice_the_loss_brings_the_wall_twice_as_close():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3)) * [1, 2, 3]
    top = np.linalg.eigvalsh(X.T @ X / len(X))[-1]
    for factor, rate, converges in (
        (1, 1.9, True),
        (1, 2.1, False),
        (2, 0.9, True),
        (2, 1.1, False),
    ):
        w = np.ones(3)
        for _ in range(500):
            w = w - rate / top * factor * X.T @ (X @ w) / len(X)
        assert (np.abs(w).max() < 1) == converges


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_wall_of_momentum(beta):
    """Two steps in one: w₂ = (1 + β - ηλ) w₁ - β w₀, whose roots decide."""
    assert "its wall, for instance, is at $2\\,(1 + \\beta)/\\lambda_{\\max}$" in WORDS

    def slowest(product):
        return np.abs(np.roots([1, -(1 + beta - product), beta])).max()

    wall = 2 * (1 + beta)
    assert slowest(0.99 * wall) < 1 < slowest(1.01 * wall)


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_the_best_momentum_shrinks_by_the_root_of_the_condition_number(kappa):
    root = math.sqrt(kappa)
    eta, beta = (2 / (1 + root)) ** 2, ((root - 1) / (root + 1)) ** 2
    for curvature in (1, (1 + kappa) / 2, kappa):
        roots = np.roots([1, -(1 + beta - eta * curvature), beta])
        assert np.abs(roots) == pytest.approx((root - 1) / (root + 1), abs=1e-6)


def test_the_double_well_throws_a_run_to_infinity_at_the_rate_0_4():
    assert "(At the rate 0.4 it is thrown back too far" in WORDS
    rates = np.array([0.25, 0.3, 0.36, 0.4])  # the figure ends at 0.36
    v = np.full(rates.shape, 1.5)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(5000):
            v = v - rates * (4 * v**3 - 4 * v + 0.3)
    assert (np.abs(v) < 2).tolist() == [True, True, True, False]


def test_beyond_0_226_the_deep_well_is_no_resting_place_and_the_shallow_one_still_is():
    assert "Beyond that the deep minimum is no resting place any more" in WORDS
    v = np.array([0.95, -1.03])
    for _ in range(5000):
        v = v - 0.25 * (4 * v**3 - 4 * v + 0.3)
    slope = 4 * v**3 - 4 * v + 0.3
    assert v[0] == pytest.approx(0.960, abs=5e-4)
    assert abs(slope[0]) < 1e-9 < 0.1 < abs(slope[1])


def test_two_eigenvalues_give_the_best_rate_of_a_quadratic():
    assert "On a quadratic two eigenvalues give the best rate" in WORDS
    lam = np.array([1.0, 4.0, 10.0])
    rates = np.linspace(0.01, 0.2, 1901)
    worst = np.abs(1 - rates[:, None] * lam).max(axis=1)
    assert rates[worst.argmin()] == pytest.approx(2 / 11, abs=1e-4)


@pytest.mark.parametrize("eta", [0.01, 0.1, 1.0])
def test_a_flat_point_with_a_way_down_holds_a_run_for_good(eta):
    """One over v, less t times 3η, can only grow: so v is never above 1 / 3ηt."""
    assert "creeps toward 0 and never gets past it" in WORDS
    v = 0.1
    for _ in range(20_000):
        v = v - eta * 3 * v**2
    assert 0 < v < 1 / (3 * eta * 20_000)


def test_a_step_too_small_for_its_weight_changes_nothing_in_a_computer():
    assert "a step of less than $10^{-17}$ of it changes none of them" in WORDS
    weights = np.array([1.0, 1.0 + 2.0**-52, 1.999, 100.3, 3e-5, -0.7])
    for share in (1e-17, -1e-17):
        assert np.all(weights - share * weights == weights)
