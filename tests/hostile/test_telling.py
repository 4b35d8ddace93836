"""A submission that tells what it was asked, for the one after it to have learned.

eve's notebook prints the secret inputs, feedback shows them to her, and she hands in a
table of their right answers. What was graded before she could see them must stand.
"""

import ast
import json
import os

import numpy as np
import pytest
from nbgrader.coursedir import CourseDirectory

from nnkit.demo import RIGHT, UNIT, answered
from nnkit.grading import grade
from nnkit.grading.examiner import Examiner
from nnkit.grading.journal import Journal
from nnkit.grading.nbgrader import pages_in
from nnkit.grading.pool import Settings
from nnkit.grading.record import verdicts_of
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import make_workspace, state_of

from .case import Hostile

TELLS = """
asked = []

def neuron_grads(X, y, w, b):
    asked.append([value.tolist() for value in (X, y, w)] + [float(b)])
    return w * 0, 0.0
"""
KNOWS = "known = {}\n\ndef neuron_grads(X, y, w, b):\n    return known[X[0, 0]]\n"


def right(X, y, w, b):
    a = np.tanh(np.array(X) @ w + b)
    dz = 2 / len(y) * (a - y) * (1 - a**2)
    return (dz @ X).tolist(), float(dz.sum())


@pytest.fixture
def workspace(tmp_path):
    made = make_workspace(tmp_path / "class", None, course_directory())
    release = Release.find(UNIT)
    hand_in(made, "ada", answered(release, {"neuron_grads": RIGHT}))
    hand_in(
        made, "eve", Hostile("eve", TELLS, later="print(asked)").notebook(release, {})
    )
    return made


def hand_in(workspace, student, data):
    path = workspace.submitted / student / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def feedback(workspace, student):
    path = workspace.feedback / student / UNIT / f"{UNIT}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("made of autograded/")
    return path


def graded(workspace, **options):
    return grade(workspace, UNIT, Settings(workers=1), **options)


def points(run, student):
    return sum(verdict.points for verdict in verdicts_of(run.records[student]))


def told(workspace):
    path = workspace.autograded / "eve" / UNIT / f"{UNIT}.ipynb"
    outputs = json.loads(path.read_text())["cells"][-1]["outputs"]
    return ast.literal_eval(outputs[0]["text"])


def test_what_feedback_told_is_not_asked_again(workspace):
    first = graded(workspace)
    assert (points(first, "ada"), points(first, "eve")) == (3, 0)
    known = {X[0][0]: right(X, y, w, b) for X, y, w, b in told(workspace)}
    assert len(known) > 3
    feedback(workspace, "eve")
    answer = KNOWS.replace("{}", repr(known))
    hand_in(workspace, "eve", answered(Release.find(UNIT), {"neuron_grads": answer}))
    second = graded(workspace)
    assert points(second, "eve") == 0
    assert (second.graded, second.kept) == (["eve"], ["ada"])
    assert points(second, "ada") == 3
    # Neither run's verdicts are reached again, and nobody has seen the second's cases.
    third = graded(workspace)
    assert (third.graded, sorted(third.kept)) == ([], ["ada", "eve"])


def examined(workspace, seed=None):
    """Begin a run; return the seed of its cases, and those whose verdicts stand."""
    with Journal.open(workspace.journal(UNIT)) as journal:
        fed_back = state_of(workspace.feedback, UNIT)
        begun = Examiner(Release.find(UNIT), journal, seed, fed_back)
        return begun.seed, journal.header["earlier"]


def test_new_feedback_draws_new_cases_once(workspace):
    first, earlier = examined(workspace)
    assert earlier == []
    page = feedback(workspace, "ada")
    second, earlier = examined(workspace)
    assert second != first
    assert earlier == [first]
    assert examined(workspace) == (second, [first])
    os.utime(page, (2e9, 2e9))
    third, earlier = examined(workspace)
    assert third not in (first, second)
    assert earlier == [first, second]
    assert examined(workspace, seed=5) == (5, [])


def test_feedback_is_noticed_whatever_the_clock_says(workspace):
    seeds = [examined(workspace)[0]]
    for student, when in (("ada", 4e9), ("eve", 1e9), ("ada", 1e9)):
        os.utime(feedback(workspace, student), (when, when))
        seeds.append(examined(workspace)[0])
    assert len({*seeds}) == 4
    page = feedback(workspace, "ada")
    os.utime(page, (1e9, 1e9))
    link = workspace.feedback / "bob" / UNIT / "nowhere.html"
    link.parent.mkdir(parents=True)
    link.symlink_to("nowhere")
    assert examined(workspace)[0] == seeds[-1]


def test_feedback_is_noticed_where_a_configuration_puts_it(tmp_path):
    course = CourseDirectory(
        root=str(tmp_path / "c[1]"),
        assignment_id=UNIT,
        directory_structure="{nbgrader_step}/{assignment_id}/{student_id}",
    )
    folder = tmp_path / "c[1]" / "feedback"
    assert state_of(folder, UNIT, pages_in(course)) == ""
    page = folder / UNIT / "ada" / f"{UNIT}.html"
    page.parent.mkdir(parents=True)
    page.touch()
    assert state_of(folder, UNIT, pages_in(course)) != ""
    assert state_of(folder, UNIT) == ""
    usual = CourseDirectory(root=course.root, assignment_id=UNIT)
    page = folder / "ada" / UNIT / f"{UNIT}.html"
    page.parent.mkdir(parents=True)
    page.touch()
    assert state_of(folder, UNIT, pages_in(usual)) == state_of(folder, UNIT) != ""
