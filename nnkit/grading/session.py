"""One submission in the sandbox: its cells in order, the graded calls where they stand.

A cell or call that takes too long is interrupted. One that does not listen, or that
ends its process, costs a process: a new one runs the notebook again without it, so
that what was answered before and after keeps its points.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from nnkit.grading.answers import (
    MAX_ERRORS,
    PIECE,
    Answers,
    Calls,
    Limits,
    Reply,
    error_of,
    weight_of,
)
from nnkit.grading.child import Child, Gone
from nnkit.grading.outputs import Outputs
from nnkit.grading.reach import needed
from nnkit.grading.request import Request
from nnkit.grading.sandboxes import Zygote
from nnkit.grading.submission import Cell
from nnkit.judging.judge import read_reply
from nnkit.sandbox.watch import MAX_NOTICES, USES_AUTODIFF
from nnkit.sandbox.wire import MAX_TEXT

# And no more: the rest of what such an exception says may be a student's own words.
MISSING = re.compile(r"No module named '[\w.]{1,80}'")
LONG = 0.5  # seconds of a cell, from which on it is worth to do without
LEAST = 0.1  # seconds that a cell or call gets where hardly any are left
# Bytes of answers, and what their parts count. Weights of a large layer, returned as
# lists of numbers, take 4 MB. Whoever prepares a path of a million steps, and returns
# all of it, sends 24 a call.
MAX_ANSWERED = 48 << 20


class Session:
    """Runs one submission to its end, in as many processes as that takes."""

    def __init__(
        self,
        zygote: Zygote,
        cells: Sequence[Cell],
        calls: Mapping[str, Calls],
        limits: Limits,
        all_cells: bool = False,
        figures: bool = False,
    ) -> None:
        self.zygote = zygote
        self.cells = cells
        self.calls = calls
        self.limits = limits
        self.all_cells = all_cells
        self.figures = figures
        self._start_over()

    def _start_over(self) -> None:
        self.outputs = Outputs(self.figures)
        self.answers = Answers(outputs=self.outputs.kept)
        self.skipped: set[int] = set()
        self.answered = 0
        self.flooded = False
        self.killed_at: set[int | str] = set()
        self.late: set[str] = set()
        self.quick: set[int] = set()

    def run(self) -> Answers:
        """Run all cells and calls; what could not be asked is answered for.

        Demonstrations are skipped, but an answer that uses a name which one of them
        defines worked in the student's notebook: then they are run after all. And what
        the time was over for is asked once more, without what took it.

        Raises:
            SandboxError: the sandbox itself failed.
        """
        start = time.monotonic()
        self._run_as_often_as_it_takes()
        self.answers.seconds = time.monotonic() - start
        return self.answers

    def _run_as_often_as_it_takes(self) -> None:
        self.left = self.limits.notebook
        self._run_through()
        if not self.all_cells and self._misses_a_name():
            self.all_cells = True
            answered = self.answers.replies
            self._start_over()
            self._run_through()
            # Demonstrations may use up the time: what was answered without them stands.
            self.answers.replies |= {
                name: replies
                for name, replies in answered.items()
                if _cut_short(self.answers.replies[name])
                and not _cut_short(replies)
                and not any(map(_misses_a_name, replies))
            }
        if self.late:
            self._run_without_ballast()

    def _run_without_ballast(self) -> None:
        """Skip what took long, or was not come to, and binds nothing an answer uses."""
        sources = {
            position: cell.source
            for position, cell in enumerate(self.cells)
            if cell.kind == "code" and cell.role != "check"
        }
        ballast = sources.keys() - needed(sources, self.late) - self.quick
        if not ballast:
            return
        before = {name: self.answers.replies.pop(name) for name in sorted(self.late)}
        self.skipped |= ballast
        self.left = self.limits.notebook / 2
        self._run_through()
        done = []
        for name, replies in before.items():
            anew = self.answers.replies[name]
            if _cut_short(anew) or any(map(_misses_a_name, anew)):
                self.answers.replies[name] = replies
            else:
                done.append(name)
        if done:
            said = "run once more without cells that no answer needs"
            self.answers.add_trouble(f"{', '.join(done)}: {said}")

    def _run_through(self) -> None:
        for _ in range(self.limits.restarts + 1):
            child = self.zygote.fork()
            try:
                self._run_in(child)
            except Gone:
                continue
            child.drop()
            break
        else:
            self._give_up("the notebook ended its process too often")
        self._give_up("the notebook does not get this far")

    def _misses_a_name(self) -> bool:
        replies = [reply for each in self.answers.replies.values() for reply in each]
        return any(map(_misses_a_name, replies)) and any(
            cell.role == "demonstration" for cell in self.cells
        )

    def _run_in(self, child: Child) -> None:
        for position, cell in enumerate(self.cells):
            if cell.kind != "code" or position in self.skipped:
                continue
            if cell.role == "check":
                calls = self.calls.get(cell.grade_id or "")
                if calls and calls.name not in self.answers.replies:
                    self._call_all(child, calls)
            elif cell.role != "demonstration" or self.all_cells:
                self._run_cell(child, position, cell)
            if self.left <= 0:
                seconds = f"{self.limits.notebook:g} s"
                self.answers.add_trouble(f"stopped after {seconds}, the limit")
                self.late |= self.calls.keys() - self.answers.replies.keys()
                self._give_up(
                    f"the notebook's {seconds} were over before this exercise",
                    "timed out",
                )
                return

    def _run_cell(self, child: Child, position: int, cell: Cell) -> None:
        if len(cell.source) > MAX_TEXT:
            self._note_cell(
                position, f"not run: longer than {MAX_TEXT:,} characters", False
            )
            return
        seconds = min(self.limits.cell, max(self.left, LEAST))
        try:
            result = self._ask(child, {"do": "cell", "source": cell.source}, seconds)
        except Gone as gone:
            if self._first_kill(gone, position):
                raise
            self.skipped.add(position)
            self._note_cell(position, gone.detail, gone.timed_out)
            raise
        if "interrupted" in result:
            self._note_cell(position, f"interrupted after {seconds:.3g} s", True)
            return
        if child.took < LONG:
            self.quick.add(position)
        self.outputs.keep(position, result.get("outputs"))
        if (error := error_of(result)) and (
            cell.grade_id or len(self.answers.errors) < MAX_ERRORS
        ):
            # No student's mistake, where the module is one that answers may use.
            missing = MISSING.match(error["message"])
            known = position in self.answers.errors
            if error["type"] == "ModuleNotFoundError" and missing and not known:
                said = f"{missing[0]} where this ran"
                self.answers.add_trouble(f"cell {position + 1}: {said}")
            self.answers.errors.setdefault(position, error)

    def _ask(
        self,
        child: Child,
        request: Mapping[str, Any] | Request,
        seconds: float,
        graded: str = "",
    ) -> dict[str, Any]:
        """Ask, and keep what was noticed meanwhile, whatever becomes of the child."""
        try:
            return child.ask(request, seconds)
        finally:
            self.left -= child.took
            for notice in sorted(child.notices):
                if len(self.answers.noticed) >= MAX_NOTICES:
                    break
                if notice != USES_AUTODIFF:
                    self.answers.noticed.add(notice)
                elif graded:  # in any other cell it is welcome
                    self.answers.noticed.add(f"{graded} {notice}")
            child.notices.clear()

    def _note_cell(self, position: int, detail: str, timed_out: bool) -> None:
        kind = "TimeoutError" if timed_out else "ProcessLost"
        error = {"type": kind, "message": detail, "line": 0, "source": ""}
        self.answers.errors.setdefault(position, error)
        self.answers.add_trouble(f"cell {position + 1}: {detail}")

    def _call_all(self, child: Child, calls: Calls) -> None:
        replies = self.answers.replies.setdefault(calls.name, [])
        kept = self.answered  # bytes, if nothing but the first reply is kept of these
        while len(replies) < len(calls.cases):
            case, request = calls.cases[len(replies)], calls.requests[len(replies)]
            allowed = max(self.limits.call, calls.seconds)
            seconds = min(allowed, max(self.left, LEAST))
            received = child.received
            try:
                result = self._ask(child, request, seconds, calls.name)
            except Gone as gone:
                if self._first_kill(gone, calls.name):
                    del self.answers.replies[calls.name]
                    raise
                ending = "timed out" if gone.timed_out else "crashed"
                self._fill(calls, ending, "" if gone.timed_out else gone.detail)
                self.answers.add_trouble(f"{calls.name}: {gone.detail}")
                raise
            self.answered += child.received - received + weight_of(result)
            if "interrupted" in result:
                if seconds < allowed:
                    self.late.add(calls.name)
                self._fill(calls, "timed out", "")
            elif "undefined" in result:
                self._undefined(calls)
            elif "too_much" in result:
                detail = f"what it returned is too much: {result['too_much']}"
                self._fill(calls, "crashed", detail[:300])
            elif self.answered > MAX_ANSWERED:
                self._flood(calls, kept)
            else:
                replies.append(read_reply(result.get("reply"), case))
                if len(replies) == 1:
                    kept = self.answered

    def _flood(self, calls: Calls, kept: int) -> None:
        """Answer for a function that returns too much; once, others get a quarter."""
        if not self.flooded:
            self.answered = MAX_ANSWERED - MAX_ANSWERED // 4
            # The first says enough of it, if there is room.
            del self.answers.replies[calls.name][kept <= self.answered :]
        self.flooded = True
        detail = (
            f"more than {MAX_ANSWERED >> 20} MB of answers came back, or more than "
            f"{MAX_ANSWERED // PIECE:,} lists and arrays"
        )
        self._fill(calls, "crashed", detail)

    def _first_kill(self, gone: Gone, place: int | str) -> bool:
        """Whether to try the same once more: somebody else may have sent the signal."""
        first = gone.killed and place not in self.killed_at
        self.killed_at.add(place)
        return first

    def _undefined(self, calls: Calls) -> None:
        """Answer for a function that is not there, with the reason if one is known."""
        for position, cell in enumerate(self.cells):
            error = self.answers.errors.get(position)
            if error and cell.grade_id == f"{calls.name}-answer":
                missing = len(calls.cases) - len(self.answers.replies[calls.name])
                self.answers.replies[calls.name] += [
                    {"raised": error, "by": "cell"}
                ] * missing
                return
        self._fill(calls, "not attempted", f"There is no function {calls.name}.")

    def _fill(self, calls: Calls, ending: str, detail: str) -> None:
        replies = self.answers.replies.setdefault(calls.name, [])
        missing = len(calls.cases) - len(replies)
        replies += [{"ended": ending, "detail": detail}] * missing

    def _give_up(self, detail: str, ending: str = "crashed") -> None:
        for calls in self.calls.values():
            self._fill(calls, ending, detail)


def _cut_short(replies: Sequence[Reply]) -> bool:
    return any(reply.get("ended") in ("timed out", "crashed") for reply in replies)


def _misses_a_name(reply: Reply) -> bool:
    return "raised" in reply and bool(reply["raised"]["type"] == "NameError")
