"""What the capstone's text says in numbers, and the runs that it has written down."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from nnkit.exercises.capstone.network import forward, loss_and_gradients, mean_loss
from nnkit.exercises.capstone.training import points, start

SOURCE = Path(__file__).parents[2] / "solutions" / "06-capstone.py"
RUNS = ("sound", "A", "B", "C")


@pytest.fixture(scope="module")
def written():
    text = SOURCE.read_text(encoding="utf-8")
    table = re.search(r'written_down = """(.*?)"""', text, flags=re.DOTALL)[1]
    rows = np.array([line.split() for line in table.splitlines()[3:]], dtype=float)
    assert rows.shape == (21, 13)
    assert (rows[:, 0] == 300 * np.arange(21)).all()
    return {name: rows[:, 1 + 3 * i : 4 + 3 * i] for i, name in enumerate(RUNS)}


@pytest.fixture(scope="module")
def data():
    X, y = points(240, 0.0, np.random.default_rng(6))
    return X[:90], y[:90], *points(900, 0.0, np.random.default_rng(66))


def run(params, X, y, X_new, y_new, lr, rows):
    """Train as the colleague did; a row of notes every 300 steps."""
    kept = []
    for step in range(300 * (rows - 1) + 1):
        loss, slopes = loss_and_gradients(params, X, y)
        if step % 300 == 0:
            seen = [
                np.mean(forward(params, rows_)[2].argmax(axis=1) == labels)
                for rows_, labels in ((X, y), (X_new, y_new))
            ]
            kept.append([float(loss), *seen])
        params = {name: params[name] - lr * slopes[name] for name in params}
    return np.array(kept)


def begin(**widths):
    return start(np.random.default_rng(3), 2, **widths)


def test_the_classes_are_as_many_as_the_text_says(data):
    _, y, _, y_new = data
    assert np.bincount(y).tolist() == [35, 26, 29]
    assert np.bincount(y_new).tolist() == [300, 300, 300]
    assert round(35 / 90, 2) == 0.39


def test_the_sound_run_is_as_written_down(written, data):
    found = run(begin(), *data, lr=0.5, rows=3)
    np.testing.assert_allclose(found[:, 0], written["sound"][:3, 0], atol=6e-5)
    np.testing.assert_allclose(found[:, 1:], written["sound"][:3, 1:], atol=0.016)
    assert written["sound"][1, 0] < 0.02
    assert (written["sound"][1:, 1:] > 0.97).all()


def test_run_a_had_too_large_a_rate(written, data):
    found = run(begin(), *data, lr=15.0, rows=3)
    assert abs(found[0, 0] - written["A"][0, 0]) < 6e-5
    # Where steps are too long, rounding grows with them: no number is the same twice.
    assert (found[1:, 0] > 2 * np.log(3)).all()
    losses, seen, unseen = written["A"][1:].T
    assert 12 < losses.min() < losses.max() < 81
    assert ((seen > 0.3) & (seen < 0.5) & (unseen > 0.3) & (unseen < 0.5)).all()
    slower = run(begin(), *data, lr=0.5, rows=2)
    assert slower[1, 0] < 0.02


def test_run_b_started_at_zero(written, data):
    zero = {name: 0 * value for name, value in begin().items()}
    found = run(zero, *data, lr=0.5, rows=3)
    np.testing.assert_allclose(found, written["B"][:3], atol=6e-3)
    assert round(written["B"][0, 0], 3) == round(np.log(3), 3)
    assert set(written["B"][1:, 0].round(3)) == {1.091}
    slopes = loss_and_gradients(zero, *data[:2])[1]
    assert [name for name in slopes if slopes[name].any()] == ["b3"]
    alike = {name: value + 0.1 for name, value in zero.items()}
    found = run(alike, *data, lr=0.5, rows=3)
    assert round(found[0, 0], 3) == round(np.log(3), 3)
    assert found[2, 0] < 1.0


def test_run_c_had_shuffled_labels(written, data):
    X, y, X_new, y_new = data
    other = np.random.default_rng(5).permutation(y)
    found = run(begin(), X, other, X_new, y_new, lr=0.5, rows=3)
    np.testing.assert_allclose(found, written["C"][:3], atol=0.02)
    losses, seen, unseen = written["C"].T
    assert (losses[0].round(2), losses[-1].round(2)) == (1.15, 0.31)
    assert 0.8 < seen[-5:].min() < seen[-5:].max() < 0.9
    assert 0.25 < unseen.min() < unseen.max() <= 0.4


def test_a_random_start_costs_more_than_equal_scores_on_average():
    X, y = points(240, 0.0, np.random.default_rng(1))
    starts = [start(np.random.default_rng(seed), 2, h=16) for seed in range(200)]
    losses = [mean_loss(forward(params, X)[2], y) for params in starts]
    assert np.log(3) < np.mean(losses) < 1.25


def test_a_larger_network_mends_none_of_the_runs(data):
    X, y, X_new, y_new = data
    wide = begin(h=48)
    zero = {name: 0 * value for name, value in wide.items()}
    other = np.random.default_rng(5).permutation(y)
    assert run(wide, *data, lr=15.0, rows=3)[-1, 0] > 2 * np.log(3)
    assert round(run(zero, *data, lr=0.5, rows=3)[-1, 0], 3) == 1.091
    assert run(wide, X, other, X_new, y_new, lr=0.5, rows=5)[-1, 2] < 0.45
    assert run(wide, *data, lr=0.5, rows=3)[-1, 2] > 0.95  # so it is not the width


def test_the_best_of_twenty_tries_at_thirty_guesses():
    spread = math.sqrt(30 / 3 * 2 / 3)
    assert round(spread, 1) == 2.6
    assert (round(spread / 30, 2), round(math.sqrt(2 / 9 / 900), 3)) == (0.09, 0.016)
    chances = [math.comb(30, k) * 2 ** (30 - k) / 3**30 for k in range(31)]
    no_more_than = np.cumsum(chances)
    best_is = np.diff(no_more_than**20, prepend=0)
    best = float(best_is @ np.arange(31))
    assert best == pytest.approx(15, abs=0.2)
    assert 1.8 < (best - 10) / spread < 2


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_the_causes_are_not_in_the_release(name):
    released = SOURCE.parents[1] / "course" / "06-capstone" / "06-capstone.ipynb"
    text = released.read_text(encoding="utf-8")
    assert f"run {name}" in text
    for leak in (
        "shuffled apart",
        "it was 15",
        "do not belong to the rows",
        "Glorot's weights. *",
    ):
        assert leak not in text
    assert text.count("YOUR ANSWER HERE") == 1


def test_what_a_start_ten_times_too_large_costs_can_be_estimated():
    spread = math.sqrt(16) * 10 * math.sqrt(2 / (16 + 3))
    assert spread == pytest.approx(13, abs=0.05)
    draws = np.random.default_rng(0).normal(size=(200_000, 3))
    above = (draws.max(axis=1) - draws.mean(axis=1)).mean()
    assert above == pytest.approx(3 / (2 * math.sqrt(math.pi)), abs=0.01)
    assert (round(above, 2), round(above * spread)) == (0.85, 11)
