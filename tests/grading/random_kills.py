"""Graders killed by SIGKILL at random moments, sandboxes and all: a program.

    class ──> graded once, timing its stages
    copy ──> killed, taken up, killed, … four times ──> finished ──> a line

The moment is drawn in one of three stages, since the first lasts longest and the last,
in which most is written, is over in a blink. This process adopts what a killed grader
leaves behind, and waits for the end of it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import shutil
import signal
import time
from pathlib import Path

from adopting import adopt, wait_for_the_rest
from boundaries import copy_of, lines
from grading_builders import UNIT, files, rows

from nnkit import grading
from nnkit.grading.answers import Limits
from nnkit.grading.pool import Settings

# Wide: on a machine at work a call must not time out here, and answer there.
SETTINGS = Settings(workers=1, limits=Limits(300.0, 300.0, 3000.0))
STAGES = {"starting": 0.2, "grading": 0.5, "writing": 0.3}  # how often each is chosen
KILLS_A_CLASS = 4


def started(course):
    """A grader in a process of its own, and a pipe on which it names its stages."""
    read, write = os.pipe()
    if not (child := os.fork()):
        code = 1
        try:
            os.close(read)
            listener = grading.Listener(
                missing=lambda _: os.write(write, b"grading\n"),
                writing=lambda _: os.write(write, b"writing\n"),
            )
            os.write(write, b"starting\n")
            grading.grade(course, UNIT, SETTINGS, listener=listener)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    return child, os.fdopen(read)


def ended(child):
    """How the grader ended, once everything that it left behind has ended, too."""
    _, status = os.waitpid(child, 0)
    wait_for_the_rest()
    return status


def timed(course):
    """Grade with nothing in the way; return how long each stage took."""
    child, pipe = started(course)
    with pipe:
        moments = {line.strip(): time.monotonic() for line in pipe}
    over = time.monotonic()
    assert ended(child) == 0
    ends = [moments["grading"], moments["writing"], over]
    return {s: end - moments[s] for s, end in zip(STAGES, ends, strict=True)}


def killed(course, stage, seconds):
    """Kill a grader so long after it came to a stage; whether it came to that."""
    child, pipe = started(course)
    with pipe:
        for line in pipe:
            if line.strip() == stage:
                # The end of the pipe is the end of the grader.
                poll = select.poll()
                poll.register(pipe, select.POLLHUP)
                poll.poll(seconds * 1000)
                os.kill(child, signal.SIGKILL)
    status = ended(child)
    assert os.WIFSIGNALED(status) or status == 0
    return os.WIFSIGNALED(status)


def rows_and_files(course):
    return rows(course), files(course)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("kills", type=int)
    parser.add_argument("seed", type=int)
    options = parser.parse_args()
    adopt()
    dice = random.Random(options.seed)
    once = copy_of(options.folder)
    spans = timed(once)
    expected = rows_and_files(once)
    everybody = dict.fromkeys(os.listdir(once.submitted), 1)
    kills = 0
    while kills < options.kills:
        course = copy_of(options.folder)
        moments = []
        for _ in range(KILLS_A_CLASS):
            (stage,) = dice.choices(list(STAGES), STAGES.values())
            seconds = spans[stage] * dice.random()
            if killed(course, stage, seconds):
                moments.append([stage, round(seconds, 4), sum(lines(course).values())])
        kills += len(moments)
        before = lines(course)
        assert not killed(course, "never", 0.0)
        line = {
            "moments": moments,
            "before": before,
            "same": rows_and_files(course) == expected,
            "once": dict(lines(course)) == everybody,
        }
        print(json.dumps(line), flush=True)
        shutil.rmtree(course.root.parent)


if __name__ == "__main__":
    main()
