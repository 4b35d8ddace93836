"""How long to wait for a child: by its processor while it computes, else by the clock.

On a busy machine a call gets a part of a processor, and takes longer than by itself. A
verdict must not depend on that. So the wall's clock alone ends a wait for what does not
compute, such as a sleep or a lock; for what does, it is the time that it got.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

FIRST_LOOK = 0.5
"""Seconds after which a child's processor time is looked at: most replies are there."""

IDLE = 0.2
"""Whoever takes less of a processor is waiting for something else."""


class Late(Exception):
    """The time that was allowed is over."""


class Allowance:
    """The time that one reply may take; it starts when this is made.

    Attributes:
        seconds: what is allowed. What computes at a part of a processor's speed gets up
            to 1 / IDLE times as long.
    """

    def __init__(
        self,
        seconds: float,
        spent: Callable[[], float | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to count.

        Args:
            seconds: what is allowed.
            spent: asks for the processor time that the child has used so far, in
                seconds; None where nobody knows.
            clock: gives the time, in seconds.
        """
        self.seconds = seconds
        self._spent = spent
        self._clock = clock
        self._start = clock()
        self._looked: tuple[float, float] | None = None  # when first, and spent by then
        self._next = min(FIRST_LOOK, seconds / 4)

    def left(self) -> float:
        """Return how long to wait before asking this again; 0 when the time is over."""
        passed = self._clock() - self._start
        if passed < self._next:
            return self._next - passed
        if passed >= self.seconds / IDLE:
            return 0.0
        spent = self._spent()
        if spent is None:
            self._next = self.seconds
        elif self._looked is None:
            self._looked = passed, spent
            self._next = self.seconds
        else:
            since, before = self._looked
            if spent - before < IDLE * (passed - since):
                return 0.0
            owed = (self.seconds - since) - (spent - before)
            # At full speed it takes that long; the clocks do not tick alike.
            self._next = passed + owed if owed > 0.01 * self.seconds else passed
        return max(0.0, self._next - passed)

    def lost(self) -> float:
        """Return for how long a child that computes has not been given a processor."""
        if self._looked is None or (spent := self._spent()) is None:
            return 0.0
        since, before = self._looked
        window = self._clock() - self._start - since
        got = spent - before
        return max(0.0, window - got) if got >= IDLE * window else 0.0


def reader(connection: socket.socket, allowance: Allowance) -> Callable[[int], bytes]:
    """Return a function that reads exactly n bytes while the time lasts.

    The function raises EOFError at the end of the stream and Late when time is up.
    """

    def read(count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            left = allowance.left()
            if left <= 0:
                raise Late
            connection.settimeout(left)
            try:
                piece = connection.recv(min(count - len(data), 1 << 20))
            except TimeoutError:
                continue  # the allowance says whether to go on
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    return read
