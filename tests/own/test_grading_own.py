"""Own exercises graded by both commands; an old course's assignments as before."""

import json
import shutil

import pytest
from nbgrader.api import Gradebook
from own_course import RIGHT, SUM_FOR_MEAN, UNIT, answered, copied, hand_in, ran

from nnkit.course import folders_of
from nnkit.exercises import own
from nnkit.grading.asked import find_release, is_ours
from nnkit.grading.journal import Journal
from nnkit.grading.release import ReleaseError

OLD = "ps1"
SPY = """return w

found = []
for name in ({paths}):
    try:
        found.append(open(name).read())
    except OSError:
        pass
try:
    import nnkit_exercises
    found.append("imported")
except ImportError:
    pass
print("FOUND", len(found), "OF", len(({paths})))"""


def marked(source, kind="code", **marks):
    marks = {"grade": False, "solution": False, "locked": False, "task": False, **marks}
    cell = {
        "cell_type": kind,
        "metadata": {"nbgrader": {"schema_version": 3, **marks}},
        "source": source,
    }
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


SOLUTION = "def f(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION"
TESTS = (
    "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(2) == 3\n### END HIDDEN TESTS"
)
ORDINARY = {
    "cells": [
        marked(SOLUTION, grade_id="f", solution=True),
        marked(TESTS, grade_id="test-f", grade=True, locked=True, points=2),
        marked("Why?", "markdown", grade_id="why", grade=True, solution=True, points=3),
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}


def scores(root, unit):
    with Gradebook(f"sqlite:///{root}/gradebook.db", course_id="nnkit") as book:
        return {
            (submission.student_id, grade.name): (
                grade.auto_score,
                grade.needs_manual_grade,
            )
            for submission in book.assignment_submissions(unit)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


@pytest.fixture(scope="module")
def graded(built, tmp_path_factory):
    """One class twice, with the same secret seed: nnkit grade, nbgrader autograde."""
    root = tmp_path_factory.mktemp("graded")
    said = []
    for name, *command in (
        ("ours", "nnkit", "grade", UNIT),
        ("nbgraders", "nbgrader", "autograde", UNIT),
    ):
        course = copied(built, root / name)
        with Journal.open(course / "journal" / f"{UNIT}.jsonl") as journal:
            journal.begin({"seed": 20_260_101})
        hand_in(course, "ada", answered(course, RIGHT))
        hand_in(course, "ben", answered(course, SUM_FOR_MEAN))
        files = [
            course / f"source/{UNIT}/{own.FILE}",
            course / f"release/{UNIT}/{own.FILE}",
            course / f"submitted/spy/{UNIT}/{own.FILE}",
        ]
        spy = SPY.format(paths=", ".join(repr(str(path)) for path in files))
        place = hand_in(course, "spy", answered(course, spy))
        (place / own.FILE).write_text(f"open({str(root / 'was-run')!r}, 'w')")
        if name == "nbgraders":
            ran(course, "nbgrader", "generate_assignment", UNIT, "--force")
        said.append(ran(course, *command))
    return root, said


def test_both_commands_give_the_same_scores(graded):
    root, _ = graded
    found = scores(root / "ours", UNIT)
    assert found == {
        ("ada", "ridge_grad"): (2.0, False),
        ("ben", "ridge_grad"): (0.0, False),
        ("spy", "ridge_grad"): (0.0, False),
        **{(name, "why-penalty"): (None, True) for name in ("ada", "ben", "spy")},
    }
    assert scores(root / "nbgraders", UNIT) == found


def test_the_report_names_the_instructors_own_slips(graded):
    said = graded[1][0]
    assert "ridge_grad: sum-for-mean" in said
    assert "The sandbox held in every respect" in said


def test_no_submission_sees_the_exercises_and_none_of_its_files_is_run(graded):
    root, _ = graded
    for name in ("ours", "nbgraders"):
        path = root / name / "autograded" / "spy" / UNIT / f"{UNIT}.ipynb"
        assert "FOUND 0 OF 3" in path.read_text()
    assert not (root / "was-run").exists()


def test_changed_exercises_are_graded_again_and_unchanged_ones_are_not(graded):
    root, _ = graded
    course = root / "ours"
    assert "0 graded" in ran(course, "nnkit", "grade", UNIT)
    path = course / f"source/{UNIT}/{own.FILE}"
    path.write_text(path.read_text() + "\n# mended\n")
    said = ran(course, "nnkit", "grade", UNIT)
    assert "3 graded" in said
    assert "students practise with the older one" in " ".join(said.split())


BROKEN = {
    "syntax": ("EXERCISES =", "EXERCISES = =", "line 71: invalid syntax"),
    "reference": ("return residual", "return 1 / 0", "ridge_grad: "),
    "cases": (
        "return (\n        Case",
        "return ()\n    (\n        Case",
        "has no cases",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_broken_exercises_grade_nobody_and_say_why(course, old, new, said):
    hand_in(course, "ada", answered(course, RIGHT))
    path = course / f"source/{UNIT}/{own.FILE}"
    text = path.read_text().replace("return (residual", "return residual and (residual")
    assert old in text
    path.write_text(text.replace(old, new))
    found = ran(course, "nnkit", "grade", UNIT, code=1)
    assert found.strip().startswith("Error: ")
    assert found.strip().count("\n") == 0
    assert said in found
    assert own.FILE in found
    assert not (course / "gradebook.db").exists()


def test_a_unit_that_was_not_built_says_how(course):
    shutil.rmtree(course / "release")
    with pytest.raises(ReleaseError, match="make it with nnkit build 07-ridge"):
        find_release(UNIT, folders_of(course))


def test_a_misspelled_unit_of_ones_own(course):
    with pytest.raises(ReleaseError, match="did you mean '07-ridge'"):
        find_release("07-rigde", folders_of(course))


def test_a_unit_that_lost_its_exercises_is_not_left_to_nbgrader(course):
    folders = folders_of(course)
    assert is_ours(UNIT, folders)
    (course / f"source/{UNIT}/{own.FILE}").unlink()
    with pytest.raises(ReleaseError, match=r"asks for check\(ridge_grad\)"):
        is_ours(UNIT, folders)


def test_an_ordinary_assignment_is_graded_by_nbgrader_as_before(
    course, kernels_answer_in_time
):
    for name in (OLD, "ps2"):
        place = course / "source" / name
        place.mkdir()
        (place / f"{name}.ipynb").write_text(json.dumps(ORDINARY))
    ran(course, "nbgrader", "generate_assignment", OLD)
    released = (course / "release" / OLD / f"{OLD}.ipynb").read_text()
    assert "f(2)" not in released
    right = released.replace("# YOUR CODE HERE\\n", "return x + 1\\n")
    visible = released.replace("# YOUR CODE HERE\\n", "return 2\\n")
    assert released not in (right, visible)
    for student, text in (("ann", right), ("bob", visible)):
        hand_in(course, student, text, OLD)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(kernels_answer_in_time)
    said = ran(course, "nbgrader", "autograde", OLD)
    assert f"{OLD} has no exercises of nnkit's: graded by nbgrader itself" in said
    assert "without a sandbox" in said
    assert scores(course, OLD) == {
        ("ann", "test-f"): (2.0, False),
        ("bob", "test-f"): (0.0, False),
        ("ann", "why"): (0.0, False),
        ("bob", "why"): (0.0, False),
    }
    # Another assignment's name is no misspelled unit.
    hand_in(course, "ann", answered(course, RIGHT))
    assert "NOT GRADED" not in ran(course, "nnkit", "grade", UNIT)
