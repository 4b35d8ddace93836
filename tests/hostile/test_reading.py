"""What reaches the reader: pages, tables and a terminal, of everybody in the class."""

import csv
import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress

import pytest
from click.testing import CliRunner
from nbconvert.filters import markdown2html_mistune

from nnkit.cli import main
from nnkit.demo import UNIT

from .chromium import CHROMIUM, FLAGS, NAMES, Reader
from .harness import HONEST, Held
from .pages import HIDDEN, feedback_of, found_in, submissions_of, trimmed, words_of
from .reading import SCRIPT, SUBMISSIONS, TEXT

KINDS = ("feedback", "formgrader")
in_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason=f"none of {', '.join(NAMES)} is installed"
)


@pytest.fixture(scope="module")
def pages(graded, tmp_path_factory):
    """Every student's pages, by kind; and the class's report."""
    made = trimmed(graded.folder, tmp_path_factory.mktemp("pages"))
    report = made / "report.html"
    said(graded, "report", "--html", report, "--csv", made / "report.csv")
    return {
        "feedback": feedback_of(made),
        "formgrader": submissions_of(made),
        "report": report.read_text(),
        "csv": (made / "report.csv").read_text(),
    }


@pytest.fixture(scope="module")
def benign(pages):
    """What is in the page of somebody who does no harm."""
    return {kind: found_in(pages[kind][HONEST[0]]) for kind in KINDS}


@pytest.fixture(scope="module")
def reader():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield Reader(browser)
        browser.close()


def said(graded, command, *options):
    done = CliRunner().invoke(
        main, [command, UNIT, "--dir", str(graded.folder), *map(str, options)]
    )
    assert done.exit_code == 0, done.output
    return done.output


class TestReading(Held):
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_page_has_nothing_of_a_students_but_words(
        self, pages, benign, item, kind
    ):
        page = pages[kind][item.name]
        assert found_in(page) - benign[kind] == set()
        assert HIDDEN.findall(page.replace("\r", "")) == []

    def test_a_page_shows_what_they_wrote(self, pages, item):
        assert item.shows in words_of(pages["feedback"][item.name])

    def test_their_notebook_is_the_graders_but_for_words(self, graded, item):
        path = graded.folder / "autograded" / item.name / UNIT / f"{UNIT}.ipynb"
        notebook = json.loads(path.read_bytes())
        assert notebook["metadata"].keys() == {"kernelspec", "language_info"}
        assert "pwned" not in json.dumps(notebook["metadata"])
        for cell in notebook["cells"]:
            assert cell["metadata"].keys() <= {"nbgrader"}
            assert "pwned" not in json.dumps([cell["metadata"], cell["id"]])
            for output in cell.get("outputs", ()):
                kinds = output.get("data", {}).keys()
                assert kinds <= {"text/plain", "text/html"}
                assert "text/html" not in kinds or "nbgrader" in cell["metadata"]


@pytest.mark.parametrize("sample", TEXT, ids=lambda sample: sample.name)
def test_the_samples_would_do_harm_as_they_are(sample):
    notebook = {"cells": []}
    sample.edit(notebook)
    for cell in notebook["cells"][:1]:
        raw = cell["cell_type"] == "raw" or "attachments" in cell
        html = cell["source"] if raw else markdown2html_mistune(cell["source"])
        found = found_in(f"<p id=neuron_grads>{html}")
        assert found or sample.name in ("a-template", "an-attached-script")


def test_the_report_has_nothing_but_words(pages):
    found = found_in(pages["report"])
    assert {item.split()[0] for item in found} == {"meta", "style", "title"}
    assert len(found) == 4
    assert HIDDEN.findall(pages["report"]) == []


def test_a_table_has_no_formula(pages):
    rows = list(csv.reader(pages["csv"].splitlines()))
    assert len(rows) == 1 + len(HONEST) + len(SUBMISSIONS)
    for cell in (cell for row in rows for cell in row):
        for piece in cell.split(";"):  # which ends a cell in half of Europe
            assert not piece.lstrip().startswith(tuple("=+-@\t\r＝＋－＠"))
            assert piece.isprintable()
    assert any("'=HYPERLINK(1)" in cell for row in rows for cell in row)


