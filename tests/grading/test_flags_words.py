"""Numbers of another precision by another name, and answers that are text when read."""

import json

import pytest
from test_flags import HEAD, flags_on

from nnkit.demo import answered
from nnkit.exercises import exercises_of
from nnkit.grading import flags
from nnkit.grading.flags import UNREAD, flags_of
from nnkit.grading.release import Release
from nnkit.grading.submission import read_submission
from nnkit.judging.judge import NUMERICAL


@pytest.mark.parametrize(
    "answer",
    [
        "from decimal import Decimal as D\n"
        "{}h = D(10) ** -20\n    return (f(w + h) - f(w - h)) / (2 * h)",
        "from fractions import Fraction as Q\nh = Q(1, 10**9)\n"
        "{}h = Q(1) / 10**9\n    return (f(w + h) - f(w)) / h",
        "q = np.longdouble\n{}h = q(1) / 1024\n    return (f(w + h) - f(w)) / h",
        "{}q = float\n    h = q('1e-7')\n    return (f(w + h) - f(w)) / h",
    ],
)
def test_a_small_step_is_one_in_numbers_by_another_name(answer, tmp_path):
    assert flags_on(answer.format(HEAD), tmp_path) == {f"neuron_grads {NUMERICAL}"}


@pytest.mark.parametrize(
    "answer",
    [
        "from decimal import Decimal as D\n{}return D(10) / len(y)",
        "q = np.longdouble\n{}X = q(X)\n    return X.T @ y / q(len(y)), q(1) + y",
    ],
)
def test_ordinary_numbers_by_another_name_are_no_steps(answer, tmp_path):
    assert flags_on(answer.format(HEAD), tmp_path) == set()


@pytest.mark.parametrize(
    "answer",
    [
        "{}exec(bytes.fromhex('70617373').decode())",
        "{}return eval(''.join(['X', '.T']))",
        "def helper(text):\n    exec(text)\n{}return helper('pass')",
    ],
)
def test_an_answer_that_runs_text_is_told(answer, tmp_path):
    assert flags_on(answer.format(HEAD), tmp_path) == {f"neuron_grads {UNREAD}"}


@pytest.mark.parametrize(
    "answer",
    [
        "exec(open('setup.py').read())\n{}return w, b",  # above, for itself
        "{}eval('X.T @ y')",  # it can be read
        "{}import re\n    return re.compile(w)",
        "{}return w.eval(b), b.exec(w)",
    ],
)
def test_text_that_no_answer_runs_is_not_told(answer, tmp_path):
    assert flags_on(answer.format(HEAD), tmp_path) == set()


CALLED = "def f(t, n=1): return q(w + t)\n"


@pytest.mark.parametrize(
    "answer",
    [
        "{}h = np.spacing(1.0) ** 0.2\n    return (f(h) - f(-h)) / (2 * h)",
        "{}h = 1.0\n    while h > 0.01: h = h / 2\n    return (f(h) - f(0)) / h",
        "{}h = np.geomspace(1e-3, 1)[5]\n"
        "    up = f(b + h)\n    low = f(b - h)\n    return (up - low) / 2 / h",
        "{}h = steps[0]\n    return (8 * (f(h) - f(-h)) - f(h)) * h / h**2 / 12",
        "{}low, high = 0.9 * b, 1.1 * b\n    return (f(high) - f(low)) / (high - low)",
        "{}g = lambda t: f(t)\n    return (g(b) - g(w)) / (w - b)",
    ],
)
def test_a_quotient_is_seen_by_its_form_however_large_the_step(answer, tmp_path):
    found = flags_on(CALLED + answer.format(HEAD), tmp_path)
    assert found == {f"neuron_grads {NUMERICAL}"}


@pytest.mark.parametrize(
    "answer",
    [
        "{}z = X @ w\n    return (f(z) - f(-z)) / (f(z) + f(-z))",
        "{}z = X @ w\n    return (np.exp(z) - np.exp(-z)) / z",
        "{}n = len(y)\n    return (f(X, n) - f(y, n)) / n",
        "{}n = len(y)\n    return (f(X) - q(n)) / n, (X - y) / (w - b)",
        "{}return (f(X) - f(y)) / (w - b)",
    ],
)
def test_other_differences_of_calls_are_not_flagged(answer, tmp_path):
    assert flags_on(CALLED + answer.format(HEAD), tmp_path) == set()


def test_an_engine_that_is_asked_for_further_down_is_named_where_it_derives(tmp_path):
    release = Release.find("05-chain-rule")
    engine = "class Value:\n    def __add__(s, o): 1\n    __mul__ = __add__\n"
    by_it = "def mlp_grads(X, labels, params):\n    return Value(X)"
    path = tmp_path / "05-chain-rule.ipynb"
    path.write_bytes(answered(release, {"mlp_grads": engine + by_it, "Value": engine}))
    submission = read_submission("ada", path, release)
    (flag,) = flags_of(submission, release, exercises_of("05-chain-rule"))
    assert flag.startswith("mlp_grads computes with a class of its own, Value:")


def test_below_the_checks_no_more_is_read_than_elsewhere(tmp_path, monkeypatch):
    """Ten cells of junk took the process that grades everybody five minutes."""
    monkeypatch.setattr(flags, "MAX_READ", 3_000)
    read = []

    def counted(sources, parsed=flags.parsed):
        taken = list(sources)
        read.append(sum(map(len, taken)))
        return parsed(taken)

    release = Release.find("01-neuron")
    names = ("layer", "act", "neuron_grads", "collapse")
    notebook = json.loads(answered(release, {name: f"{name} = None" for name in names}))
    junk = {"cell_type": "code", "metadata": {}, "source": "a\n" * 500}
    late = {**junk, "source": "def act(z): return z"}
    notebook["cells"] += [late, *[junk] * 12]
    path = tmp_path / "01-neuron.ipynb"
    path.write_text(json.dumps(notebook))
    submission = read_submission("ada", path, release)
    flags_of(submission, release, exercises_of("01-neuron"))  # the release, once
    monkeypatch.setattr(flags, "parsed", counted)
    found = flags_of(submission, release, exercises_of("01-neuron"))
    assert any("act is defined in cell" in flag for flag in found)
    first, *below = read  # the first, all there is: `parsed` takes MAX_READ of it
    assert first > 12_000
    assert 1_000 < sum(below) <= 3_000
