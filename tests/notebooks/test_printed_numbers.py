"""What the text says of what a cell prints: another seed may make it untrue.

`nnkit build` puts in whatever the cells print; that the prose still speaks of the same
numbers is held together here. Nothing is run: test_units.py holds the notebooks to the
source.
"""

import json
from functools import cache

import pytest
from test_stated_numbers import SOLUTIONS, words_of


@cache
def printed_by(unit):
    """All that the cells of a unit print, with single spaces."""
    (path,) = SOLUTIONS.glob(f"{unit}-*/{unit}-*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = [
        "".join(output.get("text", ""))
        for cell in cells
        for output in cell.get("outputs", ())
    ]
    return " ".join("\n".join(texts).split())


@pytest.mark.parametrize(
    ("unit", "words", "printed"),
    [
        ("01", "at a distance of 0.6 from the origin", "to the boundary 0.6"),
        ("01", "under 4 %", "1 0.036 0.036"),
        ("01", "almost half of all numbers lie farther", "3 0.486 0.487"),
        ("01", "75 % is the most", "best of 20,000 single neurons: 0.75"),
        ("02", "eight of them 6 % of the distance is left", "1.7: factor -0.7 per"),
        ("02", "0.19 is lower", "0.0061 0.19 +0.81 -0.90 0.0051"),
        ("02", "keeps its ten elevenths", "0.200 0.9091 0.9091"),
        ("02", "falls from about a million", "as measured 1e+06"),
        ("02", "to about one. This is why", "standardized 1.1"),
        ("02", "gradient descent ten times", "10 23 12 100 231 45 1000 2303 164"),
        ("02", "Beyond the ridge, at $v = 0.075$", "0.075 0.011 -3.93 - (ridge)"),
        ("02", "a hundredth of the rate", "0.0001 0.960 13989 0.0100 0.960 135"),
        ("02", "(1.5 - 0.075)/7.8 = 0.183", "over the ridge from the rate 0.183"),
        ("02", "leaves 70 % of the loss", "200 steps: 0.70 of the loss is left"),
        ("02", "six to seven times the steps", "135 16 -4 -0.0054 943"),
        ("02", "about 1.5 each time", "4.9 0.00048 10000 6.5"),
        ("02", "measurements are within 2 %", "0.20 0.111 0.110 0.10 0.053 0.052"),
        ("02", "the floor of the small one", "0.005 cosine from 0.2 0.004"),
        ("02", "At the rate 0.4 the first step", "step: above the start from 0.4"),
        ("02", "With $\\eta = 0.15$ it is reached", "0.15 1.5 3.2 2.0"),
        ("03", "One. The other seven are copies", "constant start: rank of W 1,"),
        ("03", "the rank 3, which is all", "random start: rank of W 3,"),
        ("03", "grows nearly eightfold", "1 / 100 7.84 7.86"),
        ("03", "More than a fifth of the variance", "uncorrected 0.774 0.774"),
        ("03", "is down to $0.006$", "the uncorrected one leave 0.006"),
        ("03", "a thousandth. He's 2 holds", "Glorot 0.7017 0.1846 0.0306 0.0010"),
        ("03", "it settles at $0.65$", "0.65 (0.65) 0.65 (0.64)"),
        ("03", "while gradients grow by a fifth", "by layer, chi = 1.21"),
        ("03", "about a thousand times smaller", "Gaussian 0.99 4.9 0.001"),
        ("03", "Hardly one in ten", "32 0.02 1.9 3% 128 0.22 2.4 10%"),
        ("04", "the bias is the mean of the labels", "(100, 100) 0.00 0.77 7.12 6.52"),
        ("04", "pulls with 0.99995", "slope of the cross-entropy -0.99995"),
        ("04", "with 10,000 it takes 3 steps", "error, rate 10,000: 3 steps"),
        ("04", "the loss is more than halved", "2 of 3 B [0.9, 0.9, 0.49] 0.308"),
        ("04", "Three points are still on the wrong", "0.075, 147 of 150 right"),
        ("05", "1.683$, through $y$ come", "1.683 if y moves alone: 0.540"),
        ("05", "climbs are 2.02 and 0.71", "0.808 climb on the second arrow: 0.282"),
        ("05", "It is 7.001 and not 7", "per unit of a: 7.001"),
        ("05", "a tenth of the step, a hundredth", "1.28e-03 3.05e-02 1e-02 1.28e-05"),
        ("05", "two evaluations, not 164", "164 for numgrad, with 82 parameters"),
        ("05", "a slope that ReLU has nowhere", "step 1e-05: measured slope 0.55"),
        ("06", "right for about six points in ten", "one layer gets right: 0.6"),
        ("06", "All twelve, although", "right of the twelve : 1.0"),
        ("06", "Nearly half of the thirty", "0.48 on 870 others : 0.33"),
        ("06", "it falls only to 1.091 and stays", "run B 1.0986 1.0909 0.39 0.33"),
    ],
)  # fmt: skip
def test_the_text_speaks_of_what_is_printed(unit, words, printed):
    assert words in words_of(unit)
    assert printed in printed_by(unit)
