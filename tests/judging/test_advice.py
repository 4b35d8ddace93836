"""What is added to an exception: provoked as beginners do, on any version of NumPy."""

import math
from dataclasses import make_dataclass

import numpy as np
import pytest

from nnkit.adapters import double_well_gradient, meeting
from nnkit.judging.advice import ADVICE, advice
from nnkit.raised import describe

X = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
PARAMS = {"W1": X, "b1": X[0]}


def endless(x):
    return endless(x) + 1


def half(x):
    return x / 2


def nothing(x):
    x + 1


def no_value_yet(x):
    if len(x) > 99:
        total = 0
    total += x.sum()
    return total


class Node:
    def forward(value):
        return value


class Value:
    pass


def stored(place, value):
    place[:] = value


def added(place, value):
    place += value


def said(stops):
    try:
        stops()
    except Exception as error:
        return advice(describe(error))
    pytest.fail("nothing was raised")


DECISIONS_AND_NUMBERS = [
    (lambda: max(0, X), "decide entry by entry"),
    (lambda: math.exp(X), "functions for whole arrays"),
    (lambda: int(X), "`int`, `float` and the functions of `math`"),
    (lambda: math.exp(1000), "too large for a float"),
    (lambda: math.ceil(math.inf), "cannot be made a whole number"),
    (lambda: int(math.nan), "cannot be made a whole number"),
    (lambda: math.log(0), "logarithm of 0"),
    (lambda: len(np.array(2.0)), "of every shape"),
    (lambda: list(np.array(2.0)), "no entries to go through"),
    (lambda: 1 / (len(X) - 2), "is that divisor 0"),
    (lambda: np.arange(3) ** -1, "a power of floats"),
    (lambda: 1 - X ^ 2, "written `**`"),
    (lambda: 2.0 ^ len(X), "written `**`"),
    (lambda: X * (X > 0.5 & X < 1.5), "bind more strongly"),
    (lambda: (X > 0) - (X < 0), "truth values"),
    (lambda: -(X > 0), "truth values"),
    (lambda: f"{X:.3f}", "for a single number"),
]

SHAPES = [
    (lambda: X @ np.ones(99), "the shapes of the two factors"),
    (lambda: np.dot(X, X), "the shapes of the two factors"),
    (lambda: X + np.ones((99, 98)), "flush right"),
    (lambda: X[0, 0] @ X, "a single number"),
    (lambda: X @ X.transpose, "without the brackets of its call"),
    (lambda: X @ nothing(X), "None"),
    (lambda: stored(np.zeros(99), X[0]), "from the inputs"),
    (lambda: added(np.zeros(3), X), "an array of its own"),
    (lambda: added(np.zeros(3, int), X[0]), "cannot take in fractions"),
    (lambda: stored(np.broadcast_to(X, (4, 2, 3)), 1), "A `.copy()` of it"),
    (lambda: np.array([X, X[0]]), "one and the same"),
    (lambda: X.sum(axis=5), "How many axes"),
    (lambda: np.zeros(len(X), 3), "is the dtype"),
]

INDICES = [
    (lambda: X[99], "count from 0"),
    (lambda: list(X)[99], "count from 0"),
    (lambda: [].__setitem__(0, X), "it adds none"),
    (lambda: X[0][:, 0], "than the array has axes"),
    (lambda: X[0][X[:, 0] > 0], "The condition in the brackets"),
    (lambda: X[len(X) / 2], "is no index"),
    (lambda: X[X[0]], "is no index"),
    (lambda: X[: len(X) / 2], "`/` never gives one"),
    (lambda: np.max(0, X), "the second argument"),
    (lambda: np.max(X, 0.0), "an axis"),
    (lambda: np.zeros(len(X) / 1), "`/` never gives one"),
    (lambda: range(X.shape), "Which one do you need"),
    (lambda: PARAMS["w1"], "letter by letter"),
    (lambda: PARAMS[0], "a position is none"),
]

CALLS = [
    (lambda: len(X)(1 - X), "a `*` missing"),
    (lambda: X.shape(), "none, as behind `.shape`"),
    (lambda: next(iter(PARAMS))(X), "is text"),
    (lambda: half(), "do not agree on the arguments"),
    (lambda: half(X, 2), "do not agree on the arguments"),
    (lambda: X.sum(0, axis=1), "do not agree on the arguments"),
    (lambda: half(**{"x": 1}, **{"x": X}), "do not agree on the arguments"),
    (lambda: (lambda x, /: x)(x=X), "do not agree on the arguments"),
    (lambda: meeting(1.0, 2.0, 3.0)(X), "that your own was given"),
    (lambda: double_well_gradient(0.3)(X, 0.1), "that your own was given"),
    (lambda: Node().forward(X), "takes the object itself"),
    (lambda: X.sum(dim=1), "no argument of this name"),
    (lambda: max(X, axis=1), "know no axis"),
    (lambda: half(function=X), "no argument of this name"),
    (lambda: half[X], "Round brackets call it"),
    (lambda: np.cos[X], "Round brackets call it"),
    (lambda: 2 * half, "without the round brackets"),
    (lambda: X.sum / 2, "without the round brackets"),
    (lambda: X - np.mean, "without the round brackets"),
    (lambda: np.tanh(half), "without the round brackets"),
    (lambda: X.mean.T, "without the round brackets"),
    (lambda: endless(X), "calls itself"),
    (lambda: no_value_yet(X), "this one has no value yet"),
    (lambda: curve_of_a_cell_below(X), "in a cell above"),  # noqa: F821  the mistake
]

