"""A case that asks for some of the parts counts for no other."""

from dataclasses import replace

import pytest

from nnkit.exercises.spec import Case, Exercise, Slip
from nnkit.judging import rules, show
from nnkit.judging.judge import answer_key, ask, judge

SEED = 7


def right(x, far):
    return (0.0, x.sum()) if far else (x[0] * 3, 0.0)


def cases(rng):
    return [
        Case("near", (rng.normal(size=3), False), asks=("p",)),
        Case("far", (rng.normal(size=4), True), asks=("q",)),
        Case("near again", (rng.normal(size=3), False), asks=("p",)),
    ]


TWO = Exercise(
    "two",
    unit="test",
    points=4,
    params=("x", "far"),
    parts=("p", "q"),
    cases=cases,
    reference=right,
    slips=(Slip("mean", lambda x, far: (x[0] * 3, x.mean() * far), "Mean or sum?"),),
)


def verdict_on(function):
    key = answer_key(TWO, SEED)
    return judge(TWO, [ask(function, TWO.adapter, case) for case in key.cases], SEED)


def stops_far_out(x, far):
    if far:
        raise ValueError("too far")
    return right(x, far)


def stops_near(x, far):
    if not far:
        raise ValueError("too near")
    return right(x, far)


@pytest.mark.parametrize(
    ("answer", "lost"), [(stops_far_out, "q"), (stops_near, "p"), (right, "")]
)
def test_what_stops_a_call_costs_the_parts_it_was_asked_for(answer, lost):
    verdict = verdict_on(answer)
    assert [part.name for part in verdict.parts if not part.right] == list(lost)
    assert [item.parts for item in verdict.diagnoses] == [(part,) for part in lost]
    assert verdict.points == (2 if lost else 4)


def test_a_case_is_counted_where_it_was_asked_for_and_nowhere_else():
    p, q = verdict_on(stops_near).parts
    assert (p.right_cases, p.cases, p.wrong_in) == (0, 2, ("near", "near again"))
    assert (q.right_cases, q.cases, q.wrong_in) == (1, 1, ())


def test_what_was_not_asked_for_is_not_compared():
    def noisy(x, far):
        return (float("nan"), x.sum()) if far else (x[0] * 3, "whatever")

    assert verdict_on(noisy).status == "right"


def test_the_same_end_of_all_calls_is_told_once_and_of_all_parts():
    def stops(x, far):
        raise ValueError("anyhow")

    [item] = verdict_on(stops).diagnoses
    assert item.parts == ("p", "q")


def test_two_parts_that_end_in_different_ways_are_both_told():
    def stops(x, far):
        raise (ValueError if far else KeyError)("here")

    told = verdict_on(stops).diagnoses
    assert [item.parts for item in told] == [("p",), ("q",)]
    assert "KeyError" in told[0].text
    assert "ValueError" in told[1].text


def test_who_has_answered_nothing_is_not_half_right():
    def stub(x, far):
        raise NotImplementedError

    verdict = verdict_on(stub)
    assert verdict.status == "open"
    assert "Not answered yet." in show.text(verdict)


def test_a_slip_is_known_by_the_cases_that_ask_for_its_part():
    verdict = verdict_on(lambda x, far: (x[0] * 3, x.mean() * far))
    assert [item.slip for item in verdict.diagnoses] == ["mean"]
    assert list(rules.broken(TWO, (1, 2, 3))) == []


@pytest.mark.parametrize(
    ("asks", "said"),
    [(("r",), "asks for 'r', which is no part"), (("p",), "no case asks for 'q'")],
)
def test_asking_for_what_is_no_part_and_for_less_than_all_parts_is_found(asks, said):
    def drawn(rng):
        return [Case("one", (rng.normal(size=3), True), asks=asks)]

    found = list(rules.cases_broken(replace(TWO, cases=drawn), (1, 2)))
    assert any(said in line for line in found), found


@pytest.mark.parametrize(("value", "asked"), [(None, True), ({"p": 1.0}, False)])
def test_nothing_in_place_of_the_one_part_that_is_asked_for(value, asked):
    said = verdict_on(lambda x, far: value).diagnoses[0].text
    assert said.startswith("Expected ")
    assert ("Is there a `return`?" in said) == asked
