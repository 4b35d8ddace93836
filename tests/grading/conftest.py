"""A unit of its own: these tests must not change when the course does."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager

import pytest
from grading_builders import UNIT, notebook, released_cells
from nbgrader.api import Gradebook

from nnkit.grading.gradebook import write_gradebook
from nnkit.grading.release import Release
from nnkit.grading.sandboxes import Zygote
from nnkit.grading.submission import read_submission
from nnkit.grading.workspace import make_workspace


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as zygote:
        yield zygote


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    (folder / UNIT).mkdir(parents=True)
    path = folder / UNIT / f"{UNIT}.ipynb"
    path.write_text(json.dumps(notebook(released_cells())))
    return folder


@pytest.fixture
def release(course):
    return Release.load(course / UNIT / f"{UNIT}.ipynb")


@pytest.fixture
def workspace(tmp_path, course):
    return make_workspace(tmp_path / "grading", None, course)


@pytest.fixture
def ordinary_user(tmp_path):
    """A context in which file permissions hold for this process, also if it is root."""

    @contextmanager
    def as_one():
        if os.geteuid():
            yield
            return
        for folder in (tmp_path, *tmp_path.parents[:3]):
            if folder.name != "tmp":
                folder.chmod(0o755)
        os.seteuid(54321)
        try:
            yield
        finally:
            os.seteuid(0)

    return as_one


@pytest.fixture
def hand_in(workspace):
    """Write a student's file; cells, a notebook, text or bytes."""

    def write(content, student="ada", name=f"{UNIT}.ipynb", timestamp=None):
        folder = workspace.submitted / student / UNIT
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            content = notebook(content)
        if isinstance(content, dict):
            content = json.dumps(content)
        if isinstance(content, str):
            content = content.encode()
        (folder / name).write_bytes(content)
        if timestamp is not None:
            (folder / "timestamp.txt").write_text(timestamp)
        return folder / name

    return write


@pytest.fixture
def write(workspace, release):
    def write_records(*records, url=workspace.db_url, **options):
        return write_gradebook(url, release, records, **options)

    return write_records


@pytest.fixture
def opened(workspace):
    """nbgrader's own view of the gradebook."""

    @contextmanager
    def open_gradebook():
        with Gradebook(workspace.db_url) as book:
            yield book

    return open_gradebook


@pytest.fixture
def read(hand_in, release):
    def hand_in_and_read(content, **options):
        return read_submission("ada", hand_in(content, **options), release)

    return hand_in_and_read


@pytest.fixture
def there(workspace):
    """What is in submitted/ and attempts/: path → the mark in the notebook."""

    def read():
        found = {}
        for top in ("submitted", "attempts"):
            for path in sorted((workspace.root / top).rglob("*.ipynb")):
                cells = json.loads(path.read_bytes())["cells"]
                name = path.relative_to(workspace.root).as_posix()
                found[name] = cells[-1]["source"]
        return found

    return read
