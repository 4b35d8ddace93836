"""Unit 5: engines whose boxes have a wrong slope, for the exercise `Value`."""

# ruff: noqa: D101, D102  a slip is documented by its hint

from __future__ import annotations

import math
from typing import Any

from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.chain_rule.engines_operands import LIKE_A_TERM
from nnkit.exercises.spec import Slip, slip


class Marked(Engine):
    """Lets the methods of `special` mark what they return."""

    special: tuple[str, ...] = ()
    marked = False

    def __add__(self, other: Any) -> Any:
        return self.with_mark("+", super().__add__(other))

    def __mul__(self, other: Any) -> Any:
        return self.with_mark("*", super().__mul__(other))

    def exp(self) -> Any:
        return self.with_mark("exp", super().exp())

    def tanh(self) -> Any:
        return self.with_mark("tanh", super().tanh())

    def with_mark(self, operation: str, out: Any) -> Any:
        out.marked = operation in self.special
        return out


class UpstreamIgnoredByProducts(Marked):
    """Passes on the local slope alone, in products."""

    special: tuple[str, ...] = ("*",)

    def hand_on(self, node: Engine) -> None:
        g = 1.0 if getattr(node, "marked", False) else node.grad
        for x, slope in node.made_from:
            x.grad += slope * g


class UpstreamIgnoredBySums(UpstreamIgnoredByProducts):
    """Passes on 1, in sums."""

    special = ("+",)


class UpstreamIgnoredByTanh(UpstreamIgnoredByProducts):
    """Passes on the local slope alone, in tanh."""

    special = ("tanh",)


class UpstreamIgnoredByExp(UpstreamIgnoredByProducts):
    """Passes on the local slope alone, in exp."""

    special = ("exp",)


class UpstreamIgnoredByOneFactor(UpstreamIgnoredByProducts):
    """Passes on the local slope alone to the first factor of a product."""

    ignores = 0

    def hand_on(self, node: Engine) -> None:
        for place, (x, slope) in enumerate(node.made_from):
            ignored = getattr(node, "marked", False) and place == self.ignores
            x.grad += slope * (1.0 if ignored else node.grad)


class UpstreamIgnoredByTheOther(UpstreamIgnoredByOneFactor):
    """Passes on the local slope alone to the second factor of a product."""

    ignores = 1


class UpstreamIgnoredByCurves(UpstreamIgnoredByProducts):
    """Passes on the local slope alone, in tanh and exp."""

    special = ("tanh", "exp")


@slip(
    "You pass on the local slope alone, as if everything downstream had the slope 1; "
    "in all of your operations, or in one line. What has arrived at the result that it "
    "is multiplied with?",
    also=(
        UpstreamIgnoredByProducts,
        UpstreamIgnoredBySums,
        UpstreamIgnoredByTanh,
        UpstreamIgnoredByExp,
        UpstreamIgnoredByCurves,
        UpstreamIgnoredByOneFactor,
        UpstreamIgnoredByTheOther,
    ),
)
class upstream_ignored(Engine):
    def hand_on(self, node: Engine) -> None:
        for x, slope in node.made_from:
            x.grad += slope


class OwnFactorBetweenValues(Engine):
    """Knows the slope beside a plain number, of which there is one."""

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, Engine):
            return super().__mul__(other)
        slopes = [(self, self.data), (other, other.data)]
        return type(self)(self.data * other.data, slopes)


@slip(
    "Hold b still in a·b and move a: how fast does the product change? You give each "
    "factor its own value as slope.",
    also=(OwnFactorBetweenValues,),
)
class own_factor(Engine):
    def __mul__(self, other: Any) -> Any:
        other = self.wrapped(other)
        slopes = [(self, self.data), (other, other.data)]
        return type(self)(self.data * other.data, slopes)


@slip(
    "Each factor of your product hands the other's *gradient* on. How fast does a·b "
    "change with a: which of b's two numbers says so?"
)
class gradient_of_the_other_factor(Marked):
    special = ("*",)

    def hand_on(self, node: Engine) -> None:
        if not getattr(node, "marked", False):
            return super().hand_on(node)
        (one, _), (other, _) = node.made_from
        one.grad += other.grad * node.grad
        other.grad += one.grad * node.grad


class ValueOfProducts(Marked):
    """Multiplies by the result's value, in products."""

    special: tuple[str, ...] = ("*",)

    def hand_on(self, node: Engine) -> None:
        g = node.data if getattr(node, "marked", False) else node.grad
        for x, slope in node.made_from:
            x.grad += slope * g


class ValueOfSums(ValueOfProducts):
    """Passes the result's value on, in sums."""

    special = ("+",)


class ValueOfTanh(ValueOfProducts):
    """Multiplies by the result's value, in tanh."""

    special = ("tanh",)


class ValueOfExp(ValueOfProducts):
    """Multiplies by the result's value, in exp."""

    special = ("exp",)


