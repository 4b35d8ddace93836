"""The rules of an exercise: each holds for a sound one, and can be broken."""

from dataclasses import replace

import numpy as np
import pytest

from nnkit.adapters import Named, Rng
from nnkit.exercises.spec import Case, Exercise, Slip, backprop_of
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


def giving_whole_numbers(rng):
    return [Case("one", (rng.integers(9, size=3),))]


def giving_counts(rng):
    return [Case("three", (rng.integers(3, 99, size=3),))]


def bad_unpack(value, x):
    return (value["a"],)


CALLS = iter(range(1000))


def two(x, y):
    return (x + 2 * y).sum()


PAIRS = {
    "params": ("x", "y"),
    "parts": ("dx",),
    "cases": lambda rng: [Case("a", (rng.normal(size=3), rng.normal(size=3)))],
    "reference": lambda x, y: x + 2 * y,
    "slips": (),
}

BROKEN = {
    "reference in another order": (
        PAIRS | {"reference": lambda y, x: x + 2 * y},
        "params has x, y, and the reference takes y, x",
    ),
    "loss in another order": (
        PAIRS | {"reference": backprop_of(two, wrt=("x",)), "params": ("y", "x")},
        "params has y, x, and the reference takes x, y",
    ),
    "slip in another order": (
        PAIRS | {"slips": (Slip("s", lambda y, x: x + y, "hint"),)},
        "params has x, y, and the slip s takes y, x",
    ),
    "slip written again in another order": (
        PAIRS | {"slips": (Slip("s", two, "hint", also=(lambda y, x: x + y,)),)},
        "params has x, y, and the slip s takes y, x",
    ),
    "scale in another order": (
        PAIRS | {"scale": lambda y, x: (1.0,)},
        "params has x, y, and scale takes y, x",
    ),
    "a slip that cannot be called": (
        PAIRS | {"slips": (Slip("s", lambda x: x, "hint"),)},
        "the slip s cannot be called as an answer is: too many positional arguments",
    ),
    "a reference that cannot be called": (
        PAIRS | {"reference": lambda x, y, z: x},
        "the reference cannot be called as an answer is: missing a required argument",
    ),
    "two gradients for one part": (
        PAIRS | {"reference": backprop_of(two, wrt=("x", "y"))},
        "the reference returns a tuple of 2, and parts has dx",
    ),
    "one gradient for two parts": (
        PAIRS | {"reference": backprop_of(two, wrt=("x",)), "parts": ("dx", "dy")},
        "returns one ndarray, and parts has dx, dy: expected one value for each",
    ),
    "np.mean of Tensors": (
        {"reference": backprop_of(lambda x: np.mean(x), wrt=("x",))},
        "write a.mean()",
    ),
    "np.exp of Tensors": (
        {"reference": backprop_of(lambda x: np.exp(x).sum(), wrt=("x",))},
        "write nnkit.exp(a)",
    ),
    "a method that Tensors do not have": (
        {"reference": backprop_of(lambda x: x.dot(x), wrt=("x",))},
        "write a @ b",
    ),
    "an operator that Tensors do not have": (
        {"reference": backprop_of(lambda x: (x // 2).sum(), wrt=("x",))},
        "the methods .sum(), .mean(), ",
    ),
    "a way back that is cut": (
        {"reference": backprop_of(lambda x: x.data.sum(), wrt=("x",))},
        "the reference stops with TypeError: no gradient comes back to argument 0",
    ),
    "a loss that the argument does not move": (
        {"reference": backprop_of(lambda x: (0 * x).sum(), wrt=("x",))},
        "the gradient 'out' is 0 in every case",
    ),
    "a way back that ends in a plain number": (
        {"reference": backprop_of(lambda x: float(x.sum()), wrt=("x",))},
        "the reference stops with TypeError: no gradient comes back to argument 0",
    ),
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
        "changes what it is given, in the case 'three'",
    ),
    "scale": ({"scale": lambda x: (1.0, 2.0)}, "cannot be judged: it stops"),
    "unpack": ({"unpack": bad_unpack}, "must raise values.Misfit"),
    "a slip passes": ({"slips": (Slip("d", doubled, "hint"),)}, "slip d: is right"),
    "a slip with a typo": (
        {"slips": (Slip("t", lambda x: npp.square(x), "hint"),)},  # noqa: F821  the typo
        "slip t: stops with NameError: name 'npp' is not defined",
    ),
    "a slip that always stops": (
        {"slips": (Slip("s", lambda x: x @ np.zeros(9), "hint"),)},
        "slip s: stops in every case, in the first with ValueError: matmul",
    ),
    "kwargs that are none": (
        {"cases": lambda rng: [Case("one", (rng.normal(size=3),), [1])]},
        "the case 'one' needs dicts for kwargs",
    ),
    "reference without return": ({"reference": lambda x: None}, "returns None: has it"),
    "margins below 0": ({"margins": lambda x: (-1.0,)}, "give what is no size"),
    "scale of nan": ({"scale": lambda x: (np.nan,)}, "give what is no size"),
    "any number is right": (
        {"tolerance": 99, "slips": ()},
        "twice the right out, plus 1, is right, too",
    ),
    "anything is right": (
        {"unpack": lambda value, x: (2 * x,), "slips": ()},
        "an answer that returns None in every case is right",
    ),
    "no tolerance": ({"tolerance": 0}, "tolerance=0 is less than what rounding makes"),
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


def test_whole_numbers_need_no_tolerance():
    counting = {"cases": giving_counts, "tolerance": 0}
    assert list(rules.broken(replace(SOUND, **counting), FEW)) == []


def test_a_slip_may_stop_where_shapes_betray_it():
    slip = Slip("s", lambda x: x @ np.ones((3, 3)), "hint")
    assert list(rules.broken(replace(SOUND, slips=(slip,)), FEW)) == []


def test_names_that_are_in_no_params_are_free():
    named = {"reference": lambda p, _: p + 2 * _, "slips": ()}
    assert list(rules.order_broken(replace(SOUND, **(PAIRS | named)))) == []
    taking_all = {"reference": lambda *args: sum(args), "scale": np.hypot}
    assert list(rules.order_broken(replace(SOUND, **(PAIRS | taking_all)))) == []


def test_a_loss_that_stops_for_another_reason_is_not_told_of_tensors():
    failing = backprop_of(lambda x: x.sum() + {}["k"], wrt=("x",))
    (line,) = rules.broken(replace(SOUND, reference=failing), FEW)
    assert "KeyError" in line
    assert "Tensors" not in line
    whole = replace(
        SOUND,
        cases=giving_whole_numbers,
        reference=backprop_of(lambda x: x.sum(), wrt=("x",)),
    )
    (line,) = rules.broken(whole, FEW)
    assert "a Tensor holds floats" in line
    assert "NumPy" not in line


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
