"""Submissions that use up what a machine has, or do not survive: time, memory, disk."""

from .case import Hostile, calling
from .endings import SUBMISSIONS as ENDINGS
from .floods import SUBMISSIONS as FLOODS
from .forging_cells import with_source

DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
ENDLESS = "while True:\n    pass\n"
LATE = "did not come back in time"


STUBBORN = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
MASKED = """
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
time.sleep(10**6)
"""
HELD = """
import ctypes, threading, time
ctypes.PyDLL(None).sleep.argtypes = [ctypes.c_uint]
threading.Thread(target=ctypes.PyDLL(None).sleep, args=[1000], daemon=True).start()
time.sleep(0.5)
"""
BUSY = """
import threading
def spin():
    while True:
        pass
for _ in range(2):
    threading.Thread(target=spin, daemon=True).start()
"""
TIME = (
    Hostile("infinite-loop", calling(ENDLESS, DEAF), 0, LATE),
    Hostile("infinite-cell", says="did not stop when", later=DEAF + ENDLESS),
    Hostile("loop-that-catches-all", calling(STUBBORN), 0, LATE),
    Hostile("loop-in-c", calling("return sum(range(10**15)), 0.0"), 0, LATE),
    Hostile("huge-power", calling("return 7**(10**9), 0.0"), 0, LATE),
    Hostile(
        "slow-regex",
        calling("import re\nreturn re.match('(a*)*b', 'a' * 60), 0.0"),
        0,
        LATE,
    ),
    Hostile(
        "huge-matrix",
        calling(
            "import numpy as np\nreturn np.linalg.eigvals(np.random.rand(5000, 5000))"
        ),
        0,
        LATE,
    ),
    Hostile("sleeping", calling("import time\ntime.sleep(10**6)"), 0, LATE),
    Hostile("blocking-all-signals", calling(MASKED), 0, LATE),
    Hostile(
        "stopping-itself",
        calling("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
        0,
        LATE,
    ),
    Hostile(
        "dying-when-interrupted",
        calling(ENDLESS, DEAF.replace("SIG_IGN", "SIG_DFL")),
        0,
        LATE,
    ),
    Hostile(
        "awaiting-for-ever",
        says="interrupted after 1.5 s",
        first="import asyncio\nawait asyncio.sleep(10**6)",
    ),
    Hostile("holding-the-interpreter", says="did not stop when", first=HELD),
    Hostile("threads-that-go-on", first=BUSY),
    Hostile(
        "processor-time",
        calling("import os, signal\nsignal.raise_signal(signal.SIGXCPU)"),
        0,
        "its processor time was used up",
    ),
)

HOARD = "import numpy as np\nhoard = []\nwhile True:\n    hoard.append(np.empty(10**8))"
TOUCHED = "hoard = []\nwhile True:\n    hoard.append(b'x' * 10**7)"
SMALL = "hoard = [object()]\nwhile True:\n    hoard = hoard + hoard"
SHARED = """
from multiprocessing.shared_memory import SharedMemory
return SharedMemory(create=True, size=10**9), 0.0
"""
BOMB = """
import zlib
press = zlib.compressobj(9, zlib.DEFLATED, -15)
block = press.compress(bytes(1 << 20)) + press.flush(zlib.Z_FULL_FLUSH)
return zlib.decompress(block * 4096 + press.flush(), -15), 0.0
"""
SYSTEM_V = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.shmget(0, ctypes.c_size_t(10**9), 0o1600) < 0:
    raise OSError(ctypes.get_errno(), "no shared memory")
"""
LARGE_LAYER = """
import numpy as np
def layer(X, W, b, kind):
    return np.zeros(3 * 10**7, "u1"), 0.0
"""
LAUGHS = "v = [0.0] * 100\nfor _ in range(8):\n    v = [v] * 100\nreturn v, v"
ITSELF = "v = []\nv.append(v)\nreturn v, v"
NESTED = "v = 0.0\nfor _ in range(10**5):\n    v = [v]\nreturn v, v"
NATIVE_DEPTH = "import json, sys\nsys.setrecursionlimit(10**9)\njson.loads('[' * 10**7)"
MEMORY = (
    Hostile("memory", calling(HOARD), 0, "MemoryError"),
    Hostile("memory-touched", calling(TOUCHED), 0, f"MemoryError|{LATE}"),
    Hostile("memory-doubled", calling(SMALL), 0, f"MemoryError|{LATE}"),
    Hostile("memory-text", calling("return 'x' * 10**11, 0.0"), 0, "MemoryError"),
    Hostile("memory-number", calling("return 1 << 10**12, 0.0"), 0, "MemoryError"),
    Hostile(
        "memory-mapped",
        calling("import mmap\nreturn mmap.mmap(-1, 1 << 40), 0.0"),
        0,
        "Cannot allocate memory",
    ),
    Hostile(
        "memory-lazily-touched",
        calling("import numpy as np\nreturn np.zeros(10**10), 0.0"),
        0,
        "MemoryError",
    ),
    Hostile(
        "memory-without-a-name",
        calling("import os\nos.ftruncate(os.memfd_create('x'), 1 << 40)"),
        0,
        "PermissionError",
    ),
    Hostile("memory-shared", calling(SHARED), 0, "Error"),
    Hostile("memory-of-system-v", calling(SYSTEM_V), 0, "no shared memory"),
    Hostile("zip-bomb", calling(BOMB), 0, f"MemoryError|{LATE}"),
    Hostile("recursion", calling("return neuron_grads(X, y, w, b)"), 0, "RecursionEr"),
    Hostile("recursion-in-c", calling(NATIVE_DEPTH), 0, "SIGSEGV|RecursionError"),
    Hostile("low-recursion-limit", first="import sys\nsys.setrecursionlimit(150)"),
    Hostile("answer-of-answers", calling(LAUGHS), 0, f"too much|{LATE}"),
    Hostile(
        "answer-of-empty-arrays",
        calling("import numpy as np\nreturn [np.zeros(0)] * 10**5, 0.0"),
        0,
        "more than 80000 arrays, lists and dicts",
    ),
    Hostile("answer-in-itself", calling(ITSELF), 0, "nested more than 40 deep"),
    Hostile("answer-that-is-deep", calling(NESTED), 0, "nested more than 40 deep"),
    Hostile(
        "answer-of-100-mb",
        calling("import numpy as np\nreturn np.zeros(10**8, 'u1'), 0.0"),
        0,
        "what it returned is too much",
    ),
    Hostile(
        "answers-of-30-mb",
        calling("import numpy as np\nreturn np.zeros(3 * 10**7, 'u1'), 0.0"),
        0,
        "has the shape (30000000,)",
    ),
    Hostile("answers-of-30-mb-above", edit=with_source("layer-answer", LARGE_LAYER)),
    Hostile("answer-of-text", calling("return 'x' * 10**8, 0.0"), 0, "text"),
    Hostile("answer-of-digits", calling("return 10**5000, 0.0"), 0, "beyond 64 bits"),
)

SUBMISSIONS = (*TIME, *MEMORY, *FLOODS, *ENDINGS)
