"""What `check` calls right serves the demonstrations, too: also answers in lists."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from nnkit.exercises import EXERCISES

ROOT = Path(__file__).parents[2]
UNITS = ("01-neuron", "02-learning-rate", "03-initialization", "04-loss")
"""From unit 5 on answers call each other: what they return is their own affair."""

IN_LISTS = """
def in_lists(function):
    from functools import wraps

    def listed(value):
        if isinstance(value, tuple):
            return [listed(part) for part in value]
        return value.tolist() if getattr(value, "shape", ()) else value

    return wraps(function)(lambda *args, **kwargs: listed(function(*args, **kwargs)))

{0} = in_lists({0})
"""


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_every_cell_runs_on_right_answers_that_are_lists(unit):
    path = ROOT / "solutions" / unit / f"{unit}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        exercise = EXERCISES.get(cell.id.removesuffix("-answer"))
        if cell.id.endswith("-answer") and exercise and exercise.points:
            more = IN_LISTS.format(exercise.id)
            cells.append(nbformat.v4.new_code_cell(more, id=f"{exercise.id}-in-lists"))
    notebook.cells = cells
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    checks = [cell for cell in notebook.cells if cell.id in EXERCISES]
    assert checks
    for cell in checks:
        assert cell.outputs[-1].data["text/plain"].startswith("✓"), cell.id
