"""Killed at any moment and run again: as if nothing had happened."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_class import SEED, hand_in, small_class

from nnkit import demo
from nnkit.demo import UNIT
from nnkit.grading.journal import Journal
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import make_workspace

HERE = Path(__file__).parent
SOME = ("ada", "ben", "emre", "fay", "hana", "ivo", "kim", "lou", "tess")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    workspace, path = small_class(tmp_path_factory.mktemp("small"))
    return workspace.root, path


def program(name, *arguments):
    """The lines of JSON that one of the programs beside this file prints."""
    path = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, HERE / name, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def sweep(small, *options):
    """What a run that nothing stops leaves, and what came of each that died."""
    expected, *found = program("boundaries.py", *small, *options)
    return expected, found


@pytest.fixture(scope="module")
def swept(small):
    return sweep(small)


def test_the_class_is_graded_when_nothing_stops_the_run(swept):
    expected, _ = swept
    assert expected["lines"] == {"ada": 1, "ben": 1, "eve": 1}
    assert expected["kept"] == []
    assert len(expected["files"]) == 4
    assert len(expected["rows"]["grade"]) == 6


def test_every_kind_of_boundary_was_died_at(swept):
    places = [line["what"] for line in swept[1]]
    for what in ("0 of ", "1 of ", "fsync", "mkdir", "open", "half a file"):
        assert any(place.startswith(what) for place in places), what
    for what in ("BEGIN IMMEDIATE", "INSERT INTO grade", "commit", "replace"):
        assert any(place.startswith(what) for place in places), what
    assert len(places) > 100


def test_the_run_that_took_up_died_too_at_many_places(swept):
    assert len({line["again"] for line in swept[1]}) > 12


def test_rows_files_and_journal_are_those_of_a_run_that_nothing_stopped(swept):
    different = [line for line in swept[1] if not all(line["same"].values())]
    assert different == []


def test_what_was_finished_is_not_graded_twice(swept):
    counts = {sum(line["before"].values()) for line in swept[1]}
    assert counts == {0, 1, 2, 3}
    again = [line for line in swept[1] if not set(line["before"]) <= set(line["kept"])]
    assert again == []


def test_a_full_disk_at_many_boundaries_is_told_in_a_line_and_costs_nothing(
    small,
):
    _, found = sweep(small, "--full", "--step", "20")
    assert [line for line in found if not all(line["same"].values())] == []
    again = [line for line in found if not set(line["before"]) <= set(line["kept"])]
    assert again == []
    said = [line["said"] for line in found if line["said"] != "done"]
    assert {line.split(":")[0] for line in said} == {"JournalError", "GradebookError"}
    assert all("ake room" in line and "\n" not in line for line in said)
    assert len(said) > len(found) * 0.9  # all but those after the last that takes room


def test_the_sweep_can_fail(small):
    """A grader that forgets, draws ids by chance and leaves files is found out."""
    _, found = sweep(small, "--breach", "--step", "52")
    for part in ("lines", "rows", "files"):
        assert not all(line["same"][part] for line in found), part


@pytest.mark.slow
def test_killed_at_two_hundred_random_moments(tmp_path):
    workspace = make_workspace(tmp_path / "class", None, course_directory())
    with Journal.open(workspace.journal(UNIT)) as journal:
        journal.begin({"seed": SEED})
    for student, data in demo.submissions(Release.find(UNIT)):
        if student in SOME:
            hand_in(workspace, student, data)
    found = program("random_kills.py", workspace.root, 200, SEED)
    moments = [moment for line in found for moment in line["moments"]]
    assert len(moments) >= 200
    assert {stage for stage, _, _ in moments} == {"starting", "grading", "writing"}
    assert [line for line in found if not (line["same"] and line["once"])] == []
