"""Pictures: that they say what they show, in words and in both themes."""

import base64
import io
import itertools
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb

from nnkit import plots
from nnkit.layers import MLP
from nnkit.tensor import Tensor, tanh

mpl.use("Agg")

X = np.array([[0.0, 0], [1, 1], [0, 1], [1, 0]])
Y = np.array([0, 0, 1, 1])


def histograms(theme):
    rng = np.random.default_rng(0)
    net = MLP((4, 6, 6), tanh, rng=rng)
    layers = net.activations(rng.normal(size=(20, 4)))
    layers[-1].sum().backward(keep=True)
    return plots.layer_histograms(layers, theme=theme)


DRAWN = {
    "surface": lambda theme: plots.loss_surface(
        lambda u, v: u**2 + 5 * v**2,
        {"small steps": np.array([[2.0, 1], [1, 0.5]]), "none": np.zeros((1, 2))},
        theme=theme,
    ),
    "regions": lambda theme: plots.decision_regions(
        lambda x: (x[:, 0] - 0.5) * (0.5 - x[:, 1]), X, Y, theme=theme
    ),
    "histograms": histograms,
    "rates": lambda theme: plots.loss_vs_lr(
        [0.01, 0.1, 1], np.array([2.0, 0.5, np.inf]), wall=0.2, start=3.0, theme=theme
    ),
}

ALT = {
    "surface": [
        "loss over w₁ and w₂",
        "small steps, in 1 steps from a loss of 9 to 2.25",
    ],
    "regions": ["2 classes", "4 points", "100% of them"],
    "histograms": ["2 layers", "of the activations", "of the gradients"],
    "rates": ["least, 0.5, at 0.1", "diverges from 1", "wall, at 0.2"],
}


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return request.param


@pytest.mark.parametrize("name", DRAWN)
def test_figure_is_drawn_and_said_in_words(name, theme):
    figure = DRAWN[name](theme)
    figure.canvas.draw()
    for words in ALT[name]:
        assert words in plots.alt(figure)
    assert figure.get_facecolor()[:3] == to_rgb(plots.THEMES[theme]["paper"])
    assert not pyplot.get_fignums()  # nothing left open behind the caller's back


@pytest.mark.parametrize("name", DRAWN)
def test_text_is_large_enough_at_80_dpi(name):
    figure = DRAWN[name]("light")
    assert figure.dpi == 80
    words = [t for t in figure.findobj(mpl.text.Text) if t.get_text().strip()]
    assert min(t.get_fontsize() for t in words) >= 10  # 11 px


