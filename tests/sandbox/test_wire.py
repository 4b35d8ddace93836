"""The wire: what may cross comes out as it went in, all else is refused."""

import json
import struct
import sys
from array import array
from collections import OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnkit.adapters import Named, Rng
from nnkit.judging.outcome import same
from nnkit.sandbox import decoding, wire

arrays = hnp.arrays(
    dtype=st.sampled_from(list(wire.DTYPES.values())),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats()
    | st.text(max_size=10)
    | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain)
def test_plain_data_comes_out_as_it_went_in(value):
    assert same(value, wire.decode_bytes(wire.encode(value)))


@pytest.mark.parametrize("value", [Rng(3), Named("quadratic_gradient", {"A": 1.5})])
def test_stand_ins_cross(value):
    assert wire.decode_bytes(wire.encode(value)) == value


class Subclass(np.ndarray):
    pass


class Number(float):
    pass


@pytest.mark.parametrize(
    "value",
    [
        object(),
        np.ones(2).view(Subclass),
        Number(1.0),
        np.array([object()]),
        np.array([1.0, True], dtype=object),
        np.ma.masked_array([1.0, 2.0], mask=[False, True]),
        Decimal("sNaN"),
        Fraction(10**400),
        array("w" if sys.version_info >= (3, 13) else "u", "ab"),
        lambda: 0,
        {1: 2},
        10**30,
        np.datetime64("2020-01-01"),
    ],
)
def test_what_is_no_plain_data_becomes_a_name(value):
    assert isinstance(wire.decode_bytes(wire.encode(value)), wire.Opaque)


class Silent(dict):
    def __iter__(self):
        return iter(())

    keys = values = items = __iter__


class Endless(tuple):
    __slots__ = ()

    def __iter__(self):
        while True:
            yield 1.0


Pair = namedtuple("Pair", "dw db")


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize(
    ("make", "plain"),
    [
        (lambda: Pair(np.ones(2), [3]), (np.ones(2), [3])),
        (lambda: OrderedDict(b=1.5, W=Pair(1, 2)), {"b": 1.5, "W": (1, 2)}),
        (lambda: defaultdict(float, b=1.5), {"b": 1.5}),
        (lambda: np.matrix("1 2; 3 4"), np.array([[1, 2], [3, 4]])),
        (lambda: Silent(b=1.5), {"b": 1.5}),
        (lambda: dict.fromkeys(np.sort(["b", "W"]), 1.5), {"W": 1.5, "b": 1.5}),
        (lambda: Endless((1.0, 2.0)), (1.0, 2.0)),
        (lambda: deque([Fraction(1, 4), Decimal("-0.5")]), [0.25, -0.5]),
        (lambda: array("d", [1.5, 2.5]), np.array([1.5, 2.5])),
        (lambda: np.ma.masked_array([1.5, 2.5]), np.array([1.5, 2.5])),
        (
            lambda: np.array([[1, Fraction(1, 2)], [np.float32(3), 4.5]]),
            np.array([[1.0, 0.5], [3.0, 4.5]]),
        ),
        (lambda: np.array(Fraction(1, 4)), np.array(0.25)),
    ],
)
def test_containers_cross_as_what_they_hold_and_not_as_what_they_say(make, plain):
    assert same(wire.decode_bytes(wire.encode(make())), plain)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64])
def test_rows_of_numpys_numbers_cross_as_fast_as_arrays(kind):
    rows = np.arange(12_000).reshape(100, 120).astype(kind)
    frame = wire.encode([list(row) for row in rows])
    assert len(frame) < 1.2 * rows.nbytes
    back = wire.decode_bytes(frame)
    assert all(row.dtype == kind for row in back)
    assert np.array_equal(back, rows)


def test_a_row_of_several_types_crosses_number_by_number():
    row = [np.float64(0.5), *[np.float32(0.25)] * 40, 3]
    back = wire.decode_bytes(wire.encode(row))
    assert same(back, row)


def test_big_endian_and_strided_arrays_cross_by_value():
    array = np.arange(12.0).reshape(3, 4)[::2, ::-1].astype(">f8")
    back = wire.decode_bytes(wire.encode(array))
    assert np.array_equal(back, array)
    assert back.flags.c_contiguous
    assert back.flags.writeable


