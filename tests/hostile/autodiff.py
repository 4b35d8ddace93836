"""Derivatives that somebody else derived: nnkit's autodiff, others', and measuring.

In a graded call nnkit's autodiff is refused. Who gets around that, or derives by other
means, gets the points, and the instructor is told where to look.
"""

from nnkit.demo.answers import CENTRAL_DIFFERENCES

from .case import RIGHT, Hostile

CALLS, COPY = "calls nnkit's autodiff while it is graded", "a copy of nnkit's autodiff"

LATE = """
def neuron_grads(X, y, w, b):
    from nnkit import grad
    from nnkit.tensor import tanh

    def loss(w, b):
        e = tanh(X @ w + b) - y
        return (e * e).mean()

    return grad(loss, wrt=(0, 1))(w, b)
"""

BY = """
def neuron_grads(X, y, w, b):
    w, b = T.Tensor(w), T.Tensor(b)
    e = T.tanh(X @ w + b) - y
    (e * e).mean().backward()
    return w.grad, float(b.grad)
"""

HIDDEN = "T = __import__('nn' + 'kit.ten' + 'sor', fromlist=['x'])\n" + BY

QUIET_LIST = """
class Quiet(list):
    def pop(self):
        return None
    def __bool__(self):
        return False
"""

QUIET = QUIET_LIST + "T._refusals = Quiet()\n"

UNFROZEN = "import nnkit.tensor as T\n" + BY + QUIET

UNREFUSED = (
    "import contextlib, importlib\n"
    "T = importlib.import_module('nnkit.tensor')\n"
    "T.refused = lambda message: contextlib.nullcontext()\n" + BY
)

UNCHECKED = (
    "import sys\nT = sys.modules['nnkit.tensor']\n"
    "T.check_not_refused = T.audit = lambda *args: None\n" + BY + QUIET
)

# All values stay where they are among the module's; three go by other names.
RENAMED = (
    QUIET_LIST
    + """
import sys
T = sys.modules['nnkit.tensor']

def rename(names, **taken):
    before = dict(names)
    names.clear()
    for name, value in before.items():
        names["old_" + name if name in taken else name] = value
    names.update(taken)

ignore = lambda *args: None
rename(vars(T), check_not_refused=ignore, audit=ignore, _refusals=Quiet())
"""
    + BY
)

MUTED = (
    "import sys\nT = sys.modules['nnkit.tensor']\n"
    + BY.replace("neuron_grads", "derived")
    + """
def neuron_grads(*inputs):
    audit, refusals = T.audit, T._refusals
    T.audit, T._refusals = lambda *args: None, []
    try:
        return derived(*inputs)
    finally:
        T.audit, T._refusals = audit, refusals
"""
)

RELOADED = "import importlib, nnkit.tensor as T\nimportlib.reload(T)\n" + BY

WHEN_READ = """
import nnkit.tensor as T
class Meta(type):
    __hash__ = type.__hash__
    def __eq__(cls, other):
        return True
class Later(metaclass=Meta):
    def __init__(self, *where):
        self.where = where
    def __float__(self):
        part, index = self.where
        return float(answer[part] if index is None else answer[part][index])
class Answer(dict):
    def __missing__(self, part):
        self.update(zip("wb", derived(*self["inputs"])))
        return self[part]
def neuron_grads(*inputs):
    global answer
    answer = Answer(inputs=inputs)
    return [Later("w", index) for index in range(len(inputs[2]))], Later("b", None)
""" + BY.replace("neuron_grads", "derived")

# Before the call is made, and after it has returned: when nobody calls it.
AROUND = """
import sys
import nnkit.tensor as T
found, due = {}, []
def around(*args):
    if T._refusals:
        return
    frame = sys._getframe()
    while frame and frame.f_code.co_name != "serve":
        frame = frame.f_back
    request = frame.f_locals.get("request") if frame else None
    if request and request.get("name") == "neuron_grads":
        found[request["args"][0].tobytes()] = derived(*request["args"])
    if due:
        inputs, answer = due.pop()
        answer[:] = derived(*inputs)

def neuron_grads(*inputs):
    sys.setprofile(around)
    due[:] = [(inputs, answer := [inputs[2] * 0, 0.0])]
    return found.get(inputs[0].tobytes(), answer)
""" + BY.replace("neuron_grads", "derived")

