"""What the journal keeps of one submission, and what is shown of it."""

from __future__ import annotations

import hashlib
import inspect
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nnkit
from nnkit.exercises import OWN, own
from nnkit.exercises.spec import Exercise
from nnkit.grading.answers import Answers
from nnkit.grading.outputs import output_of
from nnkit.grading.release import Release
from nnkit.grading.submission import Submission, SubmissionError
from nnkit.judging import show
from nnkit.judging.plain import in_output
from nnkit.judging.verdict import Verdict

MAX_KEPT_OUTPUT = 20_000
"""Characters of a notebook's outputs that the journal keeps, for display only."""

MAX_LINES, MAX_LINE = 50, 500
"""Notes and flags that are kept, and characters of each."""

JUDGED_BY = (
    *("adapters.py", "datasets.py", "drawn.py", "gradcheck.py", "gradients.py"),
    *("init.py", "instead.py", "losses.py", "ops.py", "optim.py", "raised.py"),
    *("sums.py", "tensor.py", "unfit.py"),
    *("exercises/draw.py", "exercises/spec.py", "exercises/values.py"),
    *("judging/advice.py", "judging/advice_kinds.py", "judging/errormap.py"),
    *("judging/generic.py", "judging/generic_digits.py", "judging/generic_values.py"),
    "judging/judge.py",
    *("judging/key.py", "judging/likeness.py", "judging/matching.py"),
    *("judging/misplaced.py", "judging/once.py"),
    *("judging/outcome.py", "judging/sieve.py", "judging/traits.py"),
    *("judging/twofold.py", "judging/verdict.py"),
)
"""What a verdict depends on besides the exercises and how answers cross the wire."""

NO_MATH = "tex2jax_ignore mathjax_ignore"
"""What MathJax leaves alone, of this version and that."""


def new_seed() -> int:
    """Draw the seed of the cases that nobody has seen."""
    return secrets.randbits(53)


def fingerprint_of(release: Release, exercises: Iterable[Exercise]) -> str:
    """Name all that a verdict depends on except the submission and the seed.

    A change to the released notebook, to an exercise or to the way of judging gives
    another fingerprint, and what was graded with the old one is graded again.
    """
    files = {Path(nnkit.__file__).parent / name for name in JUDGED_BY}
    for exercise in exercises:  # and whatever stands beside it in its unit's folder
        files |= set(Path(inspect.getfile(exercise.cases)).parent.glob("*.py"))
        declared = own.file_in_use()
        if declared and exercise in OWN.values():
            files.add(declared)  # it may be one of the course's, asked again
    digest = hashlib.sha256(release.digest.encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def record_of(
    submission: Submission,
    answers: Answers,
    verdicts: Sequence[Verdict],
    seed: int,
    fingerprint: str,
    flags: Iterable[str] = (),
    unanswered: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the record of a graded submission, in JSON's plain types."""
    room = MAX_KEPT_OUTPUT
    outputs: dict[str, list[dict[str, Any]]] = {}
    for position, items in sorted(answers.outputs.items()):
        kept = []
        for item in items:
            printed = "text" in item
            text = item["text"] if printed else item["data"]["text/plain"]
            if room > 0:
                shown = output_of("stream" if printed else "display", text[:room])
                if picture := item.get("data", {}).get("image/png"):
                    shown["data"]["image/png"] = picture
                kept.append(shown)
            room -= len(text)
        outputs[str(position)] = kept
    return {
        "student": submission.student,
        "assignment": submission.assignment,
        "sha256": submission.sha256,
        "timestamp": submission.timestamp,
        "fingerprint": fingerprint,
        "seed": seed,
        "status": "graded",
        "problem": "",
        "notes": _bounded([*submission.notes, *answers.trouble]),
        "seconds": round(answers.seconds, 3),
        "verdicts": [verdict.to_json() for verdict in verdicts],
        "errors": {str(k): dict(error) for k, error in answers.errors.items()},
        "outputs": outputs,
        "unanswered": list(unanswered),
        "flags": _bounded(
            sorted(
                {f"{v.exercise} {flag}" for v in verdicts for flag in v.flags}
                | set(flags)
            )
        ),
    }


def _bounded(lines: Sequence[str]) -> list[str]:
    """Return lines that a person can read: names in them are as long as one likes."""
    kept = [
        line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…"
        for line in lines[:MAX_LINES]
    ]
    rest = len(lines) - len(kept)
    return [*kept, f"and {rest} more of the kind"] if rest else kept


def unreadable(
    student: str, assignment: str, error: SubmissionError, seed: int, fingerprint: str
) -> dict[str, Any]:
    """Return the record of a submission that could not be read."""
    return {
        "student": student,
        "assignment": assignment,
        "sha256": error.sha256,
        "timestamp": error.timestamp,
        "fingerprint": fingerprint,
        "seed": seed,
        "status": "unreadable",
        "problem": str(error),
        "notes": [],
        "seconds": 0.0,
        "verdicts": [],
        "errors": {},
        "outputs": {},
        "flags": [],
    }


def summary_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without what only its own notebook needs."""
    return {key: value for key, value in record.items() if key != "outputs"}


def verdicts_of(record: Mapping[str, Any]) -> list[Verdict]:
    """Rebuild the verdicts of a record."""
    return [Verdict.from_json(data) for data in record["verdicts"]]


def shown_outputs(
    submission: Submission, record: Mapping[str, Any]
) -> dict[int, list[dict[str, Any]]]:
    """Return every cell's outputs as the graded notebook shows them.

    A check cell shows its verdict. All else is the submission's own, as plain text.
    """
    outputs = record["outputs"].items()
    shown = {int(k): [_visible(item) for item in items] for k, items in outputs}
    for position, error in record["errors"].items():
        where = f"line {error['line']}: {error['source']}" if error["line"] else ""
        shown.setdefault(int(position), []).append(
            {
                "output_type": "error",
                "ename": in_output(error["type"]),
                "evalue": in_output(error["message"]),
                "traceback": [
                    in_output(f"{error['type']}: {error['message']}"),
                    in_output(where),
                ],
            }
        )
    verdicts = {verdict.exercise: verdict for verdict in verdicts_of(record)}
    for position, cell in enumerate(submission.cells):
        if cell.role == "check" and cell.grade_id in verdicts:
            verdict = verdicts[cell.grade_id]
            # A student's words are in it, and no math of ours.
            html = f'<div class="{NO_MATH}">{show.html(verdict)}</div>'
            data = {"text/plain": show.text(verdict), "text/html": html}
            shown[position] = [
                {"output_type": "display_data", "data": data, "metadata": {}}
            ]
    return shown


def _visible(output: Mapping[str, Any]) -> dict[str, Any]:
    if "text" in output:
        return {**output, "text": in_output(output["text"])}
    data = output["data"]
    return {**output, "data": {**data, "text/plain": in_output(data["text/plain"])}}
