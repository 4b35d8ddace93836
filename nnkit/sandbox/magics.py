"""IPython's magics, as far as they are another matter in the sandbox.

See `GraderShell` in `nnkit.sandbox.runner`, which runs them.
"""

from __future__ import annotations

import ast
import re
from contextlib import suppress

_OPTIONS = re.compile(r"(?:\s*-(?:[nr]\s*\d+|[pv]\s*\w+|[tcqo]+)(?=\s|$))*")

BY_HAND = frozenset({"ed", "edit", "notebook", "recall", "rep"})
"""Magics for somebody who types: they need a history or an editor."""


def measured_once(line: str) -> str:
    """Return the line of a `%timeit` that runs its statement a single time.

    It would else run for seconds, and below it may stand what an answer needs.
    """
    end = re.match(_OPTIONS, line).end()  # type: ignore[union-attr]  # matches nothing, too
    options = re.sub(r"-[nr]\s*\d+", "", line[:end])
    return f"-n1 -r1 {options} {line[end:]}"


def is_python(source: str) -> bool:
    """Say whether there is something in a text that Python can read."""
    with suppress(SyntaxError, ValueError):
        return bool(ast.parse(source).body)
    return False
