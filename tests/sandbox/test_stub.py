"""The stub that stands for check, failing_case and the like while grading."""

import numpy as np
import pytest

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
]


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_line_that_debugs_does_not_stop_its_cell(number):
    LINES[number]()


def test_it_says_who_judges():
    assert repr(stub(len)) == "judged by the grader"
