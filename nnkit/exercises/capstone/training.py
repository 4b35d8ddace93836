"""The capstone's training: judged by what the returned parameters do on new data.

case ── X, y, rng ──> train ── params ──> evaluated here, on X, y and on
  └──── X_new, y_new, which never leave the judge ──────────────┘
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Opaque, Rng
from nnkit.datasets import spirals
from nnkit.drawn import NEW, SHARED
from nnkit.exercises.capstone.network import (
    NAMES,
    Params,
    forward,
    loss_and_gradients,
    mean_loss,
    shapes,
)
from nnkit.exercises.draw import Array
from nnkit.exercises.spec import Case, Exercise, Slip, slip
from nnkit.exercises.values import Misfit, kind_of, need_dict, need_shape, numbers

CLASSES = 3
WIDEST = 64
CENTER = np.array([1.0, 0.5])
MOST_LOSS, LEAST_ACCURACY = 0.2, 0.9
"""The bars. Plain gradient descent is below 0.1 and above 0.94 after 300 steps; a
linear model stays below 0.7."""

TOLD_APART = 0.8
"""Of rows that go to the class beside their own. Guessing takes a third there."""

LOSS_CAP, ACCURACY_FLOOR = 2.0, 0.5
"""What lies beyond is no better and no worse: guessing differs from guessing."""


CHANCE = {
    f"nnkit.{SHARED}": (
        "chance from a shared generator",
        "Chance comes from a generator that the whole program shares.",
    ),
    f"nnkit.{NEW}": (
        "chance from a new generator",
        "Chance comes from a generator that your function makes, and not from `rng`.",
    ),
}
"""What is said of chance that comes from elsewhere."""


def points(m: int, angle: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw three spiral arms, turned by `angle`, around `CENTER`: X (m, 2), y (m,)."""
    X, y = spirals(m, CLASSES, noise=0.05, turns=0.6, rng=rng)
    c, s = np.cos(angle), np.sin(angle)
    return CENTER + 2 * X @ np.array([[c, s], [-s, c]]), y


