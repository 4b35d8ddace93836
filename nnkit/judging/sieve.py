"""All mutants of an exercise side by side: most are ruled out at once.

    kinds, errors:  case × part × mutant, each found when it is first asked for

To compare a student's outcome with a hundred mutants' one by one takes far longer than
to compare, in one step, the numbers that decide for most of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Kind
from nnkit.judging.outcome import errors_differ

if TYPE_CHECKING:
    from nnkit.judging.key import AnswerKey, Row, SlipRows

_CODES = {kind: number for number, kind in enumerate(Kind, start=1)}
_RIGHT = _CODES[Kind.RIGHT]
_UNKNOWN = 0


class Sieve:
    """How the mutants' outcomes ended and how far off they are, as far as known."""

    def __init__(self, key: AnswerKey) -> None:
        self._key = key
        self._mutants = key.slip_rows
        shape = (len(key.cases), len(key.exercise.parts), len(self._mutants))
        self._kinds = np.full(shape, _UNKNOWN, np.int8)
        self._errors = np.zeros(shape)

    def left(
        self,
        rows: Sequence[Row],
        parts: Sequence[int],
        order: Sequence[int],
        wrong: int,
        same: float,
    ) -> Iterator[SlipRows]:
        """Yield the mutants that these cases do not rule out.

        Args:
            rows: the student's outcomes.
            parts: the parts that are compared.
            order: the cases to look at, slow ones last.
            wrong: how many of them hold all that went wrong: who is right in these
                explains nothing.
            same: by how much two of the same mistake may differ.
        """
        left = np.arange(len(self._mutants))
        shows = np.zeros(len(left), bool)
        chosen = np.array(parts)
        for case in order[:wrong]:
            if self._key.cases[case].slow:
                break
            self._look(case, left)
            kinds = self._kinds[case][:, left]
            spoiled = (kinds[chosen] != _RIGHT).any(axis=0)
            out = spoiled & self._differs(case, rows[case], chosen, left, same)
            if case == 0:
                # It shows in the ordinary case, and in other parts alone.
                out |= ~spoiled & ~shows & (kinds != _RIGHT).any(axis=0)
            shows |= spoiled
            left, shows = left[~out], shows[~out]
            if not len(left):
                return
        else:
            left = left[shows]
        yield from (self._mutants[mutant] for mutant in left)

    def _look(self, case: int, mutants: Array) -> None:
        unknown = mutants[self._kinds[case, 0, mutants] == _UNKNOWN]
        for mutant in unknown:
            row = self._mutants[mutant][case]
            self._errors[case, :, mutant] = [outcome.error for outcome in row]
            # Last and at once: a student may interrupt a check.
            self._kinds[case, :, mutant] = [_CODES[outcome.kind] for outcome in row]

    def _differs(
        self, case: int, row: Row, parts: Array, mutants: Array, same: float
    ) -> Array:
        """Say which mutants cannot show what the student's outcomes show."""
        fixed = self._key.exercise.margins is not None
        differs = np.zeros(len(mutants), bool)
        for part in parts:
            outcome = row[part]
            differs |= self._kinds[case, part, mutants] != _CODES[outcome.kind]
            if outcome.kind is Kind.WRONG or (fixed and outcome.kind is Kind.RIGHT):
                errors = self._errors[case, part, mutants]
                size = self._key.sizes[case][part]
                with np.errstate(invalid="ignore"):  # ∞ − ∞
                    differs |= errors_differ(outcome.error, errors, size, same, fixed)
        return differs
