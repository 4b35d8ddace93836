"""The proof that demonstrations can be skipped: it holds, and it can fail."""

from pathlib import Path

import nbformat
import pytest

from nnkit.build import BuildError, parse, release
from nnkit.build.prove import prove_skippable

SOURCE = Path(__file__).parents[2] / "solutions" / "01-neuron.py"
ANSWER = """
def collapse(W1, b1, W2, b2):
    return np.dot(W1, W2), np.dot(b1, W2) + b2
"""


@pytest.fixture(scope="module")
def whole():
    # The tests beside this one put other exercises in place of the course's.
    from nnkit.build import source
    from nnkit.exercises import exercises_of

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "_exercises_of", exercises_of)
        return parse(SOURCE)


def unit_of(whole, demonstration, answer=ANSWER):
    """One exercise of a unit, with a demonstration above it."""
    cells = {cell.id: cell for cell in whole.cells}
    solved = nbformat.from_dict({**whole, "cells": []})
    shown = nbformat.v4.new_code_cell(
        demonstration, id="shown", metadata={"tags": ["demonstration"]}
    )
    numpy = nbformat.v4.new_code_cell("import numpy as np", id="numpy")
    answers = nbformat.from_dict({**cells["collapse-answer"], "source": answer})
    solved.cells = [numpy, shown, answers, cells["collapse"]]
    return solved


def prove(solved):
    prove_skippable(solved, release(solved), "01-neuron")


def test_a_demonstration_that_only_shows_can_be_skipped(whole):
    prove(unit_of(whole, "print(np.arange(3))"))


@pytest.mark.parametrize(
    ("demonstration", "answer", "said"),
    [
        ("np.dot = lambda a, b: a @ b * 0", ANSWER, "change the verdict on collapse"),
        ("dot = np.dot", ANSWER.replace("np.dot", "dot"), "only a demonstration"),
        (
            "pass",
            ANSWER.replace("+ b2", ""),
            "answer to collapse is not right, or else the reference is not: .* b ",
        ),
    ],
)
def test_one_that_an_answer_feels_is_refused(whole, demonstration, answer, said):
    with pytest.raises(BuildError, match=said):
        prove(unit_of(whole, demonstration, answer))
