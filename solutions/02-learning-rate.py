# %% [markdown]
# # Unit 2: The learning rate
#
# The gradient says which way is down. It does not say how far to go. That is what the
# learning rate decides: one number, and with it training takes minutes, or weeks, or
# blows up in the first ten steps. Much of what is said about it is folklore. This unit
# replaces the folklore by a theory that fits on one page, and by experiments that show
# where the theory holds and where it stops.
#
# **After this unit you can**
#
# 1. say for a quadratic loss, before any run, up to which learning rate gradient
#    descent converges, which direction fails first, and how many steps it takes;
# 2. tell apart what is commonly thrown together: slow, stuck, bouncing, diverging, and
#    kept from settling by noise;
# 3. find a workable rate for a network with a handful of short runs, and change it in
#    the course of training, with a reason for each change.
#
# **You need** unit 1 (the gradient of a loss), and from linear algebra: a symmetric
# matrix has real eigenvalues, and eigenvectors at right angles to each other. Taylor's
# formula to second order; for the section on noise, what a variance is. No more machine
# learning than unit 1.
#
# **Time:** about 115 minutes, by our estimate: 75 for the text and its experiments, 40
# for the exercises. There are six, worth 12 points in all.

# %%
from math import ceil, cos, inf, log, log1p, pi

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from ipywidgets import FloatSlider, interact

from nnkit import check, datasets, predict, reveal
from nnkit.layers import MLP
from nnkit.losses import squared_error
from nnkit.plots import BLACK, BLUE, ORANGE, show
from nnkit.tensor import tanh

# %% [markdown]
# ## Notation
#
# | symbol | what it is | shape | in code |
# | :-- | :-- | :-- | :-- |
# | $w$ | **all** parameters of a model in one row: weights and biases | $(d,)$ | `w` |
# | $w_t$ | the parameters after $t$ steps; $w_0$ is the start | $(d,)$ | `path[t]` |
# | $L(w)$ | the loss | a number | |
# | $g = \nabla L(w)$ | its gradient | $(d,)$ | `grad(w)` |
# | $\eta$ | the learning rate (read: eta; others write $\alpha$) | a number | `lr` |
# | $T$ | how many steps are taken | a number | `T` |
# | $A$ | the second derivatives of the loss, as a matrix | $(d, d)$ | `A` |
# | $\lambda_i$ | its eigenvalues; the largest is $\lambda_{\max}$ | $(d,)$ | `lam` |
# | $w^*$ | a minimum | $(d,)$ | |
# | $e$ | how far off it we are: $w - w^*$ | $(d,)$ | |
# | $q_i$ | the eigenvector of $\lambda_i$, of length 1 | $(d,)$ | |
# | $c_i$ | the part of $e$ along $q_i$ | a number | |
# | $\kappa$ | condition number: $\lambda_{\max} / \lambda_{\min}$ | number | `kappa` |
# | $v$ | momentum: a running sum of gradients | $(d,)$ | `speed` |
# | $\beta$ | how much of $v$ is kept at each step | a number | `beta` |
# | $B$ | how many rows a minibatch has | a number | |
# | $\xi$ | the noise of a gradient; its variance is $\sigma^2$ | a number | `noise` |
# | $V$ | the variance of $w$ that comes of it | a number | |
#
# In unit 1, $w$ held the weights of one neuron, and the bias stood apart. Here we do
# not care which parameter is which, so all of them go into one long $w$. $A$, there
# the activations, is here a matrix of slopes of slopes; and $\sigma$, there the
# sigmoid, is here the size of a noise. Where there are but one or two parameters, they
# may also be called $v$, or $u$ and $v$. $\log$ is the natural logarithm, in all units
# and in code.

# %% [markdown]
# ## One step
#
# Gradient descent repeats one line:
#
# $$
# w_{t+1} = w_t - \eta \, \nabla L(w_t) .
# $$
#
# Why should this make the loss smaller? Walk from $w$ by $-\eta\, g$, and use Taylor's
# formula to first order:
#
# $$
# \begin{aligned}
# L(w - \eta g) &= L(w) + g \cdot (-\eta g) + \dots && \text{Taylor's formula} \\
#               &= L(w) - \eta \, \lVert g \rVert^2 + \dots
#               && g \cdot g = \lVert g \rVert^2 .
# \end{aligned}
# $$
#
# What is left out shrinks like $\eta^2$. So if $g$ is not zero and $\eta$ is small
# enough, the loss falls. Everything in this unit is about the words *small enough*.
#
# Three remarks on that one line:
#
# * All slopes belong to **one** point, $w_t$. Move all parameters together, after all
#   slopes are known.
# * The step has the length $\eta \lVert g \rVert$. It gets shorter by itself where the
#   surface gets flatter: with one and the same $\eta$, steps near a minimum are small.
# * $\eta$ has units: those of $w^2 / L$, so that $\eta\, g$ is something that can be
#   subtracted from $w$. Measure the loss in cents instead of dollars, and the same
#   $\eta$ takes steps a hundred times as long. No learning rate is large or small as
#   such; it is large or small *for a loss*.
#
# > **You may read that** the learning rate says how much *of a weight* is adjusted.
# >
# > **What is true.** It says how much *of the gradient* is subtracted. The size of the
# > weight does not appear in the rule: a weight of 0 moves just as readily as a weight
# > of 100. How large the steps are beside the weights is a useful thing to watch, and
# > we will; but it is an outcome, and not what the rate sets.

# %% [markdown] readonly="gd_step-task"
# ### Exercise `gd_step` (worked)
#
# A network's parameters usually come as several arrays, by name. Write
# `gd_step(params, grads, lr)`, one step of gradient descent.
#
# * `params` is a dict from names to arrays of any shapes, whole numbers among them.
#   `grads` has the same names, perhaps in another order, and arrays of the same shapes.
#   `lr` is a number; it may be 0.
# * Return a **new** dict with the same names: the parameters after the step.
# * Leave `params`, `grads` and the arrays in them as they are.
#
# It is answered for you. Run it, then break it: write `new[name] -= lr * grads[name]`
# on a copy of the dict, and see what `check` has to say.


# %% answer="gd_step"
def gd_step(params, grads, lr):
    """Return the parameters after one step against the gradient."""
    new = {}
    for name in params:
        # A minus makes a new array; -= would write into the caller's.
        new[name] = params[name] - lr * grads[name]
    return new


# %% check="gd_step"
check(gd_step)

# %% [markdown]
# ## One parameter: four runs on a parabola
#
# Take the simplest loss that has a minimum at all, a parabola with the curvature
# $\lambda > 0$:
#
# $$
# L(w) = \tfrac{1}{2} \lambda\, w^2 , \qquad \frac{dL}{dw} = \lambda\, w .
# $$
#
# One step of gradient descent is then
#
# $$
# \begin{aligned}
# w_{t+1} &= w_t - \eta\, \lambda\, w_t   && \text{the rule, with this slope} \\
#         &= (1 - \eta \lambda)\, w_t     && \text{a common factor} \\
# w_t     &= (1 - \eta \lambda)^t\, w_0   && \text{the same factor at every step.}
# \end{aligned}
# $$
#
# The whole run is the powers of **one number**, $1 - \eta\lambda$. There is nothing
# else to know:
#
# | $\eta \lambda$ | factor $1 - \eta \lambda$ | what happens |
# | :-- | :-- | :-- |
# | between 0 and 1 | between 1 and 0 | closes in from one side |
# | 1 | 0 | arrives in a single step |
# | between 1 and 2 | between 0 and $-1$ | overshoots every time, and still closes in |
# | 2 | $-1$ | bounces between two points for ever |
# | above 2 | below $-1$ | overshoots by more each time: **diverges** |
#
# So gradient descent converges exactly when $|1 - \eta \lambda| < 1$, which is $0 <
# \eta < 2 / \lambda$. The number $2 / \lambda$ is the *wall*.
#
# You can see the 2 come out of Taylor's formula as well. To second order, which for a
# parabola is exact, a step changes the loss by $-\eta g^2 + \tfrac{1}{2} \lambda \eta^2
# g^2 = -\eta g^2 \left(1 - \tfrac{1}{2} \eta \lambda\right)$. That is a fall as long as
# $\eta \lambda < 2$.

# %% tags=["demonstration"]
figure, panels = plt.subplots(1, 4, figsize=(12, 3.4), sharey=True)
bowl = np.linspace(-2.4, 2.4, 121)
stories = [(0.3, "closes in"), (1.0, "arrives"), (1.7, "overshoots, closes in")]
for axes, (product, story) in zip(
    panels, [*stories, (2.1, "overshoots, diverges")], strict=True
):
    spots = (1 - product) ** np.arange(9) * (1.0 if product > 2 else 2.0)
    axes.plot(bowl, bowl**2 / 2, color=ORANGE, linewidth=2, linestyle="dashed")
    axes.plot(spots, spots**2 / 2, "o-", color=BLUE, linewidth=1.5, markersize=5)
    axes.plot(spots[0], spots[0] ** 2 / 2, "X", color=BLACK, markersize=11)
    axes.set_title(f"$\\eta\\lambda = {product}$: {story}", fontsize=12)
    axes.set_xlabel("w")
    axes.grid(alpha=0.3)
panels[0].set_ylabel("loss")
figure.tight_layout()
show(
    figure,
    "Figure 1: eight steps on a parabola (dashed), from the cross, at four rates. With "
    "rate times curvature at 0.3 the points walk down one side in ever shorter steps. "
    "At 1 the first step lands on the minimum. At 1.7 each step lands on the other "
    "side, but lower. At 2.1 each step lands on the other side, and higher.",
)
for product in (0.3, 1.0, 1.7, 2.1):
    print(f"rate × curvature {product:.1f}: factor {1 - product:+.1f} per step")

# %% [markdown]
# Note the third panel. **Overshooting is not diverging.** At $\eta \lambda = 1.7$ every
# single step goes too far, and yet after eight of them 6 % of the distance is left,
# just as in the first panel, where no step goes too far: $0.7^8 = 0.06$, with or
# without the sign.

