"""Submissions that take the interpreter apart: its memory, its hooks, its descriptors.

What answers in the sandbox is one process with them, so they may break it. That costs
the cells and calls which it was broken for, and is said; nothing is won by it.
"""

from .case import RIGHT, Hostile, calling, code_cell
from .forging import WRONG

NOWHERE = calling(
    """
class Array:
    at = {"data": (0xDEADBEEF000, False), "shape": (999,)}
    __array_interface__ = {**at, "typestr": "<f8", "version": 3}
return np.asarray(Array()), 0.0
""",
    "import numpy as np",
)
NUMBERS = f"""{WRONG}
import ctypes
for number in range(200):
    ctypes.memmove(id(number) + 24, b"\\1\\0\\0\\0", 4)
"""
MORTAL = f"{WRONG}\nimport ctypes\nctypes.c_long.from_address(id(None)).value = 1\n"
IN_ITSELF = """
import ctypes
pair = (0.0, 0.0)
ctypes.py_object.from_address(id(pair) + 24).value = pair
return pair, pair
"""
REQUESTS = """
import gc
for found in gc.get_objects():
    if type(found) is dict and "args" in found and "token" in found:
        found["args"], found["token"] = (), "x"
return 0.0, 0.0
"""
AUDITING = f"""{RIGHT}
import os, sys
sys.addaudithook(lambda event, args: os._exit(5) if event == "compile" else None)
"""
WIRES = """
import os, signal, socket
for fd in range(3, 64):
    try:
        line = socket.socket(fileno=os.dup(fd))
    except OSError:
        continue
"""
WOKEN = f"""{WIRES}
    os.set_blocking(fd, False)
    signal.set_wakeup_fd(fd)
    signal.signal(signal.SIGUSR1, lambda *args: None)
    os.kill(os.getpid(), signal.SIGUSR1)
{RIGHT}"""
SHUT = f"{WIRES}    line.shutdown(socket.SHUT_WR)\n{RIGHT}"
URGENT = f"""{WIRES}
    for send in (
        lambda: line.send(b"!", socket.MSG_OOB),
        lambda: socket.send_fds(line, [b"NNK1"], [0]),
    ):
        try:
            send()
        except OSError:
            pass
{RIGHT}"""
ENCODINGS = f"""{RIGHT}
import codecs
codecs.register_error("replace", lambda error: 1 / 0)
codecs.register_error("strict", lambda error: ("x", error.end))
"""
FROM_A_THREAD = """
import threading, time, __main__
def renew():
    while True:
        __main__.neuron_grads = lambda *args: (0.0, 0.0)
        time.sleep(0.0005)
threading.Thread(target=renew, daemon=True).start()
"""
IN_TURN = "calls = 0\n" + RIGHT.replace(
    "    return",
    "    global calls\n    calls += 1\n    if calls > 5: return w, b\n    return",
)
MANY = """
import hashlib, threading, time
end, data = time.time() + 60, b"x" * 10**7
def spin():
    while time.time() < end:
        hashlib.sha512(data).digest()
for _ in range(40):
    threading.Thread(target=spin, daemon=True).start()
time.sleep(60)
"""
UNMAPPED = """
import ctypes
page = ctypes.c_void_p(id(None) & ~0xFFF)
ctypes.CDLL(None).munmap(page, ctypes.c_size_t(1 << 20))
return None
"""
MAPPED = """
import mmap
for name in "xy":
    file = open(name, "w+b")
    file.truncate(1 << 24)
    room = mmap.mmap(file.fileno(), 1 << 24)
    for place in range(0, 1 << 24, 4096):
        room[place] = 1
"""
UNLINKED = """
import os
kept = []
while True:
    kept.append(open("x", "wb"))
    os.unlink("x")
    kept[-1].write(b"x" * 10**6)
    kept[-1].flush()
"""
UNCUT = """
import sys, threading
sys.setswitchinterval(10**6)
def spin():
    while True:
        pass
threading.Thread(target=spin, daemon=True).start()
"""
LOOKED_AT = """
class Shown:
    def __dir__(self):
        return self.x
    def __getattr__(self, name):
        while True:
            pass
Shown()
"""
DECODED = f"""{WRONG}
import json.encoder
json.JSONEncoder.iterencode = lambda *args, **kwargs: ["{{}}"]
json.encoder.c_make_encoder = None
"""
CURSED = f"""{WRONG}
import ctypes, gc
(names,) = gc.get_referents(np.ndarray.__dict__)
names["tobytes"] = lambda array, *args: bytes(8 * array.size)
ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))
"""
SWAPPED = RIGHT.replace(
    "    return",
    "    neuron_grads.__code__ = (lambda *inputs: (inputs[2] * 0, 0.0)).__code__\n"
    "    return",
)
THROWN = RIGHT.replace(
    "    return",
    """    main = ctypes.c_ulong(threading.main_thread().ident)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(main, ctypes.py_object(SystemExit))
    return""",
)
FINALIZED = """
import _thread
class Number(float):
    def __del__(self):
        _thread.interrupt_main()
"""


def killed_again_and_again(notebook):
    for number in range(8):
        cell = code_cell(f"k{number}", "import os\nos.abort()")
        notebook["cells"].insert(0, cell)


BROKEN, INSIDE = "what answers in it was broken", "inside of functions or frames"
SUBMISSIONS = (
    Hostile("array-from-nowhere", NOWHERE, 0, "SIGSEGV"),
    Hostile("numbers-made-one", NUMBERS, 0, "the process"),
    # Newer Pythons count no references to None, and go on with the zeros.
    Hostile("none-made-mortal", MORTAL, 0, "the process was ended by|are zero in"),
    Hostile("pair-in-itself", calling(IN_ITSELF), 0, "nested more than 40 deep"),
    Hostile("requests-rewritten", calling(REQUESTS), 0, "was not asked", flag=INSIDE),
    Hostile("audited", AUDITING, says="exit code 5"),
    Hostile("woken-on-the-wire", WOKEN, 0, "something else than a reply"),
    Hostile("half-a-connection", SHUT, 0, BROKEN),
    Hostile("urgent-and-passed-on", URGENT),
    Hostile("errors-encoded", ENCODINGS),
    Hostile("replaced-by-a-thread", first=FROM_A_THREAD, points=0, says="the shape ()"),
    Hostile("wrong-in-the-end", IN_TURN, 0, "right in 5 of 6 cases"),
    Hostile("threads-for-time", calling(MANY), 0, "did not come back in time"),
    Hostile(
        "memory-unmapped", calling(UNMAPPED), 0, "ended by SIGSEGV|ended by SIGBUS"
    ),
    Hostile("mapped-beyond-the-disk", calling(MAPPED), 0, "SIGBUS"),
    Hostile("unlinked-and-open", calling(UNLINKED), 0, "No space left"),
    Hostile("never-switching", first=UNCUT, says="did not stop when interrupted"),
    Hostile("shown-for-ever", first=LOOKED_AT, says="interrupted after 1.5 s"),
    Hostile("encoder-patched", DECODED, 0, "something else than a reply"),
    Hostile("arrays-cursed", CURSED, 0, "are not what they were"),
    Hostile("code-swapped-in-the-call", SWAPPED, 0, "right in 2 of 6 cases"),
    Hostile("exit-thrown-in", f"import ctypes, threading\n{THROWN}", 0, "SystemExit"),
    Hostile(
        "interrupts-when-collected",
        calling("return Number(1), Number(2)", FINALIZED),
        0,
        "got __main__.Number",
    ),
    Hostile(
        "killed-again-and-again",
        points=0,
        says="ended its process too often",
        edit=killed_again_and_again,
    ),
)
