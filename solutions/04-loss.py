# %% [markdown]
# # Unit 4: The loss
#
# Training makes one number small. Everything that a network learns, it learns because
# that number got smaller; what the number does not notice is not learned. So choosing
# it is not bookkeeping: it is where you say what you want. This unit is about the few
# losses that most networks are trained with, why they are these, what their slopes do
# to learning, and how to compute them so that they survive large numbers.
#
# **After this unit you can**
#
# 1. tell loss, cost and metric apart, and say what a factor such as ½ in front of a
#    loss changes, and what it does not;
# 2. choose a loss for a problem by looking at its slopes, and derive the gradients of
#    squared error and of both cross-entropies;
# 3. compute cross-entropy from logits so that it is right for a logit of 1000, too,
#    and know what it must be before anything has been learned.
#
# **You need** unit 1 (the sigmoid and its slope, the gradient of a loss, residuals,
# rows as examples), the logarithm and its rules, and NumPy's indexing. One experiment
# speaks of eigenvalues; unit 2 has more about it, and you can do without. **Time:**
# about 105 minutes, by our estimate, of which half goes into the four exercises that
# are yours; they are worth 11 points in all.

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact

from nnkit import check, datasets, losses, plots, predict, reveal
from nnkit.plots import BLACK, BLUE, ORANGE, show

# %% [markdown]
# ## Notation
#
# | symbol | what it is | shape | in code |
# | :-- | :-- | :-- | :-- |
# | $X$ | $m$ examples, one in each row; row $i$ is written $x_i$ | $(m, n)$ | `X` |
# | $y$ | the labels: what the answers should be | $(m,)$ | `y` |
# | $\theta$ | all parameters together: weights and biases | | |
# | $h_\theta$ | the hypothesis: the function that the network computes | | |
# | $p$ | the predictions; for yes or no, the probability of yes | $(m,)$ | `p` |
# | $r$ | the residual, prediction minus label | $(m,)$ | `r` |
# | $\delta$ | Huber's threshold: squared up to it, absolute beyond | a number | |
# | $z$ | the logit: the number that goes into the sigmoid | $(m,)$ | `z` |
# | $Z$ | the scores, or logits, of $K$ classes | $(m, K)$ | `Z` |
# | $P$ | the shares: probabilities of the classes, each row 1 in all | $(m, K)$ | `P` |
# | $q_k$ | how frequent class $k$ is, as a fraction of all examples | a number | `q` |
# | $\ell$ | the loss of one example | a number | |
# | $J(\theta)$ | the cost: the mean loss over the training set | a number | `loss` |
# | $\eta$ | the learning rate: a step is $\eta$ times the slope | a number | `rate` |
#
# As in unit 1, a gradient has the shape of what it is taken by, and is called by its
# name with a `d` in front: `dz` holds the slope of the loss by each entry of `z`.
# $\log$ is the natural logarithm. Some letters have changed their meaning: in unit 1
# $x_1, x_2, \dots$ were the inputs of one example, here $x_i$ is a whole example; and
# $\ell$, which counted neurons there, is a loss. $\delta$ and $q$ have nothing to do
# with the gradients and mean squares of unit 3, and $A$, in one experiment, is unit 2's
# matrix of curvatures and no activation.

# %% [markdown]
# ## From examples to one number
#
# **What is given.** A *training set*: $m$ pairs of an input and a label,
#
# $$
# (x_1, y_1), \; (x_2, y_2), \; \dots, \; (x_m, y_m), \qquad
# x_i \in \mathcal X, \quad y_i \in \mathcal Y .
# $$
#
# The inputs are rows of numbers, $\mathcal X \subseteq \mathbb R^n$. The labels depend
# on the problem: real numbers in *regression*, $\{0, 1\}$ where the question is yes or
# no, one of $K$ classes where there are more. Many books write $x^{(i)}$ for our $x_i$,
# and $\hat y$ for our $p$. The parentheses say that $(i)$ counts examples; $x^2$ would
# be a square.
#
# **What is wanted.** A function $h_\theta : \mathcal X \to \mathcal Y$ whose value
# $h_\theta(x)$ is a good prediction of $y$. It is called the *hypothesis*. We do not
# search among all functions, only among those that one network can compute, and which
# of them it is, its parameters $\theta$ decide. (Where labels are classes, a network
# answers with a probability for each of them.)
#
# **How good is it?** That takes three numbers, and they are not the same:
#
# * The **loss** $\ell(p_i, y_i)$ says how wrong *one* prediction is.
# * The **cost** $J(\theta)$ says how wrong the network is on the whole training set:
#   the mean of the losses, sometimes plus a penalty on large weights. Its gradient
#   shows training the way.
# * A **metric** is what you would tell somebody else: accuracy, error in meters, money
#   lost; measured on data that the network was not trained on, it decides.
#
# $$
# J(\theta) = \frac{1}{m} \sum_{i=1}^{m} \ell\bigl(h_\theta(x_i),\, y_i\bigr) .
# $$
#
# In conversation the cost is often called "the loss" too, and in code it nearly always
# is; the exercises below do so as well, and so do the other units, which call it $L$.
# Training is a feedback loop around it: predict,
# compare, take the gradient of $J$ by $\theta$, step against it, predict again.

# %% [markdown]
# > **You may read that** a model has features as its variables, that random features
# > are assigned at the start and altered during training, and that the sets of inputs
# > and outputs are $X, Y \in \mathbb R$.
# >
# > **What is true.** *Parameters* are set at random and altered; *features* are the
# > inputs, and those are data. Nothing in training touches $x_i$ or $y_i$, and so all
# > derivatives here are by $\theta$, or by something computed from $\theta$. And
# > $\mathcal X$ and $\mathcal Y$ are not numbers but the sets that inputs and labels
# > come from: rows of $n$ numbers for one, and for the other perhaps the words cat, dog
# > and bird.

# %% [markdown]
# ## Squared error
#
# For labels that are real numbers, the loss most used is the square of the residual
# $r_i = p_i - y_i$. Its mean is the *mean squared error*, MSE. It comes in two
# conventions:
#
# $$
# J = \frac{1}{m} \sum_{i=1}^{m} (p_i - y_i)^2
# \qquad\text{or}\qquad
# J = \frac{1}{2m} \sum_{i=1}^{m} (p_i - y_i)^2 .
# $$
#
# Its gradient by one prediction, for the first of them:
#
# $$
# \begin{aligned}
# \frac{\partial J}{\partial p_i}
#   &= \frac{\partial}{\partial p_i} \, \frac{1}{m} \sum_{k=1}^{m} (p_k - y_k)^2
#   && \text{the definition; } k \text{ counts, because } i \text{ is taken} \\[4pt]
#   &= \frac{1}{m} \, \frac{\partial}{\partial p_i} (p_i - y_i)^2
#   && \text{only the term } k = i \text{ contains } p_i \\[4pt]
#   &= \frac{2}{m} \, (p_i - y_i)
#   && \text{the square; } y_i \text{ is data and does not move.}
# \end{aligned}
# $$
#
# With $\frac{1}{2m}$ the 2 cancels and $\frac{1}{m}(p_i - y_i)$ is left, which is what
# the half is there for. Read the result: each example pulls on its own prediction,
# toward its label, with a force that grows in proportion to the miss.

# %% [markdown] readonly="mse-task"
# ### Exercise `mse` (worked)
#
# Write `mse(p, y, half)`, the mean squared error and its gradient.
#
# * `p` and `y` have shape `(m,)`, with $m \ge 1$. They may hold whole numbers; they may
#   be large and close together, such as populations of a million.
# * `half` is `False` for $\frac{1}{m} \sum_i (p_i - y_i)^2$, and `True` for
#   $\frac{1}{2m} \sum_i (p_i - y_i)^2$.
# * Return the pair `(loss, dp)`: `loss` is one number, and `dp` of shape `(m,)` holds
#   the slope of exactly that loss by each prediction.
# * Leave the inputs as they are.
#
# This one is answered for you. Run it, then break it: let `half` act on one of the two
# and not on the other, or leave out the mean.


