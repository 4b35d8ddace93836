"""The class's report once more, from the journal alone: as text, CSV or HTML."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from nnkit.grading.journal import Journal, JournalError
from nnkit.grading.record import NO_MATH, summary_of, verdicts_of
from nnkit.grading.release import Release
from nnkit.grading.report import Record, hardest, in_words, misconceptions
from nnkit.grading.scales import (
    by_other_points,
    handed_in,
    most_of,
    overview,
    score,
)
from nnkit.grading.workspace import Workspace
from nnkit.judging.plain import plain, plain_lines
from nnkit.judging.shown import marked

FORMULA = re.compile(r"((?:^|;)[\s\"]*)(?=[=+@\-\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet would begin to run a cell.

Some take a semicolon for the end of a cell, and then quotes behind it for the marks
around the next one, which are no part of it.
"""

CLASSES = dict.fromkeys(("points", "right", "wrong", "open"), "points")
CLASSES |= {"student": "name", "students": "points", "who": "name who"}

STYLE = (
    "body{font:1em/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;"
    "padding:0 1em;color-scheme:light dark}"
    "table{border-collapse:collapse;margin:1em 0}"
    "th,td{border:1px solid #8888;padding:.3em .6em;text-align:left;"
    "vertical-align:top;white-space:pre-wrap}"
    # An address is one long word, and points are none that may be broken.
    "td{overflow-wrap:anywhere;min-width:5em}.points{white-space:nowrap;min-width:0}"
    # Most are whole on one line, as far as the page is wide enough.
    "td.name{min-width:min(13em,25vw)}"
    "code{font:.95em ui-monospace,monospace,monospace}"
    # Four columns have to fit a phone, too.
    "@media(max-width:40em){body{margin:1em auto}th,td{padding:.2em .3em}"
    "td,td.who{min-width:4em}}"
    "@media(max-width:22em){table{font-size:.85em}}"
)


def read_records(workspace: Workspace, unit: str) -> dict[str, Record]:
    """Return every student's last record, by student.

    Raises:
        JournalError: nothing has been graded, or the journal is damaged.
    """
    with Journal.reading(workspace.journal(unit)) as journal:
        records = journal.latest(unit)
        if not records:
            raise JournalError(
                f"no submission of {unit} has been graded: put notebooks into "
                f"{workspace.submitted}/<student>/{unit}/ (nnkit collect takes them "
                f"from an LMS's archive), then run nnkit grade {unit}"
            )
        return {name: summary_of(records[name]) for name in sorted(records)}


def as_csv(records: Mapping[str, Record], release: Release) -> str:
    """Return a table with a line for every student, safe to open in a spreadsheet."""
    exercises = [name for name, points in release.points.items() if points]
    text = io.StringIO()
    writer = csv.writer(text)
    # A table is copied into lists of grades, without what stands beside it.
    heads = ("student", "handed in", "status", "points before penalties", "of")
    writer.writerow([*heads, *exercises, "slips", "review", "notes"])
    for student, record in records.items():
        verdicts = {v.exercise: v for v in verdicts_of(record)}
        slips = [
            f"{name}: {item.slip}"
            for name, verdict in verdicts.items()
            for item in verdict.diagnoses
            if item.slip
        ]
        row: list[Any] = [student, record["timestamp"] or "", record["status"]]
        row += [score(record)[0], most_of(record, release)]
        row += [verdicts[name].points if name in verdicts else "" for name in exercises]
        row += ["; ".join(dict.fromkeys(slips)), "; ".join(record["flags"])]
        row += ["; ".join([*record["notes"], record["problem"]]).strip("; ")]
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return FORMULA.sub(r"\1'", plain(value))


def as_html(records: Mapping[str, Record], release: Release) -> str:
    """Return a page that loads nothing and runs nothing."""
    students = [
        (
            name,
            f"{score(record)[0]:g} / {most_of(record, release):g}",
            in_words(record),
        )
        for name, record in records.items()
    ]
    slips = [
        (str(len(m.students)), f"{m.exercise}: {m.slip}", m.hint, ", ".join(m.students))
        for m in misconceptions(records.values())
    ]
    parts = [
        (f"{h.exercise}: {h.part}", f"{h.share:.0%}", str(h.wrong), str(h.open))
        for h in hardest(records.values())
    ]
    title = f"{release.assignment}: {handed_in(len(records))}"
    other = by_other_points(records, release)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f'<body class="{NO_MATH}"><h1>{escape(title)}</h1>\n'
        "<p>Points as graded, before penalties for lateness and points by hand: "
        f"{overview(records, release)}.</p>\n"
        + f"<p>{escape(plain(other[:1].upper() + other[1:]))}.</p>\n" * bool(other)
        + _table("Students", ("student", "points", "what the answers show"), students)
        + _table(
            "What the class misunderstood",
            ("students", "exercise: slip", "the hint they got", "who"),
            slips,
        )
        + _table("Hardest parts", ("part", "right", "wrong", "open"), parts)
        + "</body></html>\n"
    )


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    kinds = [f' class="{kind}"' * bool(kind) for kind in map(CLASSES.get, heads)]
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{kind}>{marked(plain_lines(cell))}</td>"
            for kind, cell in zip(kinds, row, strict=True)
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f"<h2>{escape(title)}</h2>\n<table><thead><tr>{head}</tr></thead>\n"
        f"<tbody>{body}</tbody></table>\n"
    )
