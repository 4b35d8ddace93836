"""Unit 3, wrong weights: what is foreseen of them is what is drawn."""

import math

import numpy as np
import pytest
from asking import verdicts

from nnkit.exercises import EXERCISES
from nnkit.exercises.initialization import spread
from nnkit.exercises.spec import Foreseen, Kind
from nnkit.judging.judge import answer_key, ask
from nnkit.judging.matching import SAME_DRAW

SLIPS = [
    pytest.param(exercise, slip, id=f"{exercise.id}:{slip.id}")
    for exercise in (EXERCISES["glorot"], EXERCISES["he"])
    for slip in exercise.slips
]


BOX_TOO_WIDE = ("uniform W", "full-width-for-half")


def asked_of(key, place, row):
    """Return the outcome of the one part that a case asks for."""
    [part] = [part for case, part in key.asked if case == place]
    return row[part]


@pytest.mark.parametrize(("exercise", "slip"), SLIPS)
def test_what_is_foreseen_is_what_is_drawn(exercise, slip):
    key = answer_key(exercise, 11)
    for mutant in slip.mutants:
        assert isinstance(mutant, Foreseen)
        for place, case in enumerate(key.cases):
            drawn = asked_of(key, place, key.row(place, ask(mutant, "draw", case)))
            known = asked_of(key, place, key.foreseen(place, mutant))
            assert (drawn.kind, drawn.note) == (known.kind, known.note)
            if known.array is None:
                assert known.kind is Kind.STRUCTURE
                continue
            off = np.abs(drawn.array - known.array) / key.sizes[place][0]
            assert off.max() <= 1, (case.name, drawn.array, known.array)


@pytest.mark.parametrize("exercise", [EXERCISES["glorot"], EXERCISES["he"]])
@pytest.mark.parametrize("seed", range(20))
def test_no_slip_is_so_nearly_right_that_chance_decides(exercise, seed):
    key = answer_key(exercise, seed)
    for slip in exercise.slips:
        for mutant in slip.mutants:
            ends = [
                asked_of(key, place, key.foreseen(place, mutant))
                for place in range(len(key.cases))
            ]
            errors = [end.error for end in ends if end.array is not None]
            # Of six standard errors each: right to within one, or wrong by two.
            assert not errors or max(errors) > 2, slip.id
            assert all(error < 0.9 or error > 2 for error in errors), slip.id


def test_a_mark_is_right_and_yet_no_match_of_another():
    assert spread.MARK < 1
    assert 2 * spread.MARK > SAME_DRAW


@pytest.mark.parametrize("law", [spread.clipped(1), spread.truncated(2), spread.BOX])
def test_a_law_is_what_it_draws(law):
    w = law.draw(np.random.default_rng(5), (1000, 1000))
    size = math.sqrt(np.mean(w**2))
    assert w.var() == pytest.approx(law.variance, rel=0.01)
    assert (np.abs(w) <= size).mean() == pytest.approx(law.within, abs=0.003)
    assert np.abs(w).max() / size == pytest.approx(law.reach, rel=0.01)
    assert spread.marks_of_tails(w) == law.marks()


@pytest.mark.parametrize(
    ("std", "bound", "points", "told"),
    [
        (2, 6, 2, []),
        (2, 2, 1, [("uniform W", "std-for-half-width")]),
        (1, 6, 1, [("normal W", "fans-summed")]),
        (6, 24, 0, [("normal W", "half-width-for-std"), BOX_TOO_WIDE]),
    ],
)
def test_each_distribution_of_glorot_earns_its_point_by_itself(
    std, bound, points, told
):
    def glorot(shape, rng, dist):
        if dist == "normal":
            return rng.normal(0, math.sqrt(std / sum(shape)), shape)
        half = math.sqrt(bound / sum(shape))
        return rng.uniform(-half, half, shape)

    for verdict in verdicts(EXERCISES["glorot"], glorot, range(3)):
        assert verdict.points == points
        found = [(*item.parts, item.slip) for item in verdict.diagnoses]
        assert sorted(found) == sorted(told)


@pytest.mark.parametrize(
    "variance", [lambda s: 2 / math.hypot(*s), lambda s: 3 / sum(s)]
)
def test_a_mean_that_meets_another_in_one_shape_gets_no_hint_for_it(variance):
    def glorot(shape, rng, dist):
        return (
            math.sqrt(variance(shape))
            * {
                "normal": rng.normal(size=shape),
                "uniform": rng.uniform(-math.sqrt(3), math.sqrt(3), shape),
            }[dist]
        )

    for verdict in verdicts(EXERCISES["glorot"], glorot, range(10)):
        [item] = verdict.diagnoses
        assert not item.slip
        said = "The variance of normal W and uniform W is too large in every case"
        assert item.text.startswith(said)
