"""Measure a first wrong `check`; prints the processor time that it takes, an exercise.

    python -m tests.bench.check                 every exercise
    python -m tests.bench.check glorot Value    these

A child is forked from a process that has imported nnkit and checked nothing, for each
known slip of an exercise: so all that an answer key needs is computed, too. A student
should not wait for more than 100 ms.
"""

import os

for variable in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"  # read when NumPy is imported

import statistics  # noqa: E402 - after the environment, as NumPy is
import struct  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

from nnkit import check  # noqa: E402
from nnkit.exercises import EXERCISES  # noqa: E402

ROUNDS = 3


def first_check(exercise, mutant) -> float:
    """Return the processor time of one check in a process of its own, in ms."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        answer = answer_of(exercise, mutant)
        begin = time.process_time()
        checked = check(answer)
        checked._repr_html_()
        taken = time.process_time() - begin
        assert checked.verdict.status in ("wrong", "partly right")
        os.write(write, struct.pack("d", 1000 * taken))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        [taken] = struct.unpack("d", pipe.read())
    os.waitpid(child, 0)
    return taken


def answer_of(exercise, mutant):
    """Return a slip's mutant under the name that `check` knows an answer by."""
    if isinstance(mutant, type):
        return type(exercise.id, (mutant,), {})

    def answer(*args, **kwargs):
        return mutant(*args, **kwargs)

    answer.__name__ = exercise.id
    return answer


def main(names) -> None:
    print(f"{'':16} median   worst  slip, in ms of the processor")
    for name in names or EXERCISES:
        exercise = EXERCISES[name]
        times = {
            slip.id: min(first_check(exercise, slip.mutant) for _ in range(ROUNDS))
            for slip in exercise.slips
        }
        worst = max(times, key=times.get)
        middle = statistics.median(times.values())
        print(f"{name:16} {middle:6.0f}  {times[worst]:6.0f}  {worst}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
