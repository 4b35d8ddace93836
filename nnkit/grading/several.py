"""Students who handed in several files, where the best of them counts.

files ──each under a name of its own──> verdicts ──points less lateness──> the best
│
journal: once more, as the student's <┘
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nnkit.grading.examiner import Examiner
from nnkit.grading.submission import Submission, SubmissionError, read_submission

Record = Mapping[str, Any]
Cost = Callable[[str, str | None, float], float]
"""What lateness takes, by student, time of handing in and points."""


@dataclass(frozen=True)
class Chosen:
    """Which file of a student counts.

    Attributes:
        taken: the file, or why it cannot be read.
        record: the student's.
        new: whether any of the files was graded in this run, or another one counts now.
    """

    taken: Submission | SubmissionError
    record: Record
    new: bool


class Several:
    """Grades every file of such students, and then says which counts."""

    def __init__(self, examiner: Examiner, force: bool) -> None:
        self.examiner = examiner
        self.force = force
        self._files: dict[str, Sequence[Path]] = {}
        self._fresh: set[str] = set()

    def jobs(self, student: str, files: Sequence[Path]) -> Iterator[Submission]:
        """Yield what is to be graded of a student's files, the last one last.

        Raises:
            SubmissionError: this machine refuses to read one of them.
        """
        seen = set[str]()
        for path in files:
            taken = self._read(student, path)
            key = self._key(taken)
            # The same bytes earn the same points; `choose` knows both times.
            if taken.sha256 and key in seen:
                continue
            seen.add(key)
            if not self.force:
                handed_in = (student, taken.sha256, taken.timestamp, key)
                if self.examiner.standing(*handed_in) is not None:
                    continue
            self._fresh.add(student)
            if isinstance(taken, Submission):
                yield replace(taken, assignment=key)
            elif taken.refused:
                raise taken
            else:
                self.examiner.unreadable(student, taken, key)
        self._files[student] = files

    def choose(self, cost: Cost) -> Iterator[Chosen]:
        """Put down which file counts, student by student.

        Of those who lack a verdict on one of their files nothing is put down.
        """
        unit, latest = self.examiner.unit, self.examiner.journal.latest
        for student, files in self._files.items():
            taken = [self._read(student, path) for path in files]
            verdicts = [latest(self._key(item)).get(student) for item in taken]
            today = self.examiner.fingerprint
            records = [
                {**record, "timestamp": item.timestamp}
                for item, record in zip(taken, verdicts, strict=True)
                if record and record["fingerprint"] == today
            ]
            if len(records) < len(files):
                continue
            best, record = best_of(records, unit, cost)
            new = student in self._fresh
            if latest(unit).get(student) != record:
                new = True
                self.examiner.journal.append(record)
            yield Chosen(taken[best], record, new)

    def _read(self, student: str, path: Path) -> Submission | SubmissionError:
        try:
            return read_submission(student, path, self.examiner.release)
        except SubmissionError as error:
            return error

    def _key(self, taken: Submission | SubmissionError) -> str:
        """Return the name under which one file of several is graded."""
        return key_of(self.examiner.unit, taken.sha256)


def key_of(unit: str, sha256: str) -> str:
    """Return the name that one file of several has in the journal."""
    return f"{unit}#{sha256[:16]}"


def best_of(
    records: Sequence[Record], unit: str, cost: Cost
) -> tuple[int, dict[str, Any]]:
    """Return which of a student's records counts, and it with a note that says why.

    Args:
        records: of the student's files, the last one last. Of equals the last counts.
        unit: under which name the record is the student's.
        cost: see `Cost`.
    """
    net = []
    for record in records:
        points = sum(verdict["points"] for verdict in record["verdicts"])
        net.append(points - cost(record["student"], record["timestamp"], points))
    best = max(range(len(net)), key=lambda position: (net[position], position))
    which = "the last" if best == len(net) - 1 else f"number {best + 1}"
    others = ", ".join(f"{n:g}" for i, n in enumerate(net) if i != best)
    note = (
        f"the best of {len(net)} files counts: {which}, {net[best]:g} points after any "
        f"penalty for lateness; the others: {others}"
    )
    chosen = records[best]
    marks = {"assignment": unit, "notes": [*chosen["notes"], note]}
    return best, {**chosen, **marks, "best_of": len(net)}
