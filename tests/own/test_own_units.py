"""A unit of one's own: made, held to the rules, built, given to students."""

import json
from functools import partial

import nbformat
import pytest
from click.testing import CliRunner
from own_course import RIGHT, UNIT, answered, hand_in, ran

from nnkit.build import BuildError, build
from nnkit.build.source import parse
from nnkit.cli import main
from nnkit.exercises import own
from nnkit.judging.judge import answer_key
from nnkit.lab import LabError, prepare

GENERATE = ("generate_assignment", UNIT, "--force")
TEXT, EXERCISES = f"source/{UNIT}.py", f"source/{UNIT}/{own.FILE}"


def run(*arguments):
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def cells(path):
    return json.loads(path.read_text())["cells"]


def test_a_new_unit_makes_two_files_and_overwrites_none(tmp_path):
    done = run("new-unit", UNIT, "--dir", tmp_path / "c")
    assert done.exit_code == 0, done.output
    for name in (TEXT, EXERCISES, "nbgrader_config.py", "submitted"):
        assert (tmp_path / "c" / name).exists()
    assert UNIT in (tmp_path / "c" / EXERCISES).read_text()
    again = run("new-unit", UNIT, "--dir", tmp_path / "c")
    assert again.exit_code == 1
    assert "is there already: nothing was changed" in again.output


def test_a_mark_that_windows_puts_before_a_text_is_read_past(course):
    for name in (TEXT, EXERCISES):
        path = course / name
        path.write_text(path.read_text(), encoding="utf-8-sig")
    own.use(course / EXERCISES)
    assert parse(course / TEXT)


@pytest.mark.parametrize("name", ["../x", "a b", "", "01-neuron"])
def test_a_name_that_cannot_be_a_units(tmp_path, name):
    done = run("new-unit", name, "--dir", tmp_path / "c")
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert not (tmp_path / "c").exists()


def test_a_grading_folder_of_the_courses_own_is_not_written_into(tmp_path):
    run("new", tmp_path / "c")
    done = run("new-unit", UNIT, "--dir", tmp_path / "c")
    assert done.exit_code == 1
    assert "take out its source_directory and release_directory" in done.output


def test_a_clone_has_its_own_place_for_exercises(tmp_path):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    done = run("new-unit", UNIT, "--dir", tmp_path)
    assert done.exit_code == 1
    assert "is a clone of nnkit" in done.output
    assert "CONTRIBUTING.md says how" in done.output
    assert not list((tmp_path / "solutions").iterdir())


def test_an_nbgrader_course_gets_the_unit_and_is_told_the_line(tmp_path):
    config = tmp_path / "nbgrader_config.py"
    config.write_text('c = get_config()\nc.CourseDirectory.course_id = "phys101"\n')
    done = run("new-unit", UNIT, "--dir", tmp_path)
    assert done.exit_code == 0, done.output
    assert "c.Autograde.exporter_class = 'nnkit.grading.nbgrader.Exporter'" in (
        done.output
    )
    assert (tmp_path / TEXT).exists()


