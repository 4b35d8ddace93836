"""What is said of None, text, uneven rows, and arguments that an op does not have."""

import numpy as np
import pytest

from nnkit import concatenate, relu, squared_error
from nnkit.tensor import Tensor, affine, clip, leaky_relu, maximum

X = Tensor(np.ones((2, 3)), "X")
RETURN = r"does the function that made it say `return`\?"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: X + None, f"add got None in place of a number or array: {RETURN}"),
        (lambda: None @ X, f"matmul got None .*{RETURN}"),
        (lambda: relu(None), "relu got None"),
        (lambda: maximum(X, "0"), "maximum got '0' in place of a number or array$"),
        (lambda: affine(X, np.ones((3, 2)), None), "affine got None"),
        (lambda: squared_error(X, None), "squared_error got None"),
        (lambda: X * {"a": 1}, "mul got {'a': 1}"),
        (lambda: X * [[1.0, 2.0], [3.0]], r"mul got \[\[1.0, 2.0\], \[3.0\]\]"),
        (lambda: X * ["a" * 90], r"mul got \['aaaa*\.\.\. in place"),
        (lambda: clip(X, low="a", high=1), "clip got low='a'"),
    ],
)
def test_what_is_no_number_is_named(call, says):
    with pytest.raises(TypeError, match=f"^{says}"):
        call()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: clip(X, 0, 1),
            r"3 were given; write clip\(x, low=\.\.\., high=\.\.\.",
        ),
        (
            lambda: leaky_relu(X, 0.1),
            r"2 were given; write leaky_relu\(x, leak=0.01\)$",
        ),
        (lambda: X.sum(dim=1), r"'dim'; write x\.sum\(axis=None, keepdims=False\)$"),
        (
            lambda: concatenate(X, X, dim=1),
            r"'dim'; write concatenate\(\*xs, axis=0\)$",
        ),
        (lambda: relu(), r"argument: 'x'; write relu\(x\)$"),
    ],
)
def test_arguments_that_an_op_does_not_have(call, says):
    with pytest.raises(TypeError, match=says):
        call()


def test_axis_that_is_no_whole_number_is_told_by_numpy():
    with pytest.raises(TypeError, match=r"^'float' object cannot be interpreted as an"):
        X.sum(axis=1.0)


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (None, TypeError, "holds floats, got None: "),
        ({"w": 1.0}, TypeError, "holds floats, got {'w': 1.0}: "),
        ([[1.0, 2.0], [3.0]], ValueError, r"these differ: \[\[1.0, 2.0\], \[3.0\]\]$"),
    ],
)
def test_data_that_make_no_tensor(data, kind, says):
    with pytest.raises(kind, match=says):
        Tensor(data)


@pytest.mark.parametrize(
    ("step", "kind"), [(None, TypeError), ("a", TypeError), (np.ones(5), ValueError)]
)
def test_step_that_is_none(step, kind):
    w = Tensor(np.ones((2, 3)), "w")
    with pytest.raises(kind, match=r"<Tensor 'w' .* moves by numbers in its own shape"):
        w.move(step)
    assert w.data.tolist() == [[1, 1, 1], [1, 1, 1]]
