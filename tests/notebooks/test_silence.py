"""No student's notebook has a hint, a slip's formula or an input of a check in it."""

import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import PUBLIC_SEED

ROOT = Path(__file__).parents[2]
LONG = 25
"""Characters; shorter expressions are in many a line that is no slip."""


def plain(text):
    return " ".join(text.split())


def sentences(exercise):
    for slip in exercise.slips:
        yield from re.split(r"(?<=[.?!]) ", plain(slip.hint))


def formulas(exercise):
    """What slips return, where a line says it; a worked answer has some of it, too."""
    if exercise.worked:
        return
    for slip in exercise.slips:
        for mutant in filter(inspect.isfunction, slip.mutants):
            found = re.findall(r"return (.+)", inspect.getsource(mutant))
            yield from (line for line in found if len(line) >= LONG)


def floats(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from floats(item)
    elif hasattr(value, "params"):
        yield from floats(value.params)
    elif np.asarray(value).dtype.kind == "f":
        yield from np.ravel(value)[:50]


def inputs(exercise):
    """Six digits of every number that was drawn: fewer may stand anywhere."""
    for case in exercise.cases(np.random.default_rng(PUBLIC_SEED)):
        for number in floats([*case.args, dict(case.kwargs)]):
            digits = f"{abs(number):.6g}"
            if len(digits) > len("0.1234"):  # who draws 0.5 gives nothing away
                yield digits


TOLD = {"hints": sentences, "formulas": formulas, "inputs": inputs}


@pytest.mark.parametrize("what", TOLD)
def test_the_release_does_not_tell(what):
    count = 0
    for unit in {exercise.unit for exercise in EXERCISES.values()}:
        path = ROOT / "course" / unit / f"{unit}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        released = plain("\n".join(cell.source for cell in cells))
        for exercise in EXERCISES.values():
            if exercise.unit == unit:
                for text in TOLD[what](exercise):
                    assert text not in released, exercise.id
                    count += 1
    assert count > 150
