"""Answers to units 4 to 6 as people write them, unlike the slips' own words.

Right ones get full marks. Of wrong ones each shows what is named, and what none names.
"""

import math

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key, ask, judge

SEEDS = (2024, 7, 91)


def log_shares(Z):
    gaps = Z - Z.max(axis=1, keepdims=True)
    return gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True))


def entropy(Z, y, log_P=None, mean=True):
    log_P = log_shares(Z) if log_P is None else log_P
    dZ, rows = np.exp(log_P), np.arange(len(y))
    dZ[rows, y] -= 1
    loss = -log_P[rows, y].mean()
    return (loss, dZ / len(y)) if mean else (loss * len(y), dZ)


def naive_sum(z, y):
    p = 1 / (1 + np.exp(-z))
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)), p - y


def naive_and_uphill(z, y):
    p = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), (y - p) / len(y)


def padded_bce(z, y):
    p = 1 / (1 + np.exp(-z))
    loss = y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9)
    return -loss.mean(), (p - y) / len(y)


def lost_sign(z, y):
    small = np.exp(-np.abs(z))
    p = small / (1 + small)
    return np.mean(np.logaddexp(0, z) - y * z), (p - y) / len(z)


def columns_and_naive(Z):
    powers = np.exp(Z)
    return np.log(powers / powers.sum(axis=0, keepdims=True))


def shifted_for_nothing(Z):
    top = Z.max(axis=1, keepdims=True)
    return Z - top - np.log(np.exp(Z - top).sum(axis=1, keepdims=True)) - top


def one_jacobian(P, G):
    jacobians = [np.eye(len(p)) - np.outer(p, p) for p in P]
    return np.stack([g @ J for g, J in zip(G, jacobians, strict=True)])


def diagonal_and_mean(P, G):
    return G * P * (1 - P) / len(P)


def permuted(dZ, X, W):
    return dZ.sum(axis=0), dZ @ W.T, X.T @ dZ


def last_row(dZ, X, W):
    for x, g in zip(X, dZ, strict=True):
        dW, db = np.outer(x, g), g
    return dZ @ W.T, dW, db


def returns_in_the_loop(f, x, eps):
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        slopes[i] = (f(up) - f(down)) / (2 * eps)
        return slopes


def rows_put_back_by_name(f, x, eps):
    slopes = np.zeros_like(x)
    for k in range(x.shape[0]):
        old = x[k]
        x[k] += eps
        up = f(x)
        x[k] -= eps + eps
        slopes[k] = (up - f(x)) / (2 * eps)
        x[k] = old
    return slopes


def rows_times_eps(f, x, eps):
    slopes = []
    for k in range(len(x)):
        e = np.zeros_like(x)
        e[k] = eps
        slopes.append(np.full(x.shape[1:], (f(x + e) - f(x - e)) / 2 * eps))
    return np.array(slopes)


def curve(kind, slope):
    def act_back(dA, cache, asked):
        z, a = cache
        right = {"tanh": 1 - a * a, "sigmoid": a - a * a, "relu": z > 0, "exp": a}
        return dA * (slope(z, a) if asked == kind else right[asked])

    return act_back


def network(params, X, y, change=None):
    A = np.tanh(X @ params["W1"] + params["b1"])
    loss, dZ2 = entropy(A @ params["W2"] + params["b2"], y, mean=change != "sum")
    loss = loss / len(y) if change == "sum" else loss
    dA = dZ2 @ params["W2"].T
    dZ1 = dA if change in ("line", "sum") else dA * (1 - A**2)
    if change == "last":
        return network(params, X[-1:], y[-1:])
    grads = {"W1": X.T @ dZ1, "b1": dZ1.sum(0), "W2": A.T @ dZ2, "b2": dZ2.sum(0)}
    return (-loss if change == "negative" else loss), grads


WRONG = [
    ("bce_logits", naive_sum, ["sum-for-mean", "log-of-a-rounded-probability"]),
    (
        "bce_logits",
        naive_and_uphill,
        ["sign-flipped", "log-of-a-rounded-probability"],
    ),
    ("bce_logits", padded_bce, ["loss-with-a-ceiling"]),
    ("bce_logits", lost_sign, ["sign-of-the-logit-lost"]),
    ("bce_logits", lambda z, y: (0.0, np.zeros(len(z))), [""]),
    ("log_softmax", columns_and_naive, ["columns-for-rows"]),
    ("log_softmax", shifted_for_nothing, ["shift-left-over"]),
    ("log_softmax", lambda Z: log_shares(Z).astype(int), [""]),
    (
        "log_softmax",
        lambda Z: np.log(np.exp(log_shares(Z)) + 1e-15),
        ["logs-with-a-floor"],
    ),
    ("softmax_vjp", one_jacobian, ["diagonal-wrong"]),
    ("softmax_vjp", diagonal_and_mean, ["only-the-diagonal"]),
    ("softmax_ce", lambda Z, y: entropy(Z, Z.argmax(axis=1)), ["answer-for-label"]),
    ("softmax_ce", lambda Z, y: entropy(Z, y - 1), ["labels-off-by-one"]),
    (
        "softmax_ce",
        lambda Z, y: (entropy(Z, y)[0] * np.log2(np.e), entropy(Z, y)[1]),
        ["other-logarithm"],
    ),
    ("affine_back", permuted, ["weights-first"]),
    ("affine_back", last_row, ["first-row-alone"]),
    ("act_back", curve("exp", lambda z, a: z * a), ["exp-as-a-power"]),
    ("act_back", curve("tanh", lambda z, a: a * a - 1), ["rising-curve-falls"]),
    ("act_back", curve("sigmoid", lambda z, a: a), ["half-of-the-sigmoid"]),
    ("act_back", curve("relu", lambda z, a: z < 0), ["relu-on-the-other-side"]),
    ("numgrad", returns_in_the_loop, ["returned-too-early"]),
    ("numgrad", rows_put_back_by_name, ["row-put-back-from-a-view"]),
    ("numgrad", rows_times_eps, ["precedence"]),
    (
        "mlp_grads",
        lambda p, X, y: network(p, X, y, "sum"),
        ["gradients-of-the-sum", "slope-omitted"],
    ),
    ("mlp_grads", lambda p, X, y: network(p, X, y, "line"), ["slope-omitted"]),
    ("mlp_grads", lambda p, X, y: network(p, X, y, "negative"), ["minus-lost"]),
    ("mlp_grads", lambda p, X, y: network(p, X, y, "last"), ["one-row-alone"]),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "answer", "slips"),
    WRONG,
    ids=[f"{name}-{'-and-'.join(slips) or 'none'}" for name, _, slips in WRONG],
)
def test_a_wrong_answer_gets_the_hints_that_are_true_of_it(name, answer, slips, seed):
    verdict = judged(name, answer, seed)
    assert verdict.status in ("wrong", "partly right")
    found = [item.slip for item in verdict.diagnoses]
    assert sorted(set(found)) == sorted(set(slips) | ({""} & set(found)))


