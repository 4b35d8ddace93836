"""The capstone's network: right however it is written, and against other ways."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad as hips_grad

from nnkit.exercises import EXERCISES
from nnkit.exercises.capstone.gradients import by_backprop
from nnkit.exercises.capstone.network import NAMES
from nnkit.exercises.spec import PUBLIC_SEED
from nnkit.judging import show
from nnkit.judging.judge import answer_key, ask, judge

SCORES, GRADS = EXERCISES["predict_scores"], EXERCISES["capstone_grads"]


def verdict_on(exercise, function, seed=PUBLIC_SEED):
    cases = answer_key(exercise, seed).cases
    return judge(exercise, [ask(function, exercise.adapter, c) for c in cases], seed)


def plain(params, X, y):
    A1 = np.tanh(X @ params["W1"] + params["b1"])
    A2 = np.tanh(A1 @ params["W2"] + params["b2"])
    S = A2 @ params["W3"] + params["b3"]
    S = S - S.max(axis=1, keepdims=True)
    m, E = len(y), np.exp(S)
    loss = np.mean(np.log(E.sum(axis=1)) - S[np.arange(m), y])
    dZ3 = E / E.sum(axis=1, keepdims=True)
    dZ3[np.arange(m), y] -= 1
    dZ3 /= m
    dZ2 = (dZ3 @ params["W3"].T) * (1 - A2**2)
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A1**2)
    return loss, {
        "W1": X.T @ dZ1,
        "b1": dZ1.sum(axis=0),
        "W2": A1.T @ dZ2,
        "b2": dZ2.sum(axis=0),
        "W3": A2.T @ dZ3,
        "b3": dZ3.sum(axis=0),
    }


def row_after_row(params, X, y):
    """Outer products, one example at a time, averaged at the end."""
    total, sums = 0.0, {name: np.zeros_like(params[name]) for name in NAMES}
    for x, label in zip(X, y, strict=True):
        a1 = np.tanh(params["W1"].T @ x + params["b1"])
        a2 = np.tanh(params["W2"].T @ a1 + params["b2"])
        s = params["W3"].T @ a2 + params["b3"]
        total += np.logaddexp.reduce(s) - s[label]
        d3 = np.exp(s - np.logaddexp.reduce(s))
        d3[label] -= 1
        d2 = (params["W3"] @ d3) / np.cosh(
            np.arctanh(np.clip(a2, -0.9999, 0.9999))
        ) ** 2
        d2 = np.where(abs(a2) < 0.9999, d2, (params["W3"] @ d3) * (1 - a2) * (1 + a2))
        d1 = (params["W2"] @ d2) * (1 - a1) * (1 + a1)
        for layer, (a, d) in enumerate(((x, d1), (a1, d2), (a2, d3)), 1):
            sums[f"W{layer}"] += np.outer(a, d)
            sums[f"b{layer}"] += d
    return [total / len(y), {name: sums[name] / len(y) for name in reversed(NAMES)}]


def with_a_loop_over_layers(params, X, y):
    A, stored = X, []
    for layer in (1, 2, 3):
        stored.append(A)
        Z = A @ params[f"W{layer}"] + params[f"b{layer}"]
        A = np.tanh(Z) if layer < 3 else Z
    logs = A - np.logaddexp.reduce(A, axis=1, keepdims=True)
    d = (np.exp(logs) - (np.arange(A.shape[1]) == y[:, None])) / len(y)
    grads = {}
    for layer in (3, 2, 1):
        a = stored.pop()
        grads[f"W{layer}"], grads[f"b{layer}"] = a.T @ d, np.ones(len(y)) @ d
        d = (d @ params[f"W{layer}"].T) * (1 - a * a)
    return -logs[np.arange(len(y)), y].mean(), grads


def columns_of_examples(params, X, y):
    T = {name: params[name].T for name in NAMES}
    A1 = np.tanh(T["W1"] @ X.T + T["b1"][:, None])
    A2 = np.tanh(T["W2"] @ A1 + T["b2"][:, None])
    S = T["W3"] @ A2 + T["b3"][:, None]
    S -= S.max(axis=0)
    P = np.exp(S) / np.exp(S).sum(axis=0)
    Y = np.eye(len(S))[:, y]
    D3 = (P - Y) / len(y)
    D2 = (T["W3"].T @ D3) * (1 - A2**2)
    D1 = (T["W2"].T @ D2) * (1 - A1**2)
    loss = (np.log(np.exp(S).sum(axis=0)) - (S * Y).sum(axis=0)).mean()
    weights = {"W1": (D1 @ X).T, "W2": (D2 @ A1.T).T, "W3": (D3 @ A2.T).T}
    biases = {"b1": D1.sum(axis=1), "b2": D2.sum(axis=1), "b3": D3.sum(axis=1)}
    return loss, weights | biases


def by_einsum(params, X, y):
    A1 = np.tanh(np.einsum("mi,ih->mh", X, params["W1"]) + params["b1"])
    A2 = np.tanh(np.einsum("mh,hk->mk", A1, params["W2"]) + params["b2"])
    S = np.einsum("mk,kc->mc", A2, params["W3"]) + params["b3"]
    S -= S.max(axis=1)[:, None]
    P = np.exp(S) / np.exp(S).sum(axis=1)[:, None]
    D3 = (P - np.eye(P.shape[1])[y]) / len(y)
    D2 = np.einsum("mc,kc,mk->mk", D3, params["W3"], 1 - A2**2)
    D1 = np.einsum("mk,hk,mh->mh", D2, params["W2"], 1 - A1**2)
    loss = np.mean(
        np.log(np.exp(S).sum(axis=1)) - np.take_along_axis(S, y[:, None], 1)[:, 0]
    )
    grads = {}
    for layer, (a, d) in enumerate(((X, D1), (A1, D2), (A2, D3)), 1):
        grads |= {f"W{layer}": np.einsum("mi,mo->io", a, d), f"b{layer}": d.sum(0)}
    return np.float64(loss), grads


def with_nnkit(params, X, y):
    loss, *grads = by_backprop(params, X, y)
    return loss, dict(zip(NAMES, grads, strict=True))


RIGHT = [
    plain,
    row_after_row,
    with_a_loop_over_layers,
    columns_of_examples,
    by_einsum,
    with_nnkit,
]


@pytest.mark.parametrize("function", RIGHT)
def test_right_gradients_pass_however_they_are_written(function):
    for seed in range(20):
        verdict = verdict_on(GRADS, function, seed)
        assert verdict.status == "right", show.text(verdict)
        assert verdict.points == GRADS.points
        assert not verdict.flags


def hips_loss(flat, shapes, X, y):
    parts, at = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        parts.append(anp.reshape(flat[at : at + size], shape))
        at += size
    W1, b1, W2, b2, W3, b3 = parts
    S = anp.tanh(anp.tanh(X @ W1 + b1) @ W2 + b2) @ W3 + b3
    S = S - anp.max(S, axis=1, keepdims=True)
    chosen = S[anp.arange(len(y)), y]
    return anp.mean(anp.log(anp.sum(anp.exp(S), axis=1)) - chosen)


@pytest.mark.parametrize("seed", range(5))
def test_the_reference_agrees_with_hips_autograd_and_with_differences(seed):
    for case in GRADS.cases(np.random.default_rng(seed)):
        params, X, y = case.args
        flat = np.concatenate([params[name].ravel() for name in NAMES])
        shapes = [params[name].shape for name in NAMES]
        loss, *grads = by_backprop(params, X, y)
        ours = np.concatenate([np.ravel(g) for g in grads])
        theirs = hips_grad(hips_loss)(flat, shapes, X, y)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * abs(ours).max())
        assert np.isclose(loss, hips_loss(flat, shapes, X, y), rtol=1e-12)
        if case.name == "scores far apart":
            continue  # differences of a loss in the thousands are coarse
        way = np.random.default_rng(seed).normal(size=flat.size)
        up = hips_loss(flat + 1e-5 * way, shapes, X, y)
        down = hips_loss(flat - 1e-5 * way, shapes, X, y)
        assert np.isclose((up - down) / 2e-5, ours @ way, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda p, X, y: (0.0, {name: 0 * p[name] for name in NAMES}),
        lambda p, X, y: plain(p, X[:1], y[:1]),
        lambda p, X, y: (plain(p, X, y)[0], {n: p[n].ravel()[::-1] for n in NAMES}),
        lambda p, X, y: plain(dict(zip(NAMES, p.values(), strict=True)), X, y),
        lambda p, X, y: plain({n: p[n].astype("f4") for n in NAMES}, X, y),
    ],
    ids=["zeros", "one row", "reshaped", "by position", "single precision"],
)
def test_what_is_not_right_does_not_pass(wrong):
    assert verdict_on(GRADS, wrong).status != "right"


def test_one_wrong_part_costs_one_part():
    def b3_forgotten(params, X, y):
        loss, grads = plain(params, X, y)
        return loss, grads | {"b3": 0 * grads["b3"]}

    verdict = verdict_on(GRADS, b3_forgotten)
    assert [part.name for part in verdict.parts if not part.right] == ["b3"]
    assert verdict.points == pytest.approx(GRADS.points * 6 / 7)


@pytest.mark.parametrize(
    "function",
    [
        lambda p, X: (
            np.tanh(np.tanh(X @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]) @ p["W3"]
            + p["b3"]
        ),
        lambda p, X: [
            (
                p["b3"]
                + np.tanh(p["b2"] + np.tanh(x @ p["W1"] + p["b1"]) @ p["W2"]) @ p["W3"]
            ).tolist()
            for x in X
        ],
    ],
    ids=["at once", "lists, row by row"],
)
def test_right_scores_pass(function):
    for seed in range(20):
        assert verdict_on(SCORES, function, seed).status == "right"


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (lambda loss, found: (loss, list(found.values())), "got a list of 6"),
        (lambda loss, found: (loss, None), "in a dict with the keys W1, b1"),
        (lambda loss, found: None, "in a dict; got None. Is there a `return`?"),
        (lambda loss, found: found, "in a dict; got a dict of 6"),
    ],
)
@pytest.mark.parametrize("name", ["capstone_grads", "mlp_grads"])
def test_what_is_no_loss_with_a_dict_of_gradients_is_told_so(name, returned, said):
    def answer(params, X, y):
        return returned(1.0, dict(params))

    text = show.text(verdict_on(EXERCISES[name], answer))
    assert said.replace("6", "4" if name == "mlp_grads" else "6") in text
    assert "as numbers" not in text
