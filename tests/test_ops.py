"""Every rule in the table, against central differences and HIPS autograd.

An op is tested by being listed in `OPS`: its inputs are drawn by the number of its
arguments, its oracle is the function of that name in autograd. What does not fit this
has an entry in `DRAWN` or `ORACLES`.
"""

import inspect
from functools import partial

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import make_vjp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nnkit.losses
from nnkit import ops, tensor
from nnkit.gradcheck import gradcheck
from nnkit.ops import OPS
from nnkit.sums import fit


def by_position(rule):
    return lambda x, **options: rule(x, *options.values())


# Like NumPy's methods, these take sides and axes one by one, or as a tuple.
RULES = OPS | {name: by_position(OPS[name]) for name in ("reshape", "transpose")}


# As far from any entry drawn below as can be: differences must not straddle a corner.
CORNER = 1.1433


# -- inputs ------------------------------------------------------------------------


def entries(shapes, rng, positive=False):
    """Arrays whose entries all differ, with both signs, none near 0."""
    total = sum(int(np.prod(shape)) for shape in shapes)
    values = rng.permutation(np.linspace(0.3, 2, total))
    if not positive:
        values *= rng.choice([-1, 1], total)
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    pieces = np.split(values, ends[:-1])
    return tuple(p.reshape(s) for p, s in zip(pieces, shapes, strict=True))


sides = st.integers(1, 4)
shapes_1_to_3 = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)


@st.composite
def broadcasting(draw, n, positive=False, **options):
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=n, max_dims=3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return entries(shapes.input_shapes, rng, positive), options


@st.composite
def of_shapes(draw, *shapes, **options):
    shapes = [draw(s) if isinstance(s, st.SearchStrategy) else s for s in shapes]
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return entries(shapes, rng), options


@st.composite
def reductions(draw, one_axis=False):
    shape = draw(shapes_1_to_3)
    axes = st.integers(-len(shape), len(shape) - 1)
    if not one_axis:
        axes |= st.none() | st.just(tuple(range(len(shape)))) | st.just((0,))
    keep = draw(st.booleans())
    return draw(of_shapes(shape, axis=draw(axes), keepdims=keep))


@st.composite
def along_axis(draw):
    (xs, options) = draw(reductions(one_axis=True))
    return xs, {"axis": options["axis"]}


@st.composite
def products(draw):
    m, n, k = draw(sides), draw(sides), draw(sides)
    left, right = draw(
        st.sampled_from(
            [
                ((m, n), (n, k)),
                ((n,), (n, k)),
                ((m, n), (n,)),
                ((n,), (n,)),
                ((2, 1, m, n), (3, n, k)),
                ((3, m, n), (n,)),
                ((n,), (3, n, k)),
            ]
        )
    )
    return draw(of_shapes(left, right))


@st.composite
def layers(draw):
    m, n, k = draw(sides), draw(sides), draw(sides)
    return draw(of_shapes((m, n), (n, k), (k,)))


@st.composite
def picks(draw):
    (xs, _) = draw(of_shapes(shapes_1_to_3))
    rows = draw(st.lists(st.integers(0, len(xs[0]) - 1), min_size=1, max_size=6))
    index = draw(
        st.sampled_from([rows, np.array(rows), 0, slice(None, None, 2), (..., 0), None])
    )
    return xs, {"index": index}


@st.composite
def rearranged(draw, what):
    shape = draw(shapes_1_to_3)
    (xs, _) = draw(of_shapes(shape))
    if what == "reshape":
        return xs, {"shape": draw(st.sampled_from([-1, shape[::-1], (1, *shape)]))}
    order = st.none() | st.permutations(range(len(shape))).map(tuple)
    return xs, {"axes": draw(order)}


@st.composite
def joined(draw):
    shape = draw(shapes_1_to_3)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    lengths = draw(st.lists(sides, min_size=1, max_size=3))
    shapes = []
    for n in lengths:
        piece = list(shape)
        piece[axis] = n
        shapes.append(tuple(piece))
    return draw(of_shapes(*shapes, axis=axis))


@st.composite
def with_targets(draw, kind, **options):
    shape = draw(shapes_1_to_3)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    (x,) = entries([shape], rng, positive=kind == "probabilities")
    if kind == "numbers":
        y = x + entries([shape], rng)[0]
    else:
        y = draw(st.sampled_from([rng.uniform(size=shape), rng.integers(0, 2, shape)]))
    return (x / 2.1 if kind == "probabilities" else x,), {"y": y, **options}


