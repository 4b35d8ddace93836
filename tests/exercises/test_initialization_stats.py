"""Unit 3, signals layer by layer: right however written, and against other ways."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from asking import SEEDS, assert_right, verdicts
from autograd import grad as hips_grad

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import PUBLIC_SEED
from nnkit.judging.judge import answer_key

FORWARD, BACKWARD = EXERCISES["forward_stats"], EXERCISES["backward_stats"]


PHI = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(0, z), lambda z: np.heaviside(z, 0.5)),
    "linear": (lambda z: z, np.ones_like),
}

# ---------------------------------------------------------------- forward_stats


def plain(Ws, X, phi):
    rows, a = [], X
    for W in Ws:
        a = PHI[phi][0](a @ W)
        rows.append((a.mean(), np.mean(a**2)))
    return np.array(rows)


def lists_of_pairs(Ws, X, phi):
    return [list(map(float, row)) for row in plain(Ws, X, phi)]


def loops(Ws, X, phi):
    bend = {"tanh": math.tanh, "relu": lambda z: max(z, 0.0), "linear": float}[phi]
    a, stats = X.tolist(), []
    for W in Ws:
        a = [
            [bend(sum(p * q for p, q in zip(r, c, strict=True))) for c in W.T.tolist()]
            for r in a
        ]
        entries = [v for r in a for v in r]
        stats.append(
            (sum(entries) / len(entries), sum(v * v for v in entries) / len(entries))
        )
    return stats


def variance_plus_mean_squared(Ws, X, phi):
    stats = np.zeros((len(Ws), 2))
    for layer, W in enumerate(Ws):
        X = np.einsum("mi,io->mo", X, W)
        X = X * (X > 0) if phi == "relu" else np.tanh(X) if phi == "tanh" else X
        stats[layer] = X.mean(), X.var() + X.mean() ** 2
    return stats


def columns_of_examples(Ws, X, phi):
    a, means, squares = X.T, [], []
    for W in Ws:
        a = PHI[phi][0](W.T @ a)
        means.append(a.mean(axis=0).mean())
        squares.append(np.vdot(a, a) / a.size)
    return np.column_stack([means, squares])


def recursive(Ws, X, phi):
    if not Ws:
        return np.empty((0, 2))
    a = PHI[phi][0](X.dot(Ws[0]))
    row = [np.average(a), np.linalg.norm(a) ** 2 / a.size]
    return np.vstack([row, recursive(Ws[1:], a, phi)])


@pytest.mark.parametrize(
    "answer",
    [
        plain,
        lists_of_pairs,
        loops,
        variance_plus_mean_squared,
        columns_of_examples,
        recursive,
    ],
)
def test_right_forward_stats_pass_however_they_are_written(answer):
    assert_right(FORWARD, answer)


def test_half_of_forward_stats_is_worth_half():
    def deviations(Ws, X, phi):
        return plain(Ws, X, phi) * [1, 1.5]

    for verdict in verdicts(FORWARD, deviations, range(3)):
        assert verdict.points == FORWARD.points / 2
        assert "times 1.5" in verdict.diagnoses[0].text


def test_rows_kept_from_call_to_call_are_caught():
    def keeps(Ws, X, phi, stats=[]):  # noqa: B006  the mistake itself
        for W in Ws:
            X = PHI[phi][0](X @ W)
            stats.append((X.mean(), (X**2).mean()))
        return np.array(stats)

    [verdict] = verdicts(FORWARD, keeps, [1])
    assert verdict.points == 0


def test_weights_taken_off_the_callers_list_are_caught():
    def empties(Ws, X, phi):
        rows = []
        while Ws:
            X = PHI[phi][0](X @ Ws.pop(0))
            rows.append((X.mean(), (X**2).mean()))
        return rows

    [verdict] = verdicts(FORWARD, empties, [1])
    assert verdict.points == 0
    assert "the caller's Ws" in verdict.diagnoses[0].text


def test_forward_stats_agree_with_a_population():
    """A wide random layer of ReLU: mean rms/√(2π), mean square one half."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 500))
    W = rng.normal(0, 500**-0.5, (500, 500))
    [mean], [square] = FORWARD.reference([W], X, "relu")
    assert mean == pytest.approx(1 / math.sqrt(2 * math.pi), abs=0.01)
    assert square == pytest.approx(0.5, abs=0.02)


# --------------------------------------------------------------- backward_stats


def by_recursion(Ws, X, phi, G):
    def go(Ws, a):
        z = a @ Ws[0]
        if len(Ws) == 1:
            dz, rest = G * PHI[phi][1](z), []
        else:
            da, rest = go(Ws[1:], PHI[phi][0](z))
            dz = da * PHI[phi][1](z)
        return dz @ Ws[0].T, [np.mean(dz**2), *rest]

    return np.array(go(Ws, X)[1])


def by_lists(Ws, X, phi, G):
    zs, a = [], X
    for W in Ws:
        zs.append(a @ W)
        a = PHI[phi][0](zs[-1])
    found, da = [], G
    for W, z in zip(reversed(Ws), reversed(zs), strict=True):
        dz = da * PHI[phi][1](z)
        found.append(float((dz * dz).mean()))
        da = dz @ W.T
    return found[::-1]


