"""A notebook of last year's release, really another one: graded, and what is told."""

import json

import pytest
from grading_builders import UNIT, answer, check, nbcell, notebook
from nbformat import from_dict
from nbgrader.utils import compute_checksum

from nnkit import demo
from nnkit.grading import grade
from nnkit.grading.flags import flags_of
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.submission import read_submission
from nnkit.grading.workspace import make_workspace


def task(name, text):
    return nbcell(text, "markdown", grade_id=f"{name}-task")


def stub(name):
    return answer(f"{name}-answer", f"def {name}(x):\n    raise NotImplementedError")


def todays():
    """Today's: grads comes first and asks otherwise, loss is new, old is gone."""
    return [
        nbcell("# A unit, revised", "markdown"),
        nbcell("import numpy as np", grade_id="setup"),
        task("grads", "Return the gradient of the mean."),
        stub("grads"),
        check("grads", "check(grads)", 3),
        task("neuron", "Return the activation."),
        stub("neuron"),
        check("neuron", "check(neuron)", 2),
        task("loss", "Return the loss."),
        stub("loss"),
        check("loss", "check(loss)", 4),
        nbcell("Thanks.", "markdown", grade_id="end"),
    ]


def last_years():
    return [
        nbcell("# A unit", "markdown"),
        nbcell("import numpy as np", grade_id="setup"),
        task("neuron", "Return the activation."),
        stub("neuron"),
        check("neuron", "check(neuron)", 1),
        nbcell("plot(neuron)", tags=["demonstration"]),
        task("grads", "Return the gradient of the sum."),
        stub("grads"),
        check("grads", "check(grads)", 3),
        task("old", "Return the square."),
        stub("old"),
        check("old", "check(old)", 2),
        nbcell("Bye.", "markdown", grade_id="end"),
    ]


@pytest.fixture
def release(course):
    path = course / UNIT / f"{UNIT}.ipynb"
    path.write_text(json.dumps(notebook(todays())))
    return Release.load(path)


@pytest.fixture
def read(hand_in, release):
    def run(cells):
        return read_submission("ada", hand_in(cells), release)

    return run


def answered(cells):
    for cell in cells:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if grade_id.endswith("-answer"):
            name = grade_id.removesuffix("-answer")
            cell["source"] = f"def {name}(x):\n    return x"
    return cells


@pytest.fixture
def older(read):
    return read(answered(last_years()))


def test_the_students_answers_keep_their_order_under_todays_locked_cells(older):
    ids = [cell.grade_id for cell in older.cells if cell.grade_id]
    assert ids == [
        "setup",
        *("neuron-task", "neuron-answer", "neuron"),
        *("loss-task", "grads-task", "grads-answer", "grads", "loss"),
        "end",
    ]
    cells = {cell.grade_id: cell for cell in older.cells}
    assert cells["grads-task"].source == "Return the gradient of the mean."
    assert cells["grads-answer"].source == "def grads(x):\n    return x"
    assert cells["neuron"].points == 2
    assert cells["end"].source == "Thanks."


def test_what_the_student_could_not_know_is_told_and_nothing_is_blamed(older):
    assert older.notes == (
        "from another release: grads-task, end said something else there, and today's "
        "text is restored; the student answered the other one",
        "from another release: old was asked there and is not today; not graded, and "
        "the answer is kept for you to read",
        "loss: not in this notebook, which is from another release; counted as open "
        "where no other cell answers, so up to 4 points were out of reach",
    )


def test_it_is_flagged_for_review(older, release):
    assert flags_of(older, release, ()) == {
        "was given another text of grads-task, end",
        "answers old, which today's release does not ask",
        "was not given loss (4 points)",
    }


def test_what_another_unit_asks_is_of_no_older_release(read):
    of_unit_3 = [task("he", "Draw."), stub("he"), check("he", "check(he)", 2)]
    submission = read(answered(todays() + of_unit_3))
    assert submission.notes[0] == (
        f"he: asked in 03-initialization, and not graded in {UNIT}; the answer is kept "
        "for you to read"
    )
    assert not any("another release" in note for note in submission.notes)
    assert submission.review == (f"answers he, which {UNIT} does not ask",)
    assert "def he(x):\n    return x" in [cell.source for cell in submission.cells]


