"""Honest notebooks that are odd: what runs in a browser must cost no points here."""

from .case import RIGHT, Hostile, calling
from .forging_cells import ANSWER, CHECK, with_source, without

COMMANDS = f"""
!pip install --quiet numpy
%pip install numpy
files = !ls
%ls
{RIGHT}
assert not files and _exit_code
"""

EXTENSIONS = f"""
%load_ext autoreload
%autoreload 2
%load_ext nb_black_or_so
%reload_ext nb_black_or_so
%notebook mine.ipynb
%edit mine.py
%watermark --python
%conda install numpy
%store -r
{RIGHT}
quit()
"""

STREAMS = f"""
import faulthandler, sys, unittest
faulthandler.enable()
sys.stdout.writelines(["as ", "in a notebook"])
assert sys.stdout.writable() and not sys.stdout.closed
unittest.main(argv=[""], exit=False)
{RIGHT}
"""

SCREENS = f"""
%matplotlib widget
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
plt.switch_backend("QtAgg")
%config InlineBackend.figure_format = "retina"
plt.plot([1, 2])
plt.show(block=True)
{RIGHT}
"""

AWAITED = f"""
import asyncio
async def nap():
    await asyncio.sleep(0.01)
await nap()
{RIGHT}
await asyncio.gather(nap(), nap())
"""

TYPED = """
from __future__ import annotations
from dataclasses import dataclass
import functools
import numpy as np
import numpy.typing as npt

@dataclass(frozen=True)
class Grads:
    dw: npt.NDArray[np.float64]
    db: np.float64

def of(X: Undefined, y, w, b, /, *, power: int = 2) -> Grads:
    a = np.tanh(X @ w + b)
    dz = power / len(y) * (a - y) * (1 - a**2)
    return Grads(X.T @ dz, dz.sum())

@functools.lru_cache
def rows(data, shape):
    return np.frombuffer(data).reshape(shape)

class Answer:
    def __call__(self, X, y, w, b):
        found = of(rows(np.ascontiguousarray(X).tobytes(), X.shape), y, w, b)
        yield found.dw
        yield found.db

neuron_grads = functools.partial(lambda make, *args: tuple(make(*args)), Answer())
"""

POOLED = calling(
    """
with ThreadPoolExecutor(4) as pool:
    a = np.array(list(pool.map(lambda x: np.tanh(x @ w + b), X)))
print(sys.stderr, file=sys.stderr)
dz = 2 / len(y) * (a - y) * (1 - a**2)
return np.longdouble(1) * (X.T @ dz), dz.sum()
""",
    "import sys\nfrom concurrent.futures import ThreadPoolExecutor\nimport numpy as np",
)

KINDS = f"""
from collections import deque
{RIGHT.replace("neuron_grads", "plain")}
def neuron_grads(*inputs):
    dw, db = plain(*inputs)
    return deque([dw.astype(np.clongdouble)[::-1][::-1], np.array(db, dtype=object)])
"""

STARRED = f"""
from nnkit import *
from math import *
from numpy import *
{RIGHT}
check = predict = failing_case = None
"""

ASIDE = """
from multiprocessing import Pool
import subprocess, urllib.request
with Pool(2) as pool:
    pool.map(abs, [1])
"""

NOISY = """
import logging, sys, warnings
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
warnings.simplefilter("error")
import numpy as np
np.seterr(all="raise")
np.set_printoptions(precision=1)
np.random.seed(0)
print("x" * 10**6)
%timeit -n 5 -r 2 sum(range(100))
%precision 2
%xmode Minimal
%pdb on
"""

SHOWN = """
import matplotlib.pyplot as plt, ipywidgets, numpy as np
from matplotlib.animation import FuncAnimation
from IPython.display import HTML, Markdown, clear_output, display
figure, axes = plt.subplots()
moving = FuncAnimation(figure, lambda frame: [], frames=2)
display(HTML("<b>x</b>"), Markdown("*x*"), ipywidgets.IntSlider())
clear_output(wait=True)
plt.savefig("mine.png")
np.save("mine.npy", np.eye(2))
assert np.load("mine.npy").shape == (2, 2)
"""

PASTED = """# copied from a session of mine
>>> import numpy as np
>>> def neuron_grads(X, y, w, b):
...     a = np.tanh(X @ w + b)
...     dz = 2 / len(y) * (a - y) * (1 - a**2)
...     return X.T @ dz, dz.sum()
"""

