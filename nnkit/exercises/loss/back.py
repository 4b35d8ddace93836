"""Unit 4: back through a softmax, from the slopes by its output to those by its input.

The name says what it is: a vector (the upstream gradient G) times the Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnkit import gradients, tensor
from nnkit.exercises.draw import Array
from nnkit.exercises.loss.shared import softmax
from nnkit.exercises.spec import Case, Exercise, slip

Mutant = Callable[[Array, Array], Any]


def weighed_shares(Z: Any, G: Any) -> Any:
    """Return Σ G ∘ softmax(Z): a number whose slope by the softmax is G."""
    return (tensor.softmax(Z) * G).sum()


def slopes_by_scores(P: Array, G: Array) -> Any:
    """Return the gradient of `weighed_shares` at scores whose softmax is P."""
    return gradients.grad(weighed_shares)(np.log(P), G)


def shares_and_slopes(rng: np.random.Generator) -> Sequence[Case]:
    """Draw cases for `softmax_vjp`: P (m, K) with rows that add up to 1, G (m, K)."""

    def draw(m: int, K: int, spread: float = 1.5) -> tuple[Array, Array]:
        return softmax(rng.normal(0, spread, (m, K))), rng.normal(size=(m, K))

    alike = np.repeat(rng.uniform(1, 2, (3, 1)), 5, axis=1)
    sure = np.zeros((4, 3))
    sure[np.arange(4), rng.integers(0, 3, 4)] = rng.uniform(20, 40, 4)
    return (
        Case("five rows of three classes", draw(5, 3)),
        Case("a single row", draw(1, 4)),
        Case("as many rows as classes", draw(4, 4)),
        Case("the same slope for every share of a row", (draw(3, 5)[0], alike)),
        Case("one share near 1", (softmax(sure), draw(4, 3)[1]), extreme=True),
        Case("five rows of three classes, other numbers", draw(5, 3)),
    )


def cancelling_terms(P: Array, G: Array) -> tuple[float]:
    """Return the size of P ∘ G, from which its row sum, shared out, is subtracted."""
    return (float((P * np.abs(G)).max()),)


def weighed(P: Array, G: Array) -> Array:
    """Return each row's mean slope, weighed by the shares, as a column."""
    return np.asarray((P * G).sum(axis=1, keepdims=True))


@slip(
    "Your Jacobian has only its diagonal. The shares of a row add up to 1: when one "
    "goes up, what must the others do?"
)
def only_the_diagonal(P: Array, G: Array) -> Any:
    return G * P * (1 - P)


@slip(
    "A slope that is the same for every share of a row should move nothing, and in "
    "yours it does. What does one class gain at the cost of the others?"
)
def no_competition(P: Array, G: Array) -> Any:
    return P * G


@slip(
    "All your rows go back through the Jacobian of one of them. Each row has shares, "
    "and so a table of slopes, of its own.",
    also=(lambda P, G: G @ (np.diag(P[-1]) - np.outer(P[-1], P[-1])),),
)
def first_row_for_all(P: Array, G: Array) -> Any:
    return G @ (np.diag(P[0]) - np.outer(P[0], P[0]))


@slip(
    "For a vector p, `p @ p.T` is one number: transposing a vector changes nothing. "
    "Which product of a vector with itself is a table?"
)
def inner_for_outer_product(P: Array, G: Array) -> Any:
    return np.array([(np.diag(p) - p @ p.T) @ g for p, g in zip(P, G, strict=True)])


def on_the_diagonal(entry: Callable[[Array], Array]) -> Mutant:
    """Make the answer whose Jacobian has these entries for k = j."""
    return lambda P, G: entry(P) * G - P * (weighed(P, G) - P * G)


@slip(
    "How fast does a share move with its own score? That slope stands on the diagonal "
    "of the Jacobian, and it is not what stands there in yours.",
    also=(
        lambda P, G: P * (P * G - weighed(P, G)),
        lambda P, G: G - P * weighed(P, G),
        lambda P, G: P * ((1 - P) * G - weighed(P, G)),
        on_the_diagonal(lambda p: p),
        on_the_diagonal(lambda p: p**2),
        on_the_diagonal(lambda p: 1 - p),
        on_the_diagonal(np.ones_like),
        on_the_diagonal(lambda p: p * (p - 1)),
        on_the_diagonal(lambda p: -p * (p + 1)),
    ),
)
def diagonal_wrong(P: Array, G: Array) -> Any:
    return -P * weighed(P, G)