def test_a_terminal_obeys_nothing(graded):
    assert HIDDEN.findall(graded.printed + said(graded, "report")) == []
    assert r"\x1b[2J" in graded.printed


def test_nor_does_a_real_one_that_has_colours(graded):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "nnkit", "report", UNIT, "--dir", graded.folder]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "300"}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        pieces = []
        # Linux says of a terminal that nobody holds any more that it cannot be read.
        with suppress(OSError):
            while piece := os.read(ours, 1 << 16):
                pieces.append(piece)
    os.close(ours)
    text = b"".join(pieces).decode().replace("\r\n", "\n")
    without, colours = re.subn(r"\x1b\[[0-9;]*m", "", text)
    assert colours
    assert HIDDEN.findall(without) == []
    assert r"\x1b[31m" in without


def test_nor_does_it_where_a_grade_is_explained_and_logged(graded, tmp_path):
    who = ("told-in-codes", "a-type-of-that-name", "cells-in-codes", "printed-codes")
    students = [word for name in who for word in ("--student", name)]
    log = ("--log", tmp_path / "log", "--verbose", "--force", "--workers", "1")
    text = said(graded, "grade", *students, "--explain")
    text += said(graded, "grade", *students, *log) + (tmp_path / "log").read_text()
    assert HIDDEN.findall(text) == []
    assert text.count(r"ValueError: \x1b[2J\x1b[H\x1b[31m") > 2


def test_nor_before_it_is_handed_in(graded):
    file = graded.folder / "submitted" / "told-in-codes" / UNIT / f"{UNIT}.ipynb"
    done = CliRunner().invoke(main, ["validate", str(file)])
    assert HIDDEN.findall(done.output) == []
    assert r"ValueError: \x1b[2J\x1b[H\x1b[31m" in done.output


def test_a_verdict_does_not_pose_as_a_line(graded):
    lines = [line.strip("│ ") for line in said(graded, "report").splitlines()]
    assert not any(line.startswith("✓ right: layer") for line in lines)


@in_chromium
@pytest.mark.parametrize("kind", KINDS)
def test_no_script_of_theirs_runs_and_nothing_is_asked_for(reader, pages, kind):
    usual = reader.open("benign", pages[kind][HONEST[0]])
    assert usual.ran == []
    for item in SUBMISSIONS:
        seen = reader.open(item.name, pages[kind][item.name])
        assert (item.name, seen.ran) == (item.name, [])
        assert (item.name, seen.asked - usual.asked) == (item.name, set())
        assert (item.name, seen.title) == (item.name, usual.title)
        assert seen.links <= {"http:", "https:"}


@in_chromium
def test_nor_in_the_report_of_the_class(reader, pages):
    seen = reader.open("report", pages["report"])
    assert (seen.ran, seen.asked) == ([], set())


@in_chromium
def test_which_fits_a_phone(reader, pages):
    reader.tab.set_viewport_size({"width": 360, "height": 640})
    reader.open("report", pages["report"])
    assert reader.tab.evaluate("document.documentElement.scrollWidth") == 360
    reader.tab.set_viewport_size({"width": 1280, "height": 720})


@in_chromium
@pytest.mark.parametrize(
    "page",
    [
        SCRIPT,
        "<svg onload=pwned()>",
        "<iframe srcdoc='<script>parent.pwned()</script>'></iframe>",
        "<script>alert(1)</script>",
    ],
)
def test_a_script_would_be_seen(reader, page):
    assert reader.open("bad", f"<body>{page}").ran


@in_chromium
@pytest.mark.parametrize(
    "page",
    [
        "<img src='https://evil.example/a'>",
        "<p style=\"background:url('https://evil.example/u')\">x</p>",
        "<link rel=stylesheet href='https://evil.example/a.css'>",
    ],
)
def test_a_request_would_be_seen(reader, page):
    (asked,) = reader.open("bad", f"<body>{page}").asked
    assert asked.startswith("https://evil.example/")
