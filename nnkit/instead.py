"""What to write in place of a function of NumPy's, or an attribute that a Tensor lacks.

NumPy would take a Tensor for a box of objects and lose the record, or stop with words
about itself. So it asks a Tensor first, which names what records.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np

from nnkit import ops

_OPERATORS = {
    np.add: ("__add__", "__radd__"),
    np.subtract: ("__sub__", "__rsub__"),
    np.multiply: ("__mul__", "__rmul__"),
    np.true_divide: ("__truediv__", "__rtruediv__"),
    np.power: ("__pow__", "__rpow__"),
    np.matmul: ("__matmul__", "__rmatmul__"),
    np.equal: ("__eq__", "__eq__"),
    np.not_equal: ("__ne__", "__ne__"),
    np.less: ("__lt__", "__gt__"),
    np.less_equal: ("__le__", "__ge__"),
    np.greater: ("__gt__", "__lt__"),
    np.greater_equal: ("__ge__", "__le__"),
}
"""What `array + tensor` and its like come here as: a Tensor's own, from either side."""

_SHAPES = (np.shape, np.ndim, np.size)

_SIGNS = {
    "add": "a + b",
    "sub": "a - b",
    "subtract": "a - b",
    "mul": "a * b",
    "multiply": "a * b",
    "div": "a / b",
    "divide": "a / b",
    "pow": "a ** b",
    "power": "a ** b",
    "matmul": "a @ b",
    "dot": "a @ b",
    "inner": "a @ b.T",
    "neg": "-a",
    "negative": "-a",
    "positive": "+a",
    "abs": "abs(a)",
    "absolute": "abs(a)",
    "square": "a ** 2",
    "reciprocal": "1 / a",
    "std": "a.var() ** 0.5",
    "norm": "(a ** 2).sum() ** 0.5",
    "where": "condition * a + (1 - condition) * b",
    "logaddexp": "nnkit.logsumexp",
    "concatenate": "nnkit.concatenate(a, b)",
    "getitem": "a[i]",
    "hstack": "nnkit.concatenate(a, b, axis=1)",
    "vstack": "nnkit.concatenate(a, b)",
    "amax": "a.max()",
    "amin": "-(-a).max()",
    "min": "-(-a).max()",
    "ravel": "a.reshape(-1)",
    "flatten": "a.reshape(-1)",
    "affine": "nnkit.affine(a, w, b)",
    "maximum": "nnkit.maximum(a, b)",
    "minimum": "-nnkit.maximum(-a, -b)",
    "clip": "nnkit.clip(a, low=-1, high=1)",
    "clamp": "nnkit.clip(a, low=-1, high=1)",
    "reshape": "a.reshape(shape)",
    "item": "float(a)",
    "detach": "a.data",
    "numpy": "a.data",
    "zero_": "a.data = np.zeros(a.shape)",
    "zero_grad": "nothing: backward() sets every .grad anew",
}
"""How to write with Tensors what NumPy or PyTorch calls by these names."""

JOINED = "join them, as in concatenate(a, b), and numbers by a.reshape(1)"
"""What to do with Tensors in a list, which NumPy would take for objects."""

PLAIN = (
    "{} records nothing, so no gradient could go back through it: nnkit has nothing "
    "like it. For a number that needs no gradient, write {}."
)
"""What is said of Python's own functions and signs; with these, what to write."""

made_plain: list[Callable[[Any], None]] = []
"""Who wants to know of Tensors that become numbers: each function whose gradient is
being taken, in whatever thread.
"""


def instead_of(name: str, tensor: type) -> str:
    """Return what records the same as a function called `name`; empty if nothing.

    Args:
        name: as NumPy or PyTorch has it.
        tensor: the class whose methods count.
    """
    if name in _SIGNS or name not in ops.OPS:
        return _SIGNS.get(name, "")
    if name in vars(tensor):
        return f"a.{name}()"
    _, *others = signature(ops.OPS[name]).parameters.values()  # a loss has targets, y
    needed = [f", {p.name}" for p in others if p.default is p.empty]
    return f"nnkit.{name}(a{''.join(needed)})"


def no_index(x: Any) -> str:
    """What is said of something that entries cannot be picked by."""
    text = repr(x)
    return (
        f"{text if len(text) <= 60 else text[:57] + '...'} is no index: entries are "
        "picked by whole numbers, slices of these, or True and False. Of a Tensor a, "
        "they are int(float(a)), or a.data.astype(int) if there are several"
    )


