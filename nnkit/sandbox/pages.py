"""Large pages for what a zygote has loaded, so that a fork has few to copy.

4 KiB pages: 100 MB are 25,000 entries to copy in a fork and to drop at its end
2 MiB pages: the same are 50; a child that writes into one gets back that part alone
"""

import ctypes
import os
import sys
from contextlib import suppress

_HUGE = 2 << 20
_COLLAPSE = 25  # MADV_COLLAPSE, Linux 6.1; elsewhere an error, and nothing is lost


def open_map() -> int:
    """Open this process's list of mappings, which a sandbox hides; -1 if there is none.

    It must be the process itself that opens it, after its last fork.
    """
    with suppress(OSError):
        return os.open("/proc/self/maps", os.O_RDONLY | os.O_CLOEXEC)
    return -1


def collapse(listing: int) -> int:
    """Put this process's private memory into large pages where the kernel can.

    Args:
        listing: from `open_map`; is closed.

    Returns:
        How many large pages there are now.
    """
    if listing < 0 or sys.platform != "linux":
        return 0
    with open(listing, encoding="utf-8", errors="replace") as lines:
        regions = [region for line in lines if (region := _private(line))]
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return sum(
        advise(place, _HUGE, _COLLAPSE) == 0
        for start, end in regions
        for place in range(-(-start // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE)
    )


def _private(line: str) -> tuple[int, int] | None:
    """Where a mapping lies, if it is writable, private, and no file's."""
    span, mode, _, _, _, *name = line.split(maxsplit=5)
    if mode != "rw-p" or (name and name[0].strip() != "[heap]"):
        return None
    start, end = span.split("-")
    return int(start, 16), int(end, 16)
