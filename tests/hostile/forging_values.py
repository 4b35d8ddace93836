"""Answers that are no numbers, or numbers that lie about themselves."""

from .case import RIGHT, Hostile, calling

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

LYING_NUMBER = """
class Lying(float):
    __slots__ = ()
    def __sub__(self, other):
        return 0.0
    __rsub__ = __sub__
    def __eq__(self, other):
        return True
    def __abs__(self):
        return 0.0

def neuron_grads(X, y, w, b):
    return [Lying(0)] * len(w), Lying(0)
"""

POSING = """
import numpy as np

class Posing:
    __module__ = "numpy"
    __qualname__ = "float64"
    shape, dtype, ndim, nbytes = (), np.dtype(float), 0, 8
    @property
    def __class__(self):
        return np.float64
    def __array__(self, *args, **kwargs):
        return np.zeros(())
    def tobytes(self):
        return b"3 points"

def neuron_grads(X, y, w, b):
    return Posing(), Posing()
"""

ENDLESS_ITEMS = """
class Endless:
    def __len__(self):
        return 2
    def __getitem__(self, index):
        return Endless()
    def __iter__(self):
        while True:
            yield Endless()
    def __float__(self):
        return float(next(iter(self)))

def neuron_grads(X, y, w, b):
    return Endless()
"""

GENERATOR = """
import itertools

def neuron_grads(X, y, w, b):
    yield from itertools.repeat(0.0)
"""

COROUTINE = "async " + RIGHT.strip().replace("import numpy as np\n\n", "")
COROUTINE = f"import numpy as np\n\n{COROUTINE}"

HUGE_LIST = """
def neuron_grads(X, y, w, b):
    return [0.0] * 10**7, 0.0
"""

MANY_ITEMS = """
def neuron_grads(X, y, w, b):
    return [[0]] * 10**6, 0
"""

HUGE_VIEW = """
import numpy as np

def neuron_grads(X, y, w, b):
    return np.broadcast_to(0.0, (10**6, 10**6)), 0.0
"""

ITSELF = """
def neuron_grads(X, y, w, b):
    answer = []
    answer.append(answer)
    return answer, answer
"""

NANS = """
import numpy as np

def neuron_grads(X, y, w, b):
    return np.full_like(w, np.nan), np.inf
"""

COMPLEX = RIGHT.replace(
    "return X.T @ dz, dz.sum()", "return X.T @ dz + 1e-300j, dz.sum() + 1e-300j"
)

OBJECTS = """
import numpy as np

class Zero:
    def __eq__(self, other):
        return True
    def __float__(self):
        raise SystemExit(0)

def neuron_grads(X, y, w, b):
    return np.array([Zero()] * len(w), dtype=object), np.array(Zero(), dtype=object)
"""

MASKED = """
import numpy as np

def neuron_grads(X, y, w, b):
    return np.ma.masked_all(w.shape), np.ma.masked
"""

OVERWRITTEN = """
import numpy as np

def neuron_grads(X, y, w, b):
    X[:], y[:], w[:] = 0, 0, 0
    return np.zeros_like(w), 0.0
"""

RETYPED_INPUTS = """
import numpy as np

def neuron_grads(X, y, w, b):
    X.resize((0, 0), refcheck=False)
    w.dtype = np.int64
    return np.zeros(len(w)), 0.0
"""

PRETENDED_OPEN = """
def neuron_grads(X, y, w, b):
    raise type("NotImplementedError", (BaseException,), {})("3 of 3 points")
"""

LYING_ERROR = """
class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit(0)

class Lying(BaseException, metaclass=Meta):
    def __str__(self):
        while True:
            raise KeyboardInterrupt
    @property
    def __traceback__(self):
        return self

def neuron_grads(X, y, w, b):
    raise Lying
"""

OWN_INTERRUPT = """
def neuron_grads(X, y, w, b):
    raise KeyboardInterrupt
"""
IN_THEMSELVES = """
import numpy as np
objects = np.empty(2, object)
objects[:] = [objects, objects]
return objects, 0.0
"""
LYING_KEYS = """
class Key(str):
    __hash__ = str.__hash__
    def __str__(self):
        return self.swapcase()
return {Key("dw"): w, Key("db"): 0.0}
"""
NAMELESS = """
class Meta(type):
    @property
    def __module__(self):
        raise KeyboardInterrupt
return Meta("Nameless", (), {})(), 0.0
"""

