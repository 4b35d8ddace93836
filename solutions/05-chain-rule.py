# %% [markdown]
# # Unit 5: The chain rule
#
# A network is a function made of functions: thousands of small steps, each fed with the
# results of others. Its gradient looks hopeless from outside and is simple from within,
# because the slope of each small step is known. What joins them is one rule of
# calculus. *Backpropagation* is that rule, applied in a certain order, and at the end
# of this unit you will have written it twice: by hand for a network, and once for all
# as a small engine that differentiates whatever you compute with it.
#
# What is at stake is work. To *measure* a gradient one moves a weight and looks at the
# loss, and then the next: for a million weights that takes two million evaluations, for
# a single step of training. By the method of this unit the same gradient costs hardly
# more than three evaluations, however many weights there are.
#
# **After this unit you can**
#
# 1. find the rate at which a result changes with a variable that reaches it along
#    several paths, and read values and gradients off a computation graph;
# 2. carry a gradient back through layers and curves as a vector-Jacobian product, for a
#    whole network, and test it against a measurement whose error you understand;
# 3. write reverse-mode automatic differentiation yourself, and say why the order in
#    which it goes back matters.
#
# **You need** unit 1 (a layer, the slopes of tanh, sigmoid and ReLU) and the gradient
# of softmax and cross-entropy from unit 4, which is quoted where it is used. From
# mathematics: partial derivatives, matrix products. From Python: a class with methods.
# **Time:** about 115 minutes, by our estimate, of which a good half goes into the five
# exercises that are yours; they are worth 12 points in all.

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact

from nnkit import Tensor, check, datasets, losses, plots, predict, reveal
from nnkit.graph import draw
from nnkit.plots import BLACK, BLUE, ORANGE, show
from nnkit.tensor import affine, sigmoid, tanh

# %% [markdown]
# ## Notation
#
# | symbol | what it is | shape | in code |
# | :-- | :-- | :-- | :-- |
# | $t, x, y, z$ | at first: numbers computed from each other | numbers | |
# | $dz/dt$ | the rate at which $z$ changes when $t$ does | a number | `dz_dt` |
# | $\partial z / \partial x$ | the rate when $x$ changes and $y$ is held | a number | |
# | $X$ | $m$ examples, one in each row | $(m, n)$ | `X` |
# | $W$, $b$ | the weights and biases of a layer | $(n, k)$, $(k,)$ | `W`, `b` |
# | $Z$ | pre-activations, $Z = XW + b$ | $(m, k)$ | `Z` |
# | $A$ | activations, $A = \varphi(Z)$ | $(m, k)$ | `A` |
# | $L$ | the loss, or its mean over rows: unit 4's $J(\theta)$ | a number | `loss` |
# | $dZ$ | the slope of $L$ by each entry of $Z$ | like $Z$ | `dZ` |
# | $\bar v$ | the slope of the result by a value $v$ in a graph | like $v$ | `v.grad` |
# | $J$ | here a Jacobian: the slopes of all outputs of a step by all inputs | | `J` |
# | $K$, $P$, $Y$ | unit 4's classes: how many, their shares, the labels as rows | | |
# | $\varepsilon$ | the step of a numerical derivative | a number | `eps` |
#
# As before, `dZ` is short for the slope of *the loss* by `Z`, and it has the shape of
# `Z`. (So it is $\bar Z$, under the name that it has in code.) The index $i$ counts
# rows, $j$ inputs of a layer, $c$ its outputs. Some letters change their meaning on the
# way: $y$ is a number on a path at first, and where there is data, it is the labels;
# $h$ is a function at first, and in a network the width of the hidden layer; $g$ is a
# function at first, and then the gradient that comes back to a box; $e$ is the base of
# $e^z$, and in one exercise a 1 at a single place. In the drawings $p$, $q$, $r$, $u$
# and $v$ are values of the moment.

# %% [markdown]
# ## One path: rates multiply
#
# Let $x = f(t)$ and $z = h(x)$. Move $t$ by a little, $\Delta t$, and follow what
# happens:
#
# $$
# \begin{aligned}
# \Delta x &\approx f'(t)\, \Delta t && \text{that is what a derivative says} \\
# \Delta z &\approx h'(x)\, \Delta x && \text{the same for the second step} \\
#          &\approx h'(x)\, f'(t)\, \Delta t && \text{the first line put in.}
# \end{aligned}
# $$
#
# Divide by $\Delta t$ and let it shrink. What $\approx$ leaves out shrinks faster than
# $\Delta t$, and in the limit there remains
#
# $$
# \frac{dz}{dt} = \frac{dz}{dx} \cdot \frac{dx}{dt} .
# $$
#
# It is the rule of gears. If one wheel turns 3 times as fast as the crank, and a second
# wheel 2 times as fast as the first, the second turns 6 times as fast as the crank.
# **Along a path, rates multiply.** With more steps there are more factors, and each is
# taken where its own step stands: $h'$ at $x$, not at $t$.
#
# > **You may read that** the chain rule says: if $z$ depends on $g$ and $g$ depends on
# > $f$, then $z$ depends on $f$ as well; and that it is used for calculating composite
# > functions.
# >
# > **What is true.** A network is a composite function, that part is right. But to
# > *calculate* a composite function you need no rule: compute $g$, put it into the next
# > function. The chain rule is about **rates**: it says how fast $z$ moves with $f$,
# > namely $\frac{dz}{df} = \frac{dz}{dg} \cdot \frac{dg}{df}$. And that $z$ depends on
# > $g$ and $g$ on $f$ does not even promise that $z$ moves. Take $g = \max(1, f)$ and
# > $z = \min(0, g)$: each depends on what goes into it, and $z$ is 0 whatever $f$ is,
# > because $g$ is never below 1, and there the rate $dz/dg$ is 0. Only the rates know.

# %% [markdown]
# ## Two paths: contributions add up
#
# Now let $t$ reach $z$ in two ways: $x = f(t)$, $y = g(t)$ and $z = h(x, y)$. Both move
# when $t$ moves. To see what that does to $z$, let them move one after the other:
#
# $$
# \begin{aligned}
# \Delta z &= h(x + \Delta x,\, y + \Delta y) - h(x, y)
#   && \text{both have moved} \\[2pt]
#  &= h(x + \Delta x,\, y) - h(x, y)
#   && x \text{ moves alone} \\
#  &\quad + h(x + \Delta x,\, y + \Delta y) - h(x + \Delta x,\, y)
#   && \text{then } y \text{ moves alone} \\[2pt]
#  &\approx \frac{\partial z}{\partial x}\, \Delta x
#   + \frac{\partial z}{\partial y}\, \Delta y
#   && \text{by the partial derivatives} \\[2pt]
#  &\approx \frac{\partial z}{\partial x}\, \frac{dx}{dt}\, \Delta t
#   + \frac{\partial z}{\partial y}\, \frac{dy}{dt}\, \Delta t
#   && \text{each path by itself, as before.}
# \end{aligned}
# $$
#
# The value between the two moves, $h(x + \Delta x,\, y)$, was subtracted and added.
# (Strictly, $y$ moves when $x$ is already at its new place, and its partial derivative
# belongs there. As $\Delta t$ shrinks the new place becomes the old one, and if the
# partial derivatives of $h$ are continuous, as we assume here, nothing of the
# difference is left.) Divide by $\Delta t$, and in the limit:
#
# $$
# \frac{dz}{dt}
#   = \frac{\partial z}{\partial x}\, \frac{dx}{dt}
#   + \frac{\partial z}{\partial y}\, \frac{dy}{dt} .
# $$
#
# **Along a path rates multiply; where paths meet, contributions add up.** That is all
# there is. With more paths there are more terms, and with longer paths more factors.
#
# > **You may read** this formula with $\frac{\partial z}{\partial t}$ on the left, and
# > $\frac{\partial x}{\partial t}$, $\frac{\partial y}{\partial t}$ on the right.
# >
# > **What is true.** A curly $\partial$ means: move this one, hold the others. On the
# > left nothing is held. $x$ and $y$ must move when $t$ does, and that is the point: it
# > is $\frac{dz}{dt}$. And $x$ depends on nothing but $t$, so its rate is
# > $\frac{dx}{dt}$. The curls belong to $h$ alone, which has two arguments. The
# > difference is not fussiness: whoever holds $y$ while $t$ moves gets one path and
# > loses the other.

# %% [markdown]
# ### Predict, run, explain: two contributions
#
# Take $x = t^2$, $y = \sin t$, $z = xy$, at $t = 1$. Here $\partial z / \partial x = y$
# and $\partial z / \partial y = x$. Work out the two contributions on paper (with
# $\sin 1 \approx 0.841$ and $\cos 1 \approx 0.540$) and add them up. **Your
# prediction:** what is $dz/dt$?

