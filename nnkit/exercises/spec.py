"""What an exercise is: one declaration, read by build, check, grade, tests and report.

    Exercise ── cases(rng) ──> Case, Case, …        what the student's function is given
        │                         │
        ├── reference ────────────┴──> the right parts, by backprop
        └── slips ── mutant ───────────> what a known misunderstanding would return

Nothing here runs or judges a student's answer: `nnkit.judging` does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any

import numpy as np

from nnkit.gradients import grad

PUBLIC_SEED = 2024
"""The seed of the cases that `check` uses in a student's notebook."""

CALL_SECONDS = 2.0
"""How long a call may take when it is graded, unless its exercise allows more."""


@dataclass(frozen=True, eq=False)
class Case:
    """One call that an answer must get right.

    Attributes:
        name: what is special about it, as a student reads it: "one row".
        args: positional arguments, plain data (arrays, numbers, `Rng`, `Named`).
        kwargs: keyword arguments, likewise.
        kept: keyword arguments that stay with the judge: test data, say. Reference,
            scale, margins and unpack get them; what was asked for never does.
        extreme: its numbers are so large that a formula which is right on paper may
            overflow or lose all digits. A mistake of another kind need not show here.
        slow: it takes long. Slips are tried on it only if they fit everywhere else.
        asks: names of the parts that it asks for; without names, all of them. Nothing
            that happens in it counts for or against another part.
        alone: what to say of numbers that are wrong here and in no other case, but for
            those of which the same is to be said, where no slip explains them.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    extreme: bool = False
    slow: bool = False
    asks: tuple[str, ...] = ()
    alone: str = ""

    def asks_for(self, part: str) -> bool:
        """Say whether a part, by its name, is asked for in it."""
        return not self.asks or part in self.asks

    @property
    def known(self) -> Mapping[str, Any]:
        """The keyword arguments of those who judge."""
        return {**self.kwargs, **self.kept}


@dataclass(frozen=True, eq=False)
class Slip:
    """A mistake that people really make, as a full wrong implementation.

    Attributes:
        id: short name, unique within its exercise, as the class report counts it.
        mutant: the whole function, written the way someone with this
            misunderstanding writes it. It may raise, overflow or spoil its inputs.
        hint: names the misconception; never gives the answer away.
        also: the same misunderstanding, written in ways that give other numbers.
        whole: it is about the parts together, such as their order, or is seen in all of
            them: who has one right that it would have spoilt has not made it, whatever
            the other looks like.
        factor: a right answer times a number shows it, whatever the number: it depends
            on how the answer is written, and so no list of mutants has them all.
        of: where it is two slips at once, these two; their hints are told.
    """

    id: str
    mutant: Callable[..., Any]
    hint: str
    also: tuple[Callable[..., Any], ...] = ()
    whole: bool = False
    factor: bool = False
    of: tuple[Slip, ...] = ()

    @property
    def mutants(self) -> tuple[Callable[..., Any], ...]:
        """All the ways in which it is written."""
        return (self.mutant, *self.also)

    @property
    def named(self) -> tuple[Slip, ...]:
        """What is told of whoever makes it: the two slips that it is, or itself."""
        return self.of or (self,)


@dataclass(frozen=True, eq=False)
class Foreseen:
    """A mutant of which is known what it comes to, so that it need not be called.

    For answers that are drawn at random: no chance is in what is known, nor any time.

    Attributes:
        mutant: as in a Slip.
        parts: for a case's arguments, what `Exercise.unpack` gives for the mutant but
            for chance; or raises `values.Misfit`, as that does.
    """

    mutant: Callable[..., Any]
    parts: Callable[..., Sequence[Any]]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the mutant."""
        return self.mutant(*args, **kwargs)

    @property
    def __name__(self) -> str:
        return self.mutant.__name__


def slip(
    hint: str,
    also: Sequence[Callable[..., Any]] = (),
    whole: bool = False,
    factor: bool = False,
) -> Callable[[Callable[..., Any]], Slip]:
    """Make a Slip of the decorated function; its name gives the id.

    Args:
        hint: see `Slip`.
        also: see `Slip`.
        whole: see `Slip`.
        factor: see `Slip`.
    """
    said: Any = hint
    if callable(said):
        raise TypeError(
            f"the slip {said.__name__} has no hint: expected "
            f'@slip("a question that leads out of it") above it, and not @slip alone'
        )

    def declare(mutant: Callable[..., Any]) -> Slip:
        name = mutant.__name__.replace("_", "-")
        return Slip(name, mutant, hint, tuple(also), whole, factor)

    return declare


def both(one: Slip, other: Slip, mutant: Callable[..., Any]) -> Slip:
    """Declare two slips in one answer, where numbers show neither of them by itself.

    Both hints are told, so each must be true of this mutant, too.

    Args:
        one: the first slip.
        other: the second.
        mutant: an answer with both.
    """
    name, hint = f"{one.id}+{other.id}", f"{one.hint} {other.hint}"
    return Slip(name, mutant, hint, of=(one, other))


class Kind(StrEnum):
    """How one part of one call ended."""

    RIGHT = "right"
    WRONG = "wrong values"
    SHAPE = "wrong shape"
    STRUCTURE = "wrong structure"
    NOT_FINITE = "not finite"
    CHANGED_INPUTS = "changed its inputs"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    NOT_ATTEMPTED = "not attempted"


