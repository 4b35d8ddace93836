"""Sandboxes that are kept from one submission to the next, and tried again.

    cells ──> Pool ── zygote ── child, child, …   ──> answers

The unit of work is (a submission's cells, the calls to make) → answers: plain data in,
plain data out, so that it can run anywhere.
"""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from nnkit.grading.answers import Answers, Calls, Limits
from nnkit.grading.bugs import bug
from nnkit.grading.cells import Cell
from nnkit.grading.sandboxes import SandboxError, Zygote
from nnkit.grading.session import Session

Result = Answers | SandboxError
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """How submissions are run.

    Attributes:
        workers: how many run at a time; 0 for one a processor.
        limits: how long things may take.
        policy: keyword arguments of `nnkit.sandbox.policy.student_policy`.
        all_cells: run also the cells that the author tagged as demonstrations.
        figures: draw what cells plot, and keep the pictures.
        dask: address of a Dask scheduler whose workers do the work; "" for processes
            on this machine.
    """

    workers: int = 0
    limits: Limits = Limits()  # noqa: RUF009  frozen: one instance serves all
    policy: Mapping[str, Any] | None = None
    all_cells: bool = False
    figures: bool = False
    dask: str = ""


class Pool:
    """Runs submissions in sandboxes, as many at a time as there are threads that ask.

    Args:
        settings: how.
        calls: per exercise the calls to make.
        warm_up: cells of the unanswered notebook, run once before the first fork.

    Attributes:
        missing: properties of the sandbox that do not hold on this machine.
    """

    def __init__(
        self, settings: Settings, calls: Mapping[str, Calls], warm_up: Sequence[str]
    ) -> None:
        self.settings = settings
        self.calls = calls
        self.warm_up = warm_up
        self.missing: dict[str, str] = {}
        self._zygotes: list[Zygote] = []
        self._lock = threading.Lock()
        self._idle: list[Zygote] = []
        self._closed = False

    def __enter__(self) -> Self:
        try:
            self._idle.append(self._start())
        except BaseException:
            self.close()
            raise
        self.missing = dict(self._idle[0].missing)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all sandboxes, also those at work: nobody waits for them any more."""
        with self._lock:
            self._closed = True
            for zygote in self._zygotes:
                zygote.stop()
        for zygote in self._zygotes:
            zygote.close()
        self._zygotes.clear()

    def answers_to(self, cells: Sequence[Cell]) -> Result:
        """Run one submission; from any thread."""
        failure = SandboxError("not tried")
        for _ in range(2):
            try:
                zygote = self._take()
            except SandboxError as error:
                return error
            session = Session(
                zygote,
                cells,
                self.calls,
                self.settings.limits,
                self.settings.all_cells,
                self.settings.figures,
            )
            try:
                answers = session.run()
            except SandboxError as error:
                failure = error
                if self._closed:  # by our own hand, and no news
                    return failure
                log.warning("sandbox: zygote %d is given up: %s", zygote.pid, error)
                self._discard(zygote)
            except Exception as error:
                # Ours to mend; but whoever found it must not stop the class.
                failure = SandboxError(bug(error))
                self._discard(zygote)
            else:
                with self._lock:
                    self._idle.append(zygote)
                return answers
        return failure

    def _take(self) -> Zygote:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._start()

    def _start(self) -> Zygote:
        settings = self.settings
        zygote = Zygote(settings.policy, self.warm_up, settings.figures)
        with self._lock:
            if self._closed:
                raise SandboxError("the run was stopped")
            zygote.spawn()
            self._zygotes.append(zygote)
        zygote.wait()
        for line in zygote.trouble:
            log.warning("sandbox: layer %s", line)
        for name, what in zygote.missing.items():
            log.warning("sandbox: %s does not hold: %s", name, what)
        log.info("sandbox: zygote %d is ready", zygote.pid)
        return zygote

    def _discard(self, zygote: Zygote) -> None:
        with self._lock:
            self._zygotes.remove(zygote)
        zygote.close()


def processors(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Return how many processors this process may use: in a container, not all.

    Args:
        quota: of a container, "microseconds period" or "max period"; may be missing.
    """
    known = hasattr(os, "sched_getaffinity")
    count = len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        most, period = quota.read_text(encoding="ascii").split()
        count = min(count, math.ceil(int(most) / int(period)))
    return max(count, 1)
