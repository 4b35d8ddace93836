"""The benchmark compares like with like: all contenders compute the same thing."""

import importlib.util

import pytest

from nnkit.demo import UNIT

from .classes import main as make_class
from .nets import CONTENDERS, NETS, by_hand

INSTALLED = {
    "nnkit": "nnkit",
    "autograd": "autograd",
    "PyTorch": "torch",
    "JAX (compiled)": "jax",
}
here = [name for name, module in INSTALLED.items() if importlib.util.find_spec(module)]


def losses(step):
    return [float(step()) for _ in range(5)]


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.name)
@pytest.mark.parametrize("name", here)
def test_contender_takes_the_steps_that_numpy_takes(name, net):
    expected = losses(by_hand(net))
    assert losses(CONTENDERS[name](net)) == pytest.approx(expected, rel=1e-9)
    assert expected[-1] < expected[0]


def test_every_contender_is_tested_where_installed():
    assert INSTALLED.keys() == CONTENDERS.keys()
    assert {"nnkit", "autograd"} <= set(here)


def test_a_class_of_the_size_asked_for_is_made_where_nothing_is(tmp_path, capsys):
    make_class("30", str(tmp_path / "class"))
    assert len(list(tmp_path.glob(f"class/submitted/*/{UNIT}/{UNIT}.ipynb"))) == 30
    with pytest.raises(SystemExit):
        make_class("5", str(tmp_path))
    assert "was left alone" in capsys.readouterr().err
