"""Flags point at what could answer for a student, and at nothing that is honest."""

import ast
import json
import sys
import time
from pathlib import Path

import pytest

from nnkit.demo import BRIEF, BY_EINSUM, UNIT, WITH_LOOPS, answered
from nnkit.exercises import EXERCISES, exercises_of
from nnkit.grading.circles import goes_around_a_circle
from nnkit.grading.flags import (
    CIRCLE,
    COMPLEX_STEP,
    FIELDS,
    INSIDE,
    MATRICES,
    NOWHERE,
    flags_of,
)
from nnkit.grading.pairs import has_named_fields, has_slopes_in_matrices
from nnkit.grading.patterns import is_complex_step, is_difference_quotient
from nnkit.grading.quotients import divides_a_difference_of_calls
from nnkit.grading.reach import MAX_READ, definitions, needed, parsed, reached
from nnkit.grading.release import Release
from nnkit.grading.submission import read_submission

RELEASE = Release.find(UNIT)
TESTS = Path(__file__).parent.parent
HEAD = "def neuron_grads(X, y, w, b):\n    "


def flags_on(answer, tmp_path, came=()):
    path = tmp_path / f"{UNIT}.ipynb"
    sources = answer if isinstance(answer, dict) else {"neuron_grads": answer}
    path.write_bytes(answered(RELEASE, sources))
    submission = read_submission("ada", path, RELEASE)
    return flags_of(submission, RELEASE, exercises_of(UNIT), came)


@pytest.mark.parametrize(
    ("answer", "flag"),
    [
        ("import torch", "imports torch"),
        ("def f():\n    from jax import grad", "imports jax"),
        ("import autograd.numpy as anp", "imports autograd"),
        ("%timeit 1\nimport sympy", "imports sympy"),
        (
            "import importlib\nimportlib.import_module('torch.autograd')",
            "imports torch",
        ),
        ("t = __import__('casadi')", "imports casadi"),
        ("exec('from tensorflow import GradientTape')", "imports tensorflow"),
        (f"{HEAD}from nnkit import grad", "uses nnkit.grad, which"),
        (f"import nnkit\n{HEAD}return nnkit.tanh(1)", "uses nnkit.tanh, which"),
        (f"from nnkit import grad as g, Tensor\n{HEAD}g(1)", "uses nnkit.grad, which"),
        (f"import nnkit\nf = nnkit.grad(1)\n{HEAD}return f(1)", "uses nnkit.grad,"),
        (f"T = sys.modules['nnkit.tensor']\n{HEAD}T.grad(1)", "uses nnkit.tensor, w"),
        (f"{HEAD}return 'nnkit.sandbox.runner' in sys.modules", "the grader's own"),
        (f"{HEAD}import nnkit_exercises", "uses nnkit_exercises: the grader's own"),
    ],
)
def test_a_library_that_differentiates_is_named(answer, flag, tmp_path):
    assert any(flag in found for found in flags_on(answer, tmp_path))


@pytest.mark.parametrize(
    "answer",
    [
        "import numpy as np",
        "from nnkit import check\ncheck(1)",
        "torch = 1",
        "'import torch'",
        "def broken(:",
        "",
        f"from nnkit import Tensor, grad\nprint(grad(abs)(1.0))\n{HEAD}return w, b",
        f"from nnkit import Tensor, tanh\n{HEAD}tanh = np.tanh\n    return tanh(b)",
    ],
)
def test_the_usual_is_not_flagged(answer, tmp_path):
    assert flags_on(answer, tmp_path) == set()


def test_what_the_release_imports_is_not_flagged(tmp_path):
    assert "from nnkit" in json.dumps(json.loads(RELEASE.data))
    answer = f"from nnkit.plots import show\n{HEAD}return show(X)"
    assert flags_on(answer, tmp_path) == set()


