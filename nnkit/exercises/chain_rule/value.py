"""Unit 5: a scalar that remembers how it was computed.

An answer is a class. What is asked of it is a small expression program, plain data:
`adapters.program` runs it on the student's class and, for the reference, on Tensor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nnkit import adapters, tensor
from nnkit.exercises.chain_rule import engines
from nnkit.exercises.draw import signed
from nnkit.exercises.spec import Case, Exercise
from nnkit.tensor import Tensor

Step = tuple[Any, ...]


class TensorValue:
    """What the exercise asks for, with nnkit's Tensor doing the work."""

    def __init__(self, made_of: Any) -> None:
        self.tensor = made_of if isinstance(made_of, Tensor) else Tensor(float(made_of))

    def __add__(self, other: Any) -> TensorValue:
        return TensorValue(self.tensor + getattr(other, "tensor", other))

    def __mul__(self, other: Any) -> TensorValue:
        return TensorValue(self.tensor * getattr(other, "tensor", other))

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> TensorValue:
        """Return exp of it."""
        return TensorValue(tensor.exp(self.tensor))

    def tanh(self) -> TensorValue:
        """Return tanh of it."""
        return TensorValue(tensor.tanh(self.tensor))

    def backward(self) -> None:
        """Let Tensor do it."""
        self.tensor.backward()

    @property
    def data(self) -> float:
        """The number."""
        return float(self.tensor)

    @property
    def grad(self) -> float:
        """The gradient."""
        grad = self.tensor.grad
        return 0.0 if grad is None else float(grad)


def by_tensor(*args: Any) -> Any:
    """Return the right parts for a case; for a single number, a right value of it.

    So the judge gets its parts, and tests can reach it as they reach a student's class.
    """
    if len(args) == 1:
        return TensorValue(*args)
    leaves, steps, roots = args
    return adapters.program(TensorValue, (leaves, [*multiplied(steps)], roots), {})


