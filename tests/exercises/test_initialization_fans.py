"""Unit 3, `fans`: right however they are counted."""

import math

import numpy as np
import pytest
from asking import assert_right

from nnkit.exercises import EXERCISES

FANS = EXERCISES["fans"]


def by_slices(shape, layout):
    if layout == "io":
        return math.prod(shape[:-1]), math.prod(shape[:-2]) * shape[-1]
    return math.prod(shape[1:]), math.prod(shape[2:]) * shape[0]


def by_division(shape, layout):
    n_in, n_out = shape[-2:] if layout == "io" else shape[1::-1]
    total = np.prod(shape)
    return [total // n_out, total // n_in]


def by_loop(shape, layout):
    sizes = list(shape) if layout == "io" else [*shape[2:], shape[1], shape[0]]
    n_out, n_in = sizes.pop(), sizes.pop()
    for side in sizes:
        n_in, n_out = n_in * side, n_out * side
    return float(n_in), float(n_out)


def by_unpacking(shape, layout):
    if layout == "oi":
        n_out, n_in, *kernel = shape
    else:
        *kernel, n_in, n_out = shape
    area = np.prod(kernel, dtype=int)
    return n_in * area, n_out * area


def by_moving_axes(shape, layout):
    weight = np.empty(shape)
    if layout == "oi":
        weight = np.moveaxis(weight, (0, 1), (-1, -2))
    return weight[..., 0].size, weight[..., 0, :].size


@pytest.mark.parametrize(
    "answer", [by_slices, by_division, by_loop, by_unpacking, by_moving_axes]
)
def test_right_fans_pass_however_they_are_counted(answer):
    assert_right(FANS, answer)


def test_fans_are_what_a_convolution_really_feeds():
    kernel, n_in, n_out = (2, 3), 4, 5
    ones = np.ones((*kernel, n_in, n_out))
    terms = np.einsum("yxio,yxi->o", ones, np.ones((*kernel, n_in)))
    uses = np.einsum("yxio,o->i", ones, np.ones(n_out))
    assert (terms[0], uses[0]) == FANS.reference((*kernel, n_in, n_out), "io")
