"""Sums, means and variances of narrow floats keep their digits, and so do gradients.

Expected values are exact: what is added is a power of two times a whole number, or the
sum is that of the same numbers in float64.
"""

import numpy as np
import pytest

from nnkit import losses
from nnkit.sums import fit, mean_square
from nnkit.tensor import Tensor, affine, log_softmax, logsumexp, softmax

ROWS = 1_000_000
TENTH = np.float32(0.1)


@pytest.fixture(scope="module")
def column():
    """A million rows of 0.1 in float32, which NumPy adds up to 100958.34."""
    x = np.full((ROWS, 3), TENTH)
    x.flags.writeable = False
    return x


def test_million_rows_of_a_tenth(column):
    expected = np.float32(ROWS * float(TENTH))
    assert abs(np.add.reduce(column, axis=0)[0] - expected) > 900
    x = Tensor(column)
    assert x.sum(axis=0).data.tolist() == [expected] * 3
    assert x.mean(axis=0).data.tolist() == [TENTH] * 3
    assert x.var(axis=0).data.tolist() == [0] * 3
    assert x.sum(axis=0).data.dtype == np.float32


def test_gradient_of_what_was_stretched_over_a_million_rows(column):
    expected = [np.float32(ROWS * float(TENTH))] * 3
    one, bias, picked = (Tensor(np.ones(3, np.float32)) for _ in range(3))
    (column + one).backward(column)
    assert one.grad.tolist() == expected
    affine(np.ones((ROWS, 1), np.float32), np.ones((1, 3), np.float32), bias).backward(
        column
    )
    assert bias.grad.tolist() == expected
    picked[np.zeros(ROWS, int)].backward(column[:, 0])
    assert picked.grad.tolist() == [expected[0], 0, 0]
    for t in (one, bias, picked):
        assert t.grad.dtype == np.float32


def test_losses_of_a_million_rows(column):
    zeros = np.zeros_like(column)
    square = np.float32(float(TENTH) ** 2)
    assert losses.squared_error(column, zeros) == square
    assert losses.absolute_error(column, zeros) == TENTH
    assert losses.huber(column, zeros) == square / 2
    # All shares are equal, and so are all classes: log 3.
    assert losses.cross_entropy(column, np.zeros(ROWS, int)) == np.float32(np.log(3))


def test_a_million_classes_that_are_alike(column):
    """Each has a millionth; the logarithm of their sum is 0.1 + log 10⁶."""
    share = np.float32(1 / ROWS)
    np.testing.assert_allclose(softmax(column, axis=0)[0], share, rtol=2e-7)
    np.testing.assert_allclose(log_softmax(column, axis=0)[0], -np.log(ROWS), rtol=2e-7)
    np.testing.assert_allclose(
        logsumexp(column, axis=0), float(TENTH) + np.log(ROWS), rtol=2e-7
    )


@pytest.mark.parametrize(("m", "part"), [(4096, 2**-12), (2**17, 2**-17)])
def test_half_precision_is_stuck_nowhere(m, part):
    """2^17 is no float16, a mean over as many rows is."""
    x = Tensor(np.ones((m, 2), np.float16))
    x.mean(axis=0).backward(np.ones(2, np.float16))
    assert x.grad.min() == x.grad.max() == part
    assert x.mean(axis=0).data.tolist() == [1, 1]
    assert x.var().data == 0
    assert (x / 8192).sum(axis=0).data.tolist() == [m / 8192] * 2
    loss = losses.absolute_error(x, np.zeros((m, 2)))
    loss.backward()
    assert (loss.data, loss.data.dtype) == (1, np.float16)
    assert x.grad.min() == x.grad.max() == part / 2
    assert x.grad.dtype == np.float16


def test_squares_that_a_half_could_not_hold():
    x = np.array([300.0, 0, 0, 0], np.float16)
    assert mean_square(x) == 22496  # 300² / 4 = 22500: halves are 16 apart there


@pytest.mark.parametrize("kind", [np.float64, np.longdouble])
def test_wide_floats_stay_as_wide_as_they_are(kind):
    x = Tensor(np.full((4, 2), 1 + 2 * np.finfo(kind).eps, kind))
    for out in (x.sum(), x.mean(axis=0).sum(), x.var(), x[[0, 0]].sum()):
        out.backward()
        assert out.data.dtype == x.grad.dtype == kind
    assert x.mean().data == x.data[0, 0]
    assert fit(x.data, (1, 2)).dtype == kind


def test_shares_of_many_classes_in_half_precision_add_up():
    """Column after column, where they lie so in memory: to 0.9, in halves."""
    e = np.exp(np.arange(3000) % 7)
    y = np.asfortranarray(np.repeat((e / e.sum())[None], 5, axis=0), dtype=np.float16)
    loss = losses.cross_entropy(np.zeros((5, 3000)), y)
    assert loss == pytest.approx(np.log(3000), rel=1e-3)
