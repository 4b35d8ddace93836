"""progress: what was checked is kept, in a folder of nnkit lab's, and never lost."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from nnkit import check, progress
from nnkit.exercises import EXERCISES, neuron
from nnkit.judging import keep

pytestmark = pytest.mark.usefixtures("session")


def neuron_grads(X, y, w, b):
    a = np.tanh(X @ w + b)
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()


def half_right(X, y, w, b):
    return neuron_grads(X, y, w, b)[0], 0.0


half_right.__name__ = "neuron_grads"


def test_it_starts_with_everything_open():
    text = repr(progress())
    assert text.startswith(f"Progress: 0 of {len(EXERCISES)} exercises right, 0 of ")
    assert text.count("○") == len(EXERCISES)
    assert "Next: center in 00-start." in text


def test_units_come_in_the_order_of_the_course():
    lines = [line.strip() for line in repr(progress()).splitlines()]
    units = [line[: line.index(":")] for line in lines if line[:2].isdigit()]
    assert units == sorted(units)


def test_parts_and_points_are_those_of_the_last_check():
    check(half_right)
    text = repr(progress("01-neuron"))
    assert "1.5 of 3  not right: db" in text
    check(neuron_grads)
    assert "✓ neuron_grads" in repr(progress("01-neuron"))


def test_what_was_right_before_is_said():
    check(neuron_grads)
    check(half_right)
    assert "not right: db (it was right before)" in repr(progress("01-neuron"))


@pytest.mark.parametrize("unit", [1, "1", "01", "01-neuron"])
def test_a_unit_may_be_asked_for_by_its_number(unit):
    said = repr(progress(unit))
    assert "01-neuron" in said
    assert "02-learning-rate" not in said


def test_zero_is_the_number_of_a_unit_and_not_all_of_them():
    assert repr(progress(0)).startswith("Progress: 0 of 1 exercise right")
    assert "There is no unit 9. Units: 00-start" in repr(progress(9))


def test_an_unknown_unit_is_met_with_the_nearest():
    assert "Did you mean 01-neuron?" in repr(progress("1-neuron"))


def test_html_names_the_state_in_words_and_escapes():
    check(half_right)
    page = progress()._repr_html_()
    assert 'role="status"' in page
    assert "partly right" in page
    assert 'aria-label="01-neuron: 0 of' in page
    assert "<script>" not in progress("<script>")._repr_html_()


def test_elsewhere_it_is_kept_in_memory_only(tmp_path, session):
    check(half_right)
    assert "until this notebook's kernel stops" in repr(progress())
    assert list(tmp_path.iterdir()) == []
    session()
    assert "1.5 of 3" not in repr(progress())


def test_a_folder_that_cannot_be_written_is_not_said_to_keep(working_folder, session):
    check(half_right)
    # A folder in its place: not even root can write to that.
    (working_folder / keep.PROGRESS).unlink()
    (working_folder / keep.PROGRESS).mkdir()
    said = " ".join(repr(progress()).split())
    assert "1.5 of 3" in said
    assert "progress.jsonl cannot be written" in said


def test_a_working_folder_keeps_it_from_day_to_day(working_folder, session):
    check(half_right)
    session()
    assert "1.5 of 3" in repr(progress())
    assert "Kept in this working folder" in repr(progress())


def test_it_is_found_from_a_units_folder(working_folder, monkeypatch, session):
    (working_folder / "01-neuron").mkdir()
    monkeypatch.chdir(working_folder / "01-neuron")
    check(half_right)
    session()
    monkeypatch.chdir(working_folder)
    assert "1.5 of 3" in repr(progress())


def test_where_nobody_may_look_is_no_working_folder(tmp_path):
    """A check stopped below a folder whose .nnkit is somebody else's."""
    too_long = tmp_path / ("x" * 300)  # which stops root as well
    assert keep.working_folder(too_long) is None


def test_the_same_result_again_is_not_written_again(working_folder):
    for _ in range(3):
        check(half_right)
    assert len(lines_of(working_folder)) == 1


def lines_of(folder):
    text = (folder / keep.PROGRESS).read_text()
    return [json.loads(line) for line in text.splitlines() if line]


def test_two_kernels_at_once_lose_nothing(working_folder):
    program = (
        "import sys; from nnkit.judging import keep\n"
        "for i in range(60):\n"
        "    keep.remember({'what': 'check', 'name': f'{sys.argv[1]}-{i}'})\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", program, name]) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    names = {event["name"] for event in keep.recall()}
    assert names == {f"{name}-{i}" for name in "ab" for i in range(60)}


@pytest.mark.parametrize(
    "damage",
    [
        '{"what": "check", "name": "neu',
        "\x00\xff garbage",
        "[]",
        '{"what": 3, "name": "neuron_grads"}',
        '{"what": "check", "name": "neuron_grads", "right": "dw"}',
        '{"what": "check", "name": "gone", "right": ["x"], "status": "right"}',
    ],
)
def test_a_damaged_line_costs_only_itself(working_folder, session, damage):
    with (working_folder / keep.PROGRESS).open("a") as file:
        file.write(damage)
    check(half_right)
    session()
    assert "1.5 of 3" in repr(progress())


@pytest.mark.skipif(os.name != "posix", reason="permissions as on POSIX")
def test_a_folder_that_cannot_be_written_costs_the_memory_and_not_the_answer(
    working_folder, monkeypatch
):
    def refuse(path, line):
        raise PermissionError

    monkeypatch.setattr(keep, "_append", refuse)
    assert check(half_right).verdict.points == 1.5
    assert "1.5 of 3" in repr(progress())


def test_a_new_version_with_other_parts_keeps_what_it_can(working_folder, session):
    check(half_right)
    event = {**lines_of(working_folder)[0], "right": ["dw", "renamed"]}
    (working_folder / keep.PROGRESS).write_text(json.dumps(event) + "\n")
    session()
    assert "1.5 of 3" in repr(progress())


def test_when_all_is_right_nothing_is_next():
    def center(x):
        return x.mean(), x - x.mean()

    check(center)
    assert "Everything here is right." in repr(progress("00-start"))


def test_a_worked_exercise_is_next_only_if_alone():
    check(neuron_grads)
    graded = [e.id for e in neuron.EXERCISES if e.points and e.id != "neuron_grads"]
    said = repr(progress("01-neuron"))
    assert f"Next: {(graded or ['neuron'])[0]} " in said
