"""How the tests are spread over processors: a module, or an exercise, stays together.

What a module sets up, such as a graded class, is then set up once, and so is the answer
key of an exercise. What takes longest begins first, so that no processor is left alone
with it at the end.
"""

import gc
import os
import signal
import socket
import sys
import tempfile

import pytest

# A small product of matrices that is shared by threads waits for them, and where other
# tests have the processors that takes ten times as long. Read when NumPy is imported.
assert "numpy" not in sys.modules, "a plugin has imported NumPy: set this before it"
for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

LONGEST = (
    *("own/test_grading_own.py", "grading/test_nbgrader.py", "notebooks/test_units.py"),
    *("hostile/test_resources.py", "exercises/test_every_exercise.py", "hostile/"),
    *("grading/test_killed", "grading/test_cluster.py", "own/", "grading/"),
    "test_demo.py",
)
"""Where the long groups are, the longest first; the order alone depends on it."""


def pytest_configure(config):
    # Under nohup it is ignored, and whatever a test starts would go on ignoring it.
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # pytest-xdist would begin with the groups of most tests, and those are short ones.
    config.option.loadscopereorder = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
    items.sort(key=_place)


def _place(item):
    """Return the position of a test's module among the longest; after them without."""
    path = item.nodeid.removeprefix("tests/")
    found = (place for place, start in enumerate(LONGEST) if path.startswith(start))
    return next(found, len(LONGEST))


def pytest_collection_finish():
    # What thousands of tests are made of is never garbage, and the collector would look
    # through it again and again: half of the time where a test makes many objects.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def kernels_answer_in_time():
    """Lines of a configuration, by which nbgrader does not wait for kernels in vain.

    A port is chosen first and opened a second later: two kernels that start at once may
    have chosen the same, and wait for each other's answers for minutes. And where a
    signal is lost, an answer that came is found when a cell's 30 s are over.
    """
    client = "c.AsyncKernelManager.client_factory = 'nnkit.build.kernel.Client'\n"
    if not hasattr(socket, "AF_UNIX"):
        yield client
        return
    with tempfile.TemporaryDirectory(prefix="k") as folder:
        place = f"{folder}/k"  # a socket's name has 103 bytes
        sockets = f"c.KernelManager.transport = 'ipc'\nc.KernelManager.ip = {place!r}\n"
        yield client + sockets
