"""Unit 5, an engine of one's own: right answers of many kinds, and the reference."""

import math
import sys

import numpy as np
import pytest
from asking import SEEDS, assert_right, central

from nnkit import adapters
from nnkit.exercises import EXERCISES
from nnkit.exercises.chain_rule.engines import Engine
from nnkit.exercises.chain_rule.value import TensorValue
from nnkit.judging.judge import answer_key

VALUE = EXERCISES["Value"]


class Closures:
    """As many tutorials write it: each result keeps a function that goes back."""

    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self._prev, self._backward = set(children), lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Closures) else Closures(other)
        out = Closures(self.data + other.data, (self, other))

        def back():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = back
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Closures) else Closures(other)
        out = Closures(self.data * other.data, (self, other))

        def back():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = back
        return out

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        out = Closures(math.exp(self.data), (self,))

        def back():
            self.grad += out.data * out.grad

        out._backward = back
        return out

    def tanh(self):
        e = math.exp(2 * self.data)
        out = Closures((e - 1) / (e + 1), (self,))

        def back():
            self.grad += (1 - out.data**2) * out.grad

        out._backward = back
        return out

    def backward(self):
        order, seen, todo = [], set(), [(self, False)]
        while todo:
            node, done = todo.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                todo.append((node, True))
                todo.extend((child, False) for child in node._prev)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


class Numbered:
    """Remembers in which order values were made."""

    made = 0

    def __init__(self, data, inputs=(), slopes=()):
        Numbered.made += 1
        self.born, self.data, self.grad = Numbered.made, np.float64(data), 0
        self.inputs, self.slopes = inputs, slopes

    def _with(self, other, value, mine, its):
        return Numbered(value, (self, other), (mine, its))

    def __add__(self, other):
        other = self.lift(other)
        return self._with(other, self.data + other.data, 1, 1)

    def __mul__(self, other):
        other = self.lift(other)
        return self._with(other, self.data * other.data, other.data, self.data)

    def __radd__(self, other):
        return self.lift(other) + self

    def __rmul__(self, other):
        return self.lift(other) * self

    @staticmethod
    def lift(other):
        return other if isinstance(other, Numbered) else Numbered(other)

    def exp(self):
        out = np.exp(self.data)
        return Numbered(out, (self,), (out,))

    def tanh(self):
        out = np.tanh(self.data)
        return Numbered(out, (self,), (1 - out * out,))

    def backward(self):
        found, todo = {self}, [self]
        while todo:
            for node in todo.pop().inputs:
                if node not in found:
                    found.add(node)
                    todo.append(node)
        for node in found:
            node.grad = 0
        self.grad = 1
        for node in sorted(found, key=lambda node: -node.born):
            for x, slope in zip(node.inputs, node.slopes, strict=True):
                x.grad = x.grad + slope * node.grad


class CountsItsUsers(Engine):
    """Waits until all who used a value have reported."""

    def backward(self):
        users, todo, seen = {id(self): 0}, [self], {id(self)}
        while todo:
            for x, _ in todo.pop().made_from:
                users[id(x)] = users.get(id(x), 0) + 1
                if id(x) not in seen:
                    seen.add(id(x))
                    x.grad = 0.0
                    todo.append(x)
        self.grad, ready = 1.0, [self]
        while ready:
            node = ready.pop()
            for x, slope in node.made_from:
                x.grad += slope * node.grad
                users[id(x)] -= 1
                if users[id(x)] == 0:
                    ready.append(x)


class GradsInADictionary(Engine):
    """Gathers in a table, and writes the grads down at the end."""

    def backward(self):
        order = self.order()
        table = dict.fromkeys(map(id, order), 0.0) | {id(self): 1.0}
        for node in reversed(order):
            for x, slope in node.made_from:
                table[id(x)] += slope * table[id(node)]
        for node in order:
            node.grad = np.asarray(table[id(node)])


class DeepRecursion(Engine):
    """Raises Python's limit: no beauty, but right."""

    def order(self):
        found, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for x, _ in node.made_from:
                    visit(x)
                found.append(node)

        before = sys.getrecursionlimit()
        sys.setrecursionlimit(20_000)
        try:
            visit(self)
        finally:
            sys.setrecursionlimit(before)
        return found


class SearchesAList(Engine):
    """Looks up what it has seen in a list, which takes its time."""

    def order(self):
        found, todo = [], [(self, False)]
        seen = []
        while todo:
            node, done = todo.pop()
            if done:
                found.append(node)
            elif node not in seen:
                seen.append(node)
                todo.append((node, True))
                todo += [(x, False) for x, _ in node.made_from]
        return found


@pytest.mark.parametrize(
    "engine",
    [
        TensorValue,
        Closures,
        Numbered,
        CountsItsUsers,
        GradsInADictionary,
        DeepRecursion,
    ],
)
def test_right_engines_pass(engine):
    assert_right(VALUE, engine, range(12))


def test_a_slow_search_is_right_within_the_time_it_has():
    assert_right(VALUE, SearchesAList, [0])
    assert VALUE.seconds >= 5


@pytest.mark.parametrize("seed", SEEDS)
def test_the_engine_reference_agrees_with_differences(seed):
    class Plain:
        def __init__(self, data):
            self.data = data
            self.grad = 0.0

        def __add__(self, other):
            return Plain(self.data + getattr(other, "data", other))

        def __mul__(self, other):
            return Plain(self.data * getattr(other, "data", other))

        __radd__, __rmul__ = __add__, __mul__

        def exp(self):
            return Plain(math.exp(self.data))

        def tanh(self):
            return Plain(math.tanh(self.data))

        def backward(self):
            pass

    key = answer_key(VALUE, seed)
    for case, right in zip(key.cases, key.right, strict=True):
        leaves, steps, roots = case.args
        if len(roots) == 1:
            continue  # exact: see the next tests
        for root, grad in zip((roots[0], roots[-1]), right[1:3], strict=True):

            def value(numbers, root=root, steps=steps, names=tuple(leaves)):
                found = dict(zip(names, numbers.tolist(), strict=True))
                return adapters.run_steps(Plain, found, steps, [root])[0]

            measured = central(value, np.array(list(leaves.values())), 1e-5)
            size = max(1.0, np.abs(grad).max())
            np.testing.assert_allclose(grad, measured, rtol=1e-6, atol=1e-6 * size)


@pytest.mark.parametrize("terms", [12, 3600])
def test_the_grads_of_the_long_sum_are_what_one_sees(terms):
    key = answer_key(VALUE, 4)
    name = f"a sum of {terms} terms"
    [i] = [i for i, case in enumerate(key.cases) if case.name == name]
    leaves, _, _ = key.cases[i].args
    total = leaves["a"] + terms * leaves["b"]
    *nothing, (data, *grads) = key.right[i]
    assert not any(nothing)
    assert data == pytest.approx(total * leaves["c"])
    assert grads == pytest.approx([leaves["c"], terms * leaves["c"], total])


def test_the_grads_of_the_doubled_value_are_what_one_sees():
    key = answer_key(VALUE, 4)
    [i] = [i for i, case in enumerate(key.cases) if "doubled" in case.name]
    leaves, [(_, _, _, _, times)], _ = key.cases[i].args
    a, b = leaves["a"], leaves["b"]
    data, *grads = key.right[i][-1]
    assert data == pytest.approx(a * (2 * b) ** times)
    assert grads == pytest.approx(
        [(2 * b) ** times, 2 * times * a * (2 * b) ** (times - 1)]
    )
