"""The report once more, from the journal: who, what, how hard; and as files."""

import csv
import io
import re

import pytest
from click.testing import CliRunner
from grading_builders import record

from nnkit.cli import main
from nnkit.demo import UNIT
from nnkit.grading.classreport import as_csv, as_html, read_records
from nnkit.grading.journal import Journal
from nnkit.grading.points import with_points
from nnkit.grading.release import Release, course_directory
from nnkit.grading.report import hardest, print_class
from nnkit.grading.scales import overview
from nnkit.grading.workspace import make_workspace
from nnkit.judging.verdict import Diagnosis, PartVerdict, Verdict

SLIP = ("sum-for-mean", "Is this loss a sum over the rows, or a mean?")


def verdict(dw, db, slip=False, kind="wrong values"):
    parts = (PartVerdict("dw", dw, 6 * dw, 6), PartVerdict("db", db, 6 * db, 6))
    wrong = tuple(part.name for part in parts if not part.right)
    name, text = SLIP if slip else ("", "dw is wrong.")
    said = (Diagnosis("slip" if slip else kind, name, text, wrong, "a row"),)
    points = 1.5 * (dw + db)
    return Verdict("neuron_grads", points, 3.0, parts, said if wrong else ())


RECORDS = [
    record("ada", verdicts=[verdict(True, True).to_json()]),
    record("ben", verdicts=[verdict(False, False, slip=True).to_json()]),
    record("cleo", verdicts=[verdict(True, False, slip=True).to_json()]),
    record("dan", verdicts=[verdict(False, False, kind="not attempted").to_json()]),
    record(
        "eve",
        verdicts=[],
        status="unreadable",
        problem="=HYPERLINK() is damaged <script>alert(1)</script>",
        flags=["-1+1", "x\r\ny"],
    ),
]


# Of 3, 0, 1.5 and 0 points: the middle of 0 and 1.5.
OVERVIEW = "median 0.75 of 10 points, from 0 to 3; 2 have 0; 1 cannot be read"


@pytest.fixture
def workspace(tmp_path):
    made = make_workspace(tmp_path / "w", None, course_directory())
    with Journal.open(made.journal(UNIT)) as journal:
        journal.begin({"seed": 7})
        for item in RECORDS:
            journal.append({**item, "errors": {}, "assignment": UNIT})
    return made


@pytest.fixture
def records(workspace):
    return read_records(workspace, UNIT)