def frame(header, blobs=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return wire.MAGIC + struct.pack(">I", len(text)) + text + blobs


def body(node, arrays=()):
    return {"body": node, "arrays": list(arrays)}


DEEP = b'{"body": ' + b"[" * 5000 + b"]" * 5000 + b', "arrays": []}'
MALFORMED = {
    "another magic": b"EVIL" + frame(body(1))[4:],
    "no json": frame(b"\x80\x04pickle"),
    "no utf-8": frame(b"\xff\xfe"),
    "a list": frame([]),
    "other keys": frame({"body": 1}),
    "unknown tag": frame(body({"x": 1})),
    "two tags": frame(body({"t": [], "d": []})),
    "tuple of number": frame(body({"t": 5})),
    "dict of no pairs": frame(body({"d": [[1]]})),
    "dict with no text as key": frame(body({"d": [[1, 2]]})),
    "missing array": frame(body({"a": 0})),
    "array twice": frame(body([{"a": 0}, {"a": 0}], [["float64", [0]]])),
    "array unmentioned": frame(body(1, [["float64", [0]]])),
    "negative index": frame(body({"a": -1}, [["float64", [0]]])),
    "object dtype": frame(body({"a": 0}, [["object", [1]]]), bytes(8)),
    "negative size": frame(body({"a": 0}, [["float64", [-1]]])),
    "huge array": frame(body({"a": 0}, [["float64", [2**40]]])),
    "huge by product": frame(body({"a": 0}, [["float64", [2**20, 2**20]]])),
    "huge beside a zero": frame(body({"a": 0}, [["float64", [0, 2**26, 2**26, 9]]])),
    "half a character": frame(b'{"body": "\\ud800", "arrays": []}'),
    "half a character in a key": frame(
        b'{"body": {"d": [["\\ud800", 1]]}, "arrays": []}'
    ),
    "many dimensions": frame(body({"a": 0}, [["float64", [1] * 40]])),
    "boolean size": frame(body({"a": 0}, [["float64", [True]]]), bytes(8)),
    "truncated": frame(body({"a": 0}, [["float64", [4]]]), bytes(8)),
    "huge header": wire.MAGIC + struct.pack(">I", 2**32 - 1),
    "deep": frame(DEEP),
    "huge integer": frame(body(2**70)),
    "strange float": frame(body({"f": "1e5"})),
    "scalar of many": frame(body({"s": 0}, [["float64", [2]]]), bytes(16)),
    "seed of text": frame(body({"r": "x"})),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_frames_are_refused(name):
    with pytest.raises(wire.WireError):
        wire.decode_bytes(MALFORMED[name])


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data):
    with pytest.raises(wire.WireError):
        wire.decode_bytes(wire.MAGIC + struct.pack(">I", len(data)) + data)


def test_text_takes_its_own_bytes_and_no_more():
    text = "\N{GRINNING FACE}" * wire.MAX_TEXT
    assert wire.decode_bytes(wire.encode(text)) == text


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}, type("\u2028", (), {})()])
def test_half_characters_cross_as_question_marks(value):
    crossed = wire.decode_bytes(wire.encode(value))
    assert "\ud800" not in repr(crossed)


def test_what_is_too_deep_is_not_sent():
    value = []
    for _ in range(wire.MAX_DEPTH + 2):
        value = [value]
    with pytest.raises(wire.WireError):
        wire.encode(value)


@pytest.mark.parametrize(
    "value", [[0.0] * 10**6, {"a": [[0] * 200] * 2000}, [(0,) * 10**3] * 10**3]
)
def test_what_has_too_many_items_is_not_sent(value):
    with pytest.raises(wire.WireError, match=f"more than {wire.MAX_ITEMS} items"):
        wire.encode(value)


@pytest.mark.parametrize("piece", [[0.5], (), {"a": 0.5}, np.zeros(0), np.float64(1)])
def test_of_what_takes_longer_than_a_number_less_may_cross(piece, monkeypatch):
    for module in (wire, decoding):
        monkeypatch.setattr(module, "MAX_PIECES", 300)
    value = [0.5, piece] * 300
    said = "more than 300 arrays"
    with pytest.raises(wire.WireError, match=said):
        wire.encode(value)
    assert len(wire.decode_bytes(wire.encode(value[:598]))) == 598
    # Who sends may have patched what counts there.
    monkeypatch.setattr(wire, "MAX_PIECES", 10**9)
    frame = wire.encode(value)
    with pytest.raises(wire.WireError, match=said):
        wire.decode_bytes(frame)


def test_what_would_unfold_into_too_many_items_is_refused():
    text = b'{"body": [' + b"[]," * 2_000_000 + b'0], "arrays": []}'
    frame = wire.MAGIC + struct.pack(">I", len(text)) + text
    with pytest.raises(wire.WireError, match="brackets and commas"):
        wire.decode_bytes(frame)


def test_the_longest_text_crosses_whatever_is_in_it():
    text = "," * wire.MAX_TEXT
    assert wire.decode_bytes(wire.encode({"source": text})) == {"source": text}


def test_what_refers_to_itself_is_not_sent():
    value = []
    value.append(value)
    with pytest.raises(wire.WireError):
        wire.encode(value)
