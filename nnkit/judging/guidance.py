"""More help for an answer that is still wrong: where to look, then a small case.

    1st wrong check   the misconception
    2nd               + where to look: part, case, entry, where in the matrix
    3rd and later     + inputs small enough for pencil and paper

Never the answer. Pure: how often an answer was wrong is told by whoever calls.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from nnkit.adapters import Named, Rng
from nnkit.exercises.spec import PUBLIC_SEED, Case, Exercise
from nnkit.judging.errormap import ErrorMap, pattern
from nnkit.judging.judge import answer_key
from nnkit.judging.verdict import Diagnosis, Verdict

Array = np.ndarray[Any, np.dtype[Any]]

FEW = 6
"""Arrays of one argument whose shapes are told."""

BY_HAND = 30
"""Numbers that one is ready to copy onto paper."""

LOST = 0.25
"""The share of a difference that rounding may take away or add."""

EVERY_DIGIT = 17
"""With so many digits any float is written exactly."""


@dataclass(frozen=True)
class Guidance:
    """What a verdict is shown with, by the number of wrong checks in a row.

    Attributes:
        look: sentences that say where to look; empty for a first wrong check.
        small: inputs to try by hand, as lines of Python; empty before the third.
        small_name: what is special about them.
        next: what the next wrong check will bring; "" when there is no more.
        slow: that a call took longer than it may when it is graded, if one did.
        unread: that the answer is not the one that was typed last, if it is not.
    """

    look: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    small_name: str = ""
    next: str = ""
    slow: str = ""
    unread: str = ""

    def shows(self, item: Diagnosis) -> ErrorMap | None:
        """Return the map to show with a diagnosis: at once if there is no hint."""
        if item.map is None or (item.slip and not self.look):
            return None
        # Where every entry is equally wrong, no place says more than another.
        steps = {level for row in item.map.levels for level in row}
        return item.map if len(steps) > 1 else None


PLAIN = Guidance()
"""A verdict as it stands, as in feedback."""


def guidance(exercise: Exercise, verdict: Verdict, wrong_checks: int) -> Guidance:
    """Return the help that fits how often an answer was wrong in a row.

    Args:
        exercise: what was asked.
        verdict: on the public cases.
        wrong_checks: this one included; 0 when it is right or not answered yet.
    """
    if not wrong_checks or not verdict.diagnoses:
        return PLAIN
    if wrong_checks == 1:
        return Guidance(
            next="If the next check is not right either, it will say where to look."
        )
    look = tuple(_places(exercise, verdict))
    case = _smallest(exercise, verdict)
    if case is None:
        return Guidance(look)
    if wrong_checks == 2:
        return Guidance(
            look, next="One more, and there will be a small case to try by hand."
        )
    return Guidance(look, tuple(_lines(exercise, case)), case.name)


def _places(exercise: Exercise, verdict: Verdict) -> list[str]:
    cases = {case.name: case for case in answer_key(exercise, PUBLIC_SEED).cases}
    first = verdict.diagnoses[0]
    sentences = []
    for item in verdict.diagnoses:
        if item.case not in cases:
            continue
        everywhere = item.map and item.map.wrong == math.prod(item.map.shape)
        what = _listed(item.parts) if everywhere or not item.entry else item.entry
        words = f"{what}, in the case “{item.case}”"
        if item is first:
            words += _shapes(exercise, cases[item.case])
        if item.map:
            # The map is of one part, and the others have shapes of their own.
            of = f"of {item.map.part}, " if everywhere and len(item.parts) > 1 else ""
            words += f": {of}{pattern(item.map)}"
        sentences.append(f"{words}.")
    debug = (
        "call your function with them, and print each intermediate result with its "
        "shape."
        if exercise.adapter in ("call", "anew", "alone")
        else "go through the same steps yourself, and print each result on the way."
    )
    sentences.append(
        f'`from nnkit import failing_case`; then `failing_case("{exercise.id}")` hands '
        f"you the inputs of the first case that failed: {debug}"
    )
    return sentences


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _shapes(exercise: Exercise, case: Case) -> str:
    """Say what shapes a case's arrays have; "" without arrays."""
    shapes = [
        said
        for name, value in zip(exercise.params, case.args, strict=False)
        for said in _shapes_in(name, value)
    ]
    return f" with the shapes {', '.join(shapes)}" if shapes else ""


