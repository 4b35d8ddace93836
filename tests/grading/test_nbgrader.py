"""`nbgrader autograde` gives the scores of `nnkit grade`: with our configuration for
everybody, without it for the honest."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp

from nnkit import demo
from nnkit.demo import UNIT, answered
from nnkit.grading.gradebook import write_gradebook
from nnkit.grading.journal import Journal
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import make_workspace

SEED = 20_240_301
BIN = Path(sys.executable).parent  # nbgrader runs `alembic`, found on PATH
RIGHT = {"neuron_grads": demo.RIGHT}
HONEST = {
    "ben": {"neuron_grads": demo.RIGHT_WITH_LOOPS},
    "gus": {"neuron_grads": demo.BIAS_AVERAGED},
    "hana": {},
}


@pytest.fixture(scope="module")
def release():
    return Release.find(UNIT)


def started(root, *command):
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=root,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process, code=0):
    said, _ = process.communicate(timeout=600)
    assert process.returncode == code, said
    return said


def make(root, release, submissions, seed=SEED):
    """A grading folder whose secret seed is known."""
    workspace = make_workspace(root, None, course_directory())
    with Journal.open(workspace.journal(UNIT)) as journal:
        journal.begin({"seed": seed})
    for student, data in submissions.items():
        place = workspace.submitted / student / UNIT
        place.mkdir(parents=True)
        (place / f"{UNIT}.ipynb").write_bytes(data)
    return workspace


def scores(workspace):
    """Every score and mark for grading by hand, by student and cell."""
    with Gradebook(workspace.db_url, course_id="nnkit") as gradebook:
        return {
            (submission.student_id, grade.name): (
                grade.auto_score,
                grade.needs_manual_grade,
            )
            for submission in gradebook.assignment_submissions(UNIT)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def comments(workspace):
    with Gradebook(workspace.db_url, course_id="nnkit") as gradebook:
        return {
            (submission.student_id, comment.name): comment.auto_comment
            for submission in gradebook.assignment_submissions(UNIT)
            for notebook in submission.notebooks
            for comment in notebook.comments
        }


def shown(workspace, student):
    path = workspace.autograded / student / UNIT / f"{UNIT}.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        for output in cell.get("outputs", ()):
            for kind, text in output.get("data", {}).items():
                output["data"][kind] = "".join(text)
            output["text"] = "".join(output.get("text", ""))
            output.pop("execution_count", None)
    return notebook["cells"]


def stock_config(workspace, kernels):
    config = workspace.root / "nbgrader_config.py"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text(
        "".join(line for line in lines if "exporter" not in line) + kernels
    )
    assert "nnkit.grading" not in config.read_text()


def changed(release, change, answers=RIGHT):
    notebook = json.loads(answered(release, answers))
    change(notebook["cells"])
    return json.dumps(notebook).encode()


def find(cells, grade_id):
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    return next(i for i, m in enumerate(marks) if m.get("grade_id") == grade_id)


def copy_the_check(cells):
    cells.append(cells[find(cells, "neuron_grads")])


def invent_an_id(cells):
    index = find(cells, "neuron_grads-answer")
    marks = {**cells[index]["metadata"]["nbgrader"], "grade_id": "bonus"}
    cells.append({**cells[index], "metadata": {"nbgrader": marks}})


def ask_for_more(cells):
    cells[find(cells, "neuron_grads")]["metadata"]["nbgrader"]["points"] = "many"


def delete_the_check(cells):
    del cells[find(cells, "neuron_grads")]


def write_into_the_check(cells):
    cells[find(cells, "neuron_grads")]["source"] = "3.0"


def what_stops_nbgrader(release):
    return {
        "aa-copied": changed(release, copy_the_check),
        "ab-invented": changed(release, invent_an_id),
        "ac-odd": changed(release, ask_for_more),
        "ad-deleted": changed(release, delete_the_check),
        "ae-edited": changed(release, write_into_the_check, {}),
        "af-cheat": answered(release, {"neuron_grads": demo.CHEAT}),
        "ag-damaged": release.data[:1000],
        "ah-empty": b"",
    }


@pytest.fixture(scope="module")
def three(tmp_path_factory, release, kernels_answer_in_time):
    """One class, graded three ways at once."""
    root = tmp_path_factory.mktemp("parity")
    honest = {name: answered(release, answers) for name, answers in HONEST.items()}
    everybody = {**what_stops_nbgrader(release), **honest}
    ours = make(root / "ours", release, everybody)
    configured = make(root / "configured", release, everybody)
    stock = make(root / "stock", release, honest)
    stock_config(stock, kernels_answer_in_time)
    write_gradebook(stock.db_url, release, [])  # nbgrader must know the unit
    runs = [
        started(ours.root, "nnkit", "grade", UNIT),
        started(configured.root, "nbgrader", "autograde", UNIT),
        started(stock.root, "nbgrader", "autograde", UNIT),
    ]
    said = [ended(run) for run in runs]
    return ours, configured, stock, said


def test_nbgrader_with_our_configuration_gives_the_same_scores(three):
    ours, configured, _, _ = three
    assert len({student for student, _ in scores(ours)}) == 11
    assert scores(configured) == scores(ours)
    assert comments(configured) == comments(ours)


def test_a_stock_nbgrader_gives_the_honest_the_same_scores(three):
    ours, _, stock, _ = three
    found = scores(stock)
    assert {student for student, _ in found} == set(HONEST)
    assert found == {key: scores(ours)[key] for key in found}
    assert found["ben", "neuron_grads"] == (3.0, False)
    assert found["gus", "neuron_grads"] == (1.5, False)
    assert found["hana", "neuron_grads"] == (0.0, False)


def test_what_stops_nbgrader_costs_nobody_else(three):
    found = {k[0]: v for k, v in scores(three[1]).items() if k[1] == "neuron_grads"}
    right = ("aa-copied", "ab-invented", "ac-odd", "ad-deleted")
    assert [found[student] for student in right] == [(3.0, False)] * 4
    assert found["ae-edited"] == found["af-cheat"] == (0.0, False)
    assert found["ag-damaged"] == found["ah-empty"] == (0.0, True)


def test_the_notebooks_that_people_look_at_are_the_same(three):
    ours, configured, _, _ = three
    for student in ("aa-copied", "ag-damaged", "gus"):
        assert shown(configured, student) == shown(ours, student)


def test_it_says_what_was_put_right_and_shows_no_traceback(three):
    said = three[3][1]
    assert "Traceback" not in said
    assert "aa-copied: cell " in said
    assert "is a second 'neuron_grads': the other one counts" in said
    assert "ah-empty/01-neuron/01-neuron.ipynb is empty" in said


def test_all_verdicts_are_in_one_journal(three):
    """`nnkit grade` finds there what nbgrader graded, and leaves it as it is."""
    ours, configured, _, _ = three
    before = scores(configured)
    with Journal.open(configured.journal(UNIT)) as journal:
        assert journal.header["seed"] == SEED
        assert len(journal.latest(UNIT)) == 11
    said = ended(started(configured.root, "nnkit", "grade", UNIT))
    assert "0 graded" in said
    assert "11 unchanged since the last run" in said
    assert scores(configured) == before == scores(ours)


# nbgrader's own, on some runs: SQLAlchemy flushes what it is still putting together.
@pytest.mark.filterwarnings("ignore:Object of type <Submitted")
def test_the_sandbox_and_the_journal_are_let_go(tmp_path, release, monkeypatch):
    """In formgrader nbgrader's process lives on when a run has ended."""
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config, PyFileConfigLoader

    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    workspace = make(tmp_path / "w", release, {"ada": answered(release, RIGHT)})
    path = workspace.root / "nbgrader_config.py"
    config = Config(PyFileConfigLoader(str(path)).load_config())
    config.CourseDirectory.root = str(workspace.root)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    for _ in range(2):
        done = api.autograde(UNIT, "ada", force=True)
        assert done["success"], done["log"]
        with Journal.open(workspace.journal(UNIT)) as journal:
            assert list(journal.latest(UNIT)) == ["ada"]
    assert scores(workspace)["ada", "neuron_grads"] == (3.0, False)


