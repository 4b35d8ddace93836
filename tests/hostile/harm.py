"""Submissions that reach for others: their files, processes and the network."""

from .case import RIGHT, Hostile

NETWORK = (
    RIGHT
    + """
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", {port})),
        (socket.AF_INET6, ("::1", {port})),
    ):
        try:
            line = socket.socket(family, kind)
            line.settimeout(0.2)
            line.connect(address)
            line.send(b"the inputs")
        except OSError:
            pass
"""
)

READING = """
import glob

def neuron_grads(X, y, w, b):
    loot = []
    for pattern in (
        "{folder}/gradebook.db",
        "{folder}/journal/*",
        "{folder}/submitted/*/*/*.ipynb",
        "{package}/exercises/neuron/*.py",
        "{package}/judging/*.py",
    ):
        for path in [pattern, *glob.glob(pattern)]:
            try:
                loot.append(open(path, "rb").read())
            except OSError as refused:
                last = refused
    if loot:
        print("LOOT", loot)
        return len(loot)
    raise last
"""

KILLING = (
    RIGHT
    + """
import os, signal
for pid in [os.getppid(), {pid}, *range(1, 300), -1, 0]:
    if pid == os.getpid():
        continue
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
        try:
            os.kill(pid, number)
        except OSError:
            pass
"""
)

CHILDREN = """
import os, subprocess, sys

def neuron_grads(X, y, w, b):
    try:
        if os.fork() == 0:
            os.setsid()
            os.execv(sys.executable, ["python", "-c", "import time; time.sleep(60)"])
    except OSError:
        pass
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
"""

SUBMISSIONS = (
    Hostile("network", NETWORK, 3, "right"),
    Hostile("reading-the-gradebook", READING, 0, "Error"),
    Hostile("killing-the-parent", KILLING, 3, "right"),
    Hostile("detached-children", CHILDREN, 0, "Error"),
)