def run(workspace, *options):
    done = CliRunner().invoke(
        main, ["report", UNIT, "--dir", str(workspace.root), *options]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def test_who_made_which_slip_and_what_was_hardest(workspace):
    before = workspace.journal(UNIT).read_bytes()
    said = run(workspace).output
    assert "neuron_grads: sum-for-mean: ben, cleo" in said
    assert re.search(r"neuron_grads: db +│ +25% +│ +2 +│ +1 ", said)
    assert "before penalties and points by hand" in said
    assert OVERVIEW in " ".join(said.split())
    assert workspace.journal(UNIT).read_bytes() == before
    assert not (workspace.root / "gradebook.db").exists()


def test_the_hardest_part_comes_first_and_open_is_not_wrong(records):
    found = hardest(records.values())
    assert [(h.part, h.right, h.wrong, h.open) for h in found] == [
        ("db", 1, 2, 1),
        ("dw", 2, 1, 1),
    ]


def test_what_all_have_right_is_not_hard(records):
    assert hardest([records["ada"]]) == []


def test_a_table_that_a_spreadsheet_does_not_run(records):
    text = as_csv(records, Release.find(UNIT))
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["cleo"]["neuron_grads"] == "1.5"
    assert rows["cleo"]["points before penalties"] == "1.5"
    assert rows["ben"]["slips"] == "neuron_grads: sum-for-mean"
    assert rows["eve"]["status"] == "unreadable"
    assert rows["eve"]["notes"].startswith("'=HYPERLINK()")
    assert rows["eve"]["review"] == r"'-1+1; x\r\ny"


@pytest.mark.parametrize(
    "text", ["=1", "a; =1", 'a;"=1;', 'a;""@x;', '"=1', 'a; " -1', "a;\uff1d1;"]
)
def test_no_text_begins_a_formula_whatever_ends_a_cell(records, text):
    """Where ; ends a cell, quotes behind it are marks around the next one."""
    odd = {"eve": {**records["eve"], "problem": text}}
    line = as_csv(odd, Release.find(UNIT)).splitlines()[1]
    for ends in ",;":
        cells = next(csv.reader([line], delimiter=ends))
        assert not [cell for cell in cells if cell.strip()[:1] in set("=+-@\uff1d")]


def test_a_page_without_a_script(records):
    page = as_html(records, Release.find(UNIT))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "ben, cleo" in page
    assert "src=" not in page


def test_what_stands_between_backticks_is_code(records):
    odd = {"eve": {**records["eve"], "problem": "look at `W.T @ X`, <b>line 3</b>"}}
    page = as_html(odd, Release.find(UNIT))
    assert "look at <code>W.T @ X</code>, &lt;b&gt;line 3&lt;/b&gt;" in page


def test_a_long_id_is_whole_and_points_are_in_one_line(records, capsys):
    name = "francesca.bianchi-della-rovere@studenti.uniroma1.example.it"
    record = {**next(iter(records.values())), "student": name}
    release = Release.find(UNIT)
    print_class(release, {name: record})
    text = capsys.readouterr().out
    cells = [line.split("│")[1].strip() for line in text.splitlines() if "│" in line]
    assert "".join(cells).startswith(name)
    page = as_html({name: record}, release)
    assert '<td class="points">' in page
    assert ".points{white-space:nowrap" in page


def test_names_in_brackets_are_names(workspace, records, capsys):
    """Rich would take them for styles: `dw[i]` would lose its end, and `[/b]` stop."""
    judged = verdict(True, False, slip=True).to_json()
    judged["parts"][1]["name"], judged["exercise"] = "db[i]", "of[/b]"
    print_class(Release.find(UNIT), {"cleo": {**records["cleo"], "verdicts": [judged]}})
    said = capsys.readouterr().out
    assert "│ of[/b]: db[i] " in said
    assert "of[/b]: sum-for-mean" in said


def test_both_are_written_to_files(workspace, tmp_path):
    table, page = tmp_path / "t.csv", tmp_path / "t.html"
    done = run(workspace, "--csv", str(table), "--html", str(page))
    assert done.output.startswith(f"written: {table}\nwritten: {page}\n")
    assert "before penalties and points by hand" in done.output
    assert table.read_text().count("\n") == 6
    assert page.read_text().startswith("<!doctype html>")


def test_a_file_that_cannot_be_written_is_one_line(workspace, tmp_path):
    done = run(workspace, "--csv", str(tmp_path / "no" / "t.csv"))
    assert done.exit_code == 1
    assert "cannot be written" in done.output


def test_nothing_graded_yet(tmp_path):
    made = make_workspace(tmp_path / "w", None, course_directory())
    done = run(made)
    assert (done.exit_code, "nothing has been graded yet" in done.output) == (1, True)
    assert f"nnkit grade {UNIT}" in done.output


@pytest.mark.parametrize("options", [(), ("--csv", "t.csv"), ("--html", "t.html")])
def test_a_run_that_had_nobody_to_grade_has_no_report(tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    made = make_workspace(tmp_path / "w", None, course_directory())
    with Journal.open(made.journal(UNIT)) as journal:
        journal.begin({"seed": 7})
    done = run(made, *options)
    assert done.exit_code == 1
    assert f"no submission of {UNIT} has been graded" in done.output
    assert f"{made.submitted}/<student>/{UNIT}" in done.output
    assert not list(tmp_path.glob("t.*"))


def test_who_was_graded_when_the_points_were_others_is_named(records, capsys):
    now = with_points(Release.find(UNIT), {"neuron_grads": 1})
    who = "other points than today's: ada, ben, cleo, dan"  # of eve nothing was graded
    print_class(now, records)
    said = capsys.readouterr().out
    assert who in " ".join(said.split())
    # 3 of the 10 points that there were, not of today's 8.
    assert re.search(r"│ ada +│ +3 / 10 │", said)
    assert re.search(r"│ eve +│ +0 / 8 │", said)
    page = as_html(records, now)
    assert who.replace("'", "&#x27;") in page
    assert '<td class="points">3 / 10</td>' in page
    lines = list(csv.DictReader(io.StringIO(as_csv(records, now))))
    assert [line["of"] for line in lines] == ["10.0"] * 4 + ["8.0"]
    print_class(Release.find(UNIT), records)
    assert "today's" not in capsys.readouterr().out


def test_how_the_class_did_in_one_line(workspace, records):
    release = Release.find(UNIT)
    assert f"points by hand: {OVERVIEW}.</p>" in as_html(records, release)
    unread = {"eve": records["eve"]}
    assert overview(unread, release) == "no submission could be read"
    most = [
        {"exercise": name, "points": points, "max_points": points}
        for name, points in release.points.items()
    ]
    all_of_it = {name: record(name, verdicts=most) for name in ("ada", "ben")}
    assert overview(all_of_it, release) == (
        "median 10 of 10 points, from 10 to 10; 2 have all 10"
    )


def test_who_was_graded_by_other_points_is_told_of_apart(records):
    """ada has 8 of 8; ben had 8 of 10 when he was graded, which is less."""
    release = with_points(Release.find(UNIT), {"neuron_grads": 1})
    now = [
        {"exercise": name, "points": points, "max_points": points}
        for name, points in release.points.items()
    ]
    before = [
        {**v, "max_points": v["max_points"] + 2} if v["exercise"] == "act" else v
        for v in now
    ]
    graded = {
        "ada": record("ada", verdicts=now),
        "ben": record("ben", verdicts=before),
        "cleo": record("cleo", verdicts=now),
    }
    assert overview({**graded, "eve": records["eve"]}, release) == (
        "2 submissions of 8 points: median 8, from 8 to 8; 2 have all 8; "
        "1 submission of 10 points: median 8, from 8 to 8; 1 cannot be read"
    )
    for number in range(5):  # of so many scales, each by itself is no overview
        worth = [{**v, "max_points": v["max_points"] * (number + 1)} for v in now]
        graded[f"s{number}"] = record(f"s{number}", verdicts=worth)
    assert overview(graded, release) == (
        "median 65 % of the points that there were then, from 20 % to 100 %"
    )