QUOTIENTS = {
    "forward": "h = 1e-7\n{}return (f(w + h) - f(w)) / h",
    "literals": "{}return (f(w + 1e-6) - f(w - 1e-6)) / 2e-6",
    "written into": """eps = 10**-5
{}for i in range(len(w)):
        w[i] += eps; up = f(w); w[i] -= 2 * eps; down = f(w); w[i] += eps
        dw[i] = (up - down) / (2 * eps)""",
    "a default": "def d(h=1e-4):\n    return (f(x + h) - f(x - h)) / (2 * h)\n{}d()",
    "a parameter": "def d(f, k):\n    return (f(x + k) - f(x)) / k / 2\n{}d(f, 1e-5)",
    "by name": "def d(f, x, k):\n    return (f(x + k) - f(x)) / k\n{}d(f, w, k=2**-20)",
    "machine epsilon": "s = np.sqrt(np.finfo(float).eps)\n{}(f(w + s * e) - f(w)) / s",
    "five points": """h = 1e-3
{}return (f(w - 2*h) - 8*f(w - h) + 8*f(w + h) - f(w + 2*h)) / (12 * h)""",
    "Richardson": """def d(f, h):
    return (f(w + h) - f(w - h)) / (2 * h)
{}return (4 * d(f, 5e-4) - d(f, 1e-3)) / 3""",
    "many steps": "{}for h in (1e-2, 1e-3, 1e-4):\n        q = (f(w + h) - f(w)) / h",
    "decimals": "h = Decimal('1e-30')\n{}return (f(w + h) - f(w)) / h",
    "longdouble": "h = np.longdouble(1e-6)\n{}(f(w + h * e) - f(w - h * e)) / (2 * h)",
    "a factor": "h = 1e-5\n{}return (f(w + h) - f(w - h)) * (0.5 / h)",
    "ufuncs": "h = 1e-5\n{}return np.divide(np.subtract(f(np.add(w, h)), f(w)), h)",
    "a lambda": "d = lambda f, h=1e-5: (f(x + h) - f(x - h)) / h / 2\n{}return d(f)",
    "in text": "exec('h = 1e-5')\n{}return (f(w + h) - f(w)) / h",
    "through points": "p = np.polyfit(t, f(t), 9)\n{}return p[-2]",
    "a default of before": "h = 1e-5\nd = lambda h=h: (f(w + h) - f(w)) / h\n{}d()",
    "a field": "h = 1e-5\nclass D:\n    s = (f(v + h) - f(v)) / h\n{}return D.s",
    "a loop's": "for h in (1e-5,):\n    q = f\n{}return (q(w + h) - q(w)) / h",
    "of a curve": "p = Chebyshev.fit(t, f(t), 9)\n{}return p.deriv()(0.0)",
    "of a grid": "t = np.arange(-3, 4) * 1e-5\n{}return np.gradient(f(t), t)[3]",
    "along a line": "def d(g, h=1e-2):\n    return (8 * g(h) - g(2 * h)) / h\n"
    "{}return d(lambda t: f(w + t))",
    "a local lambda": "{}f = lambda t: q(w + t)\n    h = 1 / 250\n"
    "    return 8 * (f(h) - f(-h)) / h",
    "a comprehension": "{}f = lambda t: q(w + t)\n"
    "    return [f(h) / h for h in (1e-3, 2e-3)]",
    "of SciPy": "from scipy.optimize import approx_fprime\n{}approx_fprime(w, f)",
}


@pytest.mark.parametrize("name", QUOTIENTS)
def test_a_difference_quotient_is_seen_in_any_words(name, tmp_path):
    answer = QUOTIENTS[name].format(HEAD)
    assert "neuron_grads looks like a numerical derivative" in flags_on(
        answer, tmp_path
    )


