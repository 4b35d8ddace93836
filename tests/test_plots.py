"""Figures come with words, and their colours can be told apart in greyscale."""

import base64
import io
import itertools

import matplotlib as mpl
import pytest
from matplotlib import colors
from matplotlib import pyplot as plt

from nnkit import plots


@pytest.fixture
def published(monkeypatch):
    """Return the list in which whatever is displayed ends up."""
    from IPython.display import Image, Markdown

    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    monkeypatch.setitem(mpl.rcParams, "figure.max_open_warning", 0)
    yield shown
    assert [type(item) for item in shown] == [Image, Markdown]


def test_a_figure_is_followed_by_its_description_and_closed(published):
    plt.switch_backend("agg")
    before = plt.get_fignums()
    figure, axes = plt.subplots(figsize=(2, 1))
    axes.plot([0, 1], color=plots.BLUE)
    plots.show(figure, "Figure 1: a line. It rises.")
    image, words = published
    data, metadata = image._repr_png_()
    png = io.BytesIO(base64.b64decode(data) if isinstance(data, str) else data)
    assert plt.imread(png).shape[2] == 4
    assert metadata["alt"] == "Figure 1: a line."
    assert words.data == "*Figure 1: a line. It rises.*"
    assert plt.get_fignums() == before


def test_colours_differ_in_lightness():
    def luminance(colour):
        rgb = [c / 12.92 if c <= 0.04 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]

    palette = (plots.BLACK, plots.BLUE, plots.ORANGE, "white")
    lights = [luminance(colors.to_rgb(name)) for name in palette]
    for darker, lighter in itertools.pairwise(lights):
        # Contrast as the accessibility guidelines define it.
        assert (lighter + 0.05) / (darker + 0.05) > 2
