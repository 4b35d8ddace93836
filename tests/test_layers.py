import math

import numpy as np
import pytest

from nnkit import datasets, init
from nnkit.gradcheck import gradcheck
from nnkit.layers import MLP, Dense, Neuron, Sequential
from nnkit.losses import cross_entropy, squared_error
from nnkit.optim import Adam
from nnkit.tensor import Tensor, relu, tanh


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_neuron_is_a_bent_weighted_sum(rng):
    neuron = Neuron(2, tanh, rng=rng)
    neuron.w.data, neuron.b.data = [1.0, -2.0], 0.5
    out = neuron(np.array([[1.0, 1], [0, 0], [3, 1]]))
    np.testing.assert_allclose(out.data, np.tanh([-0.5, 0.5, 1.5]))
    assert float(neuron(np.array([0.0, 0]))) == math.tanh(0.5)


def test_dense_is_a_row_of_neurons(rng):
    dense = Dense(3, 2, tanh, rng=rng)
    dense.b.data = [0.3, -0.4]
    X = rng.normal(size=(5, 3))
    for j in range(2):
        neuron = Neuron(3, tanh, rng=rng)
        neuron.w.data, neuron.b.data = dense.w.data[:, j], dense.b.data[j]
        np.testing.assert_allclose(dense(X).data[:, j], neuron(X).data, rtol=1e-14)


def test_widths_and_activations_of_an_mlp(rng):
    net = MLP((2, 16, 8, 3), tanh, rng=rng)
    assert [layer.w.shape for layer in net.layers] == [(2, 16), (16, 8), (8, 3)]
    assert [layer.activation for layer in net.layers] == [tanh, tanh, None]
    assert len(net.parameters()) == 6
    assert net(np.ones((5, 2))).shape == (5, 3)
    assert MLP((2, 1), relu, rng=rng, output=tanh).layers[0].activation is tanh


def test_one_width_is_not_a_network(rng):
    with pytest.raises(ValueError, match=r"input and an output width, got \(2,\)"):
        MLP((2,), tanh, rng=rng)


def test_activations_end_in_the_output(rng):
    net = MLP((2, 4, 1), tanh, rng=rng)
    X = rng.normal(size=(5, 2))
    hidden, out = net.activations(X)
    assert hidden.shape == (5, 4)
    np.testing.assert_array_equal(out.data, net(X).data)


def test_initializer_is_given_shape_and_rng(rng):
    net = Sequential(Dense(3, 3, rng=rng, weights=init.orthogonal))
    w = net.layers[0].w.data
    np.testing.assert_allclose(w.T @ w, np.eye(3), atol=1e-12)
    assert not net.layers[0].b.data.any()


def test_loss_of_a_network_passes_gradcheck(rng):
    net = MLP((3, 4, 2), tanh, rng=rng)
    X, y = rng.normal(size=(6, 3)), rng.integers(0, 2, 6)
    parameters = net.parameters()

    def loss(*values):
        for p, value in zip(parameters, values, strict=True):
            p.data = value
        return cross_entropy(net(X), y)

    values = tuple(p.data for p in parameters)
    loss(*values).backward()
    gradients = tuple(p.grad for p in parameters)
    gradcheck(lambda *v: float(loss(*v)), values, gradients, rng=rng)


def test_gradient_reaches_the_input_if_it_is_a_tensor(rng):
    net = MLP((3, 4, 1), tanh, rng=rng)
    X = Tensor(rng.normal(size=(6, 3)))
    squared_error(net(X), np.zeros((6, 1))).backward()
    assert X.grad.shape == (6, 3)


