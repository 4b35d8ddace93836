"""The end of the wire that trusts nothing: a frame of bytes becomes plain data.

Nothing is unpickled, no object is of a sender's choosing, and what is longer, deeper or
other than agreed is refused, if it can be before it takes memory.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.adapters import Named, Opaque, Rng
from nnkit.sandbox.agreed import (
    DTYPES,
    MAGIC,
    MAX_ARRAYS,
    MAX_DEPTH,
    MAX_DIMS,
    MAX_HEADER,
    MAX_ITEMS,
    MAX_PIECES,
    MAX_TEXT,
    WireError,
    is_vast,
)

# Parsed, a bracket of three bytes takes seventy: the text alone is no bound. The
# longest of texts may be nothing but commas.
_MAX_MARKS = MAX_TEXT + 4 * MAX_ITEMS
# Taken before any student code runs, which may patch the names it can reach.
_loads = json.loads


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
    if len(entries) > MAX_PIECES:
        raise WireError(f"more than {MAX_PIECES} arrays")
    plans = []
    total = 0
    for entry in entries:
        if type(entry) is not list or len(entry) != 2 or type(entry[1]) is not list:
            raise WireError("an array's entry is not [dtype, shape]")
        name, shape = entry
        if type(name) is not str or name not in DTYPES:
            raise WireError("an array of a dtype that may not cross")
        sizes_ok = all(type(n) is int and 0 <= n <= MAX_ARRAYS for n in shape)
        if len(shape) > MAX_DIMS or not sizes_ok or is_vast(shape):
            raise WireError("an array's shape is out of bounds")
        size = math.prod(shape) * DTYPES[name].itemsize
        total += size
        if total > MAX_ARRAYS:
            raise WireError(f"more than {MAX_ARRAYS} bytes of arrays")
        plans.append((DTYPES[name], shape, size))
    # All sizes are known to be in bounds before the first byte is waited for.
    data = memoryview(read(total) if total else b"")
    found, start = [], 0
    for dtype, shape, size in plans:
        raw = data[start : (start := start + size)]
        found.append(np.frombuffer(raw, dtype=dtype).reshape(shape).copy())
    return found


class _Arrays:
    """Hands out each array once, in order: no small frame unfolds into a big value.

    And counts what is made beside them.
    """

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self.waiting = arrays[::-1]
        self.taken = 0
        self._pieces = len(arrays)

    def add(self) -> None:
        """Count a list, a tuple or a dict."""
        self._pieces += 1
        if self._pieces > MAX_PIECES:
            raise WireError(f"more than {MAX_PIECES} arrays, lists and dicts")

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
        arrays.add()
        return [_unpack(item, arrays, depth + 1) for item in node]
    if type(node) is not dict or len(node) != 1:
        raise WireError("a node of the body is of no known kind")
    [(tag, inner)] = node.items()
    if tag in _HOLDING:
        arrays.add()
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


_HOLDING = frozenset("td")
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
