"""Unit 5, a whole network by hand: right answers of many kinds, and fairness notes."""

import autograd.numpy as anp
import numpy as np
import pytest
from asking import assert_right, central, verdicts
from autograd import value_and_grad as hips

from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key

MLP = EXERCISES["mlp_grads"]


def by_hand(params, X, y):
    m = len(X)
    A = np.tanh(X @ params["W1"] + params["b1"])
    Z = A @ params["W2"] + params["b2"]
    Z = Z - Z.max(axis=1, keepdims=True)
    logP = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    loss = -logP[np.arange(m), y].mean()
    dZ = np.exp(logP)
    dZ[np.arange(m), y] -= 1
    dZ /= m
    dZ1 = (dZ @ params["W2"].T) * (1 - A**2)
    grads = {"W2": A.T @ dZ, "b2": dZ.sum(0), "W1": X.T @ dZ1, "b1": dZ1.sum(0)}
    return loss, grads


def with_one_hot_rows(params, X, y):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    A = np.tanh(np.dot(X, W1) + b1)
    Z = np.dot(A, W2) + b2
    top = np.max(Z, axis=1)
    total = np.log(np.sum(np.exp(Z - top[:, None]), axis=1)) + top
    Y = np.zeros_like(Z)
    Y[np.arange(len(y)), y] = 1
    loss = np.mean(total - np.sum(Y * Z, axis=1))
    back = (np.exp(Z - total[:, None]) - Y) / len(y)
    hidden = np.einsum("ik,hk->ih", back, W2) * (1 + A) * (1 - A)
    return [
        float(loss),
        {
            "W1": np.einsum("ij,ih->jh", X, hidden),
            "b1": np.ones(len(y)) @ hidden,
            "W2": np.einsum("ih,ik->hk", A, back),
            "b2": np.ones(len(y)) @ back,
        },
    ]


def row_by_row(params, X, y):
    total, sums = 0.0, {name: np.zeros_like(p) for name, p in params.items()}
    for x, label in zip(X, y, strict=True):
        a = np.tanh(x @ params["W1"] + params["b1"])
        z = a @ params["W2"] + params["b2"]
        z -= z.max()
        p = np.exp(z) / np.exp(z).sum()
        total += np.log(np.exp(z).sum()) - z[label]
        dz = p
        dz[label] -= 1
        dz1 = (params["W2"] @ dz) * (1 - a * a)
        sums["W2"] += np.outer(a, dz)
        sums["b2"] += dz
        sums["W1"] += np.outer(x, dz1)
        sums["b1"] += dz1
    return total / len(y), {name: s / len(y) for name, s in sums.items()}


def biases_as_weights(params, X, y):
    ones = np.ones((len(X), 1))
    X1 = np.hstack([X, ones])
    A1 = np.hstack([np.tanh(X1 @ np.vstack([params["W1"], params["b1"]])), ones])
    Z = A1 @ np.vstack([params["W2"], params["b2"]])
    logP = Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
    D = (np.exp(logP) - np.eye(Z.shape[1])[y]) / len(y)
    both2 = A1.T @ D
    both1 = X1.T @ ((D @ params["W2"].T) * (1 - A1[:, :-1] ** 2))
    loss = -np.take_along_axis(logP, y[:, None], axis=1).mean()
    names = {"W1": both1[:-1], "b1": both1[-1], "W2": both2[:-1], "b2": both2[-1]}
    return loss, names


def in_columns(params, X, y):
    W1, W2 = params["W1"].T, params["W2"].T
    A = np.tanh(W1 @ X.T + params["b1"][:, None])
    Z = W2 @ A + params["b2"][:, None]
    Z = Z - Z.max(axis=0)
    P = np.exp(Z) / np.exp(Z).sum(axis=0)
    picked = Z[y, np.arange(len(y))]
    loss = np.mean(np.log(np.exp(Z).sum(axis=0)) - picked)
    D = P.copy()
    D[y, np.arange(len(y))] -= 1
    D /= len(y)
    D1 = (W2.T @ D) / np.cosh(np.arctanh(np.clip(A, -1 + 1e-15, 1 - 1e-15))) ** 2
    grads = {"W1": (D1 @ X).T, "b1": D1.sum(1), "W2": (D @ A.T).T, "b2": D.sum(1)}
    return loss, grads


