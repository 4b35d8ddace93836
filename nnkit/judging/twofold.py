"""Two mistakes at once: a known one, and something else that is off as well.

    student's numbers  =  c · what a slip's mutant gives

with one c for all cases, or one that grows or shrinks with the number of rows, or with
a number that was given; or with c = 1, where the second mistake shows in extreme cases
only, or gives nan. What is right but for such a factor needs no slip: `generic` says
so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Kind, Outcome, Slip
from nnkit.judging import traits
from nnkit.judging.key import AnswerKey, Cell, Row, Size, SlipRows
from nnkit.judging.matching import has_a_part

SAME = 1e-7
"""How closely a student's numbers must follow the mutant's."""

EVIDENCE = 4
"""So many numbers must follow the mutant before a slip is named: one finds the factor,
and the others would have to follow it by chance."""


@dataclass(frozen=True)
class Double:
    """A slip times a factor.

    Attributes:
        slip: which one.
        cells: the outcomes that it explains.
        besides: a sentence about the factor.
        fit: how much of what the slip spoils it explains: who has the loss right has
            hardly made a mistake that spoils the loss as well.
        turned: whether the factor is negative.
    """

    slip: Slip
    cells: frozenset[Cell]
    besides: str
    fit: float
    turned: bool


def two_mistakes(
    key: AnswerKey, rows: Sequence[Row], left: Collection[Cell]
) -> Iterator[Double]:
    """Yield a slip with a factor, for all parts at once, or else for each part.

    Args:
        key: the answer key.
        rows: all outcomes.
        left: the outcomes that no slip explains.
    """
    if key.exercise.margins:
        return  # a statistic times a constant is another statistic

    def found(scope: tuple[int, ...]) -> list[Double]:
        return [
            double
            for mutant_rows in key.slip_rows
            if not mutant_rows.slip.of  # three at once are too many to be sure of
            and (double := _double(key, rows, mutant_rows, scope))
        ]

    count = len(key.exercise.parts)
    hidden = {c for c, case in enumerate(key.cases) if case.extreme}
    open_parts = [
        part
        for part in range(count)
        if _is_unexplained(rows, left, part, hidden)
        and traits.constant_factor(key, rows, part) is None
        and traits.same_number(key, rows, part) is None
    ]
    if len(open_parts) == count > 1 and (all_at_once := found(tuple(open_parts))):
        yield min(all_at_once, key=_how_likely)
        return
    singles = {part: found((part,)) for part in open_parts}
    spread = Counter(
        slip for doubles in singles.values() for slip in {d.slip.id for d in doubles}
    )
    for doubles in singles.values():
        if doubles:
            yield min(doubles, key=lambda double: _how_likely(double, spread))


def _how_likely(
    double: Double, spread: Mapping[str, int] = MappingProxyType({})
) -> tuple[int, int, bool, bool, float]:
    """Order doubles by likelihood, the likeliest first.

    No factor at all is the simplest story, and then one that is the same everywhere;
    one slip in several parts is likelier than several, each in a part; and a sign is
    sooner lost than a number found that is beside the point. A sign and a number are
    one thing more than the number.
    """
    factors = bool(double.besides) + ("that changes with" in double.besides)
    number = " times what" in double.besides
    seen = spread.get(double.slip.id, 0)
    return factors, -seen, number, double.turned, -double.fit


def _is_unexplained(
    rows: Sequence[Row], left: Collection[Cell], part: int, hidden: Collection[int]
) -> bool:
    wrong = {
        case
        for case, row in enumerate(rows)
        if case not in hidden
        and row[part].kind not in (Kind.RIGHT, Kind.NOT_FINITE, Kind.RAISED)
    }
    return bool(wrong) and all(
        (case, part) in left and rows[case][part].kind is Kind.WRONG for case in wrong
    )


def _double(
    key: AnswerKey, rows: Sequence[Row], mutant_rows: SlipRows, scope: Sequence[int]
) -> Double | None:
    """Return the slip if the student's numbers are a factor times the mutant's."""
    if mutant_rows.slip.whole and has_a_part(key, rows, mutant_rows):
        return None
    factors: dict[int, float] = {}
    nearly_zero: list[int] = []
    compared = 0
    hidden = 0
    # A case says nothing of the parts that it does not ask for: they count as right.
    asked: dict[int, list[int]] = {}
    for case, part in key.asked:
        if part in scope:
            asked.setdefault(case, []).append(part)
    wrong = {
        case: any(rows[case][p].kind is not Kind.RIGHT for p in parts)
        for case, parts in asked.items()
    }
    # Cases that went wrong come first: most mutants are ruled out there.
    order = sorted(asked, key=lambda c: (key.cases[c].slow, not wrong[c]))
    for case in order:
        if {rows[case][p].kind for p in asked[case]} & {Kind.NOT_FINITE, Kind.RAISED}:
            hidden += 1
            continue
        if key.cases[case].slow and not factors:
            continue
        factor = _factor(key, rows, mutant_rows, case, asked[case])
        if factor is None and key.cases[case].extreme:
            hidden += 1
        elif factor is None:
            return None
        elif not factor:
            nearly_zero.append(case)
        else:
            if _is_near_miss(rows[case], mutant_rows[case], asked[case]):
                return None
            factors[case] = factor
            compared += sum(key.right[case][part].size for part in asked[case])
            # Two numbers are a multiple of each other, and the rule is what counts.
            values, measures = _by_measure(key, factors)
            if len(values) and _about(values, measures) is None:
                return None
    ordinary = [case for case in factors if not key.cases[case].extreme]
    spoiled = [
        case
        for case in ordinary
        if any(_shows(mutant_rows[case][part]) for part in asked[case])
    ]
    if compared < EVIDENCE or len(spoiled) < 2:
        return None
    if not all(wrong[case] for case in spoiled):
        return None  # what a slip spoils and is right was not spoiled by it
    values, measures = _by_measure(key, factors)
    besides = _about(values, measures)
    # One number is a multiple of any other, so that nothing looks hidden there.
    hidden += sum(abs(c - 1) > SAME for n, c in factors.items() if key.cases[n].extreme)
    if besides is None or (not besides and not hidden):
        return None
    if besides and _is_multiple_of_right(key, rows, ordinary, asked):
        # 3 times right is −3 times the answer of who has flipped the sign. They have
        # not. But −m times right is m times that, and there are two mistakes.
        heights = next(iter(measures.values()))
        plain = (values / heights, values * heights)
        if not any(np.allclose(one, 1, rtol=SAME) for one in plain):
            return None
    # In an extreme case the factor may be another, by a mistake of its own.
    cells = frozenset(
        (c, p)
        for c in (*factors, *nearly_zero)
        for p in asked[c]
        if rows[c][p].kind is not Kind.RIGHT
        and (c in ordinary or besides or abs(factors.get(c, 1) - 1) < SAME)
    )
    turned = bool((values < 0).all())
    return Double(mutant_rows.slip, cells, besides, mutant_rows.share(cells), turned)


def _by_measure(
    key: AnswerKey, factors: Mapping[int, float]
) -> tuple[Array, dict[str, Array]]:
    """Return the factors of the ordinary cases, and what they may have a rule with."""
    ordinary = [case for case in factors if not key.cases[case].extreme]
    return np.array([factors[case] for case in ordinary]), _measures(key, ordinary)


def _factor(
    key: AnswerKey,
    rows: Sequence[Row],
    mutant_rows: SlipRows,
    case: int,
    scope: Sequence[int],
) -> float | None:
    """Return c if a case's numbers are c times the mutant's; 0.0 if both are tiny."""
    pair = [_in_units(row[case], key.sizes[case], scope) for row in (rows, mutant_rows)]
    got, mutant = pair
    if got is None or mutant is None or got.shape != mutant.shape:
        return None
    reach = float(np.abs(mutant).max(initial=0.0))
    if reach < SAME:
        # There may be nothing but rounding to compare.
        return 0.0 if float(np.abs(got).max(initial=0.0)) <= SAME else None
    factor = float(got @ mutant / (mutant @ mutant))
    if np.abs(got - factor * mutant).max() > SAME * reach * max(abs(factor), 1e-9):
        return None
    return factor or None


def _shows(outcome: Outcome) -> bool:
    """Say whether a slip's outcome can be told from right by numbers times a factor."""
    return outcome.kind is not Kind.RIGHT and not (
        outcome.kind is Kind.WRONG and outcome.error < 10 * SAME
    )


