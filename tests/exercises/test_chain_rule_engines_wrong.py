"""Unit 5, an engine of one's own: what is said of wrong ones, and fairness notes."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from asking import SEEDS, verdicts
from reading import answers

from nnkit import adapters
from nnkit.exercises import EXERCISES
from nnkit.exercises.chain_rule.engines import Engine
from nnkit.exercises.chain_rule.value import TensorValue
from nnkit.judging.judge import answer_key

VALUE = EXERCISES["Value"]


def test_seven_and_neither_fourteen_nor_twenty():
    program = ({"a": 3.0}, [("p", "*", "a", "a"), ("out", "+", "p", "a")])
    slips = {slip.id: slip.mutant for slip in VALUE.slips}
    for engine, again in (
        (Engine, 7),
        (TensorValue, 7),
        (slips["leaves-never-cleared"], 14),
        (slips["never-cleared"], 20),
    ):
        found = adapters.program(engine, (*program, ["out", "out"]), {})
        assert found == (12, [7], [again], 0)


def test_an_engine_without_tanh_is_told_so_and_keeps_the_row_that_has_none():
    class Half(Engine):
        tanh = None

    [verdict] = verdicts(VALUE, Half, [1])
    assert [part.right for part in verdict.parts] == [False, False, False, True]
    assert verdict.points == VALUE.points / 4
    [item] = verdict.diagnoses
    assert item.parts == ("data", "grad", "grad_again")
    assert "NoneType" in item.text


def test_an_engine_without_sums_is_told_so_once_and_keeps_nothing():
    class Half(Engine):
        __add__ = __radd__ = None

    [verdict] = verdicts(VALUE, Half, [1])
    assert verdict.points == 0
    [item] = verdict.diagnoses
    assert item.parts == VALUE.parts


def test_numbers_on_the_left_have_no_bearing_on_the_long_row():
    [slip] = [slip for slip in VALUE.slips if slip.id == "numbers-on-the-right-alone"]
    [verdict] = verdicts(VALUE, slip.mutant, [1])
    assert [part.right for part in verdict.parts] == [False, False, False, True]


def test_who_walks_every_path_loses_the_long_row_and_nothing_else():
    [slip] = [slip for slip in VALUE.slips if slip.id == "every-path-by-itself"]
    for engine in slip.mutants:
        [verdict] = verdicts(VALUE, engine, [1])
        assert [part.right for part in verdict.parts] == [True, True, True, False]
        assert [item.slip for item in verdict.diagnoses] == [slip.id]


def test_who_keeps_numbers_sealed_or_goes_round_often_loses_nothing_in_the_row():
    class Sealed(Engine):
        __slots__ = ()

        def __setattr__(self, name, value):
            if name == "data" and hasattr(self, "data"):
                raise RuntimeError("a number is what it is")
            super().__setattr__(name, value)

    class RoundAndRound(Engine):
        """Starts anew after every value, instead of finding an order first."""

        __slots__ = ()

        def backward(self):
            order = self.order()
            for _ in order:
                self.clear(order)
                self.grad = 1.0
                for node in reversed(order):
                    self.hand_on(node)

    case = [case for case in answer_key(VALUE, 1).cases if "doubled" in case.name]
    [(leaves, steps, roots)] = [each.args for each in case]
    expected = adapters.program(Engine, (leaves, steps, roots), {})[-1]
    for engine in (Sealed, RoundAndRound):
        assert adapters.program(engine, (leaves, steps, roots), {})[-1] == expected
    assert {type(number) for number in expected} == {float}


def test_an_engine_that_is_right_but_for_the_depth_keeps_the_rest():
    slips = {slip.id: slip for slip in VALUE.slips}

    class OfManyTutorials(slips["recursive"].mutant):
        clear = slips["leaves-never-cleared"].mutant.clear

    for engine, right, hints in (
        (slips["recursive"].mutant, [True, True, True, False], ["recursive"]),
        (
            OfManyTutorials,
            [True, True, False, False],
            ["leaves-never-cleared", "recursive"],
        ),
    ):
        [verdict] = verdicts(VALUE, engine, [1])
        assert [part.right for part in verdict.parts] == right
        assert sorted(item.slip for item in verdict.diagnoses) == hints
        assert all(item.slip for item in verdict.diagnoses)


@pytest.mark.parametrize("turn", [list, lambda pairs: list(reversed(pairs))])
def test_storing_is_recognized_in_whatever_order_one_goes_back(turn):
    class Stores(Engine):
        def order(self):
            order, seen, todo = [], set(), [(self, False)]
            while todo:
                node, done = todo.pop()
                if done:
                    order.append(node)
                elif node not in seen:
                    seen.add(node)
                    todo.append((node, True))
                    todo += [(x, False) for x, _ in turn(node.made_from)]
            return order

        def hand_on(self, node):
            for x, slope in turn(node.made_from):
                x.grad = slope * node.grad

    for seed in SEEDS:
        [verdict] = verdicts(VALUE, Stores, [seed])
        assert [item.slip for item in verdict.diagnoses] == ["overwritten"]


@pytest.mark.parametrize("turn", [list, lambda values: values[::-1]])
@pytest.mark.parametrize("place", [-1, 0])
@pytest.mark.parametrize(
    ("up", "down"), [("uses", "users"), ("users", "uses"), ("uses", "uses")]
)
def test_who_counts_uses_one_way_and_users_the_other_is_told(up, down, place, turn):
    class Waits(Engine):
        def inputs(self, which):
            found = [x for x, _ in self.made_from]
            return turn(found if which == "uses" else list(dict.fromkeys(found)))

        def backward(self):
            order = self.order()
            self.clear(order)
            self.grad = 1.0
            waits = Counter(x for node in order for x in node.inputs(up))
            ready = [self]
            while ready:
                node = ready.pop(place)
                self.hand_on(node)
                for x in node.inputs(down):
                    waits[x] -= 1
                    if waits[x] == 0:
                        ready.append(x)

    for verdict in verdicts(VALUE, Waits, SEEDS[:3]):
        if up == down:
            assert verdict.status == "right"
        else:
            assert not any(part.right for part in verdict.parts[1:3])
            assert [item.slip for item in verdict.diagnoses] == ["twice-in-one-use"]


def test_right_data_are_worth_a_quarter():
    class NoGrads(Engine):
        def backward(self):
            pass

    [verdict] = verdicts(VALUE, NoGrads, [1])
    assert verdict.points == pytest.approx(VALUE.points / 4)


def test_a_stub_that_raises_leaves_the_exercise_open():
    class Value:
        def __init__(self, data):
            raise NotImplementedError

    [verdict] = verdicts(VALUE, Value, [1])
    assert verdict.status == "open"


def test_what_is_no_number_is_a_wrong_answer_and_no_crash():
    class Grads(Engine):
        @property
        def grad(self):
            return self

        @grad.setter
        def grad(self, value):
            pass

    [verdict] = verdicts(VALUE, Grads, [1])
    assert verdict.status == "partly right"
    assert [part.right for part in verdict.parts] == [True, False, False, False]


def test_a_random_expression_leaves_no_leaf_out():
    for seed in range(100):
        key = answer_key(VALUE, seed)
        names = [case.name for case in key.cases]
        _, grad, _, _ = key.right[names.index("a random expression")]
        assert np.isfinite(grad).all()
        assert np.abs(grad).max() > 1e-3


def test_plain_numbers_alone_are_spoken_of_where_nothing_else_is_wrong():
    class SumForProduct(Engine):
        def __rmul__(self, other):
            return self + other

    for verdict in verdicts(VALUE, SumForProduct, SEEDS[:3]):
        [item] = verdict.diagnoses
        assert item.slip == ""
        assert item.text.startswith("Right where values meet values, and")


def test_what_shows_wherever_a_result_is_used_twice_is_told_as_one_thing():
    class AnyOrder(Engine):
        """Goes on to a set's values in any order, so that no slip has its numbers."""

        def backward(self):
            self.clear(self.order())
            self.grad = 1.0
            waiting, seen, turn = [self], set(), 0
            while waiting:
                node = waiting.pop()
                if node not in seen:
                    seen.add(node)
                    self.hand_on(node)
                    turn += 1
                    inputs = [x for x, _ in node.made_from]
                    waiting += inputs[:: 1 if turn % 3 else -1]

    for verdict in verdicts(VALUE, AnyOrder, SEEDS[:3]):
        [item] = verdict.diagnoses
        assert (item.slip, item.parts) == ("", ("grad", "grad_again"))
        assert item.text.startswith("Right but where a *result*, and not only a leaf,")


