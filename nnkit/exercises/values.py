"""What a student returned, once decoded: from plain data to arrays of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnkit.adapters import Named, Opaque, Rng
from nnkit.exercises.draw import Array

_PLAIN = {int, float}
MAX_DIMS = 16
"""Of what comes back; NumPy itself takes 32, or 64."""

MAX_NAMED = 8
"""Shapes that are named: a network has a few layers."""

_A_FUNCTION = "a function itself, without the round brackets that call it"
_ONE_BY_ONE = (
    "which hands out one thing after the other: `list(...)` makes a list of it"
)
_KINDS = {
    "builtins.generator": (
        "generator, which `yield` makes, or a `for` in round brackets: `return` and "
        "square brackets give values"
    ),
    **{
        f"builtins.{name}": f"{name}, {_ONE_BY_ONE}"
        for name in ("map", "zip", "filter", "enumerate", "reversed")
    },
    **dict.fromkeys(
        ("numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray"),  # NumPy 2, NumPy 1
        "a masked array with entries that are masked out: `.filled(...)` gives them "
        "a value",
    ),
    "nnkit.argument": "one that your function was given, and no new one",
    "builtins.ellipsis": "`...`, the dots that stand for what is still to be written",
    "builtins.function": _A_FUNCTION,
    "builtins.method": _A_FUNCTION,
    "builtins.builtin_function_or_method": _A_FUNCTION,
    "numpy.ufunc": _A_FUNCTION,
    "numpy._ArrayFunctionDispatcher": _A_FUNCTION,
}


class Misfit(Exception):
    """What came back is not what was asked for.

    Attributes:
        seen: what it is instead, in a few words: "a tuple of 3".
        detail: a whole sentence for the student, where the usual one will not do.
        is_shape: it is numbers, in another shape than asked for.
    """

    def __init__(self, seen: str, detail: str = "", is_shape: bool = False) -> None:
        super().__init__(seen)
        self.seen = seen
        self.detail = detail
        self.is_shape = is_shape


def split(value: Any, names: Sequence[str]) -> list[Any]:
    """Take a returned value apart, as `p, q = value` would.

    Raises:
        Misfit: it does not come apart into as many as there are names.
    """
    count = len(names)
    if count == 1:
        return [value]
    if type(value) in (tuple, list) and len(value) == count:
        return list(value)
    if isinstance(value, np.ndarray) and value.ndim and len(value) == count:
        return list(value)
    seen = kind_of(value)
    if seen.startswith(("an array", "a list", "a tuple", "a single number")):
        # Numbers they are, and too few or too many.
        ask = f"Expected {count} values, as `return {', '.join(names)}` gives"
        raise Misfit(seen, f"{ask}; got {seen}.")
    raise Misfit(seen)


def need_shape(array: Array, shape: tuple[int, ...], name: str) -> None:
    """Insist on a shape.

    Raises:
        Misfit: the array has another one.
    """
    if array.shape != shape:
        sentence = f"{name} has the shape {array.shape}; expected {shape}."
        raise Misfit(str(array.shape), sentence, is_shape=True)


def need_dict(value: Any, keys: tuple[str, ...], what: str = "") -> list[Any]:
    """Return a dict's values in the order of `keys`.

    Args:
        value: what should be one.
        keys: its keys, in any order. What else it holds is nobody's business: a history
            of losses, say.
        what: the student is to return, such as "one dict of parameters"; "" if the
            dict is not of the student's making.

    Raises:
        Misfit: it is no dict, or lacks a key.
    """
    if type(value) is not dict:
        seen = kind_of(value)
        hint = " Is there a `return`?" if value is None else ""
        sentence = f"Expected {what} with the keys {', '.join(keys)}; got {seen}.{hint}"
        raise Misfit(seen, sentence if what else "")
    if not set(value) >= set(keys):
        found = ", ".join(map(str, value)) or "none"
        wanted = ", ".join(keys)
        sentence = f"Expected a dict with the keys {wanted}; its keys are: {found}."
        raise Misfit(f"a dict with the keys {found}"[:200], sentence[:300])
    return [value[key] for key in keys]


def loss_and_dict(value: Any, names: tuple[str, ...]) -> list[Any]:
    """Take (loss, dict of gradients) apart: the loss, then gradients as `names` say.

    Raises:
        Misfit: it is something else.
    """
    if type(value) not in (tuple, list) or len(value) != 2:
        seen = kind_of(value)
        hint = " Is there a `return`?" if value is None else ""
        raise Misfit(
            seen,
            "Expected the pair (loss, gradients), with the gradients in a dict; got "
            f"{seen}.{hint}",
        )
    loss, gradients = value
    if type(gradients) is not dict and type(loss) is dict:
        raise Misfit("gradients first", "Expected (loss, gradients), in this order.")
    return [loss, *need_dict(gradients, names, "the gradients in a dict")]


def kind_of(value: Any) -> str:
    """Say in a word or two what a decoded value is: "None", "a tuple of 3"."""
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        return _KINDS.get(value.type_name) or value.type_name.removeprefix("builtins.")
    if isinstance(value, Named | Rng):
        return f"{type(value).__name__}, which stands for an argument"
    if type(value) in (tuple, list, dict):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, str):
        return "text"
    return "a single number"


def numbers(value: Any) -> Array:
    """Turn decoded plain data into an array of real numbers, in its own dtype.

    Raises:
        Misfit: it is something else.
    """
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.kind in "iuf":
            return array
        # From NumPy 2.5 on `eigvals` says real numbers so, even of a symmetric matrix.
        if array.dtype.kind == "c" and not array.imag.any():
            return array.real
        raise Misfit("complex numbers" if array.dtype.kind == "c" else "True and False")
    if type(value) in (int, float):
        return np.asarray(value)
    if type(value) in (list, tuple) and len(value):
        if _PLAIN.issuperset(map(type, value)):
            return np.asarray(value)
        try:
            rows = [numbers(item) for item in value]
        except Misfit as misfit:
            raise _within(value, misfit) from None
        if rows[0].ndim >= MAX_DIMS:
            raise Misfit(f"a {type(value).__name__} that is nested too deep")
        if all(row.shape == rows[0].shape for row in rows):
            # What `np.stack` does, which takes its time for every row.
            flat = np.concatenate([row.reshape(-1) for row in rows])
            return flat.reshape(len(rows), *rows[0].shape)
        if all(type(item) is np.ndarray and item.ndim for item in value) and (
            len({item.ndim for item in value}) > 1
        ):
            more = len(value) - MAX_NAMED
            named = [str(item.shape) for item in value[:MAX_NAMED]]
            *first, last = named + [f"{more} more"] * (more > 0)
            several = f"{', '.join(first)} and {last}"
            raise Misfit(f"a {type(value).__name__} of arrays of the shapes {several}")
        raise Misfit(f"a {type(value).__name__} with rows of different lengths")
    raise Misfit(kind_of(value))


def _within(value: Any, misfit: Misfit) -> Misfit:
    """Say of what is no number that it stands in a list, and did not come by itself."""
    _, deeper, what = misfit.seen.partition(", with ")
    if not deeper and misfit.seen.startswith(("a list", "a tuple")):
        return misfit
    return Misfit(
        f"{kind_of(value)}, with {what if deeper else misfit.seen + ' in it'}"
    )
