"""What can be said of a wrong answer when no known slip explains it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nnkit.exercises.spec import Kind, Outcome
from nnkit.judging import traits
from nnkit.judging.verdict import Diagnosis

if TYPE_CHECKING:
    from nnkit.judging.key import AnswerKey, Cell, Row

SINGLE_PRECISION = 1e-4
"""No float32 answer to a well-conditioned formula is farther off than this."""

NEARLY_RIGHT = 1e-4
"""What is no farther off has the formula right, and loses digits on the way."""

_WHOLE_CALL = {
    Kind.RAISED,
    Kind.TIMED_OUT,
    Kind.CRASHED,
    Kind.CHANGED_INPUTS,
    Kind.NOT_ATTEMPTED,
}


def is_whole_call(rows: Sequence[Row], cells: Collection[Cell]) -> bool:
    """Say whether the first outcome concerns the call and not one of its parts."""
    case, part = min(cells)
    outcome = rows[case][part]
    together = all(other.kind is outcome.kind for other in rows[case])
    return outcome.kind in _WHOLE_CALL or (
        outcome.kind is Kind.STRUCTURE and together and len(rows[case]) > 1
    )


def diagnose(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Collection[int]
) -> Diagnosis:
    """Describe what went wrong with a part in the first of some cases.

    Args:
        key: the answer key; nothing of it but shapes is told.
        rows: all outcomes.
        part: position of the part.
        cases: positions of the cases in which it is wrong and unexplained.
    """
    case = min(cases)
    outcome = rows[case][part]
    exercise = key.exercise
    whole = is_whole_call(rows, [(case, part)])
    parts = _struck_alike(key, rows, outcome) if whole else (exercise.parts[part],)
    if outcome.kind is Kind.WRONG:
        text = _about_values(key, rows, part, sorted(cases))
    elif outcome.kind is Kind.NOT_ATTEMPTED:
        text = outcome.detail or _about_open(key, rows, case)
    else:
        text = _about_form(key, outcome, part, case, whole)
    numbers = outcome.kind in (Kind.WRONG, Kind.NOT_FINITE)
    return Diagnosis(
        kind=str(outcome.kind),
        slip="",
        text=text,
        parts=parts,
        case=key.cases[case].name,
        entry=entry_of(key, rows, case, part),
        map=key.map_of(rows[case], case, part) if numbers else None,
    )


def _struck_alike(
    key: AnswerKey, rows: Sequence[Row], outcome: Outcome
) -> tuple[str, ...]:
    """Name the parts that a call which ended like this one has cost."""
    return tuple(
        name
        for part, name in enumerate(key.exercise.parts)
        if any(
            row[part].kind is outcome.kind and row[part].note == outcome.note
            for row in rows
        )
    )


def together(found: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Say once what is true of several parts in the same words: "p and q are …"."""
    said: dict[tuple[str, str, str], list[Diagnosis]] = {}
    for item in found:
        name = item.parts[0]
        one = len(item.parts) == 1 and item.text.startswith(f"{name} is ")
        rest = item.text.removeprefix(name) if one else item.text
        # What names no entry is as true of the case in which another part fails first.
        case = item.case if one or item.entry else ""
        said.setdefault((item.kind, case, rest), []).append(item)
    return [_joined(rest, items) for (_, _, rest), items in said.items()]


def _joined(rest: str, items: Sequence[Diagnosis]) -> Diagnosis:
    if len(items) == 1:
        return items[0]
    parts = tuple(dict.fromkeys(part for item in items for part in item.parts))
    if not rest.startswith(" is "):
        return replace(items[0], parts=parts)
    said = rest.removeprefix(" is ").replace(" of its size", " of their size")
    return replace(
        items[0],
        parts=parts,
        text=f"{', '.join(parts[:-1])} and {parts[-1]} are {said}",
    )


def _about_open(key: AnswerKey, rows: Sequence[Row], case: int) -> str:
    """Say where an answer is open still, and how the rest of it fares."""
    tried = [
        row for row in rows if all(part.kind is not Kind.NOT_ATTEMPTED for part in row)
    ]
    if not tried:
        return "Not answered yet."
    right = sum(all(part.kind is Kind.RIGHT for part in row) for row in tried)
    so_far = "all of it right" if right == len(tried) else f"{right} of them right"
    return (
        f"Not answered yet with “{key.cases[case].name}”: there your function still "
        f"raises NotImplementedError. It answers {len(tried)} of {len(rows)} cases so "
        f"far, {so_far}."
    )


