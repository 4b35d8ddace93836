"""The sieve leaves out mutants that match nothing, and none that does."""

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.judging import matching, outcome
from nnkit.judging.judge import answer_key

SEED = 11
# Several parts, one part, extreme cases, margins, cases that ask for some parts alone.
TRIED = ("layer", "bce_logits", "mlp_grads", "act_back", "forward_stats", "he")


def found(key, rows):
    with np.errstate(all="ignore"):
        return [
            (match.slip.id, match.cells, match.fit)
            for match in matching.matches(key, rows)
        ]


def answers(key):
    """What every other mutant gives; and mixed with the next, by case and by part."""
    count = range(len(key.cases))
    every = [[mutant[case] for case in count] for mutant in key.slip_rows]
    right = key.rows(
        [
            {"value": parts if len(parts) > 1 else parts[0], "args": list(case.args)}
            for case, parts in zip(key.cases, key.right, strict=True)
        ]
        if not key.exercise.unpack
        else [{"ended": "crashed", "detail": ""} for _ in count]
    )
    for one, other in list(zip(every, [*every[1:], right], strict=True))[::2]:
        yield one
        yield [(one, other)[case % 2][case] for case in count]
        yield [
            tuple(pair[part % 2] for part, pair in enumerate(zip(*rows, strict=True)))
            for rows in zip(one, other, strict=True)
        ]


@pytest.mark.parametrize("name", TRIED)
def test_what_matches_is_what_matches_one_by_one(name, monkeypatch):
    key = answer_key(EXERCISES[name], SEED)
    rows = [row for row in answers(key) if matching.wrong_cells(row)]
    sieved = [found(key, each) for each in rows]
    monkeypatch.setattr(matching, "_possible", lambda key, rows, scope: key.slip_rows)
    assert sieved == [found(key, each) for each in rows]
    assert sum(map(len, sieved)) > len(key.slip_rows) / 2


def test_most_are_left_out_unseen():
    key = answer_key(EXERCISES["mlp_grads"], SEED)
    left = [
        len(list(matching._possible(key, rows, matching._scope(key, rows, (0, 1)))))
        for rows in answers(key)
    ]
    assert np.mean(left) < len(key.slip_rows) / 10


def test_what_agrees_is_not_told_apart_by_its_errors():
    rng = np.random.default_rng(SEED)
    told_apart = 0
    for _ in range(300):
        want = rng.normal(size=4)
        # As an answer key's: none below the largest entry of what is right.
        sizes = np.abs(want).max() * 10 ** rng.uniform(0, rng.choice([0.5, 4]), 4)
        one = want + 10 ** rng.uniform(-6, 4) * sizes * rng.choice([0, 1], 4)
        step = 1e-8 * np.maximum(sizes, np.abs(one).max()) * rng.choice([-1, 1], 4)
        p, q, r = (
            outcome.compare(array, want, sizes, 1e-9)
            for array in (one, one + 0.999 * step, one + 1e4 * step)
        )
        if p.kind is not q.kind:
            continue  # on two sides of what is right
        assert outcome.agree(p, q, sizes, 1e-8, fixed=False)
        assert not outcome.errors_differ(p.error, q.error, sizes, 1e-8, fixed=False)
        told_apart += bool(
            outcome.errors_differ(p.error, r.error, sizes, 1e-8, fixed=False)
        )
    assert told_apart > 100


def test_a_sieve_that_is_too_fine_is_noticed(monkeypatch):
    key = answer_key(EXERCISES["layer"], SEED)
    rows = [
        mutant[case] for mutant in key.slip_rows[:1] for case in range(len(key.cases))
    ]
    assert found(key, rows)
    monkeypatch.setattr(matching, "_possible", lambda key, rows, scope: ())
    assert not found(key, rows)
