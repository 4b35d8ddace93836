"""Files that were handed in beside a notebook, and that its cells looked for.

A notebook is graded by itself: nothing else of a student's folder reaches the sandbox.
Where a cell or an answer stopped for want of such a file, that it lies there is said,
and what to do. So it is of other notebooks. Names alone are read, and none is opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from nnkit.exercises.own import FILE
from nnkit.grading.answers import Answers, Reply

MAX_LOOKED_AT = 1_000
MAX_TOLD = 12
"""Of other notebooks in the folders of a class, how many are named."""
FEW, LONG = 3, 60
"""Names that are told at once, and characters of each."""

_MISSING = {"FileNotFoundError", "ModuleNotFoundError", "OSError"}
_MODULE = re.compile(r"No module named '(\w{1,80})")
_NOT_ASKED_FOR = ("timestamp.txt", FILE)


def unused_files(notebook: Path, answers: Answers) -> str:
    """Say which files beside a notebook its cells missed; "" if there are none.

    Args:
        notebook: the file that was handed in.
        answers: what came of it.
    """
    said = [error["message"] for error in _errors(answers)]
    if not said:
        return ""
    found = [name for name in _beside(notebook) if _is_missed(name, said)]
    if not found:
        return ""
    names = ", ".join(repr(name[:LONG]) for name in found[:FEW])
    names += f" and {len(found) - FEW} more" if len(found) > FEW else ""
    it, lies, was = (
        ("its", "lies", "was") if len(found) == 1 else ("their", "lie", "were")
    )
    return (
        f"{names} {lies} beside the notebook and {was} not there when it ran: a "
        f"notebook is graded by itself. Put {it} contents into a cell (%%writefile "
        "NAME makes a file of text) to have them used"
    )


def others_beside(notebooks: Iterable[Path]) -> str:
    """Name the notebooks that lie beside those that are graded; "" if there are none.

    One with the exact name is graded, and the last that a student has saved may be
    another.
    """
    found = []
    for path in notebooks:
        with suppress(OSError), os.scandir(path.parent) as entries:
            found += [
                "/".join([*path.parts[-3:-1], entry.name])
                for entry in islice(entries, MAX_LOOKED_AT)
                if entry.name.lower().endswith(".ipynb")
                and not entry.name.startswith(".")
                and entry.name != path.name
            ]
    if not found:
        return ""
    found.sort()
    more = len(found) - MAX_TOLD
    names = ", ".join(map(repr, found[:MAX_TOLD])) + f" and {more} more" * (more > 0)
    return (
        f"not graded, beside the notebook that has the unit's name: {names}. Where "
        "another one counts, give it that name"
    )


def _errors(answers: Answers) -> Iterator[Reply]:
    raised = (
        reply["raised"]
        for replies in answers.replies.values()
        for reply in replies
        if "raised" in reply
    )
    for error in (*answers.errors.values(), *raised):
        if error["type"] in _MISSING:
            yield error


def _beside(notebook: Path) -> list[str]:
    """Return what else lies in a notebook's folder, by name."""
    try:
        with os.scandir(notebook.parent) as entries:
            names = [entry.name for entry in islice(entries, MAX_LOOKED_AT)]
    except OSError:  # it has been read; what happened since is not the student's
        return []
    return sorted(
        name
        for name in names
        if not name.startswith((".", "__"))
        and not name.endswith(".ipynb")
        and name not in _NOT_ASKED_FOR
    )


def _is_missed(name: str, said: list[str]) -> bool:
    """Say whether a message is about a file, or a module or folder, of this name."""
    whole = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    module = name.removesuffix(".py")
    return any(
        (found := _MODULE.match(text)) is not None and found[1] == module
        if text.startswith("No module named")
        else whole.search(text) is not None
        for text in said
    )