SECOND_COPY = (
    """
import importlib.util, nnkit.tensor
spec = importlib.util.spec_from_file_location("mine", nnkit.tensor.__file__)
T = importlib.util.module_from_spec(spec)
spec.loader.exec_module(T)
"""
    + BY
)

SOURCE = (
    """
import inspect, nnkit.tensor, types
text = inspect.getsource(nnkit.tensor).replace("    check_not_refused()", "    pass")
T = types.ModuleType("mine")
exec(text, T.__dict__)
"""
    + BY
)

RECODED = (
    """
import sys
T = sys.modules["nnkit.tensor"]
def nothing(message):
    yield
T.refused.__wrapped__.__code__ = nothing.__code__
T.check_not_refused.__code__ = (lambda: None).__code__
"""
    + BY
)

# Each function made anew of its code, around globals in which nothing is refused.
REMADE = """
import sys, types
S = sys.modules["nnkit.tensor"]
G = dict(vars(S))
def anew(item):
    if isinstance(item, property):
        return property(anew(item.fget))
    if getattr(item, "__globals__", None) is not vars(S):
        return item
    inner = tuple(types.CellType(anew(c.cell_contents)) for c in item.__closure__ or ())
    made = types.FunctionType(item.__code__, G, "made", item.__defaults__, inner)
    made.__kwdefaults__ = item.__kwdefaults__
    return made
slots = {"__dict__", "__weakref__", *vars(S.Tensor).get("__slots__", ())}
own = {k: anew(v) for k, v in vars(S.Tensor).items() if k not in slots}
G |= {name: anew(item) for name, item in vars(S).items()}
G |= {"Tensor": type("Mine", (), own), "_refusals": []}
T = types.SimpleNamespace(**G)
""" + BY.replace("X @ w", "w.__rmatmul__(X)")  # NumPy asks the real Tensor alone

RULES = """
import numpy as np
from nnkit import ops

def neuron_grads(X, y, w, b):
    z, back_X, back_w = ops.matmul(X, w)
    a, back = ops.tanh(z + b)
    dz = back(2 / len(y) * (a - y))
    return back_w(dz), dz.sum()
"""

BACKS = """
import numpy as np
from nnkit import Tensor, tanh

def neuron_grads(X, y, w, b):
    out = tanh(Tensor(X @ w + b))
    dz = out.backs[0](2 / len(y) * (out.data - y))
    return X.T @ dz, dz.sum()
"""

IN_A_THREAD = (
    """
import threading
import nnkit.tensor as T
"""
    + BY.replace("neuron_grads", "theirs")
    + """
def neuron_grads(*args):
    found = []
    thread = threading.Thread(target=lambda: found.append(theirs(*args)))
    thread.start()
    thread.join()
    return found[0]
"""
)

HIPS = """
import importlib
import numpy as np
anp, grad = (
    importlib.import_module("auto" + "grad" + name) for name in (".numpy", "")
)

def neuron_grads(X, y, w, b):
    def loss(w, b):
        return anp.mean((anp.tanh(anp.dot(X, w) + b) - y) ** 2)
    return grad.grad(loss, 0)(w, b), grad.grad(loss, 1)(w, b)
"""

IN_TEXT = 'exec("import ja" + "x as j")\n' + RIGHT


PRECISE = """
import numpy as np

def slope(f, h):
    return (f(h) - f(-h)) / (h + h)

def better(f, h=np.longdouble(1) / 1024):
    first = [slope(f, h / 2**k) for k in range(6)]
    for k in range(1, 6):
        first = [(4**k * b - a) / (4**k - 1) for a, b in zip(first, first[1:])]
    return first[0]

def neuron_grads(X, y, w, b):
    X, y, w = (v.astype(np.longdouble) for v in (X, y, w))
    def value(w, b):
        return np.mean((np.tanh(X @ w + b) - y) ** 2)
    grid = np.eye(len(w), dtype=np.longdouble)
    dw = [better(lambda h: value(w + h * e, b)) for e in grid]
    db = better(lambda h: value(w, b + h))
    return np.array(dw, dtype=float), float(db)
"""

COMPLEX_STEP = """
import numpy as np
tiny = 1e-30

def neuron_grads(X, y, w, b):
    def value(w, b):
        z = X @ w + b
        return np.mean((np.tanh(z) - y) ** 2)
    dw = [value(w + 1j * tiny * e, b).imag / tiny for e in np.eye(len(w))]
    return np.array(dw), np.imag(value(w, b + 1j * tiny)) / tiny
"""

