"""The grader's own processes: as many as work at a time, each a `marker`.

    jobs ──> marker 1 ── zygote ── child, child, …   ──> (submission, record)
         └─> marker 2 ── zygote ── child, child, …   ──>  as they finish

One process that judges keeps up with two or three sandboxes, so both are done in as
many processes as there are workers. The grader reads, keeps the journal, and writes.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import time
import warnings
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Self

from nnkit.grading import parcels
from nnkit.grading.examiner import Examiner
from nnkit.grading.marker import SIGNALS, serve_and_exit
from nnkit.grading.parcels import Parcel
from nnkit.grading.pool import Settings, processors
from nnkit.grading.sandboxes import SandboxError, no_room
from nnkit.grading.submission import Submission

Marked = Mapping[str, Any] | SandboxError
"""A submission's record, see `record`; or why there is none."""
Job = tuple[Submission, Parcel | SandboxError | None]
"""What is to be marked, with its answers if it was run elsewhere, or why it was not."""

FEW = 8
"""Submissions that are done by the time that one more sandbox takes to start."""
SOON = 0.5
"""Seconds for which a submission may wait before one more is started all the same."""
TRIES = 2
"""How many markers may be lost over one submission."""
END_SECONDS = 10.0
"""How long a marker may take to end its sandbox."""
log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Forked:
    """The grader's end of one marker."""

    pid: int
    connection: Connection
    life: int
    job: Job | None = None
    ready: bool = False

    def give(self, job: Job) -> None:
        """Hand over a submission; a marker that is gone is noticed by its silence."""
        self.job = job
        submission, parcel = job
        frames = parcel if isinstance(parcel, list) else []
        head = [parcels.pack_submission(submission), str(len(frames)).encode()]
        with suppress(OSError):
            for frame in (*head, *frames):
                self.connection.send_bytes(frame)

    def hear(self) -> dict[str, Any]:
        """Wait for what it says next; what it logs goes into the grader's log.

        Raises:
            EOFError, OSError: it has ended.
        """
        said: dict[str, Any] = json.loads(self.connection.recv_bytes())
        self.ready = self.ready or "ready" in said
        if "log" in said:
            name, level, text = said["log"]
            logging.getLogger(name).log(level, "%s", text)
        return said

    def hang_up(self) -> None:
        """Let it end by itself."""
        self.connection.close()
        os.close(self.life)

    def end(self) -> str:
        """Wait until it has ended, not for ever; say how."""
        deadline = time.monotonic() + END_SECONDS
        try:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            while not done and time.monotonic() < deadline:
                time.sleep(0.002)
                done, status = os.waitpid(self.pid, os.WNOHANG)
            if not done:
                os.kill(self.pid, signal.SIGKILL)
                _, status = os.waitpid(self.pid, 0)
        except ChildProcessError:  # whoever started the grader ignores SIGCHLD
            return "it cannot be told how"
        code = os.waitstatus_to_exitcode(status)
        return f"exit code {code}" if code >= 0 else f"signal {-code}"


