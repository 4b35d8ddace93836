"""`act`: answers that are right though written differently, and the fairness notes."""

import math
import warnings

import asking
import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad

from nnkit import check
from nnkit.exercises import EXERCISES

ACT = EXERCISES["act"]


def verdicts(function, seeds=asking.SEEDS):
    return asking.verdicts(ACT, function, seeds)


def calls(kind, seeds=asking.SEEDS):
    for (z, asked), right in asking.calls(ACT, seeds):
        if asked == kind:
            yield z, *right


# ------------------------------------------------------------ right, differently


def textbook(z, kind):
    if kind == "tanh":
        a = np.tanh(z)
        return a, 1 - a**2
    if kind == "sigmoid":
        a = 1 / (1 + np.exp(-z))  # warns at −1000, and is right there
        return a, a * (1 - a)
    return np.maximum(0, z), (z > 0).astype(float)


def entry_by_entry(z, kind):
    a, slope = np.zeros(z.shape), np.zeros(z.shape)
    for index, value in np.ndenumerate(z):
        if kind == "tanh":
            a[index] = math.tanh(value)
            slope[index] = 1 - a[index] * a[index]
        elif kind == "sigmoid":
            small = math.exp(-abs(value))
            a[index] = 1 / (1 + small) if value > 0 else small / (1 + small)
            slope[index] = small / (1 + small) ** 2
        elif value > 0:
            a[index], slope[index] = value, 1
    return a, slope


def vectorized(z, kind):
    def one(t):
        match kind:
            case "tanh":
                return math.tanh(t), 1 - math.tanh(t) ** 2
            case "sigmoid":
                s = 0.5 * (1 + math.tanh(0.5 * t))
                return s, s - s * s
        return max(0.0, t), 1.0 if t > 0 else 0.0

    return np.vectorize(one, otypes=[float, float])(z)


def table_of_functions(z, kind):
    def sigmoid(t):
        return np.exp(-np.logaddexp(0, -t))

    curves = {
        "tanh": (np.tanh, lambda t: (1 - np.tanh(t)) * (1 + np.tanh(t))),
        "sigmoid": (sigmoid, lambda t: sigmoid(t) * sigmoid(-t)),
        "relu": (lambda t: t * (t > 0), lambda t: np.heaviside(t, 0.5)),
    }
    return [f(z) for f in curves[kind]]


def by_hyperbolic_functions(z, kind):
    z = np.asarray(z, dtype=float)
    if kind == "tanh":
        return 2 / (1 + np.exp(-2 * z)) - 1, 1 / np.cosh(z) ** 2
    if kind == "sigmoid":
        return 0.5 + 0.5 * np.tanh(z / 2), 0.25 / np.cosh(z / 2) ** 2
    return (z + np.abs(z)) / 2, (1 + np.sign(z)) / 2


def by_two_branches(z, kind):
    up = np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))
    if kind == "sigmoid":
        return up, up * (1 - up)
    if kind == "relu":
        return np.where(z > 0, z, 0), np.where(z > 0, 1, 0)
    return np.tanh(z), 1 - np.square(np.tanh(z))


def nested_lists(z, kind):
    a, slope = textbook(z, kind)
    return [a.tolist(), slope.tolist()]


def copies_and_masks(z, kind):
    a = z.astype(float)
    if kind == "relu":
        a[a < 0] = 0
        slope = np.ones_like(a)
        slope[a == 0] = 0
        return a, slope
    if kind == "tanh":
        np.tanh(a, out=a)
        return a, -(a - 1) * (a + 1)
    np.negative(a, out=a)
    a = (1 + np.exp(a)) ** -1
    return a, a - a**2


RIGHT = [
    textbook,
    entry_by_entry,
    vectorized,
    table_of_functions,
    by_hyperbolic_functions,
    by_two_branches,
    nested_lists,
    copies_and_masks,
]


@pytest.mark.parametrize("answer", RIGHT)
def test_right_answers_pass_however_they_are_written(answer):
    for verdict in verdicts(answer):
        assert verdict.points == 3, verdict
        assert not verdict.flags


