"""Archives from an LMS, put where `nnkit grade` looks; nothing overwritten.

    archive ──items──> path ──names──> student ──choose──> one file counts
                               roster ──┘                  │
        submitted/<student>/<unit>/<unit>.ipynb, timestamp.txt ──┤
        attempts/<student>/<unit>/<n>/ …             those before it

nbgrader's own zip_collect unpacks what it is given, stops at the first student who
handed in twice, and has to be told a regular expression; it is for archives that one
can trust.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from nbgrader.utils import parse_utc  # type: ignore[import-untyped]  # ships no types

from nnkit.grading.collect.archives import (
    ArchiveError,
    Item,
    Left,
    items_in,
    items_within,
)
from nnkit.grading.collect.choose import choose
from nnkit.grading.collect.names import CONVENTIONS, Named
from nnkit.grading.collect.place import Placed, place
from nnkit.grading.collect.roster import Roster, id_without_roster
from nnkit.grading.release import Release
from nnkit.grading.workspace import Workspace

__all__ = ["Collected", "Left", "Placed", "collect"]

STAMP = "timestamp.txt"


@dataclass
class Collected:
    """What a collection did.

    Attributes:
        placed: what was put where, or was there already; one a student.
        left: what was not taken, and why.
        empty: who handed in nothing that could be taken.
        unread: archives that could not be read.
        absent: who is in the roster and not in the archives.
        remarks: what else to know, a line each.
    """

    placed: list[Placed] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    unread: list[Left] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass
class _Pile:
    """What one student handed in, not read yet."""

    named: Named
    items: list[tuple[int, Named, Item]] = field(default_factory=list)
    stamp: Item | None = None


def collect(
    workspace: Workspace,
    release: Release,
    sources: Iterable[Path],
    lms: str,
    *,
    roster: Roster | None = None,
    late_at: datetime | None = None,
    zone: tzinfo = UTC,
) -> Collected:
    """Take in what students handed in for a unit.

    Args:
        workspace: the instructor's folder.
        release: the unit's released notebook.
        sources: archives, or folders that they were unpacked to; later ones are later.
        lms: a key of `names.CONVENTIONS`.
        roster: who is who; None to make ids of what the LMS gives.
        late_at: put down for what is marked late and has no other time.
        zone: where the times in names were told.

    Raises:
        OSError: something cannot be written; what was written before is whole, and the
            same command goes on from there.
    """
    done = Collected()
    piles = _piles(done, list(sources), lms, release.assignment)
    ids: dict[str, list[_Pile]] = {}
    for pile in piles.values():
        try:
            if roster is not None:
                student = roster.find(pile.named)
            else:
                student = id_without_roster(pile.named, stable_number=lms == "canvas")
        except LookupError as error:
            done.empty.append(pile.named.who)
            done.left += [Left(item.name, str(error)) for _, _, item in pile.items]
            continue
        ids.setdefault(student, []).append(pile)
    for student, theirs in sorted(ids.items()):
        if len(theirs) > 1:
            why = (
                f"{len(theirs)} people are {student}: "
                f"{', '.join(pile.named.who for pile in theirs)}; give a --roster that "
                "tells them apart"
            )
            done.left += [
                Left(i.name, why) for pile in theirs for _, _, i in pile.items
            ]
            done.empty += [pile.named.who for pile in theirs]
            continue
        _one(done, workspace, release, student, theirs[0], roster, late_at, zone)
    if roster is not None:
        done.remarks += roster.remarks
        done.absent = sorted(roster.students - ids.keys())
    return done


def _piles(
    done: Collected, sources: list[Path], lms: str, unit: str
) -> dict[tuple[str, str], _Pile]:
    """Sort every file of every archive by student."""
    piles: dict[tuple[str, str], _Pile] = {}
    for position, source in enumerate(sources):
        try:
            for item in items_in(source):
                if isinstance(item, Left):
                    done.left.append(item)
                    continue
                named = CONVENTIONS[lms](item.name, unit)
                if named is None:
                    done.left.append(Left(item.name, f"no name as {lms} gives them"))
                    continue
                key = (named.number, "" if named.number else named.name)
                pile = piles.setdefault(key, _Pile(named))
                _sort_in(done, pile, position, named, item)
        except ArchiveError as error:
            done.unread.append(Left(str(source), str(error)))
    return piles


def _sort_in(
    done: Collected, pile: _Pile, position: int, named: Named, item: Item
) -> None:
    lower = item.name.lower()
    if lower.endswith(".ipynb"):
        pile.items.append((position, named, item))
    elif lower.endswith(".zip"):
        try:
            for inner in items_within(item):
                if isinstance(inner, Left):
                    done.left.append(inner)
                elif inner.name.lower().endswith(".ipynb"):
                    pile.items.append((position, named, inner))
                else:
                    done.left.append(Left(inner.name, "no notebook"))
        except ArchiveError as error:
            done.left.append(Left(item.name, str(error)))
    elif lower.endswith(f"/{STAMP}"):
        pile.stamp = item
    else:
        done.left.append(Left(item.name, "no notebook"))


def _one(
    done: Collected,
    workspace: Workspace,
    release: Release,
    student: str,
    pile: _Pile,
    roster: Roster | None,
    late_at: datetime | None,
    zone: tzinfo,
) -> None:
    candidates, left = choose(pile.items, release)
    done.left += left
    if not candidates:
        done.empty.append(student)
        return
    when = _time(pile, student, roster, zone)
    late = any(candidate.named.late for candidate in candidates)
    if when is None and late:
        when = late_at
        if late_at is None:
            done.remarks.append(
                f"{student} is marked LATE, and nothing says how late: put the time "
                f"into submitted/{student}/{release.assignment}/{STAMP}, or give "
                "--late-at"
            )
    try:
        done.placed.append(place(workspace, release, student, candidates, when))
    except ArchiveError as error:
        done.left.append(Left(candidates[-1].item.name, str(error)))
        done.empty.append(student)


def _time(
    pile: _Pile, student: str, roster: Roster | None, zone: tzinfo
) -> datetime | None:
    """Return when a student handed in, by the roster or by the archive's own word."""
    if roster is not None and student in roster.times:
        return roster.times[student]
    said = [pile.named.when]
    if pile.stamp is not None:
        with suppress(ArchiveError, UnicodeDecodeError):  # the name says it, too
            said.insert(0, pile.stamp.read(1000).decode().strip())
    for text in filter(None, said):
        try:
            when: datetime = parse_utc(text)
        except (ValueError, OverflowError):
            continue
        return when.replace(tzinfo=UTC)
    return None
