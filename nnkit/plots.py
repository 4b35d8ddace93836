"""Pictures of what a network does, for notebooks and for print.

Every function returns a matplotlib figure, and takes `theme="light"` or `"dark"`. What
the figure shows is also said in words, for those who do not see it: `alt(figure)`; a
notebook displays both with `show(figure)`.

Colors are those of Okabe and Ito (2008), which differ for color-blind readers too, and
nothing is told by color alone: classes have marks of their own, lines a style of their
own. Matplotlib is imported when the first picture is drawn, not before.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from nnkit.ops import Array
from nnkit.plotted import (
    check_layers,
    curves_of,
    entries,
    numbers,
    paths_of,
    points_of,
    roomy,
    scores_of,
    width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLORS = {
    "light": ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"],
    "dark": ["#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00"],
}
# For figures that a unit draws itself, on white: they differ in lightness, too.
BLUE, ORANGE, BLACK = "#0072B2", "#E69F00", "#000000"
MARKS = ["o", "^", "s", "D", "v", "P"]
DASHES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1))]

THEMES = {
    "light": {"paper": "#ffffff", "ink": "#1b2129", "faint": "#c9d0d8"},
    "dark": {"paper": "#14181d", "ink": "#e8edf2", "faint": "#3c4652"},
}


@contextmanager
def _canvas(
    theme: str, columns: int = 1, rows: int = 1, size: tuple[float, float] = (5.2, 3.8)
) -> Iterator[tuple[Figure, Any]]:
    """A figure and its axes in the colors of `theme`, legible at 80 dpi."""
    if theme not in THEMES:
        raise ValueError(f"theme is one of {', '.join(THEMES)}; got {theme!r}")
    try:
        from matplotlib import pyplot, rc_context
    except ImportError as error:
        raise ImportError(
            "pictures need matplotlib: pip install 'nnkit-course[lab]'"
        ) from error
    paper, ink = THEMES[theme]["paper"], THEMES[theme]["ink"]
    settings: dict[Any, Any] = {
        "figure.dpi": 80,
        "font.size": 12,
        "figure.facecolor": paper,
        "axes.facecolor": paper,
        "savefig.facecolor": paper,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "lines.linewidth": 2,
        "legend.frameon": False,
        "axes.titlesize": 12,
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
        **dict.fromkeys(
            ["text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor"], ink
        ),
        **dict.fromkeys(["xtick.color", "ytick.color"], ink),
    }
    with rc_context(settings):
        figure, axes = pyplot.subplots(
            rows, columns, figsize=size, layout="constrained", squeeze=False
        )
        try:
            yield figure, axes
        finally:  # a notebook shows what a cell returns, and once; and no half of one
            pyplot.close(figure)


def alt(figure: Figure) -> str:
    """What a figure of this module shows, in words."""
    return str(figure.get_label())


def show(figure: Figure, description: str = "") -> None:
    """Display a figure with what it shows in words beneath, for every reader.

    JupyterLab gives images no alternative text, so the words stand below the image
    where a screen reader finds them; exported pages get the first sentence as well.

    Args:
        figure: is closed, so that it is not displayed a second time.
        description: what a reader should take from the figure, as Markdown; without
            it the figure's own, `alt(figure)`.
    """
    import matplotlib.pyplot as plt
    from IPython.display import Image, Markdown, display

    description = description or alt(figure)
    png = io.BytesIO()
    paper = figure.get_facecolor()
    figure.savefig(png, format="png", bbox_inches="tight", facecolor=paper)
    plt.close(figure)
    first = description.partition(". ")[0].removesuffix(".") + "."
    # IPython's functions carry no types.
    display(Image(png.getvalue(), alt=first))  # type: ignore[no-untyped-call]
    display(Markdown(f"*{description}*"))  # type: ignore[no-untyped-call]


def loss_surface(
    loss: Callable[[Array, Array], Array],
    paths: Mapping[str, Array] | None = None,
    *,
    span: tuple[float, float, float, float] = (-2, 2, -2, 2),
    names: tuple[str, str] = ("w₁", "w₂"),
    theme: str = "light",
) -> Figure:
    """Contours of a loss over two weights, with the ways that training took.

    Args:
        loss: Function of two arrays of one shape that returns losses of that shape.
        paths: Name to points (T+1, 2), the start first.
        span: First and last value of the first weight, then of the second.
        names: Of the two weights.
        theme: "light" or "dark".

    Raises:
        ValueError: If the losses have another shape, or there are no two different
            finite ones among them. Where a loss is not finite, nothing is drawn. And
            if a path is no row of points.
        TypeError: If the paths have no names, or the losses are no array.
    """
    points = paths_of(paths)
    u, v = np.meshgrid(np.linspace(*span[:2], 161), np.linspace(*span[2:], 161))
    heights = np.ma.masked_invalid(numbers(loss(u, v), "the loss"))
    if heights.shape != u.shape or not heights.min() < heights.max():
        raise ValueError(
            f"contours need losses of the shape of the weights, {u.shape}, that are "
            f"finite and differ; got shape {heights.shape}, from {heights.min()} to "
            f"{heights.max()}"
        )
    with _canvas(theme) as (figure, axes):
        ax = axes[0, 0]
        # Evenly spaced levels would all lie on the steep rim: let them thin out there.
        low, high = heights.min(), heights.max()
        levels = low + (high - low) * np.linspace(0.02, 1, 14) ** 2.5
        cmap = "Blues" if theme == "light" else "Blues_r"
        ax.contourf(u, v, heights, levels=[low, *levels], cmap=cmap, alpha=0.75)
        ax.contour(u, v, heights, levels=levels, colors=THEMES[theme]["faint"])
        for i, (name, path) in enumerate(points.items()):
            style = {"color": COLORS[theme][(i + 1) % 6], "linestyle": DASHES[i % 6]}
            mark = {"marker": MARKS[i % 6], "markersize": 5, "label": name}
            every = max(1, len(path) // 25)
            ax.plot(*path.T, **style, **mark, markevery=every)
            ax.plot(*path[0], "X", color=THEMES[theme]["ink"], markersize=9)
        ax.set(xlabel=names[0], ylabel=names[1], xlim=span[:2], ylim=span[2:])
        if points:
            ax.legend(loc="upper right", frameon=True, framealpha=0.85)
        ends = [
            f"{name}, in {len(path) - 1} steps from a loss of "
            f"{float(loss(*path[0])):.3g} to {float(loss(*path[-1])):.3g}"
            for name, path in points.items()
        ]
        way = f" Paths from the cross: {'; '.join(ends)}." if ends else ""
        figure.set_label(
            f"Contours of the loss over {names[0]} and {names[1]}, from {low:.3g} to "
            f"{high:.3g}.{way}"
        )
    return figure


def decision_regions(
    model: Callable[[Array], Any],
    X: Array,
    y: Array,
    *,
    title: str = "",
    theme: str = "light",
) -> Figure:
    """What a classifier answers over the plane, with the points it learned from.

    Args:
        model: Function from points (m, 2) to a score for each class (m, K), or to one
            logit each (m,) or (m, 1), positive for class 1. May return a Tensor.
        X: Points (m, 2).
        y: Classes (m,), integers from 0.
        title: Heading.
        theme: "light" or "dark".

    Raises:
        ValueError: If `y` is not one class for each point, from 0 on, if points have
            not two finite features, or if there is no score for each class, or a nan.
        TypeError: If scores are no numbers.
    """
    X, y = points_of(X, y)
    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.where(high > low, 0.12 * (high - low), 1.0)  # of one value, as well
    u, v = np.meshgrid(*np.linspace(low - margin, high + margin, 220).T)
    scores = scores_of(model, np.c_[u.ravel(), v.ravel()])
    answers = scores.argmax(axis=1).reshape(u.shape)
    right = float(np.mean(scores_of(model, X, y.max() + 1).argmax(axis=1) == y))
    with _canvas(theme, size=(6.0, 4.2)) as (figure, axes):
        ax = axes[0, 0]
        from matplotlib.colors import ListedColormap

        n = int(max(y.max(), answers.max())) + 1
        ax.pcolormesh(
            u,
            v,
            answers,
            cmap=ListedColormap([COLORS[theme][k % 6] for k in range(n)]),
            vmin=0,
            vmax=n - 1,
            alpha=0.25,
        )
        for k in np.unique(answers)[:-1]:
            # By how much a class leads is smooth where it leads to a border; which
            # class leads is a staircase.
            lead = scores[:, k] - np.delete(scores, k, axis=1).max(axis=1)
            border = {"levels": [0], "colors": THEMES[theme]["ink"]}
            ax.contour(u, v, lead.reshape(u.shape), **border)
        for k in range(n):
            here = X[y == k]
            edge = {"edgecolor": THEMES[theme]["paper"], "linewidth": 0.7}
            ax.scatter(
                *here.T,
                s=34,
                color=COLORS[theme][k % 6],
                marker=MARKS[(k + k // 6) % 6],  # with its color, no other class's
                label=f"class {k}",
                **edge,
            )
        for k, place in roomy(np.stack([u, v], axis=-1), answers, X):
            # Of the color, little is left in print; so the region says its class.
            style = {"fontsize": 20, "color": THEMES[theme]["ink"], "alpha": 0.6}
            ax.text(*place, str(k), ha="center", va="center", **style)
        ax.set(xlabel="x₁", ylabel="x₂", title=title or f"{right:.0%} right")
        # Beside the points: wherever it stood among them, it would hide some.
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
        figure.set_label(
            f"Decision regions of {n} classes over two features, with {len(y)} points; "
            f"{right:.0%} of them lie in the region of their class."
        )
    return figure


def layer_histograms(
    activations: Sequence[Any],
    gradients: Sequence[Any] | None = None,
    *,
    title: str = "",
    theme: str = "light",
) -> Figure:
    """Distribution of activations, and of gradients, layer by layer.

    What is infinite or not a number is left out, and how much that is, is said.

    Args:
        activations: One array or Tensor a layer, the first layer's first.
        gradients: The same for the gradients at them; left out, the `.grad` of the
            activations is taken if they are Tensors that have one.
        title: Heading.
        theme: "light" or "dark".

    Raises:
        ValueError: If there are no layers, or not as many gradients.
        TypeError: If a layer has no numbers.
    """
    values = [entries(a) for a in activations]
    rows = [("activation", values)]
    if gradients is None:
        gradients = [getattr(a, "grad", None) for a in activations]
    check_layers(values, gradients)
    if all(g is not None for g in gradients):
        rows.append(("gradient", [entries(g) for g in gradients]))
    n = len(values)
    size = (max(5.2, 1.35 * n + 0.8), 1.9 * len(rows) + 0.5)
    with _canvas(theme, columns=n, rows=len(rows), size=size) as (figure, axes):
        said = []
        for row, (name, layers) in zip(axes, rows, strict=True):
            for i, (ax, v) in enumerate(zip(row, layers, strict=True)):
                _histogram(ax, v, COLORS[theme][name == "gradient"])
                ax.set_title(f"layer {i + 1}" if name == "activation" else "")
            row[0].set_ylabel(name)
            widths = ", ".join(width(v) for v in layers)
            said.append(f"standard deviation of the {name}s by layer: {widths}")
        figure.suptitle(title)
        figure.set_label(f"Histograms for {n} layers; {'; '.join(said)}.")
    return figure


def _histogram(ax: Axes, values: Array, color: str) -> None:
    """A histogram over the range of the values, its width written below it."""
    finite = values[np.isfinite(values)]
    reach = float(np.abs(finite).max(initial=0))
    if reach < 1e-300:  # of less, no 31 parts can be told apart
        reach = 1.0
    ax.hist(finite, bins=31, range=(-reach, reach), color=color)
    ax.set_yticks([])
    ax.set_xticks([-reach, reach], [f"{-reach:.1g}", f"{reach:.1g}"])
    ax.set_xlabel(f"std {width(values)}")


def loss_vs_lr(
    lrs: Array,
    losses: Array | Mapping[str, Array],
    *,
    wall: float | None = None,
    start: float | None = None,
    theme: str = "light",
) -> Figure:
    """Loss after training at each of several learning rates, on logarithmic axes.

    Args:
        lrs: Learning rates (r,).
        losses: Losses (r,), or name to losses; inf, where it diverged, is drawn as an
            arrow at the top.
        wall: Learning rate beyond which theory says it diverges, as 2/λmax.
        start: Loss before training.
        theme: "light" or "dark".

    Raises:
        ValueError: If there are no rates, one not above 0, or not a loss for each.
    """
    lrs, curves = curves_of(lrs, losses)
    with _canvas(theme) as (figure, axes):
        ax = axes[0, 0]
        everything = np.concatenate(list(curves.values()))
        finite = everything[np.isfinite(everything)]
        low = float(finite.min(initial=np.inf))
        middle = float(np.median(finite)) if finite.size else 1.0
        cap = 10 * max(middle, start if start and np.isfinite(start) else 0.0)
        if cap <= 0:  # no loss is ten times as large as another
            cap = float(finite.max())
        said = []
        for i, (name, curve) in enumerate(curves.items()):
            off = ~(curve <= cap)
            mark = {"marker": MARKS[i % 6], "linestyle": DASHES[i % 6], "markersize": 5}
            ax.plot(
                lrs,
                np.where(off, np.nan, curve),
                color=COLORS[theme][i % 6],
                label=name,
                **mark,
            )
            ax.plot(lrs[off], np.full(off.sum(), cap), "^", color=COLORS[theme][i % 6])
            if not np.isfinite(curve).any():
                said.append(f"{name} diverges at every rate")
                continue
            best = int(np.nanargmin(curve))
            diverged = f", diverges from {lrs[off].min():.3g}" if off.any() else ""
            said.append(
                f"{name} is least, {curve[best]:.3g}, at {lrs[best]:.3g}{diverged}"
            )
        ink = THEMES[theme]["ink"]
        if wall is not None:
            ax.axvline(wall, color=ink, linestyle=":", label=f"wall at {wall:.3g}")
            said.append(f"dotted line where theory puts the wall, at {wall:.3g}")
        if start is not None:
            ax.axhline(
                start, color=ink, linewidth=1, linestyle="--", label="at the start"
            )
        ax.set(xscale="log", yscale="log" if low > 0 else "linear")
        ax.set(xlabel="learning rate", ylabel="loss after training")
        if len(curves) > 1 or wall is not None or start is not None:
            ax.legend()
        figure.set_label(f"Loss against learning rate: {'; '.join(said)}.")
    return figure
