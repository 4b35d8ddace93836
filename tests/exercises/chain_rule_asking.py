"""How unit 5's tests ask and judge an answer, and what they compare references with."""

import numpy as np

from nnkit.judging.judge import answer_key, ask, judge

SEEDS = range(30)


def verdicts(exercise, function, seeds=SEEDS):
    for seed in seeds:
        cases = answer_key(exercise, seed).cases
        replies = [ask(function, exercise.adapter, case) for case in cases]
        yield judge(exercise, replies, seed)


def assert_right(exercise, function, seeds=SEEDS):
    for verdict in verdicts(exercise, function, seeds):
        assert verdict.status == "right", verdict
        assert not verdict.flags


def diagnosed(exercise, function, seed=3):
    [verdict] = verdicts(exercise, function, [seed])
    assert verdict.status != "right"
    return [item.slip for item in verdict.diagnoses]


def central(f, x, eps):
    """An implementation of its own, to compare references with."""
    out = np.zeros(np.shape(x))
    for i in np.ndindex(out.shape):
        e = np.zeros(out.shape)
        e[i] = eps
        out[i] = (f(x + e) - f(x - e)) / (2 * eps)
    return out
