"""What can be said of a wrong answer when no known slip explains it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnkit.exercises.spec import Kind, Outcome
from nnkit.judging import likeness
from nnkit.judging.generic_values import FIRST_ALONE, about_values, named
from nnkit.judging.verdict import Diagnosis

if TYPE_CHECKING:
    from nnkit.judging.key import AnswerKey, Cell, Row

ONE_OF_SEVERAL = (
    "Of several you return one: is there a `return` inside of your loop, a sum over "
    "all of them, or an index that picks one?"
)

_SHAPES = re.compile(r"shape \((\d+),(.*)\); expected (?:the shape )?\((\d+),(.*)\)\.")
"""The shape of what came back, and the one that was asked for: each a first axis, and
the others."""

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
    key: AnswerKey,
    rows: Sequence[Row],
    part: int,
    cases: Collection[int],
    *,
    hinted: bool = False,
) -> Diagnosis:
    """Describe what went wrong with a part in the first of some cases.

    Args:
        key: the answer key; nothing of it but shapes is told.
        rows: all outcomes.
        part: position of the part.
        cases: positions of the cases in which it is wrong and unexplained.
        hinted: there are others, which a hint explains.
    """
    case = min(cases)
    outcome = rows[case][part]
    exercise = key.exercise
    whole = is_whole_call(rows, [(case, part)])
    parts = _struck_alike(key, rows, outcome) if whole else (exercise.parts[part],)
    if outcome.kind is Kind.WRONG:
        text = about_values(key, rows, part, sorted(cases), hinted=hinted)
    elif outcome.kind is Kind.NOT_ATTEMPTED:
        text = outcome.detail or _about_open(key, rows, case)
    else:
        text = _about_form(key, rows, part, case, whole)
        alike = range(len(exercise.parts)) if whole else (part,)
        if all(likeness.only_the_first(key, rows, each) for each in alike):
            what = "What you return" if whole else exercise.parts[part]
            end = "" if text.endswith((".", "?")) else "."
            text = f"{text}{end} {what} is {FIRST_ALONE}"
        elif _is_one_of_several(key, rows, part, text):
            text = f"{text} {ONE_OF_SEVERAL}"
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


def _is_one_of_several(
    key: AnswerKey, rows: Sequence[Row], part: int, text: str
) -> bool:
    """Say whether the first axis is 1 long wherever it should be longer."""
    found = _SHAPES.search(text)
    if not found or found[1] != "1" or int(found[3]) < 2 or found[2] != found[4]:
        return False
    outcomes = [rows[case][part] for case in key.asking(part)]
    shapes = [one.note for one in outcomes if one.kind is Kind.SHAPE]
    right = sum(outcome.kind is Kind.RIGHT for outcome in outcomes)
    same = all(shape.startswith("(1,") for shape in shapes)
    return same and len(shapes) + right == len(outcomes)


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
    return named(key, case, part, where) if where else ""


def _about_form(
    key: AnswerKey, rows: Sequence[Row], part: int, case: int, whole: bool
) -> str:
    exercise, outcome = key.exercise, rows[case][part]
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
            said = f"After the call the caller's {what} not what {was}. Work on a copy:"
            if _is_list_changed(key.cases[case].args, outcome.note):
                return (
                    f"{said} `pop`, `reverse`, `append` and `x[0] =` change the list "
                    "that you were given, `-=` and `*=` an array that stands in it."
                )
            return (
                f"{said} `-=`, `*=` and `x[...] =` write into the array that you were "
                "given."
            )
        case Kind.STRUCTURE | Kind.SHAPE if outcome.detail:
            return outcome.detail
        case Kind.STRUCTURE if len(exercise.parts) > 1 and not whole:
            # What a case asks for alone is all that is returned.
            forgot = outcome.note == "None" and len(key.cases[case].asks) == 1
            missed = " Is there a `return`?" if forgot else ""
            return f"Expected {name} as numbers, got {outcome.note}.{missed}"
        case Kind.STRUCTURE if outcome.note == "None":
            sometimes = any(row[part].note != "None" for row in rows)
            where = " on every way through your function" * sometimes
            return f"Expected {returns}, got None. Is there a `return`{where}?"
        case Kind.STRUCTURE:
            return f"Expected {returns} as numbers, got {outcome.note}."
        case Kind.SHAPE:
            want = key.right[case][part].shape
            wanted = f"the shape {want}" if want else "a single number, of shape ()"
            return f"{name} has the shape {outcome.note}; expected {wanted}."
        case _:
            return (
                f"{named(key, case, part, outcome.where)} is nan or infinite, and "
                f"should not be. {_how_beyond_numbers(key, outcome, part)}"
            )


def _is_list_changed(args: Sequence[object], note: str) -> bool:
    """Say whether all that a call has changed are lists."""
    positions = [argument.partition("[")[0] for argument in note.split(",")]
    return all(type(args[int(position)]) is list for position in positions)


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
    return (
        "Which intermediate result overflows, divides 0 by 0, or is the logarithm of 0 "
        "or of less?"
    )
