"""Unit 2, gradient descent: right however written, and the fairness notes."""

import numpy as np
import pytest
from asking_by_name import fails, passes, verdicts

from nnkit.adapters import materialize
from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key

# ------------------------------------------------------------------------------ gd_step


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


def test_the_worst_entry_is_named_as_the_student_finds_it():
    def last_bias_late(params, grads, lr):
        new = {k: params[k] - lr * grads[k] for k in params}
        *_, last = new.values()
        last.flat[-1] += 9
        return new

    for verdict in verdicts("gd_step", last_bias_late):
        [item] = verdict.diagnoses
        assert item.entry == 'params["b"][1]'
        assert 'the worst entry is params["b"][1]' in item.text


def test_a_dict_that_lives_on_from_call_to_call_is_told():
    def steps(params, grads, lr, new={}):  # noqa: B006  the mistake itself
        for k in params:
            new[k] = params[k] - lr * grads[k]
        return new

    for verdict in verdicts("gd_step", steps):
        [item] = verdict.diagnoses
        assert "names that you were not given: " in item.text


# ------------------------------------------------------------------------------- gd_run


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
    assert found == 180


def test_a_run_that_knows_only_quadratics_is_caught():
    def closed_form(grad, w0, lr, T):
        A = np.array([grad(row) for row in np.eye(len(w0))]).T
        moves = np.eye(len(w0)) - lr * A
        return [np.linalg.matrix_power(moves, t) @ w0 for t in range(T + 1)]

    fails("gd_run", closed_form, [""])


# ------------------------------------------------------------------------ the functions


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
