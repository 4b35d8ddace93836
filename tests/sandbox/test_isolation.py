"""Each property, by an attempt to break it: as root and as an ordinary user, with all
layers, with each one off, and with each one alone."""

import itertools
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from nnkit.sandbox.isolation import LAYERS, PROPERTIES

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the sandbox is made of what Linux offers"
)

CELL = Path(__file__).with_name("cell.py")
USERS = ("root", "ordinary")


# Which layers hold a property without the others: any of these sets does. A vsock gets
# through all but seccomp; the children of a zygote share abstract sockets.
HELD_BY = {
    "reads": [{"namespaces"}, {"landlock"}],
    "writes": [
        {"namespaces", "uid"},
        {"namespaces", "seccomp"},
        {"namespaces", "landlock"},
        {"landlock", "seccomp"},  # not with uid instead: attributes can be changed
    ],
    "network": [{"seccomp"}, {"namespaces", "landlock"}],
    "processes": [{"seccomp"}],
    "others": [
        {"uid", "namespaces"},
        {"uid", "landlock"},
        {"seccomp", "namespaces"},
        {"seccomp", "landlock"},
    ],
    "cpu": [{"rlimits"}],
    "memory": [{"rlimits", "seccomp"}],
    "disk": [{"namespaces"}],
}
# An ordinary user's children share its uid.
HELD_BY_FOR_ORDINARY = HELD_BY | {
    "others": [{"seccomp", "namespaces"}, {"seccomp", "landlock"}],
}


def cell(user: str, **wish) -> dict:
    if user == "root" and os.geteuid() != 0:
        pytest.skip("needs root")
    done = subprocess.run(
        [sys.executable, str(CELL), json.dumps({"user": user} | wish)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", **wish.pop("env", {})},
    )
    assert done.stdout, done.stderr
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def canary(tmp_path):
    """A file that must stay secret and unchanged; it belongs to the ordinary user."""
    folder = tmp_path / "submissions"
    folder.mkdir()
    path = folder / "secret.txt"
    path.write_text("another student's answer")
    for step in (path, folder, *folder.parents[:4]):
        if os.geteuid() == 0 and step != Path("/tmp"):
            step.chmod(step.stat().st_mode | 0o755)
    if os.geteuid() == 0:
        os.chown(folder, 54321, 54321)
        os.chown(path, 54321, 54321)
    before = path.stat()
    yield path
    after = path.stat()
    assert path.read_text() == "another student's answer"
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert os.listdir(folder) == ["secret.txt"]


def expected(user: str, off: set[str], missing: list[str]) -> set[str]:
    here = set(LAYERS) - off - {line.partition(":")[0] for line in missing}
    table = HELD_BY if user == "root" else HELD_BY_FOR_ORDINARY
    return {name for name in PROPERTIES if not any(s <= here for s in table[name])}


COMBINATIONS = [
    *([layer] for layer in LAYERS),
    *([other for other in LAYERS if other != layer] for layer in LAYERS),
    list(LAYERS),
]
PAIRS = [list(off) for count in (2, 3) for off in itertools.combinations(LAYERS, count)]


def assert_exactly_what_is_missing(user, off, canary):
    hidden = [str(canary), str(canary.parent)]
    found = cell(user, off=off, hidden=hidden, vsock=False)
    noticed = {name for name, breach in found["breaches"].items() if breach}
    assert noticed == expected(user, set(off), found["missing"]), found


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(
    "off", [[], *COMBINATIONS], ids=lambda off: "-".join(off) or "none"
)
def test_probe_notices_exactly_what_is_missing(user, off, canary):
    assert_exactly_what_is_missing(user, off, canary)


@pytest.mark.slow
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("off", list(PAIRS), ids="-".join)
def test_probe_notices_exactly_what_is_missing_of_several(user, off, canary):
    assert_exactly_what_is_missing(user, off, canary)


@pytest.mark.parametrize("user", USERS)
def test_a_vsock_is_noticed_where_there_is_one(user):
    found = cell(user, off=["seccomp"])["breaches"]["network"]
    assert ("vsock" in found) == has_vsock()


def has_vsock() -> bool:
    try:
        socket.socket(40, socket.SOCK_STREAM).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("user", USERS)
def test_probe_waits_for_nothing(user):
    # It takes 0.05 s; an attack that hangs is ended after ten.
    assert cell(user)["probe"] < 5
