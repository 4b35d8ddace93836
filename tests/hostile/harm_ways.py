"""Harm: ways around paths, limits and the list of calls, none of which is a file."""

from .attempts import trying

FOLDERS = trying(
    "above-its-folder",
    """
here = os.open(".", os.O_RDONLY)
for steps in range(1, 12):
    for target in ("etc/passwd", "root/.bashrc", "{folder}/submitted"):
        path = "../" * steps + target.lstrip("/")
        attempt(path, lambda: os.open(path, os.O_RDONLY, dir_fd=here))
for path in ("/", "/var", "{folder}"):
    attempt(path, lambda: os.open(path, os.O_TMPFILE | os.O_RDWR))
attempt("a link", lambda: os.link("/etc/passwd", "mine") or open("mine").read())
attempt("a soft one", lambda: os.symlink("/etc/shadow", "it") or open("it").read())
def moved():
    open("q", "w").close()
    os.rename("q", "{folder}/q")
    return "moved"
attempt("moving", moved)
""",
)

CONTROLS = trying(
    "controls",
    """
import ctypes, fcntl
libc = ctypes.CDLL(None, use_errno=True)
def made(result):
    if result < 0:
        raise OSError(ctypes.get_errno())
    return "made"
ALL = 2**64 - 1
controls = {"dumpable": (4, 1), "death": (1, 0), "tracer": (0x59616D61, ALL),
    "bits": (28, 0), "capabilities": (8, 1), "ambient": (47, 2, 1), "map": (35, 8),
    "clock": (26, 2), "reaper": (36, 1), "seccomp": (22, 0), "guessing": (53, 0, 2),
    "cores": (62, 1), "calls": (59, 1, 0, 2**47), "pages": (41, 1), "merging": (67, 1)}
for name, numbers in controls.items():
    given = [ctypes.c_ulong(n) for n in (*numbers, 0, 0, 0, 0)[:5]]
    attempt(name, lambda: made(libc.prctl(*given)))
file = open("f", "w")
for command in (fcntl.F_SETLEASE, fcntl.F_SETOWN, fcntl.F_NOTIFY, 1031, 1033, 10):
    attempt(command, lambda: fcntl.fcntl(file, command, 1) or "set")
attempt("a lock", lambda: fcntl.flock(file, fcntl.LOCK_EX) or "locked")
attempt("of a part", lambda: fcntl.lockf(file, fcntl.LOCK_EX) or "locked")
for name in ("user.x", "trusted.x", "security.x", "system.posix_acl_access"):
    attempt(name, lambda: os.setxattr("f", name, b"x") or "set")
""",
)

PEERS = trying(
    "who-is-at-the-other-end",
    """
import gc, socket
sockets = (item for item in gc.get_objects() if isinstance(item, socket.socket))
line = next(item for item in sockets if item.fileno() > 2)
for option in (17, 31, 59, 77):  # a number, a label, groups, a descriptor
    attempt(option, lambda: line.getsockopt(socket.SOL_SOCKET, option, 64))
near, far = socket.socketpair()
attempt("sending out of band", lambda: near.send(b"!", socket.MSG_OOB))
near.send(b"?")
attempt("taking from there", lambda: far.recv(1, socket.MSG_OOB) or "taken")
assert far.recv(1) == b"?", near.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
""",
)

CLONES = trying(
    "clones",
    """
import ctypes, multiprocessing, platform, subprocess
from multiprocessing.shared_memory import SharedMemory
libc = ctypes.CDLL(None, use_errno=True)
for flags in (0x11, 0, 0x100, 0x4111, 0x10010000, 0x01000011, 0x8011, 0x7E030000):
    number = 56 if platform.machine() == "x86_64" else 220
    found = libc.syscall(number, ctypes.c_ulong(flags), 0, 0, 0, 0)
    if found == 0:
        libc._exit(0)
    attempt(hex(flags), lambda: found if found > 0 else 1 / 0)
if platform.machine() == "x86_64":  # its calls by their other numbers
    for number in (0x40000000 + 57, 57 + 2**32):
        found = libc.syscall(ctypes.c_long(number))
        if found == 0:
            libc._exit(0)
        attempt(hex(number), lambda: found if found > 0 else 1 / 0)
attempt("spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("a terminal", lambda: os.forkpty())
attempt("a pair of it", lambda: os.openpty())
attempt("a program", lambda: subprocess.run(["/bin/true"], close_fds=False))
attempt("memory", lambda: SharedMemory(create=True, size=10).name)
attempt("a lock", lambda: multiprocessing.Lock())
attempt("a manager", lambda: multiprocessing.Manager())
""",
)

WAYS = (FOLDERS, CONTROLS, PEERS, CLONES)
