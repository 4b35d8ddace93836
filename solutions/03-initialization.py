# %% [markdown]
# # Unit 3: Where a network starts
#
# Training changes the weights of a network step by step. But from where? Which first
# values are good, nobody knows: they are drawn by chance. It matters all the same how
# large they are drawn. A little too small, and after twenty layers next to nothing is
# left of the input, or of the gradient on its way back. A little too large, and both
# run off. A deep network that starts like this does not learn badly; it hardly learns.
# This unit works out how large is right, and then measures it, layer by layer.
#
# **After this unit you can**
#
# 1. say why weights have to differ from each other, and what would happen if they all
#    started alike;
# 2. derive the variance that keeps signals and gradients at their size, for linear
#    layers and for ReLU, and draw weights with it, from a normal or a uniform
#    distribution;
# 3. measure signals and gradients layer by layer, foresee with a map of one line what
#    many layers will do to them, and say what that map leaves out.
#
# **You need** units 1 and 2 (layers, activation functions, gradient descent; we use the
# chain rule through a layer, which unit 5 does in full), and from probability: mean,
# variance, independence, the normal distribution. **Time:** about 115 minutes, by our
# estimate, of which an hour goes into the six exercises; they are worth 11 points.

# %%
import math
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from ipywidgets import FloatSlider, interact

from nnkit import Tensor, check, datasets, predict, reveal
from nnkit.init import he_normal, orthogonal, truncated_normal
from nnkit.layers import Dense, Sequential
from nnkit.plots import BLACK, BLUE, ORANGE, show
from nnkit.tensor import relu, sigmoid, tanh

# %% [markdown]
# ## Notation
#
# | symbol | what it is | shape | in code |
# | :-- | :-- | :-- | :-- |
# | $X$ | $m$ examples, one in each row | $(m, n)$ | `X` |
# | $W$ | the weights of a layer, one unit in each column | $(n, k)$ | `W` |
# | $n$, $k$ | its *fan-in* and *fan-out*: inputs of the layer, and its units | | |
# | $D$ | the depth: how many layers there are; $d$ counts them from 1 to $D$ | | `Ws` |
# | $Z_d$, $A_d$ | pre-activations and activations of layer $d$ | one row an example | |
# | $G$ | the gradient of the loss by the last activations, $A_D$ | as $A_D$ | `G` |
# | $\delta_d$ | the gradient of the loss by $Z_d$ | as $Z_d$ | |
# | $\sigma^2$ | the variance of one weight | a number | |
# | $\sigma_w^2$ | that times the fan-in: $n\,\sigma^2$ | a number | `var_w` |
# | $\overline{x^2}$ | the mean square: the mean of all squares | a number | |
# | $q$ | the mean square of the pre-activations of a layer | a number | `q` |
# | $\chi$ | what a layer multiplies a gradient's mean square by | a number | `chi` |
# | $\operatorname{E}$ | the mean over all weights that chance could have drawn | | |
#
# A neuron of a layer is also called a *unit* of it, and we do so here. Inside one layer
# $j$ counts inputs and $\ell$ counts its units, as in unit 1. Biases start at 0
# throughout: once the weights differ there is no need for the biases to, and so we
# leave them out.
#
# The **size** of a signal is the root of its mean square, its *rms* for short. It says
# how far from zero the numbers typically are, whatever their signs. The *variance*
# measures from the mean instead. If the mean is 0, variance and mean square are the
# same; in this unit the difference will matter.

# %% [markdown]
# ## Why not simply zero?
#
# Or one, or any other number that all weights share? Take a network with one hidden
# layer and one output,
#
# $$
# a_\ell = \varphi\Bigl(\sum_j x_j W_{j\ell}\Bigr), \qquad
# p = \sum_\ell a_\ell\, v_\ell ,
# $$
#
# and suppose that two of its hidden units start alike: the same incoming weights
# $W_{j1} = W_{j2}$ for every $j$, and the same outgoing weight $v_1 = v_2$. Write
# $g_i$ for the slope of the loss by the prediction on example $i$. By the chain rule,
# as in unit 1,
#
# $$
# \begin{aligned}
# \frac{\partial L}{\partial v_\ell} &= \sum_i g_i\, a_{i\ell}
#   && \text{what unit } \ell \text{ said, weighted by these slopes} \\
# \frac{\partial L}{\partial W_{j\ell}} &= \sum_i g_i\, v_\ell\,
#   \varphi'(z_{i\ell})\, X_{ij}
#   && \text{back through } v_\ell \text{, the bend, and input } j .
# \end{aligned}
# $$
#
# Now compare $\ell = 1$ with $\ell = 2$. Same incoming weights: the same $z$ and the
# same $a$ on every example. Same outgoing weight: so *all* factors on the right are the
# same. Both units get the same gradient, take the same step, and are alike again. What
# held for one step holds for the next. They stay twins for ever, and two units that
# always say the same are one unit with twice the outgoing weight. (All zeros are worse
# still: with $\tanh$ each $a_\ell$ and each $v_\ell$ is 0, so both gradients are 0, and
# nothing ever moves.)
#
# ### Predict, run, explain: eight units, one start
#
# Below, a network with 3 inputs and 8 hidden $\tanh$ units learns from 64 examples, for
# 3000 steps; once with all weights starting at 0.5, once from random ones. How many
# *different* hidden units does the first network have in the end? Count what the rank
# of $W$ counts: columns that are not multiples or sums of others.

# %% tags=["demonstration"]
predict("units that differ after a constant start", ...)

# %% tags=["demonstration"]
rows = np.random.default_rng(6).normal(size=(64, 3))
wanted = np.sin(rows.sum(axis=1, keepdims=True))


def train(W1, W2, steps=3000, rate=0.1):
    """Return the last weights and loss, and the first input's weights over time."""
    history = []
    for _ in range(steps):
        history.append(W1[0])
        hidden = np.tanh(rows @ W1)
        error = (hidden @ W2 - wanted) / len(rows)
        back = error @ W2.T * (1 - hidden**2)
        W1, W2 = W1 - rate * rows.T @ back, W2 - rate * hidden.T @ error
    loss = np.mean((np.tanh(rows @ W1) @ W2 - wanted) ** 2)
    return W1, loss, np.array(history)


dice = np.random.default_rng(7)
starts = {
    "constant": (np.full((3, 8), 0.5), np.full((8, 1), 0.5)),
    "random": (dice.normal(0, 3**-0.5, (3, 8)), dice.normal(0, 8**-0.5, (8, 1))),
}
trained = {name: train(*start) for name, start in starts.items()}

figure, panels = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for panel, (name, (_, _, history)) in zip(panels, trained.items(), strict=True):
    panel.plot(history, color=BLUE, linewidth=2)
    panel.set(title=f"{name} start", xlabel="step", xlim=(0, 3000))
    panel.grid(alpha=0.4)
panels[0].set_ylabel("weight of the first input")
panels[0].text(300, 0.2, "eight curves, one line", fontsize=12)
show(
    figure,
    "Figure 1: the weight of the first input into each of eight hidden units, over "
    "3000 steps of training. From a constant start (left) all eight curves lie on one "
    "line for good. From a random start (right) they go eight ways.",
)
ranks = {
    name: int(np.linalg.matrix_rank(W, 1e-8)) for name, (W, _, _) in trained.items()
}
for name, (_, loss_now, _) in trained.items():
    print(f"{name:9} start: rank of W {ranks[name]}, loss {loss_now:.3f}")
reveal("units that differ after a constant start", ranks["constant"])

# %% [markdown]
# **Explain.** One. The other seven are copies of it, after 3000 steps as after the
# first; the network has eight units on paper and one at work. The random start reaches
# the rank 3, which is all that three inputs allow, and a loss many times lower.
#
# > **You may read that** weights are initialized randomly, and that is that.
# >
# > **What is true.** Randomness is a means. The end is that no two units of a layer are
# > alike, because gradient descent cannot tell twins apart: it treats equals equally.
# > Chance is the cheapest way to make them differ, and nobody has to decide how. But
# > "randomly" leaves open the question that decides whether a deep network learns at
# > all: *how large?*

# %% [markdown]
# ## A weight has two ends
#
# How large depends on how many weights work together, and there are two ways to count
# them, one for each direction in which numbers pass a layer:
#
# * going forward, one output is a sum with *fan-in* many terms;
# * going back, the gradient at one input is a sum with *fan-out* many terms: one from
#   each output that this input took part in.
#
# In a *dense* layer, where every output sees every input as in all layers so far, these
# are simply $n$ and $k$, with $W$ of shape $(n, k)$. In a *convolution* they are not.
# There the weights are a small window, the *kernel*, that slides over an image. An
# output sees only the positions under the window, but at each of them *all* of the
# input's channels (color components, or whatever the layer before has computed at that
# point). So with a kernel of 3 × 3 positions, 16 channels in and 32 out, one output is
# a sum of $3 \cdot 3 \cdot 16 = 144$ terms. And one input, well inside the image, is
# seen from $3 \cdot 3$ positions of the window, if that moves by one position at a
# time, and by 32 outputs from each: its fan-out is $3 \cdot 3 \cdot 32 = 288$.
#
# There is one more trap, and it is a matter of bookkeeping. Some libraries store
# weights as (kernel, in, out), others as (out, in, kernel). The array's shape alone
# does not say which; whoever counts fans has to be told the *layout*.

# %% [markdown] readonly="fans-task"
# ### Exercise `fans` (worked)
#
# Write `fans(shape, layout)`, which counts both.
#
# * `shape` is the shape of a weight array, a tuple of two or more whole numbers.
# * `layout` is `"io"` for the order (\*kernel, in, out) or `"oi"` for (out, in,
#   \*kernel). The kernel may have any number of axes; a dense layer has none.
# * Return the pair `(fan_in, fan_out)`, both with all positions of the kernel counted.
#
# This one is answered for you. Read it, run it, then break it: let the kernel out of
# one of the two numbers, or ignore the layout.


