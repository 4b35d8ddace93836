"""nnkit validate: the grader's view of one notebook, before it is handed in."""

import os
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from nnkit.cli import main
from nnkit.course import course_directory
from nnkit.grading.submission import SubmissionError
from nnkit.grading.validate import unit_of, validate

UNIT = "00-start"
RIGHT = "def center(x):\n    return x.mean(), x - x.mean()"

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the sandbox forks")


@pytest.fixture
def notebook():
    path = course_directory() / UNIT / f"{UNIT}.ipynb"
    return nbformat.read(path, as_version=4)


@pytest.fixture
def saved(tmp_path):
    def save(notebook, name=f"{UNIT}.ipynb"):
        nbformat.write(notebook, tmp_path / name)
        return tmp_path / name

    return save


def cell_of(notebook, cell_id):
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def run(path):
    return CliRunner().invoke(main, ["validate", str(path)])


@needs_fork
def test_an_unanswered_notebook_says_which_parts_are_open(notebook, saved):
    done = run(saved(notebook))
    assert done.exit_code == 1
    assert "○ center: open" in done.output
    assert "center, open: mean, rest" in done.output
    assert "Put right" not in done.output
    assert "stopped" not in done.output


@needs_fork
def test_a_right_notebook_is_ready(notebook, saved):
    cell_of(notebook, "center-answer").source = RIGHT
    # A browser's number in the name costs nothing, and so is no reason to fail.
    done = run(saved(notebook, f"{UNIT} (1).ipynb"))
    assert done.exit_code == 0, done.output
    assert f"The notebook is called '{UNIT} (1).ipynb', expected" in done.output
    assert "1 of 1 exercise right" in done.output
    assert "Ready to hand in." in done.output


@needs_fork
def test_what_was_changed_lost_or_stopped_is_said_and_the_rest_is_graded(
    notebook, saved
):
    cell_of(notebook, "center-answer").source = RIGHT
    cell_of(notebook, "center").source = "check(lambda: 'right')"
    notebook.cells = [cell for cell in notebook.cells if cell.id != "center-task"]
    wild = "raise ValueError('\\x1b[2Jgone')"
    notebook.cells.append(nbformat.v4.new_code_cell(wild))
    found = validate(saved(notebook, "my copy (1).ipynb"))
    assert found.unit == UNIT
    assert not found.ready
    assert [verdict.status for verdict in found.verdicts] == ["right"]
    mended = "\n".join(found.mended)
    assert "'center', was edited: restored" in mended
    assert "the cell 'center-task' was missing: put back" in mended
    assert "the notebook is called 'my copy (1).ipynb'" in found.named
    (stopped,) = found.stopped
    assert "stopped with ValueError" in stopped
    done = run(saved(notebook, "my copy (1).ipynb"))
    assert done.exit_code == 1
    assert "\x1b" not in done.output
    assert "Put right before it was run:" in done.output


@needs_fork
def test_a_cell_that_debugs_above_the_answer_does_not_lose_it(notebook, saved):
    debug = "X = failing_case('center')['x']\nprint(X.mean() + 1, X.shape)\n"
    cell_of(notebook, "center-answer").source = debug + RIGHT
    assert validate(saved(notebook)).ready


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"not JSON", "is not a notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', ""),
    ],
)
def test_what_is_no_notebook_of_the_course_ends_in_one_line(tmp_path, content, said):
    path = tmp_path / "essay.ipynb"
    path.write_bytes(content)
    done = run(path)
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert said in done.output


def test_a_file_that_is_not_there_ends_in_one_line(tmp_path):
    done = run(tmp_path / "gone.ipynb")
    assert (done.exit_code, done.output) == (1, "Error: gone.ipynb is not there\n")


def test_of_a_folder_the_notebook_in_it_is_named(tmp_path):
    assert "there is none in it" in run(tmp_path).output
    inside = tmp_path / "01-neuron.ipynb"
    inside.write_text("{}")
    done = run(tmp_path)
    assert done.exit_code == 1
    assert f"did you mean {inside}?" in done.output


def test_the_unit_is_known_by_its_cells_before_its_name(notebook, saved, monkeypatch):
    course = course_directory()
    assert unit_of(saved(notebook, "01-neuron.ipynb"), course) == UNIT
    notebook.cells = []
    assert unit_of(saved(notebook, "01-neuron.ipynb"), course) == "01-neuron"
    essay = saved(notebook, "essay.ipynb")
    with pytest.raises(SubmissionError, match=r"no check cell of any unit.*is from"):
        unit_of(essay, course)
    monkeypatch.chdir(essay.parent)
    (essay.parent / "nnkit_exercises.py").touch()  # as an exchange puts it there
    with pytest.raises(SubmissionError, match=r"--course \.\., which runs that file"):
        unit_of(Path(essay.name), course)


@needs_fork
def test_one_unit_in_the_place_of_another_counts_for_nothing(notebook, saved):
    cell_of(notebook, "center-answer").source = RIGHT
    found = validate(saved(notebook, "01-neuron.ipynb"))
    assert found.unit == UNIT
    assert not found.ready
    assert found.mended == (
        f"this is {UNIT}, in a file called 01-neuron.ipynb: nothing counts if it is "
        "handed in as 01-neuron",
    )


def test_of_several_units_in_one_file_its_name_says_which(notebook, saved):
    course = course_directory()
    larger = nbformat.read(course / "01-neuron" / "01-neuron.ipynb", as_version=4)
    notebook.cells += larger.cells
    for number, cell in enumerate(notebook.cells):
        cell.id = str(number)
    assert unit_of(saved(notebook), course) == UNIT
    assert unit_of(saved(notebook, "all.ipynb"), course) == "01-neuron"


@needs_fork
def test_a_notebook_whose_marks_are_lost_is_known_by_what_it_checks(notebook, saved):
    cell_of(notebook, "center-answer").source = RIGHT
    for cell in notebook.cells:
        cell.metadata = {}
    found = validate(saved(notebook, "essay.ipynb"))
    assert found.unit == UNIT
    assert [verdict.status for verdict in found.verdicts] == ["right"]
    assert "no cell of this notebook is marked" in "".join(found.mended)


def test_where_nothing_can_fork_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "fork", raising=False)
    done = run(tmp_path / "any.ipynb")
    assert done.exit_code == 1
    assert "Linux, macOS or WSL 2" in done.output


def test_without_the_extra_it_says_what_to_install(monkeypatch, tmp_path):
    import builtins

    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "nnkit.grading.release":
            error = ModuleNotFoundError("No module named 'nbgrader'", name="nbgrader")
            raise error
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    done = run(tmp_path / "any.ipynb")
    assert done.exit_code == 1
    assert "'nnkit-course[grade]'" in done.output
