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
# 1. compute the output of a neuron and of a whole layer, by hand and in NumPy, and
#    name each number and each shape on the way;
# 2. say what the weights, the bias, their common scale and the activation function
#    each do to the picture a neuron draws, where a neuron stops reacting, and what a
#    network would lose without activation functions;
# 3. derive the gradient of a neuron's mean squared error, line by line, and write it as
#    a program that holds for any number of examples.
#
# **You need** the chain rule and partial derivatives from calculus, the dot product and
# the product of matrices from linear algebra, and NumPy arrays with their shapes. No
# machine learning.
#
# **Time:** about 90 minutes, by our estimate: an hour for the text and its experiments,
# and half an hour for the exercises. There are five, worth 10 points in all.
#
# **How to work.** Read, predict, run, then compare. Cells with a `NotImplementedError`
# are yours to answer. Below each of them stands a cell with `check(...)`: it calls your
# function with many inputs, says which parts are right, and where it recognizes a
# misunderstanding it gives you a hint. Check as often as you like; an exercise without
# an answer is simply *open*. To debug with the very inputs that failed, make a cell of
# your own, `from nnkit import failing_case`, and ask for them: `failing_case("layer")`.
#
# Before an experiment you find a cell with `predict(...)`. Put a number in place of the
# three dots and run it; the cell that measures will show both side by side. Predictions
# are not graded. A wrong one that surprises you teaches more than a right one.

# %%
from math import atanh, erfc, sqrt

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from ipywidgets import FloatSlider, interact

from nnkit import check, predict, reveal
from nnkit.plots import BLUE, ORANGE, show

# %% [markdown]
# ## Notation
#
# | symbol | what it is | shape | in code |
# | :-- | :-- | :-- | :-- |
# | $x$ | the inputs of one example | $(n,)$ | `x` |
# | $X$ | $m$ examples, **one in each row** | $(m, n)$ | `X` |
# | $y$ | the label of each example: what the output should be | $(m,)$ | `y` |
# | $w$ | the weights of one neuron, one for each input | $(n,)$ | `w` |
# | $b$ | the bias of one neuron | a number | `b` |
# | $W$ | the weights of $k$ neurons, **one neuron in each column** | $(n, k)$ | `W` |
# | $b$ | the biases of $k$ neurons | $(k,)$ | `b` |
# | $z$, $Z$ | pre-activations: weighted sum plus bias | as many as outputs | `z`, `Z` |
# | $a$, $A$ | activations: the outputs | one for each example and neuron | `a`, `A` |
# | $\varphi$ | the activation function: $a = \varphi(z)$ | | `kind` |
# | $\sigma$, $\alpha$ | the sigmoid, one of them; the slope of another, below 0 | | |
# | $r$ | the residuals, outputs minus labels | $(m,)$ | |
# | $L$ | the loss: how wrong the outputs are, as one number | a number | `loss` |
# | $H$ | the outputs of the first of two layers, which has $h$ neurons | $(m, h)$ | |
#
# The index $i$ runs over examples, from 1 to $m$; $j$ over inputs, from 1 to $n$; and
# $\ell$ over neurons, from 1 to $k$. So $X_{ij}$ is input $j$ of example $i$.
#
# **If you come from a course that keeps examples in columns:** there the data and the
# weights of a layer are our $X$ and $W$ transposed, and formulas such as $w^\top X$ or
# $WX$ become $Xw$ and $XW$ here. We say this once. From here on, rows are examples.

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
# We start with $\varphi = \tanh$, which is steep around 0 and levels off at $-1$ and
# $1$. Its place is often taken by another curve, and we will meet three of them; the
# two steps stay the same. Why there should be a curve at all is a question for the end
# of this unit, when you have what it takes to answer it.
#
# > **You may read that** a neuron computes $z = \tanh\left(\sum_j w_j x_j + b\right)$.
# >
# > **What is true.** The right-hand side is fine; its name is not. $z$ is the number
# > that goes *into* $\tanh$, and what comes out is called $a$. It matters as soon as
# > you differentiate, because $\tanh$ has a short formula for its slope that is written
# > with $a$: whoever calls that number $z$ will sooner or later put the wrong one in.
# > We will measure what comes of that.

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
# \cdot x + b = 0$. With two inputs, and a $w$ that is not zero, this is a straight
# line, the neuron's *boundary*: on one side the output is positive, on the other
# negative.
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
#   && \text{the walk's length: the distance.}
# \end{aligned}
# $$
#
# So the *direction* of $w$ turns the boundary, and $b$ shifts it, in units of $1/\lVert
# w \rVert$.

# %% tags=["demonstration"]
w_plane, b_plane = np.array([1.2, 0.9]), -0.9
norm = np.linalg.norm(w_plane)

ends = (-2, 2.5)  # of both axes
side = np.linspace(*ends, 181)
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
# The sliders below set the direction of $w$, its length, and the bias, one at a time.
# Find the one that turns the boundary and the two that shift it. One of these two also
# changes something else; which, and why does it shift the boundary at all?


# %% tags=["demonstration", "nbval-ignore-output"]
def boundary(w, b):
    """Return two points of the boundary: the nearest to the origin, and another."""
    nearest = -b * w / (w @ w)
    return nearest, nearest + np.array([-w[1], w[0]])  # at a right angle to w


def draw_neuron(angle, length, bias):
    """Draw the output over the plane for weights given by direction and length."""
    direction = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    picture = np.tanh(plane @ (length * direction) + bias)
    slider_figure, slider_axes = plt.subplots(figsize=(5, 4.2))
    levels = [-1, -0.9, -0.5, 0, 0.5, 0.9, 1]  # those of Figure 1
    image = slider_axes.contourf(side, side, picture, levels, cmap="cividis")
    slider_axes.axline(*boundary(length * direction, bias), color="black", linewidth=3)
    slider_axes.plot(0, 0, "o", color="white")
    slider_axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect=1, xlim=ends, ylim=ends)
    slider_figure.colorbar(image, label="output a")
    plt.show()


