"""The grader's end of the sandbox: start a zygote, fork children, talk to one child.

    Zygote.start() ── fork() ──> Child ── ask(request, seconds) ──> reply
                                   └── Gone: it died, hung or broke the protocol

A child is a stranger. `ask` waits no longer than an `Allowance` lets it, reads no more
than the wire allows, and takes nothing for a reply that does not carry its request's
token.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from nnkit.grading.allowance import (
    Allowance,
    Late,
    Waiting,
    reader,
    sender_of,
    want_sender,
)
from nnkit.sandbox import wire
from nnkit.sandbox.watch import MAX_NOTICES, is_notice

START_SECONDS = 120.0
GRACE_SECONDS = 1.0
"""How long an interrupted cell or call may take to listen before it is killed."""

_ITS_OWN = {"type": "KeyboardInterrupt", "message": "", "line": 0, "source": ""}
INTERRUPTED_ITSELF = {"error": _ITS_OWN, "reply": {"raised": _ITS_OWN}}

_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from nnkit.sandbox.zygote import main; main(int(sys.argv[1]))"
)


class SandboxError(RuntimeError):
    """The sandbox itself failed; no submission is to blame."""


class Gone(Exception):
    """A child that no longer answers.

    Attributes:
        detail: what happened, as a person reads it.
        timed_out: it was killed because it did not come back in time.
        killed: it was ended by a signal that others send, too, such as the machine
            that runs out of memory.
    """

    def __init__(
        self, detail: str, timed_out: bool = False, killed: bool = False
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.timed_out = timed_out
        self.killed = killed


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
        """Start the interpreter; from now on it can be stopped."""
        self._control, theirs = socket.socketpair()
        path = json.dumps([entry for entry in sys.path if entry])
        command = [sys.executable, "-c", _PROGRAM, str(theirs.fileno()), path]
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
        theirs.close()

    def wait(self) -> None:
        """Wait until the interpreter is ready to fork.

        Raises:
            SandboxError: it does not come up; the message carries its last words.
        """
        ready = self._tell(self._setup, START_SECONDS)
        self.missing, self.trouble = ready["missing"], ready["trouble"]

    @property
    def pid(self) -> int:
        """The process to look for: the zygote's warden."""
        return self._process.pid

    def fork(self) -> Child:
        """Fork a child.

        Raises:
            SandboxError: the zygote is gone, or the child could not confine itself.
        """
        ours, theirs = socket.socketpair()
        want_sender(ours)
        self._control.settimeout(START_SECONDS)
        with theirs:
            try:
                self._control.sendall(wire.encode({"do": "fork"}))
                socket.send_fds(self._control, [b"f"], [theirs.fileno()])
            except OSError as error:
                raise self._broken("does not listen") from error
        child = Child(self, self._reply(START_SECONDS)["pid"], ours)
        try:
            child.await_ready()
        except (Gone, Late) as error:
            raise SandboxError(
                f"a child could not confine itself ({error or 'it took too long'})"
            ) from error
        return child

    def signal(self, pid: int, number: int) -> None:
        """Send a signal to a child."""
        self._tell({"do": "signal", "pid": pid, "signal": int(number)}, START_SECONDS)

    def end(self, pid: int, patience: float = 0.0) -> dict[str, Any]:
        """Kill a child that does not end in time, and return how it ended."""
        request = {"do": "end", "pid": pid, "patience": patience}
        ended: dict[str, Any] = self._tell(request, START_SECONDS)
        return ended

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

    def _tell(self, request: Mapping[str, Any], seconds: float) -> Any:
        self._control.settimeout(seconds)
        try:
            self._control.sendall(wire.encode(dict(request)))
        except OSError as error:
            raise self._broken("does not listen") from error
        return self._reply(seconds)

    def _reply(self, seconds: float) -> Any:
        try:
            return wire.decode(reader(self._control, Allowance(seconds)))
        except (EOFError, OSError, wire.WireError, Late) as error:
            raise self._broken(f"does not answer ({error!r})") from error

    def _broken(self, what: str) -> SandboxError:
        ended = self._process.poll()
        self._end()
        _, words = self._process.communicate()
        lines = words.decode(errors="replace").strip().splitlines() or ["none"]
        how = "" if ended is None else f", and has ended with {ended}"
        return SandboxError(
            f"the sandbox's zygote {what}{how}. Its last words: {lines[-1][:500]}"
        )


