# %% [markdown]
# # Unit 1: One neuron
#
# A neural network is built from one small part, repeated many times. This unit takes
# that part in your hands: what it computes, what it looks like, and in which direction
# its numbers should change to make its output better. Everything later in the course,
# however large the network, is this unit with more indices.
#
# **After this unit you can**
#
# 1. compute a neuron's output by hand and in NumPy, and name each number on the way;
# 2. say what the weights, the bias and their common scale each do to the picture a
#    neuron draws in the plane;
# 3. derive the gradient of a neuron's mean squared error, line by line, and write it as
#    a program that holds for any number of examples.
#
# **You need** the chain rule and partial derivatives from calculus, the dot product
# from linear algebra, and NumPy arrays with their shapes. No machine learning.
#
# **How to work.** Read, predict, run, then compare. Cells with a `NotImplementedError`
# are yours to answer. Below each of them stands a cell with `check(...)`: it calls your
# function with many inputs, says which parts are right, and where it recognizes a
# misunderstanding it gives you a hint. Check as often as you like; an exercise without
# an answer is simply *open*.

# %%
import matplotlib.pyplot as plt
import numpy as np

from nnkit import check
from nnkit.plots import BLUE, ORANGE, show

# %% [markdown]
# ## Notation
#
# | symbol | what it is | shape | in code |
# | :-- | :-- | :-- | :-- |
# | $x$ | the inputs of one example | $(n,)$ | `x` |
# | $X$ | $m$ examples, **one in each row** | $(m, n)$ | `X` |
# | $y$ | the label of each example: what the output should be | $(m,)$ | `y` |
# | $w$ | the weights, one for each input | $(n,)$ | `w` |
# | $b$ | the bias | a number | `b` |
# | $z$ | the pre-activation: weighted sum plus bias | a number for each example | `z` |
# | $a$ | the activation: the neuron's output | a number for each example | `a` |
# | $L$ | the loss: how wrong the outputs are, as one number | a number | |
#
# The index $i$ runs over examples, from 1 to $m$; the index $j$ runs over inputs, from
# 1 to $n$. So $X_{ij}$ is input $j$ of example $i$.
#
# **If you come from a course that keeps examples in columns:** there the data is our
# $X$ transposed, and a formula such as $w^\top X$ becomes $Xw$ here. We say this once.
# From here on, rows are examples.

# %% [markdown]
# ## What a neuron computes
#
# A neuron takes $n$ numbers in and gives one number out, in two steps.
#
# **Step 1: weigh and add.** Each input is multiplied by a weight of its own, the
# products are added up, and so is one more number, the bias:
#
# $$
# z = w_1 x_1 + w_2 x_2 + \dots + w_n x_n + b = w \cdot x + b .
# $$
#
# A weight says how strongly its input counts, and its sign says whether the input
# speaks for or against a large result. The bias is what is left when all the inputs are
# zero: it sets how much has to come in before $z$ turns positive.
#
# **Step 2: bend.** The sum goes through a curve $\varphi$, the *activation function*:
#
# $$
# a = \varphi(z) .
# $$
#
# In this unit $\varphi = \tanh$, which is steep around 0 and levels off at $-1$ and
# $1$. Its place is often taken by the sigmoid or by ReLU; the two steps stay the same.
#
# Why bend at all? Because step 1 on its own has nothing new to say a second time: if
# you feed weighted sums into another weighted sum, the whole is again one weighted sum
# of the inputs, with other weights. A hundred such layers can do what one can. The bend
# between them is what makes depth worth having.
#
# > **You may read that** a neuron computes $z = \tanh\left(\sum_j w_j x_j + b\right)$.
# >
# > **What is true.** The right-hand side is fine; its name is not. $z$ is the number
# > that goes *into* $\tanh$, and what comes out is called $a$. It matters as soon as
# > you differentiate, because $\tanh$ has a short formula for its slope that is written
# > with $a$: whoever calls that number $z$ will sooner or later put the wrong one in.

# %% [markdown]
# Here is one neuron in numbers. Before you run the cell, take the three inputs, weights
# and the bias from its first lines, work out $z$ on paper, and say whether $a$ will be
# larger or smaller than $z$.

# %% tags=["demonstration"]
inputs = np.array([2.0, -1.0, 0.5])
weights = np.array([0.6, 0.3, -0.8])
bias = 0.1

