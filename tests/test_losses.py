"""Losses at their extremes; their gradients are in `test_ops.py`, with all rules."""

from fractions import Fraction

import numpy as np
import pytest

from nnkit.gradients import grad, value_and_grad
from nnkit.losses import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    cross_entropy,
    huber,
    squared_error,
)
from nnkit.tensor import Tensor, log_softmax, sigmoid

REGRESSION = [squared_error, absolute_error, huber]


def test_both_squared_errors_are_what_they_are_called():
    p, y = np.array([1.0, 2, 4]), np.array([1.0, 1, 1])
    assert squared_error(p, y) == pytest.approx(10 / 3)
    assert squared_error(p, y, half=True) == pytest.approx(10 / 6)
    np.testing.assert_allclose(grad(squared_error)(p, y), 2 * (p - y) / 3)
    np.testing.assert_allclose(grad(squared_error)(p, y, half=True), (p - y) / 3)


@pytest.mark.parametrize("loss", REGRESSION)
def test_regression_losses_are_zero_where_right_and_shift_invariant(loss):
    y = np.array([1.0, -2, 3])
    assert loss(y, y) == 0
    assert loss(y + 0.7, y) == pytest.approx(loss(y + 5.7, y + 5))


@pytest.mark.parametrize("loss", REGRESSION)
def test_column_against_vector_is_refused(loss):
    with pytest.raises(ValueError, match=r"\(5, 1\).*\(5,\).*y\.reshape"):
        loss(Tensor(np.ones((5, 1))), np.ones(5))


def test_huber_is_squared_near_and_absolute_far_and_smooth_between():
    y = np.zeros(1)
    assert huber(np.array([0.5]), y, delta=2) == 0.125
    assert huber(np.array([10.0]), y, delta=2) == 2 * (10 - 1)
    near = huber(np.array([2 - 1e-9]), y, delta=2)
    assert huber(np.array([2 + 1e-9]), y, delta=2) == pytest.approx(near, rel=1e-8)


def test_outlier_pulls_the_mean_but_not_the_median():
    """[0, 0, 0, 0, 100]: squared error is least at 20, absolute error at 0."""
    y = np.array([0.0, 0, 0, 0, 100])

    def pull(loss, c):
        return grad(lambda c: loss(c + np.zeros(5), y))(np.array(c))

    assert pull(squared_error, 20.0) == pytest.approx(0, abs=1e-12)
    assert pull(absolute_error, 1e-9) > 0 > pull(absolute_error, -1e-9)


# -- from logits -------------------------------------------------------------------


def test_logits_and_probabilities_agree_where_both_can():
    z, y = np.linspace(-5, 5, 11), np.linspace(0, 1, 11)
    np.testing.assert_allclose(
        binary_cross_entropy_from_logits(z, y), binary_cross_entropy(sigmoid(z), y)
    )


def test_binary_logits_of_a_thousand():
    z, y = np.array([1000.0, 1000, -1000, -1000]), np.array([1, 0, 1, 0])
    value, dz = value_and_grad(binary_cross_entropy_from_logits)(z, y)
    assert value == 500
    assert dz.tolist() == [0, 0.25, -0.25, 0]


def test_binary_logits_that_are_infinite():
    """The limits from below: what is certain and right costs nothing, else all."""
    for z, y, cost, slope in [
        (np.inf, 1, 0, 0), (np.inf, 0, np.inf, 1), (np.inf, 0.5, np.inf, 0.5),
        (-np.inf, 0, 0, 0), (-np.inf, 1, np.inf, -1), (-np.inf, 0.5, np.inf, -0.5),
    ]:  # fmt: skip
        found = value_and_grad(binary_cross_entropy_from_logits)(np.array([z]), [y])
        assert (found[0], found[1].tolist()) == (cost, [slope])
    assert np.isnan(binary_cross_entropy_from_logits([np.nan], [1]))


