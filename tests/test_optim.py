"""Optimizers against closed forms: on ½ λ w² every mode moves by itself."""

import math

import numpy as np
import pytest

from nnkit import optim
from nnkit.layers import MLP
from nnkit.optim import SGD, Adam
from nnkit.tensor import Tensor, tanh

LAM = np.array([1.0, 4.0, 10.0])
START = np.array([1.0, -2.0, 0.5])


def run(make, steps, lam=LAM, start=START):
    w = Tensor(start)
    optimizer = make([w])
    path = [w.data.copy()]
    for _ in range(steps):
        (0.5 * w * w * lam).sum().backward()
        optimizer.step()
        path.append(w.data.copy())
    return np.array(path)


def test_gradient_descent_shrinks_each_mode_by_its_own_factor():
    t = np.arange(31)[:, None]
    expected = START * (1 - 0.15 * LAM) ** t
    np.testing.assert_allclose(run(lambda p: SGD(p, 0.15), 30), expected, rtol=1e-10)


def linear_recurrence(first, matrix, steps):
    """Weight along a two-term recurrence (w, v) ← matrix (w, v), by eigenvalues."""
    values, vectors = np.linalg.eig(matrix)
    weights = np.linalg.solve(vectors, first)
    return [(vectors[0] * weights * values**t).sum().real for t in range(steps + 1)]


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_follows_its_recurrence(nesterov):
    lr, mu = 0.05, 0.8
    path = run(lambda p: SGD(p, lr, mu, nesterov=nesterov), 40)
    for lam, start, found in zip(LAM, START, path.T, strict=True):
        # v' = mu v + lam w;  w' = w - lr v', or w - lr (lam w + mu v') with Nesterov
        if nesterov:
            row = [1 - lr * lam * (1 + mu), -lr * mu * mu]
        else:
            row = [1 - lr * lam, -lr * mu]
        matrix = np.array([row, [lam, mu]], dtype=complex)
        expected = linear_recurrence(np.array([start, 0]), matrix, 40)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)


def test_nesterov_is_gradient_descent_looking_ahead():
    """Sutskever et al. (2013): u ← mu u - lr ∇f(θ + mu u), θ ← θ + u; w = θ + mu u."""
    lr, mu = 0.05, 0.8
    theta, u = START.copy(), np.zeros(3)
    expected = [START]
    for _ in range(20):
        u = mu * u - lr * LAM * (theta + mu * u)
        theta = theta + u
        expected.append(theta + mu * u)
    found = run(lambda p: SGD(p, lr, mu, nesterov=True), 20)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_first_step_of_adam_is_lr_whatever_the_size_of_the_gradient():
    path = run(lambda p: Adam(p, 0.01), 1, lam=np.array([1e-3, 1, 1e6]))
    np.testing.assert_allclose(path[1] - path[0], -0.01 * np.sign(START), rtol=1e-4)


def test_adam_under_a_constant_gradient_moves_by_lr_at_every_step():
    w = Tensor(0.0)
    optimizer = Adam([w], 0.1, eps=0.0)
    for t in range(1, 8):
        (3 * w).backward()
        optimizer.step()
        assert float(w) == pytest.approx(-0.1 * t, rel=1e-12)


@pytest.mark.parametrize("g", [300.0, 2.0**-13])
def test_squares_of_adam_do_not_end_where_those_of_float16_do(g):
    """300² is more than float16 holds, and 2^-26 less: a step of 0, or of thousands."""
    w = Tensor(np.array(1.0, np.float16))
    optimizer = Adam([w], 0.25)
    for _ in range(3):
        w.grad = np.float16(g)
        optimizer.step()
    assert float(w) == pytest.approx(0.25, rel=1e-2)  # eps is 1e-8


def test_adam_written_out():
    w, m, s = 1.0, 0.0, 0.0
    path = run(lambda p: Adam(p, 0.1, (0.8, 0.9)), 10, np.array(2.0), np.array(1.0))
    for t in range(1, 11):
        g = 2 * w
        m, s = 0.8 * m + 0.2 * g, 0.9 * s + 0.1 * g * g
        w -= 0.1 * (m / (1 - 0.8**t)) / (math.sqrt(s / (1 - 0.9**t)) + 1e-8)
        assert path[t] == pytest.approx(w, rel=1e-12)