_ = interact(
    draw_neuron,
    angle=FloatSlider(37, min=-180, max=180, step=1, continuous_update=False),
    length=FloatSlider(1.5, min=0.1, max=8, step=0.1, continuous_update=False),
    bias=FloatSlider(-0.9, min=-4, max=4, step=0.1, continuous_update=False),
)

# %% [markdown]
# Where you see no sliders, on paper or on a web page, here are three of their
# positions: in each, one of the three numbers is another than in Figure 1.

# %% tags=["demonstration"]
turn = np.deg2rad(60)
rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
variants = {
    "w turned by 60°": (rotation @ w_plane, b_plane),
    "w three times as long": (3 * w_plane, b_plane),
    "b = 0.9, not −0.9": (w_plane, -b_plane),
}

figure, grid = plt.subplots(1, 3, figsize=(9, 3.5), sharey=True)
for axes, (title, (w_new, b_new)) in zip(grid, variants.items(), strict=True):
    picture = np.tanh(plane @ w_new + b_new)
    axes.contourf(side, side, picture, [-1, -0.9, -0.5, 0, 0.5, 0.9, 1], cmap="cividis")
    axes.axline(*boundary(w_new, b_new), color="black", linewidth=3)
    axes.axline(*boundary(w_plane, b_plane), color="white", linewidth=4)
    axes.axline(*boundary(w_plane, b_plane), color="black", linestyle="dashed")
    axes.plot(0, 0, "o", color="white", markeredgecolor="black")
    axes.set(xlabel="$x_1$", title=title, aspect=1, xlim=ends, ylim=ends)
    away = abs(b_new) / np.linalg.norm(w_new)
    print(f"{title:22} boundary at {away:.3f} from the origin")
grid[0].set_ylabel("$x_2$")
figure.tight_layout()
show(
    figure,
    "Figure 2: three changes to the neuron of Figure 1, whose boundary is dashed with "
    "white edges; the new boundary is thick and black. Turning w turns the boundary "
    "around the origin, the white dot. A longer w brings it closer to the origin and "
    "makes the passage from dark to bright much narrower. The opposite bias moves it "
    "to the other side of the origin, parallel to where it was.",
)

# %% [markdown]
# The length of $w$ does two things at once. It sharpens the passage, and it moves the
# boundary, because the distance is $|b| / \lVert w \rVert$ and $b$ has stayed behind.
#
# ### Predict, run, explain: the scale of a neuron
#
# Take the neuron of Figure 1 and multiply *both* its weights and its bias by $s = 4$.
# Its boundary was at a distance of 0.6 from the origin. And where it crosses the
# boundary, walking along $w$, its output used to rise by 1.5 for every unit of the
# walk: that is the slope of the passage from one side to the other.
#
# 1. At what distance from the origin is the boundary now?
# 2. How steep is the passage now?

# %% tags=["demonstration"]
predict("scale 4: distance of the boundary", ...)

# %% tags=["demonstration"]
predict("scale 4: slope of the passage", ...)

# %% tags=["demonstration"]
point = np.array([1.0, 1.0])
along = w_plane / norm  # one unit along w
print("    s   boundary at   slope there   output at (1, 1)")
passages = {}
for scale in (0.25, 1.0, 4.0, -1.0):
    w_scaled, b_scaled = scale * w_plane, scale * b_plane
    distance = abs(b_scaled) / np.linalg.norm(w_scaled)
    before, after = foot - 1e-5 * along, foot + 1e-5 * along
    rise = np.tanh(w_scaled @ after + b_scaled) - np.tanh(w_scaled @ before + b_scaled)
    passages[scale] = (distance, rise / 2e-5)
    output = np.tanh(w_scaled @ point + b_scaled)
    print(f"{scale:5.2f} {distance:13.3f} {rise / 2e-5:13.3f} {output:18.4f}")
display(
    reveal("scale 4: distance of the boundary", passages[4.0][0].round(3)),
    reveal("scale 4: slope of the passage", passages[4.0][1].round(3)),
)

# %% [markdown]
# **Explain.** The boundary stays, whatever $s$ is: $s\,(w \cdot x + b) = 0$ has the
# same solutions as $w \cdot x + b = 0$. In the distance $|s\,b| / \lVert s\,w \rVert$
# the factor cancels. What $s$ changes is how *abruptly* the neuron passes from one side
# to the other. On the boundary $\tanh$ has slope 1 (we derive that below), so there $a$
# rises as fast as $z$ does, and one unit along $w$ adds $s\,\lVert w \rVert$ to $z$:
# the slope is multiplied by $s$. Far from the boundary this does not hold. At
# $(1, 1)$ the number $z$ grows fourfold, too, but $\tanh$ has little room left
# above, so $a$ merely comes closer to 1. A negative $s$ keeps the line and swaps its
# sides: $\tanh(-z) = -\tanh(z)$.
#
# So a neuron's weights and bias hold three things: where the boundary is, and, in their
# common scale, how sharp it is and, by the sign, which side is the positive one.