def beside_the_diagonal(entry: Callable[[Array, Array], Array]) -> Mutant:
    """Make the answer whose Jacobian has these entries for the shares j and k ≠ j."""

    def mutant(P: Array, G: Array) -> Any:
        table = entry(P[:, :, None], P[:, None, :])
        diagonal = np.eye(P.shape[1]) * (P * (1 - P))[:, :, None]
        J = np.where(np.eye(P.shape[1], dtype=bool), diagonal, table)
        return np.einsum("ijk,ik->ij", J, G)

    return mutant


@slip(
    "Beside the diagonal of your Jacobian stands one share alone. How much share k "
    "loses when score j is raised depends on two of them: on which?",
    also=(
        beside_the_diagonal(lambda p, q: -q),
        beside_the_diagonal(lambda p, q: -(p**2)),
        beside_the_diagonal(lambda p, q: -(q**2)),
    ),
)
def one_share_beside_the_diagonal(P: Array, G: Array) -> Any:
    return beside_the_diagonal(lambda p, q: -p)(P, G)


@slip(
    "Of each row only the last slope has a say: every share replaces what the ones "
    "before it have left. What should a loop over the shares do with its terms?"
)
def overwritten(P: Array, G: Array) -> Any:
    last = P[:, -1:] * G[:, -1:]
    return last * (np.eye(P.shape[1])[-1] - P)


@slip(
    "On the diagonal your loop stores, and beside it it adds: what the classes before "
    "have put down is gone. What should it do with every term?"
)
def stored_on_the_diagonal(P: Array, G: Array) -> Any:
    terms = P[:, :, None] * (np.eye(P.shape[1]) - P[:, None, :]) * G[:, None, :]
    return np.triu(terms).sum(axis=2)


@slip(
    "A Jacobian tells how shares move with scores, whatever comes downstream. Yours "
    "has G in it, and then it meets G once more: whose product stands beside the "
    "diagonal?"
)
def slopes_in_the_jacobian(P: Array, G: Array) -> Any:
    return P * (G - (G * G).sum(axis=1, keepdims=True))


@slip(
    "From every score of a row you take the same amount. Should a class with the share "
    "0.001 give up as much as one with 0.9?"
)
def mean_not_shared_out(P: Array, G: Array) -> Any:
    return P * G - weighed(P, G)


@slip(
    "In your Jacobian the shares of the other classes rise together with the one whose "
    "score was raised. They add up to 1: which sign must their slopes have?",
    also=(lambda P, G: P * (G - 2 * P * G + weighed(P, G)),),
)
def all_rise_together(P: Array, G: Array) -> Any:
    return P * (G + weighed(P, G))


@slip(
    "[j = k] is 1 on the diagonal of the Jacobian and 0 beside it. In yours a share "
    "stands by itself beside the diagonal, too.",
    also=(lambda P, G: P * (G.sum(axis=1, keepdims=True) - weighed(P, G)),),
)
def bracket_ignored(P: Array, G: Array) -> Any:
    return weighed(P, G) * (1 - P)


@slip(
    "From each slope you subtract a mean over the K classes of share times slope. The "
    "shares weigh the slopes already, and add up to 1: what does dividing by K do?"
)
def divided_by_the_classes(P: Array, G: Array) -> Any:
    return P * (G - weighed(P, G) / P.shape[1])


@slip(
    "Change G, and your answer stays the same. How much each share matters to what "
    "comes downstream is written in G.",
)
def upstream_ignored(P: Array, G: Array) -> Any:
    return P * (1 - P)


@slip(
    "In one place you use the slopes that come from downstream, and in another you "
    "leave them out. Which of your terms says how much a share matters to the loss, "
    "and which does not?",
    also=(
        lambda P, G: P * (1 - weighed(P, G)),
        lambda P, G: P * (G - 1),
        lambda P, G: P * (G - (P**2).sum(axis=1, keepdims=True)),
    ),
)
def upstream_left_out_once(P: Array, G: Array) -> Any:
    return P * (G - P)


@slip(
    "Each row is a contest of its own, and your rows influence each other. Which axis "
    "holds the classes of one example?",
    also=(
        lambda P, G: P * (G - np.average(G, axis=0, weights=P)),
        # The product p pᵀ of one row, with whole tables in its place.
        lambda P, G: P * G - P @ (P.T @ G),
        lambda P, G: P * G - G @ (P.T @ P),
    ),
)
def columns_for_rows(P: Array, G: Array) -> Any:
    return P * (G - (P * G).sum(axis=0, keepdims=True))


