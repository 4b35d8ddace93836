"""Recording and replaying: what `backward` promises, whatever the ops."""

import gc
import math
import threading
import weakref

import numpy as np
import pytest
from autograd import grad as autograd_grad
from autograd import numpy as anp

from nnkit.gradients import grad, value_and_grad
from nnkit.losses import binary_cross_entropy, squared_error
from nnkit.tensor import (
    AutodiffRefused,
    StaleGraphError,
    Tensor,
    affine,
    clip,
    concatenate,
    exp,
    refused,
    relu,
    tanh,
)

rng = np.random.default_rng(0)


# -- the chain rule ----------------------------------------------------------------


def test_value_used_twice_collects_both_gradients():
    a = Tensor(3.0)
    (a * a + a).backward()
    assert a.grad == 7


def test_diamond():
    x = Tensor(2.0)
    y = x * x
    (y * exp(y) + y).backward()  # d/dy (y e^y + y) = e^y (1 + y) + 1, times dy/dx = 2x
    assert x.grad == pytest.approx((math.exp(4) * 5 + 1) * 4, rel=1e-14)


def test_two_paths_of_the_course():
    """x = t², y = sin t, z = xy has dz/dt = 2t sin t + t² cos t; here with tanh."""
    t = Tensor(1.0)
    (t * t * tanh(t)).backward()
    a = math.tanh(1)
    assert t.grad == pytest.approx(2 * a + 1 - a * a, rel=1e-14)


def test_chain_of_a_hundred_thousand_ops():
    x = Tensor(1.0)
    out = x
    for _ in range(100_000):
        out = out * 0.99999 + 0.00001
    out.backward()
    assert x.grad == pytest.approx(0.99999**100_000, rel=1e-9)
    del out  # a deep graph must be freed without recursion too


def test_all_operators_agree_with_autograd():
    def f(x, y, xp):
        z = (2 - x) / (y + 3.0) + 2 * x - y * 0.5 + (1 / y) - (-x)
        z = z + abs(x) ** 1.5 + 1.3**y + xp.ones((2, 3)) @ z.T @ xp.ones((2, 3))
        return (z[0] * z[1, :]).sum() + z.mean() + z.var() + z.max()

    x, y = rng.uniform(0.5, 2, (2, 3)), rng.uniform(0.5, 2, (2, 3))
    # np.ones serves both: a constant array on the left of @ must defer to the Tensor
    ours = grad(lambda x, y: f(x, y, np), wrt=(0, 1))(x, y)
    for i in (0, 1):
        theirs = autograd_grad(lambda x, y: f(x, y, anp), i)(x, y)
        np.testing.assert_allclose(ours[i], theirs, rtol=1e-10)


def test_function_of_arrays_alone_returns_an_array_and_records_nothing():
    assert type(tanh(np.ones(3))) is np.ndarray
    assert type(relu(np.ones((2, 2)))) is np.ndarray


def test_float32_stays_float32():
    x = Tensor(np.ones(3, np.float32))
    out = (tanh(x) * 2).sum()
    out.backward()
    assert out.data.dtype == x.grad.dtype == np.float32


# -- what backward leaves behind ---------------------------------------------------


def test_gradient_has_the_type_of_what_it_belongs_to():
    """Also where a float64 took part: d/dw Σ X w is the sum of the rows of X."""
    w = Tensor(np.ones(3, np.float32))
    X = np.arange(6.0).reshape(2, 3)
    for out in ((X @ w).sum(), (X[0] * w + X[1] * w).sum()):
        assert out.data.dtype == np.float64
        out.backward()
        assert w.grad.dtype == np.float32
        assert w.grad.tolist() == [3, 5, 7]


def test_second_backward_gives_the_same_gradients():
    x = Tensor(3.0)
    out = x * x + x
    out.backward()
    out.backward()
    assert x.grad == 7


def test_another_loss_starts_from_zero():
    x = Tensor(3.0)
    (x * x).backward()
    (2 * x).backward()
    assert x.grad == 2


def test_gradients_in_between_are_dropped_unless_kept():
    x = Tensor([1.0, 2.0])
    y = x * 3
    out = y.sum()
    out.backward()
    assert y.grad is None
    out.backward(keep=True)
    assert y.grad.tolist() == [1, 1]
    assert out.grad == 1


def test_gradient_of_a_parameter_is_its_own_array():
    x, y = Tensor(np.ones(3)), Tensor(np.ones(3))
    (x + y).sum().backward()
    x.grad *= 10
    assert y.grad.tolist() == [1, 1, 1]


def test_seed_is_the_upstream_gradient():
    x = Tensor([1.0, 2.0])
    seed = np.array([10.0, 1.0])
    (x * x).backward(seed)
    assert x.grad.tolist() == [20, 4]