# %% [markdown] readonly="gd_run-task"
# ### Exercise `gd_run` (2 points, half filled in)
#
# Write `gd_run(grad, w0, lr, T)`: gradient descent from start to end, with every point
# on the way.
#
# * `grad` is a function: `grad(w)` takes a point of shape `(d,)` and returns the
#   gradient there, of shape `(d,)`. It need not come from a quadratic.
# * `w0`, of shape `(d,)`, is the start; it may hold whole numbers. `lr` is the rate,
#   and `T` the number of steps, $T \ge 0$.
# * Return an array of shape `(T + 1, d)`: row 0 is the start, row `t` is the point
#   after `t` steps.
# * Leave `w0` as it is.
#
# Half of it is there. Read what the two lines do that are given; the steps are missing.


# %% answer="gd_run"
def gd_run(grad, w0, lr, T):
    """Return the points that gradient descent visits, one in each row."""
    path = np.zeros((T + 1, len(w0)))  # of floats, whatever w0 is
    path[0] = w0
    ### BEGIN SOLUTION
    for t in range(T):
        path[t + 1] = path[t] - lr * grad(path[t])
    ### END SOLUTION
    return path


# %% check="gd_run"
check(gd_run)

# %% [markdown]
# ## Many parameters: every direction has a factor of its own
#
# Near a minimum $w^*$ every smooth loss looks like a quadratic. Write $e = w - w^*$ for
# how far off we are. Taylor's formula to second order has no first-order term, because
# at a minimum the gradient is zero:
#
# $$
# L(w) \approx L(w^*) + \tfrac{1}{2}\, e \cdot A\, e , \qquad
# \nabla L(w) \approx A\, e .
# $$
#
# If the loss *is* a quadratic, both are equations; we take them for such from here on.
# $A$ is the matrix of second derivatives at $w^*$, $A_{ij} = \partial^2 L / \partial
# w_i \partial w_j$, called the *Hessian*. It is symmetric, so it has real eigenvalues
# $\lambda_1, \dots, \lambda_d$ and eigenvectors $q_1, \dots, q_d$ of length 1 at right
# angles to each other: $A\, q_i = \lambda_i\, q_i$. Read $\lambda_i$ as *the curvature
# of the loss in the direction $q_i$*.
#
# Now follow the part of $e$ that lies along $q_i$, the number $c_i = q_i \cdot e$:
#
# $$
# \begin{aligned}
# e_{t+1} &= e_t - \eta\, A\, e_t
#   && \text{the rule, with } w^* \text{ subtracted on both sides} \\
# q_i \cdot e_{t+1} &= q_i \cdot e_t - \eta\, q_i \cdot (A\, e_t)
#   && \text{take the part along } q_i \\
#   &= q_i \cdot e_t - \eta\, (A\, q_i) \cdot e_t
#   && A \text{ is symmetric} \\
#   &= q_i \cdot e_t - \eta\, \lambda_i\, q_i \cdot e_t
#   && q_i \text{ is an eigenvector} \\
# c_{i,\,t+1} &= (1 - \eta \lambda_i)\; c_{i,\,t}
#   && \text{the name of } q_i \cdot e .
# \end{aligned}
# $$
#
# So along its eigenvectors gradient descent does not know that there are other
# directions. It is $d$ parabolas side by side, each with **a factor of its own**, and
# all of them share one $\eta$. The loss is that of these parabolas together: $e$ is the
# sum of its parts $c_i\, q_i$, so $A\, e$ is the sum of $\lambda_i c_i\, q_i$, and $e
# \cdot A\, e = \sum_i \lambda_i c_i^2$, because different $q_i$ are at right angles. So
#
# $$
# L(w_T) - L(w^*) = \tfrac{1}{2} \sum_{i=1}^{d} \lambda_i\, (1 - \eta \lambda_i)^{2T}\,
# c_{i,0}^{\,2} .
# $$
#
# The run converges when *every* factor is smaller than 1 in size. The steepest
# direction is the first to fail, so the wall is at
#
# $$
# \boxed{\; \eta < \frac{2}{\lambda_{\max}} \;}
# $$
#
# A direction with $\lambda_i = 0$ is flat: its factor is 1, nothing moves there, and
# nothing is lost. (A negative $\lambda_i$ cannot occur at a minimum. We will meet it on
# a saddle.)

# %% [markdown]
# Here is a valley with the curvatures 1 along $w_1$ and 10 along $w_2$. The wall is at
# $2/10 = 0.2$. Move the slider through it, slowly: watch the two factors, and which
# direction is the first to misbehave. (Where you see no slider, Figure 2 shows three of
# its positions.)


# %% tags=["demonstration", "nbval-ignore-output"]
def valley_loss(w1, w2):
    """Return ½ (w1² + 10 w2²)."""
    return (w1**2 + 10 * w2**2) / 2


def draw_valley(axes, rate, color, style, mark, steps=30):
    """Draw the way of gradient descent through the valley."""
    t = np.arange(steps + 1)[:, None]
    way = (1 - rate * np.array([1.0, 10.0])) ** t * np.array([-2.6, 0.75])
    axes.plot(*way.T, color=color, linestyle=style, marker=mark, markersize=5)
    axes.plot(*way[0], "X", color=BLACK, markersize=11)
    axes.set(xlim=(-3, 1.2), ylim=(-1.2, 1.2), xlabel="$w_1$", ylabel="$w_2$")
    axes.set_aspect("equal")  # or steps would not cross the lines at right angles
    return way


def draw_contours(axes):
    """Draw lines of equal loss of the valley."""
    w1, w2 = np.meshgrid(np.linspace(-3, 1.2, 121), np.linspace(-1.2, 1.2, 121))
    levels = [0.05, 0.3, 1, 2, 3.5, 5.5]
    axes.contour(w1, w2, valley_loss(w1, w2), levels, colors="0.6", linewidths=1)


def turn_the_slider(rate):
    """Draw the valley at one rate, with the factors in the title."""
    _, axes = plt.subplots(figsize=(7, 4))
    draw_contours(axes)
    end = draw_valley(axes, rate, BLUE, "-", "o")[-1]
    axes.set_title(
        f"factors: {1 - rate:+.3f} along $w_1$, {1 - 10 * rate:+.3f} along $w_2$\n"
        f"loss after 30 steps: {valley_loss(*end):.2g}"
    )
    plt.show()


_ = interact(
    turn_the_slider,
    rate=FloatSlider(0.02, min=0.002, max=0.21, step=0.002, readout_format=".3f"),
)

# %% [markdown]
# ### Predict, run, explain: three ways through the valley
#
# Thirty steps from one start, at the rates 0.02, 0.1 and 0.19. At 0.1 the steep
# direction is done in a single step; at 0.19 every step overshoots there. Which of the
# three rates leaves the lowest loss? (Without the slider: what are the two factors at
# each?)

# %% tags=["demonstration"]
predict("rate with the lowest loss after 30 steps", ...)

# %% tags=["demonstration"]
figure, panels = plt.subplots(1, 3, figsize=(12, 3.1), sharey=True)
for axes, valley_rate in zip(panels, (0.02, 0.1, 0.19), strict=True):
    draw_contours(axes)
    draw_valley(axes, valley_rate, BLUE, "-", "o")
    axes.set_title(f"$\\eta$ = {valley_rate}", fontsize=13)
panels[1].set_ylabel("")
panels[2].set_ylabel("")
figure.tight_layout()
show(
    figure,
    "Figure 2: thirty steps from the cross, through a valley that is ten times as "
    "steep across as along. At rate 0.02 the path slides smoothly to the floor of the "
    "valley and then creeps along it; it does not reach the minimum. At 0.1 it drops "
    "to the floor in one step and then walks along it. At 0.19, just below the wall, "
    "it zigzags from one side of the valley to the other, a little less each time, "
    "while it moves along the floor quickly.",
)
print("rate   factor along w1   along w2   loss after 30 steps")
remaining = {}
for valley_rate in (0.02, 0.1, 0.19):
    ends = (1 - valley_rate * np.array([1, 10])) ** 30 * np.array([-2.6, 0.75])
    remaining[valley_rate] = valley_loss(*ends)
    print(
        f"{valley_rate:4.2f} {1 - valley_rate:+17.2f} {1 - 10 * valley_rate:+10.2f}"
        f"   {remaining[valley_rate]:.4f}"
    )
reveal("rate with the lowest loss after 30 steps", min(remaining, key=remaining.get))

# %% [markdown]
# **Explain.** At 0.1 everything that is left lies along $w_1$, where the factor is 0.9.
# At 0.19 it lies along $w_2$, where the factor is $-0.9$; along $w_1$ nearly all is
# gone. So the worst factors are equal in size, and the losses nearly so: that of 0.19
# is lower because $w_2$ had less of the loss to begin with. A path that zigzags is not
# a bad one; its worst factor decides. And between these two rates there must be one
# that is better than both.
#
# ### Predict, run, explain: on either side of the wall
#
# The same valley, curvatures 1 and 10, from the start $(1, 1)$, 200 steps. First with
# $\eta = 0.199$, then with $\eta = 0.201$: one percent more. What share of the loss at
# the start is left in the end? (More than 1 means that it has grown.) Use the formula
# for $L(w_T)$, or your feeling; but write a number down.

# %% tags=["demonstration"]
predict("rate 0.199: share of the loss left", ...)

# %% tags=["demonstration"]
predict("rate 0.201: share of the loss left", ...)

# %% tags=["demonstration"]
two = np.array([1.0, 10.0])
left = {}
print("  rate   theory   measured")
for eta in (0.199, 0.2, 0.201):
    theory = (two * (1 - eta * two) ** 400).sum() / two.sum()
    walker = np.ones(2)
    for _ in range(200):
        walker = walker - eta * two * walker
    left[eta] = (two * walker**2).sum() / two.sum()
    print(f"{eta:6.3f} {theory:8.4f} {left[eta]:10.4f}")
display(
    reveal("rate 0.199: share of the loss left", left[0.199].round(4)),
    reveal("rate 0.201: share of the loss left", left[0.201].round(1)),
)

