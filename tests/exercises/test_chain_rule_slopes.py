"""Unit 5, slopes by rule and by measurement: right answers, and the fairness notes."""

import numpy as np
import pytest
from asking import SEEDS, assert_right, diagnosed, verdicts

from nnkit.adapters import materialize
from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key

ACT = EXERCISES["act_back"]
NUMGRAD = EXERCISES["numgrad"]


# ------------------------------------------------------------------------ act_back


def by_outputs(dA, cache, kind):
    _, a = cache
    if kind == "tanh":
        return dA * (1 - a**2)
    if kind == "sigmoid":
        return dA * a * (1 - a)
    if kind == "relu":
        return dA * (a > 0)
    return dA * a


def by_inputs(dA, cache, kind):
    z, _ = cache
    slopes = {
        "tanh": lambda: 1 / np.cosh(z) ** 2,
        "sigmoid": lambda: np.exp(-z) / (1 + np.exp(-z)) ** 2,
        "relu": lambda: np.where(z > 0, 1.0, 0.0),
        "exp": lambda: np.exp(z),
    }
    slope = slopes[kind]()
    return dA * np.where(np.isfinite(slope), slope, 0.0)


def by_factors(dA, cache, kind):
    z, a = cache
    return {
        "tanh": (1 - a) * (1 + a) * dA,
        "sigmoid": (a - a * a) * dA,
        "relu": np.heaviside(z, 0.5) * dA,
        "exp": np.multiply(a, dA),
    }[kind]


def on_a_copy(dA, cache, kind):
    z, a = cache
    dZ = dA.copy()
    if kind == "relu":
        dZ[z < 0] = 0
    elif kind == "tanh":
        dZ -= dZ * a**2
    elif kind == "sigmoid":
        dZ *= a
        dZ *= 1 - a
    else:
        dZ *= a
    return dZ


def entry_by_entry(dA, cache, kind):
    z, a = (np.ravel(part) for part in cache)
    out = []
    for g, before, after in zip(np.ravel(dA), z, a, strict=True):
        slope = {"tanh": 1 - after**2, "sigmoid": after * (1 - after), "exp": after}
        out.append(g * slope.get(kind, float(before > 0)))
    return np.reshape(out, np.shape(dA)).tolist()


def quarter_of_tanh(dA, cache, kind):
    z, _ = cache
    if kind == "sigmoid":
        return dA * (1 - np.tanh(z / 2) ** 2) / 4
    return by_outputs(dA, cache, kind)


@pytest.mark.parametrize(
    "answer",
    [
        by_outputs,
        by_inputs,
        by_factors,
        on_a_copy,
        entry_by_entry,
        quarter_of_tanh,
    ],
)
def test_right_slopes_pass(answer):
    assert_right(ACT, answer)


def test_a_slope_that_cancels_far_out_is_right():
    # 1 − a² is off by 4e-3 of itself at z = 17, and is the formula that is taught.
    z = np.array([17.0])
    case_like = (np.array([1.0]), (z, np.tanh(z)), "tanh")
    exact = 1 / np.cosh(z) ** 2
    assert abs(by_outputs(*case_like) - exact) / exact > 1e-3
    assert_right(ACT, by_outputs)
    assert_right(ACT, by_inputs)


def test_relu_is_never_asked_at_its_bend():
    for seed in SEEDS:
        for case in answer_key(ACT, seed).cases:
            _, (z, _), kind = case.args
            assert kind != "relu" or np.abs(z).min() >= 0.05


def test_forgetting_one_kind_is_told_apart_from_forgetting_all():
    def without_exp(dA, cache, kind):
        return dA.copy() if kind == "exp" else by_outputs(dA, cache, kind)

    assert diagnosed(ACT, without_exp) == ["one-slope-omitted"]
    assert diagnosed(ACT, lambda dA, cache, kind: dA + 0) == ["slope-omitted"]