@st.composite
def with_classes(draw):
    m, k = draw(sides), draw(sides)
    ((x,), _) = draw(of_shapes((m, k)))
    y = np.array(draw(st.lists(st.integers(0, k - 1), min_size=m, max_size=m)))
    return (x,), {"y": draw(st.sampled_from([y, np.eye(k)[y]]))}


DRAWN = {
    "log": broadcasting(1, positive=True),
    "log1p": broadcasting(1, positive=True),
    "sqrt": broadcasting(1, positive=True),
    "pow": broadcasting(2, positive=True),
    "clip": broadcasting(1, low=-CORNER, high=CORNER),
    "matmul": products(),
    "affine": layers(),
    **dict.fromkeys(["sum", "mean", "var", "max"], reductions()),
    "logsumexp": reductions(one_axis=True),
    **dict.fromkeys(["softmax", "log_softmax"], along_axis()),
    "getitem": picks(),
    "reshape": rearranged("reshape"),
    "transpose": rearranged("transpose"),
    "concatenate": joined(),
    "squared_error": with_targets("numbers") | with_targets("numbers", half=True),
    "absolute_error": with_targets("numbers"),
    "huber": with_targets("numbers", delta=CORNER),
    "binary_cross_entropy": with_targets("probabilities"),
    "binary_cross_entropy_from_logits": with_targets("labels"),
    "cross_entropy": with_classes(),
}


def drawn(name):
    parameters = inspect.signature(OPS[name]).parameters.values()
    inputs = [p for p in parameters if p.default is p.empty]
    return DRAWN[name] if name in DRAWN else broadcasting(len(inputs))


# -- oracles -----------------------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + anp.exp(-x))


def softmax(x, axis=-1):
    e = anp.exp(x)
    return e / anp.sum(e, axis=axis, keepdims=True)


def huber(x, y, delta=1.0):
    e = anp.abs(x - y)
    return anp.mean(anp.where(e < delta, e**2 / 2, delta * (e - delta / 2)))


def binary_cross_entropy(x, y):
    return anp.mean(-y * anp.log(x) - (1 - y) * anp.log(1 - x))


def cross_entropy(x, y):
    log_p = anp.log(softmax(x))
    if y.ndim == 2:
        return -anp.mean(anp.sum(y * log_p, axis=1))
    return -anp.mean(log_p[np.arange(len(y)), y])


ORACLES = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "affine": lambda x, w, b: anp.dot(x, w) + b,
    "sigmoid": sigmoid,
    "softplus": lambda x: anp.log(1 + anp.exp(x)),
    "relu": lambda x: anp.maximum(x, 0),
    "leaky_relu": lambda x, leak=0.01: anp.where(x > 0, x, leak * x),
    "clip": lambda x, low, high: anp.clip(x, low, high),
    "logsumexp": lambda x, **options: anp.log(anp.sum(anp.exp(x), **options)),
    "softmax": softmax,
    "log_softmax": lambda x, axis=-1: anp.log(softmax(x, axis)),
    "reshape": lambda x, shape: anp.reshape(x, shape),
    "getitem": lambda x, index: x[index],
    "concatenate": lambda *xs, axis=0: anp.concatenate(xs, axis),
    "squared_error": lambda x, y, half=False: (
        anp.mean((x - y) ** 2) / (2 if half else 1)
    ),
    "absolute_error": lambda x, y: anp.mean(anp.abs(x - y)),
    "huber": huber,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_from_logits": lambda x, y: binary_cross_entropy(
        sigmoid(x), y
    ),
    "cross_entropy": cross_entropy,
}


def oracle(name, options):
    return partial(ORACLES.get(name) or getattr(anp, name), **options)


# -- the tests -----------------------------------------------------------------------


def pulled_back(name, xs, options, G):
    """Gradients that the rule gives for the upstream gradient G."""
    _, *backs = RULES[name](*xs, **options)
    return [fit(b(G), x.shape) for b, x in zip(backs, xs, strict=True)]


def upstream(name, xs, options):
    out = RULES[name](*xs, **options)[0]
    return np.random.default_rng(0).normal(size=np.shape(out))[()]


