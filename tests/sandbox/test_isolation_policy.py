"""What may be read, for every way in which Python and nnkit can be installed."""

import mmap
import os
import shutil
import sys
from pathlib import Path

import pytest

import nnkit
from nnkit.sandbox.policy import (
    Policy,
    _mapped_libraries,
    is_readable,
    student_policy,
    turns,
    whole_and_mixed,
)

from .test_isolation import USERS, cell

PACKAGE = Path(nnkit.__file__).parent


@pytest.fixture
def tree(tmp_path):
    root = Path(os.path.realpath(tmp_path))
    for name in ("env/a.py", "env/kit/open.py", "env/kit/keys/one.py", "home/x"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    return root


def test_the_longest_path_decides(tree):
    env, kit = f"{tree}/env", f"{tree}/env/kit"
    policy = Policy(readable=(env, f"{kit}/open.py"), hidden=(kit, f"{tree}/home"))
    asked = ["env/a.py", "env/kit/open.py", "env/kit/keys/one.py", "home/x", "x"]
    answers = [is_readable(policy, f"{tree}/{name}") for name in asked]
    assert answers == [True, True, False, False, False]
    assert dict(turns(policy)) == {env: True, kit: False, f"{kit}/open.py": True}
    whole, mixed = whole_and_mixed(policy)
    assert set(whole) == {f"{env}/a.py", f"{kit}/open.py"}
    assert set(mixed) == {env, kit}


def test_what_is_only_hidden_may_not_be_listed(tree):
    policy = Policy(readable=(), hidden=(f"{tree}/home", f"{tree}/home/x"))
    assert whole_and_mixed(policy) == ((), ())


@pytest.mark.parametrize("path", ["relative", "/a/../b", "/a/"])
def test_paths_are_plain(path):
    with pytest.raises(ValueError, match="not a plain absolute path"):
        Policy(readable=(path,))


def test_libraries_in_use_are_found_whatever_their_folders_are_called(tmp_path):
    folder = os.fsencode(tmp_path) + b"/caf\xe9 au lait"  # no UTF-8
    os.mkdir(folder)
    library = folder + b"/lib x.so"
    with open(library, "w+b") as file:
        file.write(b"\0" * mmap.PAGESIZE)
        file.flush()
        with mmap.mmap(file.fileno(), mmap.PAGESIZE):
            assert os.fsdecode(library) in _mapped_libraries()


def test_layers_are_known():
    with pytest.raises(ValueError, match="unknown layers"):
        Policy(readable=(), layers=frozenset(["landlok"]))


def test_only_the_students_part_of_nnkit_is_readable():
    policy = student_policy()
    assert is_readable(policy, os.__file__)
    for name in ("tensor.py", "sandbox/runner.py"):
        assert is_readable(policy, str(PACKAGE / name)), name
    closed = (
        "exercises/neuron.py",
        "judging/judge.py",
        "grading/__init__.py",
        "course.py",
    )
    for name in (*closed, "build/__init__.py", "_course/x", "tomorrows_module.py"):
        assert not is_readable(policy, str(PACKAGE / name)), name
    for path in ("/etc/passwd", "/home", str(Path.home()), os.getcwd()):
        assert not is_readable(policy, path), path


TOUR = """
import importlib, os
package = os.path.dirname(importlib.import_module("nnkit").__file__)
answer = {"package": package}
names = ("gradcheck.py", "course.py", "exercises/__init__.py", "../solutions/key.py")
for name in names:
    try:
        answer[name] = bool(open(os.path.join(package, name)).read())
    except OSError as error:
        answer[name] = type(error).__name__
importlib.import_module("nnkit.gradcheck")  # not imported by the zygote
importlib.import_module("colorsys")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs the sandbox")
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("off", [[], ["namespaces"], ["landlock"]], ids=str)
@pytest.mark.parametrize("layout", ["site-packages", "clone"])
def test_installed_or_in_a_clone(user, off, layout, tmp_path):
    """A wheel in site-packages; a clone with a virtual environment inside."""
    clone = tmp_path / os.fsdecode(b"clon\xe9 of it")  # as other systems name folders
    site = clone / ".venv" / "lib" / "site-packages"
    home = site if layout == "site-packages" else clone
    shutil.copytree(PACKAGE, home / "nnkit", ignore=shutil.ignore_patterns("_course"))
    site.mkdir(parents=True, exist_ok=True)
    for folder in (home, clone):
        (folder / "solutions").mkdir(exist_ok=True)
        (folder / "solutions" / "key.py").write_text("w = 1")
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if os.geteuid() == 0 and folder != Path("/tmp"):
            folder.chmod(0o755)
    found = cell(user, off=off, run=TOUR, env={"PYTHONPATH": f"{home}:{site}"})
    answer = found["answer"]
    assert answer, found
    assert answer["package"] == str(home / "nnkit")
    assert answer["gradcheck.py"] is True
    refused = {"PermissionError", "FileNotFoundError"}
    assert answer["course.py"] in {*refused, False}  # or covered by an empty file
    assert answer["exercises/__init__.py"] in refused
    # Beside nnkit lies what else is installed, or else what nobody may see.
    beside = {True} if layout == "site-packages" else refused
    assert answer["../solutions/key.py"] in beside
