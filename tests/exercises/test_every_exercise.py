"""Every exercise of the registry: right answers pass, each slip gets its own hint."""

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import PUBLIC_SEED
from nnkit.judging.judge import answer_key, ask, judge
from nnkit.sandbox import wire

FEW = [PUBLIC_SEED, *range(49)]
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


def verdict_on(exercise, function, seed):
    cases = answer_key(exercise, seed).cases
    replies = [ask(function, exercise.adapter, case) for case in cases]
    return judge(exercise, replies, seed)


ALSO = 10
"""Every so many seeds the other ways to write a slip are judged, too."""


def gets_its_own_hint(exercise, slip, seed):
    for mutant in slip.mutants if seed % ALSO == 0 else slip.mutants[:1]:
        verdict = verdict_on(exercise, mutant, seed)
        assert [item.slip for item in verdict.diagnoses] == [slip.id], (
            f"{slip.id} as {mutant.__name__}, seed {seed}"
        )
        assert verdict.status in ("wrong", "partly right")


@pytest.mark.parametrize(("exercise", "slip"), SLIPS)
def test_a_slip_gets_its_own_hint_and_no_full_marks(exercise, slip):
    for seed in FEW:
        gets_its_own_hint(exercise, slip, seed)


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_a_slip_gets_its_own_hint_on_many_seeds(exercise):
    # Seeds outside: the answer key of a seed serves all slips, and is then forgotten.
    for seed in MANY:
        for slip in exercise.slips:
            gets_its_own_hint(exercise, slip, seed)


# Where an answer is unpacked, the reference gives parts, and not what it returns.
@pytest.mark.parametrize(
    "exercise",
    [exercise for exercise in EXERCISES.values() if not exercise.unpack],
    ids=lambda exercise: exercise.id,
)
def test_the_reference_is_right_by_its_own_standard(exercise):
    for seed in FEW:
        verdict = verdict_on(exercise, exercise.reference, seed)
        assert verdict.status == "right"
        assert not verdict.flags


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_declarations_are_whole(exercise):
    key = answer_key(exercise, PUBLIC_SEED)
    names = [case.name for case in key.cases]
    assert len(set(names)) == len(names)
    assert len({slip.id for slip in exercise.slips}) == len(exercise.slips)
    assert len({slip.hint for slip in exercise.slips}) == len(exercise.slips)
    assert len(exercise.slips) >= 4
    for case, right in zip(key.cases, key.right, strict=True):
        assert len(case.args) == len(exercise.params)
        assert len(right) == len(exercise.parts)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_same_seed_draws_the_same_cases_and_another_seed_others(exercise):
    def flat(seed):
        cases = exercise.cases(np.random.default_rng(seed))
        return b"".join(wire.encode(case.args) for case in cases)

    assert flat(1) == flat(1)
    assert flat(1) != flat(2)
