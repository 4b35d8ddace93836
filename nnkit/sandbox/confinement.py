"""What a forked child gives up before it runs a line of a stranger's code.

The order is forced: mounting and changing the uid need privileges; Landlock needs
paths that another uid may not reach; RLIMIT_NPROC counts for the uid that one has; a
change of credentials clears the parent-death signal; and after seccomp nothing of this
can be done any more.
"""

import os
import signal
import struct
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from nnkit.sandbox import landlock, namespaces, seccomp
from nnkit.sandbox.policy import Limits, Policy, environment
from nnkit.sandbox.syscalls import call, machine

try:
    import resource
except ImportError:  # Windows: only the student's side runs there
    resource = None  # type: ignore[assignment]  # `limit` says so in one line

_SET_PDEATHSIG, _SET_DUMPABLE, _SET_KEEPCAPS = 1, 4, 8
_CAPBSET_DROP, _SET_NO_NEW_PRIVS = 24, 38
_CAPABILITIES = 64
_DAC_READ_SEARCH = 1 << 2
_CAPABILITY_VERSION_3 = 0x20080522

# systemd's registry of ids lists this range as unused: no account, no container.
FIRST_UID, UIDS = 0x70000000, 0x0F000000
NOBODY = 65534
SIGKILL = getattr(signal, "SIGKILL", 9)  # Windows has no such name


@dataclass
class Enclosure:
    """What `enclose` achieved in this zygote, for the children that inherit it.

    Attributes:
        zygote: Its process id, as its children see it.
        private_mounts: Each child has mounts of its own.
        own_users: A user namespace of its own, in which there is just one uid.
        closed: The Python environment lies where only root may look.
        first_uid: Where the uids for children start, one for each; 0 for `NOBODY`.
        folder: What is mounted anew for each child, or else holds its folder.
        broken: Layers that this system does not offer.
        occupied: Tells how much address space the zygote occupies, in bytes.
        places: What children may read, open for `landlock.restrict`.
        bounded: No capability can be regained by an exec.
        mappings: What `pages.collapse` reads, open; -1 where there is no such list.
    """

    zygote: int = 0
    private_mounts: bool = False
    own_users: bool = False
    closed: bool = False
    first_uid: int = 0
    folder: str = ""
    broken: set[str] = field(default_factory=set)
    occupied: Callable[[], int] = lambda: 0
    places: Sequence[tuple[int, int]] = ()
    bounded: bool = False
    mappings: int = -1


ENCLOSURE = Enclosure()


def confine(policy: Policy, keep: Collection[int] | None = None) -> None:
    """Give up, for good, everything that a submission must not have.

    To be called in a fresh fork of an enclosed zygote, while it has a single thread. A
    layer that `enclose` found to be missing is passed over. A layer that worked then
    and fails now is an OSError: that child must not run anything.

    Args:
        policy: What to leave.
        keep: Open descriptors to leave, beside 0, 1 and 2; None leaves all.
    """
    if machine():
        die_with_parent(ENCLOSURE.zygote)
    layers = policy.layers - ENCLOSURE.broken
    ceiling = ENCLOSURE.occupied() + policy.limits.memory
    changes = "uid" in layers and os.geteuid() == 0 and not ENCLOSURE.own_users
    user = _uid() if changes else os.geteuid()
    folder = _own_folder(policy, layers, user)
    if machine():
        call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if "landlock" in layers:
        landlock.restrict(policy, folder, ENCLOSURE.places)
    if keep is not None:
        _close_all_but(keep)
    if "uid" in layers:
        # Under Landlock, root's right to read reaches the readable paths and no others.
        reading = changes and ENCLOSURE.closed and "landlock" in layers
        drop_privileges(user if changes else None, keep_reading=reading)
    move_in(folder)
    if "rlimits" in layers:
        limit(policy.limits, ceiling)
        if changes and ENCLOSURE.first_uid:
            cap("NPROC", policy.limits.threads)
        elif changes or ENCLOSURE.own_users:
            # A uid shared with other children: a bound, but not a fair share.
            cap("NPROC", 8 * policy.limits.threads)
    if machine():
        call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)
        die_with_parent(ENCLOSURE.zygote)  # again: a change of uid forgets it
    if "seccomp" in layers:
        seccomp.restrict(mounted=has_own_mounts(layers))