def test_one_neuron_can_not_learn_xor_but_a_hidden_layer_can(rng):
    X, y = datasets.xor(200, rng=rng)
    accuracy = {}
    for widths in ((2, 2), (2, 8, 2)):
        net = MLP(widths, tanh, rng=rng)
        optimizer = Adam(net.parameters(), 0.05)
        for _ in range(150):
            cross_entropy(net(X), y).backward()
            optimizer.step()
        accuracy[len(widths)] = np.mean(net(X).data.argmax(axis=1) == y)
    assert accuracy[2] <= 0.78
    assert accuracy[3] > 0.98


def test_constant_weights_keep_all_hidden_units_alike(rng):
    net = MLP((2, 5, 1), tanh, rng=rng, weights=lambda s, rng: init.constant(s, 0.3))
    optimizer = Adam(net.parameters(), 0.05)
    X, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    for _ in range(20):
        squared_error(net(X), y).backward()
        optimizer.step()
    assert np.linalg.matrix_rank(net.layers[0].w.data) == 1


def test_layer_used_twice_has_its_parameters_once(rng):
    shared = Dense(3, 3, tanh, rng=rng)
    net = Sequential(shared, shared)
    assert net.parameters() == shared.parameters()


def test_network_takes_a_list_of_rows(rng):
    net = MLP((2, 3, 1), tanh, rng=rng)
    rows = [[0, 0], [0, 1]]
    np.testing.assert_array_equal(net(rows).data, net(np.array(rows, float)).data)


def test_network_is_printed_as_it_could_be_written(rng):
    net = MLP((2, 3, 1), tanh, rng=rng)
    assert repr(net) == "MLP(Dense(2, 3, tanh), Dense(3, 1))"
    assert repr(Sequential(Neuron(2, relu, rng=rng))) == "Sequential(Neuron(2, relu))"
    assert repr(Dense(4, 5, np.vectorize(abs), rng=rng)).startswith("Dense(4, 5, ")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda r: Dense(2, 3, "tanh", rng=r), "None or a function, .* got 'tanh'"),
        (lambda r: Neuron(2, "tanh", rng=r), r"such as nnkit\.tanh; got 'tanh'"),
        (lambda r: MLP((2, 3, 1), "tanh", rng=r), "an activation is None or"),
        (lambda r: Dense(2, 3, rng=r, weights="he"), r"init\.he_normal; got 'he'"),
        (lambda r: Sequential([Dense(2, 3, rng=r)]), r"one by one, .* got \[Dense"),
        (lambda r: Sequential(Dense(2, 3, rng=r), tanh), "its activation.* got 'tanh'"),
        (lambda r: MLP(2, tanh, rng=r), r"such as \(2, 16, 1\); got 2"),
        (lambda r: MLP((2, 3.5, 1), tanh, rng=r), r"whole numbers, .* got \(2, 3.5\)"),
        (
            lambda r: Dense(2, 3, tanh, rng=0),
            r"rng = np\.random\.default_rng\(0\); got 0",
        ),
    ],
)
def test_what_is_no_part_of_a_network_is_told_when_it_is_made(rng, make, says):
    with pytest.raises(TypeError, match=says):
        make(rng)


@pytest.mark.parametrize(
    "make", [lambda **o: Dense(2, 3, **o), lambda **o: Neuron(2, **o)]
)
@pytest.mark.parametrize(
    ("weights", "got"),
    [
        (lambda shape, rng: rng.normal(size=shape[::-1]), r"\((3|1), 2\)"),
        (lambda shape, rng: np.ones(4), r"\(4,\)"),
        (lambda shape, rng: None, r"None: does it say `return`\?"),
    ],
)
def test_initializer_that_gives_another_shape_is_told_at_once(make, weights, got, rng):
    """A batch of three columns would have fitted, or the mistake be told far away."""
    with pytest.raises(ValueError, match=rf"for shape \(2, [31]\), .* returned {got}$"):
        make(rng=rng, weights=weights)


def test_initializer_may_give_rows(rng):
    neuron = Neuron(2, rng=rng, weights=lambda shape, rng: [[1.0], [2.0]])
    assert neuron.w.data.tolist() == [1, 2]
