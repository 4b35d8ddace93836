"""Submissions that use up what a machine has, or do not survive."""

from .case import RIGHT, Hostile

ENDLESS = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)

def neuron_grads(X, y, w, b):
    while True:
        pass
"""

ENDLESS_CELL = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass
"""

MEMORY = """
import numpy as np

def neuron_grads(X, y, w, b):
    hoard = []
    while True:
        hoard.append(np.empty(10**8))
"""

CRASHING = """
import ctypes

def neuron_grads(X, y, w, b):
    ctypes.string_at(0)
"""

STOPPING = RIGHT.replace("    return", "    import os; os._exit(0)\n    return")

FLOOD = RIGHT + '\nimport sys\nsys.stdout.write("x" * 10**8)\n'

DISK = """
def neuron_grads(X, y, w, b):
    for i in range(200):
        with open(f"/tmp/{i}", "wb") as file:
            file.write(bytes(10**6))
"""

SUBMISSIONS = (
    Hostile("infinite-loop", ENDLESS, 0, "did not come back in time"),
    Hostile("infinite-cell", RIGHT, 3, "did not stop when interrupted", ENDLESS_CELL),
    Hostile("memory", MEMORY, 0, "MemoryError"),
    Hostile("native-crash", CRASHING, 0, "SIGSEGV"),
    Hostile("ending-the-process", STOPPING, 0, "ended itself with exit code 0"),
    Hostile("flood-of-output", FLOOD, 3, "right"),
    Hostile("filling-the-disk", DISK, 0, "OSError"),
)
