"""What a Tensor or an op cannot work with: what was seen, and what to write instead.

NumPy and Python stop with words about themselves: ufuncs, casting rules, an argument
count. A student wants to know which of the things given is the wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from numbers import Number
from typing import Any

import numpy as np

from nnkit.instead import JOINED, Pointers, no_index
from nnkit.ops import Array, Rule


def floats(data: Any) -> Array:
    """A copy of the data for a Tensor of its own.

    Raises:
        TypeError: If they are no floats: a derivative needs small changes.
        ValueError: If rows differ in length.
    """
    if isinstance(data, Pointers):
        raise TypeError(f"{data!r} is a Tensor already; for a copy take its .data")
    check_no_mask(data)
    try:
        fresh = np.array(data)
    except ValueError as error:
        raise ValueError(
            f"an array has rows of one length, and these differ: {short(data)}"
        ) from error
    if boxed(fresh):
        raise TypeError(f"Tensors in a list are not one Tensor: {JOINED}")
    if not np.issubdtype(fresh.dtype, np.floating):
        alone = fresh.dtype == object and not fresh.ndim
        raise TypeError(
            f"a Tensor holds floats, got {short(data) if alone else fresh.dtype}: a "
            "derivative asks what a small change does, and this type has no small "
            "changes. Write 3.0 for 3, or x.astype(float). Constants, such as labels, "
            "need not be Tensors."
        )
    # Of bytes in another order, as files from elsewhere have them, NumPy makes such in
    # this machine's; then a gradient would be of another type than its Tensor.
    return fresh if fresh.dtype.isnative else fresh.astype(fresh.dtype.newbyteorder())


def check_no_mask(x: Any) -> None:
    """Raise TypeError if entries are masked: NumPy's arrays have no mask to keep."""
    mask = getattr(x, "_mask", None) if isinstance(x, np.ndarray) else None
    if mask is not None and np.any(mask):
        raise TypeError(
            "entries that are masked would take part: fill them, as by x.filled(0.0), "
            "or leave them out, as by x.compressed()"
        )


def label(name: Any) -> str:
    """The name of a Tensor; a second array, or the type of one, is a TypeError."""
    if not isinstance(name, str):
        raise TypeError(
            f"a Tensor is made of one array or number, and its name is text: got "
            f"{short(name)}. It has the type of its data, as in Tensor(np.float32(3))"
        )
    return name


def upstream(seed: Any, t: Pointers) -> Array:
    """A copy of the gradient that `backward` of a Tensor starts from."""
    given = seed.data if isinstance(seed, Pointers) else seed
    if no_number(given) or np.iscomplexobj(given):
        raise TypeError(
            f"an upstream gradient is of real numbers, got {short(given)} for {t!r}"
        )
    g = np.array(given, dtype=t.data.dtype)
    if g.shape != t.data.shape:
        raise ValueError(
            f"backward() got an upstream gradient of shape {g.shape} for {t!r}: "
            "a gradient has the shape of what it belongs to."
        )
    return g


def unrecorded(t: Pointers) -> str:
    """What is said of a result without a record: it has nobody to carry back to."""
    return (
        f"{t!r} was computed where its gradient is to be derived by hand, or from "
        "something that was, and nothing is recorded there: compute it again"
    )