def test_dropping_the_result_frees_the_graph_without_the_garbage_collector():
    x = Tensor(np.ones(3))
    gc.disable()
    try:
        hidden = tanh(x * 2)
        array = weakref.ref(hidden._data)
        out = hidden.sum()
        del hidden
        assert array() is not None
        del out
        assert array() is None
    finally:
        gc.enable()


# -- parameters that change ----------------------------------------------------------


@pytest.mark.parametrize("when", ["before the second use", "after both uses"])
@pytest.mark.parametrize("how", ["move", "assign", "augmented"])
def test_parameter_changed_before_backward_is_refused(how, when):
    w = Tensor([1.0, 2.0], "w")

    def change():
        if how == "move":
            w.move([1, 1])
        elif how == "assign":
            w.data = [3.0, 4.0]
        else:
            w.data = w.data - 0.1

    first = (w * w).sum()
    if when == "before the second use":
        change()
    second = (w * 2).sum()
    if when == "after both uses":
        change()
    with pytest.raises(StaleGraphError, match=r"<Tensor 'w' shape \(2,\)> was changed"):
        (second + first).backward()


def test_value_can_not_be_written_to_behind_our_back():
    source = np.ones(2)
    w = Tensor(source)
    out = (w * w).sum()
    source[:] = 5  # not shared
    with pytest.raises(ValueError, match="read-only"):
        w.data[0] = 5
    out.backward()
    assert w.grad.tolist() == [2, 2]


@pytest.mark.parametrize("name", ["array", "list", "index", "pair", "option", "data"])
def test_constant_that_changes_before_backward_changes_no_gradient(name):
    """What the gradient belongs to is the loss that was computed."""
    x, w = Tensor([1.0, 2.0, 4.0]), Tensor([3.0, 5.0, 7.0])
    a, mask, i = np.array([3.0, 5.0, 7.0]), [3.0, 5.0, 7.0], np.array([0, 2])
    y = np.array([0.0, 1.0, 1.0])
    out, expected = {
        "array": lambda: ((x * a).sum(), [3, 5, 7]),
        "list": lambda: ((x * mask).sum(), [3, 5, 7]),
        "index": lambda: (x[i].sum(), [1, 0, 1]),
        "pair": lambda: (x.reshape(1, 3)[[0, 0], i].sum(), [1, 0, 1]),
        "option": lambda: (
            binary_cross_entropy(x / 8, y=y) * 3,  # -y / x + (1 - y) / (8 - x)
            [1 / 7, -1 / 2, -1 / 4],
        ),
        "data": lambda: ((x * w.data).sum(), [3, 5, 7]),
    }[name]()
    a *= 2
    mask[0] = 9.0
    i[:] = 1
    y[:] = 0
    w.move(1.0)
    out.backward()
    np.testing.assert_allclose(x.grad, expected, rtol=1e-15)


def test_step_that_is_a_tensor_is_refused():
    """NumPy left the sum to the Tensor, and nothing moved."""
    w = Tensor([1.0, 2.0])
    with pytest.raises(TypeError, match=r"array or a number: of <Tensor .*\.data"):
        w.move(Tensor([1.0, 1.0]))


def test_changing_after_backward_is_what_training_does():
    w = Tensor(1.0)
    for _ in range(3):
        (w * w).backward()
        w.move(-0.25 * w.grad)
    assert float(w) == 0.125


def test_assigned_value_keeps_the_shape():
    w = Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match=r"keeps its shape; for \(3,\)"):
        w.data = [1.0, 2.0, 3.0]


def test_result_can_not_move():
    x = Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match="is a result"):
        x.reshape((2, 1)).move(1.0)
    assert x.data.tolist() == [1, 2]


def test_assigning_to_a_result_cuts_it_off():
    x = Tensor(2.0)
    y = x * x
    y.data = 5.0
    (y * y).backward()
    assert y.grad == 10
    assert x.grad is None


# -- messages ------------------------------------------------------------------------


def test_backward_from_many_numbers_needs_a_seed():
    with pytest.raises(ValueError, match=r"single number.*\(2, 3\).*mean\(\)"):
        tanh(Tensor(np.ones((2, 3)))).backward()


def test_seed_has_the_shape_of_the_value():
    with pytest.raises(ValueError, match=r"\(3,\).*\(2, 3\)"):
        Tensor(np.ones((2, 3))).backward(np.ones(3))


@pytest.mark.parametrize("data", [3, [1, 2], np.arange(3), True, 1j, "3"])
def test_only_floats_have_derivatives(data):
    with pytest.raises(TypeError, match=r"holds floats, got .*Write 3\.0 for 3"):
        Tensor(data)


