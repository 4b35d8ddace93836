"""Ops where floats end, or where NumPy would go on without a word.

Expected values are limits and definitions, worked out by hand.
"""

import numpy as np
import pytest

from nnkit.gradients import grad, value_and_grad
from nnkit.losses import squared_error
from nnkit.tensor import (
    Tensor,
    affine,
    clip,
    concatenate,
    exp,
    log,
    log1p,
    log_softmax,
    logsumexp,
    maximum,
    relu,
    sigmoid,
    softmax,
    softplus,
    sqrt,
    tanh,
)

INF = np.inf


@pytest.mark.parametrize("order", [(-1, 0, 1), (1, -1, -3), (2, 0, 1), (0, -1, -2)])
def test_gradient_of_a_transpose_goes_back_the_way_the_values_came(order):
    """The entry at place p of x is at place p[order] of the result, and so is its g."""
    x = Tensor(np.zeros((2, 2, 2)))  # of one length: a wrong order would fit as well
    g = np.arange(8.0).reshape(2, 2, 2)
    x.transpose(order).backward(g)
    for place in np.ndindex(2, 2, 2):
        there = tuple(place[axis] for axis in order)
        assert x.grad[place] == g[there]


@pytest.mark.parametrize(
    "index",
    [
        1,
        -1,
        slice(1, None),
        (slice(None, None, -1), 0),
        (..., None, slice(0, 2)),
        None,
        True,
        (True, [0, 0]),
        [0, 1, 0],
        (slice(None), [2, 2, 0]),
        np.array([[True, False, True], [False, True, False]]),
    ],
)
def test_gradient_of_what_was_picked_is_the_count_of_its_picks(index):
    x = Tensor(np.ones((2, 3)))
    numbered = np.arange(6).reshape(2, 3)
    x[index].sum().backward()
    picks = np.bincount(numbered[index].ravel(), minlength=6)
    assert x.grad.ravel().tolist() == picks.tolist()


def test_sides_and_axes_are_given_one_by_one_or_together_as_to_numpy():
    a = np.arange(6.0).reshape(2, 3)
    x = Tensor(a)
    for call in (
        lambda x: x.reshape(3, 2),
        lambda x: x.reshape((3, 2)),
        lambda x: x.reshape(-1, 2),
        lambda x: x.reshape(-1),
        lambda x: x.transpose(),
        lambda x: x.transpose(None),
        lambda x: x.transpose(1, 0),
        lambda x: x.transpose(-1, 0),
        lambda x: x.transpose((1, 0)),
        lambda x: x.transpose(np.array([1, 0])),
    ):
        out = call(x)
        np.testing.assert_array_equal(out.data, call(a))
        out.backward(call(a))  # whatever was moved comes back to where it was
        np.testing.assert_array_equal(x.grad, a)


@pytest.mark.parametrize("power", [2, -1, 0.5, 3.0])
def test_power_by_a_number_keeps_the_gradient_in_float32(power):
    x = Tensor(np.array([1.0, 4.0], np.float32))
    (x**power).sum().backward()
    assert x.grad.dtype == np.float32
    np.testing.assert_allclose(x.grad, [power, power * 4.0 ** (power - 1)], rtol=1e-6)


def test_number_to_a_power_keeps_the_gradient_in_float32():
    x = Tensor(np.array([0.0, 3.0], np.float32))
    (2**x).sum().backward()
    assert x.grad.dtype == np.float32
    np.testing.assert_allclose(x.grad, [np.log(2), 8 * np.log(2)], rtol=1e-6)


def test_power_zero_is_flat_everywhere():
    x = Tensor([INF, np.nan, 0.0, -3.0])
    out = x**0
    out.backward(np.ones(4))
    assert out.data.tolist() == [1, 1, 1, 1]
    assert x.grad.tolist() == [0, 0, 0, 0]


