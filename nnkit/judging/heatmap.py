"""Where the error sits in a matrix, as a small table: digits first, colour second."""

from __future__ import annotations

from html import escape

from nnkit.judging.errormap import NOT_FINITE, ErrorMap, pattern

SIGNS = ("·", "1", "2", "3", "4", "∞")
MEANINGS = (
    "right",
    "below 1 %",
    "below 10 %",
    "below 100 %",
    "100 % or more",
    "nan or infinite",
)
# One hue at rising strength reads on a light and on a dark page, and in grey.
_STRENGTH = (0.0, 0.12, 0.25, 0.42, 0.6, 0.6)
_CELL = (
    "min-width:1.5em;height:1.5em;padding:0 .2em;text-align:center;"
    "font-family:var(--jp-code-font-family, monospace);"
    "border:1px solid rgba(128,128,128,.35);"
)
_HEAD = (
    "padding:0 .4em;text-align:center;font-weight:normal;border:none;"
    "background:none;opacity:.75;"
)


def title(found: ErrorMap) -> str:
    """Say in a line what the table shows, for those who do not see it, too."""
    return f"{found.part} with “{found.case}”: {pattern(found)}"


def legend(found: ErrorMap) -> str:
    """Explain the signs that occur."""
    used = sorted({level for row in found.levels for level in row})
    said = ", ".join(f"{SIGNS[level]} = {MEANINGS[level]}" for level in used)
    return f"How far off, in % of the size of the right {found.part}: {said}."


def text(found: ErrorMap) -> list[str]:
    """Return the table as lines of text."""
    width = len(str(found.corner[1] + len(found.levels[0])))
    lines = [f"{title(found)}{_part_of(found)}"]
    for row in found.levels:
        lines.append("  " + " ".join(SIGNS[level].rjust(width) for level in row))
    return [*lines, legend(found)]


def html(found: ErrorMap) -> str:
    """Return the table as HTML."""
    top, left = found.corner
    vector = len(found.shape) == 1
    columns = "".join(
        f'<th scope="col" style="{_HEAD}">{left + j}</th>'
        for j in range(len(found.levels[0]))
    )
    corner = "" if vector else f'<td style="{_HEAD}"></td>'
    rows = [f'<tr style="background:none">{corner}{columns}</tr>']
    worst = max(max(row) for row in found.levels)
    for i, row in enumerate(found.levels):
        head = "" if vector else f'<th scope="row" style="{_HEAD}">{top + i}</th>'
        cells = "".join(_cell(level, level == worst) for level in row)
        rows.append(f'<tr style="background:none">{head}{cells}</tr>')
    caption = escape(f"{title(found)}{_part_of(found)}")
    style = "border-collapse:collapse;margin:.3em 0 .2em 0;border:none"
    return (
        f'<table role="table" aria-label="{caption}" style="{style}">'
        '<caption style="caption-side:top;text-align:left;white-space:nowrap;'
        f'padding:0 0 .2em 0"><small>{caption}</small></caption>'
        f"{''.join(rows)}</table>"
        f'<p style="margin:0"><small>{escape(legend(found))}</small></p>'
    )


def _cell(level: int, worst: bool) -> str:
    colour = f"background:rgba(213,94,0,{_STRENGTH[level]});"
    weight = "font-weight:bold;" if worst and level else ""
    stripes = (
        "background-image:repeating-linear-gradient(45deg,transparent 0 3px,"
        "rgba(128,128,128,.5) 3px 5px);"
        if level == NOT_FINITE
        else ""
    )
    return (
        f'<td title="{MEANINGS[level]}" style="{_CELL}{colour}{weight}{stripes}">'
        f"{SIGNS[level]}</td>"
    )


def _part_of(found: ErrorMap) -> str:
    """Say which rows and columns are shown, where not all of them are."""
    rows, columns = len(found.levels), len(found.levels[0])
    shape = found.shape if len(found.shape) == 2 else (1, *found.shape)
    if (rows, columns) == shape:
        return ""
    top, left = found.corner
    kept = f"entries {left} to {left + columns - 1}"
    if len(found.shape) == 2:
        kept = f"rows {top} to {top + rows - 1}, columns {left} to {left + columns - 1}"
    return f" (shown: {kept})"