# %% tags=["demonstration"]
predict("dz/dt at t = 1", ...)


# %% tags=["demonstration"]
def z_on_both_paths(t_for_x, t_for_y):
    """Return z = xy for x = t² and y = sin t, each with a t of its own."""
    return t_for_x**2 * np.sin(t_for_y)


step = 1e-5
x_alone = z_on_both_paths(1 + step, 1) - z_on_both_paths(1 - step, 1)
y_alone = z_on_both_paths(1, 1 + step) - z_on_both_paths(1, 1 - step)
both = z_on_both_paths(1 + step, 1 + step) - z_on_both_paths(1 - step, 1 - step)
print(f"z moves, per unit of t, if x moves alone: {x_alone / (2 * step):.3f}")
print(f"                        if y moves alone: {y_alone / (2 * step):.3f}")
print(f"                        if both do      : {both / (2 * step):.3f}")
reveal("dz/dt at t = 1", round(both / (2 * step), 3))

# %% tags=["demonstration"]
t_line = np.linspace(0.8, 1.6, 200)
x_grid, y_grid = np.meshgrid(np.linspace(0.7, 2.5, 121), np.linspace(0.7, 1.06, 121))
t_now, t_next = 1.0, 1.4
x_now, x_next = t_now**2, t_next**2
y_now, y_next = np.sin(t_now), np.sin(t_next)

figure, axes = plt.subplots(figsize=(7.4, 4.4))
levels = np.arange(0.4, 2.81, 0.2)
axes.contourf(x_grid, y_grid, x_grid * y_grid, levels, cmap="Blues", alpha=0.5)
lines = axes.contour(x_grid, y_grid, x_grid * y_grid, levels, colors="#404040")
spots = [(0.95, 0.74), (1.32, 0.75), (1.62, 0.75), (1.87, 0.76), (2.2, 0.82)]
axes.clabel(lines, fmt="z = %.1f", fontsize=11, manual=spots)
axes.plot(t_line**2, np.sin(t_line), color=BLACK, linewidth=2.5)
axes.plot([x_now, x_next], [y_now, y_next], "o", color=BLACK, markersize=9)
for tail, head, color in (
    ((x_now, y_now), (x_next, y_now), BLUE),
    ((x_next, y_now), (x_next, y_next), ORANGE),
):
    arrow = {"facecolor": color, "edgecolor": BLACK, "shrinkA": 0, "shrinkB": 4}
    arrow |= {"arrowstyle": "simple", "mutation_scale": 22}
    axes.annotate("", head, tail, arrowprops=arrow)
for x_text, y_text, words in (
    (1.27, 0.806, "first x moves"),
    (2.01, 0.905, "then y moves"),
    (0.78, 0.86, "t = 1"),
    (1.78, 1.012, "t = 1.4"),
):
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
    axes.text(x_text, y_text, words, fontsize=13, bbox=paper)
axes.set(xlabel="$x = t^2$", ylabel="$y = \\sin t$", title="Two ways for t to move z")
axes.set(xlim=(0.7, 2.5), ylim=(0.7, 1.06))
show(
    figure,
    "Figure 1: the plane of x and y with the lines of equal z = xy. A black curve is "
    "where x and y go as t grows. From its point at t = 1 to the one at t = 1.4 lead "
    "two arrows: a long one to the right, on which x moves alone, then a short one "
    "upward, on which y moves alone. On both z grows, and the two climbs add up.",
)
print("climb on the first arrow :", round(x_next * y_now - x_now * y_now, 3))
print("climb on the second arrow:", round(x_next * y_next - x_next * y_now, 3))
print("climb of z in all        :", round(x_next * y_next - x_now * y_now, 3))

# %% [markdown]
# **Explain.** Through $x$ come $\sin 1 \cdot 2 = 1.683$, through $y$ come $1 \cdot
# \cos 1 = 0.540$, together $2.223$. The measurement agrees in every digit shown,
# because its step is tiny. In Figure 1 the step is large: divided by $\Delta t = 0.4$,
# its climbs are 2.02 and 0.71. For one thing, $t^2$ and $\sin t$ do not keep their
# rates over so long a way. For another, it matters which of the two moves first: the
# climb on the second arrow is taken at the *new* $x$. What that changes is a product of
# two small changes, $\Delta x \cdot \Delta y$. It shrinks like $(\Delta t)^2$, faster
# than the contributions themselves, and this is why the formula need not say who goes
# first.

# %% [markdown] readonly="two_paths-task"
# ### Exercise `two_paths` (worked)
#
# Write `two_paths(f, g, h, t)`, the rate $dz/dt$ for $x = f(t)$, $y = g(t)$ and $z =
# h(x, y)$.
#
# * The three functions bring their derivatives along: `f(t)` returns the pair $(x,
#   dx/dt)$, `g(t)` the pair $(y, dy/dt)$, and `h(x, y)` the triple $(z, \partial z /
#   \partial x, \partial z / \partial y)$. Which functions they are, you do not know.
# * `t` is a number. Return **one number**.
#
# This one is answered for you. Read it, run it, then break it: leave one path out, or
# ask `h` for its partials somewhere else.


# %% answer="two_paths"
def two_paths(f, g, h, t):
    """Return dz/dt for z = h(x, y), x = f(t), y = g(t)."""
    x, dx_dt = f(t)
    y, dy_dt = g(t)
    _, dz_dx, dz_dy = h(x, y)  # where z stands, not at t
    return dz_dx * dx_dt + dz_dy * dy_dt


# %% check="two_paths"
check(two_paths)

# %% [markdown]
# ## The computation graph
#
# Write a computation down as a drawing: a box for every number, an arrow from each
# number to every result it is used for. The smallest interesting example is
#
# $$
# p = a \cdot a, \qquad z = p + a, \qquad \text{at } a = 3 .
# $$
#
# From $a$ there are **three** paths to $z$: through the left factor of $p$, through the
# right factor, and directly. Values run from left to right. Now stand at $z$, look
# back, and ask of each box: *how fast does $z$ change, if this number changes alone and
# all that follows from it is computed anew?* That rate is the box's **gradient**. For
# $z$ itself it is 1.
#
# `nnkit` records the graph while it computes, and draws it. Before you run the cell,
# write down what each of the three paths contributes to the gradient of $a$.

# %% tags=["demonstration"]
a = Tensor(3.0, name="a")
p = a * a
z = p + a
p.name, z.name = "p", "z"  # for the drawing
z.backward(keep=True)  # without `keep` only a would keep its gradient, not p and z
draw(z)

# %% [markdown]
# Each box has its value and, below, its gradient; a result also says what has made it,
# `mul` or `add`. A value that was made by hand and not computed, such as $a$, is a
# *leaf*. The number on an arrow is what *this use* contributes to the gradient of the
# box where the arrow starts. Read them from the right:
#
# * The sum hands the 1 on unchanged, to $p$ and to $a$: if one term of a sum grows by a
#   little, so does the sum.
# * The product hands to each of its factors the gradient of $p$ times *the other
#   factor*: $1 \cdot 3$, twice, as both are $a$.
# * $a$ has been used three times and hears from all three: $3 + 3 + 1 = 7$. Indeed $z =
#   a^2 + a$ has the derivative $2a + 1$.
#
# Do not take the graph's word for it. What a gradient *means* can be tried out: add a
# little to one number, compute anew what follows from it, and look at the result.


# %% tags=["demonstration"]
def z_nudged(to_a=0.0, to_p=0.0):
    """Return z = p + a with p = a·a at a = 3, and a little added to a or to p."""
    a = 3.0 + to_a
    p = a * a + to_p
    return p + a


nudge = 0.001
print("z moves, per unit of p:", round((z_nudged(to_p=nudge) - z_nudged()) / nudge, 3))
print("z moves, per unit of a:", round((z_nudged(to_a=nudge) - z_nudged()) / nudge, 3))

# %% [markdown]
# When $p$ moves, it moves alone: $a$ was there before it. When $a$ moves, $p$ goes
# along, and all three paths are in the answer. (It is 7.001 and not 7 because $(3 +
# s)^2 + (3 + s) = 12 + 7s + s^2$, and dividing by $s$ leaves one $s$ over. There will
# be more about that.)
#
# **A value that is used several times adds up what its uses contribute.** It is the sum
# over paths once more, and a line of a backpropagation program that is easily written
# wrong: whoever *stores* a contribution where it should be *added* to what is there
# keeps the last one that came.
#
# Here is unit 1's neuron on one example, with its squared error. (In a narrow window
# scroll the picture sideways: the last box is $L$.)