# %% [markdown]
# ## Three more curves
#
# $\tanh$ is one activation function of many. Three others are met everywhere, and you
# will have to know all four on sight.
#
# $$
# \begin{gathered}
# \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad
# \operatorname{relu}(z) = \max(0, z), \\[6pt]
# \operatorname{leaky}(z) = \begin{cases} z & z > 0 \\ \alpha z & z \le 0 \end{cases}
# \quad\text{with a small } \alpha > 0 .
# \end{gathered}
# $$
#
# The **sigmoid** $\sigma$ runs from 0 to 1 and is often read as a probability. It is
# $\tanh$ in other units, as you see if you divide the numerator and the denominator of
# $\tanh$ by $e^{z}$:
#
# $$
# \begin{aligned}
# \tanh z &= \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}} && \text{the definition} \\
#         &= \frac{1 - e^{-2z}}{1 + e^{-2z}}       && \text{divided by } e^{z} \\
#         &= \frac{2 - (1 + e^{-2z})}{1 + e^{-2z}} && \text{because } 1 = 2 - 1 \\
#         &= 2\,\sigma(2z) - 1                     && \text{taken apart.}
# \end{aligned}
# $$
#
# The sigmoid is a $\tanh$ at half the scale, squeezed to half its height and lifted:
# put $z/2$ for $z$ and solve for $\sigma$, and you have $\sigma(z) = \tfrac12 \bigl(1 +
# \tanh \tfrac z2 \bigr)$.
#
# **ReLU**, the *rectified linear unit*, passes what is positive and blocks the rest:
# two straight pieces with a bend at 0, and the cheapest curve there is. Most large
# networks today use it or a smoothed relative. **Leaky ReLU** lets a little through on
# the blocked side; $\alpha = 0.01$ is usual.
#
# **On paper and in a computer.** The formula for $\tanh$ is right for every $z$, but
# $e^{1000}$ is not a number that double precision can hold: `np.exp(1000.0)` gives
# `inf`, and `inf / inf` gives `nan`, *not a number*. `np.tanh` gets by, and so does
# the formula of $\sigma$, whose exponential stands in the denominator alone:
# `1 / np.inf` is a perfectly good 0. Very large inputs are rare in a healthy network,
# and common in a sick one, where you want to see what is wrong and not `nan`
# everywhere.

# %% [markdown]
# ## A layer: many neurons, many examples
#
# Neurons come in layers: $k$ neurons that all look at the same inputs, each with
# weights and a bias of its own. And examples come in batches. Neither needs a loop.
#
# Put the weights of the neurons side by side, neuron $\ell$ into column $\ell$ of a
# matrix $W$, and the examples below each other, into the rows of $X$. What neuron
# $\ell$ makes of example $i$ is then
#
# $$
# Z_{i\ell} = \sum_{j=1}^{n} X_{ij}\, W_{j\ell} + b_\ell ,
# \qquad A_{i\ell} = \varphi(Z_{i\ell}) .
# $$
#
# The sum over $j$ is row $i$ of $X$ times column $\ell$ of $W$: exactly what the
# product of two matrices has in row $i$ and column $\ell$. So $Z$ is $XW$, with the
# biases added to every row; NumPy does that by itself when you add an array of shape
# `(k,)` to one of shape `(m, k)`, because it lines up the *last* axes.
#
# **Shapes are the cheapest proof-reading there is.** $X$ is $(m, n)$ and $W$ is
# $(n, k)$: the two $n$ meet and are summed over, and what remains is $(m, k)$, one row
# for each example and one column for each neuron. Before you run the cell, say which
# entry of the output its last line computes again, and with which neuron.

# %% tags=["demonstration"]
two_examples = np.array([[2.0, -1.0, 0.5], [0.0, 1.0, 1.0]])
three_neurons = np.array([[0.6, 1.0, 0.0], [0.3, -1.0, 0.0], [-0.8, 0.0, 0.0]])
biases = np.array([0.1, 0.0, 0.5])

outputs = np.tanh(two_examples @ three_neurons + biases)
print("shapes", two_examples.shape, "and", three_neurons.shape, "give", outputs.shape)
print(outputs.round(3))
print(np.round(neuron(two_examples[0], three_neurons[:, 0], biases[0]), 3))

# %% [markdown]
# The last line is the first entry, row 0 and column 0: the neuron whose numbers you
# worked out by hand. And look at the last column. The weights of that neuron are all 0,
# so it says the same of every example: what its bias says.

# %% [markdown] readonly="layer-task"
# ### Exercise `layer` (2 points, half filled in)
#
# Write `layer(X, W, b, kind)`: what $k$ neurons make of $m$ examples.
#
# * `X` has shape `(m, n)`, `W` has shape `(n, k)`, `b` has shape `(k,)`. Any $m, n, k
#   \ge 1$ may come. `X` may hold whole numbers, and very large numbers.
# * `kind` names the activation function: `"tanh"`, `"sigmoid"` or `"relu"`.
# * Return the pair `(Z, A)`, pre-activations and activations, both of shape `(m, k)`:
#   also where `m` or `k` is 1.
# * Leave the inputs as they are.
#
# Three places are left open: `Z`, and two of the three curves. `Z` and `A` are graded
# separately. If you prefer to write the function in another way, do.


# %% answer="layer"
def layer(X, W, b, kind):
    """Return (Z, A): one row for each example, one column for each neuron."""
    ### BEGIN SOLUTION
    Z = X @ W + b
    ### END SOLUTION
    if kind == "tanh":
        return Z, np.tanh(Z)
    if kind == "sigmoid":
        ### BEGIN SOLUTION
        return Z, (1 + np.tanh(Z / 2)) / 2
        ### END SOLUTION
    if kind == "relu":
        ### BEGIN SOLUTION
        return Z, np.maximum(Z, 0)
        ### END SOLUTION
    raise ValueError(f"unknown activation function {kind!r}")


# %% check="layer"
check(layer)

# %% [markdown]
# ## The slope of a curve
#
# To improve a neuron we will need to know how much $a$ changes when $z$ does: the slope
# $\varphi'(z) = da/dz$.
#
# **tanh.** Write $u$ for its numerator and $v$ for its denominator:
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
# **Sigmoid.** Here $a = (1 + e^{-z})^{-1}$, and
#
# $$
# \begin{aligned}
# \frac{da}{dz} &= -(1 + e^{-z})^{-2} \cdot (-e^{-z})
#   && \text{the chain rule, with inner slope } {-e^{-z}} \\
#   &= \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}}
#   && \text{sorted into two fractions} \\
#   &= a\,(1 - a)
#   && \text{because } 1 - a = \frac{e^{-z}}{1 + e^{-z}} .
# \end{aligned}
# $$
#
# In both, the slope is written with the *output*. Once you have $a$, the slope costs a
# multiplication and a subtraction; $z$ is not needed again.
#
# **ReLU** is made of straight pieces: slope 1 for $z > 0$ and 0 for $z < 0$; **leaky
# ReLU** has $\alpha$ in place of the 0.

