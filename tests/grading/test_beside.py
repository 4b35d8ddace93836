"""Files beside a notebook: said where a cell missed one, and never opened."""

import os

import pytest

from nnkit.grading.answers import Answers
from nnkit.grading.beside import others_beside, unused_files


def stopped(kind, message, by_an_answer=False):
    error = {"type": kind, "message": message, "line": 1, "source": ""}
    if by_an_answer:
        return Answers(replies={"f": [{"raised": error}]})
    return Answers(errors={3: error})


@pytest.fixture
def notebook(tmp_path):
    names = ("data.npy", "helper.py", "ata.npy", "timestamp.txt", ".hidden.npy")
    for name in (*names, "nnkit_exercises.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "tables").mkdir()
    return tmp_path / "01-neuron.ipynb"


@pytest.mark.parametrize(
    ("kind", "message", "name"),
    [
        (
            "FileNotFoundError",
            "[Errno 2] No such file or directory: 'data.npy'",
            "data",
        ),
        ("FileNotFoundError", "No such file: '/home/ada/01-neuron/data.npy'", "data"),
        ("FileNotFoundError", "C:\\\\work\\\\data.npy not found.", "data"),
        ("FileNotFoundError", "[Errno 2] No such file: 'tables/a.csv'", "tables"),
        ("ModuleNotFoundError", "No module named 'helper'", "helper.py"),
        ("ModuleNotFoundError", "No module named 'helper.sub'", "helper.py"),
    ],
)
@pytest.mark.parametrize("by_an_answer", [False, True])
def test_what_a_cell_missed_is_named(notebook, kind, message, name, by_an_answer):
    said = unused_files(notebook, stopped(kind, message, by_an_answer))
    assert said.startswith(f"'{name}")
    assert "beside the notebook" in said
    assert said.count("'") == 2


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'other.npy'"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'timestamp.txt'"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: '.hidden.npy'"),
        ("ModuleNotFoundError", "No module named 'pandas'"),
        ("ModuleNotFoundError", "No module named 'data'"),
        ("ModuleNotFoundError", "No module named 'nnkit_exercises'"),
        ("ValueError", "data.npy is odd"),
    ],
)
def test_of_anything_else_nothing_is_said(notebook, kind, message):
    assert unused_files(notebook, stopped(kind, message)) == ""
    assert unused_files(notebook, Answers()) == ""


def test_names_are_a_strangers_words(tmp_path):
    names = [f"\x1b[2J{letter}{'x' * 200}" for letter in "abcdef"]
    for name in names:
        os.mkdir(tmp_path / name)
    said = unused_files(
        tmp_path / "n.ipynb", stopped("FileNotFoundError", " ".join(names))
    )
    assert "\x1b" not in said
    assert "and 3 more" in said
    assert len(said) < 500


def test_a_folder_that_is_gone_is_no_failure(tmp_path):
    answers = stopped("FileNotFoundError", "no 'data.npy'")
    assert unused_files(tmp_path / "gone" / "n.ipynb", answers) == ""


def test_another_notebook_beside_the_one_that_counts_is_named(tmp_path):
    books = []
    for student in ("ada", "ben"):
        folder = tmp_path / "submitted" / student / "01-neuron"
        folder.mkdir(parents=True)
        books.append(folder / "01-neuron.ipynb")
        for name in ("01-neuron.ipynb", "timestamp.txt", ".~01-neuron.ipynb"):
            (folder / name).touch()
    assert others_beside(books) == ""
    (books[1].parent / "01-neuron (1).IPYNB").touch()
    (books[0].parent / "final.ipynb").touch()
    said = "not graded, beside the notebook that has the unit's name: "
    both = "'ada/01-neuron/final.ipynb', 'ben/01-neuron/01-neuron (1).IPYNB'. "
    assert others_beside(books).startswith(said + both)
