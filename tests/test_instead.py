"""What a Tensor says of functions that it does not take; that what it says works."""

import operator

import numpy as np
import pytest

import nnkit
import nnkit.losses  # its ops are in the table, too
from nnkit import Tensor, instead, ops

A = np.array([[0.5, 2.0, 3.0], [1.5, 0.25, 4.0]])
B = np.array([[2.0, 1.0, 3.0], [0.5, 2.0, 1.5]])


def recorded(written, *tensors):
    made_of = {id(t) for t in written.ancestry()}
    return {id(t) for t in tensors} <= made_of


# NumPy's own functions are the measure of what stands in place of them.
ONE = {
    "exp": np.exp, "log": np.log, "log1p": np.log1p, "sqrt": np.sqrt, "tanh": np.tanh,
    "sum": np.sum, "mean": np.mean, "max": np.max, "amax": np.max, "var": np.var,
    "std": np.std, "negative": np.negative, "abs": np.abs, "absolute": np.absolute,
    "square": np.square, "reciprocal": np.reciprocal, "norm": np.linalg.norm,
    "transpose": np.transpose, "min": np.min, "amin": np.min, "ravel": np.ravel,
    "flatten": np.ravel,
}  # fmt: skip
TWO = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply,
    "divide": np.divide, "power": np.power, "inner": np.inner,
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_what_is_written_for_one_array_gives_the_same_and_records_it(name):
    a = Tensor(A)
    written = eval(
        instead.instead_of(name, Tensor), {"a": a, "nnkit": nnkit, "abs": abs}
    )
    assert np.allclose(written.data, ONE[name](A))
    assert recorded(written, a)


@pytest.mark.parametrize("name", TWO)
def test_what_is_written_for_two_arrays_gives_the_same_and_records_it(name):
    a, b = Tensor(A), Tensor(B)
    written = eval(instead.instead_of(name, Tensor), {"a": a, "b": b})
    assert np.allclose(written.data, TWO[name](A, B))
    assert recorded(written, a, b)


def test_arrays_are_put_together_by_one_function():
    a, b = Tensor(A), Tensor(B)
    for name, whole in [("vstack", np.vstack([A, B])), ("hstack", np.hstack([A, B]))]:
        written = eval(
            instead.instead_of(name, Tensor), {"a": a, "b": b, "nnkit": nnkit}
        )
        assert np.array_equal(written.data, whole)


def test_numbers_in_a_list_are_joined_as_the_refusal_says():
    a, b = Tensor(2.0), Tensor(3.0)
    for put_together in (Tensor, lambda ab: nnkit.squared_error(ab, [0.0, 0.0])):
        with pytest.raises(TypeError, match=r"concatenate\(a, b\).*a\.reshape\(1\)"):
            put_together([a, b])
    both = nnkit.concatenate(a.reshape(1), b.reshape(1))
    nnkit.squared_error(both, [0.0, 0.0]).backward()
    assert (a.grad, b.grad) == (2, 3)  # of (a² + b²) / 2


def test_products_and_choices_are_written_by_operators():
    a, b = Tensor(A), Tensor(B.T.copy())
    written = eval(instead.instead_of("dot", Tensor), {"a": a, "b": b})
    assert np.allclose(written.data, np.dot(A, B.T))
    chosen = {"condition": A > 1, "a": Tensor(A), "b": Tensor(B), "np": np}
    written = eval(instead.instead_of("where", Tensor), chosen)
    assert np.allclose(written.data, np.where(A > 1, A, B))


@pytest.mark.parametrize(
    "name", sorted({*ops.OPS, "maximum"} & {*nnkit.__all__} - {"concatenate"})
)
def test_every_function_of_ours_is_named_for_numpys_of_that_name(name):
    written = instead.instead_of(name, Tensor)
    assert written.startswith(f"nnkit.{name}(a")
    a, b, w = Tensor(A), Tensor(B), np.eye(A.shape[1])
    if name == "affine":  # its biases are one row
        b = B[0]
    if name.endswith("cross_entropy"):  # from shares
        a = Tensor(A / A.sum(axis=1, keepdims=True))
    y = np.eye(*A.shape)  # rows of shares
    made = eval(written, {"a": a, "b": b, "w": w, "y": y, "nnkit": nnkit})
    assert isinstance(made, Tensor)


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("minimum", np.minimum(A, B)),
        ("maximum", np.maximum(A, B)),
        ("clip", np.clip(A, -1, 1)),
        ("clamp", np.clip(A, -1, 1)),
        ("reshape", A.reshape(-1, 1)),
    ],
)
def test_what_takes_more_than_an_array_is_written_with_all_of_it(name, same):
    a, b = Tensor(A), Tensor(B)
    names = {"a": a, "b": b, "nnkit": nnkit, "shape": (-1, 1)}
    written = eval(instead.instead_of(name, Tensor), names)
    assert np.array_equal(written.data, same)
    assert recorded(written, a)


