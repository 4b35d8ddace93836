"""Submissions that forge what judges them: NumPy, builtins, modules, IPython, exits.

None of it matters: the verdict is reached elsewhere, from the numbers that came back.
"""

from .case import Hostile

WRONG = """
import numpy as np

def neuron_grads(X, y, w, b):
    return np.zeros_like(w), 0.0
"""

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

BUILTINS = (
    WRONG
    + """
import builtins
for name in ("all", "any", "bool", "float", "isinstance", "max", "sum", "zip"):
    setattr(builtins, name, lambda *args, **kwargs: True)
"""
)

MODULES = (
    WRONG
    + """
import sys, types
class Yes(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **kwargs: True
for name in ("numpy", "nnkit", "nnkit.judging", "nnkit.judging.judge", "json"):
    sys.modules[name] = Yes(name)
"""
)

FINDER = """
import importlib.abc, importlib.machinery, sys

class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.startswith(("nnkit.judging", "nnkit.exercises")):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        module.judge = module.check = lambda *args, **kwargs: 3.0

sys.meta_path.insert(0, Finder())
import nnkit.judging.judge
nnkit.judging.judge.judge = lambda *args: 3.0

def neuron_grads(X, y, w, b):
    return nnkit.judging.judge.judge(X), 0.0
"""

KEY = """
def neuron_grads(X, y, w, b):
    import importlib
    exercises = importlib.import_module("nnkit.exercises.neuron.gradients")
    return exercises.neuron_grads.reference(X, y, w, b)
"""

TRANSFORMERS = (
    WRONG
    + """
import ast
shell = get_ipython()
shell.input_transformers_cleanup.append(
    lambda lines: ["neuron_grads = lambda *a: (a[2] * 0, 0.0)\\n"]
)

class Rewrite(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.parse("points = 3")

shell.ast_transformers.append(Rewrite())
for name in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
    shell.events.register(name, lambda *args: shell.user_ns.update(points=3))
"""
)

SHELL = (
    WRONG
    + """
shell = get_ipython()
shell.showtraceback = shell.showsyntaxerror = lambda *args, **kwargs: None
class Fine:
    error_before_exec = error_in_exec = None
    success = True
    result = "neuron_grads: right, 3 of 3 points"
shell.run_cell = lambda *args, **kwargs: Fine()

class Names(dict):
    def __contains__(self, name):
        return True
    def __missing__(self, name):
        return neuron_grads
shell.user_ns = Names(shell.user_ns)
"""
)

UNIVERSAL = """
class Anything:
    def __getattr__(self, name):
        return self
    def __call__(self, *args, **kwargs):
        return self
    def __eq__(self, other):
        return True
    def __float__(self):
        return 0.0
    def __repr__(self):
        return "neuron_grads: right, 3 of 3 points"

neuron_grads = Anything()
neuron_grads
"""

STUB = """
from nnkit import check

def neuron_grads(X, y, w, b):
    return check(neuron_grads)
"""

CLAIM = (
    WRONG
    + """
from IPython.display import HTML, display
print("neuron_grads: right. 3 of 3 points")
display(HTML("<b>neuron_grads: right · 3 of 3 points</b>"))

class Verdict:
    points = max_points = 3.0
    def _repr_mimebundle_(self, *args, **kwargs):
        return {"text/plain": "3.0", "application/json": {"points": 3.0}}
Verdict()
"""
)

AT_EXIT = (
    WRONG
    + """
import atexit, os, socket, sys, threading
from nnkit.sandbox import wire

def last_words(*args):
    for fd in range(3, 64):
        try:
            line = socket.socket(fileno=fd)
            line.sendall(wire.encode({"token": "ready", "points": 3}))
            line.detach()
        except OSError:
            pass

atexit.register(last_words)
threading._register_atexit(last_words)
sys.excepthook = threading.excepthook = sys.unraisablehook = last_words
os._exit = last_words
"""
)

TRACER = """
import ctypes, sys
import numpy as np

def forge(frame, event, value):
    if event == "return" and frame.f_code.co_name in ("reply_to", "_call", "_answer"):
        frame.f_locals.update(reply={"value": (3.0, 3.0), "points": 3}, points=3)
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), 0)
    return forge

def neuron_grads(X, y, w, b):
    frame = sys._getframe()
    sys.settrace(forge)
    while frame:
        frame.f_trace = forge
        frame = frame.f_back
    return np.zeros_like(w), 0.0
"""

REPLIES = """
from nnkit.sandbox import runner

answers = iter([
    {"reply": {"value": [0, 0], "args": [], "points": 3}},
    {"undefined": True, "points": 3},
    {"interrupted": True, "reply": {"value": [0, 0]}},
    {"too_much": ["3 of 3 points"] * 1000},
    {"verdict": {"points": 3}},
    {"reply": {"raised": {"type": "Right", "message": "3", "line": 1, "source": ""}}},
])
runner.Runner._call = lambda self, request: next(answers)

def neuron_grads(X, y, w, b):
    return w, b
"""

SUBMISSIONS = (
    Hostile("patched-numpy-and-check", PATCHED, 0, "wrong", flag="nnkit"),
    Hostile("patched-builtins", BUILTINS, 0, "the process ended itself"),
    Hostile("replaced-modules", MODULES, 0, "wrong", flag="nnkit.judging"),
    Hostile("finder-of-a-judge", FINDER, 0, "wrong", flag="nnkit.judging"),
    Hostile("the-answer-key", KEY, 0, "No module", flag="nnkit.exercises"),
    Hostile("input-transformers", TRANSFORMERS, 0, "wrong"),
    Hostile("patched-shell", SHELL, 0, "wrong", flag="is defined in no cell"),
    Hostile("universal-object", UNIVERSAL, 0, "__main__.Anything"),
    Hostile("the-stub-of-check", STUB, 0, "a dict of 0"),
    Hostile("claimed-in-outputs", CLAIM, 0, "wrong"),
    Hostile("at-exit", AT_EXIT, 0, "wrong", flag="nnkit"),
    Hostile("tracing-the-runner", TRACER, 0, "wrong", flag="inside of functions"),
    Hostile("patched-replies", REPLIES, 0, "no reply to the call", flag="nnkit"),
)