@pytest.mark.parametrize(
    "make",
    [
        lambda p: SGD(p, 0.05),
        lambda p: SGD(p, 0.05, 0.9),
        lambda p: SGD(p, 0.05, 0.9, nesterov=True),
        lambda p: Adam(p, optim.exponential(0.1, 0.99)),
    ],
)
def test_all_find_the_minimum_of_a_quadratic(make):
    assert np.abs(run(make, 500)[-1]).max() < 1e-3


@pytest.mark.parametrize(("lr", "converges"), [(0.199, True), (0.201, False)])
def test_wall_at_two_over_the_largest_curvature(lr, converges):
    """Σ λ w² at step 200 over the start: .016 at .199, 49 at .201, for λ = 1 and 10."""
    lam = np.array([1.0, 10.0])
    path = run(lambda p: SGD(p, lr), 200, lam, np.ones(2))
    ratio = (lam * path[-1] ** 2).sum() / lam.sum()
    expected = (lam * (1 - lr * lam) ** 400).sum() / lam.sum()
    assert ratio == pytest.approx(expected, rel=1e-9)
    assert (ratio < 1) == converges
    assert ratio == pytest.approx({0.199: 0.016, 0.201: 49}[lr], rel=0.03)


@pytest.mark.parametrize("make", [SGD, Adam])
def test_step_uses_the_gradients_up(make):
    w = Tensor(START)
    optimizer = make([w], 0.1)
    (w * w).sum().backward()
    optimizer.step()
    assert w.grad is None
    with pytest.raises(ValueError, match=r"backward\(\) before each step"):
        optimizer.step()


@pytest.mark.parametrize("make", [SGD, Adam])
def test_a_gradient_that_somebody_keeps_stays_as_it_is(make):
    """The step was made in its memory: a list of gradients was one of steps."""
    v, w = Tensor(START), Tensor(START)
    optimizer = make([v, w], 0.1)
    kept, of_both = [], np.ones((2, *w.shape))
    for _ in range(2):
        (w * w).sum().backward()
        v.grad = of_both[0]
        kept.append((w.grad, w.grad[:1], 2 * w.data))
        optimizer.step()
    for g, first, expected in kept:
        np.testing.assert_array_equal(g, expected)
        np.testing.assert_array_equal(first, expected[:1])
    assert (of_both == 1).all()


@pytest.mark.parametrize("make", [SGD, Adam])
def test_gradients_set_by_hand_may_be_one_array_and_whole_and_read_only(make):
    """Else the first would move by -lr · 2, and the next by -lr times that."""
    expected = -0.1 if make is Adam else -0.2
    shared = np.array([2.0, 2.0])
    for grads in (
        [shared, shared],
        [np.array([2, 2]), np.array([2, 2], np.uint8)],
        [np.broadcast_to(2.0, 2), [2.0, 2]],
    ):
        parameters = [Tensor([0.0, 0.0]), Tensor([0.0, 0.0])]
        for p, g in zip(parameters, grads, strict=True):
            p.grad = g
        make(parameters, 0.1).step()
        for p in parameters:
            np.testing.assert_allclose(p.data, [expected] * 2, rtol=1e-6)
    bias = Tensor(0.0)
    bias.grad = 2
    make([bias], 0.1).step()
    assert float(bias) == pytest.approx(expected)


def test_parameter_without_gradient_is_named():
    w, unused = Tensor(1.0, "w"), Tensor(1.0, "unused")
    (w * w).backward()
    with pytest.raises(
        ValueError, match="parameter 1, <Tensor 'unused' 1>, has no grad"
    ):
        SGD([w, unused], 0.1).step()
    assert float(w) == 1


@pytest.mark.parametrize("wrong", [[1.0], [np.ones(2)], [Tensor(np.ones(2)) * 2]])
def test_only_tensors_made_by_hand_can_be_moved(wrong):
    with pytest.raises(TypeError, match="moves Tensors made by hand"):
        SGD(wrong, 0.1)


