"""What the tests of an instructor's own course do with one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from quick_command import run_nnkit

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
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    program, *arguments = command
    if program == "nnkit":
        done = run_nnkit(*arguments, cwd=root, environment=environment)
    else:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said, said
    return said
