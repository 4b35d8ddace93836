"""One unit's exercises, its secret seed and its journal: answers in, records out.

    journal ──seed──> cases ──> calls, for the sandbox
    answers ──judge──> verdicts ──> record ──journal──> whoever asked

`nnkit grade` and `nbgrader autograde` share it, and so give the same scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nnkit.exercises import OWN, exercises_of
from nnkit.exercises.own import FILE
from nnkit.exercises.spec import Exercise
from nnkit.grading.answers import Answers, Calls, Reply
from nnkit.grading.beside import unused_files
from nnkit.grading.flags import flags_of
from nnkit.grading.journal import Journal
from nnkit.grading.noend import NoEnd, at_most
from nnkit.grading.points import worth
from nnkit.grading.record import fingerprint_of, new_seed, record_of, unreadable
from nnkit.grading.release import Release, ReleaseError
from nnkit.grading.submission import Submission, SubmissionError
from nnkit.grading.timestamps import ABOUT_TIME
from nnkit.judging import rules
from nnkit.judging.judge import answer_key, judge
from nnkit.judging.rules_calls import where
from nnkit.judging.verdict import Verdict

Record = Mapping[str, Any]

LONGEST, SHORTER = 300.0, 30.0
"""Seconds that an instructor's own exercise gets to judge one answer."""


def exercises_in(release: Release) -> list[Exercise]:
    """Return the exercises that a released notebook asks."""
    declared = exercises_of(release.assignment)
    return [worth(item, release) for item in declared if item.id in release.checks]


def by_hand(release: Release) -> dict[str, float]:
    """Return what a person grades, and for how many points: words, ordinary tests."""
    judged = {item.id for item in exercises_in(release)}
    tests = {k: worth for k, worth in release.points.items() if k not in judged}
    return {**release.by_hand, **tests}


def calls_of(exercises: Iterable[Exercise], seed: int) -> dict[str, Calls]:
    """Return the calls to make in the sandbox, by exercise."""
    return {
        item.id: Calls(
            item.id, item.adapter, answer_key(item, seed).cases, item.seconds
        )
        for item in exercises
    }


def warm_up_of(release: Release) -> list[str]:
    """Return the unanswered notebook's code."""
    return [cell.source for cell in release.cells if cell.kind == "code"]


def _seeds(header: Record, seed: int | None, fed_back: str) -> dict[str, Any]:
    """Return the seed of the cases, and those whose verdicts stand beside its own.

    A regrade repeats the cases exactly, whoever asks for it, until students are shown
    feedback: what a program is given, it can tell in what it prints or raises.
    """
    known = header.get("seed")
    if known is None or seed not in (None, known):
        drawn = new_seed() if seed is None else seed
        return {"seed": drawn, "earlier": [], "fed_back": fed_back}
    if seed is not None or fed_back in ("", header.get("fed_back")):
        return {}
    earlier = [*header.get("earlier", ()), known]
    return {"seed": new_seed(), "earlier": earlier, "fed_back": fed_back}


