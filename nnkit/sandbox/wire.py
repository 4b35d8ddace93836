"""The only thing that crosses the wall: plain data, length-framed.

    +-------+---------------+-------------------------+-----------------------+
    | NNK1  | header length | JSON header (UTF-8)     | the arrays' raw bytes |
    | magic | 4 bytes, big  | {"body":…, "arrays":[…]}| one after the other   |
    +-------+---------------+-------------------------+-----------------------+

`encode` runs on both sides; `decode` trusts nothing: it never unpickles, builds no
object of a sender's choosing, and refuses what is longer, deeper or other than agreed.
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
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from nnkit.adapters import Named, Opaque, Rng

MAGIC = b"NNK1"
MAX_HEADER = 8 << 20
MAX_ARRAYS = 64 << 20
MAX_DEPTH = 40
MAX_DIMS = 16
MAX_TEXT = 1 << 20
MAX_ITEMS = 400_000
"""Of all lists and dicts of a frame: three draws of a large layer's weights as lists
of lists, some 310 000 numbers, are a right answer. What has more belongs into an array.
"""
# Parsed, a bracket of three bytes takes seventy: the text alone is no bound. The
# longest of texts may be nothing but commas.
_MAX_MARKS = MAX_TEXT + 4 * MAX_ITEMS
DTYPES = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
# A dtype's own `name` takes longer to make than an array to copy.
NAMES = {dtype: name for name, dtype in DTYPES.items()}
_SCALARS = {dtype.type for dtype in NAMES}
_ROW = 32
# Taken before any student code runs, which may patch the names it can reach.
_ndarray, _generic = np.ndarray, np.generic
_matrix, _masked, _mask_of = np.matrix, np.ma.MaskedArray, np.ma.getmask
_dumps, _loads = json.dumps, json.loads


class WireError(ValueError):
    """A frame is not what the protocol allows."""


def encode(body: Any) -> bytes:
    """Frame a tree of plain data, arrays, `Rng` and `Named`.

    Raises:
        WireError: deeper than MAX_DEPTH or larger than the caps.
    """
    load = _Load([])
    tree = _pack(body, load, 0)
    arrays = load.arrays
    entries = [[NAMES[array.dtype], list(array.shape)] for array in arrays]
    # As it is and not in escapes, which take up to three times the bytes.
    header = _dumps({"body": tree, "arrays": entries}, ensure_ascii=False).encode()
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

    def add(self, items: int) -> None:
        self.items += items
        if self.items > MAX_ITEMS:
            raise WireError(f"more than {MAX_ITEMS} items in its lists")


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
        return _pack_array(np.array(value), "a", load.arrays)
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
    if kind is _ndarray or (isinstance(value, _generic) and kind.__module__ == "numpy"):
        return _pack_array(value, "a" if kind is _ndarray else "s", load.arrays)
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
    # A lone surrogate is legal in a str and illegal in UTF-8.
    return text[:MAX_TEXT].encode(errors="replace").decode()


def _pack_array(value: Any, tag: str, arrays: list[np.ndarray]) -> dict[str, Any]:
    array = np.asarray(value)
    if array.dtype not in NAMES:
        array = _native(array)
    if array.dtype not in NAMES or array.ndim > MAX_DIMS:
        return {"o": f"array of {array.dtype.name}"[:120]}
    arrays.append(array)
    return {tag: len(arrays) - 1}


def _native(array: np.ndarray) -> np.ndarray:
    """Put numbers into this machine's byte order, and into doubles where they can."""
    if array.dtype == np.longdouble:
        return array.astype(np.float64)
    if array.dtype == object:
        return _of_objects(array)
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


def decode(read: Callable[[int], bytes]) -> Any:
    """Read one frame.

    Args:
        read: returns exactly as many bytes as it is asked for, or raises.

    Raises:
        WireError: anything about the frame is not as agreed. Whatever `read` raises
            (a connection that ends, a deadline that passes) is passed on.
    """
    start = read(8)
    if start[:4] != MAGIC:
        raise WireError("the frame does not start as one of ours")
    (length,) = struct.unpack(">I", start[4:])
    if length > MAX_HEADER:
        raise WireError(f"a header of {length} bytes; at most {MAX_HEADER} may cross")
    text = read(length)
    if sum(map(text.count, (b"[", b"{", b","))) > _MAX_MARKS:
        raise WireError(f"more than {_MAX_MARKS} brackets and commas")
    try:
        header = _loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise WireError("the header is not JSON") from error
    if type(header) is not dict or set(header) != {"body", "arrays"}:
        raise WireError("the header does not have the agreed keys")
    arrays = _Arrays(_read_arrays(header["arrays"], read))
    body = _unpack(header["body"], arrays, 0)
    if arrays.waiting:
        raise WireError("an array that the body does not mention")
    return body


