"""How a student's function is called, wherever that is: what must not matter."""

import sys
import warnings

import numpy as np
import pytest

from nnkit.adapters import Opaque, reply_to


def sigmoid(z):
    """Right for every z, and warns where exp overflows or falls to 0."""
    return 1 / (1 + np.exp(-z))


Z = np.array([-1000.0, 0.0, 1000.0])


@pytest.mark.parametrize("handling", ["raise", "warn", "call"])
def test_settings_for_rounding_do_not_decide_about_an_answer(handling):
    with np.errstate(all=handling, call=lambda *_: 1 / 0):
        reply = reply_to(sigmoid, "call", (Z,), {})
    np.testing.assert_array_equal(reply["value"], [0.0, 0.5, 1.0])


def test_a_warning_is_no_error_even_where_a_student_asked_for_that():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reply = reply_to(sigmoid, "call", (Z,), {})
    assert "value" in reply


def test_settings_are_what_they_were_afterwards():
    before = np.geterr(), list(warnings.filters)
    reply_to(lambda: np.seterr(all="raise"), "call", (), {})
    assert (np.geterr(), list(warnings.filters)) == before


def test_who_hands_an_argument_back_returns_nothing_new():
    given = {"w": Z}
    back = reply_to(lambda d: d, "anew", (given,), {})["value"]
    assert back == Opaque("nnkit.argument")
    assert reply_to(lambda d: dict(d), "anew", (given,), {})["value"] == given


def test_a_folder_that_begins_like_the_environments_is_the_students(
    monkeypatch, tmp_path
):
    """The default folder beside a clone's package is nnkit-course, beside nnkit."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    said = []
    for folder in ("env-work", "env"):
        helper = tmp_path / folder / "helper.py"
        helper.parent.mkdir()
        helper.write_text("def stop():\n    raise ValueError\n")
        names = {}
        exec(compile(helper.read_text(), helper, "exec"), names)
        said.append(reply_to(names["stop"], "call", (), {})["raised"])
    assert (said[0]["line"], said[0]["source"]) == (2, "raise ValueError")
    assert said[1]["line"] == 0