def judged(name, answer, seed):
    exercise = EXERCISES[name]
    cases = answer_key(exercise, seed).cases
    return judge(exercise, [ask(answer, exercise.adapter, c) for c in cases], seed)


def bce_as_two_classes(z, y):
    Z = np.stack([np.zeros(len(z)), z], axis=1).astype(float)
    log_P = log_shares(Z)
    loss = -((1 - y) * log_P[:, 0] + y * log_P[:, 1]).mean()
    return loss, (np.exp(log_P)[:, 1] - y) / len(z)


def ce_by_margins(Z, y):
    margins = Z - Z[np.arange(len(y)), y][:, None]
    loss = np.logaddexp.reduce(margins, axis=1).mean()
    return loss, ((np.exp(log_shares(Z)) - np.eye(Z.shape[1])[y]) / len(y)).tolist()


def shares_by_pairs(Z):
    gaps = Z[:, None, :] - Z[:, :, None].astype(float)
    top = gaps.max(axis=2, keepdims=True)
    return -(top[..., 0] + np.log(np.exp(gaps - top).sum(axis=2)))


def vjp_by_pairs(P, G):
    K = P.shape[1]
    columns = [sum(P[:, j] * (G[:, k] - G[:, j]) for j in range(K)) for k in range(K)]
    return P * np.stack(columns, axis=1)


def affine_with_a_column_of_ones(dZ, X, W):
    both = np.hstack([X, np.ones((len(X), 1))]).T @ dZ
    return np.asfortranarray(dZ @ W.T), both[:-1], list(both[-1])


def gradient_by_unit_steps(f, x, eps):
    units = np.eye(x.size).reshape((x.size, *x.shape)) * eps
    return np.array([(f(x + e) - f(x - e)) / 2 / eps for e in units]).reshape(x.shape)


class Kahn:
    """Counts who has yet to report; op codes, and sums and products on either side."""

    __slots__ = ("data", "grad", "inputs", "op")

    def __init__(self, data, op="", *inputs):
        self.data, self.grad, self.op = np.float64(data), 0, op
        self.inputs = [x if isinstance(x, Kahn) else Kahn(x) for x in inputs]

    def __add__(self, other):
        return Kahn(self.data + getattr(other, "data", other), "+", self, other)

    def __mul__(self, other):
        return Kahn(self.data * getattr(other, "data", other), "*", self, other)

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        return Kahn(math.exp(self.data), "exp", self)

    def tanh(self):
        return Kahn(math.tanh(self.data), "tanh", self)

    def slopes(self):
        if self.op == "*":
            return self.inputs[1].data, self.inputs[0].data
        return {"+": (1, 1), "exp": (self.data,), "tanh": (1 - self.data**2,)}.get(
            self.op, ()
        )

    def backward(self):
        awaited, found = {self: 0}, [self]
        for value in found:
            value.grad = 0
            for x in value.inputs:
                if x not in awaited:
                    found.append(x)
                awaited[x] = awaited.get(x, 0) + 1
        self.grad, ready = 1, [self]
        while ready:
            value = ready.pop()
            for x, slope in zip(value.inputs, value.slopes(), strict=True):
                x.grad = x.grad + slope * value.grad
                awaited[x] -= 1
                if not awaited[x]:
                    ready.append(x)


RIGHT = [
    ("bce_logits", bce_as_two_classes),
    ("log_softmax", shares_by_pairs),
    ("softmax_vjp", vjp_by_pairs),
    ("softmax_ce", ce_by_margins),
    ("affine_back", affine_with_a_column_of_ones),
    ("act_back", curve("tanh", lambda z, a: 1 / np.cosh(z) ** 2)),
    ("numgrad", gradient_by_unit_steps),
    ("mlp_grads", network),
    ("Value", Kahn),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=[name for name, _ in RIGHT])
def test_a_right_answer_of_another_kind_gets_full_marks(name, answer):
    for seed in (2024, *range(5)):
        verdict = judged(name, answer, seed)
        assert verdict.status == "right"
        assert not verdict.flags