# %% answer="mse"
def mse(p, y, half):
    """Return the mean squared error, halved if asked for, and its gradient by p."""
    r = p - y  # subtract first: squares of large numbers have no digits to spare
    factor = 1 if half else 2
    loss = factor / 2 * np.mean(r**2)
    dp = factor * r / len(r)
    return loss, dp


# %% check="mse"
check(mse)

# %% [markdown]
# ### A trap: the residual with too many entries
#
# Layers hand out tables. The output of a layer with one neuron has the shape `(m, 1)`,
# and labels usually come as `(m,)`. Subtract one from the other, and NumPy does not
# complain: it lines up the last axes, and makes of them an `(m, m)` table, *every*
# prediction minus *every* label. The mean of its squares is one number, looks like a
# loss, and falls in training. What is it the loss of? With $\bar y$ for the mean of the
# labels,
#
# $$
# \begin{aligned}
# \frac{\partial}{\partial p_i} \, &\frac{1}{m^2} \sum_{j=1}^{m} \sum_{k=1}^{m}
#     (p_j - y_k)^2 \\[4pt]
#   &= \frac{2}{m^2} \sum_{k=1}^{m} (p_i - y_k)
#   && \text{only the terms with } j = i \text{ contain } p_i \\[4pt]
#   &= \frac{2}{m} \, (p_i - \bar y)
#   && \text{because } \textstyle\sum_k y_k = m\,\bar y .
# \end{aligned}
# $$
#
# Each prediction is pulled toward the mean of *all* labels, whatever its own label is.
# The cell fits the line $y = 3x + 1$ by gradient descent, once with each of the two
# residuals. Before you run it, say what will become of the slope 3 in the second case.

# %% tags=["demonstration"]
rng = np.random.default_rng(1)
x = rng.normal(size=(100, 1))
straight = 3 * x[:, 0] + 1 + 0.1 * rng.normal(size=100)  # labels, of shape (100,)

print("residual       shape        slope    bias    loss at first, and at last")
for name, y_shaped in (("as meant", straight[:, None]), ("broadcast", straight)):
    slope, bias, history = 0.0, 0.0, []
    for _ in range(200):
        r = slope * x + bias - y_shaped
        history.append(np.mean(r**2))
        pull = 2 * r.mean(axis=1, keepdims=True)  # m times the slope by each prediction
        slope, bias = slope - 0.1 * np.mean(pull * x), bias - 0.1 * np.mean(pull)
    said = f"{abs(slope):8.2f} {bias:7.2f} {history[0]:12.2f} {history[-1]:12.2f}"
    print(f"{name:14} {r.shape!s:10} {said}")
print("mean of the labels:", straight.mean().round(2))

# %% [markdown]
# The broken run looks like a healthy one that has *got stuck*, and has been explained
# that way. The slope is gone, the bias is the mean of the labels, and no learning rate
# mends it. So compare the two shapes before you subtract; the losses in `nnkit` refuse
# to go on if they differ.

# %% [markdown]
# ### Predict, run, explain: what does the half change?
#
# Take a linear model, $p = Xw$, and gradient descent on its weights, $w \leftarrow w -
# \eta \, \partial J / \partial w$. Theory first. Each weight acts on all predictions,
# so the slopes `dp` come back through $X^\top$. Write $A = X^\top X / m$, and $w^*$ for
# the best weights, where the gradient is zero. Without the half:
#
# $$
# \begin{aligned}
# \frac{\partial J}{\partial w} &= X^\top \frac{2}{m} (X w - y)
#   && \text{the slopes, sent back through } X \\
#   &= X^\top \frac{2}{m} \bigl((X w - y) - (X w^* - y)\bigr)
#   && \text{minus zero: } w^* \text{ is best} \\
#   &= 2 A \, (w - w^*)
#   && \text{the two } y \text{ cancel} \\[4pt]
# w - w^* &\;\leftarrow\; (I - 2 \eta A)\,(w - w^*)
#   && \text{one step, seen from } w^* .
# \end{aligned}
# $$
#
# Along an eigenvector of $A$ with eigenvalue $\lambda$ the distance to $w^*$ is
# multiplied by $1 - 2\eta\lambda$ in each step. With the half, the same lines give $1 -
# \eta\lambda$. A factor between $-1$ and $1$ closes in, one beyond them runs away, and
# the direction of the largest eigenvalue $\lambda_{\max}$ is the first to do so.
#
# With the half, then, all rates below $\eta\lambda_{\max} = 2$ close in. **Your
# prediction:** up to which $\eta\lambda_{\max}$ do they close in without the half? Put
# a number in place of the three dots.

# %% tags=["demonstration"]
predict("largest rate without the half", ...)

# %% tags=["demonstration"]
rng = np.random.default_rng(0)
features = rng.normal(size=(200, 5)) * [1, 1, 2, 3, 1]
labels = features @ rng.normal(size=5) + 0.1 * rng.normal(size=200)

best = np.linalg.lstsq(features, labels, rcond=None)[0]
curvatures, directions = np.linalg.eigh(features.T @ features / 200)
start = best + directions[:, -1]  # away from the best, in the steepest direction


def closes_in(half, rate_times_curvature):
    """Say whether 100 steps of this rate lead closer to the best weights."""
    w, rate = start, rate_times_curvature / curvatures[-1]
    for _ in range(100):
        _, dp = mse(features @ w, labels, half)
        w = w - rate * features.T @ dp
    return np.linalg.norm(w - best) < np.linalg.norm(start - best)


def largest_rate(half):
    """Return the edge between closing in and running away, times λmax."""
    low, high = 0.1, 4.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if closes_in(half, middle) else (low, middle)
    return low


print("η λmax      with the half    without")
for rate in (0.98, 1.02, 1.96, 2.04):
    words = ["closes in" if closes_in(half, rate) else "runs away" for half in (1, 0)]
    print(f"{rate:6.2f} {words[0]:>18} {words[1]:>10}")
print("largest with the half:", round(largest_rate(True), 2))
reveal("largest rate without the half", round(largest_rate(False), 2))

# %% [markdown]
# **Explain.** Twice the gradient with the same rate is a step of twice the length, so
# everything that happens at $\eta$ without the half happens at $2\eta$ with it. The
# place of the minimum has not moved: where a gradient is zero, twice the gradient is
# zero, too.
#
# > **You may read that** the mean squared error is
# > $J(\theta) = \frac{1}{2m} \sum_i (h_\theta(x) - y)^2$, or that the factor in front
# > does not matter.
# >
# > **What is true.** That is *half* the mean squared error (unit 1), a common and good
# > convention. The factor does not change which $\theta$ is best (unless a penalty on
# > large weights is added: then it shifts the balance between the two). It does change
# > the length of the gradient, and with it which learning rates work: in the table
# > above a rate of $1.02 / \lambda_{\max}$ closes in under one convention and runs away
# > under the other. Whoever copies a learning rate has to know the convention it was
# > found under. (The formula has also lost its index: read $h_\theta(x_i) - y_i$, or
# > the sum adds up the same thing $m$ times.)

# %% [markdown]
# ## Squared, absolute, and between
#
# Squaring is a choice. Here are three losses of a residual $r$, with their slopes:
#
# | loss | $\ell(r)$ | slope $d\ell/dr$ |
# | :-- | :-- | :-- |
# | squared | $r^2$ | $2r$ |
# | absolute | $\lvert r \rvert$ | $\operatorname{sign}(r)$, undefined at 0 |
# | Huber, near: $\lvert r \rvert \le \delta$ | $\tfrac12 r^2$ | $r$ |
# | Huber, far | $\delta\lvert r\rvert - \tfrac12\delta^2$ | $\pm\delta$ (sign of $r$) |
#
# The slope of the squared error grows with the miss; that of the absolute error is the
# same for every miss. Huber's loss, with a threshold $\delta > 0$ that you choose, is
# squared near the label and absolute far from it. At $|r| = \delta$ both of its pieces
# give $\tfrac12 \delta^2$ and both have the slope $\pm\delta$, so they join without a
# corner.

