# %% [markdown]
# # Unit 0: Start here
#
# Each unit of this course is a notebook like this one: text to read, cells to run, and
# functions for you to write. The course checks what you write and, where it recognizes
# a misunderstanding, tells you which. This first notebook is about the tools alone.
#
# **After this notebook you can**
#
# 1. run cells, and tell whether your installation is sound;
# 2. answer an exercise, check it, read a hint, and debug with the inputs that failed;
# 3. see your progress, and hand a notebook in.
#
# **You need** a little Python with NumPy arrays. **Time**: about 15 minutes.

# %% [markdown]
# ## Run a cell
#
# A notebook is made of *cells*. Click into the next one, with `print` in it, and press
# **Shift + Enter**: it runs, its output appears below, and the next cell is selected.

# %%
print("It runs: 6 times 7 is", 6 * 7)

# %% [markdown]
# All cells share one memory, the *kernel*, and keep what earlier ones have defined, in
# the order in which you ran them. If that order ever gets into a muddle, choose **Run >
# Restart Kernel and Run All Cells…**: everything is forgotten and run from the top. A
# notebook that survives this is a notebook that somebody else can run, too.
#
# When you come back on another day, the outputs are there and the memory is empty: a
# cell stops with a `NameError`, because what it needs has not run yet. Click into the
# cell where you want to go on, and choose **Run > Run All Above Selected Cell**.

# %% [markdown]
# ## Is everything installed?
#
# Run this cell. Its last line says whether you can start, or what to do.

# %% tags=["demonstration", "nbval-ignore-output"]
import importlib.util
import sys
from importlib.metadata import PackageNotFoundError, version

missing = []
for package, oldest in [("numpy", 1), ("matplotlib", 3), ("ipywidgets", 8)]:
    try:
        found = version(package)
    except PackageNotFoundError:
        found = "not installed"
    print(f"{package:<12}{found}")
    if not found[0].isdigit() or int(found.split(".")[0]) < oldest:
        missing.append(f"{package}>={oldest}")

print(f"{'Python':<12}{sys.version.split()[0]}")
if importlib.util.find_spec("nnkit") is None:
    print("nnkit is not in the Python that runs this notebook:", sys.executable)
    print("Close JupyterLab, and start it from the other one: python -m nnkit lab")
elif missing:
    print("Missing or too old. Run in a cell of its own, then restart the kernel:")
    print("%pip install", *(f"'{package}'" for package in missing))
else:
    print("Everything is there, and this kernel's Python is the one that has nnkit.")

# %% [markdown]
# ## Answer an exercise
#
# Every notebook begins by importing what it needs. Of the course itself you will use
# five names, and meet all of them here.

# %%
import numpy as np

from nnkit import check, failing_case, predict, progress, reveal

# %% [markdown] readonly="center-task"
# ### Exercise `center` (practice)
#
# Write `center(x)`, which takes the mean out of a row of numbers.
#
# * `x` has shape `(n,)`. There may be one number or many, and they may be whole
#   numbers.
# * Return the pair `(mean, rest)`: `mean` is the mean of the numbers; `rest` has the
#   shape of `x` and is what remains of each number when the mean is subtracted.
# * Leave `x` as it is: whoever calls you may need it again.

# %% [markdown]
# The cell below is yours to write. As it stands it answers with a
# `NotImplementedError`, which means: *open*. Run it, run the cell with `check(center)`
# under it, and see how an open exercise looks. Then:
#
# 1. **Answer wrongly, on purpose.** Put `return x.sum(), x - x.sum()` in place of the
#    line that raises, and run both cells. `check` has called your function with several
#    inputs, the *cases*. It says which of the two *parts* you return are right, and in
#    which cases, and it gives a *hint*.
# 2. **Check the same answer again.** Whoever is stuck gets more help: first where to
#    look, with a table if only some entries of an array are wrong, and after that a
#    small case to work out on paper. The answer itself it never tells.
# 3. **Answer rightly**, in any way you like: with a loop, or with NumPy.


# %% answer="center"
def center(x):
    """Return (mean, rest): the mean of x, and x with its mean subtracted."""
    ### BEGIN SOLUTION
    mean = x.sum() / len(x)
    return mean, x - mean
    ### END SOLUTION


# %% check="center"
check(center)

# %% [markdown]
# Check as often as you like; it is not counted against you. Rounding does not matter
# either: what is right on paper, in ordinary double precision, is right here.

# %% [markdown]
# ## Debug with the case that failed
#
# `failing_case` hands you the inputs with which your last check failed first, by name.
# They are copies: do with them what you want. While nothing has failed, it says so.

# %%
failing_case("center")

# %% [markdown]
# Give it a name, `case = failing_case("center")`: then `case["x"]` is its input, and
# `center(**case)` calls your function with it. A few `print` lines inside of the
# function show where the numbers go wrong. Extra cells are welcome anywhere: add one
# with the **+** above the notebook.

# %% [markdown]
# ## Predict, then measure
#
# Before a notebook shows you a result, it often asks what you expect. A guess that is
# written down teaches more than one that is not, above all when it is wrong. Put a
# number in place of the three dots: **the numbers 2, 4 and 9, minus their mean. What do
# the three differences add up to?**

# %%
predict("sum of the rest", ...)

# %%
numbers = np.array([2.0, 4.0, 9.0])
reveal("sum of the rest", (numbers - numbers.mean()).sum())

# %% [markdown]
# **Explain.** The mean is the sum divided by $n$. So subtracting it $n$ times takes
# away exactly the sum, and 0 remains, whatever the numbers are. Predictions are not
# graded, and cells without one run all the same.

# %% [markdown]
# ## Where do I stand?
#
# `progress("00-start")` shows this unit, `progress()` the whole course: which exercises
# are right, what is left of the others, and what comes next. In the folder that `nnkit
# lab` made, it is kept from one day to the next.

# %%
progress("00-start")

# %% [markdown]
# ## Hand in
#
# 1. **Run > Restart Kernel and Run All Cells…**, then read every check once more. A
#    cell that stops with an error does not cost you the answers in other cells. But
#    JupyterLab goes no further than that cell: click into the next one, and choose
#    **Run > Run Selected Cell and All Below**.
# 2. **Save** with Ctrl + S (on a Mac, ⌘ + S). What is not saved is not handed in.
# 3. If you like, see it with the grader's eyes: **File > New > Terminal**, then type
#    `nnkit validate 01-neuron/01-neuron.ipynb`. It needs Linux, macOS or WSL 2, and
#    says what is to be installed for it, if anything is.
# 4. **Hand in the one file** `01-neuron.ipynb`, under this name, in the way your
#    instructor has told you: an upload, or the *Assignments* tab if there is one.
#
# What counts is what your functions return. The grader runs your notebook from the top,
# without a network and without your other files, and calls each function with inputs of
# the same kinds that nobody has seen. What your cells print does not count; how long
# they take does: a cell may take about ten seconds, and a call of your function two, if
# its task does not say more. The tasks and the `check` cells are locked: if one is
# changed or lost, the grader puts it back.
#
# No instructor? Then `check` is all you need. Go on with unit 1, *One neuron*. With six
# units of an hour and a half to two hours each, the whole course takes about eleven
# hours.
