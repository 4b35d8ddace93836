"""The command line: a folder to grade in, and help for every command."""

from click.testing import CliRunner

from nnkit.cli import main


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


def test_new_leaves_what_is_there_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    done = run("new", str(tmp_path))
    assert done.exit_code == 1
    assert "nothing was changed" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_every_command_has_help():
    for name in main.commands:
        done = run(name, "--help")
        assert done.exit_code == 0
        assert len(done.output) > 80
