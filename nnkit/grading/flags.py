"""What an instructor may want to look at. A flag never changes a score.

Read off the text of a submission's own cells. It is easily evaded, and many uses are
innocent: a student may well test an answer against a library in another cell.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

import nnkit
from nnkit.grading.cells import Cell
from nnkit.grading.release import Release
from nnkit.grading.submission import Submission

AUTODIFF = {
    *("autograd", "casadi", "jax", "mxnet", "numdifftools"),
    *("sympy", "tensorflow", "theano", "tinygrad", "torch"),
}

# A syntax tree takes up to a thousand times the bytes of its text.
MAX_READ = 200_000


def flags_of(submission: Submission, release: Release) -> list[str]:
    """Say what another release asked, and what could answer in the student's place.

    Args:
        submission: what was handed in.
        release: its notebook as released; what that imports is nobody's idea.
    """
    released, given = _released(release.cells)
    own = [
        cell.source
        for cell in submission.cells
        if cell.kind == "code" and cell.source not in released
    ]
    used = _names(own)
    libraries = sorted({name.split(".")[0] for name in used} & AUTODIFF)
    answers = sorted(n for n in used - given if n.startswith("nnkit."))
    flags = [*submission.review, *(f"imports {name}" for name in libraries)]
    if sum(map(len, own)) > MAX_READ:
        flags.append(f"more than {MAX_READ:,} characters of code: not all of it read")
    if answers:
        flags.append(f"uses {', '.join(answers)}, which the released notebook does not")
    return flags


@lru_cache(maxsize=8)  # the same for every submission of a unit
def _released(cells: tuple[Cell, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The sources of a release, and the names that its students are given."""
    given = _names(cell.source for cell in cells if cell.kind == "code")
    given |= {f"nnkit.{name}" for name in nnkit.CHECKS}
    return frozenset(cell.source for cell in cells), frozenset(given)


def _names(sources: Iterable[str]) -> set[str]:
    found: set[str] = set()
    room = MAX_READ
    for source in sources:
        if len(source) <= room:
            room -= len(source)
            found.update(_imported(source))
    return found


def _imported(source: str) -> Iterator[str]:
    """Yield what a cell imports, and what it takes from nnkit by a dot."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the student's style, on our screen
            tree = ast.parse(_without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # what cannot be parsed cannot be run either
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (item.name for item in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{item.name}" for item in names)
            case ast.Attribute(value=ast.Name(id="nnkit"), attr=attribute):
                yield f"nnkit.{attribute}"


def _without_magics(source: str) -> str:
    lines = source.split("\n")
    return "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in lines)
