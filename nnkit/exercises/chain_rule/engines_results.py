"""Unit 5: engines whose results are other numbers, for the exercise `Value`."""

# ruff: noqa: D101, D102  a slip is documented by its hint

from __future__ import annotations

import math
from typing import Any

from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.spec import Slip, slip


class SumsInTheFirst(Engine):
    """Adds to the first operand and returns it."""

    def __add__(self, other: Any) -> Any:
        self.data += self.wrapped(other).data
        return self


class ProductsInTheFirst(Engine):
    """Multiplies the first operand and returns it."""

    def __mul__(self, other: Any) -> Any:
        self.data *= self.wrapped(other).data
        return self


class CurvesInTheFirst(Engine):
    """Puts a curve's output into what went in, and returns it."""

    def exp(self) -> Any:
        self.data = math.exp(self.data)
        return self

    def tanh(self) -> Any:
        self.data = math.tanh(self.data)
        return self


class AllInTheFirst(SumsInTheFirst, ProductsInTheFirst, CurvesInTheFirst):
    """Does all of these."""


@slip(
    "An operation of yours writes its result into a value that it was given: after "
    "p = a + b print a.data. What should it return, and leave as it is?",
    also=(ProductsInTheFirst, CurvesInTheFirst, AllInTheFirst),
    whole=True,
)
class written_into_the_operand(SumsInTheFirst):
    pass


class TanhBySigmoid(Engine):
    """Takes the sigmoid for tanh, and 1 less its square for the slope."""

    def curve(self) -> float:
        return 1 / (1 + math.exp(-self.data))

    def slope(self, out: float) -> float:
        return 1 - out**2

    def tanh(self) -> Any:
        out = self.curve()
        return type(self)(out, [(self, self.slope(out))])


class SigmoidThroughout(TanhBySigmoid):
    """Takes the sigmoid for tanh, with its own slope."""

    def slope(self, out: float) -> float:
        return out * (1 - out)


class Unquotiented(TanhBySigmoid):
    """Takes the hyperbolic sine for tanh."""

    def curve(self) -> float:
        return math.sinh(self.data)


@slip(
    "Print Value(1.0).tanh().data beside math.tanh(1.0): the number itself is another. "
    "If you compute it with exp, which exponents, signs and parts does the formula of "
    "tanh have, and which has yours?",
    also=(TanhBySigmoid, SigmoidThroughout, Unquotiented),
)
class tanh_is_another_curve(TanhBySigmoid):
    def curve(self) -> float:
        return math.tanh(self.data / 2)


# mypy takes a decorated class for the class, whatever the decorator returns.
SLIPS: tuple[Slip, ...] = (  # type: ignore[assignment]
    written_into_the_operand,
    tanh_is_another_curve,
)