def luminance(color):
    linear = [c / 12.92 if c <= 0.04 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    light, dark = sorted((luminance(to_rgb(a)), luminance(to_rgb(b))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_has_the_contrast_that_wcag_asks_for(theme):
    colors = plots.THEMES[theme]
    assert contrast(colors["ink"], colors["paper"]) > 7


def test_first_colors_stand_out_from_the_paper(theme):
    for color in plots.COLORS[theme][:3]:
        assert contrast(color, plots.THEMES[theme]["paper"]) > 3


def test_nothing_is_told_by_color_alone():
    n = len(plots.COLORS["light"])
    assert len(set(plots.MARKS)) == len(set(plots.DASHES)) == n
    assert len(set(plots.COLORS["dark"])) == n


def test_regions_take_scores_or_logits():
    def two_scores(x):
        return np.c_[np.zeros(len(x)), x[:, 0] - 0.5]

    by_scores = plots.decision_regions(two_scores, X, Y)
    by_logit = plots.decision_regions(lambda x: x[:, :1] - 0.5, X, Y)
    assert plots.alt(by_scores) == plots.alt(by_logit)
    assert "50% of them" in plots.alt(by_logit)


@pytest.fixture
def published(monkeypatch):
    """Return the list in which whatever is displayed ends up."""
    from IPython.display import Image, Markdown

    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    yield shown
    assert [type(item) for item in shown] == [Image, Markdown]


def test_a_shown_figure_is_followed_by_its_description_and_closed(published):
    before = pyplot.get_fignums()
    figure, axes = pyplot.subplots(figsize=(2, 1))
    axes.plot([0, 1], color=plots.BLUE)
    plots.show(figure, "Figure 1: a line. It rises.")
    image, words = published
    data, metadata = image._repr_png_()
    png = io.BytesIO(base64.b64decode(data) if isinstance(data, str) else data)
    assert pyplot.imread(png).shape[2] == 4
    assert metadata["alt"] == "Figure 1: a line."
    assert words.data == "*Figure 1: a line. It rises.*"
    assert pyplot.get_fignums() == before


def test_a_shown_figure_of_this_module_speaks_for_itself(published):
    figure = DRAWN["rates"]("light")
    plots.show(figure)
    assert published[1].data == f"*{plots.alt(figure)}*"


def test_colors_for_figures_of_a_units_own_differ_in_lightness():
    palette = [to_rgb(c) for c in (plots.BLACK, plots.BLUE, plots.ORANGE, "white")]
    for darker, lighter in itertools.pairwise(palette):
        assert contrast(darker, lighter) > 2


def test_unknown_theme_is_named():
    with pytest.raises(ValueError, match="light, dark; got 'blue'"):
        plots.loss_vs_lr([1.0], [1.0], theme="blue")


def test_matplotlib_waits_for_the_first_picture():
    code = """
import sys
import nnkit.plots, nnkit.graph, nnkit.layers, nnkit.optim, nnkit.datasets
assert "matplotlib" not in sys.modules
sys.modules["matplotlib"] = None
try:
    nnkit.plots.loss_vs_lr([1.0], [1.0])
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "pip install 'nnkit-course[lab]'" in done.stdout


# -- what is not finite, and what does not fit ---------------------------------------


def test_rates_that_all_diverge():
    figure = plots.loss_vs_lr([0.1, 1], {"a": [np.inf, np.inf], "b": [np.nan, np.inf]})
    assert "a diverges at every rate; b diverges at every rate" in plots.alt(figure)


def test_activations_that_overflowed_are_counted():
    """1 and -1 have standard deviation 1; the other two have none."""
    figure = plots.layer_histograms([np.array([1.0, np.inf, -1, np.nan]), np.ones(2)])
    assert "by layer: 1 (2 not finite), 0." in plots.alt(figure)


def test_gradients_may_be_tensors():
    figure = plots.layer_histograms([np.ones(2)], [Tensor([1.0, -1.0])])
    assert "gradients by layer: 1." in plots.alt(figure)


def test_nine_classes_have_a_color_and_mark_each():
    k = np.arange(9)
    points = np.c_[k, k % 2].astype(float)
    figure = plots.decision_regions(
        lambda x: -((x[:, :1] - k) ** 2), points, k, title="nine"
    )
    dots = figure.axes[0].collections[-9:]
    looks = {
        (tuple(d.get_facecolor()[0]), d.get_paths()[0].vertices.tobytes()) for d in dots
    }
    assert len(looks) == 9
    assert "9 classes" in plots.alt(figure)


def test_column_of_classes_is_refused():
    with pytest.raises(ValueError, match=r"a class each, \(4,\); y is \(4, 1\)"):
        plots.decision_regions(lambda x: x[:, 0], X, Y[:, None])


@pytest.mark.parametrize("loss", [lambda u, v: 0 * u, lambda u, v: 3.0])
def test_loss_without_contours_is_refused(loss):
    with pytest.raises(ValueError, match="finite and differ"):
        plots.loss_surface(loss)


def test_a_picture_that_stops_halfway_is_not_left_open():
    def of_arrays_alone(u, v):
        return u[:] ** 2 + v[:] ** 2

    with pytest.raises(IndexError):
        plots.loss_surface(of_arrays_alone, {"a path": np.zeros((3, 2))})
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("few", [X[:1], X[[0, 2]]])
def test_regions_around_a_single_point_and_a_line_of_them(few):
    figure = plots.decision_regions(lambda x: x[:, 1] - 0.5, few, Y[: len(few)])
    low, high = figure.axes[0].get_xlim()
    assert low < few[:, 0].min() <= few[:, 0].max() < high


def test_surface_leaves_out_where_the_loss_is_not_finite():
    figure = plots.loss_surface(lambda u, v: np.where(u > 1, np.inf, u * u))
    assert "from 0 to 4" in plots.alt(figure)  # u² at -2


@pytest.mark.parametrize("answered", [1, 2, 3])
def test_a_region_says_in_itself_which_class_is_answered_there(answered, theme):
    toward = np.array([[0.0, 1], [-1, -1], [1, -1]])

    def scores(points):
        all_three = points @ toward.T
        all_three[:, answered:] = -np.inf
        return all_three

    corners = np.array([[-1.0, -1], [1, 1], [-1, 1], [1, -1]])
    said = plots.decision_regions(scores, corners, Y, theme=theme).axes[0].texts
    assert [text.get_text() for text in said] == list("012"[:answered])
    for text in said:
        place = np.array([text.get_position()])
        assert scores(place).argmax() == int(text.get_text())
        assert np.linalg.norm(corners - place, axis=1).min() > 0.3


def test_a_straight_border_is_drawn_straight():
    figure = plots.decision_regions(lambda x: x[:, 0] - 0.3 * x[:, 1], X, Y)
    borders = [
        path.vertices
        for drawn in figure.axes[0].collections
        if isinstance(drawn, mpl.contour.ContourSet)
        for path in drawn.get_paths()
    ]
    [border] = borders
    assert np.abs(border[:, 0] - 0.3 * border[:, 1]).max() < 1e-9
