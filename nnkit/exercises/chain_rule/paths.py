"""Unit 5: one variable that reaches the result along two paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Named, materialize
from nnkit.exercises.draw import signed
from nnkit.exercises.spec import Case, Exercise, slip
from nnkit.tensor import Tensor

Path = Callable[[float], tuple[float, float]]
Meeting = Callable[[float, float], tuple[float, float, float]]


def sum_over_paths(f: Any, g: Any, h: Any, t: float) -> Any:
    """Return dz/dt by nnkit's backprop.

    What stands behind the partials is not recorded, so each function is put in place
    of its tangent, which has the same value and slopes here.
    """
    f, g, h = materialize((f, g, h))
    (x, x_slope), (y, y_slope) = f(t), g(t)
    z, z_by_x, z_by_y = h(x, y)
    moved = Tensor(0.0)
    x_tangent = moved * x_slope + x
    y_tangent = moved * y_slope + y
    out = (x_tangent - x) * z_by_x + (y_tangent - y) * z_by_y + z
    out.backward()
    return moved.grad


def crossings(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `two_paths`: f and g of t, h of both, and a number t."""

    def path() -> Named:
        p, q = map(float, signed(rng, 2))
        return Named("path", {"p": p, "q": q})

    def meeting() -> Named:
        a, b, c = map(float, signed(rng, 3))
        return Named("meeting", {"a": a, "b": b, "c": c})

    def t() -> float:
        return float(rng.uniform(0.4, 1.6))

    square = Named("path", {"p": 1.0, "q": 0.0})
    sine = Named("path", {"p": 0.0, "q": 1.0})
    product = Named("meeting", {"a": 1.0, "b": 0.0, "c": 0.0})
    only_y = Named("meeting", {"a": 0.0, "b": 0.0, "c": float(signed(rng))})
    still = Named("path", {"p": 0.0, "q": 0.0})
    same = path()
    return (
        Case("two different paths", (path(), path(), meeting(), t())),
        Case("x = t², y = sin t, z = xy", (square, sine, product, t())),
        Case("both paths alike", (same, same, meeting(), t())),
        Case("x stands still", (still, path(), meeting(), t())),
        Case("z depends on y alone", (path(), path(), only_y, t())),
        Case("a negative t", (path(), path(), meeting(), -t())),
        Case("two different paths, other numbers", (path(), path(), meeting(), t())),
    )


def partials_asked_at(
    x: float, y: float, f: Path, g: Path, h: Meeting, t: float
) -> float:
    """Return the sum over both paths, with the partials of h at some (x, y)."""
    _, z_by_x, z_by_y = h(x, y)
    return float(z_by_x * f(t)[1] + z_by_y * g(t)[1])


def cancelling_terms(f: Any, g: Any, h: Any, t: float) -> tuple[float]:
    """Return the size of the two contributions, which may cancel."""
    f, g, h = materialize((f, g, h))
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return (abs(z_by_x * x_slope) + abs(z_by_y * y_slope),)


@slip(
    "You follow t through x and stop there. Count the routes from t to z: does a "
    "change of t reach z in one way only?"
)
def path_through_x_alone(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, _) = f(t), g(t)
    _, z_by_x, _ = h(x, y)
    return z_by_x * x_slope


@slip(
    "Your answer holds only the route through y. Does nothing of a change of t "
    "arrive by way of x?"
)
def path_through_y_alone(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, _), (y, y_slope) = f(t), g(t)
    _, _, z_by_y = h(x, y)
    return z_by_y * y_slope


