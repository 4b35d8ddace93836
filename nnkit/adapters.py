"""How a student's function is reached: arguments that are not plain data, and the call.

The grader and the notebook's `check` use this one module, so that an answer is called
in the same way in both:

    case ──args──> [wire] ──> materialize ──> student's function ──reply──> [wire]

What must be a function or a random generator on the student's side travels as a
*name with plain parameters* (`Named`, `Rng`), never as code.
"""

from __future__ import annotations

import linecache
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Rng:
    """Stands for `np.random.default_rng(seed)` in a case's arguments."""

    seed: int


@dataclass(frozen=True)
class Named:
    """Stands for a function of the fixed list `FUNCTIONS`, with its parameters."""

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opaque:
    """Stands for something a student made that is not plain data: its type's name."""

    type_name: str


def quadratic_gradient(A: np.ndarray) -> Callable[[Any], np.ndarray]:
    """Return w ↦ A w, the gradient of ½ wᵀ A w, for a symmetric A of shape (d, d)."""
    return lambda w: A @ np.asarray(w, dtype=float)


FUNCTIONS: dict[str, Callable[..., Callable[..., Any]]] = {
    "quadratic_gradient": quadratic_gradient,
}


def materialize(value: Any) -> Any:
    """Replace every `Rng` and `Named` inside `value` by what it stands for.

    Raises:
        KeyError: a `Named` that is not in `FUNCTIONS`.
    """
    if isinstance(value, Rng):
        return np.random.default_rng(value.seed)
    if isinstance(value, Named):
        return FUNCTIONS[value.name](**materialize(dict(value.params)))
    if type(value) is dict:
        return {key: materialize(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(materialize(item) for item in value)
    return value


def call(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Call the student's function as a notebook cell would."""
    return function(*args, **kwargs)


ADAPTERS: dict[str, Callable[[Any, Sequence[Any], Mapping[str, Any]], Any]] = {
    "call": call,
}


def reply_to(
    function: Any, adapter: str, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Call a student's function once; say how it ended, as data.

    Args:
        function: whatever the student bound to the exercise's name.
        adapter: the key in `ADAPTERS` of the way to reach it.
        args: the case's positional arguments, which the function may spoil.
        kwargs: the case's keyword arguments.

    Returns:
        `{"value": ..., "args": ...}` with the arguments as they are *after* the call,
        or `{"raised": {"type", "message", "line", "source"}}`. KeyboardInterrupt is
        passed on: it is how a caller that has waited long enough says so.
    """
    live = materialize(tuple(args))
    live_kwargs = materialize(dict(kwargs))
    try:
        # Right numbers may come with a warning; whether a student's own settings
        # make an error of it must not decide about the answer.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            value = ADAPTERS[adapter](function, live, live_kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return {"raised": describe(error)}
    return {"value": value, "args": tuple(plain_after(args, live))}


def plain_after(before: Sequence[Any], after: Sequence[Any]) -> list[Any]:
    """Return the arguments after the call, with stand-ins where they went in."""
    return [
        was if isinstance(was, Rng | Named) else now
        for was, now in zip(before, after, strict=True)
    ]


def describe(error: BaseException) -> dict[str, Any]:
    """Name an exception and the last line of the student's own code that it passed."""
    try:
        message = str(error)[:500]
    except BaseException:  # a student's exception may have any __str__
        message = ""
    line, source = where_in_student_code(error.__traceback__)
    return {
        "type": type(error).__name__[:80],
        "message": message,
        "line": line,
        "source": source,
    }


def where_in_student_code(trace: TracebackType | None) -> tuple[int, str]:
    """Return line number and text of the innermost frame outside the environment."""
    ours = os.path.dirname(os.path.abspath(__file__))
    library = tuple({ours, sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)})
    found = (0, "")
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if not name.startswith(library) and not name.startswith("<frozen"):
            text = linecache.getline(name, trace.tb_lineno, trace.tb_frame.f_globals)
            found = (trace.tb_lineno, text.strip()[:200])
        trace = trace.tb_next
    return found
