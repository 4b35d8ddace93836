"""`nnkit collect`, the command: what it says, and with which exit code."""

import pytest
from click.testing import CliRunner
from collect_builders import FILE, book, stamp, submitted, zipped
from grading_builders import UNIT

from nnkit.cli import main
from nnkit.grading.collect import place
from nnkit.grading.release import Release


def command(workspace, *arguments):
    done = CliRunner().invoke(
        main, ["collect", UNIT, *map(str, arguments), "--dir", str(workspace.root)]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


@pytest.fixture
def found_here(monkeypatch, release):
    """The command looks units up in the course: here it finds the small one."""
    monkeypatch.setattr(Release, "find", classmethod(lambda *_, **__: release))


def test_the_command_says_what_it_took_and_what_it_left(
    workspace, tmp_path, found_here
):
    path = zipped(
        tmp_path / "s.zip",
        [
            (f"lovelaceada_LATE_11_500_{FILE}", book("ada")),
            ("booleben_12_501_notes\x1b[31m.txt", b"hello"),
        ],
    )
    done = command(
        workspace, path, "--from", "canvas", "--late-at", "2026-03-02 08:00 UTC"
    )
    assert done.exit_code == 1
    assert f"new       lovelaceada-11: lovelaceada_LATE_11_500_{FILE}" in done.output
    assert "(2026-03-02 08:00 UTC)" in done.output
    assert r"left      booleben_12_501_notes\x1b[31m.txt: no notebook" in done.output
    assert "NOTHING   taken of booleben-12" in done.output
    assert stamp(workspace, "lovelaceada-11") == "2026-03-02 08:00:00 UTC"


def test_the_time_of_what_is_late_is_told_in_the_zone_that_is_named(
    workspace, tmp_path, found_here
):
    name = f"lovelaceada_LATE_11_500_{FILE}"
    path = zipped(tmp_path / "s.zip", [(name, book("ada"))])
    late = ("--from", "canvas", "--late-at", "2026-03-02 08:00")
    command(workspace, path, *late, "--timezone", "Europe/Rome")
    assert stamp(workspace, "lovelaceada-11") == "2026-03-02 07:00:00 UTC"


NAMES = {
    "canvas": f"lovelaceada_11_500_{FILE}",
    "moodle": f"Ada Lovelace_11_assignsubmission_file_/hw_1_2_{FILE}",
    "nbgrader": f"ada+{UNIT}+2026-03-01 11:59:00 UTC+x/{FILE}",
}


@pytest.mark.parametrize("lms", NAMES)
@pytest.mark.parametrize("other", NAMES)
def test_an_archive_of_another_lms_is_told_as_a_whole(
    workspace, tmp_path, found_here, there, lms, other
):
    path = zipped(tmp_path / "s.zip", [(NAMES[lms], book("ada"))])
    done = command(workspace, path, "--from", other)
    assert done.exit_code == (lms != other)
    assert (f"try --from {lms}" in done.output) == (lms != other)
    assert len(there()) == (lms == other)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([], "no file is in it"),
        (
            [(FILE, b"{}"), ("x.txt", b"")],
            "none of its 2 files is named as moodle",
        ),
    ],
)
def test_an_archive_with_nobody_in_it_is_no_success(
    workspace, tmp_path, found_here, members, said
):
    path = zipped(tmp_path / "s.zip", members)
    done = command(workspace, path, "--from", "moodle")
    assert done.exit_code == 1
    assert f"NOT READ  {path}: {said}" in done.output


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--from", "canvas", "--late-at", "soon"], 2, "is no time"),
        (["--from", "canvas", "--late-at", "14:00"], 2, "is no time"),
        (["--from", "canvas", "--late-at", "2026-03-02 14:00 XYZ"], 2, "is no time"),
        (["--from", "canvas", "--late-at", "9999-12-31 23:59 EST"], 2, "is no time"),
        (["--from", "canvas", "--timezone", "Mars"], 2, "is unknown"),
        (["--from", "canvas", "--id-column", "ID"], 2, "goes with --roster"),
        (["--from", "blackboard"], 2, "'blackboard' is not one of"),
    ],
)
def test_the_command_is_wrong(workspace, tmp_path, found_here, options, code, said):
    done = command(workspace, zipped(tmp_path / "s.zip", []), *options)
    assert done.exit_code == code
    assert said in done.output


def test_a_full_disk_is_one_line_and_the_rest_can_follow(
    workspace, tmp_path, found_here, monkeypatch, there
):
    path = zipped(tmp_path / "s.zip", [(f"lovelaceada_11_500_{FILE}", book("ada"))])

    def full(path, data, mode=0o644):
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(place, "write_atomically", full)
        done = command(workspace, path, "--from", "canvas")
    assert done.exit_code == 1
    assert "No space left on device" in done.output
    assert there() == {}
    assert command(workspace, path, "--from", "canvas").exit_code == 0
    assert there() == {submitted("lovelaceada-11"): "ada"}


@pytest.mark.parametrize(
    ("time", "options", "noted"),
    [
        ("1 March 2026, 11:59 AM", (), True),
        ("1 March 2026, 11:59 AM", ("--timezone", "Europe/Rome"), False),
        ("1 March 2026, 11:59 AM", ("--timezone", "UTC"), False),
        ("2026-03-01 11:59 +0100", (), False),
    ],
)
def test_times_that_name_no_zone_are_noted(
    workspace, tmp_path, found_here, time, options, noted
):
    path = zipped(tmp_path / "s.zip", [(NAMES["moodle"], book("ada"))])
    roster = tmp_path / "roster.csv"
    roster.write_text(f'id,lms_user_id,timestamp\nada,11,"{time}"\n')
    done = command(workspace, path, "--from", "moodle", "--roster", roster, *options)
    assert done.exit_code == 0, done.output
    assert ("were read as UTC" in done.output) == noted
    hour = "11" if noted or options == ("--timezone", "UTC") else "10"
    assert stamp(workspace, "ada") == f"2026-03-01 {hour}:59:00 UTC"


def test_a_second_run_with_the_zone_puts_the_times_right(
    workspace, tmp_path, found_here
):
    path = zipped(tmp_path / "s.zip", [(NAMES["moodle"], book("ada"))])
    roster = tmp_path / "roster.csv"
    roster.write_text('id,lms_user_id,timestamp\nada,11,"2026-03-01 11:59"\n')

    def again(*options):
        done = command(
            workspace, path, "--from", "moodle", "--roster", roster, *options
        )
        put_down = stamp(workspace, "ada")
        assert f"({put_down[:16]} UTC)" in done.output  # what is told is what is there
        return put_down

    assert again() == "2026-03-01 11:59:00 UTC"
    assert again("--timezone", "Europe/Rome") == "2026-03-01 10:59:00 UTC"
    assert again() == "2026-03-01 10:59:00 UTC"
    by_hand = "2026-03-01 09:00:00 UTC"
    (workspace.submitted / "ada" / UNIT / "timestamp.txt").write_text(by_hand)
    assert again("--timezone", "Europe/Rome") == by_hand
