"""What workers of a test's cluster do in place of `remote.work`: some of it deadly."""

import os
import signal
from pathlib import Path

from nnkit.grading import remote

DEADLY, DEADLY_ONCE = b"# ends its worker", b"# ends its first worker"


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def work(task, cells, required):
    """Work as usual, unless a notebook says that it ends the process."""
    if DEADLY in cells:
        die()
    if DEADLY_ONCE in cells:
        try:
            Path(os.environ["HANDS_SCRATCH"], "died").touch(exist_ok=False)
        except FileExistsError:
            return remote.work(task, cells, required)
        die()
    return remote.work(task, cells, required)


def signed(task, cells, required):
    """Work as usual, and leave this process's id behind."""
    Path(os.environ["HANDS_SCRATCH"], f"pid-{os.getpid()}").touch()
    return remote.work(task, cells, required)
