"""Demonstrations go on where an answer raises, or is of another shape or kind.

Else Run All ends there, and what follows is not shown: in the capstone the curves that
the diagnosis is about.
"""

import ast
import math
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnkit import Tensor, affine, datasets, losses, numerical_gradient, plots
from nnkit.exercises import EXERCISES
from nnkit.exercises.capstone.network import forward, loss_and_gradients
from nnkit.exercises.capstone.training import points, start
from nnkit.tensor import tanh

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
    ("cell", "name", "answer"),
    [
        ("by hand and measured", "capstone_grads", transposed),
        ("by hand and measured", "capstone_grads", gradients_first),
        ("lots.integers", "capstone_grads", transposed),
        ("lots.integers", "capstone_grads", gradients_first),
        ("the borders wind with the arms", "train", history_as_well),
        ("the borders wind with the arms", "train", neurons_in_rows),
    ],
)
def test_the_capstone_says_what_it_cannot_use(cell, name, answer, capsys):
    X, y = points(60, 0.0, np.random.default_rng(0))
    used = {"X_train": X, "y_train": y, "X_new": X, "y_new": y, "np": np}
    used |= {"plots": plots, "numerical_gradient": numerical_gradient}
    used |= {"glorot_start": glorot_start, name: answer}
    used |= {"predict_scores": lambda params, X: forward(params, X)[2]}
    used |= {"accuracy": lambda params, X, y: used["predict_scores"](params, X).mean()}
    exec(cell_of("06", cell), used)
    plt.close("all")
    assert f"This cell cannot use {name} yet: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cell", "name", "answer"),
    [
        ("gd_run or max_lr yet", "max_lr", lambda A: 2 / (A + 9)),
        ("gd_run or max_lr yet", "max_lr", lambda A: None),
        ("by your max_lr", "max_lr", lambda A: 2 / np.linalg.eigvalsh(A)),
        ("your schedule", "cosine", lambda t, T, lr0, warm: lr0 / (t - warm)),
        ("use range_test yet", "range_test", lambda f, w0, lrs, steps: f(w0)[0]),
        ("use range_test yet", "range_test", lambda f, w0, lrs, steps: lrs[:9]),
    ],
)
def test_unit_two_says_what_it_cannot_use(cell, name, answer, capsys):
    used = {"np": np, "plt": plt, "w_start": np.ones(2), name: answer}
    used |= {"network_loss": lambda w: (w @ w, 2 * w)}
    used |= {"gd_run": lambda grad, w0, lr, T: np.array([w0, w0 - lr * grad(w0)])}
    exec(cell_of("02", cell), used)
    out = capsys.readouterr().out
    assert "This cell cannot use " in out
    assert f"{name} yet: " in out


def of_nan(params, X, y):
    return np.nan, {name: value * np.nan for name, value in params.items()}


@pytest.mark.parametrize(
    ("cell", "name", "answer"),
    [
        (
            "largest difference    to nnkit",
            "numgrad",
            lambda f, x, eps: np.ones(x.size),
        ),
        ("after 1000 steps", "mlp_grads", of_nan),
        ("after 1000 steps", "mlp_grads", lambda params, X, y: 0.7),
    ],
)
def test_unit_five_says_what_it_cannot_use(cell, name, answer, capsys):
    """A flat gradient where the parameter is a table; training that ends in nan."""
    X, y = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 1])
    start = {"W1": np.ones((2, 3)), "b1": np.zeros(3)}
    start |= {"W2": np.ones((3, 2)), "b2": np.zeros(2)}
    used = {"np": np, "plots": plots, "datasets": datasets, "losses": losses}
    used |= {"Tensor": Tensor, "tanh": tanh, "affine": affine}
    used |= {"X_moons": X, "y_moons": y, "start": start}
    used |= {"mlp_grads": lambda params, X, y: (0.7, params), name: answer}
    exec(cell_of("05", cell), used)
    plt.close("all")
    out = capsys.readouterr().out
    assert "This cell cannot use " in out
    assert f"{name} yet: " in out


def test_python_floats_are_an_answer_to_neuron(capsys):
    """As `math.tanh` gives them; they have no method `round`."""
    exec(
        cell_of("01", "three_neurons[:, 0]"),
        {"np": np, "neuron": lambda x, w, b: math.tanh(float(w @ x + b))},
    )
    assert capsys.readouterr().out.endswith("\n0.537\n")


def unguarded(tree, asked):
    """Yield the exercises that a cell calls where an exception would end it."""
    caught = set()
    for node in ast.walk(tree):
        match node:
            case ast.Try(handlers=handlers) if any(
                isinstance(kind.type, ast.Name) and kind.type.id == "Exception"
                for kind in handlers
            ):
                caught |= {
                    id(inside) for part in node.body for inside in ast.walk(part)
                }
            case ast.FunctionDef():  # runs where it is called
                caught |= {id(inside) for inside in ast.walk(node)}
            case _:
                pass
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in asked and id(node) not in caught:
            yield node.id


def test_no_answer_stops_a_demonstration():
    """Those that are given at first, the worked ones, are not guarded."""
    found = []
    for path in sorted(SOLUTIONS.glob("*.py")):
        asked = {e.id for e in EXERCISES.values() if e.points and e.unit == path.stem}
        for cell in path.read_text(encoding="utf-8").split("# %%"):
            head, _, body = cell.partition("\n")
            if "demonstration" in head:
                stops = unguarded(ast.parse(body), asked)
                found += [f"{path.stem}: {name}" for name in stops]
    assert found == []
