"""A grader that dies, or whose disk is full, from the n-th boundary on: a program.

    class ──> graded once ──> the rows and files to expect
    copy 1 ──> dies at boundary 1, taken up, dies once more ──> finished ──┐
    copy 2 ──> dies at boundary 2, …                                       ├─> a line
    copy n ──> is not stopped any more                                     ┘

A boundary is a moment at which the disk changes: before a file is made, changed, put in
place or removed, within a line of the journal, before a statement that writes or a
commit of the gradebook. Answers come from the sandbox once, and then from memory: what
is tried here is the grader's own process, which runs nothing of a submission.
"""

from __future__ import annotations

import argparse
import errno
import gc
import json
import os
import shutil
import signal
import sqlite3
import stat
import tempfile
from collections import Counter
from functools import lru_cache
from pathlib import Path

from grading_builders import UNIT, files, rows
from nbgrader import api
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from nnkit import grading
from nnkit.grading import gradebook, gradebook_cells, journal, workspace
from nnkit.grading.gradebook import GradebookError
from nnkit.grading.journal import JournalError
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.release import Release
from nnkit.grading.workspace import Workspace

SETTINGS = Settings(workers=1)
real = {name: getattr(os, name) for name in dir(os) if not name.startswith("_")}


READS = ("SELECT", "PRAGMA")
FULL = "No space left on device"
TAKES_ROOM = (
    "fsync",
    "open",
    "mkdir",
    "replace",
    "INSERT",
    "UPDATE",
    "CREATE",
    "commit",
)


