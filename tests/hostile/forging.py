"""Submissions that claim points: forged replies, patched judges, lying objects."""

from .case import Hostile

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

LATE_RIGHT = """
def neuron_grads(X, y, w, b):
    from nnkit import grad
    from nnkit.tensor import tanh

    def loss(w, b):
        e = tanh(X @ w + b) - y
        return (e * e).mean()

    return grad(loss, wrt=(0, 1))(w, b)
"""

SUBMISSIONS = (
    Hostile("patched-numpy-and-check", PATCHED, 0, "wrong", flag="uses nnkit."),
    Hostile(
        "forged-reply", FORGED, 0, "a question that was not asked", flag="uses nnkit."
    ),
    Hostile("forged-with-token", FORGED_WITH_TOKEN, 0, "wrong", flag="uses nnkit."),
    Hostile("pickle", PICKLED, 0, "__main__.Evil"),
    Hostile("lying-array", LYING_ARRAY, 0, "__main__.Lying"),
    Hostile(
        "own-autodiff", LATE_RIGHT, 0, "derive the gradient by hand", flag="uses nnkit."
    ),
)
