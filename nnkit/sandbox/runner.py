"""The child: runs a submission's cells, answers calls, and is thrown away.

    parent ──{"do": "cell", "source": …}────────> run_cell ──> {"outputs", "error"}
    parent ──{"do": "call", "name": …, "args": …}──> student's function ──> its reply

Whatever this process says is a stranger's word: a cell may patch any line of this
file. So nothing is decided here. A reply carries the token of its request only to
keep replies in step; a student who reads it off the stack can forge no more with it
than by returning another value.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList

from nnkit import adapters, drawn, tensor
from nnkit.adapters import reply_to
from nnkit.raised import LONGEST, describe, describe_reading
from nnkit.sandbox import decoding, figures, wire
from nnkit.sandbox.agreed import ALONG
from nnkit.sandbox.capped import CappedDisplays, CappedText
from nnkit.sandbox.magics import BY_HAND, is_python, measured_once
from nnkit.sandbox.watch import Watch

MAX_ASKED = 100
"""Calls of `input` in a cell that are answered: a game may wait for its player."""

HAND_MADE = (
    "nnkit's autodiff is switched off while an exercise is graded: derive the "
    "gradient by hand. You may use it in any other cell to test your answer."
)


class GraderShell(InteractiveShell):
    """IPython without a terminal, a history, a GUI or the operating system."""

    pictures = False  # whether what a cell draws is wanted
    calling = False  # an answer, and not running a cell
    asked = 0  # how often in this cell, by `input`

    @contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        """Keep nothing of what is printed for a history, which there is not.

        IPython 9 keeps each piece for ever, and twice where both streams are one: a
        loop that prints its steps takes six times as long, and memory without end.
        """
        yield

    def init_user_ns(self) -> None:
        """Set up what a notebook finds defined; `input` among it, which asks nobody."""
        super().init_user_ns()  # type: ignore[no-untyped-call]  # untyped
        self.user_ns["input"] = self.typed

    def typed(self, prompt: object = "") -> str:
        """Answer `input` in a cell, below which may stand what an answer needs.

        What notebooks ask for is a number, or that somebody press Enter.
        """
        self.asked += 1
        if self.calling or self.asked > MAX_ASKED:
            raise EOFError("input() has nobody to ask while a notebook is graded")
        print(f"{prompt}\nthe grader types nothing: 1 is taken")
        return "1"

    def enable_gui(self, gui: Any = None) -> None:
        """Accept any `%gui`: figures go nowhere in the sandbox."""

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Accept any `%matplotlib`, whatever it would take on a student's screen."""
        return super().enable_matplotlib("inline")  # type: ignore[no-untyped-call]  # untyped

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Print nothing: what was raised, and at which line, is in the reply."""

    showsyntaxerror = showindentationerror = showtraceback

    def ask_exit(self) -> None:
        """Go on after `exit()` or `quit()`: in a notebook the cell does, too."""

    def system(self, cmd: str) -> None:
        """Say that `!command` starts nothing here, and go on as after any command.

        What fails there stops no cell in a notebook either, and below `!pip install`
        may stand what an answer needs.
        """
        print(f"the grader starts no programs: !{cmd}")
        self.user_ns["_exit_code"] = 127

    system_piped = system_raw = system

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a magic; one that is not installed here is passed over.

        An extension formats, measures or watches: no answer needs it, and below it may
        stand what one does.
        """
        if name in ("conda", "mamba", "micromamba"):
            return self.system(f"{name} {line}")
        if name == "timeit":
            line = measured_once(line)
        missing = self.find_line_magic(name) is None  # type: ignore[no-untyped-call]  # untyped
        try:
            if not missing and name not in BY_HAND:
                return super().run_line_magic(name, line, _stack_depth + 1)
        except ModuleNotFoundError:
            if name not in ("load_ext", "reload_ext"):
                raise
        print(f"the grader passes over this: %{name} {line}")
        return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Run a magic of a whole cell; of one that is not installed, what is below it.

        What is no Python there, such as a query for a database, stays an error.
        """
        missing = self.find_cell_magic(magic_name) is None  # type: ignore[no-untyped-call]  # untyped
        if missing and is_python(self.transform_cell(cell)):  # type: ignore[no-untyped-call]  # untyped
            print(f"the grader passes over this: %%{magic_name} {line}")
            done = self.run_cell(cell, store_history=False)  # type: ignore[no-untyped-call]  # untyped
            return done.raise_error()
        if magic_name == "timeit":
            line = measured_once(line)
        return super().run_cell_magic(magic_name, line, cell)  # type: ignore[no-untyped-call]  # untyped

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Answer `x = !command` with nothing, as `system` does."""
        self.system(cmd)
        return SList() if split else ""


