"""A class of three, and a unit of one exercise and one answer in words."""

import json

from grading_builders import nbcell

from nnkit import demo
from nnkit.demo import UNIT, answered
from nnkit.grading.journal import Journal
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import make_workspace

SEED = 20_240_301
WHEN = "2024-03-01 12:00:00 UTC"
EXERCISE = ("neuron_grads-answer", "neuron_grads")


def hand_in(workspace, student, data):
    place = workspace.submitted / student / UNIT
    place.mkdir(parents=True)
    (place / f"{UNIT}.ipynb").write_bytes(data)


def small_class(folder):
    """Make a class of three in a folder; return it and the released notebook's path."""
    notebook = json.loads(Release.find(UNIT).data)
    ids = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
    kept = zip(notebook["cells"], ids, strict=True)
    marks = {"grade": True, "solution": True, "locked": False}
    notebook["cells"] = [
        *[cell for cell, marks in kept if marks.get("grade_id") in EXERCISE],
        {**nbcell("Why?", "markdown", "why", 2.0, **marks), "id": "why"},
    ]
    path = folder / f"{UNIT}.ipynb"
    path.write_text(json.dumps(notebook))
    release = Release.load(path)
    workspace = make_workspace(folder / "class", None, course_directory())
    with Journal.open(workspace.journal(UNIT)) as journal:
        journal.begin({"seed": SEED})
    handed_in = {
        "ada": answered(release, {"neuron_grads": demo.RIGHT}),
        "ben": answered(release, {"neuron_grads": demo.SUM_FOR_MEAN}),
        "eve": release.data[:500],
    }
    for student, data in handed_in.items():
        hand_in(workspace, student, data)
    (workspace.submitted / "ada" / UNIT / "timestamp.txt").write_text(WHEN)
    return workspace, path