# %% tags=["demonstration"]
w, b = Tensor(1.5, name="w"), Tensor(-0.5, name="b")
z = w * 0.8 + b
a = tanh(z)
r = a - 1.0
loss = r * r
z.name, a.name, r.name, loss.name = "z", "a", "r", "L"
loss.backward(keep=True)
draw(loss)

# %% [markdown]
# The loss uses the residual $r$ twice, $L = r \cdot r$, and so $r$ hears $-0.3956$
# twice: the 2 that comes down when a square is differentiated is two paths. Then follow
# the way back to $w$: unchanged through the difference, times $1 - a^2$ through tanh,
# unchanged through the sum, times the input 0.8. These are the factors of unit 1. The
# numbers in dashed boxes are data; nothing is asked about them.
#
# Every kind of box needs to know **one** thing, its own slope by each of its inputs:
#
# | box | hands to its inputs |
# | :-- | :-- |
# | $u + v$ | $g$ to both |
# | $u - v$ | $g$ to $u$, and $-g$ to $v$ |
# | $u \cdot v$ | $g \cdot v$ to $u$, and $g \cdot u$ to $v$ |
# | $\max(u, v)$ | $g$ to the larger, nothing to the other |
# | $\tanh u$ | $g \cdot (1 - \text{out}^2)$ |
# | $e^u$ | $g \cdot \text{out}$, because $e^u$ is its own slope |
#
# Here $g$ is the *upstream gradient*, the gradient of the box itself, and "out" its
# value. A sum copies, a maximum picks, a product trades the factors: with a large input
# the *weight* beside it gets a large gradient, which is why the scale of the data
# matters for the learning rate (unit 2). None of the boxes knows the network. That is
# why one engine can differentiate networks that nobody had thought of when it was
# written.
#
# ## Going back: the order
#
# Write $\bar v$ for the gradient of a number $v$ in the graph: the rate at which $L$
# changes with it. If $v$ is used by $u_1, u_2, \dots$, then
#
# $$
# \bar v \;=\; \sum_{u \text{ uses } v} \bar u \cdot \frac{\partial u}{\partial v} ,
# \qquad \bar L = 1 .
# $$
#
# Look at what stands on the right: the *finished* gradients of all who use $v$. So
# there is an order to keep. **A number may pass its gradient on only when everyone who
# uses it has reported.** An order in which each number stands behind all those that use
# it always exists: nothing can be used before it has been computed, so the order of
# computing, reversed, will do. Such an order is called *topological*. Going through the
# graph in this way is *reverse accumulation*, or backpropagation.
#
# Why not simply multiply along each path, and add up? It is right. But count the paths
# first.
#
# ### Predict, run, explain: paths and arrows
#
# A *diamond* uses a number twice and joins the results: $q = \tanh p$, $r =
# \sigma(p)$, then $q \cdot r$. It has 4 arrows and 2 paths. Put $n$ diamonds in a row,
# each starting where the last one ended. With every diamond the number of paths
# doubles, and each path has $2n$ arrows. Backpropagation multiplies once for each
# arrow, since each number passes its gradient on once.
#
# With $n = 20$ there are $2^{20}$ paths, more than a million. **Your prediction:** how
# many multiplications does backpropagation need?

# %% tags=["demonstration"]
predict("multiplications for 20 diamonds", ...)


# %% tags=["demonstration"]
def diamonds(n):
    """Return the result of n diamonds in a row, and the number they start from."""
    start = p = Tensor(0.5)
    for _ in range(n):
        p = tanh(p) * sigmoid(p)
    return p, start


print("diamonds   arrows    paths    multiplications, path by path")
for n in (1, 2, 5, 10, 20):
    end, start = diamonds(n)
    arrows, paths = 0, {end: 1}
    for number in end.ancestry():  # from the result back to the start
        for used in number.inputs:
            arrows += 1
            paths[used] = paths.get(used, 0) + paths[number]
    print(f"{n:8d} {arrows:8d} {paths[start]:8d} {2 * n * paths[start]:32d}")
reveal("multiplications for 20 diamonds", arrows)

# %% [markdown]
# **Explain.** The arrows grow in proportion to the graph, the paths double with every
# diamond. A layer of a network is a much wider diamond: from one neuron to any one of
# the next layer but one there are as many paths as neurons in between. Backpropagation
# never lists them. By the time a number passes its gradient on, all that happens
# downstream is summed up in that single number, and every path upstream uses it again.
#
# (The cell has counted the paths with the same trick: it goes backward and adds up.)
#
# > **You may read that** the chain rule *is* the essential calculation of
# > backpropagation.
# >
# > **What is true.** The chain rule says *what* the gradient is: a sum over paths.
# > Backpropagation is a way to compute it, and it adds two things: the **reverse
# > order**, each number once, after all that use it, and the **reuse** of what is
# > already summed up. In the reverse order one pass gives the slopes of one result by
# > *everything*; in the forward order, which is the same chain rule, one pass gives the
# > slopes of everything by *one* input. A network has one loss and millions of weights.
# > (And backpropagation does not learn. It computes a gradient; what you do with it is
# > the business of unit 2.)

# %% [markdown]
# ## From numbers to arrays: Jacobians
#
# A layer has thousands of numbers, and nobody wants a box for each. Let a box be a
# whole array. (A matrix counts as one long list here, row after row.) A step that takes
# $n$ numbers $v$ to $k$ numbers $u$ has $k \cdot n$ slopes, the *Jacobian* $J$ of shape
# $(k, n)$, with $J_{cj} = \partial u_c / \partial v_j$. (Some books mean its
# transpose.) The sum over uses is then a sum over the entries of $u$:
#
# $$
# \bar v_j = \sum_{c=1}^{k} \bar u_c \, \frac{\partial u_c}{\partial v_j}
#          = \sum_{c=1}^{k} \bar u_c \, J_{cj} ,
# \qquad\text{in short}\qquad \bar v = \bar u \, J .
# $$
#
# A row of gradients times a Jacobian: a *vector-Jacobian product*. You have met one in
# unit 4, for the softmax. Another is a single row that goes through a layer, $u = vW +
# b$. There $u_c = \sum_j v_j W_{jc} + b_c$, so $J_{cj} = W_{jc}$: its Jacobian is
# $W^\top$.
#
# Two steps in a row give $\bar u \, J_2 \, J_1$, and brackets are free: $(\bar u \,
# J_2)\, J_1$ multiplies a vector by a matrix, twice, while $\bar u\, (J_2 \, J_1)$
# multiplies two matrices first. If both Jacobians are 1000 by 1000, the one takes two
# million multiplications, the other more than a billion. The first is backpropagation.
# (With a column of small changes of the input on the right, $J_2\, (J_1\, \Delta v)$,
# it is the forward order: as cheap, but for one direction of change at a time.)
#
# And the Jacobians themselves are never built. They are large, and nearly empty:

# %% tags=["demonstration"]
rows, n_in, n_out = 4, 3, 2
rng = np.random.default_rng(5)
W_small = rng.normal(size=(n_in, n_out))
J_layer = np.kron(np.eye(rows), W_small.T)  # X to XW, row after row
J_curve = np.diag(1 - np.tanh(rng.normal(size=rows * n_out)) ** 2)  # Z to tanh Z

figure, panels = plt.subplots(1, 2, figsize=(9.2, 4.2), width_ratios=(12, 8))
for axes, J, title in (
    (panels[0], J_layer, "a layer: $X$ to $XW$"),
    (panels[1], J_curve, "a curve: $Z$ to $\\tanh Z$"),
):
    outputs, inputs = np.nonzero(J)
    slopes = J[outputs, inputs]
    axes.scatter(
        inputs,
        outputs,
        s=150 * abs(slopes),
        c=np.where(slopes > 0, BLUE, "white"),
        marker="s",
        edgecolors=BLUE,
    )
    axes.set_title(title, fontsize=13, pad=10)
    axes.set(xlabel="entry of the input", ylabel="entry of the output", aspect=1)
    axes.set(xlim=(-0.7, J.shape[1] - 0.3), ylim=(J.shape[0] - 0.3, -0.7))
    axes.set_xticks(range(0, J.shape[1], 3 if axes is panels[0] else 2))
    axes.set_yticks(range(0, J.shape[0], 2))
    axes.grid(alpha=0.3)
    axes.set_axisbelow(True)