# %% tags=["demonstration"]
r_line = np.linspace(-4, 4, 401)
inside = np.abs(r_line) <= 1
corner = np.where(np.abs(r_line) < 0.01, np.nan, np.sign(r_line))  # no slope at 0
huber = np.where(inside, r_line**2 / 2, np.abs(r_line) - 0.5)
pictured = [
    ("squared", r_line**2, 2 * r_line, BLUE, "solid"),
    ("absolute", np.abs(r_line), corner, ORANGE, "dashed"),
    ("Huber, δ = 1", huber, np.clip(r_line, -1, 1), BLACK, "dotted"),
]

figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.9))
for name, values, slopes, color, style in pictured:
    left.plot(r_line, values, color=color, linestyle=style, linewidth=3, label=name)
    right.plot(r_line, slopes, color=color, linestyle=style, linewidth=3, label=name)
left.set(title="loss", ylim=(0, 6), xlabel="residual $r$")
right.set(title="slope: how hard a miss pulls", ylim=(-4.2, 4.2), xlabel="residual $r$")
left.legend(fontsize=11, loc="upper center")
for axes in (left, right):
    axes.grid(alpha=0.4)
show(
    figure,
    "Figure 1: three losses of a residual from −4 to 4, and their slopes. On the left "
    "the squared loss (solid) is a steep parabola, the absolute loss (dashed) a V with "
    "its corner at 0, and Huber's loss (dotted) is round at the bottom and straight "
    "further out. On the right the slope of the squared loss is a straight line that "
    "grows without end; that of the absolute loss jumps from −1 to 1 at 0; Huber's "
    "rises from −1 to 1 between the residuals −1 and 1, and is flat on either side.",
)

# %% [markdown]
# What the slopes mean shows in the simplest of all models: one that predicts the same
# number $c$ for every example. Which $c$ is best?
#
# * **Squared.** The slope of the mean by $c$ is $\frac{2}{m} \sum_i (c - y_i)$. It is
#   zero for $m\,c = \sum_i y_i$, that is, at the **mean** of the labels.
# * **Absolute.** Each label below $c$ adds $+\frac1m$ to the slope, each label above it
#   $-\frac1m$. So the mean falls as $c$ grows for as long as more than half of the
#   labels lie above it, and rises once more than half lie below: it is smallest at the
#   **median**. (With an even number of labels everything between the two in the middle
#   is equally good.)
# * **Huber.** Labels within $\delta$ of $c$ pull in proportion to their distance, all
#   others with the constant force $\delta$. The best $c$ is where they balance.
#
# ### Predict, run, explain: one label goes astray
#
# The labels are 0, 0, 0, 0 and 100. Their mean is 20 and their median 0. Somebody types
# a zero too many, and the last label becomes 1000. **Your prediction:** which constant
# is best for the squared error now? And, for yourself: what becomes of the best
# constant for the absolute error, and for Huber's with $\delta = 1$? For the last one,
# balance the pulls of four labels at 0 against that of the one far away.

# %% tags=["demonstration"]
predict("best constant for the squared error", ...)

# %% tags=["demonstration"]
candidates = np.linspace(-10, 1010, 102_001)  # every hundredth


def best_constants(outlier):
    """Return the best constant under each loss, found by trying them all."""
    sums = np.zeros((3, candidates.size))
    for label in (0, 0, 0, 0, outlier):
        off = candidates - label
        size = np.abs(off)
        sums += [off**2, size, np.where(size <= 1, off**2 / 2, size - 0.5)]
    return candidates[sums.argmin(axis=1)]


print("last label   squared   absolute   Huber, δ = 1")
for outlier in (100, 1000):
    a, b, c = best_constants(outlier)
    print(f"{outlier:10d} {a:9.2f} {abs(b):10.2f} {c:14.2f}")
reveal("best constant for the squared error", best_constants(1000)[0].round(2))

# %% [markdown]
# **Explain.** Under the squared error the far label pulls with its full distance, and
# takes the answer along as far as you like. Under the absolute error it has one vote
# like everyone else, and four votes beat one. Under Huber's loss its pull is capped at
# $\delta$: four labels at 0 pull back with $c$ each, so $4c = \delta$ and $c =
# \delta / 4$, for $\delta = 1$ a quarter, wherever the far label is. (Far is what is
# more than $\delta$ away from this $c$, here beyond 1.25; Figure 2 has the bend there.)
#
# None of the three is "right". If the label 1000 is a typing error, you want the one
# that ignores it. If it is the one flood in five years, ignoring it is the mistake.

# %% tags=["demonstration"]
reach = np.linspace(0, 8, 81)
figure, axes = plt.subplots(figsize=(7, 3.8))
axes.plot(reach, reach / 5, color=BLUE, linewidth=3)
axes.plot(reach, np.minimum(reach / 5, 0.25), color=BLACK, linewidth=3, linestyle=":")
axes.plot(reach, 0 * reach, color=ORANGE, linewidth=3, linestyle="dashed")
axes.text(1.9, 1.1, "squared: the mean", fontsize=12)
axes.text(3.4, 0.32, "Huber, δ = 1 (dotted)", fontsize=12)
axes.text(3.4, 0.06, "absolute: the median (dashed)", fontsize=12)
axes.grid(alpha=0.4)
axes.set(xlabel="the fifth label; the other four are 0", ylabel="best constant")
axes.set(title="How far one label takes the answer along", ylim=(-0.1, 1.7))
show(
    figure,
    "Figure 2: the best constant for five labels, four of which are 0, against the "
    "fifth, from 0 to 8. Under the squared loss (solid) it rises along a straight line "
    "for as long as the label does. Under Huber's loss (dotted) it rises along the "
    "same line to a quarter and stays there. Under the absolute loss (dashed) it is 0 "
    "throughout.",
)

# %% [markdown]
# > **You may read that** a cost function is the absolute difference between the
# > prediction and the label, next to a formula with a square in it.
# >
# > **What is true.** Squared error and absolute error are two losses, and they ask for
# > different things: the first for the mean of what may happen, the second for its
# > median. On the labels 0, 0, 0, 0, 100 their best answers are 20 and 0.

# %% [markdown]
# ## Yes or no: from a logit to a probability
#
# For a question with two answers, label 1 for yes and 0 for no, we want a *probability*
# of yes. A network's last weighted sum is any real number $z$, positive or negative;
# the sigmoid makes a probability of it:
#
# $$
# p = \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad
# 1 - p = \frac{e^{-z}}{1 + e^{-z}} = \frac{1}{1 + e^{z}} = \sigma(-z) .
# $$
#
# The number $z$ is called the *logit*. The quotient of the two says what it means:
# $p / (1 - p) = e^{z}$, so $z$ is the logarithm of the odds. A logit of 0 is one to
# one; every step of $+1$ multiplies the odds by $e$. The slope of the sigmoid, which
# unit 1 has derived, is written with the output:
#
# $$
# \frac{dp}{dz} = p\,(1 - p) .
# $$
#
# **Which loss?** Ask what probability the model gave to what really happened: $p_i$ if
# $y_i = 1$, and $1 - p_i$ if $y_i = 0$. Both cases in one formula are $p_i^{\,y_i} (1 -
# p_i)^{1 - y_i}$. For all examples together, if they are independent of each other,
# these multiply, and a good model makes the product large. A logarithm turns the
# product into a sum, a minus turns large into small, and dividing by $m$ makes it a
# mean:
#
# $$
# J = -\frac{1}{m} \sum_{i=1}^{m}
#     \Bigl( y_i \log p_i + (1 - y_i) \log (1 - p_i) \Bigr) .
# $$
#
# This is *binary cross-entropy*, BCE. The label switches on one of the two logarithms.
# A label may also lie between, say 0.7 for "seven of ten doctors said yes"; then both
# count in that proportion. Such labels are called *soft*.
#
# **And squared error?** It answers the same question, put to a number. Suppose that
# labels scatter around the prediction like a normal distribution with some spread $s$.
# The density that the model gives to the label that was seen is then proportional to
# $e^{-(y_i - p_i)^2 / 2 s^2}$, and minus its logarithm is $(y_i - p_i)^2 / 2 s^2$ plus
# a constant: the squared error, up to a factor. A density with more in its tails,
# $e^{-|y_i - p_i| / s}$, gives the absolute error in the same way. So a loss says which
# misses you expect: who takes squared error takes large ones to be next to impossible,
# and bends the answer until they are rare. Choosing parameters under which what
# happened is as probable as can be is called *maximum likelihood*.