products = weights * inputs
print("products       ", products.round(3))
print("their sum      ", products.sum().round(3))
print("z, with bias   ", (products.sum() + bias).round(3))
print("a = tanh(z)    ", np.tanh(products.sum() + bias).round(3))

# %% [markdown]
# The third input is positive, but its weight is negative, so it pulls the sum down just
# as the negative second input does. And $a$ is smaller than $z$: for every $z > 0$ the
# curve $\tanh$ runs below the straight line it touches at 0.

# %% [markdown] readonly="neuron-task"
# ### Exercise `neuron` (worked)
#
# Write `neuron(x, w, b)`, the output of one neuron with $\varphi = \tanh$.
#
# * `x` has shape `(n,)`, `w` has shape `(n,)`, `b` is a number. There may be one input
#   or many; they may be whole numbers, and they may be very large.
# * Return **one number**: not an array of one number.
# * Leave the inputs as they are.
#
# This first one is answered for you. Read it, run it, then break it: leave out the
# bias, or move it outside of `tanh`, and look at what `check` makes of that.


# %% answer="neuron"
def neuron(x, w, b):
    """Return tanh(w·x + b)."""
    z = w @ x + b  # step 1: for two vectors, @ multiplies and adds up
    return np.tanh(z)  # step 2


# %% check="neuron"
check(neuron)

# %% [markdown]
# ## What a neuron looks like
#
# With two inputs we can draw everything. A point of the plane is an example $x = (x_1,
# x_2)$, and the neuron gives each point a number $a$.
#
# **Where is the output zero?** $\tanh z = 0$ exactly where $z = 0$, that is, where $w
# \cdot x + b = 0$. With two inputs this is a straight line, the neuron's *boundary*: on
# one side the output is positive, on the other negative.
#
# **Which way does $w$ point?** Take two points $p$ and $q$ on the boundary and
# subtract:
#
# $$
# \begin{aligned}
# w \cdot p + b &= 0 && \text{because } p \text{ is on the boundary} \\
# w \cdot q + b &= 0 && \text{because } q \text{ is, too} \\
# w \cdot (p - q) &= 0 && \text{the difference of the two lines.}
# \end{aligned}
# $$
#
# The vector $p - q$ runs along the boundary, so $w$ stands at a right angle to it. And
# it points to the positive side: a step along $w$ adds $w \cdot w > 0$ to $z$.
#
# **How far from the origin is it?** Walk from the origin along $w$, to the point $x =
# t\,w$, until you meet the boundary:
#
# $$
# \begin{aligned}
# w \cdot (t\,w) + b &= 0 && \text{the point is on the boundary} \\
# t \,\lVert w \rVert^2 &= -b && \text{because } w \cdot w = \lVert w \rVert^2 \\
# t &= -\,b / \lVert w \rVert^2 && \text{solved for } t \\
# \lVert t\,w \rVert &= |t|\,\lVert w \rVert = |b| \,/\, \lVert w \rVert
#   && \text{the length of the walk, which is the distance.}
# \end{aligned}
# $$
#
# So the *direction* of $w$ turns the boundary, and $b$ shifts it, in units of $1/\lVert
# w \rVert$.

# %% tags=["demonstration"]
w_plane, b_plane = np.array([1.2, 0.9]), -0.9
norm = np.linalg.norm(w_plane)

side = np.linspace(-2, 2.5, 181)
plane = np.stack(np.meshgrid(side, side), axis=-1)  # shape (181, 181, 2)
height = np.tanh(plane @ w_plane + b_plane)

figure, axes = plt.subplots(figsize=(6.4, 5.2))
axes.contourf(side, side, height, [-1, -0.9, -0.5, 0, 0.5, 0.9, 1], cmap="cividis")
lines = axes.contour(
    side,
    side,
    height,
    [-0.9, -0.5, 0, 0.5, 0.9],
    colors=["white", "white", "black", "black", "black"],
    linestyles=["dashed", "dashed", "solid", "dotted", "dotted"],
    linewidths=[1.5, 1.5, 3, 1.5, 1.5],
)
spots = [(-1.0, 0.7), (-0.6, 1.0), (-0.2, 1.3), (0.1, 1.6), (0.5, 1.9)]
axes.clabel(lines, fmt="a = %g", fontsize=12, manual=spots)

