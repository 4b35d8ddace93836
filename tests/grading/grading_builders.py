"""A small unit, answers to it and records of grading, for the tests of grading."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from nbformat import from_dict
from nbgrader.utils import compute_checksum

UNIT = "01-neuron"
WHEN = "2024-03-01 12:00:00.000000 UTC"


def nbcell(source, kind="code", grade_id=None, points=None, tags=None, **marks):
    """A cell as JSON, with nbgrader's metadata complete if it has a grade_id."""
    metadata = {}
    if tags:
        metadata["tags"] = tags
    if grade_id:
        marks = {"grade": False, "solution": False, "locked": True, **marks}
        metadata["nbgrader"] = {
            "schema_version": 3,
            "task": False,
            "grade_id": grade_id,
            "cell_type": kind,
            **marks,
        }
        if marks["grade"]:
            metadata["nbgrader"]["points"] = points
    cell = {"cell_type": kind, "metadata": metadata, "source": source}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    if grade_id:
        checksum = compute_checksum(from_dict(cell))
        metadata["nbgrader"]["checksum"] = checksum
    return cell


def answer(grade_id, source):
    return nbcell(source, grade_id=grade_id, solution=True, locked=False)


def check(grade_id, source, points):
    return nbcell(source, grade_id=grade_id, grade=True, points=points)


def released_cells():
    return [
        nbcell("# A unit", "markdown"),
        nbcell("import numpy as np", grade_id="setup"),
        answer("neuron-answer", "def neuron(x):\n    raise NotImplementedError"),
        check("neuron", "check(neuron)", 1),
        nbcell("plot(neuron)", tags=["demonstration"]),
        answer("grads-answer", "def grads(x):\n    raise NotImplementedError"),
        check("grads", "check(grads)", 3),
        nbcell("Thanks.", "markdown", grade_id="end"),
    ]


def notebook(cells, **more):
    metadata = {
        "kernelspec": {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        },
        "language_info": {"name": "python"},
    }
    return {
        "cells": cells,
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 4,
        **more,
    }


def answered(cells=None):
    """The released notebook, answered."""
    cells = released_cells() if cells is None else cells
    cells[2]["source"] = "def neuron(x):\n    return x"
    cells[5]["source"] = ["def grads(x):\n", "    return 2 * x"]
    return cells


def record(student="ada", neuron=1.0, grads=3.0, **more):
    """A record of the journal, as the grader makes it."""
    verdicts = [
        {"exercise": "neuron", "points": neuron, "max_points": 1.0},
        {"exercise": "grads", "points": grads, "max_points": 3.0},
    ]
    return {
        "student": student,
        "assignment": UNIT,
        "sha256": "0" * 64,
        "timestamp": None,
        "fingerprint": "f1",
        "seed": 7,
        "status": "graded",
        "problem": "",
        "notes": [],
        "seconds": 0.1,
        "verdicts": verdicts,
        "outputs": {},
        "flags": [],
        **more,
    }


def some(count):
    for number in range(count):
        yield record(f"s{number}", neuron=float(number % 2), timestamp=WHEN)


def rows(workspace):
    """Every row of every table, whatever their order on the disk."""
    path = workspace.root / "gradebook.db"
    with closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master")]
        tables = [name for name in names if not name.startswith("sqlite_")]
        return {
            name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr)
            for name in tables
        }


def files(workspace):
    """Every file below autograded/: notebooks, times of handing in, what was left."""
    root = workspace.autograded
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root): path.read_bytes() for path in found}
