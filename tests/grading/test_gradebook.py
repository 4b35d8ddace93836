"""nbgrader's database, written in bulk and read by nbgrader itself."""

import csv
import json
import math
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest
from grading_builders import (
    UNIT,
    answer,
    answered,
    check,
    nbcell,
    notebook,
    record,
    released_cells,
)
from nbformat import from_dict
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import Engine, event

from nnkit.grading import gradebook
from nnkit.grading.autograded import write_autograded
from nnkit.grading.gradebook import GradebookError, write_gradebook
from nnkit.grading.release import Release
from nnkit.grading.submission import read_submission

WHEN = "2024-03-01 12:00:00.000000 UTC"


@pytest.fixture
def write(workspace, release):
    def write_records(*records, url=workspace.db_url, **options):
        return write_gradebook(url, release, records, **options)

    return write_records


@pytest.fixture
def opened(workspace):
    """nbgrader's own view of the gradebook."""

    @contextmanager
    def open_gradebook():
        with Gradebook(workspace.db_url) as book:
            yield book

    return open_gradebook


@pytest.fixture
def alembic(monkeypatch):
    """nbgrader runs this command to make a database; it need not be on the path."""
    here = os.path.dirname(sys.executable)
    monkeypatch.setenv("PATH", here, prepend=os.pathsep)


def rows(workspace):
    """Every row of every table, whatever their order on the disk."""
    path = workspace.root / "gradebook.db"
    with closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master")]
        tables = [name for name in names if not name.startswith("sqlite_")]
        return {
            name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr)
            for name in tables
        }


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
            assert said == "Off by the row count: sum or mean? ?\nAnd float32."
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

    def test_schema_is_nbgraders_own(self, workspace, write, tmp_path, alembic):
        write(record())
        with Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}"):
            pass
        schemas = []
        for path in (workspace.root / "gradebook.db", tmp_path / "theirs.db"):
            with closing(sqlite3.connect(path)) as db:
                schema = db.execute("SELECT name, sql FROM sqlite_master")
                version = db.execute("SELECT version_num FROM alembic_version")
                schemas.append((dict(schema), version.fetchall()))
        assert schemas[0] == schemas[1]


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

    def test_a_new_hand_in_asks_the_person_again(self, write, opened):
        write(record("ada", timestamp=WHEN))
        with opened() as book:
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            grade.manual_score, grade.needs_manual_grade = 2.0, False
            book.db.commit()
        write(record("ada", timestamp="2024-03-02 12:00:00 UTC"))
        with opened() as book:
            grade = book.find_grade("grads", UNIT, UNIT, "ada")
            assert (grade.score, grade.needs_manual_grade) == (2.0, True)

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


class Stop(Exception):
    pass


def some(count):
    for number in range(count):
        yield record(f"s{number}", neuron=float(number % 2), timestamp=WHEN)


class TestSameRows:
    @pytest.fixture
    def once(self, workspace, write):
        """The rows of a run that nothing interrupted; then the database is removed."""
        write(*some(7))
        found = rows(workspace)
        (workspace.root / "gradebook.db").unlink()
        return found

    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch):
        monkeypatch.setattr(gradebook, "CHUNK", 2)

    def test_written_twice(self, workspace, write, once):
        for _ in range(2):
            write(*some(7))
            assert rows(workspace) == once

    def test_written_in_parts_and_in_another_order(self, workspace, write, once):
        write(*list(some(7))[4:])
        write(*list(some(7))[::-1])
        assert rows(workspace) == once

    def test_the_last_record_of_a_student_counts(self, workspace, write, once):
        for records in ([*some(7), *some(7)], [record("s1", grads=0.0), *some(7)]):
            write(*records)
            assert rows(workspace) == once
            (workspace.root / "gradebook.db").unlink()

    def test_a_write_that_breaks_off_leaves_nothing(self, workspace, release, once):
        def broken():
            yield from list(some(7))[:5]
            raise Stop

        write_gradebook(workspace.db_url, release, [])
        before = rows(workspace)
        with pytest.raises(Stop):
            write_gradebook(workspace.db_url, release, broken())
        assert rows(workspace) == before
        write_gradebook(workspace.db_url, release, some(7))
        assert rows(workspace) == once

    def kill_at(self, statement, workspace, release):
        """Die by SIGKILL in front of a statement; say whether it came to that."""
        child = os.fork()
        if not child:
            seen = 0

            def die(*_):
                nonlocal seen
                seen += 1
                if seen == statement:
                    os.kill(os.getpid(), signal.SIGKILL)

            for moment in ("before_cursor_execute", "commit"):
                event.listen(Engine, moment, die)
            try:
                write_gradebook(workspace.db_url, release, some(7))
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)

    def sweep(self, workspace, release, once, step):
        statement = 1
        while self.kill_at(statement, workspace, release):
            write_gradebook(workspace.db_url, release, some(7))
            assert rows(workspace) == once, statement
            (workspace.root / "gradebook.db").unlink()
            statement += step
        return statement

    def test_killed_here_and_there(self, workspace, release, once):
        assert self.sweep(workspace, release, once, step=29) > 100

    @pytest.mark.slow
    def test_killed_at_every_statement(self, workspace, release, once):
        assert self.sweep(workspace, release, once, step=1) > 100


