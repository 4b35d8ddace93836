# %% [markdown]
# # Unit 6: A network of your own
#
# Everything is in your hands now: neurons and layers, the rate, the start, the loss,
# and the way back. In this last unit you put them together. You derive the gradient of
# a network with two hidden layers, you train it with nothing but your own code, and it
# is judged as networks are judged everywhere: on data that it has never seen. Then you
# are shown three trainings that went wrong, and asked what happened.
#
# **After this unit you can**
#
# 1. write a network with several hidden layers, its loss and its gradients, and train
#    it on data;
# 2. bring up a training run step by step, with a check at each step that tells a sound
#    run from a broken one before it has cost you an hour;
# 3. read the curves of a run, say what is wrong with it and on what evidence, and tell
#    learning from learning by heart.
#
# **You need** units 1 to 5, above all the rate (unit 2), Glorot's start (unit 3), the
# cross-entropy of $K$ classes (unit 4) and the way back through a layer (unit 5).
#
# **Time:** about 115 minutes, by our estimate: 45 for the text and its experiments, 45
# for the two exercises that you write, 25 for the diagnosis. They are
# worth 12.5 points in all; the diagnosis is read by a person.

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from nnkit import check, datasets, numerical_gradient, plots, predict, reveal
from nnkit.plots import BLACK, BLUE, ORANGE, show

# %% [markdown]
# ## Notation
#
# | symbol | what it is | shape | in code |
# | :-- | :-- | :-- | :-- |
# | $X$ | $m$ examples, one in each row | $(m, n)$ | `X` |
# | $y$ | the class of each example, 0 to $K - 1$ | $(m,)$ | `y` |
# | $W_\ell$, $b_\ell$ | weights and biases of layer $\ell$ | | `W1`, `b1`, … |
# | $h_1$, $h_2$ | the widths of the two hidden layers | numbers | |
# | $Z_\ell$ | pre-activations of layer $\ell$ | | `Z1`, `Z2` |
# | $Z_3$ | the scores of each class | $(m, K)$ | `scores` |
# | $A_\ell$ | activations, $A_\ell = \tanh Z_\ell$ | as $Z_\ell$ | `A1`, `A2` |
# | $P$ | the shares, $\operatorname{softmax}(Z_3)$ row by row | $(m, K)$ | `P` |
# | $Y$ | the labels as rows: $Y_{ic} = 1$ where $c = y_i$, else 0 | $(m, K)$ | |
# | $L$ | the loss: the mean cross-entropy | a number | `loss` |
# | $dZ$ | the slope of $L$ by each entry of $Z$ | as $Z$ | `dZ3`, … |
# | $\eta$ | the learning rate | a number | |
#
# Rows are examples, as ever. (Unit 3 counted layers with $d$; here a $d$ in front means
# a slope, and so $\ell$ does it.) *Parameters* means all weights and biases together,
# kept in a dict with the keys `"W1"`, `"b1"`, `"W2"`, `"b2"`, `"W3"`, `"b3"`.

# %% [markdown]
# ## The task
#
# Three classes lie in three arms that wind around a center. The center is not the
# origin, the arms overlap a little, and how far they are turned is different in each
# data set.


# %% tags=["demonstration"]
def spiral_data(m, rng, turned=0.0):
    """Return m points of three arms around (1, 0.5): X (m, 2) and y (m,)."""
    arms, y = datasets.spirals(m, 3, noise=0.05, turns=0.6, rng=rng)
    c, s = np.cos(turned), np.sin(turned)
    return np.array([1.0, 0.5]) + 2 * arms @ np.array([[c, s], [-s, c]]), y


X_train, y_train = spiral_data(240, np.random.default_rng(1))
X_new, y_new = spiral_data(900, np.random.default_rng(2))

# The best that one straight layer can do, fitted by gradient descent.
W_line, b_line = np.zeros((2, 3)), np.zeros(3)
for _ in range(2000):
    P_line = np.exp(X_train @ W_line + b_line)
    P_line /= P_line.sum(axis=1, keepdims=True)
    off = (P_line - np.eye(3)[y_train]) / len(y_train)
    W_line, b_line = W_line - 0.5 * X_train.T @ off, b_line - 0.5 * off.sum(axis=0)
show(
    plots.decision_regions(
        lambda points: points @ W_line + b_line, X_train, y_train, title="one layer"
    ),
    "Figure 1: 240 points in three arms that wind around a center, each class with a "
    "mark of its own, and the regions that one layer without hidden neurons gives to "
    "the classes, each with the number of its class. They are three sectors with "
    "straight borders, and each arm runs through more than one of them.",
)
line_right = np.mean((X_new @ W_line + b_line).argmax(axis=1) == y_new)
print("share of new points that one layer gets right:", line_right.round(1))

# %% [markdown]
# One layer cuts the plane with straight lines (unit 1), and on this task that is right
# for about six points in ten. Arms that wind need borders that bend.
#
# ### Three sets of data
#
# The points that a network is trained on are the *training set*. How well it does there
# is not the question, because a network with enough weights can learn almost any points
# by heart, as you will see in a moment. The question is how well it does on points that
# had no part in making it. The share of them that it gets right is its *accuracy*
# there.
#
# "No part" is strict. Besides `X_train` you have 900 new points here, `X_new`. No
# gradient is ever computed from them, and still they have a part in your network as
# soon as you *choose* by them: the widths, the rate, the number of steps. Points for
# choosing are a *validation set*. The *test set* is what is kept for the one
# measurement at the end. Yours stays with the grader: 900 points from the same arms,
# which neither your code nor you ever see. What choosing does to a measurement, you
# will find out below.

