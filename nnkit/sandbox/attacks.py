"""One attack for each property: yields what got through, in a few words each.

They run in a confined child, and where they get through they still do no harm: they
signal with signal 0, set a mode to what it is already, remove what they created.
"""

import ctypes
import errno
import mmap
import os
import socket
import stat
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from nnkit.sandbox.policy import Policy, is_readable, parents, rules
from nnkit.sandbox.syscalls import call

_MEGABYTE = 1 << 20
_PTRACE_SEIZE = 0x4206
_IPC_RMID = 0
_DETACH = 2
_AF_VSOCK = 40
_MOST_FILES = 100
# Where nothing of a submission's can be, on whatever machine.
_FOREIGN_FILES = ("/etc/passwd", "/etc/hostname", "/proc/version", "/proc/self/environ")
_FOREIGN_FOLDERS = ("/etc", "/home", "/root", "/run", "/var", "/proc", "/sys")
_WRITABLE_FOLDERS = ("/", "/dev", "/dev/shm", "/run", "/tmp", "/var/tmp")


@dataclass(frozen=True)
class Targets:
    """What there is to attack.

    Attributes:
        zygote: The parent's process id.
        victim: Another child's process id.
        file: A file of the zygote that file modes let everyone read and change.
        sockets: Addresses on which the zygote listens.
        secret: Where in memory the zygote has something, and so has each child.
    """

    zygote: int
    victim: int
    file: str
    sockets: list[str]
    secret: int


def reads(policy: Policy, targets: Targets) -> Iterator[str]:
    """Open files and list folders that are not to be read."""
    processes = [f"/proc/{pid}/cmdline" for pid in (targets.zygote, targets.victim)]
    for path in (
        targets.file,
        *policy.hidden,
        *_FOREIGN_FILES,
        *_FOREIGN_FOLDERS,
        *processes,
    ):
        paths = [path]
        if os.path.isdir(path):
            if _lists(path) and not any(
                path in parents(known) or known in parents(path)
                for known, readable in rules(policy).items()
                if readable
            ):
                yield f"{path} can be listed"
            inside = _files(path) if path in policy.hidden else ()
            paths = list(islice(inside, _MOST_FILES))
        for file in paths:
            if not is_readable(policy, file) and _opens(file):
                yield f"{file} can be read"
                break


def _lists(folder: str) -> bool:
    """Say whether a folder shows more than the way to the private folder."""
    own = os.path.relpath(os.getcwd(), folder).split(os.sep)[0]
    try:
        return bool(set(os.listdir(folder)) - {own})
    except OSError:
        return False


def _files(folder: str) -> Iterator[str]:
    for here, _, names in os.walk(folder):
        yield from (os.path.join(here, name) for name in names)


