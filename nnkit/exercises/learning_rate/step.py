"""Unit 2: one step of gradient descent, for parameters of any names and shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array, signed
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.exercises.values import Misfit, need_dict, need_shape, numbers

Arrays = dict[str, Array]


def layers(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `gd_step`: parameters and gradients by name, and a rate."""

    def draw(shapes: Mapping[str, tuple[int, ...]]) -> tuple[Arrays, Arrays, float]:
        params = {name: signed(rng, *shape) for name, shape in shapes.items()}
        grads = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        return params, grads, float(rng.uniform(0.05, 0.5))

    layer: Mapping[str, tuple[int, ...]] = {"W": (3, 2), "b": (2,)}
    params, grads, rate = draw({"w1": (4,), "w2": (4,), "w3": (4,)})
    turned = {name: grads[name] for name in ("w3", "w1", "w2")}
    network = draw({"W1": (2, 3), "b1": (3,), "W2": (3, 3), "b2": (3,)})
    whole, slopes, small = draw({"W": (2, 4), "b": (4,)})
    whole = {name: np.round(4 * value).astype(int) for name, value in whole.items()}
    return (
        Case("a layer's W and b", draw(layer)),
        Case("gradients in another order", (params, turned, rate)),
        Case("two layers, a rate above 1", (*network[:2], 2 + network[2])),
        Case("whole-number parameters", (whole, slopes, small)),
        # The last two have one shape: what is kept of a call shows in the next.
        Case("a rate of zero", (*draw(layer)[:2], 0.0)),
        Case("a layer's W and b, other numbers", draw(layer)),
    )


def one_step(params: Arrays, grads: Arrays, lr: float) -> Array:
    """Return all moved parameters in a row, as `in_a_row` lays them out."""
    return in_a_row({k: params[k] - lr * grads[k] for k in params}, params)[0]


def in_a_row(value: Any, params: Arrays, *_: Any) -> list[Array]:
    """Lay the returned parameters end to end, in the order of those given.

    Raises:
        Misfit: names or shapes are not those of the parameters.
    """
    entries = need_dict(value, tuple(params), "a dict of arrays")
    if more := [str(name) for name in value if name not in params]:
        raise Misfit(
            "a dict with more names",
            f"The dict holds names that you were not given: {', '.join(more)[:200]}. "
            "Is it a new one in every call?",
        )
    found = [numbers(item) for item in entries]
    for name, array in zip(params, found, strict=True):
        need_shape(array, params[name].shape, name)
    return [np.concatenate([array.ravel() for array in found])]


def place_of(position: int, params: Arrays, *_: Any) -> str:
    """Name what stands at a position of `in_a_row`: params["b"][1]."""
    for name, array in params.items():
        if position < array.size:
            index = ", ".join(map(str, np.unravel_index(position, array.shape)))
            return f'params["{name}"][{index}]'
        position -= array.size
    raise IndexError(position)


@slip(
    "Try it: with a small rate, is the loss lower after your step? A gradient points "
    "uphill, and we want to go the other way."
)
def uphill(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] + lr * grads[k] for k in params}


def converted_and_overwritten(params: Arrays, grads: Arrays, lr: float) -> Any:
    new = {}
    for k in params:
        new[k] = np.asarray(params[k], dtype=float)  # no copy where it is float
        new[k] -= lr * grads[k]
    return new


def overwritten_and_handed_back(params: Arrays, grads: Arrays, lr: float) -> Any:
    for k in params:
        params[k] -= lr * grads[k]
    return params


@slip(
    "After the call the caller's arrays have moved. `-=` writes into the very array "
    "that you were given; and a copy of the dict, is that a copy of what it holds?",
    also=[converted_and_overwritten, overwritten_and_handed_back],
)
def arrays_overwritten(params: Arrays, grads: Arrays, lr: float) -> Any:
    new = params.copy()
    for k in new:
        new[k] -= lr * grads[k]
    return new


def moved_in_place_and_copied(params: Arrays, grads: Arrays, lr: float) -> Any:
    for k in params:
        params[k] = params[k] - lr * grads[k]
    return dict(params)


@slip(
    "After the call the caller's own dict holds the moved parameters. Where would "
    "someone look who wants to compare with those from before the step?",
    also=[moved_in_place_and_copied],
)
def dict_overwritten(params: Arrays, grads: Arrays, lr: float) -> Any:
    for k in params:
        params[k] = params[k] - lr * grads[k]
    return params


@slip(
    "Whole-number parameters stop you: NumPy does not write a fraction into an array "
    "of integers. What dtype has the copy that you subtract from?"
)
def integers_refuse(params: Arrays, grads: Arrays, lr: float) -> Any:
    new = {k: value.copy() for k, value in params.items()}
    for k in new:
        new[k] -= lr * grads[k]
    return new


def step_in_whole_numbers(params: Arrays, grads: Arrays, lr: float) -> Any:
    new = {k: value.copy() for k, value in params.items()}
    for k, value in new.items():
        value -= (lr * grads[k]).astype(value.dtype)
    return new


@slip(
    "With whole-number parameters something swallows the fraction, and a small step "
    "is lost altogether. What dtype does the array have that you store into?",
    also=[step_in_whole_numbers],
)
def step_truncated(params: Arrays, grads: Arrays, lr: float) -> Any:
    new = {k: np.zeros_like(value) for k, value in params.items()}
    for k in new:
        new[k][...] = params[k] - lr * grads[k]
    return new


@slip(
    "You return the step itself. With a rate of zero, should nothing be left of the "
    "parameters, or all of them?",
    also=[lambda params, grads, lr: {k: lr * grads[k] for k in params}],
)
def step_alone(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: -lr * grads[k] for k in params}


