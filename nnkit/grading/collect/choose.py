"""Which of a student's files counts: the last one that is a notebook of the unit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nnkit.grading.cells import MAX_BYTES, NotebookError, parse
from nnkit.grading.collect.archives import ArchiveError, Item, Left
from nnkit.grading.collect.names import Named
from nnkit.grading.older import foreign
from nnkit.grading.release import Release

MAX_ALL = 100_000_000
"""Bytes of all notebooks of one student: what is read for one person at most."""


@dataclass(frozen=True)
class Handed:
    """A notebook that was handed in.

    Attributes:
        source: position of its archive on the command line.
        named: what its name says.
        item: where it is.
        when: the time of handing in; None if nobody knows it.
    """

    source: int
    named: Named
    item: Item
    when: datetime | None = None


@dataclass(frozen=True)
class Candidate(Handed):
    """A notebook that could count.

    Attributes:
        sha256: of its bytes.
        fits: how many of the unit's cells are in it; -1 if it cannot be read.
        doubt: what is odd about one that has none.
    """

    sha256: str = ""
    fits: int = 0
    doubt: str = ""


def choose(
    handed: Sequence[Handed], release: Release
) -> tuple[list[Candidate], list[Left]]:
    """Return what could count, the last one last, and what could not.

    Later is: by its time, if all have one; else of a later archive, of a later upload,
    with a higher copy number. A notebook of another unit counts only if there is
    nothing else.
    """
    found: list[Candidate] = []
    left: list[Left] = []
    room = MAX_ALL
    for one in handed:
        try:
            data = one.item.read(min(MAX_BYTES, max(room, 0)))
        except ArchiveError as error:
            left.append(Left(one.item.name, str(error)))
            continue
        room -= len(data)
        sha256 = hashlib.sha256(data).hexdigest()
        basis = (one.source, one.named, one.item, one.when)
        found.append(Candidate(*basis, sha256, *fit(data, release)))
    best = max((rank(item.fits) for item in found), default=0)
    counting = [item for item in found if rank(item.fits) == best]
    left += [
        Left(item.item.name, f"no notebook of {release.assignment}, and another one is")
        if item.fits == 0
        else Left(item.item.name, "cannot be read, and another one can")
        for item in found
        if item not in counting
    ]
    ordered = sorted(
        counting, key=lambda c: (c.source, c.named.upload, _copy(c), c.item.name)
    )
    times = {c.when for c in counting}
    if None not in times and len(times) > 1:
        ordered.sort(key=lambda c: c.when or datetime.min)
    # Of the same bytes the last one stands for all.
    last = {candidate.sha256: candidate for candidate in ordered}
    left += [
        Left(c.item.name, f"the same as {last[c.sha256].item.name}")
        for c in ordered
        if last[c.sha256] is not c
    ]
    return [c for c in ordered if last[c.sha256] is c], left


def _copy(candidate: Candidate) -> int:
    inner = candidate.item.name.rpartition("/")[2]
    return max(candidate.named.copy, Named("", "", inner).copy)


def rank(fits: int) -> int:
    """Order notebooks by what may count: the unit's, what cannot be read, others."""
    return 2 if fits > 0 else 1 if fits < 0 else 0


def fit(data: bytes, release: Release) -> tuple[int, str]:
    """Return how many of the unit's cells are in a notebook; if none, what is odd.

    A notebook that cannot be read has -1.
    """
    try:
        cells, _ = parse(data)
    except NotebookError as error:
        return -1, f"it {error}"
    fits = len({cell.grade_id for cell in cells} & release.graded.keys())
    if fits:
        return fits, ""
    note, review = foreign(cells, release)
    return fits, "; ".join([note, *review])
