"""The grader's end of one child: ask it, wait no longer than allowed, believe nothing.

    ask(request, seconds) ──> reply
                         └──> Gone: it died, hung or broke the protocol

A child is a stranger. `ask` waits no longer than an `Allowance` lets it, reads no more
than the wire allows, and takes nothing for a reply that does not carry its request's
token.
"""

from __future__ import annotations

import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from nnkit.grading.allowance import (
    Allowance,
    Lasting,
    Late,
    Reader,
    Waiting,
    sender_of,
)
from nnkit.grading.request import TOKEN, Request
from nnkit.sandbox import wire
from nnkit.sandbox.watch import MAX_NOTICES, is_notice

START_SECONDS = 120.0
"""How long a process may take until it is ready."""

GRACE_SECONDS = 1.0
"""How long an interrupted cell or call may take to listen before it is killed."""

_ITS_OWN = {"type": "KeyboardInterrupt", "message": "", "line": 0, "source": ""}
INTERRUPTED_ITSELF = {"error": _ITS_OWN, "reply": {"raised": _ITS_OWN}}


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


class Parent(Protocol):
    """What forked a child, and alone can signal and reap it."""

    def signal(self, child: int, number: int) -> None:
        """Send a signal to a child."""
        ...

    def end(self, child: int, patience: float) -> dict[str, Any]:
        """Kill a child that does not end in time, and return how it ended."""
        ...

    def drop(self, child: int) -> None:
        """Kill a child, and do not wait until it is gone."""
        ...


class _Patience:
    """What a request may take; then who answers is interrupted, and gets some more.

    A reply that is on its way at that moment is read on.
    """

    def __init__(self, allowance: Lasting, interrupt: Callable[[], Lasting]) -> None:
        self._allowance = allowance
        self._interrupt = interrupt
        self.interrupted = False

    def left(self) -> float:
        """Return how long to wait before asking this again."""
        if (left := self._allowance.left()) <= 0 and not self.interrupted:
            self.interrupt()
            return self._allowance.left()
        return left

    def interrupt(self) -> None:
        """Do not wait for what was allowed at first."""
        self.interrupted = True
        self._allowance = self._interrupt()


class Child:
    """One forked process that runs one submission.

    Attributes:
        number: what its zygote knows it by.
        received: bytes that have come from it so far.
        notices: what it told unasked since somebody last looked, see `sandbox.watch`.
        took: seconds of the last request, but for those with no processor.
    """

    def __init__(self, zygote: Parent, number: int, connection: socket.socket) -> None:
        self._zygote = zygote
        self._connection = connection
        self._replies = Reader(connection)
        self.number = number
        self.received = 0
        self.notices: set[str] = set()
        self.took = 0.0
        self._waited: Waiting | None = None

    def ask(
        self, request: Mapping[str, Any] | Request, seconds: float
    ) -> dict[str, Any]:
        """Send a request and return its reply.

        Work that takes too long is interrupted, and killed if it does not listen.

        Args:
            request: what to do, see `nnkit.sandbox.runner`.
            seconds: how long it may take, see `Allowance`.

        Raises:
            Gone: the child died, did not listen, or broke the protocol.
        """
        token = secrets.token_hex(TOKEN // 2)
        packed = request if isinstance(request, Request) else Request(request)
        frame = packed.with_token(token)
        allowance = self._allowance(seconds)
        try:
            return self._exchange(token, frame, allowance)
        finally:
            self.took = allowance.used()

    def _exchange(
        self, token: str, frame: bytes, allowance: Allowance
    ) -> dict[str, Any]:
        patience = _Patience(allowance, self._interrupt)
        try:
            try:
                self._connection.settimeout(allowance.seconds)
                self._connection.sendall(frame)
            except TimeoutError:  # nobody reads what is sent
                patience.interrupt()
            reply = self._expect(token, patience)
        except OSError as error:
            raise self.gone() from error
        except Late as late:
            self.close()
            raise Gone("it did not stop when interrupted", timed_out=True) from late
        except Gone as gone:
            if not patience.interrupted:
                raise
            said = f"when interrupted after {allowance.seconds:g} s, {gone.detail}"
            raise Gone(said, timed_out=True) from gone
        if patience.interrupted:
            return {"interrupted": True} if _has_raised(reply) else reply
        # Nobody was told that it is late: this interrupt was its own.
        return dict(INTERRUPTED_ITSELF) if "interrupted" in reply else reply

    def _interrupt(self) -> Allowance:
        self._zygote.signal(self.number, signal.SIGINT)
        return self._allowance(GRACE_SECONDS)

    def _allowance(self, seconds: float) -> Allowance:
        return Allowance(seconds, self._waited) if self._waited else Allowance(seconds)

    def await_ready(self) -> None:
        """Wait until it is confined; from now on this thread is who waits for it.

        Raises:
            Gone: it died.
            Late: it has not said so in time.
        """
        self._waited = Waiting(sender_of(self._connection, START_SECONDS))
        self._expect("ready", Allowance(START_SECONDS))

    def _expect(self, token: str, allowance: Lasting) -> dict[str, Any]:
        def counted(count: int) -> bytes:
            self.received += count
            return self._replies.read(count, allowance)

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
        self.hang_up()
        return self._zygote.end(self.number, patience)

    def drop(self) -> None:
        """Kill the process, which has nothing more to tell."""
        self.hang_up()
        self._zygote.drop(self.number)

    def hang_up(self) -> None:
        """Let it end by itself, as it does where nobody asks any more."""
        self._connection.close()
        if self._waited:
            self._waited.close()


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
