"""check and failing_case: what a student sees, and how help grows with each try."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from nnkit import CHECKS, check, failing_case
from nnkit.exercises.neuron import neuron_grads as exercise
from nnkit.exercises.spec import PUBLIC_SEED
from nnkit.judging.judge import answer_key

pytestmark = pytest.mark.usefixtures("session")


def neuron_grads(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


right = neuron_grads
ROOT = Path(__file__).parents[2]


def named(function):
    function.__name__ = "neuron_grads"
    return function


@named
def sum_for_mean(X, y, w, b):
    dw, db = right(X, y, w, b)
    return dw * len(y), db * len(y)


@named
def first_entry_off(X, y, w, b):
    dw, db = right(X, y, w, b)
    dw[0] += 1
    return dw, db


@named
def stub(X, y, w, b):
    raise NotImplementedError


def look(checked):
    return repr(checked), checked._repr_html_()


def test_a_right_answer_needs_no_help():
    for shown in look(check(neuron_grads)):
        assert "right" in shown
        assert "where to look" not in shown.lower()


def test_the_first_wrong_check_names_the_misconception_and_no_place():
    for shown in look(check(sum_for_mean)):
        assert "a sum over the rows, or a mean?" in shown
        assert "Where to look" not in shown
        assert "it will say where to look" in shown


def test_the_second_says_where_to_look_and_the_third_brings_a_small_case():
    check(sum_for_mean)
    for shown in look(check(sum_for_mean)):
        assert "Where to look" in shown
        assert "to try by hand" not in shown.split("One more")[0]
    for shown in look(check(sum_for_mean)):
        assert "A small case, to try by hand" in shown
        assert "X = np.array([[" in shown
        assert "a mean?" in shown


def test_how_many_entries_are_wrong_is_said_of_the_one_array_that_has_them():
    check(sum_for_mean)
    assert "dw and db, in the case " in repr(check(sum_for_mean))
    rows = [
        line for line in repr(check(sum_for_mean)).splitlines() if "entries" in line
    ]
    assert rows
    assert all(line.endswith(": of dw, all 3 entries are wrong.") for line in rows)


def test_a_fourth_wrong_check_keeps_the_help():
    seen = [look(check(sum_for_mean)) for _ in range(4)]
    assert seen[3] == seen[2]


def test_a_right_check_starts_the_count_anew_and_so_does_an_open_one():
    for between in (neuron_grads, stub):
        check(sum_for_mean)
        check(between)
        assert "Where to look" not in repr(check(sum_for_mean))
        check(neuron_grads)


def test_the_small_case_is_the_smallest_that_fails():
    lines = [repr(check(first_entry_off)) for _ in range(3)][-1]
    sizes = {c.name: sum(map(np.size, c.args)) for c in cases()}
    smallest = min(sizes, key=sizes.get)
    assert f"by hand (“{smallest}”)" in lines


def cases():
    return answer_key(exercise, PUBLIC_SEED).cases


def test_no_help_tells_a_right_value():
    key = answer_key(exercise, PUBLIC_SEED)
    digits = {f"{abs(n):.3g}" for row in key.right for part in row for n in part.flat}
    digits -= {"0", "1"}
    for answer in (sum_for_mean, first_entry_off):
        for _ in range(3):
            words = set(repr(check(answer)).replace("[", " ").replace(",", " ").split())
            assert not words & digits


def test_an_error_in_one_entry_is_shown_in_its_place():
    text, page = look(check(first_entry_off))
    assert "1 of 3 entries is wrong" in text
    assert "4 · ·" in text
    assert '<th scope="col"' in page


def test_a_screen_reader_hears_the_state_in_words():
    page = check(first_entry_off)._repr_html_()
    assert page.startswith('<div role="status" aria-label="neuron_grads: partly right')
    assert '<span aria-hidden="true">✗</span>' in page
    assert '<table role="table" aria-label="dw with ' in page


def test_what_a_student_wrote_is_escaped():
    @named
    def attack(X, y, w, b):
        raise ValueError("<script>alert(1)</script>")

    for _ in range(3):
        assert "<script>" not in check(attack)._repr_html_()


def test_code_in_a_hint_is_shown_as_code_and_stays_escaped():
    @named
    def attack(X, y, w, b):
        raise ValueError("<b>")

    check(attack)
    page = check(attack)._repr_html_()
    assert "<code>raise ValueError(&quot;&lt;b&gt;&quot;)</code>" in page
    assert "<code>from nnkit import failing_case</code>" in page
    assert '`raise ValueError("<b>")`' in repr(check(attack))


def test_what_an_answer_prints_or_warns_is_not_shown(capsys):
    @named
    def noisy(X, y, w, b):
        print("here")
        np.log(np.zeros(1))
        return right(X, y, w, b)

    assert check(noisy).verdict.status == "right"
    assert capsys.readouterr() == ("", "")


def test_nbgrader_reads_a_plain_float_and_shows_the_verdict(monkeypatch):
    monkeypatch.setitem(os.environ, "NBGRADER_EXECUTION", "autograde")
    for answer, points in ((neuron_grads, 3.0), (first_entry_off, 1.5), (stub, 0.0)):
        checked = check(answer)
        assert repr(checked) == repr(points)
        assert "neuron_grads:" in checked._repr_html_()
    assert repr(check(3)) == "0.0"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (3, "expects your function, got a value of type int"),
        (lambda: 0, "Write your function with def"),
        ("neuron_grads", "Leave out the quotes: check(neuron_grads)"),
        ("neuron_grad", "got a value of type str"),
        (None, "run the cell with your answer again"),
        (np.dot, "no exercise with the name dot"),
    ],
)
def test_check_says_what_it_cannot_check(what, said):
    assert said in repr(check(what))
    assert "<lambda>" not in (check(what)._repr_html_())


NAMED_OTHERWISE = {
    "a decorator": """
