"""A unit's text, read as a notebook with nbgrader's metadata; mistakes are refused.

An author writes percent-format cells. Five keys on a cell's marker are all there is:

    # %% answer="neuron_grads"                where the student's function is written
    # %% check="neuron_grads"                 the locked cell that grades it
    # %% [markdown] written="why" points=2    an answer in words, graded by hand
    # %% [markdown] readonly="rules"          a cell that nbgrader restores
    # %% tags=["demonstration"]               a cell that grading may skip

Everything else that nbgrader wants to know follows from the exercise's declaration.
"""

from __future__ import annotations

import ast
import difflib
import re
import symtable
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from nnkit.exercises.spec import Exercise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
ROLES = ("answer", "check", "readonly", "written")
# jupytext notes down how the text was laid out.
LAYOUT = {"cell_marker", "lines_to_end_of_cell_marker", "lines_to_next_cell"}
TAGS = ("demonstration", "nbval-ignore-output", "raises-exception")
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


class BuildError(Exception):
    """A unit cannot be built, or a notebook is not what its source says."""


def parse(source: Path) -> NotebookNode:
    """Read a unit's text as a notebook with nbgrader's metadata, not yet executed.

    Args:
        source: percent-format text whose name is the unit's, such as 01-neuron.py.

    Raises:
        BuildError: something in it would not work out; the message says which cell.
    """
    import jupytext  # type: ignore[import-untyped]  # ships no types
    import nbformat

    try:
        text = source.read_text(encoding="utf-8-sig")
        read = jupytext.reads(text, fmt="py:percent")
    except OSError as error:
        raise BuildError(f"{source} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        at = error.object[: error.start].count(b"\n") + 1
        raise BuildError(
            f"{source.name}, line {at}: is no UTF-8 text; save it as UTF-8"
        ) from None
    except nbformat.ValidationError as error:
        raise BuildError(
            f"{source.name}: a cell's marker cannot be used: {error.message}. Tags are "
            'a list: tags=["demonstration"]'
        ) from None
    exercises = {exercise.id: exercise for exercise in _exercises_of(source.stem)}
    cells, section, position = [], "start", 0
    for number, cell in enumerate(read.cells, 1):
        # jupytext keeps no line numbers: give the author a line to search for.
        line = next(iter(cell.source.splitlines()), "empty")
        where = f"{source.name}, cell {number} ({line})"
        keys = {k: v for k, v in cell.metadata.items() if k not in LAYOUT}
        _check_keys(keys, where)
        metadata, cell_id = _mark(cell, keys, exercises, where)
        if "check" in keys:
            section, position = keys["check"], 0
        elif not cell_id:
            position += 1
            # Counted from the last exercise, so that a new cell renames few others.
            cell_id = f"{section}-{position}"
        if keys.get("tags"):
            metadata["tags"] = keys["tags"]
        make = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")
        cells.append(make(cell.source, id=cell_id, metadata=metadata))
    _check_complete(cells, exercises, source.name)
    check_demonstrations(cells, source.name)
    made: NotebookNode = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        # nbformat's functions carry no types.
        cells=cells,
        metadata=nbformat.from_dict(METADATA),  # type: ignore[no-untyped-call]
        nbformat_minor=5,
    )
    return made


def check_demonstrations(cells: Sequence[NotebookNode], name: str) -> None:
    """Refuse a name that is bound in a demonstration and used outside of one.

    Grading skips demonstrations, so such a cell would fail there, or meet another
    value than the student did.

    Args:
        cells: a notebook's cells.
        name: how the message calls the notebook.
    """
    code = [cell for cell in cells if cell.cell_type == "code"]
    shown = [c for c in code if "demonstration" in c.metadata.get("tags", ())]
    bound = {n: c.id for c in shown for n in global_names(c.source, c.id)[0]}
    for cell in code:
        if cell in shown:
            continue
        for used in sorted(global_names(cell.source, cell.id)[1] & set(bound)):
            raise BuildError(
                f"{name}: cell {cell.id!r} uses {used!r}, which the demonstration "
                f"{bound[used]!r} binds, and grading skips demonstrations. "
                "Rename it there, or bind it in a cell without that tag."
            )


