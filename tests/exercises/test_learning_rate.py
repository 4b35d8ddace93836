"""Unit 2: answers that are right though written differently, and the fairness notes."""

import math

import asking
import numpy as np
import pytest

from nnkit.adapters import materialize
from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key


def verdicts(name, function):
    return asking.verdicts(EXERCISES[name], function)


def passes(name, function):
    asking.assert_right(EXERCISES[name], function)


def fails(name, function, hints):
    """Every seed finds it wrong, and says nothing but what is meant for it."""
    for verdict in verdicts(name, function):
        assert verdict.points == 0
        assert {item.slip for item in verdict.diagnoses} <= set(hints), verdict


# ------------------------------------------------------------------------ gd_step


def step_in_a_loop(params, grads, lr):
    new = {}
    for name, value in params.items():
        new[name] = value - lr * grads[name]
    return new


def step_entry_by_entry(params, grads, lr):
    new = {}
    for name in reversed(params):
        flat = [
            p - lr * g for p, g in zip(params[name].flat, grads[name].flat, strict=True)
        ]
        new[name] = np.reshape(flat, params[name].shape).tolist()
    return new


def step_on_float_copies(params, grads, lr):
    new = {name: value.astype(float) for name, value in params.items()}
    for name in grads:
        new[name] -= lr * grads[name]
    return new


@pytest.mark.parametrize(
    "answer",
    [
        step_in_a_loop,
        step_entry_by_entry,
        step_on_float_copies,
        lambda p, g, lr: {k: p[k] + (-lr) * g[k] for k in sorted(p)},
        lambda p, g, lr: {k: np.subtract(p[k], np.multiply(g[k], lr)) for k in p},
        lambda params, grads, lr: {
            k: np.stack([v, grads[k]], axis=-1) @ [1, -lr] for k, v in params.items()
        },
        lambda p, g, lr: p | {k: p[k] - lr * g[k] for k in g},
    ],
)
def test_right_steps_pass_however_they_are_written(answer):
    passes("gd_step", answer)


def test_names_and_shapes_are_those_of_the_parameters():
    def two_names(params, grads, lr):
        return {"W": params["W"] - lr * grads["W"], "b": params["b"] - lr * grads["b"]}

    def flattened(params, grads, lr):
        return {k: (params[k] - lr * grads[k]).ravel() for k in params}

    def a_list(params, grads, lr):
        return [params[k] - lr * grads[k] for k in params]

    for answer in (two_names, flattened, a_list):
        fails("gd_step", answer, [""])


# ------------------------------------------------------------------------- gd_run


def run_appending(grad, w0, lr, T):
    w, path = w0, [w0]
    for _ in range(T):
        w = w - lr * grad(w)
        path.append(w)
    return path


def run_in_place(grad, w0, lr, T):
    w = w0.astype(float)
    path = [w.copy()]
    for _ in range(T):
        g = grad(w)
        g *= lr
        w -= g
        path.append(w.copy())
    return np.vstack(path)


def run_weight_by_weight(grad, w0, lr, T):
    path = np.zeros((T + 1, w0.size))
    path[0, :] = w0
    for t in range(1, T + 1):
        slopes = grad(path[t - 1])
        for j in range(w0.size):
            path[t, j] = path[t - 1, j] - lr * slopes[j]
    return path


def run_recursively(grad, w0, lr, T):
    if T == 0:
        return np.array([w0], dtype=float)
    before = run_recursively(grad, w0, lr, T - 1)
    return np.concatenate([before, [before[-1] - lr * grad(before[-1])]])


def run_summing_steps(grad, w0, lr, T):
    steps = np.zeros((T + 1, len(w0)))
    steps[0] = w0
    for t in range(T):
        steps[t + 1] = -lr * grad(steps[: t + 1].sum(axis=0))
    return np.cumsum(steps, axis=0)


def run_of_lists(grad, w0, lr, T):
    path = [w0.tolist()]
    while len(path) <= T:
        slopes = grad(path[-1])
        path += [[w - lr * g for w, g in zip(path[-1], slopes, strict=True)]]
    return path


RUNS = [
    run_appending,
    run_in_place,
    run_weight_by_weight,
    run_recursively,
    run_summing_steps,
    run_of_lists,
]


@pytest.mark.parametrize("answer", RUNS)
def test_right_runs_pass_however_they_are_written(answer):
    passes("gd_run", answer)


def test_the_run_of_the_reference_is_the_closed_form_on_a_quadratic():
    found = 0
    for seed in range(20):
        key = answer_key(EXERCISES["gd_run"], seed)
        for case, [path] in zip(key.cases, key.right, strict=True):
            grad, w0, lr, T = case.args
            if grad.name != "quadratic_gradient":
                continue
            A = grad.params["A"]
            moves = np.eye(len(w0)) - lr * A
            formula = [np.linalg.matrix_power(moves, t) @ w0 for t in range(T + 1)]
            np.testing.assert_allclose(path, formula, rtol=1e-9, atol=1e-11)
            found += 1
    assert found == 140