def test_slope_in_the_exponent_where_the_base_is_zero():
    """0^y is 0 for y > 0; from below, y → -1: x^-1 log x → -∞ as x → 0."""
    y = Tensor([2.0, 0.0, -1.0])
    with np.errstate(divide="ignore"):
        (np.zeros(3) ** y).backward(np.ones(3))
    assert y.grad.tolist() == [0, 0, -INF]


def test_infinities_that_tie_share_the_gradient_and_far_ones_do_not_overflow():
    x, y = Tensor([INF, -INF, 1e308, 1.0]), Tensor([INF, -INF, -1e308, INF])
    maximum(x, y).backward(np.ones(4))
    assert x.grad.tolist() == [0.5, 0.5, 1, 0]
    assert y.grad.tolist() == [0.5, 0.5, 0, 1]


def test_infinite_gradient_does_not_reach_what_was_blocked():
    """The slope there is 0 all around, and 0 · g stays 0 however large g grows."""
    inputs = np.array([-2.0, 0.5, 3.0])
    for f, expected in (
        (relu, [0, INF, -INF]),
        (lambda x: maximum(x, 1.0), [0, 0, -INF]),
        (lambda x: maximum(1.0, x), [0, 0, -INF]),
        (lambda x: maximum(x, 0.5), [0, INF / 2, -INF]),
        (lambda x: clip(x, low=-1.0, high=1.0), [0, INF, 0]),
    ):
        x = Tensor(inputs)
        f(x).backward([INF, INF, -INF])
        assert x.grad.tolist() == expected
    x = Tensor(inputs)
    x.max().backward(INF)
    assert x.grad.tolist() == [0, 0, INF]


def test_nan_is_passed_on_and_hears_nothing_where_it_is_compared():
    for f in (relu, lambda x: clip(x, low=-1, high=1), lambda x: maximum(x, 0.0)):
        x = Tensor([np.nan, 0.5])
        out = f(x)
        out.backward([1.0, 1.0])
        assert np.isnan(out.data).tolist() == [True, False]
        assert x.grad.tolist() == [0, 1]


def test_nothing_is_cut_at_the_ends():
    x = Tensor([-1.0, 1.0, 1.0 + 1e-15])
    clip(x, low=-1.0, high=1.0).backward(np.ones(3))
    assert x.grad.tolist() == [1, 1, 0]


def test_root_of_a_unit_that_is_silent_has_no_gradient():
    """√(max(x, 0)) is 0 for all x < 0, and ½ x^-½ where x > 0."""
    x = Tensor([-3.0, 4.0])
    with np.errstate(divide="ignore"):  # the root's own slope at 0 is infinite
        sqrt(relu(x)).sum().backward()
    assert x.grad.tolist() == [0, 0.25]


def test_gradient_whose_squares_overflow_is_masked_all_the_same():
    x = Tensor([-1.0, 2.0])
    relu(x).backward([1e300, 1e300])
    assert x.grad.tolist() == [0, 1e300]


def test_logsumexp_of_infinities():
    """log(0 + 0) = -∞, log(∞ + 1) = ∞, log(0 + e^3) = 3."""
    x = np.array([[-INF, -INF], [INF, 0.0], [-INF, 3.0]])
    with np.errstate(divide="ignore"):
        assert logsumexp(x).tolist() == [-INF, INF, 3]


def test_scores_beside_an_infinite_one_have_no_share_in_it():
    """The slope is the softmax, 0 for them; ∞ / ∞ is none, as in PyTorch and JAX."""
    x = Tensor([[1000.0, INF], [-3.0, INF], [1000.0, -INF]])
    with np.errstate(invalid="ignore"):
        logsumexp(x).sum().backward()
    np.testing.assert_array_equal(x.grad, [[0, np.nan], [0, np.nan], [1, 0]])


@pytest.mark.parametrize(("low", "high"), [(2, 1), (np.nan, 1), (None, np.nan)])
def test_ends_with_nothing_between_them_are_refused(low, high):
    with pytest.raises(ValueError, match=f"^nothing is between low={low} and high="):
        clip(Tensor([0.0, 3.0]), low=low, high=high)


