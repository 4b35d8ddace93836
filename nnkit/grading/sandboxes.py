"""The grader's end of the sandbox: start a zygote, fork children, talk to one child.

Zygote.start() ── fork() ──> Child ── ask(request, seconds) ──> reply, see `child`
└── and the next one is on its way
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from nnkit.grading.allowance import Allowance, Late, Reader, want_sender
from nnkit.grading.child import START_SECONDS, Child, Gone
from nnkit.sandbox import orders, wire

_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from nnkit.sandbox.zygote import main; main(int(sys.argv[1]))"
)


class SandboxError(RuntimeError):
    """The sandbox itself failed; no submission is to blame."""


class Zygote:
    """A warm interpreter in a process of its own that forks confined children.

    Attributes:
        missing: properties of the sandbox that did not hold when it was tried, and
            what got through. Empty where all of them hold.
    """

    def __init__(
        self,
        policy: Mapping[str, Any] | None = None,
        warm_up: Sequence[str] = (),
        figures: bool = False,
    ) -> None:
        self._setup = {
            "policy": dict(policy or {}),
            "warm_up": list(warm_up),
            "figures": figures,
        }
        self.missing: dict[str, str] = {}
        self.trouble: list[str] = []
        self._forked = 0
        self._next: Child | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the interpreter and wait until it is ready to fork.

        Raises:
            SandboxError: it does not come up; the message carries its last words.
        """
        self.spawn()
        self.wait()

    def spawn(self) -> None:
        """Start the interpreter; from now on it can be stopped.

        Raises:
            SandboxError: this machine has no process, or no open file, to give.
        """
        self._control, theirs = _connected()
        self._replies = Reader(self._control)
        path = json.dumps([entry for entry in sys.path if entry])
        command = [sys.executable, "-c", _PROGRAM, str(theirs.fileno()), path]
        try:
            with theirs:
                self._process = subprocess.Popen(
                    command,
                    pass_fds=[theirs.fileno()],
                    env=environment(),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
        except OSError as error:
            self._control.close()
            raise no_room(error) from error

    def wait(self) -> None:
        """Wait until the interpreter is ready to fork.

        Raises:
            SandboxError: it does not come up; the message carries its last words.
        """
        self._control.settimeout(START_SECONDS)
        try:
            self._control.sendall(wire.encode(self._setup))
        except OSError as error:
            raise self._broken("does not listen") from error
        ready = self._reply()
        self.missing, self.trouble = ready["missing"], ready["trouble"]

    @property
    def pid(self) -> int:
        """The process to look for: the zygote's warden."""
        return self._process.pid

    def fork(self) -> Child:
        """Return a child; the next one gets ready while this one works.

        Raises:
            SandboxError: the zygote is gone, or the child could not confine itself.
        """
        failure: Gone | Late | None = None
        for _ in range(2):  # somebody may have killed the one that waited
            child, self._next = self._next or self._begin(), self._begin()
            try:
                child.await_ready()
            except (Gone, Late) as error:
                failure = error
                child.hang_up()
            else:
                return child
        raise SandboxError(
            f"a child could not confine itself ({failure or 'it took too long'})"
        ) from failure

    def _begin(self) -> Child:
        """Have a child forked, and do not wait for it."""
        self._forked += 1
        ours, theirs = _connected()
        want_sender(ours)
        try:
            with theirs:
                self._order(orders.FORK, self._forked, along=theirs)
        except SandboxError:
            ours.close()
            raise
        return Child(self, self._forked, ours)

    def signal(self, child: int, number: int) -> None:
        """Send a signal to a child."""
        self._order(orders.SIGNAL, child, signal=int(number))
        self._reply()

    def end(self, child: int, patience: float = 0.0) -> dict[str, Any]:
        """Kill a child that does not end in time, and return how it ended."""
        self._order(orders.END, child, seconds=patience)
        ended: dict[str, Any] = self._reply()
        return ended

    def drop(self, child: int) -> None:
        """Kill a child, and do not wait until it is gone."""
        self._order(orders.DROP, child)

    def stop(self) -> None:
        """Let the zygote and its children die, whoever is waiting for them.

        Any thread may call this; `close` is for the one that is left.
        """
        with contextlib.suppress(OSError):  # it is gone already
            self._control.shutdown(socket.SHUT_RDWR)
        self._process.terminate()

    def close(self) -> None:
        """End the zygote and all of its children."""
        self._control.close()
        if self._next:
            self._next.hang_up()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._end()
        if self._process.stderr:
            self._process.stderr.close()

    def _end(self) -> None:
        """End the process, gently at first: it tidies up after itself if it may."""
        self._process.terminate()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _order(self, what: int, child: int, **more: Any) -> None:
        self._control.settimeout(START_SECONDS)
        try:
            orders.give(self._control, what, child, **more)
        except OSError as error:
            raise self._broken("does not listen") from error

    def _reply(self) -> Any:
        try:
            allowance = Allowance(START_SECONDS)
            return wire.decode(lambda count: self._replies.read(count, allowance))
        except (EOFError, OSError, wire.WireError, Late) as error:
            raise self._broken(f"does not answer ({error!r})") from error

    def _broken(self, what: str) -> SandboxError:
        ended = self._process.poll()
        self._end()
        said = self._process.stderr
        words = said.read() if said and not said.closed else b""
        if said:
            said.close()
        lines = words.decode(errors="replace").strip().splitlines() or ["none"]
        how = "" if ended is None else f", and has ended with {ended}"
        return SandboxError(
            f"the sandbox's zygote {what}{how}. Its last words: {lines[-1][:500]}"
        )


def _connected() -> tuple[socket.socket, socket.socket]:
    try:
        return socket.socketpair()
    except OSError as error:
        raise no_room(error) from error


def no_room(error: OSError | RuntimeError) -> SandboxError:
    """Return what to raise where a process, a thread or an open file is refused."""
    why = getattr(error, "strerror", None) or error
    return SandboxError(
        f"this machine has no room for one more sandbox: {why}. "
        "Try fewer --workers, or a higher ulimit"
    )


def environment() -> dict[str, str]:
    """Return the zygote's environment: nothing of the instructor's own."""
    kept = ("LANG", "LC_ALL", "TZ")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "MPLBACKEND": "agg",
        # One thread each: the workers share the processors, and a fork copies one.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # glibc sets aside 64 MB of address space for each thread of a submission, until
        # there are eight for each processor: the limit of memory would come with them.
        "MALLOC_ARENA_MAX": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