def test_true_and_false_count_as_slopes():
    def answer(z, kind):
        a, slope = textbook(z, kind)
        return a, (z > 0) if kind == "relu" else slope

    assert all(verdict.points == 3 for verdict in verdicts(answer))


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_any_slope_of_relu_at_zero_will_do(at_zero):
    def answer(z, kind):
        a, slope = textbook(z, kind)
        return a, np.where(z == 0, at_zero, slope)

    assert all(verdict.points == 3 for verdict in verdicts(answer))
    assert all((np.abs(z) > 0.1).all() for z, _, _ in calls("relu"))


def test_the_taught_slope_is_right_where_it_has_lost_its_digits():
    # At z = 17 and z = 30 these are some 1e-3 off, relative to the slope itself.
    for kind, z in (("tanh", 17.0), ("sigmoid", 30.0)):
        taught, exact = textbook(np.array(z), kind)[1], by_hyperbolic_functions(z, kind)
        assert abs(taught - exact[1]) > 1e-4 * exact[1]
    assert any(np.abs(z).max() > 30 for z, _, _ in calls("sigmoid", [1]))


def test_printing_and_warning_cost_nothing(capfd):
    def act(z, kind):
        print("debugging", z.shape)
        warnings.warn("a warning of the student's own", stacklevel=1)
        np.log(np.zeros(1))
        return textbook(z, kind)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check(act).verdict.points == 3
    assert capfd.readouterr() == ("", "")


# ------------------------------------------------------- wrong, and not fooled


def test_an_answer_that_remembers_kind_and_shape_is_caught():
    memory = {}

    def remembers(z, kind):
        if (kind, z.shape) not in memory:
            memory[kind, z.shape] = textbook(z, kind)
        return memory[kind, z.shape]

    [verdict] = verdicts(remembers, [1])
    assert verdict.points == 0


def test_single_precision_is_no_full_marks_and_told():
    def single(z, kind):
        return textbook(z.astype(np.float32), kind)

    for verdict in verdicts(single):
        assert verdict.points == 0
        assert "single precision" in " ".join(item.text for item in verdict.diagnoses)


def test_measuring_the_slope_passes_with_a_flag():
    def measures(z, kind):
        if kind == "relu":  # at z = 1000 too many digits cancel to pass
            return textbook(z, kind)
        right, left = textbook(z + 1e-5, kind)[0], textbook(z - 1e-5, kind)[0]
        return textbook(z, kind)[0], (right - left) / 2e-5

    [verdict] = verdicts(measures, [1])
    assert verdict.status == "right"
    assert verdict.flags == ("looks like a numerical derivative",)


def test_two_mistakes_get_two_hints():
    def two(z, kind):
        a = textbook(z, kind)[0]
        if kind == "relu":
            return a, np.ones_like(a)
        return a, 1 - a**2

    for verdict in verdicts(two):
        assert {item.slip for item in verdict.diagnoses} == {
            "relu-slope-one-everywhere",
            "tanh-slope-for-sigmoid",
        }
        assert verdict.points == 1.5


# ------------------------------------------------------------------ the reference


@pytest.mark.parametrize("kind", ["tanh", "sigmoid", "relu"])
def test_the_reference_agrees_with_an_independent_autodiff(kind):
    curve = {
        "tanh": anp.tanh,
        "sigmoid": lambda z: 0.5 * (1 + anp.tanh(z / 2)),
        "relu": lambda z: anp.maximum(z, 0.0),
    }[kind]
    slope_of = elementwise_grad(curve)
    for z, a, slope in calls(kind):
        z = z.astype(float)
        np.testing.assert_allclose(a, curve(z), rtol=1e-9, atol=1e-15)
        with np.errstate(over="ignore"):  # HIPS writes the slope as 1 / cosh²
            np.testing.assert_allclose(slope, slope_of(z), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("kind", ["tanh", "sigmoid", "relu"])
def test_the_reference_agrees_with_central_differences(kind):
    for z, _, slope in calls(kind, range(5)):
        up, down = (entry_by_entry(z + step, kind)[0] for step in (1e-5, -1e-5))
        np.testing.assert_allclose(slope, (up - down) / 2e-5, rtol=1e-6, atol=1e-9)


def test_tanh_is_the_sigmoid_in_other_units():
    for z, a, _ in calls("tanh"):
        twice, _ = ACT.reference(2.0 * z, "sigmoid")
        np.testing.assert_allclose(a, 2 * twice - 1, rtol=0, atol=1e-12)
