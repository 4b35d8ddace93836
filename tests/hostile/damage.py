"""Files that are broken, or are no notebooks at all.

Whose answers can still be read gets the points for them; the rest gets one line.
"""

import gzip
import json
from pathlib import Path

from .case import Hostile
from .damage_places import PLACES, elsewhere


def damaged(name: str, change, says: str, points: float = 0) -> Hostile:
    """Hand in bytes that are made of those of a right notebook."""

    def put(path: Path, data: bytes) -> None:
        path.write_bytes(change(data))

    return Hostile(name, points=points, says=says, put=put)


def edited(name: str, edit, points: float = 3, says: str = "right") -> Hostile:
    """Hand in a right notebook of which something was changed."""
    return Hostile(name, points=points, says=says, edit=edit)


def deep(open_: str, close: str) -> bytes:
    return f'{{"nbformat": 4, "cells": {open_ * 10**5}{close * 10**5}}}'.encode()


BYTES = (
    damaged("empty", lambda data: b"", "is empty (0 bytes)"),
    damaged("only-zeros", lambda data: bytes(5000), "is empty (5000 bytes)"),
    damaged("cut-off", lambda data: data[: len(data) // 2], "is damaged: "),
    damaged("cut-off-by-one", lambda data: data[:-1], "is damaged: "),
    damaged("not-json", lambda data: b"<html><script>alert(1)</script>", "begins with"),
    damaged("a-zip", lambda data: b"PK\3\4" + bytes(range(256)), "is a zip archive"),
    damaged("a-pickle", lambda data: b"\x80\4cos\nsystem\n(S'id'\ntR.", "is not UTF-8"),
    damaged("gzipped", gzip.compress, "is not UTF-8 text"),
    damaged(
        "text-of-json", lambda d: json.dumps(d.decode()).encode(), "text, expected"
    ),
    damaged(
        "format-not-a-number",
        lambda data: data.replace(b'"nbformat": 4', b'"nbformat": NaN'),
        "in notebook format (none)",
    ),
    damaged("in-python", lambda data: b"def neuron_grads(): pass", "begins with"),
    damaged("merge-conflict", lambda data: b"<<<<<<< HEAD\n" + data, "'<<<<<<< HEAD"),
    damaged("twice-in-one-file", lambda data: data * 2, "is damaged: extra data"),
    damaged("zero-inside", lambda data: data.replace(b'"', b'"\0', 9), "is damaged: "),
    damaged("zeros-at-its-end", lambda data: data + bytes(5000), "right", 3),
    damaged("byte-order-mark", lambda data: b"\xef\xbb\xbf" + data, "right", 3),
    damaged("utf-16", lambda data: data.decode().encode("utf-16"), "in utf-16", 3),
    damaged("utf-32", lambda data: data.decode().encode("utf-32"), "in utf-32", 3),
    damaged(
        "latin-1",
        lambda data: data.replace(b"np.tanh", b"np.tanh", 1).replace(
            b"b7c1-hostile", b"b7c1-\xe9\xff-hostile"
        ),
        "is not UTF-8 text",
        3,
    ),
    damaged("deep-lists", lambda data: deep("[", "]"), "nested too deeply"),
    damaged("deep-objects", lambda data: deep('{"a":', "}"), "is damaged"),
    damaged("many-lists", lambda data: deep("[],", "")[:99] * 99999, "lists in it"),
    damaged(
        "huge-number",
        lambda data: data.replace(b'"nbformat": 4', b'"nbformat": ' + b"4" * 9999),
        "a number in it is too long",
    ),
    damaged("a-list", lambda data: b"[" + data + b"]", "is not a notebook: a list"),
    damaged("null", lambda data: b"null", "is not a notebook: missing"),
    damaged(
        "twice-the-same-key",
        lambda data: data.replace(b'"cells"', b'"cells": 5, "nbformat": 2, "cells"', 1),
        "right",
        3,
    ),
    damaged(
        "fifty-megabytes",
        lambda data: data.replace(
            b'"source": [', b'"source": ["' + b"x" * 50_000_000 + b'",', 1
        ),
        "is too big: 50",
    ),
)


def versions(number: int):
    def edit(notebook):
        notebook["nbformat"] = number

    return edit


def old(number: int):
    """The notebook as it was written ten years ago."""

    def put(path, data):
        cells = [dict(cell) for cell in json.loads(data)["cells"]]
        for cell in cells:
            if cell["cell_type"] == "code":
                cell |= {"input": cell.pop("source"), "outputs": []}
                cell |= {"language": "python", "prompt_number": 1, "collapsed": False}
            if number == 2:
                del cell["metadata"]
        path.write_text(
            json.dumps(
                {
                    "nbformat": number,
                    "nbformat_minor": 0,
                    "metadata": {"name": ""},
                    "worksheets": [{"cells": cells}],
                }
            )
        )

    return put


def half_an_id(notebook):
    """A locked cell of nobody's, whose id no encoding can hold."""
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "code")
    marks = {"grade": True, "solution": False, "locked": True, "points": 1}
    marks |= {"grade_id": "\ud800", "checksum": "0" * 32}
    notebook["cells"].append({**cell, "id": "half", "metadata": {"nbgrader": marks}})


def language(name: str):
    def edit(notebook):
        notebook["metadata"] = {
            "kernelspec": {"name": "other", "language": name, "display_name": name},
            "language_info": {"name": name},
        }

    return edit


def every_cell(change):
    def edit(notebook):
        for cell in notebook["cells"]:
            change(cell)

    return edit


def first_cell(**changes):
    def edit(notebook):
        notebook["cells"].insert(0, {"cell_type": "code", "metadata": {}} | changes)

    return edit


def lose_cells(notebook):
    notebook["cells"] = {"0": notebook["cells"]}


def in_one(cell):
    cell["source"] = "".join(cell["source"])


def attached_by_path(notebook):
    names = ("../../../etc/passwd", "a/../b.png", "\0", "C:\\x", "x" * 10**5)
    attached = {name: {"image/png": "AAAA"} for name in names}
    cell = {"cell_type": "markdown", "metadata": {}, "attachments": attached}
    notebook["cells"].insert(0, {**cell, "source": f"![x](attachment:{names[0]})"})


def megabytes_of_figures(notebook):
    image = {"data": {"image/png": "A" * 10**7}, "output_type": "display_data"}
    notebook["cells"][0]["outputs"] = [image]


FORMATS = (
    *(
        edited(f"nbformat-4-{minor}", lambda nb, n=minor: nb.update(nbformat_minor=n))
        for minor in (0, 1, 2, 3, 4, 5, 99, -1)
    ),
    edited("half-an-id", half_an_id),
    edited("nbformat-as-float", versions(4.0)),
    elsewhere("nbformat-3", old(3), "right", 3),
    elsewhere("nbformat-2", old(2), "no cell of this notebook is marked as one", 3),
    *(
        edited(
            f"nbformat-{number}", versions(number), 0, f"in notebook format {number}"
        )
        for number in (0, 1, 5, 40)
    ),
    edited("nbformat-missing", lambda nb: nb.pop("nbformat"), 0, "format (none)"),
    edited("nbformat-3-of-nothing", versions(3), 0, "cannot be upgraded"),
    edited("cells-missing", lambda nb: nb.pop("cells"), 0, "`cells` is missing"),
    edited("cells-of-no-list", lose_cells, 0, "`cells` is an object"),
    edited(
        "six-thousand-cells", lambda nb: nb["cells"].extend([{}] * 6000), 0, "cells, at"
    ),
    edited("metadata-missing", lambda nb: nb.pop("metadata")),
    edited("metadata-of-no-object", lambda nb: nb.update(metadata=[5])),
    edited("in-r", language("R"), 0, "is a notebook in 'R', expected Python"),
    edited("in-julia", language("julia"), 0, "is a notebook in 'julia'"),
    edited("in-c", language("\n\x1b[31mC++"), 0, "expected Python"),
    edited("another-python", language("ipython")),
    edited("source-in-one", every_cell(in_one)),
    edited("ids-missing", every_cell(lambda cell: cell.pop("id", None))),
    edited("ids-alike", every_cell(lambda cell: cell.update(id="one"))),
    edited("ids-of-no-text", every_cell(lambda cell: cell.update(id=[{}]))),
    edited(
        "outputs-of-no-list", every_cell(lambda cell: cell.update(outputs={"a": 5}))
    ),
    edited(
        "outputs-without-sense", every_cell(lambda c: c.update(outputs=[5, None, {}]))
    ),
    edited("counts-of-no-number", every_cell(lambda c: c.update(execution_count="x"))),
    edited("not-a-number", every_cell(lambda c: c.update(outputs=[float("nan")]))),
    edited(
        "source-of-nothing", first_cell(source=None), says="source that is not text"
    ),
    edited(
        "source-of-numbers", first_cell(source=[1, 2]), says="source that is not text"
    ),
    edited(
        "source-of-half-a-character", first_cell(source="'\ud800'"), says="no text can"
    ),
    edited("source-with-a-zero", first_cell(source="x = 1\0")),
    edited("source-missing", first_cell(), says="source that is not text"),
    edited(
        "cells-that-are-none", lambda nb: nb["cells"].insert(0, None), says="left out"
    ),
    edited("a-cell-of-no-type", first_cell(source="", cell_type=None), says="raw text"),
    edited(
        "a-cell-of-old", first_cell(source="Hi", cell_type="heading"), says="raw text"
    ),
    edited("attachments", first_cell(source="x", attachments={"a": {"b": 5}})),
    edited(
        "attached-by-path", attached_by_path, says="'../../../etc/passwd' is left out"
    ),
    edited(
        "numbers-of-4000-digits",
        every_cell(lambda cell: cell.update(execution_count=10**4000)),
    ),
    edited("ten-megabytes-of-figures", megabytes_of_figures),
)


SUBMISSIONS = (*BYTES, *FORMATS, *PLACES)
