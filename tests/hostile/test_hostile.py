"""Every hostile submission gets what it deserves and touches nothing.

All are graded in one run, between two honest students, through the command that an
instructor runs.
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import nnkit
from nnkit.demo import UNIT, answered
from nnkit.grading.gradebook import COURSE_ID
from nnkit.grading.journal import Journal
from nnkit.grading.record import verdicts_of
from nnkit.grading.release import Release
from nnkit.grading.workspace import Workspace
from nnkit.judging import show

from .submissions import RIGHT, SUBMISSIONS

HONEST = ("aa-honest", "zz-honest")
MARK = "b7c1-hostile-test"


@pytest.fixture(scope="module")
def listener():
    """Count the connections to a port on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def graded(tmp_path_factory, listener):
    """Grade the whole class once."""
    folder = tmp_path_factory.mktemp("hostile")
    release = Release.find(UNIT)
    facts = {
        "{port}": str(listener.getsockname()[1]),
        "{folder}": str(folder),
        "{package}": str(Path(nnkit.__file__).parent),
        "{pid}": str(os.getpid()),
    }
    for student in HONEST:
        hand_in(folder, student, answered(release, {"neuron_grads": RIGHT}))
    for item in SUBMISSIONS:
        source = f"# {MARK}\n{item.answer}"
        for name, value in facts.items():
            source = source.replace(name, value)
        notebook = json.loads(answered(release, {"neuron_grads": source}))
        if item.later:
            notebook["cells"].append(code_cell(item.later))
        hand_in(folder, item.name, json.dumps(notebook).encode())
    before = snapshot(folder)
    command = [sys.executable, "-m", "nnkit", "grade", UNIT, "--dir", str(folder)]
    limits = [
        "--cell-seconds",
        "1.5",
        "--call-seconds",
        "1.5",
        "--isolation",
        "require",
    ]
    done = subprocess.run(
        [*command, *limits], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with Journal.open(Workspace(folder).journal(UNIT)) as journal:
        records = dict(journal.latest(UNIT))
    return folder, records, before


def code_cell(source):
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "later",
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def hand_in(folder, student, data):
    place = folder / "submitted" / student / UNIT
    place.mkdir(parents=True)
    (place / f"{UNIT}.ipynb").write_bytes(data)


def snapshot(folder):
    return {p: p.read_bytes() for p in (folder / "submitted").rglob("*.ipynb")}


def points(record):
    return sum(verdict.points for verdict in verdicts_of(record))


def told(record):
    texts = [show.text(v) for v in verdicts_of(record) if v.exercise == "neuron_grads"]
    return "\n".join([*texts, *record["notes"]])


@pytest.mark.parametrize("item", SUBMISSIONS, ids=lambda item: item.name)
def test_it_gets_what_it_deserves(graded, item):
    _, records, _ = graded
    assert points(records[item.name]) == item.points
    assert item.says in told(records[item.name])


@pytest.mark.parametrize("student", HONEST)
def test_the_honest_lose_nothing(graded, student):
    _, records, _ = graded
    assert points(records[student]) == 3
    assert records[student]["notes"] == []


def test_the_gradebook_says_the_same(graded):
    from nbgrader.api import Gradebook

    folder, records, _ = graded
    with Gradebook(Workspace(folder).db_url, course_id=COURSE_ID) as gradebook:
        scores = {
            item.student_id: item.score
            for item in gradebook.assignment_submissions(UNIT)
        }
    assert scores == {student: points(record) for student, record in records.items()}


def test_no_connection_was_made(graded, listener):
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_no_submission_was_changed_and_nothing_was_dropped(graded):
    folder, _, before = graded
    assert snapshot(folder) == before
    assert not (folder / "unpickled").exists()
    assert not (folder / "converted").exists()


def test_nothing_was_looted(graded):
    _, records, _ = graded
    assert "LOOT" not in json.dumps(records["reading-the-gradebook"])


def test_output_is_capped(graded):
    _, records, _ = graded
    assert len(json.dumps(records["flood-of-output"])) < 100_000


def test_no_process_is_left(graded):
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
