"""What can be said of wrong numbers when no known slip explains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Kind, Outcome
from nnkit.judging import likeness, traits
from nnkit.judging.generic_digits import (
    HALF_PRECISION,
    NEARLY_RIGHT,
    about_digits,
    about_precision,
    nearly_right,
)

if TYPE_CHECKING:
    from nnkit.judging.key import AnswerKey, Row

FIRST_ALONE = (
    "right in the first case, and in no other. Is something in your function true of "
    "that case alone, such as a size that is written down as a number? Or is something "
    "kept from one call to the next, in a variable outside of the function, or in a "
    "default value such as `=[]`?"
)
"""What is said of a part, or of all that a function returns."""


def named(key: AnswerKey, case: int, part: int, where: tuple[int, ...]) -> str:
    """Name an entry of a part: "dw[2]", or "the variance of W"."""
    name, entries = key.exercise.parts[part], key.exercise.entries
    if where and entries:
        if callable(entries):
            return entries(where[0], *key.cases[case].args, **key.cases[case].known)
        return f"the {entries[where[0]]} of {name}"
    return f"{name}[{', '.join(map(str, where))}]" if where else name


def about_values(
    key: AnswerKey,
    rows: Sequence[Row],
    part: int,
    cases: Sequence[int],
    *,
    hinted: bool = False,
) -> str:
    """Say what is wrong with the numbers of a part.

    Args:
        key: the answer key; nothing of it but shapes is told.
        rows: all outcomes.
        part: position of the part.
        cases: positions of the cases in which it is wrong and unexplained, in order.
        hinted: there are others, which a hint explains.
    """
    name = key.exercise.parts[part]
    found = [rows[case][part] for case in cases]
    worst = max(outcome.error for outcome in found)
    # What is rounded early may be far off where large numbers cancel.
    ordinary = [rows[case][part].error for case in cases if not key.cases[case].extreme]
    usual = max(ordinary, default=worst)
    if likeness.is_left_behind(key, rows, part, cases[0]):
        return (
            f"{name} holds what happened to stand in memory: `np.empty` and "
            "`np.empty_like` put no zeros there. Which places do you add to, or never "
            "write to?"
        )
    if said := about_precision(name, found, usual):
        return said
    plain = key.exercise.margins is None and not _only_in_extremes(key, rows, part)
    if plain and (said := about_digits(key, rows, part)):
        return said
    coarse = key.tolerance >= NEARLY_RIGHT
    # Nor is that nearly right which is far off where a hint has said why.
    farthest = max(row[part].error for row in rows if row[part].kind is Kind.WRONG)
    if farthest < (100 * key.tolerance if coarse else NEARLY_RIGHT) and plain:
        return nearly_right(key, name, worst)
    if said := _about_later(key, rows, part, cases):
        return said  # 0 in every case? Not the first time.
    if plain and (said := _about_multiples(key, rows, part)):
        return said
    if said := _about_cases(key, rows, part, cases[0]):
        return said
    if likeness.only_the_first(key, rows, part):
        return f"{name} is {FIRST_ALONE}"
    if farthest < HALF_PRECISION and plain:
        return nearly_right(key, name, worst)
    return _about_the_rest(key, rows, part, cases, plain=plain, hinted=hinted)


def _about_multiples(key: AnswerKey, rows: Sequence[Row], part: int) -> str:
    """Say that a part is 0, or a multiple of the right one; "" where it is neither."""
    name = key.exercise.parts[part]
    factor = traits.constant_factor(key, rows, part)
    if factor == 0 or traits.is_zero(key, rows, part, but_for=0.0):
        return (
            f"{name} is zero in every case. Is what you compute what you return, or do "
            "two of your terms cancel, as in `a * 1 - a`?"
        )
    if traits.is_zero(key, rows, part):
        return (
            f"{name} is zero in every case, but for rounding. Which of your terms "
            "cancel each other, and should they?"
        )
    if factor is not None and abs(factor + 1) < max(1e-6, key.exercise.tolerance):
        return (
            f"{name} has the right size and the wrong sign, in every case. What is "
            "subtracted from what, and which way does the result point?"
        )
    # A factor says nothing of what should be 0, and 1 is none.
    if factor is not None and abs(factor - 1) > max(1e-6, key.exercise.tolerance):
        return (
            f"{name} is the right answer times {factor:.4g}, in every case. Which "
            "constant does your formula have too many of, or too few?"
        )
    factors = traits.factors(key, rows, part, finite=True)
    return _about_factors(key, factors, part) if factors else ""


def _about_the_rest(
    key: AnswerKey,
    rows: Sequence[Row],
    part: int,
    cases: Sequence[int],
    *,
    plain: bool,
    hinted: bool,
) -> str:
    """Say where numbers are wrong that have nothing to do with right ones.

    Args:
        key: the answer key.
        rows: all outcomes.
        part: position of the part.
        cases: as in `about_values`.
        hinted: as in `about_values`.
        plain: they are no statistics, and wrong in ordinary cases, too.
    """
    name = key.exercise.parts[part]
    found = [rows[case][part] for case in cases]
    outcome, where = found[0], found[0].where
    asked = len(key.asking(part))
    everywhere = len(cases) == asked
    # The line above counts all that is wrong; these are fewer. What stops, or comes too
    # late, is told by itself, unless a hint covers it.
    elsewhere = (Kind.RIGHT, Kind.RAISED, Kind.TIMED_OUT, Kind.NOT_ATTEMPTED)
    beside = " that no hint covers" * (
        hinted or len(cases) < sum(row[part].kind not in elsewhere for row in rows)
    )
    how_often = f"in {len(cases)} of {asked} cases{beside}"
    if everywhere:
        how_often = "in every case"
    # What has another shape, or is nan, is no number that could be compared.
    compared = [case for case in cases if rows[case][part].kind is Kind.WRONG]
    there = how_often
    if len(compared) < len(cases):
        there = f"in {len(compared)} of {asked} cases"
    finite = [
        case
        for case in compared
        if likeness.is_finite_for_infinite(key, rows, part, [case])
    ]
    if finite[:1] == [cases[0]] and 2 * len(finite) > len(compared):
        at = f", first at {named(key, cases[0], part, where)}" if where else ""
        some = there if finite == compared else f"in {len(finite)} of {asked} cases"
        return (
            f"{name} is finite {some}{at}, and should be infinite there. Which of "
            "your lines answers, and what does the text ask for?"
        )
    if plain and likeness.is_truncated(key, rows, part, cases):
        return (
            f"{name} holds whole numbers {how_often}, without their fractions. Which "
            "dtype has the array that you store them in, and where does it get that?"
        )
    if plain and all(
        outcome.array is not None and not outcome.array.any() for outcome in found
    ):
        return (
            f"{name} is zero {how_often}, and should not be. Which product or quotient "
            "of yours is 0 there, or which difference?"
        )
    # Where numbers are extreme, an entry that is 0 has been rounded to it.
    extreme = all(key.cases[case].extreme for case in cases)
    places = plain and not extreme
    if places and (said := _about_places(key, rows, part, compared, there)):
        return said
    if _only_in_extremes(key, rows, part):
        return (
            f"{name} is right where the numbers are ordinary, and wrong {how_often}, "
            "where they are extreme. Which intermediate result overflows, is cut off "
            "at a limit, is rounded to 0 or 1, or loses its digits in a difference?"
        )
    if beside and extreme:
        return (
            f"{name} is wrong {how_often}, and there the numbers are extreme. Which "
            "intermediate result overflows, is cut off at a limit, is rounded to 0 or "
            "1, or loses its digits in a difference?"
        )
    if key.exercise.goals and outcome.array is not None:
        # The text says what is asked for, so nothing is given away.
        reached = float(outcome.array.flat[0])
        said = f"{name[0].upper()}{name[1:]} is {reached:.3g}"
        return f"{said}; asked for is {key.exercise.goals[part]}."
    worst_entry = named(key, cases[0], part, where)
    if key.exercise.margins:
        return _about_statistic(key, worst_entry, outcome, part, cases[0], how_often)
    entry = f"; here the worst entry is {worst_entry}" if where else ""
    if not np.isfinite(outcome.error) or outcome.error > 1e6:
        return f"{name} is wrong {how_often}{entry}, by far."
    return (
        f"{name} is wrong {how_often}{entry}, off by {_size(outcome.error)} the size "
        f"of the right {name}."
    )


def _about_cases(key: AnswerKey, rows: Sequence[Row], part: int, case: int) -> str:
    """Return what the exercise says of mistakes in such cases alone; "" for nothing."""
    said = key.cases[case].alone
    # Another part that gives no numbers has a reason of its own, and one that shows
    # what has become of this one since is told of by itself.
    fine = (Kind.RIGHT, Kind.RAISED, Kind.TIMED_OUT, Kind.STRUCTURE)
    names, later = key.exercise.parts, key.exercise.later
    wrong = {
        c
        for c, p in key.asked
        if rows[c][p].kind not in (fine if p != part else fine[:1])
        and names[part] not in later.get(names[p], ())[:1]
    }
    return said if {key.cases[c].alone for c in wrong} == {said} else ""


def _about_later(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Sequence[int]
) -> str:
    """Return what the exercise says where the first time was another; else ""."""
    names = key.exercise.parts
    if names[part] not in key.exercise.later:
        return ""
    earlier, after_right, after_wrong = key.exercise.later[names[part]]
    first = names.index(earlier)
    if all(rows[c][p].kind is Kind.RIGHT for c, p in key.asked if p == first):
        return after_right
    changed = [
        case
        for case in cases
        if _differ(key.right[case][first], key.right[case][part]) is False
        and _differ(rows[case][first].array, rows[case][part].array)
    ]
    return after_wrong if changed else ""


def _differ(one: Array | None, other: Array | None) -> bool | None:
    """Say whether two arrays hold other numbers; None where they cannot be compared."""
    if one is None or other is None or one.shape != other.shape:
        return None
    return not np.allclose(one, other, rtol=1e-6, atol=0, equal_nan=True)


def _about_places(
    key: AnswerKey,
    rows: Sequence[Row],
    part: int,
    cases: Sequence[int],
    how_often: str,
) -> str:
    """Say what wrong entries are beside the right ones; "" where that is nothing."""
    name = key.exercise.parts[part]
    if likeness.is_uniform(key, rows, part):
        return (
            f"Wherever {name} has several entries, yours are one and the same number. "
            "What should tell them apart, and where does that enter?"
        )
    if line := likeness.repeats(key, rows, part):
        one_list = line == "row" and likeness.is_written_over(key, rows, part)
        trap = " (`[[0] * k] * m` holds one list m times.)" * one_list
        return (
            f"All {line}s of {name} are one and the same. What should tell them apart, "
            f"and where does that enter?{trap}"
        )
    if likeness.is_cut_off(key, rows, part, cases):
        return (
            f"{name} is wrong {how_often}, and each entry that is wrong there is 0, "
            "and should be negative. Which of your lines lets nothing below 0 through?"
        )
    if likeness.is_unfilled(key, rows, part, cases):
        return (
            f"{name} is wrong {how_often}, and each entry that is wrong there is 0. "
            "Which line of yours should fill these places, and does it come by all of "
            "them (print where it begins and ends)? Or does a condition leave them "
            "out, or a factor that is 0?"
        )
    if likeness.is_out_of_order(key, rows, part, cases):
        return (
            f"{name} is made of the right numbers {how_often}, but they stand at other "
            "places. Which of your lines turns, sorts or swaps something?"
        )
    return ""


def _only_in_extremes(key: AnswerKey, rows: Sequence[Row], part: int) -> bool:
    ordinary = [
        row[part].kind is Kind.RIGHT
        for row, case in zip(rows, key.cases, strict=True)
        if not case.extreme
    ]
    return len(ordinary) < len(rows) and all(ordinary)


def _about_statistic(
    key: AnswerKey,
    name: str,
    outcome: Outcome,
    part: int,
    case: int,
    how_often: str,
) -> str:
    """Say on which side of its margins a statistic lies, and whether far."""
    assert outcome.array is not None  # it was compared
    above = outcome.array[outcome.where] > key.right[case][part][outcome.where]
    side = "large" if above else "small"
    distance = "far beyond" if outcome.error > 10 else "beyond"
    return (
        f"{name[0].upper()}{name[1:]} is too {side} {how_often}, {distance} what "
        "chance explains."
    )


def _about_factors(key: AnswerKey, factors: Mapping[int, float], part: int) -> str:
    """Say that a part is a multiple of the right one; "" where that is no news."""
    # A single number is always a multiple of another.
    told = [case for case in factors if key.right[case][part].size > 1]
    if len(told) < 3 or 0 in factors.values():
        return ""
    name = key.exercise.parts[part]
    first, other = max(
        ((a, b) for a in told for b in told if a < b),
        key=lambda pair: abs(factors[pair[0]] - factors[pair[1]]),
    )
    if f"{factors[first]:.3g}" == f"{factors[other]:.3g}":
        return ""  # where one large entry stands for all of them, others may be off
    examples = " and ".join(
        f"{factors[case]:.4g} with “{key.cases[case].name}”" for case in (first, other)
    )
    return (
        f"{name} is the right answer times a number that changes from case to case: "
        f"{examples}. What differs between these cases that you divide by, or "
        "forget to?"
    )


def _size(error: float) -> str:
    return f"{error:.2g} times" if error >= 0.001 else f"{error:.0e} of"
