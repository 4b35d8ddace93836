"""A right answer is right whatever type of the standard library or NumPy holds it."""

import math
from array import array
from collections import deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import PUBLIC_SEED
from nnkit.judging import show
from nnkit.judging.judge import answer_key, ask, judge

PLAIN = [e for e in EXERCISES.values() if e.adapter == "call" and not e.unpack]


def each(convert):
    """Make an array of objects, as `np.frompyfunc` and arithmetic on fractions do."""
    return lambda part: np.frompyfunc(lambda x: convert(float(x)), 1, 1)(part)


def exact(x):
    return Fraction(x) if math.isfinite(x) else x


def nested(outer, innermost):
    """Hold rows of rows in `outer`, and the last axis in `innermost`."""

    def convert(part):
        if part.ndim < 2:
            return innermost(part.tolist()) if part.ndim else float(part)
        return outer(map(convert, part))

    return convert


HELD = {
    "floats in an array of objects": each(float),
    "NumPy's numbers in an array of objects": each(np.float64),
    "fractions": each(exact),
    "decimals": each(Decimal),
    "deques": nested(deque, deque),
    "Python's own arrays": nested(list, lambda row: array("d", row)),
    "masked arrays without a mask": np.ma.masked_array,
    "long doubles": lambda part: part.astype(np.longdouble),
    "tuples in lists": nested(list, tuple),
}


@pytest.mark.parametrize("convert", HELD.values(), ids=list(HELD))
@pytest.mark.parametrize("exercise", PLAIN, ids=lambda e: e.id)
def test_a_right_answer_is_right_in_any_type(exercise, convert):
    key = answer_key(exercise, PUBLIC_SEED)

    def answering(parts):
        held = tuple(map(convert, parts))
        return lambda *args, **kwargs: held if len(held) > 1 else held[0]

    replies = [
        ask(answering(parts), exercise.adapter, case)
        for case, parts in zip(key.cases, key.right, strict=True)
    ]
    verdict = judge(exercise, replies, PUBLIC_SEED)
    assert verdict.status == "right", show.text(verdict)