# %% [markdown]
# ## The way there
#
# Two hidden layers with $\tanh$, and a third that gives one score for each class:
#
# $$
# \begin{aligned}
# Z_1 &= X W_1 + b_1,   & A_1 &= \tanh Z_1 && (m, h_1) \\
# Z_2 &= A_1 W_2 + b_2, & A_2 &= \tanh Z_2 && (m, h_2) \\
# Z_3 &= A_2 W_3 + b_3  & &                && (m, K) \text{, the scores.}
# \end{aligned}
# $$
#
# There is no curve after the third layer. The softmax belongs to the loss, and for the
# question which class is the most likely it is not needed: it keeps the order of the
# scores.

# %% [markdown] readonly="predict_scores-task"
# ### Exercise `predict_scores` (worked)
#
# Write `predict_scores(params, X)`: the scores of this network.
#
# * `params` is a dict with the keys `"W1"` of shape `(n, h1)`, `"b1"` of shape `(h1,)`,
#   `"W2"` of shape `(h1, h2)`, `"b2"` of shape `(h2,)`, `"W3"` of shape `(h2, K)` and
#   `"b3"` of shape `(K,)`, in any order.
# * `X` has shape `(m, n)`. Any sizes from 1 on may come.
# * Return the scores, of shape `(m, K)`.
# * Leave the inputs as they are.
#
# It is answered for you; the other two exercises can use it.


# %% answer="predict_scores"
def predict_scores(params, X):
    """Return the network's scores, one row for each example."""
    A1 = np.tanh(X @ params["W1"] + params["b1"])
    A2 = np.tanh(A1 @ params["W2"] + params["b2"])
    return A2 @ params["W3"] + params["b3"]


# %% check="predict_scores"
check(predict_scores)

# %% [markdown]
# ## Before the first step: the loss at chance
#
# The cheapest check of all comes before any training. What is the loss of a network
# that knows nothing? You have the answer from unit 4, for the case that all scores are
# equal.
#
# ### Predict, run, explain: the first loss
#
# The cell below draws 200 networks with Glorot's start (unit 3), and computes the loss
# of each on the training set; then again with all weights set to 0; and with weights
# ten times as large as Glorot's.
#
# 1. What is the loss with three classes when all the scores are equal?
# 2. What is it, on average, when the weights are ten times as large as Glorot's? (Where
#    tanh is saturated, how large are the entries of $A_2$, and how many of them does a
#    score add up? A rough guess will do.)

# %% tags=["demonstration"]
predict("first loss: all scores equal", ...)

# %% tags=["demonstration"]
predict("first loss: weights ten times as large", ...)


# %% tags=["demonstration"]
def mean_cross_entropy(scores, y):
    """Return the mean of -log of the share at the label."""
    gaps = scores - scores.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(gaps).sum(axis=1)) - gaps[np.arange(len(y)), y])


def glorot_start(rng, scale=1.0, width=16):
    """Return parameters as unit 3 draws them, times a scale; biases are 0."""
    drawn, sizes = {}, (2, width, width, 3)
    for number, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        spread = scale * np.sqrt(2 / (n_in + n_out))
        drawn[f"W{number}"] = rng.normal(0, spread, (n_in, n_out))
        drawn[f"b{number}"] = np.zeros(n_out)
    return drawn


first_loss = {}
print("               first loss, on average    share right")
for scale in (0.0, 1.0, 10.0):
    starts = [glorot_start(np.random.default_rng(s), scale) for s in range(200)]
    scores = [predict_scores(p, X_train) for p in starts]
    first_loss[scale] = np.mean([mean_cross_entropy(z, y_train) for z in scores])
    right = np.mean([(z.argmax(axis=1) == y_train).mean() for z in scores])
    print(f"weights times {scale:4.1f} {first_loss[scale]:19.1f} {right:14.2f}")
print("log of 3           :", round(np.log(3), 4))
display(
    reveal("first loss: all scores equal", round(first_loss[0.0], 2)),
    reveal("first loss: weights ten times as large", round(first_loss[10.0], 1)),
)