def from_the_activations(Ws, X, phi, G):
    slopes = {
        "tanh": lambda a: (1 - a) * (1 + a),
        "relu": lambda a: a > 0,
        "linear": lambda a: 1.0,
    }
    activations = [X]
    for W in Ws:
        activations.append(PHI[phi][0](activations[-1] @ W))
    stats, da = np.zeros(len(Ws)), G.copy()
    for layer in range(len(Ws) - 1, -1, -1):
        da *= slopes[phi](activations[layer + 1])
        stats[layer] = np.square(da).mean()
        da = np.einsum("mo,io->mi", da, Ws[layer])
    return stats


def one_row_after_the_other(Ws, X, phi, G):
    return np.mean(
        [by_lists(Ws, x[None], phi, g[None]) for x, g in zip(X, G, strict=True)], axis=0
    )


def columns_backward(Ws, X, phi, G):
    a, zs = X.T, []
    for W in Ws:
        zs.append(W.T @ a)
        a = PHI[phi][0](zs[-1])
    da, found = G.T, ()
    for W, z in zip(Ws[::-1], zs[::-1], strict=True):
        dz = PHI[phi][1](z) * da
        found = (np.linalg.norm(dz) ** 2 / dz.size, *found)
        da = W @ dz
    return found


def by_jacobians(Ws, X, phi, G):
    """Each row's Jacobian from z_l to the output, as one matrix."""
    L = len(Ws)
    squares = np.zeros((len(X), L))
    for i, (x, g) in enumerate(zip(X, G, strict=True)):
        zs, a = [], x
        for W in Ws:
            zs.append(a @ W)
            a = PHI[phi][0](zs[-1])
        jacobian = np.eye(len(zs[-1]))
        for layer in range(L - 1, -1, -1):
            jacobian = np.diag(PHI[phi][1](zs[layer])) @ jacobian
            squares[i, layer] = np.mean((jacobian @ g) ** 2)
            jacobian = Ws[layer] @ jacobian
    return squares.mean(axis=0)


@pytest.mark.parametrize(
    "answer",
    [
        by_recursion,
        by_lists,
        from_the_activations,
        one_row_after_the_other,
        columns_backward,
        by_jacobians,
    ],
)
def test_right_backward_stats_pass_however_they_are_written(answer):
    assert_right(BACKWARD, answer)


def test_an_answer_for_square_weights_alone_is_caught():
    def guesses(Ws, X, phi, G):
        zs, a = [], X
        for W in Ws:
            zs.append(a @ W)
            a = PHI[phi][0](zs[-1])
        found, da = [], G
        for W, z in zip(Ws[::-1], zs[::-1], strict=True):
            dz = da * PHI[phi][1](z)
            found.append(np.mean(dz**2))
            try:
                da = dz @ W
            except ValueError:
                da = dz @ W.T
        return found[::-1]

    for verdict in verdicts(BACKWARD, guesses):
        assert verdict.points == 0


@pytest.mark.parametrize("seed", [PUBLIC_SEED, *range(10)])
def test_the_backward_reference_agrees_with_an_independent_autodiff(seed):
    bend = {
        "tanh": anp.tanh,
        "relu": lambda z: anp.maximum(z, 0),
        "linear": lambda z: z,
    }

    def loss(offsets, Ws, X, phi, G):
        a = X
        for W, offset in zip(Ws, offsets, strict=True):
            a = bend[phi](anp.dot(a, W) + offset)
        return anp.sum(a * G)

    key = answer_key(BACKWARD, seed)
    for case, [right] in zip(key.cases, key.right, strict=True):
        Ws, X = case.args[:2]
        offsets = [np.zeros((len(X), W.shape[1])) for W in Ws]
        at_z = hips_grad(loss)(offsets, *case.args)
        np.testing.assert_allclose(right, [np.mean(g**2) for g in at_z], rtol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_backward_reference_agrees_with_central_differences(seed):
    key = answer_key(BACKWARD, seed)
    for case, [right] in zip(key.cases, key.right, strict=True):
        Ws, X, phi, G = case.args

        def loss(offsets, Ws=Ws, X=X, phi=phi, G=G):
            a = X
            for W, offset in zip(Ws, offsets, strict=True):
                a = PHI[phi][0](a @ W + offset)
            return float((a * G).sum())

        offsets = [np.zeros((len(X), W.shape[1])) for W in Ws]
        for layer, offset in enumerate(offsets):
            slopes = np.zeros_like(offset)
            for i in np.ndindex(offset.shape):
                offset[i] = 1e-5
                above = loss(offsets)
                offset[i] = -1e-5
                slopes[i] = (above - loss(offsets)) / 2e-5
                offset[i] = 0
            assert np.mean(slopes**2) == pytest.approx(right[layer], rel=1e-6)


@pytest.mark.parametrize("exercise", [FORWARD, BACKWARD], ids=["forward", "backward"])
def test_relu_is_never_probed_at_its_bend(exercise):
    for seed in SEEDS:
        for case in answer_key(exercise, seed).cases:
            Ws, a, phi = case.args[:3]
            for W in Ws:
                z = a @ W
                assert phi != "relu" or np.abs(z).min() > 0.02
                a = PHI[phi][0](z)