def test_binary_cross_entropy_is_symmetric_in_the_classes():
    z, y = np.array([0.3, -2, 5]), np.array([1.0, 0, 0.2])
    loss = binary_cross_entropy_from_logits
    assert loss(z, y) == pytest.approx(loss(-z, 1 - y))


def test_certain_and_right_costs_nothing_from_probabilities():
    value, dp = value_and_grad(binary_cross_entropy)(np.array([0.0, 1]), [0, 1])
    assert f"{value} {dp}" == "0.0 [ 0.5 -0.5]"  # and not -0.0


def test_certain_and_wrong_costs_infinitely_much_from_probabilities():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert binary_cross_entropy(np.array([0.0]), [1]) == np.inf


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_nothing_learned_costs_log_of_the_number_of_classes(classes):
    y = np.arange(7) % classes
    assert cross_entropy(np.zeros((7, classes)), y) == pytest.approx(np.log(classes))


def test_class_logits_of_a_thousand():
    x = np.array([[1000.0, 0, -1000], [0, 1000, 0]])
    value, dx = value_and_grad(cross_entropy)(x, np.array([2, 1]))
    assert value == 1000
    assert dx.tolist() == [[0.5, 0, -0.5], [0, 0, 0]]


def test_integer_and_one_hot_targets_mean_the_same():
    x = np.random.default_rng(0).normal(size=(5, 3))
    y = np.array([0, 2, 1, 1, 0])
    whole, rows = (value_and_grad(cross_entropy)(x, t) for t in (y, np.eye(3)[y]))
    assert whole[0] == pytest.approx(rows[0])
    np.testing.assert_allclose(whole[1], rows[1])
    np.testing.assert_allclose(whole[0], -log_softmax(x)[np.arange(5), y].mean())


@pytest.mark.parametrize(
    "y", [np.zeros(4, int), np.zeros((5, 1), int), np.zeros(5), np.zeros((5, 2))]
)
def test_targets_that_do_not_fit_the_logits(y):
    with pytest.raises(ValueError, match=r"\(5, 3\), so targets are \(5,\) integers"):
        cross_entropy(Tensor(np.zeros((5, 3))), y)


@pytest.mark.parametrize("label", [3, -1])
def test_class_number_out_of_range(label):
    """A label of -1 would count from the end, without a word."""
    with pytest.raises(ValueError, match=f"numbers 0 to 2; got labels.* {label}"):
        cross_entropy(np.zeros((2, 3)), np.array([1, label]))


def test_saturated_sigmoid_learns_from_cross_entropy_only():
    """Logit -10, y = 1: |gradient| is 9e-5 with squared error, 1.0 with this."""
    z, y = np.array([-10.0]), np.array([1.0])
    squared = grad(lambda z: squared_error(sigmoid(z), y))(z)
    assert abs(squared[0]) == pytest.approx(9e-5, rel=0.02)
    assert grad(binary_cross_entropy_from_logits)(z, y)[0] == pytest.approx(
        -1, abs=1e-4
    )


# -- what is compared --------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "expected"),
    [(squared_error, 0.25), (absolute_error, 0.5), (huber, 0.125)],
)
def test_whole_predictions_do_not_round_the_targets(loss, expected):
    """1 against 1.5 and 2 against 2.5 miss by a half."""
    assert loss(np.array([1, 2]), np.array([1.5, 2.5])) == expected
    assert loss([1, 2], [1.5, 2.5]) == expected


def test_whole_probabilities_that_are_right_cost_nothing():
    assert binary_cross_entropy(np.array([0, 1]), np.array([0, 1])) == 0


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 3)])
def test_logits_have_two_axes(shape):
    with pytest.raises(ValueError, match=r"\(m, K\); got shape"):
        cross_entropy(np.zeros(shape), np.full(shape, 1 / 3))


