"""A class of 24, made from the released notebook: what a grader meets in a term.

answers.py ──> CLASS: who wrote which ──> submissions ──> make_class: a folder
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from nnkit.demo import answers
from nnkit.demo.answers import (
    BIAS_AVERAGED,
    CHEAT,
    RIGHT,
    RIGHT_WITH_LOOPS,
    SIGN_FLIPPED,
    SUM_FOR_MEAN,
    SYNTAX_ERROR,
)
from nnkit.grading.release import ANSWER_SUFFIX, Release
from nnkit.grading.workspace import Workspace, WorkspaceError, new_workspace

UNIT = "01-neuron"
MARK = "made-by-nnkit-demo"

SEED = 4
"""Of the secret cases: a demonstration is the same each time.

With one seed in seventy a difference quotient is off by more than the tolerance.
"""

TROUBLE = ("jun", "kim", "lou", "tess")
"""Who would stop a grader without a sandbox, or fool it."""

BRIEF = {
    "layer": answers.LAYER,
    "act": answers.ACT,
    "neuron_grads": RIGHT,
    "collapse": answers.COLLAPSE,
}
WITH_LOOPS = {
    "layer": answers.LAYER_WITH_LOOPS,
    "act": answers.ACT_ENTRY_BY_ENTRY,
    "neuron_grads": RIGHT_WITH_LOOPS,
    "collapse": answers.COLLAPSE_WITH_LOOPS,
}
BY_EINSUM = {
    "layer": answers.LAYER_BY_EINSUM,
    "act": answers.ACT_BY_COSH,
    "neuron_grads": answers.RIGHT_BY_EINSUM,
    "collapse": answers.COLLAPSE_BY_ASKING,
}

CLASS: dict[str, dict[str, str]] = {
    # Right, each in other words.
    "ada": BRIEF,
    "ben": WITH_LOOPS,
    "chloe": BY_EINSUM,
    "dev": BRIEF
    | {
        "layer": answers.LAYER_BIAS_AS_A_WEIGHT,
        "neuron_grads": answers.RIGHT_BIAS_AS_A_WEIGHT,
    },
    # What is really misunderstood, some of it by several.
    "emre": BRIEF | {"neuron_grads": SUM_FOR_MEAN},
    "fay": BY_EINSUM
    | {"neuron_grads": SUM_FOR_MEAN, "collapse": answers.FIRST_BIAS_LOST},
    "gus": BRIEF | {"neuron_grads": BIAS_AVERAGED},
    "noor": BRIEF | {"neuron_grads": SIGN_FLIPPED, "collapse": answers.FIRST_BIAS_LOST},
    "omar": BRIEF
    | {
        "act": answers.ACT_SLOPE_OF_THE_OUTPUT,
        "neuron_grads": answers.SLOPE_OF_THE_OUTPUT,
    },
    "pia": BRIEF
    | {"layer": answers.COLUMNS_RETURNED, "collapse": answers.LAYERS_SWAPPED},
    "quin": BRIEF | {"layer": answers.RELU_IN_PLACE, "act": answers.Z_OVERWRITTEN},
    "rosa": BRIEF | {"layer": answers.SIGMOID_BY_EXP, "act": answers.TANH_BY_EXP},
    "sam": BRIEF
    | {"act": answers.RELU_SLOPE_ONE, "neuron_grads": answers.SLOPE_OMITTED},
    "vic": BRIEF
    | {
        "layer": answers.KIND_IGNORED,
        "act": answers.RELU_SLOPE_ONE,
        "neuron_grads": answers.FACTOR_TWO_LOST,
    },
    "zoe": BRIEF
    | {
        "layer": answers.ACTIVATION_FOR_Z,
        "act": answers.TANH_SLOPE_FOR_SIGMOID,
        "collapse": answers.FIRST_BIAS_LOST,
    },
    # Not finished, or not quite as meant.
    "hana": {},
    "mia": {"layer": answers.LAYER, "act": answers.ACT},
    "ivo": BRIEF | {"neuron_grads": SYNTAX_ERROR},
    "wen": BRIEF | {"neuron_grads": answers.CENTRAL_DIFFERENCES},
    "yan": BRIEF | {"neuron_grads": answers.OTHERS_AUTODIFF},
    # Trouble.
    "jun": BRIEF | {"neuron_grads": answers.ENDLESS},
    "kim": BRIEF | {"neuron_grads": CHEAT},
    "tess": BRIEF | {"neuron_grads": answers.ANSWER_KEY},
}


def submissions(release: Release) -> Iterator[tuple[str, bytes]]:
    """Yield every student's id with the bytes of the notebook handed in."""
    for student, cells in CLASS.items():
        yield student, answered(release, cells)
    yield "lou", release.data[: len(release.data) // 2]


def answered(release: Release, sources: Mapping[str, str]) -> bytes:
    """Return the released notebook with some answer cells filled in.

    Args:
        release: the notebook.
        sources: exercise id → source of its answer cell.
    """
    notebook = json.loads(release.data)
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        exercise = grade_id.removesuffix(ANSWER_SUFFIX)
        if grade_id.endswith(ANSWER_SUFFIX) and exercise in sources:
            cell["source"] = sources[exercise].strip()
    return json.dumps(notebook).encode()


def make_class(folder: Path) -> Workspace:
    """Make the demonstration's grading folder anew.

    Raises:
        WorkspaceError: something else is in the folder; it is left alone.
        ReleaseError: the unit has not been built.
    """
    release = Release.find(UNIT)
    there = list(folder.iterdir()) if folder.is_dir() else []
    if there and not _made_here(folder):
        raise WorkspaceError(
            f"{folder} has something in it that nnkit demo has not made, and was left "
            "alone: give --dir a folder that is not there yet"
        )
    try:
        # Not the folder itself: it may be a link, or where the command is run.
        for path in there:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        workspace = new_workspace(folder)
        (folder / MARK).touch()
        for student, data in submissions(release):
            place = workspace.submitted / student / UNIT
            place.mkdir(parents=True)
            (place / f"{UNIT}.ipynb").write_bytes(data)
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be filled: {error}") from None
    return workspace


def _made_here(folder: Path) -> bool:
    """Say whether a folder is a class made before, with nobody else in it."""
    students = {path.name for path in folder.glob("submitted/*")}
    return (folder / MARK).exists() and students <= {*CLASS, "lou"}
