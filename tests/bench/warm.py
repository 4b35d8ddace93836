"""The floor: a unit's cells and graded calls in one warm process, without a wall.

    python -m tests.bench.warm 01-neuron 5 [--all-cells]
    python -m tests.bench.warm 01-neuron 0 [--all-cells]     a pass for every line read

The same shell as in the sandbox, the same inputs, no figure drawn; no fork, no
isolation, nothing sent anywhere. Prints the processor seconds of the passes, as JSON.
"""

import os

for variable in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"  # read when NumPy is imported
os.environ["MPLBACKEND"] = "agg"

import json  # noqa: E402 - after the environment, as NumPy is
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

from nnkit.grading.examiner import calls_of, exercises_in  # noqa: E402
from nnkit.grading.release import Release  # noqa: E402
from nnkit.grading.submission import read_submission  # noqa: E402
from nnkit.sandbox import zygote  # noqa: E402

from .classes import right  # noqa: E402


def requests(unit: str, all_cells: bool) -> list[dict]:
    """What a sandbox is asked for one right notebook."""
    release = Release.find(unit)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{unit}.ipynb")
        path.write_bytes(right(unit))
        cells = read_submission("right", path, release).cells
    calls = calls_of(exercises_in(release), seed=1)
    found = []
    for cell in cells:
        if cell.role == "check":
            asked = calls[cell.grade_id]
            found += [
                {"do": "call", "name": asked.name, "adapter": asked.adapter,
                 "args": case.args, "kwargs": dict(case.kwargs)}
                for case in asked.cases
            ]  # fmt: skip
        elif cell.kind == "code" and (all_cells or cell.role != "demonstration"):
            found.append({"do": "cell", "source": cell.source})
    return found


def main() -> None:
    """Run the passes; the first warms up and does not count."""
    unit, passes = sys.argv[1], int(sys.argv[2])
    asked = requests(unit, "--all-cells" in sys.argv)
    zygote.warm_imports()
    shell = zygote.make_shell()
    runner = zygote.runner_in(shell)

    def timed() -> float:
        start = time.process_time()
        for request in asked:
            runner._answer(request)
        used = time.process_time() - start
        shell.reset(new_session=False)
        return used

    timed()
    if passes:
        print(json.dumps([timed() for _ in range(passes)]))
    for _ in () if passes else sys.stdin:
        print(timed(), flush=True)


if __name__ == "__main__":
    main()
