"""The student's commands, and the maintainer's."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nnkit.cli.needs import Folder, folder_option, needs

Command = Callable[..., Any]


def course_option(help: str) -> Callable[[Command], Command]:
    """Return the option that names a folder of released units."""
    return click.option(
        "--course",
        default=None,
        envvar="NNKIT_COURSE",
        show_envvar=True,
        type=click.Path(path_type=Path),
        help=help,
    )


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("folder", default="nnkit-course", metavar="[DIR]", type=Folder())
@click.argument("jupyter", nargs=-1, type=click.UNPROCESSED, metavar="[-- OPTIONS]")
@course_option("Copy the units of this folder, too: your instructor's own.")
@click.option("--no-browser", is_flag=True, help="Open no browser; print the address.")
@click.option("--no-open", is_flag=True, help="Make the folder, open nothing.")
def lab(
    folder: Path,
    jupyter: tuple[str, ...],
    course: Path | None,
    no_browser: bool,
    no_open: bool,
) -> None:
    """Copy the course to DIR and open JupyterLab on it.

    DIR is made if need be. Your work in it is never overwritten: a newer version of a
    notebook that you have changed is put beside it. What follows -- goes to JupyterLab.
    """
    from nnkit.lab import LabError, command, open_lab, prepare

    if str(folder).startswith("-"):
        raise click.UsageError(
            f"{folder} is no option of nnkit lab. What JupyterLab is to get comes "
            f"after the folder: nnkit lab nnkit-course -- {folder}"
        )
    try:
        for line in prepare(folder, more=course):
            click.echo(line)
        if no_open:
            click.echo(f"ready: {folder}")
            return
        arguments = command(folder, not no_browser, jupyter)
    except LabError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(open_lab(arguments, folder))


@click.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@course_option("The folder that an instructor's own unit is from.")
def validate(notebook: Path, course: Path | None) -> None:
    """Run NOTEBOOK as the grader would, and say what would be graded.

    The cases are those of check; a grade is decided by others of the same kinds.
    Exit code 0: every part is right, no cell stopped, none had to be put right.
    Exit code 1: something to look at, or the file is no notebook of the course.
    """
    if notebook.is_dir():
        inside = " or ".join(map(str, sorted(notebook.glob("*.ipynb"))))
        meant = (
            f"did you mean {inside}?"
            if inside
            else "expected a notebook, and there is none in it"
        )
        raise click.ClickException(f"{notebook} is a folder; {meant}")
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
        found = run(notebook, more=course)
    except (ReleaseError, SandboxError, SubmissionError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(text(found))
    if not found.ready:
        sys.exit(1)


@click.command()
@click.argument("units", nargs=-1)
@folder_option("The course's folder, or one inside it.")
@click.option("--check", is_flag=True, help="Change nothing; fail if a file is stale.")
def build(units: tuple[str, ...], folder: Path, check: bool) -> None:
    """Make both notebooks of each unit from its text, NAME.py.

    In a clone texts are in solutions/; in your own course's folder they are in
    source/, and their exercises in source/NAME/nnkit_exercises.py.
    """
    with needs("grade"):
        builder = importlib.import_module("nnkit.build")
    try:
        paths = builder.build(units, check=check, root=folder)
    except builder.BuildError as error:
        raise click.ClickException(str(error)) from None
    for path in paths:
        click.echo(f"{'up to date' if check else 'built'}: {path}")
