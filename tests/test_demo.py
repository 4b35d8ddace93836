"""The demonstration: a class of 24, and what an instructor reads about it."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from nnkit import demo, grading
from nnkit.cli import main
from nnkit.cli.stopping import Stopped
from nnkit.exercises import exercises_of
from nnkit.grading.journal import Journal
from nnkit.grading.record import verdicts_of
from nnkit.grading.release import Release
from nnkit.grading.workspace import Workspace, WorkspaceError, new_workspace

POINTS = {
    **dict.fromkeys(("ada", "ben", "chloe", "dev", "wen"), 10),
    **dict.fromkeys(("emre", "ivo", "jun", "kim", "tess", "yan"), 7),
    **dict.fromkeys(("fay", "noor", "pia", "quin", "rosa"), 6),
    **{"gus": 8.5, "hana": 0, "lou": 0, "mia": 5, "omar": 5.5, "sam": 5.5},
    **{"vic": 4.5, "zoe": 6.5},
}
SLIPS = {
    "emre": {"sum-for-mean"},
    "fay": {"sum-for-mean", "first-bias-lost"},
    "gus": {"bias-averaged"},
    "noor": {"sign-flipped", "first-bias-lost"},
    "omar": {"tanh-slope-of-the-output", "slope-of-the-output"},
    "pia": {"columns-returned", "operands-swapped"},
    "quin": {"relu-in-place", "z-overwritten"},
    "rosa": {"sigmoid-by-exp", "tanh-by-exp"},
    "sam": {"relu-slope-one-everywhere", "slope-omitted"},
    "vic": {"kind-ignored", "relu-slope-one-everywhere", "factor-two-lost"},
    "zoe": {"activation-for-z", "tanh-slope-for-sigmoid", "first-bias-lost"},
}
GRADED = [exercise.id for exercise in exercises_of(demo.UNIT) if exercise.points]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Run the command once; return its folder, and what it said where."""
    folder = tmp_path_factory.mktemp("demo") / "class"
    command = [sys.executable, "-m", "nnkit", "demo", "--dir", str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout, done.stderr


@pytest.fixture(scope="module")
def records(graded):
    with Journal.open(Workspace(graded[0]).journal(demo.UNIT)) as journal:
        return dict(journal.latest(demo.UNIT))


def test_twenty_four_students_hand_in(records):
    assert len(records) == 24
    assert records.keys() == POINTS.keys()


@pytest.mark.parametrize("student", POINTS)
def test_everyone_gets_what_they_deserve(records, student):
    verdicts = list(verdicts_of(records[student]))
    assert sum(verdict.points for verdict in verdicts) == POINTS[student]
    slips = {item.slip for v in verdicts for item in v.diagnoses if item.slip}
    assert slips == SLIPS.get(student, set())


@pytest.mark.parametrize("exercise", GRADED)
def test_each_exercise_is_got_right_in_several_ways_and_wrong_in_others(exercise):
    sources = {cells[exercise] for cells in demo.CLASS.values() if exercise in cells}
    right = {demo.CLASS[s].get(exercise) for s in ("ada", "ben", "chloe")}
    assert None not in right, f"nnkit/demo has no answers to {exercise}"
    assert len(right) == 3
    assert len(sources - right) >= 2


def test_each_slip_is_one_that_the_exercises_declare():
    known = {slip.id for item in exercises_of(demo.UNIT) for slip in item.slips}
    assert set().union(*SLIPS.values()) <= known


def test_a_mistake_is_a_change_and_not_a_word_that_was_not_found():
    brief = demo.CLASS["ada"]
    for student, cells in demo.CLASS.items():
        different = [name for name in cells if cells[name] != brief[name]]
        perfect = student in ("ada", "hana", "mia")  # the last two leave cells open
        assert bool(different) is not perfect, student


@pytest.mark.parametrize(
    "words",
    [
        "24 submissions",
        "neuron_grads: sum-for-mean",
        "collapse: first-bias-lost",
        "damaged",
        "SyntaxError",
        "did not",
        "numerical derivative",
        "No module named 'nnkit.exercises'",
        "nbgrader generate_feedback",
    ],
)
def test_an_instructor_reads_it(graded, words):
    # A table breaks lines wherever it likes.
    assert words in re.sub(r"[│\s]+", " ", graded[1])


def test_what_could_not_be_read_is_told_once_as_it_happens(graded):
    assert graded[2].count("not readable") == 1
    assert "sandbox:" not in graded[2]  # a log that nobody asked for


def test_the_class_is_made_anew_but_nobody_elses_folder_is_touched(
    tmp_path, monkeypatch
):
    folder = tmp_path / "class"
    (demo.make_class(folder).submitted / "ada" / "more.txt").touch()
    demo.make_class(folder)
    assert not (folder / "submitted" / "ada" / "more.txt").exists()
    monkeypatch.chdir(folder)
    (tmp_path / "link").symlink_to(folder)
    for same in (Path(), tmp_path / "link"):  # neither of which can be removed
        demo.make_class(same)
        assert (folder / "submitted" / "ada").is_dir()
    mine = tmp_path / "mine" / "submitted" / "me"
    mine.mkdir(parents=True)
    with pytest.raises(WorkspaceError):
        demo.make_class(tmp_path / "mine")
    assert mine.is_dir()


def test_a_course_of_ones_own_is_left_alone_however_often_one_tries(tmp_path):
    course = new_workspace(tmp_path / "course")
    mine = course.submitted / "zed"
    mine.mkdir()
    before = sorted(course.root.rglob("*"))
    for _ in range(2):
        with pytest.raises(WorkspaceError, match="was left alone"):
            demo.make_class(course.root)
    assert sorted(course.root.rglob("*")) == before
    # Nor is a class of ours in which somebody has handed in since.
    made = demo.make_class(tmp_path / "class")
    (made.submitted / "zed").mkdir()
    with pytest.raises(WorkspaceError, match="was left alone"):
        demo.make_class(made.root)


def test_answers_go_where_they_belong():
    release = Release.find(demo.UNIT)
    filled = demo.answered(release, {"act": "act = 'here'", "other": "act = 'there'"})
    assert filled.count(b"act = 'here'") == 1
    assert b"act = 'there'" not in filled


def test_when_it_is_stopped_it_names_no_option_that_it_does_not_have(
    tmp_path, monkeypatch
):
    def stopped(*_, **__):
        raise Stopped(signal.SIGINT)

    monkeypatch.setattr(grading, "grade", stopped)
    done = CliRunner().invoke(main, ["demo", "--dir", str(tmp_path / "demo")])
    assert done.exit_code == 128 + signal.SIGINT
    assert "stopped by SIGINT. nnkit demo makes the class anew" in done.output
    assert "--force" not in done.output
