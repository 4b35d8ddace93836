"""The only thing that crosses the wall: plain data, length-framed.

    +-------+---------------+-------------------------+-----------------------+
    | NNK1  | header length | JSON header (UTF-8)     | the arrays' raw bytes |
    | magic | 4 bytes, big  | {"body":…, "arrays":[…]}| one after the other   |
    +-------+---------------+-------------------------+-----------------------+

`encode` runs on both sides, and what it makes is not believed; `decode` trusts nothing.
Of what a student returns, containers and numbers of the standard library and NumPy
cross as what they hold. What else is no plain data (a subclass of ndarray, an object)
becomes `Opaque`, which carries the name of its type and nothing else.
"""

from __future__ import annotations

import json
import math
import struct
from array import array as _array
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from nnkit.adapters import Named, Opaque, Rng
from nnkit.sandbox.agreed import (
    BROKEN,
    DTYPES,
    MAGIC,
    MAX_ARRAYS,
    MAX_DEPTH,
    MAX_DIMS,
    MAX_HEADER,
    MAX_ITEMS,
    MAX_PIECES,
    MAX_TEXT,
    NAMES,
    WireError,
    is_vast,
)
from nnkit.sandbox.decoding import decode, decode_bytes

__all__ = [
    "BROKEN",
    "DTYPES",
    "MAGIC",
    "MAX_DEPTH",
    "MAX_ITEMS",
    "MAX_PIECES",
    "MAX_TEXT",
    "Opaque",
    "WireError",
    "decode",
    "decode_bytes",
    "encode",
]

_SCALARS = {dtype.type for dtype in NAMES}
_ROW = 32
# Taken before any student code runs, which may patch the names it can reach.
_ndarray, _generic = np.ndarray, np.generic
_matrix, _masked, _mask_of = np.matrix, np.ma.MaskedArray, np.ma.getmask
# Text as it is and not in escapes, which take up to three times the bytes. Nothing goes
# round in circles that is MAX_DEPTH deep.
_dumps = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def encode(body: Any) -> bytes:
    """Frame a tree of plain data, arrays, `Rng` and `Named`.

    Raises:
        WireError: deeper than MAX_DEPTH or larger than the caps.
    """
    load = _Load([])
    tree = _pack(body, load, 0)
    arrays = load.arrays
    entries = [[NAMES[array.dtype], list(array.shape)] for array in arrays]
    header = _dumps({"body": tree, "arrays": entries}).encode()
    if len(header) > MAX_HEADER:
        raise WireError(
            f"{len(header)} bytes of header; at most {MAX_HEADER} may cross"
        )
    size = sum(array.nbytes for array in arrays)
    if size > MAX_ARRAYS:
        raise WireError(f"{size} bytes of arrays; at most {MAX_ARRAYS} may cross")
    blobs = [array.tobytes() for array in arrays]
    return b"".join([MAGIC, struct.pack(">I", len(header)), header, *blobs])


@dataclass
class _Load:
    """What is found while a body is packed: its arrays, and how many items it has."""

    arrays: list[np.ndarray]
    items: int = 0
    pieces: int = 0

    def add(self, items: int) -> None:
        """Count an array, or a list or dict of so many items."""
        self.items += items
        self.pieces += 1
        if self.items > MAX_ITEMS:
            raise WireError(f"more than {MAX_ITEMS} items in its lists")
        if self.pieces > MAX_PIECES:
            raise WireError(f"more than {MAX_PIECES} arrays, lists and dicts")


