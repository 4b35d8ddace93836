"""What a released notebook asks for."""

import json

import pytest
from grading_builders import UNIT, answered, check, nbcell, notebook, released_cells

from nnkit.grading.release import Release, ReleaseError


def test_knows_what_is_asked_for(release):
    assert release.assignment == UNIT
    assert release.checks == ("neuron", "grads")
    assert release.points == {"neuron": 1.0, "grads": 3.0}
    assert release.answer_of("grads") == "grads-answer"
    assert [(cell.role, cell.grade_id) for cell in release.cells] == [
        ("plain", None),
        ("locked", "setup"),
        ("answer", "neuron-answer"),
        ("check", "neuron"),
        ("demonstration", None),
        ("answer", "grads-answer"),
        ("check", "grads"),
        ("locked", "end"),
    ]


def test_digest_is_of_the_cells_not_of_the_file(course, release):
    path = course / UNIT / f"{UNIT}.ipynb"
    path.write_text(json.dumps(notebook(released_cells()), indent=4))
    assert Release.load(path).digest == release.digest
    path.write_text(json.dumps(notebook(answered())))
    assert Release.load(path).digest != release.digest


def test_a_wrong_name_is_answered_with_the_nearest(course):
    assert Release.find(UNIT, course).assignment == UNIT
    with pytest.raises(ReleaseError, match="did you mean '01-neuron'"):
        Release.find("01-nueron", course)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([nbcell("x")], "no locked check cell"),
        ([check("a", "x", 1), check("a", "y", 1)], "two cells have the grade_id"),
        ([check("a", "x", -1)], "points -1"),
        ([check("a", "x", True)], "points True"),
        ([check("a", "x", float("inf"))], "points None"),
        (["x"], "not a cell"),
    ],
)
def test_refuses_what_cannot_be_graded_against(tmp_path, cells, message):
    path = tmp_path / "unit.ipynb"
    path.write_text(json.dumps(notebook(cells)))
    with pytest.raises(ReleaseError, match=message):
        Release.load(path)


def test_a_missing_one_is_one_line(tmp_path):
    with pytest.raises(ReleaseError, match=r"x\.ipynb is not there"):
        Release.load(tmp_path / "x.ipynb")
