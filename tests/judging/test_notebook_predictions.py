"""predict and reveal: a guess stands beside the measurement, and nothing breaks."""

import numpy as np
import pytest

from nnkit import Tensor, predict, reveal

pytestmark = pytest.mark.usefixtures("session")


def test_without_a_prediction_both_say_so_in_a_line_that_never_changes():
    open_line = (
        "○ slope: not predicted yet. Put a number or a few words in place of the ... "
        "and run this cell again."
    )
    assert repr(predict("slope", ...)) == repr(predict("slope")) == open_line
    assert repr(reveal("slope", 0.5)) == "slope: measured 0.5 (no prediction)."


def test_a_decimal_comma_makes_two_values_and_is_no_prediction():
    predict("slope", 2)
    said = repr(predict("slope", 2, 5))
    assert "not predicted yet" in said
    assert "got 2, with commas between" in said
    assert repr(reveal("slope", 2.5)) == "slope: measured 2.5 (no prediction)."


@pytest.mark.parametrize(
    ("guess", "measured", "said"),
    [
        (3, 3, "Exactly so."),
        (3.001, 3, "Spot on"),
        (2.9, 3, "Close: too small by 3 %."),
        (4, 3, "Too large by 33 %."),
        (6, 3, "Too large: by a factor of about 2."),
        (7, 2, "Too large: by a factor of about 3.5."),
        (1, 99.4, "Too small: by a factor of about 99."),
        (99.7, 1, "Too large: by a factor of about 10^2."),
        (1, 1000, "Too small: by a factor of about 10^3."),
        (-1, 3, "The sign is the other one; you are 4 below"),
        (2, 0, "You are 2 above"),
        (0, 2, "You are 2 below"),
        (np.float32(0.5), np.array([0.25]), "Too large: by a factor of about 2."),
        (float("inf"), 3, "Not the same kind"),
        (float("inf"), float("inf"), "Just so."),
        (10**400, 3, "measured"),
        (40, 80, "Too small: by a factor of about 2."),
        (-1e-200, 1e-200, "The sign is the other one"),
        (5e-324, 3, "Too small: by a factor of about 10^324."),
        (1e300, 1e-300, "Too large: by a factor of about 10^600."),
        ("0.5", 0.25, "Too large: by a factor of about 2."),
        (" -.5e1 ", 3, "The sign is the other one; you are 8 below"),
        ("50 %", 0.25, "Too large: by a factor of about 2."),
        ("25%", 0.25, "Exactly so."),
    ],
)
def test_numbers_are_compared_in_words(guess, measured, said):
    predict("x", guess)
    assert said in repr(reveal("x", measured))


@pytest.mark.parametrize("guess", ["it falls", True, None, [1, 2], object, "a\nb"])
def test_anything_else_stands_side_by_side(guess):
    predict("x", guess)
    lines = repr(reveal("x", "it rises")).splitlines()
    assert len(lines) == 3
    assert lines[2].split() == ["measured", "it", "rises"]


@pytest.mark.parametrize(
    "guess", ["about 40 %", "1/3", "0,5", "1,000", "log 3", "1?", "%", ".", "٣", "nan"]
)
def test_words_are_not_compared_with_a_number(guess):
    predict("x", guess)
    shown = repr(reveal("x", 0.25)).splitlines()
    assert [line.split() for line in shown[1:]] == [
        ["you", "predicted", *guess.split()],
        ["measured", "0.25"],
    ]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (11029.75, "11030"),
        (-1234.5678, "-1235"),
        (1e6 + 0.5, "1e+06"),
        (36.737, "36.7"),
    ],
)
def test_a_count_is_written_with_all_of_its_digits(number, written):
    assert repr(predict("x", number)).endswith(f"you predict {written}.")


@pytest.mark.parametrize("nothing", ["", " ", "\n"])
def test_text_with_nothing_in_it_is_no_prediction(nothing):
    predict("x", 3)
    assert repr(predict("x", nothing)) == repr(predict("x", ...))
    assert "no prediction" in repr(reveal("x", 3))


def test_a_guess_can_be_taken_back():
    predict("x", 3)
    predict("x", ...)
    assert "no prediction" in repr(reveal("x", 3))


def test_a_loss_is_compared_as_the_number_it_is():
    predict("loss", Tensor(0.5))
    assert "Spot on" in repr(reveal("loss", Tensor([[0.501]])))


@pytest.mark.parametrize("name", [1, ("a", 2), ["a"]])
def test_a_name_that_is_no_text_is_one_by_what_it_prints(name):
    predict(name, 3)
    assert "Exactly so." in repr(reveal(name, 3))
    predict(str(name), ...)
    assert "no prediction" in repr(reveal(name, 3))


def test_what_a_student_wrote_is_short_and_escaped():
    class Odd:
        def __repr__(self):
            raise RuntimeError

    predict("x", "<script>" + "a" * 5000)
    page = reveal("x", "b")._repr_html_()
    assert "<script>" not in page
    assert len(page) < 2000
    assert "type Odd" in repr(predict("y", Odd()))


def test_a_guess_outlives_the_kernel_in_a_working_folder(working_folder, session):
    predict("x", 3)
    predict("y", 4)
    session()
    assert "Exactly so." in repr(reveal("x", 3))


def test_elsewhere_it_does_not(session):
    predict("x", 3)
    session()
    assert "no prediction" in repr(reveal("x", 3))
