"""A notebook's outputs, as a fresh interpreter in a clean environment gives them."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import re
import shutil
import site
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnkit.build.source import BuildError

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL_TIMEOUT = 120  # seconds; a unit is meant to run in 20 altogether
OUTPUT_TIMEOUT = 30  # seconds from a cell's end until its last output is here
DPI = 80  # small files; a figure must be legible at that
# What differs from run to run: an object's address, the file a traceback names.
UNSTABLE = re.compile(r"\b0x[0-9a-fA-F]{6,}\b|\bipykernel_\d+")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ARROW = re.compile(r"^-+> ?\d+ .*$", re.MULTILINE)
WIDGET = "application/vnd.jupyter.widget-view+json"
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


def execute(
    notebook: NotebookNode,
    name: str = "notebook",
    report: Callable[[str, int, int], None] | None = None,
    beside: Path | None = None,
) -> NotebookNode:
    """Return the notebook with its outputs.

    Args:
        notebook: left as it is.
        name: what messages call it.
        report: called as (name, cell, cells) while it runs.
        beside: a file of the notebook's folder that it needs.

    Raises:
        BuildError: a cell failed, or its output cannot be the same twice.
    """
    from copy import deepcopy

    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    from nnkit.build.kernel import manager

    result = deepcopy(notebook)

    def on_cell_start(cell: NotebookNode, cell_index: int) -> None:
        if report:
            report(name, cell_index + 1, len(result.cells))

    with tempfile.TemporaryDirectory() as folder:
        if beside:
            shutil.copy(beside, folder)
        client = NotebookClient(
            result,
            km=manager(Path(folder)),
            timeout=CELL_TIMEOUT,
            # Rather none than a notebook that lacks outputs.
            iopub_timeout=OUTPUT_TIMEOUT,
            raise_on_iopub_timeout=True,
            record_timing=False,
            coalesce_streams=True,
            on_cell_start=on_cell_start,
            # It warns of unencrypted messages, which do not leave this machine.
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute(env=environment(Path(folder)), cleanup_kc=True)
        except CellExecutionError as error:
            raise BuildError(f"{name}, {_stopped(result, error)}") from error
        except CellTimeoutError as error:
            raise BuildError(f"{name}: a cell failed.\n{error}") from error
        except (asyncio.CancelledError, AssertionError):
            # At Ctrl-C nbclient takes its kernel away, and stumbles over that itself.
            raise KeyboardInterrupt from None
    result.metadata = deepcopy(notebook.metadata)  # the kernel adds its version
    for cell in result.cells:
        if cell.cell_type == "code":
            _clean_outputs(cell, f"{name}, cell {cell.id!r}")
    return result


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that a kernel needs, and nothing of whoever builds.

    Args:
        folder: serves as home; what is kept there is lost.
    """
    settings = folder / "matplotlibrc"
    settings.write_text(f"figure.dpi: {DPI}\n", encoding="utf-8")
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return kept | {
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "MATPLOTLIBRC": str(settings),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # The list of fonts takes seconds to make: share it.
        "XDG_CACHE_HOME": cache,
        # Packages installed with --user are found although home is another.
        "PYTHONUSERBASE": site.getuserbase(),
        # Threads that share a small product wait for each other on a busy machine, and
        # add up in another order.
        **dict.fromkeys(THREADS, "1"),
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def _stopped(notebook: NotebookNode, error: Any) -> str:
    """Say in which cell and line a notebook stopped, and why."""
    stopped = [
        cell.id
        for cell in notebook.cells
        if any(out.output_type == "error" for out in cell.get("outputs", ()))
    ]
    where = f"cell {stopped[-1]!r}" if stopped else "a cell"
    # The first frame is the cell's own; the rest of it may be pages of a library.
    line = ARROW.search(COLOUR.sub("", error.traceback))
    shown = f"\n{line.group()}" if line else ""
    if error.ename == "FileNotFoundError":
        shown += (
            "\nNo file beside a notebook is there when it is built or graded: make the "
            "data in a cell, or pass them to the answer as an argument"
        )
    return f"{where} stopped with {error.ename}: {error.evalue}{shown}"


def _clean_outputs(cell: NotebookNode, where: str) -> None:
    """Take out what changes from run to run; refuse what cannot be taken out."""
    # A widget's picture needs its kernel: what is stored of it is an empty frame.
    cell.outputs = [out for out in cell.outputs if WIDGET not in out.get("data", ())]
    for output in cell.outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                raise BuildError(
                    f"{where} writes to stderr: {output.text.strip()[-200:]!r}. A "
                    "student would meet that too: mend its cause."
                )
            texts = [output.text]
        elif output.output_type == "error":
            texts = output.traceback
        else:
            if png := output.data.get("image/png"):
                output.data["image/png"] = _without_text_chunks(png)
            texts = [v for k, v in output.data.items() if k != "image/png"]
        for text in texts:
            if found := UNSTABLE.search(str(text)):
                raise BuildError(
                    f"{where} shows {found.group()!r} in its output, which differs "
                    "from run to run. Print a value instead of an object."
                )


def _without_text_chunks(png: str) -> str:
    """Return a base64 PNG without comments such as the drawing library's version."""
    from PIL import Image

    clean = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(png))).save(clean, "PNG", optimize=True)
    return base64.b64encode(clean.getvalue()).decode("ascii")