def _is_near_miss(row: Row, mutant_row: Row, scope: Sequence[int]) -> bool:
    """Say whether numbers lose digits, and nothing else, where the slip shows."""
    return all(
        row[part].kind is Kind.WRONG
        and row[part].error < 10 * SAME
        and mutant_row[part].kind is not Kind.RIGHT
        for part in scope
    )


def _is_multiple_of_right(
    key: AnswerKey,
    rows: Sequence[Row],
    cases: Sequence[int],
    asked: Mapping[int, Sequence[int]],
) -> bool:
    """Say whether all is right but for a factor, which may be another in each case."""
    factors: list[float] = []
    single = False
    for case in cases:
        got = _in_units(rows[case], key.sizes[case], asked[case])
        want = np.concatenate(
            [np.ravel(key.right[case][p] / key.sizes[case][p]) for p in asked[case]]
        )
        if got is None or not (want @ want):
            return False
        factor = float(got @ want / (want @ want))
        factors.append(factor)
        single |= want.size < 2
        if np.abs(got - factor * want).max() > SAME * np.abs(got).max():
            return False
    # One number alone is a multiple of any other: that says nothing without a rule.
    # Who divides where one multiplies is off by a square.
    by = _measures(key, cases)
    by |= {f"the square of {name}": values**2 for name, values in by.items()}
    return not single or _about(np.array(factors), by) is not None


