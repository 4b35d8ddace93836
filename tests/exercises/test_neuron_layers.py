"""`layer` and `collapse`: right answers written differently, and the fairness notes."""

import math

import numpy as np
import pytest
from asking import calls, verdicts

from nnkit.exercises import EXERCISES

LAYER = EXERCISES["layer"]
COLLAPSE = EXERCISES["collapse"]


def phi(z, kind):
    if kind == "sigmoid":
        return (1 + np.tanh(z / 2)) / 2
    return np.tanh(z) if kind == "tanh" else np.maximum(z, 0)


# --------------------------------------------------------------- layer: right


def textbook_layer(X, W, b, kind):
    Z = np.dot(X, W) + b
    if kind == "tanh":
        A = np.tanh(Z)
    elif kind == "sigmoid":
        A = 1 / (1 + np.exp(-Z))  # warns far out, and is right there
    else:
        A = np.maximum(0, Z)
    return Z, A


def loops_layer(X, W, b, kind):
    def bend(z):
        if kind == "relu":
            return max(0.0, z)
        return math.tanh(z) if kind == "tanh" else 0.5 * (1 + math.tanh(z / 2))

    m, n = X.shape
    Z = np.zeros((m, W.shape[1]))
    A = np.zeros_like(Z)
    for i in range(m):
        for neuron in range(W.shape[1]):
            Z[i, neuron] = b[neuron]
            for j in range(n):
                Z[i, neuron] += X[i, j] * W[j, neuron]
            A[i, neuron] = bend(Z[i, neuron])
    return Z, A


def einsum_layer(X, W, b, kind):
    Z = np.einsum("ij,jk->ik", X, W) + b[None, :]
    if kind == "relu":
        return Z, Z * (Z > 0)
    curves = {"tanh": np.tanh, "sigmoid": lambda z: np.exp(-np.logaddexp(0, -z))}
    return Z, curves[kind](Z)


def one_neuron_after_the_other(X, W, b, kind):
    columns = [X @ W[:, k] + b[k] for k in range(len(b))]
    Z = np.column_stack(columns)
    return [Z.tolist(), np.column_stack([phi(c, kind) for c in columns]).tolist()]


def bias_as_a_weight(X, W, b, kind):
    Z = np.c_[X, np.ones(len(X))] @ np.vstack([W, b])
    return Z, phi(Z, kind)


def columns_inside(X, W, b, kind):
    Z = (W.T @ X.T + b.reshape(-1, 1)).T
    return Z, phi(Z, kind)


def row_by_row(X, W, b, kind):
    Z = [x @ W + b for x in X]
    return Z, [phi(z, kind) for z in Z]


def in_place_on_its_own_arrays(X, W, b, kind):
    Z = X @ W
    Z += b
    A = Z.copy()
    if kind == "relu":
        A[A < 0] = 0
    elif kind == "tanh":
        np.tanh(A, out=A)
    else:
        A = 2 / (1 + np.exp(-A)) / 2
    return Z, A


RIGHT_LAYERS = [
    textbook_layer,
    loops_layer,
    einsum_layer,
    one_neuron_after_the_other,
    bias_as_a_weight,
    columns_inside,
    row_by_row,
    in_place_on_its_own_arrays,
]


@pytest.mark.parametrize("answer", RIGHT_LAYERS)
def test_right_layers_pass_however_they_are_written(answer):
    for verdict in verdicts(LAYER, answer):
        assert verdict.points == 2, verdict
        assert not verdict.flags


def test_a_layer_that_prints_and_warns_loses_nothing(capfd):
    def chatty(X, W, b, kind):
        print("shapes", X.shape, W.shape)
        np.log(np.zeros(1))
        return textbook_layer(X, W, b, kind)

    assert all(v.points == 2 for v in verdicts(LAYER, chatty, range(3)))


def test_a_layer_half_filled_in_is_open_or_partly_right_and_never_wrong():
    def only_tanh(X, W, b, kind):
        Z = X @ W + b
        if kind == "tanh":
            return Z, np.tanh(Z)
        raise NotImplementedError

    [verdict] = verdicts(LAYER, only_tanh, [1])
    assert verdict.status == "open"


# ------------------------------------------------------ layer: wrong, not fooled


def test_a_layer_that_remembers_shapes_is_caught():
    memory = {}

    def remembers(X, W, b, kind):
        key = (X.shape, W.shape, kind)
        memory.setdefault(key, textbook_layer(X, W, b, kind))
        return memory[key]

    [verdict] = verdicts(LAYER, remembers, [1])
    assert verdict.points == 0


def test_a_layer_that_guesses_the_transpose_is_caught():
    def guesses(X, W, b, kind):
        try:
            Z = X @ W.T + b
        except ValueError:
            Z = X @ W + b
        return Z, phi(Z, kind)

    for verdict in verdicts(LAYER, guesses):
        assert verdict.points == 0


def test_a_reshape_in_place_of_a_transpose_is_caught():
    def reshapes(X, W, b, kind):
        Z = X @ W.reshape(W.shape[::-1]).T + b
        return Z, phi(Z, kind)

    for verdict in verdicts(LAYER, reshapes):
        assert verdict.points == 0


def test_the_wrong_curve_costs_a_and_not_z():
    def wrong_relu(X, W, b, kind):
        Z = X @ W + b
        return Z, np.abs(Z) if kind == "relu" else phi(Z, kind)

    for verdict in verdicts(LAYER, wrong_relu):
        assert verdict.points == 1
        assert [part.right for part in verdict.parts] == [True, False]


