"""One reply, compared with what is right: how each part of one call ended.

A *reply* is what crossed the wire for one call: plain data, in one of three forms,

    {"value": …, "args": […]}                       the call returned
    {"raised": {"type", "message", "line", "source"}}
    {"raised": {…}, "by": "cell"}                   the cell that should define it did
    {"ended": "timed out" | "crashed" | "not attempted", "detail": …}
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnkit.adapters import AS_THEY_ARE, Named, Rng
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Case, Exercise, Kind, Outcome
from nnkit.exercises.values import Misfit, numbers, split
from nnkit.judging.advice import advice
from nnkit.raised import LONGEST

ROUNDING = 1e-12
"""What was put back by arithmetic is no farther from where it was, relatively."""

_ENDINGS = {
    "timed out": Kind.TIMED_OUT,
    "crashed": Kind.CRASHED,
    "not attempted": Kind.NOT_ATTEMPTED,
}


def outcomes(
    exercise: Exercise,
    case: Case,
    right: Sequence[Array],
    sizes: Sequence[float | Array],
    tolerance: float,
    reply: Mapping[str, Any],
) -> tuple[Outcome, ...]:
    """Say how each part of one call ended.

    Args:
        exercise: what was asked.
        case: the call's arguments as they were before it.
        right: the reference's parts.
        sizes: per part, what an error is measured against.
        tolerance: the largest relative error that is right.
        reply: what came back, see above; a reply of any other form is a crash.
    """
    whole = _whole_call(case, reply)
    if whole is not None:
        return _where_asked(exercise, case, right, whole)

    def parts() -> Sequence[Any]:
        if exercise.unpack:
            return exercise.unpack(reply["value"], *case.args, **case.known)
        return split(reply["value"], exercise.parts)

    return compared(exercise, case, parts, right, sizes, tolerance)


def compared(
    exercise: Exercise,
    case: Case,
    parts: Callable[[], Sequence[Any]],
    right: Sequence[Array],
    sizes: Sequence[float | Array],
    tolerance: float,
) -> tuple[Outcome, ...]:
    """Compare what came back, taken apart, with the right parts.

    Args:
        exercise: what was asked.
        case: for which arguments.
        parts: takes apart what came back, or raises Misfit.
        right: the reference's parts.
        sizes: per part, what an error is measured against.
        tolerance: the largest relative error that is right.
    """
    try:
        found = parts()
    except Misfit as misfit:
        return _where_asked(exercise, case, right, _misfit(misfit))
    with np.errstate(all="ignore"):
        return tuple(
            compare(part, want, size, tolerance)
            if case.asks_for(name)
            else _unasked(want)
            for name, part, want, size in zip(
                exercise.parts, found, right, sizes, strict=True
            )
        )


def _where_asked(
    exercise: Exercise, case: Case, right: Sequence[Array], outcome: Outcome
) -> tuple[Outcome, ...]:
    """Give all parts that a case asks for the same outcome."""
    return tuple(
        outcome if case.asks_for(name) else _unasked(want)
        for name, want in zip(exercise.parts, right, strict=True)
    )


def _unasked(want: Array) -> Outcome:
    """Return the outcome of what a case does not ask for, whatever came back."""
    return Outcome(Kind.RIGHT, array=want)


def _whole_call(case: Case, reply: Mapping[str, Any]) -> Outcome | None:
    """Return the outcome of a call that ended in the same way for all of its parts."""
    if "ended" in reply:
        return Outcome(_ENDINGS[reply["ended"]], detail=str(reply.get("detail", "")))
    if "raised" in reply:
        error = reply["raised"]
        if error["type"] == "NotImplementedError":
            return Outcome(Kind.NOT_ATTEMPTED)
        who = "cell" if reply.get("by") == "cell" else "function"
        said = stopped_with(error)
        where = f", line {error['line']}" if error["line"] else ""
        if where and error["source"]:  # code that was made from text has none to show
            where += f": `{error['source']}`"
        detail = f"Your {who} stopped with {said}{where}{advice(error)}"
        return Outcome(Kind.RAISED, error["type"], detail)
    changed = [
        (position, before, after)
        for position, (before, after) in enumerate(
            zip(case.args, reply["args"], strict=True)
        )
        if not same(before, after)
    ]
    if changed:
        note = ",".join(_changed(*change) for change in changed)
        by_a_hair = all(_is_rounding(before, after) for _, before, after in changed)
        error = 0.0 if by_a_hair else math.inf
        return Outcome(Kind.CHANGED_INPUTS, note, error=error)
    return None


def _changed(position: int, before: Any, after: Any) -> str:
    """Say which argument has changed: "1", or, of a dict's entries, "0[W2 b2]".

    With "0[]" the entries are others than before.
    """
    if type(before) is not dict or type(after) is not dict:
        return str(position)
    moved = set(before) == set(after) and [
        str(key) for key in before if not same(before[key], after[key])
    ]
    return f"{position}[{' '.join(moved or ())}]"


def _is_rounding(before: Any, after: Any) -> bool:
    """Say whether an array has changed by no more than rounding."""
    arrays = isinstance(before, np.ndarray) and isinstance(after, np.ndarray)
    if not arrays or before.shape != after.shape or after.dtype.kind not in "iuf":
        return False
    return bool(np.allclose(after, before, rtol=ROUNDING, atol=ROUNDING))


def stopped_with(error: Mapping[str, Any]) -> str:
    """Return an exception's type and message, to stand within a sentence."""
    said = f"{error['type']}: {error['message'].strip()}"
    return said.removesuffix(": ").removesuffix(".")


