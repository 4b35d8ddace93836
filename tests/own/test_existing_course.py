"""An nbgrader course that was there before: its own assignments, places, settings."""

import json

import pytest
from click.testing import CliRunner
from own_course import RIGHT, UNIT, answered, hand_in
from test_grading_own import ORDINARY, marked, scores

from nnkit.cli import main
from nnkit.course import folders_of
from nnkit.exercises import own
from nnkit.grading.validate import own_unit_of
from nnkit.grading.workspace import EXPORTER

LINE = f"c.Autograde.exporter_class = {EXPORTER!r}\n"


def run(*arguments, code=0):
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def configured(course, *lines):
    path = course / "nbgrader_config.py"
    path.write_text("\n".join([path.read_text(), *lines, ""]))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Jupyter's own folder, where a course's configuration often is."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    return tmp_path / "jupyter" / "nbgrader_config.py"


@pytest.mark.parametrize("command", ["grade", "report", "points"])
def test_an_assignment_of_nbgraders_own_is_not_unknown(course, command):
    write(course / "source/ps1/ps1.ipynb", json.dumps(ORDINARY))
    said = run(command, "ps1", "--dir", course, code=1)
    assert said == (
        "Error: ps1 has no exercises of nnkit's: nbgrader autograde ps1 grades it"
    )


def test_a_configuration_in_jupyters_folder_is_read(tmp_path, elsewhere):
    root = tmp_path / "course"
    write(root / "source/ps1/ps1.ipynb", json.dumps(ORDINARY))
    write(elsewhere, 'c = get_config()\nc.CourseDirectory.course_id = "phys101"\n')
    assert folders_of(root).course_id == "phys101"
    assert LINE.strip() in run("new-unit", UNIT, "--dir", root)
    assert (root / f"source/{UNIT}.py").is_file()
    assert not (root / "nbgrader_config.py").exists()
    elsewhere.write_text(f"{elsewhere.read_text()}{LINE}")
    assert LINE.strip() not in run("new-unit", "08-other", "--dir", root)


def test_the_folders_own_configuration_goes_before_it(course, elsewhere):
    write(elsewhere, 'c = get_config()\nc.CourseDirectory.course_id = "phys101"\n')
    assert folders_of(course).course_id == "nnkit"


def test_places_that_are_not_nbgraders_own_are_refused(course):
    configured(course, 'c.CourseDirectory.submitted_directory = "in"')
    (course / "submitted").rename(course / "in")
    said = run("grade", UNIT, "--dir", course, code=1)
    assert "has submitted_directory = 'in'" in said
    assert "nbgrader autograde grades there all the same" in said
    assert not (course / "gradebook.db").exists()


def test_the_gradebook_is_where_nbgrader_has_it_and_tests_are_a_persons(
    course, tmp_path
):
    """A unit written with nbgrader's tools may have an ordinary test in it."""
    configured(
        course, f'c.CourseDirectory.db_url = "sqlite:///{tmp_path}/gradebook.db"'
    )
    path = course / f"release/{UNIT}/{UNIT}.ipynb"
    notebook = json.loads(path.read_text())
    test = {"grade_id": "ordinary", "grade": True, "locked": True, "points": 4}
    notebook["cells"].append({**marked("assert ridge_grad", **test), "id": "ordinary"})
    path.write_text(json.dumps(notebook))
    hand_in(course, "ada", answered(course, RIGHT))
    said = run("grade", UNIT, "--dir", course)
    assert "2 / 2" in said
    assert "ordinary (1 student, up to 4 points)" in " ".join(said.split())
    assert not (course / "gradebook.db").exists()
    found = scores(tmp_path, UNIT)
    assert found["ada", "ridge_grad"] == (2.0, False)
    assert found["ada", "ordinary"] == (None, True)
    assert "2 ordinary (by hand)" in run("points", UNIT, "ordinary=2", "--dir", course)
    assert "check(ordinary" not in path.read_text()


def test_a_notebook_is_of_the_unit_that_it_is_called_after(course):
    """Two units may ask the same exercise: the course's own, for other points."""
    text = (course / f"release/{UNIT}/{own.FILE}").read_text()
    for unit in ("06-early", "08-late"):
        write(course / f"release/{unit}/{own.FILE}", text.replace(UNIT, unit))
    released = course / f"release/{UNIT}/{UNIT}.ipynb"
    for name, unit in (
        (f"{UNIT}.ipynb", UNIT),
        ("08-late (1).ipynb", "08-late"),
        ("06-early.ipynb", "06-early"),
    ):
        path = course / name
        path.write_bytes(released.read_bytes())
        assert own_unit_of(path, course / "release") == unit


def test_a_foreign_notebook_is_told_the_units_that_there_are(course):
    path = course / "ps1.ipynb"
    path.write_text(json.dumps(ORDINARY))
    said = run("validate", path, "--course", course / "release", code=1)
    assert said.endswith(f"06-capstone, {UNIT}")
