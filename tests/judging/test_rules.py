"""The rules of an exercise: each holds for a sound one, and can be broken."""

from dataclasses import replace

import numpy as np
import pytest

from nnkit.adapters import Named, Rng
from nnkit.exercises.spec import Case, Exercise, Slip
from nnkit.judging import rules

FEW = (1, 2, 3)


def cases(rng):
    return [Case("three", (rng.normal(size=3),)), Case("two", (rng.normal(size=2),))]


def doubled(x):
    return x + x


SOUND = Exercise(
    "twice",
    unit="07-unit",
    points=1,
    params=("x",),
    parts=("out",),
    cases=cases,
    reference=lambda x: 2 * x,
    slips=(
        Slip("squared", lambda x: x**2, "Twice, or times itself?"),
        Slip("added-two", lambda x: x + 2, "Plus 2 is something else."),
    ),
)


def giving(*values):
    return lambda rng: [Case("one", (value,)) for value in values]


def bad_unpack(value, x):
    return (value["a"],)


CALLS = iter(range(1000))

BROKEN = {
    "cases raise": ({"cases": lambda rng: 1 / 0}, "stops with ZeroDivisionError"),
    "no cases": ({"cases": lambda rng: []}, "has no cases"),
    "no Case": ({"cases": lambda rng: [(1.0,)]}, "which is no Case"),
    "arguments": ({"params": ("x", "y")}, "needs one argument for each of x, y"),
    "a function": ({"cases": giving(len)}, "gives a builtin_function_or_method"),
    "in a list": ({"cases": giving([1.0, {"f": len}])}, "which cannot reach"),
    "Named": ({"cases": giving(Named("cube"))}, "asks for Named('cube')"),
    "same names": (
        {"cases": lambda rng: [Case("a", (rng.normal(),)), Case("a", (1.0,))]},
        "two cases are called 'a'",
    ),
    "not the seed's": (
        {"cases": lambda rng: [Case("a", (float(next(CALLS)),))]},
        "draws other cases when asked again",
    ),
    "always the same": ({"cases": giving(1.0)}, "the same cases for every seed"),
    "reference raises": ({"reference": lambda x: x.foo}, "the reference stops with"),
    "reference wraps": ({"reference": lambda x: (2 * x,)}, "in no tuple"),
    "reference is nan": ({"reference": lambda x: x * np.nan}, "gives nan in the case"),
    "reference spoils": (
        {"reference": lambda x: np.multiply(x, 2, out=x)},
        "is not right by its own standard",
    ),
    "scale": ({"scale": lambda x: (1.0, 2.0)}, "cannot be judged: it stops"),
    "unpack": ({"unpack": bad_unpack}, "must raise values.Misfit"),
    "a slip passes": ({"slips": (Slip("d", doubled, "hint"),)}, "slip d: is right"),
    "no hint": ({"slips": (Slip("s", lambda x: x**2, " "),)}, "slip s: has no hint"),
    "one hint for two": (
        {"slips": tuple(replace(slip, hint="?") for slip in SOUND.slips)},
        "has the same hint as another",
    ),
    "one slip twice": (
        {"slips": (*SOUND.slips, Slip("cubed", lambda x: x * x, "x³?"))},
        "slip cubed: is told 'squared' instead of its own hint",
    ),
}


def test_a_sound_exercise_keeps_every_rule():
    assert list(rules.broken(SOUND, FEW)) == []
    assert list(rules.broken(replace(SOUND, slips=()), FEW)) == []


def test_generators_and_named_functions_may_be_asked_for():
    drawn = replace(
        SOUND,
        params=("rng", "f"),
        cases=lambda rng: [
            Case("a", (Rng(int(rng.integers(9**9))), Named("curve", {"kind": "tanh"})))
        ],
        reference=lambda rng, f: 1.0,
        slips=(),
    )
    assert list(rules.cases_broken(drawn, FEW)) == []


@pytest.mark.parametrize(("change", "said"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_said_in_one_line(change, said):
    found = list(rules.broken(replace(SOUND, **change), FEW))
    assert any(said in line for line in found), found
    assert not any("\n" in line for line in found)
