"""Initializers against the theory of their distributions, to six standard errors."""

import math
from functools import partial

import numpy as np
import pytest

from nnkit import init
from nnkit.tensor import relu, tanh

SHAPE = (400, 250)
N = math.prod(SHAPE)

NORMAL = {
    "normal": (partial(init.normal, std=0.3), 0.3**2),
    "glorot": (init.glorot_normal, 2 / 650),
    "glorot, gain": (partial(init.glorot_normal, gain=5 / 3), 25 / 9 * 2 / 650),
    "he": (init.he_normal, 2 / 400),
    "he, oi": (partial(init.he_normal, layout="oi"), 2 / 250),
    "lecun": (init.lecun_normal, 1 / 400),
}
UNIFORM = {
    "uniform": (partial(init.uniform, bound=0.3), 0.3),
    "glorot": (init.glorot_uniform, math.sqrt(6 / 650)),
    "glorot, gain": (partial(init.glorot_uniform, gain=2), 2 * math.sqrt(6 / 650)),
    "he": (init.he_uniform, math.sqrt(6 / 400)),
}


def check_moments(w, variance, kurtosis):
    """Mean and variance of N draws: standard errors σ/√N and σ² √((kurtosis - 1)/N)."""
    assert abs(w.mean()) < 6 * math.sqrt(variance / N)
    assert abs(w.var() / variance - 1) < 6 * math.sqrt((kurtosis - 1) / N)


@pytest.mark.parametrize("name", NORMAL)
def test_normal(name):
    draw, variance = NORMAL[name]
    w = draw(SHAPE, rng=np.random.default_rng(0))
    assert w.shape == SHAPE
    check_moments(w, variance, kurtosis=3)
    # 2.275 % of a normal distribution lies above two standard deviations
    above = np.mean(w > 2 * math.sqrt(variance))
    assert abs(above - 0.02275) < 6 * math.sqrt(0.02275 / N)


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform(name):
    draw, bound = UNIFORM[name]
    w = draw(SHAPE, rng=np.random.default_rng(0))
    assert np.abs(w).max() <= bound
    check_moments(w, bound**2 / 3, kurtosis=1.8)


def test_truncated_normal_with_and_without_correction():
    rng = np.random.default_rng(0)
    corrected = init.truncated_normal(SHAPE, 0.5, rng=rng)
    check_moments(corrected, 0.25, kurtosis=3)
    plain = init.truncated_normal(SHAPE, 0.5, rng=rng, corrected=False)
    check_moments(plain, 0.25 * 0.77374, kurtosis=3)  # std .880 of the untruncated
    assert np.abs(plain).max() <= 1
    assert np.abs(corrected).max() <= 1 / 0.8796


def test_zeros_and_constant():
    assert not init.zeros(SHAPE).any()
    assert (init.constant(SHAPE, 3) == 3).all()
    assert init.constant(SHAPE, 3).dtype == float


@pytest.mark.parametrize(
    ("shape", "layout"),
    [((6, 6), "io"), ((9, 4), "io"), ((4, 9), "io"), ((3, 3, 2, 7), "io")],
)
def test_orthogonal(shape, layout):
    w = init.orthogonal(shape, rng=np.random.default_rng(0), gain=2, layout=layout)
    assert w.shape == shape
    singular = np.linalg.svd(w.reshape(-1, shape[-1]), compute_uv=False)
    np.testing.assert_allclose(singular, 2, rtol=1e-12)


def test_orthogonal_with_outputs_first():
    w = init.orthogonal((7, 2, 3, 3), rng=np.random.default_rng(0), layout="oi")
    np.testing.assert_allclose(
        w.reshape(7, -1) @ w.reshape(7, -1).T, np.eye(7), atol=1e-12
    )


def test_orthogonal_is_uniform_over_rotations():
    """QR without the sign correction would leave the diagonal of one sign."""
    rng = np.random.default_rng(0)
    first = [init.orthogonal((3, 3), rng=rng)[0, 0] for _ in range(400)]
    assert abs(np.mean(first)) < 6 / math.sqrt(3 * 400)


@pytest.mark.parametrize(
    ("shape", "layout", "expected"),
    [
        ((784, 100), "io", (784, 100)),
        ((100, 784), "oi", (784, 100)),
        ((3, 5, 16, 32), "io", (240, 480)),
        ((32, 16, 3, 5), "oi", (240, 480)),
        ((7, 4, 2), "io", (28, 14)),
    ],
)
def test_fans(shape, layout, expected):
    assert init.fans(shape, layout) == expected