BY_PAIRS = """
def value(X, y, w, b, dw, db):
    z = Pair(X @ w, X @ dw) + Pair(b, db)
    e = z.tanh() + Pair(-y, 0)
    return np.mean((e * e).slope)

def neuron_grads(X, y, w, b):
    dw = [value(X, y, w, b, e, 0) for e in np.eye(len(w))]
    return np.array(dw), value(X, y, w, b, 0 * w, 1)
"""

DUAL = (
    """
import numpy as np

class Pair:
    def __init__(self, value, slope):
        self.value, self.slope = value, slope
    def __add__(self, other):
        return Pair(self.value + other.value, self.slope + other.slope)
    def __mul__(self, other):
        slope = self.slope * other.value + self.value * other.slope
        return Pair(self.value * other.value, slope)
    def tanh(self):
        out = np.tanh(self.value)
        return Pair(out, (1 - out**2) * self.slope)
"""
    + BY_PAIRS
)

ELSEWHERE = RIGHT.replace("def neuron_grads", "def by_hand") + (
    "\nneuron_grads = helper if 'helper' in globals() else by_hand\n"
)
HELPER = CENTRAL_DIFFERENCES.replace("neuron_grads", "helper")

TESTED = """
import nnkit
import numpy as np
from nnkit import Tensor, grad, numerical_gradient, tanh

def numeric(f, x, h=1e-6):
    return (f(x + h) - f(x - h)) / (2 * h)

X, y, w = np.ones((2, 2)), np.ones(2), np.array([0.5, -0.5])
def loss(w):
    return ((tanh(X @ w + 0.1) - y) ** 2).mean()
print(grad(loss)(w), numerical_gradient(loss, w), numeric(np.tanh, 0.5))
print(neuron_grads(X, y, w, 0.1))
t = Tensor(w)
loss(t).backward()
z = np.tanh(0.3 + 1e-20j).imag / 1e-20
"""

SUBMISSIONS = (
    Hostile("autodiff", LATE, 0, "derive the gradient by hand", flag=CALLS),
    Hostile("autodiff-hidden", HIDDEN, 0, "derive the gradient by hand", flag=CALLS),
    Hostile("autodiff-unfrozen", UNFROZEN, flag=CALLS),
    Hostile("autodiff-unrefused", UNREFUSED, flag=CALLS),
    Hostile("autodiff-unchecked", UNCHECKED, flag="changes nnkit.tensor."),
    Hostile("autodiff-renamed", RENAMED, flag="changes nnkit.tensor."),
    Hostile("autodiff-muted", MUTED, flag="uses nnkit.tensor"),
    Hostile("autodiff-reloaded", RELOADED, 0, "derive", flag=COPY),
    Hostile("autodiff-second-copy", SECOND_COPY, flag=COPY),
    Hostile("autodiff-from-source", SOURCE, flag=COPY),
    Hostile("autodiff-recoded", RECODED, flag="changes nnkit.tensor.refused"),
    Hostile("autodiff-remade", REMADE, flag=COPY),
    Hostile("autodiff-by-rules", RULES, flag="uses nnkit.ops"),
    Hostile("autodiff-by-backs", BACKS, 0, "IndexError", flag="uses nnkit."),
    Hostile("autodiff-when-read", WHEN_READ, 0, "derive the", flag=CALLS),
    Hostile("autodiff-around-calls", AROUND, 0, "wrong", flag=CALLS),
    Hostile("autodiff-in-a-thread", IN_A_THREAD, 0, "IndexError", flag=CALLS),
    Hostile("autodiff-of-others", HIPS, flag="imports autograd"),
    Hostile("autodiff-in-text", IN_TEXT, 0, "ModuleNotFound", flag="imports jax"),
    Hostile("central-differences", CENTRAL_DIFFERENCES, flag="numerical derivative"),
    Hostile("differences-in-high-precision", PRECISE, flag="numerical derivative"),
    Hostile("complex-step", COMPLEX_STEP, flag="complex-step derivative"),
    Hostile("dual-numbers", DUAL, flag="a class of its own, Pair"),
    Hostile(
        "differences-elsewhere", ELSEWHERE, first=HELPER, flag="numerical derivative"
    ),
    # Honest: nnkit's autodiff tests an answer, in a cell of its own.
    Hostile("honest-test-by-autodiff", later=TESTED),
)
