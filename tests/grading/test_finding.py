"""Which files in the folder of submissions are graded, and whose they are."""

import os

import pytest
from grading_builders import UNIT, answered

from nnkit.grading.submission import find_submissions


def test_one_a_student_in_order(hand_in, workspace):
    paths = [hand_in(answered(), student) for student in ("bob", "ada", "Zoë")]
    found = find_submissions(workspace, UNIT)
    assert [handin.student for handin in found] == ["Zoë", "ada", "bob"]
    assert {handin.path for handin in found} == set(paths)


def test_who_handed_in_another_unit_is_not_missing(workspace):
    (workspace.submitted / "ada" / "02-rate").mkdir(parents=True)
    (workspace.submitted / ".DS_Store").write_text("")
    (workspace.submitted / "grades.csv").write_text("")
    assert find_submissions(workspace, UNIT) == []


def test_a_folder_without_a_notebook(workspace):
    (workspace.submitted / "ada" / UNIT).mkdir(parents=True)
    (found,) = find_submissions(workspace, UNIT)
    assert (found.student, found.path) == ("ada", None)
    assert found.problem == "submitted/ada/01-neuron has no notebook in it"


def test_the_only_notebook_is_taken(hand_in, workspace):
    path = hand_in(answered(), name="neuron final.ipynb")
    path.with_name(".hidden.ipynb").write_text("")
    (found,) = find_submissions(workspace, UNIT)
    assert found.path == path


def test_of_several_only_the_one_that_has_the_name(hand_in, workspace):
    hand_in(answered(), name="a.ipynb")
    hand_in(answered(), name="b.ipynb")
    (found,) = find_submissions(workspace, UNIT)
    assert found.path is None
    assert "2 notebooks, none called 01-neuron.ipynb" in found.problem
    path = hand_in(answered())
    (found,) = find_submissions(workspace, UNIT)
    assert found.path == path


@pytest.mark.parametrize(
    "name",
    [
        "a\nb",
        "a,b",
        "=1+1",
        "@SUM(A1)",
        "+1",
        "-rf",
        'a"b',
        "a*",
        "a b ",
        "é" * 120 + "x" * 15,
        "\u202eada",
    ],
)
def test_names_that_cannot_be_ids(workspace, name):
    folder = workspace.submitted / name
    try:
        (folder / UNIT).mkdir(parents=True)
    except OSError:
        pytest.skip("this file system does not have such names")
    (found,) = find_submissions(workspace, UNIT)
    assert (found.student, found.path) == ("", None)
    assert "rename the folder" in found.problem
    assert found.problem.isprintable()


def test_accents_apart_are_told_since_nobody_sees_them(workspace):
    (workspace.submitted / "Ka\u0308the" / UNIT).mkdir(parents=True)
    (found,) = find_submissions(workspace, UNIT)
    assert found.student == ""
    assert "decomposed Unicode, as macOS writes names" in found.problem


def test_a_space_at_the_end_is_told_since_nobody_sees_it(workspace):
    (workspace.submitted / "ada lovelace " / UNIT).mkdir(parents=True)
    (found,) = find_submissions(workspace, UNIT)
    assert "it begins or ends with a space" in found.problem


def test_a_name_that_is_no_unicode(workspace):
    os.makedirs(os.fsencode(workspace.submitted) + b"/a\xff/" + UNIT.encode())
    (found,) = find_submissions(workspace, UNIT)
    found.problem.encode()
    assert found.student == ""


@pytest.mark.parametrize("name", ["ada", "ada.b+c@uni.edu", "Ada B", "1234", "李"])
def test_names_that_can(hand_in, workspace, name):
    hand_in(answered(), name)
    assert find_submissions(workspace, UNIT)[0].student == name


@pytest.mark.parametrize("depth", [0, 1])
def test_folders_that_are_links(hand_in, workspace, tmp_path, depth):
    path = hand_in(answered()).parents[1 - depth]
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    (found,) = find_submissions(workspace, UNIT)
    assert found.path is None
    assert "links are not followed" in found.problem


def test_a_file_in_place_of_a_folder(workspace):
    (workspace.submitted / "ada").mkdir()
    (workspace.submitted / "ada" / UNIT).write_text("")
    (workspace.submitted / "01-neuron.ipynb").write_text("")
    loose, ada = find_submissions(workspace, UNIT)
    assert "not in a student's folder" in loose.problem
    assert "cannot be read: Not a directory" in ada.problem


@pytest.mark.parametrize(
    "name", ["01-Neuron", "neuron", "01_neuron", "01-neuron.ipynb"]
)
def test_what_is_not_where_it_counts_is_named(workspace, name):
    (workspace.submitted / "ada" / name).mkdir(parents=True)
    (found,) = find_submissions(workspace, UNIT)
    assert (found.student, found.path) == ("", None)
    assert found.problem == (
        f"submitted/ada/{name} is not where it counts: "
        "expected submitted/ada/01-neuron/01-neuron.ipynb"
    )


def test_folders_that_are_the_other_way_round_are_named(workspace):
    (workspace.submitted / UNIT / "ada").mkdir(parents=True)
    (found,) = find_submissions(workspace, UNIT)
    assert (found.student, found.path) == ("", None)
    assert found.problem == (
        "submitted/01-neuron is the unit's name where a student's belongs; "
        "expected submitted/<student>/01-neuron/01-neuron.ipynb"
    )


def test_what_was_handed_in_in_place_of_a_notebook_is_named(workspace):
    folder = workspace.submitted / "ada" / UNIT
    folder.mkdir(parents=True)
    for name in ("01-neuron.zip", "timestamp.txt", ".DS_Store", "b\n.py"):
        (folder / name).touch()
    (found,) = find_submissions(workspace, UNIT)
    said = "submitted/ada/01-neuron has no notebook in it, but 01-neuron.zip, b\\n.py"
    assert found.problem == said


@pytest.mark.parametrize("name", [".ipynb_checkpoints", "__MACOSX", "handed in"])
def test_a_notebook_that_was_unpacked_too_deep_is_named(workspace, name):
    folder = workspace.submitted / "ada" / UNIT
    (folder / name).mkdir(parents=True)
    (folder / name / "01-neuron.ipynb").write_text("")
    (found,) = find_submissions(workspace, UNIT)
    assert (found.student, found.path) == ("ada", None)
    said = ": handed in/01-neuron.ipynb lies one folder too deep" * (name[0] == "h")
    assert found.problem == f"submitted/ada/01-neuron has no notebook in it{said}"
