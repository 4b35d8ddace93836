"""Files that are damaged, odd or no notebooks: what can be graded is."""

import hashlib
import json
import os
import socket

import nbformat
import pytest
from grading_builders import (
    UNIT,
    answered,
    check,
    nbcell,
    notebook,
)

from nnkit.grading.submission import (
    MAX_NOTES,
    SubmissionError,
    read_submission,
)

SURROGATE = "x = '\ud800'"


class TestOddNotebooks:
    """Damage that leaves something to grade."""

    def test_older_and_newer_minor_versions(self, read):
        for minor in (0, 2, 5, 9, "x", None):
            nb = notebook(answered(), nbformat_minor=minor)
            assert read(nb).notes == ()

    def test_nbformat_3_is_upgraded(self, read):
        node = nbformat.from_dict(notebook(answered()))
        old = nbformat.v4.downgrade(node)
        submission = read(json.dumps(old))
        assert submission.cells[2].source == "def neuron(x):\n    return x"
        assert submission.cells[6].role == "check"

    def test_nbformat_2_is_upgraded(self, read):
        cell = {"cell_type": "code", "input": "x = 1", "outputs": []}
        old = {"nbformat": 2, "metadata": {}, "worksheets": [{"cells": [cell]}]}
        assert "x = 1" in [cell.source for cell in read(json.dumps(old)).cells]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
    def test_another_encoding_of_unicode(self, read, encoding):
        data = json.dumps(notebook(answered())).encode(encoding)
        submission = read(data)
        assert submission.cells[2].source == "def neuron(x):\n    return x"
        assert submission.notes == (f"the file is in {encoding}: read as such",)

    def test_bytes_that_are_no_text_cost_nothing_but_themselves(self, read):
        cells = answered()
        cells[0]["source"] = "# Ol!"
        data = json.dumps(notebook(cells)).encode().replace(b"Ol!", b"Ol\xe9")
        submission = read(data)
        assert submission.cells[0].source == "# Ol\ufffd"
        assert submission.cells[2].source == "def neuron(x):\n    return x"
        (note,) = submission.notes
        assert f"is not UTF-8 text, byte {data.index(0xE9)} is 0xe9" in note

    def test_an_end_of_zeros(self, read):
        assert read(json.dumps(notebook(answered())).encode() + bytes(99)).notes == ()

    def test_byte_order_mark(self, read):
        data = b"\xef\xbb\xbf" + json.dumps(notebook(answered())).encode()
        assert read(data).notes == ()

    def test_nan_in_an_output(self, read):
        cells = answered()
        cells[0]["outputs"] = [{"data": {"application/json": float("nan")}}]
        assert read(cells).notes == ()

    def test_a_conda_kernel_is_python(self, read):
        nb = notebook(answered())
        nb["metadata"] = {"kernelspec": {"name": "conda-env-ml", "language": "python"}}
        assert read(nb).notes == ()

    @pytest.mark.parametrize("metadata", [None, 5, [], {"kernelspec": "python"}])
    def test_odd_metadata_of_the_notebook(self, read, metadata):
        assert read(notebook(answered(), metadata=metadata)).notes == ()

    @pytest.mark.parametrize("odd", [None, 5, "x", [], {"nbgrader": 5}])
    def test_odd_metadata_of_a_cell(self, read, odd):
        cells = answered()
        cells[0]["metadata"] = odd
        assert read(cells).notes == ()

    @pytest.mark.parametrize("grade_id", [None, 5, ["grads"], {}, ""])
    def test_a_grade_id_that_is_no_text(self, read, grade_id):
        cells = answered()
        cells[0]["metadata"] = {"nbgrader": {"grade_id": grade_id}}
        assert read(cells).notes == ()

    @pytest.mark.parametrize("tags", ["demonstration", 5, [5, None, {}]])
    def test_odd_tags(self, read, tags):
        cells = answered()
        cells[0]["metadata"] = {"tags": tags}
        assert read(cells).notes == ()

    @pytest.mark.parametrize(
        ("source", "kept", "note"),
        [
            (5, "", "not text"),
            (None, "", "not text"),
            ({}, "", "not text"),
            (["a", 5, "b"], "ab", "not text"),
            (SURROGATE, "x = '?'", "no text can hold"),
        ],
    )
    def test_source_that_is_no_text(self, read, source, kept, note):
        cells = answered()
        cells.append(nbcell("x"))
        cells[-1]["source"] = source
        submission = read(cells)
        assert submission.cells[-1].source == kept
        assert note in submission.notes[0]

    @pytest.mark.parametrize("odd", [5, None, "x", []])
    def test_a_cell_that_is_none_is_left_out(self, read, odd):
        submission = read([*answered(), odd])
        assert len(submission.cells) == 8
        assert "not a cell" in submission.notes[0]

    @pytest.mark.parametrize("kind", [None, 5, "heading", ["code"], {}])
    def test_an_unknown_type_is_raw_text(self, read, kind):
        cells = answered()
        cells[0]["cell_type"] = kind
        submission = read(cells)
        assert submission.cells[0].kind == "raw"
        assert "kept as raw text" in submission.notes[0]

    def test_notes_are_few_and_one_line_each(self, read):
        cells = [check(f"evil\n{i}", "x", 1) for i in range(1000)]
        notes = read(cells + answered()).notes
        assert len(notes) == MAX_NOTES + 1
        assert notes[-1].startswith("and 980 more")
        assert not any("\n" in note for note in notes)