def test_what_exp_does_to_its_input_is_seen():
    class InPlace(Engine):
        def exp(self):
            self.data = math.exp(self.data)
            return type(self)(self.data, [(self, self.data)])

    for verdict in verdicts(VALUE, InPlace, SEEDS[:3]):
        [item] = verdict.diagnoses
        assert item.parts == ("data", "grad", "grad_again")
        assert item.text.startswith("Right but where exp comes in")


def test_what_was_used_up_by_the_first_call_is_not_told_as_zeros():
    class UsedUp(Engine):
        def hand_on(self, node):
            super().hand_on(node)
            node.made_from = ()

    for verdict in verdicts(VALUE, UsedUp, SEEDS[:3]):
        assert [part.right for part in verdict.parts] == [True, True, False, True]
        assert "zero" not in " ".join(item.text for item in verdict.diagnoses)


def test_what_goes_wrong_in_a_later_call_is_looked_for_there():
    class ClearsOnce(Engine):
        def clear(self, order):
            if not self.visited:
                super().clear(order)
            self.visited = True

    for verdict in verdicts(VALUE, ClearsOnce, SEEDS[:3]):
        assert verdict.parts[1].right
        [item] = verdict.diagnoses
        assert item.parts == ("grad_again",)
        assert item.text.startswith("The first call of backward() is right, and a")