figure.tight_layout()
show(
    figure,
    "Figure 2: two Jacobians, with a square where an entry is not zero. The larger the "
    "square, the larger the slope; full ones are positive, empty ones negative. For a "
    "layer that takes four rows of three entries to four rows of two, these are four "
    "blocks of two by three along the diagonal, one for each row, all alike. For a "
    "curve it is the diagonal alone, all positive, all different.",
)
m_real, n_real, k_real = 32, 784, 100
print("a layer from 784 inputs to 100 outputs, on 32 rows")
print(f"slopes of Z by W, all of them: {m_real * k_real * n_real * k_real:11,}")
print(f"entries of dW                : {n_real * k_real:11,}")

# %% [markdown]
# Two things can be seen in Figure 2. The rows of a batch do not touch each other: what
# row 1 puts in comes out in row 1, and as all rows meet the same weights, each block is
# the same $W^\top$. And a curve acts entry by entry, with a slope that is another for
# each entry, because it is taken where that entry is. A vector-Jacobian product that
# knows this needs a small matrix product in one case, and a product of entries in the
# other. Let us derive them.
#
# ### Back through a layer
#
# The step is $Z = XW + b$, entry by entry
#
# $$
# Z_{ic} = \sum_{j=1}^{n} X_{ij} \, W_{jc} + b_c .
# $$
#
# From further down the gradient $dZ$ has arrived, with one slope of the loss for each
# entry of $Z$. Take one entry of $X$ and ask who uses it:
#
# $$
# \begin{aligned}
# dX_{ij} &= \sum_{r} \sum_{c} dZ_{rc} \, \frac{\partial Z_{rc}}{\partial X_{ij}}
#   && \text{the sum over all entries of } Z \\
#  &= \sum_{c} dZ_{ic} \, \frac{\partial Z_{ic}}{\partial X_{ij}}
#   && X_{ij} \text{ is used in row } i \text{ alone} \\
#  &= \sum_{c} dZ_{ic} \, W_{jc}
#   && \text{in } Z_{ic} \text{ it is multiplied by } W_{jc} \\
#  &= (dZ \; W^\top)_{ij}
#   && c \text{ is second in both: turn one.}
# \end{aligned}
# $$
#
# The shapes agree: $(m, k)$ times $(k, n)$ is $(m, n)$. But shapes are a test, not a
# derivation. With $m = n = k$ they agree for every order and every transpose.
#
# For $W$ and $b$ the first line is the same, and the question too: which entries of $Z$
# use $W_{jc}$? Which use $b_c$? Mind that all rows share them.

# %% [markdown] readonly="affine_back-task"
# ### Exercise `affine_back` (2 points, half filled in)
#
# Write `affine_back(dZ, X, W)`, the way back through $Z = XW + b$.
#
# * `dZ` has shape `(m, k)` and holds the slope of the loss by each entry of $Z$. If the
#   loss is a mean, the division by $m$ is in `dZ` already.
# * `X` has shape `(m, n)`, `W` has shape `(n, k)`, and $m, n, k \ge 1$.
# * Return `(dX, dW, db)`: the slopes of the loss by `X`, `W` and `b`, with the shapes
#   `(m, n)`, `(n, k)` and `(k,)`.
# * Leave the inputs as they are.
#
# `dX` is there. Derive the other two as above, and write them. Each is graded by
# itself.


# %% answer="affine_back"
def affine_back(dZ, X, W):
    """Return (dX, dW, db), the slopes of the loss by what went into Z = XW + b."""
    dX = dZ @ W.T
    ### BEGIN SOLUTION
    dW = X.T @ dZ  # W[j, c] meets X[i, j] in every row i: the rows are summed over
    db = dZ.sum(axis=0)  # b[c] is added in every row, with the slope 1
    ### END SOLUTION
    return dX, dW, db


# %% check="affine_back"
check(affine_back)

# %% [markdown]
# **What does it cost?** The way there is one matrix product, $XW$, which multiplies $m
# \cdot n \cdot k$ pairs of numbers. The way back is two, one for $dX$ and one for $dW$,
# of as many pairs each. In a large network nearly all the work is in such products. So
# loss and gradient together cost about three times as much as the loss alone, whether
# the network has a hundred weights or a billion. (Often a little less: the first layer
# needs no $dX$.) That is the promise from the first lines of this unit.
#
# ### Back through a curve
#
# The step is $A = \varphi(Z)$, entry by entry. Each $Z_{ic}$ is used once, for
# $A_{ic}$, so one term of the sum is left:
#
# $$
# dZ_{ic} = dA_{ic} \cdot \varphi'(Z_{ic}) .
# $$
#
# For tanh, sigmoid and ReLU you know $\varphi'$ from unit 1. To them we add the
# exponential function, $a = e^z$. It is the simplest of all and often written wrong:
#
# $$
# \frac{d}{dz} e^z = \lim_{s \to 0} \frac{e^{z+s} - e^z}{s}
#   = e^z \cdot \lim_{s \to 0} \frac{e^s - 1}{s} = e^z \cdot 1 = a .
# $$
#
# The slope is the *output*. (The second limit is the slope of the exponential function
# at 0, and $e$ is the base for which it is 1.)
#
# What does the way back need to know of the way there? The slopes are taken where the
# values were, so the values have to be kept. What is put aside on the way forward, for
# the way back, is called a *cache*. It is one reason why training a network takes so
# much more memory than using it.

# %% [markdown] readonly="act_back-task"
# ### Exercise `act_back` (2 points)
#
# Write `act_back(dA, cache, kind)`, the way back through an activation function.
#
# * `kind` is `"tanh"`, `"sigmoid"`, `"relu"` or `"exp"`.
# * `cache` is the pair `(z, a)`: what went into the function, and what came out. Both
#   are arrays of the same shape, mostly a matrix. They may be far out: tanh, sigmoid
#   and ReLU may get entries of $\pm 1000$, and exp of $-1000$.
# * `dA` has the same shape and holds the slope of the loss by each entry of `a`.
# * Return `dZ`, of the same shape: the slope of the loss by each entry of `z`.
# * For ReLU you will not be asked about $z = 0$ exactly.
# * Leave the inputs as they are, `dA` too.
#
# The four kinds are graded separately, half a point each.


# %% answer="act_back"
def act_back(dA, cache, kind):
    """Return the slopes of the loss by z, from those by a."""
    ### BEGIN SOLUTION
    z, a = cache
    slopes = {"tanh": 1 - a**2, "sigmoid": a * (1 - a), "relu": z > 0, "exp": a}
    return dA * slopes[kind]
    ### END SOLUTION


# %% check="act_back"
check(act_back)

# %% [markdown]
# ## Is it right? Measure it
#
# A derivative can be had without any calculus. Move the input by a small $\varepsilon$,
# look how far the value moves, divide. It is too slow to train with, but it owes
# nothing to your derivation, and so it is the best witness there is. How good is it?
# By Taylor's theorem,
#
# $$
# \begin{aligned}
# f(x + \varepsilon) &= f + f'\,\varepsilon + \tfrac12 f''\,\varepsilon^2
#    + \tfrac16 f'''\,\varepsilon^3 + \dots \\
# f(x - \varepsilon) &= f - f'\,\varepsilon + \tfrac12 f''\,\varepsilon^2
#    - \tfrac16 f'''\,\varepsilon^3 + \dots
# \end{aligned}
# $$
#
# with all derivatives taken at $x$. From the first line alone comes the **one-sided**
# difference, from the first minus the second the **central** one:
#
# $$
# \begin{aligned}
# \frac{f(x + \varepsilon) - f(x)}{\varepsilon}
#   &= f' + \tfrac12 f''\, \varepsilon + \dots \\[4pt]
# \frac{f(x + \varepsilon) - f(x - \varepsilon)}{2\,\varepsilon}
#   &= f' + \tfrac16 f'''\, \varepsilon^2 + \dots
# \end{aligned}
# $$
#
# In the central difference the terms with $f''$ cancel. On a quadratic function, where
# $f''' = 0$, it is exact on paper, whatever $\varepsilon$ is.
#
# So far, the smaller $\varepsilon$ the better. But a computer keeps about 16 digits.
# Half the distance from 1 to the next number it can hold is called the *unit roundoff*
# and written $u$ (no value in a graph any more); $u \approx 1.1 \cdot 10^{-16}$. Each
# $f(x \pm \varepsilon)$ carries an error of about $u\,|f|$, and dividing by
# $\varepsilon$ blows it up:
#
# $$
# \text{error} \;\approx\;
#   \underbrace{\tfrac16\, |f'''|\, \varepsilon^2}_{\text{the curve}}
#   \;+\; \underbrace{\frac{u\,|f|}{\varepsilon}}_{\text{rounding}} .
# $$
#
# (The points $x \pm \varepsilon$ are rounded as well. That adds a term of the same
# kind, with $|x f'|$ in place of $|f|$. It changes a factor in what follows and nothing
# else.) One term falls with $\varepsilon$ and the other rises. Where their derivatives
# by $\varepsilon$ cancel, $\tfrac13 |f'''|\,\varepsilon = u\,|f| / \varepsilon^2$, the
# sum is smallest: at
#
# $$
# \varepsilon^* = \left( \frac{3\, u\, |f|}{|f'''|} \right)^{1/3} ,
# $$
#
# which for ordinary functions is some $10^{-5}$: not nearly as small as one could take
# it. In single precision, with $u \approx 6 \cdot 10^{-8}$, it is some thousandths.
#
# ### Predict, run, explain: the error curve
#
# Take $f(x) = \log \cosh x$ at $x = 0.7$. Its derivative is $\tanh x$, which we can
# compute exactly enough. As long as rounding does not matter, **by which factor does
# the error of the central difference fall**, when $\varepsilon$ is divided by 10? And,
# for yourself: that of the one-sided difference?

