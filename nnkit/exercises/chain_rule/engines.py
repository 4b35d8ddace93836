"""Unit 5: engines that go wrong, each in one place, for the exercise `Value`."""

# ruff: noqa: D101, D102  a slip is documented by its hint

from __future__ import annotations

from operator import attrgetter
from typing import Any

from nnkit.exercises.chain_rule import (
    engines_ends,
    engines_graph,
    engines_operands,
    engines_paths,
    engines_results,
    engines_slopes,
    engines_uses,
)
from nnkit.exercises.chain_rule.engine import Engine
from nnkit.exercises.spec import Slip, slip


@slip(
    "You go through the values level by level, counted from the result. Had everyone "
    "who used a value reported before it passed its gradient on?"
)
class level_by_level(Engine):
    def backward(self) -> None:
        self.clear(self.order())
        self.grad = 1.0
        line: list[Engine] = [self]
        seen = {id(self)}
        for node in line:
            self.hand_on(node)
            for x, _ in node.made_from:
                if id(x) not in seen:
                    seen.add(id(x))
                    line.append(x)


class LastWayFirst(Engine):
    """Follows the way through the second operand before that through the first."""

    def next(self, node: Engine) -> list[Engine]:
        return [x for x, _ in node.made_from]

    def backward(self) -> None:
        self.clear(self.order())
        self.grad = 1.0
        seen: set[int] = set()
        waiting: list[Engine] = [self]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                self.hand_on(node)
                waiting += self.next(node)


@slip(
    "You follow one way down to the leaves before you look at the next. A value that "
    "lies on both passes its gradient on too early: what must it wait for?",
    also=(LastWayFirst,),
)
class way_by_way(LastWayFirst):
    def next(self, node: Engine) -> list[Engine]:
        return super().next(node)[::-1]


@slip(
    "Where thousands of values stand in a row, Python gives up: a function of yours "
    "has called itself too often, or what `@dataclass` writes, which compares values "
    "by all that they were made from. How could a list remember what is still to do?"
)
class recursive(Engine):
    def order(self) -> list[Engine]:
        found: list[Engine] = []
        seen: set[int] = set()

        def visit(node: Engine) -> None:
            if id(node) not in seen:
                seen.add(id(node))
                for x, _ in node.made_from:
                    visit(x)
                found.append(node)

        visit(self)
        return found


@slip(
    "A value is used by two others that hold the same number, and what one of them "
    "brings is lost. Do you take the two for one, because you recognize values by "
    "their numbers? Or does the value pass on what it has before both have reported?"
)
class told_apart_by_number(Engine):
    def order(self) -> list[Engine]:
        found: dict[float, Engine] = {self.data: self}
        waiting: list[Engine] = [self]
        while waiting:
            for x, _ in waiting.pop().made_from:
                if x.data not in found:
                    found[x.data] = x
                    waiting.append(x)
        return sorted(found.values(), key=attrgetter("born"))


class OneStepBack(Engine):
    """Stops at what the result was made from directly."""

    def backward(self) -> None:
        self.clear(self.order())
        self.grad = 1.0
        self.hand_on(self)


class OneStepBackAndNoFurther(OneStepBack):
    """Does not even clear what lies beyond."""

    def clear(self, order: list[Engine]) -> None:
        for x, _ in self.made_from:
            x.grad = 0.0


class OneStepBackForEver(OneStepBack):
    """Does not clear at all."""

    def clear(self, order: list[Engine]) -> None:
        pass


@slip(
    "Only what the result was made from directly hears of it. Whose gradient is known "
    "at the beginning, and in which direction, and how far, does the knowledge spread?",
    also=(OneStepBack, OneStepBackAndNoFurther, OneStepBackForEver),
)
class from_the_leaves(Engine):
    def backward(self) -> None:
        order = self.order()
        self.clear(order)
        self.grad = 1.0
        for node in order:
            self.hand_on(node)


@slip(
    "Everything is 0 in the end. What is the derivative of the result by itself, does "
    "backward() start from it, and is nothing wiped out when all is done?",
    whole=True,
)
class never_started(Engine):
    def backward(self) -> None:
        order = self.order()
        self.clear(order)
        for node in reversed(order):
            self.hand_on(node)


