"""Several files of one student: the last counts, or the best, and it stays so."""

import json
import shutil

import pytest
from nbgrader.api import Gradebook

from nnkit import demo
from nnkit.demo import UNIT, answered
from nnkit.grading import grade
from nnkit.grading.explain import explain
from nnkit.grading.late import LateRules
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.replay import replay
from nnkit.grading.several import best_of
from nnkit.grading.workspace import CONFIG, Workspace, make_workspace

GOOD = {"neuron_grads": demo.RIGHT}  # 3 points
SOME = {"neuron_grads": demo.BIAS_AVERAGED}  # dw alone: 1.5
NONE = {"neuron_grads": demo.SUM_FOR_MEAN}
ON_TIME, LATE = "2026-03-01 10:00:00 UTC", "2026-03-02 11:00:00 UTC"


@pytest.fixture(scope="module")
def release():
    return Release.find(UNIT)


@pytest.fixture(scope="module")
def once(tmp_path_factory, release):
    """A class in which the best file counts, graded once."""
    workspace = make_workspace(tmp_path_factory.mktemp("w"), None, course_directory())
    put(workspace, "ada", answered(release, GOOD), ON_TIME, 1)
    put(workspace, "ada", answered(release, NONE), ON_TIME, 2)
    put(workspace, "ada", answered(release, SOME), ON_TIME)
    put(workspace, "ben", b"{", ON_TIME, 1)
    put(workspace, "ben", answered(release, NONE), ON_TIME)
    put(workspace, "cleo", answered(release, SOME), ON_TIME, 1)
    put(workspace, "cleo", answered(release, GOOD), LATE)
    put(workspace, "dan", answered(release, GOOD), ON_TIME)
    run = grade(workspace, UNIT, Settings(workers=1), counts="best")
    return workspace, run


@pytest.fixture
def graded(once, tmp_path):
    shutil.copytree(once[0].root, tmp_path / "w")
    return Workspace(tmp_path / "w")


def put(workspace, student, data, when, number=None):
    top = workspace.submitted / student / UNIT
    if number is not None:
        top = workspace.root / "attempts" / student / UNIT / str(number)
    top.mkdir(parents=True, exist_ok=True)
    (top / f"{UNIT}.ipynb").write_bytes(data)
    (top / "timestamp.txt").write_text(when)


def points(run):
    return {
        name: sum(verdict["points"] for verdict in record["verdicts"])
        for name, record in run.records.items()
    }


def in_gradebook(workspace):
    with Gradebook(workspace.db_url) as book:
        found = book.find_assignment(UNIT).submissions
        return {item.student.id: item.score for item in found}


def test_the_best_counts_wherever_it_lies(once):
    workspace, run = once
    expected = {"ada": 3.0, "ben": 0.0, "cleo": 3.0, "dan": 3.0}
    assert points(run) == in_gradebook(workspace) == expected
    assert sorted(run.graded) == ["ada", "ben", "cleo", "dan"]
    assert run.failed == {}


def test_which_one_counts_is_told(once):
    _, run = once
    assert run.records["ada"]["notes"] == [
        "the best of 3 files counts: number 1, 3 points after any penalty for "
        "lateness; the others: 0, 1.5"
    ]
    assert "the last, 0 points" in run.records["ben"]["notes"][0]
    assert run.records["dan"]["notes"] == []


def test_what_is_shown_is_what_counts(once, release):
    workspace, _ = once
    shown = workspace.autograded / "ada" / UNIT
    cells = json.loads((shown / f"{UNIT}.ipynb").read_bytes())["cells"]
    assert demo.RIGHT.strip() in [cell["source"] for cell in cells]
    assert (shown / "timestamp.txt").read_text() == ON_TIME


def test_a_file_that_was_graded_and_does_not_count_is_told(graded):
    def note():
        (found,) = replay(graded, Release.find(UNIT), ["ada"])
        return next(line for line in explain(found) if "NOTE" in line)

    place = graded.submitted / "ada" / UNIT / f"{UNIT}.ipynb"
    assert note().endswith("another file, which was graded, too, and does not count")
    place.write_bytes(place.read_bytes() + b" ")
    assert note().endswith("another file, which has not been graded")


