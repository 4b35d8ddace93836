"""The instructor's folder, and the configurations that nbgrader reads."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from grading_builders import UNIT, answered, record
from traitlets.config import PyFileConfigLoader

from nnkit.course import folders_of
from nnkit.grading.gradebook import write_gradebook
from nnkit.grading.workspace import (
    EXPORTER,
    Workspace,
    WorkspaceError,
    make_workspace,
    remarks_on,
    write_atomically,
)

REPOSITORY = Path(__file__).resolve().parents[2]


def config(path):
    found = PyFileConfigLoader(str(path)).load_config()
    assert found.Autograde.exporter_class == EXPORTER
    return found.CourseDirectory


def contents(root):
    return {
        path.relative_to(root): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


def test_everything_is_in_its_place(workspace, course):
    assert sorted(p.name for p in workspace.root.iterdir()) == [
        "autograded",
        "feedback",
        "journal",
        "nbgrader_config.py",
        "submitted",
    ]
    assert workspace.db_url == f"sqlite:///{workspace.root}/gradebook.db"
    assert workspace.journal(UNIT) == workspace.root / "journal" / f"{UNIT}.jsonl"
    assert (workspace.root / "journal").stat().st_mode & 0o077 == 0
    assert Workspace.open(workspace.root) == workspace


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "missing is not there; expected submitted/"),
        ("empty", "empty has no folder submitted/; expected submitted/"),
        ("file", "file is no folder; expected submitted/"),
    ],
)
def test_what_is_no_grading_folder_is_told_how_to_make_one(tmp_path, name, said):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError) as error:
        Workspace.open(tmp_path / name)
    assert said in str(error.value)
    assert "nnkit new FOLDER makes one" in str(error.value)


def test_the_courses_places_are_absolute(tmp_path, course, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = make_workspace("here", Path("solutions"), Path("course"))
    found = config(made.root / "nbgrader_config.py")
    assert found.course_id == "nnkit"
    assert found.source_directory == str(tmp_path / "solutions")
    assert found.release_directory == str(tmp_path / "course")


def test_without_solutions_nothing_can_overwrite_the_course(workspace, course):
    found = config(workspace.root / "nbgrader_config.py")
    assert found.source_directory == str(course)
    assert found.release_directory == "release"


def test_a_copy_for_the_next_term_has_its_own_places(tmp_path):
    old = tmp_path / "old"
    make_workspace(old, old / "source", old / "release")
    shutil.copytree(old, tmp_path / "new")
    found = folders_of(tmp_path / "new")
    assert found.source == tmp_path / "new" / "source"
    assert found.release == tmp_path / "new" / "release"


def test_a_folder_inside_the_course_is_refused():
    for folder in ("course", "solutions/01-neuron/mine"):
        with pytest.raises(WorkspaceError, match="gives students what is in there"):
            make_workspace(REPOSITORY / folder, None, REPOSITORY / "course")
        with pytest.raises(WorkspaceError, match="gives students what is in there"):
            Workspace.open(REPOSITORY / folder)


def test_a_folder_inside_the_checkout_is_remarked_on():
    (said,) = remarks_on(Workspace(REPOSITORY / "tests"), UNIT, ["somebody"])
    assert "lies in the course's own checkout" in said
    assert remarks_on(Workspace(REPOSITORY / "nnkit-demo"), UNIT, ["somebody"]) == []


def test_a_checkout_that_ignores_nothing_stops_no_run(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "nnkit.grading.workspace.course_directory", lambda: tmp_path / "course"
    )
    (tmp_path / ".git").mkdir()
    inside = Workspace(tmp_path / "class")
    (said,) = remarks_on(inside, UNIT, ["somebody"])
    assert "lies in the course's own checkout" in said
    (tmp_path / ".gitignore").write_bytes(b"# caf\xe9\n/class/\n")
    assert remarks_on(inside, UNIT, ["somebody"]) == []


def test_an_older_folders_configuration_is_remarked_on(workspace):
    assert remarks_on(workspace, UNIT, ["somebody"]) == []
    path = workspace.root / "nbgrader_config.py"
    path.write_text(path.read_text().replace(EXPORTER, "nbconvert.Exporter"))
    (said,) = remarks_on(Workspace(workspace.root), UNIT, ["somebody"])
    assert "without a sandbox" in said
    assert said.endswith(f"c.Autograde.exporter_class = {EXPORTER!r}")


def test_a_course_that_is_no_longer_there_is_remarked_on(workspace, course):
    path = workspace.root / "nbgrader_config.py"
    path.write_text(path.read_text().replace(str(course), f"{course}-of-python3.10"))
    (said,) = remarks_on(Workspace(workspace.root), UNIT, ["somebody"])
    assert f"{course}-of-python3.10 as its source_directory, which is not" in said
    assert said.endswith(f"Put {str(REPOSITORY / 'solutions')!r} in its place")


@pytest.mark.parametrize("name", ["Course%202026", "[draft]", "a*", "$HOME"])
def test_a_name_that_nbgrader_does_not_take_as_it_is(tmp_path, name):
    made = make_workspace(tmp_path / name, None, tmp_path)
    # In one with $HOME in its name, nbgrader does not find its configuration either.
    said = "\n".join(remarks_on(made, UNIT, ["somebody"]))
    assert f"a part of {made.root} for something else" in said
    plain = make_workspace(tmp_path / "cours d'été, 100 % & $ #1", None, tmp_path)
    assert remarks_on(plain, UNIT, ["somebody"]) == []


def test_the_repositorys_own_configuration():
    found = config(REPOSITORY / "nbgrader_config.py")
    assert found.course_id == "nnkit"
    assert found.source_directory == str(REPOSITORY / "solutions")
    assert found.release_directory == str(REPOSITORY / "course")


def test_made_again_it_is_as_it_was(workspace, course, hand_in, tmp_path):
    hand_in(answered())
    own = workspace.root / "nbgrader_config.py"
    own.write_text(own.read_text() + "# my own\n")
    (workspace.root / "notes.txt").write_text("mine")
    (workspace.root / "feedback").rmdir()
    before = contents(workspace.root)
    assert make_workspace(workspace.root, None, tmp_path) == workspace
    assert contents(workspace.root) == {**before, Path("feedback"): None}


@pytest.mark.parametrize("name", ["thesis.tex", "nbgrader_config.py", ".git"])
def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, course, name):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / name).write_text("c = get_config()")
    before = contents(folder)
    with pytest.raises(WorkspaceError, match=r"is not empty .* nothing was changed"):
        make_workspace(folder, None, course)
    assert contents(folder) == before


def test_an_empty_folder_is_used(tmp_path, course):
    (tmp_path / "new").mkdir()
    make_workspace(tmp_path / "new", None, course)


@pytest.mark.parametrize("below", ["", "grading"])
def test_a_file_in_the_way(tmp_path, course, below):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be made"):
        make_workspace(tmp_path / "file" / below, None, course)


def test_a_read_only_folder(tmp_path, course, ordinary_user):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    with ordinary_user(), pytest.raises(WorkspaceError, match="Permission denied"):
        make_workspace(locked / "grading", None, course)
    assert list(locked.iterdir()) == []


def test_a_folder_of_nbgraders_own_can_be_opened(tmp_path):
    with pytest.raises(WorkspaceError, match="has no folder submitted/"):
        Workspace.open(tmp_path)
    (tmp_path / "submitted").mkdir()
    assert Workspace.open(tmp_path).root == tmp_path


def test_nbgraders_commands_work_from_it(workspace, release):
    write_gradebook(workspace.db_url, release, [record("ada")])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "db", "student", "list"],
        cwd=workspace.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ada" in done.stdout
    assert "No nbgrader_config.py file found" not in done.stderr


@pytest.mark.parametrize(
    ("mask", "mode", "left"),
    [(0o022, 0o644, 0o644), (0o077, 0o644, 0o600), (0o027, 0o444, 0o440)],
)
def test_who_may_read_a_file_is_for_the_umask_to_say(tmp_path, mask, mode, left):
    before = os.umask(mask)
    try:
        for data in (b"grades", b"others"):  # one that nobody may write is replaced
            write_atomically(tmp_path / "x", data, mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == left
    assert (tmp_path / "x").read_bytes() == b"others"


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(tmp_path / "x", b"")
    assert list(tmp_path.iterdir()) == []
