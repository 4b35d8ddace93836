"""Make both notebooks of a unit from the text that its author writes.

    solutions/NN-topic.py
        │ parse             source.py: ids and points come from the exercises
        ▼
      notebook ── prove      prove.py: graded with and without its demonstrations
        │─────── execute ──> solutions/NN-topic/NN-topic.ipynb    nbgrader's source
        │                     execute.py: outputs without what changes by the run
        └── release ────────> course/NN-topic/NN-topic.ipynb       what a student gets

`check=True` writes nothing and compares instead (compare.py). Everything heavy is
imported where it is used: a student who imports nnkit pays nothing for this package.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nnkit.build.compare import differences, orphans, strangers, to_text
from nnkit.build.execute import execute
from nnkit.build.prove import prove_skippable
from nnkit.build.source import BuildError, meant, parse

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["BuildError", "build", "execute", "find_root", "parse", "release"]


def build(
    names: Sequence[str] = (), check: bool = False, root: Path | None = None
) -> list[Path]:
    """Build units, or check that their notebooks are up to date.

    Args:
        names: units such as "01-neuron"; none means all.
        check: write nothing; compare sources, metadata and release notebooks with
            what is there. Outputs are nbval's business: they are run, not compared.
        root: the checkout; found from the working directory if not given.

    Returns:
        The notebooks that were written (or, with `check`, compared).

    Raises:
        BuildError: a unit is unknown, its source has a mistake, or `check` found
            drift. The message says where, and what to do.
    """
    root = root or find_root()
    handled: list[Path] = []
    problems: list[str] = []
    with _progress() as report:
        for source in _sources(root, names):
            notebook = parse(source)
            released = release(notebook)
            unit = source.stem
            instructors = root / "solutions" / unit / f"{unit}.ipynb"
            students = root / "course" / unit / f"{unit}.ipynb"
            if check:
                problems += differences(root, instructors, notebook, executed=True)
                problems += differences(root, students, released, executed=False)
            else:
                if hasattr(os, "fork"):  # elsewhere there is no sandbox to grade in
                    prove_skippable(notebook, released, unit)
                _write(instructors, execute(notebook, instructors.name, report))
                _write(students, released)
            handled += [instructors, students]
    problems += strangers(root, handled)
    if not names:
        problems += orphans(root)
    if problems:
        raise BuildError("\n".join(problems))
    return handled


def release(notebook: NotebookNode) -> NotebookNode:
    """Return the student's version, made by the passes of nbgrader's own command."""
    from copy import deepcopy

    # Neither ships type information.
    from nbgrader.converters import (  # type: ignore[import-untyped]
        GenerateAssignment,
    )
    from nbgrader.preprocessors import SaveCells  # type: ignore[import-untyped]

    result = deepcopy(notebook)
    resources: dict[str, object] = {"nbgrader": {}}
    for make in GenerateAssignment().preprocessors:
        if make is not SaveCells:  # which writes to a gradebook
            result, resources = make()(result, resources)
    return result


def find_root(start: Path | None = None) -> Path:
    """Return the checkout that `start` (the working directory) lies in."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "solutions").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise BuildError(
        f"{here} is not inside a clone of the course: no folder above it has "
        "solutions/ and pyproject.toml. Run nnkit build in the clone."
    )


def _sources(root: Path, names: Sequence[str]) -> list[Path]:
    known = {path.stem: path for path in sorted((root / "solutions").glob("*.py"))}
    for name in names:
        if name not in known:
            raise BuildError(
                f"unknown unit {meant(name, list(known))} "
                "The source of a unit NAME is solutions/NAME.py"
            )
    return [known[name] for name in names] if names else list(known.values())


def _write(path: Path, notebook: NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_text(notebook), encoding="utf-8", newline="\n")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show on a terminal which cell is running; elsewhere nothing."""
    from rich.console import Console

    with Console(stderr=True).status("Reading the units") as status:
        yield lambda name, cell, cells: status.update(f"{name}: cell {cell} of {cells}")
