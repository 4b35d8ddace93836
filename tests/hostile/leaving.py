"""Submissions that leave something behind, and look for what one before has left.

Of each there are more than there are workers: one sandbox has two of them.
"""

from .attempts import trying

DESCRIPTORS = """
import fcntl

def left(fd):
    return (fcntl.fcntl(fd, fcntl.F_GETFL) & (os.O_APPEND | os.O_NONBLOCK)) or 1 / 0

for fd in range(3):
    attempt(f"left on {fd}", lambda: left(fd))
for fd in range(3):
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_APPEND | os.O_NONBLOCK)
    assert left(fd)
"""

ITSELF = """
import builtins, numpy, signal, sys, threading

def marked(place):
    if hasattr(place, "b7c1"):
        return place.b7c1
    place.b7c1 = "left behind"
    raise LookupError("nothing was left")

for place in (builtins, numpy, sys, type(get_ipython()), threading, os):
    attempt(f"left in {place}", lambda: marked(place))

def process():
    found = [name for name in os.listdir(".") if not name.startswith(".")]
    found += [n for n in (1, 2, 14, 15) if signal.getsignal(n) is signal.SIG_IGN]
    found += {os.getcwd()} - {os.environ["HOME"]}
    found += {os.umask(0)} - {0o077}
    if not found:
        raise LookupError("nothing was left")
    return found

attempt("left in the process", process)
for number in (1, 2, 14, 15):
    signal.signal(number, signal.SIG_IGN)
open("left-behind", "w").write("b7c1")
os.environ["HOME"] = "/nowhere"
os.chdir("/")
"""

SUBMISSIONS = tuple(
    trying(f"{name}-{number}", body)
    for name, body in (("left-on-descriptors", DESCRIPTORS), ("left-inside", ITSELF))
    for number in range(4)
)