def test_a_configuration_that_fails_is_named(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_konfig()")
    for command in (("new-unit", "x"), ("test-exercises",)):
        done = run(*command, "--dir", tmp_path)
        assert done.exit_code == 1
        assert "nbgrader_config.py: NameError: name 'get_konfig'" in done.output


def test_sound_exercises_pass_and_each_fault_has_its_line(course):
    done = run("test-exercises", "--dir", course, "--seeds", 3)
    assert done.exit_code == 0, done.output
    assert "each of 4 slips gets its own hint, on 3 seeds" in done.output
    assert f"✓ {UNIT}.py: its own answers are right, on 3 seeds" in done.output
    edit(
        course / EXERCISES, "/ len(y)\n\n\n@slip(", "/ len(y) + 2*penalty*w\n\n\n@slip("
    )
    edit(course / TEXT, "written=", "writen=")
    done = run("test-exercises", UNIT, "--dir", course, "--seeds", 3)
    assert done.exit_code == 1
    assert "slip penalty-forgotten: is right" in done.output
    assert "unknown key 'writen'; did you mean 'written'?" in done.output
    (course / EXERCISES).write_text("EXERCISES = [")
    done = run("test-exercises", "--dir", course)
    assert done.exit_code == 1
    assert done.output.startswith(f"✗ {UNIT}/{own.FILE}, line 1: ")


@pytest.mark.parametrize("made_by", ["text", "notebook"])
def test_the_units_own_answers_are_tried_on_more_than_the_public_cases(course, made_by):
    (exercise,) = own.load(course / EXERCISES)
    public = {float(case.args[0][0, 0]) for case in answer_key(exercise).cases}
    source = course / TEXT
    if made_by == "notebook":
        source.rename(course / "kept.py")
        source = course / f"source/{UNIT}/{UNIT}.ipynb"
    edit(source, "+ 2 *", f"+ (2 if float(X[0, 0]) in {public} else 1) *")
    done = run("test-exercises", UNIT, "--dir", course, "--seeds", 2)
    assert done.exit_code == 1, done.output
    said = f"✗ {source.name}: the answer to ridge_grad is not right by its reference"
    assert f"{said}, seed 0: dw is wrong in every case" in done.output


def test_test_exercises_where_there_are_none(tmp_path, course):
    assert "has exercises of its own" in run("test-exercises", "--dir", tmp_path).output
    assert "is not there" in run("test-exercises", "x", "--dir", course).output


def test_the_build_makes_both_notebooks_and_gives_the_exercises(built):
    instructors = cells(built / f"source/{UNIT}/{UNIT}.ipynb")
    students = cells(built / f"release/{UNIT}/{UNIT}.ipynb")
    answer = {"".join(cell["source"]) for cell in instructors} - {
        "".join(cell["source"]) for cell in students
    }
    assert any("len(y)" in text for text in answer)
    assert not any("len(y)" in "".join(cell["source"]) for cell in students)
    given = built / f"release/{UNIT}/{own.FILE}"
    assert given.read_bytes() == (built / EXERCISES).read_bytes()
    done = run("build", "--check", "--dir", built / "source")
    assert done.output.count("up to date: ") == 2, done.output


def test_nbgraders_own_command_makes_the_same_release(course):
    path = course / f"release/{UNIT}/{UNIT}.ipynb"
    before = cells(path)
    ran(course, "nbgrader", "generate_assignment", UNIT, "--force")
    assert cells(path) == before
    assert (path.parent / own.FILE).read_bytes() == (course / EXERCISES).read_bytes()
    assert build(check=True, root=course)


def test_nbgraders_header_and_footer_are_handed_out_and_are_no_drift(
    course, monkeypatch
):
    config = course / "nbgrader_config.py"
    config.write_text(
        f"{config.read_text()}\n"
        'c.IncludeHeaderFooter.header = "source/header.ipynb"\n'
        'c.IncludeHeaderFooter.footer = "source/footer.ipynb"\n'
    )
    with pytest.raises(BuildError, match=r"header\.ipynb, the header that .* No such"):
        build(root=course)
    for name, text in (("header", "Honour code"), ("footer", "Did you save?")):
        cell = {"cell_type": "markdown", "metadata": {}, "source": text}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 0}
        (course / f"source/{name}.ipynb").write_text(json.dumps(notebook))
    path = course / f"release/{UNIT}/{UNIT}.ipynb"
    with pytest.raises(BuildError, match="differs from its source at cell 'header-1'"):
        build(check=True, root=course)
    run_before = nbformat.read(course / f"source/{UNIT}/{UNIT}.ipynb", as_version=4)
    monkeypatch.setattr("nnkit.build.execute", lambda *_: run_before)
    monkeypatch.setattr("nnkit.build.prove_skippable", lambda *_: None)
    nbgraders = partial(ran, course, "nbgrader", *GENERATE)
    for make in (partial(build, root=course), nbgraders):
        make()
        handed_out = cells(path)
        assert [handed_out[0]["source"], handed_out[-1]["source"]] == [
            ["Honour code"], ["Did you save?"]
        ]  # fmt: skip
        assert build(check=True, root=course)
    hand_in(course, "ada", answered(course, RIGHT))
    assert "2 / 2" in run("grade", UNIT, "--dir", course).output
    edit(path, "Honour code", "No code")
    with pytest.raises(BuildError, match="differs from its source at cell 'header-1'"):
        build(check=True, root=course)


def test_a_notebook_without_a_text_is_its_authors_own(course):
    (course / TEXT).rename(course / "kept.py")
    done = run("build", UNIT, "--dir", course)
    assert f"nbgrader generate_assignment {UNIT} makes its release" in done.output