class Runner:
    """Serves the requests of one submission, in order, until the socket closes.

    It is made before the fork: what there is to watch is looked up once for all.
    """

    connection: socket.socket

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.kept = bytearray()
        self.listening = False
        self.interrupted = False
        # Student code may be watched from a thread while a reply is on its way.
        self.sending = threading.RLock()
        self.watch = Watch(
            self._notice, (adapters, drawn, wire, decoding, sys.modules[__name__])
        )

    def serve(self, connection: socket.socket) -> None:
        """Answer requests until the parent closes the connection."""
        self.connection = connection
        signal.signal(signal.SIGINT, self._interrupt)
        self.watch.listen()
        while True:
            # From when a call comes until its answer is packed: a hook, a signal, what
            # they return when it is read may be code of theirs that derives for it.
            with ExitStack() as refusal:
                refusal.enter_context(tensor.refused(HAND_MADE))
                self._wait()
                try:
                    request = wire.decode(self._read)
                except EOFError:
                    return
                if "name" not in request:
                    refusal.close()
                self.watch.again()
                reply = self._answer(request)
                self.watch.look()
                frame = self._frame(request["token"], reply)
            self._send(frame)

    def _wait(self) -> None:
        """Wait for a request, whatever a signal's handler of theirs raises meanwhile.

        The cell or call that comes next has nothing to do with it.
        """
        while not self.kept:
            try:
                self.connection.recv(1, socket.MSG_PEEK)
            except BaseException as error:
                trace = sys.exc_info()[2]
                if issubclass(type(error), OSError) and trace and not trace.tb_next:
                    raise  # of the connection itself, and of no handler
            else:
                return

    def _frame(self, token: str, reply: Mapping[str, Any]) -> bytes:
        try:
            return wire.encode({"token": token, **reply})
        except (wire.WireError, MemoryError) as error:
            said = str(error) or "the memory for it is not there"
            return wire.encode({"token": token, "too_much": said})
        except BaseException as error:  # an object of theirs, when it is looked at
            raised = describe_reading(error)
            return wire.encode({"token": token, "reply": {"raised": raised}})

    def _send(self, frame: bytes) -> None:
        with self.sending:
            self.connection.sendall(frame)

    def _notice(self, notice: str) -> None:
        with suppress(OSError):
            self._send(wire.encode({"notice": notice}))

    def _read(self, count: int) -> bytes:
        kept = self.kept
        while len(kept) < count:
            # More than was asked for, as a rule the whole frame: nobody sends the next
            # one before this is answered.
            piece = self.connection.recv(max(min(count - len(kept), 1 << 20), ALONG))
            if not piece:
                raise EOFError
            kept += piece
        data = bytes(kept[:count])
        del kept[:count]
        return data

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        # A signal that comes after the work is done must not end the reply.
        if self.listening:
            self.listening = False
            self.interrupted = True
            raise KeyboardInterrupt

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self.interrupted = False
        try:
            self.listening = True
            self.shell.calling, self.shell.asked = request["do"] == "call", 0
            if request["do"] == "cell":
                return self._cell(request["source"])
            return self._call(request)
        except BaseException as error:
            kind = type(error)  # and not what it says that it is
            if issubclass(kind, KeyboardInterrupt) and self.interrupted:
                return {"interrupted": True}
            if not issubclass(kind, Exception | KeyboardInterrupt):
                raise  # SystemExit of a hook, say, which would end every cell to come
            # A student may raise KeyboardInterrupt, too, or have broken what runs here.
            raised = describe(error)
            return {"reply": {"raised": raised}, "error": raised}
        finally:
            self.listening = False

    def _cell(self, source: str) -> dict[str, Any]:
        with captured(self.shell) as (stream, shown):
            result = self.shell.run_cell(source, store_history=False)
            for picture in figures.take(self.shell.pictures):
                shown.draw(picture)
        outputs = shown.items
        if text := stream.text():
            outputs.insert(0, {"kind": "stream", "text": text})
        error = result.error_before_exec
        if error is None:  # of theirs, which may say that it is false
            error = result.error_in_exec
        if issubclass(type(error), KeyboardInterrupt) and self.interrupted:
            return {"interrupted": True}
        return {
            "outputs": outputs,
            "error": None if error is None else _cell_error(error),
        }

    def _call(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if request["name"] not in self.shell.user_ns:
            return {"undefined": True}
        function = self.shell.user_ns[request["name"]]
        with captured(self.shell):
            reply = reply_to(
                function, request["adapter"], request["args"], request["kwargs"]
            )
        return {"reply": reply}


def _cell_error(error: BaseException) -> dict[str, Any]:
    described = describe(error)
    if issubclass(type(error), SyntaxError):
        # One that a student raises may hold anything in the place of each of these.
        message, source, line = (read(error) for read in _OF_SYNTAX)
        for key, found in {"message": message, "source": source}.items():
            if type(found) is str:
                described[key] = found.strip()[: LONGEST[key]]
        if type(line) is int:
            described["line"] = line
    return described


_OF_SYNTAX = [vars(SyntaxError)[key].__get__ for key in ("msg", "text", "lineno")]


@contextmanager
def captured(shell: Any) -> Iterator[tuple[CappedText, CappedDisplays]]:
    """Collect what a cell prints and displays; nothing reaches a real stream."""
    stream, shown = CappedText(), CappedDisplays(shell.pictures)

    def display_result(value: Any = None) -> None:
        if value is not None:
            shell.user_ns["_"] = value
            shown.publish(shell.display_formatter.format(value)[0])

    before = sys.stdout, sys.stderr
    hook, publisher = shell.display_trap.hook, shell.display_pub.publish
    sys.stdout = sys.stderr = stream
    shell.display_pub.publish = shown.publish
    shell.display_trap.hook = display_result
    try:
        yield stream, shown
    finally:
        sys.stdout, sys.stderr = before
        shell.display_pub.publish = publisher
        shell.display_trap.hook = hook
