"""What is right, and what each known mistake gives, for one exercise and seed.

    seed ──cases──> reference ──> right parts
               └──> every slip's mutant ──> what each mistake would return

Computed when it is first asked for, and kept. `ask` calls a function in this process as
the sandbox would: a mutant here, the student's own in a notebook's `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from nnkit import adapters
from nnkit.exercises.spec import (
    PUBLIC_SEED,
    Case,
    Exercise,
    Foreseen,
    Kind,
    Outcome,
    Slip,
)
from nnkit.judging.errormap import ErrorMap, error_map
from nnkit.judging.outcome import compared, is_reply, outcomes
from nnkit.judging.sieve import Sieve
from nnkit.raised import describe_reading
from nnkit.sandbox import wire

Array = np.ndarray[Any, np.dtype[Any]]
Reply = Mapping[str, Any]
Row = tuple[Outcome, ...]
Size = float | Array
Cell = tuple[int, int]
"""Position of an outcome: (case, part)."""


@dataclass(frozen=True)
class AnswerKey:
    """What is right, and what each slip gives, for one exercise and seed."""

    exercise: Exercise
    seed: int

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The calls, as the seed draws them."""
        # In a notebook the student's settings hold: np.seterr(all="raise") is theirs.
        with np.errstate(all="ignore"):
            return tuple(self.exercise.cases(np.random.default_rng(self.seed)))

    @cached_property
    def swift(self) -> tuple[int, ...]:
        """The cases that take no time."""
        return tuple(n for n, case in enumerate(self.cases) if not case.slow)

    @cached_property
    def asked(self) -> tuple[Cell, ...]:
        """The cases, each with every part that it asks for."""
        return tuple(
            (number, part)
            for number, case in enumerate(self.cases)
            for part, name in enumerate(self.exercise.parts)
            if case.asks_for(name)
        )

    def asking(self, part: int) -> tuple[int, ...]:
        """Return the cases that ask for a part."""
        return tuple(case for case, its in self.asked if its == part)

    @cached_property
    def right(self) -> tuple[tuple[Array, ...], ...]:
        """Per case, the reference's parts."""
        return tuple(self.exercise.right_parts(case) for case in self.cases)

    @cached_property
    def sizes(self) -> tuple[tuple[Size, ...], ...]:
        """Per case and part, what an error is measured against."""
        return tuple(map(self._sizes, self.cases, self.right))

    def _sizes(self, case: Case, right: Sequence[Array]) -> tuple[Size, ...]:
        exercise = self.exercise
        if exercise.margins:
            return tuple(exercise.margins(*case.args, **case.known))
        terms: Sequence[Size] = (0.0,) * len(right)
        if exercise.scale:
            terms = exercise.scale(*case.args, **case.known)
        tiny = np.finfo(np.float64).tiny
        return tuple(
            np.maximum(np.abs(part[np.isfinite(part)]).max(initial=tiny), term)
            for part, term in zip(right, terms, strict=True)
        )

    @property
    def tolerance(self) -> float:
        """The largest error, relative to `sizes`, that is right."""
        return 1.0 if self.exercise.margins else self.exercise.tolerance

    def rows(self, replies: Sequence[Reply]) -> tuple[Row, ...]:
        """Return the outcomes of all cases, each a row with one outcome a part."""
        if len(replies) != len(self.cases):
            raise ValueError(f"{len(replies)} replies to {len(self.cases)} cases")
        return tuple(self.row(case, reply) for case, reply in enumerate(replies))

    def row(self, case: int, reply: Reply) -> Row:
        """Return the outcomes of one case, one a part."""
        return outcomes(
            self.exercise,
            self.cases[case],
            self.right[case],
            self.sizes[case],
            self.tolerance,
            reply,
        )

    def foreseen(self, case: int, mutant: Foreseen) -> Row:
        """Return the outcomes of a mutant of which is known what it comes to."""
        asked = self.cases[case]
        return compared(
            self.exercise,
            asked,
            lambda: mutant.parts(*asked.args, **asked.known),
            self.right[case],
            self.sizes[case],
            self.tolerance,
        )

    @cached_property
    def slip_rows(self) -> tuple[SlipRows, ...]:
        """What each slip's mutants give, as if a student had written them."""
        return tuple(
            SlipRows(self, slip, mutant)
            for slip in self.exercise.slips
            for mutant in slip.mutants
        )

    @cached_property
    def sieve(self) -> Sieve:
        """All of them side by side."""
        return Sieve(self)

    def map_of(self, row: Row, case: int, part: int) -> ErrorMap | None:
        """Return where the error of an outcome sits, in coarse steps."""
        if self.exercise.margins:
            return None  # a statistic is no place in what was returned
        return error_map(
            self.exercise.parts[part],
            self.cases[case].name,
            row[part].array,
            self.right[case][part],
            self.sizes[case][part],
            self.tolerance,
        )


