"""What cannot be drawn is told before Matplotlib sees it."""

import matplotlib as mpl
import numpy as np
import pytest

from nnkit import plots
from nnkit.tensor import Tensor

mpl.use("Agg")

X = np.array([[0.0, 0], [1, 1], [0, 1], [1, 0]])
Y = np.array([0, 0, 1, 1])
POINTS = np.ones((3, 2))


def bowl(u, v):
    return u**2 + v**2


def regions(X=X, y=Y, model=lambda x: x):
    return plots.decision_regions(model, X, y)


@pytest.mark.parametrize(
    ("draw", "kind", "says"),
    [
        (
            lambda: plots.loss_surface(bowl, POINTS),
            TypeError,
            "paths have names, as in",
        ),
        (
            lambda: plots.loss_surface(bowl, {"a": np.ones((5, 3))}),
            ValueError,
            r"\(T\+1, 2\); 'a' has shape \(5, 3\)",
        ),
        (
            lambda: plots.loss_surface(lambda u, v: None),
            TypeError,
            "the loss.* got None",
        ),
        (lambda: regions(y=2 * Y - 1), ValueError, r"-1 to 1\. .* as \(y \+ 1\) // 2"),
        (
            lambda: regions(y=Y / 2),
            ValueError,
            "whole numbers from 0; y goes from 0 to",
        ),
        (lambda: regions(X=np.ones((4, 3))), ValueError, r"are \(m, 2\); got \(4, 3\)"),
        (lambda: regions(X=X[:, 0]), ValueError, r"are \(m, 2\); got \(4,\)"),
        (lambda: regions(X=X[:0], y=Y[:0]), ValueError, r"are \(m, 2\); got \(0, 2\)"),
        (lambda: regions(X=X / X), ValueError, "points are finite, and 3 of 4 are not"),
        (lambda: regions(model=lambda x: None), TypeError, "model returns.* got None"),
        (
            lambda: regions(model=lambda x: x[:3]),
            ValueError,
            r"one logit.* got \(3, 2\)",
        ),
        (lambda: plots.layer_histograms([]), ValueError, "0 layers and 0 gradients"),
        (
            lambda: plots.layer_histograms([X, X], [X]),
            ValueError,
            "2 layers and 1 grad",
        ),
        (lambda: plots.layer_histograms([X, None]), TypeError, "a layer is an.* None"),
        (lambda: plots.layer_histograms([{"a": X[0, 0]}]), TypeError, "got {'a': "),
        (
            lambda: plots.loss_vs_lr([0.1, 0.2], {"a": [1.0]}),
            ValueError,
            r"rates have shape \(2,\), 'a' has \(1,\)",
        ),
        (lambda: plots.loss_vs_lr([], []), ValueError, "each rate has a loss"),
        (lambda: plots.loss_vs_lr([0.1], {}), ValueError, "no losses to draw"),
        (
            lambda: plots.loss_vs_lr([0.1, 0], [2.0, 1.0]),
            ValueError,
            "^a rate of 0 has no place on a logarithmic axis",
        ),
        (
            lambda: regions(model=lambda x: np.where(x[:, 0] > 0.5, np.nan, 1.0)),
            ValueError,
            r"at \d\d% of the places the model returns nan: has its training diverged",
        ),
        (
            lambda: regions(y=[0, 1, 2, 2], model=lambda x: np.round(x.sum(axis=1))),
            ValueError,
            r"y has classes 0 to 2, and from scores \(4,\) only 0 to 1 can be told",
        ),
        (
            lambda: regions(y=[0, 1, 2, 3], model=lambda x: np.c_[x, x[:, 0]]),
            ValueError,
            r"y has classes 0 to 3, and from scores \(4, 3\) only 0 to 2",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told(draw, kind, says):
    with np.errstate(invalid="ignore"), pytest.raises(kind, match=says):
        draw()


def test_loss_and_answers_may_be_tensors_or_yes_and_no():
    figure = plots.loss_surface(lambda u, v: Tensor(u) ** 2 + v**2)
    assert "from 0 to 8" in plots.alt(figure)
    figure = regions(y=X[:, 0] == 1, model=lambda x: x[:, 0] > 0.5)
    assert "100% of them" in plots.alt(figure)


def test_width_of_half_precision_is_not_that_of_its_overflow():
    """The squares of 60000 are no float16."""
    layer = np.array([60000, -60000], np.float16)
    assert plots.alt(plots.layer_histograms([layer])).endswith("by layer: 6e+04.")


def test_probabilities_in_place_of_logits_are_told():
    """They are all above 0, so every answer is class 1; of yes and no, none is."""

    def probability(points):
        return 1 / (1 + np.exp(1 - 2 * points[:, 0]))

    with pytest.warns(UserWarning, match=r"class 1 everywhere: .* take 0\.5 away"):
        assert "50% of them" in plots.alt(regions(y=X[:, 0], model=probability))
    figure = regions(y=X[:, 0], model=lambda x: probability(x) - 0.5)
    assert "100% of them" in plots.alt(figure)


@pytest.mark.parametrize("size", [1.0, 1e-170, 5e-310, 5e-324])
def test_width_of_gradients_that_have_all_but_vanished_is_not_0(size):
    figure = plots.layer_histograms([size * np.array([1.0, -1, 1, -1])])
    assert plots.alt(figure).endswith(f"by layer: {size:.2g}.")


def test_rates_in_any_order_are_joined_by_one_line_from_left_to_right():
    figure = plots.loss_vs_lr([1, 0.01, 0.1], [4.0, 3.0, 2.0])
    line = figure.axes[0].lines[0]
    assert line.get_xdata().tolist() == [0.01, 0.1, 1]
    assert line.get_ydata().tolist() == [3, 2, 4]
    assert "least, 2, at 0.1." in plots.alt(figure)


@pytest.mark.parametrize("losses", [[-5.0, -3, -2, 0.5, 1], [0.0, 0, 0, 0.5, 1]])
def test_losses_that_are_not_above_0_do_not_diverge(losses):
    """As of a quadratic without its constant: ten times a loss below 0 is less."""
    figure = plots.loss_vs_lr(np.arange(1, 6), losses)
    assert figure.axes[0].lines[0].get_ydata().tolist() == losses
    assert "diverges" not in plots.alt(figure)