def test_act_back_is_linear_in_the_upstream_gradient():
    for case in answer_key(ACT, 5).cases:
        dA, cache, kind = case.args
        twice = ACT.reference(-2 * dA, cache, kind)
        once = ACT.reference(dA, cache, kind)
        np.testing.assert_allclose(twice, -2 * np.array(once))


@pytest.mark.parametrize("seed", range(10))
def test_the_slopes_of_the_reference_agree_with_differences(seed):
    curves = {
        "tanh": np.tanh,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "relu": lambda z: np.maximum(z, 0),
        "exp": np.exp,
    }
    key = answer_key(ACT, seed)
    for case, [dZ, *rest] in zip(key.cases, key.right, strict=True):
        dA, (z, a), kind = case.args
        with np.errstate(over="ignore"):
            np.testing.assert_allclose(a, curves[kind](z), rtol=1e-12, atol=1e-16)
            e = 1e-5
            slope = (curves[kind](z + e) - curves[kind](z - e)) / (2 * e)
        np.testing.assert_allclose(dZ, dA * slope, rtol=1e-6, atol=1e-9)
        np.testing.assert_array_equal(rest, [dZ] * 3)


def test_each_kind_of_act_back_earns_its_points_by_itself():
    def without_relu(dA, cache, kind):
        _, a = cache
        slopes = {"tanh": 1 - a**2, "sigmoid": a * (1 - a), "exp": a}
        return dA * slopes[kind]

    for function, points in ((without_relu, 1.5), (lambda dA, cache, kind: None, 0)):
        [verdict] = verdicts(ACT, function, [3])
        assert verdict.points == points
        [item] = verdict.diagnoses  # said once, however many kinds it costs
        assert len(item.parts) == (1 if points else 4)


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (lambda dZ, kind: (dZ, kind), "got a tuple of 2, with text in it."),
        (lambda dZ, kind: (dZ, dZ), "got a tuple of 2."),
        (lambda dZ, kind: (dZ, dZ[1:]), "got a tuple of 2."),
        (lambda dZ, kind: {"dZ": dZ}, "got a dict of 1."),
        (lambda dZ, kind: kind, "got text."),
        (lambda dZ, kind: dZ > 0, "got True and False."),
        (lambda dZ, kind: [*dZ.tolist(), None], "with None in it."),
        (lambda dZ, kind: dZ.T if dZ.ndim > 1 else dZ, "have the shape (3, 4);"),
        (lambda dZ, kind: np.atleast_2d(dZ), "have the shape (1, 6);"),
    ],
)
def test_what_is_no_dZ_is_told_once_for_all_kinds(turn, said):
    def act_back(dA, cache, kind):
        z, a = cache
        slopes = {"tanh": 1 - a**2, "sigmoid": a * (1 - a), "relu": z > 0, "exp": a}
        return turn(dA * slopes[kind], kind)

    [verdict] = verdicts(ACT, act_back, [3])
    assert verdict.points == 0
    [item] = verdict.diagnoses
    assert said in item.text
    assert item.parts == ACT.parts


def test_dZ_may_be_lists_and_tuples():
    def act_back(dA, cache, kind):
        z, a = cache
        slopes = {"tanh": 1 - a**2, "sigmoid": a * (1 - a), "relu": z > 0, "exp": a}
        return tuple((dA * slopes[kind]).tolist())

    assert_right(ACT, act_back, SEEDS[:3])


# ------------------------------------------------------------------------- numgrad


def with_unit_vectors(f, x, eps):
    out = np.empty(x.shape)
    for i in np.ndindex(*x.shape):
        e = np.zeros_like(x)
        e[i] = eps
        out[i] = (f(x + e) - f(x - e)) / (2 * eps)
    return out


def in_place(f, x, eps):
    out = np.zeros_like(x)
    walk = np.nditer(x, flags=["multi_index"])
    while not walk.finished:
        i = walk.multi_index
        here = x[i]
        x[i] = here + eps
        above = f(x)
        x[i] = here - eps
        below = f(x)
        x[i] = here
        out[i] = (above - below) / (2 * eps)
        walk.iternext()
    return out


