"""How often mutants run while slips are looked for, and what is found all the same."""

from dataclasses import replace

import numpy as np
import pytest

from nnkit.exercises.spec import Case, Exercise, Slip
from nnkit.judging.judge import answer_key, ask, judge, matches

SEED = 7
HINTS = {"doubled": "Twice?", "flipped": "Which sign?", "short": "One row alone?"}


class Counted:
    """A mutant that knows how often it was called."""

    def __init__(self, mutant):
        self.mutant = mutant
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return self.mutant(x)


def right(x):
    return x.sum(), (x**2).sum()


def doubled(x):
    return 2 * x.sum(), 2 * (x**2).sum()


def flipped(x):
    """Goes wrong in the second part alone."""
    return x.sum(), -(x**2).sum()


def short(x):
    """Is right in case 0, and goes wrong elsewhere, in the first part alone."""
    return (x.sum() if len(x) > 2 else x[0]), (x**2).sum()


@pytest.fixture
def mutants():
    return {f.__name__: Counted(f) for f in (doubled, flipped, short)}


@pytest.fixture
def exercise(mutants):
    return Exercise(
        "two",
        unit="test",
        points=2,
        params=("x",),
        parts=("p", "q"),
        cases=lambda rng: [
            Case(name, (rng.uniform(1, 2, size),))
            for name, size in (("five", 5), ("two", 2), ("four", 4))
        ],
        reference=right,
        slips=tuple(Slip(name, f, HINTS[name]) for name, f in mutants.items()),
    )


@pytest.fixture
def told(exercise):
    def of(function):
        fresh = replace(exercise)  # with a key of its own
        cases = answer_key(fresh, SEED).cases
        verdict = judge(fresh, [ask(function, "call", case) for case in cases], SEED)
        return [item.slip for item in verdict.diagnoses]

    return of


def test_of_a_part_that_is_wrong_alone_other_parts_slips_run_once(exercise, mutants):
    key = answer_key(exercise, SEED)
    off = [
        ask(lambda x: (x.sum() + x[0] ** 3, (x**2).sum()), "call", case)
        for case in key.cases
    ]
    assert list(matches(key, key.rows(off))) == []
    assert mutants["flipped"].calls == 1


def test_where_a_slip_explains_all_the_others_run_once(told, mutants):
    assert told(doubled) == ["doubled"]
    assert mutants["doubled"].calls == 3
    assert mutants["flipped"].calls == 1


def test_a_slip_that_is_right_in_case_0_is_found_in_its_part(told):
    assert told(short) == ["short"]
    assert told(lambda x: (short(x)[0], np.exp(x).sum())) == ["short", ""]


def test_a_slip_is_found_in_a_part_where_the_other_is_wrong_by_itself(told):
    assert told(lambda x: (np.exp(x).sum(), flipped(x)[1])) == ["flipped", ""]
