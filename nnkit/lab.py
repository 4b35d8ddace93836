"""A working folder: the course copied to where a student works, and JupyterLab on it.

    course/NN-topic/NN-topic.ipynb ──copy──> DIR/NN-topic/NN-topic.ipynb
                                             DIR/.nnkit/folder.json   what was delivered

A file that a student has touched is never written to again. If the course has a newer
version of it, that is put beside it, once, under a name of its own. What was delivered
is known by its digest, so an untouched file can be brought up to date.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nnkit
from nnkit.course import course_directory, is_clone
from nnkit.judging.keep import MARKER

SOLUTION = b"### BEGIN SOLUTION"
WRITING = ".writing-"
FIRST = Path("00-start", "00-start.ipynb")


class LabError(Exception):
    """The working folder cannot be made; the message is one line for the student."""


def prepare(
    folder: Path, course: Path | None = None, more: Path | None = None
) -> list[str]:
    """Copy into a working folder what is not there yet.

    Args:
        folder: made if it does not exist.
        course: where the course's notebooks are.
        more: a folder with further units in it, an instructor's own.

    Returns:
        What was done, a line for each thing that a student wants to know.

    Raises:
        LabError: the folder is the wrong one, or cannot be read or written.
    """
    course = course or course_directory()
    folder = folder.expanduser().absolute()
    courses = [course] if more is None else [course, more.expanduser().absolute()]
    if more is not None:
        _refuse_more(courses[-1], course)
    for place in courses:
        _refuse(folder, place)
    try:
        return _fill(folder, courses)
    except OSError as error:
        where = Path(error.filename or folder)
        where = where.parent if where.name.startswith(WRITING) else where
        raise LabError(f"{where}: {error.strerror or error}") from None


def _refuse(folder: Path, course: Path) -> None:
    if not course.is_dir():
        raise LabError(f"the course's notebooks are not in {course}: install again")
    if folder.exists() and not folder.is_dir():
        raise LabError(f"{folder} is a file; name a folder to work in")
    real = folder.resolve()
    origin = course.resolve().parent
    inside = real.is_relative_to(course.resolve()) or _of_a_clone(real)
    if inside or real in (origin, origin.parent):
        raise LabError(f"{folder} holds the course itself; name a folder of your own")
    if (folder / "nbgrader_config.py").exists():
        raise LabError(f"{folder} is an instructor's folder; name one to work in")


def _of_a_clone(folder: Path) -> bool:
    """Whether a folder is a clone, or in what it keeps of the course.

    An installed copy of nnkit does not know from which clone it came.
    """
    for above in (folder, *folder.parents):
        if is_clone(above) and (above / "course").is_dir():
            return folder.relative_to(above).parts[:1] in (
                (),
                ("course",),
                ("solutions",),
            )
    return False


def _refuse_more(more: Path, course: Path) -> None:
    """Refuse what is no folder of released units, or has answers in it."""
    notebooks = sorted(more.glob("*/*.ipynb"))
    if not notebooks:
        raise LabError(f"{more} has no unit in it: expected {more}/<unit>/<unit>.ipynb")
    for path in notebooks:
        if (course / path.parent.name).is_dir():
            raise LabError(f"{path.parent.name} in {more} is a unit of the course, too")
        if SOLUTION in path.read_bytes():
            raise LabError(
                f"{path} has solutions in it: give the folder with what students get, "
                "which nbgrader calls release"
            )


def _sources(course: Path) -> dict[Path, Path]:
    """Return what a course hands out: where it goes → where it is."""
    found = {path.relative_to(course): path for path in sorted(course.rglob("*"))}
    if not any(name.suffix == ".ipynb" for name in found):
        raise LabError(f"there is no notebook in {course}: install again")
    return {
        name: path
        for name, path in found.items()
        if path.is_file()
        and not any(part.startswith((".", "__")) for part in name.parts)
    }


def _fill(folder: Path, courses: Sequence[Path]) -> list[str]:
    sources = {
        name: path for course in courses for name, path in _sources(course).items()
    }
    marker = folder / MARKER
    delivered = _delivered(marker)
    said, copied = [], 0
    if delivered is None:
        said.append(
            f"{marker} was damaged and is made anew: all notebooks count as changed."
        )
        delivered = {}
    for name, source in sources.items():
        target, data = folder / name, source.read_bytes()
        new = _digest(data)
        old = delivered.get(name.as_posix())
        if not os.path.lexists(target):
            _write(target, data)
            copied += name.suffix == ".ipynb"
        elif (here := _digest(target.read_bytes())) == new or old == new:
            pass  # up to date, or the student's own work on the latest version
        elif here == old:
            _write(target, data)
            said.append(f"{name.as_posix()}: replaced by its newer version.")
        else:
            beside = _beside(target, data)
            said.append(
                f"{name.as_posix()}: there is a newer version; yours is as it was, "
                f"the new one is beside it: {beside.name}"
            )
        delivered[name.as_posix()] = new
    record = {"version": nnkit.__version__, "delivered": delivered}
    noted = json.dumps(record, indent=1).encode()
    if not marker.is_file() or marker.read_bytes() != noted:
        _write(marker, noted)
    if copied:
        plural = "" if copied == 1 else "s"
        said.insert(0, f"{copied} notebook{plural} copied to {folder}")
    return said


def _delivered(marker: Path) -> dict[str, str] | None:
    """Read which files were delivered, by name; None if the marker is damaged."""
    try:
        kept = json.loads(marker.read_text(encoding="utf-8"))["delivered"]
        return {str(name): str(digest) for name, digest in kept.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _beside(target: Path, data: bytes) -> Path:
    """Put a newer version beside a student's file, under a name that is free."""
    number = 1
    while True:
        again = f"-{number}" if number > 1 else ""
        name = f"{target.stem}.new-{nnkit.__version__}{again}{target.suffix}"
        path = target.with_name(name)
        if not os.path.lexists(path):
            _write(path, data)
            return path
        if path.read_bytes() == data:
            return path
        number += 1


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=WRITING)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        # mkstemp lets only its owner in; a notebook is like any other file.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def command(folder: Path, browser: bool = True, more: Sequence[str] = ()) -> list[str]:
    """Return the command that opens JupyterLab on a working folder.

    Args:
        folder: see `prepare`.
        browser: open one.
        more: further arguments for JupyterLab.

    Raises:
        LabError: JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise LabError(
            "this command needs jupyterlab, which is not installed. "
            "Try: python -m pip install 'nnkit-course[lab]'"
        )
    root = folder.expanduser().absolute()
    # -P: no file of the folder's, a random.py perhaps, is taken for a module.
    arguments = [sys.executable, "-P", "-m", "jupyterlab"]
    arguments.append(f"--ServerApp.root_dir={root}")
    # With no other kernels to choose from, notebooks run in the Python that has nnkit.
    arguments.append("--KernelSpecManager.kernel_dirs=[]")
    if (root / FIRST).exists():
        page = f"/lab/tree/{FIRST.as_posix()}"
        arguments.append(f"--LabApp.default_url={page}")
    if not browser:
        arguments.append("--no-browser")
    return [*arguments, *more]


def open_lab(arguments: Sequence[str], folder: Path) -> int:
    """Run JupyterLab in a folder until it ends; return its exit code.

    Where it can, this process becomes JupyterLab: whoever ends it ends JupyterLab. Its
    terminals open where it runs, and unit 0 names notebooks as they stand there.
    """
    os.chdir(folder.expanduser())
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(arguments[0], list(arguments))
    process = subprocess.Popen(arguments)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # JupyterLab has heard it, too, and asks whether to stop
