"""nbgrader's database itself: opened, made, given a unit's cells; its errors told."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import nbformat

# nbgrader ships no types; what comes from it is Any.
from nbgrader import api  # type: ignore[import-untyped]  # ships no types
from nbgrader.dbutil import ALEMBIC_DIR  # type: ignore[import-untyped]  # the same
from nbgrader.preprocessors import SaveCells  # type: ignore[import-untyped]  # the same
from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from nnkit.grading.gradebook_rows import EXTENDED, GRADED, KNOWN
from nnkit.grading.release import Release

# Any fixed value does; a different one would be a different set of ids.
NAMESPACE = uuid.UUID("5d3c4f0e-0d0b-4a53-8d57-0f3f1b6c9a11")

DAMAGED = (
    "is damaged. Put a copy in place; or move it away, and with it the points and "
    "comments given by hand, and the due dates"
)
# What SQLite says -> what it means to an instructor, and what to try.
SQLITE_SAYS = {
    "locked": "is in use: another program is writing to it, or stands still in the "
    "middle (formgrader? another grader?). End that",
    "readonly": "is read-only. Make the file and its folder writable",
    "not a database": DAMAGED.replace("damaged", "damaged or no database"),
    "malformed": DAMAGED,
    "Could not decode": DAMAGED,
    "isoformat": DAMAGED,
    "UNIQUE constraint": DAMAGED,
    "unable to open": "cannot be opened. See that its folder is there (%20 in a name "
    "is read as a space) and may be written in, and that it is a file",
    "full": "cannot be written: the disk is full. Make room",
    "disk I/O error": "cannot be written: the disk fails, or takes no file so big. "
    "Make room, or put the gradebook elsewhere (--db)",
    "no such column": "is of another version of nbgrader. Run nbgrader db upgrade",
}
SAFE = "; then run the same command again: the journal has every verdict"


class GradebookError(Exception):
    """The gradebook cannot be written; the message says why, and what to try."""


def stable_id(*names: str) -> str:
    """An id as nbgrader makes them, the same for the same names."""
    return uuid.uuid5(NAMESPACE, "\n".join(names)).hex


def address(db_url: str) -> URL:
    """Take a database's address apart.

    Raises:
        GradebookError: It is none.
    """
    try:
        url = make_url(db_url)
        url.render_as_string()  # of a folder whose name is no text, it has none
        return url
    except (SQLAlchemyError, UnicodeError):
        raise GradebookError(
            f"cannot use the database {db_url!r} (--db, or db_url in the "
            "configuration). Expected an address such as "
            "sqlite:////course/gradebook.db"
        ) from None


@contextmanager
def engine_for(db_url: str, patience: float) -> Iterator[Engine]:
    """A database whose transactions take the write lock when they begin.

    Raises:
        GradebookError: The URL is none, or its database driver is not installed.
    """
    url = address(db_url)
    try:
        sqlite = url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"timeout": patience} if sqlite else {}
        engine = create_engine(url, connect_args=options)
    except (SQLAlchemyError, ImportError) as error:
        raise GradebookError(
            f"cannot use the database {_shown(db_url)}: {error}. "
            "Expected an address such as sqlite:////course/gradebook.db"
        ) from None
    if sqlite:

        @event.listens_for(engine, "connect")
        def _manual(connection: Any, _: object) -> None:
            # The driver would begin a transaction late, at the first write, and none
            # for CREATE TABLE.
            connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def explained(db_url: str) -> Iterator[None]:
    """Turn what a database raises into one line.

    Raises:
        GradebookError: In place of any of SQLAlchemy's and nbgrader's errors.
    """
    try:
        yield
    # A ValueError is a column that holds something else than its type allows.
    except (SQLAlchemyError, ValueError) as error:
        where = _shown(db_url)
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause).strip().partition("\n")[0]
        for words, meaning in SQLITE_SAYS.items():
            if words in said:
                raise GradebookError(f"{where} {meaning}{SAFE}") from error
        raise GradebookError(f"{where} cannot be written: {said}{SAFE}") from error


def _shown(db_url: str) -> str:
    """A database's address without its password."""
    return address(db_url).render_as_string(hide_password=True)


def save_release(engine: Engine, db_url: str, release: Release, course: str) -> str:
    """Make sure that the database has the unit, its notebook and its cells.

    The cells are saved by the preprocessor that `nbgrader generate_assignment` runs, so
    that formgrader and nbgrader's commands find what they expect.

    Returns:
        The id of the notebook.

    Raises:
        GradebookError: There are submissions already, and the unit has other cells now.
    """
    with engine.begin() as connection:
        _make_tables(connection, engine.url.render_as_string(hide_password=True))
        notebook_id = _make_notebook(connection, release, course)
        _ask_again(connection, release, notebook_id)
    notebook = nbformat.reads(release.data.decode("utf-8-sig"), as_version=4)  # type: ignore[no-untyped-call]  # untyped
    names = {"notebook": release.assignment, "assignment": release.assignment}
    log = logging.getLogger("tornado.application")
    quiet, log.disabled = log.disabled, True  # nbgrader logs a traceback, then raises
    try:
        _SaveCells().preprocess(notebook, {"nbgrader": {**names, "db_url": db_url}})
    except RuntimeError as error:
        raise GradebookError(
            f"the cells of {release.assignment} have changed since submissions were "
            "written to this gradebook, and nbgrader cannot add or remove cells then; "
            "write to a new one (--db), or remove the unit from this one: nbgrader db "
            f"assignment remove {release.assignment} --force"
        ) from error
    finally:
        log.disabled = quiet
    return notebook_id


