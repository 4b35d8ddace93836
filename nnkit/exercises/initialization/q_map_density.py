"""Unit 3: a mean under another distribution than the normal, or by too few points."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from nnkit.exercises.initialization.quadrature import Curve, curve_of, right_map
from nnkit.exercises.spec import slip


@slip(
    "What you compute weighs u by exp(−u²), and the standard normal density is another "
    "function. (Two Hermite rules are in use, each made for one of them, which is in "
    "its numbers already.) Feed φ(z) = z and look at what comes out."
)
def nodes_of_the_other_rule(phi: Curve, var_w: float, q: float) -> Any:
    return right_map(phi, var_w, q / 2)


@slip(
    "Test your rule on what you know: φ(z) = 1 must give the variance of the weights, "
    "and φ(z) = z must give q times that. Which weight function stands in your "
    "density, or in the numbers of your rule, and is it in your sum once?",
    also=[
        # exp(−x²), which the nodes have in them, times the normal density.
        lambda phi, var_w, q: right_map(phi, var_w, q / 3) / np.sqrt(3),
        lambda phi, var_w, q: right_map(phi, var_w, 2 * q / 3) / np.sqrt(3),
        # The normal nodes, stretched as the others have to be.
        lambda phi, var_w, q: right_map(phi, var_w, 2 * q),
        lambda phi, var_w, q: right_map(phi, var_w, 2 * q) * np.sqrt(2),
    ],
)
def bare_nodes_of_the_other_rule(phi: Curve, var_w: float, q: float) -> Any:
    return right_map(phi, var_w, q / 2) * np.sqrt(np.pi)


@slip(
    "A larger q makes your z smaller: you divide by √q where you should multiply, or q "
    "stands on the wrong side in a density (what does Python do first in "
    "`z**2 / 2 * q`?). How large should z be, by its mean square?",
    also=[lambda phi, var_w, q: right_map(phi, var_w, 1 / q) / q],
)
def variance_upside_down(phi: Curve, var_w: float, q: float) -> Any:
    return right_map(phi, var_w, 1 / q)


@slip(
    "q has two places in your formula: it stretches what goes into φ, and it stands in "
    "front of the mean as well. What is left for it to do there?"
)
def q_twice(phi: Curve, var_w: float, q: float) -> Any:
    return q * right_map(phi, var_w, q)


hermite_rule = cache(np.polynomial.hermite_e.hermegauss)


def by_rule_of(count: int) -> Callable[..., Any]:
    """Make the answer by a Gauss-Hermite rule of this many nodes."""

    def mutant(phi: Curve, var_w: float, q: float) -> Any:
        nodes, weights = hermite_rule(count)
        squares = curve_of(phi)(np.sqrt(q) * nodes) ** 2
        return var_w * float(weights @ squares / np.sqrt(2 * np.pi))

    return mutant


def by_grid_of(count: int) -> Callable[..., Any]:
    """Make the answer by a grid of this many points from −8 to 8."""

    def mutant(phi: Curve, var_w: float, q: float) -> Any:
        u = np.linspace(-8, 8, count)
        squares = curve_of(phi)(np.sqrt(q) * u) ** 2
        density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
        return var_w * float(squares @ density * (u[1] - u[0]))

    return mutant


@slip(
    "Your rule, or your grid, has so few points that it misses how φ bends. Take twice "
    "as many: does your answer stay what it was?",
    also=[
        *map(by_rule_of, (3, 4, 6, 7, 8, 9, 10, 12, 15, 16, 20)),
        *map(by_grid_of, (9, 10, 11)),
    ],
)
def few_points(phi: Curve, var_w: float, q: float) -> Any:
    return by_rule_of(5)(phi, var_w, q)


SLIPS = (
    few_points,
    nodes_of_the_other_rule,
    bare_nodes_of_the_other_rule,
    variance_upside_down,
    q_twice,
)