def _read_arrays(entries: Any, read: Callable[[int], bytes]) -> list[np.ndarray]:
    if type(entries) is not list:
        raise WireError("the list of arrays is no list")
    plans = []
    total = 0
    for entry in entries:
        if type(entry) is not list or len(entry) != 2 or type(entry[1]) is not list:
            raise WireError("an array's entry is not [dtype, shape]")
        name, shape = entry
        if type(name) is not str or name not in DTYPES:
            raise WireError("an array of a dtype that may not cross")
        sizes_ok = all(type(n) is int and 0 <= n <= MAX_ARRAYS for n in shape)
        if len(shape) > MAX_DIMS or not sizes_ok:
            raise WireError("an array's shape is out of bounds")
        # NumPy multiplies the sizes that are not 0 even where one of them is.
        if math.prod(n or 1 for n in shape) > MAX_ARRAYS:
            raise WireError("an array's shape is out of bounds")
        size = math.prod(shape) * DTYPES[name].itemsize
        total += size
        if total > MAX_ARRAYS:
            raise WireError(f"more than {MAX_ARRAYS} bytes of arrays")
        plans.append((DTYPES[name], shape, size))
    # All sizes are known to be in bounds before the first byte is waited for.
    return [
        np.frombuffer(read(size), dtype=dtype).reshape(shape).copy()
        for dtype, shape, size in plans
    ]


class _Arrays:
    """Hands out each array once, in order: no small frame unfolds into a big value."""

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self.waiting = arrays[::-1]
        self.taken = 0

    def take(self, index: Any) -> np.ndarray:
        if type(index) is not int or index != self.taken or not self.waiting:
            raise WireError("an array mentioned out of turn")
        self.taken += 1
        return self.waiting.pop()


def _unpack(node: Any, arrays: _Arrays, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("the body is nested too deep")
    if node is None or type(node) in (bool, float):
        return node
    if type(node) is str:
        return _text(node)
    if type(node) is int:
        if abs(node) >= 2**63:
            raise WireError("an integer beyond 64 bits")
        return node
    if type(node) is list:
        return [_unpack(item, arrays, depth + 1) for item in node]
    if type(node) is not dict or len(node) != 1:
        raise WireError("a node of the body is of no known kind")
    [(tag, inner)] = node.items()
    try:
        return _UNPACK[tag](inner, arrays, depth + 1)
    except WireError:
        raise
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise WireError(f"a malformed node of the body, tag {tag[:8]!r}") from error


def _unpack_dict(inner: Any, arrays: _Arrays, depth: int) -> dict[str, Any]:
    pairs = [(_text(key), _unpack(item, arrays, depth)) for key, item in inner]
    return dict(pairs)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise WireError("a name that is no text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise WireError("text with half a character in it") from error
    return value


def _number(text: Any) -> float:
    if text not in ("nan", "inf", "-inf"):
        raise WireError("a special float of no known kind")
    return float(text)


def _seed(value: Any) -> Rng:
    if type(value) is not int:
        raise WireError("a seed that is no integer")
    return Rng(value)


def _named(inner: Any, arrays: _Arrays, depth: int) -> Named:
    params = _unpack(inner[1], arrays, depth)
    if type(params) is not dict:
        raise WireError("parameters that are no dict")
    return Named(_text(inner[0]), params)


_UNPACK: dict[str, Callable[[Any, _Arrays, int], Any]] = {
    "t": lambda x, arrays, depth: tuple(_unpack(i, arrays, depth) for i in x),
    "d": _unpack_dict,
    "a": lambda x, arrays, depth: arrays.take(x),
    "s": lambda x, arrays, depth: arrays.take(x).reshape(())[()],
    "f": lambda x, arrays, depth: _number(x),
    "o": lambda x, arrays, depth: Opaque(_text(x)[:200]),
    "r": lambda x, arrays, depth: _seed(x),
    "n": _named,
}


def decode_bytes(frame: bytes) -> Any:
    """Decode a frame that is already in memory.

    Raises:
        WireError: the frame is malformed, or shorter than it says.
    """
    position = 0

    def read(count: int) -> bytes:
        nonlocal position
        position += count
        if position > len(frame):
            raise WireError("the frame ends early")
        return frame[position - count : position]

    return decode(read)
