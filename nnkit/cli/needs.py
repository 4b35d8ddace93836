"""What a command needs that may not be installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click


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
