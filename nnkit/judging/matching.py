"""Which known mistakes do the replies show?

A slip *matches* when it agrees with the student wherever it differs from right. It may
match in all parts at once, or in one part alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnkit.exercises.spec import Kind, Outcome, Slip
from nnkit.judging import traits
from nnkit.judging.key import AnswerKey, Cell, Row, SlipRows
from nnkit.judging.outcome import agree, same_specials

SAME_MISTAKE = 1e-8
"""Two answers that differ by no more, relative to their size, show the same mistake;
where right is less exact than that, so is wrong."""

SAME_DRAW = 1.5
"""Two random answers of the same kind differ by less than this many margins: either
may be one margin off, but not both to opposite sides."""

FEW = 4
"""So many numbers of one case alone may be alike by chance: small graphs have few.
Zeros do not count: much that is not so is 0 where a gradient is."""

ORDINARY = 0
"""The case in which a slip shows in all of the parts that it is about, if in any."""

STOPS = {Kind.RAISED, Kind.TIMED_OUT, Kind.STRUCTURE}
"""How a call ends that gives no numbers."""

VAGUE = {Kind.NOT_FINITE, Kind.RAISED}
"""Symptoms of many mistakes. They point to a slip only if they show nowhere else. So
does a wrong shape: in one case or another, anything has the shape of something."""


@dataclass(frozen=True)
class Match:
    """A slip that the replies show.

    Attributes:
        slip: which one.
        cells: the outcomes that it explains.
        fit: how much of what the slip gets wrong the student gets wrong alike: 1 for
            all of it; and then, how often what is not finite is nan or ∞ alike. Of two
            slips that explain the same, the better fit is named.
    """

    slip: Slip
    cells: frozenset[Cell]
    fit: tuple[float, float]


def wrong_cells(rows: Sequence[Row]) -> set[Cell]:
    """Return the positions of all that is not right."""
    return {
        (case, part)
        for case, row in enumerate(rows)
        for part, outcome in enumerate(row)
        if outcome.kind is not Kind.RIGHT
    }


def is_by_chance(
    key: AnswerKey, rows: Sequence[Row], match: Match, left: Collection[Cell]
) -> bool:
    """Say whether a match may be a coincidence, with more left that nothing explains.

    Many formulas overflow, and small whole numbers are soon alike.
    """
    parts = {part for _, part in match.cells}
    ordinary = {
        (case, part)
        for case, part in left
        if part in parts
        and rows[case][part].kind in (Kind.WRONG, Kind.STRUCTURE)
        and not key.cases[case].extreme
    }
    outcomes = [rows[case][part] for case, part in match.cells]
    # Numbers of steps are whole, and such as are near each other are soon alike.
    counts = all(map(_is_count, outcomes))
    likely = max(1, len(match.cells) // 2) if counts else len(match.cells)
    if key.exercise.margins:
        # Within margins two formulas soon meet in one shape, and not in all of them.
        return bool(ordinary and key.exercise.entries)
    if _is_hidden_elsewhere(key, rows, match):
        return True
    if len(ordinary) <= likely:
        return False
    if counts:
        return True

    def is_infinite(cell: Cell) -> bool:
        """Many conditions put one ∞ where it is not right, and many formulas."""
        array = rows[cell[0]][cell[1]].array
        return array is not None and not np.isnan(array).any()

    if len({case for case, _ in match.cells}) == 1 and all(map(_is_small, outcomes)):
        return True
    if all(outcome.kind is Kind.NOT_FINITE for outcome in outcomes):
        return match.fit[1] < 1 or all(map(is_infinite, match.cells))
    return all(map(_is_cheap, outcomes))


def _is_hidden_elsewhere(key: AnswerKey, rows: Sequence[Row], match: Match) -> bool:
    """Say whether one case alone shows a slip, and most others cannot show any.

    A call that spoils its inputs has no numbers. Where it leaves them as they are, as
    on level ground, who has come back too early looks like one who stops there.
    """
    if len({case for case, _ in match.cells}) > 1:
        return False
    parts = {part for _, part in match.cells}
    cells = [cell for cell in key.asked if cell[1] in parts]
    spoilt = [(c, p) for c, p in cells if rows[c][p].kind is Kind.CHANGED_INPUTS]
    return 2 * len(spoilt) > len(cells) and not match.cells & set(spoilt)


def _is_small(outcome: Outcome) -> bool:
    return outcome.array is not None and int(np.count_nonzero(outcome.array)) <= FEW


def _is_count(outcome: Outcome) -> bool:
    array = outcome.array
    if outcome.kind is not Kind.WRONG or array is None or array.size != 1:
        return False
    return bool(np.isfinite(array).all() and (np.trunc(array) == array).all())


def _is_cheap(outcome: Outcome) -> bool:
    array = outcome.array
    if outcome.kind is not Kind.WRONG or array is None:
        return False
    values = array.astype(np.float64)
    if array.size == 1 and not np.isfinite(values).all():
        return True
    whole = np.abs(values - np.round(values)) < 1e-12  # p(1 − p) at a logit of 60
    return bool((whole & (np.abs(values) < 10)).all())


def matches(key: AnswerKey, rows: Sequence[Row]) -> Iterator[Match]:
    """Yield the slips that the replies show, in all parts at once or in one alone."""
    wrong = wrong_cells(rows)
    if not wrong:
        return
    # No misconception that shows here and there makes zeros, or one and the same
    # number, of all; nor whole numbers, unless it is all that is wrong with the part.
    every = range(len(key.exercise.parts))
    hollow = {
        part
        for part in every
        if traits.is_zero(key, rows, part)
        or traits.same_number(key, rows, part) is not None
    }
    whole = {part for part in every if traits.holds_whole_numbers(key, rows, part)}
    # Nor does one that halves here and there make twice the right answer everywhere.
    scaled = {
        part
        for part in {part for _, part in wrong}
        if key.exercise.exact and traits.constant_factor(key, rows, part) is not None
    }
    multiples = {cell for cell in wrong if cell[1] in scaled}
    # Where a call stops in one part alone, this says nothing of another.
    stopped = {part for case, part in wrong if rows[case][part].kind in STOPS}
    for match in _matches(key, rows, wrong):
        parts = {part for _, part in match.cells}
        rest = {part for _, part in wrong - match.cells}
        if parts & hollow and not rest <= stopped:
            continue
        if any(cell[1] in parts & whole and cell not in match.cells for cell in wrong):
            continue
        if all(cell in match.cells for cell in multiples if cell[1] in parts):
            yield match


@dataclass(frozen=True)
class _Scope:
    """Parts that a slip is looked for in.

    Attributes:
        parts: all, or one alone.
        order: the cases that ask for them, in an order to look at.
        wrong: how many of these cases one has to look at to have seen all that went
            wrong. A slip that is right in all of them explains nothing.
    """

    parts: tuple[int, ...]
    order: list[int]
    wrong: int


def _scope(key: AnswerKey, rows: Sequence[Row], parts: tuple[int, ...]) -> _Scope:
    fine = [all(row[part].kind is Kind.RIGHT for part in parts) for row in rows]
    asking = sorted({case for case, part in key.asked if part in parts})
    # Of the wrong ones the extreme: a slip may be right everywhere else.
    order = sorted(
        asking, key=lambda c: (key.cases[c].slow, fine[c], not key.cases[c].extreme)
    )
    wrong = max((1 + i for i, c in enumerate(order) if not fine[c]), default=0)
    return _Scope(parts, order, wrong)


def _matches(
    key: AnswerKey, rows: Sequence[Row], wrong: Collection[Cell]
) -> Iterator[Match]:
    parts = range(len(key.exercise.parts))
    whole = _scope(key, rows, tuple(parts))
    found = {
        mutant_rows: match
        for mutant_rows in _possible(key, rows, whole)
        if (match := _match(key, rows, mutant_rows, whole))
    }
    yield from found.values()
    # What fits one part alone explains no more than what fits all that is wrong.
    told = any(match.cells.issuperset(wrong) for match in found.values())
    if len(parts) == 1 or (told and len({part for _, part in wrong}) > 1):
        return
    scopes = [_scope(key, rows, (part,)) for part in parts]
    possible = [(scope, set(_possible(key, rows, scope))) for scope in scopes]
    for mutant_rows in key.slip_rows:
        if mutant_rows not in found:
            singles = [
                match
                for scope, mutants in possible
                if mutant_rows in mutants
                and (match := _match(key, rows, mutant_rows, scope))
            ]
            yield from singles
            if len(singles) > 1:
                yield _joined(mutant_rows, singles)


def _joined(mutant_rows: SlipRows, singles: Sequence[Match]) -> Match:
    """Make one match of those in single parts: one mistake explains more than two."""
    cells = frozenset(cell for match in singles for cell in match.cells)
    alike = float(np.mean([match.fit[1] for match in singles]))
    return Match(mutant_rows.slip, cells, (mutant_rows.share(cells), alike))


def _possible(key: AnswerKey, rows: Sequence[Row], scope: _Scope) -> Iterator[SlipRows]:
    return key.sieve.left(rows, scope.parts, scope.order, scope.wrong, _same(key))


def _match(
    key: AnswerKey, rows: Sequence[Row], mutant_rows: SlipRows, scope: _Scope
) -> Match | None:
    cells = _explained(key, rows, mutant_rows, scope)
    if not cells:
        return None
    swift = [(case, part) for case, part in cells if case in key.swift]
    alike = [
        same_specials(rows[case][part], mutant_rows[case][part])
        for case, part in swift or cells
    ]
    fit = (mutant_rows.share(cells), float(np.mean(alike)))
    return Match(mutant_rows.slip, cells, fit)


def _explained(
    key: AnswerKey, rows: Sequence[Row], mutant_rows: SlipRows, scope: _Scope
) -> frozenset[Cell]:
    """Return where a slip differs from right if it agrees there; else nothing."""
    parts, order, wrong = scope.parts, scope.order, scope.wrong
    cells: list[Cell] = []
    symptoms: set[Kind] = set()
    for place, case in enumerate(order):
        if place >= wrong and not cells:
            break
        if key.cases[case].slow:
            kinds = {(part, rows[case][part].kind) for part in parts}
            bad = {(part, kind) for part, kind in kinds if kind is not Kind.RIGHT}
            seen = {(part, rows[c][part].kind) for c in order[:place] for part in parts}
            if bad and bad <= seen:
                # It goes wrong as it does elsewhere, and is explained there, or not.
                known = bad & {(part, rows[c][part].kind) for c, part in cells}
                cells += [(case, part) for part, _ in known]
                continue
            if not cells and not all(mutant_rows.is_right(c) for c in key.swift):
                break  # nor does the slip show here alone
        row, mutant_row = rows[case], mutant_rows[case]
        spoiled = [part for part in parts if mutant_row[part].kind is not Kind.RIGHT]
        if not spoiled:
            if case == ORDINARY and not (cells or mutant_rows.is_right(case)):
                break  # it shows there, and in other parts alone
            continue
        if not all(same_mistake(key, case, p, row, mutant_row) for p in parts):
            ends = {row[part].kind for part in parts} - {Kind.RIGHT}
            if cells and key.cases[case].slow and ends and ends <= STOPS:
                continue  # it takes too long, or goes too deep: another matter
            return frozenset()
        cells += [(case, part) for part in spoiled]
        symptoms.update(mutant_row[part].kind for part in spoiled)
    if not cells or is_at_odds_in_small(key, rows, mutant_rows, scope):
        return frozenset()
    if mutant_rows.slip.whole and has_a_part(key, rows, mutant_rows):
        return frozenset()
    if symptoms <= {Kind.RAISED} and len(parts) < len(key.exercise.parts):
        return frozenset()  # what stops a call says nothing of one part alone
    if symptoms <= VAGUE or symptoms == {Kind.SHAPE}:
        spared = {(c, p) for c in range(len(rows)) for p in parts} - set(cells)
        if any(rows[case][part].kind in symptoms for case, part in spared):
            return frozenset()
    return frozenset(cells)


def is_at_odds_in_small(
    key: AnswerKey, rows: Sequence[Row], mutant_rows: SlipRows, scope: _Scope
) -> bool:
    """Say whether a slip seen in large cases alone is not the one of the small ones.

    What is large is so of little: many mistakes make the same of a long row of sums.
    """
    if ORDINARY in scope.order or not any(key.cases[c].slow for c in scope.order):
        return False
    ordinary = mutant_rows[ORDINARY]
    spoilt = [p for p, outcome in enumerate(ordinary) if outcome.kind is not Kind.RIGHT]
    return bool(spoilt) and not any(
        all(
            mutant_rows[case][part].kind is Kind.RIGHT
            or same_mistake(key, case, part, rows[case], mutant_rows[case])
            for case in key.swift
        )
        for part in spoilt
    )


def has_a_part(key: AnswerKey, rows: Sequence[Row], mutant_rows: SlipRows) -> bool:
    """Say whether a part is right where the slip would have spoilt it."""
    return any(
        rows[case][part].kind is Kind.RIGHT and spoilt.kind is not Kind.RIGHT
        for case in key.swift
        for part, spoilt in enumerate(mutant_rows[case])
    )


def same_mistake(
    key: AnswerKey, case: int, part: int, row: Row, mutant_row: Row
) -> bool:
    """Say whether a student's outcome and a slip's show the same mistake."""
    fixed = key.exercise.margins is not None
    size = key.sizes[case][part]
    if not agree(row[part], mutant_row[part], size, _same(key), fixed):
        return False
    # Where ∞ is asked for, nan and −∞ are no accidents of how a formula is written.
    asked = bool(np.isinf(key.right[case][part]).any())
    return not asked or same_specials(row[part], mutant_row[part])


def _same(key: AnswerKey) -> float:
    if key.exercise.margins is not None:
        return SAME_DRAW
    return max(SAME_MISTAKE, key.exercise.tolerance)
