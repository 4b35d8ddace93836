"""Figures: not drawn while grading, unless somebody wants to see them.

A notebook's own work on a figure (data, axes, labels) is done either way, so its
mistakes show. Laying out and drawing takes several times as long as all the rest of a
unit, and no verdict looks at the result.
"""

from __future__ import annotations

import base64
import binascii
import io
import sys
from typing import Any

import numpy as np

MAX_PNG = 4 << 20
"""Bytes of one picture; a larger one is left out."""


def leave_undrawn() -> None:
    """From now on, have figures say what they show and draw nothing."""
    from matplotlib.figure import Figure

    from nnkit import plots

    plots.show = say
    Figure.tight_layout = _nothing  # type: ignore[method-assign, assignment]  # mypy


def forget_fonts() -> None:
    """Close the fonts that were opened so far.

    Matplotlib does so in each fork, where it takes longer.
    """
    from matplotlib import font_manager

    if cached := getattr(font_manager, "_get_font", None):
        cached.cache_clear()


def accept_backends() -> None:
    """From now on, let a notebook ask for any backend; a window opens with none."""
    from matplotlib import pyplot

    before = pyplot.switch_backend

    def switch_backend(newbackend: str) -> None:
        try:
            before(newbackend)
        except ImportError:  # it needs a screen, or what only the student installed
            before("agg")

    pyplot.switch_backend = switch_backend


def say(figure: Any, description: str = "") -> None:
    """Stand in for `nnkit.plots.show`: the words without the picture."""
    from IPython.display import Markdown, display
    from matplotlib import pyplot

    from nnkit import plots

    words = description or plots.alt(figure)
    pyplot.close(figure)
    # IPython's functions carry no types.
    display(Markdown(f"*{words}*"))  # type: ignore[no-untyped-call]


def _nothing(figure: Any, *args: Any, **kwargs: Any) -> None:
    """Stand in for `Figure.tight_layout`."""


def take(draw: bool) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Close a cell's open figures, as the inline backend does; draw them if asked."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    if helpers is None:
        return []
    managers = list(helpers.Gcf.figs.values()) if draw else []
    helpers.Gcf.figs.clear()
    return [
        pixels
        for manager in managers
        if (pixels := _drawn(manager.canvas.figure)) is not None
    ]


def _drawn(figure: Any) -> np.ndarray[Any, np.dtype[np.uint8]] | None:
    file = io.BytesIO()
    try:
        figure.savefig(file, format="png", bbox_inches="tight")
    except Exception:  # a figure that cannot be drawn is no mistake in an answer
        return None
    return crossing(file.getvalue())


def crossing(png: object) -> np.ndarray[Any, np.dtype[np.uint8]] | None:
    """Return a picture, as bytes or in base64, as an array that the wire takes."""
    if isinstance(png, str):
        try:
            png = base64.b64decode(png)
        except (ValueError, binascii.Error):
            return None
    if not isinstance(png, bytes) or len(png) > MAX_PNG:
        return None
    return np.frombuffer(png, np.uint8)
