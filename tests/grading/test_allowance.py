"""Waiting for a reply: a busy machine costs no points, and a sleeper gets no more."""

import hashlib
import os
import signal
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from session_builders import DOUBLE, answers_of, check, code, values

from nnkit.grading.allowance import MOST, SHORTEST, Allowance, Late, Reader, Waiting
from nnkit.grading.answers import Limits
from nnkit.grading.child import Child
from nnkit.grading.pool import processors
from nnkit.grading.sandboxes import Zygote
from nnkit.sandbox import wire

SECONDS = 2.0
told = pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(),
    reason="this kernel does not tell how long a process waits for a processor",
)


class World:
    """A clock that goes when told, and a child that has no processor for a share of it.

    Each share is for a second, the last from then on.
    """

    def __init__(self, *shares):
        self.shares = shares
        self.now = self.waited = 0.0

    def advance(self, seconds):
        while seconds > 1e-12:
            second = int(self.now + 1e-9)
            step = min(seconds, second + 1 - self.now)
            self.waited += step * self.shares[min(second, len(self.shares) - 1)]
            self.now += step
            seconds -= step

    def allowance(self, seconds=SECONDS):
        return Allowance(seconds, lambda: self.waited, lambda: self.now)

    def wait_for(self, allowance):
        """Wait as long as one may; return when that is."""
        for _ in range(1000):
            if not (left := allowance.left()):
                return self.now
            self.advance(left)
        raise AssertionError("this never ends")


@pytest.mark.parametrize("seconds", [0.1, 1.0, 2.0, 10.0])
def test_who_has_a_processor_or_sleeps_gets_what_is_allowed(seconds):
    world = World(0.0)
    assert world.wait_for(world.allowance(seconds)) == pytest.approx(seconds)


@pytest.mark.parametrize("share", [0.5, 0.25, 0.21])
def test_who_gets_a_share_of_one_gets_as_much_longer(share):
    world = World(1 - share)
    ended = world.wait_for(world.allowance())
    assert ended == pytest.approx(SECONDS / share, abs=2 * SHORTEST / share)


def test_what_others_took_away_for_a_while_is_given_back():
    world = World(0.0, 0.9, 0.0)
    assert world.wait_for(world.allowance()) == pytest.approx(SECONDS + 0.9, abs=0.02)


def test_what_was_waited_before_does_not_count():
    world = World(0.9, 0.9, 0.0)
    world.advance(2.0)
    assert world.wait_for(world.allowance()) == pytest.approx(2.0 + SECONDS)


def test_what_was_waited_is_not_used():
    world = World(0.5, 0.0)
    allowance = world.allowance()
    world.advance(3.0)
    assert allowance.used() == pytest.approx(2.5)


def test_nothing_is_waited_for_without_end():
    world = World(1.0)
    ended = world.wait_for(world.allowance())
    assert ended == pytest.approx(MOST * SECONDS, abs=2 * SHORTEST)


def test_a_sum_of_limits_ends_as_well():
    world = World(1.0)
    allowance = world.allowance()
    world.advance(MOST)
    assert allowance.used() == pytest.approx(1.0)


@told
def test_whose_own_threads_have_the_processors_has_not_waited_for_others():
    child = os.fork()
    if not child:
        signal.alarm(60)
        text = bytes(1 << 22)

        def spin():
            while True:
                hashlib.sha256(text)  # without the interpreter's lock

        for _ in range(10):
            threading.Thread(target=spin, daemon=True).start()
        spin()
    waiting, mine = Waiting(child), Waiting(0)
    time.sleep(1.0)
    os.kill(child, signal.SIGSTOP)  # so that all that follows is told of one moment
    os.waitpid(child, os.WUNTRACED)
    from_others = max(waiting() - mine() for _ in range(20))  # this test waits, too
    told = {
        int(thread.name): [
            int(x) / 1e9 for x in (thread / "schedstat").read_text().split()
        ]
        for thread in Path(f"/proc/{child}/task").iterdir()
    }
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    _, waited, _ = told.pop(child)
    others = sum(computed for computed, _, _ in told.values())
    assert len(told) == 10
    assert others > 0.1
    assert from_others == pytest.approx(waited - others, abs=0.03)
    for each in (waiting, mine):
        each.close()


def test_a_process_that_has_ended_has_waited_no_more_than_was_told():
    child = os.fork()
    if not child:
        os._exit(0)
    mine, both = Waiting(0), Waiting(child)
    os.waitpid(child, 0)
    assert both() - mine() < 1
    both.close()
    assert both() == both() >= 0
    mine.close()