class Boundaries:
    """Counts boundaries; dies at one of them, or has no room from there on."""

    def __init__(self, at, told, full):
        self.at = at
        self.told = told
        self.full = full
        self.seen = 0

    def come_to(self, what, on_the_way=None):
        """Fail here if this is the one, after what can still be done on the way."""
        self.seen += 1
        what = " ".join(what.split())
        if self.seen == self.at:
            real["write"](self.told, what.encode() + b"\n")
            if on_the_way:
                on_the_way()
            if not self.full:
                os.kill(os.getpid(), signal.SIGKILL)
        if self.full and self.seen >= self.at:
            if what.endswith(" bytes") or what.startswith(TAKES_ROOM[:4]):
                raise OSError(errno.ENOSPC, FULL)
            if what.startswith(TAKES_ROOM[4:]):
                cause = sqlite3.OperationalError("database or disk is full")
                raise OperationalError(what, None, cause)

    def watch(self):
        """Stand before everything that changes the disk."""
        for name in ("fsync", "ftruncate", "mkdir", "unlink"):
            setattr(os, name, self.before(name))
        os.write, os.open, os.replace = self.write, self.open, self.replace
        event.listen(Engine, "before_cursor_execute", self.statement)
        event.listen(Engine, "commit", lambda _: self.come_to("commit"))

    def before(self, name):
        def call(*arguments, **options):
            self.come_to(name)
            if name != "fsync":  # a killed process leaves its files as they are
                return real[name](*arguments, **options)

        return call

    def write(self, descriptor, data):
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            for size in (0, 1, len(data) // 2, len(data) - 1):
                self.come_to(
                    f"{size} of {len(data)} bytes",
                    lambda size=size: real["write"](descriptor, data[:size]),
                )
        return real["write"](descriptor, data)

    def open(self, path, flags, *rest, **options):
        if flags & os.O_CREAT:
            self.come_to("open")
        return real["open"](path, flags, *rest, **options)

    def replace(self, part, path):
        half = os.stat(part).st_size // 2
        self.come_to("half a file", lambda: os.truncate(part, half))
        self.come_to("replace")
        return real["replace"](part, path)

    def statement(self, connection, cursor, statement, *_):
        if not statement.lstrip().startswith(READS):
            self.come_to(statement.split("(")[0].strip()[:40])


class Recorded:
    """In place of the markers: judges here what the sandbox answered the first time."""

    answers: dict = {}  # noqa: RUF012  filled by the first run
    missing: dict = {}  # noqa: RUF012  always empty

    def __init__(self, settings, examiner, **_):
        self.examiner = examiner

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def run(self, jobs):
        for job, _ in jobs:
            yield job, self.examiner.marked(job, self.answers[job.student])


class Recording(Recorded):
    """The first time."""

    def run(self, jobs):
        jobs = list(jobs)
        with Pool(SETTINGS, self.examiner.calls, self.examiner.warm_up) as pool:
            self.answers.update(
                {job.student: pool.answers_to(job.cells) for job, _ in jobs}
            )
        return super().run(jobs)


def record_answers(folder):
    """Grade a copy in the sandbox, and keep what it answered."""
    grading.Markers = Recording
    grading.grade(copy_of(folder), UNIT, SETTINGS)
    grading.Markers = Recorded


def copy_of(folder):
    """Copy the class, each time to the same place: see `compiled_once`."""
    to = folder.parent / "copy" / folder.name
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    return Workspace(to)


def compiled_once():
    """Keep nbgrader's engine, with its statements, from one run to the next.

    They are the same, and to compile them anew takes an eighth of the time.
    """
    api.create_engine = lru_cache(api.create_engine)


def failed(course, at, full=False):
    """Grade in a process that fails at a boundary.

    Return which, "" if there was none, and what the grader said at its end.
    """
    read, write = os.pipe()
    if not (child := os.fork()):
        code = 1
        try:
            Boundaries(at, write, full).watch()
            try:
                run = grading.grade(course, UNIT, SETTINGS)
                said = f"unshown {sorted(run.unshown)}" if run.unshown else "done"
            except (JournalError, GradebookError) as error:
                said = f"{type(error).__name__}: {error}"
            real["write"](write, said.encode())
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with open(read) as pipe:
        what, _, said = pipe.read().partition("\n")
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, what
    return ("", what) if what == "done" else (what, said)


def lines(course):
    """How often each student's verdict is in the journal, whole."""
    whole, _, _ = course.journal(UNIT).read_text().rpartition("\n")
    records = [json.loads(line).get("record") for line in whole.splitlines()]
    return Counter(record["student"] for record in records if record)


def finished(course):
    run = grading.grade(course, UNIT, SETTINGS)
    return {
        "graded": sorted(run.graded),
        "kept": sorted(run.kept),
        "lines": lines(course),
        "rows": rows(course),
        "files": {str(path): data.hex() for path, data in files(course).items()},
    }


def sweep(folder, step, full):
    """Fail at every boundary in turn; yield where, and what came of it."""
    expected = finished(copy_of(folder))
    yield expected
    at = 1
    while True:
        course = copy_of(folder)
        what, said = failed(course, at, full)
        if not what:
            break
        before = dict(lines(course))
        # The run that takes up fails, too, each time elsewhere.
        again, _ = failed(course, 1 + at * at % 37, full)
        found = finished(course)
        same = [found[part] == expected[part] for part in ("lines", "rows", "files")]
        yield {
            "at": at,
            "what": what,
            "said": said,
            "again": again,
            "before": before,
            "same": dict(zip(("lines", "rows", "files"), same, strict=True)),
            "kept": found["kept"],
        }
        at += step


def breach():
    """Break what keeps the promise, so that the sweep must find it."""
    journal.Journal.done = lambda *_: False  # verdicts are forgotten
    gradebook_cells.stable_id = lambda *_: os.urandom(16).hex()
    gradebook.stable_id = gradebook_cells.stable_id
    workspace._part_of = lambda path: Path(tempfile.mktemp(dir=path.parent))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("release", type=Path)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--full", action="store_true", help="no room, not killed")
    parser.add_argument("--breach", action="store_true")
    options = parser.parse_args()
    release = Release.load(options.release)
    Release.find = lambda *_, **__: release

    @event.listens_for(Engine, "connect")
    def _quick(connection, _):
        connection.execute("PRAGMA synchronous = OFF")  # for power cuts, not for kills

    os.fsync = lambda _: None  # the same
    gradebook.CHUNK = 2  # the class takes two
    compiled_once()
    record_answers(options.folder)
    # What is there by now is never garbage: to look through it would copy it into every
    # process that dies.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    if options.breach:
        breach()
    for line in sweep(options.folder, options.step, options.full):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
