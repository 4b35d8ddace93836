"""One notebook, run as the grader would, for the student who is about to hand it in.

    NOTEBOOK ──rebuild──> cells ──sandbox, public cases──> answers ──judge──> Validation

The same reading, sandbox and judge as in grading; the cases are those of `check`, so
that nothing is told here that the notebook itself would not tell.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nnkit.course import course_directory
from nnkit.exercises import EXERCISES, exercises_of, own
from nnkit.exercises.spec import PUBLIC_SEED
from nnkit.grading.answers import Answers, Calls
from nnkit.grading.asked import hiding
from nnkit.grading.beside import unused_files
from nnkit.grading.cells import Cell, NotebookError, parse, read_bytes
from nnkit.grading.points import CHECK
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.release import Release, ReleaseError
from nnkit.grading.sandboxes import SandboxError
from nnkit.grading.submission import (
    NAMED_OTHERWISE,
    Submission,
    SubmissionError,
    read_submission,
)
from nnkit.judging import show
from nnkit.judging.judge import answer_key, judge
from nnkit.judging.outcome import stopped_with
from nnkit.judging.plain import plain, plain_lines
from nnkit.judging.verdict import Verdict


@dataclass(frozen=True)
class Validation:
    """What the grader would see.

    Attributes:
        unit: the unit it takes the notebook for.
        verdicts: one for each exercise, on the public cases.
        mended: what had to be put right before it could be run, a line each.
        named: what the file is called, where that is not the unit's name.
        stopped: cells that ended with an exception, a line each.
        trouble: what the sandbox had to do: kills, limits.
        seconds: how long it ran.
    """

    unit: str
    verdicts: tuple[Verdict, ...]
    mended: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()
    named: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def ready(self) -> bool:
        """Say whether every part is right and nothing had to be put right."""
        right = all(verdict.status == "right" for verdict in self.verdicts)
        return right and not (self.mended or self.stopped or self.trouble)


def validate(notebook: Path, more: Path | None = None) -> Validation:
    """Run a notebook as the grader would.

    What stands beside the notebook is not run, and is named where a cell misses it:
    whoever made it could have it run here, outside of the sandbox.

    Args:
        notebook: a student's file.
        more: a folder of further units, an instructor's own, with their exercises.

    Raises:
        SubmissionError: it cannot be read, or is no unit's notebook.
        ReleaseError: the unit's own notebook is damaged.
        SandboxError: the sandbox does not start, or failed twice.
    """
    course = course_directory()
    unit = own_unit_of(notebook, more) if more else ""
    if more and unit:
        course = more
    else:
        unit = unit_of(notebook, course, more)
    release = Release.load(course / unit / f"{unit}.ipynb")
    submission = read_submission("you", notebook, release)
    exercises = [item for item in exercises_of(unit) if item.id in release.checks]
    calls = {
        item.id: Calls(
            item.id, item.adapter, answer_key(item, PUBLIC_SEED).cases, item.seconds
        )
        for item in exercises
    }
    warm_up = [cell.source for cell in release.cells if cell.kind == "code"]
    with Pool(hiding(Settings()), calls, warm_up) as pool:
        answers = pool.answers_to(submission.cells)
    if isinstance(answers, SandboxError):
        raise answers
    if missed := unused_files(submission.path, answers):
        answers.add_trouble(missed)
    mended, named = _mended(submission, course)
    return Validation(
        unit=unit,
        verdicts=tuple(
            judge(item, answers.replies[item.id], PUBLIC_SEED) for item in exercises
        ),
        mended=mended,
        named=named,
        stopped=tuple(_stopped(submission.cells, answers)),
        trouble=tuple(answers.trouble),
        seconds=answers.seconds,
    )


def _mended(submission: Submission, course: Path) -> tuple[tuple[str, ...], str]:
    """Say what had to be put right, and what the file is called, if otherwise.

    That by itself costs nothing; in another unit's place, nothing would count.
    """
    name, unit = submission.path.stem, submission.assignment
    notes = submission.notes
    kept = tuple(note for note in notes if not note.startswith(NAMED_OTHERWISE))
    if name != unit and (course / name / f"{name}.ipynb").is_file():
        said = (
            f"this is {unit}, in a file called {name}.ipynb: nothing counts if it is "
        )
        return (f"{said}handed in as {name}", *kept), ""
    return kept, next((note for note in notes if note not in kept), "")


def own_unit_of(notebook: Path, more: Path) -> str:
    """Say which of an instructor's own units a notebook belongs to; "" for none.

    That unit's exercises are those in use from then on.

    Raises:
        SubmissionError: the notebook cannot be read.
        ReleaseError: the folder has no exercises in it, or they cannot be used.
    """
    own.use(None)
    named, shares = _named(notebook), {}
    for path in sorted(more.glob(f"*/{own.FILE}")):
        try:
            asked = {item.id for item in own.load(path)}
        except own.OwnError as error:
            raise ReleaseError(str(error)) from None
        # Two units may ask the same exercise.
        called = notebook.stem.startswith(path.parent.name)
        shares[path] = (len(named & asked), called, -len(asked - named))
    if not shares:
        raise ReleaseError(
            f"{more} has no unit with exercises in it: expected "
            f"{more}/<unit>/{own.FILE}"
        )
    best = max(shares, key=lambda path: shares[path])
    # One's own may ask some of the course's exercises again.
    most = shares[best][0]
    if not most or most < len(named & EXERCISES.keys()):
        return ""
    own.use(best)
    return best.parent.name


def _named(notebook: Path) -> set[str | None]:
    """Return the ids of the cells; where an editor has lost them, what is checked."""
    try:
        raw, _ = parse(read_bytes(notebook))
    except NotebookError as error:
        raise SubmissionError(f"{notebook.name} {error}") from None
    ids: set[str | None] = {cell.grade_id for cell in raw if cell.grade_id}
    checks = (CHECK.fullmatch(cell.source.strip()) for cell in raw)
    return ids or {found[1] for found in checks if found}


def unit_of(notebook: Path, course: Path, more: Path | None = None) -> str:
    """Say which unit a notebook belongs to: by its cells, then by its name.

    Args:
        notebook: a student's file.
        course: where the units are.
        more: where else was looked, with no unit found.

    Raises:
        SubmissionError: it cannot be read, or belongs to none.
    """
    units = sorted(path.parent.name for path in course.glob("*/*.ipynb"))
    # Exercises that nobody has renamed say more than what a browser called the file.
    found = [EXERCISES[name].unit for name in _named(notebook) if name in EXERCISES]
    # Of several units in one file, it is handed in as that which it is called.
    called = [unit for unit in found if unit == notebook.stem]
    best = max(sorted(set(called or found)), key=found.count, default="")
    if best in units:
        return best
    for unit in units:
        if notebook.stem.startswith(unit):
            return unit
    hint = ". For an instructor's own, give the folder that it is from with --course"
    folder = notebook.absolute().parent
    if more:
        units += sorted(path.parent.name for path in more.glob(f"*/{own.FILE}"))
        hint = ""
    elif (folder / own.FILE).is_file():  # so it comes out of an exchange
        place = shlex.quote(os.path.relpath(folder.parent))
        hint += (
            f". Did both come from your instructor, it and the {own.FILE} beside it? "
            f"Then --course {place}, which runs that file; never for a student's"
        )
    raise SubmissionError(
        f"{notebook.name} has no check cell of any unit in it; "
        f"the units are {', '.join(units)}{hint}"
    )


def _stopped(cells: tuple[Cell, ...], answers: Answers) -> Iterator[str]:
    for position, error in sorted(answers.errors.items()):
        cell = cells[position]
        name = f" ({cell.grade_id})" if cell.grade_id else ""
        said = stopped_with(error)
        where = f", line {error['line']}: {error['source']}" if error["line"] else ""
        yield f"cell {position + 1}{name} stopped with {said}{where}"


def text(found: Validation) -> str:
    """Return what a student reads, fit for a terminal."""
    lines = [f"{found.unit}, as the grader sees it:", ""]
    for verdict in found.verdicts:
        lines += [show.text(verdict), ""]
    for title, items in (
        ("Put right before it was run:", found.mended),
        ("Cells that stopped; those below them were run all the same:", found.stopped),
        ("In the sandbox:", found.trouble),
    ):
        if items:
            lines += [title, *(f"  {plain(item)}" for item in items), ""]
    return plain_lines("\n".join([*lines, *_summary(found)]))


def _summary(found: Validation) -> Iterator[str]:
    verdicts = found.verdicts
    most = sum(verdict.max_points for verdict in verdicts)
    got = sum(verdict.points for verdict in verdicts)
    right = sum(verdict.status == "right" for verdict in verdicts)
    points = f", {round(got, 2):g} of {most:g} points" if most else ""
    plural = "exercise" if len(verdicts) == 1 else "exercises"
    yield f"{right} of {len(verdicts)} {plural} right{points} with the cases of check."
    still = [verdict for verdict in verdicts if verdict.status != "right"]
    for verdict in still:
        parts = ", ".join(part.name for part in verdict.parts if not part.right)
        yield f"  {verdict.exercise}, {verdict.status}: {parts}"
    if found.named:
        yield plain(f"{found.named[0].upper()}{found.named[1:]}.")
    if found.ready:
        yield "Ready to hand in. The grader uses other cases of the same kinds."
