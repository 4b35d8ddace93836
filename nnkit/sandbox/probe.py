"""Does the isolation hold? Confine a child as a submission would be, and attack.

    zygote --- attacker   confined; runs all of attacks.py, reports through a pipe
         `---- victim     confined as well: another submission, for signals and tracing

An attacker that dies, or never reports, counts as one that got through.
"""

import ctypes
import json
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress

from nnkit.sandbox.attacks import ATTACKS, Targets
from nnkit.sandbox.confinement import confine
from nnkit.sandbox.enclosure import clear
from nnkit.sandbox.policy import PROPERTIES, Policy

_SECONDS = 10


def probe(policy: Policy) -> dict[str, str]:
    """Try to break each property from within; for the zygote, after `enclose`.

    Returns:
        For each of `PROPERTIES` "" where it held, else what got through.
    """
    if not hasattr(os, "fork"):
        return dict.fromkeys(PROPERTIES, f"needs Linux, this is {sys.platform}")
    with ExitStack() as stack:
        zygote = os.getpid()
        secret = ctypes.create_string_buffer(
            b"what a child must not read in its zygote"
        )
        address = ctypes.addressof(secret)
        reports, report = os.pipe()
        release, held = os.pipe()
        ready, is_ready = os.pipe()
        for descriptor in (reports, release, ready):
            stack.callback(os.close, descriptor)
        file, sockets = _offer(stack), _listen(stack)

        def wait_to_be_attacked() -> None:
            confine(policy, keep=(release, is_ready))
            os.write(is_ready, b".")
            os.read(release, 1)  # ends when the zygote lets go, or is gone

        def attack() -> None:
            targets = Targets(zygote, victim, file, sockets, address)
            _attack(policy, targets, report)

        victim = _fork(wait_to_be_attacked)
        os.close(is_ready)
        os.read(ready, 1)
        attacker = _fork(attack)
        os.close(report)
        with open(os.dup(reports), encoding="utf-8") as lines:
            found = _judge([json.loads(line) for line in lines])
        os.close(held)
        for child in (attacker, victim):
            os.waitpid(child, 0)
            clear(child)
    return found


def _fork(action: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            action()
        os._exit(0)
    return child


def _attack(policy: Policy, targets: Targets, report: int) -> None:
    def say(name: str, *words: str) -> None:
        os.write(report, (json.dumps([name, *words]) + "\n").encode())

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(_SECONDS)
    try:
        confine(policy, keep=(report,))
    except OSError as error:
        for name in PROPERTIES:
            say(name, f"a child could not be confined: {error}")
            say(name)
    for name in PROPERTIES:
        try:
            for breach in ATTACKS[name](policy, targets):
                say(name, breach)
            say(name)
        except Exception as error:
            say(name, f"the attack itself failed: {error!r}")


def _judge(lines: list[list[str]]) -> dict[str, str]:
    """Read the attacker's report: breaches line by line, an empty one at each end."""
    breaches: dict[str, list[str]] = {name: [] for name in PROPERTIES}
    ended = set()
    for name, *words in lines:
        breaches[name] += words
        if not words:
            ended.add(name)
    for name in PROPERTIES:
        if name not in ended and not breaches[name]:
            breaches[name].append("the attacker died before it could tell")
    return {name: "; ".join(found) for name, found in breaches.items()}


def _offer(stack: ExitStack) -> str:
    """A file in the zygote's temporary folder, which is not the children's."""
    descriptor, path = tempfile.mkstemp(prefix="nnkit-")
    stack.callback(os.unlink, path)
    os.write(descriptor, b"what a child must neither read nor change")
    os.fchmod(descriptor, 0o666)
    os.close(descriptor)
    return path


def _listen(stack: ExitStack) -> list[str]:
    """Sockets of the zygote that no child may reach: abstract, and by path."""
    name = f"nnkit-{secrets.token_hex(8)}"
    addresses = []
    for address in ("\0" + name, os.path.join(tempfile.gettempdir(), name)):
        with suppress(OSError):  # macOS has no abstract ones
            listener = stack.enter_context(
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            )
            listener.bind(address)
            addresses.append(address)
            if not address.startswith("\0"):
                os.chmod(address, 0o777)
                stack.callback(os.unlink, address)
    return addresses
