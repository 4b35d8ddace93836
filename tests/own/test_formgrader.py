"""What formgrader shows of a course graded here, and what it keeps: without a browser.

One course, graded once, and one Jupyter server, which is asked by HTTP what the pages'
scripts ask it.
"""

import csv

import pytest
from bs4 import BeautifulSoup
from formgrader_course import HANDED_IN, HINT, Formgrader, grade, make
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from own_course import UNIT


@pytest.fixture(scope="module")
def course(built, tmp_path_factory):
    return make(built, tmp_path_factory.mktemp("formgrader") / "course")


@pytest.fixture(scope="module")
def formgrader(course, tmp_path_factory):
    found = Formgrader(course, tmp_path_factory.mktemp("home"))
    yield found
    found.close()


def exported(course):
    plugin = CsvExportPlugin()
    plugin.to = str(course / "grades.csv")
    with Gradebook(f"sqlite:///{course}/gradebook.db", course_id="nnkit") as book:
        plugin.export(book)
    with (course / "grades.csv").open(newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def before(formgrader):
    """What was listed before a person had given anything."""
    return formgrader.books()


@pytest.fixture(scope="module")
def by_hand(formgrader, before):
    """A score with extra credit and a comment, and a verdict that is overruled."""
    words, comment = formgrader.cell("ben")
    assert (words["auto_score"], words["needs_manual_grade"]) == (None, True)
    given = {"manual_score": 1, "extra_credit": 0.5}
    formgrader.api(f"grade/{words['id']}", "PUT", **given)
    formgrader.api(f"comment/{comment['id']}", "PUT", manual_comment="By how *much*?")
    overruled, _ = formgrader.cell("ben", "ridge_grad")
    given = {"manual_score": 1.5, "extra_credit": None}
    formgrader.api(f"grade/{overruled['id']}", "PUT", **given)


@pytest.fixture(scope="module")
def again(course, by_hand):
    """What is said by a run that has nothing to grade, and puts penalties down."""
    return grade(course)


def test_what_is_listed(formgrader, before):
    (listed,) = formgrader.api("assignments")
    assert (listed["name"], listed["num_submissions"]) == (UNIT, 2)
    assert listed["duedate"] == "2026-03-01T12:00:00"
    states = {item["student"]: item for item in formgrader.api(f"submissions/{UNIT}")}
    assert states.keys() == before.keys() == HANDED_IN.keys()
    assert states["ben"]["timestamp"] == "2026-03-03T11:00:00"
    for name, score in (("ada", 2.0), ("ben", 0.0)):
        found = before[name]
        assert found["needs_manual_grade"]
        assert found["failed_tests"] == (not score)
        assert (found["code_score"], found["max_code_score"]) == (score, 2.0)
        assert (found["written_score"], found["max_written_score"]) == (0.0, 1.0)


def test_the_page_of_a_submission_shows_the_answer_the_hint_and_the_fields(formgrader):
    page = formgrader.ask(f"submissions/{formgrader.books()['ben']['id']}")
    assert HINT in page
    assert "Weights multiply noise." in page
    for name in ("ridge_grad", "why-penalty"):
        assert f'class="score tabbable" id="{name}"' in page
        assert f'class="extra-credit tabbable" id="{name}_extra_credit"' in page
    _, comment = formgrader.cell("ben", "ridge_grad-answer")
    assert comment["auto_comment"].startswith(HINT)


def test_what_a_person_gave_is_kept_by_every_regrade(formgrader, course, again):
    def kept():
        found, said = formgrader.cell("ben")
        assert (found["manual_score"], found["extra_credit"]) == (1.0, 0.5)
        assert not found["needs_manual_grade"]
        assert said["manual_comment"] == "By how *much*?"
        found, _ = formgrader.cell("ben", "ridge_grad")
        assert (found["auto_score"], found["manual_score"]) == (0.0, 1.5)
        assert formgrader.books()["ben"]["score"] == 3.0
        assert formgrader.books()["ada"]["needs_manual_grade"]

    assert "0 graded" in again
    kept()
    # The button that runs `nbgrader autograde`, in the server's own process.
    done = formgrader.api(f"submission/{UNIT}/ben/autograde", "POST")
    assert done["success"], done
    kept()


def test_the_penalty_is_told_and_exported(course, again):
    assert "late by 1 d 23 h: -0.6 points" in again
    found = exported(course)
    columns = ("raw_score", "late_submission_penalty", "score", "max_score")
    assert [found["ben"][name] for name in columns] == ["3.0", "0.6", "2.4", "3.0"]
    assert [found["ada"][name] for name in columns] == ["2.0", "0.0", "2.0", "3.0"]


def test_the_feedback_has_it_all(formgrader, course, again):
    done = formgrader.api(f"assignment/{UNIT}/ben/generate_feedback", "POST")
    assert done["success"], done
    page = BeautifulSoup(
        (course / f"feedback/ben/{UNIT}/{UNIT}.html").read_text(), "html.parser"
    )
    shown = " ".join(page.body.get_text().split())
    for text in (HINT, "Weights multiply noise.", "By how much?"):
        assert text in shown
    assert f"{UNIT} (Score: 2.4 / 3.0)" in shown
    assert "Late submission penalty (Score: -0.6)" in shown
