"""What an exception says of itself, as plain data, whatever a student's class does.

student's function ──raises──> describe ──> {"type", "message", "line", "source"}
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

LONGEST = {"type": 80, "message": 500, "source": 200}
"""Characters kept of what an exception says of itself."""


def describe(error: BaseException) -> dict[str, Any]:
    """Name an exception and the last line of the student's own code that it passed."""
    try:
        # What a text of theirs makes of itself may be no text.
        message = str.__str__(str(error))[: LONGEST["message"]]
    except BaseException:  # a student's exception may have any __str__
        message = ""
    line, source = where_in_student_code(_TRACE(error))
    return {
        "type": _NAME(type(error))[: LONGEST["type"]],
        "message": message,
        "line": line,
        "source": source,
    }


# What they really are, whatever a student's class says.
_NAME: Callable[[type], str] = vars(type)["__name__"].__get__
_TRACE: Callable[[BaseException], TracebackType | None]
_TRACE = vars(BaseException)["__traceback__"].__get__


def describe_reading(error: BaseException) -> dict[str, Any]:
    """Describe what a student's object raises when it is read, after the call."""
    described = describe(error)
    said = f"when what it returned was read: {described['message']}"
    return {**described, "message": said[: LONGEST["message"]]}


def where_in_student_code(trace: TracebackType | None) -> tuple[int, str]:
    """Return line number and text of the innermost frame outside the environment.

    What NumPy has compiled from Cython goes by the name of a source that is not here.
    """
    ours = os.path.dirname(os.path.abspath(__file__))
    known = {ours, sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)}
    library = tuple(os.path.join(folder, "") for folder in known)
    found = None
    while trace is not None:
        name = str.__str__(trace.tb_frame.f_code.co_filename)
        inside = name.startswith((*library, "<frozen"))
        if not inside and not name.endswith((".pyx", ".pxd")):
            found = trace
        trace = trace.tb_next
    # Of the last alone: a file that is not there is looked for each time.
    return (found.tb_lineno or 0, _source_of(found)) if found else (0, "")


def _source_of(trace: TracebackType) -> str:
    try:
        name = str.__str__(trace.tb_frame.f_code.co_filename)
        text = linecache.getline(name, trace.tb_lineno, trace.tb_frame.f_globals)
        return str.strip(text)[: LONGEST["source"]]
    except BaseException:  # a module of a student's may have any __loader__
        return ""
