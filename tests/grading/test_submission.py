"""Files that students hand in: found, read, and rebuilt from the release."""

import hashlib
import json

import pytest
from grading_builders import (
    UNIT,
    answer,
    answered,
    check,
    nbcell,
    notebook,
    released_cells,
)

from nnkit.grading.release import Release
from nnkit.grading.submission import read_submission, unknown_student


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

    @pytest.mark.parametrize("end", ["\r\n", "\r"])
    def test_ends_of_lines_of_another_system_are_no_edits(self, read, end):
        cells = answered()
        for cell in cells:
            cell["source"] = "".join(cell["source"]).replace("\n", end)
        submission = read(cells)
        assert submission.notes == ()
        assert submission.cells == read(answered()).cells

    def test_timestamp_of_nbgrader(self, read):
        when = "2024-03-01 12:00:00.000000 UTC"
        assert read(answered(), timestamp=when + "\n").timestamp == when

    @pytest.mark.parametrize("text", ["01/03/26 12:00", "2026-03-01", "1.3.2026 9:00"])
    def test_other_ways_to_write_a_date_are_read_and_how_is_said(self, read, text):
        submission = read(answered(), timestamp=text)
        assert submission.timestamp == text
        how = "is read as 2026-01-03, as nbgrader reads it: write the year first"
        assert [how in note for note in submission.notes] == [True] * (text[0] != "2")

    @pytest.mark.parametrize(
        "text",
        [
            *("soon", "99999999999999", "", "x" * 2000, "0:04" + "9" * 40),
            *("12", "Monday", "10:00", f"2026-03-01 12:00 {'+' * 900}"),
        ],
    )
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

    def test_of_two_answers_the_first_is_marked_and_both_run(self, read):
        cells = answered()
        cells.insert(3, answer("neuron-answer", "def neuron(x): return 3"))
        submission = read(cells)
        assert submission.notes == (
            "cell 4 is a second 'neuron-answer': both run, in this order",
        )
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
        said = (
            "no cell of this notebook is marked as one of 01-neuron, as if its answers "
            "had been copied into another; neuron, grads are defined in it, and graded "
            "by name"
        )
        assert submission.notes == (said,)
        assert ids(submission.cells) == ["setup", "neuron", "grads", "end"]
        assert submission.cells[-3].grade_id == "neuron"

    def test_words_without_marks_are_for_a_person_to_find(self, hand_in, tmp_path):
        cells = released_cells()
        marks = {"grade": True, "solution": True, "locked": False}
        words = nbcell("Why?", "markdown", grade_id="why", points=2, **marks)
        path = tmp_path / UNIT / f"{UNIT}.ipynb"
        path.parent.mkdir()
        path.write_text(json.dumps(notebook([*cells, words])))
        plain = [nbcell(cell["source"], cell["cell_type"]) for cell in answered()]
        submission = read_submission("ada", hand_in(plain), Release.load(path))
        assert submission.review == (
            "answers in words (why) are anywhere in it: look for them",
        )

    @pytest.mark.parametrize(
        ("cells", "unit"),
        [
            ([check("softmax_ce", "check(softmax_ce)", 1)], "04-loss"),
            ([answer("softmax_ce-answer", "def neuron(x): pass")], "04-loss"),
            ([nbcell("check(softmax_ce)"), nbcell("check(neuron)")], "04-loss"),
            ([nbcell("check(softmax_ce")], "another one"),
            ([check("ridge_grad", "check(ridge_grad)", 1)], "07-ridge"),
        ],
    )
    def test_a_foreign_notebook_is_one_line(self, read, course, cells, unit):
        beside = course / "07-ridge" / "07-ridge.ipynb"
        beside.parent.mkdir()
        asked = [check("ridge_grad", "check(ridge_grad)", 1)]
        beside.write_text(json.dumps(notebook(asked)))
        (course / "junk").mkdir()
        (course / "junk" / "junk.ipynb").write_text("{")
        submission = read(cells)
        said = f"no cell of 01-neuron is in this notebook: is it {unit}?"
        assert submission.notes == (said,)
        assert submission.review == ()

    def test_exercises_that_are_gone_whole_are_one_line(self, read):
        gone = ("neuron-answer", "neuron", "grads-answer", "grads")
        assert read(self.without(*gone)).notes == (
            "neuron, grads: not in this notebook, which may be from another release; "
            "counted as open where no other cell answers, so up to 4 points were out "
            "of reach",
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


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("ada", "did you mean 'Ada@uni.example'?"),
        ("lovelace", "did you mean 'Eda Lovelace'?"),
        ("adda@uni.example", "did you mean 'Ada@uni.example'?"),
        ("zoe", "2 others have"),
        ("", "2 others have"),
    ],
)
def test_who_is_meant_by_a_part_of_an_id(asked, said):
    assert said in unknown_student(asked, ["Ada@uni.example", "Eda Lovelace"])
