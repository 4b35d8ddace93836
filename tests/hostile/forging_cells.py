"""Notebooks whose cells were deleted, copied, edited, retyped or renamed."""

import copy

from .case import RIGHT, Hostile, code_cell
from .forging import WRONG

ANSWER, CHECK = "neuron_grads-answer", "neuron_grads"


def at(notebook: dict, grade_id: str) -> int:
    """Return the position of a cell."""
    return next(
        position
        for position, cell in enumerate(notebook["cells"])
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def marks(notebook: dict, grade_id: str) -> dict:
    return notebook["cells"][at(notebook, grade_id)]["metadata"]["nbgrader"]


def without(grade_id):
    def edit(notebook):
        del notebook["cells"][at(notebook, grade_id)]

    return edit


def with_source(grade_id, source):
    def edit(notebook):
        notebook["cells"][at(notebook, grade_id)]["source"] = source

    return edit


def of_kind(grade_id, kind):
    def edit(notebook):
        cell = notebook["cells"][at(notebook, grade_id)]
        cell["cell_type"] = kind
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)

    return edit


def with_marks(grade_id, /, **changes):
    def edit(notebook):
        marks(notebook, grade_id).update(changes)

    return edit


def all_marks(value):
    def edit(notebook):
        for cell in notebook["cells"]:
            if "nbgrader" in cell["metadata"]:
                cell["metadata"]["nbgrader"] = value

    return edit


def swapped(one, other):
    def edit(notebook):
        first, second = marks(notebook, one), marks(notebook, other)
        first["grade_id"], second["grade_id"] = other, one

    return edit


def copies(grade_id, source, count=1):
    """Put copies with another source in front of a cell."""

    def edit(notebook):
        place = at(notebook, grade_id)
        copied = copy.deepcopy(notebook["cells"][place])
        copied["source"] = source
        notebook["cells"][place:place] = [copied] * count

    return edit


def check_first(notebook):
    cell = notebook["cells"].pop(at(notebook, CHECK))
    notebook["cells"].insert(0, cell)


def nothing_but(source):
    def edit(notebook):
        notebook["cells"] = [code_cell("alone", source)]

    return edit


def with_one_id(notebook):
    for cell in notebook["cells"]:
        cell["id"] = "x" * 1000


def shown_for_a_demonstration(notebook):
    notebook["cells"][at(notebook, ANSWER)]["metadata"]["tags"] = ["demonstration"]


def tagged(notebook):
    """A tag of the author's on all that is graded: it says nothing here."""
    for grade_id in (ANSWER, CHECK):
        tags = ["demonstration", "skip-execution", "raises-exception"]
        notebook["cells"][at(notebook, grade_id)]["metadata"]["tags"] = tags


def in_place_of_a_demonstration(notebook):
    shown = (c for c in notebook["cells"] if "demonstration" in str(c["metadata"]))
    next(c for c in shown if c["cell_type"] == "code")["source"] = RIGHT


def with_a_check_of_its_own(notebook):
    own = "def check(f):\n    return 3.0\ncheck(neuron_grads)"
    notebook["cells"].insert(at(notebook, CHECK), code_cell("own", own))


BELOW = "below its check: not graded there"
WINS = 'print("3 points"); 3.0'

SUBMISSIONS = (
    Hostile("check-deleted", WRONG, 0, "was missing: put back", edit=without(CHECK)),
    Hostile("check-deleted-right", says="put back", edit=without(CHECK)),
    Hostile("check-edited", WRONG, 0, "restored", edit=with_source(CHECK, WINS)),
    Hostile("check-copied", WRONG, 0, "second", edit=copies(CHECK, WINS)),
    Hostile("check-copied-often", WRONG, 0, "more of", edit=copies(CHECK, WINS, 500)),
    Hostile("check-is-text", WRONG, 0, "code again", edit=of_kind(CHECK, "markdown")),
    Hostile("check-is-raw", says="code again", edit=of_kind(CHECK, "raw")),
    Hostile(
        "check-comes-first", points=0, says="above its", edit=check_first, flag=BELOW
    ),
    Hostile("answered-below", "", 0, "no function", later=RIGHT, flag=BELOW),
    Hostile("answered-better-below", WRONG, 0, "wrong", later=RIGHT, flag=BELOW),
    Hostile(
        "check-edited-below",
        says="was edited: restored",
        edit=with_source(CHECK, f"check(neuron_grads)\n{WRONG}"),
    ),
    Hostile("answer-deleted", points=0, says="is missing", edit=without(ANSWER)),
    Hostile("answer-is-text", says="code again", edit=of_kind(ANSWER, "markdown")),
    Hostile("answer-twice", says="second", edit=copies(ANSWER, WRONG)),
    Hostile(
        "points-of-a-thousand", WRONG, 0, "wrong", edit=with_marks(CHECK, points=1000)
    ),
    Hostile("points-of-nan", edit=with_marks(CHECK, points=float("nan"))),
    Hostile("ids-of-one", edit=with_one_id),
    Hostile("answer-for-show", edit=shown_for_a_demonstration),
    Hostile("check-for-show", WRONG, 0, "wrong", edit=tagged),
    Hostile("demonstrates-its-answer", "", edit=in_place_of_a_demonstration),
    Hostile("check-of-its-own", WRONG, 0, "wrong", edit=with_a_check_of_its_own),
    Hostile("points-below-nothing", edit=with_marks(CHECK, points=-1)),
    Hostile("points-of-text", edit=with_marks(CHECK, points={"x": "inf"})),
    Hostile(
        "unlocked", WRONG, 0, "wrong", edit=with_marks(CHECK, locked=False, grade=False)
    ),
    Hostile(
        "graded-by-hand",
        WRONG,
        0,
        "wrong",
        edit=with_marks(ANSWER, grade=True, points=100),
    ),
    Hostile("answer-renamed", says="id", edit=with_marks(ANSWER, grade_id="mine")),
    Hostile("ids-swapped", edit=swapped(ANSWER, "layer-answer")),
    Hostile(
        "checks-swapped",
        points=0,
        says="above its",
        edit=swapped(CHECK, "layer"),
        flag=BELOW,
    ),
    Hostile(
        "answer-is-the-check",
        says="has an answer in it: kept above",
        edit=swapped(ANSWER, CHECK),
    ),
    Hostile("marks-are-a-list", says="no cell of", edit=all_marks(["points", 3])),
    Hostile("nothing-but-an-answer", says="no cell of", edit=nothing_but(RIGHT)),
)
