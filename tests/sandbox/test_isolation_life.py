"""What works inside, what a lesser kernel means, and that nothing stays behind."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from nnkit.sandbox.enclosure import attempt

from .test_isolation import CELL, USERS, cell, expected

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the sandbox")

NOTEBOOK = """
import logging
logging.disable()  # matplotlib says so where it takes long to list the fonts
import matplotlib
matplotlib.use("agg")
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.history_manager.enabled = False
answer = []
for source in (
    "import asyncio; await asyncio.sleep(0.001); 'awaited'",
    "import concurrent.futures as c; sum(c.ThreadPoolExecutor(4).map(abs, [-1, -2]))",
    "import tempfile; f = tempfile.NamedTemporaryFile(); f.write(b'1234')",
    "import zoneinfo; str(zoneinfo.ZoneInfo('Europe/Berlin'))",
    "import numpy as np; float(np.linalg.svd(np.eye(300))[1].sum())",
    "import matplotlib.pyplot as plt; plt.plot([1]); plt.savefig('a.png')",
    "import os; os.path.getsize('a.png') > 1000 and len(os.urandom(3))",
    "import signal; signal.raise_signal(signal.SIGCHLD)",
    "import shutil; len(shutil.copy2('a.png', 'b.png'))",
    "os.path.expanduser('~') == os.getcwd() == tempfile.gettempdir()",
):
    result = shell.run_cell(source)
    answer.append(str(result.error_in_exec or result.result))
"""


@pytest.mark.parametrize(
    ("user", "off"), [("root", []), ("ordinary", []), ("root", ["landlock"])]
)
def test_what_a_notebook_needs_works_inside(user, off):
    found = cell(user, off=off, run=NOTEBOOK, env={"OPENBLAS_NUM_THREADS": "1"})
    assert found["answer"] == [
        *(
            "awaited",
            "3",
            "4",
            "Europe/Berlin",
            "300.0",
            "None",
            "3",
            "None",
            "5",
            "True",
        )
    ], found


LIMITS = """
import os, resource
answer = {}
try:
    held = bytearray(300 << 20)
except MemoryError:
    answer["memory"] = "refused"
try:
    for number in range(10):
        with open(f"large-{number}", "wb") as file:
            file.write(bytes(1 << 20))
except OSError as error:
    answer["disk"] = error.strerror
answer["written"] = sum(os.path.getsize(name) for name in os.listdir() if "-" in name)
"""


def test_limits_are_those_of_the_policy():
    found = cell("root", limits={"memory": 200 << 20, "disk": 4 << 20}, run=LIMITS)
    assert found["answer"]["memory"] == "refused"
    assert found["answer"]["disk"] == "No space left on device"
    assert 3 << 20 <= found["answer"]["written"] <= 4 << 20


def test_processor_time_ends_even_for_who_does_not_listen():
    code = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile 1: pass"
    found = cell("root", limits={"cpu_seconds": 1}, run=code)
    assert found["status"] == -signal.SIGKILL


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(
    "lacking",
    [
        {"without": ["unshare"]},
        {"without": ["unshare", "landlock_create_ruleset"]},
        {"without": ["pivot_root"]},
        {"without": ["seccomp"]},
        {"elsewhere": True},
    ],
    ids=str,
)
def test_a_lesser_kernel_is_said_to_be_one(user, lacking):
    found = cell(user, vsock=False, **lacking)
    assert found["missing"]
    noticed = {name for name, breach in found["breaches"].items() if breach}
    assert noticed == expected(user, set(), found["missing"]), found


@pytest.mark.parametrize(("version", "holds"), [(1, False), (2, False), (3, True)])
def test_an_old_landlock_is_probed_not_trusted(version, holds):
    found = cell("root", landlock=version, off=["namespaces"])
    assert any(f"version {version} of" in line for line in found["missing"])
    assert (found["breaches"]["writes"] == "") == holds
    assert found["breaches"]["reads"] == ""


def processes(mark: str) -> list[str]:
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdecimal() and mark in (folder / "cmdline").read_text():
                found.append(folder.name)
        except OSError:
            pass
    return found


def eventually(condition, seconds: float = 60) -> bool:
    """Wait for what happens within milliseconds; the bound is for what never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("off", [[], ["namespaces"]], ids=str)
@pytest.mark.parametrize("who", ["grader", "warden"])
def test_a_violent_death_leaves_nothing_behind(who, off, tmp_path):
    mark, mounts = uuid.uuid4().hex, Path("/proc/self/mounts").read_text()
    wish = {"off": off, "run": "import time; time.sleep(60)", "mark": mark}
    start = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    command = [sys.executable, "-c", start, sys.executable, str(CELL), json.dumps(wish)]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment) as grader:
        assert eventually(
            lambda: len(processes(mark)) == 4
        )  # with warden, zygote, child
        children = Path(f"/proc/{grader.pid}/task/{grader.pid}/children")
        warden = int(children.read_text())
        if who == "grader":
            grader.kill()
        else:
            os.kill(warden, signal.SIGTERM)
        assert eventually(lambda: not processes(mark)), processes(mark)
    assert eventually(lambda: not list(tmp_path.iterdir())), list(tmp_path.iterdir())
    assert Path("/proc/self/mounts").read_text() == mounts


def test_the_exit_status_comes_through():
    code = (
        "import os, sys\n"
        "from nnkit.sandbox.isolation import enclose, student_policy\n"
        "enclose(student_policy()); os._exit(7)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=30)
    assert done.returncode == 7


@pytest.mark.parametrize("said", ["caf\udce9", "é" + "ü" * 999, ""])
def test_what_fails_is_no_success_whatever_it_says(said):
    def fail():
        raise OSError(said)

    assert attempt(fail)
    assert attempt(lambda: None) == ""


def test_threads_are_refused_before_anything_is_lost():
    code = (
        "import threading\n"
        "from nnkit.sandbox.isolation import enclose, student_policy\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "enclose(student_policy())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, timeout=30, capture_output=True
    )
    assert b"2 threads are running" in done.stderr


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_the_import_never_fails(platform):
    code = (
        "import sys, sysconfig, tempfile; sysconfig.get_config_vars()\n"
        f"sys.platform = {platform!r}\n"
        "sys.modules['resource'] = None\n"
        "import os, signal; del os.fork, signal.SIGKILL\n"
        "from nnkit.sandbox.isolation import *\n"
        "policy = student_policy()\n"
        "assert len(enclose(policy)) == len(LAYERS)\n"
        "assert all(probe(policy).values())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_a_folder_goes_whatever_was_made_of_it(tmp_path):
    code = (
        "import os, sys\n"
        "from nnkit.sandbox.tidy import remove\n"
        "os.chdir(sys.argv[1]); os.mkdir('mine'); os.chdir('mine')\n"
        "open('.0', 'w').close(); os.symlink('/', '.1'); os.mkdir('closed', 0o300)\n"
        "open('closed/file', 'w').close()\n"
        "for level in range(1100):\n"
        "    os.mkdir('deep', 0o300); os.chdir('deep')\n"
        "os.chdir(sys.argv[1]); remove(f'{sys.argv[1]}/mine')"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []
