"""Ask functions of ours as the grader would, and judge what they answer."""

import numpy as np

from nnkit.judging import show
from nnkit.judging.judge import answer_key, ask, judge

SEEDS = range(10)
"""For answers beyond the registry's, which `test_every_exercise` holds to many more."""


def verdicts(exercise, function, seeds=SEEDS):
    for seed in seeds:
        cases = answer_key(exercise, seed).cases
        replies = [ask(function, exercise.adapter, case) for case in cases]
        yield judge(exercise, replies, seed)


def assert_right(exercise, function, seeds=SEEDS):
    for verdict in verdicts(exercise, function, seeds):
        assert verdict.status == "right", show.text(verdict)
        assert verdict.points == exercise.points
        assert not verdict.flags


def hints(exercise, function, seeds=SEEDS):
    return {d.slip for v in verdicts(exercise, function, seeds) for d in v.diagnoses}


def calls(exercise, seeds=SEEDS):
    """Yield each call's arguments with the parts that are right."""
    for seed in seeds:
        key = answer_key(exercise, seed)
        for case, right in zip(key.cases, key.right, strict=True):
            yield case.args, right


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
