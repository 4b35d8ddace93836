"""The student's side: `check` a function where it stands in the notebook."""

from __future__ import annotations

import difflib
import io
import os
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from nnkit import adapters, tensor
from nnkit.exercises import OWN, known, own
from nnkit.exercises.spec import PUBLIC_SEED, Exercise
from nnkit.judging import keep, patience, show
from nnkit.judging.guidance import PLAIN, Guidance, guidance
from nnkit.judging.judge import Reply, answer_key, ask, judge
from nnkit.judging.shown import box, marked
from nnkit.judging.unread import about_renamed, about_unread
from nnkit.judging.verdict import Verdict
from nnkit.sandbox import wire

HAND_MADE = (
    "nnkit's autodiff is switched off while check calls your function: derive the "
    "gradient by hand. In any other cell you may use it to test yourself."
)


class Checked:
    """What `check` returns: displays a verdict as HTML, prints it as text.

    Attributes:
        verdict: the verdict; None when there was nothing to judge.
        message: what to say instead of a verdict.
        more: the help to show with it.
    """

    def __init__(
        self, verdict: Verdict | None, message: str = "", more: Guidance = PLAIN
    ) -> None:
        self.verdict = verdict
        self.message = message
        self.more = more

    def __repr__(self) -> str:
        points = self.verdict.points if self.verdict else 0.0
        if "NBGRADER_EXECUTION" in os.environ:
            # A stock nbgrader reads a cell's score from its text output, and gives
            # full marks to any text that is not a plain number.
            return repr(float(points))
        if self.verdict is None:
            return self.message
        return show.text(self.verdict, self.more)

    def _repr_html_(self) -> str | None:
        if self.verdict is None:
            return box(marked(self.message), "open")
        return show.html(self.verdict, self.more)


class FailingCase(dict[str, Any]):
    """The inputs of a call that went wrong, by parameter name; empty without one.

    Attributes:
        name: what is special about the case.
        message: what to say where there is none.
    """

    def __init__(self, inputs: Mapping[str, Any], name: str, message: str) -> None:
        super().__init__(inputs)
        self.name = name
        self.message = message

    def __repr__(self) -> str:
        if not self:
            return self.message
        lines = [f"  {name}: {_sketch(value)}" for name, value in self.items()]
        return "\n".join([self.message, *lines])


_last: dict[str, Verdict] = {}
"""The last verdict on each exercise in this session."""

_wrong_checks: dict[str, int] = {}
"""How often in a row each exercise was checked and not right."""


def failing_case(exercise: Any) -> FailingCase:
    """Hand out the inputs of the first case that failed in your last check.

    They are yours: copies, made anew each time, with functions and random generators
    ready to use. `case = failing_case("layer")`, then `case["X"]` is one input and
    `layer(**case)` calls your function with all of them.

    Args:
        exercise: its name, or your function.

    Returns:
        A dict from parameter to input. It is empty, and says why, when nothing has
        failed or nothing has been checked yet.
    """
    name = exercise if type(exercise) is str else _name_of(exercise, _callers())
    if name is None:
        kind = type(exercise).__name__
        say = (
            f"failing_case expects an exercise's name in quotes, not a value of {kind}."
        )
        return FailingCase({}, "", say)
    try:
        asked = _asked(name)
    except LookupError as error:
        return FailingCase({}, "", str(error))
    verdict = _last.get(asked.id)
    if verdict is None:
        say = f"Nothing to show yet: run check({name}) first."
        return FailingCase({}, "", say)
    if verdict.status == "open":
        say = f"{name} is not answered yet, so nothing has failed."
        return FailingCase({}, "", say)
    wrong = {case for part in verdict.parts for case in part.wrong_in}
    for case in answer_key(asked, PUBLIC_SEED).cases:
        if case.name in wrong:
            args = wire.decode_bytes(wire.encode(case.args))
            kwargs = wire.decode_bytes(wire.encode(dict(case.kwargs)))
            inputs = dict(zip(asked.params, args, strict=False)) | kwargs
            say = f"{name}, the case “{case.name}”:"
            return FailingCase(adapters.materialize(inputs), case.name, say)
    say = f"No case failed when {name} was last checked: nothing to debug."
    return FailingCase({}, "", say)


def _sketch(value: Any) -> str:
    """Say what an input is, in a line."""
    if isinstance(value, np.ndarray) and value.size > 8:
        return f"array of shape {value.shape}, {value.dtype}"
    if isinstance(value, np.ndarray):
        entries = " ".join(np.array2string(value, precision=4).split())
        return f"array of shape {value.shape}, {entries}"
    if isinstance(value, np.random.Generator):
        return "a random generator"
    if callable(value):
        return "a function"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:60]}…"


def _callers() -> dict[str, Any]:
    """Return the names of whoever called `check` or `failing_case`: the notebook's."""
    return sys._getframe(2).f_globals


