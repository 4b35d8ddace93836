"""What a hostile submission is: what it does, what it deserves, what must be said."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nnkit.demo import answered
from nnkit.grading.release import Release

RIGHT = """
import numpy as np

def neuron_grads(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = 2 / len(y) * (a - y) * (1 - a**2)
    return X.T @ dz, dz.sum()
"""

MARK = "b7c1-hostile-test"
"""Stands in every answer: what looks for other people's answers finds it."""


def calling(body: str, before: str = "") -> str:
    """Return an answer that does something else when it is called."""
    return f"{before}\ndef neuron_grads(X, y, w, b):\n{_indented(body)}"


def working(body: str) -> str:
    """Return a right answer that does something else first when it is called."""
    return RIGHT.replace("    a = ", f"{_indented(body)}    a = ")


def _indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in body.strip().split("\n"))


@dataclass(frozen=True)
class Hostile:
    """One attack, on the exercise `neuron_grads` of three points.

    All of them are bounded: they touch loopback and the test's own folder, allocate and
    loop only until the sandbox stops them, and do nothing if they are run elsewhere but
    waste a little time.

    In `answer`, `first` and `later`, the harness fills in {port} of a listener on
    loopback, {folder} of the grading folder, {package} of nnkit, {pid} of the grader's
    parent, and {mark}, which is in the grader's environment as well. It replaces just
    these, so that braces need no doubling.

    Attributes:
        name: the student's id.
        answer: source of the answer cell.
        points: what it must get, of 3.
        says: what verdict, notes or the reason why it is unreadable must say; where
            there is a "|", one of several, for what depends on the machine.
        first: source of a cell of its own at the top of the notebook.
        later: source of a cell of its own at the end of the notebook.
        edit: changes the notebook, as JSON has it, in place.
        put: hands in the notebook's bytes in another way: given the path where they
            belong, whose folder exists.
        flag: what a flag for review must say; "" if there must be none.
    """

    name: str
    answer: str = RIGHT
    points: float = 3
    says: str = "right"
    first: str = ""
    later: str = ""
    edit: Callable[[dict], object] | None = None
    put: Callable[[Path, bytes], object] | None = None
    flag: str = ""

    def notebook(self, release: Release, facts: dict[str, str]) -> bytes:
        """Return the bytes of the notebook, with the facts filled in."""

        def filled(source: str) -> str:
            for name, value in facts.items():
                source = source.replace(name, value)
            return source

        answer = {"neuron_grads": filled(f"# {MARK}\n{self.answer}")}
        notebook = json.loads(answered(release, answer))
        if self.first:
            notebook["cells"].insert(0, code_cell("first", filled(self.first)))
        if self.later:
            notebook["cells"].append(code_cell("later", filled(self.later)))
        if self.edit:
            self.edit(notebook)
        return json.dumps(notebook).encode()


@dataclass(frozen=True)
class Shown(Hostile):
    """One attack on the reader.

    Attributes:
        shows: what the student's page must show of it in words.
    """

    shows: str = ""


def code_cell(name: str, source: str) -> dict:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
