"""How a student's function is reached: arguments that are not plain data, and the call.

The grader and the notebook's `check` use this one module, so that an answer is called
in the same way in both:

    case ──args──> [wire] ──> materialize ──> student's function ──reply──> [wire]

What must be a function or a random generator on the student's side travels as a
*name with plain parameters* (`Named`, `Rng`), never as code.
"""

from __future__ import annotations

import contextlib
import math
import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnkit import drawn
from nnkit.raised import describe


@dataclass(frozen=True)
class Rng:
    """Stands for `np.random.default_rng(seed)` in a case's arguments."""

    seed: int


@dataclass(frozen=True)
class Named:
    """Stands for what a maker of the fixed list `FUNCTIONS` makes of parameters."""

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opaque:
    """Stands for something a student made that is not plain data: its type's name."""

    type_name: str


def quadratic_gradient(A: np.ndarray) -> Callable[[Any], np.ndarray]:
    """Return w ↦ A w, the gradient of ½ wᵀ A w, for a symmetric A of shape (d, d)."""
    return lambda w: A @ np.asarray(w, dtype=float)


def quadratic_loss(A: np.ndarray) -> Callable[[Any], tuple[Any, np.ndarray]]:
    """Return w ↦ (½ wᵀ A w, its gradient), for a symmetric A of shape (d, d)."""
    slope = quadratic_gradient(A)
    return lambda w: (np.asarray(w, dtype=float) @ slope(w) / 2, slope(w))


def double_well_gradient(tilt: float) -> Callable[[Any], np.ndarray]:
    """Return w ↦ the gradient of Σ (w⁴ − 2 w² + tilt · w), each weight by itself."""

    def slope(w: Any) -> np.ndarray:
        w = np.asarray(w, dtype=float)
        gradient: np.ndarray = 4 * w**3 - 4 * w + tilt
        return gradient

    return slope


def double_well_loss(tilt: float) -> Callable[[Any], tuple[Any, np.ndarray]]:
    """Return w ↦ (Σ (w⁴ − 2 w² + tilt · w), its gradient)."""
    slope = double_well_gradient(tilt)

    def both(w: Any) -> tuple[Any, np.ndarray]:
        w = np.asarray(w, dtype=float)
        return np.sum(w**4 - 2 * w**2 + tilt * w), slope(w)

    return both


def curve(
    kind: str, height: float = 1.0, steepness: float = 1.0, leak: float = 0.0
) -> Callable[[Any], Any]:
    """Return z ↦ height · φ(steepness · z) for an activation function by its name."""
    curves: dict[str, Callable[[Any], Any]] = {
        "tanh": np.tanh,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "relu": lambda z: np.maximum(z, 0),
        "leaky_relu": lambda z: np.where(np.asarray(z) > 0, z, leak * z),
        "linear": lambda z: z,
    }
    phi = curves[kind]
    return lambda z: height * phi(steepness * np.asarray(z, dtype=float))


def path(p: float, q: float) -> Callable[[Any], tuple[float, float]]:
    """Return t ↦ (p t² + q sin t, its derivative)."""
    return lambda t: (p * t**2 + q * math.sin(t), 2 * p * t + q * math.cos(t))


def meeting(a: float, b: float, c: float) -> Callable[[Any, Any], tuple[float, ...]]:
    """Return (x, y) ↦ (z, ∂z/∂x, ∂z/∂y) for z = a xy + b x²y + c sin y."""
    return lambda x, y: (
        a * x * y + b * x**2 * y + c * math.sin(y),
        a * y + 2 * b * x * y,
        a * x + b * x**2 + c * math.cos(y),
    )


def cubic_field(C: np.ndarray, D: np.ndarray) -> Callable[[Any], float]:
    """Return x ↦ Σ C x³ + ½ (Σ D x)², for x of the shape of C and D."""

    def f(x: Any) -> float:
        if np.shape(x) != C.shape:
            raise ValueError(
                f"f takes an array of shape {C.shape}, got one of {np.shape(x)}"
            )
        at = np.asarray(x, dtype=float)
        return float(np.sum(C * at**3) + np.sum(D * at) ** 2 / 2)

    return f


def transposed(of: np.ndarray) -> np.ndarray:
    """Return the transpose as a view; what crosses the wire has its rows in order."""
    return of.T


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "path": path,
    "meeting": meeting,
    "cubic_field": cubic_field,
    "transposed": transposed,
    "curve": curve,
    "double_well_gradient": double_well_gradient,
    "double_well_loss": double_well_loss,
    "quadratic_gradient": quadratic_gradient,
    "quadratic_loss": quadratic_loss,
}


AS_THEY_ARE = frozenset({str, float, int, bool, type(None)})
"""Types of what holds nothing else: most of what a case consists of."""


