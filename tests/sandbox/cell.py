"""A program for the tests: enclose, then probe or run one thing in a confined child.

`python cell.py '{"user": ..., ...}'` prints a JSON object. The tests start it, because
no test process may ever confine itself.
"""

import json
import os
import resource
import signal
import struct
import sys
import traceback

from nnkit.sandbox import (
    attacks,
    confinement,
    enclosure,
    landlock,
    namespaces,
    seccomp,
    syscalls,
)
from nnkit.sandbox.isolation import (
    LAYERS,
    Limits,
    clear,
    confine,
    enclose,
    probe,
    student_policy,
)
from nnkit.sandbox.policy import parents
from nnkit.sandbox.syscalls import call

ORDINARY = 54321


def main() -> None:
    wish = json.loads(sys.argv[1])
    policy = student_policy(
        limits=Limits(**wish.get("limits", {})),
        layers=set(LAYERS) - set(wish.get("off", ())),
        readable=wish.get("readable", ()),
        hidden=wish.get("hidden", ()),
    )
    if wish.get("user") == "ordinary" and os.geteuid() == 0:
        open_up(policy.readable)
        os.setgroups([])
        os.setresgid(ORDINARY, ORDINARY, ORDINARY)
        os.setresuid(ORDINARY, ORDINARY, ORDINARY)
    if "open_files" in wish:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (wish["open_files"], hard))
    if "without" in wish:
        forbid(wish["without"])
    if "landlock" in wish:
        landlock.version = lambda: wish["landlock"]
    if not wish.get("vsock", True):
        attacks._AF_VSOCK = 99  # as where no module offers it
    if wish.get("elsewhere"):
        for module in (syscalls, seccomp, confinement, enclosure):
            module.machine = lambda: ""
    result = {"missing": enclose(policy), "pid": os.getpid()}
    if "run" in wish:
        result |= run(policy, wish["run"])
    else:
        started = sum(os.times()[:4])
        result["breaches"] = probe(policy)
        result["probe"] = sum(os.times()[:4]) - started  # of the processor
    print(json.dumps(result), flush=True)


def run(policy, code: str) -> dict:
    """Run code in a confined child; what it leaves in `answer` comes back."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        reply = {}
        try:
            os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
            confine(policy, keep=(write,))
            scope = {"answer": None, "__name__": "__main__"}
            exec(code, scope)
            reply["answer"] = scope["answer"]
        except BaseException:
            reply["error"] = traceback.format_exc()
        os.write(write, json.dumps(reply).encode())
        os._exit(0)
    os.close(write)
    with open(read, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    clear(child)
    return {"status": os.waitstatus_to_exitcode(status)} | json.loads(text or b"{}")


def open_up(readable) -> None:
    """Let ordinary users reach a Python in root's home, for this process alone."""
    closed = {
        folder
        for path in map(os.path.realpath, readable)
        for folder in parents(path)
        if not os.stat(folder).st_mode & 0o001
    }
    try:
        call("unshare", namespaces.NEW_MOUNTS)
    except OSError:
        return  # a container's root: what is not imported by now stays out of reach
    private = namespaces._RECURSIVE | namespaces._PRIVATE
    call("mount", b"none", b"/", None, private, None)
    bind = namespaces._BIND | namespaces._RECURSIVE
    for folder in closed:
        inside = [
            path
            for path in map(os.path.realpath, readable)
            if folder in parents(path) and os.path.isdir(path)
        ]
        held = [os.open(path, os.O_PATH) for path in inside]
        call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"mode=755")
        for path, descriptor in zip(inside, held, strict=True):
            if not os.path.isdir(path):
                os.makedirs(path)
                source = f"/proc/self/fd/{descriptor}".encode()
                call("mount", source, os.fsencode(path), None, bind, None)
            os.close(descriptor)


def forbid(names) -> None:
    """Refuse system calls with EPERM from here on, as a container's filter does."""
    code = [(seccomp._LOAD, 0, 0, seccomp._NUMBER)]
    for name in names:
        number = syscalls.TABLE[syscalls.machine()][name]
        code += [(seccomp._IF_EQUAL, 0, 1, number), seccomp._end(seccomp.REFUSE)]
    code.append(seccomp._end(seccomp.ALLOW))
    call("prctl", 38, 1, 0, 0, 0)
    seccomp._install(b"".join(struct.pack("=HBBI", *line) for line in code))


if __name__ == "__main__":
    signal.alarm(60)
    main()