@slip(
    "With a rate of zero your parameters are wiped out. The rate says how far to move; "
    "which of your factors does it have no business with?"
)
def rate_on_everything(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: lr * (params[k] - grads[k]) for k in params}


@slip(
    "Your rate shrinks the parameter, and the gradient is subtracted whole. Which of "
    "the two is it meant to tame?"
)
def rate_on_the_parameter(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: lr * params[k] - grads[k] for k in params}


@slip(
    "You move the gradient, by a share of the parameter. Which of the two is to be "
    "moved, and which one says where to?"
)
def roles_swapped(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: grads[k] - lr * params[k] for k in params}


@slip(
    "Your parameter shrinks by itself, even where its slope is 0. Which one of the two "
    "has the rate to be multiplied with?",
    also=[
        lambda params, grads, lr: {
            k: (1 - lr) * params[k] - lr * grads[k] for k in params
        },
        lambda params, grads, lr: {
            k: (1 - lr) * params[k] + lr * grads[k] for k in params
        },
    ],
)
def parameter_shrinks(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] - lr * params[k] for k in params}


@slip(
    "Your step is a share of the parameter, so a parameter that is 0 can never move. "
    "Does its size appear in the rule?"
)
def share_of_the_parameter(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] - lr * grads[k] * params[k] for k in params}


@slip("Your step is as long as the gradient, whatever the rate. Where is `lr` used?")
def rate_forgotten(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] - grads[k] for k in params}


@slip(
    "The larger the rate, the shorter your step. Should it multiply the gradient, or "
    "divide it?",
    also=[
        lambda params, grads, lr: {
            k: params[k] - (grads[k] / lr if lr else 0) for k in params
        }
    ],
)
def rate_divides(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] - grads[k] / lr for k in params}


@slip(
    "Your parameters only ever fall, whatever the sign of the slope. Where the loss "
    "falls towards the right, which way should a parameter go?",
    also=[
        lambda params, grads, lr: {k: params[k] - lr * grads[k] ** 2 for k in params}
    ],
)
def slope_without_sign(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] - lr * np.abs(grads[k]) for k in params}


@slip(
    "All numbers of an array move by the same amount. A gradient has an entry for each "
    "of them: which of your operations makes one number of all?",
    also=[
        lambda params, grads, lr: {k: params[k] - lr * grads[k].sum() for k in params}
    ],
)
def slopes_pooled(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] - lr * grads[k].mean() for k in params}


def signs(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] - lr * np.sign(grads[k]) for k in params}


def shares_of_the_size(params: Arrays, grads: Arrays, lr: float) -> Any:
    sizes = {k: np.sqrt(grads[k] ** 2) + 1e-8 for k in params}
    return {k: params[k] - lr * grads[k] / sizes[k] for k in params}


@slip(
    "You keep the gradient's direction and throw away its length. Where the surface "
    "is nearly flat, how long should the step be in this rule, and how long is yours?",
    also=[signs, shares_of_the_size],
)
def direction_alone(params: Arrays, grads: Arrays, lr: float) -> Any:
    return {k: params[k] - lr * grads[k] / np.linalg.norm(grads[k]) for k in params}


def named_by_the_gradients(params: Arrays, grads: Arrays, lr: float) -> Any:
    pairs = zip(params.values(), grads.items(), strict=True)
    return {k: value - lr * slope for value, (k, slope) in pairs}


def moved_alone(pick: Callable[[Arrays, Arrays], str]) -> Callable[..., Any]:
    """Return who moves the one array that is picked by its name."""

    def gd_step(params: Arrays, grads: Arrays, lr: float) -> Any:
        k = pick(params, grads)
        return {**params, k: params[k] - lr * grads[k]}

    return gd_step


@slip(
    "Of several arrays you move one alone. Print the names that your loop comes by: "
    "does it end too early, or is there a line inside of it that should stand outside, "
    "or the other way round?",
    also=[
        moved_alone(lambda params, grads: list(params)[-1]),
        moved_alone(lambda params, grads: next(iter(grads))),
        moved_alone(lambda params, grads: list(grads)[-1]),
    ],
)
def one_array_alone(params: Arrays, grads: Arrays, lr: float) -> Any:
    new = dict(params)
    for k in params:
        new[k] = params[k] - lr * grads[k]
        return new


@slip(
    "You return the parameters as they were. `value = value - …` gives a new array to "
    "a name of yours: what has to happen so that the dict you return holds it?"
)
def nothing_moved(params: Arrays, grads: Arrays, lr: float) -> Any:
    return dict(params)


@slip(
    "You pair parameters and gradients by their position in the dicts. The names may "
    "stand in another order in each: which one belongs to which?",
    also=[named_by_the_gradients],
)
def paired_by_position(params: Arrays, grads: Arrays, lr: float) -> Any:
    pairs = zip(params.items(), grads.values(), strict=True)
    return {k: value - lr * slope for (k, value), slope in pairs}


gd_step = Exercise(
    "gd_step",
    unit="02-learning-rate",
    points=0,
    params=("params", "grads", "lr"),
    parts=("params",),
    cases=layers,
    reference=one_step,
    adapter="anew",
    unpack=in_a_row,
    entries=place_of,
    slips=(
        uphill,
        arrays_overwritten,
        dict_overwritten,
        integers_refuse,
        step_truncated,
        step_alone,
        rate_on_everything,
        rate_on_the_parameter,
        roles_swapped,
        parameter_shrinks,
        share_of_the_parameter,
        rate_forgotten,
        rate_divides,
        slope_without_sign,
        slopes_pooled,
        direction_alone,
        one_array_alone,
        nothing_moved,
        paired_by_position,
    ),
)
