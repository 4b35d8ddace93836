"""nnkit lab: a working folder is made, kept up to date, and never written over."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from nnkit import lab
from nnkit.cli import main
from nnkit.course import course_directory
from nnkit.judging.keep import MARKER, PROGRESS, working_folder


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "package" / "course"
    for unit in ("00-start", "01-neuron"):
        (folder / unit).mkdir(parents=True)
        (folder / unit / f"{unit}.ipynb").write_text(f"{unit}, first version")
    (folder / "01-neuron" / ".ipynb_checkpoints").mkdir()
    (folder / "01-neuron" / ".ipynb_checkpoints" / "old.ipynb").write_text("old")
    return folder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "mine"


NEURON = "01-neuron/01-neuron.ipynb"


def files(folder):
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*.ipynb"))
    return sorted(found)


def test_it_copies_the_course_and_leaves_a_mark(course, folder):
    assert lab.prepare(folder, course) == [f"2 notebooks copied to {folder}"]
    assert files(folder) == ["00-start/00-start.ipynb", NEURON]
    assert working_folder(folder / "01-neuron") == folder
    assert json.loads((folder / MARKER).read_text())["delivered"].keys() == {
        "00-start/00-start.ipynb",
        NEURON,
    }


def test_a_second_time_it_has_nothing_to_do(course, folder):
    lab.prepare(folder, course)
    (folder / NEURON).write_text("my work")
    assert lab.prepare(folder, course) == []
    assert (folder / NEURON).read_text() == "my work"


def test_a_folder_that_cannot_be_written_opens_while_it_is_up_to_date(
    course, folder, monkeypatch
):
    lab.prepare(folder, course)

    def refuse(dir, prefix):
        raise OSError(30, "Read-only file system", os.path.join(dir, f"{prefix}x"))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert lab.prepare(folder, course) == []
    (folder / NEURON).unlink()
    with pytest.raises(lab.LabError) as caught:
        lab.prepare(folder, course)
    assert str(caught.value) == f"{(folder / NEURON).parent}: Read-only file system"


def test_a_notebook_that_is_gone_is_copied_again(course, folder):
    lab.prepare(folder, course)
    (folder / NEURON).unlink()
    assert lab.prepare(folder, course) == [f"1 notebook copied to {folder}"]


def test_an_untouched_notebook_is_replaced_by_its_newer_version(course, folder):
    lab.prepare(folder, course)
    (course / NEURON).write_text("second version")
    assert lab.prepare(folder, course) == [f"{NEURON}: replaced by its newer version."]
    assert (folder / NEURON).read_text() == "second version"


def test_a_newer_version_is_put_beside_a_students_work_once(course, folder):
    lab.prepare(folder, course)
    (folder / NEURON).write_text("my work")
    (course / NEURON).write_text("second version")
    (said,) = lab.prepare(folder, course)
    assert "yours is as it was, the new one is beside it: 01-neuron.new-" in said
    assert (folder / NEURON).read_text() == "my work"
    (new,) = (folder / "01-neuron").glob("*.new-*")
    assert new.read_text() == "second version"
    assert lab.prepare(folder, course) == []


def test_a_students_work_in_the_newer_version_is_kept_too(course, folder):
    lab.prepare(folder, course)
    (folder / NEURON).write_text("my work")
    (course / NEURON).write_text("second version")
    lab.prepare(folder, course)
    (new,) = (folder / "01-neuron").glob("*.new-*")
    new.write_text("more of my work")
    (course / NEURON).write_text("third version")
    lab.prepare(folder, course)
    texts = {path.read_text() for path in (folder / "01-neuron").glob("*.ipynb")}
    assert texts == {"my work", "more of my work", "third version"}


def test_a_folder_that_was_there_before_is_not_written_over(course, folder):
    (folder / "01-neuron").mkdir(parents=True)
    (folder / NEURON).write_text("something of mine")
    assert any("beside it" in line for line in lab.prepare(folder, course))
    assert (folder / NEURON).read_text() == "something of mine"


@pytest.mark.parametrize("damage", ["", "[]", '{"delivered": 3}', "\x00"])
def test_a_damaged_mark_counts_everything_as_the_students(course, folder, damage):
    lab.prepare(folder, course)
    (folder / MARKER).write_text(damage)
    (course / NEURON).write_text("second version")
    said = lab.prepare(folder, course)
    assert (folder / NEURON).read_text() == "01-neuron, first version"
    assert "was damaged and is made anew" in said[0]
    assert not any("damaged" in line for line in lab.prepare(folder, course))


def test_progress_is_left_alone(course, folder):
    lab.prepare(folder, course)
    (folder / PROGRESS).write_text("kept")
    (course / NEURON).write_text("second version")
    lab.prepare(folder, course)
    assert (folder / PROGRESS).read_text() == "kept"


def test_a_link_is_not_written_through(course, folder, tmp_path):
    (folder / "01-neuron").mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere.ipynb"
    elsewhere.write_text("of somebody")
    (folder / NEURON).symlink_to(elsewhere)
    lab.prepare(folder, course)
    assert elsewhere.read_text() == "of somebody"


def test_the_wrong_folder_is_refused(course, folder, tmp_path):
    a_file = tmp_path / "file"
    a_file.write_text("")
    instructors = tmp_path / "instructors"
    instructors.mkdir()
    (instructors / "nbgrader_config.py").write_text("")
    for wrong, why in (
        (a_file, "is a file"),
        (a_file / "below", "Not a directory"),
        (course, "holds the course itself"),
        (course.parent, "holds the course itself"),
        (course / "01-neuron", "holds the course itself"),
        (instructors, "an instructor's folder"),
    ):
        with pytest.raises(lab.LabError, match=why):
            lab.prepare(wrong, course)
    with pytest.raises(lab.LabError, match="install again"):
        lab.prepare(folder, tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["", "course", "course/01-neuron", "solutions"])
def test_an_installed_copy_leaves_a_clone_as_it_is(course, tmp_path, name):
    clone = tmp_path / "clone"
    for part in ("course/01-neuron", "solutions"):
        (clone / part).mkdir(parents=True)
    (clone / "pyproject.toml").write_text("")
    with pytest.raises(lab.LabError, match="holds the course itself"):
        lab.prepare(clone / name, course)
    assert not list(clone.rglob(".nnkit"))
    assert lab.prepare(clone / "my-course", course)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_ends_in_one_line(course, folder):
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(lab.LabError, match="Permission denied"):
        lab.prepare(folder, course)


def test_nothing_half_written_is_left_behind(course, folder, monkeypatch):
    def fail(*args):
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(lab.LabError, match="No space left"):
        lab.prepare(folder, course)
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_lab_opens_on_the_folder_with_this_python(course, folder):
    lab.prepare(folder, course)
    arguments = lab.command(folder, browser=False, more=["--port=1"])
    assert arguments[:4] == [sys.executable, "-P", "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={folder}" in arguments
    assert "--LabApp.default_url=/lab/tree/00-start/00-start.ipynb" in arguments
    assert arguments[-2:] == ["--no-browser", "--port=1"]


def test_its_terminals_open_in_the_folder(tmp_path):
    printing = [sys.executable, "-c", "import os; print(os.getcwd())"]
    code = (
        "import pathlib, nnkit.lab\n"
        f"nnkit.lab.open_lab({printing!r}, pathlib.Path({str(tmp_path)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{tmp_path}\n"


def test_without_jupyterlab_it_says_what_to_install(course, folder, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(lab.LabError, match=r"nnkit-course\[lab\]"):
        lab.command(folder)


def test_the_command_makes_the_folder_and_opens_nothing(folder):
    done = CliRunner().invoke(main, ["lab", str(folder), "--no-open"])
    assert done.exit_code == 0, done.output
    assert "copied to" in done.output
    released = [path.name for path in course_directory().glob("*/*.ipynb")]
    assert sorted(released) == sorted(path.name for path in folder.glob("*/*.ipynb"))
    again = CliRunner().invoke(main, ["lab", str(folder), "--no-open"])
    assert again.output == f"ready: {folder}\n"  # nothing was copied: not silent


def test_the_command_starts_jupyterlab_and_passes_its_options_on(folder, monkeypatch):
    started = []
    monkeypatch.setattr(
        lab, "open_lab", lambda arguments, where: started.append(arguments) or 7
    )
    options = ["lab", str(folder), "--no-browser", "--", "--port=1"]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 7
    assert started[0][-2:] == ["--no-browser", "--port=1"]


def test_an_option_is_not_taken_for_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for options in (["--port=1"], ["--port=1", "course"], ["--", "--port=1"]):
        done = CliRunner().invoke(main, ["lab", *options])
        assert done.exit_code == 2
        assert "nnkit lab nnkit-course -- --port=1" in done.output
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_in_one_line_what_is_wrong(tmp_path):
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(main, ["lab", str(tmp_path / "file")])
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
