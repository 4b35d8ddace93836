"""Unit 2, range tests and schedules: right however written, and fairness."""

import math

import asking
import numpy as np
import pytest
from asking_by_name import fails, passes, verdicts

from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key

# --------------------------------------------------------------------------- range_test


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
                with np.errstate(over="ignore"):  # of a rate that no number holds
                    ends = (1 - lr * lam) ** steps * (axes.T @ w0)
                    want = (lam * ends**2).sum() / 2
                assert loss == pytest.approx(want, rel=1e-9)


def test_losses_are_of_one_size_or_infinite_so_that_none_hides_the_others():
    for seed in asking.SEEDS:
        for [losses] in answer_key(EXERCISES["range_test"], seed).right:
            finite = losses[np.isfinite(losses)]
            assert len(finite)
            assert len(finite) == 1 or np.abs(finite).max() < 1e4


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

    fails("range_test", cut, ["nan-slips-through", "large-taken-for-infinite"])


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
    def remembers(loss_grad, w0, lrs, steps=1, losses=[]):  # noqa: B006  the mistake
        losses.extend(trials_in_loops(loss_grad, w0, lrs, steps))
        return losses

    fails("range_test", remembers, [""])


# ------------------------------------------------------------------------------- cosine


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
