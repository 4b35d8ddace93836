"""The filter, read by a small machine of our own for both processors, and for real."""

import errno
import functools
import sys

import pytest

from nnkit.sandbox import seccomp
from nnkit.sandbox.seccomp import (
    ALLOW,
    ALLOWED,
    CHECKED,
    KILL,
    REFUSE,
    SELF,
    UNKNOWN,
    WHERE_MOUNTED,
)
from nnkit.sandbox.syscalls import LAST_KNOWN, MACHINES, TABLE

from .test_isolation import USERS, cell

program = functools.cache(seccomp.program)
ME, ANOTHER = 4711, 4712
POINTER = 0x7FFF_0000_0000  # its lower half is zero


def verdict(machine: str, number: int, *args: int, processor=None, mounted=False):
    """Run the filter as the kernel would."""
    words = {0: number, 4: processor or seccomp._AUDIT[machine]}
    for index, value in enumerate(args):
        words[16 + 8 * index] = value & 0xFFFFFFFF
        words[20 + 8 * index] = value >> 32 & 0xFFFFFFFF
    code, at, word = program(machine, mounted=mounted), 0, 0
    while True:
        kind, if_true, if_false, operand = code[at]
        at += 1
        operand = ME if operand == SELF else operand
        if kind == seccomp._LOAD:
            word = words.get(operand, 0)
        elif kind == seccomp._MASK:
            word &= operand
        elif kind == seccomp._JUMP:
            at += operand
        elif kind == seccomp._IF_EQUAL:
            at += if_true if word == operand else if_false
        elif kind == seccomp._IF_AT_LEAST:
            at += if_true if word >= operand else if_false
        else:
            return operand


@pytest.mark.parametrize("machine", MACHINES)
def test_every_known_call_is_decided_as_the_lists_say(machine):
    for name, number in TABLE[machine].items():
        if name in CHECKED:
            continue
        expected = ALLOW if name in ALLOWED else UNKNOWN if name == "clone3" else REFUSE
        assert verdict(machine, number) == expected, name


@pytest.mark.parametrize("machine", MACHINES)
def test_every_number_that_is_not_listed_is_refused(machine):
    listed = {
        TABLE[machine][n] for n in TABLE[machine] if n in ALLOWED | CHECKED.keys()
    }
    for number in set(range(LAST_KNOWN + 1)) - listed - {TABLE[machine]["clone3"]}:
        assert verdict(machine, number) == REFUSE, number


