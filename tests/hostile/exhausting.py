"""Notebooks that let the grader itself work, or that it could stumble over.

None of it runs in the sandbox: it is the text that is read, rendered, parsed or said.
"""

import json

from nbformat import from_dict
from nbgrader.utils import compute_checksum

from .case import RIGHT, Hostile, code_cell
from .damage_places import elsewhere
from .forging_wire import SEND
from .reading import text_cell

# Nothing of these is ever computed: they stand where no line comes to.
IDLE = RIGHT.replace("    a = ", "    if not len(y):\n        {}\n    a = ")
TOWER = "h = " + "(" * 7 + "2" + "**64)" * 7
CHAIN = "h = 1 + X{}".format(" + X" * 900)
PRODUCT = "h = 1 + X" + " * X + X" * 400
SUM = "h = 0" + " + 1" * 20_000  # Python 3.13 reads a sum of ten thousand
STEPS = "\n        ".join(["h = 1 + X{}".format(" + X" * 300)] * 40)

CLASS = """
class {}:
    def __add__(self, other): return self
    def __mul__(self, other): return self
"""
LONG_NAMES = "".join(CLASS.format(letter * 9_000) for letter in "ABCD")
LONG_NAMES += IDLE.format(f"h = {', '.join(letter * 9_000 for letter in 'ABCD')}")
LONG_IMPORTS = IDLE.format(
    f"import nnkit\n        nnkit.{'a' * 20_000}\n        nnkit.{'b' * 20_000}"
)

NESTED = (
    SEND
    + """
from nnkit.sandbox import wire
wire.MAX_DEPTH = 90

def neuron_grads(X, y, w, b):
    value = 0.0
    for _ in range(70):
        value = [value]
    return value, value
"""
)


MANY_AXES = """
import numpy as np

def neuron_grads(X, y, w, b):
    value = np.ones((1,) * 16)
    for _ in range(30):
        value = [value]
    return value, value
"""


def with_text(*sources: str):
    """Put text cells below all others."""

    def edit(notebook):
        notebook["cells"] += [text_cell(source) for source in sources]

    return edit


def asked_elsewhere(notebook):
    """A thousand exercises of another release, each with a checksum that fits."""
    for number in range(1_000):
        name = f"{'x' * 30}{number}"
        marks = {"grade": True, "solution": False, "locked": True, "task": False}
        marks |= {"grade_id": name, "points": 1, "schema_version": 3}
        check = code_cell(f"c{number}", "check(1)") | {"metadata": {"nbgrader": marks}}
        marks["checksum"] = compute_checksum(from_dict(check))
        answer = code_cell(f"a{number}", "")
        answer["metadata"]["nbgrader"] = {"grade_id": f"{name}-answer"}
        notebook["cells"] += [check, answer]


def many_old_cells(path, data):
    """An older format's notebook, with more cells than anybody reads."""
    cells = [{"cell_type": "code", "input": "1", "outputs": []}] * 50_000
    old = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}
    path.write_text(json.dumps(old))


def old_cells_of_nothing(path, data):
    """The same, whose cells break every rule, with codes for a terminal in them."""
    right = [cell for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]
    cells = [{**cell, "input": cell["source"]} for cell in right]
    cells += [5, None, [], {"cell_type": "heading", "level": [], "source": 3}]
    cells += [{"cell_type": "\x1b[31mred", "source": "\x1b[2J", "a": "\x1b[31m"}] * 3
    old = {"nbformat": 3, "metadata": {"\x1b[31m": 1}, "worksheets": [3, {}]}
    old["worksheets"].append({"cells": cells})
    path.write_text(json.dumps(old))


def a_time_of_no_file(path, data):
    """Handed in at a time whose zone is a name that no file can have."""
    path.write_bytes(data)
    path.with_name("timestamp.txt").write_text(f"2026-03-01 12:00 {'+' * 900}")


OWN_CLASSES = "a class of its own, AAAA"
SUBMISSIONS = (
    Hostile("no-html", edit=with_text("<p><![x[", "<div><![", "<p>a <![x[ b ]]>")),
    Hostile("headings-without-end", edit=with_text("a\n" + "#\n" * 3_900)),
    Hostile("tags-without-end", edit=with_text("<p>" + "<a " * 2_600, "<b\n" * 2_600)),
    Hostile("quotes-in-quotes", edit=with_text("> " * 4_000, "- " * 4_000)),
    Hostile("number-of-a-million-million-digits", IDLE.format(TOWER)),
    Hostile("sum-of-a-thousand-terms", IDLE.format(CHAIN)),
    Hostile("product-of-a-thousand-terms", IDLE.format(PRODUCT)),
    Hostile("sum-deeper-than-the-stack", IDLE.format(SUM), 0, "RecursionError"),
    Hostile("sums-of-a-thousand-terms", IDLE.format(STEPS)),
    Hostile("names-of-classes-without-end", LONG_NAMES, flag=OWN_CLASSES),
    Hostile("names-of-nnkit-without-end", LONG_IMPORTS, flag="uses nnkit.aaaa"),
    Hostile("nested-on-the-wire", NESTED, 0, "nested too deep", flag="changes nnkit"),
    Hostile("axes-without-end", MANY_AXES, 0, "a list that is nested too deep"),
    Hostile(
        "a-thousand-exercises-of-old",
        says="and 990 more was asked there",
        edit=asked_elsewhere,
        flag="which today's release does not ask",
    ),
    elsewhere("old-cells-without-end", many_old_cells, "has 50000 cells, at most 5000"),
    elsewhere("old-cells-of-nothing", old_cells_of_nothing, "right", 3),
    elsewhere("handed-in-in-no-zone", a_time_of_no_file, "no time that nbgrader", 3),
)
