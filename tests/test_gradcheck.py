"""The checker, and above all: that it notices."""

import numpy as np
import pytest

from nnkit.gradcheck import GradcheckError, gradcheck, numerical_gradient
from nnkit.gradients import grad
from nnkit.tensor import AutodiffRefused, Tensor, refused, softmax, tanh

x = np.random.default_rng(0).normal(size=(4, 3))
w = np.random.default_rng(1).normal(size=3)


def f(x, w):
    return (tanh(x @ w) ** 2).sum()


def check(gradients, f=f, xs=(x, w), **options):
    return gradcheck(f, xs, gradients, rng=np.random.default_rng(2), **options)


def test_right_gradient_passes_with_digits_to_spare():
    assert check(grad(f, wrt=(0, 1))(x, w)) < 1e-10


@pytest.mark.parametrize(
    "spoil",
    [
        lambda dx, dw: (-dx, dw),
        lambda dx, dw: (dx, dw * (1 + 1e-5)),
        lambda dx, dw: (dx, np.zeros(3)),
        lambda dx, dw: (dx, dw[::-1].copy()),
        lambda dx, dw: (dx + np.eye(4, 3) * 1e-4, dw),
        lambda dx, dw: (dx, np.where(np.arange(3) == 1, np.nan, dw)),
        lambda dx, dw: (dx, np.where(np.arange(3) == 1, np.inf, dw)),
    ],
)
def test_wrong_gradient_is_caught(spoil):
    with pytest.raises(GradcheckError, match=r"promises a slope of .* relative error"):
        check(spoil(*grad(f, wrt=(0, 1))(x, w)))


def test_wrong_shape_is_caught():
    dx, dw = grad(f, wrt=(0, 1))(x, w)
    with pytest.raises(GradcheckError, match=r"argument 1 has shape \(3, 1\).*\(3,\)"):
        check((dx, dw[:, None]))


def test_constant_function_has_gradient_zero():
    assert check((np.zeros(3),), lambda w: 1.0, (w,)) == 0
    with pytest.raises(GradcheckError):
        check((np.full(3, 1e-6),), lambda w: 1.0, (w,))


@pytest.mark.parametrize(
    ("f", "gradient"),
    [
        (lambda w: softmax(w).sum(), np.zeros(3)),  # shares add up to 1 everywhere
        (lambda w: 1e8 + w.sum(), np.ones(3)),
    ],
)
def test_rounding_of_the_value_is_not_blamed_on_the_gradient(f, gradient):
    """A value of 1e8 is known to 1e-8, so its differences at 1e-3 to about 1e-5."""
    check((gradient,), f, (w,))
    with pytest.raises(GradcheckError):
        check((gradient + np.array([1e-3, 0, 0]),), f, (w,))


def test_value_that_is_infinite_excuses_no_gradient():
    for wrong in (0.0, np.inf, np.nan):
        with np.errstate(invalid="ignore"), pytest.raises(GradcheckError):
            check((np.full(3, wrong),), lambda w: np.inf, (w,))


def test_numerical_gradient_is_exact_on_quadratics():
    A = np.array([[2.0, 1], [1, 3]])
    point = np.array([0.3, -0.7])
    found = numerical_gradient(lambda w: w @ A @ w / 2, point)
    np.testing.assert_allclose(found, A @ point, rtol=1e-10)


@pytest.mark.parametrize("point", [np.array(0.7), x.T, x])
def test_numerical_gradient_takes_any_shape_and_leaves_it_alone(point):
    before = point.copy()
    found = numerical_gradient(lambda x: np.sum(np.tanh(x)), point)
    np.testing.assert_allclose(found, 1 - np.tanh(point) ** 2, rtol=1e-8)
    np.testing.assert_array_equal(point, before)
    assert found.shape == point.shape


def test_error_against_step_has_the_shape_that_unit_5_shows():
    """Squared while the curve matters, then rounding: 1e-5, 2e-11, 4e-9."""

    def log_cosh(x):
        return np.log(np.cosh(x))  # its slope is tanh

    errors = [
        abs(numerical_gradient(log_cosh, np.array(0.7), eps) - np.tanh(0.7))
        for eps in (1e-2, 1e-5, 1e-8)
    ]
    assert 5e-6 < errors[0] < 5e-5
    assert errors[1] < 1e-10
    assert 1e-10 < errors[2] < 1e-7