# %% [markdown]
# ### Its slope by the logit
#
# Training can move $p$ only through $z$. For one example, $\ell = -y \log p - (1 - y)
# \log(1 - p)$:
#
# $$
# \begin{aligned}
# \frac{d\ell}{dp} &= -\frac{y}{p} + \frac{1 - y}{1 - p}
#   && \text{the slope of } \log p \text{ is } \tfrac1p \\[4pt]
#   &= \frac{-y\,(1 - p) + (1 - y)\,p}{p\,(1 - p)}
#   && \text{over one denominator} \\[4pt]
#   &= \frac{p - y}{p\,(1 - p)}
#   && \text{the two } y\,p \text{ cancel} \\[8pt]
# \frac{d\ell}{dz} &= \frac{d\ell}{dp} \cdot \frac{dp}{dz}
#   && \text{the chain rule} \\[4pt]
#   &= \frac{p - y}{p\,(1 - p)} \cdot p\,(1 - p) = p - y
#   && \text{the sigmoid's slope cancels.}
# \end{aligned}
# $$
#
# Probability minus label, and nothing else. Compare the squared error of the same
# probability, $\ell = (p - y)^2$. Nothing cancels there:
#
# $$
# \frac{d\ell}{dz} = 2\,(p - y) \cdot p\,(1 - p) .
# $$
#
# If $y = 1$ and the model is confident of the opposite, $p$ near 0, the factor $p\,(1 -
# p)$ is near 0 as well: *the worst mistakes hardly move*.

# %% [markdown]
# Move the slider below from right to left, with the label 1, and watch the two slopes
# where the prediction is most wrong. (Where sliders do not run, Figure 3 shows the same
# curves.)

# %% tags=["demonstration", "nbval-ignore-output"]
z_line = np.linspace(-12, 12, 481)


def slopes_at(z, y):
    """Return probability, slope of the cross-entropy, slope of the squared error."""
    p = 1 / (1 + np.exp(-z))
    return p, p - y, 2 * (p - y) * p * (1 - p)


@interact(logit=(-12.0, 12.0, 0.5), label=[1, 0])
def logit_against_slope(logit=4.0, label=1):
    """Draw both slopes and mark a logit."""
    p, entropy, squared = slopes_at(logit, label)
    _, entropy_line, squared_line = slopes_at(z_line, label)
    _, axes = plt.subplots(figsize=(7, 3.4))
    axes.plot(z_line, entropy_line, color=BLUE, linewidth=3, label="cross-entropy")
    axes.plot(z_line, squared_line, "--", color=ORANGE, linewidth=3, label="squared")
    axes.plot(logit, entropy, "o", logit, squared, "s", color="black", markersize=9)
    axes.set(xlabel="logit $z$", ylabel="slope by $z$", ylim=(-1.1, 1.1))
    axes.set_title(
        f"p = {p:.5f}    slopes: cross-entropy {entropy:.5f}, squared {squared:.5f}"
    )
    axes.grid(alpha=0.4)
    axes.legend(loc="upper left" if label else "lower right")
    plt.show()


# %% tags=["demonstration"]
z_wide = np.linspace(-10, 10, 401)
p_wide, entropy_wide, squared_wide = slopes_at(z_wide, 1)

figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.9))
left.plot(z_wide, -np.log(p_wide), color=BLUE, linewidth=3)
left.plot(z_wide, (1 - p_wide) ** 2, color=ORANGE, linewidth=3, linestyle="dashed")
left.text(-5.8, 7.2, "cross-entropy", fontsize=12)
left.text(-9.8, 1.4, "squared\nerror (dashed)", fontsize=12)
left.set(title="loss, if the label is 1", xlabel="logit $z$", ylim=(-0.5, 10.5))
right.plot(z_wide, entropy_wide, color=BLUE, linewidth=3)
right.plot(z_wide, squared_wide, color=ORANGE, linewidth=3, linestyle="dashed")
right.text(-9.8, -0.84, "cross-entropy", fontsize=12)
right.text(-9.8, 0.06, "squared error (dashed)", fontsize=12)
right.set(title="slope by the logit", xlabel="logit $z$", ylim=(-1.1, 0.25))
for axes in (left, right):
    axes.grid(alpha=0.4)
show(
    figure,
    "Figure 3: cross-entropy and squared error of a probability against the logit, "
    "from −10 to 10, for the label 1. On the left, the cross-entropy (solid) rises "
    "along a straight line the further the logit is on the wrong side; the squared "
    "error (dashed) levels off at 1. On the right, the slope of the cross-entropy goes "
    "to −1 on the wrong side; that of the squared error dips to about −0.3 near the "
    "logit −0.7 and goes back to 0 on either side.",
)
print("at the logit -10, label 1")
_, entropy, squared = slopes_at(-10.0, 1)
print(f"  slope of the cross-entropy {entropy:12.5f}")
print(f"  slope of the squared error {squared:12.5f}")

# %% [markdown]
# ### Predict, run, explain: the way back from a confident mistake
#
# One example with the label 1, whose logit is $-10$. We move the logit itself by
# gradient descent with the rate 1, until the prediction is on the right side, $z \ge
# 0$. Theory: for small steps, $z$ moves at the speed $-d\ell/dz$, so the number of
# steps is close to the integral of one over the speed, from $-10$ to 0. For
# cross-entropy the speed is $1 - p = 1 / (1 + e^z)$, and
#
# $$
# \int_{-10}^{0} (1 + e^{z})\, dz = 10 + 1 - e^{-10} \approx 11 \text{ steps.}
# $$
#
# For the squared error it is $2\,p\,(1-p)^2$, with $p = 1/(1 + e^{-z})$. Written with
# $e^z$, one over the speed is $\tfrac12 e^{-z} (1 + e^{z})^3 = \tfrac12 (e^{-z} + 3 + 3
# e^{z} + e^{2z})$. **Your prediction:** how many steps? You may integrate, or guess
# from the slopes printed above.

# %% tags=["demonstration"]
predict("steps with the squared error", ...)


# %% tags=["demonstration"]
def steps_to_the_right_side(slope):
    """Count steps of the rate 1 from a logit of -10 to one that is not negative."""
    z, steps = -10.0, 0
    while z < 0:
        z, steps = z - slope(1 / (1 + math.exp(-z))), steps + 1
    return steps


theory = (math.exp(10) - 1 + 30 + 3 * (1 - math.exp(-10)) + (1 - math.exp(-20)) / 2) / 2
print("cross-entropy: theory 11, measured", steps_to_the_right_side(lambda p: p - 1))
print("squared error: theory", round(theory))
reveal(
    "steps with the squared error",
    steps_to_the_right_side(lambda p: 2 * (p - 1) * p * (1 - p)),
)

# %% [markdown]
# **Explain.** The time is lost at the start, in the term $\tfrac12 e^{-z}$: at $-10$
# the slope is some $0.00009$, and the first unit of the way, from $-10$ to $-9$, takes
# well over half of the steps. (Theory and measurement differ by less than one in a
# thousand, because theory lets the logit flow where the program takes steps.)
#
# A larger rate does help this one example: with 10,000 it takes 3 steps, as the cell
# below shows. It does not help a network. There the rate is the same for all examples,
# and all of them move the same weights. Where $z = 0$, the slope is 0.25 in size, and a
# step of that rate is 2500 long.

# %% tags=["demonstration"]
z, steps = -10.0, 0
while z < 0:
    p = 1 / (1 + math.exp(-z))
    z, steps = z - 10_000 * 2 * (p - 1) * p * (1 - p), steps + 1
print("squared error, rate 10,000:", steps, "steps")

# %% [markdown]
# > **You may read that** several losses are common and you can use one or the other.
# >
# > **What is true.** On average over many examples both are smallest where $p$ is the
# > true probability, if the model is flexible enough to get there; their slopes on the
# > way are very different. At the
# > logit $-10$ with the label 1, cross-entropy pulls with 0.99995 and the squared error
# > of the probability with 0.00009. That is why a network with a sigmoid at its end is
# > trained with cross-entropy. To be fair to the squared error: it is a respectable
# > *metric* for probabilities, known as the Brier score, and what slows it down has a
# > good side, too: an example with a wrong label hardly pulls once the model is sure.

