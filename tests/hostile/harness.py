"""Grades a kind of hostile submissions as one class, and says what must hold of all.

    forging.SUBMISSIONS ──┐
    aa-honest, zz-honest ─┴─> submitted/ ──nnkit grade──> journal, gradebook ──> Held

Each kind has a test module of its own, in which a subclass of `Held` repeats what is
asserted here. The command is the one that an instructor runs, in a process of its own.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from quick_command import run_nnkit

import nnkit
from nnkit.demo import UNIT, answered
from nnkit.grading.gradebook import COURSE_ID
from nnkit.grading.journal import Journal
from nnkit.grading.record import verdicts_of
from nnkit.grading.release import Release
from nnkit.grading.workspace import Workspace
from nnkit.judging import show

from .case import MARK, RIGHT

HONEST = ("aa-honest", "zz-honest")
# With one seed in a hundred, a difference quotient is off by more than the tolerance.
OPTIONS = ("--cell-seconds", "1.5", "--call-seconds", "1.5", "--isolation", "require")
OPTIONS += ("--seed", "4")


@dataclass(frozen=True)
class Graded:
    """What came of a class.

    Attributes:
        folder: the grading folder.
        records: student → what the journal says.
        before: what was in submitted/, path by path.
        printed: what the command wrote to its streams.
    """

    folder: Path
    records: dict
    before: dict
    printed: str

    def points(self, student: str) -> float:
        """Return what a student got for the whole unit."""
        return sum(verdict.points for verdict in verdicts_of(self.records[student]))

    def told(self, student: str) -> str:
        """Return all that the instructor reads about a student's answer."""
        record = self.records[student]
        verdicts = verdicts_of(record)
        texts = [show.text(v) for v in verdicts if v.exercise == "neuron_grads"]
        return "\n".join([*texts, *record["notes"], record["problem"]])


def grade_class(folder, listener, submissions) -> Graded:
    """Hand in a class, and grade it with the command that an instructor runs."""
    release = Release.find(UNIT)
    facts = {
        "{port}": str(listener.getsockname()[1]),
        "{folder}": str(folder),
        "{package}": str(Path(nnkit.__file__).parent),
        "{pid}": str(os.getpid()),
        "{mark}": MARK,
    }
    for student in HONEST:
        hand_in(folder, student, answered(release, {"neuron_grads": RIGHT}))
    for item in submissions:
        hand_in(folder, item.name, item.notebook(release, facts), item.put)
    before = snapshot(folder)
    command = ("grade", UNIT, "--dir", str(folder), *OPTIONS)
    secret = {**os.environ, "NNKIT_TEST_SECRET": MARK}
    done = run_nnkit(*command, environment=secret)
    assert done.returncode == 0, done.stdout + done.stderr
    with Journal.open(Workspace(folder).journal(UNIT)) as journal:
        records = dict(journal.latest(UNIT))
    return Graded(folder, records, before, done.stdout + done.stderr)


def hand_in(folder, student, data, put=None):
    path = folder / "submitted" / student / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    (put or Path.write_bytes)(path, data)


def snapshot(folder):
    """Return what is in submitted/: each file's bytes, and what else is no folder."""
    found = {}
    for path in sorted((folder / "submitted").rglob("*")):
        if path.is_symlink():
            found[path] = os.readlink(path)
        elif path.is_file():
            status = path.stat()
            small = status.st_size < 10**8  # one is a terabyte of nothing
            found[path] = path.read_bytes() if small else status.st_mtime_ns
        elif not path.is_dir():
            found[path] = path.lstat().st_mode
    return found


class Held:
    """What holds of every class of hostile submissions."""

    def test_it_gets_what_it_deserves(self, graded, item):
        assert graded.points(item.name) == item.points
        told = graded.told(item.name)
        assert any(words in told for words in item.says.split("|")), told

    def test_it_is_flagged_as_it_should_be(self, graded, item):
        flags = graded.records[item.name]["flags"]
        if item.flag:
            assert item.flag in "\n".join(flags)
        else:
            assert flags == []

    @pytest.mark.parametrize("student", HONEST)
    def test_the_honest_lose_nothing(self, graded, student):
        assert graded.points(student) == 3
        assert graded.records[student]["notes"] == []
        assert graded.records[student]["flags"] == []

    def test_the_gradebook_says_the_same(self, graded):
        from nbgrader.api import Gradebook

        url = Workspace(graded.folder).db_url
        with Gradebook(url, course_id=COURSE_ID) as gradebook:
            scores = {
                item.student_id: item.score
                for item in gradebook.assignment_submissions(UNIT)
            }
        assert scores == {student: graded.points(student) for student in graded.records}

    def test_no_connection_was_made(self, graded, listener):
        with pytest.raises(BlockingIOError):
            listener.accept()

    def test_no_submission_was_changed(self, graded):
        assert snapshot(graded.folder) == graded.before

    def test_nothing_was_dropped(self, graded):
        kept = {"autograded", "gradebook.db", "journal", "submitted"}
        assert {path.name for path in graded.folder.iterdir()} <= kept

    def test_nothing_was_looted(self, graded):
        # One by one: pytest would compare the texts of a hundred records for minutes.
        for student, record in graded.records.items():
            found = "LOOT" in json.dumps(record)
            assert not found, student

    def test_no_process_is_left(self, graded):
        alive = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
                parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except OSError:
                continue
            # Other tests have zygotes of their own; what was left has lost its parent.
            ours = b"nnkit.sandbox.zygote" in command or b"time.sleep(60)" in command
            if ours and parent == "1":
                alive.append(command)
        assert alive == []
