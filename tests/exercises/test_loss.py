"""Unit 4: answers to `mse` and `bce_logits`, right, wrong and fair."""

import math

import numpy as np
import pytest
from asking import hints, verdicts

from nnkit.exercises import EXERCISES

MSE = EXERCISES["mse"]
BCE = EXERCISES["bce_logits"]


# ------------------------------------------------------------ right, differently


def two_branches(p, y, half):
    if half:
        return ((p - y) ** 2).sum() / (2 * len(p)), (p - y) / len(p)
    return ((p - y) ** 2).sum() / len(p), 2 * (p - y) / len(p)


def mse_in_a_loop(p, y, half):
    m, total, slopes = len(p), 0.0, []
    for i in range(m):
        total += (p[i] - y[i]) ** 2
        slopes.append(2 * (p[i] - y[i]) / m)
    if half:
        return total / m / 2, [slope / 2 for slope in slopes]
    return [total / m, slopes]


def mse_by_dot(p, y, half):
    r = np.subtract(y, p)
    c = (2 - half) / p.size
    return np.asarray(np.dot(r, r) * c / 2), -c * r


def mse_by_norm(p, y, half):
    r = p.astype(float) - y
    loss = np.linalg.norm(r) ** 2 / r.size
    return {False: (loss, r * 2 / r.size), True: (0.5 * loss, r / r.size)}[half]


def mse_by_variance(p, y, half):
    r = p - y
    loss = np.var(r) + np.mean(r) ** 2
    scale = 0.5 if half else 1.0
    return scale * loss, scale * 2 * r / np.size(r)


def mse_columns(p, y, half):
    R = p.reshape(-1, 1) - y.reshape(-1, 1)
    scale = 1 / (2 * len(R)) if half else 1 / len(R)
    return (R.T @ R).item() * scale, (2 * scale * R).ravel()


@pytest.mark.parametrize(
    "answer",
    [
        two_branches,
        mse_in_a_loop,
        mse_by_dot,
        mse_by_norm,
        mse_by_variance,
        mse_columns,
    ],
)
def test_right_squared_errors_pass_however_they_are_written(answer):
    for verdict in verdicts(MSE, answer):
        assert verdict.status == "right", verdict
        assert not verdict.flags


def by_logaddexp(z, y):
    p = np.exp(-np.logaddexp(0, -z))
    return np.mean(np.logaddexp(0, z) - y * z), (p - y) / len(z)


def without_log1p(z, y):
    """log(1 + e) where log1p(e) is better: 0 for a confident right example."""
    e = np.exp(-np.abs(z))
    loss = np.mean(np.maximum(z, 0) - z * y + np.log(1 + e))
    return loss, (np.where(z >= 0, 1 / (1 + e), e / (1 + e)) - y) / len(z)


def both_branches_of_where(z, y):
    """Evaluate exp(1000) on the way, and throw the overflow away."""
    p = np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))
    soft = np.where(z > 30, z, np.log1p(np.exp(z)))
    return (soft - y * z).mean(), (p - y) / z.size


def tanh_for_sigmoid(z, y):
    p = 0.5 * (1 + np.tanh(z / 2))
    loss = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
    return loss.mean(), (p - y) / y.size


def bce_in_a_loop(z, y):
    m, loss, dz = len(z), 0.0, []
    for zi, yi in zip(z.tolist(), y.tolist(), strict=True):
        small = math.exp(-abs(zi))
        loss += (max(zi, 0) - yi * zi + math.log1p(small)) / m
        p = 1 / (1 + small) if zi >= 0 else small / (1 + small)
        dz.append((p - yi) / m)
    return loss, dz


def by_masks(z, y):
    soft, p = np.empty(len(z)), np.empty(len(z))
    up = z > 0
    soft[up] = z[up] + np.log1p(np.exp(-z[up]))
    soft[~up] = np.log1p(np.exp(z[~up]))
    p[up] = 1 / (1 + np.exp(-z[up]))
    p[~up] = 1 - 1 / (1 + np.exp(z[~up]))
    return [np.sum(soft - y * z) / len(y), np.subtract(p, y) / len(y)]


