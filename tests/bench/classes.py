"""Classes of any size for the benchmarks: right, slips, blank and broken, mixed.

python -m tests.bench.classes 500 my-class      then: nnkit grade 01-neuron --dir …
"""

import argparse
import random
import shutil
from pathlib import Path

from nnkit import demo
from nnkit.course import course_directory
from nnkit.demo import answered
from nnkit.grading.release import Release
from nnkit.grading.workspace import Workspace, make_workspace

UNIT = demo.UNIT
LEFT_OUT = ("jun",)
"""An endless loop waits, and does not compute: it would be all that is measured."""

BLANK, DAMAGED = 0.05, 0.01
"""Shares of the class that hand in nothing of their own, or half a file."""


def right(unit: str = UNIT) -> bytes:
    """A notebook with the right answers: the demonstration's, else the model's."""
    if unit == UNIT:
        return answered(Release.find(unit), demo.BRIEF)
    solutions = course_directory().parent / "solutions"
    return (solutions / unit / f"{unit}.ipynb").read_bytes()


def mixed(count: int, seed: int = 0):
    """Yield student ids and notebooks; every exercise answered in one way of many."""
    dice = random.Random(seed)
    release = Release.find(UNIT)
    ways: dict[str, list[str]] = {}
    for student, sources in demo.CLASS.items():
        if student not in LEFT_OUT:
            for exercise, source in sources.items():
                ways.setdefault(exercise, []).append(source)
    for number in range(count):
        name, chance = f"s{number:06}", dice.random()
        if chance < DAMAGED:
            yield name, release.data[: 1000 + number % 1000]
            continue
        chosen = {exercise: dice.choice(each) for exercise, each in ways.items()}
        if chance < DAMAGED + BLANK:
            chosen = {}
        yield name, _with(release, chosen, number)


def _with(release: Release, sources: dict[str, str], number: int) -> bytes:
    # Two students' files are never the same bytes.
    signed = {name: f"{text}\n# {number}" for name, text in sources.items()}
    return answered(release, signed)


def make(root: Path, notebooks, unit: str = UNIT) -> Workspace:
    """Make a grading folder anew and hand notebooks in."""
    shutil.rmtree(root, ignore_errors=True)
    workspace = make_workspace(root, None, course_directory())
    for student, data in notebooks:
        place = workspace.submitted / student / unit
        place.mkdir(parents=True)
        (place / f"{unit}.ipynb").write_bytes(data)
    return workspace


def main(*words: str) -> None:
    """Make a mixed class to try the grader with."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=Path, help="which is not there yet")
    args = parser.parse_args(words or None)
    if args.folder.exists():
        parser.error(f"{args.folder} is there already, and was left alone")
    print(f"made: {make(args.folder, mixed(args.size)).root}")


if __name__ == "__main__":
    main()
