"""The rules about parameters: what is called by position must take them alike."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nnkit.exercises.own import in_a_line
from nnkit.exercises.spec import Case, Exercise, Foreseen


def order_broken(exercise: Exercise, seeds: Iterable[int] = ()) -> Iterator[str]:
    """Yield what takes the parameters in another order than `params` has them.

    Arguments go by position, and names that are not in `params` are anybody's choice.
    """
    for what, function in _takers(exercise):
        try:
            taken = [
                item.name
                for item in inspect.signature(function).parameters.values()
                if item.kind in (item.POSITIONAL_ONLY, item.POSITIONAL_OR_KEYWORD)
            ]
        except (TypeError, ValueError):
            continue  # written in C, it has no names
        for name, other in zip(exercise.params, taken, strict=False):
            if name != other and other in exercise.params:
                yield (
                    f"params has {', '.join(exercise.params)}, and {what} takes "
                    f"{', '.join(taken)}: arguments go by position, so both need the "
                    "same order"
                )
                break


def call_broken(exercise: Exercise, case: Case) -> Iterator[str]:
    """Yield what does not take a case's arguments: a slip that always stops is none."""
    if exercise.adapter not in ("call", "anew", "alone"):
        return
    for what, function in _takers(exercise):
        known = case.kwargs if what.startswith("the slip") else case.known
        try:
            inspect.signature(function).bind(*case.args, **known)
        except TypeError as error:
            yield f"{what} cannot be called as an answer is: {error}"
        except ValueError:
            continue  # written in C, it has no signature


def _takers(exercise: Exercise) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield what gets a case's arguments, and what to call it."""
    yield "the reference", exercise.reference
    for entry in exercise.slips:
        for mutant in entry.mutants:
            known = mutant.mutant if isinstance(mutant, Foreseen) else mutant
            yield f"the slip {entry.id}", known
    for what, function in (("scale", exercise.scale), ("margins", exercise.margins)):
        if function is not None:
            yield what, function


def where(error: BaseException) -> str:
    """Say where an exception was raised, and which: in a file of exercises if any."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        frame.lineno for frame in frames if frame.filename.endswith("_exercises.py")
    ]
    place = f"in line {lines[-1]} " if lines else ""
    return f"{place}with {in_a_line(error)}"
