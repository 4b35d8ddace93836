"""Unit 3, initial weights: right however drawn, and chance from `rng` alone."""

# ruff: noqa: NPY002  the global generator is what is watched

import math
import random
from itertools import chain

import numpy as np
import pytest
from asking import SEEDS, assert_right, verdicts

from nnkit import init
from nnkit.drawn import SHARED_SEED, draw
from nnkit.exercises import EXERCISES
from nnkit.judging.judge import answer_key, judge

GLOROT, HE = EXERCISES["glorot"], EXERCISES["he"]


def slips_of(exercise, function, seeds=range(3)):
    """Return the slips named, which must be the same for every seed."""
    named = {
        tuple(item.slip for item in verdict.diagnoses)
        for verdict in verdicts(exercise, function, seeds)
    }
    assert len(named) == 1, named
    return list(named.pop())


# ---------------------------------------------------- initial weights, differently


def glorot_std(shape):
    return math.sqrt(2 / (shape[0] + shape[1]))


def he_std(shape):
    return math.sqrt(2 / shape[0])


def plain(shape, rng, std):
    return rng.normal(0.0, std, shape)


def scaled_and_transposed(shape, rng, std):
    return (rng.standard_normal(shape[::-1]) * std).T


def unit_by_unit(shape, rng, std):
    return np.stack(
        [rng.normal(scale=std, size=shape[0]) for _ in range(shape[1])], axis=1
    )


def by_a_child(shape, rng, std):
    [child] = rng.spawn(1)
    return child.normal(0, std, shape)


def by_a_drawn_seed(shape, rng, std):
    child = np.random.default_rng(rng.integers(2**32))
    return std * child.standard_normal(shape)


def from_uniforms(shape, rng, std):
    """Box and Muller's way, two uniform numbers a weight."""
    radius = np.sqrt(-2 * np.log(1 - rng.random(shape)))
    return std * radius * np.cos(2 * np.pi * rng.random(shape))


def single_precision(shape, rng, std):
    return rng.normal(0, std, shape).astype(np.float32)


def truncated_and_corrected(shape, rng, std):
    w = rng.normal(size=shape)
    while np.abs(w).max() > 2:
        w = np.where(np.abs(w) > 2, rng.normal(size=shape), w)
    return std / 0.8796256610342398 * w


def nested_lists(shape, rng, std):
    return rng.normal(0, std, shape).tolist()


NORMAL = [
    plain,
    scaled_and_transposed,
    unit_by_unit,
    by_a_child,
    by_a_drawn_seed,
    from_uniforms,
    single_precision,
    truncated_and_corrected,
]


def uniform_by_stretching(shape, rng, bound):
    return (2 * rng.random(shape) - 1) * bound


def uniform_by_sign(shape, rng, bound):
    return rng.uniform(0, bound, shape) * rng.choice([-1, 1], shape)


def uniform_in_single_precision(shape, rng, bound):
    return rng.uniform(-bound, bound, shape).astype(np.float32)


UNIFORM = [uniform_by_stretching, uniform_by_sign, uniform_in_single_precision]


FEW = range(8)  # seeds; what is refused once in a thousand draws, slow tests find


@pytest.mark.parametrize("answer", NORMAL)
def test_he_passes_however_it_is_drawn(answer):
    assert_right(HE, lambda shape, rng: answer(shape, rng, he_std(shape)), FEW)


@pytest.mark.parametrize("answer", UNIFORM)
def test_he_may_be_uniform(answer):
    def he(shape, rng):
        return answer(shape, rng, math.sqrt(6 / shape[0]))

    assert_right(HE, he, FEW)


def signs(shape, rng, std):
    return std * rng.choice([-1.0, 1.0], shape)


def triangle(shape, rng, std):
    return math.sqrt(6) * std * (rng.random(shape) - rng.random(shape))


@pytest.mark.parametrize("answer", [signs, triangle])
def test_any_symmetric_law_of_the_right_variance_is_he(answer):
    assert_right(HE, lambda shape, rng: answer(shape, rng, he_std(shape)), FEW)


@pytest.mark.parametrize("index", range(len(NORMAL)))
def test_glorot_passes_however_it_is_drawn(index):
    normal, uniform = NORMAL[index], UNIFORM[index % len(UNIFORM)]

    def glorot(shape, rng, dist):
        if dist == "uniform":
            return uniform(shape, rng, math.sqrt(6 / (shape[0] + shape[1])))
        return normal(shape, rng, glorot_std(shape))

    assert_right(GLOROT, glorot, FEW)


def test_lists_of_numbers_pass():
    assert_right(HE, lambda s, rng: nested_lists(s, rng, he_std(s)), range(1))