class Pointers:
    """What NumPy and Python ask of a Tensor that it has not; a base class of its."""

    __slots__ = ()
    data: Any
    _data: Any  # the same, unnoticed

    def __float__(self) -> float:
        """Give the number alone; whoever takes a gradient here wants to know of it."""
        for tell in made_plain:
            tell(self)
        return self._alone()

    def _alone(self) -> float:
        if np.size(self._data) != 1:
            raise ValueError(
                f"{self!r} holds {np.size(self._data)} numbers, where one is wanted: "
                "take an entry, or their sum or mean. Of functions, nnkit.exp takes "
                "them all at once, and math.exp does not."
            )
        return float(self._data.item())

    def __format__(self, spec: str) -> str:
        return format(self._alone(), spec) if spec else repr(self)

    def __int__(self) -> int:
        raise TypeError(PLAIN.format("int()", "int(float(a))"))

    def __round__(self, digits: int | None = None) -> Any:
        if np.size(self.data) == 1:
            instead = f"round(float(a), {digits or 0}), or f'{{a:.{digits or 0}f}}'"
        else:
            instead = f"a.data.round({digits or 0})"
        raise TypeError(PLAIN.format("round()", instead))

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            f"{self!r} is not written to, as no gradient could go back through that: "
            "fill an array first, then make Tensor(array) of it, or w.data = array"
        )

    def __pos__(self) -> Any:
        return self

    def __floordiv__(self, other: Any) -> Any:
        raise TypeError(PLAIN.format("//", "a.data // b; a / b does record"))

    def __rfloordiv__(self, other: Any) -> Any:
        raise TypeError(PLAIN.format("//", "b // a.data; b / a does record"))

    def __mod__(self, other: Any) -> Any:
        raise TypeError(PLAIN.format("%", "a.data % b"))

    def __rmod__(self, other: Any) -> Any:
        raise TypeError(PLAIN.format("%", "b % a.data"))

    def __divmod__(self, other: Any) -> Any:
        raise TypeError(PLAIN.format("divmod()", "divmod(a.data, b)"))

    def __rdivmod__(self, other: Any) -> Any:
        raise TypeError(PLAIN.format("divmod()", "divmod(b, a.data)"))

    def __index__(self) -> int:
        raise TypeError(no_index(self))

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any
    ) -> Any:
        """Record an operator between an array and a Tensor; refuse all else.

        Raises:
            TypeError: The function is none of the operators' own.
        """
        own, reflected = _OPERATORS.get(ufunc, ("", ""))
        in_place = out is not None and out[0] is inputs[0]  # `+=`: makes it new
        if in_place and ufunc is np.matmul:
            options.pop("axes", None)  # NumPy says for `@=` which are multiplied
        anew = out is None or in_place
        if not own or method != "__call__" or options or not anew:
            raise TypeError(self._refusal("np", ufunc))
        left, right = inputs
        if left is self:
            return getattr(self, own)(right)
        return getattr(self, reflected)(left)

    def __array_function__(
        self, function: Any, types: Any, args: Any, kwargs: Any
    ) -> Any:
        """Refuse NumPy's other functions, but for those that ask for a shape.

        Raises:
            TypeError: It names what to write.
        """
        if function in _SHAPES:
            return function(self._data, *args[1:], **kwargs)
        raise TypeError(self._refusal(function.__module__, function))

    def __getattr__(self, name: str) -> Any:
        """Say where the attribute is that a Tensor lacks.

        Raises:
            AttributeError: Always.
        """
        message = f"a Tensor has no attribute {name!r}"
        if better := instead_of(name, type(self)):
            message += f": write {better}"
        elif not name.startswith("_") and hasattr(np.ndarray, name):
            message += f"; its array has: .data.{name}"
        raise AttributeError(message, name=name, obj=self)

    def _refusal(self, home: str, function: Any) -> str:
        better = instead_of(function.__name__, type(self))
        write = f"write {better}, which does" if better else "nnkit has nothing like it"
        return (
            f"{home.replace('numpy', 'np')}.{function.__name__} records nothing, so no "
            f"gradient could go back through it: {write}. For numbers that need no "
            "gradient, give it the Tensor's .data."
        )