def _name_of(function: Any, names: Mapping[str, Any]) -> str | None:
    """Return the exercise that a function answers, or else what it calls itself.

    A function behind a decorator, an object that can be called, a lambda are named
    otherwise, or not at all. To the grader, what the notebook calls them is enough.
    """
    own_name = getattr(function, "__name__", None)
    own_name = own_name if type(own_name) is str else None
    with suppress(own.OwnError):  # `_asked` says so
        own.use_here()
    exercises = known()
    if own_name in exercises:
        return own_name
    bound = [name for name, value in names.items() if value is function]
    return next((name for name in bound if name in exercises), own_name)


def _asked(name: str) -> Exercise:
    """Return an exercise: the instructor's own, beside this notebook, or the course's.

    Raises:
        LookupError: there is none with the name, or it cannot be read; says which.
    """
    damaged = ""
    try:
        own.use_here()
    except own.OwnError as error:
        damaged = str(error)
    exercises = known()
    if name in exercises:
        return exercises[name]
    if damaged:
        raise LookupError(
            f"The exercises that belong to this notebook cannot be used: {damaged}. "
            "Get that file anew from where you got the notebook."
        )
    close = difflib.get_close_matches(name, exercises, 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise LookupError(f"There is no exercise with the name {name[:80]}.{hint}")


def check(function: Any, points: float | None = None) -> Checked:
    """Judge an answer on this notebook's public cases.

    Args:
        function: the function you wrote; its name says which exercise it answers.
        points: what the exercise is worth in your course, where that is not as usual.

    Returns:
        A verdict that a notebook displays: what is right, and which misunderstanding
        wrong numbers show. It never raises, whatever the function does.
    """
    name = _name_of(function, _callers())
    if not callable(function) or name is None:
        return Checked(None, _no_function(function))
    if name == "<lambda>":
        return Checked(
            None,
            "A lambda has no name that says which exercise it answers. Write your "
            "function with def and the exercise's name.",
        )
    if points is not None and type(points) not in (int, float):
        return Checked(None, f"check takes one function at a time: check({name}).")
    try:
        exercise = _asked(name)
    except LookupError as error:
        return Checked(None, str(error))
    try:
        replies, longest = _replies(exercise, function)
        verdict = judge(exercise, replies)
    except Exception as error:
        if name not in OWN:
            raise
        return Checked(
            None,
            f"{name} cannot be judged: {own.FILE} beside this notebook stopped with "
            f"{own.in_a_line(error)}. Tell your instructor; it is not your answer.",
        )
    if points is not None and exercise.points:
        verdict = _worth(verdict, points)
    _last[name] = verdict
    failed = verdict.status in ("wrong", "partly right")
    _wrong_checks[name] = _wrong_checks.get(name, 0) + 1 if failed else 0
    keep.remember(
        {
            "what": "check",
            "name": name,
            "status": verdict.status,
            "right": [part.name for part in verdict.parts if part.right],
        }
    )
    more = guidance(exercise, verdict, _wrong_checks[name])
    slow = patience.about_slowness(longest, exercise)
    unread = about_unread(name)
    if not unread and verdict.status != "right":
        unread = about_renamed(name, exercise.params)
    return Checked(verdict, more=replace(more, slow=slow, unread=unread))


def _no_function(value: Any) -> str:
    said = f"check expects your function, got a value of type {type(value).__name__}."
    if type(value) is str and value in known():
        return f"{said} Leave out the quotes: check({value})."
    return (
        f"{said} If a line of yours has given the name another value, run the cell "
        "with your answer again."
    )


def _worth(verdict: Verdict, points: float) -> Verdict:
    share = verdict.points / verdict.max_points
    return replace(verdict, points=points * share, max_points=points)


def _replies(exercise: Exercise, function: Any) -> tuple[list[Reply], float]:
    """Call a function on all public cases; also say how long the longest call took.

    An interrupt, by hand or because a call takes too long, ends the calls, not check.
    As in grading, time in which other programs have the processor is not counted.
    """
    cases = answer_key(exercise, PUBLIC_SEED).cases
    replies: list[Reply] = []
    longest = 0.0
    silence, heard = io.StringIO(), sys.stdout
    tell = partial(print, patience.about_waiting(exercise), file=heard, flush=True)
    try:
        with (
            redirect_stdout(silence),
            redirect_stderr(silence),
            tensor.refused(HAND_MADE),
        ):
            for case in cases:
                before = time.thread_time()
                replies.append(
                    patience.within(
                        patience.PATIENCE * patience.allowed(exercise),
                        partial(ask, function, exercise.adapter, case),
                        tell,
                    )
                )
                longest = max(longest, time.thread_time() - before)
    except KeyboardInterrupt as error:
        said = patience.about_interrupt(error, exercise)
        late: Reply = {"ended": "timed out", "detail": said}
        replies += [late] * (len(cases) - len(replies))
    return replies, longest
