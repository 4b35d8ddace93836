"""Make a folder for grading: an empty one, or one with a class in it."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from nnkit.cli.grade import run_grader
from nnkit.cli.needs import Folder, folder_option, needs, workers_option


@click.command()
@click.argument("folder", type=Folder())
def new(folder: Path) -> None:
    """Make FOLDER for grading, set up for nnkit and for nbgrader's commands."""
    with needs("grade"):
        from nnkit.grading.workspace import (
            WorkspaceError,
            new_workspace,
            remarks_on_place,
        )
    try:
        workspace = new_workspace(folder)
    except WorkspaceError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"Put notebooks into {workspace.submitted}/<student>/<unit>/<unit>.ipynb, "
        f"then run: nnkit grade <unit> --dir {shlex.quote(str(folder))}"
    )
    for remark in remarks_on_place(workspace):
        click.echo(f"NOTE {remark}")


@click.command()
@folder_option("Where to make the class and its gradebook.", default="nnkit-demo")
@workers_option
def demo(folder: Path, workers: int) -> None:
    """Grade a class of 24, made on the spot: right, wrong, stuck and hostile."""
    with needs("grade"):
        from nnkit.demo import SEED, UNIT, make_class
        from nnkit.grading.pool import Settings
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.workspace import WorkspaceError
    try:
        workspace = make_class(folder)
    except (WorkspaceError, ReleaseError) as error:
        raise click.ClickException(str(error)) from None
    again = "nnkit demo makes the class anew"
    settings = Settings(workers)
    run_grader(workspace, UNIT, settings, False, again=again, force=True, seed=SEED)
    click.echo(
        f"\nThe class is in {workspace.root}. From there, nbgrader goes on:\n"
        f"  cd {shlex.quote(str(workspace.root))}\n"
        "  nbgrader export                 # all scores, as grades.csv\n"
        f"  nbgrader generate_feedback {UNIT}   # a page for every student"
    )