foot = -b_plane * w_plane / norm**2  # where the walk along w meets the boundary
axes.plot([0, foot[0]], [0, foot[1]], "o-", color="white", markevery=[0], linewidth=2)
axes.text(-0.17, -0.32, "origin", color="white", fontsize=12)
axes.annotate("", foot + w_plane, foot, arrowprops={"arrowstyle": "-|>", "lw": 3})
axes.text(*(foot + w_plane + [0.05, -0.2]), "w", fontsize=16, weight="bold")
axes.set(xlabel="$x_1$", ylabel="$x_2$", title="The output of one neuron", aspect=1)
show(
    figure,
    "Figure 1: the output of a neuron over the plane of its two inputs. A thick "
    "straight line, the boundary, is where the output is 0. Thin lines where it is "
    "−0.9, −0.5, 0.5 and 0.9 run parallel to it. An arrow, the weight vector w, starts "
    "on the boundary at a right angle and points to the bright side, where the output "
    "is positive; on the dark side it is negative. A short white line joins the origin "
    "to the boundary.",
)
print("length of w                 ", norm.round(3))
print("from origin to the boundary ", np.linalg.norm(foot).round(3))
print("|b| / length of w           ", (abs(b_plane) / norm).round(3))

# %% [markdown]
# Look at the lines of equal output. They are all parallel to the boundary: **one neuron
# sees the world along a single direction**, $w$, and is blind to every move at a right
# angle to it. And they crowd together around the boundary, where $\tanh$ is steep; far
# away the output hardly changes any more.
#
# ### Predict, run, explain: the scale of a neuron
#
# Take the neuron of Figure 1 and multiply *both* its weights and its bias by a number
# $s$. The output is read at the point $x = (1, 1)$, on the positive side. Write down
# what you expect before you run the cell:
#
# 1. With $s = 4$, does the boundary come closer, move away, or stay where it is?
# 2. With $s = 4$, does the output at $(1, 1)$ grow fourfold, grow by less, or shrink?
# 3. With $s = -1$, what happens to the boundary, and what to the output?

# %% tags=["demonstration"]
point = np.array([1.0, 1.0])
print("    s   boundary at   output at (1, 1)")
for scale in (0.25, 1.0, 4.0, -1.0):
    w_scaled, b_scaled = scale * w_plane, scale * b_plane
    distance = abs(b_scaled) / np.linalg.norm(w_scaled)
    output = np.tanh(w_scaled @ point + b_scaled)
    print(f"{scale:5.2f} {distance:13.3f} {output:18.4f}")

# %% [markdown]
# **Explain.** The boundary stays, whatever $s$ is: $s\,(w \cdot x + b) = 0$ has the
# same solutions as $w \cdot x + b = 0$. In the distance $|s\,b| / \lVert s\,w \rVert$
# the factor cancels. What $s$ changes is how *abruptly* the neuron passes from one side
# to the other: $z$ grows fourfold, but $\tanh$ has almost no room left above, so $a$
# merely comes closer to 1. A negative $s$ keeps the line and swaps its sides:
# $\tanh(-z) = -\tanh(z)$.
#
# So a neuron's weights and bias hold two things: where the boundary is, and, in their
# common scale, how sharp it is.

# %% [markdown]
# ## The slope of the curve
#
# To improve a neuron we will need to know how much $a$ changes when $z$ does. Write $u$
# for the numerator of $\tanh$ and $v$ for its denominator:
#
# $$
# a = \tanh z = \frac{u}{v}, \qquad u = e^{z} - e^{-z}, \qquad v = e^{z} + e^{-z} .
# $$
#
# Each is the derivative of the other: $u' = v$ and $v' = u$. So
#
# $$
# \begin{aligned}
# \frac{da}{dz} &= \frac{u'\,v - u\,v'}{v^2} && \text{the quotient rule} \\
#               &= \frac{v^2 - u^2}{v^2}     && u' = v \text{ and } v' = u \\
#               &= 1 - \left(\frac{u}{v}\right)^2 && \text{divide each term by } v^2 \\
#               &= 1 - a^2                   && u / v \text{ is } a .
# \end{aligned}
# $$
#
# The slope is written with the *output*. Once you have $a$, the slope costs one
# multiplication and one subtraction; $z$ is not needed again.

