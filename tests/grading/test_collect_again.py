"""A file that was handed in before, and is handed in once more after another one."""

from datetime import UTC, datetime

import pytest
from collect_builders import attempt, book, stamp, submitted, zipped
from grading_builders import UNIT

from nnkit.grading.collect import collect

ADA = "lovelaceada-11"
TWO = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def upload(workspace, release, tmp_path, there):
    """Collect uploads from Canvas: (its number, the mark in it) each."""

    def run(*uploads, late="", **options):
        members = [
            (f"lovelaceada{late}_11_{number}_{UNIT}.ipynb", book(mark))
            for number, mark in uploads
        ]
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
        done = collect(workspace, release, [zipped(path, members)], "canvas", **options)
        (item,) = done.placed
        return item.what, there()[submitted(ADA)]

    return run


def test_without_times_the_number_of_the_upload_decides(upload, there):
    assert upload((500, "first")) == ("new", "first")
    assert upload((600, "second")) == ("newer", "second")
    assert upload((500, "first")) == ("unchanged", "second")  # the old archive again
    assert upload((700, "first")) == ("newer", "first")
    assert upload((700, "first")) == ("unchanged", "first")
    assert upload((600, "second")) == ("unchanged", "first")
    assert upload((800, "second")) == ("newer", "second")
    assert there()[attempt(ADA, 1)] == "first"


def test_so_it_does_where_all_have_the_time_of_what_is_late(upload, workspace):
    upload((500, "first"))
    for number, mark, what in ((600, "second", "newer"), (700, "first", "newer")):
        assert upload((number, mark), late="_LATE", late_at=TWO) == (what, mark)
    assert upload((600, "second"), late="_LATE", late_at=TWO)[1] == "first"
    assert stamp(workspace, ADA) == "2026-03-02 12:00:00 UTC"


def test_a_number_that_nobody_put_down_moves_nothing(upload, workspace):
    upload((500, "first"), (600, "second"))
    (number,) = workspace.root.glob("attempts/*/*/upload.txt")
    for text in ("", "x", "0"):
        number.write_text(text)
        assert upload((700, "first")) == ("unchanged", "second")
