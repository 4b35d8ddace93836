"""Unit 4: answers to the softmax exercises, right, wrong and fair."""

import math

import numpy as np
import pytest
from asking import central, hints, verdicts

from nnkit.exercises import EXERCISES

LOG = EXERCISES["log_softmax"]
VJP = EXERCISES["softmax_vjp"]
CE = EXERCISES["softmax_ce"]


# -------------------------------------------------------- log_softmax, differently


def shifted(Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


def shift_put_back(Z):
    c = np.max(Z, axis=1)[:, None]
    return Z - (c + np.log(np.sum(np.exp(Z - c), axis=1)[:, None]))


def by_logaddexp(Z):
    return Z - np.logaddexp.reduce(Z, axis=1)[:, np.newaxis]


def row_by_row(Z):
    rows = []
    for row in Z.tolist():
        top = max(row)
        total = math.log(sum(math.exp(z - top) for z in row))
        rows.append([z - top - total for z in row])
    return rows


def transposed(Z):
    z = Z.T - Z.T.max(axis=0)
    return (z - np.log(np.exp(z).sum(axis=0))).T


def applied(Z):
    def one(z):
        z = z - z.max()
        return z - np.log(np.exp(z).sum())

    return np.apply_along_axis(one, 1, Z.astype(float))


def pairwise(Z):
    """−log p_j = log Σ_k exp(z_k − z_j), by softplus-like steps."""
    gaps = Z[:, None, :] - Z[:, :, None]
    top = gaps.max(axis=2)
    return -(top + np.log(np.exp(gaps - top[..., None]).sum(axis=2)))


def twice(Z):
    """A row of log shares is its own log softmax."""
    return shifted(shifted(Z))


LOG_ANSWERS = [
    shifted,
    shift_put_back,
    by_logaddexp,
    row_by_row,
    transposed,
    applied,
    pairwise,
    twice,
]


@pytest.mark.parametrize("answer", LOG_ANSWERS)
def test_right_log_shares_pass_however_they_are_written(answer):
    for verdict in verdicts(LOG, answer):
        assert verdict.points == 2, verdict
        assert not verdict.flags


# -------------------------------------------------------- softmax_vjp, differently


def weighed_mean(P, G):
    return P * (G - (P * G).sum(axis=1, keepdims=True))


def two_terms(P, G):
    S = P * G
    return S - P * S.sum(axis=1)[:, None]


def jacobian_a_row(P, G):
    dZ = np.zeros(P.shape)
    for i, p in enumerate(P):
        dZ[i] = G[i] @ (np.diag(p) - np.outer(p, p))
    return dZ


def einsum(P, G):
    eye = np.eye(P.shape[1])
    J = np.einsum("ij,jk->ijk", P, eye) - np.einsum("ij,ik->ijk", P, P)
    return np.einsum("ij,ijk->ik", G, J)


def every_pair(P, G):
    """dz_j = Σ_k p_j p_k (g_j − g_k): what class j wins from each other class."""
    gaps = G[:, :, None] - G[:, None, :]
    return (P[:, :, None] * P[:, None, :] * gaps).sum(axis=2)


def vjp_in_loops(P, G):
    m, K = P.shape
    dZ = [[0.0] * K for _ in range(m)]
    for i in range(m):
        for j in range(K):
            for k in range(K):
                slope = P[i, j] * ((j == k) - P[i, k])
                dZ[i][k] += G[i, j] * slope
    return dZ


def through_log_softmax(P, G):
    H = P * G  # slopes by log P
    return H - P * np.sum(H, axis=1, keepdims=True)


def normalized_by_quotient_rule(P, G):
    """Through e^z / Σ e^z, with e^z taken as P itself, whose sum is 1."""
    total = P.sum(axis=1, keepdims=True)
    dE = G / total - (G * P).sum(axis=1, keepdims=True) / total**2
    return dE * P


VJP_ANSWERS = [
    weighed_mean,
    two_terms,
    jacobian_a_row,
    einsum,
    every_pair,
    vjp_in_loops,
    through_log_softmax,
    normalized_by_quotient_rule,
]


@pytest.mark.parametrize("answer", VJP_ANSWERS)
def test_right_ways_back_pass_however_they_are_written(answer):
    for verdict in verdicts(VJP, answer):
        assert verdict.points == 3, verdict
        assert not verdict.flags


# --------------------------------------------------------- softmax_ce, differently


def index_pairs(Z, y):
    log_p = shifted(Z)
    rows = np.arange(len(y))
    dZ = np.exp(log_p)
    dZ[rows, y] -= 1
    return -log_p[rows, y].mean(), dZ / len(y)


def one_hot(Z, y):
    m, K = Z.shape
    Y = np.eye(K)[y]
    log_p = by_logaddexp(Z)
    return -(Y * log_p).sum() / m, (np.exp(log_p) - Y) / m


def logsumexp_minus_score(Z, y):
    top = Z.max(axis=1)
    total = top + np.log(np.exp(Z - top[:, None]).sum(axis=1))
    dZ = np.exp(Z - total[:, None]) / len(Z)
    dZ[np.arange(len(Z)), y] -= 1 / len(Z)
    return np.mean(total - Z[np.arange(len(Z)), y]), dZ


def ce_in_a_loop(Z, y):
    m, K = Z.shape
    loss, dZ = 0.0, np.zeros((m, K))
    for i in range(m):
        log_p = row_by_row(Z[i : i + 1])[0]
        loss -= log_p[y[i]] / m
        for k in range(K):
            dZ[i, k] = (math.exp(log_p[k]) - (1 if k == y[i] else 0)) / m
    return [loss, dZ.tolist()]


def through_the_jacobian(Z, y):
    """The upstream slope by log p, sent back through log softmax."""
    m, log_p = len(y), shifted(Z)
    G = np.zeros(Z.shape)
    G[np.arange(m), y] = -1 / m
    loss = np.vdot(G, log_p)
    return loss, G - np.exp(log_p) * G.sum(axis=1, keepdims=True)


def taken_along_axis(Z, y):
    log_p = shift_put_back(Z)
    picked = np.take_along_axis(log_p, y[:, None], axis=1)
    dZ = np.exp(log_p)
    dZ += np.where(np.arange(Z.shape[1]) == y[:, None], -1.0, 0.0)
    return np.asarray(-picked.mean()), dZ / picked.size


def shares_beside_a_stable_loss(Z, y):
    """Shares by division, which is fine for the gradient, and the loss without them."""
    powers = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    P = powers / np.sum(powers, axis=1, keepdims=True)
    return one_hot(Z, y)[0], (P - np.eye(Z.shape[1])[y]) / Z.shape[0]


CE_ANSWERS = [
    index_pairs,
    one_hot,
    logsumexp_minus_score,
    ce_in_a_loop,
    through_the_jacobian,
    taken_along_axis,
    shares_beside_a_stable_loss,
]


@pytest.mark.parametrize("answer", CE_ANSWERS)
def test_right_losses_of_classes_pass_however_they_are_written(answer):
    for verdict in verdicts(CE, answer):
        assert verdict.points == 4, verdict
        assert not verdict.flags


def test_an_underflow_is_not_held_against_stable_code():
    with np.errstate(all="raise"):
        assert all(v.points == 2 for v in verdicts(LOG, shifted, range(3)))
        assert all(v.points == 4 for v in verdicts(CE, index_pairs, range(3)))


# ------------------------------------------------------- wrong, and not fooled


@pytest.mark.parametrize(
    ("exercise", "answer"), [(LOG, shifted), (VJP, weighed_mean), (CE, index_pairs)]
)
def test_an_answer_that_remembers_shapes_is_caught_by_the_second_draw(exercise, answer):
    memory = {}

    def remembers(*args):
        if args[0].shape not in memory:
            memory[args[0].shape] = answer(*args)
        return memory[args[0].shape]

    [verdict] = verdicts(exercise, remembers, [1])
    assert verdict.points == 0


@pytest.mark.parametrize("eps", [1e-8, 1e-12, 1e-16, 1e-300])
def test_no_epsilon_in_the_logarithm_passes(eps):
    def padded(Z):
        P = np.exp(shifted(Z))
        return np.log(P + eps)

    def padded_loss(Z, y):
        P = np.exp(shifted(Z))
        return -np.log(P[np.arange(len(y)), y] + eps).mean(), index_pairs(Z, y)[1]

    assert all(v.points == 0 for v in verdicts(LOG, padded))
    assert all(v.points == 2 for v in verdicts(CE, padded_loss))


def test_a_shift_by_anything_but_the_maximum_is_caught():
    def by_the_middle(Z):
        Z = Z - (Z.max(axis=1, keepdims=True) + Z.min(axis=1, keepdims=True)) / 2
        return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))

    def by_the_mean(Z):
        Z = Z - Z.mean(axis=1, keepdims=True)
        return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))

    assert all(v.points == 0 for v in verdicts(LOG, by_the_middle))
    assert hints(LOG, by_the_mean) == {"shift-too-small"}


