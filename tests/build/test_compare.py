"""`check` finds drift of every kind, and writes nothing."""

import json
import re

import pytest

from nnkit.build import BuildError


def change(path, alter):
    notebook = json.loads(path.read_text())
    alter(notebook)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def test_check_is_content_with_what_was_just_built(built):
    assert built.build(check=True) == [built.instructors, built.students]


def test_check_leaves_outputs_to_nbval(built):
    def other(notebook):
        notebook["cells"][-1]["outputs"][0]["text"] = ["1\n"]

    change(built.instructors, other)
    built.build(check=True)


DRIFT = {
    "source text": (
        lambda unit: unit.edit("# A unit", "# The unit"),
        "differs from its source at cell 'start-1'",
    ),
    "source cells": (
        lambda unit: unit.edit("print(len(picture))", "1\n\n# %%\n2"),
        "differs from its source",
    ),
    "instructor cell": (
        lambda unit: change(
            unit.instructors, lambda n: n["cells"][3].update(source="def shown(x): 1")
        ),
        "07-unit.ipynb differs from its source at cell 'shown-answer'",
    ),
    "instructor points": (
        lambda unit: change(
            unit.instructors,
            lambda n: n["cells"][6]["metadata"]["nbgrader"].update(points=4),
        ),
        "at cell 'double'",
    ),
    "instructor metadata": (
        lambda unit: change(
            unit.instructors,
            lambda n: n["metadata"]["language_info"].update(version="3.11"),
        ),
        "metadata",
    ),
    "not run": (
        lambda unit: change(
            unit.instructors, lambda n: n["cells"][1].update(execution_count=None)
        ),
        "was not run from top to bottom",
    ),
    "cell lost": (
        lambda unit: change(unit.instructors, lambda n: n["cells"].pop()),
        "number of cells",
    ),
    "release cell": (
        lambda unit: change(
            unit.students, lambda n: n["cells"][5].update(source="def double(x): 1")
        ),
        "course/07-unit/07-unit.ipynb differs from its source at cell 'double-answer'",
    ),
    "release layout": (
        lambda unit: unit.students.write_text(unit.students.read_text() + "\n"),
        "is not laid out as the build does it",
    ),
    "release output": (
        lambda unit: change(
            unit.students, lambda n: n["cells"][1].update(execution_count=1)
        ),
        "course/07-unit/07-unit.ipynb differs",
    ),
    "damaged": (
        lambda unit: unit.students.write_text("<<<<<<< ours"),
        "is not a notebook",
    ),
    "missing": (lambda unit: unit.students.unlink(), "is missing"),
    "stranger": (
        lambda unit: (unit.students.parent / "answers.txt").write_text("42"),
        "course/07-unit/answers.txt does not belong there",
    ),
    "stranger beside the solutions": (
        lambda unit: (unit.instructors.parent / "07-unit.py").write_text("42"),
        "nbgrader gives students every file",
    ),
    "source gone": (
        lambda unit: unit.source.unlink(),
        "has no source solutions/07-unit.py",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), DRIFT.values(), ids=DRIFT)
def test_check_finds_each_kind_of_drift(built, spoil, message):
    spoil(built)
    with pytest.raises(BuildError, match=re.escape(message)) as error:
        built.build(check=True)
    if "differs" in message:
        assert "run: nnkit build 07-unit" in str(error.value)


def test_check_writes_nothing(built):
    built.edit("# A unit", "# The unit")
    before = {p: p.read_bytes() for p in built.root.rglob("*") if p.is_file()}
    with pytest.raises(BuildError):
        built.build(check=True)
    assert {p: p.read_bytes() for p in built.root.rglob("*") if p.is_file()} == before
