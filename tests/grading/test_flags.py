"""Flags point at libraries that could answer for a student, and at nothing else."""

import json

import pytest

from nnkit.demo import UNIT, answered
from nnkit.grading.flags import flags_of
from nnkit.grading.release import Release
from nnkit.grading.submission import read_submission

RELEASE = Release.find(UNIT)


def flags_on(answer, tmp_path):
    path = tmp_path / f"{UNIT}.ipynb"
    path.write_bytes(answered(RELEASE, {"neuron_grads": answer}))
    return flags_of(read_submission("ada", path, RELEASE), RELEASE)


@pytest.mark.parametrize(
    ("answer", "flag"),
    [
        ("import torch", "imports torch"),
        ("def f():\n    from jax import grad", "imports jax"),
        ("import autograd.numpy as anp", "imports autograd"),
        ("from nnkit import grad", "uses nnkit.grad, which"),
        ("import nnkit\nnnkit.tanh(1)", "uses nnkit.tanh, which"),
        ("%timeit 1\nimport sympy", "imports sympy"),
    ],
)
def test_a_library_that_differentiates_is_named(answer, flag, tmp_path):
    assert any(flag in found for found in flags_on(answer, tmp_path))


@pytest.mark.parametrize(
    "answer",
    [
        "import numpy as np",
        "from nnkit import check\ncheck(1)",
        "torch = 1",
        "'import torch'",
        "def broken(:",
        "",
    ],
)
def test_the_usual_is_not_flagged(answer, tmp_path):
    assert flags_on(answer, tmp_path) == []


def test_what_the_release_imports_is_not_flagged(tmp_path):
    assert "from nnkit" in json.dumps(json.loads(RELEASE.data))
    assert flags_on("from nnkit.plots import show", tmp_path) == []
