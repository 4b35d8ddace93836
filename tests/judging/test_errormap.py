"""Where the error sits: coarse steps, a window around the worst, a pattern in words."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from nnkit.judging import heatmap
from nnkit.judging.errormap import WIDEST, ErrorMap, error_map, pattern

RNG = np.random.default_rng(5)
WANT = RNG.uniform(1, 2, (4, 4))
SIZE = float(WANT.max())


def found(change, want=WANT, size=SIZE):
    got = want.copy()
    change(got)
    return error_map("C", "a case", got, want, size, 1e-9)


def test_steps_are_powers_of_ten_and_know_no_sign():
    def change(C):
        C[0] += SIZE * np.array([0.005, 0.05, 0.5, 5])
        C[1] -= SIZE * np.array([0.005, 0.05, 0.5, 5])
        C[2, 0], C[2, 1] = np.nan, -np.inf

    levels = found(change).levels
    assert levels[:3] == ((1, 2, 3, 4), (1, 2, 3, 4), (5, 5, 0, 0))


def test_what_is_as_large_as_a_step_is_not_below_it():
    """Zeros in place of an answer are 100 % off where it is largest."""
    want = np.array([0.01, -0.1, 0.3, 1.0]) * 0.7
    assert error_map("v", "a case", 0 * want, want, 0.7, 1e-9).levels == ((2, 3, 3, 4),)


def test_the_right_value_cannot_be_computed_from_a_map():
    """Two right answers, one map: whoever sees it cannot know which it was."""
    got = WANT + 0.2 * SIZE
    one = error_map("C", "a case", got, WANT, SIZE, 1e-9)
    other = error_map("C", "a case", got, WANT + 0.4 * SIZE, SIZE, 1e-9)
    assert one == other


def add_to(index):
    def change(C):
        C[index] += 1

    return change


PATTERNS = {
    "all 16 entries are wrong": add_to(...),
    "4 of 16 entries are wrong, all in column 2": add_to((slice(None), 2)),
    "3 of 16 entries are wrong, all in row 1": add_to((1, slice(1, None))),
    "4 of 16 entries are wrong: the diagonal": add_to(np.eye(4, dtype=bool)),
    "12 of 16 entries are wrong: all but the diagonal": add_to(~np.eye(4, dtype=bool)),
    "1 of 16 entries is wrong": add_to((3, 3)),
    "2 of 16 entries are wrong": add_to(([0, 1], [1, 3])),
}


@pytest.mark.parametrize("words", PATTERNS)
def test_a_pattern_is_said_in_words(words):
    assert pattern(found(PATTERNS[words])) == words


@pytest.mark.parametrize("shape", [(40, 30), (100,), (3, 50)])
def test_of_a_large_array_the_window_around_the_worst_is_kept(shape):
    want = np.ones(shape)
    worst = tuple(n - 2 for n in shape)
    some = found(add_to(worst), want, 1.0)
    assert len(some.levels) <= WIDEST
    assert len(some.levels[0]) <= WIDEST
    row, column = (0, *worst)[-2:]
    assert some.levels[row - some.corner[0]][column - some.corner[1]] == 4
    assert "shown: " in heatmap.html(some)
    assert "shown: " in heatmap.text(some)[0]


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (None, np.ones(3)),
        (np.ones(4), np.ones(3)),
        (np.ones(()), np.zeros(())),
        (np.ones(1), np.zeros(1)),
        (np.ones((2, 2, 2)), np.zeros((2, 2, 2))),
    ],
)
def test_what_has_no_places_has_no_map(got, want):
    assert error_map("C", "a case", got, want, 1.0, 1e-9) is None


def test_a_map_survives_json():
    some = found(add_to((1, 1)))
    assert ErrorMap.from_json(json.loads(json.dumps(asdict(some)))) == some


def test_the_table_can_be_read_without_colour_and_aloud():
    some = found(add_to((1, 1)))
    page = heatmap.html(some)
    assert page.count('<th scope="col"') == 4
    assert page.count('<th scope="row"') == 4
    assert 'aria-label="C with “a case”: 1 of 16 entries is wrong"' in page
    level = max(map(max, some.levels))
    assert f'<td title="{heatmap.MEANINGS[level]}"' in page
    assert f"{level} = {heatmap.MEANINGS[level]}" in page


def test_names_are_escaped():
    some = error_map("<b>", "<i>", np.ones(2), np.zeros(2), 1.0, 1e-9)
    assert "<b>" not in heatmap.html(some)
    assert "<i>" not in heatmap.html(some)
