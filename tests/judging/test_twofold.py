"""Several mistakes at once, nearly right, partly answered: what a student is told."""

import dataclasses

import numpy as np
import pytest

from nnkit.exercises.spec import Case, Exercise, Slip
from nnkit.exercises.start import center
from nnkit.judging.judge import answer_key, ask, judge


def slopes(X, y, w):
    """Return the gradient of a mean of squares, and its sum."""
    d = 2 * X.T @ (X @ w - y) / len(y)
    return d, d.sum()


def squares(X, y, w):
    d = 2 * X.T @ ((X @ w) ** 2 - y) / len(y)
    return d, d.sum()


def without_labels(X, y, w):
    d = 2 * X.T @ (X @ w) / len(y)
    return d, d.sum()


def in_place(X, y, w):
    y -= X @ w
    return -2 * X.T @ y / len(y), -2 * (X.T @ y).sum() / len(y)


def columns(X, y, w):
    d = 2 * X @ (X.T @ w - y) / len(y)
    return d, d.sum()


def cases(rng):
    def draw(m, n):
        return rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n)

    return [
        Case("five rows", draw(5, 3)),
        Case("one row", draw(1, 3)),
        Case("square", draw(3, 3)),
        Case("seven rows", draw(7, 2)),
    ]


SLOPES = Exercise(
    "slopes",
    unit="test",
    points=4,
    params=("X", "y", "w"),
    parts=("d", "total"),
    cases=cases,
    reference=slopes,
    slips=(
        Slip("no-labels", without_labels, "Labels?"),
        Slip("squared", without_labels, "Square?", also=(squares,)),
        Slip("in-place", in_place, "Whose array?"),
        Slip("columns", columns, "Rows?"),
    ),
)


def diagnoses(function):
    replies = [ask(function, "call", case) for case in answer_key(SLOPES, 3).cases]
    return judge(SLOPES, replies, 3).diagnoses


def times(factor, function):
    def answer(X, y, w):
        c = factor(len(y)) if callable(factor) else factor
        d, total = function(X, y, w)
        return c * d, c * total

    return answer


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (-1, "your signs are opposite"),
        (0.5, "0.5 times"),
        (lambda m: m, "changes with the number of rows"),
        (lambda m: 1 / m, "changes with the number of rows"),
    ],
)
def test_a_slip_and_a_factor_are_both_told(factor, said):
    [item] = diagnoses(times(factor, without_labels))
    assert (item.slip, item.parts) == ("no-labels", ("d", "total"))
    assert item.text.startswith("Labels? Besides, ")
    assert said in item.text


def test_a_slip_in_one_part_with_a_factor_is_told_of_that_part():
    def answer(X, y, w):
        return -without_labels(X, y, w)[0], slopes(X, y, w)[1]

    [item] = diagnoses(answer)
    assert (item.slip, item.parts) == ("no-labels", ("d",))


@pytest.mark.parametrize(
    "factor", [lambda m: m**2 + 1, lambda m: 1 + (m == 5), lambda m: m - 0.5]
)
def test_a_factor_that_follows_no_rule_accuses_of_nothing(factor):
    assert not any(item.slip for item in diagnoses(times(factor, without_labels)))


def test_right_but_for_a_constant_is_told_once_for_both_parts():
    [item] = diagnoses(times(-2, slopes))
    assert not item.slip
    assert item.text.startswith("d and total are the right answer times -2")


def test_a_factor_that_changes_is_told_with_two_cases():
    first = diagnoses(times(lambda m: m - 0.5, slopes))[0]
    assert "changes from case to case" in first.text
    assert "6.5 with “seven rows”" in first.text
    assert "0.5 with “one row”" in first.text


def test_another_way_to_write_a_slip_gets_the_slips_hint():
    [item] = diagnoses(squares)
    assert item.slip == "squared"


def test_what_is_nearly_right_is_not_said_to_be_right_times_one():
    [item] = diagnoses(times(1 + 1e-7, slopes))
    assert "nearly right" in item.text
    assert "times 1" not in item.text


@pytest.mark.parametrize("form", ["-=", "[:]"])
def test_writing_into_an_argument_is_told_once_even_where_numpy_refuses(form):
    def answer(x):
        mean = x.mean()
        if form == "-=":
            x -= mean  # whole numbers refuse
        else:
            x[:] = x - mean
        return mean, x

    replies = [ask(answer, "call", case) for case in answer_key(center).cases]
    [item] = judge(center, replies).diagnoses
    assert item.slip == "written-in-place"


