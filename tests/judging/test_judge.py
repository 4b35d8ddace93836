"""The judge: each outcome and each diagnosis must occur, and none by mistake."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from nnkit.exercises import EXERCISES
from nnkit.exercises.spec import Case, Exercise, Kind, Slip
from nnkit.judging import outcome, show
from nnkit.judging.generic_values import about_values
from nnkit.judging.judge import AnswerKey, answer_key, ask, judge
from nnkit.judging.verdict import Verdict

SEED = 7


def right(X, y):
    """One exercise small enough to see through: column sums, and their mean."""
    return X.sum(axis=0) * y, (X.sum(axis=0) * y).mean()


def cases(rng):
    return [
        Case("five rows", (rng.normal(size=(5, 3)), rng.normal(size=3))),
        Case("one row", (rng.normal(size=(1, 3)), rng.normal(size=3))),
        Case("square", (rng.normal(size=(3, 3)), rng.normal(size=3))),
    ]


def negated(X, y):
    p, q = right(X, y)
    return -p, -q


def wrong_axis(X, y):
    return X.sum(axis=1) * y, (X.sum(axis=1) * y).mean()


def mean_doubled(X, y):
    p, q = right(X, y)
    return p, 2 * q


SUMS = Exercise(
    "sums",
    unit="test",
    points=4,
    params=("X", "y"),
    parts=("p", "q"),
    cases=cases,
    reference=right,
    slips=(
        Slip("negated", negated, "Sign?"),
        Slip("wrong-axis", wrong_axis, "Axis?"),
        Slip("mean-doubled", mean_doubled, "Twice?"),
    ),
)


def verdict_on(function, exercise=SUMS) -> Verdict:
    key = answer_key(exercise, SEED)
    replies = [ask(function, exercise.adapter, case) for case in key.cases]
    return judge(exercise, replies, SEED)


def kinds(verdict):
    return [item.kind for item in verdict.diagnoses]


def spoils_its_input(X, y):
    result = right(X, y)
    X -= 1
    return result


def nan_somewhere(X, y):
    p, q = right(X, y)
    p[1] = np.nan
    return p, q


class Lying(np.ndarray):
    def __eq__(self, other):
        return True


ENDINGS = {
    Kind.RAISED: lambda X, y: X[:, 99],
    Kind.STRUCTURE: lambda X, y: None,
    Kind.SHAPE: lambda X, y: (right(X, y)[0][:, None], right(X, y)[1]),
    Kind.NOT_FINITE: nan_somewhere,
    Kind.CHANGED_INPUTS: spoils_its_input,
    Kind.WRONG: lambda X, y: (right(X, y)[0] + 1, right(X, y)[1]),
}


@pytest.mark.parametrize("kind", ENDINGS)
def test_each_kind_of_outcome_occurs(kind):
    verdict = verdict_on(ENDINGS[kind])
    assert kinds(verdict) == [kind]
    assert verdict.points < verdict.max_points


def test_several_values_where_one_was_asked_for_are_told_as_such():
    two = verdict_on(lambda X, y: (right(X, y)[0], (right(X, y)[1], 0.0)))
    assert "and a tuple of 2 came back" in two.diagnoses[0].text
    array = verdict_on(lambda X, y: (right(X, y)[0], np.zeros(2)))
    assert "q has the shape (2,); expected a single" in array.diagnoses[0].text


@pytest.mark.parametrize(
    ("names", "words"), [("X", "X is not what it"), ("Xy", "X and y are not what they")]
)
def test_every_argument_that_is_spoilt_is_named(names, words):
    def spoils(X, y):
        result = right(X, y)
        for name, array in {"X": X, "y": y}.items():
            array -= name in names
        return result

    assert f"the caller's {words} w" in show.text(verdict_on(spoils))


@pytest.mark.parametrize("use_up", ["Ws.pop()", "Ws.reverse()", "Ws.append(X)"])
def test_who_spoils_a_list_is_told_of_lists_and_not_of_arrays_alone(use_up):
    def spoils(Ws, X, phi):
        exec(use_up, {"Ws": Ws, "X": X})  # ours, not a student's

    exercise = EXERCISES["forward_stats"]
    key = answer_key(exercise, SEED)
    replies = [ask(spoils, exercise.adapter, case) for case in key.cases]
    [item] = judge(exercise, replies, SEED).diagnoses
    assert f"`{use_up[3:].partition('(')[0]}`" in item.text
    assert "Ws is not what it was" in item.text


@pytest.mark.parametrize("ending", ["timed out", "crashed", "not attempted"])
def test_a_call_that_did_not_return_scores_nothing(ending):
    replies = [{"ended": ending, "detail": "why"}] * 3
    verdict = judge(SUMS, replies, SEED)
    assert kinds(verdict) == [ending]
    assert verdict.points == 0
    assert "why" in show.text(verdict)


def test_a_stub_is_open_and_not_wrong():
    def stub(X, y):
        raise NotImplementedError

    assert verdict_on(stub).status == "open"


def test_right_scores_in_full():
    verdict = verdict_on(right)
    assert (verdict.points, verdict.status, kinds(verdict)) == (4, "right", [])


@pytest.mark.parametrize(
    "form",
    [
        list,
        lambda parts: [parts[0].tolist(), float(parts[1])],
        lambda parts: (parts[0].astype(np.longdouble), np.asarray(parts[1])),
        lambda parts: np.array([parts[0], parts[1]], dtype=object),
    ],
)
def test_shape_and_value_decide_and_not_the_container(form):
    assert verdict_on(lambda X, y: form(right(X, y))).points == 4


@pytest.mark.parametrize("slip", SUMS.slips, ids=lambda slip: slip.id)
def test_a_slip_is_named(slip):
    verdict = verdict_on(slip.mutant)
    assert [item.slip for item in verdict.diagnoses] == [slip.id]


def test_parts_are_graded_and_diagnosed_one_by_one():
    def mixed(X, y):
        return -right(X, y)[0], 2 * right(X, y)[1]

    verdict = verdict_on(mixed)
    found = {(item.slip, item.parts) for item in verdict.diagnoses}
    assert found == {("negated", ("p",)), ("mean-doubled", ("q",))}
    assert verdict_on(mean_doubled).points == 2


def test_an_error_that_no_slip_makes_is_not_given_a_slips_name():
    def mostly_negated(X, y):
        p, q = right(X, y)
        return (-p, -q) if len(X) > 1 else (p + 1, q + 1)

    assert all(not item.slip for item in verdict_on(mostly_negated).diagnoses)


def test_a_constant_factor_is_told():
    verdict = verdict_on(lambda X, y: (3 * right(X, y)[0], right(X, y)[1]))
    assert "times 3" in verdict.diagnoses[0].text


def test_single_precision_is_told_and_wrong():
    verdict = verdict_on(
        lambda X, y: (right(X, y)[0].astype(np.float32), right(X, y)[1])
    )
    assert "float32" in verdict.diagnoses[0].text
    assert verdict.points == 2


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (("a", "b"), "text"),
        ((True, True), "True or False"),
        ((1j, 2j), "complex numbers"),
        ((complex(1, np.nan), 2.0), "complex numbers"),
        ({"p": 1, "q": 2}, "a dict of 2"),
        ((np.ones(3), np.ones(1), 3), "a tuple of 3"),
        ((np.ones(3).view(Lying), 0.0), "Lying"),
        (([1.0, None, 2.0], 0.0), "None"),
        (([1.0, [2.0]], 0.0), "rows of different lengths"),
        (((np.ones((2, 3)), np.ones(3)), 0.0), "of the shapes (2, 3) and (3,)"),
        ((np.array([1, "x", None], dtype=object), 0.0), "array of object"),
    ],
)
def test_what_is_no_number_is_told_and_is_not_compared(value, seen):
    verdict = verdict_on(lambda X, y: value)
    assert seen in verdict.diagnoses[0].text
    assert not verdict.parts[0].right


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (np.ones((3, 2)), "an array of shape (3, 2)"),
        (5.0, "a single number"),
        ([np.ones(3)], "a list of 1"),
        ((np.ones(3), 2.0, 3.0), "a tuple of 3"),
    ],
)
def test_numbers_that_are_too_few_or_too_many_are_not_called_none(value, seen):
    (said,) = verdict_on(lambda X, y: value).diagnoses
    *_, q = SUMS.parts
    assert f"Expected {len(SUMS.parts)} values" in said.text
    assert f", {q}` gives; got {seen}." in said.text


def test_the_expected_value_is_never_shown():
    key = answer_key(SUMS, SEED)
    digits = {f"{abs(number):.4g}" for part in key.right[0] for number in part.flat}
    for answer in [*ENDINGS.values(), negated, lambda X, y: (np.ones(3), 5.0)]:
        verdict = verdict_on(answer)
        assert not any(d in show.text(verdict) + show.html(verdict) for d in digits)


def test_a_numerical_derivative_passes_and_is_flagged():
    def by_differences(X, y, w, b):
        def loss(w, b):
            return ((np.tanh(X @ w + b) - y) ** 2).mean()

        eps = 1e-5
        dw = np.array(
            [
                (loss(w + eps * e, b) - loss(w - eps * e, b)) / (2 * eps)
                for e in np.eye(len(w))
            ]
        )
        return dw, (loss(w, b + eps) - loss(w, b - eps)) / (2 * eps)

    flags = [judge_on_grads(by_differences, seed).flags for seed in range(20)]
    assert sum(map(bool, flags)) >= 19


def test_a_tiny_number_inside_of_a_logarithm_is_no_numerical_derivative():
    def with_a_floor(z, y):
        p = 1 / (1 + np.exp(-z))
        loss = -np.mean(y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9))
        return loss, (p - y) / len(z)

    exercise = EXERCISES["bce_logits"]
    key = answer_key(exercise, SEED)
    replies = [ask(with_a_floor, exercise.adapter, case) for case in key.cases]
    verdict = judge(exercise, replies, SEED)
    loss, dz = verdict.parts
    assert 0 < loss.right_cases < loss.cases
    assert dz.right
    assert verdict.flags == ()


def judge_on_grads(function, seed):
    exercise = EXERCISES["neuron_grads"]
    key = answer_key(exercise, seed)
    replies = [ask(function, exercise.adapter, case) for case in key.cases]
    return judge(exercise, replies, seed)


def test_points_are_told_to_two_digits():
    third = replace(verdict_on(mean_doubled), points=2 / 3, max_points=2)
    assert show.points(third) == "0.67 of 2 points"


def test_a_verdict_survives_json():
    verdict = verdict_on(mean_doubled)
    assert Verdict.from_json(verdict.to_json()) == verdict
    assert verdict.to_json() == asdict(verdict)


def test_html_escapes_what_a_student_wrote():
    def attack(X, y):
        raise ValueError("<script>alert(1)</script>")

    page = show.html(verdict_on(attack))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("seed", range(5))
def test_the_reference_agrees_with_central_differences(seed):
    exercise = EXERCISES["neuron_grads"]
    key = answer_key(exercise, seed)
    for case, (dw, db) in zip(key.cases, key.right, strict=True):
        X, y, w, b = case.args
        if np.abs(X).max() > 100:
            continue  # saturated: a difference of two equal losses says nothing

        def loss(w, b, X=X, y=y):
            return ((np.tanh(X @ w + b) - y) ** 2).mean()

        eps = 1e-5
        for i, unit in enumerate(np.eye(len(w))):
            slope = (loss(w + eps * unit, b) - loss(w - eps * unit, b)) / (2 * eps)
            assert slope == pytest.approx(dw[i], rel=1e-6, abs=1e-9)
        slope = (loss(w, b + eps) - loss(w, b - eps)) / (2 * eps)
        assert slope == pytest.approx(float(db), rel=1e-6, abs=1e-9)


def test_of_a_wrong_shape_entries_have_no_sizes_of_their_own():
    sizes = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    want = np.zeros((2, 3))
    turned = np.arange(6.0).reshape(3, 2)
    one, same, other = (
        outcome.compare(array, want, sizes, 1e-9)
        for array in (turned, turned.copy(), turned + 1)
    )
    assert outcome.agree(one, same, sizes, 1e-8, fixed=False)
    assert not outcome.agree(one, other, sizes, 1e-8, fixed=False)


def test_what_no_hint_explains_is_told_apart_from_all_that_is_wrong():
    key = answer_key(SUMS, SEED)
    off = [ask(lambda X, y: (X.sum() + y, 0.0), "call", case) for case in key.cases]
    rows = key.rows(off)
    said = about_values(key, rows, 0, [1])
    assert "p is wrong in 1 of 3 cases that no hint covers" in said
    assert "p is wrong in every case" in about_values(key, rows, 0, [0, 1, 2])
    summed = answer_key(SUMS, SEED)
    stops = [ask(lambda X, y: 1 / 0, "call", case) for case in summed.cases[1:]]
    rows = summed.rows([off[0], *stops])
    for hinted, said in ((False, "1 of 3 cases;"), (True, "cases that no hint covers")):
        assert said in about_values(summed, rows, 0, [0], hinted=hinted)


def test_what_stops_by_a_slip_and_is_wrong_elsewhere_counts_what_is_left():
    """The line above says 0 of 10 cases: “wrong in 1 of 10” would contradict it."""

    def collapse(W1, b1, W2, b2):
        return W2 @ W1, b1 + b2

    key = answer_key(EXERCISES["collapse"], SEED)
    replies = [ask(collapse, "call", case) for case in key.cases]
    verdict = judge(EXERCISES["collapse"], replies, SEED)
    swapped, rest = verdict.diagnoses
    assert swapped.slip == "operands-swapped"
    assert rest.parts == ("b",)
    assert "b is wrong in 1 of 10 cases that no hint covers" in rest.text


def test_an_answer_that_raises_when_it_is_read_is_told_as_what_it_raises():
    class Unseen:
        @property
        def __class__(self):
            raise LookupError("nobody may look")

    reply = ask(lambda *args: (Unseen(), 0.0), "call", answer_key(SUMS, SEED).cases[0])
    assert reply["raised"]["type"] == "LookupError"
    assert reply["raised"]["message"].endswith("was read: nobody may look")


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_cases_are_drawn_whatever_a_student_has_numpy_stop_at(exercise):
    with np.errstate(all="raise"):
        assert AnswerKey(exercise, seed=1).cases