# %% tags=["demonstration"]
z_line = np.linspace(-4, 4, 401)
tanh_line, sigmoid_line = np.tanh(z_line), 1 / (1 + np.exp(-z_line))
passed = z_line > 0
shown_leak = 0.1  # ten times the usual, so that it can be seen
panels = {
    "tanh": (tanh_line, 1 - tanh_line**2),
    "sigmoid": (sigmoid_line, sigmoid_line * (1 - sigmoid_line)),
    "ReLU": (np.where(passed, z_line, 0), np.where(passed, 1.0, 0)),
    "leaky ReLU": (
        np.where(passed, z_line, shown_leak * z_line),
        np.where(passed, 1.0, shown_leak),
    ),
}

figure, grid = plt.subplots(2, 2, figsize=(7.6, 6), sharex=True, sharey=True)
for axes, (title, (height_line, slope_line)) in zip(
    grid.flat, panels.items(), strict=True
):
    jumps = np.where(np.abs(z_line) < 0.01, np.nan, slope_line)
    dashes = jumps if "ReLU" in title else slope_line
    axes.plot(z_line, height_line, color=BLUE, linewidth=3)
    axes.plot(z_line, dashes, color=ORANGE, linewidth=3, linestyle="dashed")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.grid(alpha=0.4)
    axes.set(title=title, ylim=(-1.2, 2.2))
for axes in grid[1]:
    axes.set_xlabel("pre-activation $z$")
grid[0, 0].text(-3.9, 1.7, "solid: activation $a$", fontsize=12)
grid[0, 0].text(-3.9, 1.3, "dashed: slope $da/dz$", fontsize=12)
figure.tight_layout()
show(
    figure,
    "Figure 3: four activation functions, solid, and their slopes, dashed, for z from "
    "−4 to 4. tanh rises from −1 to 1; its slope is a bell of height 1 at z = 0, "
    "and next to nothing beyond 3 on either side. The sigmoid rises from 0 to 1; its "
    "slope is a lower and wider bell of height one quarter. ReLU is 0 on the left and "
    "rises like z on the right; its slope jumps from 0 to 1. Leaky ReLU falls gently "
    "to the left, drawn here with a slope of 0.1 there.",
)

# %% [markdown]
# | | tanh | sigmoid | ReLU | leaky ReLU |
# | :-- | :-- | :-- | :-- | :-- |
# | $\varphi(z)$ | $\tanh z$ | $1 / (1 + e^{-z})$ | $\max(0, z)$ | $z$ or $\alpha z$ |
# | range of $a$ | $(-1, 1)$ | $(0, 1)$ | $[0, \infty)$ | all numbers |
# | slope | $1 - a^2$ | $a\,(1 - a)$ | 1 for $z > 0$, 0 for $z < 0$ | 1 or $\alpha$ |
# | steepest | 1, at $z = 0$ | ¼, at $z = 0$ | 1, for all $z > 0$ | 1, for all $z > 0$ |
# | flat | far out, both sides | far out, both sides | everywhere below 0 | nowhere |
#
# Is that so? A slope can be measured: move $z$ a little to either side, and divide the
# change of $a$ by the change of $z$. For $\tanh$ the cell does this, and compares with
# the formula; and with what comes out if you confuse $z$ with $a$ in it.

# %% tags=["demonstration"]
print("    z       a   measured slope   1 - a²   1 - z²")
for z in (0.0, 1.0, 2.0, 4.0):
    out = np.tanh(z)
    measured = (np.tanh(z + 1e-5) - np.tanh(z - 1e-5)) / 2e-5
    print(f"{z:5.1f} {out:7.4f} {measured:16.4f} {1 - out**2:8.4f} {1 - z**2:8.1f}")

# %% [markdown]
# The formula agrees in every digit shown. With $z$ in place of $a$ it is right at 0 and
# nowhere else: that is the price of calling both numbers $z$.
#
# ## Saturation
#
# Where the slope is almost 0, the neuron is called *saturated*: its output is near the
# end of its range, and a small change of the weights leaves it there. A saturated
# neuron still answers. What it no longer does is react, and we will see that it no
# longer learns.
#
# ### Predict, run, explain: how many are saturated?
#
# Let the pre-activations of a $\tanh$ neuron, over many examples, be spread around 0 as
# a normal distribution with standard deviation 1: two thirds of them lie between $-1$
# and $1$. Call an output saturated if $|a| > 0.97$, where the slope is below 0.06
# (which is $1 - 0.97^2$, rounded up). What share of the outputs is saturated, as a
# number between 0 and 1,
#
# 1. with this standard deviation of 1?
# 2. with a standard deviation of 3, which is what you get if somebody makes all weights
#    and the bias three times as large?

# %% tags=["demonstration"]
predict("saturated share at spread 1", ...)

# %% tags=["demonstration"]
predict("saturated share at spread 3", ...)

# %% tags=["demonstration"]
edge = atanh(0.97)  # beyond this z, on either side, the neuron is saturated
print(f"|a| > 0.97 where |z| > {edge:.2f}")
draws = np.random.default_rng(3).normal(size=100_000)
shares = {}
print("spread   theory   measured")
for spread in (1, 3):
    theory = erfc(edge / (spread * sqrt(2)))  # both tails of the normal distribution
    shares[spread] = np.mean(np.abs(np.tanh(spread * draws)) > 0.97)
    print(f"{spread:6d} {theory:8.3f} {shares[spread]:10.3f}")

bins = [-1, *np.linspace(-0.97, 0.97, 66), 1]
figure, grid = plt.subplots(1, 2, figsize=(7.6, 3), sharey=True)
for axes, spread in zip(grid, shares, strict=True):
    heights, _ = np.histogram(np.tanh(spread * draws), bins, density=True)
    axes.stairs(heights[1:-1], bins[1:-1], fill=True, color=BLUE)
    outer = {"width": 0.03, "color": ORANGE, "hatch": "//", "edgecolor": "black"}
    axes.bar([-0.985, 0.985], heights[[0, -1]], **outer)
    axes.set(title=f"spread of z: {spread}", xlabel="activation $a$", yticks=[])