def is_reply(reply: Any, case: Case) -> bool:
    """Say whether what crossed the wire has the form of a reply to this case."""
    if type(reply) is not dict:
        return False
    if set(reply) == {"raised"}:
        error = reply["raised"]
        return (
            type(error) is dict
            and set(error) == {"type", "message", "line", "source"}
            and all(
                type(error[key]) is str and len(error[key]) <= longest
                for key, longest in LONGEST.items()
            )
            and type(error["line"]) is int
        )
    return (
        set(reply) == {"value", "args"}
        and type(reply["args"]) in (tuple, list)
        and len(reply["args"]) == len(case.args)
    )


def same(before: Any, after: Any) -> bool:
    """Compare an argument before and after a call, bit for bit."""
    if type(before) is not type(after):
        return False
    if type(before) in AS_THEY_ARE:
        return bool(before == after or (before != before and after != after))
    if isinstance(before, np.ndarray | np.generic):
        return (
            bool(before.dtype == after.dtype)
            and before.shape == after.shape
            and before.tobytes() == after.tobytes()
        )
    if type(before) is dict:
        keys = list(before) == list(after)
        return keys and all(same(before[key], after[key]) for key in before)
    if type(before) in (list, tuple):
        return len(before) == len(after) and all(map(same, before, after))
    if isinstance(before, Named):
        # An array that was made of another, such as its transpose, writes into it.
        return same(dict(before.params), dict(after.params))
    if isinstance(before, Rng):
        return True
    return bool(before == after or (before != before and after != after))


def compare(value: Any, want: Array, size: float | Array, tolerance: float) -> Outcome:
    """Compare one part with the right one; the caller silences NumPy's warnings.

    Args:
        value: the part as decoded.
        want: the right part, float64.
        size: what an error is measured against.
        tolerance: the largest relative error that is right.
    """
    try:
        array = numbers(value)
    except Misfit as misfit:
        return _misfit(misfit)
    if array.shape != want.shape:
        said = ""
        if type(value) is tuple and array.ndim == 1 and not want.shape:
            said = (
                f"A single number was expected, and a tuple of {len(value)} came back, "
                "such as commas between values make. Print it: which of its entries "
                "was asked for?"
            )
        return Outcome(Kind.SHAPE, note=str(array.shape), detail=said, array=array)
    got = array.astype(np.float64, copy=False)
    error = np.abs(got - want) / size
    worst = float(error.max(initial=0.0))
    if not math.isfinite(worst):  # rare, and what follows is slow
        error = np.where(got == want, 0.0, error)
        strange = ~np.isfinite(got) & ~np.isclose(error, 0.0)
        if strange.any() and np.isfinite(want[strange]).all():
            where = tuple(int(i) for i in np.argwhere(strange)[0])
            return Outcome(
                Kind.NOT_FINITE, array=array, error=float("inf"), where=where
            )
        error = np.where(np.isnan(error), np.inf, error)
        worst = float(error.max(initial=0.0))
    if worst <= tolerance:
        return Outcome(Kind.RIGHT, array=array, error=worst)
    where = tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
    return Outcome(Kind.WRONG, array=array, error=worst, where=where)


