"""Derivatives by arithmetic of a student's own, and by differences in other words.

What says so is read off the text: these are the ways to write it that were missed once,
and one in which nothing gives it away. That gets its points in silence.
"""

from .autodiff import BY_PAIRS
from .case import Hostile

PARTS = """
import numpy as np

def start(pair, value, slope):
    pair.value, pair.slope = value, slope

def add(one, two):
    return Pair(one.value + two.value, one.slope + two.slope)

def mul(one, two):
    slope = one.slope * two.value + one.value * two.slope
    return Pair(one.value * two.value, slope)

def tanh(pair):
    out = np.tanh(pair.value)
    return Pair(out, (1 - out**2) * pair.slope)
"""

INHERITED = f"""{PARTS}
class Adding:
    __add__ = add

class Pair(Adding):
    __init__, tanh = start, tanh
    def __mul__(self, other):
        return mul(self, other)
{BY_PAIRS}"""

GIVEN_LATER = f"""{PARTS}
class Pair:
    pass

Pair.__init__, Pair.tanh = start, tanh
Pair.__add__ = add
setattr(Pair, "__mul__", mul)
{BY_PAIRS}"""

BY_TYPE = f"""{PARTS}
names = {{"__init__": start, "tanh": tanh}}
Pair = type("Pair", (), {{**names, "__add__": add, "__mul__": mul}})
{BY_PAIRS}"""

UFUNCS = f"""{PARTS}
RULES = {{np.add: add, np.multiply: mul}}

class Pair(np.lib.mixins.NDArrayOperatorsMixin):
    __init__, tanh = start, tanh
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return RULES[ufunc](*inputs)
{BY_PAIRS}"""

# Of the eighth order: off by less than what numbers alone would show.
STENCIL = """
import numpy as np
weights = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0, 4 / 5, -1 / 5, 4 / 105])

def slope(along, h=0.01):
    taken = [k * along(h * (j - 4)) for j, k in enumerate([*weights, -1 / 280])]
    return sum(taken) / h

def neuron_grads(X, y, w, b):
    def value(w, b):
        return np.mean((np.tanh(X @ w + b) - y) ** 2)
    dw = [slope(lambda t: value(w + t * e, b)) for e in np.eye(len(w))]
    return np.array(dw), slope(lambda t: value(w, b + t))
"""

# Pairs again, of which no class says so: a matrix [[value, slope], [0, value]].
MATRICES = """
import numpy as np
ONE, STEP = np.eye(2), np.array([[0.0, 1.0], [0.0, 0.0]])

def tanh(pair):
    out = np.tanh(pair[0, 0])
    return out * ONE + (1 - out**2) * pair[0, 1] * STEP

def slope(X, y, w, b, place):
    w = [v * ONE + (k == place) * STEP for k, v in enumerate(w)]
    b = b * ONE + (place == len(w)) * STEP
    total = 0
    for row, wanted in zip(X, y):
        e = tanh(sum(x * v for x, v in zip(row, w)) + b) - wanted * ONE
        total = total + e @ e
    return total[0, 1] / len(y)

def neuron_grads(X, y, w, b):
    return [slope(X, y, w, b, k) for k in range(len(w))], slope(X, y, w, b, len(w))
"""

# And again, as the two fields of each entry.
FIELDS = """
import numpy as np
PAIR = np.dtype([("value", float), ("slope", float)])

def pair(value, slope):
    made = np.zeros(np.broadcast(value, slope).shape, PAIR)
    made["value"], made["slope"] = value, slope
    return made

def squared(p):
    return pair(p["value"] ** 2, 2 * p["value"] * p["slope"])

def slope(X, y, w, b, dw, db):
    a = np.tanh(X @ w + b)
    e = pair(a - y, (1 - a**2) * (X @ dw + db))
    return squared(e)["slope"].mean()

def neuron_grads(X, y, w, b):
    dw = [slope(X, y, w, b, e, 0.0) for e in np.eye(len(w))]
    return np.array(dw), slope(X, y, w, b, 0 * w, 1.0)
"""

# The mean of f(x + c) / c over a circle of c's: exact to rounding.
CIRCLE = """
import numpy as np
circle = 0.05 * np.exp(2j * np.pi * np.arange(16) / 16)

def slope(along):
    return np.mean([along(c) / c for c in circle]).real

def neuron_grads(X, y, w, b):
    def value(w, b):
        return np.mean((np.tanh(X @ w + b) - y) ** 2)
    dw = [slope(lambda c: value(w + c * e, b)) for e in np.eye(len(w))]
    return np.array(dw), slope(lambda c: value(w, b + c))
"""

ROOT = """
import numpy as np
step = (-1) ** 0.5 * 1e-30

def neuron_grads(X, y, w, b):
    def value(w, b):
        return np.mean((np.tanh(X @ w + b) - y) ** 2)
    dw = [value(w + step * e, b).imag / step.imag for e in np.eye(len(w))]
    return np.array(dw), value(w, b + step).imag / step.imag
"""

TAPE = """
import numpy as np

class Node:
    def __init__(self, value, back=()):
        self.value, self.back, self.grad = value, back, 0.0

def add(p, q):
    return Node(p.value + q.value, [(p, 1.0), (q, 1.0)])

def mul(p, q):
    return Node(p.value * q.value, [(p, q.value), (q, p.value)])

def tanh(p):
    out = np.tanh(p.value)
    return Node(out, [(p, 1 - out * out)])

def neuron_grads(X, y, w, b):
    w, b, total, tape = [Node(v) for v in w], Node(b), Node(0.0), []
    for row, wanted in zip(X, y):
        z = b
        for x, k in zip(row, w):
            tape += [product := mul(Node(x), k), z := add(z, product)]
        tape += [a := tanh(z), e := add(a, Node(-wanted)), square := mul(e, e)]
        tape.append(total := add(total, square))
    total.grad = 1 / len(y)
    for node in reversed(tape):
        for below, slope in node.back:
            below.grad += slope * node.grad
    return [k.grad for k in w], b.grad
"""

IN_TEXT = """
import numpy as np
body = "def slopes(f, n):\\n return [f(1e-30 * 1" + "j * e).im" + "ag / 1e-30 "
body += "for e in np.eye(n)]"

def neuron_grads(X, y, w, b):
    names = {"np": np}
    exec(body, names)
    both = names["slopes"](
        lambda t: np.mean((np.tanh(X @ (w + t[:-1]) + b + t[-1]) - y) ** 2), len(w) + 1
    )
    return np.array(both[:-1]), both[-1]
"""

OWN = "a class of its own, Pair"
SUBMISSIONS = (
    Hostile("pairs-inherited", INHERITED, flag=OWN),
    Hostile("pairs-given-later", GIVEN_LATER, flag=OWN),
    Hostile("pairs-by-type", BY_TYPE, flag=OWN),
    Hostile("pairs-by-ufuncs", UFUNCS, flag=OWN),
    Hostile("stencil-along-a-line", STENCIL, flag="numerical derivative"),
    Hostile("pairs-as-matrices", MATRICES, flag="a number and its slope"),
    Hostile("pairs-as-fields", FIELDS, flag="arrays of several fields"),
    Hostile("mean-over-a-circle", CIRCLE, flag="moves by a complex number"),
    Hostile("step-along-a-root", ROOT, flag="complex-step derivative"),
    Hostile("complex-step-in-text", IN_TEXT, flag="text as code that cannot be read"),
    Hostile("tape-of-slopes", TAPE),
)