def from_exercises_before(params, X, y):
    def affine_back(dZ, X, W):
        return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)

    Z1 = X @ params["W1"] + params["b1"]
    A1 = np.tanh(Z1)
    Z2 = A1 @ params["W2"] + params["b2"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = np.mean(np.log(E.sum(axis=1)) + Z2.max(axis=1) - Z2[rows, y])
    dZ2 = P - (np.arange(P.shape[1]) == y[:, None])
    dA1, dW2, db2 = affine_back(dZ2 / len(y), A1, params["W2"])
    _, dW1, db1 = affine_back(dA1 * (1 - A1**2), X, params["W1"])
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@pytest.mark.parametrize(
    "answer",
    [
        by_hand,
        with_one_hot_rows,
        row_by_row,
        biases_as_weights,
        in_columns,
        from_exercises_before,
    ],
)
def test_right_gradients_of_a_network_pass(answer):
    assert_right(MLP, answer)


def test_each_part_of_the_network_is_graded_by_itself():
    def half(params, X, y):
        loss, grads = by_hand(params, X, y)
        return loss, grads | {"W1": 0 * grads["W1"], "b1": 0 * grads["b1"]}

    for verdict in verdicts(MLP, half):
        assert verdict.points == pytest.approx(MLP.points * 3 / 5)


def test_a_softmax_that_overflows_costs_what_it_is_seen_in_and_no_slope_below():
    def naive(params, X, y):
        A = np.tanh(X @ params["W1"] + params["b1"])
        E = np.exp(A @ params["W2"] + params["b2"])
        P = E / E.sum(axis=1, keepdims=True)
        dZ2 = (P - np.eye(P.shape[1])[y]) / len(y)
        dZ1 = dZ2 @ params["W2"].T * (1 - A**2)
        gradients = {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0)}
        gradients |= {"W2": A.T @ dZ2, "b2": dZ2.sum(axis=0)}
        return -np.log(P[np.arange(len(y)), y]).mean(), gradients

    for verdict in verdicts(MLP, naive):
        right = {part.name for part in verdict.parts if part.right}
        assert right == {"dW1", "db1", "dW2"}
        assert [d.slip for d in verdict.diagnoses] == ["softmax-overflows"]


def test_gradients_paired_with_parameters_by_position_are_caught():
    def zipped(params, X, y):
        loss, grads = by_hand(params, X, y)
        names = ("W1", "b1", "W2", "b2")
        return loss, dict(zip(params, (grads[name] for name in names), strict=True))

    [verdict] = verdicts(MLP, zipped, [1])
    assert verdict.points < MLP.points


def test_other_keys_are_named_in_the_message():
    def primed(params, X, y):
        loss, grads = by_hand(params, X, y)
        return loss, {f"d{name}": g for name, g in grads.items()}

    [verdict] = verdicts(MLP, primed, [1])
    [diagnosis] = verdict.diagnoses
    assert "its keys are: dW2, db2, dW1, db1" in diagnosis.text


def test_a_log_of_a_tiny_sum_is_caught_as_well():
    def patched(params, X, y):
        A = np.tanh(X @ params["W1"] + params["b1"])
        Z = A @ params["W2"] + params["b2"]
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        P = E / E.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(P[np.arange(len(y)), y] + 1e-12))
        return loss, by_hand(params, X, y)[1]

    for verdict in verdicts(MLP, patched):
        assert [part.right for part in verdict.parts] == [False, True, True, True, True]


def test_a_last_label_is_always_out_of_reach_of_the_softmax():
    for seed in range(200):
        cases = {case.name: case for case in MLP.cases(np.random.default_rng(seed))}
        params, X, y = cases["scores far apart"].args
        Z = np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
        assert Z[0].max() - Z[0, y[0]] > 800


@pytest.mark.parametrize("seed", range(10))
def test_the_network_reference_agrees_with_an_independent_autodiff(seed):
    def loss(params, X, y):
        A = anp.tanh(anp.dot(X, params["W1"]) + params["b1"])
        Z = anp.dot(A, params["W2"]) + params["b2"]
        Z = Z - anp.max(Z, axis=1, keepdims=True)
        total = anp.log(anp.sum(anp.exp(Z), axis=1))
        return anp.mean(total - Z[np.arange(len(y)), y])

    key = answer_key(MLP, seed)
    for case, (right, *grads) in zip(key.cases, key.right, strict=True):
        params, X, y = case.args
        value, found = hips(loss)(params, X, y)
        np.testing.assert_allclose(right, value, rtol=1e-9)
        for name, grad in zip(("W1", "b1", "W2", "b2"), grads, strict=True):
            size = np.abs(grad).max()
            np.testing.assert_allclose(grad, found[name], rtol=1e-7, atol=1e-9 * size)


@pytest.mark.parametrize("seed", range(5))
def test_the_network_reference_agrees_with_differences(seed):
    key = answer_key(MLP, seed)
    for case, (_, *grads) in zip(key.cases, key.right, strict=True):
        if case.name == "scores far apart":
            continue  # too steep for a step of 1e-5
        params, X, y = case.args
        for name, grad in zip(("W1", "b1", "W2", "b2"), grads, strict=True):

            def loss(p, name=name, params=params, X=X, y=y):
                return by_hand(params | {name: p}, X, y)[0]

            measured = central(loss, params[name], 1e-5)
            np.testing.assert_allclose(grad, measured, rtol=1e-6, atol=1e-8)


def moving(*names):
    def answer(params, X, y):
        found = by_hand(params, X, y)
        for name in names:
            params[name] *= 0.9
        return found

    return answer


def remembering(params, X, y):
    params["A"] = np.tanh(X @ params["W1"] + params["b1"])
    return by_hand(params, X, y)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (moving("W1"), """After the call the caller's params["W1"] is not what"""),
        (moving("W1", "b2"), """params["W1"] and params["b2"] are not what they"""),
        (remembering, "the caller's params has other keys than before"),
    ],
)
def test_what_a_call_has_changed_in_a_dict_is_named(answer, said):
    [verdict] = verdicts(MLP, answer, [3])
    [item] = verdict.diagnoses
    assert not item.slip
    assert said in item.text
