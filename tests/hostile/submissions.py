"""Submissions that attack the grader, each with what it deserves.

All of them are bounded: they touch loopback and the test's own folder, allocate and
loop only until the sandbox stops them, and do nothing if they are run elsewhere but
waste a little time.
"""

from dataclasses import dataclass

RIGHT = """
import numpy as np

def neuron_grads(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = 2 / len(y) * (a - y) * (1 - a**2)
    return X.T @ dz, dz.sum()
"""


@dataclass(frozen=True)
class Hostile:
    """One attack.

    Attributes:
        name: the student's id.
        answer: source of the answer cell. The test fills in {port} of a listener on
            loopback, {folder} of the grading folder, {package} of nnkit, and {pid} of
            the grader's parent, after doubling no braces: it uses str.replace.
        points: what it must get, of 3.
        says: what verdict or notes must say.
        later: source of a cell of its own at the end of the notebook.
    """

    name: str
    answer: str
    points: float
    says: str
    later: str = ""


PATCHED = """
import builtins, sys
import numpy as np
import nnkit
from nnkit.sandbox import runner, wire

np.allclose = np.array_equal = lambda *args, **kwargs: True
np.testing.assert_allclose = lambda *args, **kwargs: None
nnkit.check = check = lambda function: "3 of 3 points"
runner.reply_to = lambda *args: {"value": (np.zeros(3), 0.0), "args": args[2]}
builtins.abs = lambda x: 0.0

def neuron_grads(X, y, w, b):
    return np.zeros_like(w), 0.0
"""

FORGED = """
import socket
from nnkit.sandbox import wire

frames = [
    {"token": "ready"},
    {"token": "0" * 16, "reply": {"value": [[0.0], 0.0], "args": []}},
    {"token": "0" * 16, "verdict": {"points": 3}},
]
for fd in range(3, 64):
    try:
        line = socket.socket(fileno=fd)
    except OSError:
        continue
    for frame in frames:
        line.sendall(wire.encode(frame))
    line.detach()

def neuron_grads(X, y, w, b):
    return w, b
"""

FORGED_WITH_TOKEN = """
import socket, sys
import numpy as np
from nnkit.sandbox import wire

def neuron_grads(X, y, w, b):
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    request = frame.f_locals["request"]
    forged = {"value": (np.zeros(len(w)), 0.0), "args": (X, y, w, b), "points": 3}
    for fd in range(3, 64):
        try:
            line = socket.socket(fileno=fd)
        except OSError:
            continue
        line.sendall(wire.encode({"token": request["token"], "reply": forged}))
        line.detach()
    return np.zeros(len(w)), 0.0
"""

PICKLED = """
class Evil:
    def __reduce__(self):
        return open, ("{folder}/unpickled", "w")
    def __array__(self, *args, **kwargs):
        open("{folder}/converted", "w")
    def __eq__(self, other):
        return True

def neuron_grads(X, y, w, b):
    return Evil(), Evil()
"""

LYING_ARRAY = """
import numpy as np

class Lying(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)
    def __sub__(self, other):
        return np.zeros(self.shape)
    __rsub__ = __sub__
    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(self.shape)

def neuron_grads(X, y, w, b):
    return np.zeros(len(w)).view(Lying), np.zeros(()).view(Lying)
"""

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

CRASHING = """
import ctypes

def neuron_grads(X, y, w, b):
    ctypes.string_at(0)
"""

STOPPING = RIGHT.replace("    return", "    import os; os._exit(0)\n    return")

LATE_RIGHT = """
def neuron_grads(X, y, w, b):
    from nnkit import grad
    from nnkit.tensor import tanh

    def loss(w, b):
        e = tanh(X @ w + b) - y
        return (e * e).mean()

    return grad(loss, wrt=(0, 1))(w, b)
"""

FLOOD = RIGHT + '\nimport sys\nsys.stdout.write("x" * 10**8)\n'

DISK = """
def neuron_grads(X, y, w, b):
    for i in range(200):
        with open(f"/tmp/{i}", "wb") as file:
            file.write(bytes(10**6))
"""

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
    Hostile("patched-numpy-and-check", PATCHED, 0, "wrong"),
    Hostile("forged-reply", FORGED, 0, "a question that was not asked"),
    Hostile("forged-with-token", FORGED_WITH_TOKEN, 0, "wrong"),
    Hostile("pickle", PICKLED, 0, "__main__.Evil"),
    Hostile("lying-array", LYING_ARRAY, 0, "__main__.Lying"),
    Hostile("infinite-loop", ENDLESS, 0, "did not come back in time"),
    Hostile("infinite-cell", RIGHT, 3, "did not stop when interrupted", ENDLESS_CELL),
    Hostile("memory", MEMORY, 0, "MemoryError"),
    Hostile("network", NETWORK, 3, "right"),
    Hostile("reading-the-gradebook", READING, 0, "Error"),
    Hostile("killing-the-parent", KILLING, 3, "right"),
    Hostile("native-crash", CRASHING, 0, "SIGSEGV"),
    Hostile("ending-the-process", STOPPING, 0, "ended itself with exit code 0"),
    Hostile("own-autodiff", LATE_RIGHT, 0, "derive the gradient by hand"),
    Hostile("flood-of-output", FLOOD, 3, "right"),
    Hostile("filling-the-disk", DISK, 0, "OSError"),
    Hostile("detached-children", CHILDREN, 0, "Error"),
)
