"""A course graded here, and a server with formgrader to look at it."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from click.testing import CliRunner
from nbgrader.api import Gradebook
from own_course import BIN, RIGHT, SUM_FOR_MEAN, UNIT, answered, copied, hand_in

from nnkit.cli import main
from nnkit.exercises import own

TOKEN = "formgrader-test"
HINT = "Your answer grows with the number of rows"
CONFIG = """
c.AssignLatePenalties.plugin_class = "nnkit.grading.penalties.PerDay"
c.PerDay.percent = 10
"""
HANDED_IN = {
    "ada": (RIGHT, "Small weights carry *less*.", "2026-03-01 11:00:00 UTC"),
    "ben": (SUM_FOR_MEAN, "Weights multiply noise.", "2026-03-03 11:00:00 UTC"),
}


def grade(course):
    done = CliRunner().invoke(main, ["grade", UNIT, "--dir", str(course)])
    own.use(None)
    assert done.exit_code == 0, done.output
    return done.output


def make(built, root):
    """A course whose unit was due before ben handed in."""
    course = copied(built, root)
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text() + CONFIG)
    for student, (answer, words, when) in HANDED_IN.items():
        place = hand_in(course, student, answered(course, answer, words))
        (place / "timestamp.txt").write_text(when)
    said = grade(course)
    assert "formgrader: why-penalty (2 students, up to 1 point)." in said
    with Gradebook(f"sqlite:///{course}/gradebook.db", course_id="nnkit") as book:
        book.update_or_create_assignment(UNIT, duedate="2026-03-01 12:00 UTC")
    return course


class Formgrader:
    """A server in a course's folder, and what a browser would send it."""

    def __init__(self, course, home, *extensions):
        program = str(Path(__file__).with_name("formgrader_server.py"))
        with (home / "log").open("w") as log:
            self.server = subprocess.Popen(
                [sys.executable, program, TOKEN, *extensions],
                cwd=course,
                env={
                    **os.environ,
                    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
                    "HOME": str(home),
                    "JUPYTER_NO_CONFIG": "1",  # what else is installed costs seconds
                    "JUPYTER_RUNTIME_DIR": str(home),
                },
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            port = self.server.stdout.readline().strip()
        if not port:
            self.close()
            raise AssertionError((home / "log").read_text())
        self.root = f"http://127.0.0.1:{port}/"
        self.address = f"{self.root}formgrader/"

    def ask(self, path, method="GET", **values):
        request = urllib.request.Request(
            self.address + path,
            method=method,
            data=json.dumps(values).encode() if method != "GET" else None,
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=120) as reply:
            return reply.read().decode()

    def api(self, path, method="GET", **values):
        return json.loads(self.ask(f"api/{path}", method, **values))

    def books(self):
        """Every student's notebook as the page of all submissions lists it."""
        listed = self.api(f"submitted_notebooks/{UNIT}/{UNIT}")
        return {item["student"]: item for item in listed}

    def cell(self, student, name="why-penalty"):
        """A student's grade and comment of a cell."""
        book = self.books()[student]["id"]
        return [
            next(
                (item for item in self.api(f"{kind}?submission_id={book}")
                 if item["name"] == name), None
            )
            for kind in ("grades", "comments")
        ]  # fmt: skip

    def close(self):
        self.server.terminate()
        self.server.communicate(timeout=60)
