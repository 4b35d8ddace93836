"""Figures that keep their meaning without colour, and without being seen at all."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# From Okabe and Ito's palette: told apart with every common colour blindness. They
# differ in lightness too, so that they stay two in greyscale.
BLUE, ORANGE, BLACK = "#0072B2", "#E69F00", "#000000"


def show(figure: Figure, description: str) -> None:
    """Display a figure with what it shows in words beneath, for every reader.

    JupyterLab gives images no alternative text, so the words stand below the image
    where a screen reader finds them; exported pages get the first sentence as well.

    Args:
        figure: is closed, so that it is not displayed a second time.
        description: what a reader should take from the figure; Markdown.
    """
    import matplotlib.pyplot as plt
    from IPython.display import Image, Markdown, display

    png = io.BytesIO()
    figure.savefig(png, format="png", bbox_inches="tight", facecolor="white")
    plt.close(figure)
    alt = description.partition(". ")[0] + "."
    # IPython's functions carry no types.
    display(Image(png.getvalue(), alt=alt))  # type: ignore[no-untyped-call]
    display(Markdown(f"*{description}*"))  # type: ignore[no-untyped-call]
