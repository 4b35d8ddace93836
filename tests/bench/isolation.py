"""What isolation costs: a notebook in a sandbox and in one warm process, by turns.

    python -m tests.bench.isolation                    every cell of unit 01
    python -m tests.bench.isolation --unit 04-loss --only-graded

The speed of a machine can change by half from one minute to the next, and a round of
`tests.bench.grade` takes several. Here a round is a few passes in one warm process
(`tests.bench.warm`), as many children, each in a sandbox of its own, and the warm ones
once more; ratios are taken within a round. What a child costs is its own processor time
to its very end, that of the zygote which forks it, and what the grader's end of the
wire takes; reading a notebook, judging it and writing the grade down are not in here.
"""

import os

for variable in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"  # read when NumPy is imported

import argparse  # noqa: E402 - after the environment, as NumPy is
import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

from nnkit.grading.examiner import warm_up_of  # noqa: E402
from nnkit.grading.release import Release  # noqa: E402
from nnkit.grading.request import Request  # noqa: E402
from nnkit.grading.sandboxes import Zygote  # noqa: E402

from .classes import UNIT  # noqa: E402
from .warm import requests  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
_OF_ENDED = slice(15, 17)  # what ended children used, in proc(5)'s list of fields


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat; the name, which may have blanks, counts as one."""
    head, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    return [*head.split("(", 1), *rest.split()]


def used(pid: int) -> float:
    """Processor seconds of a process, and of its children that have ended."""
    own = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return own + sum(map(int, stat(pid)[_OF_ENDED])) / TICK


def zygote_of(warden: int) -> int:
    """The process that forks: a zygote is known by that of its warden."""
    children = Path(f"/proc/{warden}/task/{warden}/children").read_text().split()
    return int(children[0])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--unit", default=UNIT)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--only-graded", action="store_true")
    args = parser.parse_args()
    options = [] if args.only_graded else ["--all-cells"]
    # The grader packs what it asks of the whole class once.
    asked = [Request(body) for body in requests(args.unit, not args.only_graded)]
    command = [sys.executable, "-m", "tests.bench.warm", args.unit, "0", *options]
    pipe = subprocess.PIPE
    release = Release.find(args.unit)
    with (
        Zygote(warm_up=warm_up_of(release)) as zygote,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other,
    ):
        assert other.stdin
        assert other.stdout

        def warm() -> float:
            total = 0.0
            for _ in range(args.passes):
                print(file=other.stdin, flush=True)
                total += float(other.stdout.readline())
            return total / args.passes

        def isolated() -> tuple[float, float]:
            inside, outside = used(forking), time.process_time()
            for _ in range(args.passes):
                child = zygote.fork()
                for request in asked:
                    child.ask(request, 60)
                child.close()
            spent = used(forking) - inside, time.process_time() - outside
            return spent[0] / args.passes, spent[1] / args.passes

        forking = zygote_of(zygote.pid)
        rounds = []
        warm(), isolated()
        for _ in range(args.rounds):
            before, (inside, outside), after = warm(), isolated(), warm()
            rounds.append((before, inside, outside, after))
    names = ["one warm process", "in a sandbox", "and the grader's end of the wire"]
    times = [[b, i, i + o] for b, i, o, _ in rounds]
    print("| The same cells and calls | ms of processor | to one warm process |")
    print("| --- | ---: | ---: |")
    for k, name in enumerate(names):
        ratios = [
            row[k] / ((row[0] + last[3]) / 2)
            for row, last in zip(times, rounds, strict=True)
        ]
        low, middle, high = statistics.quantiles(ratios, n=4)
        spent = 1e3 * statistics.median(row[k] for row in times)
        print(f"| {name} | {spent:.0f} | {middle:.2f} ({low:.2f} to {high:.2f}) |")


if __name__ == "__main__":
    main()
