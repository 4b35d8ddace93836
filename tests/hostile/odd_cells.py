"""Honest notebooks that are odd: what came of cells, kernels, editors and machines."""

import copy

from .case import RIGHT, Hostile, calling
from .forging_cells import ANSWER, CHECK, at, with_source

# Sixty at once: as many as a process may have, but for those that it has already.
CROWDED = calling(
    """
def output(x):
    time.sleep(0.1)
    return np.tanh(x @ w + b)
with ThreadPoolExecutor(60) as pool:
    a = np.array(list(pool.map(output, [*X] * 60)))[:len(X)]
dz = 2 / len(y) * (a - y) * (1 - a**2)
return X.T @ dz, dz.sum()
""",
    "import time, numpy as np\nfrom concurrent.futures import ThreadPoolExecutor",
)

ACCENTS = """
import numpy as np

def dérivée(α):
    '''∂tanh/∂z, écrite avec α = tanh z — 二乗誤差 😀'''
    return 1 - α**2

def 𝓷euron_grads(X, y, w, b):
    ŷ = np.tanh(X @ w + b)
    δ = 2 / len(y) * (ŷ - y) * dérivée(ŷ)
    return X.T @ δ, δ.sum()
"""

# What scratch work leaves behind in the names that everybody shares.
SHADOWS = """
sum = 0
list = dict = str = [1]
type = isinstance = print = None
check = display = get_ipython = np = plt = 3
"""

STUCK = """
import asyncio, sys, threading, time
from concurrent.futures import ThreadPoolExecutor

def tick():
    while True:
        print("tick")
        time.sleep(0.01)

async def wait():
    while True:
        await asyncio.sleep(0.01)

threading.Thread(target=tick).start()
late = [ThreadPoolExecutor(4).submit(time.sleep, 30) for _ in range(4)]
task = asyncio.create_task(wait())
sys.settrace(lambda *args: None)
"""

# Bound where cells bind, by other words; and a library that is only asked for.
BY_ITS_MODULE = f"""
import __main__, importlib.util
if importlib.util.find_spec("jax"):
    print("there is jax")
{RIGHT.replace("neuron_grads", "mine")}
__main__.neuron_grads = mine
"""

INSIDE_OUT = f"""
import inspect
import sys
import numpy as np
class Tee:
    def __init__(self, *streams):
        self.streams = streams
    def write(self, text):
        for stream in self.streams:
            stream.write(text)
    def flush(self):
        pass
sys.stdout = Tee(sys.stdout, open("log.txt", "w"))
sys.displayhook = print
{RIGHT}
print(inspect.getsource(neuron_grads))
get_ipython().ast_node_interactivity = "all"
np.eye(2)
_
"""

BROKEN_OFF = "def f(:\n    1 / 0\nassert False, 'try again'"

TIDY = f"""
%who
%whos
%env OMP_NUM_THREADS=1
%cd ..
%pwd
%pylab inline
%autosave 60
%doctest_mode
%history -n
%logstart mine.log
%prun sum(range(10))
%pinfo print
%psource print
%alias ll ls -l
%mkdir data
%config Completer.use_jedi = False
%debug
%tb
%rerun
{RIGHT}
"""


def cut_in_two(notebook):
    """Split the answer as an editor does: both halves keep what marks the cell."""
    cells = notebook["cells"]
    (place,) = (k for k, cell in enumerate(cells) if ANSWER in str(cell["metadata"]))
    cells.insert(place + 1, copy.deepcopy(cells[place]) | {"id": "second-half"})
    head, tail = RIGHT.split("    dz", 1)
    cells[place]["source"] = "import numpy as np\ndef slope(a):\n    return 1 - a**2"
    cells[place + 1]["source"] = f"{head}    dz{tail}".replace("1 - a**2", "slope(a)")


def uprooted(notebook):
    """Keep nothing of what a cell is marked with: what some editors save."""
    for cell in notebook["cells"]:
        cell["metadata"] = {"executionInfo": {"elapsed": 3}, "outputId": "x"}
        cell.pop("id", None)
    notebook["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU"}
    notebook["nbformat_minor"] = 0


def twice_over(notebook):
    notebook["cells"] += copy.deepcopy(notebook["cells"])


def checked_above(notebook):
    """Have a copy of the check on top, as untouched as the check itself."""
    cells = notebook["cells"]
    cells.insert(0, copy.deepcopy(cells[at(notebook, CHECK)]))


def helped_by_a_demonstration(notebook):
    """Define what the answer uses in a cell that is skipped, and guard its absence."""
    shown = next(
        cell
        for cell in notebook["cells"]
        if "demonstration" in cell["metadata"].get("tags", ())
    )
    shown["source"] = [*shown["source"], "\ndef slope(a):\n    return 1 - a**2\n"]
    guarded = (
        "\n    try:\n        s = slope(a)\n    except NameError:\n        s = 0 * a"
    )
    source = RIGHT.replace("w + b)", f"w + b){guarded}").replace("(1 - a**2)", "s")
    with_source(ANSWER, source)(notebook)


SUBMISSIONS = (
    Hostile("honest-crowded", CROWDED),
    Hostile("honest-accents", ACCENTS),
    Hostile("honest-below-a-magic", edit=with_source(ANSWER, f"%%mypy\n{RIGHT}")),
    Hostile("honest-not-in-python", first="%%sql sqlite://\nSELECT * FROM marks"),
    Hostile("honest-shadows", first=SHADOWS),
    Hostile("honest-stuck", first=STUCK),
    Hostile("honest-inside-out", INSIDE_OUT),
    Hostile("honest-broken-off", first=BROKEN_OFF),
    Hostile("honest-tidy", edit=with_source(ANSWER, TIDY)),
    Hostile("honest-indented", edit=with_source(ANSWER, RIGHT.replace("\n", "\n\t"))),
    Hostile(
        "honest-cut-in-two",
        says="a second 'neuron_grads-answer': both run, in this order",
        edit=cut_in_two,
    ),
    Hostile("honest-uprooted", says="graded by name", edit=uprooted),
    Hostile(
        "honest-checked-above", says="is a second 'neuron_grads'", edit=checked_above
    ),
    Hostile("honest-by-its-module", BY_ITS_MODULE),
    Hostile("honest-twice-over", says="is a second 'neuron_grads'", edit=twice_over),
    Hostile("honest-helped", edit=helped_by_a_demonstration),
)