class Examiner:
    """Judges answers to one unit, and puts down every verdict before it is used.

    Attributes:
        calls: per exercise the calls to make in the sandbox.
        warm_up: the unanswered notebook's code.
        gaps: where the notebook and the declared exercises do not agree, a line each;
            what can be graded is graded all the same.

    Args:
        release: the unit.
        journal: where verdicts are put down.
        seed: of the cases; None for that of the journal, or a new one.
        fed_back: what tells feedback on the unit from that of before; "" for none.
    """

    def __init__(
        self,
        release: Release,
        journal: Journal,
        seed: int | None = None,
        fed_back: str = "",
    ) -> None:
        self.release = release
        self.journal = journal
        self.unit = release.assignment
        self._endless: set[str] = set()
        declared = exercises_of(self.unit)
        self.exercises = exercises_in(release)
        self.fingerprint = fingerprint_of(release, self.exercises)
        run = {**journal.header, **_seeds(journal.header, seed, fed_back)}
        self.seed: int = run["seed"]
        self._standing = {self.seed, *run.get("earlier", ())}
        self._refuse_broken()
        run["fingerprint"] = self.fingerprint
        journal.begin(run)
        self.calls = calls_of(self.exercises, self.seed)
        self.warm_up = warm_up_of(release)
        graded = {item.id for item in self.exercises}
        self.gaps = [
            f"the exercise {item.id} has no check cell in {release.path}: nobody is "
            "graded on it. nnkit build makes the notebook anew"
            for item in declared
            if item.id not in graded
        ] + [
            f"the check {check} in {release.path} belongs to no exercise of "
            f"{self.unit}: left for grading by hand"
            for check in release.checks
            if check not in graded
        ]

    def standing(
        self, student: str, sha256: str, timestamp: str | None, key: str = ""
    ) -> Record | None:
        """Return the verdict on these very bytes, if one stands.

        A new time of handing in is put down. `key` is the name of one file of several.
        """
        name = key or self.unit
        if not self.journal.done(name, student, sha256, self.fingerprint):
            return None
        record: Record = self.journal.latest(name)[student]
        if record["seed"] not in self._standing or "best_of" in record:
            return None  # on other cases, or chosen among several as no longer holds
        if record["timestamp"] != timestamp:
            notes = [
                note
                for note in record["notes"]
                if not any(words in note for words in ABOUT_TIME)
            ]
            record = {**record, "timestamp": timestamp, "notes": notes}
            self.journal.append(record)
        return record

    def judged(self, submission: Submission, answers: Answers) -> Record:
        """Judge a submission's answers and put the verdicts down."""
        record = self.marked(submission, answers)
        self.journal.append(record)
        return record

    def marked(self, submission: Submission, answers: Answers) -> Record:
        """Judge a submission's answers, and leave it to others to put that down."""
        verdicts = []
        answered = {
            name
            for name, replies in answers.replies.items()
            if any("value" in reply for reply in replies)
        }
        for item in self.exercises:
            try:
                verdicts.append(self._verdict(item, answers.replies[item.id]))
            except rules.BrokenError as error:
                answers.trouble.append(
                    f"{item.id} is left for grading by hand, because its exercise "
                    f"stopped {error}"
                )
        if missed := unused_files(submission.path, answers):
            answers.add_trouble(missed)
        right = {v.exercise for v in verdicts if v.status == "right"}
        flags = answers.noticed | flags_of(
            submission, self.release, self.exercises, answered, right
        )
        return record_of(
            submission,
            answers,
            verdicts,
            self.seed,
            self.fingerprint,
            flags,
            submission.unanswered(self.release),
        )

    def _refuse_broken(self) -> None:
        """Try an instructor's own exercises on the secret seed before any answer.

        Raises:
            ReleaseError: one cannot be graded; the message says which, and why.
        """
        for item in self.exercises:
            if item.id not in OWN:
                continue  # the course's are tested where they are made
            for rule in (rules.cases_broken, rules.reference_broken):
                for problem in rule(item, [self.seed]):
                    raise ReleaseError(
                        f"{FILE}: {item.id}: {problem}. Nothing was graded; "
                        f"try nnkit test-exercises {self.unit}"
                    )

    def _verdict(self, item: Exercise, replies: Sequence[Reply]) -> Verdict:
        """Judge one exercise; an own one that fails must not stop everybody's grading.

        Nor one that has no end. What it is to be compared with is there by the second
        time: then it gets less.

        Raises:
            BrokenError: an instructor's own exercise stopped on this answer.
        """
        if item.id not in OWN:
            return judge(item, replies, self.seed)
        seconds = SHORTER if item.id in self._endless else LONGEST
        try:
            with at_most(seconds):
                return judge(item, replies, self.seed)
        except NoEnd as late:
            self._endless.add(item.id)
            raise rules.BrokenError(where(late)) from late
        except Exception as error:
            raise rules.BrokenError(where(error)) from error

    def unreadable(self, student: str, error: SubmissionError, key: str = "") -> Record:
        """Put down that a submission cannot be read."""
        name = key or self.unit
        record = unreadable(student, name, error, self.seed, self.fingerprint)
        self.journal.append(record)
        return record
