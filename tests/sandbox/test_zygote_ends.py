"""What a grader and its zygote say to each other, and what a child still holds."""

import os
import signal
import socket
import sys
from collections import deque

import pytest

from nnkit.sandbox import figures, orders, zygote

from .test_isolation import USERS, cell

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the sandbox")


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_an_order_arrives_as_it_was_given(ends):
    orders.give(ends[0], orders.SIGNAL, 70_000, signal=signal.SIGINT)
    orders.give(ends[0], orders.END, 2**32 - 1, seconds=0.25)
    assert orders.take(ends[1]) == (orders.SIGNAL, 70_000, signal.SIGINT, 0.0, -1)
    assert orders.take(ends[1]) == (orders.END, 2**32 - 1, 0, 0.25, -1)


def test_the_descriptor_that_comes_along_is_of_the_same_connection(ends):
    near, far = socket.socketpair()
    with near:
        orders.give(ends[0], orders.DROP, 1)
        with far:
            orders.give(ends[0], orders.FORK, 2, along=far)
        assert orders.take(ends[1]) == (orders.DROP, 1, 0, 0.0, -1)
        what, child, _, _, descriptor = orders.take(ends[1])
        assert (what, child) == (orders.FORK, 2)
        with socket.socket(fileno=descriptor) as arrived:
            arrived.sendall(b"hello")
        assert near.recv(10) == b"hello"


def test_an_order_in_pieces_is_one_order_and_half_of_one_is_none(ends):
    packed = orders._ORDER.pack(orders.DROP, 5, 0, 0.0)
    ends[0].sendall(packed[:3])
    ends[0].sendall(packed[3:] + packed[:4])
    assert orders.take(ends[1]) == (orders.DROP, 5, 0, 0.0, -1)
    ends[0].close()
    assert orders.take(ends[1]) is None


HELD = """
import os
answer = []
for descriptor in range(3, 2000):
    try:
        os.fstat(descriptor)
    except OSError:
        continue
    answer.append(descriptor)
"""


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("off", [[], ["landlock"]])
def test_a_child_holds_no_descriptor_but_the_one_to_keep(user, off):
    found = cell(user, off=off, run=HELD)
    assert len(found["answer"]) == 1, found


@pytest.mark.parametrize("user", USERS)
def test_landlock_holds_where_few_files_may_be_open(user, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("another student's answer")
    # Without namespaces, Landlock is what keeps it from being read.
    run = f"""
import json
json.__file__ and open(json.__file__).read()
try:
    answer = open({str(secret)!r}).read()
except OSError as error:
    answer = type(error).__name__
"""
    found = cell(user, off=["namespaces"], open_files=40, run=run)
    assert not [line for line in found["missing"] if line.startswith("landlock:")]
    assert found["answer"] == "PermissionError"


BOUNDING = """
import ctypes
prctl = ctypes.CDLL(None).prctl
answer = [prctl(23, capability, 0, 0, 0) for capability in range(41)]
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's children had any to lose")
def test_no_capability_can_be_regained():
    assert set(cell("root", run=BOUNDING)["answer"]) == {0}


def test_no_font_stays_open_for_a_fork_to_close():
    from matplotlib import font_manager

    font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    assert font_manager._get_font.cache_info().currsize > 0
    figures.forget_fonts()
    assert font_manager._get_font.cache_info().currsize == 0


def test_where_there_are_too_many_processes_a_fork_waits_for_others_to_end(monkeypatch):
    refusals = [BlockingIOError(), BlockingIOError()]

    def fork():
        if refusals:
            raise refusals.pop()
        return 4321

    monkeypatch.setattr(os, "fork", fork)
    assert zygote._forked(deque()) == 4321
    monkeypatch.setattr(zygote, "FORK_SECONDS", 0.0)
    refusals += [BlockingIOError()] * 1000
    with pytest.raises(BlockingIOError):
        zygote._forked(deque())
