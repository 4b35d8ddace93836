"""Submissions that reach for others: their files, processes, memory and the network.

What stopped early would prove nothing: each says at its end that it has tried.
"""

from .attempts import trying
from .case import Hostile
from .harm_system import (
    ANOTHER_WAY,
    BECOMING,
    CHILDREN,
    DAEMON,
    KERNEL,
    KILLING,
    NETWORK,
    SOCKETS,
    TRACING,
)
from .harm_ways import WAYS

FILES = trying(
    "reading-files",
    """
import glob
patterns = ["/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.*", "/root/*",
    "/home/*", "/var/*", "/run/*", "/srv/*", "/mnt/*", "/opt/*.*", "/boot/*", "/sys/*",
    "/proc/*", "/proc/self/environ", "/proc/1/environ", "/proc/{pid}/environ",
    "/proc/self/maps", "/dev/sd*", "/dev/vd*", "/dev/mem", "/dev/kmsg", "/dev/tty",
    "/dev/console", "/dev/ptmx", "/dev/fuse", "/dev/kvm", "/dev/net/tun",
    "{folder}/gradebook.db", "{folder}/*", "{folder}/journal/*", "{folder}/../*",
    "{folder}/submitted/*/*/*.ipynb", "{folder}/autograded/*", "{package}/../.git/*",
    "{package}/../solutions/*", "{package}/../course/*", "{package}/../tests/*",
    "{package}/exercises/*", "{package}/judging/*", "{package}/grading/*",
    "{package}/_course/*", "{package}/cli/*"]
for pattern in patterns:
    for path in [pattern, *glob.glob(pattern)]:
        attempt(path, lambda: open(path, "rb").read(1))
        attempt(path, lambda: os.readlink(path))
""",
)

# Whatever the walls are made of: what can be listed must hold nothing of the course.
WALKING = trying(
    "walking-the-disk",
    """
import sys
count = 0
tops = ["/", "/tmp", "/srv", "/home", "{folder}", "{package}", "{package}/..",
    os.getcwd(), sys.prefix, os.path.dirname(os.__file__)]
for here, folders, files in (step for top in tops for step in os.walk(top)):
    count += 1
    if "site-packages" in folders:
        folders.remove("site-packages")  # large, and public
    for name in (*folders, *files):
        if name.endswith((".ipynb", "gradebook.db", ".jsonl")) or name == "judging":
            path = os.path.join(here, name)
            if "site-packages" not in path and "/nbgrader/" not in path:
                print("LOOT", path)
assert count > 50, count
""",
)

ENVIRONMENT = trying(
    "reading-the-environment",
    """
import ctypes
for name, value in os.environ.items():
    if "{mark}" in value or "TOKEN" in name or "SECRET" in name:
        print("LOOT", name)
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
for entry in environ:
    if entry is None:
        break
    if b"{mark}" in entry:
        print("LOOT", entry)
""",
)

IMPORTING = trying(
    "importing-the-answers",
    """
import gc, importlib, importlib.util, pkgutil, sys, zipimport
for name in ("exercises", "judging", "judging.judge", "grading", "grading.journal",
        "course", "cli", "demo", "build", "lab"):
    attempt(name, lambda: importlib.import_module(f"nnkit.{name}"))
    attempt(name, lambda: pkgutil.get_data("nnkit", f"{name}/__init__.py"))
    for end in (".py", "/__init__.py"):
        def load():
            path = "{package}/" + name.replace(".", "/") + end
            spec = importlib.util.spec_from_file_location("loot", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            assert vars(module).keys() - vars(os).keys() - {"__path__"}
            return module
        attempt(name, load)
walls = tuple(f"nnkit.{name}" for name in ("exercises", "judging", "grading"))
for thing in gc.get_objects():
    module = getattr(type(thing), "__module__", None)
    if isinstance(module, str) and module.startswith(walls):
        print("LOOT", module)
print([name for name in sys.modules if name.startswith(walls)] and "LOOT")
""",
)