def test_rows_of_target_probabilities_add_up_to_one():
    """-Σ y log softmax has another slope than softmax - y where they do not."""
    y = np.array([[0.5, 0.5, 0], [1, 1, 0]])
    with pytest.raises(ValueError, match="row 1 to 2"):
        cross_entropy(np.zeros((2, 3)), y)


@pytest.mark.parametrize("p", [[-0.25, 0.5], [0.5, 1.25], [0.0, 1 + 1e-8], [3, -3]])
def test_predictions_of_two_classes_are_probabilities(p):
    for y in ([0, 1], [1, 0], [0.5, 0.5]):
        with pytest.raises(ValueError, match=r"from 0 to 1; got .*logit"):
            binary_cross_entropy(np.array(p), y)


def test_a_prediction_that_is_nan_is_passed_on():
    assert np.isnan(binary_cross_entropy(np.array([np.nan, 0.5]), [0, 1]))


@pytest.mark.parametrize("y", [[1.0, -1.0], [0, 2], [0.5, np.nan]])
def test_targets_of_two_classes_are_shares(y):
    """At label -1, softplus(x) - x y is -1000 at x = -1000: that is no loss."""
    for loss in (binary_cross_entropy_from_logits, binary_cross_entropy):
        with pytest.raises(ValueError, match=r"shares, from 0 to 1; got .* \(y \+ 1\)"):
            loss(Tensor([0.3, 0.6]), y)


def test_share_below_zero_is_refused_also_where_the_row_adds_up_to_one():
    with pytest.raises(ValueError, match="shares, from 0 to 1; got -1 to 1"):
        cross_entropy(np.zeros((1, 3)), [[-1.0, 1.0, 1.0]])


def test_share_that_was_rounded_is_one_nevertheless():
    assert binary_cross_entropy_from_logits([0.0], [1 + 1e-9]) == pytest.approx(
        np.log(2)
    )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: huber(np.ones(1), np.zeros(1), delta=0), "delta is a distance"),
        (lambda: cross_entropy(np.zeros((2, 3)), [0, 3]), "3 classes have"),
        (lambda: cross_entropy(np.zeros((1, 2)), [[1, 1]]), "each row"),
    ],
)
def test_shapes_are_not_blamed_for_values(call, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        call()


@pytest.mark.parametrize("delta", [0, -1.0, np.nan])
def test_delta_of_huber_is_a_distance(delta):
    with pytest.raises(ValueError, match="positive, got"):
        huber(np.ones(1), np.zeros(1), delta=delta)


@pytest.mark.parametrize("worst", [-np.inf, -1e308])
def test_class_that_is_ruled_out_costs_nothing_in_a_row_either(worst):
    """Of the other two classes each has probability 1/2: log 2."""
    x, row = np.array([[0.0, worst, 0.0]]), np.array([[1.0, 0, 0]])
    value, dx = value_and_grad(cross_entropy)(x, row)
    assert value == pytest.approx(np.log(2))
    assert dx.tolist() == [[-0.5, 0, 0.5]]


def test_rows_of_targets_leave_float32_as_it_is():
    x = Tensor(np.zeros((2, 3), np.float32))
    cross_entropy(x, np.eye(3)[:2]).backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize(
    "call",
    [
        lambda w: squared_error([w, 2 * w], [1, 2]),
        lambda w: huber(np.array([w, 2 * w]), [1, 2]),
        lambda w: cross_entropy([[w, 2 * w]], [0]),
        lambda w: squared_error(w.reshape(1), [w]),
        lambda w: cross_entropy(w.reshape(1, 1), [[w]]),
    ],
)
def test_list_of_tensors_is_refused_and_not_taken_as_constant(call):
    """Its gradient would be 0, or lack a part, without a word."""
    with pytest.raises(TypeError, match="list of Tensors, through which no gradient"):
        call(Tensor(1.0))


def test_objects_that_are_numbers_are_numbers():
    y = np.array([Fraction(1, 2), 3], dtype=object)
    assert squared_error(y, np.array([0, 1], dtype=object)) == (0.25 + 4) / 2
