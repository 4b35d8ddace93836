"""Predict first, then measure: what was expected stands beside what came out.

    predict("boundary", 0.6)     before the cell that measures
    reveal("boundary", 0.57)     in it

Nothing here is graded. Without a prediction both say so in a line that never changes,
so that an unanswered notebook runs and its outputs can be compared.
"""

from __future__ import annotations

import math
import re
from html import escape
from numbers import Real
from typing import Any

import numpy as np

from nnkit.judging import keep
from nnkit.judging.shown import Shown, box
from nnkit.tensor import Tensor

SPOT_ON = 0.02
CLOSE = 0.1
TWICE = math.log10(2) - 1e-9
"""From here on a factor says it better; below by more than logarithms are rounded."""
HUNDRED = math.log10(99.5)
"""What is rounded to two digits is 1e+02 from here on, which is a power of 10."""
MAX_TEXT = 200
_NUMBER = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%?)", re.ASCII | re.I
)
_LEFT = "text-align:left;padding:0 1em 0 0;font-weight:normal;border:none"

_made: dict[str, str | float | None] = {}
"""This session's predictions by name; None where it was taken back."""


def predict(name: str, value: Any = ..., *others: Any) -> Shown:
    """Write down what you expect, before you measure it.

    Args:
        name: which question it answers; `reveal` asks for it by this name.
        value: a number or a few words. `...` means: not predicted yet, and so does
            text with nothing in it.
        others: nothing; where a comma stood for a decimal point, what was behind it.

    Returns:
        A line that a notebook displays.
    """
    name = str(name)
    if others:
        _made[name] = None
        return Shown(
            f"○ {name}: not predicted yet. Expected one value, got "
            f"{1 + len(others)}, with commas between. Decimals stand behind a point, "
            "as in 2.5; several words go in quotes."
        )
    kept = "" if value is ... else _plain(value)
    if kept == "":
        _made[name] = None
        return Shown(
            f"○ {name}: not predicted yet. Put a number or a few words in place of "
            "the ... and run this cell again."
        )
    _made[name] = kept
    keep.remember({"what": "predict", "name": name, "value": kept})
    said = _written(kept)
    html = box(
        f"<strong>✎ {escape(name)}</strong>: you predict "
        f"<strong>{escape(said)}</strong>.",
        "open",
    )
    return Shown(f"✎ {name}: you predict {said}.", html)


def reveal(name: str, measured: Any) -> Shown:
    """Show what was measured beside what you predicted.

    Args:
        name: as in `predict`.
        measured: a number or a few words.

    Returns:
        A few lines that a notebook displays; harmless without a prediction.
    """
    name, kept = str(name), _plain(measured)
    expected = _predicted(name)
    if expected is None:
        return Shown(f"{name}: measured {_written(kept)} (no prediction).")
    verdict = compare(expected, kept)
    rows = (("you predicted", _written(expected)), ("measured", _written(kept)))
    lines = [name, *(f"  {label:<15}{value}" for label, value in rows)]
    cells = "".join(
        f'<tr style="background:none"><th scope="row" style="{_LEFT}">{label}</th>'
        f'<td style="{_LEFT}"><strong>{escape(value)}</strong></td></tr>'
        for label, value in rows
    )
    html = (
        f"<strong>{escape(name)}</strong>"
        f'<table style="margin:.2em 0;border:none">{cells}</table>'
    )
    if verdict:
        lines.append(f"  {verdict}")
        html += f'<p style="margin:.2em 0">{escape(verdict)}</p>'
    return Shown("\n".join(lines), box(html, "open"))


def compare(expected: str | float, measured: str | float) -> str:
    """Say in words how far a predicted number is from the measured one; "" for text.

    Text that is a number and nothing else, such as "0.5" or "50 %", is that number.
    """
    expected, measured = _number(expected), _number(measured)
    if isinstance(expected, str) or isinstance(measured, str):
        return ""
    if not (math.isfinite(expected) and math.isfinite(measured)):
        return "Just so." if expected == measured else "Not the same kind of number."
    if expected == measured:
        return "Exactly so."
    opposite = min(expected, measured) < 0 < max(expected, measured)
    if measured == 0 or expected == 0 or opposite:
        side = "above" if expected > measured else "below"
        sign = "The sign is the other one; " if opposite else ""
        difference = abs(expected - measured)
        sentence = f"{sign}you are {difference:.3g} {side} what was measured."
        return sentence[0].upper() + sentence[1:]
    ratio = expected / measured
    off = abs(ratio - 1)
    if off <= SPOT_ON:
        return "Spot on, to within 2 %."
    side = "large" if ratio > 1 else "small"
    if off <= CLOSE:
        return f"Close: too {side} by {100 * off:.0f} %."
    # By logarithms, because a quotient of far apart numbers can be 0 or infinite.
    powers = abs(math.log10(abs(expected)) - math.log10(abs(measured)))
    if powers < TWICE:
        return f"Too {side} by {100 * off:.0f} %."
    exact = f"{10**powers:.2g}" if powers < HUNDRED else f"10^{powers:.0f}"
    return f"Too {side}: by a factor of about {exact}."


def _predicted(name: str) -> str | float | None:
    if name in _made:
        return _made[name]
    for event in reversed(keep.recall()):
        if event["what"] == "predict" and event["name"] == name:
            value = event.get("value")
            return value if type(value) in (str, int, float) else None
    return None


def _plain(value: Any) -> str | float:
    """Take a number as a float and anything else as short text."""
    if isinstance(value, Tensor):
        value = value.data  # such as a loss that was measured
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(-1)[0]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, Real):
        try:
            return float(value)
        except (OverflowError, ValueError):
            return str(value)[:MAX_TEXT]
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception:  # a student's object may have any __repr__
        text = f"a value of type {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def _number(value: str | float) -> str | float:
    """Return the number that a text is; the text if it is none."""
    found = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(found[1]) / (100 if found[2] else 1) if found else value


def _written(value: str | float) -> str:
    """Write a number with the digits that a prediction can mean."""
    if isinstance(value, str):
        return value
    if value.is_integer() and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"