# %% [markdown]
# **Explain.** Along $w_2$ the factors are $-0.99$ and $-1.01$. Two hundred steps are
# 400 factors in the loss: $0.99^{400} = 0.018$ and $1.01^{400} = 53.5$. Times 10/11,
# the share that this direction had of the loss at the start, these are the numbers
# above; along $w_1$ everything was gone long before. Exactly at 0.2 the factor is
# $-1$: that direction bounces for ever, neither in nor out, and keeps its ten
# elevenths. A wall is what the name says: there is no gentle passage from *works* to
# *explodes*, and the last rate that works is not the one that works best.
#
# > **You may read that** too large a learning rate diverges because it *overshoots the
# > global minimum*.
# >
# > **What is true.** Overshooting is harmless up to a factor of $-1$, as Figure 1
# > shows; and divergence has nothing to do with a *global* minimum. It happens on a
# > plain bowl, which has one minimum and nothing else, as soon as $\eta$ is above
# > $2/\lambda_{\max}$, and it begins in the steepest direction. What matters is the
# > curvature where you are, not what the landscape looks like far away.

# %% [markdown] readonly="max_lr-task"
# ### Exercise `max_lr` (2 points)
#
# Write `max_lr(A)`: the wall of a quadratic loss.
#
# * The loss is $L(w) = \tfrac{1}{2}\, w \cdot A\, w$, with the gradient $A\, w$. `A`
#   has shape `(d, d)`, $d \ge 1$. It is symmetric; no eigenvalue is negative, some may
#   be 0, and at least one is positive. The steepest direction need not lie along an
#   axis.
# * Return **one number**: the learning rate below which gradient descent converges from
#   every start, and above which it diverges from almost every start. (In a flat
#   direction nothing moves. That does not count as diverging.)
#
# NumPy can do the linear algebra for you. Look up which of its functions is meant for
# symmetric matrices, and in which order it returns what it finds.


# %% answer="max_lr"
def max_lr(A):
    """Return the largest learning rate that the loss ½ w·Aw allows."""
    ### BEGIN SOLUTION
    return 2 / np.linalg.eigvalsh(A)[-1]  # eigvalsh sorts them, the largest last
    ### END SOLUTION


# %% check="max_lr"
check(max_lr)

# %% [markdown]
# Now put your two functions together. `max_lr` names the wall of a valley that is
# turned against the axes, and `gd_run` walks on either side of it.

# %% tags=["demonstration"]
tilted = np.array([[3.0, 1.0, 0.5], [1.0, 2.0, -0.5], [0.5, -0.5, 1.0]])
try:
    wall = max_lr(tilted)
    for share in (0.5, 0.99, 1.01):
        way = gd_run(lambda w: tilted @ w, np.ones(3), share * wall, 2000)
        verdict = "converges" if np.abs(way[-1]).max() < 1e-6 else "diverges"
        print(f"{share:.2f} times the wall: {verdict}")
except NotImplementedError:
    print("Answer gd_run and max_lr first, then run this cell again.")
except Exception as error:  # of any kind: Run All goes on
    print("This cell cannot use gd_run or max_lr yet:", repr(error))
    print("See what their checks say above, then run this cell again.")

# %% [markdown]
# ## How long it takes: conditioning
#
# Below the wall every direction gets there, each at its own pace. The distance in
# direction $i$ shrinks by $|1 - \eta \lambda_i|$ at each step, so the last to arrive is
# the one with the **largest** $|1 - \eta \lambda_i|$. Two can play that part:
#
# * with a small $\eta$ the **flattest** direction, whose factor is just below $1$;
# * with an $\eta$ near the wall the **steepest** one, whose factor is just above $-1$.
#
# How small can the worst factor be made? Raise $\eta$ until the two are equal in size:
#
# $$
# \begin{aligned}
# 1 - \eta \lambda_{\min} &= \eta \lambda_{\max} - 1
#   && \text{flattest and steepest alike} \\
# \eta &= \frac{2}{\lambda_{\min} + \lambda_{\max}}
#   && \text{solved for } \eta \\
# 1 - \eta \lambda_{\min} &= \frac{\lambda_{\max} - \lambda_{\min}}{\lambda_{\max} +
# \lambda_{\min}} = \frac{\kappa - 1}{\kappa + 1}
#   && \text{with } \kappa = \lambda_{\max} / \lambda_{\min} .
# \end{aligned}
# $$
#
# The number $\kappa$ is the *condition number*: how much steeper the valley is across
# than along. (Its length is then $\sqrt{\kappa}$ times its width.) With $\kappa = 1$
# one step is enough. With $\kappa = 1000$ even the best rate has a worst factor of
# $999/1001$: some 2300 steps until a hundredth of the distance is left. No choice of
# $\eta$ can mend that. **Conditioning, and not the size of the curvature, makes
# gradient descent slow**: if all curvatures were ten times as large, you would use a
# tenth of the rate and see exactly the same run.
#
# ### Predict, run, explain: the loss against the rate
#
# The valley with the curvatures 1 and 10 once more, from $(1, 1)$. Every rate gets ten
# steps. At which rate is the *loss* then lowest? You know the rate of the smallest
# worst factor, and the wall; will it be one of these, or below, or between?

# %% tags=["demonstration"]
predict("rate of the lowest loss after 10 steps", ...)

# %% tags=["demonstration"]
grid = np.geomspace(0.004, 0.3, 800)
figure, (factors, after) = plt.subplots(1, 2, figsize=(11, 4))
factors.plot(grid, abs(1 - grid), color=BLUE, linewidth=2.5)
factors.plot(grid, abs(1 - 10 * grid), color=ORANGE, linewidth=2.5, linestyle="dashed")
factors.text(0.0045, 0.5, "steepest, $\\lambda = 10$ (dashed)", fontsize=12)
factors.text(0.0045, 1.04, "flattest, $\\lambda = 1$", fontsize=12)
factors.set(ylim=(0, 1.5), ylabel="size of the factor $|1 - \\eta\\lambda|$")
factors.plot(2 / 11, 9 / 11, "o", color=BLACK, markersize=9)
factors.annotate(
    "smallest\nworst factor",
    (2 / 11, 9 / 11),
    (0.05, 1.2),
    fontsize=12,
    arrowprops={"arrowstyle": "-"},
)
looks = {
    10: ("solid", 0.05, 3),
    30: ("dashed", 0.095, 4e-6),
    100: ("dotted", 0.055, 1e-9),
}
best_rates = {}
for horizon, (style, across, height) in looks.items():
    curve = (two[:, None] * (1 - grid * two[:, None]) ** (2 * horizon)).sum(0) / 2
    after.plot(grid, curve, color=BLUE, linewidth=2.5, linestyle=style)
    best_rates[horizon] = grid[curve.argmin()]
    after.text(across, height, f"T = {horizon}", fontsize=12, ha="center")
after.set(yscale="log", ylim=(1e-19, 1e4), ylabel="loss after T steps")
for axes in (factors, after):
    axes.axvline(0.2, color=BLACK, linestyle=(0, (1, 1)), linewidth=1.5)
    axes.set(xscale="log", xlabel="learning rate $\\eta$")
    axes.set_xticks([0.01, 0.05, 0.2], ["0.01", "0.05", "0.2"])
    axes.minorticks_off()
after.text(0.21, 1e-18, "wall", fontsize=12)
figure.tight_layout()
show(
    figure,
    "Figure 3: the valley with curvatures 1 and 10, against the learning rate on a "
    "logarithmic axis. Left: the sizes of the two factors. That of the flattest "
    "direction falls slowly; that of the steepest falls to 0 at rate 0.1 and rises "
    "again, through 1 at the wall, 0.2. They meet shortly before it, where the larger "
    "of the two is smallest. Right: the loss after 10, 30 and 100 steps falls toward a "
    "valley below the wall, the deeper the more steps there are, and beyond the wall "
    "rises almost straight up.",
)
print("smallest worst factor at the rate", round(2 / 11, 3))
for horizon, rate in best_rates.items():
    print(f"smallest loss after {horizon:3d} steps at the rate {rate:.2f}")
reveal("rate of the lowest loss after 10 steps", best_rates[10].round(2))

# %% [markdown]
# **Explain.** Two things to take from the right-hand panel. Its shape is one that you
# will meet whenever a loss is plotted against the rate: a long slope on the left, where
# ten times the rate does what ten times the steps would do; a valley; and a wall. And
# the valley is *near the wall*: the best rates are not small.
#
# Where exactly the loss is least depends on $T$: as $T$ grows, the printed rates come
# closer, from below, to the rate of the smallest worst factor. At a finite $T$ the
# loss, in which each direction counts with its $\lambda_i$, asks a little more of the
# steep direction than the distance does.
#
# ### Where a bad condition number comes from
#
# Often from the data. Take a neuron *without* activation, $a = Xw + b$, and half the
# mean squared error, $\frac{1}{2m} \sum_i (a_i - y_i)^2$. Its gradient by $w$ is
# $\frac{1}{m} X^\top (Xw + b - y)$. Differentiate once more: with the bias treated as
# the weight of one more input that is always 1, the Hessian is $A = \frac{1}{m}
# X^\top X$. It holds nothing but the inputs. (Without the ½ in the loss, $A$ is twice
# that, and the wall comes twice as close.)

# %% tags=["demonstration"]
inputs = np.random.default_rng(0).normal(size=(200, 2))
raw = inputs * [1.0, 100.0] + [0.0, 300.0]  # say, meters and grams
centered = raw - raw.mean(axis=0)
standardized = centered / raw.std(axis=0)
hessians = {}
for name, data in (
    ("as measured", raw),
    ("centered", centered),
    ("standardized", standardized),
):
    with_bias = np.c_[data, np.ones(len(data))]
    hessians[name] = with_bias.T @ with_bias / len(data)
print("inputs         condition number")
for name, hessian in hessians.items():
    print(f"{name:13} {np.linalg.cond(hessian):17.2g}")
try:
    walls = {name: float(max_lr(hessian)) for name, hessian in hessians.items()}
except NotImplementedError:
    print("Answer max_lr first, then run this cell again.")
except Exception as error:
    print("This cell cannot use max_lr yet:", repr(error))
    print("See what its check says above, then run this cell again.")
else:
    print("inputs         largest rate, by your max_lr")
    for name, wall in walls.items():
        print(f"{name:13} {wall:17.2g}")

