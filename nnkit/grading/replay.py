"""A verdict, reached once more: the same file, the same seed, call by call.

    journal ──seed──> calls ──sandbox──> replies ──key──> outcomes, slips that match
       └─────verdicts────── the same? ──────┘

Reads the journal and what was handed in; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nnkit.exercises.spec import Exercise
from nnkit.grading.answers import Answers
from nnkit.grading.asked import hiding
from nnkit.grading.attempts import attempts_of
from nnkit.grading.examiner import calls_of, exercises_in, warm_up_of
from nnkit.grading.journal import Journal
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.record import fingerprint_of, verdicts_of
from nnkit.grading.release import Release
from nnkit.grading.sandboxes import SandboxError
from nnkit.grading.several import key_of
from nnkit.grading.submission import (
    Submission,
    SubmissionError,
    find_submissions,
    read_submission,
    unknown_student,
)
from nnkit.grading.workspace import Workspace, WorkspaceError
from nnkit.judging.judge import AnswerKey, Match, Reply, answer_key, judge, matches
from nnkit.judging.key import Row
from nnkit.judging.verdict import Verdict


@dataclass(frozen=True)
class Asked:
    """One exercise, asked once more.

    Attributes:
        key: the cases and what is right.
        replies: what came back, one a case.
        rows: what became of them, a row a case with one outcome a part.
        matched: the slips that the replies show.
        verdict: by today's judge.
        recorded: by the journal; None if the exercise was not graded then.
    """

    key: AnswerKey
    replies: Sequence[Reply]
    rows: Sequence[Row]
    matched: Sequence[Match]
    verdict: Verdict
    recorded: Verdict | None

    @property
    def same(self) -> bool:
        """Whether the verdict is the one in the journal, part by part."""
        return self.recorded is not None and (
            (self.recorded.points, self.recorded.parts)
            == (self.verdict.points, self.verdict.parts)
        )


@dataclass
class Replay:
    """What can be said of one student's grade.

    Attributes:
        record: what the journal has.
        file: what was graded and is still there; None if nothing has those bytes.
        now: what lies where the submission counts; None if nothing does.
        now_graded: whether that has been graded, too, where the best of several counts.
        changed: whether exercises or judge are others than those that graded.
        asked: the exercises, one by one; empty without `file`.
        problem: why they could not be asked.
    """

    record: Mapping[str, Any]
    file: Path | None = None
    now: Path | None = None
    now_graded: bool = False
    changed: bool = False
    asked: list[Asked] = field(default_factory=list)
    problem: str = ""

    @property
    def recorded(self) -> list[Verdict]:
        """The verdicts in the journal."""
        return verdicts_of(self.record)


def replay(
    workspace: Workspace,
    release: Release,
    students: Sequence[str],
    settings: Settings | None = None,
    require_isolation: bool = False,
) -> list[Replay]:
    """Reach the verdicts of some students once more.

    Raises:
        JournalError: there is no journal, or it is damaged.
        WorkspaceError: one of them has not been graded; the message has near names.
        SandboxError: the sandbox does not start, or lacks a property and
            `require_isolation` asks for all of them.
    """
    unit = release.assignment
    with Journal.reading(workspace.journal(unit)) as journal:
        records = journal.latest(unit)
        for student in students:
            if student not in records:
                raise WorkspaceError(
                    unknown_student(student, records.keys(), "been graded")
                )
        chosen = {student: records[student] for student in dict.fromkeys(students)}
        there = {h.student: h.path for h in find_submissions(workspace, unit)}
        # One look at the file for each: they are as many as are asked for.
        graded_too = {
            student
            for student in chosen
            if (path := there.get(student))
            and student in journal.latest(key_of(unit, _sha256(student, path, release)))
        }
    exercises = exercises_in(release)
    fingerprint = fingerprint_of(release, exercises)
    done = []
    jobs: dict[int, list[tuple[Replay, Submission]]] = {}  # seed → what it asked
    for student, record in chosen.items():
        found = Replay(
            record,
            now=there.get(student),
            now_graded=student in graded_too,
            changed=record["fingerprint"] != fingerprint,
        )
        done.append(found)
        earlier = [item.path for item in attempts_of(workspace, student, unit)]
        for path in (found.now, *earlier) if record["status"] == "graded" else ():
            submission = _with_bytes(record, path, release)
            if submission is not None:
                found.file = path
                jobs.setdefault(record["seed"], []).append((found, submission))
                break
    settings = settings or Settings()
    for seed, asked in jobs.items():
        calls = calls_of(exercises, seed)
        with Pool(hiding(settings), calls, warm_up_of(release)) as pool:
            if pool.missing and require_isolation:
                raise SandboxError(
                    "nothing was run: this machine's sandbox does not hold for "
                    f"{', '.join(pool.missing)}, and all of it is required"
                )
            for found, submission in asked:
                _ask(found, pool.answers_to(submission.cells), exercises)
    return done


def _sha256(student: str, path: Path, release: Release) -> str:
    try:
        return read_submission(student, path, release).sha256
    except SubmissionError as error:
        return error.sha256


def _with_bytes(
    record: Mapping[str, Any], path: Path | None, release: Release
) -> Submission | None:
    """Read a file if it is the very one that was graded."""
    if path is None:
        return None
    try:
        submission = read_submission(record["student"], path, release)
    except SubmissionError:
        return None
    return submission if submission.sha256 == record["sha256"] else None


def _ask(
    found: Replay, answers: Answers | SandboxError, exercises: Sequence[Exercise]
) -> None:
    if isinstance(answers, SandboxError):
        found.problem = str(answers)
        return
    recorded = {verdict.exercise: verdict for verdict in found.recorded}
    seed = found.record["seed"]
    found.asked = [
        _asked(item, seed, answers, recorded.get(item.id)) for item in exercises
    ]


def _asked(
    exercise: Exercise, seed: int, answers: Answers, recorded: Verdict | None
) -> Asked:
    key, replies = answer_key(exercise, seed), answers.replies[exercise.id]
    # As the judge does: numbers near the largest overflow, and nobody needs to know.
    with np.errstate(all="ignore"):
        rows = key.rows(replies)
        verdict = judge(exercise, replies, seed)
        tried = verdict.status in ("wrong", "partly right")
        matched = list(matches(key, rows)) if tried else []
    return Asked(key, replies, rows, matched, verdict, recorded)