# %% answer="fans"
def fans(shape, layout):
    """Return how many inputs feed an output, and how many outputs an input feeds."""
    if layout == "io":
        *kernel, n_in, n_out = shape  # the star takes what is left, perhaps nothing
    else:
        n_out, n_in, *kernel = shape
    positions = math.prod(kernel)  # 1 for an empty kernel
    return positions * n_in, positions * n_out


# %% check="fans"
check(fans)

# %% [markdown]
# > **You may read that** fan-in is the number of input nodes, and fan-out the number of
# > output or hidden nodes.
# >
# > **What is true.** For dense layers, yes. In general each is a number of *terms in a
# > sum*: what meets in one output, and what comes back to one input. In a convolution
# > each is a number of channels *times* the number of positions in the kernel, and to
# > read them off an array you must know the order of its axes.

# %% [markdown]
# ## Forward: what a weighted sum does to size
#
# Take one unit and one example. The inputs $x_1, \dots, x_n$ are what they are; the
# weights are drawn independently, with mean 0 and variance $\sigma^2$. The
# pre-activation $z = \sum_j w_j x_j$ then is a random number. Its mean is
#
# $$
# \operatorname{E}[z] = \sum_j \operatorname{E}[w_j]\, x_j = 0 ,
# $$
#
# and its mean square, line by line,
#
# $$
# \begin{aligned}
# \operatorname{E}[z^2]
#   &= \operatorname{E}\Bigl[\sum_j w_j x_j \cdot \sum_{j'} w_{j'} x_{j'}\Bigr]
#   && \text{the square, as a product of two sums} \\[4pt]
#   &= \sum_j \sum_{j'} \operatorname{E}[w_j w_{j'}]\, x_j x_{j'}
#   && \text{multiplied out; only the weights are random} \\[4pt]
#   &= \sum_j \operatorname{E}[w_j^2]\, x_j^2
#   && \operatorname{E}[w_j]\operatorname{E}[w_{j'}] = 0 \text{ for } j' \ne j \\[4pt]
#   &= \sigma^2 \sum_j x_j^2
#   && \text{mean 0, so } \operatorname{E}[w_j^2] \text{ is the variance} \\[4pt]
#   &= n\,\sigma^2 \;\overline{x^2}
#   && \text{a sum is } n \text{ times a mean.}
# \end{aligned}
# $$
#
# **A linear layer multiplies the mean square by $n\sigma^2$, the fan-in times the
# variance of a weight.** To keep the size, $\sigma^2$ must be $1/n$. Twenty layers
# multiply by $(n\sigma^2)^{20}$: with $n\sigma^2 = 1.5$ that is more than 3000, and
# with 0.5 less than one millionth.
#
# Look at what was *not* needed. Nothing was assumed about the inputs: they need not be
# independent, nor have mean zero. It is their mean square that comes out at the other
# end, not their variance. What was needed is that the *weights* have mean zero and are
# independent of each other.

# %% [markdown]
# ## And on the way back
#
# When a network learns, a gradient comes back through the same weights. Say it has
# reached the pre-activations of a layer, $\delta_\ell$ at unit $\ell$. What is the
# slope of the loss by the input $x_j$? This input enters every $z_\ell$, at the rate
# $W_{j\ell}$. Along a route the rates multiply, and the routes add up:
#
# $$
# \frac{\partial L}{\partial x_j} = \sum_{\ell=1}^{k} W_{j\ell}\, \delta_\ell
# \qquad\text{or, for all inputs and examples at once,}\qquad \delta\, W^\top .
# $$
#
# This is a weighted sum again, now with $k$ terms, so the same five lines give
#
# $$
# \operatorname{E}\Bigl[\Bigl(\frac{\partial L}{\partial x_j}\Bigr)^2\Bigr]
#   = k\,\sigma^2 \;\overline{\delta^2} .
# $$
#
# (One thing has to be granted: that the weights are independent of $\delta$. In a
# network they are not quite, because $\delta$ was computed at activations that these
# weights have made. In wide networks with fresh weights it does next to no harm; we
# shall measure.)
#
# **Backward, a layer multiplies by $k\sigma^2$, the fan-*out* times the variance of a
# weight.** To keep the gradient's size, $\sigma^2$ must be $1/k$.
#
# So there are two conditions, $n\sigma^2 = 1$ and $k\sigma^2 = 1$, and one $\sigma$.
# Unless $n = k$, you cannot have both.
#
# ### Predict, run, explain: from 784 to 100
#
# A layer takes images of 28 × 28 = 784 pixels to 100 units, without an activation
# function. Draw its weights with $\sigma^2 = 1/784$, so that signals keep their size.
# By which factor does the mean square of a gradient change on its way back?

# %% tags=["demonstration"]
predict("gradient back from 100 to 784, variance 1/784", ...)

# %% tags=["demonstration"]
dice = np.random.default_rng(4)
n_in, n_out = 784, 100
kept_back = {}
print("variance of a weight    forward: theory, measured    back: theory, measured")
for said, variance in (
    ("1 / 784", 1 / n_in),
    ("1 / 100", 1 / n_out),
    ("2 / (784 + 100)", 2 / (n_in + n_out)),
):
    W_image = dice.normal(0, math.sqrt(variance), (n_in, n_out))
    ahead = np.mean((dice.normal(size=(2000, n_in)) @ W_image) ** 2)
    kept_back[said] = np.mean((dice.normal(size=(2000, n_out)) @ W_image.T) ** 2)
    print(
        f"{said:15} {n_in * variance:23.2f} {ahead:10.2f} "
        f"{n_out * variance:16.2f} {kept_back[said]:10.2f}"
    )
reveal("gradient back from 100 to 784, variance 1/784", kept_back["1 / 784"].round(2))

# %% [markdown]
# **Explain.** Going back, each sum has only 100 terms, with weights that were made
# small enough for sums of 784: the factor is $100/784$. Choose $1/100$ instead, and
# gradients keep their size while the mean square of the signals grows nearly eightfold.
# The third row is the compromise that the next section is about. It fails both
# conditions, by less.
#
# > **You may read that** two rules make for a good start: the mean of the activations
# > should be zero, and their variance the same in all layers.
# >
# > **What is true.** As a direction, fine. As rules, three things are missing. What the
# > weighted sums pass on is the *mean square*; it is the mean of the *weights* that has
# > to be zero, and with ReLU the mean of the activations never is, as you will see. The
# > same must hold for *gradients* on the way back, and the two conditions contradict
# > each other wherever a layer changes its width. And equal variances are not the
# > whole story: near the end of this unit, a network keeps its variances, and yet
# > flattens nearly all that is sent through it.

# %% [markdown]
# ## Glorot's compromise
#
# Xavier Glorot and Yoshua Bengio proposed in 2010 to meet in the middle. Put the mean
# of both fans where each condition has one of them:
#
# $$
# \sigma^2 = \frac{1}{\tfrac12 (n + k)} = \frac{2}{n + k} .
# $$
#
# For $n = k$ this is $1/n$, and both conditions hold. It goes by either of the first
# author's names: *Glorot* or *Xavier* initialization. Some multiply $\sigma$ by a
# *gain*, a number chosen to make up for the activation function, so that $\sigma^2 =
# \text{gain}^2 \cdot 2/(n+k)$; plain Glorot has gain 1.
#
# **From which distribution?** The derivation used the mean and the variance, nothing
# else. So any distribution with mean 0 and this variance will do. Two are common: the
# normal one, and the uniform one between $-c$ and $c$. How wide must that box be? Its
# density is $1/2c$, and
#
# $$
# \begin{aligned}
# \operatorname{E}[w^2] &= \int_{-c}^{c} w^2\, \frac{1}{2c}\, dw
#   && \text{the definition of a mean square} \\[4pt]
#   &= \frac{1}{2c} \cdot \frac{2 c^3}{3} = \frac{c^2}{3}
#   && \text{the integral of } w^2 \text{ is } w^3/3 \text{, at both ends} \\[4pt]
# c &= \sqrt{3}\,\sigma
#   && \text{set equal to } \sigma^2 \text{ and solved.}
# \end{aligned}
# $$
#
# A box with the spread $\sigma$ reaches out to $1.73\,\sigma$ on both sides. Its
# weights are *not* "between $-\sigma$ and $\sigma$": those would have a third of the
# variance.

# %% tags=["demonstration"]
spread = np.linspace(-3.6, 3.6, 1201)
bell = np.exp(-(spread**2) / 2) / math.sqrt(2 * math.pi)
box = np.where(np.abs(spread) <= math.sqrt(3), 1 / (2 * math.sqrt(3)), 0.0)
cut = np.where(np.abs(spread) <= 2, bell / math.erf(math.sqrt(2)), 0.0)

figure, axes = plt.subplots(figsize=(7.4, 3.8))
axes.plot(spread, bell, color=BLUE, linewidth=3)
axes.plot(spread, box, color=ORANGE, linewidth=3, linestyle="dashed")
axes.plot(spread, cut, color=BLACK, linewidth=2, linestyle="dotted")
axes.text(-3.6, 0.1, "normal,\nspread $\\sigma$", fontsize=12)
axes.text(1.83, 0.25, "uniform, spread $\\sigma$\n(dashed)", fontsize=12)
axes.text(
    0.75, 0.37, "cut off at $2\\sigma$,\nspread $0.88\\,\\sigma$ (dotted)", fontsize=12
)
axes.set(title="Three ways to draw a weight", yticks=[], ylim=(0, 0.47))
axes.set_xlim(-3.9, 4.1)
axes.set_ylabel("density")
axes.set_xticks([-3, -2, -1, 0, 1, 2, 3])
axes.set_xlabel("weight, in units of $\\sigma$")
show(
    figure,
    "Figure 2: the densities of three distributions with mean 0. The normal one, a "
    "bell. The uniform one of the same spread, a box from −1.73 to 1.73 σ. And a bell "
    "whose tails beyond 2 σ are cut off: a little higher in the middle, and narrower "
    "in all.",
)