# %% [markdown]
# ## On paper and in a computer
#
# The formula with $\log p$ and $\log(1 - p)$ is right. A program that follows it to the
# letter is not, because a computer keeps about 16 digits. A probability of $1 -
# 10^{-20}$ has 20 nines; rounded to 16 digits it is 1, and $\log(1 - 1) = -\infty$. The
# logit knew better.
#
# ### Predict, run, explain: where the naive loss becomes infinite
#
# Let the label be 0 and let $z$ grow. Theory: $p = 1/(1 + e^{-z})$ becomes exactly 1
# once adding $e^{-z}$ to 1 changes nothing. In double precision (float64) the next
# number above 1 is $1 + 2^{-52}$, so an addend of up to half of that gap, $2^{-53}$, is
# rounded away. In single precision (float32) the gap is
# $2^{-23}$. **Your prediction:** from which logit on is the loss infinite in float64?
# Solve $e^{-z} = 2^{-53}$.

# %% tags=["demonstration"]
predict("logit from which the loss is infinite", ...)


# %% tags=["demonstration"]
def infinite_from(dtype):
    """Return the logit from which -log(1 - σ(z)) is infinite, by bisection."""
    low, high = 1.0, 60.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        with np.errstate(divide="ignore"):
            p = 1 / (1 + np.exp(-np.array([middle], dtype)))
            finite = np.isfinite(np.log(1 - p)).all()
        low, high = (middle, high) if finite else (low, middle)
    return round(high, 2)


in_single = infinite_from(np.float32)
print("float32: theory", round(24 * math.log(2), 2), "measured", in_single)
print("float64: theory", round(53 * math.log(2), 2))
reveal("logit from which the loss is infinite", infinite_from(np.float64))

# %% [markdown]
# **Explain.** Theory and measurement agree to the digits shown. Networks are
# mostly trained in single precision, or with fewer digits still, and in single
# precision a logit of 17 is enough: one example with a wrong label, and the loss of the
# whole batch is infinite.
#
# **Never go through the probability, then.** Take the logarithms on paper, with $p =
# 1/(1 + e^{-z})$ and $1 - p = 1/(1 + e^{z})$:
#
# $$
# -\log p = \log(1 + e^{-z}), \qquad -\log(1 - p) = \log(1 + e^{z}) .
# $$
#
# The function $\operatorname{softplus}(z) = \log(1 + e^{z})$ is a smooth ramp: near 0
# for very negative $z$, near $z$ for large ones. The two are related,
#
# $$
# \begin{aligned}
# \operatorname{softplus}(-z) &= \log(1 + e^{-z}) \\
#   &= \log\bigl( e^{-z} (e^{z} + 1) \bigr) && e^{-z} \text{ taken out} \\
#   &= -z + \operatorname{softplus}(z) && \text{the log of a product,}
# \end{aligned}
# $$
#
# and so one of them is enough:
#
# $$
# \begin{aligned}
# \ell &= y \operatorname{softplus}(-z) + (1 - y) \operatorname{softplus}(z)
#   && \text{both logarithms} \\
#   &= y \,\bigl( \operatorname{softplus}(z) - z \bigr)
#      + (1 - y) \operatorname{softplus}(z)
#   && \text{the relation} \\
#   &= \operatorname{softplus}(z) - y\,z
#   && \text{two terms cancel.}
# \end{aligned}
# $$
#
# (Differentiate this last line, and you have the slope by the logit once more, in one
# step: the slope of softplus is $e^z / (1 + e^z)$, which is the sigmoid.)
#
# One trap is left: $e^{1000}$ is beyond the largest number of double precision, some
# $10^{308}$. Take out whatever is large. If $z > 0$, then $\log(1 + e^{z}) =
# \log\bigl(e^{z}(e^{-z} + 1)\bigr) = z + \log(1 + e^{-z})$, and if $z \le 0$ there is
# nothing to do. In both cases the exponent that remains is $-|z|$, which is never
# positive:
#
# $$
# \operatorname{softplus}(z) = \max(z, 0) + \log\bigl(1 + e^{-|z|}\bigr) .
# $$

# %% tags=["demonstration"]
print("label 0    naive   clipped    stable")
for z in (5.0, 30.0, 60.0, 1000.0):
    with np.errstate(divide="ignore"):
        p = 1 / (1 + np.exp(-z))
        naive = -np.log(1 - p)
        clipped = -np.log(1 - np.clip(p, 1e-12, 1 - 1e-12))
    stable = losses.binary_cross_entropy_from_logits(np.array([z]), [0.0])
    print(f"{z:7.0f} {naive:8.1f} {clipped:9.1f} {stable:9.1f}")

# %% [markdown]
# The middle column is a remedy that you will meet often: clip the probability to
# $[10^{-12}, 1 - 10^{-12}]$ before the logarithm. It does away with the infinity, and
# with the slope: beyond a logit of about 28 the clipped loss is flat, so the examples
# that are most wrong have no gradient at all. The last column is `nnkit`'s own loss;
# yours is next. (`np.log1p(t)` is $\log(1 + t)$ without losing a tiny $t$ to rounding;
# it is a refinement, not the point.)

# %% [markdown] readonly="bce_logits-task"
# ### Exercise `bce_logits` (2 points, half filled in)
#
# Write `bce_logits(z, y)`: the binary cross-entropy
#
# $$
# J = -\frac{1}{m} \sum_{i=1}^{m} \Bigl( y_i \log \sigma(z_i) + (1 - y_i) \log \bigl(1 -
# \sigma(z_i)\bigr) \Bigr)
# $$
#
# and its gradient by the logits.
#
# * `z` and `y` have shape `(m,)`, with $m \ge 1$. Logits may be as large as $\pm 1000$,
#   on the right side or on the wrong one. Labels are numbers from 0 to 1; they may be
#   soft, and they may come as whole numbers.
# * Return the pair `(loss, dz)`: `loss` is one number, `dz` has shape `(m,)`.
# * Leave the inputs as they are.
#
# The loss must be right, not merely finite, for every logit. Two lines are given: read
# what they prepare, replace the line that raises, and fill in what is missing. You need
# not use them.


# %% answer="bce_logits"
def bce_logits(z, y):
    """Return the mean binary cross-entropy of logits, and its gradient by z."""
    small = np.exp(-np.abs(z))  # between 0 and 1, however large z is
    p = np.where(z >= 0, 1, small) / (1 + small)  # the sigmoid, without overflow
    ### BEGIN SOLUTION
    softplus = np.maximum(z, 0) + np.log1p(small)
    loss = np.mean(softplus - y * z)
    dz = (p - y) / len(z)
    ### END SOLUTION
    return loss, dz


# %% check="bce_logits"
check(bce_logits)

# %% [markdown]
# ## What the loss sees and the metric does not
#
# Three examples, all with the label 1, and three models. *Accuracy* is the share of
# examples on the right side of ½. Before you run the cell, rank the models, by accuracy
# and by cross-entropy.

# %% tags=["demonstration"]
models = {"A": [0.6, 0.6, 0.4], "B": [0.9, 0.9, 0.49], "C": [0.51, 0.51, 0.51]}
print("model   probability of the right answer   cross-entropy   accuracy")
for name, p in models.items():
    right_side = np.sum(np.array(p) > 0.5)
    print(f"{name}       {p!s:30} {-np.mean(np.log(p)):14.3f} {right_side:8d} of 3")

# %% [markdown]
# From A to B the loss is more than halved and the accuracy does not change. From A to
# C the accuracy becomes perfect and the loss *rises*. Neither number is broken:
# cross-entropy asks how much probability the truth got, accuracy only on which side of
# ½ it fell.
#
# Why not train the accuracy itself, if that is what we report? Because it is a
# staircase. Move any weight by a little and it stays as it is; its gradient is zero
# almost everywhere, and a zero gradient shows no way.
#
# > **You may read that** loss is the prediction error, that loss function and cost
# > function are the same, and that the cost function measures accuracy.
# >
# > **What is true.** The loss belongs to one example, the cost is its mean over the
# > training set (perhaps plus a penalty), and accuracy is a metric. A smaller cost
# > often comes with a better metric, but neither implies the other, as A, B and C show.
# > So watch both: the cost while you train, the metric on data that the training has
# > not seen.