@dataclass(frozen=True, eq=False)
class Outcome:
    """How one part of one call ended, with what a person needs to see why.

    Attributes:
        kind: the sort of ending.
        note: for a shape or structure what was seen; for an exception its type; for
            changed inputs the positions of the arguments, with a dict's entries.
        detail: a sentence about it, with the line of the student's code.
        array: the numbers that came back, in their own dtype; None without numbers.
        error: largest error, relative to the size of the part; for changed inputs 0 if
            they have changed by rounding alone, else infinite.
        where: of what is wrong the entry with the largest error, or the first that is
            not finite.
    """

    kind: Kind
    note: str = ""
    detail: str = ""
    array: np.ndarray | None = None
    error: float = 0.0
    where: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Exercise:
    """One function that a student writes.

    Attributes:
        id: the function's name, and the grade_id of its locked check cell.
        unit: the notebook it stands in, such as "01-neuron".
        points: what it is worth; 0 for a worked exercise, and for practice.
        params: names of its parameters, in order, for messages.
        parts: names of what it returns, in order; each is graded by itself.
        cases: draws the calls from a generator; the first is an ordinary one, with
            all sizes different, because diagnosis starts there.
        reference: returns the right value: one part bare, several as a tuple.
        slips: the mistakes it recognizes.
        scale: returns, for the same arguments, one number or array per part: the size
            of the terms that cancel in it. An error is measured against this or the
            part's own largest entry, whichever is larger.
        tolerance: largest error that is still right. 1e-9 passes every right way of
            writing the formula in float64, whose error is some 1e-13, and no float32.
        margins: in place of scale and tolerance: returns, for the same arguments, one
            number or array per part, and what is no farther off than that is right.
            For answers drawn at random: six standard errors of each statistic.
        unpack: takes what was returned and the case's arguments, and gives one value
            per part: entries of a dict, statistics of a random array, the accuracy of
            returned weights. Raises `values.Misfit`. Without it, `p, q = returned`.
        goals: where the text says what `margins` ask for, how it puts that, a phrase a
            part: "at least 0.9". Messages then say what was reached beside it.
        entries: where `unpack` makes a part of several statistics, what each of them is
            called in messages; or, where it lays several arrays end to end, a function
            that names what stands at a position, for the case's arguments.
        adapter: how the student's object is reached, a key of `adapters.ADAPTERS`.
        seconds: how long one call may take where the usual limit is too short.
        practice: worth no points, and yet the student's to write.
        values: parts that are no slopes, so that nobody can have measured them instead
            of deriving them: a small error in one of these is no sign of that.
        later: parts that show what has become of others since, each with the part that
            it follows, and what to say where no slip explains it: if that one is right;
            and if it is wrong, and they hold other numbers where both should be alike.
    """

    id: str
    unit: str
    points: float
    params: tuple[str, ...]
    parts: tuple[str, ...]
    cases: Callable[[np.random.Generator], Sequence[Case]]
    reference: Callable[..., Any]
    slips: tuple[Slip, ...] = ()
    scale: Callable[..., Sequence[Any]] | None = None
    tolerance: float = 1e-9
    margins: Callable[..., Sequence[Any]] | None = None
    unpack: Callable[..., Sequence[Any]] | None = None
    entries: tuple[str, ...] | Callable[..., str] = ()
    goals: tuple[str, ...] = ()
    adapter: str = "call"
    seconds: float = 0.0
    practice: bool = False
    values: tuple[str, ...] = ()
    later: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    @property
    def worked(self) -> bool:
        """Say whether the notebook shows its answer."""
        return not self.points and not self.practice

    @property
    def exact(self) -> bool:
        """Say whether the errors of a right answer tell where it is from."""
        return not self.margins and self.tolerance <= 1e-9

    def right_parts(self, case: Case) -> tuple[np.ndarray, ...]:
        """Return the reference's parts for a case, as float64 arrays."""
        value = self.reference(*case.args, **case.known)
        parts = value if len(self.parts) > 1 else (value,)
        if len(parts) != len(self.parts):
            raise ValueError(f"{self.id}: {len(parts)} parts for {self.parts}")
        return tuple(np.asarray(part, dtype=np.float64) for part in parts)


def backprop_of(loss: Callable[..., Any], wrt: tuple[str, ...]) -> Callable[..., Any]:
    """Turn a forward computation into its gradient, by nnkit's own backprop.

    Args:
        loss: returns a scalar Tensor; its parameters' names are the contract's.
        wrt: names of the parameters to differentiate by, in the order of the parts.

    Raises:
        ValueError: `wrt` is no tuple of the loss's parameters.
    """
    names = list(inspect.signature(loss).parameters)
    given: Any = wrt
    if isinstance(given, str):  # a common slip: ("w") is text, and ("w",) is a tuple
        raise ValueError(f"wrt={wrt!r}, expected a tuple of names, such as ({wrt!r},)")
    for name in wrt:
        if name not in names:
            raise ValueError(
                f"wrt has {name!r}, and {loss.__name__} has no such parameter; it has "
                f"{', '.join(names)}"
            )
    gradients = grad(loss, wrt=tuple(names.index(name) for name in wrt))
    if len(wrt) > 1:
        return gradients

    @wraps(loss)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return gradients(*args, **kwargs)[0]  # one part, bare

    return gradient
