"""Unit 5: engines that store where they should add, for the exercise `Value`."""

# ruff: noqa: D101, D102  a slip is documented by its hint

from __future__ import annotations

from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.chain_rule.engines_slopes import Marked
from nnkit.exercises.spec import Slip, slip


class OverwrittenBySums(Marked):
    """Stores where it should add, in sums and products; its curves add."""

    special: tuple[str, ...] = ("+", "*")

    def hand_on(self, node: Engine) -> None:
        for x, slope in node.made_from:
            if getattr(node, "marked", False):
                x.grad = slope * node.grad
            else:
                x.grad += slope * node.grad


class OverwrittenByTanh(OverwrittenBySums):
    """Stores where it should add, in tanh."""

    special = ("tanh",)


class OverwrittenByExp(OverwrittenBySums):
    """Stores where it should add, in exp."""

    special = ("exp",)


class OverwrittenByCurves(OverwrittenBySums):
    """Stores where it should add, in tanh and exp."""

    special = ("tanh", "exp")


class OverwrittenByProducts(OverwrittenBySums):
    """Stores where it should add, in products."""

    special = ("*",)


class OverwrittenBySumsAlone(OverwrittenBySums):
    """Stores where it should add, in sums."""

    special = ("+",)


class SecondOverwritten(OverwrittenBySums):
    """Stores where it should add, at the second of two operands."""

    place = 1

    def hand_on(self, node: Engine) -> None:
        stores = getattr(node, "marked", False)
        for place, (x, slope) in enumerate(node.made_from):
            before = 0.0 if stores and place == self.place else x.grad
            x.grad = before + slope * node.grad


class SecondFactorOverwritten(SecondOverwritten):
    """In products alone."""

    special = ("*",)


class SecondTermOverwritten(SecondOverwritten):
    """In sums alone."""

    special = ("+",)


class FirstOverwritten(SecondOverwritten):
    """Stores where it should add, at the first of two operands."""

    place = 0


class FirstFactorOverwritten(FirstOverwritten):
    """In products alone."""

    special = ("*",)


class FirstTermOverwritten(FirstOverwritten):
    """In sums alone."""

    special = ("+",)


class OverwrittenAlongEveryPath(Engine):
    """Stores what came last, one call inside another, down to the leaves."""

    def backward(self) -> None:
        self.receive(1.0)

    def receive(self, share: float) -> None:
        self.grad = share
        for x, slope in self.made_from:
            x.receive(slope * share)  # type: ignore[attr-defined]  # its own kind


class OverwrittenInALoop(Engine):
    """Stores what came last, from a list of what is still to be visited."""

    def backward(self) -> None:
        self.grad = 1.0
        waiting: list[Engine] = [self]
        while waiting:
            node = waiting.pop()
            for x, slope in node.made_from:
                x.grad = slope * node.grad
                waiting.append(x)


class FirstTermOverwrittenLastWayFirst(FirstTermOverwritten):
    """In sums alone, by one who lists second operands first, each after its inputs.

    What is stored last depends on the order to go back in.
    """

    def inputs(self, node: Engine) -> list[Engine]:
        return [x for x, _ in node.made_from]

    def order(self) -> list[Engine]:
        found: list[Engine] = []
        seen: set[Engine] = set()
        waiting: list[tuple[Engine, bool]] = [(self, False)]
        while waiting:
            node, ready = waiting.pop()
            if ready:
                found.append(node)
            elif node not in seen:
                seen.add(node)
                waiting += [(node, True), *((x, False) for x in self.inputs(node))]
        return found


class FirstTermOverwrittenFirstWayFirst(FirstTermOverwrittenLastWayFirst):
    """By one who lists first operands first, as a function that calls itself does."""

    def inputs(self, node: Engine) -> list[Engine]:
        return super().inputs(node)[::-1]


@slip(
    "Used several times, credited for some. Somewhere a use overwrites what others had "
    "brought, be it in all operations or in one line of one: what should happen to "
    "contributions that meet?",
    also=(
        OverwrittenBySums,
        OverwrittenByProducts,
        OverwrittenByTanh,
        OverwrittenByExp,
        OverwrittenByCurves,
        OverwrittenBySumsAlone,
        SecondOverwritten,
        SecondFactorOverwritten,
        SecondTermOverwritten,
        FirstOverwritten,
        FirstFactorOverwritten,
        FirstTermOverwritten,
        FirstTermOverwrittenLastWayFirst,
        FirstTermOverwrittenFirstWayFirst,
        OverwrittenAlongEveryPath,
        OverwrittenInALoop,
    ),
)
class overwritten(Engine):
    def hand_on(self, node: Engine) -> None:
        for x, slope in node.made_from:
            x.grad = slope * node.grad


# mypy takes a decorated class for the class, whatever the decorator returns.
SLIPS: tuple[Slip, ...] = (overwritten,)  # type: ignore[assignment]