# %% [markdown]
# Same data, same model, another origin and another unit for each input: the condition
# number falls from about a million to about one. This is why one subtracts the mean of
# every input and divides by its standard deviation *before* training. It costs two
# lines.
#
# ### Another way out: momentum
#
# A valley that is still narrow asks for another rule. *Momentum* keeps a running sum
# $v$ of the gradients, in which each counts less the older it is, and steps along that:
#
# $$
# v_{t+1} = \beta\, v_t + \nabla L(w_t) , \qquad
# w_{t+1} = w_t - \eta\, v_{t+1} , \qquad v_0 = 0, \quad 0 \le \beta < 1 .
# $$
#
# With $\beta = 0$ this is gradient descent. Where a run zigzags *across* the valley,
# the slope changes its sign at every step, and the terms of the sum cancel. *Along* the
# valley they all have the same sign and add up: a slope $g$ that stays the same makes
# $v$ grow to $g\,(1 + \beta + \beta^2 + \dots) = g / (1 - \beta)$, to ten times $g$
# with $\beta = 0.9$. (Others put $1 - \beta$ before the gradient; the same run then has
# the rate $\eta / (1 - \beta)$.) With the best $\eta$ and $\beta$, each step of a long
# run multiplies the distance by about $(\sqrt\kappa - 1)/(\sqrt\kappa + 1)$: the *root*
# of the condition number has taken its place (Polyak, 1964).

# %% tags=["demonstration"]
print("steps until every distance is 1 % of what it was, or less, at the best rates")
print("condition number   gradient descent   momentum")
for kappa in (10, 100, 1000):
    counts = []
    plain = 2 / (1 + kappa), 0.0
    root = kappa**0.5
    heavy = (2 / (1 + root)) ** 2, ((root - 1) / (root + 1)) ** 2
    for eta, beta in (plain, heavy):
        place, speed, count = np.ones(2), np.zeros(2), 0
        while np.abs(place).max() > 0.01:
            speed = beta * speed + np.array([1, kappa]) * place
            place, count = place - eta * speed, count + 1
        counts.append(count)
    print(f"{kappa:16d} {counts[0]:18d} {counts[1]:10d}")

# %% [markdown]
# Ten times the condition number costs gradient descent ten times the steps, and
# momentum less than four times. *Adam* (Kingma and Ba, 2015), met everywhere today,
# adds a second idea: it divides each parameter's step by the size that its gradient has
# had of late, which comes close to giving each a rate of its own. The rest of this unit
# keeps to the plain rule. What it says holds for momentum with other numbers: its wall,
# for instance, is at $2\,(1 + \beta)/\lambda_{\max}$.

# %% [markdown] readonly="steps_to-task"
# ### Exercise `steps_to` (3 points)
#
# Write `steps_to(lam, lr, tol)`: how many steps a quadratic loss takes.
#
# * `lam` has shape `(d,)`: the curvatures $\lambda_i \ge 0$, in no particular order.
#   Every direction starts at the distance 1 from the minimum, so that after $t$ steps
#   the distance in direction $i$ is $|1 - \eta \lambda_i|^t$.
# * `lr` is the rate $\eta$, and `tol` the tolerance. Both are positive.
# * Return the smallest whole number $t \ge 0$ for which **all** directions are within
#   the tolerance:
#
# $$
# \max_i\, |1 - \eta \lambda_i|^{\,t} \le \mathtt{tol} .
# $$
#
# * It is the *distance* that has to be within `tol`, not the loss.
# * If `tol` is 1 or more, no step is needed: the answer is 0. Otherwise, if some factor
#   is 1 or more in size, it never happens: the answer is `inf`.
# * A factor may also be exactly 0. Ask the definition above what follows.
#
# A loop that counts will do, and so will a formula; the answer can be several thousand
# steps. No case asks you to decide by a rounding error. If `check` takes long, your
# loop may be waiting for something that never happens: after ten seconds `check` stops
# it and says at which line it was; sooner, if you interrupt the kernel (■).


# %% answer="steps_to"
def steps_to(lam, lr, tol):
    """Return the smallest t with max |1 - lr·lam|ᵗ ≤ tol, or inf."""
    ### BEGIN SOLUTION
    worst = np.abs(1 - lr * lam).max()
    if tol >= 1:
        return 0
    if worst >= 1:
        return inf
    if worst == 0:
        return 1
    return ceil(log(tol) / log(worst))
    ### END SOLUTION


# %% check="steps_to"
check(steps_to)

# %% [markdown]
# ## Too small is slow, not stuck
#
# When does gradient descent stop? When the next point is the same as this one:
#
# $$
# w - \eta\, g = w \quad\Longleftrightarrow\quad \eta\, g = 0
# \quad\Longleftrightarrow\quad g = 0 \qquad (\text{for every } \eta > 0) .
# $$
#
# **The rate has dropped out.** Whatever $\eta$ is, gradient descent comes to rest
# nowhere but where $g = 0$. A small rate makes no new resting places. (On paper. A
# computer keeps some 16 digits of a weight, and a step of less than $10^{-17}$ of it
# changes none of them.)
#
# To see what it does do, we need a loss with more than one minimum. This *double well*
# has two, of different depths, with a ridge between them:
#
# $$
# f(v) = v^4 - 2 v^2 + 0.3\, v, \qquad f'(v) = 4 v^3 - 4 v + 0.3 .
# $$

# %% tags=["demonstration"]
rests = np.sort(np.roots([4, 0, -4, 0.3]))
print("      v    f(v)   curvature   rate at which a minimum turns unstable")
for v, what in zip(rests, ("minimum", "ridge", "minimum"), strict=True):
    curvature = 12 * v**2 - 4
    limit = f"{2 / curvature:.3f}" if curvature > 0 else "-"
    depth = v**4 - 2 * v**2 + 0.3 * v
    print(f"{v:7.3f} {depth:7.3f} {curvature:11.2f}   {limit:>6}   ({what})")

# %% [markdown]
# ### Predict, run, explain: two wells
#
# We start at $v = 1.5$, on the outer slope of the right-hand, *shallower* well, and run
# until nothing moves any more. At which $v$ does it end with the tiny rate 0.0001, and
# at which with 0.2?

# %% tags=["demonstration"]
predict("rate 0.0001: final v", ...)

# %% tags=["demonstration"]
predict("rate 0.2: final v", ...)


# %% tags=["demonstration"]
def well_slope(v):
    """Return f'(v) of the double well."""
    return 4 * v**3 - 4 * v + 0.3


resting = {}
print("  rate   ends at   after how many steps")
for eta in (0.0001, 0.01, 0.1, 0.2):
    v, count = 1.5, 0
    while abs(well_slope(v)) > 1e-4:
        v, count = v - eta * well_slope(v), count + 1
    resting[eta] = v
    print(f"{eta:6.4f} {v:9.3f} {count:10d}")
display(
    reveal("rate 0.0001: final v", round(resting[0.0001], 3)),
    reveal("rate 0.2: final v", round(resting[0.2], 3)),
)

# %% [markdown]
# **Explain.** Three rates, the largest a thousand times the smallest, end at the *same*
# point. The small one is not stuck anywhere else; it has merely needed more steps: at a
# hundredth of the rate, about a hundred times as many. All of them are caught in the
# shallow well because they **started** above it.
#
# The rate of 0.2 leaves that well, and you can say in advance which rates do. The slope
# at the start is $f'(1.5) = 7.8$, so the first step lands at $1.5 - 7.8\,\eta$. Beyond
# the ridge, at $v = 0.075$, that is for $\eta > (1.5 - 0.075)/7.8 = 0.183$. It is one
# long step that decides, on the steep slope of the beginning. That it led into the
# *deeper* well is luck; from another start such a step leads out of it.

# %% tags=["demonstration"]
rates = np.linspace(0.02, 0.36, 681)
state = np.full(rates.shape, 1.5)
for _ in range(2000):
    state = state - rates * well_slope(state)
visited = []
for _ in range(40):
    state = state - rates * well_slope(state)
    visited.append(state)

figure, (shape, final) = plt.subplots(
    1, 2, figsize=(11, 4.2), width_ratios=[1, 1.6], sharey=True
)
line = np.linspace(-1.5, 1.6, 301)
shape.plot(line**4 - 2 * line**2 + 0.3 * line, line, color=BLUE, linewidth=2.5)
shape.plot(1.5**4 - 2 * 1.5**2 + 0.45, 1.5, "X", color=BLACK, markersize=11)
shape.text(1.15, 1.33, "start", fontsize=12)
shape.text(-0.6, 0.92, "shallow well", fontsize=12)
shape.text(-1.15, -1.1, "deep well", fontsize=12)
shape.text(0.1, 0.03, "ridge", fontsize=12)
shape.set(xlabel="loss $f(v)$", ylabel="v", title="the double well, turned on its side")
final.plot(rates, np.array(visited).T, ".", color=BLUE, markersize=1.2)
for edge in (0.183, 2 / (12 * rests[0] ** 2 - 4)):
    final.axvline(edge, color=BLACK, linestyle="dotted", linewidth=1.5)
final.text(0.03, 0.75, "settles in the first well", fontsize=12)
final.text(0.18, -0.9, "jumps, settles", fontsize=12, ha="right")
final.text(0.232, 0.3, "jumps, never settles", fontsize=12)
final.set(xlabel="learning rate", title="where the run is after 2000 steps and more")
figure.tight_layout()
show(
    figure,
    "Figure 4: left, the double well on its side, with the start above the shallow "
    "well. Right, where the run is after 2000 steps, against the learning rate. Up to "
    "0.183 all runs are at 0.96, the shallow minimum. From there to 0.226 all are at "
    "−1.036, the deep one. Beyond that the deep minimum is no resting place any more: "
    "the run alternates between two points on either side of it, then between more of "
    "them, and in the end scatters over the whole well.",
)
print("jumps over the ridge from the rate", ((1.5 - rests[1]) / 7.8).round(3))
print("cannot rest in the deep well from ", (2 / (12 * rests[0] ** 2 - 4)).round(3))

# %% [markdown]
# The second dotted line is the wall once more, $2 / 8.87 = 0.226$, with the curvature
# *of that minimum*. Beyond it gradient descent cannot rest in the deep well even if it
# starts next to its bottom: the narrower a minimum, the smaller the rate it takes to
# rest there. And yet nothing in the figure flies off to infinity. Farther out the slope
# gets steeper and throws the run back: it bounces about, and stays. (At the rate 0.4 it
# is thrown back too far, to where the slope is steeper still, and then the run does
# diverge.) On anything but a quadratic, $2/\lambda$ is a *local* statement: it says
# where a run can rest, not where it goes instead.
#
# > **You may read that** too small a learning rate *gets stuck in a local minimum*.
# >
# > **What is true.** Too small a rate is *slow*. In the valley with the curvatures 1
# > and 10, $\eta = 0.0001$ leaves 70 % of the loss after 200 steps (the next cell shows
# > it); nothing holds it back, it just has not gone far. Which basin a run ends in
# > depends on where it starts and on its longest steps. A small rate cannot leave the
# > basin it starts in, and that is the grain of truth; but neither did a rate a
# > thousand times as large.

