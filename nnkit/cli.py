"""The nnkit command: what each subcommand takes; the work is done elsewhere."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import nnkit

if TYPE_CHECKING:
    from nnkit.grading import Run
    from nnkit.grading.pool import Settings
    from nnkit.grading.workspace import Workspace


SECONDS = click.FloatRange(min=0, min_open=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(nnkit.__version__, prog_name="nnkit")
def main() -> None:
    """Teach the fundamentals of neural networks; check every gradient by backprop."""


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Turn a missing library into one line that says what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] == "nnkit":
            raise
        if error.name in ("fcntl", "resource"):
            raise click.ClickException(
                "this command runs the grader's sandbox, which needs Linux, macOS or "
                "WSL 2"
            ) from error
        raise click.ClickException(
            f"this command needs {error.name}, which is not installed. "
            f"Try: python -m pip install 'nnkit-course[{extra}]'"
        ) from error


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("folder", default="nnkit-course", metavar="[DIR]", type=click.Path())
@click.argument("jupyter", nargs=-1, type=click.UNPROCESSED, metavar="[-- OPTIONS]")
@click.option("--no-browser", is_flag=True, help="Open no browser; print the address.")
@click.option("--no-open", is_flag=True, help="Make the folder, open nothing.")
def lab(folder: str, jupyter: tuple[str, ...], no_browser: bool, no_open: bool) -> None:
    """Copy the course to DIR and open JupyterLab on it.

    DIR is made if need be. Your work in it is never overwritten: a newer version of a
    notebook that you have changed is put beside it. What follows -- goes to JupyterLab.
    """
    from nnkit.lab import LabError, command, open_lab, prepare

    try:
        for line in prepare(Path(folder)):
            click.echo(line)
        if no_open:
            return
        arguments = command(Path(folder), not no_browser, jupyter)
    except LabError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(open_lab(arguments))


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
def validate(notebook: Path) -> None:
    """Run NOTEBOOK as the grader would, and say what would be graded.

    The cases are those of check; a grade is decided by others of the same kinds.
    Exit code 0: every part is right, no cell stopped, none had to be put right.
    Exit code 1: something to look at, or the file is no notebook of the course.
    """
    if not hasattr(os, "fork"):
        raise click.ClickException(
            "validate runs the grader's sandbox, which needs Linux, macOS or WSL 2. "
            "Here, choose Run > Restart Kernel and Run All Cells, and read each check"
        )
    with needs("grade"):
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.sandboxes import SandboxError
        from nnkit.grading.submission import SubmissionError
        from nnkit.grading.validate import text
        from nnkit.grading.validate import validate as run
    try:
        found = run(notebook)
    except (ReleaseError, SandboxError, SubmissionError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(text(found))
    if not found.ready:
        sys.exit(1)


@main.command()
@click.argument("units", nargs=-1)
@click.option("--check", is_flag=True, help="Change nothing; fail if a file is stale.")
def build(units: tuple[str, ...], check: bool) -> None:
    """Make both notebooks of each unit from solutions/*.py."""
    with needs("grade"):
        builder = importlib.import_module("nnkit.build")
    try:
        paths = builder.build(units, check=check)
    except builder.BuildError as error:
        raise click.ClickException(str(error)) from None
    for path in paths:
        click.echo(f"{'up to date' if check else 'built'}: {path}")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Make FOLDER for grading, set up for nnkit and for nbgrader's commands."""
    with needs("grade"):
        from nnkit.grading.workspace import WorkspaceError, new_workspace
    try:
        workspace = new_workspace(folder)
    except WorkspaceError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"Put notebooks into {workspace.submitted}/<student>/<unit>/<unit>.ipynb, "
        f"then run: nnkit grade <unit> --dir {folder}"
    )


@main.command()
@click.argument("unit")
@click.option(
    "--dir",
    "folder",
    default=".",
    type=click.Path(path_type=Path),
    help="The grading folder, with submitted/<student>/<unit>/<unit>.ipynb in it.",
)
@click.option(
    "--workers",
    default=0,
    type=click.IntRange(min=0),
    help="Sandboxes at a time; 0: one a processor.",
)
@click.option(
    "--isolation",
    type=click.Choice(["warn", "require"]),
    default="warn",
    help="What to do where this machine cannot give the whole sandbox.",
)
@click.option("--db", default=None, help="Gradebook's database URL, as nbgrader's.")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--all-cells", is_flag=True, help="Run demonstration cells, too.")
@click.option(
    "--cell-seconds", default=10.0, type=SECONDS, help="Longest time for a cell."
)
@click.option(
    "--call-seconds", default=2.0, type=SECONDS, help="Longest time for a graded call."
)
@click.option(
    "--notebook-seconds",
    default=60.0,
    type=SECONDS,
    help="Longest time for a notebook.",
)
def grade(
    unit: str,
    folder: Path,
    workers: int,
    isolation: str,
    db: str | None,
    force: bool,
    all_cells: bool,
    cell_seconds: float,
    call_seconds: float,
    notebook_seconds: float,
) -> None:
    """Grade every notebook handed in for UNIT, each in a sandbox of its own.

    What was graded before and has not changed is not graded again, also after a run
    that was killed. A notebook that cannot be read scores 0 and is marked for grading
    by hand; that is no failure.

    Exit code 0: the gradebook has a grade for everybody who handed in.

    Exit code 1: it has not, or a graded notebook could not be written; the last lines
    say whose and why. Everybody else's grade is safe.

    Exit code 2: the command itself is wrong.
    """
    with needs("grade"):
        from nnkit.grading.pool import Settings
        from nnkit.grading.session import Limits
        from nnkit.grading.workspace import Workspace, WorkspaceError
    limits = Limits(cell_seconds, call_seconds, notebook_seconds)
    settings = Settings(workers, limits, all_cells=all_cells)
    try:
        workspace = Workspace.open(folder)
    except WorkspaceError as error:
        raise click.ClickException(str(error)) from None
    required = isolation == "require"
    run = run_grader(workspace, unit, settings, required, db_url=db, force=force)
    if run.failed or run.unshown:
        sys.exit(1)


@main.command()
@click.option(
    "--dir",
    "folder",
    default="nnkit-demo",
    type=click.Path(path_type=Path),
    help="Where to make the class and its gradebook.",
)
@click.option("--workers", default=0, help="Sandboxes at a time; 0: one a processor.")
def demo(folder: Path, workers: int) -> None:
    """Grade a class of 24, made on the spot: right, wrong, stuck and hostile."""
    with needs("grade"):
        from nnkit.demo import UNIT, make_class
        from nnkit.grading.pool import Settings
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.workspace import WorkspaceError
    try:
        workspace = make_class(folder)
    except (WorkspaceError, ReleaseError) as error:
        raise click.ClickException(str(error)) from None
    run_grader(workspace, UNIT, Settings(workers), False, force=True)
    click.echo(
        f"\nThe class is in {workspace.root}. From there, nbgrader goes on:\n"
        f"  cd {workspace.root}\n"
        "  nbgrader export                 # all scores, as grades.csv\n"
        f"  nbgrader generate_feedback {UNIT}   # a page for every student"
    )


def run_grader(
    workspace: Workspace,
    unit: str,
    settings: Settings,
    required: bool,
    **options: Any,
) -> Run:
    """Grade with a progress bar; say what came of it, and what went wrong.

    Raises:
        click.ClickException: grading could not be done, or not be finished.
    """
    with needs("grade"):
        from nnkit import grading
        from nnkit.grading.gradebook import GradebookError
        from nnkit.grading.journal import JournalError
        from nnkit.grading.progress import ProgressListener
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.report import print_report
        from nnkit.grading.sandboxes import SandboxError
        from nnkit.grading.workspace import WorkspaceError

    try:
        with ProgressListener() as listener:
            run = grading.grade(
                workspace,
                unit,
                settings,
                require_isolation=required,
                listener=listener,
                **options,
            )
    except grading.IsolationError as error:
        raise click.ClickException(
            f"nothing was graded: this machine's sandbox does not hold for {error}, "
            "and --isolation require asks for all of it"
        ) from None
    except (
        GradebookError,
        JournalError,
        ReleaseError,
        SandboxError,
        WorkspaceError,
    ) as error:
        raise click.ClickException(str(error)) from None
    print_report(run)
    return run
