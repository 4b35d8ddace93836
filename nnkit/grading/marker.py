"""A process that marks: one submission at a time, in a sandbox of its own.

    grader ── submission ──────> marker ── Pool ── zygote ── child, child, …
    journal <── record ── judge <── answers ──┘

The grader forks it: it knows the exercises, the secret seed and the right answers as
the grader does, and so does no work that is a stranger's; that is done by what its
zygote forks. What it has to say is JSON. It ends when the grader does, however that is.
"""

from __future__ import annotations

import fcntl
import gc
import json
import logging
import os
import signal
import stat
import threading
import traceback
from collections.abc import Collection, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from nnkit.grading import parcels
from nnkit.grading.answers import Answers
from nnkit.grading.bugs import bug
from nnkit.grading.examiner import Examiner
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.sandboxes import SandboxError, no_room
from nnkit.grading.submission import Submission

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What a command may be stopped by; to be blocked while a marker is forked."""
log = logging.getLogger(__name__)


class Marker:
    """Serves a grader until it closes the connection.

    Args:
        connection: to the grader.
        examiner: who judges; its journal stays the grader's.
        settings: how submissions are run; None where answers come from elsewhere.
    """

    def __init__(
        self, connection: Connection, examiner: Examiner, settings: Settings | None
    ) -> None:
        self.connection = connection
        self.examiner = examiner
        self.pool = (
            Pool(settings, examiner.calls, examiner.warm_up) if settings else None
        )

    def serve(self) -> None:
        """Start a sandbox; then take submissions and return records.

        Raises:
            EOFError, OSError: the grader has hung up.
        """
        missing: dict[str, str] = {}
        if self.pool:
            try:
                self.pool.__enter__()
            except SandboxError as error:
                self._say({"unfit": str(error)})
                return
            missing = self.pool.missing
        self._say({"ready": missing})
        while True:
            head = self.connection.recv_bytes()
            count = int(self.connection.recv_bytes())
            parcel = [self.connection.recv_bytes() for _ in range(count)]
            self.connection.send_bytes(self._marked(head, parcel))

    def can_start(self, thread: threading.Thread) -> bool:
        """Start a thread; or say to the grader that none is to be had."""
        try:
            thread.start()
        except RuntimeError as error:
            self._say({"unfit": str(no_room(error))})
            return False
        return True

    def close(self) -> None:
        """End the sandbox, also one at work; from any thread."""
        if self.pool:
            self.pool.close()

    def _marked(self, head: bytes, parcel: list[bytes]) -> bytes:
        try:
            submission = parcels.unpack_submission(head)
            answers = self._answers(submission, parcel)
            if isinstance(answers, SandboxError):
                return _packed({"failed": str(answers)})
            record = self.examiner.marked(submission, answers)
            packed = _packed({"record": record})
        except Exception as error:
            # Ours to mend; but whoever found it must not stop the class.
            return _packed({"failed": bug(error)})
        _log(record, answers)
        return packed

    def _answers(
        self, submission: Submission, parcel: list[bytes]
    ) -> Answers | SandboxError:
        if parcel or not self.pool:
            return parcels.unpack(parcel)
        return self.pool.answers_to(submission.cells)

    def _say(self, what: Mapping[str, Any]) -> None:
        self.connection.send_bytes(_packed(what))


def _packed(what: Mapping[str, Any]) -> bytes:
    return json.dumps(what).encode()


class _Forwarding(logging.Handler):
    """Sends what is logged to the grader: the log's file and format are there."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection

    def emit(self, record: logging.LogRecord) -> None:
        said = [record.name, record.levelno, record.getMessage()]
        self.connection.send_bytes(_packed({"log": said}))


def serve_and_exit(
    descriptor: int, life: int, examiner: Examiner, settings: Settings | None
) -> NoReturn:
    """Be a marker, in a process that was forked for it; never returns.

    Args:
        descriptor: of a connected socket, whose other end the grader has.
        life: of a pipe that nobody writes to: it ends when the grader does.
        examiner: who judges.
        settings: how submissions are run; None where answers come from elsewhere.
    """
    try:
        _leave_behind({descriptor, life})
        connection = Connection(descriptor)
        logger = logging.getLogger("nnkit")
        logger.handlers, logger.propagate = [_Forwarding(connection)], False
        marker = Marker(connection, examiner, settings)
        end = threading.Thread(target=_end_with, args=(life, marker), daemon=True)
        ready = False
        with suppress(EOFError, OSError):  # the grader has hung up
            ready = marker.can_start(end)
            if ready:
                marker.serve()
        if ready:
            end.join()  # it ends the sandbox, and this process
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _end_with(life: int, marker: Marker) -> None:
    os.read(life, 1)
    try:
        marker.close()
    finally:
        os._exit(0)


def _leave_behind(keep: Collection[int]) -> None:
    """Let go of what a fork shares with its parent: signals, the terminal, open files.

    The journal's lock would outlive its grader. A file's number is not freed: an object
    that is collected later would close what has the number by then.
    """
    os.setsid()
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (*range(2), *_open_files()):
        if number not in keep and number not in (2, null):
            if number > 2 and _read_alone(number):
                continue
            try:
                os.dup2(null, number, inheritable=number < 2)
            except OSError:  # above a limit that was lowered: nothing else gets it
                os.close(number)
    # What the parent made, it will collect; and to look at it copies its pages.
    gc.freeze()


def _read_alone(number: int) -> bool:
    """Open anew what is only read, where it stands; say whether that could be done.

    An instructor's exercise may hold such a file, as `np.load` does; markers that share
    one would move each other's place in it. A lock does not come along.
    """
    try:
        only_read = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
        if not only_read or not stat.S_ISREG(os.fstat(number).st_mode):
            return False
        # Where there is no /proc, as on macOS, it cannot be told from the shared one.
        anew = os.open(f"/proc/self/fd/{number}", os.O_RDONLY)
    except OSError:
        return False
    try:
        os.lseek(anew, os.lseek(number, 0, os.SEEK_CUR), os.SEEK_SET)
        os.dup2(anew, number, inheritable=False)
    except OSError:
        return False
    finally:
        os.close(anew)
    return True


def _open_files() -> list[int]:
    found = []
    for name in os.listdir("/dev/fd"):
        number = int(name)
        try:
            os.fstat(number)
        except OSError:  # the listing's own
            continue
        if number > 2:
            found.append(number)
    return found


def _log(record: Mapping[str, Any], answers: Answers) -> None:
    """Put into the log what became of a submission: limits, cells, verdicts."""
    student = record["student"]
    for trouble in answers.trouble:
        log.warning("%s: sandbox: %s", student, trouble)
    for position, error in answers.errors.items():
        where = f"cell {position + 1}, line {error['line']}"
        log.info("%s: %s: %s: %s", student, where, error["type"], error["message"])
    for verdict in record["verdicts"]:
        points = f"{verdict['points']:g} of {verdict['max_points']:g} points"
        log.debug("%s: %s: %s", student, verdict["exercise"], points)
    log.info("%s: graded, %.3f s in the sandbox", student, answers.seconds)