# %% [markdown] readonly="glorot-task"
# ### Exercise `glorot` (2 points, half filled in)
#
# Write `glorot(shape, rng, dist)`, which draws initial weights by Glorot's rule with
# gain 1.
#
# * `shape` is `(fan_in, fan_out)`. `rng` is a NumPy generator, as
#   `np.random.default_rng(...)` makes it. `dist` is `"normal"` or `"uniform"`.
# * Return an array `W` of that shape: independent weights with mean 0 and variance
#   $2 / (\text{fan\_in} + \text{fan\_out})$, from the distribution that `dist` names,
#   the uniform one being symmetric around 0. (A normal distribution with its tails cut
#   off, two standard deviations out or farther, counts as normal, if the variance is
#   right *after* the cut.)
# * All chance comes from `rng`: no seed of your own, no other generator. Called twice
#   with the same `rng` you return two different arrays, as two layers need them.
#
# Your weights are judged by their statistics, and each distribution is worth one of the
# points. In which order you draw them, in what shape and by which of the generator's
# methods, makes no difference.
#
# The lines that draw are there. What is missing are the two numbers they need.


# %% answer="glorot"
def glorot(shape, rng, dist):
    """Draw weights of shape (fan_in, fan_out) with variance 2 / (fan_in + fan_out)."""
    std = bound = None  # find both: a standard deviation, and half the width of a box
    ### BEGIN SOLUTION
    variance = 2 / sum(shape)
    std = np.sqrt(variance)
    bound = np.sqrt(3 * variance)
    ### END SOLUTION
    if dist == "normal":
        return rng.normal(0, std, shape)
    return rng.uniform(-bound, bound, shape)


# %% check="glorot"
check(glorot)

# %% [markdown]
# ### What cutting off the tails does
#
# A normal distribution now and then gives a weight far out. Some libraries draw every
# weight beyond $2\sigma$ again until it is inside. That removes the largest squares,
# and so what is left has a smaller variance than $\sigma^2$. How much smaller? A share
# of $0.954$ of a bell lies within $2\sigma$, and at the two ends its density is
# $e^{-2}/\sqrt{2\pi}$. Integrating by parts between the ends gives
#
# $$
# \frac{\text{variance of what is left}}{\sigma^2}
#   = 1 - \frac{2 \cdot 2}{0.954} \cdot \frac{e^{-2}}{\sqrt{2\pi}} .
# $$

# %% tags=["demonstration"]
density_at_two = math.exp(-2) / math.sqrt(2 * math.pi)
left_over = 1 - 4 * density_at_two / math.erf(math.sqrt(2))
dice = np.random.default_rng(3)
bare = truncated_normal((1000, 1000), rng=dice, corrected=False)
mended = truncated_normal((1000, 1000), rng=dice)
print("                          theory   measured")
print(f"variance, uncorrected     {left_over:6.3f} {bare.var():10.3f}")
print(f"standard deviation        {math.sqrt(left_over):6.3f} {bare.std():10.3f}")
print(f"variance, corrected       {1:6.3f} {mended.var():10.3f}")
print(f"twenty linear layers with the uncorrected one leave {left_over**20:.3f}")

# %% [markdown]
# More than a fifth of the variance is gone, and that in *every* layer: after twenty
# linear layers the mean square is down to $0.006$. The cure is to start from a bell
# that is wider by the factor $1 / 0.88$, and to cut it at twice *its* spread, so that
# after the cut $\sigma$ is right; careful libraries do that.
#
# > **You may read that** Glorot's initializer draws small Gaussian weights and
# > truncates the values based on the kernel's complexity.
# >
# > **What is true.** Glorot's rule is a variance, $2/(n+k)$. The paper drew from the
# > uniform distribution $\pm\sqrt{6/(n+k)}$; a normal one with that variance serves as
# > well. Cutting at two standard deviations is the choice of some libraries, always at
# > $2\sigma$, whatever the kernel. The kernel's size enters elsewhere: it is a factor
# > of both fans.
#
# > **You may read that** Xavier initialization considers the number of layers and the
# > size of the layers.
# >
# > **What is true.** The size of *one* layer, its two fans. There is no term for depth
# > in it, and none is needed as long as every layer keeps sizes exactly: $1^D = 1$ for
# > every $D$. Depth comes in through the back door: a factor that is a little off, such
# > as 0.774 above, is raised to the power $D$.

# %% [markdown]
# ## ReLU takes half
#
# So far the layers were linear. Now let ReLU follow the weighted sum. The
# pre-activation $z$ is as likely to be $-3$ as $3$: with weights that are symmetric
# around 0, so is $z$. Hence
#
# $$
# \begin{aligned}
# \operatorname{E}\bigl[\operatorname{relu}(z)^2\bigr]
#   &= \operatorname{E}\bigl[z^2 \text{ where } z > 0 \text{, else } 0\bigr]
#   && \text{the definition of ReLU} \\
#   &= \tfrac12 \operatorname{E}[z^2]
#   && \text{both halves carry the same} \\
#   &= \tfrac12\, n\,\sigma^2 \;\overline{x^2}
#   && \text{the weighted sum, as before.}
# \end{aligned}
# $$
#
# To keep the mean square, $\tfrac12 n \sigma^2 = 1$. This is the rule of Kaiming He and
# his coauthors (2015):
#
# $$
# \sigma^2 = \frac{2}{n} .
# $$
#
# Backward it is the same story: where ReLU is flat, which is in half of the places, its
# slope stops the gradient, so half of the mean square is lost and the 2 makes up for
# it. (Strictly, the backward condition asks for $2/k$. The authors remark that either
# of the two will do: the other direction is then off by the ratio of the first and the
# last width, once for all layers together, and not by a power of some factor.)
#
# **And the mean?** ReLU's output is never negative, so its mean cannot be 0. For a
# normal $z$ with spread $s$,
#
# $$
# \operatorname{E}[\operatorname{relu}(z)]
#   = \int_0^\infty z\, \frac{e^{-z^2/2s^2}}{\sqrt{2\pi}\,s}\, dz
#   = \frac{s}{\sqrt{2\pi}} ,
# $$
#
# which is $1/\sqrt{\pi} = 0.56$ times its size $s/\sqrt2$. In squares: the mean
# accounts for $1/\pi$ of the mean square, nearly a third, and the variance only for the
# rest. What the next weighted sum passes on is all of it, and so He's rule keeps the
# *mean square*.

# %% [markdown] readonly="he-task"
# ### Exercise `he` (2 points)
#
# Write `he(shape, rng)`, which draws initial weights by He's rule.
#
# * `shape` is `(fan_in, fan_out)`, `rng` a NumPy generator.
# * Return an array `W` of that shape: independent weights with mean 0 and variance
#   $2 / \text{fan\_in}$. A normal distribution is usual; any other that is symmetric
#   around 0 and has that variance counts as well.
# * All chance comes from `rng`, as in `glorot`, and two calls give different arrays.
#
# It is judged as `glorot` is.


# %% answer="he"
def he(shape, rng):
    """Draw weights of shape (fan_in, fan_out) with variance 2 / fan_in."""
    ### BEGIN SOLUTION
    return rng.normal(0, np.sqrt(2 / shape[0]), shape)
    ### END SOLUTION


# %% check="he"
check(he)

# %% [markdown]
# ## Measure it, layer by layer
#
# Theory said what *one* layer does on average. A network has many, and it is drawn
# once. So build the instrument that reads a signal's size at every layer; you will use
# it for the rest of this unit.

# %% [markdown] readonly="forward_stats-task"
# ### Exercise `forward_stats` (2 points)
#
# Write `forward_stats(Ws, X, phi)`, which sends a batch through a stack of layers and
# reports on the activations of each.
#
# * `Ws` is a list of $D \ge 1$ weight arrays. The first has as many rows as `X` has
#   columns, and each of the others as many rows as the one before has columns.
# * `X` has shape `(m, n)`, with $m \ge 1$. It and the weights may hold whole numbers.
# * `phi` is `"tanh"`, `"relu"` or `"linear"` (which leaves $z$ as it is). It acts on
#   *every* layer, the last one included. There are no biases.
# * Return an array of shape `(D, 2)` with one row for each layer, the first layer
#   first: the mean of its activations, over all examples and units, and then their mean
#   square. `X` itself is not in it.
# * Leave the inputs as they are.
#
# The columns are graded separately.


# %% answer="forward_stats"
def forward_stats(Ws, X, phi):
    """Return the mean and the mean square of each layer's activations, (D, 2)."""
    ### BEGIN SOLUTION
    stats, signal = [], X
    for W in Ws:
        signal = signal @ W
        if phi == "tanh":
            signal = np.tanh(signal)
        elif phi == "relu":
            signal = np.maximum(signal, 0)
        stats.append((signal.mean(), (signal**2).mean()))
    return np.array(stats)
    ### END SOLUTION


# %% check="forward_stats"
check(forward_stats)

# %% [markdown]
# ### Predict, run, explain: what Glorot's rule does under ReLU
#
# Your own two initializers under your own instrument: 20 layers of 512 ReLU units, with
# inputs of size 1. (All layers are square, so Glorot's variance is $1/512$ and He's is
# $2/512$.) With *Glorot's* weights, how large are the activations of the 20th layer?
# Say it as a size, the root of the mean square. You need no more than a power of 2.