def test_a_reply_that_comes_in_pieces_survives_the_looks():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        world = iter(range(1000))
        allowance = Allowance(0.1, lambda: next(world) / 10)
        replies = Reader(ours)
        theirs.sendall(b"half")
        threading.Timer(0.2, theirs.sendall, [b" and half"]).start()
        assert replies.read(13, allowance) == b"half and half"
        with pytest.raises(Late):
            replies.read(1, allowance)


class Halves:
    """Sends the one half of a reply in time, and the other when it is interrupted."""

    def __init__(self, connection):
        self.connection = connection
        self.signals = []

    def answer(self):
        request = wire.decode(lambda count: self.connection.recv(count))
        frame = wire.encode({"token": request["token"], "reply": {"value": 1.0}})
        self.rest = frame[20:]
        self.connection.sendall(frame[:20])

    def signal(self, child, number):
        self.signals.append((child, number))
        self.connection.sendall(self.rest)


def test_a_reply_that_is_on_its_way_when_the_time_is_over_is_read_on():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stranger = Halves(theirs)
        threading.Thread(target=stranger.answer).start()
        reply = Child(stranger, 7, ours).ask({"do": "call"}, 0.2)
    assert reply["reply"] == {"value": 1.0}
    assert stranger.signals == [(7, signal.SIGINT)]


def test_what_comes_along_is_there_the_next_time_and_then_the_end_is():
    ours, theirs = socket.socketpair()
    with ours:
        replies, allowance = Reader(ours), Allowance(10)
        with theirs:
            theirs.sendall(b"one, two, three")
        assert replies.read(3, allowance) == b"one"
        assert replies.read(0, allowance) == b""
        assert replies.read(5, allowance) == b", two"
        with pytest.raises(EOFError):
            replies.read(8, allowance)


@contextmanager
def crowd(size):
    """Keep this process, and whatever it starts, on a processor with so many others."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    busy = []
    try:
        for _ in range(size):
            if not (pid := os.fork()):
                os.setsid()  # else Linux may share out by session, not by process
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
    while time.thread_time() - start < 0.5:
        pass
    return 2 * x
"""


@told
def test_an_answer_is_in_time_on_a_busy_machine_if_it_is_on_an_idle_one():
    with crowd(0), Zygote() as zygote, crowd(2):
        answers = answers_of(zygote, code(LONG), check("double"), limits=LIMITS)
    assert values(answers, "double") == [[2.0, 4.0], [6.0]]
    assert not answers.trouble


@told
def test_so_is_a_notebook_of_many_short_cells():
    cell = code(f"{LONG.replace('0.5', '0.1')}double(1)")
    limits = Limits(cell=5.0, call=1.0, notebook=3.0, restarts=1)
    with crowd(0), Zygote() as zygote, crowd(3):
        answers = answers_of(zygote, *[cell] * 12, check("double"), limits=limits)
    assert values(answers, "double") == [[2.0, 4.0], [6.0]]
    assert not answers.trouble


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(60)"])
def test_there_as_here_what_has_no_end_is_interrupted(body):
    endless = f"def double(x):\n    {body}"
    with crowd(0), Zygote() as zygote, crowd(1):
        answers = answers_of(
            zygote, code(DOUBLE), code(endless), check("double"), limits=LIMITS
        )
    assert [r["ended"] for r in answers.replies["double"]] == ["timed out"] * 2
    assert answers.seconds < 2 * MOST * LIMITS.call


def test_on_an_idle_machine_a_sleep_gets_no_longer():
    with Zygote() as zygote:
        child = zygote.fork()
        child.ask({"do": "cell", "source": "import time; time.sleep(0.5)"}, 5.0)
        assert child.took > 0.1  # on a busy one waking up may take a while
        child.close()


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("max 100000", None), ("150000 100000", 2), ("10000 100000", 1), ("?", None)],
)
def test_a_container_gets_as_many_workers_as_it_has_processors(
    tmp_path, quota, expected
):
    path = tmp_path / "cpu.max"
    path.write_text(quota)
    here = len(os.sched_getaffinity(0))
    assert processors(path) == min(here, expected or here)
    assert processors(tmp_path / "none") == here
    with crowd(0):
        assert processors(path) == 1


@told
def test_calls_that_take_less_than_looking_are_not_looked_at(monkeypatch):
    looks = []
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda *args: looks.append(1) or pread(*args))
    waiting = Waiting(0)
    for _ in range(100):
        Allowance(1.0, waiting).used()
    few = len(looks)
    time.sleep(2 * SHORTEST)
    waiting()
    assert few < 50
    assert len(looks) == few + 1
    waiting.close()
