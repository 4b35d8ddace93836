"""Resources: processes that end, and interpreters that are no longer what they were."""

from .case import RIGHT, Hostile, calling

NULL = "import ctypes\nctypes.string_at(0)"
FAULT = "import faulthandler\nfaulthandler.enable(2)\nfaulthandler._sigsegv()"
ALARM = """
import signal
signal.setitimer(signal.ITIMER_REAL, 0.01)
while True:
    signal.pause()
"""
BELL = """
import signal
def ring(*args):
    raise ZeroDivisionError("ring")
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.01)
while True:
    pass
"""
LIMITS = """
import resource
for which in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE):
    resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""
UNDEAD = """
import atexit, gc, weakref
class Undead:
    def __del__(self):
        while True:
            pass
undead = Undead()
undead.itself = undead
gc.disable()
@atexit.register
def linger():
    while True:
        pass
"""
STRICT = """
import warnings, gc, numpy as np
warnings.simplefilter("error")
np.seterr(all="raise")
gc.set_threshold(1)
"""
CLOSING = "import os\nos.closerange(0, 1000)"
SHADOWS = """
for name in ("numpy", "json", "nnkit", "IPython", "linecache", "sitecustomize"):
    with open(f"{name}.py", "w") as file:
        file.write("raise SystemExit('shadowed')")
"""
HOMELESS = (
    "import os\nos.mkdir('x')\nos.chdir('x')\nos.rmdir('../x')\nos.chmod('..', 0)"
)
HOOKED = """
def leave(*args):
    raise SystemExit("hook")
for event in ("pre_execute", "pre_run_cell", "post_execute"):
    get_ipython().events.register(event, leave)
get_ipython().set_custom_exc((Exception,), leave)
"""
UNSETTLED = """
import decimal, os, numpy as np
decimal.getcontext().prec = 1
np.seterrcall(lambda *args: 1 / 0)
np.seterr(all="call")
np.set_printoptions(formatter={"all": lambda number: 1 / 0})
os.environ.clear()
"""
# A timer of a nanosecond whose signal nobody hears, as often as the kernel has one.
TIMERS = """
import ctypes, signal
signal.signal(signal.SIGALRM, signal.SIG_IGN)
libc, timer = ctypes.CDLL(None), ctypes.c_void_p()
every = (ctypes.c_long * 4)(0, 1, 0, 1)
while libc.timer_create(1, None, ctypes.byref(timer)) == 0:
    libc.timer_settime(timer, 0, every, None)
"""
NO_LIMITS = """
import resource
for name in dir(resource):
    if name.startswith("RLIMIT_") and name != "RLIMIT_CPU":
        try:
            resource.setrlimit(getattr(resource, name), (0, 0))
        except (OSError, ValueError):
            pass
"""
STORM = """
import os, signal, threading, time
signal.signal(signal.SIGUSR1, lambda *args: None)
def storm():
    while True:
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.001)
threading.Thread(target=storm, daemon=True).start()
"""


SUBMISSIONS = (
    Hostile("native-crash", calling(NULL), 0, "SIGSEGV"),
    Hostile("native-crash-told-about", calling(FAULT), 0, "SIGSEGV"),
    Hostile("aborting", calling("import os\nos.abort()"), 0, "SIGABRT"),
    Hostile(
        "ending-the-process",
        RIGHT.replace("    return", "    import os; os._exit(0)\n    return"),
        0,
        "ended itself with exit code 0",
    ),
    Hostile(
        "killing-itself",
        calling("import os\nos.kill(os.getpid(), 9)"),
        0,
        "SIGKILL",
    ),
    Hostile(
        "signal-without-a-name",
        calling("import os\nos.kill(os.getpid(), 40)"),
        0,
        "signal 40",
    ),
    Hostile("alarm", calling(ALARM), 0, "SIGALRM"),
    Hostile("alarm-that-raises", calling(BELL), 0, "ring"),
    Hostile("exit", calling("import sys\nsys.exit('3 points')"), 0, "SystemExit"),
    Hostile(
        "interrupting-itself",
        calling("raise KeyboardInterrupt"),
        0,
        "stopped with KeyboardInterrupt",
    ),
    Hostile("generator-exit", calling("raise GeneratorExit"), 0, "GeneratorExit"),
    Hostile("exits-in-cells", first="import sys\nsys.exit(1)", later="exit()\nquit()"),
    Hostile("interrupt-in-a-cell", first="raise KeyboardInterrupt"),
    Hostile("killed-in-cells", says="SIGABRT", first="import os\nos.abort()"),
    Hostile("closing-all-descriptors", calling(CLOSING), 0, "ended itself with"),
    Hostile("executing", calling("import os\nos.execv('/bin/sh', ['sh'])"), 0, "Error"),
    Hostile("raising-limits", calling(LIMITS), 0, "Error"),
    Hostile("going-first", calling("import os\nos.nice(-5)"), 0, "PermissionError"),
    Hostile("undead", first=UNDEAD),
    Hostile("strict", first=STRICT),
    Hostile("shadowing-modules", first=SHADOWS),
    Hostile("homeless", first=HOMELESS),
    Hostile("hooked", first=HOOKED),
    Hostile("unsettled", first=UNSETTLED),
    Hostile("timers-without-end", first=TIMERS),
    Hostile("limits-of-nothing", first=NO_LIMITS),
    Hostile("signals-to-itself", first=STORM),
    Hostile(
        "timer-of-the-processor",
        calling(ALARM.replace("REAL", "PROF").replace("signal.pause()", "pass")),
        0,
        "SIGPROF",
    ),
    Hostile("asking-the-terminal", calling("return input(), 0.0"), 0, "EOFError"),
    Hostile("debugging", calling("breakpoint()"), 0, "BdbQuit"),
)
