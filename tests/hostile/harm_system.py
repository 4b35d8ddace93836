"""Harm: the network, other processes, and the kernel itself."""

from .attempts import trying
from .case import RIGHT, calling

SOCKETS = trying(
    "network-of-every-kind",
    """
import socket, urllib.request
made = 0
for family in range(46):
    for kind in (1, 2, 3, 4, 5, 10):
        for protocol in (0, 1, 6, 17, 255):
            attempt((family, kind), lambda: socket.socket(family, kind, protocol))
            made += 1
for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    attempt("a pair", lambda: socket.socketpair(socket.AF_UNIX, kind))
attempt("TCP", lambda: socket.create_connection(("127.0.0.1", {port}), 0.2))
attempt("HTTP", lambda: urllib.request.urlopen("http://127.0.0.1:{port}", timeout=0.2))
attempt("DNS", lambda: socket.getaddrinfo("example.org", 80))
attempt("listening", lambda: socket.create_server(("", 0)))
one, two = socket.socketpair()
for path in (b"\\0{mark}", "{folder}/socket", "/run/dbus/system_bus_socket"):
    attempt(path, lambda: one.connect(path))
    attempt(path, lambda: one.bind(path))
    attempt(path, lambda: one.sendto(b"x", path))
    attempt(path, lambda: one.sendmsg([b"x"], [], 0, path))
attempt("passing", lambda: socket.send_fds(one, [b"x"], [0]))
attempt("an option", lambda: one.setsockopt(socket.SOL_SOCKET, 16, 1))
assert made > 1000
""",
)

TRACING = trying(
    "tracing-and-signalling",
    """
import ctypes, resource, signal, time
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno())
    return result
copy = ctypes.create_string_buffer(8)
room = (ctypes.c_ulong * 4)(ctypes.addressof(copy), 8, id(None), 8)  # same in all forks
own = os.getpid()
for pid in {os.getppid(), {pid}, 1, 2, own - 1, own + 1} - {0, own}:
    for number in (0, signal.SIGCONT, signal.SIGURG):
        attempt(pid, lambda: os.kill(pid, number))
        attempt(-pid, lambda: os.kill(-pid, number))
        attempt(pid, lambda: checked(libc.tgkill(pid, pid, number)))
    attempt(pid, lambda: os.pidfd_open(pid))
    attempt(pid, lambda: signal.pidfd_send_signal(os.pidfd_open(pid), 0))
    for request in (16, 0x4206, 0x4208):
        attempt(pid, lambda: checked(libc.ptrace(request, pid, None, None)))
    for call in (libc.process_vm_readv, libc.process_vm_writev):
        attempt(pid, lambda: checked(call(pid, room, 1, ctypes.byref(room, 16), 1, 0)))
    attempt(pid, lambda: resource.prlimit(pid, resource.RLIMIT_CORE))
    attempt(pid, lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)))
    attempt(pid, lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
    attempt(pid, lambda: os.sched_setaffinity(pid, {0}))
    attempt(pid, lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)))
    attempt(pid, lambda: time.clock_gettime((~pid << 3) | 2))
    attempt(pid, lambda: os.getpgid(pid))
    attempt(pid, lambda: os.setpgid(pid, 0))
attempt("all", lambda: os.kill(-1, 0))
attempt("the group", lambda: os.killpg(0, 0))
attempt("traced", lambda: checked(libc.ptrace(0, 0, None, None)))
""",
)

BECOMING = trying(
    "becoming-another",
    """
import resource
for user in (0, 1000, 65534):
    if user == os.getuid():
        continue
    attempt(user, lambda: os.setuid(user))
    attempt(user, lambda: os.setresuid(user, user, user))
    attempt(user, lambda: os.setgid(user))
    attempt(user, lambda: os.setgroups([user]))
attempt("a session", lambda: os.setsid())
attempt("a root", lambda: os.chroot("."))
attempt("a limit", lambda: resource.setrlimit(resource.RLIMIT_NPROC, (9, 9)))
for flags in (0x10000000, 0x20000, 0x40000000, 0x08000000, 0x20000000, 0x02000000):
    if hasattr(os, "unshare"):
        attempt(flags, lambda: os.unshare(flags))
        attempt(flags, lambda: os.setns(0, flags))
""",
)

