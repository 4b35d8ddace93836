import numpy as np
import pytest

from nnkit import datasets

MAKERS = {
    "moons": datasets.moons,
    "circles": datasets.circles,
    "spirals": datasets.spirals,
    "xor": datasets.xor,
    "blobs": datasets.blobs,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_shapes_classes_and_chance(make):
    X, y = make(120, rng=np.random.default_rng(0))
    again, labels = make(120, rng=np.random.default_rng(0))
    assert X.shape == (120, 2)
    assert X.dtype == float
    assert y.dtype.kind == "i"
    counts = np.bincount(y)
    assert counts.min() == counts.max()
    np.testing.assert_array_equal(X, again)
    np.testing.assert_array_equal(y, labels)
    assert (y[:60] != np.sort(y)[:60]).any()  # shuffled


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("m", [-1, 2.5, "ten"])
def test_no_data_has_so_many_points(make, m):
    with pytest.raises(ValueError, match=r"points: got m=.* whole number from 0 on"):
        make(m, rng=np.random.default_rng(0))


@pytest.mark.parametrize("make", [datasets.spirals, datasets.blobs])
@pytest.mark.parametrize("classes", [0, -2, 1.5])
def test_no_data_has_so_many_classes(make, classes):
    with pytest.raises(ValueError, match=r"classes: got classes=.* from 1 on"):
        make(5, classes, rng=np.random.default_rng(0))


def test_circles_have_their_radii():
    X, y = datasets.circles(100, noise=0, ratio=0.4, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y, 0.4, 1))


def test_moons_are_half_circles():
    X, y = datasets.moons(100, noise=0, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.hypot(*X[y == 0].T), 1)
    np.testing.assert_allclose(np.hypot(*(X[y == 1] - [1, 0.5]).T), 1)
    assert (X[y == 0][:, 1] >= 0).all()


def test_spirals_turn_with_their_radius():
    X, y = datasets.spirals(
        90, classes=3, noise=0, turns=0.5, rng=np.random.default_rng(0)
    )
    turned = np.angle((X[:, 0] + 1j * X[:, 1]) * np.exp(-2j * np.pi * y / 3))
    expected = np.angle(np.exp(2j * np.pi * 0.5 * np.hypot(*X.T)))
    np.testing.assert_allclose(turned, expected, atol=1e-12)


def test_xor_without_noise_is_the_truth_table():
    X, y = datasets.xor(4, noise=0, rng=np.random.default_rng(0))
    table = {(a > 0, b > 0): label for (a, b), label in zip(X, y, strict=True)}
    assert table == {(a, b): a != b for a in (False, True) for b in (False, True)}


def test_blobs_are_as_wide_as_asked():
    X, y = datasets.blobs(3000, classes=3, spread=0.2, rng=np.random.default_rng(0))
    for k in range(3):
        assert X[y == k].std(axis=0) == pytest.approx(0.2, rel=0.12)


@pytest.mark.parametrize(
    "w", [np.array([2.0, -3]), np.array([[2.0, 1, 0], [-3, 0, 1]])]
)
def test_linear_regression_is_recovered_by_least_squares(w):
    X, y = datasets.linear_regression(4000, w, 0.5, rng=np.random.default_rng(0))
    found = np.linalg.lstsq(np.c_[X, np.ones(4000)], y, rcond=None)[0]
    se = 6 * 0.1 / np.sqrt(4000)
    np.testing.assert_allclose(found[:2], w, atol=se)
    np.testing.assert_allclose(found[2], 0.5, atol=se)


@pytest.mark.parametrize(
    "make", [datasets.moons, datasets.circles, datasets.spirals, datasets.xor]
)
def test_seed_in_place_of_a_generator_is_told(make):
    with pytest.raises(TypeError, match=r"rng is a random generator.*; got 0"):
        make(10, rng=0)


@pytest.mark.parametrize("w", [2.0, np.ones((2, 2, 2))])
def test_weights_of_another_number_of_axes_are_told(w):
    """Of three axes came targets for twice as many batches as there were."""
    with pytest.raises(ValueError, match=r"^w has a weight for each feature, .* shape"):
        datasets.linear_regression(10, w, rng=np.random.default_rng(0))


@pytest.mark.parametrize("std", [-0.1, np.nan])
def test_noise_below_0_is_told(std):
    rng = np.random.default_rng(0)
    for make in (
        lambda: datasets.moons(10, std, rng=rng),
        lambda: datasets.blobs(10, spread=std, rng=rng),
        lambda: datasets.linear_regression(10, [1.0], noise=std, rng=rng),
    ):
        with pytest.raises(ValueError, match="noise has a standard deviation, from 0"):
            make()