def _shapes_in(name: str, value: Any) -> Iterator[str]:
    """Yield the shape of an array, or those of the first few in a list or a dict."""
    if isinstance(value, np.ndarray):
        yield f"{name} {value.shape}"
        return
    items: Iterable[tuple[str, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif type(value) in (list, tuple):
        items = ((f"{name}[{place}]", item) for place, item in enumerate(value))
    arrays = [(key, item) for key, item in items if isinstance(item, np.ndarray)]
    yield from (f"{key} {item.shape}" for key, item in arrays[:FEW])
    if len(arrays) > FEW:
        yield f"and {len(arrays) - FEW} more in {name}"


def _smallest(exercise: Exercise, verdict: Verdict) -> Case | None:
    """Return the failing case with the fewest numbers, if it can be done by hand."""
    wrong = {name for part in verdict.parts for name in part.wrong_in}
    cases = [
        case
        for case in answer_key(exercise, PUBLIC_SEED).cases
        if case.name in wrong and _count(case.args) <= BY_HAND
    ]
    return min(cases, key=lambda case: _count(case.args), default=None)


def _count(value: Any) -> int:
    """Count the numbers and words in plain data; what is no plain data is too many."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, Mapping):
        return sum(map(_count, value.values()))
    if type(value) in (list, tuple):
        return sum(map(_count, value))
    if isinstance(value, Rng | Named):
        return BY_HAND + 1  # chance and functions are not done by hand
    return 1


def _lines(exercise: Exercise, case: Case) -> Sequence[str]:
    """Write a case's inputs as Python, rounded for pencil and paper."""
    named = dict(zip(exercise.params, case.args, strict=False)) | dict(case.kwargs)
    digits = _digits([v for v in named.values() if isinstance(v, np.ndarray)])
    return [f"{name} = {_literal(value, digits)}" for name, value in named.items()]


def _digits(arrays: Sequence[Array]) -> int:
    """Return how many digits keep what matters: two, if numbers are not near twins.

    A million and three, beside a million and five, would both become a million, and
    on paper their difference 0. So the differences between neighbours in a row, and
    between arrays of one shape, survive the rounding.
    """
    floats = [a for a in arrays if a.dtype.kind == "f" and np.isfinite(a).all()]
    for digits in range(2, EVERY_DIGIT):
        rounded = [_rounded(array, digits) for array in floats]
        if all(
            np.linalg.norm(near - exact) <= LOST * np.linalg.norm(exact)
            for near, exact in zip(_gaps(rounded), _gaps(floats), strict=True)
        ):
            return digits
    return EVERY_DIGIT


def _gaps(arrays: Sequence[Array]) -> Iterator[Array]:
    for array in arrays:
        if array.ndim and array.size:
            yield from np.diff(array.reshape(-1, array.shape[-1]))
    for one, other in combinations(arrays, 2):
        if one.shape == other.shape:
            yield one - other


def _literal(value: Any, digits: int) -> str:
    if isinstance(value, np.ndarray):
        return f"np.array({_literal(value.tolist(), digits)})"
    if type(value) is list:
        return f"[{', '.join(_literal(v, digits) for v in value)}]"
    if type(value) is tuple:
        inner = ", ".join(_literal(v, digits) for v in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if type(value) is dict:
        inner = ", ".join(f"{k!r}: {_literal(v, digits)}" for k, v in value.items())
        return f"{{{inner}}}"
    if isinstance(value, float):
        return repr(_round(value, digits))
    return repr(value)


def _rounded(array: Array, digits: int) -> Array:
    numbers = [_round(number, digits) for number in array.ravel().tolist()]
    return np.array(numbers).reshape(array.shape)


def _round(number: float, digits: int) -> float:
    # Significant digits: never a 0 that was none.
    return float(f"{number:.{digits}g}")