# A list of its own: what the filter lets through must not be what decides here.
KERNEL = trying(
    "calling-the-kernel",
    """
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = {"fork": 57, "vfork": 58, "execve": 59, "ptrace": 101, "syslog": 103,
    "personality": 135, "pivot_root": 155, "adjtimex": 159, "chroot": 161, "acct": 163,
    "mount": 165, "umount2": 166, "swapon": 167, "reboot": 169, "sethostname": 170,
    "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176,
    "quotactl": 179, "io_setup": 206, "clock_settime": 227, "kexec_load": 246,
    "add_key": 248, "request_key": 249, "keyctl": 250, "inotify_init": 253,
    "unshare": 272, "vmsplice": 278, "move_pages": 279, "inotify_init1": 294,
    "perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303,
    "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310, "kcmp": 312,
    "memfd_create": 319, "bpf": 321, "execveat": 322, "userfaultfd": 323,
    "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240}
arm = {"mount": 40, "chroot": 51, "unshare": 97, "ptrace": 117, "setns": 268,
    "mq_open": 180, "msgget": 186, "semget": 190, "shmget": 194, "add_key": 217,
    "keyctl": 219, "execve": 221, "perf_event_open": 241, "memfd_create": 279,
    "bpf": 280, "userfaultfd": 282, "inotify_init1": 26, "io_setup": 0}
everywhere = {"pidfd_open": 434, "io_uring_setup": 425, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsmount": 432, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "memfd_secret": 447}
numbers = {"x86_64": x86, "aarch64": arm}[platform.machine()] | everywhere
for name, number in numbers.items():
    found = libc.syscall(number, 0, 0, 0, 0, 0, 0)
    if found >= 0 or ctypes.get_errno() not in (1, 38):
        print("LOOT", name, found, ctypes.get_errno())
for request in (0x5412, 0x5401 + 0x10, 0x540E, 0x8901, 0x8905, 0x4B33):
    for fd in range(3):
        if libc.ioctl(fd, request, b"x") >= 0 or ctypes.get_errno() != 1:
            print("LOOT ioctl", request)
""",
)

# Runs as it is on x86-64: the 32-bit way into the kernel, which has other numbers.
ANOTHER_WAY = calling(
    """
import ctypes, mmap, platform
if platform.machine() != "x86_64":
    raise OSError("there is no such way here")
code = bytes.fromhex("b814000000cd80c3")  # mov eax, 20; int 0x80; ret
page = mmap.mmap(-1, 4096, prot=7)
page.write(code)
entry = ctypes.addressof(ctypes.c_char.from_buffer(page))
return ctypes.CFUNCTYPE(ctypes.c_int)(entry)(), 0.0
"""
)

NETWORK = (
    RIGHT
    + """
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", {port})),
        (socket.AF_INET6, ("::1", {port})),
    ):
        try:
            line = socket.socket(family, kind)
            line.settimeout(0.2)
            line.connect(address)
            line.send(b"the inputs")
        except OSError:
            pass
"""
)

KILLING = (
    RIGHT
    + """
import os, signal
for pid in [os.getppid(), {pid}, *range(1, 300), -1, 0]:
    if pid == os.getpid():
        continue
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
        try:
            os.kill(pid, number)
        except OSError:
            pass
"""
)

CHILDREN = """
import os, subprocess, sys

def neuron_grads(X, y, w, b):
    try:
        if os.fork() == 0:
            os.setsid()
            os.execv(sys.executable, ["python", "-c", "import time; time.sleep(60)"])
    except OSError:
        pass
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
"""

DAEMON = trying(
    "double-fork",
    """
import ctypes, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def fork(make):
    pid = make()
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno())
    return pid
for make in (os.fork, os.forkpty, libc.fork, libc.vfork):
    attempt(make, lambda: fork(lambda: make() if make is not os.forkpty else make()[0]))
sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
attempt("spawn", lambda: os.posix_spawn(sleeper[0], sleeper, {}))
attempt("session", lambda: subprocess.Popen(sleeper, start_new_session=True))
attempt("shell", lambda: 1 / (os.system("true") == 0))
attempt("magic", lambda: get_ipython().getoutput("echo loot")[0])
attempt("line", lambda: get_ipython().run_line_magic("sx", "echo loot")[0])
""",
)
