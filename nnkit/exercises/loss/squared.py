"""Unit 4: the mean squared error, with and without the half."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import divided_by_one_less, loss_and_backprop
from nnkit.exercises.loss.squared_halves import (
    bracket_missing,
    in_either_branch,
    two_in_the_loss,
)
from nnkit.exercises.loss.squared_rows import (
    column_meets_row,
    loss_per_example,
    slopes_averaged,
)
from nnkit.exercises.spec import Case, Exercise, slip


def squared_error(p: Any, y: Any, half: bool) -> Any:
    """Return the mean over examples of (p − y)², or half of it."""
    residual = p - y
    loss = (residual * residual).mean()
    return loss / 2 if half else loss


def predictions(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `mse`: p (m,), y (m,), half True or False."""

    def draw(m: int, half: bool) -> tuple[Any, ...]:
        return rng.normal(size=m), rng.uniform(-2, 2, m), half

    whole = rng.integers(-5, 6, 4)
    odd = rng.choice([-3, -1, 1, 3], 4)  # an odd miss over m = 4 is no whole number
    far = rng.uniform(1e6, 2e6, 6)
    return (
        Case("five examples", draw(5, False)),
        Case("seven examples, with the half", draw(7, True)),
        Case("a single example", draw(1, False)),
        Case("whole numbers", (whole + odd, whole, False)),
        # Squaring before subtracting would leave no digit of the difference.
        Case(
            "large, but close together",
            (far, far + rng.normal(size=6), False),
            extreme=True,
        ),
        Case("five examples, other numbers, with the half", draw(5, True)),
    )


def right(p: Array, y: Array, half: bool) -> tuple[Array, Any, Array]:
    """Return the residual, and the right loss and gradient.

    The slips below start from it and go wrong in one place each.
    """
    r = p - y
    factor = 1 if half else 2
    return r, factor / 2 * np.mean(r**2), factor * r / len(r)


@slip(
    "Take a small step along your dp: does the loss rise or fall? A gradient points "
    "uphill, and training moves the prediction; the label stays where it is."
)
def sign_flipped(p: Array, y: Array, half: bool) -> Any:
    _, loss, dp = right(p, y, half)
    return loss, -dp


@slip(
    "Your answer grows with the number of examples. Is this loss a sum over the "
    "examples, or a mean?"
)
def sum_for_mean(p: Array, y: Array, half: bool) -> Any:
    r, loss, dp = right(p, y, half)
    return loss * len(r), dp * len(r)


@slip(
    "The division by m happens once, where the loss takes its mean. Your gradient "
    "has been divided by it twice."
)
def averaged_twice(p: Array, y: Array, half: bool) -> Any:
    r, loss, dp = right(p, y, half)
    return loss, dp / len(r)


@slip("You return the same numbers with half=True and half=False. Where is it used?")
def half_ignored(p: Array, y: Array, half: bool) -> Any:
    return right(p, y, False)[1:]


@slip("You halve where it is not asked for, and where it is asked for you do not.")
def half_the_other_way(p: Array, y: Array, half: bool) -> Any:
    return right(p, y, not half)[1:]


@slip(
    "With half=True your loss is the same as with half=False. A gradient belongs to "
    "exactly one loss: what is the gradient of the one that you return?"
)
def half_in_the_gradient_only(p: Array, y: Array, half: bool) -> Any:
    return right(p, y, False)[1], right(p, y, half)[2]


@slip("You halve whether you are asked to or not. What does half=False ask for?")
def half_always(p: Array, y: Array, half: bool) -> Any:
    return right(p, y, True)[1:]


@slip(
    "With half=True you halve twice. Is the half in what you divide by, and once more "
    "in front of it, or in the misses before they are squared?",
    also=(lambda p, y, half: halved_before_squaring(p, y, half),),
)
def halved_twice(p: Array, y: Array, half: bool) -> Any:
    _, loss, dp = right(p, y, half)
    return (loss / 2, dp / 2) if half else (loss, dp)


