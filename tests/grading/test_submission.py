"""Files that students hand in: found, read, and rebuilt from the release."""

import hashlib
import json
import os

import nbformat
import pytest
from grading_builders import (
    UNIT,
    answer,
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


@pytest.fixture
def read(hand_in, release):
    def hand_in_and_read(content, **options):
        return read_submission("ada", hand_in(content, **options), release)

    return hand_in_and_read


def roles(cells):
    return [(cell.role, cell.grade_id) for cell in cells]


def ids(cells):
    return [cell.grade_id for cell in cells if cell.grade_id]


class TestHonest:
    def test_is_read_as_it_is(self, read, release, hand_in):
        submission = read(answered())
        path = hand_in(answered())
        assert submission.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert submission.notes == ()
        assert submission.timestamp is None
        assert roles(submission.cells) == roles(release.cells)
        assert submission.cells[5].source == "def grads(x):\n    return 2 * x"

    def test_cells_of_their_own_stay_where_they_are(self, read):
        cells = answered()
        cells[3:3] = [nbcell("print(1)"), nbcell("notes", "markdown")]
        submission = read(cells)
        assert submission.notes == ()
        assert [c.source for c in submission.cells[3:5]] == ["print(1)", "notes"]

    def test_timestamp_of_nbgrader(self, read):
        when = "2024-03-01 12:00:00.000000 UTC"
        assert read(answered(), timestamp=when + "\n").timestamp == when

    @pytest.mark.parametrize("text", ["soon", "99999999999999", "", "x" * 2000])
    def test_a_timestamp_that_is_none_costs_nothing(self, read, text):
        submission = read(answered(), timestamp=text)
        assert submission.timestamp is None
        assert "formgrader stumbles over it" in submission.notes[0]

    def test_another_name_is_noted(self, read):
        submission = read(answered(), name="01-neuron (1).ipynb")
        assert submission.notes == (
            "the notebook is called '01-neuron (1).ipynb', "
            "expected 01-neuron.ipynb: graded all the same",
        )


class TestLockedCells:
    def test_an_edited_check_is_restored(self, read, release):
        cells = answered()
        cells[6]["source"] = "3.0"
        cells[6]["metadata"]["nbgrader"]["points"] = 1000
        submission = read(cells)
        assert submission.cells[6] == release.graded["grads"]
        assert submission.notes == ("cell 7, 'grads', was edited: restored",)

    @pytest.mark.parametrize("points", [float("nan"), "many", None, -4, [], 10**400])
    def test_odd_points_are_ignored(self, read, points):
        cells = answered()
        cells[6]["metadata"]["nbgrader"]["points"] = points
        assert read(cells).cells[6].points == 3.0

    @pytest.mark.parametrize("index", [1, 2, 6, 7])
    def test_a_retyped_cell_gets_its_type_back(self, read, release, index):
        cells = answered()
        cells[index] |= {"cell_type": "raw"}
        submission = read(cells)
        assert submission.cells[index].kind == release.cells[index].kind
        assert "had become raw" in submission.notes[0]

    def test_a_copied_check_counts_once(self, read):
        cells = answered()
        cells.append(check("grads", "check(grads)", 3))
        submission = read(cells)
        assert ids(submission.cells).count("grads") == 1
        assert submission.cells[-1].role == "plain"
        assert submission.cells[-1].source == "check(grads)"
        assert submission.notes == ("cell 9 is a second 'grads': the other one counts",)

    def test_a_copy_that_a_student_wrote_into_is_not_overwritten(self, read):
        cells = answered()
        cells.insert(0, check("grads", "my own work", 3))
        submission = read(cells)
        assert submission.cells[0].source == "my own work"
        assert submission.cells[0].role == "plain"
        assert submission.cells[7].role == "check"

    def test_of_two_answers_the_first_counts(self, read):
        cells = answered()
        cells.insert(3, answer("neuron-answer", "def neuron(x): return 3"))
        submission = read(cells)
        assert roles(submission.cells)[2:4] == [
            ("answer", "neuron-answer"),
            ("plain", None),
        ]

    def test_an_unknown_id_is_an_ordinary_cell(self, read):
        cells = answered()
        cells.append(check("bonus", "1e9", 1e9))
        submission = read(cells)
        assert submission.cells[-1].role == "plain"
        assert submission.cells[-1].points == 0
        assert "not in this unit, 'bonus'" in submission.notes[0]

    def test_a_demonstration_is_known_by_its_source_not_by_its_tag(self, read):
        cells = answered()
        cells.append(nbcell("import os", tags=["demonstration"]))
        cells[4]["metadata"] = {}
        submission = read(cells)
        assert submission.cells[4].role == "demonstration"
        assert submission.cells[-1].role == "plain"
        cells[4]["source"] += "\nx = 1"
        assert read(cells).cells[4].role == "plain"


class TestMissingCells:
    def without(self, *gone):
        return [
            cell
            for cell in answered()
            if cell["metadata"].get("nbgrader", {}).get("grade_id") not in gone
        ]

    def test_a_check_goes_back_after_its_answer(self, read, release):
        cells = self.without("grads")
        cells.insert(5, nbcell("more = 1"))
        submission = read(cells)
        assert submission.notes == ("the cell 'grads' was missing: put back",)
        assert submission.cells[7] == release.graded["grads"]

    def test_without_its_answer_a_check_goes_as_late_as_it_may(self, read):
        cells = self.without("neuron", "neuron-answer")
        cells.insert(3, nbcell("def neuron(x): return x"))
        submission = read(cells)
        assert ids(submission.cells) == [
            "setup",
            "neuron",
            "grads-answer",
            "grads",
            "end",
        ]
        sources = [cell.source for cell in submission.cells]
        assert sources.index("def neuron(x): return x") < sources.index("check(neuron)")

    def test_setup_goes_back_to_the_top(self, read):
        submission = read(self.without("setup"))
        assert submission.cells[0].grade_id == "setup"

    def test_a_missing_answer_is_not_put_back(self, read):
        submission = read(self.without("neuron-answer"))
        assert "neuron-answer" not in ids(submission.cells)
        assert submission.notes == ("the answer cell 'neuron-answer' is missing",)

    def test_work_copied_into_a_fresh_notebook_can_be_graded(self, read):
        cells = [nbcell(cell["source"], cell["cell_type"]) for cell in answered()]
        submission = read(cells)
        assert "is it another one?" in submission.notes[0]
        assert ids(submission.cells) == ["setup", "neuron", "grads", "end"]
        assert submission.cells[-3].grade_id == "neuron"

    def test_a_foreign_notebook_is_one_line(self, read):
        submission = read([check("softmax_ce", "check(softmax_ce)", 1)])
        said = "no cell of 01-neuron is in this notebook: is it 04-loss?"
        assert submission.notes == (said,)

    def test_exercises_that_are_gone_whole_are_one_line(self, read):
        gone = ("neuron-answer", "neuron", "grads-answer", "grads")
        assert read(self.without(*gone)).notes == (
            "neuron, grads: not in this notebook, which may be from another release; "
            "counted as open, so 4 points were out of reach",
        )

    def test_no_cells_at_all(self, read, release):
        submission = read([])
        assert ids(submission.cells) == ["setup", "neuron", "grads", "end"]

    def test_checks_moved_above_their_answers_are_noted(self, read):
        cells = answered()
        cells.insert(0, cells.pop(6))
        submission = read(cells)
        assert submission.cells[0].grade_id == "grads"
        assert "stands above its answer" in submission.notes[0]

    @pytest.mark.parametrize("gone", ["setup", "neuron", "grads", "end"])
    def test_what_is_put_back_stands_where_it_was(self, read, release, gone):
        assert ids(read(self.without(gone)).cells) == list(release.graded)


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
    "not JSON": (b"<html>", "is damaged: expecting value at line 1, column 1"),
    "cut off": (b'{"nbformat": 4, "ce', "unterminated string starting at line 1"),
    "UTF-16": ("{}".encode("utf-16"), "is not UTF-8 text: byte 0 is 0xff"),
    "Latin-1": (b'{"a": "\xe9"}', "is not UTF-8 text: byte 7 is 0xe9"),
    "zip": (b"PK\x03\x04\x14\x00\x08\x80", "is not UTF-8|is damaged"),
    "deep": (b"[" * 100_000, "nested too deeply"),
    "deep object": (b'{"a":' * 100_000, "nested too deeply"),
    "long number": (b'{"nbformat": ' + b"9" * 5000 + b"}", "a number in it is too"),
    "list": (b"[]", "is not a notebook: a list"),
    "number": (b"5", "is not a notebook: a number"),
    "null": (b"null", "is not a notebook: missing"),
    "no format": (b"{}", r"is in notebook format \(none\), expected 4"),
    "format 2": (b'{"nbformat": 2}', "is in notebook format 2, expected 4"),
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

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_no_permission(self, hand_in, release):
        path = hand_in(answered())
        path.chmod(0)
        with pytest.raises(SubmissionError, match="Permission denied"):
            read_submission("ada", path, release)
