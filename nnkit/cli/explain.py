"""`nnkit grade --student X --explain`: a verdict, call by call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from nnkit.cli.needs import needs

if TYPE_CHECKING:
    from nnkit.grading.pool import Settings
    from nnkit.grading.workspace import Workspace


def explain_students(
    workspace: Workspace,
    unit: str,
    students: Sequence[str],
    settings: Settings,
    expected: bool,
) -> None:
    """Print what became of these students' answers; change nothing.

    Raises:
        click.ClickException: one of them has not been graded, or nothing can be run.
    """
    with needs("grade"):
        from nnkit.grading.asked import find_release
        from nnkit.grading.explain import explain
        from nnkit.grading.journal import JournalError
        from nnkit.grading.points import release_of
        from nnkit.grading.release import ReleaseError
        from nnkit.grading.replay import replay
        from nnkit.grading.sandboxes import SandboxError
        from nnkit.grading.workspace import WorkspaceError
    if not students:
        raise click.UsageError("--explain needs --student: whose verdict?")
    try:
        release = release_of(workspace, find_release(unit, workspace.folders))
        found = replay(workspace, release, students, settings)
    except (JournalError, ReleaseError, SandboxError, WorkspaceError) as error:
        raise click.ClickException(str(error)) from None
    for number, item in enumerate(found):
        if number:
            click.echo()
        for line in explain(item, expected):
            click.echo(line)
