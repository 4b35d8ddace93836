"""Engines as lectures write them: nothing is cleared, and a long row goes too deep.

Neither hides what is wrong besides.
"""

import asking
import pytest
from reading import answers

from nnkit.exercises import EXERCISES

VALUE = EXERCISES["Value"]
LECTURES = "Value: closures, a set and recursion"
FOUND = {item.name: item for item in answers() if item.name.startswith(LECTURES)}


def told(label, seed=11):
    answer = FOUND[f"{LECTURES}, {label}"]
    [verdict] = asking.verdicts(VALUE, answer.function(), [seed])
    return {part: item.text for item in verdict.diagnoses for part in item.parts}


@pytest.mark.parametrize(
    "label", ["a flag for the first", "one inside another", "a line", "a stack"]
)
def test_who_passes_on_too_early_is_told_where_though_nothing_is_cleared(label):
    found = told(label)
    assert (
        "where a *result*, and not only a leaf, is used by two others"
        in (found["grad"])
    )
    assert "other gradients than the first time" in found["grad_again"]


@pytest.mark.parametrize("label", ["no 1 at the start", "cleared in the loop"])
def test_who_never_starts_is_told_so_though_a_long_row_goes_too_deep(label):
    found = told(label)
    assert found["grad"].startswith("Everything is 0 in the end.")
    assert found["grad_again"] == found["grad"]
    assert "Python gives up" in found["long_row"]
