"""A command that is asked to stop: by Ctrl-C, by `kill`, or by a closed terminal."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click


class Stopped(KeyboardInterrupt):
    """Somebody asks for the end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number

    def told(self, advice: str) -> click.ClickException:
        """What to say of it, with the exit code that a shell expects."""
        return _Told(f"stopped by {self}. {advice}", self.number)


class _Told(click.ClickException):
    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + number  # type: ignore[misc]  # click has it per class


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` here at the first signal; let a second one end the process."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears of signals
        return

    def stop(number: int, _: FrameType | None) -> None:
        for known in before:
            signal.signal(known, signal.SIG_DFL)
        raise Stopped(number)

    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP"):
        numbers.append(signal.SIGHUP)
    before = {
        number: signal.getsignal(number)
        for number in numbers
        if signal.getsignal(number) != signal.SIG_IGN  # as nohup wants it
    }
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
