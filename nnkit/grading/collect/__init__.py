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

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc  # type: ignore[import-untyped]  # ships no types

from nnkit.grading.collect.archives import (
    ArchiveError,
    Item,
    Left,
    Room,
    is_notebook,
    items_in,
    items_within,
    no_notebook,
)
from nnkit.grading.collect.choose import Handed, choose
from nnkit.grading.collect.names import CONVENTIONS, Named
from nnkit.grading.collect.place import Placed, put_in_place
from nnkit.grading.collect.roster import Roster, id_without_roster
from nnkit.grading.release import Release
from nnkit.grading.timestamps import NO_TIME
from nnkit.grading.workspace import Workspace, WorkspaceError

__all__ = ["Collected", "Left", "Placed", "collect"]

STAMP = "timestamp.txt"
MAX_NAMED = 12


@dataclass
class Collected:
    """What a collection did.

    Attributes:
        placed: what was put where, or was there already; one a student.
        left: what was not taken, and why.
        empty: who handed in nothing that could be taken.
        kept: who handed in no notebook of the unit this time, and has one in place.
        unread: archives that could not be read.
        absent: who is in the roster and not in the archives.
        timeless: who is marked late, and nothing says how late.
        timed: who keeps another time than the one now given for what is late.
        twice: who has work under another name, too, and which.
        remarks: what else to know, a line each.
    """

    placed: list[Placed] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unread: list[Left] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    timeless: list[str] = field(default_factory=list)
    timed: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass
class _Pile:
    """What one student handed in, not read yet."""

    named: Named
    handed: list[Handed] = field(default_factory=list)
    stamps: dict[str, Item] = field(default_factory=dict)  # by the folder they are in
    room: Room = field(default_factory=Room)


def collect(
    workspace: Workspace,
    release: Release,
    sources: Iterable[Path],
    lms: str,
    *,
    roster: Roster | None = None,
    late_at: datetime | None = None,
) -> Collected:
    """Take in what students handed in for a unit.

    Args:
        workspace: the instructor's folder.
        release: the unit's released notebook.
        sources: archives, or folders that they were unpacked to; later ones are later.
        lms: a key of `names.CONVENTIONS`.
        roster: who is who; None to make ids of what the LMS gives.
        late_at: put down for what is marked late and has no other time.

    Raises:
        WorkspaceError: the roster calls students by another of its columns than that
            from which they have their folders; nothing was written.
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
                student = id_without_roster(pile.named, lms)
        except LookupError as error:
            done.empty.append(pile.named.who)
            done.left += [Left(one.item.name, str(error)) for one in pile.handed]
            continue
        ids.setdefault(student, []).append(pile)
    before = _in_place(workspace)
    if roster is not None and not roster.asked:
        _refuse_another_column(roster, ids.keys() - before, before)
    # Where capitals are not told apart, two names would be one folder.
    alike: dict[str, list[str]] = {}
    for student in sorted(ids):
        alike.setdefault(student.casefold(), []).append(student)
    for names in alike.values():
        theirs = [pile for name in names for pile in ids[name]]
        apart = len(theirs) == len(names) and before.issuperset(names)
        if len(theirs) > 1 and not apart:
            why = (
                f"{len(theirs)} people are {' or '.join(names)}: "
                f"{', '.join(pile.named.who for pile in theirs)}; give a --roster that "
                "tells them apart"
            )
            done.left += [
                Left(one.item.name, why) for pile in theirs for one in pile.handed
            ]
            done.empty += [pile.named.who for pile in theirs]
            continue
        for student in names:
            pile = ids[student][0]
            _one(done, workspace, release, student, pile, roster, late_at)
            done.twice += _also(before, student, pile.named, lms, roster)
    done.remarks += _of_several(done, release.assignment)
    if before.isdisjoint(ids) and before and len(ids) > 1 and not done.twice:
        done.remarks.append(
            f"none of these {len(ids)} had a folder in submitted/ before, and "
            f"{len(before)} others have: if they are the same people under other "
            "names, take the new folders away, and run this again with a --roster "
            "that has the names in place, or --id-column"
        )
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
        unnamed: list[str] = []
        some, before = False, len(done.left)
        try:
            for item in items_in(source):
                if isinstance(item, Left):
                    done.left.append(item)
                    continue
                named = CONVENTIONS[lms](item.name, unit)
                if named is None:
                    unnamed.append(item.name)
                    continue
                some = True
                key = (named.number, "" if named.number else named.name)
                pile = piles.setdefault(key, _Pile(named))
                _sort_in(done, pile, position, named, item)
        except ArchiveError as error:
            done.unread.append(Left(str(source), str(error)))
            some = True
        if some:
            done.left += [Left(name, _unnamed(name, lms, unit)) for name in unnamed]
        elif unnamed or len(done.left) == before:
            done.unread.append(Left(str(source), _all_unnamed(unnamed, lms, unit)))
    return piles


def _unnamed(name: str, lms: str, unit: str) -> str:
    """Say that a name is not of this LMS, and of which it may be."""
    others = [other for other, read in CONVENTIONS.items() if read(name, unit)]
    hint = f", but as {others[0]} does: --from {others[0]}?" if others else ""
    return f"no name as {lms} gives them{hint}"


def _all_unnamed(names: list[str], lms: str, unit: str) -> str:
    """Say that nothing in an archive has a name of this LMS, and whose they may be."""
    if not names:
        return "no file is in it"
    counts = {
        other: sum(read(name, unit) is not None for name in names)
        for other, read in CONVENTIONS.items()
    }
    other = max(counts, key=lambda name: counts[name])
    seen = f"none of its {len(names)} files is named as {lms} does it for {unit}"
    if counts[other]:
        return f"{seen}, and {counts[other]} as {other} does: try --from {other}"
    return (
        f"{seen} (the first is {names[0]}); expected the archive as it was downloaded, "
        "or the folder that it was unpacked to"
    )


def _sort_in(
    done: Collected, pile: _Pile, position: int, named: Named, item: Item
) -> None:
    lower = item.name.lower()
    if is_notebook(lower):
        pile.handed.append(Handed(position, named, item))
    elif lower.endswith(".zip"):
        try:
            inner = None
            for inner in items_within(item, pile.room):
                if isinstance(inner, Left):
                    done.left.append(inner)
                else:
                    pile.handed.append(Handed(position, named, inner))
            if inner is None:
                done.left.append(Left(item.name, "a zip with no file in it"))
        except ArchiveError as error:
            done.left.append(Left(item.name, str(error)))
    elif lower.endswith(f"/{STAMP}"):
        pile.stamps[_folder(item)] = item
    else:
        done.left.append(Left(item.name, no_notebook(lower)))


def _one(
    done: Collected,
    workspace: Workspace,
    release: Release,
    student: str,
    pile: _Pile,
    roster: Roster | None,
    late_at: datetime | None,
) -> None:
    timed = [
        replace(one, when=_time(one, pile, student, roster, late_at))
        for one in pile.handed
    ]
    candidates, left = choose(timed, release)
    done.left += left
    if not candidates:
        done.empty.append(student)
        return
    if any(one.named.late and one.when is None for one in candidates):
        done.timeless.append(student)
    try:
        mistaken = roster.as_utc.get(student) if roster else None
        placed = put_in_place(workspace, release, student, candidates, mistaken)
    except ArchiveError as error:
        done.left.append(Left(candidates[-1].item.name, str(error)))
        done.empty.append(student)
        return
    if placed.what == "kept":
        why = f"{placed.doubt}; submitted/{student}/{release.assignment} stays as it is"
        done.left += [Left(one.item.name, why) for one in candidates]
        done.kept.append(student)
        return
    done.placed.append(placed)
    mine = late_at is not None and candidates[-1].when is late_at
    if placed.what == "unchanged" and mine and placed.when != late_at:
        done.timed.append(student)
    if placed.doubt:
        done.remarks.append(f"{student}: {placed.name} is taken, but {placed.doubt}")


def _in_place(workspace: Workspace) -> set[str]:
    """Return who has a folder in submitted/."""
    folders = (path for path in workspace.submitted.iterdir() if path.is_dir())
    return {path.name for path in folders if not path.name.startswith(".")}


def _refuse_another_column(roster: Roster, new: Set[str], before: Set[str]) -> None:
    """Stop before a class gets second folders: another LMS's list has other columns."""
    columns = Counter(
        column
        for student in sorted(new)
        for column, other in roster.others.get(student, {}).items()
        if other in before
    )
    for column, count in columns.most_common(1):
        student = next(
            name for name in sorted(new) if roster.others[name].get(column) in before
        )
        more = f" (so would {count - 1} more)" * (count > 1)
        raise WorkspaceError(
            f"nothing was taken: by the roster's column {roster.column!r} the student "
            f"of submitted/{roster.others[student][column]} is {student!r}, and would "
            f'be graded twice{more}. Give --id-column "{column}", which has the names '
            f'in place; or, if other people are meant, --id-column "{roster.column}"'
        )


