"""The rules about slips: each is wrong somewhere, and gets its own hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from nnkit.exercises.spec import PUBLIC_SEED, Case, Exercise, Foreseen, Slip
from nnkit.judging.judge import answer_key, ask, judge, judge_rows
from nnkit.judging.rules_calls import where
from nnkit.judging.verdict import Verdict

SEEDS = (PUBLIC_SEED, *range(11))

ALSO = 25
"""Every so many seeds the other ways to write a slip are judged, too, with what the key
knows of them; with the public one as an answer that comes over the wire. Of the seeds
between, a key knows one way to write each slip."""

SLOW = 2 * ALSO
"""Every so many seeds the slow cases are among them: from seed to seed they differ by a
number or two."""

DRAWN = 5
"""Every so many seeds a slip that draws at random really draws, and on the public one;
on the seeds between, what is foreseen of it is judged."""

FAILED = ("wrong", "partly right")

TYPOS = ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError")
"""What stops a slip that its author never ran. Other exceptions may be the mistake."""


def slips_broken(exercise: Exercise, seeds: Iterable[int] = SEEDS) -> Iterator[str]:
    """Yield what is wrong with an exercise's slips, one thing about each."""
    hints = [entry.hint for entry in exercise.slips]
    for entry in exercise.slips:
        if not entry.hint.strip():
            yield f"slip {entry.id}: has no hint"
        elif hints.count(entry.hint) > 1:
            yield f"slip {entry.id}: has the same hint as another"
        stops = (_stops(exercise, mutant) for mutant in entry.mutants)
        if stop := next(filter(None, stops), ""):
            yield f"slip {entry.id}: {stop}"
        else:
            yield from slip_broken(exercise, entry, seeds)


def verdict_on(exercise: Exercise, function: Any, seed: int) -> Verdict:
    """Judge a function of ours as an answer."""
    cases = answer_key(exercise, seed).cases
    return judge(exercise, [ask(function, exercise.adapter, c) for c in cases], seed)


def _verdict_known(exercise: Exercise, mutant: Any, seed: int) -> Verdict:
    """Judge a slip's mutant by what the answer key has found that it returns."""
    key = answer_key(exercise, seed)
    known = next(rows for rows in key.slip_rows if rows.mutant is mutant)
    with np.errstate(all="ignore"):
        return judge_rows(key, [known[case] for case in range(len(key.cases))])


@lru_cache
def _without_slow_cases(exercise: Exercise) -> Exercise:
    def cases(rng: np.random.Generator) -> list[Case]:
        return [case for case in exercise.cases(rng) if not case.slow]

    drawn = exercise.cases(np.random.default_rng(PUBLIC_SEED))
    return replace(exercise, cases=cases) if any(c.slow for c in drawn) else exercise


@lru_cache
def _one_way_each(exercise: Exercise) -> Exercise:
    return replace(exercise, slips=tuple(replace(s, also=()) for s in exercise.slips))


def slip_broken(
    exercise: Exercise, entry: Slip, seeds: Iterable[int] = SEEDS
) -> Iterator[str]:
    """Yield where a slip passes, or gets another hint than its own."""
    for seed in seeds:
        whole_key = seed == PUBLIC_SEED or seed % ALSO == 0
        for mutant in entry.mutants if whole_key else entry.mutants[:1]:
            if problem := _mutant_broken(exercise, entry, mutant, seed, whole_key):
                yield f"slip {entry.id}: {problem}, seed {seed}"
                return


def _mutant_broken(
    exercise: Exercise,
    entry: Slip,
    mutant: Callable[..., Any],
    seed: int,
    whole_key: bool,
) -> str:
    try:
        # What is foreseen has no chance in it, and an answer has.
        drawn = isinstance(mutant, Foreseen) and seed % DRAWN == 0
        asked = seed == PUBLIC_SEED or drawn
        judged = verdict_on if asked else _verdict_known
        exercise = exercise if whole_key else _one_way_each(exercise)
        whole = seed == PUBLIC_SEED or seed % SLOW == 0
        # The whole, too, for who is right but for the slow cases.
        tried = (exercise if whole else _without_slow_cases(exercise), exercise)
        for variant in dict.fromkeys(tried):
            verdict = judged(variant, mutant, seed)
            if verdict.status in FAILED:
                break
    except Exception as error:
        return f"cannot be judged: it stops {where(error)}"
    named = (
        f" (written as {getattr(mutant, '__name__', 'a partial')})"
        if entry.also
        else ""
    )
    if verdict.status not in FAILED:
        wide = "" if exercise.exact else "narrow tolerance or margins, "
        return (
            f"is {verdict.status}{named}: no case tells it from a right answer (add "
            f"one that does, {wide}or drop the slip)"
        )
    found = [item.slip or item.text for item in verdict.diagnoses]
    if found != [slip.id for slip in entry.named]:
        told = " and ".join(map(repr, found))
        return f"is told {told} instead of its own hint{named}"
    return ""


def _stops(exercise: Exercise, mutant: Callable[..., Any]) -> str:
    """Say how a mutant stops, if by a slip of its author's, or in every case."""
    key = answer_key(_without_slow_cases(exercise), PUBLIC_SEED)
    first = ""
    returned = False
    for case in key.cases:
        raised = ask(mutant, exercise.adapter, case).get("raised")
        if not raised:
            returned = True
            continue
        said = f"{raised['type']}: {raised['message']}".rstrip(": .")
        if raised["type"] in TYPOS:
            return f"stops with {said}"
        first = first or said
    if returned:
        return ""
    return (
        f"stops in every case, in the first with {first}. Whatever answer stops so "
        "would get its hint: let it return what is wrong, or drop it"
    )