# %% tags=["demonstration"]
z_line = np.linspace(-4, 4, 401)
a_line = np.tanh(z_line)

figure, axes = plt.subplots(figsize=(7, 3.8))
axes.plot(z_line, a_line, color=BLUE, linewidth=3)
axes.plot(z_line, 1 - a_line**2, color=ORANGE, linewidth=3, linestyle="dashed")
axes.text(1.3, 0.66, "activation  $a = \\tanh z$", fontsize=12)
axes.text(-4.2, 0.62, "slope  $1 - a^2$  (dashed)", fontsize=12)
axes.axhline(0, color="black", linewidth=0.8)
axes.grid(alpha=0.4)
axes.set(xlabel="pre-activation $z$", title="tanh and its slope", ylim=(-1.1, 1.15))
show(
    figure,
    "Figure 2: tanh and its slope for z from −4 to 4. The solid curve of tanh rises "
    "from −1 to 1 and is steepest where it crosses 0. The dashed curve of the slope is "
    "a bell: 1 at z = 0, and next to nothing beyond 3 on either side.",
)
print("    z       a   1 - a²   measured slope")
for z in (0.0, 1.0, 2.0, 4.0):
    a = np.tanh(z)
    measured = (np.tanh(z + 1e-5) - np.tanh(z - 1e-5)) / 2e-5
    print(f"{z:5.1f} {a:7.4f} {1 - a**2:8.4f} {measured:16.4f}")

# %% [markdown]
# The last column is measured, not derived: move $z$ a little to either side, and divide
# the change of $a$ by the change of $z$. It agrees in every digit shown.
#
# Where the slope is almost 0, the neuron is called *saturated*: its output is near $-1$
# or $1$, and a small change of the weights leaves it there. Remember this; it decides
# how fast a neuron can learn.

# %% [markdown]
# ## From one example to many, and to one number
#
# Put $m$ examples into the rows of $X$. The product $Xw$ has one entry for each row,
# the dot product of that row with $w$; the bias is added to every entry, and $\tanh$ is
# taken of each:
#
# $$
# z_i = \sum_{j=1}^{n} X_{ij}\, w_j + b, \qquad a_i = \tanh z_i .
# $$
#
# Shapes are the cheapest proof-reading there is: $X$ is $(m, n)$ and $w$ is $(n,)$, so
# $Xw$ is $(m,)$, which is one number for each example, as it should be.
#
# Now each output has a label $y_i$ to compare it with. The *residual* $r_i = a_i - y_i$
# says by how much the neuron misses, and in which direction. To say with one number how
# wrong the neuron is on all examples, square the residuals, so that misses on either
# side count and large ones count more, and take their mean. This is the *mean squared
# error*:
#
# $$
# L = \frac{1}{m} \sum_{i=1}^{m} r_i^{\,2} = \frac{1}{m} \sum_{i=1}^{m} (a_i - y_i)^2 .
# $$


# %%
def loss(X, y, w, b):
    """Return the mean squared error of one neuron on all rows of X."""
    return np.mean((np.tanh(X @ w + b) - y) ** 2)


# %% [markdown]
# > **You may read that** the mean squared error is $\frac{1}{2m} \sum_i (a_i - y_i)^2$.
# >
# > **What is true.** That is *half* of it. People put the ½ in because it cancels the 2
# > that differentiating brings down. Both have their smallest value at the same $w$ and
# > $b$, but the gradient of one is twice that of the other. Here and in the exercise
# > there is no ½, and the divisor is $m$, the number of rows.

