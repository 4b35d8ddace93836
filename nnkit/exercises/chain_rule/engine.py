"""Unit 5: a right engine, of which the wrong ones are made."""

# ruff: noqa: D102  the methods are those that the exercise asks for

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count
from operator import attrgetter
from typing import Any

births = count()


class Engine:
    """A right engine, which the slips below spoil in one place each."""

    # Made by the hundred thousand when 3600 terms are added up.
    __slots__ = ("born", "data", "grad", "made_from", "visited")

    def __init__(
        self, data: float, made_from: Sequence[tuple[Engine, float]] = ()
    ) -> None:
        self.data = data
        self.grad = 0.0
        self.made_from = made_from  # pairs (input, slope)
        self.visited = False
        self.born = next(births)  # nothing can be used before it is made

    def wrapped(self, other: Any) -> Any:
        return other if isinstance(other, Engine) else type(self)(other)

    def __add__(self, other: Any) -> Any:
        other = self.wrapped(other)
        return type(self)(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other: Any) -> Any:
        other = self.wrapped(other)
        slopes = ((self, other.data), (other, self.data))
        return type(self)(self.data * other.data, slopes)

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def exp(self) -> Any:
        out = math.exp(self.data)
        return type(self)(out, [(self, out)])

    def tanh(self) -> Any:
        out = math.tanh(self.data)
        return type(self)(out, [(self, 1 - out**2)])

    def order(self) -> list[Engine]:
        """Return all it was made from, inputs before results."""
        found: set[Engine] = {self}
        waiting: list[Engine] = [self]
        while waiting:
            for x, _ in waiting.pop().made_from:
                if x not in found:
                    found.add(x)
                    waiting.append(x)
        return sorted(found, key=attrgetter("born"))

    def clear(self, order: list[Engine]) -> None:
        for node in order:
            node.grad = 0.0

    def backward(self) -> None:
        order = self.order()
        self.clear(order)
        self.grad = 1.0
        for node in reversed(order):
            self.hand_on(node)

    def hand_on(self, node: Engine) -> None:
        for x, slope in node.made_from:
            x.grad += slope * node.grad