@pytest.mark.parametrize(
    ("call", "says", "value"),
    [
        (lambda t: round(t, 3), "round(float(a), 3)", 1.235),
        (round, "round(float(a), 0)", 1),
        (int, "int(float(a))", 1),
        (lambda t: t // 0.5, "a.data // b", 2),
        (lambda t: t % 0.5, "a.data % b", 0.234567),
        (lambda t: 0.5 // t, "b // a.data", 0),
        (lambda t: 0.5 % t, "b % a.data", 0.5),
        (lambda t: divmod(t, 0.5), "divmod(a.data, b)", (2, 0.234567)),
        (lambda t: divmod(0.5, t), "divmod(b, a.data)", (0, 0.5)),
    ],
)
def test_what_python_rounds_is_refused_and_what_it_says_works(call, says, value):
    t = Tensor(1.234567)
    with pytest.raises(TypeError, match=r"records nothing.*write") as refused:
        call(t)
    assert says in str(refused.value)
    assert eval(says, {"a": t, "b": 0.5}) == pytest.approx(value, abs=1e-12)


def test_an_array_is_rounded_by_its_data():
    with pytest.raises(TypeError, match=r"write a\.data\.round\(2\)"):
        round(Tensor(A), 2)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda t: np.exp(t), r"np\.exp records nothing.*nnkit\.exp\(a\)"),
        (lambda t: np.maximum(t, 0), r"nnkit\.maximum\(a, b\)"),
        (lambda t: np.mean(t), r"np\.mean records nothing.*a\.mean\(\)"),
        (lambda t: np.clip(t, 0, 1), r"nnkit\.clip\(a, low"),
        (lambda t: np.linalg.norm(t), r"np\.linalg\.norm .*\(a \*\* 2\)\.sum\(\)"),
        (lambda t: np.concatenate([t, t]), r"nnkit\.concatenate\(a, b\)"),
        (lambda t: np.cumsum(t), r"np\.cumsum .*nothing like it.*\.data"),
        (lambda t: np.add.reduce(t), r"np\.add records nothing"),
        (lambda t: np.add(t, t, out=np.zeros(A.shape)), r"np\.add records nothing"),
    ],
)
def test_a_function_of_numpys_is_refused_and_named(call, says):
    with pytest.raises(TypeError, match=says):
        call(Tensor(A))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tanh", r"write nnkit\.tanh\(a\)"),
        ("item", r"write float\(a\)"),
        ("detach", r"write a\.data"),
        ("zero_grad", r"backward\(\) sets every \.grad anew"),
        ("ndim", r"its array has: \.data\.ndim"),
        ("wieghts", "no attribute 'wieghts'$"),
    ],
)
def test_a_missing_attribute_says_where_it_is(name, says):
    with pytest.raises(AttributeError, match=says):
        getattr(Tensor(A), name)


@pytest.mark.parametrize("scalar", [2.0, np.float64(2), np.float32(2), np.int64(2)])
def test_numbers_of_numpys_on_the_left_are_constants(scalar):
    t = Tensor(A)
    for made, expected in [
        (scalar + t, 2 + A), (scalar - t, 2 - A), (scalar * t, 2 * A),
        (scalar / t, 2 / A), (scalar**t, 2**A),
    ]:  # fmt: skip
        assert np.allclose(made.data, expected)
        assert recorded(made, t)


def test_an_array_on_the_left_is_a_constant():
    t = Tensor(A)
    for made, expected in [
        (B + t, B + A), (B - t, B - A), (B * t, B * A), (B / t, B / A), (B**t, B**A),
        (B.T @ t, B.T @ A), (np.subtract(B, t), B - A),
    ]:  # fmt: skip
        assert np.allclose(made.data, expected)
        assert recorded(made, t)


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_an_array_on_the_left_is_compared_entry_by_entry(name):
    holds = getattr(operator, name)
    assert np.array_equal(holds(B, Tensor(A)), holds(B, A))


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow", "matmul"])
def test_an_array_that_a_tensor_is_added_to_becomes_a_tensor(name):
    before = B[:, :2].copy()
    t = Tensor(A[:, :2])
    made = getattr(operator, f"i{name}")(before, t)
    assert recorded(made, t)
    assert np.allclose(made.data, getattr(operator, name)(B[:, :2], A[:, :2]))
    assert np.array_equal(before, B[:, :2])


def test_a_vector_that_is_multiplied_with_a_matrix_in_place():
    x, w = np.array([1.0, 2.0]), Tensor(A)
    x @= w
    x.sum().backward()
    assert w.grad.tolist() == [[1, 1, 1], [2, 2, 2]]


def test_a_shape_can_be_asked_for_as_of_an_array():
    t = Tensor(A)
    assert (np.shape(t), np.ndim(t), np.size(t), np.size(t, 1)) == ((2, 3), 2, 6, 3)


def test_entries_are_filled_in_before_an_array_becomes_a_tensor():
    w = Tensor(np.zeros(3), "w")
    with pytest.raises(
        TypeError, match=r"<Tensor 'w' .* fill an array first, .*w\.data"
    ):
        w[0] = 2.0
    with pytest.raises(TypeError, match="fill an array first"):
        w[1:] += 1.0
    assert w.data.tolist() == [0, 0, 0]


def test_a_plus_before_a_tensor_changes_nothing():
    t = Tensor(A)
    (+t * 2).sum().backward()
    assert t.grad.tolist() == np.full(A.shape, 2).tolist()


@pytest.mark.parametrize(
    "pick",
    [
        lambda t: [1, 2][t],
        lambda t: range(t),
        lambda t: np.arange(3)[t:],
        lambda t: Tensor(A)[t],
        lambda t: Tensor(A)[t, 0],
        lambda t: Tensor(A)[:t],
        lambda t: Tensor(A)[[t]],
        lambda t: Tensor(A)[1.0],
    ],
)
def test_entries_are_not_picked_by_floats(pick):
    with pytest.raises(
        (TypeError, IndexError), match=r"no index: .* int\(float\(a\)\)"
    ):
        pick(Tensor(1.0))


def test_an_index_out_of_range_is_told_as_numpy_does():
    with pytest.raises(IndexError, match="index 5 is out of bounds for axis 0"):
        Tensor(A)[5]
