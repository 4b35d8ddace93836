"""nbgrader's database, written in bulk and read by nbgrader itself."""

import csv
import json
import math
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from grading_builders import (
    UNIT,
    WHEN,
    answer,
    answered,
    check,
    nbcell,
    notebook,
    record,
    released_cells,
    rows,
    some,
)
from nbformat import from_dict
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import Engine, event

from nnkit.grading.autograded import write_autograded
from nnkit.grading.gradebook import write_gradebook
from nnkit.grading.release import Release
from nnkit.grading.submission import read_submission

LATER = "2024-03-02 12:00:00.000000 UTC"


@pytest.fixture
def alembic(monkeypatch):
    """nbgrader runs this command to make a database; it need not be on the path."""
    here = os.path.dirname(sys.executable)
    monkeypatch.setenv("PATH", here, prepend=os.pathsep)


def nbgrader(workspace, *arguments):
    run = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        run, cwd=workspace.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def exported(workspace):
    nbgrader(workspace, "export", "--to", "grades.csv")
    with (workspace.root / "grades.csv").open() as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


class TestWhatNbgraderReads:
    def test_export(self, workspace, write):
        summary = write(
            record("bob", neuron=0.0, grads=0.0),
            record("ada", neuron=1.0, grads=2.5, timestamp=WHEN),
            record("eve", status="unreadable", problem="damaged", verdicts=[]),
        )
        assert (summary.written, summary.new_students) == (3, 3)
        grades = exported(workspace)
        assert list(grades) == ["ada", "bob", "eve"]
        scores = {s: (g["score"], g["max_score"]) for s, g in grades.items()}
        assert scores == {
            "ada": ("3.5", "4.0"),
            "bob": ("0.0", "4.0"),
            "eve": ("0.0", "4.0"),
        }
        assert grades["ada"]["timestamp"] == "2024-03-01 12:00:00"
        assert grades["bob"]["timestamp"] == ""
        assert grades["ada"]["assignment"] == UNIT

    def test_totals(self, write, opened):
        write(record("ada", grads=2.0), record("bob", grads=3.0))
        with opened() as book:
            dicts = {d["student"]: d for d in book.submission_dicts(UNIT)}
            assert dicts["ada"]["score"] == 3.0
            assert dicts["ada"]["code_score"] == 3.0
            assert dicts["ada"]["max_score"] == 4.0
            assert not dicts["ada"]["needs_manual_grade"]
            assert book.average_assignment_score(UNIT) == 3.5
            assert book.find_assignment(UNIT).num_submissions == 2
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            assert (grade.score, grade.max_score, grade.failed_tests) == (2, 3, True)
            students = {d["id"]: d for d in book.student_dicts()}
            assert students["bob"]["score"] == 4.0

    # nbgrader's own, of which Python speaks from 3.12 on.
    @pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
    def test_formgrader_pages(self, workspace, write, hand_in, release):
        for student, when in (("ada", WHEN), ("bob", None)):
            path = hand_in(answered(), student, timestamp=when)
            submission = read_submission(student, path, release)
            write_autograded(workspace, release, submission, {})
            write(record(student, timestamp=submission.timestamp))
        (workspace.submitted / "new" / UNIT).mkdir(parents=True)
        course = CourseDirectory(root=str(workspace.root))
        course.source_directory = str(release.path.parent.parent)
        api = NbGraderAPI(coursedir=course)
        assert api.get_autograded_students(UNIT) == {"ada", "bob"}
        states = {s["student"]: s["autograded"] for s in api.get_submissions(UNIT)}
        assert states == {"ada": True, "bob": True, "new": False}
        assert [n["score"] for n in api.get_notebook_submissions(UNIT, UNIT)] == [4, 4]
        unit = api.get_assignment(UNIT)
        assert (unit["average_score"], unit["max_score"]) == (4.0, 4.0)
        assert unit["num_submissions"] == 3

    def test_comments_stand_at_the_answers(self, write, opened):
        one = record("ada")
        hint, more = "Off by the row count:\0 sum or mean? \ud800", "And float32."
        texts = [{"text": hint}, {"text": more}, {"text": hint}]
        one["verdicts"][1]["diagnoses"] = texts
        write(one, record("eve", status="unreadable", problem="is empty", verdicts=[]))
        with opened() as book:
            said = book.find_comment("grads-answer", UNIT, UNIT, "ada").comment
            assert said == f"{ascii(hint)[1:-1]}\nAnd float32."
            assert book.find_comment("neuron-answer", UNIT, UNIT, "ada").comment is None
            problem = book.find_comment("neuron-answer", UNIT, UNIT, "eve").comment
            assert problem == "is empty"
            write(record("ada"))
            book.db.rollback()
            assert book.find_comment("grads-answer", UNIT, UNIT, "ada").comment is None

    def test_an_unreadable_submission_is_listed_for_a_person(self, write, opened):
        write(record("eve", status="unreadable", problem="damaged", verdicts=[]))
        with opened() as book:
            (found,) = book.submission_dicts(UNIT)
            assert found["needs_manual_grade"]
            grade = book.find_grade("grads", UNIT, UNIT, "eve")
            assert grade.auto_score == 0.0
        write(record("eve"))
        with opened() as book:
            assert not book.submission_dicts(UNIT)[0]["needs_manual_grade"]

    @pytest.mark.parametrize("points", [None, math.nan, math.inf, "3", True])
    def test_points_that_are_no_number_are_for_a_person(self, write, opened, points):
        write(record("ada", grads=points))
        with opened() as book:
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            assert grade.auto_score is None
            assert grade.needs_manual_grade
            assert not book.find_grade("neuron", UNIT, UNIT, "ada").needs_manual_grade

    def test_a_verdict_without_a_cell_is_told(self, write):
        one = record("ada")
        one["verdicts"].append({"exercise": "bonus", "points": 1.0})
        assert write(one).homeless == {"bonus"}

    def test_flags_are_shown(self, write, opened):
        write(record("ada", flags=["autograd"]), record("bob"))
        with opened() as book:
            flagged = {
                s.student.id: s.flagged for s in book.notebook_submissions(UNIT, UNIT)
            }
            assert flagged == {"ada": True, "bob": False}

    def test_written_answers_wait_for_a_person(self, tmp_path, workspace, opened):
        cells = [
            answer("a-answer", "pass"),
            check("a", "check(a)", 1),
            nbcell(
                "Why?", "markdown", "why", 2, grade=True, solution=True, locked=False
            ),
        ]
        path = tmp_path / f"{UNIT}.ipynb"
        path.write_text(json.dumps(notebook(cells)))
        verdicts = [{"exercise": "a", "points": 1.0, "max_points": 1.0}]
        release = Release.load(path)
        write_gradebook(workspace.db_url, release, [record(verdicts=verdicts)])
        with opened() as book:
            (found,) = book.submission_dicts(UNIT)
            assert (found["score"], found["max_score"]) == (1.0, 3.0)
            assert found["needs_manual_grade"]
            assert book.find_grade("why", UNIT, UNIT, "ada").auto_score is None

    def test_schema_is_nbgraders_own_and_three_tables(
        self, workspace, write, tmp_path, alembic
    ):
        write(record())
        with Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}"):
            pass
        schemas = []
        for path in (workspace.root / "gradebook.db", tmp_path / "theirs.db"):
            with closing(sqlite3.connect(path)) as db:
                schema = db.execute("SELECT name, sql FROM sqlite_master")
                version = db.execute("SELECT version_num FROM alembic_version")
                schemas.append((dict(schema), version.fetchall()))
        ours, theirs = schemas
        assert {name for name, _ in ours[0].items() - theirs[0].items()} == {
            *("nnkit_graded", "sqlite_autoindex_nnkit_graded_1"),
            *("nnkit_extended", "sqlite_autoindex_nnkit_extended_1"),
            *("nnkit_known", "sqlite_autoindex_nnkit_known_1"),
        }
        assert theirs[0].items() <= ours[0].items()
        assert ours[1] == theirs[1]


