"""Unit 1: one neuron, from its inputs to its activation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array, signed
from nnkit.exercises.neuron.forward_curves import CURVES
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.tensor import tanh


def one_neuron(x: Any, w: Any, b: Any) -> Any:
    """Return a = tanh(w·x + b)."""
    return tanh(w @ x + b)


def single_inputs(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `neuron`: x (n,), w (n,), b a number."""

    def draw(n: int) -> tuple[Any, ...]:
        return rng.normal(size=n), signed(rng, n), float(signed(rng))

    far = signed(rng, 4)
    return (
        Case("four inputs", draw(4)),
        # Above 1, where no cut leaves it 0 and its size is the bias itself.
        Case("two inputs", (*draw(2)[:2], rng.uniform(1.1, 1.5))),
        Case("a single input", draw(1)),
        # Below 0, where a curve that passes only what is positive shows itself; and
        # above −1, where one that is cut off at both ends is no step.
        Case("all inputs zero", (np.zeros(3), signed(rng, 3), -rng.uniform(0.5, 0.95))),
        Case("whole-number inputs", (rng.integers(1, 4, 3), *draw(3)[1:])),
        # Along the weights no terms cancel, so that z is beyond the reach of exp.
        Case("very large inputs", (2000 * far, far, float(signed(rng)))),
        # Each end has formulas that are stopped by exp there, and not at the other.
        Case(
            "very large inputs, a sum below 0", (-3000 * far, far, float(signed(rng)))
        ),
        Case("four inputs, other numbers", draw(4)),
    )


@slip(
    "With every input at zero, what should still come out? Your neuron "
    "answers as if its bias were 0."
)
def bias_forgotten(x: Array, w: Array, b: float) -> Any:
    return np.tanh(w @ x)


@slip(
    "Your weighted sum comes to all inputs together times all weights together, as if "
    "each input met every weight. Which weight belongs to which input?"
)
def sums_multiplied(x: Array, w: Array, b: float) -> Any:
    return np.tanh(x.sum() * w.sum() + b)


@slip(
    "You divide by the number of inputs. A weighted sum is no mean: what does a neuron "
    "with many inputs do with all that they bring?",
    also=[lambda x, w, b: np.tanh((w @ x + b) / len(x))],
)
def mean_of_the_inputs(x: Array, w: Array, b: float) -> Any:
    return np.tanh(w @ x / len(x) + b)


@slip(
    "Feed zeros: what comes out has the other sign. Is the bias added to the weighted "
    "sum, or taken away from it?"
)
def bias_subtracted(x: Array, w: Array, b: float) -> Any:
    return np.tanh(w @ x - b)


@slip(
    "Feed zeros, and your answer is right. Now raise an input whose weight is positive:"
    " your output falls. Which sign does the weighted sum have in your z?"
)
def sum_subtracted(x: Array, w: Array, b: float) -> Any:
    return np.tanh(b - w @ x)


@slip(
    "Feed zeros: then nothing but the bias goes through the curve, just as it was "
    "given. What does yours do to it before that?",
    also=[
        lambda x, w, b: np.tanh(w @ x + b / 2),
        lambda x, w, b: np.tanh(w @ x + b / len(x)),
        lambda x, w, b: np.tanh(w @ x + b**2),
        lambda x, w, b: np.tanh(w @ x + abs(b)),
    ],
)
def bias_scaled(x: Array, w: Array, b: float) -> Any:
    return np.tanh(w @ x + 2 * b)


@slip(
    "Your bias is multiplied before it is added: print what goes into the product. Is "
    "there a bracket that closes too late?",
    also=[lambda x, w, b: np.tanh(w @ (x + b))],
)
def bias_in_the_product(x: Array, w: Array, b: float) -> Any:
    return np.tanh(x @ (w + b))


@slip(
    "A neuron has one bias, however many inputs it has. Count how often yours is "
    "added.",
    also=[lambda x, w, b: np.tanh(b + sum(w * x + b))],
)
def bias_per_input(x: Array, w: Array, b: float) -> Any:
    return np.tanh(sum(wi * xi + b for wi, xi in zip(w, x, strict=True)))


@slip(
    "tanh never leaves (−1, 1), yet your output can. The bias shifts where "
    "the curve bends, so it belongs with the weighted sum."
)
def bias_after_activation(x: Array, w: Array, b: float) -> Any:
    return np.tanh(w @ x) + b


@slip(
    "You multiply where the neuron adds: the bias, or the terms of the sum. One of the "
    "numbers may be 0. What becomes of the others then, and what should?",
    also=[lambda x, w, b: np.tanh(np.prod(w * x) + b)],
)
def multiplied(x: Array, w: Array, b: float) -> Any:
    return np.tanh((w @ x) * b)


def bent_on_the_way(x: Array, w: Array, b: float) -> Any:
    a = b
    for wi, xi in zip(w, x, strict=True):
        a = np.tanh(a + wi * xi)
    return a


def bias_bent_with_the_terms(x: Array, w: Array, b: float) -> Any:
    return np.sum(np.tanh(w * x)) + np.tanh(b)


def tanh_of_each(x: Array, w: Array, b: float) -> Any:
    return np.sum(np.tanh(w * x + b))


def tanh_of_inputs(x: Array, w: Array, b: float) -> Any:
    return np.tanh(x) @ w + b


def bent_before_and_after(x: Array, w: Array, b: float) -> Any:
    return np.tanh(np.sum(np.tanh(w * x)) + b)


