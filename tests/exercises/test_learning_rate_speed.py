"""Unit 2, how fast, and whether at all: right however written, and fairness."""

import math

import numpy as np
import pytest
from asking_by_name import passes, verdicts

from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key

# ------------------------------------------------------------------------------- max_lr


def wall_by_power_iteration(A):
    v = np.ones(len(A)) + np.arange(len(A)) / 7
    for _ in range(400):
        v = A @ v
        v = v / np.linalg.norm(v)
    return 2 / (v @ A @ v)


@pytest.mark.parametrize(
    "answer",
    [
        lambda A: 2 / np.linalg.eigvalsh(A).max(),
        lambda A: 2 / max(np.linalg.eigh(A)[0]),
        lambda A: 2 / np.linalg.eigvals(A).real.max(),
        lambda A: 2 / np.linalg.eigvals(A).astype(complex).max(),  # as NumPy 2.5 has it
        lambda A: 2 / np.linalg.norm(A, 2),
        lambda A: 2 / np.linalg.svd(A, compute_uv=False)[0],
        lambda A: np.asarray(2 / np.sort(np.linalg.eig(A)[0])[-1]),
        lambda A: 2 / np.sqrt(np.linalg.eigvalsh(A.T @ A)[-1]),
        lambda A: min(2 / np.clip(np.linalg.eigvalsh(A), 1e-9, None)),
        wall_by_power_iteration,
    ],
)
def test_right_walls_pass_however_they_are_written(answer):
    passes("max_lr", answer)


@pytest.mark.parametrize("seed", range(5))
def test_below_the_wall_of_the_reference_descent_converges_and_above_it_diverges(seed):
    key = answer_key(EXERCISES["max_lr"], seed)
    for case, [wall] in zip(key.cases, key.right, strict=True):
        [A] = case.args
        start = A @ np.random.default_rng(seed).normal(size=len(A))
        ends = []
        for share in (0.99, 1.01):
            w = start
            for _ in range(2000):
                w = w - share * wall * A @ w
            ends.append(w @ A @ w / (start @ A @ start))
        assert ends[0] < 1 < 1e6 < ends[1], case.name


def test_eigenvalues_from_either_routine_get_the_same_hint():
    def smallest(A):
        return 2 / np.linalg.eigvals(A).min()

    def of_complex_type(A):
        return 2 / np.linalg.eigvals(A).astype(complex).min()

    for answer in (smallest, of_complex_type):
        for verdict in verdicts("max_lr", answer):
            assert verdict.diagnoses[0].slip == "smallest-curvature"


# ----------------------------------------------------------------------------- steps_to


def steps_by_walking(lam, lr, tol):
    off, t = np.ones(len(lam)), 0
    while np.abs(off).max() > tol:
        if np.abs(1 - lr * lam).max() >= 1:
            return float("inf")
        off = off - lr * lam * off
        t += 1
    return t


def steps_one_direction_at_a_time(lam, lr, tol):
    waits = []
    for curvature in lam.tolist():
        factor = abs(1 - lr * curvature)
        if tol >= 1:
            waits.append(0)
        elif factor >= 1:
            return np.inf
        elif factor == 0:
            waits.append(1)
        else:
            waits.append(math.ceil(math.log(tol, factor)))
    return max(waits)


def steps_by_doubling(lam, lr, tol):
    worst = np.max(abs(1 - lr * lam))
    if tol >= 1:
        return 0
    if worst >= 1:
        return math.inf
    low, high = 0, 1
    while worst**high > tol:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if worst**middle > tol else (low, middle)
    return np.int64(high)


def steps_from_the_ends(lam, lr, tol):
    worst = max(1 - lr * lam.min(), lr * lam.max() - 1)
    if tol >= 1:
        return 0.0
    if worst >= 1:
        return np.inf
    return float(max(1, np.ceil(np.log10(tol) / np.log10(worst)))) if worst > 0 else 1.0


def steps_by_walking_with_a_limit(lam, lr, tol):
    factors = 1 - lr * lam
    off = np.ones_like(lam)
    for t in range(20000):
        if np.all(np.abs(off) <= tol):
            return np.asarray(t)
        off *= factors
    return np.inf


def steps_by_natural_logarithms(lam, lr, tol):
    worst = np.abs(1.0 - lr * np.asarray(lam)).max()
    with np.errstate(all="ignore"):
        steps = np.ceil(np.log(tol) / np.log(worst)) if 0 < worst < 1 else 1
    return 0 if tol >= 1 else (np.inf if worst >= 1 else max(steps, 1))


@pytest.mark.parametrize(
    "answer",
    [
        steps_by_walking,
        steps_one_direction_at_a_time,
        steps_by_doubling,
        steps_from_the_ends,
        steps_by_walking_with_a_limit,
        steps_by_natural_logarithms,
    ],
)
def test_right_counts_of_steps_pass_however_they_are_written(answer):
    passes("steps_to", answer)


@pytest.mark.parametrize("seed", range(10))
def test_the_steps_of_the_reference_are_those_of_a_simulation_off_the_border(seed):
    key = answer_key(EXERCISES["steps_to"], seed)
    for case, [steps] in zip(key.cases, key.right, strict=True):
        lam, lr, tol = case.args
        assert steps == steps_by_walking(lam, lr, tol), case.name
        factor = np.abs(1 - lr * lam).max()
        halved = factor == 0.5 and tol == 0.25  # both, and their logarithms, exactly
        if 0 < factor < 1 and tol != 1 and not halved:  # that of 1 is exactly 0
            exact = math.log(tol) / math.log(factor)
            assert abs(exact - round(exact)) > 0.1


def test_a_count_that_never_asks_for_the_tolerance_above_one_loses_its_points():
    def without(lam, lr, tol):
        return steps_by_walking(lam, lr, min(tol, 0.999))

    assert all(verdict.points == 0 for verdict in verdicts("steps_to", without))
