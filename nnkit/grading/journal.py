"""Append-only record of every verdict: what a crash cannot lose.

One line of JSON a record, on the disk before `append` returns:

    {"run": {"seed": ..., "release": ..., "exercises": ...}}
    {"record": {"student": "ada", "assignment": "01-neuron", ...}}
    {"record": ..., "tagged": true}       nan and inf in it, which JSON does not have
    {"reco                                torn by a crash: cut off by the next `open`

The last record of a student is the one that counts. Records stay on the disk: in memory
is only where they are, so that 10,000 of them cost a few megabytes.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import math
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

TAG = "$float"
NUMBERS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class JournalError(Exception):
    """The journal cannot be read or written; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a record is, and what `done` asks about it."""

    offset: int
    size: int
    sha256: str
    fingerprint: str


class Journal:
    """An open journal, locked against other graders until it is closed.

    `header` is what the last `begin` wrote, empty in a new journal. `repaired` says in
    one line what was cut off a torn end, or is empty.
    """

    header: Mapping[str, Any]
    repaired: str

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.header = {}
        self.repaired = ""
        self._descriptor = descriptor
        self._end = 0
        self._entries: dict[str, dict[str, _Entry]] = {}

    @classmethod
    def open(cls, path: Path | str) -> Journal:
        """Open a journal, making it if it is not there, and cut off a torn last line.

        Raises:
            JournalError: Another process has it open, a line before the last one is
                damaged, or the file cannot be opened.
        """
        path = Path(path).absolute()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_APPEND
            # Owner only: the header has the secret seed.
            descriptor = os.open(path, flags, 0o600)
        except (FileExistsError, NotADirectoryError):
            raise JournalError(
                f"{path.parent} is not a folder, expected the folder of the journals: "
                "move it away"
            ) from None
        except OSError as error:
            raise _refused(path, error) from None
        journal = cls(path, descriptor)
        try:
            journal._lock()
            journal._scan()
            _sync_folder(path.parent)
        except OSError as error:
            journal.close()
            raise _refused(path, error) from None
        except BaseException:
            journal.close()
            raise
        return journal

    @classmethod
    def reading(cls, path: Path | str) -> Journal:
        """Open a journal to look things up; nothing is locked, made or cut off.

        Raises:
            JournalError: It is not there, cannot be read, or is damaged.
        """
        path = Path(path).absolute()
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise JournalError(
                f"nothing has been graded yet: there is no {path}; "
                f"run nnkit grade {path.stem} first"
            ) from None
        except OSError as error:
            raise JournalError(f"{path} cannot be read: {error.strerror}") from None
        journal = cls(path, descriptor)
        try:
            journal._scan(mend=False)
        except OSError as error:
            journal.close()
            raise JournalError(f"{path} cannot be read: {error.strerror}") from None
        except BaseException:
            journal.close()
            raise
        return journal

    def begin(self, header: Mapping[str, Any]) -> None:
        """Record a run's parameters, unless they are those of the run before.

        Raises:
            JournalError: The line cannot be written.
        """
        if dict(header) != dict(self.header):
            self._write({"run": dict(header)})
            self.header = dict(header)

    def append(self, record: Mapping[str, Any]) -> None:
        """Put a record on the disk.

        Raises:
            JournalError: It cannot be written, by a full disk for instance; the journal
                is then as it was before.
            TypeError: The record has something in it that is no JSON.
        """
        offset, size = self._write({"record": dict(record)})
        self._remember(record, offset, size)

    def latest(self, assignment: str) -> Mapping[str, dict[str, Any]]:
        """Each student's last record. Records are read when they are asked for."""
        return _Latest(self, self._entries.get(assignment, {}))

    def done(
        self, assignment: str, student: str, sha256: str, fingerprint: str
    ) -> bool:
        """Whether these very bytes have been graded by these very exercises."""
        entry = self._entries.get(assignment, {}).get(student)
        if entry is None:
            return False
        return (entry.sha256, entry.fingerprint) == (sha256, fingerprint)

    def close(self) -> None:
        """Let go of the file, and so of the lock. Closing twice does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _lock(self) -> None:
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            raise JournalError(f"{self.path} is not a regular file")
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalError(
                f"{self.path} is in use: another grader is at work on this unit; "
                "wait for it to end, or end it"
            ) from None

    def _scan(self, mend: bool = True) -> None:
        """Find every record; cut off what a crash left of a last line."""
        size = os.fstat(self._descriptor).st_size
        number = 0
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            file.seek(0)
            for line in file:
                number += 1
                content = _decoded(line)
                if content is None:
                    # After a crash of the machine a last line can be whole and not
                    # what was written.
                    if self._end + len(line) == size:
                        break
                    begins = line.startswith(b'{"run"') or not self.header
                    lost = (
                        "what was graded with its seed" if begins else "its submission"
                    )
                    raise JournalError(
                        f"{self.path}, line {number}, is damaged. Restore the file "
                        f"from a copy, or delete that line: {lost} is then graded "
                        f"again{', with a new one' * begins}"
                    )
                if "run" in content:
                    self.header = content["run"]
                else:
                    self._remember(content["record"], self._end, len(line))
                self._end += len(line)
        if mend and self._end < size:
            os.ftruncate(self._descriptor, self._end)
            os.fsync(self._descriptor)
            self.repaired = (
                f"{self.path.name} ended in a torn line, left by a crash: "
                f"{size - self._end} bytes cut off; that submission is graded again"
            )

    def _remember(self, record: Mapping[str, Any], offset: int, size: int) -> None:
        entry = _Entry(
            offset, size, str(record.get("sha256")), str(record.get("fingerprint"))
        )
        students = self._entries.setdefault(str(record.get("assignment")), {})
        students.pop(str(record.get("student")), None)  # the order is that of the file
        students[str(record.get("student"))] = entry

    def _write(self, content: dict[str, Any]) -> tuple[int, int]:
        data = _encoded(content)
        offset = self._end
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._descriptor, view) :]
            os.fsync(self._descriptor)
        except OSError as error:
            self._undo(offset)
            advice = "make room and start again" if _full(error) else "start again"
            raise JournalError(
                f"{self.path} cannot be written: {error.strerror}; everything before "
                f"is safe: {advice}, what is graded is not graded twice"
            ) from None
        self._end += len(data)
        return offset, len(data)

    def _undo(self, offset: int) -> None:
        with contextlib.suppress(OSError):  # the next `open` cuts off what remains
            os.ftruncate(self._descriptor, offset)

    def _read(self, entry: _Entry) -> dict[str, Any]:
        try:
            content = _decoded(os.pread(self._descriptor, entry.size, entry.offset))
        except OSError as error:
            raise JournalError(
                f"{self.path} cannot be read: {error.strerror}"
            ) from None
        if content is None:
            raise JournalError(f"{self.path} was changed while it was open")
        record: dict[str, Any] = content["record"]
        return record


class _Latest(Mapping[str, dict[str, Any]]):
    """Student -> last record, read from the file at every look-up."""

    def __init__(self, journal: Journal, entries: Mapping[str, _Entry]) -> None:
        self._journal = journal
        self._entries = dict(entries)

    def __getitem__(self, student: str) -> dict[str, Any]:
        return self._journal._read(self._entries[student])

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _encoded(content: dict[str, Any]) -> bytes:
    try:
        text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    except ValueError:
        # nan and inf are rare: only a line that has one pays for the tags.
        tagged = {key: _tagged(value) for key, value in content.items()}
        text = json.dumps(
            {**tagged, "tagged": True}, allow_nan=False, separators=(",", ":")
        )
    return text.encode() + b"\n"


def _decoded(line: bytes) -> dict[str, Any] | None:
    """The content of a line, or None if it is torn or damaged."""
    if not line.endswith(b"\n"):
        return None
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    kind = "run" if "run" in content else "record"
    if content.get("tagged"):
        content[kind] = _untagged(content.get(kind))
    if not isinstance(content.get(kind), dict):
        return None
    if "outputs" in content[kind] and isinstance(content[kind]["outputs"], dict):
        # JSON has only text for keys; these are the indices of cells.
        content[kind]["outputs"] = {
            int(index): outputs for index, outputs in content[kind]["outputs"].items()
        }
    return content


def _tagged(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {TAG: str(float(value))}
    if isinstance(value, Mapping):
        mapping = {key: _tagged(item) for key, item in value.items()}
        # What looks like a tag and is none, in a student's output, is wrapped.
        return {TAG: mapping} if TAG in value else mapping
    if isinstance(value, list | tuple):
        return [_tagged(item) for item in value]
    return value


def _untagged(value: Any) -> Any:
    if isinstance(value, dict):
        if TAG in value:
            inner = value[TAG]
            if isinstance(inner, str):
                return NUMBERS[inner]
            value = inner
        return {key: _untagged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    return value


def _full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _refused(path: Path, error: OSError) -> JournalError:
    advice = "make the folder writable, or grade in a copy of it"
    if _full(error):
        advice = "make room and start again"
    elif isinstance(error, IsADirectoryError):
        advice = "move that folder away"
    return JournalError(
        f"{path} cannot be opened: {error.strerror}. Verdicts are kept there: {advice}"
    )


def _sync_folder(folder: Path) -> None:
    """Make a new file's name as durable as its bytes, where that can be asked for."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems
            raise
    finally:
        os.close(descriptor)
