"""`nnkit collect`: from an LMS's archive to where `nnkit grade` looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from nnkit.cli.needs import folder_option, needs
from nnkit.judging.plain import plain

if TYPE_CHECKING:
    from nnkit.grading.collect import Collected

MAX_ABSENT = 20


@click.command()
@click.argument("unit")
@click.argument(
    "archives",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="ARCHIVE...",
)
@click.option(
    "--from",
    "lms",
    required=True,
    type=click.Choice(["moodle", "canvas", "nbgrader"]),
    help="Whose names the files have.",
)
@folder_option()
@click.option(
    "--roster",
    "roster_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file that says who is who, and when they handed in.",
)
@click.option("--id-column", default="", help="The roster's column with the ids.")
@click.option(
    "--late-at",
    default="",
    metavar="TIME",
    help="Time to put down for what is marked LATE and has no other.",
)
@click.option(
    "--timezone",
    default=None,
    metavar="ZONE",
    help="Where times without a zone were told, such as Europe/Rome. [default: UTC]",
)
def collect(
    unit: str,
    archives: tuple[Path, ...],
    lms: str,
    folder: Path,
    roster_path: Path | None,
    id_column: str,
    late_at: str,
    timezone: str | None,
) -> None:
    """Take in what students handed in for UNIT, from an LMS's archives.

    ARCHIVE is the zip of Moodle's "Download all submissions" (in folders or not), of
    Canvas's "Download Submissions", or nbgrader's inbound folder; or the folder that a
    browser has unpacked one to. Of several, later ones are later.

    A student's last notebook of the unit goes to submitted/, those before it to
    attempts/: nothing is overwritten, and the same archive may be given again. Zips
    that students handed in are looked into. Whatever is not taken is listed with the
    reason. What may be no notebook of UNIT is taken if a student has no other, and
    noted; one that is in place already stays.

    The roster is Moodle's grading worksheet, Canvas's gradebook, or a CSV file with
    the columns id and lms_user_id. Without one, Moodle's full names become ids, and
    Canvas's names with their numbers. The dates of files in an archive are those of
    the download: times of handing in come from the grading worksheet, or from a column
    called timestamp.

    Exit code 0: everybody in the archives has a notebook in place.

    Exit code 1: somebody has not, an archive could not be read, or nobody was in it.
    """
    with needs("grade"):
        from nnkit.grading import collect as collecting
        from nnkit.grading.asked import find_release
        from nnkit.grading.collect.roster import read_roster
        from nnkit.grading.points import release_of
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.workspace import Workspace, WorkspaceError
    zone = _zone(timezone or "UTC")
    if id_column and roster_path is None:
        raise click.UsageError("--id-column goes with --roster, which is missing")
    try:
        workspace = Workspace.open(folder)
        release = release_of(workspace, find_release(unit, workspace.folders))
        roster = read_roster(roster_path, id_column, zone) if roster_path else None
        done = collecting.collect(
            workspace,
            release,
            archives,
            lms,
            roster=roster,
            late_at=_time(late_at, zone),
        )
    except (ReleaseError, WorkspaceError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"{error.filename} cannot be written: {error.strerror or error}. What was "
            "taken before it is in place: mend that, then run the same command again"
        ) from None
    if roster and roster.as_utc and timezone is None:
        done.remarks.append(
            "the roster's times do not say in which zone they are, and were read as "
            "UTC: if they are your LMS's local times, run this again with --timezone, "
            "such as --timezone Europe/Rome"
        )
    _tell(done, unit)
    if done.empty or done.unread or not (done.placed or done.kept):
        sys.exit(1)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise click.UsageError(
            f"--timezone {name!r} is unknown: expected a name such as Europe/Rome"
        ) from None


def _time(text: str, zone: tzinfo) -> datetime | None:
    from nnkit.grading.collect.roster import read_time
    from nnkit.grading.timestamps import NO_TIME

    if not text:
        return None
    try:
        return read_time(text, zone)[0]
    except NO_TIME:
        raise click.UsageError(
            f"--late-at {text!r} is no time: expected 2026-03-01 14:00 UTC"
        ) from None


def _tell(done: Collected, unit: str) -> None:
    for line in _lines(done, unit):
        click.echo(plain(line))


def _lines(done: Collected, unit: str) -> Iterator[str]:
    for item in done.placed:
        when = f"{item.when:%Y-%m-%d %H:%M} UTC" if item.when else "time not known"
        before = f", {item.earlier} earlier kept" if item.earlier else ""
        yield f"{item.what:9} {item.student}: {item.name} ({when}{before})"
        if item.several:
            yield (
                f"          CHOSEN as the last of several handed in together: look "
                f"into attempts/{item.student}/{unit}"
            )
    for left in done.left:
        yield f"left      {left.where}: {left.why}"
    for left in done.unread:
        yield f"NOT READ  {left.where}: {left.why}"
    for who in done.empty:
        yield f"NOTHING   taken of {who}"
    for remark in done.remarks:
        yield f"NOTE      {remark}"
    if done.absent:
        named = ", ".join(done.absent[:MAX_ABSENT])
        more = f" and {len(done.absent) - MAX_ABSENT} more"
        yield (
            f"absent    {named}{more if len(done.absent) > MAX_ABSENT else ''}: in the "
            "roster, not in the archives"
        )
    counts = [sum(p.what == what for p in done.placed) for what in ("new", "newer")]
    students, files = len(done.placed), len(done.left)
    yield (
        f"{unit}: {students} student{'s' * (students != 1)}, {counts[0]} new, "
        f"{counts[1]} newer than before; {files} file{'s' * (files != 1)} left"
    )
