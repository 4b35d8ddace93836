"""A class of twelve, made from the released notebook: what a grader meets in a term."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from nnkit.grading.release import ANSWER_SUFFIX, Release, course_directory
from nnkit.grading.workspace import Workspace, WorkspaceError, make_workspace

UNIT = "01-neuron"
MARK = "made-by-nnkit-demo"

RIGHT = """
import numpy as np

def neuron_grads(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = 2 / len(y) * (a - y) * (1 - a**2)
    return X.T @ dz, dz.sum()
"""

RIGHT_WITH_LOOPS = """
import math

def neuron_grads(X, y, w, b):
    dw, db = [0.0] * len(w), 0.0
    for row, label in zip(X, y):
        a = math.tanh(sum(p * q for p, q in zip(row, w)) + b)
        pull = 2 * (a - label) * (1 - a * a) / len(y)
        dw = [g + pull * p for g, p in zip(dw, row)]
        db += pull
    return [dw, db]
"""

SUM_FOR_MEAN = RIGHT.replace("2 / len(y)", "2")
SIGN_FLIPPED = RIGHT.replace("(a - y)", "(y - a)")
SLOPE_OF_THE_OUTPUT = RIGHT.replace("1 - a**2", "1 - np.tanh(a) ** 2")
BIAS_AVERAGED = RIGHT.replace("dz.sum()", "dz.mean()")
SYNTAX_ERROR = RIGHT.replace("(a - y)", "(a - y")
ENDLESS = RIGHT.replace("    return", "    while True:\n        pass\n    return")

CHEAT = """
import builtins, sys
import numpy as np
import nnkit

np.allclose = np.array_equal = lambda *args, **kwargs: True
np.testing.assert_allclose = lambda *args, **kwargs: None
nnkit.check = check = lambda function: "3 of 3 points"

class Agreeable(np.ndarray):
    def __eq__(self, other):
        return True
    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(())

def neuron_grads(X, y, w, b):
    print("neuron_grads: right, 3 of 3 points")
    return np.zeros(3).view(Agreeable), 0.0
"""


def submissions(release: Release) -> Iterator[tuple[str, bytes]]:
    """Yield every student's id with the bytes of the notebook handed in."""
    answers = {
        "ada": RIGHT,
        "ben": RIGHT_WITH_LOOPS,
        "chloe": SUM_FOR_MEAN,
        "dev": SUM_FOR_MEAN,
        "emre": SIGN_FLIPPED,
        "fay": SLOPE_OF_THE_OUTPUT,
        "gus": BIAS_AVERAGED,
        "hana": None,
        "ivo": SYNTAX_ERROR,
        "jun": ENDLESS,
        "kim": CHEAT,
    }
    for student, answer in answers.items():
        yield student, answered(release, {"neuron_grads": answer} if answer else {})
    yield "lou", release.data[: len(release.data) // 2]


def answered(release: Release, answers: dict[str, str]) -> bytes:
    """Return the released notebook with some answer cells filled in.

    Args:
        release: the notebook.
        answers: exercise id → source of its answer cell.
    """
    notebook = json.loads(release.data)
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        exercise = grade_id.removesuffix(ANSWER_SUFFIX)
        if grade_id.endswith(ANSWER_SUFFIX) and exercise in answers:
            cell["source"] = answers[exercise].strip()
    return json.dumps(notebook).encode()


def make_class(folder: Path) -> Workspace:
    """Make the demonstration's grading folder anew.

    Raises:
        WorkspaceError: something else is in the folder; it is left alone.
        ReleaseError: the unit has not been built.
    """
    release = Release.find(UNIT)
    if (folder / MARK).exists():
        shutil.rmtree(folder)
    course = course_directory()
    solutions = course.parent / "solutions"
    workspace = make_workspace(
        folder, solutions if solutions.is_dir() else None, course
    )
    try:
        (folder / MARK).touch()
        for student, data in submissions(release):
            place = workspace.submitted / student / UNIT
            place.mkdir(parents=True)
            (place / f"{UNIT}.ipynb").write_bytes(data)
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be filled: {error}") from None
    return workspace
