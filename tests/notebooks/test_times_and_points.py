"""The times and points that units state: they add up, and agree with the exercises."""

import re
from pathlib import Path

import pytest

from nnkit.exercises import EXERCISES

SOURCES = sorted((Path(__file__).parents[2] / "solutions").glob("*.py"))
TEXTS = {path.stem: " ".join(path.read_text("utf-8").split("\n# ")) for path in SOURCES}


README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


COUNTED = {6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven"}
COUNTED |= {12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen"}


def minutes(name):
    said = re.search(r"\*\*Time:?\*\*:? about (\d+) minutes", TEXTS[name])
    assert said, f'{name}: expected "**Time:** about 90 minutes" in its text'
    return int(said[1])


def test_the_hours_of_the_units_are_those_of_the_course():
    times = {name: minutes(name) for name in TEXTS}
    hours = round(sum(times.values()) / 60)
    assert f"With {COUNTED[len(times) - 1]} units of" in TEXTS["00-start"]
    assert f"takes about {COUNTED[hours]} hours" in TEXTS["00-start"]
    assert all(90 <= time <= 120 for name, time in times.items() if name[:2] != "00")


@pytest.mark.parametrize("name", [name for name in TEXTS if name[:2] != "00"])
def test_the_points_of_a_unit_are_those_of_its_exercises(name):
    said = re.search(r"worth ([\d.]+) points", TEXTS[name])
    assert said, f'{name}: expected "worth 11 points" in its text'
    headings = re.findall(r"### Exercise `(\w+)` \(([\d.]+) points?", TEXTS[name])
    for exercise, points in headings:
        assert EXERCISES[exercise].points == float(points)
    by_hand = re.findall(r'written="[\w-]+" points=([\d.]+)', TEXTS[name])
    total = sum(float(points) for _, points in headings) + sum(map(float, by_hand))
    assert float(said[1]) == total


def test_the_readme_names_the_exercises_of_each_unit():
    rows = re.findall(r"^\| `(\d\d-[\w-]+)` \|[^|]*\|([^|]*)\|$", README, re.M)
    named = {unit: set(re.findall(r"`(\w+)`", words)) for unit, words in rows}
    graded = {unit: set() for unit in TEXTS}
    for name, exercise in EXERCISES.items():
        if exercise.points:
            graded[exercise.unit].add(name)
    assert named == graded
