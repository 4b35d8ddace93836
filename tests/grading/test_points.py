"""Points and seeds of one's own: in the notebook, for the judge, in the gradebook."""

import json
import re
import shutil

import numpy as np
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from nnkit import check, demo
from nnkit.cli import main
from nnkit.demo import UNIT, answered
from nnkit.grading import grade
from nnkit.grading.points import POINTS, release_of, remarks_on_points, with_points
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.submission import read_submission
from nnkit.grading.workspace import Workspace, WorkspaceError, make_workspace

UNITS = sorted(path.name for path in course_directory().iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def release():
    return Release.find(UNIT)


@pytest.fixture(scope="module")
def once(tmp_path_factory, release):
    """One student whose answer to neuron_grads is half right, by the usual points."""
    workspace = make_workspace(tmp_path_factory.mktemp("w"), None, course_directory())
    place = workspace.submitted / "ada" / UNIT
    place.mkdir(parents=True)
    data = answered(release, {"neuron_grads": demo.BIAS_AVERAGED})
    (place / f"{UNIT}.ipynb").write_bytes(data)
    run = grade(workspace, UNIT, Settings(workers=1), seed=123)
    assert scores(run) == {"neuron_grads": (1.5, 3.0)}
    return workspace


@pytest.fixture
def graded(once, tmp_path):
    shutil.copytree(once.root, tmp_path / "w")
    return Workspace(tmp_path / "w")


def scores(run):
    return {
        v["exercise"]: (v["points"], v["max_points"])
        for v in run.records["ada"]["verdicts"]
        if v["points"]
    }


def run(workspace, *arguments):
    done = CliRunner().invoke(
        main, ["points", UNIT, *arguments, "--dir", str(workspace.root)]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def texts(release):
    return {c.grade_id: c.source for c in release.cells}


def test_the_text_says_the_points_that_there_are_now(release):
    changed = with_points(release, {"layer": 5, "act": 1})
    before, after = texts(release), texts(changed)
    assert "`layer` (2 points, half" in before["layer-task"]
    assert "`layer` (5 points, half" in after["layer-task"]
    assert "`act` (1 point)" in after["act-task"]
    assert after["neuron_grads-task"] == before["neuron_grads-task"]
    said = "\n".join(c.source for c in changed.cells if c.role == "plain")
    assert "worth 11 points in all" in said  # 10 + 3 - 2
    assert changed.nbgrader["layer-task"].get("points") is None
    again = with_points(changed, {"layer": 2, "act": 3})
    assert texts(again)["layer-task"] == before["layer-task"]


def test_a_text_with_other_points_was_not_edited(release, tmp_path):
    changed = with_points(release, {"layer": 5})
    path = tmp_path / f"{UNIT}.ipynb"
    for given, graded in ((release, changed), (changed, release)):
        path.write_bytes(given.data)
        submission = read_submission("ada", path, graded)
        assert (submission.notes, submission.review) == ((), ())


def test_own_points_reach_judge_and_gradebook(graded, release):
    assert run(graded, "neuron_grads=10", "layer=0").exit_code == 0
    place = graded.submitted / "ben" / UNIT
    place.mkdir(parents=True)
    (place / f"{UNIT}.ipynb").write_text("no notebook")
    of_ben = grade(graded, UNIT, Settings(workers=1), students=["ben"])
    said = "graded when the exercises gave other points than today's: ada. nnkit grade"
    assert [r for r in of_ben.remarks if r.startswith(said)]
    again = grade(graded, UNIT, Settings(workers=1))
    assert again.graded == ["ada"]
    assert not [remark for remark in again.remarks if "other points" in remark]
    assert scores(again) == {"neuron_grads": (5.0, 10.0)}
    # The student's notebook is the usual one: its check cell is nobody's edit.
    assert again.records["ada"]["notes"] == again.records["ada"]["flags"] == []
    with Gradebook(graded.db_url) as book:
        submission = book.find_submission(UNIT, "ada")
        assert (submission.score, submission.max_score) == (5.0, 15.0)
    assert grade(graded, UNIT, Settings(workers=1)).graded == []


def test_the_notebook_to_hand_out_says_the_same(graded, release):
    made = run(graded, "neuron_grads=10").output.partition("hand out: ")[2]
    path = made.partition("\n")[0]
    handed = Release.load(path)
    assert handed.digest == release_of(graded, release).digest != release.digest
    assert handed.graded["neuron_grads"].source == "check(neuron_grads, points=10)"
    assert handed.points["neuron_grads"] == 10
    assert handed.points["layer"] == release.points["layer"]
    # Handed in as it is, there is nothing to put right.
    place = graded.submitted / "ben" / UNIT
    place.mkdir(parents=True)
    shutil.copy(path, place)
    submission = read_submission("ben", place / f"{UNIT}.ipynb", handed)
    assert submission.notes == ()


def test_another_check_is_still_put_right(graded, release):
    changed = with_points(release, {"layer": 5.0})
    cells = json.loads(release.data)
    for cell in cells["cells"]:
        if "".join(cell["source"]) == "check(layer)":
            cell["source"] = "check(act)"
    path = graded.root / f"{UNIT}.ipynb"
    path.write_text(json.dumps(cells))
    (note,) = read_submission("ada", path, changed).notes
    assert "'layer', was edited: restored" in note


@pytest.mark.parametrize(
    ("answer", "shown"), [(1.0, "10 of 10 points"), (-1.0, "0 of 10 points")]
)
def test_check_shows_them(answer, shown, monkeypatch):
    def act(z, kind):
        if kind == "relu":
            return answer * np.maximum(z, 0.0), (z > 0) * 1.0 * answer
        a = np.tanh(z) if kind == "tanh" else (1 + np.tanh(z / 2)) / 2
        return answer * a, answer * (1 - a**2 if kind == "tanh" else a * (1 - a))

    assert shown in repr(check(act, points=10))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert repr(check(act, points=10)) == repr(float(10 * (answer > 0)))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["neuron=5"], 1, "is a worked example"),
        (["layr=5"], 1, "did you mean 'layer'?"),
        (["layer=-1"], 1, "cannot be worth -1 points"),
        (["layer=nan"], 1, "cannot be worth nan points"),
        (["layer=much"], 2, "such as layer=5; got 'layer=much'"),
        (["layer"], 2, "such as layer=5; got 'layer'"),
    ],
)
def test_points_that_are_none(graded, arguments, code, said):
    done = run(graded, *arguments)
    assert (done.exit_code, said in done.output) == (code, True)
    assert POINTS not in done.output, "it stands in the command"
    assert not (graded.root / POINTS).exists()
    (graded.root / POINTS).write_text("unit,exercise,points\n01-neuron,layr,5\n")
    assert f"{POINTS}: {UNIT} has no exercise 'layr'" in run(graded).output


