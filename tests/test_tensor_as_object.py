"""A Tensor among Python's other objects: compared, printed, copied, pickled."""

import copy
import pickle
import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import pytest

from nnkit.layers import MLP
from nnkit.losses import squared_error
from nnkit.optim import SGD
from nnkit.tensor import Tensor, refused, tanh


def test_comparisons_are_those_of_the_arrays():
    a, b = np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])
    x, y = Tensor(a), Tensor(b)
    for ours, numpys in (
        (x == y, a == b),
        (x != y, a != b),
        (x < y, a < b),
        (x <= 2, a <= 2),
        (x < 2, a < 2),
        (b >= x, b >= a),
        (Tensor(2.0) > x, a < 2.0),
    ):
        assert type(ours) is np.ndarray
        assert ours.dtype == bool
        assert ours.tolist() == numpys.tolist()


def test_a_mask_made_by_a_comparison_is_a_constant():
    z = Tensor([-1.0, 2.0])
    ((z > 0) * z).sum().backward()
    assert z.grad.tolist() == [0, 1]


def test_equal_tensors_are_still_two_parameters():
    w, b = Tensor(1.0), Tensor(1.0)
    assert w == b
    assert len({w, b}) == 2
    assert SGD([w, b, w], 0.1).parameters == [w, b]


def test_truth_is_that_of_the_number_as_for_arrays():
    assert Tensor(0.5)
    assert not Tensor([0.0])
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Tensor([1.0, 2.0]))


def test_number_is_printed_with_the_digits_that_are_asked_for():
    assert f"{Tensor(2 / 3):.3f} and {Tensor([[0.25]]):5.2f}" == "0.667 and  0.25"
    assert f"{Tensor(0.5)}" == "<Tensor 0.5>"
    with pytest.raises(ValueError, match="holds 2 numbers"):
        f"{Tensor([1.0, 2.0]):.3f}"


WAYS = [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]


@pytest.mark.parametrize("copied", WAYS, ids=["copy", "deepcopy", "pickle"])
def test_copy_has_the_value_the_name_the_gradient_and_a_memory_of_its_own(copied):
    w = Tensor(np.array([1.0, 2.0], np.float32), "w")
    (w * w).sum().backward()
    other = copied(w)
    assert (repr(other), other.data.dtype) == (repr(w), np.float32)
    assert other.grad.tolist() == [2, 4]
    w.move([1.0, 1.0])
    w.grad *= 100
    assert other.data.tolist() == [1, 2]
    assert other.grad.tolist() == [2, 4]


@pytest.mark.parametrize("copied", WAYS, ids=["copy", "deepcopy", "pickle"])
def test_result_is_not_copied_without_its_record(copied):
    with pytest.raises(TypeError, match=r"made by mul> is a result.*its \.data"):
        copied(Tensor(3.0) * 2)


def test_pickled_network_can_be_trained_in_another_process():
    """There, Tensors are numbered anew; one from here must not seem the youngest."""
    net = MLP((2, 3, 1), tanh, rng=np.random.default_rng(0))
    X, y = np.ones((4, 2)), np.zeros((4, 1))
    expected = float(squared_error(net(X), y))
    program = (
        "import pickle, sys, numpy as np\n"
        "from nnkit.losses import squared_error\n"
        "net = pickle.load(sys.stdin.buffer)\n"
        "loss = squared_error(net(np.ones((4, 2))), np.zeros((4, 1)))\n"
        "loss.backward()\n"
        "print(repr(float(loss)), all(p.grad is not None for p in net.parameters()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=pickle.dumps(net),
        capture_output=True,
        check=True,
    )
    value, trained = done.stdout.split()
    assert float(value) == pytest.approx(expected, rel=1e-14)
    assert trained == b"True"


def test_copied_network_learns_by_itself():
    net = MLP((2, 3, 1), tanh, rng=np.random.default_rng(0))
    twin = copy.deepcopy(net)
    before = [p.data.copy() for p in net.parameters()]
    optimizer = SGD(twin.parameters(), 0.1)
    squared_error(twin(np.ones((4, 2))), np.zeros((4, 1))).backward()
    optimizer.step()
    for p, w, q in zip(net.parameters(), before, twin.parameters(), strict=True):
        assert p.data.tolist() == w.tolist() != q.data.tolist()


def test_functions_are_found_where_they_say_they_are():
    assert pickle.loads(pickle.dumps(tanh)) is tanh
    assert pickle.loads(pickle.dumps(squared_error)) is squared_error


def test_step_is_moved_and_not_subtracted_in_place():
    """As one would in other libraries; from a copy, the step would be lost."""
    w = Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        w.data -= 0.5
    w.move(-0.5)
    assert w.data.tolist() == [0.5, 1.5]


VIEWS = {
    "data": lambda w: w.data,
    "a slice": lambda w: w[:, 1:].data,
    "rows picked": lambda w: w[[1, 0]].data,
    "a row": lambda w: w.reshape(-1).data,
    "turned": lambda w: w.T.reshape(3, 2).T.data,
    "where none is recorded": lambda w: w.T.data,
}


@pytest.mark.parametrize("name", VIEWS)
def test_what_was_looked_at_stays_as_it_was(name):
    """A list of weights, one for each step, was the last of them as often."""
    w = Tensor(np.arange(6.0).reshape(2, 3))
    seen, expected = [], []
    for _ in range(3):
        with refused("") if name == "where none is recorded" else nullcontext():
            seen.append(VIEWS[name](w))
        expected.append(seen[-1].copy())
        w.move(1.0)
        w.move(np.ones((2, 3)))
    assert np.array_equal(seen, expected)
    assert w.data.tolist() == [[6, 7, 8], [9, 10, 11]]


def test_a_number_that_was_computed_takes_other_shapes():
    s = Tensor([1.0, 2.0]).sum()
    assert s.reshape(1, 1).T[0].data.tolist() == [3]


def test_a_parameter_that_nobody_looks_at_moves_in_place():
    w = Tensor(np.ones(3))
    before = w._data
    (w * w).sum().backward()
    w.move(-0.5 * w.grad)
    assert w._data is before
    assert w.data.tolist() == [0, 0, 0]