def test_a_run_that_knows_only_quadratics_is_caught():
    def closed_form(grad, w0, lr, T):
        A = np.array([grad(row) for row in np.eye(len(w0))]).T
        moves = np.eye(len(w0)) - lr * A
        return [np.linalg.matrix_power(moves, t) @ w0 for t in range(T + 1)]

    fails("gd_run", closed_form, [""])


# ------------------------------------------------------------------------- max_lr


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

    for verdict in verdicts("max_lr", smallest):
        assert verdict.diagnoses[0].slip == "smallest-curvature"


# ----------------------------------------------------------------------- steps_to


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
        if 0 < factor < 1:
            exact = math.log(tol) / math.log(factor)
            assert abs(exact - round(exact)) > 0.1


def test_a_count_that_never_asks_for_the_tolerance_above_one_loses_its_points():
    def without(lam, lr, tol):
        return steps_by_walking(lam, lr, min(tol, 0.999))

    assert all(verdict.points == 0 for verdict in verdicts("steps_to", without))


# --------------------------------------------------------------------- range_test


def trials_in_loops(loss_grad, w0, lrs, steps=1):
    losses = []
    for lr in lrs:
        w = w0.copy()
        for _ in range(steps):
            _, g = loss_grad(w)
            w = w - lr * g
        loss, _ = loss_grad(w)
        losses.append(loss if np.isfinite(loss) else np.inf)
    return losses


def trials_that_stop_early(loss_grad, w0, lrs, steps=1):
    losses = np.full(len(lrs), np.inf)
    for i, lr in enumerate(lrs):
        w = np.array(w0, dtype=float)
        for _ in range(steps):
            loss, g = loss_grad(w)
            if not math.isfinite(loss):
                break
            w -= lr * g
        else:
            loss = loss_grad(w)[0]
        if math.isfinite(loss):
            losses[i] = loss
    return losses


def trials_that_are_cleaned_at_the_end(loss_grad, w0, lrs, steps=1):
    def after(lr):
        w = w0
        for _ in range(steps):
            w = w - lr * loss_grad(w)[1]
        return float(loss_grad(w)[0])

    losses = np.array([after(lr) for lr in lrs])
    return np.nan_to_num(losses, nan=np.inf, posinf=np.inf, neginf=np.inf)


def trials_of_all_rates_side_by_side(loss_grad, w0, lrs, steps=1):
    W = np.tile(w0.astype(float), (len(lrs), 1))
    for _ in range(steps):
        W = W - lrs[:, None] * np.array([loss_grad(row)[1] for row in W])
    losses = np.array([loss_grad(row)[0] for row in W])
    losses[~np.isfinite(losses)] = np.inf
    return losses


def trials_with_the_loss_on_the_way(loss_grad, w0, lrs, steps=1):
    found = {}
    for lr in sorted(lrs):
        w, (loss, g) = w0, loss_grad(w0)
        for _ in range(steps):
            w = w - lr * g
            loss, g = loss_grad(w)
        found[lr] = loss if -math.inf < loss < math.inf else math.inf
    return [found[lr] for lr in lrs]


def trials_in_lists(loss_grad, w0, lrs, steps=1):
    out = []
    for lr in lrs.tolist():
        w = w0.tolist()
        for _ in range(steps):
            w = [a - lr * b for a, b in zip(w, loss_grad(w)[1], strict=True)]
        loss = float(loss_grad(w)[0])
        out.append(math.inf if loss - loss != 0 else loss)
    return tuple(out)


@pytest.mark.parametrize(
    "answer",
    [
        trials_in_loops,
        trials_that_stop_early,
        trials_that_are_cleaned_at_the_end,
        trials_of_all_rates_side_by_side,
        trials_with_the_loss_on_the_way,
        trials_in_lists,
    ],
)
def test_right_range_tests_pass_however_they_are_written(answer):
    passes("range_test", answer)


def test_the_losses_of_the_reference_are_the_closed_form_on_a_quadratic():
    for seed in range(20):
        key = answer_key(EXERCISES["range_test"], seed)
        for case, [losses] in zip(key.cases, key.right, strict=True):
            loss_grad, w0, lrs = case.args
            if loss_grad.name != "quadratic_loss" or "without end" in case.name:
                continue
            lam, axes = np.linalg.eigh(loss_grad.params["A"])
            steps = case.kwargs.get("steps", 1)
            for lr, loss in zip(lrs, losses, strict=True):
                ends = (1 - lr * lam) ** steps * (axes.T @ w0)
                assert loss == pytest.approx((lam * ends**2).sum() / 2, rel=1e-9)


def test_losses_are_of_one_size_or_infinite_so_that_none_hides_the_others():
    for seed in asking.SEEDS:
        for [losses] in answer_key(EXERCISES["range_test"], seed).right:
            finite = losses[np.isfinite(losses)]
            assert len(finite)
            assert np.abs(finite).max() < 1e4


