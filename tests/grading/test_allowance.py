"""Waiting for a reply: a busy machine costs no points, and a sleeper gets no more."""

import os
import signal
import socket
import threading
from contextlib import contextmanager

import pytest
from session_builders import DOUBLE, answers_of, check, code, values

from nnkit.grading.allowance import FIRST_LOOK, IDLE, Allowance, Late, reader
from nnkit.grading.sandboxes import Zygote
from nnkit.grading.session import Limits

SECONDS = 2.0


class World:
    """Clocks that go when told: the wall's, and a child's that gets a share of it."""

    def __init__(self, *shares):
        self.shares = [*shares]  # each for a second; the last from then on
        self.wall = self.spent = 0.0

    def advance(self, seconds):
        while seconds > 1e-12:
            share = self.shares[min(int(self.wall + 1e-9), len(self.shares) - 1)]
            step = min(seconds, int(self.wall + 1e-9) + 1 - self.wall)
            self.wall += step
            self.spent += step * share
            seconds -= step

    def waited(self, seconds=SECONDS, known=True):
        """Wait as long as one may; return how long that was, and the allowance."""
        spent = (lambda: self.spent) if known else (lambda: None)
        allowance = Allowance(seconds, spent, lambda: self.wall)
        for _ in range(1000):
            if not (left := allowance.left()):
                return self.wall, allowance
            self.advance(left)
        raise AssertionError("this never ends")


@pytest.mark.parametrize("seconds", [0.1, 1.0, 2.0, 10.0])
def test_by_itself_a_child_gets_what_is_allowed(seconds):
    assert World(1.0).waited(seconds)[0] == pytest.approx(seconds, rel=0.02)


def test_beside_another_it_gets_twice_as_long():
    look = FIRST_LOOK  # until then nobody asks who had the processor
    expected = look + (SECONDS - look) / 0.5
    assert World(0.5).waited()[0] == pytest.approx(expected, rel=0.02)


def test_what_sleeps_waits_by_the_clock():
    assert World(0.0).waited()[0] == pytest.approx(SECONDS)
    assert World(IDLE - 0.01).waited()[0] == pytest.approx(SECONDS)


def test_what_computes_and_then_sleeps_is_found_out():
    assert World(1.0, 0.0).waited()[0] < 3 * SECONDS


def test_nothing_is_waited_for_without_end():
    assert World(IDLE + 0.01).waited()[0] <= SECONDS / IDLE + 0.01


def test_several_threads_get_no_less_than_the_clock_gives():
    assert World(8.0).waited()[0] == pytest.approx(SECONDS)


def test_where_nobody_knows_the_processor_time_the_clock_decides():
    assert World(0.5).waited(known=False)[0] == pytest.approx(SECONDS)


def test_what_is_lost_is_what_was_waited_for_a_processor():
    wall, allowance = World(0.5).waited()
    assert allowance.lost() == pytest.approx((wall - FIRST_LOOK) / 2, rel=0.02)
    assert World(1.0).waited()[1].lost() == pytest.approx(0.0, abs=0.01)
    assert World(0.0).waited()[1].lost() == 0.0


def test_a_reply_that_comes_in_pieces_survives_the_looks():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        allowance = Allowance(0.4, lambda: 0.0)  # looks after 0.1 s
        read = reader(ours, allowance)
        theirs.sendall(b"half")
        threading.Timer(0.2, theirs.sendall, [b" and half"]).start()
        assert read(13) == b"half and half"
        with pytest.raises(Late):
            read(1)


@contextmanager
def crowd(size):
    """Keep this process, and whatever it starts, on a processor with so many others."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    busy = []
    try:
        for _ in range(size):
            if not (pid := os.fork()):
                signal.alarm(60)
                while True:
                    pass
            busy.append(pid)
        yield
    finally:
        for pid in busy:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.sched_setaffinity(0, before)


LIMITS = Limits(cell=5.0, call=1.0, notebook=20.0, restarts=1)
LONG = """
import time
def double(x):
    start = time.thread_time()
    while time.thread_time() - start < 0.7:
        pass
    return 2 * x
"""


def test_an_answer_is_in_time_on_a_busy_machine_if_it_is_on_an_idle_one():
    with crowd(2), Zygote() as zygote:
        answers = answers_of(zygote, code(LONG), check("double"), limits=LIMITS)
    assert values(answers, "double") == [[2.0, 4.0], [6.0]]
    assert not answers.trouble


def test_there_as_here_a_loop_without_end_is_interrupted():
    endless = "def double(x):\n    while True: pass"
    with crowd(1), Zygote() as zygote:
        answers = answers_of(
            zygote, code(DOUBLE), code(endless), check("double"), limits=LIMITS
        )
    assert [r["ended"] for r in answers.replies["double"]] == ["timed out"] * 2