def test_a_table_by_hand(graded, release):
    path = graded.root / POINTS
    path.write_text("﻿unit, exercise, points\n\n01-neuron,layer, 7\n02-x,y,1\n")
    assert release_of(graded, release).points["layer"] == 7
    assert "     7  layer" in run(graded).output
    path.write_text("unit,exercise,points\n01-neuron,layer,seven\n")
    with pytest.raises(WorkspaceError, match="line 2: expected unit,exercise,points"):
        grade(graded, UNIT, Settings(workers=1))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("01-neuron,layer,5\n01-neuron,layer,6\n", "5 points above and 6 here"),
        (b"01-neuron,\xfcbung,5\n", "line 2.*CSV UTF-8"),
    ],
)
def test_a_table_that_cannot_be_meant(graded, release, rows, said):
    rows = rows if isinstance(rows, bytes) else rows.encode()
    (graded.root / POINTS).write_bytes(b"unit,exercise,points\n" + rows)
    with pytest.raises(WorkspaceError, match=said):
        release_of(graded, release)


@pytest.mark.parametrize("first", ["unit;exercise;points", "unit,exercise,worth"])
def test_a_table_whose_columns_are_not_known_is_not_lost(tmp_path, first):
    workspace = make_workspace(tmp_path, None, course_directory())
    path = workspace.root / POINTS
    path.write_text(f"\ufeff{first}\n{UNIT};layer;5\n")
    for arguments in ((), ("act=3",)):
        done = run(workspace, *arguments)
        assert done.exit_code == 1
        assert "its first line has to be unit,exercise,points" in done.output
    assert "layer" in path.read_text()


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit != "00-start"])
def test_no_sum_of_a_units_text_stays_behind(unit):
    """Free text says the sum alone: what it said of one exercise would go stale."""
    usual = Release.find(unit)
    name = next(name for name, worth in usual.points.items() if worth)
    in_all = sum(usual.points.values()) + sum(usual.by_hand.values())
    changed = json.loads(with_points(usual, {name: usual.points[name] + 4}).data)
    text = "\n".join(
        "".join(cell["source"])
        for cell in changed["cells"]
        if cell["cell_type"] == "markdown" and "nbgrader" not in cell["metadata"]
    )
    assert not re.search(r"points in all:\s\d", text)
    said = re.findall(r"(\d[\d.]*)\spoints\b", text)
    assert f"{in_all + 4:g}" in said
    assert f"{in_all:g}" not in said


def test_an_answer_in_words(release):
    words = Release.find("06-capstone")
    (name, usual), *_ = words.by_hand.items()
    changed = with_points(words, {name: usual + 4})
    assert changed.by_hand[name] == usual + 4
    assert changed.graded[name].source == words.graded[name].source


def test_a_seed_of_ones_own_is_remembered_and_another_grades_again(graded):
    with open(graded.journal(UNIT)) as file:
        assert json.loads(file.readline())["run"]["seed"] == 123
    assert grade(graded, UNIT, Settings(workers=1), seed=123).graded == []
    again = grade(graded, UNIT, Settings(workers=1), seed=124)
    assert again.graded == ["ada"]
    assert again.records["ada"]["seed"] == 124
    assert grade(graded, UNIT, Settings(workers=1)).graded == []


def test_a_unit_that_there_is_not_is_told(workspace):
    path = workspace.root / POINTS
    path.write_text(
        f"unit,exercise,points\n{UNIT},layer,5\n02-learning-rate,gd_run,1\n"
    )
    assert list(remarks_on_points(workspace, UNIT)) == []
    path.write_text("unit,exercise,points\n01-nueron,layer,5\n")
    (line,) = remarks_on_points(workspace, UNIT)
    assert line.startswith("points.csv names 01-nueron, and there is no such unit")


def test_a_unit_with_a_comma_in_its_name_is_kept(graded):
    name = '"two, parts",a,3'
    (graded.root / POINTS).write_text(f"unit,exercise,points\n{name}\n")
    assert run(graded, "layer=5").exit_code == 0
    assert (graded.root / POINTS).read_text() == (
        f"unit,exercise,points\n{UNIT},layer,5\n{name}\n"
    )


def test_points_that_are_given_twice_are_asked_back(workspace):
    done = run(workspace, "layer=1", "act=2", "layer=2")
    assert done.exit_code == 2
    assert "given points twice" in done.output
