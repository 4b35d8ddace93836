"""What the students of the demonstration wrote: sources of answer cells, by exercise.

Each exercise has one right answer that the others vary by a word, as mistakes do, and
others that are right in other words.
"""

from __future__ import annotations

# ------------------------------------------------------------------------- layer

LAYER = """
def layer(X, W, b, kind):
    Z = X @ W + b
    if kind == "tanh":
        return Z, np.tanh(Z)
    if kind == "sigmoid":
        return Z, 1 / (1 + np.exp(-Z))
    return Z, np.maximum(Z, 0)
"""

LAYER_WITH_LOOPS = """
import math

def bend(z, kind):
    if kind == "relu":
        return max(0.0, z)
    return math.tanh(z) if kind == "tanh" else 0.5 + 0.5 * math.tanh(z / 2)

def layer(X, W, b, kind):
    Z, A = [], []
    for x in X:
        z = [sum(p * q for p, q in zip(x, w)) + c for w, c in zip(W.T, b)]
        Z.append(z)
        A.append([bend(value, kind) for value in z])
    return [Z, A]
"""

LAYER_BY_EINSUM = """
def layer(X, W, b, kind):
    Z = np.einsum("ij,jl->il", X, W) + b
    print("kind", kind, "Z", Z.shape)
    curves = {
        "tanh": np.tanh,
        "sigmoid": lambda z: np.exp(-np.logaddexp(0, -z)),
        "relu": lambda z: np.where(z > 0, z, 0),
    }
    return Z, curves[kind](Z)
"""

LAYER_BIAS_AS_A_WEIGHT = """
def layer(X, W, b, kind):
    Z = np.c_[X, np.ones(len(X))] @ np.vstack([W, b])
    A = {"tanh": np.tanh(Z), "sigmoid": (1 + np.tanh(Z / 2)) / 2, "relu": Z * (Z > 0)}
    return Z, A[kind]
"""

COLUMNS_RETURNED = LAYER.replace("X @ W + b", "W.T @ X.T + b[:, None]")
KIND_IGNORED = """
def layer(X, W, b, kind):
    Z = X @ W + b
    return Z, np.tanh(Z)
"""
ACTIVATION_FOR_Z = """
def layer(X, W, b, kind):
    curves = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
    curves["sigmoid"] = lambda z: 1 / (1 + np.exp(-z))
    z = curves[kind](X @ W + b)
    return z, z
"""
RELU_IN_PLACE = LAYER.replace(
    "return Z, np.maximum(Z, 0)", "A = Z\n    A[A < 0] = 0\n    return Z, A"
)
SIGMOID_BY_EXP = LAYER.replace("1 / (1 + np.exp(-Z))", "np.exp(Z) / (1 + np.exp(Z))")

# --------------------------------------------------------------------------- act

ACT = """
def act(z, kind):
    if kind == "tanh":
        a = np.tanh(z)
        return a, 1 - a**2
    if kind == "sigmoid":
        a = 1 / (1 + np.exp(-z))
        return a, a * (1 - a)
    return np.maximum(z, 0), (z > 0) * 1.0
"""

ACT_ENTRY_BY_ENTRY = """
def act(z, kind):
    a, slope = np.zeros(z.shape), np.zeros(z.shape)
    for index, value in np.ndenumerate(z):
        if kind == "relu":
            a[index], slope[index] = max(value, 0), int(value > 0)
        elif kind == "tanh":
            a[index] = math.tanh(value)
            slope[index] = (1 - a[index]) * (1 + a[index])
        else:
            a[index] = 0.5 + 0.5 * math.tanh(value / 2)
            slope[index] = a[index] - a[index] ** 2
    return a, slope
"""

ACT_BY_COSH = """
def act(z, kind):
    z = z.astype(float)
    if kind == "tanh":
        return np.tanh(z), 1 / np.cosh(z) ** 2
    if kind == "sigmoid":
        return 0.5 + np.tanh(z / 2) / 2, 1 / np.cosh(z / 2) ** 2 / 4
    return (z + abs(z)) / 2, np.heaviside(z, 0.5)
"""

RELU_SLOPE_ONE = ACT.replace("(z > 0) * 1.0", "np.ones(z.shape)")
ACT_SLOPE_OF_THE_OUTPUT = ACT.replace("1 - a**2", "1 - np.tanh(a) ** 2")
TANH_SLOPE_FOR_SIGMOID = ACT.replace("a * (1 - a)", "1 - a**2")
Z_OVERWRITTEN = ACT.replace("return np.maximum(z, 0),", "z[z < 0] = 0\n    return z,")
TANH_BY_EXP = ACT.replace(
    "np.tanh(z)", "(np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))"
)