class Child:
    """One forked process that runs one submission.

    Attributes:
        pid: its process id, as its zygote knows it.
        received: bytes that have come from it so far.
        notices: what it told unasked since somebody last looked, see `sandbox.watch`.
        took: seconds of the last request, but for those with no processor.
    """

    def __init__(self, zygote: Zygote, pid: int, connection: socket.socket) -> None:
        self._zygote = zygote
        self._connection = connection
        self.pid = pid
        self.received = 0
        self.notices: set[str] = set()
        self.took = 0.0
        self._waited = Waiting(sender_of(connection, START_SECONDS))

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request and return its reply.

        Work that takes too long is interrupted, and killed if it does not listen.

        Args:
            request: what to do, see `nnkit.sandbox.runner`.
            seconds: how long it may take, see `Allowance`.

        Raises:
            Gone: the child died, did not listen, or broke the protocol.
        """
        token = secrets.token_hex(8)
        frame = wire.encode({"token": token, **request})
        allowance = Allowance(seconds, self._waited)
        try:
            return self._exchange(token, frame, allowance)
        finally:
            self.took = allowance.used()

    def _exchange(
        self, token: str, frame: bytes, allowance: Allowance
    ) -> dict[str, Any]:
        try:
            self._connection.settimeout(allowance.seconds)
            self._connection.sendall(frame)
            reply = self._expect(token, allowance)
            # Nobody was told that it is late: this interrupt was its own.
            return dict(INTERRUPTED_ITSELF) if "interrupted" in reply else reply
        except (Late, TimeoutError):  # the latter where nobody reads what is sent
            self._zygote.signal(self.pid, signal.SIGINT)
        except OSError as error:
            raise self.gone() from error
        try:
            reply = self._expect(token, Allowance(GRACE_SECONDS, self._waited))
            return {"interrupted": True} if _has_raised(reply) else reply
        except Late as late:
            self.close()
            raise Gone("it did not stop when interrupted", timed_out=True) from late
        except Gone as gone:
            said = f"when interrupted after {allowance.seconds:g} s, {gone.detail}"
            raise Gone(said, timed_out=True) from gone

    def await_ready(self) -> None:
        """Wait until it is confined.

        Raises:
            Gone: it died.
            Late: it has not said so in time.
        """
        self._expect("ready", Allowance(START_SECONDS, self._waited))

    def _expect(self, token: str, allowance: Allowance) -> dict[str, Any]:
        read = reader(self._connection, allowance)

        def counted(count: int) -> bytes:
            self.received += count
            return read(count)

        try:
            while is_notice(notice := notice_in(reply := wire.decode(counted))):
                if len(self.notices) < MAX_NOTICES:
                    self.notices.add(notice)
        except wire.WireError as error:
            self.close()
            raise Gone(f"something else than a reply came back: {error}") from error
        except (EOFError, OSError) as error:
            raise self.gone() from error
        said = reply.get("token") if type(reply) is dict else None
        # Of another type, a comparison may give anything.
        if type(said) is not str or said != token:
            self.close()
            raise Gone("a reply came back to a question that was not asked")
        taken: dict[str, Any] = reply
        return taken

    def gone(self) -> Gone:
        """Return how the child ended, ready to be raised."""
        ended = self.close(GRACE_SECONDS)
        if ended["signal"] == "SIGKILL" and not ended["by_itself"]:
            return Gone("the process closed its connection and did not end")
        if name := ended["signal"]:
            why = ": its processor time was used up" if name == "SIGXCPU" else ""
            killed = name in ("SIGKILL", "SIGTERM")
            return Gone(f"the process was ended by {name}{why}", killed=killed)
        said = f"the process ended itself with exit code {ended['code']}"
        broken = ended["code"] == wire.BROKEN
        return Gone(f"{said}: what answers in it was broken" if broken else said)

    def close(self, patience: float = 0.0) -> dict[str, Any]:
        """End the process, if it still runs after a while; return how it ended."""
        self._connection.close()
        self._waited.close()
        return self._zygote.end(self.pid, patience)


def _has_raised(reply: Mapping[str, Any]) -> bool:
    """Say whether a call raised: after an interrupt, whatever became of that.

    Code that catches the interrupt would take all of its time again, case by case.
    """
    found = reply.get("reply")
    return type(found) is dict and "raised" in found


def notice_in(frame: Any) -> Any:
    """Return what a frame says unasked; None if it is something else."""
    if type(frame) is dict and set(frame) == {"notice"}:
        return frame["notice"]
    return None


def environment() -> dict[str, str]:
    """Return the zygote's environment: nothing of the instructor's own."""
    kept = ("LANG", "LC_ALL", "TZ")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "MPLBACKEND": "agg",
        # One thread each: the workers share the processors, and a fork copies one.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
