"""How Moodle, Canvas and nbgrader name what was handed in: a path → who, which, when.

    moodle    Ada Lovelace_123456_assignsubmission_file_/01-neuron.ipynb
              Ada Lovelace_123456_assignsubmission_file_01-neuron.ipynb
    canvas    lovelaceada_LATE_4567_890123_01-neuron-1.ipynb
    nbgrader  ada+01-neuron+2026-03-01 11:59:00 UTC+bW9yZQ/01-neuron.ipynb

Moodle's number is a participant's in this one assignment; Canvas's first number is the
student's everywhere, its second counts up with every upload.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MOODLE = re.compile(
    r"(?:^|/)(?P<name>[^/]+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)"
    r"(?:_?/|_)(?P<file>[^/].*)$"
)
CANVAS = re.compile(
    r"(?:^|/)(?:(?P<name>[^/]+?)_)??(?:(?P<late>LATE)_)?"
    r"(?:(?P<number>\d+)|anon_(?P<anonymous>[A-Za-z0-9]+))"
    r"_(?P<upload>\d{1,18})_(?P<file>[^/]+)$"
)
INBOUND = re.compile(
    r"(?:^|/)(?P<name>[^/+]+(?:\+[^/+]+)*?)\+(?P<unit>[^/+]+)\+"
    r"(?P<when>\d{4}-\d\d-\d\d[^/+]*(?:[+-]\d{4})?)(?:\+[^/+]*)?/(?P<file>.+)$"
)
# What has more digits is no number of a copy, and may have more than Python reads.
COPY = re.compile(r"(?:[ _]?\((\d{1,9})\)|-(\d{1,2})|-Copy(\d{1,9}))\.ipynb$")


@dataclass(frozen=True)
class Named:
    """What a name says.

    Attributes:
        number: the student's number in the LMS; "" where there is none.
        name: the student's name as the LMS writes it; "" where it is anonymous.
        file: the student's own name for the file.
        late: marked as late.
        upload: later uploads have larger numbers, where the LMS tells.
        when: the time of handing in, where the name tells.
    """

    number: str
    name: str
    file: str
    late: bool = False
    upload: int = 0
    when: str = ""

    @property
    def copy(self) -> int:
        """The n of "file (n).ipynb" and "file-n.ipynb"; 0 without one."""
        found = COPY.search(self.file)
        return int(next(filter(None, found.groups()))) if found else 0

    @property
    def who(self) -> str:
        """What stands for the student in messages."""
        number = f"({self.number})" if self.number else ""
        return f"{self.name} {number}".strip()


def moodle(path: str, unit: str) -> Named | None:
    """Read a path in Moodle's "Download all submissions", in folders or flat."""
    found = MOODLE.search(path)
    if not found:
        return None
    return Named(found["number"], found["name"].strip(), found["file"])


def canvas(path: str, unit: str) -> Named | None:
    """Read a path in Canvas's "Download Submissions"."""
    found = CANVAS.search(path)
    # In one of Moodle's folders, a student's own "hw_1_2_x.ipynb" would look like it.
    if not found or MOODLE.search(path):
        return None
    return Named(
        number=found["number"] or f"anon-{found['anonymous']}",
        name=found["name"] or "",
        file=found["file"],
        late=bool(found["late"]),
        upload=int(found["upload"]),
    )


def inbound(path: str, unit: str) -> Named | None:
    """Read a path in the `inbound` folder of nbgrader's exchange."""
    found = INBOUND.search(path)
    if not found or found["unit"] != unit:
        return None
    return Named("", found["name"], found["file"], when=found["when"])


CONVENTIONS: dict[str, Callable[[str, str], Named | None]] = {
    "moodle": moodle,
    "canvas": canvas,
    "nbgrader": inbound,
}
