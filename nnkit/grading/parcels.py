"""Work and answers as bytes, to be sent to another machine or process and back.

    Task  ──pack_task──>  [head, frame, frame, …]   the calls' drawn inputs, no seed
    cells ──pack_cells──> bytes
    Answers ──pack_answers──> [head, frame, …]      head: JSON; frames: as on the wire

What is unpacked here is plain data: no pickle, and no object of a sender's choosing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from nnkit.exercises.spec import Case
from nnkit.grading.answers import Answers, Calls, Limits
from nnkit.grading.cells import Cell
from nnkit.grading.sandboxes import SandboxError
from nnkit.grading.submission import Submission
from nnkit.sandbox import wire

Parcel = list[bytes]


@dataclass(frozen=True)
class Task:
    """What is the same for every submission of a run."""

    calls: Mapping[str, Calls]
    warm_up: Sequence[str]
    limits: Limits = Limits()  # noqa: RUF009  frozen: one instance serves all
    policy: Mapping[str, Any] = field(default_factory=dict)
    all_cells: bool = False
    figures: bool = False


def pack_task(task: Task) -> Parcel:
    """Pack what a worker must know, and nothing that only the judge needs."""
    head = {
        "calls": [
            [calls.name, calls.adapter, calls.seconds, len(calls.cases)]
            for calls in task.calls.values()
        ],
        "warm_up": list(task.warm_up),
        "limits": asdict(task.limits),
        "policy": dict(task.policy),
        "all_cells": task.all_cells,
        "figures": task.figures,
    }
    cases = (case for calls in task.calls.values() for case in calls.cases)
    frames = [wire.encode([case.name, case.args, dict(case.kwargs)]) for case in cases]
    return [json.dumps(head).encode(), *frames]


def unpack_task(parcel: Parcel) -> Task:
    """Undo `pack_task`."""
    head = json.loads(parcel[0])
    frames = iter(parcel[1:])
    calls = {
        name: Calls(name, adapter, tuple(_cases(frames, count)), seconds)
        for name, adapter, seconds, count in head.pop("calls")
    }
    return Task(calls=calls, **{**head, "limits": Limits(**head["limits"])})


def _cases(frames: Iterator[bytes], count: int) -> Iterator[Case]:
    for _ in range(count):
        name, args, kwargs = wire.decode_bytes(next(frames))
        yield Case(name, args, kwargs)


def pack_cells(cells: Sequence[Cell]) -> bytes:
    """Pack a submission: its cells, without its student's name."""
    rows = [[c.kind, c.source, c.grade_id, c.role, c.points] for c in cells]
    return json.dumps(rows).encode()


def unpack_cells(data: bytes) -> tuple[Cell, ...]:
    """Undo `pack_cells`."""
    return tuple(Cell(*row) for row in json.loads(data))


def pack_submission(submission: Submission) -> bytes:
    """Pack all of a submission, for another process of the grader."""
    named = {item.name: getattr(submission, item.name) for item in fields(Submission)}
    cells = [[getattr(c, item.name) for item in fields(Cell)] for c in submission.cells]
    return json.dumps({**named, "path": str(submission.path), "cells": cells}).encode()


def unpack_submission(data: bytes) -> Submission:
    """Undo `pack_submission`."""
    named = json.loads(data)
    cells = tuple(
        Cell(kind, source, grade_id, role, points, tuple(map(tuple, pictures)))
        for kind, source, grade_id, role, points, pictures in named["cells"]
    )
    odd = {name: tuple(named[name]) for name in ("notes", "review")}
    return Submission(**{**named, **odd, "path": Path(named["path"]), "cells": cells})


def pack_answers(answers: Answers) -> Parcel:
    """Pack answers; each reply is a frame of its own, as it was in the sandbox."""
    head = {
        "replies": {name: len(replies) for name, replies in answers.replies.items()},
        "outputs": [[at, items] for at, items in answers.outputs.items()],
        "errors": [[at, dict(error)] for at, error in answers.errors.items()],
        "trouble": answers.trouble,
        "noticed": sorted(answers.noticed),
        "seconds": answers.seconds,
    }
    replies = (reply for each in answers.replies.values() for reply in each)
    return [
        json.dumps(head).encode(),
        *(wire.encode(dict(reply)) for reply in replies),
    ]


def pack_failure(problem: str) -> Parcel:
    """Pack that the sandbox itself failed."""
    return [json.dumps({"failed": problem}).encode()]


def checked(parcel: Any) -> Parcel:
    """Return what came back as it is, if it is a parcel.

    Raises:
        ValueError: it is what neither `pack_answers` nor `pack_failure` returns.
    """
    if type(parcel) is not list or not all(type(part) is bytes for part in parcel):
        raise ValueError("what came back is no list of bytes")
    return parcel


def unpack(parcel: Parcel) -> Answers | SandboxError:
    """Undo `pack_answers` or `pack_failure`."""
    head = json.loads(parcel[0])
    if "failed" in head:
        return SandboxError(head["failed"])
    frames = iter(parcel[1:])
    return Answers(
        replies={
            name: [wire.decode_bytes(next(frames)) for _ in range(count)]
            for name, count in head["replies"].items()
        },
        outputs=dict(head["outputs"]),
        errors=dict(head["errors"]),
        trouble=head["trouble"],
        noticed=set(head["noticed"]),
        seconds=head["seconds"],
    )