def test_refused_while_gradients_are_to_be_derived_by_hand():
    with refused("by hand"):
        with pytest.raises(AutodiffRefused):
            numerical_gradient(np.sum, x)
        with pytest.raises(AutodiffRefused):
            check((x, w))


@pytest.mark.parametrize("x", [None, "1", [1.0, None], 1j])
def test_where_to_measure_is_a_real_number(x):
    with pytest.raises(TypeError, match="array of real numbers, got"):
        numerical_gradient(lambda x: 0.0, x)


@pytest.mark.parametrize(
    ("value", "says"),
    [(None, r"returned None\. Does it say"), (np.ones(2), r"array of shape \(2,\)")],
)
def test_value_that_is_no_single_number_is_named(value, says):
    for ask in (
        lambda f: numerical_gradient(f, np.ones(2)),
        lambda f: gradcheck(
            f, (np.ones(2),), (np.ones(2),), rng=np.random.default_rng(0)
        ),
    ):
        with pytest.raises((TypeError, ValueError), match=says):
            ask(lambda x: value)


def test_claims_that_are_no_claims():
    x = np.ones(3)
    for xs, gradients in ((x, (x,)), ((x,), x)):
        with pytest.raises(TypeError, match=r"come in tuples, \(x,\) and \(dx,\)"):
            gradcheck(np.sum, xs, gradients, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="each argument has a gradient; got 1 and 2"):
        gradcheck(np.sum, (x,), (x, x), rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="0 directions would let any gradient pass"):
        gradcheck(np.sum, (x,), (2 * x,), rng=np.random.default_rng(0), directions=0)
    with pytest.raises(TypeError, match="rng is a random generator"):
        gradcheck(np.sum, (x,), (x,), rng=0)


def centered(x):
    """Σ (x - mean)², the careless way."""
    x -= x.mean()
    return (x * x).sum()


def test_function_that_changes_its_argument_is_measured_where_it_was_asked():
    """Its slope is 2 (x - mean)."""
    x = np.array([1.0, 2.0, 6.0])
    slope = np.array([-4.0, -2.0, 6.0])
    np.testing.assert_allclose(numerical_gradient(centered, x), slope, rtol=1e-8)
    gradcheck(centered, (x,), (slope,), rng=np.random.default_rng(0))
    assert x.tolist() == [1, 2, 6]


@pytest.mark.parametrize("h", [1e-3, 1e-5])
def test_right_gradient_passes_as_near_to_a_bend_as_is_said(h):
    """At 3h it does not: one entry in seven is moved further, 1.5 or more times 2h."""
    sides = np.resize([1.0, -1.0], 300)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        ramp = (lambda x: np.maximum(x, 0).sum(), (12 * h * sides,))
        assert gradcheck(*ramp, (sides > 0,), rng=rng, h=h) < 1e-7
    with pytest.raises(GradcheckError):
        gradcheck(ramp[0], (3 * h * sides,), (sides > 0,), rng=rng, h=h)


@pytest.mark.parametrize(("point", "eps"), [(1e12, 1e-5), ([1.0, -1e12], 1e-5)])
def test_a_step_that_moves_nothing_measures_no_slope(point, eps):
    """The slope of a sum is 1, and came out as 0."""
    with pytest.raises(ValueError, match=r"^eps=.* is lost in -?1e\+12, .* larger"):
        numerical_gradient(np.sum, point, eps)
    xs = (1.0, point)
    with pytest.raises(ValueError, match=r"^h=.* is lost in"):
        check(tuple(map(np.ones_like, xs)), lambda a, b: a + np.sum(b), xs, h=eps)


@pytest.mark.parametrize("claim", [None, "2.0", 1j, {"x": 2.0}, Tensor(2.0)])
def test_claim_or_argument_that_is_no_number_is_named(claim):
    says = "argument 1 is a number or an array of real numbers, got "
    with pytest.raises(TypeError, match=f"^the gradient for {says}"):
        check((1.0, claim), lambda a, b: a + 2 * b, (1.0, 1.0))
    with pytest.raises(TypeError, match=f"^{says}"):
        check((1.0, 1.0), lambda a, b: a, (1.0, claim))


@pytest.mark.parametrize("step", [-1e-3, 0.0, np.nan, np.inf])
def test_step_that_is_no_distance(step):
    with pytest.raises(ValueError, match="h is a distance and positive"):
        check((np.zeros(3),), lambda w: 1.0, (w,), h=step)
    with pytest.raises(ValueError, match="eps is a distance and positive"):
        numerical_gradient(lambda w: 1.0, w, eps=step)
