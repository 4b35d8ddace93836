"""Notebooks in archives, and where they are put."""

import json
import zipfile

from grading_builders import UNIT, answered, nbcell, notebook

FILE = f"{UNIT}.ipynb"


def book(mark, cells=None):
    """A notebook's bytes, told apart by a mark."""
    cells = answered() if cells is None else cells
    return json.dumps(notebook([*cells, nbcell(mark, "markdown")])).encode()


def zipped(path, members):
    """Write a zip; members are (name or ZipInfo, bytes)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def submitted(student):
    return f"submitted/{student}/{UNIT}/{FILE}"


def attempt(student, number):
    return f"attempts/{student}/{UNIT}/{number}/{FILE}"


def stamp(workspace, student):
    path = workspace.submitted / student / UNIT / "timestamp.txt"
    return path.read_text() if path.exists() else None
