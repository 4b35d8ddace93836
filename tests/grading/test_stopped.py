"""A run that is stopped in the middle of a cell that never ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from grading_builders import nbcell

from nnkit import demo
from nnkit.demo import UNIT, answered
from nnkit.grading import grade
from nnkit.grading.answers import Limits
from nnkit.grading.journal import Journal
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import make_workspace

HERE = Path(__file__).parent
PATIENT = ["--cell-seconds", "600", "--notebook-seconds", "600", "--workers", "1"]

# The grader sends itself a signal once Ada's verdict is down, and a process of its own
# has given the sandbox the endless cell.
PROGRAM = """
import os, sys, threading, time
from pathlib import Path
from nnkit.cli import main
from nnkit.grading import journal, sandboxes
number, given = int(sys.argv.pop(1)), Path("given")
ask, append, down = sandboxes.Child.ask, journal.Journal.append, threading.Event()
def noting(journal, record):
    append(journal, record)
    down.set()
def telling(child, request, seconds):
    if "endless" in str(request):
        given.touch()
    return ask(child, request, seconds)
def signalling():
    down.wait()
    while not given.exists():
        time.sleep(0.01)
    os.kill(os.getpid(), number)
sandboxes.Child.ask, journal.Journal.append = telling, noting
threading.Thread(target=signalling, daemon=True).start()
main()
"""


@pytest.fixture
def workspace(tmp_path):
    """Ada's notebook is right; Zed's has a cell that never ends."""
    release = Release.find(UNIT)
    workspace = make_workspace(tmp_path / "class", None, course_directory())
    right = answered(release, {"neuron_grads": demo.RIGHT})
    endless = json.loads(right)
    endless["cells"].insert(0, nbcell("while True:\n    pass  # endless"))
    for student, data in (("ada", right), ("zed", json.dumps(endless).encode())):
        place = workspace.submitted / student / UNIT
        place.mkdir(parents=True)
        (place / f"{UNIT}.ipynb").write_bytes(data)
    return workspace


def stopped(workspace, number, *more):
    """What a run says that gets a signal, and its exit code, once nothing is left."""
    program = [sys.executable, "-c", PROGRAM, str(int(number)), "grade", UNIT, *PATIENT]
    program += more
    done = subprocess.run(
        [sys.executable, HERE / "adopting.py", *program],
        cwd=workspace.root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout  # -14: a process was left
    *said, code = done.stdout.splitlines()
    return " ".join(" ".join(said).split()), int(code.removeprefix("exit code "))


def finish(workspace):
    """The run that takes up, with a limit that ends the endless cell."""
    limits = Limits(cell=0.5)
    return grade(workspace, UNIT, Settings(workers=1, limits=limits))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_ends_says_how_to_go_on_and_leaves_no_process(workspace, name):
    number = getattr(signal, name)
    force = ["--force"] if name == "SIGTERM" else []  # it would begin anew
    said, code = stopped(workspace, number, *force)
    assert code == 128 + number
    assert said.count("Error:") == 1
    assert f"stopped by {name}. What is graded is safe in the journal: " in said
    if force:  # it goes on with nobody whose grade is from before
        again = "without --force, the same command grades what has no grade yet, and"
    else:
        again = "run the same command again to go on from there"
    assert again in said
    assert "Traceback" not in said
    with Journal.open(workspace.journal(UNIT)) as journal:
        assert list(journal.latest(UNIT)) == ["ada"]
        assert not journal.repaired
    if name == "SIGINT":
        run = finish(workspace)
        assert (run.kept, run.graded) == (["ada"], ["zed"])


def test_a_killed_grader_leaves_no_process(workspace):
    said, code = stopped(workspace, signal.SIGKILL)
    assert (said, code) == ("", -signal.SIGKILL)
    with Journal.open(workspace.journal(UNIT)) as journal:
        assert list(journal.latest(UNIT)) == ["ada"]
