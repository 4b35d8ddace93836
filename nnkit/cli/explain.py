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
    only: Sequence[str] = (),
    require_isolation: bool = False,
) -> None:
    """Print what became of these students' answers; change nothing.

    Args:
        workspace: the grading folder.
        unit: what was graded.
        students: whose answers.
        settings: how they are run once more.
        expected: print also the inputs and what would have been right.
        only: of these exercises; of all where none is named.
        require_isolation: run nothing where a property of the sandbox is missing.

    Raises:
        click.ClickException: one of them has not been graded, or nothing can be run.
    """
    with needs("grade"):
        from nnkit.grading.asked import find_release
        from nnkit.grading.examiner import exercises_in
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
        there = [item.id for item in exercises_in(release)]
        if unknown := [name for name in only if name not in there]:
            raise click.UsageError(
                f"{unit} has no exercise {unknown[0]!r}; it has {', '.join(there)}"
            )
        found = replay(workspace, release, students, settings, require_isolation)
    except (JournalError, ReleaseError, SandboxError, WorkspaceError) as error:
        raise click.ClickException(str(error)) from None
    for number, item in enumerate(found):
        if number:
            click.echo()
        for line in explain(item, expected, only):
            click.echo(line)