# %% tags=["demonstration"]
theory = (two * (1 - 1e-4 * two) ** 400).sum() / two.sum()
print(f"rate 0.0001, 200 steps: {theory:.2f} of the loss is left")
distance, waiting = 1.0, 0
while distance > 0.01:
    distance, waiting = distance * (1 - 1e-4), waiting + 1
print(f"steps until the distance is 1 % of what it was: {waiting}")

# %% [markdown]
# ## Saddles and plateaus
#
# The gradient is zero at minima, but not only there. At a *saddle* the loss curves up
# in some directions and down in others: the Hessian has eigenvalues of both signs. With
# many parameters one expects far more saddles than minima (Dauphin and others, 2014):
# for a point with $g = 0$ to be a minimum, not one of thousands of directions may lead
# down.
#
# What does gradient descent do there? The theory above did not need the signs. A
# direction with $\lambda_i < 0$ has the factor $1 - \eta \lambda_i = 1 + \eta
# |\lambda_i|$, which is **larger than 1 for every rate**. Along it, any distance from
# the saddle grows, as interest does: slowly while there is little of it. Take
#
# $$
# f(u, v) = \tfrac{1}{2} u^2 - \tfrac{1}{2} v^2 + \tfrac{1}{4} v^4 ,
# $$
#
# with a saddle at $(0, 0)$, where the curvatures are $1$ and $-1$, and minima at
# $v = \pm 1$.
#
# ### Predict, run, explain: how long does a saddle hold?
#
# Start a millionth off, at $v = 10^{-6}$, with $\eta = 0.01$. How many steps until
# $v = 0.5$? The theory says that $v$ is multiplied by $1.01$ at every step.

# %% tags=["demonstration"]
predict("steps from v = 0.000001 to 0.5", ...)

# %% tags=["demonstration"]
print("rate   steps   theory: log(500000) / log(1 + rate)")
for eta in (0.01, 0.1):
    v, count = 1e-6, 0
    while v < 0.5:
        v, count = v - eta * (v**3 - v), count + 1
    print(f"{eta:4.2f} {count:7d} {log(0.5e6) / log1p(eta):8.0f}")
    if eta == 0.01:
        escape = count
reveal("steps from v = 0.000001 to 0.5", escape)

# %% tags=["demonstration"]
point = np.array([1.0, 1e-6])
trail = [point]
for _ in range(2000):
    u, v = point
    point = point - 0.01 * np.array([u, v**3 - v])
    trail.append(point)
trail = np.array(trail)
height = trail[:, 0] ** 2 / 2 - trail[:, 1] ** 2 / 2 + trail[:, 1] ** 4 / 4

figure, (plan, history) = plt.subplots(1, 2, figsize=(11, 4))
u, v = np.meshgrid(np.linspace(-1.2, 1.2, 101), np.linspace(-0.5, 1.4, 101))
levels = [-0.24, -0.2, -0.1, -0.03, 0.03, 0.1, 0.25, 0.5]
lines = plan.contour(
    u, v, u**2 / 2 - v**2 / 2 + v**4 / 4, levels, colors="0.6", linewidths=1
)
plan.plot(*trail.T, color=BLUE, linewidth=2.5)
plan.plot(*trail[0], "X", color=BLACK, markersize=11)
plan.plot(*trail[::200].T, "o", color=BLUE, markersize=6)
plan.text(0.05, -0.16, "saddle", fontsize=12)
plan.text(0.08, 1.08, "minimum", fontsize=12)
plan.text(0.9, 0.08, "start", fontsize=12)
plan.set(xlabel="u", ylabel="v", title="a dot every 200 steps")
history.plot(height, color=BLUE, linewidth=2.5)
history.axhline(0, color=BLACK, linestyle="dotted", linewidth=1.5)
history.text(420, 0.03, "looks finished, and is not", fontsize=12)
history.set(xlabel="step", ylabel="loss", title="the loss on the way")
figure.tight_layout()
show(
    figure,
    "Figure 5: left, the path from the start to the saddle, where it turns by a right "
    "angle, and on to a minimum. Several of the dots that mark every 200 steps lie on "
    "top of each other at the saddle. Right, the loss falls to 0 in some 200 steps, "
    "stays there for a thousand, and then falls again, to −0.25.",
)
print("loss after  600 steps:", abs(height[600]).round(3))
print("loss after 2000 steps:", height[2000].round(2))

# %% [markdown]
# **Explain.** The theory is close, and a little too low: it counts with the factor of
# the saddle itself, and near $v = 0.5$ the term $v^4/4$ has already begun to brake. Ten
# times the rate takes a tenth of the steps. A thousandth of the distance at the start
# would cost $\log(1000)/\log(1.01) \approx 700$ steps more: the time grows only with
# the logarithm.
#
# > **You may read that** gradient descent, above all with a small rate, *gets stuck at
# > saddle points*.
# >
# > **What is true.** Saddles delay; they do not trap. Only a start exactly on the way
# > that leads into the saddle, here $v = 0$, stays, and a random start is never exactly
# > there (Lee and others, 2016, prove it for rates that are not too large). The delay
# > is real, though: the right-hand panel is a loss curve that has stood still for a
# > thousand steps and is not finished. With many saddles in a row it can be very long.
# > (All of this takes a curvature that is negative. Where the way down begins with
# > curvature 0, no factor is larger than 1: on $v^3$ a run from a small $v > 0$ creeps
# > toward 0 and never gets past it.)
#
# A *plateau* is something else: a whole region where the gradient is small and points
# the right way. You know one from unit 1, the saturated neuron. With one input 1, the
# label 1 and the loss $(\tanh w - 1)^2$, a start at $w = -4$ is on the wrong side and
# saturated:

# %% tags=["demonstration"]
print("start   slope of the loss   steps to w = 0, rate 0.1   rate 1")
for begin in (-2, -3, -4):
    needed = []
    for eta in (0.1, 1.0):
        w, count = float(begin), 0
        while w < 0:
            a = np.tanh(w)
            w, count = w - eta * 2 * (a - 1) * (1 - a**2), count + 1
        needed.append(count)
    a = np.tanh(begin)
    slope = 2 * (a - 1) * (1 - a**2)
    print(f"{begin:5d} {slope:19.4f} {needed[0]:26d} {needed[1]:8d}")

# %% [markdown]
# One unit farther out costs about six to seven times the steps, because $\tanh$
# flattens by $\exp 2 \approx 7.4$ there (four times where a few steps are enough). Here
# a larger rate does help, and far out almost in proportion. But a
# rate that suits the plateau may be far beyond the wall of the valley behind it: that
# is one reason to look for a better start (unit 3) or a better loss (unit 4) instead.

# %% [markdown]
# ## Is there such a thing as a global minimum?
#
# > **You may read that** *there is no global minimum: if we knew it, we would not need
# > to train.*
# >
# > **What is true.** That mixes up three questions. Is there a **bound** below which
# > the loss never falls? Is the greatest such bound **attained** at some $w$? Only then
# > is there a global minimum. And do we **know** that $w$ beforehand? Not knowing a
# > thing does not mean that it is not there. You do not know the tallest person in your
# > city either.
#
# A yes to one question is not yet a yes to the next. One cell, three losses:

# %% tags=["demonstration"]
# 1. Least squares: a bound, attained, and known from a formula.
chance = np.random.default_rng(0)
X = chance.normal(size=(200, 5))
y = X @ chance.normal(size=5) + 0.1 * chance.normal(size=200)
formula = np.linalg.lstsq(X, y, rcond=None)[0]
w = np.zeros(5)
for _ in range(1000):
    w = w - 0.5 * X.T @ (X @ w - y) / 200
print("least squares: gradient descent meets the formula to 12 digits:")
print("   ", np.abs(w - formula).max() < 1e-12)

# 2. Two classes that a line separates: a bound that no w attains.
corner = np.array([[1.0, 1.0], [2.0, 1.0], [-1.0, -1.0], [-2.0, -1.5]])
sign = np.array([1.0, 1.0, -1.0, -1.0])
w = np.zeros(2)
print("separable classes:   steps   length of w      loss")
for count in range(1, 10_001):
    w = w + ((sign / (1 + np.exp(sign * (corner @ w)))) @ corner) / 4
    if count in (100, 1000, 10_000):
        level = np.log1p(np.exp(-sign * (corner @ w))).mean()
        print(f"{count:26d} {np.linalg.norm(w):13.1f} {level:9.5f}")

# 3. The double well: a bound, attained, and the run above ended elsewhere.
low, _, high = rests**4 - 2 * rests**2 + 0.3 * rests
print(f"double well: smallest value {low:.3f}, reached from v = 1.5: {high:.3f}")

# %% [markdown]
# * **Least squares** has a global minimum, a formula finds it, and gradient descent
#   finds the same one.
# * **Separable classes** (with the loss $\frac{1}{m} \sum_i \log\bigl(1 + \exp(-y_i\,
#   w \cdot x_i)\bigr)$, $y_i = \pm 1$, that unit 4 is about): the loss can be pushed as
#   close to 0 as you like, and is never 0. There is a greatest lower bound and no
#   minimum. So $w$ grows without end: by about 1.5 each time the number of steps is
#   multiplied by ten, like a logarithm.
# * **The double well** has a global minimum. Gradient descent from 1.5 with a moderate
#   rate ends in the other one.
#
# And a network? A loss that is never negative always has a greatest lower bound. Where
# it is attained, it is so at many points: swap two hidden neurons with all of their
# weights, and the function stays the same. We do not know such a point beforehand, but
# we may *recognize* one: if the loss cannot be below 0 and is 0 at some $w$, then that
# $w$ is a global minimum, found without having been known. Whether one should want it,
# on training data, is another question.