@pytest.mark.parametrize(
    ("f", "shapes"),
    [
        (lambda x, y: x + y, [(3,), (4,)]),
        (lambda x, y: x @ y, [(5, 3), (4, 2)]),
        (lambda x, y: affine(x, y, np.ones(7)), [(5, 3), (3, 2)]),
        (lambda x, y: concatenate(x, y), [(5, 3), (3, 2)]),
    ],
)
def test_shapes_that_do_not_fit_are_both_named(f, shapes):
    x, y = (Tensor(np.ones(s)) for s in shapes)
    with pytest.raises(ValueError, match="do not fit") as caught:
        f(x, y)
    for shape in shapes:
        assert str(shape) in str(caught.value)


def test_tensor_as_an_option_is_refused_rather_than_taken_as_constant():
    with pytest.raises(TypeError, match="no derivative with respect to <Tensor"):
        squared_error(Tensor([1.0, 2.0]), Tensor([1.0, 3.0]))
    with pytest.raises(TypeError):
        clip(Tensor([1.0]), low=Tensor(0.0), high=1.0)


def test_repr_says_what_it_is():
    w = Tensor(np.ones((2, 3)), "w")
    assert repr(w) == "<Tensor 'w' shape (2, 3)>"
    assert repr(tanh(w).sum() * 2) == "<Tensor 9.13913 made by mul>"


# -- grad and value_and_grad -----------------------------------------------------------


def test_value_and_grad_with_respect_to_some_arguments():
    def f(x, w, b, *, scale):
        return ((x @ w + b) ** 2).sum() * scale

    x, w, b = rng.normal(size=(4, 3)), rng.normal(size=3), 0.5
    value, (dw, db) = value_and_grad(f, wrt=(1, 2))(x, w, b, scale=2)
    r = x @ w + b
    assert type(value) is float
    assert value == pytest.approx(2 * (r @ r), rel=1e-14)
    np.testing.assert_allclose(dw, 4 * x.T @ r, rtol=1e-13)
    assert type(db) is np.ndarray
    assert db == pytest.approx(4 * r.sum(), rel=1e-13)
    np.testing.assert_allclose(grad(f, wrt=1)(x, w, b, scale=2), dw)


def test_gradient_of_what_the_value_does_not_depend_on_is_zero():
    value, (dx, dy) = value_and_grad(lambda x, y: (x * 2).sum(), wrt=(0, 1))(
        np.ones(2), np.ones((3, 1))
    )
    assert value == 4
    assert dx.tolist() == [2, 2]
    assert dy.tolist() == [[0], [0], [0]]
    assert grad(lambda x: 3.0)(np.ones(2)).tolist() == [0, 0]


def test_grad_of_integers_is_refused():
    with pytest.raises(TypeError, match="int64"):
        grad(lambda x: x * x)(np.int64(3))


def test_nothing_is_recorded_while_derivatives_are_refused():
    x = Tensor(3.0)
    with refused("by hand"):
        out = tanh(x * x)
        assert (list(out.inputs), list(out.backs)) == ([], [])
        with pytest.raises(AutodiffRefused, match="by hand"):
            out.backward()
    assert float(out) == np.tanh(9.0)
    assert grad(tanh)(0.0) == 1  # and recorded again afterwards


def test_arguments_are_left_alone():
    x = np.ones(3)
    grad(lambda x: (x * x).sum())(x)
    assert x.flags.writeable
    assert x.tolist() == [1, 1, 1]


# -- refused ---------------------------------------------------------------------


def test_refused_stops_every_way_to_a_gradient():
    out = Tensor(3.0) * 2.0
    with refused("derive it by hand"):
        for attempt in (
            out.backward,
            lambda: grad(lambda x: x * x)(3.0),
            lambda: value_and_grad(lambda x: 1.0)(3.0),
        ):
            with pytest.raises(AutodiffRefused, match="by hand"):
                attempt()
    out.backward()


def test_refused_ends_with_an_exception_and_nests():
    with refused("outer"):
        with refused("inner"), pytest.raises(AutodiffRefused, match="inner"):
            Tensor(1.0).backward()
        with pytest.raises(AutodiffRefused, match="outer"):
            Tensor(1.0).backward()
    with pytest.raises(ZeroDivisionError), refused("by hand"):
        1 / 0  # noqa: B018 - any exception will do
    Tensor(1.0).backward()


def test_refused_holds_in_other_threads_too():
    caught = []

    def attempt():
        try:
            Tensor(1.0).backward()
        except AutodiffRefused as error:
            caught.append(error)

    with refused("by hand"):
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()
    assert caught