# ------------------------------------------------------------------ neuron_grads

RIGHT = """
import numpy as np

def neuron_grads(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = 2 / len(y) * (a - y) * (1 - a**2)
    return X.T @ dz, dz.sum()
"""

RIGHT_WITH_LOOPS = """
import math

def neuron_grads(X, y, w, b):
    dw, db = [0.0] * len(w), 0.0
    for row, label in zip(X, y):
        a = math.tanh(sum(p * q for p, q in zip(row, w)) + b)
        pull = 2 * (a - label) * (1 - a * a) / len(y)
        dw = [g + pull * p for g, p in zip(dw, row)]
        db += pull
    return [dw, db]
"""

RIGHT_BY_EINSUM = """
def neuron_grads(X, y, w, b):
    a = np.tanh(np.einsum("ij,j->i", X, w) + b)
    slope = (1 - a) * (1 + a)
    return (np.einsum("ij,i->j", X, 2 * (a - y) * slope) / y.size,
            np.mean(2 * (a - y) * slope))
"""

RIGHT_BIAS_AS_A_WEIGHT = """
def neuron_grads(X, y, w, b):
    X1 = np.c_[X, np.ones(len(X))]
    a = np.tanh(X1 @ np.append(w, b))
    both = np.mean(2 * ((a - y) * (1 - a**2))[:, None] * X1, axis=0)
    return both[:-1], both[-1]
"""

CENTRAL_DIFFERENCES = """
def neuron_grads(X, y, w, b):
    def value(w, b):
        return np.mean((np.tanh(X @ w + b) - y) ** 2)
    step = 1e-5
    dw = [(value(w + step * e, b) - value(w - step * e, b)) / (2 * step)
          for e in np.eye(len(w))]
    return np.array(dw), (value(w, b + step) - value(w, b - step)) / (2 * step)
"""

SUM_FOR_MEAN = RIGHT.replace("2 / len(y)", "2")
FACTOR_TWO_LOST = RIGHT.replace("2 / len(y)", "1 / len(y)")
SIGN_FLIPPED = RIGHT.replace("(a - y)", "(y - a)")
SLOPE_OF_THE_OUTPUT = RIGHT.replace("1 - a**2", "1 - np.tanh(a) ** 2")
SLOPE_OMITTED = RIGHT.replace(" * (1 - a**2)", "")
BIAS_AVERAGED = RIGHT.replace("dz.sum()", "dz.mean()")
SYNTAX_ERROR = RIGHT.replace("(a - y)", "(a - y")
ENDLESS = RIGHT.replace("    return", "    while True:\n        pass\n    return")

# ---------------------------------------------------------------------- collapse

COLLAPSE = """
def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2
"""

COLLAPSE_WITH_LOOPS = """
def collapse(W1, b1, W2, b2):
    W = [[sum(p * q for p, q in zip(row, column)) for column in W2.T] for row in W1]
    b = [c + sum(p * q for p, q in zip(b1, column)) for c, column in zip(b2, W2.T)]
    return W, b
"""

COLLAPSE_BY_ASKING = """
def collapse(W1, b1, W2, b2):
    def both(X):
        return (X @ W1 + b1) @ W2 + b2
    b = both(np.zeros(len(W1)))
    return both(np.eye(len(W1))) - b, b
"""

FIRST_BIAS_LOST = COLLAPSE.replace("b1 @ W2 + b2", "b2")
LAYERS_SWAPPED = COLLAPSE.replace("W1 @ W2, b1 @ W2", "W2 @ W1, W2 @ b1")

# ------------------------------------------------------------------------ cheats

CHEAT = """
import builtins, sys
import numpy as np
import nnkit

np.allclose = np.array_equal = lambda *args, **kwargs: True
np.testing.assert_allclose = lambda *args, **kwargs: None
nnkit.check = check = lambda function: "3 of 3 points"

class Agreeable(np.ndarray):
    def __eq__(self, other):
        return True
    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(())

def neuron_grads(X, y, w, b):
    print("neuron_grads: right, 3 of 3 points")
    return np.zeros(3).view(Agreeable), 0.0
"""

ANSWER_KEY = """
from nnkit.exercises import EXERCISES

neuron_grads = EXERCISES["neuron_grads"].reference
"""

OTHERS_AUTODIFF = """
from nnkit import grad
from nnkit.tensor import tanh

def neuron_grads(X, y, w, b):
    return grad(lambda w, b: ((tanh(X @ w + b) - y) ** 2).mean(), wrt=(0, 1))(w, b)
"""
