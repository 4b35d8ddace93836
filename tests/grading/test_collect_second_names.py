"""One class under two names: another LMS's list, another column, another case."""

import pytest
from collect_builders import FILE, book, submitted, zipped

from nnkit.grading.collect import collect
from nnkit.grading.collect.roster import read_roster
from nnkit.grading.workspace import WorkspaceError

WORKSHEET = "Identifier,Full name,ID number\n1,Ada Lovelace,u1\n2,Ben Boole,u2\n"
GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID\n"
    '"Lovelace, Ada",45,u1,ada\n"Boole, Ben",46,u2,ben\n'
)
MOODLE = "Ada Lovelace_1_assignsubmission_file_/", "Ben Boole_2_assignsubmission_file_/"
CANVAS = "lovelaceada_45_500_", "booleben_46_501_"


@pytest.fixture
def take(workspace, release, tmp_path):
    def run(lms, roster="", id_column=""):
        names = {"moodle": MOODLE, "canvas": CANVAS}[lms]
        members = [(f"{name}{FILE}", book(name)) for name in names]
        archive = zipped(tmp_path / f"{lms}.zip", members)
        read = None
        if roster:
            listed = tmp_path / "roster.csv"
            listed.write_text(roster)
            read = read_roster(listed, id_column, None)
        return collect(workspace, release, [archive], lms, roster=read)

    return run


def test_a_list_that_would_make_second_students_is_refused(take, there):
    take("moodle", WORKSHEET)
    before = there()
    assert [*before] == [submitted("u1"), submitted("u2")]
    with pytest.raises(WorkspaceError) as refused:
        take("canvas", GRADEBOOK)
    said = "the roster's column 'sis login id' the student of submitted/u1 is 'ada'"
    assert said in str(refused.value)
    assert '(so would 1 more). Give --id-column "sis user id"' in str(refused.value)
    assert there() == before
    done = take("canvas", GRADEBOOK, "SIS User ID")
    assert [(item.student, item.what) for item in done.placed] == [
        ("u1", "newer"),
        ("u2", "newer"),
    ]
    assert done.remarks == []


def test_whoever_names_the_column_may_and_is_told(take):
    take("moodle", WORKSHEET)
    done = take("canvas", GRADEBOOK, "SIS Login ID")
    assert [item.student for item in done.placed] == ["ada", "ben"]
    (said,) = done.remarks
    assert said.startswith("ada seems to be u1, ben seems to be u2, too, collected")


def test_a_whole_class_of_new_names_beside_another_is_told(take):
    assert take("moodle").remarks == []
    (said,) = take("canvas").remarks
    assert said.startswith("none of these 2 had a folder in submitted/ before, and 2")


def test_a_name_in_another_case_is_told(take, workspace):
    take("moodle", WORKSHEET)
    (said,) = take("moodle", WORKSHEET.replace(",u1", ",U1")).remarks
    assert said.startswith("U1 seems to be u1, too")


def test_two_people_whose_names_differ_in_case_alone_are_left(take, there):
    done = take("moodle", WORKSHEET.replace(",u2", ",U1"))
    assert there() == {}
    assert "2 people are U1 or u1: " in done.left[0].why
    assert [*done.empty] == ["Ben Boole (2)", "Ada Lovelace (1)"]


def test_which_are_taken_where_both_have_their_folders(take, workspace):
    for name in ("u1", "U1"):
        (workspace.submitted / name).mkdir()
    done = take("moodle", WORKSHEET.replace(",u2", ",U1"))
    assert [(p.student, p.what) for p in done.placed] == [("U1", "new"), ("u1", "new")]
    assert done.remarks == []