TIMED = f"""
%timeit sum(range(100))
%timeit -n 100000 -r 7 -q sum(range(1000))
spent = %timeit -o -p 3 -r3 max(-1, 2)
assert spent.best < 1
{RIGHT}
"""

DEBUGGED = f"""
from nnkit import failing_case
case = failing_case("neuron_grads")
X, y, w, b = case.values()
m, n = X.shape
print(X[:, 0], X[1:3], (X > 0).sum(), range(m), np.zeros(X.shape) + 1)
assert X.shape == (5, 3) and y.max() < 9
{RIGHT}
"""

ASKED = f"""
name = input("Your name? ")
%reset -f
rounds = int(input())
{RIGHT}
"""


def merged_into_its_check(notebook):
    with_source(CHECK, f"{RIGHT}\ncheck(neuron_grads)")(notebook)
    without(ANSWER)(notebook)


def merged_with_all_above(notebook):
    """Merge what stands from the check of another exercise on into one cell."""
    cells = f"check(neuron)\n\n{RIGHT}\ncheck(neuron_grads)"
    with_source(CHECK, cells)(notebook)
    without(ANSWER)(notebook)


def with_a_helper(path, data):
    """Hand in a module beside the notebook, which would take the sandbox's place."""
    path.write_bytes(data)
    (path.parent / "mine.py").write_text(f"{RIGHT}\nraise SystemExit('outside')")


def in_a_cell_of_its_own(notebook):
    without(CHECK)(notebook)
    without(ANSWER)(notebook)


SUBMISSIONS = (
    Hostile("honest-commands", COMMANDS),
    Hostile("honest-asked", ASKED, first="while input('Guess: ') != '7':\n    pass"),
    Hostile(
        "honest-merged",
        says="has an answer in it: kept above the check",
        edit=merged_into_its_check,
    ),
    Hostile(
        "honest-merged-with-all-above",
        says="has an answer in it: kept above the check",
        edit=merged_with_all_above,
    ),
    Hostile(
        "honest-in-its-check",
        "def neuron_grads(X, y, w, b):\n    raise NotImplementedError",
        says="has an answer in it",
        edit=with_source(CHECK, f"{RIGHT}\ncheck(neuron_grads)"),
    ),
    Hostile(
        "honest-elsewhere",
        says="counted as open where no other cell answers, so up to 3 points",
        first=RIGHT,
        edit=in_a_cell_of_its_own,
    ),
    Hostile("honest-extensions", EXTENSIONS),
    Hostile("honest-streams", STREAMS),
    Hostile("honest-pasted", edit=with_source(ANSWER, PASTED)),
    Hostile("honest-screens", SCREENS),
    Hostile("honest-awaiting", AWAITED),
    Hostile("honest-timing", TIMED, first="%%timeit -r 9\nsum(range(10**4))"),
    Hostile("honest-debugging", "import numpy as np\n" + DEBUGGED),
    Hostile(
        "honest-timed",
        later="%%bash\nls",
        edit=with_source(ANSWER, f"%%time\n{RIGHT}"),
    ),
    Hostile("honest-captured", edit=with_source(ANSWER, f"%%capture out\n{RIGHT}")),
    Hostile("honest-typed", TYPED),
    Hostile("honest-pooled", POOLED),
    Hostile("honest-kinds", KINDS),
    Hostile("honest-starred", STARRED),
    Hostile("honest-asides", first=ASIDE, later=ASIDE),
    Hostile("honest-noisy", first=NOISY),
    Hostile("honest-shown", first=SHOWN, later="input('Press Enter')"),
    Hostile(
        "honest-in-a-file",
        "from mine import neuron_grads",
        first=f"%%writefile mine.py\n{RIGHT}",
    ),
    Hostile(
        "honest-with-a-file-beside",
        "from mine import neuron_grads",
        0,
        "'mine.py' lies beside the notebook and was not there when it ran",
        put=with_a_helper,
    ),
    Hostile(
        "honest-lacking-a-module",
        first="import pandas_or_so\nimport math",
        says="cell 1: No module named 'pandas_or_so' where this ran",
    ),
    Hostile("honest-and-later-not", later="neuron_grads = None\ncheck(neuron_grads)"),
)