# %% tags=["demonstration"]
predict("size after 20 ReLU layers, Glorot", ...)

# %% tags=["demonstration"]
try:
    dice = np.random.default_rng(0)
    batch = dice.normal(size=(64, 512))
    measured = {
        "Glorot": forward_stats(
            [glorot((512, 512), dice, "normal") for _ in range(20)], batch, "relu"
        ),
        "He": forward_stats([he((512, 512), dice) for _ in range(20)], batch, "relu"),
    }
    print("           size of the activations of layer     mean / size")
    print("              1       5      10      20          of layer 1")
    for name, stats in measured.items():
        means, squares = np.transpose(stats)
        sizes = np.sqrt(squares)
        shown = " ".join(f"{sizes[d - 1]:7.4f}" for d in (1, 5, 10, 20))
        print(f"{name:8} {shown} {means[0] / sizes[0]:18.2f}")
    print(f"theory for Glorot at layer 20: {2**-10:.5f}")
    size = math.sqrt(measured["Glorot"][-1][1])
    display(reveal("size after 20 ReLU layers, Glorot", float(f"{size:.2g}")))
except NotImplementedError:
    print("Answer glorot, he and forward_stats first, then run this cell again.")
except Exception as error:  # of any kind: Run All goes on
    print("This cell cannot use glorot, he or forward_stats yet:", repr(error))
    print("See what their checks say above, then run this cell again.")

# %% [markdown]
# **Explain.** With $\sigma^2 = 1/n$ every layer halves the mean square; twenty of them
# leave $2^{-20}$ of it, and its root is $2^{-10}$, about a thousandth. He's 2 holds the
# size near 1. "Near", because a network of finite width is one draw, and draws scatter;
# the section on width says by how much. And the last column is close to the $0.56$ that
# we computed: ReLU's mean is more than half of its size.
#
# > **You may read that** He initialization can be used with ReLU, while Xavier works
# > with tanh.
# >
# > **What is true.** As advice, good. But it is not a matter of names that go together.
# > He's rule *is* Glorot's forward condition, divided by what ReLU lets through:
# > $\sigma^2 = 2/n$, because one half survives. For a leaky ReLU with the slope
# > $\alpha$ below 0, a share $(1 + \alpha^2)/2$ survives, and you can now write down
# > its rule without looking it up. What Xavier does with tanh is a longer story, and
# > comes below.

# %% [markdown]
# ## Gradients, layer by layer
#
# Going back, each layer does two things to a gradient, in this order: the activation
# function multiplies it by its slope, and the weights add it up,
#
# $$
# \delta_d = \frac{\partial L}{\partial A_d} \odot \varphi'(Z_d) , \qquad
# \frac{\partial L}{\partial A_{d-1}} = \delta_d\, W_d^\top ,
# $$
#
# where $\odot$ multiplies entry by entry. It starts with $\partial L / \partial A_D =
# G$. In mean squares, if slopes and gradients are independent,
#
# $$
# \overline{\delta_{d-1}^{\,2}} \;\approx\; \chi \;\, \overline{\delta_d^{\,2}} ,
# \qquad
# \chi = k\,\sigma^2 \;\operatorname{E}\bigl[\varphi'(z)^2\bigr] .
# $$
#
# The Greek letter is a *chi*; its $k$ and $\sigma$ are those of layer $d$, its $z$ is
# that of layer $d - 1$. After $D$ layers the gradient's mean square has been multiplied
# by such a factor about $D$ times. If all are less than 1, the gradient *vanishes*; if
# all are greater, it *explodes*.
#
# What a layer's *weights* then notice of it depends on a second factor. As in unit 1,
# where each row's share in the gradient was what came back, times the input,
#
# $$
# \frac{\partial L}{\partial W_{j\ell}} = \sum_i a_{ij}\, \delta_{i\ell} ,
# $$
#
# with the activation of unit $j$ in the layer before, and $\delta$ of unit $\ell$ in
# this one: the signal from one side, the gradient from the other. We shall measure
# both.

# %% [markdown] readonly="backward_stats-task"
# ### Exercise `backward_stats` (3 points)
#
# Write `backward_stats(Ws, X, phi, G)`, which sends a gradient back through the stack
# of `forward_stats` and reports its size at each layer.
#
# * `Ws`, `X` and `phi` are as in `forward_stats`: no biases, `phi` on every layer.
# * `G`, of shape `(m, k)` with the width `k` of the last layer, is the gradient of some
#   loss by the *activations* of the last layer. Any division by `m` is in it already.
# * Return an array of shape `(D,)`. Entry $d$ is the mean square, over all rows and
#   units, of the gradient of that loss by the *pre-activations* of the $d$-th layer.
#   The first layer comes first.
# * Leave the inputs as they are.
#
# No case has a ReLU at exactly 0. Derive the gradient; differentiating by hand is the
# point here.


# %% answer="backward_stats"
def backward_stats(Ws, X, phi, G):
    """Return the mean square of the gradient by each layer's pre-activations, (D,)."""
    ### BEGIN SOLUTION
    slopes, signal = [], X

    def bend_and_slope(z):
        if phi == "tanh":
            return np.tanh(z), 1 - np.tanh(z) ** 2
        if phi == "relu":
            return np.maximum(z, 0), z > 0
        return z, np.ones_like(z)

    for W in Ws:
        signal, slope = bend_and_slope(signal @ W)
        slopes.append(slope)
    stats, upstream = [], G
    for W, slope in zip(reversed(Ws), reversed(slopes), strict=True):
        delta = upstream * slope  # at the pre-activations of this layer
        stats.append((delta**2).mean())
        upstream = delta @ W.T  # at the activations of the layer before
    return np.array(stats[::-1])
    ### END SOLUTION


# %% check="backward_stats"
check(backward_stats)

# %% [markdown]
# ### Predict, run, explain: small vanishes, large explodes?
#
# Here is the same measurement for four activation functions, three scales each. The
# network has 20 layers of 128 units, and its weights have $\sigma_w = \sqrt{n}\,\sigma$
# as given, so that $\sigma_w = 1$ is Glorot and $\sigma_w = 1.41$ is He. The gradients
# are `nnkit`'s own (unit 5 is about how it finds them), so that the table is there
# whatever you have answered.
# What it shows is how much of a gradient of size 1, put in at the end, arrives at the
# first layer. Its last column looks at weights: it divides the size of $\partial L /
# \partial W$ in the first layer by that in the last.
#
# **Your prediction:** twenty layers of the *sigmoid*, with weights four times as large
# as Glorot's, $\sigma_w = 4$. Of a gradient of size 1, what size arrives? (You know the
# sigmoid's steepest slope from unit 1.) And, for yourself: where gradients vanish, are
# the first layers worse off than the last, with every activation function?

# %% tags=["demonstration"]
predict("gradient through 20 sigmoid layers, scale 4", ...)


# %% tags=["demonstration"]
def travel(scale, curve, depth=20, width=128, m=16, seed=0):
    """Send a batch through fresh layers, and a gradient back.

    Return, each by layer: activations, gradients by them, and by the weights.
    """
    dice = np.random.default_rng(seed)

    def draw(shape, *, rng):
        return rng.normal(0, scale / math.sqrt(shape[0]), shape)

    layers = [Dense(width, width, curve, rng=dice, weights=draw) for _ in range(depth)]
    signals = Sequential(*layers).activations(Tensor(dice.normal(size=(m, width))))
    signals[-1].backward(dice.normal(size=(m, width)), keep=True)
    of_weights = [layer.w.grad for layer in layers]
    return [a.data for a in signals], [a.grad for a in signals], of_weights


def rms(values):
    """Return the size of an array: the root of its mean square."""
    return math.sqrt(np.mean(np.square(values)))


def line(z):
    """Return z as it is: the activation of a linear layer."""
    return z


print("                     signal   gradient     weights' gradient,")
print("          scale   layer 20    layer 1   layer 1 / layer 20")
for curve in (line, relu, tanh, sigmoid):
    for scale in (0.5, 1.0, 4.0):
        signals, gradients, of_weights = travel(scale, curve)
        ratio = rms(of_weights[0]) / rms(of_weights[-1])
        sizes = f"{rms(signals[-1]):10.0e} {rms(gradients[0]):10.0e}"
        print(f"{curve.__name__:9} {scale:5.1f} {sizes} {ratio:20.0e}")
reveal(
    "gradient through 20 sigmoid layers, scale 4",
    float(f"{rms(gradients[0]):.0e}"),  # the last row of the table
)

# %% [markdown]
# **Explain.** For the straight line and for ReLU, the rule of thumb holds: one factor a
# layer, the same for signals and for gradients, less than 1 or greater. The other two
# break it: the gradient of your prediction has vanished, although the weights are
# large.
#
# Now the last column. With the straight line and with ReLU it is near 1 at *every*
# scale. (It is one draw of the weights. Another may give 0.6 or 1.5, and that is near,
# where the columns beside it span twenty powers of ten.) At the first layer the
# gradient has gone through all the others and the signal through none; at the last it
# is the other way round; and as long as all layers are equally wide, each layer has the
# same factor for both. So all layers starve alike, or are thrown off alike. (So they do
# with $\tanh$ at the scale 0.5, whose signals are soon so small that it is a straight
# line to them.) Where the signal keeps its size and the gradient does not, as with the
# sigmoid, and with $\tanh$ at the scale 4, it is the *first* layers that stand out:
# they hardly move, or a step that suits the last layer throws them far off, and no
# learning rate suits both.
#
# > **You may read that** small initial weights make gradients vanish, and large ones
# > make them explode.
# >
# > **What is true.** It depends on the activation function. The *signal* of $\tanh$ and
# > of the sigmoid cannot explode, whatever the weights: it is at most 1. With $\tanh$
# > and large weights the signal looks healthy, while the *gradient* explodes. And with
# > the sigmoid it vanishes at Glorot's scale, to about a millionth of a millionth, and
# > *still* vanishes at four times that: its slope is at most ¼, and weights that large
# > push half of the units to where it is below 0.14. What decides is $\chi$, here
# > $\sigma_w^2$ *times* the mean square of the slope. Larger weights raise the first
# > and, through saturation, lower the second.