def test_a_call_that_stops_accuses_no_part_of_another_mistake():
    # The slip stops where rows are not columns, and so do these, for their own reason.
    def answer(X, y, w):
        if X.shape != (3, 3):
            raise ValueError("operands could not be broadcast together")
        return columns(X, y, w)[0], slopes(X, y, w)[1]

    found = diagnoses(answer)
    assert [item.slip for item in found] == ["columns"]

    def other(X, y, w):
        if X.shape != (3, 3):
            raise ValueError("operands could not be broadcast together")
        return slopes(X, y, w)[0] + 1, slopes(X, y, w)[1]

    assert not any(item.slip for item in diagnoses(other))


def test_an_answer_with_an_open_branch_says_how_far_it_is():
    def answer(X, y, w):
        if len(y) == 1:
            raise NotImplementedError
        return slopes(X, y, w)

    replies = [ask(answer, "call", case) for case in answer_key(SLOPES, 3).cases]
    verdict = judge(SLOPES, replies, 3)
    [item] = verdict.diagnoses
    assert verdict.status == "open"
    assert "“one row”" in item.text
    assert "3 of 4 cases so far, all of it right" in item.text


def test_a_puzzling_exception_comes_with_a_word_of_advice():
    [item] = diagnoses(lambda X, y, w: max(0, X))
    assert item.kind == "raised"
    assert "decide entry by entry" in item.text


def log_loss(p):
    return -np.log(p).mean()


def added_up(p):
    return -np.log(p).sum()


LOSS = Exercise(
    "log_loss",
    unit="test",
    points=1,
    params=("p",),
    parts=("loss",),
    cases=lambda rng: [
        *(Case(f"{m} rows", (rng.uniform(0.1, 0.9, m),)) for m in (5, 3, 1, 7, 4)),
        Case("hardly any", (rng.uniform(1e-40, 1e-30, 3),), extreme=True),
    ],
    reference=log_loss,
    slips=(Slip("sum", added_up, "A mean?"),),
)


def test_a_second_mistake_in_the_extremes_hides_no_slip_of_a_single_number():
    def with_a_floor(p):
        return added_up(p + 1e-12)

    replies = [ask(with_a_floor, "call", case) for case in answer_key(LOSS, 3).cases]
    sum_for_mean, rest = judge(LOSS, replies, 3).diagnoses
    assert (sum_for_mean.slip, sum_for_mean.text) == ("sum", "A mean?")
    assert (rest.slip, rest.case) == ("", "hardly any")
    assert "there the numbers are extreme" in rest.text


def test_of_two_slips_with_a_factor_the_one_that_spoils_less_is_named():
    def half_of_it(X, y, w):
        d, total = slopes(X, y, w)
        return d * np.arange(1, len(d) + 1), total

    def all_of_it(X, y, w):
        d, total = half_of_it(X, y, w)
        return d, 3 * total

    exercise = dataclasses.replace(
        SLOPES,
        slips=(Slip("all", all_of_it, "All?"), Slip("half", half_of_it, "Half?")),
    )
    cases = answer_key(exercise, 3).cases

    def answer(X, y, w):
        d, total = half_of_it(X, y, w)
        return -d, total

    [item] = judge(exercise, [ask(answer, "call", case) for case in cases], 3).diagnoses
    assert item.slip == "half"


def test_a_line_within_numpy_is_not_said_to_be_the_students():
    def answer(X, y, w):
        return np.random.default_rng(1).normal(0, None, 3)

    [item] = diagnoses(answer)
    assert "Something is None here" in item.text
    assert "`return np.random.default_rng(1).normal(0, None, 3)`" in item.text


def test_one_slip_in_several_parts_is_likelier_than_several_each_in_one():
    """Of a call whose third part went wrong by itself."""

    def three(X, y, w):
        d, total = slopes(X, y, w)
        return d, total, X.mean()

    def both(X, y, w):
        d, total = without_labels(X, y, w)
        return d, total, X.mean()

    def first(X, y, w):
        return both(X, y, w)[0], *three(X, y, w)[1:]

    def second(X, y, w):
        d, _, mean = three(X, y, w)
        return d, both(X, y, w)[1], mean

    slips = (Slip("first", first, "1?"), Slip("second", second, "2?"))
    exercise = dataclasses.replace(
        SLOPES,
        parts=("d", "total", "mean"),
        reference=three,
        slips=(*slips, Slip("both", both, "Both?")),
    )
    cases = answer_key(exercise, 3).cases

    def answer(X, y, w):
        return *both(X, y, w)[:2], np.cos(X).sum()

    replies = [ask(answer, "call", case) for case in cases]
    told = {item.parts: item.slip for item in judge(exercise, replies, 3).diagnoses}
    assert told == {("d", "total"): "both", ("mean",): ""}

    def turned(X, y, w):
        return -both(X, y, w)[0], -both(X, y, w)[1], np.cos(X).sum()

    replies = [ask(turned, "call", case) for case in cases]
    told = {item.parts: item.slip for item in judge(exercise, replies, 3).diagnoses}
    assert told == {("d", "total"): "both", ("mean",): ""}
