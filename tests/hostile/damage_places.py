"""Damage: what stands where the notebook belongs, or what it is called."""

import os
import socket
from pathlib import Path

from .case import Hostile


def elsewhere(name: str, put, says: str, points: float = 0) -> Hostile:
    """Put something else where the notebook belongs."""
    return Hostile(name, points=points, says=says, put=put)


def renamed(name: str) -> Hostile:
    def put(path: Path, data: bytes) -> None:
        (path.parent / name).write_bytes(data)

    return Hostile(f"named-{len(name)}-{ord(name[0])}", says="right", put=put)


def socket_at(path: Path, data: bytes) -> None:
    here = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{here}/{path.name}")  # such a path must be short
    os.close(here)


def device(path: Path, data: bytes) -> None:
    try:
        os.mknod(path, 0o020666, os.makedev(1, 5))  # /dev/zero has no end
    except PermissionError:
        os.mkfifo(path)


def several(path: Path, data: bytes) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        (path.parent / name).write_bytes(data)


def beside(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    (path.parent / "01-neuron (1).ipynb").write_bytes(b"broken")
    (path.parent / "timestamp.txt").symlink_to("/etc/passwd")
    (path.parent / "more").mkdir()
    os.mkfifo(path.parent / "pipe")


def linked(path: Path, data: bytes) -> None:
    (path.parent / "saved.bin").write_bytes(data)
    os.link(path.parent / "saved.bin", path)


def link_to(target: str):
    return lambda path, data: path.symlink_to(target)


def own_copy(path: Path, data: bytes) -> None:
    (path.parent / "real").write_bytes(data)
    path.symlink_to("real")


def as_folder(path: Path, data: bytes) -> None:
    path.mkdir()
    (path / path.name).write_bytes(data)


def terabyte(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    os.truncate(path, 10**12)


LINK = "is a link, not a file: hand in the file"
OTHER = "is not a regular file"
PLACES = (
    elsewhere(
        "link-to-another", link_to("../../aa-honest/01-neuron/01-neuron.ipynb"), LINK
    ),
    elsewhere("link-to-the-system", link_to("/etc/passwd"), LINK),
    elsewhere("link-to-a-device", link_to("/dev/zero"), LINK),
    elsewhere("link-to-nothing", link_to("nothing"), LINK),
    elsewhere("link-to-itself", link_to("01-neuron.ipynb"), LINK),
    elsewhere("link-to-its-own", own_copy, LINK),
    elsewhere("a-terabyte", terabyte, "is too big: 1000000.0 MB"),
    elsewhere("hard-link", linked, "right", 3),
    elsewhere("pipe", lambda path, data: os.mkfifo(path), OTHER),
    elsewhere("socket", socket_at, OTHER),
    elsewhere("device", device, OTHER),
    elsewhere("folder-of-that-name", as_folder, OTHER),
    elsewhere("several-of-other-names", several, "2 notebooks, none called"),
    elsewhere("one-among-others", beside, "timestamp.txt holds no time", 3),
    elsewhere("no-notebook", lambda path, data: None, "has no notebook in it"),
    *map(
        renamed,
        (
            "01-NEURON.IPYNB",
            "neuron\nfinal.ipynb",
            "=HYPERLINK(1).ipynb",
            "\u202egnp.ipynb",
            "\x1b[31mred.ipynb",
            "a\\..\\..\\gradebook.ipynb",
            "n" * 249 + ".ipynb",
            "\udcff\udcfe.ipynb",
            "<img src=x onerror=alert(1)>.ipynb",
        ),
    ),
)