def test_weight_by_weight_passes():
    def he(shape, rng):
        W, std = np.zeros(shape), he_std(shape)
        for i in range(shape[0]):
            for j in range(shape[1]):
                W[i, j] = rng.normal(0, std)
        return W

    assert_right(HE, he, range(1))


def test_the_librarys_own_initializers_are_right():
    assert_right(HE, lambda shape, rng: init.he_normal(shape, rng=rng))
    assert_right(HE, lambda shape, rng: init.he_uniform(shape, rng=rng))
    by_name = {"normal": init.glorot_normal, "uniform": init.glorot_uniform}
    assert_right(GLOROT, lambda shape, rng, dist: by_name[dist](shape, rng=rng))


@pytest.mark.slow
def test_right_weights_are_never_refused_by_chance():
    by_name = {"normal": init.glorot_normal, "uniform": init.glorot_uniform}
    assert_right(
        GLOROT, lambda shape, rng, dist: by_name[dist](shape, rng=rng), range(1000)
    )
    assert_right(HE, lambda shape, rng: init.he_normal(shape, rng=rng), range(1000))


def test_swapped_fans_make_no_difference_to_glorot():
    by_name = {"normal": init.glorot_normal, "uniform": init.glorot_uniform}

    def swapped(shape, rng, dist):
        return by_name[dist](shape[::-1], rng=rng).T

    assert_right(GLOROT, swapped, range(5))


# -------------------------------------------------------- where chance comes from


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("same-seed-each-time", lambda s, rng: seeded_inside(s)),
        ("same-seed-each-time", lambda s, rng: globally_seeded_inside(s)),
        ("same-seed-each-time", lambda s, rng, memory={}: kept(s, rng, memory)),
        ("global-generator", lambda s, rng: np.random.randn(*s) * he_std(s)),
        ("global-generator", lambda s, rng: by_pythons_random(s)),
        ("fresh-generator", lambda s, rng: np.random.default_rng().random(s)),
        ("units-alike", lambda s, rng: np.full(s, 0.05)),
        ("units-alike", lambda s, rng: np.zeros(s)),
        ("units-alike", lambda s, rng: rng.normal(size=(s[0], 1)) + np.zeros(s)),
        ("units-alike", lambda s, rng: rng.normal(size=s[1]) + np.zeros(s)),
    ],
)  # fmt: skip
def test_chance_must_come_from_the_generator_and_differ_by_weight(name, function):
    assert slips_of(HE, function) == [name]


def counting(idle):
    """Return an answer that shuffles one grid by the number of the call: no chance.

    It repeats its first weights in the third call, and may draw, to no end.
    """
    calls = []

    def he(shape, rng):
        if idle:
            rng.random()
        calls.append(shape)
        size = math.prod(shape)
        grid = np.linspace(-1, 1, size) * math.sqrt(3) * he_std(shape)
        number = (0, 1, 0)[(len(calls) - 1) % 3]
        return np.random.default_rng(number).permutation(grid).reshape(shape)

    return he


def test_who_counts_calls_and_draws_nothing_is_told_so():
    for seed in SEEDS:
        [verdict] = verdicts(HE, counting(idle=False), [seed])
        assert verdict.points == 0


def test_calls_come_in_an_order_that_who_counts_does_not_know():
    found = [*chain(*(verdicts(HE, counting(idle=True), [n]) for n in range(16)))]
    assert sum(verdict.status == "right" for verdict in found) < 8


def seeded_inside(shape):
    return np.random.default_rng(42).uniform(-1, 1, shape)


def globally_seeded_inside(shape):
    np.random.seed(0)
    return np.random.normal(0, he_std(shape), shape)


def kept(shape, rng, memory):
    if shape not in memory:
        memory[shape] = rng.normal(0, he_std(shape), shape)
    return memory[shape]


def by_pythons_random(shape):
    std = he_std(shape)
    return [[random.gauss(0, std) for _ in range(shape[1])] for _ in range(shape[0])]


def test_the_global_generators_are_as_they_were():
    np.random.seed(5)
    random.seed(5)
    draw(lambda: (np.random.random(3), random.random()), (), {})
    after = np.random.random(), random.random()
    np.random.seed(5)
    random.seed(5)
    assert after == (np.random.random(), random.random())


@pytest.mark.parametrize("seed", [SHARED_SEED, 0])
def test_setting_the_global_seed_leaves_a_trace_each_time(seed):
    def seeds():
        np.random.seed(seed)
        return np.random.random()

    for _ in range(2):
        assert not draw(seeds, (), {})["others_untouched"]


def test_an_exception_in_a_call_restores_the_global_generators():
    before = random.getstate()
    with pytest.raises(ZeroDivisionError):
        draw(lambda: 1 / 0, (), {})
    assert random.getstate() == before


