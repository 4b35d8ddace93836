"""What both ends of the wire have agreed on: how large a frame may be, of which dtypes.

`wire` has the names that say so, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

MAGIC = b"NNK1"
ALONG = 1 << 16
"""Bytes to read at once, if they are there: as a rule the whole of a frame."""
MAX_HEADER = 8 << 20
MAX_ARRAYS = 64 << 20
MAX_DEPTH = 40
MAX_DIMS = 16
MAX_TEXT = 1 << 20
MAX_ITEMS = 400_000
"""Of all lists and dicts of a frame: three draws of a large layer's weights as lists
of lists, some 310 000 numbers, are a right answer. What has more belongs into an array.
"""
MAX_PIECES = 80_000
"""Arrays, lists and dicts of a frame: each takes the reader far longer than a number.
Weights as lists of rows have some 1 200; a pair for each of 20 000 steps, 40 000.
"""
DTYPES = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
BROKEN = 70
"""The exit code of a child that could not answer, whatever its notebook did to it."""
# A dtype's own `name` takes longer to make than an array to copy.
NAMES = {dtype: name for name, dtype in DTYPES.items()}


class WireError(ValueError):
    """A frame is not what the protocol allows."""


def is_vast(shape: Sequence[int]) -> bool:
    """Say whether an array is too large for NumPy, even if there is nothing in it."""
    # It multiplies the sizes that are not 0 even where one of them is.
    return math.prod(n or 1 for n in shape) > MAX_ARRAYS