# %% [markdown]
# **Explain.** Equal scores give each class the share $\frac13$, and $-\log \frac13 =
# \log 3 \approx 1.10$. With Glorot's start the scores are small but not equal, and a
# network that has an opinion without a reason pays for it. Take one row with the scores
# $z_0, z_1, z_2$. With the label $y$ it costs $\log \sum_c e^{z_c} - z_y$ (unit 4). The
# start was drawn without looking at the labels, so averaged over many starts each class
# is as likely as the others to have the largest score. It is as if the label were drawn
# by lot, and on average over the three labels the row costs
#
# $$
# \begin{aligned}
# \log \sum_c e^{z_c} &- \tfrac13 \sum_c z_c \\
#   &= \log 3 + \log \Bigl( \tfrac13 \sum_c e^{z_c} \Bigr) - \tfrac13 \sum_c z_c
#   && \text{a sum is 3 means} \\
#   &\ge \log 3 + \tfrac13 \sum_c \log e^{z_c} - \tfrac13 \sum_c z_c
#   && \text{log of mean} \ge \text{mean of logs} \\
#   &= \log 3
#   && \log e^{z_c} = z_c ,
# \end{aligned}
# $$
#
# with equality only where the scores are equal. (The $\ge$ holds because the
# logarithm bends downward: between two points its curve lies above the chord.)
#
# Weights ten times as large give scores that are spread widely, and the network is
# *sure* of its guesses: about one in three is right, and the others cost a lot. How
# much can be estimated. With such weights most neurons of layer 2 are saturated, near 1
# or $-1$. A score adds up 16 of these, each times a weight with the standard deviation
# $10 \sqrt{2 / (16 + 3)} \approx 3.2$, so it is spread around 0 with the standard
# deviation $\sqrt{16} \cdot 3.2 \approx 13$. Where the scores lie so far apart, the
# logarithm of the sum is about the largest of them, and a row costs, averaged over the
# labels, what that one lies above the mean of the three. For three draws from a normal
# distribution this is 0.85 standard deviations (we quote it), here 11. The cell found
# a little less, because not all of the neurons are saturated.
#
# So a first loss near $\log K$ says that the loss, the number of classes and the size
# of the start fit together. One far above it says that the start is too large, or that
# the loss is a sum where you meant a mean. Whether the *labels* are right it cannot
# say: who guesses does as well on wrong ones.

# %% [markdown]
# ## The way back
#
# Three layers instead of two: the chain gets longer and nothing new is needed. Start at
# the scores, where softmax and cross-entropy together leave a plain difference, and go
# back layer by layer.
#
# $$
# \begin{aligned}
# dZ_3 &= \tfrac1m\,(P - Y) && \text{unit 4} \\
# dA_2 &= dZ_3\, W_3^\top && \text{through layer 3, as in unit 5} \\
# dZ_2 &= dA_2 \odot (1 - A_2 \odot A_2) && \text{through the curve of layer 2} \\
# dA_1 &= dZ_2\, W_2^\top && \text{through layer 2} \\
# dZ_1 &= dA_1 \odot (1 - A_1 \odot A_1) && \text{through the curve of layer 1.}
# \end{aligned}
# $$
#
# ($\odot$ multiplies entry by entry.) Each layer's own parameters take from the $dZ$ of
# *their* layer. With $A_0 = X$ for what goes into the first one, you know from unit 5
# what $dW_\ell$ and $db_\ell$ are, given $dZ_\ell$ and $A_{\ell - 1}$.
#
# Shapes are the best proofreader: $dW_\ell$ has the shape of $W_\ell$, and there are
# few ways to get $(h_1, h_2)$ out of $(m, h_1)$ and $(m, h_2)$. They do not see
# everything, though. When $h_1 = h_2$, a forgotten transpose of $W_2$ fits as well.

# %% [markdown] readonly="capstone_grads-task"
# ### Exercise `capstone_grads` (3.5 points, half filled in)
#
# Write `capstone_grads(params, X, y)`: the loss of the network and its gradients.
#
# * `params` and `X` are as in `predict_scores`; $K \ge 2$. `y` has shape `(m,)` and
#   holds whole numbers from 0 to $K - 1$.
# * The loss is the *mean* cross-entropy. The scores of a row may lie thousands apart,
#   with the label on the far side, and loss and gradients must be right there, too.
# * Return the pair `(loss, gradients)`: one number, and a dict with the same six keys
#   as `params`, where each gradient has the shape of its parameter.
# * Leave the inputs as they are.
#
# The way there is written down; the way back is yours. The loss and the six gradients
# are graded separately, half a point each. Work them out by hand: `nnkit`'s autodiff is
# switched off when this is checked.


# %% answer="capstone_grads"
def capstone_grads(params, X, y):
    """Return (loss, gradients) of a network with two hidden layers of tanh."""
    each = np.arange(len(y))
    A1 = np.tanh(X @ params["W1"] + params["b1"])
    A2 = np.tanh(A1 @ params["W2"] + params["b2"])
    scores = A2 @ params["W3"] + params["b3"]
    gaps = scores - scores.max(axis=1, keepdims=True)  # exp of these cannot overflow
    log_P = gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True))
    # From here on it is yours: the loss, dZ3, and back to W1 and b1.
    ### BEGIN SOLUTION
    dZ3 = np.exp(log_P)
    dZ3[each, y] -= 1
    dZ3 /= len(y)
    gradients = {"W3": A2.T @ dZ3, "b3": dZ3.sum(axis=0)}
    dZ2 = (dZ3 @ params["W3"].T) * (1 - A2**2)
    gradients |= {"W2": A1.T @ dZ2, "b2": dZ2.sum(axis=0)}
    dZ1 = (dZ2 @ params["W2"].T) * (1 - A1**2)
    gradients |= {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0)}
    return -log_P[each, y].mean(), gradients
    ### END SOLUTION


# %% check="capstone_grads"
check(capstone_grads)

# %% [markdown]
# ### Measure it
#
# `check` knows the right gradients. For a network of your own nobody does, and you ask
# the loss itself: move one parameter a little both ways and see what it does (unit 5).
# It is slow and worth it, once, on a small batch, before the first training run.

