"""Unit 5: engines whose way back ends at the result of one operation, for `Value`."""

# ruff: noqa: D101, D102  a slip is documented by its hint

from __future__ import annotations

from typing import Any

from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.spec import Slip, slip


class EndsSomewhere(Engine):
    """Does not look for what some results were made from; these hear of it, though.

    So it is where a closure knows the inputs, and the list to go through does not.
    """

    ends = False

    def ended(self, out: Any) -> Any:
        out.ends = True
        return out

    def order(self) -> list[Engine]:
        found: set[Any] = {self}
        waiting: list[Any] = [self]
        while waiting:
            node = waiting.pop()
            for x, _ in () if node.ends else node.made_from:
                if x not in found:
                    found.add(x)
                    waiting.append(x)
        return sorted(found, key=lambda node: node.born)


class ProductsEnd(EndsSomewhere):
    def __mul__(self, other: Any) -> Any:
        return self.ended(super().__mul__(other))


class ExpEnds(EndsSomewhere):
    def exp(self) -> Any:
        return self.ended(super().exp())


@slip(
    "What one of your operations was made from hears of it, and there the way back "
    "ends: where backward() looks for whom to call next, that result remembers nobody. "
    "Is it +, · or exp?",
    also=(ProductsEnd, ExpEnds),
)
class way_back_ends(EndsSomewhere):
    def __add__(self, other: Any) -> Any:
        return self.ended(super().__add__(other))


# mypy takes a decorated class for the class, whatever the decorator returns.
SLIPS: tuple[Slip, ...] = (way_back_ends,)  # type: ignore[assignment]