# %% [markdown]
# ## Which way is down?
#
# We want to change $w$ and $b$ so that $L$ gets smaller. The *gradient* tells how: it
# holds the partial derivative of $L$ by each of them, the rate at which $L$ rises when
# that number alone is increased a little. Downhill is against it.
#
# **Before the algebra, follow one weight with your finger.** $w_j$ enters the
# pre-activation $z_i$ of *every* row, each $z_i$ sets its $a_i$, each $a_i$ its
# residual $r_i$, and all the residuals meet again in the mean:
#
# $$
# w_j \;\longrightarrow\; z_i \;\longrightarrow\; a_i \;\longrightarrow\; r_i
# \;\longrightarrow\; L \qquad \text{for each row } i = 1, \dots, m .
# $$
#
# Along a route the rates multiply; that is the chain rule. The $m$ routes add up. Now
# line by line:
#
# $$
# \begin{aligned}
# \frac{\partial L}{\partial w_j}
#   &= \frac{\partial}{\partial w_j} \, \frac{1}{m} \sum_{i=1}^{m} r_i^{\,2}
#   && \text{the definition of } L \\[4pt]
#   &= \frac{1}{m} \sum_{i=1}^{m} \frac{\partial}{\partial w_j}\, r_i^{\,2}
#   && \text{a sum is differentiated term by term} \\[4pt]
#   &= \frac{1}{m} \sum_{i=1}^{m} 2\, r_i \, \frac{\partial r_i}{\partial w_j}
#   && \text{the square: outer slope } 2 r_i \\[4pt]
#   &= \frac{1}{m} \sum_{i=1}^{m} 2\, r_i \, \frac{\partial a_i}{\partial w_j}
#   && r_i = a_i - y_i \text{, and } y_i \text{ does not depend on } w_j \\[4pt]
#   &= \frac{1}{m} \sum_{i=1}^{m} 2\, r_i \, (1 - a_i^{\,2}) \,
#      \frac{\partial z_i}{\partial w_j}
#   && a_i = \tanh z_i \text{, whose slope is } 1 - a_i^{\,2} \\[4pt]
#   &= \frac{1}{m} \sum_{i=1}^{m} 2\, r_i \, (1 - a_i^{\,2}) \, X_{ij}
#   && \text{in } z_i \text{ only the term } X_{ij} w_j \text{ contains } w_j .
# \end{aligned}
# $$
#
# For the bias every line is the same up to the last, where $b$ enters each $z_i$ as it
# is, so that $\partial z_i / \partial b = 1$:
#
# $$
# \frac{\partial L}{\partial b} = \frac{1}{m} \sum_{i=1}^{m} 2\, r_i\, (1 - a_i^{\,2}) .
# $$

# %% [markdown]
# **Read the result before you use it.** Each row contributes a product of three
# factors, and each factor answers a question:
#
# | factor | question | when it is small |
# | :-- | :-- | :-- |
# | $2\, r_i$ | how wrong is this row, and which way? | the row is predicted well |
# | $1 - a_i^{\,2}$ | does the output still move with $z_i$? | the neuron is saturated |
# | $X_{ij}$ | does this weight have a say here? | the input is near zero |
#
# Three ways to test any formula or program for this gradient, without knowing the
# answer:
#
# * If every output equals its label, the gradient must be zero.
# * If an input is zero in every row, its weight cannot matter: that entry must be zero.
# * A small step *against* the gradient must make the loss smaller.

# %% [markdown] readonly="neuron_grads-task"
# ### Exercise `neuron_grads` (3 points)
#
# Write `neuron_grads(X, y, w, b)`, the gradient of
#
# $$
# L = \frac{1}{m} \sum_{i=1}^{m} \bigl( \tanh(z_i) - y_i \bigr)^2 , \qquad z = Xw + b ,
# $$
#
# with divisor $m$ and without a ½.
#
# * `X` has shape `(m, n)`, `y` has shape `(m,)`, `w` has shape `(n,)`, `b` is a number.
#   Any $m \ge 1$ and $n \ge 1$ may come, a single row among them, and very large
#   entries.
# * Return the pair `(dw, db)`: `dw` of shape `(n,)` holds the derivative by each
#   weight, `db` is one number, the derivative by the bias.
# * Leave the inputs as they are: whoever calls you may need them again.
#
# Loops are fine, and so is NumPy's arithmetic on whole arrays. Rounding does not
# matter: any right way of computing the formula in ordinary double precision counts as
# right. `dw` and `db` are graded separately. Derive the gradient, do not measure it:
# here, differentiating by hand is the point.


# %% answer="neuron_grads"
def neuron_grads(X, y, w, b):
    """Return (dw, db), the gradient of the mean squared error of one neuron."""
    ### BEGIN SOLUTION
    a = np.tanh(X @ w + b)
    # What every parameter's derivative shares: the slope of the loss at each z_i.
    dz = 2 * (a - y) * (1 - a**2) / len(y)
    return X.T @ dz, dz.sum()
    ### END SOLUTION


# %% check="neuron_grads"
check(neuron_grads)

