"""What the class did: every score in words, and what the class misunderstood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnkit.exercises import known
from nnkit.grading import Run
from nnkit.grading.examiner import by_hand
from nnkit.grading.late import Late
from nnkit.grading.record import verdicts_of
from nnkit.grading.release import Release
from nnkit.grading.scales import (
    MAX_NAMED,
    by_other_points,
    handed_in,
    most_of,
    overview,
    score,
)
from nnkit.judging import show
from nnkit.judging.plain import plain
from nnkit.judging.verdict import Verdict

Record = Mapping[str, Any]
MAX_SLIPS = 25
MAX_HARDEST = 10
MAX_UNSHOWN = 5
"""Of notebooks that could not be written, how many are named: a disk fills for all."""


@dataclass(frozen=True)
class Misconception:
    """A slip that a class shows, with the students who made it."""

    exercise: str
    slip: str
    hint: str
    students: tuple[str, ...]


def misconceptions(records: Iterable[Record]) -> list[Misconception]:
    """List the recognized slips, the most frequent first, of later exercises first."""
    found: dict[tuple[str, str], list[str]] = {}
    for record in records:
        for verdict in verdicts_of(record):
            slips = {item.slip for item in verdict.diagnoses if item.slip}
            for slip in slips:
                found.setdefault((verdict.exercise, slip), []).append(record["student"])
    listed = [
        Misconception(exercise, slip, hint_of(exercise, slip), tuple(sorted(students)))
        for (exercise, slip), students in found.items()
    ]
    order = {name: position for position, name in enumerate(known())}
    return sorted(
        listed, key=lambda m: (-len(m.students), -order.get(m.exercise, 0), m.slip)
    )


def hint_of(exercise: str, slip: str) -> str:
    """Return the hint of a slip; "" if an older release had it and this one has not."""
    exercises = known()
    declared = exercises[exercise].slips if exercise in exercises else ()
    return next((item.hint for item in declared if item.id == slip), "")


@dataclass(frozen=True)
class Hard:
    """How one part of an exercise went: students who had it right, wrong, open."""

    exercise: str
    part: str
    right: int
    wrong: int
    open: int

    @property
    def share(self) -> float:
        """Of all students, how many have it right."""
        return self.right / (self.right + self.wrong + self.open)


def hardest(records: Iterable[Record]) -> list[Hard]:
    """List the parts that count, the hardest first; those that all have right not."""
    counts: dict[tuple[str, str], list[int]] = {}
    for record in records:
        for verdict in verdicts_of(record):
            for part in verdict.parts if verdict.max_points else ():
                count = counts.setdefault((verdict.exercise, part.name), [0, 0, 0])
                if part.right:
                    count[0] += 1
                else:
                    count[2 if verdict.status == "open" else 1] += 1
    found = [Hard(*names, *count) for names, count in counts.items()]
    return sorted((h for h in found if h.share < 1), key=lambda hard: hard.share)


def in_words(record: Record) -> str:
    """Say in a line or a few, fit for a terminal, what became of a submission."""
    if record["status"] != "graded":
        return plain(f"not readable: {record['problem']}")
    verdicts = [verdict for verdict in verdicts_of(record) if verdict.max_points]
    lines = []
    for status in ("right", "open"):
        if names := [v.exercise for v in verdicts if v.status == status]:
            lines.append(f"{show.MARKS[status]} {status}: {', '.join(names)}")
    lines += [_verdict_line(v) for v in verdicts if v.status not in ("right", "open")]
    lines += [f"review: {flag}" for flag in record["flags"]]
    return "\n".join(map(plain, [*lines, *record["notes"]]))


def _verdict_line(verdict: Verdict) -> str:
    line = f"{show.MARKS[verdict.status]} {verdict.exercise} {verdict.status}"
    reasons = [
        f"{', '.join(item.parts)}: {item.slip or item.text.removesuffix('.')}"
        for item in verdict.diagnoses
        if item.kind != "not attempted"
    ]
    return f"{line} ({'; '.join(reasons)})" if reasons else line


def _say(console: Console, line: str) -> None:
    # A path that is broken in two is no path: whoever reads a file has the whole line.
    whole = not console.is_terminal
    console.print(plain(line), markup=False, highlight=False, soft_wrap=whole)


def print_report(run: Run) -> None:
    """Print scores, verdicts in words, and the most frequent misconceptions."""
    console = Console()
    _print_students(console, run.release, run.records, run.late)
    _print_misconceptions(console, misconceptions(run.records.values()))
    kept = f", {len(run.kept)} unchanged since the last run" if run.kept else ""
    done = f"{len(run.graded)} graded in {run.seconds:.1f} s{kept}."
    _say(console, f"{done} {_sandbox_line(run)}".rstrip())
    if run.waiting:
        waiting = "; ".join(_waiting(run.release, run.waiting))
        _say(console, f"To grade by hand, in nbgrader's formgrader: {waiting}.")
    if run.by_hand:
        stands = "s given by hand stand" if run.by_hand > 1 else " given by hand stands"
        _say(
            console,
            f"{run.by_hand} score{stands}, and not in this table: nbgrader export "
            "counts what was given by hand",
        )
    if run.repaired:
        _say(console, run.repaired)
    for remark in run.remarks:
        _say(console, f"NOTE {remark}")
    for item in run.homeless:
        _say(console, f"not in the gradebook: {item}")
    _print_problems(console, run)


def _waiting(release: Release, waiting: Mapping[str, int]) -> Iterator[str]:
    worth = by_hand(release)
    for name in (*worth, *sorted(waiting.keys() - worth.keys() - {""})):
        if count := waiting.get(name, 0):
            top = worth.get(name, 0.0)
            points = f", up to {top:g} point{'s' * (top != 1)}" if top else ""
            yield f"{name} ({count} student{'s' * (count != 1)}{points})"
    if count := waiting.get("", 0):
        yield f"{count} notebook{'s' * (count != 1)} that cannot be read"


def print_class(release: Release, records: Mapping[str, Record]) -> None:
    """Print what the class did, who misunderstood what, and what was hardest."""
    console = Console()
    found = misconceptions(records.values())
    _print_students(console, release, records, {})
    _print_misconceptions(console, found)
    for item in found[:MAX_SLIPS]:
        who = ", ".join(item.students[:MAX_NAMED])
        more = len(item.students) - MAX_NAMED
        _say(
            console,
            f"{item.exercise}: {item.slip}: {who}{f' and {more} more' * (more > 0)}",
        )
    table = Table(title="Hardest parts")
    for head in ("part", "right", "wrong", "open"):
        table.add_column(head, justify="left" if head == "part" else "right")
    for hard in hardest(records.values())[:MAX_HARDEST]:
        counts = (f"{hard.share:.0%}", str(hard.wrong), str(hard.open))
        table.add_row(Text(f"{hard.exercise}: {hard.part}"), *counts)
    if table.row_count:
        console.print(table)
    if other := by_other_points(records, release):
        _say(console, f"NOTE {other}")


def _print_students(
    console: Console,
    release: Release,
    records: Mapping[str, Record],
    late: Mapping[str, Late],
) -> None:
    table = Table(title=Text(f"{release.assignment}: {handed_in(len(records))}"))
    table.add_column("student", overflow="fold")  # who is meant is never cut off
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("what the answers show")
    for student, record in sorted(records.items()):
        points = f"{score(record)[0]:g} / {most_of(record, release):g}"
        words = [in_words(record), *([str(late[student])] if student in late else [])]
        table.add_row(Text(plain(student)), points, Text("\n".join(words)))
    console.print(table)
    if len(records) > 1:
        _say(console, overview(records, release))


def _print_misconceptions(console: Console, found: list[Misconception]) -> None:
    if not found:
        return
    table = Table(title="What the class misunderstood")
    table.add_column("students", justify="right")
    table.add_column("exercise: slip", overflow="fold")
    table.add_column("the hint they got")
    for item in found[:MAX_SLIPS]:
        count = f"{'■' * min(len(item.students), 12)} {len(item.students)}"
        # As text: what stands in brackets is no style, but an instructor's own name.
        table.add_row(count, Text(f"{item.exercise}: {item.slip}"), Text(item.hint))
    console.print(table)
    if len(found) > MAX_SLIPS:
        console.print(f"and {len(found) - MAX_SLIPS} slips more, none more frequent")


def _print_problems(console: Console, run: Run) -> None:
    for student, problem in run.failed.items():
        # Where a folder's name can be no id, the problem says all there is.
        who = "" if student == problem else f" {student}:"
        _say(console, f"NOT GRADED{who} {problem}")
    for student, problem in list(run.unshown.items())[:MAX_UNSHOWN]:
        _say(
            console,
            f"NOT SHOWN {student}: the grade is in the gradebook, but the graded "
            f"notebook cannot be written: {problem}",
        )
    if run.unshown:
        more = len(run.unshown) - MAX_UNSHOWN
        _say(
            console,
            (f"… and {more} more. " if more > 0 else "")
            + "Mend that, then run the same command again, without --force: it writes "
            "them and grades nothing twice",
        )


def _sandbox_line(run: Run) -> str:
    if run.missing:
        return f"The sandbox did not hold for: {', '.join(run.missing)}."
    return "The sandbox held in every respect that it is tested for." * bool(run.graded)
