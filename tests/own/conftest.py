"""A course of an instructor's own: made, built and handed out once, then copied."""

import pytest
from own_course import UNIT, copied

from nnkit.build import build
from nnkit.exercises import own
from nnkit.units import new_unit


@pytest.fixture(autouse=True)
def _nothing_in_use():
    yield
    own.use(None)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("built") / "course"
    new_unit(root, UNIT)
    build(root=root)
    return root


@pytest.fixture
def course(built, tmp_path):
    """Return a copy of the built course, to be spoiled."""
    return copied(built, tmp_path / "course")
