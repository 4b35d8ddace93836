"""What is true of several parts is said once, and what a hint explains is not near."""

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import Case, Exercise, Slip
from nnkit.judging.judge import answer_key, ask, judge

ACT_BACK = EXERCISES["act_back"]
ACT = EXERCISES["act"]


def told(exercise, function, seed=5):
    cases = answer_key(exercise, seed).cases
    replies = [ask(function, exercise.adapter, case) for case in cases]
    found = judge(exercise, replies, seed).diagnoses
    return [(item.parts, item.text) for item in found]


def back(dA, cache, kind):
    z, a = cache
    return dA * {"tanh": 1 - a**2, "sigmoid": a - a**2, "relu": z > 0, "exp": a}[kind]


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (lambda dZ: np.round(dZ, 3), "are given to 3 decimals in every case"),
        (lambda dZ: dZ.astype("f4"), "are right to single precision only (up to "),
        (lambda dZ: dZ.astype("f2"), "are right to half precision only (up to "),
        (
            lambda dZ: dZ.astype("f2").astype(float) * (1 + 1e-5),
            "use float32 or float16 somewhere",
        ),
        (lambda dZ: dZ * (1 + 1e-7), "are nearly right, off by up to "),
        (lambda dZ: np.abs(dZ) + 1, "are wrong as well. Is there a line of yours"),
    ],
)
def test_one_mistake_in_all_parts_is_told_once(way, said):
    [(parts, text)] = told(ACT_BACK, lambda *args: way(back(*args)))
    assert parts == ACT_BACK.parts
    assert said in text
    assert all(part in text for part in parts)


def test_of_many_parts_that_are_wrong_the_first_has_its_figures():
    [(_, text)] = told(ACT_BACK, lambda *args: np.abs(back(*args)) + 1)
    first, rest = text.split("; sigmoid's dZ, relu's dZ and exp's dZ are wrong as well")
    assert first.startswith("tanh's dZ is wrong in every case; here the worst entry is")
    assert rest == ". Is there a line of yours that all of them depend on?"


def test_two_wrong_parts_are_told_one_by_one():
    def answer(dA, cache, kind):
        dZ = back(dA, cache, kind)
        return np.abs(dZ) + 1 if kind in ("tanh", "exp") else dZ

    found = told(ACT_BACK, answer)
    assert [parts for parts, _ in found] == [("tanh's dZ",), ("exp's dZ",)]


def test_a_sign_is_told_once_of_several_parts():
    [(parts, text)] = told(
        EXERCISES["affine_back"],
        lambda dZ, X, W: (-dZ @ W.T, -X.T @ dZ, -dZ.sum(axis=0)),
    )
    assert parts == ("dX", "dW", "db")
    assert text.startswith("dX, dW and db have the right size and the wrong sign")


def test_an_array_of_whole_numbers_is_told_where_it_cuts_off_fractions():
    def answer(z, kind):
        if kind == "relu":
            return np.maximum(z, 0), 1.0 * (z > 0)
        a = np.tanh(z) if kind == "tanh" else (1 + np.tanh(z / 2)) / 2
        slope = np.zeros_like(z) if kind == "tanh" else a
        slope[...] = 1 - a**2 if kind == "tanh" else a * (1 - a)
        return a if kind == "tanh" else (1 + np.tanh(z / 2)) / 2, slope

    [(parts, text)] = told(ACT, answer)
    assert parts == ("slope",)
    assert "holds whole numbers in 1 of" in text
    assert "dtype" in text


def near_and_far(X):
    """Return what is nearly right of small numbers, and far off of others."""
    return X * 2 * (1 + 1e-6) if np.max(np.abs(X)) < 1 else X * 3


def test_what_is_far_off_where_a_hint_says_why_is_not_called_nearly_right():
    scaled = Exercise(
        "scaled",
        unit="test",
        points=1,
        params=("X",),
        parts=("p",),
        cases=lambda rng: [
            *(Case(f"case {i}", (1 + rng.uniform(1, 2, (3, 2)),)) for i in range(4)),
            Case("small", (rng.uniform(0.1, 0.9, (3, 2)),)),
        ],
        reference=lambda X: X * 2,
        slips=(
            Slip(
                "thrice",
                lambda X: X * 2 if np.max(np.abs(X)) < 1 else X * 3,
                "Three times?",
            ),
        ),
    )
    [(_, hint), (_, rest)] = told(scaled, near_and_far)
    assert hint == "Three times?"
    assert "nearly right" not in rest
