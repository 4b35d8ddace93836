"""Where in an array the error sits, in steps too coarse to lead back to what is right.

    0 right   1 below 1 %   2 below 10 %   3 below 100 %   4 more   5 not finite

of the size that errors of this part are measured against. The sign is never kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

STEPS = (0.01, 0.1, 1.0)
NOT_FINITE = 5
WIDEST = 12
"""Rows and columns that are kept: enough to see a pattern, few enough to read."""


@dataclass(frozen=True)
class ErrorMap:
    """The size of the error, entry by entry, in one part of one case.

    Attributes:
        part: which part.
        case: name of the case.
        shape: of the whole array; one number for a vector.
        corner: row and column of the first entry that is kept.
        levels: rows of steps, see above; a vector is one row.
        wrong: how many entries of the whole array are wrong.
    """

    part: str
    case: str
    shape: tuple[int, ...]
    corner: tuple[int, int]
    levels: tuple[tuple[int, ...], ...]
    wrong: int

    @classmethod
    def from_json(cls, data: Any) -> ErrorMap:
        """Rebuild a map from JSON's plain types."""
        return cls(
            part=data["part"],
            case=data["case"],
            shape=tuple(data["shape"]),
            corner=(data["corner"][0], data["corner"][1]),
            levels=tuple(map(tuple, data["levels"])),
            wrong=data["wrong"],
        )


def error_map(
    part: str,
    case: str,
    got: Array | None,
    want: Array,
    size: float | Array,
    tolerance: float,
) -> ErrorMap | None:
    """Map the error of a vector or a matrix; None for anything else.

    Args:
        part: name of the part.
        case: name of the case.
        got: what came back, None without numbers.
        want: the right part.
        size: what an error is measured against.
        tolerance: the largest relative error that is right.
    """
    fits = got is not None and got.shape == want.shape and 1 <= want.ndim <= 2
    if got is None or not fits or want.size < 2:
        return None
    values = got.astype(np.float64)
    with np.errstate(all="ignore"):
        error = np.where(values == want, 0.0, np.abs(values - want) / size)
    # An error of 100 % is not below 100 %, also where rounding takes a last digit off.
    levels = 1 + np.searchsorted(STEPS, error * (1 + 1e-9), side="right")
    levels[error <= tolerance] = 0
    levels[~np.isfinite(values) & (error != 0)] = NOT_FINITE
    table = np.atleast_2d(levels)
    # Where the array is too large, keep the window around its worst entry.
    row, column = np.unravel_index(table.argmax(), table.shape)
    top, left = _window(int(row), table.shape[0]), _window(int(column), table.shape[1])
    kept = table[top : top + WIDEST, left : left + WIDEST]
    return ErrorMap(
        part=part,
        case=case,
        shape=tuple(want.shape),
        corner=(top, left),
        levels=tuple(tuple(map(int, line)) for line in kept),
        wrong=int(np.count_nonzero(levels)),
    )


def _window(worst: int, length: int) -> int:
    return max(0, min(worst - WIDEST // 2, length - WIDEST))


def pattern(found: ErrorMap) -> str:
    """Say in words where the wrong entries sit."""
    total = int(np.prod(found.shape))
    if found.wrong == total:
        return f"all {total} entries are wrong"
    # A pattern in a window is no pattern of the whole.
    whole = len(found.levels) * len(found.levels[0]) == total
    wrong = np.array(found.levels) > 0
    rows, columns = np.flatnonzero(wrong.any(axis=1)), np.flatnonzero(wrong.any(axis=0))
    said = f"{found.wrong} of {total} entries are wrong"
    if found.wrong == 1:
        said = f"1 of {total} entries is wrong"
    if not whole or len(found.shape) < 2:
        return said
    if len(columns) == 1 and len(rows) > 1:
        return f"{said}, all in column {columns[0]}"
    if len(rows) == 1 and len(columns) > 1:
        return f"{said}, all in row {rows[0]}"
    if wrong.shape[0] == wrong.shape[1]:
        diagonal = np.eye(len(wrong), dtype=bool)
        if np.array_equal(wrong, diagonal):
            return f"{said}: the diagonal"
        if np.array_equal(wrong, ~diagonal):
            return f"{said}: all but the diagonal"
    return said
