"""What an instructor may want to look at. A flag never changes a score.

Read off the text of a submission's own cells; what was noticed while it ran comes from
`nnkit.sandbox.watch`. It can be evaded, and many uses are innocent. nnkit's autodiff is
welcome wherever no answer uses it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

import nnkit
from nnkit.exercises.own import FILE
from nnkit.exercises.spec import Exercise
from nnkit.grading.cells import Cell
from nnkit.grading.circles import goes_around_a_circle
from nnkit.grading.pairs import has_named_fields, has_slopes_in_matrices
from nnkit.grading.patterns import (
    is_complex_step,
    is_difference_quotient,
    looks_inside,
    own_arithmetic,
    runs_unread_text,
)
from nnkit.grading.quotients import divides_a_difference_of_calls
from nnkit.grading.reach import (
    MAX_READ,
    Reached,
    called,
    definitions,
    nodes_of,
    parsed,
    reached,
)
from nnkit.grading.release import Release
from nnkit.grading.submission import Submission
from nnkit.judging.judge import NUMERICAL
from nnkit.sandbox.watch import AUTODIFF

COMPLEX_STEP = "looks like a complex-step derivative"
MATRICES = (
    "writes matrices that can stand for a number and its slope, [[v, s], [0, v]]: look "
    "whether it derives"
)
FIELDS = "computes with arrays of several fields: look whether it derives"
CIRCLE = "moves by a complex number and divides by it: look whether it derives"
INSIDE = "looks inside of functions or frames: look what it takes from there"
UNREAD = "runs text as code that cannot be read here: look what it says"
NOWHERE = "is defined in no cell that can be read: look where it comes from"
FEW, LONG = 5, 60
"""Names that are told at once, and characters of each."""

_INNER = {"adapters", "drawn", "exercises", "grading", "judging", "raised", "sandbox"}
_DEFINING = ast.FunctionDef | ast.ClassDef
_OWN = FILE.removesuffix(".py")  # an instructor's exercises, answers and all
_TELLING = {ast.Import, ast.ImportFrom, ast.Call, ast.Attribute, ast.Constant}
_MODULE = re.compile(r"nnkit(\.[A-Za-z_]\w{0,40}){1,4}")
# And not find_spec, which asks what is there: what is made of the answer is heard.
_IMPORTERS = {"__import__", "import_module", "safe_import", "run_module"}


def flags_of(
    submission: Submission,
    release: Release,
    exercises: Sequence[Exercise],
    answered: Collection[str] = (),
    right: Collection[str] = (),
) -> set[str]:
    """Say what another release asked, and what could answer in the student's place.

    Args:
        submission: what was handed in.
        release: its notebook as released; what that imports is nobody's idea.
        exercises: those that are graded.
        answered: those of them of which something came back.
        right: those of them that need no other answer, such as one below the check.
    """
    released, given = _released(release.cells)
    own = [
        cell.source
        for cell in submission.cells
        if cell.kind == "code" and cell.source not in released
    ]
    trees = parsed(own)
    used = {name for tree in trees for name in _used(tree)}
    flags = {f"imports {top}" for name in used if (top := _top(name)) in AUTODIFF}
    flags |= set(submission.review)
    if inner := sorted(name for name in used - given if _is_inner(name)):
        flags.add(f"uses {_some(inner)}: the grader's own, which no answer needs")
    known = definitions(trees)
    if sum(map(len, own)) > MAX_READ:
        flags.add(f"more than {MAX_READ:,} characters of code: not all of it read")
    else:
        hidden = sorted(set(answered) - known.keys() - _defined(release.cells))
        flags |= {f"{name} {NOWHERE}" for name in hidden}
    names = {exercise.id for exercise in exercises}
    open_ = (names - set(right)) & known.keys()
    flags |= {f"{name} {said}" for name, said in _too_late(open_, submission, released)}
    asked = set()
    for exercise in exercises:
        asked.add(exercise.id)
        if not exercise.worked:
            found = reached(exercise.id, known)
            flags |= {f"{exercise.id} {said}" for said in _said(exercise, found, asked)}
            flags |= {f"{exercise.id} {said}" for said in _of_nnkit(found, given)}
    return flags


@lru_cache(maxsize=8)  # the same for every submission of a unit
def _released(cells: tuple[Cell, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The sources of a release, and the names that its students are given."""
    trees = parsed(cell.source for cell in cells if cell.kind == "code")
    given = {name for tree in trees for name in _used(tree)}
    given |= {f"nnkit.{name}" for name in nnkit.CHECKS}
    return frozenset(cell.source for cell in cells), frozenset(given)