# %% [markdown]
# ## One line that foresees them all
#
# To know $\chi$ you must know how large $z$ is, since that sets the slopes. So follow
# the size of $z$ through the layers. In a *wide* layer $z$ is a sum of very many
# independent terms, and such sums are nearly normally distributed, with mean 0 and some
# mean square $q$. Then $z$ is $\sqrt{q}$ times a standard normal number $u$, the
# activation is $\varphi(\sqrt{q}\,u)$, and the next weighted sum has, by the five lines
# of the forward condition,
#
# $$
# \begin{gathered}
# q_{\text{next}} = \sigma_w^2 \; \operatorname{E}\bigl[\varphi(\sqrt{q}\,u)^2\bigr],
# \qquad u \sim \mathcal N(0, 1), \\[4pt]
# \operatorname{E}[f(u)] = \int_{-\infty}^{\infty} f(u)\,
#   \frac{e^{-u^2/2}}{\sqrt{2\pi}}\; du .
# \end{gathered}
# $$
#
# A deep network, hundreds of thousands of weights, is foreseen by iterating a function
# of one number. For ReLU the mean is $q/2$, and the map is a straight line: $q_{\text
# {next}} = \tfrac12 \sigma_w^2\, q$. For $\tanh$ there is no formula, but there is an
# integral over one variable, and a computer does that in no time: put a fine grid on
# $u$, weight each point by the density, and add up. (Or use a ready-made rule for such
# integrals, such as those in `np.polynomial`; mind which weight function it is made
# for.)

# %% [markdown] readonly="q_map-task"
# ### Exercise `q_map` (2 points)
#
# Write `q_map(phi, var_w, q)`, which returns $q_{\text{next}} = \sigma_w^2
# \operatorname{E}[\varphi(\sqrt q\, u)^2]$ with $u$ standard normal.
#
# * `phi` is the activation function itself: call it, with a number or with an array of
#   any shape. It is smooth, or has a kink at 0, and it grows no faster than a straight
#   line. Its mean need not be zero.
# * `var_w` is $\sigma_w^2 > 0$, and `q`, between 0.3 and 2, is the mean square of the
#   *pre-activations* that go into `phi`. (The figures below ask for smaller `q`, too. A
#   grid on $u$ serves for all of them.)
# * Return **one number**: the mean square of the *next* layer's pre-activations.
#
# A relative error of up to $10^{-4}$ counts as right. That is easy for a sum over a
# grid from −8 to 8. A Gauss–Hermite rule with 50 points gets there, too, for the curves
# that the check asks; the more sharply a curve bends, the more points such a rule
# needs. Sampling is too coarse: the error of a mean over $N$ random numbers falls like
# $1/\sqrt{N}$, so that this precision would take hundreds of millions of them.


# %% answer="q_map"
def q_map(phi, var_w, q):
    """Return the mean square of the next layer's pre-activations."""
    ### BEGIN SOLUTION
    u = np.linspace(-8, 8, 2001)
    likely = np.exp(-(u**2) / 2)
    return var_w * np.average(phi(np.sqrt(q) * u) ** 2, weights=likely)
    ### END SOLUTION


# %% check="q_map"
check(q_map)

# %% [markdown]
# ### A map has fixed points
#
# Iterate the map, $q \to q_{\text{next}} \to \dots$, and ask where it settles: at a
# *fixed point* $q^*$, where $q_{\text{next}} = q^*$. Figure 3 shows how to see it. Go
# from the curve sideways to the diagonal, where $q_{\text{next}}$ becomes the new $q$,
# then up or down to the curve, and so on.

# %% tags=["demonstration"]
try:
    grid = np.linspace(0.001, 2.2, 45)
    figure, panels = plt.subplots(1, 3, figsize=(10.5, 3.9), sharey=True)
    for panel, title, phi, scale in (
        (panels[0], "tanh, $\\sigma_w$ = 1", np.tanh, 1.0),
        (panels[1], "tanh, $\\sigma_w$ = 5/3", np.tanh, 5 / 3),
        (panels[2], "ReLU, $\\sigma_w$ = 1 and √2", lambda z: np.maximum(z, 0), 1.0),
    ):
        panel.plot([0, 2.2], [0, 2.2], color=BLACK, linewidth=1, linestyle="dashed")
        curve_now = [q_map(phi, scale**2, q) for q in grid]
        panel.plot(grid, curve_now, color=BLUE, linewidth=3)
        corners = [(2.0, 0.0)]
        for _ in range(12):
            here = corners[-1][0]
            there = q_map(phi, scale**2, here)
            corners += [(here, there), (there, there)]
        panel.plot(*np.transpose(corners), color=ORANGE, linewidth=2)
        panel.set(title=title, xlabel="$q$", xlim=(0, 2.2), ylim=(0, 2.2))
    panels[0].set_ylabel("$q$ of the next layer")
    panels[2].text(0.12, 1.85, "He: every $q$\nis a fixed point", fontsize=12)
    panels[2].text(1.3, 0.4, "Glorot", fontsize=12)
except NotImplementedError:
    plt.close()
    print("Answer q_map first, then run this cell again.")
except Exception as error:
    plt.close()
    print("This cell cannot use q_map yet:", repr(error))
    print("See what its check says above, then run this cell again.")
else:
    show(
        figure,
        "Figure 3: the map from q to the q of the next layer, by your q_map (thick "
        "curve), the diagonal (dashed), and the steps of twelve layers from q = 2 "
        "(thin, angular). If q_map is right, the curve of tanh at scale 1 stays below "
        "the diagonal and touches it at 0 only: the steps get ever smaller on their "
        "way to 0. For tanh at 5/3 it crosses the diagonal, and the steps soon end "
        "there. For ReLU it is a straight line: half as steep as the diagonal with "
        "Glorot's weights, and the diagonal itself with He's.",
    )

# %% [markdown]
# **Tanh with Glorot's weights, $\sigma_w = 1$.** For a small $q$ the series of $\tanh$
# tells what happens: $\tanh(x)^2 = x^2 - \tfrac23 x^4 + \dots$, and for a standard
# normal $u$ we have $\operatorname{E}[u^2] = 1$ and $\operatorname{E}[u^4] = 3$, so
#
# $$
# \begin{aligned}
# q_{\text{next}} &\approx q - \tfrac23 \cdot 3\, q^2 = q - 2 q^2
#   && \text{the first two terms, averaged} \\[2pt]
# \frac{1}{q_{\text{next}}} &\approx \frac{1}{q} \cdot \frac{1}{1 - 2q}
#   \approx \frac1q \,(1 + 2q) = \frac1q + 2
#   && \text{turned over; } q \text{ is small.}
# \end{aligned}
# $$
#
# With every layer $1/q$ grows by about 2. After $d$ layers it is about $2d$ (whatever
# it was at the start is soon outweighed), so the signal's mean square is about $1/2d$,
# and its size about $1/\sqrt{2d}$.
#
# ### Predict, run, explain: fifty layers of tanh
#
# With $\sigma_w = 1$, how large is the signal after 50 layers of $\tanh$?

# %% tags=["demonstration"]
predict("size after 50 tanh layers, scale 1", ...)

# %% tags=["demonstration"]
fifty = {s: travel(s, tanh, depth=50, width=256, m=4)[0] for s in (1.0, 5 / 3)}
try:
    print("           size of the activations: foreseen by q_map (measured)")
    print("scale          layer 10           layer 20           layer 50")
    for scale, signals in fifty.items():
        foreseen = []
        q = scale**2  # the inputs have mean square 1
        for _ in range(50):
            q = q_map(np.tanh, scale**2, q)
            foreseen.append(math.sqrt(q) / scale)
        pairs = [(foreseen[d - 1], rms(signals[d - 1])) for d in (10, 20, 50)]
        shown = " ".join(f"{f'{said:.2f} ({met:.2f})':>18}" for said, met in pairs)
        print(f"{scale:5.2f} {shown}")

        chi = q_map(lambda z: 1 - np.tanh(z) ** 2, scale**2, q)
        print(f"      factor of the gradient's mean square by layer, chi = {chi:.2f}")
except NotImplementedError:
    print("Answer q_map first, then run this cell again.")
except Exception as error:
    print("This cell cannot use q_map yet:", repr(error))
    print("See what its check says above, then run this cell again.")
reveal("size after 50 tanh layers, scale 1", round(rms(fifty[1.0][-1]), 2))

# %% [markdown]
# **Explain.** $1/\sqrt{100} = 0.1$, from a theory for infinitely wide layers and very
# small $q$. At scale 1 the signal of $\tanh$ has no size of its own to return to. It
# fades, but gently: like $1/\sqrt{2d}$, and not like a power of some factor less than
# one. At scale $5/3$ it settles at $0.65$, for any start but zero.
#
# The last line of each is $\chi$, and look at how it was computed: with *your* `q_map`,
# fed with the slope of $\tanh$ instead of $\tanh$ itself. Where all layers are equally
# wide, $k\sigma^2$ is $n\sigma^2$, and the formulas are the same, $\sigma_w^2$ times a
# mean square. At $5/3$ it is well above 1: signals stand still, while gradients grow by
# a fifth in every layer, in mean square.
#
# > **You may read that** Xavier initialization preserves the signal in networks with
# > $\tanh$.
# >
# > **What is true.** With gain 1 nothing but zero is preserved: $\tanh$ flattens, each
# > layer shrinks the signal a little, and there is no fixed point that would hold it.
# > The decay is slow enough for moderate depths, and so the advice is good there. A
# > gain of $5/3$, which some libraries recommend and Glorot did not, holds the signal
# > at a size where $\tanh$ really bends, and pays with gradients that grow on the way
# > back. For $\tanh$ without biases there is no scale at which the signal keeps a
# > size *and* the gradient keeps its own.