def test_network_in_place_of_its_parameters_is_told():
    net = MLP((2, 1), tanh, rng=np.random.default_rng(0))
    with pytest.raises(TypeError, match=r"net\.parameters\(\).*got MLP\(Dense"):
        SGD(net, 0.1)


def test_one_tensor_need_not_be_put_into_a_list():
    w = Tensor(np.ones(2))
    optimizer = SGD(w, 0.1)
    (w * w).sum().backward()
    optimizer.step()
    assert w.data.tolist() == [0.8, 0.8]


@pytest.mark.parametrize("make", [SGD, Adam])
def test_shared_parameter_takes_one_step(make):
    """w is used twice: its gradient is already the sum over both uses."""
    w, alone = Tensor(START), Tensor(START)
    twice, once = make([w, w], 0.1), make([alone], 0.1)
    for t, optimizer in ((w, twice), (alone, once)):
        (t * t).sum().backward()
        optimizer.step()
    np.testing.assert_array_equal(w.data, alone.data)
    assert twice.steps == 1


@pytest.mark.parametrize("given", [[], (), iter(())])
def test_optimizer_without_parameters_is_refused(given):
    with pytest.raises(ValueError, match="without parameters moves nothing"):
        SGD(given, 0.1)


@pytest.mark.parametrize("lr", ["0.1", None, True, np.nan, [0.1], Tensor(0.1)])
def test_rate_that_is_neither_number_nor_schedule(lr):
    with pytest.raises(TypeError, match=r"^lr is a number or a schedule, .* got"):
        Adam([Tensor(1.0)], lr)


@pytest.mark.parametrize("make", [SGD, Adam])
@pytest.mark.parametrize("rate", [None, "0.1", [0.1], np.nan])
def test_schedule_that_gives_no_number(make, rate):
    v, w = Tensor(1.0), Tensor(1.0)
    optimizer = make([v, w], lambda t: rate)
    (v * w).backward()
    with pytest.raises(TypeError, match=r"schedule gave .* for step 0, .*") as stopped:
        optimizer.step()
    assert ("Does it say `return`?" in str(stopped.value)) == (rate is None)
    assert float(v) == float(w) == 1


@pytest.mark.parametrize("momentum", [1, 1.5, -0.1, np.nan, "0.9", None, [0.9]])
def test_momentum_that_would_not_fade(momentum):
    with pytest.raises(ValueError, match="momentum is from 0 to below 1, got"):
        SGD([Tensor(1.0)], 0.1, momentum)


@pytest.mark.parametrize("betas", [0.9, (0.9,), (1.0, 0.9), (0.9, 1), (0.9, "0")])
def test_betas_are_two_that_fade(betas):
    """At 1 the corrections divide by 0, in the first step or for good."""
    with pytest.raises(ValueError, match="betas are two numbers from 0 to below 1"):
        Adam([Tensor(1.0)], 0.1, betas)


@pytest.mark.parametrize("eps", [-1, np.nan, "1e-8", None])
def test_eps_is_no_less_than_nothing(eps):
    with pytest.raises(ValueError, match="eps is a small number, 0 or above, got"):
        Adam([Tensor(1.0)], 0.1, eps=eps)


def test_gradient_of_another_shape_moves_nothing():
    """It would be stretched over the parameter."""
    v, w = Tensor(np.ones(3), "v"), Tensor(np.ones((2, 3)), "w")
    v.grad = w.grad = np.ones(3)
    with pytest.raises(ValueError, match=r"1, <Tensor 'w' .* gradient of shape \(3,\)"):
        SGD([v, w], 0.1).step()
    assert v.data.tolist() == [1, 1, 1]


# -- schedules -----------------------------------------------------------------------


def test_schedules_at_start_middle_and_end():
    assert [optim.constant(0.3)(t) for t in (0, 99)] == [0.3, 0.3]
    stepwise = optim.stepwise(0.8, every=10, factor=0.5)
    assert [stepwise(t) for t in (0, 9, 10, 29, 30)] == [0.8, 0.8, 0.4, 0.2, 0.1]
    assert optim.exponential(2.0, 0.5)(3) == 0.25


