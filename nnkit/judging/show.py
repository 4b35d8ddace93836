"""A verdict as a person reads it: text for a terminal, HTML for a notebook.

Everything that a student can have had a hand in is escaped. Meaning never hangs on
colour alone: each line starts with a mark and says its state in words.
"""

from __future__ import annotations

from html import escape

from nnkit.judging.verdict import Diagnosis, Verdict

MARKS = {"right": "✓", "partly right": "◐", "wrong": "✗", "open": "○"}

# JupyterLab's theme supplies the variables; the fallbacks serve other viewers.
_COLOURS = {
    "right": "var(--jp-success-color1, #1b7837)",
    "partly right": "var(--jp-warn-color1, #b35806)",
    "wrong": "var(--jp-error-color1, #b2182b)",
    "open": "var(--jp-ui-font-color2, #666)",
}


def points(verdict: Verdict) -> str:
    """Say how many points a verdict gives; "" for a worked exercise."""
    if not verdict.max_points:
        return ""
    plural = "" if verdict.max_points == 1 else "s"
    return f"{verdict.points:g} of {verdict.max_points:g} point{plural}"


def headline(verdict: Verdict) -> str:
    """Say in one line how an answer stands."""
    line = f"{MARKS[verdict.status]} {verdict.exercise}: {verdict.status}"
    return f"{line} · {points(verdict)}" if points(verdict) else line


def text(verdict: Verdict) -> str:
    """Return a verdict as plain text."""
    lines = [headline(verdict)]
    if verdict.status != "open":
        lines += [f"    {line}" for line in part_lines(verdict)]
    lines += [f"  {_subject(item)}{item.text}" for item in verdict.diagnoses]
    lines += [f"  flag: {flag}" for flag in verdict.flags]
    return "\n".join(lines)


def part_lines(verdict: Verdict) -> list[str]:
    """Return a line for each part: its state, and in how many cases it is right."""
    return [
        f"{MARKS['right' if part.right else 'wrong']} {part.name}: "
        f"right in {part.right_cases} of {part.cases} cases"
        for part in verdict.parts
    ]


def _subject(item: Diagnosis) -> str:
    names = ", ".join(item.parts)
    where = f"{names}, first seen with {item.case}" if item.case else names
    return f"[{where}] " if item.kind != "not attempted" else ""


def html(verdict: Verdict) -> str:
    """Return a verdict as HTML that fits a light and a dark theme."""
    colour = _COLOURS[verdict.status]
    parts = "".join(f"<li>{escape(line)}</li>" for line in part_lines(verdict))
    hints = "".join(map(_hint, verdict.diagnoses))
    flags = "".join(f"<p><em>flag: {escape(flag)}</em></p>" for flag in verdict.flags)
    listing = (
        f'<ul style="list-style:none;margin:.3em 0;padding:0">{parts}</ul>'
        if verdict.status != "open"
        else ""
    )
    return (
        f'<div role="status" style="border-left:4px solid {colour};'
        'padding:.4em .8em;margin:.3em 0;max-width:46em">'
        f'<strong style="color:{colour}">{escape(headline(verdict))}</strong>'
        f"{listing}{hints}{flags}</div>"
    )


def _hint(item: Diagnosis) -> str:
    subject = _subject(item).strip("[] ")
    label = f"<small>{escape(subject)}</small><br>" if subject else ""
    return f'<p style="margin:.4em 0">{label}{escape(item.text)}</p>'
