"""Unit 5: engines that record a wrong graph, for the exercise `Value`."""

# ruff: noqa: D101, D102  a slip is documented by its hint

from __future__ import annotations

import math
from typing import Any

from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.spec import Slip, slip


class OthersValueInSums(Engine):
    """Gives each term of a sum the other's value as slope."""

    def __add__(self, other: Any) -> Any:
        other = self.wrapped(other)
        slopes = [(self, other.data), (other, self.data)]
        return type(self)(self.data + other.data, slopes)


@slip(
    "In a + b, hold b still and move a by a little: by how much does the sum move? The "
    "slopes of your sum depend on the numbers that are added.",
    also=(OthersValueInSums,),
)
class sum_like_a_product(Engine):
    def __add__(self, other: Any) -> Any:
        other = self.wrapped(other)
        slopes = [(self, self.data), (other, other.data)]
        return type(self)(self.data + other.data, slopes)


class SecondAlone(Engine):
    """Remembers the second operand alone."""

    def __init__(self, data: float, made_from: Any = ()) -> None:
        super().__init__(data, made_from[-1:])


@slip(
    "A result of yours remembers one of the two values that it was made from, and the "
    "other never hears of it. What did a + b and a·b come from?",
    also=(SecondAlone,),
)
class one_operand_remembered(Engine):
    def __init__(self, data: float, made_from: Any = ()) -> None:
        super().__init__(data, made_from[:1])


class FirstsValueTwice(Engine):
    """Gives both factors the value of the first as slope."""

    def __mul__(self, other: Any) -> Any:
        other = self.wrapped(other)
        slopes = [(self, self.data), (other, self.data)]
        return type(self)(self.data * other.data, slopes)


@slip(
    "Both factors of your product get the same slope. How fast does a·b change with a, "
    "and how fast with b?",
    also=(FirstsValueTwice,),
)
class one_factor_for_both(Engine):
    def __mul__(self, other: Any) -> Any:
        other = self.wrapped(other)
        slopes = [(self, other.data), (other, other.data)]
        return type(self)(self.data * other.data, slopes)


@slip(
    "In a·a the same value comes in twice, and your product remembers it once. How "
    "large is the slope of a², and from which two shares does it come?"
)
class twice_the_same_remembered_once(Engine):
    def __mul__(self, other: Any) -> Any:
        out = super().__mul__(other)
        once = {id(x): (x, slope) for x, slope in out.made_from}
        return type(self)(out.data, list(once.values()))


class TanhCutsThePath(Engine):
    """Forgets what tanh was computed from."""

    def tanh(self) -> Any:
        return type(self)(math.tanh(self.data))


class ExpCutsThePath(Engine):
    """Forgets what exp was computed from."""

    def exp(self) -> Any:
        return type(self)(math.exp(self.data))


@slip(
    "Nothing comes back through a curve of yours: what tanh or exp returns does not "
    "know what it was computed from.",
    also=(TanhCutsThePath, ExpCutsThePath),
)
class curves_cut_the_path(Engine):
    def tanh(self) -> Any:
        return type(self)(math.tanh(self.data))

    def exp(self) -> Any:
        return type(self)(math.exp(self.data))


# mypy takes a decorated class for the class, whatever the decorator returns.
SLIPS: tuple[Slip, ...] = (  # type: ignore[assignment]
    sum_like_a_product,
    one_operand_remembered,
    one_factor_for_both,
    twice_the_same_remembered_once,
    curves_cut_the_path,
)