def _opens(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def writes(policy: Policy, targets: Targets) -> Iterator[str]:
    """Create files, and change what is there: contents, mode, owner, times."""
    folders = {path for path in policy.readable if os.path.isdir(path)}
    folders.update(_WRITABLE_FOLDERS, map(os.path.dirname, policy.hidden))
    for folder in sorted(folders - {os.getcwd()}):
        path = os.path.join(folder, f".nnkit-probe-{os.getpid()}")
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            os.unlink(path)
            yield f"a file can be created in {folder}"
        with suppress(OSError):
            os.mkdir(path)
            os.rmdir(path)
            yield f"a folder can be created in {folder}"
        with suppress(OSError):
            os.symlink("/", path)
            os.unlink(path)
            yield f"a link can be created in {folder}"
    with suppress(OSError):
        os.link(targets.file, "linked")
        os.unlink("linked")
        yield "a file of the zygote can be had under another name"
    with suppress(OSError):
        call("mount", b"tmpfs", b".", b"tmpfs", 0, b"size=64k")
        call("umount2", b".", _DETACH)
        yield "file systems can be mounted"
    for path in (targets.file, os.__file__, __file__, *policy.hidden):
        with suppress(OSError):
            before = os.stat(path)
            yield from _changes(path, before)
    with suppress(OSError):
        os.truncate(targets.file, 0)
        yield "a file of the zygote can be truncated"


def _changes(path: str, before: os.stat_result) -> Iterator[str]:
    def label() -> None:
        os.setxattr(path, "user.nnkit-probe", b"")
        os.removexattr(path, "user.nnkit-probe")

    attempts: dict[str, Callable[[], object]] = {
        "the mode": lambda: os.chmod(path, stat.S_IMODE(before.st_mode)),
        "the owner": lambda: os.chown(path, before.st_uid, before.st_gid),
        "the times": lambda: os.utime(
            path, ns=(before.st_atime_ns, before.st_mtime_ns)
        ),
    }
    if sys.platform == "linux":
        attempts["an attribute"] = label
    if stat.S_ISREG(before.st_mode):
        attempts["the contents"] = lambda: os.close(os.open(path, os.O_WRONLY))
    for what, attempt in attempts.items():
        with suppress(OSError):
            attempt()
            yield f"{what} of {path} can be changed"


def network(policy: Policy, targets: Targets) -> Iterator[str]:
    """Reach the loopback interface, the zygote's sockets, and the host of a VM."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as tcp:
            tcp.settimeout(1)
            # Refused by the other end, so it got there: nobody has to listen.
            if tcp.connect_ex((address, 9)) in (0, errno.ECONNREFUSED):
                yield f"TCP reaches {address}"
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as udp:
            udp.sendto(b"", (address, 9))
            yield f"UDP reaches {address}"
    for name in targets.sockets:
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as unix,
        ):
            unix.sendto(b"", name)
            yield f"a socket of the zygote can be reached: {name!r}"
    with suppress(OSError), socket.socket(_AF_VSOCK, socket.SOCK_STREAM):
        yield "a vsock can be made: it reaches a VM's host from any network namespace"


def processes(policy: Policy, targets: Targets) -> Iterator[str]:
    """Make a process, in the two ways that the C library has."""
    with suppress(OSError):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        yield "a process can be forked"
    try:
        os.posix_spawn("/nowhere", ["nowhere"], {})
    except FileNotFoundError:
        yield "a process can be spawned"  # it was there, and found nothing to execute
    except OSError:
        pass


def others(policy: Policy, targets: Targets) -> Iterator[str]:
    """Signal, trace, limit and look into the zygote and another child."""
    with suppress(OSError):
        seen = {int(name) for name in os.listdir("/proc") if name.isdecimal()}
        if seen - {os.getpid()}:
            yield "processes are listed in /proc"
    for who, pid in (("the zygote", targets.zygote), ("a sibling", targets.victim)):
        for what, attempt in _intrusions(pid, targets.secret).items():
            with suppress(OSError):
                attempt()
                yield f"{who} can be {what}"


def _intrusions(pid: int, secret: int) -> dict[str, Callable[[], object]]:
    found: dict[str, Callable[[], object]] = {
        "signalled": lambda: os.kill(pid, 0),
        "slowed down": lambda: os.setpriority(
            os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid)
        ),
    }
    if sys.platform == "linux":
        import resource

        core = resource.RLIMIT_CORE
        found |= {
            "signalled by descriptor": lambda: _signal_by_descriptor(pid),
            "signalled by thread": lambda: call("tgkill", pid, pid, 0),
            "traced": lambda: call("ptrace", _PTRACE_SEIZE, pid, 0, 0),
            "read in memory": lambda: _reach_memory("process_vm_readv", pid, secret),
            "changed in memory": lambda: _reach_memory(
                "process_vm_writev", pid, secret
            ),
            "read in /proc": lambda: os.close(os.open(f"/proc/{pid}/mem", os.O_RDONLY)),
            "pinned": lambda: os.sched_setaffinity(pid, os.sched_getaffinity(pid)),
            "limited": lambda: resource.prlimit(pid, core, resource.prlimit(pid, core)),
        }
    return found


def _signal_by_descriptor(pid: int) -> None:
    descriptor = call("pidfd_open", pid, 0)
    try:
        call("pidfd_send_signal", descriptor, 0, None, 0)
    finally:
        os.close(descriptor)


def _reach_memory(how: str, pid: int, address: int) -> None:
    # What is written is what is there already: each fork has it at the same place.
    copy = ctypes.create_string_buffer(ctypes.string_at(address, 8), 8)
    here = struct.pack("QQ", ctypes.addressof(copy), len(copy))
    there = struct.pack("QQ", address, len(copy))
    call(how, pid, here, 1, there, 1, 0)


def cpu(policy: Policy, targets: Targets) -> Iterator[str]:
    """Look for the limit, and raise it."""
    yield from _limited("CPU", policy.limits.cpu_seconds + 1)


def memory(policy: Policy, targets: Targets) -> Iterator[str]:
    """Take more than allowed, in the address space and where it does not count."""
    size = policy.limits.memory + 64 * _MEGABYTE
    # Not reserved: otherwise a small machine refuses for a reason of its own.
    for kind, flag in (("private", mmap.MAP_PRIVATE), ("shared", mmap.MAP_SHARED)):
        with suppress(OSError, ValueError):
            flags = flag | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
            mmap.mmap(-1, size, flags=flags).close()
            yield f"{size >> 20} MB of {kind} memory can be had"
    yield from _limited("AS", None)
    if sys.platform == "linux":
        with suppress(OSError):
            os.close(os.memfd_create("probe"))
            yield "a nameless file can hold memory that nothing counts"
        with suppress(OSError):
            call("shmctl", call("shmget", 0, 4096, 0o600), _IPC_RMID, None)
            yield "System V shared memory can be had, which nothing counts"
        name = f"nnkit-probe-{os.getpid()}".encode()
        with suppress(OSError):
            os.close(call("mq_open", name, os.O_CREAT | os.O_RDWR, 0o600, None))
            call("mq_unlink", name)
            yield "a queue of messages can be had, which outlives its process"


def _limited(name: str, most: int | None) -> Iterator[str]:
    import resource

    which = getattr(resource, f"RLIMIT_{name}")
    infinite = resource.RLIM_INFINITY
    hard = resource.getrlimit(which)[1]
    if hard == infinite or (most is not None and hard > most):
        yield f"RLIMIT_{name} is {'not set' if hard == infinite else hard}"
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(which, (infinite, infinite))
        yield f"RLIMIT_{name} can be raised"


def disk(policy: Policy, targets: Targets) -> Iterator[str]:
    """Fill the temporary folder, with few large files and with many empty ones."""
    limits = policy.limits
    written, chunk = 0, bytes(_MEGABYTE)
    with suppress(OSError):
        for number in range(4):
            with open(f"large-{number}", "wb", buffering=0) as file:
                while file.tell() <= limits.disk // 2:
                    written += file.write(chunk)
    for number in range(4):
        with suppress(OSError):
            os.unlink(f"large-{number}")
    if written > limits.disk:
        yield f"{written >> 20} MB can be written"
    made = 0
    with suppress(OSError):
        for made in range(limits.files + 1):
            os.close(os.open(f"small-{made}", os.O_CREAT | os.O_WRONLY))
    if made == limits.files:
        yield f"{made + 1} files can be made"


Attack = Callable[[Policy, Targets], Iterator[str]]
ATTACKS: dict[str, Attack] = {
    "reads": reads,
    "writes": writes,
    "network": network,
    "processes": processes,
    "others": others,
    "cpu": cpu,
    "memory": memory,
    "disk": disk,
}
