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

import click

import nnkit
from nnkit.cli.collect import collect
from nnkit.cli.course import build, lab, validate
from nnkit.cli.folder import demo, new
from nnkit.cli.grade import grade
from nnkit.cli.own import new_unit, try_exercises
from nnkit.cli.points import points
from nnkit.cli.report import report


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(nnkit.__version__, prog_name="nnkit")
def main() -> None:
    """Teach the fundamentals of neural networks; check every gradient by backprop."""


for command in (
    *(lab, validate, build),
    *(new, points, collect, grade, report, demo),
    *(new_unit, try_exercises),
):
    main.add_command(command)
