"""How long to wait for a child. What it waits for a processor does not count.

    passed  =  computing or asleep  +  runnable, with no processor (schedstat)
               └── counts                └── does not, up to MOST times the limit,
                                             unless threads of its own had them

On a busy machine a call takes longer than by itself, and a verdict must not depend on
that. Where the kernel does not tell, or at a sleep, the clock alone decides.
"""

from __future__ import annotations

import math
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from nnkit.sandbox.agreed import ALONG

MOST = 5.0
"""So many times its limit a wait may last, however busy the machine is."""

SHORTEST = 0.01
"""Seconds that are not worth waiting for any more, nor looking anew."""

_ALL_THREADS = 2
_PASS_CREDENTIALS = getattr(socket, "SO_PASSCRED", None)
_CREDENTIALS = struct.Struct("3i")  # process, user, group: as unix(7) has it


class Late(Exception):
    """The time that was allowed is over."""


class Lasting(Protocol):
    """What says how long to wait still."""

    def left(self) -> float:
        """Return the seconds before asking this again; 0 when the time is over."""
        ...


class Allowance:
    """The time that one thing may take; it starts when this is made."""

    def __init__(
        self,
        seconds: float,
        waited: Callable[[], float] = lambda: 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to count.

        Args:
            seconds: what is allowed.
            waited: tells for how many seconds there was no processor, since some moment
                in the past.
            clock: gives the time, in seconds.
        """
        self.seconds = seconds
        self._waited = waited
        self._clock = clock
        self._before = waited()
        self._start = clock()

    def left(self) -> float:
        """Return how long to wait before asking this again; 0 when the time is over."""
        passed = self._clock() - self._start
        if passed < self.seconds:
            return self.seconds - passed
        left = min(self.seconds + self._lost(), MOST * self.seconds) - passed
        return left if left > SHORTEST else 0.0

    def used(self) -> float:
        """Return the seconds that have passed, but for those that do not count.

        What is left of a sum of limits must end as well: of MOST seconds one counts.
        """
        passed = self._clock() - self._start
        return max(passed / MOST, passed - self._lost())

    def _lost(self) -> float:
        return max(0.0, self._waited() - self._before)


class Waiting:
    """For how long others kept the processors from a process: from its main thread.

    What its other threads computed meanwhile is taken off: whoever starts fifty of them
    has the first wait for the rest. And the thread that made this counts: while it
    waits, no child gets anything to do.
    """

    def __init__(self, pid: int) -> None:
        """Begin to look; 0 is told of a process that is none, or not to be seen."""
        mine = f"/proc/self/task/{threading.get_native_id()}/schedstat"
        places = {mine: 0, f"/proc/{pid}/schedstat": pid} if pid > 0 else {mine: 0}
        self._open: dict[int, int] = {}
        self._told: dict[int, float] = {}
        self._sum = 0.0
        self._looked = -math.inf
        for place, process in places.items():
            with suppress(OSError):
                found = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
                self._open[found] = process

    def __call__(self) -> float:
        """Return it in seconds; of a process that has ended, what was told last.

        Only a difference of two such times means something. As it was SHORTEST seconds
        ago is good enough: there are calls that take less than looking.
        """
        if (now := time.monotonic()) - self._looked > SHORTEST:
            self._looked = now
            self._look()
        return self._sum

    def _look(self) -> None:
        for descriptor, process in self._open.items():
            with suppress(OSError, ValueError, IndexError):
                # Nanoseconds computed, nanoseconds waited, times scheduled.
                fields = os.pread(descriptor, 100, 0).split()
                computed, waited = int(fields[0]) / 1e9, int(fields[1]) / 1e9
                if process:
                    waited -= _computed_by(process) - computed
                self._told[descriptor] = waited
        self._sum = sum(self._told.values())

    def close(self) -> None:
        """Look once more, and then keep what was told."""
        self._look()
        while self._open:
            os.close(self._open.popitem()[0])


def _computed_by(process: int) -> float:
    """Return the processor time of all threads of a process, ended ones included.

    Raises:
        OSError: there is no such process.
    """
    # As clock_getcpuclockid(3) makes it, which Python does not wrap.
    return time.clock_gettime((~process << 3) | _ALL_THREADS)


def want_sender(connection: socket.socket) -> None:
    """Have the kernel say who sends: before anything is sent, see `sender_of`."""
    if _PASS_CREDENTIALS is not None:
        connection.setsockopt(socket.SOL_SOCKET, _PASS_CREDENTIALS, 1)


def sender_of(connection: socket.socket, seconds: float) -> int:
    """Return the process id of who sends what comes next, as this process sees it.

    A child's own number, and its zygote's for it, are of another namespace. 0 where the
    kernel does not say, or nothing comes.
    """
    if _PASS_CREDENTIALS is None:
        return 0
    connection.settimeout(seconds)
    room = socket.CMSG_SPACE(_CREDENTIALS.size)
    with suppress(OSError, struct.error):
        _, found, _, _ = connection.recvmsg(1, room, socket.MSG_PEEK)
        for _, kind, data in found:
            if kind == socket.SCM_CREDENTIALS:
                pid: int = _CREDENTIALS.unpack(data)[0]
                return pid
    return 0


class Reader:
    """Reads exactly n bytes of a connection, while the time lasts.

    What comes with them is kept for the next time: most frames are there as a whole.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._kept = bytearray()

    def read(self, count: int, allowance: Lasting) -> bytes:
        """Return the next bytes.

        Raises:
            EOFError: the stream ends before.
            Late: the time is up.
        """
        kept = self._kept
        while len(kept) < count:
            left = allowance.left()
            if left <= 0:
                raise Late
            self._connection.settimeout(left)
            room = min(max(count - len(kept), ALONG), 1 << 20)
            try:
                piece = self._connection.recv(room)
            except TimeoutError:
                continue  # the allowance says whether to go on
            if not piece:
                raise EOFError
            kept += piece
        with memoryview(kept) as view:
            data = view[:count].tobytes()
        del kept[:count]
        return data