grid[0].set_ylabel("how many")
figure.tight_layout()
show(
    figure,
    "Figure 4: histograms of the activations of a tanh neuron. With pre-activations of "
    "spread 1, on the left, the activations fill the whole range, and the hatched "
    "outermost bars, which are the saturated ones, are no higher than their "
    "neighbors. With spread 3, on the right, the two hatched bars tower over "
    "everything between them.",
)
display(
    reveal("saturated share at spread 1", shares[1].round(3)),
    reveal("saturated share at spread 3", shares[3].round(3)),
)

# %% [markdown]
# **Explain.** The edge is at $|z| \approx 2.09$, whatever the spread. With a standard
# deviation of 1 that is more than two of them out, where few numbers lie: under 4 %.
# With 3, it is at 0.7 standard deviations, and almost half of all numbers lie farther
# out. So a factor of three in the weights, which looks harmless, makes the difference
# between a neuron that reacts to nearly everything and one that has stopped reacting to
# half of what it sees. How large weights should be at the start of training is not a
# matter of taste; a later unit derives it.
#
# > **You may read that** ReLU cannot be trained by gradients, because it has no slope
# > at 0.
# >
# > **What is true.** At $z = 0$ exactly there is no slope: on the left it is 0, on the
# > right it is 1. Any number from 0 to 1 serves, programs take one of them (mostly 0),
# > and a $z$ of exactly 0 hardly ever comes along. What does stop a ReLU neuron is its
# > flat side. If $z < 0$ for *every* example, its slope is 0 for every example, and
# > nothing that it computes tells it how to change: it is *dead*. That is what leaky
# > ReLU is for.

# %% tags=["demonstration"]
examples = np.random.default_rng(5).normal(size=(200, 2))
z_dead = examples @ np.array([1.0, 1.0]) - 10  # far too negative a bias
print("examples with z > 0      :", np.sum(z_dead > 0), "of", len(examples))
print("mean slope of ReLU       :", np.where(z_dead > 0, 1, 0).mean())
print("mean slope of leaky ReLU :", np.where(z_dead > 0, 1, 0.01).mean().round(2))

# %% [markdown] readonly="act-task"
# ### Exercise `act` (3 points)
#
# Write `act(z, kind)`: an activation function, and its slope, at every entry of `z`.
#
# * `z` is an array of any shape: a vector, a matrix, or one with more axes. It may hold
#   whole numbers, and entries such as $1000$ and $-1000$.
# * `kind` is `"tanh"`, `"sigmoid"` or `"relu"`.
# * Return the pair `(a, slope)`, both of the shape of `z`: $a = \varphi(z)$ and
#   $da/dz = \varphi'(z)$, entry by entry.
# * ReLU is never asked at $z = 0$: what you say there is up to you.
# * Leave `z` as it is.
#
# A warning that NumPy prints costs nothing, as long as the numbers are right. `a` and
# `slope` are graded separately.


# %% answer="act"
def act(z, kind):
    """Return (a, slope): the activation function at z, and its derivative there."""
    ### BEGIN SOLUTION
    match kind:
        case "tanh":
            a = np.tanh(z)
            return a, 1 - a**2
        case "sigmoid":
            # tanh by another name; written with exp it would warn at z = -1000.
            a = (1 + np.tanh(z / 2)) / 2
            return a, a * (1 - a)
        case "relu":
            return np.maximum(z, 0), np.where(z > 0, 1.0, 0.0)
    raise ValueError(f"no activation function is called {kind!r}")
    ### END SOLUTION


# %% check="act"
check(act)

# %% [markdown]
# ## How wrong is a neuron?
#
# Back to a single $\tanh$ neuron, and on to making it better. It looks at $m$ examples,
# the rows of $X$:
#
# $$
# z_i = \sum_{j=1}^{n} X_{ij}\, w_j + b, \qquad a_i = \tanh z_i .
# $$
#
# The product $Xw$ of an $(m, n)$ matrix with an $(n,)$ vector is $(m,)$: one number for
# each example, as it should be.
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
# > that differentiating brings down. Whatever makes one of them smaller makes the other
# > smaller, too, but the gradient of one is twice that of the other. Here and in the
# > exercise there is no ½, and the divisor is $m$, the number of rows.

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
#   && r_i = a_i - y_i \text{, and } y_i \text{ is fixed} \\[4pt]
#   &= \frac{1}{m} \sum_{i=1}^{m} 2\, r_i \, (1 - a_i^{\,2}) \,
#      \frac{\partial z_i}{\partial w_j}
#   && a_i = \tanh z_i \text{, whose slope is } 1 - a_i^{\,2} \\[4pt]
#   &= \frac{1}{m} \sum_{i=1}^{m} 2\, r_i \, (1 - a_i^{\,2}) \, X_{ij}
#   && \text{in } z_i \text{ only } X_{ij} w_j \text{ contains } w_j .
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
# * Unless the gradient is zero, a small enough step *against* it must make the loss
#   smaller.

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
# There are 200 steps of the same rate, and the loss falls from the first to the last.
# What share of the whole fall do the first 10 steps bring, as a number between 0 and 1?
# And ask yourself: could the loss reach 0 exactly, if we went on for long enough?

# %% tags=["demonstration"]
predict("share of the fall in the first 10 of 200 steps", ...)

# %% tags=["demonstration"]
rng = np.random.default_rng(1)
cloud = np.repeat([1.0, -1.0], 30)
points = rng.normal(size=(60, 2)) + np.outer(cloud, [1.2, 0.8])