# %% [markdown]
# ## Noise: why a constant rate never settles
#
# In practice the gradient is computed on a few examples at a time, a *minibatch* of $B$
# rows, drawn anew for every step. This is *stochastic gradient descent*, SGD. On
# average the minibatch's gradient is the right one; a single one is off by some random
# $\xi$ (read: xi), whose variance is $1/B$ of that of single examples if they are drawn
# independently.
#
# Take one parameter with the curvature $\lambda$, the minimum at 0, and noise of
# variance $\sigma^2$, independent from step to step:
#
# $$
# \begin{aligned}
# w_{t+1} &= w_t - \eta\, (\lambda w_t + \xi_t)
#   && \text{a step along a noisy slope} \\
#         &= (1 - \eta \lambda)\, w_t - \eta\, \xi_t
#   && \text{sorted} \\
# V_{t+1} &= (1 - \eta \lambda)^2\, V_t + \eta^2 \sigma^2
#   && \text{variances of independent terms add} \\
# V &= (1 - \eta \lambda)^2\, V + \eta^2 \sigma^2
#   && \text{once it no longer changes} \\
# V\, \eta \lambda\, (2 - \eta \lambda) &= \eta^2 \sigma^2
#   && 1 - (1 - \eta \lambda)^2 = \eta \lambda\, (2 - \eta \lambda) \\
# V &= \frac{\eta\, \sigma^2}{\lambda\, (2 - \eta \lambda)}
#   && \text{solved for } V .
# \end{aligned}
# $$
#
# The parameter does not come to rest. It keeps jittering around the minimum with the
# variance $V$, and the loss stays at a *noise floor* of $\tfrac{1}{2} \lambda V$ above
# the minimum on average. For small $\eta$ the floor is **proportional to the rate**:
# half the rate, half the floor. More steps do not lower it. And at $\eta \lambda = 2$
# it is infinite: the wall is still there.
#
# ### Predict, run, explain: the floor
#
# With $\lambda = 1$ and $\sigma = 1$, 20,000 runs of 400 steps each, all from 0. What
# is the variance of $w$ over these runs in the end, with $\eta = 0.1$?

# %% tags=["demonstration"]
predict("rate 0.1: variance of w", ...)

# %% tags=["demonstration"]
noise = np.random.default_rng(2)
floors = {}
print("rate   theory   measured")
for eta in (0.2, 0.1, 0.05):
    swarm = np.zeros(20_000)
    for _ in range(400):
        swarm = swarm - eta * (swarm + noise.normal(size=swarm.size))
    floors[eta] = swarm.var()
    print(f"{eta:4.2f} {eta / (2 - eta):8.3f} {floors[eta]:10.3f}")
reveal("rate 0.1: variance of w", floors[0.1].round(3))

# %% [markdown]
# **Explain.** The three measurements are within 2 % of the theory; a variance that is
# estimated from 20,000 runs is uncertain by 1 % ($\sqrt{2/20000}$), and the largest
# difference is not quite two of these. From 0.2 to 0.1 the floor falls by a little more
# than half, because of the $2 - \eta\lambda$.
#
# One assumption deserves a second look: that the noise is as strong at the minimum as
# elsewhere. If a model fits *every* example perfectly, each of their gradients is zero
# there, the noise dies out on the way, and there is no floor.

# %% [markdown]
# ## Changing the rate on the way: schedules
#
# Noise asks for two things at once: a large rate to get there, and a small rate to
# settle. A *schedule* gives both, one after the other. Those in use are simple:
#
# | schedule | rate of step $t$ |
# | :-- | :-- |
# | constant | $\eta_0$ |
# | stepwise | $\eta_0$ times $0.1$ after every so many steps |
# | exponential | $\eta_0\, r^t$ with an $r$ just below 1 |
# | inverse | $\eta_0 / (1 + t/s)$, which is down to a half after $s$ steps |
# | cosine | $\tfrac{1}{2} \eta_0\, (1 + \cos(\pi t / T))$, from $\eta_0$ down to 0 |
#
# Robbins and Monro gave the classical condition in 1951: $\sum \eta_t = \infty$, so
# that one can get anywhere from anywhere, and $\sum \eta_t^2 < \infty$, so that the
# noise dies out. Only the inverse one meets both. The others do well because training
# stops after $T$ steps anyway.

# %% tags=["demonstration"]
horizon = 400
plans = {
    "constant 0.2": np.full(horizon, 0.2),
    "constant 0.02": np.full(horizon, 0.02),
    "cosine from 0.2": 0.1 * (1 + np.cos(np.pi * np.arange(horizon) / horizon)),
}
figure, (rate_axes, loss_axes) = plt.subplots(1, 2, figsize=(11, 4))
final_losses = {}
for (name, plan_rates), color, style in zip(
    plans.items(), (ORANGE, BLACK, BLUE), ("dashed", "dotted", "solid"), strict=True
):
    jitter = np.random.default_rng(5)
    swarm, means = np.full(4000, 10.0), []
    for eta in plan_rates:
        means.append((swarm**2).mean() / 2)
        swarm = swarm - eta * (swarm + jitter.normal(size=swarm.size))
    final_losses[name] = (swarm**2).mean() / 2
    rate_axes.plot(plan_rates, color=color, linestyle=style, linewidth=2.5)
    loss_axes.plot(means, color=color, linestyle=style, linewidth=2.5)
rate_axes.text(150, 0.21, "constant 0.2 (dashed)", fontsize=12)
rate_axes.text(5, 0.032, "constant 0.02 (dotted)", fontsize=12)
rate_axes.text(215, 0.1, "cosine", fontsize=12)
rate_axes.set(xlabel="step", title="learning rate", ylim=(-0.005, 0.24))
loss_axes.set(xlabel="step", title="loss, mean of 4000 noisy runs", yscale="log")
figure.tight_layout()
show(
    figure,
    "Figure 6: left, three schedules over 400 steps. Right, the loss that they give. "
    "Constant 0.2 (dashed) falls at once and stays at its floor. Constant 0.02 "
    "(dotted) falls in a long straight line and reaches a floor a tenth as high only "
    "after some 250 steps. The cosine (solid) falls as fast as the first, to the same "
    "floor, sinks from there as its rate does, and in the end is lowest of all.",
)
print("loss after 400 steps")
for name, level in final_losses.items():
    print(f"  {name:16} {level:.3f}")

# %% [markdown]
# The constant rates end at their floors; theory puts them at $0.2/(2 - 0.2)/2 = 0.056$
# and $0.02/(2 - 0.02)/2 = 0.005$. The cosine falls as fast as the large rate and ends
# below the floor of the small one.
#
# ### Warm-up
#
# Many trainings begin with a *warm-up*: a few steps in which the rate rises from 0 to
# its peak. The double well shows one good reason for it. At the start, $v = 1.5$, the
# curvature is $12 \cdot 1.5^2 - 4 = 23$: a parabola with that curvature has its wall at
# $2/23 = 0.087$, and one with the curvature at the bottom of the same well at 0.283. A
# rate of 0.2 lies between. It suits the place we are going to; where we begin, it makes
# a step that leaves the well:

# %% tags=["demonstration"]
for ramp in (0, 5, 20):
    v = 1.5
    for t in range(300):
        v = v - (0.2 * min(1, t / ramp) if ramp else 0.2) * well_slope(v)
    print(f"rate 0.2 after a warm-up of {ramp:2d} steps: ends at {v:.3f}")

# %% [markdown]
# With the warm-up the run stays in the well where it began. (The *shallower* one. A
# warm-up prevents a wild first step; it does not know whether that step would have been
# a lucky one.) For large networks, where a wild first step usually leads nowhere good,
# warm-up was made popular by Goyal and others, 2017. Adam has a second reason: in its
# first steps the size of the gradient is an estimate from few of them.

# %% [markdown] readonly="cosine-task"
# ### Exercise `cosine` (2 points)
#
# Write `cosine(t, T, lr0, warm)`: the learning rate of step `t`, with a warm-up and
# then a cosine.
#
# * `t`, `T` and `warm` are whole numbers with $0 \le t \le T$ and $0 \le \mathtt{warm}
#   < T$; `lr0`, the peak rate, is a positive number.
# * For `t < warm` the rate rises in a straight line: $\mathtt{lr0} \cdot t /
#   \mathtt{warm}$, which is 0 at $t = 0$.
# * From `t = warm` on it falls along half a wave of a cosine, from `lr0` at `t = warm`
#   to 0 at `t = T`. **You** find the formula: take that of the table above, and make it
#   begin at `warm` and end at `T`.
# * `warm` may be 0: then there is no rise, and the rate at `t = 0` is `lr0`.
# * Return one number.


# %% answer="cosine"
def cosine(t, T, lr0, warm):
    """Return the rate of step t: a straight rise to lr0, then half a cosine to 0."""
    ### BEGIN SOLUTION
    if t < warm:
        return lr0 * t / warm
    return lr0 / 2 * (1 + cos(pi * (t - warm) / (T - warm)))
    ### END SOLUTION


# %% check="cosine"
check(cosine)

# %% tags=["demonstration"]
try:
    mine = {t: cosine(t, 50, 1.0, 10) for t in (0, 5, 10, 20, 30, 40, 50)}
    print("your schedule, 10 steps of warm-up, 50 in all, peak 1:")
    for t, planned in mine.items():
        print(f"  step {t:2d}: {planned:.3f}")
except NotImplementedError:
    print("Answer cosine first, then run this cell again.")
except Exception as error:
    print("This cell cannot use cosine yet:", repr(error))
    print("See what its check says above, then run this cell again.")

# %% [markdown]
# ## Finding a rate: the range test
#
# For a network nobody computes $\lambda_{\max}$ first. But the plot of Figure 3 can be
# *measured*: take the start you are going to use, try rates that are spread over
# several powers of ten, a few steps each, and look at the loss. It costs a handful of
# steps and shows you the slope, the valley and the wall.
#
# Two things make it a fair comparison. Every rate gets **the same start**; if a trial
# goes on where the one before it ended, a good rate pays for what a bad one has done.
# And a trial that has blown up must count as *infinitely bad*, even if what it returns
# is `nan`, which is neither larger nor smaller than any number and so slips through
# comparisons.
#
# (Smith, 2017, who made the idea popular, raises the rate from step to step within a
# single run. That is cheaper still; what we do here is easier to interpret.)

