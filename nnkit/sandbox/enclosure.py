"""Once for each zygote: the namespaces and the root that its children share.

    grader ----- socketpair -----------------.
      |                                      |
      `- warden        waits, forwards       |
           |           the exit status       |
           `- zygote   process 1 of its own namespace, in a root of its own
                |
                `- child, child, ...         see confinement.py

Whoever dies takes what is below along: the grader's death reaches the warden as a
signal, the warden kills the zygote, and the kernel kills all that is left in a process
namespace whose process 1 is gone. Even a SIGKILL of the grader leaves nothing behind.
"""

import os
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from nnkit.sandbox import confinement, landlock, namespaces, pages, seccomp
from nnkit.sandbox.confinement import ENCLOSURE, confine
from nnkit.sandbox.policy import LAYERS, Policy, whole_and_mixed
from nnkit.sandbox.syscalls import machine
from nnkit.sandbox.tidy import remove

_LANDLOCK_WITH_SCOPES = 6
_PATIENCE = 100


def enclose(policy: Policy) -> list[str]:
    """Put this process into a world of its own; once, while it has a single thread.

    The calling process becomes the warden; what returns is a child of it, at home in a
    temporary folder (HOME, TMPDIR and the like name it). Call this before libraries are
    imported: some read those variables once, and the warden keeps what is loaded. The
    grader must start a zygote from a
    thread that lives as long as the zygote is wanted: the kernel takes the end of that
    thread for the grader's death. It should end a zygote with SIGTERM: after a SIGKILL
    the warden cannot remove the folders of children that could not have one mounted.

    Returns:
        What could not be had, and why, a line each. A missing kernel feature is never
        an exception.

    Raises:
        RuntimeError: There is more than one thread.
    """
    if not hasattr(os, "fork"):
        ENCLOSURE.broken.update(LAYERS)
        return [f"{layer}: needs Linux, this is {sys.platform}" for layer in LAYERS]
    grader = os.getppid()
    if (threads := _threads()) > 1:
        raise RuntimeError(
            f"enclose: {threads} threads are running and only one would survive; call "
            "it before anything starts one, with OPENBLAS_NUM_THREADS=1"
        )
    missing: list[str] = []
    whole_and_mixed(policy)  # resolved and remembered while all paths still exist
    mounts = _choose(policy, missing)
    ENCLOSURE.private_mounts = bool(mounts)
    ENCLOSURE.first_uid = os.getpid() << 16 if _has_many_uids() else 0
    if mounts:
        ENCLOSURE.folder = namespaces.place_for_folder(policy)
    else:
        ENCLOSURE.folder = tempfile.mkdtemp(prefix="nnkit-")
        os.chmod(ENCLOSURE.folder, 0o711)
    if mounts is not None:
        ENCLOSURE.own_users = namespaces.enter(mounts=mounts)
    alive, held = os.pipe()
    zygote = os.fork()
    if zygote:
        _guard(zygote, grader, held)
    os.close(held)
    if machine():
        confinement.die_with_parent(0)
    os.set_blocking(alive, False)
    if _ended(alive):
        os._exit(1)  # the warden died before the line above could take notice
    os.close(alive)
    ENCLOSURE.zygote = os.getpid()
    ENCLOSURE.occupied = _occupied()
    ENCLOSURE.mappings = pages.open_map()
    _offer_to_oom_killer()
    if mounts:
        namespaces.build_root(policy, ENCLOSURE.folder)
    confinement.move_in(ENCLOSURE.folder)
    seccomp.prepare(mounted=bool(mounts))
    if machine() and "landlock" in policy.layers:
        ENCLOSURE.places = landlock.open_places(policy)
    if machine() and "uid" in policy.layers and os.geteuid() == 0:
        confinement.empty_bounding_set()
        ENCLOSURE.bounded = True
    _try_layers(policy, missing)
    if machine():
        confinement.set_dumpable(False)
    return missing


def clear(child: int) -> None:
    """Remove what a dead child left behind, where no folder was mounted for it."""
    if not ENCLOSURE.private_mounts:
        remove(confinement.folder_of(child))


