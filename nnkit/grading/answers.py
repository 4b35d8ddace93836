"""What a submission answered, and how much of it is kept, whatever it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nnkit.exercises.spec import CALL_SECONDS, Case
from nnkit.grading.request import Request
from nnkit.raised import LONGEST

Reply = Mapping[str, Any]

# What the process that grades everybody keeps of one submission, whatever it sends.
MAX_ERRORS = 200  # beside those of the cells that are graded
MAX_TROUBLE = 20
# Bytes, beside those on the wire: an item of a list, and a list, dict or array itself,
# which the judge looks at one by one.
ITEM, PIECE = 4, 256
_BARE = frozenset({bool, float, int, str, type(None)})


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds, and how often a process may be replaced.

    A notebook's limit is for what its cells and calls took together. Time for which a
    process waited for a processor is not counted, see `Allowance`.
    """

    cell: float = 10.0
    call: float = CALL_SECONDS
    notebook: float = 60.0
    restarts: int = 6


@dataclass(frozen=True)
class Calls:
    """The graded calls of one exercise."""

    name: str
    adapter: str
    cases: Sequence[Case]
    seconds: float = 0.0

    @cached_property
    def requests(self) -> list[Request]:
        """What a child is asked, a request a case."""
        return [
            Request(
                {
                    "do": "call",
                    "name": self.name,
                    "adapter": self.adapter,
                    "args": case.args,
                    "kwargs": dict(case.kwargs),
                }
            )
            for case in self.cases
        ]


@dataclass
class Answers:
    """What a submission answered.

    Attributes:
        replies: per exercise one reply a case, as `nnkit.judging` reads them.
        outputs: per position of a cell its outputs, in nbformat's form.
        errors: per position of a cell the exception that ended it.
        trouble: what the instructor should know: kills, limits.
        noticed: what a person may want to look at, see `nnkit.sandbox.watch`.
        seconds: how long it took.
    """

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    errors: dict[int, Reply] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    noticed: set[str] = field(default_factory=set)
    seconds: float = 0.0

    def add_trouble(self, said: str) -> None:
        """Tell the instructor, unless there is too much to tell already."""
        if len(self.trouble) < MAX_TROUBLE:
            self.trouble.append(said)
        elif len(self.trouble) == MAX_TROUBLE:
            self.trouble.append("and more of the kind")


def given_up(calls: Mapping[str, Calls], detail: str) -> Answers:
    """Return the answers of a submission that could not be run to any end."""
    reply = {"ended": "crashed", "detail": detail}
    replies: dict[str, list[Reply]] = {
        name: [reply] * len(each.cases) for name, each in calls.items()
    }
    return Answers(replies=replies, trouble=[detail])


def weight_of(reply: Any) -> int:
    """Return what the parts of a decoded reply count, beside its bytes on the wire."""
    weight = 0
    todo = [reply]
    while todo:
        held = todo.pop()
        weight += PIECE
        if type(held) is dict:
            held = list(held.values())
        if type(held) in (list, tuple):
            weight += ITEM * len(held)
            todo += [item for item in held if type(item) not in _BARE]
    return weight


def error_of(result: Mapping[str, Any]) -> Reply | None:
    """Take from a stranger's reply what has the form of an error."""
    error = result.get("error")
    if type(error) is not dict:
        return None
    texts = {key: str(error.get(key, ""))[:longest] for key, longest in LONGEST.items()}
    line = error.get("line")
    return {**texts, "line": line if type(line) is int else 0}
