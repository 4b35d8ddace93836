"""What happens while a run lasts, and what a person did between two runs."""

import json
import shutil

import pytest
from grading_builders import files, rows
from nbgrader.api import Gradebook
from small_class import hand_in, small_class

from nnkit import demo, grading
from nnkit.demo import UNIT, answered
from nnkit.exercises import exercises_of
from nnkit.grading import Listener, examiner, record
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import Workspace


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The small class, graded; and the released notebook."""
    workspace, path = small_class(tmp_path_factory.mktemp("meanwhile"))
    release = Release.load(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Release, "find", lambda *_, **__: release)
        grading.grade(workspace, UNIT, Settings(workers=1))
    return workspace, release


@pytest.fixture
def course(once, tmp_path, monkeypatch):
    """A copy to change; grading finds the small unit."""
    shutil.copytree(once[0].root, tmp_path / "class")
    monkeypatch.setattr(Release, "find", lambda *_, **__: once[1])
    return Workspace(tmp_path / "class")


def grade(course, **options):
    return grading.grade(course, UNIT, Settings(workers=1), **options)


def notebook_of(course, student):
    return course.submitted / student / UNIT / f"{UNIT}.ipynb"


def change_words(course, student, words):
    path = notebook_of(course, student)
    notebook = json.loads(path.read_text())
    notebook["cells"][-1]["source"] = words
    path.write_text(json.dumps(notebook))


def given(course, student, name):
    with Gradebook(course.db_url) as book:
        grade = book.find_grade(name, UNIT, UNIT, student)
        return grade.auto_score, grade.score, grade.needs_manual_grade


def give(course, student, name, **values):
    """What formgrader does with what a person types."""
    with Gradebook(course.db_url) as book:
        grade = book.find_grade(name, UNIT, UNIT, student)
        for key, value in values.items():
            setattr(grade, key, value)
        grade.needs_manual_grade = grade.manual_score is grade.auto_score is None
        book.db.commit()


def test_a_regrade_grades_what_changed_and_keeps_what_a_person_gave(
    course, monkeypatch
):
    assert given(course, "ben", "why") == (0.0, 0.0, False)
    give(course, "ada", "why", manual_score=2.0)
    give(course, "ben", "why", manual_score=1.0)
    give(course, "ben", "neuron_grads", extra_credit=0.5)
    with Gradebook(course.db_url) as book:
        answer = book.find_comment("neuron_grads-answer", UNIT, UNIT, "ben")
        answer.manual_comment = "See me."
        book.db.commit()
    before = rows(course)

    run = grade(course)
    assert (run.graded, rows(course)) == ([], before)

    monkeypatch.setattr(examiner, "fingerprint_of", lambda *_: "an exercise changed")
    assert sorted(grade(course).graded) == ["ada", "ben", "eve"]
    assert rows(course) == before
    assert sorted(grade(course, force=True).graded) == ["ada", "ben", "eve"]
    assert rows(course) == before

    change_words(course, "ben", "Because of the mean.")  # and no new time beside it
    for graded in (["ben"], []):
        assert grade(course).graded == graded
        assert given(course, "ben", "why") == (None, 1.0, True)
        assert given(course, "ben", "neuron_grads") == (0.0, 0.5, True)
        assert given(course, "ada", "why") == (0.0, 2.0, False)  # not written
    with Gradebook(course.db_url) as book:
        answer = book.find_comment("neuron_grads-answer", UNIT, UNIT, "ben")
        assert answer.comment == "See me."

    give(course, "ben", "why", manual_score=2.0)
    assert grade(course).graded == []
    assert given(course, "ben", "why") == (None, 2.0, False)


def test_a_notebook_taken_away_while_the_run_lasts_costs_no_grade(course):
    before = rows(course), files(course)
    taken = notebook_of(course, "ada").read_bytes()
    run = grade(course, listener=Listener(found=lambda _: take_away(course, "ada")))
    assert run.failed == {"ada": "ada/01-neuron/01-neuron.ipynb is not there"}
    assert (rows(course), files(course)) == before
    notebook_of(course, "ada").write_bytes(taken)
    run = grade(course)
    assert (run.graded, run.failed) == ([], {})
    assert (rows(course), files(course)) == before


def take_away(course, student):
    notebook_of(course, student).unlink()


def test_a_notebook_replaced_while_the_run_lasts_is_graded_by_the_next(course, once):
    right = answered(once[1], {"neuron_grads": demo.RIGHT})
    hand_in(course, "zoe", answered(once[1], {"neuron_grads": demo.SUM_FOR_MEAN}))

    def replace(record, _):
        if record["student"] == "zoe":
            notebook_of(course, "zoe").write_bytes(right)

    run = grade(course, listener=Listener(finished=replace))
    assert run.graded == ["zoe"]
    assert given(course, "zoe", "neuron_grads")[0] < 3.0
    assert grade(course).graded == ["zoe"]
    assert given(course, "zoe", "neuron_grads")[0] == 3.0


def test_a_change_to_one_units_exercises_regrades_that_unit_alone(monkeypatch):
    units = sorted(path.name for path in course_directory().iterdir())
    releases = {u: Release.find(u) for u in units if exercises_of(u)}

    def prints():
        return {
            unit: record.fingerprint_of(release, exercises_of(unit))
            for unit, release in releases.items()
        }

    before = prints()
    assert len(set(before.values())) == len(before) > 4
    read = record.Path.read_bytes

    def edited(path):
        return read(path) + b"#" * (path.parent.name == "loss")

    monkeypatch.setattr(record.Path, "read_bytes", edited)
    after = prints()
    assert [unit for unit in before if before[unit] != after[unit]] == ["04-loss"]