# %% tags=["demonstration"]
small = glorot_start(np.random.default_rng(5), width=4)
X_few, y_few = X_train[:7], y_train[:7]
try:
    by_hand = capstone_grads(small, X_few, y_few)[1]
    for name in small:
        measured_slope = numerical_gradient(
            lambda value, name=name: capstone_grads(
                small | {name: value}, X_few, y_few
            )[0],
            small[name],
        )
        apart = np.abs(by_hand[name] - measured_slope).max()
        print(f"{name}: by hand and measured,", "agree" if apart < 1e-7 else "DIFFER")
except NotImplementedError:
    print("Answer capstone_grads first, then run this cell again.")
except Exception as error:  # of any kind: Run All goes on
    print("This cell cannot use capstone_grads yet:", repr(error))
    print("See what its check says above, then run this cell again.")

# %% [markdown]
# ## Overfit a handful
#
# The next check takes a few seconds. Take a few examples and train on nothing else. A
# network with hundreds of parameters must be able to get a dozen examples right, all of
# them. If it cannot, something is broken, and more data will not mend it.
#
# We make it harder, to make a point. The labels of the dozen are drawn **by lot**.
# There is nothing to understand in them.
#
# ### Predict, run, explain: labels by lot
#
# Twelve points of the training set, with labels that were drawn at random; two hidden
# layers of 16; 3,000 steps with $\eta = 0.3$.
#
# 1. What share of the twelve does the network get right in the end?
# 2. What share of the 900 new points, with their true labels?

# %% tags=["demonstration"]
predict("labels by lot: share right of the twelve", ...)

# %% tags=["demonstration"]
predict("labels by lot: share right of new points", ...)


# %% tags=["demonstration"]
def accuracy(params, X, y):
    """Return the share of rows whose largest score is at the label."""
    return np.mean(predict_scores(params, X).argmax(axis=1) == y)


lots = np.random.default_rng(8)
X_dozen, y_dozen = X_train[:12], lots.integers(0, 3, 12)
heart = glorot_start(np.random.default_rng(4))
try:
    for _ in range(3000):
        _, slopes = capstone_grads(heart, X_dozen, y_dozen)
        heart = {name: heart[name] - 0.3 * slopes[name] for name in heart}
    of_twelve, of_new = accuracy(heart, X_dozen, y_dozen), accuracy(heart, X_new, y_new)
except NotImplementedError:
    print("Answer capstone_grads first, then run this cell again.")
except Exception as error:
    print("This cell cannot use capstone_grads yet:", repr(error))
    print("See what its check says above, then run this cell again.")
else:
    print("right of the twelve              :", of_twelve.round(2))
    print("right of new points, to one digit:", of_new.round(1))
    display(
        reveal("labels by lot: share right of the twelve", of_twelve),
        reveal("labels by lot: share right of new points", of_new.round(1)),
    )

# %% [markdown]
# **Explain.** All twelve, although there was nothing to learn: the network has put each
# of the points on the side where the lot wanted it. On new points it is right about as
# often as guessing is. (Another lot may agree with the arms by luck, or contradict
# them. Change the 8 and see; over many lots the mean is one third.) Both halves matter.
# That it *can* learn a handful by heart says that loss, gradient and step work
# together. And that it *did*, without any sense in the labels, says that a small
# training loss is no evidence of having understood anything.
#
# > **You may read that** a network has learned its task when its training loss is
# > small.
# >
# > **What is true.** It has learned its training set. Whether there is more to it shows
# > on data that had no part in the training, and nowhere else. C. Zhang and others
# > (2017) gave 50,000 photographs labels drawn by lot, and large networks got all or
# > nearly all of them right. What the training loss *does* tell is the opposite: as
# > long as it is large, the network has not even learned by heart.

# %% [markdown]
# ## A checklist for training runs
#
# | step | do | a sound run | if not, suspect |
# | :-: | :-- | :-- | :-- |
# | 1 | first loss | near $\log K$ | size of the start; sum or mean |
# | 2 | measure the gradients | they agree | the way back |
# | 3 | train on a handful | all of them right | step, rate, start |
# | 4 | train on everything | the loss falls | jumps: large rate; creeps: small rate |
# | 5 | look at new data | a little worse | far worse: data, or learned by heart |
# | 6 | only now: width, depth | one thing at a time | |
#
# Do them in this order. Each step trusts the ones above it: who tunes the rate (step 4)
# on a gradient that is wrong (step 2) is looking for the rate at which two mistakes
# cancel.
#
# > **You may read that** a network that does not learn should be trained for longer, or
# > made larger.
# >
# > **What is true.** That helps when the loss is still falling at the end, or when it
# > stays large although steps 1 to 3 are sound. Of the three broken runs at the end of
# > this unit none can be mended like that: a larger network with the same fault fails
# > in the same way, and takes longer.

# %% [markdown]
# ## Train it
#
# All that is left is the loop. Draw a start, then again and again: gradients, one step
# for *every* parameter, at the same point. You choose the widths, the start, the rate,
# the number of steps, and whether to take all rows at once or some at a time.
#
# Try things out in cells of your own, with `X_train` and `X_new`, and print the loss
# every hundred steps. There is no need for tricks. Plain gradient descent on all rows,
# with widths of a dozen or two, a rate between 0.3 and 1, and some six hundred steps,
# reaches what is asked for below with room to spare, in a second or two.