def halved_before_squaring(p: Array, y: Array, half: bool) -> Any:
    r = (p - y) / 2 if half else p - y
    return np.mean(r**2), 2 * r / len(r) / (2 if half else 1)


@slip(
    "With half=True your numbers come out larger. Do you multiply where a half asks "
    "for a division?"
)
def doubled_for_halved(p: Array, y: Array, half: bool) -> Any:
    _, loss, dp = right(p, y, False)
    return (2 * loss, 2 * dp) if half else (loss, dp)


@slip(
    "Only one of the misses is in your loss, the first or the last. Does your loop add "
    "up, or does each value take the place of the one before; and where is `return`?",
    also=(
        lambda p, y, half: single_miss(p, y, half, -1, len(p)),
        lambda p, y, half: single_miss(p, y, half, 0, 1),
        lambda p, y, half: single_miss(p, y, half, -1, 1),
    ),
)
def one_miss_alone(p: Array, y: Array, half: bool) -> Any:
    return single_miss(p, y, half, 0, len(p))


def single_miss(p: Array, y: Array, half: bool, place: int, count: int) -> Any:
    miss = p[place] - y[place]
    loss = miss**2 / count
    return loss / 2 if half else loss, right(p, y, half)[2]


@slip(
    "Your loss measures the misses from their own mean, as a variance does. If all "
    "predictions are 5 too high, how large should it be, and how large is it?",
    also=(
        lambda p, y, half: (
            np.std(p - y) / (2 if half else 1),
            right(p, y, half)[2],
        ),
    ),
)
def variance_of_the_misses(p: Array, y: Array, half: bool) -> Any:
    return np.var(p - y) / (2 if half else 1), right(p, y, half)[2]


@slip(
    "Without the half there is nothing that could cancel the 2 which the square "
    "brings down. Differentiate exactly the loss that you return.",
    also=(lambda p, y, half: (right(p, y, half)[1], right(p, y, half)[2] / 2),),
)
def factor_two_lost(p: Array, y: Array, half: bool) -> Any:
    _, loss, _ = right(p, y, half)
    return loss, (p - y) / len(p)


@slip(
    "With half=True your gradient is the same as with half=False. A gradient belongs "
    "to exactly one loss: which one is yours the gradient of?"
)
def half_in_the_loss_only(p: Array, y: Array, half: bool) -> Any:
    _, loss, _ = right(p, y, half)
    return loss, 2 * (p - y) / len(p)


@slip(
    "This is the mean absolute error. Double one miss: by how much should a squared "
    "error grow, and by how much does yours?"
)
def absolute_error(p: Array, y: Array, half: bool) -> Any:
    r = p - y
    factor = 0.5 if half else 1
    return factor * np.mean(np.abs(r)), factor * np.sign(r) / len(r)


@slip(
    "Your slopes never have a minus. A prediction that is too low should rise: what in "
    "your gradient knows on which side it lies?",
    also=(
        lambda p, y, half: (
            right(p, y, half)[1],
            right(p, y, half)[2] * (p - y),
        ),
    ),
)
def side_lost(p: Array, y: Array, half: bool) -> Any:
    _, loss, dp = right(p, y, half)
    return loss, np.abs(dp)


@slip(
    "One miss of +3 and one of −3 give you a loss of 0. What is done to each miss "
    "before the mean is taken, so that they cannot cancel?",
    also=(
        lambda p, y, half: (
            np.mean(p - y) ** 2 / (2 if half else 1),
            right(p, y, half)[2],
        ),
        lambda p, y, half: (
            np.mean(p - y) / (2 if half else 1),
            right(p, y, half)[2],
        ),
        lambda p, y, half: (
            np.sum(p - y) ** 2 / len(p) / (2 if half else 1),
            right(p, y, half)[2],
        ),
    ),
    whole=True,  # slopes that are all alike, of a right loss, are another mistake
)
def misses_cancel(p: Array, y: Array, half: bool) -> Any:
    r = p - y
    factor = 0.5 if half else 1
    return factor * np.mean(r), np.full(len(r), factor / len(r))