def _pack(value: Any, load: _Load, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError(f"nested more than {MAX_DEPTH} deep")
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return _whole(value)
    if kind is int:
        return value if abs(value) < 2**63 else {"o": "int beyond 64 bits"}
    if kind is float:
        return value if math.isfinite(value) else {"f": repr(value)}
    if kind is complex:
        return _pack(np.complex128(value), load, depth)
    if kind is list or kind is tuple or kind is dict:
        load.add(len(value))
    if (kind is list or kind is tuple) and _is_row(value):
        return _pack_array(np.array(value), "a", load)
    if kind is list:
        return [_pack(item, load, depth + 1) for item in value]
    if kind is tuple:
        return {"t": [_pack(item, load, depth + 1) for item in value]}
    if kind is dict:
        if not all(issubclass(type(key), str) for key in value):
            return {"o": "dict with keys that are not strings"}
        return {
            "d": [
                [_whole(str.__str__(key)), _pack(item, load, depth + 1)]
                for key, item in value.items()
            ]
        }
    if kind is _ndarray and value.dtype == object and value.ndim == 1:
        items = list(value)
        if any(type(item) is _ndarray for item in items):
            return _pack(items, load, depth + 1)  # so do arrays of several lengths come
    if kind is _ndarray or (isinstance(value, _generic) and kind.__module__ == "numpy"):
        return _pack_array(value, "a" if kind is _ndarray else "s", load)
    if kind is Rng:
        return {"r": value.seed}
    if kind is Named:
        return {"n": [value.name, _pack(dict(value.params), load, depth + 1)]}
    if kind is Opaque:
        return {"o": _whole(value.type_name)}
    plain = _plain(value, kind)
    if plain is not None:
        return _pack(plain, load, depth + 1)
    return {"o": _whole(f"{kind.__module__}.{kind.__qualname__}"[:120])}


def _is_row(value: Any) -> bool:
    """Say whether it is many of NumPy's numbers, which take long one by one.

    `list(row)` and `zip(*columns)` make such rows of an array's. No tuple of parts is
    as long.
    """
    if len(value) < _ROW or type(value[0]) not in _SCALARS:
        return False
    return len(set(map(type, value))) == 1


def _plain(value: Any, kind: type) -> Any:
    """Return what a named tuple, a deque, a matrix, a fraction hold, or None.

    Read by the base class's own methods: those of a subclass may say anything.
    """
    if kind in _NUMBERS:
        return _float(value)
    if issubclass(kind, tuple):
        return tuple(tuple.__iter__(value))
    if issubclass(kind, list):
        return list(list.__iter__(value))
    if issubclass(kind, dict):
        return dict(dict.items(value))
    if kind is deque:
        return list(value)
    unmasked = kind is _masked and not np.any(_mask_of(value))
    return np.asarray(value) if unmasked or kind in (_matrix, _array) else None


_NUMBERS = (Fraction, Decimal)
_PLAIN_NUMBERS = (int, float, *_NUMBERS)


def _float(value: Any) -> float | None:
    """Return a number of a type of ours as a float, or None if it has none."""
    try:
        return float(value)
    except (ValueError, OverflowError):  # a signaling NaN, a fraction beyond floats
        return None


def _whole(text: str) -> str:
    text = text[:MAX_TEXT]
    # A lone surrogate is legal in a str and illegal in UTF-8.
    return text if text.isascii() else text.encode(errors="replace").decode()


def _pack_array(value: Any, tag: str, load: _Load) -> dict[str, Any]:
    array = np.asarray(value)
    if array.dtype not in NAMES:
        array = _native(array)
    if array.dtype not in NAMES:
        return {"o": f"array of {array.dtype.name}"[:120]}
    if array.ndim > MAX_DIMS or (not array.size and is_vast(array.shape)):
        return {"o": f"array of the shape {array.shape}"[:120]}
    load.add(0)
    load.arrays.append(array)
    return {tag: len(load.arrays) - 1}


def _native(array: np.ndarray) -> np.ndarray:
    """Put numbers into this machine's byte order, and into doubles where they can."""
    if array.dtype == np.longdouble:
        return array.astype(np.float64)
    if array.dtype == np.clongdouble:
        return array.astype(np.complex128)
    if array.dtype == object:
        return _of_objects(array)
    if array.dtype.kind not in "biufc":
        return array
    native = array.dtype.newbyteorder("=")
    return array.astype(native) if native in NAMES else array


def _of_objects(array: np.ndarray) -> np.ndarray:
    """Return an array of floats if there is nothing but numbers in it.

    np.frompyfunc makes such arrays, and so does arithmetic on fractions.
    """
    found = [_real(item) for item in array.flat]
    if any(number is None for number in found):
        return array
    return np.array(found, dtype=np.float64).reshape(array.shape)


def _real(value: Any) -> float | None:
    kind = type(value)
    if issubclass(kind, _generic) and kind.__module__ == "numpy":
        return float(value) if value.dtype.kind in "iuf" else None
    return _float(value) if kind in _PLAIN_NUMBERS else None
