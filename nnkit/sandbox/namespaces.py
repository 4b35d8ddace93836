"""A small world of its own: namespaces, and a root that holds only Python.

    outside                          inside
    /                    tmpfs       /            read-only, from here on:
    |-- usr/lib/...      ======>     |-- usr/lib/...        bound, read-only
    |-- opt/venv/...     ======>     |-- opt/venv/...       bound, read-only
    |   `-- nnkit/       tmpfs       |   `-- nnkit/         covered, then
    |       |-- ops.py   ======>     |       |-- ops.py     bound one by one
    |       `-- exercises/           |
    |-- dev/null, ...    ======>     |-- dev/null, ...
    |-- home, etc, proc, ...         `-- tmp                tmpfs, small

Every path keeps its name, so nothing that Python remembers goes stale. The network
namespace has no interface that is up, the process namespace starts empty.
"""

import os
import stat
import struct

from nnkit.sandbox.policy import Policy, parents, turns
from nnkit.sandbox.syscalls import call

NEW_MOUNTS = 0x00020000
NEW_USER = 0x10000000
_NEW_REST = 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000  # uts, ipc, pid, net

_NOSUID, _NODEV, _NOEXEC = 2, 4, 8
_BIND, _RECURSIVE, _PRIVATE, _DETACH = 4096, 16384, 1 << 18, 2
_SET_DUMPABLE = 4
_AT_RECURSIVE, _AT_FDCWD = 0x8000, -100
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_SEALED = _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV

# Where a child's own folder may be mounted: the first that hides nothing readable. A
# clone or a virtual environment may well lie in /tmp itself.
_PRIVATE_FOLDERS = ("/tmp", "/var/tmp", "/private-tmp")
_STAGE = b"/tmp"  # covered for a moment; any folder that every system has
_DEVICES = ("null", "zero", "full", "random", "urandom")
# Shared by what the zygote imports and by no submission.
_ZYGOTE_SPACE = "size=64m,nr_inodes=4096,mode=1777"


def enter(*, mounts: bool = True) -> bool:
    """Leave the namespaces of the system; the next fork is process 1 of its own.

    Returns:
        Whether that took a user namespace as well, in which there is only one uid.
    """
    flags = _NEW_REST | (NEW_MOUNTS if mounts else 0)
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        try:
            call("unshare", flags)
            return False
        except PermissionError:
            pass  # root of a container without CAP_SYS_ADMIN; a user namespace may do
    call("unshare", flags | NEW_USER)
    # A process that changed its uid is not dumpable, and may not write its own maps.
    call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)
    # The same ids inside as outside. Without "deny" the kernel refuses the group map.
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    return True


def build_root(policy: Policy, folder: str) -> None:
    """Replace the root of this mount namespace by one with only what is readable.

    Args:
        policy: What is readable.
        folder: What is writable, for now by the zygote.
    """
    # What this user cannot read cannot be bound either, and is not there inside.
    plan = [(p, r) for p, r in turns(policy).items() if os.access(p, os.R_OK)]
    links: dict[str, str] = {}
    for path in policy.readable:
        _links(path, links)
    call("mount", b"none", b"/", None, _RECURSIVE | _PRIVATE, None)
    _tmpfs(_STAGE.decode(), "size=16m,nr_inodes=16384,mode=755")
    old = _STAGE + b"/.old"
    os.mkdir(old, 0o700)
    call("pivot_root", _STAGE, old)
    os.chdir("/")

    for path, readable in plan:
        if readable:
            _bind("/.old" + path, path)
        else:
            _cover(path)
    for link, target in links.items():
        if not os.path.lexists(link):
            os.makedirs(os.path.dirname(link), exist_ok=True)
            os.symlink(target, link)
    os.makedirs(folder, exist_ok=True)
    devices = [
        f"/dev/{name}" for name in _DEVICES if os.path.exists(f"/.old/dev/{name}")
    ]
    for device in devices:
        _bind("/.old" + device, device)
        _seal(device, _AT_RECURSIVE, _ATTR_RDONLY | _ATTR_NOSUID)
    for path, _ in plan:
        _seal(path, _AT_RECURSIVE)
    call("umount2", b"/.old", _DETACH)
    os.rmdir("/.old")
    _seal("/")
    _tmpfs(folder, _ZYGOTE_SPACE)


def place_for_folder(policy: Policy) -> str:
    """Where in the new root a folder can be mounted that each child has for itself."""
    readable = [path for path, allowed in turns(policy).items() if allowed]
    above = {parent for path in readable for parent in parents(path)}
    return next(path for path in _PRIVATE_FOLDERS if path not in above)


def private_folder(policy: Policy, folder: str, user: int, group: int) -> None:
    """Give this process a small folder that nobody else sees."""
    limits = policy.limits
    call("unshare", NEW_MOUNTS)
    options = f"size={limits.disk},nr_inodes={limits.files},mode=700"
    _tmpfs(folder, f"{options},uid={user},gid={group}")


def _links(path: str, found: dict[str, str]) -> None:
    """Collect the symbolic links on the way to a path; they must exist inside too."""
    for step in [*reversed(parents(path)), path]:
        folder, name = os.path.split(step)
        link = os.path.join(os.path.realpath(folder), name)
        if link in found or not os.path.islink(link):
            continue
        found[link] = os.readlink(link)
        _links(os.path.normpath(os.path.join(folder, found[link])), found)


def _cover(path: str) -> None:
    if os.path.isdir(path):
        _tmpfs(path, "size=1m,mode=755")
    else:
        _touch("/.empty")
        call("mount", b"/.empty", os.fsencode(path), None, _BIND, None)


def _seal(path: str, how: int = 0, flags: int = _SEALED) -> None:
    """Make a mount read-only; flags that it already has stay."""
    attributes = struct.pack("=QQQQ", flags, 0, 0, 0)
    size = len(attributes)
    call("mount_setattr", _AT_FDCWD, os.fsencode(path), how, attributes, size)


def _bind(source: str, target: str) -> None:
    if stat.S_ISDIR(os.stat(source).st_mode):
        os.makedirs(target, exist_ok=True)
    else:
        _touch(target)
    flags = _BIND | _RECURSIVE
    call("mount", os.fsencode(source), os.fsencode(target), None, flags, None)


def _touch(path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))


def _tmpfs(path: str, options: str) -> None:
    flags = _NOSUID | _NODEV | _NOEXEC
    call("mount", b"tmpfs", os.fsencode(path), b"tmpfs", flags, options.encode())