def _in_units(row: Row, sizes: Sequence[Size], scope: Sequence[int]) -> Array | None:
    """Return the numbers of some parts, each by its size; None if not finite."""
    parts = [_scaled(row[part], sizes[part]) for part in scope]
    if any(part is None for part in parts):
        return None
    return np.concatenate([part for part in parts if part is not None])


def _scaled(outcome: Outcome, size: Size) -> Array | None:
    if outcome.kind not in (Kind.RIGHT, Kind.WRONG) or outcome.array is None:
        return None
    values = outcome.array.astype(np.float64) / size
    return values.ravel() if np.isfinite(values).all() else None


def _measures(key: AnswerKey, cases: Sequence[int]) -> dict[str, Array]:
    """Return numbers of some cases that a factor may grow or shrink with, by name.

    How many rows and columns the first array among the arguments has, 1 without; and
    each positive number among them.
    """
    shapes = [
        next((a.shape for a in key.cases[c].args if isinstance(a, np.ndarray)), ())
        for c in range(len(key.cases))
    ]
    counted = "entries" if len(shapes[0]) < 2 else "rows"
    found = {
        f"the number of {counted}": np.array([(*shapes[c], 1)[0] for c in cases], float)
    }
    if counted == "rows":
        widths = [(*shapes[c], 1, 1)[1] for c in cases]
        found["the number of columns"] = np.array(widths, float)
    for place, name in enumerate(key.exercise.params):
        given = [(*key.cases[c].args, None)[place] for c in cases]
        if all(type(value) in (int, float) and value > 0 for value in given):
            found[f"`{name}`"] = np.array(given, float)
    return found


def _same(values: Array) -> bool:
    return bool(np.ptp(values) <= 1e-6 * abs(values[0]) and abs(values[0]) > 1e-9)


def _about(factors: Array, measures: Mapping[str, Array]) -> str | None:
    """Say in a sentence what the factor is; "" if it is 1, None if it has no rule."""
    if _same(factors):
        c = float(factors[0])
        if abs(c - 1) < 1e-6:
            return ""
        if abs(c + 1) < 1e-6:
            return "Besides, your signs are opposite to what that alone would give."
        # Not that it would remain: one line may mend both, as x - eps for x does in a
        # difference that is divided by 2 eps.
        return f"Besides, your numbers are {c:.4g} times what that alone would give."
    for called, by in measures.items():
        if np.ptp(by) and (_same(factors / by) or _same(factors * by)):
            return f"Besides, a factor is off that changes with {called}."
    return None
