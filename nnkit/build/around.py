"""nbgrader's header and footer: cells around every notebook that a course hands out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nnkit.build.source import BuildError
from nnkit.course import CONFIG, Folders

if TYPE_CHECKING:
    from nbformat import NotebookNode

HEADER, FOOTER = "header-", "footer-"
"""How the ids of such cells begin here; nbgrader gives them others in every run."""


def surround(course: Folders, released: NotebookNode) -> NotebookNode:
    """Return a notebook with the cells around it that the configuration asks for.

    Raises:
        BuildError: a file that it names cannot be read.
    """
    from nbformat import NotebookNode

    before = _cells(course, course.header, HEADER)
    after = _cells(course, course.footer, FOOTER)
    if not before and not after:
        return released
    cells = [*before, *released.cells, *after]
    # nbformat's functions carry no types.
    return NotebookNode({**released, "cells": cells})  # type: ignore[no-untyped-call]


def _cells(course: Folders, name: str, prefix: str) -> list[NotebookNode]:
    import nbformat

    if not name:
        return []
    path = course.root / name
    try:
        text = Path(path).read_text(encoding="utf-8")
        # nbformat's functions carry no types.
        notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:  # whatever the system, json, nbformat and its schema say
        said = getattr(error, "strerror", None) or f"no notebook ({error})"
        raise BuildError(
            f"{path}, the {prefix.rstrip('-')} that {CONFIG} asks for: {said}"
        ) from None
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"{prefix}{number}"
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    cells: list[NotebookNode] = notebook.cells
    return cells


def same_ids(found: NotebookNode, wanted: NotebookNode) -> bool:
    """Give such cells the ids that they have here; say whether there are any."""
    some = False
    for have, want in zip(found.cells, wanted.cells, strict=False):
        if want.id.startswith((HEADER, FOOTER)) and have.source == want.source:
            have.id, some = want.id, True
    return some
