"""Late submissions: nbgrader's due dates and plugins, extensions from a file."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from grading_builders import UNIT, notebook, record, released_cells
from nbformat import from_dict
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from nnkit.grading.extensions import (
    EXTENSIONS,
    read_extensions,
    remarks_on_extensions,
)
from nnkit.grading.gradebook import write_gradebook
from nnkit.grading.late import LateRules, span
from nnkit.grading.penalties import PerDay, penalty_plugin
from nnkit.grading.workspace import CONFIG, WorkspaceError

DUE = "2026-03-01 12:00:00 UTC"
HOUR, DAY = 3600.0, 86400.0
RECORDS = [
    record("ada", timestamp="2026-03-01 11:59:59 UTC"),
    record("ben", timestamp="2026-03-02 12:00:01 UTC"),
    record("cleo", timestamp="2026-03-01 13:00:00 +0000"),
    record("dan", timestamp="2026-03-03 00:00:00 UTC", grads=0.5),
    record("eve", timestamp=None),
]


@pytest.fixture
def due(workspace, release):
    """The unit, known to nbgrader with a due date before anything is graded."""
    write_gradebook(workspace.db_url, release, [])  # nbgrader itself takes seconds
    with Gradebook(workspace.db_url) as book:
        book.update_or_create_assignment(UNIT, duedate=DUE)


@pytest.fixture
def write_late(workspace, release):
    def write(records=RECORDS):
        rules = LateRules(workspace.root, UNIT)
        summary = write_gradebook(workspace.db_url, release, records, rules=rules)
        return SimpleNamespace(late=summary.late, remarks=rules.remarks)

    return write


def configure(workspace, *lines):
    path = workspace.root / CONFIG
    path.write_text(path.read_text() + "\n".join(lines) + "\n")


def ten_percent_a_day(workspace):
    configure(
        workspace,
        'c.AssignLatePenalties.plugin_class = "nnkit.grading.penalties.PerDay"',
        "c.PerDay.percent = 10",
    )


def extend(workspace, *lines):
    (workspace.root / EXTENSIONS).write_text("\n".join(["student,unit,until", *lines]))


def penalties(book):
    found = book.find_assignment(UNIT).submissions
    return {item.student.id: item.late_submission_penalty for item in found}


def test_without_a_due_date_nobody_is_late(workspace, write_late, opened):
    ten_percent_a_day(workspace)
    assert write_late().late == {}
    with opened() as book:
        assert set(penalties(book).values()) == {0.0}


def test_nbgraders_default_is_no_penalty_and_yet_who_is_late_is_told(due, write_late):
    late = write_late().late
    assert {name: item.seconds for name, item in late.items()} == {
        "ben": DAY + 1,
        "cleo": HOUR,
        "dan": 36 * HOUR,
    }
    assert [str(item) for item in late.values()][1] == "late by 1 h, no penalty"


def test_nbgraders_own_plugin_takes_all(workspace, due, write_late, opened):
    configure(workspace, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    write_late()
    with opened() as book:
        expected = {"ada": 0.0, "ben": 4.0, "cleo": 4.0, "dan": 1.5, "eve": 0.0}
        assert penalties(book) == expected


def test_a_share_for_each_day_that_has_begun(workspace, due, write_late, opened):
    ten_percent_a_day(workspace)
    said = write_late().late
    assert str(said["ben"]) == "late by 1 d 1 min: -0.8 points"
    with opened() as book:
        assert penalties(book) == pytest.approx(
            {"ada": 0.0, "ben": 0.8, "cleo": 0.4, "dan": 0.3, "eve": 0.0}
        )


def test_nbgrader_itself_assigns_the_same(workspace, due, write_late, opened):
    """The preprocessor of `nbgrader autograde`, run over the same gradebook."""
    ten_percent_a_day(workspace)
    extend(workspace, f"ben,{UNIT},2026-03-02 00:00 UTC")
    write_late()
    with opened() as book:
        ours = penalties(book)
        for item in book.find_assignment(UNIT).submissions:
            item.notebooks[0].late_submission_penalty = 99.0
        book.db.commit()
    config = Config()
    config.AssignLatePenalties.plugin_class = PerDay
    config.PerDay.percent = 10
    for student in ours:
        names = {"notebook": UNIT, "assignment": UNIT, "student": student}
        AssignLatePenalties(config=config).preprocess(
            from_dict(notebook(released_cells())),
            {"nbgrader": {**names, "db_url": workspace.db_url}},
        )
    with opened() as book:
        assert penalties(book) == ours
    assert ours["ben"] == pytest.approx(0.4)


def test_an_extension_is_withdrawn_where_the_file_says_it_no_more(
    workspace, due, write_late
):
    extend(workspace, f"ben,{UNIT},8 days", f"dan,{UNIT},2 days")
    assert list(write_late().late) == ["cleo"]
    extend(workspace, f"ben,{UNIT},8 days")
    assert list(write_late().late) == ["cleo", "dan"]
    (workspace.root / EXTENSIONS).unlink()
    configure(workspace, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    cost = LateRules(workspace.root, UNIT).costs(workspace.db_url)
    assert cost("ben", "2026-03-02 12:00:01 UTC", 4.0) == 4.0
    assert list(write_late().late) == ["ben", "cleo", "dan"]


def test_what_somebody_else_has_granted_is_left_alone(workspace, due, write_late):
    write_late()
    with Gradebook(workspace.db_url) as book:
        book.grant_extension(UNIT, "ben", days=8)
    assert list(write_late().late) == ["cleo", "dan"]
    extend(workspace, f"ben,{UNIT},9 days")
    write_late()
    with Gradebook(workspace.db_url) as book:
        book.grant_extension(UNIT, "ben", days=8)
    extend(workspace)
    assert list(write_late().late) == ["cleo", "dan"]


def test_nobody_has_to_hand_in_sooner(workspace, due, write_late):
    extend(workspace, f"ben,{UNIT},-3 days")
    with pytest.raises(WorkspaceError, match="line 2: got 'ben', '-3 days'"):
        write_late()
    extend(workspace, f"ben,{UNIT},2026-02-01 12:00 UTC")
    assert write_late().late["ben"].seconds == DAY + 1


def test_an_extension_until_a_time_and_for_a_span(workspace, due, write_late, opened):
    ten_percent_a_day(workspace)
    extend(
        workspace, f"ben,{UNIT},2 days", "dan,,2026-03-03 00:00 UTC", "cleo,02-x,9 days"
    )
    late = write_late().late
    assert list(late) == ["cleo"]
    with opened() as book:
        granted = {
            item.student.id: item.extension
            for item in book.find_assignment(UNIT).submissions
        }
    assert granted["ben"] == timedelta(days=2)
    assert granted["dan"] == timedelta(hours=36)
    assert granted["cleo"] is granted["ada"] is None


def test_an_extension_granted_in_nbgrader_stays(workspace, due, write_late, opened):
    ten_percent_a_day(workspace)
    write_late()
    with opened() as book:
        book.grant_extension(UNIT, "ben", days=2)
    assert "ben" not in write_late().late
    with opened() as book:
        assert penalties(book)["ben"] == 0.0
        assert book.find_submission(UNIT, "ben").extension == timedelta(days=2)


def test_a_penalty_follows_scores_given_by_hand(workspace, due, write_late, opened):
    ten_percent_a_day(workspace)
    write_late()
    with opened() as book:
        book.find_grade("grads", UNIT, UNIT, "dan").manual_score = 2.5
        book.db.commit()
    write_late()
    with opened() as book:
        assert penalties(book)["dan"] == pytest.approx(0.2 * 3.5)
        assert book.find_submission(UNIT, "dan").score == 3.5


def test_a_regrade_writes_the_same_and_a_moved_due_date_tells(
    workspace, due, write_late, opened
):
    ten_percent_a_day(workspace)
    first = write_late().late
    assert write_late().late == first
    with opened() as book:
        book.update_or_create_assignment(UNIT, duedate="2026-04-01 12:00 UTC")
    assert write_late().late == {}
    with opened() as book:
        assert set(penalties(book).values()) == {0.0}


def test_a_unit_that_there_is_not_is_told(workspace):
    def said():
        path = workspace.root / EXTENSIONS
        return list(remarks_on_extensions(path, UNIT, workspace.folders))

    assert said() == []
    extend(workspace, "ada,02-learning-rate,3 days", f"ada,{UNIT},3 days", "ben,,1 day")
    assert said() == []
    extend(workspace, "ada,01-nueron,3 days", "ada,02-learning-rate,3 days")
    (line,) = said()
    assert line.startswith("extensions.csv names 01-nueron, and there is no such unit")
    assert line.endswith("Is 01-neuron meant?")
    extend(workspace, "ada,01-nueron,3 days", "ada,02-learning-rte,3 days")
    (line,) = said()
    assert line.endswith("Are 01-neuron, 02-learning-rate meant?")
    extend(workspace, "ada,hw1,3 days")
    (line,) = said()
    assert line.endswith(f"Is {UNIT} meant?")


def test_an_option_that_there_is_not_is_told(workspace, due, write_late):
    ten_percent_a_day(workspace)
    configure(workspace, "c.PerDay.at_mots = 30")
    _, said = write_late().remarks
    assert said.startswith("c.PerDay.at_mots in nbgrader_config.py has no effect")
    assert "expected one of at_most, grace_minutes, " in said


def test_what_has_no_effect_is_told(workspace, write_late):
    extend(workspace, f"adda,{UNIT},3 days")
    said = " ".join(write_late().remarks)
    assert "names adda: nobody of that name" in said
    extend(workspace, f"Ada,{UNIT},3 days", f"BEN@x.org,{UNIT},3 days")
    said = " ".join(write_late().remarks)
    assert "names Ada (is ada meant?), BEN@x.org (is ben meant?): nobody of" in said
    assert f'nbgrader db assignment add {UNIT} --duedate="' in said


def test_who_is_not_in_this_run_is_not_said_to_have_handed_in_nothing(
    workspace, due, write_late
):
    (workspace.submitted / "ben" / UNIT).mkdir(parents=True)
    extend(workspace, f"ben,{UNIT},3 days", f"../x,{UNIT},3 days")
    (said,) = write_late(RECORDS[:1]).remarks
    assert said.startswith("extensions.csv names ../x: nobody of that name has")


def test_a_missing_time_is_told(due, write_late):
    (said,) = write_late().remarks
    assert said.startswith("1 of 5 submissions has no timestamp.txt")
    assert "counts as in time: eve. nnkit collect takes times from" in said


def test_a_time_that_cannot_be_read_is_told_from_one_that_is_missing(
    workspace, due, write_late
):
    for student, text in (("eve", "third of march"), ("fay", "32.03.2026 12:00")):
        place = workspace.submitted / student / UNIT
        place.mkdir(parents=True)
        (place / "timestamp.txt").write_text(text)
    timeless = [record(name, timestamp=None) for name in ("fay", "gus", "hal")]
    missing, mistyped = write_late([*RECORDS, *timeless]).remarks
    assert missing.startswith("2 of 8 submissions have no timestamp.txt, and count as")
    assert "in time: gus, hal. nnkit collect" in missing
    assert mistyped.startswith("2 of 8 submissions have a timestamp.txt that cannot be")
    assert "in time: eve, fay. A time is such as 2026-" in mistyped


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name,until\nada,3 days", "its first line has to be student,unit,until"),
        ("student;unit;until\n", "with commas; it is 'student;unit;until'"),
        ("student,unit,until\nada,01-neuron,soon", "line 2: got"),
        ("student,unit,until\n,01-neuron,3 days", "line 2: got"),
        ("student,unit,until\nada,,08.03.2026", "2026-03-08.* got 'ada', '08.03.2026'"),
        ("student,unit,until\nada,,1\nben,,3 days\n,,x", "2: .*'1'; line 4: got '', "),
        ("student,unit,until\n" + "ada,,x\n" * 12, "line 11: .*; and 2 more"),
        ("student,unit,until\nada,,1 day\nada,,2 days", "3: names 'ada' once more"),
        ("student,unit,until\nada,,3/8/26 12:00", "line 2: got"),
        ("student,unit,until\nada,,3", "got 'ada', '3'"),  # the third of which month?
        (b"student,unit,until\nad\xff,,3 days", "line 2.*CSV UTF-8"),
    ],
)
def test_a_file_of_extensions_that_cannot_be_read(tmp_path, content, said):
    path = tmp_path / EXTENSIONS
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WorkspaceError, match=said) as error:
        read_extensions(path, UNIT)
    assert "\n" not in str(error.value)


def test_what_is_for_this_unit_goes_before_what_is_for_every_one(tmp_path):
    path = tmp_path / EXTENSIONS
    path.write_text(
        f"student,unit,until\nada,{UNIT},5 days\nada,,1 day\n"
        "ben,,1 day\nben,02-x,2 days\n"
    )
    days = {"ada": timedelta(days=5), "ben": timedelta(days=1)}
    assert read_extensions(path, UNIT) == days


def test_a_spreadsheets_byte_order_mark_and_blank_rows_do_no_harm(tmp_path):
    path = tmp_path / EXTENSIONS
    path.write_text("﻿student,unit,until\r\n\r\nada, ,36 hours\r\n,,\r\n")
    assert read_extensions(path, UNIT) == {"ada": timedelta(hours=36)}


def test_the_plugin_of_ones_own_is_found_beside_the_configuration(workspace):
    (workspace.root / "own_late_plugin.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n"
        "class Own(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student, score, seconds):\n"
        "        return 1000\n"
    )
    configure(workspace, "c.AssignLatePenalties.plugin_class = 'own_late_plugin.Own'")
    assert type(penalty_plugin(workspace.root)).__name__ == "Own"


def test_a_penalty_is_never_more_than_the_score(workspace, due, write_late, opened):
    test_the_plugin_of_ones_own_is_found_beside_the_configuration(workspace)
    write_late()
    with opened() as book:
        assert penalties(book)["dan"] == 1.5


@pytest.mark.parametrize(
    "line", ["c.x = (", "c.AssignLatePenalties.plugin_class = 'no.such'"]
)
def test_a_broken_configuration_is_one_line_and_changes_nothing(
    workspace, due, write_late, opened, line
):
    configure(workspace, line)
    with pytest.raises(WorkspaceError, match="what being late costs"):
        write_late()
    with opened() as book:
        assert book.find_assignment(UNIT).submissions == []


@pytest.mark.parametrize(
    ("seconds", "penalty"),
    [(600, None), (601, 1.0), (DAY, 1.0), (DAY + 1, 2.0), (40 * DAY, 5.0)],
)
def test_grace_and_the_most_that_is_taken(seconds, penalty):
    plugin = PerDay(percent=10, at_most=50, grace_minutes=10)
    assert plugin.late_submission_penalty("ada", 10.0, seconds) == penalty


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (90000, "1 d 1 h"),
        (86401, "1 d 1 min"),
    ],
)
def test_spans_in_words(seconds, said):
    assert span(seconds) == said
