"""The check of a notebook's outputs can fail."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat

NOTEBOOK = Path(__file__).parents[2] / "solutions/00-start/00-start.ipynb"


def test_strict_nbval_fails_on_another_output(tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    streams = [o for cell in notebook.cells for o in cell.get("outputs", ())]
    stream = next(o for o in streams if o.output_type == "stream")
    stream.text = re.sub(r"\d", lambda digit: str(9 - int(digit[0])), stream.text)
    changed = tmp_path / "changed.ipynb"
    nbformat.write(notebook, changed)
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += ["-q", "-p", "no:cacheprovider", str(changed)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert "mismatch" in done.stdout