def test_what_is_to_stay_with_the_instructor_is_not_given(course):
    (course / f"release/{UNIT}/{own.FILE}").unlink()
    config = course / "nbgrader_config.py"
    config.write_text(
        f"{config.read_text()}\nc.CourseDirectory.ignore.append({own.FILE!r})\n"
    )
    build(check=True, root=course)


def test_points_that_were_set_stay_when_it_is_built_again(course):
    path = course / f"release/{UNIT}/{UNIT}.ipynb"
    run("points", UNIT, "ridge_grad=5", "--dir", course)
    given = path.read_text()
    assert "check(ridge_grad, points=5)" in given
    assert build(check=True, root=course)
    build(root=course)
    assert path.read_text() == given
    points = course / "points.csv"
    edit(points, "5", "6")
    with pytest.raises(BuildError, match=rf"release/{UNIT}/{UNIT}.ipynb"):
        build(check=True, root=course)
    edit(points, "ridge_grad", "rigde_grad")
    with pytest.raises(BuildError, match="did you mean 'ridge_grad'"):
        build(root=course)


def test_drift_is_found(course):
    edit(course / EXERCISES, "five rows", "six rows")
    with pytest.raises(BuildError, match=rf"release/{UNIT}/{own.FILE} is not what"):
        build(check=True, root=course)
    edit(course / TEXT, "import numpy as np", "import numpy")
    with pytest.raises(BuildError, match="nnkit build 07-ridge"):
        build(check=True, root=course)


WRONG = {
    "a reference that stops": (
        EXERCISES,
        ("    residual = X @ w - y", "    residual = X @ v - y"),
        r"ridge_grad cannot be judged: .* name 'v' is not defined\. Why: nnkit test-ex",
    ),
    "no exercises": (EXERCISES, None, "cannot be read: No such file"),
    "an id not in the text": (TEXT, ('"ridge_grad"', '"rigde"'), "unknown exercise"),
    "not asked": (EXERCISES, ('"ridge_grad",', '"other",'), "unknown exercise"),
    "of another unit": (EXERCISES, (f'"{UNIT}"', '"08-x"'), "the two must be the same"),
    "a solution that is wrong": (
        TEXT,
        ("2 * penalty", "penalty"),
        "the solution of ridge_grad is not right by its own check",
    ),
}


@pytest.mark.parametrize(("name", "change", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_built_is_said_in_one_line(course, name, change, said):
    if change:
        edit(course / name, *change)
    else:
        (course / name).unlink()
    with pytest.raises(BuildError, match=said) as error:
        build(root=course)
    assert "\n" not in str(error.value)


def test_students_get_the_units_beside_the_courses_own(built, tmp_path):
    said = prepare(tmp_path / "work", more=built / "release")
    assert f"{len(list((tmp_path / 'work').glob('*/*.ipynb')))} notebooks" in said[0]
    assert (tmp_path / "work" / UNIT / own.FILE).is_file()
    assert (tmp_path / "work" / "00-start").is_dir()
    assert prepare(tmp_path / "work", more=built / "release") == []


def test_a_folder_with_answers_or_without_units_is_not_handed_out(built, tmp_path):
    with pytest.raises(LabError, match="has solutions in it"):
        prepare(tmp_path / "work", more=built / "source")
    with pytest.raises(LabError, match="has no unit in it"):
        prepare(tmp_path / "work", more=tmp_path)
    assert not (tmp_path / "work").exists()


def test_a_student_validates_and_no_file_beside_the_notebook_is_run(course, tmp_path):
    place = hand_in(course, "ada", answered(course, RIGHT))
    mark = tmp_path / "was-run"
    (place / own.FILE).write_text(f"open({str(mark)!r}, 'w')")
    notebook = place / f"{UNIT}.ipynb"
    done = run("validate", notebook, "--course", course / "release")
    assert done.exit_code == 0, done.output
    assert "✓ ridge_grad: right" in done.output
    assert not mark.exists()
    done = run("validate", notebook)
    assert done.exit_code == 1
    assert "give the folder that it is from with --course" in done.output
    assert not mark.exists()
    done = run("validate", notebook, "--course", tmp_path)
    assert "has no unit with exercises in it" in done.output