w_now, b_now, rate = np.array([-0.5, 0.5]), 0.0, 0.2
losses = [loss(points, cloud, w_now, b_now)]
try:
    for _ in range(200):
        dw, db = neuron_grads(points, cloud, w_now, b_now)
        w_now, b_now = w_now - rate * np.array(dw), b_now - rate * db
        losses.append(loss(points, cloud, w_now, b_now))
except NotImplementedError:
    print("Answer neuron_grads first, then run this cell again.")
except Exception as error:  # of any kind: Run All goes on
    print("This cell cannot use neuron_grads yet:", repr(error))
    print("See what its check says above, then run this cell again.")
else:
    print("loss after   0 steps:", losses[0].round(3))
    print("loss after  10 steps:", losses[10].round(3))
    print("loss after 200 steps:", losses[200].round(3))
    final = np.tanh(points @ w_now + b_now)
    print("on the right side   :", np.sum(final * cloud > 0), "of", len(cloud))
    print("median |residual|   :", np.median(np.abs(final - cloud)).round(3))
    print("median slope 1 - a² :", np.median(1 - final**2).round(3))
    share = (losses[0] - losses[10]) / (losses[0] - losses[200])
    display(reveal("share of the fall in the first 10 of 200 steps", share.round(2)))

# %% [markdown]
# **Explain.** The three factors of the gradient tell the story. At the start many
# residuals are large, so the steps are, too. After 200 steps nearly half of the rows
# have a residual below the first median printed above *and* a slope below the second:
# their first two factors are both small, so they hardly push any more, and what remains
# to be gained comes in ever smaller steps.
#
# And 0 is out of reach: $\tanh$ approaches $1$ and $-1$ but never gets there, so a
# label of exactly $\pm 1$ always leaves a residual. (That is on paper. A computer keeps
# some 16 digits and rounds the $\tanh$ of a large number to 1.)
#
# One thing this neuron cannot do, however long it trains: bend its boundary. It has one
# straight line. For more, it needs company, and now we can say which.

# %% [markdown]
# ## Why bend at all?
#
# Put one layer behind another: the outputs of the first, $h$ of them, are the inputs of
# the second. Suppose that neither bends. The first has weights $W_1$ of shape $(n, h)$
# and biases $b_1$, the second $W_2$ of shape $(h, k)$ and biases $b_2$:
#
# $$
# H = X W_1 + b_1 , \qquad Z = H\, W_2 + b_2 .
# $$
#
# It looks like more than a layer. It has more weights than one. But put the first
# equation into the second and multiply out, and you will find that it is a layer in
# disguise. Two questions that you can ask any such machine, without taking it apart,
# lead to the weights and biases of that one layer:
#
# * What comes out for an input of zeros? All weights of the first layer fall silent.
# * By how much does the output change when input $j$ alone goes from 0 to 1?

# %% [markdown] readonly="collapse-task"
# ### Exercise `collapse` (2 points)
#
# Write `collapse(W1, b1, W2, b2)`: the one layer that does what two layers without
# activation functions do.
#
# * `W1` has shape `(n, h)`, `b1` has shape `(h,)`, `W2` has shape `(h, k)`, `b2` has
#   shape `(k,)`. Any sizes from 1 on may come, and whole numbers among the entries.
# * Return the pair `(W, b)`, of shapes `(n, k)` and `(k,)`, such that for *every* `X`
#   with $n$ columns
#
# $$
# (X W_1 + b_1)\, W_2 + b_2 = X W + b .
# $$
#
# * Leave the inputs as they are.
#
# `W` and `b` are graded separately.


# %% answer="collapse"
def collapse(W1, b1, W2, b2):
    """Return (W, b) of the one layer that equals two layers without a bend."""
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION


# %% check="collapse"
check(collapse)

# %% [markdown]
# Collapse the first two of a hundred such layers, then the result with the third, and
# so on: nothing is left but one. Depth without bends can compute nothing new. It can
# even cost: if the layer in the middle is narrow, the one that is left can do less than
# a layer that was free to choose its weights.
#
# ## What a bend between layers buys
#
# The smallest task that needs more than one neuron has four examples. The output should
# be positive where exactly one of two inputs is 1, *either or*, called XOR:
#
# | $x_1$ | $x_2$ | wanted |
# | :-: | :-: | :-- |
# | 0 | 0 | negative |
# | 0 | 1 | positive |
# | 1 | 0 | positive |
# | 1 | 1 | negative |
#
# ### Predict, run, explain: one neuron and XOR
#
# The cell below makes 20,000 neurons with random weights and biases, asks each of them
# for all four examples, and keeps the best. What share of the four does the best one
# get right?

# %% tags=["demonstration"]
predict("XOR: share right, best of 20,000 neurons", ...)

# %% tags=["demonstration"]
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
wanted = np.array([-1.0, 1.0, 1.0, -1.0])

many = np.random.default_rng(0)
answers = np.tanh(corners @ many.normal(size=(2, 20_000)) + many.normal(size=20_000))
best = (answers * wanted[:, None] > 0).mean(axis=0).max()
print("best of 20,000 single neurons:", best)
reveal("XOR: share right, best of 20,000 neurons", best)

# %% [markdown]
# **Explain.** It is not bad luck: no neuron gets all four. Write down what each row of
# the table asks of $z$, and add the rows in pairs:
#
# $$
# \begin{aligned}
# b &< 0 && \text{from } (0, 0) \\
# w_1 + w_2 + b &< 0 && \text{from } (1, 1) \\
# w_1 + w_2 + 2b &< 0 && \text{the sum of these two} \\[6pt]
# w_2 + b &> 0 && \text{from } (0, 1) \\
# w_1 + b &> 0 && \text{from } (1, 0) \\
# w_1 + w_2 + 2b &> 0 && \text{the sum of these two.}
# \end{aligned}
# $$
#
# The third line and the last contradict each other, so at least one of the four demands
# is not met: 75 % is the most. The picture says the same. The boundary is straight, and
# no straight line has two opposite corners of a square on one side and the other two on
# the other. The neuron *does* bend, by the way; its $\tanh$ does not help it here.
#
# Now two neurons side by side and one behind them. The first is near 1 where at least
# one input is 1, the second where both are; elsewhere they are near $-1$. The output
# neuron takes the first *minus* the second: at least one, but not both. That difference
# is about 2 or 0, and a bias of $-1$ puts the boundary between.