# %% [markdown]
# ## Let it learn
#
# With the gradient in hand a neuron can be trained: start somewhere, and again and
# again take a step against the gradient. Below, 60 points of the plane come from two
# clouds, one with the label $1$ and one with $-1$, and *your* `neuron_grads` shows the
# way.
#
# ### Predict, run, explain: where does the progress happen?
#
# There are 200 steps of the same rate. Write down your guess before you run the cell:
#
# 1. Does the loss fall more in the first 10 steps, or in the 190 that follow?
# 2. Could the loss reach 0 exactly, if we went on for long enough?

# %% tags=["demonstration"]
rng = np.random.default_rng(1)
cloud = np.repeat([1.0, -1.0], 30)
points = rng.normal(size=(60, 2)) + np.outer(cloud, [1.2, 0.8])

w_now, b_now, rate = np.array([-0.5, 0.5]), 0.0, 0.2
losses = [loss(points, cloud, w_now, b_now)]
try:
    for _ in range(200):
        dw, db = neuron_grads(points, cloud, w_now, b_now)
        w_now, b_now = w_now - rate * dw, b_now - rate * db
        losses.append(loss(points, cloud, w_now, b_now))
except NotImplementedError:
    print("Answer neuron_grads first, then run this cell again.")
else:
    print("loss after   0 steps:", losses[0].round(3))
    print("loss after  10 steps:", losses[10].round(3))
    print("loss after 200 steps:", losses[200].round(3))
    final = np.tanh(points @ w_now + b_now)
    print("on the right side   :", np.sum(final * cloud > 0), "of", len(cloud))
    print("median |residual|   :", np.median(np.abs(final - cloud)).round(3))
    print("median slope 1 - a² :", np.median(1 - final**2).round(3))

# %% [markdown]
# **Explain.** The three factors of the gradient tell the story. At the start many
# residuals are large, so the steps are, too. After 200 steps half of the rows have a
# residual below the first median printed above, and a slope below the second: their
# first two factors are both small, so they hardly push any more, and what remains to be
# gained comes in ever smaller steps.
#
# And 0 is out of reach: $\tanh$ approaches $1$ and $-1$ but never gets there, so a
# label of exactly $\pm 1$ always leaves a residual. (That is on paper. A computer keeps
# some 16 digits and rounds the $\tanh$ of a large number to 1.)
#
# One thing this neuron cannot do, however long it trains: bend its boundary. It has one
# straight line. For more, it needs company.

# %% [markdown]
# ## Summary
#
# * A neuron weighs, adds, and bends: $z = w \cdot x + b$, then $a = \varphi(z)$. $z$
#   goes in, $a$ comes out.
# * Its boundary $z = 0$ is at a right angle to $w$, at the distance $|b| / \lVert w
#   \rVert$ from the origin. Scaling $w$ and $b$ together sharpens the passage and moves
#   nothing.
# * $\tanh' = 1 - a^2$, written with the output. Near $\pm 1$ the slope vanishes:
#   saturation.
# * The gradient of the mean squared error adds up one contribution from each row: how
#   wrong it is, times how much its output can still move, times its input.
#
# ## Glossary
#
# | term | meaning |
# | :-- | :-- |
# | activation | the output $a$ of a neuron; also short for the function that gives it |
# | activation function | the curve $\varphi$ through which the weighted sum goes |
# | bias | the number $b$ that is added to the weighted sum |
# | boundary | the points where $z = 0$ |
# | gradient | all partial derivatives of the loss; it points uphill |
# | label | what the output should be for an example |
# | loss | how wrong the outputs are, as one number |
# | mean squared error | the mean of the squared residuals |
# | pre-activation | the weighted sum plus bias, $z$, before the curve |
# | residual | output minus label, $a_i - y_i$ |
# | saturated | so far out on the curve that its slope is almost 0 |
# | weight | the number that multiplies an input |
#
# ## Further reading
#
# * C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer 2006: section 4.1
#   on the geometry of a linear boundary.
# * I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016: chapter
#   6 on networks of such neurons.
# * Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, *Efficient BackProp*, 1998: on
#   tanh, saturation, and the choice of labels.
# * F. Rosenblatt, *The perceptron: a probabilistic model for information storage and
#   organization in the brain*, Psychological Review 65, 1958.
