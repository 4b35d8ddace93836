"""What a child tells the grader unasked, so that a person may look: flags, no verdicts.

    student code ──audit event──> Watch ──{"notice": …}──> the grader, at once

Imports are seen however they are spelled, and so is each use of nnkit's autodiff. The
hook runs where a stranger's code runs, and whoever tampers with it long enough can
silence it; nobody can make it speak of somebody else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from operator import is_
from types import CodeType, FunctionType
from typing import Any

from nnkit import gradcheck, gradients, ops, tensor

AUTODIFF = frozenset(
    {
        *("aesara", "algopy", "autograd", "casadi", "chainer", "jax", "keras"),
        *("micrograd", "minitorch", "mlx", "mpmath", "mxnet", "numdifftools"),
        *("paddle", "pytensor", "symengine", "sympy", "tensorflow", "theano"),
        *("tinygrad", "torch"),
    }
)
USES_AUTODIFF = "calls nnkit's autodiff while it is graded"
RUNS_COPY = "runs a copy of nnkit's autodiff"
MAX_NOTICES = 40
"""Kept of one submission: whoever speaks in the watch's place has no end of them."""

_CHANGES = re.compile(r"changes nnkit[\w.]{0,80}")
_LONG = 40
"""Bytes of code; shorter functions are written alike by chance."""
_ALIKE = 3


def is_notice(text: Any) -> bool:
    """Say whether a stranger's notice is one of those that are made here."""
    return type(text) is str and (
        text in (USES_AUTODIFF, RUNS_COPY)
        or text.removeprefix("imports ") in AUTODIFF
        or _CHANGES.fullmatch(text) is not None
    )


class Watch:
    """Listens to what student code does, and says each thing once a request.

    Args:
        say: takes a notice to the grader; may be called from any thread.
        own: modules of the runner's, to be watched for changes as the library's are.
    """

    def __init__(self, say: Callable[[str], None], own: Iterable[Any] = ()) -> None:
        modules = [tensor, ops, gradients, gradcheck, *own]
        self._places: list[tuple[str, Any, dict[str, Any]]] = [
            (module.__name__, vars(module), dict(vars(module))) for module in modules
        ]
        kept = dict(vars(tensor.Tensor))
        self._places.append(("nnkit.Tensor", vars(tensor.Tensor), kept))
        self._flat = [[*before, *before.values()] for _, _, before in self._places]
        known = frozenset(_codes_of((tensor, ops, gradients)))
        functions = dict(self._functions())
        said: set[str] = set()
        self.again = said.clear

        def tell(notice: str) -> None:
            if notice not in said:
                said.add(notice)
                say(notice)

        def heard(event: str, args: tuple[Any, ...]) -> None:
            if event == "import":
                name = str(args[0]).partition(".")[0]
                if name in AUTODIFF:
                    tell(f"imports {name}")
            elif event == tensor.AUDIT_EVENT:
                tell(USES_AUTODIFF)
            elif (event == "exec" and is_copy(args[0])) or (
                event == "function.__new__" and _written(args[0]) in known
            ):
                tell(RUNS_COPY)
            elif event == "object.__setattr__" and args[1] == "__code__":
                tell_if_ours(args[0])

        def tell_if_ours(function: Any) -> None:
            if function in functions:
                tell(f"changes {functions[function]}"[:100])

        def is_copy(code: Any) -> bool:
            found = _within(code) if isinstance(code, CodeType) else ()
            return sum(_written(item) in known for item in found) >= _ALIKE

        self.tell = tell
        self.heard = heard

    def listen(self) -> None:
        """Hear of what this process does from now on; there is no way back."""
        sys.addaudithook(self.heard)

    def _functions(self) -> Iterator[tuple[FunctionType, str]]:
        for place, _, before in self._places:
            for name, value in before.items():
                while isinstance(value, FunctionType):
                    yield value, f"{place}.{name}"
                    value = getattr(value, "__wrapped__", None)

    def look(self) -> None:
        """Tell the first thing in a watched module that is not what it was."""
        for (place, now, before), flat in zip(self._places, self._flat, strict=True):
            # After every request, for some 400 names: all at once where none has moved.
            # Names as well as values: the same values may go by other names now.
            count = len(before)
            found = [*islice(now, count), *islice(now.values(), count)]
            if len(found) == len(flat) and all(map(is_, found, flat)):
                continue
            for name, value in before.items():
                if now.get(name) is not value:
                    self.tell(f"changes {place}.{name}"[:100])
                    break


def _written(code: CodeType) -> tuple[bytes, tuple[str, ...]]:
    return code.co_code, code.co_names


def _codes_of(modules: Collection[Any]) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    names = {module.__name__ for module in modules}
    for module in modules:
        for value in [*vars(module).values(), *vars(tensor.Tensor).values()]:
            code = getattr(value, "__code__", None)
            ours = isinstance(value, FunctionType) and value.__module__ in names
            if ours and isinstance(code, CodeType):
                yield from (
                    _written(c) for c in _within(code) if len(c.co_code) > _LONG
                )


def _within(code: CodeType) -> Iterator[CodeType]:
    todo = [code]
    while todo:
        found = todo.pop()
        yield found
        todo += [item for item in found.co_consts if isinstance(item, CodeType)]
