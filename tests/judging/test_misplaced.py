"""Right numbers in another place, and numbers that cancel: said as what they are."""

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key, ask, judge

MLP = EXERCISES["mlp_grads"]


def diagnoses(mistake, seed=5):
    """Judge an answer to `mlp_grads` that makes this of its right gradients."""

    def mlp_grads(params, X, y):
        A = np.tanh(X @ params["W1"] + params["b1"])
        S = A @ params["W2"] + params["b2"]
        logs = S - np.logaddexp.reduce(S, axis=1, keepdims=True)
        D = (np.exp(logs) - np.eye(S.shape[1])[y]) / len(y)
        E = D @ params["W2"].T * (1 - A**2)
        right = {"W1": X.T @ E, "b1": E.sum(0), "W2": A.T @ D, "b2": D.sum(0)}
        loss = -logs[np.arange(len(y)), y].mean()
        return loss, right | mistake(params, right)

    replies = [ask(mlp_grads, "call", case) for case in answer_key(MLP, seed).cases]
    return judge(MLP, replies, seed).diagnoses


def layers_swapped(params, g):
    return {"W1": g["W2"], "b1": g["b2"], "W2": g["W1"], "b2": g["b1"]}


def in_the_order_of_the_way_back(params, g):
    return dict(zip(params, [g["W2"], g["b2"], g["W1"], g["b1"]], strict=True))


@pytest.mark.parametrize("mistake", [layers_swapped, in_the_order_of_the_way_back])
def test_gradients_under_each_others_names_are_told_whose_they_are(mistake):
    [said] = diagnoses(mistake)
    assert said.slip == ""
    assert said.parts == ("dW1", "db1", "dW2", "db2")
    assert said.text.startswith(
        "Right numbers in another place: dW1 holds what is right for dW2, db1 for db2, "
        "dW2 for dW1, db2 for db1."
    )


def test_two_of_them_are_not_called_handed_out_by_position():
    # With params in one of the orders, that would give b1 the same numbers.
    [said] = diagnoses(lambda params, g: {"b1": g["b2"], "b2": g["b1"]})
    assert said.slip == ""
    assert said.text.startswith(
        "Right numbers in another place: db1 holds what is right for db2, db2 for db1."
    )


def test_one_coincidence_in_a_case_is_no_other_place():
    def once(params, g):
        return {"b1": g["b2"] if next(iter(params)) == "b2" else 3 * g["b1"] + 1}

    assert not any("another place" in said.text for said in diagnoses(once))


def test_what_cancels_is_called_zero_and_no_multiple():
    def cancelled(params, g):
        return {"b1": (g["b2"].sum() / 3 * 3) * params["b1"]}  # some 1e-17 in all

    [said] = diagnoses(cancelled)
    assert said.text.startswith("db1 is zero in every case, but for rounding.")


def test_zeros_and_ones_are_not_called_cut_short():
    [said] = diagnoses(lambda params, g: {"W1": 1.0 * (g["W1"] > 0)})
    assert "whole numbers" not in said.text


def test_two_parts_in_each_others_shape_are_told_so_though_their_numbers_are_wrong():
    grads = EXERCISES["neuron_grads"]

    def swapped_sum(X, y, w, b):
        a = np.tanh(X @ w + b)
        dz = 2 * (a - y) * (1 - a**2)
        return dz.sum(), X.T @ dz

    cases = answer_key(grads, 5).cases
    replies = [ask(swapped_sum, "call", case) for case in cases]
    [item] = judge(grads, replies, 5).diagnoses
    assert item.parts == ("dw", "db")
    assert item.text.startswith(
        "dw has the shape that db should have, db that of dw. In which order"
    )


def test_one_part_in_anothers_shape_is_told_its_own():
    grads = EXERCISES["neuron_grads"]

    def one_number(X, y, w, b):
        a = np.tanh(X @ w + b)
        dz = 2 * (a - y) * (1 - a**2)
        return dz.sum() + 1, dz.sum() + 2

    cases = answer_key(grads, 5).cases
    replies = [ask(one_number, "call", case) for case in cases]
    found = judge(grads, replies, 5).diagnoses
    assert not any("In which order" in item.text for item in found)