# %% [markdown] readonly="range_test-task"
# ### Exercise `range_test` (3 points)
#
# Write `range_test(loss_grad, w0, lrs, steps=1)`: the loss after a few steps, for each
# of several learning rates.
#
# * `loss_grad` is a function: `loss_grad(w)` takes a point of shape `(d,)` and returns
#   the pair (loss, gradient), a number and an array of shape `(d,)`.
# * `w0`, of shape `(d,)`, is the start; it may hold whole numbers. `lrs`, of shape
#   `(r,)`, holds the rates, in any order. `steps` is at least 1.
# * For each rate: start at `w0`, take `steps` steps of gradient descent, and evaluate
#   the loss where the last step has led.
# * Return an array of shape `(r,)`: the losses, in the order of `lrs`. Where the loss
#   is not a finite number, be it `nan`, `inf` or `-inf`, put `inf`.
# * Leave `w0` and `lrs` as they are.
#
# NumPy may warn of an overflow while your function runs. That does no harm: a rate that
# overflows is what you are looking for.


# %% answer="range_test"
def range_test(loss_grad, w0, lrs, steps=1):
    """Return the loss after some steps from w0 for each rate; inf if not finite."""
    ### BEGIN SOLUTION
    losses = []
    for lr in lrs:
        w = w0  # every trial starts here; below, a minus makes new arrays
        for _ in range(steps):
            _, gradient = loss_grad(w)
            w = w - lr * gradient
        loss, _ = loss_grad(w)
        losses.append(loss if np.isfinite(loss) else inf)
    return np.array(losses)
    ### END SOLUTION


# %% check="range_test"
check(range_test)

# %% [markdown]
# Now a network, with two hidden layers of 16 $\tanh$ neurons, 337 parameters in all.
# (Layers of neurons, one behind the other, go by the name of *multilayer perceptron*,
# MLP for short.) It is to tell two interlocking half moons of points apart, by the mean
# squared error against labels of $\pm 1$. How its gradient is computed is the subject
# of unit 5; here `nnkit` does it, and `network_loss` hides the network behind one
# function of one long `w`.

# %% tags=["demonstration"]
fresh = np.random.default_rng(0)
moons, half = datasets.moons(60, 0.1, rng=fresh)
targets = (2.0 * half - 1).reshape(-1, 1)
network = MLP((2, 16, 16, 1), tanh, rng=fresh)
w_start = np.concatenate([p.data.ravel() for p in network.parameters()])


def network_loss(w):
    """Return loss and gradient of the network with the parameters w."""
    begin = 0
    for p in network.parameters():
        p.data = w[begin : begin + p.data.size].reshape(p.data.shape)
        begin += p.data.size
    value = squared_error(network(moons), targets)
    value.backward()
    slopes = [p.grad.ravel() for p in network.parameters()]
    return float(value.data), np.concatenate(slopes)


print("parameters:", w_start.size)
print("loss at the start:", round(network_loss(w_start)[0], 3))

# %% tags=["demonstration"]
tried = np.geomspace(1e-4, 10, 26)
try:
    with np.errstate(all="ignore"):
        once, tenfold = (
            np.reshape(range_test(network_loss, w_start, tried, steps), tried.shape)
            for steps in (1, 10)
        )
except NotImplementedError:
    print("Answer range_test first, then run this cell again.")
except Exception as error:
    print("This cell cannot use range_test yet:", repr(error))
    print("See what its check says above, then run this cell again.")
else:
    figure, axes = plt.subplots(figsize=(7.6, 4.2))
    axes.plot(tried, once, "s--", color=ORANGE, markersize=5, linewidth=2)
    shown = np.where(tenfold < 50, tenfold, np.nan)
    axes.plot(tried, shown, "o-", color=BLUE, markersize=5, linewidth=2)
    gone = tried[~(tenfold < 50)]
    axes.plot(gone, np.full(gone.size, 40), "^", color=BLUE, markersize=8)
    axes.axhline(network_loss(w_start)[0], color=BLACK, linestyle="dotted")
    axes.text(1.1e-4, 0.97, "loss at the start (dotted)", fontsize=12)
    axes.text(0.0009, 0.5, "10 steps", fontsize=12)
    axes.text(0.5, 2, "1 step (dashed)", fontsize=12)
    axes.text(0.45, 40, "10 steps: far above", fontsize=12, va="center", ha="right")
    axes.set(xscale="log", yscale="log", ylim=(0.3, 60), xlabel="learning rate")
    axes.set(ylabel="loss after the test", title="Range test of a small network")
    show(
        figure,
        "Figure 7: loss against learning rate, both logarithmic, for a network, by "
        "your range_test. If that is right, it is lowest near 0.1 after one step "
        "(dashed), and above the start from 0.4 on. After ten steps (solid) it is "
        "lower than that up to 0.4, and almost flat from 0.03 on; from 0.63 on it is "
        "far above the picture, marked by triangles at the top.",
    )
    for name, losses in (("after  1 step: ", once), ("after 10 steps:", tenfold)):
        above = tried[losses > network_loss(w_start)[0]]
        print(name, "above the start from", above.min().round(2) if above.size else "?")

# %% [markdown]
# **How to read it.** On the far left nothing happens in so few steps. Then the loss
# falls. Then comes the valley, and close behind it the wall. Choose a rate in the
# valley, and keep some distance from the wall, a factor of three to ten: the test has
# seen no more than the first few steps, and the curvature will change.
#
# The two curves do not agree on where the wall is. At the rate 0.4 the first step lands
# higher than the start, and after ten steps the loss is well below it: the network has
# overshot, and recovered. On a quadratic that could not happen. We come back to it.
#
# > **You may read that** the learning rate is *the most difficult hyperparameter to
# > tune*.
# >
# > **What is true.** That is an opinion, and nothing you could measure. What can be
# > said: it is often the *first* to tune (Bengio, 2012, says so for those who have time
# > for only one), because a bad one spoils everything else. On a quadratic two
# > eigenvalues give the best rate, and one of them the wall. On a network a range test
# > brackets it in a minute. It also depends on everything around it, on the scaling of
# > the inputs, the batch, the loss, the start; so a rate from somebody else's paper is
# > a hint, and no more.

# %% [markdown]
# ## Watching a run: updates against weights
#
# One more number is cheap to watch: the length of a step beside the length of what it
# changes, $\eta \lVert g \rVert / \lVert W \rVert$, for each weight matrix by itself.
# It has no units, so it can be compared between layers and between networks.

# %% tags=["demonstration"]
print("rate    after 10 steps: layer 1   layer 2   layer 3      loss after 100")
for eta in (0.001, 0.01, 0.1):
    w = w_start
    for t in range(100):
        level, slopes = network_loss(w)
        if t == 10:
            ratios = [
                eta * np.linalg.norm(p.grad) / np.linalg.norm(p.data)
                for p in network.parameters()
                if p.data.ndim == 2
            ]
        w = w - eta * slopes
    columns = "   ".join(f"{ratio:7.0e}" for ratio in ratios)
    print(f"{eta:5.3f} {columns:>45} {network_loss(w)[0]:19.2f}")

# %% [markdown]
# A rule of thumb, told in courses and forums, says that about $10^{-3}$ is healthy.
# Take it as a thermometer and not as a law. At a ratio of $10^{-6}$ a matrix needs at
# least a million steps to change by its own size; at 1 each step is as long as the
# matrix itself, and soon drowns what was there. Between, much works. What tells you
# more than the value is a layer that differs from the others by powers of ten. (Leave
# out the biases: they usually start at 0, and the ratio has no meaning there.)

# %% [markdown]
# ## Looking further: the edge of stability
#
# The theory took the curvature as given. On a network it changes as we train: every $w$
# has a Hessian of its own, with a $\lambda_{\max}$ of its own, called the *sharpness*
# at $w$. It can be measured without ever writing the matrix down. $A\,q$ says how fast
# the gradient changes along $q$, which two gradients tell; and multiplying by $A$ again
# and again turns almost any $q$ into the direction that $A$ stretches most. (That is
# the eigenvalue of largest *size*. Were it negative, we would see it in the sign.)
#
# ### Predict, run, explain: a network near the wall
#
# We train the network above on all 60 points at once, so without noise, by plain
# gradient descent with $\eta = 0.15$. At the start $\eta\, \lambda_{\max}$ is 1.5. What
# is it later, from step 500 to step 1500? Below 1.5, because training finds flatter
# ground? Far above 2, because nothing holds the curvature back?

# %% tags=["demonstration"]
predict("rate 0.15: rate times sharpness, steps 500 to 1500", ...)


# %% tags=["demonstration"]
def sharpness(w, q, rounds=12):
    """Return the largest curvature at w, and its direction, by power iteration."""
    for _ in range(rounds):
        q = q / np.linalg.norm(q)
        ahead, behind = network_loss(w + 1e-4 * q)[1], network_loss(w - 1e-4 * q)[1]
        Aq = (ahead - behind) / 2e-4
        curvature, q = q @ Aq, Aq
    return curvature, q


records = {}
print("rate   rate × sharpness: start   highest   median from 500 to 1500")
for eta in (0.05, 0.15):
    w, q = w_start, np.random.default_rng(1).normal(size=w_start.size)
    product, heights = [], []
    for t in range(2001):
        if t % 50 == 0:
            curvature, q = sharpness(w, q)
            product.append(eta * curvature)
        level, slopes = network_loss(w)
        heights.append(level)
        w = w - eta * slopes
    records[eta] = np.array(product), np.array(heights)
    middle = np.median(product[10:31])
    print(f"{eta:4.2f} {product[0]:25.1f} {max(product):9.1f} {middle:25.1f}")

figure, (edge_axes, curve_axes) = plt.subplots(1, 2, figsize=(11, 4))
for eta, color, style in ((0.05, ORANGE, "dashed"), (0.15, BLUE, "solid")):
    product, heights = records[eta]
    when = 50 * np.arange(len(product))
    edge_axes.plot(when, product, color=color, linestyle=style, linewidth=2.5)
    curve_axes.plot(heights, color=color, linestyle=style, linewidth=2)
