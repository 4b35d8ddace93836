"""A cell that Python could not read leaves the old function, and check says so."""

import subprocess
import sys
from types import SimpleNamespace

import IPython
import numpy as np
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from nnkit import check
from nnkit.judging.unread import about_renamed, about_unread

pytestmark = pytest.mark.usefixtures("session")

RIGHT = "def act(z, kind):\n    return z"
NO_COLON = "def act(z, kind)\n    return z"


@pytest.fixture
def typed(monkeypatch):
    """Pretend that these cells were run; return the list of them."""
    cells = []
    shell = SimpleNamespace(
        history_manager=SimpleNamespace(input_hist_raw=cells),
        transform_cell=TransformerManager().transform_cell,
    )
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    return cells


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (NO_COLON, "line 1, expected ':'"),
        ("x = 1\ndef act(z, kind):\nreturn z", "line 3, expected an indented block"),
        ("def act(z, kind):\n    return (z", "line 2, '(' was never closed"),
        ("def act(z, kind):\n    x = 1\n  return z", "line 3, unindent does not match"),
        ("def act(z, kind):\n    # \ud83d", "did not run: 'utf-8' codec can't encode"),
        ("def act(z, kind):\n    # \0", "did not run: source code string cannot"),
    ],
)
def test_it_is_said_which_line_stops_it(typed, cell, why):
    typed += [RIGHT, cell, "check(act)"]
    said = about_unread("act")
    assert why in said
    assert "the `act` from before" in said


@pytest.mark.parametrize(
    "cell",
    [
        RIGHT,
        "%time 1\n!ls\ndef act(z, kind):\n    return z\nawait something",
        "%%time\ndef act(z, kind):\n    return z",
        "def act(z, kind):\n    '\\d'\n    return z is 1",
        "def act(z, kind):\n    return undefined",
    ],
)
def test_what_can_be_read_has_run(typed, cell):
    typed += [NO_COLON, cell, "check(act)"]
    assert about_unread("act") == ""


def test_what_defines_something_else_says_nothing(typed):
    typed += [RIGHT, "def acting(z)\n    return z", "y = act(", "check(act)"]
    assert about_unread("act") == ""


RENAMED = "%time 1\ndef activation(z, kind):\n    return z"


def test_an_answer_by_another_name_is_noticed(typed):
    typed += [RIGHT, RENAMED, "check(act)"]
    said = about_renamed("act", ("z", "kind"))
    assert said.startswith("The cell that was run last defines `activation`, and not")
    assert "If `activation` is your answer, call it `act`" in said


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["check(act)"],
        [RENAMED, RIGHT, "check(act)"],
        [RENAMED, "check(other)", "check(act)"],
        [RENAMED, f"{RIGHT}\ncheck(act)"],
        [f"{RENAMED}\n{RIGHT}", "check(act)"],
        [f"{RENAMED}\nact = activation", "check(act)"],
        ["def helper(z):\n    return z", "check(act)"],
        ["def activation(z, kind:\n    return z", "check(act)"],
        ["class Activation:\n    def call(z, kind):\n        return z", "check(act)"],
    ],
)
def test_other_cells_are_no_answer_by_another_name(typed, cells):
    typed += cells
    assert about_renamed("act", ("z", "kind")) == ""


def test_of_another_name_a_right_answer_hears_nothing(typed):
    def center(x):
        return x.mean(), x - x.mean()

    typed += ["def centre(x):\n    return 0, x", "check(center)"]
    assert "not `center`" not in repr(check(center))

    def center(x):
        return 0.0, x

    assert "defines `centre`, and not `center`" in repr(check(center))


def test_without_a_notebook_nothing_is_known():
    assert about_unread("act") == ""
    assert about_renamed("act", ("z", "kind")) == ""


def test_both_forms_of_a_verdict_tell_it(typed):
    def act(z, kind):
        return np.zeros(3)

    typed += [RIGHT, NO_COLON]
    checked = check(act)
    assert "What was checked is the `act` from before" in repr(checked)
    assert "<code>act</code> from before" in checked._repr_html_()
    typed.append(RIGHT)
    assert "from before" not in repr(check(act))


def test_so_it_is_where_ipython_runs_the_cells():
    cells = [f"from nnkit import check\n{RIGHT}", NO_COLON, "print(check(act))"]
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        f"for cell in {cells!r}: shell.run_cell(cell, store_history=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "The last cell that defines `act` did not run: line 1" in done.stdout
