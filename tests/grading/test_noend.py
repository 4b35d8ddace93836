"""An own exercise that waits or loops for ever costs an answer its verdict, no more."""

import os
import signal
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from nnkit.exercises import EXERCISES, OWN
from nnkit.exercises.spec import Slip
from nnkit.grading import examiner as module
from nnkit.grading.examiner import Examiner
from nnkit.grading.noend import NoEnd, at_most
from nnkit.judging.judge import answer_key
from nnkit.judging.rules import BrokenError


def wait(*args, **kwargs):
    """As for a thread of a pool that was made before a fork."""
    threading.Event().wait()


def loop(*args, **kwargs):
    while True:
        try:
            time.sleep(0)
        except Exception:
            continue


ENDLESS = {
    "waits when it takes an answer apart": {"unpack": wait},
    "loops when it takes an answer apart": {"unpack": loop},
    "a slip that waits": {"slips": (Slip("waits", wait, "Do you wait?"),)},
    "a slip that loops": {"slips": (Slip("loops", loop, "Do you loop?"),)},
}


@pytest.fixture
def judged(monkeypatch):
    """Judge a wrong answer to an exercise as if it were an instructor's own."""
    monkeypatch.setattr(module, "LONGEST", 0.2)
    monkeypatch.setattr(module, "SHORTER", 0.1)
    one = Examiner.__new__(Examiner)
    one.seed, one._endless = 3, set()

    def judge(item):
        monkeypatch.setitem(OWN, item.id, item)
        cases = answer_key(item, 3).cases
        wrong = [{"value": np.ones(2), "args": case.args} for case in cases]
        return one._verdict(item, wrong)

    return judge


@pytest.mark.parametrize("name", ENDLESS)
def test_an_own_exercise_without_an_end_is_stopped(name, judged):
    before = signal.getsignal(signal.SIGALRM)
    item = replace(EXERCISES["collapse"], **ENDLESS[name])
    for seconds in (0.2, 0.1):  # when it is known for it, it gets less
        with pytest.raises(BrokenError, match=f"NoEnd: not done after {seconds} s"):
            judged(item)
    assert signal.getsignal(signal.SIGALRM) is before
    assert judged(EXERCISES["collapse"]).points == 0


def test_what_ends_in_time_is_not_disturbed():
    with at_most(0.05):
        done = sum(range(10))
    time.sleep(0.1)  # an alarm that was left would end this process
    assert done == 45


def test_in_another_thread_it_takes_as_long_as_it_takes():
    found = []

    def work():
        with at_most(0.01):
            time.sleep(0.05)
            found.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == ["done"]


def test_what_swallows_it_is_stopped_again(monkeypatch):
    monkeypatch.setattr("nnkit.grading.noend.AGAIN", 0.02)

    def stubborn():
        for _ in range(2):
            try:
                os.read(waiting, 1)
            except KeyboardInterrupt:
                continue
        os.read(waiting, 1)

    waiting, end = os.pipe()
    with pytest.raises(NoEnd), at_most(0.02):
        stubborn()
    os.close(waiting)
    os.close(end)