WRITING = trying(
    "writing-everywhere",
    """
import numpy, tempfile
home = os.getcwd()
seen = {"{folder}", "{folder}/submitted", "{package}", "/", "/dev", "/dev/shm", "/run",
    "/var/tmp", "/etc", "/usr/lib", "/root", "/proc/self", "/sys/fs/cgroup", "/mnt",
    os.path.dirname(os.__file__), os.path.dirname(numpy.__file__), "/tmp"}
# Where the one folder that is its own lies depends on where nnkit is installed.
for folder in seen - {home, tempfile.gettempdir()}:
    path = os.path.join(folder, "{mark}")
    attempt(path, lambda: open(path, "w"))
    attempt(path, lambda: os.mkdir(path))
    attempt(path, lambda: os.symlink("/", path))
    attempt(path, lambda: os.link(os.__file__, path))
    attempt(path, lambda: os.mkfifo(path))
    attempt(path, lambda: os.mknod(path))
    attempt(folder, lambda: os.rename(folder, folder + "-{mark}"))
for path in (os.__file__, numpy.__file__,
        "{package}/__init__.py", "{folder}/gradebook.db",
        "/proc/self/mem", "/proc/self/oom_score_adj", "/proc/sys/kernel/core_pattern",
        "/proc/sysrq-trigger", "/dev/mem", "/dev/tty", "/dev/kmsg"):
    attempt(path, lambda: open(path, "r+b"))
    attempt(path, lambda: open(path, "ab"))
    attempt(path, lambda: os.unlink(path))
    attempt(path, lambda: os.truncate(path, 0))
    attempt(path, lambda: os.chmod(path, 0o777))
    attempt(path, lambda: os.chown(path, os.getuid(), os.getgid()))
    attempt(path, lambda: os.utime(path))
    attempt(path, lambda: os.setxattr(path, "user.loot", b""))
    attempt(path, lambda: os.link(path, os.path.join(home, "linked")))
    attempt(path, lambda: os.rename(path, os.path.join(home, "moved")))
""",
)

DESCRIPTORS = trying(
    "open-descriptors",
    """
import stat
for number in range(1024):
    try:
        status = os.fstat(number)
    except OSError:
        continue
    if number < 3 and status.st_rdev == os.stat("/dev/null").st_rdev:
        continue
    if number >= 3 and stat.S_ISSOCK(status.st_mode):
        continue
    print("LOOT", number, status)
    attempt(number, lambda: os.listdir(number))
""",
)

# The kernel says of each address whether it is there; a zygote's memory is in it.
MEMORY = trying(
    "reading-its-own-memory",
    """
import ctypes, re, time
libc, own = ctypes.CDLL(None), bytes(range(65, 91)) + b"7c1"
start, end = os.pipe()
os.set_blocking(end, False)
wanted = re.compile(b"[z]z-honest|[N]NKIT_TEST_SECRET|[X]YZ7c1")
found, seen, until = set(), 0, time.process_time() + 0.5
environ = ctypes.c_void_p.in_dll(libc, "environ").value
places = [id(own), id(os), id(None), environ]
for place, step in ((place, step) for place in places for step in (1, -1)):
    at, missed = place & ~0xFFFF, 0
    while missed < 4 and time.process_time() < until:
        count = libc.write(end, ctypes.c_void_p(at), ctypes.c_size_t(1 << 16))
        missed = missed + 1 if count <= 0 else 0
        if count > 0:
            found.update(wanted.findall(os.read(start, count)))
            seen += count
        at += step << 16
if found - {b"XYZ7c1"}:
    print("LOOT", found)
assert b"XYZ7c1" in found and seen > 1 << 22, (found, seen)
""",
)

# Two of them in one worker, one after the other: the second looks for the first.
TRACES = """
import builtins, ctypes, sys, tempfile, fcntl, socket
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)
places = ["/tmp", "/var/tmp", "/dev/shm", os.getcwd(), os.path.expanduser("~"),
    tempfile.gettempdir(), os.environ["IPYTHONDIR"], os.environ["MPLCONFIGDIR"]]
left = os.path.join
for place in places:
    if os.path.exists(left(place, "{mark}")):
        print("LOOT", place)
for holder in (builtins, np, sys, os):
    if hasattr(holder, "left_behind"):
        print("LOOT", holder)
if "{mark}" in os.environ or "{mark}" in sys.path or os.path.exists("left.py"):
    print("LOOT in the environment")
for place in places:
    try:
        open(left(place, "{mark}"), "w").close()
    except OSError:
        pass
for holder in (builtins, np, sys, os):
    holder.left_behind = True
os.environ["{mark}"] = "1"
sys.path.insert(0, "{mark}")
open("left.py", "w").close()
held = open(os.__file__)
try:
    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("LOOT a lock that others see")
except PermissionError:
    pass
if libc.shmget(0x6B7C1, 4096, 0o1666) >= 0 or libc.semget(0x6B7C1, 1, 0o1666) >= 0:
    print("LOOT shared memory")
"""

REACHING = (
    FILES,
    WALKING,
    ENVIRONMENT,
    IMPORTING,
    WRITING,
    DESCRIPTORS,
    MEMORY,
    SOCKETS,
    TRACING,
    BECOMING,
    KERNEL,
    DAEMON,
    *WAYS,
    *(trying(f"traces-{number}", TRACES) for number in range(4)),
)
SUBMISSIONS = (
    *REACHING,
    Hostile("another-way-into-the-kernel", ANOTHER_WAY, 0, "SIGSYS|no such way"),
    Hostile("network", NETWORK),
    Hostile("killing-the-parent", KILLING),
    Hostile("detached-children", CHILDREN, 0, "Error"),
)
