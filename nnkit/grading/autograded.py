"""Notebooks as graded, for people: what formgrader shows and feedback is made of.

Scores are not in here; nbgrader takes them from its gradebook and finds the cells by
their metadata, which is the release's, never the student's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnkit.grading.cells import Cell, NotebookError, read_bytes
from nnkit.grading.markup import Markup, as_code, as_fenced
from nnkit.grading.release import Release
from nnkit.grading.submission import Submission
from nnkit.grading.timestamps import TIMESTAMP_FILE
from nnkit.grading.workspace import Workspace, write_atomically
from nnkit.judging.plain import on_a_page, plain

Outputs = Mapping[int, Sequence[Mapping[str, Any]]]
SECRET_FILE = "submission_secret.txt"
MAX_SHOWN = 100_000
"""Characters of a student's own cells; nbconvert colours some thousand a second."""
MAX_LINE = 2_000
"""Characters of a line of code: pages colour it in time that grows with its square."""
READ_ONLY = 0o444  # as nbgrader leaves its own
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


def write_autograded(
    workspace: Workspace,
    release: Release,
    submission: Submission,
    outputs: Outputs,
) -> Path:
    """Write autograded/<student>/<unit>/<unit>.ipynb, and timestamp.txt beside it.

    Args:
        workspace: The instructor's folder.
        release: The unit's released notebook.
        submission: What was graded.
        outputs: By index of the cell, as nbformat has them; capped and clean already.

    Raises:
        OSError: The file cannot be written. An older one is then still whole.
    """
    notebook = graded_notebook(release, submission, outputs)
    student, timestamp = submission.student, submission.timestamp
    return _write(workspace, release, student, notebook, timestamp)


def write_unreadable(
    workspace: Workspace,
    release: Release,
    student: str,
    problem: str,
    timestamp: str | None,
) -> Path:
    """Write the released notebook, unanswered, with what was wrong above it.

    Without it, formgrader would not list the submission, and the student would get no
    feedback that says so.

    Raises:
        OSError: As `write_autograded`.
    """
    notebook = unreadable_notebook(release, problem)
    return _write(workspace, release, student, notebook, timestamp)


def graded_notebook(
    release: Release, submission: Submission, outputs: Outputs
) -> dict[str, Any]:
    """Return a submission as nbformat has it, with these outputs and no others.

    Text that is not the release's own is made fit for a browser, see `markup`.
    """
    markup = Markup(frozenset(release.nbgrader))
    own = {cell.source for cell in release.cells}
    room = MAX_SHOWN
    cells = []
    for index, cell in enumerate(submission.cells):
        shown = cell
        if cell.source not in own:
            shown = _shown(_cut(cell, room), markup)
            room = max(0, room - len(cell.source))
        cells.append(_cell(shown, index, release, outputs.get(index, ())))
    return _notebook(cells)


def _cut(cell: Cell, room: int) -> Cell:
    """Return a cell with as much of its source as there is room for."""
    more = len(cell.source) - room
    if more <= 0:
        return cell
    mark = "# " if cell.kind == "code" else ""
    return replace(cell, source=f"{cell.source[:room]}\n{mark}{_more(more)}")


def _cut_line(line: str) -> str:
    more = len(line) - MAX_LINE
    return line if more <= 0 else f"{line[:MAX_LINE]}  # {_more(more)}"


def _more(count: int) -> str:
    return f"[{count} more characters are in what was handed in]"


def _shown(cell: Cell, markup: Markup) -> Cell:
    if cell.kind == "code":
        lines = map(_cut_line, cell.source.split("\n"))
        return replace(cell, source=on_a_page("\n".join(lines)))
    if cell.kind == "raw":  # nbconvert puts it into the page as it is
        return replace(cell, kind="markdown", source=as_code(cell.source))
    shown = markup.shown(cell.source, cell.pictures)
    # In other text than the student's own they are in the text.
    pictures = cell.pictures if shown == on_a_page(cell.source) else ()
    return replace(cell, source=shown, pictures=pictures)


def unreadable_notebook(release: Release, problem: str) -> dict[str, Any]:
    """Return the released notebook, unanswered, with what was wrong above it."""
    text = f"This submission could not be graded:\n\n{as_fenced(plain(problem))}"
    shown = (Cell("markdown", text), *release.cells)
    return _notebook(
        [_cell(cell, index, release, ()) for index, cell in enumerate(shown)]
    )


def as_text(notebook: Mapping[str, Any]) -> str:
    """Return a notebook as the text of its file, which any encoding can hold."""
    # A cell a line: Python's encoder takes ten times as long where it has to indent.
    cells = ",\n".join(map(_as_json, notebook["cells"]))
    rest = _as_json({key: notebook[key] for key in notebook if key != "cells"})
    text = f'{{"cells": [\n{cells}\n],\n{rest[1:]}\n'
    return text.encode("utf-8", "replace").decode()


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def _cell(
    cell: Cell, index: int, release: Release, outputs: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    metadata = {}
    if cell.grade_id is not None:
        metadata["nbgrader"] = dict(release.nbgrader[cell.grade_id])
    node: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": f"cell-{index}",
        "metadata": metadata,
        "source": cell.source,
    }
    if cell.kind == "code":
        node |= {"execution_count": None, "outputs": list(outputs)}
    if cell.pictures:
        bundles: dict[str, dict[str, str]] = {}
        for name, kind, data in cell.pictures:
            bundles.setdefault(name, {})[kind] = data
        node["attachments"] = bundles
    return node


def _keep_secret(submitted: Path, folder: Path) -> None:
    """Keep what nbgrader's exchange knows a submission by, and its feedback after."""
    try:
        secret = read_bytes(submitted / SECRET_FILE, max_bytes=1000)
    except NotebookError:
        # Handed in by other means: there is none.
        (folder / SECRET_FILE).unlink(missing_ok=True)
    else:
        # nbgrader reads it as text when it releases everybody's feedback.
        text = secret.decode("ascii", "ignore").encode()
        write_atomically(folder / SECRET_FILE, text, READ_ONLY)


def _write(
    workspace: Workspace,
    release: Release,
    student: str,
    notebook: Mapping[str, Any],
    timestamp: str | None,
) -> Path:
    folder = workspace.autograded / student / release.assignment
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{release.assignment}.ipynb"
    # The time goes first: nbgrader makes feedback anew where it has changed.
    stamp = folder / TIMESTAMP_FILE
    if timestamp is None:
        stamp.unlink(missing_ok=True)
    else:
        write_atomically(stamp, timestamp.encode(), READ_ONLY)
    _keep_secret(workspace.submitted / student / release.assignment, folder)
    write_atomically(path, as_text(notebook).encode(), READ_ONLY)
    return path