KINDS = [
    (lambda: X + X.copy().sort(), "returns None"),
    (lambda: nothing(X).shape, "returns None"),
    (lambda: (1.0, 2.0) * 0.5, "holds several things"),
    (lambda: (1.0, 2.0) - X[0, 0].item(), "holds several things"),
    (lambda: 2 / np.linalg.eigh(X @ X.T), "holds several things"),
    (lambda: X.shape.sum(), "holds several things"),
    (lambda: [key * 0.1 for key in PARAMS], "goes through its keys"),
    (lambda: X.tolist() / 2, "lists do not calculate"),
    (lambda: X.tolist() > 0, "lists do not calculate"),
    (lambda: X.tolist() + 1, "lists do not calculate"),
    (lambda: -X.tolist(), "lists do not calculate"),
    (lambda: X.tolist()[0, 1], "takes one index"),
    (lambda: X.tolist().sum(), "makes an array of a list"),
    (lambda: np.array(row for row in X) + 1.0, "`list(...)` makes"),
    (lambda: PARAMS.values()[0], "`list(...)` makes"),
    (lambda: 0.1 * PARAMS, "A dict does not calculate"),
    (lambda: PARAMS[:2], "no order to take a piece of"),
    (lambda: PARAMS.W1, "`d[key]`"),
    (lambda: PARAMS[X], "as a key"),
    (lambda: {make_dataclass("Value", ["x"])(1.0)}, "@dataclass(eq=False)"),
    (lambda: X @ next(iter(PARAMS)), "gives its keys"),
    (lambda: next(iter(PARAMS)).T, "gives its keys"),
    (lambda: "rows: " + len(X), "with commas"),
    (lambda: len(X[0, 0]), "a single number"),
    (lambda: list(len(X)), "`range(...)`"),
    (lambda: X.sum()[0], "a single number"),
    (lambda: np.exp("tanh"), "NumPy calculates with numbers"),
    (lambda: np.tanh(np.array([X, 1], dtype=object)), "Print it and its dtype"),
    (lambda: [key for key, value, more in PARAMS.items()], "more or fewer names"),
]

ATTRIBUTES = [
    (lambda: np.sigmoid(X), "write out yourself"),
    (lambda: np.eigvalsh(X), "in another module"),
    (lambda: math.PI, "misspelt"),
    (lambda: X.sum().item().shape, "This is a plain number"),
    (lambda: Value() * Value(), "a method of the class"),
    (lambda: X.append(1), "takes the array as an argument"),
    (lambda: np.random.default_rng(0).randn(3), "names of their own"),
    (lambda: __import__("no_such_module"), "can the answer do without it"),
]


ALL = [*DECISIONS_AND_NUMBERS, *SHAPES, *INDICES, *CALLS, *KINDS, *ATTRIBUTES]


@pytest.mark.parametrize(("stops", "words"), ALL)
def test_a_puzzling_exception_comes_with_a_word_of_advice(stops, words):
    assert words in said(stops)


def test_words_of_a_message_that_are_names_are_no_types():
    # The argument is called as a type is, and nothing of that type is there.
    assert "round brackets" not in said(lambda: half(method=X))
    assert "is text" not in said(lambda: (lambda x, *, str: x)(X))
    assert said(lambda: Node().function) == ""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("OverflowError", "Python integer 1000 out of bounds for int8"),
        ("ValueError", "operands could not be broadcast together with remapped shapes"),
        ("UFuncTypeError", "Cannot cast ufunc 'add' output from dtype('O') to ..."),
        ("Student", "truth value of an array"),
    ],
)
def test_what_none_of_the_sentences_is_true_of_stands_alone(error, message):
    assert advice({"type": error, "message": message}) == ""


@pytest.mark.parametrize(
    ("error", "message", "words"),
    [
        ("TypeError", "only size-1 arrays can be converted to Python scalars", "`int`"),
        ("ValueError", "expected a positive input, got 0.0", "logarithm of 0"),
    ],
)
def test_older_and_newer_versions_put_it_in_other_words(error, message, words):
    assert words in advice({"type": error, "message": message})


def test_no_sentence_is_out_of_reach():
    reached = {said(stops) for stops, _ in ALL}
    rest = [told for _, _, told in ADVICE if f". {told}" not in reached]
    assert rest == []
