"""Answers in, verdict out. Pure: no files, no IPython, no clock, no student code.

    seed ──key──> right parts, and what each slip's mutant would return ─┐
    replies ─────────────────────────────────> outcomes, case by part ───┴─> Verdict

Slips are tried before any generic diagnosis. Of several that match (`matching` says
what that is), the one that explains most of what is wrong is named first, and others
only for what is left. What no slip explains may be a slip that a second mistake hides
in part, or multiplies (`twofold`), or right and in another place (`misplaced`); what is
left then is described (`generic`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from nnkit.exercises.spec import PUBLIC_SEED, Exercise, Kind, Slip
from nnkit.judging import generic, traits
from nnkit.judging.key import (
    AnswerKey,
    Cell,
    Reply,
    Row,
    answer_key,
    ask,
    read_reply,
)
from nnkit.judging.matching import Match, is_by_chance, matches, wrong_cells
from nnkit.judging.misplaced import in_each_others_shape, in_other_places
from nnkit.judging.once import together
from nnkit.judging.twofold import two_mistakes
from nnkit.judging.verdict import Diagnosis, PartVerdict, Verdict

__all__ = [
    "AnswerKey",
    "Match",
    "Reply",
    "answer_key",
    "ask",
    "judge",
    "judge_rows",
    "matches",
    "read_reply",
]

NUMERICAL_DERIVATIVE = 1e-12
"""Right answers reach 6e-14 however they are written; central differences 9e-11."""

WHOLE_NUMBERS_REFUSE = "UFuncTypeError"
"""What NumPy raises where fractions are written into an array of whole numbers."""

NUMERICAL = "looks like a numerical derivative"
"""What is said of it, for a person to look at."""


def judge(
    exercise: Exercise, replies: Sequence[Reply], seed: int = PUBLIC_SEED
) -> Verdict:
    """Judge the replies to all cases of an exercise.

    Args:
        exercise: what was asked.
        replies: one for each case that the seed draws, in order.
        seed: of the cases.
    """
    # In a notebook the student's settings hold: np.seterr(all="raise") is theirs.
    with np.errstate(all="ignore"):
        key = answer_key(exercise, seed)
        return judge_rows(key, key.rows(replies))


def judge_rows(key: AnswerKey, rows: Sequence[Row]) -> Verdict:
    """Judge the outcomes of all cases: a row a case, in each an outcome a part."""
    exercise = key.exercise
    parts = tuple(_part(key, rows, part) for part in range(len(exercise.parts)))
    share = sum(part.right for part in parts) / len(parts)
    return Verdict(
        exercise=exercise.id,
        points=exercise.points * share,
        max_points=exercise.points,
        parts=parts,
        diagnoses=tuple(_diagnoses(key, rows)),
        flags=_flags(key, rows),
    )


def _part(key: AnswerKey, rows: Sequence[Row], part: int) -> PartVerdict:
    asked = key.asking(part)
    wrong = [case for case in asked if rows[case][part].kind is not Kind.RIGHT]
    return PartVerdict(
        name=key.exercise.parts[part],
        right=not wrong,
        right_cases=len(asked) - len(wrong),
        cases=len(asked),
        wrong_in=tuple(key.cases[case].name for case in wrong),
    )


def _flags(key: AnswerKey, rows: Sequence[Row]) -> tuple[str, ...]:
    exercise = key.exercise
    if not exercise.exact:
        return ()
    for part, name in enumerate(exercise.parts):
        outcomes = [rows[case][part] for case in key.asking(part)]
        # A part that is wrong somewhere may be near elsewhere for reasons of its own,
        # such as a tiny number inside of a logarithm; and it earns nothing that could
        # be unfair.
        if name in exercise.values or any(o.kind is not Kind.RIGHT for o in outcomes):
            continue
        # Measuring errs on ordinary inputs, and those are most. Who keeps shares off 0
        # is a little off on far ones alone.
        off = sum(outcome.error > NUMERICAL_DERIVATIVE for outcome in outcomes)
        if 2 * off > len(outcomes):
            return (NUMERICAL,)
    return ()


def _diagnoses(key: AnswerKey, rows: Sequence[Row]) -> Iterator[Diagnosis]:
    """Name slips until all that is wrong is explained; then say what is left."""
    left = wrong_cells(rows)
    # Nobody answers with a slip by not answering.
    tried = any(rows[c][p].kind is not Kind.NOT_ATTEMPTED for c, p in key.asked)
    found = list(matches(key, rows)) if tried else []
    chosen: list[tuple[Match, set[Cell]]] = []
    named: dict[tuple[str, str], tuple[Slip, set[Cell]]] = {}
    while found and left:
        best = max(found, key=lambda match: (len(match.cells & left), match.fit))
        if not best.cells & left:
            break
        explained = set(best.cells & left)
        explained |= _same_event(rows, best.cells, left - best.cells)
        left -= explained
        chosen.append((best, explained))
    for match, explained in chosen:
        if is_by_chance(key, rows, match, left):
            left |= explained
            continue
        for slip in match.slip.named:
            told = named.setdefault((slip.id, ""), (slip, set()))[1]
            told.update(match.cells & explained)
    elsewhere, cells = in_other_places(key, rows, left) if tried else (None, set())
    left -= cells
    for double in two_mistakes(key, rows, left) if left and tried else ():
        story = (double.slip.id, double.besides)
        named.setdefault(story, (double.slip, set()))[1].update(double.cells & left)
        left -= double.cells
    for slip, cells in _multiples(key, rows, left) if left and tried else ():
        named.setdefault((slip.id, ""), (slip, set()))[1].update(cells)
        left -= cells
    for (_, besides), (slip, cells) in named.items():
        if cells:
            text = f"{slip.hint} {besides}".rstrip()
            yield _slip_diagnosis(key, rows, slip, cells, text)
    if not elsewhere:
        elsewhere, cells = in_each_others_shape(key, rows, left)
        left -= cells
    if elsewhere:
        yield elsewhere
    # One sentence a part is enough: the first case in which it went wrong.
    hinted = {part for _, part in wrong_cells(rows) - left}
    rest = []
    for cells in _told_apart(rows, left):
        told_of: set[str] = set()
        for part in sorted({part for _, part in cells}):
            if key.exercise.parts[part] in told_of:
                continue
            mine = {c for c, p in cells if p == part}
            rest.append(generic.diagnose(key, rows, part, mine, hinted=part in hinted))
            if generic.is_whole_call(rows, cells):
                told_of.update(rest[-1].parts)
    yield from together(rest)


def _told_apart(rows: Sequence[Row], left: Collection[Cell]) -> tuple[set[Cell], ...]:
    """Divide what is left: one sentence a part for each of these.

    A loop without end: who has waited for it is told where it was. What is not answered
    yet is not wrong. And what stops only after numbers were wrong, because a line and
    an index say more than they do.
    """
    late = {(c, p) for c, p in left if rows[c][p].kind is Kind.TIMED_OUT}
    unanswered = {(c, p) for c, p in left if rows[c][p].kind is Kind.NOT_ATTEMPTED}
    now = set(left) - late - unanswered
    first = {part: min(case for case, p in now if p == part) for _, part in now}
    # Who writes into an array has been told so; with whole numbers it is NumPy's turn.
    written = any(rows[c][p].kind is Kind.CHANGED_INPUTS for c, p in now)
    stopped = {
        (case, part)
        for case, part in now
        if rows[case][part].kind is Kind.RAISED
        and rows[first[part]][part].kind is not Kind.RAISED
        and not (written and rows[case][part].note == WHOLE_NUMBERS_REFUSE)
    }
    return now - stopped, stopped, unanswered, late


def _multiples(
    key: AnswerKey, rows: Sequence[Row], left: Collection[Cell]
) -> Iterator[tuple[Slip, set[Cell]]]:
    """Yield the slip that any constant factor shows, where all of a part has one."""
    known = [slip for slip in key.exercise.slips if slip.factor]
    for part in range(len(key.exercise.parts)) if known else ():
        cells = {cell for cell in left if cell[1] == part}
        factor = traits.constant_factor(key, rows, part) if cells else None
        # A lost sign is no matter of weights that add up to another number than 1.
        if factor is not None and factor > 0:
            yield known[0], cells


def _same_event(
    rows: Sequence[Row], cells: Collection[Cell], left: Collection[Cell]
) -> set[Cell]:
    """Return what is left and yet no more than another side of what was explained.

    A call that stopped has stopped for all of its parts; and whoever writes into an
    array does so with whole numbers, too, where NumPy refuses.
    """
    stopped = {c for c, p in cells if rows[c][p].kind is Kind.RAISED}
    written = {
        _arguments(rows[c][p].note)
        for c, p in cells
        if rows[c][p].kind is Kind.CHANGED_INPUTS
    }
    return {
        (c, p)
        for c, p in left
        if (c in stopped and rows[c][p].kind is Kind.RAISED)
        or (
            rows[c][p].kind is Kind.CHANGED_INPUTS
            and _arguments(rows[c][p].note) in written
        )
        or (written and rows[c][p].note == WHOLE_NUMBERS_REFUSE)
    }


def _arguments(note: str) -> str:
    """Return which arguments were changed, without the entries of a dict.

    A step that is 0 leaves the one or the other entry as it was.
    """
    return re.sub(r"\[[^]]+\]", "", note)


def _slip_diagnosis(
    key: AnswerKey,
    rows: Sequence[Row],
    slip: Slip,
    cells: Collection[Cell],
    text: str,
) -> Diagnosis:
    first = min(case for case, _ in cells)
    # Of what is wrong there, the largest array shows most.
    shown = max(
        (part for case, part in cells if case == first),
        key=lambda part: (key.right[first][part].size, -part),
    )
    return Diagnosis(
        kind="slip",
        slip=slip.id,
        text=text,
        parts=tuple(key.exercise.parts[part] for part in sorted({p for _, p in cells})),
        case=key.cases[first].name,
        entry=generic.entry_of(key, rows, first, shown),
        map=key.map_of(rows[first], first, shown),
    )
