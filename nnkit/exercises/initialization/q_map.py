"""Unit 3: what one wide layer makes of the size of a signal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Named
from nnkit.exercises.initialization import q_map_density
from nnkit.exercises.initialization.quadrature import (
    Curve,
    average,
    by_nodes,
    right_map,
)
from nnkit.exercises.spec import Case, Exercise, slip


def curves(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `q_map`: a curve with a kink at 0 at most, and two numbers.

    √q times the steepness stays below 1.5: beyond, a tanh is so much like a step that
    50 quadrature nodes no longer reach the tolerance.
    """

    def draw(kind: str, **more: float) -> tuple[Any, ...]:
        curve = Named("curve", {"kind": kind, **more})
        return curve, float(rng.uniform(1.5, 3)), float(rng.uniform(0.3, 0.8))

    def near_one() -> float:
        return float(rng.uniform(0.8, 1.2))

    return (
        Case("tanh", draw("tanh")),
        Case("ReLU", draw("relu")),
        Case("a sigmoid, whose mean is not zero", draw("sigmoid")),
        Case("a tanh of another height", draw("tanh", height=2 * near_one())),
        Case("a tanh of another steepness", draw("tanh", steepness=1.3 * near_one())),
        Case("a leaky ReLU", draw("leaky_relu", leak=float(rng.uniform(0.1, 0.4)))),
        Case("a straight line", draw("linear", height=near_one())),
        Case("tanh, a signal larger than 1", (*draw("tanh")[:2], 1 + near_one() / 2)),
    )


@slip(
    "`var_w` is the variance of a weight (times fan_in) already. Is a root missing in "
    "your formula, or is there one too many?"
)
def root_of_the_weight_variance(phi: Curve, var_w: float, q: float) -> Any:
    return np.sqrt(var_w) * average(lambda z: phi(np.sqrt(q) * z) ** 2)


@slip(
    "What do the weights do to the size of the signal? Your answer does not change "
    "when `var_w` does."
)
def weight_variance_forgotten(phi: Curve, var_w: float, q: float) -> Any:
    return average(lambda z: phi(np.sqrt(q) * z) ** 2)


@slip(
    "The weights are where the signal passes *after* φ. You put their variance in "
    "front of φ: that follows the size of a, and not that of z."
)
def weight_variance_inside(phi: Curve, var_w: float, q: float) -> Any:
    return average(lambda z: phi(np.sqrt(var_w * q) * z) ** 2)


@slip(
    "How often does the signal pass through weights in one layer? You count them "
    "twice.",
    also=[lambda phi, var_w, q: var_w**2 * average(lambda u: phi(np.sqrt(q) * u) ** 2)],
)
def weight_variance_twice(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda z: phi(np.sqrt(var_w * q) * z) ** 2)


@slip(
    "q is a mean square. What must a standard normal u be multiplied by so that its "
    "mean square becomes q? And if that is what you do: is q in your density, too?"
)
def q_for_the_std(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda z: phi(q * z) ** 2)