def test_the_answer_to_what_is_no_longer_asked_is_kept(older):
    sources = [cell.source for cell in older.cells if cell.role == "plain"]
    assert "def old(x):\n    return x" in sources
    assert "check(old)" in sources


def test_todays_notebook_is_not_taken_for_an_older_one(read, release):
    submission = read(answered(todays()))
    assert (submission.notes, submission.review) == ((), ())


def test_what_a_student_edited_is_told_as_that(read):
    cells = answered(todays())
    cells[2]["source"] = "Return nothing."
    submission = read(cells)
    assert submission.notes == ("cell 3, 'grads-task', was edited: restored",)
    assert submission.review == ()


def test_an_older_task_that_a_student_edited_as_well(read):
    cells = answered(last_years())
    cells[6]["source"] = "Mine."
    submission = read(cells)
    assert "cell 7, 'grads-task', was edited: restored" in submission.notes
    assert submission.notes[0].startswith("from another release: end said")


@pytest.mark.parametrize(
    "points", [10**400, float("nan"), "many", True, None, [], {"a": 1}]
)
def test_a_strangers_checksum_and_points_do_no_harm(read, points):
    cells = answered(todays())
    marks = cells[4]["metadata"]["nbgrader"]
    cells[4]["source"] = "check(other)"
    marks |= {"points": points, "checksum": "0" * 32}
    assert read(cells).notes == ("cell 5, 'grads', was edited: restored",)


def test_an_id_with_half_a_character_in_it_costs_nothing(read):
    cells = answered(todays())
    cells.append(json.loads(json.dumps(cells[4])))
    marks = cells[-1]["metadata"]["nbgrader"]
    marks |= {"grade_id": "\ud800", "checksum": "0" * 32}
    (note,) = read(cells).notes
    assert "has an id that is not in this unit, '\\ud800'" in note


def test_an_exercise_taken_out_by_hand_is_not_called_another_release(read):
    cells = [c for c in answered(todays()) if "loss" not in json.dumps(c["metadata"])]
    submission = read(cells)
    assert "which may be from another release" in submission.notes[0]
    assert submission.review == ()


def test_graded_all_the_way(tmp_path):
    """Unit 1 as it might have been: act was called bend, collapse was not there."""
    release = Release.find(demo.UNIT)
    cells = json.loads(demo.answered(release, demo.BRIEF))["cells"]
    named = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in cells}
    for name in ("collapse-task", "collapse-answer", "collapse"):
        cells.remove(named[name])
    for name in ("act-task", "act-answer", "act"):
        marks = named[name]["metadata"]["nbgrader"]
        marks["grade_id"] = marks["grade_id"].replace("act", "bend")
        source = "".join(named[name]["source"])
        named[name]["source"] = source.replace("act", "bend")
    named["layer-task"]["source"] = "Return Z, then A."
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("locked"):
            cell["source"] = "".join(cell["source"])
            checksum = compute_checksum(from_dict(cell))
            cell["metadata"]["nbgrader"]["checksum"] = checksum
    # neuron_grads came before layer.
    grads = [named[f"neuron_grads{end}"] for end in ("-task", "-answer", "")]
    for cell in grads:
        cells.remove(cell)
    at = cells.index(named["layer-task"])
    cells[at:at] = grads
    workspace = make_workspace(tmp_path / "w", None, course_directory())
    place = workspace.submitted / "ada" / demo.UNIT
    place.mkdir(parents=True)
    (place / f"{demo.UNIT}.ipynb").write_text(json.dumps(notebook(cells)))
    record = grade(workspace, demo.UNIT, Settings(workers=1)).records["ada"]
    points = {v["exercise"]: v["points"] for v in record["verdicts"] if v["max_points"]}
    assert points == {"layer": 2.0, "act": 0.0, "neuron_grads": 3.0, "collapse": 0.0}
    assert record["flags"] == [
        "answers bend, which today's release does not ask",
        "was given another text of layer-task",
        "was not given act, collapse (5 points)",
    ]