def flat_copy(f, x, eps):
    flat = x.flatten()
    out = np.zeros(flat.size)
    for i in range(flat.size):
        up, down = flat.copy(), flat.copy()
        up[i] += eps
        down[i] -= eps
        out[i] = (f(up.reshape(x.shape)) - f(down.reshape(x.shape))) / 2 / eps
    return out.reshape(x.shape)


def nested_lists(f, x, eps):
    steps = np.eye(x.size).reshape(x.size, *x.shape) * eps
    slopes = [(f(x + e) - f(x - e)) / (2 * eps) for e in steps]
    return np.reshape(slopes, x.shape).tolist()


def as_a_mean_of_both_sides(f, x, eps):
    def slope(i):
        e = np.zeros(x.shape)
        e[i] = eps
        return ((f(x + e) - f(x)) / eps + (f(x) - f(x - e)) / eps) / 2

    return np.array([slope(i) for i in np.ndindex(x.shape)]).reshape(x.shape)


def by_flat_iterator(f, x, eps):
    out = np.zeros(x.shape)
    for i in range(x.size):
        here = x.flat[i]
        x.flat[i] = here + eps
        above = f(x)
        x.flat[i] = here - eps
        out.flat[i] = (above - f(x)) / (2 * eps)
        x.flat[i] = here
    return out


@pytest.mark.parametrize(
    "answer",
    [
        with_unit_vectors,
        in_place,
        flat_copy,
        nested_lists,
        as_a_mean_of_both_sides,
        by_flat_iterator,
    ],
)
def test_right_differences_pass(answer):
    assert_right(NUMGRAD, answer)


def test_reading_x_by_closure_instead_of_the_argument_gets_nowhere():
    [case, *_] = answer_key(NUMGRAD, 1).cases
    f, x, eps = materialize(case.args)
    assert f(x) != f(x + eps)
    assert f(x) == f(x.copy())
    with pytest.raises(ValueError, match=r"shape \(2, 3\), got one of \(6,\)"):
        f(x.ravel())


def test_the_view_is_a_view_and_0_d_is_an_array():
    cases = {case.name: case for case in answer_key(NUMGRAD, 1).cases}
    _, view, _ = materialize(cases["a transposed view"].args)
    assert not view.flags.c_contiguous
    assert view.shape == (2, 3)
    _, single, _ = cases["a single number, of shape ()"].args
    assert type(single) is np.ndarray
    assert single.shape == ()


@pytest.mark.parametrize("seed", range(10))
def test_the_differences_are_the_derivative_plus_what_theory_says(seed):
    key = answer_key(NUMGRAD, seed)
    for case, [right] in zip(key.cases, key.right, strict=True):
        named, x, eps = case.args
        x = materialize(x)
        C, D = named.params["C"], named.params["D"]
        derivative = 3 * C * x**2 + D * np.sum(D * x)
        np.testing.assert_allclose(right, derivative + C * eps**2, rtol=1e-8, atol=1e-8)


def test_who_moves_a_view_for_good_has_changed_it_too():
    def moved(f, x, eps):
        slopes = with_unit_vectors(f, x, eps)
        if not x.flags.c_contiguous:
            x[(0,) * x.ndim] += eps
        return slopes

    for verdict in verdicts(NUMGRAD, moved):
        assert verdict.parts[0].wrong_in == ("a transposed view",)
        [item] = verdict.diagnoses
        assert "the caller's x" in item.text


def test_any_step_of_ones_own_is_recognized():
    for step in (1e-4, 1e-5, 1e-6):
        own = diagnosed(NUMGRAD, lambda f, x, eps, e=step: with_unit_vectors(f, x, e))
        assert own == ["step-of-its-own"], step


def test_a_better_formula_is_not_what_was_asked_for():
    def five_points(f, x, eps):
        near, far = with_unit_vectors(f, x, eps), with_unit_vectors(f, x, 2 * eps)
        return (4 * near - far) / 3

    assert diagnosed(NUMGRAD, five_points)
