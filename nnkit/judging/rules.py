"""What every exercise must keep to, the course's and an instructor's own.

    cases ──> cross the wire? the same again?     reference ──> right by itself?
    slips ──> each its own hint, no full marks    a strange answer ──> a verdict

Each rule yields what is broken, a line each, and stops at the first seed that shows it.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnkit import tensor
from nnkit.adapters import FUNCTIONS, Named, Opaque
from nnkit.exercises.spec import PUBLIC_SEED, Case, Exercise
from nnkit.judging.judge import answer_key, judge
from nnkit.judging.rules_calls import call_broken, order_broken, where
from nnkit.judging.rules_slips import SEEDS, slips_broken, verdict_on
from nnkit.ops import OPS
from nnkit.sandbox import wire
from nnkit.tensor import Tensor


class BrokenError(Exception):
    """An exercise stopped while it judged an answer; the message says where."""


LEAST = 1e-12
"""A smaller tolerance is one that right answers miss by rounding."""

STRANGE: tuple[Any, ...] = (
    *(None, "text", True, 1.5, float("nan"), 2j, (), [], {}, {"a": 1}),
    *((None, None), [[1.0], [1.0, 2.0]], Opaque("object"), np.zeros(0)),
    *(np.array(["a"]), np.full((2, 3, 4), np.inf), [None] * 7),
)
"""What an answer may return, and what no exercise asks for."""


def broken(exercise: Exercise, seeds: Sequence[int] = SEEDS) -> Iterator[str]:
    """Yield what is wrong with an exercise, the fundamental things first.

    Args:
        exercise: a declaration.
        seeds: of the cases to try it on.
    """
    for rule in (order_broken, cases_broken, reference_broken):
        if problem := next(rule(exercise, seeds), ""):
            yield problem
            return  # what follows would only say it again
    yield from strange_broken(exercise)
    yield from lenient(exercise)
    yield from slips_broken(exercise, seeds)


def cases_broken(exercise: Exercise, seeds: Iterable[int]) -> Iterator[str]:
    """Yield what is wrong with the calls that a seed draws."""
    drawn = {}
    for seed in seeds:
        try:
            once, again = (
                list(exercise.cases(np.random.default_rng(seed))) for _ in range(2)
            )
        except Exception as error:
            yield f"cases(rng) stops {where(error)}"
            return
        try:
            if problem := next(_problems_of_cases(exercise, once), ""):
                yield problem
                return
            if problem := next(call_broken(exercise, once[0]), ""):
                yield problem
                return
            drawn[seed] = [wire.encode(_all_of(case)) for case in once]
        except wire.WireError as error:
            yield f"a case is more than can be sent to an answer: {error}"
            return
        if drawn[seed] != [wire.encode(_all_of(case)) for case in again]:
            yield "cases(rng) draws other cases when asked again: draw all from rng"
            return
    first, *others = drawn.values()
    if others and all(other == first for other in others):
        yield (
            "cases(rng) draws the same cases for every seed: whoever knows the public "
            "ones knows those that are graded"
        )


def _problems_of_cases(exercise: Exercise, cases: Sequence[Any]) -> Iterator[str]:
    if not cases:
        yield "has no cases"
    for case in cases:
        if not isinstance(case, Case):
            yield f"cases(rng) gives {str(case)[:60]!r}, which is no Case"
            return
        if type(case.args) is not tuple or len(case.args) != len(exercise.params):
            yield (
                f"the case {case.name!r} needs one argument for each of "
                f"{', '.join(exercise.params)}, in a tuple"
            )
            return
        given: tuple[Any, ...] = (case.kwargs, case.kept)
        if not all(isinstance(names, Mapping) for names in given):
            yield f"the case {case.name!r} needs dicts for kwargs and kept"
            return
        for name in case.asks:
            if name not in exercise.parts:
                yield f"the case {case.name!r} asks for {name!r}, which is no part"
        for value in _leaves(_all_of(case)):
            yield from _problems_of_argument(value, case.name)
    for part in exercise.parts:
        if not any(case.asks_for(part) for case in cases):
            yield f"no case asks for {part!r}: any answer is right in it"
    names = [case.name for case in cases]
    yield from (f"two cases are called {n!r}" for n in names if names.count(n) > 1)


def _problems_of_argument(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, Named):
        if value.name not in FUNCTIONS:
            yield (
                f"the case {name!r} asks for Named({value.name!r}); the functions that "
                f"there are: {', '.join(FUNCTIONS)}"
            )
    elif isinstance(crossed(value), Opaque):
        yield (
            f"the case {name!r} gives a {type(value).__name__}, which cannot reach a "
            "student's function: only numbers, text, arrays of numbers, lists, tuples "
            "and dicts of them, Rng(seed) and Named(...) do"
        )


def crossed(value: Any) -> Any:
    """Return what of a value arrives on the other side of the wire."""
    return wire.decode_bytes(wire.encode(value))


def _all_of(case: Case) -> tuple[Any, ...]:
    return (case.args, dict(case.kwargs))


def _leaves(value: Any) -> Iterator[Any]:
    if type(value) in (tuple, list):
        for item in value:
            yield from _leaves(item)
    elif type(value) is dict:
        for key, item in value.items():
            yield from _leaves(key)
            yield from _leaves(item)
    else:
        yield value


def reference_broken(exercise: Exercise, seeds: Iterable[int]) -> Iterator[str]:
    """Yield where the reference fails, or is not right by its own standard."""
    flat = set(exercise.parts) if _by_backprop(exercise) else set()
    for seed in seeds:
        key = answer_key(exercise, seed)
        try:
            if problem := _not_as_declared(exercise, key.cases[0]):
                yield problem
                return
            right = key.right
        except Exception as error:
            hint = (
                _on_tensors(error) if hasattr(exercise.reference, "__wrapped__") else ""
            )
            yield f"the reference stops {where(error)}, seed {seed}{hint}"
            return
        for case, parts in zip(key.cases, right, strict=True):
            # Beyond all numbers may be right: the loss of an answer that is sure.
            if any(np.isnan(part).any() for part in parts):
                yield f"the reference gives nan in the case {case.name!r}, seed {seed}"
                return
            flat -= {n for n, p in zip(exercise.parts, parts, strict=True) if p.any()}
        try:
            sizes = key.sizes
            if any(len(row) != len(exercise.parts) for row in sizes):
                yield f"scale or margins do not give one for each of {exercise.parts}"
                return
            if not all(_is_size(size) for row in sizes for size in row):
                yield "scale or margins give what is no size: expected numbers from 0"
                return
            # Where an answer is unpacked, the reference gives parts, not an answer.
            if exercise.unpack:
                continue
            verdict = verdict_on(exercise, exercise.reference, seed)
        except Exception as error:
            yield f"the reference cannot be judged: it stops {where(error)}"
            return
        if verdict.status != "right" or verdict.flags:
            said = [item.text for item in verdict.diagnoses] or list(verdict.flags)
            yield (
                f"the reference is not right by its own standard, seed {seed}: "
                f"{said[0]}"
            )
            return
        if problem := _unforgiving(exercise, right):
            yield problem
            return
    for part in sorted(flat):
        yield (
            f"the gradient {part!r} is 0 in every case: .data is a constant, as is "
            "what float() or math makes of a Tensor, and it does not go through one"
        )


def lenient(exercise: Exercise) -> Iterator[str]:
    """Yield that hardly any answer is wrong, which a tolerance or margin can do."""
    if exercise.unpack:
        return  # what is to be returned, unpack alone knows
    key = answer_key(exercise, PUBLIC_SEED)
    far = [
        tuple(2 * part + 1 for part in exercise.right_parts(case)) for case in key.cases
    ]
    replies = [
        {
            "value": parts if len(parts) > 1 else parts[0],
            "args": list(crossed(case.args)),
        }
        for case, parts in zip(key.cases, far, strict=True)
    ]
    for part in judge(exercise, replies).parts:
        if part.right:
            yield (
                f"twice the right {part.name}, plus 1, is right, too: tolerance, scale "
                "or margins allow too much"
            )


def _is_size(size: Any) -> bool:
    return bool(np.isfinite(size).all() and np.greater_equal(size, 0).all())


def _unforgiving(exercise: Exercise, right: Iterable[Sequence[np.ndarray]]) -> str:
    """Say that a right answer which adds up in another order would be wrong."""
    if exercise.margins or exercise.tolerance >= LEAST:
        return ""
    if all((part == np.round(part)).all() for parts in right for part in parts):
        return ""  # whole numbers have no rounding
    return (
        f"tolerance={exercise.tolerance:g} is less than what rounding makes of a right "
        "answer that adds up in another order, some 1e-13 of its size: leave it out"
    )


def _by_backprop(exercise: Exercise) -> bool:
    return hasattr(exercise.reference, "__wrapped__")


def _on_tensors(error: BaseException) -> str:
    """Say what a loss is to be written with, if it stops where NumPy has a Tensor."""
    numpy = Path(np.__file__).parent
    in_numpy = any(
        Path(frame.filename).is_relative_to(numpy)
        for frame in traceback.extract_tb(error.__traceback__)
    )
    if not isinstance(error, TypeError | AttributeError):
        return ""
    if not in_numpy and not re.search("'Tensor'|records nothing", str(error)):
        return ""
    functions = [name for name in OPS if hasattr(tensor, name)]
    methods = [f".{name}()" for name in OPS if hasattr(Tensor, name)]
    return (
        ". The loss is given Tensors, which NumPy's functions do not take: use "
        f"operators such as @ and **, the methods {', '.join(methods)}, .T, and from "
        f"nnkit {', '.join(functions)}"
    )


def _not_as_declared(exercise: Exercise, case: Case) -> str:
    before = wire.encode(_all_of(case))
    value = exercise.reference(*case.args, **case.known)
    if wire.encode(_all_of(case)) != before:
        return (
            f"the reference changes what it is given, in the case {case.name!r}: let "
            "it work on copies, for an answer is given the same"
        )
    parts, many = ", ".join(exercise.parts), len(exercise.parts)
    if value is None:
        return "the reference returns None: has it a return, on every way?"
    if many == 1 and type(value) is tuple:
        if len(value) == 1:
            return "the reference must return its one part as it is, in no tuple"
        return f"the reference returns a tuple of {len(value)}, and parts has {parts}"
    if many > 1 and type(value) not in (tuple, list):
        return (
            f"the reference returns one {type(value).__name__}, and parts has {parts}: "
            "expected one value for each, in a tuple"
        )
    return ""


def strange_broken(exercise: Exercise) -> Iterator[str]:
    """Yield what no student may be able to do: to stop the judge by an answer."""
    key = answer_key(exercise, PUBLIC_SEED)
    for value in STRANGE:
        reply: Mapping[str, Any]
        replies = []
        for case in key.cases:
            reply = {"value": crossed(value), "args": list(crossed(case.args))}
            replies.append(reply)
        try:
            verdict = judge(exercise, replies)
        except Exception as error:
            yield (
                f"an answer that returns {value!r} stops the judge {where(error)}: "
                "where unpack cannot take a value, it must raise values.Misfit"
            )
            return
        if verdict.status == "right":
            yield f"an answer that returns {value!r} in every case is right"
            return