@pytest.mark.parametrize(
    "answer",
    [
        "{}return np.imag(f(w + 1e-30j)) / 1e-30",
        "h = 1e-20\n{}return f(w + 1j * h).imag / h",
        "def s(x, h):\n    return f(complex(x, h)).imag / h\n{}return s(w, 1e-200)",
        "z = np.exp(2j * np.pi * np.arange(9) / 9)\n{}return np.fft.fft(f(z))[1].real",
        "i = np.emath.sqrt(-1)\n{}return np.tan(np.angle(f(w + i * 1e-20))) / 1e-20",
        "{}return f(np.array([w, 1e-30]).view(complex)).view(float)[1] / 1e-30",
        "i = np.zeros(1, dtype='complex')\n{}return f(w + i).imag",
        "files = !ls\nf?\n%time i = 1e-30j\n{}return f(w + i).imag",
        "if True:\n    %pip install x\nx = (7\n% 2) + 1e-30j\n{}return f(w + x).imag",
    ],
)
def test_a_complex_step_is_seen(answer, tmp_path):
    found = flags_on(answer.format(HEAD), tmp_path)
    assert "neuron_grads looks like a complex-step derivative" in found


@pytest.mark.parametrize(
    "answer",
    [
        "globals()['neuron_grads'] = mine",
        "import __main__\nsetattr(__main__, 'neuron_grads', mine)",
        "get_ipython().user_ns['neuron_grads'] = mine",
    ],
)
def test_an_answer_is_followed_however_it_is_bound(answer, tmp_path):
    mine = "def mine(X, y, w, b):\n    return f(w + 1e-30j).imag"
    found = flags_on(f"{mine}\n{answer}", tmp_path)
    assert "neuron_grads looks like a complex-step derivative" in found


@pytest.mark.parametrize(
    ("answer", "hidden"),
    [
        (f"{HEAD}return w, b", False),
        ("from mine import neuron_grads", False),
        ("%time neuron_grads = make()\nfiles = !ls", False),
        ("%%time\nneuron_grads: object = make()", False),
        ("globals()['neuron_grads'] = make()", False),
        ("match 1:\n    case 1:\n        def neuron_grads(): pass", False),
        ("def f():\n    global neuron_grads\n    neuron_grads = make()\nf()", False),
        ("for neuron_grads in [make()]:\n    print(neuron_grads)", False),
        ("with made() as neuron_grads:\n    pass", False),
        ("if neuron_grads := make():\n    pass", False),
        ("globals().update(neuron_grads=make())", False),
        ("globals().update({'neuron_grads': make()})", False),
        ("%%time\n\n  neuron_grads = make()\n  %ls", False),
        (">>> def neuron_grads():\n...     return 1\n...\n", False),
        ("In [3]: def neuron_grads():\n   ...:     return 1\n", False),
        ("!pip install a \\\n    b \\\n    c\nneuron_grads = make()", False),
        ("exec(bytes.fromhex('31'))", True),
        ("globals()['neuron' + '_grads'] = make()", True),
    ],
)
def test_an_answer_from_nowhere_is_told(answer, hidden, tmp_path):
    found = flags_on(answer, tmp_path, {"neuron_grads"})
    assert found == ({f"neuron_grads {NOWHERE}"} if hidden else set())


@pytest.mark.parametrize(
    "answer",
    [
        "eps = 1e-8\n{}m = m / (np.sqrt(v) + eps)\n    return (m - 1) / len(y)",
        "lr = 0.01\n{}w = w - lr * X.T @ y\n    return w / 2, b / len(y)",
        "tiny = 1e-12\n{}p = np.clip(w, tiny, 1 - tiny)\n    return np.log(p + tiny)",
        "h = 1e-6\nprint((f(1 + h) - f(1 - h)) / h)\n{}h = X @ w\n    return h / 2",
        "{}return np.where(X > 0, 1, 0.01) / len(y), b + 0.01",
        "def numeric(f, h=1e-5):\n    return (f(1 + h) - f(1 - h)) / h\n{}return w",
        "h = 1e-6\nX = w = (f(v + h) - f(v)) / h\n"
        "neuron_grads = lambda X, y, w, b: (X @ w, b)",
        "h = 1e-6\nn = out = (f(v + h) - f(v)) / h\n"
        "class Net:\n    def back(self, n):\n        out = n\n        return out\n"
        "{}return Net().back(w)",
        "h = 1e-6\nk = (f(v + h) - f(v)) / h\n"
        "scale = [k * 2 for k in range(3)]\n{}return scale",
        "def phase(t): return t\nz = 1j\n{}return (z * phase(w)).real",
        "z = 1j\nprint(z.imag)\n{}return w",
        "class Row:\n    def __add__(s, o): return 1\n    __radd__ = __add__\n"
        "{}return Row()",
        "class A:\n    __add__ = f\nclass B(A):\n    __radd__ = f\n{}return B()",
        "def at(f, z): return f(0.01)\n{}return at(abs, w) / len(y)",
        "class Act:\n    def deriv(self): return 1\na = Act()\n{}return a.deriv()",
        "def derivative(z): return 1\nact.derivative = derivative\n"
        "{}return act.derivative(X @ w) * act.deriv(X), gradient(w)",
        "{}return X.astype('float64').view(float), np.zeros(3, dtype=float)",
    ],
)
def test_steps_and_quotients_of_another_kind_are_not_flagged(answer, tmp_path):
    assert flags_on(answer.format(HEAD), tmp_path) == set()