# %% tags=["demonstration"]
W_hidden = np.array([[4.0, 4.0], [4.0, 4.0]])
b_hidden = np.array([-2.0, -6.0])  # z is 0 where x1 + x2 is 0.5, and where it is 1.5
W_out, b_out = np.array([[1.0], [-1.0]]), np.array([-1.0])

try:
    _, hidden = layer(corners, W_hidden, b_hidden, "tanh")
    _, answer = layer(hidden, W_out, b_out, "tanh")
    answer = np.array(answer)[:, 0]
    print("with the bend   :", answer.round(2))
    print("on the right side:", np.sum(answer * wanted > 0), "of 4")
except NotImplementedError:
    print("Answer layer first, then run this cell again.")
except Exception as error:
    print("This cell cannot use layer yet:", repr(error))
    print("See what its check says above, then run this cell again.")
try:
    W_one, b_one = collapse(W_hidden, b_hidden, W_out, b_out)
    print("without it       : weights", np.ravel(W_one), "and bias", np.array(b_one))
except NotImplementedError:
    print("Answer collapse first, then run this cell again.")
except Exception as error:
    print("This cell cannot use collapse yet:", repr(error))
    print("See what its check says above, then run this cell again.")

# %% tags=["demonstration"]
side_xor = np.linspace(-0.6, 1.6, 221)
plane_xor = np.stack(np.meshgrid(side_xor, side_xor), axis=-1)
over_plane = np.tanh(plane_xor @ W_hidden + b_hidden) @ W_out + b_out
folded = np.tanh(corners @ W_hidden + b_hidden)

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 4.2))
for axes, places, xs in ((left, corners, side_xor), (right, folded, [-1.4, 1.4])):
    for sign, mark, color in ((1, "^", ORANGE), (-1, "o", BLUE)):
        style = {"s": 130, "marker": mark, "color": color, "edgecolor": "black"}
        axes.scatter(*places[wanted == sign].T, **style, zorder=3)
    axes.set(xlim=(xs[0], xs[-1]), ylim=(xs[0], xs[-1]), aspect=1)
left.contourf(side_xor, side_xor, over_plane[..., 0], [0, 9], colors=["#dddddd"])
tilt = {"rotation": -45, "rotation_mode": "anchor", "fontsize": 11}
for total, name, place in ((0.5, "neuron 1", "top"), (1.5, "neuron 2", "bottom")):
    left.plot(side_xor, total - side_xor, color="black", linestyle="dotted")
    left.text((total - 1) / 2, (total + 1) / 2, name, va=place, ha="center", **tilt)
left.set(xlabel="$x_1$", ylabel="$x_2$", title="the four examples")
right.fill_between([-1.4, 1.4], [-2.4, 0.4], -1.4, color="#dddddd")
right.plot([-1.4, 1.4], [-2.4, 0.4], color="black")
right.text(-0.85, -0.85, "(0, 0)", fontsize=11)
right.text(0.45, 1.1, "(1, 1)", fontsize=11)
right.text(0.1, -1.3, "(0, 1) and (1, 0)", fontsize=11)
right.set(xlabel="output of neuron 1", ylabel="output of neuron 2")
right.set_title("the same, as the output neuron sees them")
figure.tight_layout()
show(
    figure,
    "Figure 5: XOR before and after a hidden layer of two neurons. Left: the four "
    "corners of a square; triangles should be positive, circles negative, and they sit "
    "on opposite corners. Two dotted parallel lines, the boundaries of the two "
    "neurons, cut off one circle each; the gray band between them, with both triangles "
    "in it, is where the network says positive. Right: the outputs of the two neurons "
    "for the same four examples. Both triangles have landed on the same spot, at "
    "bottom right, and one straight line separates that spot from the two circles.",
)

# %% [markdown]
# Look at the picture on the right. It shows the four examples as the *output neuron*
# sees them. The two positive ones have come together, and one straight line is enough.
# That is what a hidden layer is for: it moves the examples to where the next layer can
# deal with them. And take the bends away, as `collapse` does: the weights of the one
# layer that is left are 0. With the very same numbers the network says the same of
# every input.
#
# > **You may read that** the activation function is there "to provide some
# > non-linearity".
# >
# > **What is true.** That names the thing and leaves out what it does, and where. A
# > bend *after the last* layer buys little: with a curve that never falls, like the
# > four of this unit, one neuron still has a straight boundary and at most three
# > quarters of XOR. A bend *between* two layers keeps them from collapsing into one.
# > Only there can it make depth worth having.

# %% [markdown]
# ## Check yourself
#
# Four questions, not graded. Choose an answer before you open one: each of them tells
# you why it is right or wrong.
#
# **1. You multiply the weights and the bias of a $\tanh$ neuron by 10. What happens?**
#
# <details><summary>A. The boundary moves away from the origin.</summary>
# No. Its distance is |b| / ‖w‖, and a factor in both cancels. You would be right if
# only the bias had grown.</details>
# <details><summary>B. Every output becomes 10 times as large.</summary>
# No. That holds for z. The outputs of tanh stay between −1 and 1, and those that were
# already near the ends hardly change.</details>
# <details><summary>C. The boundary stays, and the neuron is saturated in more
# places.</summary> Yes. The zeros of 10 · (w · x + b) are those of w · x + b, and
# everywhere else z is ten times as far out on the curve.</details>
# <details><summary>D. Nothing that could be seen from outside.</summary>
# No. The boundary stays, but the passage across it becomes ten times as steep. Only for
# a neuron that says no more than which side you are on would there be no
# difference.</details>