def materialize(value: Any) -> Any:
    """Replace every `Rng` and `Named` inside `value` by what it stands for.

    Raises:
        KeyError: a `Named` that is not in `FUNCTIONS`.
    """
    if type(value) in AS_THEY_ARE:
        return value
    if isinstance(value, Rng):
        return np.random.default_rng(value.seed)
    if isinstance(value, Named):
        return FUNCTIONS[value.name](**materialize(dict(value.params)))
    if type(value) is dict:
        return {key: materialize(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)([materialize(item) for item in value])
    return value


def call(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Call the student's function as a notebook cell would."""
    return function(*args, **kwargs)


def anew(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Call a function that is to return a new dict, and say so where it does not."""
    value = call(function, args, kwargs)
    dicts = [given for given in args if type(given) is dict]  # of a number, none is old
    return Opaque("nnkit.argument") if any(value is given for given in dicts) else value


def alone(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Call a function whose chance is to come from its generator; say where it did not.

    Once alone: it may take long.
    """
    value, elsewhere = drawn.with_source(lambda: call(function, args, kwargs), args)
    return Opaque(f"nnkit.{elsewhere}") if elsewhere else value


def add_often(value: Any, term: Any, count: int) -> Any:
    """Add a term to a value `count` times: as many results, each from the last."""
    for _ in range(count):
        value = value + term
    return value


def double_often(value: Any, factor: Any, count: int) -> Any:
    """Go `count` times from a value to (value + value) · factor: 2^count paths."""
    for _ in range(count):
        value = (value + value) * factor
    return value


class Counted(float):
    """A number that can be multiplied with so often: no clock tells who goes astray."""

    __slots__ = ("left",)
    left: int

    def __new__(cls, number: float) -> Counted:
        """Make one of a number."""
        counted = super().__new__(cls, number)
        counted.left = MOST_PRODUCTS
        return counted

    def __mul__(self, other: Any) -> Any:
        """Return the product, a plain number."""
        self.left -= 1
        if self.left < 0:
            raise RuntimeError(
                "one of the values that went in has been multiplied with more than "
                f"{MOST_PRODUCTS} times: how often do you go back through each result?"
            )
        return super().__mul__(other)

    __rmul__ = __mul__


MOST_PRODUCTS = 5000
"""A right engine needs 32 of them; who goes round until nothing changes, a thousand."""


def counted(value: Any) -> Any:
    """Let a value's number count its products, if the student's class lets us."""
    # Whatever a class makes of it, it is nothing that was asked for.
    with contextlib.suppress(Exception):
        if type(value.data) is float:
            value.data = Counted(value.data)
    return value


OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "*": operator.mul,
    "exp": lambda value: value.exp(),
    "tanh": lambda value: value.tanh(),
    "add often": add_often,
    "double often": double_often,
}


def program(make: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Compute an expression with a student's class of values, and its gradients.

    Args:
        make: the class; `make(number)` is a value with `data`, `grad`, `backward()`.
        args: `leaves`, a dict from name to number; `steps`, each (name, operation,
            operands), where an operand is the name of a value, or a number; and
            `roots`, the names of the values whose `backward()` is called in turn.
        kwargs: nothing.

    Returns:
        The first root's data; the leaves' grads after the first call, and after the
        last; and 0. With one root the steps are a long row, and data and grads of it
        come last, in one list, after zeros: an engine that is right but for the depth
        to which Python lets a function call itself keeps the rest.
    """
    leaves, steps, roots = args
    if len(roots) > 1:
        data, first, *_, last = run_steps(make, leaves, steps, roots)
        return data, first, last, 0.0
    try:
        data, grads = run_steps(lambda x: counted(make(x)), leaves, steps, roots)
    except RecursionError:
        return 0.0, 0.0, 0.0, Opaque("RecursionError")
    row = [float(x) if isinstance(x, Counted) else x for x in (data, *grads)]
    return 0.0, 0.0, 0.0, row


def run_steps(
    make: Any, leaves: Mapping[str, float], steps: Sequence[Any], roots: Sequence[str]
) -> tuple[Any, ...]:
    """Return the first root's data, and the leaves' grads after each call."""
    values = {name: make(number) for name, number in leaves.items()}
    for name, operation, *operands in steps:
        found = (values[x] if isinstance(x, str) else x for x in operands)
        values[name] = OPERATIONS[operation](*found)
    grads = []
    for root in roots:
        values[root].backward()
        grads.append([values[leaf].grad for leaf in leaves])
    return values[roots[0]].data, *grads


ADAPTERS: dict[str, Callable[[Any, Sequence[Any], Mapping[str, Any]], Any]] = {
    "call": call,
    "program": program,
    "draw": drawn.draw,
    "anew": anew,
    "alone": alone,
}


KEPT_BYTES = 1024
"""Arrays of fewer bytes, once nobody has them, NumPy hands out again as they are."""

LEFT_BEHIND = 7654321.25
"""A number that no case has, nor any right answer."""

_BLOCKS = [np.full(count, LEFT_BEHIND) for count in range(1, KEPT_BYTES // 8)]


def stir() -> None:
    """Leave a number in the memory of small arrays to come: `np.empty` is not 0.

    Who adds to what it gives would else be right wherever the memory happened to be 0.
    """
    for block in _BLOCKS:
        block.copy()


def reply_to(
    function: Any,
    adapter: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    stirred: bool = True,
) -> dict[str, Any]:
    """Call a student's function once; say how it ended, as data.

    Args:
        function: whatever the student bound to the exercise's name.
        adapter: the key in `ADAPTERS` of the way to reach it.
        args: the case's positional arguments, which the function may spoil.
        kwargs: the case's keyword arguments.
        stirred: `stir` first. A function of ours does without: it takes a while.

    Returns:
        `{"value": ..., "args": ...}` with the arguments as they are *after* the call,
        or `{"raised": {"type", "message", "line", "source"}}`. KeyboardInterrupt is
        passed on: it is how a caller that has waited long enough says so.
    """
    live = materialize(tuple(args))
    live_kwargs = materialize(dict(kwargs))
    if stirred:
        stir()
    try:
        # Right numbers may come with a warning; whether a student's own settings
        # make an error of it must not decide about the answer.
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            value = ADAPTERS[adapter](function, live, live_kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return {"raised": describe(error)}
    return {"value": value, "args": tuple(plain_after(args, live))}


def plain_after(before: Sequence[Any], after: Sequence[Any]) -> list[Any]:
    """Return the arguments after the call, with stand-ins where they went in."""
    return [
        was if isinstance(was, Rng | Named) else now
        for was, now in zip(before, after, strict=True)
    ]
