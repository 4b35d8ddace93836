"""A dispute: the verdict of one student, reached once more, changing nothing."""

import re
import shutil
import warnings

import numpy as np
import pytest
from click.testing import CliRunner
from grading_builders import rows

from nnkit import demo
from nnkit.adapters import Named
from nnkit.cli import main
from nnkit.demo import UNIT, answered
from nnkit.exercises import EXERCISES
from nnkit.grading import grade, replay
from nnkit.grading.answers import Answers
from nnkit.grading.explain import SHOWN, WARNING, sketch
from nnkit.grading.journal import Journal
from nnkit.grading.pool import Pool, Settings
from nnkit.grading.release import Release, course_directory
from nnkit.grading.workspace import Workspace, make_workspace
from nnkit.judging.judge import answer_key


class Lacking(Pool):
    """Sandboxes that do not hold."""

    def __enter__(self):
        super().__enter__()
        self.missing = {"disk": "unbounded"}
        return self


ESCAPES = 'def neuron_grads(X, y, w, b):\n    raise ValueError("\\x1b[2J red")'


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Three students, graded."""
    workspace = make_workspace(tmp_path_factory.mktemp("w"), None, course_directory())
    release = Release.find(UNIT)
    for student, answer in {
        "ada": demo.SUM_FOR_MEAN,
        "ben": demo.RIGHT,
        "cleo": ESCAPES,
    }.items():
        hand_in(workspace, student, answered(release, {"neuron_grads": answer}))
    hand_in(workspace, "dan", b"{")
    grade(workspace, UNIT, Settings(workers=1))
    return workspace


@pytest.fixture(scope="module")
def explained(once):
    before = kept(once)
    names = ("ada", "ben", "cleo", "dan")
    who = [word for name in names for word in ("--student", name)]
    text = run(once, *who, "--explain").output
    assert kept(once) == before
    parts = re.split(rf"^(?=\w+ · {UNIT} · )", text, flags=re.M)
    return dict(zip(names, parts[1:], strict=True))


def hand_in(workspace, student, data):
    place = workspace.submitted / student / UNIT
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{UNIT}.ipynb").write_bytes(data)


def run(workspace, *options):
    done = CliRunner().invoke(
        main, ["grade", UNIT, "--dir", str(workspace.root), "--workers", "1", *options]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def kept(workspace):
    graded = {
        path: path.read_bytes()
        for path in workspace.autograded.rglob("*")
        if path.is_file()
    }
    return rows(workspace), workspace.journal(UNIT).read_bytes(), graded


def about(text, exercise):
    """The lines on one exercise."""
    found = re.search(rf"^\S {exercise}: .*?(?=^$|\Z)", text, re.M | re.S)
    return found.group()


def test_of_what_could_not_be_read_no_points_are_made_up(explained):
    assert explained["dan"].startswith(f"dan · {UNIT} · 0 points\n")


def test_explaining_changes_nothing_and_tells_what_was_graded(explained):
    assert "is still the file that was graded" in explained["ada"]
    assert "replayed with the journal's seed: the same verdicts" in explained["ada"]
    assert WARNING in explained["ada"]


def test_every_case_is_listed_with_how_wrong_it_is(explained):
    text = about(explained["ada"], "neuron_grads")
    assert "at most 1e-09, relative to the largest entry of the right part" in text
    assert len(re.findall(r"^  [✓✗] case \d of 6: ", text, re.M)) == 6
    # A sum over five rows is five times the mean.
    (got, right), *_ = re.findall(r"db came back as (\S+), right is (\S+)\n", text)
    assert float(got) / float(right) == pytest.approx(5)
    assert "✓ case 2 of 6: a single row" in text


def test_the_slip_that_matched_and_those_that_did_not(explained):
    text = about(explained["ada"], "neuron_grads")
    assert "slip that matches: sum-for-mean gives the same numbers for dw, db" in text
    rest = re.search("slips that do not: (.*)", text).group(1).split(", ")
    assert "sign-flipped" in rest
    assert "sum-for-mean" not in rest
    assert "the student was told: Your answer grows with the number of rows" in text


def test_what_is_wrong_is_explained_before_what_is_open_and_what_is_right(explained):
    said = re.findall(r"^([✓✗○]) (\w+): ", explained["ada"], re.M)
    assert [mark for mark, _ in said] == sorted((m for m, _ in said), key="✗○✓".index)
    assert said[0] == ("✗", "neuron_grads")


def test_a_right_answer_shows_its_errors_and_no_slips(explained):
    text = about(explained["ben"], "neuron_grads")
    errors = [float(error) for error in re.findall(r"error (\S+e\S+)", text)]
    assert len(errors) == 12
    assert max(errors) < 1e-13
    assert "slip" not in text


def test_an_exception_is_told_and_a_terminal_obeys_nothing(explained):
    text = about(explained["cleo"], "neuron_grads")
    assert text.count("dw, db: raised: Your function stopped with ValueError") == 6
    assert "slips" not in text  # with nothing to compare, none was ruled out
    assert "\x1b" not in explained["cleo"]


def test_what_could_not_be_read_has_a_reason(explained):
    assert "could not be read, so nothing was run: " in explained["dan"]


def test_without_what_a_student_must_not_see(once):
    text = run(once, "--student", "ada", "--explain", "--hide-expected").output
    assert "right is" not in text
    assert not re.search(r"^ +X = ", text, re.M)
    assert WARNING not in text
    assert "db came back as" in text


def test_one_exercise_alone(once):
    text = run(once, "--student", "ada", "--explain", "--exercise", "act").output
    assert [name for _, name in re.findall(r"^([✓✗○]) (\w+): ", text, re.M)] == ["act"]
    text = run(once, "--student", "dan", "--explain", "--exercise", "act").output
    assert text.startswith("dan")
    done = run(once, "--student", "ada", "--explain", "--exercise", "acts")
    assert done.exit_code == 2
    assert f"{UNIT} has no exercise 'acts'; it has neuron, layer, act" in done.output


def test_a_replay_can_require_the_whole_sandbox_and_is_logged(
    once, tmp_path, monkeypatch
):
    options = ("--student", "ada", "--explain", "--isolation", "require")
    log = tmp_path / "log"
    assert run(once, *options, "--log", str(log)).exit_code == 0
    assert "is ready" in log.read_text()
    monkeypatch.setattr(replay, "Pool", Lacking)
    done = run(once, *options)
    assert done.exit_code == 1
    assert "nothing was run: this machine's sandbox does not hold for disk" in (
        done.output
    )


@pytest.fixture
def graded(once, tmp_path):
    shutil.copytree(once.root, tmp_path / "w")
    return Workspace(tmp_path / "w")


def test_a_file_handed_in_since_is_not_taken_for_the_one_that_was_graded(graded):
    hand_in(
        graded, "ada", (graded.submitted / "ben" / UNIT / f"{UNIT}.ipynb").read_bytes()
    )
    text = run(graded, "--student", "ada", "--explain").output
    assert "is not the file that was graded" in text
    assert "✗ neuron_grads: wrong · 0 of 3 points" in text
    assert "case 1 of" not in text


def test_the_graded_file_is_found_among_earlier_ones(graded):
    place = graded.root / "attempts" / "ada" / UNIT / "1"
    place.mkdir(parents=True)
    shutil.copy(graded.submitted / "ada" / UNIT / f"{UNIT}.ipynb", place)
    hand_in(graded, "ada", Release.find(UNIT).data)
    text = run(graded, "--student", "ada", "--explain").output
    assert f"{place / UNIT}.ipynb is still the file that was graded" in text
    assert "is another file, which has not been graded" in text


def test_a_verdict_that_today_would_be_another_is_told(graded):
    path = graded.journal(UNIT)
    with Journal.open(path) as journal:
        record = journal.latest(UNIT)["ben"]
        for verdict in record["verdicts"]:
            verdict["points"] = 0.0
        journal.append({**record, "fingerprint": "older"})
    text = run(graded, "--student", "ben", "--explain").output
    assert "NOT the same for neuron_grads" in text
    assert "The exercises have changed since." in text
    assert "recorded: ✓ neuron_grads: right · 0 of 3 points" in text


def test_one_student_alone_is_graded(graded):
    journal = graded.journal(UNIT).read_bytes()
    hand_in(graded, "ada", Release.find(UNIT).data)
    hand_in(graded, "ben", Release.find(UNIT).data)
    done = run(graded, "--student", "ada")
    assert done.exit_code == 0
    assert "1 submission" in done.output
    assert graded.journal(UNIT).read_bytes()[len(journal) :].count(b"\n") == 1
    assert run(graded).output.count("│ ben") == 1


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (
            ["--student", "adda"],
            1,
            "nobody called 'adda' has handed in; did you mean 'ada'",
        ),
        (["--student", "ADA", "--explain"], 1, "been graded; did you mean 'ada'"),
        (["--student", "zz", "--explain"], 1, "has been graded; 4 others have"),
        (["--explain"], 2, "--explain needs --student"),
    ],
)
def test_who_is_meant_is_asked_in_one_line(once, options, code, said):
    done = run(once, *options)
    assert done.exit_code == code
    assert said in done.output
    assert "Traceback" not in done.output


def test_nothing_graded_yet(tmp_path, once):
    (tmp_path / "submitted").mkdir()
    done = run(Workspace(tmp_path), "--student", "ada", "--explain")
    assert "nothing has been graded yet" in done.output
    assert list(tmp_path.iterdir()) == [tmp_path / "submitted"]


def test_a_torn_line_is_read_past_and_left(graded):
    path = graded.journal(UNIT)
    path.write_bytes(path.read_bytes() + b'{"reco')
    before = path.read_bytes()
    with Journal.open(path.with_name("other.jsonl")), Journal.reading(path) as journal:
        assert len(journal.latest(UNIT)) == 4
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a\x1b[1mb\n", r"'a\x1b[1mb\n'"),
        ({"x": (1, None)}, "{x: (1, None)}"),
        ("z" * 400, "'" + "z" * 299 + "…"),
        (Named("z" * 400), "z" * 300 + "…"),
    ],
)
def test_values_in_a_line(value, said):
    assert sketch(value) == said


@pytest.mark.parametrize(
    "options",
    [
        ("--hide-expected",),
        ("--exercise", "act"),
        ("--student", "ada", "--explain", "--json"),
        ("--student", "ada", "--explain", "--force"),
        ("--student", "ada", "--explain", "--seed", "0"),
        ("--student", "ada", "--explain", "--counts", "best"),
    ],
)
def test_options_that_would_have_no_effect_are_refused_before_anything_is_graded(
    once, options
):
    before = kept(once)
    arguments = ["grade", UNIT, "--dir", str(once.root), *options]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "--explain" in done.output
    assert kept(once) == before


@pytest.mark.parametrize(
    "hold",
    [
        lambda array: [array] * 400_000,
        lambda array: ([[array] * 600] * 600, 0.0),
        lambda array: {str(number): (array,) for number in range(100_000)},
    ],
)
def test_of_many_arrays_few_are_printed(hold, monkeypatch):
    """One takes a third of a millisecond, and a reply may hold 400 000."""
    printed = []
    monkeypatch.setattr(
        "numpy.array2string", lambda array, **options: printed.append(array) or "[1.]"
    )
    said = sketch(hold(np.ones(1)))
    assert said.endswith("…")
    assert len(said) == SHOWN + 1
    assert 10 < len(printed) < SHOWN


def test_numbers_near_the_largest_are_explained_without_a_warning():
    exercise = EXERCISES["layer"]
    key = answer_key(exercise, 5)
    replies = [
        {"value": tuple(part * 0 + 1.7e308 for part in right), "args": case.args}
        for case, right in zip(key.cases, key.right, strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asked = replay._asked(exercise, 5, Answers({"layer": replies}), None)
    assert asked.verdict.status == "wrong"
