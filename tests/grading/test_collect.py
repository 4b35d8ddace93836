"""Archives from an LMS: the right file in the right place, nothing lost on the way."""

import io

import pytest
from collect_builders import FILE, attempt, book, stamp, submitted, zipped
from grading_builders import UNIT, answered, check, nbcell

from nnkit.grading.collect import collect
from nnkit.grading.collect.names import canvas, inbound, moodle


@pytest.fixture
def take(workspace, release, tmp_path):
    def run(members, lms="canvas", **options):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
        return collect(workspace, release, [zipped(path, members)], lms, **options)

    return run


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Ada L_123_assignsubmission_file_/x.ipynb", ("123", "Ada L", "x.ipynb")),
        ("Ada L_123_assignsubmission_file/x.ipynb", ("123", "Ada L", "x.ipynb")),
        ("Ada L_123_assignsubmission_file_x.ipynb", ("123", "Ada L", "x.ipynb")),
        ("in/Ö Ç_7_assignsubmission_file_/s/x.ipynb", ("7", "Ö Ç", "s/x.ipynb")),
        ("Participant_9_assignsubmission_file_x_1", ("9", "Participant", "x_1")),
        ("A_1_assignsubmission_onlinetext_/text.html", ("1", "A", "text.html")),
        ("x.ipynb", None),
    ],
)
def test_moodles_names(path, expected):
    named = moodle(path, UNIT)
    assert (named and (named.number, named.name, named.file)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("lada_45_678_x.ipynb", ("45", "lada", False, 678, "x.ipynb")),
        ("lada_LATE_45_678_x-1.ipynb", ("45", "lada", True, 678, "x-1.ipynb")),
        ("submissions/ö_1_2_01_02_x.ipynb", ("1", "ö", False, 2, "01_02_x.ipynb")),
        ("late_45_6_x.ipynb", ("45", "late", False, 6, "x.ipynb")),
        ("LATE_anon_aB3_678_x.ipynb", ("anon-aB3", "", True, 678, "x.ipynb")),
        ("anon_aB3_678_x.ipynb", ("anon-aB3", "", False, 678, "x.ipynb")),
        ("lovelaceada_x.ipynb", None),
    ],
)  # fmt: skip
def test_canvass_names(path, expected):
    named = canvas(path, UNIT)
    seen = named and (named.number, named.name, named.late, named.upload, named.file)
    assert seen == expected


@pytest.mark.parametrize("name", ["ada", "a+b"])
@pytest.mark.parametrize(
    "when", ["2026-03-01 11:59:00 UTC", "2026-03-01 11:59:00.5 +0100"]
)
@pytest.mark.parametrize("rest", ["", "+aGk"])
def test_nbgraders_names(name, when, rest):
    named = inbound(f"in/{name}+{UNIT}+{when}{rest}/{FILE}", UNIT)
    assert (named.name, named.when) == (name, when)


def test_another_units_inbound_folder_is_no_business_of_ours():
    assert inbound(f"ada+02-x+2026-03-01 11:59:00 UTC/{FILE}", UNIT) is None


@pytest.mark.parametrize(
    ("file", "number"),
    [
        (FILE, 0),
        ("01-neuron (2).ipynb", 2),
        ("01-neuron(12).ipynb", 12),
        ("01-neuron-1.ipynb", 1),
        ("01-neuron-Copy3.ipynb", 3),
        ("2026.ipynb", 0),
    ],
)
def test_copy_numbers(file, number):
    assert moodle(f"A_1_assignsubmission_file_/{file}", UNIT).copy == number


def test_a_class_from_canvas(take, there, workspace):
    done = take(
        [
            (f"lovelaceada_11_500_{FILE}", book("ada")),
            (f"booleben_LATE_12_501_{FILE}", book("ben")),
            ("booleben_LATE_12_502_essay.pdf", b"%PDF"),
        ]
    )
    assert there() == {
        submitted("booleben-12"): "ben",
        submitted("lovelaceada-11"): "ada",
    }
    assert [item.what for item in done.placed] == ["new", "new"]
    assert [(left.where, left.why) for left in done.left] == [
        ("booleben_LATE_12_502_essay.pdf", "no notebook")
    ]
    # Canvas says that it is late and not how late: nothing is invented.
    assert stamp(workspace, "booleben-12") is None
    assert done.remarks[0].startswith("marked LATE, and nothing says how late: boole")


