"""Proof that a unit's demonstrations can be skipped: it is graded with and without.

model answers ── graded as always ──┐
              └─ with every cell ───┴─> the same verdicts, all right
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nnkit.build.compare import to_text
from nnkit.build.source import BuildError

if TYPE_CHECKING:
    from nbformat import NotebookNode

# A maintainer's machine may be busy, and the cells are known to end.
CELL_SECONDS, CALL_SECONDS, NOTEBOOK_SECONDS = 120.0, 30.0, 600.0


def prove_skippable(solved: NotebookNode, released: NotebookNode, unit: str) -> None:
    """Grade the model answers with and without the demonstrations.

    Args:
        solved: the unit with its answers.
        released: the unit as students get it.
        unit: its name.

    Raises:
        BuildError: the verdicts are not the same, or an answer is not right.
    """
    from nnkit.exercises.spec import PUBLIC_SEED
    from nnkit.grading.answers import Limits
    from nnkit.grading.examiner import calls_of, exercises_in
    from nnkit.grading.release import Release
    from nnkit.grading.sandboxes import Zygote
    from nnkit.grading.session import Session
    from nnkit.grading.submission import read_submission
    from nnkit.judging.judge import judge

    with tempfile.TemporaryDirectory() as folder:
        release = Release.load(_written(Path(folder, "release"), unit, released))
        path = _written(Path(folder, "solved"), unit, solved)
        cells = read_submission("model", path, release).cells
    exercises = exercises_in(release)
    calls = {
        name: replace(asked, seconds=CALL_SECONDS)
        for name, asked in calls_of(exercises, PUBLIC_SEED).items()
    }
    limits = Limits(CELL_SECONDS, CALL_SECONDS, NOTEBOOK_SECONDS)
    found = []
    with Zygote() as zygote:
        for all_cells in (False, True):
            session = Session(zygote, cells, calls, limits, all_cells)
            answers = session.run()
            if session.all_cells != all_cells:
                raise BuildError(
                    f"{unit}: an answer needs a name that only a demonstration "
                    "defines, and grading skips demonstrations. Define it in a cell "
                    "without that tag."
                )
            found.append([judge(item, answers.replies[item.id]) for item in exercises])
    without, together = found
    if wrong := [v.exercise for v in without if not all(p.right for p in v.parts)]:
        raise BuildError(
            f"{unit}: graded without its demonstrations, the model answer to "
            f"{', '.join(wrong)} is not right. Does it need one of them?"
        )
    differing = [
        one.exercise
        for one, other in zip(without, together, strict=True)
        if one.to_json() != other.to_json()
    ]
    if differing:
        raise BuildError(
            f"{unit}: demonstrations change the verdict on {', '.join(differing)}. "
            "A demonstration must leave alone what an answer uses: names, NumPy's "
            "settings and its global generator, modules."
        )


def _written(folder: Path, unit: str, notebook: NotebookNode) -> Path:
    folder.mkdir()
    path = folder / f"{unit}.ipynb"
    path.write_text(to_text(notebook), encoding="utf-8")
    return path