edge_axes.axhline(2, color=BLACK, linestyle="dotted", linewidth=2)
edge_axes.text(1150, 2.1, "wall of a quadratic", fontsize=12)
edge_axes.text(1150, 1.2, "rate 0.05 (dashed)", fontsize=12)
edge_axes.text(270, 2.9, "rate 0.15", fontsize=12)
edge_axes.set(xlabel="step", title="rate × sharpness", ylim=(0, 3.5))
curve_axes.set(xlabel="step", title="loss", yscale="log")
figure.tight_layout()
show(
    figure,
    "Figure 8: a network trained at two rates. Left, rate times sharpness: at 0.15 "
    "(solid) it starts at 1.5, shoots up beyond 3 within the first 150 steps, comes "
    "back, and then stays close to 2, the dotted line. At 0.05 (dashed) it rises to "
    "1.7 and sinks again without touching the line. Right, the loss: at 0.05 it falls "
    "steadily; at 0.15 it has several spikes, the first ones higher than the start, "
    "while rate times sharpness is above the line, and after them it falls smoothly "
    "and is lower than the other.",
)
reveal(
    "rate 0.15: rate times sharpness, steps 500 to 1500",
    np.median(records[0.15][0][10:31]).round(1),
)

# %% [markdown]
# **Explain.** With either rate the sharpness rises at first. With $\eta = 0.05$ the
# wall is not reached, and the sharpness sinks again. With $\eta = 0.15$ it is reached,
# and crossed; then the run bounces along the sharpest direction, the loss spikes, and
# the bouncing itself carries the network to where it is less sharp. After a few such
# spikes it hovers *at* the wall, and the loss keeps falling. Cohen and others, who
# described this in 2021, call it the *edge of stability*. On a quadratic it cannot
# happen: there the curvature has nowhere to go.
#
# So read $2/\lambda_{\max}$ with care:
#
# * For a quadratic, and for whether a run can *rest* at a given minimum, it is exact.
# * For a network in training it is no fixed limit on the rate. In part it is the other
#   way round: **the rate decides how sharp the places are that training stays in.**
# * What you have seen is one small network, one loss, and gradient descent on all data
#   at once. Cohen and others saw the same on many networks trained in that way. With
#   small minibatches, other rules for the step or other losses the picture changes, and
#   why it is as it is, is still being worked out.

# %% [markdown]
# ## Check yourself
#
# Four questions, not graded. Choose an answer before you open one: each of them tells
# you why it is right or wrong.
#
# **1. A colleague reports the *sum* of the losses of 50 rows instead of their mean, and
# trains with the rate that worked before. What happens?**
#
# <details><summary>A. Nothing: the minimum is at the same place.</summary>
# It is, but the way there is not the same. Every gradient is 50 times as long, and so
# is every step.</details>
# <details><summary>B. The same as with a rate 50 times as large on the mean.</summary>
# Yes. All curvatures are multiplied by 50, so the wall comes 50 times as close. If the
# rate was in use because it was near the wall, the run diverges.</details>
# <details><summary>C. Training is 50 times as slow.</summary>
# No, the steps are longer, not shorter. You would be right if the sum had been replaced
# by the mean.</details>
# <details><summary>D. The condition number gets 50 times as bad.</summary>
# No. It is a ratio of two curvatures, and both are multiplied by 50.</details>

# %% [markdown]
# **2. Along some direction the distance to the minimum is multiplied by $-0.8$ at every
# step. You halve the rate. What is the factor now?**
#
# <details><summary>A. −0.4</summary>
# No. The factor is 1 − ηλ, and it is ηλ that is halved, not the factor.</details>
# <details><summary>B. 0.1</summary>
# Yes. From 1 − ηλ = −0.8 follows ηλ = 1.8; half of it is 0.9, and 1 − 0.9 = 0.1. A
# smaller rate, and a faster run in this direction.</details>
# <details><summary>C. 0.9</summary>
# No. That is the new ηλ. Subtract it from 1.</details>
# <details><summary>D. 0.4</summary>
# No. Nothing in 1 − ηλ makes a half of the rate into a half of the factor.</details>

# %% [markdown]
# **3. The curvatures are 1 and 100, and you take $\eta = 0.01$, so that nothing
# overshoots. About how many steps until the distance in every direction is down to 1 %
# of what it was at the start?**
#
# <details><summary>A. 1</summary>
# No. That is how long the steepest direction takes: its factor is 0. The other one has
# only begun.</details>
# <details><summary>B. 44</summary>
# No. That would be right for a condition number of 10, where the factor of the flattest
# direction is 0.9.</details>
# <details><summary>C. 460</summary>
# Yes. The flattest direction has the factor 0.99, and log(0.01) / log(0.99) is about
# 458.</details>
# <details><summary>D. It gets stuck before that.</summary>
# No. It is slow, and there is nothing to get stuck at: the gradient is zero only in the
# minimum.</details>

# %% [markdown]
# **4. With minibatches and a constant rate the loss has stopped falling and jitters
# around some value. What brings it down, if the noise floor is the reason?**
#
# <details><summary>A. Many more steps with the same rate.</summary>
# No. The floor does not depend on the number of steps. This is what the run looks like
# from now on.</details>
# <details><summary>B. A larger rate.</summary>
# No. The floor grows with the rate.</details>
# <details><summary>C. A smaller rate from here on.</summary>
# Yes: half the rate, about half the floor. Lowering it only now, and not from the
# beginning, is what a schedule does.</details>
# <details><summary>D. Another start.</summary>
# No. The floor is the same around this minimum, wherever the run came from. In another
# basin it may be another floor; but that is a matter of luck.</details>

# %% [markdown]
# ## Summary
#
# * One line, $w \leftarrow w - \eta\, g$, all parameters at once. No rate is large or
#   small as such: it is so for a loss, with its units.
# * On a quadratic, direction $i$ has the factor $1 - \eta \lambda_i$. Below 0 it
#   overshoots, below $-1$ it diverges. The wall is at $2/\lambda_{\max}$; the steepest
#   direction fails first.
# * The slowest direction decides how long it takes. The condition number
#   $\lambda_{\max}/\lambda_{\min}$ says how bad it is; scaling the inputs mends much of
#   it, and momentum puts its root in its place.
# * Too small is slow, not stuck: a small rate makes no resting places of its own. (A
#   large one takes some away.) Basins are chosen by the start and by long steps.
#   Saddles delay. Plateaus are crossed in proportion to the rate.
# * A loss that is bounded below need not attain its bound. Where it does, there is a
#   global minimum, whether or not we know it.
# * Noise keeps a constant rate at a floor proportional to it. Hence schedules: large
#   first, small later. Warm-up protects the first steps.
# * A range test finds the valley and the wall for the price of a few steps. The ratio
#   of updates to weights shows whether all layers move at a comparable pace.
# * On a network the curvature moves, too, and with a large rate it may settle where the
#   wall is: the edge of stability.
#
# ## Glossary
#
# | term | meaning |
# | :-- | :-- |
# | Adam | momentum, with each step divided by the recent size of its gradient |
# | basin | the starts from which a run ends in one and the same minimum |
# | condition number | $\lambda_{\max} / \lambda_{\min}$: how narrow a valley is |
# | converge, diverge | settle at a point; get farther away without end |
# | curvature | the second derivative in a direction, an eigenvalue of $A$ |
# | edge of stability | where $\eta$ times the sharpness hovers around 2 in training |
# | global minimum | a point where the loss is as small as anywhere |
# | gradient descent | repeated steps against the gradient |
# | Hessian | the matrix $A$ of second derivatives of the loss |
# | hyperparameter | a number that is chosen, not trained, such as the learning rate |
# | learning rate | $\eta$, the factor between gradient and step |
# | local minimum | a point where the loss is as small as anywhere nearby |
# | minibatch | the few rows on which the gradient of one step is computed |
# | momentum | steps along a running sum of gradients instead of the last one |
# | multilayer perceptron, MLP | layers of neurons, one behind the other |
# | noise floor | the loss above the minimum at which SGD with a constant rate stays |
# | plateau | a region in which the gradient is small |
# | range test | short runs at many rates from one start, to find a workable rate |
# | saddle | a point with gradient zero that is neither minimum nor maximum |
# | schedule | a rule for how the rate changes from step to step |
# | SGD | stochastic gradient descent: the gradient comes from a minibatch |
# | sharpness | the largest curvature at the present point |
# | step | one update of all parameters; also its length, $\eta \lVert g \rVert$ |
# | wall | $2 / \lambda_{\max}$, beyond which a quadratic diverges (our word) |
# | warm-up | steps at the start in which the rate rises to its peak |
#
# ## Further reading
#
# * I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016: section
#   4.3 on gradient descent and conditioning, chapter 8 on training.
# * G. Goh, *Why momentum really works*, Distill, 2017: valleys with momentum, and with
#   sliders. B. T. Polyak, *Some methods of speeding up the convergence of
#   iteration methods*, 1964. D. P. Kingma and J. Ba, *Adam: a method for stochastic
#   optimization*, ICLR 2015.
# * L. Bottou, F. E. Curtis and J. Nocedal, *Optimization methods for large-scale
#   machine learning*, SIAM Review 60, 2018: noise, floors and schedules, with proofs.
# * Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, *Efficient BackProp*, 1998: the
#   eigenvalues of the Hessian, and why inputs are standardized.
# * H. Robbins and S. Monro, *A stochastic approximation method*, Annals of Mathematical
#   Statistics 22, 1951.
# * J. D. Lee, M. Simchowitz, M. I. Jordan and B. Recht, *Gradient descent only
#   converges to minimizers*, COLT 2016. And S. S. Du and others, *Gradient descent can
#   take exponential time to escape saddle points*, NeurIPS 2017.
# * Y. N. Dauphin and others, *Identifying and attacking the saddle point problem in
#   high-dimensional non-convex optimization*, NeurIPS 2014.
# * D. Soudry and others, *The implicit bias of gradient descent on separable data*,
#   Journal of Machine Learning Research 19, 2018: why the weights grow like a
#   logarithm.
# * Y. Bengio, *Practical recommendations for gradient-based training of deep
#   architectures*, 2012.
# * L. N. Smith, *Cyclical learning rates for training neural networks*, WACV 2017: the
#   range test.
# * I. Loshchilov and F. Hutter, *SGDR: stochastic gradient descent with warm restarts*,
#   ICLR 2017: the cosine.
# * P. Goyal and others, *Accurate, large minibatch SGD: training ImageNet in 1 hour*,
#   2017: warm-up.
# * J. Cohen, S. Kaur, Y. Li, J. Z. Kolter and A. Talwalkar, *Gradient descent on neural
#   networks typically occurs at the edge of stability*, ICLR 2021.