def _also(
    before: Set[str], student: str, named: Named, lms: str, roster: Roster | None
) -> list[str]:
    """Tell of work of the same person that was collected under another name."""
    if student in before:
        also = set()
    else:
        also = {name for name in before if name.casefold() == student.casefold()}
    if roster is not None:
        also |= before & {*roster.others.get(student, {}).values()}
        with suppress(LookupError):
            also |= before & {id_without_roster(named, lms)}
    return [f"{student} seems to be {other}" for other in sorted(also - {student})]


def _of_several(done: Collected, unit: str) -> Iterator[str]:
    """Yield what can be so of a whole class, and is one line all the same."""
    if done.timeless:
        yield (
            f"marked LATE, and nothing says how late: {_some(done.timeless)}. Give "
            f"--late-at TIME, or put the time into submitted/<student>/{unit}/{STAMP}"
        )
    if done.timed:
        yield (
            f"--late-at is not put down where there is another time: "
            f"{_some(done.timed)}. To change it, take submitted/<student>/{unit}/"
            f"{STAMP} away, and run the same command again"
        )
    if done.twice:
        yield (
            f"{_some(done.twice)}, too, collected under that name before, and would "
            "be graded twice: move the folder of one of the two names in submitted/ "
            "away"
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MAX_NAMED} more" * (len(names) > MAX_NAMED)
    return f"{', '.join(names[:MAX_NAMED])}{more}"


def _time(
    one: Handed,
    pile: _Pile,
    student: str,
    roster: Roster | None,
    late_at: datetime | None,
) -> datetime | None:
    """Return when a file was handed in, by the roster or by the archive's own word."""
    if roster is not None and student in roster.times:
        return roster.times[student]
    said = [one.named.when]
    stamp = pile.stamps.get(_folder(one.item))
    if stamp is not None:
        with suppress(ArchiveError, UnicodeDecodeError):  # the name says it, too
            said.insert(0, stamp.read(1000).decode().strip())
    for text in filter(None, said):
        try:
            when: datetime = parse_utc(text)
        except NO_TIME:
            continue
        return when.replace(tzinfo=UTC)
    return late_at if one.named.late else None


def _folder(item: Item) -> str:
    return item.name.rpartition("/")[0]
