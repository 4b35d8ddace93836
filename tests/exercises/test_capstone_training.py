"""Training, judged by what the returned parameters do on data never handed out."""

import random

import numpy as np
import pytest

from nnkit import MLP, Adam, cross_entropy, tanh
from nnkit.exercises import EXERCISES
from nnkit.exercises.capstone.network import NAMES, forward, loss_and_gradients
from nnkit.exercises.capstone.training import descend, evaluate, start
from nnkit.exercises.spec import PUBLIC_SEED
from nnkit.judging import show
from nnkit.judging.judge import answer_key, ask, judge
from nnkit.sandbox import wire

TRAIN = EXERCISES["train"]


def verdict_on(function, seed=PUBLIC_SEED):
    cases = answer_key(TRAIN, seed).cases
    return judge(TRAIN, [ask(function, TRAIN.adapter, case) for case in cases], seed)


def gradient_descent(X, y, rng):
    return descend(start(rng, 2), X, y, lr=0.7, steps=300)


def with_a_larger_rate(X, y, rng):
    return descend(start(rng, 2, h=20), X, y, lr=1.0, steps=500)


def one_narrow_layer(X, y, rng):
    params = start(rng, 2, h=8)
    return descend(params, X, y, lr=0.5, steps=1000)


def in_batches(X, y, rng):
    params = start(rng, 2, h=16)
    for _ in range(60):
        for rows in np.array_split(rng.permutation(len(y)), 10):
            params = descend(params, X[rows], y[rows], lr=0.3, steps=1)
    return params


def on_centered_data(X, y, rng):
    """Train on data around 0, then put the shift into the first bias."""
    middle = X.mean(axis=0)
    params = descend(start(rng, 2), X - middle, y, lr=0.7, steps=500)
    params["b1"] = params["b1"] - middle @ params["W1"]
    return params


def with_momentum(X, y, rng):
    params, speed = start(rng, 2), dict.fromkeys(NAMES, 0)
    for _ in range(200):
        _, slopes = loss_and_gradients(params, X, y)
        speed = {name: 0.9 * speed[name] + slopes[name] for name in NAMES}
        params = {name: params[name] - 0.1 * speed[name] for name in NAMES}
    return {name: params[name].tolist() for name in reversed(NAMES)}


def with_nnkits_layers(X, y, rng):
    net = MLP([2, 14, 10, 3], tanh, rng=rng)
    optimizer = Adam(net.parameters(), lr=0.02)
    for _ in range(300):
        cross_entropy(net(X), y).backward()
        optimizer.step()
    return dict(zip(NAMES, (p.data for p in net.parameters()), strict=True))


RIGHT = [
    with_a_larger_rate,
    one_narrow_layer,
    in_batches,
    on_centered_data,
    with_momentum,
    with_nnkits_layers,
]


@pytest.mark.parametrize(
    "seeds",
    [range(8), pytest.param(range(8, 50), marks=pytest.mark.slow)],
    ids=["8", "50"],
)
def test_plain_gradient_descent_passes_on_every_seed_with_room(seeds):
    for seed in seeds:
        for case in answer_key(TRAIN, seed).cases:
            X, y, rng = case.args
            params = gradient_descent(X, y, np.random.default_rng(rng.seed))
            loss, seen = evaluate(params, X, y)
            new = evaluate(params, *case.kept.values())[1]
            assert loss < 0.1, f"seed {seed}"
            assert min(seen, new) >= 0.94, f"seed {seed}"


@pytest.mark.parametrize("function", RIGHT)
def test_other_ways_to_train_pass(function):
    for seed in range(3):
        verdict = verdict_on(function, seed)
        assert verdict.status == "right", show.text(verdict)


def by_least_squares(X, y, rng, b1=None):
    """Find the last layer alone, on many features drawn by chance, in no time."""
    params = start(rng, 2, h=64)
    b1 = rng.normal(0.5, 2, 64) if b1 is None else b1
    params |= {"W1": 3 * params["W1"], "b1": b1}
    features = np.column_stack([forward(params, X)[1], np.ones(len(X)) * b1.any()])
    found = np.linalg.lstsq(features, 8.0 * np.eye(3)[y], rcond=1e-3)[0]
    return params | {"W3": found[:-1], "b3": found[-1]}


def a_seed_for_nothing(X, y, rng):
    np.random.seed(0)  # noqa: NPY002  an old habit
    random.seed(0)
    return by_least_squares(X, y, rng)


def by_a_child(X, y, rng):
    return by_least_squares(X, y, np.random.default_rng(rng.integers(1000)))


def by_the_same_one(X, y, rng):
    return by_least_squares(X, y, np.random.default_rng(rng))


TABLE = np.random.default_rng(5).normal(size=10_000)


def by_a_table(X, y, rng):
    """Take numbers that stood there before: nothing is left to chance."""
    left = iter(TABLE)

    class Table:
        def normal(self, middle, spread, size):
            found = np.fromiter(left, float, np.prod(size)).reshape(size)
            return middle + spread * found

    return by_least_squares(X, y, Table())


@pytest.mark.parametrize(
    "function", [a_seed_for_nothing, by_a_child, by_the_same_one, by_a_table]
)
def test_who_takes_no_chance_from_elsewhere_passes(function):
    for seed in range(3):
        verdict = verdict_on(function, seed)
        assert verdict.status == "right", show.text(verdict)


def after_pythons(X, y, rng):
    random.shuffle([1, 2, 3])
    return by_least_squares(X, y, rng)


