"""An answer in words: marked for a person to grade, and never given away."""

import re

import pytest

from nnkit.build import BuildError

CELL = """\

# %% [markdown] written="why" points=2
# **Your answer.**
#
# ### BEGIN SOLUTION
# Because of symmetry.
# ### END SOLUTION
"""


@pytest.fixture
def with_words(unit):
    unit.source.write_text(unit.source.read_text() + CELL)
    return unit


def test_it_is_marked_for_grading_by_hand(with_words):
    with_words.build()
    for path in (with_words.instructors, with_words.students):
        cell = with_words.cells(path)["why"]
        assert cell.cell_type == "markdown"
        # nbgrader adds a checksum and the kind of cell to a release.
        assert (
            cell.metadata.nbgrader.items()
            >= {
                "grade": True,
                "grade_id": "why",
                "locked": False,
                "points": 2.0,
                "schema_version": 3,
                "solution": True,
                "task": False,
            }.items()
        )
    with_words.build(check=True)


def test_the_model_answer_stays_with_the_instructor(with_words):
    with_words.build()
    assert "Because of symmetry." in with_words.cells()["why"].source
    released = with_words.cells(with_words.students)["why"].source
    assert released == "**Your answer.**\n\nYOUR ANSWER HERE"
    assert "symmetry" not in with_words.students.read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" points=2", "", "says what it is worth"),
        (" points=2", " points=0", "got 0."),
        (" points=2", ' points="two"', "got 'two'."),
        (" points=2", " points=true", "got True."),
        ("[markdown] written", "written", "must mark a [markdown] cell"),
        ("# ### BEGIN SOLUTION\n", "", "needs the model answer between"),
        ("# ### END SOLUTION\n", "", "needs the model answer between"),
        ('written="why" points=2', "points=2", "points belong to a written answer"),
        ('written="why"', 'written="rules"', "two cells are called 'rules'"),
        ('written="why"', 'writen="why"', "did you mean 'written'?"),
        ('written="why"', 'written="why" readonly="why"', "a cell is one of them"),
        ("BEGIN SOLUTION\n# B", "END SOLUTION\n# ### BEGIN SOLUTION\n# B", "between"),
    ],
)
def test_a_mistake_is_one_message(with_words, old, new, message):
    with_words.edit(old, new)
    with pytest.raises(BuildError, match=re.escape(message)):
        with_words.build()


def test_an_answer_that_ends_before_it_begins_is_refused(with_words):
    text = with_words.source.read_text()
    before, after = text.split("# **Your answer.**")
    after = after.replace("BEGIN", "x").replace("END", "BEGIN").replace("x", "END")
    with_words.source.write_text(before + "# **Your answer.**" + after)
    with pytest.raises(BuildError, match="stands above"):
        with_words.build()