# %% [markdown]
# ## One of K classes
#
# With $K$ classes the network gives each example a row of $K$ scores, $z_1, \dots,
# z_K$, again called logits. *Softmax* makes probabilities of them, positive and adding
# up to 1. We call them *shares*, because the classes share one whole, and none can gain
# unless others lose:
#
# $$
# p_j = \frac{e^{z_j}}{\sum_{k=1}^{K} e^{z_k}} .
# $$
#
# (Inside of one row the index counts classes and no longer examples: in row $i$ of the
# tables, $z_j$ stands at $Z_{ij}$ and $p_j$ at $P_{ij}$.) Each row is a contest of its
# own: only differences within the row count. Add the same number $c$ to all scores of a
# row, and
#
# $$
# \frac{e^{z_j + c}}{\sum_k e^{z_k + c}}
#   = \frac{e^{c}\, e^{z_j}}{e^{c} \sum_k e^{z_k}}
#   = \frac{e^{z_j}}{\sum_k e^{z_k}} .
# $$
#
# What matters for a loss is the logarithm of a share:
#
# $$
# \log p_j = \log \frac{e^{z_j}}{\sum_k e^{z_k}} = z_j - \log \sum_{k=1}^{K} e^{z_k} .
# $$
#
# Programs that follow these formulas to the letter fail at both ends:

# %% tags=["demonstration"]
with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
    for scores in ([2.0, 1.0, 0.0], [1000.0, 1000.0, 0.0], [0.0, 0.0, -1000.0]):
        powers = np.exp(scores)
        shares = powers / powers.sum()
        print(f"scores {scores!s:22} shares {shares.round(3)!s:20}", end="")
        print(f" their logs {np.log(shares).round(3)}")

# %% [markdown]
# In the second row the powers overflow, and infinity over infinity is not a number. In
# the third nothing overflows; the last share is $\tfrac12 e^{-1000}$, which is rounded
# to 0, and its logarithm, which should be a harmless $-1000.693$, becomes $-\infty$.
#
# The invariance above is the way out: you may subtract any number from a row before you
# take powers. Which one is safe, whatever the scores are? And in which order do you
# have to do things so that no logarithm is taken of a share that has been rounded to 0?

# %% [markdown] readonly="log_softmax-task"
# ### Exercise `log_softmax` (2 points)
#
# Write `log_softmax(Z)`, the logarithm of the softmax of each row.
#
# * `Z` has shape `(m, K)`, with $m \ge 1$ and $K \ge 2$. Scores may be whole numbers.
#   Rows may lie thousands apart, and so may the scores within one row.
# * Return an array of shape `(m, K)`: entry $(i, j)$ is $\log p_j$ for row $i$. It is
#   finite, however far behind class $j$ is.
# * Leave the input as it is.


# %% answer="log_softmax"
def log_softmax(Z):
    """Return the logarithm of the softmax of each row of Z."""
    ### BEGIN SOLUTION
    gaps = Z - Z.max(axis=1, keepdims=True)  # at most 0, and 0 for the winner
    return gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True))
    ### END SOLUTION


# %% check="log_softmax"
check(log_softmax)

# %% [markdown]
# ## Every share depends on every score
#
# With one output, its slope by its logit was one number. Here each of $K$ shares
# depends on each of $K$ scores: raise one score, its own share goes up, and because
# they add up to 1 the others must come down. The slopes form a table, the *Jacobian*.
# Write $S = \sum_k e^{z_k}$ and take the quotient rule to $p_j = e^{z_j} / S$. The
# slope of $S$ by $z_k$ is $e^{z_k}$. Let $[j = k]$ be 1 if $j$ is $k$ and 0 otherwise:
#
# $$
# \begin{aligned}
# \frac{\partial p_j}{\partial z_k}
#   &= \frac{[j = k]\, e^{z_j}\, S - e^{z_j}\, e^{z_k}}{S^2}
#   && \text{the numerator contains } z_k \text{ only if } j = k \\[4pt]
#   &= [j = k]\, \frac{e^{z_j}}{S} - \frac{e^{z_j}}{S} \cdot \frac{e^{z_k}}{S}
#   && \text{divided out} \\[4pt]
#   &= [j = k]\, p_j - p_j\, p_k
#   && \text{those are shares.}
# \end{aligned}
# $$
#
# On the diagonal stands $p_j (1 - p_j)$, the sigmoid's slope again. Beside it stand the
# $-p_j\,p_k$, and they are easily forgotten.

# %% tags=["demonstration"]
shares = np.array([0.7, 0.2, 0.1])
table = np.diag(shares) - np.outer(shares, shares)
print("slope of share j (row) by score k (column):")
print(table.round(2))
print("each column adds up to 0:", np.allclose(table.sum(axis=0), 0))

# %% [markdown]
# Suppose that a loss $L$ is computed from the shares, in whatever way, and that we know
# its slope by each of them, $g_j = \partial L / \partial p_j$. This is called the
# *upstream* gradient. To get the slope by a score, count the routes: $z_k$ acts on all
# $K$ shares, and each of them acts on $L$. Along a route the rates multiply, and the
# routes add up:
#
# $$
# \frac{\partial L}{\partial z_k}
#   = \sum_{j=1}^{K} g_j \, \frac{\partial p_j}{\partial z_k} .
# $$
#
# That is a row of numbers times the Jacobian, a *vector-Jacobian product*. Put the
# Jacobian's entries in and simplify before you program: the table need never be built.
# Two tests that your result must pass. The slopes by the scores of one row add up to 0,
# because the same number added to all of them changes no share. And if all $g_j$ of a
# row are equal, all slopes are 0, because the shares add up to 1: what one class gains,
# the others lose, and nothing is gained in all.

# %% [markdown] readonly="softmax_vjp-task"
# ### Exercise `softmax_vjp` (3 points)
#
# Write `softmax_vjp(P, G)`, the way back through a softmax.
#
# * `P` has shape `(m, K)` and holds the shares: the softmax of some scores `Z` that you
#   are not given and do not need. Each row adds up to 1.
# * `G` has shape `(m, K)` and holds the slope of some loss by each entry of `P`. It can
#   be anything.
# * Return `dZ` of shape `(m, K)`: the slope of that loss by each score. If the loss
#   takes a mean over rows, the division is in `G` already.
# * Leave the inputs as they are.


# %% answer="softmax_vjp"
def softmax_vjp(P, G):
    """Return the slopes by the scores, from the slopes G by their softmax P."""
    ### BEGIN SOLUTION
    # A share gains only if its slope beats the mean of its row, weighed by shares.
    average = (P * G).sum(axis=1, keepdims=True)
    return P * (G - average)
    ### END SOLUTION


# %% check="softmax_vjp"
check(softmax_vjp)

# %% [markdown]
# ## Cross-entropy for K classes
#
# The label of a row is now the number of its class. Classes, and with them scores and
# shares, are counted as NumPy does from here on, from 0 to $K - 1$. Such a number is a
# name and not a quantity: class 2 is not twice class 1. The loss is once more minus the
# logarithm of the probability that the truth was given, and its mean is *categorical
# cross-entropy*:
#
# $$
# J = -\frac{1}{m} \sum_{i=1}^{m} \log P_{i,\,y_i} .
# $$
#
# Only one entry of each row appears: the one at the label. In NumPy, row $i$ at its own
# label, for all $i$, is `P[np.arange(m), y]`. Another way to write it is with the
# *one-hot* table $Y$, where $Y_{ij}$ is 1 if $j = y_i$ and 0 otherwise: $J =
# -\frac{1}{m} \sum_i \sum_j Y_{ij} \log P_{ij}$.
#
# With two classes this is nothing new: the share of class 1 is $e^{z_1} / (e^{z_0} +
# e^{z_1}) = \sigma(z_1 - z_0)$, and what you get is binary cross-entropy with the logit
# $z_1 - z_0$.
#
# ### What must it be before anything is learned?
#
# A network that knows nothing should give all classes the same share, $1/K$. Each
# example then costs $-\log \frac1K = \log K$, whatever its label. This is the loss *at
# chance level*, and it is worth computing before every training run: a first loss that
# is far from it tells you that something is wrong, before you have spent an hour.
#
# ### Predict, run, explain: the first loss
#
# A classifier with 10 classes has just been initialized, with scores so small that they
# are practically zero. **Your prediction:** what is its cross-entropy? And, for
# yourself: if the scores are large and random, will it be smaller, larger, or the same?