def test_two_graders_at_once(tmp_path, release):
    workspace = make(tmp_path / "w", release, {"ada": answered(release, RIGHT)})
    with Journal.open(workspace.journal(UNIT)):
        said = ended(started(workspace.root, "nbgrader", "autograde", UNIT), 1)
    (line,) = [line for line in said.splitlines() if "ERROR" in line]
    assert "another grader is at work on this unit" in line
    assert "Traceback" not in said
    assert not (workspace.autograded / "ada").exists()


def autograde(root, capsys, unit=UNIT):
    """What `nbgrader autograde` says in this process, without its notices."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
        patch.chdir(root)
        AutogradeApp.clear_instance()
        with pytest.raises(SystemExit) as ended:
            AutogradeApp.launch_instance([unit])
        AutogradeApp.clear_instance()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return [line for line in said.splitlines() if "ERROR" in line]


class TestBadInput:
    """One line each, before the first student is graded."""

    @pytest.fixture
    def workspace(self, tmp_path, release):
        return make(tmp_path / "w", release, {"ada": answered(release, RIGHT)})

    def test_a_notebook_of_another_name(self, workspace, capsys):
        path = workspace.submitted / "ada" / UNIT / f"{UNIT}.ipynb"
        path.rename(path.with_name("mine.ipynb"))
        (line,) = autograde(workspace.root, capsys)
        assert "has 'mine.ipynb' and no 01-neuron.ipynb: not graded" in line
        assert "use nnkit grade, which takes it" in line

    def test_an_id_that_would_be_a_formula(self, workspace, capsys):
        (workspace.submitted / "ada").rename(workspace.submitted / "=1+1")
        (line,) = autograde(workspace.root, capsys)
        assert "'=1+1' cannot be a student's id: rename the folder" in line

    def test_a_damaged_gradebook(self, workspace, capsys):
        (workspace.root / "gradebook.db").write_text("hello")
        (line,) = autograde(workspace.root, capsys)
        assert "is damaged or no database" in line

    def test_a_folder_that_cannot_be_written_to(self, workspace, capsys):
        workspace.autograded.rmdir()
        workspace.autograded.touch()
        (line,) = autograde(workspace.root, capsys)
        assert "autograded cannot be written to" in line

    def test_a_unit_that_is_none(self, workspace, capsys):
        (workspace.submitted / "ada" / UNIT).rename(workspace.submitted / "ada" / "x")
        (line,) = autograde(workspace.root, capsys, "x")
        assert "there is no unit 'x' in" in line


@pytest.mark.slow
def test_the_demonstration_class_gets_the_same_scores_three_ways(
    tmp_path, release, kernels_answer_in_time
):
    everybody = dict(demo.submissions(release))
    honest = {
        name: data for name, data in everybody.items() if name not in demo.TROUBLE
    }
    ours = make(tmp_path / "ours", release, everybody)
    configured = make(tmp_path / "configured", release, everybody)
    stock = make(tmp_path / "stock", release, honest)
    stock_config(stock, kernels_answer_in_time)
    write_gradebook(stock.db_url, release, [])
    slow = started(stock.root, "nbgrader", "autograde", UNIT)
    ended(started(ours.root, "nnkit", "grade", UNIT))
    ended(started(configured.root, "nbgrader", "autograde", UNIT))
    ended(slow)
    assert scores(configured) == scores(ours)
    found = scores(stock)
    assert {student for student, _ in found} == honest.keys()
    assert found == {key: scores(ours)[key] for key in found}
