"""An author's mistakes end in one message each."""

import re
from pathlib import Path

import pytest

from nnkit.build import BuildError, find_course, parse, source

MISTAKES = {
    "unknown exercise": (
        'check="double"',
        'check="dubble"',
        "(check(double)): unknown exercise 'dubble'; did you mean 'double'?",
    ),
    "other points": (
        'readonly="rules"',
        'readonly="double-task"\n# ### Exercise `double` (5 points)\n#',
        "says (5 points), and its exercise has points=",
    ),
    "other points, and a remark": (
        'readonly="rules"',
        'readonly="double-task"\n# ### `double` (1.5 points, half filled in)\n#',
        "says (1.5 points), and its exercise has points=",
    ),
    "other points, in bold": (
        'readonly="rules"',
        'readonly="double-task"\n# **Twice as much (1 point).** Write it.\n#',
        "says (1 point), and its exercise has points=",
    ),
    "task misspelt": (
        'readonly="rules"',
        'readonly="duoble-task"',
        "readonly='duoble-task' is the text of no exercise; did you mean 'double-task'",
    ),
    "unknown key": ('answer="double"', 'anser="double"', "did you mean 'answer'?"),
    "no quotes": (
        'check="double"',
        "check=double",
        "(check(double)): its marker has check=double in it; expected a cell such as",
    ),
    "kind misspelt": (
        "# %% [markdown]",
        "# %% [markdwn]",
        "its marker has [markdwn] in it",
    ),
    "tags in no list": (
        '["demonstration"]',
        '"demonstration"',
        'Tags are a list: tags=["demonstration"]',
    ),
    "practice": (
        "    return math.tanh(x)",
        "    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
        "give it points, or practice=True",
    ),
    "unknown tag": ('["demonstration"]', '["demo"]', "unknown tag 'demo'"),
    "two roles": (
        'answer="double"',
        'answer="double" check="double"',
        "answer and check",
    ),
    "no check cell": ('# %% check="double"\ncheck(double)\n', "", "has no check cell"),
    "no answer cell": ('# %% answer="shown"', "# %%", "has no answer cell"),
    "two check cells": (
        "check(shown)",
        'check(shown)\n\n# %% check="shown"\ncheck(shown)',
        "two cells are called 'shown'",
    ),
    "two answers": (
        '# %% answer="shown"\n',
        '# %% answer="shown"\ndef shown(x): ...\n\n# %% answer="shown"\n',
        "two cells are called 'shown-answer'",
    ),
    "checks another": ("check(double)", "check(shown)", "one line: check(double)"),
    "no region": ("    ### BEGIN SOLUTION\n", "", "needs the solution between"),
    "region open": ("    ### END SOLUTION\n", "", "needs the solution between"),
    "stub raises": ("    ### BEGIN", "### BEGIN", "indent"),
    "defines another": ("def double(x)", "def dubble(x)", "must define double"),
    "worked hidden": (
        "    return math.tanh(x)",
        "    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
        "is worked",
    ),
    "stray solution": ("import math", "### BEGIN SOLUTION\nimport math", 'answer="'),
    "not Python": ("import math", "import math math", "line 1: invalid syntax"),
    "demonstration graded": (
        '# %% check="shown"',
        '# %% check="shown" tags=["demonstration"]',
        "grading skips",
    ),
    "demonstration needed": (
        "import math",
        'import math\n\n# %% tags=["demonstration"]\nhelper = 1\n\n# %%\nprint(helper)',
        "cell 'start-4' uses 'helper'",
    ),
    "prose answers": (
        '# %% check="shown"',
        '# %% [markdown] check="shown"',
        "must mark a code cell",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_message_that_names_the_place(unit, old, new, message):
    unit.edit(old, new)
    with pytest.raises(BuildError, match=re.escape(message)) as error:
        unit.build()
    assert "07-unit.py" in str(error.value)
    assert not unit.instructors.exists()


def test_a_unit_without_a_declared_exercise_says_where_they_are_listed(
    unit, monkeypatch
):
    monkeypatch.setattr(source, "_exercises_of", lambda name: ())
    with pytest.raises(BuildError, match="'shown': none is declared") as error:
        parse(unit.source)
    assert "nnkit/exercises/__init__.py" in str(error.value)


def test_a_demonstrations_name_may_be_a_local_one_elsewhere(unit):
    unit.edit(
        "    return math.tanh(x)",
        "    picture = math.tanh(x)\n    return picture",
    )
    parse(unit.source)


def test_a_check_before_its_answer_is_refused(unit):
    cell = '# %% check="shown"\ncheck(shown)\n\n'
    unit.edit(cell, "")
    unit.edit('# %% answer="shown"', cell + '# %% answer="shown"')
    with pytest.raises(BuildError, match="before it is answered"):
        unit.build()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print(object())", "shows '0x"),
        ("object()", "shows '0x"),
        ("import sys; print('careful', file=sys.stderr)", "writes to stderr"),
        (
            "import json\njson.loads('x')",
            r"cell 'double-1' stopped with JSONDecodeError: [^\n]*\n"
            r"-+> 3 json\.loads\('x'\)$",
        ),
        (
            "open('data.csv')",
            r"open\('data\.csv'\)\nNo file beside a notebook is there when it is built",
        ),
    ],
)
def test_outputs_that_no_second_run_would_give_are_refused(unit, code, message):
    unit.edit("print(len(picture))", code)
    with pytest.raises(BuildError, match=message):
        unit.build()
    assert not unit.instructors.exists()


def test_text_in_another_encoding_is_named_by_its_line(unit):
    unit.source.write_bytes(b"# %%\n# caf\xe9\n" + unit.source.read_bytes())
    with pytest.raises(BuildError, match=r"^07-unit\.py, line 2: is no UTF-8 text"):
        unit.build()


def test_unknown_units_and_foreign_folders_are_named(unit, tmp_path_factory):
    with pytest.raises(BuildError, match="did you mean '07-unit'"):
        unit.build(["07-units"])
    with pytest.raises(BuildError, match="not inside a course"):
        find_course(tmp_path_factory.mktemp("elsewhere"))
    assert find_course(unit.source.parent).root == unit.root.resolve()


def test_text_survives_being_opened_and_saved_as_a_notebook():
    import jupytext
    from jupytext.config import load_jupytext_configuration_file

    checkout = Path(__file__).parents[2]
    config = load_jupytext_configuration_file(str(checkout / "jupytext.toml"))
    for path in sorted((checkout / "solutions").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        notebook = jupytext.reads(text, fmt="py:percent", config=config)
        assert jupytext.writes(notebook, fmt="py:percent", config=config) == text


def test_global_names_sees_through_functions_comprehensions_and_magics():
    text = "%time x = 1\nfor i in y:\n    z = [w for w in i]\ndef f(a): return a + g"
    more = "\nd = {k: {v for v in k} for k in p}\nt = [u := h for h in q]"
    bound, used = source.global_names(text + more, "here")
    assert bound - {"x"} == {"i", "z", "f", "d", "t", "u"}
    assert used - {"get_ipython"} == {"y", "i", "g", "p", "q"}
