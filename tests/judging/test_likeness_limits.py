"""What is said of wrong numbers is said where it is true, and nowhere else."""

from dataclasses import replace

import numpy as np
from test_likeness import PAIR, right, told

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import Case, Slip
from nnkit.judging.judge import answer_key, ask, judge


def test_exact_zeros_have_not_been_left_over_by_rounding():
    [(_, text)] = told(lambda lam, lr, tol: 0, EXERCISES["steps_to"])
    assert text.startswith("steps is zero in every case. Is what you compute")


def test_what_is_not_answered_is_told_beside_what_is_wrong():
    def half_done(X):
        if X.size == 1:
            raise NotImplementedError
        return X**2, X + 1

    wrong, unanswered = told(half_done)
    assert wrong[0] == ("p",)
    assert "in 4 of 5 cases;" in wrong[1]
    assert unanswered[1].startswith("Not answered yet with “one”")


def test_what_has_another_shape_holds_no_right_numbers():
    def turned(X):
        square = X.shape == (3, 3)
        return (2 * X.ravel() if square else 2 * X[::-1]), X + 1

    [(_, text)] = told(turned)
    assert "p is made of the right numbers in 3 of 5 cases, but" in text


def test_what_lets_only_positive_numbers_through_is_no_loop():
    [(_, text)] = told(lambda X: (np.maximum(2 * X, 0), X + 1))
    assert "and should be negative" in text
    assert "loop" not in text
    [(_, text)] = told(lambda X: (np.where(X > -1, 2 * X, 0), X + 1))
    assert "and should be negative" not in text


def test_nor_does_a_single_case_say_that_nothing_below_zero_gets_through():
    """In a long row a loop may end before it has come to numbers that are negative."""

    def ends_early(X):
        below = (2 * X < 0) & (X.shape == (2, 3))
        return np.where(below, 0, 2 * X), X + 1

    [(_, text)] = told(ends_early)
    assert "in 1 of 5 cases" in text
    assert "negative" not in text


def test_a_mean_of_the_rows_is_no_list_that_stands_for_them():
    [(_, text)] = told(lambda X: (2 * X.mean(axis=0) + 0 * X, X + 1))
    assert text.startswith("All rows of p are one and the same.")
    assert "list" not in text


def test_a_list_that_stands_for_every_row_may_hold_sums():
    def one_list(X):
        p = [[0.0] * X.shape[1]] * len(X)
        for i, row in enumerate(X):
            for j, x in enumerate(row):
                p[i][j] += 2 * x
        return p, X + 1

    [(_, text)] = told(one_list)
    assert "holds one list m times" in text


def test_an_extreme_entry_that_is_zero_is_rounded_to_it():
    def cases(rng):
        drawn = PAIR.cases(rng)
        far = [Case(f"far, {i}", (rng.normal(size=(2, 3)) + 1e4,)) for i in range(2)]
        return [*drawn, *(replace(case, extreme=True) for case in far)]

    exercise = replace(
        PAIR,
        cases=cases,
        slips=(Slip("uphill", lambda X: (-2 * X, X + 1), "Which way is down?"),),
    )

    def uphill(X):
        p = np.where(X > 1e3, 2 * X, -2 * X)
        p[X > 1e3 + 9e3] *= 0
        return p, X + 1

    texts = [text for _, text in told(uphill, exercise)]
    assert "Which way is down?" in texts
    [said] = [text for text in texts if "down" not in text]
    assert "there the numbers are extreme" in said


def replies(function):
    return [ask(function, "call", case) for case in answer_key(PAIR, 5).cases]


def test_a_call_without_end_says_nothing_of_the_first_case():
    first, *others = replies(right)
    late = [{"ended": "timed out", "detail": ""} for _ in others]
    [said] = judge(PAIR, [first, *late], 5).diagnoses
    assert "in the first case" not in said.text


def test_nor_does_a_call_that_stops_say_it_of_a_part_that_is_right_elsewhere():
    first = replies(right)[0]
    _, _, *others = replies(lambda X: (X**2 + 1, X + 1))
    stopped = ask(lambda X: X @ X[:1], "call", answer_key(PAIR, 5).cases[1])
    said = judge(PAIR, [first, stopped, *others], 5).diagnoses
    assert "Your function stopped" in said[0].text
    assert not any("What you return is right" in item.text for item in said)


def test_where_one_of_several_losses_should_be_infinite_its_place_is_told():
    range_test = EXERCISES["range_test"]

    def large(*args, **kwargs):
        losses = range_test.reference(*args, **kwargs)
        return np.where(np.isfinite(losses), losses, 1e6)

    [(_, text)] = told(large, range_test)
    assert text.startswith("losses is finite in ")
    assert "of 13 cases, first at losses[" in text


def test_what_stood_in_memory_is_told_as_that_whatever_it_was():
    affine_back = EXERCISES["affine_back"]

    def adds_to_nothing(dZ, X, W):
        dW = np.empty(W.shape)
        for x, d in zip(X, dZ, strict=True):
            dW += np.outer(x, d)
        return dZ @ W.T, dW, dZ.sum(axis=0)

    [(_, text)] = told(adds_to_nothing, affine_back)
    assert text.startswith("dW holds what happened to stand in memory: `np.empty`")