def global_names(text: str, where: str) -> tuple[set[str], set[str]]:
    """Return the global names that a cell binds, and those that it uses."""
    tree = _tree(text, where)
    bound: set[str] = set()
    used: set[str] = set()
    python = _python(text)
    if sys.version_info >= (3, 12):
        python = ast.unparse(_Apart().visit(tree))
    tables = [symtable.symtable(python, where, "exec")]
    for table in tables:
        tables += table.get_children()
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                if symbol.is_assigned() or symbol.is_imported():
                    bound.add(symbol.get_name())
                if symbol.is_referenced():
                    used.add(symbol.get_name())
    return bound, used


class _Apart(ast.NodeTransformer):
    """Makes generators of comprehensions.

    From Python 3.12 on, what a comprehension binds is listed among the cell's own.
    """

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return ast.GeneratorExp(pair, node.generators)


def meant(name: str, known: Sequence[str]) -> str:
    """Return a wrong name in quotes, followed by the one that was probably meant."""
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"{name!r}; did you mean {close[0]!r}?"
    return f"{name!r}; known: {', '.join(known) or 'none'}."


def _exercises_of(unit: str) -> Sequence[Exercise]:
    from nnkit.exercises import exercises_of

    return exercises_of(unit)


def _check_keys(keys: Mapping[str, Any], where: str) -> None:
    for what in ("title", "incorrectly_encoded_metadata"):
        if what in keys:  # as jupytext calls what it can make nothing of
            raise BuildError(
                f"{where}: its marker has {keys[what]} in it; expected a cell such as "
                '# %% answer="name" or # %% [markdown] written="name" points=2, with '
                "text in quotes and nothing else"
            )
    for kind, given, known in (
        ("key", keys, (*ROLES, "points", "tags")),
        ("tag", keys.get("tags", ()), TAGS),
    ):
        for name in given:
            if name not in known:
                raise BuildError(f"{where}: unknown {kind} {meant(name, known)}")
    roles = [role for role in ROLES if role in keys]
    if len(roles) > 1:
        raise BuildError(f"{where}: has {' and '.join(roles)}; a cell is one of them.")
    if "points" in keys and roles != ["written"]:
        raise BuildError(
            f"{where}: points belong to a written answer; those of an exercise stand "
            "in its declaration."
        )
    if roles and "demonstration" in keys.get("tags", ()):
        raise BuildError(
            f"{where}: is a demonstration, which grading skips, and has {roles[0]}, "
            "which grading needs. Drop one of them."
        )


def _mark(
    cell: NotebookNode,
    keys: Mapping[str, Any],
    exercises: Mapping[str, Exercise],
    where: str,
) -> tuple[dict[str, Any], str]:
    """Return a cell's metadata and its id; "" where the position gives the id."""
    role = next((role for role in ROLES if role in keys), None)
    if BEGIN in cell.source and role not in ("answer", "written"):
        raise BuildError(f'{where}: has "{BEGIN}" but no answer="..." in its marker.')
    if role is None:
        if cell.cell_type == "code":
            _tree(cell.source, where)
        return {}, ""
    name = keys[role]
    if role == "readonly":
        _check_worth(cell.source, exercises.get(name.removesuffix("-task")), where)
        return _nbgrader(name, locked=True), name
    if role == "written":
        points = _check_written(cell, keys.get("points"), where)
        return _nbgrader(name, grade=True, solution=True, points=points), name
    if not exercises:
        raise BuildError(
            f"{where}: unknown exercise {name!r}: none is declared for this unit. In a "
            "clone, look whether nnkit/exercises/__init__.py lists the unit's, and "
            "whether they say unit=... as the text is called"
        )
    if name not in exercises:
        raise BuildError(f"{where}: unknown exercise {meant(name, list(exercises))}")
    if cell.cell_type != "code":
        raise BuildError(f"{where}: {role}={name!r} must mark a code cell.")
    points, worked = exercises[name].points, exercises[name].worked
    if role == "check":
        if cell.source.strip() != f"check({name})":
            raise BuildError(f"{where}: a check cell is one line: check({name})")
        return _nbgrader(name, grade=True, locked=True, points=points), name
    _check_answer(cell.source, name, where, worked)
    # A worked answer stays visible, so nbgrader must not know it for a solution.
    answer = f"{name}-answer"
    return ({} if worked else _nbgrader(answer, solution=True)), answer