def _uid() -> int:
    """A uid for this child alone, so that RLIMIT_NPROC and kill() see only itself."""
    if not ENCLOSURE.first_uid:
        return NOBODY
    return FIRST_UID + (ENCLOSURE.first_uid + os.getpid()) % UIDS


def has_own_mounts(layers: frozenset[str]) -> bool:
    """Whether a child's folder is mounted for it, and all else read-only."""
    return ENCLOSURE.private_mounts and "namespaces" in layers


def _own_folder(policy: Policy, layers: frozenset[str], user: int) -> str:
    if has_own_mounts(layers):
        group = os.getegid() if user == os.geteuid() else user
        namespaces.private_folder(policy, ENCLOSURE.folder, user, group)
        return ENCLOSURE.folder
    folder = folder_of(os.getpid())
    os.mkdir(folder, 0o700)
    if user != os.geteuid():
        os.chown(folder, user, user)
    return folder


def folder_of(child: int) -> str:
    """Where a child puts its files when nothing can be mounted for it."""
    return os.path.join(ENCLOSURE.folder or tempfile.gettempdir(), f"nnkit-{child}")


def _close_all_but(keep: Collection[int]) -> None:
    wanted = sorted({0, 1, 2, *keep})
    last = os.sysconf("SC_OPEN_MAX")
    for low, high in zip(wanted, [*wanted[1:], max(last, wanted[-1] + 1)], strict=True):
        os.closerange(low + 1, high)


def move_in(folder: str) -> None:
    """Make a folder this process's home, for all that libraries write."""
    os.umask(0o077)
    os.chdir(folder)
    variables = environment(folder)
    os.environ.update(variables)
    for name in ("IPYTHONDIR", "MPLCONFIGDIR"):
        os.makedirs(variables[name], exist_ok=True)
    tempfile.tempdir = None  # found anew from TMPDIR


def drop_privileges(user: int | None, *, keep_reading: bool = False) -> None:
    """Become an ordinary user, if not one already, without capabilities.

    Args:
        user: The uid to take, and gid; None to keep what there is.
        keep_reading: Stay able to read what only root may.
    """
    if machine() and os.geteuid() == 0:
        if not ENCLOSURE.bounded:
            empty_bounding_set()
        call("prctl", _SET_KEEPCAPS, int(keep_reading), 0, 0, 0)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if machine():
        kept = _DAC_READ_SEARCH if keep_reading else 0
        header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
        call("capset", header, struct.pack("=IIIIII", kept, kept, 0, 0, 0, 0))


def empty_bounding_set() -> None:
    """Let no exec ever regain a capability."""
    for capability in range(_CAPABILITIES):
        try:
            call("prctl", _CAPBSET_DROP, capability, 0, 0, 0)
        except OSError:
            return  # beyond the last one, or not ours to drop


def limit(limits: Limits, address_space: int) -> None:
    """Bound what a process may use; none of it can be raised again."""
    # SIGXCPU first, so that a runner can say so; SIGKILL a second later.
    cap("CPU", limits.cpu_seconds, limits.cpu_seconds + 1)
    cap("FSIZE", limits.disk)
    cap("NOFILE", limits.open_files)
    cap("CORE", 0)
    if sys.platform == "linux":  # macOS has the name and refuses the value
        cap("AS", address_space)
        cap("MEMLOCK", 0)
        cap("MSGQUEUE", 0)
        cap("SIGPENDING", limits.threads)  # counted by uid, which others may have


def cap(name: str, soft: int, hard: int | None = None) -> None:
    """Set one limit, unless it is stricter already."""
    if resource is None:
        raise OSError("setrlimit: this system has none")
    which = getattr(resource, f"RLIMIT_{name}")
    ceiling = resource.getrlimit(which)[1]
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def die_with_parent(parent: int, death: int = SIGKILL) -> None:
    """Have the kernel send a signal here when the parent dies, or has died already."""
    call("prctl", _SET_PDEATHSIG, death, 0, 0, 0)
    if parent and os.getppid() != parent:
        os.kill(os.getpid(), death)


def set_dumpable(value: bool) -> None:
    """Say whether others with this uid may trace this process and read its memory."""
    call("prctl", _SET_DUMPABLE, int(value), 0, 0, 0)
