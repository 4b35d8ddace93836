"""The computation graph as a picture: what was computed from what, with its gradients.

    out.backward(keep=True)
    draw(out)                       in a notebook; elsewhere draw(out).save("graph.svg")

Values run from left to right, gradients from right to left. Each box is a Tensor: the
op that made it or its name, its value, and its gradient if `backward` left one. On an
arrow stands what that use contributes to the gradient of the box it comes from; where a
value is used more than once, the contributions add up to its gradient.

The SVG is written here, without an external program, and comes out the same each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from nnkit.sums import fit
from nnkit.tensor import Tensor

CHARACTER, LINE, PAD = 7.3, 17, 9  # of the font in px; its line height; inside a box
GAP_X, GAP_Y = 68, 18
MOST = 150

STYLE = """
.bg{fill:#ffffff} .box{fill:#ffffff;stroke:#5a6572;stroke-width:1.2}
.leaf{fill:#dcecf9;stroke:#0b62a4;stroke-width:1.8} .constant{fill:none;stroke:#8a929b;
stroke-dasharray:4 3} .edge{fill:none;stroke:#5a6572;stroke-width:1.3}
.tip{fill:#5a6572} text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1b2129}
.op{font-weight:bold} .grad{fill:#a33600} .part{fill:#a33600;font-size:11px}
.halo{fill:#ffffff;opacity:.85}
@media (prefers-color-scheme:dark){.bg,.halo{fill:#14181d} .box{fill:#1e242b;
stroke:#98a3b0} .leaf{fill:#123049;stroke:#64b5f0} .constant{stroke:#7d8792}
.edge{stroke:#98a3b0} .tip{fill:#98a3b0} text{fill:#e8edf2}
.grad,.part{fill:#ffb38a}}
"""


@dataclass(eq=False)
class Box:
    """A node of the picture and where it stands; without text, a bend in an arrow."""

    lines: list[tuple[str, str]]  # (style, text)
    style: str
    column: int = 0
    x: float = 0.0
    y: float = 0.0
    arrows: list[Arrow] = field(default_factory=list)  # one for each input, in order

    @property
    def width(self) -> float:
        """In px, from the longest line."""
        longest = max((len(text) for _, text in self.lines), default=0)
        return longest * CHARACTER + 2 * PAD if self.lines else 0

    @property
    def height(self) -> float:
        """In px, from the number of lines."""
        return len(self.lines) * LINE + 2 * PAD - 4

    def port(self, i: int) -> float:
        """How far below the top arrow `i` comes in."""
        return self.height * (i + 1) / (len(self.arrows) + 1)


@dataclass(eq=False)
class Arrow:
    """Use of one box by another."""

    source: Box
    part: str = ""  # what this use contributes to the gradient of the source
    bends: list[Box] = field(default_factory=list)  # in the columns passed on the way


class Picture:
    """An SVG that notebooks display.

    Attributes:
        svg: The picture as text.
        alt: What it shows, in words; also part of the SVG, for screen readers.
    """

    def __init__(self, svg: str, alt: str) -> None:
        self.svg = svg
        self.alt = alt

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Picture: {self.alt}>"

    def save(self, path: str | Path) -> None:
        """Write the SVG to a file."""
        Path(path).write_text(self.svg, encoding="utf-8")


def draw(out: Tensor) -> Picture:
    """Picture of the graph that ends in `out`.

    Args:
        out: Result of a computation; after `out.backward(keep=True)` the boxes have
            gradients and the arrows contributions.

    Raises:
        TypeError: If `out` is no Tensor.
        ValueError: If there are more boxes than can be looked at.
    """
    if not isinstance(out, Tensor):
        raise TypeError(
            f"a graph ends in a Tensor, and arrays and numbers remember none: got "
            f"{type(out).__name__}. Make an input a Tensor, as in Tensor(3.0)."
        )
    boxes = _boxes(out)
    if len(boxes) > MOST:
        raise ValueError(
            f"the graph has {len(boxes)} boxes, more than {MOST}: draw a part of it, "
            "such as one neuron on one example."
        )
    _place(boxes)
    alt = _describe(boxes)
    return Picture(_svg(boxes, alt), alt)


def number(value: Any) -> str:
    """A value short enough for a box: entries if they are few, else shape and size."""
    a = np.asarray(value)
    if not a.size:
        return f"{a.shape} empty"
    if a.size <= 3 and a.ndim < 2:
        return np.array2string(  # of −0, the sum with 0 is 0
            a, separator=", ", formatter={"float_kind": lambda v: f"{v + 0.0:.4g}"}
        )
    return f"{a.shape} rms {np.sqrt(np.mean(np.square(a, dtype=float))):.3g}"


def _boxes(out: Tensor) -> list[Box]:
    """A box for every Tensor and constant, inputs before results."""
    made: dict[int, Box] = {}
    boxes: list[Box] = []
    for t in reversed(out.ancestry()):
        # What cannot be printed may not stand in an SVG either.
        name = "".join(
            c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in t.name
        )
        title = t.rule.__name__ if t.rule else name or "Tensor"
        if t.rule and name:
            title = f"{name} = {title}"
        lines = [("op", title), ("value", f"value {number(t.data)}")]
        if t.grad is not None:
            lines.append(("grad", f"grad  {number(t.grad)}"))
        box = made[id(t)] = Box(lines, "box" if t.rule else "leaf")
        for i, x in enumerate(t.inputs[: len(t.backs)]):
            if isinstance(x, Tensor):
                box.arrows.append(Arrow(made[id(x)], _contribution(t, i, x)))
            else:  # a constant gets a box at each use
                boxes.append(Box([("value", number(x))], "constant"))
                box.arrows.append(Arrow(boxes[-1]))
        boxes.append(box)
    return boxes


def _contribution(t: Tensor, i: int, x: Tensor) -> str:
    if t.grad is None or x.data.size > 1:
        return ""  # what does not fit beside an arrow is left to the boxes
    return number(fit(np.asarray(t.backs[i](t.grad)), x.shape))


# -- layout --------------------------------------------------------------------------


def _place(boxes: list[Box]) -> None:
    """Give boxes a place: columns by depth, and in a column near their neighbors."""
    for box in boxes:
        box.column = 1 + max((a.source.column for a in box.arrows), default=-1)
    for box in reversed(boxes):  # inputs stand just before their first use
        users = [b.column for b in boxes if any(a.source is box for a in b.arrows)]
        if users and not box.arrows:
            box.column = min(users) - 1
    columns: list[list[Box]] = [[] for _ in range(1 + max(b.column for b in boxes))]
    for box in boxes:
        columns[box.column].append(box)
    links = _links(boxes, columns)
    _order(columns, links)

    x = float(PAD)
    for column in columns:
        for i, box in enumerate(column):
            box.x, box.y = x, i * 60.0
        x += max(box.width for box in column) + GAP_X
    for _ in range(12):  # there and back: each column follows the one before it
        for column in (*columns, *columns[::-1]):
            _settle(column, links)
    everything = [box for column in columns for box in column]
    top = min(box.y for box in everything)
    for box in everything:
        box.y += PAD - top


def _order(columns: list[list[Box]], links: dict[Box, list[tuple[Box, float]]]) -> None:
    """Let boxes begin in the order in which their arrows arrive: fewer will cross."""
    ranks: dict[Box, float] = {}
    for column in reversed(columns):
        column.sort(key=lambda box: ranks.get(box, 0.0))
        for place, box in enumerate(column):
            for left, offset in links.get(box, ()):
                if left.column < box.column:
                    port = (left.height / 2 - offset) / box.height
                    ranks.setdefault(left, place + port)


def _links(
    boxes: list[Box], columns: list[list[Box]]
) -> dict[Box, list[tuple[Box, float]]]:
    """For each box its neighbors, and how much higher than theirs its top should be.

    An arrow that passes a column gets a bend there, so that no box stands on it.
    """
    links: dict[Box, list[tuple[Box, float]]] = {}
    for box in boxes:
        for i, arrow in enumerate(box.arrows):
            way = [arrow.source]
            for column in range(arrow.source.column + 1, box.column):
                arrow.bends.append(Box([], "bend", column))
                columns[column].append(arrow.bends[-1])
            way += [*arrow.bends, box]
            for left, right in pairwise(way):
                end = box.port(i) if right is box else right.height / 2
                offset = end - left.height / 2
                links.setdefault(left, []).append((right, offset))
                links.setdefault(right, []).append((left, -offset))
    return links


def _settle(column: list[Box], links: dict[Box, list[tuple[Box, float]]]) -> None:
    """Move boxes to where their arrows are straight, then apart where they overlap."""
    wanted = {
        box: sum(n.y + off for n, off in links[box]) / len(links[box])
        if box in links
        else box.y
        for box in column
    }
    column.sort(key=lambda box: wanted[box] + box.height / 2)
    y = -np.inf
    for box in column:
        box.y = max(wanted[box], y)
        y = box.y + box.height + GAP_Y
    shift = sum(wanted[box] - box.y for box in column) / len(column)
    for box in column:
        box.y += shift


# -- drawing -------------------------------------------------------------------------


def _svg(boxes: list[Box], alt: str) -> str:
    places = boxes + [bend for b in boxes for a in b.arrows for bend in a.bends]
    width = max(b.x + b.width for b in places) + PAD
    height = max(b.y + b.height for b in places) + PAD
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" '
            f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
            f"<title>Computation graph</title><desc>{escape(alt)}</desc>",
            f"<style>{STYLE}</style>",
            f'<rect class="bg" width="{width:.0f}" height="{height:.0f}" rx="6"/>',
            *(_arrow(a, b, i) for b in boxes for i, a in enumerate(b.arrows)),
            *(_drawn(box) for box in boxes),
            "</svg>",
        ]
    )


def _drawn(box: Box) -> str:
    parts = [
        f'<rect class="{box.style}" x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="{12 if box.style == "leaf" else 2}"/>'
    ]
    for i, (style, text) in enumerate(box.lines):
        y = box.y + PAD + LINE * i + 10
        parts.append(
            f'<text class="{style}" x="{box.x + PAD:.1f}" y="{y:.1f}" '
            f'xml:space="preserve">{escape(text)}</text>'
        )
    return "".join(parts)


def _arrow(arrow: Arrow, box: Box, i: int) -> str:
    source, y = arrow.source, box.y + box.port(i)
    stops = [(b.x + b.width, b.y + b.height / 2) for b in (source, *arrow.bends)]
    stops.append((box.x - 7, y))
    path = f"M{stops[0][0]:.1f} {stops[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(stops):
        bend = (x2 - x1) / 2
        path += f"C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    drawn = f'<path class="edge" d="{path}"/>'
    drawn += f'<path class="tip" d="M{box.x:.1f} {y:.1f}l-8 -4v8z"/>'
    if arrow.part:
        wide = len(arrow.part) * 6.7
        x = box.x - wide - 12
        drawn += (
            f'<rect class="halo" x="{x - 2:.1f}" y="{y - 14:.1f}" '
            f'width="{wide + 4:.1f}" height="12"/>'
            f'<text class="part" x="{x:.1f}" y="{y - 4:.1f}">'
            f"{escape(arrow.part)}</text>"
        )
    return drawn


def _describe(boxes: list[Box]) -> str:
    """The graph in words: each result with its inputs, value and gradient."""
    sentences = []
    for box in boxes:
        if box.style != "constant":
            words = " ".join(", ".join(text for _, text in box.lines).split())
            sources = [arrow.source.lines[0][1] for arrow in box.arrows]
            sentences.append(
                words + (" from " if sources else "") + " and ".join(sources)
            )
    return "; ".join(sentences) + "."