def test_fans_of_what_is_no_weight():
    with pytest.raises(ValueError, match=r"at least the axes in and out.*\(3,\)"):
        init.fans((3,))
    for nothing in ((0, 3), (-2, 3)):
        with pytest.raises(ValueError, match=rf"has entries.*\({nothing[0]}, 3\)"):
            init.fans(nothing)
    with pytest.raises(ValueError, match="'io' or 'oi', got 'ab'"):
        init.fans((3, 4), "ab")


@pytest.mark.parametrize(
    "draw",
    [
        init.normal,
        init.uniform,
        init.truncated_normal,
        init.glorot_normal,
        init.glorot_uniform,
        init.he_normal,
        init.he_uniform,
        init.lecun_normal,
        init.orthogonal,
    ],
)
def test_chance_is_an_argument(draw):
    a, b, c = (draw((20, 30), rng=np.random.default_rng(s)) for s in (1, 1, 2))
    assert (a == b).all()
    assert (a != c).any()
    with pytest.raises(TypeError, match="rng"):
        draw((20, 30))


# -- the numbers that the course quotes for deep stacks ------------------------------


def signal(activation, draw, depth, width=512, seeds=3):
    """Root mean square of the activations after each layer, averaged over seeds."""
    runs = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        h = rng.normal(size=(256, width))
        sizes = []
        for _ in range(depth):
            h = activation(h @ draw((width, width), rng=rng))
            sizes.append(math.sqrt(np.mean(h**2)))
        runs.append(sizes)
    return np.mean(runs, axis=0)


def limit(gain, depth):
    """The same for tanh and layers of infinite width: q ← E tanh²(gain √q z)."""
    z, weight = np.polynomial.hermite_e.hermegauss(201)
    sizes, q = [], 1.0
    for _ in range(depth):
        q = np.sum(weight * tanh(gain * math.sqrt(q) * z) ** 2) / np.sum(weight)
        sizes.append(math.sqrt(q))
    return np.array(sizes)


def test_glorot_with_tanh_fades_slowly():
    quoted = [0.228, 0.161, 0.101]
    np.testing.assert_allclose(limit(1, 50)[[9, 19, 49]], quoted, atol=5e-4)
    measured = signal(tanh, init.glorot_normal, 50)[[9, 19, 49]]
    np.testing.assert_allclose(measured, quoted, rtol=0.06)


def test_glorot_with_gain_of_five_thirds_holds_with_tanh():
    draw = partial(init.glorot_normal, gain=5 / 3)
    assert limit(5 / 3, 20)[-1] == pytest.approx(0.651, abs=5e-4)
    assert signal(tanh, draw, 20)[-1] == pytest.approx(0.651, rel=0.01)


def test_glorot_with_relu_halves_the_mean_square_at_each_layer():
    """2⁻¹⁰ = .00098 after 20 layers in the mean; .0012 was measured."""
    squares = signal(relu, init.glorot_normal, 20, seeds=8)[-1] ** 2
    spread = math.sqrt(5 * 20 / 512 / 8)  # relative, of the mean over 8 seeds
    assert abs(squares / 2.0**-20 - 1) < 6 * spread


def test_he_with_relu_keeps_the_mean_square():
    assert signal(relu, init.he_normal, 5)[-1] ** 2 == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("cut", [50.0, 1e200, np.inf])
def test_cut_beyond_all_draws_leaves_a_normal_distribution(cut):
    w = init.truncated_normal(SHAPE, 0.5, rng=np.random.default_rng(0), cut=cut)
    check_moments(w, 0.25, kurtosis=3)


@pytest.mark.parametrize("cut", [0, -1.0])
def test_nothing_is_left_beyond_a_cut_at_zero(cut):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="nothing is left"):
        init.truncated_normal((2, 2), rng=rng, cut=cut, corrected=False)


@pytest.mark.parametrize("draw", [init.normal, init.uniform, init.truncated_normal])
@pytest.mark.parametrize("seed", [0, None, "0"])
def test_seed_is_no_generator(draw, seed):
    with pytest.raises(
        TypeError, match=r"generator, made once .*default_rng\(0\); got"
    ):
        draw((3, 2), rng=seed)


@pytest.mark.parametrize("shape", [3, None, (3, 4.5), (2, "3")])
def test_shape_is_a_tuple_of_whole_numbers(shape):
    with pytest.raises(TypeError, match=r"such as \(3, 2\); got"):
        init.fans(shape)


def test_number_cut_from_a_normal_distribution_lies_within():
    rng = np.random.default_rng(0)
    drawn = [init.truncated_normal((), rng=rng, corrected=False) for _ in range(200)]
    assert np.shape(drawn) == (200,)
    assert max(map(abs, drawn)) <= 2
