"""What has changed in the library is told, however it was changed; nothing else is."""

import types

import pytest

from nnkit import ops, tensor
from nnkit.sandbox.watch import Watch


@pytest.fixture
def module():
    made = types.ModuleType("nnkit.made_up")
    made.first, made.second, made.third = object(), object(), object()
    return made


@pytest.fixture
def told(module):
    said = []
    watch = Watch(said.append, [module])

    def look():
        said.clear()
        watch.again()
        watch.look()
        return list(said)

    return look


def test_nothing_is_told_where_nothing_has_changed(told):
    assert told() == []


@pytest.mark.parametrize("name", ["first", "second", "third"])
def test_another_value_is_told_by_name(told, module, name):
    setattr(module, name, object())
    assert told() == [f"changes nnkit.made_up.{name}"]


def test_a_name_that_is_gone_is_told(told, module):
    del module.third
    assert told() == ["changes nnkit.made_up.third"]
    module.fourth = object()
    assert told() == ["changes nnkit.made_up.third"]


def test_two_values_that_were_exchanged_are_told(told, module):
    module.first, module.second = module.second, module.first
    assert told() == ["changes nnkit.made_up.first"]


def test_a_name_that_was_given_to_another_value_is_told(told, module):
    names = vars(module)
    before = dict(names)
    names.clear()
    for name, value in before.items():
        names["other" if name == "second" else name] = value
    module.second = object()  # and all values that there were are where they were
    assert told() == ["changes nnkit.made_up.second"]


def test_two_names_that_were_exchanged_are_told(told, module):
    names = vars(module)
    exchanged = {"first": "second", "second": "first"}
    before = dict(names)
    names.clear()
    for name, value in before.items():
        names[exchanged.get(name, name)] = value
    assert told() == ["changes nnkit.made_up.first"]


def test_names_that_are_new_or_put_back_are_no_change(told, module):
    module.fourth = object()
    value = module.first
    del module.first
    module.first = value  # it comes last now
    assert told() == []
    module.second = object()
    assert told() == ["changes nnkit.made_up.second"]


def test_an_object_that_says_it_equals_is_another(told, module):
    class Equal:
        def __eq__(self, other):
            raise AssertionError("nothing of theirs is asked")

    module.second = Equal()
    assert told() == ["changes nnkit.made_up.second"]


def test_methods_and_functions_of_the_library_are_watched(told, monkeypatch):
    monkeypatch.setattr(ops, "add", lambda x, y: x)
    monkeypatch.setattr(tensor.Tensor, "backward", lambda self: None)
    assert told() == ["changes nnkit.ops.add", "changes nnkit.Tensor.backward"]
