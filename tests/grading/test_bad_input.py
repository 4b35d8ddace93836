"""What goes wrong at an instructor's desk: one line, and nobody else is touched."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from click.testing import CliRunner

from nnkit import cli, demo
from nnkit.demo import UNIT, answered
from nnkit.exercises import exercises_of
from nnkit.grading import examiner, grade, gradebook_cells
from nnkit.grading.journal import Journal
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.report import print_report
from nnkit.grading.workspace import Workspace, make_workspace


@pytest.fixture(scope="module")
def release():
    return Release.find(UNIT)


@pytest.fixture(scope="module")
def made(tmp_path_factory, release):
    """Ada has handed in, and has been graded."""
    root = tmp_path_factory.mktemp("desk") / "grading"
    workspace = make_workspace(root, None, course_directory())
    hand_in(workspace, "ada", answered(release, {"neuron_grads": demo.RIGHT}))
    grade(workspace, UNIT, Settings(workers=1))
    return workspace


@pytest.fixture
def workspace(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "grading")
    return Workspace(tmp_path / "grading")


def hand_in(workspace, student, data):
    place = workspace.submitted / student / UNIT
    place.mkdir(parents=True)
    (place / f"{UNIT}.ipynb").write_bytes(data)
    return place / f"{UNIT}.ipynb"


def run(workspace, *options, unit=UNIT):
    """What `nnkit grade` says, on one line, and its exit code."""
    root = getattr(workspace, "root", workspace)
    command = ["grade", unit, "--dir", str(root), "--workers", "1", *options]
    done = CliRunner().invoke(cli.main, command)
    assert done.exception is None or isinstance(done.exception, SystemExit), (
        done.exc_info
    )
    return " ".join(done.output.split()), done.exit_code


def graded(workspace, student):
    """A student's points by the gradebook; None for one who is not in it."""
    query = (
        "SELECT sum(auto_score) FROM grade JOIN submitted_notebook ON "
        "grade.notebook_id = submitted_notebook.id JOIN submitted_assignment ON "
        "submitted_notebook.assignment_id = submitted_assignment.id "
        "WHERE student_id = ?"
    )
    with closing(sqlite3.connect(workspace.root / "gradebook.db")) as db:
        return db.execute(query, [student]).fetchone()[0]


def refused(workspace, said, *options, unit=UNIT, code=1):
    output, found = run(workspace, *options, unit=unit)
    assert found == code, output
    assert said in output
    assert output.count("Error:") == 1
    return output


class TestCommand:
    def test_a_unit_that_is_misspelt(self, workspace):
        refused(workspace, "did you mean '01-neuron'?", unit="01-nueron")

    def test_a_unit_that_is_none(self, workspace):
        refused(workspace, "there is no unit 'zzz'", unit="zzz")

    def test_a_folder_without_submissions(self, tmp_path):
        refused(tmp_path, "has no folder submitted/; expected submitted/<student>/")

    def test_nobody_handed_in(self, tmp_path):
        workspace = make_workspace(tmp_path / "new", None, course_directory())
        output, code = run(workspace)
        assert code == 0
        assert "NOTE nobody handed in 01-neuron: there is no" in output
        # nbgrader export would have a row of zeros for everybody.
        assert not (workspace.root / "gradebook.db").exists()

    def test_a_unit_that_is_a_path(self, workspace):
        refused(workspace, "did you mean '01-neuron'?", unit="01-neuron/")

    @pytest.mark.parametrize(
        "option",
        [
            *("--workers=-1", "--isolation=maybe", "--cell-seconds=0"),
            *("--call-seconds=nan", "--notebook-seconds=inf"),
        ],
    )
    def test_numbers_that_are_none(self, workspace, option):
        refused(workspace, "Invalid value for", option, code=2)

    def test_exit_codes_are_in_the_help(self):
        said = CliRunner().invoke(cli.main, ["grade", "--help"]).output
        assert all(f"\n\n  Exit code {code}: " in said for code in (0, 1, 2))