DAMAGED = {
    "empty": (b"", r"is empty \(0 bytes\)"),
    "blank": (b" \n\0\0", "is empty"),
    "not JSON": (b"<html>", "is not a notebook: it begins with '<html>'"),
    "cut off": (b'{"nbformat": 4, "ce', "breaks off in line 1, after 19 characters"),
    "cut off between": (b'{"nbformat":\n 4 \n', "breaks off in line 3, after 17"),
    "comma missing": (b'{"a": 1 "b": 2}', "damaged: expecting ',' delimiter at line 1"),
    "UTF-16": ("{}".encode("utf-16"), r"is in notebook format \(none\), expected 4"),
    "UTF-16, cut off": ("[5]".encode("utf-16")[:-1], "is not utf-16 text: byte 6 is"),
    "Latin-1": (b'{"a": "\xe9" 1}', "is damaged: expecting ',' delimiter"),
    "zip": (b"PK\x03\x04\x14\x00\x08\x80", "is a zip archive"),
    "deep": (b"[" * 100_000, "nested too deeply"),
    "deep object": (b'{"a":' * 100_000, "nested too deeply"),
    "long number": (b'{"nbformat": ' + b"9" * 5000 + b"}", "a number in it is too"),
    "list": (b"[]", "is not a notebook: a list"),
    "number": (b"5", "is not a notebook: a number"),
    "null": (b"null", "is not a notebook: missing"),
    "no format": (b"{}", r"is in notebook format \(none\), expected 4"),
    "format 1": (b'{"nbformat": 1}', "is in notebook format 1, expected 4"),
    "format 2": (b'{"nbformat": 2}', "is in notebook format 2 and cannot be upgraded"),
    "format 5": (b'{"nbformat": 5}', "is in notebook format 5, expected 4"),
    "format true": (b'{"nbformat": true}', "is in notebook format True"),
    "format text": (b'{"nbformat": "4"}', "is in notebook format '4'"),
    "format 3, broken": (b'{"nbformat": 3, "worksheets": 5}', "cannot be upgraded"),
    "format 3, empty": (b'{"nbformat": 3}', "cannot be upgraded"),
    "no cells": (b'{"nbformat": 4}', "`cells` is missing, expected a list"),
    "cells": (b'{"nbformat": 4, "cells": {}}', "`cells` is an object, expected a list"),
    "many": (json.dumps(notebook([5] * 5001)).encode(), "has 5001 cells, at most 5000"),
    "lists": (b'{"a": [' + b"[]," * 1_000_001 + b"0]}", "more than 1,000,000 lists"),
    "R": (
        b'{"nbformat": 4, "cells": [], "metadata": {"language_info": {"name": "R"}}}',
        "is a notebook in 'R', expected Python",
    ),
}


