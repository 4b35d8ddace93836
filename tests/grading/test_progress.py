"""A run told while it lasts: as JSON, as a log, with and without pictures."""

import base64
import io
import json
import logging
import re
import signal

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from nnkit import demo
from nnkit.cli import main
from nnkit.cli.logs import OneLine
from nnkit.cli.stopping import Stopped
from nnkit.course import course_directory
from nnkit.demo import UNIT, answered
from nnkit.grading import Run
from nnkit.grading.events import JsonListener, say_done
from nnkit.grading.outputs import MAX_PICTURES, Pictures
from nnkit.grading.progress import ProgressListener
from nnkit.grading.release import Release
from nnkit.grading.workspace import make_workspace

DRAWS = (
    f"{demo.RIGHT}\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);\nprint('drawn')"
)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
DIES = "import os\nos._exit(3)"
ANSWERS = {"ada": DRAWS, "ben": demo.SUM_FOR_MEAN, "cy": DIES}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class graded with --json, --log and --figures; its folder and what was said."""
    folder = tmp_path_factory.mktemp("class")
    workspace = make_workspace(folder / "w", None, course_directory())
    release = Release.find(UNIT)
    for student, answer in ANSWERS.items():
        place = workspace.submitted / student / UNIT
        place.mkdir(parents=True)
        data = answered(release, {"neuron_grads": answer})
        (place / f"{UNIT}.ipynb").write_bytes(data)
    damaged = workspace.submitted / "dan" / UNIT
    damaged.mkdir(parents=True)
    (damaged / f"{UNIT}.ipynb").write_bytes(b"{")
    log = folder / "log.txt"
    command = ["grade", UNIT, "--dir", str(workspace.root), "--workers", "1"]
    done = CliRunner().invoke(
        main, [*command, "--json", "--figures", "--log", str(log)]
    )
    assert done.exit_code == 0, done.output
    return workspace, done.stdout, log.read_text(), command


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_every_line_is_an_object_in_the_order_of_what_happens(graded):
    said = lines(graded[1])
    assert said[0] == {"event": "found", "total": 4}
    kinds = [line["event"] for line in said]
    assert sorted(kinds) == sorted(
        ["found", "sandbox", *["graded"] * 4, "writing", "done"]
    )
    assert kinds[-2:] == ["writing", "done"]
    by_student = {line["student"]: line for line in said if "student" in line}
    assert by_student["ada"]["exercises"]["neuron_grads"]["points"] == 3
    assert by_student["ben"]["exercises"]["neuron_grads"]["slips"] == ["sum-for-mean"]
    assert by_student["dan"]["status"] == "unreadable"
    assert said[-1]["graded"] == 4
    assert said[-1]["failed"] == {}
    assert said[-1]["strangers"] == []
    assert said[-1]["misconceptions"][0]["students"] == ["ben"]


def test_an_error_is_a_last_line_and_an_exit_code(tmp_path):
    workspace = make_workspace(tmp_path / "w", None, course_directory())
    command = ["grade", "no-unit", "--dir", str(workspace.root), "--json"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert lines(done.stdout)[-1]["event"] == "error"
    assert "there is no unit" in lines(done.stdout)[-1]["problem"]


def test_a_run_that_is_stopped_has_a_last_line_too(capsys):
    with pytest.raises(KeyboardInterrupt), JsonListener():
        raise Stopped(signal.SIGINT)
    (line,) = lines(capsys.readouterr().out)
    assert line["event"] == "error"
    said = "stopped by SIGINT: the same command, without --force, grades what has no "
    said += "grade yet"
    assert line["problem"] == said


def test_the_log_says_which_student_which_cell_which_layer(graded):
    log = graded[2]
    assert "INFO nnkit.grading.pool: sandbox: zygote" in log
    assert "cy: sandbox: cell" in log
    assert "exit code 3" in log
    assert "ada: neuron_grads: 3 of 3 points" in log
    assert "WARNING nnkit.grading: dan: not readable" in log
    kinds = {type(handler) for handler in logging.getLogger("nnkit").handlers}
    assert kinds == {logging.NullHandler}


def test_what_a_student_wrote_cannot_make_lines_of_its_own():
    record = logging.LogRecord("n", 20, "", 0, "ada: %s", ("x\n\x1b[2Jforged",), None)
    assert OneLine("%(message)s").format(record) == "ada: x\\n\\x1b[2Jforged"


def test_what_goes_wrong_is_told_in_plain_characters(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    listener = ProgressListener()
    listener.console = Console(file=io.StringIO(), force_terminal=True, width=200)
    listener.failed("ada", "\x1b]0;title\x07 \x1b[2J \u202e \x9b31m\rcannot be read")
    told = re.sub(r"\x1b\[[0-9;]*m", "", listener.console.file.getvalue())
    assert told == r"ada: \x1b]0;title\x07 \x1b[2J \u202e \x9b31m\rcannot be read" "\n"


def pictures_of(workspace, student):
    path = workspace.autograded / student / UNIT / f"{UNIT}.ipynb"
    cells = json.loads(path.read_text())["cells"]
    outputs = [item for cell in cells for item in cell.get("outputs", ())]
    return [o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})]


def test_pictures_are_drawn_only_when_asked_for(graded):
    workspace, _, _, command = graded
    (picture,) = pictures_of(workspace, "ada")
    assert base64.b64decode(picture).startswith(SIGNATURE)
    again = [*command, "--force", "--json", "--student", "ada"]
    assert CliRunner().invoke(main, again).exit_code == 0
    assert pictures_of(workspace, "ada") == []


def png_of(width, height, rest=b"rest"):
    head = SIGNATURE + b"\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4)
    return np.frombuffer(head + rest, np.uint8)


def test_only_what_begins_as_a_picture_and_fits_is_taken():
    png = png_of(20, 10)
    taker = Pictures(True)
    assert taker.take(png) == {"image/png": base64.b64encode(png.tobytes()).decode()}
    assert Pictures(False).take(png) == {}
    script = np.frombuffer(b"<svg onload=alert(1)>", np.uint8)
    for other in (script, png.astype(float), "iVBOR", None, png.tobytes(), png[:20]):
        assert taker.take(other) == {}
    assert taker.take(png_of(20, 10, bytes(MAX_PICTURES))) == {}


def test_few_bytes_that_unpack_to_gigabytes_are_no_picture():
    taker = Pictures(True)
    assert taker.take(png_of(65_535, 65_535)) == {}
    assert taker.take(png_of(2**32 - 1, 1)) == {}
    assert [bool(taker.take(png_of(10_000, 8_000))) for _ in range(2)] == [True, False]


def test_a_folder_that_is_nobodys_is_no_student_in_the_last_line(capsys, release):
    problem = "submitted/-x cannot be the id of a student"
    run = Run(release, failed={problem: problem, "cy": "the sandbox was killed"})
    say_done(run)
    (said,) = lines(capsys.readouterr().out)
    assert said["failed"] == {"cy": "the sandbox was killed"}
    assert said["strangers"] == [problem]


def test_where_nobody_watches_no_bar_leaves_an_empty_line(capsys):
    with ProgressListener() as listener:
        listener.found(2)
        listener.failed("cy", "the sandbox was killed")
    assert capsys.readouterr().err == "cy: the sandbox was killed\n"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_counts_of_a_large_class_are_whole_at_any_width(monkeypatch, width):
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=width)
    monkeypatch.setattr("nnkit.grading.progress.Console", lambda **_: console)
    with ProgressListener() as listener:
        listener.found(10_000)
        listener.missing({})
        for _ in range(123):
            listener.failed("", "no sandbox")
        listener.progress.refresh()
        listener.writing(123)
        listener.progress.refresh()
    told = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.getvalue())
    assert "…" not in told
    assert re.search(r"grading[ ━]* 123/10000 .*123 problems", told)
    assert re.search(r"writing[^\n]* 123/10000 ", told)