def multiplied(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield steps of the same results, with a product in place of each long sum."""
    for name, operation, *operands in steps:
        if operation == "double often":
            value, factor, count = operands
            for i in range(count):
                yield f"{name}, {i}", "+", value, value
                value = name if i == count - 1 else f"{name}, {i} times {factor}"
                yield value, "*", f"{name}, {i}", factor
        elif operation == "add often":
            value, term, count = operands
            yield f"{name}, added", "*", term, count
            yield name, "+", value, f"{name}, added"
        else:
            yield name, operation, *operands


def programs(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `Value`: leaves, steps, and the roots to go back from."""

    def draw(
        steps: Sequence[Step], names: str = "abc", then: Sequence[str] = ("out",)
    ) -> tuple[Any, ...]:
        numbers = signed(rng, len(names)).tolist()
        leaves = dict(zip(names, numbers, strict=True))
        return leaves, list(steps), ["out", *then]

    def number() -> float:
        return float(signed(rng))

    def short(name: str, program: tuple[Any, ...], alone: str = "") -> Case:
        return Case(name, program, asks=("data", "grad", "grad_again"), alone=alone)

    return (
        short("out = a·b + c", draw([("p", "*", "a", "b"), ("out", "+", "p", "c")])),
        short(
            "out = a·a + a",
            draw([("p", "*", "a", "a"), ("out", "+", "p", "a")], "a"),
        ),
        # One curve in each, so that two mistakes in two curves do not meet.
        short(
            "tanh",
            draw([("p", "*", "a", "b"), ("q", "tanh", "p"), ("out", "*", "q", "c")]),
        ),
        # Two of them in a sum: in a product, two signs that are lost make one right.
        # What goes into exp is used again: it must be as it was, and hear of both. As a
        # leaf it hands nothing on, so that no order to go back in is wrong here. And a
        # result goes in that is reached in no other way: exp has to hand on to it.
        short(
            "exp",
            draw(
                [
                    ("p", "exp", "a"),
                    ("q", "*", "p", "b"),
                    ("r", "*", "q", "a"),
                    ("m", "+", "c", "d"),
                    ("n", "exp", "m"),
                    ("out", "+", "r", "n"),
                ],
                "abcd",
            ),
            "Right but where exp comes in. Print a, a.exp() and a again: which number "
            "should each have? Then the slope at a: is it exp's own, does it come on "
            "top of another's where a is used once more, and does it go on from there "
            "to what a was made from?",
        ),
        short(
            "numbers on either side",
            draw(
                [
                    ("p", "*", number(), "a"),
                    ("q", "+", "p", number()),
                    # What met a number is used again, as it was.
                    ("r", "*", "q", "a"),
                    ("s", "+", "b", number()),
                    ("t", "*", "r", "s"),
                    ("u", "+", number(), "t"),
                    ("v", "*", "u", "b"),
                    ("w", "+", 2, "v"),
                    ("out", "*", "w", number()),
                ],
                "ab",
            ),
            "Right where values meet values, and not where one meets a plain "
            "number. For a value `a` print `a + 2`, `2 + a`, `a * 2` and `2 * a`: is "
            "each a Value, with the number that it should have, and with the slope at "
            "`a` after its backward()?",
        ),
        short(
            # Of equal halves, so that it does not matter which is stored last.
            "a diamond",
            draw(
                [
                    ("p", "*", "a", "b"),
                    ("q", "tanh", "p"),
                    ("r", "tanh", "p"),
                    ("out", "*", "q", "r"),
                ],
                "ab",
            ),
            USED_TWICE,
        ),
        short(
            "a short way beside a long one", draw(short_and_long("p", "r")), USED_TWICE
        ),
        short(
            "a long way beside a short one", draw(short_and_long("r", "p")), USED_TWICE
        ),
        short(
            "two uses in one sum",
            draw([("p", "*", "a", "b"), *two_in_one(), ("out", "*", "w", "c")]),
            USED_TWICE,
        ),
        short(
            "then back from another root",
            draw(
                [
                    ("p", "*", "a", "b"),
                    ("q", "*", "p", "c"),
                    ("other", "tanh", "q"),
                    ("r", "*", "q", "p"),
                    ("out", "+", "r", "a"),
                ],
                then=("other",),
            ),
            USED_TWICE,
        ),
        short(
            "back from another root in between",
            draw(
                [("p", "*", "a", "b"), ("other", "tanh", "p"), ("out", "+", "p", "c")],
                then=("other", "out"),
            ),
        ),
        Case(
            "a value that is not used",
            draw([("out", "*", "a", "b")]),
            asks=("grad",),
            alone="Right but for a value that no backward() has ever reached. "
            "What is its .grad, and what does the text ask for?",
        ),
        short("a random expression", draw(random_steps(rng)), USED_TWICE),
        # What is wrong for another reason than the depth is wrong here, too.
        Case("a sum of 12 terms", draw(row_of(2), then=()), asks=ROW),
        Case("a value doubled 16 times", doubled(rng), slow=True, asks=ROW),
        Case("a sum of 3600 terms", draw(row_of(600), then=()), slow=True, asks=ROW),
        short("out = a·b + c, other numbers", draw([("p", "*", "a", "b"), ADD_C])),
        short("factors of 0", factors_of_zero(*draw(BESIDE_ZERO, "abcd")), ZERO),
    )


USED_TWICE = (
    "Right but where a *result*, and not only a leaf, is used by two others. Does it "
    "pass its gradient on once, and not before both of them have reported?"
)
ZERO = (
    "Right but where a number is 0, and with it a gradient. Does your code divide by a "
    "number, or take 0 for “there is none”? And do the other values, for which the "
    "way back is not over, still get theirs?"
)
# Before and after the product that counts: so 0 comes early on the way back, in
# whatever order that goes, and others are still to come. Each value is used once: who
# stores where one should add is right here.
BESIDE_ZERO = (
    ("e", "tanh", "a"),
    ("f", "*", "e", "zero"),
    ("p", "*", "b", "c"),
    ("q", "tanh", "d"),
    ("r", "*", "nought", "q"),
    ("s", "+", "f", "p"),
    ("out", "+", "s", "r"),
)
ADD_C = ("out", "+", "p", "c")
ROW = ("long_row",)


def factors_of_zero(leaves: dict[str, float], *rest: Any) -> tuple[Any, ...]:
    """Return a program with two leaves more, whose number is 0."""
    return leaves | {"zero": 0.0, "nought": 0.0}, *rest


def row_of(count: int) -> list[Step]:
    """Return steps that add `b` to `a` six times `count` times."""
    adds: list[Step] = [("p1", "add often", "a", "b", count)]
    adds += [(f"p{i + 1}", "add often", f"p{i}", "b", count) for i in range(1, 6)]
    return [*adds, ("out", "*", "p6", "c")]


def doubled(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a row with 2¹⁶ paths, of numbers that neither grow nor vanish much.

    Sums and products alone, and no value in it is used by two others: what is wrong
    with a curve, or with the order to go back in, does not show here.
    """
    leaves = {"a": float(signed(rng)), "b": float(rng.uniform(0.45, 0.55))}
    return leaves, [("out", "double often", "a", "b", 16)], ["out"]


def short_and_long(first: str, second: str) -> list[Step]:
    """Return steps in which `p` is used at once, and once more after a long way."""
    return [
        ("p", "*", "a", "b"),
        ("s", "tanh", "p"),
        ("u", "*", "s", "c"),
        ("v", "+", "u", "a"),
        ("r", "tanh", "v"),
        ("out", "*", first, second),
    ]


def two_in_one() -> list[Step]:
    """Return steps in which one sum uses a value twice, and a longer way uses it, too.

    Once the sum stands before the way, and once after it: whoever counts the sum as one
    use and hears of it twice lets the value pass on too early in one of them, whatever
    the order to go back in. All shares are alike, so that it does not matter either
    which is stored last.
    """
    return [
        ("d", "+", "p", "p"),
        ("e", "+", "c", "p"),
        ("u", "+", "e", "c"),
        ("v", "+", "d", "u"),
        ("f", "+", "v", "v"),
        ("g", "+", "c", "v"),
        ("h", "+", "g", "c"),
        ("w", "+", "h", "f"),
    ]


def random_steps(rng: np.random.Generator) -> list[Step]:
    """Return steps that each use the last result and some value before it.

    So there is but one order to go back in, and whoever stores where one should add
    is left with the same numbers, however the order was found.
    """
    names = ["a", "b", "c"]
    steps: list[Step] = []
    last = "a"
    for i, other in enumerate(["b", "c", *rng.integers(0, 4, 4)]):
        one = other if isinstance(other, str) else names[other]
        steps.append((f"m{i}", str(rng.choice(["+", "*"])), last, one))
        steps.append((f"n{i}", "tanh", f"m{i}"))
        last = f"n{i}"
        names.append(last)
    return [*steps, ("out", "+", last, "c")]


value = Exercise(
    "Value",
    unit="05-chain-rule",
    points=3,
    params=("leaves", "steps", "roots"),
    parts=("data", "grad", "grad_again", "long_row"),
    cases=programs,
    reference=by_tensor,
    slips=engines.SLIPS,
    adapter="program",
    later={
        "grad_again": (
            "grad",
            "The first call of backward() is right, and a later one is not. On the "
            "values, what does the later one find that the first did not: old "
            "gradients, or marks, or something that was used up?",
            "Where backward() is called on the same result once more, it gives other "
            "gradients than the first time, be those right or wrong. What does it find "
            "that was not there before: old gradients, or marks? Or was something used "
            "up?",
        )
    },
    # A list searched from its start for each of 3600 values is slow, and right.
    seconds=8.0,
)