def test_what_a_browser_puts_behind_the_name_of_a_notebook_is_no_matter(take, there):
    done = take(
        [
            (f"lovelaceada_11_500_{FILE}.txt", book("ada")),
            (f"booleben_12_501_{FILE}.json", book("ben")),
            ("drewdan_13_502_hw.rar", b"Rar!"),
        ]
    )
    assert there() == {
        submitted("booleben-12"): "ben",
        submitted("lovelaceada-11"): "ada",
    }
    assert [(left.where, left.why) for left in done.left] == [
        (
            "drewdan_13_502_hw.rar",
            "an archive of a kind that is not looked into; expected .ipynb or .zip",
        )
    ]


def test_a_class_from_moodle_in_folders_and_flat(take, there):
    take(
        [
            (f"Ada Lovelace_11_assignsubmission_file_/{FILE}", book("ada")),
            (f"Conan O'Brien_12_assignsubmission_file_/my {FILE}", book("conan")),
            ("Ada Lovelace_11_assignsubmission_onlinetext_/onlinetext.html", b"<p>"),
        ],
        "moodle",
    )
    take([(f"Ben Boole_13_assignsubmission_file_{FILE}", book("ben"))], "moodle")
    assert there() == {
        submitted("Ada Lovelace"): "ada",
        submitted("Ben Boole"): "ben",
        submitted("Conan O-Brien"): "conan",
    }


def test_nbgraders_inbound_folder_with_its_times(workspace, release, tmp_path, there):
    for when, mark in (("11:00:00", "first"), ("12:00:00", "second")):
        folder = tmp_path / "inbound" / f"ada+{UNIT}+2026-03-01 {when} UTC+x"
        folder.mkdir(parents=True)
        (folder / FILE).write_bytes(book(mark))
        (folder / "timestamp.txt").write_text(f"2026-03-01 {when} UTC")
    done = collect(workspace, release, [tmp_path / "inbound"], "nbgrader")
    assert there() == {submitted("ada"): "second", attempt("ada", 1): "first"}
    assert stamp(workspace, "ada") == "2026-03-01 12:00:00 UTC"
    kept = workspace.root / "attempts" / "ada" / UNIT / "1" / "timestamp.txt"
    assert kept.read_text() == "2026-03-01 11:00:00 UTC"
    assert done.left == []


