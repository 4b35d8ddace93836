"""An instructor's own exercise file: read, refused in one line, known while in use."""

import os

import pytest

from nnkit.exercises import EXERCISES, OWN, exercises_of, known, own
from nnkit.template import source_of

UNIT = "07-ridge"
TEXT = source_of(own.FILE, UNIT)
EXERCISE = "ridge_grad = Exercise("

BAD = {
    "syntax": ("wrt=(", "wrt=((", r", line \d+: "),
    "an import": ("import numpy", "import nampy", r"line \d+: ModuleNotFoundError"),
    "an exit": ("EXERCISES =", "raise SystemExit(3)\nEXERCISES =", "SystemExit: 3"),
    "no list": ("EXERCISES = (ridge_grad,)", "", "declares no exercises"),
    "an empty list": ("(ridge_grad,)\n", "()\n", "declares no exercises"),
    "not one": ("(ridge_grad,)", "(loss,)", "which is no Exercise"),
    "twice": ("(ridge_grad,)", "(ridge_grad, ridge_grad)", "two exercises are called"),
    "no name": ('"ridge_grad",', '"ridge grad",', "must be a Python name"),
    "a name taken": ('"ridge_grad",', '"layer",', "another exercise, in 01-neuron"),
    "check's own name": ('"ridge_grad",', '"check",', "uses for something else"),
    "a builtin's name": ('"ridge_grad",', '"sum",', "uses for something else"),
    "goals": ("points=2", 'points=2, goals=("a", "b")', "expected one for each of"),
    "a list for a hint": (
        '@slip("The gradient points uphill. Which way does yours point?")',
        '@slip(["Uphill?"])',
        r"slip sign-flipped: its hint is \['Uphill\?'\], expected text",
    ),
    "points": ("points=2", 'points="two"', "points='two', expected a number from 0"),
    "parts": ('parts=("dw",)', 'parts=("dw")', "expected a tuple of names"),
    "cases": ("cases=batches", "cases=(1, 2)", "cases must be a function"),
    "reference": ('reference=backprop_of(loss, wrt=("w",))', "reference=3", "function"),
    "adapter": ("slips=(", 'adapter="pickle", slips=(', "known: call, program, draw"),
    "wrt of another": ('wrt=("w",)', 'wrt=("v",)', "'v', and loss .* X, y, w, penalty"),
    "wrt is text": ('wrt=("w",)', 'wrt=("w")', "wrt='w', expected a tuple of names"),
    "no slip": ("slips=(sign", "slips=(loss, sign", "has loss in it, which is none"),
    "no hint": (
        EXERCISE,
        f"@slip\ndef hasty(w):\n    return w\n\n\n{EXERCISE}",
        r"line \d+: TypeError: the slip hasty has no hint",
    ),
    "tolerance": ("points=2", 'points=2, tolerance="1"', "tolerance='1', expected a"),
    "slip twice": ("slips=(sign", "slips=(sign_flipped, sign", "two slips are called"),
    "a course unit": (f'unit="{UNIT}"', 'unit="01-neuron"', "a unit of the course"),
}


@pytest.fixture(autouse=True)
def _left_as_it_was():
    yield
    own.use(None)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / UNIT / own.FILE
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


@pytest.mark.parametrize(("old", "new", "said"), BAD.values(), ids=BAD)
def test_what_cannot_be_used_ends_in_one_line(file, old, new, said):
    assert old in TEXT
    file.write_text(TEXT.replace(old, new))
    with pytest.raises(own.OwnError, match=said) as error:
        own.load(file)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(f"{UNIT}/{own.FILE}")


def test_a_file_that_is_not_there_or_no_text(file):
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(own.OwnError, match=r"cannot be read: is no UTF-8 text"):
        own.load(file)
    file.unlink()
    with pytest.raises(own.OwnError, match=r"cannot be read: No such file"):
        own.use(file)


def test_it_is_known_while_it_is_in_use_and_no_longer(file):
    assert "ridge_grad" not in known()
    own.use(file, UNIT)
    assert [item.id for item in exercises_of(UNIT)] == ["ridge_grad"]
    assert known().keys() == {*EXERCISES, "ridge_grad"}
    assert own.file_in_use() == file
    own.use(None)
    assert not OWN
    assert own.file_in_use() is None
    assert exercises_of(UNIT) == ()


def test_it_is_read_again_only_when_it_has_changed(file):
    own.use(file)
    before = OWN["ridge_grad"]
    own.use(file)
    assert OWN["ridge_grad"] is before
    file.write_text(TEXT.replace("points=2", "points=25"))
    own.use(file)
    assert OWN["ridge_grad"].points == 25


def test_it_must_be_of_the_unit_whose_folder_it_stands_in(file):
    with pytest.raises(own.OwnError, match=r"says unit='07-ridge', and stands in"):
        own.use(file, "08-lasso")
    assert not OWN


def test_an_exercise_of_the_course_may_be_asked_again_for_other_points(file):
    again = f"""
from dataclasses import replace
from nnkit.exercises import EXERCISES as COURSE
again = replace(COURSE["layer"], unit="{UNIT}", points=7)
EXERCISES = (again,)
"""
    file.write_text(again)
    own.use(file, UNIT)
    assert known()["layer"].points == 7
    assert EXERCISES["layer"].points != 7
    assert [item.id for item in exercises_of(UNIT)] == ["layer"]
    assert "layer" in [item.id for item in exercises_of("01-neuron")]


def test_reading_it_leaves_nothing_in_the_folder(file):
    own.use(file)
    assert os.listdir(file.parent) == [own.FILE]
