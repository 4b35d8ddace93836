"""Unit 2: descents that follow another rule than gradient descent, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnkit.exercises.draw import Array
from nnkit.exercises.spec import slip

Gradient = Callable[[Array], Array]


def follow(grad: Gradient, w0: Array, T: int, move: Callable[[Array], Array]) -> Array:
    """Return the path of another rule, which a slip brings."""
    points = [np.asarray(w0, dtype=float)]
    for _ in range(T):
        points.append(move(points[-1]))
    return np.array(points)


def momentum(keep: float, share: float = 1.0) -> Callable[..., Any]:
    """Return a descent whose step is `keep` of the one before and a new part."""

    def run(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
        step = np.zeros(len(w0))

        def move(w: Array) -> Array:
            nonlocal step
            step = keep * step - share * lr * grad(w)
            return w + step

        return follow(grad, w0, T, move)

    return run


def looking_ahead_of_the_slope(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    kept = np.zeros(len(w0))

    def move(w: Array) -> Array:
        nonlocal kept
        g = grad(w)
        kept = 0.9 * kept + g
        return w - lr * (g + 0.9 * kept)

    return follow(grad, w0, T, move)


def looking_ahead(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    step = np.zeros(len(w0))

    def move(w: Array) -> Array:
        nonlocal step
        step = 0.9 * step - lr * grad(w + 0.9 * step)
        return w + step

    return follow(grad, w0, T, move)


@slip(
    "Your steps go on with a share of the step before: that is momentum, a rule of its "
    "own. In plain gradient descent, what does a step know of those before it?",
    also=[
        *(momentum(0.9, 0.1), momentum(0.5), momentum(0.99)),
        *(looking_ahead, looking_ahead_of_the_slope),
    ],
)
def momentum_added(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return momentum(0.9)(grad, w0, lr, T)


def adaptive(
    scale: Callable[[Array, Array], Array], first: float = 0.0, last: float = 0.0
) -> Callable[..., Any]:
    """Return a descent that divides by what `scale` makes of the slopes so far.

    Args:
        scale: of squared slopes, and of what it gave before.
        first: the memory of a mean of slopes, which takes the slope's place.
        last: the memory of the mean of squares, if both means are corrected for their
            start at 0.
    """

    def run(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
        mean, square, t = np.zeros(len(w0)), np.zeros(len(w0)), 0

        def move(w: Array) -> Array:
            nonlocal mean, square, t
            g, t = grad(w), t + 1
            mean = first * mean + (1 - first) * g
            square = scale(g**2, square)
            top, size = mean, square
            if last:
                top, size = mean / (1 - first**t), square / (1 - last**t)
            return w - lr * top / (np.sqrt(size) + 1e-8)

        return follow(grad, w0, T, move)

    return run


def remember(keep: float) -> Callable[[Array, Array], Array]:
    """Return a mean that forgets."""
    return lambda now, before: keep * before + (1 - keep) * now


adam = adaptive(remember(0.999), first=0.9, last=0.999)
others = (
    adaptive(lambda now, before: before + now),
    adaptive(remember(0.9)),
    adaptive(remember(0.99)),
    adaptive(remember(0.999), first=0.9),
)


@slip(
    "You divide the slopes by a record of their own size, as Adam, RMSprop and AdaGrad "
    "do. Those are methods of their own: how long is a step of plain gradient descent "
    "where the surface is nearly flat?",
    also=others,
)
def another_optimizer(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return adam(grad, w0, lr, T)


def guarded(least: float) -> Callable[..., Any]:
    """Return a descent by unit steps that cannot divide by 0."""
    return lambda grad, w0, lr, T: follow(
        grad, w0, T, lambda w: w - lr * grad(w) / (np.linalg.norm(grad(w)) + least)
    )


def signs(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w - lr * np.sign(grad(w)))


@slip(
    "You keep the gradient's direction and throw away its length. Where the surface "
    "is nearly flat, how long should a step be in this rule, and how long is yours?",
    also=[*map(guarded, (1e-12, 1e-10, 1e-8, 1e-6)), signs],
)
def direction_alone(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    def move(w: Array) -> Array:
        return w - lr * grad(w) / np.linalg.norm(grad(w))

    return follow(grad, w0, T, move)


def clipped(cut: Callable[[Array], Array]) -> Callable[..., Any]:
    """Return a descent along a gradient that is cut off where it is long."""
    return lambda grad, w0, lr, T: follow(
        grad, w0, T, lambda w: w - lr * cut(np.asarray(grad(w)))
    )


@slip(
    "Where the surface is steep your steps are shorter than the rule says, and where "
    "it is gentle they are right. Which of your lines sets a limit to the gradient?",
    also=[clipped(lambda g: np.clip(g, -1, 1))],
)
def slopes_clipped(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return clipped(lambda g: g / max(1.0, float(np.linalg.norm(g))))(grad, w0, lr, T)


def fading(share: Callable[[int, int], float]) -> Callable[..., Any]:
    """Return a descent whose rate is a share of `lr`, by the step and their number."""

    def run(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
        points = [np.asarray(w0, dtype=float)]
        for t in range(T):
            points.append(points[-1] - lr * share(t, T) * grad(points[-1]))
        return np.array(points)

    return run


def falling_by(keep: float) -> Callable[..., Any]:
    return fading(lambda t, T: float(keep**t))


@slip(
    "Your first step is as long as it should be, and those after it are shorter than "
    "the rate says. Is there anything but `lr` that depends on the step in your rule?",
    also=[
        fading(lambda t, T: 1 / np.sqrt(t + 1)),
        fading(lambda t, T: 1 - t / T),
        fading(lambda t, T: 1 / (1 + 0.1 * t)),
        fading(lambda t, T: 1 / (1 + 0.01 * t)),
        *map(falling_by, (0.5, 0.9, 0.95, 0.99)),
    ],
)
def rate_fades(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return fading(lambda t, T: 1 / (t + 1))(grad, w0, lr, T)


def pooled(pool: Callable[[Array], float]) -> Callable[..., Any]:
    """Return a descent that makes one number of all slopes."""
    return lambda grad, w0, lr, T: follow(
        grad, w0, T, lambda w: w - lr * pool(np.asarray(grad(w)))
    )


@slip(
    "All weights of a point move by the same amount. A gradient has an entry for each "
    "of them: which of your operations makes one number of all, or picks one?",
    also=[
        pooled(lambda g: float(g.sum())),
        pooled(lambda g: float(np.linalg.norm(g))),
        pooled(lambda g: float(g[0])),
        pooled(lambda g: float(g[-1])),
    ],
)
def slopes_pooled(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return pooled(lambda g: float(g.mean()))(grad, w0, lr, T)


@slip(
    "Your step is a share of the point, so a weight that is 0 can never move. Does its "
    "size appear in the rule?"
)
def share_of_the_point(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w - lr * grad(w) * w)


@slip(
    "Row 0 is the start no more, but the point where your run ends. Which of your "
    "lines write into it, and when? (`w = path[0]` is a view of that row and no copy.)"
)
def view_of_the_first_row(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.zeros((T + 1, len(w0)))
    points[0] = w0
    w = points[0]
    for t in range(T):
        w -= lr * grad(w)
        points[t + 1] = w
    return points


def zeros_with_the_start_put_in(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = starts_at_zero(grad, w0, lr, T)
    points[0] = w0
    return points


def starts_at_zero(grad: Gradient, w0: Array, lr: float, T: int) -> Array:
    return follow(grad, np.zeros(len(w0)), T, lambda w: w - lr * grad(w))


@slip(
    "Your first step sets out from zeros, and not from w0. Where does the point that "
    "you move come from when the loop begins?",
    also=[zeros_with_the_start_put_in],
)
def starts_elsewhere(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return starts_at_zero(grad, w0, lr, T)


def start_in_every_row(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w)


@slip(
    "No row of yours is the result of a step. Does your loop run, and where does it "
    "put the point that a step leads to?",
    also=[start_in_every_row],
)
def never_moves(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    points = np.zeros((T + 1, len(w0)))
    points[0] = w0
    return points


def to_rest(grad: Gradient, w0: Array, lr: float, T: int, looks_back: bool) -> Array:
    """Return the path up to where nothing moves any more.

    Who looks back has written down the step that led nowhere, and sees it by that.
    """
    points = [np.asarray(w0, dtype=float)]
    while len(points) <= T and np.abs(grad(points[-1])).max() > 1e-6:
        points.append(points[-1] - lr * grad(points[-1]))
    return np.array([*points, *points[-1:]][: T + 1] if looks_back else points)


def padded(points: Array, T: int) -> Array:
    return np.vstack([points, np.zeros((T + 1 - len(points), points.shape[1]))])


def to_the_level(grad: Gradient, w0: Array, lr: float, T: int) -> Array:
    """Return the path up to where the slope is exactly 0."""
    points = [np.asarray(w0, dtype=float)]
    while len(points) <= T and grad(points[-1]).any():
        points.append(points[-1] - lr * grad(points[-1]))
    return np.array(points)


def settled(grad: Gradient, w0: Array, lr: float, T: int) -> Array:
    """Return the path up to the first step so short that NumPy calls it none."""
    points = [np.asarray(w0, dtype=float)]
    while len(points) <= T and not (
        len(points) > 1 and np.allclose(points[-1], points[-2])
    ):
        points.append(points[-1] - lr * grad(points[-1]))
    return np.array(points)


def stood_still(points: Array, T: int) -> Array:
    """Return a path that stays where it ended."""
    return np.vstack([points, np.tile(points[-1], (T + 1 - len(points), 1))])


@slip(
    "Where a step is short you take it for none, and write down the same point again. "
    "Next to a minimum all steps are short: from which length on does one count, and "
    "what does the text say of that?",
    also=[lambda grad, w0, lr, T: stood_still(settled(grad, w0, lr, T), T)],
)
def short_steps_left_out(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return stood_still(to_rest(grad, w0, lr, T, False), T)


@slip(
    "Where nothing moves any more you stop, and the rest of the path is missing. How "
    "many rows were asked for, and what would gradient descent write into them?",
    also=[
        lambda grad, w0, lr, T: to_rest(grad, w0, lr, T, False),
        lambda grad, w0, lr, T: to_rest(grad, w0, lr, T, True),
        lambda grad, w0, lr, T: padded(to_rest(grad, w0, lr, T, True), T),
        settled,
        lambda grad, w0, lr, T: padded(settled(grad, w0, lr, T), T),
        to_the_level,
        lambda grad, w0, lr, T: padded(to_the_level(grad, w0, lr, T), T),
    ],
)
def stops_on_level_ground(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return padded(to_rest(grad, w0, lr, T, False), T)


@slip(
    "Your point shrinks by itself, even where the slope is 0. Which one of the two has "
    "the rate to be multiplied with?",
    also=[
        lambda grad, w0, lr, T: follow(
            grad, w0, T, lambda w: (1 - lr) * w - lr * grad(w)
        ),
    ],
)
def point_shrinks(grad: Gradient, w0: Array, lr: float, T: int) -> Any:
    return follow(grad, w0, T, lambda w: w - lr * w)


SLIPS = (
    momentum_added,
    point_shrinks,
    short_steps_left_out,
    stops_on_level_ground,
    another_optimizer,
    direction_alone,
    slopes_pooled,
    slopes_clipped,
    rate_fades,
    share_of_the_point,
    view_of_the_first_row,
    never_moves,
    starts_elsewhere,
)