# %% [markdown]
# ### Predict, run, explain: six starts, side by side
#
# All of it in one picture: six initializations, 20 layers of 256 units. In each row,
# histograms of the activations of four layers, and on the right the size of the
# activations against the layer, measured, and as foreseen by your `q_map`.
#
# The fourth row is $\tanh$ at the scale 4. Its signals keep the size 0.9, says the
# table above. What share of the activations of layer 20 is saturated, in the sense of
# unit 1: $|a| > 0.97$, which is $|z| > 2.09$?

# %% tags=["demonstration"]
predict("share of saturated activations, tanh at scale 4", ...)

# %% tags=["demonstration"]
six = (
    ("tanh, 0.5\ntoo small", tanh, np.tanh, 0.5),
    ("tanh, 1\nGlorot", tanh, np.tanh, 1.0),
    ("tanh, 5/3\ncommon gain", tanh, np.tanh, 5 / 3),
    ("tanh, 4\ntoo large", tanh, np.tanh, 4.0),
    ("ReLU, 1\nGlorot", relu, lambda z: np.maximum(z, 0), 1.0),
    ("ReLU, 1.41\nHe", relu, lambda z: np.maximum(z, 0), math.sqrt(2)),
)
looked_at = (1, 5, 10, 20)
figure, panels = plt.subplots(
    6, 5, figsize=(10.5, 10), width_ratios=[1, 1, 1, 1, 1.7], layout="constrained"
)
for panel_row, (name, curve, phi, scale) in zip(panels, six, strict=True):
    signals = travel(scale, curve, width=256, m=4)[0]
    if (curve, scale) == (tanh, 4.0):
        saturated = np.mean(np.abs(signals[-1]) > 0.97)
    for panel, d in zip(panel_row, looked_at, strict=False):
        if curve is relu:
            reach, ticks, zeros = (-0.55, 2.05), [0, 1, 2], "half at 0"
        else:
            reach, ticks, zeros = (-1.05, 1.05), [-1, 0, 1], ""
        counts, edges = np.histogram(signals[d - 1], bins=30, range=reach)
        panel.stairs(counts, edges, fill=True, color=BLUE)
        panel.set(yticks=[], xticks=ticks)
        if curve is relu:  # the zeros would leave nothing to see of the others
            panel.set_ylim(0, 2 * np.sort(counts)[-2] + 1)
            panel.text(0.35, 0.8, zeros, transform=panel.transAxes, fontsize=11)
    panel_row[0].set_ylabel(name)
    last = panel_row[-1]
    depths = np.arange(1, 21)
    dots = {"color": BLUE, "markersize": 4, "zorder": 3}
    last.semilogy(depths, [rms(a) for a in signals], "o", **dots)
    try:
        foreseen, q = [], scale**2
        for _ in depths:
            q = q_map(phi, scale**2, q)
            foreseen.append(math.sqrt(q) / scale)
        last.semilogy(depths, foreseen, color=ORANGE, linewidth=1.5)
    except Exception:
        foreseen = None
    last.set(ylim=(1e-7, 10), yticks=[1e-6, 1e-3, 1], xticks=[1, 10, 20])
    last.grid(alpha=0.4)
for panel, d in zip(panels[0], looked_at, strict=False):
    panel.set_title(f"layer {d}")
for panel in panels[-1, :-1]:
    panel.set_xlabel("activation")
panels[0, -1].set_title("size by layer")
panels[-1, -1].set_xlabel("layer")
if foreseen is None:
    print("Once check(q_map) says right, run this again: it draws the lines, too.")
show(
    figure,
    "Figure 4: six initializations. Each row has histograms of the activations of "
    "layers 1, 5, 10 and 20, and the size by layer on a logarithmic axis, dots "
    "measured and a line foreseen by your q_map. Tanh at scale 0.5: the histogram "
    "shrinks to a needle at 0, and the size falls in a straight line to a millionth. "
    "Tanh at 1: it narrows slowly. Tanh at 5/3: from layer 5 on it keeps its shape. "
    "Tanh at 4: over half of it piles up at −1 and 1. ReLU at 1: half of it is at 0, "
    "the rest shrinks toward it. ReLU at 1.41: half is at 0, and the rest keeps its "
    "width. The lines of a right q_map run through the dots or close by.",
)
reveal("share of saturated activations, tanh at scale 4", saturated.round(2))

# %% [markdown]
# **Explain.** The map settles where activations have the size 0.88 and pre-activations
# four times that, 3.5. So 2.09 is at 0.59 standard deviations, and 55 % of a normal
# distribution lie farther out. (From one draw of the weights to the next the share
# varies by some 2 % of the activations.)
#
# This row is a warning to those who look at sizes only: nothing grows or shrinks, the
# dots are as flat as can be. But more than half of the last histogram stands at its two
# ends, where $\tanh$ has next to no slope, and by the table above the gradient, which
# passes through the rest, explodes all the same. Look at histograms, and at both
# directions.
#
# ### Scale against depth
#
# Move the slider slowly through $\sigma_w = 1$ for $\tanh$, and through $\sigma_w =
# 1.41$ for ReLU, and watch the two lines over 50 layers. (Where you see no slider, on
# paper or on a web page, Figure 5 carries the message.)


# %% tags=["demonstration", "nbval-ignore-output"]
def draw_journey(scale, activation):
    """Draw the sizes of signal and gradient over fifty layers."""
    signals, gradients, _ = travel(scale, activation, depth=50)
    _, journey = plt.subplots(figsize=(7, 3.6))
    journey.semilogy(range(1, 51), [rms(a) for a in signals], color=BLUE, linewidth=3)
    journey.semilogy(
        range(1, 51), [rms(g) for g in gradients], "--", color=ORANGE, linewidth=3
    )
    journey.legend(["signal, from left to right", "gradient, from right to left"])
    journey.set(xlabel="layer", ylabel="size", ylim=(1e-8, 1e8))
    journey.grid(alpha=0.4)
    plt.show()


_ = interact(
    draw_journey,
    scale=FloatSlider(1.2, min=0.5, max=3, step=0.05, continuous_update=False),
    activation=[("tanh", tanh), ("ReLU", relu)],
)

# %% tags=["demonstration"]
scales = np.linspace(0.6, 3.0, 13)
styles = {5: (BLACK, "dotted"), 20: (ORANGE, "dashed"), 50: (BLUE, "solid")}
figure, panels = plt.subplots(1, 2, figsize=(10, 4.1), sharey=True)
for panel, curve, name, best in (
    (panels[0], relu, "ReLU", math.sqrt(2)),
    (panels[1], tanh, "tanh", 1.0),
):
    for depth, (color, style) in styles.items():
        arrived = [rms(travel(s, curve, depth=depth)[1][0]) for s in scales]
        label = f"{depth} layers"
        panel.semilogy(
            scales, arrived, color=color, linestyle=style, linewidth=3, label=label
        )
    panel.axvline(best, color=BLACK, linewidth=1)
    panel.axhline(1, color=BLACK, linewidth=1)
    panel.set(title=name, xlabel="scale of the weights, $\\sigma_w$")
    panel.grid(alpha=0.4)
panels[0].set(ylabel="size of the gradient at layer 1", ylim=(1e-9, 1e9))
panels[0].text(1.5, 3e-8, "√2", fontsize=12)
panels[1].text(1.08, 3e-8, "1", fontsize=12)
panels[0].legend(loc="upper left")
show(
    figure,
    "Figure 5: how large a gradient of size 1, put in at the last layer, arrives at "
    "the first, against the scale of the weights, for 5, 20 and 50 layers. For ReLU "
    "(left) the three curves cross at a scale near √2, and the deeper the network, the "
    "steeper they are: with 5 layers all scales stay within a factor of about 30, with "
    "50 a tenth more or less is a factor of a hundred. For tanh (right) they cross a "
    "little above 1, fall as steeply to the left, and rise more gently to the right.",
)

# %% [markdown]
# This is why a network of three layers forgives a careless start, and one of thirty
# does not. A factor $\chi$ that is off by 10 % is little in 5 layers, and in 50 layers
# it is $1.1^{50}$, more than a hundred.
#
# ### Predict, run, explain: and does it learn?
#
# These sizes were all measured before the first step. Let the networks take a hundred.
# The data are the two half moons of unit 2, with labels of $\pm 1$ and the mean squared
# error, so that a loss of 1 is the price of answering 0 every time. (The third input is
# always 1: its weights serve the first layer as biases.) The networks have ReLU layers
# of 32 units, and their starts differ in one number, $\sigma_w$: 1.41 is He, and 1 is
# Glorot in all layers that are square, that is, all but the first and the last.
#
# So that no start is blamed for an unlucky learning rate, each is tried at ten of
# them, from $10^{-8}$ to 10. **Your prediction:** with 20 layers and Glorot's weights,
# what is the lowest loss that any of these rates reaches? And, for yourself: does it
# matter with 3 layers?

# %% tags=["demonstration"]
predict("best loss of 20 ReLU layers, Glorot", ...)

# %% tags=["demonstration"]
half_moons, sides = datasets.moons(64, 0.1, rng=np.random.default_rng(2))
seen, hoped = np.c_[half_moons, np.ones(64)], 2.0 * sides[:, None] - 1
rates = np.geomspace(1e-8, 10, 10)


