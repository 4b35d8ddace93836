"""What is in the folders, against what the sources say should be there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nnkit.build.around import same_ids
from nnkit.course import Folders

if TYPE_CHECKING:
    from nbformat import NotebookNode


def to_text(notebook: NotebookNode) -> str:
    """Return a notebook as the text of its file."""
    import nbformat

    nbformat.validate(notebook)
    # nbformat's functions carry no types.
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return text + "\n"


def differences(
    course: Folders, path: Path, wanted: NotebookNode, executed: bool
) -> Iterator[str]:
    """Yield how a notebook differs from what its source gives; nothing if it doesn't.

    Args:
        course: its folders.
        path: the notebook's file.
        wanted: what its source gives, without outputs.
        executed: whether the file should have been run, so that its outputs are
            left out of the comparison.
    """
    problem = _difference(path, wanted, executed)
    if problem:
        source = course.shown(course.source / f"{path.stem}.py")
        yield (
            f"{course.shown(path)} {problem}. Notebooks are built, not edited: "
            f"change {source}, then run: nnkit build {path.stem}"
        )


def strangers(course: Folders, notebooks: Sequence[Path]) -> Iterator[str]:
    """Yield files that nbgrader would hand to students along with a notebook."""
    for path in notebooks:
        for other in sorted(path.parent.rglob("*")):
            # Jupyter's own backups, which nbgrader leaves out.
            hidden = ".ipynb_checkpoints" in other.parts
            if other.is_file() and other != path and not hidden:
                yield (
                    f"{course.shown(other)} does not belong there: nbgrader gives "
                    "students every file of that folder. Move it elsewhere."
                )


def orphans(course: Folders) -> Iterator[str]:
    """Yield notebooks whose source is gone."""
    for folder in (course.source, course.release):
        for path in sorted(folder.glob("*/*.ipynb")):
            source = course.source / f"{path.parent.name}.py"
            if not source.is_file():
                yield (
                    f"{course.shown(path)} has no source "
                    f"{course.shown(source)}. Delete it, or restore that file."
                )


def _difference(path: Path, wanted: NotebookNode, executed: bool) -> str:
    import nbformat

    if not path.is_file():
        return "is missing"
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        # nbformat's functions carry no types.
        found = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:  # whatever json, nbformat and its schema raise
        return f"is not a notebook ({type(error).__name__})"
    counts = []
    if executed:
        for cell in found.cells:
            if cell.cell_type == "code":
                counts.append(cell.execution_count)
                cell.execution_count, cell.outputs = None, []
    surrounded = same_ids(found, wanted)
    for have, want in zip(found.cells, wanted.cells, strict=False):
        if have != want:
            return f"differs from its source at cell {want.id!r}"
    if found != wanted:
        return "differs from its source in its metadata or its number of cells"
    if counts != list(range(1, len(counts) + 1)):
        return "was not run from top to bottom"
    if not executed and not surrounded and text != to_text(wanted):
        return "is not laid out as the build does it"
    return ""
