"""A cluster of real processes gives the verdicts that this machine's own would."""

import json
import logging
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import cluster_hands
import pytest
from click.testing import CliRunner
from grading_builders import rows

from nnkit import demo
from nnkit.cli import main
from nnkit.demo import UNIT, answered
from nnkit.grading import cluster, grade, parcels
from nnkit.grading.answers import Answers
from nnkit.grading.journal import Journal
from nnkit.grading.pool import Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import Workspace, make_workspace

ANSWERS = {
    "ada": demo.RIGHT,
    "ben": demo.SUM_FOR_MEAN,
    "cleo": demo.SYNTAX_ERROR,
    "dan": demo.CHEAT,
    "eve": "import os\nos._exit(3)",
}


class LocalCluster:
    """A scheduler and workers, each a process, ended with the test."""

    def __init__(self, folder, stack, **variables):
        self.folder, self.stack = folder, stack
        paths = [str(Path(__file__).parent), *filter(None, sys.path)]
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "HANDS_SCRATCH": str(folder),
            **variables,
        }
        self.file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0")
        while not self.file.exists() or not self.file.read_text().endswith("}"):
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]
        self.workers = []

    def _start(self, what, *options):
        program = f"from distributed.cli.dask_{what} import main; main()"
        command = [sys.executable, "-W", "ignore", "-c", program, *options]
        command += ["--scheduler-file", str(self.file), "--host", "127.0.0.1"]
        log = self.stack.enter_context((self.folder / f"{what}.log").open("a"))
        process = subprocess.Popen(
            [*command, "--no-dashboard"],
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.terminate)
        return process

    def add_worker(self, *options):
        place = str(self.folder / "space")
        options = ("--nthreads", "1", "--local-directory", place, *options)
        self.workers.append(self._start("worker", *options))


@contextmanager
def running(folder, workers, *options, **variables):
    logger = logging.getLogger("distributed")
    level = logger.level
    with ExitStack() as stack:
        here = LocalCluster(folder, stack, **variables)
        for _ in range(workers):
            here.add_worker(*options)
        yield here
    logger.setLevel(level)


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    with running(tmp_path_factory.mktemp("cluster"), 2, "--no-nanny") as here:
        yield here


@pytest.fixture(scope="module")
def release():
    return Release.find(UNIT)


@pytest.fixture
def class_of(tmp_path, release):
    """Make a class with a known seed; folders of one name, since messages tell it."""

    def make(name, answers):
        root = tmp_path / name / "w"
        workspace = make_workspace(root, None, course_directory())
        with Journal.open(workspace.journal(UNIT)) as journal:
            journal.begin({"seed": 20_240_301})
        for student, answer in answers.items():
            place = workspace.submitted / student / UNIT
            place.mkdir(parents=True)
            data = answered(release, {"neuron_grads": answer})
            (place / f"{UNIT}.ipynb").write_bytes(data)
        return workspace

    return make


def verdicts(workspace: Workspace):
    """What was put down of everybody, without what a clock or a file's place says."""
    with Journal.open(workspace.journal(UNIT)) as journal:
        found = dict(journal.latest(UNIT))
    for record in found.values():
        del record["seconds"]
    return found


def test_two_workers_one_of_which_dies_give_the_same_verdicts(
    two_workers, class_of, monkeypatch
):
    monkeypatch.setattr(cluster.Cluster, "work", staticmethod(cluster_hands.work))
    deadly = cluster_hands.DEADLY_ONCE.decode()
    answers = ANSWERS | {"fay": f"{demo.RIGHT}\n{deadly}"}
    here, there = class_of("here", answers), class_of("there", answers)
    grade(here, UNIT, Settings(workers=2))
    run = grade(there, UNIT, Settings(dask=two_workers.address))
    assert (two_workers.folder / "died").exists()
    assert not run.failed
    assert verdicts(there) == verdicts(here)
    assert rows(there) == rows(here)