@pytest.mark.parametrize(
    ("function", "slip"),
    [
        (lambda X, y, rng: by_least_squares(X, y, np.random), "global-generator"),
        (after_pythons, "global-generator"),
        (
            lambda X, y, rng: by_least_squares(X, y, np.random.default_rng(0)),
            "another-generator",
        ),
        (
            lambda X, y, rng: by_least_squares(X, y, np.random.default_rng()),
            "another-generator",
        ),
        (
            lambda X, y, rng: by_least_squares(X, y, rng, np.zeros(64)),
            "weights-alone",
        ),
    ],
)
def test_a_good_network_by_other_chance_or_without_biases_is_told_so(function, slip):
    for seed in range(3):
        verdict = verdict_on(function, seed)
        assert verdict.points == 0
        assert [item.slip for item in verdict.diagnoses] == [slip], show.text(verdict)


def on_ten_rows(X, y, rng):
    rows = rng.permutation(len(y))[:10]
    return descend(start(rng, 2), X[rows], y[rows], lr=0.5, steps=300)


def a_straight_line(X, y, rng):
    """The best linear classifier, in the form of a network that hardly bends."""
    A = np.column_stack([X, np.ones(len(X))])
    best = np.linalg.lstsq(A, np.eye(3)[y], rcond=None)[0]
    return {
        "W1": 1e-3 * np.eye(2),
        "b1": np.zeros(2),
        "W2": np.eye(2),
        "b2": np.zeros(2),
        "W3": 1e4 * best[:2],
        "b3": 10 * best[2],
    }


def one_class_for_all(X, y, rng):
    return start(rng, 2) | {"b3": np.array([50.0, 0.0, 0.0])}


def trained_on_other_data(X, y, rng):
    other = answer_key(TRAIN, 4321).cases[0]
    return descend(start(rng, 2), *other.args[:2], lr=0.5, steps=500)


@pytest.mark.parametrize(
    "function", [on_ten_rows, a_straight_line, one_class_for_all, trained_on_other_data]
)
def test_what_has_not_learned_does_not_generalize(function):
    for seed in range(5):
        verdict = verdict_on(function, seed)
        assert not verdict.parts[2].right
        assert verdict.status != "right"


def test_rows_learned_by_heart_pass_on_nothing_else():
    """Parameters that are right for shuffled labels of the rows, wrong for new ones."""

    def on_false_labels(X, y, rng):
        return descend(start(rng, 2), X, (y + 1) % 3, lr=0.5, steps=200)

    verdict = verdict_on(on_false_labels)
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (
            lambda p: {name.replace("3", "4"): value for name, value in p.items()},
            "Expected a dict with the keys",
        ),
        (
            lambda p: list(p.values()),
            "one dict of parameters with the keys W1, b1, W2, b2, W3, b3; got a list "
            "of 6",
        ),
        (lambda p: (0.1, p), "with something beside them"),
        (lambda p: p | {"b2": p["b2"][None, :, None]}, "b2 has the shape"),
        (lambda p: p | {"W3": p["W3"].T}, "W3 has the shape (3, 12)"),
        (lambda p: p | {"b1": np.full(12, np.nan)}, "b1 has entries that are nan"),
        (lambda p: p | {"b1": np.zeros(5000)}, "5000 and 12 neurons"),
        (lambda p: p | {"b2": 0.0}, "b2 is a single number; expected one for each"),
        (lambda p: None, "b3; got None. Is there a `return`"),
        (
            lambda p: p | {"W1": 1e308 * p["W1"], "W3": 1e308 * p["W3"]},
            "sure of itself",
        ),
    ],
)
def test_parameters_that_are_none_are_told_so(returned, said):
    verdict = verdict_on(lambda X, y, rng: returned(start(rng, 2)))
    assert verdict.points == 0
    assert said in show.text(verdict), show.text(verdict)


def test_who_trains_on_the_first_rows_alone_is_told_which_class_has_no_name():
    def on_the_first_half(X, y, rng):
        half = len(y) // 2
        return descend(start(rng, 2), X[:half], y[:half], lr=0.5, steps=300)

    for seed in range(3):
        # Of rows in any order, half is fewer; of those class after class, it lacks one.
        first, second = answer_key(TRAIN, seed).cases
        replies = [
            ask(function, TRAIN.adapter, case)
            for function, case in (
                (gradient_descent, first),
                (on_the_first_half, second),
            )
        ]
        [item] = judge(TRAIN, replies, seed).diagnoses
        assert "never names class 2. Do all rows take part" in item.text


def test_what_was_reached_is_said_beside_what_is_asked_for():
    text = show.text(verdict_on(on_ten_rows))
    assert "Accuracy is 0." in text
    assert "asked for is at least 0.9" in text


def test_new_data_never_leave_the_judge():
    for case in answer_key(TRAIN, PUBLIC_SEED).cases:
        sent = wire.encode(case.args) + wire.encode(dict(case.kwargs))
        assert case.kept["X_new"].tobytes() not in sent
        assert case.kept["X_new"][0].tobytes() not in sent
        seen = {row.tobytes() for row in case.args[0]}
        assert not any(row.tobytes() in seen for row in case.kept["X_new"])


def test_an_input_that_is_sorted_in_place_is_noticed():
    def sorts(X, y, rng):
        y.sort()
        return start(rng, 2)

    assert "is not what it was" in show.text(verdict_on(sorts))
