"""What stands in the sandbox for `check` and its companions: the judge sits elsewhere.

A student may leave lines such as `failing_case("layer")["X"].mean()` above the function
they answer with. There is nothing to hand out here, but if such a line stopped its
cell, the function below it would never be defined. So a stub answers to anything one
does with a dict, a number or an array, with another one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import repeat
from opcode import opmap
from types import FrameType
from typing import Any

_ONE, _SOME = opmap["UNPACK_SEQUENCE"], opmap["UNPACK_EX"]


class Stub(dict[Any, Any]):
    """An empty dict that survives what is done to it."""

    def __repr__(self) -> str:
        return "not shown where notebooks are graded"

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except (KeyError, TypeError):  # a slice, a list of rows
            return Stub()

    def __setitem__(self, key: Any, value: Any) -> None:
        try:
            super().__setitem__(key, value)
        except TypeError:
            return

    def __delitem__(self, key: Any) -> None:
        """Do nothing: it is not there."""

    def __iter__(self) -> Iterator[Any]:
        return repeat(Stub(), _wanted(sys._getframe(1)))

    def __getattr__(self, name: str) -> Any:
        # IPython and NumPy look for protocols by such names: those are not there.
        if name.startswith("_"):
            raise AttributeError(name)
        return Stub()

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        import numpy as np

        return np.zeros(())

    to_numpy = __array__  # what a plot asks of a table's column

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Stub, ()

    def _another(self, *args: Any, **kwargs: Any) -> Any:
        return Stub()

    __call__ = values = items = pop = _another
    __array_ufunc__ = __array_function__ = _another
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _another
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _another
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __mod__ = __rmod__ = _another
    __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _another
    __divmod__ = __rdivmod__ = __and__ = __rand__ = __or__ = __ror__ = _another
    __xor__ = __rxor__ = __copy__ = __deepcopy__ = _another
    __lt__ = __le__ = __eq__ = __ne__ = __gt__ = __ge__ = _another
    __hash__ = object.__hash__  # type: ignore[assignment]  # a dict has none

    def __bool__(self) -> bool:
        return True  # so that what is asserted of it holds

    def __index__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    def __format__(self, form: str) -> str:
        return repr(self)


class Nothing(Stub):
    """What comes back first: as empty as a failing case where none has failed."""

    def __bool__(self) -> bool:
        return False


def _wanted(frame: FrameType) -> int:
    """Return how many values a line takes something apart into; 1 where it does not."""
    code, at = frame.f_code.co_code, frame.f_lasti
    if code[at] == _ONE:
        return code[at + 1]
    return code[at + 1] + 1 if code[at] == _SOME else 1


def stub(*args: Any, **kwargs: Any) -> Stub:
    """Take the place of `check`, `predict` and the like while a notebook is graded."""
    return Nothing()
