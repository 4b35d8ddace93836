"""Folders that cannot be whose they seem: a line each, and everybody else is graded."""

import csv
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from quick_command import run_nnkit

from nnkit.cli import main
from nnkit.demo import UNIT, answered
from nnkit.grading.gradebook import COURSE_ID
from nnkit.grading.release import Release
from nnkit.grading.workspace import Workspace

from .case import RIGHT

NAMES = (
    b"a\nb",
    b"a\x1b[31mb",
    b"a\xff\xfeb",
    b"=HYPERLINK(1)",
    b"+1",
    b"@SUM(1)",
    b"-rf",
    "\u202eada".encode(),
    b"<img src=x>",
    b"x" * 200,
    b"a;b",
    b"a'b",
    b"'; DROP TABLE grade; --",
    b"a\\b",
    b"$(id)",
)
MISPLACED = (b"c\nd", b"c\xff\xfed", b"carl")


def put(data, *folder):
    """Write a notebook; the folders are bytes, and need not be UTF-8."""
    os.makedirs(os.path.join(*folder))
    with open(os.path.join(*folder, f"{UNIT}.ipynb".encode()), "wb") as file:
        file.write(data)


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    right = answered(Release.find(UNIT), {"neuron_grads": RIGHT})
    submitted = os.fsencode(folder / "submitted")
    os.mkdir(submitted)
    for name in (*NAMES, b"ada", "李 小龙".encode(), b"x" * 128):
        os.makedirs(os.path.join(submitted, name, UNIT.encode()))
        with open(
            os.path.join(submitted, name, f"{UNIT}/{UNIT}.ipynb".encode()), "wb"
        ) as f:
            f.write(right)
    for name in MISPLACED:
        os.mkdir(os.path.join(submitted, name))
        with open(os.path.join(submitted, name, f"{UNIT}.ipynb".encode()), "wb") as f:
            f.write(right)
    for name, target in ((b"link", b"ada"), (b"gone", b"nothing"), (b"loop", b"loop")):
        os.symlink(target, os.path.join(submitted, name))
    command = ("grade", UNIT, "--dir", str(folder), "--workers", "1")
    done = run_nnkit(*command, environment={**os.environ, "COLUMNS": "500"})
    assert done.returncode == 1
    return folder, done.stdout + done.stderr


def test_the_others_are_graded(printed):
    with Gradebook(Workspace(printed[0]).db_url, course_id=COURSE_ID) as gradebook:
        scores = {s.student_id: s.score for s in gradebook.assignment_submissions(UNIT)}
    links = dict.fromkeys(("link", "gone", "loop"), 0)
    assert scores == {"ada": 3, "李 小龙": 3, "x" * 128: 3} | links


def test_each_has_a_line(printed):
    lines = [line for line in printed[1].splitlines() if "NOT GRADED" in line]
    renamed = [line for line in lines if "cannot be a student's id" in line]
    assert len(renamed) == len(NAMES)
    assert len([line for line in lines if "is not where it counts" in line]) == 3
    assert len(lines) == len(NAMES) + 3
    told = [
        line for line in printed[1].splitlines() if "links are not followed" in line
    ]
    for link in ("link", "gone", "loop"):  # as it happens, and again in the report
        assert any(link in line.split("links are")[0] for line in told)


def test_no_name_reaches_the_terminal_as_it_is(printed):
    assert "Traceback" not in printed[1]
    assert "\x1b" not in printed[1]
    assert "\u202e" not in printed[1]


def test_no_name_is_a_formula_in_a_table(printed, tmp_path):
    folder, table = printed[0], tmp_path / "class.csv"
    plugin = CsvExportPlugin(to=str(tmp_path / "grades.csv"))
    with Gradebook(Workspace(folder).db_url, course_id=COURSE_ID) as gradebook:
        plugin.export(gradebook)
    report = ["report", UNIT, "--dir", str(folder), "--csv", str(table)]
    assert CliRunner().invoke(main, report).exit_code == 0
    for path in (tmp_path / "grades.csv", table):
        rows = list(csv.reader(path.read_text().splitlines()))
        assert len(rows) == 7
        assert len({len(row) for row in rows}) == 1
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


AS_ANOTHER = """
import os, sys
from pathlib import Path
import nbgrader.utils
from nnkit.grading.release import Release
from nnkit.grading.submission import SubmissionError, find_submissions, read_submission
from nnkit.grading.workspace import Workspace
release = Release.find("01-neuron")
os.setgroups([])
os.setresgid(54321, 54321, 54321)
os.setresuid(54321, 54321, 54321)
for handin in find_submissions(Workspace(Path(sys.argv[1])), "01-neuron"):
    said = handin.problem, handin.refused
    try:
        if handin.path:
            read_submission(handin.student, handin.path, release)
    except SubmissionError as error:
        said = str(error), error.refused
    print(handin.student, *said, sep="|")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_what_this_user_may_not_read_costs_nobody_else(tmp_path):
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.name != "tmp":
            folder.chmod(0o755)
    right = answered(Release.find(UNIT), {"neuron_grads": RIGHT})
    for student in ("ada", "no-file", "no-folder", "no-search", "no-student"):
        place = tmp_path / "submitted" / student / UNIT
        place.mkdir(parents=True)
        (place / f"{UNIT}.ipynb").write_bytes(right)
    secret = tmp_path / "secret"
    secret.mkdir(mode=0o700)
    (tmp_path / "submitted" / "no-link").symlink_to(secret)
    submitted = tmp_path / "submitted"
    (submitted / "no-file" / UNIT / f"{UNIT}.ipynb").chmod(0)
    (submitted / "no-folder" / UNIT).chmod(0)
    (submitted / "no-search" / UNIT).chmod(0o444)
    (submitted / "no-student").chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    said = dict(line.split("|", 1) for line in done.stdout.splitlines())
    assert said.pop("ada") == "|False"
    assert "links are not followed" in said.pop("no-link")
    assert said.keys() == {"no-file", "no-folder", "no-search", "no-student"}
    for line in said.values():
        assert line.endswith("Permission denied|True"), line
