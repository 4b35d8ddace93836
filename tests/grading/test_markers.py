"""The grader's own processes: what they return, and when they are killed or refused."""

import errno
import fcntl
import json
import logging
import os
import resource
import signal
import threading
import time
from pathlib import Path

import pytest
from small_class import SEED, small_class

from nnkit.demo import UNIT
from nnkit.grading import markers, parcels
from nnkit.grading.examiner import Examiner
from nnkit.grading.journal import Journal
from nnkit.grading.marker import Marker
from nnkit.grading.markers import Markers
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.release import Release
from nnkit.grading.sandboxes import SandboxError
from nnkit.grading.submission import read_submission

ONE, TWO = Settings(workers=1), Settings(workers=2)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A unit of one exercise; Ada's notebook, which is right, and Ben's."""
    workspace, path = small_class(tmp_path_factory.mktemp("markers"))
    release = Release.load(path)
    found = [
        read_submission(name, workspace.submitted / name / UNIT / path.name, release)
        for name in ("ada", "ben")
    ]
    return release, found


@pytest.fixture
def jobs(handed_in):
    return [(submission, None) for submission in handed_in[1]]


@pytest.fixture
def journal(tmp_path):
    with Journal.open(tmp_path / f"{UNIT}.journal") as journal:
        journal.begin({"seed": SEED})
        yield journal


@pytest.fixture
def examiner(handed_in, journal):
    return Examiner(handed_in[0], journal)


@pytest.fixture(scope="module")
def run_already(handed_in, tmp_path_factory):
    """The same, with what the sandbox answered: to judge it takes none."""
    release, submissions = handed_in
    with Journal.open(tmp_path_factory.mktemp("once") / UNIT) as journal:
        journal.begin({"seed": SEED})
        examiner = Examiner(release, journal)
    with Pool(ONE, examiner.calls, examiner.warm_up) as pool:
        return [
            (submission, parcels.pack_answers(pool.answers_to(submission.cells)))
            for submission in submissions
        ]


def marked_by(examiner, jobs, settings=ONE, **options):
    """By student, the record or what was said in its place."""
    with Markers(settings, examiner, **options) as markers:
        return {job.student: marked for job, marked in markers.run(jobs)}


def points(found):
    return {
        name: str(marked)
        if isinstance(marked, SandboxError)
        else sum(verdict["points"] for verdict in marked["verdicts"])
        for name, marked in found.items()
    }


GRADED = {"ada": 3.0, "ben": 0.0}


def in_a_marker(monkeypatch, then):
    """Have something done by whoever marks, before it judges."""
    marked = Examiner.marked

    def changed(examiner, submission, answers):
        then(submission)
        return marked(examiner, submission, answers)

    monkeypatch.setattr(Examiner, "marked", changed)


def no_fork(_=None):
    raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def test_a_record_is_what_judging_here_gives(examiner, handed_in, jobs):
    found = marked_by(examiner, jobs, TWO)
    with Pool(ONE, examiner.calls, examiner.warm_up) as pool:
        for submission in handed_in[1]:
            answers = pool.answers_to(submission.cells)
            here = json.loads(json.dumps(examiner.marked(submission, answers)))
            there = found[submission.student]
            assert {**there, "seconds": 0} == {**here, "seconds": 0}
            assert there["verdicts"]


def test_answers_from_elsewhere_are_judged_without_a_sandbox(
    examiner, run_already, monkeypatch
):
    (ada, parcel), (ben, _) = run_already
    monkeypatch.setattr(Pool, "__enter__", no_fork)
    jobs = [None, (ada, parcel), None, (ben, SandboxError("lost")), None]
    found = marked_by(examiner, jobs, TWO, judging=True)
    assert points(found) == {"ada": GRADED["ada"], "ben": "lost"}
    failed = [(ada, parcels.pack_failure("no room there"))]
    assert points(marked_by(examiner, failed, judging=True)) == {"ada": "no room there"}


def test_as_many_work_at_a_time_as_there_are_workers(
    examiner, jobs, monkeypatch, tmp_path
):
    def meet(submission):
        (tmp_path / submission.student).touch()
        for _ in range(6000):
            if all((tmp_path / name).exists() for name in GRADED):
                return
            time.sleep(0.01)
        raise TimeoutError(f"{submission.student} was alone")

    in_a_marker(monkeypatch, meet)
    assert points(marked_by(examiner, jobs, TWO)) == GRADED


def started(examiner, submissions):
    """How many markers there are, two at most, once all is marked."""
    with Markers(TWO, examiner) as found:
        names = [
            job.student for job, _ in found.run((job, None) for job in submissions)
        ]
        assert sorted(names) == sorted(job.student for job in submissions)
        return len(found._at_work)


def test_a_second_sandbox_is_started_where_it_is_worth_it(
    examiner, handed_in, monkeypatch
):
    """Three quick ones are done before it is ready; many, or a slow one, are not."""
    ada, ben = handed_in[1]
    monkeypatch.setattr(markers, "SOON", 1000.0)
    assert started(examiner, [ada, ben, ada]) == 1
    assert started(examiner, [ada] * (markers.FEW + 2)) == 2
    monkeypatch.setattr(markers, "SOON", 0.01)
    assert started(examiner, [ada, ben]) == 2


def test_a_marker_that_somebody_kills_costs_nothing(
    examiner, run_already, monkeypatch, tmp_path, caplog
):
    def die(submission):
        if not (tmp_path / submission.student).exists():
            (tmp_path / submission.student).touch()
            os.kill(os.getpid(), signal.SIGKILL)

    in_a_marker(monkeypatch, die)
    assert points(marked_by(examiner, run_already, judging=True)) == GRADED
    assert caplog.messages == ["a process of the grader was lost: signal 9"] * 2


def test_a_submission_that_costs_two_markers_is_named_and_not_judged(
    examiner, run_already, monkeypatch
):
    def die(submission):
        if submission.student == "ada":
            os.kill(os.getpid(), signal.SIGKILL)

    in_a_marker(monkeypatch, die)
    why = "2 processes of the grader were lost over it, the last by signal 9"
    assert points(marked_by(examiner, run_already, judging=True)) == {
        **GRADED,
        "ada": why,
    }


def test_a_bug_of_ours_stops_nobody_else(examiner, run_already, monkeypatch):
    def stumble(submission):
        if submission.student == "ada":
            raise ZeroDivisionError("oh")

    in_a_marker(monkeypatch, stumble)
    found = points(marked_by(examiner, run_already, judging=True))
    assert "nnkit has a bug: ZeroDivisionError: oh" in found.pop("ada")
    assert found == {"ben": GRADED["ben"]}


def test_where_no_process_is_to_be_had_nothing_is_graded(examiner, jobs, monkeypatch):
    monkeypatch.setattr(markers, "_fork", no_fork)
    before = os.listdir("/dev/fd")
    with pytest.raises(SandboxError, match="has no room for one more sandbox"):
        marked_by(examiner, jobs)
    assert os.listdir("/dev/fd") == before


def test_a_first_marker_that_is_killed_while_it_starts_is_one_line(
    examiner, jobs, monkeypatch
):
    monkeypatch.setattr(
        Pool, "__enter__", lambda _: os.kill(os.getpid(), signal.SIGTERM)
    )
    why = r"before it was ready \(signal 15\): run the same command again"
    with pytest.raises(SandboxError, match=why):
        marked_by(examiner, jobs)


def test_where_no_second_process_is_to_be_had_one_does_it_all(
    examiner, jobs, monkeypatch, caplog
):
    monkeypatch.setattr(markers, "SOON", 0.0)
    with Markers(TWO, examiner) as alone:
        monkeypatch.setattr(markers, "_fork", no_fork)
        assert points({job.student: made for job, made in alone.run(jobs)}) == GRADED
    assert "no more than 1 at a time: this machine has no room" in caplog.text


def test_where_no_second_sandbox_starts_one_does_it_all(
    examiner, jobs, monkeypatch, tmp_path, caplog
):
    enter = Pool.__enter__

    def once(pool):
        if (tmp_path / "started").exists():
            raise SandboxError("one is enough")
        (tmp_path / "started").touch()
        return enter(pool)

    monkeypatch.setattr(Pool, "__enter__", once)
    monkeypatch.setattr(markers, "SOON", 0.0)
    assert points(marked_by(examiner, jobs, TWO)) == GRADED
    assert "no more than 1 at a time: one is enough" in caplog.text
    with pytest.raises(SandboxError, match="one is enough"):
        marked_by(examiner, jobs, TWO)


def test_where_no_thread_is_to_be_had_it_is_told_and_nobody_is_charged(
    examiner, jobs, monkeypatch, capfd
):
    def refused(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    with pytest.raises(SandboxError, match=r"can't start new thread\. Try fewer"):
        marked_by(examiner, jobs)
    assert not capfd.readouterr().err


def test_markers_that_are_killed_while_they_start_are_no_submissions_fault(
    examiner, run_already, monkeypatch, tmp_path
):
    """Two for Ben, who is done by the third; the first one is at work meanwhile."""
    lost = [tmp_path / f"{number}" for number in range(markers.TRIES)]

    def wait(submission):
        for _ in range(6000 * (submission.student == "ada")):
            if all(path.exists() for path in lost):
                return
            time.sleep(0.01)

    def die(marker):
        if path := next((path for path in lost if not path.exists()), None):
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        serve(marker)

    serve = Marker.serve
    in_a_marker(monkeypatch, wait)
    with Markers(Settings(workers=1), examiner, judging=True) as found:
        found._most = 2
        monkeypatch.setattr(Marker, "serve", die)
        monkeypatch.setattr(markers, "SOON", 0.0)
        made = {job.student: marked for job, marked in found.run(run_already)}
    assert points(made) == GRADED
    assert all(path.exists() for path in lost)


def test_where_the_last_one_is_lost_each_submission_says_so(
    examiner, run_already, monkeypatch
):
    in_a_marker(monkeypatch, lambda _: os.kill(os.getpid(), signal.SIGKILL))
    with Markers(ONE, examiner, judging=True) as lost:
        monkeypatch.setattr(markers, "_fork", no_fork)
        found = points({job.student: made for job, made in lost.run(run_already)})
    assert sorted(found) == ["ada", "ben"]
    assert all("no room for one more sandbox" in said for said in found.values())


def test_a_marker_holds_on_to_nothing_of_the_grader(examiner, journal):
    with Markers(ONE, examiner) as found:
        pid = found._at_work[0].pid
        journal.close()
        Journal.open(journal.path).close()  # else it would be in use
        assert os.getsid(pid) == pid  # no terminal's Ctrl-C reaches it
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="no /proc here")
def test_a_marker_that_has_ended_has_ended_its_sandbox(examiner, jobs):
    with Markers(ONE, examiner) as found:
        assert len(list(found.run(jobs))) == len(jobs)
        pid = found._at_work[0].pid
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        assert below
    for child in below:
        with pytest.raises(ProcessLookupError):
            os.kill(int(child), 0)


def test_what_a_marker_logs_is_in_the_log(examiner, jobs, caplog):
    with caplog.at_level(logging.DEBUG, "nnkit"):
        marked_by(examiner, jobs)
    said = {(record.name, record.getMessage()) for record in caplog.records}
    assert ("nnkit.grading.marker", "ada: neuron_grads: 3 of 3 points") in said
    assert any(text.endswith(" is ready") for _, text in said)


def test_who_ignores_the_end_of_processes_can_grade(examiner, jobs):
    """As some that start programs in the background do; it is handed on to these."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert points(marked_by(examiner, jobs, TWO)) == GRADED
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_file_above_a_limit_that_was_lowered_is_left_behind(examiner, run_already):
    """As a shell has some at 10 or 255; `ulimit -n` may come later."""
    most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    read, write = os.pipe()
    high = fcntl.fcntl(write, fcntl.F_DUPFD, 600)
    os.close(write)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (600, hard))
        with Markers(ONE, examiner, judging=True) as markers:
            found = {job.student: made for job, made in markers.run(run_already)}
            os.close(high)
            assert os.read(read, 1) == b""  # the marker has it no longer
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        os.close(read)
    assert points(found) == GRADED


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="no /proc here")
def test_a_file_that_an_exercise_reads_is_each_markers_own(
    examiner, run_already, monkeypatch, tmp_path
):
    path = tmp_path / "data"
    path.write_bytes(b"abcdef")
    with path.open("rb", buffering=0) as held:
        held.seek(2)

        def read(_):
            raise ValueError(held.read().decode())

        in_a_marker(monkeypatch, read)
        found = points(marked_by(examiner, run_already, TWO, judging=True))
        assert all("ValueError: cdef" in said for said in found.values())
        assert held.read() == b"cdef"
