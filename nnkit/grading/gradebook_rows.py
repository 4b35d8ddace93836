"""Rows for nbgrader's tables, and for the three that nnkit adds to them."""

from __future__ import annotations

import math
from typing import Any

from nbgrader import api  # type: ignore[import-untyped]  # ships no types
from sqlalchemy import (
    Column,
    Connection,
    Float,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    update,
)

Row = dict[str, Any]

GRADED = Table(
    "nnkit_graded",
    MetaData(),
    Column("notebook_id", String(32), primary_key=True),
    Column("sha256", String(64), nullable=False),
)
"""Of each submitted notebook, the bytes that its rows are about.

nbgrader knows a hand-in by its time alone, and a folder of files has none. Whether a
person's score was given for what lies there now is known by this, after a crash, too:
it is written with the scores, or neither is.
"""

EXTENDED = Table(
    "nnkit_extended",
    MetaData(),
    Column("submission_id", String(32), primary_key=True),
    Column("seconds", Float, nullable=False),
)
"""Of each submission, the extension that came from a file, in seconds.

By this, what the file no longer says is taken back, and what somebody else has granted
is left as it is.
"""

KNOWN = Table(
    "nnkit_known",
    MetaData(),
    Column("student_id", String(128), primary_key=True),
)
"""Every student that this gradebook has ever had.

By this, who was removed is told from who has not been written yet: after a run that was
killed, or into a new gradebook.
"""


class Rows:
    """Rows to insert and to update, gathered so that each table is written at once."""

    # Parents first: a database that checks foreign keys checks them row by row.
    ORDER = (
        api.Student,
        api.SubmittedAssignment,
        api.SubmittedNotebook,
        api.Grade,
        api.Comment,
        GRADED,
    )

    def __init__(self) -> None:
        self._inserts: dict[Any, list[Row]] = {model: [] for model in self.ORDER}
        self._updates: dict[Any, list[Row]] = {model: [] for model in self.ORDER}

    def insert(self, model: Any, **row: Any) -> None:
        """Add a row, of all columns that are not to be empty."""
        self._inserts[model].append(row)

    def update(self, model: Any, key: str, **row: Any) -> None:
        """Change the row with this primary key; always the same columns of a table."""
        self._updates[model].append({"key": key, **row})

    def execute(self, connection: Connection) -> None:
        """Write what was gathered."""
        for model in self.ORDER:
            table = getattr(model, "__table__", model)
            if rows := self._inserts[model]:
                connection.execute(insert(table), rows)
            if rows := self._updates[model]:
                (named,) = table.primary_key
                here = named == bindparam("key")
                connection.execute(update(table).where(here), rows)


def score_of(points: object) -> float | None:
    """A score, or None for one that a person must give."""
    if isinstance(points, bool) or not isinstance(points, int | float):
        return None
    return float(points) if math.isfinite(points) else None


def clean(text: str) -> str:
    """Leave out what not every database stores: NUL, half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
