"""Unit 2: how the steps of a descent, and the rows that hold them, go wrong."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from nnkit.adapters import materialize
from nnkit.exercises.draw import Array
from nnkit.exercises.learning_rate.run_rules import Gradient, follow
from nnkit.exercises.spec import slip


def path(grad: Any, w0: Array, lr: float, T: int) -> Array:
    """Return the points (T+1, d) that gradient descent visits."""
    slope: Gradient = materialize(grad)
    points = [np.asarray(w0, dtype=float)]
    for _ in range(T):
        points.append(points[-1] - lr * slope(points[-1]))
    return np.array(points)


@slip(
    "Print the loss along your path: does it fall? A gradient points uphill, and the "
    "way down is the other one."
)
def uphill(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w + lr * grad(w))


@slip(
    "Row 1 stays empty, and you go on from what is in it. Print the t that your loop "
    "runs through: which is the first, and from which row does the first step set out?"
)
def first_step_skipped(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.zeros((T + 1, len(w0)))
    points[0] = w0
    for t in range(1, T):
        points[t + 1] = points[t] - lr * grad(points[t])
    return points


@slip(
    "Your second row is the start once more, so that you end a step too early. When do "
    "you write a point down: before the step that leads to it, or after?"
)
def start_twice(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = follow(grad, w0, T, lambda w: w - lr * grad(w))
    return np.vstack([points[:1], points])[: T + 1]


def after_one_step(
    grad: Gradient, w0: Array, lr: float, T: int, listed: bool
) -> Array | None:
    """Return what a `return` inside of the loop leaves of the path.

    Args:
        grad: as in `path`.
        w0: as in `path`.
        lr: as in `path`.
        T: as in `path`. A loop that is never entered comes by no `return`.
        listed: the points stand in a list, so that those to come have no rows yet.
    """
    points = path(grad, w0, lr, T)
    if listed:
        return points[:2] if T else None
    points[2:] = 0
    return points if T else None


def moved_and_back(
    grad: Gradient, w0: Array, lr: float, T: int, listed: bool
) -> Array | None:
    points = after_one_step(grad, w0, lr, T, listed)
    if T:
        w0 -= lr * grad(w0)
    return points


@slip(
    "After the call the caller's w0 is not where the path began. Which of your lines "
    "writes into it? `-=` on an array does, under whatever name you hold it.",
    # Who also comes back after one step is told of that once w0 stays where it is.
    also=[partial(moved_and_back, listed=listed) for listed in (False, True)],
)
def start_overwritten(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    w = w0
    points = [w.copy()]
    for _ in range(T):
        w -= lr * grad(w)
        points.append(w.copy())
    return np.array(points)


def one_array_after_the_start(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    w = np.array(w0, dtype=float)
    points = [w.copy()]
    for _ in range(T):
        w -= lr * grad(w)
        points.append(w)
    return np.array(points)


@slip(
    "Row after row of yours is the same point. A list holds the array, not a picture "
    "of it: what does `-=` do to the rows that you have stored already?",
    also=[one_array_after_the_start],
)
def one_array_in_every_row(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    w = np.array(w0, dtype=float)
    points = [w]
    for _ in range(T):
        w -= lr * grad(w)
        points.append(w)
    return np.array(points)


@slip(
    "A start of whole numbers stops you: NumPy does not write a fraction into an "
    "array of integers. What dtype has your copy of w0?"
)
def integers_refuse(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    w = w0.copy()
    points = [w.copy()]
    for _ in range(T):
        w -= lr * grad(w)
        points.append(w.copy())
    return np.array(points)


@slip(
    "From a start of whole numbers the path stays on whole numbers: the fractions are "
    "cut off. What dtype does the array have that you store the points in?"
)
def path_truncated(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.zeros((T + 1, len(w0)), dtype=w0.dtype)
    points[0] = w0
    for t in range(T):
        points[t + 1] = points[t] - lr * grad(points[t])
    return points


def one_weight_of_the_start(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.zeros((T + 1, len(w0)))
    points[0] = w0
    w = points[0]
    for t in range(T):
        for j in range(len(w)):
            w[j] -= lr * grad(w)[j]
        points[t + 1] = w
    return points


@slip(
    "You move one weight, then measure the slope of the next one from where that has "
    "led. All slopes of a step belong to one and the same point.",
    also=[
        one_weight_of_the_start,
        lambda grad, w0, lr, T: one_by_one(grad, w0, lr, T, last_first=True),
    ],
)
def one_weight_at_a_time(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return one_by_one(grad, w0, lr, T, last_first=False)


def one_by_one(grad: Gradient, w0: Array, lr: float, T: int, last_first: bool) -> Array:
    def move(w: Array) -> Array:
        w = w.copy()
        order = range(len(w))
        for j in reversed(order) if last_first else order:
            w[j] -= lr * grad(w)[j]
        return w

    return follow(grad, w0, T, move)


def rows_without_a_start(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return np.array(list(path(grad, w0, lr, T)[1:]))


def rows_without_an_end(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return np.array(list(path(grad, w0, lr, T)[:-1]))


def rows_stacked_without_a_start(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return np.stack(list(path(grad, w0, lr, T)[1:]))  # which stops if there are none


def a_row_short(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return path(grad, w0, lr, max(T - 1, 0))


@slip(
    "Your path has one row too many: T steps lead from the start to T more points. How "
    "often does your loop take a step?"
)
def one_step_more(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return path(grad, w0, lr, T + 1)


@slip(
    "Your path has one row too few: after T steps there are T + 1 points to tell of. "
    "Print the first and the last row; which one is missing?",
    also=[rows_without_a_start, rows_stacked_without_a_start],
)
def start_left_out(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.empty((T, len(w0)))
    w = np.asarray(w0, dtype=float)
    for t in range(T):
        w = w - lr * grad(w)
        points[t] = w
    return points


@slip(
    "Your path has one row too few: after T steps there are T + 1 points to tell of. "
    "Is the point stored that your last step leads to?",
    also=[rows_without_an_end, a_row_short],
)
def end_left_out(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.empty((T, len(w0)))
    w = np.asarray(w0, dtype=float)
    for t in range(T):
        points[t] = w
        w = w - lr * grad(w)
    return points


@slip(
    "Row t should be the point after t steps. In yours every row is a step ahead: "
    "what should stand in row 0, before anything has moved?",
    also=[
        lambda grad, w0, lr, T: np.vstack(
            [path(grad, w0, lr, T)[1:], np.zeros((1, len(w0)))]
        )
    ],
)
def one_step_ahead(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return path(grad, w0, lr, T + 1)[1:]


@slip(
    "Your path is a straight line: the slope is measured at the start and never again. "
    "At which point does each step need it?"
)
def slope_of_the_start(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    g = grad(w0)
    return follow(grad, w0, T, lambda w: w - lr * g)


@slip(
    "Your path ends after its first step: the rows behind it were never written. Is "
    "there a `return` inside of your loop?",
    also=[partial(after_one_step, listed=listed) for listed in (False, True)],
)
def back_after_one_step(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = path(grad, w0, lr, T)
    points[2:] = 0
    return points


@slip(
    "Each step is written over the row that it set out from, so the row after it is "
    "never filled. After step t + 1, in which row does the new point belong?"
)
def same_row_again(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.zeros((T + 1, len(w0)))
    points[0] = w0
    for t in range(T):
        points[t] = points[t] - lr * grad(points[t])
    return points


@slip(
    "Your last row was never written. How often does your loop run, and with which "
    "indices?"
)
def last_row_empty(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = path(grad, w0, lr, T)
    if T:
        points[T] = 0
    return points


@slip(
    "You ask for the slope at the row that is still to be filled. Which point do you "
    "know already when the step begins?"
)
def slope_of_the_next_row(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.zeros((T + 1, len(w0)))
    points[0] = w0
    for t in range(T):
        points[t + 1] = points[t] - lr * grad(points[t + 1])
    return points


@slip(
    "Every one of your steps sets out from w0 again. From which point should step "
    "t + 1 set out?",
    also=[lambda grad, w0, lr, T: follow(grad, w0, T, lambda w: w0 - lr * grad(w0))],
)
def always_from_the_start(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w0 - lr * grad(w))


@slip(
    "Your rows hold the steps, not the points that they lead to. With a rate of zero, "
    "where should the path stay?",
    also=[
        lambda grad, w0, lr, T: follow(grad, w0, T, lambda w: lr * grad(w)),
        lambda grad, w0, lr, T: steps_stored(grad, w0, T, lr),
        lambda grad, w0, lr, T: steps_stored(grad, w0, T, -lr),
    ],
)
def step_for_point(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: -lr * grad(w))


def steps_stored(grad: Gradient, w0: Array, T: int, factor: float) -> Array:
    """Return the steps of a descent along with its start."""
    points = path(grad, w0, abs(factor), T)
    return np.array([points[0], *(factor * grad(w) for w in points[:-1])])


@slip("Your steps are as long as the gradient, whatever the rate. Where is `lr` used?")
def rate_forgotten(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w - grad(w))


@slip(
    "With a rate of zero your path jumps to the origin. The rate says how far to move; "
    "which of your factors does it have no business with?"
)
def rate_on_everything(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: lr * (w - grad(w)))


@slip(
    "Your rate shrinks the point, and the gradient is subtracted whole. Which of the "
    "two is it meant to tame?"
)
def rate_on_the_point(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: lr * w - grad(w))


@slip(
    "You ask for the slope at lr times the point. Where the gradient is a straight "
    "line, that goes unnoticed; elsewhere, what does the rate have to multiply?"
)
def rate_inside_the_gradient(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w - grad(lr * w))


@slip(
    "You return where the run ends. The question was for the whole path: every point "
    "on the way, the start among them."
)
def end_alone(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return path(grad, w0, lr, T)[-1]


@slip("Each point is a row here; yours are columns. Compare your shape with (T+1, d).")
def points_in_columns(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return path(grad, w0, lr, T).T


SLIPS = (
    uphill,
    start_twice,
    first_step_skipped,
    start_overwritten,
    one_array_in_every_row,
    integers_refuse,
    path_truncated,
    one_weight_at_a_time,
    start_left_out,
    end_left_out,
    one_step_ahead,
    one_step_more,
    slope_of_the_start,
    back_after_one_step,
    same_row_again,
    last_row_empty,
    slope_of_the_next_row,
    always_from_the_start,
    step_for_point,
    rate_forgotten,
    rate_on_everything,
    rate_on_the_point,
    rate_inside_the_gradient,
    end_alone,
    points_in_columns,
)