def _nbgrader(
    grade_id: str,
    *,
    grade: bool = False,
    locked: bool = False,
    solution: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    """Return nbgrader's cell metadata, every key of its schema 3 spelled out."""
    fields: dict[str, Any] = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        fields["points"] = points
    return {"nbgrader": fields}


def _check_worth(text: str, exercise: Exercise | None, where: str) -> None:
    """Refuse a task whose heading says other points than its exercise has."""
    heading = text.lstrip().partition("\n")[0]
    # "(2 points)", "(2 points, half filled in)", and neither "(4 points of the plane)".
    said = re.search(r"\((\d+(?:\.\d+)?) points?(?=[,)])", heading)
    if exercise and said and float(said[1]) != exercise.points:
        raise BuildError(
            f"{where}: says {said[0]}), and its exercise has "
            f"points={exercise.points:g}: change the one or the other"
        )


def _check_answer(text: str, name: str, where: str, worked: bool) -> None:
    definitions = ast.FunctionDef | ast.ClassDef
    body = _tree(text, where).body
    if name not in {node.name for node in body if isinstance(node, definitions)}:
        raise BuildError(f"{where}: an answer cell must define {name}.")
    begins = [line for line in text.splitlines() if BEGIN in line]
    if worked:
        if begins:
            raise BuildError(
                f"{where}: {name} is worked (0 points), so its answer is shown: "
                f'take out "{BEGIN}" and "{END}". If students are to write it, give it '
                "points, or practice=True in its declaration."
            )
    elif not begins or text.count(END) != len(begins):
        raise BuildError(
            f'{where}: needs the solution between "{BEGIN}" and "{END}"; without '
            "them nbgrader would blank the whole cell."
        )
    elif any(line == line.lstrip() for line in begins):
        raise BuildError(
            f'{where}: indent "{BEGIN}" into the function: the stub left in its '
            "place raises, and must do so only when it is called."
        )


def _check_written(cell: NotebookNode, points: Any, where: str) -> float:
    """Return the points of a written answer, once cell and points are sound."""
    if cell.cell_type != "markdown":
        raise BuildError(f"{where}: a written answer must mark a [markdown] cell.")
    sound = isinstance(points, int | float) and not isinstance(points, bool)
    if not sound or not 0 < points < float("inf"):
        raise BuildError(
            f"{where}: a written answer says what it is worth: points=2; "
            f"got {points!r}."
        )
    lines = [line.strip() for line in cell.source.splitlines()]
    if lines.count(BEGIN) != 1 or lines.count(END) != 1:
        raise BuildError(
            f'{where}: needs the model answer between one line "{BEGIN}" and one '
            f'"{END}", so that what stands around it is kept.'
        )
    if lines.index(BEGIN) > lines.index(END):
        raise BuildError(f'{where}: "{END}" stands above "{BEGIN}".')
    return float(points)


def _check_complete(
    cells: Sequence[NotebookNode], exercises: Mapping[str, Exercise], name: str
) -> None:
    ids = [cell.id for cell in cells]
    for cell_id in ids:
        if ids.count(cell_id) > 1:
            raise BuildError(
                f"{name}: two cells are called {cell_id!r}; an exercise has one answer "
                "cell and one check cell, and a readonly name is used once."
            )
    for exercise in exercises:
        for cell_id, role in ((f"{exercise}-answer", "answer"), (exercise, "check")):
            if cell_id not in ids:
                raise BuildError(
                    f"{name}: exercise {exercise!r} has no {role} cell. Add one that "
                    f'starts with # %% {role}="{exercise}"'
                )
        if ids.index(f"{exercise}-answer") > ids.index(exercise):
            raise BuildError(f"{name}: {exercise!r} is checked before it is answered.")
    textless = [item for item in exercises if f"{item}-task" not in ids]
    for cell_id in ids:
        item = cell_id.removesuffix("-task")
        near = difflib.get_close_matches(item, textless, n=1)
        if near and item not in (cell_id, *ids):
            raise BuildError(
                f"{name}: readonly={cell_id!r} is the text of no exercise; did you "
                f"mean '{near[0]}-task'?"
            )


def _python(text: str) -> str:
    """Return a cell as plain Python, its magics turned into calls."""
    from IPython.core.inputtransformer2 import TransformerManager

    manager = TransformerManager()  # type: ignore[no-untyped-call]  # IPython has few
    return manager.transform_cell(text)


def _tree(text: str, where: str) -> ast.Module:
    try:
        return ast.parse(_python(text))
    except SyntaxError as error:
        raise BuildError(f"{where}: line {error.lineno}: {error.msg}") from error
