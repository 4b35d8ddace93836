"""Time one training step, as a ratio to hand-written NumPy; prints a Markdown table.

    python -m tests.bench.step                  all that is installed, two minutes or so
    python -m tests.bench.step --rounds 20      quicker, coarser

Everything runs on one thread, and processor time is what counts, so other programs on
the machine disturb little. A round times every contender once, in random order, for a
few milliseconds each; NumPy takes part twice. The ratio is the median over the rounds
of contender to NumPy *of the same round*, so what slows the machine down for a while
slows both. The column "NumPy again" is NumPy against itself: differences between
contenders that are smaller than its spread mean nothing.
"""

import os

for variable in ("OPENBLAS", "MKL", "OMP", "VECLIB_MAXIMUM", "BLIS"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"  # read when NumPy is imported
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import argparse  # noqa: E402 - after the environment, as NumPy is
import random  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

from .nets import CONTENDERS, NETS, Net, Step, by_hand  # noqa: E402

GOALS = [1.7, 1.2, 1.1, 1.05, 1.03]


def time_of(step: Step, repeat: int) -> float:
    """Processor seconds a step, over `repeat` steps in a row."""
    start = time.process_time()
    for _ in range(repeat):
        step()
    return (time.process_time() - start) / repeat


def contenders(net: Net, names: list[str]) -> dict[str, Step]:
    """A step function for NumPy, NumPy again, and every library that is installed."""
    steps = {"NumPy": by_hand(net), "NumPy again": by_hand(net)}
    for name in names:
        try:
            steps[name] = CONTENDERS[name](net)
        except ImportError as error:
            print(f"  without {name}: {error}", file=sys.stderr)
    return steps


def measure(
    steps: dict[str, Step], rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Seconds a step of each contender, in each round."""
    repeat = {}
    for name, step in steps.items():
        for _ in range(3):
            step()  # first calls compile, allocate and fill caches
        repeat[name] = max(1, int(seconds / max(time_of(step, 3), 1e-6)))
    times: dict[str, list[float]] = {name: [] for name in steps}
    order = list(steps)
    for i in range(rounds):
        random.shuffle(order)
        for name in order:
            times[name].append(time_of(steps[name], repeat[name]))
        if sys.stderr.isatty():
            print(f"\r  round {i + 1} of {rounds}", end="", file=sys.stderr)
    return times


def ratios(times: dict[str, list[float]], name: str) -> tuple[float, float, float]:
    """Median ratio to NumPy, and its 10th and 90th percentile over the rounds."""
    r = [a / b for a, b in zip(times[name], times["NumPy"], strict=True)]
    tenths = statistics.quantiles(r, n=10)
    return statistics.median(r), tenths[0], tenths[-1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=0.02, help="a turn")
    parser.add_argument("--only", nargs="*", default=list(CONTENDERS))
    parser.add_argument("--nets", nargs="*", type=int, default=list(range(len(NETS))))
    args = parser.parse_args()

    rows, names = [], []
    for i in args.nets:
        net = NETS[i]
        print(net.name, file=sys.stderr)
        steps = contenders(net, args.only)
        times = measure(steps, args.rounds, args.seconds)
        names = [n for n in steps if n not in ("NumPy", "NumPy again")]
        _, low, high = ratios(times, "NumPy again")
        cells = [net.name, f"{statistics.median(times['NumPy']) * 1e6:.0f} µs"]
        cells += [f"{low:.2f} to {high:.2f}", f"{GOALS[i]:.2f}"]
        cells += [f"{ratios(times, name)[0]:.2f}" for name in names]
        rows.append(cells)
        print("\r  " + "  ".join(cells[1:]), file=sys.stderr)

    head = ["One step", "NumPy by hand", "NumPy again", "goal", *names]
    print("| " + " | ".join(head) + " |")
    print("| --- |" + " ---: |" * (len(head) - 1))
    for cells in rows:
        print("| " + " | ".join(cells) + " |")


def keep_the_heap() -> None:
    """Start anew with a heap that gives nothing back to the system.

    By how it happens to lie, glibc else returns a step's arrays after every step and
    asks for them again, which takes half as long as the step itself, or nothing.
    """
    large = str(1 << 25)  # glibc takes no more
    kept = {f"MALLOC_{what}_THRESHOLD_": large for what in ("TRIM", "MMAP")}
    if not kept.keys() <= os.environ.keys():
        command = [sys.executable, "-m", "tests.bench.step", *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, **kept})


if __name__ == "__main__":
    keep_the_heap()
    main()