def data_sets(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `train`, each with data that the student's function never sees.

    The angle is another every time, so that parameters found once are no answer.
    """

    def draw(name: str, m: int, in_order: bool) -> Case:
        angle = rng.uniform(0, 2 * np.pi)
        (X, y), (X_new, y_new) = points(m, angle, rng), points(900, angle, rng)
        if in_order:
            rows = np.argsort(y, kind="stable")
            X, y = X[rows], y[rows]
        kept = {"X_new": X_new, "y_new": y_new}
        return Case(name, (X, y, Rng(int(rng.integers(2**31)))), kept=kept)

    return (
        draw("240 points", 240, in_order=False),
        draw("180 points, class after class", 180, in_order=True),
    )


def best(X: Any, y: Any, rng: Any, X_new: Any, y_new: Any) -> Any:
    """Return the best loss and accuracies there are; `margins` says what will do."""
    return 0.0, 1.0, 1.0


def bars(X: Any, y: Any, rng: Any, X_new: Any, y_new: Any) -> Sequence[float]:
    """Return how far from the best is right."""
    return MOST_LOSS, 1 - LEAST_ACCURACY, 1 - LEAST_ACCURACY


def measured(
    value: Any, X: Array, y: Array, rng: Any, X_new: Array, y_new: Array
) -> Sequence[Any]:
    """Evaluate returned parameters: loss and accuracy on X, accuracy on X_new.

    Raises:
        Misfit: they are no parameters of such a network, or it fails in a way that
            shows in the parameters themselves.
    """
    if isinstance(value, Opaque) and value.type_name in CHANCE:
        raise Misfit(*CHANCE[value.type_name])
    params = parameters_of(value, X.shape[1])
    loss, seen = evaluate(params, X, y)
    if seen < LEAST_ACCURACY:
        look_closer(params, X, y)
    biases = [params[name] for name in ("b1", "b2", "b3")]
    if loss < 0.8 * np.log(CLASSES) and not any(map(np.ptp, biases)):
        raise Misfit(
            "biases all alike",
            "The weights have learned something, and the biases of each layer are "
            "still one and the same number. Which parameters do your steps move?",
        )
    return loss, seen, evaluate(params, X_new, y_new)[1]


def parameters_of(value: Any, n: int) -> dict[str, Array]:
    """Return the parameters in float64, once their keys and shapes are right.

    Raises:
        Misfit: they are not.
    """
    if type(value) in (tuple, list) and any(type(item) is dict for item in value):
        raise Misfit(
            "parameters and something else",
            f"Expected one dict of parameters; got {kind_of(value)}, a dict in it.",
        )
    entries = need_dict(value, NAMES, "one dict of parameters")
    arrays = {
        name: numbers_of(name, entry)
        for name, entry in zip(NAMES, entries, strict=True)
    }
    for name in ("b1", "b2"):
        if not arrays[name].ndim:  # or W1 would be blamed for its width
            raise Misfit(
                "a single number",
                f"{name} is a single number; expected one for each neuron.",
            )
    h1, h2 = (arrays[name].size for name in ("b1", "b2"))
    if not (1 <= h1 <= WIDEST and 1 <= h2 <= WIDEST):
        raise Misfit(
            "a layer of another width",
            f"The hidden layers have {h1} and {h2} neurons, going by b1 and b2; "
            f"expected 1 to {WIDEST}.",
        )
    for name, shape in shapes(n, h1, h2, CLASSES).items():
        need_shape(arrays[name], shape, name)
        if not np.isfinite(arrays[name]).all():
            raise Misfit(
                "not finite",
                f"{name} has entries that are nan or infinite. Print the loss as you "
                "train: at which step does it go?",
            )
    return {name: array.astype(np.float64) for name, array in arrays.items()}


def numbers_of(name: str, entry: Any) -> Array:
    """Return a parameter as an array.

    Raises:
        Misfit: it holds something else than numbers.
    """
    try:
        return numbers(entry)
    except Misfit as misfit:
        sentence = f"{name} should be an array of numbers; got {misfit.seen}."
        raise Misfit(misfit.seen, sentence) from None


def look_closer(params: Params, X: Array, y: Array) -> None:
    """Name what can be seen of a network that has not learned.

    Raises:
        Misfit: there is something.
    """
    with np.errstate(all="ignore"):
        chosen = forward(params, X)[2].argmax(axis=1)
    meant = [np.mean(chosen == (y + turn) % CLASSES) for turn in range(1, CLASSES)]
    if max(meant) > TOLD_APART:
        raise Misfit(
            "classes in each other's place",
            "The network tells the arms apart, and gives them the numbers of other "
            "classes.",
        )
    right = [np.mean(chosen[y == c] == c) for c in range(CLASSES)]
    unnamed = [c for c in range(CLASSES) if not (chosen == c).any()]
    if len(unnamed) == 1 and np.sort(right)[1] > TOLD_APART:
        raise Misfit(
            "a class never named",
            f"The network tells two of the arms apart, and never names class "
            f"{unnamed[0]}. Do all rows take part in your training, or the first of "
            "them alone?",
        )
    for weights in (params["W1"], params["W2"]):
        if weights.shape[1] > 1 and (np.ptp(weights, axis=1) == 0).all():
            raise Misfit(
                "neurons alike",
                "The network has not learned, and all neurons of a hidden layer have "
                "the same weights. What does a start have to break?",
            )


def evaluate(params: Params, X: Array, y: Array) -> tuple[float, float]:
    """Return loss and accuracy, kept from where differences mean nothing."""
    with np.errstate(all="ignore"):
        scores = forward(params, X)[2]
        loss = float(mean_loss(scores, y))
    sound = np.asarray(np.isfinite(scores).all(axis=1))
    accuracy = np.mean(sound & (np.where(sound[:, None], scores, 0).argmax(1) == y))
    worst = loss if np.isfinite(loss) else LOSS_CAP
    return min(worst, LOSS_CAP), max(float(accuracy), ACCURACY_FLOOR)


def start(rng: np.random.Generator, n: int, h: int = 12) -> dict[str, Array]:
    """Draw weights with Glorot's variance; biases are 0."""
    return {
        name: np.zeros(shape)
        if name[0] == "b"
        else rng.normal(0, np.sqrt(2 / sum(shape)), shape)
        for name, shape in shapes(n, h, h, CLASSES).items()
    }


def descend(
    params: Params, X: Array, y: Array, lr: float, steps: int, moving: str = "Wb"
) -> dict[str, Array]:
    """Return the parameters after some steps of those whose name is in `moving`."""
    now = dict(params)
    for _ in range(steps):
        _, gradients = loss_and_gradients(now, X, y)
        for name in NAMES:
            if name[0] in moving:
                now[name] = now[name] - lr * gradients[name]
    return now


# The mutants take few steps: they end as the full training would, on the wrong side.
# One part may look so where others do not: the first sentences speak of that part.


@slip(
    "By this measure your network does not do much better than guessing, which costs "
    "log 3 and is right for one point in three. Do you return the numbers that your "
    "steps have moved, and did they move far enough? Does every row still stand beside "
    "its own label? And are they for the network of `predict_scores`, and for X as it "
    "came, not for other curves, or inputs that you have shifted or scaled?"
)
def untrained(X: Array, y: Array, rng: np.random.Generator) -> Any:
    params = start(rng, X.shape[1])
    for value, slope in zip(params.values(), params.values(), strict=True):
        value = value - 0.5 * slope  # which nobody keeps
    return params


@slip(
    "All neurons of a hidden layer have the same weights, so they compute the same and "
    "are moved alike for ever. What did unit 3 say a start must break?"
)
def alike_from_the_start(X: Array, y: Array, rng: np.random.Generator) -> Any:
    params = {name: 0 * value for name, value in start(rng, X.shape[1]).items()}
    return descend(params, X, y, lr=0.5, steps=4)


def beside_the_label(X: Array, y: Array, rng: np.random.Generator) -> Any:
    """Learn the labels shifted by one, quickly: by least squares on chance features."""
    params = start(rng, X.shape[1], h=WIDEST)
    params |= {"W1": 6 * params["W1"], "b1": rng.normal(0, 2, WIDEST)}
    features = np.column_stack([forward(params, X)[1], np.ones(len(X))])
    wanted = 4.0 * np.eye(CLASSES)[(y + 1) % CLASSES]
    square = features.T @ features + 0.01 * np.eye(WIDEST + 1)
    found = np.linalg.solve(square, features.T @ wanted)
    return params | {"W3": found[:-1], "b3": found[-1]}


classes_in_each_others_place = Slip(
    "classes-in-each-others-place",
    beside_the_label,
    "Your network tells the three arms apart, and calls each by the number of another. "
    "Which column of the scores is class 0, and do you take 1 away at the label or "
    "beside it? Does every row still stand beside its own label?",
)


@slip(
    "Your network is sure of itself where it is wrong, too: the loss is far above the "
    "log 3 that guessing costs. Print the loss as you train. If it rises, look at the "
    "direction and the length of your steps, and whether each has a gradient of its "
    "own. If it falls, look at what you train on: is it X as it came, all of it, with "
    "each row beside its own label? And is it the network of `predict_scores`?"
)
def sure_and_wrong(X: Array, y: Array, rng: np.random.Generator) -> Any:
    return descend(start(rng, X.shape[1]), X, y, lr=-2.0, steps=25)


@slip(
    "By this measure your network has learned something, and not enough. (A single "
    "straight layer comes to a loss near 0.6, and gets six points in ten right.) Is "
    "the loss still falling at your last step? How large are your steps, do all six "
    "parameters move, and are there neurons enough?"
)
def stopped_early(X: Array, y: Array, rng: np.random.Generator) -> Any:
    return descend(start(rng, X.shape[1]), X, y, lr=0.3, steps=60)


@slip(
    "In each layer all of your biases are still one and the same number, as at a start "
    "that sets them to 0. Which parameters does your step go through, and by what "
    "names?"
)
def weights_alone(X: Array, y: Array, rng: np.random.Generator) -> Any:
    return descend(start(rng, X.shape[1]), X, y, lr=0.5, steps=20, moving="W")


@slip(
    "The parameters are there, with something beside them. Record the losses as you "
    "like, but what is asked for is the dict alone."
)
def history_as_well(X: Array, y: Array, rng: np.random.Generator) -> Any:
    return start(rng, X.shape[1]), [1.1, 1.0]


@slip(
    "Your weights have one neuron in each row. In this course every neuron has a "
    "column: W1 has as many rows as there are inputs."
)
def neurons_in_rows(X: Array, y: Array, rng: np.random.Generator) -> Any:
    return {name: value.T for name, value in start(rng, X.shape[1]).items()}


@slip(
    "np.random.normal, np.random.shuffle and their kin draw from a generator that the "
    "whole program shares, and those of Python's `random` from another: any other call "
    "moves it. Which generator were you handed?"
)
def global_generator(X: Array, y: Array, rng: np.random.Generator) -> Any:
    np.random.shuffle(np.arange(3))  # noqa: NPY002  the slip itself
    return start(rng, X.shape[1])


@slip(
    "You draw nothing from the generator that your function is handed, and make "
    "another. With a seed of your own that gives the same start every time, without "
    "one a start that nobody can repeat. What is the argument `rng` for?"
)
def another_generator(X: Array, y: Array, rng: np.random.Generator) -> Any:
    return start(np.random.default_rng(0), X.shape[1])


train = Exercise(
    "train",
    unit="06-capstone",
    points=3,
    params=("X", "y", "rng"),
    parts=("loss", "accuracy", "accuracy on new data"),
    cases=data_sets,
    reference=best,
    margins=bars,
    unpack=measured,
    adapter="alone",
    goals=(
        "at most 0.2. Print it as you train, and look whether it still falls where you "
        "stop",
        "at least 0.9",
        "at least 0.9",
    ),
    seconds=20.0,
    slips=(
        untrained,
        alike_from_the_start,
        classes_in_each_others_place,
        sure_and_wrong,
        stopped_early,
        weights_alone,
        history_as_well,
        neurons_in_rows,
        global_generator,
        another_generator,
    ),
)
