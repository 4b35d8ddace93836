"""`nbgrader generate_assignment` in a folder that `nnkit new` made."""

import json
import shutil

from grading_builders import UNIT
from test_nbgrader import ended, started

from nnkit.course import course_directory
from nnkit.grading.workspace import make_workspace

COURSE = course_directory()
ANSWER = "neuron_grads-answer"


def answer_in(text):
    for cell in json.loads(text)["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == ANSWER:
            return "".join(cell["source"])
    raise AssertionError(f"no {ANSWER}")


def generated(root):
    ended(started(root, "nbgrader", "generate_assignment", UNIT))
    return (root / "release" / UNIT / f"{UNIT}.ipynb").read_text()


def test_the_courses_own_unit_is_released_as_it_is(tmp_path):
    made = make_workspace(tmp_path / "mine", None, COURSE)
    released = json.loads(generated(made.root))
    ours = json.loads((COURSE / UNIT / f"{UNIT}.ipynb").read_text())
    assert released["cells"] == ours["cells"]


def test_a_solution_elsewhere_is_taken_out(tmp_path):
    root = tmp_path / "mine"
    made = make_workspace(root, root / "source", root / "release")
    shutil.copytree(COURSE / UNIT, root / "source" / UNIT)
    path = root / "source" / UNIT / f"{UNIT}.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == ANSWER:
            cell["source"] = "def neuron_grads(X, y, w, b):\n    return 1, 2"
    path.write_text(json.dumps(notebook))
    assert "return 1, 2" in answer_in(path.read_text())
    assert answer_in(generated(made.root)) == (
        "# YOUR CODE HERE\nraise NotImplementedError()"
    )
