"""What is said of a value that is no number."""

import pytest

from nnkit.adapters import Named, Opaque, Rng
from nnkit.exercises.values import Misfit, numbers


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Opaque("Value"), "Value"),
        (Rng(1), "Rng, which stands for an argument"),
        (Named("curve"), "Named, which stands for an argument"),
        ({}, "a dict of 0"),
    ],
)
def test_what_came_instead_of_numbers(value, said):
    with pytest.raises(Misfit) as found:
        numbers(value)
    assert found.value.seen == said
