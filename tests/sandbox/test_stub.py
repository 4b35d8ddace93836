"""The stub that stands for check, failing_case and the like while grading."""

import copy
import pickle

import numpy as np
import pytest
from matplotlib.figure import Figure

from nnkit.sandbox.stub import stub

LINES = [
    lambda: stub("layer")["X"].mean(axis=0) + 1,
    lambda: 2 * stub()["w"] - np.ones(3) @ stub()["X"],
    lambda: np.tanh(stub()["X"]) / np.ones((2, 2)),
    lambda: np.dot(stub()["X"], np.ones(3)),
    lambda: np.ones(3) * stub()["w"] ** 2,
    lambda: f"{stub().verdict.points:.3f} {float(stub()):.1f}",
    lambda: list(stub()) + list(stub().items()),
    lambda: np.random.default_rng(0).normal(size=3) - stub()["y"],
    lambda: dict(**stub()),
    lambda: stub().html or stub().inputs[0],
    lambda: stub()["X"][:, 0] + stub()["X"][1:3] + stub()["X"][[0, 1]],
    lambda: np.where(stub()["X"] > 0, 1, 0) + (stub()["y"] == 1).sum(),
    lambda: np.zeros(stub()["X"].shape) + np.eye(stub()["X"].shape[1]),
    lambda: [stub()["X"][i] for i in range(stub()["X"].shape[0])],
    lambda: max(1, stub()["X"].max()) + sum(stub()["y"]) + round(stub()["b"], 2),
    lambda: np.testing.assert_allclose(stub()["X"], stub()["X"]),
    lambda: np.asarray(stub()["X"], dtype=float).mean() + float(max(stub()["X"])),
    lambda: pickle.dumps(copy.deepcopy(stub()["X"])),
    lambda: Figure().subplots().plot(stub()["X"][:, 0], stub()["y"]),
    lambda: next(iter(stub())) + next(iter(stub().values())) + stub().pop("X"),
]
STATEMENTS = (
    "X, y, w, b = stub('neuron_grads').values()",
    "m, n = stub()['X'].shape",
    "(m, n), k = stub()['X'].shape, len(stub()['y'])",
    "first, *rest = stub()['X']",
    "first, *rest, last = stub()['X']",
    "for name, value in stub().items(): print(name, value.shape)",
    "X = stub()['X']; X += 1; X[:, 0] = 2; X[0] = 3; del X[0]",
    "assert stub()['X'].shape == (5, 3) and stub()['X'].max() < 9",
    "if stub('none has failed'): raise AssertionError",
)


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_line_that_debugs_does_not_stop_its_cell(number):
    LINES[number]()


@pytest.mark.parametrize("line", STATEMENTS)
def test_a_statement_that_takes_apart_does_not_either(line):
    exec(line, {"stub": stub})


def test_it_says_who_judges():
    assert repr(stub(len)) == "not shown where notebooks are graded"
