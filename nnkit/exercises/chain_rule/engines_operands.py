"""Unit 5: engines that treat one of two operands otherwise, for `Value`."""

# ruff: noqa: D102  the methods are those that the exercise asks for

from __future__ import annotations

from operator import attrgetter
from typing import Any

from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.spec import Slip, slip


class SecondOfSums(Engine):
    """Remembers the second term of a sum alone."""

    def __add__(self, other: Any) -> Any:
        out = super().__add__(other)
        return type(self)(out.data, out.made_from[1:])


class SecondOfProducts(Engine):
    """Remembers the second factor of a product alone."""

    def __mul__(self, other: Any) -> Any:
        out = super().__mul__(other)
        return type(self)(out.data, out.made_from[1:])


class FirstFactorFollowed(Engine):
    """Hands on to both factors of a product, and goes on from the first alone.

    So does who writes a function that hands on beside a list of what was used.
    """

    operation = "*"
    followed = slice(0, 1)
    partly = False

    def __add__(self, other: Any) -> Any:
        return self.with_mark("+", super().__add__(other))

    def __mul__(self, other: Any) -> Any:
        return self.with_mark("*", super().__mul__(other))

    def with_mark(self, operation: str, out: Any) -> Any:
        out.partly = operation == self.operation
        return out

    def order(self) -> list[Engine]:
        found: set[Engine] = {self}
        waiting: list[Any] = [self]
        while waiting:
            node = waiting.pop()
            for x, _ in node.made_from[self.followed if node.partly else slice(None)]:
                if x not in found:
                    found.add(x)
                    waiting.append(x)
        return sorted(found, key=attrgetter("born"))


class SecondFactorFollowed(FirstFactorFollowed):
    """Goes on from the second factor alone."""

    followed = slice(1, 2)


class FirstTermFollowed(FirstFactorFollowed):
    """Goes on from the first term of a sum alone."""

    operation = "+"


class SecondTermFollowed(SecondFactorFollowed):
    """Goes on from the second term of a sum alone."""

    operation = "+"


class MinusForTheSecond(Engine):
    """Hands on to the second term of a sum with a minus."""

    slopes = (1.0, -1.0)

    def __add__(self, other: Any) -> Any:
        out = super().__add__(other)
        pairs = zip(out.made_from, self.slopes, strict=True)
        return type(self)(out.data, [(x, slope) for (x, _), slope in pairs])


class FirstTermAloneTold(MinusForTheSecond):
    """Knows both terms of a sum, and hands on to the first alone."""

    slopes = (1.0, 0.0)


class SecondTermAloneTold(MinusForTheSecond):
    """Knows both terms of a sum, and hands on to the second alone."""

    slopes = (0.0, 1.0)


class FirstFactorAloneTold(Engine):
    """Knows both factors of a product, and hands on to the first alone."""

    told = (True, False)

    def __mul__(self, other: Any) -> Any:
        out = super().__mul__(other)
        pairs = zip(out.made_from, self.told, strict=True)
        made_from = [(x, slope if told else 0.0) for (x, slope), told in pairs]
        return type(self)(out.data, made_from)


class SecondFactorAloneTold(FirstFactorAloneTold):
    """Knows both factors of a product, and hands on to the second alone."""

    told = (False, True)


ONE_REMEMBERED = (
    SecondOfSums,
    SecondOfProducts,
    FirstFactorFollowed,
    SecondFactorFollowed,
    FirstTermFollowed,
    SecondTermFollowed,
    FirstTermAloneTold,
    SecondTermAloneTold,
    FirstFactorAloneTold,
    SecondFactorAloneTold,
)
"""One operand alone is remembered, or gone on from."""


class FirstFactorLikeATerm(Engine):
    """Hands on to the first factor as if the product were a sum."""

    slopes = (True, False)

    def __mul__(self, other: Any) -> Any:
        out = super().__mul__(other)
        pairs = zip(out.made_from, self.slopes, strict=True)
        made_from = [(x, 1.0 if plain else slope) for (x, slope), plain in pairs]
        return type(self)(out.data, made_from)


class SecondFactorLikeATerm(FirstFactorLikeATerm):
    """Hands on to the second factor as if the product were a sum."""

    slopes = (False, True)


LIKE_A_TERM = (FirstFactorLikeATerm, SecondFactorLikeATerm)
"""One factor of a product gets what a term of a sum gets."""


class MinusForBoth(MinusForTheSecond):
    """Hands on to both terms of a sum with a minus."""

    slopes = (-1.0, -1.0)


@slip(
    "A sum of yours sends what comes back on with a minus. In a + b, hold one of the "
    "two still and move the other up: does the sum rise, or does it fall?",
    also=(MinusForTheSecond, MinusForBoth),
)
class sum_sends_a_minus(MinusForTheSecond):
    """Hands on to the first term of a sum with a minus."""

    slopes = (-1.0, 1.0)


@slip(
    "At every step of the way back the sign turns. What stands between a value's grad "
    "and what is brought to it: does that add up, or take away?"
)
class sign_turns_at_every_step(Engine):
    """Takes away what should be added."""

    def hand_on(self, node: Engine) -> None:
        for x, slope in node.made_from:
            x.grad -= slope * node.grad


@slip(
    "Whatever the operation, you hand on what has arrived as it is. What would be "
    "different if the result were a product, or a tanh: what is it multiplied with?"
)
class no_slope_of_its_own(Engine):
    """Hands on what has arrived, from every operation as from a sum."""

    def hand_on(self, node: Engine) -> None:
        for x, _ in node.made_from:
            x.grad += node.grad


# mypy takes a decorated class for the class, whatever the decorator returns.
SLIPS: tuple[Slip, ...] = (  # type: ignore[assignment]
    sum_sends_a_minus,
    sign_turns_at_every_step,
    no_slope_of_its_own,
)
