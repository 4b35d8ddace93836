"""The small case of a third wrong check, rounded so that it still shows the mistake."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import Case
from nnkit.judging.guidance import FEW, _lines, _shapes

MSE = EXERCISES["mse"]
LOG_SOFTMAX = EXERCISES["log_softmax"]


def written(exercise, *args):
    """Read the lines back, as a student who pastes them into a cell."""
    names = {"np": np}
    exec("\n".join(_lines(exercise, Case("drawn", args))), names)
    return [names[name] for name in exercise.params]


def test_ordinary_numbers_have_two_digits():
    p, y, half = written(MSE, np.array([-0.6612, 12.345]), np.array([1.0004, 7]), True)
    assert p.tolist() == [-0.66, 12.0]
    assert y.tolist() == [1.0, 7.0]
    assert half is True


def test_large_numbers_that_are_close_keep_their_difference():
    p = np.array([1234567.8, 1912345.6])
    r = np.array([1.25, -0.5])
    p_read, y_read, _ = written(MSE, p, p + r, False)
    assert y_read - p_read == pytest.approx(r, rel=0.25)


def test_a_row_far_from_zero_keeps_what_its_entries_differ_by():
    Z = np.array([[1000.31, 1001.98, 999.02], [0.5, -0.7, 0.2]])
    (read,) = written(LOG_SOFTMAX, Z)
    assert np.diff(read) == pytest.approx(np.diff(Z), rel=0.25)


def test_a_number_that_was_none_of_it_never_becomes_zero():
    p, _, _ = written(MSE, np.array([1e-9]), np.array([3.0]), False)
    assert p.tolist() == [1e-9]


def test_the_shapes_of_arrays_in_lists_and_dicts_are_told_too():
    """A product of matrices fails by the weights' shapes as often as by the data's."""
    exercise = SimpleNamespace(params=("Ws", "params", "X", "n", "phi"))
    weights = [np.zeros((2, 3)), np.zeros((3, 1))]
    params = {"W1": weights[0], "b1": np.zeros(3), "rate": 0.1}
    case = SimpleNamespace(args=(weights, params, np.zeros((5, 2)), 3, "tanh"))
    assert _shapes(exercise, case) == (
        " with the shapes Ws[0] (2, 3), Ws[1] (3, 1), W1 (2, 3), b1 (3,), X (5, 2)"
    )
    many = SimpleNamespace(args=([np.zeros(1)] * (FEW + 20),))
    assert _shapes(exercise, many).endswith("Ws[5] (1,), and 20 more in Ws")
    assert _shapes(exercise, SimpleNamespace(args=(1.0, {}, []))) == ""