# %% [markdown] readonly="train-task"
# ### Exercise `train` (3 points)
#
# Write `train(X, y, rng)`: draw parameters, train them, weights and biases, and return
# them.
#
# * `X` has shape `(m, 2)`, with $m$ between 150 and 250: three arms as in Figure 1,
#   turned by an angle that is different every time. `y` has shape `(m,)`, with the
#   classes 0, 1 and 2. The rows may come in any order, also class after class.
# * `rng` is a `np.random.Generator`. Draw from it whatever you leave to chance.
# * Return a dict with the keys `"W1"`, `"b1"`, `"W2"`, `"b2"`, `"W3"`, `"b3"`, as
#   `predict_scores` takes it, with 2 inputs and 3 classes. Choose the widths `h1` and
#   `h2` yourself, from 1 to 64 neurons.
# * Leave `X` and `y` as they are. A call may take up to 20 seconds; one will do.
#
# The grader evaluates the returned parameters itself, with the network of
# `predict_scores` and with inputs as they come, not shifted or scaled. It asks for
# three things, one point each:
#
# | part | asked for |
# | :-- | :-- |
# | `loss` on `X`, `y` | at most 0.2 |
# | `accuracy` on `X`, `y` | at least 0.9 |
# | `accuracy on new data`, 900 points that your code never sees | at least 0.9 |
#
# Go on beyond the bars. A training that ends as soon as its loss is just below 0.2 may
# pass `check` and fall short when it is graded, on arms that are turned otherwise.
#
# How you got there is not judged, as long as chance comes from `rng` and the biases are
# trained, too; nor which numbers chance gave you. (In messages a loss above 2 is given
# as 2, and an accuracy below 0.5 as 0.5: guessing is guessing.)
#
# Your `capstone_grads` is there to be used, so get that right first.


# %% answer="train"
def train(X, y, rng):
    """Return the parameters of a network trained on X and y."""
    ### BEGIN SOLUTION
    widths = (2, 16, 16, 3)
    params = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(widths), 1):
        sigma = np.sqrt(2 / (fan_in + fan_out))
        params[f"W{layer}"] = rng.normal(0, sigma, (fan_in, fan_out))
        params[f"b{layer}"] = np.zeros(fan_out)
    for _ in range(600):
        gradients = capstone_grads(params, X, y)[1]
        params = {name: params[name] - 0.5 * gradients[name] for name in params}
    return params
    ### END SOLUTION


# %% check="train"
check(train)

# %% [markdown]
# ### What it has learned
#
# Here is your network on the data of Figure 1. Look at the borders: where do they bend,
# and what does the network say far from all points, where it has seen nothing?

# %% tags=["demonstration"]
try:
    mine = train(X_train, y_train, np.random.default_rng(0))
    reached = accuracy(mine, X_new, y_new)
    show(
        plots.decision_regions(
            lambda points: predict_scores(mine, points), X_train, y_train, title="yours"
        ),
        "Figure 2: the regions that your network gives to the three classes. If it is "
        "well trained, the borders wind with the arms, and almost every point lies in "
        "the region of its class.",
    )
    print("accuracy on new points at least 0.9:", reached >= 0.9)
except NotImplementedError:
    print("Answer capstone_grads and train first, then run this cell again.")
except Exception as error:
    print("This cell cannot use train yet:", repr(error))
    print("See what its check says above, then run this cell again.")

# %% [markdown]
# ### Predict, run, explain: the luckiest of twenty
#
# Is choosing really a part? Here it is with nothing else in it. Thirty points get
# labels by lot, so that *no* network can do better than one third on them, except by
# luck. Twenty networks are drawn and not trained. We keep the one that gets most of the
# thirty right, and ask it about 870 other points, with labels by lot, too. All of that
# is done forty times over, and averaged.
#
# 1. What share of the *thirty* does the chosen network get right?
# 2. What share of the 870?

# %% tags=["demonstration"]
predict("the best of twenty: on the thirty it was chosen by", ...)

# %% tags=["demonstration"]
predict("the best of twenty: on 870 others", ...)

# %% tags=["demonstration"]
by_lot = np.random.default_rng(9)
on_thirty, on_others = [], []
for _ in range(40):
    labels = by_lot.integers(0, 3, 900)
    drawn = [glorot_start(by_lot) for _ in range(20)]
    lucky = max(drawn, key=lambda p: accuracy(p, X_new[:30], labels[:30]))
    on_thirty.append(accuracy(lucky, X_new[:30], labels[:30]))
    on_others.append(accuracy(lucky, X_new[30:], labels[30:]))
print("on the thirty :", np.mean(on_thirty).round(2))
print("on 870 others :", np.mean(on_others).round(2))
display(
    reveal(
        "the best of twenty: on the thirty it was chosen by",
        np.mean(on_thirty).round(2),
    ),
    reveal("the best of twenty: on 870 others", np.mean(on_others).round(2)),
)

# %% [markdown]
# **Explain.** Nearly half of the thirty, where one third is the truth. Of 30 guesses at
# one in three, 10 are right on average, with the standard deviation $\sqrt{30 \cdot
# \frac13 \cdot \frac23} \approx 2.6$; and the best of twenty tries lies nearly two of
# these above the average, near 15. (It is a little less here, because some of the
# twenty guess alike, and so make fewer tries.) Nobody has trained anything. The
# *choice* has turned luck into accuracy, and on points that had no part in it the luck
# is gone. On 900 points the standard deviation is 1.6 % of them, on 30 it is 9 %. So
# choose by many points if you can, and never report the number that you have chosen by.