@slip(
    "You multiply the slope by the result's value. What has come back to the result, "
    "and under which name is it kept?",
    also=(ValueOfProducts, ValueOfSums, ValueOfTanh, ValueOfExp),
)
class value_for_upstream(Engine):
    def hand_on(self, node: Engine) -> None:
        for x, slope in node.made_from:
            x.grad += slope * node.data


@slip(
    "Along a path you add the rates up. If p moves twice as fast as a, and z three "
    "times as fast as p, how fast does z move?"
)
class rates_added(Engine):
    def hand_on(self, node: Engine) -> None:
        for x, slope in node.made_from:
            x.grad += slope + node.grad


@slip(
    "A product hands on more than a sum does. Hold b still in a·b and move a: how fast "
    "does the product change?",
    also=LIKE_A_TERM,
)
class product_like_a_sum(Engine):
    def __mul__(self, other: Any) -> Any:
        other = self.wrapped(other)
        return type(self)(self.data * other.data, [(self, 1.0), (other, 1.0)])


@slip(
    "exp is a curve; you pass gradients through it as through a straight line of slope "
    "1."
)
class exp_slope_omitted(Engine):
    def exp(self) -> Any:
        return type(self)(math.exp(self.data), [(self, 1.0)])


@slip(
    "For exp you use what went in as its slope. What is exp's own slope, and which "
    "number holds it already?"
)
class exp_by_its_input(Engine):
    def exp(self) -> Any:
        return type(self)(math.exp(self.data), [(self, self.data)])


@slip(
    "For exp you take exp of what came out. How often does the value go through exp, "
    "and which number is that already?"
)
class exp_of_the_output(Engine):
    def exp(self) -> Any:
        out = math.exp(self.data)
        return type(self)(out, [(self, math.exp(out))])


class InputTimesOutput(Engine):
    """Brings the exponent down and leaves the power as it is."""

    def exp(self) -> Any:
        out = math.exp(self.data)
        return type(self)(out, [(self, self.data * out)])


@slip(
    "Bringing the exponent down is the rule for powers of x. In exp(x) the variable "
    "is the exponent: what is that slope?",
    also=(InputTimesOutput,),
)
class exp_as_a_power(Engine):
    def exp(self) -> Any:
        slope = self.data * math.exp(self.data - 1)
        return type(self)(math.exp(self.data), [(self, slope)])


class TanhOfTheOutput(Engine):
    """Goes through tanh once more than the value did."""

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, 1 - math.tanh(out) ** 2)])


@slip(
    "The slope of tanh is 1 minus the square of its output. Which number did you "
    "square?",
    also=(TanhOfTheOutput,),
)
class tanh_slope_from_input(Engine):
    def tanh(self) -> Any:
        return type(self)(math.tanh(self.data), [(self, 1 - self.data**2)])


class SigmoidsSlope(Engine):
    """Takes the slope of the sigmoid for that of tanh."""

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, out * (1 - out))])


class Falling(Engine):
    """Has the right size of tanh's slope, and the wrong sign."""

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, out**2 - 1)])


class Plus(Engine):
    """Adds the square that is to be subtracted."""

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, 1 + out**2)])


class TheOutput(Engine):
    """Takes the output itself for the slope, as one may for exp."""

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, out)])


class Squared(Engine):
    """Squares the difference, in place of the output."""

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, (1 - out) ** 2)])


class Doubled(Engine):
    """Doubles the output, in place of squaring it: one star is missing."""

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, 1 - out * 2)])


@slip(
    "Your way back through tanh takes something away where only factors meet. Python "
    "multiplies before it subtracts: what does `u - v * g` come to?"
)
class parentheses_missing(Marked):
    special = ("tanh",)

    def hand_on(self, node: Engine) -> None:
        if not getattr(node, "marked", False):
            return super().hand_on(node)
        ((x, _),) = node.made_from
        x.grad += 1 - node.data**2 * node.grad


@slip(
    "At the output 0 the slope of tanh is 1, and at the outputs 1 and −1 it is 0. What "
    "does yours give at these three?",
    also=(
        TheOutput,
        SigmoidsSlope,
        Falling,
        Plus,
        Squared,
        Doubled,
    ),
)
class slope_of_another_curve(Engine):
    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, 1 - out)])


@slip(
    "tanh is a curve; you pass gradients through it as through a straight line of "
    "slope 1."
)
class tanh_slope_omitted(Engine):
    def tanh(self) -> Any:
        return type(self)(math.tanh(self.data), [(self, 1.0)])


# mypy takes a decorated class for the class, whatever the decorator returns.
SLIPS: tuple[Slip, ...] = (  # type: ignore[assignment]
    upstream_ignored,
    value_for_upstream,
    rates_added,
    own_factor,
    gradient_of_the_other_factor,
    product_like_a_sum,
    exp_slope_omitted,
    exp_by_its_input,
    exp_of_the_output,
    exp_as_a_power,
    tanh_slope_from_input,
    slope_of_another_curve,
    parentheses_missing,
    tanh_slope_omitted,
)