def test_it_is_looked_for_there_where_the_first_call_is_wrong_as_well():
    class NeverClears(Engine):
        def tanh(self):
            out = math.tanh(self.data)
            return type(self)(out, [(self, 1 - out)])

        def exp(self):
            return type(self)(math.exp(self.data), [(self, 0.3)])

        def clear(self, order):
            pass

    class Clears(NeverClears):
        def clear(self, order):
            Engine.clear(self, order)

    told = "Where backward() is called on the same result once more, it gives other"
    for engine in (NeverClears, Clears):
        for verdict in verdicts(VALUE, engine, SEEDS[:2]):
            assert not verdict.parts[1].right
            again = [d for d in verdict.diagnoses if d.text.startswith(told)]
            assert [item.parts for item in again] == [
                ("grad_again",) for _ in range(engine is NeverClears)
            ]


def test_two_numbers_of_one_case_are_alike_by_chance():
    # It counts no uses: of its two inputs a sum knows one. That has a name; without it
    # there is none.
    [answer] = [each for each in answers() if "only self in prev" in each.name]
    others = [each for each in VALUE.slips if each.id != "one-operand-remembered"]
    nameless = replace(VALUE, slips=tuple(others))
    for verdict in verdicts(nameless, answer.function(), (2024, 5, 77)):
        assert {item.slip for item in verdict.diagnoses} == {""}


def test_an_engine_that_calls_itself_for_ever_has_returned_no_text():
    class Value:
        def __init__(self, data):
            self.data, self.grad = data, 0.0

        def __add__(self, other):
            return other + self

        __mul__ = __radd__ = __rmul__ = __add__

        def backward(self):
            self.grad = 1.0

    [verdict] = verdicts(VALUE, Value, [0])
    told = " ".join(diagnosis.text for diagnosis in verdict.diagnoses)
    assert "RecursionError" in told
    assert "got text" not in told