# %% [markdown]
# ## Three runs that went wrong
#
# A colleague has trained the same network four times: two hidden layers of 12 neurons,
# on the same 90 points of three arms, by gradient descent on all 90 rows for 6,000
# steps. The first run is sound. In each of the others **exactly one thing** was done
# differently, and only the notes are left: the training loss, the accuracy on the 90
# points and that on 900 new ones, every 300 steps. Of the 90 points 35 belong to class
# 0, 26 to class 1 and 29 to class 2; of the new ones 300 to each.

# %% tags=["demonstration"]
written_down = """
      sound               run A               run B               run C
step     loss   90  new      loss   90  new      loss   90  new      loss   90  new
   0   1.1200 0.32 0.33   1.1200 0.32 0.33   1.0986 0.39 0.33   1.1480 0.29 0.33
 300   0.0130 1.00 0.98  28.0226 0.49 0.48   1.0909 0.39 0.33   0.9924 0.46 0.34
 600   0.0041 1.00 0.98  50.4499 0.39 0.33   1.0909 0.39 0.33   0.9110 0.49 0.40
 900   0.0023 1.00 0.98  40.2207 0.46 0.48   1.0909 0.39 0.33   0.8640 0.57 0.36
1200   0.0016 1.00 0.98  12.1289 0.49 0.48   1.0909 0.39 0.33   0.8140 0.56 0.38
1500   0.0012 1.00 0.98  53.6998 0.46 0.48   1.0909 0.39 0.33   0.7736 0.58 0.36
1800   0.0009 1.00 0.98  56.9812 0.49 0.48   1.0909 0.39 0.33   0.7243 0.64 0.32
2100   0.0008 1.00 0.98  47.7400 0.46 0.47   1.0909 0.39 0.33   0.6708 0.69 0.31
2400   0.0006 1.00 0.98  47.5287 0.46 0.48   1.0909 0.39 0.33   0.6256 0.70 0.30
2700   0.0006 1.00 0.98  39.4804 0.49 0.48   1.0909 0.39 0.33   0.5906 0.70 0.32
3000   0.0005 1.00 0.98  43.5919 0.49 0.48   1.0909 0.39 0.33   0.5431 0.77 0.29
3300   0.0004 1.00 0.98  67.8727 0.39 0.33   1.0909 0.39 0.33   0.5181 0.76 0.30
3600   0.0004 1.00 0.98  35.3145 0.46 0.48   1.0909 0.39 0.33   0.4975 0.77 0.30
3900   0.0004 1.00 0.98  65.9139 0.39 0.33   1.0909 0.39 0.33   0.4552 0.86 0.31
4200   0.0003 1.00 0.98  67.0918 0.46 0.47   1.0909 0.39 0.33   0.4467 0.81 0.32
4500   0.0003 1.00 0.98  73.0202 0.49 0.47   1.0909 0.39 0.33   0.3918 0.84 0.30
4800   0.0003 1.00 0.98  39.4722 0.49 0.48   1.0909 0.39 0.33   0.3789 0.82 0.31
5100   0.0003 1.00 0.98  34.5728 0.39 0.33   1.0909 0.39 0.33   0.3787 0.82 0.32
5400   0.0002 1.00 0.98  80.7962 0.39 0.33   1.0909 0.39 0.33   0.3584 0.86 0.30
5700   0.0002 1.00 0.98  62.2282 0.46 0.48   1.0909 0.39 0.33   0.3482 0.87 0.32
6000   0.0002 1.00 0.98  75.5214 0.39 0.33   1.0909 0.39 0.33   0.3091 0.83 0.27
"""
table = np.array([line.split() for line in written_down.splitlines()[3:]], dtype=float)
names = ("sound", "run A", "run B", "run C")
notes = {name: table[:, 1 + 3 * i : 4 + 3 * i].T for i, name in enumerate(names)}
when = table[:, 0]

figure, grid = plt.subplots(2, 4, figsize=(11.5, 5.6), sharex=True)
for column, (name, (losses, seen, unseen)) in zip(grid.T, notes.items(), strict=True):
    top, bottom = column
    top.plot(when, losses, color=BLACK, marker="o", markersize=4)
    top.axhline(np.log(3), color="gray", linestyle="dotted")
    top.set(yscale="log", ylim=(1e-4, 200), title=name)
    bottom.plot(when, seen, color=BLUE, marker="o", markersize=5, label="the 90 points")
    bottom.plot(
        when,
        unseen,
        color=ORANGE,
        marker="^",
        markersize=5,
        linestyle="--",
        label="new",
    )
    bottom.axhline(1 / 3, color="gray", linestyle="dotted")
    bottom.set(ylim=(0, 1.05), xlabel="step", xticks=[0, 3000, 6000])
