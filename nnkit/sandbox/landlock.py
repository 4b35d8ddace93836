"""Landlock: files by folder, TCP, and the scope of signals and abstract sockets.

A ruleset names what is *handled*, hence refused, and rules then grant some of it on
some folders. Each version of its ABI handles more; what a kernel does not know is left
out, and `probe` says which property is missing then. Landlock has no say about stat,
chmod, chown, utime, UDP, or the size of anything.
"""

import ctypes
import errno
import os
import stat
from collections.abc import Sequence

from nnkit.sandbox.policy import Policy, whole_and_mixed
from nnkit.sandbox.syscalls import call

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK = 1 << 6, 1 << 7, 1 << 8, 1 << 9
MAKE_FIFO, MAKE_BLOCK, MAKE_SYM, REFER = 1 << 10, 1 << 11, 1 << 12, 1 << 13
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
BIND_TCP, CONNECT_TCP = 1 << 0, 1 << 1
SCOPE_ABSTRACT_SOCKETS, SCOPE_SIGNALS = 1 << 0, 1 << 1

READ = READ_FILE | READ_DIR
# Nothing that can be executed, and neither devices, sockets nor FIFOs.
OWN = READ | WRITE_FILE | TRUNCATE | MAKE_REG | MAKE_DIR | MAKE_SYM
OWN |= REMOVE_DIR | REMOVE_FILE | REFER
# What applies to a file that is not a folder; the kernel refuses a rule with more.
ON_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1

READ_DEVICES = ("/dev/zero", "/dev/random", "/dev/urandom")
WRITE_DEVICES = ("/dev/null",)


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # what _pack_ implies, and what newer Pythons want said
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """The kernel's Landlock ABI; raises OSError where there is none."""
    return call("landlock_create_ruleset", None, 0, CREATE_RULESET_VERSION)


def open_places(policy: Policy) -> list[tuple[int, int]]:
    """Open what `restrict` grants, once for all children: adding a rule is quicker.

    Returns:
        Descriptors, each with the access to grant there; none at all where they would
        take more than half of what a process may have open.
    """
    rules = _rules(policy)
    if len(rules) > os.sysconf("SC_OPEN_MAX") // 2:
        return []
    return [place for path, access in rules for place in _open(path, access)]


def restrict(policy: Policy, folder: str, places: Sequence[tuple[int, int]]) -> None:
    """Allow reading what the policy names and using `folder`; refuse the rest.

    The rules are made anew for each child: the ruleset is one kernel object that forks
    share, so a folder added to it for one child would be open to all that follow.

    Args:
        policy: What to leave.
        folder: The child's own.
        places: From `open_places`; they stay open. If empty, they are opened here, one
            after the other.
    """
    abi = version()
    handled = _handled(abi)
    ruleset = call(
        "landlock_create_ruleset",
        _Ruleset(
            handled,
            BIND_TCP | CONNECT_TCP if abi >= 4 else 0,
            SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS if abi >= 6 else 0,
        ),
        24 if abi >= 6 else 16 if abi >= 4 else 8,
        0,
    )
    try:
        for descriptor, access in places:
            _add(ruleset, descriptor, access & handled)
        for path, access in [*(() if places else _rules(policy)), (folder, OWN)]:
            for descriptor, allowed in _open(path, access):
                try:
                    _add(ruleset, descriptor, allowed & handled)
                finally:
                    os.close(descriptor)
        call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _rules(policy: Policy) -> list[tuple[str, int]]:
    whole, mixed = whole_and_mixed(policy)
    return [
        *((path, READ) for path in whole),
        *((path, READ_DIR) for path in mixed),
        *((path, READ_FILE) for path in READ_DEVICES),
        *((path, READ_FILE | WRITE_FILE | TRUNCATE) for path in WRITE_DEVICES),
    ]


def _handled(abi: int) -> int:
    known = {1: MAKE_SYM, 2: REFER, 3: TRUNCATE, 4: TRUNCATE}.get(abi, IOCTL_DEV)
    return (known << 1) - 1


def _open(path: str, access: int) -> list[tuple[int, int]]:
    """Open a path, if it can be reached, beside what can be granted there."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        # What cannot be reached cannot be read either: nothing is lost.
        if error.errno in (errno.ENOENT, errno.EACCES, errno.ENOTDIR):
            return []
        raise
    if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
        access &= ON_A_FILE
    return [(descriptor, access)]


def _add(ruleset: int, descriptor: int, access: int) -> None:
    if access:
        rule = _PathBeneath(access, descriptor)
        call("landlock_add_rule", ruleset, RULE_PATH_BENEATH, rule, 0)
