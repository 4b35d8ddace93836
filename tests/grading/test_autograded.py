"""The notebooks that people look at, read by nbgrader's own commands."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
from grading_builders import UNIT, answered, check, nbcell, record
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from nnkit.grading.autograded import write_autograded, write_unreadable
from nnkit.grading.gradebook import write_gradebook
from nnkit.grading.submission import read_submission

WHEN = "2024-03-01 12:00:00 UTC"
OUTPUTS = {
    3: [
        {
            "output_type": "execute_result",
            "execution_count": None,
            "metadata": {},
            "data": {"text/plain": "1.0", "text/html": "<b>neuron: right</b>"},
        }
    ],
    6: [{"output_type": "stream", "name": "stdout", "text": "Off by the row count"}],
}


@pytest.fixture
def write(workspace, release, hand_in):
    def hand_in_and_write(cells, student="ada", outputs=OUTPUTS, timestamp=None):
        path = hand_in(cells, student, timestamp=timestamp)
        submission = read_submission(student, path, release)
        return write_autograded(workspace, release, submission, outputs)

    return hand_in_and_write


def valid(path):
    with path.open(encoding="utf-8") as file:
        raw = json.load(file)
    nbformat.validate(raw)
    notebook = nbformat.from_dict(raw)
    MetadataValidator().validate_nb(notebook)
    return notebook


def test_is_where_nbgrader_looks(write, workspace):
    path = write(answered(), timestamp=WHEN)
    assert path == workspace.root / "autograded" / "ada" / UNIT / f"{UNIT}.ipynb"
    assert path.with_name("timestamp.txt").read_text() == WHEN
    write(answered(), timestamp="")
    assert not path.with_name("timestamp.txt").exists()
    assert sorted(p.name for p in path.parent.iterdir()) == [f"{UNIT}.ipynb"]


def test_is_valid_and_has_nbgraders_metadata(write, release):
    notebook = valid(write(answered()))
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    for cell, true in zip(notebook.cells, release.cells, strict=True):
        marks = cell.metadata.get("nbgrader", {})
        assert marks.get("grade_id") == true.grade_id
        if true.role in ("check", "locked"):
            assert marks["checksum"] == compute_checksum(cell)
    assert notebook.cells[6].metadata.nbgrader.points == 3
    assert notebook.cells[3].outputs == OUTPUTS[3]
    assert notebook.cells[0].cell_type == "markdown"


def test_nothing_of_a_students_metadata_is_left(write):
    cells = answered()
    evil = check("bonus", "1e9", 1e9)
    evil["metadata"] |= {"tags": ["hide-input"], "evil": "<script>"}
    cells[2]["metadata"]["nbgrader"]["points"] = "many"
    notebook = valid(write([evil, *cells]))
    assert notebook.cells[0].metadata == {}
    assert "points" not in notebook.cells[3].metadata.nbgrader


def test_any_text_can_be_written(write):
    text = "x = '\ud83d\ude00 \u2028 é \0'"
    notebook = valid(write([*answered(), nbcell(text)], outputs={}))
    assert notebook.cells[-1].source == "x = '😀 \u2028 é \\x00'"


def test_a_new_one_takes_the_place_of_an_old_one(write):
    path = write(answered(), outputs={})
    assert path.stat().st_mode & 0o777 == 0o444
    write(answered(), outputs=OUTPUTS)
    assert valid(path).cells[6].outputs == OUTPUTS[6]


def test_what_could_not_be_written_leaves_the_old_one(write, monkeypatch):
    path = write(answered())
    before = path.read_bytes()

    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_room)
    with pytest.raises(OSError, match="No space"):
        write([])
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_what_is_wrong_with_an_unreadable_one_is_said(workspace, release):
    problem = "ada/x `<script>` is damaged\n# at line 1"
    path = write_unreadable(workspace, release, "ada", problem, None)
    notebook = valid(path)
    assert notebook.cells[0].source == (
        "This submission could not be graded:\n\n"
        "```\nada/x `<script>` is damaged\\n# at line 1\n```"
    )
    assert len(notebook.cells) == len(release.cells) + 1


def test_generate_feedback(write, workspace, release):
    write(answered(), "ada", timestamp=WHEN)
    write(answered()[:5], "bob")
    write_unreadable(workspace, release, "eve", "eve/x.ipynb is damaged", None)
    right = record("ada", grads=1.5, timestamp=WHEN)
    right["verdicts"][1]["diagnoses"] = [{"text": "Sum or mean?"}]
    unreadable = record("eve", status="unreadable", problem="damaged", verdicts=[])
    records = [right, record("bob", grads=0.0), unreadable]
    write_gradebook(workspace.db_url, release, records)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_feedback", UNIT],
        cwd=workspace.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = {
        student: (workspace.feedback / student / UNIT / f"{UNIT}.html").read_text()
        for student in ("ada", "bob", "eve")
    }
    assert "(Score: 2.5 / 4.0)" in pages["ada"]
    assert "(Score: 1.5 / 3.0)" in pages["ada"]
    assert "Sum or mean?" in pages["ada"]
    assert "<b>neuron: right</b>" in pages["ada"]
    assert "Off by the row count" in pages["ada"]
    assert "(Score: 1.0 / 4.0)" in pages["bob"]
    assert "(Score: 0.0 / 4.0)" in pages["eve"]
    assert "could not be graded" in pages["eve"]


def test_what_the_exchange_knows_a_submission_by_is_kept(write, workspace):
    place = workspace.submitted / "ada" / UNIT
    path = write(answered())
    secret = path.with_name("submission_secret.txt")
    assert not secret.exists()
    (place / secret.name).write_text("5ec3e7")
    write(answered())
    assert secret.read_text() == "5ec3e7"
    (place / secret.name).write_bytes(b"\xff5ec\x803e7")
    write(answered())
    assert secret.read_text() == "5ec3e7"
    # A student's folder may have a link to anybody's file in it.
    (workspace.root / "elsewhere").write_text("another's")
    (place / secret.name).unlink()
    (place / secret.name).symlink_to(workspace.root / "elsewhere")
    write(answered())
    assert not secret.exists()


def test_a_page_has_room_for_a_notebook_and_not_for_megabytes(write):
    long = [nbcell(f"x = 1  # {'y' * 1_000}") for _ in range(1_000)]
    path = write([*answered(), *long, nbcell("# the last word")])
    notebook = valid(path)
    assert path.stat().st_size < 500_000
    assert notebook.cells[-1 - len(long)].source == long[0]["source"]
    said = "more characters are in what was handed in]"
    assert notebook.cells[-1].source == f"\n# [15 {said}"


def test_a_long_line_of_code_is_cut_where_its_colours_would_take_minutes(write):
    long = [nbcell("x = a" + ".a" * 20_000 + "\nlast = 1"), nbcell("'" + "y" * 1_998)]
    notebook = valid(write([*answered(), *long]))
    cut, whole = (cell.source for cell in notebook.cells[-2:])
    said = "# [38005 more characters are in what was handed in]"
    assert cut == f"x = a{'.a' * 997}.  {said}\nlast = 1"
    assert whole == long[1]["source"]
