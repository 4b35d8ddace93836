"""Answers in words: kept as written, and scored by a person alone."""

import json

import pytest
from grading_builders import UNIT, answer, check, nbcell, notebook, record

from nnkit.grading import Run
from nnkit.grading.autograded import write_autograded
from nnkit.grading.gradebook import write_gradebook
from nnkit.grading.points import with_points
from nnkit.grading.release import Release
from nnkit.grading.report import print_report
from nnkit.grading.submission import read_submission

STUB = "**Your answer.**\n\nYOUR ANSWER HERE"
WORDS = "**Your answer.**\n\nRun 1 diverges: its rate is too large. ½ < η, *surely*."
VERDICTS = [{"exercise": "a", "points": 1.0, "max_points": 1.0}]


def cells(words=STUB):
    return [
        answer("a-answer", "def a(x):\n    raise NotImplementedError"),
        check("a", "check(a)", 1),
        nbcell(words, "markdown", "why", 2.0, grade=True, solution=True, locked=False),
        nbcell("Thanks.", "markdown", grade_id="end"),
    ]


@pytest.fixture
def worded(course):
    path = course / UNIT / f"{UNIT}.ipynb"
    path.write_text(json.dumps(notebook(cells())))
    return Release.load(path)


def test_it_is_an_answer_and_no_check(worded):
    assert worded.checks == ("a",)
    assert worded.graded["why"].role == "answer"
    assert worded.graded["why"].points == 2.0
    assert worded.answer_of("a") == "a-answer"


def test_the_students_words_are_kept(worded, hand_in, workspace):
    handed_in = cells(WORDS)
    handed_in[2]["metadata"]["nbgrader"]["points"] = 100
    submission = read_submission("ada", hand_in(handed_in), worded)
    (cell,) = [c for c in submission.cells if c.grade_id == "why"]
    assert (cell.kind, cell.source, cell.points) == ("markdown", WORDS, 2.0)
    assert not submission.notes
    path = write_autograded(workspace, worded, submission, {})
    (shown,) = [
        c
        for c in json.loads(path.read_text())["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade_id") == "why"
    ]
    assert shown["source"] == WORDS
    assert shown["cell_type"] == "markdown"
    assert shown["metadata"]["nbgrader"]["points"] == 2.0
    assert "outputs" not in shown


def test_words_in_a_code_cell_are_shown_as_words(worded, hand_in):
    handed_in = cells(WORDS)
    handed_in[2] |= {"cell_type": "code", "outputs": [], "execution_count": None}
    submission = read_submission("ada", hand_in(handed_in), worded)
    (cell,) = [c for c in submission.cells if c.grade_id == "why"]
    assert (cell.kind, cell.source) == ("markdown", WORDS)
    assert "had become code: markdown again" in submission.notes[0]


@pytest.mark.parametrize("marked", [True, False])
def test_words_that_are_gone_have_a_cell_for_their_score(
    worded, hand_in, workspace, marked
):
    """What formgrader shows is the graded notebook: a score needs a cell there."""
    handed_in = cells(WORDS)
    if marked:
        del handed_in[2]
    else:
        handed_in = [nbcell(c["source"], c["cell_type"]) for c in handed_in]
    submission = read_submission("ada", hand_in(handed_in), worded)
    assert "why" in " ".join([*submission.notes, *submission.review])
    assert submission.unanswered(worded) == ()
    path = write_autograded(workspace, worded, submission, {})
    (shown,) = [
        c
        for c in json.loads(path.read_text())["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade_id") == "why"
    ]
    assert (shown["source"], shown["metadata"]["nbgrader"]["points"]) == (STUB, 2.0)


