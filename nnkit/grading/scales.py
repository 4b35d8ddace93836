"""Points, and of how many: those that a unit gave when a submission was graded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from nnkit.grading.examiner import exercises_in
from nnkit.grading.release import Release

Record = Mapping[str, Any]
MAX_NAMED = 12
MAX_SCALES = 4
"""So many scales, each with a median of its own, still fit into one line."""


def score(record: Record) -> tuple[float, float]:
    """Return a submission's points and the most it could have had."""
    return (
        sum(verdict["points"] for verdict in record["verdicts"]),
        sum(verdict["max_points"] for verdict in record["verdicts"]),
    )


def handed_in(count: int) -> str:
    """Say how many submissions there are."""
    return f"{count} submission{'s' * (count != 1)}"


def most_of(record: Record, release: Release) -> float:
    """Return the points that a unit could give when this submission was graded."""
    worth = {item.id: item.points for item in exercises_in(release)}
    graded = {v["exercise"]: v["max_points"] for v in record["verdicts"]}
    return float(sum({**worth, **graded}.values()))


def by_other_points(records: Mapping[str, Record], release: Release) -> str:
    """Name those who were graded before the points changed; "" if nobody was."""
    worth = {item.id: item.points for item in exercises_in(release)}
    names = [
        student
        for student, record in sorted(records.items())
        if any(
            verdict["max_points"] != worth.get(verdict["exercise"], 0)
            for verdict in record["verdicts"]
        )
    ]
    if not names:
        return ""
    more = len(names) - MAX_NAMED
    who = ", ".join(names[:MAX_NAMED]) + f" and {more} more" * (more > 0)
    return (
        f"graded when the exercises gave other points than today's: {who}. nnkit grade "
        f"{release.assignment}, without --student, grades anew whoever is in "
        "submitted/; nbgrader shows points of before beside today's maximum"
    )


def overview(records: Mapping[str, Record], release: Release) -> str:
    """Say in one line how the class did, over all that could be read.

    Whoever was graded by other points is told of apart: 7 of 7 is more than 9 of 11.
    """
    scales: dict[float, list[float]] = {}
    for record in records.values():
        if record["status"] == "graded":
            reached = scales.setdefault(most_of(record, release), [])
            reached.append(score(record)[0])
    if not scales:
        return "no submission could be read"
    unread = len(records) - sum(map(len, scales.values()))
    if len(scales) > MAX_SCALES:
        shares = [
            100 * points / top if top else 0.0
            for top, reached in scales.items()
            for points in reached
        ]
        said = (
            f"median {median(shares):.0f} % of the points that there were then, from "
            f"{min(shares):.0f} % to {max(shares):.0f} %"
        )
    else:
        said = "; ".join(_by_scale(scales))
    return said + f"; {unread} cannot be read" * bool(unread)


def _by_scale(scales: Mapping[float, list[float]]) -> Iterator[str]:
    for top, reached in sorted(scales.items()):
        counts = [
            (sum(points >= top for points in reached), f"all {top:g}"),
            (sum(points == 0 for points in reached), "0"),
        ]
        said = "".join(
            f"; {count} {'has' if count == 1 else 'have'} {what}"
            for count, what in counts
            if count
        )
        apart = f"{handed_in(len(reached))} of {top:g} points: " * (len(scales) > 1)
        of = f" of {top:g} points" * (not apart)
        yield (
            f"{apart}median {median(reached):g}{of}, from {min(reached):g} to "
            f"{max(reached):g}{said}"
        )
