"""Grade made-up classes of growing size; prints what a submission costs in each.

    python -m tests.bench.many                      100, 1,000 and 10,000 notebooks
    python -m tests.bench.many 100 1000 --workers 1
    python -m tests.bench.many 100 --dask tcp://127.0.0.1:8786

A run is `nnkit grade` with all it does: sandbox, judge, journal, graded notebooks,
gradebook, report. Processor time is that of the grader and of all its processes. A
worker is a process that judges, its zygote, and the submission that it has in hand; its
memory is the largest proportional set size (what two share counts half) that was seen.
The grader's own is what reads, keeps the journal and writes; its memory is its resident
set, at its largest.
"""

import os

for variable in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"  # read when NumPy is imported

import argparse  # noqa: E402 - after the environment, as NumPy is
import contextlib  # noqa: E402
import io  # noqa: E402
import json  # noqa: E402
import resource  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

from nnkit import grading  # noqa: E402
from nnkit.grading.pool import Settings  # noqa: E402
from nnkit.grading.report import print_report  # noqa: E402
from nnkit.grading.workspace import Workspace  # noqa: E402

from .classes import UNIT, make, mixed  # noqa: E402


def processes_below(pid: int) -> list[int]:
    """All processes that a process has started, and those that these have."""
    found = []
    with contextlib.suppress(OSError, ValueError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *processes_below(child)]
    return found


def proportional(pid: int) -> float:
    """A process's proportional set size in MB; 0 if it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Watch(threading.Thread):
    """Looks every second at how much memory the workers take, all together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.largest = 0.0

    def run(self) -> None:
        """Look until told that it is over."""
        while not self.over.wait(1.0):
            below = processes_below(os.getpid())
            self.largest = max(self.largest, sum(map(proportional, below)))


def grade_here(folder: Path, workers: int, dask: str) -> dict[str, float]:
    """Grade a class in this process; return what it took."""
    watch, moments = Watch(), {}
    watch.start()
    listener = grading.Listener(
        missing=lambda missing: moments.setdefault("ready", time.perf_counter()),
        writing=lambda count: moments.setdefault("writing", time.perf_counter()),
    )
    start = time.perf_counter()
    settings = Settings(workers, dask=dask)
    run = grading.grade(Workspace(folder), UNIT, settings, listener=listener)
    written = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        print_report(run)
    end = time.perf_counter()
    watch.over.set()
    watch.join()
    assert not run.failed, run.failed
    own, others = (
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "seconds": end - start,
        "start": moments["ready"] - start,
        "own": own.ru_utime + own.ru_stime,
        "others": others.ru_utime + others.ru_stime,
        "gradebook": written - moments["writing"],
        "report": end - written,
        "parent": own.ru_maxrss / 1024,
        "worker": watch.largest / workers,
    }


def main() -> None:
    """Make the classes, grade each in a process of its own, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[100, 1000, 10_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dask", default="", metavar="ADDRESS")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.folder:
        print(json.dumps(grade_here(args.folder, args.workers, args.dask)))
        return
    head = ["notebooks", "minutes", "a second", "ms a notebook (processor)"]
    head += ["of it the grader's own", "gradebook", "report"]
    head += ["grader, MB", "a worker, MB"]
    print("| " + " | ".join(head) + " |\n|" + " ---: |" * len(head))
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder, "class"), mixed(size))
            command = [sys.executable, "-m", "tests.bench.many"]
            command += ["--workers", str(args.workers), "--dask", args.dask]
            command += ["--folder", str(Path(folder, "class"))]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        found = json.loads(done.stdout)
        took = found["seconds"]
        cells = [f"{size:,}", f"{took / 60:.1f}", f"{size / took:.1f}"]
        each = 1e3 * (found["own"] + found["others"]) / size
        cells += [f"{each:.1f}", f"{1e3 * found['own'] / size:.1f}"]
        cells += [f"{found[key] / took:.1%}" for key in ("gradebook", "report")]
        cells += [f"{found['parent']:.0f}", f"{found['worker']:.0f}"]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