def test_a_mended_time_leaves_no_complaint_behind(graded, release):
    place = graded.submitted / "dan" / UNIT / "timestamp.txt"
    complaints = []
    # What is graded has the complaint, and no grade is needed to take it back.
    for text, changed in (("third of march", b" "), (LATE, b"")):
        place.write_text(text)
        book = place.with_name(f"{UNIT}.ipynb")
        book.write_bytes(book.read_bytes() + changed)
        run = grade(graded, UNIT, Settings(workers=1), students=["dan"])
        complaints.append(run.records["dan"]["notes"])
    (said,) = complaints[0]
    assert (
        "timestamp.txt holds no time that nbgrader can read ('third of march')" in said
    )
    assert (complaints[1], run.records["dan"]["timestamp"]) == ([], LATE)


def test_a_regrade_grades_nothing_and_keeps_the_choice(graded):
    before = graded.journal(UNIT).read_bytes()
    run = grade(graded, UNIT, Settings(workers=1))
    assert (run.graded, sorted(run.kept)) == ([], ["ada", "ben", "cleo", "dan"])
    assert graded.journal(UNIT).read_bytes() == before


def test_a_better_file_handed_in_later_alone_is_graded(graded, release):
    old = (graded.submitted / "ben" / UNIT / f"{UNIT}.ipynb").read_bytes()
    put(graded, "ben", old, ON_TIME, 2)
    put(graded, "ben", answered(release, GOOD), LATE)
    run = grade(graded, UNIT, Settings(workers=1))
    assert run.graded == ["ben"]
    assert points(run)["ben"] == 3.0
    graded_now = [
        json.loads(line)["record"]["student"]
        for line in graded.journal(UNIT).read_text().splitlines()
        if f'"{UNIT}#' in line
    ]
    assert graded_now.count("ben") == 3  # the two of before, and the new one


def test_a_late_file_counts_by_what_lateness_leaves_of_it(graded, release):
    with Gradebook(graded.db_url) as book:
        book.update_or_create_assignment(UNIT, duedate="2026-03-01 12:00:00 UTC")
    config = graded.root / CONFIG
    config.write_text(
        config.read_text()
        + 'c.AssignLatePenalties.plugin_class = "nnkit.grading.penalties.PerDay"\n'
        + "c.PerDay.percent = 60\n"
    )
    run = grade(graded, UNIT, Settings(workers=1))
    assert points(run)["cleo"] == 1.5
    assert run.late == {}
    (graded.root / "extensions.csv").write_text("student,unit,until\ncleo,,2 days\n")
    run = grade(graded, UNIT, Settings(workers=1))
    assert points(run)["cleo"] == 3.0
    assert run.late == {}


def test_the_same_bytes_once_more_count_from_when_they_first_came(graded, release):
    put(graded, "cleo", answered(release, GOOD), ON_TIME, 2)  # as the last, LATE
    with Gradebook(graded.db_url) as book:
        book.update_or_create_assignment(UNIT, duedate="2026-03-01 12:00:00 UTC")
    config = graded.root / CONFIG
    plugin = 'c.AssignLatePenalties.plugin_class = "nnkit.grading.penalties.PerDay"\n'
    config.write_text(f"{config.read_text()}{plugin}c.PerDay.percent = 60\n")
    run = grade(graded, UNIT, Settings(workers=1))
    assert run.records["cleo"]["notes"] == [
        "the best of 3 files counts: number 2, 3 points after any penalty for "
        "lateness; the others: 1.5, 1.2"
    ]
    assert run.late == {}
    before = graded.journal(UNIT).read_bytes()
    assert grade(graded, UNIT, Settings(workers=1)).graded == []
    assert graded.journal(UNIT).read_bytes() == before


def test_back_to_the_last(graded):
    run = grade(graded, UNIT, Settings(workers=1), counts="last")
    expected = {"ada": 1.5, "ben": 0.0, "cleo": 3.0, "dan": 3.0}
    assert points(run) == in_gradebook(graded) == expected
    assert any("--counts best grades them all" in said for said in run.remarks)
    assert grade(graded, UNIT, Settings(workers=1)).graded == []


def test_of_equals_the_last_counts():
    record = {"student": "ada", "timestamp": None, "notes": [], "verdicts": []}
    position, chosen = best_of([record, record], UNIT, lambda *_: 0.0)
    assert (position, chosen["best_of"]) == (1, 2)


def test_to_ask_what_lateness_costs_makes_no_gradebook(tmp_path):
    workspace = make_workspace(tmp_path / "w", None, course_directory())
    cost = LateRules(workspace.root, UNIT).costs(workspace.db_url)
    assert cost("ada", LATE, 3.0) == 0.0
    assert not (workspace.root / "gradebook.db").exists()