@pytest.mark.parametrize(
    "made",
    [
        "class D:\n    def __add__(s, o): 1\n    __mul__ = __add__",
        "class D:\n    def __rmul__(s, o): 1\n    def __pow__(s, o): 1",
        "class D:\n    def __array_ufunc__(s, *args, **kwargs): 1",
        "class A:\n  __add__ = f\nclass B:\n  __mul__ = f\nclass D(A, B):\n  x = 1",
        "class D:\n    pass\nD.__add__ = f\nD.__mul__ = f",
        "class D:\n    pass\nsetattr(D, '__add__', f)\nsetattr(D, '__mul__', f)",
        "D = type('D', (), {'__add__': f, '__mul__': f})",
    ],
)
def test_a_class_with_arithmetic_of_its_own_is_named(made, tmp_path):
    found = flags_on(f"{made}\n{HEAD}return D()", tmp_path)
    assert [flag for flag in found if "a class of its own, D:" in flag]


@pytest.mark.parametrize(
    "answer",
    [
        "{}return [c.cell_contents for c in f.__closure__]",
        "import inspect\n{}return inspect.getclosurevars(f)",
        "from gc import get_objects\n{}return get_objects()",
        "import sys\ndef up(): return sys._getframe(1).f_locals\n{}return up()",
    ],
)
def test_a_look_inside_of_functions_is_told(answer, tmp_path):
    found = flags_on(answer.format(HEAD), tmp_path)
    assert [flag for flag in found if "looks inside of functions or frames" in flag]


@pytest.mark.parametrize(
    "engine", ["{}\nValue = Node", "{}\nclass Value(Node):\n    pass"]
)
def test_a_class_that_was_asked_for_is_not_named(engine, tmp_path):
    release = Release.find("05-chain-rule")
    node = "class Node:\n    def __add__(s, o): 1\n    __mul__ = __add__\n"
    path = tmp_path / "05-chain-rule.ipynb"
    path.write_bytes(answered(release, {"Value": engine.format(node)}))
    submission = read_submission("ada", path, release)
    assert flags_of(submission, release, exercises_of("05-chain-rule")) == set()


@pytest.mark.parametrize("sources", [BRIEF, WITH_LOOPS, BY_EINSUM])
def test_the_right_answers_of_the_demonstration_are_not_flagged(sources, tmp_path):
    assert flags_on(sources, tmp_path) == set()


def functions(path):
    return [
        n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)
    ]


