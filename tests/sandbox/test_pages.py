"""Large pages: fewer to copy in a fork, and the memory says the same."""

import mmap
import os
import sys

import pytest

from nnkit.sandbox import pages

LINE = "7f0000000000-7f0000400000 {} 00000000 00:00 0 {}\n"


@pytest.mark.parametrize(
    ("mode", "name", "taken"),
    [
        ("rw-p", "", True),
        ("rw-p", "[heap]", True),
        ("rw-p", "[stack]", False),
        ("rw-p", "/usr/lib/a.so", False),
        ("r--p", "", False),
        ("rw-s", "", False),
    ],
)
def test_only_private_memory_of_no_file_is_touched(mode, name, taken):
    found = pages._private(LINE.format(mode, name))
    assert found == ((0x7F0000000000, 0x7F0000400000) if taken else None)


def test_nothing_is_done_without_a_list_of_mappings():
    assert pages.collapse(-1) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_memory_is_as_it_was():
    with mmap.mmap(-1, 8 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        content = os.urandom(1 << 20) * 8
        memory[:] = content
        assert pages.collapse(pages.open_map()) >= 0
        assert memory[:] == content
