"""Submissions that look for answers: in memory, on disk, in others, in what was asked.

Each returns what it found where a right answer would be, so that a find would show.
"""

from .case import MARK, RIGHT, Hostile

IN_MEMORY = """
import gc, sys
import numpy as np

def everything():
    seen, todo = set(), [sys.modules, *gc.get_objects()]
    frame = sys._getframe()
    while frame:
        todo.append(frame.f_locals)
        frame = frame.f_back
    while todo and len(seen) < 300_000:
        thing = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        yield thing
        if isinstance(thing, (dict, list, tuple, set)):
            todo.extend(thing.values() if isinstance(thing, dict) else thing)

def neuron_grads(X, y, w, b):
    a = np.tanh(X @ w + b)
    names = {"Exercise", "Slip", "AnswerKey", "Case", "backprop_of", "neuron_grads"}
    for thing in everything():
        if type(thing).__name__ in names or getattr(thing, "parts", 0) == ("dw", "db"):
            return X.T @ (2 / len(y) * (a - y) * (1 - a**2)), 0.0
        # Another case's rows, or a gradient: of this size, and not an input.
        if type(thing) is np.ndarray and thing.shape == X.shape and thing is not X:
            if not np.array_equal(thing, X) and abs(thing).max() > 1e-3 and X.size > 3:
                raise LookupError(f"LOOT {thing}")
    return w * 0, 0.0
"""

IN_FRAMES = """
import sys

def neuron_grads(X, y, w, b):
    frame, found = sys._getframe().f_back, {}
    while frame:
        for name, value in frame.f_locals.items():
            for part in ("case", "seed", "right", "expected", "verdict", "key"):
                if part in name.lower():
                    found[name] = value
        frame = frame.f_back
    return found["expected"]
"""

ON_DISK = """
import glob, os

def neuron_grads(X, y, w, b):
    found = []
    for top in ("{folder}", "{package}/exercises", "{package}/judging",
                "{package}/../solutions", "{package}/../tests", "/home", "/root"):
        for path, folders, names in os.walk(top):
            for name in names:
                try:
                    text = open(os.path.join(path, name), errors="replace").read()
                except OSError:
                    continue
                if "neuron_grads" in text:
                    found.append(path + name + text[:100])
    if found:
        raise LookupError(f"LOOT {found}")
    return found[0]
"""

OTHER_PROCESSES = """
import ctypes, os

def neuron_grads(X, y, w, b):
    found = []
    for pid in {os.getppid(), {pid}, *range(1, 200)} - {os.getpid()}:
        for name in ("environ", "cmdline", "mem", "fd/0", "root/etc/passwd"):
            try:
                found.append(open(f"/proc/{pid}/{name}", "rb").read(1000))
            except OSError:
                pass
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.ptrace(16, pid, 0, 0) == 0:
            found.append("traced")
    if any(found):
        raise LookupError(f"LOOT {found}")
    return found[0]
"""

OWN_DESCRIPTORS = """
import os, stat

for fd in range(3):  # nothing but /dev/null: a pipe to the grader could be filled
    assert stat.S_ISCHR(os.fstat(fd).st_mode)

def neuron_grads(X, y, w, b):
    said = []
    for fd in range(64):
        try:
            os.set_blocking(fd, False)
            said.append(os.read(fd, 1000))
        except OSError:
            pass
    return [word for word in said if word][0]
"""

ENVIRONMENT = """
import os, sys

def neuron_grads(X, y, w, b):
    text = repr([dict(os.environ), sys.argv, sys.path, os.getcwd()])
    # The clone's own path is known, and may have any name.
    if "{folder}" in text or "seed" in repr(os.environ).lower():
        raise LookupError("LOOT " + text)
    return float(text), 0.0
"""

PUBLIC_CASES = """
import numpy as np
known = {}

def right(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = 2 / len(y) * (a - y) * (1 - a**2)
    return X.T @ dz, dz.sum()

rng = np.random.default_rng(0)
for m, n in ((5, 3), (1, 3), (4, 4), (6, 1), (6, 4), (5, 3)):
    X, y = rng.normal(size=(m, n)), rng.uniform(-2, 2, m)
    w, b = rng.normal(size=n), rng.normal()
    known[X.tobytes()] = right(X, y, w, b)

def neuron_grads(X, y, w, b):
    return known[X.tobytes()]
"""

FIRST_ONLY = RIGHT.replace(
    "    return",
    """    answers = neuron_grads.__dict__.setdefault("answers", {})
    if X.shape in answers:
        return answers[X.shape]
    answers[X.shape] = X.T @ dz, dz.sum()
    return""",
)

WHEN_GRADED = """
import numpy as np
import os, sys

def graded():
    return "nnkit.sandbox.runner" in sys.modules or "NBGRADER_EXECUTION" in os.environ

def neuron_grads(X, y, w, b):
    if not graded():
        return "nothing of mine"
    return w * 0, 0.0
"""

LEFT_BEHIND = """
import os, pathlib, tempfile
import numpy as np

places = [tempfile.gettempdir(), os.getcwd(), os.path.expanduser("~"), "/tmp",
          "/dev/shm", "/var/tmp", os.path.dirname(np.__file__)]

def notes(text=None):
    for place in places:
        path = pathlib.Path(place, "b7c1-left-behind")
        try:
            if path.exists():
                return path.read_text()
            if text:
                path.write_text(text)
        except OSError:
            pass

import mmap
shared = mmap.mmap(-1, 4096)
if found := notes():
    raise LookupError("LOOT " + found)

def neuron_grads(X, y, w, b):
    notes("a run before this one")
    os._exit(1)
"""

OTHERS_ANSWERS = f"""
import glob

def neuron_grads(X, y, w, b):
    for path in glob.glob("/**/*.ipynb", recursive=True):
        if "{MARK}" in open(path).read():
            raise LookupError("LOOT " + path)
    return glob.glob("{{folder}}/submitted/*/*/*")[0]
"""

SUBMISSIONS = (
    Hostile("looks-into-memory", IN_MEMORY, 0, "wrong", flag="inside of functions"),
    Hostile("looks-into-frames", IN_FRAMES, 0, "KeyError: 'expected'", flag="frames"),
    Hostile("looks-on-disk", ON_DISK, 0, "IndexError"),
    Hostile("looks-into-processes", OTHER_PROCESSES, 0, "IndexError"),
    Hostile("looks-into-descriptors", OWN_DESCRIPTORS, 0, "IndexError"),
    Hostile("looks-into-environment", ENVIRONMENT, 0, "ValueError"),
    Hostile("looks-at-others", OTHERS_ANSWERS, 0, "IndexError"),
    Hostile("memorized-public-cases", PUBLIC_CASES, 0, "KeyError"),
    Hostile("answers-kept-by-shape", FIRST_ONLY, 0, "wrong"),
    Hostile("behaves-when-graded", WHEN_GRADED, 0, "wrong", flag="nnkit.sandbox"),
    Hostile("leaves-notes-behind", LEFT_BEHIND, 0, "exit code 1"),
)