# %% [markdown]
# **2. A sigmoid neuron has the output $a = 0.9$. What is its slope $da/dz$ there?**
#
# <details><summary>A. 0.09</summary>
# Yes: a · (1 − a) = 0.9 · 0.1.</details>
# <details><summary>B. 0.19</summary>
# No. That is 1 − a², the slope of tanh at an output of 0.9.</details>
# <details><summary>C. About 0.21</summary>
# No. That is the sigmoid's slope at z = 0.9. Here 0.9 is the output; the formula a · (1
# − a) takes it as it is.</details>
# <details><summary>D. It cannot be said without z.</summary>
# No. The output is enough: that is what makes these two formulas so handy. (And z could
# be worked out from a, because the sigmoid never takes a value twice.)</details>

# %% [markdown]
# **3. For every example of your data a certain ReLU neuron has $z < 0$. What does a
# step against the gradient do to its weights?**
#
# <details><summary>A. It makes them larger, until the neuron wakes up.</summary>
# No. Nothing in the gradient tells them to: for every example the slope of ReLU is 0,
# and it is a factor of the gradient.</details>
# <details><summary>B. Nothing, now and in all steps that follow.</summary>
# Yes, as long as what comes in stays the same: the gradient is exactly 0, so weights
# and bias stay, so z stays negative. The neuron is dead.</details>
# <details><summary>C. Nothing now, but the next step will.</summary>
# No. If the weights do not change, the next step meets the same z and the same slope of
# 0.</details>
# <details><summary>D. It stops with an error, because ReLU has no slope
# there.</summary>
# No. Below 0 ReLU has a slope, and it is 0. Only at z = 0 exactly there is none, and
# programs agree on a number there.</details>

# %% [markdown]
# **4. Three layers without activation functions lead from 4 inputs over 1 neuron and
# then 3 neurons to 4 outputs. Compared with one layer from 4 inputs to 4 outputs, they
# can do**
#
# <details><summary>A. more, because they have three layers.</summary>
# No. Without a bend between them they collapse into one layer.</details>
# <details><summary>B. the same, because they collapse into one layer.</summary>
# Almost. They do collapse, but not every layer can come out: all that is known of the
# input has to go through a single number in the middle.</details>
# <details><summary>C. less, because everything goes through a single
# neuron.</summary> Yes. The one layer that is left has a weight matrix of rank 1 (or
# 0): all of its outputs are multiples of the same number, up to their biases.</details>
# <details><summary>D. something that depends on the weights, so nothing can be
# said.</summary>
# No. What they compute depends on the weights; what they can and cannot compute is
# settled by the shapes and by the missing bends.</details>

# %% [markdown]
# ## Summary
#
# * A neuron weighs, adds, and bends: $z = w \cdot x + b$, then $a = \varphi(z)$. $z$
#   goes in, $a$ comes out.
# * Its boundary $z = 0$ is at a right angle to $w$, at the distance $|b| / \lVert w
#   \rVert$ from the origin. Scaling $w$ and $b$ up together sharpens the passage and
#   moves nothing.
# * A layer is $k$ neurons on the same inputs: $(m, n)$ times $(n, k)$ gives $(m, k)$,
#   and each neuron has one bias.
# * $\tanh' = 1 - a^2$ and $\sigma' = a\,(1 - a)$, both written with the output; ReLU
#   has slope 1 or 0. Where the slope vanishes, the neuron is saturated; a ReLU neuron
#   that is off for every example is dead.
# * The gradient of the mean squared error adds up one contribution from each row: how
#   wrong it is, times how much its output can still move, times its input.
# * Layers without a bend between them collapse into one. One neuron gets at most three
#   quarters of XOR; two neurons in front of it get all of it.
#
# ## Glossary
#
# | term | meaning |
# | :-- | :-- |
# | activation | the output $a$ of a neuron; also short for the function that gives it |
# | activation function | the curve $\varphi$ through which the weighted sum goes |
# | batch | the examples that are looked at together: the rows of $X$ |
# | bias | the number $b$ that is added to the weighted sum |
# | boundary | the points where $z = 0$ |
# | dead | of a ReLU neuron: $z < 0$ for every example, so that no gradient moves it |
# | gradient | all partial derivatives of the loss; it points uphill |
# | hidden layer | a layer whose outputs are the inputs of another |
# | label | what the output should be for an example |
# | layer | neurons that see the same inputs, each with its own weights and bias |
# | leaky ReLU | $z$ above 0 and a small multiple of it below |
# | loss | how wrong the outputs are, as one number |
# | mean squared error | the mean of the squared residuals |
# | pre-activation | the weighted sum plus bias, $z$, before the curve |
# | ReLU | $\max(0, z)$, the rectified linear unit |
# | residual | output minus label, $a_i - y_i$ |
# | saturated | so far out on the curve that its slope is almost 0 |
# | sigmoid | $1 / (1 + e^{-z})$, an S from 0 to 1 |
# | slope | $da/dz$: how fast the output changes with $z$ |
# | tanh | the hyperbolic tangent, an S from $-1$ to 1 |
# | weight | the number that multiplies an input |
# | XOR | positive where exactly one of two inputs is 1 |
#
# ## Further reading
#
# * C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer 2006: section 4.1
#   on the geometry of a linear boundary.
# * I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016: chapter
#   6 on networks of such neurons; it, too, begins with XOR.
# * F. Rosenblatt, *The perceptron: a probabilistic model for information storage and
#   organization in the brain*, Psychological Review 65, 1958.
# * M. Minsky and S. Papert, *Perceptrons*, MIT Press 1969: what such neurons cannot do
#   without a hidden layer.
# * Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, *Efficient BackProp*, 1998: on
#   tanh, saturation, and the choice of labels.
# * X. Glorot, A. Bordes and Y. Bengio, *Deep sparse rectifier neural networks*, AISTATS
#   2011: ReLU in deep networks.
# * A. L. Maas, A. Y. Hannun and A. Y. Ng, *Rectifier nonlinearities improve neural
#   network acoustic models*, ICML workshop 2013: leaky ReLU.