# %% tags=["demonstration"]
predict("central error falls by the factor", ...)


# %% tags=["demonstration"]
def errors_of_slopes(eps, number=np.float64):
    """Return the errors of central and one-sided difference for log cosh at 0.7."""
    x, eps = number(0.7), number(eps)

    def f(x):
        return np.log(np.cosh(x))  # in the precision of x

    central = (f(x + eps) - f(x - eps)) / (2 * eps)
    one_sided = (f(x + eps) - f(x)) / eps
    return abs(central - math.tanh(0.7)), abs(one_sided - math.tanh(0.7))


print("    eps   central error   one-sided error")
for eps in (1e-1, 1e-2, 1e-3):
    central, one_sided = errors_of_slopes(eps)
    print(f"{eps:7.0e} {central:15.2e} {one_sided:17.2e}")

third = abs(-2 * math.tanh(0.7) * (1 - math.tanh(0.7) ** 2))  # f''' = -2 a (1 - a²)
height = math.log(math.cosh(0.7))
best = {u: (3 * u * height / third) ** (1 / 3) for u in (2.0**-53, 2.0**-24)}
for (u, eps), name in zip(best.items(), ("double", "single"), strict=True):
    expected = third * eps**2 / 6 + u * height / eps
    print(f"theory, {name} precision: best eps {eps:.0e}, error about {expected:.0e}")
ratio = errors_of_slopes(1e-2)[0] / errors_of_slopes(1e-3)[0]
reveal("central error falls by the factor", round(ratio))

# %% tags=["demonstration"]
steps = np.logspace(-13, 0, 105)
double = np.array([errors_of_slopes(eps) for eps in steps])
with np.errstate(divide="ignore", invalid="ignore"):
    single = np.array([errors_of_slopes(eps, np.float32)[0] for eps in steps])
usable = steps > 3e-8  # below, x + eps is x in single precision

figure, axes = plt.subplots(figsize=(7.6, 4.6))
axes.plot(steps, double[:, 0], color=BLUE, linewidth=3)
axes.plot(steps, double[:, 1], "--", color=ORANGE, linewidth=2.5)
axes.plot(steps[usable], single[usable], ":", color=BLACK, linewidth=3)
axes.plot(steps, third / 6 * steps**2, color="gray", linewidth=1)
axes.plot(steps, 2.0**-53 * height / steps, color="gray", linewidth=1)
axes.text(2e-13, 3e-10, "central,\ndouble precision\n(solid)", fontsize=12)
axes.text(1e-8, 3e-4, "one-sided,\ndouble (dashed)", fontsize=12, ha="right")
axes.text(3e-7, 0.5, "central, single precision (dotted)", fontsize=12)
axes.text(1.5e-3, 1e-13, "theory (thin)", fontsize=12)
axes.set(xscale="log", yscale="log", ylim=(1e-14, 8), xlim=(1e-13, 1))
axes.set(xlabel="step $\\varepsilon$", ylabel="error of the slope")
axes.set_title("Smaller is better, until it is not")
axes.grid(alpha=0.4)
show(
    figure,
    "Figure 3: the error of numerical derivatives against the step, both on "
    "logarithmic axes. The solid curve of the central difference in double precision "
    "falls from the right along a thin line of slope 2, to about 1e-11 near a step of "
    "1e-5, then rises to the left, jagged, along a thin line of slope −1. The dashed "
    "curve of the one-sided difference falls more slowly and turns near 1e-8. The "
    "dotted curve of the central difference in single precision turns near 5e-3, at an "
    "error of a few 1e-6.",
)
near = {power: np.abs(np.log10(steps) - power) < 0.6 for power in (-2, -5, -8)}
typical = {
    "central, double precision, near 1e-5": np.median(double[near[-5], 0]),
    "central, double precision, near 1e-8": np.median(double[near[-8], 0]),
    "one-sided, double precision, near 1e-8": np.median(double[near[-8], 1]),
    "central, single precision, near 1e-2": np.median(single[near[-2]]),
}
print("typical error of the slope, which is 0.604: how many digits are right")
for what, error in typical.items():
    digits = -math.log10(error / math.tanh(0.7))
    words = ("fewer than 6", "7 to 9", "10 or more")[(digits > 6) + (digits > 9.4)]
    print(f"   {what:<40}{words}")

# %% [markdown]
# **Explain.** $\varepsilon^2$: a tenth of the step, a hundredth of the error. The
# measured factor is 100 but for a trace of the next term of the series. From
# $\varepsilon \approx 10^{-5}$ on, rounding takes over, and each further tenth *costs*
# a digit. (Left of there the curve is jagged, because rounding errors come as they
# come: theory gives their size, not their value. Some of them happen to be tiny.)
#
# > **You may read that** a numerical derivative gets better the smaller you make
# > $\varepsilon$.
# >
# > **What is true.** In exact arithmetic, yes. In a computer there is a best step, near
# > $10^{-5}$ for central differences in double precision, and about half of the 16
# > digits are lost when you go to $10^{-8}$. In single precision even the best step
# > leaves only some five digits: check your gradients in double precision.


# %% tags=["demonstration", "nbval-ignore-output"]
@interact(power=(-16.0, 0.0, 0.25))
def close_up(power=-1.0):
    """Draw f close to 0.7, and its tangent there."""
    eps = 10.0**power
    x = 0.7 + np.linspace(-3, 3, 400) * eps
    _, axes = plt.subplots(figsize=(7, 3.2))
    height = np.log(np.cosh(0.7))
    change = np.log(np.cosh(x)) - height
    axes.plot(np.linspace(-3, 3, 400), change / eps, color=BLUE, linewidth=3)
    tangent = {"color": ORANGE, "linewidth": 2, "linestyle": "dashed"}
    axes.plot([-3, 3], np.array([-3, 3]) * math.tanh(0.7), **tangent)
    axes.set_title(f"step $10^{{{power:g}}}$, error {errors_of_slopes(eps)[0]:.1e}")
    axes.set(xlabel="distance from 0.7, in steps", ylabel="change of f, in steps")
    axes.set(ylim=(-2.4, 3.4))
    plt.show()


# %% [markdown]
# Move the slider to the left. At first the curve (solid) and its tangent (dashed) grow
# together. From about $10^{-15}$ on you see what is left of $f$: stairs. (Where sliders
# do not run, the left end of Figure 3 shows what the stairs cost.)
#
# For a function of many numbers, measure one partial derivative after the other: move
# one entry by $\varepsilon$ up and down, **put it back exactly**, go to the next. For
# $N$ parameters that takes $2N$ evaluations of the loss, where backpropagation takes
# one pass forward and one back. This is why it is for testing only, on small arrays.

# %% [markdown] readonly="numgrad-task"
# ### Exercise `numgrad` (2 points)
#
# Write `numgrad(f, x, eps)`, the gradient of `f` at `x` by central differences: for
# each entry
#
# $$
# \frac{f(x + \varepsilon\, e) - f(x - \varepsilon\, e)}{2\,\varepsilon} ,
# $$
#
# where $e$ is 1 at this entry and 0 elsewhere.
#
# * `f` takes an array of the shape of `x` and returns a number. It looks at nothing but
#   its argument.
# * `x` is an array of floats of *any* shape: a vector, a matrix, a stack of matrices, a
#   single number of shape `()`. It may be a view, such as the transpose of a matrix.
# * `eps` is the step. Take it as it is given, even if it is large: `check` compares
#   with exactly this formula, not with the true derivative.
# * Return an array of the shape of `x`.
# * After the call `x` holds the same numbers as before, bit by bit. In between you may
#   write into it.
#
# `np.ndindex(x.shape)` runs through all index tuples of an array, of any shape.


