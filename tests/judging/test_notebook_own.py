"""`check` with an instructor's own exercises: a file beside the notebook."""

import pytest

from nnkit import check, failing_case, progress
from nnkit.exercises import own
from nnkit.template import source_of

TEXT = source_of(own.FILE, "07-ridge")


def ridge_grad(X, y, w, penalty):
    return 2 * X.T @ (X @ w - y) / len(y) + 2 * penalty * w


def forgotten(X, y, w, penalty):
    return 2 * X.T @ (X @ w - y) / len(y)


forgotten.__name__ = "ridge_grad"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / own.FILE).write_text(TEXT)
    yield tmp_path
    own.use(None)


def test_it_judges_and_hints_as_for_the_courses_own():
    assert "✓ ridge_grad: right" in repr(check(ridge_grad))
    said = check(forgotten)
    assert [item.slip for item in said.verdict.diagnoses] == ["penalty-forgotten"]
    assert "Let the residuals be 0" in repr(said)
    assert failing_case("ridge_grad").keys() == {"X", "y", "w", "penalty"}
    assert "07-ridge: 0 of 1 exercise right, 0 of 2 points" in repr(progress())


def test_a_newer_file_counts_at_once(folder):
    check(ridge_grad)
    (folder / own.FILE).write_text(TEXT.replace("points=2", "points=20"))
    assert check(ridge_grad).verdict.max_points == 20


def test_without_the_file_the_exercise_is_unknown(folder):
    check(ridge_grad)
    (folder / own.FILE).unlink()
    said = check(ridge_grad)
    assert said.verdict is None
    assert "There is no exercise with the name ridge_grad" in said.message


def test_a_damaged_file_is_named_and_the_courses_own_still_checked(folder):
    (folder / own.FILE).write_text("import nampy")
    said = check(ridge_grad).message
    assert f"{folder.name}/{own.FILE}, line 1: ModuleNotFoundError" in said
    assert "Get that file anew" in said
    assert failing_case("ridge_grad").message == said

    def layer(X, W, b, kind):
        raise NotImplementedError

    assert check(layer).verdict.status == "open"
    assert "Progress" in repr(progress())


def test_an_exercise_that_fails_is_not_the_students_fault(folder):
    broken = TEXT.replace("return residual", "return 1 / 0").replace(
        "return (residual * residual)", "return 1 / 0 + (residual * residual)"
    )
    assert broken != TEXT
    (folder / own.FILE).write_text(broken)
    said = check(ridge_grad).message
    assert f"{own.FILE} beside this notebook stopped with ZeroDivisionError" in said
    assert "it is not your answer" in said
