"""Resources: output, files, threads and figures without end."""

from .case import Hostile, calling, working

PRINTED = "for i in range(20_000):\n    print('x' * 5_000)"
DISPLAYED = "for i in range(100):\n    display('x' * 10**6)"
BITS = "for i in range(3_000):\n    display(i % 10)"
STREAMS = """
import logging, os, sys, warnings
logging.basicConfig(level=0, force=True)
for i in range(100):
    logging.error("x" * 10**6)
    warnings.warn(f"{i}" + "x" * 10**5)
    print("x" * 10**6, file=sys.stderr)
    print("x" * 10**6, file=sys.__stdout__)
"""
DESCRIPTORS = """
import os
for number in (1, 2):
    for i in range(100):
        os.write(number, b"x" * 10**6)
"""
SPARSE = """
import os
with open("sparse", "wb") as file:
    os.ftruncate(file.fileno(), 1 << 40)
"""
RESERVED = """
import os
with open("reserved", "wb") as file:
    os.posix_fallocate(file.fileno(), 0, 1 << 40)
"""
MANY = """
import os
for i in range(10**6):
    os.close(os.open(f"{i}", os.O_CREAT | os.O_WRONLY))
"""
DEEP = """
import os
for i in range(10**6):
    os.mkdir("d")
    os.chdir("d")
"""
DISK = """
for i in range(200):
    with open(f"{i}", "wb") as file:
        file.write(bytes(10**6))
"""
LEAK = """
import os
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
"""
PIPES = """
import os
while True:
    _, end = os.pipe()
    os.set_blocking(end, False)
    os.write(end, bytes(1 << 16))
"""
THREADS = """
import threading
threading.stack_size(1 << 15)
wait = threading.Event()
for i in range(10**4):
    threading.Thread(target=wait.wait, daemon=True).start()
"""
FIGURES = """
import matplotlib.pyplot as plt
for i in range(5_000):
    plt.figure().gca()
"""
FORKS = """
import os
for i in range(100):
    if os.fork() == 0:
        os._exit(0)
"""
POOL = """
import multiprocessing
return multiprocessing.get_context("fork").Pool(4).map(abs, [1]), 0.0
"""


LOCKS = """
import fcntl
for name in range(1000):
    with open(str(name), "wb+") as file:
        for byte in range(0, 10_000, 2):
            fcntl.lockf(file, fcntl.LOCK_EX, 1, byte)
"""


SUBMISSIONS = (
    Hostile("flood-of-text", later="import sys\nsys.stdout.write('x' * 10**8)"),
    Hostile("flood-by-print", working("print('x' * 10**8)"), later=PRINTED),
    Hostile("flood-of-displays", later=DISPLAYED),
    Hostile("flood-of-small-displays", later=BITS),
    Hostile("flood-of-streams", first=STREAMS),
    Hostile("flood-of-descriptors", working(DESCRIPTORS), later=DESCRIPTORS),
    Hostile("flood-of-an-error", later="raise ValueError('x' * 10**8)"),
    Hostile("filling-the-disk", calling(DISK), 0, "No space left on device"),
    Hostile("sparse-file", calling(SPARSE), 0, "File too large"),
    Hostile("reserved-file", calling(RESERVED), 0, "File too large"),
    Hostile("many-files", calling(MANY), 0, "No space left on device"),
    Hostile("deep-folders", calling(DEEP), 0, "OSError"),
    Hostile("leaking-descriptors", first=LEAK),
    Hostile("filling-pipes", calling(PIPES), 0, "Too many open files"),
    Hostile("many-threads", calling(THREADS), 0, "can't start new thread"),
    Hostile("thousands-of-figures", says="interrupted|right", later=FIGURES),
    Hostile("locks-without-end", calling(LOCKS), 0, "PermissionError"),
    Hostile("fork-storm", calling(FORKS), 0, "Operation not permitted"),
    Hostile("process-pool", calling(POOL), 0, "Error"),
)