def entry_of(key: AnswerKey, rows: Sequence[Row], case: int, part: int) -> str:
    """Name the worst entry of a part in a case; "" where none stands out."""
    where = rows[case][part].where
    return _named(key, part, where) if where else ""


def _named(key: AnswerKey, part: int, where: tuple[int, ...]) -> str:
    """Name an entry of a part: "dw[2]", or "the variance of W"."""
    name, entries = key.exercise.parts[part], key.exercise.entries
    if where and entries:
        return f"the {entries[where[0]]} of {name}"
    return f"{name}[{', '.join(map(str, where))}]" if where else name


def _about_form(
    key: AnswerKey, outcome: Outcome, part: int, case: int, whole: bool
) -> str:
    exercise = key.exercise
    name = exercise.parts[part]
    returns = ", ".join(exercise.parts)
    returns = f"({returns})" if len(exercise.parts) > 1 else returns
    match outcome.kind:
        case Kind.RAISED:
            return outcome.detail
        case Kind.TIMED_OUT:
            return (
                outcome.detail
                or "Your function did not come back in time. Is there a loop "
                "whose end is never reached?"
            )
        case Kind.CRASHED:
            return f"The call did not survive: {outcome.detail}"
        case Kind.CHANGED_INPUTS if outcome.note.endswith("[]"):
            name = exercise.params[int(outcome.note.removesuffix("[]").split(",")[-1])]
            return (
                f"After the call the caller's {name} has other keys than before, or "
                "has them in another order. A dict that you are given is not yours: "
                "what you want to remember goes into a variable, or a dict of your own."
            )
        case Kind.CHANGED_INPUTS:
            *names, last = _changed(exercise.params, outcome.note)
            what = f"{', '.join(names)} and {last} are" if names else f"{last} is"
            was = "they were" if names else "it was"
            return (
                f"After the call the caller's {what} not what {was}. Work on a copy: "
                "`-=`, `*=` and `x[...] =` write into the array that you were given."
            )
        case Kind.STRUCTURE | Kind.SHAPE if outcome.detail:
            return outcome.detail
        case Kind.STRUCTURE if len(exercise.parts) > 1 and not whole:
            return f"Expected {name} as numbers, got {outcome.note}."
        case Kind.STRUCTURE if outcome.note == "None":
            return f"Expected {returns}, got None. Is there a `return`?"
        case Kind.STRUCTURE:
            return f"Expected {returns} as numbers, got {outcome.note}."
        case Kind.SHAPE:
            want = key.right[case][part].shape
            wanted = f"the shape {want}" if want else "a single number, of shape ()"
            return f"{name} has the shape {outcome.note}; expected {wanted}."
        case _:
            return (
                f"{_named(key, part, outcome.where)} is nan or infinite, and should "
                f"not be. {_how_beyond_numbers(key, outcome, part)}"
            )


def _changed(params: Sequence[str], note: str) -> Iterator[str]:
    """Name what a call has changed: arguments, or entries of one, as in `params["W"]`.

    Args:
        params: the arguments' names.
        note: as in an outcome.
    """
    for argument in note.split(","):
        position, _, entries = argument.removesuffix("]").partition("[")
        name = params[int(position)]
        yield from (
            (f'{name}["{key}"]' for key in entries.split()) if entries else [name]
        )


def _how_beyond_numbers(key: AnswerKey, outcome: Outcome, part: int) -> str:
    array = outcome.array
    legal = any(np.isinf(right[part]).any() for right in key.right)
    if legal and array is not None and np.isinf(array[outcome.where]):
        return (
            "Is it a condition of yours that says inf here, or does an intermediate "
            "result overflow?"
        )
    return "Which intermediate result overflows, or divides 0 by 0?"


