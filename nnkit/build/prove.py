"""A unit's model answers, graded: right on any seed, with and without demonstrations.

model answers ── graded as always ──┐
              └─ with every cell ───┴─> the same verdicts, all right
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnkit.build.compare import to_text
from nnkit.build.source import BuildError

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from nnkit.exercises.spec import Exercise

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
    from nnkit.grading.sandboxes import Zygote
    from nnkit.grading.session import Session
    from nnkit.judging.judge import judge

    cells, exercises = _read(solved, released, unit)
    calls = _calls(exercises, [PUBLIC_SEED])
    limits = _limits()
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
    wrong, also = (
        [v.exercise for v in verdicts if not all(p.right for p in v.parts)]
        for verdicts in found
    )
    if both := [name for name in wrong if name in also]:
        first = next(v.diagnoses[0].text for v in without if v.exercise in both)
        raise BuildError(
            f"{unit}: the model answer to {', '.join(both)} is not right, or else the "
            f"reference is not: {first}"
        )
    if wrong:
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


def wrong_answers(
    solved: NotebookNode, released: NotebookNode, unit: str, seeds: Sequence[int]
) -> Iterator[str]:
    """Yield which of a unit's model answers the grader would not find right, and why.

    Args:
        solved: the unit with its answers.
        released: the unit as students get it.
        unit: its name.
        seeds: of the cases.
    """
    from nnkit.grading.sandboxes import Zygote
    from nnkit.grading.session import Session
    from nnkit.judging.judge import answer_key, judge

    cells, exercises = _read(solved, released, unit)
    with Zygote() as zygote:
        session = Session(zygote, cells, _calls(exercises, seeds), _limits())
        answers = session.run()
    stopped = "".join(
        f" Cell {position + 1} stops with {error['type']}: {error['message']}"
        for position, error in sorted(answers.errors.items())
    )
    for item in exercises:
        replies = iter(answers.replies[item.id])
        for seed in seeds:
            theirs = [next(replies) for _ in answer_key(item, seed).cases]
            verdict = judge(item, theirs, seed)
            if not all(part.right for part in verdict.parts):
                said = verdict.diagnoses[0].text if verdict.diagnoses else ""
                yield (
                    f"the answer to {item.id} is not right by its reference, seed "
                    f"{seed}: {said}"
                    f"{stopped}"
                )
                break


def _read(
    solved: NotebookNode, released: NotebookNode, unit: str
) -> tuple[Sequence[Any], list[Exercise]]:
    """Return the cells of a unit with its answers, and the exercises it asks for."""
    from nnkit.grading.examiner import exercises_in
    from nnkit.grading.release import Release
    from nnkit.grading.submission import read_submission

    with tempfile.TemporaryDirectory() as folder:
        release = Release.load(_written(Path(folder, "release"), unit, released))
        path = _written(Path(folder, "solved"), unit, solved)
        return read_submission("model", path, release).cells, exercises_in(release)


def _calls(exercises: Sequence[Exercise], seeds: Sequence[int]) -> dict[str, Any]:
    """Return the calls that all of these seeds draw, by exercise."""
    from nnkit.grading.examiner import calls_of

    drawn = [calls_of(exercises, seed) for seed in seeds]
    return {
        name: replace(
            asked,
            cases=[*chain.from_iterable(calls[name].cases for calls in drawn)],
            seconds=CALL_SECONDS,
        )
        for name, asked in drawn[0].items()
    }


def _limits() -> Any:
    from nnkit.grading.answers import Limits

    return Limits(CELL_SECONDS, CALL_SECONDS, NOTEBOOK_SECONDS)


def _written(folder: Path, unit: str, notebook: NotebookNode) -> Path:
    folder.mkdir()
    path = folder / f"{unit}.ipynb"
    path.write_text(to_text(notebook), encoding="utf-8")
    return path