@pytest.mark.parametrize(
    "path",
    [
        *(TESTS / "exercises").glob("test_*.py"),
        *(TESTS.parent / "nnkit" / "exercises").glob("*/*.py"),
        *(TESTS.parent / "solutions").glob("*.py"),
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_no_answer_in_this_repository_looks_measured(path):
    exact = {tuple(e.params) for e in EXERCISES.values() if e.exact}
    known = definitions(parsed([path.read_text()]))
    for node in functions(path):
        if tuple(arg.arg for arg in node.args.args) in exact:
            found = reached(node.name, known)
            assert not is_difference_quotient(found), node.name
            assert not divides_a_difference_of_calls(found), node.name
            assert not is_complex_step(found), node.name
            assert not has_slopes_in_matrices(found), node.name
            assert not has_named_fields(found), node.name
            assert not goes_around_a_circle(found), node.name


@pytest.mark.parametrize(
    "step",
    [
        "1" + " + X" * 900,
        "X" + " * X + X" * 450,
        "(" * 7 + "2" + "**64)" * 7,
        "-" * 900 + "X",
        "float(" * 90 + "X" + ")" * 90,
    ],
)
def test_no_expression_takes_long_to_look_through(step, tmp_path):
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"
        assert calls < 1_000_000  # twice for each of 90 levels would never end

    sys.setprofile(count)
    try:
        found = flags_on(f"{HEAD}if 0:\n        h = {step}", tmp_path)
    finally:
        sys.setprofile(None)
    assert found == set()
    answer = f"{HEAD}if 0:\n        h = [[{step}, 1], [0, {step}]]"
    assert flags_on(answer, tmp_path) == {f"neuron_grads {MATRICES}"}


@pytest.mark.parametrize(
    ("answer", "flag"),
    [
        ("t = np.array([[0, 1], [0, 0]])", MATRICES),
        ("t = np.eye(2, k=1)", MATRICES),
        ("t = np.array([(w[0], 0.0), (b, w[0])])", MATRICES),
        ("t = np.block([[w, X], [np.zeros_like(w), w]])", MATRICES),
        ("t = np.zeros(3, dtype=[('v', float), ('d', float)])", FIELDS),
        ("t = np.dtype('f8, f8')", FIELDS),
        ("h = (-1) ** 0.5 * 1e-30; t = X + h; u = t.imag", COMPLEX_STEP),
        ("t = sum(f(w + c) / c for c in np.exp(2j * k)).real", CIRCLE),
        ("c = 0.1 * np.exp(2j * k); t = (f(w + c) * np.conj(c)).real", CIRCLE),
        ("t = getattr(X, '__closure__')", INSIDE),
    ],
)
def test_pairs_of_which_no_class_says_so(answer, flag, tmp_path):
    assert flags_on(f"{HEAD}{answer}", tmp_path) == {f"neuron_grads {flag}"}


@pytest.mark.parametrize(
    "answer",
    [
        "t = np.array([[1, 0], [0, 1]])",
        "t = np.array([[0, 1], [1, 0]])",
        "t = np.array([[w, 0], [0, w]])",
        "t = np.eye(2)",
        "t = np.zeros((2, 2), dtype=float)",
        "t = dict([('dw', w), ('db', b)])",
        "t = (-1) ** 3 * w.T, (-w) ** 2, -w ** 0.5",
        "t = X.astype('float64').view()",
        "t = ((np.exp(1j * z) - np.exp(-1j * z)) / 2j).real",
        "t = np.real(-1j * np.tan(1j * (X @ w + b)))",
        "t = abs(1 + np.exp(1j * np.pi * b)) ** 2 / 4 / (1 + w)",
    ],
)
def test_other_matrices_kinds_and_powers_are_not_flagged(answer, tmp_path):
    assert flags_on(f"{HEAD}{answer}", tmp_path) == set()


def test_names_are_told_as_far_as_one_reads(tmp_path):
    names = [f"{letter * 500}" for letter in "ABCDEFGH"]
    classes = "".join(f"class {name}:\n    __add__ = __mul__ = abs\n" for name in names)
    (flag,) = flags_on(f"{classes}{HEAD}{', '.join(names)}", tmp_path)
    assert len(flag) < 500
    assert "AAAA" in flag
    assert "and 3 more: look" in flag


def test_what_an_answer_needs_is_found_in_bounded_time():
    """The process that grades everybody reads it: twenty cells took it a minute."""
    junk = dict.fromkeys(range(40), "a\n" * (MAX_READ // 2 - 1))
    cells = {**junk, 40: "h = 1", 41: "def f(): return h", 42: "unused = 2"}
    start = time.process_time()
    found = needed(cells, ["f"])
    assert time.process_time() - start < 10
    assert {40, 41} <= found
    assert 42 not in found
    assert junk.keys() <= found  # what is not read may be needed
