"""Read the answers in `answers/`, whose README says how they are written down."""

import functools
import itertools
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

FOLDER = Path(__file__).parent / "answers"


class Answer(NamedTuple):
    exercise: str
    name: str
    source: str
    wrong: tuple[str, ...]
    hints: frozenset[str] | None

    def function(self):
        """Run the answer's cell, and return what it defines."""
        names = {"np": np, "math": math, "functools": functools, "itertools": itertools}
        names["__name__"] = "__main__"
        exec(compile(self.source, self.name, "exec"), names)  # ours, not a student's
        return names[self.exercise]


def answers():
    """Return all of them, in the order of the files."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("\n== ")[1:]:
            found += _answers_of(block)
    return found


def _answers_of(block):
    head, *lines = block.rstrip("\n").split("\n")
    code = [line for line in lines if not line.startswith(("+ ", "- "))]
    source = "\n".join(code).strip("\n") + "\n"
    title, *verdict = head.split(" | ")
    exercise, style = title.split(": ", 1)
    yield _answer(exercise, style, source, *verdict)
    for line in lines:
        if line.startswith("+ "):
            label, edits = line[2:].split(" | ", 1)
            verdict = ()
        elif line.startswith("- "):
            label, *verdict, edits = line[2:].split(" | ", 3)
        else:
            continue
        changed = _edited(source, edits)
        yield _answer(exercise, f"{style}, {label}", changed, *verdict)


def _answer(exercise, name, source, parts="", hints=""):
    wrong = tuple(part.strip() for part in parts.split(",") if part.strip())
    told = None if hints == "~" else frozenset(hints.split())
    return Answer(exercise, f"{exercise}: {name}", source, wrong, told)


def _edited(source, edits):
    for edit in edits.split(" ;; "):
        old, new = (text.replace("\\n", "\n") for text in edit.split(" => ", 1))
        assert old in source, edit
        source = source.replace(old, new)
    return source
