"""Unit 5: ways to come back through an activation function and to go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip

Cache = tuple[Array, Array]

KINDS = ("tanh", "sigmoid", "relu", "exp")


def slope(kind: str, z: Array, a: Array) -> Array:
    """Return the right slope, entry by entry; the slips below go wrong around it."""
    slopes: dict[str, Array] = {
        "tanh": 1 - a**2,
        "sigmoid": a * (1 - a),
        "relu": (z > 0) * 1.0,
        "exp": a,
    }
    return slopes[kind]


def only_for(one: str, wrong: Callable[[Array, Array], Any]) -> Callable[..., Any]:
    """Make the answer whose slope for one kind is `wrong(z, a)`; others are right."""

    def mutant(dA: Array, cache: Cache, kind: str) -> Any:
        z, a = cache
        return dA * (wrong(z, a) if kind == one else slope(kind, z, a))

    return mutant


def for_one_kind(one: str) -> Callable[..., Any]:
    """Make the answer that ignores dA for one kind alone."""

    def mutant(dA: Array, cache: Cache, kind: str) -> Any:
        return slope(kind, *cache) * (1 if kind == one else dA)

    return mutant


def alone_and_of_another_curve(dA: Array, cache: Cache, kind: str) -> Any:
    """Ignore dA, with slopes that are wrong in the likeliest ways."""
    z, _ = cache
    return {
        "tanh": 1 - z**2,
        "sigmoid": z * (1 - z),
        "relu": np.where(z > 0, 1, 0.01),
        "exp": z,
    }[kind]


@slip(
    "These are the slopes of the curve alone. You assumed that everything downstream "
    "has the slope 1: where does dA come in?",
    also=[*(for_one_kind(one) for one in KINDS), alone_and_of_another_curve],
)
def upstream_ignored(dA: Array, cache: Cache, kind: str) -> Any:
    return slope(kind, *cache)


@slip(
    "dA comes out as it went in. A curve was treated as a line of slope 1: how steep "
    "is it at each z?",
    whole=True,
)
def slope_omitted(dA: Array, cache: Cache, kind: str) -> Any:
    return dA.copy()


@slip(
    "For one kind of curve dA comes out as it went in, as if the curve were a line of "
    "slope 1. Is that kind among those that your code asks for, by its exact name?",
    also=(
        only_for("sigmoid", lambda z, a: 1.0),
        only_for("exp", lambda z, a: 1.0),
    ),
)
def one_slope_omitted(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (1.0 if kind == "tanh" else slope(kind, z, a))


@slip(
    "For tanh you went through the curve once more than the layer did. Is the short "
    "form 1 − a² written with z or with a, and what did you put in?"
)
def tanh_of_the_output(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (1 - np.tanh(a) ** 2 if kind == "tanh" else slope(kind, z, a))


@slip(
    "For the sigmoid you take the sigmoid of a, which has been through it already. "
    "What is a·(1 − a) to be written with?"
)
def sigmoid_of_the_output(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    again = 1 / (1 + np.exp(-a))
    return dA * (again * (1 - again) if kind == "sigmoid" else slope(kind, z, a))


@slip(
    "For exp you take exp of the output. How often does the layer take exp, and which "
    "stored array holds that already?"
)
def exp_of_the_output(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (np.exp(a) if kind == "exp" else slope(kind, z, a))


@slip(
    "The short form of tanh's slope is written with the output. Which of the two "
    "stored arrays did you square?"
)
def tanh_short_form_with_z(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (1 - z**2 if kind == "tanh" else slope(kind, z, a))


@slip(
    "a·(1 − a) lies between 0 and ¼, for it is the slope of a curve that never falls. "
    "Your slope of the sigmoid does not: which stored array did you put in?",
    also=(
        only_for("sigmoid", lambda z, a: a * (1 - z)),
        only_for("sigmoid", lambda z, a: z * (1 - a)),
    ),
)
def sigmoid_short_form_with_z(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (z * (1 - z) if kind == "sigmoid" else slope(kind, z, a))


@slip(
    "What is exp(−z) for z = −1000, and what do you get when you "
    "divide by its square? The cache holds something that cannot overflow."
)
def sigmoid_by_exp(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    e = np.exp(-z)
    return dA * (e / (1 + e) ** 2 if kind == "sigmoid" else slope(kind, z, a))


@slip(
    "At a = −1 tanh is flat, and at a = 0 its slope is 1. Does the slope that you use "
    "do both?",
    also=(
        only_for("tanh", lambda z, a: (1 - a) ** 2),
        only_for("tanh", lambda z, a: 1 - a * 2),
    ),
)
def slope_of_tanh_not_squared(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (1 - a if kind == "tanh" else slope(kind, z, a))


@slip(
    "A sigmoid is steepest in the middle, and there its slope is ¼. What is yours at "
    "a = ½, and whose slope is that?"
)
def sigmoid_as_tanh(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (1 - a**2 if kind == "sigmoid" else slope(kind, z, a))


@slip(
    "Your tanh has the slope of another curve: a·(1 − a) belongs to an output between "
    "0 and 1. Between which numbers does tanh run?"
)
def tanh_as_sigmoid(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (a * (1 - a) if kind == "tanh" else slope(kind, z, a))


@slip(
    "None of these curves ever falls. Which sign has the slope of a curve that rises, "
    "and which sign has yours?",
    also=(
        only_for("sigmoid", lambda z, a: a * (a - 1)),
        lambda dA, cache, kind: -dA * slope(kind, *cache),
    ),
)
def rising_curve_falls(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (a**2 - 1 if kind == "tanh" else slope(kind, z, a))


@slip(
    "The slope of the sigmoid is a product of two factors, and is 0 at both of its "
    "ends. Which factor have you left out?",
    also=(only_for("sigmoid", lambda z, a: 1 - a),),
)
def half_of_the_sigmoid(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (a if kind == "sigmoid" else slope(kind, z, a))


@slip(
    "1 + a² or the root of 1 − a² has the right value at one place only. At a = 0 the "
    "slope of tanh is 1, at a = ±0.8 it is 0.36: what is yours?",
    also=(
        only_for("tanh", lambda z, a: np.sqrt(np.maximum(1 - a**2, 0))),
        only_for("tanh", lambda z, a: 1 / np.cosh(z)),
    ),
)
def tanh_half_remembered(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (1 + a**2 if kind == "tanh" else slope(kind, z, a))


@slip(
    "Your ReLU lets pass what went in below 0, and stops what went in above. On which "
    "side is it flat?"
)
def relu_on_the_other_side(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * ((z < 0) * 1.0 if kind == "relu" else slope(kind, z, a))


def leaky(leak: float) -> Callable[[Array, Array], Array]:
    """Return the slope of a ReLU that lets some of it pass below 0."""
    return lambda z, a: np.where(z > 0, 1, leak)


@slip(
    "Below 0 your ReLU leaks a little. That is another function, leaky ReLU; this one "
    "is flat there.",
    also=[only_for("relu", leaky(leak)) for leak in (0.001, 0.1, 0.2)],
)
def relu_leaks(dA: Array, cache: Cache, kind: str) -> Any:
    return only_for("relu", leaky(0.01))(dA, cache, kind)


@slip("How steep is the flat piece of ReLU? Yours lets everything pass below 0.")
def relu_lets_all_pass(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (np.ones_like(z) if kind == "relu" else slope(kind, z, a))


@slip(
    "ReLU opens and closes by the sign of what went into it. The sign of which array "
    "do you look at?",
    also=(lambda dA, cache, kind: relu_of_both(dA, cache, kind),),
)
def relu_of_the_upstream(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return np.maximum(dA, 0) if kind == "relu" else dA * slope(kind, z, a)


def relu_of_both(dA: Array, cache: Cache, kind: str) -> Any:
    return (np.maximum(dA, 0) if kind == "relu" else dA) * slope(kind, *cache)


@slip(
    "Where ReLU lets pass it has the slope 1, whatever the size of z. You multiply by "
    "a number that grows with z.",
    also=(only_for("relu", lambda z, a: z),),
)
def relu_times_its_output(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (a if kind == "relu" else slope(kind, z, a))


@slip(
    "Below 0 this ReLU is flat. A slope of −1 there belongs to the absolute value, "
    "which turns round and rises again."
)
def relu_as_absolute(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (np.sign(z) if kind == "relu" else slope(kind, z, a))


@slip(
    "For exp you multiply by what went in. What is exp's own slope, and which of the "
    "two stored arrays holds it?"
)
def exp_by_its_input(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (z if kind == "exp" else slope(kind, z, a))


@slip(
    "Bringing the exponent down is the rule for powers of z. In exp(z) the variable "
    "is the exponent: what is that slope?",
    also=(only_for("exp", lambda z, a: z * a),),
)
def exp_as_a_power(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    return dA * (z * np.exp(z - 1) if kind == "exp" else slope(kind, z, a))


@slip(
    "You divide by the slope. How far does a move when z moves, and how much of a "
    "change of a therefore comes from z?",
    also=(only_for("exp", lambda z, a: 1 / a),),
)
def divided_by_the_slope(dA: Array, cache: Cache, kind: str) -> Any:
    return dA / slope(kind, *cache)


@slip(
    "Each entry of z makes one entry of a and no other. Which product acts entry by "
    "entry, and which mixes rows with columns?",
    also=(lambda dA, cache, kind: dA @ slope(kind, *cache),),
)
def matrix_product(dA: Array, cache: Cache, kind: str) -> Any:
    return dA @ slope(kind, *cache).T


@slip(
    "After the call the caller's dA is not what it was. Which of your lines writes "
    "into it? `*=` and `dA[...] =` do."
)
def upstream_overwritten(dA: Array, cache: Cache, kind: str) -> Any:
    dA *= slope(kind, *cache)
    return dA


@slip(
    "For relu you change an array that is the caller's: `d = dA` gives it a second "
    "name and copies nothing."
)
def relu_writes_into_the_upstream(dA: Array, cache: Cache, kind: str) -> Any:
    z, a = cache
    if kind == "relu":
        dZ = dA
        dZ[z <= 0] = 0
        return dZ
    return dA * slope(kind, z, a)


@slip(
    "Whatever the kind, what went in stands where what came out belongs. In which "
    "order does the text say that the two arrays of the cache come, and with which of "
    "them is each short form written?",
    whole=True,
)
def cache_turned_round(dA: Array, cache: Cache, kind: str) -> Any:
    a, z = cache
    return dA * slope(kind, z, a)


def whatever_the_kind(always: str) -> Callable[..., Any]:
    """Make the answer that takes every curve for the same one."""
    return lambda dA, cache, kind: dA * slope(always, *cache)


@slip(
    "Where several curves are asked for, you come back through the same one. Where "
    "does your code look at kind, and does it ever get past its first branch?",
    also=[whatever_the_kind(kind) for kind in ("sigmoid", "relu", "exp")],
    whole=True,
)
def one_curve_for_all(dA: Array, cache: Cache, kind: str) -> Any:
    return dA * slope("tanh", *cache)


SLIPS = (
    upstream_ignored,
    slope_omitted,
    one_slope_omitted,
    tanh_of_the_output,
    sigmoid_of_the_output,
    exp_of_the_output,
    tanh_short_form_with_z,
    sigmoid_short_form_with_z,
    sigmoid_by_exp,
    slope_of_tanh_not_squared,
    sigmoid_as_tanh,
    tanh_as_sigmoid,
    rising_curve_falls,
    half_of_the_sigmoid,
    tanh_half_remembered,
    relu_on_the_other_side,
    relu_leaks,
    relu_lets_all_pass,
    relu_of_the_upstream,
    relu_times_its_output,
    relu_as_absolute,
    exp_by_its_input,
    exp_as_a_power,
    divided_by_the_slope,
    matrix_product,
    upstream_overwritten,
    relu_writes_into_the_upstream,
    cache_turned_round,
    one_curve_for_all,
)