def told(function):
    def wrapper(*args):
        return function(*args)
    return wrapper

@told
def neuron_grads(X, y, w, b):
    return right(X, y, w, b)
""",
    "another name": "def mine(*args): return right(*args)\nneuron_grads = mine",
    "a lambda": "neuron_grads = lambda X, y, w, b: right(X, y, w, b)",
    "a part of a function": """
from functools import partial
neuron_grads = partial(lambda f, *args: f(*args), right)
""",
    "an object": """
class Gradients:
    def __call__(self, *args):
        return right(*args)

neuron_grads = Gradients()
""",
}


@pytest.mark.parametrize("cell", NAMED_OTHERWISE.values(), ids=list(NAMED_OTHERWISE))
def test_check_goes_by_what_the_notebook_calls_an_answer_as_the_grader_does(cell):
    notebook = {"right": lambda *args: right(*args), "check": check}
    exec(f"{cell}\nsaid = check(neuron_grads)", notebook)
    assert notebook["said"].verdict.exercise == "neuron_grads"
    assert notebook["said"].verdict.status == "right"
    notebook["failing_case"] = failing_case
    exec("said = failing_case(neuron_grads)", notebook)
    assert "No case failed when neuron_grads" in notebook["said"].message


def test_what_the_readme_shows_is_what_check_says():
    def sum_for_mean(X, y, w, b):
        a = np.tanh(X @ w + b)
        pull = 2 * (a - y) * (1 - a**2)
        return X.T @ pull, pull.sum()

    sum_for_mean.__name__ = "neuron_grads"
    readme = ROOT / "README.md"
    assert f"```\n{check(sum_for_mean)!r}\n```" in readme.read_text(encoding="utf-8")


TOLD = [
    pytest.param(path, id=path.name)
    for path in [*sorted((ROOT / "solutions").glob("*.py")), ROOT / "README.md"]
]


@pytest.mark.parametrize("path", TOLD)
def test_what_is_called_by_name_is_imported_by_name(path):
    text = path.read_text(encoding="utf-8")
    imports = re.findall(r"from nnkit import ([\w, ]+)", text)
    imported = {name.strip() for names in imports for name in names.split(",")}
    for name in CHECKS.keys() - {"check"}:  # which every notebook has
        assert name in imported or not re.search(rf"\b{name}\((?!\.)", text)


def test_check_takes_one_function_and_failing_case_a_name():
    said = "one function at a time"
    assert said in repr(check(neuron_grads, neuron_grads))
    assert "an exercise's name in quotes" in repr(failing_case(3))


def test_a_misspelt_name_is_met_with_the_nearest():
    def neuron_grad():
        pass

    assert "Did you mean neuron_grads?" in repr(check(neuron_grad))
    assert "Did you mean neuron_grads?" in repr(failing_case("neuron_grad"))


def test_failing_case_hands_out_the_first_case_that_failed():
    @named
    def wrong_for_one_row(X, y, w, b):
        return right(X, y, w, b) if len(X) > 1 else (0 * w, 0.0)

    check(wrong_for_one_row)
    case = failing_case("neuron_grads")
    assert list(case) == ["X", "y", "w", "b"]
    assert case["X"].shape[0] == 1
    assert np.array_equal(wrong_for_one_row(**case)[0], 0 * case["w"])
    assert "X: array of shape (1, " in repr(case)


def test_before_any_check_it_says_what_to_run():
    assert "run check(neuron_grads) first" in repr(failing_case("neuron_grads"))


def test_a_failing_case_is_a_fresh_copy_each_time():
    check(first_entry_off)
    spoilt = failing_case(first_entry_off)
    spoilt["X"][:] = 0
    assert failing_case("neuron_grads")["X"].any()
    first = cases()[0]
    assert np.array_equal(failing_case("neuron_grads")["X"], first.args[0])


def test_without_a_failure_it_says_so_and_is_empty():
    check(stub)
    assert "not answered yet" in repr(failing_case("neuron_grads"))
    check(neuron_grads)
    case = failing_case("neuron_grads")
    assert not case
    assert "nothing to debug" in repr(case)
