"""Some thousand answers written without a look at the slips: right, and wrong.

Here every one of a sample meets one seed; `-m slow` shows all of them to ten.
"""

import zlib

import pytest
from reading import answers

from nnkit.exercises import EXERCISES
from nnkit.judging import show
from nnkit.judging.judge import answer_key, ask, judge

ALL = answers()
# By what they are, so that a new one brings no other in, or out.
TRIED_HERE = [item for item in ALL if zlib.crc32(item.source.encode()) % 4 == 0]
OFTEN = range(100, 110)


def complaint(answer, seed):
    """Say what the judge made of an answer, where it is not what it should; else ""."""
    exercise = EXERCISES[answer.exercise]
    function = answer.function()
    cases = answer_key(exercise, seed).cases
    replies = [ask(function, exercise.adapter, case) for case in cases]
    verdict = judge(exercise, replies, seed)
    wrong = tuple(part.name for part in verdict.parts if not part.right)
    hints = {item.slip or "-" for item in verdict.diagnoses}
    fine = wrong == answer.wrong and not verdict.flags
    if answer.hints is not None:
        fine = fine and hints == answer.hints
    said = f"{answer.name}, seed {seed}: {wrong}, {sorted(hints)}, {verdict.flags}"
    return "" if fine else f"{said}\n{show.text(verdict)}"


def of_each(sample):
    """Group a sample by exercise: a seed's answer key serves all of its answers."""
    names = {answer.exercise for answer in sample}
    return [
        pytest.param(
            [answer for answer in sample if answer.exercise == name],
            id=name,
            marks=pytest.mark.xdist_group(name),
        )
        for name in EXERCISES
        if name in names
    ]


@pytest.mark.parametrize("sample", of_each(TRIED_HERE))
def test_an_answer_gets_the_verdict_and_the_hint_that_are_true_of_it(sample):
    assert [said for answer in sample if (said := complaint(answer, OFTEN[0]))] == []


@pytest.mark.slow
@pytest.mark.parametrize("sample", of_each(ALL))
def test_and_so_does_every_one_on_many_seeds(sample):
    seeds = OFTEN if sample[0].exercise != "train" else OFTEN[:3]
    for seed in seeds:  # outside: its answer key is made once
        assert [said for answer in sample if (said := complaint(answer, seed))] == []


def test_there_are_answers_to_every_exercise_right_and_wrong():
    for exercise in EXERCISES:
        of_it = [answer for answer in ALL if answer.exercise == exercise]
        assert sum(not answer.wrong for answer in of_it) >= 2, exercise
        assert sum(bool(answer.wrong) for answer in of_it) >= 6, exercise
