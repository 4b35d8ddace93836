"""The command line: a folder to grade in, and help for every command."""

import os
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner

from nnkit.__main__ import main as command_line
from nnkit.cli import main
from nnkit.grading import workspace
from nnkit.grading.answers import Limits


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_new_makes_a_folder_once_and_tells_where_notebooks_go(tmp_path):
    folder = tmp_path / "course"
    done = run("new", str(folder))
    assert done.exit_code == 0
    assert f"{folder}/submitted/<student>/<unit>/<unit>.ipynb" in done.output
    assert (folder / "submitted").is_dir()
    assert "nnkit.grading.nbgrader" in (folder / "nbgrader_config.py").read_text()
    assert run("new", str(folder)).exit_code == 0


def test_a_folder_for_grading_inside_a_clone_is_made_and_remarked_on(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(
        "nnkit.grading.workspace.course_directory", lambda: tmp_path / "course"
    )
    (tmp_path / ".git").mkdir()
    done = run("new", str(tmp_path / "class"))
    assert done.exit_code == 0
    assert "NOTE " in done.output
    assert "git may publish grades and submissions: move it out" in done.output


def test_commands_that_are_told_can_be_pasted_into_a_shell(tmp_path):
    done = run("new", str(tmp_path / "my course"))
    said = done.output.rpartition("--dir ")[2]
    assert shlex.split(said) == [str(tmp_path / "my course")]


def test_a_terminal_without_the_character_stops_no_command(tmp_path):
    """Such as a server's that still speaks Latin-1."""
    folder = tmp_path / "Übung ✓"
    done = subprocess.run(
        [sys.executable, "-m", "nnkit", "lab", "--no-open", str(folder)],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"notebooks copied to" in done.stdout
    assert done.stdout.rstrip().endswith("Übung ?".encode("latin-1"))
    assert (folder / "00-start").is_dir()


def test_closed_standard_streams_are_no_place_for_files(tmp_path):
    """What is opened first would else get their numbers, such as a sandbox's socket."""
    code = (
        "import os, sys\n"
        "from nnkit.__main__ import main\n"
        "sys.argv[1:] = ['--version']\n"
        "try: main()\n"
        "finally: open(sys.argv[0] + '.fd', 'w').write(str(os.open('.', os.O_RDONLY)))"
    )
    (tmp_path / "run.py").write_text(code)
    closing = f"exec {shlex.quote(sys.executable)} run.py <&- >&- 2>&-"
    done = subprocess.run(["bash", "-c", closing], cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert int((tmp_path / "run.py.fd").read_text()) > 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_output_that_nothing_can_hold_is_told_in_a_line():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "nnkit", "--help"]
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert "no space is left where this command writes" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_memory_that_is_used_up_is_told_in_a_line(monkeypatch):
    def hungry():
        raise MemoryError

    monkeypatch.setattr("nnkit.cli.main", hungry)
    with pytest.raises(SystemExit) as ended:
        command_line()
    assert "memory" in ended.value.code
    assert "--workers" in ended.value.code


def test_help_of_grade_lists_the_limits():
    limits, said = Limits(), " ".join(run("grade", "--help").output.split())
    for name in ("cell", "call", "notebook"):
        option = said.partition(f"--{name}-seconds")[2]
        assert f"[default: {getattr(limits, name)};" in option[:120]


def test_new_leaves_what_is_there_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    done = run("new", str(tmp_path))
    assert done.exit_code == 1
    assert "nothing was changed" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_ctrl_c_before_anything_has_begun_has_the_exit_code_of_a_stop(monkeypatch):
    def interrupted(folder):
        raise KeyboardInterrupt

    monkeypatch.setattr(workspace, "new_workspace", interrupted)
    done = run("new", "x")
    assert done.exit_code == 130
    assert done.output == "Error: stopped by SIGINT. Run the same command again\n"


def test_build_in_a_grading_folder_says_that_nothing_is_built_there(tmp_path):
    run("new", str(tmp_path / "course"))
    done = run("build", "--dir", str(tmp_path / "course"))
    assert done.exit_code == 1
    assert "is a unit of nnkit's own course, which is built in a clone" in done.output


COMMANDS = (
    ["lab", ""],
    ["new", ""],
    ["demo", "--dir", ""],
    ["grade", "x", "--dir", ""],
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_folder_without_a_name_is_not_the_current_one(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(*command)
    assert done.exit_code == 2
    assert "the name is empty; write . for the current folder" in done.output
    assert list(tmp_path.iterdir()) == []


def test_every_command_has_help():
    for name in main.commands:
        done = run(name, "--help")
        assert done.exit_code == 0
        assert len(done.output) > 80