def test_answers_that_are_cancelled_on_their_way_are_asked_for_again(
    two_workers, class_of, monkeypatch
):
    workspace = class_of("w", {"ada": demo.RIGHT, "bob": demo.RIGHT})
    result, failed = cluster.distributed.Future.result, []

    def first_cancelled(future, **options):
        if not failed:
            failed.append(future.key)
            raise cluster.distributed.CancelledError(future.key)
        return result(future, **options)

    monkeypatch.setattr(cluster.distributed.Future, "result", first_cancelled)
    run = grade(workspace, UNIT, Settings(dask=two_workers.address))
    assert failed
    assert not run.failed
    assert sorted(run.graded) == ["ada", "bob"]
    # As often as one likes it is not asked for: somebody has to look then.
    monkeypatch.setattr(cluster, "LOSSES", 0)
    failed.clear()
    with pytest.raises(cluster.ClusterError, match="is gone"):
        grade(workspace, UNIT, Settings(dask=two_workers.address), force=True)


def test_a_wrong_address_is_one_line(class_of, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    folder = class_of("w", {"ada": demo.RIGHT}).root
    for address in ("tcp://127.0.0.1:9", "nonsense://there", "127.0.0.1"):
        if address != "tcp://127.0.0.1:9":  # known before anything is tried
            monkeypatch.setattr(cluster.distributed, "Client", None)
        command = ["grade", UNIT, "--dir", str(folder), "--dask", address]
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 1, done.output
        assert "no Dask scheduler answers" in " ".join(done.output.split())
        assert len(done.output.strip().splitlines()) == 1


def test_without_a_worker_it_says_how_to_start_one(class_of, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "JOIN_SECONDS", 1)
    workspace = class_of("w", {"ada": demo.RIGHT})
    with (
        running(tmp_path, 0) as empty,
        pytest.raises(cluster.ClusterError, match="no worker for 1 s"),
    ):
        grade(workspace, UNIT, Settings(dask=empty.address))


def test_other_code_on_a_worker_is_refused(two_workers, class_of, monkeypatch):
    workspace = class_of("w", {"ada": demo.RIGHT})
    monkeypatch.setattr(cluster.remote, "code_digest", lambda: "of another release")
    with pytest.raises(cluster.ClusterError, match="has another nnkit"):
        grade(workspace, UNIT, Settings(dask=two_workers.address))


class Dying:
    """A cluster whose first worker is lost while it is asked, `lost` times."""

    def __init__(self, lost):
        self.lost = lost

    def wait_for_workers(self, count, timeout):
        pass

    def run(self, function, *args, on_error):
        self.lost -= 1
        if self.lost >= 0:
            return {"tcp://a:1": cluster.CommClosedError("Stream is closed")}
        said = {"code": cluster.remote.code_digest(), "missing": {"network": "open"}}
        return {"tcp://a:1": OSError("no route"), "tcp://b:1": said}

    def nthreads(self):
        return {"tcp://b:1": 1}


def test_a_worker_that_dies_before_it_has_answered_stops_nobody():
    there = cluster.Cluster(Settings(dask="tcp://s:1"), {}, [])
    there._client = Dying(lost=1)
    there._greet()
    assert there.missing == {"network": "tcp://b:1: open"}


def test_workers_that_all_die_before_they_answer_are_no_endless_wait():
    there = cluster.Cluster(Settings(dask="tcp://s:1"), {}, [])
    there._client = Dying(lost=100)
    with pytest.raises(cluster.ClusterError, match="has had no worker"):
        there._greet()


class Doubtful:
    """What would run code, were it ever unpickled."""

    def __reduce__(self):
        return os.abort, ()


def test_only_bytes_of_plain_data_are_unpacked():
    answers = Answers(replies={"f": [{"value": 1.5, "args": ()}]}, seconds=2.0)
    assert parcels.unpack(parcels.pack_answers(answers)) == answers
    for parcel in ([Doubtful()], (b"{}",), [b"\x80\x04."], [b"{}"], [], None):
        with pytest.raises((ValueError, KeyError, IndexError)):
            parcels.unpack(parcels.checked(parcel))


def test_what_is_no_bytes_is_looked_at_where_it_comes_in():
    there = cluster.Cluster(Settings(dask="tcp://s:1"), {}, [])
    future = SimpleNamespace(status="finished", result=lambda timeout: [Doubtful()])
    said = there._result(future, SimpleNamespace(student="ada"), alone=False)
    assert (
        str(said) == "a worker failed: ValueError: what came back is no list of bytes"
    )


def test_no_seed_and_nothing_of_the_judges_goes_to_a_worker(release, tmp_path):
    from nnkit.grading.examiner import Examiner

    for unit in (path.name for path in course_directory().iterdir()):
        with Journal.open(tmp_path / unit) as journal:
            journal.begin({"seed": 1234567890123})
            examiner = Examiner(Release.find(unit), journal)
        task = parcels.Task(examiner.calls, examiner.warm_up)
        packed = parcels.pack_task(task)
        assert not any(b"1234567890123" in part for part in packed)
        unpacked = parcels.unpack_task(packed)
        assert unpacked.calls.keys() == examiner.calls.keys()
        cases = [case for each in unpacked.calls.values() for case in each.cases]
        assert cases
        assert not any(case.kept for case in cases)


@pytest.mark.slow
def test_what_kills_every_worker_becomes_a_verdict_and_spares_the_others(
    class_of, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster.Cluster, "work", staticmethod(cluster_hands.work))
    deadly = f"{demo.RIGHT}\n{cluster_hands.DEADLY.decode()}"
    workspace = class_of("w", {"ada": demo.RIGHT, "bad": deadly, "cy": demo.RIGHT})
    few = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with running(tmp_path, 2, **few) as here:
        run = grade(workspace, UNIT, Settings(dask=here.address))
    assert not run.failed
    points = {
        student: sum(verdict["points"] for verdict in record["verdicts"])
        for student, record in verdicts(workspace).items()
    }
    assert points["ada"] == points["cy"] == 3
    assert points["bad"] == 0
    assert "was ended" in verdicts(workspace)["bad"]["notes"][-1]


def test_answers_that_died_with_their_worker_are_asked_for_again(
    class_of, tmp_path, monkeypatch
):
    workspace = class_of("w", {"ada": demo.RIGHT})
    follow = cluster.Cluster._next
    statuses = []

    def lose(self, **options):
        ((future, _),) = self._waiting.values()
        if not statuses:
            wait_until(lambda: future.status == "finished")
            here.add_worker("--no-nanny")
            self._client.wait_for_workers(2)
            here.workers[0].kill()
            wait_until(lambda: future.status != "finished")
            statuses.append(future.status)
        yield from follow(self, **options)

    with running(tmp_path, 1, "--no-nanny") as here:
        monkeypatch.setattr(cluster.Cluster, "_next", lose)
        run = grade(workspace, UNIT, Settings(dask=here.address))
    assert statuses == ["lost"]
    assert not run.failed
    assert len(run.graded) == 1


def wait_until(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.slow
def test_a_worker_that_joins_late_takes_its_share(class_of, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster.Cluster, "work", staticmethod(cluster_hands.signed))
    answers = {f"s{number}": demo.RIGHT for number in range(30)}
    workspace = class_of("w", answers)
    send = cluster.Cluster._send

    with running(tmp_path, 1) as here:

        def send_and_hire(self, job):
            if job.student == "s1":
                here.add_worker()
                self._client.wait_for_workers(2)
            send(self, job)

        monkeypatch.setattr(cluster.Cluster, "_send", send_and_hire)
        run = grade(workspace, UNIT, Settings(dask=here.address))
    assert len(run.graded) == 30
    assert len(list(tmp_path.glob("pid-*"))) == 2


@pytest.mark.slow
def test_a_lost_scheduler_is_one_line_and_the_run_can_be_taken_up(
    class_of, tmp_path, monkeypatch
):
    answers = {f"s{number}": demo.RIGHT for number in range(12)}
    workspace = class_of("w", answers)
    with running(tmp_path, 1) as here:
        finished = cluster.Cluster._next

        def lose(self, **options):
            for number, pair in enumerate(finished(self, **options)):
                yield pair
                if self._sent >= 4 and number == 0:
                    here.scheduler.kill()

        monkeypatch.setattr(cluster.Cluster, "_next", lose)
        with pytest.raises(cluster.ClusterError, match="is gone"):
            grade(workspace, UNIT, Settings(dask=here.address))
    kept = set(verdicts(workspace))
    assert kept
    run = grade(workspace, UNIT, Settings(workers=1))
    assert set(run.kept) == kept
    assert len(run.records) == 12
