"""A check whose call does not come back: it ends, and says where the answer was."""

import os
import re
import signal
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from nnkit import check
from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import CALL_SECONDS
from nnkit.grading.answers import Limits
from nnkit.judging import patience

pytestmark = pytest.mark.usefixtures("session")


def forever(lam, lr, tol):
    while True:
        pass


def unsaid():
    raise AssertionError("there was nothing to wait for")


def stubborn(lam, lr, tol):
    for _ in range(2):
        with suppress(BaseException):
            forever(lam, lr, tol)
    return 0


def interrupted_by_hand(lam, lr, tol):
    os.kill(os.getpid(), signal.SIGINT)
    forever(lam, lr, tol)


@pytest.mark.parametrize("answer", [forever, interrupted_by_hand])
def test_a_call_that_never_ends_is_interrupted_and_told_where_it_was(
    answer, monkeypatch
):
    monkeypatch.setattr(patience, "PATIENCE", 0.05)
    monkeypatch.setattr(answer, "__name__", "steps_to")
    checked = check(answer)
    assert checked.verdict.status == "wrong"
    [diagnosis] = checked.verdict.diagnoses
    assert diagnosis.kind == "timed out"
    assert re.search(r"It was at line \d+: `(while True:|pass|os.kill)", diagnosis.text)
    assert "may take 2 s" in diagnosis.text


def test_a_loop_without_end_is_told_beside_what_was_wrong_before_it(monkeypatch):
    def no_size(lam, lr, tol):
        t = 0
        while np.max((1 - lr * lam) ** t) > tol:  # ends where a factor is negative
            t += 1
        return t

    monkeypatch.setattr(patience, "PATIENCE", 0.05)
    monkeypatch.setattr(no_size, "__name__", "steps_to")
    *before, last = check(no_size).verdict.diagnoses
    assert last.kind == "timed out"
    assert re.search(r"It was at line \d+: `(while|t \+= 1)", last.text)
    assert before
    assert all(said.kind != "timed out" for said in before)


def test_who_waits_for_long_is_told_how_long_it_may_take(monkeypatch, capsys):
    monkeypatch.setattr(patience, "SILENCE", 0.05)
    monkeypatch.setattr(patience, "PATIENCE", 0.1)
    monkeypatch.setattr(forever, "__name__", "steps_to")
    assert check(forever).verdict.status == "wrong"
    said = capsys.readouterr().out
    assert said.startswith("steps_to has been running for 0.05 s. ")
    assert "may take 2 s; check waits 0.2 s" in said
    assert said.count("\n") == 1


def test_the_longest_waits_are_those_that_are_spoken_of():
    waits = {id: patience.PATIENCE * patience.allowed(e) for id, e in EXERCISES.items()}
    assert waits["train"] > patience.SILENCE >= waits["steps_to"]


def test_an_answer_that_swallows_the_interrupt_is_interrupted_again(monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE", 0.05)
    monkeypatch.setattr(patience, "AGAIN", 0.05)
    monkeypatch.setattr(stubborn, "__name__", "steps_to")
    assert check(stubborn).verdict.status == "wrong"


def test_a_call_in_time_gives_its_value_and_its_own_exception():
    assert patience.within(60, lambda: 7, unsaid) == 7
    with pytest.raises(ZeroDivisionError):
        patience.within(60, lambda: 1 / 0, unsaid)


def test_outside_of_the_main_thread_a_call_is_left_alone():
    found = []
    worker = threading.Thread(
        target=lambda: found.append(patience.within(0, int, unsaid))
    )
    worker.start()
    worker.join()
    assert found == [0]


def test_the_grader_allows_what_the_message_says():
    assert Limits().call == CALL_SECONDS == patience.allowed(EXERCISES["steps_to"])


def test_a_call_that_comes_back_too_late_to_be_graded_is_told(monkeypatch):
    def busy(x):
        end = time.thread_time() + 0.02
        while time.thread_time() < end:
            pass
        return x.mean(), x - x.mean()

    monkeypatch.setattr(busy, "__name__", "center")
    in_time = check(busy)
    monkeypatch.setattr(patience, "allowed", lambda exercise: 0.01)
    monkeypatch.setattr(patience, "PATIENCE", 6000)
    late = check(busy)
    assert in_time.verdict.status == late.verdict.status == "right"
    assert "A call took 0.0 s. When it is graded, it may take 0.01 s" in repr(late)
    assert "When it is graded" in late._repr_html_()
    assert "When it is graded" not in repr(in_time)
