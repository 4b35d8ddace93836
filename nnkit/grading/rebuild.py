"""The student's cells, put right from the release.

The release decides what a locked or graded cell says, what it is worth and what it is
called; the student's file decides the rest, and the order. What had to be put right is
noted, one line each, for the instructor; none of it costs anybody points by itself.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnkit.grading.attachments import Album, Picture
from nnkit.grading.cells import Cell, RawCell, Role, brief
from nnkit.grading.older import (
    exercise_of,
    foreign,
    no_longer_asked,
    notes_on,
    otherwise_said,
)
from nnkit.grading.points import TASK_SUFFIX, same_but_points
from nnkit.grading.reach import called, parsed
from nnkit.grading.release import Release


@dataclass(frozen=True)
class Rebuilt:
    """The cells put right; what had to be; and what of that a person should look at."""

    cells: Sequence[Cell]
    notes: Sequence[str]
    review: Sequence[str] = ()


def rebuild(raw: Sequence[RawCell], release: Release) -> Rebuilt:
    """Restore what the release decides; keep the student's cells in their order."""
    notes: list[str] = []
    album = Album()
    known = {*otherwise_said(raw, release), *no_longer_asked(raw, release)}
    counted = _counted(raw, release)
    demonstrations = {
        (c.kind, c.source) for c in release.cells if c.role == "demonstration"
    }
    cells: list[Cell] = []
    for index, cell in enumerate(raw):
        grade_id, where = cell.grade_id, f"cell {index + 1}"
        if grade_id is not None and counted.get(grade_id) == index:
            told = [] if grade_id in known else notes
            true = release.graded[grade_id]
            if _answers(cell, true):
                # Merged into its check, say. It is what the student's check has seen.
                cells.append(Cell("code", cell.source))
                notes.append(
                    f"{where}, {grade_id!r}, has an answer in it: kept above the check"
                )
            pictures = _pictures(cell, release, album, where, told)
            cells.append(_restored(cell, true, where, told, pictures))
            continue
        if grade_id is not None and grade_id in release.graded:
            # Of two definitions, the one below holds: in the notebook, and here.
            runs = release.graded[grade_id].role == "answer" and cell.kind == "code"
            what = "both run, in this order" if runs else "the other one counts"
            notes.append(f"{where} is a second {grade_id!r}: {what}")
        elif grade_id and exercise_of(grade_id) not in known:
            notes.append(
                f"{where} has an id that is not in this unit, {brief(grade_id)}: "
                "kept as an ordinary cell"
            )
        shown = (cell.kind, cell.source) in demonstrations
        role: Role = "demonstration" if shown else "plain"
        pictures = _pictures(cell, release, album, where, notes)
        cells.append(Cell(cell.kind, cell.source, role=role, pictures=pictures))
    missing = _add_missing(cells, release)
    if not counted:
        # One line says it all; what its cells are called elsewhere is no news.
        note, review = foreign(raw, release)
        return Rebuilt(cells, [note], review)
    gone = _note_missing(missing, release, notes)
    _note_order(cells, release, notes)
    said, review = notes_on(raw, release, gone)
    return Rebuilt(cells, [*said, *notes], review)


def _counted(raw: Sequence[RawCell], release: Release) -> dict[str, int]:
    """Which cell counts for each grade_id of the release: the first that has it.

    Of several with the id of a locked cell, one that still is as released goes before:
    a copy of a check that a student writes into must not be what gets restored.
    """
    claims: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(raw):
        if cell.grade_id is not None and cell.grade_id in release.graded:
            claims[cell.grade_id].append(index)
    counted = {}
    for grade_id, indices in claims.items():
        true = release.graded[grade_id]
        same = [
            index
            for index in indices
            if true.role != "answer"
            and (raw[index].kind, raw[index].source) == (true.kind, true.source)
        ]
        counted[grade_id] = (same or indices)[0]
    for check in counted.keys() & set(release.checks):
        # A copy of a check, put above its answer, must not take the check's place.
        answer = counted.get(release.answer_of(check) or "", -1)
        below = [
            index
            for index in claims[check]
            if index > answer and raw[index].source == release.graded[check].source
        ]
        if below and counted[check] < answer:
            counted[check] = below[0]
    return counted


