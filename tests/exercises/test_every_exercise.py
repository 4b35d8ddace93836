"""Every exercise of the registry: right answers pass, each slip gets its own hint."""

import importlib
import pkgutil

import pytest

from nnkit import exercises
from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import Slip
from nnkit.judging import rules, rules_slips
from nnkit.judging.judge import answer_key

SOME = rules_slips.SEEDS[:3]
MANY = range(1000)
SLIPS = [
    pytest.param(
        exercise,
        slip,
        id=f"{exercise.id}:{slip.id}",
        marks=pytest.mark.xdist_group(exercise.id),
    )
    for exercise in EXERCISES.values()
    for slip in exercise.slips
]
every = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


@pytest.mark.parametrize(("exercise", "slip"), SLIPS)
def test_a_slip_gets_its_own_hint_and_no_full_marks(exercise, slip):
    assert list(rules_slips.slip_broken(exercise, slip, SOME)) == []


@pytest.mark.slow
@every
def test_a_slip_gets_its_own_hint_on_many_seeds(exercise):
    # Seeds outside: the answer key of a seed serves all slips, and is then forgotten.
    for seed in MANY:
        for slip in exercise.slips:
            assert list(rules_slips.slip_broken(exercise, slip, [seed])) == []


@every
def test_all_functions_take_the_parameters_in_one_order(exercise):
    assert list(rules.order_broken(exercise)) == []


@every
def test_the_reference_is_right_by_its_own_standard(exercise):
    assert list(rules.reference_broken(exercise, rules_slips.SEEDS)) == []


@every
def test_cases_can_be_sent_and_are_drawn_from_the_seed_alone(exercise):
    assert list(rules.cases_broken(exercise, rules_slips.SEEDS)) == []


@every
def test_no_answer_stops_the_judge(exercise):
    assert list(rules.strange_broken(exercise)) == []


@every
def test_no_tolerance_forgives_an_answer_that_is_far_off(exercise):
    assert list(rules.lenient(exercise)) == []


@every
def test_declarations_are_whole(exercise):
    key = answer_key(exercise)
    assert len({slip.id for slip in exercise.slips}) == len(exercise.slips)
    hints = [slip.hint for slip in exercise.slips]
    assert [hint for hint in hints if hints.count(hint) > 1] == [], "one hint for two"
    assert len(exercise.slips) >= 4, "expected at least four slips"
    for right in key.right:
        assert len(right) == len(exercise.parts)


def test_a_slip_that_is_written_is_one_of_an_exercise():
    listed = {slip.id for item in EXERCISES.values() for slip in item.slips}
    listed |= {s.id for e in EXERCISES.values() for slip in e.slips for s in slip.of}
    folder = pkgutil.walk_packages(exercises.__path__, f"{exercises.__name__}.")
    written = {
        value.id: f"{module.name}.{name}"
        for module in folder
        for name, value in vars(importlib.import_module(module.name)).items()
        if isinstance(value, Slip)
    }
    assert len(written) > 100
    forgotten = [where for slip, where in written.items() if slip not in listed]
    assert forgotten == [], "in no exercise's slips"