@slip(
    "Nothing bends in your layer: this is right for a straight line. Where does φ act?"
)
def activation_forgotten(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * q


@slip(
    "One layer bends once. Your signal has been through φ twice.",
    also=by_nodes(lambda E, f, phi: E(lambda u: phi(f(u)) ** 2)),
)
def activation_twice(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda z: phi(phi(np.sqrt(q) * z)) ** 2)


@slip("This is right for ReLU, whatever φ is. Where in your formula is `phi` called?")
def relu_assumed(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * q / 2


@slip("This is right for tanh, whatever φ is. Where in your formula is `phi` called?")
def tanh_assumed(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda u: np.tanh(np.sqrt(q) * u) ** 2)


@slip(
    "Your answer does not change when `q` does. How large are the numbers that go into "
    "φ, by their mean square?"
)
def q_forgotten(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda z: phi(z) ** 2)


@slip(
    "Your number is a size, the root of a mean square. Which of the two follows from "
    "layer to layer by the formula?"
)
def root_mean_square(phi: Curve, var_w: float, q: float) -> Any:
    return np.sqrt(var_w * average(lambda z: phi(np.sqrt(q) * z) ** 2))


@slip(
    "You follow one typical value through φ. But z is spread out, and φ treats large "
    "and small values differently: what has to be averaged?",
    also=[
        lambda phi, var_w, q: var_w * phi(q),
        lambda phi, var_w, q: var_w * phi(q) ** 2,
        lambda phi, var_w, q: var_w * phi(np.sqrt(q)),
        lambda phi, var_w, q: (
            var_w * (phi(np.sqrt(q)) ** 2 + phi(-np.sqrt(q)) ** 2) / 2
        ),
    ],
)
def one_typical_value(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * phi(np.sqrt(q)) ** 2


@slip(
    "Is the mean of φ zero? You measure from the mean, but the next weighted sum "
    "depends on the mean square, measured from zero.",
    also=by_nodes(lambda E, f, phi: E(lambda u: f(u) ** 2) - E(f) ** 2),
)
def variance_of_the_activation(phi: Curve, var_w: float, q: float) -> Any:
    mean = average(lambda z: phi(np.sqrt(q) * z))
    return var_w * (average(lambda z: phi(np.sqrt(q) * z) ** 2) - mean**2)


@slip(
    "First square, then average: the square of the mean is another number, and for "
    "tanh it is 0.",
    also=by_nodes(lambda E, f, phi: E(f) ** 2),
)
def square_of_the_mean(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda z: phi(np.sqrt(q) * z)) ** 2


@slip(
    "You average φ, and not its square. What does positive plus negative leave of "
    "tanh?",
    also=by_nodes(lambda E, f, phi: E(f)),
)
def square_forgotten(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda z: phi(np.sqrt(q) * z))


@slip(
    "A mean size |φ| is not a mean square. Double φ: what happens to each?",
    also=by_nodes(lambda E, f, phi: E(lambda u: np.abs(f(u)))),
)
def absolute_for_square(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda z: np.abs(phi(np.sqrt(q) * z)))


@slip(
    "First through φ, then squared: you square z on its way in. What does tanh make of "
    "−3, and what does yours?"
)
def squared_before_phi(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * average(lambda z: phi(q * z**2))


def density_of_z_unnormalized(phi: Curve, var_w: float, q: float) -> Any:
    return right_map(phi, var_w, q) * np.sqrt(q)


@slip(
    "Feed a φ that is 1 everywhere: a mean must give 1 times the variance of the "
    "weights. What do the weights of your rule, or your density, add up to?",
    also=[
        lambda phi, var_w, q: right_map(phi, var_w, q) * np.sqrt(np.pi),
        lambda phi, var_w, q: right_map(phi, var_w, q) * np.sqrt(2),
        lambda phi, var_w, q: right_map(phi, var_w, q) / np.sqrt(2),
        lambda phi, var_w, q: right_map(phi, var_w, q) / np.sqrt(2 * np.pi),
        density_of_z_unnormalized,
    ],
    factor=True,
)
def weights_not_normalized(phi: Curve, var_w: float, q: float) -> Any:
    return right_map(phi, var_w, q) * np.sqrt(2 * np.pi)


def flat(reach: float, points: int = 0, mean: bool = True) -> Callable[..., Any]:
    """Make the answer that weighs all points of a grid alike.

    Args:
        reach: the grid goes from −reach to reach.
        points: how many there are; 0 for a grid so fine that it makes no difference.
        mean: a mean over the grid; if not, an integral.
    """
    u = np.linspace(-reach, reach, min(points or 1001, 1001))

    def mutant(phi: Curve, var_w: float, q: float) -> Any:
        squares = phi(np.sqrt(q) * u) ** 2
        ends = (squares[0] + squares[-1]) / 2
        # By the trapezoid rule: with N points a plain mean is off by a share of 1/N.
        middle = (squares.sum() - ends) / (len(u) - 1)
        if points and mean:
            middle += (ends - middle) / points
        elif points:
            middle += ends / (points - 1)
        return var_w * middle * (1 if mean else 2 * reach)

    return mutant


FLAT = (
    *(
        flat(reach, points)
        for reach in (1, 2, 3, 4, 5, 6, 8, 10)
        # Beyond 101 one more is the same within the tolerance.
        for points in (0, 50, 51, 100, 101, 200, 400, 500, 1000, 2000, 4000, 10000)
    ),
    *(
        flat(reach, points, mean=False)
        for reach in (3, 4, 5, 6, 8, 10)
        for points in (0, 100, 200, 500, 1000, 2000, 4000, 10000, 20000)
    ),
)


@slip(
    "You give every u on your grid the same weight. How likely is u = 4, compared "
    "with u = 0?",
    also=FLAT,
)
def flat_average(phi: Curve, var_w: float, q: float) -> Any:
    u = np.linspace(-8, 8, 801)
    return var_w * np.mean(phi(np.sqrt(q) * u) ** 2)


def cut(
    reach: float, normalized: bool = False, step: float = 0.0
) -> Callable[..., Any]:
    """Make the answer that weighs by the density, from −reach to reach alone.

    Args:
        reach: where the grid ends.
        normalized: the weights add up to 1.
        step: of a plain sum, which counts all of both ends, and not half of them.
    """
    u = np.linspace(-reach, reach, 2001)
    density = np.exp(-(u**2) / 2) * (u[1] - u[0])
    density[[0, -1]] *= (1 + step / (u[1] - u[0])) / 2
    whole = density.sum() if normalized else np.sqrt(2 * np.pi)
    return lambda phi, var_w, q: var_w * (density @ phi(np.sqrt(q) * u) ** 2) / whole


@slip(
    "Your grid ends too early. The density is small there, and φ² may be large: what "
    "share of the sum lies beyond the ends?",
    also=[
        cut(reach, normalized, step)
        for reach in (1, 2, 2.5, 3, 3.5, 4)
        for normalized in (False, True)
        for step in (0.0, *((0.003, 0.006, 0.01, 0.015, 0.03, 0.06) * (reach == 3)))
        if (reach, normalized, step) != (3, False, 0.0)
    ],
)
def grid_too_short(phi: Curve, var_w: float, q: float) -> Any:
    return cut(3)(phi, var_w, q)


def half(step: float = 0.0, times: float = 1.0) -> Callable[..., Any]:
    """Make the answer that adds up over a grid from 0 on, in steps of this size."""

    def mutant(phi: Curve, var_w: float, q: float) -> Any:
        whole = average(lambda u: phi(np.sqrt(q) * u) ** 2 * ((u > 0) + (u == 0) / 2))
        # A plain sum counts all of the first point, of which half is on this side.
        first = float(phi(np.zeros(1))[0]) ** 2 / np.sqrt(2 * np.pi) * step / 2
        return var_w * times * (whole + first)

    return mutant


STEPS = (0.0005, 0.001, 0.002, 0.004, 0.005, 0.008, 0.01, 0.016, 0.02, 0.05)


@slip(
    "Right for ReLU, and too small elsewhere: you leave out all negative u. What does "
    "tanh do with them?",
    also=[half(step) for step in STEPS],
)
def half_of_the_line(phi: Curve, var_w: float, q: float) -> Any:
    return half()(phi, var_w, q)


@slip(
    "You take both halves of the line to be alike, and count one of them twice. Are "
    "they alike for every φ? Draw ReLU.",
    also=[half(step, 2) for step in STEPS],
)
def one_half_twice(phi: Curve, var_w: float, q: float) -> Any:
    return half(times=2)(phi, var_w, q)


@slip(
    "Right where φ is made of straight lines. You scale what comes out of φ by √q: of "
    "which numbers is q the mean square, those that go in or those that come out?"
)
def scaled_after_phi(phi: Curve, var_w: float, q: float) -> Any:
    return var_w * q * average(lambda u: phi(u) ** 2)


q_map = Exercise(
    "q_map",
    unit="03-initialization",
    points=2,
    params=("phi", "var_w", "q"),
    parts=("q_next",),
    cases=curves,
    reference=right_map,
    # Quadrature with few nodes is right as well; sampling would need 10⁹ numbers.
    tolerance=1e-4,
    slips=(
        root_of_the_weight_variance,
        weight_variance_forgotten,
        weight_variance_inside,
        weight_variance_twice,
        q_for_the_std,
        activation_forgotten,
        activation_twice,
        relu_assumed,
        tanh_assumed,
        q_forgotten,
        root_mean_square,
        one_typical_value,
        variance_of_the_activation,
        square_of_the_mean,
        square_forgotten,
        absolute_for_square,
        squared_before_phi,
        weights_not_normalized,
        *q_map_density.SLIPS,
        flat_average,
        grid_too_short,
        half_of_the_line,
        one_half_twice,
        scaled_after_phi,
    ),
)