class NeverClearedNorSet(Engine):
    """Adds 1 to what is there at the result, and never clears."""

    def backward(self) -> None:
        self.grad += 1.0
        for node in reversed(self.order()):
            self.hand_on(node)


@slip(
    "Right once. On the second call old gradients are still there, at the leaves and "
    "in between, and go round again. What should backward() do before it starts?",
    also=(NeverClearedNorSet,),
)
class never_cleared(Engine):
    def clear(self, order: list[Engine]) -> None:
        pass


@slip(
    "The second call gives twice as much at the leaves. Some libraries add up on "
    "purpose, over several calls; what does this exercise ask for?"
)
class leaves_never_cleared(Engine):
    def clear(self, order: list[Engine]) -> None:
        for node in order:
            if node.made_from:
                node.grad = 0.0


@slip(
    "You clear the result and the leaves, or only one of them. What about the values "
    "in between, on a second call?"
)
class leaves_alone_cleared(Engine):
    def clear(self, order: list[Engine]) -> None:
        for node in order:
            if not node.made_from:
                node.grad = 0.0


@slip(
    "Right for the first result. A later call, from another one that shares values "
    "with it, does not get through. What did the first leave behind, or use up: marks "
    "of what was visited, a list?"
)
class marks_left_behind(Engine):
    def backward(self) -> None:
        order: list[Engine] = []
        waiting: list[tuple[Engine, bool]] = [(self, False)]
        while waiting:
            node, ready = waiting.pop()
            if ready:
                order.append(node)
            elif not node.visited:
                node.visited = True
                node.grad = 0.0
                waiting.append((node, True))
                waiting += [(x, False) for x, _ in node.made_from]
        self.grad = 1.0
        for node in reversed(order):
            self.hand_on(node)


@slip(
    "A value of yours goes back once and never again. When another result has gone "
    "back in between, whose gradients are there?"
)
class goes_back_once(Engine):
    def backward(self) -> None:
        if not self.visited:
            self.visited = True
            super().backward()


@slip(
    "What is .grad of a value that no backward() has ever reached? The text asks for a "
    "number there, too."
)
class no_number_at_first(Engine):
    def __init__(self, data: float, made_from: Any = ()) -> None:
        super().__init__(data, made_from)
        self.grad = None  # type: ignore[assignment]  # which is the mistake


@slip(
    "You start with another number than 1. What is the derivative of the result by "
    "itself, whatever its value is?"
)
class started_with_the_value(Engine):
    def backward(self) -> None:
        order = self.order()
        self.clear(order)
        self.grad = self.data
        for node in reversed(order):
            self.hand_on(node)


@slip(
    "Values combine with values, but not with plain numbers: in a + 2, what has 2 not "
    "got that a has?"
)
class numbers_not_wrapped(Engine):
    def wrapped(self, other: Any) -> Any:
        if not isinstance(other, Engine):
            raise AttributeError(f"{type(other).__name__!r} has no attribute 'data'")
        return other


@slip(
    "a * 2 works and 2 * a does not: for the second Python asks the number first, "
    "and then a's __rmul__ (for sums, __radd__). Are both there?"
)
class numbers_on_the_right_alone(Engine):
    def __radd__(self, other: Any) -> Any:
        return NotImplemented

    def __rmul__(self, other: Any) -> Any:
        return NotImplemented


# mypy takes a decorated class for the class, whatever the decorator returns.
WAYS_BACK: tuple[Slip, ...] = (  # type: ignore[assignment]
    level_by_level,
    way_by_way,
    recursive,
    told_apart_by_number,
    from_the_leaves,
    never_started,
    started_with_the_value,
    never_cleared,
    leaves_never_cleared,
    leaves_alone_cleared,
    marks_left_behind,
    goes_back_once,
    no_number_at_first,
    numbers_not_wrapped,
    numbers_on_the_right_alone,
)

SLIPS = (
    *engines_uses.SLIPS,
    *WAYS_BACK,
    *engines_paths.SLIPS,
    *engines_slopes.SLIPS,
    *engines_graph.SLIPS,
    *engines_ends.SLIPS,
    *engines_operands.SLIPS,
    *engines_results.SLIPS,
)
