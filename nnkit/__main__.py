"""The `nnkit` command."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _open_what_is_closed() -> None:
    """Put the null device where a standard stream is closed, as `>&-` leaves it.

    What is opened next would else take its number: a sandbox's connection, or the
    journal, into which a library would then complain.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  while it runs


@contextmanager
def _telling_what_ran_out() -> Iterator[None]:
    """Say in one line that memory, or room for what is written, is used up."""
    try:
        yield
    except MemoryError:
        sys.exit(
            "Error: the memory that this machine allows nnkit is used up. What was "
            "finished is kept: run the same command again (nnkit grade: with fewer "
            "--workers), or allow it more (see ulimit -v)"
        )
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename:
            raise
        # What is still to be printed would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(
            "Error: no space is left where this command writes, a file or what it "
            "prints. What was finished is kept: make room, and run it again"
        )


def main() -> None:
    """Run the command line, or say in one line what is not installed."""
    # Checked here, too: a clone runs without pip, which would have refused.
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(
            "nnkit needs Python 3.11 or newer, and this is "
            f"{sys.version.split()[0]} in {sys.executable}"
        )
    try:
        from nnkit.cli import main as run
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] == "nnkit":
            raise
        sys.exit(
            f"nnkit's commands need {error.name}, which is not installed. "
            "Try: python -m pip install 'nnkit-course[grade]' to grade, or "
            "'nnkit-course[lab]' to learn"
        )
    _open_what_is_closed()
    # ✓ and names are in no Latin-1 or ASCII: they become ?, and stop no command.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    with _telling_what_ran_out():
        run()


if __name__ == "__main__":
    main()
