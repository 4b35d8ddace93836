"""A run as lines of JSON on standard output, one for each thing that happens.

{"event": "found", "total": 30}
{"event": "sandbox", "missing": {}}
{"event": "graded", "student": "ada", "points": 9.0, "max_points": 9.0, ...}
{"event": "kept", "student": "ben", ...}          graded by an earlier run
{"event": "failed", "student": "cy", "problem": "..."}
{"event": "failed", "student": "", "problem": "..."}     a folder that is nobody's
{"event": "writing", "count": 30}
{"event": "done", "graded": 28, "kept": 1, "failed": {"cy": "..."}, "strangers": [...]}
{"event": "error", "problem": "..."}     nothing follows either of the last two
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from nnkit.grading import Listener, Run
from nnkit.grading.record import verdicts_of
from nnkit.grading.report import misconceptions
from nnkit.grading.scales import score


class JsonListener(Listener):
    """Tells programs of a run while it lasts."""

    def __init__(self) -> None:
        super().__init__(
            found=lambda total: say("found", total=total),
            missing=lambda missing: say("sandbox", missing=dict(missing)),
            finished=self._finished,
            failed=lambda student, why: say("failed", student=student, problem=why),
            writing=lambda count: say("writing", count=count),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            stopped = f"stopped by {error}".removesuffix(" by ")
            say(
                "error",
                problem=f"{stopped}: the same command, without --force, grades "
                "what has no grade yet",
            )
        elif isinstance(error, Exception):
            say("error", problem=str(error))

    def _finished(self, record: Mapping[str, Any], anew: bool) -> None:
        points, most = score(record)
        say(
            "graded" if anew else "kept",
            student=record["student"],
            status=record["status"],
            points=points,
            max_points=most,
            seconds=record["seconds"],
            problem=record["problem"],
            notes=record["notes"],
            flags=record["flags"],
            exercises={
                verdict.exercise: {
                    "status": verdict.status,
                    "points": verdict.points,
                    "max_points": verdict.max_points,
                    "slips": [item.slip for item in verdict.diagnoses if item.slip],
                }
                for verdict in verdicts_of(record)
            },
        )


def say_done(run: Run) -> None:
    """Tell what a run has done in all, the last line of it."""
    say(
        "done",
        graded=len(run.graded),
        kept=len(run.kept),
        failed={name: why for name, why in run.failed.items() if name != why},
        strangers=[why for name, why in run.failed.items() if name == why],
        not_shown=run.unshown,
        missing=dict(run.missing),
        not_in_gradebook=sorted(run.homeless),
        by_hand={name: count for name, count in run.waiting.items() if name},
        by_hand_unreadable=run.waiting.get("", 0),
        remarks=run.remarks,
        repaired=run.repaired,
        seconds=round(run.seconds, 3),
        misconceptions=[
            {"exercise": m.exercise, "slip": m.slip, "students": list(m.students)}
            for m in misconceptions(run.records.values())
        ],
    )


def say(event: str, **what: Any) -> None:
    """Write one line; what JSON cannot hold as text becomes an escape."""
    sys.stdout.write(json.dumps({"event": event, **what}) + "\n")
    sys.stdout.flush()
