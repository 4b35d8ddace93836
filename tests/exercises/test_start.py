"""Unit 0's exercise: right answers of many kinds pass, near misses do not."""

import math
import statistics

import numpy as np
import pytest
from asking import SEEDS

from nnkit.exercises.start import center
from nnkit.judging.judge import answer_key, ask, judge


def verdict_on(function, seed):
    cases = answer_key(center, seed).cases
    return judge(center, [ask(function, "call", case) for case in cases], seed)


def by_loop(x):
    total = 0.0
    for value in x:
        total += value
    return total / len(x), [value - total / len(x) for value in x]


def by_statistics(x):
    mean = statistics.fmean(x)
    return [mean, np.subtract(x, mean)]


def by_matrix(x):
    n = len(x)
    return np.ones(n) @ x / n, (np.eye(n) - np.ones((n, n)) / n) @ x


RIGHT = [
    lambda x: (x.mean(), x - x.mean()),
    lambda x: (np.average(x), x - np.average(x)),
    lambda x: (math.fsum(x) / x.size, x - math.fsum(x) / x.size),
    lambda x: (np.einsum("i->", x) / x.shape[0], x - x.mean(keepdims=True)),
    by_loop,
    by_statistics,
    by_matrix,
]


@pytest.mark.parametrize("answer", RIGHT)
def test_right_however_it_is_written(answer):
    for seed in SEEDS:
        verdict = verdict_on(answer, seed)
        assert verdict.status == "right"
        assert not verdict.flags


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: (np.median(x), x - np.median(x)),
        lambda x: (x.mean(), (x - x.mean()) / x.std()),
        lambda x: (x.mean(keepdims=True), x - x.mean()),
        lambda x: (x.astype("f4").mean(), x - x.astype("f4").mean()),
        lambda x: x - x.mean(),
    ],
)
def test_a_near_miss_is_wrong(answer):
    for seed in SEEDS:
        assert verdict_on(answer, seed).status != "right"


def test_it_is_worth_nothing_and_yet_the_students_to_write():
    assert center.points == 0
    assert not center.worked