class TestUnreadable:
    @pytest.mark.parametrize("case", DAMAGED)
    def test_damage_is_one_line(self, read, case):
        content, message = DAMAGED[case]
        with pytest.raises(SubmissionError, match=message) as caught:
            read(content, timestamp="2024-03-01 12:00:00 UTC")
        assert str(caught.value).startswith(f"ada/{UNIT}/{UNIT}.ipynb ")
        assert "\n" not in str(caught.value)
        assert caught.value.sha256 == hashlib.sha256(content).hexdigest()
        assert caught.value.timestamp == "2024-03-01 12:00:00 UTC"

    def test_every_truncation_is_answered_in_one_line(self, hand_in, release):
        data = json.dumps(notebook(answered()[:3])).encode()
        for size in range(len(data)):
            with pytest.raises(SubmissionError, match=r"is damaged|is empty"):
                read_submission("ada", hand_in(data[:size]), release)

    def test_too_big(self, hand_in, release):
        path = hand_in(answered())
        with pytest.raises(SubmissionError, match=r"too big.*at most 0\.001"):
            read_submission("ada", path, release, max_bytes=1000)
        os.truncate(path, 10**12)
        with pytest.raises(SubmissionError, match=r"too big: 1000000\.0 MB"):
            read_submission("ada", path, release)

    def test_a_link_is_not_followed(self, hand_in, release, tmp_path):
        path = hand_in(answered())
        path.rename(tmp_path / "elsewhere.ipynb")
        path.symlink_to(tmp_path / "elsewhere.ipynb")
        with pytest.raises(SubmissionError, match="is a link, not a file"):
            read_submission("ada", path, release)

    def test_a_pipe_is_not_waited_for(self, hand_in, release):
        path = hand_in(answered())
        path.unlink()
        os.mkfifo(path)
        with pytest.raises(SubmissionError, match="not a regular file"):
            read_submission("ada", path, release)

    def test_a_device_is_not_even_opened(self, hand_in, release, monkeypatch):
        path = hand_in(answered())
        path.unlink()
        with socket.socket(socket.AF_UNIX) as server:
            monkeypatch.chdir(path.parent)  # such a path must be short
            server.bind(path.name)
            monkeypatch.setattr(os, "open", None)
            with pytest.raises(SubmissionError, match="not a regular file"):
                read_submission("ada", path, release)

    def test_a_pipe_for_a_timestamp_is_not_waited_for(self, hand_in, release):
        path = hand_in(answered())
        os.mkfifo(path.with_name("timestamp.txt"))
        assert "timestamp.txt" in read_submission("ada", path, release).notes[0]

    def test_a_folder(self, hand_in, release):
        path = hand_in(answered())
        path.unlink()
        path.mkdir()
        with pytest.raises(SubmissionError, match="not a regular file"):
            read_submission("ada", path, release)

    def test_not_there(self, hand_in, release):
        path = hand_in(answered())
        path.unlink()
        with pytest.raises(SubmissionError, match="is not there") as caught:
            read_submission("ada", path, release)
        assert caught.value.sha256 == ""

    def test_no_permission(self, hand_in, release, ordinary_user):
        path = hand_in(answered())
        with ordinary_user():
            assert read_submission("ada", path, release).student == "ada"
        path.chmod(0)
        denied = pytest.raises(SubmissionError, match="Permission denied")
        with ordinary_user(), denied:
            read_submission("ada", path, release)
