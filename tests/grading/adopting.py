"""Run a command, and wait for all that it leaves behind: a program.

A process whose parent has died becomes a child of this one. If anything is still there
after `PATIENCE` seconds, SIGALRM ends this program, and its exit code says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys

PATIENCE = 120
PR_SET_CHILD_SUBREAPER = 36


def adopt():
    """Become the parent of whatever the processes below leave behind."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait_for_the_rest():
    """Wait until there is nobody left."""
    signal.alarm(PATIENCE)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    signal.alarm(0)


if __name__ == "__main__":
    adopt()
    code = subprocess.run(sys.argv[1:], check=False).returncode
    wait_for_the_rest()
    print(f"exit code {code}")
