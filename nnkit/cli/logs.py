"""Where the grader's log goes: a file, the terminal, or nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from nnkit.judging.plain import plain

FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class OneLine(logging.Formatter):
    """Keeps an entry on its line: what a student wrote is in it, escapes and all."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry with every unprintable character spelled out."""
        return plain(super().format(record))


@contextmanager
def logging_to(file: Path | None, verbose: bool) -> Iterator[None]:
    """Send the log of `nnkit` to a file, in full, and to standard error if verbose.

    Raises:
        click.ClickException: the file cannot be written.
    """
    handlers: list[logging.Handler] = []
    if file is not None:
        try:
            handlers.append(logging.FileHandler(file, encoding="utf-8"))
        except OSError as error:
            raise click.ClickException(
                f"the log {file} cannot be written: {error.strerror}"
            ) from None
        handlers[0].setLevel(logging.DEBUG)
    if verbose:
        handlers.append(logging.StreamHandler())
        handlers[-1].setLevel(logging.INFO)
    logger = logging.getLogger("nnkit")
    before = logger.level
    for handler in handlers:
        handler.setFormatter(OneLine(FORM))
        logger.addHandler(handler)
    if handlers:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(before)
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