def test_a_score_by_hand_is_asked_for_and_survives_a_regrade(worded, workspace, opened):
    def grade():
        found = [record(verdicts=VERDICTS)]
        summary = write_gradebook(workspace.db_url, worded, found)
        return summary.waiting, summary.by_hand

    assert grade() == ({"why": 1}, 0)
    with opened() as book:
        (found,) = book.submission_dicts(UNIT)
        assert found["needs_manual_grade"]
        assert (found["score"], found["max_score"]) == (1.0, 3.0)
        given = book.find_grade("why", UNIT, UNIT, "ada")
        assert (given.auto_score, given.needs_manual_grade) == (None, True)
        # What formgrader does when a person types a score and a comment.
        given.manual_score, given.needs_manual_grade = 1.5, False
        book.find_comment("why", UNIT, UNIT, "ada").manual_comment = "Run 3?"
        book.db.commit()
    assert grade() == ({}, 1)
    with opened() as book:
        (found,) = book.submission_dicts(UNIT)
        assert not found["needs_manual_grade"]
        assert found["score"] == 2.5
        given = book.find_grade("why", UNIT, UNIT, "ada")
        assert (given.manual_score, given.needs_manual_grade) == (1.5, False)
        assert book.find_comment("why", UNIT, UNIT, "ada").comment == "Run 3?"


def test_a_score_that_a_person_gave_is_listed_once_where_its_maximum_changes(
    worded, workspace, opened
):
    """1 of 2 was half; 1 of 4 is a quarter, which nobody has decided."""
    ada, ben = (record(name, verdicts=VERDICTS) for name in ("ada", "ben"))
    write_gradebook(workspace.db_url, worded, [ada, ben])
    with opened() as book:
        for name in ("why", "a"):
            grade = book.find_grade(name, UNIT, UNIT, "ada")
            grade.manual_score, grade.needs_manual_grade = 1.0, False
        book.db.commit()
    assert write_gradebook(workspace.db_url, worded, [ada]).waiting == {}
    more = with_points(worded, {"why": 4.0})
    # Of others, too, than those who are written: the maximum is everybody's.
    write_gradebook(workspace.db_url, more, [ben])
    with opened() as book:
        grade = book.find_grade("why", UNIT, UNIT, "ada")
        assert (grade.score, grade.max_score, grade.needs_manual_grade) == (1, 4, True)
        assert not book.find_grade("a", UNIT, UNIT, "ada").needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 2.0, False
        book.db.commit()
    assert write_gradebook(workspace.db_url, more, [ada]).waiting["why"] == 0


@pytest.mark.parametrize(
    ("words", "left"),
    [(STUB, ("why",)), (f"{STUB}\n", ("why",)), (WORDS, ()), ("", ())],
)
def test_what_was_not_written_is_known(words, left, worded, hand_in):
    submission = read_submission("ada", hand_in(cells(words)), worded)
    assert submission.unanswered(worded) == left


def test_words_in_a_wrong_place_are_for_a_person_to_find(worded, hand_in):
    handed_in = cells()
    del handed_in[2]
    submission = read_submission("ada", hand_in(handed_in), worded)
    assert submission.unanswered(worded) == ()


def test_nobody_is_asked_to_read_nothing(worded, workspace, opened):
    def why(**more):
        write_gradebook(workspace.db_url, worded, [record(verdicts=VERDICTS, **more)])
        with opened() as book:
            grade = book.find_grade("why", UNIT, UNIT, "ada")
            return grade.auto_score, grade.needs_manual_grade

    assert why(unanswered=["why"]) == (0.0, False)
    # The student hands in again, with words.
    assert why(unanswered=[], sha256="1" * 64) == (None, True)


def test_what_waits_is_counted_and_said(worded, workspace, capsys):
    """Not how many points a unit has for words, also where nobody waits any more."""
    damaged = {"status": "unreadable", "problem": "it breaks off", "verdicts": []}
    found = [
        record("ada", verdicts=VERDICTS),
        record("ben", verdicts=VERDICTS, unanswered=["why"]),
        record("cy", verdicts=VERDICTS),
        record("dan", **damaged),
    ]
    waiting = write_gradebook(workspace.db_url, worded, found).waiting
    assert waiting == {"why": 2, "": 1}
    print_report(Run(worded, graded=["ada"], waiting=waiting))
    assert capsys.readouterr().out.endswith(
        "To grade by hand, in nbgrader's formgrader: why (2 students, up to 2 points); "
        "1 notebook that cannot be read.\n"
    )
    print_report(Run(worded, kept=["ada"]))
    said = capsys.readouterr().out
    assert said.endswith("1 unchanged since the last run.\n")


def test_what_a_person_gave_is_told_beside_a_table_that_has_it_not(worded, capsys):
    print_report(Run(worded, kept=["ada"], by_hand=2))
    said = capsys.readouterr().out
    assert "2 scores given by hand stand, and not in this table" in said
