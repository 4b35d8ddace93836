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


def restrict(policy: Policy, folder: str) -> None:
    """Allow reading what the policy names and using `folder`; refuse the rest.

    The rules are made anew for each child: the ruleset is one kernel object that forks
    share, so a folder added to it for one child would be open to all that follow.
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
        whole, mixed = whole_and_mixed(policy)
        rules = [(path, READ) for path in whole]
        rules += [(path, READ_DIR) for path in mixed]
        rules += [(path, READ_FILE) for path in READ_DEVICES]
        rules += [(path, READ_FILE | WRITE_FILE | TRUNCATE) for path in WRITE_DEVICES]
        rules += [(folder, OWN)]
        for path, access in rules:
            _add(ruleset, path, access & handled)
        call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _handled(abi: int) -> int:
    known = {1: MAKE_SYM, 2: REFER, 3: TRUNCATE, 4: TRUNCATE}.get(abi, IOCTL_DEV)
    return (known << 1) - 1


def _add(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        # What cannot be reached cannot be read either: nothing is lost.
        if error.errno in (errno.ENOENT, errno.EACCES, errno.ENOTDIR):
            return
        raise
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= ON_A_FILE
        if access:
            rule = _PathBeneath(access, descriptor)
            call("landlock_add_rule", ruleset, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
