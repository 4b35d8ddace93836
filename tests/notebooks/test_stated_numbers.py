"""Numbers that units 1 and 3 to 6 state, and no cell of them prints.

Unit 2's are in tests/exercises/test_learning_rate_text.py; the longer derivations have
a test of their own in the file of their unit.
"""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@cache
def words_of(unit):
    (path,) = SOLUTIONS.glob(f"{unit}-*.py")
    text = path.read_text(encoding="utf-8")
    lines = (line.removeprefix("#").removeprefix(" > ") for line in text.splitlines())
    return " ".join(map(str.strip, lines))


def stated_as(value, stated):
    return f"{value:.{len(stated.partition('.')[2])}f}" == stated


@pytest.mark.parametrize(
    ("unit", "words", "value", "stated"),
    [
        ("01", "The edge is at $|z| \\approx 2.09$", math.atanh(0.97), "2.09"),
        ("01", "it is at 0.7 standard deviations", math.atanh(0.97) / 3, "0.7"),
        ("03", "A share of $0.954$ of a bell", math.erf(math.sqrt(2)), "0.954"),
        ("03", "$1/\\sqrt{\\pi} = 0.56$ times", 1 / math.sqrt(math.pi), "0.56"),
        ("03", "which is $|z| > 2.09$", math.atanh(0.97), "2.09"),
        ("03", "$1/\\sqrt{100} = 0.1$", 1 / math.sqrt(100), "0.1"),
        ("04", "1 - e^{-10} \\approx 11 \\text{ steps", 11 - math.exp(-10), "11"),
        ("04", "$\\log 10 \\approx 2.30$", math.log(10), "2.30"),
        ("04", "$\\log 3 \\approx 1.099$", math.log(3), "1.099"),
        ("04", "$\\sigma(1) \\approx 0.73$", 1 / (1 + math.exp(-1)), "0.73"),
        ("05", "$\\sin 1 \\approx 0.841$", math.sin(1), "0.841"),
        ("05", "$\\cos 1 \\approx 0.540$", math.cos(1), "0.540"),
        ("05", "come $\\sin 1 \\cdot 2 = 1.683$", 2 * math.sin(1), "1.683"),
        ("05", "together $2.223$", 2 * math.sin(1) + math.cos(1), "2.223"),
        ("05", "u \\approx 1.1 \\cdot 10^{-16}", 0.5e16 * np.finfo(float).eps, "1.1"),
        ("05", "u \\approx 6 \\cdot 10^{-8}", 0.5e8 * np.finfo(np.float32).eps, "6"),
        ("05", "$11 / 20 = 0.55$", 11 / 20, "0.55"),
        ("06", "\\log 3 \\approx 1.10$", math.log(3), "1.10"),
        ("06", "(16 + 3)} \\approx 3.2$", 10 * math.sqrt(2 / 19), "3.2"),
        ("06", "3.2 \\approx 13$", math.sqrt(16) * 10 * math.sqrt(2 / 19), "13"),
        ("06", "\\frac23} \\approx 2.6$", math.sqrt(30 / 3 * 2 / 3), "2.6"),
    ],
)
def test_a_number_in_the_text_is_right(unit, words, value, stated):
    assert words in words_of(unit)
    assert stated_as(value, stated)