def _about_values(
    key: AnswerKey, rows: Sequence[Row], part: int, cases: Sequence[int]
) -> str:
    name = key.exercise.parts[part]
    found = [rows[case][part] for case in cases]
    worst = max(outcome.error for outcome in found)
    dtypes = {outcome.array.dtype for outcome in found if outcome.array is not None}
    # What is rounded early may be far off where large numbers cancel.
    ordinary = [rows[case][part].error for case in cases if not key.cases[case].extreme]
    usual = max(ordinary, default=worst)
    if usual < SINGLE_PRECISION and dtypes & {np.dtype("f4"), np.dtype("f2")}:
        return (
            f"{name} is right to single precision only ({usual:.0e} off). Where does "
            "float64 turn into float32 in your code?"
        )
    plain = key.exercise.margins is None and not _only_in_extremes(key, rows, part)
    if plain and (said := _about_digits(key, rows, part)):
        return said
    if worst < NEARLY_RIGHT and plain:
        return (
            f"{name} is nearly right, off by {worst:.0e} of its size; up to "
            f"{key.tolerance:.0e} would count as right. Do you round, add a tiny "
            "number, or measure a slope with a small step?"
        )
    factor = traits.constant(key, traits.factors(key, rows, part) if plain else None)
    if factor == 0:
        return f"{name} is zero in every case. Is what you compute what you return?"
    # A factor says nothing of what should be 0, and 1 is none.
    if factor is not None and abs(factor - 1) > max(1e-6, key.exercise.tolerance):
        return (
            f"{name} is the right answer times {factor:.4g}, in every case. Which "
            "constant does your formula have too many of, or too few?"
        )
    factors = traits.factors(key, rows, part, finite=True) if plain else None
    if factors and (said := _about_factors(key, factors, part)):
        return said
    outcome = found[0]
    asked = len(key.asking(part))
    everywhere = len(cases) == asked
    # The line above counts all that is wrong; these are fewer.
    beside = " that no hint covers" * (
        len(cases) < sum(row[part].kind is not Kind.RIGHT for row in rows)
    )
    how_often = f"in {len(cases)} of {asked} cases{beside}"
    if everywhere:
        how_often = "in every case"
    if plain and all(
        outcome.array is not None and not outcome.array.any() for outcome in found
    ):
        return (
            f"{name} is zero {how_often}, and should not be. Which product or quotient "
            "of yours is 0 there, or which difference?"
        )
    if _only_in_extremes(key, rows, part):
        return (
            f"{name} is right where the numbers are ordinary, and wrong {how_often}, "
            "where they are extreme. Right on paper, then: which intermediate result "
            "overflows, is rounded to 0 or 1, or loses its digits in a difference?"
        )
    if beside and all(key.cases[case].extreme for case in cases):
        return (
            f"{name} is wrong {how_often}, and there the numbers are extreme. Which "
            "intermediate result overflows, is rounded to 0 or 1, or loses its digits "
            "in a difference?"
        )
    if key.exercise.goals and outcome.array is not None:
        # The text says what is asked for, so nothing is given away.
        reached = float(outcome.array.flat[0])
        said = f"{name[0].upper()}{name[1:]} is {reached:.3g}"
        return f"{said}; asked for is {key.exercise.goals[part]}."
    worst_entry = _named(key, part, outcome.where)
    if key.exercise.margins:
        return _about_statistic(key, worst_entry, outcome, part, cases[0], how_often)
    entry = f"; here the worst entry is {worst_entry}" if outcome.where else ""
    if not np.isfinite(outcome.error) or outcome.error > 1e6:
        return f"{name} is wrong {how_often}{entry}, by far."
    return (
        f"{name} is wrong {how_often}{entry}, off by {_size(outcome.error)} the size "
        f"of the right {name}."
    )


def _about_digits(key: AnswerKey, rows: Sequence[Row], part: int) -> str:
    """Say that numbers are all the same, or cut short; "" where they are neither."""
    name = key.exercise.parts[part]
    if (number := traits.same_number(key, rows, part)) is not None:
        several = any(key.right[case][part].ndim for case in key.asking(part))
        what = f"Every entry of {name}" if several else name
        return (
            f"{what} is {number:.6g}, whatever comes in. Which of "
            "the arguments should it depend on, and where do they enter?"
        )
    kept = traits.decimals(key, rows, part)
    if kept == 0:
        return (
            f"{name} holds whole numbers in every case. Which step of yours swallows "
            "the fraction?"
        )
    if kept:
        plural = "" if kept == 1 else "s"
        return (
            f"{name} is given to {kept} decimal{plural} in every case. Which line of "
            "yours rounds, or cuts off the rest?"
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
