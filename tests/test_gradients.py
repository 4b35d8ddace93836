"""What `grad` says where a gradient of 0 would only mean that nothing was recorded."""

import math
import threading

import numpy as np
import pytest

from nnkit import Tensor, grad, tanh, value_and_grad
from nnkit.instead import made_plain


def filled(x):
    z = np.zeros(len(x))
    for i in range(len(x)):
        z[i] = x[i] * 2
    return z


LOST = {
    "math": (lambda x: math.tanh(x[0]), 0),
    "float": (lambda x: float(x.sum()) ** 2, 0),
    "its array": (lambda x: (x * x).sum().data, 0),
    "an op on its array": (lambda x: np.exp(x.data).sum(), 0),
    "an array filled": (lambda x: (filled(x) ** 2).sum(), 0),
    "an array made": (lambda x: np.array(x, dtype=float).sum(), 0),
    "one of two": (lambda w, x: ((filled(x) - w) ** 2).sum(), (0, 1)),
    "a gradient of a gradient": (
        lambda x: grad(lambda y: y * y)(float(x.sum())),
        0,
    ),
}


@pytest.mark.parametrize("name", LOST)
def test_what_became_a_plain_number_has_no_gradient_of_zero(name):
    f, wrt = LOST[name]
    last = wrt if isinstance(wrt, int) else wrt[-1]
    x = np.ones(3)
    with pytest.raises(TypeError, match=f"back to argument {last}: .*plain number"):
        grad(f, wrt=wrt)(x, x) if last else grad(f)(x)
    assert not made_plain


def test_what_is_printed_or_compared_on_the_way_is_no_loss():
    seen = []

    def f(x, y):
        seen.append(f"{x.sum():.1f} {x[0]} {float(x[0])} {float(y[0])}")
        return (x * x).sum() if float(x[0]) > 0 else x.sum()

    assert grad(f)(np.array([1.0, 3.0]), np.array([5.0])).tolist() == [2, 6]
    assert seen == ["4.0 <Tensor 1 made by getitem> 1.0 5.0"]


def test_formatting_is_not_a_use():
    def f(x, y):
        assert f"{y.sum():.1f} {y[0]!r}" == "2.0 <Tensor 1 made by getitem>"
        return (x * 3).sum()

    dx, dy = grad(f, wrt=(0, 1))(np.ones(2), np.ones(2))
    assert (dx.tolist(), dy.tolist()) == ([3, 3], [0, 0])


def test_argument_that_is_not_asked_for_may_become_a_number():
    f = LOST["one of two"][0]
    assert grad(f)(np.zeros(2), np.ones(2)).tolist() == [-4, -4]  # -2 (2 - 0)


def test_shape_alone_is_no_use_of_an_argument():
    def f(x, y):
        return x.sum() * len(y) * y.shape[0] * np.size(y) + np.ndim(y)

    dx, dy = grad(f, wrt=(0, 1))(np.ones(2), np.ones(3))
    assert (dx.tolist(), dy.tolist()) == ([27, 27], [0, 0, 0])


def test_a_constant_taken_from_the_argument_is_no_loss():
    assert grad(lambda x: (x.data * x).sum())(np.array([2.0, 3.0])).tolist() == [2, 3]


def test_a_function_that_stops_is_forgotten():
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: 1 / 0)(1.0)
    assert not made_plain
    assert float(Tensor(2.0)) == 2
    assert grad(tanh)(0.0) == 1


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (None, r"returned None\. Does it say `return`\?"),
        (np.ones(3), r"returned an array of shape \(3,\)"),
        ("12 cm", "returned 12 cm"),
    ],
)
def test_function_that_returns_no_single_number_is_told_what_it_returned(
    returned, says
):
    with pytest.raises((TypeError, ValueError), match=says):
        value_and_grad(lambda x: returned)(1.0)


@pytest.mark.parametrize("wrt", ["x", 0.0, None, (0, "y")])
def test_argument_is_named_by_its_number(wrt):
    with pytest.raises(TypeError, match=r"^wrt is the number of an argument, .* got"):
        grad(lambda x: x * x, wrt=wrt)


def test_gradient_of_a_value_is_told_that_it_takes_a_function():
    with pytest.raises(TypeError, match=r"of a function, as grad\(f\)\(x\); got 9.0"):
        grad(3.0**2)


def test_gradients_in_two_threads_do_not_forget_each_other():
    """The first to begin is the first to end: what the second loses is noticed."""
    begun, over = threading.Event(), threading.Event()

    def first(x):
        begun.set()
        assert over.wait(20)
        return x * x

    def second(x):
        over.set()
        thread.join()
        return math.exp(x)

    found = []
    thread = threading.Thread(target=lambda: found.append(grad(first)(3.0)))
    thread.start()
    assert begun.wait(20)
    with pytest.raises(TypeError, match="no gradient comes back to argument 0"):
        grad(second)(1.0)
    assert found == [6]
    assert not made_plain


def test_a_gradient_around_a_gradient_is_refused_where_it_would_lack_a_part():
    """d/dx of (d/dy x y) x is 2 x; with the inner slope a constant it would be x."""
    with pytest.raises(TypeError, match=r"depends on its argument <Tensor 2>"):
        grad(lambda x: grad(lambda y: x * y)(3.0) * x)(2.0)
    assert grad(lambda x: grad(lambda y: x.data * y)(3.0) * x)(2.0) == 2
    assert grad(lambda x: grad(lambda y: y * y)(3.0) * x)(2.0) == 6


def test_what_a_backward_on_the_way_has_left_is_not_the_gradient():
    def f(x):
        (x**3).backward()
        return float(x * x)

    with pytest.raises(TypeError, match="became a plain number"):
        grad(f)(2.0)


def test_argument_numbered_by_numpy():
    assert grad(lambda x, y: x * x * y, wrt=np.int64(1))(2.0, 5.0) == 4
    assert grad(lambda x, y: x * x * y, wrt=np.arange(2))(2.0, 5.0) == (20, 4)