def test_a_layer_that_spoils_the_callers_inputs_is_caught():
    def adds_in_place(X, W, b, kind):
        W *= 1.5
        W /= 1.5
        b += X[0, 0]
        Z = X @ W + b - X[0, 0]
        return Z, phi(Z, kind)

    for verdict in verdicts(LAYER, adds_in_place):
        assert verdict.points == 0
        assert verdict.diagnoses[0].kind == "changed its inputs"


# ------------------------------------------------------------ layer: the reference


def test_the_reference_layer_is_stacked_neurons():
    neuron = EXERCISES["neuron"].reference
    for (X, W, b, kind), (Z, A) in calls(LAYER):
        size = np.abs(X).max()
        for i, x in enumerate(X):
            for k, bias in enumerate(b):
                z = math.fsum([*(x * W[:, k]), bias])
                assert Z[i, k] == pytest.approx(z, rel=1e-9, abs=1e-12 * size)
                if kind == "tanh":
                    a = neuron(x.astype(float), W[:, k], bias)
                    assert A[i, k] == pytest.approx(a, rel=1e-9, abs=1e-12 * size)


def test_the_reference_layer_does_not_care_about_the_order_of_rows():
    for (X, W, b, kind), (Z, A) in calls(LAYER, range(5)):
        order = np.random.default_rng(0).permutation(len(X))
        Z_moved, A_moved = LAYER.reference(X[order], W, b, kind)
        np.testing.assert_allclose(Z_moved, Z[order], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(A_moved, A[order], rtol=1e-9, atol=1e-9)


def test_the_reference_neuron_is_odd_in_weights_and_bias():
    exercise = EXERCISES["neuron"]
    for (x, w, b), (a,) in calls(exercise):
        assert exercise.reference(x, -w, -b) == -a


# ------------------------------------------------------------------ collapse: right


def formula(W1, b1, W2, b2):
    return np.dot(W1, W2), np.dot(b1, W2) + b2


def loops_collapse(W1, b1, W2, b2):
    n, h = W1.shape
    k = len(b2)
    W = [
        [sum(W1[j, i] * W2[i, o] for i in range(h)) for o in range(k)] for j in range(n)
    ]
    b = [b2[o] + sum(b1[i] * W2[i, o] for i in range(h)) for o in range(k)]
    return [W, b]


def einsum_collapse(W1, b1, W2, b2):
    W = np.einsum("jh,hk->jk", W1, W2)
    return W, np.einsum("h,hk->k", b1, W2) + b2


def probe_with_zeros_and_ones(W1, b1, W2, b2):
    def both(X):
        return (X @ W1 + b1) @ W2 + b2

    b = both(np.zeros(len(W1)))
    return np.array([both(unit) - b for unit in np.eye(len(W1))]), b


def one_matrix_with_the_biases(W1, b1, W2, b2):
    def square(W, b):
        below = np.r_[np.zeros(len(W)), 1.0]
        return np.c_[np.r_[W, b[None, :]], below]

    both = square(W1, b1) @ square(W2, b2)
    return both[:-1, :-1], both[-1, :-1]


def columns_collapse(W1, b1, W2, b2):
    W = W2.T @ W1.T
    b = W2.T @ b1.reshape(-1, 1) + b2.reshape(-1, 1)
    return W.T, b.ravel()


def fitted(W1, b1, W2, b2):
    X = np.c_[np.eye(len(W1)), np.ones(len(W1))]
    X = np.vstack([X, [*np.zeros(len(W1)), 1.0]])
    both = np.linalg.solve(X, (X[:, :-1] @ W1 + b1) @ W2 + b2)
    return both[:-1], both[-1]


def outer_products(W1, b1, W2, b2):
    W, b = np.zeros((len(W1), len(b2))), np.array(b2, dtype=float)
    for column, bias, row in zip(W1.T, b1, W2, strict=True):
        W += np.outer(column, row)
        b += bias * row
    return W, b


RIGHT_COLLAPSES = [
    formula,
    loops_collapse,
    einsum_collapse,
    probe_with_zeros_and_ones,
    one_matrix_with_the_biases,
    columns_collapse,
    fitted,
    outer_products,
]


@pytest.mark.parametrize("answer", RIGHT_COLLAPSES)
def test_right_collapses_pass_however_they_are_written(answer):
    for verdict in verdicts(COLLAPSE, answer):
        assert verdict.points == 2, verdict
        assert not verdict.flags


# --------------------------------------------------- collapse: wrong, not fooled


def test_a_collapse_that_guesses_the_order_is_caught():
    def guesses(W1, b1, W2, b2):
        try:
            return W2 @ W1, W2 @ b1 + b2
        except ValueError:
            return W1 @ W2, b1 @ W2 + b2

    for verdict in verdicts(COLLAPSE, guesses):
        assert verdict.points == 0


def test_a_collapse_that_reshapes_is_caught():
    def reshapes(W1, b1, W2, b2):
        W2 = W2.T.reshape(W2.shape)
        return W1 @ W2, b1 @ W2 + b2

    for verdict in verdicts(COLLAPSE, reshapes):
        assert verdict.points == 0


def test_a_wrong_bias_costs_b_and_not_w():
    def forgets(W1, b1, W2, b2):
        return W1 @ W2, b2

    for verdict in verdicts(COLLAPSE, forgets):
        assert verdict.points == 1
        assert [part.right for part in verdict.parts] == [True, False]


# --------------------------------------------------------- collapse: the reference


def test_the_reference_collapse_equals_both_layers():
    rng = np.random.default_rng(0)
    for (W1, b1, W2, b2), (W, b) in calls(COLLAPSE):
        X = rng.normal(size=(7, len(W1)))
        both = (X @ W1 + b1) @ W2 + b2
        np.testing.assert_allclose(X @ W + b, both, rtol=0, atol=1e-12 * 100)
        np.testing.assert_allclose(W, formula(W1, b1, W2, b2)[0], rtol=0, atol=1e-12)