class TestWhatPeopleGave:
    def test_survives(self, workspace, write, opened):
        write(record("ada"), record("bob"))
        with opened() as book:
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            grade.manual_score, grade.extra_credit = 1.5, 0.25
            grade.needs_manual_grade = False
            book.find_comment("grads-answer", UNIT, UNIT, "ada").manual_comment = "Hm."
            notebook = book.find_submission_notebook(UNIT, UNIT, "ada")
            notebook.flagged, notebook.late_submission_penalty = True, 0.5
            book.update_or_create_student("ada", first_name="Ada", email="a@b.c")
            book.grant_extension(UNIT, "ada", days=2)
            book.db.commit()
        before = rows(workspace)
        summary = write(record("ada"), record("bob"))
        assert summary.by_hand == 1
        assert rows(workspace) == before
        write(record("ada", grads=0.0), record("bob"))
        with opened() as book:
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            assert (grade.score, grade.auto_score) == (1.75, 0.0)
            # A person decided on something that is no longer so.
            assert grade.needs_manual_grade
            assert not book.find_grade("neuron", UNIT, UNIT, "ada").needs_manual_grade
            comment = book.find_comment("grads-answer", UNIT, UNIT, "ada")
            assert comment.comment == "Hm."
        assert exported(workspace)["ada"]["score"] == "2.25"
        assert exported(workspace)["ada"]["first_name"] == "Ada"

    @pytest.mark.parametrize(
        ("first", "second", "asked"),
        [
            ({"timestamp": WHEN}, {"timestamp": LATER, "sha256": "1" * 64}, True),
            ({}, {"sha256": "1" * 64}, True),  # a folder of files, without times
            ({"timestamp": WHEN}, {"timestamp": LATER}, False),  # the same bytes
            ({}, {"fingerprint": "f2"}, False),
        ],
    )
    @pytest.mark.parametrize("given", ["manual_score", "extra_credit"])
    def test_another_notebook_asks_the_person_again(
        self, write, opened, first, second, asked, given
    ):
        write(record("ada", **first))
        with opened() as book:
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            setattr(grade, given, 2.0)
            grade.needs_manual_grade = False
            book.db.commit()
        for _ in range(2):
            write(record("ada", **second))
            with opened() as book:
                grade = book.find_grade("grads", UNIT, UNIT, "ada")
                assert grade.score == {"manual_score": 2.0, "extra_credit": 5.0}[given]
                assert grade.needs_manual_grade is asked
                other = book.find_grade("neuron", UNIT, UNIT, "ada")
                assert not other.needs_manual_grade

    def test_whom_a_person_has_looked_at_is_not_asked_for_again(self, write, opened):
        """Formgrader takes the mark off where a score is saved without a number."""
        damaged = {"status": "unreadable", "problem": "damaged", "verdicts": []}
        write(record("eve", **damaged))
        with opened() as book:
            book.find_grade("grads", UNIT, UNIT, "eve").needs_manual_grade = False
            book.db.commit()
        write(record("eve", **damaged))
        with opened() as book:
            assert not book.find_grade("grads", UNIT, UNIT, "eve").needs_manual_grade
        write(record("eve", sha256="1" * 64, **damaged))
        with opened() as book:
            assert book.find_grade("grads", UNIT, UNIT, "eve").needs_manual_grade

    def test_a_mark_for_review_comes_with_another_notebook_alone(self, write, opened):
        def flagged():
            with opened() as book:
                return book.find_submission_notebook(UNIT, UNIT, "ada").flagged

        write(record("ada", flags=["autograd"]))
        with opened() as book:
            book.find_submission_notebook(UNIT, UNIT, "ada").flagged = False
            book.db.commit()
        write(record("ada", flags=["autograd"]))
        assert not flagged()
        write(record("ada", flags=["autograd"], sha256="1" * 64))
        assert flagged()
        write(record("ada", sha256="2" * 64))
        assert flagged()  # a person may have meant it

    def test_a_score_typed_while_grades_are_written_is_kept(self, write, opened):
        write(record("ada"))
        with opened() as book:
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            assert grade.auto_score == 3.0  # the page is open in formgrader
            write(record("ada", grads=1.0), record("bob"))
            grade.manual_score, grade.needs_manual_grade = 2.0, False
            book.db.commit()
        write(record("ada", grads=1.0), record("bob"))
        with opened() as book:
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            assert (grade.auto_score, grade.score) == (1.0, 2.0)
            assert not grade.needs_manual_grade

    def test_a_submission_removed_by_nbgrader_is_written_again(self, write, opened):
        write(record("ada"), record("bob"))
        with opened() as book:
            book.remove_submission(UNIT, "ada")
        summary = write(record("ada"), record("bob"))
        assert summary.new_submissions == 1
        with opened() as book:
            assert book.find_submission(UNIT, "ada").score == 4.0

    def test_a_due_date_survives(self, write, opened):
        write(record("ada"))
        with opened() as book:
            book.find_assignment(UNIT).duedate = parse_utc("2024-02-01 00:00:00 UTC")
            book.db.commit()
        write(record("ada", timestamp=WHEN))
        with opened() as book:
            late = book.find_submission(UNIT, "ada").total_seconds_late
            assert late == 29.5 * 86400

    # nbgrader's own add_submission makes SQLAlchemy warn.
    @pytest.mark.filterwarnings("ignore:Object of type <Submitted")
    def test_what_nbgrader_wrote_is_taken_over(self, workspace, write, opened, alembic):
        """The course was graded by nbgrader until today."""
        with opened() as book:
            book.add_assignment(UNIT)
        names = {"notebook": UNIT, "assignment": UNIT, "db_url": workspace.db_url}
        SaveCells().preprocess(
            from_dict(notebook(released_cells())), {"nbgrader": names}
        )
        with opened() as book:
            book.add_student("ada", last_name="L")
            book.add_submission(UNIT, "ada", timestamp=WHEN)
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            grade.auto_score, grade.manual_score = 0.0, 3.0
            book.db.commit()
        before = rows(workspace)
        summary = write(record("ada", timestamp=WHEN))
        assert (summary.new_students, summary.new_submissions) == (0, 0)
        after = rows(workspace)
        for name in ("assignment", "notebook", "base_cell", "student", "comment"):
            assert [r[0] for r in before[name]] == [r[0] for r in after[name]]
        assert exported(workspace)["ada"]["score"] == "4.0"


def test_statements_do_not_grow_with_the_class(workspace, release):
    """It is statements that cost: nbgrader's API needs 17 ms a submission for them."""
    statements, told = [], []

    def count(_connection, _cursor, statement, *_):
        statements.append(statement)

    records = list(some(3000))
    write_gradebook(workspace.db_url, release, records[:1])
    event.listen(Engine, "before_cursor_execute", count)
    try:
        write_gradebook(workspace.db_url, release, records[:1])
        alone = len(statements)
        write_gradebook(workspace.db_url, release, records, told.append)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert told == [1000, 2000, 3000]
    assert len(statements) - alone <= alone + 6 * 3 + 1  # tables, chunks; names