def test_a_cut_at_a_large_loss_passes_nan_and_is_told_so():
    def cut(loss_grad, w0, lrs, steps=1):
        losses = []
        for lr in lrs:
            w = w0.astype(float)
            for _ in range(steps):
                w = w - lr * loss_grad(w)[1]
            loss = loss_grad(w)[0]
            losses.append(np.inf if loss >= 1e12 else loss)
        return losses

    fails("range_test", cut, ["nan-slips-through"])


def test_an_array_that_only_the_first_trial_destroys_is_noticed():
    def first_trial_in_place(loss_grad, w0, lrs, steps=1):
        start, found = w0.copy(), []
        for i, lr in enumerate(lrs):
            w = w0 if i == 0 and w0.dtype == float else start.astype(float)
            for _ in range(steps):
                w -= lr * loss_grad(w)[1]
            found.append(loss_grad(w)[0])
        return np.where(np.isfinite(found), found, np.inf)

    for verdict in verdicts("range_test", first_trial_in_place):
        assert verdict.points == 0
        assert verdict.diagnoses[0].kind == "changed its inputs"


def test_a_list_of_losses_kept_from_call_to_call_is_caught():
    def remembers(loss_grad, w0, lrs, steps=1, losses=[]):  # noqa: B006
        losses.extend(trials_in_loops(loss_grad, w0, lrs, steps))
        return losses

    fails("range_test", remembers, [""])


# ------------------------------------------------------------------------- cosine


def cosine_squared(t, T, lr0, warm):
    if t < warm:
        return t / warm * lr0
    return lr0 * math.cos(math.pi / 2 * (t - warm) / (T - warm)) ** 2


def sine_squared(t, T, lr0, warm):
    if t < warm:
        return np.float64(lr0) * t / warm
    return lr0 * (1 - np.sin(np.pi / 2 * (t - warm) / (T - warm)) ** 2)


def from_the_end(t, T, lr0, warm):
    if warm and t < warm:
        return lr0 - lr0 * (warm - t) / warm
    left = (T - t) / (T - warm)
    return lr0 * (1 - math.cos(math.pi * left)) / 2


def both_branches(t, T, lr0, warm):
    with np.errstate(all="ignore"):
        ramp = np.float64(t) / warm
        fall = 0.5 * (1 + np.cos(np.pi * (t - warm) / (T - warm)))
    return lr0 * np.where(t < warm, ramp, fall)


def interpolated(t, T, lr0, warm):
    if t < warm:
        return np.interp(t, [0, warm], [0, lr0])
    return 0.5 * lr0 * (1 + np.cos(np.interp(t, [warm, T], [0, np.pi])))


def complex_wave(t, T, lr0, warm):
    if t >= warm:
        turn = np.exp(1j * np.pi * (t - warm) / (T - warm))
        return 0.5 * lr0 * (1.0 + turn.real)
    return lr0 * t / warm


@pytest.mark.parametrize(
    "answer",
    [
        cosine_squared,
        sine_squared,
        from_the_end,
        both_branches,
        interpolated,
        complex_wave,
    ],
)
def test_right_schedules_pass_however_they_are_written(answer):
    passes("cosine", answer)


def test_the_schedule_of_the_reference_has_the_ends_and_slopes_that_the_text_says():
    rate = EXERCISES["cosine"].reference
    for T, warm in ((50, 10), (31, 1), (20, 0)):
        rates = [rate(t, T, 0.7, warm) for t in range(T + 1)]
        assert rates[warm] == 0.7
        assert rates[-1] == 0
        assert warm == 0 or rates[0] == 0
        assert np.all(np.diff(rates[: warm + 1]) > 0)
        assert np.all(np.diff(rates[warm:]) < 0)


def test_a_ramp_that_starts_at_the_first_step_is_told_that_the_text_asks_for_another():
    def other_ramp(t, T, lr0, warm):
        return lr0 * (t + 1) / warm if t < warm else cosine_squared(t, T, lr0, warm)

    fails("cosine", other_ramp, ["ramp-starts-at-one"])


# ----------------------------------------------------------------- the functions


@pytest.mark.parametrize("name", ["quadratic", "double_well"])
def test_the_gradients_that_students_are_given_are_those_of_backprop(name):
    from nnkit import grad
    from nnkit.adapters import FUNCTIONS

    A = np.array([[2.0, -0.5], [-0.5, 1.0]])
    w = np.array([0.7, -1.3])
    params = {"A": A} if name == "quadratic" else {"tilt": 0.3}

    def loss(v):
        if name == "quadratic":
            return (v @ A @ v) / 2
        return (v * v * v * v - 2 * v * v + 0.3 * v).sum()

    value, slope = FUNCTIONS[f"{name}_loss"](**params)(w)
    assert value == pytest.approx(float(loss(w)), rel=1e-14)
    np.testing.assert_allclose(slope, grad(loss)(w), rtol=1e-13)
    np.testing.assert_array_equal(slope, FUNCTIONS[f"{name}_gradient"](**params)(w))


def test_what_a_failing_case_hands_out_can_be_called():
    for name in ("gd_run", "range_test"):
        for case in answer_key(EXERCISES[name], 1).cases:
            function, w0, *_ = materialize(case.args)
            function(w0)
