"""Class lists as they are downloaded: ids, names and times of handing in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from collect_builders import FILE, book, stamp, submitted, zipped

from nnkit.grading.collect import collect
from nnkit.grading.collect.names import Named
from nnkit.grading.collect.roster import read_roster
from nnkit.grading.workspace import WorkspaceError

WORKSHEET = (
    "﻿Identifier,Full name,Email address,Status,Grade,Maximum Grade,"
    "Grade can be changed,Last modified (submission),Last modified (grade),"
    "Feedback comments\r\n"
    "Participant 11,Ada Lovelace,ada@x.edu,Submitted for grading,,10.00,Yes,"
    '"Sunday, 1 March 2026, 2:05 PM",-,\r\n'
    'Participant 12,"O\'Brien, Conan",conan@x.edu,No submission,,10.00,Yes,-,-,\r\n'
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Unit 1 (99)\n"
    "    Points Possible,,,,,10.00\n"
    '"Lovelace, Ada",45,u1,alovelace,S1,\n'
    '"Boole, Ben",46,u2,bboole,S1,\n'
)
NBGRADER = "id,first_name,last_name,email,lms_user_id\nada,Ada,Lovelace,,45\n"
PEOPLE = "First name;Surname;ID number;Email address\nÖmer;Çelik;s7;o@x.edu\n"


@pytest.fixture
def roster(tmp_path):
    def read(text, id_column="", zone=UTC):
        path = tmp_path / "roster.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_roster(path, id_column, zone)

    return read


def test_moodles_grading_worksheet_has_ids_and_times(roster):
    found = roster(WORKSHEET, zone=ZoneInfo("Europe/Berlin"))
    assert found.find(Named("11", "Ada Lovelace", "")) == "ada@x.edu"
    assert found.times == {"ada@x.edu": datetime(2026, 3, 1, 13, 5, tzinfo=UTC)}
    assert found.remarks == []


def test_canvass_gradebook(roster):
    found = roster(CANVAS)
    assert found.find(Named("45", "lovelaceada", "")) == "alovelace"
    assert found.students == {"alovelace", "bboole"}
    assert roster(CANVAS, "SIS User ID").find(Named("46", "", "")) == "u2"


def test_nbgraders_own_list(roster):
    assert roster(NBGRADER).find(Named("45", "", "")) == "ada"


def test_a_list_of_participants_goes_by_names(roster):
    found = roster(PEOPLE)
    assert found.find(Named("3", "ömer  ÇELIK", "")) == "s7"
    with pytest.raises(LookupError, match="has nobody called"):
        found.find(Named("3", "Omer Celik", ""))


def test_a_first_line_for_excel_is_none_of_the_list(roster):
    found = roster("sep=;\r\n" + PEOPLE)
    assert found.find(Named("3", "Ömer Çelik", "")) == "s7"


def test_an_id_that_is_missing_or_was_rounded_is_told(roster):
    found = roster(
        "id,lms_user_id,full name\n,1,Ada Lovelace\n1.23E+08,2,Ben Boole\ncy,3,Cy Ho\n"
    )
    assert found.students == {"cy"}
    rounded, missing = found.remarks
    assert rounded.startswith("the roster's '1.23E+08' is a number that a spreadsheet")
    assert missing.startswith("the roster's column 'id' is empty for Ada Lovelace: ")


def test_names_as_moodle_puts_them_into_files(roster):
    found = roster("Full name,ID number\nConan O'Brien,s1\nA_B,s2\nA B,s3\n")
    assert found.find(Named("3", "Conan OBrien", "")) == "s1"
    with pytest.raises(LookupError, match="has 2 people called A B"):
        found.find(Named("3", "A B", ""))


@pytest.mark.parametrize(
    ("text", "id_column", "said"),
    [
        ("a,b\n1,2\n", "", "its columns are a, b"),
        ("", "", "its columns are none"),
        ("ID,Vollständiger Name\nTeilnehmer/in 1,Ada L\n", "", "English headings"),
        ("Nome,E-mail\nAda L,a@x.org\n", "E-mail", ": 'e-mail' has ids, and no column"),
        ("Identifier,Status\nParticipant 1,-\n", "", "--id-column Identifier takes"),
        (CANVAS, "Matrikel", "no column 'Matrikel', which --id-column names"),
        (CANVAS.partition("\n")[0], "", "has its headings, and nobody below them"),
        (b"Identifier,Username\n\xff\xfe,x\n", "", r"\(line 2\): .*save it .*UTF-8"),
        ("Identifier,Username\n".encode("utf-16"), "", "no UTF-8 text"),
    ],
)
def test_what_does_not_say_who_is_who(roster, text, id_column, said):
    with pytest.raises(WorkspaceError, match=said) as error:
        roster(text, id_column)
    assert "\n" not in str(error.value)


def test_rows_that_cannot_be_used_are_told(roster):
    found = roster(
        zone=ZoneInfo("Europe/Rome"),
        text="Identifier,Username,Last modified (submission)\n"
        "Participant 1,=cmd,-\n"
        "Participant 2,ben,Mittwoch 10. Brumaire\n"
        "Participant 2,cleo,-\n"
        "Participant 3,dan,08.03.2026 14:05\n"
        "Participant 4,eve,14:05\n"
        "Participant 5,fay,2026-03-01 14:05 XYZ\n"
        "Participant 6,gus,0001-01-01 00:00\n",
    )
    said = "\n".join(found.remarks)
    assert "'=cmd' cannot be an id: left out" in said
    assert "'Mittwoch 10. Brumaire', cannot be read: write it as 2026-03-01" in said
    # The 8th of March, or the 3rd of August?
    assert "'08.03.2026 14:05', cannot be read: write it as 2026-03-01" in said
    assert "'14:05', cannot be read" in said
    assert "XYZ', cannot be read" in said  # in no zone that anybody knows
    assert "'0001-01-01 00:00', cannot be read" in said  # in UTC it is none
    assert found.times == {}
    assert "has 2 twice: the first counts" in said
    assert list(found.ids.values()) == ["ben", "dan", "eve", "fay", "gus"]


@pytest.mark.parametrize("told", ["15:05 CET", "15:05+01:00", "14:05 UTC", "9:05 EST"])
def test_a_time_may_say_in_which_zone_it_is(roster, told):
    found = roster(
        f"id,lms_user_id,timestamp\nada,45,2026-03-01 {told}\n", zone=ZoneInfo("Japan")
    )
    assert found.times == {"ada": datetime(2026, 3, 1, 14, 5, tzinfo=UTC)}
    assert found.as_utc == {}


def test_a_class_by_its_worksheet(roster, workspace, release, tmp_path):
    folder = "{}_assignsubmission_file_/" + FILE
    path = zipped(
        tmp_path / "s.zip",
        [
            (folder.format("Ada Lovelace_11"), book("ada")),
            (folder.format("A Stranger_99"), book("who?")),
        ],
    )
    done = collect(workspace, release, [path], "moodle", roster=roster(WORKSHEET))
    assert (workspace.root / submitted("ada@x.edu")).is_file()
    assert stamp(workspace, "ada@x.edu") == "2026-03-01 14:05:00 UTC"
    assert done.left[0].why == "the roster has nobody called A Stranger (99)"
    assert done.empty == ["A Stranger (99)"]
    assert done.absent == ["conan@x.edu"]


def test_a_time_learnt_later_is_put_beside_the_same_file(
    roster, workspace, release, tmp_path
):
    name = f"Ada Lovelace_11_assignsubmission_file_/{FILE}"
    path = zipped(tmp_path / "s.zip", [(name, book("ada"))])
    without = WORKSHEET.replace('"Sunday, 1 March 2026, 2:05 PM"', "-")
    collect(workspace, release, [path], "moodle", roster=roster(without))
    assert stamp(workspace, "ada@x.edu") is None
    done = collect(workspace, release, [path], "moodle", roster=roster(WORKSHEET))
    assert [item.what for item in done.placed] == ["unchanged"]
    assert stamp(workspace, "ada@x.edu") == "2026-03-01 14:05:00 UTC"


def test_a_time_that_stays_as_it_is_is_told(workspace, release, tmp_path):
    path = zipped(tmp_path / "s.zip", [(f"ada_LATE_11_500_{FILE}", book("ada"))])
    for hour, remarks in ((8, 0), (8, 0), (9, 1)):
        late_at = datetime(2026, 3, 2, hour, tzinfo=UTC)
        done = collect(workspace, release, [path], "canvas", late_at=late_at)
        assert len(done.remarks) == remarks
        assert stamp(workspace, "ada-11") == "2026-03-02 08:00:00 UTC"
    assert "not put down where there is another time: ada-11" in done.remarks[0]


def test_one_person_under_two_ids_is_told(roster, workspace, release, tmp_path):
    name = f"Ada Lovelace_11_assignsubmission_file_/{FILE}"
    path = zipped(tmp_path / "s.zip", [(name, book("ada"))])
    first = collect(workspace, release, [path], "moodle", roster=roster(WORKSHEET))
    assert first.remarks == []
    collect(workspace, release, [path], "moodle")
    done = collect(workspace, release, [path], "moodle", roster=roster(WORKSHEET))
    assert len(done.remarks) == 1
    assert "ada@x.edu seems to be Ada Lovelace, too" in done.remarks[0]


def test_what_is_so_of_a_whole_class_is_one_line(workspace, release, tmp_path):
    names = [f"s{i}_LATE_{i}_{i}_{FILE}" for i in range(100, 130)]
    path = zipped(tmp_path / "s.zip", [(name, book(name)) for name in names])
    done = collect(workspace, release, [path], "canvas")
    (said,) = done.remarks
    assert "s100-100, s101-101, " in said
    assert "s111-111 and 18 more. Give --late-at TIME" in said
