"""Answers that were told of a mistake which they do not make, or passed with one."""

import math

import numpy as np
import pytest
from asking import verdicts

from nnkit.exercises import EXERCISES
from nnkit.exercises.initialization.chance import mean_and_variance
from nnkit.judging import show

SEEDS = (2024, 0, 7, 109)


def moved_and_back(grad, w0, lr, T):
    """Move in place, and return from within the loop."""
    path = np.zeros((T + 1, len(w0)))
    path[0] = w0
    for t in range(T):
        w0 -= lr * grad(w0)
        path[t + 1] = w0
        return path
    return path


def capped(z, kind):
    a = {"tanh": np.tanh(z), "sigmoid": (1 + np.tanh(z / 2)) / 2}.get(kind)
    if kind == "relu":
        return np.clip(z, 0, 1), 1.0 * (z > 0)
    return a, 1 - a**2 if kind == "tanh" else a * (1 - a)


def rows_in_turn(params, X, y):
    A1 = np.tanh(X @ params["W1"] + params["b1"])
    A2 = np.tanh(A1 @ params["W2"] + params["b2"])
    S = A2 @ params["W3"] + params["b3"]
    logs = S - np.logaddexp.reduce(S, axis=1)[:, None]
    d3 = np.exp(logs)
    d3[y % len(y)] -= 1
    d3 /= len(y)
    d2 = d3 @ params["W3"].T * (1 - A2**2)
    d1 = d2 @ params["W2"].T * (1 - A1**2)
    gradients = {"W3": A2.T @ d3, "b3": d3.sum(axis=0), "W2": A1.T @ d2}
    gradients |= {"b2": d2.sum(axis=0), "W1": X.T @ d1, "b1": d1.sum(axis=0)}
    return -logs[np.arange(len(y)), y].mean(), gradients


def hints(name, function, seeds=SEEDS):
    with np.errstate(all="ignore"):
        found = list(verdicts(EXERCISES[name], function, seeds))
    assert all(verdict.status != "right" for verdict in found)
    return {item.slip for verdict in found for item in verdict.diagnoses}


def test_where_a_call_spoils_its_inputs_one_other_case_shows_no_slip():
    told = hints("gd_run", moved_and_back)
    assert "start-overwritten" in told
    assert "stops-on-level-ground" not in told


def test_labels_that_pick_rows_in_turn_do_so_in_a_single_row_too():
    assert hints("capstone_grads", rows_in_turn, [109]) == {"labels-pick-rows"}


def test_a_relu_that_ends_at_1_is_no_slope_in_another_place():
    assert hints("act", capped) == {"capped-relu"}


@pytest.mark.parametrize("limit", [-5.0, -7.5])
def test_a_sigmoid_is_not_0_where_it_is_small(limit):
    def act(z, kind):
        a = np.tanh(z) if kind == "tanh" else (1 + np.tanh(z / 2)) / 2
        if kind == "relu":
            return np.maximum(z, 0), 1.0 * (z > 0)
        if kind == "sigmoid":
            a = np.where(z < limit, 0.0, a)
        return a, 1 - a**2 if kind == "tanh" else a * (1 - a)

    for verdict in verdicts(EXERCISES["act"], act, SEEDS):
        assert [part.right for part in verdict.parts] == [False, False]


def test_a_layer_keeps_both_axes_with_each_of_its_curves():
    def squeezed_for(branch):
        def layer(X, W, b, kind):
            Z, A = EXERCISES["layer"].reference(X, W, b, kind)
            return (np.squeeze(Z), np.squeeze(A)) if kind == branch else (Z, A)

        return layer

    for branch in ("tanh", "sigmoid", "relu"):
        for verdict in verdicts(EXERCISES["layer"], squeezed_for(branch), SEEDS):
            assert verdict.points == 0, branch


@pytest.mark.parametrize("power", [-1030, -700, 0, 500, 1000])
def test_a_scale_beyond_squares_changes_the_variance_by_that_and_nothing_else(power):
    weights = 1 + np.random.default_rng(5).normal(size=(2, 40, 30))
    mean, variance = mean_and_variance(weights)
    of_scaled = mean_and_variance(np.ldexp(weights, power))
    assert of_scaled[0] == pytest.approx(mean, rel=1e-9)
    expected = variance + 2 * power * math.log(2)
    assert of_scaled[1] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("scale", "said"), [(1e-310, "small"), (1e-200, "small"), (1e200, "large")]
)
def test_weights_that_are_finite_are_not_called_infinite(scale, said):
    ways = {
        "he": lambda shape, rng: scale * rng.normal(size=shape),
        "glorot": lambda shape, rng, dist: scale * rng.normal(size=shape),
    }
    for name, way in ways.items():
        for verdict in verdicts(EXERCISES[name], way, SEEDS[:2]):
            text = show.text(verdict)
            assert "infinite" not in text
            assert f"is too {said} in every case, far beyond" in text


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("glorot", lambda s, rng, dist: rng.normal(0, max(s) ** -0.5, s)),
        ("he", lambda s, rng: rng.normal(0, (2 / max(s)) ** 0.5, s)),
        ("he", lambda s, rng: rng.normal(0, (2 / min(s)) ** 0.5, s)),
    ],
)
def test_who_picks_the_larger_fan_is_asked_about_that(name, function):
    assert "one-fan-picked" in hints(name, function)


@pytest.mark.parametrize("floor", [10.0**-n for n in range(5, 16)])
def test_a_ceiling_of_the_loss_is_seen_at_any_height(floor):
    def softmax_ce(Z, y):
        _, dZ = EXERCISES["softmax_ce"].reference(Z, y)
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        P = E / E.sum(axis=1, keepdims=True)
        shares = np.maximum(P[np.arange(len(y)), y], floor)
        return -np.log(shares).mean(), dZ

    assert hints("softmax_ce", softmax_ce) == {"loss-with-a-ceiling"}


def logs(Z):
    gaps = Z - Z.max(axis=1, keepdims=True)
    return gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (lambda Z: logs(Z)[:1], True),  # as by a return inside of a loop over rows
        (lambda Z: logs(Z).T, False),
        (lambda Z: logs(Z)[:, :1], False),
        (lambda Z: logs(Z)[:2], False),
        (lambda Z: logs(Z)[: 1 + (len(Z) == 4)], False),  # in some of the cases alone
    ],
)
def test_whoever_returns_the_first_row_alone_is_asked_about_a_return(answer, asked):
    for verdict in verdicts(EXERCISES["log_softmax"], answer, SEEDS[:2]):
        assert ("`return` inside of your loop" in show.text(verdict)) == asked


def test_a_sigmoid_that_is_cut_off_far_out_is_asked_about_a_limit():
    def act(z, kind):
        if kind == "relu":
            return np.maximum(z, 0), 1.0 * (z > 0)
        if kind == "tanh":
            return np.tanh(z), 1 - np.tanh(z) ** 2
        a = 1 / (1 + np.exp(-np.clip(z, -15, 15)))
        return a, a * (1 - a)

    for verdict in verdicts(EXERCISES["act"], act, SEEDS[:2]):
        assert "cut off at a limit" in show.text(verdict)
        assert "nearly right" not in show.text(verdict)
