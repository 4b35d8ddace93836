"""Workers on other machines: the same work as in `pool`, sent to a Dask cluster.

    instructor                     scheduler            worker, worker, …
    jobs ── cells, as bytes ────────> queue ──────────────> Pool ── zygote ── child
    markers <── answers, as bytes ─── <───────────────────── decoded, packed anew

A worker gets the drawn inputs of the calls, and neither the secret seed nor a right
answer. What a child sends is decoded by the worker's trusted part and crosses as bytes
of JSON and of the sandbox's own wire: nothing that a student made is ever unpickled.
The cluster itself is trusted as this machine is: it runs what it is told.
"""

from __future__ import annotations

import logging
import queue
import secrets
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import distributed
from distributed.comm.addressing import parse_address, parse_host_port
from distributed.comm.core import CommClosedError
from distributed.comm.registry import get_backend

import nnkit
from nnkit.grading import parcels, remote
from nnkit.grading.answers import Calls, given_up
from nnkit.grading.markers import Job
from nnkit.grading.parcels import Parcel, Task
from nnkit.grading.pool import Settings
from nnkit.grading.sandboxes import SandboxError
from nnkit.grading.submission import Submission

CONNECT_SECONDS = 10
JOIN_SECONDS = 30
"""How long to wait for a first worker, and for another when all are lost."""
LOSSES = 5
"""How often the answers of one submission may be lost on their way."""
GREETINGS = 3
"""How often a first worker may be lost before it has answered."""
IN_FLIGHT = 3
"""Submissions sent ahead, for each thread of the cluster."""
RECOUNT_SECONDS = 2.0
WAIT_SECONDS = 0.1
"""How long those who judge may keep a record, where no other submission comes in."""

log = logging.getLogger(__name__)


class ClusterError(SandboxError):
    """The cluster cannot be used, or is gone; what was graded is in the journal."""


class _LostError(Exception):
    """Answers that do not come: a worker died, or the scheduler."""


