"""What a crash cannot lose."""

import json
import math
import os
import resource
import signal
import subprocess
import sys

import pytest
from grading_builders import UNIT, record

from nnkit.grading.journal import Journal, JournalError

HEADER = {"seed": 2**100, "release": "d1", "exercises": "f1"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal" / f"{UNIT}.jsonl"


def write(path, *records):
    with Journal.open(path) as journal:
        journal.begin(HEADER)
        for one in records:
            journal.append(one)


def read(path):
    with Journal.open(path) as journal:
        return dict(journal.latest(UNIT))


def test_the_last_record_of_a_student_counts(path):
    write(path, record("ada", grads=0.0), record("bob"), record("ada", grads=3.0))
    with Journal.open(path) as journal:
        latest = journal.latest(UNIT)
        assert list(latest) == ["bob", "ada"]
        assert len(latest) == 2
        assert latest["ada"] == record("ada", grads=3.0)
        assert journal.latest("02-rate") == {}
        with pytest.raises(KeyError):
            latest["eve"]


def test_a_record_is_there_at_once(path):
    with Journal.open(path) as journal:
        journal.append(record("ada"))
        assert journal.latest(UNIT)["ada"] == record("ada")
        assert len(path.read_bytes().splitlines()) == 1


def test_done_means_these_bytes_by_these_exercises(path):
    write(path, record("ada", sha256="a", fingerprint="f"))
    with Journal.open(path) as journal:
        assert journal.done(UNIT, "ada", "a", "f")
        assert not journal.done(UNIT, "ada", "b", "f")
        assert not journal.done(UNIT, "ada", "a", "g")
        assert not journal.done(UNIT, "bob", "a", "f")
        assert not journal.done("02-rate", "ada", "a", "f")
        journal.append(record("ada", sha256="b", fingerprint="f"))
        assert not journal.done(UNIT, "ada", "a", "f")
        assert journal.done(UNIT, "ada", "b", "f")


def test_the_header_is_kept_and_written_once(path):
    write(path)
    write(path)
    with Journal.open(path) as journal:
        assert journal.header == HEADER
        assert path.read_bytes().count(b"\n") == 1
        journal.begin({**HEADER, "exercises": "f2"})
    with Journal.open(path) as journal:
        assert journal.header == {**HEADER, "exercises": "f2"}


def test_only_the_owner_may_read_the_seed(path):
    write(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_numbers_that_json_does_not_have(path):
    worst = {"got": [math.nan, math.inf, -math.inf, -0.0, 1e-323]}
    write(path, record("ada", worst=worst))
    json.loads(
        path.read_bytes().splitlines()[-1],
        parse_constant=lambda name: pytest.fail(f"{name} is not JSON"),
    )
    got = read(path)["ada"]["worst"]["got"]
    assert math.isnan(got[0])
    assert got[1:] == [math.inf, -math.inf, 0.0, 1e-323]
    assert math.copysign(1, got[3]) == -1


@pytest.mark.parametrize(
    "value",
    [
        {"$float": "nan"},
        {"$float": {"$float": "x"}},
        {"$float": [], "more": {"$float": None}},
        [{"$float": {}}],
    ],
)
@pytest.mark.parametrize("more", [[], [math.inf]])
def test_a_student_cannot_forge_a_number(path, value, more):
    write(path, record("ada", outputs={3: [value], 4: more}))
    assert read(path)["ada"]["outputs"] == {3: [value], 4: more}


def test_any_text_is_kept(path):
    text = "\n\r\0\u2028\ud800 é 😀 \x85"
    write(path, record("ada", problem=text), record("bob"))
    assert read(path)["ada"]["problem"] == text


def test_what_is_no_json_is_refused_and_nothing_written(path):
    write(path, record("ada"))
    before = path.read_bytes()
    with Journal.open(path) as journal, pytest.raises(TypeError):
        journal.append(record("bob", flags=[object()]))
    assert path.read_bytes() == before


class TestTorn:
    def test_at_every_byte_of_the_last_line(self, path):
        write(path, record("ada"), record("bob", grads=math.nan))
        whole = path.read_bytes()
        safe = whole.rindex(b"\n", 0, -1) + 1
        for size in range(safe, len(whole)):
            path.write_bytes(whole[:size])
            with Journal.open(path) as journal:
                assert list(journal.latest(UNIT)) == ["ada"]
                assert bool(journal.repaired) == (size > safe)
                journal.append(record("eve"))
            assert path.read_bytes()[:safe] == whole[:safe]
            assert list(read(path)) == ["ada", "eve"]

    def test_at_every_byte_of_the_first_line(self, path):
        write(path)
        whole = path.read_bytes()
        for size in range(len(whole)):
            path.write_bytes(whole[:size])
            with Journal.open(path) as journal:
                assert journal.header == {}
                journal.begin(HEADER)
            assert path.read_bytes() == whole

    @pytest.mark.parametrize("tail", [b"\0" * 4096, b"\0" * 99 + b"\n", b'{"a": 1}\n'])
    def test_a_last_line_that_was_never_written(self, path, tail):
        write(path, record("ada"))
        whole = path.read_bytes()
        path.write_bytes(whole + tail)
        with Journal.open(path) as journal:
            assert f"{len(tail)} bytes cut off" in journal.repaired
        assert path.read_bytes() == whole

    def test_damage_in_the_middle_is_not_passed_over(self, path):
        write(path, record("ada"), record("bob"))
        lines = path.read_bytes().splitlines(keepends=True)
        damaged = b"".join([lines[0], lines[1][:50] + b"\n", lines[2]])
        path.write_bytes(damaged)
        with pytest.raises(JournalError, match=r"line 2, is damaged.* its submission"):
            Journal.open(path)
        assert path.read_bytes() == damaged

    def test_of_a_damaged_line_with_the_seed_more_is_told(self, path):
        write(path, record("ada"))
        lines = path.read_bytes().splitlines(keepends=True)
        for broken in (lines[0][:20], lines[0][5:]):
            path.write_bytes(broken.rstrip() + b"\n" + lines[1])
            with pytest.raises(JournalError, match="what was graded with its seed"):
                Journal.open(path)


class TestTwoGraders:
    def test_the_second_is_told(self, path):
        told = pytest.raises(JournalError, match="another grader is at work")
        with Journal.open(path), told:
            Journal.open(path)
        Journal.open(path).close()

    def test_another_process_too(self, path):
        code = (
            "from nnkit.grading.journal import *; import sys\n"
            "try: Journal.open(sys.argv[1])\n"
            "except JournalError as error: print(error)\n"
        )
        with Journal.open(path):
            run = [sys.executable, "-c", code, path]
            said = subprocess.run(run, capture_output=True, text=True, check=True)
        assert "another grader is at work" in said.stdout

    def test_a_program_that_it_starts_does_not_keep_the_lock(self, path):
        with Journal.open(path):
            child = subprocess.Popen(["sleep", "60"], close_fds=False)
        try:
            Journal.open(path).close()
        finally:
            child.kill()
            child.wait()


class TestNoRoom:
    CODE = """
import resource, signal, sys
sys.path[:0] = sys.argv[2].split(":")
from grading_builders import record
from nnkit.grading.journal import *
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Journal.open(sys.argv[1]) as journal:
    journal.append(record("ada"))
    size = journal.path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
    try:
        journal.append(record("bob"))
    except JournalError as error:
        print(error)
    assert journal.path.stat().st_size == size
    assert list(journal.latest("01-neuron")) == ["ada"]
"""

    @pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no such limit")
    def test_the_journal_is_as_before(self, path):
        here = os.path.dirname(__file__)
        run = [sys.executable, "-c", self.CODE, path, ":".join([here, *sys.path])]
        said = subprocess.run(run, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        assert "make room and start again" in said.stdout
        write(path, record("bob"))
        assert list(read(path)) == ["ada", "bob"]


class TestKilled:
    CODE = """
import sys
sys.path[:0] = sys.argv[2].split(":")
from grading_builders import record
from nnkit.grading.journal import Journal
with Journal.open(sys.argv[1]) as journal:
    for number in range(10**6):
        journal.append(record(f"s{number}", problem="x" * 20_000))
        print(number, flush=True)
"""

    def test_whatever_it_said_is_written_is_there(self, path):
        here = os.path.dirname(__file__)
        run = [sys.executable, "-c", self.CODE, path, ":".join([here, *sys.path])]
        child = subprocess.Popen(run, stdout=subprocess.PIPE)
        for number in range(20):
            assert child.stdout.readline() == b"%d\n" % number
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read().split()
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
        with Journal.open(path) as journal:
            students = list(journal.latest(UNIT))
            assert len(students) in (len(said) + 20, len(said) + 21)
            last = journal.latest(UNIT)[students[-1]]
            assert last == record(students[-1], problem="x" * 20_000)


@pytest.mark.parametrize("what", ["folder", "pipe", "file above"])
def test_what_cannot_be_a_journal(path, what):
    path.parent.mkdir()
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.parent.rmdir()
        path.parent.write_text("")
    said = "journal is not a folder" if what == "file above" else path.name
    with pytest.raises(JournalError, match=said):
        Journal.open(path)


def test_ten_thousand_records_stay_on_the_disk(path):
    line = json.dumps({"record": record("s", problem="x" * 5_000)}).encode()
    path.parent.mkdir()
    with path.open("wb") as file:
        for number in range(10_000):
            file.write(line.replace(b'"s"', b'"s%d"' % number, 1) + b"\n")
    code = (
        "from nnkit.grading.journal import *; import sys, resource\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "with Journal.open(sys.argv[1]) as journal:\n"
        "    assert len(journal.latest('01-neuron')) == 10000\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    run = [sys.executable, "-c", code, path]
    said = subprocess.run(run, capture_output=True, text=True, check=True)
    kilobytes = int(said.stdout) / (1024 if sys.platform == "darwin" else 1)
    assert kilobytes < 25_000