def learn(scale, depth, steps=100):
    """Train a ReLU network at every rate; return the losses, and the first gradient.

    The gradient is that of the last layer's weights, as a multiple of their length.
    """
    dice, copies = np.random.default_rng(4), []
    for n, k in pairwise([3, *[32] * depth, 1]):
        W = dice.normal(0, scale / math.sqrt(n), (n, k))
        copies.append(Tensor(np.stack([W] * len(rates))))  # one for each rate
    for step in range(steps + 1):
        out = Tensor(seen)
        for W in copies[:-1]:
            out = relu(out @ W)
        out = out @ copies[-1]
        miss = out.data - hoped
        if step < steps:
            out.backward(2 * miss / len(hoped))  # backprop, from the slopes of the loss
            if step == 0:
                last = copies[-1]
                pull = np.linalg.norm(last.grad[0]) / np.linalg.norm(last.data[0])
            for W in copies:
                W.move(-rates[:, None, None] * W.grad)
    return np.mean(miss**2, axis=(1, 2)), pull


looks = {
    "1 (Glorot)": (1.0, ORANGE, "s--"),
    "1.41 (He)": (math.sqrt(2), BLUE, "o-"),
    "2": (2.0, BLACK, "^:"),
}
best_losses, pulls = {}, {}
figure, panels = plt.subplots(1, 2, figsize=(10, 4.1), sharey=True)
for panel, depth in zip(panels, (3, 20), strict=True):
    for name, (scale, color, look) in looks.items():
        with np.errstate(all="ignore"):  # rates beyond the wall end in inf or nan
            ends, pulls[name] = learn(scale, depth)
        ends[~(ends < 10)] = 20
        best_losses[depth, name] = ends.min()
        panel.loglog(rates, ends, look, color=color, linewidth=2.5, label=name)
    panel.axhline(1, color=BLACK, linewidth=1)
    panel.set(title=f"{depth} layers", xlabel="learning rate", ylim=(2e-3, 40))
    panel.set_yticks([0.01, 0.1, 1, 20], ["0.01", "0.1", "1", "more\nthan 10"])
    panel.grid(alpha=0.4)
panels[0].set_ylabel("loss after 100 steps")
panels[0].legend(title="$\\sigma_w$", loc="lower left")
show(
    figure,
    "Figure 6: the loss after 100 steps against the learning rate, for three scales of "
    "the weights. With 3 layers (left) all three curves dip far below 1, at rates of "
    "0.01 or 0.1. With 20 layers (right) He's curve dips as far. Glorot's runs along "
    "1, the loss of answering 0, until at the largest rates it jumps above 10; and "
    "that of scale 2 is above 10 throughout.",
)
print("                   lowest loss at any rate    first gradient / weights")
print("scale              3 layers    20 layers      20 layers")
for name in looks:
    words = []
    for lowest in (best_losses[3, name], best_losses[20, name]):
        near = "above 10" if lowest > 10 else f"{lowest:.1f}"
        words.append("below 0.1" if lowest < 0.1 else near)
    print(f"{name:18} {words[0]:9} {words[1]:>12} {pulls[name]:14.0e}")
reveal(
    "best loss of 20 ReLU layers, Glorot",
    round(best_losses[20, "1 (Glorot)"], 1),
)

# %% [markdown]
# **Explain.** With 3 layers the start hardly matters: there is a good rate for each,
# and the range test of unit 2 would find it. With 20 it decides. The last column is
# unit 2's ratio of update to weights, for a rate of 1. With Glorot's weights it is so
# small that a hundred steps at the rate 0.1 move the last layer by 0.4 percent. At ten
# times that rate the network does wake up, and then the rate is far beyond its wall: it
# is thrown off at once. With $\sigma_w = 2$ the first step is as long as the weights
# themselves at a rate of $10^{-6}$. At $10^{-7}$ the run holds, but the loss begins
# above 100,000, grows tenfold in the first two steps before it falls, and a hundred
# steps do not bring it below 10. **A bad start is not mended by the learning rate**: a
# rate that suits the first steps does not suit those that follow. (These are the losses
# of one draw of the weights. Put another number in place of the 4 in `default_rng(4)`:
# the losses are others. Which scale comes out best?)
#
# It is not the last word either. Given many more steps, a faint network may get going,
# and since 2015 two inventions have made deep networks far less dependent on their
# start: normalizing the signals in every layer (Ioffe and Szegedy, 2015), and shortcuts
# that carry a signal past a layer unchanged (He and others, 2016).

# %% [markdown]
# ## Equal variances are not everything
#
# A linear network with $\sigma^2 = 1/n$ keeps mean squares: *on average* over all
# directions that an input may come from. Each single direction may fare differently.
# What a product of matrices does to directions is told by its *singular values*: there
# are directions, at right angles to each other, that are stretched by these factors,
# and every input is a mixture of them. The mean of their squares is 1, on average over
# all draws. Are they all near 1?
#
# ### Predict, run, explain: twenty Gaussian layers
#
# Multiply 20 random 64 × 64 matrices with variance $1/64$. The mean of the squared
# singular values of the product is near 1. What is the *median* singular value?

# %% tags=["demonstration"]
predict("median singular value of 20 Gaussian layers", ...)

# %% tags=["demonstration"]
dice = np.random.default_rng(5)
gaussian, turned = np.eye(64), np.eye(64)
for _ in range(20):
    gaussian = gaussian @ dice.normal(0, 1 / 8, (64, 64))
    turned = turned @ orthogonal((64, 64), rng=dice)
spectra = {
    "Gaussian": np.linalg.svd(gaussian, compute_uv=False),
    "orthogonal": np.linalg.svd(turned, compute_uv=False),
}

figure, axes = plt.subplots(figsize=(7, 3.8))
axes.semilogy(
    range(1, 65, 3), spectra["orthogonal"][::3], "s", color=ORANGE, markersize=5
)
axes.semilogy(range(1, 65), spectra["Gaussian"], "o", color=BLUE, markersize=5)
axes.text(27, 5, "orthogonal: all are 1 (squares)", fontsize=12)
axes.text(3, 1e-7, "Gaussian (circles)", fontsize=12)
axes.set(
    title="Singular values of 20 layers, multiplied",
    xlabel="direction, in order of its stretch",
    ylabel="stretched by",
    ylim=(1e-13, 1e3),
)
axes.grid(alpha=0.4)
show(
    figure,
    "Figure 7: the 64 singular values of a product of 20 random matrices, in falling "
    "order on a logarithmic axis. For Gaussian matrices they fall steeply: a few are "
    "larger than 1, half are below a thousandth or so, and the last ones are smaller "
    "by many powers of ten, four of them too small for the picture. For orthogonal "
    "matrices all 64 are 1.",
)
print("            mean square    largest     median")
for name, values in spectra.items():
    shown = f"{np.mean(values**2):12.2f} {values[0]:10.1f} {np.median(values):10.3f}"
    print(f"{name:10} {shown}")
median = float(np.median(spectra["Gaussian"]))
reveal("median singular value of 20 Gaussian layers", float(f"{median:.1g}"))

# %% [markdown]
# **Explain.** The variance is kept, as promised; and still half of all directions come
# out about a thousand times smaller than they went in, or smaller still. A few that are
# stretched carry the mean for all. What two inputs differ by, along most directions,
# cannot be seen at the other end.
#
# The thousandth can be foreseen. Take the directions one after the other, the most
# stretched first. A Gaussian layer makes of the $i$-th, at length 1, a vector of $n$
# independent entries with variance $1/n$. What that adds to what the $i - 1$ before it
# have become is its part at right angles to them. Along suitable axes this is $n - i +
# 1$ of the $n$ entries, so its length is about $\sqrt{(n - i + 1)/n}$. Halfway through,
# $i = n/2$, that is about $\sqrt{1/2}$ in each layer, and $2^{-10}$ after twenty.
#
# **Orthogonal initialization** (Saxe, McClelland and Ganguli, 2014) draws a random
# *rotation* instead, with all singular values equal: make a Gaussian matrix, take the
# $Q$ of its QR decomposition, multiply by a gain. A rotation changes the length of no
# vector, and neither does a product of rotations. All directions pass, forward and
# back. With a bend between the layers that is no longer exact: near 0, where $\tanh$ is
# almost a straight line, it comes close; ReLU, which drops half of what arrives, spoils
# it. A relative, *layer-sequential unit-variance* or LSUV (Mishkin and Matas, 2016),
# starts from orthogonal matrices and then, layer by layer, divides each by the standard
# deviation that it measures at its output on a real batch. It takes care of the forward
# direction only.

# %% [markdown]
# ## What wide-layer theory leaves out
#
# The map for $q$ is exact for infinitely wide layers. In a layer of $n$ units the mean
# square is a mean of $n$ random numbers, and scatters around its expectation; the next
# layer scatters around *that*. For ReLU with He's weights, normally distributed, and a
# single input it can be said exactly. Given the layer before, the units of a layer are
# independent, and each contributes
# $\operatorname{relu}(z)^2$ with $z \sim \mathcal N(0, 2\,\overline{x^2})$: mean
# $\overline{x^2}$, and mean square $\tfrac12 \operatorname{E}[z^4] = \tfrac12 \cdot 3
# \cdot 4\,(\overline{x^2})^2 = 6\,(\overline{x^2})^2$. That is a variance of
# $(6 - 1)(\overline{x^2})^2$, and the mean of $n$ of them has one $n$-th of it. So each
# layer multiplies the mean square by a random factor with mean 1 and variance $5/n$,
# and after $D$ layers
#
# $$
# \text{standard deviation of } \overline{a_D^2} \text{ over networks}
#   = \sqrt{\Bigl(1 + \frac5n\Bigr)^{D} - 1}
#   \;\approx\; \sqrt{\frac{5D}{n}} ,
# $$
#
# the last for $5D \ll n$.
#
# ### Predict, run, explain: is one network like the other?
#
# Draw 300 networks with He's weights, 128 units in each of 20 ReLU layers, and send one
# input of mean square 1 through each. Theory says that the *expected* mean square at
# the end is exactly 1. In which share of the networks is it within 10 % of 1?