class TestNotWritable:
    def refused(self, write, message, **options):
        with pytest.raises(GradebookError, match=message) as caught:
            write(record("eve"), **options)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_locked(self, workspace, write):
        write(record("ada"))
        before = rows(workspace)
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            said = self.refused(write, "is in use", patience=0.05)
        assert "the journal has every verdict" in said
        assert rows(workspace) == before

    def test_read_only(self, workspace, write):
        write(record("ada"))
        url = f"sqlite:///file:{workspace.root}/gradebook.db?mode=ro&uri=true"
        self.refused(write, "is read-only", url=url)

    @pytest.mark.parametrize("keep", [0, 100, 5000])
    def test_damaged(self, workspace, write, keep):
        write(record("ada"))
        path = workspace.root / "gradebook.db"
        path.write_bytes(path.read_bytes()[:keep] + b"\xff" * 20_000)
        before = path.read_bytes()
        self.refused(write, "is damaged")
        assert path.read_bytes() == before

    def test_no_folder(self, write, tmp_path):
        self.refused(write, "cannot be opened", url=f"sqlite:///{tmp_path}/no/g.db")

    @pytest.mark.parametrize("url", ["gradebook.db", "nosql://x", "oracle+no://h/d"])
    def test_no_such_database(self, write, url):
        self.refused(write, "cannot use the database", url=url)

    def test_another_version_of_nbgrader(self, workspace, write):
        write(record("ada"))
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as db:
            db.execute("UPDATE alembic_version SET version_num = 'old'")
            db.commit()
        self.refused(write, "nbgrader db upgrade")

    def test_other_cells_than_before(self, workspace, write, tmp_path):
        write(record("ada"))
        before = rows(workspace)
        path = tmp_path / f"{UNIT}.ipynb"
        cells = [*released_cells(), check("bonus", "check(bonus)", 1)]
        path.write_text(json.dumps(notebook(cells)))
        with pytest.raises(GradebookError, match="cells of 01-neuron have changed"):
            write_gradebook(workspace.db_url, Release.load(path), [record("ada")])
        assert rows(workspace) == before

    def test_other_points_than_before(self, workspace, write, tmp_path, opened):
        write(record("ada"))
        path = tmp_path / f"{UNIT}.ipynb"
        cells = released_cells()
        cells[6] = check("grads", "check(grads)", 5)
        path.write_text(json.dumps(notebook(cells)))
        again = [record("ada", grads=5.0)]
        write_gradebook(workspace.db_url, Release.load(path), again)
        with opened() as book:
            (found,) = book.submission_dicts(UNIT)
            assert (found["score"], found["max_score"]) == (6.0, 6.0)

    def test_a_full_disk(self, workspace, write):
        write(record("ada"))
        before = rows(workspace)
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()

        def small(connection, _):
            connection.execute(f"PRAGMA max_page_count = {pages + 1}")

        event.listen(Engine, "connect", small)
        try:
            with pytest.raises(GradebookError, match="the disk is full"):
                write(*some(500))
        finally:
            event.remove(Engine, "connect", small)
        assert rows(workspace) == before


def test_progress_and_speed(workspace, release):
    told = []
    records = list(some(3000))
    write_gradebook(workspace.db_url, release, records[:1])
    summary = write_gradebook(workspace.db_url, release, records, told.append)
    assert told == [1000, 2000, 3000]
    # Measured 0.1 ms; through nbgrader's API it is 17. Room for a slow machine.
    assert summary.seconds / 3000 < 0.002