def test_an_answer_for_square_tables_alone_is_caught():
    def lies_across(P, G):
        try:
            return P * (G - (P * G).sum(axis=1))
        except ValueError:
            return weighed_mean(P, G)

    assert all(v.points == 0 for v in verdicts(VJP, lies_across))


def test_single_precision_is_told_so():
    def single(Z, y):
        return index_pairs(Z.astype("f4"), y)

    [verdict] = verdicts(CE, single, [1])
    assert verdict.points == 0
    assert any("single precision" in item.text for item in verdict.diagnoses)


def test_partial_credit_when_only_the_loss_is_spoiled():
    def rounded_share(Z, y):
        P = np.exp(shifted(Z))
        return -np.mean(np.log(P[np.arange(len(y)), y])), index_pairs(Z, y)[1]

    for verdict in verdicts(CE, rounded_share):
        assert verdict.points == 2
        assert [d.slip for d in verdict.diagnoses] == ["log-of-a-rounded-share"]


def test_two_mistakes_at_once_get_both_hints():
    def both(Z, y):
        loss, dZ = index_pairs(Z, y)
        return -loss, dZ * len(y)

    assert hints(CE, both) == {"minus-lost", "sum-for-mean"}


@pytest.mark.parametrize("floor", [1e-12, 1e-10])
def test_shares_that_are_kept_off_0_are_no_measured_slope(floor):
    def vjp(P, G):
        P = np.clip(P, floor, 1)
        return weighed_mean(P, G)

    def entropy(Z, y):
        P, rows = np.clip(np.exp(shifted(Z)), floor, 1), np.arange(len(y))
        loss = -np.mean(np.log(P[rows, y]))
        P[rows, y] -= 1
        return loss, P / len(y)

    for exercise, answer in ((VJP, vjp), (CE, entropy)):
        for verdict in verdicts(exercise, answer):
            assert verdict.parts[-1].right  # nearly; and nobody has measured it
            assert not verdict.flags


def test_slopes_that_are_measured_on_all_inputs_are_flagged():
    def measured(P, G):
        with np.errstate(divide="ignore"):
            Z = np.maximum(np.log(P), -800)
        return central(lambda Z: np.sum(np.exp(shifted(Z)) * G), Z, 1e-5)

    for verdict in verdicts(VJP, measured):
        assert verdict.flags == ("looks like a numerical derivative",)
