"""Each unit's notebooks: up to date, alive unanswered, and silent about the answers."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from nnkit.build import build, execute, parse, release
from nnkit.build.prove import prove_skippable
from nnkit.build.source import BEGIN, END
from nnkit.exercises import EXERCISES

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "solutions").glob("*.py"))

# Each unit by itself is long enough to be a group of its own.
pytestmark = pytest.mark.parametrize(
    "source",
    [
        pytest.param(path, id=path.stem, marks=pytest.mark.xdist_group(path.stem))
        for path in SOURCES
    ],
)


def instructors(source):
    return source.with_suffix("") / f"{source.stem}.ipynb"


def students(source):
    return ROOT / "course" / source.stem / f"{source.stem}.ipynb"


def code_of(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def nbval(path, times):
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += ["-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command += ["--keep-duplicates", *[str(path)] * times]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert f"{times * len(code_of(path))} passed" in done.stdout


def test_notebooks_are_what_the_source_says(source):
    build([source.stem], check=True, root=ROOT)


def test_strict_nbval_finds_what_the_build_has_run(source):
    nbval(instructors(source), times=1)


@pytest.mark.slow
def test_strict_nbval_passes_twice_in_a_row(source):
    nbval(instructors(source), times=2)


def test_the_release_runs_unanswered_and_every_graded_exercise_is_open(source):
    notebook = execute(nbformat.read(students(source), as_version=4), source.stem)
    for cell in notebook.cells:
        exercise = EXERCISES.get(cell.id)
        if exercise:
            text = cell.outputs[0].data["text/plain"]
            assert ("open" in text) != exercise.worked, text


def test_the_instructors_answers_are_right(source):
    for cell in code_of(instructors(source)):
        if cell.id in EXERCISES:
            assert "right" in cell.outputs[0].data["text/plain"]


def test_no_line_of_a_solution_reaches_the_release(source):
    released = students(source).read_text(encoding="utf-8")
    assert BEGIN not in released
    assert END not in released
    # From cells, not from the source's text: there a line of prose begins with "#".
    solved = "\n".join(cell.source for cell in parse(source).cells)
    regions = re.findall(rf"{BEGIN}\n(.*?){END}", solved, flags=re.DOTALL)
    assert regions
    everything = "\n".join(
        cell.source for cell in nbformat.reads(released, as_version=4).cells
    )
    for region in regions:
        for line in filter(None, map(str.strip, region.splitlines())):
            assert line not in everything


def test_the_release_carries_no_outputs(source):
    assert not any(cell.outputs for cell in code_of(students(source)))


def test_demonstrations_can_be_skipped(source):
    notebook = parse(source)
    shown = [c for c in notebook.cells if "demonstration" in c.metadata.get("tags", ())]
    assert shown
    prove_skippable(notebook, release(notebook), source.stem)


def test_a_unit_takes_students_through_in_order(source):
    if source.stem.startswith("00"):
        pytest.skip("it teaches the tools and no subject")
    cells = release(parse(source)).cells
    title = cells[0].source.partition("\n")[0]
    assert title.startswith("# Unit")
    headings = [
        line
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    assert headings[0] == "## Notation"
    assert headings[-3:] == ["## Summary", "## Glossary", "## Further reading"]
    prose = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    for promise in ("**After this unit you can**", "**You need**", "You may read that"):
        assert promise in prose
    assert prose.count("Predict, run, explain") >= 2


def test_every_prediction_is_left_open_and_then_measured(source):
    calls = {"predict": [], "reveal": []}
    for position, cell in enumerate(parse(source).cells):
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                name = getattr(getattr(node, "func", None), "id", "")
                if name in calls:
                    calls[name].append((node.args[0].value, position))
                if name == "predict":
                    assert node.args[1].value is ..., ast.unparse(node)
    measured = dict(calls["reveal"])
    assert len(dict(calls["predict"])) == len(calls["predict"])
    assert dict(calls["predict"]).keys() == measured.keys()
    assert all(position < measured[name] for name, position in calls["predict"])


def test_every_figure_is_said_in_words(source):
    for cell in code_of(instructors(source)):
        figures = [out for out in cell.outputs if "image/png" in out.get("data", {})]
        words = [out for out in cell.outputs if "text/markdown" in out.get("data", {})]
        assert len(figures) == len(words), cell.id
        # nnkit grade --help says so.
        assert not figures or "demonstration" in cell.metadata["tags"], cell.id
        for figure in figures:
            assert len(figure.metadata["image/png"]["alt"]) > 20, cell.id


def test_every_option_of_the_quiz_is_explained(source):
    if source.stem.startswith("00"):
        pytest.skip("it teaches the tools and no subject")
    prose = "\n".join(c.source for c in parse(source).cells)
    options = re.findall(
        r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", prose, flags=re.DOTALL
    )
    assert len(options) == prose.count("<details>") >= 12
    for option, explanation in options:
        assert re.match(r"[A-E]\. \S", option), option
        assert len(explanation.strip()) > 10, option
