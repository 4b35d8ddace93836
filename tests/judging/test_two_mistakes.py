"""A slip that a second mistake hides in part, and what shows without any slip."""

from dataclasses import replace

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


def ranges(rng):
    return [
        Case("a level row", (np.full(4, float(rng.uniform(1, 2))),)),
        *(Case(f"{n} numbers", (rng.normal(size=n),)) for n in (5, 6, 7, 8, 9)),
    ]


def told_of_the_range(function, slips=()):
    exercise = Exercise(
        "spread",
        unit="test",
        points=1,
        params=("x",),
        parts=("r",),
        cases=ranges,
        reference=np.ptp,
        scale=lambda x: (np.abs(x).max(),),
        slips=slips,
    )
    key = answer_key(exercise, SEED)
    replies = [ask(function, "call", c) for c in key.cases]
    return judge(exercise, replies, SEED).diagnoses


def test_what_should_be_zero_is_no_multiple_of_right():
    [found] = told_of_the_range(lambda x: np.ptp(x) or 1.0)
    assert "the right answer times" not in found.text
    assert "wrong in 1 of 6" in found.text


def told_of_infinity(where):
    def answer(x):
        return np.inf if where(len(x)) else np.ptp(x)

    exercise = Exercise(
        "endless",
        unit="test",
        points=1,
        params=("x",),
        parts=("r",),
        cases=ranges,
        reference=lambda x: np.inf if len(x) == 9 else np.ptp(x),
    )
    key = answer_key(exercise, SEED)
    replies = [ask(answer, "call", c) for c in key.cases]
    return judge(exercise, replies, SEED).diagnoses


def test_where_inf_may_be_right_a_wrong_one_may_be_meant():
    [found] = told_of_infinity(lambda n: n > 7)
    assert "a condition of yours that says inf" in found.text
    [found] = told_of_the_range(lambda x: np.inf if len(x) > 7 else np.ptp(x))
    assert "condition" not in found.text


def test_a_single_number_by_a_rule_of_its_own_is_no_slip_times_another():
    half = Slip("half", lambda x: np.ptp(x) / 2, "Half?")
    [found] = told_of_the_range(lambda x: np.ptp(x) / len(x), (half,))
    assert not found.slip


def test_who_is_right_where_a_slip_shows_does_not_make_it():
    def doubled(x):
        return np.ptp(x) * (2 if len(x) > 5 else 1)

    def halved(x):
        return np.ptp(x) * (0.5 if len(x) == 5 else 1)

    [found] = told_of_the_range(halved, (Slip("doubled", doubled, "Twice?"),))
    assert not found.slip


def test_a_slip_that_is_right_to_eight_digits_is_not_told_from_a_division_by_m():
    exercise = replace(ROWS, slips=(Slip("padded", padded(1e-8), "Floor?"),))
    cases = answer_key(exercise, SEED).cases
    replies = [
        ask(lambda X: (right(X)[0] / len(X), right(X)[1]), "call", c) for c in cases
    ]
    [found] = judge(exercise, replies, SEED).diagnoses
    assert not found.slip
    assert "changes from case to case" in found.text


def test_two_numbers_in_all_come_from_a_choice_and_not_from_rounding():
    [found] = diagnoses(lambda X: (np.where(X[:, 0] > 1.5, 1, 0.01), right(X)[1]))
    assert "decimal" not in found.text


def test_zero_everywhere_is_no_slip_that_gives_zero_somewhere():
    found = diagnoses(lambda X: (np.zeros(len(X)), right(X)[1]))
    assert ["zero in every case" in item.text for item in found] == [True]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda X: (right(X)[0] + 1e-7, right(X)[1]), "nearly right"),
        (lambda X: (right(X)[0].astype("f4").astype("f8"), right(X)[1]), "nearly"),
        (lambda X: (np.round(right(X)[0], 6), right(X)[1]), "given to 6 decimals"),
        (lambda X: (np.round(right(X)[0], 2), right(X)[1]), "given to 2 decimals"),
        (lambda X: (np.full(len(X), 2.5), right(X)[1]), "Every entry of p is 2.5,"),
        (lambda X: (np.ones(len(X)), right(X)[1]), "Every entry of p is 1,"),
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


def test_numbers_too_large_for_decimals_are_not_called_rounded():
    [found] = diagnoses(lambda X: (np.exp(30 + X.sum(axis=1)), right(X)[1]))
    assert "decimals" not in found.text
    assert "whole numbers" not in found.text


def test_factors_that_read_the_same_are_not_said_to_change():
    def doubled(X):
        return right(X)[0] * (2 + len(X) / 1e5), right(X)[1]

    [found] = diagnoses(doubled)
    assert "changes from case to case" not in found.text


def test_what_two_parts_have_in_common_is_said_once():
    [found] = diagnoses(lambda X: tuple(np.round(part, 6) for part in right(X)))
    assert found.text.startswith("p and q are given to 6 decimals")
    off = 1e-7
    [found] = diagnoses(lambda X: tuple(q + off * abs(q).max() for q in right(X)))
    assert "of their size" in found.text


def test_zero_in_some_cases_alone_is_told():
    found = told_of_the_range(lambda x: np.ptp(x) * (5 // len(x)))
    assert ["zero in 4 of 6 cases" in item.text for item in found] == [True]


def test_a_multiple_that_changes_is_told_beside_what_divides_by_zero():
    def halved(x, count):
        with np.errstate(all="ignore"):
            return np.ptp(x) * np.ones(2) * np.float64(count) / (count - 9)

    exercise = Exercise(
        "twins",
        unit="test",
        points=1,
        params=("x",),
        parts=("r",),
        cases=ranges,
        reference=lambda x: np.ptp(x) * np.ones(2),
    )
    key = answer_key(exercise, SEED)
    replies = [ask(lambda x: halved(x, len(x)), "call", c) for c in key.cases]
    texts = [item.text for item in judge(exercise, replies, SEED).diagnoses]
    assert any("a number that changes from case to case" in text for text in texts)


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
