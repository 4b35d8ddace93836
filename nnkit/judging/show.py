"""A verdict as a person reads it: text for a terminal, HTML for a notebook.

Everything that a student can have had a hand in is escaped. Meaning never hangs on
colour alone: each line starts with a mark and says its state in words, and a heat map
is a table of digits that a screen reader can read out.
"""

from __future__ import annotations

from html import escape

from nnkit.judging import heatmap
from nnkit.judging.guidance import PLAIN, Guidance
from nnkit.judging.plain import on_a_page, plain
from nnkit.judging.shown import box, marked
from nnkit.judging.verdict import Diagnosis, PartVerdict, Verdict

MARKS = {"right": "✓", "partly right": "◐", "wrong": "✗", "open": "○"}
NAMED_CASES = 4
"""How many cases a line lists by name."""

_LABEL = "font-weight:600;margin:.7em 0 .2em 0"
_CODE = (
    "margin:.2em 0;padding:.4em .6em;white-space:pre-wrap;overflow-x:auto;"
    "background:rgba(128,128,128,.14)"
)
LOOK, BY_HAND = "Where to look", "A small case, to try by hand"
PAPER = (
    "The numbers are rounded. Work out on paper what should come back, one "
    "intermediate result at a time, then print the same from your code: where do the "
    "two part ways first?"
)


def points(verdict: Verdict) -> str:
    """Say how many points a verdict gives; "" for a worked exercise."""
    if not verdict.max_points:
        return ""
    plural = "" if verdict.max_points == 1 else "s"
    return f"{round(verdict.points, 2):g} of {verdict.max_points:g} point{plural}"


def headline(verdict: Verdict) -> str:
    """Say in one line how an answer stands."""
    return f"{MARKS[verdict.status]} {_said(verdict)}"


def _said(verdict: Verdict) -> str:
    line = f"{verdict.exercise}: {verdict.status}"
    return f"{line} · {points(verdict)}" if points(verdict) else line


def text(verdict: Verdict, more: Guidance = PLAIN) -> str:
    """Return a verdict as plain text, with as much help as `more` holds."""
    lines = [headline(verdict)]
    lines += [f"  {plain(more.unread)}"] * bool(more.unread)
    if verdict.status != "open":
        lines += [f"    {line}" for line in part_lines(verdict)]
    for item in verdict.diagnoses:
        lines.append(f"  {_subject(item)}{plain(item.text)}")
        if found := more.shows(item):
            lines += [f"    {line}" for line in heatmap.text(found)]
    if more.look:
        lines += [f"  {LOOK}:", *(f"    {line}" for line in more.look)]
    if more.small:
        lines += [f"  {BY_HAND} (“{more.small_name}”):"]
        lines += [f"    {line}" for line in (*more.small, PAPER)]
    lines += [f"  {said}" for said in (more.slow, more.next) if said]
    lines += [f"  flag: {flag}" for flag in verdict.flags]
    return "\n".join(lines)


def part_lines(verdict: Verdict) -> list[str]:
    """Return a line for each part: its state, and in which cases it is right."""
    return [
        f"{MARKS['right' if part.right else 'wrong']} {part.name}: {_cases(part)}"
        for part in verdict.parts
    ]


def _cases(part: PartVerdict) -> str:
    said = f"right in {part.right_cases} of {part.cases} cases"
    if part.right or not part.right_cases or not part.wrong_in:
        return said
    named = ", ".join(f"“{case}”" for case in part.wrong_in[:NAMED_CASES])
    rest = len(part.wrong_in) - NAMED_CASES
    return f"{said}, not in {named}{f' and {rest} more' if rest > 0 else ''}"


def _subject(item: Diagnosis) -> str:
    names = ", ".join(item.parts)
    where = f"{names}, first seen with {item.case}" if item.case else names
    return f"[{where}] " if item.kind != "not attempted" else ""


def html(verdict: Verdict, more: Guidance = PLAIN) -> str:
    """Return a verdict as HTML that fits a light and a dark theme."""
    pieces = [f"<strong>{_mark(verdict.status)} {escape(_said(verdict))}</strong>"]
    if more.unread:
        pieces.append(f'<p style="margin:.5em 0 0 0">{marked(more.unread)}</p>')
    if verdict.status != "open":
        lines = "".join(map(_part, verdict.parts))
        style = "list-style:none;margin:.3em 0;padding:0"
        pieces.append(
            f'<ul aria-label="parts of the answer" style="{style}">{lines}</ul>'
        )
    pieces += [_hint(item, more) for item in verdict.diagnoses]
    if more.look:
        places = "".join(f"<li>{marked(line)}</li>" for line in more.look)
        style = "margin:0;padding-left:1.3em"
        pieces.append(
            f'<p style="{_LABEL}">{LOOK}</p><ul style="{style}">{places}</ul>'
        )
    if more.small:
        label = f"{BY_HAND}: {more.small_name}"
        code = "\n".join(more.small)
        pieces.append(
            f'<p style="{_LABEL}">{escape(label)}</p>'
            f'<pre style="{_CODE}">{escape(code)}</pre>'
            f'<p style="margin:.2em 0">{PAPER}</p>'
        )
    if more.slow:
        pieces.append(f'<p style="margin:.5em 0 0 0">{more.slow}</p>')
    if more.next:
        pieces.append(f'<p style="margin:.5em 0 0 0"><small>{more.next}</small></p>')
    pieces += [f"<p><em>flag: {escape(flag)}</em></p>" for flag in verdict.flags]
    return box("".join(pieces), verdict.status, _said(verdict))


def _mark(status: str) -> str:
    # The state also stands in words, so a screen reader need not say the mark.
    return f'<span aria-hidden="true">{MARKS[status]}</span>'


def _part(part: PartVerdict) -> str:
    state = "right" if part.right else "wrong"
    name = f"<code>{escape(part.name)}</code>"
    return f"<li>{_mark(state)} {name}: {escape(_cases(part))}</li>"


def _hint(item: Diagnosis, more: Guidance) -> str:
    subject = _subject(item).strip("[] ")
    label = f"<small>{escape(subject)}</small><br>" if subject else ""
    found = more.shows(item)
    table = heatmap.html(found) if found else ""
    return f'<p style="margin:.5em 0">{label}{marked(on_a_page(item.text))}</p>{table}'
