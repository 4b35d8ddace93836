"""Whether what is checked is what was typed last.

A cell that Python cannot read does nothing, and the function that it would have defined
anew stays what it was. So it does where the answer has got another name. Whoever then
checks it is told about an answer from before.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Sequence
from typing import Any


def about_unread(name: str) -> str:
    """Say that the last cell that defines a function was not run; "" if it was.

    Args:
        name: of the function. Outside of IPython nobody knows what was typed.
    """
    shell = _shell()
    if shell is None:
        return ""
    begins = _definition_of(name)
    for cell in reversed(shell.history_manager.input_hist_raw):
        if begins.search(cell):
            trouble = _unreadable(cell, shell)
            return trouble and (
                f"The last cell that defines `{name}` did not run: {trouble}. What was "
                f"checked is the `{name}` from before. Mend that line, run the cell, "
                "and check again."
            )
    return ""


def about_renamed(name: str, params: Sequence[str]) -> str:
    """Say that the cell before the check defines an answer by another name; or "".

    Args:
        name: of the function that was checked.
        params: its arguments, by which a renamed answer is known.
    """
    shell = _shell()
    last_two = list(shell.history_manager.input_hist_raw)[-2:] if shell else []
    if len(last_two) < 2:
        return ""
    before, here = last_two
    if _definition_of(name).search(here) or _unreadable(before, shell):
        return ""
    with warnings.catch_warnings(action="ignore"):
        tree = ast.parse(shell.transform_cell(before))
    other = ""
    for node in ast.walk(tree):
        if name in (getattr(node, "name", ""), getattr(node, "id", "")):
            return ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            asked = [argument.arg for argument in node.args.args]
            other = node.name if asked == list(params) else other
    return other and (
        f"The cell that was run last defines `{other}`, and not `{name}`. What was "
        f"checked is the `{name}` from before. If `{other}` is your answer, call it "
        f"`{name}`, run the cell, and check again."
    )


def _definition_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:def|class)\s+{re.escape(name)}\b", re.MULTILINE)


def _shell() -> Any:
    """Return IPython's shell; None where there is none."""
    package: Any = sys.modules.get("IPython")
    return package.get_ipython() if package else None


def _unreadable(cell: str, shell: Any) -> str:
    """Return why Python cannot read a cell, and where; "" if it can."""
    try:
        with warnings.catch_warnings(action="ignore"):
            source = shell.transform_cell(cell)
            compile(source, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        where = f"line {error.lineno}, " if error.lineno else ""
        return f"{where}{error.msg}"
    except (ValueError, MemoryError, RecursionError) as error:
        # Half a character, of which there is no UTF-8, or too much of a nesting.
        return str(error) or "it is nested too deeply"
    return ""