@pytest.mark.parametrize("machine", MACHINES)
def test_modes_may_be_changed_only_where_mounts_protect_them(machine):
    for name in WHERE_MOUNTED & TABLE[machine].keys():
        number = TABLE[machine][name]
        assert verdict(machine, number) == REFUSE
        assert verdict(machine, number, mounted=True) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_from_the_future_and_other_abis(machine):
    assert verdict(machine, LAST_KNOWN + 1) == UNKNOWN
    assert verdict(machine, 0x40000000 | TABLE[machine]["write"]) == UNKNOWN  # x32
    assert verdict(machine, TABLE[machine]["write"], processor=0x40000003) == KILL
    assert verdict(machine, 0xFFFFFFFF) == UNKNOWN


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("clone", (0x3D0F00,), ALLOW),  # what glibc starts threads with
        ("clone", (0x7D0F00,), ALLOW),  # and musl
        ("clone", (0x11,), REFUSE),  # fork
        ("clone", (0x4111,), REFUSE),  # vfork
        ("clone", (0x3D0F00 | 0x10000000,), REFUSE),  # a thread in a user namespace
        ("kill", (ME, 9), ALLOW),
        ("kill", (ANOTHER, 0), REFUSE),
        ("kill", (0, 0), REFUSE),
        ("kill", (-1, 0), REFUSE),
        ("kill", (-ME, 0), REFUSE),
        ("tgkill", (ME, ANOTHER, 6), ALLOW),
        ("tgkill", (ANOTHER, ANOTHER, 6), REFUSE),
        ("fcntl", (3, 2), ALLOW),
        ("fcntl", (3, 1030), ALLOW),
        ("fcntl", (3, 8), REFUSE),  # F_SETOWN
        ("fcntl", (3, 10), REFUSE),  # F_SETSIG
        ("fcntl", (3, 1031), REFUSE),  # F_SETPIPE_SZ
        ("ioctl", (0, 0x5401), ALLOW),
        ("ioctl", (0, 0x5412), REFUSE),  # TIOCSTI
        ("ioctl", (0, 0xFFFF_FFFF_0000_5412), REFUSE),
        ("ioctl", (0, 0x8902), REFUSE),  # SIOCSPGRP
        ("prctl", (15,), ALLOW),
        ("prctl", (4, 1), REFUSE),  # PR_SET_DUMPABLE
        ("prctl", (1, 0), REFUSE),  # PR_SET_PDEATHSIG
        ("prctl", (0x59616D61,), REFUSE),  # PR_SET_PTRACER
        ("socketpair", (1, 0x80001), ALLOW),  # UNIX, stream, close-on-exec
        ("socketpair", (1, 2), REFUSE),
        ("socketpair", (40, 1), REFUSE),
        ("sendto", (3, POINTER, 1, 0, 0, 0), ALLOW),
        ("sendto", (3, POINTER, 1, 0, POINTER, 16), REFUSE),
        ("sendto", (3, POINTER, 1, 0, 0x1000, 16), REFUSE),
        ("sendto", (3, POINTER, 1, 0x4041, 0, 0), REFUSE),  # MSG_OOB among others
        ("recvfrom", (3, POINTER, 1, 0x42, 0, 0), ALLOW),  # peeking, not waiting
        ("recvfrom", (3, POINTER, 1, 1, 0, 0), REFUSE),
        ("recvmsg", (3, POINTER, 0x40000000), ALLOW),
        ("recvmsg", (3, POINTER, 0x40000001), REFUSE),
        ("getsockopt", (3, 1, 3, POINTER, POINTER), ALLOW),  # of which type
        ("getsockopt", (3, 1, 4, POINTER, POINTER), ALLOW),  # asyncio: has it failed
        ("getsockopt", (3, 1, 38, POINTER, POINTER), ALLOW),  # of which protocol
        ("getsockopt", (3, 1, 17, POINTER, POINTER), REFUSE),  # SO_PEERCRED
        ("getsockopt", (3, 1, 77, POINTER, POINTER), REFUSE),  # SO_PEERPIDFD
        ("getsockopt", (3, 0, 3, POINTER, POINTER), REFUSE),
        ("prlimit64", (0, 7, 0, POINTER), ALLOW),
        ("prlimit64", (ME, 7, 0, POINTER), ALLOW),
        ("prlimit64", (0, 7, POINTER, 0), REFUSE),
        ("prlimit64", (ANOTHER, 7, 0, POINTER), REFUSE),
        ("sched_getaffinity", (0,), ALLOW),
        ("sched_getaffinity", (ANOTHER,), REFUSE),
        ("getpriority", (0, 0), ALLOW),
        ("getpriority", (0, ANOTHER), REFUSE),
        ("getsid", (ANOTHER,), REFUSE),
        ("clock_gettime", (11, POINTER), ALLOW),
        ("clock_gettime", (~0 << 3 | 2, POINTER), ALLOW),  # of this process
        ("clock_gettime", (~ANOTHER << 3 | 2, POINTER), REFUSE),
        ("clock_getres", (~ANOTHER << 3 | 6, POINTER), REFUSE),
        ("clock_nanosleep", (1, 0, POINTER, 0), ALLOW),
        ("clock_nanosleep", (~ANOTHER << 3 | 2, 0, POINTER, 0), REFUSE),
        ("timer_create", (3, 0, POINTER), ALLOW),
        ("timer_create", (~ANOTHER << 3, 0, POINTER), REFUSE),
    ],
)
def test_arguments_decide(machine, name, args, expected):
    args = [arg & 0xFFFF_FFFF_FFFF_FFFF for arg in args]
    assert verdict(machine, TABLE[machine][name], *args) == expected


def test_every_allowed_name_is_a_call():
    assert set().union(*TABLE.values()) >= ALLOWED | CHECKED.keys()


SWEEP = """
import ctypes, errno
from nnkit.sandbox.seccomp import ALLOWED, CHECKED, WHERE_MOUNTED
from nnkit.sandbox.syscalls import TABLE, machine
libc = ctypes.CDLL(None, use_errno=True)
answer = {}
for name, number in TABLE[machine()].items():
    if name not in ALLOWED | CHECKED.keys() | WHERE_MOUNTED:
        result = libc.syscall(number, 0, 0, 0, 0, 0, 0)
        answer[name] = ctypes.get_errno() if result < 0 else 0
"""


@pytest.mark.skipif(sys.platform != "linux", reason="there are no such calls")
@pytest.mark.parametrize("user", USERS)
def test_the_kernel_agrees(user):
    found = cell(user, run=SWEEP)
    if any(line.startswith("seccomp:") for line in found["missing"]):
        pytest.skip(f"no filter here: {found['missing']}")
    wrong = {
        name: code for name, code in found["answer"].items() if code != errno.EPERM
    }
    assert wrong == {"clone3": errno.ENOSYS}
