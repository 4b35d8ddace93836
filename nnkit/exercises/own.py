"""An instructor's own exercises: one file beside the notebook that asks them.

    source/07-ridge/nnkit_exercises.py   the instructor's   ──grade, build──┐
    07-ridge/nnkit_exercises.py          the student's copy ──check─────────┴─> OWN

A unit of one's own is a folder with its notebook and this file in it, which declares
`EXERCISES` as a unit of the course does. So it travels wherever the notebook does, and
is looked for in one place only. One such file is in use at a time: a notebook's, or
that of the unit being graded.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import math
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from nnkit.adapters import ADAPTERS
from nnkit.exercises import EXERCISES, OWN
from nnkit.exercises.spec import Exercise, Slip

FILE = "nnkit_exercises.py"
MODULE = "nnkit_exercises"

TAKEN = {"check", "np", "_", *dir(builtins)}
"""What no exercise is called."""

Stamp = tuple[str, int, int]


class OwnError(Exception):
    """A file of own exercises cannot be used; the message is one line that says why."""


class _InUse:
    """Which file `OWN` is from, and how it was when it was read."""

    path: Path | None = None
    stamp: Stamp | None = None


def use(path: Path | None, unit: str = "") -> None:
    """Make a file's exercises known in place of any others of one's own.

    Args:
        path: the file; None leaves the course's exercises alone. A file that has not
            changed is not read again.
        unit: the unit that they must be of; any if "".

    Raises:
        OwnError: see `load`. None but the course's exercises are known then.
    """
    stamp = None if path is None else _stamp(path)
    if path is None or stamp != _InUse.stamp:
        OWN.clear()
        _InUse.path = _InUse.stamp = None
    if path is None:
        return
    if not OWN:
        OWN.update({item.id: item for item in load(path)})
        _InUse.path, _InUse.stamp = path.absolute(), stamp
    declared = next(iter(OWN.values())).unit
    if unit and declared != unit:
        use(None)
        raise OwnError(
            f"{_shown(path)} says unit={declared!r}, and stands in the folder of "
            f"{unit!r}: the two must be the same"
        )


def use_here() -> None:
    """Make known what stands in the working directory, a notebook's own, if anything.

    Raises:
        OwnError: see `load`.
    """
    try:
        path = Path.cwd() / FILE
        there = path.is_file()
    except OSError:  # the directory is gone, and with it what stood there
        there = False
    use(path if there else None)


def file_in_use() -> Path | None:
    """Return the file whose exercises are known; None without one."""
    return _InUse.path


def load(path: Path) -> tuple[Exercise, ...]:
    """Read a file of exercises.

    Raises:
        OwnError: it cannot be read or run, or declares something that no notebook
            could ask for.
    """
    path = path.absolute()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "is no UTF-8 text"
        raise OwnError(f"{_shown(path)} cannot be read: {said}") from None
    declared = _run(text, path).__dict__.get("EXERCISES")
    if type(declared) not in (tuple, list) or not declared:
        raise OwnError(
            f"{_shown(path)} declares no exercises: its last line should be like "
            "EXERCISES = (my_exercise,)"
        )
    for problem in _problems(declared):
        raise OwnError(f"{_shown(path)}: {problem}")
    return tuple(declared)


def _run(text: str, path: Path) -> ModuleType:
    """Run a file's text as a module of its own."""
    module = ModuleType(MODULE)
    module.__file__ = str(path)
    sys.modules[MODULE] = module  # where dataclasses look for it
    try:
        # Not through importlib: that would leave __pycache__ in a student's folder.
        exec(compile(text, str(path), "exec"), module.__dict__)
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.filename == str(path) else ""
        raise OwnError(f"{_shown(path)}, {where}{error.msg}") from None
    except (Exception, SystemExit) as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == str(path)
        ]
        where = f"line {lines[-1]}: " if lines else ""
        raise OwnError(f"{_shown(path)}, {where}{in_a_line(error)}") from None
    return module


def _problems(declared: Sequence[Any]) -> Iterator[str]:
    """Yield what is wrong with declarations, without calling anything in them."""
    for item in declared:
        if not isinstance(item, Exercise):
            yield f"EXERCISES has {str(item)[:60]!r} in it, which is no Exercise"
            return
        for problem in _problems_of(item):
            yield f"{item.id}: {problem}"
    ids = [item.id for item in declared]
    for name in ids:
        if ids.count(name) > 1:
            yield f"two exercises are called {name!r}"
    units = sorted({item.unit for item in declared})
    if len(units) > 1:
        yield f"its exercises are of several units: {', '.join(units)}"
    if units[0] in {item.unit for item in EXERCISES.values()}:
        yield f"{units[0]!r} is a unit of the course itself: call yours otherwise"


def _problems_of(item: Any) -> Iterator[str]:
    name = item.id
    if type(name) is not str or not name.isidentifier() or keyword.iskeyword(name):
        yield "its name is the student's function, so it must be a Python name"
    elif name in TAKEN:
        yield (
            "is a name that every notebook uses for something else, and the student's "
            "function would take its place: choose another name"
        )
    if type(item.unit) is not str or not item.unit:
        yield 'needs unit="..."'
    course = EXERCISES.get(name)
    # The course's own may be asked again, for other points.
    if course is not None and course.reference is not item.reference:
        yield f"is the name of another exercise, in {course.unit}: choose another name"
    sound = isinstance(item.points, int | float) and not isinstance(item.points, bool)
    if not sound or not 0 <= item.points < math.inf:
        yield f"points={item.points!r}, expected a number from 0"
    for field in ("params", "parts"):
        names = getattr(item, field)
        # A common slip: ("w") is text, and ("w",) is a tuple.
        if type(names) is not tuple or not names or {*map(type, names)} != {str}:
            yield f'{field}={names!r}, expected a tuple of names, such as ("w",)'
    if item.goals and len(item.goals) != len(item.parts):
        yield f"goals={item.goals!r}, expected one for each of {item.parts}"
    if not inspect.isfunction(item.cases):
        yield "cases must be a function of a random generator: cases(rng)"
    if not callable(item.reference):
        yield "reference must be a function"
    for field in ("tolerance", "seconds"):
        size = getattr(item, field)
        if type(size) not in (int, float) or not 0 <= size < math.inf:
            yield f"{field}={size!r}, expected a number from 0"
    if item.adapter not in ADAPTERS:
        yield f"adapter={item.adapter!r}, known: {', '.join(ADAPTERS)}"
    if type(item.slips) not in (tuple, list):
        yield 'slips must be a tuple, such as (my_slip,); see "slip"'
        return
    for entry in item.slips:
        if not isinstance(entry, Slip):
            seen = getattr(entry, "__name__", repr(entry)[:60])
            yield (
                f'slips has {seen} in it, which is none: is @slip("its hint") above it?'
            )
            return
        if type(entry.hint) is not str:
            yield f"slip {entry.id}: its hint is {entry.hint!r}, expected text"
    slips = [entry.id for entry in item.slips]
    for slip in slips:
        if slips.count(slip) > 1:
            yield f"two slips are called {slip!r}"


def in_a_line(error: BaseException) -> str:
    """Return an exception's type and message, on one line."""
    said = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _stamp(path: Path) -> Stamp | None:
    try:
        state = path.stat()
    except OSError:
        return None  # reading it will say why
    return str(path.absolute()), state.st_mtime_ns, state.st_size


def _shown(path: Path) -> str:
    """The end of a path, which is what an author knows it by."""
    return "/".join(path.absolute().parts[-2:])