class Markers:
    """Marks submissions, several at a time.

    Args:
        settings: how.
        examiner: whose cases are asked, and who judges.
        judging: judge only: what is run elsewhere comes with its answers.

    Attributes:
        missing: properties of the sandbox that do not hold on this machine.
    """

    def __init__(
        self, settings: Settings, examiner: Examiner, judging: bool = False
    ) -> None:
        self.missing: dict[str, str] = {}
        self._examiner = examiner
        self._settings = None if judging else settings
        self._most = settings.workers or processors()
        self._at_work: list[_Forked] = []
        self._again: deque[Job] = deque()
        self._lost: Counter[str] = Counter()
        self._given = 0

    def __enter__(self) -> Self:
        try:
            # Who only judges is there before a cluster has threads of its own.
            for _ in range(1 if self._settings else self._most):
                self._start()
            first = self._at_work[0]
            while not (said := first.hear()).keys() & {"ready", "unfit"}:
                pass
        except (EOFError, ConnectionError):
            how = self._bury(self._at_work[0])
            self.close()
            raise SandboxError(
                f"a process of the grader was ended before it was ready ({how}): run "
                "the same command again"
            ) from None
        except BaseException:
            self.close()
            raise
        if "unfit" in said:
            self.close()
            raise SandboxError(said["unfit"])
        self.missing = said["ready"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all of them, also those at work: nobody waits for them any more."""
        for marker in self._at_work:
            marker.hang_up()
        while self._at_work:
            self._at_work.pop().end()

    def run(self, jobs: Iterable[Job | None]) -> Iterator[tuple[Submission, Marked]]:
        """Yield each submission with its record, as they finish.

        One over which two markers were lost, or whose sandbox failed twice, comes with
        the error; the others go on.

        Args:
            jobs: what is to be marked. None is for "nothing more is known yet".
        """
        for job in jobs:
            while self._again:
                yield from self._meanwhile(self._again.popleft())
            if job is not None and isinstance(job[1], SandboxError):
                yield job[0], job[1]
            else:
                yield from self._meanwhile(job)
        while self._again or any(marker.job for marker in self._at_work):
            if self._again:
                yield from self._meanwhile(self._again.popleft())
            else:
                yield from self._finished()

    def _meanwhile(self, job: Job | None) -> Iterator[tuple[Submission, Marked]]:
        """Give a job away, and yield what is finished until somebody takes it.

        Whoever was idle has work by then: what comes of a record may take a while.
        """
        done: list[tuple[Submission, Marked]] = []
        since = time.monotonic()
        try:
            while job and not self._gave(job, since):
                full = len(self._at_work) >= self._most
                done += self._finished(None if full else SOON)
        except SandboxError as error:
            done += [(job[0], error)] if job else []
        yield from done or self._finished(0)

    def _gave(self, job: Job, since: float) -> bool:
        """Give a job to whoever is idle, or to a new marker, if that is worth it.

        Args:
            job: what is to be marked.
            since: when it began to wait.

        Raises:
            SandboxError: there is no marker, and no room for one.
        """
        for marker in self._at_work:
            if not marker.job:
                break
        else:
            busy = len(self._at_work)
            soon = time.monotonic() - since < SOON and self._given < FEW * busy
            if busy and (soon or busy >= self._most):
                return False
            try:
                marker = self._start()
            except SandboxError as error:
                if not busy:
                    raise
                self._do_with_fewer(str(error))
                return False
        self._given += 1
        marker.give(job)
        return True

    def _do_with_fewer(self, why: str) -> None:
        self._most = len(self._at_work)
        log.warning("no more than %d at a time: %s", self._most, why)

    def _finished(
        self, seconds: float | None = None
    ) -> list[tuple[Submission, Marked]]:
        """Wait for what markers say, and hear each of them once."""
        found = []
        by_connection = {marker.connection: marker for marker in self._at_work}
        for connection in wait(by_connection, seconds):
            marker = by_connection[connection]  # type: ignore[index]  # no socket of others
            try:
                said = marker.hear()
            except (EOFError, OSError):
                found += self._lose(marker)
                continue
            if "unfit" in said:
                found += self._dismiss(marker, said["unfit"])
            elif marker.job and said.keys() & {"record", "failed"}:
                (submission, _), marker.job = marker.job, None
                failed = "failed" in said
                marked = SandboxError(said["failed"]) if failed else said["record"]
                found.append((submission, marked))
        return found

    def _lose(self, marker: _Forked) -> list[tuple[Submission, Marked]]:
        """Bury a marker that somebody killed, and try again what it had in hand."""
        how, job = self._bury(marker), marker.job
        log.warning("a process of the grader was lost: %s", how)
        if not job:
            return []
        if not marker.ready and self._at_work:  # it has not looked at it
            self._again.append(job)
            return []
        name = job[0].path.as_posix()
        self._lost[name] += 1
        if self._lost[name] < TRIES:
            self._again.append(job)
            return []
        error = f"{TRIES} processes of the grader were lost over it, the last by {how}"
        return [(job[0], SandboxError(error))]

    def _dismiss(self, marker: _Forked, why: str) -> list[tuple[Submission, Marked]]:
        """Do without a marker that found no room for a sandbox."""
        self._bury(marker)
        if self._at_work:
            self._do_with_fewer(why)
            self._again += [marker.job] if marker.job else []
            return []
        return [(marker.job[0], SandboxError(why))] if marker.job else []

    def _bury(self, marker: _Forked) -> str:
        self._at_work.remove(marker)
        marker.hang_up()
        return marker.end()

    def _start(self) -> _Forked:
        """Fork one more marker.

        Raises:
            SandboxError: this machine has no process, or no open file, to give.
        """
        opened: list[int] = []
        try:
            opened += os.pipe()
            ours, theirs = socket.socketpair()
            opened += ours.detach(), theirs.detach()
            life, alive, mine, its = opened
            # Whoever stops the command must not make two of it.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
            try:
                pid = _fork()
                if not pid:
                    serve_and_exit(its, life, self._examiner, self._settings)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
        except OSError as error:
            for descriptor in opened:
                os.close(descriptor)
            raise no_room(error) from error
        os.close(life)
        os.close(its)
        marker = _Forked(pid, Connection(mine), alive)
        self._at_work.append(marker)
        return marker


def _fork() -> int:
    with warnings.catch_warnings():
        # Newer Pythons warn where there are threads, such as that of a progress bar. A
        # marker touches nothing that one of them may have locked.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()