def test_a_generator_has_a_twin_with_the_same_children():
    def spawns(rng):
        return rng.spawn(1)[0].random(), rng.random()

    rng = np.random.default_rng(3)
    rng.spawn(2)
    rng.random()
    drawn = draw(spawns, (rng,), {})
    assert drawn["first"] == drawn["again"] != drawn["second"]


# -------------------------------------------------------- wrong, and not fooled


def test_he_with_the_mean_fan_is_right_on_square_layers_alone():
    def he(shape, rng):
        return rng.normal(0, math.sqrt(2 / np.mean(shape)), shape)

    for verdict in verdicts(HE, he, range(5)):
        assert verdict.points == 0
        assert verdict.parts[0].right_cases == 1
    assert slips_of(HE, he) == ["mean-of-the-fans"]


@pytest.mark.parametrize(
    ("slip", "answer"),
    [
        ("variance-for-std", lambda s, rng: rng.normal(0, 2 / s[0], s)),
        ("two-missing", lambda s, rng: rng.standard_normal(s) / np.sqrt(s[0])),
        ("std-for-half-width", lambda s, rng: (2 * rng.random(s) - 1) * he_std(s)),
        ("one-sided", lambda s, rng: he_std(s) * rng.uniform(0, 1, s)),
        ("two-missing", lambda s, rng: rng.uniform(-1, 1, s) * math.sqrt(3 / s[0])),
        (
            "half-of-the-half",
            lambda s, rng: (rng.random(s) - 0.5) * (6 / s[0]) ** 0.5,
        ),
        ("half-after-the-power", lambda s, rng: rng.normal(0, (2 / s[0]) ** 1 / 2, s)),
        ("truncated-uncorrected", lambda s, rng: without_tails(s, rng)),
    ],
)
def test_a_slip_is_recognized_from_other_numbers(slip, answer):
    assert slips_of(HE, answer, SEEDS[:10]) == [slip]


def without_tails(shape, rng):
    w = rng.normal(0, he_std(shape), shape)
    return np.where(np.abs(w) > 2 * he_std(shape), 0, w)


@pytest.mark.parametrize("factor", [2, 1 / 3, math.sqrt(6) / 2])
def test_of_normal_weights_no_hint_says_that_they_lie_in_a_box(factor):
    def he(shape, rng):
        return rng.normal(0, factor * he_std(shape), shape)

    for verdict in verdicts(HE, he, range(5)):
        assert all("box" not in item.text for item in verdict.diagnoses)


@pytest.mark.parametrize("left_out", [np.s_[-1], np.s_[:, 0]])
def test_a_unit_or_an_input_that_the_loop_leaves_out_is_seen(left_out):
    def he(shape, rng):
        w = rng.normal(0, he_std(shape), shape)
        w[left_out] = 0
        return w

    for verdict in verdicts(HE, he, range(5)):
        [item] = verdict.diagnoses
        assert "one and the same number" in item.text
        assert verdict.points == 0


def test_the_wrong_distribution_is_told_from_the_right_one():
    def triangular(shape, rng, dist):
        if dist == "normal":
            return rng.normal(0, glorot_std(shape), shape)
        peak = math.sqrt(6) * glorot_std(shape)
        return rng.triangular(-peak, 0, peak, shape)

    for verdict in verdicts(GLOROT, triangular, range(10)):
        [item] = verdict.diagnoses
        assert item.text.startswith("The share within ±1 standard deviation of uniform")
        assert verdict.points == 1


def test_a_wrong_scale_that_no_slip_explains_is_called_the_variance():
    def he(shape, rng):
        return rng.normal(0, 1.3 * he_std(shape), shape)

    for verdict in verdicts(HE, he, range(3)):
        [item] = verdict.diagnoses
        assert item.text.startswith("The variance of W is too large in every case")


def test_other_shapes_and_other_things_are_told():
    [verdict] = verdicts(HE, lambda shape, rng: rng.normal(size=shape[::-1]), [1])
    assert "W has the shape" in verdict.diagnoses[0].text
    [verdict] = verdicts(HE, lambda shape, rng: None, [1])
    assert "Is there a `return`?" in verdict.diagnoses[0].text
    [verdict] = verdicts(HE, lambda shape, rng: np.full(shape, np.nan), [1])
    assert "nan or infinite" in verdict.diagnoses[0].text


def test_a_forged_reply_is_a_wrong_answer():
    cases = answer_key(HE, 1).cases
    for value in (1.0, {"first": 1.0}, {"first": 1, "second": 2, "again": 1}):
        replies = [{"value": value, "args": list(case.args)} for case in cases]
        assert judge(HE, replies, 1).points == 0
