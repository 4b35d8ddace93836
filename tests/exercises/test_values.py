"""What is said of a value that is no number."""

import numpy as np
import pytest

from nnkit.adapters import Named, Opaque, Rng
from nnkit.exercises.values import Misfit, numbers
from nnkit.sandbox import wire


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Opaque("Value"), "Value"),
        (Opaque("builtins.set"), "set"),
        (Rng(1), "Rng, which stands for an argument"),
        (Named("curve"), "Named, which stands for an argument"),
        ({}, "a dict of 0"),
        (None, "None"),
        ([1.0, None, 2.0], "a list of 3, with None in it"),
        ((1.0, "inf"), "a tuple of 2, with text in it"),
        ([[0.0, 1.0, 2.0], [0.0, 1.0, True]], "a list of 2, with True or False in it"),
        ([[1.0], [1.0, 2.0]], "a list with rows of different lengths"),
        (
            [np.zeros(3), np.zeros((0, 2))],
            "a list of arrays of the shapes (3,) and (0, 2)",
        ),
        # Of a hundred thousand, the names of all are a megabyte in everybody's records.
        (
            [np.zeros(3), np.zeros((0, 2))] * 50_000,
            "a list of arrays of the shapes "
            + ", ".join(["(3,), (0, 2)"] * 4)
            + " and 99992 more",
        ),
    ],
)
def test_what_came_instead_of_numbers(value, said):
    with pytest.raises(Misfit) as found:
        numbers(value)
    assert found.value.seen == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (..., "still to be written"),
        (len, "without the round brackets"),
        (np.zeros(3).sum, "without the round brackets"),
        (np.tanh, "without the round brackets"),
        (np.mean, "without the round brackets"),
        (lambda: 0.0, "without the round brackets"),
    ],
)
def test_what_was_forgotten_is_said_and_no_name_of_a_type(value, said):
    crossed = wire.decode_bytes(wire.encode(value))
    with pytest.raises(Misfit) as found:
        numbers(crossed)
    assert said in found.value.seen
