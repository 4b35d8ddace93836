"""Grade the same notebooks by nnkit and by nbgrader; prints a Markdown table.

    python -m tests.bench.grade                     unit 01, a quarter of an hour
    python -m tests.bench.grade --unit 04-loss --rounds 5

Every way to grade runs as a command of its own, twice: on a few notebooks, until all
workers have started, and on more. The difference, divided by how many more, is what a
notebook costs; starting up counts for nobody. nbgrader is `nbgrader autograde` as it
comes, which executes every cell and draws every figure. A round takes each way once, in
random order, and ratios are taken within a round, so what slows the machine down for a
while slows all. The last table has medians over the rounds. "In one warm process" is
`tests.bench.warm`: no lower is possible.

Processor time is that of the command and of every process it waited for. One worker,
one thread each, unless it says otherwise.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from nnkit.grading.gradebook import write_gradebook
from nnkit.grading.release import Release
from nnkit.grading.workspace import CONFIG, EXPORTER, Workspace

from .classes import UNIT, make, right

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "MKL", "OMP")}

# What it is called -> (options of the command, workers, how many notebooks, more).
NNKIT = {
    "nnkit, every cell": (["--all-cells"], 1, 1, 24),
    "nnkit, every cell, on one core": (["--all-cells"], 1, 1, 24),
    "nnkit, every cell, two workers": (["--all-cells"], 2, 20, 24),
    "nnkit": ([], 1, 1, 100),
    "nnkit, on one core": ([], 1, 1, 100),
    "nnkit, two workers": ([], 2, 60, 200),
}
# The grader reads and writes while a worker runs, so that one uses more than one core.
ON_ONE_CORE = ", on one core"
NBGRADER, WARM, WARM_ALL, EMPTY = (
    "nbgrader autograde",
    "in one warm process",
    "in one warm process, every cell",
    "nnkit, a notebook with nothing in it",
)
MORE_BY_NBGRADER, MORE_EMPTY = 2, 200


def timed(
    command: list[str], folder: Path, one_core: bool = False
) -> tuple[float, float]:
    """Run a command; return its wall time and processor time."""
    cores = sorted(os.sched_getaffinity(0))[: 1 if one_core else None]
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **ONE_THREAD},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with exit code {process.returncode}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime


def each(
    unit: str,
    more: int,
    data: bytes,
    command: list[str],
    place: Path,
    few: int = 1,
    stock: bool = False,
    one_core: bool = False,
):
    """What a notebook costs: the difference between few and more, by a command."""
    found = []
    for count in (few, few + more):
        names = [(f"s{number:04}", data) for number in range(count)]
        workspace = make(place / "class", names, unit)
        if stock:
            as_it_comes(workspace, unit)
        found.append(timed(command, workspace.root, one_core))
    (wall, processor), (wall_more, processor_more) = found
    return (wall_more - wall) / more, (processor_more - processor) / more


def as_it_comes(workspace: Workspace, unit: str) -> None:
    """Have nbgrader grade in its own way, and know the unit."""
    config = workspace.root / CONFIG
    lines = config.read_text().splitlines()
    config.write_text("\n".join(line for line in lines if EXPORTER not in line))
    write_gradebook(workspace.db_url, Release.find(unit), [])


def in_one_process(unit: str, passes: int, *options: str) -> tuple[float, float]:
    """Processor time of a pass; with one thread, wall time is no less."""
    command = [sys.executable, "-m", "tests.bench.warm", unit, str(passes), *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    middle = statistics.median(json.loads(done.stdout))
    return middle, middle


def empty(unit: str) -> bytes:
    """A notebook without an answer, a check or any cell that does something."""
    notebook = json.loads(Release.find(unit).data)
    cell = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": []}
    cell |= {"execution_count": None, "id": "one"}
    return json.dumps({**notebook, "cells": [cell]}).encode()


def ways(unit: str, place: Path) -> dict:
    """Every way to grade, as a function that returns wall and processor time."""
    data, run = right(unit), [sys.executable, "-m"]
    grader = [*run, "nnkit", "grade", unit]
    found = {
        name: partial(
            each,
            unit,
            more,
            data,
            [*grader, "--workers", str(workers), *options],
            place,
            few=few,
            one_core=name.endswith(ON_ONE_CORE),
        )
        for name, (options, workers, few, more) in NNKIT.items()
    }
    found[EMPTY] = lambda: each(
        unit, MORE_EMPTY, empty(unit), [*grader, "--workers", "1"], place
    )
    found[NBGRADER] = lambda: each(
        unit,
        MORE_BY_NBGRADER,
        data,
        [*run, "nbgrader", "autograde", unit],
        place,
        stock=True,
    )
    found[WARM] = lambda: in_one_process(unit, 20)
    found[WARM_ALL] = lambda: in_one_process(unit, 3, "--all-cells")
    return found


def middle(rounds: list[dict], name: str, what: int) -> str:
    """The median over the rounds, in ms."""
    return f"{1e3 * statistics.median(r[name][what] for r in rounds):.0f}"


def ratio(rounds: list[dict], name: str, to: str, what: int) -> float:
    """The median over the rounds of a ratio within each."""
    return statistics.median(r[name][what] / r[to][what] for r in rounds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--unit", default=UNIT)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        todo = ways(args.unit, Path(folder))
        for number in range(args.rounds):
            order = random.sample(list(todo), len(todo))
            rounds.append({})
            for name in order:
                rounds[-1][name] = todo[name]()
                wall, processor = rounds[-1][name]
                print(
                    f"  round {number + 1}: {name}: {1e3 * wall:.0f} ms, "
                    f"processor {1e3 * processor:.0f} ms",
                    file=sys.stderr,
                )
    head = ["A notebook of " + args.unit, "ms", "ms of processor"]
    head.append("nbgrader's ms / these")
    print("| " + " | ".join(head) + " |\n| --- |" + " ---: |" * 3)
    for name in todo:
        wall, used = middle(rounds, name, 0), middle(rounds, name, 1)
        times = f"{ratio(rounds, NBGRADER, name, 0):.0f}"
        print(f"| {name} | {wall} | {used} | {times} |")
    print()
    every = ratio(rounds, "nnkit, every cell", WARM_ALL, 1)
    print(f"every cell, to one warm process: {every:.2f} (processor)")
    for name in ("nnkit, every cell", "nnkit"):
        one, one_core = (
            ratio(rounds, slower, f"{name}, two workers", 0)
            for slower in (name, name + ON_ONE_CORE)
        )
        print(
            f"{name}, two workers: {one:.2f} times as many notebooks a second as one, "
            f"{one_core:.2f} times as many as one on one core"
        )


if __name__ == "__main__":
    main()