grid[0, 0].set_ylabel("training loss")
grid[1, 0].set_ylabel("accuracy")
grid[0, 0].text(1500, 1.5, "log 3", fontsize=11, color="dimgray")
grid[1, 0].legend(loc="lower right", fontsize=11)
figure.tight_layout()
show(
    figure,
    "Figure 3: training loss (above, logarithmic) and accuracy (below) of four runs. "
    "Sound: the loss falls from about 1.1 to below 0.02 within 300 steps and goes on "
    "falling; both accuracies rise to nearly 1. Run A: the loss leaps to between 12 "
    "and 81 and stays there, up and down; both accuracies jump between 0.3 and 0.5. "
    "Run B: the loss is flat at 1.1; the accuracies are flat, too, at 0.39 on the 90 "
    "points and 0.33 on new ones. Run C: the loss falls slowly, from 1.15 to 0.31; the "
    "accuracy on the 90 points climbs to about 0.85, that on new points stays around "
    "0.3. Dotted lines mark the loss log 3 and the accuracy one third.",
)
print("             first loss    last loss    on the 90    on new points")
for name, (losses, seen, unseen) in notes.items():
    print(
        f"{name:<10} {losses[0]:12.4f} {losses[-1]:12.4f} {seen[-1]:12.2f} "
        f"{unseen[-1]:16.2f}"
    )

# %% [markdown] readonly="diagnosis-task"
# ### Diagnosis (6 points, in words)
#
# For each of the runs A, B and C write two or three sentences:
#
# 1. **What was done differently**, as you suspect, and **what the evidence is**: name
#    the feature of the curves (a value, a shape, a difference between two curves) that
#    speaks for it, and why. (1 point)
# 2. **How you would make sure**, or what you would change: one experiment whose outcome
#    would tell you that you are right or wrong. (1 point)
#
# The numbers printed under Figure 3 help; so does the checklist. A person reads your
# answer, and what counts is the reasoning: another cause that explains *all* of the
# evidence is as good as ours. You can try a suspicion out with your own `train`, with
# the same mistake put in on purpose.
#
# Double-click the cell below to write in it.

# %% [markdown] written="diagnosis" points=6
# **Run A, run B, run C: what happened, on what evidence, and how to make sure**
#
# ### BEGIN SOLUTION
# **Run A: the learning rate is too large** (it was 15 in place of 0.5). The first loss,
# 1.12, is near log 3, so the start and the loss are sound. Then it leaps far above what
# guessing costs and jumps up and down without settling: each step overshoots, the
# neurons saturate, and confident mistakes cost a lot. Both accuracies suffer alike, so
# it is no matter of learning by heart. A sum where a mean was meant does the same, with
# a rate that is 90 times as large. *To make sure:* divide the rate by 10 and by 100;
# the loss should fall. A flipped sign would send the loss up as well, but steadily,
# with the accuracies at one third or below, and a smaller rate would not help.
# *Points:* 1 for the rate (or the missing mean) with the evidence, 1 for a test of it.
#
# **Run B: all parameters started at 0.** The first loss is log 3 in every digit noted,
# 1.0986, where a random start gives 1.12 or 1.15: all scores were exactly equal. Then
# it falls only to 1.091 and stays: only the last biases learn, up to the share of each
# class, and the network gives every point to the most frequent one, class 0: 35/90 =
# 0.39 on the 90 points, 300/900 = 0.33 on new ones. With weights of 0 the gradients of
# W1 and W2 are 0, and that of W3 as well, because the hidden activations are. A rate of
# 0 or steps that are not kept would leave the loss exactly where it was; here it moved.
# *To make sure:* print the gradients before the first step (all 0 but that of b3), or
# start with Glorot's weights. (All weights alike, but not 0, begin at log 3 as well;
# but then the loss falls further than to the shares of the classes.) *Points:* 1 for
# the start with the evidence (exactly log 3, or the constant answer),
# 1 for a test of it.
#
# **Run C: the labels do not belong to the rows** (they were shuffled). The training
# loss falls, so gradients and steps work. But the accuracy on new points stays around
# one third from the first step to the last, while that on the 90 points climbs to 0.85:
# the network learns by heart, and slowly, as it must where there is no rule. Even the
# first loss tells: 1.148 and not 1.120 as in the sound run. With the same points and
# the same start, only other labels can do that. Ordinary overfitting would do better
# than guessing on new points, at least for some time, as the sound run on the same
# number of points does. *To make sure:* plot the points with their labels, or look at a
# few rows by hand; find the place where X and y are sorted or shuffled apart. *Points:*
# 1 for labels apart from rows (or test labels apart from theirs, if the slow training
# is explained), with the evidence, 1 for a test of it.
# ### END SOLUTION

# %% [markdown]
# ## What the course has taught
#
# | unit | question | answer in a line |
# | :-: | :-- | :-- |
# | 1 | What does a neuron do? | Weigh, add, bend. Bends make depth worth having. |
# | 2 | What rate? | On a quadratic, below $2/\lambda_{\max}$. Small: slow, not stuck. |
# | 3 | Where to start? | With neurons that differ, and signals that keep their size. |
# | 4 | What to make small? | A loss that is steep where the answer is wrong. |
# | 5 | Which way is down? | Rates multiply along paths; where they meet, add. |
# | 6 | Has it learned? | Ask data that it has not seen. |
#
# You have written each of these parts yourself, and a network made of them has learned
# something that nobody has put into it: the borders in Figure 2 are in no line of your
# code. The libraries that train the large networks do what you have done, faster, with
# more kinds of layers, and with the same checklist for those who use them.

