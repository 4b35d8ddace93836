"""Unit 3: how many inputs feed an output, and how many outputs an input feeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit import init
from nnkit.exercises.spec import Case, Exercise, slip

Shape = tuple[int, ...]


def weight_shapes(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `fans`; in each shape all sizes differ, but for the square one."""

    def sizes(count: int, low: int, high: int) -> Shape:
        drawn = rng.choice(np.arange(low, high), count, replace=False)
        return tuple(int(n) for n in drawn)

    width = int(rng.integers(5, 30))
    return (
        Case("a dense layer, in first", (sizes(2, 5, 30), "io")),
        Case("a dense layer, out first", (sizes(2, 5, 30), "oi")),
        # Kernel sides from 2, channels from 8: no size or product meets another's.
        Case("an image kernel, in before out", ((*sizes(2, 2, 8), *ends(rng)), "io")),
        Case("an image kernel, out first", ((*ends(rng), *sizes(2, 2, 8)), "oi")),
        Case("a sound kernel, in before out", ((*sizes(1, 2, 8), *ends(rng)), "io")),
        Case("a volume kernel, out first", ((*ends(rng), *sizes(3, 2, 8)), "oi")),
        Case("as many inputs as outputs", ((width, width), "io")),
        Case("a dense layer, other numbers", (sizes(2, 30, 60), "io")),
    )


def ends(rng: np.random.Generator) -> tuple[int, int]:
    """Draw two different numbers of channels."""
    first, second = rng.choice(np.arange(8, 40), 2, replace=False)
    return int(first), int(second)


def read(shape: Shape, layout: str) -> tuple[Shape, int, int]:
    """Return a shape's kernel, in and out.

    The slips below start from it and go wrong in one place each.
    """
    if layout == "io":
        return shape[:-2], shape[-2], shape[-1]
    return shape[2:], shape[1], shape[0]


@slip(
    "Take one output of a convolution with a 3 × 3 kernel. How many numbers are "
    "multiplied and added up to make it? Every position of the kernel brings its own."
)
def kernel_ignored(shape: Shape, layout: str) -> Any:
    _, n_in, n_out = read(shape, layout)
    return n_in, n_out


