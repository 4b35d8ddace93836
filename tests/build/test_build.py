"""Both notebooks of a unit are what the text and the exercises say."""

import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from nnkit.build import source
from nnkit.build.execute import execute


def test_ids_come_from_exercises_or_the_position_after_one(built):
    wanted = ["start-1", "start-2", "rules", "shown-answer", "shown"]
    wanted += ["double-answer", "double", "double-1"]
    assert list(built.cells()) == wanted
    assert list(built.cells(built.students)) == wanted


def test_exercises_give_nbgraders_metadata(built):
    found = built.cells()
    rest = {"schema_version": 3, "task": False}
    assert found["double"].metadata.nbgrader == rest | {
        "grade_id": "double",
        "grade": True,
        "locked": True,
        "solution": False,
        "points": 3,
    }
    assert found["double-answer"].metadata.nbgrader == rest | {
        "grade_id": "double-answer",
        "grade": False,
        "locked": False,
        "solution": True,
    }
    assert found["rules"].metadata.nbgrader == rest | {
        "grade_id": "rules",
        "grade": False,
        "locked": True,
        "solution": False,
    }
    assert found["shown"].metadata.nbgrader.points == 0
    assert found["shown-answer"].metadata == {}
    assert found["double-1"].metadata == {"tags": ["demonstration"]}


def test_the_instructors_notebook_is_executed_and_nothing_else_is_recorded(built):
    notebook = nbformat.read(built.instructors, as_version=4)
    assert notebook.metadata == source.METADATA
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert code[-1].outputs[0].text == "0\n"


def test_the_release_shows_worked_answers_and_hides_the_others(built):
    found = built.cells(built.students)
    assert "math.tanh(x)" in found["shown-answer"].source
    assert "raise NotImplementedError()" in found["double-answer"].source
    assert '"""Return twice x."""' in found["double-answer"].source
    assert "secret" not in built.students.read_text()
    assert found["double"].metadata.editable is False
    assert not any(cell.get("outputs") for cell in found.values())


def test_the_release_runs_unanswered(built):
    execute(nbformat.read(built.students, as_version=4))


def test_building_again_gives_the_same_bytes(built):
    before = built.instructors.read_bytes(), built.students.read_bytes()
    built.build(["07-unit"])
    assert (built.instructors.read_bytes(), built.students.read_bytes()) == before


def test_the_release_is_what_nbgraders_command_makes(built, tmp_path):
    (built.root / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.CourseDirectory.source_directory = 'solutions'\n"
        "c.CourseDirectory.release_directory = 'release'\n"
    )
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "07-unit"]
    # nbgrader calls alembic by its bare name: its folder must be on the path.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path), "PATH": path}
    done = subprocess.run(
        command, cwd=built.root, capture_output=True, text=True, env=os.environ | home
    )
    assert done.returncode == 0, done.stderr
    made = built.root / "release" / "07-unit" / "07-unit.ipynb"
    assert built.students.read_text() == made.read_text()
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_figures_are_80_dpi_without_comments_by_the_drawing_library(unit):
    unit.edit(
        "print(len(picture))",
        "import matplotlib.pyplot as plt\n"
        "figure = plt.figure(figsize=(2, 1))\n"
        "plt.plot([1, 2])\n"
        "figure.savefig('x.png')\n"
        "plt.imread('x.png').shape",
    )
    unit.build()
    table, figure = unit.cells()["double-1"].outputs
    assert table.data["text/plain"] == "(80, 160, 4)"
    png = base64.b64decode(figure.data["image/png"])
    assert b"tEXt" not in png
    assert b"matplotlib" not in png


def test_a_widget_leaves_no_output_and_a_figure_beneath_it_does(unit):
    slider = (
        "from ipywidgets import interact\n"
        "interact(lambda x: print(x), x=(0, 9))\n"
        "print('static')"
    )
    cell = nbformat.v4.new_code_cell(slider, id="slider")
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=source.METADATA)
    [cell] = execute(notebook).cells
    assert [output.output_type for output in cell.outputs] == ["stream"]
    assert cell.outputs[0].text == "static\n"


def test_the_build_uses_its_own_interpreter_and_a_clean_environment(unit, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("JUPYTER_PATH", str(unit.root / "jupyter"))
    spec = unit.root / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    broken = {"argv": ["false"], "display_name": "broken", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(broken))
    unit.edit(
        "print(len(picture))",
        "import os, sys\n"
        f"print(sys.executable == {sys.executable!r})\n"
        "print([n for n in os.environ if 'GRADER' in n or n == 'PYTHONPATH'])",
    )
    unit.build()
    assert unit.cells()["double-1"].outputs[0].text == "True\n[]\n"


@pytest.mark.parametrize(("depth", "wanted"), [(1, "ipc"), (100, "tcp")])
def test_no_port_is_opened_where_a_sockets_name_may_be_that_long(
    monkeypatch, request, depth, wanted
):
    # Not in tmp_path, whose name grows with the number of runs.
    top = tempfile.TemporaryDirectory(prefix="")
    request.addfinalizer(top.cleanup)
    folder = Path(top.name) / ("d" * depth)
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    asks = (
        "from ipykernel.kernelapp import IPKernelApp\nIPKernelApp.instance().transport"
    )
    code = nbformat.v4.new_code_cell(asks)
    done = execute(nbformat.v4.new_notebook(cells=[code]))
    assert done.cells[0].outputs[0].data["text/plain"] == repr(wanted)


@pytest.mark.parametrize("error", [asyncio.CancelledError, AssertionError])
def test_ctrl_c_is_one_whatever_nbclient_makes_of_it(monkeypatch, error):
    def stumbles(*_, **__):
        raise error

    monkeypatch.setattr("nbclient.NotebookClient.execute", stumbles)
    with pytest.raises(KeyboardInterrupt):
        execute(nbformat.v4.new_notebook())


def test_importing_nnkit_loads_nothing_of_the_build():
    code = "import sys, nnkit; print([m for m in sys.modules if 'nb' in m[:2]])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "nnkit.build" not in out.stdout
    assert "nbformat" not in out.stdout