def _answers(cell: RawCell, true: Cell) -> bool:
    """Say whether a check, as handed in, defines what it checks, and before it does."""
    if true.role != "check" or cell.kind != "code" or cell.source == true.source:
        return False
    for node in (node for tree in parsed([cell.source]) for node in tree.body):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                if name == true.grade_id:
                    return True
            case ast.Expr(value=ast.Call() as call) if called(call) == "check":
                if not _checks_another(call, true):
                    return False
    return False


def _checks_another(call: ast.Call, true: Cell) -> bool:
    """Say whether it is another exercise's check: of several cells that were merged."""
    return bool(call.args) and all(
        isinstance(asked, ast.Name) and asked.id != true.grade_id for asked in call.args
    )


def _pictures(
    raw: RawCell, release: Release, album: Album, where: str, notes: list[str]
) -> tuple[Picture, ...]:
    """Return the release's pictures for its own text, else what a student pasted."""
    if raw.source in release.pictures:
        return release.pictures[raw.source]
    return album.take(raw.attachments, where, notes)


def _restored(
    raw: RawCell,
    true: Cell,
    where: str,
    notes: list[str],
    pictures: tuple[Picture, ...],
) -> Cell:
    if raw.kind != true.kind:
        notes.append(
            f"{where}, {true.grade_id!r}, had become {raw.kind}: {true.kind} again"
        )
    if true.role == "answer":
        return replace(true, source=raw.source, pictures=pictures)
    if raw.source != true.source and not same_but_points(raw.source, true.source):
        notes.append(f"{where}, {true.grade_id!r}, was edited: restored")
    return true


def _add_missing(cells: list[Cell], release: Release) -> list[str]:
    """Put cells back that are gone, and say which were.

    An answer in code that is gone stays so: its stub would overwrite a function that
    the student defines elsewhere. One in words is where formgrader asks for its score.
    """
    there = {cell.grade_id for cell in cells}
    missing = [grade_id for grade_id in release.graded if grade_id not in there]
    for grade_id in missing:
        true = release.graded[grade_id]
        if true.role != "answer" or _in_words(true):
            cells.insert(_place(cells, grade_id, release), true)
    return missing


def _in_words(cell: Cell) -> bool:
    return cell.role == "answer" and cell.kind == "markdown"


def _note_missing(
    missing: Sequence[str], release: Release, notes: list[str]
) -> list[str]:
    """Note what was missing; return the exercises that are gone whole."""
    gone = [
        check
        for check in release.checks
        if check in missing and release.answer_of(check) in missing
    ]
    whole = {name for check in gone for name in (check, release.answer_of(check))}
    whole |= {f"{check}{TASK_SUFFIX}" for check in gone}
    for grade_id in missing:
        if grade_id in whole:
            continue
        if _in_words(release.graded[grade_id]):
            notes.append(
                f"the answer cell {grade_id!r} is missing: an empty one is put back, "
                "for its score"
            )
        elif release.graded[grade_id].role == "answer":
            notes.append(f"the answer cell {grade_id!r} is missing")
        else:
            notes.append(f"the cell {grade_id!r} was missing: put back")
    return gone


def _place(cells: Sequence[Cell], missing: str, release: Release) -> int:
    """Where a missing locked cell goes.

    A check goes right after its answer; if that is gone too, as late as the release
    allows, so that a function defined in another cell is defined by then. Any other
    locked cell goes as early as the release allows: others use what it defines.
    """
    at = {cell.grade_id: i for i, cell in enumerate(cells) if cell.grade_id}
    order = list(release.graded)
    position = order.index(missing)
    if release.graded[missing].role == "check":
        answer = release.answer_of(missing)
        if answer in at:
            after = at[answer] + 1
            # Checks of the same answer stay in the release's order.
            while after < len(cells) and cells[after].role == "check":
                if order.index(cells[after].grade_id or "") > position:
                    break
                after += 1
            return after
        later = [at[grade_id] for grade_id in order[position:] if grade_id in at]
        return later[0] if later else len(cells)
    before = [at[grade_id] for grade_id in order[:position] if grade_id in at]
    return before[-1] + 1 if before else 0


def _note_order(cells: Sequence[Cell], release: Release, notes: list[str]) -> None:
    at = {cell.grade_id: i for i, cell in enumerate(cells) if cell.grade_id}
    for check in release.checks:
        answer = release.answer_of(check)
        if answer in at and at[check] < at[answer]:
            notes.append(f"the check {check!r} stands above its answer: graded there")
