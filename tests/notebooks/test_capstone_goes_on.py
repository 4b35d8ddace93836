"""The capstone's demonstrations go on where an answer is of another shape or kind.

Else Run All ends there, and the curves that the diagnosis is about are not drawn.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnkit import numerical_gradient, plots
from nnkit.exercises.capstone.network import forward, loss_and_gradients
from nnkit.exercises.capstone.training import points, start

SOURCE = Path(__file__).parents[2] / "solutions" / "06-capstone.py"
FOUND = [
    cell
    for cell in SOURCE.read_text(encoding="utf-8").split("# %%")
    if "except NotImplementedError" in cell
]
CELLS = dict(zip(("measured", "by heart", "drawn"), FOUND, strict=True))


def glorot_start(rng, width=16):
    return start(rng, 2, h=width)


def transposed(params, X, y):
    loss, slopes = loss_and_gradients(params, X, y)
    return loss, {name: value.T for name, value in slopes.items()}


def gradients_first(params, X, y):
    return loss_and_gradients(params, X, y)[::-1]


def history_as_well(X, y, rng):
    return glorot_start(rng), [1.1, 0.2]


def neurons_in_rows(X, y, rng):
    return {name: value.T for name, value in glorot_start(rng).items()}


@pytest.mark.parametrize(
    ("cell", "name", "answer"),
    [
        ("measured", "capstone_grads", transposed),
        ("measured", "capstone_grads", gradients_first),
        ("by heart", "capstone_grads", transposed),
        ("by heart", "capstone_grads", gradients_first),
        ("drawn", "train", history_as_well),
        ("drawn", "train", neurons_in_rows),
    ],
)
def test_a_demonstration_says_what_it_cannot_use(cell, name, answer, capsys):
    X, y = points(60, 0.0, np.random.default_rng(0))
    used = {"X_train": X, "y_train": y, "X_new": X, "y_new": y, "np": np}
    used |= {"plots": plots, "numerical_gradient": numerical_gradient}
    used |= {"glorot_start": glorot_start, name: answer}
    used |= {"predict_scores": lambda params, X: forward(params, X)[2]}
    used |= {"accuracy": lambda params, X, y: used["predict_scores"](params, X).mean()}
    exec(CELLS[cell].partition("\n")[2], used)
    plt.close("all")
    said = capsys.readouterr().out
    assert f"What {name} returns" in said
    assert "See what its check says above" in said