def _ask_again(connection: Connection, release: Release, notebook: str) -> None:
    """Have a person look again where what they scored is worth other points now.

    It comes before the new points: a run that is killed in between does it once more.
    """
    base, grades = api.BaseCell.__table__, api.Grade.__table__
    worth = {**release.points, **release.by_hand}
    changed = [
        row.id
        for model in (api.GradeCell, api.TaskCell)
        for row in connection.execute(
            select(base.c.id, base.c.name, model.__table__.c.max_score)
            .join(model.__table__, model.__table__.c.id == base.c.id)
            .where(base.c.notebook_id == notebook)
        )
        if worth.get(row.name, row.max_score) != row.max_score
    ]
    if changed:
        given = grades.c.manual_score.is_not(None) | (grades.c.extra_credit != 0)
        connection.execute(
            update(grades)
            .where(grades.c.cell_id.in_(changed), given)
            .values(needs_manual_grade=True)
        )


class _SaveCells(SaveCells):  # type: ignore[misc]  # its base is untyped
    """nbgrader's own, with ids that are the same in every database."""

    def _named(self, cells: dict[str, dict[str, Any]], kind: str, cell: Any) -> None:
        name = cell.metadata.nbgrader["grade_id"]
        cells[name].setdefault(
            "id", stable_id("cell", self.assignment_id, self.notebook_id, kind, name)
        )

    def _create_grade_cell(self, cell: Any) -> None:
        super()._create_grade_cell(cell)
        self._named(self.new_grade_cells, "grade", cell)

    def _create_solution_cell(self, cell: Any) -> None:
        super()._create_solution_cell(cell)
        self._named(self.new_solution_cells, "solution", cell)

    def _create_task_cell(self, cell: Any) -> None:
        super()._create_task_cell(cell)
        self._named(self.new_task_cells, "task", cell)

    def _create_source_cell(self, cell: Any) -> None:
        super()._create_source_cell(cell)
        self._named(self.new_source_cells, "source", cell)


def _make_tables(connection: Connection, where: str) -> None:
    """Create nbgrader's tables, or check that they are of this nbgrader.

    `Gradebook` would create them too, but runs the command `alembic` to do so, which is
    found only where the environment has been activated.
    """
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(ALEMBIC_DIR)
    head = script.get_current_head()
    tables = inspect(connection).get_table_names()
    if tables and api.Assignment.__tablename__ not in tables:
        raise GradebookError(
            f"{where} is a database, but not nbgrader's: it has the tables "
            f"{', '.join(tables[:3])}. Nothing was changed; give another one with --db"
        )
    found = None
    if "alembic_version" in tables:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if tables and found not in (None, head):
        older = found in {revision.revision for revision in script.walk_revisions()}
        advice = (
            "Run nbgrader db upgrade"
            if older
            else "Install the nbgrader that made it, or a newer one"
        )
        raise GradebookError(
            f"{where} was made by another version of nbgrader: its tables are "
            f"{found}, expected {head}. {advice}{SAFE}"
        )
    api.Base.metadata.create_all(connection)
    for ours in (GRADED, EXTENDED, KNOWN):
        ours.create(connection, checkfirst=True)
    if not tables:
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        )
        connection.execute(
            text("INSERT INTO alembic_version (version_num) VALUES (:head)"),
            {"head": head},
        )


def _make_notebook(connection: Connection, release: Release, course: str) -> str:
    """Insert the unit and its notebook where they are missing; `SaveCells` fills it."""
    name = release.assignment
    courses, assignments, notebooks = (
        model.__table__ for model in (api.Course, api.Assignment, api.Notebook)
    )
    if connection.scalar(select(courses.c.id).where(courses.c.id == course)) is None:
        connection.execute(insert(courses).values(id=course))
    unit = connection.scalar(select(assignments.c.id).where(assignments.c.name == name))
    if unit is None:
        unit = stable_id("assignment", name)
        connection.execute(
            insert(assignments).values(id=unit, name=name, course_id=course)
        )
    notebook: str | None = connection.scalar(
        select(notebooks.c.id).where(
            notebooks.c.assignment_id == unit, notebooks.c.name == name
        )
    )
    if notebook is None:
        notebook = stable_id("notebook", name)
        connection.execute(
            insert(notebooks).values(id=notebook, name=name, assignment_id=unit)
        )
    return notebook
