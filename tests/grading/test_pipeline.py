"""What runs leave behind: whole, repeated, after a change, two at once."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from grading_builders import files, rows
from nbgrader.api import Gradebook

from nnkit import demo
from nnkit.demo import UNIT, answered
from nnkit.grading import grade
from nnkit.grading.autograded import write_autograded
from nnkit.grading.journal import Journal, JournalError
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import Workspace, make_workspace

SEED = 20_240_301
WHEN = "2024-03-01 12:00:00 UTC"
ANSWERS = {
    "ada": demo.RIGHT,
    "ben": demo.SUM_FOR_MEAN,
    "cleo": demo.BIAS_AVERAGED,
    "dan": demo.RIGHT_WITH_LOOPS,
    "fay": demo.SIGN_FLIPPED,
}
EVERYBODY = sorted([*ANSWERS, "eve"])


@pytest.fixture(scope="module")
def release():
    return Release.find(UNIT)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory, release):
    """Copy a class that nobody has graded, with a known seed, to a folder of one name.

    The name counts: messages in the gradebook hold paths.
    """
    first = make_workspace(tmp_path_factory.mktemp("class"), None, course_directory())
    with Journal.open(first.journal(UNIT)) as journal:
        journal.begin({"seed": SEED})
    for student, answer in ANSWERS.items():
        hand_in(first, student, answered(release, {"neuron_grads": answer}))
    hand_in(first, "eve", release.data[:5000])  # damaged, in the middle of the class
    (first.submitted / "ada" / UNIT / "timestamp.txt").write_text(WHEN)

    def copy(name):
        root = tmp_path_factory.mktemp(name)
        shutil.copytree(first.root, root, dirs_exist_ok=True)
        return Workspace(root)

    return copy


@pytest.fixture(scope="module")
def once(fresh):
    """The class, graded in one go."""
    workspace = fresh("once")
    grade(workspace, UNIT, Settings(workers=1))
    return workspace


@pytest.fixture
def graded(once, tmp_path):
    shutil.copytree(once.root, tmp_path / "w")
    return Workspace(tmp_path / "w")


def hand_in(workspace, student, data):
    place = workspace.submitted / student / UNIT
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{UNIT}.ipynb").write_bytes(data)


def students(workspace):
    """Whose verdicts are in the journal, in order, once for every line."""
    lines = workspace.journal(UNIT).read_text().splitlines()
    records = [json.loads(line).get("record") for line in lines]
    return [record["student"] for record in records if record]


def start(workspace, *options):
    return subprocess.Popen(
        [sys.executable, "-m", "nnkit", "grade", UNIT, "--workers", "1", *options],
        cwd=workspace.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_one_run_grades_everybody(once):
    assert sorted(students(once)) == EVERYBODY
    assert len(files(once)) == 7
    assert os.listdir(once.journal(UNIT).parent) == [f"{UNIT}.jsonl"]


def test_a_second_run_changes_nothing(graded):
    before = rows(graded), files(graded), graded.journal(UNIT).read_bytes()
    run = grade(graded, UNIT)
    assert (run.graded, sorted(run.kept)) == ([], EVERYBODY)
    assert (rows(graded), files(graded), graded.journal(UNIT).read_bytes()) == before


def test_a_changed_submission_alone_is_graded_again(graded, release):
    before = rows(graded)["grade"], files(graded)
    hand_in(graded, "ben", answered(release, {"neuron_grads": demo.RIGHT}))
    run = grade(graded, UNIT, Settings(workers=1))
    assert run.graded == ["ben"]
    assert students(graded)[6:] == ["ben"]
    changed = set(rows(graded)["grade"]) - set(before[0])
    assert [row for row in changed if 3.0 in row] == list(changed)
    assert len(changed) == 1
    now = files(graded)
    assert [path.parts[0] for path in now if now[path] != before[1][path]] == ["ben"]


def test_a_file_made_whole_is_graded(graded, release):
    hand_in(graded, "eve", answered(release, {"neuron_grads": demo.RIGHT}))
    assert grade(graded, UNIT, Settings(workers=1)).graded == ["eve"]


def test_a_new_student_alone_is_graded(graded, release):
    hand_in(graded, "zoe", answered(release, {"neuron_grads": demo.RIGHT}))
    assert grade(graded, UNIT, Settings(workers=1)).graded == ["zoe"]


def test_force_grades_all_again_with_the_same_cases(graded):
    before = rows(graded), files(graded)
    run = grade(graded, UNIT, Settings(workers=1), force=True)
    assert (sorted(run.graded), run.kept) == (EVERYBODY, [])
    assert len(students(graded)) == 12
    assert (rows(graded), files(graded)) == before


def test_what_was_lost_beside_the_journal_is_made_again(graded):
    before = rows(graded), files(graded)
    shutil.rmtree(graded.autograded)
    (graded.root / "gradebook.db").unlink()
    assert grade(graded, UNIT).graded == []
    assert (rows(graded), files(graded)) == before


def test_a_notebook_that_cannot_be_shown_stops_nobody(graded, monkeypatch):
    def stumble(workspace, release, submission, outputs):
        if submission.student == "ben":
            raise AssertionError("a parser's own words")
        return write_autograded(workspace, release, submission, outputs)

    before = rows(graded)
    monkeypatch.setattr("nnkit.grading.write_autograded", stumble)
    run = grade(graded, UNIT, Settings(workers=1), force=True)
    assert sorted(run.graded) == EVERYBODY
    assert set(run.unshown) == {"ben"}
    assert "AssertionError: a parser's own words at" in run.unshown["ben"]
    assert rows(graded) == before


def test_a_torn_line_is_cut_off_and_graded_again(graded, once):
    journal = graded.journal(UNIT)
    torn = students(graded)[-1]
    journal.write_bytes(journal.read_bytes()[:-10])
    run = grade(graded, UNIT, Settings(workers=1))
    assert run.graded == [torn]
    assert "torn line" in run.repaired
    assert (rows(graded), files(graded)) == (rows(once), files(once))


def test_two_graders_at_once(graded):
    with Journal.open(graded.journal(UNIT)):
        with pytest.raises(JournalError, match="another grader is at work"):
            grade(graded, UNIT)
        said, _ = (process := start(graded)).communicate(timeout=60)
    assert process.returncode == 1
    assert said.count("Error") == 1
    assert "wait for it to end, or end it" in " ".join(said.split())
    assert "Traceback" not in said


def test_units_have_journals_of_their_own(graded):
    with Journal.open(graded.journal("02-other")):
        assert grade(graded, UNIT).graded == []


def test_who_drops_out_stays_until_removed_and_does_not_come_back(graded):
    shutil.rmtree(graded.submitted / "ben")
    shutil.rmtree(graded.submitted / "dan")
    run = grade(graded, UNIT, Settings(workers=1))
    (said,) = [remark for remark in run.remarks if "submitted/" in remark]
    assert said.startswith("no longer in submitted/: ben, dan. The grade stands.")
    assert sorted(run.records) == EVERYBODY
    with Gradebook(graded.db_url) as book:
        book.remove_student("ben")
    run = grade(graded, UNIT, Settings(workers=1))
    first, second = [remark for remark in run.remarks if "submitted/" in remark]
    assert first.startswith("no longer in submitted/: dan. ")
    assert second.startswith("neither in submitted/ nor in the gradebook any more: ben")
    with Gradebook(graded.db_url) as book:
        kept = {item.student.id for item in book.find_assignment(UNIT).submissions}
    assert kept == {*EVERYBODY} - {"ben"} == {*run.records}
    with Gradebook(graded.db_url) as book:
        book.add_student("ben")  # back in the course: what was earned stands
    assert sorted(grade(graded, UNIT, Settings(workers=1)).records) == EVERYBODY


def test_a_new_gradebook_that_has_one_student_gets_the_others_back(graded):
    shutil.rmtree(graded.submitted / "ben")
    (graded.root / "gradebook.db").unlink()
    grade(graded, UNIT, Settings(workers=1), students=["ada"])
    assert sorted(grade(graded, UNIT, Settings(workers=1)).records) == EVERYBODY


def test_a_new_gradebook_has_those_too_whose_work_is_gone(graded):
    shutil.rmtree(graded.submitted / "ben")
    (graded.root / "gradebook.db").unlink()
    assert sorted(grade(graded, UNIT, Settings(workers=1)).records) == EVERYBODY
    with Gradebook(graded.db_url) as book:
        assert len(book.find_assignment(UNIT).submissions) == len(EVERYBODY)
