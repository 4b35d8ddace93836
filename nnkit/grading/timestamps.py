"""When something was handed in: nbgrader's timestamp.txt, and what is a time."""

from __future__ import annotations

import os
import re
from pathlib import Path

from nnkit.grading.cells import NotebookError, read_bytes
from nnkit.grading.workspace import shown

TIMESTAMP_FILE = "timestamp.txt"
# dateutil raises what `datetime` and `decimal` do, and what comes of looking for a file
# with the name of a time zone.
NO_TIME = (ValueError, ArithmeticError, OSError)
"""What reading a stranger's text as a time may raise."""
YEAR_LAST = re.compile(r"(?<!\d)\d{1,2}([./-])\d{1,2}\1\d{2,4}(?!\d)")
"""A date that half of the world reads as another: 08.03.2026, 3/8/26."""
YEAR = re.compile(r"\d{4}|\d[-/.]\d+[-/.]\d")
"""A date has one: what it leaves out is taken from the day on which it is read."""
NO_TIME_IN = "holds no time that nbgrader can read"
READ_AS = "as nbgrader reads it: write the year first"
ABOUT_TIME = (NO_TIME_IN, READ_AS)
"""What notes on a time have in them: they go when it is mended."""


def read_timestamp(path: Path) -> tuple[str | None, list[str]]:
    """Return when something was handed in, if a file says so; or what is odd in it."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None, []
    except OSError:
        pass  # what it is that cannot be read is said below
    from nbgrader.utils import (  # type: ignore[import-untyped]  # ships no types
        parse_utc,
    )

    said = ""
    try:
        text = read_bytes(path, max_bytes=1000).decode().strip()
        said = repr(text[:60]) if text else "it is empty"
        when = parse_utc(text)
        if YEAR_LAST.search(text):
            read = f"{said}, and is read as {when:%Y-%m-%d}, {READ_AS}"
            return text, [f"{shown(path)} has {read}"]
        if YEAR.search(text):
            return text, []
        said += " has no year"
    except (NotebookError, *NO_TIME) as error:
        said = said or repr(str(error))[1:-1] or type(error).__name__
    return None, [
        f"{shown(path)} {NO_TIME_IN} ({said[:80]}): left out; mend or delete it, "
        "formgrader stumbles over it"
    ]
