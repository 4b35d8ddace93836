"""What `backward` does for another loss, when it stops, and while it is refused."""

import numpy as np
import pytest

from nnkit.gradients import grad
from nnkit.tensor import AutodiffRefused, Tensor, refused


def test_loss_that_does_not_depend_on_a_parameter_leaves_its_gradient():
    v, w = Tensor(2.0), Tensor(3.0)
    (v * w).backward()
    (w * w).backward()
    assert (v.grad, w.grad) == (3, 6)


def test_backward_that_stops_leaves_the_gradients():
    w = Tensor(np.ones(2))
    (w * 3).sum().backward()
    for seed in (np.ones(3), None, "one"):
        with pytest.raises(
            (TypeError, ValueError), match=r"single number|shape|real numbers"
        ):
            (w * 5).backward(seed)
        assert w.grad.tolist() == [3, 3]


def test_refusals_that_end_out_of_order_end_for_themselves():
    """As those of two threads do: the first to begin is the first to end."""
    first, second = refused("first"), refused("second")
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    with pytest.raises(AutodiffRefused, match="second"):
        Tensor(1.0).backward()
    second.__exit__(None, None, None)
    Tensor(1.0).backward()


def test_what_was_computed_while_gradients_were_refused_has_none_afterwards():
    """Else the weights would keep their last gradient, and a step would follow it."""
    w = Tensor([1.0, 2.0], "w")
    with refused("by hand"):
        z = (w * 2).sum()
    for out in (z, z * 3):
        with pytest.raises(AutodiffRefused, match="nothing is recorded there: compute"):
            out.backward()
    with pytest.raises(AutodiffRefused, match="nothing is recorded there"):
        grad(lambda x: x * z)(1.0)
    z.data = 6.0  # made by hand now
    z.backward()
    assert w.grad is None