@pytest.mark.parametrize("name", OPS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_gradient_agrees_with_central_differences(name, data):
    xs, options = data.draw(drawn(name))
    G = upstream(name, xs, options)

    def f(*xs):
        return np.sum(G * RULES[name](*xs, **options)[0])

    gradients = tuple(pulled_back(name, xs, options, G))
    gradcheck(f, xs, gradients, rng=np.random.default_rng(1), h=1e-4)


@pytest.mark.parametrize("name", OPS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_value_and_gradient_agree_with_autograd(name, data):
    xs, options = data.draw(drawn(name))
    G = upstream(name, xs, options)
    f = oracle(name, options)
    out = RULES[name](*xs, **options)[0]
    np.testing.assert_allclose(out, f(*xs), rtol=1e-12, atol=1e-12)
    for i, ours in enumerate(pulled_back(name, xs, options, G)):
        back, _ = make_vjp(f, i)(*xs)
        np.testing.assert_allclose(ours, back(G), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", OPS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_inputs_and_upstream_gradient_are_left_alone(name, data):
    xs, options = data.draw(drawn(name))
    G = np.asarray(upstream(name, xs, options))
    for array in (*xs, G):
        array.flags.writeable = False  # a rule that writes raises
    pulled_back(name, xs, options, G)


@pytest.mark.skipif(
    np.__version__ < "2", reason="NumPy 1 itself turns 0-d float32 into float64"
)
@pytest.mark.parametrize("name", OPS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_float32_stays_float32(name, data):
    xs, options = data.draw(drawn(name))
    xs = tuple(x.astype(np.float32) for x in xs)
    if "y" in options and options["y"].dtype == float:
        options = {**options, "y": options["y"].astype(np.float32)}
    out, *backs = RULES[name](*xs, **options)
    G = np.ones(np.shape(out), np.float32)[()]
    assert {out.dtype, *(b(G).dtype for b in backs)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", OPS)
def test_op_is_documented(name):
    assert inspect.getdoc(OPS[name])


def test_every_op_has_one_public_spelling():
    wrapped = [
        f.__wrapped__
        for place in (tensor, tensor.Tensor, nnkit.losses)
        for f in vars(place).values()
        if hasattr(f, "__wrapped__")
    ]
    assert sorted(w.__name__ for w in wrapped if w in OPS.values()) == sorted(OPS)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh"])
def test_curves_survive_inputs_of_a_thousand(name):
    x = np.array([-1000.0, -40.0, 0.0, 40.0, 1000.0])
    out, back = RULES[name](x)
    assert np.isfinite(out).all()
    assert np.isfinite(back(np.ones(5))).all()


def test_sigmoid_keeps_its_digits_in_both_tails():
    out, back = ops.sigmoid(np.array([-40.0, 40.0]))
    tail = 4.248354255291589e-18  # exp(-40)
    np.testing.assert_allclose(out, [tail, 1], rtol=1e-15)
    np.testing.assert_allclose(back(np.ones(2)), [tail, tail], rtol=1e-12)


@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
def test_gaps_of_a_thousand_do_not_overflow(name):
    x = np.array([[0.0, 1000, 0, 0], [-1000, -1000, -1000, -1000], [999, 1000, 0, -9]])
    out, back = RULES[name](x)
    assert np.isfinite(out).all()
    assert np.isfinite(back(np.ones_like(out))).all()
    if name == "log_softmax":
        np.testing.assert_array_equal(out[0], [-1000, 0, -1000, -1000])


def test_ties_share_the_gradient():
    x = np.array([3.0, 1, 3])
    assert ops.max(x)[1](np.float64(1)).tolist() == [0.5, 0, 0.5]
    _, back_x, back_y = ops.maximum(x, x)
    assert (back_x(np.ones(3)) + back_y(np.ones(3))).tolist() == [1, 1, 1]


def test_bends_have_a_slope_between_both_sides_at_the_bend():
    zero, g = np.zeros(1), np.ones(1)
    for rule in (ops.relu, ops.leaky_relu, ops.abs):
        assert -1 <= rule(zero)[1](g)[0] <= 1


def test_power_at_the_border_of_its_domain():
    out, back_x, _ = ops.pow(np.array([0.0, 0, -2]), np.array([2.0, 0, 3]))
    assert out.tolist() == [0, 1, -8]
    assert back_x(np.ones(3)).tolist() == [0, 0, 12]


@given(hnp.mutually_broadcastable_shapes(num_shapes=1, max_dims=4))
@settings(max_examples=60, deadline=None)
def test_fit_undoes_broadcasting(shapes):
    (shape,), result = shapes.input_shapes, shapes.result_shape
    copies = np.prod(result, dtype=int) // np.prod(shape, dtype=int)
    fitted = fit(np.ones((5, *result)), shape)
    np.testing.assert_array_equal(fitted, np.full(shape, 5.0 * copies))
