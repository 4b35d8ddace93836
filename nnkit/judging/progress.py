"""How far a student has come: units, exercises, parts, points, and what is next."""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import dataclass
from html import escape

from nnkit.exercises import known, own
from nnkit.exercises.spec import Exercise
from nnkit.judging import keep
from nnkit.judging.show import MARKS
from nnkit.judging.shown import Shown, box, marked

_CELL = "text-align:left;padding:.1em 1em .1em 0;border:none;vertical-align:top"


@dataclass(frozen=True)
class Standing:
    """How an exercise stands.

    Attributes:
        exercise: which one.
        right: its parts that were right when it was last checked.
        status: "right", "partly right", "wrong" or "open", likewise.
        before: it was right in an earlier check, and is not now.
    """

    exercise: Exercise
    right: tuple[str, ...] = ()
    status: str = "open"
    before: bool = False

    @property
    def points(self) -> float:
        """What it would earn as it stands."""
        return self.exercise.points * len(self.right) / len(self.exercise.parts)

    def words(self) -> str:
        """Say which parts are right and which are to be done."""
        left = [part for part in self.exercise.parts if part not in self.right]
        if not left:
            return ""
        said = "" if self.status == "open" else f"not right: {', '.join(left)}"
        return f"{said} (it was right before)" if self.before else said


def progress(unit: str | int = "") -> Shown:
    """Show what is right so far, and what comes next.

    It shows what `check` said last. What counts is what you hand in.

    Args:
        unit: such as "01-neuron", or 1, for this unit alone.
    """
    with contextlib.suppress(own.OwnError):  # check says what is wrong with it
        own.use_here()
    units = sorted({item.unit for item in known().values()})
    asked = str(unit)
    if asked and asked not in units:
        numbered = [name for name in units if _number(name) == asked.zfill(2)]
        if len(numbered) != 1:
            close = difflib.get_close_matches(asked, units, 1)
            listed = f"Units: {', '.join(units)}."
            hint = f"Did you mean {close[0]}?" if close else listed
            return Shown(f"There is no unit {asked[:80]}. {hint}")
        asked = numbered[0]
    standings = [s for s in standing() if asked in ("", s.exercise.unit)]
    return Shown(_text(standings), _html(standings))


def _number(unit: str) -> str:
    return unit.partition("-")[0]


def standing() -> list[Standing]:
    """Return how all exercises stand, in the order of the course."""
    checks = [event for event in keep.recall() if event["what"] == "check"]
    last = {event["name"]: event for event in checks}
    finished = {event["name"] for event in checks if event.get("status") == "right"}
    result = []
    for exercise in sorted(known().values(), key=lambda item: item.unit):
        event = last.get(exercise.id)
        listed = event.get("right") if event else []
        # An exercise may have had other parts when it was checked.
        kept = listed if type(listed) is list else []
        right = tuple(part for part in exercise.parts if part in kept)
        whole = len(right) == len(exercise.parts)
        status = "right" if whole else "partly right" if right else "wrong"
        if event is None or (not right and event.get("status") == "open"):
            status = "open"
        before = exercise.id in finished and not whole
        result.append(Standing(exercise, right, status, before))
    return result


def _sum(standings: list[Standing]) -> str:
    done = sum(item.status == "right" for item in standings)
    exercises = f"{done} of {len(standings)} {_exercises(standings)} right"
    most = sum(item.exercise.points for item in standings)
    if not most:
        return exercises
    got = round(sum(s.points for s in standings), 2)
    return f"{exercises}, {got:g} of {most:g} points"


def _exercises(standings: list[Standing]) -> str:
    return "exercise" if len(standings) == 1 else "exercises"


def _next(standings: list[Standing]) -> Standing | None:
    """Return the first exercise that is not right; a worked one only if alone."""
    left = [item for item in standings if item.status != "right"]
    own = [item for item in left if not item.exercise.worked]
    return next(iter(own or left), None)


def _advice(item: Standing | None) -> str:
    if item is None:
        return "Everything here is right."
    where = f"Next: {item.exercise.id} in {item.exercise.unit}"
    return f"{where}." if item.status == "open" else f"{where}, {item.words()}."


def _kept() -> str:
    if keep.is_kept():
        return "Kept in this working folder."
    until = "Kept until this notebook's kernel stops"
    if folder := keep.working_folder():
        return f"{until}, because {folder / keep.PROGRESS} cannot be written."
    return f"{until}. In a folder that `nnkit lab` made it is kept for good."


def _worth(item: Standing) -> str:
    most = item.exercise.points
    return f"{round(item.points, 2):g} of {most:g}" if most else "no points"


def _by_unit(standings: list[Standing]) -> dict[str, list[Standing]]:
    units: dict[str, list[Standing]] = {}
    for item in standings:
        units.setdefault(item.exercise.unit, []).append(item)
    return units


def _text(standings: list[Standing]) -> str:
    lines = [f"Progress: {_sum(standings)}"]
    width = max((len(item.exercise.id) for item in standings), default=0)
    for unit, items in _by_unit(standings).items():
        lines.append(f"  {unit}: {_sum(items)}")
        for item in items:
            row = f"{MARKS[item.status]} {item.exercise.id:<{width}}"
            words = "  ".join(filter(None, (item.status, _worth(item), item.words())))
            lines.append(f"    {row}  {words}")
    return "\n".join([*lines, _advice(_next(standings)), _kept()])


def _html(standings: list[Standing]) -> str:
    units = _by_unit(standings)
    # Only the unit of what comes next stands open.
    item = _next(standings)
    current = item.exercise.unit if item else ""
    blocks = "".join(
        _unit(unit, items, unit == current or len(units) == 1)
        for unit, items in units.items()
    )
    return box(
        f"<strong>Progress: {escape(_sum(standings))}</strong>{blocks}"
        f'<p style="margin:.5em 0 0 0"><strong>{escape(_advice(item))}</strong></p>'
        f'<p style="margin:0"><small>{marked(_kept())}</small></p>',
        "open",
        f"Progress: {_sum(standings)}",
    )


def _unit(unit: str, items: list[Standing], is_open: bool) -> str:
    done = sum(item.status == "right" for item in items)
    said = f"{unit}: {done} of {len(items)} {_exercises(items)} right"
    bar = (
        f'<progress value="{done}" max="{len(items)}" aria-label="{escape(said)}" '
        'style="width:6em;vertical-align:middle"></progress>'
    )
    rows = "".join(_row(item) for item in items)
    opened = " open" if is_open else ""
    return (
        f'<details{opened} style="margin:.3em 0"><summary>{bar} '
        f"<strong>{escape(unit)}</strong>: {escape(_sum(items))}</summary>"
        f'<table style="border:none;margin:.2em 0 .2em 1.2em">{rows}</table></details>'
    )


def _row(item: Standing) -> str:
    mark = f'<span aria-hidden="true">{MARKS[item.status]}</span>'
    name = f"<code>{escape(item.exercise.id)}</code>"
    cells = (f"{mark} {name}", item.status, _worth(item), escape(item.words()))
    inner = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    return f'<tr style="background:none">{inner}</tr>'