@slip(
    "There is a square root in your loss. That of the mean is the RMSE, a good number "
    "to report; look again at the formula that was asked for.",
    also=(
        lambda p, y, half: (np.sqrt(right(p, y, half)[1]), right(p, y, half)[2]),
        lambda p, y, half: (
            np.sqrt(np.mean((p - y) ** 2)) / (2 if half else 1),
            right(p, y, half)[2],
        ),
        lambda p, y, half: (
            np.linalg.norm(p - y) / len(p) / (2 if half else 1),
            right(p, y, half)[2],
        ),
        lambda p, y, half: (
            np.sqrt(np.mean((p - y) ** 2)),
            (p - y) / len(p) / np.sqrt(np.mean((p - y) ** 2)),
        ),
    ),
)
def root_of_the_mean(p: Array, y: Array, half: bool) -> Any:
    _, loss, dp = right(p, y, half)
    return np.sqrt(loss), dp / (2 * np.sqrt(loss))


@slip(
    "With p and y near a million, how many digits does p² need, and "
    "how many of them are left in the difference? Which comes first, squaring or "
    "subtracting?",
    also=(
        lambda p, y, half: (
            np.mean(p**2 - 2 * p * y + y**2) / (2 if half else 1),
            right(p, y, half)[2],
        ),
        lambda p, y, half: (
            (np.sum(p**2) - 2 * np.sum(p * y) + np.sum(y**2))
            / (2 * len(p) if half else len(p)),
            right(p, y, half)[2],
        ),
    ),
)
def square_expanded(p: Array, y: Array, half: bool) -> Any:
    _, _, dp = right(p, y, half)
    loss = np.mean(p**2) - 2 * np.mean(p * y) + np.mean(y**2)
    return loss / 2 if half else loss, dp


@slip(
    "Both parts are there, in the other order. The text asks for (loss, dp).",
    whole=True,
)
def parts_swapped(p: Array, y: Array, half: bool) -> Any:
    _, loss, dp = right(p, y, half)
    return dp, loss


@slip(
    "After the call the caller's array is not what it was. Which of your lines writes "
    "into an argument? `-=` on an array does."
)
def prediction_overwritten(p: Array, y: Array, half: bool) -> Any:
    factor = 1 if half else 2
    p -= y
    return factor / 2 * np.mean(p**2), factor * p / len(p)


@slip(
    "With whole-number inputs something swallows the fraction. What dtype does the "
    "array have that you store the slopes in?"
)
def truncated_slopes(p: Array, y: Array, half: bool) -> Any:
    _, loss, slopes = right(p, y, half)
    dp = np.zeros_like(p)
    for i in range(len(p)):
        dp[i] = slopes[i]
    return loss, dp


mse = Exercise(
    "mse",
    unit="04-loss",
    points=0,
    params=("p", "y", "half"),
    parts=("loss", "dp"),
    values=("loss",),
    cases=predictions,
    reference=loss_and_backprop(squared_error),
    slips=(
        half_ignored,
        half_always,
        half_the_other_way,
        half_in_the_gradient_only,
        half_in_the_loss_only,
        halved_twice,
        doubled_for_halved,
        two_in_the_loss,
        bracket_missing,
        factor_two_lost,
        square_expanded,
        parts_swapped,
        truncated_slopes,
        one_miss_alone,
        variance_of_the_misses,
        misses_cancel,
        divided_by_one_less(lambda p, y, half: right(p, y, half)[1:]),
        column_meets_row,
        *map(
            in_either_branch,
            (
                sign_flipped,
                sum_for_mean,
                absolute_error,
                side_lost,
                root_of_the_mean,
                averaged_twice,
                loss_per_example,
                slopes_averaged,
                prediction_overwritten,
            ),
        ),
    ),
)
