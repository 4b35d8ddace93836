"""The student's side: `check` a function where it stands in the notebook."""

from __future__ import annotations

import difflib
import io
import os
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from nnkit import tensor
from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import PUBLIC_SEED, Exercise
from nnkit.judging import show
from nnkit.judging.judge import Reply, answer_key, ask, judge
from nnkit.judging.verdict import Verdict

HAND_MADE = (
    "nnkit's autodiff is switched off while check calls your function: derive the "
    "gradient by hand. In any other cell you may use it to test yourself."
)


class Checked:
    """What `check` returns: displays a verdict as HTML, prints it as text.

    Attributes:
        verdict: the verdict; None when there was nothing to judge.
        message: what to say instead of a verdict.
    """

    def __init__(self, verdict: Verdict | None, message: str = "") -> None:
        self.verdict = verdict
        self.message = message

    def __repr__(self) -> str:
        points = self.verdict.points if self.verdict else 0.0
        if "NBGRADER_EXECUTION" in os.environ:
            # A stock nbgrader reads a cell's score from its text output, and gives
            # full marks to any text that is not a plain number.
            return repr(float(points))
        return show.text(self.verdict) if self.verdict else self.message

    def _repr_html_(self) -> str | None:
        return show.html(self.verdict) if self.verdict else None


def check(function: Any) -> Checked:
    """Judge an answer on this notebook's public cases.

    Args:
        function: the function you wrote; its name says which exercise it answers.

    Returns:
        A verdict that a notebook displays: what is right, and which misunderstanding
        wrong numbers show. It never raises, whatever the function does.
    """
    name = getattr(function, "__name__", None)
    if not callable(function) or type(name) is not str:
        kind = type(function).__name__
        return Checked(
            None, f"check expects your function, got a value of type {kind}."
        )
    if name not in EXERCISES:
        close = difflib.get_close_matches(name, EXERCISES, 1)
        hint = f" Did you mean {close[0]}?" if close else ""
        return Checked(None, f"There is no exercise with the name {name}.{hint}")
    exercise = EXERCISES[name]
    return Checked(judge(exercise, _replies(exercise, function)))


def _replies(exercise: Exercise, function: Any) -> list[Reply]:
    """Call a function on all public cases; an interrupt ends the calls, not check."""
    cases = answer_key(exercise, PUBLIC_SEED).cases
    replies: list[Reply] = []
    silence = io.StringIO()
    try:
        with (
            redirect_stdout(silence),
            redirect_stderr(silence),
            tensor.refused(HAND_MADE),
        ):
            for case in cases:
                replies.append(ask(function, exercise.adapter, case))
    except KeyboardInterrupt:
        late: Reply = {"ended": "timed out", "detail": "You interrupted the call."}
        replies += [late] * (len(cases) - len(replies))
    return replies