# %% answer="numgrad"
def numgrad(f, x, eps):
    """Return the gradient of f at x, measured by central differences."""
    ### BEGIN SOLUTION
    gradient = np.zeros(x.shape)
    for entry in np.ndindex(x.shape):
        there = x.copy()
        there[entry] += eps
        above = f(there)
        there[entry] = x[entry] - eps
        gradient[entry] = (above - f(there)) / (2 * eps)
    return gradient
    ### END SOLUTION


# %% check="numgrad"
check(numgrad)

# %% [markdown]
# ## A whole network, by hand
#
# Two layers with a tanh between them, a small *multilayer perceptron* (MLP), and $K$
# classes. The way there:
#
# $$
# \begin{aligned}
# Z_1 &= X W_1 + b_1  && (m, h) \\
# A_1 &= \tanh Z_1    && (m, h) \\
# Z_2 &= A_1 W_2 + b_2 && (m, K) \text{, the scores} \\
# P   &= \operatorname{softmax}(Z_2) && (m, K) \text{, the shares} \\
# L   &= -\tfrac1m \textstyle\sum_{i=1}^{m} \log P_{i,\,y_i} && \text{a number.}
# \end{aligned}
# $$
#
# The way back has one step for each, in reverse. The first is unit 4's result for
# softmax and cross-entropy together: with $Y_{ic} = 1$ where $c = y_i$ and 0 elsewhere,
#
# $$
# dZ_2 = \frac1m \,(P - Y) .
# $$
#
# | going back through | from | get | need from the way there |
# | :-- | :-- | :-- | :-- |
# | softmax and cross-entropy | | $dZ_2$ | $P$ and the labels |
# | the second layer | $dZ_2$ | $dA_1$, $dW_2$, $db_2$ | what it was fed; its weights |
# | tanh | $dA_1$ | $dZ_1$ | its input or output |
# | the first layer | $dZ_1$ | $dW_1$, $db_1$ | what it was fed |
#
# You have written each of these steps. What can go wrong now is which array goes where,
# and the surest guide is the index of the layer: everything that a step needs belongs
# to the same step of the way there. And all of it is taken at the same parameters:
# nothing moves before the last gradient is computed.

# %% [markdown] readonly="mlp_grads-task"
# ### Exercise `mlp_grads` (3 points)
#
# Write `mlp_grads(params, X, y)`: the loss of this network and its gradients.
#
# * `params` is a dict with the keys `"W1"` of shape `(n, h)`, `"b1"` of shape `(h,)`,
#   `"W2"` of shape `(h, K)`, `"b2"` of shape `(K,)`. The keys may come in any order.
# * `X` has shape `(m, n)`; `y` has shape `(m,)` and holds whole numbers from 0 to $K -
#   1$. Any $m, n, h \ge 1$ and $K \ge 2$ may come.
# * The loss is the *mean* cross-entropy. The scores of a row may lie thousands apart,
#   with the label on the far side, and loss and gradients must be right there, too:
#   compute them from the scores, as in unit 4, so that no exp overflows and no log
#   meets a share that was rounded to 0.
# * Return the pair `(loss, gradients)`: one number, and a dict with the same four keys,
#   where each gradient has the shape of its parameter.
# * Leave the inputs as they are.
#
# You may call your `affine_back` and `act_back`, and copy code of yours from unit 4
# into the cell. The loss and the four gradients are graded separately.