class TestInstallation:
    def without(self, *names, version=None):
        """Run the command where modules are not there, in an interpreter of its own."""
        program = (
            "import sys\n"
            "class Gone:\n"
            "    def find_spec(self, name, path=None, target=None):\n"
            f"        if name.split('.')[0] in {names!r}:\n"
            "            raise ModuleNotFoundError(f'No module {name}', name=name)\n"
            f"for name in {names!r}: sys.modules.pop(name, None)\n"
            "sys.meta_path.insert(0, Gone())\n"
            f"sys.version_info = {version!r} or sys.version_info\n"
            f"sys.argv = ['nnkit', 'grade', {UNIT!r}]\n"
            "from nnkit.__main__ import main\n"
            "main()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr

    def test_without_nbgrader(self):
        said = self.without("nbgrader")
        assert "needs nbgrader, which is not installed" in said
        assert "pip install 'nnkit-course[grade]'" in said

    def test_without_click(self):
        said = self.without("click")
        assert "need click, which is not installed" in said
        assert "'nnkit-course[grade]' to grade" in said

    def test_where_there_is_no_fork(self):
        assert "needs Linux, macOS or WSL 2" in self.without("fcntl")

    def test_an_older_python(self):
        said = self.without(version=(3, 10, 4))
        assert "needs Python 3.11 or newer" in said


class TestFolder:
    def test_the_gradebook_is_damaged(self, workspace):
        (workspace.root / "gradebook.db").write_text("hello")
        said = refused(workspace, "is damaged or no database")
        assert "the journal has every verdict" in said

    def test_the_gradebook_is_a_folder(self, workspace):
        (workspace.root / "gradebook.db").unlink()
        (workspace.root / "gradebook.db").mkdir()
        refused(workspace, "cannot be opened. See that its folder is there")

    def test_the_gradebook_is_locked(self, workspace, monkeypatch):
        engine_for = gradebook_cells.engine_for
        monkeypatch.setattr(
            "nnkit.grading.gradebook.engine_for", lambda url, _: engine_for(url, 0.05)
        )
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            refused(workspace, "is in use: another program is writing to it")
        assert run(workspace)[1] == 0
        assert graded(workspace, "ada") == 3

    def test_a_database_that_is_none_keeps_its_password(self, workspace):
        address = "nosuch://me:secret@host/x"
        said = refused(workspace, "Expected an address such as", "--db", address)
        assert "secret" not in said

    def test_an_address_that_is_none(self, workspace):
        said = refused(workspace, "Expected an address such as", "--db", "nosuch")
        assert "'nosuch' (--db, or db_url in the configuration)" in said

    def test_the_journal_is_a_file(self, workspace):
        shutil.rmtree(workspace.root / "journal")
        (workspace.root / "journal").touch()
        refused(workspace, "is not a folder, expected the folder of the journals")

    def test_the_journal_is_damaged(self, workspace):
        path = workspace.journal(UNIT)
        path.write_bytes(b"rubbish\n" + path.read_bytes())
        refused(workspace, "line 1, is damaged. Restore the file from a copy")

    def test_the_journal_is_in_use(self, workspace):
        with Journal.open(workspace.journal(UNIT)):
            refused(workspace, "another grader is at work on this unit")

    @pytest.mark.parametrize("below", ["autograded", f"autograded/ada/{UNIT}"])
    def test_graded_notebooks_cannot_be_written(self, workspace, below):
        shutil.rmtree(workspace.root / below)
        (workspace.root / below).touch()
        output, code = run(workspace)
        assert code == 1
        assert "NOT SHOWN ada: the grade is in the gradebook" in output
        assert "then run the same command again" in output
        assert graded(workspace, "ada") == 3
        (workspace.root / below).unlink()
        assert run(workspace)[1] == 0
        assert list(workspace.autograded.rglob("*.ipynb"))


def test_a_file_that_cannot_be_read_costs_no_grade(workspace, monkeypatch):
    """A permission is no student's fault: what was graded before stands."""
    opened = os.open

    def refuse(path, *rest, **more):
        if str(path).endswith(f"submitted/ada/{UNIT}/{UNIT}.ipynb"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    output, code = run(workspace)
    assert code == 1
    assert "NOT GRADED ada: ada/01-neuron/01-neuron.ipynb cannot be opened: " in output
    assert graded(workspace, "ada") == 3
    with closing(sqlite3.connect(workspace.root / "gradebook.db")) as db:
        (asked,) = db.execute("SELECT sum(needs_manual_grade) FROM grade").fetchone()
    assert asked == 0


class TestCourse:
    def test_an_exercise_without_a_cell(self, workspace, monkeypatch):
        more = (*exercises_of(UNIT), *exercises_of("04-loss")[:1])
        monkeypatch.setattr(examiner, "exercises_of", lambda unit: more)
        output, code = run(workspace)
        assert code == 0
        said = f"NOTE the exercise {more[-1].id} has no check cell in"
        assert said in output
        assert graded(workspace, "ada") == 3

    def test_a_cell_without_an_exercise(self, workspace, monkeypatch):
        less = exercises_of(UNIT)[:-1]
        monkeypatch.setattr(examiner, "exercises_of", lambda unit: less)
        output, code = run(workspace)
        assert code == 0
        assert f"NOTE the check {exercises_of(UNIT)[-1].id} in" in output
        assert "left for grading by hand" in output


def test_one_class_with_everything(workspace, release, capsys):
    """What can be graded is graded, and each of the others has one line."""
    right = answered(release, {"neuron_grads": demo.RIGHT})
    hand_in(workspace, "damaged", right[:3000])
    hand_in(workspace, "empty", b"")
    hand_in(workspace, "foreign", b'{"cells": [], "metadata": {}, "nbformat": 4}')
    hand_in(workspace, "in-r", right.replace(b'"python"', b'"R"'))
    renamed = hand_in(workspace, "renamed", right)
    renamed.rename(renamed.with_name("neuron final (2).ipynb"))
    link = hand_in(workspace, "link", b"")
    link.unlink()
    link.symlink_to(workspace.submitted / "ada" / UNIT / f"{UNIT}.ipynb")
    (workspace.submitted / "nothing" / UNIT).mkdir(parents=True)
    (workspace.submitted / "elsewhere").mkdir()
    (workspace.submitted / "elsewhere" / f"{UNIT}.ipynb").write_bytes(right)
    (workspace.submitted / "=1+1" / UNIT).mkdir(parents=True)
    found = grade(workspace, UNIT, Settings(workers=1))
    print_report(found)
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    problems = {
        name: record["problem"] or " ".join(record["notes"])
        for name, record in found.records.items()
    }
    expected = {
        "ada": "",
        "damaged": "is damaged: ",
        "empty": "is empty (0 bytes)",
        "foreign": "no cell of 01-neuron is in this notebook: is it another one?",
        "in-r": "is a notebook in 'R', expected Python",
        "renamed": "expected 01-neuron.ipynb: graded all the same",
        "link": "is a link, not a file: hand in the file",
        "nothing": "has no notebook in it",
    }
    assert problems.keys() == expected.keys()
    for name, words in expected.items():
        assert words in problems[name]
        assert "\n" not in problems[name]
        assert graded(workspace, name) == (3 if name in ("ada", "renamed") else 0)
    assert found.kept == ["ada"]
    assert len(found.failed) == 2
    assert said.count("NOT GRADED") == 2
    assert "NOT GRADED submitted/elsewhere/01-neuron.ipynb is not where it" in said
    assert "NOT GRADED submitted/=1+1 cannot be a student's id" in said