def label_by_label(z, y):
    """Loss of a yes and of a no, weighed by the label; the slope likewise."""
    yes, no = np.logaddexp(0, -z), np.logaddexp(0, z)
    p = np.exp(-yes)
    dz = y * (p - 1) + (1 - y) * p
    return np.average([np.mean(y * yes), np.mean((1 - y) * no)]) * 2, dz / len(z)


BCE_ANSWERS = [
    by_logaddexp,
    without_log1p,
    both_branches_of_where,
    tanh_for_sigmoid,
    bce_in_a_loop,
    by_masks,
    label_by_label,
]


@pytest.mark.parametrize("answer", BCE_ANSWERS)
def test_right_cross_entropies_pass_however_they_are_written(answer):
    for verdict in verdicts(BCE, answer):
        assert verdict.points == 2, verdict
        assert not verdict.flags


def test_an_underflow_is_not_held_against_stable_code():
    with np.errstate(all="raise"):
        assert all(v.points == 2 for v in verdicts(BCE, without_log1p, range(3)))


def test_printing_and_warning_cost_nothing(capfd):
    def chatty(z, y):
        print("debugging", z.shape)
        np.log(np.zeros(1))
        return by_logaddexp(z, y)

    assert all(verdict.points == 2 for verdict in verdicts(BCE, chatty, range(3)))


def test_partial_credit_for_a_right_gradient_beside_a_naive_loss():
    def naive_loss(z, y):
        p = 1 / (1 + np.exp(-z))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), (p - y) / len(z)

    for verdict in verdicts(BCE, naive_loss):
        assert verdict.points == 1
        assert [d.slip for d in verdict.diagnoses] == ["log-of-a-rounded-probability"]


# ------------------------------------------------------- wrong, and not fooled


def remembering(answer):
    memory = {}

    def remembers(*args):
        shape = args[0].shape
        if shape not in memory:
            memory[shape] = answer(*args)
        return memory[shape]

    return remembers


def test_answers_that_remember_shapes_are_caught_by_the_second_draw():
    [verdict] = verdicts(BCE, remembering(by_logaddexp), [1])
    assert verdict.points == 0
    [verdict] = verdicts(MSE, remembering(two_branches), [1])
    assert verdict.status == "wrong"


@pytest.mark.parametrize("eps", [1e-7, 1e-9, 1e-12, 1e-16])
def test_no_epsilon_in_the_logarithm_passes(eps):
    def padded(z, y):
        p = np.exp(-np.logaddexp(0, -z))
        loss = -np.mean(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps))
        return loss, (p - y) / len(z)

    for verdict in verdicts(BCE, padded):
        assert not verdict.parts[0].right


def test_labels_compared_with_one_are_wrong_because_soft_labels_are_promised():
    def hard_labels_only(z, y):
        loss = np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z))
        return loss.mean(), (np.exp(-np.logaddexp(0, -z)) - y) / len(z)

    assert hints(BCE, hard_labels_only) == {"labels-compared-with-one"}


def test_twice_the_right_answer_everywhere_is_no_half_that_is_missing_somewhere():
    def doubled_slopes(p, y, half):
        loss, dp = two_branches(p, y, half)
        return loss, 2 * dp

    for verdict in verdicts(MSE, doubled_slopes):
        [item] = verdict.diagnoses
        assert not item.slip
        assert "times 2, in every case" in item.text


def test_single_precision_is_told_so():
    def single(z, y):
        loss, dz = by_logaddexp(z.astype("f4"), y.astype("f4"))
        return loss, dz

    [verdict] = verdicts(BCE, single, [1])
    assert verdict.points == 0
    assert any("single precision" in item.text for item in verdict.diagnoses)


def test_the_slope_by_the_label_gets_the_hint_about_signs():
    def by_the_label(p, y, half):
        loss, dp = two_branches(p, y, half)
        return loss, -dp

    assert hints(MSE, by_the_label) == {"sign-flipped"}
