"""A slip that a second mistake hides in part, and what shows without any slip."""

import numpy as np
import pytest

from nnkit.exercises.spec import Case, Exercise, Slip
from nnkit.judging.judge import answer_key, ask, judge

SEED = 3


def right(X):
    return np.log(X.sum(axis=1)), X.mean(axis=0)


def cases(rng):
    def draw(m, n, size=1.0):
        return (size * rng.uniform(1, 2, (m, n)),)

    return [
        Case("five rows", draw(5, 3)),
        Case("four rows", draw(4, 2)),
        Case("one row", draw(1, 3)),
        Case("tiny", draw(3, 3, 1e-12), extreme=True),
    ]


def negated(X):
    p, q = right(X)
    return -p, -q


def first_row(X):
    p, _ = right(X)
    return p, X[0].copy()


def padded(eps):
    return lambda X: (np.log(X.sum(axis=1) + eps), right(X)[1])


ROWS = Exercise(
    "rows",
    unit="test",
    points=2,
    params=("X",),
    parts=("p", "q"),
    cases=cases,
    reference=right,
    slips=(
        Slip("negated", negated, "Sign?"),
        Slip("first-row", first_row, "First?"),
        Slip("padded", padded(1e-3), "Floor?", (padded(1e-5), padded(1e-6))),
    ),
)


def diagnoses(function):
    key = answer_key(ROWS, SEED)
    return judge(ROWS, [ask(function, "call", c) for c in key.cases], SEED).diagnoses


def told(function):
    return [(item.slip, item.parts) for item in diagnoses(function)]


def overflowing(X):
    """Negated, and nan where the numbers are tiny."""
    p, q = negated(X)
    return (p, q) if X.max() > 1e-6 else (p * np.nan, q)


def clipped(X):
    """Negated, and a floor that shows where the numbers are tiny."""
    return -np.log(np.maximum(X.sum(axis=1), 1e-9)), -right(X)[1]


@pytest.mark.parametrize("function", [overflowing, clipped])
def test_a_second_mistake_in_extreme_cases_hides_no_slip(function):
    assert told(function)[0] == ("negated", ("p", "q"))
    assert [item.slip for item in diagnoses(function)[1:]] == [""]


def test_a_slip_times_the_number_of_rows_is_named_with_the_factor():
    [found] = diagnoses(lambda X: (right(X)[0], X[0] * len(X)))
    assert found.slip == "first-row"
    assert "changes with the number of rows" in found.text


def test_right_times_a_factor_is_no_slip_times_another():
    for factor in (lambda X: 3, lambda X: -2, len, lambda X: 1 / len(X)):
        for item in diagnoses(lambda X, f=factor: (right(X)[0], right(X)[1] * f(X))):
            assert not item.slip
            assert "the right answer times" in item.text


def test_the_same_slip_is_recognized_in_its_other_forms_and_named_once():
    for eps in (1e-3, 1e-5, 1e-6):
        assert told(padded(eps)) == [("padded", ("p",))]


def test_zero_everywhere_is_no_slip_that_gives_zero_somewhere():
    found = diagnoses(lambda X: (np.zeros(len(X)), right(X)[1]))
    assert ["zero in every case" in item.text for item in found] == [True]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda X: (right(X)[0] + 1e-7, right(X)[1]), "nearly right"),
        (lambda X: (np.round(right(X)[0], 6), right(X)[1]), "nearly right"),
        (lambda X: (np.floor(right(X)[0]), right(X)[1]), "whole numbers"),
        (
            lambda X: (np.log(np.maximum(X.sum(axis=1), 1e-10)), right(X)[1]),
            "where the numbers are ordinary",
        ),
    ],
)
def test_what_shows_at_a_glance_is_told(function, words):
    [found] = diagnoses(function)
    assert not found.slip
    assert words in found.text


def test_another_formula_is_not_called_nearly_right():
    [found] = diagnoses(lambda X: (np.log1p(X.sum(axis=1)), right(X)[1]))
    assert "nearly" not in found.text
    assert "whole" not in found.text


def test_a_slip_is_not_blamed_for_a_call_that_stopped():
    def stops(X):
        raise ValueError("unlike")

    exercise = Exercise(
        "stops",
        unit="test",
        points=1,
        params=("X",),
        parts=("p", "q"),
        cases=lambda rng: [*cases(rng)],
        reference=right,
        slips=(Slip("in-p", lambda X: (X @ X, right(X)[1]), "p?"),),
    )
    key = answer_key(exercise, SEED)

    def other(X):
        return stops(X) if X.shape[0] != X.shape[1] else (right(X)[0], right(X)[1] + 1)

    verdict = judge(exercise, [ask(other, "call", c) for c in key.cases], SEED)
    assert not any(item.slip for item in verdict.diagnoses)