def test_between_ends_that_are_alike_is_one_number():
    assert clip(Tensor([0.0, 3.0]), low=1, high=1).data.tolist() == [1, 1]


def test_number_out_of_a_reduction_times_a_list():
    x = Tensor([1.0, 2.0])
    (x.sum() * [10.0, 20.0]).sum().backward()
    assert x.grad.tolist() == [30, 30]


@pytest.mark.parametrize("kind", [np.uint8, np.int8, bool])
def test_curves_of_small_integers_are_those_of_the_same_floats(kind):
    x = np.array([0, 1, 100]).astype(kind)
    floats = x.astype(float)
    for ours, numpys in ((exp, np.exp), (log1p, np.log1p), (sqrt, np.sqrt)):
        np.testing.assert_array_equal(ours(x), numpys(floats))
    np.testing.assert_array_equal(tanh(x), np.tanh(floats))
    np.testing.assert_array_equal(log(x[1:]), np.log(floats[1:]))
    np.testing.assert_allclose(sigmoid(x), 1 / (1 + np.exp(-floats)), rtol=1e-15)
    np.testing.assert_allclose(softplus(x), np.log(1 + np.exp(floats)), rtol=1e-14)
    shares = np.exp(floats) / np.exp(floats).sum()
    np.testing.assert_allclose(softmax(x), shares, rtol=1e-13)
    np.testing.assert_allclose(log_softmax(x), np.log(shares), rtol=1e-13)
    np.testing.assert_allclose(logsumexp(x), np.log(np.exp(floats).sum()), rtol=1e-15)


def test_affine_of_whole_numbers_keeps_what_is_behind_the_point():
    assert affine(np.array([[1, 2]]), np.array([[3], [4]]), [0.5]).tolist() == [[11.5]]


def test_layer_takes_a_list_of_rows():
    w, b = Tensor([[1.0], [-1.0]]), Tensor([0.0])
    out = affine([[0, 1], [1, 0]], w, b)
    assert out.data.tolist() == [[-1], [1]]


@pytest.mark.parametrize(
    "reduce",
    [
        lambda x: x.sum(axis=0),
        lambda x: x.max(axis=-1),
        logsumexp,
        lambda x: logsumexp(x, axis=0),
    ],
)
def test_number_is_reduced_along_the_axis_that_numpy_grants_it(reduce):
    x = Tensor(2.0)
    out = reduce(x)
    out.backward(3.0)
    assert (float(out), float(x.grad), x.grad.shape) == (2, 3, ())


@pytest.mark.parametrize("joined", [[Tensor([1.0]), Tensor([2.0])], [np.ones(2)] * 2])
def test_arrays_are_joined_one_by_one(joined):
    with pytest.raises(TypeError, match="one by one, not in a list"):
        concatenate(joined)


def test_numbers_have_no_axis_to_be_joined_along():
    with pytest.raises(ValueError, match="zero-dimensional"):
        concatenate(Tensor(1.0), Tensor(2.0))


class Matrix(np.ndarray):
    """As np.matrix, of which NumPy warns: its powers are products of matrices."""

    def __pow__(self, exponent):
        return np.linalg.matrix_power(np.asarray(self), exponent)


def test_kind_of_array_that_takes_part_does_not_live_on_in_the_result():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    squares = (x * np.ones((2, 2)).view(Matrix)) ** 2
    assert squares.data.tolist() == [[1, 4], [9, 16]]
    squares.sum().backward()
    assert x.grad.tolist() == [[2, 4], [6, 8]]


class Column:
    """As a column of pandas: an array of its own, whose products go by its labels."""

    def __init__(self, numbers):
        self.numbers = np.array(numbers)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numbers, dtype)

    def __array_ufunc__(self, *args, **options):
        return self