class Cluster:
    """Runs submissions on a Dask cluster, for `Markers` to judge.

    Args:
        settings: how; `settings.dask` is the scheduler's address.
        calls: per exercise the calls to make.
        warm_up: cells of the unanswered notebook.
        required: have workers refuse where their sandbox is not whole, also those that
            join later.

    Attributes:
        missing: properties of the sandbox that do not hold on some worker.
    """

    work = staticmethod(remote.work)

    def __init__(
        self,
        settings: Settings,
        calls: Mapping[str, Calls],
        warm_up: Sequence[str],
        required: bool = False,
    ) -> None:
        self.address = settings.dask
        self.required = required
        self.calls = calls
        self._task = parcels.pack_task(
            Task(
                calls,
                warm_up,
                settings.limits,
                settings.policy or {},
                settings.all_cells,
                settings.figures,
            )
        )
        self.missing: dict[str, str] = {}
        self._run_id = secrets.token_hex(4)
        self._sent = 0
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._waiting: dict[str, tuple[Any, Submission]] = {}
        self._suspects: list[Submission] = []
        self._lost: Counter[str] = Counter()
        self._room, self._counted, self._peopled = 1, 0.0, time.monotonic()

    def __enter__(self) -> Self:
        # It would tell of every lost connection in its own words, beside ours.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            # A client that stumbles over it is half made, and takes long to be undone.
            scheme, place = parse_address(self.address)
            get_backend(scheme)
            parse_host_port(place)
            self._client: Any = distributed.Client(  # type: ignore[no-untyped-call]  # untyped
                self.address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            said = " ".join(str(error).split())
            raise ClusterError(
                f"no Dask scheduler answers at {self.address!r} ({said}); expected an "
                "address such as tcp://10.0.0.1:8786, where dask scheduler runs"
            ) from None
        try:
            self._greet()
        except BaseException:
            self._client.close()  # type: ignore[no-untyped-call]  # untyped
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for future, _ in self._waiting.values():
            future.release()
        self._client.close(timeout=2)

    def run(self, jobs: Iterable[Submission]) -> Iterator[Job | None]:
        """Yield each submission with its answers, as they finish; None in between.

        What a worker had in hand when it died is sent to another. A submission in
        whose company workers die again and again is tried once more by itself, at the
        end; if they still do, it is answered for as one that crashed.

        Raises:
            ClusterError: the scheduler or all workers are gone.
        """
        for job in jobs:
            self._send(job)
            while len(self._waiting) >= self._in_flight():
                yield from self._next()
        while self._waiting:
            yield from self._next()
        for job in self._suspects:
            log.info("%s: tried alone, after workers died with it", job.student)
            self._send(job)
            while self._waiting:
                yield from self._next(alone=True)

    def _greet(self) -> None:
        """Wait for a first worker; see that all can do the work.

        Raises:
            ClusterError: there is none, or one has other code.
        """
        found: dict[str, Any] = {}
        for _ in range(GREETINGS):
            try:
                self._client.wait_for_workers(1, timeout=JOIN_SECONDS)
            except (TimeoutError, OSError):
                raise self._nobody() from None
            found = self._answers_of_workers()
            if found:
                break
        else:
            raise self._nobody()
        for worker, said in found.items():
            if isinstance(said, BaseException):
                raise ClusterError(
                    f"the worker {worker} cannot grade: {type(said).__name__}: {said}. "
                    f"It needs nnkit-course[grade,scale] {nnkit.__version__}"
                )
            if said["code"] != remote.code_digest():
                raise ClusterError(
                    f"the worker {worker} has another nnkit ({said['version']}), "
                    f"expected the very code that runs here ({nnkit.__version__})"
                )
            for name, what in said["missing"].items():
                self.missing[name] = f"{worker}: {what}"

    def _answers_of_workers(self) -> dict[str, Any]:
        """Ask all workers; one that was lost meanwhile has said nothing of its code."""
        found = self._client.run(remote.ready, self._task, on_error="return")
        there = self._client.nthreads()
        return {
            worker: said
            for worker, said in found.items()
            if worker in there and not isinstance(said, CommClosedError)
        }

    def _send(self, job: Submission) -> None:
        self._sent += 1
        key = f"nnkit-{self._run_id}-{self._sent}"
        cells = parcels.pack_cells(job.cells)
        with warnings.catch_warnings():
            # A large notebook is no large graph.
            warnings.filterwarnings("ignore", "Sending large graph")
            # A task of its own, which the scheduler can have made again: data that
            # were only put there would be lost with the worker that holds them.
            task = self._client.submit(
                remote.keep, self._task, key=f"nnkit-{self._run_id}"
            )
            future = self._client.submit(
                self.work, task, cells, self.required, key=key, pure=False
            )
        self._waiting[key] = future, job
        future.add_done_callback(self._done.put)

    def _next(self, alone: bool = False) -> Iterator[Job | None]:
        """Wait for one submission to be finished, not for long."""
        try:
            future = self._done.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            self._in_flight()  # looks whether anybody is there
            yield None
            return
        if future.key not in self._waiting:
            return
        _, job = self._waiting.pop(future.key)
        try:
            result = self._result(future, job, alone)
        except _LostError:
            self._send_again(job)
            return
        finally:
            future.release()
        if result is not None:
            yield job, result

    def _result(
        self, future: Any, job: Submission, alone: bool
    ) -> Parcel | SandboxError | None:
        """What came back; None for what is to be tried again, alone."""
        if future.status in ("cancelled", "lost"):
            raise _LostError
        try:
            return parcels.checked(future.result(timeout=JOIN_SECONDS))
        except distributed.KilledWorker as error:
            log.warning("%s: %s", job.student, error)
            if not alone:
                self._suspects.append(job)
                return None
            why = "each worker process that ran this notebook was ended"
            return parcels.pack_answers(given_up(self.calls, why))
        except (distributed.CancelledError, TimeoutError, OSError):
            raise _LostError from None
        except Exception as error:
            return SandboxError(f"a worker failed: {type(error).__name__}: {error}")

    def _send_again(self, job: Submission) -> None:
        """Send once more what was lost with a worker.

        Raises:
            ClusterError: the scheduler is gone, or this was tried often.
        """
        self._lost[job.student] += 1
        if self._lost[job.student] > LOSSES:
            raise self._gone()
        self._count()
        log.info("%s: its answers were lost with a worker; again", job.student)
        self._send(job)

    def _in_flight(self) -> int:
        """How many submissions may be out, by how many threads there are now.

        Raises:
            ClusterError: there is no scheduler, or for a while there is no worker.
        """
        if time.monotonic() - self._counted > RECOUNT_SECONDS:
            self._count()
        return self._room

    def _count(self) -> None:
        now = time.monotonic()
        try:
            threads = sum(self._client.nthreads().values())
        except (OSError, TimeoutError, RuntimeError, distributed.CancelledError):
            raise self._gone() from None
        self._room, self._counted = max(2, IN_FLIGHT * threads), now
        if threads:
            self._peopled = now
        elif now - self._peopled > JOIN_SECONDS:
            raise self._nobody()

    def _gone(self) -> ClusterError:
        return ClusterError(
            f"the Dask scheduler at {self.address} is gone. What is graded is safe in "
            "the journal: start it again, and run the same command"
        )

    def _nobody(self) -> ClusterError:
        return ClusterError(
            f"the Dask scheduler at {self.address} has had no worker for "
            f"{JOIN_SECONDS} s. Start one: dask worker {self.address} --nthreads 1. "
            "What is graded is safe: run the same command again"
        )