# %% [markdown]
# ## Check yourself
#
# Four questions, ungraded. Decide first; then open the options, the wrong ones too.
#
# **1. A network for 10 classes has a loss of 2.30 before the first step. What does this
# tell you?**
#
# <details><summary>A. That it is broken: the loss should be near 1.1.</summary>
# No. That is log 3, for three classes. With ten it is log 10, which is about
# 2.30.</details>
# <details><summary>B. That the start is sensible: it is what equal shares
# cost.</summary>
# Yes, as far as a single number can. Each class has about a tenth, and −log 0.1 is
# 2.30.</details>
# <details><summary>C. That its gradients are right.</summary>
# No. No gradient has been used yet. That is the next step of the checklist.</details>
# <details><summary>D. Nothing, because the weights are random.</summary>
# No. They are, and yet a first loss of 23 would tell you that the scores are far too
# large.</details>

# %% [markdown]
# **2. Your network, with some hundred parameters, gets 12 of 20 training examples right
# after thousands of steps, and the loss no longer falls. What do you do first?**
#
# <details><summary>A. Collect more examples.</summary>
# No. A network with far more parameters than examples should get these twenty right.
# Something hinders it, and it will hinder it with more of them.</details>
# <details><summary>B. Compare the gradients with measured ones.</summary>
# Yes. Of all that may be broken, it is the cheapest to test. If they agree, look at the
# step, the rate and the start.</details>
# <details><summary>C. Add layers.</summary>
# No. One thing at a time, and the broken one first: more layers make it harder to
# find.</details>
# <details><summary>D. Be content: it generalizes, because it has not learned by
# heart.</summary>
# No. It has learned neither the rule nor the examples. That is no
# generalization.</details>

# %% [markdown]
# **3. The training accuracy is 1.0, and the accuracy on new data is 0.7 where guessing
# gives 0.33. What has happened?**
#
# <details><summary>A. The labels were shuffled.</summary>
# No. Then new data would be at the level of guessing. 0.7 is far above it.</details>
# <details><summary>B. It has learned part of the rule, and the rest by
# heart.</summary>
# Yes. That is called overfitting. More examples usually help; so may a smaller network
# or fewer steps.</details>
# <details><summary>C. The learning rate is too large.</summary>
# No. Then the training accuracy would suffer, too.</details>
# <details><summary>D. The test set is wrong, because the two must agree.</summary>
# No. They agree only for a network that has learned nothing by heart. A gap is
# ordinary; the question is its size.</details>

# %% [markdown]
# **4. You choose among twenty trained networks the one with the best accuracy on the
# test set. What is that accuracy?**
#
# <details><summary>A. A fair estimate of how it does on new data.</summary>
# No. You have used the test set to choose, so it has had a part in making this network.
# The best of twenty is partly the luckiest.</details>
# <details><summary>B. Probably a little too good.</summary>
# Yes. For a fair estimate, choose on one set that was kept apart (the validation set),
# and measure on another, once.</details>
# <details><summary>C. Too bad, because it was not trained on these data.</summary>
# No. That it was not trained on them is what makes them worth something.</details>
# <details><summary>D. The same as its training accuracy.</summary>
# No. There is no reason for that, least of all for a network that learned by
# heart.</details>

# %% [markdown]
# ## Summary
#
# * A network with more layers has a longer chain and no new rules: $dZ_{\ell} =
#   (dZ_{\ell + 1}\, W_{\ell + 1}^\top) \odot (1 - A_\ell \odot A_\ell)$ for each hidden
#   layer with $\tanh$, and each layer's gradients come from its own $dZ$ and what went
#   into it.
# * Before the first step the loss of $K$ classes is near $\log K$; a random start is on
#   average a little above.
# * Then: gradients against measured ones, a handful learned by heart, the curves of the
#   whole run, and new data. In this order.
# * A small training loss says that the training set was learned. Twelve random labels
#   can be learned by heart, and it helps with no thirteenth.
# * Judge a network by data that had no part in making it, neither in training it nor in
#   choosing it. The best of many tries is partly the luckiest.
#
# ## Glossary
#
# | term | meaning |
# | :-- | :-- |
# | accuracy | the share of examples whose largest score is at the label |
# | chance level | the loss of equal shares, $\log K$; the accuracy of guessing, $1/K$ |
# | generalize | to do well on data that had no part in the training |
# | gradient check | comparing derived gradients with measured ones |
# | learning curve | loss or accuracy against the number of steps |
# | overfitting | learning the training set by heart, at the cost of new data |
# | parameters | all weights and biases of a network |
# | test set | examples kept apart, to judge the finished network |
# | training set | the examples that the gradients are computed from |
# | validation set | examples kept apart, to choose among networks |
#
# ## Further reading
#
# * T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*,
#   second edition, Springer 2009: chapter 7 on judging and choosing models.
# * I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016: chapter
#   11, on how to go about a training run.
# * C. Zhang, S. Bengio, M. Hardt, B. Recht and O. Vinyals, *Understanding deep learning
#   requires rethinking generalization*, ICLR 2017: networks that learn random labels.
# * Y. Bengio, *Practical recommendations for gradient-based training of deep
#   architectures*, in *Neural Networks: Tricks of the Trade*, second edition,
#   Springer 2012.
# * A. Karpathy, *A Recipe for Training Neural Networks*, 2019, on his blog: a checklist
#   like the one above, longer, by one who has needed it.
# * S. J. D. Prince, *Understanding Deep Learning*, MIT Press 2023: where to go from
#   here, to convolutions, transformers and generative models.
