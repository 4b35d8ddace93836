"""Stops what does not come to an end, so that others are graded.

An instructor's own exercise may loop on an answer that nobody thought of, or wait for a
thread that a fork has left behind.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 1.0
"""Seconds until it is stopped once more, if it goes on."""


class NoEnd(KeyboardInterrupt):
    """The time was up.

    No `Exception`: whoever runs a slip takes each of those for what the slip does, and
    passes on an interrupt.
    """


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop what is done in here when its time is up.

    Only a process's main thread can be stopped so. In another one, and on a system
    without alarms, it takes as long as it takes.

    Raises:
        NoEnd: the time was up.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise NoEnd(f"not done after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