@slip(
    "Rates multiply along a route. The two routes lie side by side: what do you do "
    "with two changes that arrive at the same place?"
)
def paths_multiplied(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return (z_by_x * x_slope) * (z_by_y * y_slope)


@slip(
    "Along one route you add the rates. If x moves 3 times as fast as t, and z 2 "
    "times as fast as x, how fast does z move?",
    also=(lambda f, g, h, t: all_rates_added(f, g, h, t),),
)
def rates_added(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return (z_by_x + x_slope) * (z_by_y + y_slope)


def all_rates_added(f: Path, g: Path, h: Meeting, t: float) -> Any:
    """Return the sum of all four rates."""
    (x, x_slope), (y, y_slope) = f(t), g(t)
    return sum(h(x, y)[1:]) + x_slope + y_slope


@slip(
    "Both contributions arrive in full. Why would z respond to only half of each, "
    "as in a mean?"
)
def paths_averaged(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return (z_by_x * x_slope + z_by_y * y_slope) / 2


@slip(
    "Each partial of z belongs to one variable. Look at which rate you multiply "
    "∂z/∂x by: is it that of x?"
)
def partials_crossed(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x * y_slope + z_by_y * x_slope


@slip(
    "h is not the same when its arguments trade places. In which order does it take "
    "x and y?",
    also=(lambda f, g, h, t: turned_and_crossed(f, g, h, t),),
)
def arguments_swapped(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(y, x)
    return z_by_x * x_slope + z_by_y * y_slope


def turned_and_crossed(f: Path, g: Path, h: Meeting, t: float) -> float:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_first, z_by_second = h(y, x)
    return z_by_first * y_slope + z_by_second * x_slope


@slip(
    "The partials of h have to be taken where z really is. At which x and y did you "
    "ask h for them?",
    also=(
        lambda f, g, h, t: partials_asked_at(f(t)[1], g(t)[1], f, g, h, t),
        lambda f, g, h, t: partials_asked_at(0.0, 0.0, f, g, h, t),
        lambda f, g, h, t: partials_asked_at(1.0, 1.0, f, g, h, t),
        lambda f, g, h, t: partials_asked_at(f(t)[0], t, f, g, h, t),
        lambda f, g, h, t: partials_asked_at(t, g(t)[0], f, g, h, t),
        lambda f, g, h, t: partials_asked_at(f(t)[0], f(t)[0], f, g, h, t),
        lambda f, g, h, t: partials_asked_at(g(t)[0], g(t)[0], f, g, h, t),
    ),
)
def partials_at_t(f: Path, g: Path, h: Meeting, t: float) -> Any:
    return partials_asked_at(t, t, f, g, h, t)


@slip(
    "Both partials of z meet the same rate. x and y move at different speeds when t "
    "does: which speed belongs to which partial?",
    also=(lambda f, g, h, t: (sum(h(f(t)[0], g(t)[0])[1:])) * g(t)[1],),
)
def one_rate_for_both(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, _) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return (z_by_x + z_by_y) * x_slope


@slip(
    "A sum times a sum makes four products, and there are two routes. Which of the "
    "four products follow a route from t to z?"
)
def sums_multiplied(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return (z_by_x + z_by_y) * (x_slope + y_slope)


@slip(
    "That is the product rule, which is the chain rule for z = xy only. Here z may be "
    "any h(x, y): where do its partials come in?"
)
def product_rule(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    return x_slope * y + x * y_slope


@slip(
    "You add up how fast x and y move. How strongly does z respond to a move of each?"
)
def partials_omitted(f: Path, g: Path, h: Meeting, t: float) -> Any:
    return f(t)[1] + g(t)[1]


@slip(
    "You add up how strongly z responds to x and to y. How fast does each of them "
    "move when t does?"
)
def rates_omitted(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, _), (y, _) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x + z_by_y


@slip(
    "f(t) and g(t) are pairs: the value first, then the rate. Which of the two do you "
    "multiply with?",
    also=(
        lambda f, g, h, t: pairs_turned(f, g, h, t, True, True),
        lambda f, g, h, t: pairs_turned(f, g, h, t, True, False),
        lambda f, g, h, t: pairs_turned(f, g, h, t, False, True),
    ),
)
def value_for_rate(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, _), (y, _) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x * x + z_by_y * y


def pairs_turned(
    f: Path, g: Path, h: Meeting, t: float, first: bool, second: bool
) -> float:
    x, x_slope = f(t)[::-1] if first else f(t)
    y, y_slope = g(t)[::-1] if second else g(t)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x * x_slope + z_by_y * y_slope


def triple_read(order: Sequence[int]) -> Callable[..., Any]:
    """Make the answer that takes other entries of h's triple for the partials."""

    def two_paths(f: Path, g: Path, h: Meeting, t: float) -> Any:
        (x, x_slope), (y, y_slope) = f(t), g(t)
        triple = h(x, y)
        return triple[order[0]] * x_slope + triple[order[1]] * y_slope

    return two_paths


@slip(
    "h returns three things, and you take one for another. Print them for an x and y "
    "of your choice: which is z itself?",
    also=(triple_read((0, 2)), triple_read((1, 0)), triple_read((2, 0))),
)
def value_for_partial(f: Path, g: Path, h: Meeting, t: float) -> Any:
    return triple_read((0, 1))(f, g, h, t)


def through_y(f: Path, g: Path, h: Meeting, t: float) -> Any:
    y, y_slope = g(t)
    x, x_slope = f(y)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x * x_slope + z_by_y * y_slope


@slip(
    "You feed one path with what comes out of the other. Both start at t: of which "
    "variable is each of the two functions a function?",
    also=(through_y,),
)
def paths_in_a_row(f: Path, g: Path, h: Meeting, t: float) -> Any:
    x, x_slope = f(t)
    y, y_slope = g(x)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x * x_slope + z_by_y * y_slope


@slip(
    "You take one contribution away from the other. If both x and y push z upward, "
    "should they work against each other?",
    also=(lambda f, g, h, t: -path_difference(f, g, h, t),),
)
def paths_subtracted(f: Path, g: Path, h: Meeting, t: float) -> Any:
    return path_difference(f, g, h, t)


def path_difference(f: Path, g: Path, h: Meeting, t: float) -> float:
    (x, x_slope), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x * x_slope - z_by_y * y_slope


def rate_of_x_omitted(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, _), (y, y_slope) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x + z_by_y * y_slope


@slip(
    "One of your two terms is a partial alone. That variable moves with t as well: how "
    "fast, and where does its rate come in?",
    also=(rate_of_x_omitted,),
)
def one_rate_omitted(f: Path, g: Path, h: Meeting, t: float) -> Any:
    (x, x_slope), (y, _) = f(t), g(t)
    _, z_by_x, z_by_y = h(x, y)
    return z_by_x * x_slope + z_by_y


two_paths = Exercise(
    "two_paths",
    unit="05-chain-rule",
    points=0,
    params=("f", "g", "h", "t"),
    parts=("dz_dt",),
    cases=crossings,
    reference=sum_over_paths,
    scale=cancelling_terms,
    slips=(
        path_through_x_alone,
        path_through_y_alone,
        paths_multiplied,
        rates_added,
        paths_averaged,
        partials_crossed,
        arguments_swapped,
        partials_at_t,
        one_rate_for_both,
        sums_multiplied,
        product_rule,
        partials_omitted,
        rates_omitted,
        one_rate_omitted,
        value_for_rate,
        value_for_partial,
        paths_in_a_row,
        paths_subtracted,
    ),
)
