"""The gradebook after a crash, and a database that cannot be written."""

import json
import sqlite3
from contextlib import closing

import pytest
from grading_builders import UNIT, check, notebook, record, released_cells, rows, some
from sqlalchemy import Engine, event

from nnkit.grading import gradebook
from nnkit.grading.gradebook import GradebookError, write_gradebook
from nnkit.grading.release import Release


class Stop(Exception):
    pass


class TestSameRows:
    @pytest.fixture
    def once(self, workspace, write):
        """The rows of a run that nothing interrupted; then the database is removed."""
        write(*some(7))
        found = rows(workspace)
        (workspace.root / "gradebook.db").unlink()
        return found

    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch):
        monkeypatch.setattr(gradebook, "CHUNK", 2)

    def test_written_twice(self, workspace, write, once):
        for _ in range(2):
            write(*some(7))
            assert rows(workspace) == once

    def test_written_in_parts_and_in_another_order(self, workspace, write, once):
        write(*list(some(7))[4:])
        write(*list(some(7))[::-1])
        assert rows(workspace) == once

    def test_the_last_record_of_a_student_counts(self, workspace, write, once):
        for records in ([*some(7), *some(7)], [record("s1", grads=0.0), *some(7)]):
            write(*records)
            assert rows(workspace) == once
            (workspace.root / "gradebook.db").unlink()

    def test_a_write_that_breaks_off_leaves_nothing(self, workspace, release, once):
        def broken():
            yield from list(some(7))[:5]
            raise Stop

        write_gradebook(workspace.db_url, release, [])
        before = rows(workspace)
        with pytest.raises(Stop):
            write_gradebook(workspace.db_url, release, broken())
        assert rows(workspace) == before
        write_gradebook(workspace.db_url, release, some(7))
        assert rows(workspace) == once


class TestNotWritable:
    def refused(self, write, message, **options):
        with pytest.raises(GradebookError, match=message) as caught:
            write(record("eve"), **options)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_locked(self, workspace, write):
        write(record("ada"))
        before = rows(workspace)
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as other:
            other.execute("BEGIN EXCLUSIVE")
            said = self.refused(write, "is in use", patience=0.05)
        assert "the journal has every verdict" in said
        assert rows(workspace) == before

    def test_read_only(self, workspace, write):
        write(record("ada"))
        url = f"sqlite:///file:{workspace.root}/gradebook.db?mode=ro&uri=true"
        self.refused(write, "is read-only", url=url)

    @pytest.mark.parametrize("keep", [0, 100, 5000])
    def test_damaged(self, workspace, write, keep):
        write(record("ada"))
        path = workspace.root / "gradebook.db"
        path.write_bytes(path.read_bytes()[:keep] + b"\xff" * 20_000)
        before = path.read_bytes()
        self.refused(write, "is damaged")
        assert path.read_bytes() == before

    def test_damaged_anywhere(self, workspace, write):
        """A page of noise is found and told, or nothing was on it that is needed."""
        write(*some(3))
        before = rows(workspace)
        path = workspace.root / "gradebook.db"
        whole = path.read_bytes()
        said = []
        for start in range(0, len(whole), 4096 * 3):
            path.write_bytes(whole[:start] + b"\x8d" * 4096 + whole[start + 4096 :])
            try:
                write(*some(3))
            except GradebookError as error:
                said.append(str(error))
        assert len(said) > 5
        assert all("is damaged" in line and "\n" not in line for line in said)
        path.write_bytes(whole)
        write(*some(3))
        assert rows(workspace) == before

    def test_a_time_that_is_none(self, workspace, write):
        write(*some(1))
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as db:
            db.execute("UPDATE submitted_assignment SET timestamp = 'noon'")
            db.commit()
        self.refused(write, "is damaged")

    def test_no_folder(self, write, tmp_path):
        self.refused(write, "cannot be opened", url=f"sqlite:///{tmp_path}/no/g.db")

    @pytest.mark.parametrize(
        "url",
        ["gradebook.db", "nosql://x", "oracle+no://h/d", "sqlite:///caf\udce9/g.db"],
    )
    def test_no_such_database(self, write, url):
        self.refused(write, "cannot use the database", url=url)

    @pytest.mark.parametrize(
        ("version", "advice"),
        [("724cde206c17", "Run nbgrader db upgrade"), ("f" * 12, "or a newer one")],
    )
    def test_another_version_of_nbgrader(self, workspace, write, version, advice):
        write(record("ada"))
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as db:
            db.execute("UPDATE alembic_version SET version_num = ?", [version])
            db.commit()
        before = rows(workspace)
        said = self.refused(write, "was made by another version of nbgrader")
        assert advice in said
        assert rows(workspace) == before

    def test_another_programs_database(self, workspace, write):
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as db:
            db.execute("CREATE TABLE student (shoe_size)")
            db.commit()
        before = rows(workspace)
        self.refused(write, "a database, but not nbgrader's: it has the tables student")
        assert rows(workspace) == before

    def test_other_cells_than_before(self, workspace, write, tmp_path):
        write(record("ada"))
        before = rows(workspace)
        path = tmp_path / f"{UNIT}.ipynb"
        cells = [*released_cells(), check("bonus", "check(bonus)", 1)]
        path.write_text(json.dumps(notebook(cells)))
        with pytest.raises(GradebookError, match="cells of 01-neuron have changed"):
            write_gradebook(workspace.db_url, Release.load(path), [record("ada")])
        assert rows(workspace) == before

    def test_other_points_than_before(self, workspace, write, tmp_path, opened):
        write(record("ada"))
        path = tmp_path / f"{UNIT}.ipynb"
        cells = released_cells()
        cells[6] = check("grads", "check(grads)", 5)
        path.write_text(json.dumps(notebook(cells)))
        again = [record("ada", grads=5.0)]
        write_gradebook(workspace.db_url, Release.load(path), again)
        with opened() as book:
            (found,) = book.submission_dicts(UNIT)
            assert (found["score"], found["max_score"]) == (6.0, 6.0)

    def test_a_full_disk(self, workspace, write):
        write(record("ada"))
        before = rows(workspace)
        with closing(sqlite3.connect(workspace.root / "gradebook.db")) as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()

        def small(connection, _):
            connection.execute(f"PRAGMA max_page_count = {pages + 1}")

        event.listen(Engine, "connect", small)
        try:
            with pytest.raises(GradebookError, match="the disk is full"):
                write(*some(500))
        finally:
            event.remove(Engine, "connect", small)
        assert rows(workspace) == before