# %% tags=["demonstration"]
predict("first loss with 10 classes", ...)

# %% tags=["demonstration"]
rng = np.random.default_rng(3)
guesses, truth = rng.normal(size=(5000, 10)), rng.integers(0, 10, 5000)
spreads = np.array([0.01, 0.1, 0.3, 1, 3, 10, 30])
first_losses = np.array([losses.cross_entropy(s * guesses, truth) for s in spreads])

figure, axes = plt.subplots(figsize=(7, 3.8))
axes.plot(spreads, first_losses, "o-", color=BLUE, linewidth=3, markersize=8)
axes.axhline(math.log(10), color="black", linestyle="dotted", linewidth=2)
axes.text(0.012, 2.75, "log 10, chance level (dotted)", fontsize=12)
axes.set(xscale="log", yscale="log", xlabel="standard deviation of the random scores")
axes.minorticks_off()
axes.set_yticks([2, 5, 10, 20, 50], ["2", "5", "10", "20", "50"])
axes.set(ylabel="cross-entropy", title="The first loss of a classifier of 10 classes")
axes.grid(alpha=0.4)
show(
    figure,
    "Figure 4: the cross-entropy of random scores for 10 classes against their "
    "standard deviation, both on logarithmic axes. Up to a standard deviation of 0.3 "
    "it is close to the dotted line of chance level, log 10. From 1 on it rises, and "
    "beyond 3 nearly in proportion to the standard deviation.",
)
for s, value in zip(spreads, first_losses, strict=True):
    print(f"standard deviation {s:5.2f}: cross-entropy {value:6.2f}")
reveal("first loss with 10 classes", first_losses[0].round(2))

# %% [markdown]
# **Explain.** With scores near 0 the loss is $\log 10 \approx 2.30$. Large random
# scores are worse than none: the network is then *confident and wrong*, most of the
# time, and pays for it in proportion to the gap between the score it put first and that
# of the right class. A first loss of 20 does not mean that the network knows less than
# nothing about the task. It means that its scores are too large, and the first steps of
# training will be spent on making them small. Unit 3 is about starting better.
#
# If the classes are not equally frequent there is a second mark. Say that a fraction
# $q_k$ of all examples is of class $k$, and that a model looks at no input and gives
# the same shares $p_k$ to every example. On average it pays $-\sum_k q_k \log p_k$.
# That is the *cross-entropy* of $q$ and $p$, from which the loss has its name. What is
# the least that such a model can pay? Compare with $p = q$. Let each class occur, so
# that $q_k > 0$:
#
# $$
# \begin{aligned}
# -\sum_k q_k &\log p_k + \sum_k q_k \log q_k \\
#   &= -\sum_k q_k \log \frac{p_k}{q_k}
#   && \text{one logarithm of a quotient} \\
#   &\ge -\sum_k q_k \Bigl( \frac{p_k}{q_k} - 1 \Bigr)
#   && \log u \le u - 1 \text{, its tangent at 1} \\
#   &= -\sum_k p_k + \sum_k q_k = 0
#   && \text{both add up to 1.}
# \end{aligned}
# $$
#
# So it is cheapest to say the frequencies themselves. The price is then
# $-\sum_k q_k \log q_k$, the *entropy* of the labels. For one yes in ten examples:

# %% tags=["demonstration"]
q = 0.1
print("coin toss, p = 0.5 :", round(math.log(2), 3))
print("always p = 0.1     :", round(-q * math.log(q) - (1 - q) * math.log(1 - q), 3))
print("accuracy of saying no every time:", 1 - q)

# %% [markdown]
# An accuracy of 90 %, for having looked at no input at all. A model is worth something
# from where it beats *this*.

# %% [markdown]
# ### The gradient
#
# Everything is in place. You have $\log P_{ij} = Z_{ij} - \log \sum_k e^{Z_{ik}}$. The
# first term is simple. The slope of the logarithm of the sum by a score is
#
# $$
# \frac{\partial}{\partial z_k} \log \sum_j e^{z_j}
#   = \frac{1}{\sum_j e^{z_j}} \cdot e^{z_k} = p_k .
# $$
#
# Write down $J$ with these two terms, and differentiate by $Z_{ik}$, once for the class
# at the label and once for any other. Compare with what came out for yes or no.
#
# You could also chain two results: the slope of $J$ by each share, sent through your
# `softmax_vjp`. On paper it is the same. In a program it divides by a share, and that
# share may be 0.

# %% [markdown] readonly="softmax_ce-task"
# ### Exercise `softmax_ce` (4 points)
#
# Write `softmax_ce(Z, y)`: the categorical cross-entropy
#
# $$
# J = -\frac{1}{m} \sum_{i=1}^{m} \log P_{i,\,y_i}, \qquad P = \operatorname{softmax}(Z)
# \text{ row by row,}
# $$
#
# and its gradient by the scores.
#
# * `Z` has shape `(m, K)`, with $m \ge 1$ and $K \ge 2$; rows may lie a thousand apart,
#   and so may the scores within one row, on the right side or on the wrong one.
# * `y` has shape `(m,)` and holds whole numbers from 0 to $K - 1$.
# * Return the pair `(loss, dZ)`: `loss` is one number, the mean over rows; `dZ` has
#   shape `(m, K)`.
# * Leave the inputs as they are.


# %% answer="softmax_ce"
def softmax_ce(Z, y):
    """Return the mean cross-entropy of scores, and its gradient by Z."""
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    gaps = Z - Z.max(axis=1, keepdims=True)
    log_P = gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True))
    dZ = np.exp(log_P)
    dZ[rows, y] -= 1  # share minus one-hot label
    return -log_P[rows, y].mean(), dZ / len(y)
    ### END SOLUTION


# %% check="softmax_ce"
check(softmax_ce)

# %% [markdown]
# ## Let it learn
#
# Three clouds of points, one for each class, and the simplest classifier: scores $Z = X
# W + b$, nothing hidden. Your `softmax_ce` gives the loss and `dZ`; the rest is the
# chain rule of unit 1, for each column of $W$. All weights start at 0, so you know the
# first loss without running anything.

# %% tags=["demonstration"]
X, y = datasets.blobs(150, classes=3, spread=0.45, rng=np.random.default_rng(7))
W, b, rate = np.zeros((2, 3)), np.zeros(3), 1.0
try:
    for step in range(201):
        loss, dZ = softmax_ce(X @ W + b, y)
        if step in (0, 1, 10, 200):
            right_ones = np.sum((X @ W + b).argmax(axis=1) == y)
            print(f"step {step:3d}: loss {loss:.3f}, {right_ones:3d} of 150 right")
        W, b = W - rate * X.T @ dZ, b - rate * np.sum(dZ, axis=0)
    show(
        plots.decision_regions(lambda points: points @ W + b, X, y),
        "Figure 5: the three clouds of points, each class with a mark of its own, and "
        "the region that the trained classifier gives to each, with the number of the "
        "class. If your gradient is right, the regions meet in the middle, and "
        "straight lines separate them.",
    )
except NotImplementedError:
    print("Answer softmax_ce first, then run this cell again.")
except Exception as error:  # of any kind: Run All goes on
    print("This cell cannot use softmax_ce yet:", repr(error))
    print("See what its check says above, then run this cell again.")

# %% [markdown]
# The first loss is $\log 3 \approx 1.099$, as it must be. Note that the first line says
# nothing about what was learned: with all scores equal, every point is given to class
# 0. And the last loss is not 0. Three points are still on the wrong side, and those on
# the right one cost something, too, because no share is ever quite 1. More steps would
# bring it down: three straight lines can just about tell *these* points apart, and so
# the loss has the bound 0 and never reaches it (unit 2).

