"""What the tests of an instructor's own course do with one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

UNIT = "07-ridge"
BIN = Path(sys.executable).parent  # nbgrader runs `alembic`, found on PATH
RIGHT = "return 2 * X.T @ (X @ w - y) / len(y) + 2 * penalty * w"
SUM_FOR_MEAN = "return 2 * X.T @ (X @ w - y) + 2 * penalty * w"


def copied(built, root):
    shutil.copytree(built, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(built), str(root)))
    return root


def answered(root, answer, words="Because."):
    """The released notebook with an answer in it."""
    path = root / "release" / UNIT / f"{UNIT}.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "ridge_grad-answer":
            cell["source"] = f"def ridge_grad(X, y, w, penalty):\n    {answer}"
        if name == "why-penalty":
            cell["source"] = words
    return json.dumps(notebook)


def hand_in(root, student, text, unit=UNIT, name=None):
    place = root / "submitted" / student / unit
    place.mkdir(parents=True)
    (place / f"{name or unit}.ipynb").write_text(text)
    return place


def ran(root, *command, code=0):
    """Run one of our commands or nbgrader's in a course; return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert "Traceback" not in done.stdout
    return done.stdout