@lru_cache(maxsize=8)
def _defined(cells: tuple[Cell, ...]) -> frozenset[str]:
    """Return the names that a release defines, and not only for a student to fill."""
    sources = (cell.source for cell in cells if cell.kind == "code")
    found = definitions(parsed(sources))
    return frozenset(
        name for name, nodes in found.items() if not any(map(_open, nodes))
    )


def _open(node: ast.AST) -> bool:
    return any(
        isinstance(item, ast.Name) and item.id == "NotImplementedError"
        for item in nodes_of(node)
    )


def _too_late(
    names: Collection[str], submission: Submission, released: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Tell of answers that stand where their check has already been made."""
    checked: set[str] = set()
    room = MAX_READ  # of all cells: whoever grades reads them
    for number, cell in enumerate(submission.cells, 1):
        if cell.role == "check" and (asked := cell.grade_id or "") in names:
            checked.add(asked)
        elif checked and cell.kind == "code" and cell.source not in released:
            if len(cell.source) > room:
                continue
            room -= len(cell.source) + 1
            bound = definitions(parsed([cell.source]))
            for name in sorted(checked & bound.keys()):
                if any(isinstance(node, _DEFINING) for node in bound[name]):
                    checked.remove(name)
                    said = f"is defined in cell {number}, below its check: not graded "
                    yield name, f"{said}there"


def _is_inner(name: str) -> bool:
    top, _, rest = name.partition(".")
    return top == _OWN or (top == "nnkit" and rest.partition(".")[0] in _INNER)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _said(exercise: Exercise, found: Reached, asked: set[str]) -> Iterator[str]:
    if exercise.exact and (
        is_difference_quotient(found) or divides_a_difference_of_calls(found)
    ):
        yield NUMERICAL
    if is_complex_step(found):
        yield COMPLEX_STEP
    if looks_inside(found):
        yield INSIDE
    if runs_unread_text(found):
        yield UNREAD
    if exercise.exact and exercise.adapter != "program":
        if has_slopes_in_matrices(found):
            yield MATRICES
        if has_named_fields(found):
            yield FIELDS
        if goes_around_a_circle(found):
            yield CIRCLE
    # Where a program is run through it, such a class is what was asked for; and what
    # was asked for further up may be used.
    classes = sorted(set(own_arithmetic(found)) - asked)
    if classes and exercise.adapter != "program":
        yield (
            f"computes with a class of its own, {_some(classes)}: look whether it "
            "derives"
        )


def _of_nnkit(found: Reached, given: frozenset[str]) -> Iterator[str]:
    taken = {name for node in found.nodes for name in _used(node, found.names)}
    names = sorted(
        n for n in taken - given if n.startswith("nnkit.") and not _is_inner(n)
    )
    if names:
        yield f"uses {_some(names)}, which the released notebook does not"


def _some(names: Sequence[str]) -> str:
    """Return a few names that a student has chosen, as long as one likes."""
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(name[:LONG] for name in names[:FEW]) + more


def _used(tree: ast.AST, wanted: set[str] | None = None) -> Iterator[str]:
    """Yield what is imported, in whatever words, and what is taken by a dot.

    Args:
        tree: a cell, or a statement.
        wanted: of an import that stands by itself, only these names.
    """
    alone = isinstance(tree, ast.Import | ast.ImportFrom)
    for node in nodes_of(tree):
        if type(node) not in _TELLING:
            continue  # most nodes; each `case` would look at them in turn
        match node:
            case ast.Import(names=names):
                yield from (item.name for item in _meant(names, wanted, alone))
            case ast.ImportFrom(module=str(module), names=names):
                yield from (
                    f"{module}.{item.name}" for item in _meant(names, wanted, alone)
                )
            case ast.Call(args=[ast.Constant(value=str(name)), *_]):
                if called(node) in _IMPORTERS:
                    yield name
            case ast.Constant(value=str(name)) if _MODULE.fullmatch(name):
                yield name  # sys.modules["nnkit.tensor"]
            case ast.Attribute(value=ast.Name(id="nnkit"), attr=attribute):
                yield f"nnkit.{attribute}"


def _meant(
    names: Iterable[ast.alias], wanted: set[str] | None, alone: bool
) -> Iterator[ast.alias]:
    for item in names:
        if not alone or wanted is None or (item.asname or _top(item.name)) in wanted:
            yield item
