"""A warm interpreter that forks one child per submission.

    grader ─┬─ control socket ──> zygote ──fork──> child 1   (confined, thrown away)
            └─ one socket a submission ──────────> child 2   …

The zygote imports what a notebook needs, walls itself in, runs the unanswered release
notebook once so that lazy imports are shared, and then only forks. It never holds an
exercise, a judge or a line of a submission: a child inherits its memory.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
import time
from collections import deque
from typing import Any

from nnkit.sandbox import figures, isolation, orders, pages, wire
from nnkit.sandbox.stub import stub

STUDENT_MODULES = (
    *("nnkit", "nnkit.tensor", "nnkit.gradients", "nnkit.gradcheck"),
    "matplotlib.pyplot",
)
MAX_DYING = 2
"""Killed children that may still be on their way out when the next one is forked."""
FORK_SECONDS = 5.0
"""How long to wait for a process where the machine has none to give just now."""


def main(control_fd: int) -> None:
    """Serve the grader until it closes the control socket.

    Args:
        control_fd: file descriptor of a connected Unix socket.
    """
    # Where it is ignored, as by who started the grader, nobody can be waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control = socket.socket(fileno=control_fd)
    setup = receive(control)
    if setup is None:
        return
    policy = policy_of(setup["policy"])
    # Before anything else is loaded: what a library leaves behind on import, such as a
    # font cache, stays inside.
    trouble = isolation.enclose(policy)
    warm_imports()
    shell = make_shell(pictures=setup["figures"])
    warm_up(shell, setup["warm_up"])
    runner = runner_in(shell)
    missing = {name: what for name, what in isolation.probe(policy).items() if what}
    gc.collect()
    gc.freeze()
    pages.collapse(isolation.ENCLOSURE.mappings)
    send(control, {"missing": missing, "trouble": trouble})
    serve(control, policy, runner)


def policy_of(choices: dict[str, Any]) -> isolation.Policy:
    """Make a policy of plain data: `limits` as a dict, the rest as lists of text."""
    limits = isolation.Limits(**choices.get("limits", {}))
    rest = {key: value for key, value in choices.items() if key != "limits"}
    return isolation.student_policy(limits=limits, **rest)


def warm_imports() -> None:
    """Import what notebooks import; leave in place of the checks a stub."""
    package = importlib.import_module("nnkit")
    for name in package.CHECKS:
        setattr(package, name, stub)
    for name in STUDENT_MODULES:
        importlib.import_module(name)


def make_shell(pictures: bool = False) -> Any:
    """Return an IPython shell that keeps no history and writes no files.

    Args:
        pictures: whether to draw figures.
    """
    from nnkit.sandbox.runner import GraderShell

    shell: Any = GraderShell.instance()
    shell.pictures = pictures
    figures.accept_backends()
    if not pictures:
        figures.leave_undrawn()
    # No one sees the other forms, and some of them draw.
    kept = ["text/plain", "text/markdown", *["image/png"] * pictures]
    shell.display_formatter.active_types = kept
    shell.history_manager.enabled = False
    # Without the flag for who types on: else a bracket that is never closed is no more
    # than "incomplete input", for which Python 3.13 has an exception of its own.
    shell.compile.reset_compiler_flags()
    shell.run_line_magic("colors", "nocolor")
    return shell


def warm_up(shell: Any, cells: list[str]) -> None:
    """Run the release notebook's cells once, then forget what they defined."""
    from nnkit.sandbox.runner import captured

    with captured(shell):
        for source in cells:
            shell.run_cell(source, store_history=False)
            figures.take(shell.pictures)
    figures.forget_fonts()
    shell.reset(new_session=False)


def runner_in(shell: Any) -> Any:
    """Return what answers requests in a child."""
    from nnkit.sandbox.runner import Runner

    return Runner(shell)


def serve(control: socket.socket, policy: Any, runner: Any) -> None:
    """Fork, signal and reap children as the grader asks, who numbers them."""
    children: dict[int, int] = {}
    dying: deque[int] = deque()
    while (order := orders.take(control)) is not None:
        what, child, number, seconds, descriptor = order
        if what == orders.FORK:
            _bury(dying)
            children[child] = fork(control, descriptor, policy, runner, dying)
        elif what == orders.DROP:
            pid = children.pop(child)
            os.kill(pid, signal.SIGKILL)
            dying.append(pid)
        elif what == orders.SIGNAL:
            os.kill(children[child], number)
            send(control, {})
        else:
            send(control, end(children.pop(child), seconds))


def _bury(dying: deque[int]) -> None:
    """Reap those of the killed that are dead, and wait where there are many."""
    while dying:
        many = len(dying) > MAX_DYING
        done, _ = os.waitpid(dying[0], 0 if many else os.WNOHANG)
        if not done:
            return
        isolation.clear(dying.popleft())


def _forked(dying: deque[int]) -> int:
    """Fork; where there are too many processes, wait for others to end."""
    deadline = time.monotonic() + FORK_SECONDS
    while True:
        try:
            return os.fork()
        except OSError:
            if time.monotonic() > deadline:
                raise
        _bury(dying)
        time.sleep(0.02)


def fork(
    control: socket.socket, fd: int, policy: Any, runner: Any, dying: deque[int]
) -> int:
    """Fork one child that serves a submission on `fd`; return its process id."""
    pid = _forked(dying)
    if pid:
        os.close(fd)
        return pid
    code = wire.BROKEN
    try:
        control.close()
        # The grader reads the last words of a zygote that died: whoever fills that pipe
        # would block all that come after, and speak in the zygote's name. And opened
        # anew: flags and locks on what children share would outlive a child.
        null = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(null, standard)
        isolation.confine(policy, keep=[fd])
        sys.path.insert(0, "")  # a notebook imports from its own folder
        connection = socket.socket(fileno=fd)
        send(connection, {"token": "ready"})
        runner.serve(connection)
        code = 0
    finally:
        os._exit(code)


def end(pid: int, patience: float) -> dict[str, Any]:
    """Reap a child, kill it first if it still runs, and say how it ended.

    Args:
        pid: of the child.
        patience: seconds that it gets to end by itself. Its socket closes a moment
            before it can be reaped.
    """
    deadline = time.monotonic() + patience
    done, status = os.waitpid(pid, os.WNOHANG)
    while not done and time.monotonic() < deadline:
        time.sleep(0.001)
        done, status = os.waitpid(pid, os.WNOHANG)
    if not done:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    isolation.clear(pid)
    if os.WIFSIGNALED(status):
        name = _signal_name(os.WTERMSIG(status))
        return {"by_itself": bool(done), "signal": name, "code": -1}
    return {"by_itself": bool(done), "signal": "", "code": os.WEXITSTATUS(status)}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have no name
        return f"signal {number}"


def receive(control: socket.socket) -> Any:
    """Read one message of the grader's; None when it has closed the socket."""

    def read(count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = control.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    try:
        return wire.decode(read)
    except (EOFError, ConnectionError):
        return None


def send(control: socket.socket, body: Any) -> None:
    """Send one message to the grader."""
    control.sendall(wire.encode(body))
