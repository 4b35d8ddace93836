"""What is said of None, text, uneven rows, and arguments that an op does not have."""

import math

import numpy as np
import pytest

from nnkit import concatenate, logsumexp, relu, softmax, squared_error, tanh
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


@pytest.mark.parametrize(
    "call",
    [
        lambda a: relu([a, a]),  # NumPy would return an array of Tensors,
        lambda a: maximum((a, a), 0.0),
        lambda a: tanh([a, a]),  # or complain that a Tensor has no `tanh`
        lambda a: logsumexp([a, a]),
        lambda a: Tensor([1.0, 2.0]) * [a, a],
        lambda a: [[a], [a]] @ Tensor([1.0]),
        lambda a: affine(np.ones((1, 2)), [[a], [a]], np.zeros(1)),
        lambda a: np.array([a, a]) + Tensor(1.0),
    ],
)
def test_tensors_in_a_list_are_to_be_joined(call):
    with pytest.raises(
        TypeError, match=r"^\w+ got Tensors in a list: join them, as in"
    ):
        call(Tensor(1.0))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: X.sum(2), r"sum got axis 2 of shape \(2, 3\): axes are counted"),
        (lambda: softmax(X, -3), r"softmax got axis -3 of shape \(2, 3\): axes"),
        (
            lambda: concatenate(X, X, axis=2),
            r"concatenate got axis 2 of shape \(2, 3\)",
        ),
        (
            lambda: X.reshape(4, 2),
            r"reshape got shape \(2, 3\), which does not fit: .* into shape \(4, ?2\)",
        ),
        (
            lambda: X + np.ones(4),
            r"add got shapes \(2, 3\) and \(4,\), which do not fit",
        ),
    ],
)
def test_axes_and_sides_are_told_from_the_shapes_of_arrays(call, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        call()


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


WHOLE = (
    "axes and sizes are whole numbers, 2 and not 2.0, and several of them are a tuple"
)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: X.sum([0, 1]), r"sum got \[0, 1\]: "),
        (lambda: X.mean(axis=1.0, keepdims=True), "mean got axis=1.0, keepdims=True: "),
        (lambda: X.reshape(6 / 2, 2), "reshape got 3.0, 2: "),
        (lambda: X.reshape(Tensor(6.0)), r"reshape got array\(6\.\): "),
        (lambda: X.transpose((1.0, 0.0)), r"transpose got \(1.0, 0.0\): "),
        (lambda: softmax(X, axis=1.0), "softmax got axis=1.0: "),
        (lambda: concatenate(X, X, axis=0.0), "concatenate got axis=0.0: "),
    ],
)
def test_axis_or_size_that_is_no_whole_number(call, says):
    with pytest.raises(TypeError, match=f"^{says}{WHOLE}"):
        call()


@pytest.mark.parametrize("use", [float, math.exp, lambda t: f"{t:.2f}"])
def test_several_numbers_where_one_is_wanted(use):
    with pytest.raises(ValueError, match=r"<Tensor 'X' .* holds 6 numbers, .* mean\."):
        use(X)


@pytest.mark.parametrize("name", [2.0, np.float32, None, ["w"]])
def test_name_that_is_no_text_is_no_second_value_and_no_type(name):
    with pytest.raises(TypeError, match="its name is text: got "):
        Tensor(1.0, name)


@pytest.mark.parametrize("numbers", [1j, np.ones((2, 3)) * 1j])
def test_complex_numbers_do_not_lose_their_imaginary_part(numbers):
    with pytest.raises(TypeError, match="real numbers"):
        squared_error(X, numbers)
    with pytest.raises(TypeError, match="real numbers"):
        squared_error(numbers, np.ones(np.shape(numbers)))
    with pytest.raises(TypeError, match="real numbers"):
        (X * 2.0).backward(numbers)


@pytest.mark.parametrize("axis", [{"axis": None}, {"axis": None, "keepdims": True}])
def test_none_is_not_blamed_where_it_may_stand(axis):
    """None means over all axes; what has no largest entry is the array."""
    for call in (lambda: X[:0].max(**axis), lambda: X[:0].max(*axis.values())):
        with pytest.raises(ValueError, match=r"^max got shape \(0, 3\), .* zero-size"):
            call()


@pytest.mark.parametrize("seed", ["x", [[1.0], [2.0, 3.0]], {}])
def test_upstream_gradient_that_is_none(seed):
    with pytest.raises(TypeError, match=r"^an upstream gradient .* for <Tensor 'X'"):
        X.backward(seed)


def test_none_among_several_arrays_is_blamed():
    with pytest.raises(TypeError, match=rf"^concatenate got None .*{RETURN}"):
        concatenate(X, X, X, None)


MASKED = np.ma.array([[1.0, 2, 3], [4, 5, 6]], mask=[[0, 0, 1], [0, 0, 0]])


@pytest.mark.parametrize(
    "call",
    [
        lambda masked: Tensor(masked),
        lambda masked: X * masked,
        lambda masked: squared_error(X, masked),
        lambda masked: squared_error(masked, np.ones((2, 3))),
    ],
)
def test_entries_that_are_masked_do_not_take_part_unseen(call):
    with pytest.raises(
        TypeError, match=r"masked would take part: .* x\.filled\(0\.0\)"
    ):
        call(MASKED)
    for whole in (MASKED.filled(0.0), np.ma.array(MASKED.filled(0.0))):
        call(whole)


@pytest.mark.parametrize(
    "call",
    [
        lambda f: squared_error(f, np.ones(3)),
        lambda f: squared_error(X, f),
        lambda f: X * f,
        lambda f: f - X,
        tanh,
        relu,
        softmax,
        lambda f: maximum(X, f),
    ],
)
def test_a_network_in_place_of_what_it_returns(call):
    with pytest.raises(
        TypeError, match=r"^\w+ got <fun.* a number .*: call it, as in net"
    ):
        call(lambda x: x)


def test_what_holds_no_numbers_is_named():
    for given in ((a for a in [1.0]), [None, 2.0], object(), np.datetime64("2026")):
        with pytest.raises(
            TypeError, match=r"^mul got .* in place of a number or array$"
        ):
            X * given