@slip(
    "Your sum runs over the whole table. Row 1 cannot feel the slopes of row 2: what "
    "shape does a sum have that is taken row by row?",
    also=(
        lambda P, G: P * (G - np.average(G, weights=P)),
        lambda P, G: P * (G - (P * G).mean()),
    ),
)
def one_sum_for_all_rows(P: Array, G: Array) -> Any:
    return P * (G - (P * G).sum())


@slip("The sum of one row goes on into the next. Where does your loop begin a new sum?")
def sums_carried_on(P: Array, G: Array) -> Any:
    return P * (G - weighed(P, G).cumsum(axis=0))


@slip(
    "A number per row has the shape (m,), and NumPy lines that up with the last axis, "
    "the classes. Print the shape of what you subtract from G."
)
def row_numbers_lie_across(P: Array, G: Array) -> Any:
    return P * (G - (P * G).sum(axis=1))


@slip(
    "P and G have changed places somewhere. Which of them are the slopes that come "
    "in, and which the shares that weigh them?"
)
def operands_swapped(P: Array, G: Array) -> Any:
    return G * (P - weighed(P, G))


@slip(
    "Raise one score alone: its own share goes up. Feed a G that rewards only that "
    "share; which sign must its slope have?"
)
def sign_flipped(P: Array, G: Array) -> Any:
    return P * (weighed(P, G) - G)


@slip(
    "A class whose share is nearly 0 hardly moves, whatever is done to its score. "
    "Where does your formula say so?"
)
def outer_share_lost(P: Array, G: Array) -> Any:
    return G - weighed(P, G)


@slip(
    "That is the way back through the *logarithm* of a softmax. Here the shares "
    "themselves come out, and G holds the slopes by those."
)
def back_through_log_softmax(P: Array, G: Array) -> Any:
    return G - P * G.sum(axis=1, keepdims=True)


@slip(
    "Share minus label is what softmax and cross-entropy give *together*. G is not a "
    "table of labels but of slopes, from any loss whatever."
)
def share_minus_label(P: Array, G: Array) -> Any:
    return P - G


@slip(
    "From each slope you subtract the plain mean of its row. Do all classes of a row "
    "have the same say, or does a share of 0.9 count for more than one of 0.05?"
)
def plain_mean_of_the_row(P: Array, G: Array) -> Any:
    return P * (G - G.mean(axis=1, keepdims=True))


@slip(
    "If all slopes of a row are the same, nothing is gained by moving share from one "
    "class to another: the answer must be 0. What do you have to weigh the slopes "
    "with before adding them up?"
)
def plain_sum_of_the_row(P: Array, G: Array) -> Any:
    return P * (G - G.sum(axis=1, keepdims=True))


@slip(
    "P holds the shares already. You put them through the softmax once more: which "
    "of the two were you given, scores or shares?"
)
def softmax_twice(P: Array, G: Array) -> Any:
    Q = softmax(P)
    return Q * (G - weighed(Q, G))


@slip(
    "You divide by the number of rows. Nothing here takes a mean: if the loss did, "
    "the division is in G already."
)
def averaged(P: Array, G: Array) -> Any:
    return P * (G - weighed(P, G)) / len(P)


@slip(
    "After the call the caller's array is not what it was. Which of your lines writes "
    "into an argument? `-=` and `*=` on an array do."
)
def slopes_overwritten(P: Array, G: Array) -> Any:
    G -= weighed(P, G)
    return P * G


softmax_vjp = Exercise(
    "softmax_vjp",
    unit="04-loss",
    points=3,
    params=("P", "G"),
    parts=("dZ",),
    cases=shares_and_slopes,
    reference=slopes_by_scores,
    scale=cancelling_terms,
    slips=(
        only_the_diagonal,
        no_competition,
        first_row_for_all,
        inner_for_outer_product,
        diagonal_wrong,
        one_share_beside_the_diagonal,
        overwritten,
        stored_on_the_diagonal,
        slopes_in_the_jacobian,
        mean_not_shared_out,
        all_rise_together,
        bracket_ignored,
        divided_by_the_classes,
        upstream_ignored,
        upstream_left_out_once,
        columns_for_rows,
        one_sum_for_all_rows,
        sums_carried_on,
        row_numbers_lie_across,
        operands_swapped,
        sign_flipped,
        outer_share_lost,
        back_through_log_softmax,
        share_minus_label,
        plain_mean_of_the_row,
        plain_sum_of_the_row,
        softmax_twice,
        averaged,
        slopes_overwritten,
    ),
)
