"""What lies beside a notebook, when `nbgrader autograde` copies all of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnkit.demo import UNIT, answered
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import make_workspace

SECRET = "the gradebook, say"


@pytest.fixture
def workspace(tmp_path):
    workspace = make_workspace(tmp_path / "course", None, course_directory())
    (tmp_path / "elsewhere").write_text(SECRET)
    for student in ("ada", "zoe"):
        place = workspace.submitted / student / UNIT
        (place / "deeper").mkdir(parents=True)
        (place / f"{UNIT}.ipynb").write_bytes(answered(Release.find(UNIT), {}))
        (place / "data.csv").write_text("1, 2")
    place = workspace.submitted / "zoe" / UNIT
    for link in ("notes.txt", "deeper/[a].txt", "data[1].csv"):
        (place / link).symlink_to(tmp_path / "elsewhere")
    return workspace


def test_a_link_beside_a_notebook_brings_nobody_elses_file(workspace):
    command = [sys.executable, "-m", "nbgrader", "autograde", UNIT]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=workspace.root,
        env={**os.environ, "PATH": path},  # nbgrader runs `alembic`
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for student in ("ada", "zoe"):
        folder = workspace.autograded / student / UNIT
        found = [path for path in folder.rglob("*") if path.is_file()]
        assert {path.name for path in found} == {f"{UNIT}.ipynb", "data.csv"}
        assert not any(SECRET in path.read_text() for path in found)
    said = "links are not followed: '[a].txt', 'data[1].csv', 'notes.txt'"
    assert f"zoe/{UNIT}: {said}" in done.stderr
    assert f"ada/{UNIT}: links" not in done.stderr