@slip(
    "The kernel is in one of your two numbers and missing in the other. If an output "
    "looks at several positions, how many positions look at one input?"
)
def kernel_in_fan_in_alone(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    return math.prod(kernel) * n_in, n_out


@slip(
    "Only your second number counts the positions of the kernel. Look again at what "
    "is added up in a single output."
)
def kernel_in_fan_out_alone(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    return n_in, math.prod(kernel) * n_out


@slip(
    "A kernel is an area, or a volume: how many positions does one with 3 rows and 4 "
    "columns have? You took only one of its sides.",
    also=[lambda shape, layout: last_side(shape, layout)],
)
def one_side_of_the_kernel(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    side = kernel[0] if kernel else 1
    return side * n_in, side * n_out


def last_side(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    side = kernel[-1] if kernel else 1
    return side * n_in, side * n_out


@slip(
    "Right for kernels with up to two axes. A kernel for volumes has three: how many "
    "of its axes does your product take in?"
)
def two_sides_of_the_kernel(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    return math.prod(kernel[:2]) * n_in, math.prod(kernel[:2]) * n_out


def added_up_from_zero(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    return sum(kernel) * n_in, sum(kernel) * n_out


@slip(
    "How many positions does a kernel with 3 rows and 4 columns have: seven, or some "
    "other number?",
    also=[added_up_from_zero],
)
def kernel_sides_added(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    area = sum(kernel) if kernel else 1
    return area * n_in, area * n_out


@slip(
    "Both numbers are there, in the other order. Which of the two says how many "
    "terms the weighted sum of a unit has?",
    whole=True,
)
def swapped(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    return math.prod(kernel) * n_out, math.prod(kernel) * n_in


def outputs_for_both(shape: Shape, layout: str) -> Any:
    kernel, _, n_out = read(shape, layout)
    return math.prod(kernel) * n_out, math.prod(kernel) * n_out


@slip(
    "You return one number twice. An input feeds as many outputs as there are in reach "
    "of it, and an output is fed by inputs: which of them does each number count?",
    also=[outputs_for_both],
)
def one_number_twice(shape: Shape, layout: str) -> Any:
    kernel, n_in, _ = read(shape, layout)
    return math.prod(kernel) * n_in, math.prod(kernel) * n_in


@slip(
    "That is how many weights there are in all. How many of them meet in a single "
    "output, and how many start from a single input?"
)
def all_weights_counted(shape: Shape, layout: str) -> Any:
    return math.prod(shape), math.prod(shape)


def channels_first_always(shape: Shape, layout: str) -> Any:
    ends, kernel = shape[:2], math.prod(shape[2:])
    n_in, n_out = ends if layout == "io" else ends[::-1]
    return kernel * n_in, kernel * n_out


def kernel_from_the_third_axis(shape: Shape, layout: str) -> Any:
    _, n_in, n_out = read(shape, layout)
    return math.prod(shape[2:]) * n_in, math.prod(shape[2:]) * n_out


def kernel_before_the_last_two(shape: Shape, layout: str) -> Any:
    _, n_in, n_out = read(shape, layout)
    return math.prod(shape[:-2]) * n_in, math.prod(shape[:-2]) * n_out


@slip(
    "In one layout the axes of the kernel stand at the end of the shape, in the other "
    "at its start. Where does your code look for them?",
    also=[
        channels_first_always,
        kernel_from_the_third_axis,
        kernel_before_the_last_two,
    ],
)
def kernel_at_one_end(shape: Shape, layout: str) -> Any:
    ends, kernel = shape[-2:], math.prod(shape[:-2])
    n_in, n_out = ends if layout == "io" else ends[::-1]
    return kernel * n_in, kernel * n_out


@slip(
    'Where the layout is "oi", too, you count as if the outputs came last. What does '
    "that name say about the axes, and does your answer look at `layout` at all?"
)
def always_in_out(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, "io")
    return math.prod(kernel) * n_in, math.prod(kernel) * n_out


@slip(
    'Where the layout is "io", too, you count as if the outputs came first. What does '
    "that name say about the axes, and does your answer look at `layout` at all?"
)
def always_out_in(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, "oi")
    return math.prod(kernel) * n_in, math.prod(kernel) * n_out


@slip(
    'You read "io" as "oi" and "oi" as "io". Spell each out: which letter '
    "stands for the axis that comes first?"
)
def layouts_exchanged(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, "oi" if layout == "io" else "io")
    return math.prod(kernel) * n_in, math.prod(kernel) * n_out


def exchanged_in(spoiled: str) -> Callable[..., Any]:
    """Make the answer that takes in for out in one layout."""

    def mutant(shape: Shape, layout: str) -> Any:
        kernel, n_in, n_out = read(shape, layout)
        if layout == spoiled:
            n_in, n_out = n_out, n_in
        return math.prod(kernel) * n_in, math.prod(kernel) * n_out

    return mutant


@slip(
    "In one of the two layouts you take the axis of the inputs for that of the "
    "outputs, or the outputs' for the inputs'. Spell out that layout's name: which "
    "axis comes first?",
    also=[exchanged_in("io")],
)
def exchanged_in_one_layout(shape: Shape, layout: str) -> Any:
    return exchanged_in("oi")(shape, layout)


@slip(
    "The two axes you took are not always the two that count channels. Where do "
    "the axes of the kernel stand in each layout, and where do in and out?",
    also=[lambda shape, layout: tuple(shape[:2])],
)
def first_two_axes(shape: Shape, layout: str) -> Any:
    first, second = shape[:2]
    return (first, second) if layout == "io" else (second, first)


@slip(
    "One too many in your fan-in: are you counting the bias? It starts at 0, so it "
    "adds nothing to the spread of the sum, and is not counted.",
    also=[lambda shape, layout: one_more_each(shape, layout)],
)
def bias_counted(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    return math.prod(kernel) * n_in + 1, math.prod(kernel) * n_out


def one_more_each(shape: Shape, layout: str) -> Any:
    kernel, n_in, n_out = read(shape, layout)
    return math.prod(kernel) * n_in + 1, math.prod(kernel) * n_out + 1


fans = Exercise(
    "fans",
    unit="03-initialization",
    points=0,
    params=("shape", "layout"),
    parts=("fan_in", "fan_out"),
    cases=weight_shapes,
    reference=init.fans,
    slips=(
        kernel_ignored,
        kernel_in_fan_in_alone,
        kernel_in_fan_out_alone,
        one_side_of_the_kernel,
        two_sides_of_the_kernel,
        kernel_sides_added,
        kernel_at_one_end,
        swapped,
        one_number_twice,
        all_weights_counted,
        always_in_out,
        always_out_in,
        layouts_exchanged,
        exchanged_in_one_layout,
        first_two_axes,
        bias_counted,
    ),
)
