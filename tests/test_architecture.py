"""Imports point down, the sandbox knows no answer, and `import nnkit` costs NumPy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nnkit
from nnkit.grading import record

PACKAGE = Path(nnkit.__file__).parent
LIBRARY = (
    *("losses", "init", "layers", "optim", "datasets", "gradients", "gradcheck"),
)
PICTURES = ("plots", "graph")

# What each part of nnkit may import of nnkit, itself always included.
MAY_IMPORT = {
    "sums": (),
    "ops": ("sums",),
    "instead": ("ops",),
    "unfit": ("instead", "ops"),
    "tensor": ("instead", "ops", "sums", "unfit"),
    **dict.fromkeys(LIBRARY, ("instead", "ops", "sums", "tensor", "unfit", *LIBRARY)),
    "plotted": ("ops", "tensor", "unfit"),
    "plots": ("ops", "plotted", "tensor", *LIBRARY),
    "graph": ("sums", "tensor"),
    "raised": (),
    "drawn": (),
    "adapters": ("drawn", "raised", "ops", "tensor", *LIBRARY),
    "sandbox": ("adapters", "drawn", "raised", "ops", "tensor", "plots", *LIBRARY),
    "exercises": ("adapters", "drawn", "ops", "tensor", *LIBRARY),
    "judging": (
        *("adapters", "ops", "tensor", *LIBRARY, *PICTURES),
        *("exercises", "raised", "sandbox.wire"),
    ),
    "course": (),
    "lab": ("course", "judging.keep"),
    "grading": (
        *("adapters", "ops", "tensor", "gradients", "course", "exercises", "judging"),
        *("raised", "sandbox.agreed", "sandbox.orders"),
        *("sandbox.watch", "sandbox.wire"),
    ),
    "template": ("exercises",),
    "build": ("course", "exercises", "grading", "judging"),
    "demo": ("exercises", "grading"),
    "units": ("build", "course", "exercises", "grading", "judging", "template"),
    "cli": ("build", "demo", "grading", "judging.plain", "lab", "units"),
    "__main__": ("cli",),
    "__init__": (),
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] != "_course":
            yield path, ".".join(parts).removesuffix(".__init__")


def imported(path, name):
    """Yield every module of nnkit that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for found in names:
            if found.startswith("nnkit."):
                yield found.removeprefix("nnkit.")


@pytest.mark.parametrize(("path", "name"), list(modules()), ids=str)
def test_imports_point_down(path, name):
    own = name.split(".")[0]
    allowed = (own, "__version__", *MAY_IMPORT[own])
    for found in imported(path, name):
        fits = any(found == part or found.startswith(f"{part}.") for part in allowed)
        assert fits, f"nnkit.{name} must not import nnkit.{found}"


def test_the_import_rule_can_fail(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("from nnkit.judging import judge\nimport nnkit.grading.pool\n")
    assert list(imported(bad, "bad")) == ["judging.judge", "grading.pool"]


def loaded_after(statement):
    program = f"import sys; {statement}; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_nnkit_brings_numpy_at_most():
    outside = {name.split(".")[0] for name in loaded_after("import nnkit")}
    numpys = {name.split(".")[0] for name in loaded_after("import numpy")}
    assert outside - numpys <= {"nnkit"}


def test_the_student_side_brings_neither_matplotlib_nor_ipython():
    loaded = loaded_after("from nnkit import check, Tensor, grad")
    assert not loaded & {"matplotlib", "IPython", "rich", "click", "nbformat"}


def test_a_zygote_never_holds_an_exercise_or_a_judge():
    loaded = loaded_after("import nnkit.sandbox.zygote, nnkit.sandbox.runner")
    ours = {name for name in loaded if name.startswith("nnkit.")}
    assert not any(
        name.startswith(("nnkit.exercises", "nnkit.judging", "nnkit.grading"))
        for name in ours
    )


def test_whatever_judges_is_in_the_fingerprint_of_a_verdict():
    others = ("nnkit.sandbox", "nnkit.exercises.")
    judges = {
        name
        for name in loaded_after("import nnkit.judging.judge")
        if name.startswith("nnkit.") and not name.startswith(others)
    } - {"nnkit.judging", "nnkit.exercises"}
    judges |= {f"nnkit.exercises.{name}" for name in ("draw", "spec", "values")}
    named = {f"nnkit.{name[:-3].replace('/', '.')}" for name in record.JUDGED_BY}
    assert named == judges


def test_every_public_name_is_there_and_documented():
    assert sorted(nnkit.__all__) == nnkit.__all__
    for name in nnkit.__all__:
        assert getattr(nnkit, name).__doc__, name


def test_modules_of_the_library_need_no_import_of_their_own():
    loaded = loaded_after("import nnkit; nnkit.plots, nnkit.datasets.moons, nnkit.init")
    assert {"nnkit.plots", "nnkit.datasets", "nnkit.init"} <= loaded
    for module in (*LIBRARY, *PICTURES, "ops", "tensor"):
        assert module in dir(nnkit)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        nnkit.chekc  # noqa: B018  the lookup is what is tested


def test_no_file_is_longer_than_two_files():
    long = [name for path, name in modules() if len(path.read_text().split("\n")) > 401]
    assert long == []
