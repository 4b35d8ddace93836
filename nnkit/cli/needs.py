"""What a command needs: what may not be installed, and a folder's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Turn a missing library into one line that says what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] == "nnkit":
            raise
        if error.name in ("fcntl", "resource"):
            raise click.ClickException(
                "this command runs the grader's sandbox, which needs Linux, macOS or "
                "WSL 2"
            ) from error
        raise click.ClickException(
            f"this command needs {error.name}, which is not installed. "
            f"Try: python -m pip install 'nnkit-course[{extra}]'"
        ) from error


class Folder(click.Path):
    """A folder's name. An empty one is a slip, and would mean the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the path.

        Raises:
            BadParameter: the name is empty.
        """
        if value == "":
            self.fail("the name is empty; write . for the current folder", param, ctx)
        return super().convert(value, param, ctx)


def folder_option(help: str = "The grading folder.", default: str = ".") -> Decorator:
    """Return the option that names the folder a command works in."""
    return click.option(
        "--dir",
        "folder",
        default=default,
        show_default=True,
        type=Folder(),
        help=help,
    )


workers_option = click.option(
    "--workers",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Notebooks at a time; 0: one a processor.",
)
