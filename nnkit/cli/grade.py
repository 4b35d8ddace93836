"""`nnkit grade`: its options, and a run with its progress and its errors."""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnkit.cli.explain import explain_students
from nnkit.cli.logs import logging_to
from nnkit.cli.needs import Decorator, folder_option, needs, workers_option
from nnkit.cli.stopping import Stopped, stoppable

if TYPE_CHECKING:
    from nnkit.grading import Run
    from nnkit.grading.pool import Settings
    from nnkit.grading.workspace import Workspace


class Seconds(click.FloatRange):
    """A length of time. Neither nan nor inf is one; a range of floats takes both."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number of seconds.

        Raises:
            BadParameter: it is no finite number above 0.
        """
        seconds: float = super().convert(value, param, ctx)
        if not math.isfinite(seconds):
            self.fail(f"{value} is no number of seconds", param, ctx)
        return seconds


def seconds_option(what: str, default: float, said: str) -> Decorator:
    """Return the option for one of the limits, whose defaults are those of `Limits`."""
    return click.option(
        f"--{what}-seconds",
        default=default,
        show_default=True,
        type=Seconds(min=0, min_open=True),
        help=f"Longest time for {said}.",
    )


@click.command()
@click.argument("unit")
@folder_option(
    "The grading folder, with submitted/<student>/<unit>/<unit>.ipynb in it."
)
@workers_option
@click.option(
    "--dask",
    default="",
    metavar="ADDRESS",
    help="Run the sandboxes on the Dask cluster whose scheduler is at ADDRESS.",
)
@click.option(
    "--isolation",
    type=click.Choice(["warn", "require"]),
    default="warn",
    show_default=True,
    help="What to do where this machine cannot give the whole sandbox.",
)
@click.option("--db", default=None, help="Gradebook's database URL, as nbgrader's.")
@click.option(
    "--counts",
    type=click.Choice(["last", "best"]),
    help="Which of a student's several files counts; remembered. [default: last]",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**53),
    help="Draw the secret cases from this number; remembered. [default: a random one]",
)
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="NAME",
    help="Grade this student alone; may be given several times.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Grade nothing: replay the verdict on each --student call by call.",
)
@click.option(
    "--exercise",
    "exercises",
    multiple=True,
    metavar="NAME",
    help="Explain this exercise alone; may be given several times.",
)
@click.option(
    "--hide-expected",
    is_flag=True,
    help="Explain without secret inputs and right answers.",
)
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--all-cells", is_flag=True, help="Run demonstration cells, too.")
@click.option(
    "--figures",
    is_flag=True,
    help="Draw figures and put them into the graded notebooks; takes its time. The "
    "course's own are in demonstration cells: give --all-cells, too.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object a line as things happen; no bar, no report.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log what happens, to the screen.")
@click.option(
    "--log",
    "log_file",
    default=None,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Log to FILE which student, which cell, which layer of the sandbox.",
)
@seconds_option("cell", 10.0, "a cell")
@seconds_option("call", 2.0, "a graded call")
@seconds_option("notebook", 60.0, "a notebook")
def grade(
    unit: str,
    folder: Path,
    workers: int,
    dask: str,
    isolation: str,
    db: str | None,
    counts: str | None,
    seed: int | None,
    students: tuple[str, ...],
    explain: bool,
    exercises: tuple[str, ...],
    hide_expected: bool,
    force: bool,
    all_cells: bool,
    figures: bool,
    as_json: bool,
    verbose: bool,
    log_file: Path | None,
    cell_seconds: float,
    call_seconds: float,
    notebook_seconds: float,
) -> None:
    """Grade every notebook handed in for UNIT, each in a sandbox of its own.

    What was graded before and has not changed is not graded again, also after a run
    that was killed. A notebook that cannot be read scores 0 and is marked for grading
    by hand; that is no failure.

    Of a student's several files, earlier ones lie in attempts/, where nnkit collect
    puts them. --counts best grades them all: the one with the most points counts, after
    any penalty for lateness.

    A dispute: --student NAME --explain runs what was graded once more, with the cases
    that it was graded on, and prints for every call what came back, what was right or
    wrong and by how much, and which known slips match, wrong exercises first. It
    changes nothing.

    Exit code 0: the gradebook has a grade for everybody who handed in.

    Exit code 1: it has not, or a graded notebook could not be written; the last lines
    say whose and why. Everybody else's grade is safe.

    Exit code 2: the command itself is wrong.

    Exit code 128 and more: stopped, by Ctrl-C for instance; the same command,
    without --force, grades what has no grade yet.
    """
    if dask:
        with needs("scale"):
            importlib.import_module("distributed")
    with needs("grade"):
        from nnkit.grading.answers import Limits
        from nnkit.grading.pool import Settings
        from nnkit.grading.workspace import Workspace, WorkspaceError
    limits = Limits(cell_seconds, call_seconds, notebook_seconds)
    settings = Settings(
        workers, limits, all_cells=all_cells, figures=figures, dask=dask
    )
    try:
        workspace = Workspace.open(folder)
    except WorkspaceError as error:
        raise click.ClickException(str(error)) from None
    with_it = {"--hide-expected": hide_expected, "--exercise": exercises}
    if not explain and (given := [name for name, on in with_it.items() if on]):
        raise click.UsageError(f"{given[0]} goes with --explain, which is missing")
    if explain and as_json:
        raise click.UsageError("--explain prints text, and no --json")
    changing = {"--force": force, "--seed": seed is not None, "--counts": counts}
    if explain and (given := [name for name, on in changing.items() if on]):
        raise click.UsageError(
            f"--explain replays what was graded, and {' and '.join(given)} would "
            "grade: leave one of them out"
        )
    required = isolation == "require"
    if explain:
        shown = (not hide_expected, exercises, required)
        with logging_to(log_file, verbose):
            explain_students(workspace, unit, students, settings, *shown)
        return
    options: dict[str, Any] = {
        "db_url": db,
        "force": force,
        "students": students,
        "counts": counts or "",
        "seed": seed,
    }
    with logging_to(log_file, verbose):
        run = run_grader(
            workspace, unit, settings, required, as_json=as_json, **options
        )
    if run.failed or run.unshown:
        sys.exit(1)


def run_grader(
    workspace: Workspace,
    unit: str,
    settings: Settings,
    required: bool,
    as_json: bool = False,
    again: str = "",
    **options: Any,
) -> Run:
    """Grade with a progress bar; say what came of it, and what went wrong.

    With `as_json`, all of this in lines of JSON instead. `again` is what to do when it
    was stopped, where that is not to grade again.

    Raises:
        click.ClickException: grading could not be done, or not be finished.
    """
    with needs("grade"):
        from nnkit import grading
        from nnkit.grading.events import JsonListener, say_done
        from nnkit.grading.gradebook import GradebookError
        from nnkit.grading.journal import JournalError
        from nnkit.grading.progress import ProgressListener
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.report import print_report
        from nnkit.grading.sandboxes import SandboxError
        from nnkit.grading.workspace import WorkspaceError

    try:
        listener = JsonListener() if as_json else ProgressListener()
        with stoppable(), listener:
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
    except Stopped as stopped:
        raise stopped.told(
            again
            or "What is graded is safe in the journal: "
            + (
                "without --force, the same command grades what has no grade yet, and "
                "lets earlier grades stand; with it, everybody is graded anew"
                if options.get("force")
                else "run the same command again to go on from there"
            )
        ) from None
    if as_json:
        say_done(run)
    else:
        print_report(run)
    return run