# What NumPy reads of it in C is the number that it is, whatever it says of itself.
POSING_AS_FLOAT = (
    RIGHT.replace("dz.sum()", "Posing(dz.sum())")
    + """
class Posing(np.float64):
    __module__ = "numpy"
    def __array__(self, *args, **kwargs):
        return np.zeros(())
"""
)
SIGNALLING = """
from decimal import Decimal
return [Decimal("sNaN")] * len(w), Decimal("1e999999")
"""

BEYOND = """
from numpy.lib.stride_tricks import as_strided
return as_strided(w, w.shape, (2**40,)), 0.0
"""
AGAIN = BEYOND.replace("(w, w.shape, (2**40,))", "(0 * w[:1], w.shape, (0,))")
STANDING = """
def neuron_grads(X, y, w, b):
    return Named("transposed", {"of": X}), Rng(2**62)
"""

SUBMISSIONS = (
    Hostile("pickle", PICKLED, 0, "__main__.Evil"),
    Hostile(
        "lying-array", LYING_ARRAY, 0, "__main__.Lying", flag="class of its own, Lying"
    ),
    Hostile("lying-number", LYING_NUMBER, 0, "__main__.Lying"),
    Hostile("posing-as-float64", POSING, 0, "dw"),
    Hostile("endless-items", ENDLESS_ITEMS, 0, "__main__.Endless"),
    Hostile("endless-generator", GENERATOR, 0, "got generator"),
    Hostile("coroutine", COROUTINE, 0, "got coroutine"),
    Hostile("huge-list", HUGE_LIST, 0, "too much"),
    Hostile("many-items", MANY_ITEMS, 0, "too much"),
    Hostile("huge-view", HUGE_VIEW, 0, "too much"),
    Hostile("beyond-its-memory", calling(BEYOND), 0, "SIGSEGV"),
    Hostile("same-number-again-and-again", calling(AGAIN), 0, "zero in every case"),
    Hostile(
        "stands-for-an-argument",
        f"from nnkit.adapters import Named, Rng\n{STANDING}",
        0,
        "got Rng, which stands for an argument",
        flag="nnkit.adapters",
    ),
    Hostile("list-in-itself", ITSELF, 0, "nested more than"),
    Hostile("nan-equals-nothing", NANS, 0, "nan or infinite"),
    Hostile("complex-by-a-trace", COMPLEX, 0, "complex numbers"),
    Hostile("complex-but-real", COMPLEX.replace("1e-300j", "0j")),
    Hostile("array-of-objects", OBJECTS, 0, "array of object"),
    Hostile("posing-as-numpys-float", POSING_AS_FLOAT),
    Hostile("numbers-that-signal", calling(SIGNALLING), 0, "db is nan or infinite"),
    Hostile(
        "fields-for-numbers",
        RIGHT.replace("X.T @ dz,", "(X.T @ dz).view([('v', float)]),"),
        1.5,
        "got array of void",
    ),
    Hostile("all-masked", MASKED, 0, "entries that are masked out"),
    Hostile("inputs-made-to-fit", OVERWRITTEN, 0, "not what they were"),
    Hostile("inputs-of-another-kind", RETYPED_INPUTS, 0, "not what they were"),
    Hostile("pretends-to-be-open", PRETENDED_OPEN, 0, "open"),
    Hostile("error-that-lies", LYING_ERROR, 0, "stopped with Lying"),
    Hostile(
        "objects-in-themselves", calling(IN_THEMSELVES), 0, "nested more than 40 deep"
    ),
    Hostile("keys-that-lie", calling(LYING_KEYS), 0, "got a dict of 2"),
    Hostile(
        "type-that-interrupts",
        calling(NAMELESS),
        0,
        "KeyboardInterrupt: when what it returned was read",
    ),
    Hostile("interrupts-itself", OWN_INTERRUPT, 0, "stopped with KeyboardInterrupt"),
)