def explained(
    rule: Rule,
    inputs: Sequence[Any],
    options: Mapping[str, Any],
    error: Exception,
    methods: Mapping[str, Any],
) -> Exception:
    """What to raise for an error that a rule has stopped with.

    Args:
        rule: the op.
        inputs: what it was given by position, arrays in place of Tensors.
        options: what it was given by name.
        error: a TypeError, a ValueError or an IndexError.
        methods: of a Tensor; what is among them is written as one.
    """
    name = rule.__name__
    try:
        signature(rule).bind(*inputs, **options)
    except TypeError:
        return TypeError(f"{error}; write {as_written(rule, name in methods)}")
    if name == "getitem":
        whole = "integer" in str(error)  # NumPy's words, or Python's
        return type(error)(no_index(inputs[1])) if whole else error
    defaults = {key: p.default for key, p in signature(rule).parameters.items()}
    places = [*defaults, *[""] * len(inputs)][: len(inputs)]  # of `*xs`, one has a name
    for key, x in zip((*places, *options), (*inputs, *options.values()), strict=True):
        if x is None and key in defaults and defaults[key] is None:
            continue  # `axis=None`: over all axes
        if no_number(x):
            said = f"{key}={short(x)}" if key in options else short(x)
            why = ": does the function that made it say `return`?" if x is None else ""
            why = ": call it, as in net(X)" if callable(x) else why
            return TypeError(f"{name} got {said} in place of a number or array{why}")
    if isinstance(error, TypeError) and "integer" in str(error):  # Python's, or NumPy's
        rest = [short(x) for x in inputs[len(arrays_of(rule, inputs)) :]]
        rest += [f"{key}={short(x)}" for key, x in options.items()]
        return TypeError(
            f"{name} got {', '.join(rest)}: axes and sizes are whole numbers, 2 and "
            "not 2.0, and several of them are a tuple, (0, 1)"
        )
    if isinstance(error, TypeError):
        if "ufunc" in str(error):  # not a rule's own words, but NumPy's about objects
            check_no_list(name, inputs)
        return error
    shapes = [np.shape(a) for a in arrays_of(rule, inputs)]
    if isinstance(axis := getattr(error, "axis", None), int):  # NumPy's AxisError
        return ValueError(
            f"{name} got axis {axis} of shape {shapes[0]}: axes are counted from 0, or "
            "back from -1"
        )
    got = "shape {}, which does" if len(shapes) == 1 else "shapes {}, which do"
    return ValueError(
        f"{name} got {got.format(' and '.join(map(str, shapes)))} not fit: {error}. "
        "Rows are examples; print the shape of each input before this line."
    )


def arrays_of(rule: Rule, inputs: Sequence[Any]) -> list[Any]:
    """Inputs that are arrays, without the axes or sides that may come after them."""
    found: list[Any] = []
    for p in signature(rule).parameters.values():
        if p.annotation in ("Array", Array):
            end = len(inputs) if p.kind == p.VAR_POSITIONAL else len(found) + 1
            found += inputs[len(found) : end]
    return found or list(inputs)


def check_no_list(name: str, inputs: Sequence[Any]) -> None:
    """Raise TypeError if one of the inputs is a list of Tensors."""
    if any(map(boxed, inputs)):
        raise TypeError(f"{name} got Tensors in a list: {JOINED}")


def boxed(x: Any) -> bool:
    """Whether it is an array of objects, or a list, with Tensors among its entries."""
    if not isinstance(x, list | tuple | np.ndarray):
        return False
    entries = np.asarray(x)
    return entries.dtype == object and any(
        isinstance(e, Pointers) for e in entries.flat
    )


def no_number(x: Any) -> bool:
    """Whether it is neither a number nor an array of any: None, text, uneven rows."""
    try:
        entries = np.asarray(x)
    except ValueError:
        return True
    if entries.dtype.kind == "O":  # a fraction and a large whole number are numbers
        return not all(isinstance(e, Number | Pointers) for e in entries.flat)
    return entries.dtype.kind in "USVmM"


def as_written(rule: Callable[..., Any], method: bool) -> str:
    """How the op is called, without types: `clip(x, low=..., high=...)`."""
    words = []
    for p in signature(rule).parameters.values():
        if p.default is not Parameter.empty:
            words.append(f"{p.name}={p.default!r}")
        elif p.kind == Parameter.KEYWORD_ONLY:
            words.append(f"{p.name}=...")
        else:
            words.append(f"*{p.name}" if p.kind == p.VAR_POSITIONAL else p.name)
    if method:
        return f"{words[0]}.{rule.__name__}({', '.join(words[1:])})"
    return f"{rule.__name__}({', '.join(words)})"


def shown(rule: Rule) -> Signature:
    """What `help` says: a rule returns its derivatives too, its function does not."""
    return signature(rule).replace(return_annotation="Tensor")


def short(x: Any) -> str:
    """Text for a message: the value, or as much of it as a line holds."""
    text = repr(x)
    return text if len(text) <= 60 else f"{text[:57]}..."