class SlipRows:
    """A mutant's outcomes, case by case, each found when it is first asked for.

    Most slips are ruled out by the first case, and a mutant may be slow.
    """

    def __init__(self, key: AnswerKey, slip: Slip, mutant: Callable[..., Any]) -> None:
        self.key = key
        self.slip = slip
        self.mutant = mutant
        self._found: dict[int, Row] = {}

    def __getitem__(self, case: int) -> Row:
        if case not in self._found and isinstance(self.mutant, Foreseen):
            self._found[case] = self.key.foreseen(case, self.mutant)
        elif case not in self._found:
            args, kwargs = _copied(_crossed(self.key.cases[case]))
            # Mutants are ours and return plain data: no need to send it anywhere.
            adapter = self.key.exercise.adapter
            reply = adapters.reply_to(self.mutant, adapter, args, kwargs, stirred=False)
            self._found[case] = self.key.row(case, reply)
        return self._found[case]

    def is_right(self, case: int) -> bool:
        """Say whether the mutant is right in all parts of a case."""
        return all(outcome.kind is Kind.RIGHT for outcome in self[case])

    def share(self, cells: Collection[Cell]) -> float:
        """Return how much of what is wrong lies in these cells, slow cases aside."""
        swift = self.key.swift
        wrong = sum(
            outcome.kind is not Kind.RIGHT for case in swift for outcome in self[case]
        )
        return sum(case in swift for case, _ in cells) / wrong if wrong else 1.0


@lru_cache(maxsize=1024)
def _crossed(case: Case) -> Any:
    """Return a case's arguments as they arrive on the other side of the wire."""
    return wire.decode_bytes(wire.encode((case.args, dict(case.kwargs))))


def _copied(value: Any) -> Any:
    """Return plain data anew: who is called may spoil it. Faster than to decode it."""
    if type(value) in adapters.AS_THEY_ARE:
        return value
    if type(value) is np.ndarray:
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(map(_copied, value))
    if type(value) is dict:
        return {key: _copied(item) for key, item in value.items()}
    if type(value) is adapters.Named:
        return adapters.Named(value.name, _copied(dict(value.params)))
    return value


@lru_cache(maxsize=512)
def answer_key(exercise: Exercise, seed: int = PUBLIC_SEED) -> AnswerKey:
    """Return the key for an exercise and seed; computed once, then kept."""
    return AnswerKey(exercise, seed)


def ask(function: Any, adapter: str, case: Case) -> Reply:
    """Call a function in this process as the sandbox would: through the wire.

    KeyboardInterrupt is passed on.
    """
    args, kwargs = _copied(_crossed(case))
    reply = adapters.reply_to(function, adapter, args, kwargs)
    try:
        crossed = wire.decode_bytes(wire.encode(reply))
    except wire.WireError as error:
        return {"ended": "crashed", "detail": f"what it returned is too much: {error}"}
    except Exception as error:  # an object of theirs, when it is looked at
        return {"raised": describe_reading(error)}
    return read_reply(crossed, case)


def read_reply(crossed: Any, case: Case) -> Reply:
    """Take what crossed the wire for a reply, or for a crash if it is none."""
    if is_reply(crossed, case):
        return crossed  # type: ignore[no-any-return]  # is_reply has looked at it
    return {"ended": "crashed", "detail": "what came back is no reply to the call"}