# %% answer="mlp_grads"
def mlp_grads(params, X, y):
    """Return (loss, gradients) of a network with one hidden layer of tanh."""
    ### BEGIN SOLUTION
    each = np.arange(len(y))
    Z1 = X @ params["W1"] + params["b1"]
    A1 = np.tanh(Z1)
    Z2 = A1 @ params["W2"] + params["b2"]
    gaps = Z2 - Z2.max(axis=1, keepdims=True)  # exp of these cannot overflow
    log_P = gaps - np.log(np.exp(gaps).sum(axis=1, keepdims=True))

    dZ2 = np.exp(log_P)
    dZ2[each, y] -= 1
    dA1, dW2, db2 = affine_back(dZ2 / len(y), A1, params["W2"])
    dZ1 = act_back(dA1, (Z1, A1), "tanh")
    _, dW1, db1 = affine_back(dZ1, X, params["W1"])
    return -log_P[each, y].mean(), {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    ### END SOLUTION


# %% check="mlp_grads"
check(mlp_grads)

# %% [markdown]
# ### Three witnesses
#
# Your gradients, `nnkit`'s, and your own measurement should agree. `nnkit` goes back
# through a graph that it has recorded, and knows nothing of your formulas. `numgrad`
# knows nothing of derivatives.

# %% tags=["demonstration"]
rng = np.random.default_rng(7)
X_moons, y_moons = datasets.moons(200, rng=rng)
start = {
    "W1": rng.normal(size=(2, 16)),
    "b1": np.zeros(16),
    "W2": rng.normal(size=(16, 2)) / 4,
    "b2": np.zeros(2),
}

leaves = {name: Tensor(value, name=name) for name, value in start.items()}
hidden = tanh(affine(X_moons, leaves["W1"], leaves["b1"]))
recorded = losses.cross_entropy(affine(hidden, leaves["W2"], leaves["b2"]), y_moons)
recorded.backward()


def loss_without(name):
    """Return the loss as a function of one parameter, the others held."""
    return lambda value: mlp_grads(start | {name: value}, X_moons, y_moons)[0]


try:
    by_hand = mlp_grads(start, X_moons, y_moons)[1]
    print("      largest difference    to nnkit      to numgrad")
    for name, leaf in leaves.items():
        away = np.abs(by_hand[name] - leaf.grad).max()
        measured = numgrad(loss_without(name), start[name], 1e-5)
        further = np.abs(by_hand[name] - measured).max()
        say = "below 1e-12" if away < 1e-12 else "MORE"
        say_more = "below 1e-8" if further < 1e-8 else "MORE"
        print(f"{name}                          {say:<13} {say_more}")
    count = sum(value.size for value in start.values())
    print(f"evaluations of the loss: {2 * count} for numgrad, with {count} parameters")

    along = {name: rng.normal(size=value.shape) for name, value in start.items()}
    up, down = (
        mlp_grads({n: start[n] + t * along[n] for n in start}, X_moons, y_moons)[0]
        for t in (1e-5, -1e-5)
    )
    by_paths = sum((by_hand[name] * along[name]).sum() for name in start)
    away = abs(by_paths - (up - down) / 2e-5)
    print("evaluations of the loss: 2 for one direction, which differs by", end=" ")
    print("less than 1e-8" if away < 1e-8 else "MORE")
except NotImplementedError:
    print("Answer affine_back, act_back, numgrad and mlp_grads, then run this again.")
except Exception as error:  # of any kind: Run All goes on
    print("This cell cannot use mlp_grads or numgrad yet:", repr(error))
    print("See what their checks say above, then run this cell again.")

# %% [markdown]
# The two bounds say what to expect. Two derivations of the same formula differ by
# rounding, some $10^{-16}$. A measurement at $\varepsilon = 10^{-5}$ is good to about
# $10^{-10}$. If your gradient differs from a measurement by $10^{-4}$, it is not
# rounding; look for the slip, and start with the layer that is nearest to the loss.
#
# **82 paths at once.** The last line took two evaluations, not 164. It moves *all*
# parameters together, along a random direction $d$: from $\theta$ to $\theta + t\,d$.
# So the loss depends on the single number $t$, and $t$ reaches it along 82 paths, one
# through each parameter $\theta_p$. Along each of them rates multiply, and where they
# meet, contributions add up:
#
# $$
# \frac{dL}{dt} = \sum_{p} \frac{\partial L}{\partial \theta_p} \, d_p .
# $$
#
# The left side is measured, the right side made of your gradients. Libraries test their
# own gradients in this way: a wrong entry anywhere shows, but for the rare luck that
# the error is at a right angle to $d$. What it does not show is *which* entry.
#
# **How far apart is too far?** These numbers are for slopes around 1. A difference of
# $10^{-4}$ is a disaster for slopes of $10^{-3}$ and nothing for slopes of $10^{6}$. So
# divide the largest difference in an array by the largest of its slopes: the *relative
# error*. In double precision, with a smooth network, you may expect less than
# $10^{-7}$. Take the parameters at random for it, and not where they are all 0: there
# right and wrong formulas give many of the same zeros.
#
# One kind of disagreement is no slip of yours. Take $f(z) = \max(0, z)$, at $z =
# 10^{-6}$. Its slope there is 1. **Your prediction:** what does the central difference
# say, with $\varepsilon = 10^{-5}$?

# %% tags=["demonstration"]
predict("measured slope of ReLU beside its corner", ...)

# %% tags=["demonstration"]
slopes_beside = {
    eps: (max(0.0, 1e-6 + eps) - max(0.0, 1e-6 - eps)) / (2 * eps)
    for eps in (1e-5, 1e-7)
}
for eps, slope in slopes_beside.items():
    print(f"step {eps:.0e}: measured slope {slope:.2f}")
reveal("measured slope of ReLU beside its corner", round(slopes_beside[1e-5], 2))

# %% [markdown]
# **Explain.** The two points of the difference lie on either side of the corner, at $11
# \cdot 10^{-6}$, where ReLU has risen as far, and at $-9 \cdot 10^{-6}$, where it is 0.
# So it says $11 / 20 = 0.55$, a slope that ReLU has nowhere. The smaller step stays on
# one side. Where a network has corners, then, a single entry that disagrees may be the
# measurement's fault: measure it again with another step, or on other data, before you
# look for a slip.
#
# And now the network learns from *your* gradients.


# %% tags=["demonstration"]
def class_scores(params, X):
    """Return the network's scores for each row."""
    return np.tanh(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


now, history = dict(start), []
try:
    for _ in range(1000):
        value, grads = mlp_grads(now, X_moons, y_moons)
        history.append(value)
        now = {name: now[name] - 0.5 * grads[name] for name in now}
    right = (class_scores(now, X_moons).argmax(axis=1) == y_moons).mean()
    print(f"loss before: {history[0]:.2f}, after 1000 steps: {history[-1]:.2f}")
    print(f"right: {right:.0%}")
    show(
        plots.decision_regions(lambda X: class_scores(now, X), X_moons, y_moons),
        "Figure 4: two half moons of 100 points each, one class with round marks and "
        "one with triangles, that reach into each other, and the regions that your "
        "network gives to the classes. If it is trained well, the border between them "
        "is a curve that winds between the moons.",
    )
except NotImplementedError:
    print("Answer mlp_grads first, then run this cell again.")
except Exception as error:
    print("This cell cannot use mlp_grads yet:", repr(error))
    print("See what its check says above, then run this cell again.")

# %% [markdown]
# ## An engine of your own
#
# What you did for one network, a program can do for any: keep, with every result, what
# it was computed from and with which slopes; then go back. Such a program fits on a
# page, and it is your last exercise.
#
# **What must a result remember?** Its number. The values it was made from. And for each
# of them its own slope, a plain number that is known as soon as the result is computed:
# $1$ and $1$ for a sum; the other factor for a product; for tanh and exp look at the
# table above.
#
# **What must `backward()` do?**
#
# 1. *Find* everything that the result was made from, each value once, however many
#    paths lead to it.
# 2. *Order* it, so that each value comes after all that use it. Two ideas: values could
#    be numbered in the order in which they were made; or you visit inputs before the
#    value itself, write down each value when you leave it, and read the list from its
#    end.
# 3. *Forget* gradients of earlier calls, at every value found: at the leaves, and in
#    between.
# 4. *Start* with the gradient of the result by itself.
# 5. *Go*: each value in order adds to each of its inputs what this use contributes.
#
# A function that calls itself is a natural way to find and order, and it works for
# small graphs. Python stops it after about a thousand calls inside each other. A sum
# over 3600 examples, term by term, is deeper than that. So keep a list of what is still
# to be visited, and work through it in a loop.
#
# About step 3 libraries differ. PyTorch *adds* the gradients of a second call to those
# of the first, at the leaves, and leaves it to you to set them to zero; that is handy
# where a batch comes in pieces, and a famous source of mistakes. For $a \cdot a + a$ at
# $a = 3$ a second call gives it 14 (if the first was told to keep the graph, with
# `retain_graph=True`). An engine that forgets nothing, not even in between, gets 20,
# which is right by nobody's rules: $p$ passes its old 1 on once more. Here, as in
# `nnkit`, a call says what the gradients *are*, and it is 7 each time.

# %% [markdown] readonly="Value-task"
# ### Exercise `Value` (3 points)
#
# Write the class `Value`, a number that remembers how it was computed.
#
# * `Value(number)` makes one by hand. `.data` is its number.
# * `u + v` and `u * v` are new values, where one of the two may be a plain number, on
#   either side: `2 * v`, `v + 0.5`. So are `v.exp()` and `v.tanh()`.
# * `z.backward()` sets `.grad` of every value that `z` was computed from to the rate at
#   which `z` changes with it, **whatever was there before**. Called a second time it
#   gives the same gradients; called on another result, that result's gradients, even if
#   the two share values.
# * The same value may be used many times, and on paths of different length. Results may
#   stand in rows of 3600, each made from the last; and where each uses the last one
#   twice, there are far too many paths to walk along each by itself.
# * Before any call of `backward`, `.grad` is 0.
#
# Only this is asked for; what else your class has, and what its constructor takes
# besides, is up to you. The skeleton is a suggestion. Try it on the first graph of this
# unit, in a cell of your own, before you ask `check`: the gradient of $a$ is 7 there,
# and 7 again after a second call.
#
# Four parts are graded: `data`, the number of the result; `grad`, the gradients of the
# leaves after one call of `backward`; `grad_again`, after a second one; `long_row`, all
# of it where thousands of results stand in a row, or thousands of paths lead back. If a
# check fails, make a cell with `from nnkit import failing_case` and
# `failing_case("Value")`: it has the expression. `("p", "*", "a", "b")` among its steps
# stands for `p = a * b`, `("p", "add often", "a", "b", 10)` for adding `b` to `a` ten
# times, one sum after the other, and `("p", "double often", "a", "b", 10)` for going
# ten times from a value to `(value + value) * b`; `roots` are the values whose
# `backward()` is called in turn.


# %% answer="Value"
class Value:
    """A number that remembers what it was computed from."""

    def __init__(self, data, made_from=()):
        """Keep a number; made_from may hold pairs (input, slope)."""
        ### BEGIN SOLUTION
        self.data, self.grad = data, 0.0
        self.made_from = made_from
        ### END SOLUTION

    def __add__(self, other):
        """Return self + other."""
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])
        ### END SOLUTION

    def __mul__(self, other):
        """Return self * other."""
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])
        ### END SOLUTION

    def __radd__(self, other):
        """Return other + self, for a plain number on the left: Python asks here."""
        return self + other

    def __rmul__(self, other):
        """Return other * self, for a plain number on the left."""
        return self * other

    def exp(self):
        """Return e to the power of self."""
        ### BEGIN SOLUTION
        power = math.exp(self.data)
        return Value(power, [(self, power)])
        ### END SOLUTION

    def tanh(self):
        """Return the hyperbolic tangent of self."""
        ### BEGIN SOLUTION
        bent = math.tanh(self.data)
        return Value(bent, [(self, 1 - bent**2)])
        ### END SOLUTION

    def backward(self):
        """Set .grad of self and of everything that self was computed from."""
        ### BEGIN SOLUTION
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            value, inputs_are_in = waiting.pop()
            if inputs_are_in:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                waiting.append((value, True))  # comes up again behind its inputs
                waiting += [(x, False) for x, _ in value.made_from]
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):  # whoever uses a value comes before it
            for x, slope in value.made_from:
                x.grad += slope * value.grad
        ### END SOLUTION


# %% check="Value"
check(Value)

# %% [markdown]
# First, a million paths. Each step of $p \leftarrow \tanh p + \frac12 p$ is a diamond,
# and 20 of them stand in a row. There is another way to get at the gradient, the
# forward order: carry the rate, by which $p$ changes with its first value, along with
# $p$ from step to step. Both ways are the chain rule, and must agree. (If your engine
# takes long over it, does it walk along each of the paths by itself?)

# %% tags=["demonstration"]
number, rate = 0.5, 1.0
for _ in range(20):
    bent = math.tanh(number)
    number, rate = bent + 0.5 * number, (1 - bent**2 + 0.5) * rate
try:
    first = last = Value(0.5)
    for _ in range(20):
        last = last.tanh() + 0.5 * last
    last.backward()
    print(f"forward, by hand      : {rate:.4e}")
    print(f"backward, your engine : {first.grad:.4e}")
except NotImplementedError:
    print("Answer Value first, then run this cell again.")
except Exception as error:
    print("This cell cannot use Value yet:", repr(error))
    print("See what its check says above, then run this cell again.")

# %% [markdown]
# Now your engine does what it was built for. A network of three tanh neurons and one
# tanh output learns XOR (unit 1), weight by weight a `Value`. Nobody derives a gradient
# for it. There is no minus in `Value`, so the labels come with the opposite sign, and
# the residual is a sum.

# %% tags=["demonstration"]
XOR_ROWS = [((-1, -1), 1.0), ((-1, 1), -1.0), ((1, -1), -1.0), ((1, 1), 1.0)]


