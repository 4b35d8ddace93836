"""`nnkit report`: what the class did, from the journal, without grading anything."""

from __future__ import annotations

from pathlib import Path

import click

from nnkit.cli.needs import folder_option, needs
from nnkit.judging.plain import plain


@click.command()
@click.argument("unit")
@folder_option()
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a table for a spreadsheet to this file.",
)
@click.option(
    "--html",
    "html_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page to this file.",
)
def report(
    unit: str, folder: Path, csv_path: Path | None, html_path: Path | None
) -> None:
    """Say again what the class did in UNIT: scores, misunderstandings, hardest parts.

    Everything comes from the journal; nothing is graded or changed. Points are as
    graded, before penalties for lateness and before points given by hand: those are in
    the gradebook, and in what nbgrader export writes.
    """
    with needs("grade"):
        from nnkit.grading.asked import find_release
        from nnkit.grading.classreport import as_csv, as_html, read_records
        from nnkit.grading.journal import JournalError
        from nnkit.grading.points import release_of
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.report import print_class
        from nnkit.grading.submission import find_submissions
        from nnkit.grading.workspace import Workspace, WorkspaceError, write_atomically
    try:
        workspace = Workspace.open(folder)
        release = release_of(workspace, find_release(unit, workspace.folders))
        records = read_records(workspace, unit)
        there = {handin.student for handin in find_submissions(workspace, unit)}
    except (JournalError, ReleaseError, WorkspaceError) as error:
        raise click.ClickException(str(error)) from None
    made = [(csv_path, as_csv), (html_path, as_html)]
    for path, make in made:
        if path is None:
            continue
        try:
            write_atomically(path, make(records, release).encode("utf-8", "replace"))
        except OSError as error:
            raise click.ClickException(
                f"{path} cannot be written: {error.strerror or error}"
            ) from None
        click.echo(f"written: {path}")
    if csv_path is None and html_path is None:
        print_class(release, records)
    if gone := records.keys() - there:
        click.echo(f"No longer in submitted/: {plain(', '.join(sorted(gone)))}.")
    click.echo("Points are as graded, before penalties and points by hand.")
