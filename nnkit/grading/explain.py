"""A verdict, call by call, for a person who has to answer an angry student."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np

from nnkit.adapters import Named, Opaque, Rng
from nnkit.exercises.spec import Kind, Outcome
from nnkit.grading.replay import Asked, Replay
from nnkit.judging import show
from nnkit.judging.plain import plain

SMALL = 40
"""Entries of an array that are printed; of a larger one only its shape is."""

SHOWN = 300
"""Characters of a list, a dict or text that are printed."""

ORDER = {"wrong": 0, "partly right": 0, "open": 1, "right": 2}

WARNING = (
    "For the instructor alone: it has inputs and right answers of the secret cases, "
    "which a regrade uses again. --hide-expected leaves both out."
)


def explain(
    found: Replay, expected: bool = True, only: Collection[str] = ()
) -> Iterator[str]:
    """Yield the lines of a verdict's explanation, fit for a terminal.

    Args:
        found: the verdict, reached once more.
        expected: print also the inputs and what would have been right.
        only: of these exercises; of all where none is named.
    """
    return map(plain, _lines(found, expected, only))


def _lines(found: Replay, expected: bool, only: Collection[str]) -> Iterator[str]:
    record = found.record
    points, top = (
        sum(verdict[name] for verdict in record["verdicts"])
        for name in ("points", "max_points")
    )
    of = f" of {top:g}" if record["verdicts"] else ""
    yield f"{record['student']} · {record['assignment']} · {points:g}{of} points"
    yield f"  handed in: {record['timestamp'] or 'time not known'}"
    yield from (f"  {line}" for line in _about_the_file(found))
    yield from (f"  note: {note}" for note in record["notes"])
    yield from (f"  review: {flag}" for flag in record["flags"])
    if expected and found.asked:
        yield f"  {WARNING}"
    if not found.asked:
        for verdict in found.recorded:
            if not only or verdict.exercise in only:
                yield ""
                yield from show.text(verdict).splitlines()
    # A dispute is about what is not right: hundreds of lines may stand before it.
    for asked in sorted(found.asked, key=lambda one: ORDER[one.verdict.status]):
        if not only or asked.key.exercise.id in only:
            yield ""
            yield from _exercise(asked, expected)


def _about_the_file(found: Replay) -> Iterator[str]:
    record = found.record
    if record["status"] != "graded":
        yield f"could not be read, so nothing was run: {record['problem']}"
        return
    graded = f"the file that was graded (sha256 {record['sha256'][:12]}…)"
    if found.problem:
        yield f"the replay came to nothing: {found.problem}"
    elif found.file is None:
        where = f"{found.now} is not" if found.now else "nothing there is"
        yield (
            f"{where} {graded} any more: what follows is from the journal, not "
            f"replayed. autograded/{record['student']}/{record['assignment']} shows "
            "what was graded"
        )
    else:
        yield f"{found.file} is still {graded}"
        if found.now not in (None, found.file):
            what = "was graded, too, and does not count" * found.now_graded
            what = what or "has not been graded"
            yield f"NOTE {found.now} is another file, which {what}"
        differ = [asked.key.exercise.id for asked in found.asked if not asked.same]
        if not differ:
            yield "replayed with the journal's seed: the same verdicts"
        else:
            yield (
                f"replayed with the journal's seed: NOT the same for "
                f"{', '.join(differ)}. "
                + (
                    "The exercises have changed since."
                    if found.changed
                    else "The answer depends on chance, on time or on the machine."
                )
            )


def _exercise(asked: Asked, expected: bool) -> Iterator[str]:
    exercise, rows = asked.key.exercise, asked.rows
    yield show.headline(asked.verdict)
    if asked.recorded and not asked.same:
        yield f"  recorded: {show.headline(asked.recorded)}"
    if asked.verdict.status == "open":
        yield f"  {_said(rows[0][0])}"
        return
    yield (
        "  right means: within the margins of each statistic (an error of 1 is the "
        "margin)"
        if exercise.margins
        else f"  right means: an error of at most {asked.key.tolerance:g}, relative to "
        "the largest entry of the right part, or to the terms that cancel in it"
    )
    for number, case in enumerate(asked.key.cases):
        row = rows[number]
        fine = all(outcome.kind is Kind.RIGHT for outcome in row)
        mark = show.MARKS["right" if fine else "wrong"]
        yield f"  {mark} case {number + 1} of {len(rows)}: {case.name}"
        if expected:
            named = dict(zip(exercise.params, case.args, strict=False))
            for name, value in {**named, **case.kwargs}.items():
                yield f"      {name} = {sketch(value)}"
        reply = asked.replies[number]
        if "value" in reply and not fine:
            yield f"      returned {sketch(reply['value'])}"
        of_it = [p for p, name in enumerate(exercise.parts) if case.asks_for(name)]
        if len({id(row[part]) for part in of_it}) == 1 and not fine:
            names = ", ".join(exercise.parts[part] for part in of_it)
            yield f"      {names}: {_said(row[of_it[0]])}"
            continue
        for part in of_it:
            yield f"      {_part(asked, number, part, row[part], expected)}"
    yield from _slips(asked)
    for item in asked.verdict.diagnoses:
        yield f"  the student was told: {item.text}"


def _part(asked: Asked, case: int, part: int, outcome: Outcome, expected: bool) -> str:
    name = asked.key.exercise.parts[part]
    if outcome.kind is Kind.RIGHT:
        return f"✓ {name}: error {outcome.error:.1e}"
    line = f"✗ {name}: {_said(outcome)}"
    if outcome.kind in (Kind.WRONG, Kind.NOT_FINITE) and outcome.array is not None:
        right = asked.key.right[case][part]
        at = outcome.where
        entry = f"[{', '.join(map(str, at))}]" if at else ""
        line += f"; {name}{entry} came back as {outcome.array[at]:.10g}"
        if expected:
            line += f", right is {right[at]:.10g}"
            if 1 < right.size <= SMALL:
                line += f"; right in all: {sketch(right)}"
    elif expected and outcome.kind is Kind.SHAPE:
        line += f", right is {asked.key.right[case][part].shape}"
    return line


def _said(outcome: Outcome) -> str:
    said = str(outcome.kind)
    if outcome.kind is Kind.WRONG:
        return f"{said}, error {outcome.error:.3g}"
    if outcome.detail:
        return f"{said}: {outcome.detail}"
    return f"{said} ({outcome.note})" if outcome.note else said


def _slips(asked: Asked) -> Iterator[str]:
    if asked.verdict.status not in ("wrong", "partly right"):
        return
    if not any("value" in reply for reply in asked.replies):
        return  # nothing came back that could be compared with them
    parts = asked.key.exercise.parts
    matched: dict[str, set[str]] = {}
    for match in asked.matched:
        cells = sorted(match.cells)
        names = ", ".join(dict.fromkeys(parts[part] for _, part in cells))
        cases = len({case for case, _ in cells})
        said = f"gives the same numbers for {names} in all {cases} cases that it spoils"
        matched.setdefault(match.slip.id, set()).add(said)
    for slip, found in matched.items():
        yield f"  slip that matches: {slip} {'; '.join(sorted(found))}"
    single = [slip.id for slip in asked.key.exercise.slips if not slip.of]
    rest = [slip for slip in single if slip not in matched]
    if rest:
        yield f"  slips that do not: {', '.join(rest)}"


def sketch(value: Any) -> str:
    """Say in a line what a value is; small arrays are printed."""
    match value:
        case np.ndarray():
            if value.size > SMALL:
                return f"shape {value.shape}, {value.dtype}"
            text = np.array2string(value, precision=6, separator=", ")
            return f"{' '.join(text.split())}, shape {value.shape}"
        case np.generic():
            return repr(value.item())
        case Rng():
            return f"default_rng({value.seed})"
        case Named():
            inside = _some(f"{k}={sketch(v)}" for k, v in value.params.items())
            return _short(f"{value.name}({inside})")
        case Opaque():
            return f"an object of type {value.type_name}"
        case dict():
            return _short(
                "{" + _some(f"{k}: {sketch(v)}" for k, v in value.items()) + "}"
            )
        case list() | tuple():
            return _short("(" + _some(map(sketch, value)) + ")")
    return _short(repr(value))


def _some(pieces: Iterable[str]) -> str:
    """Join pieces, as many as are shown: a stranger may return 400 000 small arrays."""
    found, length = [], 0
    for piece in pieces:
        found.append(piece)
        length += len(piece) + 2
        if length > SHOWN:
            break
    return ", ".join(found)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