@slip(
    "One neuron bends once. Which single number should go through tanh?",
    also=[
        tanh_of_each,
        tanh_of_inputs,
        bent_before_and_after,
        bent_on_the_way,
        lambda x, w, b: np.tanh(bent_on_the_way(x, w, b)),
        lambda x, w, b: np.tanh(bent_on_the_way(x, w, 0) + b),
        bias_bent_with_the_terms,
        lambda x, w, b: np.tanh(bias_bent_with_the_terms(x, w, b)),
        lambda x, w, b: np.sum(np.tanh(w * x)),
        lambda x, w, b: np.tanh(x) @ w,
        lambda x, w, b: np.tanh(np.tanh(x) @ w + b),
        lambda x, w, b: np.tanh(np.sum(np.tanh(w * x + b))),
        lambda x, w, b: np.tanh(w @ x + np.tanh(b)),
    ],
)
def tanh_per_term(x: Array, w: Array, b: float) -> Any:
    return np.sum(np.tanh(w * x)) + b


@slip(
    "One neuron bends once. Your output has been through tanh more often.",
    also=[
        lambda x, w, b: np.tanh(np.tanh(np.tanh(w @ x + b))),
        lambda x, w, b: np.tanh(np.tanh(w @ x)),
    ],
)
def tanh_twice(x: Array, w: Array, b: float) -> Any:
    return np.tanh(np.tanh(w @ x + b))


@slip(
    "You go on with whole numbers. Which of your lines makes them: `int(...)`, "
    "`round` or `//`? A weighted sum needs what comes after the point.",
    also=[
        lambda x, w, b: np.tanh(w @ x + int(b)),
        lambda x, w, b: np.tanh(np.trunc(w @ x + b)),
        lambda x, w, b: np.tanh(np.round(w @ x + b)),
    ],
)
def fractions_cut_off(x: Array, w: Array, b: float) -> Any:
    return np.tanh(np.trunc(w * x).sum() + b)


def sum_truncated(x: Array, w: Array, b: float) -> Any:
    total = np.zeros(1, x.dtype)
    for wi, xi in zip(w, x, strict=True):
        total[0] = total[0] + wi * xi
    return np.tanh(total[0] + b)


@slip(
    "With whole-number inputs something swallows the fraction. What dtype do your "
    "arrays have, above all the one that you store in?",
    also=[
        lambda x, w, b: np.tanh(w.astype(x.dtype) @ x + b),
        lambda x, w, b: np.tanh(w.astype(x.dtype) @ x + np.asarray(b, x.dtype)),
        sum_truncated,
    ],
)
def truncated_terms(x: Array, w: Array, b: float) -> Any:
    terms = np.zeros_like(x)
    for i in range(len(x)):
        terms[i] = w[i] * x[i]
    return np.tanh(terms.sum() + b)


@slip(
    "Only the last input has a say in your z: in the loop over inputs each product "
    "takes the place of what was there. What should become of the products before it?",
    also=[lambda x, w, b: np.tanh(w[-1] * x[-1])],
)
def last_input_only(x: Array, w: Array, b: float) -> Any:
    z = b
    for wi, xi in zip(w, x, strict=True):
        z = wi * xi + b
    return np.tanh(z)


@slip(
    "Your output comes from the bias alone: whatever the inputs are, it stays the same."
    " Where does the weighted sum go that you compute?",
    also=[lambda x, w, b: b],
)
def inputs_without_effect(x: Array, w: Array, b: float) -> Any:
    return np.tanh(b)


@slip(
    "Only the first input has a say in your z. Does your function return before the "
    "loop over the inputs has come to its end?",
    also=[lambda x, w, b: np.tanh(w[0] * x[0])],
)
def first_input_only(x: Array, w: Array, b: float) -> Any:
    return np.tanh(w[0] * x[0] + b)


@slip(
    "One input is left out of your weighted sum. Print the indices that your loop runs "
    "through: which is the first, and which the last?",
    also=[lambda x, w, b: np.tanh(w[1:] @ x[1:] + b)],
)
def input_left_out(x: Array, w: Array, b: float) -> Any:
    return np.tanh(w[:-1] @ x[:-1] + b)


@slip(
    "You return a number for each input. `*` multiplies entry by entry: what should "
    "become of the products before the neuron bends?",
    also=[
        lambda x, w, b: np.tanh(np.append(w * x, b)),
        lambda x, w, b: np.tanh(np.append(b, w * x)),
    ],
)
def not_added_up(x: Array, w: Array, b: float) -> Any:
    return np.tanh(w * x + b)


@slip(
    "You return an array that holds one number; one neuron on one example "
    "gives just the number. Print the .shape of what you return.",
    also=[lambda x, w, b: np.tanh([[w @ x + b]])],
)
def kept_a_dimension(x: Array, w: Array, b: float) -> Any:
    return np.tanh(x.reshape(1, -1) @ w + b)


neuron = Exercise(
    "neuron",
    unit="01-neuron",
    points=0,
    params=("x", "w", "b"),
    parts=("a",),
    values=("a",),
    cases=single_inputs,
    reference=one_neuron,
    # Where the terms nearly cancel, a itself is no measure of their rounding.
    scale=lambda x, w, b: (1.0,),
    slips=(
        bias_forgotten,
        sums_multiplied,
        mean_of_the_inputs,
        bias_subtracted,
        sum_subtracted,
        bias_scaled,
        bias_in_the_product,
        bias_per_input,
        bias_after_activation,
        multiplied,
        tanh_per_term,
        tanh_twice,
        *CURVES,
        fractions_cut_off,
        truncated_terms,
        inputs_without_effect,
        last_input_only,
        first_input_only,
        input_left_out,
        not_added_up,
        kept_a_dimension,
    ),
)
