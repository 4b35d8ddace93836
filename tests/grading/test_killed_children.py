"""Children and zygotes that somebody else kills: the verdict is as if nobody had."""

import errno
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from session_builders import (
    CALLS,
    DOUBLE,
    LIMITS,
    TRIPLE,
    answers_of,
    check,
    code,
    values,
)

from nnkit.grading.child import Child
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.request import TOKEN, Request
from nnkit.grading.sandboxes import SandboxError, Zygote
from nnkit.sandbox.zygote import MAX_DYING

STUBBORN = Request({"do": "cell", "source": "while True:\n    pass"})
NOTEBOOK = [
    code("print(1)"),
    code(DOUBLE),
    check("double"),
    code(TRIPLE),
    check("triple"),
]


class Killer:
    """Lets somebody else send a signal in front of the n-th request, and of others."""

    def __init__(self, monkeypatch, *moments, number=signal.SIGKILL, whom="child"):
        self.count = 0
        ask = Child.ask

        def killing(child, request, seconds):
            self.count += 1
            if self.count in moments and whom == "child":
                child._zygote.signal(child.number, number)
            elif self.count in moments:
                child._zygote._process.kill()
                child._connection.settimeout(None)
                child._connection.recv(1, socket.MSG_PEEK)  # the child is dead, too
            return ask(child, request, seconds)

        monkeypatch.setattr(Child, "ask", killing)


def undisturbed(zygote):
    answers = answers_of(zygote, *NOTEBOOK)
    return answers.outputs, answers.errors, answers.trouble, *replies(answers)


def replies(answers):
    return [values(answers, name) for name in ("double", "triple")]


@pytest.mark.parametrize("moment", range(1, 8))
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_somebody_kills_costs_nothing(zygote, monkeypatch, moment, number):
    expected = undisturbed(zygote)
    killer = Killer(monkeypatch, moment, number=number)
    assert undisturbed(zygote) == expected
    assert killer.count > 7  # some of it was asked twice


def test_a_child_killed_twice_in_one_place_did_it_itself(zygote, monkeypatch):
    Killer(monkeypatch, 3, 6)  # the first call, and the same again
    answers = answers_of(zygote, *NOTEBOOK)
    ended = [reply["ended"] for reply in answers.replies["double"]]
    assert ended == ["crashed", "crashed"]
    assert values(answers, "triple") == [[3.0, 6.0], [9.0]]
    assert answers.trouble == ["double: the process was ended by SIGKILL"]


def test_the_child_that_gets_ready_may_be_killed_as_well(zygote):
    expected = undisturbed(zygote)
    for _ in range(2):
        zygote.signal(zygote._next.number, signal.SIGKILL)
        assert undisturbed(zygote) == expected


def test_where_no_child_gets_ready_the_sandbox_is_to_blame(monkeypatch):
    begin = Zygote._begin

    def killed(zygote):
        child = begin(zygote)
        zygote.signal(child.number, signal.SIGKILL)
        return child

    monkeypatch.setattr(Zygote, "_begin", killed)
    why = "a child could not confine itself (the process was ended by SIGKILL)"
    with Zygote() as zygote, pytest.raises(SandboxError, match=re.escape(why)):
        zygote.fork()


@pytest.mark.parametrize(
    ("place", "name", "number"),
    [(socket, "socketpair", errno.EMFILE), (subprocess, "Popen", errno.EAGAIN)],
)
def test_a_machine_that_refuses_a_process_stops_no_run(
    monkeypatch, place, name, number
):
    """Whoever has as many processors as open files lost the whole run by it."""

    def refused(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(place, name, refused)
    why = f"no room for one more sandbox: {os.strerror(number)}. Try fewer --workers"
    with pytest.raises(SandboxError, match=re.escape(why)):
        Zygote().start()


def test_a_zygote_that_is_gone_says_so_each_time():
    with Zygote() as zygote:
        child = zygote.fork()
        zygote._process.kill()
        child._connection.settimeout(None)
        child._connection.recv(1, socket.MSG_PEEK)  # the child is dead, too
        for _ in range(2):
            with pytest.raises(SandboxError, match="zygote does not"):
                zygote.end(child.number)
        child.hang_up()


def offspring(pid):
    """Processes below another one, dead ones that nobody has reaped among them."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(child) for child in path.read_text().split()]
    return children + [below for child in children for below in offspring(child)]


def test_those_that_are_done_are_reaped_though_nobody_waits_for_them(zygote):
    zygote.fork().close()
    alone = len(offspring(zygote.pid))  # with the one that gets ready
    for _ in range(20):
        child = zygote.fork()
        child._connection.sendall(STUBBORN.with_token("0" * TOKEN))
        child.drop()
    assert len(offspring(zygote.pid)) <= alone + MAX_DYING + 1
    for _ in range(100):
        if len(offspring(zygote.pid)) == alone:
            break
        time.sleep(0.1)
        zygote.fork().close()
    else:
        pytest.fail(f"still there: {offspring(zygote.pid)}")


@pytest.mark.parametrize("moment", [1, 7])
def test_a_zygote_that_somebody_kills_costs_nothing(zygote, monkeypatch, moment):
    expected = undisturbed(zygote)
    Killer(monkeypatch, moment, whom="zygote")
    calls = {name: CALLS[name] for name in ("double", "triple")}
    with Pool(Settings(workers=1, limits=LIMITS), calls, ()) as pool:
        found = [pool.answers_to(NOTEBOOK) for _ in range(2)]
    for answers in found:
        shown = answers.outputs, answers.errors, answers.trouble, *replies(answers)
        assert shown == expected


def test_a_submission_whose_zygotes_are_killed_twice_is_named_and_not_judged(
    monkeypatch,
):
    Killer(monkeypatch, 1, 2, whom="zygote")
    calls = {name: CALLS[name] for name in ("double", "triple")}
    with Pool(Settings(workers=1, limits=LIMITS), calls, ()) as pool:
        failed, answers = (pool.answers_to(NOTEBOOK) for _ in range(2))
    assert isinstance(failed, SandboxError)
    assert "the sandbox's zygote does not" in str(failed)
    assert "\n" not in str(failed)
    assert values(answers, "triple") == [[3.0, 6.0], [9.0]]
