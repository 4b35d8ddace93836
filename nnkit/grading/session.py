"""One submission in the sandbox: its cells in order, the graded calls where they stand.

A cell or call that takes too long is interrupted. One that does not listen, or that
ends its process, costs a process: a new one runs the notebook again without it, so
that what was answered before and after keeps its points.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnkit.adapters import LONGEST
from nnkit.exercises.spec import CALL_SECONDS, Case
from nnkit.grading.allowance import Allowance, Waiting
from nnkit.grading.outputs import Pictures
from nnkit.grading.reach import needed
from nnkit.grading.sandboxes import Child, Gone, Zygote
from nnkit.grading.submission import Cell
from nnkit.judging.judge import read_reply
from nnkit.sandbox.watch import MAX_NOTICES, USES_AUTODIFF
from nnkit.sandbox.wire import MAX_TEXT

Reply = Mapping[str, Any]

# What the process that grades everybody keeps of one submission, whatever it sends.
MAX_SHOWN = 100_000  # characters of outputs
MAX_OUTPUTS = 500
MAX_ERRORS = 200  # beside those of the cells that are graded
MAX_TROUBLE = 20
LONG = 0.5  # seconds of a cell, from which on it is worth to do without
# Bytes of answers. Weights of a large layer, returned as lists of numbers, take 5 MB.
MAX_ANSWERED = 48 << 20


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds, and how often a process may be replaced.

    Time for which there was no processor is not counted, see `Allowance`.
    """

    cell: float = 10.0
    call: float = CALL_SECONDS
    notebook: float = 60.0
    restarts: int = 6


@dataclass(frozen=True)
class Calls:
    """The graded calls of one exercise."""

    name: str
    adapter: str
    cases: Sequence[Case]
    seconds: float = 0.0


