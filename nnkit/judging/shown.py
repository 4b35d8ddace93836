"""What a cell shows: one line of plain text, or a few, and the same as HTML."""

from __future__ import annotations

import re
from html import escape

_BOX = (
    "border-left:4px solid {colour};padding:.4em .8em;margin:.3em 0;"
    "max-width:46em;line-height:1.5"
)

# JupyterLab's theme supplies the variables; the fallbacks serve other viewers.
COLOURS = {
    "right": "var(--jp-success-color1, #1b7837)",
    "partly right": "var(--jp-warn-color1, #b35806)",
    "wrong": "var(--jp-error-color1, #b2182b)",
    "open": "var(--jp-ui-font-color2, #666)",
}


class Shown:
    """Displays as HTML where there is a browser, and as text elsewhere.

    Attributes:
        text: what a terminal shows.
        html: what a notebook shows; made of the text if it is not given.
    """

    def __init__(self, text: str, html: str = "") -> None:
        self.text = text
        self.html = html or box(
            "<br>".join(escape(line) for line in text.splitlines()), "open"
        )

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def box(content: str, tone: str, label: str = "") -> str:
    """Put HTML into the frame that all messages of the course share.

    Args:
        content: HTML, with everything that a student wrote already escaped.
        tone: a key of `COLOURS`; what it means must also stand in the words.
        label: how a screen reader announces the message.
    """
    style = _BOX.format(colour=COLOURS[tone])
    named = f' aria-label="{escape(label, quote=True)}"' if label else ""
    return f'<div role="status"{named} style="{style}">{content}</div>'


def marked(text: str) -> str:
    """Return text as HTML, escaped; what stands between backticks is code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(text))
