"""What the class did: every score in words, and what the class misunderstood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nnkit.exercises import EXERCISES
from nnkit.grading import Run
from nnkit.grading.record import verdicts_of
from nnkit.judging import show
from nnkit.judging.verdict import Verdict

Record = Mapping[str, Any]
MAX_SLIPS = 25
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
    order = {name: position for position, name in enumerate(EXERCISES)}
    return sorted(
        listed, key=lambda m: (-len(m.students), -order.get(m.exercise, 0), m.slip)
    )


def hint_of(exercise: str, slip: str) -> str:
    """Return the hint of a slip; "" if an older release had it and this one has not."""
    declared = EXERCISES[exercise].slips if exercise in EXERCISES else ()
    return next((item.hint for item in declared if item.id == slip), "")


def in_words(record: Record) -> str:
    """Say in a line or a few what became of a submission."""
    if record["status"] != "graded":
        return f"not readable: {record['problem']}"
    verdicts = [verdict for verdict in verdicts_of(record) if verdict.max_points]
    lines = []
    for status in ("right", "open"):
        if names := [v.exercise for v in verdicts if v.status == status]:
            lines.append(f"{show.MARKS[status]} {status}: {', '.join(names)}")
    lines += [_verdict_line(v) for v in verdicts if v.status not in ("right", "open")]
    lines += [f"review: {flag}" for flag in record["flags"]]
    return "\n".join([*lines, *record["notes"]])


def _verdict_line(verdict: Verdict) -> str:
    line = f"{show.MARKS[verdict.status]} {verdict.exercise} {verdict.status}"
    reasons = [
        f"{', '.join(item.parts)}: {item.slip or item.text.removesuffix('.')}"
        for item in verdict.diagnoses
        if item.kind != "not attempted"
    ]
    return f"{line} ({'; '.join(reasons)})" if reasons else line


def score(record: Record) -> tuple[float, float]:
    """Return a submission's points and the most it could have had."""
    return (
        sum(verdict["points"] for verdict in record["verdicts"]),
        sum(verdict["max_points"] for verdict in record["verdicts"]),
    )


def print_report(run: Run) -> None:
    """Print scores, verdicts in words, and the most frequent misconceptions."""
    console = Console()
    table = Table(title=f"{run.release.assignment}: {len(run.records)} submissions")
    table.add_column("student")
    table.add_column("points", justify="right")
    table.add_column("what the answers show")
    top = sum(run.release.points.values())
    for student, record in sorted(run.records.items()):
        points = f"{score(record)[0]:g} / {top:g}"
        late = [str(run.late[student])] if student in run.late else []
        words = "\n".join([in_words(record), *late])
        table.add_row(Text(student), points, Text(words))
    console.print(table)
    _print_misconceptions(console, misconceptions(run.records.values()))
    kept = f", {len(run.kept)} unchanged since the last run" if run.kept else ""
    console.print(
        f"{len(run.graded)} graded in {run.seconds:.1f} s{kept}. {_sandbox_line(run)}",
        highlight=False,
    )
    if by_hand := run.release.by_hand:
        console.print(
            f"Up to {sum(by_hand.values()):g} points each wait to be graded by hand, "
            f"in nbgrader's formgrader: {', '.join(by_hand)}.",
            highlight=False,
        )
    if run.repaired:
        console.print(run.repaired, markup=False)
    for remark in run.remarks:
        console.print(f"NOTE {remark}", markup=False, highlight=False)
    for item in run.homeless:
        console.print(f"not in the gradebook: {item}", markup=False)
    _print_problems(console, run)


def _print_misconceptions(console: Console, found: list[Misconception]) -> None:
    if not found:
        return
    table = Table(title="What the class misunderstood")
    table.add_column("students", justify="right")
    table.add_column("exercise: slip")
    table.add_column("the hint they got")
    for item in found[:MAX_SLIPS]:
        count = f"{'■' * min(len(item.students), 12)} {len(item.students)}"
        table.add_row(count, f"{item.exercise}: {item.slip}", Text(item.hint))
    console.print(table)
    if len(found) > MAX_SLIPS:
        console.print(f"and {len(found) - MAX_SLIPS} slips more, none more frequent")


def _print_problems(console: Console, run: Run) -> None:
    for student, problem in run.failed.items():
        # Where a folder's name can be no id, the problem says all there is.
        who = "" if student == problem else f" {student}:"
        console.print(f"NOT GRADED{who} {problem}", markup=False, highlight=False)
    for student, problem in list(run.unshown.items())[:MAX_UNSHOWN]:
        console.print(
            f"NOT SHOWN {student}: the grade is in the gradebook, but the graded "
            f"notebook cannot be written: {problem}",
            markup=False,
            highlight=False,
        )
    if run.unshown:
        more = len(run.unshown) - MAX_UNSHOWN
        console.print(
            (f"… and {more} more. " if more > 0 else "")
            + "Mend that, then run the same command again: it writes them and grades "
            "nothing twice",
            highlight=False,
        )


def _sandbox_line(run: Run) -> str:
    if run.missing:
        return f"The sandbox did not hold for: {', '.join(run.missing)}."
    return "The sandbox held in every respect that it is tested for." * bool(run.graded)