# %% [markdown]
# ## Which loss for which problem?
#
# | the answer is | last layer | loss | slope by its output |
# | :-- | :-- | :-- | :-- |
# | a number | weighted sum $p$ | ½ squared error | $p - y$ |
# | a number; wild labels | weighted sum $p$ | Huber | $p - y$, cut at $\pm\delta$ |
# | yes or no | one logit $z$ | binary cross-entropy | $\sigma(z) - y$ |
# | several times yes or no | a logit each | binary cross-entropy | $\sigma(z) - y$ |
# | one of $K$ classes | $K$ scores | categorical cross-entropy | see `softmax_ce` |
#
# (Slopes for one example. The first two problems are called *regression*, the others
# *binary*, *multi-label* and *multi-class* classification.) Read down the last column.
# In the natural pairs of last layer and loss the slope is the plain miss: large when
# the prediction is far off, zero when it is right, with no factor that dies in between.
# That is what to look for when you meet a loss that is not on this list: **write down
# its slope by the network's output, and ask what it does for an example that is very
# wrong, a little wrong, and mislabeled.**
#
# Three clues that loss and layer do not fit together: a sigmoid with squared error (the
# worst mistakes hardly move); a softmax where several answers can be right at once (the
# shares compete, and must add up to 1); probabilities handed to a function that expects
# logits (it squashes them a second time, so all predictions lie between $\sigma(0) =
# 0.5$ and $\sigma(1) \approx 0.73$).

# %% tags=["demonstration"]
print("sigmoid of 1:", round(1 / (1 + math.exp(-1)), 2))

# %% [markdown]
# ## Check yourself
#
# Four questions, ungraded. Decide first; then open the options, the wrong ones too.
#
# **1. A new classifier with 5 classes shows a loss of 1.61 after its first batch. What
# does that tell you?**
#
# <details><summary>A. It has learned something already.</summary>No: this is what an
# even guess costs. log 5 is 1.609.</details>
# <details><summary>B. The scores are still nearly equal, as they should be.</summary>
# Yes. It is the loss at chance level, log 5. Had it been 8, you would look at the
# initialization.</details>
# <details><summary>C. There is a mistake in the loss, because it should start at
# 1.</summary>A loss has no reason to start at 1. With K equal shares of 1/K it starts
# at log K.</details>
# <details><summary>D. One in five predictions is right.</summary>An even guess is right
# one time in five, but the loss does not say so: models with the same accuracy can have
# very different losses.</details>

# %% [markdown]
# **2. Training ran well under a loss with 1/(2m). You switch to 1/m and change nothing
# else. What is different?**
#
# <details><summary>A. The best parameters.</summary>No: where one gradient is zero, so
# is twice the gradient.</details>
# <details><summary>B. Nothing, a constant factor does not matter.</summary>It does not
# matter for where the minimum is. It matters for the steps: they are rate times
# gradient.</details>
# <details><summary>C. Every step is twice as long, and training may run away.</summary>
# Yes. It is as if you had doubled the learning rate. Halve the rate and you have the
# old run back.</details>
# <details><summary>D. The loss becomes less sensitive to outliers.</summary>All slopes
# are doubled, those of outliers and of everybody else. The balance between them is the
# same.</details>

# %% [markdown]
# **3. You apply `log_softmax` to a row twice, one after the other. What comes out?**
#
# <details><summary>A. The same as after the first time.</summary>Yes. After the first
# time the powers of the row add up to 1, so the logarithm of their sum is 0, and
# nothing is subtracted any more.</details>
# <details><summary>B. A flatter row, as with softmax twice.</summary>Softmax twice does
# flatten: it takes shares between 0 and 1 for scores. The logarithms of shares are good
# scores: they differ from the old ones by the same number for the whole row.</details>
# <details><summary>C. All zeros.</summary>Only if K were 1. A row's powers must add up
# to 1, and K zeros give K.</details>
# <details><summary>D. Not a number.</summary>Negative numbers are perfectly good
# scores.</details>

# %% [markdown]
# **4. You predict delivery times. Most labels are minutes, but a few were recorded in
# seconds, so that they are 60 times too large. Which loss first?**
#
# <details><summary>A. Squared error, because large misses deserve attention.</summary>
# Here the large misses are mistakes in the data. The squared error lets them pull with
# their full distance.</details>
# <details><summary>B. Huber or absolute error.</summary>Yes: the pull of a wrong label
# is limited, however far away it is. Mend the data too, if you can.</details>
# <details><summary>C. Cross-entropy, because it is more stable.</summary>Cross-entropy
# compares probabilities with labels from 0 to 1, or with classes. A time is
# neither.</details>
# <details><summary>D. The mean of p − y, because misses of both signs should
# balance.</summary>They would: an hour early for one customer and an hour late for the
# next would cost as little as being right for both. And there is no smallest value:
# predicting ever less lowers it for ever.</details>

# %% [markdown]
# ## Summary
#
# * The loss is of one example, the cost $J(\theta)$ is the mean over the training set,
#   the metric is what you report. Training follows the gradient of the cost.
# * A factor in front moves no minimum. It scales the gradient, and so the largest
#   learning rate: for a linear model, with the eigenvalues $\lambda$ of $X^\top X / m$,
#   $2/\lambda_{\max}$ with $\frac{1}{2m}$, and half of that with $\frac{1}{m}$.
# * Squared error asks for the mean, absolute error for the median. Huber's loss is
#   squared near by and limits the pull of what is far off.
# * Cross-entropy is minus the log of the probability that the truth was given. By the
#   logit its slope is $p - y$; with squared error after a sigmoid a factor $p\,(1 - p)$
#   remains, and it is nearly 0 where the prediction is worst.
# * Compute losses from logits. A probability rounds to 0 or 1 and takes the loss with
#   it; clipping hides that and kills the gradient.
# * Softmax shares compete: its Jacobian has $-p_j\,p_k$ off the diagonal. Only
#   differences within a row count.
# * Before anything is learned, cross-entropy over $K$ classes should be near $\log K$.
#
# ## Glossary
#
# | term | meaning |
# | :-- | :-- |
# | absolute error | the size of the residual, $\lvert p - y \rvert$ |
# | accuracy | the share of examples that are classified rightly; a metric |
# | broadcasting | NumPy's way to stretch an axis of length 1 over another array's |
# | chance level | the loss of a model that gives every class the same share: $\log K$ |
# | cost | the mean loss over the training set, perhaps plus a penalty: $J(\theta)$ |
# | cross-entropy | minus the logarithm of the probability that the truth was given |
# | entropy | $-\sum_k q_k \log q_k$: what saying the frequencies $q_k$ costs |
# | Huber loss | squared for small residuals, absolute for large ones |
# | hypothesis | the function $h_\theta$ that a model computes for given parameters |
# | Jacobian | the table of the slopes of several outputs by several inputs |
# | logit | what goes into a sigmoid: the log of the odds; also a score of softmax |
# | maximum likelihood | choosing $\theta$ so that what was seen is most probable |
# | metric | the number by which a trained model is judged |
# | one-hot | a row with a 1 at the label's place and 0 elsewhere |
# | parameters | what training changes: weights and biases, together $\theta$ |
# | share | one entry of a softmax: the probability that it gives to a class |
# | soft label | a label between 0 and 1 |
# | softmax | powers of $e$, divided by their sum: scores become shares |
# | softplus | $\log(1 + e^z)$, a smooth ramp |
# | training set | the pairs of input and label that a model is trained on |
# | upstream gradient | the slopes of the loss by a function's outputs |
# | vector-Jacobian product | upstream gradient times Jacobian |
#
# ## Further reading
#
# * P. J. Huber, *Robust estimation of a location parameter*, Annals of Mathematical
#   Statistics 35, 1964: the loss between squared and absolute.
# * G. W. Brier, *Verification of forecasts expressed in terms of probability*, Monthly
#   Weather Review 78, 1950: squared error as a metric for probabilities.
# * J. S. Bridle, *Probabilistic interpretation of feedforward classification network
#   outputs, with relationships to statistical pattern recognition*, in Neurocomputing,
#   Springer 1990: where softmax got its name.
# * C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer 2006: chapter 4
#   on classification, section 5.2 on pairs of output and error function.
# * I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016: section
#   4.1 on overflow and underflow, section 6.2 on output units and their losses.
# * N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, second edition, SIAM
#   2002: what rounding does, and how to compute so that it does little.