def xor_output(weights, inputs):
    """Return the output of 2 inputs, 3 hidden neurons, 1 output, all of them tanh."""
    total = weights[12]
    for i in range(3):
        w1, w2, b, up = weights[i], weights[3 + i], weights[6 + i], weights[9 + i]
        total = total + up * (w1 * inputs[0] + w2 * inputs[1] + b).tanh()
    return total.tanh()


def xor_loss(weights):
    """Return the mean squared error; each row holds minus its label."""
    total = 0.0
    for inputs, minus_label in XOR_ROWS:
        residual = xor_output(weights, inputs) + minus_label
        total = residual * residual + total
    return total * 0.25


try:
    weights = [Value(v) for v in np.random.default_rng(0).normal(size=13).tolist()]
    print("loss before:", round(xor_loss(weights).data, 2))
    for _ in range(300):
        xor_loss_now = xor_loss(weights)
        xor_loss_now.backward()
        weights = [Value(w.data - 0.5 * w.grad) for w in weights]
    print("loss after :", round(xor_loss(weights).data, 4))
    for inputs, minus_label in XOR_ROWS:
        output = xor_output(weights, inputs).data
        print(f"{inputs!s:>8} should be {-minus_label:2.0f}: {output:5.2f}")
except NotImplementedError:
    print("Answer Value first, then run this cell again.")
except Exception as error:
    print("This cell cannot use Value yet:", repr(error))
    print("See what its check says above, then run this cell again.")

# %% [markdown]
# Each step has built a graph of well over a hundred values, gone back through it once,
# and thrown it away. Engines that train large networks do the same with arrays in place
# of numbers: fewer, larger boxes, each with its vector-Jacobian product. Write
# `Tensor.backward??` and `Tensor.ancestry??` into a cell of your own to read the one
# that `nnkit` has: your five steps are all there.

# %% [markdown]
# ## Check yourself
#
# Four questions, ungraded. Decide first; then open the options, the wrong ones too.
#
# **1. Two paths lead from $t$ to $z$. Along the first the rates are 2 and 3, along the
# second 4 and −1. What is $dz/dt$?**
#
# <details><summary>A. −24</summary>
# No. That multiplies across the paths. Rates multiply along a path, one after the
# other.</details>
# <details><summary>B. 2</summary>
# Yes: 2 · 3 along one path, 4 · (−1) along the other, and the contributions add
# up.</details>
# <details><summary>C. 8</summary>
# No. That adds all four rates. Along a path they multiply, as with gears.</details>
# <details><summary>D. 6</summary>
# No. That is the first path alone. The second pulls the other way.</details>

# %% [markdown]
# **2. Why does backpropagation go from the loss to the inputs?**
#
# <details><summary>A. In the other direction the chain rule does not hold.</summary>
# No. It holds in both: matrix products may be bracketed from either end.</details>
# <details><summary>B. Because one such pass gives the slopes of the loss by all
# weights.</summary>
# Yes. Going forward, one pass gives the slopes of everything by one number, and there
# would have to be a pass for every weight.</details>
# <details><summary>C. It needs less memory.</summary>
# No. It needs more: the values of the way there have to be kept until the way back
# comes past them.</details>
# <details><summary>D. Derivatives can only be taken once the loss is known.</summary>
# No. The slope of tanh is known as soon as its output is. It is the upstream gradient
# that has to come from the end.</details>

# %% [markdown]
# **3. In double precision, with $\varepsilon = 10^{-5}$, all your gradients agree with
# the measured ones to nine digits. Only $db_1$ is off, by a factor of 32, and the batch
# has 32 rows. What now?**
#
# <details><summary>A. Measure again with a smaller step.</summary>
# No. The step is a good one, and it serves all the other gradients. No step turns a
# factor of 32 into rounding.</details>
# <details><summary>B. Look at what happens to the rows in this bias gradient.</summary>
# Yes. The weight gradient of the same layer is right, so what arrives there is right.
# What is left is how the bias gradient itself brings the rows together: somewhere a
# mean stands for a sum, or a division is done twice.</details>
# <details><summary>C. Look at the layer's upstream gradient.</summary>
# No. A mistake in it would spoil the layer's weight gradient, too, and that is
# right.</details>
# <details><summary>D. Nothing: rounding adds up in large batches.</summary>
# No. In a sum of 32 terms rounding touches the last digits of 16, and no
# more.</details>

# %% [markdown]
# **4. Somebody's engine *stores* contributions, `x.grad = ...`, where it should add
# them. For which computations does it give the right gradients all the same?**
#
# <details><summary>A. For none.</summary>
# No. There is a kind where there is never more than one contribution to
# store.</details>
# <details><summary>B. For those in which each value is used once.</summary>
# Yes: one use, one contribution, nothing to add up. It is why such a mistake survives
# tests on small examples. In a network every weight is used once for each
# row.</details>
# <details><summary>C. For those without loops in the Python code.</summary>
# No. a · a + a has no loop, and there it goes wrong.</details>
# <details><summary>D. For all, if the values are visited in the right order.</summary>
# No. The order decides which contribution is stored last. The others are lost in every
# order.</details>

# %% [markdown]
# ## Summary
#
# * Along a path rates multiply; where paths meet, contributions add up. With $x =
#   f(t)$, $y = g(t)$ and $z = h(x, y)$: $\frac{dz}{dt} = \frac{\partial z}{\partial x}
#   \frac{dx}{dt} + \frac{\partial z}{\partial y} \frac{dy}{dt}$.
# * In a graph each box knows its own slope only. The gradient of a value is the sum of
#   what its uses contribute.
# * Backpropagation is reverse accumulation: each value passes its finished gradient on
#   once, after all who use it have reported. Its work grows with the arrows and not
#   with the paths.
# * For arrays, a step back is a vector-Jacobian product, $\bar v = \bar u\,J$, and $J$
#   is never built. Parameters that all rows share collect from all rows.
# * Slopes are taken where the values were: keep $Z$ or $A$ for the way back.
# * Loss and gradients together cost hardly more than three times the loss, however many
#   weights there are. A measured gradient costs $2N$ evaluations for $N$ of them.
# * A central difference errs by $\frac16 |f'''|\,\varepsilon^2$ for the curve plus
#   $u\,|f|/\varepsilon$ for rounding. In double precision the sum is smallest near
#   $\varepsilon = 10^{-5}$.
#
# ## Glossary
#
# | term | meaning |
# | :-- | :-- |
# | accumulate | to add what a use contributes to what is there already |
# | backpropagation | reverse accumulation, applied to the loss of a network |
# | cache | what is kept on the way forward because the way back needs it |
# | central difference | $(f(x + \varepsilon) - f(x - \varepsilon)) / 2\varepsilon$ |
# | chain rule | rates multiply along a path, contributions of paths add up |
# | computation graph | a box for each value, an arrow for each use |
# | Jacobian | the table $J_{cj} = \partial u_c / \partial v_j$ of a step's slopes |
# | leaf | a value that was made by hand and not computed |
# | numerical derivative | one that is measured, by moving the input a little |
# | one-sided difference | $(f(x + \varepsilon) - f(x)) / \varepsilon$ |
# | partial derivative | the rate when one argument moves and the others are held |
# | relative error | the difference, divided by the size of what is compared |
# | reverse accumulation | from the result back to everything, each value once |
# | topological order | one that no arrow contradicts: all users first, going back |
# | unit roundoff | half the distance from 1 to the next number a computer can hold |
# | upstream gradient | the slopes of the loss by what a step has put out |
# | vector-Jacobian product | the upstream gradient times the Jacobian |
#
# ## Further reading
#
# * D. E. Rumelhart, G. E. Hinton and R. J. Williams, *Learning representations by
#   back-propagating errors*, Nature 323, 1986: the four pages that made it known.
# * S. Linnainmaa, *Taylor expansion of the accumulated rounding error*, BIT 16, 1976:
#   reverse accumulation, ten years before networks made it famous.
# * A. Griewank and A. Walther, *Evaluating Derivatives*, second edition, SIAM 2008: the
#   book on automatic differentiation, forward and reverse.
# * A. G. Baydin, B. A. Pearlmutter, A. A. Radul and J. M. Siskind, *Automatic
#   differentiation in machine learning: a survey*, Journal of Machine Learning Research
#   18, 2018.
# * I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016: section
#   6.5 on backpropagation.
# * A. Karpathy, *micrograd*, 2020, on GitHub: an engine like your `Value`, in a hundred
#   lines. What does a second `backward()` do there?
# * N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, second edition, SIAM
#   2002: on rounding, and what cancellation does.
