"""The nnkit command: what each subcommand takes; the work is done elsewhere.

course.py    lab, validate, build     a student's side and a maintainer's
folder.py    new, demo                a folder for grading
collect.py   collect                  from an LMS's archive into that folder
own.py       new-unit, test-exercises an instructor's own exercises
grade.py     grade                    with all of its options; explain.py: a dispute
points.py    points                   what exercises are worth in one's own course
report.py    report                   the class, from the journal
"""

from __future__ import annotations

import signal
from typing import Any

import click

import nnkit
from nnkit.cli.collect import collect
from nnkit.cli.course import build, lab, validate
from nnkit.cli.folder import demo, new
from nnkit.cli.grade import grade
from nnkit.cli.own import new_unit, try_exercises
from nnkit.cli.points import points
from nnkit.cli.report import report
from nnkit.cli.stopping import Stopped
from nnkit.judging.plain import plain_lines


class Commands(click.Group):
    """Prints errors so that a terminal obeys nothing that stands in a file's name."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; make the message of what stops it fit for a terminal."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.message = plain_lines(error.message)  # type: ignore[misc]  # final for others
            raise
        except KeyboardInterrupt:  # click would call it "Aborted!", and an error
            raise Stopped(signal.SIGINT).told("Run the same command again") from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(nnkit.__version__, prog_name="nnkit")
def main() -> None:
    """Teach the fundamentals of neural networks; check every gradient by backprop."""


for command in (
    *(lab, validate, build),
    *(new, points, collect, grade, report, demo),
    *(new_unit, try_exercises),
):
    main.add_command(command)
