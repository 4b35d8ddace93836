"""`nnkit points`: what exercises are worth in one's own course."""

from __future__ import annotations

from pathlib import Path

import click

from nnkit.cli.needs import folder_option, needs


@click.command()
@click.argument("unit")
@click.argument("points", nargs=-1, metavar="[EXERCISE=POINTS]...")
@folder_option()
def points(unit: str, points: tuple[str, ...], folder: Path) -> None:
    """Show what the exercises of UNIT are worth, or set it for this grading folder.

    The points are put into points.csv there, and the notebook to hand out into
    release/UNIT: in it, check shows the same points that nnkit grade gives. Answers in
    words, which are graded by hand, may be given other points, too. What has been
    graded with other points is graded again by the next nnkit grade.
    """
    with needs("grade"):
        from nnkit.grading.asked import find_release
        from nnkit.grading.examiner import by_hand
        from nnkit.grading.points import release_of, set_points
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.workspace import Workspace, WorkspaceError
    given = dict(map(_pair, points))
    if len(given) < len(points):
        raise click.UsageError("an exercise is given points twice: which are meant?")
    try:
        workspace = Workspace.open(folder)
        release = find_release(unit, workspace.folders)
        if given:
            release, made = set_points(workspace, release, given)
            click.echo(f"hand out: {made}")
        else:
            release = release_of(workspace, release)
    except (ReleaseError, WorkspaceError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"{error.filename} cannot be written: {error.strerror or error}"
        ) from None
    hand = by_hand(release)
    for name, worth in {**release.points, **release.by_hand}.items():
        how = " (by hand)" if name in hand else ""
        click.echo(f"{worth:6g}  {name}{how}")
    total = sum(release.points.values()) + sum(release.by_hand.values())
    click.echo(f"{total:6g}  in all")


def _pair(text: str) -> tuple[str, float]:
    name, _, worth = text.partition("=")
    try:
        return name, float(worth)
    except ValueError:
        raise click.UsageError(
            f"expected EXERCISE=POINTS, such as layer=5; got {text!r}"
        ) from None