@pytest.mark.parametrize("every", [0, -5])
def test_rate_that_would_change_after_no_step_is_refused(every):
    with pytest.raises(ValueError, match=rf"every={every} .*1 or more.*constant"):
        optim.stepwise(0.1, every)


@pytest.mark.parametrize("warmup", [0, 10])
def test_cosine_with_and_without_warmup(warmup):
    rate = optim.cosine(0.4, total=110, warmup=warmup)
    rates = [rate(t) for t in range(111)]
    assert rates[0] == (0 if warmup else 0.4)
    assert rates[warmup] == 0.4
    assert rates[warmup + (110 - warmup) // 2] == pytest.approx(0.2)
    assert rates[110] == pytest.approx(0, abs=1e-16)
    assert np.all(np.diff(rates[: warmup + 1]) > 0)
    assert np.all(np.diff(rates[warmup:]) < 0)


def test_cosine_stays_at_zero_when_it_is_over():
    assert optim.cosine(0.4, total=10)(15) == pytest.approx(0, abs=1e-16)


@pytest.mark.parametrize("warmup", [-1, 10, 11])
def test_cosine_without_room_for_its_warmup(warmup):
    with pytest.raises(ValueError, match="does not fit into 10 steps"):
        optim.cosine(0.4, total=10, warmup=warmup)


def test_optimizer_asks_the_schedule_at_each_step():
    path = run(lambda p: SGD(p, optim.stepwise(0.1, 1, 0.5)), 3, np.ones(3))
    factor = (1 - 0.1) * (1 - 0.05) * (1 - 0.025)
    np.testing.assert_allclose(path[-1], START * factor, rtol=1e-12)


# -- range test ------------------------------------------------------------------------


def test_range_test_starts_every_rate_from_the_same_place():
    w = Tensor(START)
    lrs = [0.1, 0.001, 0.19, 0.1]
    losses = optim.range_test(lambda: (0.5 * w * w * LAM).sum(), [w], lrs, steps=5)
    expected = [(0.5 * LAM * START**2 * (1 - lr * LAM) ** 10).sum() for lr in lrs]
    np.testing.assert_allclose(losses, expected, rtol=1e-10)
    np.testing.assert_array_equal(w.data, START)


def test_range_test_calls_divergence_infinite():
    w = Tensor(START)
    losses = optim.range_test(lambda: (w**4).sum(), [w], [1e-3, 1e3], steps=30)
    assert np.isfinite(losses[0])
    assert losses[1] == np.inf


@pytest.mark.parametrize("shape", [(), (1,)])
def test_range_test_of_one_tensor(shape):
    """w² from 3 with rate r: (1 - 2r)² 9."""
    w = Tensor(np.full(shape, 3.0))
    losses = optim.range_test(lambda: (w * w).sum(), w, [0.1, 0.2])
    np.testing.assert_allclose(losses, [9 * 0.64, 9 * 0.36], rtol=1e-14)
    assert w.data.tolist() == np.full(shape, 3.0).tolist()


def test_range_test_that_breaks_off_leaves_the_parameters_as_they_were():
    w = Tensor(3.0)
    calls = iter([w * w])
    with pytest.raises(StopIteration):
        optim.range_test(lambda: next(calls), [w], [0.1])
    assert float(w) == 3


def test_loss_in_place_of_a_function_that_computes_it():
    w = Tensor(1.0)
    with pytest.raises(
        TypeError, match="loss is a function, called anew at every step"
    ):
        optim.range_test(w * w, [w], [0.1])


@pytest.mark.parametrize("value", [3.0, None])
def test_loss_that_is_no_tensor(value):
    w = Tensor(1.0)
    with pytest.raises(TypeError, match=f"returns a Tensor .*; got {value}$"):
        optim.range_test(lambda: value, [w], [0.1])


@pytest.mark.parametrize(
    ("steps", "kind", "says"),
    [(-1, ValueError, "^steps=-1 is no"), (1.5, TypeError, "^steps=1.5: .* whole")],
)
def test_range_test_takes_no_steps_back_and_no_half_ones(steps, kind, says):
    w = Tensor(1.0)
    with pytest.raises(kind, match=says):
        optim.range_test(lambda: w * w, [w], [0.1], steps=steps)