# %% tags=["demonstration"]
predict("share of networks within 10 % of 1", ...)

# %% tags=["demonstration"]
dice = np.random.default_rng(8)
outcomes = {}
for width, networks in ((32, 300), (128, 300)):
    outcomes[width] = np.ones(networks)
    for network in range(networks):
        state = np.ones(width)
        for _ in range(20):
            state = relu(state @ he_normal((width, width), rng=dice))
        outcomes[width][network] = np.mean(state**2)

print("mean square after 20 layers: one network in ten is")
print("width   below   above   within 10 % of 1")
for width, ends in outcomes.items():
    low, high = np.quantile(ends, [0.1, 0.9])
    close = np.mean(np.abs(ends - 1) < 0.1)
    print(f"{width:5} {low:7.2f} {high:7.1f} {close:14.0%}")
for width in (32, 128, 512, 8192):
    theory = math.sqrt((1 + 5 / width) ** 20 - 1)
    print(f"standard deviation by theory, width {width:4}: {theory:.2f}")
reveal(
    "share of networks within 10 % of 1",
    float(np.mean(np.abs(outcomes[128] - 1) < 0.1).round(2)),
)

# %% [markdown]
# **Explain.** Hardly one in ten. The factors of the layers multiply, and a product of
# random factors spreads out: most networks lie below 1, and a few far above it hold up
# the mean. The theory of the mean is right, and still says little about the one network
# that you have drawn. Mind the ratio of depth to width: the scatter is governed by
# $5D/n$. So judge weights by their own statistics, as `check` has done with yours, or
# one layer at a time; never by whether one deep network ends at 1.

# %% [markdown]
# ## Check yourself
#
# Four questions, not graded. Choose an answer before you open one: each of them tells
# you why it is right or wrong.
#
# **1. All weights of a network start at 0.1, all biases at different random numbers.
# Are the units of a hidden layer still twins?**
#
# <details><summary>A. Yes, because it is the weights that matter.</summary>
# No. The derivation needed the same z on every example. With other biases the units
# have other z, other slopes, and so other gradients.</details>
# <details><summary>B. No, different biases are enough to tell them apart.</summary>
# Yes. They get different gradients, and drift apart. It is a weak start, because in the
# beginning they all look in the same direction, but they are no twins.</details>
# <details><summary>C. Only if the activation function is linear.</summary>
# No. Even linear units say different things if their biases differ. So their outgoing
# weights get different gradients, and after that nothing is alike.</details>
# <details><summary>D. Yes, until the loss reaches a plateau.</summary>
# No. Twins are made by equal gradients at every step, and these are not equal from the
# first step on.</details>

# %% [markdown]
# **2. You draw weights with `rng.uniform(-s, s, shape)`, with s the standard deviation
# that you want. What do you get?**
#
# <details><summary>A. What you wanted.</summary>
# No. s is the half-width of the box; its spread is smaller.</details>
# <details><summary>B. A third of the variance.</summary>
# Yes: s²/3. After 10 linear layers that is a factor of 3 to the power −10, about one
# in 59,000.</details>
# <details><summary>C. Three times the variance.</summary>
# The other way round. To have the variance s², the box must reach out to √3 ·
# s.</details>
# <details><summary>D. The right variance, but a mean that is not zero.</summary>
# No. The box is symmetric, so the mean is zero; the variance is the problem.</details>

# %% [markdown]
# **3. A leaky ReLU has the slope 1 above 0 and ½ below. Which variance keeps the mean
# square of the signals?**
#
# <details><summary>A. 2 / n, as for ReLU.</summary>
# Too much. What is negative is not lost here, it is halved: a quarter of its square is
# still there.</details>
# <details><summary>B. 1 / n, as for a straight line.</summary>
# Too little. Of the negative half of z only a quarter of the square passes.</details>
# <details><summary>C. 1.6 / n</summary>
# Yes. One half of the mean square passes whole, and of the other half one quarter:
# together 5/8. Its inverse is 1.6.</details>
# <details><summary>D. 1.33 / n</summary>
# That would be right if three quarters passed, the mean of the slopes 1 and ½. But mean
# squares ask for the mean of the squared slopes, 1 and ¼.</details>

# %% [markdown]
# **4. A friend finds that tanh keeps its signal at size 0.84 through 100 layers with
# $\sigma_w = 3$, and concludes that this is a good start. What do you say?**
#
# <details><summary>A. Good: signals keep their size.</summary>
# Half of the question. What do gradients do?</details>
# <details><summary>B. That 0.84 should be 1.</summary>
# No. tanh cannot reach 1, and no size is sacred. It matters that nothing grows or
# shrinks from layer to layer, in both directions.</details>
# <details><summary>C. Look at the gradients: at that scale they explode.</summary>
# Yes. Four outputs in ten are saturated, but behind the others the weights are so large
# that χ is 1.9. Look at Figure 5.</details>
# <details><summary>D. With tanh, $\sigma_w$ must be less than 1.</summary>
# Below 1 both signal and gradient vanish, each layer by a factor.</details>

# %% [markdown]
# ## Summary
#
# * Units of a layer that start alike stay alike. Randomness is there to make them
#   differ.
# * A weighted sum multiplies the mean square by $n\sigma^2$ on the way forward, and the
#   way back multiplies it by $k\sigma^2$: fan-in and fan-out.
# * Glorot: $\sigma^2 = 2/(n+k)$, a compromise. As a box: $\pm\sqrt{6/(n+k)}$. He:
#   $\sigma^2 = 2/n$, because ReLU lets half of the mean square pass.
# * Neither knows the depth. Depth turns a small deviation into a power: 0.774, from
#   uncorrected truncation, is 0.006 after 20 layers.
# * The map $q \to \sigma_w^2 \operatorname{E}[\varphi(\sqrt q\,u)^2]$ foresees the size
#   of signals in wide layers, and with $\varphi'$ in place of $\varphi$, if all are
#   equally wide, the factor $\chi$ of gradients. For $\tanh$ at scale 1 the signal
#   fades like $1/\sqrt{2d}$.
# * A shallow network forgives its start. A deep one does not, and none of the learning
#   rates that we tried makes up for it.
# * Mean squares are averages: over directions (orthogonal weights treat all directions
#   alike) and over networks (the scatter grows with depth over width).
#
# ## Glossary
#
# | term | meaning |
# | :-- | :-- |
# | chi, $\chi$ | the factor by which a layer changes a gradient's mean square |
# | convolution | a layer whose outputs each see a small window of the input |
# | dense layer | a layer whose outputs each see all of the input |
# | exploding gradient | one that grows by a factor in every layer on its way back |
# | fan-in | how many terms meet in one output |
# | fan-out | how many outputs one input takes part in |
# | fixed point | a value that a map leaves as it is |
# | gain | a factor on $\sigma$, to make up for the activation function |
# | Glorot (Xavier) initialization | mean 0, variance $2/(n+k)$ |
# | He (Kaiming) initialization | mean 0, variance $2/n$, for ReLU |
# | initialization | the choice of the weights that training starts from |
# | kernel | the window of weights that a convolution slides over its input |
# | layout | the order of the axes in a weight array |
# | mean square | the mean of the squares; the variance, if the mean is 0 |
# | orthogonal matrix | one that changes no length: a rotation, perhaps with a mirror |
# | rms | the root of the mean square: the size of a signal |
# | singular values | the factors by which a matrix stretches, direction by direction |
# | symmetry breaking | making units differ, so that they can learn different things |
# | truncated normal | a normal distribution without what lies beyond some bound |
# | unit | a neuron, as part of a layer |
# | vanishing gradient | one that shrinks by a factor in every layer on its way back |
#
# ## Further reading
#
# * X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward
#   neural networks*, AISTATS 2010.
# * K. He, X. Zhang, S. Ren and J. Sun, *Delving deep into rectifiers: surpassing
#   human-level performance on ImageNet classification*, ICCV 2015.
# * Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, *Efficient BackProp*, 1998: the
#   section on initializing weights, which has $\sigma = 1/\sqrt{n}$.
# * A. M. Saxe, J. L. McClelland and S. Ganguli, *Exact solutions to the nonlinear
#   dynamics of learning in deep linear neural networks*, ICLR 2014.
# * D. Mishkin and J. Matas, *All you need is a good init*, ICLR 2016.
# * S. Ioffe and C. Szegedy, *Batch normalization: accelerating deep network training by
#   reducing internal covariate shift*, ICML 2015. K. He, X. Zhang, S. Ren and J. Sun,
#   *Deep residual learning for image recognition*, CVPR 2016: the shortcuts.
# * B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein and S. Ganguli, *Exponential
#   expressivity in deep neural networks through transient chaos*, NeurIPS 2016: the map
#   for $q$, and what decides between fading and chaos.
# * S. S. Schoenholz, J. Gilmer, S. Ganguli and J. Sohl-Dickstein, *Deep information
#   propagation*, ICLR 2017: $\chi$, and how deep a network can be.
# * J. Pennington, S. S. Schoenholz and S. Ganguli, *Resurrecting the sigmoid in deep
#   learning through dynamical isometry*, NeurIPS 2017: orthogonal weights with a bend
#   between them.
# * B. Hanin and D. Rolnick, *How to start training: the effect of initialization and
#   architecture*, NeurIPS 2018: what happens at finite width.
