"""Answers in, verdict out. Pure: no files, no IPython, no clock, no student code.

    seed ──key──> right parts, and what each slip's mutant would return ─┐
    replies ─────────────────────────────────> outcomes, case by part ───┴─> Verdict

Slips are tried before any generic diagnosis. A slip *matches* when it agrees with the
student wherever it differs from right. It may match in all parts at once or in one
part alone; of several that match, the one that explains most of what is wrong is
named first, and others only for what is left. What no slip explains may be a slip
times a constant (`twofold`); what is left then is described (`generic`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nnkit.exercises.spec import PUBLIC_SEED, Exercise, Kind, Slip
from nnkit.judging import generic
from nnkit.judging.key import (
    AnswerKey,
    Cell,
    Reply,
    Row,
    SlipRows,
    answer_key,
    ask,
    read_reply,
)
from nnkit.judging.outcome import agree
from nnkit.judging.twofold import two_mistakes
from nnkit.judging.verdict import Diagnosis, PartVerdict, Verdict

__all__ = [
    "AnswerKey",
    "Match",
    "Reply",
    "answer_key",
    "ask",
    "judge",
    "matches",
    "read_reply",
]

NUMERICAL_DERIVATIVE = 1e-12
"""Right answers reach 6e-14 however they are written; central differences 9e-11."""

NUMERICAL = "looks like a numerical derivative"
"""What is said of it, for a person to look at."""

SAME_MISTAKE = 1e-8
"""Two answers that differ by no more, relative to their size, show the same mistake;
where right is less exact than that, so is wrong."""

SAME_DRAW = 1.5
"""Two random answers of the same kind differ by less than this many margins: either
may be one margin off, but not both to opposite sides."""

VAGUE = {Kind.NOT_FINITE, Kind.RAISED}
"""Symptoms of many mistakes. They point to a slip only if they show nowhere else."""


def judge(
    exercise: Exercise, replies: Sequence[Reply], seed: int = PUBLIC_SEED
) -> Verdict:
    """Judge the replies to all cases of an exercise.

    Args:
        exercise: what was asked.
        replies: one for each case that the seed draws, in order.
        seed: of the cases.
    """
    key = answer_key(exercise, seed)
    rows = key.rows(replies)
    parts = tuple(_part(key, rows, part) for part in range(len(exercise.parts)))
    share = sum(part.right for part in parts) / len(parts)
    return Verdict(
        exercise=exercise.id,
        points=exercise.points * share,
        max_points=exercise.points,
        parts=parts,
        diagnoses=tuple(_diagnoses(key, rows)),
        flags=_flags(exercise, rows),
    )


def _part(key: AnswerKey, rows: Sequence[Row], part: int) -> PartVerdict:
    right = [row[part].kind is Kind.RIGHT for row in rows]
    return PartVerdict(
        name=key.exercise.parts[part],
        right=all(right),
        right_cases=sum(right),
        cases=len(right),
        wrong_in=tuple(
            case.name for case, fine in zip(key.cases, right, strict=True) if not fine
        ),
    )


def _flags(exercise: Exercise, rows: Sequence[Row]) -> tuple[str, ...]:
    if not exercise.exact:
        return ()
    errors = [o.error for row in rows for o in row if o.kind is Kind.RIGHT]
    if max(errors, default=0.0) > NUMERICAL_DERIVATIVE:
        return (NUMERICAL,)
    return ()


def _diagnoses(key: AnswerKey, rows: Sequence[Row]) -> Iterator[Diagnosis]:
    """Name slips until all that is wrong is explained; then say what is left."""
    left = {
        (case, part)
        for case, row in enumerate(rows)
        for part, outcome in enumerate(row)
        if outcome.kind is not Kind.RIGHT
    }
    # Nobody answers with a slip by not answering.
    tried = any(o.kind is not Kind.NOT_ATTEMPTED for row in rows for o in row)
    found = list(matches(key, rows)) if left and tried else []
    named: dict[str, tuple[Slip, set[Cell]]] = {}
    while found and left:
        best = max(found, key=lambda match: (len(match.cells & left), match.fit))
        if not best.cells & left:
            break
        named.setdefault(best.slip.id, (best.slip, set()))[1].update(best.cells & left)
        left -= best.cells
        left -= _same_event(rows, best.cells, left)
    for slip, cells in named.values():
        yield _slip_diagnosis(key, rows, slip, cells, slip.hint)
    for double in two_mistakes(key, rows, left) if left and tried else ():
        text = f"{double.slip.hint} {double.besides}"
        yield _slip_diagnosis(key, rows, double.slip, double.cells, text)
        left -= double.cells
    # One sentence a part is enough: the first case in which it went wrong.
    rest = []
    for part in sorted({part for _, part in left}):
        rest.append(
            generic.diagnose(key, rows, part, {c for c, p in left if p == part})
        )
        if generic.is_whole_call(rows, left):
            break
    yield from generic.together(rest)


def _same_event(
    rows: Sequence[Row], cells: Collection[Cell], left: Collection[Cell]
) -> set[Cell]:
    """Return what is left and yet no more than another side of what was explained.

    A call that stopped has stopped for all of its parts; and whoever writes into an
    array does so with whole numbers, too, where NumPy refuses.
    """
    stopped = {c for c, p in cells if rows[c][p].kind is Kind.RAISED}
    written = {
        rows[c][p].note for c, p in cells if rows[c][p].kind is Kind.CHANGED_INPUTS
    }
    return {
        (c, p)
        for c, p in left
        if (c in stopped and rows[c][p].kind is Kind.RAISED)
        or (rows[c][p].kind is Kind.CHANGED_INPUTS and rows[c][p].note in written)
        or (written and rows[c][p].note == "UFuncTypeError")
    }


@dataclass(frozen=True)
class Match:
    """A slip that the replies show.

    Attributes:
        slip: which one.
        cells: the outcomes that it explains.
        fit: how much of what the slip gets wrong the student gets wrong alike: 1 for
            all of it. Of two slips that explain the same, the better fit is named.
    """

    slip: Slip
    cells: frozenset[Cell]
    fit: float


def matches(key: AnswerKey, rows: Sequence[Row]) -> Iterator[Match]:
    """Yield the slips that the replies show, in all parts at once or in one alone."""
    every_part = tuple(range(len(key.exercise.parts)))
    scopes = [every_part, *((part,) for part in every_part if len(every_part) > 1)]
    for mutant_rows in key.slip_rows:
        if mutant_rows.is_out_of_question(rows):
            continue
        for scope in scopes:
            if all(row[part].kind is Kind.RIGHT for row in rows for part in scope):
                continue  # nothing to explain, and no need to run the mutant
            cells = _explained(key, rows, mutant_rows, scope)
            if cells:
                fit = len(cells) / mutant_rows.wrong()
                yield Match(mutant_rows.slip, cells, fit)
                if scope == every_part:
                    break


def _explained(
    key: AnswerKey,
    rows: Sequence[Row],
    mutant_rows: SlipRows,
    scope: Sequence[int],
) -> frozenset[Cell]:
    """Return where a slip differs from right if it agrees there; else nothing."""
    cells: list[Cell] = []
    symptoms = set()
    fine = [all(row[part].kind is Kind.RIGHT for part in scope) for row in rows]
    # Cases that went wrong come first: a slip that is right in all of them explains
    # nothing, and need not be run on the others.
    for case in sorted(range(len(rows)), key=lambda case: fine[case]):
        if fine[case] and not cells:
            break
        row, mutant_row = rows[case], mutant_rows[case]
        if all(mutant_row[part].kind is Kind.RIGHT for part in scope):
            continue
        for part in scope:
            size = key.sizes[case][part]
            fixed = key.exercise.margins is not None
            same = max(SAME_MISTAKE, key.exercise.tolerance)
            same = SAME_DRAW if fixed else same
            if not agree(row[part], mutant_row[part], size, same, fixed):
                return frozenset()
            if mutant_row[part].kind is not Kind.RIGHT:
                cells.append((case, part))
                symptoms.add(mutant_row[part].kind)
    if symptoms <= {Kind.RAISED} and len(scope) < len(key.exercise.parts):
        return frozenset()  # what stops a call says nothing of one part alone
    if symptoms <= VAGUE:
        spared = {(c, p) for c in range(len(rows)) for p in scope} - set(cells)
        if any(rows[case][part].kind in symptoms for case, part in spared):
            return frozenset()
    return frozenset(cells)


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