@dataclass
class Answers:
    """What a submission answered.

    Attributes:
        replies: per exercise one reply a case, as `nnkit.judging` reads them.
        outputs: per position of a cell its outputs, in nbformat's form.
        errors: per position of a cell the exception that ended it.
        trouble: what the instructor should know: kills, limits.
        noticed: what a person may want to look at, see `nnkit.sandbox.watch`.
        seconds: how long it took.
    """

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    errors: dict[int, Reply] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    noticed: set[str] = field(default_factory=set)
    seconds: float = 0.0


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
        self.children: list[Child] = []
        self._start_over()

    def _start_over(self) -> None:
        self.answers = Answers()
        self.skipped: set[int] = set()
        self.shown = self.outputs = self.answered = 0
        self.killed_at: set[int | str] = set()
        self.pictures = Pictures(self.figures)
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
        start, self.own = time.monotonic(), Waiting.of_this_thread()
        try:
            self._run_as_often_as_it_takes()
        finally:
            self.own.close()
        self.answers.seconds = time.monotonic() - start
        return self.answers

    def _run_as_often_as_it_takes(self) -> None:
        self.allowance = Allowance(self.limits.notebook, self._waited)
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
        self.allowance = Allowance(self.limits.notebook / 2, self._waited)
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
            self._trouble(f"{', '.join(done)}: {said}")

    def _run_through(self) -> None:
        for _ in range(self.limits.restarts + 1):
            child = self.zygote.fork()
            self.children.append(child)
            try:
                self._run_in(child)
            except Gone:
                continue
            child.close()
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
            if not self.allowance.left():
                seconds = f"{self.limits.notebook:g} s"
                self._trouble(f"stopped after {seconds}, the limit")
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
        seconds = min(self.limits.cell, self._left())
        start = time.monotonic()
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
        if time.monotonic() - start < LONG:
            self.quick.add(position)
        self._keep_outputs(position, result.get("outputs"))
        if (error := _error_of(result)) and (
            cell.grade_id or len(self.answers.errors) < MAX_ERRORS
        ):
            if error["type"] == "ModuleNotFoundError" and position not in (
                self.answers.errors
            ):
                # No student's mistake, where the module is one that answers may use.
                said = error["message"][:100]
                self._trouble(f"cell {position + 1}: {said} where this ran")
            self.answers.errors.setdefault(position, error)

    def _keep_outputs(self, position: int, items: Any) -> None:
        if position in self.answers.outputs:
            return  # the cell has run before, in a process that is gone
        kept = self.answers.outputs[position] = []
        for item in items if type(items) is list else ():
            if self.outputs >= MAX_OUTPUTS or self.shown >= MAX_SHOWN:
                return
            if type(item) is dict and type(text := item.get("text")) is str and text:
                text = text[: MAX_SHOWN - self.shown]
                output = output_of(item.get("kind"), text)
                if "data" in output:
                    output["data"] |= self.pictures.take(item.get("png"))
                kept.append(output)
                self.shown += len(text)
                self.outputs += 1

    def _ask(
        self, child: Child, request: Mapping[str, Any], seconds: float
    ) -> dict[str, Any]:
        """Ask, and keep what was noticed meanwhile, whatever becomes of the child."""
        try:
            return child.ask(request, seconds)
        finally:
            graded = request.get("name", "")
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
        self._trouble(f"cell {position + 1}: {detail}")

    def _trouble(self, said: str) -> None:
        trouble = self.answers.trouble
        if len(trouble) < MAX_TROUBLE:
            trouble.append(said)
        elif len(trouble) == MAX_TROUBLE:
            trouble.append("and more of the kind")

    def _call_all(self, child: Child, calls: Calls) -> None:
        replies = self.answers.replies.setdefault(calls.name, [])
        while len(replies) < len(calls.cases):
            case = calls.cases[len(replies)]
            request = {
                "do": "call",
                "name": calls.name,
                "adapter": calls.adapter,
                "args": case.args,
                "kwargs": dict(case.kwargs),
            }
            allowed = max(self.limits.call, calls.seconds)
            seconds = min(allowed, self._left())
            received = child.received
            try:
                result = self._ask(child, request, seconds)
            except Gone as gone:
                if self._first_kill(gone, calls.name):
                    del self.answers.replies[calls.name]
                    raise
                ending = "timed out" if gone.timed_out else "crashed"
                self._fill(calls, ending, "" if gone.timed_out else gone.detail)
                self._trouble(f"{calls.name}: {gone.detail}")
                raise
            self.answered += child.received - received
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
                detail = f"more than {MAX_ANSWERED >> 20} MB of answers came back"
                self._fill(calls, "crashed", detail)
            else:
                replies.append(read_reply(result.get("reply"), case))

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

    def _left(self) -> float:
        return max(0.1, self.allowance.left())

    def _waited(self) -> float:
        # While this process waits for a processor, no child gets anything to do.
        return self.own() + sum(child.waited() for child in self.children)


def _cut_short(replies: Sequence[Reply]) -> bool:
    return any(reply.get("ended") in ("timed out", "crashed") for reply in replies)


def _misses_a_name(reply: Reply) -> bool:
    return "raised" in reply and bool(reply["raised"]["type"] == "NameError")


def given_up(calls: Mapping[str, Calls], detail: str) -> Answers:
    """Return the answers of a submission that could not be run to any end."""
    reply = {"ended": "crashed", "detail": detail}
    replies: dict[str, list[Reply]] = {
        name: [reply] * len(each.cases) for name, each in calls.items()
    }
    return Answers(replies=replies, trouble=[detail])


def _error_of(result: Mapping[str, Any]) -> Reply | None:
    """Take from a stranger's reply what has the form of an error."""
    error = result.get("error")
    if type(error) is not dict:
        return None
    texts = {key: str(error.get(key, ""))[:longest] for key, longest in LONGEST.items()}
    line = error.get("line")
    return {**texts, "line": line if type(line) is int else 0}


def output_of(kind: object, text: str) -> dict[str, Any]:
    """Return an nbformat output that holds plain text and nothing else."""
    if type(kind) is str and kind == "stream":
        return {"output_type": "stream", "name": "stdout", "text": text}
    data = {"text/plain": text}
    return {"output_type": "display_data", "data": data, "metadata": {}}
