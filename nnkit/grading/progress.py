"""A progress bar, and what goes wrong as it happens."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
)
from rich.progress import TimeRemainingColumn as Remaining
from rich.text import Text

from nnkit.grading import Listener
from nnkit.judging.plain import plain

NARROW = 80
"""Fewer columns have no room for a bar, a rate and whole sentences beside counts."""


class Throughput(ProgressColumn):
    """How many notebooks a second, lately."""

    def render(self, task: Task) -> Text:
        """Return the rate as text."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f}/s", justify="right")


class ProgressListener(Listener):
    """Shows a run on standard error while it lasts: the report alone is output."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.trouble = 0
        wide = self.console.width >= NARROW
        self.sandboxes = " sandboxes" * wide
        self.gradebook = " the gradebook" * wide
        self.progress = Progress(
            TextColumn("{task.description}"),
            *([BarColumn()] if wide else []),
            MofNCompleteColumn(),
            *([Throughput()] if wide else []),
            Remaining(),
            TextColumn("{task.fields[trouble]}"),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,  # it would leave an empty line
        )
        self.task = self.progress.add_task(
            f"starting{self.sandboxes}", total=None, trouble=""
        )
        super().__init__(
            found=self._found,
            missing=self._missing,
            finished=self._finished,
            failed=self._failed,
            writing=self._writing,
        )

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.progress.stop()

    def _found(self, total: int) -> None:
        self.progress.update(self.task, total=total)

    def _missing(self, missing: Mapping[str, str]) -> None:
        self.progress.update(self.task, description="grading")
        if missing:
            self.console.print(
                "[bold]The sandbox is not whole on this machine.[/bold] "
                "A submission might get through here:"
            )
            for name, what in missing.items():
                self.console.print(f"  {name}: {what}", markup=False)

    def _finished(self, record: Mapping[str, Any], anew: bool) -> None:
        self.progress.advance(self.task)
        if anew and record["status"] != "graded":
            self._tell(f"{record['student']}: not readable: {record['problem']}")

    def _failed(self, student: str, problem: str) -> None:
        self.progress.advance(self.task)
        self._tell(f"{student}: {problem}" if student else problem)

    def _tell(self, line: str) -> None:
        self.trouble += 1
        self.progress.update(
            self.task, trouble=f"{self.trouble} problem{'s' * (self.trouble != 1)}"
        )
        whole = not self.console.is_terminal
        self.console.print(plain(line), markup=False, soft_wrap=whole)

    def _writing(self, count: int) -> None:
        self.progress.update(self.task, description=f"writing{self.gradebook}")
