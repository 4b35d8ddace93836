"""What stands beside an instructor's own notebook goes to students with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from nnkit.course import Folders


def give(course: Folders, unit: str, check: bool) -> Iterator[str]:
    """Copy a unit's other files into its release folder, as nbgrader does.

    Args:
        course: where that is, and which files are not handed out.
        unit: its name.
        check: copy nothing; yield what is not as it should be.
    """
    # nbgrader ships no types.
    from nbgrader.utils import find_all_files  # type: ignore[import-untyped]

    source, release = course.source / unit, course.release / unit
    given = find_all_files(str(source), [*course.ignore, "*.ipynb"])
    for path in sorted(map(Path, given)):
        copy = release / path.relative_to(source)
        if copy.is_file() and copy.read_bytes() == path.read_bytes():
            continue
        if check:
            yield (
                f"{course.shown(copy)} is not what {course.shown(path)} is: "
                f"run nnkit build {unit}"
            )
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