def _misfit(misfit: Misfit) -> Outcome:
    kind = Kind.SHAPE if misfit.is_shape else Kind.STRUCTURE
    return Outcome(kind, misfit.seen, misfit.detail)


def agree(
    one: Outcome, other: Outcome, size: float | Array, tolerance: float, fixed: bool
) -> bool:
    """Say whether two outcomes show the same mistake.

    Args:
        one: an outcome.
        other: another, of the same part and case.
        size: what a difference is measured against.
        tolerance: the largest relative difference between two of the same kind.
        fixed: `size` is a margin. Otherwise what is far larger than the right answer
            is measured against itself, because that is how it is rounded.
    """
    if one.kind is not other.kind:
        return False
    if one.kind is Kind.RIGHT and not fixed:
        return True
    if one.array is None or other.array is None:
        return one.note == other.note and one.error == other.error
    if one.array.shape != other.array.shape:
        return False
    if one.kind is Kind.SHAPE:  # sizes of entries are of those in the right shape
        size = float(np.max(size, initial=0.0))
    if errors_differ(one.error, other.error, size, tolerance, fixed):
        return False
    p = one.array.astype(np.float64, copy=False)
    q = other.array.astype(np.float64, copy=False)
    gaps = np.abs(p - q)
    worst = float(gaps.max(initial=0.0))
    if not np.ndim(size) and worst <= tolerance * size:
        return True
    if not math.isfinite(worst):  # rare, and what follows is slow
        finite = np.isfinite(p)
        if not np.array_equal(finite, np.isfinite(q)):
            return False
        size = np.broadcast_to(size, p.shape)[finite]
        p, gaps = p[finite], gaps[finite]
    if not fixed:
        size = np.maximum(size, np.abs(p).max(initial=0.0))
    return bool((gaps <= tolerance * size).all())


def errors_differ(
    one: float, others: Any, size: float | Array, tolerance: float, fixed: bool
) -> Any:
    """Say whether two errors alone show that the numbers do not agree.

    Two arrays cannot be closer to each other than their distances from a third differ.
    So most slips are ruled out without a look at an array. Where errors are measured
    against another size in each entry, a difference that is forgiven in one is largest
    where the size is smallest.

    Args:
        one: an error.
        others: another, or an array of many.
        size: as in `agree`, and so are the others.
        tolerance: see there.
        fixed: see there.
    """
    gap = abs(one - others)
    reach = tolerance if fixed else tolerance * (1 + one)
    if not fixed and np.ndim(size) and np.size(size):
        reach *= float(np.max(size)) / float(np.min(size))
    rounding = 1e-12 * (one + others)
    return (gap < math.inf) & (gap > 1.001 * reach + rounding)


def same_specials(one: Outcome, other: Outcome) -> bool:
    """Say whether what is not finite in two arrays is nan, ∞ and −∞ at the same places.

    How a formula overflows depends on how it is written, so this is no condition. Of
    two mistakes that fit, it tells the likelier.
    """
    if one.array is None or other.array is None or one.array.shape != other.array.shape:
        return True
    p, q = one.array.astype(np.float64), other.array.astype(np.float64)
    same = np.isfinite(p) | (p == q) | (np.isnan(p) & np.isnan(q))
    return bool(same.all())