def _choose(policy: Policy, missing: list[str]) -> bool | None:
    """Whether to use namespaces with a root of their own, without one, or none."""
    if "namespaces" not in policy.layers:
        return None

    def rehearse(mounts: bool) -> None:
        # A user namespace cannot be left again, so a process that may fail goes first.
        namespaces.enter(mounts=mounts)
        if mounts:
            folder = namespaces.place_for_folder(policy)
            namespaces.build_root(policy, folder)
            namespaces.private_folder(policy, folder, os.geteuid(), os.getegid())

    if not (reason := attempt(lambda: rehearse(True))):
        return True
    missing.append(f"namespaces: no root of its own: {reason}")
    if not (reason := attempt(lambda: rehearse(False))):
        return False
    missing.append(f"namespaces: none at all: {reason}")
    ENCLOSURE.broken.add("namespaces")
    return None


def _try_layers(policy: Policy, missing: list[str]) -> None:
    """Try each layer by itself, so that one that fails does not hide another."""
    for layer in LAYERS[1:]:
        if layer not in policy.layers:
            continue
        alone = replace(policy, layers=frozenset([layer]))
        if reason := attempt(lambda alone=alone: confine(alone)):  # type: ignore[misc]  # mypy: a lambda with a default
            missing.append(f"{layer}: {reason}")
            ENCLOSURE.broken.add(layer)
        elif (
            layer == "landlock" and (abi := landlock.version()) < _LANDLOCK_WITH_SCOPES
        ):
            missing.append(
                f"landlock: version {abi} of {_LANDLOCK_WITH_SCOPES} in this kernel; "
                "it does not keep signals and abstract sockets apart"
            )
    if "uid" in policy.layers - ENCLOSURE.broken:
        _try_reading(policy, missing)


def _try_reading(policy: Policy, missing: list[str]) -> None:
    """See whether a child can still import, once it is no longer root."""

    def read() -> None:
        confine(replace(policy, layers=frozenset(["uid"])))
        for path in whole_and_mixed(policy)[0]:
            if stat.S_ISDIR(os.stat(path).st_mode):
                os.listdir(path)

    if closed := attempt(read):
        ENCLOSURE.closed = True
        if "landlock" not in policy.layers - ENCLOSURE.broken:
            missing.append(f"uid: children can import nothing new: {closed}")


def attempt(action: Callable[[], object]) -> str:
    """Do something irrevocable in a fork; return "" or why it failed, in one line."""
    read, write = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            if machine():
                confinement.die_with_parent(parent)
            action()
        except BaseException as error:
            line = " ".join(str(error).split()) or type(error).__name__
            os.write(write, line.encode(errors="replace")[:1000])
        finally:
            os._exit(0)
    os.close(write)
    with open(read, "rb") as pipe:
        reason = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    clear(child)
    return reason or (f"ended with status {status}" if status else "")


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def _has_many_uids() -> bool:
    """Whether children can have uids of their own: not in most nested containers."""
    try:
        with open("/proc/self/uid_map") as uid_map:
            ranges = [tuple(map(int, line.split())) for line in uid_map]
    except OSError:
        return False
    first, last = confinement.FIRST_UID, confinement.FIRST_UID + confinement.UIDS
    return any(low <= first and last <= low + count for low, _, count in ranges)


def _occupied() -> Callable[[], int]:
    """A way to ask for this process's address space that works without /proc."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return lambda: 0
    page = os.sysconf("SC_PAGE_SIZE")
    return lambda: int(os.pread(statm, 64, 0).split()[0]) * page


def _offer_to_oom_killer() -> None:
    """When the machine runs out of memory, a submission goes before the grader."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")


def _ended(pipe: int) -> bool:
    try:
        return os.read(pipe, 1) == b""
    except BlockingIOError:
        return False


def _remove_when_still(folder: str) -> None:
    """Remove a folder whose users have been killed but may not be dead yet."""
    for _ in range(_PATIENCE):
        try:
            remove(folder)
            return
        except OSError:
            time.sleep(0.02)


def _guard(zygote: int, grader: int, held: int) -> NoReturn:
    """Be the warden: live as long as both grader and zygote do, and end as it ends."""

    def end(number: int, frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):  # it has ended; what is left is to tidy up
            os.kill(zygote, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end)
    # Ctrl-C goes to the grader as well, which knows what to finish first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if machine():
        confinement.die_with_parent(grader, signal.SIGTERM)
    # The zygote's end of the socketpair above all: the grader waits for it to close.
    os.closerange(3, held)
    os.closerange(held + 1, os.sysconf("SC_OPEN_MAX"))
    for standard in (0, 1):
        os.close(standard)
    _, status = os.waitpid(zygote, 0)
    if not ENCLOSURE.private_mounts:
        _remove_when_still(ENCLOSURE.folder)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
