"""An instructor's own exercises: two files to start from, and the rules they keep."""

from __future__ import annotations

import importlib
import shlex
import sys
from pathlib import Path

import click

from nnkit.cli.needs import folder_option, needs


@click.command("new-unit")
@click.argument("name")
@folder_option("Your course's folder, nbgrader's or a new one.")
def new_unit(name: str, folder: Path) -> None:
    """Make a unit of your own, NAME, in your course's folder: two files to change.

    source/NAME.py is its text, source/NAME/nnkit_exercises.py its exercises. As they
    are they make a whole small unit, which can be built, handed out and graded.
    """
    with needs("grade"):
        units_of_own = importlib.import_module("nnkit.units")
    try:
        made, remarks = units_of_own.new_unit(folder, name)
    except units_of_own.UnitError as error:
        raise click.ClickException(str(error)) from None
    for path in made:
        click.echo(f"made: {path}")
    for remark in remarks:
        click.echo(remark)
    unit = name if folder == Path() else f"{name} --dir {shlex.quote(str(folder))}"
    click.echo(f"Change both, then: nnkit test-exercises {unit} && nnkit build {unit}")


@click.command("test-exercises")
@click.argument("units", nargs=-1)
@folder_option("Your course's folder.")
@click.option(
    "--seeds",
    default=50,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many sets of cases to try.",
)
def try_exercises(units: tuple[str, ...], folder: Path, seeds: int) -> None:
    """Hold your own exercises to the rules that the course's keep; all UNITS if none.

    Cases reach an answer as they are and come from the seed alone; the reference is
    right by its own standard, and what is far off is not; every slip gets its own hint
    and not full marks; no answer stops the judge; the text, or the notebook where there
    is no text, asks for each exercise, and its own answers are right.

    Exit code 0: all of it holds. Exit code 1: it does not; a line says where.
    """
    with needs("grade"):
        units_of_own = importlib.import_module("nnkit.units")
    try:
        tried = units_of_own.tried(folder, units, seeds)
        sound = True
        for line in tried:
            click.echo(line.text)
            sound = sound and line.sound
    except units_of_own.UnitError as error:
        raise click.ClickException(str(error)) from None
    if not sound:
        sys.exit(1)
