"""What is said of wrong numbers by what they have to do with right ones."""

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import Case, Exercise, Slip
from nnkit.judging.judge import answer_key, ask, judge


def right(X):
    return X * 2, X + 1


def cases(rng):
    shapes = [("four by three", (4, 3)), ("two by three", (2, 3)), ("one", (1, 1))]
    shapes += [("square", (3, 3)), ("four by three, other numbers", (4, 3))]
    return [Case(name, (rng.normal(size=shape),)) for name, shape in shapes]


PAIR = Exercise(
    "pair",
    unit="test",
    points=2,
    params=("X",),
    parts=("p", "q"),
    cases=cases,
    reference=right,
    slips=(Slip("nothing", lambda X: (X * 0, X * 0), "Nothing?"),),
)


def told(function, exercise=PAIR, seed=5):
    """Return what is said, by the parts that it is said of."""
    replies = [ask(function, "call", case) for case in answer_key(exercise, seed).cases]
    found = judge(exercise, replies, seed).diagnoses
    return [(item.parts, item.text) for item in found]


def filled(where):
    def answer(X):
        p = np.zeros(X.shape)
        p[where] = 2 * X[where]
        return p, X + 1

    return answer


@pytest.mark.parametrize("where", [np.s_[:-1], np.s_[1:], np.s_[:, :-1], np.s_[::2]])
def test_places_that_no_loop_comes_by_are_told(where):
    [(parts, text)] = told(filled(where))
    assert parts == ("p",)
    assert "each entry that is wrong there is 0" in text


def test_a_place_that_holds_something_else_was_come_by():
    def ones_at_the_end(X):
        p, q = right(X)
        p[-1] = 1
        return p, q

    [(_, text)] = told(ones_at_the_end)
    assert "each entry" not in text


@pytest.mark.parametrize(
    "turned", [lambda p: p[::-1], lambda p: p[:, ::-1], lambda p: np.sort(p, axis=None)]
)
def test_right_numbers_at_other_places_are_told(turned):
    [(parts, text)] = told(lambda X: (turned(2 * X).reshape(X.shape), X + 1))
    assert parts == ("p",)
    assert "right numbers" in text
    assert "at other places" in text


def test_of_both_parts_it_is_said_once():
    [(parts, text)] = told(lambda X: (2 * X[::-1], X[::-1] + 1))
    assert parts == ("p", "q")
    assert text.startswith("p and q are made of the right numbers")


def test_numbers_with_the_wrong_sign_are_no_right_ones_in_another_order():
    # In pairs of opposites they would be: (d, −d) is what is left of two numbers.
    center = EXERCISES["center"]
    said = told(lambda x: (x.mean(), 2 * (x.mean() - x)), center)
    assert not any("other places" in text for _, text in said)


def test_one_number_for_several_entries_is_told():
    [(parts, text)] = told(lambda X: (np.full(X.shape, 2 * X.mean()), X + 1))
    assert parts == ("p",)
    assert "one and the same number" in text


def test_a_list_that_stands_for_every_row_is_told():
    def one_list(X):
        p = [[0.0] * X.shape[1]] * len(X)
        for i, row in enumerate(X):
            for j, x in enumerate(row):
                p[i][j] = 2 * x
        return p, X + 1

    [(parts, text)] = told(one_list)
    assert parts == ("p",)
    assert text.startswith("All rows of p are one and the same.")
    assert "`[[0] * k] * m` holds one list m times" in text


def test_and_so_is_a_column_for_all():
    [(parts, text)] = told(lambda X: (X * 2, X[:, :1] + 1 + 0 * X))
    assert parts == ("q",)
    assert text.startswith("All columns of q are one and the same.")
    assert "list" not in text


def test_a_part_that_holds_another_is_told():
    def one_array(X):
        q = X + 0
        p = q
        q += 1
        return p, q

    [(parts, text)] = told(one_array)
    assert parts == ("p",)
    assert "p holds what is right for q" in text
    assert "do two names of yours stand for one array" in text


def test_what_is_kept_between_calls_is_told():
    total = [0.0]

    def counts_on(X):
        total[0] += X.sum()
        return 2 * X + total[0] - (X.sum() if total[0] == X.sum() else 0), X + 1

    [(parts, text)] = told(counts_on)
    assert parts == ("p",)
    assert "right in the first case, and in no other" in text


def test_and_so_is_a_list_that_grows():
    def grows(x, rest=[]):  # noqa: B006 — the mistake
        rest.extend(x - x.mean())
        return x.mean(), rest

    [(parts, text)] = told(grows, EXERCISES["center"])
    assert parts == ("rest",)
    assert text.startswith("rest has the shape (7,); expected the shape (2,). rest is")
    assert "in a default value such as `=[]`" in text


def test_a_number_that_is_right_by_chance_at_first_says_nothing_of_memory():
    cosine = EXERCISES["cosine"]
    first = answer_key(cosine, 5).right[0][0]
    said = told(lambda t, T, lr0, warm: float(first), cosine)
    assert not any("kept from one call" in text for _, text in said)


@pytest.mark.parametrize("most", [10**9, 500])
def test_a_number_in_the_place_of_infinity_is_told(most):
    steps_to = EXERCISES["steps_to"]

    def given_up(lam, lr, tol):
        # Of thousands of steps, the smaller bound is wrong as well.
        return min(most, steps_to.reference(lam, lr, tol))

    [(_, text)] = told(given_up, steps_to)
    assert "steps is finite in 3 of 15 cases, and should be infinite" in text


def test_what_stops_is_told_beside_what_is_wrong():
    def as_many_rows_as_columns(X):
        p = np.zeros(X.shape)
        for i in range(3):
            p[i] = 2 * X[i]
        return p, X + 1

    wrong, stopped = told(as_many_rows_as_columns)
    assert wrong[0] == ("p",)
    assert "p is wrong in 2 of 5 cases, and each entry" in wrong[1]
    assert stopped[0] == ("p", "q")
    assert "IndexError: index 2 is out of bounds" in stopped[1]


def test_but_not_that_whole_numbers_refuse_what_should_not_be_written():
    neuron = EXERCISES["neuron"]

    def written(x, w, b):
        x *= w
        return np.tanh(x.sum() + b)

    [(_, text)] = told(written, neuron)
    assert "the caller's x is not what it was" in text


def test_a_return_on_some_ways_only_is_asked_for_on_all():
    [(_, text)] = told(lambda X: right(X) if X.size > 1 else None)
    assert "Is there a `return` on every way through your function?" in text
    [(_, text)] = told(lambda X: None)
    assert text.endswith("got None. Is there a `return`?")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda p: (row for row in p), "generator, which `yield` makes"),
        (lambda p: map(abs, p), "map, which hands out one thing after the other"),
        (lambda p: np.ma.masked_less(p, 0), "entries that are masked out"),
    ],
)
def test_what_is_no_array_yet_is_told_with_what_makes_one_of_it(value, words):
    [(_, text)] = told(lambda X: (value(2 * X), X + 1))
    assert words in text


def test_infinities_that_sums_carry_on_are_no_giving_up():
    range_test = EXERCISES["range_test"]

    def running(loss_grad, w0, lrs, steps=1):
        losses = range_test.reference
        found = [
            losses(loss_grad, w0, lrs[i : i + 1], steps)[0] for i in range(len(lrs))
        ]
        return np.cumsum(found)

    for seed in range(5):
        cases = answer_key(range_test, seed).cases
        replies = [ask(running, "call", case) for case in cases]
        verdict = judge(range_test, replies, seed)
        assert {item.slip for item in verdict.diagnoses} == {""}
