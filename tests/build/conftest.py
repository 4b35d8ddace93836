"""A small unit of its own, in place of the course's."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from nnkit.build import build, source

UNIT = '''\
# %% [markdown]
# # A unit

# %%
import math

def check(function):
    return "open"

# %% [markdown] readonly="rules"
# The rules.

# %% answer="shown"
def shown(x):
    return math.tanh(x)

# %% check="shown"
check(shown)

# %% answer="double"
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    secret = x + x
    return secret
    ### END SOLUTION

# %% check="double"
check(double)

# %% tags=["demonstration"]
picture = [double(n) if "+" in "+" else n for n in ()]
print(len(picture))
'''


@dataclass
class Checkout:
    """A clone of a course with one unit."""

    root: Path

    @property
    def source(self):
        return self.root / "solutions" / "07-unit.py"

    @property
    def instructors(self):
        return self.root / "solutions" / "07-unit" / "07-unit.ipynb"

    @property
    def students(self):
        return self.root / "course" / "07-unit" / "07-unit.ipynb"

    def edit(self, old, new):
        text = self.source.read_text()
        assert old in text
        self.source.write_text(text.replace(old, new))

    def build(self, names=(), check=False):
        return build(names, check=check, root=self.root)

    def cells(self, path=None):
        notebook = nbformat.read(path or self.instructors, as_version=4)
        return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(autouse=True)
def _exercises(monkeypatch):
    pair = (
        SimpleNamespace(id="shown", points=0, worked=True),
        SimpleNamespace(id="double", points=3, worked=False),
    )
    monkeypatch.setattr(source, "_exercises_of", lambda unit: pair)


@pytest.fixture
def unit(tmp_path):
    """Return a checkout with one unit of two exercises, not yet built."""
    checkout = Checkout(tmp_path / "checkout")
    checkout.source.parent.mkdir(parents=True)
    checkout.source.write_text(UNIT)
    (checkout.root / "pyproject.toml").touch()
    return checkout


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept") / "checkout"


@pytest.fixture
def built(unit, kept):
    """Return the same, built; running it takes a second, so it is kept and copied."""
    if not kept.exists():
        unit.build()
        shutil.copytree(unit.root, kept)
    shutil.copytree(kept, unit.root, dirs_exist_ok=True)
    return unit