def test_an_earlier_file_that_is_handed_in_once_more_counts(
    workspace, release, there, tmp_path
):
    def take(text, hour):
        folder = (
            tmp_path / f"{text}{hour}" / f"ada+{UNIT}+2026-03-01 {hour}:00:00 UTC+r"
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_bytes(book(text))
        (folder / "timestamp.txt").write_text(f"2026-03-01 {hour}:00:00 UTC")
        (item,) = collect(workspace, release, [folder.parent], "nbgrader").placed
        return item.what, item.when.hour, there()[submitted("ada")]

    assert take("first", 10) == ("new", 10, "first")
    assert take("second", 11) == ("newer", 11, "second")
    assert take("first", 10) == ("unchanged", 11, "second")  # the same archive again
    for what in ("newer", "unchanged"):
        assert take("first", 12) == (what, 12, "first")
    assert stamp(workspace, "ada") == "2026-03-01 12:00:00 UTC"


def test_the_same_archive_again_changes_nothing(take, there, workspace):
    members = [(f"lovelaceada_11_500_{FILE}", book("ada"))]
    take(members)
    files = {p: p.stat().st_mtime_ns for p in workspace.root.rglob("*") if p.is_file()}
    assert [item.what for item in take(members).placed] == ["unchanged"]
    assert files == {p: p.stat().st_mtime_ns for p in files}
    assert len(there()) == 1


def test_handed_in_again_the_last_counts_and_the_first_is_kept(take, there):
    take([(f"lovelaceada_11_500_{FILE}", book("first"))])
    done = take([(f"lovelaceada_11_600_{UNIT}-1.ipynb", book("second"))])
    take([(f"lovelaceada_LATE_11_700_{UNIT}-2.ipynb", book("third"))])
    assert [(p.what, p.earlier) for p in done.placed] == [("newer", 1)]
    assert there() == {
        attempt("lovelaceada-11", 1): "first",
        attempt("lovelaceada-11", 2): "second",
        submitted("lovelaceada-11"): "third",
    }
    # An old archive once more: it is known, and nothing moves.
    done = take([(f"lovelaceada_11_500_{FILE}", book("first"))])
    assert [p.what for p in done.placed] == ["unchanged"]


def test_of_several_files_the_last_upload_counts(take, there):
    done = take(
        [
            (f"lovelaceada_11_900_{UNIT}.ipynb", book("upload 900")),
            (f"lovelaceada_11_500_{UNIT}-1.ipynb", book("upload 500")),
        ]
    )
    assert there()[submitted("lovelaceada-11")] == "upload 900"
    assert there()[attempt("lovelaceada-11", 1)] == "upload 500"
    assert done.placed[0].several


def test_of_several_copies_the_highest_number_counts(take, there):
    place = "Ada Lovelace_11_assignsubmission_file_"
    take(
        [
            (f"{place}/{UNIT} (10).ipynb", book("ten")),
            (f"{place}/{UNIT} (9).ipynb", book("nine")),
            (f"{place}/{FILE}", book("none")),
        ],
        "moodle",
    )
    assert there() == {
        submitted("Ada Lovelace"): "ten",
        attempt("Ada Lovelace", 1): "none",
        attempt("Ada Lovelace", 2): "nine",
    }


def test_the_same_bytes_twice_are_one(take, there):
    done = take(
        [
            (f"lovelaceada_11_500_{FILE}", book("ada")),
            (f"lovelaceada_11_501_{UNIT}-1.ipynb", book("ada")),
        ]
    )
    assert there() == {submitted("lovelaceada-11"): "ada"}
    assert done.left[0].why.startswith("the same as lovelaceada_11_501")


def test_a_notebook_of_another_unit_counts_only_if_there_is_no_other(take, there):
    other = [nbcell("x = 1", grade_id="other-answer", solution=True)]
    done = take(
        [
            ("lovelaceada_11_900_02.ipynb", book("other unit", other)),
            (f"lovelaceada_11_500_{FILE}", book("this unit")),
            ("booleben_12_901_02.ipynb", book("ben's other unit", other)),
        ]
    )
    assert there() == {
        submitted("booleben-12"): "ben's other unit",
        submitted("lovelaceada-11"): "this unit",
    }
    assert [left.where for left in done.left] == ["lovelaceada_11_900_02.ipynb"]


def test_what_may_be_no_notebook_of_the_unit_is_told_and_kept(take, workspace):
    other = [check("softmax_ce", "check(softmax_ce)", 1)]
    bare = [nbcell(cell["source"], cell["cell_type"]) for cell in answered()]
    members = [
        (f"ada_11_500_{FILE}", book("a", other)),
        (f"ben_12_501_{FILE}", book("b", bare)),
        (f"cid_13_502_{FILE}", b"{}"),
        (f"dot_14_503_{FILE}", book("d")),
    ]
    for _ in range(2):  # what is there already is told again
        done = take(members)
        assert len(done.placed) == 4
        said = {who: text for who, _, text in (r.partition(": ") for r in done.remarks)}
        assert said.keys() == {"ada-11", "ben-12", "cid-13"}
        assert said["ada-11"] == (
            f"ada_11_500_{FILE} is taken, but no cell of 01-neuron is in this "
            "notebook: is it 04-loss?"
        )
        assert "neuron, grads are defined in it, and graded by name" in said["ben-12"]
        assert f"cid_13_502_{FILE} is taken, but it " in said["cid-13"]
    assert (workspace.root / submitted("ada-11")).read_bytes() == book("a", other)


def test_a_damaged_notebook_is_taken_so_that_grading_can_say_so(take, workspace):
    done = take([(f"lovelaceada_11_500_{FILE}", b'{"cells": [')])
    assert [item.student for item in done.placed] == ["lovelaceada-11"]
    path = workspace.submitted / "lovelaceada-11" / UNIT / FILE
    assert path.read_bytes() == b'{"cells": ['


def test_a_students_own_zip_is_looked_into(take, there):
    inner = io.BytesIO()
    zipped(inner, [(f"work/{FILE}", book("zipped")), ("work/data.csv", b"1")])
    outer = io.BytesIO()
    zipped(outer, [("again.zip", inner.getvalue())])
    done = take(
        [
            ("lovelaceada_11_500_work.zip", inner.getvalue()),
            ("booleben_12_501_work.zip", outer.getvalue()),
        ]
    )
    assert there() == {
        submitted("booleben-12"): "zipped",
        submitted("lovelaceada-11"): "zipped",
    }
    assert {left.why for left in done.left} == {"no notebook"}


def test_an_empty_zip_and_anothers_names_are_told(take, workspace):
    empty = io.BytesIO()
    zipped(empty, [])
    done = take(
        [
            ("lovelaceada_11_500_work.zip", empty.getvalue()),
            (f"Ben Boole_12_assignsubmission_file_/{FILE}", book("moodle's")),
            (FILE, book("nobody's")),
        ]
    )
    assert [left.why for left in done.left] == [
        "a zip with no file in it",
        "no name as canvas gives them, but as moodle does: --from moodle?",
        "no name as canvas gives them",
    ]
    assert not done.placed


def test_who_is_anonymous_has_a_number_alone():
    assert canvas(f"anon_x3_890125_{FILE}", UNIT).who == "(anon-x3)"


def test_two_people_of_one_name_are_not_mixed_up(take, there):
    done = take(
        [
            (f"Ada Lovelace_11_assignsubmission_file_/{FILE}", book("one")),
            (f"Ada Lovelace_12_assignsubmission_file_/{FILE}", book("other")),
        ],
        "moodle",
    )
    assert there() == {}
    assert done.empty == ["Ada Lovelace (11)", "Ada Lovelace (12)"]
    assert "give a --roster" in done.left[0].why


def test_times_decide_between_what_is_there_and_what_comes(
    workspace, release, tmp_path, there
):
    def hand_in(when, mark):
        name = f"ada+{UNIT}+2026-03-0{when} 11:00:00 UTC+x/{FILE}"
        path = zipped(tmp_path / f"{mark}.zip", [(name, book(mark))])
        return collect(workspace, release, [path], "nbgrader").placed[0].what

    assert hand_in(2, "second") == "new"
    assert hand_in(1, "first") == "earlier"
    assert hand_in(3, "third") == "newer"
    assert there() == {
        attempt("ada", 1): "first",
        attempt("ada", 2): "second",
        submitted("ada"): "third",
    }
    assert stamp(workspace, "ada") == "2026-03-03 11:00:00 UTC"


@pytest.mark.parametrize("data", [book("x", [nbcell("1")]), b"{torn"])
def test_what_is_no_notebook_of_the_unit_never_stands_in_for_one(
    take, there, workspace, data
):
    """Such as the archive of another unit, taken by mistake."""
    ours, other = (f"lovelaceada_11_{n}_{FILE}" for n in (500, 600))
    take([(ours, book("ada"))])
    done = take([(other, data)])
    assert (done.placed, done.kept, done.empty) == ([], ["lovelaceada-11"], [])
    (left,) = done.left
    assert left.why.endswith(f"; submitted/lovelaceada-11/{UNIT} stays as it is")
    assert there() == {submitted("lovelaceada-11"): "ada"}


def test_a_notebook_of_the_unit_counts_before_what_was_taken_for_want_of_one(
    workspace, release, tmp_path, there
):
    def hand_in(when, data):
        name = f"ada+{UNIT}+2026-03-0{when} 11:00:00 UTC+x/{FILE}"
        path = zipped(tmp_path / f"{when}.zip", [(name, data)])
        return collect(workspace, release, [path], "nbgrader").placed[0].what

    assert hand_in(2, book("of another unit", [nbcell("1")])) == "new"
    assert hand_in(1, book("ada")) == "newer"
    assert there() == {attempt("ada", 1): "of another unit", submitted("ada"): "ada"}
    assert stamp(workspace, "ada") == "2026-03-01 11:00:00 UTC"


def test_a_link_in_the_way_is_not_followed(take, workspace, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (workspace.submitted / "lovelaceada-11").symlink_to(tmp_path / "elsewhere")
    done = take([(f"lovelaceada_11_500_{FILE}", book("ada"))])
    assert done.empty == ["lovelaceada-11"]
    assert list((tmp_path / "elsewhere").iterdir()) == []
