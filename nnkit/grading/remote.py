"""What a worker of a cluster does: the trusted part there, with sandboxes of its own.

`ready` is asked of every worker when a run begins; `work` is one submission. Both take
and return plain data alone, see `parcels`.
"""

from __future__ import annotations

import atexit
import hashlib
import platform
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import nnkit
from nnkit.grading import parcels
from nnkit.grading.parcels import Parcel
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.sandboxes import SandboxError

_pools: dict[str, Pool] = {}
_lock = threading.Lock()


def keep(parcel: Parcel) -> Parcel:
    """Hold a run's task on the cluster, so that it is not sent with each submission."""
    return parcel


def ready(parcel: Parcel) -> dict[str, Any]:
    """Start a zygote for a run; say which code runs here, and what does not hold."""
    missing = _pool_for(parcel).missing
    return {"version": nnkit.__version__, "code": code_digest(), "missing": missing}


def work(parcel: Parcel, cells: bytes, required: bool) -> Parcel:
    """Run one submission.

    Args:
        parcel: the run's task.
        cells: the submission.
        required: refuse where the sandbox is not whole.
    """
    try:
        pool = _pool_for(parcel)
        if pool.missing and required:
            raise SandboxError(f"{_gap(pool)}, and --isolation require asks for all")
        answers = pool.answers_to(parcels.unpack_cells(cells))
        if isinstance(answers, SandboxError):
            raise answers
    except SandboxError as error:
        return parcels.pack_failure(str(error))
    if pool.missing:
        answers.trouble.append(_gap(pool))
    return parcels.pack_answers(answers)


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Name the code of nnkit that is installed here."""
    digest = hashlib.sha256()
    package = Path(nnkit.__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _gap(pool: Pool) -> str:
    names = ", ".join(pool.missing)
    return f"on {platform.node()} the sandbox does not hold for {names}"


def _pool_for(parcel: Parcel) -> Pool:
    """Return the sandboxes of a run; those of an earlier one are ended."""
    key = hashlib.sha256(b"".join(parcel)).hexdigest()
    with _lock:
        if key not in _pools:
            _close_all()
            task = parcels.unpack_task(parcel)
            settings = Settings(
                limits=task.limits,
                policy=task.policy,
                all_cells=task.all_cells,
                figures=task.figures,
            )
            _pools[key] = Pool(settings, task.calls, task.warm_up).__enter__()
        return _pools[key]


@atexit.register
def _close_all() -> None:
    while _pools:
        _pools.popitem()[1].__exit__(None, None, None)