def test_array_of_another_library_takes_part_by_its_numbers_as_they_were():
    x, column = Tensor([1.0, 2.0]), Column([3.0, 5.0])
    out = (x * column).sum()
    column.numbers[:] = 7
    out.backward()
    assert float(out) == 13
    assert x.grad.tolist() == [3, 5]


@pytest.mark.parametrize("kind", [">f8", "<f8", ">f4", "<f4"])
def test_order_of_bytes_in_a_file_is_none_of_a_tensor(kind):
    x = Tensor(np.array([[1.0, 3.0]], kind))
    maximum(x.max(axis=1), 0.0).sum().backward()
    assert x.grad.tolist() == [[0, 1]]
    assert x.grad.dtype == x.data.dtype == np.dtype(kind).newbyteorder("=")


# -- what is no Tensor --------------------------------------------------------------


def test_result_that_is_no_array_of_floats_is_refused():
    with pytest.raises(TypeError, match=r"mul made complex128 and no floats"):
        Tensor([1.0, 2.0]) * 1j


def test_tensors_are_not_passed_by_name():
    """They would be taken as constants, and get no gradient."""
    w, b = Tensor([[1.0], [2.0]]), Tensor([0.0])
    with pytest.raises(TypeError, match="affine takes Tensors by position"):
        affine(np.ones((1, 2)), w=w, b=b)


@pytest.mark.parametrize(
    ("x", "w", "b"), [((4, 3), (2, 5), 5), ((4, 2), (2, 5), 3), ((2,), (2, 5), 5)]
)
def test_layer_says_which_shapes_it_takes(x, w, b):
    """And not what NumPy calls a core dimension."""
    with pytest.raises(ValueError, match=r"fit: x is \(m, n\), w \(n, k\) and"):
        affine(np.ones(x), Tensor(np.ones(w)), Tensor(np.ones(b)))


def test_a_number_has_no_rows_to_multiply_with():
    with pytest.raises(ValueError, match=r"matmul got shapes \(2,\) and \(\)"):
        Tensor([1.0, 2.0]) @ Tensor(3.0)


def test_single_number_has_no_rows():
    with pytest.raises(TypeError, match="unsized"):
        list(Tensor(3.0))
    assert [float(row) for row in Tensor([1.0, 2.0])] == [1, 2]


def test_tensor_of_a_tensor_is_refused():
    with pytest.raises(TypeError, match="is a Tensor already"):
        Tensor(Tensor(3.0))


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_single_number_of_any_shape_is_a_float(shape):
    value, slope = value_and_grad(lambda x: x * x)(np.full(shape, 3.0))
    assert value == 9
    np.testing.assert_array_equal(slope, np.full(shape, 6.0))


def test_value_that_is_not_a_single_number():
    for f in (lambda x: x * x, lambda x: np.ones(2)):
        with pytest.raises(ValueError, match=r"single number|size 1"):
            value_and_grad(f)(np.ones(2))
    with pytest.raises(TypeError, match="returned None"):
        value_and_grad(lambda x: None)(1.0)


def test_argument_by_name_has_no_gradient():
    with pytest.raises(TypeError, match=r"argument 0, .* 0 were given by position"):
        value_and_grad(lambda x: x * x)(x=1.0)
    with pytest.raises(TypeError, match=r"argument -2, .* 1 were given by position"):
        value_and_grad(lambda x: x * x, wrt=-2)(1.0)


def test_gradient_of_a_gradient_is_refused_and_not_0():
    slope = grad(lambda x: x * x * x)
    with pytest.raises(TypeError, match="computed, not recorded"):
        grad(slope)(2.0)


def test_zero_gradient_has_the_type_of_its_argument():
    _, slope = value_and_grad(lambda x: 3.0)(np.ones(2, np.float32))
    assert slope.dtype == np.float32


def test_mean_of_nothing_has_a_gradient_of_nothing():
    x = Tensor(np.zeros((0, 2)))
    with np.errstate(all="ignore"):
        squared_error(x, np.zeros((0, 2))).backward()
    assert x.grad.shape == (0, 2)
