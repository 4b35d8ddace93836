"""Demonstrations go on where an answer is of another shape or kind than asked for.

Else Run All ends there, and what follows is not shown: in the capstone the curves that
the diagnosis is about.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnkit import numerical_gradient, plots
from nnkit.exercises.capstone.network import forward, loss_and_gradients
from nnkit.exercises.capstone.training import points, start

SOLUTIONS = Path(__file__).parents[2] / "solutions"


def cell_of(unit, said):
    (path,) = SOLUTIONS.glob(f"{unit}-*.py")
    cells = path.read_text(encoding="utf-8").split("# %%")
    (cell,) = (cell for cell in cells if said in cell)
    return cell.partition("\n")[2]


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
    ("said", "name", "answer"),
    [
        ("capstone_grads returns cannot be compared", "capstone_grads", transposed),
        (
            "capstone_grads returns cannot be compared",
            "capstone_grads",
            gradients_first,
        ),
        ("capstone_grads returns cannot be stepped", "capstone_grads", transposed),
        ("capstone_grads returns cannot be stepped", "capstone_grads", gradients_first),
        ("train returns is not a network", "train", history_as_well),
        ("train returns is not a network", "train", neurons_in_rows),
    ],
)
def test_the_capstone_says_what_it_cannot_use(said, name, answer, capsys):
    X, y = points(60, 0.0, np.random.default_rng(0))
    used = {"X_train": X, "y_train": y, "X_new": X, "y_new": y, "np": np}
    used |= {"plots": plots, "numerical_gradient": numerical_gradient}
    used |= {"glorot_start": glorot_start, name: answer}
    used |= {"predict_scores": lambda params, X: forward(params, X)[2]}
    used |= {"accuracy": lambda params, X, y: used["predict_scores"](params, X).mean()}
    exec(cell_of("06", said), used)
    plt.close("all")
    assert f"What {said}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "name", "answer"),
    [
        ("gd_run or max_lr returns", "max_lr", lambda A: 2 / (A + 9)),
        ("gd_run or max_lr returns", "max_lr", lambda A: None),
        (
            "max_lr returns cannot be used:",
            "max_lr",
            lambda A: 2 / np.linalg.eigvalsh(A),
        ),
        ("range_test returns", "range_test", lambda f, w0, lrs, steps: f(w0)[0]),
        ("range_test returns", "range_test", lambda f, w0, lrs, steps: lrs[:9]),
    ],
)
def test_unit_two_says_what_it_cannot_use(said, name, answer, capsys):
    used = {"np": np, "plt": plt, "w_start": np.ones(2), name: answer}
    used |= {"network_loss": lambda w: (w @ w, 2 * w)}
    used |= {"gd_run": lambda grad, w0, lr, T: np.array([w0, w0 - lr * grad(w0)])}
    exec(cell_of("02", f"What {said}"), used)
    assert f"What {said}" in capsys.readouterr().out
