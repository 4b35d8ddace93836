"""A seccomp filter: which system calls a stranger's code may make, as classic BPF.

                  +- other processor, or 32 bits on this one -> killed
    a call  ------+- beyond LAST_KNOWN (also x32), or clone3 -> ENOSYS
                  +- in ALLOWED ----------------------------- -> made
                  +- in CHECKED, every argument as it must be -> made
                  +- anything else --------------------------- -> EPERM

It is a list of what may be done, so a call that nobody thought of is refused. ENOSYS
is for calls that the C library tries first and has another way for: with EPERM for
clone3, no thread could start. Finding a call is a binary search, because the kernel
tries the whole filter for every call number when it is installed.
"""

import ctypes
import errno
import functools
import os
import struct

from nnkit.sandbox.syscalls import LAST_KNOWN, TABLE, call, machine

# Files that are open already, and paths, which mounts and Landlock judge.
_FILES = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 sendfile
copy_file_range close close_range dup dup2 dup3 pipe pipe2 lseek fsync fdatasync
ftruncate fallocate fadvise64 fstat fstatfs getdents getdents64 open openat openat2
creat stat lstat newfstatat statx statfs access faccessat faccessat2 readlink
readlinkat getcwd chdir fchdir umask mkdir mkdirat rmdir unlink unlinkat rename
renameat renameat2 link linkat symlink symlinkat truncate
"""
# Memory that RLIMIT_AS counts: no memfd, no System V or POSIX shared memory.
_MEMORY = """
mmap munmap mprotect mremap madvise brk msync mlock munlock mlock2 membarrier
get_mempolicy map_shadow_stack mseal
"""
_ITSELF = """
exit exit_group wait4 waitid futex futex_waitv futex_wake futex_wait futex_requeue
set_robust_list set_tid_address rseq arch_prctl restart_syscall sched_yield getcpu
gettid getpid getppid getpgrp getuid geteuid getgid getegid getresuid getresgid
getgroups capget getrlimit getrusage sched_get_priority_max sched_get_priority_min
times uname sysinfo getrandom
"""
_TIME = """
rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigsuspend rt_sigreturn
sigaltstack pause alarm signalfd signalfd4 time gettimeofday nanosleep setitimer
getitimer timer_settime timer_gettime
timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime
"""
_WAITING = """
poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
epoll_pwait2 eventfd eventfd2 getsockname getpeername shutdown
"""
ALLOWED = frozenset((_FILES + _MEMORY + _ITSELF + _TIME + _WAITING).split())

# Landlock does not see these, read-only mounts do: copying a file is made of them.
_ATTRIBUTES = """
chmod fchmod fchmodat fchmodat2 utime utimes futimesat utimensat
getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
"""
WHERE_MOUNTED = frozenset(_ATTRIBUTES.split())

# Stands for the process id of the child, which is known only in the child.
SELF = -1

# Which 32 bits of `struct seccomp_data`, which of those bits, and their allowed values.
Check = tuple[int, int, tuple[int, ...]]

_NUMBER, _PROCESSOR, _ARGUMENTS = 0, 4, 16


def _is(argument: int, *values: int, mask: int = 0xFFFFFFFF) -> Check:
    return _ARGUMENTS + 8 * argument, mask, values


def _null(argument: int) -> tuple[Check, Check]:
    low, mask, values = _is(argument, 0)
    return (low, mask, values), (low + 4, mask, values)


# A process and a thread have clocks as well, whose numbers are made of theirs, and
# anybody's may be read: these are the machine's, and of whoever asks.
_CLOCKS = _is(0, *range(12), 0xFFFFFFFA, 0xFFFFFFFE)
_OUT_OF_BAND = 1
_CLONE_THREAD = 0x00010000
# Namespaces, tracing, other parents: a thread may start, but nothing else with it.
_CLONE_OTHER = 0x7E020000 | 0x00800000 | 0xA000

CHECKED: dict[str, tuple[Check, ...]] = {
    "clone": (_is(0, _CLONE_THREAD, mask=_CLONE_THREAD | _CLONE_OTHER),),
    # Not F_SETOWN, F_SETSIG, F_SETOWN_EX: they have the kernel signal another process.
    # Nor F_SETPIPE_SZ, leases, seals. Nor locks on parts of a file, of which any number
    # may be held in memory that nothing counts; nor flock, which a child could see that
    # another holds on a file of a library.
    "fcntl": (_is(1, 0, 1, 2, 3, 4, 1030, 1032),),
    # isatty, window size, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX. Not TIOCSTI.
    "ioctl": (_is(1, 0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451),),
    # Names, and questions; not PR_SET_DUMPABLE, PR_SET_PDEATHSIG or PR_SET_PTRACER.
    "prctl": (_is(0, 2, 3, 15, 16, 21, 23, 30, 39, 0x53564D41),),
    "kill": (_is(0, SELF),),
    "tgkill": (_is(0, SELF),),  # raise() and pthread_kill()
    "rt_sigqueueinfo": (_is(0, SELF),),
    "rt_tgsigqueueinfo": (_is(0, SELF),),
    # An asyncio loop wakes itself through a pair. A connected stream cannot be sent
    # elsewhere; a pair of datagram sockets could.
    "socketpair": (_is(0, 1), _is(1, 1, mask=0xF)),
    # Without an address. Nothing out of band, which goes ways through the kernel that
    # nobody needs: by CVE-2025-38236 it led out of a sandbox.
    "sendto": (_is(3, 0, mask=_OUT_OF_BAND), *_null(4)),
    "recvfrom": (_is(3, 0, mask=_OUT_OF_BAND),),
    "recvmsg": (_is(2, 0, mask=_OUT_OF_BAND),),
    # What it is, how large, how long it waits. Not who is at the other end: for that
    # there are a number, and a descriptor of the grader's process.
    "getsockopt": (_is(1, 1), _is(2, *range(2, 14), 20, 21, 38, 39)),
    # Reading limits; not setting them, and not those of another process.
    "prlimit64": (_is(0, 0, SELF), *_null(2)),
    "sched_getaffinity": (_is(0, 0, SELF),),
    "sched_getparam": (_is(0, 0, SELF),),
    "sched_getscheduler": (_is(0, 0, SELF),),
    "getpgid": (_is(0, 0, SELF),),
    "getsid": (_is(0, 0, SELF),),
    "getpriority": (_is(0, 0), _is(1, 0, SELF)),
    "clock_gettime": (_CLOCKS,),
    "clock_getres": (_CLOCKS,),
    "clock_nanosleep": (_CLOCKS,),
    "timer_create": (_CLOCKS,),
}

ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE = 0x00050000 | errno.EPERM
UNKNOWN = 0x00050000 | errno.ENOSYS

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Classic BPF: load a word; compare and skip; mask; jump; end.
_LOAD, _MASK, _END, _JUMP = 0x20, 0x54, 0x06, 0x05
_IF_EQUAL, _IF_AT_LEAST = 0x15, 0x35

Instruction = tuple[int, int, int, int]  # code, skip if true, skip if false, operand


def program(processor: str, *, mounted: bool = False) -> list[Instruction]:
    """The filter for one processor, with `SELF` where the process id goes.

    Args:
        processor: A key of `TABLE`.
        mounted: All that is not the submission's own is mounted read-only.
    """
    numbers = TABLE[processor]
    allowed = ALLOWED | WHERE_MOUNTED if mounted else ALLOWED
    rules = {numbers[name]: [_end(ALLOW)] for name in allowed if name in numbers}
    for name, checks in CHECKED.items():
        if name in numbers:
            rules[numbers[name]] = _checked(checks)
    rules[numbers["clone3"]] = [_end(UNKNOWN)]

    # Neighbours with the same rule are one range: (first number, rule).
    ranges: list[tuple[int, list[Instruction]]] = []
    for number in range(LAST_KNOWN + 1):
        rule = rules.get(number, [_end(REFUSE)])
        if not ranges or ranges[-1][1] != rule:
            ranges.append((number, rule))
    ranges.append((LAST_KNOWN + 1, [_end(UNKNOWN)]))
    return [
        (_LOAD, 0, 0, _PROCESSOR),
        (_IF_EQUAL, 1, 0, _AUDIT[processor]),
        _end(KILL),
        (_LOAD, 0, 0, _NUMBER),
        *_search(ranges),
    ]


def _end(action: int) -> Instruction:
    return (_END, 0, 0, action)


def _checked(checks: tuple[Check, ...]) -> list[Instruction]:
    code: list[Instruction] = []
    for offset, mask, values in checks:
        code.append((_LOAD, 0, 0, offset))
        if mask != 0xFFFFFFFF:
            code.append((_MASK, 0, 0, mask))
        for left, value in zip(range(len(values), 0, -1), values, strict=True):
            code.append((_IF_EQUAL, left, 0, value))
        code.append(_end(REFUSE))
    return [*code, _end(ALLOW)]


def _search(ranges: list[tuple[int, list[Instruction]]]) -> list[Instruction]:
    if len(ranges) == 1:
        return ranges[0][1]
    middle = len(ranges) // 2
    below, above = _search(ranges[:middle]), _search(ranges[middle:])
    # A conditional jump skips at most 255 instructions, a plain one any number.
    turn: list[Instruction] = [
        (_IF_AT_LEAST, 0, 1, ranges[middle][0]),
        (_JUMP, 0, 0, len(below)),
    ]
    return [*turn, *below, *above]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


_SET_MODE_FILTER = 1
_ALL_THREADS = 1


@functools.cache
def _template(mounted: bool) -> tuple[bytes, tuple[int, ...]]:
    code = program(machine(), mounted=mounted)
    packed = b"".join(
        struct.pack("=HBBI", c, t, f, k & 0xFFFFFFFF) for c, t, f, k in code
    )
    places = tuple(8 * i + 4 for i, line in enumerate(code) if line[3] == SELF)
    return packed, places


def prepare(*, mounted: bool) -> None:
    """Compile once what every child then only fills in."""
    if machine():
        _template(mounted)


def restrict(*, mounted: bool) -> None:
    """Put the filter on this process, for good. It needs no_new_privs to be set."""
    if not machine():
        raise OSError("seccomp: there is a filter for Linux on x86-64 and aarch64 only")
    packed, places = _template(mounted)
    code = bytearray(packed)
    for place in places:
        struct.pack_into("=I", code, place, os.getpid())
    _install(bytes(code))


def _install(packed: bytes) -> None:
    code = ctypes.create_string_buffer(packed, len(packed))
    filled = _Program(len(packed) // 8, ctypes.addressof(code))
    call("seccomp", _SET_MODE_FILTER, _ALL_THREADS, filled)
