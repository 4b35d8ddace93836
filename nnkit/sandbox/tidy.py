"""Remove a folder that a stranger's program made, whatever it made of it."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count


def remove(folder: str) -> None:
    """Remove a folder and all in it; its owner must be dead.

    Neither `shutil.rmtree` nor `rm` will do: the one gives up on folders nested deeper
    than Python's stack or the number of open files, the other on folders whose mode
    does not let their owner in. So each level is moved up until all are at the top.
    """
    names = (f"{folder}/.{number}" for number in count())
    with suppress(FileNotFoundError):
        while entries := list(_entries(folder)):
            for path, is_folder in entries:
                if not is_folder:
                    os.unlink(path)
                    continue
                for inner, _ in _entries(path):
                    os.rename(inner, next(name for name in names if _is_free(name)))
                os.rmdir(path)
        os.rmdir(folder)


def _entries(folder: str) -> Iterator[tuple[str, bool]]:
    """What is in a folder, and whether it is a folder itself, which is then opened."""
    os.chmod(folder, 0o700)
    with os.scandir(folder) as found:
        for entry in list(found):
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder:
                os.chmod(entry.path, 0o700)
            yield entry.path, is_folder


def _is_free(path: str) -> bool:
    return not os.path.lexists(path)
