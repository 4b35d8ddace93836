"""How long `check` waits: until a call is back, is interrupted, or is late.

What is late is interrupted as by the kernel's ■ button, and again if the answer
swallows that. Where that would be long, a word comes before.
"""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from typing import TypeVar

from nnkit.exercises.spec import CALL_SECONDS, Exercise
from nnkit.raised import where_in_student_code

PATIENCE = 5.0
"""Times what the grader allows: a notebook may run on a slower machine."""

SILENCE = 10.0
"""Seconds after which whoever waits is told how long it may take."""

AGAIN = 1.0
"""Seconds between the interrupts of an answer that swallows them."""

T = TypeVar("T")


def allowed(exercise: Exercise) -> float:
    """Return how many seconds the grader gives a call."""
    return max(CALL_SECONDS, exercise.seconds)


def within(seconds: float, call: Callable[[], T], say: Callable[[], object]) -> T:
    """Call a function; interrupt it when the time is up.

    Only a process's main thread can be interrupted. In another one the call takes as
    long as it takes.

    Args:
        seconds: how long it may take.
        call: the function.
        say: is called once, by another thread, where much of that time is still left
            when whoever waits has waited for a while.

    Raises:
        KeyboardInterrupt: the time was up, or someone interrupted the call by hand.
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    done = threading.Event()

    def watch() -> None:
        pause = seconds
        if seconds > SILENCE:
            if done.wait(SILENCE):
                return
            say()
            pause -= SILENCE
        while not done.wait(pause):
            _thread.interrupt_main()
            pause = AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return call()
    finally:
        done.set()
        watcher.join()


def about_waiting(exercise: Exercise) -> str:
    """Say that a call takes long, how long it may, and how not to wait for that."""
    return (
        f"{exercise.id} has been running for {SILENCE:g} s. When it is graded, a call "
        f"may take {allowed(exercise):g} s; check waits "
        f"{PATIENCE * allowed(exercise):g} s, for slower computers. To interrupt the "
        "kernel (■) ends the wait at once, and check says at which line it was."
    )


def about_slowness(seconds: float, exercise: Exercise) -> str:
    """Say that a call that came back would not when it is graded; "" if it would."""
    if seconds <= allowed(exercise):
        return ""
    return (
        f"A call took {seconds:.1f} s. When it is graded, it may take "
        f"{allowed(exercise):g} s: a computer like this one would stop it. "
        "Where does the time go, and can that be done in fewer steps?"
    )


def about_interrupt(error: KeyboardInterrupt, exercise: Exercise) -> str:
    """Say where an answer was when it was interrupted, and how long it may take."""
    line, source = where_in_student_code(error.__traceback__)
    where = f"It was at line {line}: `{source}`. " if line else ""
    return (
        f"The call was interrupted. {where}Is there a loop whose end is never reached, "
        f"or one that could be shorter? When it is graded, a call may take "
        f"{allowed(exercise):g} s."
    )
