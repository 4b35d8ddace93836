"""Unit 5: engines that record a wrong graph, for the exercise `Value`."""

# ruff: noqa: D101, D102  a slip is documented by its hint

from __future__ import annotations

import math
from typing import Any

from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.chain_rule.engines_operands import ONE_REMEMBERED
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


@slip(
    "Your sum shares out among its terms what comes back, a half to each. In a + b, "
    "hold b still and move a by a little: by how much does the sum move?"
)
class sum_shares_out(Engine):
    def __add__(self, other: Any) -> Any:
        other = self.wrapped(other)
        return type(self)(self.data + other.data, [(self, 0.5), (other, 0.5)])


class SecondAlone(Engine):
    """Remembers the second operand alone."""

    def __init__(self, data: float, made_from: Any = ()) -> None:
        super().__init__(data, made_from[-1:])


class FirstOfSums(Engine):
    """Remembers the first term of a sum alone."""

    def __add__(self, other: Any) -> Any:
        out = super().__add__(other)
        return type(self)(out.data, out.made_from[:1])


class FirstOfProducts(Engine):
    """Remembers the first factor of a product alone."""

    def __mul__(self, other: Any) -> Any:
        out = super().__mul__(other)
        return type(self)(out.data, out.made_from[:1])


@slip(
    "A result of yours remembers one of the two values that it was made from, and the "
    "other never hears of it, or has nobody to tell. What did a + b and a·b come from?",
    also=(SecondAlone, FirstOfSums, FirstOfProducts, *ONE_REMEMBERED),
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


class TheProductTwice(Engine):
    """Gives both factors the product as slope."""

    def __mul__(self, other: Any) -> Any:
        other = self.wrapped(other)
        out = self.data * other.data
        return type(self)(out, [(self, out), (other, out)])


@slip(
    "Both factors of your product get the same slope. How fast does a·b change with a, "
    "and how fast with b?",
    also=(FirstsValueTwice, TheProductTwice),
)
class one_factor_for_both(Engine):
    def __mul__(self, other: Any) -> Any:
        other = self.wrapped(other)
        slopes = [(self, other.data), (other, other.data)]
        return type(self)(self.data * other.data, slopes)


def remembered_once(out: Any) -> Any:
    """Return a result anew, with each value that it was made from once, not twice."""
    once = {id(x): (x, slope) for x, slope in out.made_from}
    return type(out)(out.data, list(once.values()))


class OnceInSumsAsWell(Engine):
    """Keeps what a result was made from in a dict, or a set."""

    def __mul__(self, other: Any) -> Any:
        return remembered_once(super().__mul__(other))

    def __add__(self, other: Any) -> Any:
        return remembered_once(super().__add__(other))


class OnceInSums(Engine):
    """Remembers the a of a + a once."""

    def __add__(self, other: Any) -> Any:
        return remembered_once(super().__add__(other))


@slip(
    "In a·a and in a + a the same value comes in twice. A result of yours remembers it "
    "once. How large is the slope of a², and from which two shares does it come?",
    also=(OnceInSumsAsWell, OnceInSums),
    whole=True,
)
class twice_the_same_remembered_once(Engine):
    def __mul__(self, other: Any) -> Any:
        return remembered_once(super().__mul__(other))


class TanhCutsThePath(Engine):
    """Forgets what tanh was computed from."""

    def tanh(self) -> Any:
        return type(self)(math.tanh(self.data))


class ExpCutsThePath(Engine):
    """Forgets what exp was computed from."""

    def exp(self) -> Any:
        return type(self)(math.exp(self.data))


class TanhHandsNothingOn(Engine):
    """Knows what tanh was computed from, and gives it nothing."""

    def tanh(self) -> Any:
        return type(self)(math.tanh(self.data), [(self, 0.0)])


class SumsHandNothingOn(Engine):
    """Knows what a sum was computed from, and gives it nothing."""

    def __add__(self, other: Any) -> Any:
        out = super().__add__(other)
        return type(self)(out.data, [(x, 0.0) for x, _ in out.made_from])


class ProductsHandNothingOn(Engine):
    """Knows what a product was computed from, and gives it nothing."""

    def __mul__(self, other: Any) -> Any:
        out = super().__mul__(other)
        return type(self)(out.data, [(x, 0.0) for x, _ in out.made_from])


class ExpHandsNothingOn(Engine):
    """Knows what exp was computed from, and gives it nothing."""

    def exp(self) -> Any:
        return type(self)(math.exp(self.data), [(self, 0.0)])


class SumsCutThePath(Engine):
    """Forgets what a sum was computed from."""

    def __add__(self, other: Any) -> Any:
        return type(self)(self.data + self.wrapped(other).data)


class ProductsCutThePath(Engine):
    """Forgets what a product was computed from."""

    def __mul__(self, other: Any) -> Any:
        return type(self)(self.data * self.wrapped(other).data)


@slip(
    "Nothing comes back through one of your operations: what it returns does not know "
    "what it was computed from, or hands nothing on to it. Is it +, ·, tanh or exp?",
    also=(
        TanhCutsThePath,
        ExpCutsThePath,
        TanhHandsNothingOn,
        ExpHandsNothingOn,
        SumsCutThePath,
        ProductsCutThePath,
        SumsHandNothingOn,
        ProductsHandNothingOn,
    ),
    whole=True,
)
class operations_cut_the_path(Engine):
    def tanh(self) -> Any:
        return type(self)(math.tanh(self.data))

    def exp(self) -> Any:
        return type(self)(math.exp(self.data))


class SumsWithNumbersCut(Engine):
    """Forgets what v + 2 was computed from."""

    def __add__(self, other: Any) -> Any:
        out = super().__add__(other)
        return out if isinstance(other, Engine) else type(self)(out.data)


class ProductsWithNumbersCut(Engine):
    """Forgets what v · 2 was computed from."""

    def __mul__(self, other: Any) -> Any:
        out = super().__mul__(other)
        return out if isinstance(other, Engine) else type(self)(out.data)


@slip(
    "With a plain number on one side, a result of yours forgets the value on the "
    "other: 2·a changes with a, so what should it remember?",
    also=(SumsWithNumbersCut, ProductsWithNumbersCut),
)
class numbers_cut_the_path(Engine):
    def __add__(self, other: Any) -> Any:
        out = super().__add__(other)
        return out if isinstance(other, Engine) else type(self)(out.data)

    def __mul__(self, other: Any) -> Any:
        out = super().__mul__(other)
        return out if isinstance(other, Engine) else type(self)(out.data)


@slip(
    "2·a grows twice as fast as a does. Which slope does your product with a plain "
    "number hand on?"
)
class number_without_weight(Engine):
    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Engine):
            return super().__mul__(other)
        return type(self)(self.data * other, [(self, 1.0)])


class SumsInPlace(Engine):
    """Adds a plain number to the value itself."""

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Engine):
            return super().__add__(other)
        self.data += other
        return self


class ProductsInPlace(Engine):
    """Multiplies the value itself by a plain number."""

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Engine):
            return super().__mul__(other)
        self.data *= other
        return self


@slip(
    "A plain number changes the value that it meets: after v + 2, whoever uses v again "
    "finds another v. What should an operation return, and leave as it is?",
    also=(SumsInPlace, ProductsInPlace),
)
class numbers_in_place(Engine):
    def __add__(self, other: Any) -> Any:
        if isinstance(other, Engine):
            return super().__add__(other)
        self.data += other
        return self

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Engine):
            return super().__mul__(other)
        self.data *= other
        return self


# mypy takes a decorated class for the class, whatever the decorator returns.
SLIPS: tuple[Slip, ...] = (  # type: ignore[assignment]
    sum_like_a_product,
    sum_shares_out,
    one_operand_remembered,
    one_factor_for_both,
    twice_the_same_remembered_once,
    operations_cut_the_path,
    numbers_cut_the_path,
    number_without_weight,
    numbers_in_place,
)
