"""Unit 5: engines that go on too often, or wait too long, for the exercise `Value`."""

# ruff: noqa: D101, D102  a slip is documented by its hint

from __future__ import annotations

from typing import Any

from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.spec import Slip, slip


class Gathers(Engine):
    """Tells each input in turn to go back by itself, from all that is there."""

    def backward(self) -> None:
        self.clear(self.order())
        self.grad = 1.0
        self.go_on()

    def go_on(self) -> None:
        for x, slope in self.made_from:
            x.grad += slope * self.grad
            x.go_on()  # type: ignore[attr-defined]  # its own kind


class GathersFirst(Gathers):
    """Hands on to all of its inputs, and then tells each to go back."""

    def go_on(self) -> None:
        self.hand_on(self)
        for x, _ in self.made_from:
            x.go_on()  # type: ignore[attr-defined]  # its own kind


class GathersForEver(Gathers):
    """Does so, and never clears."""

    def clear(self, order: list[Engine]) -> None:
        pass


class GathersInALoop(Engine):
    """Keeps a list of who is to pass on, with everyone in it as often as reached."""

    def backward(self) -> None:
        self.clear(self.order())
        self.grad = 1.0
        waiting: list[Engine] = [self]
        while waiting:
            node = waiting.pop()
            self.hand_on(node)
            waiting += [x for x, _ in node.made_from]


class GathersInLevels(Engine):
    """Does so in the order in which they are reached."""

    def backward(self) -> None:
        self.clear(self.order())
        self.grad = 1.0
        line: list[Engine] = [self]
        for node in line:
            self.hand_on(node)
            line += [x for x, _ in node.made_from]


@slip(
    "Each time something arrives at a value you pass on all that has gathered there. "
    "Which of it had been passed on before?",
    also=(GathersFirst, GathersForEver, GathersInALoop, GathersInLevels),
)
class passes_on_what_has_gathered(Engine):
    def backward(self) -> None:
        self.clear(self.order())
        self.receive(1.0)

    def receive(self, g: float) -> None:
        self.grad += g
        for x, slope in self.made_from:
            x.receive(slope * self.grad)  # type: ignore[attr-defined]  # its own kind


class EveryPathRecursively(Engine):
    """Sends what a path contributes down to the leaves, one call inside another."""

    def backward(self) -> None:
        self.clear(self.order())
        self.receive(1.0)

    def receive(self, share: float) -> None:
        self.grad += share
        for x, slope in self.made_from:
            x.receive(slope * share)  # type: ignore[attr-defined]  # its own kind


@slip(
    "You walk along every path by itself, and where each result uses the one before "
    "it twice, every step doubles the paths. What would let a value pass on once what "
    "all of its uses have brought?",
    also=(EveryPathRecursively,),
)
class every_path_by_itself(Engine):
    def backward(self) -> None:
        self.clear(self.order())
        waiting: list[tuple[Engine, float]] = [(self, 1.0)]
        while waiting:
            node, share = waiting.pop()
            node.grad += share
            waiting += [(x, slope * share) for x, slope in node.made_from]


class CountsDownForGood(Engine):
    """Counts a value's uses from the day it is made, and down again going back."""

    def __init__(self, data: float, made_from: Any = ()) -> None:
        super().__init__(data, made_from)
        self.waits = 0
        for x, _ in made_from:
            x.waits += 1

    def backward(self) -> None:
        self.clear(self.order())
        self.grad = 1.0
        ready: list[Any] = [self]
        while ready:
            node = ready.pop()
            self.hand_on(node)
            for x, _ in node.made_from:
                x.waits -= 1
                if not x.waits:
                    ready.append(x)


@slip(
    "A value of yours waits until all of its uses have reported: those in other "
    "results too, or those that have reported in an earlier call. Which of its uses "
    "lie on the way back from *this* result, and do they report each time?",
    also=(CountsDownForGood,),
)
class waits_for_every_use(CountsDownForGood):
    def backward(self) -> None:
        order: list[Any] = self.order()
        counted = [x.waits for x in order]
        super().backward()
        for x, count in zip(order, counted, strict=True):
            x.waits = count


class PassesOnWhenAllHaveReported(Engine):
    """Counts who is to report to a value, and lets it pass on when the count is 0.

    It is spoiled below by what it counts, or what it counts down.
    """

    __slots__ = ("waits",)

    def counted(self) -> list[Engine]:
        return list({id(x): x for x, _ in self.made_from}.values())

    def reporting(self) -> list[Engine]:
        return [x for x, _ in self.made_from]

    def done(self, waits: int) -> bool:
        return waits == 0

    def taken(self, ready: list[Any]) -> Any:
        return ready.pop()

    def backward(self) -> None:
        order: list[Any] = self.order()
        self.clear(order)
        self.grad = 1.0
        for node in order:
            node.waits = 0
            for x in node.counted():
                x.waits += 1
        ready: list[Any] = [self]
        while ready:
            node = self.taken(ready)
            self.hand_on(node)
            for x in node.reporting():
                x.waits -= 1
                if self.done(x.waits):
                    ready.append(x)


class CountedOnceInLine(PassesOnWhenAllHaveReported):
    """Takes those that are ready in the order in which they became so."""

    def taken(self, ready: list[Any]) -> Any:
        return ready.pop(0)


class CountedOnceFromTheFirst(PassesOnWhenAllHaveReported):
    """Follows the way through the first operand before that through the second."""

    def reporting(self) -> list[Engine]:
        return super().reporting()[::-1]


class CountedOnceAndBelowNought(PassesOnWhenAllHaveReported):
    """Lets a value pass on again with each report that comes too late."""

    def done(self, waits: int) -> bool:
        return waits <= 0


class CountedOnceInLineAndBelowNought(CountedOnceAndBelowNought, CountedOnceInLine):
    """Does so, in the order in which they became ready."""


class CountedTwiceReportsOnce(PassesOnWhenAllHaveReported):
    """Waits for two reports from p·p, which reports once."""

    def counted(self) -> list[Engine]:
        return super().reporting()

    def reporting(self) -> list[Engine]:
        return super().counted()


@slip(
    "Does a value of yours wait until a count of its uses has come down to 0? Then "
    "look at what uses one value twice, as p·p and p + p do: by how much does it go up "
    "in your count, and by how much down? When is p·p done with p?",
    also=(
        CountedOnceInLine,
        CountedOnceFromTheFirst,
        CountedOnceAndBelowNought,
        CountedOnceInLineAndBelowNought,
        CountedTwiceReportsOnce,
    ),
    whole=True,
)
class twice_in_one_use(PassesOnWhenAllHaveReported):
    pass


# mypy takes a decorated class for the class, whatever the decorator returns.
SLIPS: tuple[Slip, ...] = (  # type: ignore[assignment]
    waits_for_every_use,
    twice_in_one_use,
    passes_on_what_has_gathered,
    every_path_by_itself,
)
